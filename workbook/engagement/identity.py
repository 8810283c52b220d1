"""By what words a client would be recognised in somebody else's deliverable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.engagement.faults import FaultsError
from workbook.engagement.folders import list_clients
from workbook.engagement.yaml_reader import read_yaml


@dataclass(frozen=True)
class Identity:
    """The words that belong to one client.

    Attributes
    ----------
    names
        Name and full legal name.
    people
        Names of the people in client.yaml.
    canaries
        Texts planted to be found wherever they leak.
    may_mention
        Names of other clients that this one may honestly mention.
    """

    id: str
    names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    may_mention: tuple[str, ...] = ()


def read_identities(parameters_dir: Path) -> tuple[Identity, ...]:
    """Return who every client is, as far as its client.yaml can be read: a faulty client is protected too."""
    return tuple(_identity(parameters_dir / client) for client in list_clients(parameters_dir))


def _identity(folder: Path) -> Identity:
    try:
        data = read_yaml((folder / "client.yaml").read_bytes(), f"{folder.name}/client.yaml").data
    except (OSError, FaultsError):
        return Identity(folder.name)
    if not isinstance(data, dict):
        return Identity(folder.name)
    people = _items(data.get("people"))
    return Identity(
        folder.name,
        names=tuple(_texts([data.get("name"), data.get("legal_name")])),
        people=tuple(_texts(person.get("name") for person in people if isinstance(person, dict))),
        canaries=tuple(_texts(_items(data.get("canaries")))),
        may_mention=tuple(_texts(_items(data.get("may_mention")))),
    )


def _items(value: Any) -> list[Any]:
    """Return what should be a list; of what a faulty file holds in its place, nothing."""
    return value if isinstance(value, list) else []


def _texts(values: Iterable[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str) and value.strip())
