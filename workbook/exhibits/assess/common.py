"""What all exhibits of Assess need besides the common parts: names of the things they show, and reasons in words."""

from __future__ import annotations

from typing import Literal

from workbook.exhibits.exhibit import Cell, cell
from workbook.exhibits.parts import DASH, Finding, rule, share_of_draws, table_of, writer_of
from workbook.exhibits.writer import Writer
from workbook.phases.assess.result import AssessResult
from workbook.phases.figures import Figure

__all__ = [
    "DASH",
    "Finding",
    "criterion_name",
    "level",
    "measured_by",
    "reasons_in_words",
    "rule",
    "share_of_draws",
    "source_name",
    "table_of",
    "use_case_name",
    "weight_cell",
    "writer_of",
]


def level(figure: Figure, write: Writer) -> str:
    """Return a level of readiness to one decimal, so that 2.0 stands beside 1.9; or why there is none."""
    return write.formats.fixed(figure.value, missing=write.missing(figure))


def weight_cell(result: AssessResult, criterion: str, write: Writer) -> Cell:
    """Return a weight in whole per cent with the mark of its evidence."""
    weight = result.figures[f"weight.{criterion}"]
    assert weight.value is not None
    return cell(write.whole_share(weight.value), value=weight.value, mark=write.mark(weight.evidence))


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
