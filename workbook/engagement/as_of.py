"""What was known on a day: facts, decisions and entities dated later do not exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from workbook.engagement.fields import Shape, fields_of, shape_of_model, walk
from workbook.engagement.values import Model

M = TypeVar("M", bound=BaseModel)
Lost = frozenset[tuple[str, str]]
"""Kind and id of each entity that does not exist yet."""

_GONE = object()


def as_known_on(model: M, day: dt.date, lost: Lost = frozenset()) -> M | None:
    """Return `model` without what is dated after `day`, or None when nothing of it was known.

    A value, an entity or a decision with a `date` after `day` does not exist, and neither does the day of what happened
    later: an optional field becomes its default, an item of a list or mapping is dropped. An entity of which something
    was known before stays as it was then. Whatever cannot be without the missing part does not exist either, and
    neither do references to entities in `lost`.
    """
    known = _known(model, shape_of_model(type(model)), day, lost)
    return None if known is _GONE else known


def all_known_on(parts: Mapping[str, Model], day: dt.date) -> dict[str, Model]:
    """Return the files of one client as known on `day`; a file of which nothing was known is left out.

    An entity that refers to one not yet known is taken out in turn, until every reference leads somewhere.
    """
    known = _filtered(parts, day, frozenset())
    lost: Lost = frozenset()
    while known != parts and (now_lost := _identities(parts) - _identities(known)) != lost:
        lost = now_lost
        known = _filtered(known, day, lost)
    return known


def _filtered(parts: Mapping[str, Model], day: dt.date, lost: Lost) -> dict[str, Model]:
    known = {name: as_known_on(part, day, lost) for name, part in parts.items()}
    return {name: part for name, part in known.items() if part is not None}


def _known(value: Any, shape: Shape | None, day: dt.date, lost: Lost) -> Any:
    """Return `value` as known on `day`, or _GONE."""
    if isinstance(value, BaseModel):
        return _known_model(value, day, lost)
    if shape is None or value is None:
        return value
    if shape.refers and (shape.refers, value) in lost:
        return _GONE
    if shape.happened and value > day:
        return _GONE
    if isinstance(value, tuple | list):
        items = (_known(item, shape.item, day, lost) for item in value)
        return type(value)(item for item in items if item is not _GONE)
    if isinstance(value, dict):
        pairs = ((_known(k, shape.key, day, lost), _known(v, shape.item, day, lost)) for k, v in value.items())
        return {k: v for k, v in pairs if k is not _GONE and v is not _GONE}
    return value


def _known_model(value: BaseModel, day: dt.date, lost: Lost) -> Any:
    dated = getattr(value, "date", None)
    if isinstance(dated, dt.date) and dated > day:
        earlier = value.before_its_date() if isinstance(value, Model) else None
        return _GONE if earlier is None else _known_model(earlier, day, lost)
    changes = {}
    for name, field in fields_of(type(value)).items():
        before = getattr(value, name)
        after = _known(before, field, day, lost)
        if after is _GONE and field.required:
            return _GONE
        if after != before:
            changes[name] = field.default if after is _GONE else after
    return value.model_copy(update=changes) if changes else value


def _identities(parts: Mapping[str, Model]) -> Lost:
    places = (walk(shape_of_model(type(part)), part.model_dump(mode="json")) for part in parts.values())
    return frozenset((shape.identifies, value) for part in places for _, value, shape in part if shape.identifies)
