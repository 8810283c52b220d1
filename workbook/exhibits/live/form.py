"""A form for any section of a client's parameters, made from the models: what it shows, the models say."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ipywidgets import HTML, VBox

from workbook.engagement.faults import Fault, listed, shorten
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.fields import Shape, fields_of, shape_of_model
from workbook.engagement.load import MODELS, Engagement
from workbook.engagement.proposal import Edit
from workbook.exhibits.live.form_fields import Desk, Part
from workbook.exhibits.live.form_parts import Entries, Group, part_of
from workbook.exhibits.live.frame import WIDE, note
from workbook.exhibits.live.saving import Saving, Who


class Form(VBox):
    """The form of one section; `part` holds its fields, `saving` shows what would change and saves it."""

    def __init__(self, engagement: Engagement, section: str) -> None:
        self._file, *keys = section.split(".")
        self._keys, self._section = keys, section
        self._heading = HTML()
        self._place = VBox()
        self.saving = Saving(engagement, self._edits, on_saved=self._saved, on_faults=self._warn)
        self._begin(engagement)
        super().__init__([self._heading, self._place, self.saving], layout=WIDE)

    def _begin(self, engagement: Engagement) -> None:
        """Show the section as the file has it; of a list, the entry that was shown before."""
        before = getattr(self, "part", None)
        shown = before.chooser.value if isinstance(before, Entries) else None
        shape, path, data = place_of(engagement, self._section)
        self._desk = Desk(engagement, self.saving.reset)
        self.part: Part = _top_part(self._desk, shape, path, data)
        if isinstance(self.part, Entries) and shown is not None and shown < len(self.part.data):
            self.part.open(shown)
        self._heading.value = _heading(self._section, shape)
        self._place.children = (self.part.box,)

    def _saved(self, engagement: Engagement) -> None:
        """Begin anew; an entry that was named by its id and now has another is taken off the screen."""
        try:
            self._begin(engagement)
        except ValueError as error:
            self._heading.value, self._place.children = note(f"Saved, and to be opened by its new id: {error}."), ()
            self.saving.look.disabled = True

    def _edits(self, who: Who) -> list[Edit]:
        self._desk.warn((), self._file)
        self._desk.check()
        return [Edit(f"{self._file}.yaml", path, value) for path, value in self.part.changes(who)]

    def _warn(self, faults: Sequence[Fault]) -> None:
        if faults:
            self._desk.warn(faults, self._file)


def form(engagement: Engagement, section: str) -> Form:
    """Return the form of a section such as "assess.use_cases", "prioritize.finance" or "client.document".

    The name of a file alone gives the form of what stands in it outside of its sections. An entry of a list may be
    named by its id: "assess.processes.invoice-handling". Raises ValueError for a section that the models do not have.
    """
    return Form(engagement, section)


def place_of(engagement: Engagement, section: str) -> tuple[Shape, KeyPath, Any]:
    """Return the shape of a section, its key path in the file, and what the file holds there; None for nothing."""
    file, *keys = section.split(".")
    if file not in MODELS:
        raise ValueError(f"there is no section {shorten(section)}; the files are {listed(MODELS)}")
    shape, data = shape_of_model(MODELS[file]), _data_of(engagement, file)
    path: KeyPath = ()
    for key in keys:
        shape, path, data = _below(engagement, file, shape, path, data, key)
    return shape, path, data


def _data_of(engagement: Engagement, file: str) -> Any:
    return engagement.documents[file].data if file in engagement.documents else {}


def _below(
    engagement: Engagement, file: str, shape: Shape, path: KeyPath, data: Any, key: str
) -> tuple[Shape, KeyPath, Any]:
    fields = fields_of(shape.model) if shape.model else {}
    if key in fields:
        return fields[key], (*path, key), (data or {}).get(key)
    if shape.item and data:
        known = engagement.documents[file].known((*path, key))
        if len(known) > len(path):
            return shape.item, known, data[known[-1]]
    allowed = listed(fields, 40) if fields else "the ids of its entries"
    raise ValueError(f"there is no {shorten(key)} in {'.'.join((file, *map(str, path)))}; allowed are {allowed}")


def _top_part(desk: Desk, shape: Shape, path: KeyPath, data: Any) -> Part:
    part: Part
    if not path and shape.model:
        part = Group(desk, shape, path, data, names=[name for name, s in fields_of(shape.model).items() if _is_own(s)])
    elif shape.kind == "list" and shape.item and shape.item.kind == "model":
        part = Entries(desk, shape, path, data, opened=True)
    else:
        part = part_of(desk, shape, path, data)
    return part


def _is_own(shape: Shape) -> bool:
    """Tell whether a field of a file stands alone, and is no section with a form of its own."""
    return shape.kind not in ("model", "mapping") and not (shape.item and shape.item.kind in ("model", "mapping"))


def _heading(section: str, shape: Shape) -> str:
    about = shape.about
    if "." not in section and shape.model:
        others = [f"{section}.{name}" for name, inner in fields_of(shape.model).items() if not _is_own(inner)]
        about = f"forms of their own: {listed(others, 40)}" if others else ""
    said = (
        "A field that is left empty is not provided. Where a number is changed, who and when below are saved with it."
    )
    return (
        f'<p style="margin:0;font-weight:600;font-size:15px">{escape(section)}</p>'
        f'<p style="margin:0">{escape(about)}</p>'
        f'<p style="margin:0 0 6px;font-size:12px">{said}</p>'
    )
