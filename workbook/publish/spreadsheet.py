"""All tables of a client's deliverables in one spreadsheet, for slides and for recalculation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.engagement.spreadsheet.fixed import EPOCH, fixed_bytes, put
from workbook.publish import palette
from workbook.publish.bundle import Cell, Exhibit
from workbook.publish.document import Document

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_HEAD_ROWS = 3


def render_tables(documents: Iterable[tuple[str, Document]]) -> bytes:
    """Return a spreadsheet with a sheet per chart or table, after a sheet that lists them.

    Parameters
    ----------
    documents
        Names of the deliverables with their documents.

    Numbers are numbers wherever the exhibit gives the raw value. Text is text: what begins like a formula is not
    one. The same tables give the same bytes.
    """
    book = Workbook()
    contents = book.active
    contents.title = "Contents"
    _header(contents, 1, ["Sheet", "Deliverable", "Exhibit", "Title", "Source"])
    as_of = ""
    for name, document in documents:
        as_of = max(as_of, document.cover.as_of)
        for exhibit in document.exhibits:
            sheet = book.create_sheet(_sheet_name(name, exhibit.id, set(book.sheetnames)))
            _fill(sheet, exhibit)
            row = [sheet.title, document.deliverable, exhibit.number, exhibit.title, exhibit.source]
            for column, value in enumerate(row, 1):
                put(contents.cell(contents.max_row + (column == 1), column), value)
    _set_widths(contents, (34, 28, 9, 70, 50))
    contents.freeze_panes = "A2"
    return fixed_bytes(book, datetime.fromisoformat(as_of) if as_of else EPOCH)


def _fill(sheet: Worksheet, exhibit: Exhibit) -> None:
    table = exhibit.table
    if table is None:
        return
    put(sheet.cell(1, 1), exhibit.title)
    sheet.cell(1, 1).font = Font(bold=True, size=13)
    marked = {at for row in table.rows for at, cell in enumerate(row) if cell.mark}
    labels = list(_spread((column.label for column in table.columns), marked, lambda label: f"{label}: evidence"))
    _header(sheet, _HEAD_ROWS, labels)
    for number, row in enumerate(table.rows, _HEAD_ROWS + 1):
        values = list(_row(row, marked))
        for column, value in enumerate(values, 1):
            put(sheet.cell(number, column), value)
    notes = [*table.notes, exhibit.caption, f"Source: {exhibit.source}"]
    for number, note in enumerate(notes, _HEAD_ROWS + len(table.rows) + 2):
        put(sheet.cell(number, 1), note)
    _set_widths(sheet, (34, *(18 for _ in labels[1:])))
    sheet.freeze_panes = sheet.cell(_HEAD_ROWS + 1, 2)


def _spread(labels: Iterable[str], marked: set[int], name: Callable[[str], str]) -> Iterator[str]:
    for at, label in enumerate(labels):
        yield label
        if at in marked:
            yield name(label)


def _row(row: tuple[Cell, ...], marked: set[int]) -> Iterator[str | float | int | None]:
    for at, cell in enumerate(row):
        yield cell.text if cell.value is None else cell.value
        if at in marked:
            yield cell.mark


def _header(sheet: Worksheet, row: int, labels: list[str]) -> None:
    first = sheet.cell(row, 1)
    first.font = Font(bold=True, color=palette.WHITE[1:])
    first.fill = PatternFill("solid", fgColor=palette.INK[1:])
    first.alignment = Alignment(wrap_text=True, vertical="top")
    for column, label in enumerate(labels, 1):
        cell = sheet.cell(row, column)
        # Setting fonts and fills anew takes longer than all the rest.
        cell._style = copy(first._style)
        put(cell, label)


def _sheet_name(name: str, exhibit: str, taken: set[str]) -> str:
    base = _NOT_IN_NAMES.sub("-", f"{name} {exhibit}")[:_LONGEST_NAME]
    candidate, copies = base, 1
    while candidate in taken:
        copies += 1
        tail = f" {copies}"
        candidate = base[: _LONGEST_NAME - len(tail)] + tail
    return candidate


def _set_widths(sheet: Worksheet, widths: Iterable[int]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
