"""What a map of bubbles shows, and the page it lies on: scales, grid, axis labels and keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection

from workbook.exhibits.layout import Measure, linear_ticks, log_ticks, thinned
from workbook.exhibits.marks import LINE, WIDTH, Swatch, add_lines, draw_key, key_places, place, wrap, write
from workbook.exhibits.svg import text_width
from workbook.exhibits.theme import SMALL_SIZE, font, palette

HEIGHT, TALLEST = 250.0, 330.0
"""Height of the plot in points, and how high it grows with the key beside it."""

LARGEST, SMALLEST = 17.0, 3.0
"""Largest and smallest radius in points."""

MAP_LOG_SPAN = 20.0
"""A map turns logarithmic sooner than other charts, since its bubbles crowd where values are small."""

KEY_ROOM = 24.0

SHAPES = ("o", "s", "D", "^", "p")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing on the map; None is a value nobody has."""

    label: str
    x: float | None
    y: float | None
    size: float | None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Bubbles:
    """Things by two measures, with a third as the area of the bubble.

    `groups` names the classes from the mildest to the gravest, darker in that order; a bubble whose group is None is
    drawn hollow and explained by `unknown`. A measure with a fixed scale, such as levels 1 to 5, spans all of its
    ticks. `unplaced` introduces those without a place, in a line below.
    """

    heading: str
    bubbles: tuple[Bubble, ...]
    x: Measure
    y: Measure
    size: Measure
    missing: str
    unplaced: str
    group: str = ""
    groups: tuple[str, ...] = ()
    unknown: str = ""

    def __post_init__(self) -> None:
        if len(self.groups) > len(SHAPES):
            raise ValueError(f"a map can tell {len(SHAPES)} groups apart, not {len(self.groups)}")
        for bubble in self.bubbles:
            if bubble.group is not None and bubble.group not in self.groups:
                raise ValueError(f"{bubble.label!r} is in group {bubble.group!r}, which is none of {self.groups}")
        if self.groups and not self.unknown and any(bubble.group is None for bubble in self.bubbles):
            raise ValueError("a bubble without a group needs a word for that")

    @property
    def ordered(self) -> list[Bubble]:
        """The bubbles, largest first; the smaller lie on top."""
        return sorted(self.bubbles, key=lambda bubble: -(bubble.size or 0.0))


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to points along one side of the plot, bubbles kept clear of its ends."""

    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]
    length: float

    def at(self, value: float) -> float:
        """Return where a value lies, in points from the low end."""
        if self.log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        pad = LARGEST + 3
        return pad + share * (self.length - 2 * pad)


def group_swatch(data: Bubbles, group: str | None) -> Swatch:
    """Return how a group looks: the graver, the darker, and each in a shape of its own."""
    colours = palette()
    if not data.groups:
        return Swatch(colours.primary, "o")
    if group is None:
        return Swatch(colours.paper, "o", edge=colours.muted)
    number = data.groups.index(group)
    return Swatch(colours.classes[number], SHAPES[number])


def scale_of(measure: Measure, values: Sequence[float], length: float) -> Scale:
    """Return a scale of `length` points for values, logarithmic where they span much."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low > 0 and high / low > MAP_LOG_SPAN:
        return Scale(low, high, True, tuple(log_ticks(measure, low, high)), length)
    if measure.is_even:
        return Scale(min(low, measure.ticks[0]), max(high, measure.ticks[-1]), False, measure.ticks, length)
    if low == high:
        low, high = low - (abs(low) or 1), high + (abs(high) or 1)
    ticks = linear_ticks(measure, low, high, length)
    return Scale(ticks[0], ticks[-1], False, tuple(ticks), length)


