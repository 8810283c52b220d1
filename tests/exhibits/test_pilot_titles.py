"""What titles and findings of Pilot say: the verdict, its clauses, and how strongly an effect is worded."""

import dataclasses

import pytest
from exhibit_checks import rows_of, text_of
from pilot_clients import letters, piloted
from pilot_results import approved, made
from prioritize_clients import known

from workbook.exhibits import pilot as show
from workbook.exhibits.pilot.common import interval_of
from workbook.exhibits.writer import Writer
from workbook.methods.estimates import Estimate


def findings(result):
    return [item["text"] for item in show.summary(result).data["items"]]


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return made(tmp_path_factory.mktemp("parameters"), "full")


# --- verdict ---------------------------------------------------------------------------------------------------------


def test_a_go_names_the_number_of_its_clauses_and_each_is_met(evaluated):
    table = show.table_verdict(evaluated)
    assert table.title == "GO: all 8 clauses that it needs are met"
    go = [row for row in table.data["rows"] if text_of(row[4]) == "GO"]
    assert len(go) == 8 and {text_of(row[3]) for row in go} == {"met"}
    assert findings(evaluated)[0].startswith("GO: Post sorting can go into production.")


def test_each_clause_stands_with_its_figure_and_threshold_in_the_order_of_the_rule(evaluated):
    rows = list(rows_of(show.table_verdict(evaluated)).items())
    assert rows[0][1][:3] == ["+15.3 points", "above 0", "met"]
    assert rows[1][1][:3] == ["+25 points", "at least +15 points", "met"]
    assert rows[2][0] == "Guardrail holds: In the right tray (lower end)" and rows[2][1][1] == "above -10 points"
    assert rows[3][1][:2] == ["75%", "at least 30%"] and rows[4][1][0] == "none open"
    assert rows[-2][1][0] == "GO" and rows[-1][1][0] == "not provided"


def test_an_iterate_names_its_reason_and_the_cases_that_are_missing(tmp_path):
    result = made(tmp_path, "iterating")
    first = findings(result)[0]
    assert first.startswith("ITERATE: ") and "open whether a guardrail became worse by its margin" in first
    assert f"{result.verdict.extra.n} more cases per arm would bring a GO" in first
    table = rows_of(show.table_verdict(result))
    assert table["More cases needed per arm"][0] == str(result.verdict.extra.n)
    assert show.table_verdict(result).title == "ITERATE: 7 of 8 clauses that a GO needs are met, and none that stops"


def test_a_stop_says_why_and_a_decision_against_it_without_a_reason_is_told(tmp_path):
    result = made(tmp_path, "stopped")
    assert "even the best end of the interval misses the worthwhile effect" in findings(result)[0]
    assert "People decided GO, the rule says STOP, and no reason is given." in findings(result)
    notes = show.table_verdict(result).data["notes"]
    assert "People decided otherwise than the rule. Their reason: none is given" in notes
    assert rows_of(show.table_gate(result))["Difference"] == [
        "the rule says STOP, people decided GO, and no reason is given"
    ]


def test_a_reason_given_for_another_decision_stands_beside_it(tmp_path):
    client = approved(tmp_path / "tiny")
    client.planned.tiny.client["gates"]["pilot"] = {
        "decision": "stopped", "by": "ann", "date": "2027-02-01", "note": "The supplier is gone"
    }  # fmt: skip
    result = client.result()
    assert "People decided STOP, the rule says GO; the reason stands in the gate block." in findings(result)
    assert "Their reason: The supplier is gone" in show.table_verdict(result).data["notes"][0]
    assert "wound up" in show.next_steps(result).data["paragraphs"][0]


def test_what_is_not_known_is_unknown_and_neither_met_nor_missed(tmp_path):
    client = approved(tmp_path / "tiny")
    del client.pilot["blockers"]
    table = rows_of(show.table_verdict(client.result()))
    assert table["No legal question is open"][:3] == ["not provided", "none open", "unknown"]


