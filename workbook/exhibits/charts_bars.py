"""Charts of bars: a Pareto chart, and a ranking whose bars move in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Unpack

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D

from workbook.exhibits.charts_rows import DASH, value_cell
from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.layout import Gutter, Measure, Rows, Scale, lay_rows
from workbook.exhibits.page import WIDTH, Page, Swatch, Words, corners, exhibit_of, wrap
from workbook.exhibits.svg import text_width
from workbook.exhibits.tables import Entry, chart_data
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
    """One candidate: the contribution of each criterion to its total, and the ends of the total's interval."""

    label: str
    parts: tuple[float, ...]
    low: float | None = None
    high: float | None = None

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
        """The candidates by total; equal totals keep their order."""
        return sorted(self.bars, key=lambda bar: -bar.total)

    @property
    def ranks(self) -> list[str]:
        """The rank of each candidate in that order; equal totals share one."""
        totals = [bar.total for bar in self.ordered]
        return [str(1 + sum(other > total + 1e-9 for other in totals)) for total in totals]


@dataclass(slots=True)
class RankedBarsArtists:
    """The parts of a drawn ranking that move."""

    rows: Rows
    stacks: list[PolyCollection]
    casing: LineCollection
    whiskers: LineCollection
    caps: Line2D


def chart_pareto(data: Pareto, **words: Unpack[Words]) -> Exhibit:
    """Return bars by size with their cumulative share as an exhibit."""
    return exhibit_of(draw_pareto, data, table_pareto(data), **words)


def chart_ranked_bars(data: RankedBars, **words: Unpack[Words]) -> Exhibit:
    """Return a ranking as an exhibit: the first frame of the live chart."""
    return exhibit_of(draw_ranked_bars, data, table_ranked_bars(data), **words)


def draw_pareto(page: Page, data: Pareto) -> list[Artist]:
    """Draw the bars, the line of cumulative shares beside them, and the mark across both.

    The bars up to the mark are dark, the others light.
    """
    items, reached = data.ordered, data.cumulative
    shares = [data.share.show(part) for part in reached] + [DASH] * (len(items) - len(reached))
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=[item.label for item in items],
        measure=data.measure,
        gutters=[Gutter(data.share.label, tuple(shares), room=PANEL + NUMBERS)],
    )
    values = np.array([item.value for item in items if item.value is not None], dtype=float)
    texts = [data.missing if item.value is None else data.measure.show(item.value) for item in items]
    ends = rows.left + values * _points_per_unit(rows.right - rows.left, values, texts)
    bars = []
    for part, colour in ((slice(0, data.vital), palette().primary), (slice(data.vital, None), palette().soft)):
        at = rows.centres[: len(values)][part]
        bars.append(page.boxes(corners(rows.left, ends[part], at - BAR, at + BAR), Swatch(colour)))
    starts = [*ends, *[rows.left] * (len(items) - len(ends))]
    for item, text, x, y in zip(items, texts, starts, rows.centres, strict=True):
        page.write(x + 4, y, text, color=palette().muted if item.value is None else palette().ink)
    page.lines([[(rows.left, 0), (rows.left, rows.height)]], palette().ink, 0.8)
    return [*bars, *_draw_cumulative(rows, data)]


def draw_ranked_bars(page: Page, data: RankedBars) -> RankedBarsArtists:
    """Draw the candidates by rank: a bar or stack, the interval of the total as a whisker, and the total."""
    bars = data.ordered
    looks = stack_swatches(len(data.criteria))
    ends = [bar.high or bar.total for bar in bars]
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=[bar.label for bar in bars],
        measure=data.measure,
        values=ends if data.top is None else [data.top],
        gutters=[Gutter(data.total, tuple(data.measure.show(bar.total) for bar in bars))],
        key=list(zip(data.criteria, looks, strict=True)) if len(looks) > 1 else (),
        row_height=18,
        uniform=True,
        leads=data.ranks,
    )
    artists = RankedBarsArtists(
        rows,
        [page.boxes(np.empty((0, 4, 2)), look) for look in looks],
        page.lines([], palette().paper, 2.4, zorder=3),
        page.lines([], palette().ink, 1.0, zorder=3.5),
        page.markers([], [], Swatch(palette().ink, "|", edge=palette().ink), 6.0),
    )
    page.lines([[(rows.left, 0), (rows.left, rows.height)]], palette().ink, 0.8, zorder=3.6)
    update_chart_ranked_bars(artists, data)
    return artists


