"""Interrupted time series: the change of level and slope of one series at a known date, with or without a control.

Y = b0 + b1 t + b2 step + b3 since, with t the period from zero, step 1 from the start on and since the periods passed
since the start. With a control series the model is fitted to the difference of the two, so that what moves both drops
out. One series cannot tell the pilot from anything else that happened at the same date; the impact model, a step and a
change of slope at the start, is fixed beforehand.

Errors of neighbouring periods are alike, and ignoring it makes intervals too narrow. The default is a first-order
autoregression by restricted maximum likelihood, from 0 to 0.95. Share of 95 % intervals for the level that hold the
true value, in simulated series with correlation 0, 0.2, 0.4 and 0.6 between neighbours, half of the points before:

    points          16                        24                        52
    ar1             0.95  0.92  0.91  0.89    0.95  0.93  0.90  0.91    0.95  0.94  0.93  0.92
    newey_west      0.81  0.77  0.73  0.69    0.85  0.82  0.76  0.72    0.89  0.87  0.83  0.77
    ols             0.95  0.92  0.87  0.80    0.95  0.91  0.83  0.74    0.94  0.89  0.82  0.70

Sources: Bernal, Cummins and Gasparrini, Interrupted time series regression for the evaluation of public health
interventions, International Journal of Epidemiology 46, 2017; Turner, Forbes, Karahalios, Taljaard and McKenzie,
Evaluation of statistical methods used in the analysis of interrupted time series studies: a simulation study, BMC
Medical Research Methodology 21, 2021.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from workbook.methods.estimates import Estimate

FloatArray = NDArray[np.float64]
Errors = Literal["ar1", "newey_west", "ols"]

FEWEST_POINTS = 8
"""Fewest points before and after the start."""

_CORRELATIONS = np.arange(0.0, 0.955, 0.01)


@dataclass(frozen=True, slots=True)
class InterruptedSeries:
    """The fitted series; each estimate is in the unit of the series, slopes per period, `n` the points used.

    `level` is the step at the start, `slope` the change of slope, `at_end` the effect at the last point, level + slope
    x periods since the start, and `mean` the mean effect over the points after the start. `trend` is the slope before.
    `autocorrelation` is that of neighbouring errors: the parameter of the autoregression, else of the residuals.
    `durbin_watson` says little on a short series. `lag` belongs to Newey-West. `fitted` is the model at every point,
    `without` its continuation without the start. When not estimable all estimates have the reason "too_few".
    """

    level: Estimate
    slope: Estimate
    at_end: Estimate
    mean: Estimate
    trend: Estimate
    before: int
    after: int
    errors: Errors
    lag: int | None = None
    autocorrelation: float | None = None
    durbin_watson: float | None = None
    fitted: tuple[float, ...] = ()
    without: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fit:
    coefficients: FloatArray
    covariance: FloatArray
    autocorrelation: float | None = None
    lag: int | None = None


def newey_west_lag(n: int) -> int:
    """Return the lag floor(4 (n / 100)^(2/9)).

    Source: Newey and West, Automatic lag selection in covariance matrix estimation, Review of Economic Studies 61,
    1994.

    >>> [newey_west_lag(n) for n in (16, 24, 52, 104)]
    [2, 2, 3, 4]
    """
    return math.floor(4 * math.pow(n / 100, 2 / 9))


def interrupted_series(
    outcomes: Sequence[float],
    start: int,
    control: Sequence[float] | None = None,
    errors: Errors = "ar1",
    lag: int | None = None,
    level: float = 0.95,
) -> InterruptedSeries:
    """Return the change of level and slope at the point with index `start`, the first one with the pilot.

    Points are evenly spaced; NaN marks a missing one, in either series. Intervals use t(n - 4). `errors` are "ar1",
    "newey_west" with Bartlett weights, the factor n / (n - 4) and the lag of `newey_west_lag` unless given, or "ols".
    "too_few" with fewer than `FEWEST_POINTS` on a side; "no_variation" leaves a value without an interval.
    Raises ValueError when `start` lies outside the series, the control differs in length or the lag is negative.
    """
    values = _difference(outcomes, control)
    if not 0 <= start <= len(values):
        raise ValueError(f"start must lie between 0 and the {len(values)} points, found {start}")
    if lag is not None and lag < 0:
        raise ValueError(f"the lag must be zero or more, found {lag}")
    seen = np.flatnonzero(~np.isnan(values))
    before, after = int((seen < start).sum()), int((seen >= start).sum())
    if min(before, after) < FEWEST_POINTS:
        missing = Estimate.missing("too_few", before + after)
        return InterruptedSeries(missing, missing, missing, missing, missing, before, after, errors)
    design = _design(len(values), start)
    x, y = design[seen], values[seen]
    fit = _fit(x, y, seen, errors, lag)
    residuals = y - x @ fit.coefficients
    correlation, durbin_watson = _neighbours(residuals, seen)
    level_, slope, at_end, mean, trend = (
        _estimate(contrast, fit, residuals, level) for contrast in _contrasts(design, x, start)
    )
    return InterruptedSeries(
        level_,
        slope,
        at_end,
        mean,
        trend,
        before,
        after,
        errors,
        lag=fit.lag,
        autocorrelation=correlation if fit.autocorrelation is None else fit.autocorrelation,
        durbin_watson=durbin_watson,
        fitted=tuple((design @ fit.coefficients).tolist()),
        without=tuple((design[:, :2] @ fit.coefficients[:2]).tolist()),
    )


def _difference(outcomes: Sequence[float], control: Sequence[float] | None) -> FloatArray:
    values = np.asarray(outcomes, dtype=float)
    if control is None:
        return values
    if len(control) != len(values):
        raise ValueError(f"the control has {len(control)} points, the series {len(values)}: give one for each period")
    difference: FloatArray = values - np.asarray(control, dtype=float)
    return difference


def _design(points: int, start: int) -> FloatArray:
    t = np.arange(points, dtype=float)
    return np.column_stack([np.ones(points), t, t >= start, np.maximum(t - start, 0)])


def _contrasts(design: FloatArray, x: FloatArray, start: int) -> FloatArray:
    """Return the rows that turn coefficients into level, slope, effect at the end, mean effect and trend before."""
    last, mean = design[-1, 3], x[x[:, 2] == 1, 3].mean()
    return np.array([[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, last], [0, 0, 1, mean], [0, 1, 0, 0]], dtype=float)


def _fit(x: FloatArray, y: FloatArray, at: NDArray[np.int64], errors: Errors, lag: int | None) -> _Fit:
    if errors == "ar1":
        return _autoregression(x, y, np.diff(at))
    coefficients, inverse, residuals = _least_squares(x, y)
    n, terms = x.shape
    if errors == "ols":
        return _Fit(coefficients, inverse * float(residuals @ residuals) / (n - terms))
    lag = newey_west_lag(n) if lag is None else lag
    # A missing point has no score, so that only points really `k` periods apart are multiplied.
    scores = np.zeros((at[-1] + 1, terms))
    scores[at] = x * residuals[:, None]
    middle = scores.T @ scores
    for k in range(1, lag + 1):
        product = scores[k:].T @ scores[:-k]
        middle += (1 - k / (lag + 1)) * (product + product.T)
    return _Fit(coefficients, inverse @ middle @ inverse * n / (n - terms), lag=lag)


def _least_squares(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the coefficients, the inverse of x'x and the residuals."""
    inverse: FloatArray = np.linalg.inv(x.T @ x).astype(float)
    coefficients: FloatArray = inverse @ x.T @ y
    return coefficients, inverse, y - x @ coefficients


