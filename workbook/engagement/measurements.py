"""Measurements of a client's data, kept so that each log and table is checked and measured once.

They lie in `.measured/` of the client's folder, one file for each source and day, under a key of all they depend on:
the data as bytes, what is declared about them, the day, and the code and libraries that measure. Without the folder
everything is measured again, with the same result. Databases change without notice; nothing of them is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

import workbook
from workbook.engagement.load import Engagement, file_hash
from workbook.engagement.save import write_atomically
from workbook.engagement.schema_sources import DataSource

try:
    import fcntl
except ImportError:
    # Without locks two notebooks may both measure; they find the same.
    fcntl = None  # type: ignore[assignment]

T = TypeVar("T")

FOLDER = ".measured"
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
_LIBRARIES = ("duckdb", "numpy", "scipy", "pyarrow", "openpyxl")


def before_forking() -> None:
    """Look up what measures in a process that forks many, so that none of these has to."""
    _libraries()
    _code_hash()


def measured_once(
    engagement: Engagement, source: DataSource, kind: type[T], measure: Callable[[], T], question: Any = None
) -> T:
    """Return what `measure` finds on a source, from an earlier measurement where nothing has changed since.

    `kind` is the dataclass of the result; its floats come back exactly. `question` is a dataclass with whatever else
    decides what is found; each kind of question to a source is kept beside the others. A second process that asks for
    the same while it is being measured waits for the result.
    """
    if source.file is None:
        return measure()
    asked = "" if question is None else f".{kind.__name__.strip('_').lower()}"
    file = engagement.folder / FOLDER / f"{source.id}{asked}.{engagement.as_of}.json"
    try:
        key = _key(engagement, source, question)
    except OSError:
        # Whoever reads a file that cannot be read will explain it.
        return measure()
    with _lock(file.parent) as is_writable:
        if (kept := _read(file, key, kind)) is not None:
            return kept
        found = measure()
        # A file that was still being copied may not be the one that was hashed.
        if is_writable and _are_as_hashed(engagement, source):
            _write(file, key, kind, found)
    return found


@contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Hold the folder of measurements; yields False where nothing can be kept, such as on a read-only disk."""
    try:
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        if fcntl is not None:
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield True
    finally:
        os.close(descriptor)


def _key(engagement: Engagement, source: DataSource, question: Any) -> str:
    parts = {
        "data": [engagement.inputs[name] for name in _files(source)],
        "declared": source.model_dump(mode="json"),
        "question": None if question is None else _adapter(type(question)).dump_python(question, mode="json"),
        "as_of": engagement.as_of.isoformat(),
        "code": _code_hash(),
        "libraries": _libraries(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _files(source: DataSource) -> list[str]:
    """Return the files of a source by their paths below the client's folder."""
    files = [source.file, source.accuracy.file if source.accuracy else None]
    return [Path(name).as_posix() for name in files if name]


def _are_as_hashed(engagement: Engagement, source: DataSource) -> bool:
    try:
        return all(file_hash(engagement.path(name)) == engagement.inputs[name] for name in _files(source))
    except OSError:
        return False


@cache
def _libraries() -> dict[str, str]:
    """Return the versions of the libraries that measure."""
    return {name: version(name) for name in _LIBRARIES}


@cache
def _code_hash() -> str:
    """Return one hash of all code that decides what is measured; a change of anything else measures in vain only."""
    root = Path(workbook.__file__).parent
    digest = hashlib.sha256()
    for room in ("methods", "engagement", "phases"):
        for file in sorted((root / room).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(file: Path, key: str, kind: type[T]) -> T | None:
    try:
        kept = json.loads(file.read_bytes())
        return _adapter(kind).validate_python(kept["found"]) if kept["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None


def _write(file: Path, key: str, kind: type[T], found: T) -> None:
    content = {"key": key, "found": _adapter(kind).dump_python(found, mode="json")}
    # A full or read-only disk costs time in the next run, nothing else.
    with suppress(OSError, ValueError):
        write_atomically(file, json.dumps(content, allow_nan=False).encode())


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
