import math

import pytest
from assess_clients import CASE_TABLE, CASES, EVENT_LOG, LOG

from workbook.phases.assess.performance import Comparison, rank_by_difference
from workbook.phases.figures import Figure


def comparison(quantity, declared, measured):
    figures = (Figure("d", declared, "share"), Figure("m", measured, "share"))
    return Comparison(None, quantity, *figures)


def test_without_a_log_the_declared_value_stands_in_with_its_evidence(result):
    lead_time = result.performance_of("post").lead_time_p50
    assert (lead_time.value, lead_time.unit, lead_time.evidence) == (10, "h", "interview")
    assert lead_time.derived_from == ("process.post.declared_lead_time",)


def test_what_is_neither_measured_nor_declared_says_so(result):
    post = result.performance_of("post")
    assert (post.touch_time.reason, post.lead_time_p95.reason) == ("not_provided", "not_measured")
    assert post.lead_time_p95.source is None and not post.is_measured


def test_a_measured_value_takes_the_place_of_the_declared_one(tiny):
    tiny.add_log(EVENT_LOG, LOG)
    result = tiny.result()
    assert result.performance_of("post").lead_time_p50.value == 2.0
    (found,) = result.comparisons
    assert (found.quantity, found.declared.value, found.measured.value, found.ratio) == ("lead_time", 10, 2.0, 0.2)


def test_a_declared_value_stays_where_the_log_is_too_short(tiny):
    # Five closed cases are too few for a median with an interval.
    tiny.add_log(CASE_TABLE, "\n".join(CASES.splitlines()[:6]))
    post = tiny.result().performance_of("post")
    assert post.baseline.lead_time.p50.reason == "too_few"
    assert (post.lead_time_p50.value, post.lead_time_p50.evidence) == (10, "interview")


def test_the_reason_of_the_log_is_given_where_nothing_is_declared(tiny):
    tiny.add_log(CASE_TABLE, "\n".join(CASES.splitlines()[:6]))
    del tiny.process("post")["lead_time"]
    lead_time = tiny.result().performance_of("post").lead_time_p50
    assert (lead_time.value, lead_time.reason) == (None, "too_few")


def test_a_measured_cost_is_compared_with_the_declared_one(tiny):
    tiny.add_log(CASE_TABLE, CASES)
    result = tiny.result()
    found = {row.quantity: row.ratio for row in result.comparisons}
    assert found["cost_per_transaction"] == 20 / 50
    assert result.process_map["post"].yearly_cost.value == 1000 * 20


def test_a_ratio_is_not_known_where_nothing_was_declared():
    assert comparison("error_rate", 0.0, 0.2).ratio is None
    assert comparison("error_rate", None, 0.2).ratio is None
    assert comparison("error_rate", 0.1, 0.2).ratio == 2


def test_the_largest_factor_comes_first_in_either_direction_and_nothing_outdoes_a_declared_zero():
    rows = [comparison("one", 2.0, 3.0), comparison("two", 4.0, 1.0), comparison("three", 0.0, 0.1)]
    rows += [comparison("four", 0.0, 0.0), comparison("five", 5.0, 0.0)]
    assert [row.quantity for row in rank_by_difference(rows)] == ["three", "five", "two", "one", "four"]


@pytest.mark.parametrize("quantity", ["lead_time", "rework_rate", "automation_rate"])
def test_what_is_declared_is_kept_beside_what_is_measured(tiny, quantity):
    tiny.add_log(EVENT_LOG, LOG)
    tiny.process("post")[quantity] = {"value": 0.5, "evidence": "assumed"}
    figures = tiny.result().figures
    assert figures[f"process.post.declared_{quantity}"].evidence == "assumed"
    name = "lead_time.p50" if quantity == "lead_time" else quantity
    assert figures[f"process.post.{name}"].evidence == "measured"
    assert math.isfinite(figures[f"process.post.{name}"].value)


def test_rework_and_errors_are_two_quantities(tiny):
    tiny.add_log(EVENT_LOG, LOG)
    tiny.process("post").update(error_rate={"value": 0.5}, rework_rate={"value": 0.1})
    result = tiny.result()
    post = result.performance_of("post")
    # The log shows rework; it names no outcome, so errors stay as declared and are compared with nothing.
    assert (post.rework_rate.value, post.error_rate.value) == (2 / 8, 0.5)
    assert {row.quantity for row in result.comparisons} == {"lead_time", "rework_rate"}
