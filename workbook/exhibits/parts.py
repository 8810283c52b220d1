"""What the exhibits of every phase are made of: the result they show, the writer, their tables, and common cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workbook.engagement.load import Engagement
from workbook.exhibits.exhibit import Cell, Column, Exhibit, Orientation, Tone, cell
from workbook.exhibits.tables import Entry, missing_cell, table
from workbook.exhibits.writer import Writer
from workbook.framework import Framework
from workbook.phases.figures import Figure, Register

DASH = "\N{EN DASH}"
"""Stands in a cell to which nothing belongs; what is missing is said in words."""

Finding = tuple[str, Tone | None]
"""A sentence and its tone."""


class PhaseResult(Protocol):
    """What the result of every phase has."""

    @property
    def engagement(self) -> Engagement:
        """The client on the day of the run."""

    @property
    def framework(self) -> Framework:
        """What the phase judges by."""

    @property
    def figures(self) -> Register:
        """Every figure of the phase."""


def writer_of(result: PhaseResult) -> Writer:
    """Return the writer in the words and formats of the result's client."""
    return Writer(result.engagement, result.framework)


def table_of(
    write: Writer,
    id: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Entry]],
    source: str,
    *,
    empty: str | None = None,
    caption: str | None = None,
    notes: Sequence[str] = (),
    orientation: Orientation = "portrait",
) -> Exhibit:
    """Return a table with the caption of its texts; without any row it has one that says `empty`, or not provided."""
    shown = rows or [[missing_cell(empty or write.not_provided), *[DASH] * (len(columns) - 1)]]
    said = caption or write.text(f"{id.replace('-', '_')}.caption")
    return table(id, title, columns, shown, said, source, notes=notes, orientation=orientation)


def share_of_draws(figure: Figure | None, write: Writer) -> str | Cell:
    """Return a share of draws in whole per cent, more than which their number does not carry."""
    if figure is None or figure.value is None:
        return DASH if figure is None else missing_cell(write.missing(figure))
    return cell(write.whole_share(figure.value), value=figure.value, mark=write.mark(figure.evidence))


def rule(write: Writer, id: str) -> float:
    """Return a threshold of the framework."""
    return write.framework.rules[id].value
