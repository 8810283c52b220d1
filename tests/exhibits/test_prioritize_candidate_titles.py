"""A title about the candidates says what its data say: ties, losses, one candidate, and what is not known."""

import copy
import dataclasses

import pytest
from exhibit_checks import rows_of
from prioritize_clients import estimate, known

from workbook.exhibits import prioritize as show
from workbook.exhibits.charts_lines import draw_lines
from workbook.exhibits.charts_tornado import draw_swings
from workbook.exhibits.page import page_of
from workbook.exhibits.prioritize.candidates import focus, input_name
from workbook.exhibits.prioritize.common import writer_of
from workbook.exhibits.prioritize.sensitivity import tornado_of, update_chart_tornado
from workbook.exhibits.prioritize.uncertainty import s_curves, update_chart_s_curve
from workbook.exhibits.svg import svg_of


def alone(client):
    """Keep the first candidate only."""
    client.prioritize["cases"] = client.prioritize["cases"][:1]
    client.tiny.client["gates"]["assess"]["selected"] = ["post-sorting"]
    return client


def with_figure(result, group, id, **figures):
    """Return the result with other values of some figures of a candidate."""
    rows = dict(getattr(result, group))
    changed = {
        name: dataclasses.replace(getattr(rows[id], name), value=value, reason=None if value is not None else "never")
        for name, value in figures.items()
    }
    return dataclasses.replace(result, **{group: rows | {id: dataclasses.replace(rows[id], **changed)}})


# --- comparison ------------------------------------------------------------------------------------------------------


def test_the_comparison_says_who_is_worth_most_and_that_its_range_is_clear(prioritized):
    # 5,771 for certain, against a range of which nine draws in ten lie under 4,500
    table = show.table_candidates(prioritized)
    assert table.title == (
        "Post sorting is worth most, €5,800 over 3 years at its likeliest inputs,"
        " and its range lies clear of the others"
    )
    rows = rows_of(table)
    assert rows["Net present value, likeliest"] == ["€5,800", "€4,100"]
    assert rows["Benefit a year, cashable"] == ["€8,000", "none"]
    assert rows["Benefit a year, capacity"] == ["none", "€5,000"]
    assert rows["Risks without mitigation or owner"] == ["1 of 2", "not provided"]
    assert [column["label"] for column in table.data["columns"]][1:] == ["Post sorting (proposed)", "Claim letters"]


def test_the_comparison_names_those_whose_ranges_meet_that_of_the_first(client):
    client.claims["costs"][1]["amount"] = estimate(1000, 5000, 9000)
    assert show.table_candidates(client.result()).title == (
        "Post sorting is worth most at its likeliest inputs, €5,800 over 3 years, but its range meets that of Claim"
        " letters"
    )


def test_values_that_read_the_same_are_a_tie(prioritized):
    tied = with_figure(prioritized, "values", "claim-letters", npv=5761.0)
    assert show.table_candidates(tied).title.startswith("Post sorting and Claim letters are worth the same")


def test_a_best_case_that_loses_money_is_no_winner(prioritized):
    losing = with_figure(prioritized, "values", "post-sorting", npv=-1200.0)
    assert show.table_candidates(losing).title == (
        "No candidate that can be valued pays at its likeliest inputs; Post sorting comes nearest, at -€1,200 over 3"
        " years"
    )


def test_one_candidate_is_not_compared(client):
    title = show.table_candidates(alone(client).result()).title
    assert title == "Post sorting is worth €5,800 over 3 years at its likeliest inputs"


def test_the_only_one_that_can_be_valued_is_called_so(client):
    del client.claims["benefits"][0]["eligible"]
    table = show.table_candidates(client.result())
    assert table.title == "Only Post sorting can be valued yet: €5,800 over 3 years at its likeliest inputs"
    assert rows_of(table)["Net present value, P10 to P90"][1] == "not estimable"


def test_months_later_than_the_guide_are_marked(prioritized):
    table = show.table_candidates(prioritized)
    (row,) = (row for row in table.data["rows"] if row[0] == "Time to value in production")
    assert (row[1]["text"], row[1]["tone"]) == ("21 months", "warn")
    assert rows_of(table)["Guide's months in production"] == ["3 to 4 (Document processing)", "not provided"]
    assert "rule of thumb, no public evidence" in table.data["notes"][0]


