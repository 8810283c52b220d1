"""A new client's folder: commented files in which every key is explained, written from the models themselves."""

from __future__ import annotations

import os
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.fields import FieldShape, Shape, fields_of, words
from workbook.engagement.folders import find_parameters, is_client_id
from workbook.engagement.load import MODELS
from workbook.engagement.references import Models
from workbook.engagement.yaml_edit import flow, plain

FILES = ("client", "assess")
WIDTH = 100

_HOW = """\
Each key without a # must be filled in. A key behind a # may be left out: delete the # to use it.
A number may stand alone (12), with what it rests on ({value: 12, unit: hours, evidence: measured, source: "ticket
export", date: 2026-05-31}; evidence is measured, interview, estimate or assumed) or, where it says so, as an estimate
({low: 8, likely: 12, high: 20, evidence: interview})."""


def new_client(client: str, parameters_dir: Path | str | None = None, models: Models = MODELS) -> Path:
    """Create the folder of a new client with its skeleton files and return it.

    Raises FaultsError for an id that is not plain, and for one that exists already in any spelling.
    """
    parameters = find_parameters(parameters_dir)
    if not is_client_id(client):
        allowed = "lower-case letters, digits and single hyphens, beginning with a letter, at most 60"
        raise FaultsError([Fault(client[:60], None, "", "no plain client id", allowed, "choose another id")])
    twin = next((path.name for path in parameters.iterdir() if path.name.casefold() == client), None)
    if twin:
        raise FaultsError([Fault(twin, None, "", f"the folder {twin}, which exists", "a new id", "choose another id")])
    building = Path(tempfile.mkdtemp(dir=parameters, prefix=".new-"))
    try:
        for name in FILES:
            (building / f"{name}.yaml").write_text(skeleton_text(models[name]), encoding="utf-8", newline="\n")
        (building / "data").mkdir()
        building.chmod(0o755)
        os.rename(building, parameters / client)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return parameters / client


def skeleton_text(model: type[BaseModel]) -> str:
    """Return the skeleton of a file: required keys to fill in, all others commented out, each explained.

    With the # before each commented key deleted, what results is a file of the same form.
    """
    about = (model.__doc__ or model.__name__).strip().splitlines()[0]
    lines = [*_comment(about, ""), "#", *(f"# {line}" for line in _HOW.splitlines())]
    explained: set[type[BaseModel]] = set()
    for field in fields_of(model).values():
        lines += ["", *_field(field, "", "" if field.required else "#", explained)]
    return "\n".join(lines) + "\n"


def _field(field: FieldShape, indent: str, hidden: str, explained: set[type[BaseModel]]) -> Iterator[str]:
    """Yield the lines of one key; `hidden` is the # before keys that are left out."""
    model = _model_in(field.shape)
    text = _explanation(field) + "; its keys are explained above" * (model in explained)
    yield from (hidden * bool(indent) + line for line in _comment(text, indent))
    key = f"{hidden}{indent}{field.name}:"
    if model is None:
        yield key + ("" if field.default is None else f" {flow(plain(field.default))}")
    elif model in explained:
        yield key + ("" if field.required or field.shape.optional else f" {flow(plain(field.default))}")
    else:
        explained.add(model)
        yield key
        yield from _nested(field.shape, model, indent + "  ", hidden, explained)


def _nested(
    shape: Shape, model: type[BaseModel], indent: str, hidden: str, explained: set[type[BaseModel]]
) -> Iterator[str]:
    if shape.kind == "list":
        yield f"{hidden}{indent}-"
    elif shape.kind == "mapping":
        yield f"{hidden}{indent}example:"
    inner = indent if shape.kind == "model" else indent + "  "
    for field in fields_of(model).values():
        # Below a key that is filled in, what may be left out is hidden; what is hidden already stays so.
        yield from _field(field, inner, hidden or ("" if field.required else "#"), explained)


def _model_in(shape: Shape) -> type[BaseModel] | None:
    if shape.kind in ("list", "mapping") and shape.item:
        return shape.item.model
    return shape.model


def _explanation(field: FieldShape) -> str:
    """Return the field's description, and what its type adds to it."""
    text = field.description or field.name.replace("_", " ")
    shape = field.shape
    if _model_in(shape):
        return text + " (a list)" * (shape.kind == "list")
    if shape.refers or shape.kind == "data file" or words(shape) in (text, "text", "text that is not empty"):
        return text
    # What the head of the file says of all numbers is not repeated at each.
    takes = words(shape).split(", alone or as ")[0].split(":")[0]
    return f"{text} ({takes}{', or low, likely, high' * shape.three_point})"


def _comment(text: str, indent: str) -> list[str]:
    first, rest = f"{indent}# ", f"{indent}#   "
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False)
