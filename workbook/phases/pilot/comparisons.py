"""Comparing the two arms on one outcome: levels, effect with its interval, and what makes the interval approximate.

Effects are turned so that a larger one is better.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbook.methods.clustering import ClusteredDifference, clustered_difference, intraclass_correlation
from workbook.methods.duration_differences import QuantileDifference, quantile_differences
from workbook.methods.estimates import Estimate
from workbook.methods.percentiles import quantile_interval_ranks, quantile_rank, smallest_sample
from workbook.methods.proportion_differences import newcombe, score_interval, score_test
from workbook.methods.proportions import normal_quantile, wilson_ends
from workbook.methods.rank_effects import mann_whitney

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PILOT, BASELINE = 1, 0
SEED = 20_260_923
"""Seed of the resamples; the same data always give the same interval."""

MEDIAN, LATE = 0.5, 0.9

# Halvings that leave a p-value exact to the millionth.
_HALVINGS = 20


@dataclass(frozen=True)
class Outcome:
    """One criterion's outcome in memory by row: arm, day since the start, code of the cluster, and what it was.

    A proportion has `cases` and `successes` of each row, a duration one case with its `values`.
    """

    kind: Literal["proportion", "duration"]
    better: Literal["higher", "lower"]
    is_guardrail: bool
    has_clusters: bool
    arm: IntArray
    day: IntArray
    cluster: IntArray
    cases: IntArray
    successes: IntArray
    values: FloatArray

    def between(self, first: int | None, last: int | None) -> Outcome:
        """Return the part of the days from `first` to `last`, both included; None for no end."""
        keep = np.ones(len(self.day), dtype=bool)
        if first is not None:
            keep &= self.day >= first
        if last is not None:
            keep &= self.day <= last
        parts = {name: getattr(self, name)[keep] for name in _COLUMNS}
        return replace(self, **parts)

    def count(self, arm: int) -> int:
        """Return the cases of an arm."""
        return int(self.cases[self.arm == arm].sum())

    @property
    def by_day(self) -> list[tuple[int, int, int]]:
        """Cases of pilot and baseline by day."""
        days, place = np.unique(self.day, return_inverse=True)
        sums = [np.bincount(place, self.cases * (self.arm == arm), len(days)) for arm in (PILOT, BASELINE)]
        return [(int(day), int(one), int(other)) for day, one, other in zip(days, *sums, strict=True)]


_COLUMNS = ("arm", "day", "cluster", "cases", "successes", "values")


@dataclass(frozen=True)
class Comparison:
    """Pilot against baseline on one outcome.

    Attributes
    ----------
    pilot, baseline
        Level of each arm with its 95 % interval: share, or median.
    effect
        Pilot less baseline, turned so that larger is better, with its interval at `level`.
    p_value
        Two-sided p-value against no effect, of one analysis; None where there is none.
    late
        Durations: the same for the 90th percentile, at 95 %.
    faster
        Durations: how often a case of the pilot is better than one of the baseline, at 95 %.
    clusters
        Number of clusters in the pilot and in the baseline; None where cases are taken as independent.
    notes
        "few_clusters", "borrowed_design_effect", "ties", "separated".
    """

    pilot: Estimate
    baseline: Estimate
    effect: Estimate
    level: float
    p_value: float | None = None
    late: Estimate | None = None
    faster: Estimate | None = None
    clusters: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()


def compare(outcome: Outcome, level: float) -> Comparison:
    """Return pilot against baseline at a level of the effect's interval, with all that belongs to it."""
    return _Proportions(outcome).compared(level) if outcome.kind == "proportion" else _durations(outcome, level)


