"""Small executed notebooks made by hand, holding every kind of exhibit."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

EXHIBIT = "application/vnd.workbook.exhibit+json"
FIGURES = "application/vnd.workbook.figures+json"

HOSTILE = (
    "<script>alert('x')</script> #eval(\"1+1\") $x^2$ *stars* _lines_ @ref `code` \\begin{a} {{ braces }} "
    '"quotes" & <b>bold</b> </style> שלום مرحبا Ωμέγα Київ ąćę'
)
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
URL = "https://example.org/a/very/long/address/that/never/ends?with=parameters&and=more#" + "x" * 80

COVER: dict[str, Any] = {
    "title": "AI Opportunity Assessment",
    "subtitle": "Which processes should machine learning serve first, and how sure are we?",
    "client": "Nordwind Versicherung AG",
    "language": "en",
    "as_of": "2026-09-30",
    "as_of_text": "30 September 2026",
    "draft": None,
    "control": [
        ["Prepared by", "A. Rivera, Principal"],
        ["Reviewed by", "Dr K. Lindqvist, Partner"],
        ["Version", "1.2, released"],
        ["Distribution", "Executive committee"],
    ],
    "confidentiality": "Confidential. For the addressee only.",
    "firm": "Harbour & Vale",
}


_LETTERS = 'font-size="11" font-family="IBM Plex Sans" fill="#1c2733"'


def chart_svg(bars: Sequence[float] = (820, 640, 410, 280, 190, 120, 80), labels: Sequence[str] = ()) -> str:
    """A bar chart drawn with plain shapes."""
    names = labels or [f"Process {number}" for number in range(1, len(bars) + 1)]
    rows = "".join(
        f'<text x="150" y="{22 + 30 * at}" text-anchor="end" {_LETTERS}>{name}</text>'
        f'<rect x="160" y="{8 + 30 * at}" width="{bar / 2.2:.1f}" height="20" fill="#0b1f3a"/>'
        f'<text x="{168 + bar / 2.2:.1f}" y="{22 + 30 * at}" {_LETTERS}>{bar}</text>'
        for at, (bar, name) in enumerate(zip(bars, names, strict=True))
    )
    size = f'width="600" height="{30 * len(bars) + 10}" viewBox="0 0 600 {30 * len(bars) + 10}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{rows}</svg>'


def table_data(rows: int = 5) -> dict[str, Any]:
    """A table of processes with numbers, marks, tones and a heat map."""
    tones = ["good", "warn", "bad", "none"]
    return {
        "columns": [
            {"key": "process", "label": "Process", "align": "left", "width": 4},
            {"key": "cost", "label": "Yearly cost", "align": "right", "width": 2},
            {"key": "time", "label": "Lead time P50, days", "align": "right", "width": 2},
            {"key": "state", "label": "Readiness", "align": "left", "width": 2},
            {"key": "fit", "label": "Fit, 0 to 1", "align": "right", "width": 1.5},
        ],
        "rows": [
            [
                f"Claims handling, line {number}",
                {"text": f"€{1.2 + number / 10:.1f}m", "value": 1_200_000.0 + 100_000 * number, "mark": "M"},
                {"text": f"{4 + number}.5", "value": 4.5 + number, "mark": "I"},
                {"text": ["ready", "partly ready", "not ready", "unknown"][number % 4], "tone": tones[number % 4]},
                {"text": f"{(number % 11) / 10:.1f}", "value": (number % 11) / 10, "shade": (number % 11) / 10},
            ]
            for number in range(rows)
        ],
        "notes": ["Lead time counts working days from receipt to decision."],
    }


def wide_data(columns: int = 12) -> dict[str, Any]:
    """A heat map of many columns."""
    return {
        "columns": [
            {"key": "team", "label": "Team", "align": "left"},
            *({"key": f"m{n}", "label": f"Month {n} of the year", "align": "right"} for n in range(1, columns)),
        ],
        "rows": [
            [f"Team {row}", *({"text": f"{n * row % 10}0%", "shade": n * row % 10 / 10} for n in range(1, columns))]
            for row in range(1, 9)
        ],
    }  # fmt: skip


def exhibit(kind: str, name: str, data: Mapping[str, Any], svg: str | None = None, **texts: str) -> NotebookNode:
    """A code cell that displayed one exhibit."""
    bundle = {"kind": kind, "id": name, "title": texts.pop("title", "A title that states the conclusion"), "data": data}
    if kind in {"chart", "table"}:
        bundle |= {
            "alt": f"What {name} shows in words.",
            "caption": f"How to read {name}.",
            "source": "Event logs, 2026.",
        }
    shown = {"image/svg+xml": svg} if svg else {"text/html": "<b>screen only</b>"}
    output = new_output("display_data", data={**shown, EXHIBIT: {**bundle, **texts}})
    return new_code_cell(f"show_{kind}()", outputs=[output], id=f"cell-{name}", execution_count=1)


def prose(text: str, *tags: str) -> NotebookNode:
    """A Markdown cell."""
    return new_markdown_cell(text, metadata={"tags": list(tags)}, id=f"md-{zlib.crc32(text.encode()):08x}")


def cover(**changes: Any) -> NotebookNode:
    """The cell that shows the cover."""
    return exhibit("cover", "cover", {**COVER, **changes})


def notebook(*cells: NotebookNode, **meta: str) -> NotebookNode:
    """A notebook of these cells."""
    made = new_notebook(cells=list(cells))
    made.metadata.workbook = {"deliverable": "AI Opportunity Assessment", **meta}
    return made


def figures() -> NotebookNode:
    """The cell that displayed the figure register."""
    register = {"figures": {"total-cost": {"value": 1234567.0000000002, "unit": "EUR", "from": ["b", "a"]}}}
    output = new_output("display_data", data={FIGURES: register, "text/plain": "register"})
    return new_code_cell("show_register()", outputs=[output], id="cell-register")


SUMMARY = {
    "lead": "Three of nineteen processes carry most of the opportunity.",
    "items": [
        {"text": "Seven processes carry 80% of the yearly cost of €14.3m.", "tone": None},
        {"text": "Claims intake is ready for a pilot: its data are complete and its owner is named.", "tone": "good"},
        {"text": "Underwriting waits for a data owner.", "tone": "warn"},
        {"text": "Nobody is accountable for the fallback.", "tone": "bad"},
    ],
}
VIEW = {
    "style": "view",
    "paragraphs": [
        "We would start with claims intake. It is not the largest prize, but the one that can be won this year.",
        "The ranking holds under any weighting the steering group discussed.",
    ],
}
PARAGRAPH = (
    "Each process was scored on cost, volume and the effect on customers. Where an event log exists the baseline is "
    "**measured**; elsewhere it is what the process owner *stated* in an interview. Scores are compared on one scale, "
    "and the [method](https://example.org/method) is described in the appendix."
)
OPENING = """# Which processes first?

