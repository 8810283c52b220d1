"""Tables as exhibits, and the cells they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbook.exhibits.exhibit import Cell, Column, Exhibit, Orientation, cell

Entry = str | Cell | None


def table(
    id: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Entry]],
    caption: str,
    source: str,
    *,
    notes: Sequence[str] = (),
    orientation: Orientation = "portrait",
    alt: str | None = None,
    row_header: bool = True,
) -> Exhibit:
    """Return a table; its first column heads the rows unless `row_header` is False.

    A table needs no description beside its cells, so the alternative text is the title and the column labels unless
    given. A row of the wrong length, or an empty cell in a column that does not allow one, raises ValueError.
    """
    data = table_data(columns, rows, notes)
    if not row_header:
        data["row_header"] = False
    described = alt or f"{title}: {', '.join(column.label for column in columns)}"
    return Exhibit("table", id, title, described, caption, source, data, orientation)


def table_data(columns: Sequence[Column], rows: Sequence[Sequence[Entry]], notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return columns and rows as exporters read them; charts carry their numbers in the same shape."""
    data: dict[str, Any] = {
        "columns": [column.as_dict() for column in columns],
        "rows": [list(row) for row in rows],
    }
    return data | ({"notes": list(notes)} if notes else {})


def missing_cell(text: str) -> Cell:
    """Return the cell for a value that is not there, saying so in words: "not provided", "not estimable"."""
    if not text.strip():
        raise ValueError("a missing value is said in words, never by an empty cell")
    return cell(text, tone="none")


def rag_cell(word: str, tone: str, value: float | None = None) -> Cell:
    """Return a red, amber or green cell. It always carries its word, since colour alone tells some readers nothing."""
    if not word.strip():
        raise ValueError(f"a cell in tone {tone!r} needs a word")
    return cell(word, value=value, tone=tone, strong=True)


def heat_cell(text: str, value: float, low: float = 0.0, high: float = 1.0) -> Cell:
    """Return a cell shaded by where its value lies between `low` and `high`; values outside take the nearest end."""
    return cell(text, value=value, shade=min(max((value - low) / (high - low), 0.0), 1.0))
