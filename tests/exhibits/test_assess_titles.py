"""A title says what its data say: none, one and many, ties, and what is not known."""

import dataclasses

import pytest
from assess_clients import CASE_TABLE, CASES, EVENT_LOG, LOG, answer, complete, use_case
from exhibit_checks import lines_of, plain, rows_of

from workbook.engagement.faults import FaultsError
from workbook.exhibits import assess as show
from workbook.exhibits.assess.common import writer_of
from workbook.methods.baseline import FilterLoss


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """The result of the client with an event log of its post."""
    tiny = complete(tmp_path_factory.mktemp("parameters") / "tiny")
    tiny.add_log(EVENT_LOG, LOG)
    return tiny.result()


# --- processes -------------------------------------------------------------------------------------------------------


def mapped(result, **impacts):
    """Return the result with other customer impacts, None for one that is not known."""
    rows = [
        dataclasses.replace(
            row, customer_impact=dataclasses.replace(row.customer_impact, value=impacts.get(row.process.id, 3.0))
        )
        for row in result.process_map.processes
    ]
    return dataclasses.replace(result, process_map=dataclasses.replace(result.process_map, processes=tuple(rows)))


@pytest.mark.parametrize(
    "impacts, title",
    [
        ({"post": 4.0}, "Post is the costliest process that customers feel strongly"),
        ({"post": 3.9, "claims": 4.0}, "Claims is the costliest process that customers feel strongly"),
        ({"post": 3.9}, "Post is the costliest process on the map; customers feel none of them strongly"),
        (
            {"orders": None, "claims": 5.0},
            "Of the processes that can be placed, Claims is the costliest that customers feel strongly",
        ),
    ],
)
def test_the_process_map_points_out_the_costliest_process_that_customers_feel(result, impacts, title):
    assert show.chart_process_map(mapped(result, **impacts)).title == title


def test_a_process_without_a_cost_is_placed_and_said_to_be_hollow(tiny):
    del tiny.process("claims")["cost_per_transaction"], tiny.process("orders")["volume"]
    chart = show.chart_process_map(tiny.result())
    assert chart.alt.endswith("Not placed, because volume or impact is not provided: Orders.")
    assert chart.caption.endswith("Hollow, because the yearly cost is not known: Claims.")


def test_the_share_of_cost_is_that_of_the_known_cost_where_some_is_not_known(tiny, result):
    assert show.chart_process_cost(result).title == "2 of 3 processes carry 80% of the cost"
    del tiny.process("orders")["volume"]
    partial = tiny.result()
    assert show.chart_process_cost(partial).title == "2 of 3 processes carry 100% of the cost that is known"
    assert show.table_processes(partial).title == "€80k a year for the 2 of 3 processes whose cost is known"
    assert show.table_processes(result).title == "3 processes cost €100k a year"


def test_lead_times_are_not_called_declared_where_a_median_was_measured(logged, result):
    title = plain(show.chart_lead_times(logged).title)
    assert title == "Post takes up to 2 h for half of its cases; its slowest cases cannot be stated"
    assert show.chart_lead_times(result).title == "No lead time has been measured"


def test_a_log_without_a_median_gives_its_reason_in_the_chart_and_beside_the_declared_value(tiny):
    tiny.add_log(CASE_TABLE, CASES)
    result = tiny.result()
    assert show.chart_lead_times(result).title == "No log shows yet how long half of its cases take"
    assert lines_of(show.chart_lead_times(result))[0][1] == "not estimable (too few cases)"
    table = show.table_baseline(result)
    assert "Post: the median is as declared; from the log it is not estimable (6 cases)." in table.data["notes"]
    assert plain(lines_of(table)[0][1]) == "10 h"


