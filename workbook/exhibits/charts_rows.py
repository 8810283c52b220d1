"""Charts of rows with marks on a common scale: percentiles with intervals, two views compared, ranges of impact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from matplotlib.artist import Artist

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.layout import Gutter, Measure, Rows, lay_rows
from workbook.exhibits.page import Page, Swatch, Words, corners, exhibit_of
from workbook.exhibits.tables import Entry, chart_data, missing_cell
from workbook.exhibits.theme import palette
from workbook.methods.estimates import Estimate

LOG_SPAN = 100.0
"""Intervals stand on a logarithmic scale where they span more than two decades."""

DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One row: an estimate for each level, with the ends of its 95 % interval."""

    label: str
    estimates: tuple[Estimate, ...]

    @property
    def shared_reason(self) -> str | None:
        """Why nothing in the row is known, if it is one reason."""
        reasons = {estimate.reason for estimate in self.estimates}
        return next(iter(reasons)) if len(reasons) == 1 else None


@dataclass(frozen=True, slots=True)
class Intervals:
    """Percentiles per row. `reasons` gives the words for each reason why an estimate has no value.

    `heading` heads the labels, `levels` names the percentiles; `low`, `high` and `count` head the columns with the
    ends of the intervals and the number of observations in the table behind the chart.
    """

    heading: str
    rows: tuple[IntervalRow, ...]
    levels: tuple[str, ...]
    measure: Measure
    reasons: Mapping[str, str]
    low: str
    high: str
    count: str

    def reason(self, estimate: Estimate) -> str:
        """Return why an estimate has no value, in words; a reason without words raises ValueError."""
        words = self.reasons.get(estimate.reason or "")
        if words is None:
            raise ValueError(f"there are no words for the reason {estimate.reason!r} of a missing value")
        return words


