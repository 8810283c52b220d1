import pytest
from prioritize_clients import known


def test_a_benefit_is_volume_times_effect_times_three_shares(prioritized):
    # 1,000 letters x EUR 20 x 0.5 eligible x 0.8 use x 1 realised
    assert prioritized.figures["case.post-sorting.benefit.postage.amount"].value == pytest.approx(8000)


def test_hours_are_kept_beside_what_they_are_worth(prioritized):
    # 2,000 claims x 0.25 h x 0.5 x 0.5 x 1 = 125 h, at EUR 40
    hours = prioritized.figures["case.claim-letters.benefit.drafting.quantity"]
    assert (hours.value, hours.unit) == (125, "hours/year")
    assert prioritized.figures["case.claim-letters.benefit.drafting.amount"].value == 5000


def test_what_has_no_price_stays_in_its_own_unit(prioritized):
    complaints = prioritized.figures["case.claim-letters.benefit.complaints.quantity"]
    assert (complaints.value, complaints.unit) == (5, "complaints/year")
    cases, each = (prioritized.figures[f"case.claim-letters.{part}.complaints{end}"].value
                   for part, end in (("benefit", ".cases"), ("input.benefit", ".effect")))  # fmt: skip
    assert cases * each == pytest.approx(5)
    assert "case.claim-letters.benefit.complaints.amount" not in prioritized.figures
    assert all(line.key != "benefit.complaints" for line in prioritized.cases["claim-letters"].lines)


def test_what_has_no_price_changes_no_value(client, prioritized):
    client.claims["benefits"][1]["effect"] = known(0.9, unit="complaints")
    assert client.result().values["claim-letters"].npv == prioritized.values["claim-letters"].npv


def test_a_cost_of_each_transaction_counts_the_cases_handled(prioritized):
    # EUR 1 x 2,000 claims x 0.5 use x 0.5 eligible
    assert prioritized.figures["case.claim-letters.cost.tokens.amount"].value == 500


def test_person_days_cost_the_day_rate(prioritized):
    amounts = prioritized.cases["post-sorting"].amounts
    assert amounts["integration.erp"].value == 2 * 500
    assert amounts["work.data"].value == 4 * 500


def test_work_on_change_is_a_cost_of_change_and_the_rest_investment(prioritized):
    kinds = {line.key: line.kind for line in prioritized.cases["post-sorting"].lines}
    assert (kinds["work.change"], kinds["work.data"], kinds["integration.erp"]) == (
        "change", "investment", "integration",
    )  # fmt: skip


def test_the_volume_is_the_figure_of_assess_for_all_candidates_of_the_process(client):
    client.claims["benefits"][0]["process"] = "post"
    result = client.result()
    volumes = [case.inputs["process.post.volume"].figure for case in result.cases.values()]
    assert volumes[0] == volumes[1] == result.assessment.figures["process.post.volume"]


def test_an_input_stands_with_its_line_and_range(prioritized):
    effect = prioritized.figures["case.claim-letters.input.benefit.drafting.effect"]
    assert (effect.low, effect.value, effect.high, effect.evidence) == (0.2, 0.25, 0.3, "estimate")
    lines = (prioritized.engagement.folder / "prioritize.yaml").read_text().splitlines()
    line = int(effect.source.removeprefix("prioritize.yaml:"))
    assert lines[line - 1].strip() == "effect:"


@pytest.mark.parametrize(
    ("where", "key", "lost"),
    [
        (lambda client: client.claims["benefits"][0], "effect", ["benefit.drafting"]),
        (lambda client: client.claims["benefits"][0], "eligible", ["benefit.drafting", "cost.tokens"]),
        (lambda client: client.claims, "adoption", ["benefit.drafting", "cost.tokens"]),
        (lambda client: client.claims["costs"][1], "amount", ["cost.pilot"]),
        (lambda client: client.prioritize, "finance", []),
    ],
)
def test_a_missing_input_leaves_no_value_and_shows_the_rest(client, where, key, lost):
    del where(client)[key]
    result = client.result()
    case, value = result.cases["claim-letters"], result.values["claim-letters"]
    assert list(case.missing) == lost
    assert (value.npv.value, value.npv.reason) == (None, "not_provided")
    assert all(case.amounts[line.key].is_known for line in case.known_lines)
    assert "inputs_missing" in result.open_reasons


def test_without_a_day_rate_only_the_work_is_unknown(client):
    del client.prioritize["finance"]["day_rate"]
    result = client.result()
    case = result.cases["post-sorting"]
    assert list(case.missing) == ["integration.erp", "work.data", "work.change"]
    assert result.values["post-sorting"].pv["cashable"].value == pytest.approx(16258.45, abs=0.005)
    assert result.values["claim-letters"].npv.is_known


def test_an_effect_without_price_is_not_taken_for_money(client):
    client.post["benefits"][0]["effect"] = known(20, unit="minutes")
    result = client.result()
    assert list(result.cases["post-sorting"].missing) == ["benefit.postage"]


def test_hours_that_nobody_has_put_a_value_on_stand_beside_the_money(client):
    del client.claims["benefits"][0]["unit_value"]
    result = client.result()
    assert result.figures["case.claim-letters.benefit.drafting.quantity"].value == 125
    value = result.values["claim-letters"]
    assert (value.pv_benefits.value, value.npv.value) == (0, -value.pv_costs.value)


def test_a_case_without_costs_has_no_value(client):
    client.claims["costs"] = []
    value = client.result().values["claim-letters"]
    assert value.npv.value is None and value.pv_benefits.is_known


def test_a_cost_after_the_last_year_is_named(client):
    client.claims["costs"][1]["month"] = 40
    assert client.result().values["claim-letters"].outside == ("cost.pilot",)


def test_a_unit_may_be_written_per_transaction(client, prioritized):
    client.post["benefits"][0]["effect"] = known(20, unit="EUR/transaction")
    result = client.result()
    assert result.values["post-sorting"].npv == prioritized.values["post-sorting"].npv
    effect = "case.post-sorting.input.benefit.postage.effect"
    assert result.figures[effect].unit == prioritized.figures[effect].unit == "EUR/transaction"
