"""Each criterion held against what was agreed: levels, effect with its interval, and what can be concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from workbook.methods.estimates import Estimate
from workbook.methods.families import holm
from workbook.methods.proportion_differences import NonInferiority, non_inferiority_of
from workbook.methods.verdict import support
from workbook.phases.figures import Figure
from workbook.phases.pilot.agreed import AgreedCriterion
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.comparisons import Comparison
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.looks import Schedule
from workbook.phases.pilot.observed import NO_COLUMN, MeasuredOutcome, Observed
from workbook.phases.pilot.panel import PanelResult

Conclusion = Literal[
    "worthwhile_shown", "better", "better_below_worthwhile", "undecided", "out_of_reach", "worse", "non_inferior",
    "inferior", "not_estimable",
]  # fmt: skip
"""Primary and secondary: at least worthwhile for sure, better and by its value worthwhile, better but less than that,
open, worthwhile ruled out, worse. A guardrail: non-inferior, inferior or undecided."""


@dataclass(frozen=True)
class CriterionResult:
    """A criterion with what was observed.

    Attributes
    ----------
    comparison, outcome
        Both arms compared and all that was measured; None without data, and for a panel.
    effect
        Larger is better; `estimate` is the same with its reason, at `level`.
    support
        How strongly the data support an effect above the worthwhile one; of a guardrail, above minus its margin.
    p_value, adjusted_p
        Two-sided, of one analysis: None for the primary after several looks, whose interval decides. Adjusted by Holm
        over the family of the secondary criteria.
    guardrail
        Outcome of a guardrail, turned so that larger is better.
    notes
        What makes the interval approximate.
    """

    agreed: AgreedCriterion
    origin: Literal["cases", "counts", "panel"] | None
    comparison: Comparison | None
    outcome: MeasuredOutcome | None
    estimate: Estimate
    level: float
    baseline: Figure
    pilot: Figure
    effect: Figure
    support: Figure
    p_value: float | None
    adjusted_p: float | None
    guardrail: NonInferiority | None
    conclusion: Conclusion
    notes: tuple[str, ...]

    @property
    def id(self) -> str:
        """Id of the criterion."""
        return self.agreed.id

    @property
    def role(self) -> str:
        """Role that was agreed; "added" for a criterion that the approved charter does not have."""
        return self.agreed.role


def hold_criteria(
    charter: HeldCharter, observed: Observed, panel: PanelResult | None, schedule: Schedule | None, context: Context
) -> tuple[CriterionResult, ...]:
    """Return each criterion of the charter, and those that were added to it, with what was observed."""
    is_repeated = schedule is not None and len(schedule.looks) > 1
    found = [_result(each, charter, observed, panel, is_repeated, context) for each in charter.criteria]
    family = [each for each in found if each.role == "secondary"]
    adjusted = dict(zip([each.id for each in family], holm([each.p_value for each in family]), strict=True))
    return tuple(replace(each, adjusted_p=adjusted.get(each.id)) for each in found)


def _result(
    agreed: AgreedCriterion,
    charter: HeldCharter,
    observed: Observed,
    panel: PanelResult | None,
    is_repeated: bool,
    context: Context,
) -> CriterionResult:
    is_primary = agreed.role == "primary"
    if is_primary and panel is not None and (panel.measured or observed.measured is None) and _decides(charter):
        return _of_panel(agreed, panel, context)
    outcome = observed.measured.outcomes.get(agreed.id) if observed.measured else None
    reason = observed.reason or (NO_COLUMN if outcome is None else None)
    missing = Estimate.missing(reason or NO_COLUMN)
    comparison = outcome.comparison if outcome else None
    estimate = comparison.effect if comparison else missing
    levels = [comparison.baseline, comparison.pilot] if comparison else [missing, missing]
    p_value = comparison.p_value if comparison else None
    return _entered(
        agreed, observed.kind if outcome else None, comparison, outcome, estimate,
        comparison.level if comparison else 0.95, levels, observed.origin,
        None if is_primary and is_repeated else p_value, comparison.notes if comparison else (), context,
    )  # fmt: skip


def _decides(charter: HeldCharter) -> bool:
    """Return whether the charter's design is one that a panel serves."""
    design = charter.charter.design if charter.charter else None
    return design is None or design.kind in ("staggered", "interrupted")