def test_an_open_question_stops_and_is_named(tmp_path):
    client = approved(tmp_path / "tiny")
    client.pilot["blockers"] = [{"name": "May letters be read?", "is_open": "yes"}]
    result = client.result()
    assert findings(result)[0].startswith("STOP: ")
    assert "Open or unclear: May letters be read?" in show.table_verdict(result).data["notes"]


def test_the_rule_is_printed_in_the_order_in_which_it_decides():
    from workbook.framework import load_framework
    from workbook.methods.verdict import PRECEDENCE

    texts = load_framework().texts
    steps = [key.rpartition(".")[2] for key in texts if key.startswith("exhibits.pilot_rule.steps.")]
    assert steps == [step for step, _ in PRECEDENCE]


def test_every_reason_of_the_rule_and_of_the_phase_has_words():
    import inspect
    import re

    from workbook.framework import load_framework
    from workbook.methods import verdict
    from workbook.phases.pilot import result

    texts = load_framework().texts
    reasons = {*verdict._IF_FALSE.values(), *verdict._IF_UNKNOWN.values(), "not_measured", "continue_to_next_look"}
    reasons |= {step for step, decision in verdict.PRECEDENCE if decision == "stop"}
    assert [reason for reason in reasons if f"findings.pilot_glance.because_{reason}" not in texts] == []
    open_reasons = re.findall(r'^        "(\w+)": ', inspect.getsource(result._open_reasons), re.MULTILINE)
    assert len(open_reasons) > 8
    assert [reason for reason in open_reasons if f"findings.pilot_glance.reason_{reason}" not in texts] == []


# --- effect ----------------------------------------------------------------------------------------------------------


WORDINGS = {
    "complete": "The pilot caused this",
    "before_after": "This came at the time of the pilot",
    "suspect": "this is no evidence of an effect",
    "unplanned": "no error rate is claimed",
    "staggered": "The pilot probably caused this",
    "series": "This came at the time of the pilot",
}


@pytest.mark.parametrize("name", WORDINGS)
def test_an_effect_is_worded_as_strongly_as_the_design_allows(tmp_path, name):
    sentence = next(text for text in findings(made(tmp_path, name)) if text.startswith("Sorted without help"))
    assert WORDINGS[name] in sentence
    assert ("caused" in sentence) == (name in ("complete", "staggered"))


def test_an_effect_stands_with_its_levels_and_interval(evaluated):
    sentence = findings(evaluated)[1]
    assert "is 25 points more with the pilot than without (70% against 45%; 95.2% interval" in sentence
    assert "of the improvement 15.3 to 34 points" in sentence


def test_an_interval_that_holds_no_effect_claims_none(tmp_path):
    sentence = next(text for text in findings(made(tmp_path, "stopped")) if text.startswith("Sorted without help"))
    assert sentence.endswith("no difference is shown, and none is ruled out.") and "caused" not in sentence


def test_a_forest_of_arms_that_are_not_chance_claims_no_effect(tmp_path):
    chart = show.chart_criteria(made(tmp_path, "suspect"))
    assert "no effect can be read off" in chart.title and chart.title in chart.alt


def test_a_forest_of_before_and_after_leaves_the_cause_open(tmp_path):
    assert "whatever the cause" in show.chart_criteria(made(tmp_path, "before_after")).title


def test_a_less_is_better_criterion_says_less_where_it_improved(tmp_path):
    client = approved(tmp_path / "tiny")
    client.charter["criteria"][0] |= {"better": "lower", "planned": known(0.2), "worthwhile": known(0.35)}
    client.rows = letters("new", 200, 50, 180, used=150, failed=20, back=30) + letters("old", 200, 90, 180)
    client.approved_again()
    assert "Sorted without help is 20 points less with the pilot" in findings(client.result())[1]


