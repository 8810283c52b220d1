"""What to do about a value that does not fit its place, as concrete as the value allows."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from workbook.engagement.faults import find_secrets, shorten, write_nearest
from workbook.engagement.fields import Shape
from workbook.engagement.values import FIRST_DAY, LAST_DAY, SLUG_PATTERN, slug_of
from workbook.engagement.yaml_text import resolve

# Digits in groups of three, whatever stands between them, and decimals behind another mark.
_GROUPED = re.compile(r"(-?[0-9]{1,3}([ _'\u2019.,\u00a0\u202f])[0-9]{3}(?:\2[0-9]{3})*)(?:[.,]([0-9]+))?")


def remedy_for(value: Any, shape: Shape) -> str:
    """Return the instruction that turns `value` into what `shape` takes, as concrete as the value allows."""
    if value is None or value == "":
        return f"fill it in{', or delete the key' if shape.optional else ''}{about(shape)}"
    if shape.kind in ("number", "whole number", "quantity"):
        return _number_remedy(value)
    if shape.kind == "choice":
        # Other readers of YAML take yes and no for true and false, so people know them as the same.
        text = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        return write_nearest(text, map(str, shape.choices), "write one of them")
    if shape.kind == "flag":
        return {"yes": "write true", "no": "write false"}.get(str(value).lower(), "write true or false")
    if shape.kind == "date":
        return _date_remedy(value)
    if shape.kind in ("list", "mapping", "model"):
        return _nesting_remedy(value, shape)
    return _text_remedy(value, shape) if shape.kind in ("text", "data file") else "write one of these"


def about(shape: Shape) -> str:
    """Return the description of a field in brackets, unless its words say it already."""
    return f" ({shape.about})" if shape.about and shape.about != shape.words else ""


def _number_remedy(value: Any) -> str:
    if not isinstance(value, str):
        return "write a number in this range" if type(value) in (int, float) else "write a number"
    text = re.sub(r"[A-Z]{3}|[€$£]", "", value).strip()
    if percent := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?%", text):
        return f"write {float(percent[1]) / 100:g}, as a share of 1"
    if isinstance(_resolved(text), int | float):
        return f"write {text}{' without quotes' * (text == value.strip())}"
    if re.fullmatch(r"-?[0-9]+,[0-9]{1,2}", text):
        return f"write {text.replace(',', '.')}"
    grouped = _GROUPED.fullmatch(text)
    # In 12,345 the comma may be either mark.
    if grouped and (grouped[2] not in ".," or grouped[3] or text.count(grouped[2]) > 1):
        return f"write {re.sub('[^0-9-]', '', grouped[1])}{(grouped[3] and '.' + grouped[3]) or ''}"
    return "write the number alone, without unit or thousands separator"


def _resolved(text: str) -> Any:
    try:
        number = resolve(text)
    except ValueError:
        return None
    return None if isinstance(number, bool) else number


def _date_remedy(value: Any) -> str:
    text = str(value)
    if by_day := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
        text = f"{by_day[3]}-{by_day[2]:0>2}-{by_day[1]:0>2}"
    by_year = re.match(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?![0-9])", text)
    if not by_year:
        return "write year-month-day"
    written = "-".join(by_year.groups())
    try:
        is_in_range = FIRST_DAY <= dt.date.fromisoformat(written) <= LAST_DAY
    except ValueError:
        return "write a day that the calendar has"
    return f"write {written}" if is_in_range else f"write a year from {FIRST_DAY.year} to {LAST_DAY.year}"


def _nesting_remedy(value: Any, shape: Shape) -> str:
    if shape.kind == "list":
        if isinstance(value, list):
            return "give the list a length in this range"
        return "begin each item with a hyphen, or write [a, b]"
    return "write its keys indented below it"


def _text_remedy(value: Any, shape: Shape) -> str:
    if isinstance(value, bool | int | float) and shape.pattern != SLUG_PATTERN:
        return f'put it in quotes: "{str(value).lower() if isinstance(value, bool) else value}"'
    if not isinstance(value, str):
        return "write it in this form" if shape.pattern else "write text"
    if shape.longest and len(value) > shape.longest:
        return f"shorten it by {len(value) - shape.longest} characters"
    if find_secrets(value):
        return "write it in this form"
    spellings = (value.strip(), value.upper(), value.lower(), value.replace("-", "_"))
    fitting = [each for each in spellings if shape.pattern and re.search(shape.pattern, each)]
    if fitting:
        return f"write {shorten(fitting[0])}"
    slug = slug_of(value) if shape.pattern == SLUG_PATTERN else ""
    return f"write {slug}" if slug else "write it in this form"
