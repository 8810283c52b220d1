"""Which sheets there are, and what stands in their columns: read off the fields of the models, nothing listed by hand.

The values of a file that stand alone are the lines of a form, and so are those of each of its sections. A list of
entries, or a mapping, is a table with a row for each; where it lies inside entries of another list, its first columns
name them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from typing import Literal

from workbook.engagement.fields import Shape, fields_of, shape_of_model
from workbook.engagement.load import MODELS
from workbook.engagement.references import Models
from workbook.engagement.values import ThreePoint, Value

Keys = tuple[str, ...]

LONGEST_TITLE = 31
"""Characters that the name of a sheet may have."""

README, LISTS = "Read me", "Lists"
"""Sheets that hold nothing of the client."""

ONE, THREE = tuple(fields_of(Value)), tuple(fields_of(ThreePoint))
PARTS = ("value", "low", "likely", "high", *ONE[1:])
"""Columns of a quantity: one number or three, and what they rest on."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of an entry: a column of a table, or a line of a form.

    `path` leads to it below the entry; for a part of a quantity it ends with the part, and `field` is the quantity.
    """

    path: Keys
    shape: Shape
    field: Shape
    required: bool = False

    @property
    def header(self) -> str:
        """How the column is called: the keys of the file, such as volume.unit."""
        return ".".join(self.path) or "value"

    @property
    def is_marker(self) -> bool:
        """Tell whether it only says that a list of entries on another sheet is empty on purpose."""
        return is_table(self.shape)


@dataclass(frozen=True, slots=True)
class Column:
    """A column before the values of an entry: the entry above that it belongs to, or its key in a mapping."""

    header: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: where in which file its entries lie, and what they hold.

    `steps` are the key paths from list to list, the last one that of the sheet's own entries; a form has one step.
    `parents` name the entry of each list above, `keys` the entry in a mapping, or in a mapping of mappings.
    """

    title: str
    file: str
    steps: tuple[Keys, ...]
    entry: Shape
    about: str
    kind: Literal["form", "list", "mapping"]
    parents: tuple[Column, ...] = ()
    keys: tuple[Column, ...] = ()
    slots: tuple[Slot, ...] = ()

    @property
    def lead(self) -> tuple[Column, ...]:
        """Columns before the values."""
        return self.parents + self.keys


@cache
def _sheets(models: tuple[tuple[str, type], ...]) -> tuple[Sheet, ...]:
    drafts = [sheet for file, model in models for sheet in _of_file(file, shape_of_model(model))]
    titles = _titles(drafts)
    return tuple(replace(sheet, title=title) for sheet, title in zip(drafts, titles, strict=True))


def sheets_of(models: Models = MODELS) -> tuple[Sheet, ...]:
    """Return the sheets for the files of a client, in the order of the fields; sheets of entries follow their list."""
    return _sheets(tuple(models.items()))


def is_table(shape: Shape) -> bool:
    """Tell whether a field has a sheet of its own, with a row for each entry."""
    return shape.kind == "mapping" or (shape.kind == "list" and _is_entry(shape.item))


def _is_entry(item: Shape | None) -> bool:
    return item is not None and item.kind in ("model", "quantity", "list", "mapping", "union")


def name_key(entry: Shape) -> str | None:
    """Return the key by which an entry of a list is named: its id, else the first text that it must have."""
    fields = fields_of(entry.model) if entry.model else {}
    own = [name for name, field in fields.items() if field.identifies]
    texts = [name for name, field in fields.items() if field.required and field.kind in ("text", "choice")]
    return next(iter(own + texts), None)


# --- sheets ----------------------------------------------------------------------------------------------------------


def _of_file(file: str, root: Shape) -> Iterator[Sheet]:
    fields = fields_of(root.model) if root.model else {}
    # The sections of a file have sheets of their own; its other values share one.
    alone = {name: field for name, field in fields.items() if field.kind != "model"}
    slots = tuple(slot for name, field in alone.items() for slot in _slots(field, (name,), field.required))
    about = (root.model.__doc__ or "").strip().splitlines()[0] if root.model else ""
    if slots:
        yield Sheet("", file, ((),), root, about, "form", slots=slots)
    for name, field in fields.items():
        if field.kind == "model":
            slots = tuple(_slots(field, (), field.required))
            yield Sheet("", file, ((name,),), field, field.about, "form", slots=slots)
        yield from _tables(file, (), (), field, (name,))


