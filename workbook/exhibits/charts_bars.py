"""Charts of bars: a Pareto chart, and a ranking whose bars move in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Unpack

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from workbook.exhibits.charts_rows import AXIS_ROOM, value_cell
from workbook.exhibits.drawing import Words, exhibit_of
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.layout import Gutter, Measure, Sheet, row_sheet, value_axis
from workbook.exhibits.marks import (
    WIDTH,
    Swatch,
    add_boxes,
    add_lines,
    add_markers,
    boxes,
    page,
    wrap,
    write,
)
from workbook.exhibits.svg import text_width
from workbook.exhibits.tables import table_data
from workbook.exhibits.theme import MINIMUM_CONTRAST, SMALL_SIZE, contrast, font, palette

PANEL, NUMBERS = 104.0, 34.0
"""Widths in points of the panel with the cumulative line and of the numbers beside it."""

BAR = 4.6
"""Half the thickness of a bar in points."""

# light and dark parts alternate, and so do plain and hatched ones among those of like darkness; no dots, since
# matplotlib writes each one as a circle, a quarter of a megabyte in all
_HATCHES = (None, "////", None, "----", "\\\\\\\\", "||||", "xxxx", "++++")


@dataclass(frozen=True, slots=True)
class ParetoItem:
    """One bar; an item without a value is listed last, in words."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Pareto:
    """Items by size, with the share of the total that the first ones reach; `mark` is the share that matters."""

    heading: str
    items: tuple[ParetoItem, ...]
    measure: Measure
    share: Measure
    missing: str
    mark: float = 0.8

    def __post_init__(self) -> None:
        if any(item.value is not None and item.value < 0 for item in self.items):
            raise ValueError("a Pareto chart shows parts of a total, which cannot be negative")

    @property
    def ordered(self) -> list[ParetoItem]:
        """The items, largest first and those without a value last."""
        return sorted(self.items, key=lambda item: (item.value is None, -(item.value or 0.0)))

    @property
    def cumulative(self) -> list[float]:
        """Share of the total reached with each item that has a value, largest first."""
        values = [item.value for item in self.ordered if item.value is not None]
        total = sum(values)
        return [reached / total for reached in accumulate(values)] if total else [0.0] * len(values)

    @property
    def vital(self) -> int:
        """Number of items it takes to reach the mark."""
        # sums of floats may miss the mark by their last digit
        return min(sum(reached < self.mark - 1e-9 for reached in self.cumulative) + 1, len(self.cumulative))


