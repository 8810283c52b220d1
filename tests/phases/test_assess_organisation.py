import pytest
from assess_clients import answer, parsed
from hypothesis import given
from hypothesis import strategies as st

from workbook.engagement.schema import ReadinessAnswer
from workbook.framework import load_framework
from workbook.phases.assess.organisation import assess_organisation, score_organisation
from workbook.phases.figures import Register

QUESTIONS = {"skills": ("users", "builders"), "change": ("room",)}
SCALE = load_framework().readiness_scale


def organisation_of(*answers):
    given = tuple(parsed(ReadinessAnswer, each) for each in answers)
    return assess_organisation(QUESTIONS, given, "assess.yaml:9", Register())


def score_of(answers, process="post", held=None):
    from workbook.engagement.schema import UseCase

    case = parsed(UseCase, {"id": "case", "name": "Case", "process": process, "kind": "agent"})
    rows = organisation_of(*answers).dimensions
    return score_organisation(case, rows, held or {}, SCALE, 1.0, "change_capacity", "assess.yaml:9", Register())


def test_a_level_is_the_mean_of_the_answers_with_their_extremes():
    skills = organisation_of(answer("users", 2), answer("users", 4, "frontline"), answer("builders", 3)).dimensions[0]
    assert (skills.level.value, skills.level.low, skills.level.high, skills.level.n) == (3.0, 2, 4, 3)
    assert (skills.level.evidence, skills.level.source) == ("interview", "assess.yaml:9")


def test_the_gap_is_owners_minus_frontline():
    answers = [answer("users", 4), answer("builders", 3), answer("users", 2, "frontline")]
    (skills, _) = organisation_of(*answers).dimensions
    assert (skills.owner.value, skills.frontline.value, skills.gap) == (3.5, 2.0, 1.5)


@pytest.mark.parametrize("group", ["owner", "frontline", "it"])
def test_there_is_no_gap_unless_both_sides_answered(group):
    assert organisation_of(answer("users", 4, group)).dimensions[0].gap is None


def test_the_weakest_dimension_comes_first_and_one_without_an_answer_last():
    rows = organisation_of(answer("users", 4), answer("room", 2))
    assert [row.id for row in rows.dimensions] == ["change", "skills"]
    assert rows.weakest.id == "change"
    assert [row.id for row in organisation_of(answer("users", 5)).dimensions] == ["skills", "change"]


def test_dimensions_at_the_same_level_are_all_the_lowest():
    rows = organisation_of(answer("users", 2), answer("room", 2))
    assert [row.id for row in rows.lowest] == ["skills", "change"]


def test_questions_without_an_answer_are_counted():
    rows = organisation_of(answer("users", 2), answer("users", 3, "frontline"))
    assert (rows.questions, rows.unanswered) == (3, 2)
    assert (rows.dimensions[0].answered, rows.dimensions[0].questions) == (1, 2)


def test_nothing_answered_has_no_weakest_dimension():
    rows = organisation_of()
    assert (rows.weakest, rows.lowest, rows.unanswered) == (None, (), 3)
    assert rows.dimensions[0].level.reason == "not_provided"


def test_the_score_is_that_of_the_lowest_dimension():
    # Skills: (4 + 1) / 2 = 2.5, a score of 100 x (2.5 - 1) / 4 = 37.5, between those of levels 1 and 4: 0 and 75.
    score = score_of([answer("users", 4), answer("builders", 1), answer("room", 4)])
    assert (score.value, score.low, score.high, score.n) == (37.5, 0.0, 75.0, 3)


@pytest.mark.parametrize(
    "levels, low, high",
    [
        # One answer: a level to either side.
        ([3], 25.0, 75.0),
        # Four that agree: half a level, 1 / sqrt(4).
        ([3, 3, 3, 3], 37.5, 62.5),
        # The scale ends at 1 and 5.
        ([1], 0.0, 25.0),
        ([5], 75.0, 100.0),
        # Answers further apart than that speak for themselves.
        ([2, 4], 25.0, 75.0),
        ([1, 5], 0.0, 100.0),
    ],
)
def test_no_answer_is_certain_and_few_are_less_certain_than_many(levels, low, high):
    score = score_of([*(answer("users", level) for level in levels), answer("room", 5), answer("room", 5)])
    assert (score.low, score.high) == (pytest.approx(low), pytest.approx(high))


def test_there_is_no_score_while_one_dimension_has_no_answer():
    score = score_of([answer("users", 3)])
    assert (score.value, score.reason) == (None, "not_provided")


def test_answers_on_the_process_itself_go_before_those_of_the_organisation():
    answers = [answer("users", 5), answer("room", 5), answer("room", 2, interview="post-owner")]
    held = {"post-owner": "post"}
    assert score_of(answers, "post", held).value == SCALE.score(2)
    # Elsewhere: room (5 + 2) / 2 = 3.5.
    assert score_of(answers, "claims", held).value == SCALE.score(3.5)


levels = st.integers(1, 5)


@given(st.lists(levels, min_size=1, max_size=5), st.lists(levels, min_size=1, max_size=5), st.data())
def test_a_better_answer_never_lowers_the_score(skills, change, data):
    def score(skills):
        return score_of([answer("users", n) for n in skills] + [answer("room", n) for n in change]).value

    place = data.draw(st.integers(0, len(skills) - 1))
    better = [min(level + (at == place), 5) for at, level in enumerate(skills)]
    assert score(better) >= score(skills)


def test_the_worked_example_reaches_the_ranking(result):
    # Skills of the tiny client: (3 + 3 + 2) / 3 = 2.67, capacity for change 4; 100 x 1.67 / 4 = 41.7.
    score = result.ranking["post-sorting"].candidate.scores["change_capacity"]
    assert score.value == pytest.approx(100 * (8 / 3 - 1) / 4)
