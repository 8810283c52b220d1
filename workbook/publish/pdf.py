"""A document as a tagged, archivable PDF, set by one fixed Typst template.

The document travels as JSON data, so that no word of a client is ever read as Typst markup. PDF/UA-1 and
PDF/A-2a hold together, fonts are the shipped ones only, and the time stamp is the document's own date.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst
from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from workbook.publish import palette
from workbook.publish.bundle import Cell, Exhibit, ExhibitError, Table
from workbook.publish.document import Document, read_document
from workbook.publish.labels import language_and_region
from workbook.publish.markdown import Block, Code, Heading, Listing, Paragraph, ProseTable, Quote
from workbook.publish.text import Runs
from workbook.publish.typesetting import (
    FONTS,
    LONGEST_TOKEN,
    breakable,
    measure_table,
    pages_of_table,
    pages_of_text,
    printable,
)

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_STANDARDS = ["ua-1", "a-2a"]
# A one-page report is set smaller until it fits; below seven tenths nobody can read it.
_SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg))"""
_SIGNS = {
    "good": '<circle cx="5" cy="5" r="4.2" fill="{}"/>',
    "warn": '<path d="M5 0.6 9.6 9H0.4z" fill="{}"/>',
    "bad": '<path d="M1 1h8v8H1z" fill="{}"/>',
    "none": '<circle cx="5" cy="5" r="3.6" fill="none" stroke="{}" stroke-width="1.2"/>',
}

# What the template says of a one-page report that runs on to a second page.
_TOO_LONG = "more than one page"

Data = dict[str, Any]


class _TooLongError(Exception):
    """A one-page report that is longer."""


class WorkbookPDFExporter(Exporter):
    """An nbconvert exporter for the PDF deliverable: `jupyter nbconvert --to workbook-pdf`."""

    export_from_notebook = "Workbook PDF"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Convert an executed notebook to PDF."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_pdf(read_document(nb)), resources


def render_pdf(document: Document) -> bytes:
    """Return the PDF of a document; a document of the layout "page" is set on exactly one page.

    Raises
    ------
    ExhibitError
        When a one-page document does not fit, or its pictures or headings break PDF/UA-1 or PDF/A-2a.
    """
    data = _document(document)
    if document.layout == "report":
        return _set(document, data)
    return _set_on_one_page(document, data)


def _set_on_one_page(document: Document, data: Data) -> bytes:
    """Set a report at the largest scale at which it fits one page, found by bisection after the full size."""
    fitting = None
    largest, smallest, middle = 0, len(_SCALES) - 1, 0
    while largest <= smallest:
        try:
            fitting = _set(document, {**data, "scale": _SCALES[middle]})
            smallest = middle - 1
        except _TooLongError:
            largest = middle + 1
        middle = (largest + smallest) // 2
    if fitting is None:
        raise ExhibitError(f"{document.title} does not fit on one page even at {_SCALES[-1]:.0%} of its size")
    return fitting


def render_png(svg: str, pixels_per_inch: float = 200) -> bytes:
    """Return a picture as PNG on white."""
    png = _compile(_PICTURE, {"svg": svg}, format="png", ppi=pixels_per_inch)
    return bytes(png[0] if isinstance(png, list) else png)


def _set(document: Document, data: Data) -> bytes:
    moment = dt.datetime.fromisoformat(document.cover.as_of).replace(tzinfo=dt.UTC)
    inputs = {"doc": json.dumps(data, ensure_ascii=False, separators=(",", ":"))}
    try:
        return bytes(
            _compile(_template(), inputs, format="pdf", pdf_standards=_STANDARDS, timestamp=int(moment.timestamp()))
        )
    except typst.TypstError as fault:
        if _TOO_LONG in fault.message:
            raise _TooLongError from None
        raise ExhibitError(f"{document.title}: {fault.message}; {' '.join(fault.hints)}") from fault


def _compile(source: bytes, inputs: Mapping[str, str], **options: Any) -> Any:
    return _compiler().compile(input=source, sys_inputs=dict(inputs), **options)


