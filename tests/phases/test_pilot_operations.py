"""How the system ran: checks, failures against the cliff, use against both lines, budget and effort."""

import pytest
from prioritize_clients import known

from workbook.engagement.faults import FaultsError

CHECKS = [
    {"id": "a", "name": "A", "result": "passed", "on_production_data": "yes"},
    {"id": "b", "name": "B", "result": "failed", "on_production_data": "no"},
    {"id": "c", "name": "C", "result": "not_run"},
]
MODES = [
    {"id": "torn", "name": "Letter is torn", "severity": "low", "handling": "A person reads it"},
    {"id": "two", "name": "Two in one", "severity": "high", "is_edge_case": True},
]


def test_checks_are_counted_by_how_they_ended(ended):
    ended.pilot["checks"] = CHECKS
    checks = ended.result().operations.checks
    found = [
        [each.id for each in part] for part in (checks.passed, checks.failed, checks.not_run, checks.on_production)
    ]
    assert found == [["a"], ["b"], ["c"], ["a"]]


def test_failures_are_counted_by_the_data_and_ordered(ended):
    ended.pilot["failure_modes"] = MODES[::-1]
    for row in ended.rows[3:200:50]:
        row["failure"] = "odd"
    failures = ended.result().operations.failures
    counts = [(each.mode.id if each.mode else None, each.cases.value) for each in failures.modes]
    assert counts == [("torn", 20), (None, 4), ("two", 0)]
    assert failures.modes[0].cumulative == pytest.approx(20 / 24) and failures.modes[-1].cumulative == 1
    assert failures.rate.value == 0.12 and [each.mode.id for each in failures.edge_cases] == ["two"]
    assert [each.name for each in failures.unhandled] == ["", "Two in one"]


def test_a_failure_nobody_described_keeps_its_words_to_itself(ended):
    ended.rows[0]["failure"] = "Mrs Secret called"
    assert "Secret" not in str(ended.result().figures.as_dict())


@pytest.mark.parametrize(("failed", "against"), [(20, "below"), (60, "undecided"), (90, "above")])
def test_the_failure_rate_is_held_against_the_cliff(ended, failed, against):
    for n, row in enumerate(row for row in ended.rows if row["arm"] == "new"):
        row["failure"] = "torn" if n < failed else ""
    failures = ended.result().operations.failures
    assert failures.cliff.value == 0.3 and failures.against_cliff == against


def test_failures_without_a_column_are_as_declared(ended):
    del ended.pilot["cases"]["failure"]
    ended.pilot["failure_modes"] = [MODES[0] | {"cases": 30}, MODES[1]]
    failures = ended.result().operations.failures
    assert failures.rate.value == 0.15
    assert [(each.cases.value, each.share) for each in failures.modes] == [(30, 1.0), (None, None)]
    assert failures.modes[0].cases.source.startswith("pilot.yaml:")


def test_without_any_word_on_failures_there_is_no_rate(ended):
    del ended.pilot["cases"]["failure"]
    failures = ended.result().operations.failures
    assert failures.rate.reason == "no_column" and failures.against_cliff == "unknown"


def test_use_is_held_against_the_agreed_line_and_the_alarm(evaluated):
    adoption = evaluated.operations.adoption
    assert adoption.rate.value == 0.75 and adoption.threshold.value == 0.3 and adoption.alarm.value == 0.3
    assert (adoption.rate.low, adoption.rate.high) == pytest.approx((0.6857, 0.8049), abs=1e-3)
    assert (adoption.against_threshold, adoption.against_alarm, adoption.unknown) == ("above", "above", 0)


def test_a_stated_use_counts_where_the_data_do_not_say(ended):
    del ended.pilot["cases"]["used"]
    ended.pilot["utilisation"] = {"value": 0.3, "evidence": "measured"}
    result = ended.result()
    adoption = result.operations.adoption
    assert (adoption.rate.value, adoption.rate.evidence, adoption.origin) == (0.3, "measured", "stated")
    assert adoption.rate.source.startswith("pilot.yaml:") and adoption.unknown is None
    assert result.verdict.decision == "go"


