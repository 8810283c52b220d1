"""Readiness: data, organisation, systems, interviews and compliance facts."""

from __future__ import annotations

from collections.abc import Iterable

from workbook.engagement.schema import Answer
from workbook.exhibits.assess.common import DASH, measured_by, source_name, use_case_name, writer_of
from workbook.exhibits.exhibit import Cell, Exhibit, Tone, cell
from workbook.exhibits.tables import Entry, missing_cell, table
from workbook.exhibits.writer import Writer
from workbook.phases.assess.data import CandidateData, DataGap
from workbook.phases.assess.integration import NO_INTERFACE, SystemReview
from workbook.phases.assess.organisation import Dimension
from workbook.phases.assess.people import ProcessCoverage
from workbook.phases.assess.result import AssessResult

MOST_THEMES = 6
"""Themes listed; rarer ones stand in the interviews."""

LONGEST_GAPS = 8
"""Needs listed in the minimum viable data; the appendix holds all measures field by field."""


# --- data ------------------------------------------------------------------------------------------------------------


def table_data_readiness(result: AssessResult) -> Exhibit:
    """Return each candidate with its weakest measured dimension and what is unknown."""
    write, candidates = writer_of(result), list(result.candidate_data.values())
    known = [data for data in candidates if data.readiness.is_known]
    ready = [data for data in known if data.meets_thresholds]
    return table(
        "data-readiness",
        write.text("data_use_cases.title", n=len(ready), all=len(candidates))
        if known
        else write.text("data_use_cases.title_none"),
        write.columns("data_use_cases", "use_case", "readiness", "bottleneck", "unknown", "basis",
                      right=("readiness",), widths=(2.4, 0.9, 2.2, 1.9, 0.9)),
        [_candidate_row(data, result, write) for data in candidates]
        or [[missing_cell(write.not_provided), *[DASH] * 4]],
        write.text("data_use_cases.caption"),
        measured_by(result, write, "quality"),
    )  # fmt: skip


