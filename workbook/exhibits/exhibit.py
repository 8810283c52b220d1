"""An exhibit: one thing a deliverable shows, complete with title, alternative text, caption, source and its data.

A notebook displays an exhibit like any other value. It then carries a view for the screen and, beside it, everything
an exporter needs to set it as a page: exporters read only that. All strings are plain text that may come from a
client; whoever turns them into HTML or a page escapes them.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from workbook.exhibits import screen

Kind = Literal["cover", "summary", "chart", "table", "prose", "provenance"]
Orientation = Literal["portrait", "landscape"]
Align = Literal["left", "right", "center"]
Tone = Literal["good", "warn", "bad", "none"]
Mark = Literal["M", "I", "E", "A", "?"]
Style = Literal["plain", "view", "note", "draft"]
Cell = dict[str, Any]

EXHIBIT_MIME = "application/vnd.workbook.exhibit+json"
FIGURES_MIME = "application/vnd.workbook.figures+json"

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `width` is relative to the others, and cells may be None only with `empty`."""

    key: str
    label: str
    align: Align = "left"
    width: float | None = None
    empty: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the column as exporters read it."""
        entry: dict[str, Any] = {"key": self.key, "label": self.label, "align": self.align}
        return entry | ({"width": self.width} if self.width else {}) | ({"empty": True} if self.empty else {})


def cell(
    text: str,
    value: float | None = None,
    mark: str | None = None,
    tone: str | None = None,
    shade: float | None = None,
    strong: bool = False,
    header: bool = False,
) -> Cell:
    """Return a cell: its text, and as far as given the raw number, evidence mark, tone, shade (0 to 1) and weight.

    A number that is not finite, an unknown mark or tone, or a shade outside 0 to 1 raises ValueError.
    """
    if value is not None and not math.isfinite(value):
        raise ValueError(f"cell {text!r}: {value} is not a number to show; write it as missing")
    if mark is not None and mark not in get_args(Mark):
        raise ValueError(f"cell {text!r}: mark {mark!r} is none of {', '.join(get_args(Mark))}")
    if tone is not None and tone not in get_args(Tone):
        raise ValueError(f"cell {text!r}: tone {tone!r} is none of {', '.join(get_args(Tone))}")
    if shade is not None and not 0 <= shade <= 1:
        raise ValueError(f"cell {text!r}: shade {shade} is not between 0 and 1")
    parts = {
        "value": None if value is None else float(value),
        "mark": mark,
        "tone": tone,
        "shade": None if shade is None else float(shade),
        "strong": strong or None,
        "header": header or None,
    }
    return {"text": text} | {key: part for key, part in parts.items() if part is not None}


@dataclass(frozen=True, slots=True, repr=False)
class Exhibit:
    """One exhibit, displayed as a view for the screen and a bundle for exporters.

    `data` is plain JSON in the shape of its kind; a chart has its drawing in `svg` and its numbers as a table in
    `data`. A chart or table without title, alternative text, caption or source raises ValueError naming the id.
    """

    kind: Kind
    id: str
    title: str
    alt: str
    caption: str
    source: str
    data: dict[str, Any]
    orientation: Orientation = "portrait"
    svg: str | None = None

    def __post_init__(self) -> None:
        faults = [*_faults_of_words(self), *(_faults_of_table(self.data) if self.kind in ("chart", "table") else [])]
        try:
            json.dumps(self.data, allow_nan=False)
        except (TypeError, ValueError) as error:
            faults.append(f"its data cannot be written as JSON: {error}")
        if faults:
            raise ValueError(f"exhibit {self.id!r}: {'; '.join(faults)}")

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id}: {self.title}>"

    def bundle(self) -> dict[str, Any]:
        """Return what exporters read."""
        return {
            "kind": self.kind,
            "id": self.id,
            "title": self.title,
            "alt": self.alt,
            "caption": self.caption,
            "source": self.source,
            "orientation": self.orientation,
            "data": self.data,
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        view = {"text/html": screen.html(self.bundle(), self.svg)}
        # Exporters take the drawing as it is; the screen shows it under its title, with caption and source.
        drawing = {"image/svg+xml": self.svg} if self.svg is not None else {}
        return {**view, **drawing, EXHIBIT_MIME: self.bundle()}


@dataclass(frozen=True, slots=True, repr=False)
class FiguresBundle:
    """The figure register of a notebook, displayed once for exporters and reconciliation."""

    figures: dict[str, Any]

    def __repr__(self) -> str:
        return f"<register of {len(self.figures)} figures>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {FIGURES_MIME: {"figures": self.figures}}


def cover(
    *,
    title: str,
    subtitle: str,
    client: str,
    firm: str,
    confidentiality: str,
    as_of: dt.date,
    as_of_text: str,
    control: Sequence[tuple[str, str]],
    draft: str | None = None,
    language: str = "en",
    id: str = "cover",
) -> Exhibit:
    """Return the cover block; `control` is the document control in rows, `draft` why it is stamped DRAFT."""
    data = {
        "title": title,
        "subtitle": subtitle,
        "client": client,
        "language": language,
        "as_of": as_of.isoformat(),
        "as_of_text": as_of_text,
        "draft": draft,
        "control": [list(row) for row in control],
        "confidentiality": confidentiality,
        "firm": firm,
    }
    return Exhibit("cover", id, title, "", "", "", data)


def summary(id: str, title: str, items: Sequence[tuple[str, str | None]], lead: str | None = None) -> Exhibit:
    """Return a box of findings; each item is a sentence and its tone."""
    # a cell checks the tone
    data: dict[str, Any] = {"items": [{"tone": None} | cell(text, tone=tone) for text, tone in items]}
    return Exhibit("summary", id, title, "", "", "", data | ({"lead": lead} if lead else {}))


def prose(id: str, paragraphs: Sequence[str], style: Style = "plain", title: str = "") -> Exhibit:
    """Return paragraphs that are true of one client; "view" is the consultant's own view, "draft" the stamp."""
    return Exhibit("prose", id, title, "", "", "", {"paragraphs": list(paragraphs), "style": style})


