"""From rows to cases that count: what is lost, what is used, and what is kept of it."""

import datetime as dt
import shutil
from dataclasses import replace

import pytest
from pilot_clients import START

from workbook.engagement.faults import FaultsError
from workbook.methods.tables import TableError


def losses(result):
    return {loss.id: loss.lost for loss in result.observed.measured.losses if loss.lost}


def test_every_row_of_the_unchanged_client_counts(evaluated):
    found = evaluated.observed.measured
    assert (found.rows, found.pilot, found.baseline) == (400, 200, 200)
    assert losses(evaluated) == {} and str(found.start) == "2026-11-02"


def test_what_does_not_count_is_told_step_by_step(ended):
    first = dict(ended.rows[0])
    ended.rows += [
        first | {"letter": "a", "arm": "practice"},
        first | {"letter": ""},
        first | {"letter": "b", "day": "soon"},
        first | {"letter": "c", "day": "2026-11-01"},
        first | {"letter": "d", "day": "2027-01-26"},
        first | {"letter": "e", "real": "no"},
        first,
        first | {"letter": "old0"},
    ]
    result = ended.result()
    assert losses(result) == {
        "no_case": 1, "no_arm": 1, "no_date": 1, "before_start": 1, "after_end": 1, "not_production": 1,
        "repeated": 2, "in_both_arms": 1,
    }  # fmt: skip
    assert (result.observed.measured.pilot, result.observed.measured.baseline) == (200, 199)
    assert result.observed.measured.losses[-1].after == 399


def test_rows_after_the_day_of_the_run_do_not_exist(ended):
    del ended.pilot["data_sources"][0]["extracted"]
    result = ended.result("2026-12-14")
    found = result.observed.measured
    assert losses(result)["later"] == 194 and found.pilot == 103
    assert str(found.last_day) == "2026-12-14" and len(result.looks.looks) == 1


def test_an_extract_of_a_later_day_is_not_there_yet(ended):
    result = ended.result("2026-12-20")
    assert result.observed.measured is None and result.observed.reason == "extracted_later"
    assert result.primary.effect.reason == "extracted_later" and "no_data" in result.open_reasons
    assert result.verdict.decision == "iterate"


def test_a_source_without_a_file_is_not_provided(ended):
    del ended.pilot["data_sources"][0]["file"]
    result = ended.result()
    assert result.primary.effect.reason == "not_provided" and result.verdict.decision == "iterate"


def test_a_pilot_without_data_is_shown_as_one(ended):
    for key in ("cases", "data_sources"):
        del ended.pilot[key]
    result = ended.result()
    assert result.looks is None and result.design.found == "none" and result.design.strength == "none"
    assert result.verdict.decision == "iterate" and "no_data" in result.open_reasons


def test_use_fallbacks_and_failures_are_those_of_the_pilot_arm(evaluated):
    found = evaluated.observed.measured
    assert (found.used.yes, found.used.known) == (150, 200)
    assert (found.fallback.yes, found.failed.yes, found.failures) == (30, 20, {"torn": 20})
    assert found.production.share == 1.0


def test_a_blank_says_neither_yes_nor_no(ended):
    for row in ended.rows[:20]:
        row["used"] = ""
    result = ended.result()
    assert result.observed.measured.used.known == 180 and result.operations.adoption.unknown == 20


def test_weeks_add_up_to_all_cases(evaluated):
    found = evaluated.observed.measured
    assert [week.number for week in found.weeks] == list(range(12))
    assert sum(week.pilot for week in found.weeks) == sum(week.baseline for week in found.weeks) == 200
    assert sum(week.used.yes for week in found.weeks) == 150


def test_a_level_of_fewer_than_five_cases_is_not_shown(ended):
    # Of the first week four letters with the pilot are left, and all 17 as before.
    dropped = {f"new{n}" for n in range(4, 17)}
    ended.rows = [row for row in ended.rows if row["letter"] not in dropped]
    week = ended.result().primary.outcome.weeks[0]
    assert (week.pilot_cases, week.pilot) == (4, None)
    assert week.baseline == pytest.approx(8 / 17)


def test_the_effect_over_time_ends_at_the_effect_of_all(evaluated):
    outcome = evaluated.primary.outcome
    assert len(outcome.cumulative) == 12 and outcome.cumulative[-1].effect == outcome.single
    assert [up_to.level for up_to in outcome.looks] == [look.level for look in evaluated.looks.looks]
    # 103 letters each by the first look: 73 and 47 sorted.
    assert outcome.looks[0].effect.value == pytest.approx(26 / 103)


def test_versions_are_described_on_their_own_days(ended):
    ended.pilot["versions"] = [
        {"name": "1.0", "first": "2026-11-02"}, {"name": "1.1", "first": "2026-12-14", "change": "Faster"}
    ]  # fmt: skip
    one, two = ended.result().operations.versions
    assert (one.cases, two.cases) == (100, 100)
    assert one.used.value == pytest.approx(0.75) and one.effect.value == pytest.approx(0.25)
    assert two.effect.n == 200


