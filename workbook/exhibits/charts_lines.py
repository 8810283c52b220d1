"""Lines over common scales, such as money over time or how likely an outcome is, with their figures listed below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from workbook.exhibits.exhibit import Cell, Exhibit
from workbook.exhibits.layout import Measure, Scale, draw_grid, scale_of
from workbook.exhibits.page import LINE, WIDTH, Page, Swatch, Words, exhibit_of, widest, wrap
from workbook.exhibits.tables import chart_data, missing_cell
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, palette

HEIGHT = 210.0
"""Height of the plot in points."""

SAMPLE, GAP, LEVEL_ROOM = 30.0, 12.0, 24.0
"""Widths in points of the sample of a line, between columns, and of the names of levels beside the plot."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line through `points`, with markers at `marks`, and its figures, one for each column of the list.

    A line without points is listed with `missing`, the words for why there is none.
    """

    label: str
    points: tuple[Point, ...]
    marks: tuple[Point, ...] = ()
    figures: tuple[Cell, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines on two common scales, and the list of their figures.

    `columns` heads the figures, of which the first `listed` stand below the plot and all in the table; `levels` are
    heights to read the lines at, each with its name. `x_ends` and `y_ends` fix what the scales take in, which a live
    chart needs; left out they follow from the data.
    """

    heading: str
    lines: tuple[Line, ...]
    x: Measure
    y: Measure
    columns: tuple[str, ...]
    listed: int
    levels: tuple[tuple[float, str], ...] = ()
    x_ends: Point | None = None
    y_ends: Point | None = None

    def __post_init__(self) -> None:
        for line in self.lines:
            if line.points and len(line.figures) != len(self.columns):
                raise ValueError(f"{line.label!r} has {len(line.figures)} figures for {len(self.columns)} columns")
            if not line.points and not line.missing.strip():
                raise ValueError(f"{line.label!r} has no points and no word for that")


@dataclass(slots=True)
class LinesArtists:
    """The parts of drawn lines that move: by line its course, its markers and its figures."""

    across: Scale
    down: Scale
    courses: list[LineCollection]
    marks: list[Line2D]
    figures: list[list[Text]]


def chart_lines(data: Lines, **words: Unpack[Words]) -> Exhibit:
    """Return lines as an exhibit: the first frame of the live chart."""
    return exhibit_of(draw_lines, data, table_lines(data), **words)


def draw_lines(page: Page, data: Lines) -> LinesArtists:
    """Draw the lines, each in a colour, dash and marker of its own, and below them the list of their figures."""
    points = [point for line in data.lines for point in (*line.points, *line.marks)]
    down = scale_of(data.y, data.y_ends or [y for _, y in points], HEIGHT, 0.0)
    left = widest([data.y.show(tick) for tick in down.ticks], SMALL_SIZE) + 6
    right = WIDTH - (LEVEL_ROOM if data.levels else 8.0)
    across = scale_of(data.x, data.x_ends or [x for x, _ in points], left, right)
    # without a line the scales would show numbers that mean nothing
    head, top = (_draw_frame(page, data, across, down), HEIGHT + 15 + SMALL_SIZE * LINE + 8) if points else (2.0, 0.0)
    figures, bottom = _draw_list(page, data, top)
    page.size(head, bottom)
    looks = [line_look(number) for number in range(len(data.lines))]
    artists = LinesArtists(
        across,
        down,
        [page.lines([], colour, 1.7, linestyles=dash, zorder=3) for colour, dash, _ in looks],
        [page.markers([], [], Swatch(colour, marker), 5.5) for colour, _, marker in looks],
        figures,
    )
    update_chart_lines(artists, data)
    return artists


def update_chart_lines(artists: LinesArtists, data: Lines) -> None:
    """Move drawn lines to other points and figures of the same lines."""
    for number, line in enumerate(data.lines):
        course = list(zip(*_places(artists, line.points), strict=True))
        artists.courses[number].set_segments([course] if course else [])
        artists.marks[number].set_data(*_places(artists, line.marks))
        for text, figure in zip(artists.figures[number], line.figures, strict=False):
            text.set_text(figure["text"])


