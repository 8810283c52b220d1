import numpy as np
import pytest
from assess_clients import parsed
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.engagement.schema import Weighting
from workbook.phases.assess.ranking import Candidate, Weights, draw_weights, rank, weigh
from workbook.phases.figures import Figure, Register

HALVES = {"value": 0.5, "ease": 0.5}
HOUSE = {"value": 100.0, "ease": 60.0, "fit": 40.0}


def score(candidate, criterion, given):
    """Return a score given as a number, as (low, likely, high), or None."""
    id = f"use_case.{candidate}.score.{criterion}"
    if given is None:
        return Figure(id, None, "score 0-100", reason="not_provided")
    low, likely, high = given if isinstance(given, tuple) else (None, given, None)
    return Figure(id, float(likely), "score 0-100", low, high, evidence="interview")


def ranking_of(candidates, weights=HALVES, size=3, spread=0.5, vetoes=(), uncut=()):
    """Return the ranking of candidates given as {id: scores in the order of the weights}."""
    register = Register()
    rows = []
    for id, row in candidates.items():
        scores = {name: register.add(score(id, name, each)) for name, each in zip(weights, row, strict=True)}
        veto = ("no_sponsor",) if id in vetoes else ()
        rows.append(Candidate(id, scores, veto, (), dict(uncut).get(id, {})))
    return rank(rows, Weights(weights, "direct", spread, False, "assess.yaml:1", "interview"), size, register)


def places(ranking):
    return {row.candidate.id: row.rank for row in ranking.candidates}


# --- weights ---------------------------------------------------------------------------------------------------------


def test_the_swings_of_the_house_stand_in_and_say_so():
    weights = weigh(HOUSE, None, "framework", 0.5)
    # 100, 60 and 40 of 200 points.
    assert weights.values == {"value": 0.5, "ease": 0.3, "fit": 0.2}
    assert (weights.is_house_default, weights.evidence, weights.method, weights.spread) == (
        True,
        "assumed",
        "swing",
        0.5,
    )


@pytest.mark.parametrize(
    "chosen, values",
    [
        ({"method": "swing", "points": {"fit": 100, "value": 60, "ease": 40}}, {"value": 0.3, "ease": 0.2, "fit": 0.5}),
        ({"method": "direct", "points": {"value": 20, "ease": 30, "fit": 50}}, {"value": 0.2, "ease": 0.3, "fit": 0.5}),
        # (1 + 1/2 + 1/3) / 3, (1/2 + 1/3) / 3 and 1/9.
        (
            {"method": "rank_order_centroid", "order": ["ease", "fit", "value"]},
            {"value": 1 / 9, "ease": 11 / 18, "fit": 5 / 18},
        ),
        # Value matters twice as much as ease and four times as much as fit: 4, 2 and 1 of 7.
        (
            {
                "method": "ahp",
                "matrix": {
                    "value": {"value": 1, "ease": 2, "fit": 4},
                    "ease": {"value": 0.5, "ease": 1, "fit": 2},
                    "fit": {"value": 0.25, "ease": 0.5, "fit": 1},
                },
            },
            {"value": 4 / 7, "ease": 2 / 7, "fit": 1 / 7},
        ),
    ],
    ids=["swing", "direct", "rank_order_centroid", "ahp"],
)
def test_the_client_weighs_by_the_method_it_chose(chosen, values):
    weights = weigh(HOUSE, parsed(Weighting, chosen), "assess.yaml:1", 0.5)
    assert weights.values == pytest.approx(values) and list(weights.values) == list(HOUSE)
    assert (weights.method, weights.is_house_default) == (chosen["method"], False)
    assert weights.vector.sum() == pytest.approx(1)


@pytest.mark.parametrize("by, evidence", [("ann", "interview"), (None, None)])
def test_the_evidence_of_weights_is_who_set_them(by, evidence):
    chosen = {"method": "direct", "points": {"value": 20, "ease": 30, "fit": 50}} | ({"by": by} if by else {})
    assert weigh(HOUSE, parsed(Weighting, chosen), "x", 0.5).evidence == evidence


