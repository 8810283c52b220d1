"""The charter that the pilot is held to: where it comes from, and what was changed since it was approved."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.engagement.schema_pilot import Deviation
from workbook.exhibits import exhibit as make
from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.pilot.common import Finding, shortened, table_of, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.differences import Difference
from workbook.phases.pilot.result import PilotResult

LONGEST_VALUE = 160
"""Letters of a part of the charter that stands in a cell."""


def charter_state(result: PilotResult) -> Exhibit:
    """Return by which charter the pilot is judged, or why it cannot be judged."""
    write, charter = writer_of(result), result.charter
    if charter.charter is None:
        return _state(write.text("pilot_charter_state.none"), "draft")
    if not charter.is_approved:
        return _state(write.text("pilot_charter_state.not_approved"), "draft")
    words = _approval(charter, write)
    if charter.is_after_start:
        return _state(write.text("pilot_charter_state.after_start", **words), "draft")
    return _state(write.text("pilot_charter_state.approved", **words), "note")


def _state(words: str, style: make.Style) -> Exhibit:
    return make.prose("pilot-charter-state", [words], style)


def _approval(charter: HeldCharter, write: Writer) -> dict[str, str]:
    return {
        "date": write.formats.date(charter.date) if charter.date else write.not_provided,
        "by": write.person(charter.by),
        "hash": (charter.sha256 or write.not_provided)[:12],
    }


def finding_charter(result: PilotResult, write: Writer) -> Finding | None:
    """Say whether the goalposts stayed where they were; None while no charter was approved."""
    charter = result.charter
    if charter.is_changed is None:
        return None
    date = write.formats.date(charter.date) if charter.date else write.not_provided
    if charter.is_after_start:
        return write.finding("pilot_glance.charter_late", date=date), "bad"
    if charter.binding:
        return write.finding("pilot_glance.charter_changed", n=len(charter.binding), date=date), "bad"
    return write.finding("pilot_glance.charter_held", n=len(charter.deviations), date=date), "good"


def table_charter_changes(result: PilotResult) -> Exhibit:
    """Return each difference between the approved charter and today's file, and the deviations that were declared."""
    write, charter = writer_of(result), result.charter
    rows = [_difference_row(each, charter, write) for each in charter.differences]
    rows += [_deviation_row(each, write) for each in charter.deviations]
    columns = write.columns("pilot_changes", "part", "approved", "today", "standing", widths=(1.7, 2.4, 2.4, 1.2))
    empty = write.text(f"pilot_changes.{'none' if charter.is_approved else 'nothing_approved'}")
    return table_of(
        write, "pilot-changes", _title(charter, write), columns, rows, write.from_parameters, empty=empty,
        notes=list(_notes(charter, write)),
    )  # fmt: skip


def _title(charter: HeldCharter, write: Writer) -> str:
    if not charter.is_approved:
        return write.text("pilot_changes.title_not_approved")
    n = len(charter.deviations)
    declared = write.text("pilot_changes.declared", n=n) if n else ""
    if charter.is_after_start:
        return write.text("pilot_changes.title_late")
    if charter.binding:
        return write.text("pilot_changes.title_binding", n=len(charter.binding), declared=declared)
    return write.text("pilot_changes.title", n=len(charter.differences), declared=declared)


def _difference_row(each: Difference, charter: HeldCharter, write: Writer) -> list[Entry]:
    standing = "binding" if each.is_binding else "free"
    return [
        _part(each.key, charter, write),
        _value(each.approved, write),
        _value(each.present, write),
        cell(write.text(f"pilot_changes.standing_{standing}"), tone="bad" if each.is_binding else None),
    ]


def _part(key: str, charter: HeldCharter, write: Writer) -> str:
    """Return a key of the charter in words: its part, then the name of the entry, then the rest as it is spelt."""
    first, *rest = key.split(".")
    words = write.text(f"pilot_changes.parts.{first}")
    text = charter.charter
    names = {}
    if text is not None:
        names = {each.id: each.name for each in text.criteria} | {each.id: each.name for each in text.milestones}
        names |= {each.id: each.name for each in text.budget}
    detail = ", ".join(shortened(names.get(part, part)) for part in rest)
    return write.text("pilot_changes.part", part=words, detail=detail) if detail else words


def _value(value: str | float | None, write: Writer) -> Entry:
    if value is None:
        return missing_cell(write.text("pilot_changes.absent"))
    if isinstance(value, float):
        return write.formats.number(value, "measured")
    return shortened(value, LONGEST_VALUE) or missing_cell(write.not_provided)


def place_of(origin: str) -> str:
    """Return where a figure stands without the SHA-256, which is told once."""
    return origin.partition(" (SHA-256")[0]


def _deviation_row(each: Deviation, write: Writer) -> list[Entry]:
    words = {"date": write.formats.date(each.date), "by": write.person(each.by)}
    return [
        write.text("pilot_changes.deviation"),
        each.what,
        each.reason,
        cell(write.text("pilot_changes.standing_declared", **words), tone="warn"),
    ]


def _notes(charter: HeldCharter, write: Writer) -> Iterator[str]:
    if charter.origin is None or charter.sha256 is None:
        return
    yield write.text("pilot_changes.note_approved", file=place_of(charter.origin), hash=charter.sha256)
    if charter.amended:
        days = write.names(write.formats.date(day) for day in charter.amended)
        yield write.text("pilot_changes.note_amended", days=days)
