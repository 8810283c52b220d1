"""What all exhibits of Assess need: the writer, their tables, and names of the things they show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from workbook.exhibits.exhibit import Cell, Column, Exhibit, Orientation, cell
from workbook.exhibits.tables import Entry, missing_cell, table
from workbook.exhibits.writer import Writer
from workbook.phases.assess.result import AssessResult
from workbook.phases.figures import Figure

DASH = "\N{EN DASH}"
"""Stands in a cell to which nothing belongs; what is missing is said in words."""


def writer_of(result: AssessResult) -> Writer:
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


def level(figure: Figure, write: Writer) -> str:
    """Return a level of readiness to one decimal, so that 2.0 stands beside 1.9; or why there is none."""
    return write.formats.fixed(figure.value, missing=write.missing(figure))


def weight_cell(result: AssessResult, criterion: str, write: Writer) -> Cell:
    """Return a weight in whole per cent with the mark of its evidence."""
    weight = result.figures[f"weight.{criterion}"]
    assert weight.value is not None
    return cell(write.whole_share(weight.value), value=weight.value, mark=write.mark(weight.evidence))


def rule(write: Writer, id: str) -> float:
    """Return a threshold of the framework."""
    return write.framework.rules[id].value


def use_case_name(result: AssessResult, id: str) -> str:
    """Return the name of a use case."""
    return result.use_case(id).name


def source_name(result: AssessResult, id: str) -> str:
    """Return the name of a data source."""
    return result.sources[id].source.name


def criterion_name(result: AssessResult, id: str) -> str:
    """Return the name of a criterion."""
    return result.framework.text(f"criteria.{id}.name")


def reasons_in_words(result: AssessResult, write: Writer) -> str:
    """Return why the shortlist is provisional, as a phrase."""
    k = result.ranking.shortlist_size
    return "; ".join(write.finding(f"assess.reason_{reason}", k=k) for reason in result.open_reasons)


def measured_by(result: AssessResult, write: Writer, what: Literal["baseline", "quality"]) -> str:
    """Return the source line of what was measured: the names of the logs or of the tables."""
    names = [source.source.name for source in result.sources.values() if getattr(source, what) is not None]
    return write.text("common.source_measured", names=write.names(names, longest=6)) if names else write.from_parameters
