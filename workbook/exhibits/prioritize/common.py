"""What all exhibits of Prioritize need besides the common parts: names of what they show, and reasons in words."""

from __future__ import annotations

from workbook.exhibits.parts import DASH, Finding, rule, share_of_draws, table_of, writer_of
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.result import PrioritizeResult

__all__ = [
    "DASH",
    "PHASE",
    "Finding",
    "reasons_in_words",
    "rule",
    "share_of_draws",
    "table_of",
    "use_case_name",
    "writer_of",
]

PHASE = "prioritize"


def use_case_name(result: PrioritizeResult, id: str) -> str:
    """Return the name of a use case."""
    return result.assessment.use_case(id).name


def reasons_in_words(result: PrioritizeResult, write: Writer) -> str:
    """Return what is still open, as a phrase."""
    return "; ".join(write.finding(f"prioritize_glance.reason_{reason}") for reason in result.open_reasons)
