"""What the charter's titles and findings say matches its numbers: enough, too few, too late, unknown."""

import dataclasses
import inspect
import re

import pytest
from exhibit_checks import plain, rows_of
from prioritize_clients import known

from workbook.exhibits import prioritize as show
from workbook.exhibits.prioritize.common import writer_of
from workbook.exhibits.prioritize.glance import (
    finding_choice,
    finding_metric,
    finding_money_alone,
    finding_readiness,
    finding_sample,
    finding_value,
)
from workbook.exhibits.prioritize.staffing import finding_sponsor
from workbook.phases.prioritize import PrioritizeResult
from workbook.phases.prioritize import result as phase


def said(finding, of, result):
    """Return what a finding says of a result or of its charter."""
    sentence, tone = finding(of, writer_of(result))
    return plain(sentence), tone


def with_sample(result: PrioritizeResult, **values) -> PrioritizeResult:
    """Return the result with other figures of the sample."""
    sample = result.charter.sample
    changed = {key: dataclasses.replace(getattr(sample, key), value=value) for key, value in values.items()}
    charter = dataclasses.replace(result.charter, sample=dataclasses.replace(sample, **changed))
    return dataclasses.replace(result, charter=charter)


# --- state -----------------------------------------------------------------------------------------------------------


def state(result):
    exhibit = show.charter_state(result)
    return exhibit.data["style"], exhibit.data["paragraphs"][0]


def test_a_whole_charter_waits_for_the_gate(prioritized):
    assert state(prioritized) == ("note", "The charter is complete and waits for the decision of the gate.")


def test_a_charter_with_gaps_is_a_draft_that_counts_them(client):
    del client.charter["metric"], client.charter["raci"]
    assert state(client.result()) == ("draft", "Not ready for signature, 2 parts are missing.")
    client.charter["metric"] = "Sort more letters."
    assert state(client.result()) == ("draft", "Not ready for signature, one part is missing.")


def test_a_whole_charter_is_a_draft_while_the_gate_of_assess_is_open(client):
    client.tiny.client["gates"] = {}
    result = client.result()
    assert state(result) == ("draft", "Draft, because the gate of Assess has not been held.")
    assert show.cover(result).data["draft"] == "the gate of Assess has not been held"


def test_an_approved_charter_says_when_and_by_whom(client):
    gate = {"decision": "approved", "by": "ann", "date": "2026-09-30", "selected": ["post-sorting"]}
    client.tiny.client["gates"]["prioritize"] = gate
    style, words = state(client.result("2026-10-05"))
    assert style == "note" and words.startswith("Approved on 30 September 2026 by ")


def test_an_approval_of_another_use_case_does_not_cover_this_charter(client):
    gate = {"decision": "approved", "by": "ann", "date": "2026-09-30", "selected": ["claim-letters"]}
    client.tiny.client["gates"]["prioritize"] = gate
    assert state(client.result("2026-10-05")) == (
        "draft", "The gate decided for Claim letters, and the charter is for another use case.",
    )  # fmt: skip


# --- criteria --------------------------------------------------------------------------------------------------------


def test_the_criterion_that_decides_is_told_in_levels(prioritized):
    title = (
        "Sorted without help decides: 45% today, 75% planned, worth having from 60% on; one other must not become worse"
    )
    assert show.table_criteria(prioritized).title == title
    assert said(finding_metric, prioritized.charter, prioritized)[0] == (
        "The pilot is judged by one metric: Sorted without help, 45% today, 75% planned, and worth having from 60% on."
    )


def test_a_missing_level_is_told_and_not_made_up(client):
    del client.primary["worthwhile"]
    result = client.result()
    assert show.table_criteria(result).title.startswith("Sorted without help decides, but one of its levels is missing")
    assert said(finding_metric, result.charter, result)[1] == "bad"
    assert rows_of(show.table_criteria(result))["Sorted without help"][3] == "not provided"


def test_without_a_guardrail_the_title_says_that_nothing_guards(client):
    del client.charter["criteria"][1]
    assert show.table_criteria(client.result()).title.endswith("; nothing guards against harm")


def test_a_guardrail_without_a_plan_is_unchanged_and_has_no_worthwhile_level(prioritized):
    row = rows_of(show.table_criteria(prioritized))["In the right tray"]
    assert row[:5] == ["must not become worse", "90%", "unchanged", "\N{EN DASH}", "10%"]