def _tables(
    file: str, steps: tuple[Keys, ...], parents: tuple[Column, ...], field: Shape, path: Keys
) -> Iterator[Sheet]:
    """Yield the sheets of a field and of what lies in it; `path` leads to it from the entry at the end of `steps`."""
    if field.kind == "model" and field.model:
        for name, below in fields_of(field.model).items():
            yield from _tables(file, steps, parents, below, (*path, name))
    elif is_table(field):
        yield from _table(file, (*steps, path), parents, field)


def _table(file: str, steps: tuple[Keys, ...], parents: tuple[Column, ...], field: Shape) -> Iterator[Sheet]:
    entry, keys = _entry_and_keys(field)
    slots = tuple(_slots(entry, (), True))
    kind: Literal["list", "mapping"] = "mapping" if keys else "list"
    yield Sheet("", file, steps, entry, field.about, kind, parents, keys, slots)
    name = name_key(entry)
    inner = list(_inner_tables(file, steps, parents, entry, name))
    if inner and (name is None or keys):
        raise TypeError(f"entries of {'.'.join(steps[-1])} hold lists, and no key names them")
    yield from inner


def _inner_tables(
    file: str, steps: tuple[Keys, ...], parents: tuple[Column, ...], entry: Shape, name: str | None
) -> Iterator[Sheet]:
    if entry.model and name:
        parent = Column(f"{steps[-1][-1]}.{name}", fields_of(entry.model)[name])
        for key, below in fields_of(entry.model).items():
            yield from _tables(file, steps, (*parents, parent), below, (key,))
    elif entry.model:
        for key, below in fields_of(entry.model).items():
            yield from _tables(file, steps, parents, below, (key,))


def _entry_and_keys(field: Shape) -> tuple[Shape, tuple[Column, ...]]:
    """Return what one row holds, and the columns of its keys; a mapping of mappings has two keys."""
    keys: list[Shape] = []
    while field.kind == "mapping" and field.item and field.key:
        keys.append(field.key)
        field = field.item
    if not keys and field.item:
        field = field.item
    if field.kind in ("list", "union") and (field.kind == "union" or is_table(field)):
        raise TypeError(f"a spreadsheet has no place for {field}")
    numbers = (f" {number}" if len(keys) > 1 else "" for number in count(1))
    return field, tuple(Column((key.refers or "key") + number, key) for key, number in zip(keys, numbers, strict=False))


def _slots(shape: Shape, path: Keys, required: bool) -> Iterator[Slot]:
    """Yield the values that stand in the row of an entry itself."""
    if shape.kind == "quantity":
        yield from _quantity_slots(shape, path, required)
    elif shape.kind == "model" and shape.model:
        for name, field in fields_of(shape.model).items():
            yield from _slots(field, (*path, name), field.required and required)
    elif not is_table(shape):
        yield Slot(path, shape, shape, required)
    elif shape.optional:
        # Nothing and "there is none" are two answers.
        yield Slot(path, shape, shape)


def _quantity_slots(shape: Shape, path: Keys, required: bool) -> Iterator[Slot]:
    fields: Mapping[str, Shape] = {**fields_of(ThreePoint), **fields_of(Value)}
    for part in PARTS if shape.three_point else ONE:
        field = fields[part]
        if part in ("value", "low", "likely", "high"):
            field = replace(field, low=shape.low, high=shape.high, open_low=shape.open_low)
        yield Slot((*path, part), field, shape, required and part == "value")


# --- names -----------------------------------------------------------------------------------------------------------


def _titles(sheets: list[Sheet]) -> list[str]:
    """Name each sheet by its keys: by the last of them, by as many more as set it apart from the others."""
    paths = [(sheet.file, *(key for step in sheet.steps for key in step)) for sheet in sheets]
    taken, titles = {README.casefold(), LISTS.casefold()}, []
    for path in paths:
        # An entry inside another is named with what it lies in: "Use cases data".
        fewest = min(2 if len(path) > 2 else 1, len(path))
        tails = (path[-length:] for length in range(fewest, len(path) + 1))
        tail = next((each for each in tails if _is_alone(each, paths)), path)
        titles.append(_free_title(" ".join(tail).replace("_", " "), taken))
    return titles


def _is_alone(tail: Keys, paths: list[Keys]) -> bool:
    return sum(path[-len(tail) :] == tail for path in paths) == 1


def _free_title(words: str, taken: set[str]) -> str:
    title = (words[0].upper() + words[1:])[:LONGEST_TITLE]
    for number in count(2):
        if title.casefold() not in taken:
            break
        tail = f" {number}"
        title = title[: LONGEST_TITLE - len(tail)] + tail
    taken.add(title.casefold())
    return title