def _autoregression(x: FloatArray, y: FloatArray, gaps: NDArray[np.int64]) -> _Fit:
    """Return the fit at the correlation of largest restricted likelihood.

    Up to a constant, -2 log L = log|V| + log|x'V^-1 x| + (n - 4) log(r'V^-1 r), with V the correlations of points at
    these gaps. Errors less alike than independent ones are not considered, which would narrow the intervals.
    """
    best: tuple[float, _Fit] | None = None
    for correlation in _CORRELATIONS:
        carried = correlation**gaps
        scale = np.sqrt(1 - carried**2)
        coefficients, inverse, residuals = _least_squares(_whitened(x, carried, scale), _whitened(y, carried, scale))
        squares, degrees = float(residuals @ residuals), len(y) - x.shape[1]
        loss = 2 * np.log(scale).sum() - np.linalg.slogdet(inverse)[1] + degrees * math.log(max(squares, 1e-300))
        if best is None or loss < best[0]:
            best = float(loss), _Fit(coefficients, inverse * squares / degrees, float(correlation))
    assert best is not None
    return best[1]


def _whitened(values: FloatArray, carried: FloatArray, scale: FloatArray) -> FloatArray:
    """Return values made independent: each less what it carries over from the one before, in units of what is new."""
    if values.ndim == 2:
        carried, scale = carried[:, None], scale[:, None]
    return np.concatenate([values[:1], (values[1:] - carried * values[:-1]) / scale])


def _estimate(contrast: FloatArray, fit: _Fit, residuals: FloatArray, level: float) -> Estimate:
    n, value = len(residuals), float(contrast @ fit.coefficients)
    size = float(np.abs(residuals).max())
    if size < 1e-10 * max(float(np.abs(fit.coefficients).max()), 1e-300):
        return Estimate(value, n=n, reason="no_variation")
    error = math.sqrt(max(float(contrast @ fit.covariance @ contrast), 0.0))
    half = float(stdtrit(n - len(contrast), (1 + level) / 2)) * error
    return Estimate(value, value - half, value + half, n)


def _neighbours(residuals: FloatArray, at: NDArray[np.int64]) -> tuple[float | None, float | None]:
    """Return the correlation of residuals one period apart, and the Durbin-Watson statistic."""
    squares, near = float(residuals @ residuals), np.diff(at) == 1
    if squares == 0:
        return None, None
    products = float((residuals[1:] * residuals[:-1])[near].sum())
    return products / squares, float((np.diff(residuals)[near] ** 2).sum()) / squares
