"""A roll-out in stages and an interrupted series: the effect that is judged, and what it rests on."""

import datetime as dt

import pytest
from pilot_clients import PERIODS

from workbook.phases.pilot.panel import _step


def rolled_out(ended, **how):
    ended.with_stages(**how)
    return ended.result()


def test_a_staggered_roll_out_finds_what_was_put_in(ended):
    result = rolled_out(ended)
    found = result.panel.measured
    assert found.effect.value == pytest.approx(0.2, abs=0.02) and found.units == 24
    assert result.primary.origin == "panel" and result.primary.effect.value == found.effect.value
    assert result.design.found == "staggered" and result.design.is_weaker is False


def test_parallel_trends_before_the_start_raise_the_wording(ended):
    result = rolled_out(ended)
    assert result.panel.is_parallel and result.design.strength == "probably_caused"
    assert result.panel.measured.placebo.effect.value == pytest.approx(0, abs=0.02)


def test_a_drift_before_the_start_lowers_it(ended):
    result = rolled_out(ended, drift=0.02)
    assert not result.panel.is_parallel and result.design.strength == "associated"


def test_few_units_are_noted(ended):
    assert rolled_out(ended, units=8).primary.notes == ("few_clusters",)


def test_a_panel_alone_knows_neither_guardrails_nor_use(ended):
    result = rolled_out(ended)
    assert result.guardrails[0].effect.reason == "not_provided"
    assert result.verdict.decision == "iterate" and result.looks is None


def interrupted(ended, **how):
    ended.with_series(**how)
    return ended.result()


def test_an_interrupted_series_is_judged_by_its_mean_effect(ended):
    result = interrupted(ended)
    assert result.primary.estimate == result.panel.measured.effect
    assert result.primary.effect.value == pytest.approx(0.2, abs=0.05)
    assert result.panel.measured.series.before == result.panel.measured.series.after == 8
    assert (result.design.found, result.design.strength) == ("interrupted", "coincided")


def test_a_control_series_raises_the_wording(ended):
    result = interrupted(ended, control="other")
    assert (result.design.found, result.design.strength) == ("interrupted_with_control", "associated")


def test_too_few_points_before_the_start_are_not_estimable(ended):
    result = interrupted(ended, begin=5)
    assert result.primary.effect.reason == "too_few" and result.verdict.decision == "iterate"


def test_two_levels_of_a_unit_in_a_period_are_not_estimable(ended):
    lines = ["week,level,other", *(f"{period},0.5,0.4" for period in PERIODS + PERIODS)]
    ended.with_panel(lines, "interrupted", begin=str(PERIODS[8]))
    assert ended.result().primary.effect.reason == "several_levels_in_a_period"


def test_periods_after_the_day_of_the_run_do_not_exist(ended):
    rolled_out(ended)
    del ended.pilot["data_sources"][0]["extracted"]
    assert ended.result("2026-12-01").panel.measured.periods[-1] == PERIODS[12]


# --- a panel alone ---------------------------------------------------------------------------------------------------


def alone(ended, evidence="measured"):
    """Agree on no guardrail, and state the use."""
    ended.pilot["utilisation"] = {"value": 0.45, "evidence": evidence}
    ended.charter["criteria"] = ended.charter["criteria"][:1]
    ended.charter["criteria"][0]["worthwhile"] = {"value": 0.60, "evidence": "estimate"}
    return ended


def test_a_complete_panel_alone_is_the_final_look_and_can_go(ended):
    result = rolled_out(alone(ended), weeks=8)
    assert result.panel.is_complete and (result.panel.weeks, result.panel.planned_weeks) == (8, 8)
    assert result.verdict.decision == "go" and result.open_reasons == ()


def test_use_that_nobody_measured_lets_no_pilot_go(ended):
    result = rolled_out(alone(ended, "estimate"), weeks=8)
    adoption = result.operations.adoption
    assert (adoption.rate.value, adoption.origin, adoption.estimate.reason) == (0.45, "stated", "not_measured")
    assert result.verdict.decision == "iterate" and result.verdict.verdict.reasons == ("not_measured",)


def test_a_panel_before_the_planned_weeks_are_over_never_goes(ended):
    result = rolled_out(alone(ended), weeks=9)
    assert result.primary.effect.is_known and not result.panel.is_complete
    assert not result.verdict.results.is_final_look
    assert result.verdict.decision == "iterate" and result.verdict.verdict.reasons == ("looks_unplanned",)
    assert "panel_incomplete" in result.open_reasons


def test_a_period_that_is_not_over_does_not_count_as_a_week(ended):
    rolled_out(alone(ended), weeks=8)
    del ended.pilot["data_sources"][0]["extracted"]
    assert ended.result("2026-12-27").panel.is_complete
    assert ended.result("2026-12-26").panel.weeks == 7


@pytest.mark.parametrize(
    ("without", "missing", "step"),
    [(lambda unit, n: (unit, n) == (3, 5), 1, 7), (lambda unit, n: n == 5, 0, None)],
    ids=["a level of one team", "a whole week"],
)
def test_a_panel_with_a_hole_is_not_judged(ended, without, missing, step):
    result = rolled_out(alone(ended), weeks=8, without=without)
    found = result.panel.measured
    assert (found.missing, found.step) == (missing, step) and found.effect.is_estimable
    assert not result.panel.is_complete and "panel_incomplete" in result.open_reasons
    assert result.primary.effect.reason == "panel_incomplete" and result.primary.p_value is None
    assert result.verdict.decision == "iterate" and "not_measured" in result.verdict.verdict.reasons


def test_months_are_evenly_spaced_and_a_month_left_out_is_not():
    months = tuple(dt.date(2026, n, 1) for n in range(1, 13))
    assert _step(months) == 31 and _step(months[:5] + months[6:]) is None and _step(months[:1]) is None


def test_a_series_without_a_level_of_its_control_is_not_judged(ended):
    result = interrupted(ended, weeks=8, control="other")
    assert result.panel.measured.missing == 0 and result.panel.is_complete
    lines = ended.files["data/letters.csv"].splitlines()
    lines[3] = lines[3].rsplit(",", 1)[0] + ","
    ended.files["data/letters.csv"] = "\n".join(lines) + "\n"
    assert ended.result().panel.measured.missing == 1


def test_an_unplanned_look_at_a_panel_withholds_the_go(ended):
    rolled_out(alone(ended), weeks=8)
    ended.pilot["looks"] = [{"date": "2026-11-23", "planned": False}]
    assert ended.result().verdict.verdict.reasons == ("looks_unplanned",)
    ended.pilot["looks"] = [{"date": "2026-12-28", "planned": True}]
    assert ended.result().verdict.decision == "go"


def test_so_few_units_that_reassignment_proves_nothing_never_go(ended):
    # Two of five: the interval of errors by unit lies far above zero, and no p-value is below 1/10.
    result = rolled_out(alone(ended), units=5, weeks=8)
    difference = result.panel.measured.difference
    assert difference.effect.low > 0.1 and result.primary.p_value is None
    assert difference.p_value == pytest.approx(0.1) and result.primary.effect.reason == "too_few"
    assert result.verdict.decision == "iterate" and "not_measured" in result.verdict.verdict.reasons


def test_with_few_units_the_interval_shown_is_the_one_that_is_judged(ended):
    result = rolled_out(alone(ended), units=8, weeks=8)
    difference = result.panel.measured.difference
    clause = next(each for each in result.verdict.verdict.clauses if each.id == "excludes_no_effect")
    assert clause.figure == result.primary.effect.low == difference.quoted.low <= difference.effect.low
    assert clause.holds and difference.p_value < 0.05
