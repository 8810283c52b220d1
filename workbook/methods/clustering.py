"""Cases that nest in clusters, such as the agents or teams that handle them, and what this does to a comparison.

Cases of one cluster resemble each other, so that they tell less than as many independent cases. Arms may consist of
different clusters (teams assigned as a whole) or share them (the same teams before and after): a label that occurs in
both arms is the same cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri, stdtrit

from workbook.methods.estimates import Estimate
from workbook.methods.proportion_differences import hybrid_ends
from workbook.methods.proportions import check_counts, normal_quantile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Counts = Mapping[str, tuple[int, int]]

SMALLEST_CLUSTERS = 3
"""Clusters an arm needs for an interval: our own limit, below which the spread between them is anybody's guess."""

FEW_CLUSTERS = 10
"""Clusters in an arm below which an interval is approximate and noted as "few_clusters"."""


@dataclass(frozen=True, slots=True)
class ClusteredDifference:
    """A difference of two proportions, pilot minus baseline, of cases that nest in clusters.

    Attributes
    ----------
    difference
        With its two-sided interval; "too_few", "too_few_clusters" or "no_variation" where it is not estimable.
    clusters
        Number of clusters in the pilot and in the baseline.
    design_effects
        Factor by which the clusters raise the variance in each arm, at least 1; None where not estimable.
    notes
        "few_clusters": under 10 in an arm, the interval is approximate. "borrowed_design_effect": one arm has only or
        no successes and takes the intraclass correlation of the other.
    """

    difference: Estimate
    clusters: tuple[int, int]
    design_effects: tuple[float | None, float | None]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Arm:
    """Successes and cases of one arm, aligned with the labels of both; a cluster that is not in the arm has 0 cases."""

    successes: FloatArray
    sizes: FloatArray

    @property
    def clusters(self) -> int:
        return int((self.sizes > 0).sum())

    @property
    def n(self) -> float:
        return float(self.sizes.sum())

    @property
    def share(self) -> float:
        return float(self.successes.sum() / self.n)

    @property
    def residuals(self) -> FloatArray:
        """What each cluster adds to the error of the share, (x_j - n_j p) / n."""
        return np.asarray((self.successes - self.sizes * self.share) / self.n)

    @property
    def design_effect(self) -> float | None:
        """Variance of the share as a ratio of cluster totals over that of independent cases, at least 1."""
        if not 0 < self.share < 1:
            return None
        variance = self.clusters / (self.clusters - 1) * float((self.residuals**2).sum())
        return max(1.0, variance * self.n / (self.share * (1 - self.share)))

    def borrowed_design_effect(self, icc: float) -> float:
        """1 + (m - 1) ICC at the mean cluster size of a case."""
        return 1 + (float((self.sizes**2).sum()) / self.n - 1) * max(icc, 0.0)


@dataclass(frozen=True, slots=True)
class TwoSamples:
    """Values of both arms with the codes of their clusters, 0 to `clusters` - 1 over both arms; None without."""

    pilot: FloatArray
    baseline: FloatArray
    pilot_codes: IntArray | None
    baseline_codes: IntArray | None
    clusters: int

    @property
    def cluster_counts(self) -> tuple[int, int] | None:
        """Number of clusters in the pilot and in the baseline; None without."""
        if self.pilot_codes is None or self.baseline_codes is None:
            return None
        return len(np.unique(self.pilot_codes)), len(np.unique(self.baseline_codes))


def two_samples(
    pilot: ArrayLike, baseline: ArrayLike, pilot_clusters: ArrayLike | None, baseline_clusters: ArrayLike | None
) -> TwoSamples:
    """Return checked values and cluster codes; a label in both arms is the same cluster."""
    first, second = finite_vector("pilot", pilot), finite_vector("baseline", baseline)
    if (pilot_clusters is None) != (baseline_clusters is None):
        raise ValueError("clusters are given for one arm only: give them for both or for none")
    if pilot_clusters is None or baseline_clusters is None:
        return TwoSamples(first, second, None, None, 0)
    labels = [np.asarray(pilot_clusters), np.asarray(baseline_clusters)]
    for name, values, own in (("pilot", first, labels[0]), ("baseline", second, labels[1])):
        if own.shape != values.shape:
            raise ValueError(f"{name}: {own.size} cluster labels for {values.size} values: give one for each value")
    names, codes = np.unique(np.concatenate(labels), return_inverse=True)
    return TwoSamples(first, second, codes[: len(first)], codes[len(first) :], len(names))


def clustered_difference(pilot: Counts, baseline: Counts, level: float = 0.95) -> ClusteredDifference:
    """Return the difference of two proportions from counts (successes, cases) by cluster label.

    The hybrid score interval of `proportion_differences.newcombe` at the effective sizes n / design effect, with the
    quantile of t instead of the normal one for the number of clusters (K1 + K2 - 2 degrees of freedom, less the shared
    ones), and the correlation of the arms over the clusters they share. Source of the effective sizes: Rao and Scott,
    "A simple method for the analysis of clustered binary data", Biometrics, 1992.
    """
    labels = sorted({*pilot, *baseline})
    first, second = _arm(pilot, labels), _arm(baseline, labels)
    normal_quantile(level)
    clusters = (first.clusters, second.clusters)
    cases = int(first.n + second.n)
    reason = _reason(first, second)
    if reason is not None:
        return ClusteredDifference(Estimate.missing(reason, cases), clusters, (None, None))
    own = (first.design_effect, second.design_effect)
    icc = next((_icc(other).value or 0.0 for other in (first, second) if other.design_effect is not None), 0.0)
    effects = [effect or arm.borrowed_design_effect(icc) for arm, effect in zip((first, second), own, strict=True)]
    t = stdtrit(degrees_of_freedom(first.sizes > 0, second.sizes > 0), (1 + level) / 2)
    low, high = hybrid_ends(
        first.share, first.n / effects[0], second.share, second.n / effects[1], t, _correlation(first, second)
    )
    notes = ("few_clusters",) * (min(clusters) < FEW_CLUSTERS) + ("borrowed_design_effect",) * (None in own)
    difference = Estimate(first.share - second.share, float(low), float(high), cases)
    return ClusteredDifference(difference, clusters, (effects[0], effects[1]), notes)


