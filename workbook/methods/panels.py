"""Difference in differences on a panel of units over periods, for a roll-out at one date or in stages.

One start date: two-way fixed effects, Y = unit + period + beta x (treated and started), which is then a plain
difference in differences. Several start dates: beta would also compare late starters with early ones that are treated
already, so the effect is instead the mean of the group-time effects of Callaway and Sant'Anna: each group of units that
starts at g, at each period t >= g, against the units not yet started at t, both by their change since g - 1.

Standard errors are robust to any dependence within a unit, with the reference t(G - 1) for G units. With fewer than
`FEW_CLUSTERS` units, in all or on one side, they are too small: the p-value then comes from reassigning the start
dates to the units, exact if the roll-out was drawn by lot, with the interval that belongs to it, and the wild cluster
bootstrap is given beside it.
Sources: Callaway and Sant'Anna, Difference-in-Differences with multiple time periods, Journal of Econometrics 225,
2021; Cameron and Miller, A practitioner's guide to cluster-robust inference, Journal of Human Resources 50, 2015.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit

from workbook.methods.estimates import Estimate
from workbook.methods.panel_estimates import (
    FloatArray,
    Panel,
    average_cells,
    cells_by_event,
    fit_effect,
    has_few_units,
    has_started,
    influence_error,
    lead_weights,
)
from workbook.methods.panel_resampling import (
    permutation_interval,
    permutation_p_value,
    slope_permutation_p_value,
    wild_bootstrap_p_value,
)

FEW_CLUSTERS = 10
"""Below this number of units, in all or on one side, the cluster-robust interval is only approximate."""


@dataclass(frozen=True, slots=True)
class PanelEffect:
    """The mean effect on the treated, in the unit of the outcome.

    `effect.n` counts the outcomes used and its interval is cluster-robust, t(units - 1). `p_value` is `robust_p`, or
    with `few_clusters` the `permutation_p`; `permutation_interval` belongs to it, None where so few units allow none.
    `bootstrap_p` is given with few clusters and two-way fixed effects.
    """

    effect: Estimate
    method: Literal["two_way_fixed_effects", "group_time"]
    units: int
    treated: int
    standard_error: float | None = None
    robust_p: float | None = None
    few_clusters: bool = False
    permutation_p: float | None = None
    permutation_interval: tuple[float, float] | None = None
    bootstrap_p: float | None = None

    @property
    def p_value(self) -> float | None:
        """The p-value to quote."""
        return self.permutation_p if self.few_clusters else self.robust_p

    @property
    def quoted(self) -> Estimate:
        """The effect with the interval to quote, which excludes zero only where `p_value` allows it as well.

        With few clusters it runs from the lower low end to the higher high end of the cluster-robust interval and of
        that by reassignment; "too_few" where the latter has no ends.
        """
        effect, ends = self.effect, self.permutation_interval
        if not self.few_clusters or effect.low is None or effect.high is None:
            return effect
        if ends is None:
            return Estimate(effect.value, n=effect.n, reason="too_few")
        return replace(effect, low=min(effect.low, ends[0]), high=max(effect.high, ends[1]))


@dataclass(frozen=True, slots=True)
class EventEffect:
    """The effect `event` periods after the start, negative before it; event -1 is zero by definition and left out."""

    event: int
    effect: Estimate


@dataclass(frozen=True, slots=True)
class PreTrend:
    """What the periods before the start say about parallel trends: none should differ from the period before it.

    `slope` is the drift per period between the arms; `joint_p` tests all leads at once, None with too few units for
    that. A large p-value does not prove parallel trends.
    """

    leads: tuple[EventEffect, ...]
    slope: Estimate
    slope_p: float | None = None
    joint_p: float | None = None


def make_panel(
    units: Sequence[str], periods: Sequence[object], outcomes: Sequence[float], starts: Mapping[str, object | None]
) -> Panel:
    """Return the panel of rows given as three columns; `starts` names each unit's first treated period, None for never.

    Periods are put in their natural order and taken as evenly spaced. Raises ValueError for a unit without an entry in
    `starts`, a start outside the periods, and two outcomes for one unit and period.
    """
    if not len(units) == len(periods) == len(outcomes):
        raise ValueError(
            f"columns differ in length: {len(units)} units, {len(periods)} periods, {len(outcomes)} values"
        )
    names, times = tuple(sorted(set(units))), tuple(sorted(set(periods)))  # type: ignore[type-var]
    row, column = ({name: k for k, name in enumerate(values)} for values in (names, times))
    table = np.full((len(names), len(times)), np.nan)
    for unit, period, outcome in zip(units, periods, outcomes, strict=True):
        cell = row[unit], column[period]
        if not np.isnan(table[cell]):
            raise ValueError(f"unit {unit!r} has two outcomes in period {period!r}: give one, such as the mean")
        table[cell] = outcome
    return Panel(names, times, table, np.array([_start(unit, starts, column) for unit in names], dtype=np.int64))


def _start(unit: str, starts: Mapping[str, object | None], column: Mapping[object, int]) -> int:
    if unit not in starts:
        raise ValueError(f"unit {unit!r} has no start: give its first treated period, or None if it never starts")
    start = starts[unit]
    if start is None:
        return len(column)
    if start not in column:
        raise ValueError(f"unit {unit!r} starts in {start!r}, which is not among the periods: give one of them or None")
    return column[start]


def difference_in_differences(panel: Panel, seed: int = 0, level: float = 0.95) -> PanelEffect:
    """Return the mean effect on the treated, by two-way fixed effects or, when staggered, by group-time effects.

    Two-way errors: V = G / (G - 1) x (N - 1) / (N - K) x sum of squared scores by unit / (sum of D~^2)^2, with D~ the
    treatment cleared of unit and period effects and K = periods + 1, unit effects being nested in the clusters.
    Not estimable: "no_treated", "no_untreated" (nothing to compare with), "no_before" (no outcome before any start).
    "too_few" (fewer than two units on a side) and "no_variation" leave a value without an interval.
    """
    method: Literal["two_way_fixed_effects", "group_time"] = (
        "group_time" if panel.is_staggered else "two_way_fixed_effects"
    )
    result = PanelEffect(Estimate.missing("no_treated"), method, len(panel.units), panel.treated)
    reason = _not_comparable(panel)
    if reason:
        return replace(result, effect=Estimate.missing(reason))
    fit = fit_effect(panel)
    if fit is None:
        return replace(result, effect=Estimate.missing("no_untreated"))
    degrees = len(panel.units) - 1
    effect = _with_interval(fit.value, fit.error, degrees, fit.n, level)
    few = has_few_units(panel, FEW_CLUSTERS)
    result = replace(result, effect=effect, few_clusters=few)
    if effect.low is not None and fit.error:
        result = replace(result, standard_error=fit.error, robust_p=_two_sided(fit.value / fit.error, degrees))
    if not few:
        return result
    return replace(
        result,
        permutation_p=permutation_p_value(panel, fit.value, seed),
        permutation_interval=permutation_interval(panel, fit.value, seed, level),
        bootstrap_p=None if panel.is_staggered else wild_bootstrap_p_value(panel, seed),
    )


def event_effects(panel: Panel, level: float = 0.95) -> tuple[EventEffect, ...]:
    """Return the effect by periods since the start, each the mean over groups against the units not yet started.

    Leads compare like the effects, by the change since the period before the start; event -1 is left out.
    """
    effects = []
    for event, cells in cells_by_event(panel).items():
        value, influence = average_cells(cells)
        error, n = influence_error(influence, cells), int((influence != 0).sum())
        effects.append(EventEffect(event, _with_interval(value, error, len(panel.units) - 1, n, level)))
    return tuple(effects)


def pre_trend(panel: Panel, seed: int = 0, level: float = 0.95) -> PreTrend:
    """Return the leads, their common slope and a joint test.

    The slope is the regression of the leads on the periods before the start, through zero at event -1; its error
    follows from the same unit by unit influences, its p-value with few units from reassigning the start dates. The
    joint test is Hotelling's, and left out unless there are at least three units for each lead. "no_leads" with fewer
    than two periods before every start.
    """
    leads = {event: cells for event, cells in cells_by_event(panel).items() if event < -1}
    if not leads:
        return PreTrend((), Estimate.missing("no_leads"))
    averages = [average_cells(cells) for cells in leads.values()]
    values, scores = np.array([value for value, _ in averages]), np.array([influence for _, influence in averages])
    weights = lead_weights(list(leads))
    value, influence = float(weights @ values), weights @ scores
    error = influence_error(influence, [cell for cells in leads.values() for cell in cells])
    degrees = len(panel.units) - 1
    slope = _with_interval(value, error, degrees, int((influence != 0).sum()), level)
    slope_p = _two_sided(value / error, degrees) if error and slope.low is not None else None
    if has_few_units(panel, FEW_CLUSTERS):
        slope_p = slope_permutation_p_value(panel, value, seed)
    shown = tuple(effect for effect in event_effects(panel, level) if effect.event < -1)
    return PreTrend(shown, slope, slope_p, None if error is None else _joint_p(values, scores))


def placebo(panel: Panel, earlier: int, seed: int = 0, level: float = 0.95) -> PanelEffect:
    """Return the effect of a made-up start `earlier` periods before the true one, on untreated outcomes only.

    It should be near zero. Raises ValueError when `earlier` is below one; "no_before" when nothing lies before the
    made-up start.
    """
    if earlier < 1:
        raise ValueError(f"the placebo must start at least one period earlier, found {earlier}")
    columns = np.arange(len(panel.periods))
    starts = np.where(panel.starts < len(panel.periods), np.maximum(panel.starts - earlier, 0), panel.starts)
    outcomes = np.where(columns[None, :] < panel.starts[:, None], panel.outcomes, np.nan)
    return difference_in_differences(replace(panel, outcomes=outcomes, starts=starts), seed, level)


def _not_comparable(panel: Panel) -> str | None:
    if panel.treated == 0:
        return "no_treated"
    if not panel.is_staggered and panel.treated == len(panel.units):
        return "no_untreated"
    seen, started = ~np.isnan(panel.outcomes), has_started(panel, panel.starts)
    both = (seen & ~started).any(axis=1) & (seen & started).any(axis=1)
    return None if both.any() else "no_before"


def _with_interval(value: float, error: float | None, degrees: int, n: int, level: float) -> Estimate:
    if error is None:
        return Estimate(value, n=n, reason="too_few")
    if not error > 1e-12 * max(abs(value), 1.0):
        return Estimate(value, n=n, reason="no_variation")
    half = float(stdtrit(degrees, (1 + level) / 2)) * error
    return Estimate(value, value - half, value + half, n)


def _two_sided(t: float, degrees: int) -> float:
    return float(2 * stdtr(degrees, -abs(t)))


def _joint_p(values: FloatArray, scores: FloatArray) -> float | None:
    """Return the p-value of Hotelling's test that all leads are zero; `scores` are influences, (leads, units)."""
    leads, units = scores.shape
    covariance = units / (units - 1) * scores @ scores.T
    if units < 3 * leads or np.linalg.matrix_rank(covariance) < leads:
        return None
    wald = float(values @ np.linalg.solve(covariance, values))
    return float(fdtrc(leads, units - leads, wald * (units - leads) / (leads * (units - 1))))
