"""Where the system fails: modes by frequency, against the guide's cliff, and the edge cases nobody knew before."""

from __future__ import annotations

from workbook.exhibits import charts_bars as bars
from workbook.exhibits import exhibit as make
from workbook.exhibits.charts_bars import ParetoItem
from workbook.exhibits.exhibit import Exhibit, Tone, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.pilot.common import DASH, Finding, count_cell, table_of, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.pilot.observed import SMALLEST_GROUP
from workbook.phases.pilot.operations import Against, CountedFailure
from workbook.phases.pilot.result import PilotResult

SEVERITIES: dict[str, Tone | None] = {"low": None, "medium": "warn", "high": "bad"}

CLIFF_TONES: dict[Against, Tone] = {"above": "bad", "below": "good", "undecided": "warn", "unknown": "warn"}


def finding_failures(result: PilotResult, write: Writer) -> Finding:
    """Say how often the system fails, against the guide's line, which no public evidence supports."""
    failures = result.operations.failures
    if failures.rate.value is None:
        return write.finding("pilot_failures.unknown", reason=write.missing(failures.rate)), "warn"
    sentence = write.finding(f"pilot_failures.{failures.against_cliff}", **_words(result, write))
    return sentence, CLIFF_TONES[failures.against_cliff]


def _words(result: PilotResult, write: Writer) -> dict[str, str]:
    failures = result.operations.failures
    return {
        "rate": write.value(failures.rate),
        "interval": write.range(failures.rate),
        "cliff": write.value(failures.cliff),
        "support": write.framework.text("terms.support.none"),
    }


def chart_failures(result: PilotResult) -> Exhibit:
    """Return the failure modes by frequency with their cumulative share, and the total rate against the cliff."""
    write, failures = writer_of(result), result.operations.failures
    counted = [mode for mode in failures.modes if mode.cases.value]
    if not counted:
        key = "no_failure" if any(mode.cases.is_known for mode in failures.modes) else "none"
        return make.prose("failure-modes", [write.text(f"failure_modes.{key}")], "note")
    data = bars.Pareto(
        heading=write.text("failure_modes.heading"),
        items=tuple(ParetoItem(_name(mode, write), _told(mode)) for mode in failures.modes),
        measure=Measure(write.text("failure_modes.cases"), lambda value: write.formats.count(round(value))),
        share=Measure(write.text("failure_modes.cumulative"), write.whole_share),
        missing=write.text("failure_modes.untold", n=SMALLEST_GROUP),
    )
    title = _title(result, write)
    first = data.ordered[0]
    return bars.chart_pareto(
        data,
        id="failure-modes",
        title=title,
        alt=write.text("failure_modes.alt", title=title, n=data.vital, first=first.label),
        caption=_caption(result, write),
        source=write.text("pilot_words.source", source=result.observed.origin, as_of=write.as_of),
    )


def _caption(result: PilotResult, write: Writer) -> str:
    if result.operations.failures.rate.value is None:
        return write.text("failure_modes.caption")
    return write.text("failure_modes.caption_rate", **_words(result, write))


def _name(mode: CountedFailure, write: Writer) -> str:
    return mode.name or write.text("failure_modes.undescribed")


def _told(mode: CountedFailure) -> float | None:
    """Return the cases of a mode; a number between nought and the smallest group is not told."""
    count = mode.cases.value
    return None if count is None or 0 < count < SMALLEST_GROUP else count


def _title(result: PilotResult, write: Writer) -> str:
    failures = result.operations.failures
    first = _name(failures.modes[0], write)
    if failures.rate.value is None:
        return write.text("failure_modes.title_rate_unknown", first=first)
    return write.text(f"failure_modes.title_{failures.against_cliff}", first=first, **_words(result, write))


def table_edge_cases(result: PilotResult) -> Exhibit:
    """Return the failure modes with what was known of each before, how bad a case is, and what catches it."""
    write, failures = writer_of(result), result.operations.failures
    rows = [_row(mode, write) for mode in failures.modes]
    columns = write.columns(
        "pilot_edge_cases", "mode", "known", "cases", "share", "severity", "handling", right=("cases", "share"),
        widths=(2.2, 1.1, 0.7, 0.9, 1.1, 2.1),
    )  # fmt: skip
    return table_of(
        write, "pilot-edge-cases", _edge_title(result, write), columns, rows, write.from_computation,
        empty=write.text("failure_modes.none"),
    )  # fmt: skip


def _edge_title(result: PilotResult, write: Writer) -> str:
    failures = result.operations.failures
    if not failures.modes:
        return write.text("pilot_edge_cases.title_none")
    unhandled = write.text("pilot_edge_cases.unhandled", n=len(failures.unhandled))
    return write.text("pilot_edge_cases.title", n=len(failures.edge_cases), unhandled=unhandled)


def _row(counted: CountedFailure, write: Writer) -> list[Entry]:
    mode = counted.mode
    share: Entry = DASH
    if counted.share is not None and _told(counted) is not None:
        mark = write.mark(counted.cases.evidence)
        share = cell(write.formats.share(counted.share, "measured"), counted.share, mark)
    if mode is None:
        unknown = missing_cell(write.not_provided)
        return [_name(counted, write), unknown, count_cell(counted.cases, write, small=True), share, unknown, unknown]
    key = "new" if mode.is_edge_case else "known"
    return [
        mode.name,
        cell(write.text(f"pilot_edge_cases.{key}"), tone="warn" if mode.is_edge_case else None),
        count_cell(counted.cases, write, small=True),
        share,
        cell(write.text(f"pilot_edge_cases.severity_{mode.severity}"), tone=SEVERITIES[mode.severity]),
        mode.handling or cell(write.text("pilot_edge_cases.nothing"), tone="bad"),
    ]
