"""Measuring the pilot's cases or counts: once for each file and question, into counts and estimates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np

from workbook.engagement.measurements import measured_once
from workbook.engagement.schema_sources import DataSource
from workbook.methods.percentiles import quantile_rank
from workbook.phases.inputs import NOT_PROVIDED
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.comparisons import BASELINE, MEDIAN, PILOT, Outcome, compare, effect_of, resemblance
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.looks import Asked, Schedule, schedule_looks
from workbook.phases.pilot.observed import (
    SMALLEST_GROUP,
    AskedCriterion,
    Flag,
    Measured,
    MeasuredOutcome,
    Observed,
    Question,
    UpTo,
    VersionCases,
    Week,
    WeekLevel,
)
from workbook.phases.pilot.reading import Rows, flag_counts, named_columns
from workbook.phases.pilot.tables import open_pilot_table, why_not_there

_MOST_WEEKS = 104
_SINGLE = 0.95


def observe(charter: HeldCharter, context: Context) -> Observed:
    """Return what the cases or counts of the pilot show by `as_of`."""
    phase = context.phase
    data = phase.cases or phase.counts
    if data is None:
        return Observed(None, None, "pilot.yaml", None, NOT_PROVIDED)
    kind: Literal["cases", "counts"] = "cases" if phase.cases else "counts"
    source = context.source(data.source)
    origin = context.origin(source)
    if reason := why_not_there(source, context):
        return Observed(kind, source, origin, None, reason)
    question = ask(charter, context)
    found = measured_once(context.engagement, source, Measured, lambda: measure(context, source, question), question)
    return Observed(kind, source, origin, found)


def ask(charter: HeldCharter, context: Context) -> Question:
    """Return what is asked of the data, by the charter that the pilot is held to."""
    phase = context.phase
    design = charter.charter.design if charter.charter else None
    return Question(
        cases=phase.cases,
        counts=phase.counts,
        criteria=tuple(
            AskedCriterion(each.id, each.criterion.kind, each.criterion.better, each.role) for each in charter.criteria
        ),
        plan=charter.plan,
        looks=tuple((look.date, look.planned, look.note) for look in phase.looks),
        versions=tuple(version.first for version in phase.versions),
        started=phase.started,
        ended=phase.ended,
        is_parallel=design is None or design.kind in ("randomised", "staggered"),
    )


def measure(context: Context, source: DataSource, question: Question) -> Measured:
    """Return what the table of the pilot says, answering the question.

    Raises FaultsError for a column that is not there, and TableError for a file that cannot be read.
    """
    data = question.cases or question.counts
    assert data is not None
    key = "cases" if question.cases else "counts"
    with open_pilot_table(context, source, key, named_columns(data)) as table:
        return _Measuring(Rows(table, question, context.engagement.as_of), question).measured()


class _Measuring:
    """The counts and estimates of one table."""

    def __init__(self, rows: Rows, question: Question) -> None:
        self.rows, self.question, self.start = rows, question, rows.start
        self.outcomes = {each.id: rows.outcome(each) for each in question.criteria if rows.column_of(each.id)}
        self.primary = next((each.id for each in question.criteria if each.role == "primary"), None)

    def measured(self) -> Measured:
        rows, losses, schedule = self.rows, self.rows.losses(), self._schedule()
        counts = dict(rows.query("SELECT arm, sum(cases) FROM kept GROUP BY arm"))
        first, last = rows.query("SELECT min(day), max(day) FROM kept")[0]
        return Measured(
            rows=losses[0].before,
            losses=losses,
            start=self.start,
            first_day=self._date(first),
            last_day=self._date(last),
            pilot=int(counts.get(PILOT, 0)),
            baseline=int(counts.get(BASELINE, 0)),
            clusters=self._clusters(),
            concurrent=self._concurrent(),
            weeks=self._weeks(),
            used=rows.flag("used"),
            fallback=rows.flag("fallback"),
            failed=rows.flag("failed"),
            production=rows.production(),
            failures=self._failures(),
            versions=self._versions(),
            schedule=schedule,
            outcomes={id: self._outcome(id, outcome, schedule) for id, outcome in self.outcomes.items()},
        )

    def _date(self, day: int | None) -> dt.date | None:
        return None if day is None else self.start + dt.timedelta(days=day)

    def _schedule(self) -> Schedule:
        question, deciding = self.question, self.outcomes.get(self.primary or "")
        asked = Asked(question.plan, self.start, question.looks, question.ended is not None)
        return schedule_looks(asked, deciding.by_day if deciding is not None else [])

    # --- cases -----------------------------------------------------------------------------------------------------

    def _clusters(self) -> tuple[int, int, int] | None:
        if not self.rows.has_clusters:
            return None
        arms = f"bool_or(arm = {PILOT}) AS p, bool_or(arm = {BASELINE}) AS b"
        query = f"SELECT {arms} FROM kept GROUP BY cluster"
        counts = "count(*) FILTER (WHERE p), count(*) FILTER (WHERE b), count(*) FILTER (WHERE p AND b)"
        pilot, baseline, both = self.rows.query(f"SELECT {counts} FROM ({query})")[0]
        return pilot, baseline, both

    def _concurrent(self) -> float | None:
        query = (
            f"SELECT coalesce(sum(cases) FILTER (WHERE arm = {PILOT}), 0) AS p, "
            f"sum(cases) FILTER (WHERE arm = {BASELINE}) AS b FROM kept GROUP BY day // 7"
        )
        total, beside = self.rows.query(f"SELECT sum(p), coalesce(sum(p) FILTER (WHERE b > 0), 0) FROM ({query})")[0]
        return float(beside / total) if total else None

    def _failures(self) -> dict[str, int]:
        query = f"SELECT failure, count(*) AS n FROM kept WHERE arm = {PILOT} AND failure IS NOT NULL GROUP BY failure"
        return dict(self.rows.query(f"{query} ORDER BY n DESC, failure"))

    def _weeks(self) -> tuple[Week, ...]:
        flags = ("used", "fallback", "failed")
        counts = ", ".join(flag_counts(name, f"arm = {PILOT}") for name in flags)
        arms = ", ".join(f"coalesce(sum(cases) FILTER (WHERE arm = {arm}), 0)" for arm in (PILOT, BASELINE))
        query = (
            f"SELECT CAST(floor(day / 7) AS INTEGER) AS week, {arms}, {counts} FROM kept GROUP BY week ORDER BY week"
        )
        weeks = []
        for week, pilot, baseline, *found in self.rows.query(query)[-_MOST_WEEKS:]:
            used, fallback, failed = (
                Flag(known, yes) if self.rows.has(name) and known >= SMALLEST_GROUP else None
                for name, known, yes in zip(flags, found[0::2], found[1::2], strict=True)
            )
            weeks.append(Week(week, self._monday(week), int(pilot), int(baseline), used, fallback, failed))
        return tuple(weeks)

    def _monday(self, week: int) -> dt.date:
        """Return the first day of a week since the start, whatever day of the calendar it is."""
        return self.start + dt.timedelta(weeks=week)

    def _versions(self) -> tuple[VersionCases, ...]:
        found = []
        for first, (low, high) in zip(self.question.versions, self._version_days(), strict=True):
            where = f"day >= {low}" + ("" if high is None else f" AND day <= {high}")
            cases = f"SELECT coalesce(sum(cases), 0) FROM kept WHERE arm = {PILOT} AND {where}"
            (pilot,) = self.rows.query(cases)[0]
            found.append(
                VersionCases(first, int(pilot), self.rows.flag("used", where), self.rows.flag("failed", where))
            )
        return tuple(found)

    def _version_days(self) -> list[tuple[int, int | None]]:
        """Return the first and the last day of each version; the last one has no end."""
        firsts = [(first - self.start).days for first in self.question.versions]
        return [*((first, later - 1) for first, later in pairwise(firsts)), *((first, None) for first in firsts[-1:])]

    # --- outcomes --------------------------------------------------------------------------------------------------

    def _outcome(self, id: str, outcome: Outcome, schedule: Schedule) -> MeasuredOutcome:
        column, is_primary = self.rows.column_of(id), id == self.primary
        query = f"SELECT arm, sum(cases) FILTER (WHERE {column} IS NOT NULL), sum(cases) FROM kept GROUP BY arm"
        known = {arm: (int(known or 0), int(cases or 0)) for arm, known, cases in self.rows.query(query)}
        return MeasuredOutcome(
            comparison=compare(outcome, schedule.level),
            single=effect_of(outcome, _SINGLE),
            known={"pilot": known.get(PILOT, (0, 0)), "baseline": known.get(BASELINE, (0, 0))},
            known_fallback=self._known_fallback(str(column)),
            weeks=tuple(self._week_levels(outcome)),
            cumulative=tuple(self._cumulative(outcome)) if is_primary else (),
            looks=tuple(self._at_looks(outcome, schedule)) if is_primary else (),
            versions=tuple(effect_of(outcome.between(*days), _SINGLE) for days in self._version_days())
            if is_primary
            else (),
            icc=resemblance(outcome) if is_primary else None,
        )

    def _known_fallback(self, column: str) -> tuple[int, int] | None:
        if not self.rows.has("fallback"):
            return None
        known, cases = self.rows.query(
            f"SELECT count({column}), count(*) FROM kept WHERE arm = {PILOT} AND n_fallback = 1"
        )[0]
        return known, cases

    def _week_levels(self, outcome: Outcome) -> Iterator[WeekLevel]:
        for week in np.unique(outcome.day // 7)[-_MOST_WEEKS:].tolist():
            part = outcome.between(7 * week, 7 * week + 6)
            yield WeekLevel(
                week, self._monday(week), _level(part, PILOT), _level(part, BASELINE), part.count(PILOT),
                part.count(BASELINE),
            )  # fmt: skip

    def _cumulative(self, outcome: Outcome) -> Iterator[UpTo]:
        """Yield the effect by all cases up to the end of each week of the pilot."""
        for week in np.unique(outcome.day[outcome.arm == PILOT] // 7)[-_MOST_WEEKS:].tolist():
            last = 7 * week + 6
            yield UpTo(self.start + dt.timedelta(days=last), _SINGLE, effect_of(outcome.between(None, last), _SINGLE))

    def _at_looks(self, outcome: Outcome, schedule: Schedule) -> Iterator[UpTo]:
        for look in schedule.looks:
            seen = outcome.between(None, (look.date - self.start).days)
            yield UpTo(look.date, look.level, effect_of(seen, look.level))


def _level(outcome: Outcome, arm: int) -> float | None:
    """Return the share or the median of an arm; None under five cases."""
    rows, n = outcome.arm == arm, outcome.count(arm)
    if n < SMALLEST_GROUP:
        return None
    if outcome.kind == "proportion":
        return float(outcome.successes[rows].sum() / n)
    return float(np.sort(outcome.values[rows])[quantile_rank(n, MEDIAN) - 1])
