import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr, stdtr, stdtrit
from scipy.stats import brunnermunzel, mannwhitneyu

from workbook.methods.rank_effects import mann_whitney

samples = st.lists(st.integers(0, 20), min_size=10, max_size=40)


@given(samples, samples)
def test_the_test_agrees_with_scipy(pilot, baseline):
    found = mann_whitney(pilot, baseline)
    if found.effect.value is not None:
        expected = mannwhitneyu(baseline, pilot, method="asymptotic", use_continuity=True)
        assert found.statistic == pytest.approx(expected.statistic)
        assert found.p_value == pytest.approx(expected.pvalue)


def test_the_effect_counts_pairs_and_half_of_the_ties():
    # Each of the 10 pilot cases is under 9 of the baseline and on a par with 1: 9.5 pairs of 10.
    found = mann_whitney([1] * 10, [1] + [2] * 9)
    assert found.effect.value == pytest.approx(0.95)
    assert (found.statistic, found.effect.n) == (95, 20)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_interval_is_that_of_brunner_and_munzel_in_logits(seed):
    rng = np.random.default_rng(seed)
    pilot, baseline = rng.normal(0, 1, 15).round(1), rng.normal(0.5, 2, 25).round(1)
    effect, expected = mann_whitney(pilot, baseline).effect, brunnermunzel(pilot, baseline)
    error = (effect.value - 0.5) / expected.statistic
    # The quantile that scipy used follows from its p-value and statistic through the degrees of freedom.
    freedom = brentq(lambda df: 2 * stdtr(df, -abs(expected.statistic)) - expected.pvalue, 1, 1e4)
    half = stdtrit(freedom, 0.975) * error / (effect.value * (1 - effect.value))
    assert (effect.low, effect.high) == pytest.approx(
        tuple(expit(logit(effect.value) + side) for side in (-half, half))
    )


@given(samples, samples)
def test_the_effect_turns_with_the_arms(pilot, baseline):
    there, back = mann_whitney(pilot, baseline), mann_whitney(baseline, pilot)
    assert there.effect.reason == back.effect.reason
    if there.effect.value is not None:
        assert there.effect.value == pytest.approx(1 - back.effect.value)
        assert (there.effect.low, there.p_value) == pytest.approx((1 - back.effect.high, back.p_value))
        assert 0 <= there.effect.low <= there.effect.value <= there.effect.high <= 1


@pytest.mark.parametrize(("shift", "spread"), [(0.0, 1.0), (0.0, 3.0), (1.0, 0.4)])
def test_intervals_cover_also_where_the_arms_differ_in_spread(shift, spread):
    rng = np.random.default_rng(9)
    truth = ndtr(shift / math.hypot(1, spread))
    covered = 0
    for _ in range(400):
        effect = mann_whitney(rng.normal(0, 1, 30), rng.normal(shift, spread, 30)).effect
        covered += effect.low <= truth <= effect.high
    assert covered / 400 == pytest.approx(0.955, abs=0.025)


def test_separated_arms_have_an_interval_that_ends_at_one():
    found = mann_whitney(range(10), range(20, 32))
    assert (found.effect.value, found.effect.high, found.notes) == (1, 1, ("separated",))
    # Newcombe's method 5: 1 - low = 1.96 sqrt(V(low)) at m = 10, n = 12.
    low = found.effect.low
    variance = low * (1 - low) / 120 * (1 + 10 * ((1 - low) / (2 - low) + low / (1 + low)))
    assert 1 - low == pytest.approx(1.959964 * math.sqrt(variance))
    assert mann_whitney(range(20, 32), range(10)).effect.high == pytest.approx(1 - low)


def test_clusters_widen_the_interval_and_raise_the_p_value():
    rng = np.random.default_rng(10)
    teams = np.repeat(np.arange(12), 25)
    pilot, baseline = (start + rng.normal(0, 0.7, 12)[teams] + rng.normal(0, 0.7, 300) for start in (0.0, 0.3))
    plain = mann_whitney(pilot, baseline)
    nested = mann_whitney(pilot, baseline, pilot_clusters=teams, baseline_clusters=teams + 12)
    assert nested.effect.value == plain.effect.value
    assert nested.effect.high - nested.effect.low > 2 * (plain.effect.high - plain.effect.low)
    assert nested.p_value > plain.p_value
    assert (nested.clusters, nested.notes) == ((12, 12), ())


def test_clusters_of_one_case_leave_the_interval_about_as_it_was():
    rng = np.random.default_rng(11)
    pilot, baseline = rng.normal(0, 1, 80), rng.normal(0.4, 1, 90)
    plain = mann_whitney(pilot, baseline).effect
    single = mann_whitney(pilot, baseline, pilot_clusters=np.arange(80), baseline_clusters=np.arange(80, 170)).effect
    assert (single.low, single.high) == pytest.approx((plain.low, plain.high), abs=1e-4)


def test_the_same_teams_in_both_arms_make_the_effect_more_precise():
    rng = np.random.default_rng(12)
    teams = np.repeat(np.arange(12), 25)
    speed = rng.normal(0, 1, 12)[teams]
    pilot, baseline = (start + speed + rng.normal(0, 0.5, 300) for start in (0.0, 0.2))
    paired = mann_whitney(pilot, baseline, pilot_clusters=teams, baseline_clusters=teams)
    separate = mann_whitney(pilot, baseline, pilot_clusters=teams, baseline_clusters=teams + 12)
    assert paired.p_value < separate.p_value
    assert paired.effect.low > separate.effect.low


def test_p_value_and_interval_of_clusters_never_contradict_each_other():
    rng = np.random.default_rng(13)
    teams = np.repeat(np.arange(6), 10)
    for shift in np.linspace(-1.5, 1.5, 21):
        found = mann_whitney(
            rng.normal(0, 1, 60), rng.normal(shift, 1, 60), pilot_clusters=teams, baseline_clusters=teams + 6
        )
        assert (found.p_value < 0.05) == (found.effect.low > 0.5 or found.effect.high < 0.5)
        assert found.notes == ("few_clusters",)


def test_what_cannot_be_estimated_says_why():
    few = mann_whitney(range(9), range(20))
    assert (few.effect.reason, few.statistic, few.p_value) == ("too_few", None, None)
    assert mann_whitney([3.0] * 20, [3.0] * 20).effect.reason == "no_variation"
    nested = mann_whitney(range(20), range(20), pilot_clusters=[0, 1] * 10, baseline_clusters=[0, 1] * 10)
    assert (nested.effect.reason, nested.clusters) == ("too_few_clusters", (2, 2))


def test_separated_arms_of_clusters_count_clusters_and_have_no_p_value():
    teams = np.repeat(np.arange(4), 5)
    found = mann_whitney(range(20), range(30, 50), pilot_clusters=teams, baseline_clusters=teams + 4)
    assert (found.p_value, found.notes) == (None, ("few_clusters", "separated"))
    assert found.effect.low < mann_whitney(range(20), range(30, 50)).effect.low


def test_missing_durations_are_refused():
    with pytest.raises(ValueError, match="leave out cases without a value"):
        mann_whitney([1.0, math.nan], [2.0])
