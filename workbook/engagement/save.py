"""Writing a file of parameters so that it is whole at every moment, and the lines that change in it."""

from __future__ import annotations

import difflib
import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbook.engagement.faults import FaultsError, refused
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.yaml_reader import Document

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Change:
    """One line before and after; `before` is None for a line that was added, `after` for one that was taken out."""

    line: int
    before: str | None
    after: str | None


def write_atomically(file: Path, content: bytes, replacing: bytes | None = None) -> None:
    """Write a file so that others see either the old content or the new, also after a power cut.

    Raises FaultsError when `replacing` is given and the file no longer holds it.
    """
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, file.stat().st_mode & 0o7777 if file.exists() else 0o644)
        if replacing is not None and file.read_bytes() != replacing:
            raise has_changed(file)
        os.replace(name, file)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    # Windows cannot open folders, and keeps the name with the file.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def key_path(document: Document, path: str | Sequence[str | int]) -> KeyPath:
    """Return the key path with ids resolved as far as the keys exist; the rest stays as given."""
    parts = tuple(path.split(".")) if isinstance(path, str) else tuple(path)
    if not parts:
        raise KeyError("a path needs at least one key")
    known = document.known(parts)
    return (*known, *parts[len(known) :])


def changes_between(before: str, after: str) -> tuple[Change, ...]:
    """Return the lines in which two texts differ."""
    if before == after:
        return ()
    old, new = before.splitlines(), after.splitlines()
    changes = []
    # Line 1 of the old text is index 0; a pair of replaced lines is one change.
    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            for step in range(max(i_end - i, j_end - j)):
                lines = (old[i + step] if i + step < i_end else None, new[j + step] if j + step < j_end else None)
                changes.append(Change(j + step + 1, *lines))
    return tuple(changes)


def has_changed(file: Path) -> FaultsError:
    """Return the error of a file that is no longer what was loaded."""
    found = "a file that has changed since it was read"
    return refused(file.name, found, "the file as it was loaded", "load it again, then save")


def sha256_of(raw: bytes) -> str:
    """Return the SHA-256 of the bytes of a file."""
    return hashlib.sha256(raw).hexdigest()
