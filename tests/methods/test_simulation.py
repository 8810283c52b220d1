"""Simulated outcomes against closed forms, the copula against the correlations stated, and what must not change."""

from __future__ import annotations

import math
from itertools import combinations
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbook.methods import simulation as s
from workbook.methods.distributions import Pert, Triangular
from workbook.methods.estimates import Estimate
from workbook.methods.weights import FloatArray

SEED = 20260930
INPUTS = {
    "volume": Triangular(8_000, 10_000, 15_000),
    "adoption": Pert(0.3, 0.6, 0.8),
    "wage": Triangular(30, 35, 50),
    "licence": Triangular(40_000, 40_000, 40_000),
}


def rank_correlation(one: FloatArray, other: FloatArray) -> float:
    return float(stats.spearmanr(one, other).statistic)


def equicorrelated(n: int, rho: float) -> FloatArray:
    return np.full((n, n), rho) + (1 - rho) * np.eye(n)


# Draws


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.5, 0.95])
def test_draws_are_uniform_with_the_rank_correlation_stated(rho: float) -> None:
    one, other = s.correlated_uniforms([[1, rho], [rho, 1]], 50_000, seed=SEED)
    assert all(stats.kstest(each, "uniform").pvalue > 0.001 for each in (one, other))
    # The standard error of a rank correlation is at most 1 / sqrt(draws) = 0.0045.
    assert rank_correlation(one, other) == pytest.approx(rho, abs=0.014)


def test_three_inputs_keep_all_their_correlations_through_their_distributions() -> None:
    stated = {("volume", "adoption"): 0.4, ("adoption", "wage"): -0.5, ("wage", "volume"): 0.2}
    drawn = s.draw_inputs(INPUTS, stated, 50_000, seed=SEED)
    for (one, other), rho in stated.items():
        assert rank_correlation(drawn[one], drawn[other]) == pytest.approx(rho, abs=0.014)


@pytest.mark.parametrize("rho", [1.0, -1.0])
def test_inputs_that_move_as_one_are_drawn_although_their_matrix_is_singular(rho: float) -> None:
    one, other = s.correlated_uniforms([[1, rho], [rho, 1]], 1_000, seed=SEED)
    assert other == pytest.approx(one if rho > 0 else 1 - one)


def test_correlations_off_by_their_rounding_are_drawn_as_meant() -> None:
    # The first two move as one, so that the last two correlations could only be equal.
    uniforms = s.correlated_uniforms([[1, 1, 0.5], [1, 1, 0.50002], [0.5, 0.50002, 1]], 20_000, seed=SEED)
    assert stats.kstest(uniforms[2], "uniform").pvalue > 0.001
    assert rank_correlation(uniforms[1], uniforms[2]) == pytest.approx(0.5, abs=0.02)


@given(st.integers(2, 6), st.data())
@settings(max_examples=25)
def test_the_root_of_any_correlation_matrix_gives_it_back(n: int, data: st.DataObject) -> None:
    # Correlations of fewer factors than inputs are singular.
    loadings = np.array(data.draw(st.lists(st.integers(-5, 5), min_size=2 * n, max_size=2 * n))).reshape(n, 2) + 0.5
    unit = loadings / np.linalg.norm(loadings, axis=1, keepdims=True)
    matrix = unit @ unit.T
    root = s._triangular_root(matrix)
    assert root @ root.T == pytest.approx(matrix, abs=1e-4)
    assert (np.triu(root, 1) == 0).all()


def test_the_same_seed_draws_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (s.draw_inputs(INPUTS, {("volume", "wage"): 0.5}, 500, seed=seed) for seed in (1, 1, 2))
    assert all(one[name].tobytes() == again[name].tobytes() for name in INPUTS)
    assert (one["volume"] != other["volume"]).any()


