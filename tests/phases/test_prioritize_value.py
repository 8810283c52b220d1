import pytest
from prioritize_clients import known

from workbook.methods.cashflows import irr


def post(result):
    return result.values["post-sorting"]


def test_the_base_case_is_benefits_less_costs_discounted(prioritized):
    # -8,000 + (4,000 - 1,000) / 1.1 + 7,000 / 1.21 + 7,000 / 1.331
    assert post(prioritized).npv.value == pytest.approx(5771.60, abs=0.005)
    assert post(prioritized).net.tolist() == pytest.approx([-8000, 3000, 7000, 7000])


def test_present_values_are_given_by_kind_and_by_line(prioritized):
    value = post(prioritized)
    assert {kind: round(figure.value) for kind, figure in value.pv.items()} == {
        "cashable": 16258, "investment": 6000, "integration": 1000, "run": 2487, "change": 1000,
    }  # fmt: skip
    assert sum(figure.value for figure in value.line_pv.values()) == pytest.approx(
        value.pv_benefits.value + value.pv_costs.value
    )


def test_capacity_is_not_cash(prioritized):
    value = prioritized.values["claim-letters"]
    # -5,000 + (2,500 - 250) / 1.1 + 4,500 / 1.21 + 4,500 / 1.331, and without the hours
    assert value.npv.value == pytest.approx(4145.38, abs=0.005)
    assert value.npv_cashable.value == pytest.approx(-value.pv_costs.value)


def test_return_and_rate_are_those_of_the_flows(prioritized):
    value = post(prioritized)
    assert value.roi.value == pytest.approx(value.npv.value / value.pv_costs.value)
    assert value.irr.value == pytest.approx(irr([-8000, 3000, 7000, 7000]).value)
    assert value.mirr.reason == "not_needed"


def test_payback_is_interpolated_within_the_year(prioritized):
    # 5,000 are still owed after year 1, and year 2 brings 7,000.
    assert post(prioritized).payback.value == pytest.approx(1 + 5 / 7)
    assert post(prioritized).discounted_payback.value > post(prioritized).payback.value


def test_an_exit_cost_that_turns_the_sign_again_leaves_the_modified_rate(client):
    exit_cost = {"id": "leave", "name": "Leave", "kind": "exit", "amount": known(9000), "per": "once", "month": 36}
    client.post["costs"].append(exit_cost)
    value = post(client.result())
    assert value.irr.value is None and value.irr.reason in ("several_roots", "several_sign_changes")
    assert value.mirr.is_known


def test_a_case_that_never_pays_has_no_payback(client):
    client.post["costs"][0]["amount"] = known(90000)
    value = post(client.result())
    assert (value.payback.value, value.payback.reason) == (None, "never")
    assert (value.time_to_value.months.reason, value.time_to_value.verdict) == ("never", "later")


def test_months_are_counted_from_the_start_of_production(prioritized):
    # From month 6 on EUR 5,000 - 500 a year; EUR 5,000 are back after 5,000 / 4,500 x 12 months.
    assert prioritized.values["claim-letters"].time_to_value.months.value == pytest.approx(13.33, abs=0.005)


def test_operating_months_leave_the_investment_out(prioritized):
    # 8,000 / 12 x t^2 / 24 reaches 1,000 / 12 x t at t = 3.
    assert post(prioritized).time_to_value.operating_months.value == pytest.approx(3)


@pytest.mark.parametrize(("cost", "verdict"), [(2999, "earlier"), (3000, "within"), (4000, "within"), (4001, "later")])
def test_months_are_placed_in_the_range_of_the_guide(client, cost, verdict):
    # No ramp, nothing runs off: 1,000 letters x EUR 30 x 0.5 x 0.8 are EUR 1,000 a month.
    client.post["benefits"][0]["effect"] = known(30, unit="EUR")
    client.post["adoption"]["months_to_plateau"] = known(0)
    client.post["costs"] = [client.post["costs"][0] | {"amount": known(cost)}]
    client.post["integration"], client.post["work"] = [], []
    time = post(client.result()).time_to_value
    assert (time.benchmark.low, time.benchmark.high) == (3, 4)
    assert time.verdict == verdict


def test_without_a_kind_there_is_no_verdict(prioritized):
    time = prioritized.values["claim-letters"].time_to_value
    assert time.months.is_known and time.verdict is None


def test_monthly_flows_pay_back_in_months(client):
    client.prioritize["finance"]["flows"] = "monthly"
    value = post(client.result())
    assert len(value.net) == 37
    assert value.payback.value * 12 == pytest.approx(value.time_to_value.months.value)


def test_flows_in_the_middle_of_the_year_are_worth_more(client, prioritized):
    client.prioritize["finance"]["timing"] = "mid"
    assert post(client.result()).npv.value > post(prioritized).npv.value


def test_every_value_leads_back_to_inputs_with_a_line(prioritized):
    def inputs(id):
        figure = prioritized.figures[id]
        return {id} if not figure.derived_from else set().union(*map(inputs, figure.derived_from))

    found = inputs("case.post-sorting.npv")
    assert {"process.post.volume", "finance.discount_rate", "case.post-sorting.input.cost.build"} <= found
    assert all(prioritized.figures[id].source for id in found)


def test_a_sum_of_nothing_rests_on_the_line_of_the_case(client):
    client.post["costs"] = [client.post["costs"][0]]
    result = client.result()
    value = post(result)
    assert value.yearly_cost.value == 0 and value.yearly_cost.source.startswith("prioritize.yaml:")
    assert all(each.derived_from or each.source for each in result.figures if each.is_known)
