"""The verdict by rule on what was observed, and the human decision beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbook.engagement.schema_client import GateDecision
from workbook.methods.estimates import Estimate
from workbook.methods.verdict import Decision, ExtraSample, Guardrail, PilotResults, Verdict, extra_sample, judge
from workbook.phases.figures import Figure
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.criteria import CriterionResult
from workbook.phases.pilot.design import DesignFound
from workbook.phases.pilot.looks import Asked, Schedule, schedule_looks
from workbook.phases.pilot.operations import Operations
from workbook.phases.pilot.panel import PanelResult

DECIDED: dict[str, Decision] = {"approved": "go", "iterate": "iterate", "stopped": "stop"}
"""What people decided at the gate, in the words of the rule."""


@dataclass(frozen=True)
class PilotVerdict:
    """What the rule says, and what people decided.

    Attributes
    ----------
    results, verdict
        What was judged, and the verdict with its clauses; None where there is nothing to judge by, which `reason` says.
    decision
        The decision of the rule; None while it is provisional, since no charter was approved, or cannot be judged.
    extra
        How many more cases per arm would decide, of an iterate.
    blockers
        Names of legal questions that are open; `unclear_blockers` those of which nobody knows.
    human
        The decision of the gate; None while there is none.
    differs
        Whether it is another than the rule's; None where one of the two is missing.
    """

    results: PilotResults | None
    verdict: Verdict | None
    reason: str | None
    decision: Decision | None
    extra: ExtraSample | None
    extra_sample: Figure
    blockers: tuple[str, ...]
    unclear_blockers: tuple[str, ...]
    human: GateDecision | None
    differs: bool | None

    @property
    def needs_reason(self) -> bool:
        """True where people decided otherwise than the rule and did not say why."""
        return bool(self.differs) and not (self.human and self.human.note)


def reach_verdict(
    charter: HeldCharter,
    criteria: tuple[CriterionResult, ...],
    design: DesignFound,
    schedule: Schedule | None,
    panel: PanelResult | None,
    operations: Operations,
    context: Context,
) -> PilotVerdict:
    """Return the verdict by the approved charter."""
    by_id = {each.id: each for each in criteria}
    primary = by_id.get(charter.primary.id) if charter.primary else None
    blockers, unclear = _blockers(context)
    reason = _why_not(charter, primary)
    is_planned, is_final = _look(primary, charter, schedule, panel, context)
    results = verdict = None
    if reason is None and primary is not None:
        results = PilotResults(
            primary=_bounded(primary.estimate),
            worthwhile=primary.agreed.worthwhile_effect.value or 0.0,
            guardrails=_guardrails(charter, by_id),
            adoption=operations.adoption.estimate,
            adoption_threshold=charter.adoption.value,
            blockers=None if blockers is None else blockers,
            looks_planned=is_planned,
            allocation_suspect=design.is_suspect,
            charter_changed=None if charter.is_changed is None else charter.is_changed or design.is_changed,
            is_final_look=is_final,
        )
        verdict = judge(results)
    decision = verdict.decision if verdict and charter.is_approved else None
    extra, figure = _extra(results, verdict, primary, context)
    human = _human(context)
    said = DECIDED.get(human.decision) if human else None
    return PilotVerdict(
        results, verdict, reason, decision, extra, figure, blockers or (), unclear, human,
        None if decision is None or said is None else decision != said,
    )  # fmt: skip


def _look(
    primary: CriterionResult | None,
    charter: HeldCharter,
    schedule: Schedule | None,
    panel: PanelResult | None,
    context: Context,
) -> tuple[bool | None, bool]:
    """Return whether the present look, with the level of its intervals, was planned, and whether it is the last.

    A panel is judged at the level of the last look, which is the planned one once the panel is complete. Where there is
    nothing but a panel, looks in between must have been planned as well, and none need have been taken.
    """
    if panel is None or primary is None or primary.origin != "panel":
        return (schedule.is_planned, schedule.is_final) if schedule else (None, True)
    if not panel.is_complete:
        return False, False
    if schedule is not None:
        return schedule.is_planned, schedule.is_final
    declared = tuple((look.date, look.planned, look.note) for look in context.phase.looks)
    start = context.phase.started
    if not declared or start is None:
        return True if not declared else None, True
    return schedule_looks(Asked(charter.plan, start, declared, context.phase.ended is not None), ()).is_planned, True


def _why_not(charter: HeldCharter, primary: CriterionResult | None) -> str | None:
    """Return why nothing can be judged, or None."""
    if charter.charter is None:
        return "no_charter"
    if primary is None:
        return "no_primary_criterion"
    worthwhile = primary.agreed.worthwhile_effect.value
    if worthwhile is None:
        return "no_worthwhile_effect"
    return "worthwhile_worse_than_today" if worthwhile < 0 else None


def _bounded(estimate: Estimate) -> Estimate:
    """Return an estimate as the rule takes it: one without both ends of its interval is not estimable."""
    if estimate.value is not None and (estimate.low is None or estimate.high is None):
        return Estimate.missing("no_interval", estimate.n)
    return estimate


def _guardrails(charter: HeldCharter, by_id: dict[str, CriterionResult]) -> tuple[Guardrail, ...] | None:
    """Return the guardrails with their effects; None where a margin is not known."""
    found = []
    for each in charter.guardrails:
        if each.margin is None or each.margin.value is None:
            return None
        found.append(Guardrail(each.id, _bounded(by_id[each.id].estimate), each.margin.value))
    return tuple(found)


def _blockers(context: Context) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Return the open questions, and those of which nobody says whether they are.

    None where nothing was stated, or an open question may hide behind an unknown one.
    """
    stated = context.phase.blockers
    if stated is None:
        return None, ()
    is_open = tuple(each.name for each in stated if each.is_open == "yes")
    unclear = tuple(each.name for each in stated if each.is_open == "unknown")
    return (None if unclear and not is_open else is_open), unclear


