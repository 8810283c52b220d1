import pytest
from prioritize_clients import known

from workbook.engagement.faults import FaultsError
from workbook.methods.chance_of_go import chance_of_go, required_sample
from workbook.methods.looks import looks

DURATION = {
    "id": "time",
    "name": "Time to sort",
    "role": "primary",
    "kind": "duration",
    "better": "lower",
    "unit": "minutes",
    "baseline": known(20),
    "p90": known(60),
    "planned": known(13),
    "worthwhile": known(16),
}


# --- criteria --------------------------------------------------------------------------------------------------------


def test_a_baseline_is_taken_from_assess_under_its_own_id(client):
    client.primary.update(
        DURATION | {"unit": "h", "baseline_figure": "process.post.lead_time.p50", "planned": known(5)}
    )
    del client.primary["baseline"]
    client.primary.update({"p90": known(30), "worthwhile": known(7)})
    result = client.result()
    baseline = result.charter.primary.baseline
    assert (baseline.value, baseline.derived_from) == (10, ("process.post.lead_time.p50",))
    measured = result.assessment.figures["process.post.lead_time.p50"]
    assert result.figures["process.post.lead_time.p50"] == measured and baseline.evidence == measured.evidence


def test_hours_of_assess_serve_a_criterion_in_minutes(client):
    client.primary.update(DURATION | {"baseline_figure": "process.post.lead_time.p50"})
    del client.primary["baseline"]
    assert client.result().charter.primary.baseline.value == pytest.approx(600)


def test_an_unknown_figure_is_a_fault_with_its_line_and_the_nearest(client):
    del client.primary["baseline"]
    client.primary["baseline_figure"] = "process.post.automation_rates"
    expected = (
        r"prioritize.yaml:\d+ .*unknown figure process.post.automation_rates.*write process.post.automation_rate$"
    )
    with pytest.raises(FaultsError, match=expected):
        client.result()


def test_a_figure_in_another_unit_is_a_fault(client):
    del client.primary["baseline"]
    client.primary["baseline_figure"] = "process.post.yearly_cost"
    with pytest.raises(FaultsError, match="found a figure in EUR/year; allowed a figure in share"):
        client.result()


def test_effects_are_counted_towards_the_better_side(client):
    client.primary.update(DURATION)
    primary = client.result().charter.primary
    assert (primary.effect(primary.planned), primary.effect(primary.worthwhile)) == (7, 4)


# --- sample ----------------------------------------------------------------------------------------------------------


def test_the_plan_is_the_charter_in_numbers(prioritized):
    plan = prioritized.charter.sample.plan
    effects = plan.primary.baseline, plan.primary.planned, plan.primary.worthwhile
    assert effects == pytest.approx((0.45, 0.30, 0.15))
    assert [(rail.id, rail.baseline, rail.margin) for rail in plan.guardrails] == [("correct", 0.9, 0.1)]
    assert (plan.adoption.rate, plan.adoption.threshold) == (0.8, 0.3)


def test_looks_stand_at_the_share_of_the_volume_seen_by_then(client):
    client.charter["design"]["looks"] = {"weeks": [3, 12], "boundary": "lan_demets"}
    sample = client.result().charter.sample
    assert sample.looks.fractions == (0.25, 1)
    assert sample.looks.critical_values == looks([0.25, 1], "spending_obrien_fleming").critical_values


def test_two_equal_looks_have_the_published_boundary(prioritized):
    # O'Brien-Fleming, two looks, two-sided 5 %: 2.797 and 1.977
    assert prioritized.charter.sample.looks.critical_values == pytest.approx((2.797, 1.977), abs=0.001)


def test_a_single_look_needs_no_boundary(client):
    client.charter["design"]["looks"] = {"weeks": [12]}
    assert client.result().charter.sample.looks.critical_values == pytest.approx((1.96,), abs=0.0001)


def test_the_required_sample_reaches_the_power_by_the_whole_rule(prioritized):
    sample = prioritized.charter.sample
    n = int(sample.required.value)
    assert n == required_sample(sample.plan, 0.8).n
    assert chance_of_go(sample.plan, n) >= 0.8


def test_chances_are_given_for_the_planned_sample(prioritized):
    sample = prioritized.charter.sample
    assert sample.at_planned.value == chance_of_go(sample.plan, 200)
    assert sample.at_zero.value < 0.01 < sample.at_worthwhile.value < 0.5 < sample.at_planned.value
    assert (sample.is_enough, sample.at_planned.evidence) == (True, "estimate")


def test_weeks_follow_from_the_volume_in_scope(prioritized):
    sample = prioritized.charter.sample
    # 1,000 letters a year are 19.2 a week; twice 150 take 16 weeks, and the last look is in week 12.
    assert (sample.required.value, sample.weeks_required.value, sample.has_time) == (150, 16, False)
    assert "weeks_too_few" in prioritized.open_reasons


def test_a_smaller_scope_takes_longer(client, prioritized):
    client.charter["design"]["in_scope"] = known(0.5)
    assert client.result().charter.sample.weeks_required.value == 2 * prioritized.charter.sample.weeks_required.value