def table_lines(data: Lines) -> dict[str, Any]:
    """Return the figures of the lines."""
    return chart_data(
        data.heading,
        [line.label for line in data.lines],
        [
            (
                f"column-{number}",
                name,
                [line.figures[number] if line.points else missing_cell(line.missing) for line in data.lines],
            )
            for number, name in enumerate(data.columns)
        ],
    )


def line_look(number: int) -> tuple[str, Any, str]:
    """Return colour, dash and marker of a line; the sixth looks like the first again."""
    colours = palette()
    looks = [
        (colours.primary, "solid", "o"),
        (colours.accent, (0, (5, 1.6)), "s"),
        (colours.classes[2], (0, (1.2, 1.2)), "D"),
        (colours.soft, (0, (6, 1.5, 1.2, 1.5)), "^"),
        (colours.ink, (0, (10, 2)), "p"),
    ]
    return looks[number % len(looks)]


def _places(artists: LinesArtists, points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return artists.across.at([x for x, _ in points]).tolist(), artists.down.at([y for _, y in points]).tolist()


def _draw_frame(page: Page, data: Lines, across: Scale, down: Scale) -> float:
    """Draw grid, ticks, levels, labels and a line where either measure is nought; return the room above the plot."""
    colours, left, right = palette(), across.start, across.end
    above = draw_grid(page, across, down, HEIGHT)
    noughts = [[(left, float(down.at(0.0))), (right, float(down.at(0.0)))]]
    if across.low <= 0 <= across.high:
        noughts.append([(float(across.at(0.0)), 0.0), (float(across.at(0.0)), HEIGHT)])
    page.lines(noughts, colours.ink, 0.9, zorder=1)
    for level, name in data.levels:
        y = float(down.at(level))
        page.lines([[(left, y), (right, y)]], colours.muted, 0.7, linestyles=(0, (3, 2)), zorder=0.6)
        page.write(right + 4, y, name, SMALL_SIZE, color=colours.muted)
    return above


def _draw_list(page: Page, data: Lines, top: float) -> tuple[list[list[Text]], float]:
    """Draw below `top` each line with its sample, name and figures; return the figures and where the list ends."""
    shown = data.columns[: data.listed]
    widths = [_column_width(data, number, name) for number, name in enumerate(shown)]
    ends = [WIDTH - sum(widths[number + 1 :]) - GAP * (len(widths) - number - 1) for number in range(len(widths))]
    room = WIDTH - sum(widths) - GAP * len(widths) - SAMPLE
    heads = [wrap(name, width, SMALL_SIZE, "semibold") for name, width in zip(shown, widths, strict=True)]
    y = top + max([len(head) for head in heads], default=1) * SMALL_SIZE * LINE
    page.head(0, y, (data.heading,))
    for head, end in zip(heads, ends, strict=True):
        page.head(end, y, head, ha="right")
    y += 3
    page.lines([[(0, y), (WIDTH, y)]], palette().ink, 0.8)
    figures = []
    for number, line in enumerate(data.lines):
        words = wrap(line.label, room)
        height = len(words) * BASE_SIZE * LINE + 5
        page.write(SAMPLE, y + height / 2, "\n".join(words))
        if line.points:
            _draw_sample(page, number, y + height / 2)
        figures.append(_write_figures(page, line, ends, y + height / 2))
        y += height
    return figures, y + 2


def _column_width(data: Lines, number: int, name: str) -> float:
    numbers = widest([line.figures[number]["text"] for line in data.lines if line.points])
    return max(numbers, widest(name.split(), SMALL_SIZE, "semibold"), 44.0)


def _draw_sample(page: Page, number: int, y: float) -> None:
    colour, dash, marker = line_look(number)
    page.lines([[(0, y), (SAMPLE - 8, y)]], colour, 1.7, linestyles=dash)
    page.markers([(SAMPLE - 8) / 2], [y], Swatch(colour, marker), 5.5)


def _write_figures(page: Page, line: Line, ends: Sequence[float], y: float) -> list[Text]:
    if not line.points:
        page.write(WIDTH, y, line.missing, color=palette().muted, ha="right")
        return []
    return [page.write(end, y, cell["text"], ha="right") for end, cell in zip(ends, line.figures, strict=False)]
