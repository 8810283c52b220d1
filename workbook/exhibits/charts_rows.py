"""Charts of rows with marks on a common scale: percentiles with intervals, two views compared, ranges of impact."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from workbook.exhibits.drawing import Words, exhibit_of
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.layout import LOG_SPAN, Gutter, Measure, Sheet, row_sheet, value_axis
from workbook.exhibits.marks import (
    Swatch,
    add_boxes,
    add_lines,
    add_markers,
    boxes,
    write,
)
from workbook.exhibits.tables import missing_cell, table_data
from workbook.exhibits.theme import palette
from workbook.methods.estimates import Estimate

AXIS_ROOM = 16.0


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One row: an estimate for each level, with the ends of its 95 % interval."""

    label: str
    estimates: tuple[Estimate, ...]


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


@dataclass(frozen=True, slots=True)
class PairRow:
    """One row: how two groups see it, None where a group has not been asked."""

    label: str
    first: float | None
    second: float | None

    @property
    def mean(self) -> float:
        """Mean of what is known; infinite where nothing is, so that such rows come last."""
        known = [value for value in (self.first, self.second) if value is not None]
        return sum(known) / len(known) if known else math.inf


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two groups compared per row on a fixed scale from `low` to `high`; drawn with the lowest mean first."""

    heading: str
    rows: tuple[PairRow, ...]
    first: str
    second: str
    measure: Measure
    missing: str
    low: float = 1.0
    high: float = 5.0

    @property
    def ordered(self) -> tuple[PairRow, ...]:
        """The rows, weakest first."""
        return tuple(sorted(self.rows, key=lambda row: row.mean))


@dataclass(frozen=True, slots=True)
class RangeRow:
    """One row: a three-point estimate, or None throughout where there is none."""

    label: str
    low: float | None
    likely: float | None
    high: float | None


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


def draw_intervals(ax: Axes, data: Intervals) -> tuple[Artist, ...]:
    """Draw a marker and a whisker per level and row; an end the data do not reach runs to the edge as an arrow."""
    swatches = _level_swatches(len(data.levels))
    shown = [e for row in data.rows for e in row.estimates if e.is_estimable]
    known = [part for e in shown for part in (e.value, e.low, e.high) if part is not None]
    log = bool(known) and min(known) > 0 and max(known) / min(known) > LOG_SPAN
    sheet = row_sheet(
        ax,
        heading=data.heading,
        labels=[row.label for row in data.rows],
        measure=data.measure.heading(log=log),
        gutters=[_level_gutter(data, level, swatch) for level, swatch in enumerate(swatches)],
        row_height=6.0 * len(data.levels) + 6,
        bottom=AXIS_ROOM,
    )
    if known:
        value_axis(sheet, data.measure, min(known) if log else min(0.0, *known), max(known), log=log)
    for row, y in zip(data.rows, sheet.centres, strict=True):
        if _shared_reason(row):
            _write_missing(sheet, y, _reason(row.estimates[0], data.reasons))
    return tuple(artist for level, swatch in enumerate(swatches) for artist in _draw_level(sheet, data, level, swatch))


def draw_dumbbell(ax: Axes, data: Pairs) -> tuple[Artist, ...]:
    """Draw the two views of each row as markers joined by a line."""
    rows = data.ordered
    first, second = Swatch(palette().primary, "o"), Swatch(palette().paper, "D", edge=palette().accent)
    sheet = row_sheet(
        ax,
        heading=data.heading,
        labels=[row.label for row in rows],
        measure=data.measure.label,
        gutters=[
            _value_gutter(data.first, [row.first for row in rows], data.measure, data.missing, first),
            _value_gutter(data.second, [row.second for row in rows], data.measure, data.missing, second),
        ],
        row_height=18,
        bottom=AXIS_ROOM,
    )
    value_axis(sheet, data.measure, data.low, data.high)
    joined = [
        [(row.first, y), (row.second, y)]
        for row, y in zip(rows, sheet.centres, strict=True)
        if row.first is not None and row.second is not None
    ]
    line = add_lines(ax, joined, palette().soft, 2.5)
    # the second marker is smaller and hollow, so that both are seen where the two agree
    one = _scatter(sheet, [row.first for row in rows], first, 9.0)
    other = _scatter(sheet, [row.second for row in rows], second, 5.5)
    return line, one, other


def draw_ranges(ax: Axes, data: Ranges) -> tuple[Artist, ...]:
    """Draw a bar from low to high and a marker at the likely value of each row."""
    for row in data.rows:
        _check_range(row)
    known = [row for row in data.rows if row.likely is not None]
    swatch = Swatch(palette().primary, "D")
    sheet = row_sheet(
        ax,
        heading=data.heading,
        labels=[row.label for row in data.rows],
        measure=data.measure.label,
        gutters=[
            _value_gutter(data.low, [row.low for row in data.rows], data.measure, "\N{EN DASH}"),
            _value_gutter(data.likely, [row.likely for row in data.rows], data.measure, "\N{EN DASH}", swatch),
            _value_gutter(data.high, [row.high for row in data.rows], data.measure, "\N{EN DASH}"),
        ],
        row_height=18,
        bottom=AXIS_ROOM,
    )
    lows, highs = [row.low or 0.0 for row in known], [row.high or 0.0 for row in known]
    if known:
        value_axis(sheet, data.measure, min(0.0, *lows), max(0.0, *highs))
    for row, y in zip(data.rows, sheet.centres, strict=True):
        if row.likely is None:
            _write_missing(sheet, y, data.missing)
    at = np.array([y for row, y in zip(data.rows, sheet.centres, strict=True) if row.likely is not None])
    bars = add_boxes(ax, boxes(lows, highs, at - 3.5, at + 3.5), Swatch(palette().soft), zorder=2)
    zero = add_lines(ax, [[(0, 0), (0, sheet.height)]], palette().ink, 0.8, zorder=3)
    return bars, zero, add_markers(ax, [row.likely for row in known], at, swatch)


def table_intervals(data: Intervals) -> dict[str, Any]:
    """Return the numbers of the chart: per level value, low and high, and the number of observations."""
    columns = [Column("label", data.heading)]
    for number, level in enumerate(data.levels):
        columns.append(Column(f"level-{number}", level, "right"))
        columns.append(Column(f"level-{number}-low", f"{level} {data.low}", "right", empty=True))
        columns.append(Column(f"level-{number}-high", f"{level} {data.high}", "right", empty=True))
    columns.append(Column("n", data.count, "right"))
    rows: list[list[Cell | str | None]] = []
    for row in data.rows:
        cells: list[Cell | str | None] = [cell(row.label)]
        for estimate in row.estimates:
            ends = (estimate.low, estimate.high) if estimate.is_estimable else (None, None)
            cells.append(_estimate_cell(estimate, data))
            cells += [None if end is None else cell(data.measure.show(end), end) for end in ends]
        n = max((estimate.n for estimate in row.estimates), default=0)
        rows.append([*cells, cell(str(n), n)])
    return table_data(columns, rows)


def table_dumbbell(data: Pairs) -> dict[str, Any]:
    """Return the numbers of the chart, weakest row first."""
    columns = [
        Column("label", data.heading),
        Column("first", data.first, "right"),
        Column("second", data.second, "right"),
    ]
    rows = [
        [cell(row.label), *(value_cell(part, data.measure, data.missing) for part in (row.first, row.second))]
        for row in data.ordered
    ]
    return table_data(columns, rows)


def table_ranges(data: Ranges) -> dict[str, Any]:
    """Return the numbers of the chart."""
    names = (("low", data.low), ("likely", data.likely), ("high", data.high))
    columns = [Column("label", data.heading), *(Column(key, name, "right") for key, name in names)]
    rows = [
        [cell(row.label), *(value_cell(part, data.measure, data.missing) for part in (row.low, row.likely, row.high))]
        for row in data.rows
    ]
    return table_data(columns, rows)


def value_cell(value: float | None, measure: Measure, missing: str) -> Cell:
    """Return a cell with a value as its measure writes it, or the words for a missing one."""
    return missing_cell(missing) if value is None else cell(measure.show(value), value)


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
    texts, muted = [], set()
    for number, row in enumerate(data.rows):
        estimate = row.estimates[level]
        if estimate.value is not None:
            texts.append(data.measure.show(estimate.value))
            continue
        muted.add(number)
        # where nothing in the row is known the words stand in the plot, once
        texts.append("\N{EN DASH}" if _shared_reason(row) else _reason(estimate, data.reasons))
    return Gutter(data.levels[level], tuple(texts), swatch, frozenset(muted))


def _value_gutter(
    header: str, values: Sequence[float | None], measure: Measure, missing: str, swatch: Swatch | None = None
) -> Gutter:
    texts = tuple(missing if value is None else measure.show(value) for value in values)
    return Gutter(header, texts, swatch, frozenset(row for row, value in enumerate(values) if value is None))


def _draw_level(sheet: Sheet, data: Intervals, level: int, swatch: Swatch) -> list[Artist]:
    """Draw one percentile of all rows, a little above or below the others."""
    offset = (level - (len(data.levels) - 1) / 2) * 5.5
    start, end = sheet.ax.get_xlim()
    known = [
        (row.estimates[level], y)
        for row, y in zip(data.rows, sheet.centres + offset, strict=True)
        if row.estimates[level].is_estimable
    ]
    # an interval without any end is not drawn; one with a single end runs to the edge of the plot
    ranged = [(e, y) for e, y in known if e.low is not None or e.high is not None]
    segments = [[(start if e.low is None else e.low, y), (end if e.high is None else e.high, y)] for e, y in ranged]
    colour = swatch.edge or swatch.fill
    to_left = [y for e, y in ranged if e.low is None]
    to_right = [y for e, y in ranged if e.high is None]
    return [
        add_lines(sheet.ax, segments, colour, 1.2),
        add_markers(sheet.ax, [start] * len(to_left), to_left, Swatch(colour, "<"), 4.5),
        add_markers(sheet.ax, [end] * len(to_right), to_right, Swatch(colour, ">"), 4.5),
        add_markers(sheet.ax, [e.value for e, _ in known], [y for _, y in known], swatch, 5.5),
    ]


def _scatter(sheet: Sheet, values: Sequence[float | None], swatch: Swatch, size: float) -> Artist:
    known = [(value, y) for value, y in zip(values, sheet.centres, strict=True) if value is not None]
    return add_markers(sheet.ax, [value for value, _ in known], [y for _, y in known], swatch, size)


def _write_missing(sheet: Sheet, y: float, words: str) -> None:
    write(sheet.ax, sheet.left + 4, y, words, color=palette().muted, page=True)


def _reason(estimate: Estimate, reasons: Mapping[str, str]) -> str:
    words = reasons.get(estimate.reason or "")
    if words is None:
        raise ValueError(f"there are no words for the reason {estimate.reason!r} of a missing value")
    return words


def _estimate_cell(estimate: Estimate, data: Intervals) -> Cell:
    if estimate.value is None:
        return missing_cell(_reason(estimate, data.reasons))
    return cell(data.measure.show(estimate.value), estimate.value)


def _shared_reason(row: IntervalRow) -> str | None:
    """Return why nothing in a row is known, if it is one reason."""
    if any(estimate.is_estimable for estimate in row.estimates):
        return None
    reasons = {estimate.reason for estimate in row.estimates}
    return reasons.pop() if len(reasons) == 1 else None


def _check_range(row: RangeRow) -> None:
    parts = [part for part in (row.low, row.likely, row.high) if part is not None]
    if parts and (len(parts) < 3 or parts != sorted(parts)):
        raise ValueError(f"range of {row.label!r}: low, likely and high are {row.low}, {row.likely}, {row.high}")
