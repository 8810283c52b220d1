"""Rows with labels, a plot and columns of numbers beside it: the frame most charts share, and their axes.

A chart is as high as its rows need, and its margins follow from the widths of the texts, measured before anything is
drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from workbook.exhibits.marks import (
    LINE,
    WIDTH,
    Swatch,
    add_lines,
    draw_key,
    draw_swatch,
    key_places,
    page,
    place,
    wrap,
    write,
)
from workbook.exhibits.svg import text_width
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, font, palette

LABEL_WIDTH = 158.0
"""Widest column of row labels in points; longer labels wrap."""

GAP = 8.0
LOG_SPAN = 100.0
"""A scale is logarithmic where the largest value is more than this many times the smallest: two decades."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What an axis or a size shows: its label with the unit, how a value is written, and ticks that read well.

    Evenly spaced ticks are those of a fixed scale; uneven ones, such as `formats.HOUR_TICKS`, are values to choose
    from. `log` is the word added to the label where the data call for a logarithmic scale.
    """

    label: str
    show: Callable[[float], str]
    ticks: tuple[float, ...] = ()
    log: str = ""

    @property
    def is_even(self) -> bool:
        """True when the ticks are those of one linear scale, such as levels 1 to 5."""
        steps = [following - tick for tick, following in pairwise(self.ticks)]
        return bool(steps) and math.isclose(min(steps), max(steps))

    def heading(self, *, log: bool) -> str:
        """Return the label, saying so where the scale is logarithmic."""
        return f"{self.label} ({self.log})" if log and self.log else self.label


@dataclass(frozen=True, slots=True)
class Gutter:
    """A column of texts to the right of the plot, at least `room` points wide.

    Texts at the places in `muted` are words for missing values; they wrap.
    """

    header: str
    texts: tuple[str, ...]
    swatch: Swatch | None = None
    muted: frozenset[int] = frozenset()
    room: float = 34.0


@dataclass(slots=True)
class Sheet:
    """Where the rows of a chart lie: the plot from `left` to `right` and the rows' centres, in points."""

    ax: Axes
    left: float
    right: float
    centres: np.ndarray
    heights: np.ndarray
    leads: list[Text]
    labels: list[Text]
    gutters: list[list[Text]]
    label_width: float

    @property
    def width(self) -> float:
        """Width of the plot in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height of the plot in points."""
        return float(self.heights.sum())


def row_sheet(
    ax: Axes,
    *,
    heading: str,
    labels: Sequence[str],
    measure: str,
    gutters: Sequence[Gutter] = (),
    key: Sequence[tuple[str, Swatch]] = (),
    row_height: float = 16.0,
    uniform: bool = False,
    leads: Sequence[str] = (),
    bottom: float = 4.0,
    head: float = 0.0,
    ruled: bool = True,
) -> Sheet:
    """Lay out a chart of rows: heading and labels at the left, the plot, and gutters at the right.

    `leads` are short texts before the labels, such as ranks; `uniform` gives all rows the height of the highest, for
    rows that change places; `bottom` and `head` are the room below the plot and the least room above it in points;
    `ruled` draws a light line under each row.
    """
    lead = max((text_width(text, font("semibold")) for text in leads), default=0.0) + (6 if leads else 0)
    room = label_room(heading, labels)
    lines = [wrap(label, room) for label in labels]
    heights = np.array([max(row_height, len(wrapped) * BASE_SIZE * LINE + 4) for wrapped in lines])
    if uniform and len(heights):
        heights[:] = heights.max()
    widths = [_gutter_width(gutter) for gutter in gutters]
    left, right = lead + room + GAP, WIDTH - sum(widths) - GAP * len(widths)
    heads = [
        wrap(heading, room + lead, SMALL_SIZE, "semibold"),
        wrap(measure, right - left, SMALL_SIZE, "semibold"),
        *(
            wrap(gutter.header, width - _swatch_room(gutter), SMALL_SIZE, "semibold")
            for gutter, width in zip(gutters, widths, strict=True)
        ),
    ]
    head = max(head, max(len(wrapped) for wrapped in heads) * SMALL_SIZE * LINE + 5)
    places, key_height = key_places(key, WIDTH)
    # a chart without rows keeps the room of one, so that its frame can be drawn
    place(ax, left, right, head + key_height + 1, bottom, float(heights.sum()) or row_height)
    draw_key(ax, key, places, -head - key_height)
    centres = np.cumsum(heights) - heights / 2
    _rules(ax, heights if ruled else heights[:0])
    sheet = Sheet(ax, left, right, centres, heights, [], [], [], room)
    for row, text in enumerate(leads):
        sheet.leads.append(write(ax, lead - 6, centres[row], text, weight="semibold", ha="right", page=True))
    for row, wrapped in enumerate(lines):
        sheet.labels.append(write(ax, lead, centres[row], "\n".join(wrapped), page=True))
    _write_head(ax, 0.0, heads[0])
    _write_head(ax, left, heads[1])
    _draw_gutters(sheet, gutters, widths, heads[2:])
    return sheet


def label_room(heading: str, labels: Sequence[str]) -> float:
    """Return the width of the column of row labels in points; longer labels wrap."""
    face = font()
    return min(max(text_width(label, face) for label in [*labels, heading]) + 1, LABEL_WIDTH)


