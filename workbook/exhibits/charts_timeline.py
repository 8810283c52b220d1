"""Timelines: bars, milestones and decisions over weeks, beside the length that is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Unpack

from matplotlib.artist import Artist

from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.layout import Gutter, Measure, Rows, lay_rows
from workbook.exhibits.page import Page, Swatch, Words, corners, exhibit_of, wrap
from workbook.exhibits.tables import Entry, chart_data, missing_cell
from workbook.exhibits.theme import SMALL_SIZE, palette

RowKind = Literal["bar", "reference", "milestone", "gate"]

OWNER_ROOM = 84.0
BAR = 4.0
_ROW = 20.0


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One row: a bar from `start` to `end`, or a point at `end`, with its day and who answers for it."""

    label: str
    kind: RowKind
    end: float
    start: float = 0.0
    day: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows over time, in the order given.

    `names` gives the words of the kinds, headed by `kind`; `day` and `owner` head the columns beside the plot. `limit`
    is where a line runs down the plot.
    """

    heading: str
    rows: tuple[TimelineRow, ...]
    measure: Measure
    kind: str
    names: Mapping[RowKind, str]
    day: str
    owner: str
    missing: str
    limit: float | None = None


def chart_timeline(data: Timeline, **words: Unpack[Words]) -> Exhibit:
    """Return a timeline as an exhibit."""
    return exhibit_of(draw_timeline, data, table_timeline(data), **words)


def table_timeline(data: Timeline) -> dict[str, Any]:
    """Return the rows with kind, end, day and owner."""
    columns: list[tuple[str, str, list[Entry]]] = [
        ("kind", data.kind, [data.names[row.kind] for row in data.rows]),
        ("end", data.measure.label, [cell(data.measure.show(row.end), row.end) for row in data.rows]),
        ("day", data.day, [row.day or missing_cell(data.missing) for row in data.rows]),
        ("owner", data.owner, [row.owner or missing_cell(data.missing) for row in data.rows]),
    ]
    return chart_data(data.heading, [row.label for row in data.rows], columns)


def draw_timeline(page: Page, data: Timeline) -> list[Artist]:
    """Draw bars from start to end, and points at the end of their week; decisions are larger and of another shape."""
    looks = _looks()
    kinds = dict.fromkeys(row.kind for row in data.rows)
    key = [(data.names[kind], looks[kind]) for kind in kinds]
    ends = [row.end for row in data.rows] + ([] if data.limit is None else [data.limit])
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=[row.label for row in data.rows],
        measure=data.measure,
        values=ends,
        gutters=[
            Gutter(data.day, tuple(row.day for row in data.rows)),
            Gutter(
                data.owner,
                tuple(_shortened(row.owner) for row in data.rows),
                muted=frozenset(range(len(data.rows))),
                room=OWNER_ROOM,
            ),
        ],
        key=key,
        row_height=_ROW,
    )
    drawn: list[Artist] = [_draw_row(rows, number, row, looks[row.kind]) for number, row in enumerate(data.rows)]
    if data.limit is not None:
        x = float(rows.scale.at(data.limit))
        drawn.append(page.lines([[(x, 0), (x, rows.height)]], palette().accent, 1.0, linestyles=[(0, (4, 3))]))
    return drawn


def _draw_row(rows: Rows, number: int, row: TimelineRow, swatch: Swatch) -> Artist:
    y, end = rows.centres[number], float(rows.scale.at(row.end))
    if swatch.marker:
        return rows.page.markers([end], [y], swatch, 9.0 if row.kind == "gate" else 6.5)
    return rows.page.boxes(corners(float(rows.scale.at(row.start)), end, y - BAR, y + BAR), swatch)


def _looks() -> dict[RowKind, Swatch]:
    colours = palette()
    return {
        "bar": Swatch(colours.primary),
        "reference": Swatch(colours.paper, hatch="////", edge=colours.muted),
        "milestone": Swatch(colours.accent, "o"),
        "gate": Swatch(colours.primary, "D"),
    }


def _shortened(text: str) -> str:
    """Return a name that stays on two lines of its column."""
    lines = wrap(text, OWNER_ROOM, SMALL_SIZE - 0.5)
    return " ".join(lines) if len(lines) <= 2 else f"{lines[0]} {lines[1][:-2]}\N{HORIZONTAL ELLIPSIS}"
