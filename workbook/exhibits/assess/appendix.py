"""The appendix: definitions, scores, fields, answers, requests, interview guides and outside figures."""

from __future__ import annotations

from workbook.exhibits.assess.common import DASH, criterion_name, measured_by, source_name, use_case_name, writer_of
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.tables import Entry, missing_cell, table
from workbook.exhibits.writer import Writer
from workbook.framework.entries import Parameter
from workbook.framework.programme import Benchmark
from workbook.methods.estimates import Estimate
from workbook.phases.assess.result import AssessResult


def table_definitions(result: AssessResult) -> Exhibit:
    """Return what the words of the baseline mean."""
    write = writer_of(result)
    rows = [
        [write.framework.text(f"baseline.{id}.{key}") for key in ("name", "definition", "trap")]
        for id in write.framework.baseline
    ]
    return table(
        "definitions",
        write.text("definitions.title"),
        write.columns("definitions", "measure", "definition", "trap", widths=(1, 2.4, 2.6)),
        rows,
        write.text("definitions.caption"),
        write.from_framework,
    )


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
    return table(
        "quality-definitions",
        write.text("quality_definitions.title"),
        write.columns("quality_definitions", "dimension", "definition", "formula", "threshold", right=("threshold",),
                      widths=(1.1, 2.2, 2.4, 0.9)),
        rows,
        write.text("quality_definitions.caption"),
        write.from_framework,
        notes=[write.framework.text("quality_rules.unknown"), write.framework.text("terms.support.unchecked")],
    )  # fmt: skip


def table_scores(result: AssessResult) -> Exhibit:
    """Return every score with its evidence and range."""
    write = writer_of(result)
    columns = write.columns("scores", "use_case", widths=(2.2,))
    columns += [Column(id, criterion_name(result, id), "right", 1.1) for id in result.framework.criteria]
    rows: list[list[Entry]] = [
        [
            use_case_name(result, row.candidate.id),
            *(write.cell(score, with_range=True) for score in row.candidate.scores.values()),
        ]
        for row in result.ranking.candidates
    ]
    return table(
        "scores",
        write.text("scores.title"),
        columns,
        rows or [[missing_cell(write.not_provided), *[DASH] * len(result.framework.criteria)]],
        write.text("scores.caption"),
        write.from_computation,
        orientation="landscape",
    )


def table_fields(result: AssessResult) -> Exhibit:
    """Return what was measured on each needed field."""
    write = writer_of(result)
    rows: list[list[str | Cell]] = []
    for id, source in result.sources.items():
        for field in source.quality.fields if source.quality else ():
            users = [
                use_case_name(result, data.use_case.id)
                for data in result.candidate_data.values()
                if any(n.source == id and (not n.fields or field.name in n.fields) for n in data.use_case.data)
            ]
            measures = (_share(each, write) for each in (field.completeness, field.validity, field.accuracy))
            rows.append([source_name(result, id), field.name, write.names(users) if users else DASH, *measures])
    return table(
        "fields",
        write.text("fields.title", n=len(rows)),
        write.columns("fields", "source", "field", "needed_by", "completeness", "validity", "accuracy",
                      right=("completeness", "validity", "accuracy"), widths=(1.8, 1.6, 2, 1.1, 1, 1)),
        rows or [[missing_cell(write.text("common.none")), *[DASH] * 5]],
        write.text("fields.caption"),
        measured_by(result, write, "quality"),
    )  # fmt: skip


def _share(estimate: Estimate, write: Writer) -> Cell:
    if estimate.value is None:
        return missing_cell(write.reason(estimate.reason or "not_measured", estimate.n))
    text = write.formats.share(estimate.value, "measured")
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
    return table(
        "readiness-answers",
        write.text("readiness_answers.title", n=len(rows)),
        write.columns("readiness_answers", "question", "group", "level", "evidence", right=("level",),
                      widths=(2.4, 1, 0.6, 3.4)),
        rows or [[missing_cell(write.not_provided), *[DASH] * 3]],
        write.text("readiness_answers.caption"),
        write.from_parameters,
    )  # fmt: skip