@pytest.mark.parametrize(
    "measured, title",
    [(0, "No process is measured"), (1, "One of 3 processes is measured"), (2, "2 of 3 processes are measured")],
)
def test_measured_processes_are_counted(logged, measured, title):
    post, *others = logged.performance
    rows = [dataclasses.replace(post, process=other.process) for other in others]
    chosen = [post, *rows][:measured] + [dataclasses.replace(row, baseline=None) for row in [post, *rows][measured:]]
    result = dataclasses.replace(logged, performance=tuple(chosen))
    assert show.table_baseline(result).title == title
    assert show.table_all_baselines(result).title.startswith(title)


@pytest.mark.parametrize(
    "ratio, reading",
    [
        (1.5, "Post: work in progress is 1.5 times what Little's law expects, within the limit of 1.5."),
        (1.6, "Post: work in progress is 1.6 times what Little's law expects, above the limit of 1.5; the log is cut"),
    ],
)
def test_work_in_progress_is_compared_with_what_littles_law_expects(logged, ratio, reading):
    post, *others = logged.performance
    law = dataclasses.replace(post.baseline.littles_law, ratio=ratio)
    baseline = dataclasses.replace(post.baseline, littles_law=law)
    result = dataclasses.replace(logged, performance=(dataclasses.replace(post, baseline=baseline), *others))
    (note,) = show.table_baseline(result).data["notes"]
    assert note.startswith(reading)


def test_no_record_is_lost_only_where_a_log_was_read(logged, result):
    assert show.table_filters(logged).title == "No record is lost to a filter"
    assert show.table_filters(result).title == "No filter was applied, because no log has been measured"
    post, *others = logged.performance
    lost = (FilterLoss("duplicate", "rows", 100, 88), FilterLoss("after_until", "rows", 88, 80))
    baseline = dataclasses.replace(post.baseline, filters=lost)
    found = dataclasses.replace(logged, performance=(dataclasses.replace(post, baseline=baseline), *others))
    title = 'Post: 12% of the rows are lost to the filter "repeated row", more than to any other'
    assert show.table_filters(found).title == title


def test_a_declared_zero_against_a_measured_rate_is_the_largest_difference(tiny):
    tiny.add_log(EVENT_LOG, LOG)
    tiny.process("post")["rework_rate"] = {"value": 0, "evidence": "interview"}
    table = show.table_declared_against_measured(tiny.result())
    assert [row[1] for row in lines_of(table)] == ["Rework", "Median lead time"]
    assert lines_of(table)[0][2:5:2] == ["0%", "\N{EN DASH}"]


# --- readiness -------------------------------------------------------------------------------------------------------


def test_candidates_whose_data_meet_their_thresholds_are_counted(tiny, result, empty):
    assert show.table_data_readiness(result).title == "3 of 3 candidates have data that meet every threshold measured"
    for id in ("post-sorting", "claim-letters"):
        tiny.use_case(id)["data"] = [{"source": "records", "fields": ["amount"]}]
    assert show.table_data_readiness(tiny.result()).title == (
        "One of 3 candidates has data that meet every threshold measured"
    )
    tiny.use_case("order-entry")["data"] = []
    assert show.table_data_readiness(tiny.result()).title == "No candidate has data that meet every threshold measured"
    assert show.table_data_readiness(empty).title == "Data readiness of no candidate is measured"


def test_a_table_that_misses_its_threshold_is_not_said_to_meet_it(tiny):
    tiny.records["coverage"] = {"segment": "number", "minimum_rows": 3}
    result = tiny.result()
    assert show.table_data_readiness(result).title.startswith("No candidate has data")
    table = show.table_minimum_data(result)
    assert table.title == "The data of the shortlist fall short in one place"
    assert lines_of(table)[0][2:] == ["whole table", "Coverage", "0%", "80%"]


def test_what_falls_short_is_counted_once_and_listed_for_each_candidate(tiny, result, empty):
    assert show.table_minimum_data(result).title == "The data of the shortlist meet every threshold measured"
    assert show.table_minimum_data(empty).title == "Minimum viable data need a ranked candidate"
    for case in tiny.assess["use_cases"]:
        case["data"] = [{"source": "records", "fields": ["amount"]}]
    table = show.table_minimum_data(tiny.result())
    assert table.title == "The data of the shortlist fall short in 2 places"
    assert len(table.data["rows"]) == 6 and "notes" not in table.data


