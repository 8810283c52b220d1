"""What is asked of a run and what becomes of it, in words that travel between processes."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbook.publish.changes import Plan
from workbook.publish.failures import Kind
from workbook.publish.leaks import Stranger

if TYPE_CHECKING:
    from workbook.publish.package import Published

NOTEBOOKS_DIR = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Checked:
    """A client whose parameters and data are without a fault, in the words its index and manifest need."""

    client: str
    as_of: str
    name: str
    firm: str
    confidentiality: str
    language: str
    inputs: Mapping[str, str]
    reads_database: bool
    is_own_day: bool
    secrets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Check = Callable[[str, Path, str, Path], Checked | tuple[str, ...]]
"""Checks a client, given its id, the folder of parameters, the day asked for and the folder of outputs.

Returns the client, or its faults as lines of text. It runs in a worker, so it must be importable.
"""


@dataclass(frozen=True)
class Order:
    """What is asked of a run; `asked` is the day asked for, "" for each client's own."""

    clients: tuple[str, ...]
    notebooks: tuple[Path, ...]
    parameters_dir: Path
    output: Path
    asked: str = ""
    force: bool = False
    time_limit: float | None = None


@dataclass(frozen=True)
class Job:
    """One notebook for one client."""

    client: str
    notebook: Path
    parameters_dir: Path
    as_of: str
    folder: Path
    plan: Plan
    time_limit: float | None = None
    strangers: tuple[Stranger, ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the deliverable: the notebook without its number."""
        return deliverable_name(self.notebook)


@dataclass(frozen=True)
class Outcome:
    """What became of a notebook of a client.

    `published` says what was made; else `kind` and `error` say what went wrong, `heading` under which heading, and
    `partial` where the notebook is kept as far as it ran.
    """

    client: str
    name: str
    plan: Plan
    seconds: float = 0.0
    published: Published | None = None
    kind: Kind | None = None
    error: str | None = None
    heading: str | None = None
    partial: str | None = None

    @property
    def status(self) -> str:
        """One word: done, skipped or failed."""
        if self.error is not None:
            return "failed"
        return "skipped" if self.plan.is_idle else "done"


@dataclass(frozen=True)
class Faulty:
    """A client that is left out because of its faults."""

    client: str
    faults: tuple[str, ...]
    notebooks: int


@dataclass(frozen=True)
class Noted:
    """What a person should know of a client that is no fault."""

    note: str


@dataclass(frozen=True)
class Begin:
    """The number of notebooks that a run has to look after."""

    notebooks: int


Event = Begin | Outcome | Faulty | Noted


@dataclass(frozen=True)
class Task:
    """A function for a worker with its arguments; what comes back is told apart by `about`."""

    about: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Died:
    """In place of a result: the worker died."""

    message: str


class Workers(Protocol):
    """Does tasks beside each other."""

    def work(self, tasks: deque[Task]) -> Iterator[tuple[Task, Any]]:
        """Yield each task with its result, or with `Died`, as it is done; tasks may be added meanwhile."""


def deliverable_name(notebook: Path) -> str:
    """Return a notebook's name without its number: 01_assess.ipynb gives assess."""
    return notebook.stem.split("_", 1)[-1]


def find_notebooks(only: Sequence[str] | None = None, folder: Path = NOTEBOOKS_DIR) -> tuple[Path, ...]:
    """Return the notebooks to run, in the order of their numbers: those that say which deliverable they make.

    Raises
    ------
    ValueError
        If a name in `only` is none of theirs, or there is none at all.
    """
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    found = {deliverable_name(path): path for path in paths if _makes_deliverable(path)}
    if not found:
        raise ValueError(f"{folder}: found no notebook that makes a deliverable; install the project as a whole")
    unknown = [name for name in only or () if name not in found]
    if unknown:
        raise ValueError(f"there is no notebook {', '.join(map(repr, unknown))}; choose from {', '.join(found)}")
    return tuple(path for name, path in found.items() if not only or name in only)


def _makes_deliverable(notebook: Path) -> bool:
    """Tell whether a notebook names a deliverable; one that cannot be read does, so that running it says why."""
    try:
        return bool(json.loads(notebook.read_bytes())["metadata"]["workbook"]["deliverable"])
    except KeyError:
        return False
    except (OSError, ValueError, TypeError):
        return True
