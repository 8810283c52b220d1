"""The guide is there as a whole, with its figures, its sources and the marks its unsupported claims carry."""

import pytest

from workbook.framework.check import parts
from workbook.framework.entries import Parameter, Sourced
from workbook.framework.models import Criterion


def numbers(parameter: Parameter) -> tuple[float, ...] | float | None:
    return parameter.value if parameter.value is not None else (parameter.low, parameter.high)


def entry(framework, key):
    return dict(parts(framework))[key]


# --- the guide's figures ---------------------------------------------------------------------------------------------


def test_the_phases_have_the_weeks_of_the_guide(framework):
    weeks = [(phase.week_from, phase.week_to) for phase in framework.phases.values()]
    assert weeks == [(1, 4), (4, 6), (6, 18), (18, 30), (30, None)]


def test_three_to_five_candidates_go_on_and_one_pilot(framework):
    gates = {id: (phase.gate.select_min, phase.gate.select_max) for id, phase in framework.phases.items()}
    assert gates["assess"] == (3, 5) and gates["prioritize"] == (1, 1)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("benchmarks.pilots_not_in_production.figures.pilots", 0.73),
        ("phases.assess.parameters.processes", (15, 20)),
        ("phases.pilot.parameters.weeks_minimum", 12),
        ("failure_patterns.wrong_sponsor.parameters.it_only_failure_ratio", 2),
        ("team_models.in_house.parameters.yearly_cost", (800_000, 1_500_000)),
        ("team_models.in_house.parameters.people", (3, 5)),
        ("team_models.in_house.parameters.ramp", (6, 12)),
        ("team_models.hybrid.parameters.internal_roles", (1, 2)),
        ("team_models.hybrid.parameters.handover", (12, 18)),
        ("roles.ai_product_owner.parameters.salary", (75_000, 120_000)),
        ("roles.data_ml_engineer.parameters.salary", (65_000, 110_000)),
        ("roles.ai_ml_specialist.parameters.salary", (80_000, 130_000)),
        ("technology.sourcing.buy.parameters.share", 0.70),
        ("technology.sourcing.build.parameters.share", 0.30),
        ("technology.claims.platform_first.parameters.benefit_share", 0.80),
        ("technology.claims.platform_first.parameters.effort_share", 0.20),
        ("integration.parameters.effort_share", (0.40, 0.60)),
        ("integration.parameters.flag_below", 0.20),
        ("time_to_value.document_processing.parameters.months", (3, 4)),
        ("time_to_value.customer_operations.parameters.months", (4, 6)),
        ("time_to_value.financial_reporting.parameters.months", (2, 3)),
        ("time_to_value.supply_chain.parameters.months", (6, 9)),
        ("pitfalls.perfect_data.parameters.data_work_months", 6),
        ("pitfalls.demo_cliff.parameters.failure_rate", 0.30),
        ("pitfalls.change_neglected.parameters.utilisation", 0.30),
        ("pitfalls.parallel_scaling.parameters.launches_at_once", 1),
        ("pitfalls.late_compliance.parameters.built_in_share", (0.10, 0.15)),
        ("pitfalls.late_compliance.parameters.retrofit_share", (0.40, 0.60)),
        ("pitfalls.inputs_not_outcomes.parameters.primary_metrics", 1),
        ("board.parameters.pages", 1),
        ("board.parameters.horizon", 12),
    ],
)
def test_a_figure_of_the_guide_is_there(framework, key, expected):
    assert numbers(entry(framework, key)) == expected


def test_the_guide_is_there_in_all_its_parts(framework):
    activities = [len(phase.activities) for phase in framework.phases.values()]
    assert activities == [5, 5, 6, 6, 5]
    assert (len(framework.failure_patterns), len(framework.pitfalls), len(framework.roles)) == (4, 6, 3)
    assert list(framework.team_models) == ["in_house", "outsourced", "hybrid"]
    assert list(framework.integration.patterns) == ["api", "event", "batch"]
    assert list(framework.board.questions) == ["invested", "returned", "next_year"]


def test_the_roles_are_in_order_of_hire(framework):
    assert list(framework.roles) == ["ai_product_owner", "data_ml_engineer", "ai_ml_specialist"]
    assert [role.order for role in framework.roles.values()] == [1, 2, 3]


def test_each_tier_of_metrics_has_its_cadence(framework):
    tiers = {id: (tier.cadence, len(tier.metrics)) for id, tier in framework.metrics.items()}
    assert tiers == {"operational": ("weekly", 5), "business": ("monthly", 4), "strategic": ("quarterly", 6)}


def test_a_cost_the_guide_does_not_state_is_left_out(framework):
    assert not framework.team_models["outsourced"].parameters
    assert "yearly_cost" not in framework.team_models["hybrid"].parameters


