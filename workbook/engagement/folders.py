"""Where the parameters lie, and which clients there are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import workbook
from workbook.engagement.faults import listed, nearest, refused, shorten, write_nearest
from workbook.engagement.values import SLUG_LONGEST, SLUG_PATTERN, slug_of

VARIABLE = "WORKBOOK_PARAMETERS"
SUBFOLDERS = ("approved", "commentary", "data")
"""Folders below that of a client."""
COMMENTARY_FILES = "[!.]*[!~]"
"""Files read as commentary: what editors leave behind is not."""

_ID_WORDS = f"lower-case letters, digits and single hyphens, beginning with a letter, at most {SLUG_LONGEST}"


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
    raise refused("parameters", found, "an existing folder", remedy)


def _named(folder: Path, by: str) -> Path:
    if folder.is_dir():
        return folder.resolve()
    found = f"{shorten(str(folder), 200)}, which is not a folder"
    raise refused("parameters", found, "an existing folder", "correct the path, or create the folder", by)


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


def misspelt_folders(folder: Path) -> list[str]:
    """Return the folders of a client whose names are nearly those of `SUBFOLDERS`, sorted.

    What lies in them would be passed over in silence.
    """
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.name not in SUBFOLDERS and entry.is_dir()]
    except OSError:
        return []
    return sorted(name for name in names if nearest(name, SUBFOLDERS, cutoff=0.8))


def client_folder(client: str, parameters_dir: Path) -> Path:
    """Return the folder of one client.

    Raises FaultsError for an id that is not plain, that no folder has, that leads out of the folder of parameters, or
    that differs from another only by upper and lower case.
    """
    check_client_id(client)
    # The names are compared as they are stored: some file systems would open acme as ACME.
    names = sorted(os.listdir(parameters_dir))
    if client not in names or not (parameters_dir / client).is_dir():
        clients = list_clients(parameters_dir)
        remedy = write_nearest(client, clients, f"create it with: workbook new {client}")
        raise refused(client, f"no client {client}", f"one of {listed(clients)}", remedy)
    twins = [name for name in names if name != client and name.casefold() == client]
    if twins:
        found = f"the folders {client} and {listed(twins)}"
        raise refused(client, found, "ids that differ by more than upper and lower case", "rename one of them")
    folder = parameters_dir / client
    if not is_inside(folder, parameters_dir):
        raise refused(client, "a link that leads out of the folder of parameters", "a folder", "copy the folder here")
    return folder


def check_client_id(client: str) -> None:
    """Raise FaultsError for an id that is not of the form of every other id, and so safe as the name of a folder."""
    if len(client) > SLUG_LONGEST or not re.fullmatch(SLUG_PATTERN, client):
        shown, meant = shorten(client), slug_of(client)
        remedy = f"call it {meant}" if meant else "choose another id"
        raise refused(shown, f'the client id "{shown}"', _ID_WORDS, remedy)


def is_inside(path: Path, folder: Path) -> bool:
    """Tell whether `path`, all links followed, lies in `folder`."""
    return path.resolve().is_relative_to(folder.resolve())
