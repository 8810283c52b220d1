"""What is true of one client's processes, systems, people's answers and candidate use cases.

The models of the parameter files serve the loader, the skeleton, the forms, the spreadsheet and the reference page,
so every field says in its description what to fill in.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workbook.engagement.schema_client import Answer, PersonRef, ProcessRef, SourceRef, SystemRef, UseCaseRef
from workbook.engagement.schema_sources import DataSource
from workbook.engagement.values import (
    Day,
    Evidence,
    Identifies,
    Model,
    Money,
    NonNegative,
    Positive,
    Quantity,
    Rating,
    Refers,
    Share,
    Slug,
    UncertainScore,
    UncertainShare,
    refusal,
)

RespondentGroup = Literal["owner", "frontline", "manager", "sponsor", "it"]

InterviewRef = Annotated[Slug, Refers("interview")]
CriterionRef = Annotated[str, Refers("criterion")]
QuestionRef = Annotated[str, Refers("readiness question")]
ScreeningRef = Annotated[str, Refers("screening question")]
ThemeRef = Annotated[str, Refers("theme")]


# --- assess.yaml -----------------------------------------------------------------------------------------------------


class Process(Model):
    """A business process, with the performance declared or measured for it."""

    id: Annotated[Slug, Identifies("process")] = Field(description="short id")
    name: str = Field(min_length=1, description="name of the process")
    department: str = Field(min_length=1, description="department or unit that runs it")
    owner: PersonRef | None = Field(None, description="id of the process owner")
    volume: Annotated[Quantity, NonNegative] | None = Field(None, description="transactions a year")
    cost_per_transaction: Annotated[Money, NonNegative] | None = Field(
        None, description="fully loaded cost of one transaction in the client's currency"
    )
    customer_impact: Rating | None = Field(None, description="effect on the customer, 1 (none) to 5 (decisive)")
    lead_time: Annotated[Quantity, NonNegative] | None = Field(None, description="typical (median) lead time in hours")
    touch_time: Annotated[Quantity, NonNegative] | None = Field(None, description="hands-on hours per transaction")
    error_rate: Share | None = Field(None, description="share of transactions with an error, 0 to 1")
    rework_rate: Share | None = Field(None, description="share of transactions with a step done again, 0 to 1")
    automation_rate: Share | None = Field(None, description="share handled without a human, 0 to 1")
    measured_by: SourceRef | None = Field(None, description="id of the event log or case table that measures it")
    systems: tuple[SystemRef, ...] = Field((), description="ids of the systems it runs on")
    note: str | None = Field(None, description="anything a reader must know")


class Interview(Model):
    """An interview held on a process."""

    id: Annotated[Slug, Identifies("interview")] = Field(description="short id")
    process: ProcessRef | None = Field(None, description="id of the process; leave out for the whole organisation")
    group: RespondentGroup = Field(description="which group the respondent belongs to")
    date: Day = Field(description="day of the interview")
    themes: tuple[ThemeRef, ...] = Field((), description="theme ids of the interview guide that came up")
    note: str | None = Field(None, description="what was learnt, in a sentence")


class ReadinessAnswer(Model):
    """One answer to one question on organisational readiness."""

    question: QuestionRef = Field(description="id of the question")
    group: RespondentGroup = Field(description="who answered")
    level: Annotated[int, Field(ge=1, le=5)] = Field(description="level 1 to 5 by the written anchors")
    evidence: str = Field(min_length=1, description="what the level rests on")
    interview: InterviewRef | None = Field(None, description="id of the interview it comes from")
    date: Day | None = Field(None, description="day of the answer")


class NeededData(Model):
    """What a use case needs from one data source."""

    source: SourceRef = Field(description="id of the data source")
    fields: tuple[str, ...] = Field((), description="the fields it needs; all declared fields if left out")


class UseCase(Model):
    """A candidate use of AI on a process."""

    id: Annotated[Slug, Identifies("use case")] = Field(description="short id")
    name: str = Field(min_length=1, description="name of the use case")
    outcome: str | None = Field(None, description="the business outcome in one sentence")
    process: ProcessRef = Field(description="id of the process it changes")
    kind: Literal["predictive", "generative", "agent"] = Field(description="kind of solution")
    owner: PersonRef | None = Field(None, description="id of the business owner")
    effect: UncertainShare | None = Field(None, description="share of the process cost it would save in a year, 0 to 1")
    data: tuple[NeededData, ...] = Field((), description="the data it needs")
    systems: tuple[SystemRef, ...] = Field((), description="ids of the systems it must be joined to")
    scores: dict[CriterionRef, UncertainScore] = Field(
        {}, description="judged scores 0 to 100 by criterion id; some criteria are computed and take none"
    )
    data_access: Answer = Field("unknown", description="can the team get at the data?")
    sponsored: Answer = Field("unknown", description="does a business executive stand behind it?")


class Weighting(Model):
    """How much each criterion counts, and how that was asked."""

    method: Literal["swing", "rank_order_centroid", "direct", "ahp"] = Field("swing", description="how it was asked")
    points: dict[CriterionRef, Annotated[float, Field(ge=0)]] = Field(
        {}, description="swing or direct: points by criterion id"
    )
    order: tuple[CriterionRef, ...] = Field((), description="rank order: criterion ids, most important first")
    matrix: dict[CriterionRef, dict[CriterionRef, Annotated[float, Field(gt=0)]]] = Field(
        {}, description="AHP: judgements by pairs"
    )
    spread: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="how far each weight may lie from its value, as a share of it; the house's spread if left out"
    )
    by: PersonRef | None = Field(None, description="who set the weights")
    date: Day | None = Field(None, description="when")


class DataRequest(Model):
    """A data set that was asked for."""

    source: SourceRef = Field(description="id of the data source asked for")
    asked: Day = Field(description="day of the request")
    due: Day | None = Field(None, description="day it was promised")
    received: Day | None = Field(None, description="day it arrived")
    of: PersonRef | None = Field(None, description="who was asked")

    @model_validator(mode="after")
    def _begins_with_the_request(self) -> Self:
        for key in ("due", "received"):
            day = getattr(self, key)
            if day is not None and day < self.asked:
                raise refusal(f"a day from {self.asked} on", "correct one of the two days", path=(key,))
        return self


class Assess(Model):
    """The Assess phase: processes, data, people and candidate use cases."""

    started: Day | None = Field(None, description="first day of the phase")
    material_impact: Annotated[Money, Positive] = Field(
        description="yearly impact that scores 100: an amount the board would call large"
    )
    processes: tuple[Process, ...] = Field((), description="the 15 to 20 processes that matter most")
    data_sources: tuple[DataSource, ...] = Field((), description="event logs, case tables and tables")
    interviews: tuple[Interview, ...] = Field((), description="interviews held")
    readiness: tuple[ReadinessAnswer, ...] = Field((), description="answers on organisational readiness")
    use_cases: tuple[UseCase, ...] = Field((), description="candidate use cases")
    weighting: Weighting | None = Field(None, description="weights of the criteria")
    shortlist_size: Annotated[int, Field(ge=3, le=5)] = Field(3, description="how many candidates to put forward")
    data_requests: tuple[DataRequest, ...] = Field((), description="data asked for")


# --- technology.yaml and compliance.yaml, as far as Assess needs them ------------------------------------------------


class System(Model):
    """An information system, and how others can be joined to it."""

    id: Annotated[Slug, Identifies("system")] = Field(description="short id")
    name: str = Field(min_length=1, description="name of the system")
    vendor: str | None = Field(None, description="who makes it")
    interfaces: tuple[Literal["api", "event", "batch"], ...] | None = Field(
        None, description="interfaces that exist; an empty list says that there is none"
    )
    evidence: Evidence | None = Field(None, description="what the list of interfaces rests on")
    source: str | None = Field(None, description="where the interfaces were found, or who named them")
    owner: PersonRef | None = Field(None, description="id of the system owner")
    note: str | None = Field(None, description="constraints on integration")


class Technology(Model):
    """Systems of the client."""

    systems: tuple[System, ...] = Field((), description="systems the processes run on")


class ScreeningAnswer(Model):
    """What is known of one compliance fact of one use case."""

    use_case: UseCaseRef = Field(description="id of the use case")
    question: ScreeningRef = Field(description="id of the screening question")
    answer: Answer = Field(description="yes, no or unknown")
    owner: PersonRef | None = Field(None, description="who will find out, while unknown")
    date: Day | None = Field(None, description="day of the answer")
    note: str | None = Field(None, description="what the answer rests on")


class Compliance(Model):
    """Compliance facts of the use cases."""

    screening: tuple[ScreeningAnswer, ...] = Field((), description="answers to the screening questions")
