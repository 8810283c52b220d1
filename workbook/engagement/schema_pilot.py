"""The Pilot phase of one client: what was observed, to be held against the approved charter."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workbook.engagement.schema_charter import BudgetLineRef, CriterionRef
from workbook.engagement.schema_client import Answer, PersonRef, SourceRef, SystemRef
from workbook.engagement.schema_sources import DataSource
from workbook.engagement.values import (
    Bounds,
    Day,
    Identifies,
    Model,
    Money,
    NonNegative,
    PastDay,
    Quantity,
    Share,
    Slug,
    refusal,
)

Count = Annotated[int, Field(ge=0)]


class Arms(Model):
    """Which values of the arm column mean what; rows with another value are counted as lost."""

    pilot: tuple[str, ...] = Field(min_length=1, description="values of the cases handled with the pilot")
    baseline: tuple[str, ...] = Field(min_length=1, description="values of the cases handled as before")

    @model_validator(mode="after")
    def _are_apart(self) -> Self:
        if both := set(self.pilot) & set(self.baseline):
            found = f"{min(both)} in both"
            raise refusal("each value in one arm", "delete it from one of them", found, ("baseline",))
        return self


class CaseData(Model):
    """One row for each case of the pilot, fallbacks to people included."""

    source: SourceRef = Field(description="id of the data source, which stands under data_sources")
    case: str = Field(description="column with the case id")
    arm: str = Field(description="column that says in which arm the case was")
    date: str = Field(description="column with the day or time at which the case began")
    cluster: str | None = Field(None, description="column with the cluster, such as the team")
    used: str | None = Field(None, description="pilot arm: column that says whether the system was used")
    fallback: str | None = Field(None, description="pilot arm: column that says whether the case fell back to people")
    failure: str | None = Field(None, description="pilot arm: column with the failure mode, empty where there was none")
    production: str | None = Field(None, description="column that says whether the case was real production data")
    outcomes: dict[CriterionRef, str] = Field({}, description="column with the outcome, by success criterion")
    arms: Arms = Field(description="which values of the arm column mean what")
    true_values: tuple[str, ...] = Field(("1", "true", "yes"), description="texts that mean yes, in small letters")


class CountData(Model):
    """One row for each arm and period: cases, and cases with the outcome."""

    source: SourceRef = Field(description="id of the data source, which stands under data_sources")
    arm: str = Field(description="column with the arm")
    period: str = Field(description="column with the first day of the period")
    cases: str = Field(description="column with the number of cases")
    used: str | None = Field(None, description="pilot arm: column with the number of cases in which it was used")
    counts: dict[CriterionRef, str] = Field({}, description="column with the number of cases, by success criterion")
    arms: Arms = Field(description="which values of the arm column mean what")


class PanelData(Model):
    """One row for each unit and period: a level, for a staggered roll-out or an interrupted series."""

    source: SourceRef = Field(description="id of the data source, which stands under data_sources")
    unit: str | None = Field(None, description="column with the unit, such as the team; leave out for one series")
    period: str = Field(description="column with the first day of the period")
    level: str = Field(description="column with the level of the primary criterion")
    begins: str | None = Field(None, description="column with the unit's first day in the pilot, empty for controls")
    begin: Day | None = Field(None, description="one series: first day of the pilot")
    control: str | None = Field(None, description="one series: column with the level of a control series")


class Experiments(Model):
    """Many small randomised tests beside the pilot, as counts for each test and arm."""

    name: str = Field(min_length=1, description="what was tested")
    source: SourceRef = Field(description="id of the data source, which stands under data_sources")
    test: str = Field(description="column with the test")
    arm: str = Field(description="column with the arm of the test")
    shown: str = Field(description="column with the number of people or cases in the arm")
    successes: str = Field(description="column with the number of successes among them")
    period: str | None = Field(None, description="column with the period")
    planned_shares: Literal["equal"] = Field("equal", description="shares of the arms as planned")
    baseline_arm: str | None = Field(None, description="value of the arm that is today's way")


class Look(Model):
    """A look at the results."""

    date: Day = Field(description="day of the look")
    planned: bool = Field(description="does the charter plan it?")
    note: str | None = Field(None, description="what was decided")


class PipelineCheck(Model):
    """A check of the data pipeline or of the integration."""

    id: Annotated[Slug, Identifies("pipeline check")] = Field(description="short id")
    name: str = Field(min_length=1, description="what was checked")
    result: Literal["passed", "failed", "not_run"] = Field(description="how it ended")
    on_production_data: Answer = Field("unknown", description="was it run on production data?")
    date: Day | None = Field(None, description="when")
    evidence: str | None = Field(None, description="where the proof lies")

    def before_its_date(self) -> Self:
        """Return the check as it stood before it was run."""
        return self.model_copy(
            update={"result": "not_run", "on_production_data": "unknown", "date": None, "evidence": None}
        )


class Version(Model):
    """A version of the model or agent that handled cases."""

    name: str = Field(min_length=1, description="model or agent, with its version")
    first: PastDay = Field(description="first day in the pilot")
    change: str | None = Field(None, description="what changed against the version before")


class Fallback(Model):
    """What happens when the system cannot handle a case."""

    description: str = Field(min_length=1, description="what happens")
    tested: Answer = Field("unknown", description="was it tested on production data?")
    date: Day | None = Field(None, description="when")
    evidence: str | None = Field(None, description="where the proof lies")

    def before_its_date(self) -> Self:
        """Return the fallback as it stood before it was tested."""
        return self.model_copy(update={"tested": "unknown", "date": None, "evidence": None})


class FailureMode(Model):
    """A way in which the system fails, or an edge case it meets."""

    id: Annotated[Slug, Identifies("failure mode")] = Field(description="short id, as in the data")
    name: str = Field(min_length=1, description="what goes wrong")
    cases: Count | None = Field(None, description="cases; leave out where the data count them")
    is_edge_case: bool = Field(False, description="was it unknown before the pilot?")
    severity: Literal["low", "medium", "high"] = Field(description="how bad one case is")
    handling: str | None = Field(None, description="what catches it")


class Acceptance(Model):
    """Raw answers to the System Usability Scale: one row for each person, ten columns from 1 to 5."""

    source: SourceRef = Field(description="id of the data source, which stands under data_sources")
    answers: tuple[str, ...] = Field(min_length=10, max_length=10, description="the ten columns, in the scale's order")
    asked: Annotated[int, Field(ge=1)] | None = Field(None, description="how many people were asked")
    group: str | None = Field(None, description="column with the group of the person")


class Spent(Model):
    """What was spent of a line of the budget."""

    line: BudgetLineRef = Field(description="id of the budget line of the charter")
    amount: Annotated[Money, NonNegative] = Field(description="amount in the client's currency, up to the report's day")


class Effort(Model):
    """What joining a system has taken."""

    system: SystemRef = Field(description="id of the system")
    days: Annotated[Quantity, Bounds(low=0)] = Field(description="person-days, up to the report's day")


class Learning(Model):
    """What was learnt, and what follows."""

    text: str = Field(min_length=1, description="what was learnt, in a sentence")
    kind: Literal["data", "model", "integration", "people", "process", "compliance"] = Field(description="about what")
    consequence: str | None = Field(None, description="what follows for production")
    date: Day | None = Field(None, description="when")


class Deviation(Model):
    """A change against the approved charter that the client declares."""

    what: str = Field(min_length=1, description="what was changed")
    date: Day = Field(description="when")
    reason: str = Field(min_length=1, description="why")
    by: PersonRef | None = Field(None, description="who decided")


class Blocker(Model):
    """A legal question that must not be open for GO."""

    name: str = Field(min_length=1, description="the question")
    is_open: Answer = Field(description="is it still open?")
    owner: PersonRef | None = Field(None, description="who answers it")
    date: Day | None = Field(None, description="day of the answer")

    def before_its_date(self) -> Self:
        """Return the question as it stood before its answer: an open question does not vanish with the answer."""
        return self.model_copy(update={"is_open": "unknown", "date": None})


class Pilot(Model):
    """The Pilot phase: data, versions, failures, people and money, up to the decision."""

    started: PastDay | None = Field(None, description="first day on which cases were handled")
    ended: PastDay | None = Field(None, description="last day; leave out while it runs")
    data_sources: tuple[DataSource, ...] = Field((), description="tables of the pilot")
    cases: CaseData | None = Field(None, description="one row for each case")
    counts: CountData | None = Field(None, description="instead: counts for each arm and period")
    panel: PanelData | None = Field(None, description="staggered or interrupted design: levels for each period")
    experiments: Experiments | None = Field(None, description="many small tests beside the pilot")
    looks: tuple[Look, ...] = Field((), description="looks at the results, also unplanned ones")
    checks: tuple[PipelineCheck, ...] = Field((), description="checks of pipeline and integration")
    versions: tuple[Version, ...] = Field((), description="versions of the model or agent")
    fallback: Fallback | None = Field(None, description="what happens when the system cannot handle a case")
    failure_modes: tuple[FailureMode, ...] = Field((), description="ways in which it fails")
    production_share: Share | None = Field(None, description="share of real cases, where the data do not say")
    utilisation: Share | None = Field(
        None, description="share of the eligible cases handled with it, where the data do not say"
    )
    acceptance: Acceptance | None = Field(None, description="answers on usability")
    blockers: tuple[Blocker, ...] | None = Field(None, description="legal questions; an empty list says there is none")
    spent: tuple[Spent, ...] = Field((), description="what was spent of the budget")
    effort: tuple[Effort, ...] = Field((), description="what the integration has taken")
    learnings: tuple[Learning, ...] = Field((), description="what was learnt")
    deviations: tuple[Deviation, ...] = Field((), description="changes against the charter that were declared")

    @model_validator(mode="after")
    def _has_one_kind_of_data(self) -> Self:
        if self.cases is not None and self.counts is not None:
            raise refusal("cases or counts", "delete one of them", "both", ("counts",))
        return self
