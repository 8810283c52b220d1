"""Which tables of a page a reader can sort, and by what: decided here, done by the page's script.

A maker of an exhibit says it by `"sortable": true` or `false` in its data. Where it says nothing, a table sorts if that
is of use: it has three rows, and beside what heads the rows a column of numbers that can be compared. So lists of a
name and a text, and tables whose rows are different quantities of one thing, stay as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from workbook.publish.bundle import Cell, Table

Kind = Literal["number", "text"]

FEWEST_ROWS = 3
_NOTHING = {"", "\N{EN DASH}", "\N{EM DASH}"}
_MAGNITUDE = re.compile(r"\d[\d.,\s]*(?:(?:k|m|bn)\b)?")
_INTERVAL = re.compile(r"\[[^]]*\]")
_SIGNS = "+-<>\N{MINUS SIGN}\N{EN DASH}\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}~\N{ALMOST EQUAL TO} "
_TIME = re.compile(r"\b(?:s|min|h|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b")
_DAYS = ("%d %B %Y", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a table sorts: the kind of each column, None for one that does not, the key of each cell, and what stays.

    A key stands only beside a text that does not sort itself; "" says that there is nothing to sort by. The last
    `staying` rows are totals.
    """

    kinds: tuple[Kind | None, ...]
    keys: tuple[tuple[str | None, ...], ...]
    staying: int = 0


def sorting_of(table: Table, not_provided: str) -> Sorting | None:
    """Return how a table sorts, None where it does not. `not_provided` are the words for what is missing."""
    totals = [_is_total(table, row) for row in table.rows]
    staying = next((count for count, is_total in enumerate(reversed(totals)) if not is_total), len(totals))
    moving = table.rows[: len(totals) - staying]
    if len(moving) < FEWEST_ROWS or table.sortable is False or any(totals[: len(moving)]):
        return None
    columns = [
        _column([row[at] for row in moving], not_provided, is_heading=at == 0 and table.row_header)
        for at in range(len(table.columns))
    ]
    kinds = tuple(kind for kind, _ in columns)
    if not table.sortable and "number" not in kinds[table.row_header :]:
        return None
    return Sorting(kinds, tuple(zip(*(keys for _, keys in columns), strict=True)), staying)


def _is_total(table: Table, row: Sequence[Cell]) -> bool:
    """Tell a total: a row whose name is set apart from the other rows' names, or which is in bold with its numbers."""
    numbers = [cell for cell in row[1:] if cell.value is not None]
    is_set_apart = table.row_header and row[0].header and not all(other[0].header for other in table.rows)
    is_bold = row[0].strong and any(cell.strong for cell in numbers)
    return is_set_apart or is_bold or (len(numbers) > 1 and all(cell.strong for cell in numbers))


def _column(
    cells: Sequence[Cell], not_provided: str, *, is_heading: bool
) -> tuple[Kind | None, tuple[str | None, ...]]:
    """Return the kind of a column and the keys of its cells; `is_heading` for the one that heads the rows."""
    unsorted = None, (None,) * len(cells)
    nothing = {*_NOTHING, not_provided}
    said = [cell.text for cell in cells if cell.text not in nothing]
    days = [_day(cell.text) for cell in cells]
    if said and len(said) == sum(day is not None for day in days):
        return "number", _keys(cells, days)
    values = [_read(cell.text) if cell.value is None else cell.value for cell in cells]
    numbers = [cell.text for cell, value in zip(cells, values, strict=True) if value is not None]
    if numbers:
        is_of_one_kind = len(set(map(_unit, numbers))) == 1 and all(day is None for day in days)
        is_comparable = is_of_one_kind and 2 * len(numbers) >= len(cells)
        return ("number", _keys(cells, values)) if is_comparable and len(set(values)) > 1 else unsorted
    begun = {_unit(text) for text in said if text.lstrip(_SIGNS)[:1].isdigit()}
    if len(set(said)) < 2 or (len(begun) > 1 and not is_heading):
        return unsorted
    return "text", tuple("" if cell.text in nothing else None for cell in cells)


def _keys(cells: Sequence[Cell], values: Sequence[float | None]) -> tuple[str | None, ...]:
    """Return the keys of a column of numbers, none at all if the texts give the same order as the values."""
    shown = [_read(cell.text) for cell in cells]
    pairs = sorted(
        {(value, text) for value, text in zip(values, shown, strict=True) if value is not None and text is not None}
    )
    is_complete = all((value is None) == (text is None) for value, text in zip(values, shown, strict=True))
    if is_complete and all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs)):
        return (None,) * len(cells)
    distinct = {float(value) for value in values if value is not None}
    # As many digits as tell the values apart: the page is to carry the order, not more.
    digits = next(
        digits for digits in range(3, 18) if len({f"{value:.{digits}g}" for value in distinct}) == len(distinct)
    )
    return tuple("" if value is None else f"{value:.{digits}g}" for value in values)


def _read(text: str) -> float | None:
    """Return the number in a text that holds nothing else but commas and a per cent sign; the page reads the same."""
    return float(text.replace(",", "").rstrip("%")) if re.fullmatch(r"[+-]?\d[\d,]*(\.\d+)?%?", text) else None


def _unit(text: str) -> str:
    """Return what stands around a number: "€1.4m" and "-€830k" are both "€", and days and hours are both time."""
    around = _MAGNITUDE.sub("", _INTERVAL.sub("", text)).strip(_SIGNS)
    return _TIME.sub("time", " ".join(around.split()))


def _day(text: str) -> int | None:
    """Return the number of a day, None for a text that is none."""
    if not text[:1].isdigit() or not text[-4:].replace("-", "").isdigit():
        return None
    for form in _DAYS:
        try:
            return dt.datetime.strptime(text, form).toordinal()
        except ValueError:
            continue
    return None
