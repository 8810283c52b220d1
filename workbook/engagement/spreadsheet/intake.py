"""Taking a client's data out into a spreadsheet, and in again: all faults by cell, or exactly what changed."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openpyxl.utils import column_index_from_string

from workbook.engagement.check import agreement_faults
from workbook.engagement.faults import Fault, FaultsError, dotted, refused, shorten
from workbook.engagement.fields import shape_of_model
from workbook.engagement.folders import check_client_id, client_folder, find_parameters
from workbook.engagement.load import MODELS, Engagement, load_engagement
from workbook.engagement.proposal import Proposal
from workbook.engagement.references import Models
from workbook.engagement.save import BOM, Change, sha256_of, write_atomically
from workbook.engagement.skeleton import new_client
from workbook.engagement.spreadsheet.differences import digest, reconciled, settled
from workbook.engagement.spreadsheet.layout import Sheet, sheets_of
from workbook.engagement.spreadsheet.opening import open_book
from workbook.engagement.spreadsheet.reading import Reading, read_book
from workbook.engagement.spreadsheet.rows import Row, place_row, rows_of
from workbook.engagement.spreadsheet.writing import spreadsheet_bytes
from workbook.engagement.spreadsheet.yaml_update import updated_text
from workbook.engagement.validate import validate
from workbook.engagement.yaml_edit import NotSavable, same
from workbook.engagement.yaml_reader import Document, read_yaml

_MOST_SHOWN = 40
"""Changed lines of a file that are shown."""


@dataclass(frozen=True)
class Imported:
    """What an import changed in the files of a client, and which entries it added and removed.

    `stale` are the files it changed that were others when the spreadsheet was exported.
    """

    proposal: Proposal
    added: tuple[str, ...]
    removed: tuple[str, ...]
    stale: tuple[str, ...]
    is_new: bool

    @property
    def is_empty(self) -> bool:
        """True when everything was there already."""
        return self.proposal.is_empty

    def summary(self) -> str:
        """Return what changed in words: the entries, and the lines of each file before and after."""
        client = self.proposal.engagement.id
        if self.is_empty:
            return f"{client}: nothing to change"
        lines = [f"{client}: created"] if self.is_new else []
        newer = "has changed since this spreadsheet was exported; see that no line below takes back what is newer"
        lines += [f"note: {file} {newer}" for file in self.stale]
        if not self.is_new:
            lines += [f"added    {entry}" for entry in self.added]
        lines += [f"removed  {entry}" for entry in self.removed]
        for file, changes in self.proposal.changes.items():
            lines.append(f"{client}/{file}: {_count(len(changes), 'line')} {'filled in' if self.is_new else 'changed'}")
            if not self.is_new:
                lines += _shown_changes(changes)
        return "\n".join([*lines, f"now: workbook check {client}"])


def _shown_changes(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes[:_MOST_SHOWN]:
        yield from (
            f"  {change.line:>5} {sign} {shorten(line, 150)}"
            for sign, line in (("-", change.before), ("+", change.after))
            if line is not None
        )
    if len(changes) > _MOST_SHOWN:
        yield f"        and {_count(len(changes) - _MOST_SHOWN, 'more line')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# --- out -------------------------------------------------------------------------------------------------------------


def export_client(client: str, parameters_dir: Path | str | None = None, models: Models = MODELS) -> bytes:
    """Return the spreadsheet of a client, with examples and without entries for one that does not exist yet.

    A client with faults can be exported too, so that they can be put right in the spreadsheet. Raises FaultsError for
    a file that cannot be read, and for a value that no sheet has a place for.
    """
    parameters = find_parameters(parameters_dir)
    check_client_id(client)
    exists = (parameters / client).is_dir()
    documents = _documents(client, client_folder(client, parameters), models)[0] if exists else {}
    sheets = sheets_of(models)
    for name, document in documents.items():
        _check_fits(name, document, sheets, models)
    try:
        data = {name: document.data for name, document in documents.items()}
        return spreadsheet_bytes(client, sheets, data, _digests(documents, models))
    except ValueError as error:
        file, place, found = error.args
        raise refused(f"{client}/{file}.yaml", found, "texts that fit in a cell", "shorten it", place) from None


def _check_fits(name: str, document: Document, sheets: Sequence[Sheet], models: Models) -> None:
    """Raise FaultsError where the data of a file would not come back as they are."""
    shape, data = shape_of_model(models[name]), _round_trip(name, document, sheets)
    if data is not None and same(settled(shape, data), settled(shape, document.data)):
        return
    _, faults = validate(document, models[name])
    unknown = [fault for fault in faults if fault.found != "nothing"]
    found = "entries that the spreadsheet cannot tell apart"
    raise FaultsError(unknown or [document.fault((), found, "a name of its own for each", "rename one of them")])


def _round_trip(name: str, document: Document, sheets: Sequence[Sheet]) -> dict[str, Any] | None:
    data: dict[str, Any] = {}
    try:
        for sheet in sheets:
            for row in rows_of(sheet, document.data) if sheet.file == name else ():
                place_row(sheet, row, data)
    except LookupError:
        return None
    return data


def _digests(documents: Mapping[str, Document], models: Models) -> dict[str, str]:
    """Return the digest of each file by its name; one that does not exist is one that says nothing."""
    data = {name: documents[name].data if name in documents else {} for name in models}
    return {name: digest(shape_of_model(model), data[name]) for name, model in models.items()}


def _documents(client: str, folder: Path, models: Models) -> tuple[dict[str, Document], dict[str, bytes]]:
    """Return the files of a client as they are, by name, and their bytes by path. Raises FaultsError."""
    raw = {name: path.read_bytes() for name in models if (path := folder / f"{name}.yaml").is_file()}
    documents: dict[str, Document] = {}
    faults: list[Fault] = []
    for name, content in raw.items():
        try:
            documents[name] = read_yaml(content, f"{client}/{name}.yaml")
        except FaultsError as error:
            faults += error.faults
    if faults:
        raise FaultsError(faults)
    return documents, {f"{name}.yaml": content for name, content in raw.items()}


def export_to(client: str, file: Path, parameters_dir: Path | str | None = None) -> Path:
    """Write the spreadsheet of a client into a file that does not exist yet, and return it. Raises FaultsError."""
    if file.suffix.lower() != ".xlsx":
        raise refused(file.name, f'the ending "{file.suffix}"', "a file that ends in .xlsx", "rename it")
    if file.exists():
        # It may hold what nobody has imported yet.
        raise refused(file.name, "a file that exists", "a new file", "delete it, or choose another name")
    write_atomically(file, export_client(client, parameters_dir))
    return file


# --- in --------------------------------------------------------------------------------------------------------------


def import_from(client: str, file: Path, parameters_dir: Path | str | None = None, models: Models = MODELS) -> Imported:
    """Bring the files of a client to what a spreadsheet says, and return what changed.

    Only what differs is written: comments, order and all other lines stay. A client that does not exist yet is begun
    with its skeleton. Raises FaultsError with all faults by sheet and cell, and then writes nothing.
    """
    parameters = find_parameters(parameters_dir)
    check_client_id(client)
    reading = read_book(open_book(file), sheets_of(models))
    if reading.client and reading.client != client:
        found, remedy = f"a spreadsheet of {reading.client}", "correct the id on its first sheet, or name that client"
        raise refused(file.name, found, f"one of {client}", remedy)
    if reading.is_broken:
        raise _all(reading.faults, models)
    is_new = not (parameters / client).exists()
    folder = new_client(client, parameters, models) if is_new else client_folder(client, parameters)
    try:
        imported = _proposed(reading, client, folder, models, is_new)
        imported.proposal.save()
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return imported


def _proposed(reading: Reading, client: str, folder: Path, models: Models, is_new: bool) -> Imported:
    documents, raw = _documents(client, folder, models)
    after: dict[str, bytes] = {}
    for name, model in models.items():
        document = documents.get(name, Document({}, {}, f"{client}/{name}.yaml"))
        data = reconciled(shape_of_model(model), document.data, reading.data.get(name) or {}) or {}
        before = raw.get(f"{name}.yaml", b"")
        try:
            text = updated_text(document, data)
        except NotSavable as error:
            found, remedy = "values that cannot be written", "edit the file by hand"
            raise refused(document.file, f"{found} ({error})", "values that can", remedy) from None
        content = (BOM if before.startswith(BOM) else b"") + text.encode()
        if content != before:
            after[f"{name}.yaml"] = content
    engagement, notes = _checked(reading, client, folder, models, after)
    hashes = {path: sha256_of(content) for path, content in raw.items()}
    engagement = replace(engagement, text_hashes=hashes, notes=notes)
    proposal = Proposal(engagement, {path: raw.get(path) for path in after}, after, notes)
    added, removed = _entries_changed(sheets_of(models), documents, reading.data)
    digests = _digests(documents, models)
    stale = tuple(f"{name}.yaml" for name, mark in digests.items() if reading.exported.get(name, mark) != mark)
    return Imported(proposal, added, removed, tuple(file for file in stale if file in after), is_new)


def _checked(
    reading: Reading, client: str, folder: Path, models: Models, after: Mapping[str, bytes]
) -> tuple[Engagement, tuple[Fault, ...]]:
    """Return the client as it would be, with what is to be noted. Raises FaultsError with all faults."""
    faults: list[Fault] = []
    notes: tuple[Fault, ...] = ()
    try:
        engagement = load_engagement(client, folder.parent, models=models, replaced=after)
        # Without a phase of its own, a client of other models has nothing that could disagree.
        found = tuple(agreement_faults(engagement, engagement)) if models is MODELS else ()
        notes = tuple(fault for fault in found if fault.is_note)
        faults += (fault for fault in found if not fault.is_note)
    except FaultsError as error:
        faults += error.faults
    if faults or reading.faults:
        places = _Places(reading, client, after)
        raise _all([*reading.faults, *places.translated(faults)], models)
    return engagement, notes


def _all(faults: Iterable[Fault], models: Models) -> FaultsError:
    """Return the error of some faults, in the order of the sheets and their rows."""
    titles = [sheet.title for sheet in sheets_of(models)]
    error = FaultsError(faults)
    error.faults = tuple(sorted(error.faults, key=lambda fault: _order(fault, titles)))
    return error


def _order(fault: Fault, titles: Sequence[str]) -> tuple[int, int, int]:
    """Return where a fault stands: the sheet, the row and the column of its cell."""
    sheet, _, cell = fault.file.partition(": ")[2].partition("!")
    number = titles.index(sheet) if sheet in titles else -1
    match = re.match(r"([A-Z]+)(\d+)", cell)
    return (number, int(match[2]), column_index_from_string(match[1])) if match else (number, fault.line or 0, 0)


def _entries_changed(
    sheets: Sequence[Sheet], documents: Mapping[str, Document], data: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the entries that are added and removed, by sheet and name."""
    added, removed = [], []
    for sheet in sheets:
        if sheet.kind != "form":
            document = documents.get(sheet.file)
            old = Counter(_names(sheet, rows_of(sheet, document.data if document else None)))
            new = Counter(_names(sheet, rows_of(sheet, data.get(sheet.file))))
            added += [f"{sheet.title}: {name}" for name in new - old]
            removed += [f"{sheet.title}: {name}" for name in old - new]
    return tuple(added), tuple(removed)


