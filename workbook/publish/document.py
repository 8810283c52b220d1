"""The one reading of an executed notebook that all exporters share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nbformat import NotebookNode

from workbook.publish.bundle import (
    EXHIBIT_MIME,
    MARKS,
    SVG_MIME,
    BundleError,
    Cover,
    Exhibit,
    ExhibitError,
    read_cover,
    read_exhibit,
)
from workbook.publish.labels import labels_for
from workbook.publish.markdown import Block, Heading, MarkdownError, blocks_of
from workbook.publish.text import clean, plain, slugify

LEFT_OUT = frozenset({"interactive", "parameters", "injected-parameters"})


@dataclass(frozen=True, slots=True)
class Document:
    """A notebook as its reader sees it: cover, body and appendix, headings and exhibits numbered."""

    deliverable: str
    layout: str
    cover: Cover
    body: tuple[Block | Exhibit, ...]
    appendix: tuple[Block | Exhibit, ...]

    @property
    def blocks(self) -> tuple[Block | Exhibit, ...]:
        """Body and appendix in one."""
        return self.body + self.appendix

    @property
    def title(self) -> str:
        """The title on the cover."""
        return self.cover.title

    @property
    def language(self) -> str:
        """The language tag of the text."""
        return self.cover.language

    @property
    def labels(self) -> Mapping[str, str]:
        """The words the exporters add, in the document's language."""
        return labels_for(self.language)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Headings in order, for the list of contents."""
        return tuple(block for block in self.blocks if isinstance(block, Heading))

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """Numbered exhibits, charts and tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Exhibit) and block.number)

    @property
    def marks(self) -> tuple[str, ...]:
        """Evidence marks that occur in the exhibits."""
        used = {cell.mark for cell in self._cells()}
        return tuple(mark for mark in MARKS if mark in used)

    @property
    def tones(self) -> tuple[str, ...]:
        """Status signs that occur in the exhibits and summaries."""
        used = {cell.tone for cell in self._cells()}
        used |= {item.tone for block in self.blocks if isinstance(block, Exhibit) for item in block.items}
        return tuple(tone for tone in ("good", "warn", "bad", "none") if tone in used)

    def _cells(self) -> Iterator[Any]:
        return (cell for exhibit in self.exhibits if exhibit.table for row in exhibit.table.rows for cell in row)


def read_document(notebook: NotebookNode) -> Document:
    """Read an executed notebook's prose and exhibits; code, plain outputs and raw HTML stay behind.

    The first heading of level 1 names the notebook and is not repeated, since the cover carries the title.

    Raises
    ------
    ExhibitError
        When a cell failed, the cover is missing, an exhibit lacks a text or its id is used twice,
        or headings skip a level. The message names the cell.
    """
    cover = _cover(notebook)
    words = labels_for(cover.language)
    body: list[Block | Exhibit] = []
    appendix: list[Block | Exhibit] = []
    part = body
    for where, cell in _cells(notebook):
        if cell.cell_type == "markdown":
            part = appendix if "appendix" in _tags(cell) else part
            part += _prose(where, cell)
        elif cell.cell_type == "code":
            part += _exhibits(where, cell, words["not_provided"])
    numbering = _Numbering(words["appendix"])
    meta = notebook.metadata.get("workbook", {})
    return Document(
        deliverable=clean(str(meta.get("deliverable") or cover.title)),
        layout=_layout(meta),
        cover=cover,
        body=numbering.apply(body),
        appendix=numbering.apply(appendix, lettered=True),
    )


def _layout(meta: Mapping[str, Any]) -> str:
    layout = str(meta.get("layout", "report"))
    if layout not in {"report", "page"}:
        raise ExhibitError(f"layout {layout!r} of the notebook is neither report nor page")
    return layout


