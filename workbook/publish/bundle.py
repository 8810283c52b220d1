"""Exhibit bundles read and checked: what a notebook displays, as the exporters set it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from workbook.publish.markdown import Align
from workbook.publish.text import clean

EXHIBIT_MIME = "application/vnd.workbook.exhibit+json"
SVG_MIME = "image/svg+xml"

Kind = Literal["cover", "summary", "chart", "table", "prose", "provenance"]
Tone = Literal["good", "warn", "bad", "none"]
Orientation = Literal["portrait", "landscape"]
ProseStyle = Literal["plain", "view", "note", "draft"]
MARKS = ("M", "I", "E", "A", "?")

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
# A picture never needs these, and the SVG is also handed over as a file of its own.
_ACTIVE_SVG = re.compile(r"<(script|foreignObject|iframe|animate|set)\b", re.IGNORECASE)


class ExhibitError(ValueError):
    """An exhibit or a notebook that cannot be published, and where it stands."""


class BundleError(ValueError):
    """What is wrong with one bundle; the reader of the notebook adds where."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: the text shown and what qualifies it."""

    text: str
    value: float | int | None = None
    mark: str | None = None
    tone: Tone | None = None
    shade: float | None = None
    strong: bool = False
    header: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `width` is relative to the other columns."""

    key: str
    label: str
    align: Align
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Data of a chart or a table exhibit; `sortable` is None where its maker leaves it to the page."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_header: bool = True
    notes: tuple[str, ...] = ()
    sortable: bool | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One finding of a summary."""

    text: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """What the cover and the running lines say."""

    title: str
    subtitle: str
    client: str
    language: str
    as_of: str
    as_of_text: str
    draft: str | None
    control: tuple[tuple[str, str], ...]
    confidentiality: str
    firm: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exhibit in the order of the notebook; charts and tables carry a number."""

    kind: Kind
    id: str
    title: str
    alt: str = ""
    caption: str = ""
    source: str = ""
    orientation: Orientation = "portrait"
    number: int | None = None
    svg: str | None = None
    table: Table | None = None
    items: tuple[Item, ...] = ()
    lead: str = ""
    paragraphs: tuple[str, ...] = ()
    style: ProseStyle = "plain"
    pairs: tuple[tuple[str, str], ...] = ()


def read_exhibit(bundle: Mapping[str, Any], svg: str | None, not_provided: str) -> Exhibit:
    """Return an exhibit from the mime bundle of an output, everything but the cover.

    Parameters
    ----------
    bundle
        The JSON under the exhibit's mime type.
    svg
        The picture displayed beside it, of a chart.
    not_provided
        The words for a cell that holds nothing although its column should not be empty.

    Raises
    ------
    BundleError
        When a text is missing, a row does not fit its columns, or a chart has no picture.
    """
    kind = _choice(bundle, "kind", get_args(Kind), "")
    data = _mapping(bundle.get("data"), "data")
    title = _text(bundle, "title", required=kind != "prose")
    common: dict[str, Any] = {"kind": kind, "id": slug(bundle.get("id"), "id"), "title": title}
    if kind in {"chart", "table"}:
        texts: dict[str, Any] = {key: _text(bundle, key, required=True) for key in ("alt", "caption", "source")}
        turn = _choice(bundle, "orientation", get_args(Orientation), "portrait")
        picture = _picture(svg) if kind == "chart" else None
        return Exhibit(**common, **texts, orientation=turn, svg=picture, table=read_table(data, not_provided))
    if kind == "summary":
        return Exhibit(**common, items=_items(data), lead=_text(data, "lead"))
    if kind == "prose":
        style = _choice(data, "style", get_args(ProseStyle), "plain")
        return Exhibit(**common, paragraphs=_texts(data, "paragraphs"), style=style)
    return Exhibit(**common, pairs=_pairs(data, "rows"))


def read_cover(bundle: Mapping[str, Any]) -> Cover:
    """Return the cover from its bundle.

    Raises
    ------
    BundleError
        When the title, the client, the date or the language is missing.
    """
    data = _mapping(bundle.get("data"), "data")
    needed = {key: _text(data, key, required=True) for key in ("title", "client", "as_of", "as_of_text", "language")}
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", needed["as_of"]):
        raise BundleError(f"as_of is {needed['as_of']!r}, not a date such as 2026-09-30")
    free = {key: _text(data, key) for key in ("subtitle", "confidentiality", "firm")}
    return Cover(**needed, **free, draft=_text(data, "draft") or None, control=_pairs(data, "control"))


def read_table(data: Mapping[str, Any], not_provided: str) -> Table:
    """Return columns, rows and notes of a chart or table exhibit."""
    columns = _sequence(data.get("columns"), "data.columns")
    if not columns:
        raise BundleError("data.columns is empty")
    may_be_empty = [bool(column.get("empty")) for column in columns]
    rows = []
    for number, row in enumerate(_sequence(data.get("rows"), "data.rows"), 1):
        if len(row) != len(columns):
            raise BundleError(f"row {number} has {len(row)} cells for {len(columns)} columns")
        missing = ["" if empty else not_provided for empty in may_be_empty]
        rows.append(tuple(_cell(cell, text) for cell, text in zip(row, missing, strict=True)))
    sortable = data.get("sortable")
    if sortable not in (True, False, None):
        raise BundleError(f"sortable is {sortable!r}, neither true nor false")
    return Table(
        tuple(_column(column) for column in columns), tuple(rows), data.get("row_header") is not False,
        _texts(data, "notes"), sortable,
    )  # fmt: skip


def slug(value: object, name: str) -> str:
    """Return `value` when it can name a file and an anchor: lower-case letters, digits, hyphens and underscores."""
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise BundleError(f"{name} is {value!r}, not a slug such as process-map")
    return value


def _cell(cell: object, missing: str) -> Cell:
    if cell is None:
        return Cell(missing)
    if isinstance(cell, str):
        return Cell(clean(cell))
    data = _mapping(cell, "a cell")
    mark, tone, shade = data.get("mark"), data.get("tone"), data.get("shade")
    if mark is not None and mark not in MARKS:
        raise BundleError(f"mark {mark!r} is none of {', '.join(MARKS)}")
    if tone is not None and tone not in get_args(Tone):
        raise BundleError(f"tone {tone!r} is none of {', '.join(get_args(Tone))}")
    text = _text(data, "text") or missing
    flags = {"strong": bool(data.get("strong")), "header": bool(data.get("header"))}
    return Cell(text, _number(data.get("value"), "value"), mark, tone, _number(shade, "shade"), **flags)


def _number(value: object, name: str) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BundleError(f"{name} is {value!r}, not a finite number")
    return value


def _column(column: Mapping[str, Any]) -> Column:
    width = _number(column.get("width"), "width")
    if width is not None and width <= 0:
        raise BundleError(f"width of a column is {width}, not above 0")
    align = cast(Align, _choice(column, "align", get_args(Align), "left"))
    return Column(_text(column, "key"), _text(column, "label"), align, width)


def _items(data: Mapping[str, Any]) -> tuple[Item, ...]:
    items = [_mapping(item, "an item") for item in _sequence(data.get("items"), "data.items")]
    tones = [_choice(item, "tone", (*get_args(Tone), None), None) for item in items]
    texts = [_text(item, "text", required=True) for item in items]
    return tuple(Item(text, tone) for text, tone in zip(texts, tones, strict=True))


def _pairs(data: Mapping[str, Any], key: str) -> tuple[tuple[str, str], ...]:
    rows = _sequence(data.get(key, []), key)
    if any(len(row) != 2 for row in rows):
        raise BundleError(f"each row of {key} must be a label and a text")
    return tuple((clean(str(label)), clean(str(text))) for label, text in rows)


def _picture(svg: str | None) -> str:
    if not svg or "<svg" not in svg:
        raise BundleError("a chart without its picture (image/svg+xml)")
    if found := _ACTIVE_SVG.search(svg):
        raise BundleError(f"a picture with active content (<{found[1]}>)")
    return svg


def _text(data: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    value = data.get(key)
    text = clean("" if value is None else str(value)).strip()
    if required and not text:
        raise BundleError(f"no {key}")
    return text


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(clean(str(text)) for text in _sequence(data.get(key, []), key))


def _choice(data: Mapping[str, Any], key: str, allowed: Sequence[Any], default: Any) -> Any:
    value = data.get(key) or default
    if value not in allowed:
        raise BundleError(f"{key} {value!r} is none of {', '.join(map(str, allowed))}")
    return value


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BundleError(f"{name} is missing or no mapping")
    return value


def _sequence(value: object, name: str) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BundleError(f"{name} is missing or no list")
    return value
