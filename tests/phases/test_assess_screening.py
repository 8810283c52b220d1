import pytest
from assess_clients import parsed

from workbook.engagement.schema import ScreeningAnswer, UseCase
from workbook.phases.assess.screening import PROHIBITED, screen

CASES = [parsed(UseCase, {"id": id, "name": id, "process": "p", "kind": "agent"}) for id in ("one", "two")]
QUESTIONS = ("infers", "personal", "profiling")


def screened(*answers):
    given = [parsed(ScreeningAnswer, dict(zip(("use_case", "question", "answer"), a, strict=True))) for a in answers]
    return screen(CASES, QUESTIONS, given)


def test_a_question_without_an_answer_is_unknown_and_open_and_nobodys():
    row = screened(("one", "infers", "yes"))["one"]
    assert row.answers == (("infers", "yes"), ("personal", "unknown"), ("profiling", "unknown"))
    assert [(q.question, q.owner) for q in row.open_questions] == [("personal", None), ("profiling", None)]


def test_unknown_is_an_answer_that_stays_open():
    row = screened(("one", "personal", "unknown"))["one"]
    assert dict(row.answers)["personal"] == "unknown"
    assert "personal" in [q.question for q in row.open_questions]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_answer_is_never_changed(answer):
    row = screened(*[("one", question, answer) for question in QUESTIONS])["one"]
    assert row.count(answer) == 3 and row.count("unknown") == 0 and not row.open_questions


def test_an_answer_for_one_use_case_is_none_for_another():
    found = screened(*[("one", question, "no") for question in QUESTIONS])
    assert found["two"].count("unknown") == 3 and len(found.open_questions) == 3


@pytest.mark.parametrize("answer, cleared", [("no", True), ("yes", False), ("unknown", False)])
def test_only_no_clears_a_question(answer, cleared):
    assert screened(("one", "infers", answer))["one"].is_cleared("infers") is cleared
    assert not screened()["one"].is_cleared("infers")


def test_no_tier_is_given(result):
    assert {row.tier for row in result.screening.use_cases} == {"not_classified_yet"}


def test_the_question_on_prohibited_practices_exists(result):
    assert PROHIBITED in result.framework.screening