def test_the_haircut_stands_where_nothing_is_simulated(client):
    cut = {"benefits_down": {"value": 0.2}, "costs_up": {"value": 0.15}}
    client.prioritize["finance"] |= {"risk": "haircut", "haircut": cut}
    result = client.result()
    rows = rows_of(show.table_candidates(result))
    assert "Chance of a loss" not in rows
    # benefits 16,258 x 0.8 less costs 10,487 x 1.15
    assert rows["Net present value after the haircut"][0] == "€950"
    chart = show.chart_s_curve(result)
    assert (chart.id, chart.title) == ("haircut", "All 2 candidates still pay after the haircut")
    assert "benefits cut by 20%, costs raised by 15%" in chart.caption


def test_on_the_axes_a_lead_is_in_points_and_within_one_there_is_none(prioritized):
    assert show.chart_axes(prioritized).title == (
        "Post sorting is at least as good as each other candidate on all three axes, 19 points ahead"
    )
    values = dict(prioritized.comparison.values)
    values["claim-letters"] = dataclasses.replace(values["claim-letters"], value=69.5)
    level = dataclasses.replace(prioritized, comparison=dataclasses.replace(prioritized.comparison, values=values))
    title = show.chart_axes(level).title
    assert title == "Post sorting and Claim letters lie within a point of each other on the three axes, at 70 of 100"


def test_a_candidate_without_a_score_is_named_in_words(client):
    del client.tiny.use_case("claim-letters")["scores"]["model_complexity"]
    chart = show.chart_axes(client.result())
    assert chart.title == "Only Post sorting can be placed on all three axes yet, at 70 of 100"
    assert chart.alt.endswith("Not placed, because a score is missing: Claim letters.")


# --- business case ---------------------------------------------------------------------------------------------------


def test_the_business_case_says_who_pays_in_cash(prioritized):
    table = show.table_business_case(prioritized)
    assert (
        table.title == "Post sorting pays on cashable benefits alone; Claim letters pays only with the hours set free"
    )
    rows = rows_of(table)
    assert rows["Net present value, cashable benefits only"] == ["€5,800", "-€6,000"]
    assert rows["Benefits without a price"] == ["none", "one effect"]


@pytest.mark.parametrize(
    "post, claims, title",
    [
        ((1.0, 1.0), (1.0, 0.0), "All 2 candidates pay on cashable benefits alone"),
        ((1.0, -1.0), (1.0, -1.0), "All 2 candidates pay only with the hours set free; on cashable benefits alone each"
                                   " loses money"),
        ((-1.0, -1.0), (-1.0, -1.0), "Not one of the 2 candidates pays at its likeliest inputs"),
        ((-1.0, -2.0), (1.0, 1.0), "Claim letters pays on cashable benefits alone; Post sorting does not pay at its"
                                   " likeliest inputs"),
    ],
)  # fmt: skip
def test_candidates_that_pay_alike_share_a_clause(prioritized, post, claims, title):
    changed = with_figure(prioritized, "values", "post-sorting", npv=post[0], npv_cashable=post[1])
    changed = with_figure(changed, "values", "claim-letters", npv=claims[0], npv_cashable=claims[1])
    assert show.table_business_case(changed).title == title


def test_an_internal_rate_that_misleads_is_said_to(prioritized):
    value = prioritized.values["post-sorting"]
    rate = dataclasses.replace(value.internal_rate, note="small_outlay")
    values = dict(prioritized.values) | {"post-sorting": dataclasses.replace(value, internal_rate=rate)}
    notes = show.table_business_case(dataclasses.replace(prioritized, values=values)).data["notes"]
    assert notes[1].startswith("Post sorting: the outlay is back within a year")


