"""A map of bubbles: two measures across, a third as area, a class as colour and shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import IdentityTransform

from workbook.exhibits.bubble_page import (
    HEIGHT,
    LARGEST,
    SMALLEST,
    TALLEST,
    Bubble,
    Bubbles,
    Scale,
    draw_frame,
    group_swatch,
    scale_of,
)
from workbook.exhibits.charts_rows import value_cell
from workbook.exhibits.drawing import Words, exhibit_of
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.marks import LINE, WIDTH, Swatch, add_lines, draw_swatch, wrap, write
from workbook.exhibits.placing import Anchor, Place, leader_ends, place_labels
from workbook.exhibits.svg import text_width
from workbook.exhibits.tables import table_data
from workbook.exhibits.theme import SMALL_SIZE, font, palette

__all__ = ["Bubble", "Bubbles", "chart_bubbles", "draw_bubbles", "table_bubbles"]

MOST_NAMED = 12
"""Up to this many bubbles carry their names; more are numbered, with a key beside the plot."""

PANEL = 190.0
PANEL_GAP = 14.0
NAME_WIDTH = 96.0

# side of the square that matplotlib draws a marker in, for an area of one, to give all shapes of one size their area
_SIDES = {"o": math.sqrt(4 / math.pi), "s": 1.0, "D": 1.0, "^": math.sqrt(2), "p": 1.297}


@dataclass(frozen=True, slots=True)
class _Spot:
    """A bubble with its place on the page."""

    bubble: Bubble
    x: float
    y: float
    radius: float
    swatch: Swatch


@dataclass(frozen=True, slots=True)
class _Panel:
    """The texts of the key beside a numbered map; `start` is where the names begin."""

    names: list[tuple[str, ...]]
    sizes: list[str]
    start: float
    heading: tuple[str, ...]
    size_heading: tuple[str, ...]

    @property
    def head_lines(self) -> int:
        return max(len(self.heading), len(self.size_heading))


def chart_bubbles(data: Bubbles, **words: Unpack[Words]) -> Exhibit:
    """Return a map of bubbles as an exhibit."""
    return exhibit_of(draw_bubbles, data, table_bubbles(data), **words)


def draw_bubbles(ax: Axes, data: Bubbles) -> tuple[Artist, ...]:
    """Draw the map: names beside the bubbles where they are few and all find room, else numbers with a key."""
    shown = [bubble for bubble in data.ordered if bubble.x is not None and bubble.y is not None]
    if len(shown) <= MOST_NAMED:
        names = ["\n".join(wrap(bubble.label, NAME_WIDTH, SMALL_SIZE)) for bubble in shown]
        spots, scales = _spots(data, shown, WIDTH, HEIGHT)
        places = place_labels(_anchors(spots, names, "regular"), _area(scales))
        if None not in places:
            draw_frame(ax, data, scales)
            return _draw_spots(ax, spots), *_write_labels(ax, spots, names, places, "regular")
    numbers = [str(number) for number in range(1, len(shown) + 1)]
    panel = _panel(data, shown)
    needed = sum(_entry_height(entry) for entry in panel.names)
    spots, scales = _spots(data, shown, WIDTH - PANEL, min(max(needed, HEIGHT), TALLEST))
    draw_frame(ax, data, scales, panel.head_lines, needed)
    _draw_panel(ax, data, spots, panel)
    # a number that finds no room in a crowd is left to the key
    places = place_labels(_anchors(spots, numbers, "semibold"), _area(scales), numbers=True)
    return _draw_spots(ax, spots), *_write_labels(ax, spots, numbers, places, "semibold")


def table_bubbles(data: Bubbles) -> dict[str, Any]:
    """Return the numbers of the chart, largest first."""
    measures = (("x", data.x), ("y", data.y), ("size", data.size))
    columns = [Column("label", data.heading), *(Column(key, measure.label, "right") for key, measure in measures)]
    if data.groups:
        columns.append(Column("group", data.group))
    rows: list[list[Cell]] = []
    for bubble in data.ordered:
        cells = [value_cell(getattr(bubble, key), measure, data.missing) for key, measure in measures]
        group = [cell(bubble.group or data.unknown)] if data.groups else []
        rows.append([cell(bubble.label), *cells, *group])
    return table_data(columns, rows)


def _spots(
    data: Bubbles, shown: Sequence[Bubble], right: float, height: float
) -> tuple[list[_Spot], tuple[float, Scale, Scale]]:
    """Place the bubbles; also return the left edge of the plot and the two scales."""
    down = scale_of(data.y, [bubble.y for bubble in shown if bubble.y is not None], height)
    left = max((text_width(data.y.show(tick), font(size=SMALL_SIZE)) for tick in down.ticks), default=0.0) + 6
    across = scale_of(data.x, [bubble.x for bubble in shown if bubble.x is not None], right - left)
    largest = max((bubble.size or 0.0 for bubble in shown), default=0.0) or 1.0
    spots = []
    for bubble in shown:
        assert bubble.x is not None and bubble.y is not None
        radius = max(SMALLEST, LARGEST * math.sqrt((bubble.size or 0.0) / largest))
        swatch = group_swatch(data, bubble.group)
        spots.append(_Spot(bubble, left + across.at(bubble.x), height - down.at(bubble.y), radius, swatch))
    return spots, (left, across, down)


def _draw_spots(ax: Axes, spots: Sequence[_Spot]) -> PathCollection:
    """Draw the bubbles in one go, the largest first; all shapes of one size have the same area."""
    shapes = [MarkerStyle(_shape(spot)) for spot in spots]
    known = [spot.bubble.size is not None for spot in spots]
    edges = [spot.swatch.edge or palette().paper for spot in spots]
    made = PathCollection(
        [shape.get_path().transformed(shape.get_transform()) for shape in shapes],
        sizes=[math.pi * spot.radius**2 * _SIDES[_shape(spot)] ** 2 for spot in spots],
        offsets=[(spot.x, spot.y) for spot in spots],
        offset_transform=ax.transData,
        facecolors=[spot.swatch.fill if sized else palette().paper for spot, sized in zip(spots, known, strict=True)],
        edgecolors=[edge if sized else palette().muted for edge, sized in zip(edges, known, strict=True)],
        linestyles=["-" if sized else ":" for sized in known],
        linewidths=0.9,
        zorder=2,
        clip_on=False,
    )
    # marker sizes are areas in square points
    made.set_transform(IdentityTransform())
    ax.add_collection(made, autolim=False)
    return made


def _shape(spot: _Spot) -> str:
    return spot.swatch.marker or "o"


def _anchor(spot: _Spot, width: float, height: float) -> Anchor:
    """Return a bubble with its label; a shape with corners reaches further out than a circle, and holds less text."""
    outer, inner = {"o": (1.0, 1.0), "^": (1.27, 0.45)}.get(_shape(spot), (1.27, 0.85))
    return Anchor(spot.x, spot.y, spot.radius * outer, width, height, spot.radius * inner)


def _area(scales: tuple[float, Scale, Scale]) -> tuple[float, float, float, float]:
    left, across, down = scales
    return left, 0.0, left + across.length, down.length


def _anchors(spots: Sequence[_Spot], texts: Sequence[str], weight: str) -> list[Anchor]:
    face = font(weight, SMALL_SIZE)
    anchors = []
    for spot, text in zip(spots, texts, strict=True):
        lines = text.split("\n")
        width = max(text_width(line, face) for line in lines)
        anchors.append(_anchor(spot, width, len(lines) * SMALL_SIZE * LINE))
    return anchors


def _write_labels(
    ax: Axes, spots: Sequence[_Spot], texts: Sequence[str], places: Sequence[Place | None], weight: str
) -> list[Artist]:
    """Write the labels that have a place, with a line to each that stands far off."""
    written: list[Artist] = []
    leaders = []
    for spot, text, found, anchor in zip(spots, texts, places, _anchors(spots, texts, weight), strict=True):
        if found is None:
            continue
        colour = palette().readable_on(spot.swatch.fill) if found.inside else palette().ink
        style: dict[str, Any] = {"size": SMALL_SIZE, "weight": weight, "color": colour, "ha": "center", "zorder": 5}
        written.append(write(ax, found.x, found.y, text, **style))
        if found.far:
            leaders.append(leader_ends(found, anchor))
    return [*written, add_lines(ax, leaders, palette().muted, 0.6, zorder=4)]


def _panel(data: Bubbles, shown: Sequence[Bubble]) -> _Panel:
    """Wrap the texts of the key beside a numbered map."""
    sizes = [data.missing if bubble.size is None else data.size.show(bubble.size) for bubble in shown]
    room = max([text_width(size, font(size=SMALL_SIZE)) for size in sizes] + [44.0]) + 8
    start = 26.0 if data.groups else 16.0
    return _Panel(
        [wrap(bubble.label, PANEL - PANEL_GAP - start - room, SMALL_SIZE) for bubble in shown],
        sizes,
        start,
        wrap(data.heading, PANEL - PANEL_GAP - room, SMALL_SIZE, "semibold"),
        wrap(data.size.label, room, SMALL_SIZE, "semibold"),
    )


def _draw_panel(ax: Axes, data: Bubbles, spots: Sequence[_Spot], panel: _Panel) -> None:
    """Draw the key of a numbered map: number, class, name and size of each bubble."""
    start = WIDTH - PANEL + PANEL_GAP
    head: dict[str, Any] = {"size": SMALL_SIZE, "weight": "semibold", "color": palette().muted, "va": "bottom"}
    write(ax, start, -4, "\n".join(panel.heading), **head)
    write(ax, WIDTH, -4, "\n".join(panel.size_heading), ha="right", **head)
    add_lines(ax, [[(start, 0), (WIDTH, 0)]], palette().ink, 0.8, clip_on=False)
    y = 0.0
    for number, (spot, name, size) in enumerate(zip(spots, panel.names, panel.sizes, strict=True), start=1):
        middle = y + _entry_height(name) / 2
        write(ax, start + 11, middle, str(number), size=SMALL_SIZE, weight="semibold", ha="right")
        if data.groups:
            draw_swatch(ax, start + 14, middle, spot.swatch)
        write(ax, start + panel.start, middle, "\n".join(name), size=SMALL_SIZE)
        write(ax, WIDTH, middle, size, size=SMALL_SIZE, ha="right")
        y += _entry_height(name)


def _entry_height(lines: tuple[str, ...]) -> float:
    return len(lines) * SMALL_SIZE * LINE + 4.5
