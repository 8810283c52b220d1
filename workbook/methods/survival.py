"""Percentiles of durations when some cases are still open: Kaplan-Meier and Brookmeyer-Crowley.

A case that is still open has lasted at least as long as it has been watched. Leaving it out makes durations look
shorter than they are, so it counts as at risk up to that time (right-censored).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from workbook.methods.estimates import Estimate
from workbook.methods.percentiles import smallest_sample

# The product of many factors drifts by rounding; steps of the curve are far larger than this.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """The share of cases still open after each time at which a case was completed, with its pointwise band.

    Attributes
    ----------
    times : times of completion, ascending, in the unit of the input
    survival : share of cases that last longer than each time
    low, high : ends of the 95 % band; NaN in `high` where the curve has fallen to 0
    cases, completed : numbers behind the curve
    """

    times: NDArray[np.float64]
    survival: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    cases: int
    completed: int


def kaplan_meier(times: ArrayLike, completed: ArrayLike, censored: ArrayLike) -> SurvivalCurve:
    """Return the Kaplan-Meier curve of durations given as counts per distinct time, in any order.

    S(t) = product over t_i <= t of (1 - d_i / n_i) with d_i completions among n_i cases at risk; a case censored at
    t_i is still at risk there. Variance by Greenwood, V = sum of d_i / (n_i (n_i - d_i)). The band is symmetric on the
    log(-log S) scale, S^exp(+-z sqrt(V) / log S), which stays inside 0 to 1 and keeps its level in small samples
    better than the plain one (Borgan and Liestol, "A Note on Confidence Intervals and Bands for the Survival
    Function Based on Transformations", Scandinavian Journal of Statistics, 1990).
    Curve: Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations", JASA, 1958.

    Raises
    ------
    ValueError
        If the arrays differ in length, or a count or time is negative.
    """
    order, done, lost = _sorted_counts(times, completed, censored)
    total = int(done.sum() + lost.sum())
    at_risk = total - np.concatenate(([0], np.cumsum(done + lost)[:-1])) if len(order) else done
    happened = done > 0
    d, n = done[happened].astype(float), at_risk[happened].astype(float)
    survival = np.cumprod(1 - d / n)
    low, high = _log_log_band(survival, d, n)
    return SurvivalCurve(order[happened], survival, low, high, total, int(done.sum()))


def survival_quantile(curve: SurvivalCurve, q: float) -> Estimate:
    """Return the time by which a share q of the cases is completed, with its Brookmeyer-Crowley interval.

    The percentile is the first time with S(t) <= 1 - q; the interval holds the times whose band contains 1 - q: it
    runs from the first time at which the lower band falls to 1 - q to the first at which the upper band does. An
    end that is not reached is None. Source: Brookmeyer and Crowley, "A Confidence Interval for the Median Survival
    Time", Biometrics, 1982, generalised to other percentiles and to the log-log band.

    Reasons: "too_few" where even without open cases n would not do (`smallest_sample`), or fewer cases are completed
    than a median needs; "not_reached" where the curve does not fall that far (`low` is then still given if known).
    """
    if curve.cases < smallest_sample(q) or curve.completed < smallest_sample(0.5):
        return Estimate.missing("too_few", curve.cases)
    lines = (curve.survival, curve.low, curve.high)
    value, low, high = (_first_at_or_below(curve.times, line, 1 - q) for line in lines)
    return Estimate(value, low, high, curve.cases, None if value is not None else "not_reached")


def _sorted_counts(*columns: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    times, done, lost = (np.asarray(column) for column in columns)
    if not len(times) == len(done) == len(lost):
        raise ValueError("times, completed and censored must have the same length")
    if any((column < 0).any() for column in (times, done, lost)):
        raise ValueError("times and counts must not be negative")
    distinct, place = np.unique(times.astype(float), return_inverse=True)
    counts: list[Any] = [np.bincount(place, weights=c, minlength=len(distinct)).astype(np.int64) for c in (done, lost)]
    return distinct, counts[0], counts[1]


def _log_log_band(
    survival: NDArray[np.float64], d: NDArray[np.float64], n: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(d / (n * (n - d)))
        half_width = ndtri(0.975) * np.sqrt(variance) / np.log(survival)
        low, high = survival ** np.exp(-half_width), survival ** np.exp(half_width)
    # At S = 0 the variance is infinite: nothing lies below 0, and the upper end is unknown.
    return np.where(survival > 0, low, 0.0), np.where(survival > 0, high, np.nan)


def _first_at_or_below(times: NDArray[np.float64], line: NDArray[np.float64], share: float) -> float | None:
    reached = np.flatnonzero(line <= share + _ROUNDING)
    return float(times[reached[0]]) if len(reached) else None
