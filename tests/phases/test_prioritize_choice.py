import pytest
from prioritize_clients import estimate, known


def test_axes_weigh_what_their_criteria_weigh_in_assess(prioritized):
    # Eight criteria of 12.5 % each: two on impact, five on feasibility, one on alignment.
    weights = {axis: figure.value for axis, figure in prioritized.comparison.weights.items()}
    assert weights == pytest.approx({"impact": 0.25, "feasibility": 0.625, "alignment": 0.125})


def test_the_value_of_a_candidate_is_the_weighted_sum(prioritized):
    # 0.25 x 40 + 0.625 x 80 + 0.125 x 80
    assert prioritized.comparison.values["post-sorting"].value == pytest.approx(70)


def test_a_candidate_better_on_every_axis_dominates(prioritized):
    comparison = prioritized.comparison
    assert comparison.order == ("post-sorting", "claim-letters")
    assert comparison.dominance.tolist() == [[False, True], [False, False]]
    assert comparison.leaders == ("post-sorting",) and comparison.agrees


def test_a_dominated_candidate_changes_no_leader(client, prioritized):
    del client.prioritize["cases"][1]
    assert client.result().comparison.leaders == prioritized.comparison.leaders


def test_the_weight_at_which_another_leads_is_where_both_are_worth_the_same(client):
    client.claims["benefits"][0]["unit_value"] = known(120)
    comparison = client.result().comparison
    # Impact 75 against 40, the rest 60 against 80: 35 t = 20 (1 - t) at t = 20 / 55.
    up = comparison.flip_points[list(comparison.weights).index("impact")].up
    assert up.weight == pytest.approx(20 / 55)
    assert [comparison.order[i] for i in up.leaders] == ["claim-letters"]


def test_the_highest_value_is_counted_over_the_draws(prioritized):
    one, other = (prioritized.uncertainty[id].simulated.draws for id in ("post-sorting", "claim-letters"))
    shares = prioritized.comparison.highest_share
    assert shares["post-sorting"].value == (one >= other).mean()
    assert shares["post-sorting"].value + shares["claim-letters"].value == pytest.approx(1)
    assert prioritized.comparison.by_npv == ("post-sorting", "claim-letters")


def test_ranges_that_meet_leave_the_choice_provisional(client):
    client.claims["benefits"][0]["effect"] = estimate(0.15, 0.25, 0.4, unit="hours")
    result = client.result()
    found = result.uncertainty["claim-letters"].simulated
    assert found.p10.value < 5772 < found.p90.value and result.comparison.by_npv[0] == "post-sorting"
    assert result.comparison.overlapping == ("claim-letters",) and "ranges_overlap" in result.open_reasons


def test_ranges_apart_do_not(prioritized):
    # P90 of EUR 4,506 against EUR 5,772
    assert prioritized.comparison.overlapping == () and "ranges_overlap" not in prioritized.open_reasons


@pytest.mark.parametrize(("staffed", "verdict"), [(0, "too_few"), (1, "enough"), (2, "enough")])
def test_one_pilot_must_be_staffed(client, staffed, verdict):
    client.prioritize["pilots_at_once"] = known(staffed)
    capacity = client.result().comparison.capacity
    assert (capacity.verdict, capacity.committed.value) == (verdict, 1)


def test_capacity_nobody_stated_is_unknown(client):
    del client.prioritize["pilots_at_once"]
    assert client.result().comparison.capacity.verdict == "unknown"


def test_a_single_candidate_is_compared_with_nobody(client):
    del client.prioritize["cases"][1]
    comparison = client.result().comparison
    assert (comparison.highest_share, comparison.overlapping) == ({}, ())


def test_without_candidates_there_is_no_comparison(client):
    client.prioritize = {"cases": []}
    comparison = client.result().comparison
    assert (comparison.order, comparison.by_npv, comparison.agrees) == ((), (), None)
