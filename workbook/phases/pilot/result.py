"""The Pilot phase as one frozen result that keeps its intermediate values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbook.engagement.faults import FaultsError
from workbook.engagement.load import Engagement
from workbook.engagement.schema_pilot import Learning, Pilot
from workbook.framework import Framework, load_framework
from workbook.phases.figures import Register
from workbook.phases.inputs import not_begun
from workbook.phases.pilot.charter import HeldCharter, hold_to_charter
from workbook.phases.pilot.context import FILE, Context
from workbook.phases.pilot.criteria import CriterionResult, hold_criteria
from workbook.phases.pilot.design import DesignFound, recognise
from workbook.phases.pilot.experiments import ExperimentsResult, review_experiments
from workbook.phases.pilot.looks import Schedule
from workbook.phases.pilot.measuring import observe
from workbook.phases.pilot.observed import Observed
from workbook.phases.pilot.operations import Operations, review_operations
from workbook.phases.pilot.panel import PanelResult, measure_panel
from workbook.phases.pilot.resources import Budget, Effort, review_budget, review_effort
from workbook.phases.pilot.usability import Usability, review_usability
from workbook.phases.pilot.verdict import PilotVerdict, content_of, reach_verdict
from workbook.phases.prioritize import PrioritizeResult, prioritize


@dataclass(frozen=True)
class PilotResult:
    """Everything the Pilot notebook shows, with the steps in between.

    `charter` is the one the pilot is held to, `criteria` stand in its order. `looks` is None without data.
    `open_reasons` are short codes of what keeps the verdict from being final, or the report from being complete.
    """

    engagement: Engagement
    framework: Framework
    pilot: Pilot
    prioritized: PrioritizeResult
    charter: HeldCharter
    observed: Observed
    design: DesignFound
    criteria: tuple[CriterionResult, ...]
    looks: Schedule | None
    panel: PanelResult | None
    experiments: ExperimentsResult | None
    operations: Operations
    usability: Usability
    budget: Budget
    effort: Effort
    verdict: PilotVerdict
    open_reasons: tuple[str, ...]
    figures: Register

    @property
    def learnings(self) -> tuple[Learning, ...]:
        """What was learnt, in the order of the file."""
        return self.pilot.learnings

    @property
    def primary(self) -> CriterionResult | None:
        """The criterion that decides."""
        return next((each for each in self.criteria if each.role == "primary"), None)

    @property
    def guardrails(self) -> tuple[CriterionResult, ...]:
        """The criteria that must not become worse."""
        return tuple(each for each in self.criteria if each.role == "guardrail")

    @property
    def is_provisional(self) -> bool:
        """True while something is open that could change the verdict."""
        return bool(self.open_reasons)


def pilot(engagement: Engagement, framework: Framework | None = None) -> PilotResult:
    """Return the Pilot phase of one client on one day.

    Raises
    ------
    FaultsError
        If the client has no pilot.yaml, prioritize.yaml or assess.yaml, if an approved file is damaged, or if a column
        of the data is not there.
    """
    framework = framework or load_framework(engagement.client.language)
    phase = engagement.pilot
    if phase is None:
        raise not_begun(engagement, FILE)
    context = Context(engagement, framework, phase, prioritize(engagement, framework))
    charter = hold_to_charter(context)
    observed = observe(charter, context)
    panel = measure_panel(charter, context)
    design = recognise(observed, panel, charter, context)
    schedule = observed.measured.schedule if observed.measured else None
    criteria = hold_criteria(charter, observed, panel, schedule, context)
    operations = review_operations(charter, observed, context)
    usability = review_usability(context)
    verdict = reach_verdict(charter, criteria, design, schedule, panel, operations, context)
    return PilotResult(
        engagement=engagement,
        framework=framework,
        pilot=phase,
        prioritized=context.prioritized,
        charter=charter,
        observed=observed,
        design=design,
        criteria=criteria,
        looks=schedule,
        panel=panel,
        experiments=review_experiments(context),
        operations=operations,
        usability=usability,
        budget=review_budget(charter, context),
        effort=review_effort(charter, context),
        verdict=verdict,
        open_reasons=_open_reasons(charter, observed, panel, design, schedule, verdict, context),
        figures=context.register,
    )


def verdict_content(result: PilotResult) -> dict[str, Any]:
    """Return the verdict in the form in which the gate freezes it.

    Raises FaultsError where no charter was approved, so that there is no verdict, and where people decided otherwise
    than the rule without saying why.
    """
    charter, verdict = result.charter, result.verdict
    if not charter.is_approved:
        found, allowed = "a pilot without an approved charter", "a charter that the gate of Prioritize froze"
        remedy = f"run workbook approve {result.engagement.id} prioritize"
        raise FaultsError([result.engagement.fault((FILE,), found, allowed, remedy)])
    if verdict.needs_reason and verdict.human is not None:
        found = f"the decision {verdict.human.decision}, where the rule says {verdict.decision}"
        fault = result.engagement.fault(
            ("client", "gates", "pilot"), found, "a note that says why", "add note: the reason, in a sentence"
        )
        raise FaultsError([fault])
    return content_of(verdict, charter, result.design)


def _open_reasons(
    charter: HeldCharter,
    observed: Observed,
    panel: PanelResult | None,
    design: DesignFound,
    schedule: Schedule | None,
    verdict: PilotVerdict,
    context: Context,
) -> tuple[str, ...]:
    """Return what keeps the verdict from being final."""
    measured = observed.measured
    reasons = {
        "charter_not_approved": not charter.is_approved,
        "charter_approved_after_start": charter.is_after_start,
        "not_judged": verdict.reason is not None,
        "no_data": measured is None and (panel is None or not panel.is_measured),
        "still_running": context.phase.ended is None,
        "looks_not_stated": schedule is not None and schedule.is_planned is None,
        "panel_incomplete": panel is not None and panel.is_measured and not panel.is_complete,
        "blockers_not_stated": context.phase.blockers is None or bool(verdict.unclear_blockers),
        "design_weaker": bool(design.is_weaker),
        "clusters_missing": design.lacks_clusters,
        "fallbacks_lost": design.population == "fallbacks_lost",
        "decision_without_reason": verdict.needs_reason,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)
