"""The levers of the sample, moved without a browser."""

import re
from html import escape

import pytest
import yaml

from workbook.engagement import load_engagement
from workbook.exhibits import live
from workbook.exhibits import prioritize as show
from workbook.phases.prioritize import prioritize


@pytest.fixture
def control(prioritized):
    return live.sample(prioritized)


def text(widget):
    """What a widget says, without its tags."""
    return re.sub(r"<[^>]+>", " ", widget.value)


def move(control, key, value):
    control.levers[key].boxes["value"].value = value


def required(result):
    return result.charter.sample.required.value


def test_it_begins_as_the_charter_and_its_exhibits(control, prioritized):
    assert control.shown is prioritized
    assert escape(show.chart_chance_of_go(prioritized).title) in control.curve.value
    assert show.table_sample(prioritized).title in text(control.status)


def test_there_is_a_lever_for_each_number_that_the_charter_states(control):
    wanted = ["planned", "worthwhile", "power", "alpha", "allocation", "sample_per_arm", "in_scope"]
    assert list(control.levers) == wanted
    names = [box.description for lever in control.levers.values() for box in lever.boxes.values()]
    assert len(set(names)) == len(names)


def test_more_power_needs_more_cases_and_more_weeks(control, prioritized):
    move(control, "power", 0.95)
    now = control.shown.charter.sample
    assert now.required.value > required(prioritized)
    assert now.weeks_required.value >= prioritized.charter.sample.weeks_required.value
    assert f"{now.required.value:,.0f}" in text(control.table)


def test_half_of_the_volume_takes_twice_the_weeks(control, prioritized):
    move(control, "in_scope", 0.5)
    before, now = prioritized.charter.sample, control.shown.charter.sample
    assert now.weekly_volume.value == before.weekly_volume.value / 2
    assert now.weeks_for_sample.value == pytest.approx(2 * before.weeks_for_sample.value, abs=1)


def test_the_curve_moves_in_place_with_the_sample_and_is_drawn_anew_for_another_level(control):
    page = control.curve._page
    move(control, "sample_per_arm", 400)
    assert control.curve._page is page and "400" in text(control.table)
    move(control, "planned", 0.7)
    assert control.curve._page is not page


def test_it_says_what_drives_the_sample_and_whether_the_looks_fit(control):
    assert "What drives it most:" in text(control.status)
    assert "week 12 after the first case, lies within the 16 weeks" in text(control.status)
    control.weeks.value = "6, 20"
    assert "after the end of the 16 weeks" in text(control.status)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("planned", 0.5, "Level just worthwhile: Sorted without help: 0.6; allowed a level that is no better"),
        ("power", 0.2, "power"),
        ("allocation", 1.0, "pilot arm"),
        ("sample_per_arm", 12.5, "Cases planned per arm: 12.5"),
    ],
)
def test_what_cannot_be_is_told_in_place_and_leaves_the_exhibits(control, key, value, said):
    before = control.table.value, control.curve.value, control.looks.value
    move(control, key, value)
    assert 'role="alert"' in control.message.value and said in text(control.message)
    assert (control.table.value, control.curve.value, control.looks.value) == before


@pytest.mark.parametrize(("weeks", "said"), [("6, x", "whole numbers"), ("", "whole numbers"), ("12, 6", "in order")])
def test_weeks_that_are_none_are_told_in_place(control, weeks, said):
    control.weeks.value = weeks
    assert said in text(control.message)
    control.weeks.value = "6, 12"
    assert control.message.value == ""


def test_a_second_look_asks_for_a_boundary(client):
    client.charter["design"]["looks"] = {"weeks": [12]}
    control = live.sample(client.result())
    assert control.boundary.label == "one look, no boundary"
    control.weeks.value = "6, 12"
    assert "boundary" in text(control.message)
    control.boundary.value = "pocock"
    assert control.message.value == "" and len(control.shown.charter.sample.looks.fractions) == 2


def test_reset_brings_back_what_the_file_says(control):
    before = control.table.value, control.curve.value, control.looks.value
    move(control, "power", 0.9)
    control.weeks.value = "4, 12"
    control.reset.click()
    assert (control.table.value, control.curve.value, control.looks.value) == before
    assert control.weeks.value == "6, 12"


def test_what_is_saved_gives_the_batch_run_the_figures_of_the_screen(client):
    control = live.sample(client.result())
    move(control, "planned", 0.72)
    move(control, "sample_per_arm", 260)
    control.weeks.value = "4, 12"
    control.saving.by.value = "ann"
    control.basis.evidence.value, control.basis.source.value = "estimate", "Ann"
    control.saving.look.click()
    control.saving.save.click()
    assert "Saved prioritize.yaml" in text(control.saving.message)
    engagement = control._file.engagement
    afterwards = prioritize(load_engagement(engagement.id, engagement.folder.parent))
    for name in ("required", "planned", "at_zero", "at_planned", "weeks_required"):
        shown, found = (getattr(result.charter.sample, name).value for result in (control.shown, afterwards))
        assert shown == found
    charter = yaml.safe_load((engagement.folder / "prioritize.yaml").read_text())["charter"]
    assert charter["design"]["sample_per_arm"] == 260 and charter["design"]["looks"]["weeks"] == [4, 12]
    assert charter["criteria"][0]["planned"]["by"] == "ann" and charter["criteria"][0]["planned"]["value"] == 0.72


def test_a_decision_is_saved_without_evidence_but_a_level_needs_it(client):
    control = live.sample(client.result())
    control.saving.by.value = "ann"
    control.saving.look.click()
    assert "was moved: there is nothing to save" in text(control.saving.message)
    move(control, "power", 0.9)
    control.saving.look.click()
    assert not control.saving.save.disabled
    move(control, "planned", 0.72)
    control.saving.look.click()
    assert "what the numbers rest on" in text(control.saving.message)


def test_a_share_in_scope_that_was_measured_can_be_tried_and_is_not_saved(client):
    client.charter["design"]["in_scope"]["evidence"] = "measured"
    control = live.sample(client.result())
    move(control, "in_scope", 0.5)
    assert control.message.value == ""
    control.saving.by.value = "ann"
    control.saving.look.click()
    assert "was measured, and is not saved" in text(control.saving.message)


@pytest.mark.parametrize("gap", ["charter", "design"])
def test_without_charter_or_design_it_says_what_is_missing(client, gap):
    del (client.prioritize if gap == "charter" else client.charter)[gap]
    (said,) = live.sample(client.result()).children
    assert "No sample can be planned yet" in text(said) and gap in text(said)


def test_what_a_charter_does_not_state_is_told_and_the_rest_still_moves(client):
    del client.primary["planned"], client.primary["worthwhile"], client.charter["design"]["sample_per_arm"]
    control = live.sample(client.result())
    told = text(control.children[0])
    assert "Not stated, and so not moved: the level planned, the level just worthwhile, cases planned" in told
    assert "a level of the deciding criterion is missing" in told
    move(control, "power", 0.9)
    assert control.message.value == "" and control.curve is None


def test_an_approved_charter_warns_of_changed_goalposts(client):
    client.tiny.client["gates"]["prioritize"] = {
        "decision": "approved", "by": "ann", "date": "2026-09-25", "selected": ["post-sorting"],
    }  # fmt: skip
    assert "changed goalpost" in text(live.sample(client.result()).children[0])


def test_more_cases_than_can_be_counted_are_refused_in_place(control):
    before = control.table.value
    move(control, "sample_per_arm", 1e300)
    assert "at most 1,000,000,000 cases per arm" in text(control.message)
    assert control.table.value == before