def test_plausible_weights_stay_within_the_spread_and_sum_to_one():
    drawn = draw_weights(Weights({"a": 0.5, "b": 0.3, "c": 0.2}, "direct", 0.5, False, "x", None))
    assert np.allclose(drawn.sum(axis=1), 1)
    assert (drawn >= [0.25, 0.15, 0.1]).all() and (drawn <= [0.75, 0.45, 0.3]).all()
    # They fill it: 0.5 +- 50 % reaches from 0.25 to 0.75, as far as the other two leave room.
    assert drawn[:, 0].min() < 0.3 and drawn[:, 0].max() > 0.7


def test_without_a_spread_the_weights_are_certain():
    drawn = draw_weights(Weights(HALVES, "direct", 0.0, False, "x", None))
    assert np.allclose(drawn, 0.5)


def test_where_only_an_order_is_known_every_draw_keeps_it():
    drawn = draw_weights(Weights({"a": 1 / 9, "b": 11 / 18, "c": 5 / 18}, "rank_order_centroid", 0.5, False, "x", None))
    assert (drawn[:, 1] >= drawn[:, 2]).all() and (drawn[:, 2] >= drawn[:, 0]).all()
    assert drawn.mean(axis=0) == pytest.approx([1 / 9, 11 / 18, 5 / 18], abs=0.01)


# --- values and ranks ------------------------------------------------------------------------------------------------


def test_the_value_is_the_sum_of_weight_times_score(result):
    # Eight criteria at one eighth: (50 + 80 + 80 + 100 + 100 + 80 + 50 + 41 2/3) / 8 = 72.708.
    best = result.ranking.candidates[0]
    assert (best.candidate.id, best.rank) == ("post-sorting", 1)
    assert best.value.value == pytest.approx((50 + 80 + 80 + 100 + 100 + 80 + 50 + 125 / 3) / 8)
    # Impact 25 to 100; capacity for change from level 2 (25) to 8/3 + 1/sqrt(3) (56.1); the others have no range.
    assert best.value.low == pytest.approx((25 + 80 + 80 + 100 + 100 + 80 + 50 + 25) / 8)
    assert best.value.high == pytest.approx((100 + 80 + 80 + 100 + 100 + 80 + 50 + 25 * (5 / 3 + 3**-0.5)) / 8)


def test_the_evidence_of_a_value_is_that_of_its_weakest_score_or_of_the_weights(result):
    value = result.ranking["post-sorting"].value
    assert value.evidence == "estimate"
    assert (
        "weight.integration" in value.derived_from and "use_case.post-sorting.score.integration" in value.derived_from
    )


def test_candidates_stand_in_the_order_of_their_values():
    ranking = ranking_of({"c": (20, 20), "a": (90, 10), "b": (60, 80)})
    assert [(row.candidate.id, row.rank, row.value.value) for row in ranking.candidates] == [
        ("b", 1, 70),
        ("a", 2, 50),
        ("c", 3, 20),
    ]


def test_a_candidate_without_a_score_has_no_value_and_takes_no_rank_from_another():
    ranking = ranking_of({"a": (50, 50), "unknown": (100, None), "b": (40, 40)})
    assert places(ranking) == {"a": 1, "b": 2, "unknown": None}
    value = ranking["unknown"].value
    # At best the missing score is 100, at worst 0.
    assert (value.value, value.low, value.high, value.reason) == (None, 50, 100, "not_provided")
    assert ranking["unknown"].candidate.missing == ("ease",)


def test_a_missing_score_without_weight_does_no_harm():
    assert places(ranking_of({"a": (50, None), "b": (40, 10)}, {"value": 1.0, "ease": 0.0})) == {"a": 1, "b": 2}


