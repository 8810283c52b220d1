"""Heat maps: shares or scores by row and column, and how often each candidate takes each rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.text import Text

from workbook.exhibits.drawing import Words, exhibit_of
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.layout import GAP, Measure, Sheet, label_room, row_sheet
from workbook.exhibits.marks import (
    LINE,
    WIDTH,
    Swatch,
    add_boxes,
    boxes,
    wrap,
    write,
)
from workbook.exhibits.svg import text_width
from workbook.exhibits.tables import heat_cell, missing_cell, table_data
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, font, palette

WIDEST_CELL = 76.0
_MISSING = "\N{EN DASH}"

Rows = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A matrix of values between `low` and `high`; None is a value nobody has, said as `missing`.

    `outlined` names cells by row and column, such as the bottleneck of each row, and `outlined_word` says what the
    outline means.
    """

    heading: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Rows
    measure: Measure
    missing: str
    outlined: frozenset[tuple[int, int]] = frozenset()
    outlined_word: str = ""
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if len(self.values) != len(self.rows) or any(len(row) != len(self.columns) for row in self.values):
            raise ValueError(f"a heat map of {len(self.rows)} by {len(self.columns)} needs as many values")
        if self.outlined and not self.outlined_word:
            raise ValueError("an outline needs a word that says what it means")

    def shade(self, value: float) -> float:
        """Return where a value lies on the scale, 0 to 1."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Acceptability:
    """Share of the sampled weightings in which each candidate takes rank 1, 2, ... (SMAA-2).

    Source: Lahdelma and Salminen, "SMAA-2: stochastic multicriteria acceptability analysis for group decision
    making", Operations Research, 2001.
    """

    heading: str
    cases: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    measure: Measure
    missing: str

    @property
    def heat_map(self) -> HeatMap:
        """The shares as a heat map with a column for each rank."""
        ranks = tuple(str(rank) for rank in range(1, len(self.shares[0]) + 1)) if self.shares else ()
        return HeatMap(self.heading, self.cases, ranks, self.shares, self.measure, self.missing)


@dataclass(slots=True)
class HeatMapArtists:
    """The parts of a drawn heat map that change."""

    sheet: Sheet
    corners: np.ndarray
    cells: PolyCollection
    missing: PolyCollection
    outlines: PolyCollection
    texts: list[Text]


def chart_heatmap(data: HeatMap, **words: Unpack[Words]) -> Exhibit:
    """Return a matrix of values as an exhibit, each cell shaded and with its number."""
    return exhibit_of(draw_heatmap, data, table_heatmap(data), **words)


def chart_acceptability(data: Acceptability, **words: Unpack[Words]) -> Exhibit:
    """Return the rank acceptabilities as an exhibit: the first frame of the live chart."""
    return exhibit_of(draw_acceptability, data, table_heatmap(data.heat_map), **words)


def draw_acceptability(ax: Axes, data: Acceptability) -> HeatMapArtists:
    """Draw the share of weightings by candidate and rank."""
    return draw_heatmap(ax, data.heat_map)


def update_acceptability(artists: HeatMapArtists, data: Acceptability) -> None:
    """Change a drawn chart to other shares of the same number of candidates, which may stand in another order."""
    update_heatmap(artists, data.heat_map)


def draw_heatmap(ax: Axes, data: HeatMap) -> HeatMapArtists:
    """Draw the cells; a cell without a value is hatched."""
    room = WIDTH - label_room(data.heading, data.rows) - GAP
    width = min((room - 1) / max(len(data.columns), 1), WIDEST_CELL)
    heads, upright = _column_heads(data.columns, width)
    above = wrap(data.measure.label, room, SMALL_SIZE, "semibold")
    below = max((_head_height(head, upright) for head in heads), default=0.0)
    sheet = row_sheet(
        ax,
        heading=data.heading,
        labels=data.rows,
        measure="",
        key=_key(data),
        row_height=19,
        uniform=True,
        head=below + len(above) * SMALL_SIZE * LINE + 10,
        ruled=False,
    )
    ax.set_xlim(0, sheet.width)
    ax.set_xticks([])
    style: dict[str, Any] = {"size": SMALL_SIZE, "weight": "semibold", "color": palette().muted, "va": "bottom"}
    write(ax, 0, -below - 8, "\n".join(above), **style)
    for number, head in enumerate(heads):
        x = (number + 0.5) * width
        write(ax, x, -4, "\n".join(head), ha="center", rotation=90 if upright else 0, **style)
    artists = _add_cells(sheet, data, width)
    update_heatmap(artists, data)
    return artists


def update_heatmap(artists: HeatMapArtists, data: HeatMap) -> None:
    """Change a drawn heat map to other values, and other row labels, of the same shape."""
    values = [value for row in data.values for value in row]
    colours = palette()
    corners = artists.corners
    inset = np.array([[2.5, 2.5], [-2.5, 2.5], [-2.5, -2.5], [2.5, -2.5]])
    outlined = np.array([row * len(data.columns) + column for row, column in sorted(data.outlined)], dtype=int)
    # an outlined cell shrinks, so that white parts the outline from a dark fill
    shown = corners.copy()
    shown[outlined] += inset
    known = [number for number, value in enumerate(values) if value is not None]
    fills = [colours.shade(data.shade(value)) for value in values if value is not None]
    artists.cells.set_verts(list(shown[known]))
    artists.cells.set_facecolor(fills)
    artists.missing.set_verts(list(shown[[number for number, value in enumerate(values) if value is None]]))
    artists.outlines.set_verts(list(corners[outlined] + inset * 0.2))
    inks = dict(zip(known, (colours.readable_on(fill) for fill in fills), strict=True))
    for number, (text, value) in enumerate(zip(artists.texts, values, strict=True)):
        text.set_text(_MISSING if value is None else data.measure.show(value))
        text.set_color(inks.get(number, colours.ink))
    for label, row in zip(artists.sheet.labels, data.rows, strict=True):
        label.set_text("\n".join(wrap(row, artists.sheet.label_width)))


def table_heatmap(data: HeatMap) -> dict[str, Any]:
    """Return the numbers of the chart, shaded as in it."""
    columns = [Column("label", data.heading)]
    columns += [Column(f"column-{number}", name, "right") for number, name in enumerate(data.columns)]
    rows: list[list[Cell]] = []
    for number, (label, values) in enumerate(zip(data.rows, data.values, strict=True)):
        cells = [
            missing_cell(data.missing)
            if value is None
            else heat_cell(data.measure.show(value), value, data.low, data.high)
            | ({"strong": True} if (number, column) in data.outlined else {})
            for column, value in enumerate(values)
        ]
        rows.append([cell(label), *cells])
    return table_data(columns, rows)


def _add_cells(sheet: Sheet, data: HeatMap, width: float) -> HeatMapArtists:
    """Add the cells without values yet, and a text in each."""
    ax, colours = sheet.ax, palette()
    columns = np.tile(np.arange(len(data.columns)), len(data.rows))
    middles = np.repeat(sheet.centres, len(data.columns))
    halves = np.repeat(sheet.heights / 2, len(data.columns))
    corners = boxes(columns * width, (columns + 1) * width, middles - halves, middles + halves)
    size = _text_size(data, width)
    blank = np.empty((0, 4, 2))
    return HeatMapArtists(
        sheet,
        corners,
        add_boxes(ax, blank, Swatch(colours.paper), linewidths=1.2),
        add_boxes(ax, blank, _missing_swatch(), linewidths=0.4),
        add_boxes(ax, blank, Swatch("none", edge=colours.ink), linewidths=1.8, zorder=3, clip_on=False),
        [
            write(ax, (column + 0.5) * width, y, "", size=size, ha="center", zorder=4)
            for column, y in zip(columns, middles, strict=True)
        ],
    )


def _missing_swatch() -> Swatch:
    return Swatch(palette().paper, hatch="////", edge=palette().soft)


def _key(data: HeatMap) -> list[tuple[str, Swatch]]:
    """Return what has to be explained: the hatch and the outline, where they occur."""
    entries = []
    if any(value is None for row in data.values for value in row):
        entries.append((data.missing, _missing_swatch()))
    if data.outlined:
        entries.append((data.outlined_word, Swatch(palette().paper, edge=palette().ink)))
    return entries


def _column_heads(columns: Sequence[str], width: float) -> tuple[list[tuple[str, ...]], bool]:
    """Return the wrapped column headings, and whether they stand upright because a word is wider than its column."""
    face = font("semibold", SMALL_SIZE)
    upright = any(text_width(word, face) > width - 4 for name in columns for word in name.split())
    return [wrap(name, 90.0 if upright else width - 4, SMALL_SIZE, "semibold") for name in columns], upright


def _head_height(head: tuple[str, ...], upright: bool) -> float:
    face = font("semibold", SMALL_SIZE)
    return max(text_width(line, face) for line in head) if upright else len(head) * SMALL_SIZE * LINE


def _text_size(data: HeatMap, width: float) -> float:
    """Return the size in points at which the longest number fits into its cell."""
    shown = [data.measure.show(value) for row in data.values for value in row if value is not None]
    longest = max((text_width(text, font()) for text in shown), default=0.0)
    return BASE_SIZE if longest <= width - 5 else max(5.0, BASE_SIZE * (width - 5) / longest)
