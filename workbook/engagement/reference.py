"""The reference of all parameters as a page of the documentation, written from the models themselves.

It is made by `python -m workbook.engagement.reference > docs/parameters.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pydantic import BaseModel

from workbook.engagement.fields import Shape, fields_of, words
from workbook.engagement.load import MODELS, framework_ids
from workbook.engagement.references import Models
from workbook.engagement.values import ThreePoint, Value

Homes = dict[type[BaseModel], tuple[str, ...]]

_HEAD = """\
# Parameters

All keys of a client's files, written from the models that check them by `python -m workbook.engagement.reference`. The
files themselves are explained in [parameters/README.md](../parameters/README.md), a new client is begun with
`workbook new CLIENT`, or in a spreadsheet: `workbook intake export CLIENT FILE.xlsx`.

A key that is not required may be left out: what is not known shows as "not provided". Where a key is left out that has
a default, the default holds. An id is written where its entity is described, and named wherever it is meant.
"""

_QUANTITY = """\
Where a key takes *a number* or *an amount*, the number may stand alone, or say what it rests on:
`{value: 12, unit: hours, evidence: measured, source: "ticket export", date: 2026-05-31}`.
"""

_THREE_POINT = """\
Where it takes *or an estimate*, it may be the lowest, likeliest and highest value:
`{low: 8, likely: 12, high: 20, unit: hours, evidence: estimate}`.
"""


def reference_page(models: Models = MODELS) -> str:
    """Return the page: a table for each file and each section in it, with an anchor of its own."""
    homes = _homes(models)
    lines = [_HEAD, *_contents(models, homes)]
    for model, path in homes.items():
        level = "#" * min(len(path) + 1, 5)
        lines += ["", f"{level} {_title(path)}", "", _first_line(model), "", *_table(model, homes)]
    lines += ["", "## A number and what it rests on", "", _QUANTITY, *_table(Value, homes)]
    lines += ["", "### An estimate", "", _THREE_POINT, *_table(ThreePoint, homes)]
    lines += ["", "## Ids of the framework", "", "Some keys name what the framework describes.", ""]
    lines += ["| Kind | Ids |", "|---|---|"]
    lines += [f"| {kind} | {', '.join(f'`{id}`' for id in ids)} |" for kind, ids in framework_ids().items()]
    return "\n".join(lines) + "\n"


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _homes(models: Models) -> Homes:
    """Return the place at which each model is explained: the first one in which it stands."""
    homes: Homes = {}
    for name, model in models.items():
        _add_homes(homes, model, (name,))
    return homes


def _add_homes(homes: Homes, model: type[BaseModel], path: tuple[str, ...]) -> None:
    if model not in homes:
        homes[model] = path
        for name, field in fields_of(model).items():
            if inner := _model_in(field):
                _add_homes(homes, inner, (*path, name))


def _contents(models: Models, homes: Homes) -> Iterator[str]:
    for name, model in models.items():
        yield f"- [{name}.yaml](#{_anchor(_title((name,)))}): {_first_line(model)}"
        for key, field in fields_of(model).items():
            if inner := _model_in(field):
                yield f"  - [{key}](#{_anchor(_title(homes[inner]))})"
    yield f"- [A number and what it rests on](#{_anchor('A number and what it rests on')})"


def _title(path: tuple[str, ...]) -> str:
    return f"{path[0]}: {'.'.join(path[1:])}" if path[1:] else f"{path[0]}.yaml"


def _anchor(title: str) -> str:
    """Return the anchor that is made of a heading: small letters, hyphens for spaces, no other marks."""
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _model_in(field: Shape) -> type[BaseModel] | None:
    inner = field.item if field.kind in ("list", "mapping") and field.item else field
    return inner.model if inner.kind == "model" else None


def _table(model: type[BaseModel], homes: Homes) -> Iterator[str]:
    yield "| Key | What it is | Takes | Required |"
    yield "|---|---|---|---|"
    for name, field in fields_of(model).items():
        required = "yes" if field.required else _default(field)
        yield f"| `{name}` | {_cell(field.about)} | {_takes(field, homes)} | {required} |"


def _default(field: Shape) -> str:
    if field.default in (None, (), {}) or field.kind == "model":
        return "no"
    default = ", ".join(field.default) if isinstance(field.default, tuple) else field.default
    return f"no; `{str(default).lower() if isinstance(default, bool) else default}` if left out"


def _takes(field: Shape, homes: Homes) -> str:
    if model := _model_in(field):
        link = f"[{_title(homes[model])}](#{_anchor(_title(homes[model]))})"
        return {"list": f"a list, each item as in {link}", "mapping": f"a mapping to {link}"}.get(field.kind, link)
    text = words(field).split(", alone or as ")[0]
    takes = "text of this form" if text == field.about else _cell(text)
    return f"{takes}, or an estimate" if field.three_point else takes


def _cell(text: str) -> str:
    """Return a text as it stands in a table: a bar would end the cell, and angle brackets vanish."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.write(reference_page())
