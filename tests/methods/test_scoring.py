"""Scores, sums, ranks, dominance, vetoes and flip points, with the numbers written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbook.methods import scoring as s
from workbook.methods.weights import FloatArray

NAN = math.nan

# Three use cases on value, feasibility and alignment.
SCORES = np.array([[80.0, 40.0, 50.0], [50.0, 90.0, 60.0], [40.0, 40.0, 40.0]])
WEIGHTS = np.array([0.6, 0.3, 0.1])

whole_scores = st.integers(0, 20).map(lambda points: 5.0 * points)
tables = st.tuples(st.integers(2, 6), st.integers(2, 5)).flatmap(
    lambda shape: arrays(float, shape, elements=whole_scores)
)


def weights_of(n: int) -> FloatArray:
    """Return weights that are all positive and differ from each other."""
    return np.asarray(np.arange(1, n + 1) / np.arange(1, n + 1).sum())


def assert_flip(flip: s.Flip | None, weight: float, leaders: tuple[int, ...]) -> None:
    """Check where the leader changes and who leads then."""
    assert flip is not None
    assert flip.weight == pytest.approx(weight)
    assert flip.leaders == leaders


def leaders_at(scores: FloatArray, weights: FloatArray, criterion: int, weight: float) -> set[int]:
    """Return who leads when one weight is moved and the others keep their proportion."""
    moved = weights * (1 - weight) / (1 - weights[criterion])
    moved[criterion] = weight
    return set(np.flatnonzero(s.ranks(scores @ moved) == 1))


def test_a_value_scale_runs_from_its_worst_to_its_best_end() -> None:
    assert s.linear_value([10, 15, 30, 5, 40], worst=30, best=10).tolist() == [100, 75, 0, 100, 0]
    assert s.linear_value([0, 25, 50], worst=0, best=50).tolist() == [0, 50, 100]


def test_a_missing_amount_has_no_value() -> None:
    assert np.isnan(s.linear_value(NAN, 0, 1))


@pytest.mark.parametrize(("x", "worst", "best"), [(1, 5, 5), (1, NAN, 5), (1, 0, math.inf), (math.inf, 0, 1)])
def test_a_scale_without_two_different_finite_ends_is_refused(x: float, worst: float, best: float) -> None:
    with pytest.raises(ValueError, match=r"scale"):
        s.linear_value(x, worst, best)


def test_the_additive_value_is_the_weighted_sum() -> None:
    # 0.6 * 80 + 0.3 * 40 + 0.1 * 50 = 65; 30 + 27 + 6 = 63; 40.
    assert s.additive_values(SCORES, WEIGHTS) == pytest.approx([65, 63, 40])


def test_a_missing_score_gives_no_value_unless_it_has_no_weight() -> None:
    scores = [[80.0, NAN], [50.0, 90.0]]
    assert s.additive_values(scores, [0.7, 0.3]) == pytest.approx([NAN, 62], nan_ok=True)
    assert s.additive_values(scores, [1.0, 0.0]) == pytest.approx([80, 50])


@pytest.mark.parametrize(
    ("scores", "weights"),
    [([1, 2], [0.5, 0.5]), ([[1, 2]], [0.5, 0.6]), ([[1, math.inf]], [0.5, 0.5]), ([[1, 2]], [1.0]), ([[]], [])],
)
def test_scores_and_weights_that_do_not_fit_are_refused(scores: list[list[float]], weights: list[float]) -> None:
    with pytest.raises(ValueError, match=r"score|weights"):
        s.additive_values(scores, weights)


def test_dominance_needs_no_worse_everywhere_and_better_once() -> None:
    expected = [[False, False, True], [False, False, True], [False, False, False]]
    assert s.dominance(SCORES).tolist() == expected
    assert not s.dominance([[50, 50], [50, 50]]).any()


def test_dominance_is_not_established_over_a_missing_score() -> None:
    assert not s.dominance([[90.0, 90.0], [10.0, NAN]]).any()


def test_ties_share_the_best_rank_and_missing_values_have_none() -> None:
    assert s.ranks([70, 90, 70, NAN, 10]) == pytest.approx([2, 1, 2, NAN, 4], nan_ok=True)
    assert np.isnan(s.ranks([NAN, NAN])).all()


def test_rounding_of_the_machine_is_a_tie() -> None:
    assert s.ranks([0.1 + 0.2, 0.3]).tolist() == [1, 1]


def test_leaving_a_criterion_out_rescales_the_others() -> None:
    # Without value: 42.5, 82.5, 40; without feasibility: 75.7, 51.4, 40; without alignment: 66.7, 63.3, 40.
    expected = [[2, 1, 1], [1, 2, 2], [3, 3, 3]]
    assert s.leave_one_out_ranks(SCORES, WEIGHTS).tolist() == expected


def test_leaving_out_the_only_weighted_criterion_ranks_nobody() -> None:
    ranks = s.leave_one_out_ranks([[80, 40], [50, 90]], [1.0, 0.0])
    assert np.isnan(ranks[:, 0]).all()
    assert ranks[:, 1].tolist() == [1, 2]


def test_flip_points_are_where_two_lines_cross() -> None:
    # 40 + 40 t against 90 - 40 t meet at t = 50 / 80.
    value, feasibility = s.flip_points([[80, 40], [50, 90]], [0.7, 0.3])
    assert value.leaders == feasibility.leaders == (0,)
    assert_flip(value.down, 0.625, (1,))
    assert_flip(feasibility.up, 0.375, (1,))
    assert value.up is None
    assert feasibility.down is None


def test_a_dominant_option_never_flips() -> None:
    assert all(point.down is None and point.up is None for point in s.flip_points([[9, 9], [5, 9]], [0.5, 0.5]))


def test_a_tie_for_the_lead_flips_at_once_to_both_sides() -> None:
    point = s.flip_points([[80, 40], [40, 80], [0, 0]], [0.5, 0.5])[0]
    assert point == s.FlipPoint(0, 0.5, (0, 1), down=s.Flip(0.5, (1,)), up=s.Flip(0.5, (0,)))


def test_two_equal_options_overtake_together() -> None:
    point = s.flip_points([[80, 40], [50, 90], [50, 90]], [0.7, 0.3])[0]
    assert_flip(point.down, 0.625, (1, 2))


def test_of_two_that_reach_the_leader_together_the_steeper_one_takes_over() -> None:
    # All three have 60 at equal weights; below, the line from 90 to 30 is above the one from 70 to 50.
    point = s.flip_points([[80, 40], [30, 90], [50, 70]], [0.7, 0.3])[0]
    assert_flip(point.down, 0.5, (1,))


def test_a_flip_that_cannot_be_asked_says_why() -> None:
    assert s.flip_points([[NAN]], [1.0])[0].reason == "no_ranked_option"
    assert [p.reason for p in s.flip_points([[1, 2], [3, 4]], [1.0, 0.0])] == ["no_other_weight", None]
    assert s.flip_points([[1.0, NAN], [3.0, 4.0]], [1.0, 0.0])[1].reason == "not_provided"


@given(tables)
def test_between_flip_points_the_leader_stays_and_beyond_them_it_is_the_named_one(scores: FloatArray) -> None:
    weights = weights_of(scores.shape[1])
    for point in s.flip_points(scores, weights):
        for flip, end, step in ((point.down, 0.0, -1e-6), (point.up, 1.0, 1e-6)):
            reach = end if flip is None else flip.weight
            halfway = (point.weight + reach) / 2
            if abs(reach - point.weight) > 1e-6:
                assert leaders_at(scores, weights, point.criterion, halfway) == set(point.leaders)
            if flip is not None:
                assert leaders_at(scores, weights, point.criterion, flip.weight + step) == set(flip.leaders)


@given(tables, st.data())
def test_a_better_score_never_lowers_a_value_or_a_rank(scores: FloatArray, data: st.DataObject) -> None:
    weights = weights_of(scores.shape[1])
    i, j = data.draw(st.sampled_from(list(np.ndindex(scores.shape))))
    better = scores.copy()
    better[i, j] += 5
    assert s.additive_values(better, weights)[i] > s.additive_values(scores, weights)[i]
    assert s.ranks(s.additive_values(better, weights))[i] <= s.ranks(s.additive_values(scores, weights))[i]


@given(tables, st.permutations(range(6)))
def test_the_order_of_the_options_does_not_matter(scores: FloatArray, permutation: list[int]) -> None:
    weights = weights_of(scores.shape[1])
    order = [i for i in permutation if i < len(scores)]
    values, moved_values = s.additive_values(scores, weights), s.additive_values(scores[order], weights)
    assert (s.ranks(moved_values) == s.ranks(values)[order]).all()
    assert (s.leave_one_out_ranks(scores[order], weights) == s.leave_one_out_ranks(scores, weights)[order]).all()
    for moved, point in zip(s.flip_points(scores[order], weights), s.flip_points(scores, weights), strict=True):
        assert {order[i] for i in moved.leaders} == set(point.leaders)


@given(tables)
def test_adding_a_dominated_option_never_changes_the_leader(scores: FloatArray) -> None:
    weights = weights_of(scores.shape[1])
    wider = np.vstack([scores, scores[0] - 1])
    before, after = s.ranks(s.additive_values(scores, weights)), s.ranks(s.additive_values(wider, weights))
    assert after[-1] > 1
    assert (after[:-1][before == 1] == 1).all()


@given(tables)
def test_a_dominated_option_never_leads(scores: FloatArray) -> None:
    weights = weights_of(scores.shape[1])
    dominated = s.dominance(scores).any(axis=0)
    assert (s.ranks(s.additive_values(scores, weights))[dominated] > 1).all()
