"""What a spreadsheet says of a client, with the cell of each value and all faults of the sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.engagement.faults import Fault, dotted, listed, nearest, shorten, write_nearest
from workbook.engagement.spreadsheet.cells import EMPTY_LIST, Unreadable, takes, value_of
from workbook.engagement.spreadsheet.help import CLIENT_LABEL
from workbook.engagement.spreadsheet.layout import LISTS, README, Keys, Sheet, Slot
from workbook.engagement.spreadsheet.opening import Book
from workbook.engagement.spreadsheet.rows import KeyPath, NoParent, Row, place_row
from workbook.engagement.spreadsheet.writing import (
    EXAMPLE,
    HEAD_ROW,
    HELP,
    KEY,
    MARK,
    TAKES,
    WHAT,
    columns_of,
    lines_of,
    parts_of,
)

# Rows from the top among which the heads are looked for.
_HEADS_WITHIN = 20

_EXPORT = "export the client again, and copy your values"


@dataclass
class Reading:
    """The data of each file that a spreadsheet gives, and the cell of each key path.

    `exported` are the digests of the files as they were then, none in a spreadsheet that does not say. `keys` holds the
    cells in which the keys of mappings stand. Where the sheets themselves are not as they were
    exported, `is_broken`: what is missing would then only seem to be.
    """

    name: str
    client: str = ""
    exported: dict[str, str] = field(default_factory=dict)
    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    is_broken: bool = False

    def refuse(self, place: str, found: str, allowed: str, remedy: str) -> None:
        """Add a fault of a cell such as Processes!D7."""
        self.faults.append(Fault(f"{self.name}: {place}", None, "", found, allowed, remedy))

    def break_off(self, place: str, found: str, allowed: str, remedy: str) -> None:
        """Add a fault of the sheets themselves."""
        self.is_broken = True
        self.refuse(place, found, allowed, remedy)

    def cell_of(self, file: str, path: str) -> str | None:
        """Return the cell of a key path as it is written in a fault, or of the nearest one above it."""
        while path and (file, path) not in self.cells:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.cells.get((file, path))


def read_book(book: Book, sheets: Sequence[Sheet]) -> Reading:
    """Return what a spreadsheet says."""
    reading = Reading(book.name)
    titles = {page.title: page for page in book.cells.worksheets}
    _check_titles(reading, list(titles), [README, *(sheet.title for sheet in sheets), LISTS])
    if README in titles:
        reading.client = _client_of(titles[README])
        reading.exported = dict(_exported(titles[README]))
    for sheet in sheets:
        if page := titles.get(sheet.title):
            _Page(reading, book, sheet, page).read()
    return reading


def _check_titles(reading: Reading, found: Sequence[str], known: Sequence[str]) -> None:
    lacking = [title for title in known if title not in found and title != LISTS]
    unknown = [title for title in found if title not in known]
    for title in unknown:
        # One that is there instead of one that is not is a new name for it.
        meant = nearest(title, lacking) or (lacking[0] if len(unknown) == len(lacking) == 1 else None)
        remedy = f"rename it to {meant}" if meant else "delete it"
        lacking = [each for each in lacking if each != meant]
        reading.break_off(shorten(title), "an unknown sheet", "the sheets that were exported", remedy)
    for title in lacking:
        reading.break_off(title, "no such sheet", "all sheets that were exported", _EXPORT)


def _client_of(page: Worksheet) -> str:
    for row in page.iter_rows(max_row=_HEADS_WITHIN, max_col=2, values_only=True):
        if row[0] == CLIENT_LABEL:
            return str(row[1] or "")
    return ""


def _exported(page: Worksheet) -> Iterator[tuple[str, str]]:
    for name, mark in page.iter_rows(max_col=2, values_only=True):
        if isinstance(name, str) and name.endswith(".yaml") and mark:
            yield name.removesuffix(".yaml"), str(mark)


class _Page:
    """One sheet on its way in."""

    def __init__(self, reading: Reading, book: Book, sheet: Sheet, page: Worksheet) -> None:
        self.reading = reading
        self.book = book
        self.sheet = sheet
        self.page = page
        self.data = reading.data.setdefault(sheet.file, {})

    def place(self, row: int, column: int) -> str:
        return f"{self.sheet.title}!{get_column_letter(column)}{row}"

    def read(self) -> None:
        is_form = self.sheet.kind == "form"
        parts = (KEY, WHAT, TAKES, *parts_of(self.sheet), EXAMPLE)
        known = list(parts) if is_form else [MARK, *(column.header for column in columns_of(self.sheet))]
        head, columns = self._heads(known, () if not is_form else (WHAT, TAKES, EXAMPLE))
        if head and columns:
            self._check_merged(head)
            self._read_form(head, columns) if is_form else self._read_table(head, columns)

    # --- heads -------------------------------------------------------------------------------------------------------

    def _heads(self, known: Sequence[str], dispensable: Sequence[str]) -> tuple[int, dict[str, int]]:
        """Return the row of the heads, and the column of each; no columns where they are not as they should be."""
        counts = {
            number: sum(value in known for value in row)
            for number, row in enumerate(self.page.iter_rows(max_row=_HEADS_WITHIN, values_only=True), 1)
        }
        head = max(counts, key=lambda number: counts[number], default=0)
        if not head or not counts[head]:
            self.reading.break_off(f"{self.sheet.title}!A{HEAD_ROW}", "no heads", f"the heads {listed(known)}", _EXPORT)
            return 0, {}
        columns: dict[str, int] = {}
        lacking = [name for name in known if name not in dispensable]
        for cell in self.page[head]:
            name = str(cell.value) if cell.value is not None else ""
            if name in columns or (name and name not in known):
                self._refuse_head(cell, name, name in columns, [each for each in lacking if each not in columns])
            elif name:
                columns[name] = cell.column
        if missing := [name for name in lacking if name not in columns]:
            found = f"no column {listed(missing)}"
            self.reading.break_off(self.place(head, 1), found, "all columns that were exported", _EXPORT)
        self._check_headless(head, columns)
        return head, columns if not missing else {}

    def _refuse_head(self, cell: Any, name: str, is_second: bool, lacking: Sequence[str]) -> None:
        found = f"{'a second' if is_second else 'the unknown'} column {shorten(name)}"
        meant = None if is_second else nearest(name, lacking)
        remedy = f"rename it to {meant}" if meant else "delete it"
        self.reading.break_off(self.place(cell.row, cell.column), found, "the columns that were exported", remedy)

    def _check_headless(self, head: int, columns: Mapping[str, int]) -> None:
        with_head = {cell.column for cell in self.page[head] if cell.value is not None}
        for row in self.page.iter_rows(min_row=head + 1):
            for cell in row:
                if cell.value not in (None, "") and cell.column not in with_head and columns:
                    found = "a value in a column without a head"
                    remedy = "move it below a head, or delete it"
                    self.reading.refuse(self.place(cell.row, cell.column), found, "values below heads", remedy)

    def _check_merged(self, head: int) -> None:
        for merged in self.page.merged_cells.ranges:
            if merged.max_row > head:
                place = f"{self.sheet.title}!{merged.coord}"
                self.reading.refuse(place, "merged cells", "a cell for each value", "separate them")

    # --- tables ------------------------------------------------------------------------------------------------------

    def _read_table(self, head: int, columns: Mapping[str, int]) -> None:
        if len(self.sheet.steps) == 1:
            self._register(self.sheet.steps[0], (), self.place(head, 1))
        for cells in self.page.iter_rows(min_row=head + 1):
            by_column = {cell.column: cell for cell in cells}
            number, mark = cells[0].row, by_column[columns[MARK]].value
            if mark in (HELP, EXAMPLE):
                continue
            found = {name: by_column[place] for name, place in columns.items() if name != MARK}
            is_blank = all(cell.value in (None, "") for cell in found.values())
            if mark not in (None, "") and not is_blank:
                remedy = "empty the cell if the row is an entry, or mark it as an example"
                place = self.place(number, columns[MARK])
                self.reading.refuse(place, f'"{shorten(str(mark))}"', f"nothing, or {HELP} or {EXAMPLE}", remedy)
            if not is_blank:
                self._read_row(found)

    def _read_row(self, found: Mapping[str, Any]) -> None:
        lead = [self._value(found[column.header], column) for column in self.sheet.lead]
        values = {slot.path: self._value(found[slot.header], slot) for slot in self.sheet.slots}
        named = zip(self.sheet.lead, lead, strict=True)
        empty = [found[column.header] for column, name in named if name in (None, "")]
        for cell in empty:
            allowed = takes(next(column.shape for column in self.sheet.lead if found[column.header] is cell))
            self.reading.refuse(self.place(cell.row, cell.column), "nothing", allowed, "fill in the cell")
        if not empty:
            row = Row(tuple(map(str, lead)), {path: value for path, value in values.items() if value is not None})
            self._place(row, found)

    def _place(self, row: Row, found: Mapping[str, Any]) -> None:
        lead = [found[column.header] for column in self.sheet.lead]
        try:
            path = place_row(self.sheet, row, self.data)
        except NoParent as error:
            number, names = error.args
            cell, name = lead[number], row.lead[number]
            found_words = f"{name}, which is there twice" if name in names else f'the unknown entry "{shorten(name)}"'
            allowed = f"one of {listed(names)}"
            remedy = "give each a name of its own" if name in names else write_nearest(name, names, "add it above")
            self.reading.refuse(self.place(cell.row, cell.column), found_words, allowed, remedy)
            return
        except KeyError as error:
            cell = lead[-1]
            remedy = "delete one of the two rows"
            words = f"{shorten(str(error.args[0]))} a second time"
            self.reading.refuse(self.place(cell.row, cell.column), words, "each once", remedy)
            return
        self._register_row(path, row, found)

    def _register_row(self, path: KeyPath, row: Row, found: Mapping[str, Any]) -> None:
        for slot in self.sheet.slots:
            cell = found[slot.header]
            self._register(path, slot.path, self.place(cell.row, cell.column))
        if self.sheet.keys:
            cell = found[self.sheet.keys[-1].header]
            self.reading.keys[self.sheet.file, dotted(path)] = self.place(cell.row, cell.column)
            if not row.values and (self.sheet.file, dotted(path)) in self.reading.cells:
                place = self.reading.cells[self.sheet.file, dotted(path)]
                if not any(fault.file.endswith(f": {place}") for fault in self.reading.faults):
                    self.reading.refuse(place, "nothing", takes(self.sheet.slots[0].shape), "fill in the cell")

    def _register(self, path: KeyPath, below: Keys, place: str) -> None:
        """Note the cell of a key path, and of those above it that have none yet."""
        for length in range(len(below), -1, -1):
            self.reading.cells.setdefault((self.sheet.file, dotted((*path, *below[:length]))), place)

    def _value(self, cell: Any, column: Any) -> Any:
        try:
            content, is_percent = self.book.content(cell)
            value = value_of(content, column.shape, is_percent)
            if isinstance(column, Slot) and column.is_marker and value not in (None, []):
                raise Unreadable("a value", f"nothing, or {EMPTY_LIST}", "write the entries on their own sheet")
        except Unreadable as error:
            self.reading.refuse(self.place(cell.row, cell.column), error.found, error.allowed, error.remedy)
            return None
        return value

    # --- forms -------------------------------------------------------------------------------------------------------

    def _read_form(self, head: int, columns: Mapping[str, int]) -> None:
        lines = lines_of(self.sheet)
        rows = dict(self._lines(head, columns, lines))
        if missing := [key for key in lines if key not in rows]:
            found = f"no line {listed(missing)}"
            self.reading.break_off(self.place(head, columns[KEY]), found, "all lines that were exported", _EXPORT)
            return
        values: dict[Keys, Any] = {}
        for key, slots in lines.items():
            for part, slot in slots.items():
                cell = self.page.cell(rows[key], columns[part])
                if (value := self._value(cell, slot)) is not None:
                    values[slot.path] = value
                self._register(self.sheet.steps[0], slot.path, self.place(cell.row, cell.column))
            self._check_closed(rows[key], columns, slots)
        place_row(self.sheet, Row((), values), self.data)

    def _lines(self, head: int, columns: Mapping[str, int], lines: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
        seen: set[str] = set()
        for number in range(head + 1, self.page.max_row + 1):
            key = self.page.cell(number, columns[KEY]).value
            cells = [self.page.cell(number, columns[part]) for part in parts_of(self.sheet)]
            if key in (None, "") and all(cell.value in (None, "") for cell in cells):
                continue
            if key not in lines or key in seen:
                found = f"{'a second' if key in seen else 'the unknown'} key {shorten(str(key or ''))}".rstrip()
                meant = nearest(key, [name for name in lines if name not in seen])
                remedy = f"rename it to {meant}" if meant and key not in seen else "delete the line"
                place = self.place(number, columns[KEY])
                self.reading.break_off(place, found, "the keys that were exported", remedy)
                continue
            seen.add(str(key))
            yield str(key), number

    def _check_closed(self, number: int, columns: Mapping[str, int], slots: Mapping[str, Slot]) -> None:
        for part in parts_of(self.sheet):
            cell = self.page.cell(number, columns[part])
            if part not in slots and cell.value not in (None, ""):
                remedy = "delete it, or move it to the column value" if "value" in slots else "delete it"
                self.reading.refuse(self.place(number, columns[part]), "a value", "nothing in a grey cell", remedy)
