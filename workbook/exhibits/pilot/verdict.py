"""The verdict: every clause of the rule with its figure and threshold, and the decision of people beside it."""

from __future__ import annotations

from workbook.exhibits.deliverable import decision_in_words
from workbook.exhibits.exhibit import Exhibit, Tone, cell
from workbook.exhibits.pilot.common import (
    DASH,
    Finding,
    count_cell,
    effect_of,
    open_reasons_in_words,
    table_of,
    use_case_name,
    writer_of,
)
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.allocation import THRESHOLD
from workbook.methods.verdict import PRECEDENCE, Clause
from workbook.phases.pilot.result import PilotResult
from workbook.phases.pilot.verdict import DECIDED

DECISIONS: dict[str, Tone] = {"go": "good", "iterate": "warn", "stop": "bad"}

EFFECTS = ("excludes_no_effect", "reaches_worthwhile", "worthwhile_out_of_reach")
GUARDRAILS = ("guardrail_not_inferior", "guardrail_inferior")


def finding_verdict(result: PilotResult, write: Writer) -> Finding:
    """Say the verdict of the rule with its reason, or why there is none."""
    verdict, name = result.verdict, use_case_name(result)
    if verdict.decision is None or verdict.verdict is None:
        reason = "not_approved" if verdict.reason is None else verdict.reason
        return write.finding(f"pilot_glance.no_verdict_{reason}"), "bad"
    tone = DECISIONS[verdict.decision]
    words = {"name": name, "reasons": reasons_in_words(result, write), "extra": _extra(result, write)}
    sentence = write.finding(f"pilot_glance.{verdict.decision}", **words)
    if result.is_provisional:
        sentence += " " + write.finding("pilot_glance.provisional", reason=open_reasons_in_words(result, write))
    return sentence, "warn" if result.is_provisional and tone == "good" else tone


def reasons_in_words(result: PilotResult, write: Writer) -> str:
    """Return why the verdict is not GO, as a phrase."""
    found = result.verdict.verdict
    return "; ".join(write.finding(f"pilot_glance.because_{reason}") for reason in found.reasons) if found else ""


def _extra(result: PilotResult, write: Writer) -> str:
    """Return how many more cases per arm would decide, and which way, as a sentence of an iterate."""
    extra = result.verdict.extra
    if result.verdict.decision != "iterate" or extra is None:
        return ""
    if extra.n is None:
        return " " + write.finding(f"pilot_glance.extra_{extra.reason}")
    cases = write.formats.count(extra.n)
    key = "extra_none" if extra.n == 0 else f"extra_{extra.toward}"
    return " " + write.finding(f"pilot_glance.{key}", n=extra.n, cases=cases)


def finding_decision(result: PilotResult, write: Writer) -> Finding | None:
    """Say what people decided where it is another decision than the rule's, and whether they gave a reason."""
    verdict = result.verdict
    if not verdict.differs or verdict.human is None or verdict.decision is None:
        return None
    words = {
        "decided": write.text(f"pilot_words.decision_{DECIDED[verdict.human.decision]}"),
        "rule": write.text(f"pilot_words.decision_{verdict.decision}"),
    }
    key = "differs_unsaid" if verdict.needs_reason else "differs"
    return write.finding(f"pilot_glance.{key}", **words), "bad" if verdict.needs_reason else "warn"


# --- clauses ---------------------------------------------------------------------------------------------------------


def table_verdict(result: PilotResult) -> Exhibit:
    """Return every clause of the rule with its figure, threshold and result, then the rule's and people's decision."""
    write, found = writer_of(result), result.verdict.verdict
    clauses = found.clauses if found else ()
    rows: list[list[Entry]] = [_clause_row(clause, result, write) for clause in clauses]
    if clauses:
        rows += _decision_rows(result, write)
    empty = write.text(f"pilot_verdict.empty_{result.verdict.reason}") if result.verdict.reason else None
    columns = write.columns(
        "pilot_verdict", "clause", "figure", "threshold", "result", "toward", right=("figure", "threshold"),
        widths=(3.1, 1.5, 1.5, 1.1, 1),
    )  # fmt: skip
    return table_of(
        write, "pilot-verdict", _title(result, write), columns, rows, write.from_computation, empty=empty,
        notes=list(_notes(result, write)) if clauses else [],
    )  # fmt: skip


def _title(result: PilotResult, write: Writer) -> str:
    verdict = result.verdict
    if verdict.decision is None or verdict.verdict is None:
        return write.text(f"pilot_verdict.title_{'unjudged' if verdict.reason else 'not_approved'}")
    go = [clause for clause in verdict.verdict.clauses if clause.toward == "go"]
    held = sum(clause.holds is True for clause in go)
    if verdict.decision == "go":
        return write.text("pilot_verdict.title_go", n=len(go))
    if verdict.decision == "stop":
        return write.text("pilot_verdict.title_stop", reasons=reasons_in_words(result, write))
    return write.text("pilot_verdict.title_iterate", n=held, all=len(go))


def _clause_row(clause: Clause, result: PilotResult, write: Writer) -> list[Entry]:
    names = {each.id: each.agreed.criterion.name for each in result.criteria}
    figure, threshold = _sides(clause, result, write)
    return [
        write.text(f"pilot_clauses.{clause.id}", name=names.get(clause.subject or "", write.not_provided)),
        figure,
        threshold,
        _held(clause, write),
        write.text(f"pilot_verdict.toward_{clause.toward}"),
    ]