def resemblance(outcome: Outcome) -> Estimate | None:
    """Return the intraclass correlation of the cases; None without clusters.

    Each case counts by its distance from the mean of its arm, durations by their logarithm, so that the effect of the
    pilot is no resemblance.
    """
    if not outcome.has_clusters:
        return None
    if outcome.kind == "proportion":
        pairs = np.stack([outcome.successes, outcome.cases - outcome.successes], axis=1).ravel()
        values = np.repeat(np.tile([1.0, 0.0], len(outcome.cases)), pairs)
        arm, cluster = (np.repeat(part, outcome.cases) for part in (outcome.arm, outcome.cluster))
    else:
        values, arm, cluster = np.log(outcome.values), outcome.arm, outcome.cluster
    means = [values[arm == each].mean() if (arm == each).any() else 0.0 for each in (BASELINE, PILOT)]
    return intraclass_correlation(values - np.take(means, arm), cluster)


def effect_of(outcome: Outcome, level: float) -> Estimate:
    """Return the effect alone."""
    if outcome.kind == "proportion":
        return _Proportions(outcome).effect(level)
    return turned(_quantiles(outcome, (MEDIAN,), level)[0].difference, outcome.better)


def turned(difference: Estimate, better: str) -> Estimate:
    """Return a difference, pilot less baseline, so that larger is better."""
    if better == "higher" or difference.value is None:
        return difference
    low, high = difference.low, difference.high
    return Estimate(
        -difference.value, None if high is None else -high, None if low is None else -low, difference.n,
        difference.reason,
    )  # fmt: skip


# --- proportions -----------------------------------------------------------------------------------------------------


