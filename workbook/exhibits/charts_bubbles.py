"""A map of bubbles: two measures across, a third as area, a class as colour and shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from workbook.exhibits.charts_rows import value_cell
from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.layout import Measure, Scale, draw_ticks, scale_of
from workbook.exhibits.page import LINE, WIDTH, Page, Swatch, Words, exhibit_of, widest, wrap
from workbook.exhibits.placing import Anchor, Place, place_labels
from workbook.exhibits.tables import Entry, chart_data
from workbook.exhibits.theme import SMALL_SIZE, palette

MOST_NAMED = 12
"""Up to this many bubbles carry their names; more are numbered, with a list beside the plot."""

HEIGHT, TALLEST = 250.0, 330.0
"""Height of the plot in points, and how high it grows with the list beside it."""

LARGEST, SMALLEST = 17.0, 3.0
"""Largest and smallest radius in points."""

LOG_SPAN = 20.0
"""A map turns logarithmic sooner than other charts, since its bubbles crowd where values are small."""

LIST_WIDTH, LIST_GAP, NAME_WIDTH, KEY_ROOM = 190.0, 14.0, 96.0, 24.0

SHAPES = ("o", "s", "D", "^", "p")
# side of the square that matplotlib draws a marker in, for an area of one, to give all shapes of one size their area
_SIDES = {"o": math.sqrt(4 / math.pi), "s": 1.0, "D": 1.0, "^": math.sqrt(2), "p": 1.297}


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

    @property
    def placed(self) -> list[Bubble]:
        """The bubbles with a place on the map, largest first."""
        return [bubble for bubble in self.ordered if bubble.x is not None and bubble.y is not None]

    @property
    def largest(self) -> float:
        """The largest size on the map; nought where none is known."""
        return max((bubble.size or 0.0 for bubble in self.placed), default=0.0)

    def radius(self, size: float | None) -> float:
        """Return the radius of a size in points, its area in proportion to the largest."""
        return max(SMALLEST, LARGEST * math.sqrt((size or 0.0) / (self.largest or 1.0)))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A bubble with its place on the page."""

    bubble: Bubble
    x: float
    y: float
    radius: float
    swatch: Swatch

    @property
    def shape(self) -> str:
        return self.swatch.marker or "o"


@dataclass(frozen=True, slots=True)
class _Plot:
    """The bubbles and the plot they lie in, `right` and `height` its far ends in points."""

    spots: list[_Spot]
    across: Scale
    down: Scale
    left: float
    right: float
    height: float


def chart_bubbles(data: Bubbles, **words: Unpack[Words]) -> Exhibit:
    """Return a map of bubbles as an exhibit."""
    return exhibit_of(draw_bubbles, data, table_bubbles(data), **words)


def draw_bubbles(page: Page, data: Bubbles) -> list[_Spot]:
    """Draw the map: names beside the bubbles where they are few and all find room, else numbers with a list."""
    shown = data.placed
    if len(shown) <= MOST_NAMED:
        plot = _plot(data, shown, WIDTH, HEIGHT)
        names = [wrap(bubble.label, NAME_WIDTH, SMALL_SIZE) for bubble in shown]
        anchors = _anchors(plot, names, "regular", inside=False)
        places = place_labels(anchors, (plot.left, 0.0, plot.right, plot.height))
        if None not in places:
            _draw_frame(page, data, plot, 1, 0.0)
            _draw_spots(page, plot.spots)
            _write_labels(page, plot, names, anchors, places, "regular")
            return plot.spots
    return _draw_numbered(page, data, shown)


def table_bubbles(data: Bubbles) -> dict[str, Any]:
    """Return the numbers of the chart, largest first."""
    bubbles = data.ordered
    columns: list[tuple[str, str, Sequence[Entry]]] = [
        (key, measure.label, [value_cell(getattr(bubble, key), measure, data.missing) for bubble in bubbles])
        for key, measure in (("x", data.x), ("y", data.y), ("size", data.size))
    ]
    if data.groups:
        columns.append(("group", data.group, [cell(bubble.group or data.unknown) for bubble in bubbles]))
    return chart_data(data.heading, [bubble.label for bubble in bubbles], columns)