def test_a_veto_is_not_made_up_for_by_any_score():
    ranking = ranking_of({"a": (10, 10), "best": (100, 100), "b": (5, 5)}, vetoes=["best"])
    assert places(ranking) == {"a": 1, "b": 2, "best": None}
    best = ranking["best"]
    assert (best.value.reason, best.value.low, best.first_share) == ("vetoed", None, None)
    assert "best" not in ranking.order and ranking.acceptability.rank_acceptability.shape == (2, 2)


def test_where_all_are_vetoed_nobody_is_ranked():
    ranking = ranking_of({"a": (10, 10), "b": (5, 5)}, vetoes=["a", "b"])
    assert (ranking.ranked, ranking.shortlist, ranking.leaders, ranking.flip_points) == ((), (), (), ())
    assert ranking.acceptability is None and len(ranking.candidates) == 2


def test_a_single_candidate_is_ranked_without_a_test_of_the_ranking():
    ranking = ranking_of({"only": (40, 60)})
    (row,) = ranking.candidates
    assert (row.rank, row.value.value, row.first_share, ranking.acceptability) == (1, 50, None, None)


def test_no_candidate_is_no_ranking():
    ranking = ranking_of({})
    assert (ranking.candidates, ranking.order, ranking.acceptability) == ((), (), None)
    assert ranking.leave_one_out.shape == (0, 2) and ranking.dominance.shape == (0, 0)


def test_candidates_with_equal_values_share_a_rank_and_the_lead():
    ranking = ranking_of({"b": (60, 40), "a": (40, 60), "c": (10, 10)})
    assert places(ranking) == {"a": 1, "b": 1, "c": 3}
    assert [row.candidate.id for row in ranking.leaders] == ["a", "b"]


def test_the_shortlist_holds_the_best_ranked_and_no_more_than_its_size():
    ranking = ranking_of({f"c{n}": (n, n) for n in range(10, 60, 10)} | {"unknown": (100, None)})
    assert [row.candidate.id for row in ranking.shortlist] == ["c50", "c40", "c30"]
    assert len(ranking_of({"a": (1, 1), "unknown": (100, None)}).shortlist) == 1


# --- how sure it is --------------------------------------------------------------------------------------------------


def test_two_equal_candidates_come_first_equally_often():
    ranking = ranking_of({"a": (60, 40), "b": (60, 40)})
    assert [row.first_share.value for row in ranking.candidates] == [0.5, 0.5]


def test_a_missing_score_may_be_anything_on_the_scale():
    # Uniform between 0 and 100 against 70: above it in 30 % of the draws.
    ranking = ranking_of({"known": (70,), "unknown": (None,)}, {"value": 1.0})
    assert ranking["unknown"].first_share.value == pytest.approx(0.3, abs=0.015)
    assert ranking["unknown"].first_share.n == 10_000


def test_a_range_is_drawn_as_a_triangle():
    # P(X > 75) for low 0, likely 50, high 100 is 25^2 / (100 x 50) = 12.5 %.
    ranking = ranking_of({"known": (75,), "ranged": ((0, 50, 100),)}, {"value": 1.0})
    assert ranking["ranged"].first_share.value == pytest.approx(0.125, abs=0.01)


def test_a_range_that_reaches_beyond_the_scale_is_drawn_whole_and_then_cut():
    # P(X > 99) for low 0, likely 100, high 200 is 1 - 99^2 / 20,000 = 51.0 %. Cut to (0, 100, 100) first, it would
    # be 1 - 0.99^2 = 2.0 %.
    candidates = {"known": (99,), "large": ((0, 100, 100),)}
    uncut = {"large": {"value": (0.0, 100.0, 200.0)}}
    ranking = ranking_of(candidates, {"value": 1.0}, uncut=uncut)
    assert ranking["large"].first_share.value == pytest.approx(0.51, abs=0.015)
    assert ranking_of(candidates, {"value": 1.0})["large"].first_share.value == pytest.approx(0.02, abs=0.006)


