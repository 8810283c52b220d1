"""One value as the content of a cell, and back, without loss and without a guess.

A list of plain words stands in one cell, its items apart by a semicolon and a space. An item that holds a semicolon or
a quotation mark, or begins or ends with a space, stands in double quotes, in which a quotation mark is written twice,
as in CSV files (RFC 4180, IETF, 2005). A list that is empty on purpose is written [].
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from workbook.engagement.faults import show
from workbook.engagement.fields import Shape, words
from workbook.engagement.remedies import remedy_for
from workbook.engagement.yaml_text import unprintable

Content = str | int | float | bool | dt.date | dt.datetime | None

SEPARATOR, EMPTY_LIST = "; ", "[]"

LONGEST_TEXT = 32_767
"""Characters that a cell may hold."""

# Numbers of at most this many digits are the same in every program that reads a spreadsheet.
_EXACT = 10**15
_WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]*)")
_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^;"]*?))\s*(;|\Z)')
_NEEDS_QUOTES = re.compile(r'[;"\r\n]|^\s|\s\Z|^\Z|^\[\]\Z')
# Spreadsheets write a carriage return by its code, and the underscore of text that looks like such a code as well.
# openpyxl undoes only some of it, so a code that is not expected here is left as it is.
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)|_x000D_")
_TO_ESCAPE = re.compile("\r|_(?=x[0-9A-Fa-f]{4}_)")


class Unreadable(ValueError):
    """What stands in a cell is not what it takes: what was found, what is allowed, what to do."""

    def __init__(self, found: str, allowed: str, remedy: str) -> None:
        super().__init__(found, allowed, remedy)
        self.found, self.allowed, self.remedy = found, allowed, remedy


def takes(shape: Shape) -> str:
    """Say what a cell takes, as a noun phrase."""
    if shape.kind == "list" and shape.item:
        return f"{words(shape.item)}; several apart by a semicolon"
    return words(shape).split(", alone or as ")[0]


# --- into a cell -----------------------------------------------------------------------------------------------------


def content_of(value: Any, shape: Shape) -> Content:
    """Return what a cell holds for a value of plain data; a value that does not fit is shown as it is.

    Raises ValueError for a text that is longer than a cell.
    """
    if isinstance(value, list):
        value = joined(value)
    if isinstance(value, str):
        date = _date_of(value) if shape.kind == "date" else None
        text = value if date else _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", value)
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"a text of {len(value):,} characters")
        return date or text
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    return value if isinstance(value, bool | int | float) else None


def joined(items: list[Any]) -> str:
    """Return the items of a list as the text of one cell."""
    return SEPARATOR.join(map(_quoted, map(str, items))) if items else EMPTY_LIST


def _quoted(item: str) -> str:
    return '"' + item.replace('"', '""') + '"' if _NEEDS_QUOTES.search(item) else item


def _date_of(text: str) -> dt.date | None:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return None
    # Spreadsheets know no earlier day, and count a 29 February 1900 that never was.
    return date if date.isoformat() == text and date >= dt.date(1900, 3, 1) else None


# --- out of a cell ---------------------------------------------------------------------------------------------------


def value_of(content: Content, shape: Shape, is_percent: bool = False) -> Any:
    """Return the plain data that a cell means; None for an empty one.

    `is_percent` says that the cell shows its number as a percentage. Raises Unreadable.
    """
    if isinstance(content, str):
        content = _ESCAPED.sub(lambda match: "\r" if match[0] == "_x000D_" else "_", content)
        if character := unprintable(content) or _unwritable(content):
            remedy = "delete it, or type a space in its place"
            raise Unreadable(f"an invisible character {character}", "printable text", remedy)
    if content is None or content == "":
        return None
    if shape.kind == "list":
        return _list_of(content, shape)
    if shape.kind == "flag":
        return _flag_of(content, shape)
    if shape.kind == "date":
        return _day_of(content, shape)
    if shape.kind in ("number", "whole number"):
        return _number_of(content, shape, is_percent)
    if not isinstance(content, str):
        raise _no_text(content, shape)
    return content


def _unwritable(text: str) -> str | None:
    """Return the first character that a file of parameters could not show, by its code."""
    return next((f"U+{ord(character):04X}" for character in text if character in "\u2028\u2029\ufeff"), None)


def split(text: str) -> list[str]:
    """Return the items that stand in the text of one cell.

    Raises ValueError(found, remedy) for quotation marks that do not pair, and for an item without a word in it.
    """
    if text.strip() == EMPTY_LIST:
        return []
    items: list[str] = []
    position, separator = 0, ";"
    while separator == ";":
        match = _ITEM.match(text, position)
        if not match:
            raise ValueError(
                'a single "', 'put a text that holds " or ; in double quotes, and write each " in it twice'
            )
        if match[1] is None and not match[2]:
            raise ValueError("a semicolon with nothing beside it", 'delete it, or write "" for a text that is empty')
        items.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        position, separator = match.end(), match[3]
    return items


def _list_of(content: Content, shape: Shape) -> list[Any]:
    item = shape.item or shape
    is_whole = item.kind == "whole number"
    if is_whole and isinstance(content, int | float) and not isinstance(content, bool):
        return [_number_of(content, item, False)]
    if not isinstance(content, str):
        raise _no_text(content, shape)
    try:
        items = split(content)
    except ValueError as error:
        raise Unreadable(error.args[0], takes(shape), error.args[1]) from None
    return [_number_of(each, item, False) for each in items] if is_whole else list(items)


def _flag_of(content: Content, shape: Shape) -> bool:
    flag = {"true": True, "false": False}.get(str(content).lower()) if isinstance(content, str | bool) else None
    if flag is None:
        raise Unreadable(_shown(content), "TRUE or FALSE", "choose one from the list")
    return flag


def _day_of(content: Content, shape: Shape) -> str:
    if isinstance(content, dt.datetime):
        if content.time() != dt.time():
            raise Unreadable(f"{content:%Y-%m-%d %H:%M}, a day with a time", takes(shape), "enter the day alone")
        return content.date().isoformat()
    if isinstance(content, dt.date):
        return content.isoformat()
    if isinstance(content, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", content):
        return content
    if isinstance(content, int | float) and not isinstance(content, bool):
        raise Unreadable(f"the number {content:g}", takes(shape), "show the cell as a date, or write year-month-day")
    raise Unreadable(_shown(content), takes(shape), remedy_for(str(content), shape))


def _number_of(content: Content, shape: Shape, is_percent: bool) -> int | float:
    allowed = takes(shape)
    if isinstance(content, str) and _WHOLE.fullmatch(content):
        # A number of any length is unmistakable as long as no mark stands in it.
        return int(content)
    if isinstance(content, str):
        remedy = remedy_for(content, shape).removesuffix(" without quotes")
        raise Unreadable(_shown(content), allowed, f"{remedy}; enter it as a number, not as text")
    if isinstance(content, bool) or not isinstance(content, int | float):
        raise Unreadable(_shown(content), allowed, "enter a number; see that the cell is not shown as a date")
    if is_percent and shape.high == 100:
        found, remedy = f"{content:.4%}".replace(".0000", ""), f"write {content * 100:g} without %, or {content:g}"
        raise Unreadable(f"a percentage, {found}", allowed, remedy)
    return int(content) if float(content).is_integer() and abs(content) < _EXACT else content


def _no_text(content: Content, shape: Shape) -> Unreadable:
    if isinstance(content, dt.date):
        remedy = "show the cell as text, and write it again: a date was made of it"
    elif isinstance(content, bool):
        remedy = "choose one from the list" if shape.kind == "choice" else "write text"
    else:
        remedy = "show the cell as text, and write it again: a number loses its zeros"
    return Unreadable(_shown(content), takes(shape), remedy)


def _shown(content: Content) -> str:
    """Return the content of a cell as a phrase."""
    if isinstance(content, dt.datetime | dt.date):
        return f"the date {content:%Y-%m-%d}"
    if isinstance(content, int | float) and not isinstance(content, bool):
        return f"the number {content:g}"
    return show(content)