def _plot(data: Bubbles, shown: Sequence[Bubble], right: float, height: float) -> _Plot:
    """Return the bubbles in a plot up to `right` and of `height`, clear of its ends."""
    pad = LARGEST + 3
    xs, ys = [bubble.x or 0.0 for bubble in shown], [bubble.y or 0.0 for bubble in shown]
    down = scale_of(data.y, ys, height - pad, pad, log_span=LOG_SPAN, from_zero=False)
    left = widest([data.y.show(tick) for tick in down.ticks], SMALL_SIZE) + 6
    across = scale_of(data.x, xs, left + pad, right - pad, log_span=LOG_SPAN, from_zero=False)
    spots = [
        _Spot(bubble, float(x), float(y), data.radius(bubble.size), _swatch(data, bubble.group))
        for bubble, x, y in zip(shown, across.at(xs), down.at(ys), strict=True)
    ]
    return _Plot(spots, across, down, left, right, height)


def _swatch(data: Bubbles, group: str | None) -> Swatch:
    """Return how a group looks: the graver, the darker, and each in a shape of its own."""
    colours = palette()
    if not data.groups:
        return Swatch(colours.primary, "o")
    if group is None:
        return Swatch(colours.paper, "o", edge=colours.muted)
    number = data.groups.index(group)
    return Swatch(colours.classes[number], SHAPES[number])


def _draw_frame(page: Page, data: Bubbles, plot: _Plot, head_lines: int, list_height: float) -> None:
    """Size the page and draw what is not data: grid, ticks, axis labels and keys.

    `head_lines` and `list_height` are the lines above and the points below the top of the plot that a list beside it
    needs.
    """
    line, muted = SMALL_SIZE * LINE, palette().muted
    key = [(group, _swatch(data, group)) for group in data.groups]
    if data.groups and any(bubble.group is None for bubble in data.bubbles):
        key.append((data.unknown, _swatch(data, None)))
    above = wrap(plot.down.label, plot.right, SMALL_SIZE, "semibold")
    below = wrap(plot.across.label, plot.right - plot.left, SMALL_SIZE, "semibold")
    hidden = [bubble.label for bubble in data.ordered if bubble.x is None or bubble.y is None]
    note = wrap(f"{data.unplaced} {'; '.join(hidden)}", WIDTH, SMALL_SIZE) if hidden else ()
    head = max(len(above), head_lines) * line + 6
    foot = plot.height + 15 + len(below) * line
    bottom = max(foot + KEY_ROOM, list_height + 4)
    page.size(head + page.key(key, -head) + 1, bottom + len(note) * line + 2)
    draw_ticks(page, plot.across, plot.height)
    ticks = [(float(plot.down.at(tick)), data.y.show(tick)) for tick in plot.down.ticks]
    page.lines([[(plot.left, y), (plot.right, y)] for y, _ in ticks], palette().line, 0.5, zorder=0.4)
    page.lines([[(plot.left, plot.height), (plot.right, plot.height)]], palette().ink, 0.8, zorder=0.6)
    for y, text in ticks:
        page.write(plot.left - 6, y, text, SMALL_SIZE, color=muted, ha="right")
    page.head(0, -4, above)
    page.head(plot.left, plot.height + 15, below, va="top")
    _draw_size_key(page, data, plot.left, foot + KEY_ROOM / 2)
    page.write(0, bottom, "\n".join(note), SMALL_SIZE, color=muted, va="top")


def _draw_size_key(page: Page, data: Bubbles, x: float, y: float) -> None:
    """Draw two bubbles of round sizes with what they stand for."""
    if not data.largest:
        return
    page.head(x, y, (data.size.label,), va="center")
    x += widest([data.size.label], SMALL_SIZE, "semibold") + 10
    ring = Swatch("none", "o", edge=palette().muted)
    # a sixteenth and a quarter of the largest have a quarter and half of its radius
    for value in (_round_down(data.largest / 16), _round_down(data.largest / 4)):
        radius, text = data.radius(value), data.size.show(value)
        page.markers([x + radius], [y], ring, 2 * radius, markeredgewidth=0.8)
        page.write(x + 2 * radius + 4, y, text, SMALL_SIZE, color=palette().muted)
        x += 2 * radius + widest([text], SMALL_SIZE) + 16


def _round_down(value: float) -> float:
    """Return the value with its first digit only."""
    unit = 10.0 ** math.floor(math.log10(value))
    return math.floor(value / unit) * unit