@pytest.mark.parametrize("level, title", [(3, "One dimension lies"), (4, "No dimension with an answer lies")])
def test_dimensions_at_or_below_the_barrier_are_counted(tiny, level, title):
    tiny.assess["readiness"] = [answer("user_skills", level), answer("data_reachable", 5)]
    assert show.table_organisation(tiny.result()).title == f"{title} at or below level 3"


def test_dimensions_that_tie_share_the_title(tiny, result, empty):
    assert show.chart_organisation(result).title == "Skills is the weakest dimension, at level 2.7 over all groups"
    tiny.assess["readiness"] = [answer("user_skills", 2), answer("data_reachable", 2)]
    assert show.chart_organisation(tiny.result()).title == (
        "Skills and Data are the weakest dimensions, at level 2.0 over all groups"
    )
    assert show.chart_organisation(empty).title == "Organisational readiness has not been asked about"


@pytest.mark.parametrize(
    "interfaces, title",
    [
        ([["api"], ["batch"]], "Every system that a use case names has an interface"),
        ([["api"], []], "One system that candidates need has no known interface"),
        ([None, []], "2 systems that candidates need have no known interface"),
    ],
)
def test_systems_without_an_interface_are_counted(tiny, interfaces, title):
    tiny.technology["systems"] = [
        {"id": id, "name": id} | ({} if given is None else {"interfaces": given})
        for id, given in zip(("erp", "mail"), interfaces, strict=True)
    ]
    tiny.use_case("post-sorting")["systems"] = ["erp", "mail"]
    assert show.table_systems(tiny.result()).title == title


def test_no_system_named_is_not_every_system_joined(empty):
    assert show.table_systems(empty).title == "No use case names a system yet"


def test_processes_heard_from_both_sides_are_counted(tiny, result, empty):
    assert show.table_interviews(result).title == "One of 3 processes was heard from both sides"
    tiny.assess["interviews"] = []
    assert show.table_interviews(tiny.result()).title == "No process was heard from both sides"
    assert show.table_interviews(empty).title == "No process is described yet"


def test_themes_that_come_up_equally_often_share_the_title(tiny, result, empty):
    assert show.table_themes(result).title == "Data and Delay and rework come up most"
    tiny.assess["interviews"][2]["themes"] = ["pain"]
    assert show.table_themes(tiny.result()).title == "Delay and rework comes up most"
    assert show.table_themes(empty).title == "No theme has been recorded"


@pytest.mark.parametrize(
    "kept, screening, questions",
    [
        (51, "Every compliance fact has an answer", "No compliance question is open"),
        (50, "One of 51 compliance facts is unknown", "No open question has an owner"),
        (49, "2 of 51 compliance facts are unknown", "No open question has an owner"),
    ],
)
def test_open_compliance_facts_and_their_owners_are_counted(tiny, kept, screening, questions):
    tiny.compliance["screening"] = tiny.compliance["screening"][:kept]
    result = tiny.result()
    assert (show.table_screening(result).title, show.table_open_questions(result).title) == (screening, questions)


@pytest.mark.parametrize(
    "owned, title",
    [
        (3, "Every open question has an owner"),
        (2, "One of 3 open questions has no owner"),
        (1, "2 of 3 open questions have no owner"),
    ],
)
def test_open_questions_without_an_owner_are_counted(tiny, owned, title):
    for number, each in enumerate(tiny.compliance["screening"][:3]):
        each.update({"answer": "unknown"} | ({"owner": "ann"} if number < owned else {}))
    assert show.table_open_questions(tiny.result()).title == title