def test_the_share_among_the_first_adds_up_the_first_ranks():
    ranking = ranking_of({"a": (90, 90), "b": (80, 80), "c": (70, 70), "d": (60, 60)}, size=3)
    assert [row.top_share.value for row in ranking.candidates] == [1, 1, 1, 0]


# --- what must always hold -------------------------------------------------------------------------------------------

whole = st.integers(0, 100).map(float)
scores = st.one_of(st.none(), whole)
tables = st.lists(st.tuples(scores, scores), min_size=2, max_size=5).map(
    lambda rows: {f"c{number}": row for number, row in enumerate(rows)}
)
few = settings(max_examples=25)


def by_id(ranking):
    return {
        row.candidate.id: (row.rank, row.value.value, row.first_share.value, row.top_share.value)
        for row in ranking.candidates
    }


@few
@given(tables.flatmap(lambda table: st.tuples(st.just(table), st.permutations(list(table)))))
def test_the_order_of_the_file_changes_no_value_rank_or_share(drawn):
    table, order = drawn
    one, other = ranking_of(table), ranking_of({id: table[id] for id in order})
    assert by_id(one) == by_id(other)
    assert [row.candidate.id for row in one.candidates] == [row.candidate.id for row in other.candidates]


@few
@given(tables, whole)
def test_a_better_score_never_lowers_a_value_a_rank_or_a_share(table, gain):
    first, ease = table["c0"]
    better = table | {"c0": (None if first is None else min(first + gain, 100.0), ease)}
    before, after = ranking_of(table)["c0"], ranking_of(better)["c0"]
    assert after.first_share.value >= before.first_share.value
    if before.value.is_known:
        assert after.value.value >= before.value.value and after.rank <= before.rank


@few
@given(tables, st.tuples(whole, whole))
def test_adding_a_candidate_never_changes_the_order_of_the_others(table, further):
    before, after = ranking_of(table), ranking_of(table | {"further": further})
    others = [row.candidate.id for row in after.candidates if row.candidate.id != "further"]
    assert others == [row.candidate.id for row in before.candidates]
    assert all(after[id].value.value == before[id].value.value for id in table)


@few
@given(tables, st.integers(1, 100))
def test_a_dominated_candidate_never_leads(table, worse):
    ranking = ranking_of(table)
    if not ranking.ranked:
        return
    best = ranking.leaders[0].candidate
    below = tuple(max(each.value - worse, 0.0) for each in best.scores.values())
    with_it = ranking_of(table | {"below": below})
    # At zero on both criteria it is the leader's equal, not dominated.
    if any(each.value > 0 for each in best.scores.values()):
        assert "below" not in [row.candidate.id for row in with_it.leaders]
        assert with_it["below"].first_share.value == 0


@pytest.mark.parametrize("given, spread", [({}, 0.3), ({"spread": 0.1}, 0.1), ({"spread": 0}, 0.0)])
def test_the_spread_is_the_clients_and_the_houses_where_the_client_gives_none(given, spread):
    chosen = parsed(Weighting, {"points": HOUSE} | given)
    assert weigh(HOUSE, chosen, "assess.yaml:1", 0.3).spread == spread


def test_the_confidence_factor_says_how_surely_a_candidate_leads_with_the_weights_that_favour_it():
    # Weights are certain; "one" scores 0 to 100 evenly on average above and below the certain 50 of "two".
    ranking = ranking_of({"one": ((0, 50, 100), 50), "two": (50, 50), "never": (0, 0)}, spread=0)
    assert ranking["one"].confidence.value == pytest.approx(0.5, abs=0.02)
    assert ranking["one"].confidence.value == pytest.approx(ranking["one"].first_share.value)
    assert (ranking["never"].confidence.value, ranking["never"].confidence.reason) == (None, "never_first")
