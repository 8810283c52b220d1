"""How the system ran: pipeline, versions, fallback, production data, and how far it was used."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.engagement.schema_pilot import PipelineCheck
from workbook.exhibits.exhibit import Exhibit, Tone, cell
from workbook.exhibits.pilot.common import (
    DASH,
    LINE_TONES,
    Finding,
    answer_cell,
    effect_cell,
    share_of,
    table_of,
    writer_of,
)
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.pilot.observed import SMALLEST_GROUP
from workbook.phases.pilot.operations import Against, RunVersion
from workbook.phases.pilot.result import PilotResult

RESULTS: dict[str, Tone] = {"passed": "good", "failed": "bad", "not_run": "warn"}


def table_pipeline(result: PilotResult) -> Exhibit:
    """Return the checks of pipeline and integration: how each ended, and whether on production data."""
    write, checks = writer_of(result), result.operations.checks
    rows: list[list[Entry]] = [_check_row(each, write) for each in checks.all]
    columns = write.columns(
        "pilot_pipeline", "check", "result", "production", "date", "evidence", widths=(2.5, 1.1, 1.2, 1.2, 2.2)
    )
    return table_of(write, "pilot-pipeline", _pipeline_title(result, write), columns, rows, write.from_parameters)


def _pipeline_title(result: PilotResult, write: Writer) -> str:
    checks = result.operations.checks
    if not checks.all:
        return write.text("pilot_pipeline.title_none")
    words = {"all": len(checks.all), "production": len(checks.on_production)}
    if checks.failed:
        return write.text("pilot_pipeline.title_failed", n=len(checks.failed), **words)
    if checks.not_run:
        return write.text("pilot_pipeline.title_not_run", n=len(checks.not_run), **words)
    return write.text("pilot_pipeline.title", n=len(checks.all), **words)


def _check_row(each: PipelineCheck, write: Writer) -> list[Entry]:
    return [
        each.name,
        cell(write.text(f"pilot_pipeline.result_{each.result}"), tone=RESULTS[each.result]),
        answer_cell(each.on_production_data, write) if each.result != "not_run" else DASH,
        _day_or_dash(each, write),
        each.evidence or (DASH if each.result == "not_run" else missing_cell(write.not_provided)),
    ]


def _day_or_dash(each: PipelineCheck, write: Writer) -> Entry:
    if each.date is not None:
        return write.formats.date(each.date)
    return DASH if each.result == "not_run" else missing_cell(write.not_provided)


# --- versions --------------------------------------------------------------------------------------------------------


def table_versions(result: PilotResult) -> Exhibit:
    """Return each version of the model or agent with what happened while it handled the cases."""
    write, versions = writer_of(result), result.operations.versions
    rows = [_version_row(each, result, write) for each in versions]
    columns = write.columns(
        "pilot_versions", "version", "first", "cases", "used", "failed", "effect",
        right=("cases", "used", "failed", "effect"), widths=(1.3, 1.2, 0.8, 1.5, 1.5, 1.8),
    )  # fmt: skip
    notes = [
        write.text("pilot_versions.note_change", name=each.version.name, change=each.version.change)
        for each in versions
        if each.version.change
    ]
    key = "title_none" if not versions else "title"
    words = {"n": len(versions), "name": versions[-1].version.name if versions else DASH}
    return table_of(
        write, "pilot-versions", write.text(f"pilot_versions.{key}", **words), columns, rows, write.from_computation,
        notes=notes,
    )  # fmt: skip


def _version_row(each: RunVersion, result: PilotResult, write: Writer) -> list[Entry]:
    unit = result.primary.agreed.unit if result.primary else ""
    return [
        each.version.name,
        write.formats.date(each.version.first),
        _count(each.cases, write),
        share_of(each.used, write),
        share_of(each.failed, write),
        effect_cell(each.effect, unit, write),
    ]


def _count(count: int | None, write: Writer) -> Entry:
    if count is None:
        return missing_cell(write.not_provided)
    if 0 < count < SMALLEST_GROUP:
        return missing_cell(write.text("pilot_words.fewer", n=SMALLEST_GROUP))
    return cell(write.formats.count(count), count, write.mark("measured"))


# --- fallback, data and use ------------------------------------------------------------------------------------------


def finding_use(result: PilotResult, write: Writer) -> Finding:
    """Say how far the system was used, against the least use agreed and the guide's alarm line."""
    adoption = result.operations.adoption
    if adoption.rate.value is None:
        return write.finding("pilot_use.unknown", reason=write.missing(adoption.rate)), "bad"
    if adoption.estimate.value is None:
        return write.finding("pilot_use.stated", rate=write.value(adoption.rate)), "warn"
    words = {"rate": write.value(adoption.rate), "alarm": write.value(adoption.alarm), "support": _support(write)}
    if adoption.threshold.value is None:
        return write.finding("pilot_use.no_threshold", **words), "warn"
    words["threshold"] = write.value(adoption.threshold)
    is_reached = adoption.rate.value >= adoption.threshold.value
    if is_reached and adoption.against_threshold == "undecided":
        return write.finding("pilot_use.reached_narrowly", **words), "warn"
    if is_reached:
        return write.finding("pilot_use.reached", **words), "good"
    return write.finding(f"pilot_use.{'missed' if adoption.against_alarm != 'below' else 'alarm'}", **words), "bad"


