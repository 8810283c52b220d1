"""Grids of grades before and after: where each thing stands by two grades, and where it is expected to move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.page import LINE, WIDTH, Page, Swatch, Words, corners, exhibit_of, widest, wrap
from workbook.exhibits.tables import chart_data, missing_cell
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, palette

GRADES = 5

CELL_HEIGHT, AXIS, BETWEEN = 25.0, 26.0, 20.0
"""Height of a cell, width of the axis beside a grid, and room between the grids, in points."""

DARKEST = 0.8
"""Shade of the gravest cell."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Graded:
    """One thing by its two grades, across and up, each 1 to 5; `after` is None where nobody has graded that."""

    label: str
    before: Place
    after: Place | None

    def __post_init__(self) -> None:
        for place in (self.before, *([self.after] if self.after else [])):
            if not all(1 <= grade <= GRADES for grade in place):
                raise ValueError(f"{self.label!r} has the grades {place}; they run from 1 to {GRADES}")


@dataclass(frozen=True, slots=True)
class Grids:
    """Things on two grids, in the order in which they are numbered.

    `before` and `after` head the grids and the columns of the products of the grades, `across` and `up` the axes,
    `number` the column of numbers; `missing` is said for a thing that is not graded after.
    """

    heading: str
    things: tuple[Graded, ...]
    across: str
    up: str
    before: str
    after: str
    number: str
    missing: str
    product: Measure


def chart_grids(data: Grids, **words: Unpack[Words]) -> Exhibit:
    """Return the two grids as an exhibit."""
    return exhibit_of(draw_grids, data, table_grids(data), **words)


def draw_grids(page: Page, data: Grids) -> None:
    """Draw the grids side by side, darker the higher the product of the grades, with the number of each thing."""
    width = (WIDTH - BETWEEN) / 2
    head = 2 * SMALL_SIZE * LINE + 12
    height = GRADES * CELL_HEIGHT
    _draw_grid(page, data, 0.0, width, data.before, [thing.before for thing in data.things])
    _draw_grid(page, data, width + BETWEEN, width, data.after, [thing.after for thing in data.things])
    bottom = _draw_list(page, data, height + 2 * SMALL_SIZE * LINE + 27)
    page.size(head, bottom)


def table_grids(data: Grids) -> dict[str, Any]:
    """Return the things with their number and grades, and the products before and after."""

    def grades(place: Place | None) -> Cell:
        return missing_cell(data.missing) if place is None else cell(f"{place[1]} x {place[0]}")

    def product(place: Place | None) -> Cell:
        if place is None:
            return missing_cell(data.missing)
        value = place[0] * place[1]
        return cell(data.product.show(value), value, shade=_shade(value))

    befores, afters = [thing.before for thing in data.things], [thing.after for thing in data.things]
    return chart_data(
        data.heading,
        [thing.label for thing in data.things],
        [
            ("number", data.number, [str(number) for number in range(1, len(data.things) + 1)]),
            ("before-grades", f"{data.before}: {data.up} x {data.across}", [grades(place) for place in befores]),
            ("before", f"{data.before}: {data.product.label}", [product(place) for place in befores]),
            ("after-grades", f"{data.after}: {data.up} x {data.across}", [grades(place) for place in afters]),
            ("after", f"{data.after}: {data.product.label}", [product(place) for place in afters]),
        ],
    )


def _shade(product: float) -> float:
    return DARKEST * (product - 1) / (GRADES**2 - 1)


def _draw_grid(page: Page, data: Grids, left: float, width: float, title: str, places: Sequence[Place | None]) -> None:
    """Draw one grid with its title, axes and cells; the highest grades stand top right."""
    colours, start = palette(), left + AXIS
    size, height = (width - AXIS) / GRADES, GRADES * CELL_HEIGHT
    page.write(left, -SMALL_SIZE * LINE - 10, title, BASE_SIZE, "semibold")
    page.head(left, -4, (data.up,))
    page.head(start, height + 15, (data.across,), va="top")
    for grade in range(1, GRADES + 1):
        y = height - (grade - 0.5) * CELL_HEIGHT
        page.write(start - 6, y, str(grade), SMALL_SIZE, color=colours.muted, ha="right")
        page.write(start + (grade - 0.5) * size, height + 8, str(grade), SMALL_SIZE, color=colours.muted, ha="center")
    cells = [(across, up) for across in range(1, GRADES + 1) for up in range(1, GRADES + 1)]
    fills = [colours.shade(_shade(across * up)) for across, up in cells]
    xs = start + np.array([across - 1 for across, _ in cells]) * size
    ys = height - np.array([up for _, up in cells]) * CELL_HEIGHT
    shapes = corners(xs, xs + size, ys, ys + CELL_HEIGHT)
    page.boxes(shapes, Swatch(colours.paper), facecolors=fills, linewidths=1.2)
    for place, fill, x, y in zip(cells, fills, xs.tolist(), ys.tolist(), strict=True):
        numbers = [str(number) for number, found in enumerate(places, start=1) if found == place]
        _write_numbers(page, numbers, x + size / 2, y + CELL_HEIGHT / 2, size - 4, colours.readable_on(fill))


def _write_numbers(page: Page, numbers: Sequence[str], x: float, y: float, width: float, colour: str) -> None:
    """Write the numbers into a cell in two lines at most; where they are too many their count, in brackets."""
    lines = wrap(", ".join(numbers), width, SMALL_SIZE, "semibold")
    if len(lines) > 2:
        lines = (f"({len(numbers)})",)
    if numbers:
        page.write(x, y, "\n".join(lines), SMALL_SIZE, "semibold", color=colour, ha="center")


def _draw_list(page: Page, data: Grids, top: float) -> float:
    """Draw below `top` each thing with its number, name and products, and return where the list ends."""
    colours, word = palette(), data.missing
    column = max(widest([data.before, data.after, word], SMALL_SIZE, "semibold"), 40.0)
    ends = (WIDTH - column - 12, WIDTH)
    number = widest([f"{len(data.things)}."], weight="semibold") + 6
    page.head(0, top, (data.heading,))
    for end, head in zip(ends, (data.before, data.after), strict=True):
        page.head(end, top, (head,), ha="right")
    y = top + 3
    page.lines([[(0, y), (WIDTH, y)]], colours.ink, 0.8)
    for place, thing in enumerate(data.things, start=1):
        lines = wrap(thing.label, ends[0] - column - 12 - number)
        height = len(lines) * BASE_SIZE * LINE + 4
        centre = y + height / 2
        page.write(number - 6, centre, f"{place}.", weight="semibold", ha="right")
        page.write(number, centre, "\n".join(lines))
        for end, graded in zip(ends, (thing.before, thing.after), strict=True):
            text = word if graded is None else data.product.show(graded[0] * graded[1])
            page.write(end, centre, text, color=colours.muted if graded is None else colours.ink, ha="right")
        y += height
    return y + 2
