"""The Prioritize phase as one frozen result that keeps its intermediate values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.load import Engagement
from workbook.engagement.schema_prioritize import Finance, Prioritize
from workbook.framework import Framework, load_framework
from workbook.phases.assess import AssessResult, assess
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import not_begun
from workbook.phases.prioritize.cases import CaseLines, read_cases
from workbook.phases.prioritize.charter import PilotCharter, content_of, draw_up
from workbook.phases.prioritize.choice import Comparison, compare
from workbook.phases.prioritize.context import FILE, Context
from workbook.phases.prioritize.feasibility import Axes, IntegrationReview, place_on_axes, review_integration
from workbook.phases.prioritize.risks import RiskRegister, register_risks
from workbook.phases.prioritize.sourcing import Sourcing, review_sourcing
from workbook.phases.prioritize.uncertainty import Drawing, Uncertainty, assess_uncertainty
from workbook.phases.prioritize.value import Valuation, value_case


@dataclass(frozen=True)
class PrioritizeResult:
    """Everything the Prioritize notebook shows, with the steps in between.

    The mappings are by id of the use case, in the order of the file. `not_covered` are use cases that the gate of
    Assess selected and nobody has looked into, `not_selected` those looked into without being selected.
    """

    engagement: Engagement
    framework: Framework
    prioritize: Prioritize
    assessment: AssessResult
    cases: Mapping[str, CaseLines]
    values: Mapping[str, Valuation]
    uncertainty: Mapping[str, Uncertainty]
    axes: Mapping[str, Axes]
    integration: Mapping[str, IntegrationReview]
    risks: Mapping[str, RiskRegister]
    sourcing: Sourcing
    comparison: Comparison
    charter: PilotCharter | None
    not_covered: tuple[str, ...]
    not_selected: tuple[str, ...]
    open_reasons: tuple[str, ...]
    figures: Register

    @property
    def finance(self) -> Finance | None:
        """By which conventions the candidates are valued."""
        return self.prioritize.finance

    @property
    def chosen(self) -> str | None:
        """Id of the use case proposed as the pilot."""
        return self.prioritize.choice.use_case if self.prioritize.choice else None

    @property
    def is_provisional(self) -> bool:
        """True while something is open that could change the choice or the charter."""
        return bool(self.open_reasons)


def prioritize(engagement: Engagement, framework: Framework | None = None) -> PrioritizeResult:
    """Return the Prioritize phase of one client on one day.

    Raises
    ------
    FaultsError
        If the client has no prioritize.yaml or no assess.yaml, or a case or the charter contradicts itself or Assess.
    """
    framework = framework or load_framework(engagement.client.language)
    phase = engagement.prioritize
    if phase is None:
        raise not_begun(engagement, FILE)
    assessment = assess(engagement, framework)
    context = Context(engagement, framework, phase, assessment)
    cases = {case.id: case for case in read_cases(context)}
    values = {id: value_case(case, context) for id, case in cases.items()}
    draws = Drawing().draw(list(cases.values()), context)
    uncertainty = {id: assess_uncertainty(case, values[id], draws, context) for id, case in cases.items()}
    axes = {id: place_on_axes(case, values[id], draws, context) for id, case in cases.items()}
    integration = {id: review_integration(case, context) for id, case in cases.items()}
    risks = {id: register_risks(case, context) for id, case in cases.items()}
    comparison = compare(axes, values, uncertainty, context)
    charter = None
    if phase.charter is not None:
        id = phase.charter.use_case
        charter = draw_up(phase.charter, cases.get(id), values.get(id), context)
    selected = _selected(engagement)
    return PrioritizeResult(
        engagement=engagement,
        framework=framework,
        prioritize=phase,
        assessment=assessment,
        cases=cases,
        values=values,
        uncertainty=uncertainty,
        axes=axes,
        integration=integration,
        risks=risks,
        sourcing=review_sourcing(list(cases.values()), context),
        comparison=comparison,
        charter=charter,
        not_covered=tuple(id for id in selected if id not in cases),
        not_selected=tuple(id for id in cases if id not in selected),
        open_reasons=_open_reasons(context, cases, values, uncertainty, comparison, charter),
        figures=context.register,
    )


def charter_content(result: PrioritizeResult) -> dict[str, Any]:
    """Return the charter in the form in which the gate freezes it.

    Raises FaultsError where there is nothing to hold a pilot to: no charter, no metric in a sentence, or a deciding
    criterion without baseline, planned or worthwhile level; and where the gate selected another use case.
    """
    faults = _why_not_frozen(result)
    if faults or result.charter is None:
        raise FaultsError(faults)
    return content_of(result.charter)


def _selected(engagement: Engagement) -> tuple[str, ...]:
    gate = engagement.client.gates.assess
    return gate.selected if gate and gate.decision == "approved" else ()


def _why_not_frozen(result: PrioritizeResult) -> list[Fault]:
    def fault(path: Sequence[str], found: str, allowed: str, remedy: str) -> Fault:
        return result.engagement.fault((FILE, *path), found, allowed, remedy)

    charter = result.charter
    if charter is None:
        return [fault((), "no charter", "a charter for the gate to freeze", "write the charter")]
    faults = []
    if not charter.charter.metric:
        remedy = "add metric: today's level, the goal, and by when"
        faults.append(fault(("charter",), "no metric", "the one business metric in one sentence", remedy))
    if charter.primary is None:
        remedy = "add the criterion that decides, with role: primary"
        faults.append(fault(("charter",), "no criterion", "one criterion that decides", remedy))
    else:
        levels = ("baseline", "planned", "worthwhile")
        lacking = [name for name in levels if not getattr(charter.primary, name).is_known]
        path = ("charter", "criteria", charter.primary.id)
        faults += [
            fault(path, f"no {name}", "a level for the criterion that decides", f"add {name}") for name in lacking
        ]
    gate = result.engagement.client.gates.prioritize
    if gate and gate.selected and gate.selected != (charter.charter.use_case,):
        found, allowed = f"a charter for {charter.charter.use_case}", f"one for {', '.join(gate.selected)}, as decided"
        faults.append(fault(("charter", "use_case"), found, allowed, "correct the charter or the decision"))
    return faults


def _open_reasons(
    context: Context,
    cases: Mapping[str, CaseLines],
    values: Mapping[str, Valuation],
    uncertainty: Mapping[str, Uncertainty],
    comparison: Comparison,
    charter: PilotCharter | None,
) -> tuple[str, ...]:
    """Return why the choice is provisional: what is unknown, or in doubt, and could change it."""
    phase, selected = context.phase, _selected(context.engagement)
    chosen = phase.choice.use_case if phase.choice else None
    drawn = [found.simulated for found in uncertainty.values() if found.simulated]
    reasons = {
        "gate_not_approved": not selected,
        "not_covered": any(id not in cases for id in selected),
        "not_selected": bool(selected) and any(id not in selected for id in cases),
        "no_finance": phase.finance is None,
        "inputs_missing": any(case.missing or not values[id].npv.is_known for id, case in cases.items()),
        "no_ranges": any(not found.uncertain for found in drawn),
        "ranges_overlap": bool(comparison.overlapping),
        "no_choice": chosen is None,
        "choice_without_case": chosen is not None and chosen not in cases,
        "choice_vetoed": chosen is not None and bool(context.assessment.ranking[chosen].candidate.vetoes),
        "no_charter": charter is None,
    }
    if charter is not None:
        reasons |= _open_in_charter(charter, chosen)
    return tuple(reason for reason, holds in reasons.items() if holds)


def _open_in_charter(charter: PilotCharter, chosen: str | None) -> dict[str, bool]:
    sample = charter.sample
    return {
        "charter_for_another": chosen is not None and charter.charter.use_case != chosen,
        "charter_incomplete": not charter.is_complete,
        "sample_unknown": sample.is_enough is None,
        "sample_too_small": sample.is_enough is False,
        "weeks_too_few": sample.has_time is False or sample.sample_arrives is False,
        "looks_after_end": _is_after(sample.weeks_observed, charter.timeline.weeks),
        "sponsor_fails": charter.sponsor.verdict in ("it_alone", "not_owner"),
    }


def _is_after(one: Figure, other: Figure) -> bool:
    return one.value is not None and other.value is not None and one.value > other.value