def test_the_past_as_baseline_takes_half_the_cases_and_says_so(client):
    client.charter["design"]["kind"] = "before_after"
    sample = client.result().charter.sample
    assert (sample.weeks_required.value, sample.is_borrowed) == (8, True)


def test_unequal_arms_need_more_cases(client, prioritized):
    client.charter["design"]["allocation"] = 0.2
    sample = client.result().charter.sample
    # 4 x 0.2 x 0.8 = 0.64 of what equal arms tell
    assert sample.required.value == pytest.approx(prioritized.charter.sample.required.value / 0.64, abs=1)
    assert sample.at_planned.value == chance_of_go(sample.plan, 128)


def test_cases_of_a_team_need_more_of_them(client, prioritized):
    client.charter["design"]["clusters"] = {"name": "team", "size": known(11), "icc": known(0.1)}
    sample = client.result().charter.sample
    assert sample.plan.design_effect == pytest.approx(2)
    assert sample.required.value > 1.5 * prioritized.charter.sample.required.value


def test_a_plan_no_better_than_worthwhile_has_no_sample(client):
    client.primary["worthwhile"] = client.primary["planned"]
    result = client.result()
    required = result.charter.sample.required
    assert (required.value, required.reason) == (None, "planned_not_above_worthwhile")
    assert "sample_unknown" in result.open_reasons


def test_too_small_a_sample_leaves_the_charter_provisional(client):
    client.charter["design"]["sample_per_arm"] = 149
    result = client.result()
    assert result.charter.sample.is_enough is False and "sample_too_small" in result.open_reasons


def lose(*keys):
    def change(client):
        here = client.charter
        for key in keys[:-1]:
            here = here[key]
        del here[keys[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lose("design"), "no_design"),
        (lambda client: client.charter.update(criteria=[]), "no_primary_criterion"),
        (lose("criteria", 0, "worthwhile"), "primary_incomplete"),
        (lambda client: client.primary.update(better="lower", worthwhile=known(0.8)), "planned_not_better"),
        (lambda client: client.primary.update(worthwhile=known(0.4)), "worthwhile_worse_than_today"),
        (lose("criteria", 1, "baseline"), "guardrail_without_baseline"),
        (lambda client: client.post.pop("adoption"), "adoption_not_provided"),
        (lambda client: client.primary.update(DURATION | {"p90": None}), "no_p90"),
        (lambda client: client.primary.update(DURATION | {"p90": known(20)}), "p90_not_above_median"),
    ],
)
def test_without_what_it_needs_there_is_no_sample_but_a_reason(client, change, reason):
    change(client)
    sample = client.result().charter.sample
    assert (sample.reason, sample.plan, sample.required.value, sample.required.reason) == (reason, None, None, reason)
    assert sample.at_planned.value is None


def test_a_duration_is_planned_by_its_median_and_tail(client):
    client.primary.update(DURATION)
    sample = client.result().charter.sample
    # ln(60 / 20) / 1.2816
    assert sample.plan.primary.log_sd == pytest.approx(0.857, abs=0.001)
    assert sample.required.is_known


def test_a_level_that_cannot_be_reached_is_a_fault(client):
    client.primary.update(DURATION | {"planned": known(0)})
    with pytest.raises(FaultsError, match="leaves nothing of the median"):
        client.result()


def test_a_guardrail_on_a_duration_is_named_as_left_out(client):
    rail = {"id": "wait", "name": "Waiting", "role": "guardrail", "kind": "duration", "better": "lower"}
    client.charter["criteria"].append(rail | {"unit": "h", "baseline": known(4), "margin": known(1)})
    sample = client.result().charter.sample
    assert sample.outside == ("wait",) and sample.required.is_known


# --- people, time and money ------------------------------------------------------------------------------------------


def test_milestones_fall_on_the_last_day_of_their_week(prioritized):
    timeline = prioritized.charter.timeline
    assert [(row.milestone.id, row.date.isoformat()) for row in timeline.milestones] == [
        ("live", "2026-11-29"), ("verdict", "2027-02-21"),
    ]  # fmt: skip
    assert timeline.end.isoformat() == "2027-02-21"
    assert [row.milestone.id for row in timeline.gates] == ["verdict"]


@pytest.mark.parametrize(("weeks", "is_short"), [(11, True), (12, False)])
def test_under_twelve_weeks_must_say_what_is_cut(client, weeks, is_short):
    client.charter["weeks"] = weeks
    charter = client.result().charter
    assert charter.timeline.is_short == is_short and ("shortened" in charter.missing) == is_short
    client.charter["shortened"] = "Half of the user tests"
    assert "shortened" not in client.result().charter.missing


def test_milestones_after_the_end_and_late_looks_are_marked(client):
    client.charter["weeks"] = 8
    result = client.result()
    assert [row.is_outside for row in result.charter.timeline.milestones] == [False, True]
    assert "looks_after_end" in result.open_reasons


