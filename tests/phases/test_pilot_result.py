"""The phase as a whole: one register with the phases before it, explained, quoted and frozen."""

from dataclasses import dataclass, replace

import pytest
from prioritize_clients import known

from workbook.engagement.measurements import measured_once
from workbook.phases.explain import PHASES, explain_figure, result_of
from workbook.phases.quoted import quoted_figure_faults


def test_figures_of_the_phases_before_keep_their_values(ended):
    ended.pilot["effort"] = [{"system": "erp", "days": known(3)}]
    result = ended.result()
    before = result.prioritized.figures.figures
    shared = {id: figure for id, figure in result.figures.figures.items() if id in before}
    assert shared and all(before[id] == figure for id, figure in shared.items())
    assert all(id.startswith("pilot.") for id in result.figures.figures if id not in before)


def test_every_input_of_every_figure_says_where_it_stands(evaluated):
    inputs = [figure for figure in evaluated.figures if not figure.derived_from and figure.is_known]
    assert inputs and all(figure.source for figure in inputs)
    known_places = ("pilot.yaml:", "approved/", "framework ", "2026-11-02 to ")
    assert all(figure.source.startswith(known_places) for figure in inputs if figure.id.startswith("pilot."))


def test_every_figure_has_a_value_or_a_reason(evaluated):
    assert all(figure.reason for figure in evaluated.figures if not figure.is_known)


def test_an_effect_is_explained_down_to_the_file_of_the_pilot(ended):
    text = explain_figure(ended.engagement(), "pilot.criterion.sorted.effect").splitlines()
    assert text[0].startswith("pilot.criterion.sorted.effect: 0.25 share [0.1529") and "pilot less baseline" in text[0]
    assert text[1].startswith("  pilot.criterion.sorted.pilot: 0.7 share") and "data/letters.csv" in text[1]


def test_what_was_agreed_is_explained_down_to_the_approved_file(ended):
    text = explain_figure(ended.engagement(), "pilot.criterion.sorted.worthwhile_effect")
    assert "pilot.criterion.sorted.agreed.worthwhile: 0.6 share (estimate) <- approved/prioritize_2026-10-20" in text


def test_the_phase_is_known_by_its_gate(ended):
    assert list(PHASES) == ["assess", "prioritize", "pilot"]
    assert result_of(ended.engagement(), "pilot").verdict.decision == "go"


def test_commentary_may_quote_the_pilot(ended):
    folder = ended.planned.tiny.folder / "commentary"
    folder.mkdir(parents=True)
    known_id, unknown_id = "pilot.criterion.sorted.pilot", "pilot.criterion.sorted.pilots"
    (folder / "pilot.md").write_text(f"## at-a-glance\n\n{{figure:{known_id}}}, not {{figure:{unknown_id}}}.\n")
    (fault,) = quoted_figure_faults(ended.engagement())
    assert "pilot.criterion.sorted.pilots" in str(fault)


def test_the_same_client_gives_the_same_result(ended, evaluated):
    again = ended.result()
    assert again.figures.as_dict() == evaluated.figures.as_dict()
    assert again.verdict == evaluated.verdict and again.criteria == evaluated.criteria


def test_learnings_are_kept_in_their_order(ended):
    ended.pilot["learnings"] = [{"text": "One", "kind": "data"}, {"text": "Two", "kind": "people"}]
    assert [each.text for each in ended.result().learnings] == ["One", "Two"]


def test_a_client_in_the_middle_of_its_pilot_is_provisional(ended):
    del ended.pilot["ended"]
    result = ended.result()
    assert result.open_reasons == ("still_running",) and result.is_provisional


@dataclass(frozen=True)
class Asked:
    step: int


def test_another_question_to_a_file_is_measured_again(ended):
    engagement, asked = ended.engagement(), []
    (source,) = (each for each in engagement.data_sources if each.id == "letters")

    def count() -> int:
        asked.append(1)
        return len(asked)

    found = [measured_once(engagement, source, int, count, Asked(step)) for step in (1, 1, 2)]
    assert found == [1, 1, 2]


@pytest.mark.parametrize("part", ["slope_p", "joint_p"])
def test_any_sign_of_a_drift_puts_parallel_trends_in_doubt(ended, part):
    ended.with_stages()
    panel = ended.result().panel
    trend = replace(panel.measured.trend, **{part: 0.01})
    assert panel.is_parallel and not replace(panel, measured=replace(panel.measured, trend=trend)).is_parallel