def degrees_of_freedom(in_pilot: NDArray[np.bool_], in_baseline: NDArray[np.bool_]) -> int:
    """Return K1 + K2 - 2 for separate arms, K - 1 for K clusters in both, and what lies between for some of each."""
    shared = int((in_pilot & in_baseline).sum())
    return int(in_pilot.sum() + in_baseline.sum()) - 2 - max(shared - 1, 0)


def intraclass_correlation(values: ArrayLike, clusters: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the share of the variance of durations, or of outcomes 0 and 1, that lies between clusters.

    ICC = (B - W) / (B + (m - 1) W), with B and W the mean squares between and within clusters and m the size
    (N - sum m_j^2 / N) / (K - 1). The interval is that of Searle, exact for normal values in clusters of equal size and
    approximate otherwise. `n` counts clusters. Under 2 clusters, or with none of two cases, "too_few"; equal values
    "no_variation". Source: Donner and Koval, "The estimation of intraclass correlation in the analysis of family data",
    Biometrics, 1980; Searle, "Linear Models", Wiley, 1971.

    >>> intraclass_correlation([1, 2, 5, 6, 9, 10], ["a", "a", "b", "b", "c", "c"]).value
    0.9692307692307692
    """
    normal_quantile(level)
    numbers = finite_vector("values", values)
    _, codes = np.unique(np.asarray(clusters), return_inverse=True)
    if codes.shape != numbers.shape:
        raise ValueError(f"{codes.size} cluster labels for {numbers.size} values: give one for each value")
    if not len(numbers):
        return Estimate.missing("too_few")
    # Squares of large values would swamp what they differ by.
    centred = numbers - numbers.mean()
    sizes, sums = (np.bincount(codes, part).astype(np.float64) for part in (None, centred))
    return _anova_icc(sizes, sums, float(centred @ centred), level)


def finite_vector(name: str, values: ArrayLike) -> FloatArray:
    """Return values as a vector of floats, refusing what is missing or infinite."""
    vector = np.asarray(values, dtype=np.float64)
    if vector.ndim != 1 or not np.isfinite(vector).all():
        raise ValueError(f"{name} must be one list of finite numbers: leave out cases without a value before")
    return vector


def _anova_icc(sizes: FloatArray, sums: FloatArray, squares: float, level: float) -> Estimate:
    count, n = len(sizes), float(sizes.sum())
    if count < 2 or n <= count:
        return Estimate.missing("too_few", count)
    between_sum = float((sums**2 / sizes).sum())
    between = (between_sum - sums.sum() ** 2 / n) / (count - 1)
    within = max(squares - between_sum, 0.0) / (n - count)
    # Rounding leaves a trace of variance in equal values.
    if between + within <= 1e-12 * squares / n:
        return Estimate.missing("no_variation", count)
    size = (n - float((sizes**2).sum()) / n) / (count - 1)

    def icc(ratio_within: float) -> float:
        return float((between - ratio_within) / (between + (size - 1) * ratio_within))

    tail = (1 - level) / 2
    low, high = (icc(within * float(fdtri(count - 1, n - count, p))) for p in (1 - tail, tail))
    return Estimate(icc(within), low, high, count)


def _icc(arm: _Arm) -> Estimate:
    present = arm.sizes > 0
    # The square of an outcome of 0 or 1 is the outcome.
    return _anova_icc(arm.sizes[present], arm.successes[present], float(arm.successes.sum()), 0.95)


def _correlation(pilot: _Arm, baseline: _Arm) -> float:
    """Return the correlation of the two shares over the clusters in both arms."""
    first, second = pilot.residuals, baseline.residuals
    spread = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float(first @ second) / spread if spread > 0 else 0.0


def _arm(counts: Counts, labels: list[str]) -> _Arm:
    for label, (successes, n) in counts.items():
        try:
            check_counts(successes, n)
        except ValueError as fault:
            raise ValueError(f"cluster {label}: {fault}") from None
    pairs = np.array([counts.get(label, (0, 0)) for label in labels], dtype=np.float64).reshape(-1, 2)
    return _Arm(pairs[:, 0], pairs[:, 1])


def _reason(pilot: _Arm, baseline: _Arm) -> str | None:
    """Return why a difference is not estimable, or None."""
    if not pilot.n or not baseline.n:
        return "too_few"
    if min(pilot.clusters, baseline.clusters) < SMALLEST_CLUSTERS:
        return "too_few_clusters"
    if not (0 < pilot.share < 1 or 0 < baseline.share < 1):
        return "no_variation"
    return None