def test_where_the_past_is_the_comparison_it_may_lie_before_the_pilot(ended):
    ended.charter["design"]["kind"] = "before_after"
    for row in ended.rows:
        if row["arm"] == "old":
            row["day"] = f"2026-0{int(row['day'][5:7]) % 3 + 7}-15"
    ended.approved_again()
    result = ended.result()
    assert (result.observed.measured.baseline, losses(result)) == (200, {})
    assert result.design.found == "before_after" and result.design.strength == "coincided"
    assert result.design.is_suspect is False and result.design.sample_ratio.reason == "not_randomised"
    assert result.verdict.decision == "go"


def test_counts_by_arm_and_period_say_the_same_as_cases(ended, evaluated):
    weeks = [evaluated.primary.outcome.weeks, evaluated.guardrails[0].outcome.weeks]
    lines = ["arm,week,cases,sorted,correct"]
    for one, other in zip(*weeks, strict=True):
        for arm, name in (("new", "pilot"), ("old", "baseline")):
            n = getattr(one, f"{name}_cases")
            counts = [round(n * getattr(each, name)) for each in (one, other)]
            lines.append(f"{arm},{one.first_day},{n},{counts[0]},{counts[1]}")
    ended.with_counts(lines)
    result = ended.result()
    assert result.observed.kind == "counts" and result.observed.measured.pilot == 200
    # By week, the first look has 100 cases in each arm and not 103, which moves the last boundary a little.
    assert result.primary.outcome.single == evaluated.primary.outcome.single
    # These counts do not tell who used the system.
    assert result.operations.adoption.rate.reason == "no_column"
    assert result.verdict.decision == "iterate" and result.verdict.verdict.reasons == ("not_measured",)


def test_counts_that_tell_the_use_can_go(ended):
    rows = [("new", 17, 12, 16, 9), ("old", 17, 6, 16, "")]
    lines = ["arm,week,cases,sorted,correct,used"]
    for week in range(12):
        day = START + dt.timedelta(weeks=week)
        lines += [f"{arm},{day},{','.join(map(str, numbers))}" for arm, *numbers in rows]
    lines[-2] = lines[-2].removesuffix("9")
    ended.with_counts(lines, used="used")
    result = ended.result()
    adoption = result.operations.adoption
    # In the last week nobody counted the use.
    assert (adoption.rate.n, adoption.unknown, adoption.origin) == (187, 17, "counts")
    assert adoption.rate.value == pytest.approx(99 / 187)
    assert (adoption.rate.low, adoption.rate.high) == pytest.approx((0.4580, 0.5996), abs=1e-4)
    assert [week.used.yes for week in result.observed.measured.weeks if week.used] == [9] * 11
    assert result.verdict.decision == "go"


def test_without_the_store_of_measurements_everything_is_the_same(ended, evaluated):
    kept = ended.result()
    shutil.rmtree(ended.planned.tiny.folder / ".measured")
    again = ended.result()
    assert again.observed == kept.observed == evaluated.observed
    assert again.figures.as_dict() == kept.figures.as_dict()


def test_another_charter_asks_another_question_of_the_same_file(ended):
    ended.charter["design"]["looks"] = {"weeks": [12]}
    ended.approved_again()
    ended.pilot["looks"] = ended.pilot["looks"][1:]
    assert ended.result().looks.level == pytest.approx(0.95)


def test_clusters_are_kept_without_their_names(ended):
    for place, row in enumerate(ended.rows):
        row["clerk"] = f"Secret Name {place % 12}"
    ended.pilot["cases"]["cluster"] = "clerk"
    result = ended.result()
    kept = list((ended.planned.tiny.folder / ".measured").glob("letters.*"))
    assert result.observed.measured.clusters == (12, 12, 12) and kept
    assert not any("Secret" in file.read_text() for file in kept)


def test_rows_without_a_cluster_are_lost_and_counted(ended):
    for place, row in enumerate(ended.rows):
        row["clerk"] = "" if place < 10 else f"clerk {place % 12}"
    ended.pilot["cases"]["cluster"] = "clerk"
    result = ended.result()
    found = result.observed.measured
    assert losses(result) == {"no_cluster": 10} and (found.pilot, found.baseline) == (190, 200)
    assert found.clusters == (12, 12, 12) and result.primary.comparison.clusters == (12, 12)
    assert result.operations.production_share.n == 400


def test_a_column_that_is_not_there_is_a_fault_with_its_line(ended):
    ended.pilot["cases"]["used"] = "usd"
    with pytest.raises(FaultsError, match="write used"):
        ended.result()


def test_a_file_that_cannot_be_read_is_a_fault_of_the_table(ended):
    ended.result()
    ended.rows = []
    ended.files["data/letters.csv"] = ""
    with pytest.raises(TableError, match="an empty file"):
        ended.result()


def test_a_frozen_result_keeps_its_parts(evaluated):
    with pytest.raises(AttributeError):
        evaluated.observed.measured.pilot = 3
    assert replace(evaluated.observed, reason="x").reason == "x"
