"""Readiness: data, organisation, systems, interviews and compliance facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbook.engagement.schema_client import Answer
from workbook.exhibits.assess.common import (
    DASH,
    level,
    measured_by,
    rule,
    source_name,
    table_of,
    use_case_name,
    writer_of,
)
from workbook.exhibits.exhibit import Cell, Exhibit, Tone, cell
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.assess.data import CandidateData, DataGap
from workbook.phases.assess.integration import NO_INTERFACE, SystemReview
from workbook.phases.assess.organisation import Dimension
from workbook.phases.assess.people import ProcessCoverage
from workbook.phases.assess.result import AssessResult
from workbook.phases.assess.screening import OpenQuestion
from workbook.phases.figures import Figure

LONGEST_GAPS = 8
"""Needs listed in the minimum viable data; the appendix holds all measures field by field."""


# --- data ------------------------------------------------------------------------------------------------------------


def table_data_readiness(result: AssessResult) -> Exhibit:
    """Return each candidate with its weakest measured dimension and what is unknown."""
    write, candidates = writer_of(result), list(result.candidate_data.values())
    known = [data for data in candidates if data.readiness.is_known]
    ready = [data for data in known if data.meets_thresholds]
    title = write.text("data_readiness.title_none")
    if known:
        title = write.text("data_readiness.title", n=len(ready), all=len(candidates))
    return table_of(
        write,
        "data-readiness",
        title,
        write.columns("data_readiness", "use_case", "readiness", "bottleneck", "unknown", "basis",
                      right=("readiness",), widths=(2.4, 1.0, 2.2, 1.9, 1.1)),
        [_candidate_row(data, result, write) for data in candidates],
        measured_by(result, write, "quality"),
    )  # fmt: skip


def _candidate_row(data: CandidateData, result: AssessResult, write: Writer) -> list[str | Cell]:
    bottleneck = DASH
    if data.bottleneck is not None:
        bottleneck = write.text(
            "data_readiness.bottleneck",
            dimension=_dimension(write, data.bottleneck.dimension),
            source=source_name(result, data.bottleneck.source),
        )
    unknown = [source_name(result, id) for id in data.missing_sources]
    unknown += sorted({_dimension(write, row.dimension) for row in data.unknown})
    bases: list[Answer] = list(data.lawful_basis.values())
    basis = "no" if "no" in bases else "yes" if bases and set(bases) == {"yes"} else "unknown"
    tones: dict[str, Tone] = {"no": "bad", "unknown": "warn", "yes": "good"}
    return [
        data.use_case.name,
        write.cell(data.readiness, strong=True),
        bottleneck,
        write.names(unknown, longest=6) if unknown else DASH if data.use_case.data else write.not_provided,
        cell(write.text(f"common.{basis}"), tone=tones[basis]),
    ]


def _dimension(write: Writer, id: str) -> str:
    return write.framework.text(f"quality.{id}.name")


def shortlist_gaps(result: AssessResult) -> list[DataGap]:
    """Return what the data of the shortlist lack, the furthest below its threshold first."""
    gaps = [gap for row in result.ranking.shortlist for gap in result.candidate_data[row.candidate.id].gaps]
    return sorted(gaps, key=lambda gap: gap.measured - gap.threshold)


def distinct(gaps: Iterable[DataGap]) -> set[tuple[str, str | None, str]]:
    """Return what falls short, whichever candidates need it: source, field and dimension."""
    return {(gap.source, gap.field, gap.dimension) for gap in gaps}


def place_of(gap: DataGap, result: AssessResult, write: Writer) -> str:
    """Return where something falls short, as a phrase: a field in a source, or the source."""
    source = source_name(result, gap.source)
    return source if gap.field is None else write.text("minimum_data.place", field=gap.field, source=source)


def table_minimum_data(result: AssessResult) -> Exhibit:
    """Return the minimum viable data of the shortlist: what falls short of it."""
    write, gaps = writer_of(result), shortlist_gaps(result)
    rows: list[list[Entry]] = [
        [
            use_case_name(result, gap.use_case),
            source_name(result, gap.source),
            gap.field or write.text("minimum_data.whole_table"),
            _dimension(write, gap.dimension),
            cell(write.formats.share(gap.measured, "measured"), value=gap.measured, mark="M"),
            cell(write.formats.share(gap.threshold), value=gap.threshold),
        ]
        for gap in gaps[:LONGEST_GAPS]
    ]
    return table_of(
        write,
        "minimum-data",
        _minimum_data_title(result, write, gaps),
        write.columns("minimum_data", "use_case", "source", "field", "dimension", "measured", "threshold",
                      right=("measured", "threshold"), widths=(2.4, 2.2, 1.4, 1.2, 0.9, 0.9)),
        rows,
        measured_by(result, write, "quality"),
        empty=write.text("common.none"),
        notes=[write.text("minimum_data.more", n=len(gaps) - len(rows))] if len(gaps) > len(rows) else [],
    )  # fmt: skip


def _minimum_data_title(result: AssessResult, write: Writer, gaps: list[DataGap]) -> str:
    needed = [result.candidate_data[row.candidate.id] for row in result.ranking.shortlist]
    if not needed:
        return write.text("minimum_data.title_unranked")
    if not gaps:
        measured = all(data.is_complete for data in needed)
        return write.text("minimum_data.title_none" if measured else "minimum_data.title_unknown")
    return write.text("minimum_data.title", n=len(distinct(gaps)))


# --- organisation ----------------------------------------------------------------------------------------------------


def table_organisation(result: AssessResult) -> Exhibit:
    """Return the dimensions of organisational readiness, weakest first."""
    write, rows = writer_of(result), result.organisation.dimensions
    barrier, gap = (write.formats.number(rule(write, f"readiness_{id}")) for id in ("barrier", "gap"))
    low = [row for row in rows if row.level.value is not None and row.level.value <= rule(write, "readiness_barrier")]
    title = write.text("organisation_levels.title_none")
    if any(row.level.is_known for row in rows):
        title = write.text("organisation_levels.title", n=len(low), barrier=barrier)
    return table_of(
        write,
        "organisation-levels",
        title,
        write.columns("organisation_levels", "dimension", "level", "range", "owner", "frontline", "gap", "answered",
                      "band", right=("level", "range", "owner", "frontline", "gap", "answered"),
                      widths=(1.7, 0.7, 0.9, 1.1, 1.1, 0.7, 1.0, 1.9)),
        [_dimension_row(row, result, write) for row in rows],
        write.from_parameters,
        caption=write.text("organisation_levels.caption", gap=gap),
        notes=[write.framework.text("readiness_scale.explanation")],
    )  # fmt: skip


def _dimension_row(row: Dimension, result: AssessResult, write: Writer) -> list[str | Cell]:
    scale = result.framework.readiness_scale
    tones: dict[str, Tone] = {"blocking": "bad", "barrier": "warn", "sound": "good", "strong": "good"}
    band: str | Cell = missing_cell(write.not_provided)
    if row.level.value is not None:
        id = scale.band(row.level.value)
        band = cell(write.framework.text(f"readiness_scale.bands.{id}"), tone=tones[id])
    return [
        write.framework.text(f"readiness.{row.id}.name"),
        _level_cell(row.level, write, strong=True),
        write.range(row.level) or DASH,
        _level_cell(row.owner, write),
        _level_cell(row.frontline, write),
        DASH if row.gap is None else _signed(row.gap, write),
        f"{row.answered}/{row.questions}",
        band,
    ]


def _signed(gap: float, write: Writer) -> str:
    """Return a gap between levels to one decimal, as the levels are shown."""
    sign = "" if round(gap, 1) == 0 else "+" if gap > 0 else "\N{MINUS SIGN}"
    return f"{sign}{write.formats.fixed(abs(gap))}"


def _level_cell(figure: Figure, write: Writer, *, strong: bool = False) -> Cell:
    mark = write.mark(figure.evidence) if figure.is_known else None
    return cell(level(figure, write), value=figure.value, mark=mark, strong=strong)


# --- systems ---------------------------------------------------------------------------------------------------------


def table_systems(result: AssessResult) -> Exhibit:
    """Return the systems with their best interface, those that most candidates need first."""
    write = writer_of(result)
    needed = [review for review in result.systems if review.needed_by]
    lacking = [review for review in needed if review.best in (None, NO_INTERFACE)]
    title = write.text("systems.title", n=len(lacking)) if needed else write.text("systems.not_described")
    columns = write.columns("systems", "system", "best", "others", "use_cases", widths=(1.8, 1.1, 1.1, 3.4))
    rows = [_system_row(review, result, write) for review in needed]
    return table_of(write, "systems", title, columns, rows, write.from_parameters)


def _system_row(review: SystemReview, result: AssessResult, write: Writer) -> list[str | Cell]:
    def name(pattern: str) -> str:
        return write.framework.text(f"integration.patterns.{pattern}.name")

    mark = write.mark(review.score.evidence)
    if review.best is None:
        best = missing_cell(write.not_provided)
    elif review.best == NO_INTERFACE:
        best = cell(write.framework.text("integration.no_interface"), mark=mark, tone="bad")
    else:
        best = cell(name(review.best), mark=mark, tone="good" if review.best == "api" else None)
    others = [name(pattern) for pattern in review.system.interfaces or () if pattern != review.best]
    return [
        review.system.name,
        best,
        ", ".join(others) or DASH,
        write.names(use_case_name(result, id) for id in review.needed_by),
    ]


# --- interviews ------------------------------------------------------------------------------------------------------


def table_interviews(result: AssessResult) -> Exhibit:
    """Return who was heard on which process; processes that lack a side come first."""
    write = writer_of(result)
    rows = sorted(result.interviews.processes, key=lambda row: row.is_covered)
    covered = sum(row.is_covered for row in rows)
    title = write.text("interview_coverage.title_none")
    if rows:
        title = write.text("interview_coverage.title", n=covered, all=len(rows))
    columns = write.columns(
        "interview_coverage", "process", "owner", "frontline", "others", "state",
        right=("owner", "frontline", "others"), widths=(3, 0.8, 0.9, 0.8, 1.4),
    )  # fmt: skip
    shown = [_interview_row(row, write) for row in rows]
    return table_of(write, "interview-coverage", title, columns, shown, write.from_parameters)


def _interview_row(row: ProcessCoverage, write: Writer) -> list[str | Cell]:
    state = "covered" if row.is_covered else "owner" if row.owner else "frontline" if row.frontline else "none"
    tones: dict[str, Tone] = {"covered": "good", "none": "bad"}
    return [
        row.process.name,
        str(row.owner),
        str(row.frontline),
        str(row.others),
        cell(write.text(f"interview_coverage.state_{state}"), tone=tones.get(state, "warn")),
    ]


def table_themes(result: AssessResult) -> Exhibit:
    """Return the themes of the interviews by how often they came up."""
    write, coverage = writer_of(result), result.interviews
    names = [write.framework.text(f"themes.{id}.name") for id, _, _ in coverage.themes]
    rows = [[name, str(n), str(front)] for name, (_, n, front) in zip(names, coverage.themes, strict=True)]
    most = [name for name, (_, n, _) in zip(names, coverage.themes, strict=True) if n == coverage.themes[0][1]]
    key = "title" if most else "title_none"
    covered = sum(row.is_covered for row in coverage.processes)
    return table_of(
        write,
        "interview-themes",
        write.text(f"interview_themes.{key}", n=len(most), theme=write.names(most)),
        write.columns("interview_themes", "theme", "mentions", "frontline", right=("mentions", "frontline")),
        rows,
        write.from_parameters,
        caption=write.text(
            "interview_themes.caption", held=coverage.interviews, covered=covered, all=len(coverage.processes)
        ),
    )


# --- compliance ------------------------------------------------------------------------------------------------------


def table_screening(result: AssessResult) -> Exhibit:
    """Return the compliance answers by use case; no tier is given here."""
    write, screening = writer_of(result), result.screening
    asked = sum(len(row.answers) for row in screening.use_cases)
    still_open = len(screening.open_questions)
    rows: list[list[Entry]] = []
    for row in screening.use_cases:
        personal = dict(row.answers).get("personal_data_processed", "unknown")
        rows.append(
            [
                use_case_name(result, row.use_case),
                *(str(row.count(answer)) for answer in ("yes", "no", "unknown")),
                cell(write.text(f"common.{personal}"), tone="warn" if personal == "unknown" else None),
                missing_cell(write.framework.text(f"labels.{row.tier}")),
            ]
        )
    title = write.text("screening.title", n=still_open, asked=asked) if asked else write.text("screening.title_none")
    columns = write.columns(
        "screening", "use_case", "yes", "no", "unknown", "personal", "tier",
        right=("yes", "no", "unknown"), widths=(3, 0.6, 0.6, 0.9, 1.1, 1.5),
    )  # fmt: skip
    notes = [write.framework.text("labels.not_legal_advice")]
    return table_of(write, "screening", title, columns, rows, write.from_parameters, notes=notes)


def table_open_questions(result: AssessResult) -> Exhibit:
    """Return the open compliance questions with the use cases they concern and who answers them."""
    write, questions = writer_of(result), result.screening.open_questions
    unowned = sum(question.owner is None for question in questions)
    rows: list[list[Entry]] = [
        [
            write.framework.text(f"screening.{id}.ask"),
            ", ".join(fact.provisions),
            write.names([use_case_name(result, q.use_case) for q in found], longest=4),
            _owners(found, write),
        ]
        for id, fact in write.framework.screening.items()
        if (found := [question for question in questions if question.question == id])
    ]
    columns = write.columns("open_questions", "question", "why", "use_cases", "owner", widths=(3, 1.6, 2.2, 1.3))
    key = "title_unowned" if unowned == len(questions) else "title"
    title = write.text(f"open_questions.{key}", n=unowned, open=len(questions))
    if not questions:
        title = write.text("open_questions.title_none" if result.screening.use_cases else "screening.title_none")
    none = write.text("common.none")
    return table_of(write, "open-questions", title, columns, rows, write.from_parameters, empty=none)


def _owners(questions: Sequence[OpenQuestion], write: Writer) -> str:
    """Return who answers an open question, and for how many use cases nobody does."""
    owners = sorted({write.person(question.owner) for question in questions if question.owner})
    unowned = sum(question.owner is None for question in questions)
    if not owners:
        return write.not_provided
    return "; ".join([*owners, *([write.text("open_questions.unowned", n=unowned)] if unowned else [])])
