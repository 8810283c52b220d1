"""The sample of the pilot: what the whole rule needs, what is planned, and how many weeks the client's volume takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from scipy.special import ndtr

from workbook.engagement.faults import FaultsError
from workbook.engagement.schema_charter import Charter, Design
from workbook.methods import looks as group_sequential
from workbook.methods import pilot_plan
from workbook.methods.chance_of_go import (
    ChancesOfGo,
    Limit,
    RequiredSample,
    chances_of_go,
    limit_of_go,
    required_sample,
    weeks_needed,
)
from workbook.methods.pilot_plan import DurationMetric, Look, PilotPlan, ProportionGuardrail, ProportionMetric
from workbook.methods.sample_sizes import ArmSizes, non_inferiority, rank_comparison, two_proportions
from workbook.phases.figures import Figure, weakest_evidence
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.criteria import CharterCriterion

RULES: dict[str | None, group_sequential.Rule] = {
    None: "pocock",
    "obrien_fleming": "obrien_fleming",
    "pocock": "pocock",
    "lan_demets": "spending_obrien_fleming",
}
"""Rule of each boundary of a charter; a single look has the same value under all of them."""

PARALLEL = ("randomised", "staggered")
"""Designs whose two arms are filled at the same time; in the others the past is the baseline."""

WEEKS_OF_YEAR = 52


@dataclass(frozen=True)
class Sample:
    """The sample of a pilot.

    `plan` is what P(GO) was computed for, None with the `reason` where the charter says too little. All sizes are cases
    per arm, the mean of both where they are unequal. `outside` are guardrails that P(GO) leaves out, since they are
    durations. `is_borrowed` is true where the baseline is the past, and P(GO) holds only if nothing else changed.

    `usual` is what the usual formula asks for the primary criterion alone, and `usual_guardrails` what it asks for each
    guardrail by its id: one look, no other criterion, no worthwhile effect to be reached. They stand beside `required`.
    """

    plan: PilotPlan | None
    reason: str | None
    looks: group_sequential.Looks | None
    needed: RequiredSample | None
    chances: ChancesOfGo | None
    required: Figure
    planned: Figure
    at_zero: Figure
    at_worthwhile: Figure
    at_planned: Figure
    weekly_volume: Figure
    weeks_required: Figure
    weeks_for_sample: Figure
    weeks_observed: Figure
    outside: tuple[str, ...]
    is_borrowed: bool
    usual: Figure
    usual_guardrails: Mapping[str, Figure]

    @property
    def is_enough(self) -> bool | None:
        """Whether the planned sample reaches the required one; None where either is unknown."""
        return _at_least(self.planned, self.required)

    @property
    def has_time(self) -> bool | None:
        """Whether the required sample arrives by the last look; None where either is unknown."""
        return _at_least(self.weeks_observed, self.weeks_required)

    @property
    def sample_arrives(self) -> bool | None:
        """Whether the planned sample arrives by the last look; None where either is unknown."""
        return _at_least(self.weeks_observed, self.weeks_for_sample)

    @property
    def limit(self) -> Limit | None:
        """What holds the chance of GO back most if the plan comes true; None where nothing does, or without a plan."""
        return limit_of_go(self.plan, self.chances.n) if self.plan and self.chances else None


def _at_least(one: Figure, other: Figure) -> bool | None:
    return None if one.value is None or other.value is None else one.value >= other.value


def plan_sample(
    charter: Charter, criteria: Sequence[CharterCriterion], adoption: Figure, volume: Figure, context: Context
) -> Sample:
    """Return the sample of the pilot; `adoption` is the use planned in the case, `volume` that of the process."""
    return _Sampling(charter, criteria, adoption, volume, context).sample()


class _Sampling:
    """The steps towards the sample."""

    def __init__(
        self,
        charter: Charter,
        criteria: Sequence[CharterCriterion],
        adoption: Figure,
        volume: Figure,
        context: Context,
    ) -> None:
        self.charter = charter
        self.design = charter.design
        self.criteria = criteria
        self.adoption = adoption
        self.volume = volume
        self.context = context
        self.primary = next((each for each in criteria if each.criterion.role == "primary"), None)
        guardrails = [each for each in criteria if each.criterion.role == "guardrail"]
        self.guardrails = [each for each in guardrails if each.criterion.kind == "proportion"]
        self.outside = tuple(each.id for each in guardrails if each.criterion.kind != "proportion")
        self.is_parallel = self.design is None or self.design.kind in PARALLEL
        self.looks = schedule(self.design) if self.design else None

    def sample(self) -> Sample:
        reason = self._why_not()
        plan = None if reason else self._plan()
        needed = required_sample(plan, self.design.power) if plan and self.design else None
        required = self._required(needed, reason)
        planned = self.context.stated(
            "charter.sample_per_arm.planned", self.design.sample_per_arm if self.design else None, "cases",
            ("charter", "design", "sample_per_arm") if self.design else ("charter", "design"),
        )  # fmt: skip
        chances = chances_of_go(plan, self._equal(planned.value)) if plan and planned.value else None
        weekly = self._weekly_volume()
        return Sample(
            plan=plan,
            reason=reason,
            looks=self.looks,
            needed=needed,
            chances=chances,
            required=required,
            planned=planned,
            at_zero=self._chance("zero", chances.at_zero if chances else None, planned, reason),
            at_worthwhile=self._chance("worthwhile", chances.at_worthwhile if chances else None, planned, reason),
            at_planned=self._chance("planned", chances.at_planned if chances else None, planned, reason),
            weekly_volume=weekly,
            weeks_required=self._weeks("required", required, weekly),
            weeks_for_sample=self._weeks("for_sample", planned, weekly),
            weeks_observed=self.context.stated(
                "charter.weeks.observed", self.design.looks.weeks[-1] if self.design else None, "weeks",
                ("charter", "design", "looks") if self.design else ("charter", "design"),
            ),
            outside=self.outside,
            is_borrowed=not self.is_parallel,
            usual=self._usual("usual", self.primary, plan, reason),
            usual_guardrails={
                each.id: self._usual(f"guardrail.{each.id}", each, plan, reason) for each in self.guardrails
            },
        )  # fmt: skip

    def _why_not(self) -> str | None:
        """Return why there is no plan to compute with, or None."""
        if self.design is None:
            return "no_design"
        if self.primary is None:
            return "no_primary_criterion"
        if not self.primary.is_complete:
            return "primary_incomplete"
        if (self.primary.effect(self.primary.planned) or 0.0) <= 0:
            return "planned_not_better"
        if (self.primary.effect(self.primary.worthwhile) or 0.0) < 0:
            return "worthwhile_worse_than_today"
        if self.primary.criterion.kind == "duration" and (reason := self._why_no_duration(self.primary)):
            return reason
        if any(not each.baseline.is_known for each in self.guardrails):
            return "guardrail_without_baseline"
        if self.charter.adoption is not None and not self.adoption.is_known:
            return "adoption_not_provided"
        return None

    @staticmethod
    def _why_no_duration(primary: CharterCriterion) -> str | None:
        if primary.criterion.better == "higher":
            return "longer_is_better"
        if primary.p90 is None or primary.p90.value is None:
            return "no_p90"
        return "p90_not_above_median" if primary.p90.value <= (primary.baseline.value or 0.0) else None

    def _plan(self) -> PilotPlan | None:
        primary, schedule_ = self.primary, self.looks
        if primary is None or schedule_ is None:
            return None
        clusters = self.design.clusters if self.design else None
        threshold = self.charter.adoption.threshold.value if self.charter.adoption else None
        rate = self.adoption.value
        try:
            return PilotPlan(
                primary=_metric(primary),
                guardrails=tuple(_guardrail(each) for each in self.guardrails),
                adoption=None if threshold is None or rate is None else pilot_plan.Adoption(rate, threshold),
                looks=tuple(map(Look, schedule_.fractions, schedule_.critical_values)),
                clusters=pilot_plan.Clusters(clusters.icc.value, clusters.size.value) if clusters else None,
            )
        except ValueError as error:
            allowed, remedy = "levels that a pilot can reach", "correct the criterion or the design"
            raise FaultsError([self.context.fault(("charter",), str(error), allowed, remedy)]) from None

    @property
    def _balance(self) -> float:
        """What a case is worth beside one of equal arms: 4 a (1 - a) with a share a in the pilot arm."""
        share = self.design.allocation if self.design and self.is_parallel else 0.5
        return 4 * share * (1 - share)

    def _equal(self, per_arm: float) -> int:
        return max(math.floor(per_arm * self._balance + 1e-9), 2)

    def _inputs(self) -> list[Figure]:
        parts = [
            figure
            for each in self.criteria
            if each.criterion.role != "secondary"
            for figure in (each.baseline, each.planned, each.worthwhile, each.margin, each.p90)
            if figure is not None
        ]
        known = [part for part in parts if part.is_known]
        return [*known, self.adoption] if self.charter.adoption and self.adoption.is_known else known

    def _required(self, needed: RequiredSample | None, reason: str | None) -> Figure:
        found = needed.n if needed else None
        return self.context.register.computed(
            "charter.sample_per_arm.required",
            None if found is None else float(math.ceil(found / self._balance - 1e-9)),
            "cases",
            self._inputs(),
            "smallest sample at which the chance of GO by the whole rule reaches the power at the planned level",
            reason=reason or (needed.reason if needed else None),
        )

    def _usual(self, name: str, each: CharterCriterion | None, plan: PilotPlan | None, reason: str | None) -> Figure:
        """Enter the cases per arm by the usual formula for one criterion; shares of 0 and 1 are beyond it."""
        value = None
        if plan is not None and self.design is not None:
            reason = "not_estimable"
            guardrail = next((g for g in plan.guardrails if each is not None and g.id == each.id), None)
            share = self.design.allocation if self.is_parallel else 0.5
            with suppress(ValueError):
                arms = usual_arms(plan, guardrail, self.design.power, self.design.alpha, share / (1 - share))
                value = float(math.ceil(arms.total / 2))
        parts = [each.baseline, each.planned, each.margin, each.p90] if each is not None else []
        return self.context.register.computed(
            f"charter.sample_per_arm.{name}",
            value,
            "cases",
            [part for part in parts if part is not None and part.is_known],
            "usual formula for this criterion alone, one look"
            + (", x design effect" if plan and plan.clusters else ""),
            reason=reason,
        )

    def _chance(self, name: str, value: float | None, planned: Figure, reason: str | None) -> Figure:
        at = {"zero": "without any effect", "worthwhile": "at the worthwhile level", "planned": "at the planned level"}
        inputs = self._inputs()
        # The size of the sample is decided, not estimated, so it does not weaken the evidence.
        figure = Figure(
            f"charter.chance_of_go.{name}",
            value,
            "share",
            evidence=None if value is None else weakest_evidence(inputs),
            formula=f"chance of GO by the whole rule {at[name]}, with the planned sample",
            derived_from=(*(each.id for each in inputs), planned.id),
            reason=None if value is not None else reason or planned.reason,
        )
        return self.context.register.add(figure)

    def _weekly_volume(self) -> Figure:
        path = ("charter", "design", "in_scope") if self.design else ("charter", "design")
        in_scope = self.context.declared(
            "charter.in_scope", self.design.in_scope if self.design else None, "share", path
        )
        known = self.volume.value is not None and in_scope.value is not None
        value = (self.volume.value or 0.0) / WEEKS_OF_YEAR * (in_scope.value or 0.0) if known else None
        formula = f"volume of the process / {WEEKS_OF_YEAR} x share in scope"
        return self.context.register.computed(
            "charter.weekly_volume", value, "cases/week", [self.volume, in_scope], formula
        )

    def _weeks(self, name: str, sample: Figure, weekly: Figure) -> Figure:
        arms = 2 if self.is_parallel else 1
        known = sample.value is not None and weekly.value
        weeks = weeks_needed(int(sample.value or 0), weekly.value or 0.0, arms=arms) if known else None
        return self.context.register.computed(
            f"charter.weeks.{name}",
            None if weeks is None else float(weeks),
            "weeks",
            [sample, weekly],
            f"{arms} x cases per arm / weekly volume in scope",
            reason="nothing_in_scope" if weekly.value == 0 else None,
        )


def schedule(design: Design) -> group_sequential.Looks:
    """Return the boundary of a design; a look has the information that an even weekly volume has brought by then."""
    weeks = design.looks.weeks
    return group_sequential.looks([week / weeks[-1] for week in weeks], RULES[design.looks.boundary], design.alpha)


def usual_arms(
    plan: PilotPlan, guardrail: ProportionGuardrail | None, power: float, alpha: float, ratio: float
) -> ArmSizes:
    """Return the cases that the usual formula asks for one criterion: a guardrail, or the primary one.

    A share: two proportions. A duration: Noether's, with P(pilot < baseline) = Phi(ln(M0 / M1) / (s sqrt(2))) of two
    log-normal arms with medians M0, M1 and the standard deviation s of the logarithms. A guardrail: non-inferiority at
    half the error. All at one look, times the design effect. `ratio` is pilot cases per baseline case. Raises
    ValueError where a formula does not hold, such as for a share of 0 or 1.
    """
    factors = {"power": power, "ratio": ratio, "inflation": plan.design_effect}
    if guardrail is not None:
        is_higher = guardrail.better == "higher"
        return non_inferiority(
            guardrail.baseline, guardrail.margin, pilot=guardrail.pilot, higher_is_better=is_higher, alpha=alpha / 2,
            **factors,
        )  # fmt: skip
    metric = plan.primary
    if isinstance(metric, ProportionMetric):
        return two_proportions(metric.baseline, metric.pilot(metric.planned), alpha=alpha, **factors)
    shift = math.log(metric.median / metric.shorter(metric.planned))
    return rank_comparison(float(ndtr(shift / (metric.log_sd * math.sqrt(2)))), alpha=alpha, **factors)


def _metric(primary: CharterCriterion) -> ProportionMetric | DurationMetric:
    planned, worthwhile = (primary.effect(level) or 0.0 for level in (primary.planned, primary.worthwhile))
    baseline = primary.baseline.value or 0.0
    if primary.criterion.kind == "proportion":
        return ProportionMetric(baseline, planned, worthwhile, primary.criterion.better)
    p90 = primary.p90.value if primary.p90 and primary.p90.value else 0.0
    return DurationMetric.from_percentiles(baseline, p90, planned, worthwhile)


def _guardrail(each: CharterCriterion) -> ProportionGuardrail:
    """Return a guardrail; where nothing is planned for it, it is planned to stay as it is."""
    margin = each.margin.value if each.margin and each.margin.value else 0.0
    difference = each.effect(each.planned) or 0.0
    return ProportionGuardrail(each.id, each.baseline.value or 0.0, margin, difference, each.criterion.better)
