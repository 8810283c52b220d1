"""Files that appear whole or not at all, one by one and as sets, in a folder in which one run writes at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:
    # Windows: there it is left to those who start runs.
    fcntl = None  # type: ignore[assignment]

from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.save import write_atomically
from workbook.publish.progress import shown

__all__ = ["claimed", "remove", "staged", "sweep", "write_atomically"]


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keep other runs from writing in a folder, for as long as this process lives at most.

    Raises FaultsError when another run is writing there. Where the file system knows no locks, nobody is kept out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FaultsError([_another_run(folder)]) from None
        yield
    finally:
        os.close(descriptor)


def _another_run(folder: Path) -> Fault:
    found, allowed = "a folder in which another run is writing", "one run at a time"
    return Fault(shown(folder), None, "--output", found, allowed, "wait until it has ended, or name another folder")


@contextmanager
def staged(folder: Path, name: str) -> Iterator[Path]:
    """Yield a folder to write a set of files in, which moves into `folder` once all of them are on the disk.

    Files at the top replace their namesakes. A folder two levels down ("exhibits/assess") is swapped as a whole, so
    that no file of an earlier run stays in it; an empty one clears its place. After an error, or a kill, `folder` is
    as it was; what a kill left behind is removed by the next run of the same name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stage = folder / f".staging-{name}"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    try:
        yield stage
        _sync(stage)
        _install(stage, folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def remove(path: Path) -> None:
    """Remove a file or a folder, whether or not it exists."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what killed runs have left behind in a folder in which nobody writes at the moment."""
    for left in [*folder.rglob(".staging-*"), *folder.rglob(".old-*"), *folder.rglob(".*.tmp")]:
        remove(left)


def _install(stage: Path, folder: Path) -> None:
    # Folders first: a reader that sees the new report finds its exhibits.
    for shelf in [entry for entry in sorted(stage.iterdir()) if entry.is_dir()]:
        (folder / shelf.name).mkdir(exist_ok=True)
        for whole in sorted(shelf.iterdir()):
            _swap(whole, folder / shelf.name / whole.name)
    for file in [entry for entry in sorted(stage.iterdir()) if entry.is_file()]:
        os.replace(file, folder / file.name)


def _swap(new: Path, place: Path) -> None:
    old = place.with_name(f".old-{place.name}")
    remove(old)
    if place.exists():
        os.replace(place, old)
    if any(new.iterdir()):
        os.replace(new, place)
    remove(old)


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            # For writing too: Windows brings nothing else to the disk.
            with file.open("rb+") as stream:
                os.fsync(stream.fileno())
