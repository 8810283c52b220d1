"""A figure as SVG: the same bytes each time, small, and free of any client text.

matplotlib lays out and outlines each text anew for every figure, which is most of the time a chart takes. A client's
names come back in many exhibits, so laid-out texts and outlines are kept for the whole process here. Letters are drawn
as outlines, so a chart looks the same wherever it is opened; what it says stands in its alternative text and its table.
"""

from __future__ import annotations

import io
import re
from functools import cache, lru_cache
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import _path
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from workbook.exhibits.theme import font_files, theme

_UNIT = text_to_path.FONT_SCALE
# drawn after a text to learn where it ends, and left out again
_END = "|"
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}
_UPRIGHT = Affine2D().scale(1, -1)

_Laid = tuple[tuple[tuple[str, float, str], ...], float]
_outlines: dict[str, str] = {}
_layouts: dict[tuple[Any, ...], Any] = {}
_MOST_LAYOUTS = 8192


def svg_of(figure: Figure, id: str) -> str:
    """Return a figure as one `<svg>` element whose inner ids begin with `id`, so that several can share a page."""
    stream = io.StringIO()
    width, height = figure.get_size_inches() * 72
    # matplotlib derives the ids of clip paths, markers and hatches from this and their content
    with theme():
        mpl.rcParams["svg.hashsalt"] = id
        figure.dpi = 72
        renderer = _Renderer(width, height, stream, id)
        figure.draw(renderer)
        renderer.finalize()  # type: ignore[no-untyped-call]
    return _tidied(stream.getvalue(), renderer.letters)


def text_width(text: str, font: FontProperties) -> float:
    """Return the width of one line in points, from the widths of its letters.

    Kerning, which nearly always brings letters closer, is left out: the width errs on the safe side and costs little.
    """
    file = _file(font)
    return sum(_laid(letter, file)[1] for letter in text) * font.get_size_in_points() / _UNIT


class Written(Text):
    """A text whose layout is kept: a chart that moves draws most of its texts again as they were."""

    def _get_layout(self, renderer: Any) -> Any:
        """Return how the lines lie around the place of the text, which depends on what is in the key alone."""
        # the stubs leave out some of what a text has
        text: Any = self
        face, figure = text.get_fontproperties(), text.get_figure(root=True)
        key = (
            text.get_text(), face.get_file(), face.get_size_in_points(), figure.dpi, type(renderer),
            text.get_ha(), text.get_va(), text.get_rotation(), text._linespacing,
        )  # fmt: skip
        if key not in _layouts:
            if len(_layouts) >= _MOST_LAYOUTS:
                _layouts.clear()
            _layouts[key] = super()._get_layout(renderer)  # type: ignore[misc]
        return _layouts[key]


class _Renderer(RendererSVG):
    """matplotlib's SVG renderer with texts laid out once per process and set as references to shared outlines."""

    def __init__(self, width: float, height: float, stream: io.StringIO, id: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            width, height, stream, image_dpi=72, metadata=_NO_METADATA
        )
        self._id, self._stream = id, stream
        self._names: dict[str, str] = {}

    @property
    def letters(self) -> str:
        """The outlines of the letters drawn so far, as definitions."""
        paths = "".join(f'<path id="{name}" d="{_outlines[glyph]}"/>' for glyph, name in self._names.items())
        return f"<defs>{paths}</defs>" if paths else ""

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        """Write a text as references to the outlines of its letters."""
        glyphs, _ = _laid(s, _file(prop))
        turn = f" rotate({-angle:g})" if angle else ""
        place = f"translate({x:.2f} {y:.2f}){turn} scale({prop.get_size_in_points() / _UNIT:g})"
        names = [self._names.setdefault(glyph, f"{self._id}-g{len(self._names)}") for glyph, _, _ in glyphs]
        uses = (f'<use xlink:href="#{name}" x="{x:g}"{y}/>' for name, (_, x, y) in zip(names, glyphs, strict=True))
        # an element at a time takes the writer long; a comment, dropped later, makes it close the tag that is open
        self.writer.comment("")  # type: ignore[no-untyped-call]
        self._stream.write(f'<g fill="{rgb2hex(gc.get_rgb())}" transform="{place}">{"".join(uses)}</g>\n')

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return the width of a text and the height and descent of a line, which all texts share."""
        file = _file(prop)
        scale = prop.get_size_in_points() / _UNIT
        height, descent = _line(file)
        return _laid(s, file)[1] * scale, height * scale, descent * scale


def _file(font: FontProperties) -> str:
    return str(font.get_file() or findfont(font))


@cache
def _chain(file: str) -> tuple[str, ...]:
    """Return a font file and those that stand in for the characters it lacks."""
    return next((files for files in font_files().values() if files[0] == file), (file,))


@cache
def _line(file: str) -> tuple[float, float]:
    """Return height and descent of a line, the same for every text so that baselines agree."""
    face = FontProperties(fname=file, size=_UNIT)
    _, height, descent = text_to_path.get_text_width_height_descent("lp", face, False)
    return height, descent


@lru_cache(maxsize=8192)
def _laid(text: str, file: str) -> _Laid:
    """Return the glyphs of a line with their places, and its width, at 100 points."""
    font = get_font(_chain(file))
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
    letters = [b"M", b"L", b"Q", b"C", b"Z"]
    outline = Outline(vertices, codes)
    # the stubs leave out what matplotlib's own renderer calls
    data = _path.convert_to_string(outline, _UPRIGHT, None, False, None, 1, letters, False)  # type: ignore[attr-defined]
    return str(data.decode()).replace("\n", "").strip()


def _tidied(svg: str, letters: str) -> str:
    """Return a drawing from `<svg` on, with the outlines of its letters first.

    The ids nothing refers to, the comments, the empty metadata and the indentation are left out.
    """
    svg = svg[svg.index("<svg") :].replace("<!--  -->", "")
    end = svg.index(">") + 1
    svg = re.sub(r'<g id="[^"]*"/>', "", svg[:end] + letters + svg[end:])
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", svg).strip()
