"""Folders that a process may no longer open: what keeps one client's notebook out of another's files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_OPENING = {"open", "os.listdir", "os.scandir", "sqlite3.connect", "shutil.copyfile", "os.rename", "os.remove"}


class ClosedFolderError(PermissionError):
    """A file in a folder that belongs to somebody else."""


def close_folders(closed: Iterable[str], opened: Iterable[str]) -> None:
    """Refuse from now on to open folders within the `closed` folders, except those `opened`.

    A closed folder itself can be listed, and files that lie directly in it are shared. Nothing in this process can take
    the rule back.
    """
    walls = tuple(_real(folder) + os.sep for folder in closed)
    doors = tuple(_real(folder) for folder in opened)
    if not walls:
        return

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _OPENING and arguments and isinstance(arguments[0], str | bytes | os.PathLike):
            path = _real(arguments[0])
            if _is_within(path, walls) and not _is_in(path, doors):
                raise ClosedFolderError(f"{Path(path).name} lies in a folder that is closed to this notebook")

    sys.addaudithook(watch)


def _is_within(path: str, walls: tuple[str, ...]) -> bool:
    rest = next((path[len(wall) :] for wall in walls if path.startswith(wall)), "")
    return os.sep in rest or (rest != "" and os.path.isdir(path))


def _is_in(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _real(path: Any) -> str:
    return os.path.realpath(os.fsdecode(path))
