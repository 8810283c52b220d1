import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from workbook.methods.allocation import check_sample_ratio

counts = st.integers(0, 3000)


def test_a_small_excess_among_many_cases_is_a_mismatch():
    # The example of Kohavi, Tang and Xu, chapter 21: a ratio of 0.993 with a p-value of 1.8E-6.
    verdict = check_sample_ratio([815_482, 821_588], [1, 1])
    assert verdict.p_values == pytest.approx(1.8e-6, rel=0.03)
    assert verdict.is_mismatch


def test_the_same_shares_among_few_cases_are_chance():
    verdict = check_sample_ratio([815, 822], [1, 1])
    assert not verdict.is_mismatch
    assert verdict.shares == pytest.approx([815 / 1637, 822 / 1637])


@given(counts, counts)
def test_equal_arms_agree_with_the_exact_binomial_test(pilot, baseline):
    if pilot + baseline:
        expected = binomtest(pilot, pilot + baseline, 0.5).pvalue
        assert check_sample_ratio([pilot, baseline], [1, 1]).p_values == pytest.approx(expected, rel=1e-6)


def test_the_declared_ratio_is_what_counts():
    assert not check_sample_ratio([2000, 1000], [2, 1]).is_mismatch
    assert check_sample_ratio([2000, 1000], [1, 1]).is_mismatch
    one_sided = binomtest(720, 1000, 2 / 3, alternative="greater").pvalue
    assert check_sample_ratio([720, 280], [2, 1]).p_values == pytest.approx(2 * one_sided)


def test_three_arms_agree_with_the_chi_square_test():
    expected = chisquare([350, 320, 630], [325, 325, 650]).pvalue
    assert check_sample_ratio([350, 320, 630], [1, 1, 2]).p_values == pytest.approx(expected)


def test_many_experiments_are_checked_at_once():
    sizes = np.array([[[500, 500], [600, 400]], [[0, 0], [3, 4]]])
    verdict = check_sample_ratio(sizes, [1, 1])
    assert verdict.p_values.shape == (2, 2)
    assert verdict.is_mismatch.tolist() == [[False, True], [False, False]]
    assert verdict.is_too_few.tolist() == [[False, False], [True, False]]


def test_an_experiment_too_small_to_check_has_no_p_value():
    for sizes, ratio in (([0, 0], [1, 1]), ([4, 6, 2], [1, 1, 1]), ([0, 0, 0], [1, 1, 1])):
        verdict = check_sample_ratio(sizes, ratio)
        assert (bool(verdict.is_too_few), bool(verdict.is_mismatch)) == (True, False)
        assert np.isnan(verdict.p_values)


def test_a_fair_allocation_is_flagged_about_once_in_a_thousand():
    sizes = np.random.default_rng(3).binomial(2000, 0.5, 100_000)
    assert check_sample_ratio(np.stack([sizes, 2000 - sizes], axis=1), [1, 1]).is_mismatch.mean() < 0.0013


@pytest.mark.parametrize(
    ("sizes", "ratio", "message"),
    [
        ([1, 2], [1], "two or more arms"),
        ([1, 2], [1, 0], "a number over 0"),
        ([1, 2, 3], [1, 1], "one count for each arm"),
        (5, [1, 1], "one count for each arm"),
        ([1.5, 2], [1, 1], "whole numbers"),
        ([-1, 2], [1, 1], "whole numbers"),
    ],
)
def test_impossible_counts_are_refused(sizes, ratio, message):
    with pytest.raises(ValueError, match=message):
        check_sample_ratio(sizes, ratio)
