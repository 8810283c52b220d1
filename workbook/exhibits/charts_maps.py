"""Heat maps: shares or scores by row and column, and how often each candidate takes each rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.text import Text

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.layout import GAP, Measure, Rows, label_room, lay_rows
from workbook.exhibits.page import LINE, WIDTH, Page, Swatch, Words, corners, exhibit_of, widest, wrap
from workbook.exhibits.tables import chart_data, missing_cell
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, palette

WIDEST_CELL = 76.0
_MISSING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A matrix of values between 0 and 1; None is a value nobody has, said as `missing`.

    `outlined` names cells by row and column, such as the bottleneck of each row, and `outlined_word` says what the
    outline means.
    """

    heading: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    measure: Measure
    missing: str
    outlined: frozenset[tuple[int, int]] = frozenset()
    outlined_word: str = ""

    def __post_init__(self) -> None:
        if len(self.values) != len(self.rows) or any(len(row) != len(self.columns) for row in self.values):
            raise ValueError(f"a heat map of {len(self.rows)} by {len(self.columns)} needs as many values")
        if self.outlined and not self.outlined_word:
            raise ValueError("an outline needs a word that says what it means")

    @property
    def flat(self) -> list[float | None]:
        """The values, row by row."""
        return [value for row in self.values for value in row]


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

    rows: Rows
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


def draw_acceptability(page: Page, data: Acceptability) -> HeatMapArtists:
    """Draw the share of weightings by candidate and rank."""
    return draw_heatmap(page, data.heat_map)


def update_chart_acceptability(artists: HeatMapArtists, data: Acceptability) -> None:
    """Change a drawn chart to other shares of the same number of candidates, which may stand in another order."""
    update_chart_heatmap(artists, data.heat_map)


def draw_heatmap(page: Page, data: HeatMap) -> HeatMapArtists:
    """Draw the cells; a cell without a value is hatched."""
    room = WIDTH - label_room(data.heading, data.rows) - GAP
    width = min((room - 1) / max(len(data.columns), 1), WIDEST_CELL)
    # headings stand upright where a word is wider than its column
    upright = widest([word for name in data.columns for word in name.split()], SMALL_SIZE, "semibold") > width - 4
    heads = [wrap(name, 90.0 if upright else width - 4, SMALL_SIZE, "semibold") for name in data.columns]
    tallest = max(
        (widest(head, SMALL_SIZE, "semibold") if upright else len(head) * SMALL_SIZE * LINE for head in heads),
        default=0.0,
    )
    above = wrap(data.measure.label, room, SMALL_SIZE, "semibold")
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=data.rows,
        measure=Measure("", data.measure.show),
        key=_key(data),
        row_height=19,
        uniform=True,
        head=tallest + len(above) * SMALL_SIZE * LINE + 10,
        foot=4.0,
    )
    page.head(rows.left, -tallest - 8, above)
    for number, head in enumerate(heads):
        page.head(rows.left + (number + 0.5) * width, -4, head, ha="center", rotation=90 if upright else 0)
    artists = _add_cells(rows, data, width)
    update_chart_heatmap(artists, data)
    return artists


def update_chart_heatmap(artists: HeatMapArtists, data: HeatMap) -> None:
    """Change a drawn heat map to other values, and other row labels, of the same shape."""
    colours, values = palette(), data.flat
    is_missing = np.array([value is None for value in values], dtype=bool)
    outlined = np.zeros(len(values), dtype=bool)
    outlined[[row * len(data.columns) + column for row, column in data.outlined]] = True
    # an outlined cell shrinks, so that white parts the outline from a dark fill
    inset = np.array([[2.5, 2.5], [-2.5, 2.5], [-2.5, -2.5], [2.5, -2.5]])
    shown = artists.corners + inset * outlined[:, None, None]
    fills = [colours.paper if value is None else colours.shade(value) for value in values]
    artists.cells.set_verts(list(shown))
    artists.cells.set_facecolor(fills)
    artists.missing.set_verts(list(shown[is_missing]))
    artists.outlines.set_verts(list(artists.corners[outlined] + inset * 0.2))
    for text, value, fill in zip(artists.texts, values, fills, strict=True):
        text.set_text(_MISSING if value is None else data.measure.show(value))
        text.set_color(colours.ink if value is None else colours.readable_on(fill))
    for label, row in zip(artists.rows.labels, data.rows, strict=True):
        label.set_text("\n".join(wrap(row, artists.rows.label_width)))


def table_heatmap(data: HeatMap) -> dict[str, Any]:
    """Return the numbers of the chart, shaded as in it."""

    def entry(row: int, column: int) -> Cell:
        value = data.values[row][column]
        if value is None:
            return missing_cell(data.missing)
        shade = min(max(value, 0.0), 1.0)
        return cell(data.measure.show(value), value, shade=shade, strong=(row, column) in data.outlined)

    return chart_data(
        data.heading,
        data.rows,
        [
            (f"column-{number}", name, [entry(row, number) for row in range(len(data.rows))])
            for number, name in enumerate(data.columns)
        ],
    )


def _add_cells(rows: Rows, data: HeatMap, width: float) -> HeatMapArtists:
    """Add the cells without values yet, and a text in each."""
    page, colours = rows.page, palette()
    starts = rows.left + np.tile(np.arange(len(data.columns)), len(data.rows)) * width
    middles = np.repeat(rows.centres, len(data.columns))
    halves = np.repeat(rows.heights / 2, len(data.columns))
    size = _text_size(data, width)
    blank = np.empty((0, 4, 2))
    return HeatMapArtists(
        rows,
        corners(starts, starts + width, middles - halves, middles + halves),
        page.boxes(blank, Swatch(colours.paper), linewidths=1.2),
        page.boxes(blank, _missing_swatch(), linewidths=0.4),
        page.boxes(blank, Swatch("none", edge=colours.ink), linewidths=1.8, zorder=3),
        [page.write(x + width / 2, y, "", size, ha="center", zorder=4) for x, y in zip(starts, middles, strict=True)],
    )


def _missing_swatch() -> Swatch:
    return Swatch(palette().paper, hatch="////", edge=palette().soft)


def _key(data: HeatMap) -> list[tuple[str, Swatch]]:
    """Return what has to be explained: the hatch and the outline, where they occur."""
    entries = []
    if None in data.flat:
        entries.append((data.missing, _missing_swatch()))
    if data.outlined:
        entries.append((data.outlined_word, Swatch(palette().paper, edge=palette().ink)))
    return entries


def _text_size(data: HeatMap, width: float) -> float:
    """Return the size in points at which the longest number fits into its cell."""
    longest = widest([data.measure.show(value) for value in data.flat if value is not None])
    return BASE_SIZE if longest <= width - 5 else max(5.0, BASE_SIZE * (width - 5) / longest)
