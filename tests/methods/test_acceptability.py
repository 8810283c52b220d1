"""Rank acceptability against exact answers, the samplers against other ways to sample, and the invariants."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from workbook.methods import acceptability as a
from workbook.methods.scoring import additive_values, ranks
from workbook.methods.weights import FloatArray, rank_order_centroid

NAN = math.nan
SEED = 20260930

whole_scores = st.integers(0, 20).map(lambda points: 5.0 * points)
tables = st.tuples(st.integers(2, 5), st.integers(2, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=whole_scores)
)


def uncertain(likely: FloatArray, draws: int = 200) -> FloatArray:
    """Return draws of scores between 10 below and 20 above the likely ones."""
    ids = [f"option-{i}" for i in range(len(likely))]
    return a.score_draws(likely - 10, likely, likely + 20, draws, seed=SEED, ids=ids)


# Samplers of weights


@pytest.mark.parametrize(
    "weights",
    [
        a.uniform_weights(6, 500, seed=1),
        a.ordered_weights([2, 0, 1], 500, seed=1),
        a.interval_weights([0.1, 0.2, 0.0], [0.5, 0.4, 0.6], 500, seed=1),
    ],
)
def test_drawn_weights_are_positive_and_sum_to_one(weights: FloatArray) -> None:
    assert (weights >= 0).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(500))


def test_the_same_seed_draws_the_same_weights_and_another_seed_others() -> None:
    assert (a.uniform_weights(4, 50, seed=1) == a.uniform_weights(4, 50, seed=1)).all()
    assert (a.uniform_weights(4, 50, seed=1) != a.uniform_weights(4, 50, seed=2)).any()


def test_each_uniform_weight_follows_its_known_distribution() -> None:
    # One share of n on the simplex is Beta(1, n - 1).
    weights = a.uniform_weights(5, 10_000, seed=SEED)
    assert all(stats.kstest(weights[:, j], stats.beta(1, 4).cdf).pvalue > 0.01 for j in range(5))


def test_ordered_weights_keep_the_order_and_average_to_the_rank_order_centroid() -> None:
    weights = a.ordered_weights([2, 0, 3, 1], 10_000, seed=SEED)[:, [2, 0, 3, 1]]
    assert (np.diff(weights, axis=1) <= 0).all()
    assert weights.mean(axis=0) == pytest.approx(rank_order_centroid(4), abs=0.005)


@pytest.mark.parametrize("order", [[0, 0, 1], [1, 2, 3], [0, 2]])
def test_an_order_that_does_not_name_each_criterion_once_is_refused(order: list[int]) -> None:
    with pytest.raises(ValueError, match="once"):
        a.ordered_weights(order, seed=1)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        # Roughly the simplex; its mirror image; a box; two narrow criteria in a box and three wide ones on a simplex;
        # and the mirror image of such a mixture.
        ([0.0, 0.0, 0.0, 0.0], [0.7, 0.8, 0.5, 0.9]),
        ([0.0, 0.0, 0.0, 0.0], [0.4, 0.3, 0.35, 0.3]),
        ([0.1, 0.2, 0.15, 0.15], [0.35, 0.4, 0.35, 0.4]),
        ([0.0, 0.0, 0.0, 0.0, 0.0], [0.1, 0.15, 1.0, 0.9, 0.8]),
        ([0.05, 0.05, 0.0, 0.0, 0.0], [0.1, 0.1, 0.32, 0.33, 0.34]),
    ],
)
def test_interval_weights_are_distributed_as_by_plain_rejection(low: list[float], high: list[float]) -> None:
    candidates = a.uniform_weights(len(low), 200_000, seed=SEED)
    plain = candidates[((candidates >= low) & (candidates <= high)).all(axis=1)]
    exact = a.interval_weights(low, high, 10_000, seed=SEED + 1)
    assert ((exact >= low) & (exact <= high)).all()
    assert all(stats.ks_2samp(exact[:, j], plain[:, j]).pvalue > 0.001 for j in range(len(low)))
    assert np.cov(exact.T) == pytest.approx(np.cov(plain.T), abs=0.1 * np.var(plain, axis=0).max())


def test_interval_weights_work_where_rejection_from_the_simplex_is_hopeless() -> None:
    # One draw in about 10^20 of the simplex falls into these intervals.
    centre = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])
    weights = a.interval_weights(centre - 0.0005, centre + 0.0005, 5_000, seed=SEED)
    assert (np.abs(weights - centre) <= 0.0005 + 1e-12).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(5_000))
    assert weights.mean(axis=0) == pytest.approx(centre, abs=2e-5)


def test_two_weights_in_intervals_are_uniform_on_what_both_allow() -> None:
    # The second is 1 minus the first, so the first lies in 0.4..0.6 although its own interval is wider.
    weights = a.interval_weights([0.2, 0.4], [0.9, 0.6], 10_000, seed=SEED)
    assert stats.kstest(weights[:, 0], stats.uniform(0.4, 0.2).cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("low", "high", "only"),
    [
        ([0.2, 0.3, 0.5], [0.9, 0.9, 0.9], [0.2, 0.3, 0.5]),
        ([0.0, 0.0, 0.0], [0.2, 0.3, 0.5], [0.2, 0.3, 0.5]),
        ([0.3, 0.2], [0.3, 0.9], [0.3, 0.7]),
        # So narrow that it counts as fixed.
        ([0.1, 0.0, 0.0], [0.1, 1e-10, 0.9], [0.1, 0.0, 0.9]),
        # So narrow that it counts as fixed.
        ([0.1, 0.0, 0.0], [0.1, 1e-10, 0.9], [0.1, 0.0, 0.9]),
        # Ten tenths, whose sum rounds to a hair below one.
        ([0.1] * 10, [1.0] * 10, [0.1] * 10),
        ([0.0] * 10, [0.1] * 10, [0.1] * 10),
        ([0.1] * 6, [0.1] * 5 + [1.0], [0.1] * 5 + [0.5]),
        ([1.0], [1.0], [1.0]),
    ],
)
def test_intervals_that_leave_one_choice_give_it(low: list[float], high: list[float], only: list[float]) -> None:
    assert a.interval_weights(low, high, 3, seed=1) == pytest.approx(np.tile(only, (3, 1)))


@pytest.mark.parametrize(
    ("low", "high", "message"),
    [
        ([0.6, 0.5], [0.9, 0.9], "low ends already sum to 1.1"),
        ([0.0, 0.1], [0.4, 0.5], "high ends sum to 0.9 only"),
        ([0.5, 0.1], [0.4, 0.9], "low end first"),
        ([-0.1, 0.1], [0.4, 0.9], "within 0 to 1"),
        ([NAN, 0.1], [0.4, 0.9], "within 0 to 1"),
        ([0.1], [0.4, 0.9], "shapes"),
        ([], [], "shapes"),
    ],
)
def test_intervals_that_admit_no_weights_are_refused(low: list[float], high: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        a.interval_weights(low, high, seed=1)


def test_intervals_with_room_for_less_than_rounding_fix_the_weights() -> None:
    # One criterion has as much room as is left over; by rounding it had 6e-17 less, of which there is no logarithm.
    low = np.array([1.0, 1.0, 0.875, 0.25, 0.25]) / 3.375
    high = low.copy()
    low[2] -= 1e-9
    high[4] += 1e-9
    weights = a.interval_weights(low, high, 50, seed=1)
    assert ((weights >= low - 1e-8) & (weights <= high + 1e-8)).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(50), abs=1e-8)


@given(st.integers(2, 10), st.data())
@settings(max_examples=40)
def test_whatever_the_intervals_the_weights_lie_within(n: int, data: st.DataObject) -> None:
    # Intervals of very different widths around some weights, so that they always admit those.
    centre = np.array(data.draw(st.lists(st.floats(0.01, 1), min_size=n, max_size=n)))
    centre /= centre.sum()
    reach = st.lists(st.sampled_from([0.0, 1e-9, 1e-4, 0.01, 0.1, 0.5, 1.0]), min_size=n, max_size=n)
    low = np.maximum(centre - np.array(data.draw(reach)), 0)
    high = np.minimum(centre + np.array(data.draw(reach)), 1)
    weights = a.interval_weights(low, high, 50, seed=1)
    assert ((weights >= low - 1e-8) & (weights <= high + 1e-8)).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(50), abs=1e-7)


# Draws of scores


def test_drawn_scores_follow_the_triangular_distribution() -> None:
    draws = a.score_draws([[20.0]], [[30.0]], [[70.0]], 10_000, seed=SEED)
    assert stats.kstest(draws[0, 0], stats.triang(0.2, 20, 50).cdf).pvalue > 0.01


def test_a_missing_score_is_drawn_uniformly_over_its_range() -> None:
    draws = a.score_draws([[0.0]], [[NAN]], [[100.0]], 10_000, seed=SEED)
    assert stats.kstest(draws[0, 0], stats.uniform(0, 100).cdf).pvalue > 0.01


def test_a_certain_score_is_always_the_same() -> None:
    assert (a.score_draws([[40.0, 0.0]], [[40.0, 0.0]], [[40.0, 9.0]], 100, seed=1)[0, 0] == 40).all()


def test_the_draws_of_an_option_depend_on_its_id_only() -> None:
    likely = np.array([[30.0, 40.0], [50.0, 60.0]])
    both = a.score_draws(likely - 5, likely, likely + 5, 50, seed=1, ids=["a", "b"])
    swapped = a.score_draws(likely[::-1] - 5, likely[::-1], likely[::-1] + 5, 50, seed=1, ids=["b", "a"])
    assert (both == swapped[::-1]).all()
    assert (both[0] - 30 != both[1] - 50).any()


@pytest.mark.parametrize(
    ("low", "likely", "high", "message"),
    [
        ([[5.0]], [[4.0]], [[9.0]], "option 0, criterion 0: low 5, likely 4, high 9"),
        ([[5.0]], [[10.0]], [[9.0]], "order"),
        ([[9.0]], [[NAN]], [[5.0]], "order"),
        ([[NAN]], [[NAN]], [[9.0]], "missing"),
        ([[5.0]], [[6.0, 7.0]], [[9.0]], "shapes"),
    ],
)
def test_three_points_out_of_order_are_refused(
    low: list[list[float]], likely: list[list[float]], high: list[list[float]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        a.score_draws(low, likely, high, seed=1)


def test_ids_must_be_one_for_each_option() -> None:
    table = np.ones((2, 1))
    for ids in (["a"], ["a", "a"]):
        with pytest.raises(ValueError, match="own id"):
            a.score_draws(table, table, table, seed=1, ids=ids)


# SMAA-2 against exact answers


def test_a_compromise_leads_in_a_fifth_of_all_weightings() -> None:
    # The third option leads exactly while 0.4 < w1 < 0.6.
    result = a.smaa([[1.0, 0.0], [0.0, 1.0], [0.6, 0.6]], a.uniform_weights(2, 40_000, seed=SEED), seed=SEED)
    assert result.rank_acceptability[:, 0] == pytest.approx([0.4, 0.4, 0.2], abs=0.01)
    # Beyond that it is always second.
    assert result.rank_acceptability[2] == pytest.approx([0.2, 0.8, 0.0], abs=0.01)
    assert result.central_weights[0] == pytest.approx([0.8, 0.2], abs=0.01)
    assert result.confidence_factor.tolist() == [1, 1, 1]


def test_specialists_share_the_lead_and_their_central_weights_are_known() -> None:
    # The mean of three weights of which the first is the largest: (11/18, 7/36, 7/36).
    result = a.smaa(np.eye(3), a.uniform_weights(3, 40_000, seed=SEED), seed=SEED)
    assert result.rank_acceptability == pytest.approx(np.full((3, 3), 1 / 3), abs=0.01)
    expected = np.where(np.eye(3) > 0, 11 / 18, 7 / 36)
    assert result.central_weights == pytest.approx(expected, abs=0.01)


def test_uncertain_scores_alone_give_the_exact_chance() -> None:
    # Two uniform scores: P(U(0, 100) > U(50, 100)) = 1/4, whatever the fixed weights.
    low, likely, high = [[0.0], [50.0]], [[NAN], [NAN]], [[100.0], [100.0]]
    result = a.smaa(a.score_draws(low, likely, high, 20_000, seed=SEED), [1.0], seed=SEED)
    assert result.rank_acceptability[0] == pytest.approx([0.25, 0.75], abs=0.01)
    assert result.pairwise == pytest.approx(np.array([[0.5, 0.25], [0.75, 0.5]]), abs=0.01)
    assert result.mean_rank == pytest.approx([1.75, 1.25], abs=0.01)
    # With the weights fixed, the central weights are these and the confidence is the share of first ranks.
    assert result.central_weights.tolist() == [[1.0], [1.0]]
    assert result.confidence_factor == pytest.approx(result.rank_acceptability[:, 0])


def test_confidence_is_the_chance_to_lead_at_the_own_central_weights() -> None:
    # At any weights the first option has 50, and the second, U(0, 100) on both criteria, beats it half of the time.
    low, likely, high = [[50.0, 50.0], [0.0, 0.0]], [[50.0, 50.0], [NAN, NAN]], [[50.0, 50.0], [100.0, 100.0]]
    draws = a.score_draws(low, likely, high, 20_000, seed=SEED)
    result = a.smaa(draws, a.uniform_weights(2, 20_000, seed=SEED), seed=SEED)
    assert result.confidence_factor == pytest.approx([0.5, 0.5], abs=0.015)


def test_the_interval_of_the_first_share_is_a_hundredth_with_ten_thousand_draws() -> None:
    result = a.smaa(np.eye(2), a.uniform_weights(2, a.DRAWS, seed=SEED), seed=SEED)
    share = result.first_share[0]
    assert share.n == result.draws == 10_000
    assert share.low is not None and share.high is not None
    assert share.low < 0.5 < share.high
    assert (share.high - share.low) / 2 == pytest.approx(0.0098, abs=0.0001)


def test_a_share_of_zero_keeps_an_upper_limit() -> None:
    result = a.smaa([[9, 9], [1, 1]], a.uniform_weights(2, 1_000, seed=SEED), seed=SEED)
    share = result.first_share[1]
    assert (share.value, share.low) == (0.0, 0.0)
    assert share.high == pytest.approx(1.96**2 / (1_000 + 1.96**2), abs=1e-5)


# Ties, rows and columns


def test_options_that_tie_share_their_ranks() -> None:
    result = a.smaa([[5, 5], [5, 5], [9, 9], [1, 1]], a.uniform_weights(2, 100, seed=1), seed=1)
    assert result.rank_acceptability.tolist() == [[0, 0.5, 0.5, 0], [0, 0.5, 0.5, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
    assert result.pairwise[0].tolist() == [0.5, 0.5, 0, 1]
    assert result.mean_rank.tolist() == [2.5, 2.5, 1, 4]
    assert np.isnan(result.central_weights[[0, 1, 3]]).all()
    assert np.isnan(result.confidence_factor[[0, 1, 3]]).all()


def test_two_that_tie_for_the_lead_have_half_of_it_each() -> None:
    result = a.smaa([[5, 5], [5, 5]], a.uniform_weights(2, 100, seed=1), seed=1)
    assert result.rank_acceptability.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert result.confidence_factor.tolist() == [0.5, 0.5]


@given(tables)
@settings(max_examples=50)
def test_ranks_add_up_for_every_option_and_every_rank(scores: FloatArray) -> None:
    result = a.smaa(scores, a.uniform_weights(scores.shape[1], 100, seed=SEED), seed=SEED)
    everyone = np.ones(len(scores))
    assert result.rank_acceptability.sum(axis=0) == pytest.approx(everyone)
    assert result.rank_acceptability.sum(axis=1) == pytest.approx(everyone)
    assert result.pairwise + result.pairwise.T == pytest.approx(np.ones(result.pairwise.shape))
    first = result.rank_acceptability[:, 0]
    assert np.isnan(result.central_weights).any(axis=1).tolist() == (first == 0).tolist()
    # The mean rank is one more than the number of others that are ahead on average.
    assert result.mean_rank == pytest.approx(1 + (1 - result.pairwise).sum(axis=1) - 0.5)


@given(tables)
@settings(max_examples=50)
def test_every_draw_is_ranked_as_the_additive_model_ranks_it(scores: FloatArray) -> None:
    weights = a.uniform_weights(scores.shape[1], 20, seed=SEED)
    drawn = uncertain(scores, 20)
    leaders = np.zeros(len(scores))
    for draw in range(20):
        first = ranks(additive_values(drawn[:, :, draw], weights[draw])) == 1
        leaders += first / first.sum()
    assert a.smaa(drawn, weights, seed=SEED).rank_acceptability[:, 0] == pytest.approx(leaders / 20)


# Invariants


@given(tables, st.permutations(range(5)))
@settings(max_examples=50)
def test_the_order_of_the_options_changes_nothing_at_all(scores: FloatArray, permutation: list[int]) -> None:
    order = [i for i in permutation if i < len(scores)]
    weights = a.uniform_weights(scores.shape[1], 200, seed=SEED)
    ids = [f"option-{i}" for i in range(len(scores))]
    one = a.smaa(uncertain(scores), weights, seed=SEED)
    moved = scores[order]
    draws = a.score_draws(moved - 10, moved, moved + 20, 200, seed=SEED, ids=[ids[i] for i in order])
    other = a.smaa(draws, weights, seed=SEED)
    np.testing.assert_array_equal(other.rank_acceptability, one.rank_acceptability[order])
    np.testing.assert_array_equal(other.pairwise, one.pairwise[np.ix_(order, order)])
    np.testing.assert_array_equal(other.mean_rank, one.mean_rank[order])
    np.testing.assert_array_equal(other.central_weights, one.central_weights[order])
    np.testing.assert_array_equal(other.confidence_factor, one.confidence_factor[order])


@given(tables)
@settings(max_examples=50)
def test_a_dominated_option_is_never_first(scores: FloatArray) -> None:
    wider = np.vstack([scores, scores[0] - 1])
    result = a.smaa(wider, a.uniform_weights(scores.shape[1], 200, seed=SEED), seed=SEED)
    assert result.rank_acceptability[-1, 0] == 0
    assert result.pairwise[0, -1] == 1


@given(tables)
@settings(max_examples=50)
def test_adding_an_option_that_cannot_win_leaves_every_first_rank_as_it_was(scores: FloatArray) -> None:
    weights = a.uniform_weights(scores.shape[1], 200, seed=SEED)
    # At its best (20 above likely) the further option stays below the first option at its worst (10 below).
    wider = np.vstack([scores, scores[0] - 31])
    before, after = a.smaa(uncertain(scores), weights, seed=SEED), a.smaa(uncertain(wider), weights, seed=SEED)
    np.testing.assert_array_equal(after.rank_acceptability[:-1, 0], before.rank_acceptability[:, 0])
    assert after.rank_acceptability[-1, 0] == 0


@given(tables, st.data())
@settings(max_examples=50)
def test_a_better_score_never_lowers_an_options_acceptability(scores: FloatArray, data: st.DataObject) -> None:
    weights = a.uniform_weights(scores.shape[1], 200, seed=SEED)
    i, j = data.draw(st.sampled_from(list(np.ndindex(scores.shape))))
    better = scores.copy()
    better[i, j] += data.draw(st.sampled_from([1.0, 5.0, 40.0]))
    before, after = a.smaa(uncertain(scores), weights, seed=SEED), a.smaa(uncertain(better), weights, seed=SEED)
    # At most rank r, for every r.
    assert (after.rank_acceptability[i].cumsum() >= before.rank_acceptability[i].cumsum() - 1e-12).all()
    assert (after.pairwise[i] >= before.pairwise[i]).all()


# Refusals


@pytest.mark.parametrize(
    ("scores", "weights", "message"),
    [
        ([[1, NAN], [2, 3]], np.full((5, 2), 0.5), "missing"),
        ([[1, 2], [2, 3]], [0.5, 0.5], "1 draws of scores and 1 of weights"),
        (np.ones((2, 2, 4)), np.full((5, 2), 0.5), "4 draws of scores and 5 of weights"),
        ([[1, 2], [2, 3]], np.full((5, 3), 1 / 3), "for 2 criteria"),
        ([[1, 2], [2, 3]], np.full((5, 2), 0.4), "sum to one"),
        ([[1, 2], [2, 3]], np.full((5, 2), NAN), "sum to one"),
        ([1, 2], np.full((5, 2), 0.5), "shape"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(scores: FloatArray, weights: FloatArray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        a.smaa(scores, weights, seed=1)
