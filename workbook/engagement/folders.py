"""Where the parameters lie, and which clients there are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import workbook
from workbook.engagement.faults import Fault, FaultsError, listed, nearest, shorten

VARIABLE = "WORKBOOK_PARAMETERS"

# A client's id takes the form of every other id; values.Slug is the same rule for the files.
_CLIENT_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ID_WORDS = "lower-case letters, digits and single hyphens, beginning with a letter, at most 60"


def find_parameters(explicit: Path | str | None = None) -> Path:
    """Return the folder of parameters.

    It is the one given, else the one WORKBOOK_PARAMETERS names, else the nearest `parameters` upward from the working
    folder, else the one beside the package.

    Raises FaultsError that names what was searched. A folder that is named but does not exist is never passed over.
    """
    if explicit:
        return _named(Path(explicit), "--parameters")
    if variable := os.environ.get(VARIABLE):
        return _named(Path(variable), VARIABLE)
    here = Path.cwd()
    searched = [folder / "parameters" for folder in (here, *here.parents, Path(workbook.__file__).parents[1])]
    for folder in searched:
        if folder.is_dir():
            return folder
    found = f"no folder of parameters; searched {listed(map(str, dict.fromkeys(searched)))}"
    remedy = f"use --parameters, or set {VARIABLE}"
    raise FaultsError([Fault("parameters", None, "", found, "an existing folder", remedy)])


def _named(folder: Path, by: str) -> Path:
    if folder.is_dir():
        return folder.resolve()
    found = f"{shorten(str(folder), 200)}, which is not a folder"
    remedy = "correct the path, or create the folder"
    raise FaultsError([Fault("parameters", None, by, found, "an existing folder", remedy)])


def list_clients(parameters_dir: Path) -> list[str]:
    """Return the names of the folders that hold YAML files, sorted; hidden folders are left out.

    A name that is no valid id is listed too, and a folder that cannot be opened, so that loading it reports the fault.
    """
    folders = (entry for entry in parameters_dir.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    return sorted(
        folder.name for folder in folders if not os.access(folder, os.R_OK | os.X_OK) or any(yaml_files(folder))
    )


def yaml_files(folder: Path) -> Iterable[Path]:
    """Return the YAML files of a client's folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in (".yaml", ".yml"))


def client_folder(client: str, parameters_dir: Path) -> Path:
    """Return the folder of one client.

    Raises FaultsError for an id that is not plain, that no folder has, that leads out of the folder of parameters, or
    that differs from another only by upper and lower case.
    """
    shown = shorten(client)
    if not is_client_id(client):
        raise _refused(shown, f'the client id "{shown}"', _ID_WORDS, "rename the folder, or correct the id")
    # The names are compared as they are stored: some file systems would open acme as ACME.
    names = sorted(os.listdir(parameters_dir))
    if client not in names or not (parameters_dir / client).is_dir():
        meant = nearest(client, list_clients(parameters_dir))
        remedy = f"write {meant}" if meant else f"create it with: workbook new {client}"
        raise _refused(client, f"no client {client}", f"one of {listed(list_clients(parameters_dir))}", remedy)
    twins = [name for name in names if name != client and name.casefold() == client]
    if twins:
        found = f"the folders {client} and {listed(twins)}"
        raise _refused(client, found, "ids that differ by more than upper and lower case", "rename one of them")
    folder = parameters_dir / client
    if not is_inside(folder, parameters_dir):
        raise _refused(client, "a link that leads out of the folder of parameters", "a folder", "copy the folder here")
    return folder


def is_client_id(client: str) -> bool:
    """Tell whether an id is safe as the name of a folder."""
    return len(client) <= 60 and _CLIENT_ID.fullmatch(client) is not None


def is_inside(path: Path, folder: Path) -> bool:
    """Tell whether `path`, all links followed, lies in `folder`."""
    return path.resolve().is_relative_to(folder.resolve())


def _refused(client: str, found: str, allowed: str, remedy: str) -> FaultsError:
    return FaultsError([Fault(client, None, "", found, allowed, remedy)])
