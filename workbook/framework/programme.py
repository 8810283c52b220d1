"""The shape of what the programme is steered by: pitfalls, people, metrics, benchmarks and technology."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workbook.framework.entries import (
    Cadence,
    Direction,
    Entries,
    Entry,
    Id,
    Identified,
    Parameter,
    Part,
    Sourced,
    Topic,
    Unit,
)


class FailurePattern(Entry):
    """A failure pattern or pitfall, with the numbers its rule uses."""

    words: ClassVar[tuple[str, ...]] = ("name", "what_happens", "evidence", "rule", "remedy")

    phases: tuple[Id, ...]
    parameters: Entries[Parameter] = Entries({})


class Role(Entry):
    """A role in the AI team, in order of hire."""

    words: ClassVar[tuple[str, ...]] = ("name", "mission", "when", "profile")
    listed: ClassVar[tuple[str, ...]] = ("responsibilities",)

    order: int
    phase: Id
    responsibilities: tuple[Id, ...]
    parameters: Entries[Parameter]


class TeamModel(Entry):
    """A way of staffing the programme."""

    words: ClassVar[tuple[str, ...]] = ("name", "description", "fits_when")
    listed: ClassVar[tuple[str, ...]] = ("strengths", "weaknesses")

    is_default: bool
    strengths: tuple[Id, ...]
    weaknesses: tuple[Id, ...]
    parameters: Entries[Parameter] = Entries({})


class Metric(Identified):
    """A metric of one tier; `direction` says which way is better."""

    words: ClassVar[tuple[str, ...]] = ("name", "definition")

    unit: Unit
    direction: Direction
    baseline: Id | None = None
    is_judged: bool = False
    where_applicable: bool = False


class MetricTier(Entry):
    """A tier of metrics measured at one cadence."""

    words: ClassVar[tuple[str, ...]] = ("name", "question")

    order: int
    cadence: Cadence
    metrics: Entries[Metric]


class BoardQuestion(Identified):
    """A question the board asks."""

    words: ClassVar[tuple[str, ...]] = ("name", "content")


class Board(Sourced):
    """What the board's page holds."""

    words: ClassVar[tuple[str, ...]] = ("rule",)

    questions: Entries[BoardQuestion]
    parameters: Entries[Parameter]


class Benchmark(Entry):
    """Published or house figures on one question; the text `measures` says what they really count."""

    words: ClassVar[tuple[str, ...]] = ("name", "measures")

    topic: Topic
    figures: Entries[Parameter]


class TimeToValue(Entry):
    """Months from production to a positive return, by kind of use case."""

    words: ClassVar[tuple[str, ...]] = ("name", "reason")

    parameters: Entries[Parameter]


class Sourcing(Entry):
    """Build or buy: when, and what share of capability the guide expects."""

    listed: ClassVar[tuple[str, ...]] = ("conditions",)

    conditions: tuple[Id, ...]
    parameters: Entries[Parameter]


class Approach(Entry):
    """Platform or point solutions."""

    words: ClassVar[tuple[str, ...]] = ("name", "description")
    listed: ClassVar[tuple[str, ...]] = ("advantages", "drawbacks")

    is_default: bool
    advantages: tuple[Id, ...]
    drawbacks: tuple[Id, ...]


class Claim(Entry):
    """A claim that is quoted with its author and never computed with."""

    words: ClassVar[tuple[str, ...]] = ("name", "statement")

    parameters: Entries[Parameter]


class EstablishedUse(Entry):
    """A use for which several vendors offer proven products."""


class SolutionKind(Entry):
    """Predictive model, generative model or agent."""

    words: ClassVar[tuple[str, ...]] = ("name", "definition", "watch")


class Technology(Part):
    """Build or buy, platform or point solutions, kinds of solution."""

    words: ClassVar[tuple[str, ...]] = ()

    sourcing: Entries[Sourcing]
    approaches: Entries[Approach]
    claims: Entries[Claim]
    established_uses: Entries[EstablishedUse]
    solution_kinds: Entries[SolutionKind]


class IntegrationPattern(Entry):
    """A way to join a system, in order of preference; `score` is that of the integration criterion."""

    words: ClassVar[tuple[str, ...]] = ("name", "description", "use_when")

    order: int
    score: Annotated[float, Field(ge=0, le=100)]


class Integration(Sourced):
    """How systems are joined, and what share of the effort it takes."""

    words: ClassVar[tuple[str, ...]] = ("effort", "no_interface")

    patterns: Entries[IntegrationPattern]
    score_without_interface: float
    parameters: Entries[Parameter]
