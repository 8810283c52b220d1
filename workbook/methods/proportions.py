"""Proportions with intervals that hold their level also for small samples and extreme shares."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from workbook.methods.estimates import Estimate


def wilson(successes: int, n: int, level: float = 0.95) -> Estimate:
    """Return a proportion with its Wilson score interval, without continuity correction.

    With p = successes / n and z the normal quantile of (1 + level) / 2, the ends are
    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n). No observations give "too_few".
    Source: Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
    Statistics in Medicine, 1998, method 3.

    >>> share = wilson(81, 263)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2553, 0.3662)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n = {n}, found {successes}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, found {level}")
    if n == 0:
        return Estimate.missing("too_few")
    z, share = NormalDist().inv_cdf((1 + level) / 2), successes / n
    centre = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At no or only successes one end is the share itself, which the formula meets but for rounding.
    low = 0.0 if successes == 0 else (centre - half) / scale
    high = 1.0 if successes == n else (centre + half) / scale
    return Estimate(share, low, high, n)