def _draw_spots(page: Page, spots: Sequence[_Spot]) -> None:
    """Draw the bubbles, the largest first; all shapes of one size have the same area, one without a size is hollow."""
    hollow = palette().muted
    for spot in spots:
        look = spot.swatch if spot.bubble.size is not None else Swatch(palette().paper, spot.shape, edge=hollow)
        size = _SIDES[spot.shape] * spot.radius * math.sqrt(math.pi)
        page.markers([spot.x], [spot.y], look, size, markeredgewidth=0.9, zorder=2)


def _anchors(plot: _Plot, texts: Sequence[Sequence[str]], weight: str, *, inside: bool) -> list[Anchor]:
    """Return bubbles with their labels; a shape with corners reaches further than a circle and holds less text."""
    reach = {"o": (1.0, 1.0), "^": (1.27, 0.45)}
    anchors = []
    for spot, lines in zip(plot.spots, texts, strict=True):
        outer, inner = (spot.radius * part for part in reach.get(spot.shape, (1.27, 0.85)))
        width, height = widest(lines, SMALL_SIZE, weight), len(lines) * SMALL_SIZE * LINE
        anchors.append(Anchor(spot.x, spot.y, outer, width, height, inner if inside else 0.0))
    return anchors


def _write_labels(
    page: Page,
    plot: _Plot,
    texts: Sequence[Sequence[str]],
    anchors: Sequence[Anchor],
    places: Sequence[Place | None],
    weight: str,
) -> None:
    """Write the labels that have a place, set against their bubbles, with a line to each that stands far off."""
    for spot, lines, anchor, found in zip(plot.spots, texts, anchors, places, strict=True):
        if found is None:
            continue
        # -1 left of the bubble, 1 right of it, 0 above, below or inside
        side = round(math.copysign(abs(found.x - spot.x) > anchor.width / 2, found.x - spot.x))
        page.write(
            found.x - side * anchor.width / 2,
            found.y,
            "\n".join(lines),
            SMALL_SIZE,
            weight,
            color=palette().readable_on(spot.swatch.fill) if found.inside else palette().ink,
            ha={-1: "right", 0: "center", 1: "left"}[side],
            zorder=5,
        )
    leaders = [place.leader for place in places if place is not None and place.leader]
    page.lines(leaders, palette().muted, 0.6, zorder=4)


def _draw_numbered(page: Page, data: Bubbles, shown: Sequence[Bubble]) -> list[_Spot]:
    """Draw the map with numbers, and beside it the list of number, class, name and size of each bubble."""
    sizes = [data.missing if bubble.size is None else data.size.show(bubble.size) for bubble in shown]
    room = max(widest(sizes, SMALL_SIZE), 44.0) + 8
    before, start = 26.0 if data.groups else 16.0, WIDTH - LIST_WIDTH + LIST_GAP
    names = [wrap(bubble.label, WIDTH - start - before - room, SMALL_SIZE) for bubble in shown]
    heads = [
        wrap(data.heading, WIDTH - start - room, SMALL_SIZE, "semibold"),
        wrap(data.size.label, room, SMALL_SIZE, "semibold"),
    ]
    heights = [len(lines) * SMALL_SIZE * LINE + 4.5 for lines in names]
    plot = _plot(data, shown, WIDTH - LIST_WIDTH, min(max(sum(heights), HEIGHT), TALLEST))
    _draw_frame(page, data, plot, max(map(len, heads)), sum(heights))
    page.head(start, -4, heads[0])
    page.head(WIDTH, -4, heads[1], ha="right")
    page.lines([[(start, 0), (WIDTH, 0)]], palette().ink, 0.8)
    top = 0.0
    for number, (spot, name, size, height) in enumerate(zip(plot.spots, names, sizes, heights, strict=True), start=1):
        y, top = top + height / 2, top + height
        page.write(start + 11, y, str(number), SMALL_SIZE, "semibold", ha="right")
        if data.groups:
            page.swatch(start + 14, y, spot.swatch)
        page.write(start + before, y, "\n".join(name), SMALL_SIZE)
        page.write(WIDTH, y, size, SMALL_SIZE, ha="right")
    _draw_spots(page, plot.spots)
    numbers = [(str(number),) for number in range(1, len(shown) + 1)]
    anchors = _anchors(plot, numbers, "semibold", inside=True)
    # a number that finds no room in a crowd is left to the list
    places = place_labels(anchors, (plot.left, 0.0, plot.right, plot.height))
    _write_labels(page, plot, numbers, anchors, places, "semibold")
    return plot.spots
