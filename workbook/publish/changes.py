"""What has changed since a client's deliverables were made, so that only that is made again.

A run remembers in `manifest.json` what went into each notebook: the client's files as raw bytes, with their size, time
and inode so that an unchanged file need not be read; the notebook; the package; and the versions of what it rests on.
What concerns the page alone only renders again. Nothing here loads what reads, counts or draws, because an unchanged
run should cost next to nothing.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import workbook
from workbook.engagement.folders import COMMENTARY_FILES, misspelt_folders

Work = Literal["execute", "render", "skip", "wait"]
Seen = list[Any]
"""SHA-256, size, time of change, inode and time of change of the inode, in nanoseconds; only the last cannot be set."""

MANIFEST = "manifest.json"
SHARED = ("index.html", "exhibits/tables.xlsx")
"""Made for all notebooks of a client together."""
# Of what a run remembers; to be raised when that changes.
FORM = 1
# What a figure or a chart can depend on, and what the page is set with.
PACKAGES = ("numpy", "pandas", "scipy", "duckdb", "matplotlib", "pydantic", "babel", "ipython")
PAGE_PACKAGES = ("typst", "jinja2", "markdown-it-py", "nbformat")
# What counts in which folder of a client without being named by another file.
_COUNTING = (
    ("", "*.[yY][aA][mM][lL]"),
    ("", "*.[yY][mM][lL]"),
    ("commentary", COMMENTARY_FILES),
    ("approved", "*.json"),
)
# A file that changes twice within the clock's step may keep its time of change.
_CLOCK_STEP = 2_000_000_000


@dataclass(frozen=True)
class Plan:
    """What is to be done for one notebook of a client, and why.

    A notebook waits while the client has no file of the phase it is about.
    """

    work: Work
    why: str

    @property
    def is_idle(self) -> bool:
        """True when nothing is to be made."""
        return self.work in ("skip", "wait")


@dataclass(frozen=True)
class Memory:
    """What an earlier run remembers of a client; `folder` holds its deliverables."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def files(self) -> Mapping[str, Seen]:
        """The client's files, as they were."""
        return self.manifest["run"]["files"]  # type: ignore[no-any-return]

    def notebook(self, name: str) -> Mapping[str, Any] | None:
        """Return what is remembered of a notebook, None if it was not made."""
        return self.manifest["run"]["notebooks"].get(name)  # type: ignore[no-any-return]


def recall(client: str, output: Path, asked: str) -> Memory | None:
    """Return what is remembered of the day `asked` for; for "" what the latest run of a client's own day remembers."""
    found = [remembered(file.parent) for file in (output / client).glob(f"{asked or '*'}/{MANIFEST}")]
    memories = [memory for memory in found if memory and (asked or memory.manifest["run"]["is_own_day"])]
    return max(memories, key=lambda memory: memory.manifest["run"]["recorded"], default=None)


def remembered(folder: Path) -> Memory | None:
    """Return what is remembered of the deliverables in a folder; what cannot be read, or is of another kind, is not."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["run"]["form"] == FORM and manifest["client"] == folder.parent.name:
            return Memory(folder, manifest)
    return None


def untouched(memory: Memory) -> dict[str, Any]:
    """Return the notebooks whose deliverables are still as they were made."""
    notebooks: Mapping[str, Any] = memory.manifest["run"]["notebooks"]
    return {name: made for name, made in notebooks.items() if _is_untouched(memory.folder, made["outputs"])}


def plan(memory: Memory | None, folder: Path, notebook: Path, name: str, force: bool = False) -> Plan:
    """Return what is to be done for a notebook of the client whose parameters lie in `folder`."""
    missing = [f"{stem}.yaml" for stem in needs_of(notebook) if not _holds_something(folder / f"{stem}.yaml")]
    # A client that does not exist is a fault, and waits for nothing.
    if missing and folder.is_dir():
        return Plan("wait", f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there yet")
    made = memory.notebook(name) if memory else None
    if force:
        return Plan("execute", "forced")
    if memory is None or made is None:
        return Plan("execute", "not made yet")
    if memory.manifest["run"]["reads_database"]:
        return Plan("execute", "reads a database, which may have changed")
    if changed := changed_files(folder, memory):
        return Plan("execute", f"changed: {', '.join(changed[:3])}{', ...' if len(changed) > 3 else ''}")
    if made["inputs"] != digest({file: seen[0] for file, seen in memory.files.items()}):
        return Plan("execute", "not made since the client's files have changed")
    now = ingredients(notebook, folder.parent)
    if different := [key for key, value in now.items() if made["ingredients"].get(key) != value and key != "page"]:
        return Plan("execute", f"changed: {', '.join(different)}")
    if not _is_untouched(memory.folder, made["outputs"]):
        return Plan("execute", "a deliverable is missing or was changed")
    if not all((memory.folder / name).is_file() for name in SHARED):
        return Plan("render", "the index or the tables are missing")
    if made["ingredients"].get("page") != now["page"]:
        return Plan("render", "changed: page")
    return Plan("skip", "nothing has changed")


@cache
def needs_of(notebook: Path) -> tuple[str, ...]:
    """Return the parameter files that a client must have for a notebook, without their ending: its metadata say so.

    A notebook that cannot be read needs none, so that running it tells what is wrong.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        return tuple(map(str, json.loads(notebook.read_bytes())["metadata"]["workbook"]["needs"]))
    return ()


