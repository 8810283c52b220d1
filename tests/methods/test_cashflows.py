"""Cash flows against published studies, textbook cases with several roots, and the invariants."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbook.methods import cashflows as c
from workbook.methods.weights import FloatArray

# Forrester, The Total Economic Impact of SalesLoft, 2020: at time 0 and after one, two and three years, at 10 %.
COSTS = np.array([53_150, 666_715, 636_772, 647_783])
BENEFITS = np.array([0, 1_606_511, 3_061_331, 4_229_760])
NET = BENEFITS - COSTS

money = st.integers(-1_000_000, 1_000_000).map(float)
series = st.lists(money, min_size=2, max_size=12)
# Flows that change sign once: a first outlay, then receipts.
investments = st.tuples(
    st.integers(1, 1_000_000).map(lambda outlay: -float(outlay)),
    st.lists(st.integers(0, 1_000_000).map(float), min_size=1, max_size=36).filter(any),
).map(lambda parts: [parts[0], *parts[1]])
timings = st.sampled_from(["end", "mid"])
per_year = st.sampled_from([1, 4, 12])


# Present value and return on investment


def test_the_economic_impact_study_gives_its_published_present_values() -> None:
    costs, benefits = c.present_value(COSTS, 0.10), c.present_value(BENEFITS, 0.10)
    # Published 1,672,201, 7,168,371 and 5,496,170, and a return of 329 %.
    assert float(costs.round(2)) == 1_672_201.35
    assert float(benefits.round(2)) == 7_168_371.46
    assert float(c.present_value(NET, 0.10).round(2)) == 5_496_170.11
    assert round(100 * float(c.roi(benefits, costs)), 1) == 328.7


def test_a_table_published_with_rounded_factors_is_off_by_what_the_rounding_makes() -> None:
    # 140,000 first, then 40,000 a year of costs and 200,000 of benefits for three years at 8 %. Published with the
    # factors 0.93, 0.86 and 0.79: costs 243,200, benefits 516,000, net 272,800, 112 %.
    outlay, cost, benefit = [140_000, 40_000, 40_000, 40_000], 243_083.88, 515_419.40
    assert float(c.present_value(outlay, 0.08).round(2)) == cost
    assert float(c.present_value([0, 200_000, 200_000, 200_000], 0.08).round(2)) == benefit
    assert round(100 * float(c.roi(benefit, cost))) == 112
    rounded = c.discount_factors(0.08, 3).round(2)
    assert rounded.tolist() == [1.0, 0.93, 0.86, 0.79]
    assert float(rounded @ outlay) == pytest.approx(243_200)


def test_a_monthly_rate_compounds_to_the_yearly_one() -> None:
    factors = c.discount_factors(0.12, 12, periods_per_year=12)
    # The rate of a month is 1.12^(1/12) - 1 = 0.9489 %.
    assert 1 / factors[1] - 1 == pytest.approx(0.009488793)
    assert factors[12] == pytest.approx(1 / 1.12)


def test_flows_in_the_middle_of_a_period_are_discounted_half_a_period_less() -> None:
    factors = c.discount_factors(0.10, 2, timing="mid")
    assert factors == pytest.approx([1.0, 1.1**-0.5, 1.1**-1.5])


def test_many_series_and_many_rates_are_valued_at_once() -> None:
    flows = np.array([[-100.0, 60.0, 60.0], [-100.0, 0.0, 121.0]])
    assert c.present_value(flows, 0.10) == pytest.approx([4.132231, 0.0])
    assert c.present_value(flows, [0.0, 0.10]) == pytest.approx([20.0, 0.0])
    assert c.present_value(flows[0], [0.0, 0.10]) == pytest.approx([20.0, 4.132231])


@given(series, st.integers(0, 11), st.floats(0, 1e6), st.floats(-0.5, 3), timings)
def test_raising_a_cost_never_raises_the_net_present_value(
    flows: list[float], period: int, more: float, rate: float, timing: c.Timing
) -> None:
    dearer = list(flows)
    dearer[period % len(flows)] -= more
    before, after = (float(c.present_value(each, rate, timing=timing)) for each in (flows, dearer))
    assert after <= before + 1e-9 * abs(before)


@pytest.mark.parametrize("rate", [-1.0, -2.0, math.nan, math.inf, [0.1, -1.0]])
def test_a_rate_of_minus_one_or_no_number_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="above -1"):
        c.present_value([-1.0, 1.0], rate)


def test_a_flow_that_is_no_number_is_refused_with_its_period() -> None:
    for value in (c.irr, c.payback, lambda flows: c.present_value(flows, 0.1), lambda flows: c.mirr(flows, 0.1, 0.1)):
        with pytest.raises(ValueError, match="period 1 is nan"):
            value([-1.0, math.nan, 2.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.1, -1), "-1 periods"),
        ((0.1, 3, 0), "0 periods per year"),
        ((0.1, 3, 1, "start"), "timing 'start'"),
        ((-0.999_999, 60), "too close to -1"),
    ],
)
def test_periods_and_timings_without_a_meaning_are_refused(arguments: tuple[float, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        c.discount_factors(*arguments)


@pytest.mark.parametrize(("benefits", "costs"), [(10, 0), (10, -5), (math.nan, 5), ([1, 2], [1, 0])])
def test_a_return_on_no_costs_is_refused(benefits: float, costs: float) -> None:
    with pytest.raises(ValueError, match="costs above zero"):
        c.roi(benefits, costs)


# Internal rate of return


@pytest.mark.parametrize(("years", "rate"), [(5, 0.0866), (4, -0.0212), (2, -0.4435)])
def test_the_spreadsheet_example_gives_its_published_rates(years: int, rate: float) -> None:
    # Microsoft, documentation of the IRR function: 8.7 %, -2.1 % and -44.4 %.
    flows = [-70_000, 12_000, 15_000, 18_000, 21_000, 26_000][: years + 1]
    found = c.irr(flows)
    assert found.value == pytest.approx(rate, abs=5e-5)
    assert found.rates == (found.value,)
    assert (found.reason, found.note) == (None, None)


@pytest.mark.parametrize(
    ("flows", "rates", "reason"),
    [
        # The pump that brings a fixed stock of oil up sooner, a textbook case since the 1950s.
        ([-1_600, 10_000, -10_000], (0.25, 4.0), "several_roots"),
        ([-1_000, 6_000, -11_000, 6_000], (0.0, 1.0, 2.0), "several_roots"),
        # A double root, where the value touches zero and nowhere exceeds it.
        ([-1, 4, -4], (1.0,), "several_sign_changes"),
        # 1.07 and 1.1 twice each, where rounding leaves a value a hair below and above zero.
        ([-100, 214, -114.49], (0.07,), "several_sign_changes"),
        ([-100, 220, -121], (0.1,), "several_sign_changes"),
        # (y - 1.2)(y^2 - 0.2 y + 0.5) with y = 1 + rate: one real root in spite of three changes.
        ([-1_000, 1_400, -740, 600], (0.2,), "several_sign_changes"),
        ([1, -2, 2], (), "no_real_root"),
        ([-100, -20, 0], (), "no_sign_change"),
        ([0, 0], (), "no_sign_change"),
        ([5], (), "no_sign_change"),
    ],
)
def test_flows_that_change_sign_several_times_or_never_have_no_internal_rate(
    flows: list[float], rates: tuple[float, ...], reason: str
) -> None:
    found = c.irr(flows)
    assert (found.value, found.reason) == (None, reason)
    assert found.rates == pytest.approx(rates, abs=1e-6)


@given(investments, per_year, timings)
def test_the_present_value_at_the_internal_rate_is_zero(flows: list[float], m: int, timing: c.Timing) -> None:
    found = c.irr(flows, m, timing)
    # Closer to -1 the digits of the rate do not hold its distance from there.
    assume(found.value is not None and found.value > -0.999)
    factors = c.discount_factors(found.value, len(flows) - 1, m, timing)
    assert abs(factors @ flows) <= 1e-8 * (factors @ np.abs(flows))


@pytest.mark.parametrize(("flows", "m"), [([-1, 1e9], 52), ([-1e9, 1], 12)])
def test_a_rate_of_a_year_beyond_what_a_number_holds_is_none(flows: list[float], m: int) -> None:
    assert c.irr(flows, m) == c.InternalRate(None, reason="no_real_root")


@given(series.filter(lambda flows: flows[0] and flows[-1]))
def test_all_roots_are_those_of_the_polynomial(flows: list[float]) -> None:
    found = np.log1p(c.irr(flows).rates)
    roots = np.roots(flows)
    real = roots[(roots.real > 0) & (np.abs(roots.imag) < 1e-12 * np.abs(roots))].real
    # Each clearly real root of the companion matrix is found, and nothing is found that is no root.
    assert all(np.abs(found - math.log(root)).min() < 1e-3 for root in real)
    for s in found:
        terms = flows * np.exp(-s * np.arange(len(flows)))
        assert abs(terms.sum()) <= 1e-9 * np.abs(terms).sum()


@pytest.mark.parametrize("net", [np.random.default_rng(0).normal(40, 60, 120), np.resize([90.0, -60.0], 200)])
def test_years_of_months_that_change_sign_again_and_again_are_solved(net: FloatArray) -> None:
    flows = np.r_[-1000.0, net]
    with np.errstate(over="raise", invalid="raise"):
        rates = c.irr(flows, 12).rates
    assert len(rates) >= 1
    for rate in rates:
        factors = c.discount_factors(rate, len(net), 12)
        assert abs(factors @ flows) < 1e-8 * (factors @ np.abs(flows))


@pytest.mark.parametrize(
    ("flows", "rate"), [([-1_000, 1, *[0] * 359], -0.999), ([-1, *[0] * 799, 2], 2 ** (1 / 800) - 1)]
)
def test_few_flows_in_a_long_series_are_solved(flows: list[float], rate: float) -> None:
    with np.errstate(over="raise", invalid="raise"):
        assert c.irr(flows).value == pytest.approx(rate)


def test_what_rounding_leaves_of_equal_benefits_and_costs_is_no_change_of_sign() -> None:
    benefits, costs = np.array([0.0, 0.3, 5.0]), np.array([4.0, 0.1 + 0.2, 0.0])
    assert (benefits - costs)[1] < 0
    assert c.irr(benefits - costs) == c.irr([-4.0, 0.0, 5.0])
    assert c.irr(costs - benefits).note == "receipts_first"
    assert c.irr([5.0, *(benefits - costs)[1:]]).reason == "no_sign_change"


def test_a_rate_on_a_small_outlay_is_marked() -> None:
    found = c.irr(NET)
    assert found.value == pytest.approx(19.12, abs=0.005)
    assert found.note == "small_outlay"


@pytest.mark.parametrize(
    ("flows", "m", "note"),
    [
        # Back after exactly one year, and a little before.
        ([-100, 100, 50], 1, None),
        ([-100, 101, 50], 1, "small_outlay"),
        ([-120, *[10] * 36], 12, None),
        ([-119, *[10] * 36], 12, "small_outlay"),
        # A loss is never back, whatever the outlay.
        ([-100, 50], 1, None),
        ([100, -110], 1, "receipts_first"),
    ],
)
def test_the_note_follows_the_payback_in_years_and_the_first_flow(flows: list[float], m: int, note: str | None) -> None:
    assert c.irr(flows, m).note == note


@pytest.mark.parametrize(
    ("years", "reinvestment", "rate"), [(5, 0.12, 0.126094), (3, 0.12, -0.048045), (5, 0.14, 0.134759)]
)
def test_the_modified_rate_agrees_with_the_spreadsheet_example(years: int, reinvestment: float, rate: float) -> None:
    # Microsoft, documentation of the MIRR function: 12.61 %, -4.80 % and 13.48 %.
    flows = [-120_000, 39_000, 30_000, 21_000, 37_000, 46_000][: years + 1]
    assert c.mirr(flows, 0.10, reinvestment).value == pytest.approx(rate, abs=1e-6)


@given(investments, timings)
def test_at_its_own_rate_of_reinvestment_the_modified_rate_is_the_internal_rate(
    flows: list[float], timing: c.Timing
) -> None:
    rate = c.irr(flows, timing=timing).value
    if rate is not None and -0.999 < rate < 1e6:
        modified = c.mirr(flows, rate, rate, timing=timing).value
        assert modified is not None and math.log1p(modified) == pytest.approx(math.log1p(rate), abs=1e-7)


def test_the_modified_rate_of_flows_in_one_direction_is_missing_with_the_reason() -> None:
    assert c.mirr([-100, -5], 0.1, 0.1) == c.InternalRate(None, reason="no_sign_change")


# Payback


def test_the_economic_impact_study_pays_back_within_its_first_month() -> None:
    # 53,150 of 939,796 in the first year: published as under six months.
    assert c.payback(NET).years == pytest.approx(0.0566, abs=5e-5)


@pytest.mark.parametrize(
    ("flows", "years", "reason"),
    [
        ([-100, 60, 80], 1.5, None),
        ([-100, 100, 0], 1.0, None),
        ([-100, 60, 30], None, "never"),
        # Back after one year, in debt again after two for the renewal, back for good in the third.
        ([-100, 120, -60, 80], 2.5, None),
        ([-100, 120, -60], None, "never"),
        ([0, 10], 0.0, None),
        # Tenths that sum to zero, in floating point to a hair below.
        ([-0.8, 0.1, 0.7], 2.0, None),
    ],
)
def test_payback_is_when_the_cumulative_flow_stays_at_or_above_zero(
    flows: list[float], years: float | None, reason: str | None
) -> None:
    found = c.payback(flows)
    assert found.years == pytest.approx(years)
    assert found.reason == reason


def test_payback_of_monthly_flows_is_in_years() -> None:
    assert c.payback([-100, *[10] * 24], 12).years == pytest.approx(10 / 12)


def test_discounted_payback_takes_longer() -> None:
    # 60 / 1.1 = 54.55 is back after a year; 45.45 of 66.12 remain.
    assert c.discounted_payback([-100, 60, 80], 0.10).years == pytest.approx(1 + 45.4545 / 66.1157, abs=1e-5)
    assert c.discounted_payback([-100, 60, 48], 0.10).reason == "never"
    assert c.discounted_payback([-100, 60, 80], 0.0) == c.payback([-100, 60, 80])


@given(series, st.floats(0, 2), per_year)
def test_flows_are_paid_back_within_their_time_exactly_where_their_value_is_not_negative(
    flows: list[float], rate: float, m: int
) -> None:
    value = float(c.present_value(flows, rate, m))
    if abs(value) > 1e-6:
        assert (c.discounted_payback(flows, rate, m).years is not None) == (value > 0)


@pytest.mark.parametrize("flows", [[[-1.0, 2.0]], [], 5.0])
def test_payback_and_internal_rate_take_one_series(flows: list[float]) -> None:
    for method in (c.payback, c.irr):
        with pytest.raises(ValueError, match="shape"):
            method(flows)