def value_axis(sheet: Sheet, measure: Measure, low: float, high: float, *, log: bool = False) -> None:
    """Scale the plot from `low` to `high` and label the ticks below it, with a light line at each."""
    ax = sheet.ax
    ticks = log_ticks(measure, low, high) if log else linear_ticks(measure, low, high, sheet.width)
    if log:
        ax.set_xscale("log")
        ax.xaxis.minorticks_off()
        pad = (max(high, ticks[-1]) / min(low, ticks[0])) ** 0.03
        ax.set_xlim(min(low, ticks[0]) / pad, max(high, ticks[-1]) * pad)
    else:
        ax.set_xlim(min(low, ticks[0]), max(high, ticks[-1]))
    start, end = ax.get_xlim()
    shares = [
        math.log(tick / start) / math.log(end / start) if log else (tick - start) / (end - start) for tick in ticks
    ]
    ticks = thinned(ticks, [share * sheet.width for share in shares], measure)
    ax.set_xticks(ticks, [measure.show(tick) for tick in ticks])
    ax.grid(axis="x")


def linear_ticks(measure: Measure, low: float, high: float, width: float) -> list[float]:
    """Return round ticks that enclose a range, about one for each 60 points.

    Evenly spaced ticks of the measure are taken as they are; others, such as an hour, a day and four days, serve as
    the steps to choose from.
    """
    if measure.is_even:
        return [tick for tick in measure.ticks if low <= tick <= high] or [low, high]
    count = max(2, min(6, int(width // 60)))
    step = next((tick for tick in measure.ticks if high - low <= count * tick), None)
    if step is not None:
        return [number * step for number in range(math.floor(low / step), math.ceil(high / step) + 1)]
    return [float(tick) for tick in MaxNLocator(nbins=count, steps=[1, 2, 5, 10]).tick_values(low, high)]


def log_ticks(measure: Measure, low: float, high: float) -> list[float]:
    """Return the measure's own ticks within a range, or else powers of ten, with 2 and 5 times them if they are few."""
    powers = [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
    for candidates in (measure.ticks, powers, [step * power for power in powers for step in (1, 2, 5)]):
        within = [tick for tick in candidates if low * 0.8 <= tick <= high * 1.25]
        if len(within) >= 3:
            return within
    return within or [low, high]


def thinned(ticks: Sequence[float], positions: Sequence[float], measure: Measure) -> list[float]:
    """Leave out ticks whose labels would touch the one before."""
    kept: list[float] = []
    edge = -math.inf
    for tick, position in zip(ticks, positions, strict=True):
        half = text_width(measure.show(tick), font(size=SMALL_SIZE)) / 2
        if position - half >= edge + 6:
            kept.append(tick)
            edge = position + half
    return kept


def _swatch_room(gutter: Gutter) -> float:
    return 12.0 if gutter.swatch else 0.0


def _gutter_width(gutter: Gutter) -> float:
    words = [text for row, text in enumerate(gutter.texts) if row not in gutter.muted]
    longest = max((text_width(text, font()) for text in words), default=0.0)
    header = max(text_width(word, font("semibold", SMALL_SIZE)) for word in gutter.header.split() or [""])
    return max(longest, header + _swatch_room(gutter), gutter.room) + 1


def _draw_gutters(
    sheet: Sheet, gutters: Sequence[Gutter], widths: Sequence[float], heads: Sequence[tuple[str, ...]]
) -> None:
    x = sheet.right
    for gutter, width, head in zip(gutters, widths, heads, strict=True):
        x += GAP + width
        _write_head(sheet.ax, x, head, ha="right")
        if gutter.swatch:
            words = max(text_width(line, font("semibold", SMALL_SIZE)) for line in head)
            draw_swatch(sheet.ax, x - words - 12, -3 - SMALL_SIZE * LINE * len(head) / 2, gutter.swatch)
        texts = []
        for row, text in enumerate(gutter.texts):
            is_muted = row in gutter.muted
            size = SMALL_SIZE - 0.5 if is_muted else BASE_SIZE
            shown = "\n".join(wrap(text, width, size)) if is_muted else text
            colour = palette().muted if is_muted else palette().ink
            texts.append(write(sheet.ax, x, sheet.centres[row], shown, size=size, color=colour, ha="right", page=True))
        sheet.gutters.append(texts)


def _write_head(ax: Axes, x: float, lines: tuple[str, ...], ha: str = "left") -> None:
    style: dict[str, Any] = {"size": SMALL_SIZE, "weight": "semibold", "color": palette().muted}
    write(ax, x, -3.5, "\n".join(lines), va="bottom", ha=ha, page=True, **style)


def _rules(ax: Axes, heights: np.ndarray) -> None:
    """Draw a rule under the headings and a light line under each row."""
    transform = page(ax)
    ends = np.cumsum(heights)[:-1]
    light = [[(0, y), (WIDTH, y)] for y in ends]
    add_lines(ax, light, palette().line, 0.5, transform=transform, clip_on=False, zorder=0.5)
    add_lines(ax, [[(0, 0), (WIDTH, 0)]], palette().ink, 0.8, transform=transform, clip_on=False, zorder=3)
