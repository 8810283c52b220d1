"""Scales with round ticks, and rows with labels, a plot and columns of numbers: the frames most charts share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from workbook.exhibits.page import LINE, WIDTH, Page, Swatch, widest, wrap
from workbook.exhibits.svg import text_width
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, font, palette

LABEL_WIDTH = 158.0
"""Widest column of row labels in points; longer labels wrap."""

GAP = 8.0
AXIS_ROOM = 16.0
"""Room in points between columns, and below a plot for the ticks of its axis."""


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


@dataclass(frozen=True, slots=True)
class Scale:
    """From the values of a measure, `low` to `high`, to points, `start` to `end`; an end may be the smaller one."""

    measure: Measure
    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...] = ()
    log: bool = False

    @property
    def label(self) -> str:
        """The label of the measure, saying so where the scale is logarithmic."""
        return f"{self.measure.label} ({self.measure.log})" if self.log and self.measure.log else self.measure.label

    def at(self, values: Any) -> Any:
        """Return where a value lies in points, or an array of places for several."""
        values = np.asarray(values, dtype=float)
        if self.log:
            shares = np.log(values / self.low) / math.log(self.high / self.low)
        else:
            shares = (values - self.low) / (self.high - self.low)
        return self.start + shares * (self.end - self.start)


def scale_of(
    measure: Measure,
    values: Sequence[float],
    start: float,
    end: float,
    *,
    log_span: float = math.inf,
    from_zero: bool = True,
) -> Scale:
    """Return a scale that takes in all values, with round ticks.

    A measure with evenly spaced ticks spans all of them. Any other is logarithmic where the largest value is more than
    `log_span` times the smallest, and else takes in nought if `from_zero`.
    """
    values = values or measure.ticks or (0.0, 1.0)
    low, high = min(values), max(values)
    log = not measure.is_even and low > 0 and high / low > log_span
    if measure.is_even:
        ticks = measure.ticks
    elif log:
        ticks = log_ticks(measure, low, high)
        # marks keep clear of the ends
        margin = (high / low) ** 0.03
        low, high = low / margin, high * margin
    else:
        if from_zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if low == high:
            low, high = low - (abs(low) or 1), high + (abs(high) or 1)
        ticks = linear_ticks(measure, low, high, abs(end - start))
    return Scale(measure, min(low, ticks[0]), max(high, ticks[-1]), start, end, ticks, log)


def linear_ticks(measure: Measure, low: float, high: float, length: float) -> tuple[float, ...]:
    """Return round ticks that enclose a range, about one for each 60 points.

    Ticks of the measure, such as an hour, a day and four days, serve as the steps to choose from.
    """
    count = max(2, min(6, int(length // 60)))
    step = next((tick for tick in measure.ticks if high - low <= count * tick), None)
    if step is not None:
        return tuple(number * step for number in range(math.floor(low / step), math.ceil(high / step) + 1))
    return tuple(float(tick) for tick in MaxNLocator(nbins=count, steps=[1, 2, 5, 10]).tick_values(low, high))


def log_ticks(measure: Measure, low: float, high: float) -> tuple[float, ...]:
    """Return the measure's own ticks within a range, or else powers of ten, with 2 and 5 times them if they are few."""
    powers = [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
    for candidates in (measure.ticks, powers, [step * power for power in powers for step in (1, 2, 5)]):
        within = tuple(tick for tick in candidates if low * 0.8 <= tick <= high * 1.25)
        if len(within) >= 3:
            return within
    return within or (low, high)


def draw_ticks(page: Page, scale: Scale, height: float) -> None:
    """Draw a light line down the plot at each tick, and its value below where it does not touch the one before."""
    shown, edge = [], -math.inf
    for tick in scale.ticks:
        x, text = float(scale.at(tick)), scale.measure.show(tick)
        half = text_width(text, font(size=SMALL_SIZE)) / 2
        if x - half >= edge + 6:
            shown.append(x)
            edge = x + half
            page.write(x, height + 8, text, SMALL_SIZE, color=palette().muted, ha="center")
    page.lines([[(x, 0), (x, height)] for x in shown], palette().line, 0.5, zorder=0.4)


def draw_grid(page: Page, across: Scale, down: Scale, height: float) -> float:
    """Draw the grid of a plot with its ticks and labels; return the room that the label above it takes."""
    colours, left, right = palette(), across.start, across.end
    above = wrap(down.measure.label, WIDTH, SMALL_SIZE, "semibold")
    page.head(0, -7, above)
    draw_ticks(page, across, height)
    ticks = [(float(down.at(tick)), down.measure.show(tick)) for tick in down.ticks]
    page.lines([[(left, y), (right, y)] for y, _ in ticks], colours.line, 0.5, zorder=0.4)
    for y, text in ticks:
        page.write(left - 6, y, text, SMALL_SIZE, color=colours.muted, ha="right")
    page.head(left, height + 15, wrap(across.label, right - left, SMALL_SIZE, "semibold")[:1], va="top")
    return len(above) * SMALL_SIZE * LINE + 9


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

    @property
    def width(self) -> float:
        """Width in points that the numbers and the words of the header need."""
        numbers = widest([text for row, text in enumerate(self.texts) if row not in self.muted])
        header = widest(self.header.split(), SMALL_SIZE, "semibold")
        return max(numbers, header + self.swatch_room, self.room) + 1

    @property
    def swatch_room(self) -> float:
        """Width in points of the sample before the header."""
        return 12.0 if self.swatch else 0.0


@dataclass(slots=True)
class Rows:
    """Where the rows of a chart lie in points: the plot from `left` to `right`, its scale, and the rows' centres."""

    page: Page
    left: float
    right: float
    scale: Scale
    centres: np.ndarray
    heights: np.ndarray
    label_width: float
    leads: list[Text]
    labels: list[Text]
    gutters: list[list[Text]]

    @property
    def height(self) -> float:
        """Height of the plot in points."""
        return float(self.heights.sum())


def lay_rows(
    page: Page,
    *,
    heading: str,
    labels: Sequence[str],
    measure: Measure,
    values: Sequence[float] | None = None,
    log_span: float = math.inf,
    gutters: Sequence[Gutter] = (),
    key: Sequence[tuple[str, Swatch]] = (),
    leads: Sequence[str] = (),
    row_height: float = 16.0,
    uniform: bool = False,
    head: float = 0.0,
    foot: float = AXIS_ROOM,
) -> Rows:
    """Lay out a chart of rows: heading and labels at the left, the plot, and gutters at the right.

    `values` are what the scale below the plot has to take in; without them the chart draws its own. `leads` are short
    texts before the labels, such as ranks; `uniform` gives all rows the height of the highest, for rows that change
    places; `head` and `foot` are the room above the plot, at least, and below it in points.
    """
    lead = widest(leads, weight="semibold") + 6 if leads else 0.0
    label_width = label_room(heading, labels)
    wrapped = [wrap(label, label_width) for label in labels]
    heights = np.array([max(row_height, len(lines) * BASE_SIZE * LINE + 4) for lines in wrapped])
    if uniform:
        heights[:] = heights.max(initial=0.0)
    centres = np.cumsum(heights) - heights / 2
    left, right = lead + label_width + GAP, WIDTH - sum(gutter.width + GAP for gutter in gutters)
    scale = scale_of(measure, values or (), left, right, log_span=log_span)
    heads = [_head(page, 0.0, heading, lead + label_width), _head(page, left, scale.label, right - left)]
    x, columns = right, []
    for gutter in gutters:
        x += GAP + gutter.width
        heads.append(_head(page, x, gutter.header, gutter.width - gutter.swatch_room, gutter.swatch, "right"))
        columns.append(_column(page, x, centres, gutter))
    head = max(head, *(lines * SMALL_SIZE * LINE + 5 for lines in heads))
    head += page.key(key, -head)
    # a chart without rows keeps the room of one, so that its frame can be drawn
    page.size(head + 1, (float(heights.sum()) or row_height) + foot)
    if values or (values is not None and measure.is_even):
        draw_ticks(page, scale, float(heights.sum()))
    page.lines([[(0, y), (WIDTH, y)] for y in np.cumsum(heights)[:-1]], palette().line, 0.5, zorder=0.5)
    page.lines([[(0, 0), (WIDTH, 0)]], palette().ink, 0.8, zorder=3)
    ranks = [
        page.write(lead - 6, y, text, weight="semibold", ha="right") for y, text in zip(centres, leads, strict=False)
    ]
    names = [page.write(lead, y, "\n".join(lines)) for y, lines in zip(centres, wrapped, strict=True)]
    return Rows(page, left, right, scale, centres, heights, label_width, ranks, names, columns)


def label_room(heading: str, labels: Sequence[str]) -> float:
    """Return the width of the column of row labels in points; longer labels wrap."""
    return min(widest([*labels, heading]) + 1, LABEL_WIDTH)


def _head(page: Page, x: float, text: str, width: float, swatch: Swatch | None = None, ha: str = "left") -> int:
    """Write the heading of a column into `width` points, after the sample of its series, and return its lines."""
    lines = wrap(text, width, SMALL_SIZE, "semibold")
    page.head(x, -3.5, lines, ha=ha)
    if swatch:
        words = widest(lines, SMALL_SIZE, "semibold")
        page.swatch(x - words - 12, -3 - SMALL_SIZE * LINE * len(lines) / 2, swatch)
    return len(lines)


def _column(page: Page, x: float, centres: np.ndarray, gutter: Gutter) -> list[Text]:
    """Write the texts of a gutter, their right edge at x."""
    texts = []
    for row, (text, y) in enumerate(zip(gutter.texts, centres, strict=True)):
        if row in gutter.muted:
            size = SMALL_SIZE - 0.5
            shown = "\n".join(wrap(text, gutter.width, size))
            texts.append(page.write(x, y, shown, size, color=palette().muted, ha="right"))
        else:
            texts.append(page.write(x, y, text, ha="right"))
    return texts
