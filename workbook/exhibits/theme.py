"""The house look: fonts, colours that survive a black-and-white print, and the drawing defaults.

Colours live in one `Palette`. Categories differ in luminance first and in hue second, so that they stay apart in
greyscale; the charts add shapes, hatches or words as a second channel. The drawing defaults hold inside
`with theme():` only and start from matplotlib's own defaults, so neither the analyst's settings nor a matplotlibrc
file can change a deliverable, nor the other way round.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import FontProperties

FONT_FOLDER = Path(__file__).resolve().parent.parent / "fonts"

BASE_SIZE = 8.5
SMALL_SIZE = 7.5
"""Font sizes in points at the printed size of a chart."""

MINIMUM_CONTRAST = 3.0
MINIMUM_STEP = 1.4
"""Smallest contrast of marks on paper (WCAG 2.2, success criterion 1.4.11, W3C 2023) and between neighbours."""


@dataclasses.dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the house as #rrggbb.

    `classes` go from the mildest to the gravest class and get darker in that order. `stack` colours the parts of a
    stacked bar, neighbours far apart in luminance. `heat` runs from the lowest to the highest shade.
    """

    ink: str = "#1C2733"
    muted: str = "#51606F"
    line: str = "#D5DCE4"
    paper: str = "#FFFFFF"
    primary: str = "#103668"
    accent: str = "#00718A"
    soft: str = "#8492A2"
    good: str = "#1B7A4B"
    warn: str = "#955800"
    bad: str = "#B3261E"
    classes: tuple[str, ...] = ("#2C9C91", "#2F73B0", "#823A73", "#7A1527", "#0E1621")
    stack: tuple[str, ...] = (
        "#103668", "#8FC0D6", "#00718A", "#DCE6ED", "#51528F", "#C3BDE0", "#7B3A5C", "#EBC9D1",
    )  # fmt: skip
    heat: tuple[str, str, str] = ("#F4F7FA", "#86A5C6", "#103668")

    def tone(self, tone: str | None) -> str:
        """Return the colour of a tone ("good", "warn", "bad"); muted for any other."""
        return {"good": self.good, "warn": self.warn, "bad": self.bad}.get(tone or "", self.muted)

    def shade(self, share: float) -> str:
        """Return the fill of a heat map for a share between 0 and 1 of its scale."""
        return _shade(self.heat, round(min(max(share, 0.0), 1.0), 3))

    def readable_on(self, fill: str) -> str:
        """Return black or white, whichever contrasts more with a fill; one of them always reaches 4.5."""
        return max(("#000000", "#FFFFFF"), key=lambda colour: contrast(colour, fill))


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 (black) to 1 (white).

    L = 0.2126 R + 0.7152 G + 0.0722 B on linearised channels (Web Content Accessibility Guidelines 2.2, W3C 2023).
    """
    channels = (channel / 255 for channel in _channels(colour))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=1024)
def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 (equal) to 21 (black on white); WCAG 2.2, W3C 2023."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def check_palette(palette: Palette) -> list[str]:
    """Return what would make charts in these colours hard to read, in words; empty if nothing."""
    marks = {
        name: getattr(palette, name) for name in ("ink", "muted", "primary", "accent", "soft", "good", "warn", "bad")
    } | {f"classes[{index}]": colour for index, colour in enumerate(palette.classes)}
    problems = [
        f"{name} {colour} has a contrast of {ratio:.1f} with the paper; {MINIMUM_CONTRAST} is needed"
        for name, colour in marks.items()
        if (ratio := contrast(colour, palette.paper)) < MINIMUM_CONTRAST
    ]
    for name, colours in (("classes", palette.classes), ("stack", palette.stack), ("heat", palette.heat)):
        problems += [
            f"{name}: {one} and {other} have a contrast of {ratio:.1f} in greyscale; {MINIMUM_STEP} is needed"
            for one, other in pairwise(colours)
            if (ratio := contrast(one, other)) < MINIMUM_STEP
        ]
    return problems


_active = Palette()


def palette() -> Palette:
    """Return the palette charts and tables are drawn with."""
    return _active


def use_palette(chosen: Palette) -> None:
    """Draw with these colours from here on in this process: the brand of the firm, set once in a set-up cell.

    Colours that would be hard to read raise ValueError.
    """
    global _active
    if problems := check_palette(chosen):
        raise ValueError("; ".join(problems))
    _active = chosen


@contextmanager
def theme() -> Iterator[None]:
    """Draw in the house look inside the block, and leave matplotlib's settings as they were after it."""
    # matplotlib's stubs want each key as a literal
    settings: Any = _settings()
    with mpl.rc_context(settings):
        yield


@cache
def font_files() -> dict[str, tuple[str, ...]]:
    """Return the font files of each weight in the order in which a character is looked up.

    The text face is shipped in `fonts/`. DejaVu Sans, which matplotlib ships, follows for the scripts it lacks, and
    stands in where the folder is empty. Fonts are named by file, so that one of the same name installed on the machine
    is never taken.
    """
    shipped = Path(mpl.get_data_path()) / "fonts" / "ttf"
    files = {
        "regular": (FONT_FOLDER / "IBMPlexSans-Regular.ttf", shipped / "DejaVuSans.ttf"),
        "semibold": (FONT_FOLDER / "IBMPlexSans-SemiBold.ttf", shipped / "DejaVuSans-Bold.ttf"),
    }
    return {weight: tuple(str(path) for path in paths if path.exists()) for weight, paths in files.items()}


@cache
def font(weight: str = "regular", size: float = BASE_SIZE) -> FontProperties:
    """Return the text face in a weight ("regular" or "semibold") and a size in points."""
    return FontProperties(fname=font_files()[weight][0], size=size)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=4096)
def _shade(stops: tuple[str, str, str], share: float) -> str:
    """Interpolate between the three colours of a heat map."""
    start, end, part = (stops[0], stops[1], share * 2) if share < 0.5 else (stops[1], stops[2], share * 2 - 1)
    mixed = (round(a + (b - a) * part) for a, b in zip(_channels(start), _channels(end), strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


@cache
def _settings() -> dict[str, Any]:
    """Return matplotlib's defaults with ours on top; colours and sizes are given with each thing drawn."""
    ours: dict[str, Any] = {
        # a client's "$x_1$" is a name, never a formula
        "text.parse_math": False,
        "text.hinting": "none",
        "hatch.linewidth": 0.6,
        "svg.fonttype": "path",
    }
    kept = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith("backend")}
    return kept | ours
