"""A forest plot: effects with their intervals against no effect, and each against the border it is judged by.

Effects in unlike units share a page, not a scale: each row has its own, and the rows share the line of no effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Unpack

from matplotlib.artist import Artist

from workbook.exhibits.exhibit import Cell, Exhibit, Tone, cell
from workbook.exhibits.layout import Gutter, Measure, Rows, Scale, lay_rows
from workbook.exhibits.page import Page, Swatch, Words, exhibit_of, wrap
from workbook.exhibits.svg import text_width
from workbook.exhibits.tables import Entry, chart_data, missing_cell
from workbook.exhibits.theme import SMALL_SIZE, font, palette

BorderKind = Literal["worthwhile", "margin", "planned"]

WIDE = 62.0
"""Room in points for a conclusion in words, which wraps."""

MARGIN = 0.06
"""Room left of the furthest and right of the nearest mark, as a share of a row's reach."""

HALF = 6.5
"""Half the height of the mark of a border in points."""


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One row: an effect, larger being better, with its interval and the border it is judged by.

    `effect` and `border_text` are written beside the plot, `ends` in the table; a row without a value says why in
    `missing`. Ends that are not known are not drawn.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    effect: str
    conclusion: str
    tone: Tone
    border: float | None = None
    border_kind: BorderKind | None = None
    border_text: str = ""
    ends: tuple[str, str] | None = None
    mark: str | None = None
    missing: str = ""

    def __post_init__(self) -> None:
        if self.value is None and not self.missing.strip():
            raise ValueError(f"{self.label!r} has no effect and no word for that")

    @property
    def reach(self) -> float:
        """The furthest of all that is drawn in the row; 1 where everything lies on no effect."""
        drawn = (self.value, self.low, self.high, self.border)
        return max((abs(part) for part in drawn if part is not None), default=0.0) or 1.0


@dataclass(frozen=True, slots=True)
class Forest:
    """Rows in the order given.

    `borders` names the kinds of border in the key; `worse` and `better` stand at the ends of the axis, and `axis` says
    what it shows. The other words head columns.
    """

    heading: str
    rows: tuple[ForestRow, ...]
    axis: str
    worse: str
    better: str
    borders: Mapping[BorderKind, str]
    interval: str
    effect: str
    low: str
    high: str
    border: str
    conclusion: str


def chart_forest(data: Forest, **words: Unpack[Words]) -> Exhibit:
    """Return effects with their intervals as an exhibit."""
    return exhibit_of(draw_forest, data, table_forest(data), **words)


def table_forest(data: Forest) -> dict[str, Any]:
    """Return the effects with the ends of their intervals, their borders and the conclusions."""
    rows = data.rows
    columns: list[tuple[str, str, Sequence[Entry]]] = [
        ("effect", data.effect, [_effect_cell(row) for row in rows]),
        ("low", data.low, [_end_cell(row, 0, row.low) for row in rows]),
        ("high", data.high, [_end_cell(row, 1, row.high) for row in rows]),
        ("border", data.border, [_border_cell(row) for row in rows]),
        ("conclusion", data.conclusion, [cell(row.conclusion, tone=row.tone) for row in rows]),
    ]
    return chart_data(data.heading, [row.label for row in rows], columns)


def draw_forest(page: Page, data: Forest) -> list[Artist]:
    """Draw each effect and its interval, the line of no effect through all rows, and the border of each."""
    rows = lay_rows(
        page,
        heading=data.heading,
        labels=[row.label for row in data.rows],
        measure=Measure(data.axis, lambda _: ""),
        gutters=[
            Gutter(data.effect, tuple(row.effect if row.value is not None else "" for row in data.rows), room=50),
            Gutter(data.border, tuple(row.border_text for row in data.rows), room=42),
            Gutter(
                data.conclusion,
                tuple(row.conclusion for row in data.rows),
                muted=frozenset(range(len(data.rows))),
                room=WIDE,
            ),
        ],
        key=_key(data),
        row_height=26.0,
    )
    scale = _shared_scale(rows, data)
    zero = float(scale.at(0.0))
    drawn: list[Artist] = [rows.page.lines([[(zero, 0), (zero, rows.height)]], palette().ink, 0.9, zorder=1)]
    for number, row in enumerate(data.rows):
        drawn += _draw_row(rows, scale, number, row)
    _write_ends(rows, zero, data)
    return drawn


