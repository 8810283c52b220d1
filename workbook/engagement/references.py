"""Ids across the files of one client: each identifies one entity, and each reference leads to one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workbook.engagement.faults import Fault, Path, listed, shorten, show, write_nearest
from workbook.engagement.fields import Shape, fields_of, shape_of_model, walk
from workbook.engagement.values import Model, slug_of
from workbook.engagement.yaml_reader import Document, at

Models = Mapping[str, type[Model]]
"""Model of each file by the file's name without its ending."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """An id in a file, either where its entity is described or where it is referred to."""

    document: Document
    path: Path
    kind: str
    id: str

    def fault(self, found: str, allowed: str, remedy: str) -> Fault:
        return self.document.fault(self.path, found, allowed, remedy)


def check_references(
    documents: Mapping[str, Document],
    models: Models,
    unread: Collection[str] = (),
    faulty: Collection[str] = (),
    elsewhere: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[Fault]:
    """Return the faults for ids that identify two entities of a kind, and for references that lead to none.

    The plain data are checked beside the models, so a file with other faults is checked as well.

    References to what `unread` files would describe are left alone, and so are those to a kind of which a file with
    other faults describes nothing: a misspelt key above may hide it all. Ids of `elsewhere`, by kind, are described
    outside the client's files, such as the criteria of the framework.
    """
    identities, references, faults = _marks(documents, models)
    first: dict[tuple[str, str], _Mark] = {}
    for mark in identities:
        earlier = first.setdefault((mark.kind, mark.id), mark)
        if earlier is not mark:
            faults.append(_duplicate(mark, earlier))
    unknowable = _kinds_described(models, unread) | (_kinds_described(models, faulty) - {kind for kind, _ in first})
    for mark in references:
        known = [*(id for kind, id in first if kind == mark.kind), *elsewhere.get(mark.kind, ())]
        if mark.id not in known and mark.kind not in unknowable:
            faults.append(_unknown(mark, known, models))
    return faults


def described(kind: str, documents: Mapping[str, Document], models: Models) -> dict[str, str]:
    """Return the entities of a kind by their id, each with its name, in the order of the files; a name may be empty."""
    found = {}
    for name, document in documents.items():
        for path, value, shape in walk(shape_of_model(models[name]), document.data):
            if shape.identifies == kind and isinstance(value, str):
                found[value] = str(at(document.data, path[:-1]).get("name") or "")
    return found


def _marks(documents: Mapping[str, Document], models: Models) -> tuple[list[_Mark], list[_Mark], list[Fault]]:
    """Return where entities are described, where they are referred to, and references that one list holds twice."""
    identities, references, repeated = [], [], []
    for name, document in documents.items():
        for path, value, shape in walk(shape_of_model(models[name]), document.data):
            if isinstance(value, str) and shape.identifies:
                # What refers to an id that is ill-formed finds it under the id that it should be.
                identities.append(_Mark(document, path, shape.identifies, slug_of(value) or value))
            elif isinstance(value, str) and shape.refers:
                references.append(_Mark(document, path, shape.refers, value))
            elif isinstance(value, list) and shape.item and shape.item.refers:
                marks = (_Mark(document, (*path, place), shape.item.refers, id) for place, id in enumerate(value))
                twice = (mark for place, mark in enumerate(marks) if mark.id in value[:place])
                repeated += [
                    mark.fault(f"{_quoted(mark.id)} a second time", f"each {mark.kind} once", "delete one of the two")
                    for mark in twice
                ]
    return identities, references, repeated


def _duplicate(mark: _Mark, earlier: _Mark) -> Fault:
    where = f"{earlier.document.file}:{earlier.document.line_of(earlier.path)}"
    found = f"a second {mark.kind} {_quoted(mark.id)}; the first is at {where}"
    return mark.fault(found, f"an id of its own for each {mark.kind}", "rename one of them")


def _unknown(mark: _Mark, known: list[str], models: Models) -> Fault:
    home = next((f"{name}.yaml" for name in models if mark.kind in _kinds_described(models, [name])), None)
    describe = f"describe the {mark.kind} in {home}, or name one that is described" if home else f"name a {mark.kind}"
    allowed = f"the id of a described {mark.kind}: {listed(known)}"
    found = f"the unknown {mark.kind} {_quoted(mark.id)}"
    return mark.fault(found, allowed, write_nearest(mark.id, known, describe))


def _quoted(id: str) -> str:
    """Return an id as it is shown: without secrets, and letters that resemble others by their codes."""
    return show(id).removeprefix("text ") if id.isascii() else json.dumps(shorten(id))


def _kinds_described(models: Models, names: Iterable[str]) -> set[str]:
    """Return the kinds of entity that some files describe."""
    shapes = (shape for name in names if name in models for shape in _shapes(shape_of_model(models[name])))
    return {shape.identifies for shape in shapes if shape.identifies}


def _shapes(shape: Shape) -> Iterator[Shape]:
    yield shape
    inner = [*shape.arms, *filter(None, (shape.key, shape.item))]
    if shape.model:
        inner += fields_of(shape.model).values()
    for part in inner:
        yield from _shapes(part)