def _of_panel(agreed: AgreedCriterion, panel: PanelResult, context: Context) -> CriterionResult:
    found = panel.measured
    if found is None:
        missing = Estimate.missing(panel.reason or NO_COLUMN)
        return _entered(agreed, None, None, None, missing, 0.95, [missing, missing], panel.origin, None, (), context)
    effect = found.effect
    if panel.has_gaps and effect.is_estimable:
        effect = Estimate.missing("panel_incomplete", effect.n)
    levels = [
        Estimate.missing("too_few") if value is None else Estimate(value) for value in (found.baseline, found.pilot)
    ]
    difference = found.difference
    notes = ("few_clusters",) if difference is not None and difference.few_clusters else ()
    return _entered(
        agreed, "panel", None, None, effect, found.level, levels, panel.origin,
        difference.p_value if difference and effect.is_estimable else None, notes, context,
    )  # fmt: skip


def _entered(
    agreed: AgreedCriterion,
    origin: Literal["cases", "counts", "panel"] | None,
    comparison: Comparison | None,
    outcome: MeasuredOutcome | None,
    estimate: Estimate,
    level: float,
    levels: Sequence[Estimate],
    source: str,
    p_value: float | None,
    notes: tuple[str, ...],
    context: Context,
) -> CriterionResult:
    """Enter the figures of a criterion and conclude."""
    register, id, unit = context.register, f"pilot.criterion.{agreed.id}", agreed.unit
    baseline, pilot = (
        register.measured(f"{id}.{arm}", each, unit, source)
        for arm, each in zip(("baseline", "pilot"), levels, strict=True)
    )
    is_higher = agreed.criterion.better == "higher"
    way = "pilot less baseline" if is_higher else "baseline less pilot"
    how = way if origin != "panel" else f"mean effect by the panel, as {way}"
    effect = register.computed(
        f"{id}.effect", estimate.value, unit, [pilot, baseline], f"{how}; interval at {100 * level:.4g} %",
        low=estimate.low, high=estimate.high, n=estimate.n or None, reason=estimate.reason,
    )  # fmt: skip
    guardrail = None
    if agreed.margin is not None and agreed.margin.value is not None:
        guardrail = non_inferiority_of(estimate, agreed.margin.value, higher_is_better=True)
    return CriterionResult(
        agreed, origin, comparison, outcome, estimate, level, baseline, pilot, effect,
        _support(agreed, effect, estimate, level, context), p_value, None, guardrail,
        _conclusion(agreed, estimate, guardrail), notes,
    )  # fmt: skip


def _support(agreed: AgreedCriterion, effect: Figure, estimate: Estimate, level: float, context: Context) -> Figure:
    is_guardrail = agreed.margin is not None
    against = agreed.margin if agreed.margin is not None else agreed.worthwhile_effect
    border = None if against.value is None else -against.value if is_guardrail else against.value
    above = "minus the margin" if is_guardrail else "the worthwhile one"
    value = None if border is None else support(estimate, border, level)
    return context.register.computed(
        f"pilot.criterion.{agreed.id}.support",
        value,
        "probability",
        [effect, against],
        f"how strongly the data support an effect above {above}",
        reason="no_interval" if effect.is_known and against.is_known and value is None else None,
    )


def _conclusion(agreed: AgreedCriterion, estimate: Estimate, guardrail: NonInferiority | None) -> Conclusion:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "not_estimable"
    if agreed.criterion.role == "guardrail":
        return guardrail.outcome if guardrail and guardrail.outcome else "not_estimable"
    worthwhile = agreed.worthwhile_effect.value
    if estimate.high < 0:
        return "worse"
    if worthwhile is not None and estimate.high < worthwhile:
        return "out_of_reach"
    if estimate.low <= 0:
        return "undecided"
    if worthwhile is None or estimate.low >= worthwhile:
        return "better" if worthwhile is None else "worthwhile_shown"
    return "better" if estimate.value >= worthwhile else "better_below_worthwhile"