def test_the_cumulative_flow_says_who_is_back_first(prioritized):
    assert show.chart_cash_flows(prioritized).title == "Claim letters is back first, after 1.6 years"
    rows = show.chart_cash_flows(prioritized).data["rows"]
    # 8,000 out, then 3,000, 7,000 and 7,000 in
    assert [entry["text"] for entry in rows[0]] == [
        "Post sorting", "-€8,000", "1.7 years", "-€8,000", "-€5,000", "€2,000", "€9,000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "post, claims, title",
    [
        (1.62, 1.58, "Claim letters and Post sorting are all back after 1.6 years"),
        (None, 1.6, "Claim letters is back first, after 1.6 years; Post sorting is not back within 3 years"),
        (None, None, "No candidate is back within 3 years"),
    ],
)
def test_those_back_at_the_same_time_share_the_title(prioritized, post, claims, title):
    changed = with_figure(prioritized, "values", "post-sorting", payback=post)
    changed = with_figure(changed, "values", "claim-letters", payback=claims)
    assert show.chart_cash_flows(changed).title == title


def test_the_flows_of_the_years_add_up(prioritized):
    table = show.table_cash_flows(prioritized)
    assert table.title == "Post sorting by year and kind, with a net present value of €5,800"
    rows = rows_of(table)
    assert rows["Benefits, cashable"] == ["€0", "€4,000", "€8,000", "€8,000"]
    assert rows["Investment"] == ["-€6,000", "€0", "€0", "€0"]
    assert rows["Net flow"] == ["-€8,000", "€3,000", "€7,000", "€7,000"]
    assert rows["Cumulative"] == ["-€8,000", "-€5,000", "€2,000", "€9,000"]


def test_flows_by_month_are_summed_by_year(client):
    client.prioritize["finance"]["flows"] = "monthly"
    rows = rows_of(show.table_cash_flows(client.result()))
    assert rows["Cumulative"] == ["-€8,000", "-€5,000", "€2,000", "€9,000"]


# --- uncertainty -----------------------------------------------------------------------------------------------------


def test_the_s_curves_say_for_whom_a_loss_is_most_likely(prioritized):
    chart = show.chart_s_curve(prioritized)
    assert chart.title == (
        "A loss is least likely for Post sorting (0% of the draws) and most likely for Claim letters (5%)"
    )
    assert "Claim letters: €630 at P10, €2,700 at P50, €4,500 at P90, a loss in 5%." in chart.alt


def test_chances_that_the_draws_cannot_tell_apart_are_alike(prioritized):
    found = prioritized.uncertainty["claim-letters"].simulated
    near = dataclasses.replace(found, loss=dataclasses.replace(found.loss, value=0.051, low=0.047, high=0.056))
    uncertainty = {
        id: dataclasses.replace(each, simulated=simulated)
        for (id, each), simulated in zip(prioritized.uncertainty.items(), (near, found), strict=True)
    }
    title = show.chart_s_curve(dataclasses.replace(prioritized, uncertainty=uncertainty)).title
    assert title == "A loss is about as likely for each of the 2 candidates: 5% of the draws"


def test_s_curves_move_to_other_spreads(prioritized):
    spread = prioritized.uncertainty["claim-letters"].simulated.spread
    moved = {"post-sorting": spread}
    page, artists = page_of(draw_lines, dataclasses.replace(s_curves(prioritized), x_ends=(-2000.0, 8000.0)))
    update_chart_s_curve(artists, prioritized, moved)
    afresh, _ = page_of(draw_lines, dataclasses.replace(s_curves(prioritized, moved), x_ends=(-2000.0, 8000.0)))
    assert svg_of(page.figure, "live") == svg_of(afresh.figure, "live")


def chosen_claims(client):
    client.prioritize["choice"]["use_case"] = "claim-letters"
    del client.prioritize["charter"]
    return client


def test_the_tornado_names_the_input_that_moves_the_value_most(client):
    chart = show.chart_tornado(chosen_claims(client).result())
    assert chart.title == (
        "Cost of “Set-up” moves the value of Claim letters most, between €1,600 and €4,400; no input alone turns it"
        " into a loss"
    )
    assert [row[0]["text"] for row in chart.data["rows"]] == [
        "Cost of “Set-up”", "Effect on a case of “Drafting time”", "Cost of “Tokens”",
    ]  # fmt: skip
    assert chart.data["rows"][1][1]["text"] == "0.22 to 0.28 hours a case"


def test_inputs_that_can_turn_the_value_alone_are_counted(client):
    client.claims["costs"][1]["amount"] = estimate(4000, 5000, 15000)
    assert show.chart_tornado(chosen_claims(client).result()).title.endswith(
        "; one input alone can turn it into a loss"
    )
    client.claims["costs"][1]["amount"] = estimate(4000, 10000, 15000)
    assert show.chart_tornado(client.result()).title.endswith("; 2 inputs can each make it pay alone")


