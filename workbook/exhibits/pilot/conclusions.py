"""What follows from the pilot: learnings, recommendations, gate, limits and next steps."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.exhibits import exhibit as make
from workbook.exhibits.deliverable import decision_in_words, next_phase
from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.pilot.common import (
    DASH,
    Finding,
    open_reasons_in_words,
    shortened,
    table_of,
    use_case_name,
    writer_of,
)
from workbook.exhibits.pilot.verdict import DECISIONS, reasons_in_words
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.pilot.result import PilotResult
from workbook.phases.pilot.verdict import DECIDED


def table_learnings(result: PilotResult) -> Exhibit:
    """Return what was learnt, about what, and what follows for production."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            each.text,
            write.text(f"pilot_learnings.kind_{each.kind}"),
            each.consequence or missing_cell(write.not_provided),
        ]
        for each in result.learnings
    ]
    open_ends = sum(each.consequence is None for each in result.learnings)
    key = "title_none" if not rows else "title_open" if open_ends else "title"
    title = write.text(f"pilot_learnings.{key}", n=len(rows), open=open_ends)
    columns = write.columns("pilot_learnings", "learning", "kind", "consequence", widths=(3, 0.9, 2.6))
    return table_of(write, "pilot-learnings", title, columns, rows, write.from_parameters)


# --- recommendations -------------------------------------------------------------------------------------------------


def recommendations(result: PilotResult) -> Exhibit:
    """Return what to do next; each sentence rests on a finding of the deliverable."""
    write = writer_of(result)
    topics = (_decide, _use, _failures, _checks, _effort, _tests, _learnings)
    steps = [step for topic in topics for step in topic(result, write)]
    return make.summary("recommendations", write.text("recommendations.title"), steps)


def _decide(result: PilotResult, write: Writer) -> Iterator[Finding]:
    verdict, name = result.verdict, use_case_name(result)
    if verdict.decision is None:
        key = verdict.reason or "not_approved"
        yield write.finding(f"pilot_recommendations.undecided_{key}"), "bad"
        return
    words = {"name": name, "reasons": reasons_in_words(result, write)}
    if verdict.decision == "iterate" and verdict.extra is not None and verdict.extra.n:
        words["cases"] = write.formats.count(verdict.extra.n)
        yield write.finding(f"pilot_recommendations.iterate_{verdict.extra.toward}", **words), "warn"
    else:
        yield write.finding(f"pilot_recommendations.{verdict.decision}", **words), DECISIONS[verdict.decision]
    if result.is_provisional:
        yield write.finding("pilot_recommendations.settle", reason=open_reasons_in_words(result, write)), "warn"
    if verdict.needs_reason:
        yield write.finding("pilot_recommendations.give_reason"), "bad"


def _use(result: PilotResult, write: Writer) -> Iterator[Finding]:
    adoption = result.operations.adoption
    if adoption.rate.value is None or adoption.estimate.value is None:
        yield write.finding("pilot_recommendations.count_use"), "warn"
    elif adoption.threshold.value is not None and adoption.rate.value < adoption.threshold.value:
        words = {"rate": write.value(adoption.rate), "threshold": write.value(adoption.threshold)}
        yield write.finding("pilot_recommendations.raise_use", **words), "bad"


def _failures(result: PilotResult, write: Writer) -> Iterator[Finding]:
    operations, failures = result.operations, result.operations.failures
    if operations.fallback is None or operations.fallback.tested != "yes":
        yield write.finding("pilot_recommendations.test_fallback"), "bad"
    if failures.against_cliff == "above":
        yield write.finding("pilot_recommendations.cliff", rate=write.value(failures.rate)), "bad"
    unhandled = failures.unhandled
    if unhandled:
        first = shortened(unhandled[0].name or write.text("failure_modes.undescribed"))
        yield write.finding("pilot_recommendations.unhandled", n=len(unhandled), first=first), "warn"
    severe = [mode for mode in failures.modes if mode.mode and mode.mode.severity == "high" and mode.cases.value]
    if severe and not unhandled:
        first = shortened(severe[0].name)
        yield write.finding("pilot_recommendations.severe", n=len(severe), first=first), "warn"


def _checks(result: PilotResult, write: Writer) -> Iterator[Finding]:
    checks = result.operations.checks
    if checks.failed:
        first = shortened(checks.failed[0].name)
        yield write.finding("pilot_recommendations.failed_checks", n=len(checks.failed), first=first), "bad"
    if checks.not_run:
        first = shortened(checks.not_run[0].name)
        yield write.finding("pilot_recommendations.checks_to_run", n=len(checks.not_run), first=first), "warn"


