import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit
from scipy.stats import f_oneway

from workbook.methods.clustering import (
    clustered_difference,
    degrees_of_freedom,
    intraclass_correlation,
    two_samples,
)
from workbook.methods.proportion_differences import newcombe


def counts(prefix, successes, sizes):
    return {f"{prefix}{i}": pair for i, pair in enumerate(zip(successes, sizes, strict=True))}


# Mean squares 32 between and 0.5 within clusters of two: (32 - 0.5) / (32 + 0.5) = 0.969.
def test_the_intraclass_correlation_follows_from_the_mean_squares():
    icc = intraclass_correlation([1, 2, 5, 6, 9, 10], ["a", "a", "b", "b", "c", "c"])
    assert icc.value == pytest.approx(31.5 / 32.5)
    assert icc.low < icc.value < icc.high
    assert icc.n == 3


def test_unequal_clusters_use_the_adjusted_mean_size():
    groups = [[3.0, 4.0, 8.0], [1.0, 2.0], [6.0, 9.0, 9.0, 7.0]]
    icc = intraclass_correlation(np.concatenate(groups), np.repeat([0, 1, 2], [3, 2, 4])).value
    size = (9 - (9 + 4 + 16) / 9) / 2
    f = f_oneway(*groups).statistic
    assert icc == pytest.approx((f - 1) / (f + size - 1))


def test_outcomes_of_0_and_1_have_an_intraclass_correlation_like_durations():
    rng = np.random.default_rng(6)
    # A beta distribution with a + b = 9 gives outcomes that correlate by 1 / (9 + 1).
    shares = rng.beta(4.5, 4.5, 400)
    outcomes = rng.random((400, 25)) < shares[:, None]
    icc = intraclass_correlation(outcomes.ravel(), np.repeat(np.arange(400), 25))
    assert icc.value == pytest.approx(0.1, abs=0.02)
    assert icc.low < 0.1 < icc.high


def test_the_interval_of_the_intraclass_correlation_covers():
    rng = np.random.default_rng(8)
    covered = 0
    for _ in range(400):
        values = rng.normal(0, math.sqrt(0.2), 12)[:, None] + rng.normal(0, math.sqrt(0.8), (12, 8))
        icc = intraclass_correlation(values.ravel(), np.repeat(np.arange(12), 8))
        covered += icc.low <= 0.2 <= icc.high
    assert covered / 400 == pytest.approx(0.95, abs=0.03)


def test_what_has_no_spread_or_no_repeats_has_no_intraclass_correlation():
    assert intraclass_correlation([], []).reason == "too_few"
    assert intraclass_correlation([1, 2, 3], ["a", "a", "a"]).reason == "too_few"
    assert intraclass_correlation([1, 2, 3], ["a", "b", "c"]).reason == "too_few"
    assert intraclass_correlation([0.3] * 6, list("aabbcc")).reason == "no_variation"


