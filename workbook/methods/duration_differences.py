"""Differences between the percentiles of two samples of durations, pilot minus baseline, by the bootstrap.

Durations are skewed, so that their percentiles are compared and not their means. Cases are resampled, or whole
clusters where cases nest in them. The percentile of n values is that of rank ceil(n q), as in `percentiles`. The
comparison by ranks is in `rank_effects`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbook.methods.clustering import FEW_CLUSTERS, TwoSamples, two_samples
from workbook.methods.estimates import Estimate
from workbook.methods.percentiles import quantile_rank, smallest_sample
from workbook.methods.proportions import normal_quantile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RESAMPLES = 2_000
"""Resamples that place the ends of a 95 % interval at ranks 50 and 1951."""

SMALLEST_CLUSTERS = 5
"""Clusters an arm needs here: our own limit, since three or four leave too few different resamples."""

# n q may land just above a whole number, see `percentiles`.
_ROUNDING = 1e-9
# Numbers held at once while clusters are resampled (8 bytes each).
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class QuantileDifference:
    """The q-quantile of both arms and how they differ.

    Attributes
    ----------
    pilot, baseline
        The quantile in each arm, in the unit of the values; None where the arm is too small.
    difference, ratio
        Pilot minus baseline, and pilot over baseline, with percentile intervals. Reasons: "too_few" (under 6 cases in
        an arm for the median, 36 for P90: see `percentiles.smallest_sample`), "too_few_clusters" (under 5 in an arm),
        "no_variation" (one and the same value in each arm); for the ratio also "zero_baseline". The high end of a ratio
        is None where resampled baselines of zero leave it open.
    notes
        "few_clusters": under 10 in an arm, the interval is approximate. "ties": values repeat so often that the
        interval has shrunk to a point, and says less than it seems to.
    """

    q: float
    pilot: float | None
    baseline: float | None
    difference: Estimate
    ratio: Estimate
    notes: tuple[str, ...] = ()


def quantile_differences(
    pilot: ArrayLike,
    baseline: ArrayLike,
    qs: Sequence[float] = (0.5, 0.9),
    *,
    pilot_clusters: ArrayLike | None = None,
    baseline_clusters: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int,
) -> tuple[QuantileDifference, ...]:
    """Return how the quantiles `qs` of two samples differ, with percentile bootstrap intervals.

    Independent cases need no resampling: the order statistic of rank k in a resample of n is the one at
    ceil(n U_(k)) in the sample, U_(k) being beta(k, n + 1 - k), and is drawn at once. Of K clusters K - 1 are drawn
    with replacement, which makes up for the variance that resampling so few would lose, within each arm or from both
    together where the arms share clusters. Sources: Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman
    and Hall, 1993, chapter 13; Rao and Wu, "Resampling inference with complex survey data", Journal of the American
    Statistical Association, 1988, for K - 1.
    """
    samples = two_samples(pilot, baseline, pilot_clusters, baseline_clusters)
    normal_quantile(level)
    if resamples < 100:
        raise ValueError(f"resamples must be at least 100, found {resamples}")
    reasons = [_reason(samples, q) for q in qs]
    if all(reasons):
        return tuple(_missing(samples, q, str(reason)) for q, reason in zip(qs, reasons, strict=True))
    first, second = _draws(samples, qs, resamples, np.random.default_rng(seed))
    return tuple(
        _compared(samples, q, first[i], second[i], level) if reason is None else _missing(samples, q, reason)
        for i, (q, reason) in enumerate(zip(qs, reasons, strict=True))
    )


def _draws(
    samples: TwoSamples, qs: Sequence[float], resamples: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return resampled quantiles of the pilot and of the baseline, each of shape (len(qs), resamples)."""
    if samples.pilot_codes is None or samples.baseline_codes is None:
        first, second = np.sort(samples.pilot), np.sort(samples.baseline)
        return _independent(first, qs, resamples, rng), _independent(second, qs, resamples, rng)
    arms = [_Clustered(samples.pilot, samples.pilot_codes), _Clustered(samples.baseline, samples.baseline_codes)]
    own = [np.unique(arm.codes) for arm in arms]
    groups = [np.union1d(own[0], own[1])] if np.intersect1d(own[0], own[1]).size else own
    found = np.empty((2, len(qs), resamples))
    step = max(1, _BLOCK // samples.clusters)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        weights = np.zeros((size, samples.clusters))
        for group in groups:
            weights[:, group] = _multiplicities(len(group), size, rng)
        for i, arm in enumerate(arms):
            found[i, :, start : start + size] = arm.quantiles(weights, qs)
    return found[0], found[1]


def _independent(ordered: FloatArray, qs: Sequence[float], resamples: int, rng: np.random.Generator) -> FloatArray:
    n = len(ordered)
    ranks = [quantile_rank(n, q) for q in qs]
    drawn = np.stack([rng.beta(k, n + 1 - k, resamples) for k in ranks])
    return np.asarray(ordered[np.minimum((drawn * n).astype(np.int64), n - 1)])


def _multiplicities(count: int, resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return how often each of `count` clusters is among the count - 1 of each resample, shape (resamples, count)."""
    drawn = rng.integers(count, size=(resamples, count - 1)) + count * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * count).reshape(resamples, count).astype(np.float64)


class _Clustered:
    """One arm in ascending order, in blocks of neighbours whose cases are counted by cluster."""

    def __init__(self, values: FloatArray, codes: IntArray) -> None:
        order = np.argsort(values, kind="stable")
        self._values, self.codes = values[order], codes[order]
        n, clusters = len(values), int(codes.max()) + 1
        self._size = max(math.isqrt(n), n * clusters // _BLOCK) + 1
        blocks = -(-n // self._size)
        cells = np.arange(n) // self._size * clusters + self.codes
        self._table = np.bincount(cells, minlength=blocks * clusters).reshape(blocks, clusters).astype(np.float64)

    def quantiles(self, weights: FloatArray, qs: Sequence[float]) -> FloatArray:
        """Return the quantiles of resamples in which each cluster occurs so often; NaN for an empty resample.

        First the block that holds the rank is found, then the case within it.
        """
        below = np.cumsum(weights[:, : self._table.shape[1]] @ self._table.T, axis=1)
        total = below[:, -1]
        found = np.empty((len(qs), len(weights)))
        for i, q in enumerate(qs):
            rank = np.maximum(np.ceil(total * q - _ROUNDING), 1.0)[:, None]
            block = np.minimum((below < rank).sum(axis=1, keepdims=True), below.shape[1] - 1)
            before = np.where(block > 0, np.take_along_axis(below, np.maximum(block - 1, 0), axis=1), 0.0)
            places = np.minimum(block * self._size + np.arange(self._size), len(self._values) - 1)
            within = before + np.cumsum(np.take_along_axis(weights, self.codes[places], axis=1), axis=1)
            place = np.minimum(block[:, 0] * self._size + (within < rank).sum(axis=1), len(self._values) - 1)
            found[i] = np.where(total > 0, self._values[place], np.nan)
        return found


def _compared(
    samples: TwoSamples, q: float, pilot: FloatArray, baseline: FloatArray, level: float
) -> QuantileDifference:
    first, second = (_quantile(arm, q) for arm in (samples.pilot, samples.baseline))
    n = len(samples.pilot) + len(samples.baseline)
    # Where the arms share clusters, a resample may miss an arm altogether.
    is_whole = ~np.isnan(pilot) & ~np.isnan(baseline)
    pilot, baseline = pilot[is_whole], baseline[is_whole]
    low, high = _interval(pilot - baseline, level)
    clusters = samples.cluster_counts
    few = clusters is not None and min(clusters) < FEW_CLUSTERS
    notes = ("few_clusters",) * few + ("ties",) * (low == high)
    difference = Estimate(first - second, low, high, n)
    return QuantileDifference(q, first, second, difference, _ratio(first, second, pilot, baseline, level, n), notes)


def _ratio(first: float, second: float, pilot: FloatArray, baseline: FloatArray, level: float, n: int) -> Estimate:
    if second <= 0:
        return Estimate.missing("zero_baseline", n)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(baseline > 0, pilot / baseline, np.inf)
    low, high = _interval(ratios, level)
    return Estimate(first / second, low, high if math.isfinite(high) else None, n)


def _interval(draws: FloatArray, level: float) -> tuple[float, float]:
    """Return the order statistics that leave (1 - level) / 2 of the draws outside at each end."""
    outside = max(round(len(draws) * (1 - level) / 2), 1)
    ordered = np.sort(draws)
    return float(ordered[outside - 1]), float(ordered[-outside])


def _quantile(values: FloatArray, q: float) -> float:
    return float(np.sort(values)[quantile_rank(len(values), q) - 1])


def _reason(samples: TwoSamples, q: float) -> str | None:
    """Return why the quantiles cannot be compared, or None."""
    if min(len(samples.pilot), len(samples.baseline)) < smallest_sample(q):
        return "too_few"
    if samples.cluster_counts is not None and min(samples.cluster_counts) < SMALLEST_CLUSTERS:
        return "too_few_clusters"
    if np.ptp(samples.pilot) == 0 and np.ptp(samples.baseline) == 0:
        return "no_variation"
    return None


def _missing(samples: TwoSamples, q: float, reason: str) -> QuantileDifference:
    missing = Estimate.missing(reason, len(samples.pilot) + len(samples.baseline))
    arms = (samples.pilot, samples.baseline)
    pilot, baseline = (_quantile(arm, q) if len(arm) >= smallest_sample(q) else None for arm in arms)
    return QuantileDifference(q, pilot, baseline, missing, missing)