def provenance(id: str, title: str, rows: Sequence[tuple[str, str]]) -> Exhibit:
    """Return the line that says from what the deliverable was made."""
    return Exhibit("provenance", id, title, "", "", "", {"rows": [list(row) for row in rows]})


def figures_bundle(figures: Mapping[str, Mapping[str, Any]]) -> FiguresBundle:
    """Return the figure register by id; a value that is not plain finite JSON raises ValueError naming the figure."""
    for id, entry in figures.items():
        try:
            json.dumps(dict(entry), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(f"figure {id!r} cannot be written as JSON: {error}") from None
    return FiguresBundle({id: dict(entry) for id, entry in figures.items()})


def _faults_of_words(exhibit: Exhibit) -> list[str]:
    faults = [] if _SLUG.fullmatch(exhibit.id) else ["its id is not a slug such as process-map"]
    if exhibit.kind not in get_args(Kind):
        faults.append(f"kind {exhibit.kind!r} is none of {', '.join(get_args(Kind))}")
    if exhibit.orientation not in get_args(Orientation):
        faults.append(f"orientation {exhibit.orientation!r} is none of {', '.join(get_args(Orientation))}")
    if exhibit.kind != "prose":
        words = ("title", "alt", "caption", "source") if exhibit.kind in ("chart", "table") else ("title",)
        faults += [f"{word} is missing" for word in words if not str(getattr(exhibit, word) or "").strip()]
    if (exhibit.kind == "chart") != bool(exhibit.svg):
        faults.append("a chart needs a drawing, and nothing else has one")
    return faults


def _faults_of_table(data: Mapping[str, Any]) -> list[str]:
    columns, rows = data.get("columns"), data.get("rows")
    if not columns or rows is None:
        return ["its data have no columns and rows"]
    faults = [
        f"row {number} has {len(row)} cells for {len(columns)} columns"
        for number, row in enumerate(rows, start=1)
        if len(row) != len(columns)
    ]
    if len({column["key"] for column in columns}) < len(columns):
        faults.append("two columns have the same key")
    if faults:
        return faults
    return [
        f'row {number}, column {column["key"]!r} is empty; say "not provided" or allow it to be empty'
        for number, row in enumerate(rows, start=1)
        for column, entry in zip(columns, row, strict=True)
        if entry is None and not column.get("empty")
    ]
