import pytest
from prioritize_clients import estimate, known

from workbook.phases.prioritize.uncertainty import DRAWS


def claims(result):
    return result.uncertainty["claim-letters"]


def test_the_draws_have_the_mean_of_their_inputs(prioritized):
    # Means: 0.25 h, (0.5 + 1 + 3) / 3 = EUR 1.50 and (4,000 + 5,000 + 9,000) / 3 = EUR 6,000:
    # -6,000 + (2,500 - 375) / 1.1 + (5,000 - 750) / 1.21 + (5,000 - 750) / 1.331 = 2,637
    mean = claims(prioritized).simulated.mean
    assert mean.low <= 2637.3 <= mean.high and mean.n == DRAWS


def test_percentiles_rise_and_the_loss_is_a_share_of_draws(prioritized):
    found = claims(prioritized).simulated
    assert found.p10.value < found.p50.value < found.p90.value
    assert found.loss.value == (found.draws < 0).mean() > 0
    assert found.p50.low < found.p50.value < found.p50.high


def test_the_likeliest_inputs_are_placed_among_the_draws(prioritized):
    found = claims(prioritized).simulated
    base = prioritized.values["claim-letters"].npv.value
    assert found.likeliest_percentile.value == (found.draws < base).mean()


def test_a_case_without_ranges_says_so(prioritized):
    assert prioritized.uncertainty["post-sorting"].simulated.uncertain == ()
    assert "no_ranges" in prioritized.open_reasons


def test_the_hurdle_is_compared_with_the_draws(client):
    client.prioritize["finance"]["hurdle"] = known(1000)
    found = claims(client.result()).simulated
    assert found.below_hurdle.value == (found.draws < 1000).mean()


def test_a_haircut_cuts_benefits_and_raises_costs_and_nothing_is_simulated(client):
    client.prioritize["finance"] |= {
        "risk": "haircut",
        "haircut": {"benefits_down": known(0.2), "costs_up": known(0.1)},
    }
    result = client.result()
    value, found = result.values["post-sorting"], result.uncertainty["post-sorting"]
    assert found.simulated is None
    expected = 0.8 * value.pv_benefits.value - 1.1 * value.pv_costs.value
    assert found.adjusted.npv.value == pytest.approx(expected)
    assert found.adjusted.roi.value == pytest.approx(expected / (1.1 * value.pv_costs.value))


def test_the_widest_swing_stands_first(prioritized):
    bars = claims(prioritized).sensitivity.tornado.bars
    assert [bar.input for bar in bars] == [
        "claim-letters.cost.pilot", "claim-letters.benefit.drafting.effect", "claim-letters.cost.tokens",
    ]  # fmt: skip
    assert bars[0].swing == pytest.approx(bars[0].p90 - bars[0].p10)


def test_at_its_switching_value_a_cost_leaves_nothing(client, prioritized):
    switch = claims(prioritized).sensitivity.switching["claim-letters.cost.pilot"].value
    # EUR 5,000 and what the case is worth
    assert switch == pytest.approx(5000 + 4145.38, abs=0.005)
    client.claims["costs"][1]["amount"] = known(switch)
    assert client.result().values["claim-letters"].npv.value == pytest.approx(0, abs=1e-6)


def test_the_switching_value_of_the_ramp_leaves_nothing(client):
    client.claims["adoption"]["months_to_plateau"] = estimate(0, 6, 12)
    client.claims["costs"][1]["amount"] = known(8000)
    switch = claims(client.result()).sensitivity.switching["claim-letters.months-to-plateau"].value
    client.claims["adoption"]["months_to_plateau"] = known(switch)
    assert client.result().values["claim-letters"].npv.value == pytest.approx(0, abs=1e-6)


def test_ends_may_stand_for_one_time_in_ten(client, prioritized):
    client.prioritize["finance"]["ranges"] = "p10_p90"
    wider = claims(client.result())
    bar = next(bar for bar in wider.sensitivity.tornado.bars if bar.input.endswith("cost.pilot"))
    assert (bar.p10, bar.p90) == (pytest.approx(4000), pytest.approx(9000))
    assert wider.simulated.spread.sd > claims(prioritized).simulated.spread.sd


def test_a_share_drawn_beyond_its_ends_stops_there(client):
    client.prioritize["finance"]["ranges"] = "p10_p90"
    client.claims["adoption"]["plateau"] = estimate(0.9, 0.98, 1.0)
    client.claims["costs"] = [client.claims["costs"][1] | {"amount": known(0)}]
    client.claims["benefits"][0]["effect"] = known(0.25, unit="hours")
    # At most 2,000 x 0.25 x 0.5 x 1 x 40 = EUR 10,000 a year, from month 6.
    most = 5000 / 1.1 + 10000 / 1.21 + 10000 / 1.331
    assert claims(client.result()).simulated.draws.max() == pytest.approx(most)


def test_a_shape_that_trusts_the_middle_spreads_less(client, prioritized):
    client.prioritize["finance"]["shape"] = "pert"
    assert claims(client.result()).simulated.spread.sd < claims(prioritized).simulated.spread.sd


def test_costs_that_move_together_spread_more(client, prioritized):
    pair = ["claim-letters.cost.tokens", "claim-letters.cost.pilot"]
    client.prioritize["finance"]["correlations"] = [{"between": pair, "rank": 0.9}]
    assert claims(client.result()).simulated.spread.sd > claims(prioritized).simulated.spread.sd


def test_a_correlation_with_what_is_not_known_yet_is_left_out(client):
    pair = ["claim-letters.cost.tokens", "claim-letters.cost.pilot"]
    client.prioritize["finance"]["correlations"] = [{"between": pair, "rank": 0.9}]
    del client.claims["costs"][1]["amount"]
    assert client.result().uncertainty["post-sorting"].simulated is not None


def test_an_overrun_of_the_reference_class_is_paid_once(prioritized):
    found = prioritized.uncertainty["post-sorting"].overrun
    # EUR 8,000 at the start: half as much again, and 447 % more
    assert found.npv_at_threshold.value == pytest.approx(5771.60 - 4000, abs=0.005)
    assert found.npv_in_tail.value == pytest.approx(5771.60 - 4.47 * 8000, abs=0.005)
    assert found.break_even.value == pytest.approx(5771.60 / 8000, abs=1e-6)


def test_a_case_with_a_loss_has_no_overrun_to_break_even(client):
    client.post["costs"][0]["amount"] = known(90000)
    assert client.result().uncertainty["post-sorting"].overrun.break_even.reason == "loss_without_overrun"


def test_a_case_without_value_is_not_simulated(client):
    del client.claims["adoption"]
    found = claims(client.result())
    assert (found.simulated, found.sensitivity, found.overrun) == (None, None, None)


def test_another_candidate_changes_no_draw(client, prioritized):
    del client.prioritize["cases"][0]
    del client.prioritize["choice"], client.prioritize["charter"]
    assert (claims(client.result()).simulated.draws == claims(prioritized).simulated.draws).all()