def test_person_weeks_add_up_over_roles(prioritized):
    team = prioritized.charter.team
    # 0.5 x 16; 0.8 x 4 + 0.3 x 10
    assert {member.person: member.person_weeks.value for member in team.members} == pytest.approx(
        {"ann": 8, "ben": 6.2}
    )
    assert team.person_weeks.value == pytest.approx(14.2)


def test_a_person_over_all_their_time_is_named_with_the_weeks(prioritized):
    # 0.8 + 0.3 in week 4
    assert [(member.person, member.overloaded_weeks) for member in prioritized.charter.team.overloaded] == [
        ("ben", (4,))
    ]


def test_the_raci_has_the_letters_of_each_person(prioritized):
    assert prioritized.charter.team.raci == (("Verdict", {"ann": "R/A", "ben": "C"}),)


def test_the_budget_adds_up_beside_the_one_off_costs(prioritized):
    budget = prioritized.charter.budget
    assert (budget.total.value, budget.share_of_one_off.value) == (4000, 0.5)
    assert {kind: figure.value for kind, figure in budget.by_kind.items()} == {"investment": 3000, "review": 1000}


@pytest.mark.parametrize(
    ("function", "owns", "verdict"),
    [
        ("business", "yes", "owner"),
        ("shared", "yes", "owner"),
        ("it", "yes", "it_alone"),
        ("business", "no", "not_owner"),
        ("business", "unknown", "unknown"),
    ],
)
def test_the_sponsor_must_own_the_outcome(client, function, owns, verdict):
    client.tiny.client["sponsor"] |= {"function": function, "owns_outcome": owns}
    result = client.result()
    assert result.charter.sponsor.verdict == verdict
    assert ("sponsor_fails" in result.open_reasons) == (verdict in ("it_alone", "not_owner"))


# --- what is missing for signing -------------------------------------------------------------------------------------


def test_a_full_charter_lacks_nothing(prioritized):
    assert prioritized.charter.missing == () and prioritized.charter.is_complete


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("metric", "metric"), ("scope_in", "scope_in"), ("scope_out", "scope_out"), ("population", "population"),
        ("design", "design"), ("adoption", "adoption"), ("start", "start"), ("weeks", "weeks"), ("milestones", "gate"),
        ("team", "team"), ("raci", "raci"), ("budget", "budget"), ("stop_rules", "stop_rules"),
        ("signatories", "signatories"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_missing_for_signing(client, key, code):
    del client.charter[key]
    result = client.result()
    assert result.charter.missing == (code,) and "charter_incomplete" in result.open_reasons


@pytest.mark.parametrize("level", ["baseline", "planned", "worthwhile"])
def test_a_missing_level_of_what_decides_is_missing_for_signing(client, level):
    del client.primary[level]
    assert client.result().charter.missing == (f"primary_{level}",)


def test_an_almost_empty_charter_lists_all_it_lacks(client):
    client.prioritize["charter"] = {"use_case": "claim-letters"}
    charter = client.result().charter
    assert len(charter.missing) == 16 and charter.sample.reason == "no_design"


# --- the usual formulas ----------------------------------------------------------------------------------------------


def test_the_usual_formula_stands_beside_the_sample_of_the_whole_rule(prioritized):
    sample = prioritized.charter.sample
    # 45 to 75 %; 90 % with a margin of 10 points: (1.960 + 0.842)^2 x 2 x 0.9 x 0.1 / 0.1^2 = 141.3.
    assert (sample.usual.value, sample.usual_guardrails["correct"].value) == (41, 142)
    assert sample.required.value > 41
    assert prioritized.figures["charter.sample_per_arm.guardrail.correct"].derived_from == (
        "charter.criterion.correct.baseline", "charter.criterion.correct.margin",
    )  # fmt: skip


def test_clusters_and_unequal_arms_raise_the_usual_sample(client):
    client.charter["design"]["clusters"] = {"name": "team", "size": 21.0, "icc": 0.05}
    # 40.7 cases x 2.
    assert client.result().charter.sample.usual.value == 82
    client.charter["design"]["allocation"] = 0.2
    # 102.1 x 2 in the baseline and a quarter of it in the pilot: 205 and 52, the mean of which is 128.5.
    assert client.result().charter.sample.usual.value == 129
    client.charter["design"]["kind"] = "before_after"
    # Where the past is the baseline nothing is allotted.
    assert client.result().charter.sample.usual.value == 82


def test_the_usual_sample_of_a_duration_is_noethers(client):
    client.primary.clear()
    client.primary.update(DURATION)
    # s = ln(60 / 20) / 1.2816 = 0.857; Phi(ln(20 / 13) / (0.857 x 1.414)) = 0.639; 7.849 / (3 x 0.1388^2) / 2 = 67.9.
    assert client.result().charter.sample.usual.value == 68


def test_beyond_the_usual_formula_there_is_a_reason(client):
    client.charter["criteria"][1]["baseline"] = known(1.0)
    sample = client.result().charter.sample
    assert sample.usual_guardrails["correct"].reason == "not_estimable" and sample.usual.value == 41
    del client.charter["criteria"][1]["baseline"]
    sample = client.result().charter.sample
    assert sample.usual.reason == "guardrail_without_baseline"