@dataclass(frozen=True, slots=True)
class RankedBar:
    """One candidate: the contribution of each criterion to its total, and the ends of the total's interval.

    A candidate with an `excluded` text, such as the veto that applies, is listed after the others without a rank.
    """

    label: str
    parts: tuple[float, ...]
    low: float | None = None
    high: float | None = None
    excluded: str | None = None

    @property
    def total(self) -> float:
        """Sum of the contributions."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class RankedBars:
    """Candidates ranked by their total; one criterion draws plain bars, several draw stacks.

    `top` fixes the end of the scale, which a live chart needs; left out it follows from the data. `rank` and `total`
    head the columns of ranks and totals, `low` and `high` those of the interval in the table.
    """

    heading: str
    bars: tuple[RankedBar, ...]
    criteria: tuple[str, ...]
    measure: Measure
    rank: str
    total: str
    low: str
    high: str
    top: float | None = None

    def __post_init__(self) -> None:
        for bar in self.bars:
            if len(bar.parts) != len(self.criteria):
                raise ValueError(f"{bar.label!r} has {len(bar.parts)} parts for {len(self.criteria)} criteria")

    @property
    def ordered(self) -> list[RankedBar]:
        """The candidates by total, those excluded last; equal totals keep their order."""
        return sorted(self.bars, key=lambda bar: (bar.excluded is not None, -bar.total))

    @property
    def ranks(self) -> list[str]:
        """The rank of each candidate in that order: equal totals share one, an excluded one has a dash."""
        ranked = [bar.total for bar in self.ordered if bar.excluded is None]
        return [
            "\N{EN DASH}" if bar.excluded is not None else str(1 + sum(other > bar.total + 1e-9 for other in ranked))
            for bar in self.ordered
        ]


@dataclass(slots=True)
class RankedBarsArtists:
    """The parts of a drawn ranking that move."""

    sheet: Sheet
    ranks: list[Text]
    stacks: list[PolyCollection]
    casing: LineCollection
    whiskers: LineCollection
    caps: Line2D
    words: list[Text]


def chart_pareto(data: Pareto, **words: Unpack[Words]) -> Exhibit:
    """Return bars by size with their cumulative share as an exhibit."""
    return exhibit_of(draw_pareto, data, table_pareto(data), **words)


def chart_ranked_bars(data: RankedBars, **words: Unpack[Words]) -> Exhibit:
    """Return a ranking as an exhibit: the first frame of the live chart."""
    return exhibit_of(draw_ranked_bars, data, table_ranked_bars(data), **words)


def draw_pareto(ax: Axes, data: Pareto) -> tuple[Artist, ...]:
    """Draw the bars, the line of cumulative shares beside them, and the mark across both.

    The bars up to the mark are dark, the others light.
    """
    items, reached = data.ordered, data.cumulative
    shares = [data.share.show(part) for part in reached] + ["\N{EN DASH}"] * (len(items) - len(reached))
    sheet = row_sheet(
        ax,
        heading=data.heading,
        labels=[item.label for item in items],
        measure=data.measure.label,
        gutters=[Gutter(data.share.label, tuple(shares), room=PANEL + NUMBERS)],
        bottom=AXIS_ROOM,
    )
    values = np.array([item.value for item in items if item.value is not None], dtype=float)
    texts = [data.missing if item.value is None else data.measure.show(item.value) for item in items]
    scale = _room_for_labels(sheet.width, values, texts)
    ax.set_xlim(0, scale)
    ax.set_xticks([])
    bars = []
    for part, colour in ((slice(0, data.vital), palette().primary), (slice(data.vital, None), palette().soft)):
        at, lengths = sheet.centres[: len(values)][part], values[part]
        bars.append(add_boxes(ax, boxes(0, lengths, at - BAR, at + BAR), Swatch(colour)))
    for item, y, text in zip(items, sheet.centres, texts, strict=True):
        x = sheet.left + (item.value or 0) / scale * sheet.width + 4
        write(ax, x, y, text, color=palette().muted if item.value is None else palette().ink, page=True)
    add_lines(ax, [[(0, 0), (0, sheet.height)]], palette().ink, 0.8)
    return *bars, *_draw_cumulative(sheet, data)


def draw_ranked_bars(ax: Axes, data: RankedBars) -> RankedBarsArtists:
    """Draw the candidates by rank: a bar or stack, the interval of the total as a whisker, and the total."""
    bars = data.ordered
    looks = stack_swatches(len(data.criteria))
    sheet = row_sheet(
        ax,
        heading=data.heading,
        labels=[bar.label for bar in bars],
        measure=data.measure.label,
        gutters=[Gutter(data.total, tuple(_total(bar, data.measure) for bar in bars))],
        key=list(zip(data.criteria, looks, strict=True)) if len(looks) > 1 else (),
        row_height=18,
        uniform=True,
        leads=data.ranks,
        bottom=AXIS_ROOM,
    )
    top = data.top or max([bar.high or bar.total for bar in bars] + [bar.total for bar in bars], default=1.0)
    value_axis(sheet, data.measure, 0.0, top)
    artists = RankedBarsArtists(
        sheet,
        sheet.leads,
        [add_boxes(ax, np.empty((0, 4, 2)), look) for look in looks],
        add_lines(ax, [], palette().paper, 2.4, zorder=3),
        add_lines(ax, [], palette().ink, 1.0, zorder=3.5),
        add_markers(ax, [], [], Swatch(palette().ink, "|", edge=palette().ink), 6.0),
        [write(ax, sheet.left + 4, y, "", size=SMALL_SIZE, color=palette().muted, page=True) for y in sheet.centres],
    )
    add_lines(ax, [[(0, 0), (0, sheet.height)]], palette().ink, 0.8, zorder=3.6)
    update_ranked_bars(artists, data)
    return artists


def update_ranked_bars(artists: RankedBarsArtists, data: RankedBars) -> None:
    """Move the bars of a drawn ranking to other contributions of the same candidates and criteria."""
    sheet, bars = artists.sheet, data.ordered
    counted = np.array([bar.excluded is None for bar in bars], dtype=bool)
    parts = np.zeros((len(bars), len(data.criteria)))
    if counted.any():
        parts[counted] = [bar.parts for bar in bars if bar.excluded is None]
    ends = np.cumsum(parts, axis=1)
    for number, stack in enumerate(artists.stacks):
        rows = parts[:, number] > 0
        at = sheet.centres[rows]
        starts = ends[rows, number] - parts[rows, number]
        stack.set_verts(list(boxes(starts, ends[rows, number], at - BAR, at + BAR)))
    whiskers = [
        [(bar.low, y), (bar.high, y)]
        for bar, y in zip(bars, sheet.centres, strict=True)
        if bar.excluded is None and bar.low is not None and bar.high is not None
    ]
    artists.casing.set_segments(whiskers)
    artists.whiskers.set_segments(whiskers)
    artists.caps.set_data([x for line in whiskers for x, _ in line], [y for line in whiskers for _, y in line])
    totals = sheet.gutters[0]
    for row, bar in enumerate(bars):
        sheet.labels[row].set_text("\n".join(wrap(bar.label, sheet.label_width)))
        artists.ranks[row].set_text(data.ranks[row])
        artists.words[row].set_text(bar.excluded or "")
        totals[row].set_text(_total(bar, data.measure))


def table_pareto(data: Pareto) -> dict[str, Any]:
    """Return the numbers of the chart, largest first."""
    columns = [
        Column("label", data.heading),
        Column("value", data.measure.label, "right"),
        Column("share", data.share.label, "right", empty=True),
    ]
    shares: list[float | None] = [*data.cumulative]
    shares += [None] * (len(data.items) - len(shares))
    rows = [
        [
            cell(item.label),
            value_cell(item.value, data.measure, data.missing),
            None if share is None else cell(data.share.show(share), share),
        ]
        for item, share in zip(data.ordered, shares, strict=True)
    ]
    return table_data(columns, rows)


def table_ranked_bars(data: RankedBars) -> dict[str, Any]:
    """Return the numbers of the chart in order of rank: total, interval and the parts of each criterion."""
    columns = [Column("label", data.heading), Column("rank", data.rank, "right"), Column("total", data.total, "right")]
    columns += [Column("low", data.low, "right", empty=True), Column("high", data.high, "right", empty=True)]
    stacked = data.criteria if len(data.criteria) > 1 else ()
    columns += [Column(f"part-{number}", name, "right") for number, name in enumerate(stacked)]
    rows: list[list[Cell | str | None]] = []
    for bar, rank in zip(data.ordered, data.ranks, strict=True):
        total = cell(bar.excluded) if bar.excluded is not None else cell(data.measure.show(bar.total), bar.total)
        ends = [None if end is None else cell(data.measure.show(end), end) for end in (bar.low, bar.high)]
        parts = [cell(data.measure.show(part), part) for part in (bar.parts if stacked else ())]
        rows.append([cell(bar.label), rank, total, *ends, *parts])
    return table_data(columns, rows)


def stack_swatches(count: int) -> list[Swatch]:
    """Return how the parts of a stack look: light ones are outlined and hatched, so that neighbours differ in print."""
    colours = palette()
    if count == 1:
        return [Swatch(colours.primary)]
    looks = []
    for number in range(count):
        fill = colours.stack[number % len(colours.stack)]
        is_light = contrast(fill, colours.paper) < MINIMUM_CONTRAST
        looks.append(
            Swatch(fill, hatch=_HATCHES[number % len(_HATCHES)], edge=colours.muted if is_light else colours.paper)
        )
    return looks


def _draw_cumulative(sheet: Sheet, data: Pareto) -> list[Artist]:
    """Draw the line of cumulative shares in its panel, and the mark down the panel and across the rows."""
    ax, colours, transform = sheet.ax, palette(), page(sheet.ax)
    start = WIDTH - PANEL - NUMBERS
    reached = data.cumulative
    x = [start + part * PANEL for part in reached]
    y = sheet.centres[: len(reached)]
    bounds = [[(start, 0), (start, sheet.height)], [(start + PANEL, 0), (start + PANEL, sheet.height)]]
    add_lines(ax, bounds, colours.line, 0.8, transform=transform, clip_on=False)
    mark = start + data.mark * PANEL
    below = float(sheet.heights[: data.vital].sum())
    marks = add_lines(
        ax, [[(mark, 0), (mark, sheet.height)], [(0, below), (WIDTH, below)]], colours.bad, 1.0,
        linestyles=(0, (4, 2)), transform=transform, clip_on=False,
    )  # fmt: skip
    line = Line2D(
        x, y, color=colours.accent, linewidth=1.4, marker="o", markersize=3.2, transform=transform, clip_on=False
    )
    ax.add_line(line)
    for part, colour in ((0.0, colours.muted), (data.mark, colours.bad)):
        place = start + part * PANEL
        write(ax, place, sheet.height + 8, data.share.show(part), size=SMALL_SIZE, color=colour, ha="center", page=True)
    return [line, marks]


def _room_for_labels(width: float, values: np.ndarray, texts: Sequence[str]) -> float:
    """Return the end of a scale on which each bar and the text after it fit into `width` points."""
    rooms = [width - text_width(text, font()) - 6 for text in texts[: len(values)]]
    ratios = [value / room for value, room in zip(values, rooms, strict=True) if value > 0]
    return float(max(ratios, default=1 / width) * width)


def _total(bar: RankedBar, measure: Measure) -> str:
    return "\N{EN DASH}" if bar.excluded is not None else measure.show(bar.total)