This report prepares the choice of the first pilots. It is written for the executive committee and can be read in ten
minutes.
"""
LOOKED_AT = f"""## What we looked at

{PARAGRAPH}

1. Event logs of four systems
2. Twelve interviews
   - owners
   - frontline
3. The cost ledger

### Where the data come from

{PARAGRAPH}
"""
JUDGE = """## How we judge

| Criterion | Weight |
|:--|--:|
| Impact | 0.5 |
| Feasibility | 0.3 |

> Scores are averages.

```
score = sum(weight * rating)
```
"""
PROVENANCE = [["Client parameters", "sha256 " + "0123456789abcdef" * 4], ["Package", "workbook 0.1.0"]]


def report_notebook() -> NotebookNode:
    """A report with every kind of exhibit and an appendix."""
    return notebook(
        prose(OPENING),
        new_code_cell("client = 'x'", metadata={"tags": ["parameters"]}, id="parameters"),
        cover(draft="The assessment has not been approved yet."),
        prose("## At a glance"),
        exhibit("summary", "glance", SUMMARY, title="What matters most"),
        prose(LOOKED_AT),
        exhibit(
            "chart", "process-map", table_data(7), chart_svg(), title="Seven processes carry 80% of the yearly cost"
        ),
        prose(f"## How ready the data are\n\n{PARAGRAPH}\n\n{PARAGRAPH}"),
        exhibit("table", "readiness", table_data(5), title="Two data sources are ready, one is not"),
        exhibit("prose", "our-view", VIEW, title="Our view"),
        prose("### Across the year\n\nThe next table turns the page."),
        exhibit("table", "heat-map", wide_data(), title="Load peaks in spring and autumn", orientation="landscape"),
        prose(JUDGE),
        exhibit("prose", "note", {"style": "note", "paragraphs": ["A rule of thumb, no public evidence."]}, title=""),
        exhibit("prose", "draft", {"style": "draft", "paragraphs": ["The gate before is pending."]}, title="Draft"),
        prose("## Appendix", "appendix"),
        prose("### All processes\n\nEvery process with its figures."),
        exhibit("table", "all", table_data(60), title="Sixty processes were inventoried"),
        prose("### Where this report comes from"),
        exhibit("provenance", "provenance", {"rows": PROVENANCE}, title="Provenance"),
        figures(),
    )