def test_a_baseline_taken_from_assess_names_its_figure(client):
    del client.primary["baseline"]
    client.primary.update(kind="duration", better="lower", unit="minutes", baseline_figure="process.post.touch_time")
    client.primary.update(planned=known(1), worthwhile=known(2), p90=known(900))
    table = show.table_criteria(client.result())
    assert any("process.post.touch_time" in note for note in table.data["notes"])


# --- sample ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values, title, tone",
    [
        ({"weeks_required": 6.0, "weeks_for_sample": 8.0},
         "200 cases per arm are enough; the 150 needed arrive in 6 weeks", "good"),
        ({"weeks_required": 1.0, "weeks_for_sample": 2.0},
         "200 cases per arm are enough; the 150 needed arrive in one week", "good"),
        ({"weeks_required": 12.0, "weeks_for_sample": 12.0},
         "200 cases per arm are enough; the 150 needed arrive in 12 weeks", "good"),
        ({"weeks_required": 13.0}, "The 150 cases needed per arm take 13 weeks, longer than the 12 planned", "bad"),
        ({"weeks_required": None}, "200 cases per arm are enough; how long they take is not known", "warn"),
        ({"required": 200.0, "weeks_required": 6.0, "weeks_for_sample": 6.0},
         "200 cases per arm are enough; the 200 needed arrive in 6 weeks", "good"),
        ({"required": 201.0}, "200 cases per arm are too few; 201 are needed", "bad"),
        ({"planned": None, "at_planned": None},
         "150 cases per arm are needed; how many are planned is not stated", "bad"),
    ],
)  # fmt: skip
def test_the_sample_is_enough_too_small_or_too_late(prioritized, values, title, tone):
    changed = with_sample(prioritized, **values)
    assert show.table_sample(changed).title == title
    assert said(finding_sample, changed.charter, changed)[1] == tone


def test_a_planned_sample_that_arrives_too_late_is_told_even_where_the_needed_one_does_not(prioritized):
    changed = with_sample(prioritized, weeks_required=6.0, weeks_for_sample=13.0)
    assert show.table_sample(changed).title == (
        "200 cases per arm take 13 weeks, longer than the 12 planned; the 150 needed arrive in time"
    )
    assert "The sample does not arrive in time" in rows_of(show.table_open_for_signature(changed))
    sentence, tone = said(finding_sample, changed.charter, changed)
    assert sentence.startswith("The 200 cases planned per arm take 13 weeks") and tone == "warn"


def test_a_last_look_after_the_end_is_a_concern(client):
    client.charter["weeks"] = 11
    client.charter["shortened"] = "Tests"
    assert "The last look lies after the end" in rows_of(show.table_open_for_signature(client.result()))


def test_a_sample_that_cannot_be_computed_says_why(client):
    del client.charter["design"]
    result = client.result()
    assert show.table_sample(result).title == "The sample needed cannot be stated: no comparison is described"
    assert said(finding_sample, result.charter, result) == (
        "The sample that the pilot needs cannot be stated: no comparison is described.", "bad",
    )  # fmt: skip
    assert show.chart_chance_of_go(result) is None


def test_a_plan_that_is_no_better_than_the_worthwhile_level_needs_any_sample(client):
    client.primary["worthwhile"] = client.primary["planned"]
    title = show.table_sample(client.result()).title
    assert "no sample is enough, the planned level is not beyond the worthwhile one" in title


@pytest.mark.parametrize(
    "planned, title",
    [
        (0.80, "If the plan comes true the pilot ends in GO with 80%, without any effect with <1%"),
        (0.79, "Even if the plan comes true the pilot ends in GO with 79% only, not 80%"),
        (1.00, "If the plan comes true the pilot ends in GO with >99%, without any effect with <1%"),
    ],
)
def test_the_chance_of_go_is_held_against_the_power_aimed_at(prioritized, planned, title):
    chart = show.chart_chance_of_go(with_sample(prioritized, at_planned=planned, at_zero=0.0))
    assert chart.title == title and "Just worthwhile (60%)" in chart.alt