def update_chart_ranked_bars(artists: RankedBarsArtists, data: RankedBars) -> None:
    """Move the bars of a drawn ranking to other contributions of the same candidates and criteria."""
    rows, bars = artists.rows, data.ordered
    parts = np.array([bar.parts for bar in bars]).reshape(len(bars), len(data.criteria))
    ends = rows.scale.at(np.cumsum(parts, axis=1))
    starts = rows.scale.at(np.cumsum(parts, axis=1) - parts)
    for number, stack in enumerate(artists.stacks):
        shown = parts[:, number] > 0
        at = rows.centres[shown]
        stack.set_verts(list(corners(starts[shown, number], ends[shown, number], at - BAR, at + BAR)))
    whiskers = [
        [(rows.scale.at(bar.low), y), (rows.scale.at(bar.high), y)]
        for bar, y in zip(bars, rows.centres, strict=True)
        if bar.low is not None and bar.high is not None
    ]
    artists.casing.set_segments(whiskers)
    artists.whiskers.set_segments(whiskers)
    artists.caps.set_data([x for line in whiskers for x, _ in line], [y for line in whiskers for _, y in line])
    for bar, rank, lead, label, total in zip(bars, data.ranks, rows.leads, rows.labels, rows.gutters[0], strict=True):
        lead.set_text(rank)
        label.set_text("\n".join(wrap(bar.label, rows.label_width)))
        total.set_text(data.measure.show(bar.total))


def table_pareto(data: Pareto) -> dict[str, Any]:
    """Return the numbers of the chart, largest first."""
    items, reached = data.ordered, data.cumulative
    shares: list[Entry] = [cell(data.share.show(share), share) for share in reached]
    return chart_data(
        data.heading,
        [item.label for item in items],
        [
            ("value", data.measure.label, [value_cell(item.value, data.measure, data.missing) for item in items]),
            ("share", data.share.label, [*shares, *[None] * (len(items) - len(reached))]),
        ],
    )


def table_ranked_bars(data: RankedBars) -> dict[str, Any]:
    """Return the numbers of the chart in order of rank: total, interval and the parts of each criterion."""

    def cells(values: Sequence[float | None]) -> list[Entry]:
        return [None if value is None else cell(data.measure.show(value), value) for value in values]

    bars = data.ordered
    columns: list[tuple[str, str, Sequence[Entry]]] = [
        ("rank", data.rank, data.ranks),
        ("total", data.total, cells([bar.total for bar in bars])),
        ("low", data.low, cells([bar.low for bar in bars])),
        ("high", data.high, cells([bar.high for bar in bars])),
    ]
    if len(data.criteria) > 1:
        columns += [
            (f"part-{number}", name, cells([bar.parts[number] for bar in bars]))
            for number, name in enumerate(data.criteria)
        ]
    return chart_data(data.heading, [bar.label for bar in bars], columns)


def stack_swatches(count: int) -> list[Swatch]:
    """Return how the parts of a stack look: light ones are outlined and hatched, so that neighbours differ in print."""
    colours = palette()
    if count == 1:
        return [Swatch(colours.primary)]
    looks = []
    for number in range(count):
        fill = colours.stack[number % len(colours.stack)]
        is_light = contrast(fill, colours.paper) < MINIMUM_CONTRAST
        edge = colours.muted if is_light else colours.paper
        looks.append(Swatch(fill, hatch=_HATCHES[number % len(_HATCHES)], edge=edge))
    return looks


def _draw_cumulative(rows: Rows, data: Pareto) -> list[Artist]:
    """Draw the line of cumulative shares in its panel, and the mark down the panel and across the rows."""
    page, colours, reached = rows.page, palette(), data.cumulative
    scale = Scale(data.share, 0.0, 1.0, WIDTH - PANEL - NUMBERS, WIDTH - NUMBERS)
    page.lines([[(x, 0), (x, rows.height)] for x in (scale.start, scale.end)], colours.line, 0.8)
    mark, below = scale.at(data.mark), float(rows.heights[: data.vital].sum())
    marks = page.lines(
        [[(mark, 0), (mark, rows.height)], [(0, below), (WIDTH, below)]], colours.bad, 1.0, linestyles=(0, (4, 2))
    )
    places = list(zip(scale.at(reached), rows.centres, strict=False))
    line = page.lines([places] if places else [], colours.accent, 1.4)
    page.markers([x for x, _ in places], [y for _, y in places], Swatch(colours.accent, "o", edge=colours.accent), 3.2)
    for part, colour in ((0.0, colours.muted), (data.mark, colours.bad)):
        page.write(scale.at(part), rows.height + 8, data.share.show(part), SMALL_SIZE, color=colour, ha="center")
    return [line, marks]


def _points_per_unit(width: float, values: np.ndarray, texts: Sequence[str]) -> float:
    """Return the scale on which each bar and the text after it fit into `width` points."""
    rooms = [width - text_width(text, font()) - 6 for text in texts[: len(values)]]
    return min((room / value for value, room in zip(values, rooms, strict=True) if value > 0), default=0.0)
