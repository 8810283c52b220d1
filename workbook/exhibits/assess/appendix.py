"""The appendix: definitions, scores, fields, answers, requests and interview guides."""

from __future__ import annotations

import datetime as dt

from workbook.engagement.schema import DataRequest
from workbook.exhibits.assess.common import (
    DASH,
    criterion_name,
    measured_by,
    source_name,
    table_of,
    use_case_name,
    writer_of,
)
from workbook.exhibits.exhibit import Cell, Column, Exhibit, Tone, cell
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.framework.models import Rule
from workbook.methods.estimates import Estimate
from workbook.methods.quality import FieldQuality
from workbook.phases.assess.measured import MeasuredSource
from workbook.phases.assess.result import AssessResult


def table_definitions(result: AssessResult) -> Exhibit:
    """Return what the words of the baseline mean."""
    write = writer_of(result)
    rows = [
        [write.framework.text(f"baseline.{id}.{key}") for key in ("name", "definition", "trap")]
        for id in write.framework.baseline
    ]
    columns = write.columns("definitions", "measure", "definition", "trap", widths=(1, 2.4, 2.6))
    return table_of(write, "definitions", write.text("definitions.title"), columns, rows, write.from_framework)


def table_quality_definitions(result: AssessResult) -> Exhibit:
    """Return what the dimensions of data quality mean, with the house's thresholds."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            *(write.framework.text(f"quality.{id}.{key}") for key in ("name", "definition", "formula")),
            cell(write.formats.share(dimension.threshold), value=dimension.threshold, mark="A"),
        ]
        for id, dimension in write.framework.quality.items()
    ]
    return table_of(
        write,
        "quality-definitions",
        write.text("quality_definitions.title"),
        write.columns("quality_definitions", "dimension", "definition", "formula", "threshold", right=("threshold",),
                      widths=(1.1, 2.2, 2.4, 0.9)),
        rows,
        write.from_framework,
        notes=[write.framework.text("quality_rules.unknown"), write.text("quality_definitions.note_thresholds")],
    )  # fmt: skip


def table_rules(result: AssessResult) -> Exhibit:
    """Return the thresholds by which this report judges, with what each does, why it stands there, and its source."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            write.framework.text(f"rules.{id}.name"),
            cell(_threshold(rule, write), value=rule.value, mark="A"),
            write.framework.text(f"rules.{id}.effect"),
            write.framework.text(f"rules.{id}.rationale"),
            _authority(rule, write),
        ]
        for id, rule in write.framework.rules.items()
    ]
    columns = write.columns(
        "rules", "rule", "value", "effect", "rationale", "source", right=("value",), widths=(1.2, 0.8, 2.4, 2.4, 1)
    )
    return table_of(write, "rules", write.text("rules.title"), columns, rows, write.from_framework)


def _threshold(rule: Rule, write: Writer) -> str:
    return write.formats.share(rule.value) if rule.unit == "share" else write.formats.number(rule.value)


def _authority(rule: Rule, write: Writer) -> str:
    """Return what a threshold rests on besides our own judgement, or that it is a house rule."""
    sources = [write.framework.sources[id] for id in rule.source if id != "house-judgement"]
    named = [f"{source.publisher}, {source.title}" for source in sources]
    return "; ".join([*named, write.text("rules.house")])


def table_scores(result: AssessResult) -> Exhibit:
    """Return every score with its evidence and range."""
    write = writer_of(result)
    columns = write.columns("scores", "use_case", widths=(3,))
    columns += [Column(id, criterion_name(result, id), "right", 1.1) for id in result.framework.criteria]
    rows: list[list[Entry]] = [
        [
            use_case_name(result, row.candidate.id),
            *(write.cell(score, with_range=True) for score in row.candidate.scores.values()),
        ]
        for row in result.ranking.candidates
    ]
    title = write.text("scores.title")
    return table_of(write, "scores", title, columns, rows, write.from_computation, orientation="landscape")


def table_fields(result: AssessResult) -> Exhibit:
    """Return what was measured on each declared field; those without a fault are named under the table."""
    write = writer_of(result)
    rows: list[list[Entry]] = []
    notes: list[str] = []
    for source in result.sources.values():
        fields = source.quality.fields if source.quality else ()
        sound = [field.name for field in fields if _is_sound(field)]
        rows += [_field_row(field, source, result, write) for field in fields if not _is_sound(field)]
        if sound:
            names = ", ".join(sound)
            notes.append(write.text("fields.note_sound", n=len(sound), source=source.source.name, names=names))
    n = sum(len(source.quality.fields) for source in result.sources.values() if source.quality)
    return table_of(
        write,
        "fields",
        write.text("fields.title", n=len(rows), all=n) if n else write.text("fields.title_none"),
        write.columns("fields", "field", "source", "needed_by", "completeness", "validity", "accuracy",
                      right=("completeness", "validity", "accuracy"), widths=(1.7, 2.5, 3, 0.9, 0.9, 1.8)),
        rows,
        measured_by(result, write, "quality"),
        empty=write.text("common.none"),
        notes=notes,
        orientation="landscape",
    )  # fmt: skip


def _is_sound(field: FieldQuality) -> bool:
    """Return whether nothing that was measured on a field falls short of 1."""
    measured = [each.value for each in (field.completeness, field.validity, field.accuracy) if each.is_estimable]
    return bool(measured) and min(value or 0.0 for value in measured) >= 1.0


