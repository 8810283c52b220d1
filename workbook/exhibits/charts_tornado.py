"""A tornado: how far each uncertain input alone moves an outcome, the widest swing first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.text import Text

from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.layout import LABEL_WIDTH, Gutter, Measure, Rows, lay_rows
from workbook.exhibits.page import LINE, Page, Swatch, Words, corners, exhibit_of, wrap
from workbook.exhibits.svg import text_width
from workbook.exhibits.tables import chart_data
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, font, palette

BAR = 5.5
"""Half the thickness of a bar in points."""

MOST_LINES = 2
"""Lines a label may take in the drawing, above what its input ranges over; the table holds it in full."""

FOOT = 29.0
"""Room in points below the plot for the ticks and the outcome at the base."""


@dataclass(frozen=True, slots=True)
class Swing:
    """One input: the outcome at its low and at its high end, what it ranges over, and where the outcome turns."""

    label: str
    at_low: float
    at_high: float
    reach: str
    turning: str


@dataclass(frozen=True, slots=True)
class Swings:
    """Inputs by their swing, around the outcome with all of them at their base.

    `low` and `high` name the two ends, `reach` and `turning` head what an input ranges over and where the outcome
    turns, `base_word` introduces the outcome at the base, and `missing` stands where there are no inputs. `ends` fixes
    what the scale takes in, which a live chart needs; left out it follows from the data.
    """

    heading: str
    swings: tuple[Swing, ...]
    base: float | None
    measure: Measure
    low: str
    high: str
    reach: str
    turning: str
    base_word: str
    missing: str
    ends: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.swings and self.base is None:
            raise ValueError("swings need the outcome they are around")

    @property
    def ordered(self) -> list[Swing]:
        """The inputs, widest swing first; equal swings keep their order."""
        return sorted(self.swings, key=lambda swing: -abs(swing.at_high - swing.at_low))


@dataclass(slots=True)
class SwingsArtists:
    """The parts of a drawn tornado that move."""

    rows: Rows
    lows: PolyCollection
    highs: PolyCollection
    base: LineCollection
    base_text: Text


def chart_swings(data: Swings, **words: Unpack[Words]) -> Exhibit:
    """Return a tornado as an exhibit: the first frame of the live chart."""
    return exhibit_of(draw_swings, data, table_swings(data), **words)


def draw_swings(page: Page, data: Swings) -> SwingsArtists:
    """Draw a bar for each input from the outcome at its low end to that at its high end, and a line at the base."""
    swings, colours = data.ordered, palette()
    low, high = Swatch(colours.stack[1], hatch="////", edge=colours.muted), Swatch(colours.primary)
    known = [end for swing in swings for end in (swing.at_low, swing.at_high)]
    rows = lay_rows(
        page,
        heading=f"{data.heading}, {data.reach}",
        labels=[" ".join(_clipped(swing.label)) for swing in swings],
        measure=data.measure,
        values=[*(data.ends or known), *([] if data.base is None else [data.base])],
        gutters=[Gutter(data.turning, tuple(swing.turning for swing in swings))],
        key=[(data.low, low), (data.high, high)] if swings else (),
        row_height=(MOST_LINES + 1) * BASE_SIZE * LINE + 6,
        uniform=True,
        foot=FOOT,
    )
    blank = np.empty((0, 4, 2))
    artists = SwingsArtists(
        rows,
        page.boxes(blank, low),
        page.boxes(blank, high),
        page.lines([], colours.ink, 1.0, linestyles=(0, (3, 2)), zorder=3),
        page.write(rows.left, rows.height + 21, "", SMALL_SIZE, "semibold", ha="center"),
    )
    if not swings:
        page.write(0, 10, data.missing, color=colours.muted)
    else:
        zero = float(rows.scale.at(0.0))
        page.lines([[(zero, 0), (zero, rows.height)]], colours.ink, 0.9, zorder=2.5)
    update_chart_swings(artists, data)
    return artists


def update_chart_swings(artists: SwingsArtists, data: Swings) -> None:
    """Move a drawn tornado to other outcomes of the same inputs, which may change places."""
    rows, swings = artists.rows, data.ordered
    if data.base is None:
        return
    base = float(rows.scale.at(data.base))
    for boxes, end in ((artists.lows, "at_low"), (artists.highs, "at_high")):
        ends = rows.scale.at([getattr(swing, end) for swing in swings])
        starts = np.full(len(swings), base)
        boxes.set_verts(list(corners(starts, ends, rows.centres - BAR, rows.centres + BAR)))
    artists.base.set_segments([[(base, 0), (base, rows.height)]])
    words = f"{data.base_word} {data.measure.show(data.base)}"
    half = text_width(words, font("semibold", SMALL_SIZE)) / 2
    artists.base_text.set_text(words)
    artists.base_text.set_x(min(max(base, rows.left + half), rows.right - half))
    for row, swing in enumerate(swings):
        rows.labels[row].set_text("\n".join([*_clipped(swing.label), *wrap(swing.reach, LABEL_WIDTH)[:1]]))
        rows.gutters[0][row].set_text(swing.turning)


def table_swings(data: Swings) -> dict[str, Any]:
    """Return the numbers of the chart, widest swing first."""
    swings, show = data.ordered, data.measure.show
    return chart_data(
        data.heading,
        [swing.label for swing in swings],
        [
            ("reach", data.reach, [cell(swing.reach) for swing in swings]),
            ("low", data.low, [cell(show(swing.at_low), swing.at_low) for swing in swings]),
            ("high", data.high, [cell(show(swing.at_high), swing.at_high) for swing in swings]),
            ("turning", data.turning, [cell(swing.turning) for swing in swings]),
        ],
    )


def _clipped(label: str) -> tuple[str, ...]:
    """Return a label in at most a few lines, cut with an ellipsis."""
    lines = wrap(label, LABEL_WIDTH)
    if len(lines) <= MOST_LINES:
        return lines
    last = lines[MOST_LINES - 1]
    while last and text_width(f"{last}…", font()) > LABEL_WIDTH:
        last = last[:-1]
    return (*lines[: MOST_LINES - 1], f"{last.rstrip()}…")
