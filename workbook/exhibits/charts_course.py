"""A course: an estimate over time with its interval, looks at the results on the way, and levels to read it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from matplotlib.artist import Artist

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.layout import Measure, Scale, draw_grid, scale_of
from workbook.exhibits.page import LINE, WIDTH, Page, Swatch, Words, exhibit_of, widest, wrap
from workbook.exhibits.tables import chart_data, missing_cell
from workbook.exhibits.theme import SMALL_SIZE, palette

HEIGHT = 170.0
"""Height of the plot in points."""

NAMES = 78.0
"""Widest names of levels beside the plot in points; longer ones wrap."""

CAP = 3.0
"""Half the width of the end of an interval in points."""


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """An estimate at a time with the ends of its interval; `text` writes it, and `n` says on how many it rests."""

    label: str
    x: float
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""
    n: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """Estimates in the order of time, and looks among them.

    `levels` are heights with their names, `start` is where a line runs down the plot. `point` and `look` name the two
    kinds in the key; a look's interval is the one its boundary makes. The other words head columns.
    """

    heading: str
    points: tuple[CoursePoint, ...]
    looks: tuple[CoursePoint, ...]
    x: Measure
    y: Measure
    levels: tuple[tuple[float, str], ...]
    point: str
    look: str
    estimate: str
    count: str
    missing: str
    start: float | None = None


def chart_course(data: Course, **words: Unpack[Words]) -> Exhibit:
    """Return a course as an exhibit."""
    return exhibit_of(draw_course, data, table_course(data), **words)


def table_course(data: Course) -> dict[str, Any]:
    """Return each estimate with its interval as written, and on how many it rests; looks stand last."""
    rows = (*data.points, *data.looks)
    return chart_data(
        data.heading,
        [row.label for row in rows],
        [("estimate", data.estimate, [_cell(row, data) for row in rows]), ("n", data.count, [row.n for row in rows])],
    )


def draw_course(page: Page, data: Course) -> list[Artist]:
    """Draw the estimates joined by a line with their intervals as whiskers, looks beside them, and the levels."""
    points, looks = ([row for row in rows if row.value is not None] for rows in (data.points, data.looks))
    ends = [end for row in (*points, *looks) for end in (row.value, row.low, row.high) if end is not None]
    down = scale_of(data.y, [*ends, *(level for level, _ in data.levels), 0.0], HEIGHT, 0.0)
    left = widest([data.y.show(tick) for tick in down.ticks], SMALL_SIZE) + 6
    names = min(widest([name for _, name in data.levels], SMALL_SIZE), NAMES)
    places = [row.x for row in (*points, *looks)] + ([] if data.start is None else [data.start])
    across = scale_of(data.x, places, left, WIDTH - (names + 8 if data.levels else 8.0))
    head = _draw_frame(page, data, across, down)
    point, look = Swatch(palette().accent, "o"), Swatch(palette().primary, "D")
    entries = [(data.point, point)] if points else []
    head += page.key([*entries, *([(data.look, look)] if looks else [])], -head)
    page.size(head + 1, HEIGHT + 15 + SMALL_SIZE * LINE + 2)
    course = [[(float(across.at(row.x)), float(down.at(row.value))) for row in points]] if points else []
    return [
        page.lines(course, palette().accent, 1.3, zorder=3),
        *_draw_whiskers(page, points, across, down, point, 1.2),
        *_draw_whiskers(page, looks, across, down, look, 2.2),
    ]


def _draw_whiskers(
    page: Page, rows: Sequence[CoursePoint], across: Scale, down: Scale, swatch: Swatch, width: float
) -> list[Artist]:
    segments = []
    for row in rows:
        if row.low is None or row.high is None:
            continue
        x, low, high = float(across.at(row.x)), float(down.at(row.low)), float(down.at(row.high))
        segments += [[(x, low), (x, high)], *([(x - CAP, end), (x + CAP, end)] for end in (low, high))]
    heights = [float(down.at(row.value)) for row in rows]
    return [
        page.lines(segments, swatch.fill, width, zorder=3),
        page.markers([float(across.at(row.x)) for row in rows], heights, swatch, 6.0),
    ]


def _draw_frame(page: Page, data: Course, across: Scale, down: Scale) -> float:
    """Draw grid, ticks, levels with their names and the line of nought; return the room above the plot."""
    colours, left, right = palette(), across.start, across.end
    above = draw_grid(page, across, down, HEIGHT)
    nought = float(down.at(0.0))
    page.lines([[(left, nought), (right, nought)]], colours.ink, 0.9, zorder=1)
    if data.start is not None:
        x = float(across.at(data.start))
        page.lines([[(x, 0), (x, HEIGHT)]], colours.ink, 0.9, linestyles=(0, (4, 3)), zorder=1)
    _draw_levels(page, data, down, left, right)
    return above


def _draw_levels(page: Page, data: Course, down: Scale, left: float, right: float) -> None:
    """Draw each level across the plot, and its name beside it, moved down where it would meet the one above."""
    below = 0.0
    for level, name in sorted(data.levels, key=lambda each: float(down.at(each[0]))):
        y = float(down.at(level))
        words = wrap(name, NAMES, SMALL_SIZE)[:2]
        height = len(words) * SMALL_SIZE * LINE
        top = min(max(y - height / 2, below), HEIGHT - height)
        below = top + height + 1
        page.lines([[(left, y), (right, y)]], palette().muted, 0.8, linestyles=(0, (3, 2)), zorder=0.6)
        page.write(right + 6, top, "\n".join(words), SMALL_SIZE, color=palette().muted, va="top")


def _cell(row: CoursePoint, data: Course) -> Cell:
    return missing_cell(data.missing) if row.value is None else cell(row.text, row.value)
