"""Weights against published examples, and every refusal."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.methods import weights as w

# How to choose a leader: experience, education, charisma, age.
LEADER: list[list[float]] = [[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]]

# Saaty, Decision making with the analytic hierarchy process, 2008: coffee, wine, tea, beer, sodas, milk, water.
DRINKS: list[list[float]] = [
    [1, 9, 5, 2, 1, 1, 1 / 2],
    [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
    [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [1, 9, 4, 2, 1, 2, 1 / 2],
    [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [2, 9, 9, 3, 2, 3, 1],
]

# Saaty, How to make a decision: the analytic hierarchy process, 1990: the eight criteria for buying a house.
HOUSE: list[list[float]] = [
    [1, 5, 3, 7, 6, 6, 1 / 3, 1 / 4],
    [1 / 5, 1, 1 / 3, 5, 3, 3, 1 / 5, 1 / 7],
    [1 / 3, 3, 1, 6, 3, 4, 6, 1 / 5],
    [1 / 7, 1 / 5, 1 / 6, 1, 1 / 3, 1 / 4, 1 / 7, 1 / 8],
    [1 / 6, 1 / 3, 1 / 3, 3, 1, 1 / 2, 1 / 5, 1 / 6],
    [1 / 6, 1 / 3, 1 / 4, 4, 2, 1, 1 / 5, 1 / 6],
    [3, 5, 1 / 6, 7, 5, 5, 1, 1 / 2],
    [4, 7, 5, 8, 6, 6, 2, 1],
]

names = st.text(min_size=1, max_size=4)
points = st.dictionaries(names, st.floats(0, 1e6), min_size=1, max_size=12)


@given(points.filter(lambda given_points: sum(given_points.values()) > 1e-6))
def test_weights_sum_to_one_and_keep_the_proportions(given_points: dict[str, float]) -> None:
    weights = w.normalise(given_points)
    total = sum(given_points.values())
    assert math.isclose(sum(weights.values()), 1.0)
    assert all(math.isclose(weights[name] * total, value, abs_tol=1e-9) for name, value in given_points.items())


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ({}, "no criteria"),
        ({"value": 0.0, "cost": 0.0}, "all points are zero"),
        ({"value": 1.0, "cost": -1.0}, "'cost' are -1.0: points cannot be negative"),
        ({"value": math.nan}, "'value' are nan"),
        ({"value": math.inf}, "'value' are inf"),
    ],
)
def test_points_that_are_no_weights_are_refused_with_the_reason(faulty: dict[str, float], message: str) -> None:
    for weigh in (w.normalise, w.swing_weights, w.direct_weights):
        with pytest.raises(ValueError, match=message):
            weigh(faulty)


def test_swings_of_100_60_and_40_weigh_a_half_three_tenths_and_a_fifth() -> None:
    assert w.swing_weights({"value": 100, "data": 60, "sponsor": 40}) == {"value": 0.5, "data": 0.3, "sponsor": 0.2}


def test_swings_without_a_largest_of_100_are_refused() -> None:
    with pytest.raises(ValueError, match=r"largest swing is 80 \('value'\)"):
        w.swing_weights({"value": 80, "data": 60})


@pytest.mark.parametrize("shares", [{"a": 0.75, "b": 0.25}, {"a": 75, "b": 25}])
def test_direct_weights_are_shares_of_one_or_of_a_hundred(shares: dict[str, float]) -> None:
    assert w.direct_weights(shares) == {"a": 0.75, "b": 0.25}


def test_direct_weights_forgive_rounding_but_not_a_forgotten_criterion() -> None:
    assert w.direct_weights({"a": 33.3, "b": 33.3, "c": 33.3})["a"] == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="sum to 90"):
        w.direct_weights({"a": 50, "b": 40})


def test_rank_order_centroid_weights_of_four_and_five_criteria() -> None:
    assert w.rank_order_centroid(4) == pytest.approx([25 / 48, 13 / 48, 7 / 48, 3 / 48])
    assert w.rank_order_centroid(4).round(4).tolist() == [0.5208, 0.2708, 0.1458, 0.0625]
    assert w.rank_order_centroid(5).round(4).tolist() == [0.4567, 0.2567, 0.1567, 0.09, 0.04]


def test_rank_order_centroid_of_one_criterion_is_one_and_of_none_refused() -> None:
    assert w.rank_order_centroid(1).tolist() == [1.0]
    with pytest.raises(ValueError, match="0 criteria"):
        w.rank_order_centroid(0)


def test_the_leader_example_gives_its_published_weights() -> None:
    result = w.ahp_weights(LEADER)
    # Published 0.547, 0.127, 0.270, 0.056; the eigenvector's first entry is 0.54756.
    assert result.weights == pytest.approx([0.547, 0.127, 0.270, 0.056], abs=0.001)
    assert result.lambda_max == pytest.approx(4.118, abs=0.001)
    assert result.consistency_ratio == pytest.approx(0.0394 / 0.90, abs=0.001)
    assert result.is_consistent


def test_the_drinks_example_gives_its_published_weights_and_ratio() -> None:
    result = w.ahp_weights(DRINKS)
    assert np.round(result.weights, 3).tolist() == [0.177, 0.019, 0.042, 0.116, 0.19, 0.129, 0.327]
    assert round(result.consistency_ratio, 3) == 0.022


def test_the_house_example_is_inconsistent_and_names_the_judgements_to_look_at_again() -> None:
    result = w.ahp_weights(HOUSE)
    assert np.round(result.weights, 3).tolist() == [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert round(result.lambda_max, 3) == 9.669
    assert round(result.consistency_ratio, 3) == 0.169
    assert not result.is_consistent
    # Size is 3 times neighbourhood and neighbourhood 6 times condition, yet size is given as a third of condition.
    assert result.worst_triple == (0, 2, 6)


@given(st.lists(st.floats(0.05, 1), min_size=1, max_size=8))
def test_comparisons_made_from_weights_give_the_weights_back(true_weights: list[float]) -> None:
    vector = np.array(true_weights)
    result = w.ahp_weights(vector[:, None] / vector)
    assert result.weights == pytest.approx(vector / vector.sum())
    assert result.lambda_max == pytest.approx(len(vector))
    assert result.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert result.is_consistent
    assert result.worst_triple is None


@pytest.mark.parametrize("matrix", [[[1]], [[1, 9], [1 / 9, 1]]])
def test_one_or_two_criteria_are_always_consistent(matrix: list[list[float]]) -> None:
    result = w.ahp_weights(matrix)
    assert (result.consistency_ratio, result.is_consistent, result.worst_triple) == (0.0, True, None)


def test_a_ratio_just_over_the_limit_is_not_consistent() -> None:
    # a, b and c with a = 2b, b = 2c and a = x c: the ratio crosses 0.10 between x = 10 and x = 12.
    ratios = [w.ahp_weights([[1.0, 2.0, x], [0.5, 1.0, 2.0], [1 / x, 0.5, 1.0]]) for x in (10.0, 12.0)]
    assert [result.is_consistent for result in ratios] == [True, False]
    assert ratios[0].consistency_ratio < 0.10 < ratios[1].consistency_ratio


def test_rounded_reciprocals_count_as_exact() -> None:
    rounded = [[1.0, 3.0, 8.0], [0.33, 1.0, 3.0], [0.13, 0.33, 1.0]]
    exact = [[1.0, 3.0, 8.0], [1 / 3, 1.0, 3.0], [1 / 8, 1 / 3, 1.0]]
    assert w.ahp_weights(rounded) == w.ahp_weights(exact)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 2, 3], [0.5, 1, 2]], "shape"),
        ([], "shape"),
        ([[1, 3], [3, 1]], r"comparison \(0, 1\) is 3 and \(1, 0\) is 3"),
        ([[2, 3], [1 / 3, 1]], r"comparison \(0, 0\) is 2"),
        ([[1, 0], [1, 1]], "positive"),
        ([[1, math.nan], [1, 1]], "positive"),
        (np.ones((16, 16)), "too many"),
    ],
)
def test_a_matrix_that_is_not_reciprocal_is_refused(matrix: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        w.ahp_weights(matrix)


@pytest.mark.parametrize("n", [5, 9, 12])
def test_the_random_index_agrees_with_simulated_random_matrices(n: int) -> None:
    rng = np.random.default_rng(1)
    judgements = rng.choice([*(1 / np.arange(9, 1, -1)), *range(1, 10)], (1500, n, n))
    upper = np.triu(judgements, 1)
    matrices = upper + np.swapaxes(np.divide(1, upper, out=np.zeros_like(upper), where=upper > 0), 1, 2) + np.eye(n)
    index = (np.linalg.eigvals(matrices).real.max(axis=1).mean() - n) / (n - 1)
    assert index == pytest.approx(w.RANDOM_INDEX[n], abs=0.03)


@pytest.mark.parametrize("weights", [[0.5, 0.4], [0.5, 0.5, 0.0], [1.5, -0.5], [math.nan, 1.0]])
def test_a_vector_that_is_no_weights_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        w.weight_vector(weights, 2)
