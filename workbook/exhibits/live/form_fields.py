"""What a form is made of: one class for each kind of shape that a place in a file has.

A part holds what is there and what a person has put in its place. `changes` are the places that were changed and no
others, so that saving touches no line that nobody has touched; `read` is the part as a whole, for what is new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from ipywidgets import (
    HTML,
    Combobox,
    DatePicker,
    Dropdown,
    Layout,
    Text,
    Textarea,
    VBox,
)

from workbook.engagement.faults import Fault, dotted, shorten
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.fields import Shape, label, words
from workbook.engagement.load import MODELS, Engagement, framework_ids
from workbook.engagement.references import described
from workbook.engagement.yaml_edit import same
from workbook.exhibits.live.frame import Message
from workbook.exhibits.live.saving import Who, day_in_words

Changes = list[tuple[KeyPath, Any]]

_LONG = 60
"""Characters from which on a text gets several lines."""
STYLE = {"description_width": "190px"}
_NOT_PROVIDED = "not provided"


class Part:
    """One place of a form."""

    box: Any

    @property
    def is_touched(self) -> bool:
        """True when a person has changed something here."""
        raise NotImplementedError

    def read(self, who: Who) -> Any:
        """Return the plain data of this place; None while nothing is provided."""
        raise NotImplementedError

    def changes(self, who: Who) -> Changes:
        """Return what a person has changed, by key path in the file."""
        raise NotImplementedError


@dataclass
class Desk:
    """What all parts of one form share: the client, its fields by their place, and what to call after a change."""

    engagement: Engagement
    changed: Callable[[], None]
    fields: dict[KeyPath, Field] = field(default_factory=dict)
    errors: dict[KeyPath, Message] = field(default_factory=dict)
    _ids: dict[str, dict[str, str]] = field(default_factory=dict)

    def ids(self, kind: str) -> dict[str, str]:
        """Return the ids that a reference may name, each with the name of the entity."""
        if kind not in self._ids:
            own = described(kind, self.engagement.documents, MODELS)
            self._ids[kind] = own or dict.fromkeys(framework_ids().get(kind, ()), "")
        return self._ids[kind]

    def warn(self, faults: Sequence[Fault], file: str) -> None:
        """Show each fault beside the field it is about, and clear the others."""
        for message in self.errors.values():
            message.clear()
        document = self.engagement.documents.get(file)
        for fault in faults:
            keys = _keys(fault.key) if fault.file == f"{self.engagement.id}/{file}.yaml" else ()
            known = document.known(keys) if document else ()
            path = (*known, *keys[len(known) :])
            while path and path not in self.errors:
                path = path[:-1]
            if path:
                self.errors[path].warn(f"Found {fault.found}; allowed {fault.allowed}; {fault.remedy}.")

    def check(self) -> None:
        """Raise ValueError for what was typed and cannot be read, each said beside its field as well."""
        refused = [text for place in self.fields.values() if (text := place.refused())]
        if refused:
            raise ValueError("\n".join(refused))


def _keys(dotted_path: str) -> KeyPath:
    parts = dotted_path.replace("[", ".[").split(".")
    return tuple(int(part[1:-1]) if part.startswith("[") else part for part in parts if part)


# --- one value -------------------------------------------------------------------------------------------------------


class Field(Part):
    """A place with one value, or with a list of plain values; `of` names what it is a part of, in a row of such."""

    def __init__(
        self,
        desk: Desk,
        shape: Shape,
        path: KeyPath,
        data: Any,
        *,
        of: str = "",
        width: str = "98%",
        label_width: str = "70px",
    ) -> None:
        self.shape, self.path, self.data, self._desk = shape, path, data, desk
        self.control, self._parse = _control(desk, shape, data)
        self.control.description = label(shape) if shape.name else str(path[-1])
        self.control.tooltip = f"{of}: {help_of(shape)}" if of else help_of(shape)
        self.control.style.description_width = label_width if of else STYLE["description_width"]
        self.control.layout = Layout(width=width, max_width="900px")
        self._first = self.control.value
        self.error = Message()
        self.control.observe(lambda _: desk.changed(), "value")
        rows = [self.control, *_adder(desk, shape, self.control)]
        self.box = VBox([*rows, *([] if of else [_note(help_of(shape))]), self.error])
        desk.fields[path], desk.errors[path] = self, self.error

    @property
    def is_touched(self) -> bool:
        """True when the control holds something else than it began with."""
        return bool(self.control.value != self._first)

    @property
    def is_empty(self) -> bool:
        """True when nothing is provided."""
        value = self.control.value
        return value is None or (isinstance(value, str) and not value.strip())

    def refused(self) -> str:
        """Return what is wrong with what was typed, which is shown beside the field; nothing if it can be read."""
        try:
            self._value()
        except ValueError as error:
            self.error.warn(f"{error}.")
            return f"{dotted(self.path)}: {error}."
        self.error.clear()
        return ""

    def _value(self) -> Any:
        if not self.is_touched:
            return self.data
        if self.is_empty:
            # What cannot be left out is written as it would be taken if it were.
            return None if self.shape.optional or self.shape.required else _plain_default(self.shape)
        return self._parse(self.control.value)

    def read(self, who: Who) -> Any:
        """Return the value of this place; None while nothing is provided."""
        return self._value()

    def changes(self, who: Who) -> Changes:
        """Return what was changed here, by key path in the file."""
        return [(self.path, self._value())] if self.is_touched and not same(self._value(), self.data) else []


def _allowed(shape: Shape) -> str:
    """Return what is allowed, unless a drop-down lists it or the fields below say it."""
    if shape.kind == "list" and shape.item and shape.item.kind != "model":
        return f"one on each line: {_allowed(shape.item)}".removesuffix(": ")
    if shape.words == shape.about or shape.refers or shape.kind in ("choice", "flag", "model", "mapping", "list"):
        return ""
    return words(replace(shape, kind="number") if shape.kind == "quantity" else shape)


def _plain_default(shape: Shape) -> Any:
    return list(shape.default) if isinstance(shape.default, tuple) else shape.default


def help_of(shape: Shape) -> str:
    """Return what to fill in, what is allowed, and what holds if nothing is."""
    about, allowed = shape.about, _allowed(shape)
    left_out = "" if shape.required or shape.default in (None, (), {}) else f"{shape.default} if left out"
    need = "required" if shape.required else ""
    return "; ".join(part for part in (about, allowed, left_out, need) if part)


def _note(text: str) -> HTML:
    style = "margin:0 0 2px 198px;font-size:12px;line-height:1.35"
    return HTML(f'<p style="{style}">{escape(text)}</p>' if text else "")


def _control(desk: Desk, shape: Shape, data: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the control for a value, which shows what the file holds, and how to read what was put in."""
    if shape.refers:
        return _choices(((f"{name} ({id})" if name else id, id) for id, name in desk.ids(shape.refers).items()), data)
    if shape.kind == "choice":
        return _choices(((str(choice), choice) for choice in shape.choices), data)
    if shape.kind == "flag":
        return _choices((("yes", True), ("no", False)), data)
    if shape.kind == "date":
        return DatePicker(value=_as_day(data)), lambda day: _checked(day, shape, desk.engagement)
    if shape.kind == "list" and shape.item:
        item = shape.item
        text = "\n".join(map(_shown, data or ()))
        return Textarea(value=text, rows=min(8, max(2, len(data or ())))), lambda typed: _items(typed, item)
    if shape.kind == "data file":
        return Combobox(value=data or "", options=_data_files(desk.engagement), ensure_option=False), str.strip
    text = "" if data is None else _shown(data)
    if shape.kind in ("number", "whole number"):
        return Text(value=text), lambda typed: _number(typed, shape)
    is_long = len(text) > _LONG or "\n" in text
    return (Textarea(value=text, rows=1 + len(text) // 90) if is_long else Text(value=text)), str.strip


def _choices(options: Any, data: Any) -> tuple[Any, Callable[[Any], Any]]:
    known = [(_NOT_PROVIDED, None), *options]
    if data is not None and data not in [value for _, value in known]:
        known.append((shorten(str(data)), data))
    # By its place: a value None would leave the drop-down blank.
    return Dropdown(options=known, index=[value for _, value in known].index(data)), lambda value: value


def _adder(desk: Desk, shape: Shape, control: Any) -> list[Any]:
    """Return a drop-down that adds an id or a choice to a list of them; nothing for other places."""
    item = shape.item
    if shape.kind != "list" or item is None or not (item.refers or item.choices):
        return []
    options = desk.ids(item.refers).items() if item.refers else ((str(choice), "") for choice in item.choices)
    adder = Dropdown(
        index=0,
        options=[("add to the list ...", None), *((f"{name} ({id})" if name else id, id) for id, name in options)],
        description=f"Add to {label(shape).lower()}",
        tooltip="The list above keeps its order; delete a line there to take it out",
        style=STYLE,
        layout=Layout(width="98%", max_width="900px"),
    )

    def add(change: Any) -> None:
        if change["new"] is not None:
            lines = [*control.value.split("\n"), change["new"]]
            control.value = "\n".join(dict.fromkeys(line for line in lines if line.strip()))
            adder.index = 0

    adder.observe(add, "value")
    return [adder]


def _as_day(data: Any) -> dt.date | None:
    return dt.date.fromisoformat(data) if data else None


def _checked(day: dt.date, shape: Shape, engagement: Engagement) -> str:
    """Return a day as a file holds it. Raises ValueError for the day of a fact that the report would not know."""
    if (shape.name == "date" or shape.happened) and day > engagement.as_of:
        raise ValueError(day_in_words(day, engagement))
    return day.isoformat()


def _shown(value: Any) -> str:
    """Return a value of a file as it is typed: a number as short as it can be, a flag as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(typed: str, shape: Shape) -> int | float:
    text = typed.strip()
    try:
        return int(text) if shape.kind == "whole number" or text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        raise ValueError(f'"{shorten(text)}" is not {words(shape)}; write it like 1234.5') from None


def _items(typed: str, item: Shape) -> list[Any]:
    lines = [line.strip() for line in typed.split("\n") if line.strip()]
    if item.kind in ("number", "whole number"):
        return [_number(line, item) for line in lines]
    return lines


def _data_files(engagement: Engagement) -> list[str]:
    files = (path for path in (engagement.folder / "data").rglob("*") if path.is_file())
    return sorted(path.relative_to(engagement.folder).as_posix() for path in files)[:500]
