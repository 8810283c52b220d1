"""The places of a form that hold several values: mappings, quantities with their evidence, and lists of entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from ipywidgets import HTML, Box, Button, Dropdown, HBox, Layout, ToggleButton, VBox

from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.faults import shorten
from workbook.engagement.fields import Shape, fields_of, label, shape_of_model
from workbook.engagement.values import NUMBER, THREE_POINT, VALUE, ThreePoint, Value, form_of
from workbook.engagement.yaml_edit import Whole
from workbook.exhibits.live.form_fields import STYLE, Changes, Desk, Field, Part, help_of
from workbook.exhibits.live.frame import Message
from workbook.exhibits.live.saving import Who
from workbook.exhibits.theme import palette


def part_of(desk: Desk, shape: Shape, path: KeyPath, data: Any) -> Part:
    """Return the part of a form for a place of any shape; `data` is what the file holds there, None for nothing."""
    if shape.kind == "quantity":
        return Quantity(desk, shape, path, data)
    if shape.kind == "model":
        return Group(desk, shape, path, data)
    if shape.kind == "mapping":
        return Table(desk, shape, path, data)
    if shape.kind == "list" and shape.item and shape.item.kind in ("model", "mapping", "quantity"):
        return Entries(desk, shape, path, data)
    return Field(desk, shape, path, data)


class Group(Part):
    """A mapping with the fields of a model; `of` names the quantity whose fields these are.

    Who judged, and when, is filled in where a quantity was changed or something is new: the decision that somebody else
    took stays that person's when its note is corrected.
    """

    def __init__(
        self, desk: Desk, shape: Shape, path: KeyPath, data: Any, names: Sequence[str] = (), *, of: str = ""
    ) -> None:
        assert shape.model is not None
        self.path, self.data, self._optional = path, data, shape.optional
        self._is_signed = bool(of) or data is None
        fields = fields_of(shape.model)
        self.parts: dict[str, Part] = {}
        for name in names or fields:
            inner = (data or {}).get(name)
            if of:
                width = "390px" if name == "source" else "200px"
                self.parts[name] = Field(desk, fields[name], (*path, name), inner, of=of, width=width)
            else:
                self.parts[name] = part_of(desk, fields[name], (*path, name), inner)
        boxes = [part.box for part in self.parts.values()]
        body = _in_rows(boxes) if of else VBox(boxes)
        self.box = _framed(shape, path, body) if path and shape.name and not of else body

    @property
    def is_touched(self) -> bool:
        """True when one of the fields is."""
        return any(part.is_touched for part in self.parts.values())

    def _signed(self, who: Who) -> dict[str, Any]:
        """Return who and when for the fields of that name that nobody has touched."""
        by, day = self.parts.get("by"), self.parts.get("date")
        if by is None or day is None or who.by is None or not (self._is_signed and self.is_touched):
            return {}
        signs = {"by": who.by, "date": who.date.isoformat()}
        return {name: sign for name, sign in signs.items() if not self.parts[name].is_touched}

    def read(self, who: Who) -> dict[str, Any] | None:
        """Return the value of this place; None while nothing is provided."""
        inner = {name: part.read(who) for name, part in self.parts.items()}
        return {**inner, **self._signed(who)} if any(value is not None for value in inner.values()) else None

    def changes(self, who: Who) -> Changes:
        """Return what was changed here, by key path in the file."""
        changes = [change for part in self.parts.values() for change in part.changes(who)]
        if not changes:
            return []
        value = self.read(who)
        if not isinstance(self.data, Mapping):
            return [(self.path, value)] if value is not None else []
        if value is None and self._optional:
            return [(self.path, Whole(None))]
        signed = self._signed(who)
        signs = [((*self.path, name), sign) for name, sign in signed.items() if sign != self.data.get(name)]
        return [*changes, *signs]


def _name_of(shape: Shape, path: KeyPath) -> str:
    return label(shape) if shape.name else str(path[-1])


def _in_rows(boxes: Sequence[Any]) -> Box:
    return Box(boxes, layout=Layout(flex_flow="row wrap"))


def _framed(shape: Shape, path: KeyPath, body: Any) -> VBox:
    heading = _name_of(shape, path)
    text = f'<b>{escape(heading)}</b> <span style="font-size:12px">{escape(help_of(shape))}</span>'
    frame = Layout(border=f"1px solid {palette().line}", padding="4px 8px", margin="4px 0", max_width="940px")
    return VBox([HTML(text), body], layout=frame)


_FORMS = {VALUE: ("one number", Value), THREE_POINT: ("lowest, likeliest, highest", ThreePoint)}


class Quantity(Part):
    """A number with its evidence, or an estimate by three numbers."""

    def __init__(self, desk: Desk, shape: Shape, path: KeyPath, data: Any) -> None:
        self.path, self.data, self._form = path, data, form_of(data)
        start = THREE_POINT if self._form == THREE_POINT else VALUE
        self.error = Message()
        self._desk, self._shape = desk, shape
        self.forms: dict[str, Group] = {}
        self.choice = Dropdown(
            options=[(_FORMS[form][0], form) for form in ((VALUE, THREE_POINT) if shape.three_point else (VALUE,))],
            value=start,
            description="Given as",
            tooltip="One number, or an estimate by three",
            style={"description_width": "70px"},
            layout=Layout(width="390px", max_width="98%"),
        )
        self._place = VBox()
        self._show()
        self.choice.observe(lambda _: self._choose(), "value")
        choice = [self.choice] if shape.three_point else []
        self.box = _framed(shape, path, VBox([*choice, self._place, self.error]))
        # Faults of the quantity as a whole, such as three numbers out of order.
        desk.errors[path] = self.error

    def _choose(self) -> None:
        self._show()
        self._desk.changed()

    def _show(self) -> None:
        form = self.choice.value
        if form not in self.forms:
            self.forms[form] = self._group(form)
        self._place.children = (self.forms[form].box,)

    def _group(self, form: str) -> Group:
        shape = shape_of_model(_FORMS[form][1])
        data = self.data if isinstance(self.data, Mapping) else None if self.data is None else {"value": self.data}
        if data is not None and form != self._start:
            data = {key: value for key, value in data.items() if key in fields_of(_FORMS[form][1])}
        return Group(self._desk, shape, self.path, data, of=_name_of(self._shape, self.path))

    @property
    def _start(self) -> str:
        return THREE_POINT if self._form == THREE_POINT else VALUE

    @property
    def is_touched(self) -> bool:
        """True when a field was changed, or another form chosen and filled in."""
        return self.forms[self.choice.value].is_touched

    def read(self, who: Who) -> Any:
        """Return the value of this place; None while nothing is provided."""
        if not self.is_touched:
            return self.data
        value = self.forms[self.choice.value].read(who)
        numbers = ("value", "low", "likely", "high")
        return value if value and any(value.get(key) is not None for key in numbers) else None

    def changes(self, who: Who) -> Changes:
        """Return what was changed here, by key path in the file."""
        if not self.is_touched:
            return []
        value = self.read(who)
        if value is None:
            return [(self.path, Whole(None))] if self.data is not None else []
        if self._form == NUMBER:
            return [(self.path, value)]
        if self.choice.value != self._form:
            return [(self.path, Whole(value))]
        return self.forms[self._form].changes(who)


class Table(Part):
    """A mapping from ids to values, a part for each id that it may name."""

    def __init__(self, desk: Desk, shape: Shape, path: KeyPath, data: Any) -> None:
        assert shape.item is not None and shape.key is not None
        self.path, self.data = path, data
        ids = desk.ids(shape.key.refers) if shape.key.refers else {}
        item, of = shape.item, _name_of(shape, path)
        is_small = item.kind in ("number", "whole number", "choice", "text")
        self.parts: dict[str, Part] = {}
        for id in dict.fromkeys((*ids, *(data or {}))):
            inner, place = replace(item, name=id, optional=True), (*path, id)
            value = (data or {}).get(id)
            self.parts[id] = (
                Field(desk, inner, place, value, of=of, width="380px", label_width="190px")
                if is_small
                else part_of(desk, inner, place, value)
            )
        boxes = [part.box for part in self.parts.values()]
        self.box = _framed(shape, path, _in_rows(boxes) if is_small else VBox(boxes))

    @property
    def is_touched(self) -> bool:
        """True when one of the values is."""
        return any(part.is_touched for part in self.parts.values())

    def read(self, who: Who) -> dict[str, Any] | None:
        """Return the value of this place; None while nothing is provided."""
        inner = {id: part.read(who) for id, part in self.parts.items()}
        return {id: value for id, value in inner.items() if value is not None} or (None if self.data is None else {})

    def changes(self, who: Who) -> Changes:
        """Return what was changed here, by key path in the file."""
        changes = [change for part in self.parts.values() for change in part.changes(who)]
        value = self.read(who)
        if not changes:
            return []
        if self.data and any(id not in (value or {}) for id in self.data):
            # A key without a value is no value of its kind: the keys that are left are written anew.
            return [(self.path, Whole(value))]
        return changes if isinstance(self.data, Mapping) else [(self.path, value)]


class Entries(Part):
    """A list of entities: one is chosen and shown, new ones are added, others taken out."""

    def __init__(self, desk: Desk, shape: Shape, path: KeyPath, data: Any, *, opened: bool = False) -> None:
        assert shape.item is not None
        self.path, self.data, self._desk, self._item = path, list(data or ()), desk, shape.item
        self._is_absent = data is None
        self.parts: dict[int, Part] = {}
        self._removals: dict[int, ToggleButton] = {}
        self._count = len(self.data)
        self.chooser = Dropdown(
            description="Entry",
            options=self._options(),
            index=1 if opened and self.data else 0,
            tooltip=f"Which of {shape.about or 'the entries'} to show",
            style=STYLE,
            layout=Layout(width="620px", max_width="98%"),
        )
        self.add = Button(description="New entry", tooltip="Add an entry at the end of the list")
        self._place = VBox()
        self.add.on_click(lambda _: self.new())
        self.chooser.observe(lambda _: self._show(), "value")
        self._show()
        body = VBox([HBox([self.chooser, self.add], layout=Layout(flex_flow="row wrap")), self._place])
        self.box = _framed(shape, path, body)

    def _options(self) -> list[tuple[str, int | None]]:
        names = [_title(item, number) for number, item in enumerate(self.data, 1)]
        new = [f"new entry {number}" for number in range(1, self._count - len(self.data) + 1)]
        return [("choose an entry", None), *((name, index) for index, name in enumerate([*names, *new]))]

    def new(self) -> Part:
        """Add an empty entry, show it and return it."""
        self._count += 1
        self.chooser.options = self._options()
        self.chooser.value = self._count - 1
        return self.parts[self._count - 1]

    def open(self, index: int) -> Part:
        """Show an entry and return it."""
        self.chooser.value = index
        return self.parts[index]

    def remove(self, index: int) -> None:
        """Take an entry out when the form is saved."""
        self.open(index)
        self._removals[index].value = True

    def _show(self) -> None:
        index = self.chooser.value
        if index is None:
            self._place.children = ()
            return
        if index not in self.parts:
            data = self.data[index] if index < len(self.data) else None
            self.parts[index] = part_of(self._desk, self._item, (*self.path, index), data)
            removal = ToggleButton(
                description="Take this entry out",
                tooltip="The entry goes from the file when the form is saved",
                layout=Layout(width="220px"),
            )
            removal.observe(lambda _: self._desk.changed(), "value")
            self._removals[index] = removal
        self._place.children = (self.parts[index].box, self._removals[index])

    def _is_out(self, index: int) -> bool:
        return index in self._removals and bool(self._removals[index].value)

    @property
    def is_touched(self) -> bool:
        """True when an entry was changed, added or taken out."""
        return any(part.is_touched or self._is_out(index) for index, part in self.parts.items())

    def read(self, who: Who) -> list[Any] | None:
        """Return the value of this place; None while nothing is provided."""
        items = [*self._read(who, range(len(self.data))), *self._read(who, range(len(self.data), self._count))]
        return items if items or not self._is_absent else None

    def _read(self, who: Who, indices: range) -> list[Any]:
        kept = (index for index in indices if not self._is_out(index))
        items = (self.parts[index].read(who) if index in self.parts else self.data[index] for index in kept)
        return [item for item in items if item is not None]

    def changes(self, who: Who) -> Changes:
        """Return what was changed here, by key path in the file."""
        there = (index for index in sorted(self.parts) if index < len(self.data) and not self._is_out(index))
        changes = [change for index in there for change in self.parts[index].changes(who)]
        left = self._read(who, range(len(self.data)))
        new = self._read(who, range(len(self.data), self._count))
        # The entries that stay have been edited in their places; the list then shrinks and grows around their lines.
        shorter = [(self.path, left)] if len(left) < len(self.data) else []
        longer = [(self.path, [*left, *new])] if new else []
        return [*changes, *shorter, *longer]


def _title(item: Any, number: int) -> str:
    """Return the name of an entry and its id, or what else tells it from the others."""
    if not isinstance(item, Mapping):
        return f"{number}: {shorten(str(item))}"
    keys = [
        key
        for key in ("name", "id", "use_case", "question", "group", "source", "system", "person", "kind")
        if item.get(key)
    ]
    shown = [shorten(str(item[key])) for key in keys[:2]] or [shorten(str(next(iter(item.values()), "")))]
    return f"{number}: {shown[0]}" + (f" ({', '.join(shown[1:])})" if shown[1:] else "")


def leaves(part: Part) -> Iterator[Field]:
    """Yield the fields below a part that have been built."""
    if isinstance(part, Field):
        yield part
    inner = part.forms if isinstance(part, Quantity) else getattr(part, "parts", {})
    for each in inner.values():
        yield from leaves(each)
