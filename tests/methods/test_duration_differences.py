import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.methods.duration_differences import (
    _Clustered,
    _independent,
    _multiplicities,
    quantile_differences,
)
from workbook.methods.percentiles import quantile_rank

RNG = np.random.default_rng(1)
SLOW, FAST = RNG.lognormal(3.0, 0.8, 300), RNG.lognormal(2.7, 0.8, 300)


def test_the_quantiles_are_order_statistics_and_their_differences_signed():
    median, p90 = quantile_differences(range(1, 101), range(11, 111), seed=1)
    assert (median.q, median.pilot, median.baseline) == (0.5, 50, 60)
    assert (median.difference.value, median.ratio.value) == (-10, 50 / 60)
    assert (p90.pilot, p90.baseline, p90.difference.n) == (90, 100, 200)
    assert median.difference.low < -10 < median.difference.high < 5


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not():
    first, again, other = (quantile_differences(FAST, SLOW, seed=seed) for seed in (7, 7, 8))
    assert first == again != other


def test_the_shortcut_draws_what_resampling_case_by_case_draws():
    values = np.sort(RNG.exponential(10, 40))
    rng = np.random.default_rng(2)
    drawn = _independent(values, (0.5, 0.9), 20_000, rng)
    resampled = np.sort(rng.choice(values, (20_000, 40)), axis=1)
    for i, q in enumerate((0.5, 0.9)):
        slow = resampled[:, quantile_rank(40, q) - 1]
        # How often each value is the quantile of a resample agrees within the noise of 20,000.
        shares = [np.array([(draws == value).mean() for value in values]) for draws in (drawn[i], slow)]
        assert np.abs(shares[0] - shares[1]).max() < 0.015


@settings(max_examples=40)
@given(st.data())
def test_weighted_quantiles_are_those_of_the_repeated_cases(data):
    n = data.draw(st.integers(1, 60))
    values = np.array(data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)), dtype=float)
    codes = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    weights = np.array([data.draw(st.lists(st.integers(0, 3), min_size=5, max_size=5)) for _ in range(3)], dtype=float)
    found = _Clustered(values, codes).quantiles(weights, (0.5, 0.9))
    for row, own in enumerate(weights):
        repeated = np.sort(np.repeat(values, own[codes].astype(int)))
        for i, q in enumerate((0.5, 0.9)):
            expected = repeated[quantile_rank(len(repeated), q) - 1] if len(repeated) else math.nan
            assert found[i, row] == expected or (math.isnan(expected) and math.isnan(found[i, row]))


def test_intervals_of_independent_cases_cover():
    rng = np.random.default_rng(3)
    truth = math.exp(3) - math.exp(3.3)
    covered = 0
    for _ in range(300):
        sample = quantile_differences(
            rng.lognormal(3, 1, 60), rng.lognormal(3.3, 0.8, 60), (0.5,), resamples=400, seed=1
        )
        covered += sample[0].difference.low <= truth <= sample[0].difference.high
    assert 0.93 <= covered / 300 <= 0.99


def test_clusters_widen_the_interval_by_what_they_share():
    rng = np.random.default_rng(4)
    teams = np.repeat(np.arange(12), 25)
    arms = [np.exp(3 + rng.normal(0, 0.5, 12)[teams] + rng.normal(0, 0.5, 300)) for _ in range(2)]
    plain = quantile_differences(*arms, seed=1)[0].difference
    nested = quantile_differences(*arms, pilot_clusters=teams, baseline_clusters=teams + 12, seed=1)[0].difference
    assert nested.value == plain.value
    assert nested.high - nested.low > 1.5 * (plain.high - plain.low)


def test_the_same_teams_in_both_arms_are_resampled_together():
    rng = np.random.default_rng(5)
    teams = np.repeat(np.arange(12), 25)
    speed = rng.normal(0, 1, 12)[teams]
    arms = [np.exp(start + speed + rng.normal(0, 0.2, 300)) for start in (2.8, 3.0)]
    paired = quantile_differences(*arms, pilot_clusters=teams, baseline_clusters=teams, seed=1)[0]
    separate = quantile_differences(*arms, pilot_clusters=teams, baseline_clusters=teams + 12, seed=1)[0]
    assert paired.ratio.high - paired.ratio.low < 0.5 * (separate.ratio.high - separate.ratio.low)


