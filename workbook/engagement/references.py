"""Ids across the files of one client: each identifies one entity, and each reference leads to one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workbook.engagement.faults import Fault, Path, dotted, listed, nearest, show
from workbook.engagement.fields import Shape, fields_of, shape_of_model, walk
from workbook.engagement.values import Model
from workbook.engagement.yaml_reader import Document

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
        return Fault(self.document.file, self.document.line_of(self.path), dotted(self.path), found, allowed, remedy)


def check_references(
    documents: Mapping[str, Document],
    models: Models,
    unread: frozenset[str] = frozenset(),
    elsewhere: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[Fault]:
    """Return the faults for ids that identify two entities of a kind, and for references that lead to none.

    The plain data are checked beside the models, so a file with other faults is checked as well.

    Parameters
    ----------
    documents
        The files of one client by name.
    models
        Model of each file; `Identifies` and `Refers` in its fields mark the ids.
    unread
        Names of files that exist but cannot be read: references to what they would describe are left alone.
    elsewhere
        Ids by kind that are described outside the client's files, such as the criteria of the framework.
    """
    identities, references = _marks(documents, models)
    first: dict[tuple[str, str], _Mark] = {}
    faults = []
    for mark in identities:
        earlier = first.setdefault((mark.kind, mark.id), mark)
        if earlier is not mark:
            faults.append(_duplicate(mark, earlier))
    unknowable = {kind for name in unread if name in models for kind in _kinds_described(models[name])}
    for mark in references:
        known = [*(id for kind, id in first if kind == mark.kind), *elsewhere.get(mark.kind, ())]
        if mark.id not in known and mark.kind not in unknowable:
            faults.append(_unknown(mark, known, models))
    return faults


def _marks(documents: Mapping[str, Document], models: Models) -> tuple[list[_Mark], list[_Mark]]:
    identities, references = [], []
    for name, document in documents.items():
        for path, value, shape in walk(shape_of_model(models[name]), document.data):
            if isinstance(value, str) and shape.identifies:
                identities.append(_Mark(document, path, shape.identifies, value))
            if isinstance(value, str) and shape.refers:
                references.append(_Mark(document, path, shape.refers, value))
    return identities, references


def _duplicate(mark: _Mark, earlier: _Mark) -> Fault:
    where = f"{earlier.document.file}:{earlier.document.line_of(earlier.path)}"
    found = f"a second {mark.kind} {_quoted(mark.id)}; the first is at {where}"
    return mark.fault(found, f"an id of its own for each {mark.kind}", "rename one of them")


def _unknown(mark: _Mark, known: list[str], models: Models) -> Fault:
    meant = nearest(mark.id, known)
    home = next((f"{name}.yaml" for name in models if mark.kind in _kinds_described(models[name])), None)
    describe = f"describe the {mark.kind} in {home}, or name one that is described" if home else f"name a {mark.kind}"
    remedy = f"write {meant}" if meant else describe
    allowed = f"the id of a described {mark.kind}: {listed(known)}"
    return mark.fault(f"the unknown {mark.kind} {_quoted(mark.id)}", allowed, remedy)


def _quoted(id: str) -> str:
    return show(id).removeprefix("text ")


def _kinds_described(model: type[Model]) -> set[str]:
    """Return the kinds of entity that a file with this model describes."""
    return {shape.identifies for shape in _shapes(shape_of_model(model)) if shape.identifies}


def _shapes(shape: Shape) -> Iterator[Shape]:
    yield shape
    inner = [*shape.arms, *filter(None, (shape.key, shape.item))]
    if shape.model:
        inner += [field.shape for field in fields_of(shape.model).values()]
    for part in inner:
        yield from _shapes(part)
