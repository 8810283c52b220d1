"""A roll-out in stages and an interrupted series: the effect that is judged, and what it rests on."""

import datetime as dt
from random import Random

import pytest

PERIODS = [dt.date(2026, 9, 7) + dt.timedelta(weeks=n) for n in range(16)]
WIGGLE = (0.01, -0.02, 0.015, -0.005, 0.02, -0.01)


def with_panel(ended, lines, kind, **panel):
    for key in ("cases", "looks"):
        ended.pilot.pop(key, None)
    ended.files["data/letters.csv"] = "\n".join(lines) + "\n"
    ended.rows = []
    ended.pilot["panel"] = {"source": "letters", "period": "week", "level": "level"} | panel
    ended.charter["design"] |= {"kind": kind, "looks": {"weeks": [12]}}
    for file in (ended.planned.tiny.folder / "approved").iterdir():
        file.unlink()
    ended.approved()
    return ended.result()


def staggered(ended, units=24, drift=0.0):
    """Half of the teams begin in week 8, and gain 0.2."""
    lines, random = ["team,week,level,begins"], Random(1)
    for unit in range(units):
        begins = PERIODS[8] if unit % 2 else ""
        for n, period in enumerate(PERIODS):
            gain = (0.2 if n >= 8 else 0.0) + drift * n if unit % 2 else 0.0
            level = 0.4 + 0.005 * unit + 0.003 * n + gain + random.gauss(0, 0.015)
            lines.append(f"t{unit},{period},{level:.6f},{begins}")
    return with_panel(ended, lines, "staggered", unit="team", begins="begins")


def test_a_staggered_roll_out_finds_what_was_put_in(ended):
    result = staggered(ended)
    found = result.panel.measured
    assert found.effect.value == pytest.approx(0.2, abs=0.02) and found.units == 24
    assert result.primary.origin == "panel" and result.primary.effect.value == found.effect.value
    assert result.design.found == "staggered" and result.design.is_weaker is False


def test_parallel_trends_before_the_start_raise_the_wording(ended):
    result = staggered(ended)
    assert result.panel.is_parallel and result.design.strength == "probably_caused"
    assert result.panel.measured.placebo.effect.value == pytest.approx(0, abs=0.02)


def test_a_drift_before_the_start_lowers_it(ended):
    result = staggered(ended, drift=0.02)
    assert not result.panel.is_parallel and result.design.strength == "associated"


def test_few_units_are_noted(ended):
    assert staggered(ended, units=8).primary.notes == ("few_clusters",)


def test_a_panel_alone_knows_neither_guardrails_nor_use(ended):
    result = staggered(ended)
    assert result.guardrails[0].effect.reason == "not_provided"
    assert result.verdict.decision == "iterate" and result.looks is None


def series(ended, control=False, begin=8):
    lines = ["week,level,other"]
    for n, period in enumerate(PERIODS):
        level = 0.45 + (0.2 if n >= begin else 0.0) + WIGGLE[n * 5 % 6]
        lines.append(f"{period},{level:.6f},{0.4 + WIGGLE[n * 3 % 6] / 2:.6f}")
    more = {"control": "other"} if control else {}
    return with_panel(ended, lines, "interrupted", begin=str(PERIODS[begin]), **more)


def test_an_interrupted_series_is_judged_by_its_mean_effect(ended):
    result = series(ended)
    assert result.primary.estimate == result.panel.measured.effect
    assert result.primary.effect.value == pytest.approx(0.2, abs=0.05)
    assert result.panel.measured.series.before == result.panel.measured.series.after == 8
    assert (result.design.found, result.design.strength) == ("interrupted", "coincided")


def test_a_control_series_raises_the_wording(ended):
    result = series(ended, control=True)
    assert (result.design.found, result.design.strength) == ("interrupted_with_control", "associated")


def test_too_few_points_before_the_start_are_not_estimable(ended):
    result = series(ended, begin=5)
    assert result.primary.effect.reason == "too_few" and result.verdict.decision == "iterate"


def test_two_levels_of_a_unit_in_a_period_are_not_estimable(ended):
    lines = ["week,level,other", *(f"{period},0.5,0.4" for period in PERIODS + PERIODS)]
    result = with_panel(ended, lines, "interrupted", begin=str(PERIODS[8]))
    assert result.primary.effect.reason == "several_levels_in_a_period"


def test_periods_after_the_day_of_the_run_do_not_exist(ended):
    staggered(ended)
    del ended.pilot["data_sources"][0]["extracted"]
    assert ended.result("2026-12-01").panel.measured.periods[-1] == PERIODS[12]