def _cells(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Cells that a reader sees, each with the words that say where it stands."""
    for number, cell in enumerate(notebook.cells, 1):
        where = f"cell {number} ({cell.get('id', 'no id')})"
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                raise ExhibitError(f"{where}: failed with {output.ename}: {output.evalue}")
        if not LEFT_OUT & _tags(cell):
            yield where, cell


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _bundles(cell: NotebookNode) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if EXHIBIT_MIME in data:
            svg = data.get(SVG_MIME)
            yield data[EXHIBIT_MIME], "".join(svg) if isinstance(svg, list) else svg


def _cover(notebook: NotebookNode) -> Cover:
    found = None
    for where, cell in _cells(notebook):
        for bundle, _ in _bundles(cell):
            if bundle.get("kind") != "cover":
                continue
            if found is not None:
                raise ExhibitError(f"{where}: a second cover")
            try:
                found = read_cover(bundle)
                labels_for(found.language)
            except (BundleError, LookupError) as fault:
                raise ExhibitError(f"{where}, cover: {fault}") from None
    if found is None:
        raise ExhibitError("the notebook shows no cover; run it first")
    return found


def _prose(where: str, cell: NotebookNode) -> tuple[Block, ...]:
    try:
        return blocks_of(cell.source)
    except MarkdownError as fault:
        raise ExhibitError(f"{where}: {fault}; show it as an exhibit") from None


def _exhibits(where: str, cell: NotebookNode, not_provided: str) -> Iterator[Exhibit]:
    for bundle, svg in _bundles(cell):
        if bundle.get("kind") == "cover":
            continue
        try:
            yield read_exhibit(bundle, svg, not_provided)
        except BundleError as fault:
            raise ExhibitError(f"{where}, exhibit {bundle.get('id')!r}: {fault}") from None


class _Numbering:
    """Gives numbers and anchors: sections 1, 2, 3, appendices A, B, exhibits through the document."""

    def __init__(self, appendix: str) -> None:
        self._appendix = appendix.casefold()
        self._level = 0
        self._sections = self._appendices = self._exhibits = 0
        self._anchors: set[str] = set()
        self._lettered = 2

    def apply(self, blocks: Iterable[Block | Exhibit], *, lettered: bool = False) -> tuple[Block | Exhibit, ...]:
        """Return blocks with numbers and anchors, without the title."""
        numbered: list[Block | Exhibit] = []
        for block in blocks:
            if isinstance(block, Heading):
                heading = self._heading(block, appendix=lettered)
                numbered += [heading] if heading else []
            else:
                numbered.append(self._exhibit(block) if isinstance(block, Exhibit) else block)
        return tuple(numbered)

    def _heading(self, heading: Heading, *, appendix: bool) -> Heading | None:
        text = plain(heading.runs)
        if heading.level == 1:
            if self._level:
                raise ExhibitError(f"a second title or one after a section: {text!r}")
            self._level = 1
            return None
        if heading.level > max(self._level, 1) + 1:
            raise ExhibitError(f"heading {text!r} skips from level {self._level} to {heading.level}")
        self._level = heading.level
        return replace(heading, number=self._number(heading.level, text, appendix), anchor=self._anchor(text))

    def _number(self, level: int, text: str, appendix: bool) -> str:
        if not appendix:
            self._sections += level == 2
            return str(self._sections) if level == 2 else ""
        if level == 2 and text.casefold() == self._appendix:
            # A heading that only says "Appendix" is a divider; what stands under it is lettered.
            self._lettered = 3
            return ""
        if level != self._lettered:
            return ""
        self._appendices += 1
        return _letters(self._appendices)

    def _anchor(self, text: str) -> str:
        base = f"s-{slugify(text)}"
        anchor, copies = base, 1
        while anchor in self._anchors:
            copies += 1
            anchor = f"{base}-{copies}"
        self._anchors.add(anchor)
        return anchor

    def _exhibit(self, exhibit: Exhibit) -> Exhibit:
        anchor = f"exhibit-{exhibit.id}"
        if anchor in self._anchors:
            raise ExhibitError(f"exhibit {exhibit.id!r} occurs twice")
        self._anchors.add(anchor)
        if exhibit.kind not in {"chart", "table"}:
            return exhibit
        self._exhibits += 1
        return replace(exhibit, number=self._exhibits)


def _letters(number: int) -> str:
    """Return A, B, ... Z, AA, AB, as spreadsheets name columns."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
