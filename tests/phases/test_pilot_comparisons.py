"""Both arms on one outcome: worked numbers, published answers, and where nothing can be said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.methods.estimates import Estimate
from workbook.methods.proportion_differences import newcombe, score_interval
from workbook.phases.pilot.comparisons import Outcome, compare, effect_of, resemblance, turned


def shares(pilot, baseline, better="higher", is_guardrail=False, clusters=None):
    """Return an outcome from (successes, cases) of each arm, one row for each; with clusters several rows."""
    rows = [(1, *pair) for pair in ([pilot] if clusters is None else pilot)]
    rows += [(0, *pair) for pair in ([baseline] if clusters is None else baseline)]
    arm, x, n = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    codes = np.zeros(len(rows), dtype=np.int64) if clusters is None else np.array(clusters, dtype=np.int64)
    empty = np.zeros(len(rows))
    return Outcome(
        "proportion", better, is_guardrail, clusters is not None, arm, codes * 0, codes, n, x, empty
    )  # fmt: skip


def times(pilot, baseline, better="lower", clusters=None):
    values = np.array([*pilot, *baseline], dtype=float)
    arm = np.array([1] * len(pilot) + [0] * len(baseline), dtype=np.int64)
    codes = np.zeros(len(arm), dtype=np.int64) if clusters is None else np.array(clusters, dtype=np.int64)
    ones = np.ones(len(arm), dtype=np.int64)
    return Outcome("duration", better, False, clusters is not None, arm, arm * 0, codes, ones, ones * 0, values)


def test_a_difference_of_shares_is_newcombes():
    found = compare(shares((56, 70), (48, 80)), 0.95)
    assert (found.effect.low, found.effect.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert (found.pilot.value, found.baseline.value) == (0.8, 0.6)
    assert found.p_value == pytest.approx(0.0083, abs=1e-4)


def test_a_guardrail_takes_the_interval_of_the_score_test():
    found = compare(shares((56, 70), (48, 80), is_guardrail=True), 0.95)
    assert (found.effect.low, found.effect.high) == pytest.approx((0.0528, 0.3382), abs=1e-4)


def test_where_lower_is_better_the_effect_is_turned_with_its_ends():
    effect = effect_of(shares((48, 80), (56, 70), better="lower"), 0.95)
    assert (effect.value, effect.low, effect.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_an_empty_arm_is_not_estimable():
    found = compare(shares((0, 0), (45, 100)), 0.95)
    assert found.effect == Estimate.missing("too_few", 100)
    assert found.pilot.reason == "too_few" and found.baseline.value == 0.45


def test_three_cases_give_an_interval_that_holds_nearly_everything():
    effect = compare(shares((3, 3), (0, 3)), 0.95).effect
    assert effect.value == 1.0 and effect.low < 0.25
    assert compare(shares((2, 3), (1, 3)), 0.95).effect.low < 0


def test_shares_of_all_in_both_arms_have_an_interval_and_no_test():
    found = compare(shares((50, 50), (50, 50)), 0.95)
    assert found.effect.value == 0 and found.effect.low == pytest.approx(-0.0714, abs=1e-4)
    assert found.p_value is None


def test_cases_of_clusters_that_agree_tell_less_than_as_many_of_their_own():
    # Twelve teams of ten cases each, in which all succeed or none; every second team is in the pilot.
    rows = [(10, 10)] * 5 + [(0, 10)], [(10, 10)] * 2 + [(0, 10)] * 4
    found = compare(shares(*rows, clusters=range(12)), 0.95)
    alone = newcombe(50, 60, 20, 60)
    assert found.effect.value == pytest.approx(alone.value)
    assert found.effect.high - found.effect.low > 2 * (alone.high - alone.low)
    assert found.clusters == (6, 6) and "few_clusters" in found.notes
    assert found.pilot.high - found.pilot.low > 0.4


def test_the_p_value_of_clusters_is_where_their_interval_reaches_zero():
    rows = [(8, 10), (9, 10), (7, 10), (9, 10)] * 3, [(5, 10), (6, 10), (4, 10), (6, 10)] * 3
    outcome = shares(*rows, clusters=range(24))
    p = compare(outcome, 0.95).p_value
    assert 0 < p < 0.001
    assert effect_of(outcome, 1 - p * 1.01).low > 0 > effect_of(outcome, 1 - p * 0.99).low


def test_two_clusters_in_an_arm_are_too_few():
    rows = [(8, 10), (9, 10)], [(5, 10), (6, 10), (4, 10)]
    found = compare(shares(*rows, clusters=range(5)), 0.95)
    assert found.effect.reason == "too_few_clusters" and found.p_value is None


def test_durations_are_compared_by_their_medians():
    found = compare(times(range(1, 101), range(11, 111)), 0.95)
    assert (found.pilot.value, found.baseline.value, found.effect.value) == (50, 60, 10)
    assert (found.pilot.low, found.pilot.high) == (40, 61)
    assert found.late.value == 10
    # Of 100 x 100 pairs the pilot is faster in 5,950 and equal in 90: (5,905 + 45) / 10,000.
    assert found.faster.value == pytest.approx(0.595)


def test_where_longer_is_better_a_longer_median_is_the_gain():
    found = compare(times(range(11, 111), range(1, 101), better="higher"), 0.95)
    assert found.effect.value == 10 and found.faster.value == pytest.approx(0.595)
    assert found.faster.low < 0.595 < found.faster.high


@pytest.mark.parametrize(
    ("pilot", "baseline", "reason"),
    [([5] * 50, [5] * 50, "no_variation"), ([1, 2, 3], range(1, 50), "too_few"), ([], range(1, 50), "too_few")],
)
def test_durations_that_say_nothing_give_the_reason(pilot, baseline, reason):
    found = compare(times(pilot, baseline), 0.95)
    assert (found.effect.value, found.effect.reason) == (None, reason)


def test_one_arm_without_variation_still_has_an_effect():
    found = compare(times([5] * 50, range(1, 51)), 0.95)
    assert found.effect.value == 20 and found.effect.low > 0


def test_the_median_of_clusters_that_differ_is_less_certain():
    values = [v + 10 * team for team in range(6) for v in range(20)]
    both = [*values, *(v + 5 for v in values)]
    codes = [team for team in range(6) for _ in range(20)]
    alone = compare(times(both[:120], both[120:]), 0.95)
    nested = compare(times(both[:120], both[120:], clusters=codes + [c + 6 for c in codes]), 0.95)
    assert nested.pilot.value == alone.pilot.value
    assert nested.pilot.high - nested.pilot.low > 2 * (alone.pilot.high - alone.pilot.low)
    assert "few_clusters" in nested.notes


def test_the_same_data_give_the_same_interval():
    outcome = times(range(1, 101), range(5, 111))
    assert compare(outcome, 0.95) == compare(outcome, 0.95)


@given(st.integers(0, 30), st.integers(0, 30), st.floats(0.8, 0.99))
@settings(max_examples=40)
def test_turning_twice_changes_nothing_and_a_higher_level_is_wider(x, y, level):
    effect = effect_of(shares((x, 30), (y, 30)), level)
    assert turned(turned(effect, "lower"), "lower") == effect
    wider = effect_of(shares((x, 30), (y, 30)), 0.995)
    assert wider.low <= effect.low <= effect.value <= effect.high <= wider.high


@given(st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=30)
def test_exchanging_the_arms_turns_the_effect(x, y):
    one, other = (
        effect_of(shares(*pair, is_guardrail=True), 0.95) for pair in (((x, 30), (y, 30)), ((y, 30), (x, 30)))
    )
    assert one.value == pytest.approx(-other.value) and one.low == pytest.approx(-other.high, abs=1e-9)
    assert one == score_interval(x, 30, y, 30)


# --- clusters --------------------------------------------------------------------------------------------------------


def test_resemblance_is_that_of_the_logarithms_without_the_effect():
    logs = np.array([1, 2, 5, 6, 9, 10])
    codes = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    # B = 2 x 64 / 5 = 25.6 and W = 6 x 0.5 / 6 = 0.5, whatever the pilot saves: 25.1 / 26.1.
    for saved in (0, 3):
        found = resemblance(times(np.exp(logs - saved), np.exp(logs), clusters=codes))
        assert found.value == pytest.approx(25.1 / 26.1) and found.n == 6


def test_resemblance_of_shares_is_that_of_zeros_and_ones():
    found = resemblance(shares([(3, 4), (1, 4)], [(2, 4), (2, 4)], clusters=[0, 1, 2, 3]))
    # Both arms have a half: B = 0.5 / 3 and W = (0.75 + 0.75 + 1 + 1) / 12.
    b, w = 0.5 / 3, 3.5 / 12
    assert found.value == pytest.approx((b - w) / (b + 3 * w))
    assert resemblance(shares((3, 4), (1, 4))) is None
