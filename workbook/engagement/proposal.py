"""What saving would change in the files of a client: checked as a whole, shown as a diff, then written or refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbook.engagement.check import agreement_faults
from workbook.engagement.commentary import NOTEBOOKS
from workbook.engagement.faults import Fault, FaultsError, refused, shorten
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.folders import is_inside
from workbook.engagement.load import MODELS, Engagement, load_engagement
from workbook.engagement.save import BOM, Change, changes_between, has_changed, key_path, sha256_of, write_atomically
from workbook.engagement.yaml_edit import NotSavable, changed_text
from workbook.engagement.yaml_reader import Document, read_yaml

FILES = (*(f"{name}.yaml" for name in MODELS), *(f"commentary/{name}.md" for name in NOTEBOOKS))
"""Files that can be saved, by their path below the client's folder."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One value to put in its place.

    `file` is one of `FILES`. In `path` an item of a list may be named by its id; keys at its end that do not exist are
    added. The path is empty for the text of a whole file.
    """

    file: str
    path: KeyPath
    value: Any


@dataclass(frozen=True)
class Proposal:
    """What saving would change, by file; `notes` are what is to be noted of the client as it would be."""

    engagement: Engagement
    before: Mapping[str, bytes | None]
    after: Mapping[str, bytes]
    notes: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when everything is there already."""
        return not self.after

    @property
    def changes(self) -> Mapping[str, tuple[Change, ...]]:
        """The lines that change, by file."""
        return {file: changes_between(_text(self.before[file]), _text(raw)) for file, raw in self.after.items()}

    def diff(self) -> str:
        """Return the changes as a unified diff, with the file's name and the numbers of the lines."""
        lines: list[str] = []
        for file, raw in self.after.items():
            name, is_new = f"{self.engagement.id}/{file}", self.before[file] is None
            old, new = (_text(content).splitlines() for content in (self.before[file], raw))
            ends = (f"{name} (no file yet)" if is_new else name, f"{name} (as it would be)")
            lines += difflib.unified_diff(old, new, *ends, lineterm="")
        return "\n".join(lines)

    def save(self) -> tuple[Path, ...]:
        """Write the files and return them: each whole at every moment, and either all or none.

        Raises FaultsError when one has changed since it was loaded, or cannot be written.
        """
        written: list[str] = []
        for file in self.after:
            _check_as_loaded(self.engagement, file)
        try:
            for file, raw in self.after.items():
                _write(self.engagement, file, raw, self.before[file])
                written.append(file)
        except BaseException:
            for file in written:
                _put_back(self.engagement, file, self.before[file], self.after[file])
            raise
        return tuple(self.engagement.folder / file for file in written)


def propose(engagement: Engagement, edits: Iterable[Edit]) -> Proposal:
    """Return what the edits would change, each applied to the text that the one before has left.

    Raises FaultsError with the faults of the client as it would be, references between its files included, and when a
    file has changed since it was loaded; NotSavable for a value that does not fit in its place, or for a file that the
    parameters do not have.
    """
    edited = list(edits)
    files = dict.fromkeys(edit.file for edit in edited)
    before = {file: _check_as_loaded(engagement, file) for file in files}
    after = dict(before)
    for edit in edited:
        after[edit.file] = _edited(engagement, edit, after[edit.file])
    changed = {file: raw for file, raw in after.items() if raw is not None and raw != before[file]}
    notes = _check(engagement, changed) if changed else ()
    return Proposal(engagement, {file: before[file] for file in changed}, changed, notes)


# --- the texts as they would be --------------------------------------------------------------------------------------


