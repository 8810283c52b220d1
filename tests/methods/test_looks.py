import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from workbook.methods.looks import (
    RULES,
    crossing_probabilities,
    looks,
    naive_error,
    spending,
)


def equally_spaced(count, rule):
    return looks([k / count for k in range(1, count + 1)], rule)


# Jennison and Turnbull, Group Sequential Methods, 2000, tables 2.1, 2.3 and 7.2 (there by constants).
@pytest.mark.parametrize(
    ("rule", "critical_values"),
    [
        ("obrien_fleming", (2.797, 1.977)),
        ("obrien_fleming", (3.471, 2.454, 2.004)),
        ("obrien_fleming", (4.049, 2.863, 2.337, 2.024)),
        ("obrien_fleming", (4.562, 3.226, 2.634, 2.281, 2.040)),
        ("pocock", (2.178,) * 2),
        ("pocock", (2.289,) * 3),
        ("pocock", (2.361,) * 4),
        ("pocock", (2.413,) * 5),
        ("spending_obrien_fleming", (4.877, 3.357, 2.680, 2.290, 2.031)),
        ("spending_obrien_fleming", (2.963, 1.969)),
        ("spending_pocock", (2.438, 2.427, 2.410, 2.397, 2.386)),
    ],
)
def test_boundaries_are_the_published_ones(rule, critical_values):
    plan = equally_spaced(len(critical_values), rule)
    assert tuple(round(value, 3) for value in plan.critical_values) == critical_values


# Armitage, McPherson and Rowe, 1969, table 2.
def test_testing_at_each_look_inflates_the_error_as_published():
    published = {1: 0.05, 2: 0.083, 3: 0.107, 4: 0.126, 5: 0.142, 10: 0.193, 20: 0.248}
    assert {count: round(naive_error(count), 3) for count in published} == published


@pytest.mark.parametrize("rule", RULES)
def test_one_look_is_the_plain_test(rule):
    plan = looks([1.0], rule)
    assert plan.critical_values[0] == pytest.approx(1.959964, abs=1e-6)
    assert plan.levels[0] == pytest.approx(0.95)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True), st.sampled_from(RULES))
def test_the_error_is_spent_exactly_at_whatever_fractions(hundredths, rule):
    plan = looks([*sorted(share / 100 for share in hundredths), 1.0], rule)
    crossing = crossing_probabilities(plan)
    assert crossing.total == pytest.approx(0.05, abs=1e-9)
    assert crossing.upper == pytest.approx(crossing.lower, abs=1e-12)
    assert tuple(np.cumsum(crossing.upper) * 2) == pytest.approx(plan.spent, abs=1e-9)


def test_crossing_under_drift_agrees_with_simulated_pilots():
    plan = equally_spaced(4, "obrien_fleming")
    rng = np.random.default_rng(11)
    steps = rng.normal(2.5 / 4, math.sqrt(1 / 4), size=(200_000, 4))
    z = steps.cumsum(axis=1) / np.sqrt(plan.fractions)
    stopped = np.abs(z) >= plan.critical_values
    first = np.where(stopped.any(axis=1), stopped.argmax(axis=1), 4)
    crossing = crossing_probabilities(plan, 2.5)
    simulated = np.bincount(first, minlength=5)[:4] / len(z)
    assert np.add(crossing.upper, crossing.lower) == pytest.approx(simulated, abs=0.004)


def test_two_looks_agree_with_the_bivariate_normal():
    # P(|Z_1| < c and |Z_2| < c) by plain integration over Z_1, with a step of 0.0001.
    c = 2.178
    z = np.arange(-c, c, 1e-4) + 5e-5
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * 1e-4
    inside = ndtr(math.sqrt(2) * c - z) - ndtr(-math.sqrt(2) * c - z)
    assert crossing_probabilities(equally_spaced(2, "pocock")).total == pytest.approx(1 - density @ inside, abs=1e-4)


def test_an_interim_look_spends_only_its_share_and_a_final_one_all():
    interim = looks([0.3, 0.7], "spending_obrien_fleming")
    final = looks([0.3, 0.7], "spending_obrien_fleming", is_final=True)
    assert interim.spent[-1] == pytest.approx(spending(0.7, "spending_obrien_fleming"))
    assert final.spent[-1] == 0.05
    assert final.critical_values[0] == interim.critical_values[0]
    assert final.critical_values[1] < interim.critical_values[1]


def test_more_information_than_planned_spends_no_more_than_alpha():
    over = looks([0.5, 1.1], "spending_pocock")
    assert crossing_probabilities(over).total == pytest.approx(0.05)
    # The two looks share less of their information, so that the last one has more chance of its own to go wrong.
    assert over.critical_values[1] > looks([0.5, 1.0], "spending_pocock").critical_values[1]


def test_a_look_before_anything_may_be_spent_stops_nothing():
    plan = looks([0.001, 1.0], "spending_obrien_fleming")
    assert plan.critical_values == pytest.approx((38.0, 1.959964), abs=1e-6)


def test_the_level_of_a_look_belongs_to_its_critical_value():
    plan = equally_spaced(2, "obrien_fleming")
    assert plan.levels[0] == pytest.approx(1 - 2 * ndtr(-2.797), abs=1e-5)
    assert ndtri((1 + plan.levels[1]) / 2) == pytest.approx(plan.critical_values[1])
    assert plan.significance_levels[1] == pytest.approx(1 - plan.levels[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: looks([], "pocock"), "fractions must rise"),
        (lambda: looks([0.5, 0.5, 1.0], "pocock"), "fractions must rise"),
        (lambda: looks([0.0, 1.0], "spending_pocock"), "fractions must rise"),
        (lambda: looks([0.5, math.nan], "spending_pocock"), "fractions must rise"),
        (lambda: looks([0.5, 0.9], "obrien_fleming"), "needs its whole schedule"),
        (lambda: looks([0.5, 1.0], "haybittle"), "rule must be one of"),
        (lambda: looks([1.0], "pocock", 0.0), "alpha must lie between"),
        (lambda: spending(0.5, "pocock"), "is no spending rule"),
        (lambda: naive_error(0), "count must be at least 1"),
    ],
)
def test_impossible_schedules_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
