"""The Prioritize phase of one client: the business cases of the candidates and the choice among them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workbook.engagement.schema_charter import Charter, CostKind
from workbook.engagement.schema_client import Answer, PersonRef, ProcessRef, SystemRef, UseCaseRef
from workbook.engagement.values import (
    Allowed,
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
    UncertainMoney,
    UncertainQuantity,
    UncertainShare,
    refusal,
)

BenefitKindRef = Annotated[str, Refers("time to value")]
ConditionRef = Annotated[str, Refers("sourcing condition")]

Month = Annotated[int, Field(ge=0, le=120)]
Grade = Annotated[int, Field(ge=1, le=5)]

NAMED_INPUT = r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){1,3}$"
InputName = Annotated[
    str,
    Field(pattern=NAMED_INPUT),
    Allowed("an input such as invoice-capture.adoption or invoice-capture.benefit.handling-time.effect"),
]


class Haircut(Model):
    """Cautious shares by which a case without simulation is cut: the published practice of risk-adjusted cases."""

    benefits_down: Share = Field(description="share taken off each benefit, 0 to 1")
    costs_up: Annotated[Quantity, Bounds(0, 5)] = Field(description="share added to each cost, such as 0.15")


class Correlation(Model):
    """Two uncertain inputs that move together."""

    between: tuple[InputName, InputName] = Field(description="the two inputs")
    rank: Annotated[float, Field(ge=-1, le=1)] = Field(description="rank correlation, -1 to 1")
    source: str | None = Field(None, description="what it rests on")

    @model_validator(mode="after")
    def _joins_two(self) -> Self:
        if self.between[0] == self.between[1]:
            raise refusal("two different inputs", "correct one of them", self.between[0], ("between",))
        return self


class Finance(Model):
    """By which conventions all candidates are valued; the report prints them."""

    discount_rate: Annotated[Quantity, Bounds(0, 1)] = Field(description="yearly discount rate, such as 0.08")
    price_base: Literal["real", "nominal"] = Field(description="prices of today, or with inflation; never mixed")
    years: Annotated[int, Field(ge=1, le=10)] = Field(description="years after the start that are counted")
    flows: Literal["yearly", "monthly"] = Field("yearly", description="length of a period")
    timing: Literal["end", "mid"] = Field(
        "end", description="when the flow of a period falls; the start is undiscounted"
    )
    risk: Literal["simulation", "haircut"] = Field(description="how uncertainty is shown: one of the two, never both")
    haircut: Haircut | None = Field(None, description="only with risk: haircut")
    ranges: Literal["ends", "p10_p90"] = Field(
        "ends", description="what low and high of an estimate mean: its ends, or values passed one time in ten"
    )
    shape: Literal["triangular", "pert"] = Field("triangular", description="shape between low, likely and high")
    correlations: tuple[Correlation, ...] = Field((), description="inputs that move together")
    day_rate: Annotated[Money, Positive] | None = Field(None, description="cost of one person-day of work")
    hurdle: Annotated[Money, NonNegative] | None = Field(
        None, description="least net present value worth an investment"
    )

    @model_validator(mode="after")
    def _counts_risk_once(self) -> Self:
        if (self.haircut is not None) != (self.risk == "haircut"):
            found = f"risk: {self.risk} {'with' if self.haircut else 'without'} a haircut"
            allowed = "a haircut with risk: haircut, and none with risk: simulation, which would count risk twice"
            raise refusal(allowed, "delete the haircut, or change risk", found, ("haircut",))
        return self


class Benefit(Model):
    """One effect on the transactions of a process: volume x effect x eligible x adoption x realisation."""

    id: Annotated[Slug, Identifies("benefit")] = Field(description="short id, its own among the benefits of all cases")
    name: str = Field(min_length=1, description="what becomes better")
    kind: Literal["cashable", "capacity", "non_financial"] = Field(
        description="money that leaves the budget, hours for other work, or neither"
    )
    process: ProcessRef | None = Field(None, description="id of the process; that of the use case if left out")
    effect: UncertainQuantity | None = Field(
        None, description="effect on one transaction in its unit, such as hours or the client's currency"
    )
    unit_value: Annotated[UncertainMoney, Bounds(low=0)] | None = Field(
        None, description="what one unit of the effect is worth; leave out where the effect is money, or has no price"
    )
    eligible: UncertainShare | None = Field(None, description="share of the transactions it can concern, 0 to 1")
    realisation: UncertainShare | None = Field(
        None, description="share of the effect that arrives: leaves the budget, or is put to other work"
    )
    note: str | None = Field(None, description="anything a reader must know")

    @model_validator(mode="after")
    def _prices_what_is_money(self) -> Self:
        if self.kind == "non_financial" and self.unit_value is not None:
            allowed = "no value for a benefit that is not financial"
            raise refusal(allowed, "delete unit_value, or change kind", path=("unit_value",))
        return self


class Adoption(Model):
    """How use grows: from nothing to a plateau in a straight line."""

    start_month: Month = Field(description="month after the start in which the first case is handled in production")
    months_to_plateau: Annotated[UncertainQuantity, Bounds(0, 60)] = Field(description="months until use is steady")
    plateau: UncertainShare = Field(description="share of the eligible cases handled with it once use is steady")


class Cost(Model):
    """A cost of a candidate."""

    id: Annotated[Slug, Identifies("cost")] = Field(description="short id, its own among the costs of all cases")
    name: str = Field(min_length=1, description="what is paid for")
    kind: CostKind = Field(description="kind of cost")
    amount: Annotated[UncertainMoney, Bounds(low=0)] | None = Field(None, description="amount in the client's currency")
    per: Literal["once", "year", "transaction"] = Field(description="paid once, each year, or for each case handled")
    month: Month = Field(0, description="once: in which month; each year: from which month on; 0 is the start")


class IntegrationWork(Model):
    """Joining one system, estimated bottom-up."""

    system: SystemRef = Field(description="id of the system")
    pattern: Literal["api", "event", "batch"] = Field(description="how it is joined")
    days: Annotated[UncertainQuantity, Bounds(low=0)] | None = Field(None, description="person-days")
    note: str | None = Field(None, description="what makes it hard")


class Work(Model):
    """Other work of the implementation."""

    kind: Literal["data", "model", "testing", "change", "compliance", "project"] = Field(description="kind of work")
    days: Annotated[UncertainQuantity, Bounds(low=0)] | None = Field(None, description="person-days")


class Risk(Model):
    """A risk of a candidate, before and after what is done about it; grades run from 1 (low) to 5 (high)."""

    id: Annotated[Slug, Identifies("risk")] = Field(description="short id, its own among the risks of all cases")
    name: str = Field(min_length=1, description="what may happen, in a sentence")
    kind: Literal["value", "data", "model", "integration", "people", "legal", "vendor", "security"] = Field(
        description="where it comes from"
    )
    probability: Grade = Field(description="how likely, 1 to 5")
    impact: Grade = Field(description="how bad, 1 to 5")
    mitigation: str | None = Field(None, description="what is done about it")
    owner: PersonRef | None = Field(None, description="who answers for the mitigation")
    residual_probability: Grade | None = Field(None, description="how likely after mitigation, 1 to 5")
    residual_impact: Grade | None = Field(None, description="how bad after mitigation, 1 to 5")

    @model_validator(mode="after")
    def _does_not_grow(self) -> Self:
        for key in ("probability", "impact"):
            left, before = getattr(self, f"residual_{key}"), getattr(self, key)
            if left is not None and left > before:
                raise refusal(
                    f"at most {before}, the grade before mitigation", "correct one", path=(f"residual_{key}",)
                )
        return self


class Sourcing(Model):
    """Build or buy: what holds of the conditions of the framework, and the choice."""

    choice: Literal["build", "buy", "buy_and_extend"] | None = Field(None, description="the choice, once made")
    conditions: dict[ConditionRef, Answer] = Field({}, description="answer by id of the condition")
    reason: str | None = Field(None, description="why, in a sentence")


class Case(Model):
    """The deep dive into one candidate that the gate of Assess has approved."""

    use_case: UseCaseRef = Field(description="id of the use case")
    time_to_value: BenefitKindRef | None = Field(None, description="benchmark kind of the guide it compares with")
    integration: tuple[IntegrationWork, ...] = Field((), description="the systems to be joined, one by one")
    work: tuple[Work, ...] = Field((), description="the rest of the implementation, by kind")
    benefits: tuple[Benefit, ...] = Field((), description="what becomes better")
    adoption: Adoption | None = Field(None, description="how use grows")
    costs: tuple[Cost, ...] = Field((), description="what it costs besides the person-days")
    risks: tuple[Risk, ...] = Field((), description="what may go wrong")
    sourcing: Sourcing | None = Field(None, description="build or buy")
    note: str | None = Field(None, description="what the deep dive has shown, in a sentence")


class Choice(Model):
    """The candidate that is proposed as the pilot."""

    use_case: UseCaseRef = Field(description="id of the use case")
    reason: str = Field(min_length=1, description="why, in a sentence")
    by: PersonRef | None = Field(None, description="who proposes it")
    date: Day | None = Field(None, description="when")


class Prioritize(Model):
    """The Prioritize phase: business cases, the choice of one pilot, and its charter."""

    started: Day | None = Field(None, description="first day of the phase")
    finance: Finance | None = Field(None, description="by which conventions the candidates are valued")
    cases: tuple[Case, ...] = Field((), description="the candidates that the gate of Assess has approved")
    pilots_at_once: Annotated[Quantity, Bounds(0, 20)] | None = Field(
        None, description="how many pilots the organisation can staff at once"
    )
    choice: Choice | None = Field(None, description="the candidate proposed as the pilot")
    charter: Charter | None = Field(None, description="the Pilot Charter")