class _Proportions:
    """Shares of cases: by the hybrid score interval, a guardrail by the interval of the score test."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.counts = {arm: _by_cluster(outcome, arm) for arm in (PILOT, BASELINE)}
        self.totals = [total for arm in (PILOT, BASELINE) for total in self._total(arm)]

    def _total(self, arm: int) -> tuple[int, int]:
        pairs = self.counts[arm].values()
        return sum(x for x, _ in pairs), sum(n for _, n in pairs)

    def clustered(self, level: float) -> ClusteredDifference:
        return clustered_difference(self.counts[PILOT], self.counts[BASELINE], level)

    def effect(self, level: float) -> Estimate:
        if self.outcome.has_clusters:
            return turned(self.clustered(level).difference, self.outcome.better)
        x1, n1, x2, n2 = self.totals
        interval = score_interval if self.outcome.is_guardrail else newcombe
        return turned(interval(x1, n1, x2, n2, level), self.outcome.better)

    def compared(self, level: float) -> Comparison:
        x1, n1, x2, n2 = self.totals
        effect = self.effect(level)
        if not self.outcome.has_clusters:
            p_value = score_test(x1, n1, x2, n2).p_value
            return Comparison(_share(x1, n1, 1.0), _share(x2, n2, 1.0), effect, level, p_value)
        found = self.clustered(level)
        factors = [factor or 1.0 for factor in found.design_effects]
        return Comparison(
            _share(x1, n1, factors[0]),
            _share(x2, n2, factors[1]),
            effect,
            level,
            _p_by_inversion(lambda each: self.clustered(each).difference),
            clusters=found.clusters,
            notes=found.notes,
        )


def _by_cluster(outcome: Outcome, arm: int) -> dict[str, tuple[int, int]]:
    rows = outcome.arm == arm
    codes, place = np.unique(outcome.cluster[rows], return_inverse=True)
    n, x = (np.bincount(place, part[rows], len(codes)) for part in (outcome.cases, outcome.successes))
    return {str(code): (int(a), int(b)) for code, a, b in zip(codes, x, n, strict=True)}


def _share(successes: int, n: int, design_effect: float) -> Estimate:
    """Return a share with its Wilson interval at the effective number of cases."""
    if n == 0:
        return Estimate.missing("too_few")
    low, high = wilson_ends(successes / n, n / design_effect, normal_quantile(0.95))
    return Estimate(successes / n, float(low), float(high), n)


def _p_by_inversion(interval: Callable[[float], Estimate]) -> float | None:
    """Return the p-value at which the interval just reaches zero, since the intervals of clusters have no other."""
    if interval(0.95).low is None:
        return None
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        found = interval(1 - middle) if middle > 0 else interval(0.95)
        assert found.low is not None and found.high is not None
        # The smaller the p-value tried, the wider the interval.
        low, high = (middle, high) if found.low <= 0 <= found.high else (low, middle)
    return (low + high) / 2


# --- durations -------------------------------------------------------------------------------------------------------


def _durations(outcome: Outcome, level: float) -> Comparison:
    median, late = (_quantiles(outcome, (q,), at)[0] for q, at in ((MEDIAN, level), (LATE, 0.95)))
    pilot, baseline = (outcome.values[outcome.arm == arm] for arm in (PILOT, BASELINE))
    ranks = mann_whitney(pilot, baseline, **_clusters(outcome))
    factors = _median_design_effects(outcome)
    return Comparison(
        _median(pilot, factors[0]),
        _median(baseline, factors[1]),
        turned(median.difference, outcome.better),
        level,
        ranks.p_value,
        late=turned(late.difference, outcome.better),
        faster=_favourable(ranks.effect, outcome.better),
        clusters=ranks.clusters,
        notes=tuple(dict.fromkeys((*median.notes, *ranks.notes))),
    )


def _quantiles(outcome: Outcome, qs: tuple[float, ...], level: float) -> tuple[QuantileDifference, ...]:
    pilot, baseline = (outcome.values[outcome.arm == arm] for arm in (PILOT, BASELINE))
    return quantile_differences(pilot, baseline, qs, level=level, seed=SEED, **_clusters(outcome))


def _clusters(outcome: Outcome) -> dict[str, Any]:
    if not outcome.has_clusters:
        return {}
    return {
        "pilot_clusters": outcome.cluster[outcome.arm == PILOT],
        "baseline_clusters": outcome.cluster[outcome.arm == BASELINE],
    }


def _median(values: FloatArray, design_effect: float) -> Estimate:
    """Return the median with its interval, that of the share below it carried over to the values.

    Without clusters the ends are order statistics. Source of the way by the share: Woodruff, "Confidence intervals for
    medians and other position measures", Journal of the American Statistical Association, 1952.
    """
    n = len(values)
    if n < smallest_sample(MEDIAN):
        return Estimate.missing("too_few", n)
    ordered = np.sort(values)
    ranks = quantile_interval_ranks(n, MEDIAN)
    if design_effect > 1 or ranks is None:
        ends = wilson_ends(MEDIAN, n / design_effect, normal_quantile(0.95))
        ranks = quantile_rank(n, float(ends[0])), quantile_rank(n, float(ends[1]))
    low, value, high = (float(ordered[rank - 1]) for rank in (ranks[0], quantile_rank(n, MEDIAN), ranks[1]))
    return Estimate(value, low, high, n)


def _median_design_effects(outcome: Outcome) -> tuple[float, float]:
    """Return by how much clusters raise the variance of the share of cases up to the median, in each arm."""
    if not outcome.has_clusters or not outcome.count(PILOT) or not outcome.count(BASELINE):
        return 1.0, 1.0
    medians = [np.median(outcome.values[outcome.arm == arm]) for arm in (BASELINE, PILOT)]
    is_below = outcome.values <= np.take(medians, outcome.arm)
    below = replace(outcome, kind="proportion", successes=is_below.astype(np.int64))
    first, second = _Proportions(below).clustered(0.95).design_effects
    return first or 1.0, second or 1.0


def _favourable(effect: Estimate, better: str) -> Estimate:
    """Return P(pilot < baseline) as the chance that the pilot's case is better."""
    if better == "lower" or effect.value is None:
        return effect
    low, high = effect.low, effect.high
    return Estimate(1 - effect.value, high and 1 - high, low and 1 - low, effect.n, effect.reason)
