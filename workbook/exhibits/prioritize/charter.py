"""The Pilot Charter itself: where it stands, what is tried, and by which criteria it is judged."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.engagement.schema_charter import Design
from workbook.exhibits import exhibit as make
from workbook.exhibits.deliverable import draft_reason
from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import said
from workbook.exhibits.prioritize.common import DASH, PHASE, table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.prioritize.charter import PilotCharter
from workbook.phases.prioritize.criteria import HOURS, CharterCriterion
from workbook.phases.prioritize.result import PrioritizeResult


def charter_state(result: PrioritizeResult) -> Exhibit:
    """Return where the charter stands: approved on a day, ready for signature, or a draft and why."""
    write, charter = writer_of(result), result.charter
    draft, gate = draft_reason(result, write, PHASE), result.engagement.client.gates.prioritize
    if charter is None:
        return _state(write.text("charter_state.none"), "draft")
    if charter.missing:
        return _state(write.text("charter_state.incomplete", n=len(charter.missing)), "draft")
    if draft:
        return _state(write.text("charter_state.draft", reason=draft), "draft")
    if gate is None or gate.decision != "approved" or gate.date is None:
        return _state(write.text("charter_state.ready"), "note")
    if gate.selected and gate.selected != (charter.charter.use_case,):
        names = write.names(use_case_name(result, id) for id in gate.selected)
        return _state(write.text("charter_state.other", names=names), "draft")
    words = {"date": write.formats.date(gate.date), "by": write.person(gate.by)}
    return _state(write.text("charter_state.approved", **words), "note")


def _state(words: str, style: make.Style) -> Exhibit:
    return make.prose("charter-state", [words], style)


def note_without(result: PrioritizeResult, part: str) -> Exhibit:
    """Return the note that stands where a part of the charter would, while there is none."""
    return make.prose(f"charter-{part}", [writer_of(result).text(f"charter_state.without_{part}")], "note")


def table_charter(result: PrioritizeResult) -> Exhibit | None:
    """Return what is tried, on what, and when it is stopped; None without a charter."""
    write, drawn_up = writer_of(result), result.charter
    if drawn_up is None:
        return None
    charter = drawn_up.charter
    adoption = charter.adoption
    entries: dict[str, str | Cell | None] = {
        "use_case": use_case_name(result, charter.use_case),
        "metric": cell(charter.metric, strong=True) if charter.metric else None,
        "scope_in": _listed(charter.scope_in),
        "scope_out": _listed(charter.scope_out),
        "population": charter.population,
        "design": design_in_words(charter.design, write) if charter.design else None,
        "adoption": _adoption(drawn_up, write) if adoption else None,
        "stop_rules": _listed(charter.stop_rules),
    }
    rows: list[list[Entry]] = [
        [write.text(f"pilot_charter.rows.{key}"), entry or missing_cell(write.not_provided)]
        for key, entry in entries.items()
    ]
    key = "title" if charter.metric else "title_no_metric"
    columns = write.columns("pilot_charter", "part", "content", widths=(1, 4.2))
    title = write.text(f"pilot_charter.{key}", use_case=use_case_name(result, charter.use_case))
    return table_of(write, "pilot-charter", title, columns, rows, write.from_parameters)


def _listed(texts: Sequence[str]) -> str | None:
    """Return texts as one, each ending as a sentence does."""
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts) or None


def _adoption(charter: PilotCharter, write: Writer) -> Cell:
    target = charter.charter.adoption
    assert target is not None
    threshold = target.threshold
    words = write.text(
        "pilot_charter.adoption",
        threshold=write.formats.share(threshold.value, threshold.evidence),
        definition=target.definition,
    )
    return cell(words, value=threshold.value, mark=write.mark(threshold.evidence))


def design_in_words(design: Design, write: Writer) -> str:
    """Return how the comparison is made: who is compared with whom, when it is looked at, and how surely it errs."""
    weeks = design.looks.weeks
    looks = write.text(
        "pilot_charter.looks",
        n=len(weeks),
        weeks=write.names(str(week) for week in weeks),
        boundary=write.text(f"pilot_charter.boundary_{design.looks.boundary}") if design.looks.boundary else "",
    )
    sentences = [
        write.text(f"pilot_charter.design_{design.kind}", share=write.formats.share(design.allocation)),
        looks,
        write.text(
            "pilot_charter.error", alpha=write.formats.share(design.alpha), power=write.formats.share(design.power)
        ),
    ]
    if design.clusters:
        sentences.append(
            write.text(
                "pilot_charter.clusters",
                name=design.clusters.name,
                size=write.formats.number(design.clusters.size.value, design.clusters.size.evidence),
                icc=write.formats.number(design.clusters.icc.value, design.clusters.icc.evidence),
            )
        )
    return " ".join(sentences)


# --- criteria --------------------------------------------------------------------------------------------------------


def table_criteria(result: PrioritizeResult) -> Exhibit:
    """Return the criteria with today's level, the levels planned and worthwhile, margin and method."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return note_without(result, "criteria")
    notes = [
        write.text("charter_criteria.note_assess", name=each.criterion.name, figure=each.criterion.baseline_figure)
        for each in charter.criteria
        if each.criterion.baseline_figure
    ]
    return table_of(
        write,
        "charter-criteria",
        _criteria_title(charter, write),
        write.columns(
            "charter_criteria", "criterion", "role", "baseline", "planned", "worthwhile", "margin", "method",
            right=("baseline", "planned", "worthwhile", "margin"), widths=(1.5, 1.05, 0.9, 1.15, 1.25, 0.85, 2.1),
        ),
        [_criterion_row(each, write) for each in charter.criteria],
        write.from_parameters,
        notes=notes,
    )  # fmt: skip


