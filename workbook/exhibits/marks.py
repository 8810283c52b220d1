"""What charts are made of: wrapped texts, bars, lines, markers and keys, in the colours of the house.

A chart is as wide as the text of an A4 page (170 mm), so its letters print at the size they have here. Down the page
everything counts in points from the top of the plot, across it in the unit of the data or in points from the left
edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform, blended_transform_factory

from workbook.exhibits.svg import text_width
from workbook.exhibits.theme import BASE_SIZE, SMALL_SIZE, font, palette

WIDTH = 170 * 72 / 25.4
"""Width of the text of an A4 page in points."""

LINE = 1.22
"""Distance between lines of text, relative to the size of the letters."""

# each chart asks for its page once per text, and building the transform takes as long as writing the text
_pages: WeakKeyDictionary[Axes, Transform] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Swatch:
    """How a series looks: its colour, and a shape or hatch that tells it apart without colour."""

    fill: str
    marker: str | None = None
    hatch: str | None = None
    edge: str | None = None


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


def place(ax: Axes, left: float, right: float, top: float, bottom: float, height: float) -> None:
    """Give the figure its size and the plot its place, with y in points down from the top of the plot."""
    total = top + height + bottom
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.set_size_inches(WIDTH / 72, total / 72)
    ax.set_position((left / WIDTH, bottom / total, (right - left) / WIDTH, height / total))
    ax.set_ylim(height, 0)
    ax.yaxis.set_visible(False)
    ax.patch.set_visible(False)


def page(ax: Axes) -> Transform:
    """Return the transform with x in points from the left edge of the page and y as in the plot."""
    if ax not in _pages:
        _pages[ax] = blended_transform_factory(Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans, ax.transData)
    return _pages[ax]


def write(ax: Axes, x: float, y: float, text: str, **style: Any) -> Text:
    """Write a text; `size` and `weight` choose the face, `page=True` counts x in points from the left edge."""
    face = font(style.pop("weight", "regular"), style.pop("size", BASE_SIZE))
    transform = page(ax) if style.pop("page", False) else ax.transData
    kept: dict[str, Any] = {"color": palette().ink, "ha": "left", "va": "center", "linespacing": LINE} | style
    made = Text(x, y, text, fontproperties=face, transform=transform, parse_math=False, **kept)
    ax.add_artist(made)
    return made


def boxes(starts: Any, ends: Any, tops: Any, bottoms: Any) -> np.ndarray:
    """Return the corners of rectangles, as a PolyCollection takes them."""
    x0, x1, y0, y1 = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (starts, ends, tops, bottoms)))
    return np.stack([np.stack([x0, y0], -1), np.stack([x1, y0], -1), np.stack([x1, y1], -1), np.stack([x0, y1], -1)], 1)


def add_boxes(ax: Axes, corners: np.ndarray, swatch: Swatch, **style: Any) -> PolyCollection:
    """Add bars or cells in one colour, hatched where the swatch says so."""
    edge = swatch.edge or (palette().ink if swatch.hatch else palette().paper)
    look: dict[str, Any] = {"facecolors": swatch.fill, "edgecolors": edge, "linewidths": 0.6, "hatch": swatch.hatch}
    made = PolyCollection(list(corners), **look | style)
    ax.add_collection(made, autolim=False)
    return made


def add_lines(ax: Axes, segments: Any, colour: str, width: float = 1.0, **style: Any) -> LineCollection:
    """Add straight lines."""
    made = LineCollection(segments, colors=colour, linewidths=width, **style)
    ax.add_collection(made, autolim=False)
    return made


def add_markers(ax: Axes, x: Any, y: Any, swatch: Swatch, size: float = 6.5, **style: Any) -> Line2D:
    """Add markers in the shape and colour of a swatch; they may stand on the edge of the plot."""
    edge = swatch.edge or palette().paper
    look: dict[str, Any] = {"marker": swatch.marker or "o", "markersize": size, "markerfacecolor": swatch.fill}
    look |= {"markeredgecolor": edge, "markeredgewidth": 1.2 if swatch.edge else 0.7}
    made = Line2D(x, y, linestyle="none", clip_on=False, zorder=4, **look, **style)
    ax.add_line(made)
    return made


def key_places(
    key: Sequence[tuple[str, Swatch]], width: float, size: float = SMALL_SIZE
) -> tuple[list[tuple[float, float]], float]:
    """Return where the entries of a key stand (x, and y down from its top), and its height; it wraps into lines."""
    places: list[tuple[float, float]] = []
    x, line = 0.0, 0
    step = size * LINE + 3
    for label, _ in key:
        needed = 12 + text_width(label, font(size=size)) + 14
        if x and x + needed - 14 > width:
            x, line = 0.0, line + 1
        places.append((x, line * step + step / 2))
        x += needed
    return places, (line + 1) * step + 4 if key else 0.0


def draw_key(
    ax: Axes, key: Sequence[tuple[str, Swatch]], places: Sequence[tuple[float, float]], top: float, left: float = 0.0
) -> None:
    """Draw a key at the places found for it, `top` being its y in the plot."""
    for (label, swatch), (x, y) in zip(key, places, strict=True):
        draw_swatch(ax, left + x, top + y, swatch)
        write(ax, left + x + 12, top + y, label, size=SMALL_SIZE, page=True)


def draw_swatch(ax: Axes, x: float, y: float, swatch: Swatch) -> None:
    """Draw a sample of a series, its left edge at x points: its marker, or a patch of its fill."""
    if swatch.marker:
        add_markers(ax, [x + 4.5], [y], swatch, transform=page(ax))
        return
    edge = swatch.edge or palette().muted
    ax.add_artist(
        Rectangle(
            (x, y - 4), 9, 8, facecolor=swatch.fill, edgecolor=edge, linewidth=0.6, hatch=swatch.hatch,
            transform=page(ax), clip_on=False,
        )
    )  # fmt: skip


def _pieces(word: str, width: float, face: FontProperties) -> list[str]:
    """Cut a word that is too wide for a line, with hyphens at the cuts."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(f"{pieces[-1]}{letter}-", face) > width:
            pieces[-1] += "-"
            pieces.append("")
        pieces[-1] += letter
    return pieces
