"""The Prioritize phase and its charter: each fault with its place, what is allowed and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from later_phases import CLIENT, PRIORITIZE, found_in, only_one, write_client

from workbook.engagement.check_charter import _sentences
from workbook.engagement.check_prioritize import named_inputs
from workbook.engagement.load import load_engagement

BENEFIT = "        kind: cashable\n        effect: {low: 0.1, likely: 0.2, high: 0.3, unit: hours}\n"
PRICE = "        unit_value: 500\n"
THIRD = "    - {between: [process.post.volume, sorting.cost.licence], rank: 0.2}\n"


def test_a_complete_client_is_without_a_fault_and_without_a_note(tmp_path: Path) -> None:
    assert list(found_in(write_client(tmp_path))) == []


# Text of prioritize.yaml, what stands there instead, place of the one fault, words of the message.
FAULTS: dict[str, tuple[str, str, str, list[str]]] = {
    "case of an unknown use case": (
        "use_case: replies", "use_case: reply", "prioritize.yaml:27 cases[1].use_case",
        ["unknown use case", "write replies"],
    ),
    "second case": (
        "use_case: replies", "use_case: sorting", "prioritize.yaml:27 cases[1]",
        ["a second case for sorting; the first is at prioritize.yaml:12", "join the two"],
    ),
    "system joined twice": (
        "high: 15}}]", "high: 15}}, {system: erp, pattern: batch}]", "prioritize.yaml:14 cases[0].integration[1]",
        ["a second entry for erp"],
    ),
    "work of one kind twice": (
        "days: 10}]", "days: 10}, {kind: data}]", "prioritize.yaml:15 cases[0].work[1]", ["a second entry for data"],
    ),
    "unknown benchmark": (
        "document_processing", "documents_processing", "prioritize.yaml:13 cases[0].time_to_value",
        ["unknown time to value", "write document_processing"],
    ),
    "unknown condition": (
        "established_use", "established", "prioritize.yaml:26 cases[0].sourcing.conditions.established",
        ["unknown sourcing condition", "write established_use"],
    ),
    "benefit without a price": (
        PRICE, "", "prioritize.yaml:20 cases.sorting.benefits.hours.effect",
        ["an effect in hours without its value", "an effect in NOK", "add unit_value"],
    ),
    "benefit without a unit": (
        ", unit: hours}\n" + PRICE, "}\n", "prioritize.yaml:20 cases.sorting.benefits.hours.effect",
        ["an effect without unit and without value"],
    ),
    "benefit with two prices": (
        "unit: hours", "unit: NOK per letter", "prioritize.yaml:21 cases.sorting.benefits.hours.unit_value",
        ["beside an effect in NOK per letter", "delete one of the two"],
    ),
    "charter of another use case": (
        "charter:\n  use_case: sorting", "charter:\n  use_case: replies", "prioritize.yaml:30 charter.use_case",
        ["a charter for replies", "a charter for the choice, sorting"],
    ),
    "no metric": (
        "  metric: Letters sorted within a day rise from 45 % to 75 %.\n", "", "prioritize.yaml:29 charter",
        ["found no metric", "one sentence", "add metric"],
    ),
    "blank metric": (
        "Letters sorted within a day rise from 45 % to 75 %.", '"  "', "prioritize.yaml:29 charter", ["no metric"],
    ),
    "metric of two sentences": (
        "to 75 %.", "to 75 %. Staff are happier.", "prioritize.yaml:31 charter.metric", ["found 2 sentences"],
    ),
    "worthwhile without planned": (
        "       planned: 0.75, worthwhile: 0.6}", "       worthwhile: 0.6}",
        "prioritize.yaml:34 charter.criteria.on-time.worthwhile", ["worthwhile without planned", "add planned"],
    ),
    "plan that is no improvement": (
        "baseline: 0.45", "baseline: 0.65", "prioritize.yaml:34 charter.criteria.on-time.worthwhile",
        ["0.6, no improvement on 0.65 today where higher is better", "a level above 0.65"],
    ),
    "milestone after the end": (
        "name: Half-way, week: 6", "name: Half-way, week: 13", "prioritize.yaml:43 charter.milestones.half.week",
        ["week 13 of a pilot of 12 weeks"],
    ),
    "person after the end": (
        "last_week: 12", "last_week: 14", "prioritize.yaml:45 charter.team[0].last_week", ["week 14", "weeks up to 12"],
    ),
    "correlation of an unknown input": (
        "sorting.benefit.hours.effect]", "sorting.benefit.hour.effect]",
        "prioritize.yaml:8 finance.correlations[0].between[1]",
        ["the unknown input sorting.benefit.hour.effect", "write sorting.benefit.hours.effect"],
    ),
    "correlation of an input without a value": (
        "sorting.cost.licence], rank: 0.3", "replies.adoption], rank: 0.3",
        "prioritize.yaml:9 finance.correlations[1].between[1]", ["the unknown input replies.adoption"],
    ),
    "correlation stated twice": (
        THIRD, "    - {between: [sorting.cost.licence, sorting.adoption], rank: 0.2}\n",
        "prioritize.yaml:10 finance.correlations[2]", ["a second correlation", "each pair once"],
    ),
    "correlations that contradict each other": (
        THIRD, THIRD.replace("process.post.volume", "sorting.benefit.hours.effect").replace("0.2", "-0.9"),
        "prioritize.yaml:7 finance.correlations",
        ["no inputs correlate like this", "sorting.benefit.hours.effect with sorting.cost.licence -0.9", "weaken"],
    ),
    "correlations beside a haircut": (
        "risk: simulation", "risk: haircut\n  haircut: {benefits_down: 0.2, costs_up: 0.15}",
        "prioritize.yaml:8 finance.correlations", ["correlations with risk: haircut", "write risk: simulation"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_a_remedy(tmp_path: Path, name: str) -> None:
    old, new, place, words = FAULTS[name]
    only_one(write_client(tmp_path, ("prioritize.yaml", old, new), pilot=None), place, words)


NOTES: dict[str, tuple[tuple[str, str, str], str, list[str]]] = {
    "case that the gate has not selected": (
        ("client.yaml", "gates:\n", "gates:\n  assess: {decision: iterate, selected: [sorting]}\n"),
        "prioritize.yaml:27 cases.replies.use_case", ["a case for replies", "allowed sorting"],
    ),
    "hours for other work without a price": (
        ("prioritize.yaml", BENEFIT + PRICE, BENEFIT.replace("cashable", "capacity")),
        "prioritize.yaml:20 cases.sorting.benefits.hours.effect", ["without its value"],
    ),
    "correlation without effect": (
        ("prioritize.yaml", "sorting.adoption, sorting.cost.licence", "sorting.work.data, sorting.cost.licence"),
        "prioritize.yaml:9 finance.correlations[1].between[0]", ["which has no range"],
    ),
    "primary criterion without a plan": (
        ("prioritize.yaml", "       planned: 0.75, worthwhile: 0.6}", "       }"),
        "prioritize.yaml:33 charter.criteria.on-time", ["no planned, worthwhile"],
    ),
    "last gate before the last look": (
        ("prioritize.yaml", "name: Decision, week: 12", "name: Decision, week: 10"),
        "prioritize.yaml:44 charter.milestones.decision.week", ["the last gate in week 10", "week 12 or later"],
    ),
    "short pilot": (
        ("prioritize.yaml", PRIORITIZE[PRIORITIZE.index("  design:"):], "  weeks: 8\n"),
        "prioritize.yaml:36 charter.weeks", ["8 weeks", "12 weeks, or shortened"],
    ),
    "gate that selects two": (
        ("client.yaml", "pending", "approved, selected: [sorting, replies]"),
        "client.yaml:10 gates.prioritize.selected", ["2 use cases selected", "allowed 1;"],
    ),
    "gate that selects none": (
        ("client.yaml", "pending", "approved"), "client.yaml:10 gates.prioritize", ["0 use cases selected"],
    ),
    "gate that selects another": (
        ("client.yaml", "pending", "approved, selected: [replies]"),
        "prioritize.yaml:28 choice.use_case", ["the choice sorting", "what the gate approved, replies"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTES)
def test_what_may_be_right_is_noted(tmp_path: Path, name: str) -> None:
    edit, place, words = NOTES[name]
    only_one(write_client(tmp_path, edit, pilot=None), place, words, is_note=True)


APPROVED = ("client.yaml", "pending", "approved, selected: [sorting]")


def test_an_approved_charter_must_say_what_is_enough(tmp_path: Path) -> None:
    edit = ("prioritize.yaml", "       planned: 0.75, worthwhile: 0.6}", "       planned: 0.75}")
    fault = only_one(
        write_client(tmp_path, APPROVED, edit, pilot=None), "prioritize.yaml:33 charter.criteria.on-time", []
    )
    assert fault.found == "no worthwhile" and fault.remedy.startswith("add worthwhile")


def test_a_figure_of_assess_is_a_baseline(tmp_path: Path) -> None:
    edit = ("prioritize.yaml", "baseline: 0.45", "baseline_figure: processes.post.on_time")
    assert list(found_in(write_client(tmp_path, APPROVED, edit))) == []


def test_the_choice_must_have_a_case(tmp_path: Path) -> None:
    edits = [
        ("prioritize.yaml", "  - {use_case: replies, note: Too early.}\n", ""),
        ("prioritize.yaml", "choice: {use_case: sorting", "choice: {use_case: replies"),
        ("prioritize.yaml", "charter:\n  use_case: sorting", "charter:\n  use_case: replies"),
    ]
    words = ["the choice replies, which has no case", "allowed sorting"]
    only_one(write_client(tmp_path, *edits, pilot=None), "prioritize.yaml:27 choice.use_case", words)


def test_an_approval_without_a_charter_is_noted(tmp_path: Path) -> None:
    parameters = write_client(tmp_path, APPROVED, prioritize=PRIORITIZE[: PRIORITIZE.index("charter:")], pilot=None)
    only_one(parameters, "client.yaml:10 gates.prioritize", ["without a charter"], is_note=True)


def test_a_benefit_that_is_not_financial_needs_no_price(tmp_path: Path) -> None:
    edit = ("prioritize.yaml", BENEFIT + PRICE, BENEFIT.replace("cashable", "non_financial"))
    assert list(found_in(write_client(tmp_path, edit))) == []


def test_another_currency_is_no_money_of_the_client(tmp_path: Path) -> None:
    edit = ("prioritize.yaml", ", unit: hours}\n" + PRICE, ", unit: NOKs}\n")
    assert "an effect in NOKs without its value" in str(found_in(write_client(tmp_path, edit))[0])


def test_each_input_with_a_value_has_a_name_and_says_whether_it_is_uncertain(tmp_path: Path) -> None:
    assert dict(named_inputs(load_engagement("acme", write_client(tmp_path)))) == {
        "process.post.volume": True,
        "sorting.adoption": True,
        "sorting.months-to-plateau": False,
        "sorting.benefit.hours.effect": True,
        "sorting.benefit.hours.unit-value": False,
        "sorting.benefit.hours.eligible": False,
        "sorting.benefit.hours.realisation": False,
        "sorting.cost.licence": True,
        "sorting.integration.erp": True,
        "sorting.work.data": False,
    }


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("From 0.45 to 0.75", 1),
        ("Cost falls from approx. NOK 4 to NOK 3 by 1. March, e.g. IT incl. VAT.", 1),
        ("It falls to 13 minutes. Nobody waits.", 2),
        ("It falls to 0.75. Nobody waits! Who knows?", 3),
        ("Costs (in kNOK). Hours.", 2),
    ],
)
def test_sentences_are_counted_by_their_ends(text: str, sentences: int) -> None:
    assert _sentences(text) == sentences


def test_a_fault_is_told_on_every_day_that_is_asked_for(tmp_path: Path) -> None:
    parameters = write_client(tmp_path, ("prioritize.yaml", PRICE, ""))
    assert "without its value" in str(found_in(parameters, "2026-01-01")[0])


def test_what_was_not_known_yet_is_no_fault_on_an_earlier_day(tmp_path: Path) -> None:
    edit = ("prioritize.yaml", "high: 0.3, unit: hours}", "high: 0.3, unit: hours, date: 2026-05-01}")
    assert list(found_in(write_client(tmp_path, edit), "2026-04-01")) == []


def test_a_benefit_of_another_case_has_an_id_of_its_own(tmp_path: Path) -> None:
    other = "{use_case: replies, benefits: [{id: hours, name: Hours, kind: capacity}]}"
    parameters = write_client(tmp_path, ("prioritize.yaml", "{use_case: replies, note: Too early.}", other))
    only_one(parameters, "prioritize.yaml:27 cases[1].benefits[0].id", ['a second benefit "hours"', "rename one"])


def test_the_gate_is_not_asked_before_it_is_held(tmp_path: Path) -> None:
    text = CLIENT.replace("gates:\n  prioritize: {decision: pending}\n", "")
    assert list(found_in(write_client(tmp_path, client=text))) == []