def _candidate_row(data: CandidateData, result: AssessResult, write: Writer) -> list[str | Cell]:
    bottleneck = DASH
    if data.bottleneck is not None:
        bottleneck = write.text(
            "data_use_cases.bottleneck",
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
        write.names(unknown, longest=6) if unknown else DASH,
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
    return table(
        "minimum-data",
        _minimum_data_title(result, write, gaps),
        write.columns("minimum_data", "use_case", "source", "field", "dimension", "measured", "threshold",
                      right=("measured", "threshold")),
        rows or [[write.text("common.none"), *[DASH] * 5]],
        write.text("minimum_data.caption"),
        measured_by(result, write, "quality"),
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
    write, scale = writer_of(result), result.framework.readiness_scale
    rows = result.organisation.dimensions
    low = [row for row in rows if row.level.value is not None and row.level.value <= scale.barrier_at_most]
    known = any(row.level.is_known for row in rows)
    return table(
        "organisation-levels",
        write.text("organisation_table.title", n=len(low), barrier=write.formats.number(scale.barrier_at_most))
        if known
        else write.text("organisation_table.title_none"),
        write.columns("organisation_table", "dimension", "level", "range", "owner", "frontline", "gap", "answered",
                      "band", right=("level", "range", "owner", "frontline", "gap", "answered"),
                      widths=(1.8, 0.8, 0.9, 0.9, 0.9, 0.8, 1.1, 1.5)),
        [_dimension_row(row, result, write) for row in rows],
        write.text("organisation_table.caption", gap=write.formats.number(scale.gap_worth_naming)),
        write.from_parameters,
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
        write.cell(row.level, strong=True),
        write.range(row.level) or DASH,
        write.cell(row.owner),
        write.cell(row.frontline),
        DASH if row.gap is None else write.formats.signed(row.gap, "number"),
        f"{row.answered}/{row.questions}",
        band,
    ]


# --- systems ---------------------------------------------------------------------------------------------------------


def table_systems(result: AssessResult) -> Exhibit:
    """Return the systems with their best interface, those that most candidates need first."""
    write, reviews = writer_of(result), result.systems
    lacking = [review for review in reviews if review.needed_by and review.best in (None, NO_INTERFACE)]
    rows = [_system_row(review, result, write) for review in reviews if review.needed_by]
    return table(
        "systems",
        write.text("systems.title", n=len(lacking)) if rows else write.text("systems.not_described"),
        write.columns("systems", "system", "best", "others", "use_cases",
                      widths=(1.8, 1.1, 1.1, 3.4)),
        rows or [[missing_cell(write.not_provided), *[DASH] * 3]],
        write.text("systems.caption"),
        write.from_parameters,
    )  # fmt: skip


def _system_row(review: SystemReview, result: AssessResult, write: Writer) -> list[str | Cell]:
    def name(pattern: str) -> str:
        return write.framework.text(f"integration.patterns.{pattern}.name")

    if review.best is None:
        best = missing_cell(write.not_provided)
    elif review.best == NO_INTERFACE:
        best = cell(write.framework.text("integration.no_interface"), tone="bad")
    else:
        best = cell(name(review.best), tone="good" if review.best == "api" else None)
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
    write, coverage = writer_of(result), result.interviews
    rows = sorted(coverage.processes, key=lambda row: row.is_covered)
    covered = sum(row.is_covered for row in rows)
    return table(
        "interview-coverage",
        write.text("interviews.title", n=covered, all=len(rows)) if rows else write.text("interviews.title_none"),
        write.columns("interviews", "process", "owner", "frontline", "others", "state",
                      right=("owner", "frontline", "others"), widths=(3, 0.8, 0.9, 0.8, 1.4)),
        [_interview_row(row, write) for row in rows] or [[missing_cell(write.not_provided), *[DASH] * 4]],
        write.text("interviews.caption"),
        write.from_parameters,
    )  # fmt: skip


def _interview_row(row: ProcessCoverage, write: Writer) -> list[str | Cell]:
    state = "covered" if row.is_covered else "owner" if row.owner else "frontline" if row.frontline else "none"
    tones: dict[str, Tone] = {"covered": "good", "none": "bad"}
    return [
        row.process.name,
        str(row.owner),
        str(row.frontline),
        str(row.others),
        cell(write.text(f"interviews.state_{state}"), tone=tones.get(state, "warn")),
    ]


def table_themes(result: AssessResult) -> Exhibit:
    """Return the themes of the interviews by how often they came up."""
    write, coverage = writer_of(result), result.interviews
    rows: list[list[Entry]] = [
        [write.framework.text(f"themes.{id}.name"), str(n), str(frontline)]
        for id, n, frontline in coverage.themes[:MOST_THEMES]
    ]
    most = [write.framework.text(f"themes.{id}.name") for id, n, _ in coverage.themes if n == coverage.themes[0][1]]
    covered = sum(row.is_covered for row in coverage.processes)
    return table(
        "interview-themes",
        write.text("themes.title", n=len(most), theme=write.names(most)) if rows else write.text("themes.title_none"),
        write.columns("themes", "theme", "mentions", "frontline", right=("mentions", "frontline")),
        rows or [[missing_cell(write.not_provided), DASH, DASH]],
        write.text("themes.caption", held=coverage.interviews, covered=covered, all=len(coverage.processes)),
        write.from_parameters,
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
    return table(
        "screening",
        write.text("screening.title", n=still_open, asked=asked) if asked else write.text("screening.title_none"),
        write.columns("screening", "use_case", "yes", "no", "unknown", "personal", "tier",
                      right=("yes", "no", "unknown"), widths=(3, 0.6, 0.6, 0.9, 1.1, 1.5)),
        rows or [[missing_cell(write.not_provided), *[DASH] * 5]],
        write.text("screening.caption"),
        write.from_parameters,
        notes=[write.framework.text("labels.not_legal_advice")],
    )  # fmt: skip


def _open_title(result: AssessResult, write: Writer, unowned: int, still_open: int) -> str:
    if not still_open:
        return write.text("screening_open.title_none" if result.screening.use_cases else "screening.title_none")
    key = "title_unowned" if unowned == still_open else "title"
    return write.text(f"screening_open.{key}", n=unowned, open=still_open)


def table_open_questions(result: AssessResult) -> Exhibit:
    """Return the open compliance questions with the use cases they concern and who answers them."""
    write, questions = writer_of(result), result.screening.open_questions
    unowned = sum(question.owner is None for question in questions)
    rows: list[list[Entry]] = [
        [
            write.framework.text(f"screening.{id}.ask"),
            ", ".join(rule.provisions),
            write.names([use_case_name(result, q.use_case) for q in found], longest=4),
            write.names(sorted({write.person(q.owner) for q in found})),
        ]
        for id, rule in write.framework.screening.items()
        if (found := [question for question in questions if question.question == id])
    ]
    return table(
        "open-questions",
        _open_title(result, write, unowned, len(questions)),
        write.columns("screening_open", "question", "why", "use_cases", "owner", widths=(3, 1.6, 2.2, 1.3)),
        rows or [[write.text("common.none"), DASH, DASH, DASH]],
        write.text("screening_open.caption"),
        write.from_parameters,
    )