def table_data_requests(result: AssessResult) -> Exhibit:
    """Return the data requests and their state on the day of the run."""
    write, as_of = writer_of(result), result.engagement.as_of
    rows: list[list[Entry]] = []
    still_open = 0
    for request in result.assess.data_requests:
        arrived = result.sources[request.source].has_arrived
        overdue = request.due is not None and request.due < as_of
        state = "arrived" if arrived else "overdue" if overdue else "open"
        still_open += not arrived
        rows.append(
            [
                source_name(result, request.source),
                write.formats.date(request.asked),
                write.formats.date(request.due) if request.due else write.not_provided,
                write.person(request.of),
                cell(write.text(f"data_requests.state_{state}"), tone="good" if arrived else "warn"),
            ]
        )
    asked = {request.source for request in result.assess.data_requests}
    for id, source in result.sources.items():
        if not source.has_arrived and id not in asked:
            state_cell = cell(write.text("data_requests.state_not_asked"), tone="warn")
            rows.append([source.source.name, DASH, DASH, write.person(source.source.owner), state_cell])
    not_asked = len(rows) - len(result.assess.data_requests)
    note = write.text("data_requests.note_not_asked", n=not_asked)
    return table(
        "data-requests",
        write.text("data_requests.title", n=still_open),
        write.columns("data_requests", "source", "asked", "due", "of", "state"),
        rows or [[write.text("common.none"), *[DASH] * 4]],
        write.text("data_requests.caption"),
        write.from_parameters,
        notes=[note] if not_asked else [],
    )


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
    return table(
        "request-contents",
        write.text("request_contents.title"),
        write.columns("request_contents", "kind", "field", "required", "why", widths=(1.3, 1.5, 0.8, 3)),
        rows,
        write.text("request_contents.caption"),
        write.from_framework,
    )


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
    return table(
        "interview-guides",
        write.text("guides.title"),
        write.columns("guides", "group", "question", "theme", "minutes", right=("minutes",), widths=(1, 4, 1.2, 0.7)),
        rows,
        write.text("guides.caption"),
        write.from_framework,
    )


def table_benchmarks(result: AssessResult) -> Exhibit:
    """Return the outside figures with publisher, year, sample, who paid and how they stand."""
    write = writer_of(result)
    rows = [
        [
            write.framework.text(f"benchmarks.{id}.figures.{figure.id}.name"),
            _benchmark_value(write, figure),
            *_source_cells(write, benchmark.source[0]),
            _standing(write, benchmark),
        ]
        for id, benchmark in write.framework.benchmarks.items()
        for figure in benchmark.figures.values()
    ]
    return table(
        "benchmarks",
        write.text("benchmarks.title"),
        write.columns("benchmarks", "figure", "value", "source", "year", "n", "paid", "support",
                      right=("value", "year", "n"), widths=(2.4, 1, 2.4, 0.6, 0.7, 1.5, 1.6)),
        rows,
        write.text("benchmarks.caption"),
        write.from_framework,
        orientation="landscape",
    )  # fmt: skip


def _benchmark_value(write: Writer, figure: Parameter) -> str | Cell:
    """Return a published figure as printed there; a figure in a foreign currency stays in it."""
    if figure.value is None:
        assert figure.low is not None and figure.high is not None
        return f"{_printed(write, figure.low, figure.unit)} {DASH} {_printed(write, figure.high, figure.unit)}"
    return cell(_printed(write, figure.value, figure.unit), value=figure.value)


def _printed(write: Writer, value: float, unit: str) -> str:
    if unit == "share":
        return write.formats.share(value, "measured")
    words = "" if unit in ("count", "ratio") else f" {write.framework.text(f'terms.unit.{unit}')}"
    return f"{write.formats.number(value, 'measured')}{words}"


def _source_cells(write: Writer, id: str) -> list[str]:
    source = write.framework.sources[id]
    return [
        f"{source.publisher}: {source.title}",
        str(source.year) if source.year else DASH,
        write.formats.count(source.n) if source.n else DASH,
        write.framework.text(f"terms.paid_by.{source.paid_by}"),
    ]


def _standing(write: Writer, benchmark: Benchmark) -> str:
    if benchmark.support:
        return write.framework.text(f"terms.support.{benchmark.support}")
    return write.framework.text(f"terms.read.{write.framework.sources[benchmark.source[0]].read}")