def _field_row(field: FieldQuality, source: MeasuredSource, result: AssessResult, write: Writer) -> list[Entry]:
    id = source.source.id
    users = [
        use_case_name(result, data.use_case.id)
        for data in result.candidate_data.values()
        if any(need.source == id and (not need.fields or field.name in need.fields) for need in data.use_case.data)
    ]
    measures = (_share(each, write) for each in (field.completeness, field.validity, field.accuracy))
    return [field.name, source.source.name, write.names(users) if users else DASH, *measures]


def _share(estimate: Estimate, write: Writer) -> Cell:
    """Return a share, with its interval where it rests on a sample."""
    if estimate.value is None:
        return missing_cell(write.reason(estimate.reason or "not_measured", estimate.n))
    text = write.formats.share(estimate.value, "measured")
    if estimate.low is not None or estimate.high is not None:
        text = f"{text} [{write.formats.interval(estimate.low, estimate.high, 'share', 'measured')}]"
    return cell(text, value=estimate.value, mark="M")


def table_readiness_answers(result: AssessResult) -> Exhibit:
    """Return the answers on organisational readiness and what they rest on."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            write.framework.text(f"readiness.{dimension.id}.questions.{answer.question}.ask"),
            write.framework.text(f"interviews.{answer.group}.name"),
            cell(str(answer.level), value=answer.level, mark="I"),
            answer.evidence,
        ]
        for dimension in result.organisation.dimensions
        for answer in dimension.answers
    ]
    columns = write.columns(
        "readiness_answers", "question", "group", "level", "evidence", right=("level",), widths=(2.9, 1, 0.6, 3.2)
    )
    title = write.text("readiness_answers.title", n=len(rows))
    return table_of(write, "readiness-answers", title, columns, rows, write.from_parameters)


def table_data_requests(result: AssessResult) -> Exhibit:
    """Return the data requests and their state on the day of the run, those still open first."""
    write, requests = writer_of(result), result.assess.data_requests
    states = [(request, _state(request, result)) for request in requests]
    states.sort(key=lambda pair: pair[1] == "arrived")
    rows = [_request_row(request, state, result, write) for request, state in states]
    asked = {request.source for request in requests}
    not_asked = [each for id, each in result.sources.items() if not each.has_arrived and id not in asked]
    for source in not_asked:
        state_cell = cell(write.text("data_requests.state_not_asked"), tone="warn")
        rows.append([source.source.name, DASH, DASH, DASH, write.person(source.source.owner), state_cell])
    return table_of(
        write,
        "data-requests",
        write.text("data_requests.title", n=sum(state != "arrived" for _, state in states)),
        write.columns("data_requests", "source", "asked", "due", "received", "of", "state",
                      widths=(2.2, 1.35, 1.35, 1.35, 1.3, 1.1)),
        rows,
        write.from_parameters,
        empty=write.text("common.none"),
        notes=[write.text("data_requests.note_not_asked", n=len(not_asked))] if not_asked else [],
    )  # fmt: skip


def _received(request: DataRequest, result: AssessResult) -> dt.date | None:
    """Return the day on which data arrived, as far as it has come."""
    day = request.received
    return day if day is not None and day <= result.engagement.as_of else None


def _state(request: DataRequest, result: AssessResult) -> str:
    """Return how a request stands; data said to be received but not in the client's folder are not to be read yet."""
    if result.sources[request.source].has_arrived:
        return "arrived"
    if _received(request, result):
        return "unread"
    return "overdue" if request.due is not None and request.due < result.engagement.as_of else "open"


def _day(day: dt.date, write: Writer) -> str:
    """Return a day that stays on one line of its narrow column."""
    return write.formats.date(day).replace(" ", "\N{NO-BREAK SPACE}")


def _request_row(request: DataRequest, state: str, result: AssessResult, write: Writer) -> list[Entry]:
    received = _received(request, result)
    tone: Tone = "good" if state == "arrived" else "warn"
    return [
        source_name(result, request.source),
        _day(request.asked, write),
        _day(request.due, write) if request.due else write.not_provided,
        _day(received, write) if received else write.not_provided if state == "arrived" else DASH,
        write.person(request.of),
        cell(write.text(f"data_requests.state_{state}"), tone=tone),
    ]


def table_request_contents(result: AssessResult) -> Exhibit:
    """Return the fields to ask for, by kind of source."""
    write = writer_of(result)
    rows = [
        [
            write.framework.text(f"data_requests.{id}.name"),
            write.framework.text(f"data_requests.{id}.fields.{field.id}.name"),
            write.text("common.yes" if field.required else "common.no"),
            write.framework.text(f"data_requests.{id}.fields.{field.id}.why"),
        ]
        for id, request in write.framework.data_requests.items()
        for field in request.fields.values()
    ]
    columns = write.columns("request_contents", "kind", "field", "required", "why", widths=(1.3, 1.5, 0.8, 3))
    title = write.text("request_contents.title")
    return table_of(write, "request-contents", title, columns, rows, write.from_framework)


def table_interview_guides(result: AssessResult) -> Exhibit:
    """Return the interview questions by group."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            write.framework.text(f"interviews.{id}.name"),
            write.framework.text(f"interviews.{id}.questions.{question.id}.ask"),
            write.framework.text(f"themes.{question.theme}.name"),
            cell(str(question.minutes), value=question.minutes),
        ]
        for id, guide in write.framework.interviews.items()
        for question in guide.questions.values()
    ]
    columns = write.columns(
        "interview_guides", "group", "question", "theme", "minutes", right=("minutes",), widths=(1, 4, 1.2, 0.7)
    )
    title = write.text("interview_guides.title")
    return table_of(write, "interview-guides", title, columns, rows, write.from_framework)