def test_a_further_input_leaves_the_draws_of_the_others_as_they_are() -> None:
    stated = {("volume", "adoption"): 0.4, ("adoption", "wage"): 0.5}
    before = s.draw_inputs(INPUTS, stated, 500, seed=1)
    last = s.draw_inputs(INPUTS | {"tokens": Triangular(1, 2, 3)}, stated | {("tokens", "wage"): 0.7}, 500, seed=1)
    first = s.draw_inputs({"tokens": Triangular(1, 2, 3)} | INPUTS, stated, 500, seed=1)
    for name in INPUTS:
        np.testing.assert_array_equal(last[name], before[name])
        np.testing.assert_array_equal(first[name], before[name])


def test_the_order_of_inputs_and_of_a_pair_does_not_matter_without_correlation_between_them() -> None:
    before = s.draw_inputs(INPUTS, {("volume", "wage"): 0.5}, 500, seed=1)
    order = ["licence", "adoption", "volume", "wage"]
    after = s.draw_inputs({name: INPUTS[name] for name in order}, {("wage", "volume"): 0.5}, 500, seed=1)
    assert all((after[name] == before[name]).all() for name in INPUTS)


def test_a_better_distribution_never_lowers_a_draw() -> None:
    before = s.draw_inputs(INPUTS, {}, 500, seed=1)["volume"]
    after = s.draw_inputs(INPUTS | {"volume": Triangular(8_000, 11_000, 16_000)}, {}, 500, seed=1)["volume"]
    assert (after >= before).all()


def test_a_fixed_input_is_the_same_in_every_draw() -> None:
    assert set(s.draw_inputs(INPUTS, {("licence", "wage"): 0.5}, 100, seed=1)["licence"]) == {40_000.0}


# Correlations nothing can have


def test_three_correlations_that_contradict_each_other_are_named() -> None:
    stated = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9, ("c", "d"): 0.2}
    inputs = {name: Triangular(0, 1, 2) for name in "abcd"}
    with pytest.raises(ValueError, match=r"smallest eigenvalue -0\.8\d+.*a with b 0\.9, a with c -0\.9, b with c 0\.9"):
        s.draw_inputs(inputs, stated, 10, seed=1)


