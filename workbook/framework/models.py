"""The shape of what use cases, data and organisation are judged by, from phases to evidence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from workbook.framework.entries import (
    Answerer,
    Decision,
    Direction,
    Entries,
    Entry,
    FactId,
    Group,
    Id,
    Identified,
    Kind,
    Law,
    PaidBy,
    Parameter,
    Part,
    Read,
    ScoreFrom,
    Sourced,
    SourceId,
    Support,
    Unit,
)


class Source(Part):
    """A publication, or an authority of our own, behind an entry. The text `sample` says what it covers."""

    words: ClassVar[tuple[str, ...]] = ("sample",)

    id: SourceId
    kind: Kind
    publisher: str
    title: str
    year: int | None
    n: int | None = None
    paid_by: PaidBy
    read: Read
    url: Annotated[str, Field(pattern=r"^https://")] | None = None

    @property
    def vendor_paid(self) -> bool | None:
        """True when a seller of AI technology or an investor in one paid; None when nobody says who paid."""
        return None if self.paid_by == "unknown" else self.paid_by in ("vendor", "investor")


class Gate(Part):
    """The decision that ends a phase; `select_min` to `select_max` use cases go on."""

    words: ClassVar[tuple[str, ...]] = ()

    decisions: tuple[Decision, ...]
    select_min: int | None = None
    select_max: int | None = None


class Phase(Entry):
    """One of the five phases; the last has no end."""

    words: ClassVar[tuple[str, ...]] = ("name", "objective", "deliverable", "gate")
    listed: ClassVar[tuple[str, ...]] = ("activities",)

    number: int
    notebook: str
    week_from: int
    week_to: int | None
    activities: tuple[Id, ...]
    gate: Gate
    parameters: Entries[Parameter] = Entries({})


class ReadinessScale(Sourced):
    """The levels of an answer on organisational readiness, and the rules that read them."""

    words: ClassVar[tuple[str, ...]] = ("name", "explanation", "rationale")
    listed: ClassVar[tuple[str, ...]] = ("bands",)

    lowest: int
    highest: int
    anchored: tuple[int, ...]
    bands: tuple[Id, ...]
    band_limits: tuple[float, ...]

    def score(self, level: float) -> float:
        """Return a level as a score: 0 at the lowest level, 100 at the highest, straight between them.

        Example: level 3 of 1 to 5 scores 50.
        """
        return 100 * (level - self.lowest) / (self.highest - self.lowest)

    def band(self, level: float) -> str:
        """Return the id of the band a level falls in; a limit belongs to the band below it."""
        return self.bands[bisect_left(self.band_limits, level)]

    @model_validator(mode="after")
    def _has_a_limit_between_bands(self) -> Self:
        if len(self.band_limits) != len(self.bands) - 1 or list(self.band_limits) != sorted(set(self.band_limits)):
            raise ValueError("give one rising limit between each two bands")
        return self


class ReadinessQuestion(Identified):
    """A question and the groups who are asked it."""

    words: ClassVar[tuple[str, ...]] = ("ask", "level_1", "level_3", "level_5")

    groups: tuple[Group, ...]


class ReadinessDimension(Entry):
    """A dimension of organisational readiness."""

    words: ClassVar[tuple[str, ...]] = ("name", "definition", "remedy")

    questions: Entries[ReadinessQuestion]


class Axis(Entry):
    """An axis along which use cases are compared."""

    words: ClassVar[tuple[str, ...]] = ("name", "question")


class Criterion(Entry):
    """A criterion for use cases, with a scale fixed before any score is seen.

    The score is 0 at `worst` and 100 at `best`, straight between them and never outside. A client sets the best end
    itself where `best_from` names the parameter.
    """

    axis: Id
    score_from: ScoreFrom
    unit: Unit
    direction: Direction = "higher"
    worst: float
    best: float | None = None
    best_from: str | None = None
    dimensions: tuple[Id, ...] = ()
    swing_points: Annotated[float, Field(ge=0, le=100)]

    def text_keys(self) -> Iterator[str]:
        """Yield name and definition, then the anchors of a judged score or the derivation of a computed one."""
        yield from ("name", "definition", "swing")
        yield from ("anchor_0", "anchor_50", "anchor_100") if self.score_from == "judged" else ("derivation",)

    @model_validator(mode="after")
    def _has_two_ends(self) -> Self:
        if (self.best is None) == (self.best_from is None):
            raise ValueError("give the best end either as `best` or by `best_from`")
        return self


class ExcludedCriterion(Entry):
    """A criterion readers may expect, and why it is not one."""

    words: ClassVar[tuple[str, ...]] = ("name", "reason")


class Veto(Entry):
    """A fact that no score can make good: the use case leaves the ranking where `fact` has the value `when`."""

    words: ClassVar[tuple[str, ...]] = ("name", "rule", "remedy")

    fact: FactId
    when: str


class ScreeningQuestion(Sourced):
    """A yes-or-no question of the compliance screening.

    "No" settles all its `facts`; "yes" settles a single fact, and of several says that at least one holds. `feeds`
    names the rules that use them. No tier is derived here.
    """

    words: ClassVar[tuple[str, ...]] = ("ask", "why")

    id: FactId
    law: Law
    facts: tuple[FactId, ...]
    provisions: tuple[str, ...]
    feeds: tuple[str, ...]
    answered_by: Answerer


class Theme(Entry):
    """A theme by which interview notes are compared."""


class InterviewQuestion(Identified):
    """A question of an interview guide, with the minutes planned for it."""

    words: ClassVar[tuple[str, ...]] = ("ask",)

    theme: Id
    minutes: int


class InterviewGuide(Entry):
    """The questions to one group, in the order they are asked."""

    words: ClassVar[tuple[str, ...]] = ("name", "purpose")

    minutes: int
    for_each_process: bool
    questions: Entries[InterviewQuestion]


class RequestedField(Identified):
    """A field to ask for; without a required one the data cannot be used."""

    words: ClassVar[tuple[str, ...]] = ("name", "why")

    required: bool


class DataRequest(Entry):
    """What to ask for, by kind of source."""

    words: ClassVar[tuple[str, ...]] = ("name", "purpose", "extract")

    parameters: Entries[Parameter] = Entries({})
    fields: Entries[RequestedField]


class BaselineMeasure(Entry):
    """A measure of how a process performs today, defined so that two analysts get the same number."""

    words: ClassVar[tuple[str, ...]] = ("name", "definition", "formula", "trap")

    unit: Unit
    direction: Direction
    percentiles: tuple[Id, ...] = ()
    needs: tuple[Id, ...]


class Percentile(Entry):
    """A percentile, and how many cases a two-sided 95 % interval for it needs."""

    level: Annotated[float, Field(gt=0, lt=1)]
    minimum_n: int


class QualityDimension(Entry):
    """A dimension of data quality, measured on the client's own table as a share from 0 to 1."""

    words: ClassVar[tuple[str, ...]] = ("name", "definition", "formula")

    threshold: Annotated[float, Field(ge=0, le=1)]
    threshold_support: Support


class QualityCheck(Entry):
    """A condition of data readiness that is answered, not measured."""

    words: ClassVar[tuple[str, ...]] = ("name", "ask")


class QualityRules(Sourced):
    """How the dimensions are read together."""

    words: ClassVar[tuple[str, ...]] = ("rule", "unknown")

    warn_margin: float


class Rule(Entry):
    """A threshold by which the phases judge, and why it stands where it does."""

    words: ClassVar[tuple[str, ...]] = ("name", "effect", "rationale")

    unit: Unit
    value: float


class Evidence(Entry):
    """How well a number is known; strength 1 is the strongest."""

    words: ClassVar[tuple[str, ...]] = ("name", "meaning")

    letter: Annotated[str, Field(min_length=1, max_length=1)]
    strength: int