def test_the_hybrid_team_is_the_default(framework):
    assert [id for id, model in framework.team_models.items() if model.is_default] == ["hybrid"]


# --- published figures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "figure", "expected", "source", "n"),
    [
        ("poc_not_scaled", "not_deployed", 0.88, "idc-lenovo-2025", 2920),
        ("initiatives_abandoned", "firms_abandoning_most", 0.42, "spglobal-2025", 1006),
        ("initiatives_abandoned", "pocs_scrapped", 0.46, "spglobal-2025", 1006),
        ("poc_success_spread", "firms_under_five_percent", 0.31, "omdia-2025", None),
        ("no_measurable_effect", "organisations", 0.95, "mit-nanda-2025", None),
        ("failure_estimate", "projects_at_least", 0.80, "rand-2024", 65),
        ("projects_in_production", "projects", 0.48, "gartner-2024", None),
        ("enterprise_effect", "any_ebit_effect", 0.39, "mckinsey-2025", 1993),
        ("value_tiers", "future_built", 0.05, "bcg-2025", 1250),
        ("payback_time", "within_a_year", 0.06, "deloitte-2025", 1854),
        ("payback_time", "typical", (2, 4), "deloitte-2025", 1854),
        ("copilot_case", "return_on_investment", 1.16, "forrester-2025", None),
        ("bought_share", "bought", 0.76, "menlo-2025", 495),
        ("tier_spread", "high_risk", 0.18, "appliedai-2023", 106),
        ("compliance_cost_per_system", "yearly_cost", 29_277, "ceps-2021", None),
    ],
)
def test_a_published_figure_has_its_source_and_sample(framework, id, figure, expected, source, n):
    found = framework.benchmarks[id]
    assert numbers(found.figures[figure]) == expected
    assert found.source == (source,)
    assert framework.sources[source].n == n


def test_shares_that_make_a_whole_add_up(framework):
    for id in ("value_tiers", "tier_spread"):
        shares = [figure.value for figure in framework.benchmarks[id].figures.values()]
        assert sum(shares) == pytest.approx(1)


def test_vendor_paid_studies_are_known_as_such(framework):
    paid = {id for id, source in framework.sources.items() if source.vendor_paid and source.kind in ("survey", "study")}
    assert paid == {"idc-lenovo-2025", "forrester-2025", "menlo-2025"}


# --- sources and support ---------------------------------------------------------------------------------------------


def test_each_entry_has_a_source_that_exists(framework):
    sourced = [part for _, part in parts(framework) if isinstance(part, Sourced)]
    assert len(sourced) > 150
    assert all(part.source and set(part.source) <= set(framework.sources) for part in sourced)


@pytest.mark.parametrize(
    "key",
    [
        "benchmarks.pilots_not_in_production",
        "failure_patterns.wrong_sponsor.parameters.it_only_failure_ratio",
        "integration.parameters.effort_share",
        "time_to_value.document_processing",
        "time_to_value.customer_operations",
        "time_to_value.financial_reporting",
        "time_to_value.supply_chain",
        "pitfalls.late_compliance.parameters.built_in_share",
        "pitfalls.late_compliance.parameters.retrofit_share",
        "technology.claims.platform_first",
        "pitfalls.change_neglected.parameters.utilisation",
        "pitfalls.demo_cliff.parameters.failure_rate",
    ],
)
def test_a_claim_without_public_evidence_says_so(framework, key):
    support = entry(framework, key).support
    assert framework.text(f"terms.support.{support}") == "rule of thumb, no public evidence"


def test_a_claim_with_the_right_direction_is_not_called_unsupported(framework):
    for option in framework.technology.sourcing.values():
        assert option.parameters["share"].support == "direction"


def test_salaries_and_team_cost_are_marked_as_not_checked(framework):
    salaries = [role.parameters["salary"].support for role in framework.roles.values()]
    assert [*salaries, framework.team_models["in_house"].parameters["yearly_cost"].support] == ["unchecked"] * 4


def test_a_claim_of_the_guide_is_shown_beside_published_figures(framework):
    for claim in (framework.benchmarks["pilots_not_in_production"], *framework.time_to_value.values()):
        assert all(framework.benchmarks[id].source != ("strategy-guide",) for id in claim.neighbours)
        assert claim.neighbours


# --- criteria --------------------------------------------------------------------------------------------------------


def test_the_criteria_are_few_and_cover_each_axis(framework):
    assert 6 <= len(framework.criteria) <= 9
    assert {criterion.axis for criterion in framework.criteria.values()} == set(framework.axes)


def test_the_largest_swing_is_100_and_scales_are_fixed(framework):
    assert max(criterion.swing_points for criterion in framework.criteria.values()) == 100
    assert all(c.best is None or c.worst < c.best for c in framework.criteria.values())
    judged = [c for c in framework.criteria.values() if c.score_from == "judged"]
    assert {(c.worst, c.best) for c in judged} == {(0, 100)}


