"""Many small tests: which are left out, how many show a difference, and the mean difference; no winners are named."""

import math

import pytest

from workbook.methods.families import holm
from workbook.phases.pilot.experiments import Test as Small
from workbook.phases.pilot.experiments import equal_rates_p, measured_tests

CSV = "test,week,arm,shown,won\n"


def small(id, shown, successes, period="2027-01-04"):
    return Small(id, period, tuple(str(place) for place in range(1, len(shown) + 1)), tuple(shown), tuple(successes))


def test_equal_rates_are_tested_by_pearsons_chi_square():
    # Expected 30 and 70 in each of two arms of 100: 4 x 5^2 x (1/30 + 1/70) / 2 = 2.381 with one degree of freedom.
    p = equal_rates_p(small("a", (100, 100), (35, 25)))
    assert p == pytest.approx(math.erfc(math.sqrt(2.380952 / 2)), abs=1e-6) == pytest.approx(0.1228, abs=1e-4)


def test_a_test_with_few_successes_is_too_small():
    assert equal_rates_p(small("a", (100, 100), (3, 5))) is None
    assert equal_rates_p(small("a", (100, 100), (0, 0))) is None


def test_a_test_with_unequal_arms_is_left_out_of_all_that_follows():
    tests = [
        small("fair", (1000, 1010), (100, 110)),
        small("cache", (1000, 700), (100, 200)),
        small("b", (500, 500), (50, 40)),
    ]
    found = measured_tests(tests, "1")
    assert found.unequal == ("cache",) and (found.tests, found.tested, found.compared) == (3, 2, 2)
    without = measured_tests([tests[0], tests[2]], "1")
    assert found.difference == without.difference and found.detected == without.detected


def test_totals_count_every_test_with_two_arms():
    found = measured_tests([small("a", (100, 100, 100), (10, 10, 10)), small("alone", (100,), (10,))], "1")
    assert (found.tests, found.arms, found.shown, found.successes, found.single) == (1, 3, 300, 30, 1)


def test_the_mean_difference_weighs_tests_by_their_size():
    # Weights 500 x 500 / 1000 = 250 and 100 x 100 / 200 = 50; differences 0.02 and -0.04.
    found = measured_tests([small("a", (500, 500), (50, 60)), small("b", (100, 100), (20, 16))], "1")
    assert found.difference.value == pytest.approx((250 * 0.02 - 50 * 0.04) / 300)
    assert found.baseline == pytest.approx((250 * 0.1 + 50 * 0.2) / 300)
    assert found.others - found.baseline == pytest.approx(found.difference.value)


def test_all_new_arms_together_stand_against_the_baseline_arm():
    # 10 % against (9 + 15) / 200 = 12 %: the best arm's 15 % is not claimed.
    tests = [small(str(n), (100, 100, 100), (10, 9, 15)) for n in range(3)]
    assert measured_tests(tests, "1").difference.value == pytest.approx(0.02)
    assert measured_tests(tests, None).difference is None


def test_the_interval_takes_the_spread_between_tests():
    tests = [small(str(n), (1000, 1000), (100, 100 + gain)) for n, gain in enumerate((10, 30, -10, 20, 0))]
    found = measured_tests(tests, "1").difference
    # Mean 0.01, standard deviation 0.0158 over five tests, t(4) = 2.776.
    assert found.value == pytest.approx(0.01) and found.n == 5
    assert found.high - found.value == pytest.approx(2.776 * 0.015811 / math.sqrt(5), rel=1e-3)


def test_detected_are_those_that_remain_after_their_number_is_taken_into_account():
    strong = [small(f"s{n}", (1000, 1000), (100, 180)) for n in range(2)]
    weak = [small(f"w{n}", (1000, 1000), (100, 130)) for n in range(10)]
    found = measured_tests(strong + weak, "1")
    p = equal_rates_p(weak[0])
    assert 0.02 < p < 0.05 and found.nominal == 12
    assert found.detected == 2 == sum(each < 0.05 for each in holm([equal_rates_p(t) for t in strong + weak]))


def test_weeks_show_when_the_arms_became_unequal():
    tests = [small("a", (1000, 1000), (10, 10)), small("b", (1000, 700), (10, 10), "2027-01-11")]
    found = measured_tests(tests, "1").periods
    assert [(each.period, each.tests, each.unequal) for each in found] == [("2027-01-04", 1, 0), ("2027-01-11", 1, 1)]


def test_one_test_has_no_interval():
    found = measured_tests([small("a", (100, 100), (10, 12))], "1")
    assert found.difference.reason == "too_few" and found.compared == 1


def test_the_table_is_added_up_over_its_periods(ended):
    rows = [
        "a,1,one,100,10",
        "a,2,one,100,12",
        "a,1,two,120,20",
        "a,2,two,90,13",
        "b,1,one,50,5",
        "b,1,two,50,6",
        ",1,one,5,1",
    ]
    ended.files["data/tests.csv"] = CSV + "\n".join(rows) + "\n"
    ended.pilot["data_sources"].append({"id": "tests", "name": "Tests", "kind": "table", "file": "data/tests.csv"})
    ended.pilot["experiments"] = {
        "name": "Words", "source": "tests", "test": "test", "arm": "arm", "shown": "shown", "successes": "won",
        "period": "week", "baseline_arm": "one",
    }  # fmt: skip
    result = ended.result()
    found = result.experiments.measured
    assert (found.tests, found.shown, found.successes) == (2, 510, 66)
    assert result.figures["pilot.experiments.difference"].n == 2
    assert result.figures["pilot.experiments.unequal_share"].value == 0


def test_without_tests_there_is_nothing(evaluated):
    assert evaluated.experiments is None and "pilot.experiments.difference" not in evaluated.figures
