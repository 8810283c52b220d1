import dataclasses
import datetime as dt
import math
import shutil
from pathlib import Path

import pytest
from assess_clients import almost_empty, complete, parsed, use_case
from hypothesis import assume, given
from hypothesis import strategies as st

from workbook.engagement import load_engagement
from workbook.engagement.proposal import Edit, propose
from workbook.engagement.schema import Weighting
from workbook.phases.assess import assess
from workbook.phases.assess.what_if import OtherWeights, share_out, swing_points

PARAMETERS = Path(__file__).parents[2] / "parameters"
CRITERIA = "abcdefgh"


def weighting(**points):
    """Return swing weights; criteria that are not named have no points."""
    zeros = dict.fromkeys(
        ("business_impact", "customer_impact", "strategic_alignment", "data_readiness", "integration",
         "model_complexity", "sponsorship", "change_capacity"), 0.0
    )  # fmt: skip
    return parsed(Weighting, {"method": "swing", "points": zeros | points, "by": "ann", "date": "2026-09-10"})


def three_candidates(folder):
    """Return a client with three candidates: impact on customers falls, simplicity rises from A to C."""
    tiny = complete(folder)
    tiny.assess["use_cases"] = [
        use_case(id, "post", 0, scores={"customer_impact": impact, "model_complexity": simplicity})
        for id, impact, simplicity in (("a", 90, 30), ("b", 60, 60), ("c", 30, 90))
    ]
    tiny.assess["weighting"] = weighting(customer_impact=100).model_dump(mode="json", exclude_defaults=True)
    tiny.compliance, tiny.client["gates"] = None, {}
    return tiny


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """The result of that client."""
    return three_candidates(tmp_path_factory.mktemp("parameters") / "tiny").result()


# --- the ranking -----------------------------------------------------------------------------------------------------


def test_three_candidates_change_places_as_counted_by_hand(three):
    others = OtherWeights(three)
    # weights 2/3 and 1/3: A 2/3 * 90 + 1/3 * 30 = 70, B 60, C 2/3 * 30 + 1/3 * 90 = 50
    first = others.under(weighting(customer_impact=100, model_complexity=50)).ranking
    assert [(row.candidate.id, row.value.value) for row in first.ranked] == [
        ("a", pytest.approx(70)), ("b", pytest.approx(60)), ("c", pytest.approx(50)),
    ]  # fmt: skip
    then = others.under(weighting(customer_impact=50, model_complexity=100)).ranking
    assert [row.candidate.id for row in then.ranked] == ["c", "b", "a"]
    # A is worth 30 + 60 t and C 90 - 60 t at a weight t on customers: the lead changes at one half
    flips = {list(then.weights.values)[point.criterion]: point for point in then.flip_points}
    assert flips["customer_impact"].up.weight == pytest.approx(0.5)
    assert [then.order[i] for i in flips["customer_impact"].up.leaders] == ["a"]


def test_a_missing_score_takes_the_rank_away_only_while_it_counts(three):
    others = OtherWeights(three)
    assert len(others.under(weighting(customer_impact=100)).ranking.ranked) == 3
    assert others.under(weighting(customer_impact=100, sponsorship=1)).ranking.ranked == ()


@pytest.mark.parametrize("client", ["norrhaven", "brauer-logistik"])
def test_the_weights_of_the_file_give_the_result_of_the_phase(client):
    result = assess(load_engagement(client, PARAMETERS))
    same = OtherWeights(result).under(result.assess.weighting)
    assert {figure.id: figure for figure in same.figures} == {figure.id: figure for figure in result.figures}
    assert [row.candidate.id for row in same.ranking.candidates] == [
        row.candidate.id for row in result.ranking.candidates
    ]
    assert same.open_reasons == result.open_reasons


def test_what_is_saved_gives_every_figure_of_the_screen(tmp_path):
    shutil.copytree(PARAMETERS / "norrhaven", tmp_path / "norrhaven")
    engagement = load_engagement("norrhaven", tmp_path)
    old = engagement.assess.weighting
    # without its weight no score on data readiness is missed: four candidates are ranked that were not
    moved = old.points | {"integration": 90.0, "business_impact": 17.0, "data_readiness": 0.0}
    points, before = swing_points(share_out(moved, {"sponsorship": 0.311})), assess(engagement)
    screen = OtherWeights(before).under(
        parsed(Weighting, {"points": points, "spread": old.spread, "by": old.by, "date": "2025-02-05"})
    )
    edit = Edit("assess.yaml", ("weighting",), {"method": "swing", "points": points, "date": dt.date(2025, 2, 5)})
    propose(engagement, [edit]).save()
    saved = assess(load_engagement("norrhaven", tmp_path))
    assert saved.assess.weighting == screen.assess.weighting
    assert saved.figures.frozen() == screen.figures.frozen()
    assert saved.ranking.flip_points == screen.ranking.flip_points
    for part in dataclasses.fields(saved.ranking.acceptability):
        one, other = (getattr(r.ranking.acceptability, part.name) for r in (saved, screen))
        assert repr(one) == repr(other)