def test_nothing_left_out_is_also_a_criterion(framework):
    assert not set(framework.excluded_criteria) & set(framework.criteria)


def test_a_criterion_has_one_best_end():
    fields = {"id": "x", "axis": "impact", "score_from": "judged", "unit": "score", "worst": 0.0, "swing_points": 10.0,
              "source": ("house-judgement",)}  # fmt: skip
    with pytest.raises(ValueError, match="best end"):
        Criterion(**fields)
    with pytest.raises(ValueError, match="best end"):
        Criterion(**fields, best=100.0, best_from="assess.material_impact")


def test_the_four_vetoes_are_there(framework):
    vetoes = {id: (veto.fact, veto.when) for id, veto in framework.vetoes.items()}
    assert vetoes == {
        "prohibited_ai_act_tier": ("ai_act_tier", "prohibited"),
        "no_lawful_basis": ("lawful_basis", "no"),
        "no_data_access": ("data_access", "no"),
        "no_sponsor": ("sponsored", "no"),
    }


# --- readiness, interviews, requests, quality ------------------------------------------------------------------------


def test_readiness_has_seven_dimensions_of_three_or_four_questions(framework):
    assert list(framework.readiness) == [
        "sponsorship", "process_ownership", "skills", "change_capacity", "technology", "governance", "data",
    ]  # fmt: skip
    assert {len(dimension.questions) for dimension in framework.readiness.values()} == {3, 4}


def test_a_readiness_question_belongs_to_one_dimension(framework):
    questions = [id for dimension in framework.readiness.values() for id in dimension.questions]
    assert len(questions) == len(set(questions))
    assert all(question.replace("_", "").isalpha() for question in questions)


def test_owners_and_frontline_are_asked_the_same_in_five_dimensions(framework):
    shared = [
        id for id, dimension in framework.readiness.items()
        if any({"owner", "frontline"} <= set(question.groups) for question in dimension.questions.values())
    ]  # fmt: skip
    assert shared == ["process_ownership", "skills", "change_capacity", "technology", "data"]


def test_an_interview_takes_the_minutes_it_announces(framework):
    for guide in framework.interviews.values():
        assert sum(question.minutes for question in guide.questions.values()) == guide.minutes


def test_owner_and_frontline_are_heard_on_each_process(framework):
    assert [id for id, guide in framework.interviews.items() if guide.for_each_process] == ["owner", "frontline"]


def test_each_theme_is_asked_about(framework):
    asked = {question.theme for guide in framework.interviews.values() for question in guide.questions.values()}
    assert asked == set(framework.themes)


def test_each_request_names_a_field_without_which_the_data_are_of_no_use(framework):
    for request in framework.data_requests.values():
        assert any(field.required for field in request.fields.values())


def test_touch_time_needs_start_and_completion(framework):
    assert {"started_at", "completed_at"} <= set(framework.baseline["touch_time"].needs)


def test_quality_thresholds_are_marked_as_house_figures(framework):
    assert {dimension.threshold_support for dimension in framework.quality.values()} == {"unchecked"}
    assert all(0 < dimension.threshold < 1 for dimension in framework.quality.values())


def test_evidence_is_ordered_from_strong_to_weak(framework):
    letters = [evidence.letter for evidence in framework.evidence.values()]
    assert letters == ["M", "I", "E", "A", "?"]
    assert [evidence.strength for evidence in framework.evidence.values()] == [1, 2, 3, 4, 5]


# --- screening -------------------------------------------------------------------------------------------------------


def test_a_screening_question_with_one_fact_bears_its_name(framework):
    for id, question in framework.screening.items():
        assert len(question.facts) > 1 or question.facts == (id,)


def test_a_fact_is_asked_once(framework):
    facts = [fact for question in framework.screening.values() for fact in question.facts]
    assert len(facts) == len(set(facts))


def test_screening_asks_every_prohibition_and_every_point_of_annex_iii(framework):
    fed = {rule for question in framework.screening.values() for rule in question.feeds}
    assert {f"P-{letter}" for letter in ("a", "b", "ba", "bb", "c", "d", "e", "f", "g", "h")} <= fed
    points = "1a 1b 1c 2 3a 3b 3c 3d 4a 4b 5a 5b 5c 5d 6a 6b 6c 6d 6e 7a 7b 7c 7d 8a 8b"
    assert set(points.split()) <= fed
    assert {"S1", "S2", "annex_i", "filter_6_3", "50(1)", "50(2)", "50(3)", "gdpr", "art_22", "art_9"} <= fed


def test_no_screening_text_gives_a_tier(framework):
    tiers = ("minimal risk", "limited risk", "is minimal", "not high")
    texts = [words for key, words in framework.texts.items() if key.startswith("screening.")]
    assert not [words for words in texts if any(tier in words for tier in tiers)]
