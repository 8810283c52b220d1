from __future__ import annotations

import datetime as dt
from typing import Any

from assess_clients import TinyClient

from workbook.engagement.load import Engagement, load_engagement
from workbook.exhibits import live
from workbook.exhibits.live.gate import Gate
from workbook.phases.assess import AssessResult
from workbook.phases.pilot import PilotResult
from workbook.phases.prioritize import PrioritizeResult


def reloaded(engagement: Engagement) -> Engagement:
    return load_engagement(engagement.id, engagement.folder.parent, engagement.as_of)


def look(form: Gate) -> str:
    form.saving.look.click()
    return str(form.saving.message.value)


def saved(form: Gate) -> Engagement:
    look(form)
    form.saving.save.click()
    return reloaded(form.saving.engagement)


def test_the_form_begins_with_the_decision_that_is_there(result: AssessResult) -> None:
    form = live.gate(result)
    assert (form.decision.value, form.by.value, form.date.value) == ("approved", "ann", dt.date(2026, 9, 20))
    assert [id for id, box in form.selected.items() if box.value] == ["post-sorting"]
    assert set(form.selected) == {case.id for case in result.assess.use_cases}
    assert "Nothing would change" in look(form)


def test_a_decision_is_saved_and_the_command_that_freezes_it_named(tiny: TinyClient) -> None:
    tiny.client["gates"] = {}
    form = live.gate(tiny.result())
    assert form.decision.value == "pending" and not any(box.value for box in form.selected.values())
    form.decision.value, form.by.value = "approved", "ben"
    assert form.role.value == "Head of IT" and form.date.value == dt.date(2026, 9, 30)
    form.note.value = 'Go: "first" one\nthen the other'
    ids = list(form.selected)
    for id in ids[:3]:
        form.selected[id].value = True
    gate = saved(form).client.gates.assess
    assert gate is not None and gate.model_dump() == {
        "decision": "approved",
        "by": "ben",
        "role": "Head of IT",
        "date": dt.date(2026, 9, 30),
        "selected": tuple(ids[:3]),
        "note": 'Go: "first" one\nthen the other',
    }
    assert f"workbook approve {form.saving.engagement.id} assess" in form.saving.message.value


def test_an_approval_that_selects_nobody_is_pointed_out(tiny: TinyClient) -> None:
    form = live.gate(tiny.result())
    form.selected["post-sorting"].value = False
    assert "0 use cases selected" in look(form)
    assert "selected: []" in form.saving.diff.value


def test_a_decision_needs_a_person_and_a_day_that_the_report_knows(tiny: TinyClient) -> None:
    form = live.gate(tiny.result())
    form.by.value = None
    assert "choose a person" in look(form) and form.saving.save.disabled
    form.by.value, form.date.value = "ann", dt.date(2026, 10, 1)
    assert "2026-10-01 comes after 2026-09-30" in look(form)


def test_a_decision_that_is_open_again_is_nobodys(tiny: TinyClient) -> None:
    form = live.gate(tiny.result())
    form.decision.value = "pending"
    gate = saved(form).client.gates.assess
    assert gate is not None and (gate.decision, gate.by, gate.date) == ("pending", None, None)


def test_a_change_after_the_diff_must_be_seen_first(tiny: TinyClient) -> None:
    form = live.gate(tiny.result())
    form.decision.value = "iterate"
    look(form)
    form.decision.value = "stopped"
    assert form.saving.save.disabled


def test_a_decision_of_a_later_day_is_not_replaced_unseen(tiny: TinyClient) -> None:
    tiny.client["gates"]["assess"]["date"] = "2026-09-29"
    form = live.gate(tiny.result("2026-09-25"))
    assert form.decision.value == "pending"
    assert "client.yaml holds a decision dated 2026-09-29, after 2026-09-25" in form.children[0].value


def test_names_are_escaped(tiny: TinyClient) -> None:
    tiny.client["name"] = "<script>x</script>"
    form = live.gate(tiny.result())
    assert "<script>" not in form.children[0].value and "&lt;script&gt;" in form.children[0].value


def test_later_phases_offer_their_candidates(prioritized: PrioritizeResult, evaluated: PilotResult) -> None:
    choice, verdict = live.gate(prioritized), live.gate(evaluated)
    assert (choice.phase, verdict.phase) == ("prioritize", "pilot")
    assert set(prioritized.cases) <= set(choice.selected)
    assert set(verdict.selected) == {evaluated.charter.charter.use_case}  # type: ignore[union-attr]


def test_every_control_has_a_name(result: AssessResult) -> None:
    form = live.gate(result)
    controls: list[Any] = [form.decision, form.by, form.role, form.date, form.note, *form.selected.values()]
    assert all(control.description and control.tooltip for control in controls)
