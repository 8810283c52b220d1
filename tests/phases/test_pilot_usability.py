"""The System Usability Scale: scores of people, the mean with its interval, and what is not shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.phases.pilot.usability import mean_score, measured_usability, sus

GOOD = [5, 1] * 5
EIGHTY = [4, 1, 4, 2, 4, 2, 4, 2, 5, 2]
"""3 + 4 + 3 + 3 + 3 + 3 + 3 + 3 + 4 + 3 = 32 points of 40: 80."""


def test_the_scale_runs_from_0_to_100():
    assert [sus(answers) for answers in (GOOD, [1, 5] * 5, [3] * 10, EIGHTY)] == [100, 0, 50, 80]


def test_a_statement_left_out_counts_as_the_centre():
    # The first statement as 3 instead of 5: two points less, of 2.5 each.
    assert sus([None, *GOOD[1:]]) == 95
    assert sus([None, None, *GOOD[2:]]) == 90


def test_three_statements_left_out_are_too_many():
    assert sus([None, None, None, *GOOD[3:]]) is None


def test_an_answer_outside_the_scale_does_not_count():
    assert sus([6, *GOOD[1:]]) is None and sus([3.5, *GOOD[1:]]) is None


@given(st.lists(st.integers(1, 5), min_size=10, max_size=10))
def test_every_score_is_a_multiple_of_two_and_a_half_between_0_and_100(answers):
    score = sus(answers)
    assert 0 <= score <= 100 and score % 2.5 == 0


def test_the_mean_has_an_interval_by_t():
    # Mean 80, standard deviation 10, t(4) = 2.776: 12.4 to each side.
    found = mean_score([70, 70, 80, 90, 90])
    assert found.value == 80 and (found.low, found.high) == pytest.approx((67.58, 92.42), abs=0.01)


def test_the_interval_stays_on_the_scale():
    assert mean_score([100, 100, 100, 100, 60]).high == 100


def test_fewer_than_five_people_are_not_shown():
    assert mean_score([80] * 4).reason == "too_few"
    assert mean_score([80] * 5).value == 80


def test_groups_of_fewer_than_five_are_not_shown():
    answers = [("North", GOOD)] * 5 + [("South", EIGHTY)] * 4 + [(None, EIGHTY)]
    found = measured_usability(answers)
    assert list(found.groups) == ["North"] and found.groups["North"].value == 100
    assert found.small_groups == 5 and found.score.n == 10


def test_people_are_counted_by_what_they_left_out():
    empty, filled, short = [None] * 10, [None, *GOOD[1:]], [None] * 3 + GOOD[3:]
    found = measured_usability([(None, row) for row in (empty, filled, short, GOOD)])
    assert (found.answered, found.filled, found.unusable) == (3, 1, 1)


def asked(ended, rows, **more):
    columns = [f"q{n}" for n in range(1, 11)]
    lines = [",".join(map(str, row)) for row in rows]
    ended.files["data/sus.csv"] = "\n".join([",".join(columns), *lines]) + "\n"
    ended.pilot["data_sources"].append({"id": "sus", "name": "Answers", "kind": "table", "file": "data/sus.csv"})
    ended.pilot["acceptance"] = {"source": "sus", "answers": columns} | more
    return ended.result()


def test_raw_answers_are_read_and_held_against_the_published_average(ended):
    found = asked(ended, [EIGHTY] * 4 + [GOOD] * 4, asked=10).usability
    assert found.score.value == 90 and found.score.n == 8
    assert found.response_rate.value == 0.8 and found.benchmark.value == 68
    assert found.is_above_average is True


def test_an_interval_that_holds_the_average_says_nothing(ended):
    found = asked(ended, [[3] * 10] * 4 + [GOOD] * 4).usability
    assert found.score.value == 75 and found.is_above_average is None
    assert found.response_rate.reason == "not_provided"


def test_without_answers_nothing_is_known(evaluated):
    assert evaluated.usability.score.reason == "not_provided" and evaluated.usability.is_above_average is None
