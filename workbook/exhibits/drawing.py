"""From a drawing to an exhibit, or to a live figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NotRequired, TypedDict, TypeVar, Unpack

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbook.exhibits.exhibit import Exhibit, Orientation
from workbook.exhibits.svg import svg_of
from workbook.exhibits.theme import palette, theme

Data = TypeVar("Data")
Artists = TypeVar("Artists")


class Words(TypedDict):
    """What every chart says about itself: id, action title, alternative text, caption and source."""

    id: str
    title: str
    alt: str
    caption: str
    source: str
    orientation: NotRequired[Orientation]


def figure_of(draw: Callable[[Axes, Data], Artists], data: Data) -> tuple[Figure, Artists]:
    """Return a figure drawn in the house look, and the artists `draw` returned, for moving them in place."""
    with theme(palette()):
        figure = Figure()
        return figure, draw(figure.add_axes((0, 0, 1, 1)), data)


def exhibit_of(draw: Callable[[Axes, Data], Any], data: Data, table: dict[str, Any], **words: Unpack[Words]) -> Exhibit:
    """Return a chart as an exhibit: the drawing, and the table of its numbers."""
    figure, _ = figure_of(draw, data)
    return Exhibit(kind="chart", data=table, svg=svg_of(figure, words["id"]), **words)
