"""A figure as SVG: the same bytes each time, small, and free of any client text.

matplotlib lays out and outlines each text anew for every figure, which is most of the time a chart takes. A client's
names come back in many exhibits, so laid-out texts and outlines are kept for the whole process here. Letters are drawn
as outlines, so a chart looks the same wherever it is opened; what it says stands in its alternative text and its table.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path

from workbook.exhibits.theme import palette, theme

_UNIT = text_to_path.FONT_SCALE
# drawn after a text to learn where it ends, and left out again
_END = "|"
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}
_LETTERS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C", Outline.CLOSEPOLY: "Z"}

_Laid = tuple[tuple[tuple[str, float, str], ...], float]
_outlines: dict[str, str] = {}


def svg_of(figure: Figure, id: str) -> str:
    """Return a figure as one `<svg>` element whose inner ids begin with `id`, so that several can share a page."""
    stream = io.StringIO()
    width, height = figure.get_size_inches() * 72
    # matplotlib derives the ids of clip paths, markers and hatches from this and their content
    with theme(palette()), mpl.rc_context({"svg.hashsalt": id}):
        dpi = figure.dpi
        figure.dpi = 72
        renderer = _Renderer(width, height, stream, id)
        figure.draw(renderer)
        renderer.finalize()  # type: ignore[no-untyped-call]
        figure.dpi = dpi
    return _tidied(renderer.with_texts(stream.getvalue()))


def png_of(figure: Figure, dpi: int = 144) -> bytes:
    """Return a figure as PNG, for a live view."""
    stream = io.BytesIO()
    with theme(palette()):
        canvas = FigureCanvasAgg(figure)
        before, figure.dpi = figure.dpi, dpi
        canvas.print_png(stream, metadata={"Software": None})  # type: ignore[no-untyped-call]
        figure.dpi = before
    return stream.getvalue()


def text_width(text: str, font: FontProperties) -> float:
    """Return the width of one line in points, from the widths of its letters.

    Kerning, which nearly always brings letters closer, is left out: the width errs on the safe side and costs little.
    """
    face = _face(font)
    return sum(_laid(letter, *face)[1] for letter in text) * font.get_size_in_points() / _UNIT


class _Renderer(RendererSVG):
    """matplotlib's SVG renderer with texts laid out once per process and set as references to shared outlines."""

    def __init__(self, width: float, height: float, stream: io.StringIO, id: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            width, height, stream, image_dpi=72, metadata=_NO_METADATA
        )
        self._id = id
        self._names: dict[str, str] = {}
        self._texts: list[str] = []

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        """Leave a numbered comment in the place of the text; `with_texts` puts the text there."""
        glyphs, _ = _laid(s, *_face(prop))
        turn = f" rotate({-angle:g})" if angle else ""
        place = f"translate({x:.2f} {y:.2f}){turn} scale({prop.get_size_in_points() / _UNIT:g})"
        uses = "".join(f'<use xlink:href="#{self._name(glyph)}" x="{right:g}"{up}/>' for glyph, right, up in glyphs)
        self.writer.comment(f"text {len(self._texts)}")  # type: ignore[no-untyped-call]
        self._texts.append(f'<g fill="{rgb2hex(gc.get_rgb())}" transform="{place}">{uses}</g>')

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return the width of a text and the height and descent of a line, which all texts share."""
        face = _face(prop)
        scale = prop.get_size_in_points() / _UNIT
        height, descent = _line(*face)
        return _laid(s, *face)[1] * scale, height * scale, descent * scale

    def with_texts(self, svg: str) -> str:
        """Return the drawing from `<svg` on with the texts in place and the outlines of their letters first."""
        svg = re.sub(r"<!-- text (\d+) -->", lambda match: self._texts[int(match[1])], svg[svg.index("<svg") :])
        letters = "".join(f'<path id="{name}" d="{_outlines[glyph]}"/>' for glyph, name in self._names.items())
        end = svg.index(">") + 1
        return f"{svg[:end]}<defs>{letters}</defs>{svg[end:]}" if letters else svg

    def _name(self, glyph: str) -> str:
        return self._names.setdefault(glyph, f"{self._id}-g{len(self._names)}")


def _face(font: FontProperties) -> tuple[tuple[str, ...], int | str]:
    return tuple(font.get_family()), font.get_weight()


@lru_cache(maxsize=64)
def _properties(families: tuple[str, ...], weight: int | str) -> FontProperties:
    return FontProperties(family=list(families), weight=weight, size=_UNIT)


@lru_cache(maxsize=64)
def _files(families: tuple[str, ...], weight: int | str) -> tuple[Any, ...]:
    """Return the font files in the order in which a character is looked up."""
    return tuple(fontManager.findfont(FontProperties(family=[family], weight=weight)) for family in families)


@lru_cache(maxsize=64)
def _line(families: tuple[str, ...], weight: int | str) -> tuple[float, float]:
    """Return height and descent of a line, the same for every text so that baselines agree."""
    _, height, descent = text_to_path.get_text_width_height_descent("lp", _properties(families, weight), False)
    return height, descent


@lru_cache(maxsize=8192)
def _laid(text: str, families: tuple[str, ...], weight: int | str) -> _Laid:
    """Return the glyphs of a line with their places, and its width, at 100 points."""
    font = get_font(_files(families, weight))
    font.set_size(_UNIT, text_to_path.DPI)
    # matplotlib adds the outlines it has not met yet to `known`
    known: dict[str, Any] = dict.fromkeys(_outlines)
    info, new, _ = text_to_path.get_glyphs_with_font(font, text + _END, glyph_map=known, return_new_glyphs_only=True)
    _outlines.update({glyph: _path_data(*outline) for glyph, outline in new.items()})
    # a space has no outline; nearly all letters stand on the baseline
    glyphs = [
        (glyph, round(x, 1), f' y="{-y:.1f}"' if round(y, 1) else "")
        for glyph, x, y, _ in info[:-1]
        if _outlines[glyph]
    ]
    return tuple(glyphs), info[-1][1]


def _path_data(vertices: np.ndarray, codes: np.ndarray) -> str:
    """Return an outline as SVG path data, turned upright (SVG counts downwards)."""
    parts: list[str] = []
    curve = 0
    for (x, y), code in zip(np.asarray(vertices).tolist(), np.asarray(codes).tolist(), strict=True):
        if code == Outline.CLOSEPOLY:
            parts.append("Z")
            continue
        if curve:
            curve -= 1
        else:
            parts.append(_LETTERS[code])
            curve = {Outline.CURVE3: 1, Outline.CURVE4: 2}.get(code, 0)
        parts.append(f"{round(x, 1):g} {round(-y, 1):g}")
    return " ".join(parts)


def _tidied(svg: str) -> str:
    """Drop the ids nothing refers to, the empty metadata and the indentation."""
    svg = re.sub(r'<g id="[^"]*"/>', "", svg)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", svg).strip()
