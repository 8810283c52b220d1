"""Differences of two independent proportions, pilot minus baseline: interval, score test, non-inferiority.

`newcombe` is the interval to show for an effect. `score_interval` is the inverse of `score_test`, so that its ends and
the p-values never contradict each other; it decides non-inferiority, where its error rate stays closer to the nominal
2.5 % than that of the hybrid interval once the arms are unequal and the shares extreme. Arm 1 is the pilot, arm 2 the
baseline: `x` successes of `n` cases each. Cases that nest in teams or agents: see `clustering`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from workbook.methods.estimates import Estimate
from workbook.methods.proportions import check_counts, normal_quantile, wilson_ends

FloatArray = NDArray[np.float64]
Alternative = Literal["two-sided", "greater", "less"]
Outcome = Literal["non_inferior", "inferior", "undecided"]

# Halvings of an interval of width 2 that leave less than the spacing of floats.
_HALVINGS = 55


@dataclass(frozen=True, slots=True)
class SignificanceTest:
    """A test statistic with its p-value; both are None where the data cannot support a test, and `reason` says why."""

    statistic: float | None
    p_value: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """Whether the pilot is worse than the baseline by less than a margin fixed beforehand.

    Attributes
    ----------
    outcome
        "non_inferior" where the whole interval is better than the margin, "inferior" where the whole interval is worse
        than it, "undecided" otherwise; None where the difference is not estimable.
    difference
        Pilot minus baseline with its two-sided interval.
    bound
        The end of the interval on the worse side, which the margin is held against: at a level of 95 % the one-sided
        97.5 % bound.
    margin
        The limit for `difference` with its sign: -margin where higher is better, +margin where lower is better.
    is_worse
        True where the whole interval lies on the worse side of zero, whatever the margin.
    p_value
        One-sided p-value against being worse by the margin or more; None where only an interval was given.
    reason
        Why there is no outcome.
    """

    outcome: Outcome | None
    difference: Estimate
    bound: float | None
    margin: float
    is_worse: bool
    p_value: float | None
    reason: str | None = None


def newcombe(x1: int, n1: int, x2: int, n2: int, level: float = 0.95) -> Estimate:
    """Return the difference x1 / n1 - x2 / n2 with its hybrid score interval; an empty arm gives "too_few".

    Source: Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
    methods", Statistics in Medicine, 1998, method 10.

    >>> difference = newcombe(56, 70, 48, 80)
    >>> round(difference.low, 4), round(difference.high, 4)
    (0.0524, 0.3339)
    """
    check_arms(x1, n1, x2, n2)
    z = normal_quantile(level)
    if not n1 or not n2:
        return Estimate.missing("too_few", n1 + n2)
    low, high = hybrid_ends(x1 / n1, n1, x2 / n2, n2, z)
    return Estimate(x1 / n1 - x2 / n2, float(low), float(high), n1 + n2)


def hybrid_ends(
    p1: ArrayLike, n1: ArrayLike, p2: ArrayLike, n2: ArrayLike, z: ArrayLike, correlation: ArrayLike = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of hybrid score intervals of p1 - p2; shapes broadcast, the sizes need not be whole numbers.

    With Wilson intervals (l, u) of each share and r their correlation, the low end is
    p1 - p2 - sqrt((p1 - l1)^2 - 2 r (p1 - l1)(u2 - p2) + (u2 - p2)^2), the high end its mirror image. Source of the
    correlated form: Zou and Donner, "Construction of confidence limits about effect measures: a general approach",
    Statistics in Medicine, 2008.
    """
    first, second = np.asarray(p1, dtype=np.float64), np.asarray(p2, dtype=np.float64)
    low1, high1 = wilson_ends(first, n1, z)
    low2, high2 = wilson_ends(second, n2, z)
    return (
        first - second - _combined(first - low1, high2 - second, correlation),
        first - second + _combined(high1 - first, second - low2, correlation),
    )


def score_test(
    x1: int, n1: int, x2: int, n2: int, difference: float = 0.0, alternative: Alternative = "two-sided"
) -> SignificanceTest:
    """Return the score test of p1 - p2 = `difference` ("greater": against at most, "less": against at least).

    An empty arm gives "too_few"; only or no successes in both arms give "no_variation" at difference 0. See
    `score_statistic`.

    >>> round(score_test(56, 70, 48, 80).p_value, 4)
    0.0083
    """
    check_arms(x1, n1, x2, n2)
    if not -1 < difference < 1:
        raise ValueError(f"difference must lie between -1 and 1, found {difference}")
    if not n1 or not n2:
        return SignificanceTest(None, None, "too_few")
    z = float(score_statistic(x1, n1, x2, n2, difference))
    if not np.isfinite(z):
        return SignificanceTest(None, None, "no_variation")
    tails = {"two-sided": 2 * ndtr(-abs(z)), "greater": ndtr(-z), "less": ndtr(z)}
    if alternative not in tails:
        raise ValueError(f"alternative must be one of {', '.join(tails)}, found {alternative}")
    return SignificanceTest(z, float(tails[alternative]))


