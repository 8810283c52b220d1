"""The page a chart is drawn on: texts, lines, boxes and markers in the colours of the house, and the way to an exhibit.

A chart is as wide as the text of an A4 page, so its letters print at the size they have here. Everything counts in
points: across from the left edge, down from the top of the plot. With one unit for data and texts, and the width of
each text known, a page is laid out before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, TypeVar, Unpack

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from workbook.exhibits.exhibit import Exhibit, Orientation
from workbook.exhibits.svg import Written, svg_of, text_width
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, font, palette, theme

WIDTH = 170 * 72 / 25.4
"""Width of the text of an A4 page in points."""

LINE = 1.22
"""Distance between lines of text, relative to the size of the letters."""

Data = TypeVar("Data")
Artists = TypeVar("Artists")
Drawn = TypeVar("Drawn", bound=Artist)


@dataclass(frozen=True, slots=True)
class Swatch:
    """How a series looks: its colour, and a shape or hatch that tells it apart without colour."""

    fill: str
    marker: str | None = None
    hatch: str | None = None
    edge: str | None = None


class Page:
    """A figure that is drawn on in points; `size` is called once its height is known, before or after drawing."""

    def __init__(self) -> None:
        self.figure = Figure()
        self._points = Affine2D()
        self._transform = self._points + self.figure.dpi_scale_trans

    def size(self, top: float, bottom: float) -> None:
        """Let the page reach from `top` points above to `bottom` points below the top of the plot."""
        self.figure.set_size_inches(WIDTH / 72, (top + bottom) / 72)
        self._points.clear().scale(1 / 72, -1 / 72).translate(0, bottom / 72)

    def write(
        self, x: float, y: float, text: str, size: float = BASE_SIZE, weight: str = "regular", **style: Any
    ) -> Text:
        """Write a text, its middle at y unless `va` says otherwise."""
        kept: dict[str, Any] = {"color": palette().ink, "ha": "left", "va": "center", "linespacing": LINE} | style
        return self._add(Written(x, y, text, fontproperties=font(weight, size), parse_math=False, **kept))

    def head(self, x: float, y: float, lines: Sequence[str], **style: Any) -> Text:
        """Write the heading of a column or axis, standing on y."""
        kept: dict[str, Any] = {"color": palette().muted, "va": "bottom"} | style
        return self.write(x, y, "\n".join(lines), SMALL_SIZE, "semibold", **kept)

    def lines(self, segments: Any, colour: str, width: float = 1.0, **style: Any) -> LineCollection:
        """Draw lines, each through a sequence of points."""
        return self._add(LineCollection(segments, colors=colour, linewidths=width, **style))

    def boxes(self, corners: np.ndarray, swatch: Swatch, **style: Any) -> PolyCollection:
        """Draw bars or cells in one colour, hatched where the swatch says so."""
        edge = swatch.edge or (palette().ink if swatch.hatch else palette().paper)
        look: dict[str, Any] = {"facecolors": swatch.fill, "edgecolors": edge, "linewidths": 0.6, "hatch": swatch.hatch}
        return self._add(PolyCollection(list(corners), **look | style))

    def markers(self, x: Any, y: Any, swatch: Swatch, size: float = 6.5, **style: Any) -> Line2D:
        """Draw markers in the shape and colour of a swatch."""
        look: dict[str, Any] = {"marker": swatch.marker or "o", "markersize": size, "markerfacecolor": swatch.fill}
        look |= {"markeredgecolor": swatch.edge or palette().paper, "markeredgewidth": 1.2 if swatch.edge else 0.7}
        return self._add(Line2D(x, y, linestyle="none", **{"zorder": 4} | look | style))

    def swatch(self, x: float, y: float, swatch: Swatch) -> None:
        """Draw a sample of a series, its left edge at x: its marker, or a patch of its fill."""
        if swatch.marker:
            self.markers([x + 4.5], [y], swatch)
        else:
            self.boxes(corners(x, x + 9, y - 4, y + 4), swatch, edgecolors=swatch.edge or palette().muted)

    def key(self, entries: Sequence[tuple[str, Swatch]], bottom: float) -> float:
        """Draw a key that ends at `bottom`, in as many lines as it takes, and return its height."""
        step, x, line = SMALL_SIZE * LINE + 3, 0.0, 0
        places = []
        for label, _ in entries:
            width = 12 + text_width(label, font(size=SMALL_SIZE))
            if x and x + width > WIDTH:
                x, line = 0.0, line + 1
            places.append((x, line))
            x += width + 14
        height = (line + 1) * step + 4 if entries else 0.0
        for (label, swatch), (x, line) in zip(entries, places, strict=True):
            y = bottom - height + (line + 0.5) * step
            self.swatch(x, y, swatch)
            self.write(x + 12, y, label, SMALL_SIZE)
        return height

    def _add(self, artist: Drawn) -> Drawn:
        artist.set_transform(self._transform)
        self.figure.add_artist(artist)
        return artist


class Words(TypedDict):
    """What every chart says about itself: id, action title, alternative text, caption and source."""

    id: str
    title: str
    alt: str
    caption: str
    source: str
    orientation: NotRequired[Orientation]


def page_of(draw: Callable[[Page, Data], Artists], data: Data) -> tuple[Page, Artists]:
    """Return a page drawn in the house look, and the artists `draw` returned, for moving them in place."""
    with theme():
        page = Page()
        return page, draw(page, data)


def exhibit_of(draw: Callable[[Page, Data], Any], data: Data, table: dict[str, Any], **words: Unpack[Words]) -> Exhibit:
    """Return a chart as an exhibit: the drawing, and the table of its numbers."""
    page, _ = page_of(draw, data)
    return Exhibit(kind="chart", data=table, svg=svg_of(page.figure, words["id"]), **words)


def corners(starts: Any, ends: Any, tops: Any, bottoms: Any) -> np.ndarray:
    """Return the corners of rectangles, as `Page.boxes` takes them; each side is one number or one for each."""
    x0, x1, y0, y1 = np.broadcast_arrays(*(np.atleast_1d(side).astype(float) for side in (starts, ends, tops, bottoms)))
    return np.stack([np.stack(corner, -1) for corner in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], 1)


def wrap(text: str, width: float, size: float = BASE_SIZE, weight: str = "regular") -> tuple[str, ...]:
    """Break a text into lines no wider than `width` points; a word that is wider is broken inside."""
    face = font(weight, size)
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, face) <= width:
            lines[-1] = joined
            continue
        lines.extend([word] if text_width(word, face) <= width else _pieces(word, width, face))
    return tuple(lines) or ("",)


def widest(texts: Sequence[str], size: float = BASE_SIZE, weight: str = "regular") -> float:
    """Return the width of the widest of some lines in points."""
    face = font(weight, size)
    return max((text_width(text, face) for text in texts), default=0.0)


def _pieces(word: str, width: float, face: FontProperties) -> list[str]:
    """Cut a word that is too wide for a line, with hyphens at the cuts."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(f"{pieces[-1]}{letter}-", face) > width:
            pieces[-1] += "-"
            pieces.append("")
        pieces[-1] += letter
    return pieces
