"""Whether the arms of an experiment have the sizes that its allocation should have given them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, chdtrc

FloatArray = NDArray[np.float64]

THRESHOLD = 0.001
"""Conventional p-value below which the sizes of the arms are not put down to chance.

Source: Kohavi, Tang and Xu, "Trustworthy Online Controlled Experiments", Cambridge University Press, 2020, chapter 21.
"""

# Below this expected count in an arm the chi-square distribution is not to be trusted (Cochran's rule).
_SMALLEST_EXPECTED = 5.0


@dataclass(frozen=True, eq=False, slots=True)
class SampleRatio:
    """The sizes of the arms of one or more experiments held against their declared ratio.

    Attributes
    ----------
    shares, declared
        Share of the cases in each arm, shape (..., k), NaN without cases; and as declared, shape (k,).
    p_values
        Shape (...); NaN where the experiment is too small to be checked.
    is_mismatch
        True where the p-value is below `threshold`, shape (...).
    is_too_few
        True where there are no cases, or with three and more arms fewer than 5 expected in one of them, shape (...).
    threshold
        As given.
    """

    shares: FloatArray
    declared: FloatArray
    p_values: FloatArray
    is_mismatch: NDArray[np.bool_]
    is_too_few: NDArray[np.bool_]
    threshold: float


def check_sample_ratio(counts: ArrayLike, ratio: Sequence[float], threshold: float = THRESHOLD) -> SampleRatio:
    """Return whether the `counts` of cases by arm, shape (..., k), agree with the declared `ratio` of the k arms.

    Two arms take the exact binomial test, twice the smaller tail and at most 1; three and more the chi-square test
    with k - 1 degrees of freedom. A mismatch means that cases were lost or assigned by something else than chance, and
    that a difference between the arms must not be read as an effect. Cases must be assigned one by one: where whole
    teams are, count teams. Source: Fabijan et al., "Diagnosing sample ratio mismatch in online controlled
    experiments", KDD, 2019.

    >>> bool(check_sample_ratio([821_588, 815_482], [1, 1]).is_mismatch)
    True
    """
    observed, declared = _checked(counts, ratio)
    n = np.asarray(observed.sum(axis=-1))
    expected = n[..., None] * declared
    is_too_few = n == 0
    if len(declared) == 2:
        p_values = _binomial(observed[..., 0], n, float(declared[0]))
    else:
        is_too_few = is_too_few | (expected.min(axis=-1) < _SMALLEST_EXPECTED)
        with np.errstate(invalid="ignore"):
            statistic = ((observed - expected) ** 2 / expected).sum(axis=-1)
        p_values = chdtrc(len(declared) - 1, statistic)
    p_values = np.where(is_too_few, np.nan, p_values)
    with np.errstate(invalid="ignore"):
        shares = observed / n[..., None]
    return SampleRatio(shares, declared, p_values, p_values < threshold, np.asarray(is_too_few), threshold)


def _binomial(successes: FloatArray, n: FloatArray, share: float) -> FloatArray:
    """Return twice the smaller tail of a binomial count, at most 1."""
    cases = n.astype(np.int64)
    at_most = bdtr(successes, cases, share)
    # P(B >= x) is P(B > x - 1), and 1 for x = 0.
    at_least = np.where(successes > 0, bdtrc(np.maximum(successes - 1, 0.0), cases, share), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(at_most, at_least)))


def _checked(counts: ArrayLike, ratio: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    observed, parts = np.asarray(counts, dtype=np.float64), np.asarray(ratio, dtype=np.float64)
    if parts.ndim != 1 or len(parts) < 2 or not ((parts > 0) & np.isfinite(parts)).all():
        raise ValueError(f"ratio must hold a number over 0 for each of two or more arms, found {list(ratio)}")
    if observed.ndim == 0 or observed.shape[-1] != len(parts):
        raise ValueError(f"counts of shape {observed.shape} for {len(parts)} arms: give one count for each arm")
    if not ((observed >= 0) & (observed == np.floor(observed)) & np.isfinite(observed)).all():
        raise ValueError("counts must be whole numbers of cases, 0 or more")
    return observed, parts / parts.sum()