def _holds_something(file: Path) -> bool:
    """Return False where a file does not exist, or where every line of it is a comment, as in a skeleton."""
    try:
        lines = [line.strip() for line in file.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()]
    except FileNotFoundError:
        return False
    except OSError:
        return True
    # A file without any text, or that cannot be read, is a fault that a person should see.
    return not any(lines) or any(line and not line.startswith(b"#") for line in lines)


def changed_files(folder: Path, memory: Memory) -> list[str]:
    """Return the client's files that are new, gone or different, by their path below its folder."""
    names = {*memory.files, *_parameter_files(folder)}
    recorded = memory.manifest["run"]["recorded"]
    return sorted(name for name in names if not _is_same(folder / name, memory.files.get(name), recorded))


def digest(hashes: Mapping[str, str]) -> str:
    """Return one hash of a client's files, given theirs."""
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def look_at(folder: Path, hashes: Mapping[str, str]) -> dict[str, Seen]:
    """Return files as they are to be remembered: their SHA-256 as known, with size, time and inode."""
    # A file that is gone by now has no stamp, and so counts as changed the next time.
    present = {name: folder / name for name in hashes if (folder / name).is_file()}
    return {name: [sha256, *(_stamp(present[name]) if name in present else ())] for name, sha256 in hashes.items()}


def look_at_outputs(folder: Path, names: Iterable[str]) -> dict[str, list[int]]:
    """Return deliverables as they are to be remembered."""
    return {name: _stamp(folder / name)[:2] for name in names}


@cache
def ingredients(notebook: Path, parameters_dir: Path) -> dict[str, str]:
    """Return a hash of each thing, besides the client's files, that a deliverable is made of."""
    return {
        "notebook": _hash_files([notebook]),
        "shared parameters": _hash_files(sorted(file for file in parameters_dir.iterdir() if file.is_file())),
        **installed(),
    }


@cache
def installed() -> dict[str, str]:
    """Return a hash of each thing that deliverables are made with: the package, what it rests on, and their page."""
    return {
        "package": _hash_files(_sources(page=False)),
        "versions": json.dumps({"python": platform.python_version(), **versions(PACKAGES)}),
        "page": _hash_files(_sources(page=True)) + json.dumps(versions(PAGE_PACKAGES)),
    }


@cache
def versions(names: tuple[str, ...]) -> dict[str, str]:
    """Return the installed versions of packages, "absent" for one that is not there."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def _sources(page: bool) -> list[Path]:
    root = Path(workbook.__file__).parent
    files = (file for file in root.rglob("*") if file.is_file() and file.suffix not in {".pyc", ".md"})
    return sorted(
        file
        for file in files
        if (file.relative_to(root).parts[0] in {"publish", "cli.py"}) == page and file.name != "cli.py"
    )


def _hash_files(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _parameter_files(folder: Path) -> list[str]:
    """Return what counts without being named by a file: parameters, commentary, approvals, and what passes for them."""
    found = misspelt_folders(folder)
    for below, pattern in _COUNTING:
        with suppress(OSError):
            names = fnmatch.filter(os.listdir(folder / below), pattern)
            found += [f"{below}/{name}" if below else name for name in names]
    return found


def _is_same(file: Path, seen: Seen | None, recorded: int) -> bool:
    try:
        stamp = _stamp(file)
        if seen is None:
            return False
        if stamp == seen[1:] and max(stamp[1], stamp[3]) < recorded - _CLOCK_STEP:
            return True
        with file.open("rb") as stream:
            return str(seen[0]) == hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return False


def _is_untouched(folder: Path, outputs: Mapping[str, list[int]]) -> bool:
    try:
        return all(_stamp(folder / name)[:2] == seen for name, seen in outputs.items())
    except OSError:
        return False


def _stamp(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns]
