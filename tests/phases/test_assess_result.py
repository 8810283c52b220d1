import pytest
from assess_clients import almost_empty, answer, use_case

from workbook.engagement.faults import FaultsError
from workbook.framework import load_framework
from workbook.framework.entries import Entries
from workbook.phases.assess import assess


def test_where_everything_is_known_the_shortlist_is_put_forward(result):
    assert result.open_reasons == () and not result.is_provisional
    assert [row.candidate.id for row in result.put_forward] == ["post-sorting", "claim-letters", "order-entry"]


def test_nothing_is_put_forward_before_the_shortlist_is_full(tiny):
    tiny.use_case("order-entry")["data"] = []
    result = tiny.result()
    assert result.put_forward == () and len(result.ranking.shortlist) == 2
    assert "too_few" in result.open_reasons


def test_a_candidate_that_lacks_a_score_keeps_the_shortlist_open_while_it_could_enter(tiny):
    tiny.assess["use_cases"].append(use_case("unknown", "post", 90))
    del tiny.use_case("unknown")["scores"]["sponsorship"]
    result = tiny.result()
    assert result.ranking["unknown"].top_share.value > 0.1
    assert [row.candidate.id for row in result.challengers] == ["unknown"]
    assert result.open_reasons == ("unranked",)
    assert result.put_forward and result.is_provisional


def test_a_candidate_that_lacks_a_score_and_cannot_enter_keeps_nothing_open(tiny):
    tiny.assess["use_cases"].append(use_case("hopeless", "orders", 0))
    del tiny.use_case("hopeless")["scores"]["sponsorship"]
    result = tiny.result()
    assert result.ranking["hopeless"].top_share.value < 0.1
    assert (result.challengers, result.open_reasons) == ((), ())


@pytest.mark.parametrize("least, reasons", [(0.01, ("unranked",)), (0.99, ())])
def test_how_near_a_challenger_must_come_is_for_the_framework_to_say(tiny, least, reasons):
    tiny.assess["use_cases"].append(use_case("unknown", "orders", 40))
    del tiny.use_case("unknown")["scores"]["sponsorship"]
    rules = load_framework().rules
    changed = Entries({**rules, "challenger_share": rules["challenger_share"].model_copy(update={"value": least})})
    framework = load_framework().model_copy(update={"rules": changed})
    assert assess(tiny.engagement(), framework).open_reasons == reasons


@pytest.mark.parametrize(
    "key, reason", [("data_access", "open_vetoes"), ("sponsored", "open_vetoes"), (None, "prohibited_open")]
)
def test_an_unknown_that_could_veto_a_shortlisted_candidate_keeps_it_open(tiny, key, reason):
    if key:
        tiny.use_case("order-entry")[key] = "unknown"
    else:
        tiny.compliance["screening"] = [
            a for a in tiny.compliance["screening"] if a["question"] != "prohibited_practices"
        ]
    assert tiny.result().open_reasons == (reason,)


def test_an_unknown_that_could_veto_a_candidate_below_the_line_keeps_nothing_open(tiny):
    tiny.assess["use_cases"].append(use_case("fourth", "orders", 10, sponsored="unknown"))
    assert tiny.result().open_reasons == ()


def test_a_yes_to_prohibited_practices_never_leaves_a_recommendation(tiny):
    for each in tiny.compliance["screening"]:
        if each["use_case"] == "post-sorting" and each["question"] == "prohibited_practices":
            each["answer"] = "yes"
    held = tiny.result().ranking["post-sorting"]
    assert held.candidate.vetoes == ("prohibited_ai_act_tier",)
    assert held.rank is None


def test_data_that_could_not_be_measured_keep_the_shortlist_open(tiny):
    tiny.files["data/records.csv"] = "number,amount\n" + "".join(f"N{n:02},\n" for n in range(1, 11))
    tiny.use_case("post-sorting")["data"] = [{"source": "records", "fields": ["amount"]}]
    assert tiny.result().open_reasons == ("not_measured",)


