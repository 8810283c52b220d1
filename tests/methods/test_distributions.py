"""Triangular and PERT distributions against closed forms, the exact beta quantiles and their own percentiles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from workbook.methods import distributions as d

# Shares crowded towards both ends.
SHARES = np.concatenate([np.logspace(-6, -1, 2000), np.linspace(0.1, 0.9, 3000), 1 - np.logspace(-1, -6, 2000)])

three_points = st.tuples(*[st.integers(-1_000_000, 1_000_000).map(float)] * 3).map(sorted)
both = pytest.mark.parametrize("kind", [d.Triangular, d.Pert])


@given(three_points)
def test_mean_and_variance_of_a_triangular_follow_the_closed_forms(points: list[float]) -> None:
    a, c, b = points
    found = d.Triangular(a, c, b)
    assert found.mean == pytest.approx((a + b + c) / 3)
    assert found.variance == pytest.approx((a * a + b * b + c * c - a * b - a * c - b * c) / 18)


@both
def test_mean_and_variance_are_those_of_the_quantiles(kind: type[d.Triangular | d.Pert]) -> None:
    found = kind(10, 20, 70)
    values = found.quantile((np.arange(100_000) + 0.5) / 100_000)
    assert values.mean() == pytest.approx(found.mean, rel=1e-5)
    assert values.var() == pytest.approx(found.variance, rel=1e-4)


def test_the_mean_of_a_pert_counts_the_mode_four_times() -> None:
    found = d.Pert(10, 20, 70)
    assert found.mean == pytest.approx((10 + 4 * 20 + 70) / 6)
    # alpha = 1 + 4/6 and beta = 1 + 20/6 of a beta distribution stretched over 60.
    alpha, beta = 5 / 3, 13 / 3
    assert found.variance == pytest.approx(3600 * alpha * beta / ((alpha + beta) ** 2 * (alpha + beta + 1)))


def test_a_larger_shape_trusts_the_mode_more() -> None:
    spreads = [d.Pert(10, 20, 70, shape).variance for shape in (1, 4, 20)]
    assert spreads == sorted(spreads, reverse=True)
    assert d.Pert(10, 20, 70, 1e6).mean == pytest.approx(20, abs=1e-3)


def test_quantiles_of_a_triangular_written_out() -> None:
    # 0 to 10 with the mode at 4: a share of 0.4 lies below the mode, 0.1 below sqrt(0.1 * 10 * 4) = 2.
    found = d.Triangular(0, 4, 10).quantile([0.0, 0.1, 0.4, 0.94, 1.0])
    assert found == pytest.approx([0.0, 2.0, 4.0, 10 - math.sqrt(0.06 * 60), 10.0])


@pytest.mark.parametrize("shape", [0.5, 1.0, 4.0, 50.0])
@pytest.mark.parametrize("mode", [0.0, 0.001, 0.2, 0.5, 0.95, 1.0])
def test_pert_quantiles_keep_to_the_stated_error_into_the_tails(shape: float, mode: float) -> None:
    exact = betaincinv(1 + shape * mode, 1 + shape * (1 - mode), SHARES)
    error = np.abs(d.Pert(0.0, mode, 1.0, shape).quantile(SHARES) - exact).max()
    assert error <= d.PERT_MAXIMUM_ERROR


@given(three_points, st.sampled_from([d.Triangular, d.Pert]), st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_quantiles_rise_with_the_share_from_low_to_high(
    points: list[float], kind: type[d.Triangular | d.Pert], shares: list[float]
) -> None:
    low, mode, high = points
    values = kind(low, mode, high).quantile([0.0, *sorted(shares), 1.0])
    assert (np.diff(values) >= 0).all()
    assert (values[0], values[-1]) == (low, high)


@both
def test_equal_points_are_a_fixed_value(kind: type[d.Triangular | d.Pert]) -> None:
    fixed = kind(7, 7, 7)
    assert fixed.quantile([[0.0, 0.3], [0.7, 1.0]]).tolist() == [[7.0, 7.0], [7.0, 7.0]]
    assert (fixed.mean, fixed.variance) == (7, 0)


@both
@pytest.mark.parametrize("points", [(2, 1, 3), (1, 4, 3), (math.nan, 1, 2), (0, math.nan, 2), (0, 1, math.inf)])
def test_points_out_of_order_are_refused(kind: type[d.Triangular | d.Pert], points: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="in this order"):
        kind(*points)


@pytest.mark.parametrize("shape", [0.0, -1.0, math.nan, math.inf])
def test_a_shape_that_is_not_above_zero_is_refused(shape: float) -> None:
    for make in (d.Pert, d.Pert.from_p10_p90):
        with pytest.raises(ValueError, match="above zero"):
            make(1, 2, 3, shape)


@both
@pytest.mark.parametrize("shares", [[-0.1], [0.5, 1.1], [math.nan]])
def test_shares_outside_zero_to_one_are_refused(kind: type[d.Triangular | d.Pert], shares: list[float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        kind(1, 2, 3).quantile(shares)


# Percentiles read as P10 and P90


@given(three_points.filter(lambda points: points[0] < points[2]), st.sampled_from([d.Triangular, d.Pert]))
def test_the_distribution_found_has_the_percentiles_and_the_mode_given(
    points: list[float], kind: type[d.Triangular | d.Pert]
) -> None:
    p10, mode, p90 = points
    found = kind.from_p10_p90(p10, mode, p90)
    assert found.mode == mode
    assert found.low <= p10 < p90 <= found.high
    assert found.quantile([0.1, 0.9]) == pytest.approx([p10, p90], abs=5e-6 * (p90 - p10))


def test_a_symmetric_triangular_from_its_percentiles_in_closed_form() -> None:
    # P10 lies at sqrt(0.05) = 0.2236 of the range, so that 20 lie within 1 - 2 * 0.2236 of it.
    found = d.Triangular.from_p10_p90(10, 20, 30)
    assert found.high - found.low == pytest.approx(20 / (1 - 2 * math.sqrt(0.05)))
    assert found.mean == pytest.approx(20)


@both
def test_percentiles_as_bounds_would_understate_the_spread(kind: type[d.Triangular | d.Pert]) -> None:
    assert kind.from_p10_p90(10, 15, 30).variance > 2 * kind(10, 15, 30).variance


def test_a_mode_below_the_tenth_percentile_is_possible_down_to_a_bound() -> None:
    # A right-angled triangle on 0 to 1: P10 0.0513, P90 0.6838.
    p10, p90 = (1 - math.sqrt(1 - share) for share in (0.1, 0.9))
    found = d.Triangular.from_p10_p90(p10, 0.0, p90)
    assert (found.low, found.high) == pytest.approx((0.0, 1.0), abs=1e-9)
    with pytest.raises(ValueError, match="the mode must lie between"):
        d.Triangular.from_p10_p90(p10, -0.01, p90)


@both
@pytest.mark.parametrize(
    ("points", "message"),
    [
        ((10, 40, 30), "no distribution has its mode at 40 and P10 10, P90 30: the mode must lie between"),
        ((10, 20, 10), "no distribution has its mode at 20"),
        ((30, 20, 10), "P10 not above P90"),
        ((10, math.nan, 30), "finite"),
    ],
)
def test_percentiles_no_distribution_has_are_refused(
    kind: type[d.Triangular | d.Pert], points: tuple[float, float, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        kind.from_p10_p90(*points)


@both
def test_equal_percentiles_are_a_fixed_value(kind: type[d.Triangular | d.Pert]) -> None:
    assert kind.from_p10_p90(5, 5, 5) == kind(5, 5, 5)