@cache
def _compiler() -> typst.Compiler:
    """Return the compiler of this process: reading the fonts takes longer than setting a report."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _document(document: Document) -> Data:
    cover = document.cover
    language, region = language_and_region(document.language)
    names = ("title", "subtitle", "client", "as_of_text", "confidentiality", "firm")
    return {
        "layout": document.layout,
        "scale": 1.0,
        "language": language,
        "region": region,
        "deliverable": _text(document.deliverable),
        **{name: _text(getattr(cover, name)) for name in names},
        "draft": _text(cover.draft) if cover.draft else None,
        "control": _pairs(cover.control),
        "words": {key: _text(word) for key, word in document.labels.items()},
        "colours": {
            name.lower(): getattr(palette, name) for name in ("INK", "TEXT", "MUTED", "HAIRLINE", "PANEL", "ACCENT")
        },
        "stamp": palette.TONES["bad"],
        "signs": {tone: _sign(tone) for tone in _SIGNS},
        "marks": list(document.marks),
        "tones": list(document.tones),
        "body": _blocks(document.body),
        "appendix": _blocks(document.appendix),
    }


def _blocks(blocks: Iterable[Block | Exhibit]) -> list[Data]:
    """Return blocks as data; a turned page takes its neighbours and the words that announce what it shows."""
    pages: list[Data] = []
    for data in map(_block, blocks):
        if not data.get("turned"):
            pages.append(data)
            continue
        announced = [*_lead_in(pages), data]
        if pages and pages[-1]["type"] == "turned":
            pages[-1]["blocks"] += announced
        else:
            pages.append({"type": "turned", "blocks": announced})
    return pages


def _lead_in(pages: list[Data]) -> list[Data]:
    """Take the last paragraphs, two at most, and the headings above them off `pages`."""
    lead: list[Data] = []
    while pages and pages[-1]["type"] == "paragraph" and len(lead) < 2:
        lead.insert(0, pages.pop())
    while pages and pages[-1]["type"] == "heading":
        lead.insert(0, pages.pop())
    return lead


def _block(block: Block | Exhibit) -> Data:
    return _SETTERS[type(block)](block)


def _exhibit(exhibit: Exhibit) -> Data:
    data: Data = {"type": exhibit.kind, "title": _text(exhibit.title)}
    if exhibit.table is not None:
        data |= {"caption": _text(exhibit.caption), "source": _text(exhibit.source)}
        data["turned"] = exhibit.orientation == "landscape"
        if exhibit.svg is not None:
            return {**data, "svg": printable(exhibit.svg), "alt": printable(exhibit.alt), "pages": "one"}
        return {**data, **_table(exhibit.table, turned=data["turned"])}
    items = [{"text": _text(item.text), "tone": item.tone} for item in exhibit.items]
    paragraphs = [_text(text) for text in exhibit.paragraphs]
    more = {"lead": _text(exhibit.lead), "items": items, "paragraphs": paragraphs}
    texts = [
        *exhibit.paragraphs,
        *(item.text for item in exhibit.items),
        *(text for pair in exhibit.pairs for text in pair),
    ]
    return {**data, **more, "style": exhibit.style, "pairs": _pairs(exhibit.pairs), "pages": pages_of_text(texts)}


def _table(table: Table, *, turned: bool) -> Data:
    measure = measure_table(table, turned)
    limits = measure.characters
    heads = [
        {"text": breakable(printable(column.label), limit), "align": column.align}
        for column, limit in zip(table.columns, limits, strict=True)
    ]
    rows = [
        [
            _cell(cell, limit, header=cell.header or (table.row_header and at == 0))
            for at, (cell, limit) in enumerate(zip(row, limits, strict=True))
        ]
        for row in table.rows
    ]
    return {
        "turned": measure.turned, "size": measure.size, "shares": measure.shares, "heads": heads, "rows": rows,
        "pages": pages_of_table(table, measure),
        "notes": [_text(note) for note in table.notes],
    }  # fmt: skip


def _cell(cell: Cell, longest: int, *, header: bool) -> Data:
    data: Data = {"text": breakable(printable(cell.text), longest)}
    if cell.shade is not None:
        data["fill"], data["ink"] = palette.shade_colours(palette.shade_step(cell.shade))
    data |= {key: value for key, value in (("mark", cell.mark), ("tone", cell.tone)) if value}
    return data | {key: True for key, is_so in (("strong", cell.strong), ("header", header)) if is_so}


def _heading(heading: Heading) -> Data:
    return {"type": "heading", "level": heading.level, "number": heading.number, "runs": _runs(heading.runs)}


def _listing(listing: Listing) -> Data:
    return {"type": "list", "start": listing.start, "items": [_blocks(item) for item in listing.items]}


def _prose_table(table: ProseTable) -> Data:
    rows = [[_runs(cell) for cell in row] for row in table.rows]
    return {"type": "prose-table", "heads": [_runs(head) for head in table.header], "rows": rows, "align": table.align}


def _runs(runs: Runs) -> list[Data]:
    return [_run(run.text, run.strong, run.emphasis, run.code, run.href) for run in runs]


def _run(text: str, strong: bool, emphasis: bool, code: bool, href: str | None) -> Data:
    data: Data = {"text": _text(text) if text != "\n" else text}
    flags = (("strong", strong), ("emphasis", emphasis), ("code", code), ("href", href))
    return data | {key: value for key, value in flags if value}


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[_text(label), _text(text)] for label, text in pairs]


def _text(text: str) -> str:
    return breakable(printable(text), LONGEST_TOKEN)


def _sign(tone: str) -> str:
    shape = _SIGNS[tone].format(palette.TONES[tone])
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10">{shape}</svg>'


_SETTERS: dict[type, Callable[[Any], Data]] = {
    Heading: _heading,
    Paragraph: lambda block: {"type": "paragraph", "runs": _runs(block.runs)},
    Listing: _listing,
    Code: lambda block: {"type": "code", "text": _text(block.text), "pages": pages_of_text(block.text.splitlines())},
    Quote: lambda block: {"type": "quote", "blocks": _blocks(block.blocks)},
    ProseTable: _prose_table,
    Exhibit: _exhibit,
}