def _edited(engagement: Engagement, edit: Edit, raw: bytes | None) -> bytes | None:
    """Return the bytes of a file after one edit; None while there is none and nothing to say in it."""
    mark, text = (BOM if (raw or b"").startswith(BOM) else b""), _text(raw)
    if edit.file.endswith(".md"):
        if edit.path or not isinstance(edit.value, str):
            raise NotSavable(f"{edit.file} is a text, which is saved as a whole")
        new = edit.value
    else:
        name = f"{engagement.id}/{edit.file}"
        document = read_yaml(raw, name) if raw else Document({}, {}, name)
        new = changed_text(document, key_path(document, edit.path) if edit.path else (), edit.value)
    return mark + new.encode() if new != text else raw


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8-sig")


def _check(engagement: Engagement, changed: Mapping[str, bytes]) -> tuple[Fault, ...]:
    """Return what is to be noted of the client as it would be; FaultsError with all its faults.

    Contradictions that are there already are not of this edit's making, and do not stop it.
    """
    after = list(_agreement(engagement, changed))
    if any(not fault.is_note for fault in after):
        there = {_told(fault) for fault in _agreement(engagement, {})}
        if faults := [fault for fault in after if not fault.is_note and _told(fault) not in there]:
            raise FaultsError(faults)
    return tuple(fault for fault in after if fault.is_note)


def _agreement(engagement: Engagement, changed: Mapping[str, bytes]) -> Iterator[Fault]:
    folder = engagement.folder.parent
    then = load_engagement(engagement.id, folder, engagement.as_of, replaced=changed)
    written = then if then.client.as_of == then.as_of else load_engagement(engagement.id, folder, replaced=changed)
    return agreement_faults(then, written)


def _told(fault: Fault) -> Fault:
    """Return a fault without its line, which an edit above it moves."""
    return replace(fault, line=None)


# --- the files -------------------------------------------------------------------------------------------------------


def _check_as_loaded(engagement: Engagement, file: str) -> bytes | None:
    """Return the bytes of a file, None where there is none yet; FaultsError if they are not those that were loaded."""
    if file not in FILES:
        raise NotSavable(f"{shorten(file)} is no file of parameters or commentary")
    path = engagement.folder / file
    loaded = engagement.text_hashes.get(file)
    if not path.exists() and loaded is None:
        if not is_inside(path, engagement.folder):
            found, remedy = "a link that leads out of the client's folder", "put a folder in its place"
            raise refused(f"{engagement.id}/{file}", found, "a file in the client's folder", remedy)
        return None
    raw = _read(path, engagement, file)
    if raw is None or sha256_of(raw) != loaded:
        raise has_changed(Path(engagement.id, file))
    return raw


def _read(path: Path, engagement: Engagement, file: str) -> bytes | None:
    try:
        # A link may have been put in place of the file since it was loaded.
        return path.read_bytes() if path.exists() and is_inside(path, engagement.folder) else None
    except OSError as error:
        raise _unwritable(engagement, file, error) from None


def _write(engagement: Engagement, file: str, raw: bytes, replacing: bytes | None) -> None:
    path = engagement.folder / file
    try:
        path.parent.mkdir(exist_ok=True)
        if path.exists() and not _may_write(path):
            raise PermissionError(13, "read-only")
        write_atomically(path.resolve(), raw, replacing)
    except OSError as error:
        raise _unwritable(engagement, file, error) from None


def _may_write(path: Path) -> bool:
    """Tell whether the file is one that may be written: replacing it needs the rights of its folder alone."""
    return bool(path.stat().st_mode & 0o222)


def _put_back(engagement: Engagement, file: str, before: bytes | None, after: bytes) -> None:
    """Undo a write, unless somebody has written since."""
    path = (engagement.folder / file).resolve()
    with suppress(OSError, FaultsError):
        if before is not None:
            write_atomically(path, before, replacing=after)
        elif path.read_bytes() == after:
            path.unlink()


def _unwritable(engagement: Engagement, file: str, error: OSError) -> FaultsError:
    found = f"a file that cannot be read and written ({error.strerror})"
    remedy = "change its rights, or close the program that holds it"
    return refused(f"{engagement.id}/{file}", found, "a file that this account may read and write", remedy)