def test_nothing_to_screen_is_not_all_answered(empty):
    title = "No use case is described that could be screened"
    assert (show.table_screening(empty).title, show.table_open_questions(empty).title) == (title, title)


# --- candidates ------------------------------------------------------------------------------------------------------


def test_the_largest_impact_is_that_of_the_candidates_that_can_be_estimated(tiny, result, empty):
    assert show.chart_impact(result).title == "Post sorting promises the largest yearly impact"
    del tiny.use_case("post-sorting")["effect"]
    chart = show.chart_impact(tiny.result())
    assert chart.title == "Of the candidates that can be estimated, Claim letters promises the largest yearly impact"
    assert chart.caption.endswith("Not estimable: Post sorting.")
    assert show.chart_impact(empty).title == "No yearly impact can be estimated"


def test_the_map_of_candidates_says_of_how_many_it_speaks(tiny, result, empty):
    assert show.chart_value_feasibility(result).title == "Post sorting combines value and feasibility best"
    del tiny.use_case("order-entry")["scores"]["sponsorship"]
    chart = show.chart_value_feasibility(tiny.result())
    assert chart.title == "Of those placed, Post sorting combines value and feasibility best"
    assert chart.alt.endswith("Not placed, because a score is missing: Order entry.")
    del tiny.use_case("claim-letters")["scores"]["sponsorship"]
    assert show.chart_value_feasibility(tiny.result()).title == "Only Post sorting can be placed yet"
    assert show.chart_value_feasibility(empty).title == "Value and feasibility cannot be placed yet"


def test_the_ranking_says_by_how_much_who_together_or_who_alone(tiny, result, empty):
    assert show.chart_ranking(result).title == "Post sorting leads by 10 points"
    tiny.assess["use_cases"][1] = use_case("claim-letters", "post", 80)
    assert show.chart_ranking(tiny.result()).title == "Claim letters and Post sorting lead together"
    for id in ("claim-letters", "order-entry"):
        del tiny.use_case(id)["scores"]["sponsorship"]
    assert show.chart_ranking(tiny.result()).title == "Post sorting is the only candidate that can be ranked"
    assert show.chart_ranking(empty).title == "No candidate can be ranked"


def test_the_nearest_flip_is_the_weight_to_discuss(tiny):
    tiny.use_case("claim-letters")["scores"] |= {"sponsorship": {"value": 100}, "customer_impact": {"value": 85}}
    # Sums of eight scores 581.67 and 576.67. Sponsorship 50 and 100, the mean of the other seven 75.95 and 68.10:
    # 50 w + 75.95 (1 - w) = 100 w + 68.10 (1 - w) at w = 7.86 / 57.86 = 13.6 %.
    # Customer impact 80 and 85, the others 71.67 and 70.24: w = 1.43 / 6.43 = 22.2 %.
    table = show.table_flip_points(tiny.result())
    assert table.title == "Sponsorship is the weight to discuss: at 14% instead of 13%, Claim letters would lead"
    rows = rows_of(table)
    assert rows["Sponsorship"] == ["13%", "never", "14%", "Claim letters"]
    assert rows["Customer impact"] == ["13%", "never", "22%", "Claim letters"]


def test_no_flip_ties_and_too_few_candidates_are_told_apart(tiny, result, empty):
    assert show.table_flip_points(result).title == "No single weight changes the leader"
    assert show.table_flip_points(empty).title == "Flip points need at least two ranked candidates"
    claims = use_case("claim-letters", "post", 80)
    claims["scores"]["sponsorship"], claims["scores"]["customer_impact"] = {"value": 80}, {"value": 50}
    tiny.assess["use_cases"][1] = claims
    title = show.table_flip_points(tiny.result()).title
    assert title.startswith("Several candidates lead together: any move of Customer impact from 13% puts ")