def test_resampled_means_of_few_clusters_vary_as_much_as_they_should():
    means = np.array([3.0, 8.0, 4.0, 9.0, 11.0])
    resampled = _multiplicities(5, 50_000, np.random.default_rng(7)) @ means / 4
    # The unbiased variance of a mean of 5, of which drawing 5 instead of 4 would lose a fifth.
    assert resampled.var() == pytest.approx(means.var(ddof=1) / 5, rel=0.03)


def test_few_clusters_are_noted_and_too_few_have_no_interval():
    labels = [str(i % 6) for i in range(300)]
    assert quantile_differences(FAST, SLOW, pilot_clusters=labels, baseline_clusters=labels, seed=1)[0].notes == (
        "few_clusters",
    )
    labels = [str(i % 4) for i in range(300)]
    found = quantile_differences(FAST, SLOW, pilot_clusters=labels, baseline_clusters=labels, seed=1)[0]
    assert (found.difference.reason, found.ratio.reason) == ("too_few_clusters", "too_few_clusters")
    assert found.pilot is not None


@pytest.mark.parametrize(("n", "reasons"), [(5, ["too_few"] * 2), (35, [None, "too_few"]), (36, [None, None])])
def test_small_arms_have_no_interval_of_high_percentiles(n, reasons):
    found = quantile_differences(FAST[:n], SLOW, seed=1)
    assert [quantile.difference.reason for quantile in found] == reasons
    assert [quantile.pilot is None for quantile in found] == [reason is not None for reason in reasons]


def test_empty_arms_are_too_few():
    assert quantile_differences([], [], seed=1)[0].difference.reason == "too_few"


def test_constant_arms_have_no_interval_and_heavy_ties_are_noted():
    assert quantile_differences([5.0] * 50, [7.0] * 50, seed=1)[0].difference.reason == "no_variation"
    tied = quantile_differences([1.0] * 95 + [2.0] * 5, [1.0] * 95 + [3.0] * 5, seed=1)[0]
    assert (tied.difference.low, tied.difference.high, tied.notes) == (0, 0, ("ties",))


def test_a_ratio_to_nothing_is_not_estimable_and_one_to_next_to_nothing_has_no_high_end():
    never = quantile_differences(range(1, 51), [0.0] * 40 + [9.0] * 10, seed=1)[0]
    assert (never.ratio.reason, never.difference.value) == ("zero_baseline", 25)
    hardly = quantile_differences(range(1, 51), [0.0] * 24 + [9.0] * 26, seed=1)[0]
    assert (hardly.ratio.value, hardly.ratio.high) == (25 / 9, None)
    assert hardly.ratio.low > 0


def test_fifty_thousand_cases_of_one_distribution_differ_by_next_to_nothing():
    many = np.random.default_rng(6).lognormal(3, 1, (2, 50_000))
    median = quantile_differences(*many, seed=1)[0]
    # The standard error of a median is sqrt(pi / 2n) times its value here, that of a difference sqrt(2) times more.
    half = 1.96 * math.e**3 * math.sqrt(math.pi / 50_000)
    assert median.difference.low < 0 < median.difference.high
    assert median.difference.high - median.difference.low == pytest.approx(2 * half, rel=0.15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantile_differences([1.0, math.nan], SLOW, seed=1), "pilot must be one list of finite numbers"),
        (lambda: quantile_differences(FAST, SLOW, pilot_clusters=["a"] * 300, seed=1), "for one arm only"),
        (lambda: quantile_differences(FAST, SLOW, resamples=10, seed=1), "resamples must be at least 100"),
        (lambda: quantile_differences(FAST, SLOW, (1.0,), seed=1), "q must lie between"),
        (lambda: quantile_differences(FAST, SLOW, level=0.0, seed=1), "level must lie between"),
    ],
)
def test_impossible_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
