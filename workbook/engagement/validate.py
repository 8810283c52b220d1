"""From a document to its model, or to all the faults that stand between them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path as Folder
from typing import Any, TypeVar

from pydantic import ValidationError

from workbook.engagement.faults import Fault, Path, dotted, find_secrets, is_secret_key, listed, nearest, shorten, show
from workbook.engagement.fields import Shape, fields_of, shape_at, shape_of_model, words
from workbook.engagement.values import SLUG_LONGEST, SLUG_PATTERN, THREE_POINT, Model, ThreePoint, Value, form_of
from workbook.engagement.yaml_reader import Document, at
from workbook.engagement.yaml_text import resolve

M = TypeVar("M", bound=Model)

_SECRET_REMEDY = "delete it here and replace the secret; name an environment variable that holds it (url_env: NAME)"


def validate(document: Document, model: type[M], folder: Folder | None = None) -> tuple[M | None, list[Fault]]:
    """Return the document as an instance of `model`, or None and the faults that prevent it.

    Parameters
    ----------
    document
        What `read_yaml` returned.
    model
        Model of the file.
    folder
        The client's folder; data files must exist in it. None checks their names only.
    """
    faults = check_secrets(document)
    context = {"folder": folder} if folder else {}
    try:
        instance = model.model_validate_json(json.dumps(document.data), context=context)
    except ValidationError as error:
        faults += _faults_of(error, document, model)
        return None, _one_per_place(faults)
    return instance, faults


def check_secrets(document: Document) -> list[Fault]:
    """Return the faults for passwords, keys, tokens and database addresses anywhere in the file, comments included."""
    offsets = find_secrets(document.text)
    by_line = {document.text.count("\n", 0, offset) + 1: "" for offset in offsets}
    for path, line_column in document.lines.items():
        if is_secret_key(path[-1]) and isinstance(at(document.data, path), str | int | float):
            by_line[line_column[0]] = dotted(path)
        elif line_column[0] in by_line:
            by_line[line_column[0]] = by_line[line_column[0]] or dotted(path)
    return [
        Fault(document.file, line, key, "a secret (not shown)", "no secrets and no database addresses", _SECRET_REMEDY)
        for line, key in by_line.items()
    ]


def _one_per_place(faults: list[Fault]) -> list[Fault]:
    """Return the first fault of each key: the branches of a union, or a secret under an unknown key, say it once."""
    by_place: dict[tuple[int | None, str], Fault] = {}
    for fault in faults:
        by_place.setdefault((fault.line, fault.key), fault)
    return list(by_place.values())


# --- errors of pydantic as faults ------------------------------------------------------------------------------------


def _faults_of(error: ValidationError, document: Document, model: type[Model]) -> list[Fault]:
    errors = error.errors(include_url=False)
    unknown: dict[Path, set[str]] = {}
    for item in errors:
        if item["type"] == "extra_forbidden":
            unknown.setdefault(_data_path(item["loc"][:-1], document.data), set()).add(str(item["loc"][-1]))
    faults = (_fault(item, document, shape_of_model(model), unknown) for item in errors)
    return [fault for fault in faults if fault]


def _fault(item: Any, document: Document, root: Shape, unknown: Mapping[Path, set[str]]) -> Fault | None:
    path = _data_path(item["loc"], document.data)
    if item["type"] == "missing":
        # A required key that is misspelt is reported once, as an unknown key with its right name.
        name = str(item["loc"][-1])
        misspelt = any(nearest(key, [name]) for key in unknown.get(path, ()))
        return None if misspelt else _missing_fault(document, root, (*path, name))
    if item["type"] == "extra_forbidden":
        return _unknown_fault(document, root, path)
    context = item.get("ctx") or {}
    if item["type"] == "refused":
        path = _data_path((*path, *context["path"]), document.data)
        found = context["found"] or show(at(document.data, path), path)
        return _at_line(document, path, found, context["allowed"], context["remedy"])
    value = at(document.data, path)
    if item["type"] == "value_error":
        return _at_line(document, path, show(value, path), str(context["error"]), "put the values right together")
    if item["loc"][-1] == "[key]":
        value, above = path[-1], shape_at(root, document.data, path[:-1])
        shape = above.key if above else None
    else:
        shape = shape_at(root, document.data, path)
    shape = shape or root
    return _at_line(document, path, show(value, path), words(shape), remedy_for(value, shape))


def _at_line(document: Document, path: Path, found: str, allowed: str, remedy: str) -> Fault:
    return Fault(document.file, document.line_of(path), dotted(path), found, allowed, remedy)


def _missing_fault(document: Document, root: Shape, path: Path) -> Fault:
    shape = shape_at(root, document.data, path)
    name = str(path[-1])
    return _at_line(document, path, "nothing", words(shape) if shape else "a value", f"add {name}: with its value")


def _unknown_fault(document: Document, root: Shape, path: Path) -> Fault:
    *parent, key = path
    above = at(document.data, tuple(parent))
    shape = shape_at(root, document.data, tuple(parent))
    names = [inner for inner in _keys_of(shape, above) if inner not in above]
    meant = nearest(key, names)
    found = f"the unknown key {dotted((key,))}"
    remedy = f"rename it to {meant}" if meant else "delete it"
    return _at_line(document, path, found, f"the keys {listed(_keys_of(shape, above), 40)}", remedy)


def _keys_of(shape: Shape | None, data: Any) -> list[str]:
    if shape is None:
        return []
    if shape.kind == "quantity":
        return list(fields_of(ThreePoint if form_of(data) == THREE_POINT else Value))
    if shape.kind == "union":
        return [key for arm in shape.arms for key in _keys_of(arm, data)]
    return list(fields_of(shape.model)) if shape.model else []


def _data_path(location: tuple[str | int, ...], data: Any) -> Path:
    """Return the key path in the file: a location without the names of forms and branches that pydantic puts in."""
    path: list[str | int] = []
    for part in location:
        keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        if part in keys:
            path.append(part)
            data = at(data, (part,))
    return tuple(path)


# --- what to do about it ---------------------------------------------------------------------------------------------


def remedy_for(value: Any, shape: Shape) -> str:
    """Return the instruction that turns `value` into what `shape` takes, as concrete as the value allows."""
    if value is None or value == "":
        return "fill it in, or delete the key" if shape.optional else "fill it in"
    numeric = shape.kind in ("number", "whole number", "quantity")
    if numeric:
        return _number_remedy(value)
    if shape.kind == "choice":
        meant = nearest(value, map(str, shape.choices))
        return f"write {meant}" if meant else "write one of them"
    if shape.kind == "flag":
        return {"yes": "write true", "no": "write false"}.get(str(value).lower(), "write true or false")
    if shape.kind == "date":
        return _date_remedy(value)
    if shape.kind in ("list", "mapping", "model"):
        return _nesting_remedy(value, shape)
    return _text_remedy(value, shape) if shape.kind in ("text", "data file") else "write one of these"


def _number_remedy(value: Any) -> str:
    if not isinstance(value, str):
        return "write a number in this range" if type(value) in (int, float) else "write a number"
    text = value.strip()
    if percent := re.fullmatch(r"([0-9.]+) ?%", text):
        return f"write {float(percent[1]) / 100:g}, as a share of 1" if percent[1].count(".") < 2 else "write a number"
    if isinstance(_resolved(text), int | float):
        return f"write {text} without quotes"
    if re.fullmatch(r"-?[0-9]+,[0-9]{1,2}", text):
        return f"write {text.replace(',', '.')}"
    return "write the number alone, without unit or thousands separator"


def _resolved(text: str) -> Any:
    try:
        number = resolve(text)
    except ValueError:
        return None
    return None if isinstance(number, bool) else number


def _date_remedy(value: Any) -> str:
    day = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", str(value))
    return f"write {day[3]}-{day[2]:0>2}-{day[1]:0>2}" if day else "write year-month-day"


def _nesting_remedy(value: Any, shape: Shape) -> str:
    if shape.kind == "list":
        if isinstance(value, list):
            return "give the list a length in this range"
        return "begin each item with a hyphen, or write [a, b]"
    return "write its keys indented below it"


def _text_remedy(value: Any, shape: Shape) -> str:
    if isinstance(value, bool | int | float):
        return f'put it in quotes: "{str(value).lower() if isinstance(value, bool) else value}"'
    if not isinstance(value, str):
        return "write text"
    if shape.longest and len(value) > shape.longest:
        return f"shorten it by {len(value) - shape.longest} characters"
    if find_secrets(value):
        return "write it in this form"
    spellings = (value.strip(), value.upper(), value.lower(), value.replace("-", "_"))
    fitting = [each for each in spellings if shape.pattern and re.search(shape.pattern, each)]
    if fitting:
        return f"write {shorten(fitting[0])}"
    slug = "-".join(re.findall("[a-z0-9]+", value.lower())).lstrip("0123456789-")[:SLUG_LONGEST].rstrip("-")
    return f"write {slug}" if shape.pattern == SLUG_PATTERN and slug else "write it in this form"
