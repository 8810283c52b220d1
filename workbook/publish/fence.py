"""Folders that a process may no longer open: what keeps one client's notebook out of another's files."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from typing import Any

_OPENING = {"open", "os.listdir", "os.scandir", "os.chdir", "os.link", "os.rename", "os.remove", "sqlite3.connect"}


class ClosedFolderError(PermissionError):
    """A file in a folder that belongs to somebody else."""


def close_folders(closed: Iterable[str]) -> None:
    """Refuse from now on to open folders and what lies in them; nothing in this process can take the rule back.

    It holds for what Python opens by a path. A library that opens files itself, such as DuckDB, is not seen, nor is a
    path that begins at an open folder (`dir_fd`): this keeps a notebook from mistakes, not from an attack.
    """
    walls = frozenset(_real(folder) for folder in closed)
    if not walls:
        return

    def is_closed(path: str) -> bool:
        while path not in walls:
            path, below = os.path.dirname(path), path
            if path == below:
                return False
        return True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _OPENING:
            return
        for path in map(_real, (each for each in arguments[:2] if isinstance(each, str | bytes | os.PathLike))):
            if is_closed(path):
                raise ClosedFolderError(errno.EACCES, "in a folder closed to this notebook", path)

    sys.addaudithook(watch)


def _real(path: Any) -> str:
    return os.path.realpath(os.fsdecode(path))
