"""What a spreadsheet tells those who fill it in: the first sheet, the help beside each value, and examples."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from workbook.engagement.fields import Shape
from workbook.engagement.load import framework_ids
from workbook.engagement.spreadsheet.cells import EMPTY_LIST, takes
from workbook.engagement.spreadsheet.layout import LISTS, Column, Sheet, Slot
from workbook.engagement.values import slug_of

CLIENT_LABEL = "Client"
"""Cell of the first sheet beside which the client's id stands."""

_EXAMPLE_DAY = dt.date(2026, 5, 31)
_PARTS = {"evidence": "measured", "source": "ticket export", "by": "A. Bauer"}
_SUCH_AS = re.compile(r'such as "?([^",;:]+)"?')

_HOW = """\
How to fill it in
Each sheet is a section of the client's files. In a table, each row is one entry, and the columns with a light head \
give an entry's place or say what a number rests on. In a form, each line is one value.
Fill in the white cells. Heads, help and examples are locked, without a password, so that nobody overwrites them by \
mistake. Columns and rows may be moved, hidden and sorted: their heads and keys say what they hold. Do not rename, \
delete or add sheets and columns.
The row "example" shows the form of an entry. It is grey, its first cell says so, and it is never imported.
A cell that is left empty says that the value is not known. Nothing is put in its place: it shows as "not provided".
A cell that is emptied removes the value from the client's files. A row that is deleted removes the entry.

Colours and marks
Dark head: a value. Light head: what the value rests on, or which entry the row belongs to.
"required" in the help: without it, the entry cannot be used. While it is empty, the cell has a dashed border and \
hatching.
Dotted cell: a number stands beside it, but not what it rests on. It may stay so, and the report then says so.
Crossed cell with a strike through its text: the id is there twice.

Numbers
Enter numbers as numbers, without unit or currency. A share is a number from 0 to 1: 0.25, or 25 % in a cell that is \
shown as a percentage. Scores from 0 to 100 are entered without %.
An estimate is one number (value), or its lowest, likeliest and highest value (low, likely, high); never both.
Evidence says what a number rests on, from strong to weak:
{evidence}

Dates
Enter a date as a date, or as text by year, month and day: 2026-05-31. The client's own day (as_of on the sheet \
Client) decides what the report knows: what is dated later is left out.

Several words in one cell
Put a semicolon between them: first; second. A word that holds a semicolon or a quotation mark stands in double \
quotes, in which each quotation mark is written twice: "so; called"; "the ""old"" list". [] says that there is none, \
where nothing would say that it is not known.

Ids
An id is short, in lower-case letters, digits and hyphens, and stays the same. Where one is asked for, the list of \
the cell offers those that there are. Text that begins with =, +, - or @ stays text.

Then
workbook intake import {client} FILE.xlsx names every fault with sheet and cell, and writes nothing until there is \
none."""

_EVIDENCE = {
    "measured": "counted or taken from a system",
    "interview": "said by somebody who knows",
    "estimate": "worked out from something else",
    "assumed": "taken for granted for now",
}


def how_to(client: str, evidence: Iterable[Any]) -> Iterator[tuple[str, bool]]:
    """Yield the lines of the first sheet, and whether each is a heading."""
    listed = "\n".join(f"   {word}: {_EVIDENCE.get(word, word)}" for word in map(str, evidence))
    is_heading = True
    for line in _HOW.format(evidence=listed, client=client).splitlines():
        yield line, is_heading and bool(line)
        is_heading = not line


def help_for(slot: Slot | Column) -> str:
    """Return the help that stands under the head of a column, or beside a line of a form."""
    if isinstance(slot, Column):
        return f"id or key; {takes(slot.shape)}"
    if slot.is_marker:
        return f"{slot.shape.about}. The entries have a sheet of their own; {EMPTY_LIST} says that there is none"
    field, part = slot.field, slot.path[-1] if slot.path else ""
    # The values of a mapping, and of a list of plain ones, have no words of their own.
    text = field.about or slot.shape.about or f"the {slot.shape.kind}"
    if field.kind == "quantity" and part != "value":
        text = slot.shape.about
    return f"{text} (required)" if slot.required else text


def note_for(slot: Slot | Column) -> str:
    """Return the note of a head: what the value is, what it takes, and what stands in it if nothing does."""
    lines = [slot.header, help_for(slot)]
    if isinstance(slot, Slot) and not slot.is_marker:
        lines.append(f"Takes {takes(slot.shape)}.")
        if slot.field.kind == "quantity" and slot.path[-1:] != ("value",):
            lines.append(f"Belongs to: {slot.field.about}.")
        default = slot.shape.default
        if default not in (None, (), "") and slot.field is slot.shape:
            lines.append(f"Left empty: {_default_words(default)}.")
    return "\n".join(lines)


def _default_words(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).upper()
    return "; ".join(map(str, default)) if isinstance(default, tuple) else str(default)


# --- examples --------------------------------------------------------------------------------------------------------


def example_of(slot: Slot | Column) -> Any:
    """Return what could stand in a cell, as plain data; None where the other form of a number shows it."""
    if isinstance(slot, Column):
        return _example(slot.shape)
    part = slot.path[-1] if slot.path else "value"
    if slot.is_marker:
        return None
    if slot.field.kind == "quantity" and part == "unit":
        return "EUR" if slot.field.noun == "amount" else "share" if slot.field.high == 1 else "cases"
    if slot.field.kind == "quantity" and part in _PARTS:
        return _PARTS[part]
    if slot.field.three_point and part == "value":
        return None
    return _example(slot.shape, {"low": 0.2, "high": 0.6}.get(part, 0.4))


def _example(shape: Shape, at: float = 0.4) -> Any:
    if shape.kind == "list" and shape.item:
        return [_example(shape.item)]
    if shape.kind == "choice":
        return shape.choices[0]
    if shape.kind == "flag":
        return bool(shape.default)
    if shape.kind == "date":
        return _EXAMPLE_DAY.isoformat()
    if shape.kind in ("number", "whole number"):
        return _example_number(shape, at)
    return "data/cases.csv" if shape.kind == "data file" else _example_text(shape)


def _example_number(shape: Shape, at: float) -> int | float:
    low = shape.low if shape.low is not None else 0.0
    high = shape.high if shape.high is not None else max(low + 20, 20)
    number = low + at * (high - low)
    return round(number) if shape.kind == "whole number" or high - low > 4 else round(number, 2)


def _example_text(shape: Shape) -> str:
    kind = shape.identifies or shape.refers
    if kind:
        return next(iter(framework_ids().get(kind, ())), f"{slug_of(kind)}-1")
    if isinstance(shape.default, str):
        return shape.default
    such_as = _SUCH_AS.search(shape.words or shape.about)
    return such_as[1].strip() if such_as and shape.pattern else "text"


def about_sheets(sheets: Iterable[Sheet]) -> Iterator[tuple[str, str, str]]:
    """Yield each sheet by its name, its file and what it holds."""
    for sheet in sheets:
        yield sheet.title, f"{sheet.file}.yaml", sheet.about
    yield LISTS, "", "words and ids that the drop-downs offer; nothing to fill in"
