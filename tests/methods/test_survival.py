import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from workbook.methods.percentiles import PERCENTILES, estimate_quantile
from workbook.methods.survival import kaplan_meier, survival_quantile

# Freireich and others, "The Effect of 6-Mercaptopurine on the Duration of Steroid-induced Remissions in Acute
# Leukemia", Blood, 1963: weeks in remission; a plus marks those still in remission.
TREATED = "6 6 6 7 10 13 16 22 23 6+ 9+ 10+ 11+ 17+ 19+ 20+ 25+ 32+ 32+ 34+ 35+"
CONTROL = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
# Miller, "Survival Analysis", Wiley, 1981: acute myelogenous leukaemia, maintained group.
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
# Example and test data of the R package lrstat, `survQuantile`, transform "loglog".
LRSTAT = "33.7+ 3.9 10.5 5.4 19.5 23.8+ 7.9 16.9+ 16.6+ 33.7+ 17.1+ 7.9+ 10.5 38"


def curve(text):
    times = [float(word.rstrip("+")) for word in text.split()]
    censored = [word.endswith("+") for word in text.split()]
    return kaplan_meier(times, [not each for each in censored], censored)


def ends(estimate):
    return estimate.value, estimate.low, estimate.high


def test_curve_of_the_maintained_group_equals_the_output_of_r():
    maintained = curve(MAINTAINED)
    assert maintained.times.tolist() == [9, 13, 18, 23, 31, 34, 48]
    assert maintained.survival.round(3).tolist() == [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184]


def test_greenwood_standard_errors_equal_the_output_of_r():
    maintained = curve(MAINTAINED)
    # Solved back from the log-log band: V = (log(-log low) - log(-log S)) / 1.96 on that scale.
    scale = np.log(-np.log(maintained.low)) - np.log(-np.log(maintained.survival))
    errors = scale / 1.959964 * -np.log(maintained.survival) * maintained.survival
    assert errors.round(4).tolist() == [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535]


def test_median_remission_is_23_weeks_with_and_8_weeks_without_treatment():
    # R prints 23 (16, NA) and 8 (4, 12) by its default, the log scale; on the log-log scale, which holds its level
    # better, the ends are 13 and 11 (statsmodels, as in SAS LIFETEST).
    assert ends(survival_quantile(curve(TREATED), 0.5)) == (23, 13, None)
    assert ends(survival_quantile(curve(CONTROL), 0.5)) == (8, 4, 11)


@pytest.mark.parametrize(("q", "value", "low"), [(0.25, 10.5, 3.9), (0.5, 38, 7.9), (0.75, 38, 19.5)])
def test_quartiles_and_lower_ends_equal_those_that_lrstat_publishes(q, value, low):
    # lrstat closes the interval at the last time, where the curve falls to 0; R and this module leave it open.
    assert ends(survival_quantile(curve(LRSTAT), q)) == (value, low, None)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(30, 120), st.sampled_from([0.23, 0.47, 0.61]))
def test_intervals_equal_those_of_statsmodels(seed, n, q):
    random = np.random.default_rng(seed)
    times = random.integers(1, 40, n).astype(float)
    completed = random.random(n) < 0.7
    times, completed = np.append(times, 50.0), np.append(completed, False)
    other = SurvfuncRight(times, completed.astype(int))
    low, high = other.quantile_ci(q, method="cloglog")
    found = survival_quantile(kaplan_meier(times, completed, ~completed), q)
    assert found.value == (None if math.isnan(other.quantile(q)) else other.quantile(q))
    assert found.low == (low if math.isfinite(low) else None)
    assert found.high == (high if math.isfinite(high) else None)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 60), min_size=72, max_size=150))
def test_without_open_cases_the_values_are_the_order_statistics(values):
    whole = kaplan_meier(values, [1] * len(values), [0] * len(values))
    for q in PERCENTILES:
        assert survival_quantile(whole, q).value == estimate_quantile(sorted(values), q).value


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60))
def test_counts_per_time_give_the_same_curve_as_single_cases_in_any_order(cases):
    times = [time for time, _ in cases]
    single = kaplan_meier(times, [done for _, done in cases], [not done for _, done in cases])
    grouped = kaplan_meier(
        range(9, -1, -1),
        [cases.count((time, True)) for time in range(9, -1, -1)],
        [cases.count((time, False)) for time in range(9, -1, -1)],
    )
    for name in ("times", "survival", "low", "high"):
        np.testing.assert_array_equal(getattr(single, name), getattr(grouped, name))


def test_a_case_censored_at_the_time_of_a_completion_is_still_at_risk_there():
    # 4 cases at risk at time 2, so S = 3/4, not 2/3.
    assert kaplan_meier([2, 2, 3, 3], [1, 0, 1, 1], [0, 1, 0, 0]).survival.tolist() == [0.75, 0]


def test_a_percentile_that_the_curve_does_not_reach_keeps_its_lower_end():
    # 60 of 100 cases are completed at 1 to 60, the others are open at 61: S ends at 0.4.
    open_end = kaplan_meier(range(1, 62), [1] * 60 + [0], [0] * 60 + [40])
    p50, p80 = survival_quantile(open_end, 0.5), survival_quantile(open_end, 0.8)
    assert p50.value == 50
    assert (p80.value, p80.reason, p80.low, p80.high) == (None, "not_reached", None, None)
    p65 = survival_quantile(open_end, 0.65)
    assert (p65.value, p65.reason) == (None, "not_reached") and 50 < p65.low <= 60


def test_too_few_cases_or_completions_have_no_percentile():
    few = kaplan_meier(range(71), [1] * 71, [0] * 71)
    assert survival_quantile(few, 0.95).reason == "too_few"
    assert survival_quantile(few, 0.9).is_estimable
    five_done = kaplan_meier([1, 2, 3, 4, 5, 6], [1] * 5 + [0], [0] * 5 + [5])
    assert survival_quantile(five_done, 0.5).reason == "too_few"


def test_no_case_at_all_has_no_percentile():
    assert survival_quantile(kaplan_meier([], [], []), 0.5).reason == "too_few"


@pytest.mark.parametrize("arrays", [([1, 2], [1], [0, 0]), ([-1], [1], [0]), ([1], [-1], [0])])
def test_arrays_of_unequal_length_and_negative_numbers_are_refused(arrays):
    with pytest.raises(ValueError, match="must"):
        kaplan_meier(*arrays)