def test_what_is_open_and_who_could_still_come_in_follow_the_weights(tmp_path):
    tiny = three_candidates(tmp_path / "tiny")
    before = tiny.result()
    # nobody has a score on sponsorship
    chosen = weighting(customer_impact=100, sponsorship=50)
    screen = OtherWeights(before).under(chosen)
    tiny.assess["weighting"] = chosen.model_dump(mode="json", exclude_defaults=True)
    saved = tiny.result()
    assert saved.open_reasons == screen.open_reasons != before.open_reasons
    challengers = [[row.candidate.id for row in result.challengers] for result in (saved, screen, before)]
    assert challengers == [["a", "b", "c"], ["a", "b", "c"], []]


def test_a_client_without_candidates_has_a_ranking_without_any(tmp_path):
    result = almost_empty(tmp_path / "tiny").result()
    other = OtherWeights(result).under(weighting(customer_impact=100))
    assert other.ranking.candidates == () and other.ranking.acceptability is None


def test_points_that_are_no_weights_are_refused(three):
    with pytest.raises(ValueError, match="all points are zero"):
        OtherWeights(three).under(weighting())


# --- sharing out -----------------------------------------------------------------------------------------------------


def test_a_locked_share_stays_and_the_others_share_the_rest_by_their_points():
    # 0.2 is locked; 0.8 is shared 20 to 20
    shares = share_out({"a": 60.0, "b": 20.0, "c": 20.0}, {"a": 0.2})
    assert shares == {"a": 0.2, "b": pytest.approx(0.4), "c": pytest.approx(0.4)}
    # and 20 to 60
    assert share_out({"a": 60.0, "b": 20.0, "c": 60.0}, {"a": 0.2})["c"] == pytest.approx(0.6)


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=8),
    st.lists(st.floats(0, 100), min_size=2, max_size=8),
    st.sets(st.sampled_from(CRITERIA)),
)
def test_locks_keep_their_share_whatever_the_others_do(before, after, chosen):
    before, after = (dict(zip(CRITERIA, points, strict=False)) for points in (before, after))
    after = {id: after.get(id, 0.0) for id in before}
    assume(max(before.values()) > 1e-6)
    there = share_out(before, {})
    locked = {id: there[id] for id in before if id in chosen}
    free = [after[id] for id in before if id not in locked]
    rest = 1 - sum(locked.values())
    assume(max(free, default=0.0) > 1e-6 and rest > 1e-6)
    shares = share_out(after, locked)
    assert {id: shares[id] for id in locked} == locked
    assert math.isclose(sum(shares.values()), 1.0, abs_tol=1e-9)
    # and the points that would be saved give the same weights, to less than a tenth of a per mille
    saved = share_out(swing_points(shares), {})
    assert max(swing_points(shares).values()) == 100.0
    assert all(math.isclose(saved[id], shares[id], abs_tol=1e-4) for id in shares)


@pytest.mark.parametrize(
    "points, locked, said",
    [
        ({"a": 0.0, "b": 0.0}, {}, "all points are zero"),
        ({"a": 10.0, "b": 0.0}, {"a": 0.4}, "the unlocked criteria have 60.0% to share, and no points"),
        ({"a": 10.0, "b": 10.0}, {"a": 1.0}, "the locked criteria hold all the weight"),
        ({"a": 10.0, "b": -1.0}, {"a": 0.5}, "points cannot be negative"),
        ({"a": 10.0, "b": 10.0}, {"a": 0.5, "b": 0.2}, "all criteria are locked, and together they hold 70.0%"),
    ],
)
def test_what_cannot_be_shared_out_is_said(points, locked, said):
    with pytest.raises(ValueError, match=said):
        share_out(points, locked)


def test_all_locked_keeps_all_and_nothing_left_is_no_fault_where_nothing_is_asked():
    assert share_out({"a": 3.0, "b": 8.0}, {"a": 0.4, "b": 0.6}) == {"a": 0.4, "b": 0.6}
    assert share_out({"a": 3.0, "b": 0.0}, {"a": 1.0}) == {"a": 1.0, "b": 0.0}


def test_points_are_those_of_the_weights_with_100_for_the_largest():
    assert swing_points({"a": 0.5, "b": 0.3, "c": 0.2}) == {"a": 100.0, "b": 60.0, "c": 40.0}
    assert swing_points({"a": 0.6, "b": 0.4}) == {"a": 100.0, "b": 66.667}
