"""What the pilot's data hold, measured once: cases by arm and week, what was lost, outcomes, use and failures.

What is kept are counts and estimates. No person and no team is named: clusters, which may be people, are codes, and
only their numbers are kept. Weekly levels and flags need five cases; cases by failure mode, and the effects of small
arms and of versions, have no such limit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbook.engagement.schema_pilot import CaseData, CountData
from workbook.engagement.schema_sources import DataSource
from workbook.methods.baseline import FilterLoss
from workbook.methods.estimates import Estimate
from workbook.phases.pilot.comparisons import Comparison
from workbook.phases.pilot.looks import LookPlan, Schedule

NO_COLUMN = "no_column"
"""Reason of what no column of the data tells."""

SMALLEST_GROUP = 5
"""Fewest cases or people of which a figure is shown."""

Kind = Literal["proportion", "duration"]


@dataclass(frozen=True)
class AskedCriterion:
    """What is asked of the data about one criterion."""

    id: str
    kind: Kind
    better: Literal["higher", "lower"]
    role: str


@dataclass(frozen=True)
class Question:
    """All that decides what is measured beside the file itself; a measurement is kept under it."""

    cases: CaseData | None
    counts: CountData | None
    criteria: tuple[AskedCriterion, ...]
    plan: LookPlan | None
    looks: tuple[tuple[dt.date, bool, str | None], ...]
    versions: tuple[dt.date, ...]
    started: dt.date | None
    ended: dt.date | None
    is_parallel: bool


@dataclass(frozen=True)
class Flag:
    """Cases of which a yes or no is known, and those with yes."""

    known: int
    yes: int

    @property
    def share(self) -> float | None:
        """Share with yes; None where nothing is known."""
        return self.yes / self.known if self.known else None


@dataclass(frozen=True)
class Week:
    """A week since the start: cases of both arms, and of the pilot's cases those used, given back and failed.

    Weeks before the start have negative numbers. A flag is None without a column, or under five cases.
    """

    number: int
    first_day: dt.date
    pilot: int
    baseline: int
    used: Flag | None
    fallback: Flag | None
    failed: Flag | None


@dataclass(frozen=True)
class WeekLevel:
    """Level of both arms in a week; None under five cases."""

    number: int
    first_day: dt.date
    pilot: float | None
    baseline: float | None
    pilot_cases: int
    baseline_cases: int


@dataclass(frozen=True)
class UpTo:
    """The effect by all cases up to a day, at `level`."""

    date: dt.date
    level: float
    effect: Estimate


@dataclass(frozen=True)
class MeasuredOutcome:
    """One criterion: both arms compared, its level by week, and for the primary the effect over time.

    `known` gives for each arm the cases with an outcome and all cases; `known_fallback` the same for the pilot's cases
    that fell back to people. `cumulative` is at 95 % by week, `looks` at the boundary of each look, `versions` at 95 %
    for the days of each version. `icc` is the resemblance of cases of one cluster, None without clusters.
    """

    comparison: Comparison
    single: Estimate
    known: Mapping[str, tuple[int, int]]
    known_fallback: tuple[int, int] | None
    weeks: tuple[WeekLevel, ...]
    cumulative: tuple[UpTo, ...] = ()
    looks: tuple[UpTo, ...] = ()
    versions: tuple[Estimate, ...] = ()
    icc: Estimate | None = None


@dataclass(frozen=True)
class VersionCases:
    """What happened while a version handled the cases."""

    first: dt.date
    pilot: int
    used: Flag | None
    failed: Flag | None


@dataclass(frozen=True)
class Measured:
    """Everything the data of the pilot say.

    Attributes
    ----------
    rows, losses
        Rows of the file, and what each step took out, in its order.
    first_day, last_day
        Of the cases that count.
    pilot, baseline
        Cases that count in each arm.
    clusters
        Clusters in the pilot, in the baseline and in both; None without.
    concurrent
        Share of the pilot's cases in weeks in which the baseline had cases too.
    used, fallback, failed
        Of the pilot's cases; None without a column.
    production
        Of all cases, before those that are no production were taken out; None without a column.
    failures
        Cases of the pilot by failure.
    """

    rows: int
    losses: tuple[FilterLoss, ...]
    start: dt.date
    first_day: dt.date | None
    last_day: dt.date | None
    pilot: int
    baseline: int
    clusters: tuple[int, int, int] | None
    concurrent: float | None
    weeks: tuple[Week, ...]
    used: Flag | None
    fallback: Flag | None
    failed: Flag | None
    production: Flag | None
    failures: Mapping[str, int]
    versions: tuple[VersionCases, ...]
    schedule: Schedule
    outcomes: Mapping[str, MeasuredOutcome]


@dataclass(frozen=True)
class Observed:
    """The data of the pilot with what they show; `reason` says why there is nothing.

    `kind` tells cases from counts, `origin` is the line on which the source is declared, with its file and name.
    """

    kind: Literal["cases", "counts"] | None
    source: DataSource | None
    origin: str
    measured: Measured | None
    reason: str | None = None