def test_a_case_without_ranges_has_no_tornado(prioritized):
    chart = show.chart_tornado(prioritized)
    assert chart.title == "No input of Post sorting has a range, so nothing says what moves its value"
    assert chart.data["rows"] == []


def test_the_tornado_moves_to_another_sensitivity(client):
    result = chosen_claims(client).result()
    found = result.uncertainty["claim-letters"].sensitivity
    bars = tuple(
        dataclasses.replace(bar, outcome_at_p10=1000.0 * place, outcome_at_p90=3000.0)
        for place, bar in enumerate(found.tornado.bars)
    )
    other = dataclasses.replace(found, tornado=dataclasses.replace(found.tornado, base=2000.0, bars=bars))
    page, artists = page_of(draw_swings, dataclasses.replace(tornado_of(result), ends=(0.0, 6000.0)))
    update_chart_tornado(artists, result, other)
    afresh, _ = page_of(draw_swings, dataclasses.replace(tornado_of(result, other), ends=(0.0, 6000.0)))
    assert svg_of(page.figure, "live") == svg_of(afresh.figure, "live")


def test_every_input_of_a_case_has_words(client):
    client.post["costs"][0]["per"] = "transaction"
    result = client.result()
    for case in result.cases.values():
        names = {input_name(name, case, result, writer_of(result)) for name in case.inputs}
        assert len(names) == len(case.inputs)
        assert not any(case.id in name for name in names)


def test_the_overrun_says_who_would_still_pay(prioritized):
    # 5,771 less half of 8,000, and less 447 % of it
    table = show.table_overrun(prioritized)
    assert table.title == (
        "After an overrun of 50% each candidate would still pay; after 447%, the mean of the tail of IT projects, none"
        " would"
    )
    assert rows_of(table)["Post sorting"] == ["€8,000", "€5,800", "€1,800", "-€30k", "72%"]
    assert "18% of IT projects" in table.caption


def test_an_overrun_that_costs_all_is_said_to(prioritized):
    lost = {
        id: dataclasses.replace(
            each,
            overrun=dataclasses.replace(
                each.overrun,
                npv_at_threshold=dataclasses.replace(each.overrun.npv_at_threshold, value=-1.0),
            ),
        )
        for id, each in prioritized.uncertainty.items()
    }
    title = show.table_overrun(dataclasses.replace(prioritized, uncertainty=lost)).title
    assert title == "An overrun of 50% leaves none of the candidates worth its cost"


# --- work, risks, sourcing -------------------------------------------------------------------------------------------


def test_integration_under_the_alarm_line_is_flagged(client):
    client.post["work"][0]["days"] = known(40)
    table = show.table_integration(client.result())
    assert table.title.startswith("Integration of Post sorting is planned at less than 20% of the days")
    (row,) = (row for row in table.data["rows"] if row[0] == {"text": "Post sorting", "strong": True})
    assert (row[4]["text"], row[4]["tone"]) == ("4.5%", "bad")
    assert "rule of thumb, no public evidence" in table.caption


def test_a_share_within_the_guides_range_counts_as_such(client):
    client.post["integration"][0]["days"] = known(6)
    client.claims["integration"] = [{"system": "erp", "pattern": "batch", "days": known(3)}]
    client.claims["work"] = [{"kind": "model", "days": known(7)}]
    table = show.table_integration(client.result())
    assert table.title == "Integration takes the guide's 40% to 60% of the days in one of 2 candidates"
    assert rows_of(table)["ERP"][1] == "not offered; it offers API"


def test_the_risk_map_says_what_mitigation_does_to_the_worst(client):
    assert show.chart_risk_map(client.result()).title == (
        "Mitigation brings the worst risk of Post sorting from 12 to 10 of 25; one risk is not graded after mitigation"
    )
    del client.post["risks"][1]
    assert show.chart_risk_map(client.result()).title == (
        "Mitigation brings the worst risk of Post sorting from 12 to 6 of 25"
    )
    client.post["risks"][0].update(residual_probability=4)
    assert show.chart_risk_map(client.result()).title == "Mitigation leaves the worst risk of Post sorting at 12 of 25"


