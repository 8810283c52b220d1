"""A document as one HTML file that stands alone: no request, no code of the notebook, readable by anyone.

Its one script sorts tables. The policy of the page allows that text and no other; without it the page is complete.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from workbook.publish.document import Document, read_document
from workbook.publish.page import content_policy, environment, sorting_script, stylesheet
from workbook.publish.sorting import Sorting, sorting_of


class WorkbookHTMLExporter(Exporter):
    """An nbconvert exporter for the HTML deliverable: `jupyter nbconvert --to workbook-html`."""

    export_from_notebook = "Workbook HTML"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert an executed notebook to HTML."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_html(read_document(nb)), resources


def render_html(document: Document) -> str:
    """Return the whole HTML file of a document."""
    styles = [stylesheet(), *_column_widths(document)]
    sortings = _sortings(document)
    scripts = [sorting_script()] if any(sortings.values()) else []
    return str(
        environment().get_template("report.html.j2").render(
            document=document,
            cover=document.cover,
            words=document.labels,
            sortings=sortings,
            styles=[Markup(style) for style in styles],
            scripts=[Markup(script) for script in scripts],
            policy=content_policy(styles, scripts),
        )
    )  # fmt: skip


def _sortings(document: Document) -> dict[str, Sorting | None]:
    """Return how the table of each exhibit sorts."""
    not_provided = document.labels["not_provided"]
    return {each.id: sorting_of(each.table, not_provided) for each in document.exhibits if each.table}


def _column_widths(document: Document) -> list[str]:
    """Return rules for the columns of tables that ask for widths; inline styles would need a laxer policy."""
    rules = []
    for exhibit in document.exhibits:
        widths = [column.width for column in exhibit.table.columns] if exhibit.table else []
        if widths and all(widths):
            total = sum(width for width in widths if width)
            rules += [
                f"#exhibit-{exhibit.id} col:nth-child({position}){{width:{100 * (width or 0) / total:.4g}%}}"
                for position, width in enumerate(widths, 1)
            ]
    return ["\n".join(rules)] if rules else []
