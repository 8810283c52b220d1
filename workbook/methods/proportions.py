"""Proportions with intervals that hold their level also for small samples and extreme shares."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbook.methods.estimates import Estimate

FloatArray = NDArray[np.float64]


def wilson(successes: int, n: int, level: float = 0.95) -> Estimate:
    """Return a proportion with its Wilson score interval; no observations give "too_few".

    >>> share = wilson(81, 263)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2553, 0.3662)
    """
    check_counts(successes, n)
    z = normal_quantile(level)
    if n == 0:
        return Estimate.missing("too_few")
    low, high = wilson_ends(successes / n, n, z)
    return Estimate(successes / n, float(low), float(high), n)


def wilson_ends(share: ArrayLike, n: ArrayLike, z: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the ends of Wilson score intervals without continuity correction; shapes broadcast.

    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n), where n need not be a whole number.
    Source: Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
    Statistics in Medicine, 1998, method 3.
    """
    p, size, quantile = (np.asarray(values, dtype=np.float64) for values in (share, n, z))
    centre = p + quantile * quantile / (2 * size)
    half = quantile * np.sqrt(p * (1 - p) / size + quantile * quantile / (4 * size * size))
    scale = 1 + quantile * quantile / size
    # At no or only successes one end is the share itself, which the formula meets but for rounding.
    return np.where(p == 0, 0.0, (centre - half) / scale), np.where(p == 1, 1.0, (centre + half) / scale)


def normal_quantile(level: float) -> float:
    """Return the normal quantile of (1 + level) / 2, the factor of a two-sided interval at `level`."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, found {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def check_counts(successes: float, n: float) -> None:
    """Refuse counts of successes that lie outside 0 to `n`."""
    # Written so that NaN fails as well.
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n = {n}, found {successes}")
