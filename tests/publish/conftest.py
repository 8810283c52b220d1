"""Reports made once for all tests of the room."""

from __future__ import annotations

import pytest
from publish_notebooks import (
    HOSTILE,
    LONG_WORD,
    URL,
    chart_svg,
    cover,
    exhibit,
    notebook,
    prose,
    report_notebook,
    table_data,
)

from workbook.publish.document import Document, read_document


@pytest.fixture(scope="session")
def report() -> Document:
    """A report with every kind of exhibit."""
    return read_document(report_notebook())


@pytest.fixture(scope="session")
def hostile() -> Document:
    """A report in which every text is hostile or too long."""
    table = table_data(4)
    table["rows"][0][0], table["rows"][1][1], table["rows"][2][3] = HOSTILE, LONG_WORD, URL
    table["notes"] = [HOSTILE]
    texts = {"title": HOSTILE, "alt": HOSTILE, "caption": HOSTILE, "source": HOSTILE}
    return read_document(
        notebook(
            prose("# t"),
            cover(title=HOSTILE, subtitle=HOSTILE, client=HOSTILE, firm=HOSTILE, draft=HOSTILE, confidentiality=HOSTILE,
                  control=[[HOSTILE, LONG_WORD]]),
            prose(f"## Section\n\n<div onclick='x'>raw</div>\n\n{LONG_WORD}\n\n{URL}"),
            exhibit("summary", "s", {"lead": HOSTILE, "items": [{"text": HOSTILE}]}, title=HOSTILE),
            exhibit("table", "t", table, **texts),
            exhibit("chart", "c", table, chart_svg(), **texts),
            exhibit("prose", "p", {"paragraphs": [HOSTILE], "style": "view"}, title=""),
            exhibit("provenance", "r", {"rows": [[HOSTILE, LONG_WORD]]}),
            deliverable=HOSTILE,
        )
    )  # fmt: skip