def test_never_is_not_said_of_a_question_that_cannot_be_asked(tiny):
    points = dict.fromkeys(tiny.assess["weighting"]["points"], 0) | {"business_impact": 100}
    tiny.assess["weighting"]["points"] = points
    rows = {row[0]: row for row in lines_of(show.table_flip_points(tiny.result()))}
    assert rows["Business impact"][2:4] == ["no other criterion has weight"] * 2
    assert rows["Sponsorship"][2] == "never"


def test_leaving_a_criterion_out_names_who_would_lead(tiny, result, empty):
    assert show.table_leave_one_out(result).title == "The leader stays first whichever criterion is left out"
    assert "once two candidates are ranked" in show.table_leave_one_out(empty).title
    # Post sorting leads by its customer impact only.
    claims = use_case("claim-letters", "post", 81)
    claims["scores"]["customer_impact"] = {"value": 60, "evidence": "interview"}
    tiny.assess["use_cases"][1] = claims
    assert show.table_leave_one_out(tiny.result()).title == "Without Customer impact, Claim letters leads"


def test_the_heaviest_criteria_are_named_or_all_weigh_the_same(tiny, result):
    assert show.table_criteria(result).title == "All 8 criteria weigh the same"
    points = tiny.assess["weighting"]["points"]
    points.update(integration=20, sponsorship=20, model_complexity=5, change_capacity=5)
    assert show.table_criteria(tiny.result()).title == "Integration and Sponsorship weigh most among 8 criteria"
    points.update(integration=25, sponsorship=15)
    assert show.table_criteria(tiny.result()).title == "Integration weighs most among 8 criteria"


def test_vetoes_that_hold_and_that_are_open_are_listed_apart(tiny, result):
    assert show.table_vetoes(result).title == "No candidate is vetoed"
    tiny.use_case("post-sorting").update(sponsored="no", data_access="unknown")
    table = show.table_vetoes(tiny.result())
    assert table.title == "One candidate is vetoed"
    found = {row[0]: row[2:] for row in lines_of(table)}
    assert found["No sponsor"] == ["Post sorting", "\N{EN DASH}"]
    assert found["No access to data"] == ["\N{EN DASH}", "Post sorting"]
    assert found["Prohibited practice"] == ["\N{EN DASH}", "all candidates"]


# --- gate, requests, gaps --------------------------------------------------------------------------------------------


def test_the_gate_shows_where_people_decided_otherwise(result):
    table = show.table_gate(result)
    rows = dict(lines_of(table))
    assert table.title == "Gate: approved"
    assert rows["Difference"] == "put forward, not selected: Claim letters; Order entry"


def test_nothing_is_put_forward_at_the_gate_before_the_shortlist_is_full(tiny):
    tiny.use_case("order-entry")["data"] = []
    rows = dict(lines_of(show.table_gate(tiny.result())))
    assert rows["Put forward here"] == "none"
    assert rows["Difference"] == "selected, not put forward: Post sorting"


@pytest.mark.parametrize("due, state", [("2026-09-29", "overdue"), ("2026-09-30", "open"), (None, "open")])
def test_a_request_is_overdue_from_the_day_after_it_was_promised(tiny, due, state):
    tiny.assess["data_sources"].append({"id": "letters", "name": "Letters", "kind": "table"})
    request = {"source": "letters", "asked": "2026-09-01"} | ({"due": due} if due else {})
    tiny.assess["data_requests"] = [request, {"source": "records", "asked": "2026-09-01"}]
    table = show.table_data_requests(tiny.result())
    assert table.title == "One data request is open"
    assert [row[-1] for row in lines_of(table)] == [state, "arrived"]
    assert [row[3] for row in lines_of(table)] == ["\N{EN DASH}", "not provided"]


