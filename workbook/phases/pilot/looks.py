"""The looks that were taken against those that were planned: boundary, level of the intervals, and error control."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import ndtr

from workbook.methods import looks as group_sequential
from workbook.methods.estimates import Estimate
from workbook.methods.looks import ErrorControl, Rule
from workbook.methods.proportions import normal_quantile

TOLERANCE_DAYS = 7
"""How far a look may lie from its week and still be the planned one: our own limit."""

DEFAULT_ALPHA = 0.05

# Information that a boundary can hold: twice the plan.
_MOST = 2.0
_SAME = 1e-6


@dataclass(frozen=True)
class LookPlan:
    """The looks of a charter with their boundary; `fractions` and `critical_values` as they were frozen."""

    weeks: tuple[int, ...]
    rule: Rule
    alpha: float
    fractions: tuple[float, ...]
    critical_values: tuple[float, ...]
    sample_per_arm: int | None
    allocation: float

    def information(self, pilot: float, baseline: float) -> float | None:
        """Return the information of so many cases in each arm, as a share of what is planned; None without a plan."""
        if not self.sample_per_arm:
            return None
        both = 2 * self.sample_per_arm
        planned = both * self.allocation * (1 - self.allocation)
        return pilot * baseline / (pilot + baseline) / planned if pilot and baseline else 0.0


@dataclass(frozen=True)
class TakenLook:
    """A look at the results.

    Attributes
    ----------
    date, note
        As declared; `is_run` is true where this evaluation itself is the look, since data came after the last one.
    week
        Week of the planned look that this one is; None where it is none.
    pilot, baseline
        Cases with the primary outcome by then.
    fraction
        Information by then, as a share of what was planned; of what there is now, where no sample was planned.
    critical_value, level
        Boundary at that information, and the level of the interval that it makes; without a boundary `level` is that of
        a single analysis, and nothing may be concluded from it.
    """

    date: dt.date
    is_run: bool
    week: int | None
    pilot: int
    baseline: int
    fraction: float
    critical_value: float | None
    level: float
    note: str | None = None

    @property
    def is_planned(self) -> bool:
        """True when the charter plans it."""
        return self.week is not None

    def statistic(self, effect: Estimate | None) -> float | None:
        """Return the effect over its standard error, taken from the end of its interval that faces no effect.

        z = b x value / |value - end|, with b the boundary that the interval at this look was made with, or the quantile
        of its level where there is none. None without an interval.
        """
        if effect is None or effect.value is None or effect.low is None or effect.high is None:
            return None
        border = self.critical_value or normal_quantile(self.level)
        width = effect.value - effect.low if effect.value >= 0 else effect.high - effect.value
        return border * effect.value / width if width > 0 else None


@dataclass(frozen=True)
class Schedule:
    """The looks taken, up to now.

    `is_planned` is None where nobody has said when the results were looked at. `error` says which error may be claimed,
    or why none, and what looking as often would cost. `skipped` are planned weeks that have passed without a look.
    """

    looks: tuple[TakenLook, ...]
    planned: tuple[tuple[int, dt.date], ...]
    is_planned: bool | None
    is_final: bool
    alpha: float
    level: float
    error: ErrorControl
    skipped: tuple[int, ...] = ()

    @property
    def critical_value(self) -> float | None:
        """The boundary of the present look."""
        return self.looks[-1].critical_value if self.looks else None


@dataclass(frozen=True)
class Asked:
    """What is known of the looks before the data are read: declared ones as (day, planned?, note)."""

    plan: LookPlan | None
    start: dt.date
    declared: tuple[tuple[dt.date, bool, str | None], ...]
    ended: bool


def schedule_looks(asked: Asked, days: Sequence[tuple[int, int, int]]) -> Schedule:
    """Return the looks with their boundaries at the information they had.

    `days` gives for each day since the start the cases of the pilot and of the baseline with the primary outcome. A
    look belongs to a planned one within a week of its day; the last planned one may be later. Where data came after the
    last declared look, this evaluation is a look as well. O'Brien-Fleming and Pocock keep their boundary at looks in
    between and spend what is left at the last one, by the information that there was (exact as long as the timing did
    not depend on the results); a spending rule follows the information at each look.
    """
    plan, alpha = asked.plan, asked.plan.alpha if asked.plan else DEFAULT_ALPHA
    planned = tuple((week, asked.start + dt.timedelta(weeks=week)) for week in plan.weeks) if plan else ()
    last = asked.start + dt.timedelta(days=max((day for day, _, _ in days), default=0))
    declared = list(asked.declared)
    is_run = bool(declared) and last > declared[-1][0]
    dates = [day for day, _, _ in declared] + ([last] if is_run else [])
    weeks = _match(dates, planned)
    weeks = [week if place >= len(declared) or declared[place][1] else None for place, week in enumerate(weeks)]
    counts = [_until((date - asked.start).days, days) for date in dates]
    total = _until(max((day for day, _, _ in days), default=0), days)
    is_final = asked.ended or (plan is not None and bool(weeks) and weeks[-1] == plan.weeks[-1])
    fractions = [_fraction(plan, found, total) for found in counts]
    is_kept = plan is not None and None not in weeks
    boundary = _boundary(plan, weeks, fractions, is_final) if plan and is_kept else [None] * len(dates)
    taken = tuple(
        TakenLook(
            date, place >= len(declared), week, *found, fraction, critical,
            1 - alpha if critical is None else float(1 - 2 * ndtr(-critical)),
            declared[place][2] if place < len(declared) else None,
        )
        for place, (date, week, found, fraction, critical) in enumerate(
            zip(dates, weeks, counts, fractions, boundary, strict=True)
        )
    )  # fmt: skip
    now = max(dates, default=asked.start) - dt.timedelta(days=TOLERANCE_DAYS)
    return Schedule(
        looks=taken,
        planned=planned,
        is_planned=is_kept if taken else None,
        is_final=is_final,
        alpha=alpha,
        level=taken[-1].level if taken else 1 - alpha,
        error=_error(len(taken), alpha, is_kept if taken else None),
        skipped=tuple(week for week, day in planned if day < now and week not in weeks),
    )


def _match(dates: Sequence[dt.date], planned: Sequence[tuple[int, dt.date]]) -> list[int | None]:
    """Return the week of the planned look that each look is, each planned one once and in their order."""
    found: list[int | None] = []
    rest = list(planned)
    for date in dates:
        fits = [
            place
            for place, (_, day) in enumerate(rest)
            if abs((date - day).days) <= TOLERANCE_DAYS or (place == len(rest) - 1 and date > day)
        ]
        found.append(rest[fits[0]][0] if fits else None)
        rest = rest[fits[0] + 1 :] if fits else rest
    return found


def _until(day: int, days: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    return sum(n for each, n, _ in days if each <= day), sum(n for each, _, n in days if each <= day)


def _fraction(plan: LookPlan | None, found: tuple[int, int], total: tuple[int, int]) -> float:
    share = plan.information(*found) if plan else None
    if share is None:
        share = sum(found) / sum(total) if sum(total) else 0.0
    return min(share, _MOST)


def _boundary(
    plan: LookPlan, weeks: Sequence[int | None], fractions: Sequence[float], is_final: bool
) -> list[float | None]:
    """Return the boundary of each look; None for one without any data. A look at the same data keeps the boundary."""
    times: list[float] = []
    for fraction in fractions:
        if fraction > _SAME and (not times or fraction > times[-1] + _SAME):
            times.append(fraction)
    if not times:
        return [None] * len(fractions)
    # Where a look saw nothing new, the later of the two is the one that counts.
    week_at = {_place(times, fraction): week for week, fraction in zip(weeks, fractions, strict=True)}
    if plan.rule.startswith("spending"):
        values = list(group_sequential.looks(times, plan.rule, plan.alpha, is_final=is_final).critical_values)
    else:
        by_week = dict(zip(plan.weeks, plan.critical_values, strict=True))
        values = [by_week[week_at[place] or plan.weeks[-1]] for place in range(len(times))]
        if is_final:
            values[-1] = _last_value(plan, times, values[:-1])
    return [None if (place := _place(times, fraction)) is None else values[place] for fraction in fractions]


def _place(times: Sequence[float], fraction: float) -> int | None:
    places = [place for place, time in enumerate(times) if time <= fraction + _SAME]
    return places[-1] if places else None


def _last_value(plan: LookPlan, times: Sequence[float], before: Sequence[float]) -> float:
    """Return the last boundary with which all looks together keep the error, at the information they had."""

    def excess(value: float) -> float:
        taken = group_sequential.Looks(plan.rule, plan.alpha, tuple(times), (*before, value), ())
        return group_sequential.crossing_probabilities(taken).total - plan.alpha

    return float(brentq(excess, 1.0, 8.0, xtol=1e-8))


def _error(count: int, alpha: float, is_kept: bool | None) -> ErrorControl:
    if is_kept is None:
        return ErrorControl(None, None, "looks_not_stated")
    naive = group_sequential.naive_error(count, alpha)
    return ErrorControl(alpha, naive) if is_kept else ErrorControl(None, naive, "unplanned_looks")
