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
) -> Exhibit:
    """Return a table whose first column heads the rows.

    A table needs no description beside its cells, so the alternative text is the title and the column labels. A row of
    the wrong length, or an empty cell in a column that does not allow one, raises ValueError.
    """
    alt = f"{title}: {', '.join(column.label for column in columns)}"
    return Exhibit("table", id, title, alt, caption, source, table_data(columns, rows, notes), orientation)


def table_data(columns: Sequence[Column], rows: Sequence[Sequence[Entry]], notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return columns and rows as exporters read them."""
    data: dict[str, Any] = {
        "columns": [column.as_dict() for column in columns],
        "rows": [list(row) for row in rows],
    }
    return data | ({"notes": list(notes)} if notes else {})


def chart_data(
    heading: str, labels: Sequence[str], columns: Sequence[tuple[str, str, Sequence[Entry]]]
) -> dict[str, Any]:
    """Return the numbers behind a chart as a table: its row labels, then columns of key, label and cells."""
    heads = [
        Column("label", heading),
        *(Column(key, label, "right", empty=None in cells) for key, label, cells in columns),
    ]
    rows = zip([cell(label) for label in labels], *(cells for _, _, cells in columns), strict=True)
    return table_data(heads, list(rows))


def missing_cell(text: str) -> Cell:
    """Return the cell for a value that is not there, saying so in words: "not provided", "not estimable"."""
    if not text.strip():
        raise ValueError("a missing value is said in words, never by an empty cell")
    return cell(text, tone="none")
