"""What differs between the data of a file and those that a spreadsheet gives: only that is to change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from workbook.engagement.fields import Shape, fields_of
from workbook.engagement.spreadsheet.layout import PARTS, is_table
from workbook.engagement.yaml_edit import same


def settled(shape: Shape, data: Any) -> Any:
    """Return what data mean, in whatever way they are written: without empty keys, defaults and bare mappings."""
    meant: Any = data
    if shape.kind == "quantity" and isinstance(data, dict):
        number = Shape("number")
        parts = {key: settled(number, value) for key, value in data.items() if value not in (None, "")}
        meant = parts["value"] if parts.keys() == {"value"} else parts or None
    elif shape.kind in ("model", "mapping") and isinstance(data, dict):
        inner = {**data, **{name: settled(field, data.get(name)) for name, field in _fields(shape, data)}}
        meant = {name: value for name, value in inner.items() if value is not None} or None
    elif shape.kind == "list" and shape.item and isinstance(data, list):
        items = [settled(shape.item, item) if is_table(shape) else item for item in data]
        meant = items if items or shape.optional else None
    elif isinstance(data, float):
        # Some spreadsheet programs save no more digits, and nobody can enter more.
        meant = float(f"{data:.15g}")
    return None if meant == "" or _is_default(shape, meant) else meant


def digest(shape: Shape, data: Any) -> str:
    """Return a mark of what data mean: other data have another, however alike they are written."""
    text = json.dumps(settled(shape, data), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _unknown(known: Container[str], data: dict[str, Any]) -> dict[str, Any]:
    """Return what stands under keys that no sheet has: it is a fault, and not the spreadsheet's to take away."""
    return {key: value for key, value in data.items() if key not in known}


def _fields(shape: Shape, *data: Any) -> Iterable[tuple[str, Shape]]:
    if shape.model:
        return fields_of(shape.model).items()
    item = shape.item or shape
    return {key: item for each in data if isinstance(each, dict) for key in each}.items()


def _is_default(shape: Shape, value: Any) -> bool:
    default = list(shape.default) if isinstance(shape.default, tuple) else shape.default
    return not shape.required and default is not None and same(value, default)


def reconciled(shape: Shape, old: Any, new: Any) -> Any:
    """Return `new` in the form in which `old` is written: what means the same stays, keys keep their order."""
    if same(settled(shape, old), settled(shape, new)):
        return old
    if shape.kind == "quantity" and isinstance(old, dict):
        parts = {**_unknown(PARTS, old), **(new if isinstance(new, dict) else {"value": new})}
        return _ordered(parts, [*old, *PARTS]) if new is not None else None
    if shape.kind in ("model", "mapping") and isinstance(new, dict):
        before = old if isinstance(old, dict) else {}
        fields = dict(_fields(shape, before, new))
        after = {key: reconciled(field, before.get(key), new.get(key)) for key, field in fields.items()}
        after |= _unknown(fields, before)
        # A key that stands there without a value may stay.
        kept = {key: value for key, value in after.items() if value is not None or before.get(key, 0) is None}
        return _ordered(kept, [*before, *kept])
    if is_table(shape) and shape.item and isinstance(new, list) and isinstance(old, list):
        item = shape.item
        partners = aligned([settled(item, each) for each in old], [settled(item, each) for each in new])
        pairs = zip(partners, new, strict=True)
        return [reconciled(item, None if at is None else old[at], each) for at, each in pairs]
    if is_table(shape) and shape.item and isinstance(new, list):
        return [reconciled(shape.item, None, each) for each in new]
    return new


def _ordered(data: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: data[key] for key in dict.fromkeys(keys) if key in data}


def aligned(old: Sequence[Any], new: Sequence[Any]) -> list[int | None]:
    """Return for each new item the place of the old one that it continues, None for one that is added.

    An item continues the one that it equals, else the one of the same name, else the one in the same place between its
    neighbours. Each old item is continued once at most.
    """
    partners: list[int | None] = [None] * len(new)
    before, after = ([json.dumps(item, sort_keys=True, default=str) for item in items] for items in (old, new))
    for i, j, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        partners[j : j + size] = range(i, i + size)
    free = set(range(len(old))) - set(partners)
    for j, item in enumerate(new):
        if partners[j] is None and (name := _name(item)) is not None:
            namesakes = [i for i in sorted(free) if _name(old[i]) == name]
            partners[j] = namesakes[0] if namesakes else None
            free.difference_update(namesakes[:1])
    for j in range(len(new)):
        above = partners[j - 1] if j else -1
        if partners[j] is None and above is not None and above + 1 in free:
            partners[j] = above + 1
            free.remove(above + 1)
    return partners


def _name(item: Any) -> Any:
    """Return the first value of an entry, which names it: its id, or what it is about."""
    return next(iter(item.values()), None) if isinstance(item, dict) else None