def test_what_limits_the_chance_is_named_only_where_something_does(client):
    client.charter["criteria"][1]["margin"] = known(0.06)
    row = rows_of(show.table_sample(client.result()))["What limits it most"]
    assert row[1] == "In the right tray: its margin is narrow for this sample"
    client.charter["criteria"][1]["margin"] = known(0.5)
    client.charter["design"]["sample_per_arm"] = 2000
    assert "What limits it most" not in rows_of(show.table_sample(client.result()))


def test_looks_share_one_error_and_a_single_one_has_all_of_it(client):
    assert show.table_looks(client.result()).title == (
        "2 looks share one error of 5%; the first asks for an effect of 2.80 standard errors"
    )
    client.charter["design"]["looks"] = {"weeks": [12]}
    assert show.table_looks(client.result()).title == "One look after week 12, at an error of 5%"
    del client.charter["design"]
    assert show.table_looks(client.result()).title == "No looks are planned yet"


# --- timeline --------------------------------------------------------------------------------------------------------


def test_a_pilot_of_the_guide_s_length_is_told_with_its_days_and_decisions(client):
    assert show.chart_timeline(client.result()).title == (
        "16 weeks from 2 November 2026 to 21 February 2027, with one decision"
    )
    client.charter["weeks"] = 12
    assert show.chart_timeline(client.result()).title.startswith("12 weeks from")


def test_a_shorter_pilot_is_flagged_with_what_it_cuts(client):
    client.charter["weeks"] = 11
    chart = show.chart_timeline(client.result())
    assert chart.title == "11 weeks are fewer than the guide's 12, and what is cut is not said"
    assert "After the end of the pilot: Go or no go." in chart.caption
    client.charter["shortened"] = "Tests with users."
    title = "11 weeks are fewer than the guide's 12; cut is: Tests with users"
    assert show.chart_timeline(client.result()).title == title


def test_a_pilot_without_start_or_length_says_so(client):
    del client.charter["start"]
    assert show.chart_timeline(client.result()).title == "16 weeks, with one decision; the start is not fixed"
    del client.charter["weeks"]
    assert show.chart_timeline(client.result()).title == "The length of the pilot is not fixed"


def test_a_decision_stands_after_what_its_week_has_brought(client):
    client.charter["milestones"].append({"id": "zz", "name": "Data frozen", "week": 16})
    rows = [row[0]["text"] for row in show.chart_timeline(client.result()).data["rows"]]
    assert rows[-2:] == ["Data frozen", "Go or no go"]


# --- people and money ------------------------------------------------------------------------------------------------


def test_person_weeks_add_up_over_the_roles(prioritized):
    # 0.5 x 16, 0.8 x 4 and 0.3 x 10
    table = show.table_team(prioritized)
    assert table.title == "2 named people give 14.2 person-weeks; one is planned with more than all the time there is"
    assert [row[4]["text"] for row in table.data["rows"]] == ["8.0", "3.2", "3.0", "14.2"]
    (note,) = table.data["notes"]
    assert note.endswith("is planned with more than the whole working time in weeks 4.")


def test_a_budget_stands_beside_what_the_case_costs_once(client):
    table = show.table_budget(client.result())
    assert table.title.startswith("The pilot costs €4,000, ") and table.title.endswith(
        "of what Post sorting costs once"
    )
    assert table.data["notes"] == [
        "No line for: integration, running cost, change and training, compliance and way back."
    ]
    client.charter["budget"] = []
    assert show.table_budget(client.result()).title == "The pilot has no budget yet"


@pytest.mark.parametrize(
    "sponsor, words, tone",
    [
        ({"function": "business", "owns_outcome": "yes"}, "sponsors the pilot and owns its business outcome", "good"),
        ({"function": "business", "owns_outcome": "no"}, "does not own its business outcome", "bad"),
        ({"function": "shared", "owns_outcome": "unknown"}, "owns the business outcome is not known", "warn"),
        ({"function": "it", "owns_outcome": "yes"}, "fail 2 times as often", "bad"),
        (None, "No sponsor is named", "bad"),
    ],
)
def test_the_sponsor_test_says_what_it_found(client, sponsor, words, tone):
    del client.tiny.client["sponsor"]
    if sponsor:
        client.tiny.client["sponsor"] = {"person": "ann", **sponsor}
    result = client.result()
    sentence, found = said(finding_sponsor, result.charter, result)
    assert words in sentence and found == tone
    assert ("rule of thumb, no public evidence" in sentence) is ("2 times" in sentence)