def score_interval(x1: int, n1: int, x2: int, n2: int, level: float = 0.95) -> Estimate:
    """Return the difference with the interval of all differences that the two-sided score test does not reject.

    Source: Miettinen and Nurminen, "Comparative analysis of two rates", Statistics in Medicine, 1985. An empty arm
    gives "too_few".

    >>> difference = score_interval(56, 70, 48, 80)
    >>> round(difference.low, 4), round(difference.high, 4)
    (0.0528, 0.3382)
    """
    check_arms(x1, n1, x2, n2)
    z = normal_quantile(level)
    if not n1 or not n2:
        return Estimate.missing("too_few", n1 + n2)
    # The statistic falls as the difference rises, so both ends are found by halving side by side.
    targets, left, right = np.array([z, -z]), np.full(2, -1.0), np.full(2, 1.0)
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        # Without variation the statistic at difference 0 is 0 / 0: nothing speaks against it.
        is_above = np.nan_to_num(score_statistic(x1, n1, x2, n2, middle), nan=0.0) > targets
        left, right = np.where(is_above, middle, left), np.where(is_above, right, middle)
    return Estimate(x1 / n1 - x2 / n2, float(left[0]), float(right[1]), n1 + n2)


def score_statistic(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, difference: ArrayLike) -> FloatArray:
    """Return (p1 - p2 - d) / sqrt(variance at the most likely shares that differ by d); NaN without variation.

    The variance is (P1 (1 - P1) / n1 + P2 (1 - P2) / n2) N / (N - 1) with the shares P of `restricted_shares`. Without
    the factor N / (N - 1) this is the statistic of Farrington and Manning, "Test statistics and sample size formulae
    for comparative binomial trials", Statistics in Medicine, 1990. Source: Miettinen and Nurminen, 1985.
    """
    s1, m1, s2, m2, d = (np.asarray(values, dtype=np.float64) for values in (x1, n1, x2, n2, difference))
    share1, share2 = restricted_shares(s1, m1, s2, m2, d)
    variance = (share1 * (1 - share1) / m1 + share2 * (1 - share2) / m2) * (m1 + m2) / (m1 + m2 - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((s1 / m1 - s2 / m2 - d) / np.sqrt(variance))


def restricted_shares(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, difference: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return the most likely shares (P1, P2) under P1 - P2 = `difference`; shapes broadcast.

    P2 is the root within its bounds of N P^3 + a P^2 + b P + c = 0, a = (n1 + 2 n2) d - N - X,
    b = (n2 d - N - 2 x2) d + X, c = x2 d (1 - d), N = n1 + n2, X = x1 + x2. Source: Miettinen and Nurminen, 1985,
    appendix.
    """
    s1, m1, s2, m2, d = (np.asarray(values, dtype=np.float64) for values in (x1, n1, x2, n2, difference))
    total, successes = m1 + m2, s1 + s2
    a = ((m1 + 2 * m2) * d - total - successes) / (3 * total)
    b = ((m2 * d - total - 2 * s2) * d + successes) / total
    c = s2 * d * (1 - d) / total
    q = a**3 - a * b / 2 + c / 2
    radius = np.where(q < 0, -1.0, 1.0) * np.sqrt(np.maximum(a * a - b / 3, 0.0))
    # A triple root has radius 0, whatever the angle.
    cosine = q / np.where(radius == 0, 1.0, radius) ** 3
    root = 2 * radius * np.cos((np.pi + np.arccos(np.clip(cosine, -1.0, 1.0))) / 3) - a
    share2 = np.clip(root, np.maximum(0.0, -d), np.minimum(1.0, 1.0 - d))
    return np.asarray(share2 + d), np.asarray(share2)


def non_inferiority(
    x1: int, n1: int, x2: int, n2: int, margin: float, *, higher_is_better: bool, level: float = 0.95
) -> NonInferiority:
    """Hold the score interval of two proportions against `margin` (> 0, in shares); see `non_inferiority_of`.

    At the level of 95 % the bound is one-sided at 97.5 %. That a difference is not significant never makes it
    non-inferior.

    >>> non_inferiority(95, 100, 96, 100, 0.1, higher_is_better=True).outcome
    'non_inferior'
    """
    difference = score_interval(x1, n1, x2, n2, level)
    decided = non_inferiority_of(difference, margin, higher_is_better=higher_is_better)
    test = score_test(x1, n1, x2, n2, decided.margin, "greater" if higher_is_better else "less")
    return NonInferiority(
        decided.outcome, difference, decided.bound, decided.margin, decided.is_worse, test.p_value, decided.reason
    )


def non_inferiority_of(difference: Estimate, margin: float, *, higher_is_better: bool) -> NonInferiority:
    """Hold a difference, pilot minus baseline, against `margin` (> 0, in its unit), from its interval alone."""
    if not margin > 0:
        raise ValueError(f"margin must be over 0, found {margin}: give the largest loss that is still acceptable")
    sign = 1.0 if higher_is_better else -1.0
    low, high = difference.low, difference.high
    if difference.value is None or low is None or high is None:
        reason = difference.reason or "no_interval"
        return NonInferiority(None, difference, None, -sign * margin, False, None, reason)
    # Turned so that higher is better.
    worst, best = (low, high) if higher_is_better else (-high, -low)
    outcome: Outcome = "non_inferior" if worst > -margin else "inferior" if best < -margin else "undecided"
    return NonInferiority(outcome, difference, sign * worst, -sign * margin, best < 0, None)


def check_arms(x1: float, n1: float, x2: float, n2: float) -> None:
    """Refuse counts of successes that lie outside 0 to n in either arm."""
    for arm, successes, n in (("pilot", x1, n1), ("baseline", x2, n2)):
        try:
            check_counts(successes, n)
        except ValueError as fault:
            raise ValueError(f"{arm}: {fault}") from None


def _combined(below: FloatArray, above: FloatArray, correlation: ArrayLike) -> FloatArray:
    square = below**2 - 2 * np.asarray(correlation) * below * above + above**2
    # A correlation of one may leave a negative zero.
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))