def _support(write: Writer) -> str:
    return write.framework.text("terms.support.none")


def table_operation(result: PilotResult) -> Exhibit:
    """Return the fallback, the share of production data, and the use against what was agreed and the guide's line."""
    write = writer_of(result)
    rows = [
        [write.text(f"pilot_operation.rows.{key}"), found, against, state]
        for key, found, against, state in _rows(result, write)
    ]
    columns = write.columns("pilot_operation", "item", "found", "against", "result", widths=(1.7, 2.9, 2, 1.2))
    evidence = result.operations.fallback.evidence if result.operations.fallback else None
    notes = [write.text("pilot_operation.note_evidence", evidence=evidence)] if evidence else []
    return table_of(
        write, "pilot-operation", _operation_title(result, write), columns, rows, write.from_computation, notes=notes
    )


def _operation_title(result: PilotResult, write: Writer) -> str:
    operations = result.operations
    tested = operations.fallback.tested if operations.fallback else "none"
    head = write.text(f"pilot_operation.title_{tested}")
    rate = operations.adoption.rate
    if rate.value is None:
        return head + write.text("pilot_operation.title_use_unknown")
    return head + write.text("pilot_operation.title_use", rate=write.value(rate))


def _rows(result: PilotResult, write: Writer) -> Iterator[tuple[str, Entry, Entry, Entry]]:
    operations, adoption = result.operations, result.operations.adoption
    fallback = operations.fallback
    if fallback is None:
        yield "fallback", missing_cell(write.not_provided), DASH, DASH
    else:
        yield "fallback", fallback.description, DASH, DASH
        on = write.formats.date(fallback.date) if fallback.date else DASH
        yield "tested", on, DASH, answer_cell(fallback.tested, write)
    yield "fallback_rate", write.cell(operations.fallback_rate, with_range=True), DASH, DASH
    yield "production", write.cell(operations.production_share, with_range=True), DASH, DASH
    yield (
        "use",
        write.cell(adoption.rate, with_range=True),
        _line("threshold", adoption.threshold, write),
        _state(adoption.against_threshold, write),
    )
    yield (
        "use_alarm",
        write.cell(adoption.rate, with_range=True),
        _line("alarm", adoption.alarm, write),
        _state(adoption.against_alarm, write),
    )
    if adoption.unknown:
        yield "use_unknown", _count(adoption.unknown, write), DASH, DASH


def _line(key: str, figure: Figure, write: Writer) -> Entry:
    if figure.value is None:
        return missing_cell(write.not_provided)
    words = write.text(f"pilot_operation.{key}", line=write.value(figure), support=_support(write))
    return cell(words, figure.value, write.mark(figure.evidence))


def _state(against: Against, write: Writer) -> Entry:
    return cell(write.text(f"pilot_words.against_{against}"), tone=LINE_TONES[against])
