"""From a document to its model, or to all the faults that stand between them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path as Folder
from typing import Any, TypeVar

from pydantic import ValidationError

from workbook.engagement.faults import Fault, Path, dotted, find_secrets, is_secret_key, listed, nearest, show
from workbook.engagement.fields import Shape, fields_of, shape_at, shape_of_model, words
from workbook.engagement.remedies import about, remedy_for
from workbook.engagement.values import THREE_POINT, Model, ThreePoint, Value, form_of
from workbook.engagement.yaml_reader import Document, at

M = TypeVar("M", bound=Model)

_SECRET_REMEDY = "delete it here and replace the secret; name an environment variable that holds it (url_env: NAME)"


def validate(document: Document, model: type[M], folder: Folder | None = None) -> tuple[M | None, list[Fault]]:
    """Return the document as an instance of `model`, or None and the faults that prevent it.

    Data files must exist in the client's `folder`; without it only their names are checked.
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
    for path, line in document.lines.items():
        if is_secret_key(path[-1]) and isinstance(at(document.data, path), str | int | float):
            by_line[line] = dotted(path)
        elif line in by_line:
            by_line[line] = by_line[line] or dotted(path)
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
        return document.fault(path, found, context["allowed"], context["remedy"])
    value = at(document.data, path)
    if item["loc"][-1] == "[key]":
        value, above = path[-1], shape_at(root, document.data, path[:-1])
        shape = above.key if above else None
    else:
        shape = shape_at(root, document.data, path)
    shape = shape or root
    if shape.refers and isinstance(value, str) and value:
        # An id that leads nowhere is reported where references are checked.
        return None
    return document.fault(path, show(value, path), words(shape), remedy_for(value, shape))


def _missing_fault(document: Document, root: Shape, path: Path) -> Fault:
    shape = shape_at(root, document.data, path) or root
    return document.fault(path, "nothing", words(shape), f"add {path[-1]}: with its value{about(shape)}")


def _unknown_fault(document: Document, root: Shape, path: Path) -> Fault:
    *parent, key = path
    above = at(document.data, tuple(parent))
    shape = shape_at(root, document.data, tuple(parent))
    names = [inner for inner in _keys_of(shape, above) if inner not in above]
    meant = nearest(key, names)
    found = f"the unknown key {dotted((key,))}"
    remedy = f"rename it to {meant}" if meant else "delete it"
    return document.fault(path, found, f"the keys {listed(_keys_of(shape, above), 40)}", remedy)


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
