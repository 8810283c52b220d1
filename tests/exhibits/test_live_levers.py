"""The levers of a business case, moved without a browser."""

import re

import pytest
import yaml
from prioritize_clients import known

from workbook.engagement import load_engagement
from workbook.exhibits import live
from workbook.exhibits import prioritize as show
from workbook.exhibits.live.case_figures import figures_of
from workbook.phases.prioritize import prioritize

CLAIMS, POST = "claim-letters", "post-sorting"
EFFECT, TOKENS = f"{CLAIMS}.benefit.drafting.effect", f"{CLAIMS}.cost.tokens"


@pytest.fixture
def panel(prioritized):
    """The levers of the candidate whose inputs have ranges."""
    control = live.levers(prioritized)
    control.candidate.value = CLAIMS
    return control.panel


def text(widget):
    """What a widget says, without its tags."""
    return re.sub(r"<[^>]+>", " ", widget.value)


def drawing(frame):
    return frame.value.partition('<div role="img"')[2]


def test_the_candidate_proposed_is_shown_first_and_any_other_may_be_chosen(prioritized):
    control = live.levers(prioritized)
    assert control.candidate.value == POST == control.panel.id
    control.candidate.value = CLAIMS
    assert control.body.children == (control.panel,) and control.panel.id == CLAIMS


def test_the_levers_are_the_inputs_that_move_the_value_most(panel, prioritized):
    bars = prioritized.uncertainty[CLAIMS].sensitivity.tornado.bars
    assert list(panel.levers) == [bar.input for bar in bars]
    assert panel.levers[EFFECT].numbers == {"low": 0.2, "likely": 0.25, "high": 0.3}


def test_each_lever_says_unit_evidence_and_the_line_it_stands_on(panel):
    about = text(panel.levers[EFFECT].children[0])
    assert "hours per transaction" in about and "estimate (E)" in about and "prioritize.yaml:" in about


def test_the_charts_begin_as_the_static_exhibits(panel, prioritized):
    assert panel.shown is prioritized
    assert show.chart_s_curve(prioritized).title in panel.s_curve.value
    assert "Every lever stands as in the file" in text(panel.status)


def test_every_box_has_a_name_of_its_own(panel):
    names = [box.description for lever in panel.levers.values() for box in lever.boxes.values()]
    assert len(set(names)) == len(names) and all(names)


def test_a_choice_not_yet_made_says_so(panel):
    # by the value None alone the library shows a blank, now and then
    assert panel.basis.evidence.label == "choose one" and panel.another.label == "choose an input to add"


def test_a_move_shows_what_the_phase_computes_and_the_change(panel):
    before = drawing(panel.s_curve), drawing(panel.tornado)
    panel.levers[EFFECT].boxes["likely"].value = 0.28
    npv = panel.shown.values[CLAIMS].npv.value
    # 2,000 claims x 0.03 h more x 0.5 x 0.5 x EUR 40 = EUR 600 a year, half of it in the first
    assert npv - panel._file.values[CLAIMS].npv.value == pytest.approx(300 / 1.1 + 600 / 1.21 + 600 / 1.331)
    assert (drawing(panel.s_curve), drawing(panel.tornado)) != before
    assert "Moved: Effect on a case" in text(panel.status) and "+€1,200" in text(panel.table)


def test_slider_and_number_follow_each_other(panel):
    lever = panel.levers[EFFECT]
    lever.slider.value = 0.22
    assert lever.numbers["likely"] == 0.22
    lever.boxes["likely"].value = 0.27
    assert lever.slider.value == 0.27


def test_a_small_move_leaves_the_drawing_where_it_is_and_moves_its_artists(panel):
    page, artists = panel.s_curve._page, panel.s_curve._artists
    panel.levers[EFFECT].boxes["likely"].value = 0.26
    assert panel.s_curve._page is page and panel.s_curve._artists is artists


def test_a_value_beyond_the_scale_widens_it(panel):
    panel.levers[EFFECT].boxes["high"].value = 5.0
    low, high = panel._drawn["s_curve"]
    assert low <= min(panel.shown.uncertainty[CLAIMS].simulated.spread.curve)[0]
    assert high >= max(panel.shown.uncertainty[CLAIMS].simulated.spread.curve)[0]


def test_numbers_out_of_order_are_told_in_place_and_leave_the_charts(panel):
    panel.levers[EFFECT].boxes["likely"].value = 0.28
    before = panel.s_curve.value, panel.tornado.value, panel.table.value
    panel.levers[EFFECT].boxes["likely"].value = 0.5
    assert 'role="alert"' in panel.message.value
    assert "Effect on a case of “Drafting time”: low 0.2, likely 0.5, high 0.3" in text(panel.message)
    assert (panel.s_curve.value, panel.tornado.value, panel.table.value) == before
    panel.levers[EFFECT].boxes["high"].value = 0.6
    assert panel.message.value == ""


def test_reset_brings_back_the_first_frame(panel):
    before = panel.s_curve.value, panel.tornado.value, panel.table.value
    panel.levers[EFFECT].boxes["likely"].value = 0.22
    panel.reset.click()
    assert (panel.s_curve.value, panel.tornado.value, panel.table.value) == before
    assert not panel.levers[EFFECT].is_moved


def test_another_input_and_what_all_candidates_share_can_be_added(panel, prioritized):
    panel.another.value = "finance.discount_rate"
    assert panel.another.value is None and "finance.discount_rate" not in [value for _, value in panel.another.options]
    panel.levers["finance.discount_rate"].boxes["value"].value = 0.2
    for id in (CLAIMS, POST):
        assert panel.shown.values[id].npv.value < prioritized.values[id].npv.value


