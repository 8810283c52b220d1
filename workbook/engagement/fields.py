"""One description of the fields of the models, read off the models themselves.

The loader's messages, the skeleton, and any form, spreadsheet or reference page speak from it.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from workbook.engagement.faults import Path, listed
from workbook.engagement.values import (
    THREE_POINT,
    Allowed,
    Bounds,
    DataFile,
    Happened,
    Identifies,
    QuantityForm,
    Refers,
    ThreePoint,
    Value,
    form_of,
    in_range,
)

_ACRONYMS = ("id", "icc", "raci", "p90")

Scalar = Literal["text", "whole number", "number", "flag", "date", "choice", "quantity", "data file"]
Kind = Scalar | Literal["list", "mapping", "model", "union"]
_SCALARS: dict[Any, Kind] = {str: "text", int: "whole number", float: "number", bool: "flag", dt.date: "date"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What one place in a file takes.

    `item` is the shape of each item of a list or of each value of a mapping, `key` that of a mapping's keys, `arms` are
    the alternatives of a union, `model` the model of a nested mapping. `low` and `high` belong to the range, each not
    where it is open. `words` replace the generated phrase. A field has a `name`, is `about` something, and has a
    `default` unless it is `required`.
    """

    kind: Kind
    optional: bool = False
    choices: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    words: str | None = None
    name: str = ""
    about: str = ""
    required: bool = False
    default: Any = None
    noun: str = "number"
    three_point: bool = False
    identifies: str | None = None
    refers: str | None = None
    happened: bool = False
    model: type[BaseModel] | None = None
    item: Shape | None = None
    key: Shape | None = None
    arms: tuple[Shape, ...] = ()


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, Shape]:
    """Return the fields of `model` by name, in the order in which they are declared."""
    return {name: _field(name, info) for name, info in model.model_fields.items()}


def _field(name: str, info: FieldInfo) -> Shape:
    shape, about, required = shape_of(info.annotation, info.metadata), info.description or "", info.is_required()
    # A description such as "two-letter country code such as DE" says more than the pattern does.
    words = shape.words or (about if shape.pattern else "") or None
    default = None if required else info.get_default(call_default_factory=True)
    return replace(shape, name=name, about=about, required=required, default=default, words=words)


@cache
def shape_of_model(model: type[BaseModel]) -> Shape:
    """Return the shape of a mapping with the fields of `model`."""
    return Shape("model", model=model)


def shape_of(annotation: Any, metadata: Iterable[Any] = ()) -> Shape:
    """Return the shape of a type annotation with the metadata that stands beside it.

    Raises TypeError for a type that files of parameters have no use for.
    """
    extra = list(metadata)
    if get_origin(annotation) is Annotated:
        annotation, *inner = get_args(annotation)
        extra = [*inner, *extra]
    form = next((mark for mark in extra if isinstance(mark, QuantityForm)), None)
    shape = Shape("quantity", noun=form.noun, three_point=form.three_point) if form else _plain_shape(annotation)
    for mark in extra:
        shape = _marked(shape, mark)
    return shape


def _plain_shape(annotation: Any) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return Shape(_SCALARS[annotation])
    if origin is Literal:
        return Shape("choice", choices=arguments)
    if origin in (tuple, list, frozenset):
        return Shape("list", item=shape_of(arguments[0]))
    if origin is dict:
        return Shape("mapping", key=shape_of(arguments[0]), item=shape_of(arguments[1]))
    if origin in (Union, types.UnionType):
        return _union_shape(arguments)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return shape_of_model(annotation)
    raise TypeError(f"no shape for {annotation!r}")


def _union_shape(arguments: tuple[Any, ...]) -> Shape:
    arms = tuple(shape_of(argument) for argument in arguments if argument is not type(None))
    shape = arms[0] if len(arms) == 1 else Shape("union", arms=arms)
    return replace(shape, optional=len(arms) < len(arguments))


def _marked(shape: Shape, mark: Any) -> Shape:
    """Return `shape` with what one piece of metadata says about it."""
    if isinstance(mark, FieldInfo):
        for inner in mark.metadata:
            shape = _marked(shape, inner)
        return shape
    if isinstance(mark, Bounds):
        low, high = (new if new is not None else old for old, new in ((shape.low, mark.low), (shape.high, mark.high)))
        return replace(shape, low=low, high=high, open_low=mark.open_low)
    if isinstance(mark, Allowed):
        return replace(shape, words=mark.words)
    if isinstance(mark, Identifies):
        return replace(shape, identifies=mark.kind)
    if isinstance(mark, Refers):
        return replace(shape, refers=mark.kind)
    if isinstance(mark, Happened):
        return replace(shape, happened=True)
    if isinstance(mark, DataFile):
        return replace(shape, kind="data file")
    return _constrained(shape, mark)


# Names under which pydantic and annotated_types keep a constraint, and what a shape calls it.
_CONSTRAINTS = {
    "ge": "low",
    "gt": "low",
    "le": "high",
    "lt": "high",
    "min_length": "shortest",
    "max_length": "longest",
    "pattern": "pattern",
}