def test_four_inputs_that_contradict_only_together_are_named() -> None:
    # Four inputs can correlate at -1/3 at the least, three at -1/2.
    matrix = np.eye(5)
    matrix[:4, :4] = equicorrelated(4, -0.4)
    with pytest.raises(ValueError, match="no three inputs contradict each other, but a, b, c, d together do"):
        s.correlated_uniforms(matrix, 10, seed=1, ids=list("abcde"))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 0.5], [0.4, 1]], "x and y is 0.5 one way and 0.4"),
        ([[1, 1.2], [1.2, 1]], "x and y is 1.2"),
        ([[1, math.nan], [math.nan, 1]], "x and y is nan"),
        ([[0.9, 0], [0, 1]], "x and x is 0.9"),
        ([[1, 0, 0], [0, 1, 0]], "shape"),
        ([1, 0], "shape"),
        (np.empty((0, 0)), "shape"),
    ],
)
def test_what_is_no_matrix_of_correlations_is_refused(matrix: FloatArray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        s.correlated_uniforms(matrix, 10, seed=1, ids=["x", "y"])


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({("volume", "price"): 0.5}, "price is not among the inputs"),
        ({("wage", "wage"): 0.5}, "each pair of two inputs once"),
        ({("volume", "wage"): 0.5, ("wage", "volume"): 0.5}, "each pair of two inputs once"),
        ({("volume", "wage"): -1.5}, "volume and wage is -1.5"),
    ],
)
def test_pairs_that_are_no_pairs_are_refused(stated: dict[tuple[str, str], float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        s.draw_inputs(INPUTS, stated, 10, seed=1)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="no inputs"):
        s.draw_inputs({}, {}, 10, seed=1)
    with pytest.raises(ValueError, match="0 draws"):
        s.draw_inputs(INPUTS, {}, 0, seed=1)


# Sums against closed forms


def test_a_sum_of_independent_triangulars_has_the_mean_and_variance_of_the_closed_forms() -> None:
    inputs = {str(i): Triangular(0, i, 4 * i + 1) for i in range(8)}
    total = sum(s.draw_inputs(inputs, {}, seed=SEED).values())
    variance = sum(each.variance for each in inputs.values())
    found = s.spread(total)
    assert found.mean.low is not None and found.mean.high is not None
    assert found.mean.low < sum(each.mean for each in inputs.values()) < found.mean.high
    assert found.sd == pytest.approx(math.sqrt(variance), rel=0.01)


def test_correlation_widens_a_sum_by_about_what_the_standard_deviations_say() -> None:
    inputs = {str(i): Triangular(0, i, 4 * i + 1) for i in range(5)}
    pairs = list(combinations(inputs, 2))
    sd = {name: math.sqrt(each.variance) for name, each in inputs.items()}
    spreads = []
    for rho in (0.0, 0.25, 0.5, 1.0):
        found = s.spread(sum(s.draw_inputs(inputs, dict.fromkeys(pairs, rho), seed=SEED).values())).sd
        stated = sum(each**2 for each in sd.values()) + 2 * rho * sum(sd[one] * sd[other] for one, other in pairs)
        # Rank correlations of skewed inputs are only about those of their levels.
        assert found == pytest.approx(math.sqrt(stated), rel=0.02)
        spreads.append(found)
    assert spreads == sorted(spreads)


def test_the_sum_of_most_likely_values_lies_below_the_median_of_skewed_inputs() -> None:
    inputs = {str(i): Triangular(9, 10, 15) for i in range(10)}
    total = sum(s.draw_inputs(inputs, {}, 20_000, seed=SEED).values())
    below = s.share_below(total, 100.0)
    # Mean 34/3 and variance 31/18 each: 100 lies 13.33 / 4.15 = 3.2 standard deviations below the mean of 113.3.
    assert below.value is not None and below.value < 0.002


# Spread


def test_the_spread_of_known_numbers() -> None:
    found = s.spread(np.random.default_rng(1).permutation(np.arange(-20.0, 80.0)))
    assert [each.value for each in (found.p10, found.p50, found.p90)] == [-11.0, 29.0, 69.0]
    assert found.mean.value == 29.5
    assert found.sd == pytest.approx(math.sqrt(100 * 101 / 12))
    assert (found.loss.value, found.loss.n) == (0.2, 100)
    # Wilson score interval of 20 in 100.
    assert (found.loss.low, found.loss.high) == pytest.approx((0.1334, 0.2888), abs=5e-5)


def test_the_curve_rises_through_the_percentiles() -> None:
    values = np.random.default_rng(1).normal(size=10_000)
    found = s.spread(values)
    levels, shares = zip(*found.curve, strict=True)
    assert list(levels) == sorted(levels)
    assert shares == pytest.approx(np.arange(1, 100) / 100)
    assert dict(zip(shares, levels, strict=True))[0.9] == found.p90.value
    assert levels == pytest.approx([NormalDist().inv_cdf(share) for share in shares], abs=0.12)


def test_an_outcome_of_exactly_zero_is_no_loss() -> None:
    assert s.spread([0.0, 0.0, -1.0, 1.0]).loss.value == 0.25


def test_too_few_draws_give_no_percentiles() -> None:
    found = s.spread([1.0, 2.0, 3.0, 4.0])
    assert found.p90 == Estimate.missing("too_few", 4)
    assert found.mean == Estimate.missing("too_few", 4)
    assert s.spread([1.0]).sd is None


def test_the_interval_of_a_loss_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(300):
        (uniform,) = s.correlated_uniforms([[1.0]], 400, seed=seed)
        found = s.share_below(uniform, 0.1)
        assert found.low is not None and found.high is not None
        covered += found.low <= 0.1 <= found.high
    # 285 expected, standard deviation 3.8.
    assert 272 <= covered <= 297


@pytest.mark.parametrize("outcomes", [[1.0, math.nan], [math.inf], [], [[1.0]], 1.0])
def test_outcomes_that_are_no_numbers_are_refused(outcomes: list[float]) -> None:
    for method in (s.spread, lambda values: s.share_below(values, 0)):
        with pytest.raises(ValueError, match="outcome"):
            method(outcomes)
