"""What a process does today, measured from its records: the result of `eventlog` and `casetable`.

Durations are in hours of the clock, day and night. A quantity that the records cannot show is an Estimate without a
value, with one of these reasons: "not_provided" (a column or a rule is not declared), "end_not_declared" (nobody said
which activities end a case), "no_cases", "no_completed_cases", "no_values" (missing or unreadable in all of them),
"too_few" and "not_reached".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from workbook.methods.estimates import Estimate


@dataclass(frozen=True, slots=True)
class FilterLoss:
    """What one filter took out: rows of the table, or whole cases, before and after it.

    `id` is one of "no_case_id", "no_activity", "no_timestamp", "unreadable_timestamp", "after_until",
    "ends_before_start", "other_transition", "duplicate", "no_start_activity" (event log), "no_opened", "repeated_case",
    "closed_without_date", "date_without_closed" (case table), "unreadable_cost" (both).
    """

    id: str
    unit: Literal["rows", "cases"]
    before: int
    after: int

    @property
    def lost(self) -> int:
        """Number of rows or cases taken out."""
        return self.before - self.after

    @property
    def share(self) -> float:
        """Share taken out of what reached this filter; 0 where nothing reached it."""
        return self.lost / self.before if self.before else 0.0


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The 50th, 80th, 90th and 95th percentile of a duration, in hours."""

    p50: Estimate
    p80: Estimate
    p90: Estimate
    p95: Estimate

    @classmethod
    def missing(cls, reason: str, n: int = 0) -> Percentiles:
        """Return four missing estimates with the same reason."""
        return cls(*(Estimate.missing(reason, n) for _ in range(4)))


@dataclass(frozen=True, slots=True)
class LittlesLaw:
    """Little's law over the time watched: average cases in progress against rate times mean lead time.

    `in_progress` counts every case seen, also those that began before the log or are still open; `expected` is
    cases completed per hour times their mean lead time. In a complete log the two are equal; `ratio`
    (in_progress / expected) well above 1 means that much work began before the log or has not ended in it.
    Source: Little, "A Proof for the Queuing Formula L = lambda W", Operations Research, 1961.
    """

    in_progress: float
    expected: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """How long cases take, how much of the work is done again, by whom and at what cost, with what was left out.

    Attributes
    ----------
    events : events of the cases counted; None for a case table
    cases, completed, open : cases counted, and which of them are completed or still open; None if no end is declared
    first, last : first and last recorded moment of these cases, UTC
    observed_until : end of observation, UTC; open cases are censored there
    filters : what was taken out, in order
    method : how the percentiles of lead time are estimated; None where they are not
    lead_time : from first start to last completion; from all cases if some are open, else order statistics
    touch_time, waiting_time : time with at least one activity running, and the rest; completed cases
    mean_touch_time : mean touch time of completed cases
    rework_rate : share of completed cases in which an activity came back or a declared rework activity occurred
    repeats_per_case : mean number of times that an activity came back in a completed case
    rejected_rate : share of completed cases with a declared rejected activity
    first_pass_yield : share of completed cases without any of these
    automation_rate : share of completed cases without an event of a person, where the accounts of all are known
    error_rate : share of completed cases whose outcome is declared an error
    cost_per_case : mean recorded cost of completed cases, in the unit of the column
    completed_per_week : mean over whole weeks counted back from the end of observation; n is the number of weeks
    littles_law : None where fewer than five cases are completed
    unseen : declared activities, statuses and outcomes that occur nowhere in the records: probably misspelt
    """

    events: int | None
    cases: int
    completed: int | None
    open: int | None
    first: datetime | None
    last: datetime | None
    observed_until: datetime | None
    filters: tuple[FilterLoss, ...]
    method: Literal["order_statistics", "kaplan_meier"] | None
    lead_time: Percentiles
    touch_time: Percentiles
    mean_touch_time: Estimate
    waiting_time: Percentiles
    rework_rate: Estimate
    repeats_per_case: Estimate
    rejected_rate: Estimate
    first_pass_yield: Estimate
    automation_rate: Estimate
    error_rate: Estimate
    cost_per_case: Estimate
    completed_per_week: Estimate
    littles_law: LittlesLaw | None
    unseen: tuple[str, ...]
