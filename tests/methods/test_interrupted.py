"""Interrupted series: exact recovery, statsmodels' numbers, gaps, controls and coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from workbook.methods.estimates import Estimate
from workbook.methods.interrupted import Errors, interrupted_series, newey_west_lag

RNG = np.random.default_rng(20)
SERIES = 50 - 0.2 * np.arange(30) + np.where(np.arange(30) >= 16, -6.0, 0.0) + RNG.normal(0, 2, 30)


def design(points: int, start: int) -> NDArray[np.float64]:
    t = np.arange(points)
    return np.column_stack([np.ones(points), t, t >= start, np.maximum(t - start, 0)]).astype(float)


def series(points: int, correlation: float, rng: np.random.Generator) -> NDArray[np.float64]:
    noise = rng.standard_normal(points)
    noise[1:] *= math.sqrt(1 - correlation**2)
    for k in range(1, points):
        noise[k] += correlation * noise[k - 1]
    return noise


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


@pytest.mark.parametrize("errors", ["ar1", "newey_west", "ols"])
def test_a_series_on_the_model_gives_its_coefficients_back(errors: Errors) -> None:
    # 10 + 0.5 t before; from point 10 on 3 lower and falling by 0.25 a period more.
    exact = design(20, 10) @ np.array([10, 0.5, -3, -0.25])
    result = interrupted_series(exact.tolist(), 10, errors=errors)
    assert (result.level.value, result.slope.value, result.trend.value) == pytest.approx((-3, -0.25, 0.5))
    # At the last point, 9 periods after the start: -3 - 9 x 0.25; on average 4.5 periods after it.
    assert (result.at_end.value, result.mean.value) == pytest.approx((-5.25, -4.125))
    assert result.level.reason == "no_variation"
    assert result.without[-1] == pytest.approx(19.5)
    assert result.fitted[-1] == pytest.approx(14.25)


@pytest.mark.parametrize("lag", [None, 0, 4])
def test_newey_west_equals_statsmodels(lag: int | None) -> None:
    used = newey_west_lag(30) if lag is None else lag
    model = sm.OLS(SERIES, design(30, 16)).fit(
        cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": True}, use_t=True
    )
    result = interrupted_series(SERIES.tolist(), 16, errors="newey_west", lag=lag)
    for estimate, k in ((result.level, 2), (result.slope, 3), (result.trend, 1)):
        assert estimate.value == pytest.approx(model.params[k])
        assert (estimate.low, estimate.high) == pytest.approx(tuple(model.conf_int()[k]))
    assert result.lag == used


def test_newey_west_multiplies_only_points_that_lie_the_lag_apart() -> None:
    gapped = SERIES.copy()
    gapped[[4, 20]] = np.nan
    seen = np.flatnonzero(~np.isnan(gapped))
    x, y = design(30, 16)[seen], gapped[seen]
    residuals = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    bartlett = np.maximum(1 - np.abs(np.subtract.outer(seen, seen)) / 4, 0)
    inverse, scores = np.linalg.inv(x.T @ x), x * residuals[:, None]
    error = np.sqrt((inverse @ scores.T @ bartlett @ scores @ inverse)[2, 2] * 28 / 24)
    result = interrupted_series(gapped.tolist(), 16, errors="newey_west", lag=3)
    # The 97.5 % quantile of t(24) is 2.0639.
    assert width(result.level) == pytest.approx(2 * 2.063899 * error, rel=1e-5)


def test_ols_equals_statsmodels_with_its_durbin_watson() -> None:
    model = sm.OLS(SERIES, design(30, 16)).fit()
    result = interrupted_series(SERIES.tolist(), 16, errors="ols")
    assert (result.level.low, result.level.high) == pytest.approx(tuple(model.conf_int()[2]))
    assert result.durbin_watson == pytest.approx(sm.stats.durbin_watson(model.resid))
    end = model.t_test([0, 0, 1, 13])
    assert (result.at_end.low, result.at_end.high) == pytest.approx(tuple(end.conf_int()[0]))


def test_the_autoregression_is_generalised_least_squares_at_its_correlation() -> None:
    noisy = SERIES + 3 * series(30, 0.7, np.random.default_rng(2))
    result = interrupted_series(noisy.tolist(), 16)
    assert result.autocorrelation is not None
    assert result.autocorrelation > 0.2
    gaps = np.abs(np.subtract.outer(np.arange(30), np.arange(30)))
    model = sm.GLS(noisy, design(30, 16), sigma=result.autocorrelation**gaps).fit()
    assert result.level.value == pytest.approx(model.params[2])
    assert (result.level.low, result.level.high) == pytest.approx(tuple(model.conf_int()[2]))


def test_a_missing_point_counts_as_the_time_it_took() -> None:
    noisy = SERIES + 3 * series(30, 0.7, np.random.default_rng(2))
    noisy[[4, 20]] = np.nan
    seen = np.flatnonzero(~np.isnan(noisy))
    result = interrupted_series(noisy.tolist(), 16)
    assert result.autocorrelation is not None
    gaps = np.abs(np.subtract.outer(seen, seen))
    model = sm.GLS(noisy[seen], design(30, 16)[seen], sigma=result.autocorrelation**gaps).fit()
    assert (result.level.low, result.level.high) == pytest.approx(tuple(model.conf_int()[2]))
    assert (result.before, result.after, result.level.n) == (15, 13, 28)


def test_the_correlation_has_the_largest_restricted_likelihood() -> None:
    noisy = SERIES + 3 * series(30, 0.7, np.random.default_rng(2))
    x, found = design(30, 16), interrupted_series(noisy.tolist(), 16).autocorrelation
    gaps = np.abs(np.subtract.outer(np.arange(30), np.arange(30)))

    def restricted(correlation: float) -> float:
        v = correlation**gaps + (correlation == 0) * np.eye(30)
        inverse = np.linalg.inv(v)
        information = x.T @ inverse @ x
        r = noisy - x @ np.linalg.solve(information, x.T @ inverse @ noisy)
        return float(np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + 26 * np.log(r @ inverse @ r))

    assert found == pytest.approx(min(np.arange(0.01, 0.955, 0.01), key=restricted))


def test_a_control_series_takes_out_what_moves_both() -> None:
    shock = np.where(np.arange(30) >= 16, 9.0, 0.0) + np.sin(np.arange(30))
    alone = interrupted_series(SERIES.tolist(), 16)
    controlled = interrupted_series((SERIES + shock).tolist(), 16, control=shock.tolist())
    assert controlled.level.value == pytest.approx(alone.level.value or 0)
    assert interrupted_series((SERIES + shock).tolist(), 16).level.value != pytest.approx(alone.level.value or 0, abs=3)


@pytest.mark.parametrize(("points", "start", "estimable"), [(16, 8, True), (15, 8, False), (16, 7, False)])
def test_eight_points_on_each_side_are_needed(points: int, start: int, estimable: bool) -> None:
    result = interrupted_series(SERIES[:points].tolist(), start)
    assert result.level.is_estimable == estimable
    assert result.slope.reason == (None if estimable else "too_few")


def test_correlated_errors_widen_the_interval() -> None:
    noisy = (series(40, 0.8, np.random.default_rng(5))).tolist()
    assert width(interrupted_series(noisy, 20).level) > width(interrupted_series(noisy, 20, errors="ols").level)


def test_intervals_of_the_autoregression_hold_the_truth_more_often_than_newey_west() -> None:
    rng, held = np.random.default_rng(8), {"ar1": 0, "newey_west": 0}
    for _ in range(150):
        noise = series(24, 0.3, rng).tolist()
        for errors in held:
            level = interrupted_series(noise, 12, errors=errors).level  # type: ignore[arg-type]
            assert level.low is not None
            assert level.high is not None
            held[errors] += level.low <= 0 <= level.high
    assert held["ar1"] >= 0.87 * 150
    assert held["newey_west"] < held["ar1"]


def test_impossible_series_are_refused() -> None:
    with pytest.raises(ValueError, match="start must lie"):
        interrupted_series([1.0] * 20, 21)
    with pytest.raises(ValueError, match="control has 3 points"):
        interrupted_series([1.0] * 20, 10, control=[1.0] * 3)
    with pytest.raises(ValueError, match="lag must be"):
        interrupted_series([1.0] * 20, 10, lag=-1)