def test_clusters_of_like_cases_count_as_one_case_each():
    # Six clusters of 50 where everything or nothing succeeds: 300 cases tell as much as about 6.
    pilot, baseline = counts("p", [50, 50, 50, 50, 0, 0], [50] * 6), counts("b", [50, 50, 0, 0, 0, 0], [50] * 6)
    found = clustered_difference(pilot, baseline)
    assert found.design_effects == pytest.approx((60, 60))
    assert found.difference.value == pytest.approx(1 / 3)
    # 300 / 60 = 5 effective cases, and t with 10 degrees of freedom, 2.228, instead of 1.96.
    p, z, n = 2 / 3, stdtrit(10, 0.975), 5
    low1 = (p + z * z / (2 * n) - z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    assert found.difference.low == pytest.approx(1 / 3 - math.hypot(p - low1, p - low1))
    assert found.notes == ("few_clusters",)


def test_independent_cases_in_many_clusters_come_close_to_the_plain_interval():
    rng = np.random.default_rng(2)
    pilot, baseline = (counts(arm, rng.binomial(10, p, 300), [10] * 300) for arm, p in (("p", 0.8), ("b", 0.7)))
    found = clustered_difference(pilot, baseline)
    plain = newcombe(*(sum(pair[i] for pair in arm.values()) for arm in (pilot, baseline) for i in (0, 1)))
    assert (found.difference.low, found.difference.high) == pytest.approx((plain.low, plain.high), abs=0.005)
    assert (found.clusters, found.notes) == ((300, 300), ())


def test_the_same_teams_in_both_arms_make_the_difference_more_precise():
    # Team by team 0.1 more, while the teams themselves differ widely.
    before = [10, 20, 30, 40, 50, 60, 70, 80, 25, 45, 65, 75]
    after = [x + step for x, step in zip(before, [9, 11] * 6, strict=True)]
    sizes = [100] * 12
    paired = clustered_difference(counts("t", after, sizes), counts("t", before, sizes)).difference
    separate = clustered_difference(counts("p", after, sizes), counts("b", before, sizes)).difference
    assert paired.value == separate.value == pytest.approx(0.1)
    assert paired.high - paired.low < 0.1 * (separate.high - separate.low)
    assert paired.low > 0 > separate.low


def test_an_arm_without_variation_borrows_the_design_effect_of_the_other():
    pilot, baseline = counts("p", [40] * 10, [40] * 10), counts("b", [40, 30] * 5, [40] * 10)
    found = clustered_difference(pilot, baseline)
    assert found.notes == ("borrowed_design_effect",)
    icc = intraclass_correlation([1] * 40 * 5 + ([1] * 30 + [0] * 10) * 5, np.repeat(np.arange(10), 40)).value
    assert found.design_effects[0] == pytest.approx(1 + 39 * icc)
    assert found.difference.high < newcombe(400, 400, 350, 400).high + 0.1


@pytest.mark.parametrize(
    ("pilot", "baseline", "reason"),
    [
        ({}, counts("b", [1, 2, 3], [9] * 3), "too_few"),
        (counts("p", [0], [0]), counts("b", [1, 2, 3], [9] * 3), "too_few"),
        (counts("p", [5, 6], [9] * 2), counts("b", [1, 2, 3], [9] * 3), "too_few_clusters"),
        (counts("p", [0] * 3, [9] * 3), counts("b", [9] * 3, [9] * 3), "no_variation"),
    ],
)
def test_what_cannot_be_estimated_says_why(pilot, baseline, reason):
    found = clustered_difference(pilot, baseline)
    assert (found.difference.value, found.difference.reason, found.design_effects) == (None, reason, (None, None))


def test_intervals_of_few_clusters_cover():
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        arms = [
            counts(arm, rng.binomial(30, rng.beta(0.85 * 19, 0.15 * 19, 5)).tolist(), [30] * 5) for arm in ("p", "b")
        ]
        difference = clustered_difference(*arms).difference
        covered += difference.low <= 0 <= difference.high
    assert covered / 400 == pytest.approx(0.95, abs=0.03)


clusters = st.lists(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=3)


@given(clusters, clusters)
def test_intervals_hold_the_difference_and_turn_with_the_arms(first, second):
    pilot, baseline = (
        {f"{arm}{i}": pair for i, pair in enumerate(pairs)} for arm, pairs in (("p", first), ("b", second))
    )
    there, back = clustered_difference(pilot, baseline).difference, clustered_difference(baseline, pilot).difference
    assert there.reason == back.reason
    if there.value is not None:
        assert -1 <= there.low <= there.value <= there.high <= 1
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_degrees_of_freedom_count_shared_clusters_once():
    yes, no = np.array([True] * 4 + [False] * 3), np.array([False] * 4 + [True] * 3)
    assert degrees_of_freedom(yes, no) == 5
    assert degrees_of_freedom(yes, yes) == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: clustered_difference(counts("p", [3], [2]), {}), "cluster p0: successes must lie between"),
        (lambda: intraclass_correlation([1, 2], ["a"]), "1 cluster labels for 2 values"),
        (lambda: intraclass_correlation([1, math.nan], ["a", "a"]), "finite numbers"),
        (lambda: two_samples([1.0], [2.0], ["a"], None), "for one arm only"),
        (lambda: two_samples([1.0], [2.0], ["a"], ["b", "c"]), "baseline: 2 cluster labels for 1 values"),
    ],
)
def test_impossible_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
