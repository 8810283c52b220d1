"""How the cells of a spreadsheet look, and which of them are locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.engagement.fields import Shape

Style = Callable[[Cell, Shape | None], None]

_INK, _PALE, _PANEL, _GREY, _LINE = "0B1F3A", "DCE6EE", "F1F5F9", "51606F", "9AA7B4"
_LAST_COLUMN = 16_384
_OPEN = Protection(locked=False)
_TOP = Alignment(wrap_text=True, vertical="top")


def _font(**looks: Any) -> Font:
    return Font(**{"name": "Calibri", "size": 11, **looks})


def _filled(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=color)


def _styled(font: Font, fill: PatternFill) -> Style:
    def style(cell: Cell, shape: Shape | None) -> None:
        cell.font, cell.fill, cell.alignment = font, fill, _TOP
        cell.protection = Protection(locked=True)
        cell.number_format = number_format(shape) if shape else "General"

    return style


HEAD = _styled(_font(bold=True, color="FFFFFF"), _filled(_INK))
LIGHT_HEAD = _styled(_font(bold=True, color=_INK), _filled(_PALE))
HELP = _styled(_font(size=9, color=_GREY), _filled(_PANEL))
EXAMPLE = _styled(_font(italic=True, color=_GREY), _filled(_PANEL))


def number_format(shape: Shape) -> str:
    """Return how a cell shows its value; text as text, so that nothing that is typed becomes a number or a date."""
    if shape.kind == "date":
        return "yyyy-mm-dd"
    return "General" if shape.kind in ("number", "whole number", "flag") else "@"


def body(cell: Cell, shape: Shape, wraps: bool) -> None:
    """Let a cell be filled in."""
    cell.protection = _OPEN
    cell.number_format = number_format(shape)
    cell.alignment = Alignment(wrap_text=wraps, vertical="top", horizontal="left" if wraps else None)


def closed(cell: Cell) -> None:
    """Grey a cell that takes nothing."""
    cell.fill = _filled(_PALE)
    cell.protection = Protection(locked=True)


def title(cell: Cell) -> None:
    """Show a cell as the title of its sheet."""
    cell.font = _font(bold=True, size=13, color=_INK)


def prose(cell: Cell, is_heading: bool) -> None:
    """Show a cell as a paragraph, or as the heading above some."""
    cell.font = _font(bold=is_heading, size=12 if is_heading else 11, color=_INK if is_heading else None)
    cell.alignment = _TOP


def link(cell: Cell) -> None:
    """Show a cell as one that leads elsewhere."""
    cell.font = _font(underline="single", color="00718A")


def height(*texts: tuple[Any, float]) -> float:
    """Return the height of a row in points for some texts, each with the width of its column in characters."""
    return 15.0 * max(
        sum(1 + int(len(line) / (width * 1.05)) for line in str(text).split("\n")) for text, width in texts
    )


def limited(text: str, longest: int = 250) -> str:
    """Return a text that fits beside others."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def set_column(page: Worksheet, letter: str, shape: Shape, width: float) -> None:
    """Let a column be filled in, whatever stands in it already."""
    column = page.column_dimensions[letter]
    column.width, column.protection, column.number_format = width, _OPEN, number_format(shape)
    column.alignment = Alignment(vertical="top")


def set_free_columns(page: Worksheet, first: int) -> None:
    """Open the columns behind a table: a row can be deleted only where none of its cells is locked."""
    page.column_dimensions["A"].protection = _OPEN
    column = page.column_dimensions[get_column_letter(first)]
    column.min, column.max, column.protection, column.width = first, _LAST_COLUMN, _OPEN, 10


def rule_above(page: Worksheet, number: int, columns: int) -> None:
    """Draw a line above a row."""
    for place in range(1, columns + 1):
        page.cell(number, place).border = Border(top=Side(style="thin", color=_LINE))


# --- marks of what is to be looked at: by pattern and border, so that colour is not needed to see them ---------------

_DASHED = Side(style="dashed", color="B3261E")
_DOTTED = Side(style="dotted", color="955800")


def _mark(pattern: str, color: str, paper: str, side: Side, **font: Any) -> DifferentialStyle:
    fill = PatternFill(patternType=pattern, fgColor=color, bgColor=paper)
    border = Border(left=side, right=side, top=side, bottom=side)
    return DifferentialStyle(fill=fill, border=border, font=Font(**font) if font else None)


LACKING = _mark("lightUp", "B3261E", "FDECEA", _DASHED)
UNFOUNDED = _mark("gray125", "955800", "FFF6E5", _DOTTED)
TWICE = _mark("lightTrellis", "B3261E", "FDECEA", _DASHED, strike=True)
