"""Chances of the clauses on one metric at one look: of shares exactly or approximately, and of medians.

A clause compares a difference, larger is better, with the borders of the rule: it supports a go when its interval lies
above one border and its value reaches another, and stops the pilot when the upper end of its interval misses a third.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, gammaln, ndtr, xlog1py, xlogy

from workbook.methods.proportion_differences import hybrid_ends

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ROUNDING = 1e-12
"""By how much counts over counts, such as 3 / 10 - 2 / 10, may miss a round border."""

# Standard deviations beyond which counts are left out: under 1e-15 of them.
_TAIL = 8.0


@dataclass(frozen=True, slots=True)
class Borders:
    """What a difference is compared with at one look, and the normal quantile `z` of its interval.

    Go: lower end above `beyond`, value at least `value`. Stop: upper end below `miss` (-inf: never).
    """

    beyond: float
    value: float
    miss: float
    z: float


def normal_chances(share_0: float, share_1: float, size: float, borders: Borders) -> tuple[float, float]:
    """Return P(go) and P(stop) of a difference of shares by the normal approximation."""
    error = math.sqrt((share_0 * (1 - share_0) + share_1 * (1 - share_1)) / size)
    return normal_chances_at(share_1 - share_0, error, borders)


def normal_chances_at(mean: float, error: float, borders: Borders) -> tuple[float, float]:
    """Return P(go) and P(stop) of a normal estimate with this mean and standard error."""
    if error == 0:
        return float(mean > borders.beyond and mean >= borders.value), float(mean < borders.miss)
    above = max(borders.beyond + borders.z * error, borders.value)
    below = borders.miss - borders.z * error
    return float(ndtr((mean - above) / error)), float(ndtr((below - mean) / error))


def median_chances(baseline: float, pilot: float, log_sd: float, size: float, borders: Borders) -> tuple[float, float]:
    """Return P(go) and P(stop) of the fall M0 - M1 of the median of a log-normal, by medians of samples of `size`.

    The logarithm of a sample median is normal with the standard deviation s = log_sd sqrt(pi / (2 n)), and the
    standard error of the fall is s sqrt(M0^2 + M1^2) by the delta method. For each M0 the interval clears a border
    where M1 lies on one side of a root, so that one integral over M0 remains. Borders are at or above zero.
    """
    spread = log_sd * math.sqrt(math.pi / (2 * size))
    steps = np.linspace(-_TAIL, _TAIL, 321)
    weights = np.exp(-steps * steps / 2)
    weights /= weights.sum()
    seen = baseline * np.exp(spread * steps)
    most = np.minimum(_where_end_meets(seen, borders.beyond, -borders.z * spread), seen - borders.value)
    least = np.full_like(seen, math.inf)
    if borders.miss > -math.inf:
        least = _where_end_meets(seen, borders.miss, borders.z * spread)
    with np.errstate(divide="ignore"):
        go = ndtr((np.log(np.maximum(most, 0.0)) - math.log(pilot)) / spread)
        stop = ndtr(-(np.log(np.maximum(least, 0.0)) - math.log(pilot)) / spread)
    return float(weights @ go), float(weights @ stop)


def _where_end_meets(baseline: FloatArray, border: float, factor: float) -> FloatArray:
    """Return the M1 at which M0 - M1 + factor x sqrt(M0^2 + M1^2) equals the border, the end falling with M1.

    With k = M0 - border the root is (k +- c sqrt(k^2 + (1 - c^2) M0^2)) / (1 - c^2), c the absolute factor: plus for
    the upper end, minus for the lower. From c = 1 on, the interval of so small a sample shows nothing.
    """
    c, k = abs(factor), baseline - border
    if c >= 1:
        return np.full_like(baseline, math.copysign(math.inf, factor))
    root: FloatArray = np.copysign(c * np.sqrt(k * k + (1 - c * c) * baseline**2), factor)
    return (k + root) / (1 - c * c)


@lru_cache(maxsize=4096)
def exact_chances(share_0: float, share_1: float, size: float, borders: Borders) -> tuple[float, float]:
    """Return P(go) and P(stop) of a difference of shares, summed over all counts, with Newcombe's interval.

    For each count of the baseline arm the counts of the pilot arm that support a go are those from some count on.
    """
    n = max(round(size), 1)
    weights, first_going, first_kept = _counts_needed(share_0, n, borders)
    go = weights @ at_least(first_going, n, share_1)
    if first_kept is None:
        return min(float(go), 1.0), 0.0
    kept = weights @ at_least(first_kept, n, share_1)
    return min(float(go), 1.0), min(max(1.0 - float(kept), 0.0), 1.0)


# They do not depend on the pilot arm, so that a curve over its effects needs them once.
@lru_cache(maxsize=256)
def _counts_needed(share_0: float, n: int, borders: Borders) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return how likely each count of the baseline arm is, and from which pilot counts on a pilot goes and carries on.

    The latter is None where nothing stops it.
    """
    counts_0 = _likely_counts(n, share_0)
    share = counts_0 / n

    def goes(counts_1: FloatArray) -> BoolArray:
        low, _ = hybrid_ends(counts_1 / n, n, share, n, borders.z)
        return (low > borders.beyond + ROUNDING) & (counts_1 / n - share >= borders.value - ROUNDING)

    def carries_on(counts_1: FloatArray) -> BoolArray:
        _, high = hybrid_ends(counts_1 / n, n, share, n, borders.z)
        kept: BoolArray = high >= borders.miss - ROUNDING
        return kept

    weights = _binomial_weights(counts_0, n, share_0)
    first_kept = None if borders.miss == -math.inf else _first_count(carries_on, counts_0, n)
    return weights, _first_count(goes, counts_0, n), first_kept


def _first_count(holds: Callable[[FloatArray], BoolArray], counts_0: FloatArray, n: int) -> FloatArray:
    """Return for each baseline count the smallest pilot count from which on the condition holds; n + 1 for never."""
    low, high = np.zeros_like(counts_0), np.full_like(counts_0, n + 1.0)
    for _ in range(n.bit_length() + 1):
        middle = np.floor((low + high) / 2)
        held = holds(np.minimum(middle, n)) & (middle <= n)
        high = np.where(held, middle, high)
        low = np.where(held, low, np.minimum(middle + 1, high))
    return high


def _likely_counts(n: int, share: float) -> FloatArray:
    spread = _TAIL * math.sqrt(n * share * (1 - share)) + _TAIL
    return np.arange(max(math.floor(n * share - spread), 0), min(math.ceil(n * share + spread), n) + 1, dtype=float)


def _binomial_weights(counts: FloatArray, n: int, share: float) -> FloatArray:
    choose = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    weights: FloatArray = np.exp(choose + xlogy(counts, share) + xlog1py(n - counts, -share))
    return weights


def at_least(counts: FloatArray, n: int, share: float) -> FloatArray:
    """Return P(X >= count) for X binomial(n, share)."""
    tail: FloatArray = bdtrc(np.clip(counts - 1, 0, n), n, share)
    return np.where(counts <= 0, 1.0, np.where(counts > n, 0.0, tail))
