import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import chi2_contingency
from statsmodels.stats.proportion import confint_proportions_2indep

from workbook.methods.estimates import Estimate
from workbook.methods.proportion_differences import (
    SignificanceTest,
    newcombe,
    non_inferiority,
    non_inferiority_of,
    restricted_shares,
    score_interval,
    score_test,
)

# Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
# Statistics in Medicine, 1998, table II: methods 10 (hybrid score) and 6 (Miettinen and Nurminen).
PUBLISHED = [
    ((56, 70, 48, 80), (0.0524, 0.3339), (0.0528, 0.3382)),
    ((9, 10, 3, 10), (0.1705, 0.8090), (0.1700, 0.8406)),
    ((6, 7, 2, 7), (0.0582, 0.8062), (0.0342, 0.8534)),
    ((5, 56, 0, 29), (-0.0381, 0.1926), (-0.0326, 0.1933)),
    ((0, 10, 0, 20), (-0.1611, 0.2775), (-0.1658, 0.2844)),
    ((0, 10, 0, 10), (-0.2775, 0.2775), (-0.2879, 0.2879)),
    ((10, 10, 0, 20), (0.6791, 1.0), (0.7156, 1.0)),
    ((10, 10, 0, 10), (0.6075, 1.0), (0.6636, 1.0)),
]
arms = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("counts", "hybrid", "_score"), PUBLISHED)
def test_newcombe_reproduces_the_published_intervals(counts, hybrid, _score):
    difference = newcombe(*counts)
    assert (round(difference.low, 4), round(difference.high, 4)) == hybrid
    assert difference.n == counts[1] + counts[3]


@pytest.mark.parametrize(("counts", "_hybrid", "score"), PUBLISHED)
def test_the_score_interval_reproduces_the_published_intervals(counts, _hybrid, score):
    difference = score_interval(*counts)
    assert (round(difference.low, 4), round(difference.high, 4)) == score


@given(arms, arms)
def test_newcombe_agrees_with_statsmodels(pilot, baseline):
    # Only its hybrid interval: the cubic of its score interval holds count0 * diff where it needs nobs0 * diff.
    low, high = confint_proportions_2indep(*pilot, *baseline, method="newcomb", compare="diff")
    ours = newcombe(*pilot, *baseline)
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=1e-9)


@given(arms, arms, st.floats(-0.9, 0.9))
def test_the_cubic_finds_the_largest_likelihood(pilot, baseline, difference):
    (x1, n1), (x2, n2) = pilot, baseline

    def log_likelihood(p2):
        terms = ((x1, p2 + difference), (n1 - x1, 1 - p2 - difference), (x2, p2), (n2 - x2, 1 - p2))
        return sum(count * math.log(max(share, 1e-300)) for count, share in terms if count)

    p1, p2 = restricted_shares(x1, n1, x2, n2, difference)
    bounds = (max(0.0, -difference), min(1.0, 1.0 - difference))
    best = minimize_scalar(lambda p: -log_likelihood(p), bounds=bounds, method="bounded", options={"xatol": 1e-9})
    assert p1 - p2 == pytest.approx(difference)
    # The tolerance lets the search be less exact than the root, not the root be off: likelihoods are flat at the top.
    assert log_likelihood(float(p2)) >= -best.fun - 1e-5


def test_the_test_of_no_difference_is_the_chi_square_test_with_n_minus_one():
    chi_square = chi2_contingency([[56, 14], [48, 32]], correction=False).statistic
    assert score_test(56, 70, 48, 80).statistic ** 2 == pytest.approx(chi_square * 149 / 150)


def test_one_sided_tails_add_up_and_the_two_sided_value_doubles_the_smaller():
    greater, less = (score_test(40, 50, 35, 50, 0.0, side).p_value for side in ("greater", "less"))
    assert greater + less == pytest.approx(1)
    assert score_test(40, 50, 35, 50).p_value == pytest.approx(2 * greater)


@given(arms, arms)
def test_the_ends_of_the_score_interval_are_where_the_test_turns(pilot, baseline):
    difference = score_interval(*pilot, *baseline)
    assert -1 <= difference.low <= difference.value + 1e-12
    assert difference.value - 1e-12 <= difference.high <= 1
    if difference.low > -0.999:
        assert score_test(*pilot, *baseline, difference.low).p_value == pytest.approx(0.05, abs=1e-6)