def _shared_scale(rows: Rows, data: Forest) -> Scale:
    """Return the scale of all rows in shares of each row's reach, as wide as the marks of any row need."""
    shares = [
        part / row.reach for row in data.rows for part in (row.value, row.low, row.high, row.border) if part is not None
    ]
    low, high = min([*shares, -0.25]) - MARGIN, max([*shares, 0.25]) + MARGIN
    return Scale(rows.scale.measure, low, high, rows.left, rows.right)


def _draw_row(rows: Rows, scale: Scale, number: int, row: ForestRow) -> list[Artist]:
    page, y, colours = rows.page, float(rows.centres[number]), palette()
    drawn: list[Artist] = []
    if row.border is not None and row.border_kind is not None:
        x = float(scale.at(row.border / row.reach))
        look = _border_looks()[row.border_kind]
        drawn.append(page.lines([[(x, y - HALF), (x, y + HALF)]], look.fill, 2.4, zorder=2))
        drawn.append(page.markers([x], [y - HALF], look, 5.0))
    if row.value is None:
        words = wrap(row.missing, rows.right - rows.left - 8, SMALL_SIZE)
        page.write(rows.left + 4, y, "\n".join(words[:2]), SMALL_SIZE, color=colours.muted)
        return drawn
    colour = colours.tone(row.tone)
    ends = [end for end in (row.low, row.high) if end is not None]
    if len(ends) == 2:
        drawn.append(page.lines([[(float(scale.at(end / row.reach)), y) for end in ends]], colour, 2.0, zorder=3))
    drawn.append(page.markers([float(scale.at(row.value / row.reach))], [y], _tone_swatch(row.tone), 7.0))
    return drawn


def _key(data: Forest) -> list[tuple[str, Swatch]]:
    kinds = dict.fromkeys(row.border_kind for row in data.rows if row.border is not None and row.border_kind)
    looks = _border_looks()
    entries = [(data.borders[kind], looks[kind]) for kind in kinds]
    return [(data.interval, Swatch(palette().muted, "o")), *entries] if data.rows else []


def _border_looks() -> dict[BorderKind, Swatch]:
    colours = palette()
    return {
        "worthwhile": Swatch(colours.primary, "v"),
        "margin": Swatch(colours.bad, "D"),
        "planned": Swatch(colours.soft, "s"),
    }


def _tone_swatch(tone: Tone) -> Swatch:
    """Return a shape for each tone, so that they differ without colour: filled, hollow, or a square."""
    colour = palette().tone(tone)
    if tone == "good":
        return Swatch(colour, "o")
    return Swatch(colour, "s") if tone == "bad" else Swatch(palette().paper, "o", edge=colour)


def _write_ends(rows: Rows, zero: float, data: Forest) -> None:
    """Write below the plot which side is worse and which is better, where there is room."""
    y = rows.height + 8
    for x, text, room, ha in (
        (zero - 6, f"\N{LEFTWARDS ARROW} {data.worse}", zero - rows.left, "right"),
        (zero + 6, f"{data.better} \N{RIGHTWARDS ARROW}", rows.right - zero, "left"),
    ):
        if data.rows and text_width(text, font(size=SMALL_SIZE)) + 6 <= room:
            rows.page.write(x, y, text, SMALL_SIZE, color=palette().muted, ha=ha)


def _effect_cell(row: ForestRow) -> Cell:
    return missing_cell(row.missing) if row.value is None else cell(row.effect, row.value, row.mark)


def _end_cell(row: ForestRow, place: int, end: float | None) -> Cell | None:
    return None if row.ends is None or end is None else cell(row.ends[place], end)


def _border_cell(row: ForestRow) -> Cell | None:
    return None if row.border is None else cell(row.border_text, row.border)
