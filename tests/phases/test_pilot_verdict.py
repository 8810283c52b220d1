"""The verdict follows from what was observed and agreed; what is missing never lets a pilot go."""

import pytest
from prioritize_clients import known

from workbook.engagement.faults import FaultsError
from workbook.phases.explain import content_to_freeze
from workbook.phases.pilot import verdict_content


def decided(ended, decision, **more):
    gate = {"decision": decision, "by": "ann", "date": "2027-02-10", "selected": ["post-sorting"]} | more
    ended.planned.tiny.client["gates"]["pilot"] = gate
    return ended


def clause(result, id):
    return next(each for each in result.verdict.verdict.clauses if each.id == id)


def test_a_pilot_in_which_every_clause_holds_goes(evaluated):
    assert evaluated.verdict.decision == "go" and evaluated.verdict.verdict.reasons == ()
    assert clause(evaluated, "adoption_reaches_threshold").figure == 0.75
    assert clause(evaluated, "reaches_worthwhile").threshold == pytest.approx(0.15)
    assert evaluated.open_reasons == () and not evaluated.is_provisional
    assert evaluated.verdict.extra_sample.reason == "decided"


def test_questions_that_nobody_has_stated_never_let_a_pilot_go(ended):
    del ended.pilot["blockers"]
    result = ended.result()
    assert result.verdict.decision == "iterate" and result.verdict.verdict.reasons == ("blockers_not_stated",)
    assert "blockers_not_stated" in result.open_reasons


def test_an_open_question_stops_and_an_unknown_one_iterates(ended):
    ended.pilot["blockers"] = [{"name": "May we?", "is_open": "unknown"}]
    result = ended.result()
    assert result.verdict.decision == "iterate" and result.verdict.unclear_blockers == ("May we?",)
    ended.pilot["blockers"].append({"name": "Must we?", "is_open": "yes"})
    result = ended.result()
    assert result.verdict.decision == "stop" and result.verdict.blockers == ("Must we?",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c.pilot["cases"].pop("used"), "not_measured"),
        (lambda c: c.pilot.pop("looks"), "looks_not_stated"),
        (lambda c: c.pilot["looks"].insert(1, {"date": "2027-01-04", "planned": False}), "looks_unplanned"),
        (lambda c: c.pilot["cases"]["outcomes"].pop("correct"), "not_measured"),
    ],
)
def test_whatever_is_missing_iterates(ended, change, reason):
    change(ended)
    result = ended.result()
    assert result.verdict.decision == "iterate" and reason in result.verdict.verdict.reasons


def test_too_little_use_iterates(ended):
    for n, row in enumerate(row for row in ended.rows if row["arm"] == "new"):
        row["used"] = "yes" if n < 59 else "no"
    assert ended.result().verdict.verdict.reasons == ("adoption_below_threshold",)


def test_an_effect_too_small_for_the_sample_says_how_many_more_are_needed(ended):
    for n, row in enumerate(row for row in ended.rows if row["arm"] == "new"):
        row["correct"] = "yes" if n < 172 else "no"
    result = ended.result()
    assert result.verdict.verdict.reasons == ("guardrail_undecided",)
    low, value = result.guardrails[0].estimate.low, -0.04
    expected = 200 * ((value - low) / (value + 0.1)) ** 2 - 200
    assert result.verdict.extra_sample.value == pytest.approx(expected, abs=1.01)
    assert result.verdict.extra.toward == "go"


def test_at_the_first_look_a_pilot_goes_on(ended):
    del ended.pilot["data_sources"][0]["extracted"]
    for n, row in enumerate(row for row in ended.rows if row["arm"] == "new"):
        row["sorted"] = "yes" if n * 120 % 200 < 120 else "no"
    result = ended.result("2026-12-14")
    assert not result.looks.is_final and result.looks.level == pytest.approx(0.9948, abs=1e-4)
    assert "continue_to_next_look" in result.verdict.verdict.reasons
    assert "still_running" in result.open_reasons


def test_the_human_decision_stands_beside_the_rule(ended):
    result = decided(ended, "approved").result()
    assert (result.verdict.human.by, result.verdict.differs, result.verdict.needs_reason) == ("ann", False, False)
    result = decided(ended, "stopped", note="The supplier is gone").result()
    assert (result.verdict.differs, result.verdict.needs_reason) == (True, False)


def test_a_decision_against_the_rule_needs_a_reason(ended):
    result = decided(ended, "stopped").result()
    assert result.verdict.needs_reason and result.open_reasons == ("decision_without_reason",)
    with pytest.raises(FaultsError, match="a note that says why"):
        verdict_content(result)


def test_a_decision_of_a_later_day_is_not_known_yet(ended):
    assert decided(ended, "approved").result("2027-02-01").verdict.human is None


def test_a_worthwhile_level_that_is_not_known_cannot_be_judged(ended):
    ended.withdraw_approval()
    del ended.charter["criteria"][0]["worthwhile"]
    result = ended.result()
    assert result.verdict.verdict is None and result.verdict.reason == "no_worthwhile_effect"
    assert result.primary.support.value is None and result.primary.conclusion == "better"


def test_a_worthwhile_level_below_today_cannot_be_judged(ended):
    ended.withdraw_approval()
    ended.charter["criteria"][0]["worthwhile"] = known(0.4)
    assert ended.result().verdict.reason == "worthwhile_worse_than_today"


def test_a_pilot_without_any_charter_is_shown_and_not_judged(ended):
    ended.withdraw_approval()
    del ended.planned.prioritize["charter"]
    del ended.pilot["cases"]["outcomes"]
    result = ended.result()
    assert result.verdict.reason == "no_charter" and result.criteria == ()
    assert result.operations.adoption.rate.value == 0.75
    assert {"charter_not_approved", "not_judged"} <= set(result.open_reasons)


def test_the_gate_freezes_the_verdict_with_its_clauses_and_figures(ended):
    engagement = decided(ended, "approved").engagement()
    frozen = content_to_freeze(engagement, "pilot")
    verdict = frozen["verdict"]
    assert verdict["decision"] == "go" and verdict["charter"]["date"] == "2026-10-20"
    assert [each["id"] for each in verdict["clauses"]].count("guardrail_not_inferior") == 1
    assert verdict["design"] == {"agreed": "randomised", "found": "randomised_by_case", "strength": "caused"}
    assert frozen["figures"]["pilot.criterion.sorted.effect"]["value"] == pytest.approx(0.25)


def test_without_an_approved_charter_nothing_is_frozen(ended):
    ended.withdraw_approval()
    with pytest.raises(FaultsError, match="workbook approve tiny prioritize"):
        content_to_freeze(decided(ended, "approved").engagement(), "pilot")