def test_points_are_written_once_and_times_in_their_unit(evaluated):
    write = Writer(evaluated.engagement, evaluated.framework)
    assert interval_of(-0.01, 0.02, "share", write) == "-1 to 2 points"
    assert interval_of(0.05, 0.1, "hours", write) == "3 to 6\N{NO-BREAK SPACE}min"
    assert interval_of(1.0, None, "hours", write) == ""


def test_criteria_stand_with_both_levels_what_was_asked_and_the_result(evaluated):
    rows = rows_of(show.table_criteria(evaluated))
    assert rows["Sorted without help (decides)"][:2] == ["45%", "70%"]
    assert rows["Sorted without help (decides)"][3:] == ["at least +15 points", "200 / 200", "worthwhile effect shown"]
    assert rows["In the right tray (guardrail)"][5] == "holds"


# --- looks -----------------------------------------------------------------------------------------------------------


def test_the_statistic_is_the_effect_in_its_standard_errors(evaluated):
    look = dataclasses.replace(evaluated.looks.looks[0], critical_value=2.0)
    # error = (0.3 - 0.1) / 2 = 0.1, so 0.3 lies three errors from no effect
    assert look.statistic(Estimate(0.3, 0.1, 0.6)) == pytest.approx(3.0)
    assert look.statistic(Estimate(-0.3, -0.6, -0.1)) == pytest.approx(-3.0)
    assert look.statistic(Estimate.missing("too_few")) is None


def test_a_look_lies_beyond_its_boundary_just_where_its_statistic_does(evaluated):
    for row in show.table_looks(evaluated).data["rows"]:
        boundary, statistic = row[4]["value"], row[5]["value"]
        assert (text_of(row[6]) == "beyond, better") == (statistic > boundary)


def test_unplanned_looks_are_told_and_no_error_is_claimed(tmp_path):
    table = show.table_looks(made(tmp_path, "unplanned"))
    assert table.title == "One of 3 looks was not planned: no error is under control"
    assert text_of(table.data["rows"][1][0]) == "not planned" and "4 January 2027: Curious" in table.data["notes"]
    assert any("what it is here nobody knows" in note for note in table.data["notes"])


def test_a_planned_look_that_was_not_taken_is_told(tmp_path):
    client = approved(tmp_path / "tiny")
    del client.pilot["looks"][0]
    table = rows_of(show.table_looks(client.result()))
    assert next(row for head, row in table.items() if head.startswith("week 6"))[0] == "not taken"


# --- charter ---------------------------------------------------------------------------------------------------------


def test_a_part_that_moves_the_goalposts_is_told_apart_from_one_that_binds_nobody(tmp_path):
    table = show.table_charter_changes(made(tmp_path, "changed"))
    rows = rows_of(table)
    assert rows["Criterion: Sorted without help, worthwhile"] == ["0.6", "0.5", "moves the goalposts"]
    assert rows["Budget: Supplier, amount"][2] == "binds nobody"
    assert table.title == "One part by which the pilot is judged is another today than approved"


def test_an_approval_after_the_first_case_is_no_approval_beforehand(tmp_path):
    client = piloted(tmp_path / "tiny")
    client.approved("2026-12-01")
    result = client.result()
    assert show.table_charter_changes(result).title == "The charter was approved after the first case"
    assert "not agreed beforehand" in show.charter_state(result).data["paragraphs"][0]


# --- how it ran ------------------------------------------------------------------------------------------------------


def test_a_mode_of_fewer_than_five_cases_is_named_and_not_counted(tmp_path):
    client = approved(tmp_path / "tiny")
    client.rows = letters("new", 200, 140, 180, used=150, failed=3) + letters("old", 200, 90, 180)
    client.pilot["failure_modes"] = [{"id": "torn", "name": "Torn", "severity": "low"}]
    result = client.result()
    assert rows_of(show.table_edge_cases(result))["Torn"][1:3] == ["fewer than 5", "\N{EN DASH}"]
    assert rows_of(show.chart_failures(result))["Torn"][0] == "fewer than 5 cases, or not counted"


