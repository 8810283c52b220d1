"""Planned and taken looks: which look is which, the boundary at the information there was, and what may be claimed."""

import datetime as dt
from dataclasses import replace

import pytest
from scipy.special import ndtr

from workbook.methods.looks import crossing_probabilities, looks
from workbook.phases.pilot.looks import Asked, LookPlan, schedule_looks

START = dt.date(2027, 1, 4)
OBF = LookPlan((6, 12), "obrien_fleming", 0.05, (0.5, 1.0), (2.79651, 1.977432), 200, 0.5)
SPENDING = replace(OBF, rule="spending_obrien_fleming", critical_values=(2.9626, 1.9686))
EVEN = [(day, 25, 25) for day in range(10, 84, 10)]
"""Eight days with 25 cases in each arm: 100 by week 6, 200 by week 12."""


def day(week: float) -> dt.date:
    return START + dt.timedelta(days=int(7 * week))


def taken(*looked: tuple[float, bool], plan=OBF, days=EVEN, ended=False):
    declared = tuple((day(week), planned, None) for week, planned in looked)
    return schedule_looks(Asked(plan, START, declared, ended), days)


def test_both_planned_looks_at_their_planned_information_have_the_planned_boundary():
    found = taken((6, True), (12, True))
    assert [look.week for look in found.looks] == [6, 12]
    assert [look.fraction for look in found.looks] == [0.5, 1.0]
    assert [look.critical_value for look in found.looks] == pytest.approx([2.797, 1.977], abs=1e-3)
    assert (found.is_planned, found.is_final, found.error.alpha) == (True, True, 0.05)


def test_the_level_of_the_intervals_is_that_of_the_boundary():
    found = taken((6, True), (12, True))
    assert found.level == pytest.approx(1 - 2 * ndtr(-1.977), abs=1e-4) == pytest.approx(0.952, abs=1e-3)


def test_the_last_boundary_keeps_the_error_at_the_information_there_was():
    # 150 of 200 cases by week 6: the looks are more alike than planned, so that there is a little more left to spend.
    early = [(day_, 75, 75) for day_ in (10, 40)] + [(80, 50, 50)]
    found = taken((6, True), (12, True), days=early)
    values = tuple(look.critical_value for look in found.looks)
    boundary = replace(looks((0.5, 1.0), "obrien_fleming"), fractions=(0.75, 1.0), critical_values=values)
    assert values[0] == 2.79651 and values[1] < 1.977
    assert crossing_probabilities(boundary).total == pytest.approx(0.05, abs=1e-7)


def test_a_spending_rule_follows_the_information_at_each_look():
    found = taken((6, True), (12, True), plan=SPENDING, days=[(20, 60, 60), (70, 140, 140)])
    expected = looks((0.3, 1.0), "spending_obrien_fleming").critical_values
    assert [look.critical_value for look in found.looks] == pytest.approx(expected)


def test_more_cases_than_planned_spend_what_is_left():
    found = taken((6, True), (12, True), plan=SPENDING, days=[(20, 100, 100), (70, 130, 130)])
    assert found.looks[1].fraction == pytest.approx(1.15)
    assert found.looks[1].critical_value == pytest.approx(
        looks((0.5, 1.15), "spending_obrien_fleming").critical_values[1]
    )


def test_an_unplanned_look_claims_no_error_control():
    found = taken((3, False), (6, True), (12, True))
    assert [look.week for look in found.looks] == [None, 6, 12]
    assert found.is_planned is False and found.level == 0.95
    assert found.error.alpha is None and found.error.reason == "unplanned_looks"
    assert found.error.naive_error == pytest.approx(0.107, abs=1e-3)


def test_a_look_that_calls_itself_planned_and_lies_in_no_planned_week_is_not():
    found = taken((9, True), (12, True))
    assert [look.week for look in found.looks] == [None, 12] and found.is_planned is False


def test_a_look_within_a_week_of_its_day_is_the_planned_one():
    assert [look.week for look in taken((7, True), (12, True)).looks] == [6, 12]
    assert [look.week for look in taken((7.2, True), (12, True)).looks] == [None, 12]


def test_the_last_look_may_be_late():
    found = taken((6, True), (20, True))
    assert [look.week for look in found.looks] == [6, 12] and found.is_final


def test_a_look_that_was_left_out_is_told_and_costs_nothing():
    found = taken((12, True))
    assert found.skipped == (6,) and found.is_planned
    assert found.looks[0].critical_value == pytest.approx(1.959964, abs=1e-5)


def test_the_first_look_alone_is_not_the_last():
    found = taken((6, True), days=EVEN[:4])
    assert not found.is_final and found.critical_value == 2.79651


def test_data_after_the_last_look_make_the_evaluation_a_look_that_nobody_planned():
    found = taken((6, True), days=EVEN[:6])
    assert [look.is_run for look in found.looks] == [False, True]
    assert found.looks[1].date == START + dt.timedelta(days=60) and found.is_planned is False


def test_an_evaluation_in_the_planned_week_is_the_planned_look():
    found = taken((6, True))
    assert [(look.week, look.is_run) for look in found.looks] == [(6, False), (12, True)] and found.is_planned


def test_looks_that_nobody_has_stated_are_not_taken_for_none():
    found = taken(ended=True)
    assert found.is_planned is None and found.error.reason == "looks_not_stated"
    assert found.is_final and found.level == 0.95


def test_two_looks_at_the_same_data_are_one():
    found = taken((6, True), (12, True), days=EVEN[:4])
    assert [look.fraction for look in found.looks] == [0.5, 0.5]
    assert found.looks[0].critical_value == found.looks[1].critical_value


def test_a_look_before_the_first_case_has_no_boundary():
    found = taken((6, True), (12, True), days=[(60, 100, 100)])
    assert found.looks[0].critical_value is None and found.looks[0].fraction == 0
    assert found.looks[1].critical_value == pytest.approx(1.959964, abs=1e-5)


def test_arms_of_unequal_size_carry_the_information_of_their_harmonic_mean():
    # 300 and 100 cases tell as much as 150 and 150; planned are 200 and 200.
    found = taken((12, True), days=[(70, 300, 100)])
    assert found.looks[0].fraction == pytest.approx(0.75)
