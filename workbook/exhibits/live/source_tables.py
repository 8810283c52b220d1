"""What a data source holds and what reading it would lose, as tables for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from workbook.engagement.source_draft import Losses
from workbook.exhibits import screen
from workbook.exhibits.live.frame import note
from workbook.framework import load_framework
from workbook.methods.table_preview import ColumnPreview, TablePreview

_HIDDEN = {
    "name": "hidden: may name people, by its name",
    "person": "hidden: may name people, as a resource",
    "email": "hidden: holds e-mail addresses",
    "phone": "hidden: holds phone numbers",
    "iban": "hidden: holds bank accounts",
    "free text": "hidden: free text may name people",
}
_KINDS = {"whole number": "whole numbers", "number": "numbers", "date": "dates", "time": "times"}
_TALLEST = "640px"

Row = tuple[str, ...]


def preview_html(preview: TablePreview, guesses: Sequence[str]) -> str:
    """Return a table with a row for each column of a source; `guesses` are said below it."""
    columns = (
        ("Column", "left"), ("Type", "left"), ("Filled", "right"), ("Different values", "right"),
        ("Smallest", "left"), ("Largest", "left"), ("Examples", "left"),
    )  # fmt: skip
    rows = [_preview_row(column, preview.rows) for column in preview.columns]
    title = f"{preview.file}: {preview.rows:,} rows, {len(preview.columns)} columns"
    caption = "Examples are frequent values of a sample of rows; columns that may name people show no values."
    return _table(title, columns, rows, caption) + "".join(map(note, guesses))


def _preview_row(column: ColumnPreview, rows: int) -> Row:
    low, high = _moment_or_number(column.low, column), _moment_or_number(column.high, column)
    examples = _HIDDEN[column.hidden] if column.hidden else ", ".join(column.examples) or "none"
    return column.name, _type(column), share_words(column.filled, rows), f"{column.distinct:,}", low, high, examples


def _type(column: ColumnPreview) -> str:
    """Return what a column holds, with what of it cannot be read so and what cannot be told apart."""
    words = _KINDS.get(column.kind, column.kind)
    unread = column.filled - column.read
    parts = [words]
    if unread:
        parts.append(f"{unread:,} of {column.filled:,} cannot be read so")
    if column.is_ambiguous:
        parts.append("day and month ambiguous")
    return "; ".join(parts)


def _moment_or_number(value: Any, column: ColumnPreview) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d}" if column.kind == "date" else f"{value:%Y-%m-%d %H:%M}"
        case int():
            return f"{value:,}"
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def losses_html(losses: Losses) -> str:
    """Return a table of what each filter takes out, what is left, and how many cases are open."""
    text = load_framework().text
    rows: list[Row] = [
        (
            f"{text(f'exhibits.filter_names.{each.id}')}",
            f"{each.before:,} {text(f'exhibits.filter_units.{each.unit}')}",
            f"{each.lost:,}",
            share_words(each.lost, each.before),
        )
        for each in losses.filters
    ]
    baseline, lost = losses.baseline, losses.rows - losses.rows_kept
    open_words = (
        ("not known: no end is chosen", "")
        if baseline.open is None
        else (f"{baseline.open:,}", share_words(baseline.open, baseline.cases))
    )
    rows.append(("open at the end of observation (kept)", f"{baseline.cases:,} cases", *open_words))
    title = f"{losses.rows_kept:,} of {losses.rows:,} rows and {baseline.cases:,} cases would be used"
    if lost:
        title += f"; {lost:,} row{'s' * (lost > 1)} ({share_words(lost, losses.rows)}) would be lost"
    until = f"Observed until {baseline.observed_until:%Y-%m-%d %H:%M} UTC." if baseline.observed_until else ""
    columns = (("Reason", "left"), ("Of", "right"), ("Lost or open", "right"), ("Share", "right"))
    notes = [f"In no row: {', '.join(baseline.unseen)}."] if baseline.unseen else []
    return _table(title, columns, rows, f"In this order, by the code that measures the source. {until}".strip(), notes)


def share_words(part: float, whole: float) -> str:
    """Return a share in per cent; what is neither nothing nor all never looks so."""
    if not whole:
        return "0%"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "under 0.1%"
    return "over 99.9%" if 99.9 < share < 100 else f"{share:.1f}%" if share % 100 else f"{share:.0f}%"


def _table(
    title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row], caption: str, notes: Sequence[str] = ()
) -> str:
    heads = [{"key": label, "label": label, "align": align} for label, align in columns]
    data = {"columns": heads, "rows": rows, "notes": list(notes)}
    bundle = {"kind": "table", "title": title, "caption": caption, "source": "", "data": data}
    region = f'role="region" tabindex="0" aria-label="{escape(title)}"'
    look = f"max-height:{_TALLEST};max-width:1000px;overflow:auto;overflow-wrap:break-word"
    return f'<div {region} style="{look}">{screen.html(bundle)}</div>'
