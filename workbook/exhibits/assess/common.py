"""What all exhibits of Assess need: the writer, and names of the things they show."""

from __future__ import annotations

from typing import Literal

from workbook.exhibits.writer import Writer
from workbook.phases.assess.result import AssessResult

DASH = "\N{EN DASH}"
"""Stands in a cell to which nothing belongs; what is missing is said in words."""


def writer_of(result: AssessResult) -> Writer:
    """Return the writer in the words and formats of the result's client."""
    return Writer(result.engagement, result.framework)


def use_case_name(result: AssessResult, id: str) -> str:
    """Return the name of a use case."""
    return result.use_case(id).name


def process_name(result: AssessResult, id: str) -> str:
    """Return the name of a process."""
    return result.process_map[id].process.name


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
