"""A client's files as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from workbook.engagement.fields import Shape, fields_of
from workbook.engagement.spreadsheet import styles
from workbook.engagement.spreadsheet.cells import content_of, takes
from workbook.engagement.spreadsheet.fixed import fixed_bytes, put
from workbook.engagement.spreadsheet.help import CLIENT_LABEL, about_sheets, example_of, help_for, how_to, note_for
from workbook.engagement.spreadsheet.hints import Hints, Range
from workbook.engagement.spreadsheet.layout import LISTS, README, Column, Sheet, Slot
from workbook.engagement.spreadsheet.rows import Row, rows_of
from workbook.engagement.values import Value

MARK, KEY, WHAT, TAKES, EXAMPLE = "row", "key", "what it is", "takes", "example"
HELP = "help"

HEAD_ROW = 2
"""Row in which the heads of the columns stand, below the title of the sheet."""

FREE_ROWS = 200
"""Rows below the last entry for which drop-downs and hints are ready."""


def spreadsheet_bytes(
    client: str, sheets: Sequence[Sheet], data: Mapping[str, Any], digests: Mapping[str, str]
) -> bytes:
    """Return the spreadsheet of a client for the data of its files by name; the same data give the same bytes.

    The first sheet carries the digest of each file, so that an import can tell whether it has changed since.
    Raises ValueError(sheet, place, found) for a value that no cell can hold.
    """
    book = Workbook()
    first: Worksheet = book.active
    first.title = README
    rows = {sheet.title: list(rows_of(sheet, data.get(sheet.file))) for sheet in sheets}
    hints = Hints(sheets, {sheet.title: _body(sheet, len(rows[sheet.title])) for sheet in sheets})
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        if sheet.kind == "form":
            _write_form(page, sheet, rows[sheet.title][0], hints)
        else:
            _write_table(page, sheet, rows[sheet.title], hints)
        _protect(page)
    _write_readme(first, client, sheets)
    _write_digests(first, digests)
    hints.write_lists(book.create_sheet(LISTS))
    for page in (first, book[LISTS]):
        _protect(page)
    return fixed_bytes(book)


def _body(sheet: Sheet, rows: int) -> Range:
    """Return the first and the last row in which entries may stand, and the column in which their ids do."""
    first = HEAD_ROW + 3
    ids = next((place for place, column in enumerate(columns_of(sheet), 2) if column.shape.identifies), None)
    return Range(first, first + rows + FREE_ROWS, get_column_letter(ids) if ids else "")


def columns_of(sheet: Sheet) -> tuple[Slot | Column, ...]:
    """Return the columns of a table behind the first, which marks what is no entry."""
    return (*sheet.lead, *sheet.slots)


# --- tables ----------------------------------------------------------------------------------------------------------


def _write_table(page: Worksheet, sheet: Sheet, rows: Iterable[Row], hints: Hints) -> None:
    columns = columns_of(sheet)
    _write_title(page, sheet)
    _head(page.cell(HEAD_ROW, 1), MARK, styles.HEAD)
    put(page.cell(HEAD_ROW + 1, 1), HELP)
    put(page.cell(HEAD_ROW + 2, 1), EXAMPLE)
    for place, column in enumerate(columns, 2):
        head = _head(page.cell(HEAD_ROW, place), column.header, styles.HEAD if _is_main(column) else styles.LIGHT_HEAD)
        head.comment = _comment(note_for(column))
        put(page.cell(HEAD_ROW + 1, place), help_for(column))
        put(page.cell(HEAD_ROW + 2, place), content_of(example_of(column), column.shape))
        width = max(_width(column), len(column.header) / 2 + 4)
        styles.set_column(page, get_column_letter(place), column.shape, width)
    for number, style in ((HEAD_ROW + 1, styles.HELP), (HEAD_ROW + 2, styles.EXAMPLE)):
        for place in range(1, len(columns) + 2):
            style(page.cell(number, place), columns[place - 2].shape if place > 1 else None)
    page.row_dimensions[HEAD_ROW].height, page.row_dimensions[HEAD_ROW + 1].height = 32, 62
    for number, row in enumerate(rows, HEAD_ROW + 3):
        _write_row(page, sheet, number, row)
    styles.set_free_columns(page, len(columns) + 2)
    page.column_dimensions["A"].width = 9
    hints.add_to_table(page, sheet, columns)
    _freeze(page, sheet)


def _freeze(page: Worksheet, sheet: Sheet) -> None:
    """Keep the heads on the screen, and the columns that name an entry."""
    names = sum(1 for slot in sheet.slots[:1] if slot.shape.kind == "text" and slot.path)
    page.freeze_panes = page.cell(HEAD_ROW + 2, 2 + len(sheet.lead) + names)


def _write_row(page: Worksheet, sheet: Sheet, number: int, row: Row) -> None:
    for place, (column, name) in enumerate(zip(sheet.lead, row.lead, strict=True), 2):
        _write_value(page.cell(number, place), name, column.shape, sheet, column.header)
    for place, slot in enumerate(sheet.slots, 2 + len(sheet.lead)):
        if (value := row.values.get(slot.path)) is not None:
            _write_value(page.cell(number, place), value, slot.shape, sheet, slot.header)


def _write_value(cell: Cell, value: Any, shape: Shape, sheet: Sheet, header: str, wraps: bool = False) -> None:
    try:
        put(cell, content_of(value, shape))
    except ValueError as error:
        raise ValueError(sheet.file, f"{sheet.title}, {header}", str(error)) from None
    styles.body(cell, shape, wraps)


def _is_main(column: Slot | Column) -> bool:
    """Tell whether a column holds a value rather than what it rests on."""
    return isinstance(column, Slot) and not (
        column.field.kind == "quantity" and column.path[-1] in fields_of(Value) and column.path[-1] != "value"
    )


def _width(column: Slot | Column) -> float:
    if isinstance(column, Slot) and column.field.kind == "quantity":
        return {"unit": 15, "evidence": 12, "source": 30, "by": 16}.get(column.path[-1], 13)
    shape = column.shape
    if shape.kind == "text" and not (shape.pattern or shape.refers or shape.identifies):
        return 46 if column.header in ("note", "about", "outcome") or (shape.optional and shape.shortest) else 30
    return {"text": 26, "list": 34, "data file": 34}.get(shape.kind, 14)


# --- forms -----------------------------------------------------------------------------------------------------------


def parts_of(sheet: Sheet) -> tuple[str, ...]:
    """Return the columns of a form in which values stand."""
    parts = dict.fromkeys(slot.path[-1] for slot in sheet.slots if slot.field.kind == "quantity")
    return tuple(dict.fromkeys(("value", *parts)))


def lines_of(sheet: Sheet) -> dict[str, dict[str, Slot]]:
    """Return the lines of a form by their key, each with its values by the column in which they stand."""
    lines: dict[str, dict[str, Slot]] = {}
    for slot in sheet.slots:
        is_part = slot.field.kind == "quantity"
        key = ".".join(slot.path[:-1] if is_part else slot.path)
        lines.setdefault(key, {})[slot.path[-1] if is_part else "value"] = slot
    return lines


_FORM_WIDTHS = {KEY: 28, WHAT: 44, TAKES: 36, "value": 48, "source": 30, EXAMPLE: 22}


# Characters that fit on a line of the first columns; help is set smaller than values.
_WRAPPED = (28, 54, 44, 50)


def _write_form(page: Worksheet, sheet: Sheet, row: Row, hints: Hints) -> None:
    parts, lines = parts_of(sheet), lines_of(sheet)
    _write_title(page, sheet)
    heads = (KEY, WHAT, TAKES, *parts, EXAMPLE)
    for place, head in enumerate(heads, 1):
        style = styles.HEAD if head in (KEY, "value") else styles.LIGHT_HEAD
        _head(page.cell(HEAD_ROW, place), head, style)
        page.column_dimensions[get_column_letter(place)].width = _FORM_WIDTHS.get(head, 12)
    for number, (key, slots) in enumerate(lines.items(), HEAD_ROW + 1):
        _write_line(page, number, key, slots, parts, row, sheet)
    for number, (before, key) in enumerate(pairwise(lines), HEAD_ROW + 2):
        if "." in before + key and before.split(".")[0] != key.split(".")[0]:
            styles.rule_above(page, number, len(heads))
    hints.add_to_form(page, sheet, lines, parts, (HEAD_ROW + 1, 4))
    page.freeze_panes = page.cell(HEAD_ROW + 1, 2)


def _write_line(
    page: Worksheet, number: int, key: str, slots: Mapping[str, Slot], parts: Sequence[str], row: Row, sheet: Sheet
) -> None:
    main = slots.get("value") or next(iter(slots.values()))
    put(page.cell(number, 1), key)
    page.cell(number, 1).comment = _comment(note_for(main))
    put(page.cell(number, 2), help_for(main))
    put(page.cell(number, 3), styles.limited(_takes(main)))
    for place in (1, 2, 3):
        styles.HELP(page.cell(number, place), None)
    for place, part in enumerate(parts, 4):
        cell = page.cell(number, place)
        if part not in slots:
            styles.closed(cell)
            continue
        slot = slots[part]
        if (value := row.values.get(slot.path)) is not None:
            _write_value(cell, value, slot.shape, sheet, slot.header, wraps=True)
        styles.body(cell, slot.shape, wraps=True)
    cells = ((page.cell(number, place).value or "", width) for place, width in enumerate(_WRAPPED, 1))
    page.row_dimensions[number].height = styles.height(*cells)
    example = page.cell(number, 4 + len(parts))
    shown = [slot for slot in slots.values() if slot.path[-1] in ("value", "low", "likely", "high")] or [main]
    texts = [str(content_of(value, slot.shape)) for slot in shown if (value := example_of(slot)) is not None]
    put(example, "  ".join(texts))
    styles.EXAMPLE(example, None)


def _takes(slot: Slot) -> str:
    text = "" if slot.is_marker else takes(slot.shape)
    return "" if text == slot.shape.about else text


# --- what all sheets have --------------------------------------------------------------------------------------------


def _write_title(page: Worksheet, sheet: Sheet) -> None:
    put(page.cell(1, 1), f"{sheet.title}: {sheet.about.rstrip('.')} ({sheet.file}.yaml)")
    styles.title(page.cell(1, 1))
    page.row_dimensions[1].height = 20


def _head(cell: Cell, text: str, style: styles.Style) -> Cell:
    put(cell, text)
    style(cell, None)
    return cell


def _comment(text: str) -> Comment:
    comment = Comment(text, "AI Production Workbook")
    comment.width, comment.height = 320, 40 + 18 * sum(1 + len(line) // 46 for line in text.splitlines())
    return comment


def _protect(page: Worksheet) -> None:
    """Lock heads, help and examples without a password; all that does not touch them stays allowed."""
    protection = page.protection
    protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(protection, allowed, False)


def _write_readme(page: Worksheet, client: str, sheets: Sequence[Sheet]) -> None:
    put(page.cell(1, 1), "Engagement data of a client")
    styles.title(page.cell(1, 1))
    put(page.cell(2, 1), CLIENT_LABEL)
    put(page.cell(2, 2), client)
    page.cell(2, 2).protection = Protection(locked=False)
    number = 4
    evidence = fields_of(Value)["evidence"].choices
    for line, is_heading in how_to(client, evidence):
        put(page.cell(number, 1), line or None)
        page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=3)
        styles.prose(page.cell(number, 1), is_heading)
        page.row_dimensions[number].height = styles.height((line, 128))
        number += 1
    number += 1
    for place, head in enumerate(("Sheet", "File", "What it holds"), 1):
        _head(page.cell(number, place), head, styles.HEAD)
    for at, about in enumerate(about_sheets(sheets), number + 1):
        for place, text in enumerate(about, 1):
            put(page.cell(at, place), text)
        link = page.cell(at, 1)
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{about[0]}'!A1")
        styles.link(link)
    for letter, width in (("A", 34), ("B", 18), ("C", 76)):
        page.column_dimensions[letter].width = width


def _write_digests(page: Worksheet, digests: Mapping[str, str]) -> None:
    first = page.max_row + 2
    for place, head in enumerate(("File", "As exported"), 1):
        _head(page.cell(first, place), head, styles.LIGHT_HEAD)
    for number, (name, mark) in enumerate(digests.items(), first + 1):
        put(page.cell(number, 1), f"{name}.yaml")
        put(page.cell(number, 2), mark)
