"""The Pilot Charter: what is tried, how it is judged, by whom, until when and for how much."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workbook.engagement.schema_client import PersonRef, UseCaseRef
from workbook.engagement.values import (
    Bounds,
    Day,
    Identifies,
    Model,
    Money,
    NonNegative,
    Positive,
    Quantity,
    Refers,
    Share,
    Slug,
    refusal,
)

CriterionRef = Annotated[Slug, Refers("success criterion")]
BudgetLineRef = Annotated[Slug, Refers("budget line")]
CriterionId = Annotated[Slug, Identifies("success criterion")]
BudgetLineId = Annotated[Slug, Identifies("budget line")]

CostKind = Literal["investment", "integration", "run", "review", "change", "compliance", "exit"]
"""Kinds of cost that a case must not leave out; `review` is the time people take to check what the system does."""

Week = Annotated[int, Field(ge=0, le=104)]


class SuccessCriterion(Model):
    """Something the pilot is judged by. Levels, not differences: from 0.45 to 0.75, from 20 to 13 minutes."""

    id: CriterionId = Field(description="short id")
    name: str = Field(min_length=1, description="what is measured")
    role: Literal["primary", "guardrail", "secondary"] = Field(
        description="decides, must not become worse, or is only reported"
    )
    kind: Literal["proportion", "duration"] = Field(
        description="share of cases, or a positive quantity of each case of which the median counts"
    )
    better: Literal["higher", "lower"] = Field(description="which direction is better")
    unit: str | None = Field(None, description="duration: unit, such as hours")
    baseline: Annotated[Quantity, NonNegative] | None = Field(None, description="level today, if Assess has no figure")
    baseline_figure: str | None = Field(None, description="figure of Assess that is the level today, by its id")
    p90: Annotated[Quantity, Positive] | None = Field(None, description="duration: today's 90th percentile")
    planned: Annotated[Quantity, NonNegative] | None = Field(None, description="level that the plan expects")
    worthwhile: Annotated[Quantity, NonNegative] | None = Field(
        None, description="level from which on it is worth having; nearer to today than planned"
    )
    margin: Annotated[Quantity, Positive] | None = Field(
        None, description="guardrail: how much worse it may become, in its own unit"
    )
    method: str | None = Field(None, description="how and by whom it is measured")

    @model_validator(mode="after")
    def _has_one_baseline(self) -> Self:
        if self.baseline is not None and self.baseline_figure is not None:
            raise refusal("baseline or baseline_figure", "delete one of them", "both", ("baseline_figure",))
        return self

    @model_validator(mode="after")
    def _stays_a_share(self) -> Self:
        if self.kind == "proportion":
            for key in ("baseline", "planned", "worthwhile", "margin"):
                level = getattr(self, key)
                if level is not None and level.value > 1:
                    raise refusal("a share from 0 to 1", "write a share of 1", f"{level.value:g}", (key,))
        return self

    @model_validator(mode="after")
    def _plans_more_than_it_needs(self) -> Self:
        if self.planned is not None and self.worthwhile is not None:
            planned, worthwhile = self.planned.value, self.worthwhile.value
            if (planned - worthwhile) * (1 if self.better == "higher" else -1) < 0:
                allowed = f"a level that is no better than planned, {planned:g}"
                raise refusal(allowed, "exchange the two, or correct better", f"{worthwhile:g}", ("worthwhile",))
        return self

    @model_validator(mode="after")
    def _is_complete_for_its_role(self) -> Self:
        if self.role == "guardrail" and self.margin is None:
            raise refusal("a margin for a guardrail", "add margin: how much worse it may become", "none", ("margin",))
        return self


class Looks(Model):
    """When the pilot is looked at, and by which boundary it may end early."""

    weeks: tuple[Annotated[int, Field(ge=1, le=104)], ...] = Field(
        min_length=1, max_length=10, description="weeks of the analyses after the first case, the last one included"
    )
    boundary: Literal["obrien_fleming", "pocock", "lan_demets"] | None = Field(
        None, description="boundary with more than one look"
    )

    @model_validator(mode="after")
    def _are_in_order(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.weeks)):
            raise refusal("weeks in ascending order", "put them in order", path=("weeks",))
        if len(self.weeks) > 1 and self.boundary is None:
            allowed = "a boundary with more than one look: looking twice at 5 % errs in 8 %"
            raise refusal(allowed, "add boundary: obrien_fleming, pocock or lan_demets", "none", ("boundary",))
        return self


class Clusters(Model):
    """Cases that hang together, such as those of one team."""

    name: str = Field(min_length=1, description="what the cases share, such as team")
    size: Annotated[Quantity, Bounds(low=1)] = Field(description="mean number of cases of a cluster in the pilot")
    icc: Annotated[Quantity, Bounds(0, 1)] = Field(description="intraclass correlation, 0 to 1")


class Design(Model):
    """How the comparison is made."""

    kind: Literal["randomised", "staggered", "interrupted", "before_after"] = Field(
        description="how cases come to be handled with or without the pilot"
    )
    allocation: Annotated[float, Field(gt=0, lt=1)] = Field(0.5, description="share of the cases in the pilot arm")
    alpha: Annotated[float, Field(gt=0, le=0.2)] = Field(description="two-sided error of the first kind, such as 0.05")
    power: Annotated[float, Field(ge=0.5, lt=1)] = Field(description="chance of GO if the plan comes true, such as 0.8")
    looks: Looks = Field(description="when the data are looked at")
    clusters: Clusters | None = Field(None, description="if cases hang together")
    in_scope: Share | None = Field(None, description="share of the process volume that falls under the pilot")
    sample_per_arm: Annotated[int, Field(ge=2)] | None = Field(None, description="cases per arm that are planned")


class AdoptionTarget(Model):
    """From which share of use on a result says something about the system in daily work."""

    threshold: Share = Field(description="share of the eligible cases handled with it, 0 to 1")
    definition: str = Field(min_length=1, description="what counts as use")


class Milestone(Model):
    """A point on the timeline, in weeks from the start of the programme or of the pilot as `timeline` says."""

    id: Annotated[Slug, Identifies("milestone")] = Field(description="short id")
    name: str = Field(min_length=1, description="what is reached")
    week: Week = Field(description="end of this week of the pilot")
    is_gate: bool = Field(False, description="is it a decision?")
    owner: PersonRef | None = Field(None, description="who answers for it")


class Resource(Model):
    """A person's time for the pilot."""

    person: PersonRef = Field(description="id of the person")
    role: str = Field(min_length=1, description="role in the pilot")
    share: Share = Field(description="share of the working time, 0 to 1")
    first_week: Week = Field(description="first week of the pilot")
    last_week: Week = Field(description="last week of the pilot")

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.first_week > self.last_week:
            raise refusal(f"a week from {self.first_week} on", "exchange the two", path=("last_week",))
        return self