def test_weights_of_the_house_keep_the_shortlist_open(tiny):
    del tiny.assess["weighting"]
    result = tiny.result()
    assert result.open_reasons == ("default_weights",)
    assert result.ranking["post-sorting"].value.evidence == "assumed"
    assert result.figures["weight.business_impact"].source.startswith("framework ")


@pytest.mark.parametrize(
    "a_over_b, b_over_c, a_over_c, reasons", [(2, 2, 4, ()), (9, 9, 1 / 9, ("inconsistent_weights",))]
)
def test_comparisons_that_contradict_each_other_keep_the_shortlist_open(tiny, a_over_b, b_over_c, a_over_c, reasons):
    criteria = list(tiny.assess["weighting"]["points"])
    a, b, c = criteria[:3]
    matrix = {row: dict.fromkeys(criteria, 1) for row in criteria}
    for one, other, ratio in ((a, b, a_over_b), (b, c, b_over_c), (a, c, a_over_c)):
        matrix[one][other], matrix[other][one] = ratio, 1 / ratio
    tiny.assess["weighting"] = {"method": "ahp", "matrix": matrix, "by": "ann"}
    assert tiny.result().open_reasons == reasons


def test_a_fact_dated_later_does_not_exist(tiny):
    tiny.process("post")["volume"] = {"value": 1000, "evidence": "measured", "date": "2026-09-15"}
    early, late = tiny.result("2026-09-14"), tiny.result("2026-09-15")
    assert early.process_map["post"].volume.reason == "not_provided"
    assert (early.process_map.total_cost.value, late.process_map.total_cost.value) == (50_000, 100_000)
    assert early.ranking["post-sorting"].rank is None and late.ranking["post-sorting"].rank == 1


def test_the_same_client_knows_more_on_a_later_day(tiny):
    tiny.assess["readiness"].append(answer("user_skills", 5, "frontline", date="2026-09-20"))
    early, late = tiny.result("2026-09-01"), tiny.result("2026-09-20")
    # On 1 September nobody had been interviewed and the weights were not chosen.
    assert early.interviews.interviews == 0 and late.interviews.interviews == 3
    assert early.ranking.weights.is_house_default and not late.ranking.weights.is_house_default
    skills = [next(row for row in each.organisation.dimensions if row.id == "skills") for each in (early, late)]
    assert [row.level.value for row in skills] == [pytest.approx(8 / 3), pytest.approx(13 / 4)]
    assert early.engagement.client.gates.assess is None and late.engagement.client.gates.assess is not None


def test_the_same_inputs_give_the_same_register(tiny):
    assert tiny.result().figures.as_dict() == tiny.result().figures.as_dict()


def test_the_order_of_the_use_cases_in_the_file_changes_nothing(tiny):
    before = tiny.result()
    tiny.assess["use_cases"].reverse()
    after = tiny.result()
    assert [row.candidate.id for row in after.ranking.candidates] == [
        row.candidate.id for row in before.ranking.candidates
    ]
    for id in ("value", "first_share", "top_share"):
        for case in ("post-sorting", "claim-letters", "order-entry"):
            name = f"use_case.{case}.{id}"
            assert before.figures[name].value == after.figures[name].value


def test_a_client_that_has_only_just_begun_gets_a_result(tmp_path):
    result = almost_empty(tmp_path / "new").result()
    assert (result.put_forward, result.ranking.candidates, result.process_map.processes) == ((), (), ())
    assert result.open_reasons == ("too_few", "default_weights")


def test_a_client_without_the_phase_is_told_to_create_its_file(tiny):
    tiny.assess = tiny.compliance = None
    del tiny.client["gates"]
    with pytest.raises(FaultsError, match=r"tiny/assess\.yaml.*create assess\.yaml"):
        tiny.result()
