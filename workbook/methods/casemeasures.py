"""From a table of cases, one row each, to the baseline; `eventlog` and `casetable` make that table.

Its columns: `opened` and `finished` (microseconds since 1970 UTC; `finished` is the last known moment of an open
case), `is_completed`, `is_counted` (false for a case that began before the log), and, where the records show them,
`events`, `repeats`, `is_reworked`, `is_rejected`, `touch` (microseconds), `is_automated`, `cost` (in 1 / COST_UNIT),
`is_cost_unreadable` and `outcome`. NULL is "not known for this case". Sums are taken over whole numbers, so that
neither the order of the rows nor the number of threads moves the last digit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import duckdb

from workbook.methods.averages import SMALLEST_GROUP, mean_estimate, share_estimate
from workbook.methods.baseline import Baseline, FilterLoss, LittlesLaw, Percentiles
from workbook.methods.estimates import Estimate
from workbook.methods.percentiles import PERCENTILES, estimate_quantiles
from workbook.methods.records import is_one_of_sql, moment
from workbook.methods.survival import kaplan_meier, survival_quantile

_HOUR = 3_600_000_000
_WEEK = 168 * _HOUR
COST_UNIT = 1_000_000


@dataclass(frozen=True, slots=True)
class CaseSet:
    """A table of cases, which of its optional columns are known, and when observation ended."""

    con: duckdb.DuckDBPyConnection
    table: str
    columns: frozenset[str]
    observed_until: int | None
    filters: tuple[FilterLoss, ...]
    is_end_declared: bool = True
    error_outcomes: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def counted(self) -> str:
        """The cases that count, as a subquery."""
        return f"(SELECT * FROM {self.table} WHERE is_counted)"

    @property
    def done(self) -> str:
        """The completed cases that count, as a subquery."""
        return f"(SELECT * FROM {self.table} WHERE is_counted AND is_completed)"

    def row(self, query: str) -> tuple[Any, ...]:
        """Return the single row of an aggregate."""
        row = self.con.execute(query).fetchone()
        assert row is not None
        return row


def measure_cases(cases: CaseSet) -> Baseline:
    """Return the baseline of a set of cases."""
    events = "sum(events)" if "events" in cases.columns else "NULL"
    n, completed, events, first, last = cases.row(
        f"SELECT count(*), count(*) FILTER (is_completed), {events}, min(opened), max(finished) FROM {cases.counted}"
    )
    measures = _Measures(cases, n, completed)
    again = "repeats > 0 OR is_reworked" if "is_reworked" in cases.columns else "repeats > 0"
    rejected = " OR is_rejected" if "is_rejected" in cases.columns else ""
    is_declared = cases.is_end_declared
    return Baseline(
        events=int(events or 0) if "events" in cases.columns else None,
        cases=n,
        completed=completed if is_declared else None,
        open=n - completed if is_declared else None,
        first=moment(first),
        last=moment(last),
        observed_until=moment(cases.observed_until),
        filters=cases.filters + measures.unreadable_costs(),
        method=None if not completed else "order_statistics" if completed == n else "kaplan_meier",
        lead_time=measures.lead_time(),
        touch_time=measures.percentiles("touch", "touch"),
        mean_touch_time=measures.mean("touch", "touch", _HOUR),
        waiting_time=measures.percentiles("touch", "finished - opened - touch"),
        rework_rate=measures.share("repeats", again),
        repeats_per_case=measures.mean("repeats", "repeats"),
        rejected_rate=measures.share("is_rejected", "is_rejected"),
        first_pass_yield=measures.share("repeats", f"NOT ({again}{rejected})"),
        automation_rate=measures.share("is_automated", "is_automated"),
        error_rate=measures.share("is_error", is_one_of_sql("outcome", cases.error_outcomes)),
        cost_per_case=measures.mean("cost", "cost", COST_UNIT, lowest=-math.inf),
        completed_per_week=measures.completed_per_week(first),
        littles_law=_littles_law(cases) if completed >= SMALLEST_GROUP else None,
        unseen=cases.unseen,
    )


@dataclass(frozen=True, slots=True)
class _Measures:
    """Estimates over the completed cases of a set, or the reason why there are none."""

    cases: CaseSet
    n: int
    completed: int

    def gap(self, column: str) -> str | None:
        """Return why nothing can be estimated from a column, None if it can."""
        if column != "opened" and column not in self.cases.columns:
            return "not_provided"
        if self.completed:
            return None
        return "no_cases" if not self.n else "no_completed_cases" if self.cases.is_end_declared else "end_not_declared"

    def share(self, column: str, condition: str) -> Estimate:
        """Return the share of completed cases that meet a condition, among those for which it is known."""
        if reason := self.gap(column):
            return Estimate.missing(reason)
        counts = f"SELECT count(*) FILTER ({condition}), count({condition}) FROM {self.cases.done}"
        return share_estimate(*self.cases.row(counts))

    def unreadable_costs(self) -> tuple[FilterLoss, ...]:
        """Return how many completed cases do not count in the mean cost because one of theirs cannot be read."""
        if "is_cost_unreadable" not in self.cases.columns:
            return ()
        read = self.cases.row(f"SELECT count(*) FILTER (NOT is_cost_unreadable) FROM {self.cases.done}")[0]
        return (FilterLoss("unreadable_cost", "cases", self.completed, read),)

    def mean(self, column: str, value: str, unit: int = 1, lowest: float = 0.0) -> Estimate:
        """Return the mean of a whole-numbered expression over completed cases, in multiples of `unit`."""
        if reason := self.gap(column):
            return Estimate.missing(reason)
        whole = f"CAST({value} AS HUGEINT)"
        n, total, squares = self.cases.row(
            f"SELECT count({value}), sum({whole}), sum({whole} * {whole}) FROM {self.cases.done}"
        )
        return _mean_of_whole(n, int(total or 0), int(squares or 0), unit, lowest)

    def percentiles(self, column: str, value: str) -> Percentiles:
        """Return percentiles in hours of microseconds over completed cases, from order statistics."""
        if reason := self.gap(column):
            return Percentiles.missing(reason)
        query = f"SELECT ({value}) / {_HOUR} FROM {self.cases.done}"
        return Percentiles(*estimate_quantiles(self.cases.con, query))

    def lead_time(self) -> Percentiles:
        """Return percentiles of lead time: order statistics, or Kaplan-Meier as soon as a case is open."""
        if reason := self.gap("opened"):
            return Percentiles.missing(reason, self.n)
        if self.completed == self.n:
            return self.percentiles("opened", "finished - opened")
        watched = f"(CASE WHEN is_completed THEN finished ELSE {self.cases.observed_until} END - opened)"
        counts = self.cases.con.execute(
            f"SELECT {watched} / {_HOUR} AS hours, count(*) FILTER (is_completed) AS done, "
            f"count(*) FILTER (NOT is_completed) AS open FROM {self.cases.counted} GROUP BY {watched}"
        ).fetchnumpy()
        curve = kaplan_meier(counts["hours"], counts["done"], counts["open"])
        return Percentiles(*(survival_quantile(curve, q) for q in PERCENTILES))

    def completed_per_week(self, first: int | None) -> Estimate:
        """Return the mean number of cases completed in whole weeks, counted back from the end of observation."""
        until = self.cases.observed_until
        if (reason := self.gap("opened")) or first is None or until is None:
            return Estimate.missing(reason or "no_cases")
        weeks = (until - first) // _WEEK
        total, squares = self.cases.row(
            f"SELECT coalesce(sum(n), 0), coalesce(sum(n * n), 0) FROM "
            f"(SELECT count(*) AS n, ({until} - finished) // {_WEEK} AS week FROM {self.cases.done} "
            f"GROUP BY week HAVING week < {weeks})"
        )
        if weeks < SMALLEST_GROUP:
            return Estimate.missing("too_few", weeks)
        # A week without any completion has no row, but counts.
        return _mean_of_whole(weeks, int(total), int(squares), 1, 0.0)


def _mean_of_whole(n: int, total: int, squares: int, unit: int, lowest: float) -> Estimate:
    if n < 2:
        return mean_estimate(None, None, n)
    variance = (n * squares - total * total) / (n * (n - 1))
    return mean_estimate(total / n / unit, math.sqrt(variance) / unit, n, lowest)


def _littles_law(cases: CaseSet) -> LittlesLaw | None:
    until = cases.observed_until
    spent, completed_spent, first = cases.row(
        f"SELECT sum(CASE WHEN is_completed THEN finished ELSE {until} END - opened), "
        f"sum(finished - opened) FILTER (is_counted AND is_completed), min(opened) FROM {cases.table}"
    )
    if until is None or not completed_spent:
        return None
    window = until - first
    return LittlesLaw(float(spent / window), float(completed_spent / window), float(spent / completed_spent))
