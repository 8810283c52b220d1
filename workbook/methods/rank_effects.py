"""How often a case of the pilot is faster than one of the baseline, with the Mann-Whitney test.

The effect P(pilot < baseline) + P(pilot = baseline) / 2 is 0.5 where neither arm is faster. The test asks whether
values of one arm tend to be smaller than those of the other; it is no test of medians.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr, stdtr, stdtrit

from workbook.methods.clustering import (
    FEW_CLUSTERS,
    SMALLEST_CLUSTERS,
    TwoSamples,
    degrees_of_freedom,
    two_samples,
)
from workbook.methods.estimates import Estimate
from workbook.methods.proportions import normal_quantile

FloatArray = NDArray[np.float64]

SMALLEST_ARM = 10
"""Cases an arm needs: from here on the t approximation holds its level, by the simulations of Brunner and Munzel."""


@dataclass(frozen=True, slots=True)
class RankEffect:
    """The effect of a comparison by ranks.

    Attributes
    ----------
    effect
        P(pilot < baseline) + P(pilot = baseline) / 2 with its two-sided interval. Reasons: "too_few" (under 10 cases in
        an arm), "too_few_clusters" (under 3 in an arm), "no_variation" (one and the same value throughout).
    statistic
        Mann-Whitney U of the baseline: the number of pairs in which the pilot is smaller, ties counting half.
    p_value
        Two-sided, of the Mann-Whitney test; with clusters that of effect 0.5 with the variance between clusters.
    clusters
        Number of clusters in the pilot and in the baseline; None without.
    notes
        "few_clusters": under 10 in an arm, the interval is approximate. "separated": every case of one arm is faster
        than every case of the other.
    """

    effect: Estimate
    statistic: float | None
    p_value: float | None
    clusters: tuple[int, int] | None
    notes: tuple[str, ...] = ()


def mann_whitney(
    pilot: ArrayLike,
    baseline: ArrayLike,
    *,
    pilot_clusters: ArrayLike | None = None,
    baseline_clusters: ArrayLike | None = None,
    level: float = 0.95,
) -> RankEffect:
    """Return the effect of two samples by ranks with its interval, and the Mann-Whitney test.

    The test is the normal approximation with correction for ties and continuity. The interval takes the variance of
    the placements, which unlike that of the test also holds where the arms differ in spread, on the logit scale with
    the quantile of t. With clusters the placements are summed by cluster, and the test follows from that variance.
    Where the arms are fully separated nothing varies, and the interval is that of Newcombe at the sizes of the arms,
    or at their numbers of clusters. Sources: Mann and Whitney, "On a test of whether one of two random variables is
    stochastically larger than the other", Annals of Mathematical Statistics, 1947; Brunner and Munzel, "The
    nonparametric Behrens-Fisher problem", Biometrical Journal, 2000; Obuchowski, "Nonparametric analysis of clustered
    ROC curve data", Biometrics, 1997; Newcombe, "Confidence intervals for an effect size measure based on the
    Mann-Whitney statistic, part 2", Statistics in Medicine, 2006, method 5.
    """
    samples = two_samples(pilot, baseline, pilot_clusters, baseline_clusters)
    z = normal_quantile(level)
    cases, clusters = len(samples.pilot) + len(samples.baseline), samples.cluster_counts
    reason = _reason(samples)
    if reason is not None:
        return RankEffect(Estimate.missing(reason, cases), None, None, clusters)
    m, n = len(samples.pilot), len(samples.baseline)
    larger = _larger(samples.pilot, samples.baseline)
    statistic = float(larger.sum())
    effect = statistic / (m * n)
    few = ("few_clusters",) * (clusters is not None and min(clusters) < FEW_CLUSTERS)
    p_value = _mann_whitney_p(samples, statistic)
    if effect in (0.0, 1.0):
        sizes = clusters or (m, n)
        estimate = _separated(effect, *sizes, z, cases)
        # What holds for cases says nothing about so few clusters.
        return RankEffect(estimate, statistic, None if clusters else p_value, clusters, (*few, "separated"))
    smaller = m - _larger(samples.baseline, samples.pilot)
    variance, freedom = _variance(samples, larger / n, smaller / m, effect)
    if variance <= 0:
        return RankEffect(Estimate.missing("no_variation", cases), None, None, clusters)
    error = math.sqrt(variance) / (effect * (1 - effect))
    half = float(stdtrit(freedom, (1 + level) / 2)) * error
    low, high = (float(expit(logit(effect) + side)) for side in (-half, half))
    if clusters is not None:
        p_value = float(2 * stdtr(freedom, -abs(logit(effect)) / error))
    return RankEffect(Estimate(effect, low, high, cases), statistic, p_value, clusters, few)


def _larger(values: FloatArray, others: FloatArray) -> FloatArray:
    """Return for each value how many of the others are larger, ties counting half."""
    ordered = np.sort(others)
    not_larger = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    return np.asarray(len(others) - not_larger / 2)


def _mann_whitney_p(samples: TwoSamples, statistic: float) -> float:
    """Return the two-sided p-value of (|U - mn / 2| - 1 / 2) / sqrt(mn / 12 (N + 1 - sum (t^3 - t) / (N (N - 1))))."""
    m, n = len(samples.pilot), len(samples.baseline)
    _, ties = np.unique(np.concatenate([samples.pilot, samples.baseline]), return_counts=True)
    tied = ties.astype(np.float64)
    total = m + n
    variance = m * n / 12 * (total + 1 - float((tied**3 - tied).sum()) / (total * (total - 1)))
    distance = max(abs(statistic - m * n / 2) - 0.5, 0.0)
    return min(1.0, float(2 * ndtr(-distance / math.sqrt(variance))))


def _variance(samples: TwoSamples, larger: FloatArray, smaller: FloatArray, effect: float) -> tuple[float, float]:
    """Return the variance of the effect and its degrees of freedom, from the placements of the cases.

    The placement of a pilot case is the share of the baseline that is larger, that of a baseline case the share of the
    pilot that is smaller.
    """
    if samples.pilot_codes is None or samples.baseline_codes is None:
        parts = [float(arm.var(ddof=1)) / len(arm) for arm in (larger, smaller)]
        squares = sum(part**2 / (len(arm) - 1) for part, arm in zip(parts, (larger, smaller), strict=True))
        return sum(parts), (sum(parts) ** 2 / squares if squares > 0 else 1.0)
    sums, present = [], []
    for codes, arm in ((samples.pilot_codes, larger), (samples.baseline_codes, smaller)):
        sums.append(np.bincount(codes, arm - effect, samples.clusters) / len(arm))
        present.append(np.bincount(codes, minlength=samples.clusters) > 0)
    variance = sum(
        float(own.sum()) / (own.sum() - 1) * float(part @ part) for part, own in zip(sums, present, strict=True)
    )
    shared = int((present[0] & present[1]).sum())
    if shared > 1:
        # A cluster that is fast in both arms raises one share of the effect as it lowers the other.
        variance += 2 * shared / (shared - 1) * float(sums[0] @ sums[1])
    return variance, float(degrees_of_freedom(*present))


def _separated(effect: float, m: int, n: int, z: float, cases: int) -> Estimate:
    """Return the interval of an effect of 0 or 1: the other end solves 1 - effect = z sqrt(V(effect))."""

    def excess(theta: float) -> float:
        spare = (m + n) / 2 - 1
        variance = theta * (1 - theta) / (m * n) * (1 + spare * ((1 - theta) / (2 - theta) + theta / (1 + theta)))
        return 1 - theta - z * math.sqrt(variance)

    end = float(brentq(excess, 0.0, 1.0 - 1e-12))
    return Estimate(effect, end, 1.0, cases) if effect == 1.0 else Estimate(effect, 0.0, 1 - end, cases)


def _reason(samples: TwoSamples) -> str | None:
    """Return why the effect is not estimable, or None."""
    if min(len(samples.pilot), len(samples.baseline)) < SMALLEST_ARM:
        return "too_few"
    if samples.cluster_counts is not None and min(samples.cluster_counts) < SMALLEST_CLUSTERS:
        return "too_few_clusters"
    if np.ptp(np.concatenate([samples.pilot, samples.baseline])) == 0:
        return "no_variation"
    return None