# --- signature -------------------------------------------------------------------------------------------------------


def test_missing_parts_come_before_concerns_and_both_are_counted(client):
    del client.charter["stop_rules"]
    client.charter["design"]["sample_per_arm"] = 100
    table = show.table_open_for_signature(client.result())
    assert table.title == "One part is missing before the charter can be signed"
    states = [row[1]["text"] for row in table.data["rows"]]
    assert states[0] == "missing" and set(states[1:]) == {"concern"}
    assert "The planned sample is too small" in rows_of(table)


def test_concerns_alone_do_not_keep_anybody_from_signing(prioritized):
    assert show.table_open_for_signature(prioritized).title.startswith("Nothing is missing for signature; ")


def test_every_part_that_can_be_missing_has_its_words(client):
    client.prioritize["charter"] = {"use_case": "post-sorting"}
    result = client.result()
    rows = show.table_open_for_signature(result).data["rows"]
    assert len([row for row in rows if row[1]["text"] == "missing"]) == len(result.charter.missing) > 15


# --- findings and recommendations ------------------------------------------------------------------------------------


def test_the_choice_is_provisional_for_the_reasons_the_phase_gives(client):
    result = client.result()
    sentence, tone = said(finding_choice, result, result)
    assert sentence.startswith("We propose Post sorting as the pilot.") and tone == (
        "warn" if result.open_reasons else "good"
    )
    del client.prioritize["choice"]
    sentence, tone = said(finding_choice, client.result(), result)
    assert sentence.startswith("No candidate is proposed as the pilot yet: ") and tone == "bad"


def test_every_open_reason_has_its_words(prioritized):
    source = inspect.getsource(phase)
    codes = set(re.findall(r'^ {8}"(\w+)": ', source, re.MULTILINE)) - {"metric"}
    assert len(codes) > 15
    assert all(writer_of(prioritized).finding(f"prioritize_glance.reason_{code}") for code in codes)


def test_a_case_that_may_lose_money_is_a_warning_and_one_that_does_is_bad(prioritized):
    value, found = prioritized.values["post-sorting"], prioritized.uncertainty["post-sorting"]

    def told(npv, p10):
        changed = dataclasses.replace(value, npv=dataclasses.replace(value.npv, value=npv))
        simulated = dataclasses.replace(found.simulated, p10=dataclasses.replace(found.simulated.p10, value=p10))
        uncertain = dataclasses.replace(found, simulated=simulated)
        values = {**prioritized.values, "post-sorting": changed}
        other = dataclasses.replace(prioritized, values=values, uncertainty={"post-sorting": uncertain})
        return said(finding_value, other, prioritized)[1]

    assert (told(1000.0, 10.0), told(1000.0, -10.0), told(-1000.0, -9000.0)) == ("good", "warn", "bad")


def test_money_decides_only_where_the_ranges_keep_apart(prioritized):
    write = writer_of(prioritized)
    apart = dataclasses.replace(prioritized, comparison=dataclasses.replace(prioritized.comparison, overlapping=()))
    assert finding_money_alone(apart, write)[0].startswith("Taken by money alone, ")
    ids = prioritized.comparison.by_npv
    meeting = dataclasses.replace(
        prioritized, comparison=dataclasses.replace(prioritized.comparison, overlapping=ids[1:])
    )
    assert finding_money_alone(meeting, write)[0].startswith("Money alone does not decide: ")


def test_a_charter_that_lacks_nothing_is_said_to_be_complete(client, prioritized):
    assert said(finding_readiness, client.result().charter, prioritized)[0].startswith(
        "The charter is complete: 16 weeks, 2 named people"
    )
    del client.charter["budget"]
    assert said(finding_readiness, client.result().charter, prioritized) == (
        "The charter cannot be signed yet: one part is missing.", "bad",
    )  # fmt: skip


def recommended(result):
    return [item["text"] for item in show.recommendations(result).data["items"]]


