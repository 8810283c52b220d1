"""Difference in differences: a published example, statsmodels' numbers, staggered starts, few units, pre-trends."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from workbook.methods.panel_estimates import Panel, has_started
from workbook.methods.panel_resampling import permutation_interval, permutation_p_value
from workbook.methods.panels import difference_in_differences, event_effects, make_panel, placebo, pre_trend

NEVER = 12


def panel(starts: list[int], effect: float = 1.0, seed: int = 0, drift: float = 0.0, noise: float = 1.0) -> Panel:
    """Return units over 12 periods with correlated noise, and with a drift of the treated from the first period on."""
    rng, units = np.random.default_rng(seed), len(starts)
    shocks = rng.standard_normal((units, NEVER)) * noise
    for t in range(1, NEVER):
        shocks[:, t] += 0.5 * shocks[:, t - 1]
    begin, time = np.array(starts)[:, None], np.arange(NEVER)
    outcomes = rng.normal(0, 2, (units, 1)) + 0.3 * time + shocks
    outcomes += effect * (time >= begin) + drift * time * (begin < NEVER)
    return Panel(tuple(f"u{k:02}" for k in range(units)), tuple(range(NEVER)), outcomes, np.array(starts))


def long(of: Panel) -> pd.DataFrame:
    unit, period = np.nonzero(~np.isnan(of.outcomes))
    treated = (period >= of.starts[unit]).astype(float)
    return pd.DataFrame({"unit": unit, "period": period, "y": of.outcomes[unit, period], "d": treated})


def test_minimum_wages_and_employment_give_the_published_difference() -> None:
    # Card and Krueger, American Economic Review, 1994, table 3: full-time jobs per store before and after, 2.76 with
    # unrounded means.
    wages = make_panel(["NJ", "NJ", "PA", "PA"], [1, 2, 1, 2], [20.44, 21.03, 23.33, 21.17], {"NJ": 2, "PA": None})
    result = difference_in_differences(wages)
    assert result.effect.value == pytest.approx(2.75)
    assert (result.effect.low, result.effect.reason) == (None, "too_few")


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_two_way_errors_equal_statsmodels_with_unit_effects_left_out_of_the_count(missing: float) -> None:
    of = panel([6] * 12 + [NEVER] * 12)
    of.outcomes[np.random.default_rng(1).random(of.outcomes.shape) < missing] = np.nan
    rows = long(of)
    model = smf.ols("y ~ d + C(unit) + C(period)", rows).fit(cov_type="cluster", cov_kwds={"groups": rows["unit"]})
    n, with_units, without = len(rows), 24 + 12, 12 + 1
    result = difference_in_differences(of)
    assert result.effect.value == pytest.approx(model.params["d"])
    assert result.standard_error == pytest.approx(model.bse["d"] * ((n - with_units) / (n - without)) ** 0.5)
    assert (result.method, result.few_clusters, result.p_value) == ("two_way_fixed_effects", False, result.robust_p)


def test_the_interval_uses_t_with_one_degree_less_than_units() -> None:
    result = difference_in_differences(panel([6] * 12 + [NEVER] * 12))
    assert result.effect.high is not None
    assert result.standard_error is not None
    # The 97.5 % quantile of t(23) is 2.0687.
    assert result.effect.high - (result.effect.value or 0) == pytest.approx(2.0687 * result.standard_error, rel=1e-4)


def test_group_time_effects_recover_growing_effects_where_two_way_effects_do_not() -> None:
    starts = [3] * 6 + [7] * 6 + [NEVER] * 2
    of = panel(starts, effect=0.0, noise=0.0)
    since = np.arange(NEVER) - np.array(starts)[:, None] + 1
    grown = Panel(of.units, of.periods, of.outcomes + np.where(since > 0, since, 0), of.starts)
    # Effects 1..9 for six units and 1..5 for six: (45 + 15) x 6 / (14 x 6).
    assert difference_in_differences(grown).effect.value == pytest.approx(60 / 14)
    naive = smf.ols("y ~ d + C(unit) + C(period)", long(grown)).fit().params["d"]
    assert naive < 0.9 * 60 / 14


def test_late_starters_compare_only_until_they_start() -> None:
    # Nobody is untreated from period 8 on, so those periods say nothing; before them the effect is exact.
    of = panel([4, 4, 4, 8, 8, 8], effect=2.0, noise=0.0)
    result = difference_in_differences(of)
    assert result.effect.value == pytest.approx(2.0)
    assert [e.event for e in event_effects(of)] == [-4, -3, -2, 0, 1, 2, 3]


def test_with_few_units_the_p_value_comes_from_all_reassignments() -> None:
    of = panel([6] * 3 + [NEVER] * 4, effect=0.8)
    after, before = of.outcomes[:, 6:].mean(axis=1), of.outcomes[:, :6].mean(axis=1)
    change = after - before
    effects = [
        change[list(chosen)].mean() - np.delete(change, list(chosen)).mean() for chosen in combinations(range(7), 3)
    ]
    result = difference_in_differences(of)
    assert result.few_clusters
    assert result.p_value == pytest.approx(np.mean(np.abs(effects) >= abs(effects[0]) - 1e-9))


def test_the_wild_bootstrap_is_seeded_and_near_the_robust_p_value_with_many_units_on_both_sides() -> None:
    of = panel([6] * 9 + [NEVER] * 15, effect=0.5, seed=7)
    result = difference_in_differences(of, seed=1)
    assert result == difference_in_differences(of, seed=1)
    assert result.robust_p == pytest.approx(0.054, abs=0.001)
    assert result.bootstrap_p == pytest.approx(0.054, abs=0.02)
    assert result.permutation_p == pytest.approx(0.054, abs=0.02)


def test_a_large_effect_on_few_units_is_found_and_none_is_not() -> None:
    for starts in ([6] * 5 + [NEVER] * 5, [5, 6, 7, 8, NEVER, NEVER, NEVER, NEVER]):
        found = difference_in_differences(panel(starts, effect=6.0)).p_value
        absent = difference_in_differences(panel(starts, effect=0.0)).p_value
        assert found is not None
        assert absent is not None
        assert found < 0.05 < absent


def test_the_error_of_units_that_start_alone_is_not_zero() -> None:
    # Each treated unit is a group of its own; true effects differ by 1 between units.
    of = panel([4, 5, 6, 7, NEVER, NEVER, NEVER, NEVER], noise=0.0)
    of.outcomes[:] += np.array([0, 2, 0, 2, 0, 0, 0, 0])[:, None] * (np.arange(NEVER) >= of.starts[:, None])
    result = difference_in_differences(of)
    assert result.standard_error is not None
    assert result.standard_error > 0.3


def test_leads_find_a_drift_and_pass_parallel_trends() -> None:
    # One seed in twenty rejects parallel trends by chance; this one does not.
    starts = [6] * 12 + [NEVER] * 12
    parallel, drifting = panel(starts, seed=1), panel(starts, seed=1, drift=0.6)
    assert [lead.event for lead in pre_trend(parallel).leads] == [-6, -5, -4, -3, -2]
    assert pre_trend(drifting).slope.value == pytest.approx((pre_trend(parallel).slope.value or 0) + 0.6)
    for trend, is_parallel in ((pre_trend(parallel), True), (pre_trend(drifting), False)):
        assert trend.slope_p is not None
        assert trend.joint_p is not None
        assert (trend.slope_p > 0.05) == is_parallel
        assert (trend.joint_p > 0.05) == is_parallel


def test_leads_are_the_differences_of_changes_to_the_period_before_the_start() -> None:
    of = panel([6] * 3 + [NEVER] * 4)
    change = of.outcomes[:, 2] - of.outcomes[:, 5]
    lead = next(e for e in event_effects(of) if e.event == -4)
    assert lead.effect.value == pytest.approx(change[:3].mean() - change[3:].mean())


def test_with_few_units_the_p_value_of_the_slope_comes_from_all_reassignments() -> None:
    of = panel([4] * 3 + [NEVER] * 4)
    # Leads -4, -3 and -2 lie 3, 2 and 1 periods from the one before the start.
    leads = of.outcomes[:, :3] - of.outcomes[:, 3:4]
    drift = leads @ (np.array([-3, -2, -1]) / 14)
    slopes = [drift[list(c)].mean() - np.delete(drift, list(c)).mean() for c in combinations(range(7), 3)]
    assert pre_trend(of).slope.value == pytest.approx(slopes[0])
    assert pre_trend(of).slope_p == pytest.approx(np.mean(np.abs(slopes) >= abs(slopes[0]) - 1e-9))


def test_in_stages_few_counts_the_units_still_untreated() -> None:
    assert difference_in_differences(panel([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).few_clusters
    assert not difference_in_differences(panel([4] * 10 + [7] * 10 + [NEVER] * 12)).few_clusters


def test_reassigned_stages_give_the_effect_of_the_true_ones_first() -> None:
    of = panel([4, 5, 6, 7, NEVER, NEVER, NEVER, NEVER], effect=50.0)
    # Only the true assignment, and few near it, reach so large an effect: 1 / 2000 at the least.
    p_value = difference_in_differences(of).p_value
    assert p_value is not None
    assert 1 / 2000 <= p_value < 0.01


def test_joint_test_of_leads_needs_three_units_for_each() -> None:
    assert pre_trend(panel([6] * 7 + [NEVER] * 7)).joint_p is None
    assert pre_trend(panel([6] * 8 + [NEVER] * 8)).joint_p is not None


def test_a_placebo_date_ignores_the_true_effect() -> None:
    for starts in ([6] * 12 + [NEVER] * 12, [6] * 6 + [8] * 6 + [NEVER] * 6):
        large, none = panel(starts, effect=50.0), panel(starts, effect=0.0)
        assert placebo(large, 3).effect.value == pytest.approx(placebo(none, 3).effect.value or 0)
        drifting = placebo(panel(starts, drift=1.0), 3).effect
        assert drifting.low is not None
        assert drifting.low > 0


@pytest.mark.parametrize(
    ("starts", "reason"),
    [([NEVER] * 4, "no_treated"), ([6] * 4, "no_untreated"), ([0, 0, NEVER, NEVER], "no_before")],
)
def test_a_panel_without_a_comparison_says_why(starts: list[int], reason: str) -> None:
    result = difference_in_differences(panel(starts))
    assert (result.effect.value, result.effect.reason, result.p_value) == (None, reason, None)


def test_one_treated_unit_gives_a_value_and_a_permutation_p_value_without_an_interval() -> None:
    result = difference_in_differences(panel([6] + [NEVER] * 9, effect=9.0))
    assert (result.effect.low, result.effect.reason) == (None, "too_few")
    assert result.p_value == pytest.approx(0.1)


def test_without_two_periods_before_there_are_no_leads() -> None:
    assert pre_trend(panel([1, 1, NEVER, NEVER])).slope.reason == "no_leads"
    assert placebo(panel([1, 1, NEVER, NEVER]), 1).effect.reason == "no_before"


def test_rows_become_a_panel_in_the_order_of_periods_with_gaps() -> None:
    of = make_panel(["b", "a", "a"], ["2026-02", "2026-02", "2026-01"], [1.0, 2.0, 3.0], {"a": "2026-02", "b": None})
    assert (of.units, of.periods, of.starts.tolist()) == (("a", "b"), ("2026-01", "2026-02"), [1, 2])
    assert np.array_equal(of.outcomes, [[3.0, 2.0], [np.nan, 1.0]], equal_nan=True)


def test_faulty_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="two outcomes"):
        make_panel(["a", "a"], [1, 1], [1.0, 2.0], {"a": None})
    with pytest.raises(ValueError, match="no start"):
        make_panel(["a"], [1], [1.0], {})
    with pytest.raises(ValueError, match="not among the periods"):
        make_panel(["a"], [1], [1.0], {"a": 5})
    with pytest.raises(ValueError, match="differ in length"):
        make_panel(["a"], [1, 2], [1.0], {"a": None})
    with pytest.raises(ValueError, match="at least one period earlier"):
        placebo(panel([6, NEVER]), 0)


# --- intervals with few units ----------------------------------------------------------------------------------------

FEW = {"one start": [6] * 3 + [NEVER] * 4, "stages": [4, 4, 5, 6, 7, 7, 9, NEVER]}


@pytest.mark.parametrize("starts", FEW.values(), ids=FEW)
@pytest.mark.parametrize("seed", range(4))
def test_the_interval_by_reassignment_excludes_zero_where_its_p_value_is_below_alpha(
    starts: list[int], seed: int
) -> None:
    for effect in (0.0, 1.5, 6.0):
        found = difference_in_differences(panel(starts, effect, seed), level=0.9)
        assert found.permutation_p is not None and found.permutation_interval is not None
        low, high = found.permutation_interval
        assert low <= (found.effect.value or 0.0) <= high
        assert (low > 0 or high < 0) == (found.permutation_p < 0.1 - 1e-9)


@pytest.mark.parametrize("starts", FEW.values(), ids=FEW)
def test_the_interval_by_reassignment_holds_what_its_test_does_not_reject(starts: list[int]) -> None:
    of = panel(starts, effect=2.0, seed=3)
    value = difference_in_differences(of).effect.value or 0.0
    low, high = permutation_interval(of, value, seed=0, level=0.9) or (0.0, 0.0)
    step = (high - low) / 50
    for border, is_in in ((low + step, True), (low - step, False), (high - step, True), (high + step, False)):
        less = Panel(of.units, of.periods, of.outcomes - border * has_started(of, of.starts), of.starts)
        assert ((permutation_p_value(less, value - border, seed=0) or 0.0) >= 0.1) == is_in


def test_so_few_units_that_no_reassignment_is_rare_allow_no_interval() -> None:
    # Two of five: the true assignment is one of 10, and no p-value is below 0.1.
    found = difference_in_differences(panel([6, 6, NEVER, NEVER, NEVER], effect=20.0, noise=0.1))
    assert found.effect.low is not None and found.effect.low > 0 and found.permutation_p == pytest.approx(0.1)
    assert (found.quoted.value, found.quoted.low, found.quoted.reason) == (found.effect.value, None, "too_few")


def test_the_quoted_interval_is_no_narrower_than_either() -> None:
    found = difference_in_differences(panel(FEW["one start"], effect=2.0))
    ends = found.permutation_interval or (0.0, 0.0)
    assert found.quoted.low == min(found.effect.low or 0.0, ends[0])
    assert found.quoted.high == max(found.effect.high or 0.0, ends[1])
    many = difference_in_differences(panel([6] * 12 + [NEVER] * 12))
    assert many.quoted == many.effect and many.permutation_interval is None
