"""The first page of the Pilot Evaluation: cover, findings in sentences, and the consultant's own view."""

from __future__ import annotations

from collections.abc import Callable

from workbook.exhibits.deliverable import cover_of, draft_reason, summary_of, view_of
from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.pilot.charter import finding_charter
from workbook.exhibits.pilot.common import PHASE, Finding, use_case_name, writer_of
from workbook.exhibits.pilot.criteria import finding_guardrails, finding_primary
from workbook.exhibits.pilot.design import finding_design
from workbook.exhibits.pilot.failures import finding_failures
from workbook.exhibits.pilot.operation import finding_use
from workbook.exhibits.pilot.resources import finding_budget
from workbook.exhibits.pilot.verdict import finding_decision, finding_verdict
from workbook.exhibits.writer import Writer
from workbook.phases.pilot.result import PilotResult

FINDINGS: tuple[Callable[[PilotResult, Writer], Finding | None], ...] = (
    finding_verdict, finding_primary, finding_guardrails, finding_decision, finding_charter, finding_use,
    finding_failures, finding_budget,
)  # fmt: skip


def cover(result: PilotResult) -> Exhibit:
    """Return the cover with document control; stamped DRAFT while no charter was approved beforehand."""
    write = writer_of(result)
    subtitle = write.text("pilot_cover.subtitle", name=use_case_name(result))
    return cover_of(result, PHASE, subtitle, draft=_draft(result, write))


def _draft(result: PilotResult, write: Writer) -> str | None:
    """Return why the deliverable is a draft: the gate before, or the charter that it should have frozen."""
    if reason := draft_reason(result, write, PHASE):
        return reason
    return None if result.charter.is_approved else write.text("pilot_cover.draft_no_charter")


def view(result: PilotResult, section: str) -> Exhibit | None:
    """Return the consultant's own paragraphs for a section, None where there are none."""
    return view_of(result, PHASE, section)


def summary(result: PilotResult) -> Exhibit:
    """Return the findings, the verdict first; the consultant's text stands instead where it replaces the summary."""
    write = writer_of(result)
    lead = write.finding(
        "pilot_glance.lead", client=result.engagement.client.name, name=use_case_name(result), as_of=write.as_of
    )
    findings = [find(result, write) for find in FINDINGS]
    if result.primary is None or result.primary.effect.value is None:
        # what the data cannot show is due to how they were gathered
        findings.insert(1, finding_design(result, write))
    heading = write.finding("pilot_glance.heading")
    return summary_of(result, PHASE, heading, [finding for finding in findings if finding], lead)
