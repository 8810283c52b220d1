import pytest
from prioritize_clients import known


def test_impact_is_on_the_scale_of_assess(prioritized):
    # EUR 8,000 of a material impact of EUR 20,000
    impact = prioritized.axes["post-sorting"].impact
    assert impact.value == pytest.approx(40)
    assert prioritized.figures[impact.id].derived_from == ("case.post-sorting.yearly_benefit", "assess.material_impact")


def test_impact_has_the_ends_of_its_draws(prioritized):
    impact = prioritized.axes["claim-letters"].impact
    # EUR 5,000 from 0.25 h; P10 and P90 of the triangle from 0.2 to 0.3 are 0.2224 and 0.2776 h.
    assert impact.low == pytest.approx(25 * 0.2224 / 0.25, rel=0.01)
    assert impact.high == pytest.approx(25 * 0.2776 / 0.25, rel=0.01)


def test_feasibility_is_the_bottleneck_of_the_figures_of_assess(prioritized):
    axes, assessed = prioritized.axes["post-sorting"], prioritized.assessment.figures
    assert axes.bottleneck == "model_complexity" and axes.feasibility.value == 80
    assert axes.feasibility_mean.value == pytest.approx((100 + 100 + 80) / 3)
    assert all(figure == assessed[f"use_case.post-sorting.score.{id}"] for id, figure in axes.parts.items())


def test_alignment_is_the_figure_of_assess(prioritized):
    id = "use_case.post-sorting.score.strategic_alignment"
    assert prioritized.axes["post-sorting"].alignment == prioritized.assessment.figures[id]


def test_a_missing_part_leaves_feasibility_unknown(client):
    del client.tiny.use_case("post-sorting")["scores"]["model_complexity"]
    result = client.result()
    axes = result.axes["post-sorting"]
    assert (axes.feasibility.value, axes.feasibility.reason, axes.bottleneck) == (None, "not_provided", None)
    assert "post-sorting" not in result.comparison.order


def test_integration_is_a_share_of_all_days(prioritized):
    review = prioritized.integration["post-sorting"]
    assert (review.days.value, review.all_days.value, review.share.value) == (2, 8, 0.25)
    assert (review.expected.low, review.expected.high, review.is_low) == (0.4, 0.6, False)


@pytest.mark.parametrize(("days", "is_low"), [(1.5, False), (1.4, True)])
def test_a_share_under_a_fifth_is_flagged(client, days, is_low):
    # 1.5 of 7.5 days is a fifth.
    client.post["integration"][0]["days"] = known(days)
    assert client.result().integration["post-sorting"].is_low == is_low


def test_days_that_are_not_known_give_no_share(client):
    del client.post["integration"][0]["days"]
    review = client.result().integration["post-sorting"]
    assert (review.share.value, review.is_low) == (None, False)


def test_a_system_that_nobody_plans_to_join_is_named(prioritized):
    assert prioritized.integration["claim-letters"].unplanned == ("erp",)
    assert prioritized.integration["post-sorting"].unplanned == ()


@pytest.mark.parametrize(
    ("pattern", "verdict"), [("api", "best"), ("event", "better_offered"), ("batch", "not_offered")]
)
def test_the_pattern_is_held_against_what_the_system_offers(client, pattern, verdict):
    client.post["integration"][0]["pattern"] = pattern
    joined = client.result().integration["post-sorting"].systems[0]
    assert (joined.verdict, joined.best) == (verdict, "api")


def test_a_system_of_unknown_interfaces_has_no_verdict(client):
    del client.tiny.technology["systems"][0]["interfaces"]
    assert client.result().integration["post-sorting"].systems[0].verdict == "unknown"