def test_what_was_measured_or_comes_from_assess_has_no_lever(client):
    client.claims["benefits"][0]["effect"]["evidence"] = "measured"
    panel = live.levers(client.result())._panels[POST]
    offered = [value for _, value in panel.another.options]
    assert not [name for name in offered if name and "volume" in name]
    assert "Measured, and therefore not moved: Cases a year" in text(panel.children[0])
    control = live.levers(client.result())
    control.candidate.value = CLAIMS
    assert EFFECT not in control.panel._movable


def test_a_candidate_without_ranges_has_levers_for_single_values(prioritized):
    panel = live.levers(prioritized).panel
    assert not panel.levers and panel.tornado is None and "none is ranked" in text(panel.children[0])
    panel.another.value = f"{POST}.adoption"
    panel.levers[f"{POST}.adoption"].boxes["value"].value = 0.9
    assert panel.shown.values[POST].npv.value > prioritized.values[POST].npv.value


def test_a_client_who_cuts_by_a_haircut_sees_the_value_after_it(client):
    haircut = {"benefits_down": known(0.2), "costs_up": known(0.1)}
    client.prioritize["finance"] |= {"risk": "haircut", "haircut": haircut}
    panel = live.levers(client.result()).panel
    assert panel.s_curve is None and "Net present value after the haircut" in text(panel.table)
    panel.another.value = f"{POST}.adoption"
    panel.levers[f"{POST}.adoption"].boxes["value"].value = 0.9
    assert "Net present value after the haircut" in text(panel.status)


@pytest.mark.parametrize("gap", ["finance", "cases"])
def test_a_client_with_nothing_to_move_is_told_what_is_missing(client, gap):
    del client.prioritize[gap]
    del client.prioritize["charter"], client.prioritize["choice"]
    control = live.levers(client.result())
    (said,) = control.children
    assert "No candidate has a value that could be moved" in text(said)


def test_names_of_a_client_are_shown_as_text(client):
    client.claims["benefits"][0]["name"] = "<img src=x onerror=alert(1)>"
    control = live.levers(client.result())
    control.candidate.value = CLAIMS
    shown = "".join(str(widget.value) for widget in (*control.panel.levers[EFFECT].children[:1], control.panel.tornado))
    assert "<img" not in shown and "&lt;img" in shown


def chosen(panel):
    panel.saving.by.value = "ann"
    panel.basis.evidence.value, panel.basis.source.value = "interview", "Ann, Head of Post"


def test_what_is_saved_gives_the_batch_run_the_figures_of_the_screen(client):
    control = live.levers(client.result())
    control.candidate.value = CLAIMS
    panel = control.panel
    panel.levers[EFFECT].boxes["likely"].value = 0.28
    panel.levers[TOKENS].boxes["high"].value = 2.5
    shown = {name: figure.value for name, figure in figures_of(panel.shown, CLAIMS).items()}
    chosen(panel)
    panel.saving.look.click()
    assert "+" in text(panel.saving.diff)
    panel.saving.save.click()
    assert "Saved prioritize.yaml" in text(panel.saving.message)
    engagement = panel._file.engagement
    afterwards = prioritize(load_engagement(engagement.id, engagement.folder.parent))
    assert {name: figure.value for name, figure in figures_of(afterwards, CLAIMS).items()} == shown
    effect = yaml.safe_load((engagement.folder / "prioritize.yaml").read_text())["cases"][1]["benefits"][0]["effect"]
    assert effect | {"date": str(effect["date"])} == {
        "low": 0.2, "likely": 0.28, "high": 0.3, "unit": "hours", "evidence": "interview",
        "source": "Ann, Head of Post", "date": str(engagement.as_of), "by": "ann",
    }  # fmt: skip


def test_after_saving_the_file_is_what_is_on_the_screen(client):
    control = live.levers(client.result())
    control.candidate.value = CLAIMS
    panel = control.panel
    panel.levers[EFFECT].boxes["likely"].value = 0.28
    chosen(panel)
    panel.saving.look.click()
    panel.saving.save.click()
    assert "Every lever stands as in the file" in text(panel.status) and not panel.levers[EFFECT].is_moved
    panel.levers[EFFECT].boxes["likely"].value = 0.29
    panel.saving.look.click()
    panel.saving.save.click()
    assert "Saved prioritize.yaml" in text(panel.saving.message)


def test_another_file_that_has_changed_meanwhile_is_told(client):
    panel = live.levers(client.result()).panel
    panel.another.value = f"{POST}.adoption"
    panel.levers[f"{POST}.adoption"].boxes["value"].value = 0.9
    file = panel._file.engagement.folder / "assess.yaml"
    file.write_text(file.read_text() + "# seen by Ann\n")
    chosen(panel)
    panel.saving.look.click()
    panel.saving.save.click()
    assert "assess.yaml changed as well" in text(panel.message)


def test_nothing_is_saved_without_a_move_or_without_what_it_rests_on(panel):
    chosen(panel)
    panel.saving.look.click()
    assert "lever was moved: there is nothing to save" in text(panel.saving.message)
    panel.levers[EFFECT].boxes["likely"].value = 0.28
    panel.basis.source.value = " "
    panel.saving.look.click()
    assert "what the numbers rest on" in text(panel.saving.message) and panel.saving.save.disabled