@pytest.mark.parametrize(
    "source, received, shown, state",
    [
        ("records", "2026-09-10", "10 September 2026", "arrived"),
        ("letters", "2026-09-10", "10 September 2026", "received, not read yet"),
        # Said to have arrived after the day of the run: it has not.
        ("letters", "2026-10-01", "\N{EN DASH}", "open"),
    ],
)
def test_the_day_on_which_data_arrived_is_shown(tiny, source, received, shown, state):
    tiny.assess["data_sources"].append({"id": "letters", "name": "Letters", "kind": "table"})
    tiny.assess["data_requests"] = [{"source": source, "asked": "2026-09-01", "received": received}]
    row = lines_of(show.table_data_requests(tiny.result()))[0]
    assert (plain(row[3]), row[5]) == (shown, state)


def test_a_source_nobody_asked_for_is_no_open_request(tiny):
    tiny.assess["data_sources"].append({"id": "letters", "name": "Letters", "kind": "table"})
    table = show.table_data_requests(tiny.result())
    assert table.title == "No data request is open"
    assert table.data["notes"] == ["One more source has not arrived and has not been asked for."]


def test_what_is_missing_is_counted_and_named_by_what_it_belongs_to(tiny, result):
    assert show.table_missing(result).title == "All inputs of this phase are provided"
    del tiny.process("post")["volume"], tiny.process("post")["lead_time"]
    table = show.table_missing(tiny.result())
    # The score of the use case that rests on the volume is no input of its own.
    assert table.title == "2 inputs are not provided"
    assert lines_of(table) == [["Post", "Yearly volume; Median lead time", "yearly cost; baseline"]]


def test_a_candidate_lacks_what_nobody_has_judged_named_or_described(tiny):
    tiny.technology["systems"].append({"id": "mail", "name": "Mail"})
    del tiny.use_case("post-sorting")["scores"]["sponsorship"], tiny.use_case("post-sorting")["effect"]
    tiny.use_case("claim-letters").update(systems=["mail"], data=[])
    tiny.use_case("order-entry").update(systems=[])
    rows = {row[0]: row[1] for row in lines_of(show.table_missing(tiny.result()))}
    assert rows == {
        "Post sorting": "Sponsorship; Share it would save",
        "Claim letters": "Data it needs; Interfaces of Mail",
        "Order entry": "Systems it needs",
    }


def test_a_source_that_has_not_arrived_says_whose_rank_it_leaves_open(tiny):
    tiny.assess["data_sources"] += [{"id": id, "name": id, "kind": "table"} for id in ("letters", "extra")]
    tiny.use_case("claim-letters")["data"] = [{"source": "letters"}]
    assert lines_of(show.table_missing(tiny.result())) == [
        ["letters", "Data", "data readiness and rank of Claim letters"],
        ["extra", "Data", "nothing in this ranking rests on it"],
    ]


# --- what a statistician looks for -----------------------------------------------------------------------------------


def test_accuracy_on_a_sample_carries_its_interval(tiny):
    tiny.files["data/sample.csv"] = "number,amount\n" + "".join(f"N{n:02},{n}0\n" for n in range(1, 7)) + "N07,70\n"
    tiny.records["accuracy"] = {"file": "data/sample.csv", "key": "number"}
    rows = {row[0]: row for row in lines_of(show.table_fields(tiny.result()))}
    # Six of seven equal: Wilson 48.7 % to 97.4 %.
    assert rows["amount"][5] == "85.7% [48.7% to 97.4%]"


def test_fields_without_a_fault_are_named_and_not_listed(result):
    table = show.table_fields(result)
    assert table.title == "One of 2 measured fields is not complete, valid and accurate throughout"
    assert [row[0] for row in lines_of(table)] == ["amount"]
    assert table.data["notes"] == ["Records, without a fault in what was measured: number."]


def test_the_confidence_factor_and_the_favourable_weights_are_shown(result, empty):
    table = show.table_central_weights(result)
    assert table.title == "Under the weights that favour it, Post sorting comes first in 100% of the draws of scores"
    rows = rows_of(table)
    # It leads in every draw, so its favourable weights are the mean of all draws: an eighth each.
    assert rows["Post sorting"][:2] == ["100%", "100%"] and set(rows["Post sorting"][2:]) == {"12%", "13%"}
    assert rows["Order entry"] == ["0%", "never first", *["\N{EN DASH}"] * 8]
    assert (
        "Order entry: equalled or beaten on every criterion by Post sorting and Claim letters." in table.data["notes"]
    )
    assert show.table_central_weights(empty).title == "The ranking cannot be tested with fewer than two candidates"