def test_failures_stand_against_the_line_of_the_guide_as_a_rule_of_thumb(evaluated):
    assert "10% of the cases failed, below the guide's line of 30%" in show.chart_failures(evaluated).title
    assert "rule of thumb, no public evidence" in show.chart_failures(evaluated).caption


def test_checks_count_those_that_failed_and_those_on_production_data(full):
    table = show.table_pipeline(full)
    assert table.title == "One of 3 checks failed; on production data: 1"
    assert rows_of(table)["Letters flow"][:2] == ["passed", "yes"]
    assert rows_of(table)["Load of all letters"][0] == "not run"


def test_groups_that_would_give_away_a_small_one_are_not_shown(full):
    assert {"north", "south"} <= rows_of(show.table_usability(full)).keys()
    usability = full.usability
    leaving = dataclasses.replace(usability.measured, small_groups=2)
    hidden = dataclasses.replace(full, usability=dataclasses.replace(usability, measured=leaving))
    assert not {"north", "south"} & rows_of(show.table_usability(hidden)).keys()


def test_usability_stands_beside_the_published_average_with_its_source(full):
    table = show.table_usability(full)
    assert table.title == "People rate its usability above average: 77.5 of 100 against 68.0"
    assert "Sauro" in table.data["notes"][-1]


def test_tests_with_unequal_arms_are_left_out_and_named_in_the_appendix(full):
    assert show.table_experiments(full).title.startswith("One of 6 tests is left out")
    assert show.unequal_tests(full).data["paragraphs"] == ["The one test left out because of unequal arms: t0."]
    assert "1 of them in one of 6 periods: 2026-11-02" in show.table_test_periods(full).title


def test_spending_that_is_not_all_known_is_no_share(full):
    assert (
        show.table_budget(full).title
        == "\N{EURO SIGN}3,600 of \N{EURO SIGN}4,000 are known to be spent; one line is not stated"
    )
    assert rows_of(show.table_budget(full))["Supplier"][2] == "120%"


def test_days_of_integration_stand_against_the_business_case(full):
    assert show.table_effort(full).title == "Joining the systems took 3 days, 50% more than the 2 planned"
    assert rows_of(show.table_effort(full))["ERP"] == ["2", "3", "150%"]


def test_the_origin_and_licence_of_each_source_are_told(full):
    assert rows_of(show.table_origins(full))["Trials"][1:] == ["Somebody, CC BY 4.0", "Made for the test"]


def test_rows_left_out_are_counted_by_reason(tmp_path):
    client = approved(tmp_path / "tiny")
    client.rows += [{**client.rows[0], "letter": f"x{n}", "arm": "other"} for n in range(8)]
    table = show.table_filters(client.result())
    assert table.title == "1.96% of the 408 rows do not count"
    assert rows_of(table)["in neither arm"] == ["408", "8", "1.96%"]


def test_every_reason_to_leave_a_row_out_has_words():
    from workbook.framework import load_framework
    from workbook.phases.pilot.reading import ROW_STEPS

    texts = load_framework().texts
    assert all(f"exhibits.pilot_filters.steps.{step}" in texts for step in (*ROW_STEPS, "repeated", "in_both_arms"))


def test_a_use_that_is_only_said_is_told_as_such(tmp_path):
    client = approved(tmp_path / "tiny")
    del client.pilot["cases"]["used"]
    client.pilot["utilisation"] = known(0.6, evidence="interview")
    result = client.result()
    assert any(text.startswith("60% of the cases are said to be handled with it") for text in findings(result))
    assert rows_of(show.table_verdict(result))["The use reaches the least use agreed"][2] == "unknown"


def test_after_a_go_comes_scale_and_after_an_iterate_the_pilot(tmp_path, evaluated):
    assert show.next_steps(evaluated).data["paragraphs"][0].startswith("Scale")
    assert "goes on by the approved charter" in show.next_steps(made(tmp_path, "iterating")).data["paragraphs"][0]