def _constrained(shape: Shape, mark: Any) -> Shape:
    changes: dict[str, Any] = {}
    for attribute, name in _CONSTRAINTS.items():
        bound = getattr(mark, attribute, None)
        if bound is not None and shape.kind != "date":
            changes[name] = bound
            changes |= {"open_low": True} if attribute == "gt" else {"open_high": True} if attribute == "lt" else {}
    return replace(shape, **changes)


# --- in words --------------------------------------------------------------------------------------------------------


def words(shape: Shape) -> str:
    """Say what a place takes, as a noun phrase: "a number from 0 to 1", "one of yes, no, unknown"."""
    if shape.refers:
        return f"the id of {a(shape.refers)}"
    if shape.words:
        return shape.words
    if shape.kind == "choice":
        return f"{'one of ' * (len(shape.choices) > 1)}{listed(map(_shown_choice, shape.choices), 30)}"
    if shape.kind in ("number", "whole number", "quantity"):
        return _number_words(shape)
    if shape.kind == "text":
        return _text_words(shape)
    if shape.kind == "list" and shape.item:
        return f"a list{_length_words(shape, ' items')}, each item {words(shape.item)}"
    if shape.kind == "mapping" and shape.item and shape.key:
        return f"a mapping from {words(shape.key)} to {words(shape.item)}"
    if shape.kind == "model" and shape.model:
        return f"a mapping with the keys {listed(fields_of(shape.model), 40)}"
    if shape.kind == "union":
        return ", or ".join(dict.fromkeys(map(words, shape.arms)))
    return {"flag": "true or false", "date": "a date such as 2026-05-31"}.get(shape.kind, shape.kind)


def _shown_choice(choice: Any) -> str:
    """Return a choice as it is written; marks such as a comma would be lost among the commas of a list."""
    return str(choice) if any(c.isalnum() for c in str(choice)) else f'"{choice}"'


def label(shape: Shape) -> str:
    """Return the name of a field as people read it: `cost_per_transaction` is "Cost per transaction"."""
    text = shape.name.replace("_", " ")
    return text.upper() if text in _ACRONYMS else text[:1].upper() + text[1:]


def a(noun: str) -> str:
    """Return `noun` with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' and not noun.startswith('use') else 'a'} {noun}"


def _number_words(shape: Shape) -> str:
    noun = a(shape.noun if shape.kind == "quantity" else shape.kind)
    text = f"{noun} {in_range(shape.low, shape.high, shape.open_low, shape.open_high)}".strip()
    if shape.kind != "quantity":
        return text
    text += ", alone or as {value, unit, evidence, source, date, by}"
    return text + (", or as {low, likely, high, ...}" if shape.three_point else "")


def _text_words(shape: Shape) -> str:
    if shape.pattern:
        return f"text of the form {shape.pattern}"
    return f"text{_length_words(shape, ' characters')}{' that is not empty' if shape.shortest == 1 else ''}"


def _length_words(shape: Shape, unit: str) -> str:
    limits = in_range(shape.shortest if shape.shortest != 1 else None, shape.longest)
    return f" {limits}{unit}" if limits else ""


# --- beside data -----------------------------------------------------------------------------------------------------


def children(shape: Shape, data: Any) -> Iterator[tuple[str | int, Any, Shape]]:
    """Yield each part of `data` with its key and its shape; parts that have no shape are left out."""
    shape = _written_form(shape, data)
    if shape.kind == "union":
        for arm in shape.arms:
            yield from children(arm, data)
    elif shape.kind == "model" and shape.model and isinstance(data, Mapping):
        for name, field in fields_of(shape.model).items():
            if name in data:
                yield name, data[name], field
    elif shape.kind == "mapping" and shape.item and isinstance(data, Mapping):
        for name, value in data.items():
            yield name, value, shape.item
    elif shape.kind == "list" and shape.item and isinstance(data, list):
        for index, value in enumerate(data):
            yield index, value, shape.item


def _written_form(shape: Shape, data: Any) -> Shape:
    """Return the shape of the mapping as which a quantity is written; other shapes stay as they are."""
    if shape.kind != "quantity" or not isinstance(data, Mapping):
        return shape
    return shape_of_model(ThreePoint if form_of(data) == THREE_POINT else Value)


def walk(shape: Shape, data: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Shape]]:
    """Yield each place in plain data, keys of mappings included, with its key path, value and shape."""
    yield path, data, shape
    if shape.key and isinstance(data, Mapping):
        for name in data:
            yield (*path, name), name, shape.key
    for part, value, inner in children(shape, data):
        yield from walk(inner, value, (*path, part))


def shape_at(shape: Shape, data: Any, path: Path) -> Shape | None:
    """Return the shape of the place in `data` to which `path` leads, or None where the models know no such place."""
    if not path:
        return shape
    for part, value, inner in children(shape, data):
        if part == path[0] and (found := shape_at(inner, value, path[1:])):
            return found
    model = _written_form(shape, data).model
    return fields_of(model).get(str(path[0])) if model and len(path) == 1 else None