@dataclass(frozen=True, slots=True)
class PairRow:
    """One row: how two groups see it, None where a group has not been asked."""

    label: str
    first: float | None
    second: float | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two groups compared per row, in the order given."""

    heading: str
    rows: tuple[PairRow, ...]
    first: str
    second: str
    measure: Measure
    missing: str


@dataclass(frozen=True, slots=True)
class RangeRow:
    """One row: a three-point estimate, or None throughout where there is none."""

    label: str
    low: float | None
    likely: float | None
    high: float | None

    def __post_init__(self) -> None:
        parts = [part for part in (self.low, self.likely, self.high) if part is not None]
        if parts and (len(parts) < 3 or parts != sorted(parts)):
            raise ValueError(
                f"range of {self.label!r}: low, likely and high are {self.low}, {self.likely}, {self.high}"
            )


@dataclass(frozen=True, slots=True)
class Ranges:
    """Low, likely and high per row; the three words head the columns."""

    heading: str
    rows: tuple[RangeRow, ...]
    measure: Measure
    low: str
    likely: str
    high: str
    missing: str


def chart_intervals(data: Intervals, **words: Unpack[Words]) -> Exhibit:
    """Return percentiles with their 95 % intervals as an exhibit; a wide span is drawn on a logarithmic scale."""
    return exhibit_of(draw_intervals, data, table_intervals(data), **words)


def chart_dumbbell(data: Pairs, **words: Unpack[Words]) -> Exhibit:
    """Return two groups compared per row, weakest row first, as an exhibit."""
    return exhibit_of(draw_dumbbell, data, table_dumbbell(data), **words)


def chart_ranges(data: Ranges, **words: Unpack[Words]) -> Exhibit:
    """Return low, likely and high per row as an exhibit."""
    return exhibit_of(draw_ranges, data, table_ranges(data), **words)


def draw_intervals(page: Page, data: Intervals) -> list[Artist]:
    """Draw a marker and a whisker per level and row; an end the data do not reach runs to the edge as an arrow."""
    parts = [part for row in data.rows for e in row.estimates if e.is_estimable for part in (e.value, e.low, e.high)]
    looks = _level_swatches(len(data.levels))
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=[row.label for row in data.rows],
        measure=data.measure,
        values=[part for part in parts if part is not None],
        log_span=LOG_SPAN,
        gutters=[_level_gutter(data, level, look) for level, look in enumerate(looks)],
        row_height=6.0 * len(looks) + 6,
    )
    _write_missing(rows, {n: data.reason(row.estimates[0]) for n, row in enumerate(data.rows) if row.shared_reason})
    return [artist for level, look in enumerate(looks) for artist in _draw_level(rows, data, level, look)]


def draw_dumbbell(page: Page, data: Pairs) -> list[Artist]:
    """Draw the two views of each row as markers joined by a line."""
    firsts, seconds = [row.first for row in data.rows], [row.second for row in data.rows]
    first, second = Swatch(palette().primary, "o"), Swatch(palette().paper, "D", edge=palette().accent)
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=[row.label for row in data.rows],
        measure=data.measure,
        values=[value for value in (*firsts, *seconds) if value is not None],
        gutters=[
            _value_gutter(data.first, firsts, data.measure, data.missing, first),
            _value_gutter(data.second, seconds, data.measure, data.missing, second),
        ],
        row_height=18,
    )
    joined = [
        [(rows.scale.at(one), y), (rows.scale.at(other), y)]
        for one, other, y in zip(firsts, seconds, rows.centres, strict=True)
        if one is not None and other is not None
    ]
    # the second marker is smaller and hollow, so that both are seen where the two agree
    return [
        page.lines(joined, palette().soft, 2.5),
        _markers(rows, firsts, first, 9.0),
        _markers(rows, seconds, second, 5.5),
    ]


def draw_ranges(page: Page, data: Ranges) -> list[Artist]:
    """Draw a bar from low to high and a marker at the likely value of each row."""
    lows, likely, highs = ([getattr(row, key) for row in data.rows] for key in ("low", "likely", "high"))
    swatch = Swatch(palette().primary, "D")
    known = np.array([row for row, value in enumerate(likely) if value is not None], dtype=int)
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=[row.label for row in data.rows],
        measure=data.measure,
        values=[value for value in (*lows, *highs) if value is not None],
        gutters=[
            _value_gutter(data.low, lows, data.measure, DASH),
            _value_gutter(data.likely, likely, data.measure, DASH, swatch),
            _value_gutter(data.high, highs, data.measure, DASH),
        ],
        row_height=18,
    )
    _write_missing(rows, {row: data.missing for row, value in enumerate(likely) if value is None})
    at, scale = rows.centres[known], rows.scale
    starts, ends = (scale.at([values[row] for row in known]) for values in (lows, highs))
    zero = scale.at(0.0)
    return [
        page.boxes(corners(starts, ends, at - 3.5, at + 3.5), Swatch(palette().soft), zorder=2),
        page.lines([[(zero, 0), (zero, rows.height)]], palette().ink, 0.8, zorder=3),
        _markers(rows, likely, swatch),
    ]


def table_intervals(data: Intervals) -> dict[str, Any]:
    """Return the numbers of the chart: per level value, low and high, and the number of observations."""
    columns: list[tuple[str, str, Sequence[Entry]]] = []
    for number, level in enumerate(data.levels):
        estimates = [row.estimates[number] for row in data.rows]
        columns.append((f"level-{number}", level, [_estimate_cell(estimate, data) for estimate in estimates]))
        for key, label in (("low", data.low), ("high", data.high)):
            ends = [getattr(estimate, key) if estimate.is_estimable else None for estimate in estimates]
            cells = [None if end is None else cell(data.measure.show(end), end) for end in ends]
            columns.append((f"level-{number}-{key}", f"{level} {label}", cells))
    counts = [max((estimate.n for estimate in row.estimates), default=0) for row in data.rows]
    columns.append(("n", data.count, [cell(str(n), n) for n in counts]))
    return chart_data(data.heading, [row.label for row in data.rows], columns)


def table_dumbbell(data: Pairs) -> dict[str, Any]:
    """Return the numbers of the chart."""
    return _value_table(data, data.rows, first=data.first, second=data.second)


def table_ranges(data: Ranges) -> dict[str, Any]:
    """Return the numbers of the chart."""
    return _value_table(data, data.rows, low=data.low, likely=data.likely, high=data.high)


def value_cell(value: float | None, measure: Measure, missing: str) -> Cell:
    """Return a cell with a value as its measure writes it, or the words for a missing one."""
    return missing_cell(missing) if value is None else cell(measure.show(value), value)


def _value_table(data: Pairs | Ranges, rows: Sequence[PairRow | RangeRow], **columns: str) -> dict[str, Any]:
    """Return the values of the rows by the names of their attributes, each under its label."""
    return chart_data(
        data.heading,
        [row.label for row in rows],
        [
            (key, label, [value_cell(getattr(row, key), data.measure, data.missing) for row in rows])
            for key, label in columns.items()
        ],
    )


def _level_swatches(count: int) -> list[Swatch]:
    """Return a colour and a shape for each percentile; the fifth looks like the first again."""
    colours = palette()
    looks = [
        Swatch(colours.primary, "o"),
        Swatch(colours.accent, "D"),
        Swatch(colours.paper, "s", edge=colours.primary),
        Swatch(colours.paper, "^", edge=colours.accent),
    ]
    return [looks[level % len(looks)] for level in range(count)]


def _level_gutter(data: Intervals, level: int, swatch: Swatch) -> Gutter:
    """Return the values of a level; where nothing in a row is known the words stand in the plot, once."""
    estimates = [row.estimates[level] for row in data.rows]
    texts = tuple(
        data.measure.show(estimate.value)
        if estimate.value is not None
        else DASH
        if row.shared_reason
        else data.reason(estimate)
        for row, estimate in zip(data.rows, estimates, strict=True)
    )
    muted = frozenset(row for row, estimate in enumerate(estimates) if estimate.value is None)
    return Gutter(data.levels[level], texts, swatch, muted)


def _value_gutter(
    header: str, values: Sequence[float | None], measure: Measure, missing: str, swatch: Swatch | None = None
) -> Gutter:
    texts = tuple(missing if value is None else measure.show(value) for value in values)
    return Gutter(header, texts, swatch, frozenset(row for row, value in enumerate(values) if value is None))


def _draw_level(rows: Rows, data: Intervals, level: int, swatch: Swatch) -> list[Artist]:
    """Draw one percentile of all rows, a little above or below the others."""
    page, scale, colour = rows.page, rows.scale, swatch.edge or swatch.fill
    offset = (level - (len(data.levels) - 1) / 2) * 5.5
    places = zip([row.estimates[level] for row in data.rows], rows.centres + offset, strict=True)
    known = [(estimate, y) for estimate, y in places if estimate.is_estimable]
    # an interval without any end is not drawn; one with a single end runs to the edge of the plot
    ranged = [(e, y) for e, y in known if e.low is not None or e.high is not None]
    whiskers = [
        [(rows.left if e.low is None else scale.at(e.low), y), (rows.right if e.high is None else scale.at(e.high), y)]
        for e, y in ranged
    ]
    to_left = [y for e, y in ranged if e.low is None]
    to_right = [y for e, y in ranged if e.high is None]
    return [
        page.lines(whiskers, colour, 1.2),
        page.markers([rows.left] * len(to_left), to_left, Swatch(colour, "<"), 4.5),
        page.markers([rows.right] * len(to_right), to_right, Swatch(colour, ">"), 4.5),
        page.markers([scale.at(e.value) for e, _ in known], [y for _, y in known], swatch, 5.5),
    ]


def _markers(rows: Rows, values: Sequence[float | None], swatch: Swatch, size: float = 6.5) -> Artist:
    known = [(rows.scale.at(value), y) for value, y in zip(values, rows.centres, strict=True) if value is not None]
    return rows.page.markers([x for x, _ in known], [y for _, y in known], swatch, size)


def _write_missing(rows: Rows, words: Mapping[int, str]) -> None:
    """Write why nothing is known into the plot, by row."""
    for row, text in words.items():
        rows.page.write(rows.left + 4, rows.centres[row], text, color=palette().muted)


def _estimate_cell(estimate: Estimate, data: Intervals) -> Cell:
    if estimate.value is None:
        return missing_cell(data.reason(estimate))
    return cell(data.measure.show(estimate.value), estimate.value)