def _names(sheet: Sheet, rows: Iterable[Row]) -> Iterator[str]:
    first = sheet.slots[0].path
    for row in rows:
        own = () if sheet.keys else (str(row.values.get(first, "")),)
        yield ", ".join(filter(None, (*row.lead, *own)))


# --- faults of files as faults of cells ------------------------------------------------------------------------------

_HOME = re.compile(r"describe the (.+?) in \w+\.yaml")
_LINE = re.compile(r"\S*?(\w+)\.yaml:(\d+)")


class _Places:
    """Says in which cell a fault of a file stands."""

    def __init__(self, reading: Reading, client: str, after: Mapping[str, bytes]) -> None:
        self.reading = reading
        self.client = client
        self.lines: dict[tuple[str, int], str] = {}
        for path, raw in after.items():
            file = path.removesuffix(".yaml")
            for keys, line in _lines_of(raw, path):
                self.lines.setdefault((file, line), keys)

    def translated(self, faults: Iterable[Fault]) -> Iterator[Fault]:
        """Yield faults with the cells in which they stand; those of cells that are faulty already are left out."""
        told = {fault.file for fault in self.reading.faults}
        for fault in faults:
            cell = self._cell(fault)
            if cell is None:
                yield fault
            elif f"{self.reading.name}: {cell}" not in told:
                yield self._in_cell(fault, cell)

    def _cell(self, fault: Fault) -> str | None:
        name, _, ending = fault.file.rpartition("/")[2].partition(".")
        if ending != "yaml":
            return None
        if fault.found.startswith("the unknown") and (cell := self.reading.keys.get((name, fault.key))):
            return cell
        return self.reading.cell_of(name, fault.key)

    def _in_cell(self, fault: Fault, cell: str) -> Fault:
        found = _LINE.sub(self._cell_of_line, fault.found)
        remedy = _HOME.sub(r"describe the \1 on its sheet", fault.remedy)
        remedy = "fill in the cell" if fault.found == "nothing" else remedy
        allowed = fault.allowed.split(", alone or as ")[0]
        return replace(fault, file=f"{self.reading.name}: {cell}", line=None, key="", found=found, allowed=allowed,
                       remedy=remedy)  # fmt: skip

    def _cell_of_line(self, match: re.Match[str]) -> str:
        keys = self.lines.get((match[1], int(match[2])))
        return (keys is not None and self.reading.cell_of(match[1], keys)) or match[0]


def _lines_of(raw: bytes, path: str) -> Iterator[tuple[str, int]]:
    try:
        document = read_yaml(raw, path)
    except FaultsError:
        return
    for keys, line in document.lines.items():
        yield dotted(keys), line