def test_recommendations_follow_from_what_is_open(client):
    client.charter["design"]["sample_per_arm"] = 100
    first = recommended(client.result())
    assert any(text.startswith("Raise the sample to 150 cases per arm") for text in first)
    del client.charter["design"], client.claims["benefits"][0]["eligible"]
    then = recommended(client.result())
    assert then[0].startswith("Complete the charter of Post sorting")
    assert any(text.startswith("Get the missing inputs of Claim letters") for text in then)


def test_risks_systems_sourcing_and_capacity_that_are_open_are_to_be_closed(client):
    client.prioritize["pilots_at_once"] = known(0)
    client.post["risks"] = [{"id": "r", "name": "Strike", "kind": "people", "probability": 2, "impact": 2}]
    client.post["sourcing"] = {"choice": "build", "conditions": {"team_to_maintain": "no"}}
    client.post["integration"], client.post["work"] = [], [{"kind": "data", "days": known(9)}]
    client.tiny.technology["systems"][0]["interfaces"] = ["batch"]
    said_first = " ".join(recommended(client.result()))
    for words in ("Name an owner for one risk: Strike.", "what is done about one risk: Strike.", "Do not build:",
                  "it cannot staff one"):  # fmt: skip
        assert words in said_first, words
    client.tiny.use_case("post-sorting")["systems"] = [client.tiny.technology["systems"][0]["id"]]
    assert any(text.startswith("Plan the integration of") for text in recommended(client.result()))


def test_a_candidate_that_does_not_pay_is_set_aside(prioritized):
    value = prioritized.values["claim-letters"]
    lost = dataclasses.replace(value, npv=dataclasses.replace(value.npv, value=-1.0))
    order = dataclasses.replace(prioritized.comparison, by_npv=("post-sorting", "claim-letters"))
    changed = dataclasses.replace(prioritized, values={**prioritized.values, "claim-letters": lost}, comparison=order)
    assert "Set Claim letters aside; it does not pay at its likeliest inputs." in recommended(changed)


@pytest.mark.parametrize("kind", ["randomised", "staggered", "interrupted", "before_after"])
@pytest.mark.parametrize("boundary", ["obrien_fleming", "pocock", "lan_demets"])
def test_every_comparison_and_boundary_is_told_in_words(client, kind, boundary):
    client.charter["design"].update(kind=kind, looks={"weeks": [6, 12], "boundary": boundary})
    words = rows_of(show.table_charter(client.result()))["Comparison"][0]
    assert "2 times, after weeks 6 and 12" in words and "boundary" in words and "80%" in words


def test_nothing_is_recommended_for_signature_without_a_choice(client):
    del client.prioritize["choice"]
    assert recommended(client.result())[0].startswith("Close the gaps and propose one candidate: ")


# --- appendix --------------------------------------------------------------------------------------------------------


def test_inputs_are_listed_once_with_the_line_they_stand_on(prioritized):
    rows = show.table_case_inputs(prioritized).data["rows"]
    names = {name for case in prioritized.cases.values() for name in case.inputs}
    assert len(rows) == len(names)
    assert all(".yaml:" in row[5] or row[5].startswith("Assess, ") for row in rows)


def test_conventions_name_the_one_way_in_which_risk_is_counted(client):
    rows = rows_of(show.table_conventions(client.result()))
    assert rows["How risk is shown"][0] == "simulation" and "10,000 draws" in rows["Number of draws"][0]
    client.prioritize["finance"] |= {
        "risk": "haircut", "haircut": {"benefits_down": known(0.2), "costs_up": known(0.15)}, "correlations": []
    }  # fmt: skip
    result = client.result()
    rows = rows_of(show.table_conventions(result))
    assert rows["How risk is shown"][0] == "haircut" and "Number of draws" not in rows
    assert show.table_correlations(result) is None


def test_the_error_of_pert_is_printed_where_pert_is_used(client):
    client.prioritize["finance"]["shape"] = "pert"
    assert "to within 0.0001% of the range" in rows_of(show.table_conventions(client.result()))["Shape of a range"][1]


def test_a_figure_of_the_guide_is_labelled_where_nothing_public_supports_it(prioritized):
    rows = {row[0]: row for row in show.table_benchmarks(prioritized).data["rows"]}
    effort = rows["Share of the implementation effort that goes into integration"]
    assert effort[1].replace("\N{NO-BREAK SPACE}", "") == "40% \N{EN DASH} 60%"
    assert effort[5] == "rule of thumb, no public evidence"
