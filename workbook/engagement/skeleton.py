"""A new client's folder: commented files in which every key is explained, written from the models themselves."""

from __future__ import annotations

import os
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from workbook.engagement.faults import refused
from workbook.engagement.fields import Shape, fields_of, words
from workbook.engagement.folders import check_client_id, find_parameters
from workbook.engagement.load import MODELS, framework_ids
from workbook.engagement.references import Models
from workbook.engagement.values import in_range
from workbook.engagement.yaml_edit import flow, plain

WIDTH, COLUMN = 118, 32

_HOW = """\
Fill in each key that stands without a #. A key behind a # may be left out: delete the # to use it. In a list, repeat
the lines from the hyphen on for each further item. A number may stand alone (12), say what it rests on
({value: 12, unit: hours, evidence: measured, source: "ticket export", date: 2026-05-31}; evidence is measured,
interview, estimate or assumed) or, where it says so, be an estimate ({low: 8, likely: 12, high: 20})."""

_NOT_BEGUN = "While every key stands behind a #, it is as if this file did not exist"


def new_client(client: str, parameters_dir: Path | str | None = None, models: Models = MODELS) -> Path:
    """Create the folder of a new client with its skeleton files and return it.

    Raises FaultsError for an id that is not plain, and for one that exists already in any spelling.
    """
    parameters = find_parameters(parameters_dir)
    check_client_id(client)
    twin = next((path.name for path in parameters.iterdir() if path.name.casefold() == client), None)
    if twin:
        raise refused(twin, f"the folder {twin}, which exists", "a new id", "choose another id")
    building = Path(tempfile.mkdtemp(dir=parameters, prefix=".new-"))
    try:
        for name, model in models.items():
            (building / f"{name}.yaml").write_text(skeleton_text(model), encoding="utf-8", newline="\n")
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
    lines = [f"# {line}" for line in (about, "", *_HOW.splitlines())]
    if not any(field.required for field in fields_of(model).values()):
        is_phase = "started" in fields_of(model)
        lines.append(f"# {_NOT_BEGUN}{': the phase has not begun' * is_phase}.")
    explained: dict[type[BaseModel], str] = {}
    for field in fields_of(model).values():
        lines += ["", *_field(field, "", "" if field.required else "#", explained)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _field(field: Shape, indent: str, hidden: str, explained: dict[type[BaseModel], str]) -> Iterator[str]:
    """Yield the lines of one key; `hidden` is the # before keys that are left out."""
    model = _model_in(field)
    earlier = explained.setdefault(model, field.name) if model else field.name
    default = "" if field.default is None or (model and earlier == field.name) else f" {flow(plain(field.default))}"
    text = _explanation(field) + (f"; its keys are those of {earlier}" if earlier != field.name else "")
    yield from _explained(f"{indent}{field.name}:{default}", text, hidden)
    if model and earlier == field.name:
        inner, dash = indent + "  ", "- " if field.kind == "list" else ""
        if field.kind == "mapping":
            yield f"{hidden}{inner}example:"
            inner += "  "
        for below in fields_of(model).values():
            # Below a key that is filled in, what may be left out is hidden; what is hidden already stays so.
            yield from _field(below, inner + dash, hidden or ("" if below.required else "#"), explained)
            inner, dash = inner + " " * len(dash), ""


def _explained(key: str, text: str, hidden: str) -> Iterator[str]:
    """Yield a key with its explanation beside it, in as many lines as that needs."""
    column = max(COLUMN, len(key) + 2)
    for line in textwrap.wrap(text, WIDTH - column, break_long_words=False, break_on_hyphens=False):
        yield f"{hidden}{key:{column - len(hidden)}}# {line}"
        key = ""


def _model_in(shape: Shape) -> type[BaseModel] | None:
    if shape.kind in ("list", "mapping") and shape.item:
        return shape.item.model
    return shape.model


def _explanation(shape: Shape) -> str:
    """Return the description of a field, and what its type adds to it."""
    text = shape.about
    if _model_in(shape):
        return text
    refers = next((each.refers for each in (shape, shape.key, shape.item) if each and each.refers), None)
    if ids := framework_ids().get(refers or ""):
        return f"{text} ({', '.join(ids)})"
    # What the head of the file says of all numbers is not repeated at each, nor what the description says.
    takes = words(shape).split(", alone or as ")[0].split(":")[0].removesuffix(", each item text")
    if shape.low is not None and in_range(shape.low, shape.high).removeprefix("from ") in text:
        takes = "a number"
    if shape.three_point:
        return f"{text} ({takes}, or low, likely, high)"
    if refers or shape.kind == "data file" or takes in (text, "text", "text that is not empty", "a number"):
        return text
    return f"{text} ({takes})"