def test_risks_that_nobody_answers_for_are_counted(client):
    assert show.table_risks(client.result()).title == "Of 2 risks one has no owner and one has no mitigation"
    client.post["risks"][1].update(owner="ben", mitigation="Ask again")
    table = show.table_risks(client.result())
    assert table.title == "All 2 risks have a mitigation and somebody who answers for it"
    assert [row[0] for row in table.data["rows"]] == ["1. The archive is late", "2. Letters go to the wrong tray"]


def test_a_choice_against_the_answers_is_named(client):
    client.post["sourcing"]["choice"] = "build"
    table = show.table_sourcing(client.result())
    assert table.title == "One of 1 choices goes against the answers: build for Post sorting, where they point to buy"
    assert rows_of(table)["Choice"] == ["build, without a team to maintain it", "not provided"]


def test_a_choice_that_unknown_answers_could_still_bear_out_is_not_against_them(client):
    conditions = client.post["sourcing"]["conditions"]
    conditions |= {"advantage_depends_on_it": "yes", "team_to_maintain": "unknown"}
    client.post["sourcing"]["choice"] = "buy_and_extend"
    table = show.table_sourcing(client.result())
    assert table.title == "Choices are made, but the answers to the conditions settle none of them"
    assert rows_of(table)["Answers point to"][0] == "buy; unknown answers could make it buy and extend"


# --- choice ----------------------------------------------------------------------------------------------------------


def test_the_choice_says_what_leads_and_what_speaks_for_the_others(prioritized):
    table = show.table_choice(prioritized)
    assert table.title == "Post sorting is proposed; it is worth most and leads on the axes"
    rows = rows_of(table)
    assert rows["Beaten on the axes"] == ["Claim letters is beaten by Post sorting"]
    assert "payback 1.6 years against 1.7 years" in rows["What speaks for Claim letters"][0]
    assert rows["Why, in their words"] == ["It pays, and its data are ready"]


def test_a_choice_against_value_and_axes_is_named(client):
    title = show.table_choice(chosen_claims(client).result()).title
    assert title == "Claim letters is proposed; it is not worth most and does not lead on the axes"


def test_what_would_change_the_choice_names_the_switching_values(client):
    rows = rows_of(show.table_choice(chosen_claims(client).result()))
    assert "Cost of “Set-up”: nothing is left at €9,100, likeliest €5,000." in rows["What would change the choice"][0]


def test_a_candidate_without_competition_says_so(client):
    table = show.table_choice(alone(client).result())
    assert table.title == "Post sorting is proposed; there is no other candidate to compare it with"
    assert rows_of(table)["What speaks for Post sorting"] == ["There is no other candidate."]


def test_too_few_people_for_one_pilot_is_a_warning(client):
    client.prioritize["pilots_at_once"] = known(0)
    (row,) = (row for row in show.table_choice(client.result()).data["rows"] if row[0] == "Capacity for pilots")
    assert (row[1]["tone"], row[1]["text"][:7]) == ("bad", "Too few")


def test_without_a_choice_exhibits_on_one_candidate_show_the_first(client):
    del client.prioritize["choice"], client.prioritize["charter"]
    result = client.result()
    assert focus(result) == "post-sorting"
    assert show.table_choice(result).title == "No candidate is proposed yet"


def test_the_deep_dive_names_what_is_hardest(client):
    assert show.table_deep_dive(client.result()).title == "The same part holds all candidates back: model complexity"
    client.tiny.technology["systems"].append(
        copy.deepcopy(client.tiny.technology["systems"][0]) | {"id": "old", "name": "Old", "interfaces": ["batch"]}
    )
    client.tiny.use_case("claim-letters")["systems"] = ["old"]
    table = show.table_deep_dive(client.result())
    assert table.title == "Claim letters is the hardest to carry out: its integration stands at 50 of 100"
    assert rows_of(table)["Systems and how they are joined"] == ["ERP (API)", "Old (no plan)"]


def test_benefits_without_a_price_are_counted_by_candidate(prioritized):
    table = show.table_non_financial(prioritized)
    assert table.title == "One benefit counts for the choice without a price, for Claim letters"
    assert rows_of(table)["Fewer complaints"][-1] == "500 transactions a year"
    assert table.data["notes"] == ["Not stated for Post sorting."]
