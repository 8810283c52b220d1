import datetime as dt
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from assess_clients import complete, use_case
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.engagement import load_engagement
from workbook.exhibits import live, screen
from workbook.exhibits.assess import chart_acceptability, chart_ranking, table_flip_points
from workbook.phases.assess import assess

PARAMETERS = Path(__file__).parents[2] / "parameters"
ZEROS = dict.fromkeys(
    ["business_impact", "strategic_alignment", "data_readiness", "integration", "sponsorship", "change_capacity"], 0
)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Three candidates judged on customers and simplicity, at weights of 2/3 and 1/3: A 70, B 60, C 50."""
    tiny = complete(tmp_path_factory.mktemp("parameters") / "tiny")
    tiny.assess["use_cases"] = [
        use_case(id, "post", 0, name=name, scores={"customer_impact": impact, "model_complexity": simplicity})
        for id, name, impact, simplicity in (("a", "A & Co", 90, 30), ("b", "B", 60, 60), ("c", "C", 30, 90))
    ]
    points = {"customer_impact": 100, "model_complexity": 50} | ZEROS
    tiny.assess["weighting"] = {"method": "swing", "points": points, "by": "ann", "date": "2026-09-10"}
    tiny.compliance, tiny.client["gates"] = None, {}
    return tiny.result()


@pytest.fixture(scope="module")
def norrhaven():
    return assess(load_engagement("norrhaven", PARAMETERS))


@pytest.fixture(scope="module")
def gappy():
    return assess(load_engagement("brauer-logistik", PARAMETERS))


def words(widget):
    """Return the text of an HTML widget."""
    return unescape(re.sub(r"<[^>]+>", "", widget.value)).strip()


def shares(control):
    return {id: words(row.share) for id, row in control.rows.items()}


def weights_of(control):
    return dict(control.shown.ranking.weights.values)


# --- moving a weight -------------------------------------------------------------------------------------------------


def test_at_first_the_screen_shows_what_the_report_shows(three):
    control = live.weights(three)
    assert chart_ranking(three).title in words(control.ranking)
    assert chart_acceptability(three).title in words(control.acceptability)
    assert control.flip_points.value == screen.html(table_flip_points(three).bundle())
    assert words(control.changes) == "Every rank is as with the weights in the file: 1. A & Co, 2. B, 3. C."
    assert shares(control)["customer_impact"] == "66.7%"


def test_a_moved_weight_moves_ranking_shares_and_flip_points_and_is_told_in_words(three):
    control = live.weights(three)
    before = control.ranking.value, control.acceptability.value, control.flip_points.value
    # 25 and 50 points are weights of 1/3 and 2/3: C 1/3 * 30 + 2/3 * 90 = 70, B 60, A 50
    control.rows["customer_impact"].slider.value = 25
    assert words(control.changes) == (
        "Ranks, and before with the weights in the file: 1. C (before 3), 2. B (as before), 3. A & Co (before 1)."
    )
    values = {row.candidate.id: row.value.value for row in control.shown.ranking.ranked}
    assert values == {"c": pytest.approx(70), "b": pytest.approx(60), "a": pytest.approx(50)}
    assert shares(control)["customer_impact"] == "33.3%" and control.rows["customer_impact"].number.value == 25
    after = control.ranking.value, control.acceptability.value, control.flip_points.value
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert words(control.ranking).startswith(chart_ranking(control.shown).title)


def test_the_number_moves_the_slider_and_back_again_gives_the_same_picture(three):
    control = live.weights(three)
    first = control.ranking.value, control.acceptability.value
    control.rows["model_complexity"].number.value = 80
    assert control.rows["model_complexity"].slider.value == 80
    control.rows["model_complexity"].slider.value = 50
    assert (control.ranking.value, control.acceptability.value) == first


def test_a_weight_that_begins_to_count_takes_candidates_out_of_the_ranking(three):
    control = live.weights(three)
    control.rows["sponsorship"].number.value = 10
    assert words(control.changes) == "No candidate is ranked."
    assert words(control.unranked).startswith("Not ranked, since a score that counts is not known: A & Co (Sponsor")
    control.rows["sponsorship"].number.value = 0
    assert words(control.changes).endswith("1. A & Co, 2. B, 3. C.") and words(control.unranked) == ""


def test_vetoed_candidates_are_named(norrhaven):
    assert words(live.weights(norrhaven).unranked).endswith(
        "Vetoed, whatever the weights: Emotion monitoring of agents from their voice."
    )


def test_reset_goes_back_to_the_file_and_takes_locks_off(norrhaven):
    control = live.weights(norrhaven)
    control.rows["integration"].lock.value = True
    control.rows["business_impact"].slider.value = 3
    control.reset.click()
    assert control.shown is norrhaven
    assert not any(row.lock.value or row.slider.disabled for row in control.rows.values())
    assert {id: row.slider.value for id, row in control.rows.items()} == norrhaven.assess.weighting.points


# --- locks -----------------------------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(
    locked=st.sets(st.sampled_from(["customer_impact", "model_complexity"])),
    moves=st.lists(st.tuples(st.sampled_from([*ZEROS][:2]), st.integers(1, 100)), min_size=1, max_size=3),
)
def test_a_locked_share_stays_and_all_sum_to_one(three, locked, moves):
    control = live.weights(three)
    # sponsorship and the like have a score for nobody; the two that move here do
    control.rows["business_impact"].slider.value = 40
    before = weights_of(control)
    for id in locked:
        control.rows[id].lock.value = True
    for id, points in moves:
        control.rows[id].slider.value = points
    after = weights_of(control)
    assert all(after[id] == pytest.approx(before[id], abs=1e-4) for id in locked)
    assert sum(after.values()) == pytest.approx(1)


def test_taking_a_lock_off_leaves_the_weights_as_they_are(norrhaven):
    control = live.weights(norrhaven)
    control.rows["business_impact"].lock.value = True
    for id in ("integration", "sponsorship"):
        control.rows[id].slider.value = 2
    before = weights_of(control)
    control.rows["business_impact"].lock.value = False
    assert weights_of(control) == pytest.approx(before, abs=1e-4)
    assert max(control.points.values()) == 100


def test_a_criterion_that_was_locked_stands_in_proportion_once_it_is_free_again(three):
    control = live.weights(three)
    customers, simplicity = control.rows["customer_impact"], control.rows["model_complexity"]
    # locked at 2/3; whatever the only other one stands at, it has the third that is left
    customers.lock.value = True
    simplicity.slider.value = 100
    assert (customers.slider.value, simplicity.slider.value) == (100, 100)
    customers.lock.value = False
    assert (customers.slider.value, simplicity.slider.value) == (100, 50)


def test_all_locked_and_all_but_one_say_so_in_place(three):
    control = live.weights(three)
    *most, last = control.rows.values()
    for row in most:
        row.lock.value = True
    assert 'role="alert"' in control.message.value
    assert words(control.message).startswith("■ All others are locked, so Capacity for change has what is left over")
    last.lock.value = True
    assert words(control.message) == "■ All criteria are locked: unlock two to move a weight."
    most[0].lock.value = most[1].lock.value = False
    assert control.message.value == ""


def test_weights_that_cannot_be_shared_out_keep_the_last_result_and_are_not_saved(three):
    control = live.weights(three)
    control.rows["customer_impact"].lock.value = True
    shown = control.ranking.value
    control.rows["model_complexity"].number.value = 0
    assert "The unlocked criteria have 33.3% to share, and no points" in words(control.message)
    assert control.ranking.value == shown
    control.saving.by.value = "ann"
    control.saving.look.click()
    assert "points are no weights yet" in words(control.saving.message)
    control.rows["model_complexity"].number.value = 9
    assert control.message.value == "" and weights_of(control)["customer_impact"] == pytest.approx(2 / 3, abs=1e-4)


# --- what the file holds ---------------------------------------------------------------------------------------------


def test_another_method_starts_from_points_in_proportion_and_says_what_saving_does(gappy):
    control = live.weights(gappy)
    # rank-order centroid weights of eight criteria: (1 + 1/2 + ... + 1/8) / 8 for the first
    first, *_ = sorted(weights_of(control).values(), reverse=True)
    assert first == pytest.approx(sum(1 / k for k in range(1, 9)) / 8, abs=1e-4)
    assert max(control.points.values()) == 100
    assert "rank order (centroid weights)" in words(control.intro)
    assert "Saving changes the method to swing" in words(control.intro)


def test_a_slider_that_puts_itself_on_a_whole_number_moves_nothing(gappy):
    control = live.weights(gappy)
    points, shown, row = dict(control.points), control.shown, control.rows["customer_impact"]
    # what the browser sends back when it shows a slider in whole points
    row.slider.value = round(row.slider.value)
    assert row.slider.value != points["customer_impact"]
    assert control.points == points and control.shown is shown
    row.slider.value += 1
    assert control.points["customer_impact"] == row.slider.value


def test_a_client_with_gaps_is_told_what_is_not_known(gappy):
    control = live.weights(gappy)
    control.rows["integration"].slider.value = 77
    assert "1. Entry of orders from e-mails" in words(control.changes)
    assert "Detection of wrong surcharges of carriers (Data readiness, Integration)" in words(control.unranked)


def test_a_client_without_any_candidate_is_told_so(empty):
    control = live.weights(empty)
    control.rows["integration"].slider.value = 77
    assert words(control.changes) == "No candidate is ranked." and control.message.value == ""
    assert "The file has no weights: these are the house's" in words(control.intro)


# --- saving ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client, by", [("norrhaven", "mairead-kinsella"), ("brauer-logistik", "franziska-brauer")])
def test_what_is_saved_gives_the_figures_on_the_screen(tmp_path, client, by):
    shutil.copytree(PARAMETERS / client, tmp_path / client)
    engagement = load_engagement(client, tmp_path)
    control = live.weights(assess(engagement))
    control.rows["integration"].lock.value = True
    control.rows["business_impact"].slider.value = 31
    control.saving.by.value = by
    control.saving.look.click()
    control.saving.save.click()
    assert words(control.saving.message).startswith("Saved assess.yaml")
    saved = assess(load_engagement(client, tmp_path))
    weighting = saved.assess.weighting
    assert (weighting.method, weighting.by, weighting.date) == ("swing", by, engagement.as_of)
    assert weighting.points == control.points and weighting.order == ()
    assert saved.figures.frozen() == control.shown.figures.frozen()
    # from here on the saved weights are those of the file
    assert words(control.changes).startswith("Every rank is as with the weights in the file")
    assert control.shown.assess.weighting == weighting
    assert "Saving changes the method" not in words(control.intro)


def test_what_was_looked_at_is_taken_back_when_a_weight_moves(three):
    control = live.weights(three)
    control.rows["customer_impact"].slider.value = 44
    control.saving.by.value = "ann"
    control.saving.look.click()
    assert "customer_impact: 88" in words(control.saving.diff) and not control.saving.save.disabled
    control.rows["customer_impact"].slider.value = 43
    assert control.saving.diff.value == "" and control.saving.save.disabled


def test_comparisons_in_pairs_are_to_be_deleted_by_hand_first(tmp_path):
    tiny = complete(tmp_path / "tiny")
    ids = list(tiny.assess["weighting"]["points"])
    matrix = {id: dict.fromkeys(ids, 1.0) for id in ids}
    tiny.assess["weighting"] = {"method": "ahp", "matrix": matrix, "by": "ann", "date": "2026-09-10"}
    control = live.weights(tiny.result())
    control.saving.by.value = "ann"
    control.saving.date.value = dt.date(2026, 9, 20)
    control.saving.look.click()
    assert "weighting.matrix" in words(control.saving.message) and control.saving.save.disabled


def test_every_input_has_a_name_and_none_is_cut(three):
    control = live.weights(three)
    for row in control.rows.values():
        assert row.number.description and row.lock.description == f"Lock {row.number.description}"
        assert row.slider.tooltip == row.number.tooltip
