import pytest
from assess_clients import parsed
from hypothesis import given
from hypothesis import strategies as st

from workbook.engagement.schema import UseCase
from workbook.phases.assess.use_cases import Impact, check_vetoes, score_impact, uncut_impact_score
from workbook.phases.figures import Figure, Register

MATERIAL = Figure("material", 20_000.0, "EUR/year", evidence="interview")


def case_of(**parts):
    return parsed(UseCase, {"id": "case", "name": "Case", "process": "post", "kind": "agent"} | parts)


def impact_of(low, likely, high):
    yearly = Figure("yearly", likely, "EUR/year", low, high, evidence="estimate")
    return Impact(case_of(), Figure("effect", None, "share"), yearly)


def score_of(low, likely, high, material=MATERIAL):
    register = Register()
    impact = impact_of(low, likely, high)
    register.add(impact.yearly)
    register.add(material)
    return score_impact(impact, material, "business_impact", register)


def test_the_yearly_impact_is_the_cost_of_the_process_times_the_share_saved(result):
    # Post: 50,000 a year times 10 %, 20 % and 40 %.
    yearly = result.impacts["post-sorting"].yearly
    assert (yearly.low, yearly.value, yearly.high) == (5_000, 10_000, 20_000)
    assert (yearly.evidence, yearly.unit) == ("estimate", "EUR/year")


def test_an_impact_from_a_single_share_has_no_range(tiny):
    tiny.use_case("post-sorting")["effect"] = {"value": 0.2, "evidence": "estimate"}
    yearly = tiny.result().impacts["post-sorting"].yearly
    assert (yearly.low, yearly.value, yearly.high) == (None, 10_000, None)


def test_an_impact_is_not_known_while_the_cost_of_the_process_is_not(tiny):
    del tiny.process("post")["volume"]
    yearly = tiny.result().impacts["post-sorting"].yearly
    assert (yearly.value, yearly.low, yearly.reason) == (None, None, "not_provided")


@pytest.mark.parametrize("amount, score", [(0, 0), (5_000, 25), (20_000, 100), (30_000, 100)])
def test_the_score_runs_from_nothing_to_the_material_impact(amount, score):
    assert score_of(None, amount, None).value == score


def test_the_range_of_a_score_is_that_of_the_impact_cut_at_the_top():
    score = score_of(5_000, 16_000, 30_000)
    assert (score.low, score.value, score.high) == (25, 80, 100)


def test_what_is_drawn_is_not_cut_beforehand():
    assert uncut_impact_score(impact_of(5_000, 16_000, 30_000), MATERIAL) == (25, 80, 150)
    assert uncut_impact_score(impact_of(None, 16_000, None), MATERIAL) is None


def test_the_ranking_draws_the_impact_of_a_candidate_uncut(tiny):
    # 50,000 a year times 10 %, 20 % and 80 %, of the 20,000 that score 100.
    tiny.use_case("post-sorting")["effect"]["high"] = 0.8
    candidate = tiny.result().ranking["post-sorting"].candidate
    assert candidate.uncut == {"business_impact": (25, 50, 200)}
    assert candidate.scores["business_impact"].high == 100


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_larger_impact_never_scores_less(one, other):
    small, large = sorted((one, other))
    assert score_of(None, large, None).value >= score_of(None, small, None).value


@pytest.mark.parametrize(
    "changes, basis, holding, still_open",
    [
        ({"data_access": "yes", "sponsored": "yes"}, ["yes"], [], []),
        ({"data_access": "no", "sponsored": "yes"}, ["yes"], ["no_data_access"], []),
        ({"data_access": "yes", "sponsored": "no"}, ["yes"], ["no_sponsor"], []),
        ({"data_access": "yes", "sponsored": "yes"}, ["yes", "no"], ["no_lawful_basis"], []),
        ({"data_access": "yes", "sponsored": "yes"}, ["yes", "unknown"], [], ["no_lawful_basis"]),
        ({"data_access": "yes", "sponsored": "yes"}, ["unknown", "no"], ["no_lawful_basis"], []),
        ({}, ["yes"], [], ["no_data_access", "no_sponsor"]),
    ],
)
def test_a_veto_holds_on_no_and_is_open_on_unknown(changes, basis, holding, still_open):
    sources = {f"s{n}": answer for n, answer in enumerate(basis)}
    case = case_of(data=[{"source": id} for id in sources], **changes)
    assert check_vetoes(case, sources, "unknown") == (tuple(holding), ("prohibited_ai_act_tier", *still_open))


def test_a_use_case_that_names_no_data_leaves_the_lawful_basis_open():
    holding, still_open = check_vetoes(case_of(data_access="yes", sponsored="yes"), {}, "no")
    assert holding == () and "no_lawful_basis" in still_open


def test_the_tier_is_open_for_everybody_until_the_rules_classify(result):
    assert all(row.candidate.open_vetoes == ("prohibited_ai_act_tier",) for row in result.ranking.candidates)


def test_a_yes_to_a_prohibited_practice_holds_the_use_case_back():
    holding, still_open = check_vetoes(case_of(data_access="yes", sponsored="yes"), {}, "yes")
    assert holding == ("prohibited_ai_act_tier",)
    assert "prohibited_ai_act_tier" not in still_open
