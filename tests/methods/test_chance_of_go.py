"""P(GO) against brute force, simulation and known values; the sample it requires."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, multivariate_normal

from workbook.methods.chance_of_go import Limit, chance_of_go, chances_of_go, limit_of_go, required_sample, weeks_needed
from workbook.methods.estimates import Estimate
from workbook.methods.look_paths import LookPath, chance_all_support
from workbook.methods.pilot_plan import (
    SINGLE_LOOK,
    Adoption,
    Clusters,
    DurationMetric,
    Look,
    PilotPlan,
    ProportionGuardrail,
    ProportionMetric,
)
from workbook.methods.pilot_simulation import SimulatedEffect, decide, simulate_go, simulate_looks
from workbook.methods.proportion_differences import hybrid_ends
from workbook.methods.verdict import Guardrail, PilotResults, judge

OBRIEN_FLEMING = tuple(Look((k + 1) / 3, b) for k, b in enumerate((3.471, 2.454, 2.004)))
QUALITY = ProportionGuardrail("quality", 0.95, 0.03)
WHOLE = PilotPlan(ProportionMetric(0.45, 0.10, 0.05), (QUALITY,), Adoption(0.4, 0.3, 150), OBRIEN_FLEMING)
CERTAIN, LENIENT = ProportionMetric(0.1, 0.8, 0.1), ProportionGuardrail("lenient", 0.95, 0.2)
SHORTER = PilotPlan(DurationMetric.from_percentiles(10, 36, 5, 2))


@pytest.mark.parametrize(
    ("baseline", "effect", "n", "chance"), [(0.45, 0.30, 41, 0.485), (0.45, 0.10, 392, 0.492), (0.85, 0.05, 686, 0.493)]
)
def test_planning_the_worthwhile_effect_makes_a_go_a_coin_flip(
    baseline: float, effect: float, n: int, chance: float
) -> None:
    plan = PilotPlan(ProportionMetric(baseline, effect, effect))
    assert round(chance_of_go(plan, n), 3) == chance
    assert required_sample(plan).reason == "planned_not_above_worthwhile"


# 0.30 of 40 cases is 12 cases, so that some counts lie on the worthwhile effect itself.
@pytest.mark.parametrize(
    ("baseline", "pilot", "worthwhile", "n"),
    [(0.45, 0.60, 0.05, 40), (0.45, 0.75, 0.30, 40), (0.9, 0.99, 0.05, 33), (0.0, 0.2, 0.05, 25), (0.5, 1.0, 0.05, 12)],
)
def test_one_look_on_shares_equals_the_sum_over_all_pairs_of_counts(
    baseline: float, pilot: float, worthwhile: float, n: int
) -> None:
    plan = PilotPlan(ProportionMetric(baseline, pilot - baseline, worthwhile))
    counts = np.arange(n + 1)
    first, second = np.meshgrid(counts / n, counts / n, indexing="ij")
    low, _ = hybrid_ends(second, n, first, n, SINGLE_LOOK)
    go = (low > 0) & (second - first >= worthwhile - 1e-12)
    weights = np.outer(binom.pmf(counts, n, baseline), binom.pmf(counts, n, pilot))
    assert chance_of_go(plan, n) == pytest.approx((weights * go).sum(), abs=1e-12)


def test_a_median_at_the_worthwhile_effect_goes_half_the_time_however_large_the_sample() -> None:
    assert chance_of_go(SHORTER, 3000, effect=2.0) == pytest.approx(0.5, abs=0.02)
    assert chance_of_go(SHORTER, 3000, effect=1.0) < 0.05


def test_a_share_that_should_fall_mirrors_one_that_should_rise() -> None:
    falls = PilotPlan(ProportionMetric(0.55, 0.10, 0.05, better="lower"))
    rises = PilotPlan(ProportionMetric(0.45, 0.10, 0.05))
    assert chance_of_go(falls, 300) == pytest.approx(chance_of_go(rises, 300), abs=1e-12)


def test_paths_over_looks_equal_the_integral_of_the_joint_normal() -> None:
    # Two metrics, two looks: both support a go at either, and neither stops at the first.
    shares = (0.5, 1.0)
    paths = [LookPath((1.0, 0.5), (-1.0, -9.0)), LookPath((0.0, 0.2), (-np.inf, -np.inf))]
    joint = multivariate_normal([0, 0], [[1, 0.5**0.5], [0.5**0.5, 1]])

    def above(a: float, b: float) -> float:
        return float(joint.cdf([-max(a, -9), -b]))

    first = above(1.0, -9) * above(0.0, -9)
    second = above(-1.0, 0.5) * above(-np.inf, 0.2)
    both = above(1.0, 0.5) * above(0.0, 0.2)
    assert chance_all_support(paths, shares) == pytest.approx(first + second - both, abs=1e-5)


def test_looks_at_the_published_boundaries_spend_two_and_a_half_percent_on_one_side() -> None:
    boundaries = {3: (3.471, 2.454, 2.004), 5: (4.562, 3.226, 2.634, 2.281, 2.040), 2: (2.178, 2.178)}
    for looks, at in boundaries.items():
        path = LookPath(at, (-np.inf,) * looks)
        spent = chance_all_support([path], tuple((k + 1) / looks for k in range(looks)))
        assert spent == pytest.approx(0.025, abs=2e-4)


def test_naive_looks_at_five_percent_inflate_to_the_known_rates() -> None:
    for looks, rate in {2: 0.083, 3: 0.107, 5: 0.142}.items():
        path = LookPath((SINGLE_LOOK,) * looks, (-np.inf,) * looks)
        one_side = chance_all_support([path], tuple((k + 1) / looks for k in range(looks)))
        # Both sides are crossed in one pilot only rarely.
        assert 2 * one_side == pytest.approx(rate, abs=1.5e-3)


@pytest.mark.parametrize(
    ("plan", "draws", "within"),
    [
        (PilotPlan(ProportionMetric(0.05, 0.02, 0.01, "lower")), 20_000, 0.012),
        (WHOLE, 20_000, 0.015),
        (PilotPlan(ProportionMetric(0.45, 0.15, 0.05), clusters=Clusters(0.05, 20)), 5_000, 0.02),
        (SHORTER, 5_000, 0.02),
        (replace(SHORTER, looks=OBRIEN_FLEMING, clusters=Clusters(0.05, 10)), 4_000, 0.03),
    ],
)
def test_simulated_pilots_go_as_often_as_computed(plan: PilotPlan, draws: int, within: float) -> None:
    n = required_sample(plan).n or 0
    chances = chances_of_go(plan, n)
    for effect, chance in ((plan.primary.planned, chances.at_planned), (0.0, chances.at_zero)):
        assert simulate_go(plan, n, effect, draws, seed=7).value == pytest.approx(chance, abs=within)


@pytest.mark.parametrize("looks", [(Look(1.0, SINGLE_LOOK),), OBRIEN_FLEMING])
def test_without_an_effect_a_go_is_rarer_than_five_percent(looks: tuple[Look, ...]) -> None:
    for plan in (PilotPlan(ProportionMetric(0.45, 0.2, 0.0), looks=looks), replace(SHORTER, looks=looks)):
        for n in (40, 120):
            seen = simulate_go(plan, n, 0.0, 4_000, seed=3)
            assert seen.high is not None
            assert seen.high < 0.05


def test_the_simulated_rule_is_the_rule_of_the_verdict() -> None:
    codes = {(True, False): "go", (False, True): "stop", (False, False): "iterate"}
    seen = set()
    for effect in (0.0, 0.05, 0.15):
        for at in simulate_looks(WHOLE, 400, effect, 150, seed=11):
            go, stop = decide(WHOLE, at)
            for draw in range(150):
                decision = _judge_draw(at.primary, at.guardrails[0], at.adoption, draw)
                assert decision == codes[bool(go[draw]), bool(stop[draw])]
                seen.add(decision)
    assert seen == {"go", "stop", "iterate"}


def _judge_draw(
    primary: SimulatedEffect,
    quality: SimulatedEffect,
    adoption: np.ndarray | None,
    draw: int,
) -> str:
    assert adoption is not None

    def estimate(effect: SimulatedEffect) -> Estimate:
        return Estimate(float(effect.value[draw]), float(effect.low[draw]), float(effect.high[draw]))

    results = PilotResults(
        primary=estimate(primary),
        worthwhile=0.05,
        guardrails=(Guardrail("quality", estimate(quality), 0.03),),
        adoption=Estimate(float(adoption[draw])),
        adoption_threshold=0.3,
        blockers=(),
        looks_planned=True,
        allocation_suspect=False,
        charter_changed=False,
    )
    return judge(results).decision


def test_chances_rise_with_the_true_effect() -> None:
    chances = chances_of_go(WHOLE, 900)
    assert chances.at_zero < chances.at_worthwhile < chances.at_planned


# P(GO) is 79, 53 and 45 % in the first three. In the last two no clause is to blame: all of them are certain, or the
# effect itself is in doubt.
@pytest.mark.parametrize(
    ("plan", "n", "limit"),
    [
        (PilotPlan(CERTAIN, (LENIENT, QUALITY)), 829, Limit("guardrail", "quality")),
        (PilotPlan(CERTAIN, (LENIENT,), Adoption(0.4, 0.4, 150)), 829, Limit("adoption")),
        (PilotPlan(ProportionMetric(0.45, 0.30, 0.30), (LENIENT,)), 41, Limit("worthwhile")),
        (PilotPlan(CERTAIN, (LENIENT,), Adoption(0.6, 0.3, 150)), 829, None),
        (PilotPlan(ProportionMetric(0.45, 0.10, 0.0)), 200, None),
    ],
)
def test_the_clause_that_holds_a_go_back_most_is_named(plan: PilotPlan, n: int, limit: Limit | None) -> None:
    assert limit_of_go(plan, n) == limit


def test_of_two_clauses_that_limit_a_go_the_one_that_costs_more_is_named() -> None:
    # The guardrail holds in 79 of 100 pilots, and a rate of use on its threshold in 53.
    plan = PilotPlan(CERTAIN, (QUALITY,), Adoption(0.4, 0.4, 150))
    assert limit_of_go(plan, 829) == Limit("adoption")
    assert limit_of_go(replace(plan, adoption=Adoption(0.45, 0.4, 150)), 829) == Limit("guardrail", "quality")


@pytest.mark.parametrize(("rate", "missed", "limit"), [(0.395, 0.0062, Limit("adoption")), (0.4, 0.0043, None)])
def test_a_clause_limits_a_go_where_it_costs_more_than_half_a_percent(
    rate: float, missed: float, limit: Limit | None
) -> None:
    # Fewer than 45 of 150 people use it; nothing else is in doubt.
    plan = PilotPlan(CERTAIN, adoption=Adoption(rate, 0.3, 150))
    assert 1 - chance_of_go(plan, 829) == pytest.approx(binom.cdf(44, 150, rate), abs=1e-6)
    assert binom.cdf(44, 150, rate) == pytest.approx(missed, abs=5e-5)
    assert limit_of_go(plan, 829) == limit


@settings(max_examples=25)
@given(st.floats(0.1, 0.6), st.floats(0.05, 0.3), st.floats(0.0, 0.8))
def test_the_required_sample_reaches_its_power_and_grows_with_it(baseline: float, planned: float, part: float) -> None:
    plan = PilotPlan(ProportionMetric(baseline, planned, planned * part))
    samples = [required_sample(plan, power) for power in (0.7, 0.8, 0.81, 0.9)]
    assert all(sample.chance is not None and sample.chance >= 0.7 for sample in samples)
    assert all((a.n or 0) <= (b.n or 0) for a, b in pairwise(samples))


def test_without_a_worthwhile_effect_the_required_sample_is_near_the_classic_one() -> None:
    # The pooled normal formula gives 41, 392 and 686 for these; the exact chance of Newcombe's interval differs by few.
    for baseline, effect, classic in ((0.45, 0.30, 41), (0.45, 0.10, 392), (0.85, 0.05, 686)):
        n = required_sample(PilotPlan(ProportionMetric(baseline, effect, 0.0))).n
        assert n == pytest.approx(classic, abs=4)


def test_a_guardrail_alone_needs_the_sample_of_non_inferiority() -> None:
    # 95 % with 3 points at 80 % power needs 829 per arm; the primary effect is never in doubt.
    plan = PilotPlan(ProportionMetric(0.1, 0.8, 0.1), (QUALITY,))
    assert required_sample(plan).n == pytest.approx(829, abs=40)


def test_clusters_inflate_the_sample_by_the_design_effect() -> None:
    alone = PilotPlan(ProportionMetric(0.45, 0.15, 0.05))
    nested = replace(alone, clusters=Clusters(0.05, 21))
    assert (required_sample(nested).n or 0) == pytest.approx(2 * (required_sample(alone).n or 0), rel=0.02)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"guardrails": (replace(QUALITY, difference=-0.03),)}, "guardrail_not_above_margin"),
        ({"adoption": Adoption(0.3, 0.3)}, "adoption_not_above_threshold"),
        ({"adoption": Adoption(0.32, 0.3, 20)}, "adoption_observed_on_too_few"),
        ({"primary": ProportionMetric(0.45, 0.1, 0.0999)}, "beyond_largest_sample"),
    ],
)
def test_a_plan_that_no_sample_can_carry_says_why(changes: dict[str, object], reason: str) -> None:
    result = required_sample(replace(WHOLE, **changes))  # type: ignore[arg-type]
    assert (result.n, result.chance, result.reason) == (None, None, reason)


def test_weeks_are_full_weeks_of_the_allocated_volume() -> None:
    # 2 x 392 = 784 cases at 90 a week take 8.7 weeks.
    assert weeks_needed(392, 180, 0.5) == 9
    assert weeks_needed(90, 180) == 1
    with pytest.raises(ValueError, match="weekly volume"):
        weeks_needed(10, 0)


@pytest.mark.parametrize(
    "build",
    [
        lambda: ProportionMetric(0.95, 0.10, 0.05),
        lambda: ProportionMetric(0.05, 0.10, 0.05, "lower"),
        lambda: ProportionMetric(0.5, 0.0, 0.0),
        lambda: ProportionMetric(0.5, 0.1, 0.0, "up"),  # type: ignore[arg-type]
        lambda: DurationMetric(10, 1.0, 10, 1),
        lambda: DurationMetric.from_percentiles(10, 10, 1, 0),
        lambda: DurationMetric.from_variation(10, 0, 1, 0),
        lambda: ProportionGuardrail("q", 0.9, 0.0),
        lambda: Adoption(0.5, 1.5),
        lambda: Clusters(1.0, 5),
        lambda: PilotPlan(ProportionMetric(0.4, 0.1, 0.0), looks=(Look(0.5, 2.0),)),
        lambda: Look(0.5, -1),
        lambda: chance_of_go(WHOLE, 1),
        lambda: required_sample(WHOLE, 1.0),
    ],
)
def test_impossible_plans_are_refused(build: object) -> None:
    with pytest.raises(ValueError, match=r"must|leaves"):
        build()  # type: ignore[operator]


def test_the_same_seed_simulates_the_same_pilots() -> None:
    assert simulate_go(WHOLE, 300, 0.1, 500, seed=5) == simulate_go(WHOLE, 300, 0.1, 500, seed=5)
    assert simulate_go(WHOLE, 300, 0.1, 500, seed=5) != simulate_go(WHOLE, 300, 0.1, 500, seed=6)


def test_log_sd_from_variation_gives_that_variation_back() -> None:
    metric = DurationMetric.from_variation(10, 0.8, 3, 1)
    assert np.sqrt(np.expm1(metric.log_sd**2)) == pytest.approx(0.8)
