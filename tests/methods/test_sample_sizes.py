import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binom

from workbook.methods.proportion_differences import score_statistic
from workbook.methods.sample_sizes import ArmSizes, non_inferiority, rank_comparison, two_proportions

shares = st.floats(0.02, 0.98)


@pytest.mark.parametrize(
    ("baseline", "pilot", "n"), [(0.45, 0.75, 41), (0.45, 0.55, 392), (0.85, 0.90, 686), (0.05, 0.03, 1506)]
)
def test_two_proportions_need_the_known_sizes(baseline, pilot, n):
    assert two_proportions(baseline, pilot) == ArmSizes(n, n)


@pytest.mark.parametrize(
    ("baseline", "margin", "n"), [(0.95, 0.02, 1865), (0.95, 0.03, 829), (0.90, 0.05, 566), (0.97, 0.01, 4569)]
)
def test_non_inferiority_needs_the_known_sizes(baseline, margin, n):
    assert non_inferiority(baseline, margin) == ArmSizes(n, n)
    # An error rate of 5 % is a success rate of 95 %.
    assert non_inferiority(1 - baseline, margin, higher_is_better=False) == ArmSizes(n, n)


# The totals are Noether's; each arm is rounded up, so that two arms may hold one case more.
@pytest.mark.parametrize(("effect", "total"), [(0.55, 1047), (0.60, 262), (0.65, 117), (0.70, 66)])
def test_the_rank_comparison_needs_the_known_sizes(effect, total):
    arms = rank_comparison(effect)
    assert arms.pilot == math.ceil(total / 2)
    assert 0 <= arms.total - total <= 1


def test_the_exact_power_at_the_size_found_is_about_the_target():
    n = two_proportions(0.45, 0.55).pilot
    counts = np.arange(n + 1)
    rejects = np.abs(np.nan_to_num(score_statistic(counts[:, None], n, counts, n, 0.0))) > ndtri(0.975)
    exact = binom.pmf(counts, n, 0.55) @ rejects @ binom.pmf(counts, n, 0.45)
    assert exact == pytest.approx(0.8, abs=0.01)


def test_arms_of_unequal_size_need_more_cases_in_total():
    equal, double = two_proportions(0.45, 0.75), two_proportions(0.45, 0.75, ratio=2)
    # P = 0.65: (1.96 sqrt(1.5 x 0.65 x 0.35) + 0.8416 sqrt(0.45 x 0.55 + 0.75 x 0.25 / 2))^2 / 0.3^2 = 29.8.
    assert double == ArmSizes(60, 30)
    assert double.total > equal.total
    # 261.6 cases in equal arms become 261.6 x 0.25 / (0.75 x 0.25) = 348.8, of which a quarter is the baseline.
    assert rank_comparison(0.6, ratio=3) == ArmSizes(262, 88)


def test_a_better_pilot_needs_fewer_cases_to_be_non_inferior():
    assert non_inferiority(0.90, 0.05, pilot=0.92).pilot < 566
    assert non_inferiority(0.10, 0.05, pilot=0.08, higher_is_better=False).pilot < 566


def test_clusters_inflate_before_rounding():
    # 391.2 cases for one look at independent cases.
    assert two_proportions(0.45, 0.55, inflation=2.45).pilot == 959


@given(shares, shares, st.floats(0.5, 0.95), st.floats(0.2, 5))
def test_sizes_mirror_and_grow_with_the_power(baseline, pilot, power, ratio):
    if abs(baseline - pilot) < 0.01:
        return
    arms = two_proportions(baseline, pilot, power=power, ratio=ratio)
    mirrored = two_proportions(1 - baseline, 1 - pilot, power=power, ratio=ratio)
    assert abs(arms.pilot - mirrored.pilot) <= 1
    assert two_proportions(baseline, pilot, power=power + 0.04, ratio=ratio).pilot >= arms.pilot >= 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: two_proportions(0.5, 0.5), "a difference of zero cannot be shown"),
        (lambda: two_proportions(0.0, 0.5), "baseline must lie between"),
        (lambda: two_proportions(0.4, 0.5, power=1.0), "power must lie between"),
        (lambda: two_proportions(0.4, 0.5, alpha=0.0), "error must lie between"),
        (lambda: two_proportions(0.4, 0.5, ratio=0.0), "ratio must be"),
        (lambda: two_proportions(0.4, 0.5, inflation=0.9), "inflation must be"),
        (lambda: non_inferiority(0.9, 0.0), "margin must be over 0"),
        (lambda: non_inferiority(0.9, 0.05, pilot=0.85), "worse than 0.9 by the margin"),
        (lambda: rank_comparison(0.5), "no effect"),
    ],
)
def test_what_cannot_be_planned_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