def test_the_share_of_real_cases_is_the_datas_or_as_declared(ended, evaluated):
    assert evaluated.operations.production_share.value == 1
    del ended.pilot["cases"]["production"]
    ended.pilot["production_share"] = {"value": 0.6, "evidence": "estimate"}
    figure = ended.result().operations.production_share
    assert (figure.value, figure.evidence) == (0.6, "estimate")


def test_rows_that_are_no_production_count_for_their_share(ended):
    for row in ended.rows[:20]:
        row["real"] = "no"
    result = ended.result()
    assert result.operations.production_share.value == pytest.approx(0.95)
    assert result.observed.measured.pilot == 180


def test_spending_is_held_against_the_agreed_budget_line_by_line(ended):
    ended.pilot["spent"] = [{"line": "supplier", "amount": {"value": 3300, "evidence": "measured"}}]
    budget = ended.result().budget
    assert [(each.agreed.value, each.spent.value) for each in budget.lines] == [(3000, 3300), (1000, None)]
    assert budget.lines[0].share.value == pytest.approx(1.1) and budget.overspent == ("supplier",)
    assert budget.unstated == ("time",) and budget.spent.value == 3300 and budget.agreed.value == 4000
    assert budget.share.reason == "lines_not_stated"
    # 85 of 112 days, from 2 November to the last case.
    assert budget.elapsed.value == pytest.approx(85 / 112)


def test_money_spent_on_a_line_that_was_never_agreed_counts(ended):
    line = {"id": "extra", "name": "Extra", "kind": "run", "amount": known(500)}
    ended.charter["budget"].append(line)
    ended.pilot["spent"] = [{"line": id, "amount": known(2000)} for id in ("supplier", "time", "extra")]
    budget = ended.result().budget
    assert budget.spent.value == 6000 and budget.agreed.value == 4000 and budget.share.value == 1.5
    assert budget.lines[2].agreed.reason == "not_agreed" and budget.overspent == ("time",)


def test_a_pilot_that_runs_has_used_its_time_up_to_today(ended):
    del ended.pilot["ended"]
    assert ended.result("2027-01-31").budget.elapsed.value == pytest.approx(91 / 112)


def test_days_of_integration_are_held_against_the_business_case(ended):
    ended.pilot["effort"] = [{"system": "erp", "days": {"value": 3, "evidence": "measured"}}]
    effort = ended.result().effort
    assert (effort.days.value, effort.planned.value, effort.ratio.value) == (3, 2, 1.5)
    assert (effort.systems[0].ratio.value, effort.unstated, effort.unplanned) == (1.5, (), ())
    assert (effort.expected.low, effort.expected.high) == (0.4, 0.6)


def test_a_system_without_a_plan_has_no_ratio(ended):
    del ended.planned.post["integration"]
    ended.pilot["effort"] = [{"system": "erp", "days": {"value": 3, "evidence": "measured"}}]
    effort = ended.result().effort
    assert effort.unplanned == ("erp",) and effort.ratio.value is None and effort.days.value == 3


def test_the_share_of_integration_is_of_all_that_was_spent(ended):
    ended.charter["budget"][0]["kind"] = "integration"
    ended.approved_again()
    amounts = {"supplier": 1000, "time": 3000}
    ended.pilot["spent"] = [{"line": line, "amount": known(value)} for line, value in amounts.items()]
    result = ended.result()
    assert result.budget.integration_share.value == 0.25 == result.figures["pilot.effort.share"].value


def test_a_pilot_needs_its_file(ended):
    engagement = ended.planned.engagement("2027-02-28")
    from workbook.phases.pilot import pilot

    with pytest.raises(FaultsError, match=r"create pilot\.yaml"):
        pilot(engagement)