def _extra(
    results: PilotResults | None, verdict: Verdict | None, primary: CriterionResult | None, context: Context
) -> tuple[ExtraSample | None, Figure]:
    """Return the cases per arm that are still needed; only an iterate needs any."""
    extra, reason = None, "not_measured"
    comparison = primary.comparison if primary else None
    if verdict is not None and verdict.decision != "iterate":
        reason = "decided"
    elif results is not None and comparison is not None and comparison.pilot.n and comparison.baseline.n:
        # Arms of unequal size tell as much as equal ones of their harmonic mean.
        n = round(2 / (1 / comparison.pilot.n + 1 / comparison.baseline.n))
        extra = extra_sample(results, max(n, 1))
        reason = extra.reason or reason
    value = None if extra is None or extra.n is None else float(extra.n)
    inputs = [primary.effect, primary.agreed.worthwhile_effect] if primary else []
    figure = context.register.computed(
        "pilot.extra_sample", value, "cases", inputs,
        "cases per arm until the intervals decide, if the effects stay as seen",
        reason=reason if value is None else None,
    )  # fmt: skip
    return extra, figure


def _human(context: Context) -> GateDecision | None:
    gate = context.engagement.client.gates.pilot
    return gate if gate is not None and gate.decision != "pending" else None


def content_of(verdict: PilotVerdict, charter: HeldCharter, design: DesignFound) -> dict[str, Any]:
    """Return the verdict as its gate freezes it, in plain values."""
    found = verdict.verdict
    extra = verdict.extra
    return {
        "decision": verdict.decision,
        "reasons": list(found.reasons) if found else [verdict.reason],
        "clauses": [
            {
                "id": each.id, "toward": each.toward, "holds": each.holds, "subject": each.subject,
                "figure": _digits(each.figure), "threshold": _digits(each.threshold),
            }
            for each in (found.clauses if found else ())
        ],
        "extra_sample": {"n": extra.n, "toward": extra.toward} if extra else None,
        "charter": {"sha256": charter.sha256, "date": charter.date.isoformat() if charter.date else None},
        "design": {"agreed": design.agreed, "found": design.found, "strength": design.strength},
        "human": verdict.human.decision if verdict.human else None,
        "differs": verdict.differs,
    }  # fmt: skip


def _digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.12g}")