def _held(clause: Clause, write: Writer) -> Entry:
    if clause.holds is None:
        return cell(write.text("common.unknown"), tone="warn")
    key = "met" if clause.holds else "not_met"
    return cell(write.text(f"pilot_verdict.{key}"), tone="good" if clause.holds == (clause.toward == "go") else "bad")


def _sides(clause: Clause, result: PilotResult, write: Writer) -> tuple[Entry, Entry]:
    """Return what was observed and what it is held against; a check has words for both."""
    by_id = {each.id: each for each in result.criteria}
    each = by_id.get(clause.subject or "") if clause.id in GUARDRAILS else result.primary
    if clause.id in (*EFFECTS, *GUARDRAILS) and each is not None:
        unit, mark = each.agreed.unit, write.mark(each.effect.evidence)
        border = effect_of(clause.threshold or 0.0, unit, write)
        against = write.text(f"pilot_verdict.against_{clause.id}", border=border)
        if clause.figure is None:
            return missing_cell(write.missing(each.effect)), against
        return cell(effect_of(clause.figure, unit, write), clause.figure, mark), against
    if clause.id == "adoption_reaches_threshold":
        adoption, agreed = result.operations.adoption.rate, result.charter.adoption
        return write.cell(adoption), _at_least(agreed.value, write)
    if clause.id == "allocation_sound":
        return _allocation(result, write)
    return _checked(clause, write), write.text(f"pilot_verdict.wanted_{clause.id}")


def _at_least(share: float | None, write: Writer) -> Entry:
    if share is None:
        return missing_cell(write.not_provided)
    return write.text("pilot_verdict.at_least", border=write.formats.share(share))


def _allocation(result: PilotResult, write: Writer) -> tuple[Entry, Entry]:
    ratio = result.design.sample_ratio
    at_least = write.text("pilot_verdict.at_least", border=f"p = {write.formats.number(THRESHOLD)}")
    if ratio.value is None:
        return missing_cell(write.missing(ratio)), at_least if ratio.reason == "too_few" else DASH
    return cell(p_value(ratio.value, write), ratio.value, write.mark(ratio.evidence)), at_least


def p_value(value: float, write: Writer) -> str:
    """Return a p-value in words: "p = 0.21", and "p < 0.0001" under that."""
    least = 0.0001
    if value < least:
        return f"p < {write.formats.number(least)}"
    return f"p = {write.formats.number(value)}"


def _checked(clause: Clause, write: Writer) -> Entry:
    """Return what a count or a check has found, in words."""
    if clause.figure is None:
        return missing_cell(write.not_provided)
    if clause.id in ("no_blocker_open", "blocker_open"):
        return write.text("pilot_verdict.blockers", n=round(clause.figure))
    return write.text(f"pilot_verdict.found_{clause.id}_{'no' if clause.figure else 'yes'}")


def _decision_rows(result: PilotResult, write: Writer) -> list[list[Entry]]:
    """Return the rule's decision, the cases that an iterate still needs, and the decision of people."""
    verdict, human = result.verdict, result.verdict.human
    rule = (
        cell(write.text(f"pilot_words.decision_{verdict.decision}"), tone=DECISIONS[verdict.decision], strong=True)
        if verdict.decision
        else cell(write.text("pilot_words.no_decision"), tone="warn", strong=True)
    )
    rows = [_closing("rule", rule, write)]
    if verdict.decision == "iterate":
        rows.append(_closing("extra", count_cell(verdict.extra_sample, write), write))
    decided = cell(decision_in_words(write, human), strong=True) if human else missing_cell(write.not_provided)
    rows.append(_closing("people", decided, write))
    return rows


def _closing(key: str, entry: Entry, write: Writer) -> list[Entry]:
    return [cell(write.text(f"pilot_verdict.rows.{key}"), strong=True, header=True), entry, DASH, DASH, DASH]


def _notes(result: PilotResult, write: Writer) -> list[str]:
    verdict, notes = result.verdict, []
    if not result.charter.is_approved:
        notes.append(write.text("pilot_verdict.note_not_approved"))
    if verdict.decision and verdict.decision != "go":
        notes.append(write.text("pilot_verdict.note_reasons", reasons=reasons_in_words(result, write)))
    if verdict.differs and verdict.human is not None:
        reason = verdict.human.note or write.text("pilot_verdict.no_reason")
        notes.append(write.text("pilot_verdict.note_differs", reason=reason))
    open_blockers = (*verdict.blockers, *verdict.unclear_blockers)
    if open_blockers:
        notes.append(write.text("pilot_verdict.note_blockers", names="; ".join(open_blockers)))
    primary = result.primary
    if primary is not None and primary.support.value is not None:
        share = write.whole_share(min(max(primary.support.value, 0.001), 0.999))
        notes.append(write.text("pilot_verdict.note_support", share=share))
    return notes


def table_rule(result: PilotResult) -> Exhibit:
    """Return the rule of the verdict in full: the steps in the order in which they are tried."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            write.text("pilot_rule.step", n=place),
            write.text(f"pilot_rule.steps.{step}"),
            cell(write.text(f"pilot_words.decision_{decision}"), tone=DECISIONS[decision]),
        ]
        for place, (step, decision) in enumerate(PRECEDENCE, 1)
    ]
    columns = write.columns("pilot_rule", "step", "condition", "decision", widths=(0.5, 5, 0.9))
    notes = [write.text(f"pilot_rule.{key}") for key in ("note_unknown", "note_level", "note_changed")]
    title = write.text("pilot_rule.title")
    return table_of(write, "pilot-rule", title, columns, rows, write.from_framework, notes=notes)