@given(arms, arms)
def test_intervals_turn_their_sign_with_the_arms_and_the_successes(pilot, baseline):
    (x1, n1), (x2, n2) = pilot, baseline
    for interval in (newcombe, score_interval):
        there, back, failures = interval(x1, n1, x2, n2), interval(x2, n2, x1, n1), interval(n1 - x1, n1, n2 - x2, n2)
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)
        assert (there.low, there.high) == pytest.approx((-failures.high, -failures.low), abs=1e-9)
        assert interval(x1, n1, x2, n2, 0.99).high >= there.high


@pytest.mark.parametrize("counts", [(0, 0, 3, 10), (3, 10, 0, 0), (0, 0, 0, 0)])
def test_an_empty_arm_is_too_few(counts):
    assert newcombe(*counts) == score_interval(*counts) == Estimate.missing("too_few", counts[1] + counts[3])
    assert score_test(*counts) == SignificanceTest(None, None, "too_few")
    verdict = non_inferiority(*counts, 0.05, higher_is_better=True)
    assert (verdict.outcome, verdict.bound, verdict.p_value, verdict.reason) == (None, None, None, "too_few")


@pytest.mark.parametrize(("counts", "n"), [((0, 10, 0, 20), 20), ((10, 10, 20, 20), 10)])
def test_arms_without_variation_have_an_interval_but_no_test_of_equality(counts, n):
    assert newcombe(*counts).value == 0
    assert score_test(*counts) == SignificanceTest(None, None, "no_variation")
    # At a difference of -0.1 the most likely shares are 0 and 0.1, or 0.9 and 1, in the arm of n cases.
    assert score_test(*counts, -0.1).statistic == pytest.approx(0.1 / math.sqrt(0.1 * 0.9 / n * 30 / 29))


def test_non_inferiority_is_shown_refuted_or_left_open():
    outcomes = [non_inferiority(x, 1000, 950, 1000, 0.02, higher_is_better=True).outcome for x in (955, 940, 880)]
    assert outcomes == ["non_inferior", "undecided", "inferior"]


def test_where_lower_is_better_the_high_end_is_held_against_the_margin():
    errors = non_inferiority(45, 1000, 50, 1000, 0.02, higher_is_better=False)
    correct = non_inferiority(955, 1000, 950, 1000, 0.02, higher_is_better=True)
    assert errors.outcome == correct.outcome == "non_inferior"
    assert (errors.bound, errors.margin) == (pytest.approx(-correct.bound), 0.02)
    assert errors.p_value == pytest.approx(correct.p_value)


def test_a_pilot_may_be_shown_worse_and_still_non_inferior():
    verdict = non_inferiority(9400, 10_000, 9500, 10_000, 0.02, higher_is_better=True)
    assert (verdict.outcome, verdict.is_worse) == ("non_inferior", True)


@given(arms, arms, st.floats(0.01, 0.5), st.booleans())
def test_bound_and_p_value_never_contradict_each_other(pilot, baseline, margin, higher_is_better):
    verdict = non_inferiority(*pilot, *baseline, margin, higher_is_better=higher_is_better)
    if abs(verdict.bound - verdict.margin) > 1e-9:
        assert (verdict.outcome == "non_inferior") == (verdict.p_value < 0.025)


def test_a_difference_without_an_end_is_not_decided():
    verdict = non_inferiority_of(Estimate(0.1, None, 0.2, 50), 0.05, higher_is_better=True)
    assert (verdict.outcome, verdict.reason) == (None, "no_interval")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: newcombe(11, 10, 1, 10), "pilot: successes must lie between 0 and n = 10, found 11"),
        (lambda: newcombe(1, 10, -1, 10), "baseline: successes"),
        (lambda: newcombe(1, 10, 1, 10, 1.0), "level must lie between"),
        (lambda: score_test(1, 10, 1, 10, 1.0), "difference must lie between"),
        (lambda: score_test(1, 10, 1, 10, 0.0, "larger"), "alternative must be one of"),
        (lambda: non_inferiority(1, 10, 1, 10, 0.0, higher_is_better=True), "margin must be over 0"),
    ],
)
def test_impossible_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_arrays_of_counts_give_the_same_shares_as_single_ones():
    shares = restricted_shares(np.array([56, 9]), np.array([70, 10]), np.array([48, 3]), np.array([80, 10]), 0.1)
    assert shares[1][1] == pytest.approx(float(restricted_shares(9, 10, 3, 10, 0.1)[1]))