def draw_frame(
    ax: Axes, data: Bubbles, scales: tuple[float, Scale, Scale], head_lines: int = 1, panel_height: float = 0.0
) -> None:
    """Size the page and draw what is not data: grid, ticks, axis labels and keys.

    `head_lines` and `panel_height` are the lines above and the points below the top of the plot that a key beside it
    needs.
    """
    left, across, down = scales
    right, height = left + across.length, down.length
    key = [(group, group_swatch(data, group)) for group in data.groups]
    if data.groups and any(bubble.group is None for bubble in data.bubbles):
        key.append((data.unknown, group_swatch(data, None)))
    places, key_height = key_places(key, WIDTH)
    above = wrap(data.y.heading(log=down.log), right, SMALL_SIZE, "semibold")
    below = wrap(data.x.heading(log=across.log), across.length, SMALL_SIZE, "semibold")
    missing = [bubble.label for bubble in data.ordered if bubble.x is None or bubble.y is None]
    note = wrap(f"{data.unplaced} {'; '.join(missing)}", WIDTH, SMALL_SIZE) if missing else ()
    line = SMALL_SIZE * LINE
    head = max(len(above), head_lines) * line + 6
    foot = 15 + len(below) * line
    bottom = max(foot + KEY_ROOM, panel_height - height + 4)
    place(ax, 0, WIDTH, key_height + head + 1, bottom + len(note) * line + 2, height)
    ax.set_xlim(0, WIDTH)
    ax.set_xticks([])
    draw_key(ax, key, places, -head - key_height)
    _draw_grid(ax, data, scales)
    title: dict[str, Any] = {"size": SMALL_SIZE, "weight": "semibold", "color": palette().muted}
    write(ax, 0, -4, "\n".join(above), va="bottom", **title)
    write(ax, left, height + 15, "\n".join(below), va="top", **title)
    _draw_size_key(ax, data, left, height + foot + KEY_ROOM / 2)
    if note:
        write(ax, 0, height + bottom, "\n".join(note), size=SMALL_SIZE, color=palette().muted, va="top")


def _draw_grid(ax: Axes, data: Bubbles, scales: tuple[float, Scale, Scale]) -> None:
    """Draw the ticks of both axes and a light line at each."""
    left, across, down = scales
    right, height = left + across.length, down.length
    tick: dict[str, Any] = {"size": SMALL_SIZE, "color": palette().muted}
    ticks = thinned(across.ticks, [across.at(value) for value in across.ticks], data.x)
    rows = [(height - down.at(value), data.y.show(value)) for value in down.ticks]
    columns = [(left + across.at(value), data.x.show(value)) for value in ticks]
    grid = [[(left, y), (right, y)] for y, _ in rows] + [[(x, 0), (x, height)] for x, _ in columns]
    add_lines(ax, grid, palette().line, 0.5, zorder=0.5)
    add_lines(ax, [[(left, height), (right, height)]], palette().ink, 0.8, zorder=0.6)
    for y, text in rows:
        write(ax, left - 6, y, text, ha="right", **tick)
    for x, text in columns:
        write(ax, x, height + 8, text, ha="center", **tick)


def _draw_size_key(ax: Axes, data: Bubbles, left: float, y: float) -> None:
    """Draw two bubbles of round sizes with what they stand for."""
    largest = max((bubble.size or 0.0 for bubble in data.bubbles), default=0.0)
    if not largest:
        return
    style: dict[str, Any] = {"size": SMALL_SIZE, "color": palette().muted}
    write(ax, left, y, data.size.label, weight="semibold", **style)
    x = left + text_width(data.size.label, font("semibold", SMALL_SIZE)) + 10
    rings = []
    # a sixteenth and a quarter of the largest have a quarter and half of its radius
    for value in (_round_down(largest / 16), _round_down(largest / 4)):
        radius = LARGEST * math.sqrt(value / largest)
        text = data.size.show(value)
        rings.append((x + radius, 2 * radius))
        write(ax, x + 2 * radius + 4, y, text, **style)
        x += 2 * radius + text_width(text, font(size=SMALL_SIZE)) + 16
    widths = [width for _, width in rings]
    ax.add_collection(
        EllipseCollection(
            widths,
            widths,
            [0.0] * len(rings),
            units="points",
            offsets=[(x, y) for x, _ in rings],
            offset_transform=ax.transData,
            facecolors="none",
            edgecolors=palette().muted,
            linewidths=0.8,
            clip_on=False,
        ),
        autolim=False,
    )


def _round_down(value: float) -> float:
    """Return the value with its first digit only."""
    unit = 10.0 ** math.floor(math.log10(value))
    return math.floor(value / unit) * unit
