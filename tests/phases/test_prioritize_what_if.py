import numpy as np
import pytest

from workbook.engagement import load_engagement
from workbook.engagement.faults import FaultsError
from workbook.engagement.proposal import Edit, propose
from workbook.phases.prioritize import prioritize
from workbook.phases.prioritize.what_if import CaseWhatIf, phase_with, sample_under

CLAIMS, POST = "claim-letters", "post-sorting"
EFFECT = ("cases", CLAIMS, "benefits", "drafting", "effect")
SET_UP = ("cases", CLAIMS, "costs", "pilot", "amount")
RATE = ("finance", "discount_rate")
DESIGN = ("charter", "design")


def numbers(result, start):
    """Each figure under some ids, in numbers."""
    return {
        each.id: (each.value, each.low, each.high, each.reason) for each in result.figures if each.id.startswith(start)
    }


def saved(result, changes):
    """The result once the changes stand in the file."""
    engagement = result.engagement
    propose(engagement, [Edit("prioritize.yaml", path, value) for path, value in changes.items()]).save()
    return prioritize(load_engagement(engagement.id, engagement.folder.parent, engagement.as_of))


def test_what_a_move_shows_is_what_the_phase_gives_once_it_is_saved(client):
    result = client.result()
    changes = {EFFECT: {"low": 0.1, "likely": 0.3, "high": 0.33}, SET_UP: {"likely": 6000}, RATE: {"value": 0.04}}
    shown, afterwards = CaseWhatIf(result, CLAIMS).under(changes), saved(result, changes)
    assert numbers(shown, f"case.{CLAIMS}.") == {
        id: figure for id, figure in numbers(afterwards, f"case.{CLAIMS}.").items() if id in shown.figures
    }
    assert shown.values[CLAIMS].npv.value != result.values[CLAIMS].npv.value
    for id in (CLAIMS, POST):
        one, other = shown.uncertainty[id].simulated, afterwards.uncertainty[id].simulated
        assert np.array_equal(one.draws, other.draws) and one.spread == other.spread
    assert shown.uncertainty[CLAIMS].sensitivity == afterwards.uncertainty[CLAIMS].sensitivity


def test_every_figure_of_value_and_uncertainty_is_among_those_shown(prioritized):
    shown = CaseWhatIf(prioritized, CLAIMS).under({})
    ids = {f"case.{CLAIMS}.{name}" for name in ("npv", "npv_p10", "npv_p90", "loss", "payback", "npv_cashable")}
    assert ids <= set(shown.figures.figures)
    assert numbers(shown, "case.claim-letters.sensitivity") == numbers(prioritized, "case.claim-letters.sensitivity")


def test_a_plain_number_may_become_one_with_evidence(client):
    client.prioritize["cases"][0]["costs"][0]["amount"] = 4000
    result = client.result()
    changes = {("cases", POST, "costs", "build", "amount"): {"value": 5000, "evidence": "assumed", "source": "Ann"}}
    shown, afterwards = CaseWhatIf(result, POST).under(changes), saved(result, changes)
    assert shown.values[POST].npv.value == afterwards.values[POST].npv.value == result.values[POST].npv.value - 1000


def test_an_input_of_one_candidate_leaves_the_other_as_it_was(prioritized):
    shown = CaseWhatIf(prioritized, CLAIMS).under({EFFECT: {"high": 0.4}})
    assert shown.uncertainty[POST] is prioritized.uncertainty[POST]
    assert shown.values[POST] is prioritized.values[POST]


def test_draws_that_are_kept_are_those_drawn_afresh(client):
    client.prioritize["finance"] |= {
        "correlations": [{"between": [f"{CLAIMS}.cost.tokens", f"{CLAIMS}.benefit.drafting.effect"], "rank": 0.5}]
    }
    result = client.result()
    what_if = CaseWhatIf(result, CLAIMS)
    for high in (0.31, 0.5, 0.31, 0.3):
        changes = {EFFECT: {"high": high}}
        kept, fresh = what_if.under(changes), CaseWhatIf(result, CLAIMS).under(changes)
        assert np.array_equal(kept.uncertainty[CLAIMS].simulated.draws, fresh.uncertainty[CLAIMS].simulated.draws)
    assert np.array_equal(kept.uncertainty[CLAIMS].simulated.draws, result.uncertainty[CLAIMS].simulated.draws)


def test_a_client_without_a_word_on_risk_draws_nothing(client):
    del client.prioritize["finance"]
    result = client.result()
    shown = CaseWhatIf(result, CLAIMS).under({EFFECT: {"high": 0.4}})
    assert shown.uncertainty[CLAIMS].simulated is None and not shown.values[CLAIMS].npv.is_known


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (EFFECT, {"low": 0.3, "likely": 0.2}),
        (("cases", CLAIMS, "adoption", "plateau"), {"value": 1.2}),
        (SET_UP, {"likely": -1}),
        (RATE, {"value": 2.0}),
    ],
)
def test_a_value_that_the_file_must_not_hold_is_refused(prioritized, path, value):
    with pytest.raises(FaultsError) as refused:
        CaseWhatIf(prioritized, CLAIMS).under({path: value})
    assert refused.value.faults[0].allowed and path[-1] in refused.value.faults[0].key


def test_a_change_leaves_the_parameters_as_they_were_read(prioritized):
    before = prioritized.engagement.documents["prioritize"].data
    changed = phase_with(prioritized.engagement, {EFFECT: {"high": 0.4}})
    assert changed.cases[1].benefits[0].effect.high == 0.4
    assert prioritized.engagement.documents["prioritize"].data is before
    assert phase_with(prioritized.engagement, {}) == prioritized.prioritize


def test_what_is_dated_later_than_the_day_of_the_report_does_not_count(client):
    client.claims["costs"].append({"id": "later", "name": "Later", "kind": "run", "per": "year",
                                   "amount": {"value": 900, "date": "2027-01-01"}})  # fmt: skip
    client.claims["costs"].insert(0, client.claims["costs"].pop())
    result = client.result()
    assert phase_with(result.engagement, {}) == result.prioritize
    changed = phase_with(result.engagement, {SET_UP: {"likely": 6000}})
    assert [cost.amount and cost.amount.value for cost in changed.cases[1].costs] == [None, 1, 6000]


@pytest.mark.parametrize(
    "changes",
    [
        {(*DESIGN, "power"): 0.9},
        {(*DESIGN, "allocation"): 0.3, (*DESIGN, "sample_per_arm"): 300},
        {(*DESIGN, "looks", "weeks"): [3, 6], (*DESIGN, "looks", "boundary"): "pocock"},
        {("charter", "criteria", "sorted", "planned"): {"value": 0.7}},
    ],
)
def test_the_sample_shown_is_that_of_the_charter_once_it_is_saved(client, changes):
    result = client.result()
    shown, afterwards = sample_under(result, changes), saved(result, changes)
    assert numbers(shown, "charter.") == numbers(afterwards, "charter.")
    assert shown.charter.sample.looks == afterwards.charter.sample.looks
    assert numbers(shown, "charter.") != numbers(result, "charter.")


def test_there_is_no_sample_without_a_charter(client):
    del client.prioritize["charter"]
    assert sample_under(client.result(), {}).charter is None