class RaciRow(Model):
    """Who does what; exactly one person is accountable."""

    activity: str = Field(min_length=1, description="activity or decision")
    responsible: tuple[PersonRef, ...] = Field(min_length=1, description="who does it")
    accountable: PersonRef = Field(description="the one person who answers for it")
    consulted: tuple[PersonRef, ...] = Field((), description="who is asked before")
    informed: tuple[PersonRef, ...] = Field((), description="who is told after")


class BudgetLine(Model):
    """A part of the pilot's budget."""

    id: BudgetLineId = Field(description="short id")
    name: str = Field(min_length=1, description="what is paid for")
    kind: CostKind = Field(description="kind of cost")
    amount: Annotated[Money, NonNegative] = Field(description="amount in the client's currency")


class Charter(Model):
    """The Pilot Charter: what is tried, how it is judged, by whom, until when and for how much."""

    use_case: UseCaseRef = Field(description="id of the use case")
    metric: str | None = Field(
        None, description="the one business metric in one sentence, from today's level to the goal"
    )
    scope_in: tuple[str, ...] = Field((), description="what belongs to the pilot")
    scope_out: tuple[str, ...] = Field((), description="what does not")
    population: str | None = Field(
        None, description="which cases are analysed; those that fall back to people included"
    )
    criteria: tuple[SuccessCriterion, ...] = Field((), description="what the pilot is judged by")
    design: Design | None = Field(None, description="how the comparison is made")
    adoption: AdoptionTarget | None = Field(None, description="the least use")
    start: Day | None = Field(None, description="first day of the pilot")
    weeks: Annotated[int, Field(ge=1, le=104)] | None = Field(None, description="length of the pilot in weeks")
    shortened: str | None = Field(None, description="under the guide's length: what is cut")
    milestones: tuple[Milestone, ...] = Field((), description="the timeline, gates included")
    team: tuple[Resource, ...] = Field((), description="who works on it, and how much")
    raci: tuple[RaciRow, ...] = Field((), description="who does what")
    budget: tuple[BudgetLine, ...] = Field((), description="what it may cost")
    stop_rules: tuple[str, ...] = Field((), description="when the pilot is stopped before its end")
    signatories: tuple[PersonRef, ...] = Field((), description="who signs")

    @model_validator(mode="after")
    def _has_one_primary(self) -> Self:
        primary = [criterion.id for criterion in self.criteria if criterion.role == "primary"]
        if self.criteria and len(primary) != 1:
            found = f"{len(primary)} of them: {', '.join(primary)}" if primary else "none"
            raise refusal("exactly one criterion with role: primary", "name the one that decides", found, ("criteria",))
        return self
