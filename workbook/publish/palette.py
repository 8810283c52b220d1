"""Colours shared by the HTML and the PDF, with text colours that stay readable on each fill."""

from __future__ import annotations

from functools import cache

INK = "#0b1f3a"
TEXT = "#1c2733"
MUTED = "#51606f"
HAIRLINE = "#d5dce4"
PANEL = "#f1f5f9"
ACCENT = "#00718a"
WHITE = "#ffffff"
# Text on the light steps of a heat map; darker than the ink, so that the middle steps keep 4.5 to 1.
NIGHT = "#050f1f"
TONES = {"good": "#1b7a4b", "warn": "#955800", "bad": "#b3261e", "none": "#51606f"}

# Heat maps are drawn in ten steps of equal lightness, so that the order survives a greyscale print.
SHADE_STEPS = 10
_SHADE_LIGHTEST = (255, 255, 255)
_SHADE_DARKEST = (16, 54, 104)

Colour = tuple[int, int, int]


def shade_step(shade: float) -> int:
    """Return the step 0..10 of a heat-map shade between 0 and 1."""
    return round(min(max(shade, 0.0), 1.0) * SHADE_STEPS)


@cache
def shade_colours(step: int) -> tuple[str, str]:
    """Return fill and text colour of a step of the heat map, as hexadecimal colours.

    The text is white or nearly black, whichever contrasts more (contrast ratio of WCAG 2.2, W3C, 2023).
    """
    share = step / SHADE_STEPS
    fill = _mix(_SHADE_LIGHTEST, _SHADE_DARKEST, share)
    dark, light = _parse(NIGHT), _parse(WHITE)
    text = NIGHT if contrast(fill, dark) >= contrast(fill, light) else WHITE
    return "#{:02x}{:02x}{:02x}".format(*fill), text


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    It is (L1 + 0.05) / (L2 + 0.05) with L1 the relative luminance of the lighter (WCAG 2.2, W3C, 2023).
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _parse(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