def _effort(result: PilotResult, write: Writer) -> Iterator[Finding]:
    ratio = result.effort.ratio
    if ratio.value is not None and ratio.value > 1:
        change = write.formats.share(ratio.value - 1, "measured", decimals=0)
        yield write.finding("pilot_recommendations.effort", change=change), "warn"


def _tests(result: PilotResult, write: Writer) -> Iterator[Finding]:
    found = result.experiments.measured if result.experiments else None
    if found is not None and found.unequal:
        yield write.finding("pilot_recommendations.tests", n=len(found.unequal)), "warn"


def _learnings(result: PilotResult, write: Writer) -> Iterator[Finding]:
    if not result.learnings:
        yield write.finding("pilot_recommendations.learnings_none"), "warn"


# --- gate, limits, next ----------------------------------------------------------------------------------------------


def table_gate(result: PilotResult) -> Exhibit:
    """Return the human decision beside that of the rule, and the reason where they differ."""
    write, verdict, gate = writer_of(result), result.verdict, result.engagement.client.gates.pilot
    rule = write.text(f"pilot_words.decision_{verdict.decision}" if verdict.decision else "pilot_words.no_decision")
    rows: list[list[Entry]] = [[write.text("pilot_gate.rule"), cell(rule, strong=True)]]
    if gate is not None and gate.decision != "pending":
        by = write.person(gate.by) + (f", {gate.role}" if gate.role else "")
        day = write.formats.date(gate.date) if gate.date else write.not_provided
        names = [result.prioritized.assessment.use_case(id).name for id in gate.selected]
        rows += [
            [write.text("gate.decision"), cell(decision_in_words(write, gate), strong=True)],
            [write.text("gate.by"), f"{by}; {day}"],
            [write.text("gate.selected"), "; ".join(names) or write.text("common.none")],
        ]
        if verdict.differs is not None:
            rows.append([write.text("gate.difference"), _difference(result, write)])
    if gate is not None:
        rows.append([write.text("gate.note"), gate.note or DASH])
    title = (
        write.text("gate.title", decision=decision_in_words(write, gate)) if gate else write.text("gate.title_missing")
    )
    columns = write.columns("gate", "item", "value", widths=(1, 3.5))
    caption = write.text("pilot_gate.caption")
    return table_of(write, "gate", title, columns, rows, write.from_parameters, caption=caption)


def _difference(result: PilotResult, write: Writer) -> Entry:
    verdict = result.verdict
    if not verdict.differs or verdict.human is None:
        return write.text("gate.same")
    words = {
        "rule": write.text(f"pilot_words.decision_{verdict.decision}"),
        "people": write.text(f"pilot_words.decision_{DECIDED[verdict.human.decision]}"),
    }
    key = "differs_unsaid" if verdict.needs_reason else "differs"
    return cell(write.text(f"pilot_gate.{key}", **words), tone="bad" if verdict.needs_reason else "warn")


def limits(result: PilotResult) -> Exhibit:
    """Return what the data cannot say, and what the result must not be used for."""
    write, design = writer_of(result), result.design
    keys = ["purpose", f"strength_{design.strength}"]
    measured = result.observed.measured
    if measured is not None and measured.used is not None:
        keys.append("users")
    keys += ["time"]
    if len(result.operations.versions) > 1:
        keys.append("versions")
    if any(each.notes for each in result.criteria):
        keys.append("approximate")
    if result.looks is not None and result.looks.is_planned is False:
        keys.append("looks")
    if result.usability.measured is not None:
        keys.append("usability")
    if result.experiments is not None:
        keys.append("experiments")
    keys += ["failures", "people"]
    sentences = [write.finding(f"pilot_limits.{key}") for key in keys]
    made = [source.name for source in result.pilot.data_sources if source.note]
    if made:
        sentences.append(write.finding("pilot_limits.origins", names=write.names(made)))
    return make.summary("limits", write.text("limits.title"), [(sentence, None) for sentence in sentences])


def next_steps(result: PilotResult) -> Exhibit:
    """Return what comes next: production after GO, another round after ITERATE, the way back after STOP."""
    write, decision = writer_of(result), result.verdict.decision
    human = result.verdict.human
    decided = DECIDED.get(human.decision) if human else None
    following = decided or decision
    if following == "go":
        return next_phase(result, "scale")
    key = following or "none"
    return make.prose("next-steps", [write.text(f"pilot_next.{key}", name=use_case_name(result))])
