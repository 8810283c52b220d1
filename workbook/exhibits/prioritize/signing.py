"""What stands between the charter and its signature, and the block in which it is signed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from workbook.engagement.approve import Approved, canonical, read_approved
from workbook.engagement.faults import FaultsError
from workbook.engagement.schema_client import GateDecision
from workbook.exhibits import exhibit as make
from workbook.exhibits.exhibit import Exhibit, Tone, cell
from workbook.exhibits.prioritize.common import DASH, PHASE, table_of, writer_of
from workbook.exhibits.prioritize.staffing import finding_sponsor
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.prioritize import charter_content
from workbook.phases.prioritize.charter import PilotCharter
from workbook.phases.prioritize.result import PrioritizeResult

ROOM = "\n\N{NO-BREAK SPACE}"
"""A second line, so that a row is high enough to be signed."""


def sponsor(result: PrioritizeResult) -> Exhibit | None:
    """Return whether the sponsor owns the outcome, and that nothing is open if so; None without a charter."""
    if result.charter is None:
        return None
    write = writer_of(result)
    findings = [finding_sponsor(result.charter, write)]
    if not _open_rows(result.charter, write):
        findings.append((write.finding("prioritize_charter.nothing_open"), "good"))
    return make.summary("charter-sponsor", write.text("charter_sponsor.title"), findings)


def table_open_for_signature(result: PrioritizeResult) -> Exhibit | None:
    """Return what the charter lacks to be signed, and what those who sign should know; None where nothing is open."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        missing = cell(write.text("charter_open.state_missing"), tone="bad")
        rows: list[list[Entry]] = [[write.text("charter_open.missing.charter"), missing, DASH]]
        title = write.text("charter_open.title_none")
    else:
        rows = _open_rows(charter, write)
        title = _title(len(charter.missing), len(rows) - len(charter.missing), write)
    if not rows:
        return None
    columns = write.columns("charter_open", "item", "state", "why", widths=(2, 0.9, 3))
    return table_of(write, "charter-open", title, columns, rows, write.from_computation)


def _open_rows(charter: PilotCharter, write: Writer) -> list[list[Entry]]:
    return [
        *(
            [write.text(f"charter_open.missing.{code}"), _state("missing", "bad", write), _why(code, write)]
            for code in charter.missing
        ),
        *([words, _state("concern", "warn", write), why] for words, why in _concerns(charter, write)),
    ]


def _title(missing: int, concerns: int, write: Writer) -> str:
    if missing:
        return write.text("charter_open.title", n=missing)
    return write.text("charter_open.title_concerns", n=concerns)


def _state(key: str, tone: Tone, write: Writer) -> Entry:
    return cell(write.text(f"charter_open.state_{key}"), tone=tone)


def _why(code: str, write: Writer) -> str:
    """Return why a part is needed; parts that serve the same end share the reason."""
    end = _ENDS.get(code, code)
    return write.text(f"charter_open.why.{end}")


_ENDS = {
    "metric": "verdict",
    "primary_criterion": "verdict",
    "primary_baseline": "verdict",
    "primary_planned": "sample",
    "primary_worthwhile": "verdict",
    "guardrail_baseline": "guardrail",
    "scope_in": "scope",
    "scope_out": "scope",
    "population": "scope",
    "design": "sample",
    "in_scope": "sample",
    "start": "time",
    "weeks": "time",
    "gate": "time",
    "team": "people",
    "raci": "people",
    "sponsor": "people",
    "signatories": "people",
}


def _concerns(charter: PilotCharter, write: Writer) -> Iterator[tuple[str, str]]:
    """Yield what is there but should be known before signing, each with what follows from it."""
    sample = charter.sample
    outside = any(each.is_outside for each in charter.timeline.milestones)
    holds = {
        "sample_unknown": sample.required.value is None,
        "sample_small": sample.is_enough is False,
        "time_short": sample.has_time is False or sample.sample_arrives is False,
        "looks_late": _is_after(sample.weeks_observed, charter.timeline.weeks),
        "borrowed": sample.is_borrowed and charter.charter.design is not None,
        "outside_rule": bool(sample.outside),
        "pilot_short": charter.timeline.is_short,
        "milestone_outside": outside,
        "overloaded": bool(charter.team.overloaded),
        "sponsor": charter.sponsor.verdict in ("it_alone", "not_owner", "unknown"),
    }
    for key, is_so in holds.items():
        if is_so:
            yield write.text(f"charter_open.concern.{key}"), write.text(f"charter_open.follows.{key}")


def _is_after(one: Figure, other: Figure) -> bool:
    return one.value is not None and other.value is not None and one.value > other.value


def table_signatures(result: PrioritizeResult) -> Exhibit | None:
    """Return the block in which the charter is signed, with its SHA-256; None without a charter."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return None
    people = {person.id: person for person in result.engagement.client.people}
    gate = result.engagement.client.gates.prioritize
    rows: list[list[Entry]] = [
        [people[id].name, f"{people[id].role}{ROOM}", _decided(id, gate, write), None]
        for id in charter.charter.signatories
    ]
    labels = write.columns("charter_signatures", "name", "role", "date", "signature", widths=(1.5, 2, 1.4, 2.2))
    # what is written by hand stands empty
    columns = [*labels[:2], *(dataclasses.replace(column, empty=True) for column in labels[2:])]
    key = "title" if rows else "title_none"
    return table_of(
        write,
        "charter-signatures",
        write.text(f"charter_signatures.{key}", n=len(rows)),
        columns,
        rows or [[missing_cell(write.not_provided), DASH, DASH, DASH]],
        write.from_parameters,
        notes=[*_frozen(result, write)],
    )


def _decided(id: str, gate: GateDecision | None, write: Writer) -> Entry:
    """Return the day on which a signatory decided at the gate; none for the others, who write theirs by hand."""
    if gate is not None and gate.decision == "approved" and gate.by == id and gate.date is not None:
        return write.text("charter_signatures.decided", date=write.formats.date(gate.date))
    return None


def _frozen(result: PrioritizeResult, write: Writer) -> Iterator[str]:
    """Yield when the charter was frozen, by which SHA-256, and whether it has been changed since."""
    approved = read_approved(result.engagement, PHASE)
    if approved is None:
        yield write.text("charter_signatures.not_frozen")
        return
    words = {"date": write.formats.date(approved.date), "hash": approved.sha256}
    yield write.text("charter_signatures.frozen", **words)
    if _has_changed(result, approved):
        yield write.text("charter_signatures.changed")


def _has_changed(result: PrioritizeResult, approved: Approved) -> bool:
    try:
        return canonical(charter_content(result)) != canonical(approved.content)
    except FaultsError:
        # what lacks a part by now is not what was approved
        return True
