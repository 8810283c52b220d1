"""Shares and means over cases with their 95 % intervals, none of them over fewer than five cases."""

from __future__ import annotations

import math

from scipy.special import stdtrit

from workbook.methods.estimates import Estimate
from workbook.methods.proportions import wilson

# Under five cases a share or a mean says more about single people than about the process.
SMALLEST_GROUP = 5


def share_estimate(part: int, n: int) -> Estimate:
    """Return the share part / n with its Wilson score interval.

    "no_values" where n is 0, "too_few" under five cases.
    """
    if n < SMALLEST_GROUP:
        return Estimate.missing("too_few" if n else "no_values", n)
    return wilson(part, n)


def mean_estimate(
    mean: float | None, standard_deviation: float | None, n: int, lowest: float = -math.inf, level: float = 0.95
) -> Estimate:
    """Return a mean with its Student t interval, mean -+ t_(n-1) s / sqrt(n), not below the `lowest` possible value.

    The interval assumes independent cases and is too short for strongly skewed values in small samples: drawn from
    a lognormal distribution with sigma = 1 it covers 0.88 at n = 30 and 0.93 at n = 200 instead of 0.95.
    "no_values" where n is 0, "too_few" under five cases.
    """
    if mean is None or standard_deviation is None or n < SMALLEST_GROUP:
        return Estimate.missing("too_few" if n else "no_values", n)
    half_width = float(stdtrit(n - 1, 0.5 + level / 2)) * standard_deviation / math.sqrt(n)
    return Estimate(mean, max(mean - half_width, lowest), mean + half_width, n)
