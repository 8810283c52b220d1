"""Which comparison the data hold against what the charter promised, and how strongly a finding may be worded."""

import pytest


def test_arms_side_by_side_under_a_randomised_charter_are_randomised(evaluated):
    design = evaluated.design
    assert (design.agreed, design.found, design.strength) == ("randomised", "randomised_by_case", "caused")
    assert design.is_weaker is False and design.is_suspect is False and design.concurrent == 1
    assert evaluated.figures["pilot.sample_ratio.p"].value == 1


def test_unequal_arms_are_suspect_and_only_iterate(ended):
    # 120 of 320 in the baseline: a binomial p-value of 9e-6 for equal shares.
    ended.rows = [row for row in ended.rows if row["arm"] == "new" or int(row["letter"][3:]) % 5 < 3]
    result = ended.result()
    assert result.design.sample_ratio.value == pytest.approx(9e-6, rel=0.1)
    assert result.design.is_suspect and result.design.strength == "associated"
    assert result.verdict.decision == "iterate" and result.verdict.verdict.reasons == ("allocation_suspect",)


def test_unequal_arms_that_were_agreed_are_not_suspect(ended):
    ended.charter["design"]["allocation"] = 0.625
    ended.approved_again()
    ended.rows = [row for row in ended.rows if row["arm"] == "new" or int(row["letter"][3:]) % 5 < 3]
    assert ended.result().design.is_suspect is False


def test_arms_that_follow_each_other_are_not_what_a_randomised_charter_promised(ended):
    for place, row in enumerate(ended.rows):
        row["day"] = f"2026-12-{place % 28 + 1:02}" if row["arm"] == "new" else f"2026-11-{place % 28 + 2:02}"
    result = ended.result()
    assert result.design.found == "before_after" and result.design.strength == "coincided"
    assert result.design.is_weaker and "design_weaker" in result.open_reasons
    assert result.verdict.verdict.reasons == ("charter_changed",)


def test_arms_side_by_side_are_parallel_where_nobody_drew_lots(ended):
    ended.charter["design"]["kind"] = "interrupted"
    ended.approved_again()
    design = ended.result().design
    assert (design.found, design.strength, design.is_weaker) == ("parallel", "associated", False)
    assert design.is_suspect is False


def test_whole_clusters_in_either_arm_are_counted_as_such(ended):
    for place, row in enumerate(ended.rows):
        row["team"] = f"{row['arm']}{place % 6}"
    ended.pilot["cases"]["cluster"] = "team"
    result = ended.result()
    assert result.design.found == "randomised_by_cluster" and result.design.sample_ratio.n == 12
    assert result.primary.notes == ("few_clusters",)
    assert result.design.icc == result.figures["pilot.icc"] and result.design.icc.n == 12
    assert result.design.icc.low < result.design.icc.value < result.design.icc.high
    assert result.design.icc_agreed is None


def test_a_charter_that_counts_on_clusters_needs_them_in_the_data(ended):
    ended.charter["design"]["clusters"] = {"name": "team", "size": 40.0, "icc": 0.01}
    ended.approved_again()
    result = ended.result()
    assert result.design.lacks_clusters and "clusters_missing" in result.open_reasons
    assert result.verdict.decision == "iterate"
    assert (result.design.icc.reason, result.design.icc_agreed.value) == ("no_column", 0.01)
    assert result.design.icc_agreed.source.startswith("approved/")


def test_without_clusters_nothing_is_said_of_their_resemblance(evaluated):
    assert evaluated.design.icc is evaluated.design.icc_agreed is None and "pilot.icc" not in evaluated.figures


def test_fallbacks_that_lost_their_outcome_break_the_agreed_population(ended):
    for row in ended.rows:
        if row["fallback"] == "yes":
            row["sorted"] = ""
    result = ended.result()
    assert result.primary.outcome.known["pilot"] == (170, 200)
    assert result.design.population == "fallbacks_lost" and result.verdict.decision == "iterate"


def test_fallbacks_with_an_outcome_hold_the_population(evaluated):
    assert evaluated.design.population == "held" and evaluated.primary.outcome.known_fallback == (30, 30)


def test_without_a_column_nobody_knows_of_fallbacks(ended):
    del ended.pilot["cases"]["fallback"]
    result = ended.result()
    assert result.design.population == "unknown" and result.verdict.decision == "go"


def test_an_empty_arm_is_no_comparison(ended):
    ended.rows = [row for row in ended.rows if row["arm"] == "new"]
    result = ended.result()
    assert (result.design.found, result.design.strength) == ("none", "none")
    assert result.primary.effect.reason == "too_few" and result.verdict.decision == "iterate"
    assert {"not_measured", "allocation_not_checked"} <= set(result.verdict.verdict.reasons)