def test_an_interface_carries_the_mark_of_its_evidence(tiny):
    tiny.technology["systems"].append({"id": "mail", "name": "Mail", "interfaces": ["api"]})
    tiny.use_case("post-sorting")["systems"] = ["erp", "mail"]
    rows = {row[0]: row[1] for row in show.table_systems(tiny.result()).data["rows"]}
    assert (rows["ERP"]["mark"], rows["Mail"]["mark"]) == ("I", "?")


def test_every_threshold_is_printed_with_its_reason_and_source(result):
    rows = lines_of(show.table_rules(result))
    assert len(rows) == len(result.framework.rules)
    assert rows[0][:2] == ["Processes that carry the cost", "80%"]
    assert {row[4] for row in rows} == {"house rule", "Prosci, ADKAR Model; house rule"}


def test_a_level_is_shown_to_one_decimal_beside_its_neighbours(tiny):
    tiny.assess["readiness"] = [answer("user_skills", 2), answer("data_reachable", 2), answer("quality_known", 3)]
    levels = {row[0]: row[1] for row in lines_of(show.table_organisation(tiny.result()))}
    assert (levels["Skills"], levels["Data"]) == ("2.0", "2.5")


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names, text",
    [
        ([], "none"),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C", "D"], "A, B, C and D"),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 more"),
    ],
)
def test_names_are_listed_and_the_rest_counted(result, names, text):
    assert writer_of(result).names(names) == text


REASONS = {
    # methods: estimates, quality and flip points
    "too_few", "no_cases", "no_completed_cases", "not_reached", "end_not_declared", "cases_open", "not_measured",
    "not_in_sample", "no_rule", "no_rows", "no_values", "no_segments", "not_required", "not_provided",
    "no_ranked_option", "no_other_weight",
    # phases
    "extracted_later", "not_declared", "vetoed", "never_first",
}  # fmt: skip


@pytest.mark.parametrize("reason", sorted(REASONS))
@pytest.mark.parametrize("n", [0, 1, 40])
def test_every_reason_has_words(result, reason, n):
    assert "{" not in writer_of(result).reason(reason, n)


def test_the_words_of_one_and_none_are_taken_where_there_are_any(result):
    write = writer_of(result)
    assert [write.text("vetoes.title", n=n) for n in (0, 1, 2)] == [
        "No candidate is vetoed",
        "One candidate is vetoed",
        "2 candidates are vetoed",
    ]
    assert write.text("missing.row_readiness", n=1) == "one question on readiness"


@pytest.mark.parametrize(
    "text, found",
    [
        ("## at-glance\n\nHello.\n", "at-glance"),
        ("## at-a-glance\n\n{figure:use_case.nobody.value}\n", "nobody"),
        ("replaces: recommendations\n\n## recommendations\n\nHello.\n", "replaces"),
    ],
)
def test_a_view_nobody_would_see_is_a_fault(tiny, text, found):
    (tiny.folder / "commentary").mkdir()
    (tiny.folder / "commentary" / "assess.md").write_text(text)
    with pytest.raises(FaultsError, match=found):
        show.view(tiny.result(), "at-a-glance")


def test_the_consultants_view_quotes_figures_as_the_report_writes_them(tiny):
    (tiny.folder / "commentary").mkdir()
    text = "## at-a-glance\n\nPost costs {figure:process.post.yearly_cost}.\n"
    (tiny.folder / "commentary" / "assess.md").write_text(text)
    result = tiny.result()
    assert show.view(result, "at-a-glance").data["paragraphs"] == ["Post costs €50k."]
    assert show.view(result, "recommendations") is None
