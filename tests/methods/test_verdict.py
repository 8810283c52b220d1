"""The rule of the verdict: each clause at, above and below its border, missing data, precedence and monotony."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.methods.estimates import Estimate
from workbook.methods.verdict import Guardrail, PilotResults, extra_sample, judge, support

QUALITY = Guardrail("quality", Estimate(0.0, -0.01, 0.01), 0.02)
GO = PilotResults(
    primary=Estimate(0.20, 0.10, 0.30),
    worthwhile=0.15,
    guardrails=(QUALITY,),
    adoption=Estimate(0.45),
    adoption_threshold=0.30,
    blockers=(),
    looks_planned=True,
    allocation_suspect=False,
    charter_changed=False,
)
RANK = {"stop": 0, "iterate": 1, "go": 2}


def judged(**changes: object) -> tuple[str, tuple[str, ...]]:
    verdict = judge(replace(GO, **changes))  # type: ignore[arg-type]
    return verdict.decision, verdict.reasons


def test_a_pilot_goes_when_every_clause_holds() -> None:
    verdict = judge(GO)
    assert (verdict.decision, verdict.reasons) == ("go", ())
    assert all(clause.holds for clause in verdict.clauses if clause.toward == "go")
    assert not any(clause.holds for clause in verdict.clauses if clause.toward == "stop")


def test_clauses_print_the_figure_beside_its_threshold() -> None:
    clauses = {clause.id: (clause.figure, clause.threshold, clause.subject) for clause in judge(GO).clauses}
    assert clauses["excludes_no_effect"] == (0.10, 0.0, None)
    assert clauses["reaches_worthwhile"] == (0.20, 0.15, None)
    assert clauses["guardrail_not_inferior"] == (-0.01, -0.02, "quality")
    assert clauses["worthwhile_out_of_reach"] == (0.30, 0.15, None)


def quality(value: float, low: float, high: float) -> tuple[Guardrail, ...]:
    return (replace(QUALITY, effect=Estimate(value, low, high)),)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"primary": Estimate(0.20, 0.0, 0.40)}, ("iterate", ("underpowered",))),
        ({"primary": Estimate(0.20, 1e-6, 0.40)}, ("go", ())),
        # 0.95 - 0.8 is 0.1499999999999999 in floating point and reaches 0.15 all the same.
        ({"primary": Estimate(0.95 - 0.8, 0.05, 0.25)}, ("go", ())),
        ({"primary": Estimate(0.149, 0.05, 0.25)}, ("iterate", ("effect_below_worthwhile",))),
        ({"primary": Estimate(0.10, -0.05, 0.25)}, ("iterate", ("underpowered", "effect_below_worthwhile"))),
        ({"primary": Estimate(0.10, 0.05, 0.15)}, ("iterate", ("effect_below_worthwhile",))),
        ({"primary": Estimate(0.10, 0.05, 0.149)}, ("stop", ("worthwhile_out_of_reach",))),
        ({"adoption": Estimate(0.30)}, ("go", ())),
        ({"adoption": Estimate(0.2999)}, ("iterate", ("adoption_below_threshold",))),
        ({"guardrails": ()}, ("go", ())),
        ({"guardrails": quality(0.0, -0.02, 0.02)}, ("iterate", ("guardrail_undecided",))),
        ({"guardrails": quality(-0.04, -0.06, -0.02)}, ("iterate", ("guardrail_undecided",))),
        ({"guardrails": quality(-0.04, -0.06, -0.021)}, ("stop", ("guardrail_inferior",))),
        ({"blockers": ("prohibited",)}, ("stop", ("blocker_open",))),
        ({"looks_planned": False}, ("iterate", ("looks_unplanned",))),
        ({"charter_changed": True}, ("iterate", ("charter_changed",))),
        ({"allocation_suspect": True}, ("iterate", ("allocation_suspect",))),
    ],
)  # fmt: skip
def test_each_clause_at_its_border(changes: dict[str, object], expected: tuple[str, tuple[str, ...]]) -> None:
    assert judged(**changes) == expected


def test_an_interim_look_without_a_decision_goes_on_to_the_next() -> None:
    assert judged(primary=Estimate(0.2, -0.1, 0.5), is_final_look=False) == ("iterate", ("continue_to_next_look",))


MISSING: list[tuple[dict[str, object], str]] = [
    ({"primary": Estimate.missing("too_few", 3)}, "not_measured"),
    ({"primary": Estimate(0.2)}, "not_measured"),
    ({"guardrails": None}, "not_measured"),
    ({"guardrails": (replace(QUALITY, effect=Estimate.missing("not_provided")),)}, "not_measured"),
    ({"adoption": None}, "not_measured"),
    ({"adoption": Estimate.missing("not_provided")}, "not_measured"),
    ({"adoption_threshold": None}, "not_measured"),
    ({"blockers": None}, "blockers_not_stated"),
    ({"looks_planned": None}, "looks_not_stated"),
    ({"allocation_suspect": None}, "allocation_not_checked"),
    ({"charter_changed": None}, "charter_not_checked"),
]


@pytest.mark.parametrize(("changes", "reason"), MISSING)
def test_missing_data_never_go(changes: dict[str, object], reason: str) -> None:
    assert judged(**changes) == ("iterate", (reason,))


def test_nothing_stated_but_the_effect_never_goes() -> None:
    verdict = judge(PilotResults(Estimate(0.9, 0.8, 1.0), 0.1))
    assert verdict.decision == "iterate"
    assert "blockers_not_stated" in verdict.reasons


def test_a_suspect_allocation_withholds_the_effects_but_not_a_blocker() -> None:
    futile = Estimate(0.0, -0.1, 0.1)
    assert judged(primary=futile) == ("stop", ("worthwhile_out_of_reach",))
    assert judged(primary=futile, allocation_suspect=True) == ("iterate", ("allocation_suspect",))
    assert judged(primary=futile, allocation_suspect=True, blockers=("art_5",)) == ("stop", ("blocker_open",))


def test_a_changed_charter_or_unplanned_look_does_not_avert_a_stop() -> None:
    futile = Estimate(0.0, -0.1, 0.1)
    assert judged(primary=futile, charter_changed=True, looks_planned=False)[0] == "stop"


def test_all_causes_of_a_stop_are_named_in_their_precedence() -> None:
    bad = replace(QUALITY, effect=Estimate(-0.1, -0.2, -0.05))
    causes = judged(primary=Estimate(0.0, -0.1, 0.1), guardrails=(bad,), blockers=("x",))[1]
    assert causes == ("blocker_open", "guardrail_inferior", "worthwhile_out_of_reach")


@pytest.mark.parametrize(
    "changes",
    [
        {"worthwhile": -0.1},
        {"worthwhile": float("nan")},
        {"primary": Estimate(float("nan"), 0.0, 1.0)},
        {"primary": Estimate(0.5, 0.6, 0.7)},
        {"guardrails": (replace(QUALITY, margin=-0.1),)},
        {"adoption_threshold": float("inf")},
    ],
)
def test_impossible_inputs_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be|is \("):
        judged(**changes)


grid = st.integers(-8, 8).map(lambda step: step / 20)
ends = st.tuples(grid, grid, grid).map(sorted)
shift = st.tuples(*[st.integers(0, 6).map(lambda step: step / 20)] * 3).map(sorted)
flags = st.sampled_from([None, False, True])


@st.composite
def results(draw: st.DrawFn) -> PilotResults:
    def effect() -> Estimate:
        low, value, high = draw(ends)
        return draw(st.sampled_from([Estimate(value, low, high), Estimate(value, low, high), Estimate.missing("x")]))

    guardrails = tuple(Guardrail(str(k), effect(), draw(grid.map(abs))) for k in range(draw(st.integers(0, 2))))
    return PilotResults(
        primary=effect(),
        worthwhile=draw(grid.map(abs)),
        guardrails=guardrails,
        adoption=draw(st.sampled_from([None, Estimate(0.2), Estimate(0.3), Estimate(0.5)])),
        adoption_threshold=0.3,
        blockers=draw(st.sampled_from([None, (), (), ("a",)])),
        looks_planned=draw(flags),
        allocation_suspect=draw(flags),
        charter_changed=draw(flags),
    )


def better(effect: Estimate, by: list[float]) -> Estimate:
    if effect.value is None or effect.low is None or effect.high is None:
        return effect
    low, value, high = sorted((effect.low + by[0], effect.value + by[1], effect.high + by[2]))
    return Estimate(value, low, high)


@given(results(), shift, shift)
def test_better_effects_never_worsen_the_verdict(given_: PilotResults, by: list[float], more: list[float]) -> None:
    guardrails = tuple(replace(g, effect=better(g.effect, more)) for g in given_.guardrails or ())
    improved = replace(given_, primary=better(given_.primary, by), guardrails=guardrails, adoption=Estimate(0.6))
    assert RANK[judge(improved).decision] >= RANK[judge(given_).decision]


@given(results())
def test_closing_a_blocker_or_planning_the_looks_never_worsens_the_verdict(given_: PilotResults) -> None:
    improved = replace(given_, blockers=(), looks_planned=True, charter_changed=False)
    assert RANK[judge(improved).decision] >= RANK[judge(given_).decision]


@given(results())
def test_a_go_knows_everything_and_a_stop_names_its_cause(given_: PilotResults) -> None:
    verdict = judge(given_)
    held = [clause.holds for clause in verdict.clauses if clause.toward == "go"]
    assert (verdict.decision == "go") == (all(held) and not verdict.reasons)
    assert verdict.decision == "go" or verdict.reasons


def test_extra_sample_towards_a_go_follows_the_square_of_the_width() -> None:
    # The lower end lies 0.3 below 0.2 and must come within 0.2: n x (0.3 / 0.2)^2 = 225, so 126 more end above zero.
    undecided = replace(GO, primary=Estimate(0.2, -0.1, 0.5), guardrails=())
    assert extra_sample(undecided, 100).n == 126
    assert extra_sample(undecided, 100).toward == "go"


def test_extra_sample_towards_a_stop_brings_the_best_end_under_the_worthwhile_effect() -> None:
    # 0.1 to 0.15 is 0.05, the upper end lies 0.1 above: four times the sample.
    undecided = replace(GO, primary=Estimate(0.10, 0.0, 0.20), guardrails=())
    assert (extra_sample(undecided, 100).n, extra_sample(undecided, 100).toward) == (301, "stop")


def test_extra_sample_waits_for_the_slowest_guardrail_and_counts_nothing_once_decided() -> None:
    slow = replace(QUALITY, effect=Estimate(0.0, -0.06, 0.06))
    assert extra_sample(replace(GO, guardrails=(QUALITY, slow)), 100).n == 801
    assert extra_sample(GO, 100).n == 0


def test_extra_sample_is_not_estimable_on_the_border_or_without_an_interval() -> None:
    on_border = replace(GO, primary=Estimate(0.15, -0.1, 0.4))
    assert extra_sample(on_border, 100).reason == "not_estimable"
    assert extra_sample(replace(GO, primary=Estimate(0.2)), 100).reason == "not_measured"


def test_with_the_extra_sample_the_intervals_decide() -> None:
    undecided = replace(GO, primary=Estimate(0.2, -0.1, 0.5), guardrails=())
    scale = (100 / (100 + (extra_sample(undecided, 100).n or 0))) ** 0.5
    assert judged(primary=Estimate(0.2, 0.2 - 0.3 * scale, 0.2 + 0.3 * scale), guardrails=())[0] == "go"


def test_support_is_one_half_on_the_border_and_975_in_1000_at_the_end_of_the_interval() -> None:
    effect = Estimate(0.2, 0.1, 0.3)
    assert support(effect, 0.2) == pytest.approx(0.5)
    assert support(effect, 0.1) == pytest.approx(0.975)
    assert support(effect, 0.3) == pytest.approx(0.025)
    assert support(Estimate.missing("too_few"), 0.1) is None