def _criteria_title(charter: PilotCharter, write: Writer) -> str:
    primary, guardrails = charter.primary, len(charter.guardrails)
    if primary is None:
        return write.text("charter_criteria.title_none")
    end = write.text("charter_criteria.title_guardrails", n=guardrails)
    if not primary.is_complete:
        return write.text("charter_criteria.title_incomplete", name=primary.criterion.name) + end
    levels = {name: level_of(getattr(primary, name), write) for name in ("baseline", "planned", "worthwhile")}
    return write.text("charter_criteria.title", name=primary.criterion.name, **levels) + end


def _criterion_row(each: CharterCriterion, write: Writer) -> list[Entry]:
    criterion = each.criterion
    is_primary, is_guardrail = criterion.role == "primary", criterion.role == "guardrail"
    unchanged = write.text("charter_criteria.unchanged") if is_guardrail and not each.planned.is_known else None
    return [
        criterion.name,
        write.text(f"charter_criteria.role_{criterion.role}"),
        level_cell(each.baseline, write),
        unchanged or level_cell(each.planned, write),
        level_cell(each.worthwhile, write) if is_primary or each.worthwhile.is_known else DASH,
        level_cell(each.margin, write) if each.margin is not None else DASH,
        criterion.method or missing_cell(write.not_provided),
    ]


def level_of(figure: Figure, write: Writer, value: float | None = None) -> str:
    """Return a level of a criterion, or another value in its unit; times read best as times."""
    shown = figure.value if value is None else value
    if shown is not None and figure.unit in HOURS:
        return write.formats.hours(shown * HOURS[figure.unit], figure.evidence)
    if shown is not None and figure.unit == "share":
        return write.formats.share(shown, figure.evidence)
    if shown is None or value is None:
        return said(figure, write)
    return f"{write.formats.number(shown, figure.evidence)} {figure.unit}"


def level_cell(figure: Figure, write: Writer) -> Cell:
    """Return a cell with a level and the mark of its evidence, or why there is none."""
    if figure.value is None:
        return missing_cell(write.missing(figure))
    return cell(level_of(figure, write), value=figure.value, mark=write.mark(figure.evidence))
