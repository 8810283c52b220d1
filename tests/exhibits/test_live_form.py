from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from workbook.engagement.fields import fields_of
from workbook.engagement.load import MODELS, Engagement, load_engagement
from workbook.exhibits import live
from workbook.exhibits.live.form import Form
from workbook.exhibits.live.form_parts import Entries, leaves
from workbook.exhibits.live.saving import Who

DEMO = Path(__file__).parents[2] / "parameters" / "brauer-logistik"
CASE = "order-entry-from-mail"
SECTIONS = [
    section for file, model in MODELS.items() for section in (file, *(f"{file}.{key}" for key in fields_of(model)))
]


@pytest.fixture
def client(tmp_path: Path) -> Engagement:
    shutil.copytree(DEMO, tmp_path / "parameters" / DEMO.name)
    return load_engagement(DEMO.name, tmp_path / "parameters")


@pytest.fixture(scope="module")
def demo() -> Engagement:
    return load_engagement(DEMO.name, DEMO.parent)


def field(form: Form, *keys: str | int) -> Any:
    """Return the field of a form at a key path below its section; an entry that is not shown is opened."""
    return form._desk.fields[(*form._section.split(".")[1:], *keys)]


def look(form: Form) -> str:
    form.saving.by.value = "konrad-lind"
    form.saving.look.click()
    return str(form.saving.message.value)


def changed(form: Form) -> list[str]:
    look(form)
    [changes] = form.saving._proposal.changes.values()  # type: ignore[union-attr]
    return [str(change.after).strip() for change in changes]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_every_file_has_a_form_and_shows_what_is_there(demo: Engagement, section: str) -> None:
    form = live.form(demo, section)
    if isinstance(form.part, Entries) and form.part.data:
        form.part.open(len(form.part.data) - 1)
    assert form.part.changes(Who("konrad-lind", demo.as_of)) == []
    for each in leaves(form.part):
        assert each.control.description and each.control.tooltip is not None


def test_a_field_says_what_the_models_say(demo: Engagement) -> None:
    form = live.form(demo, "assess.processes")
    volume = field(form, 0, "volume", "value")
    assert volume.control.description == "Value"
    name = field(form, 0, "name")
    assert name.control.tooltip == "name of the process; text that is not empty; required"
    texts = "".join(widget.value for widget in _htmls(form.part.box))
    assert "share of transactions with an error, 0 to 1; a number from 0 to 1" in texts


def _htmls(box: Any) -> list[Any]:
    inner = [each for child in getattr(box, "children", ()) for each in _htmls(child)]
    return [box, *inner] if type(box).__name__ == "HTML" else inner


def test_only_what_was_changed_is_written_with_who_and_when(client: Engagement) -> None:
    form = live.form(client, "assess.use_cases")
    index = [case["id"] for case in client.documents["assess"].data["use_cases"]].index(CASE)
    form.part.open(index)  # type: ignore[attr-defined]
    field(form, index, "effect", "likely").control.value = "0.33"
    [line] = changed(form)
    assert line.startswith("effect: {low: 0.15, likely: 0.33, high: 0.45, unit: share, evidence: estimate, source: ")
    assert line.endswith("date: 2026-10-15, by: konrad-lind}")
    form.saving.save.click()
    [case] = [case for case in load_engagement(client.id, client.folder.parent).assess.use_cases if case.id == CASE]  # type: ignore[union-attr]
    assert case.effect is not None and (case.effect.value, case.effect.by) == (0.33, "konrad-lind")


def test_a_day_that_a_person_gives_is_kept(client: Engagement) -> None:
    form = live.form(client, "client.employees")
    field(form, "value").control.value = "1950"
    field(form, "date").control.value = dt.date(2026, 10, 1)
    field(form, "evidence").control.value = "measured"
    field(form, "source").control.value = 'Payroll: "all" of <Regensburg>'
    [line] = changed(form)
    expected = 'evidence: measured, source: "Payroll: \\"all\\" of <Regensburg>", date: 2026-10-01, by: konrad-lind}'
    assert line == f"employees: {{value: 1950, unit: people, {expected}"


def test_a_plain_number_becomes_a_value_with_evidence(client: Engagement) -> None:
    file = client.folder / "client.yaml"
    text = file.read_text()
    start = text.index("employees: {")
    file.write_text(text[:start] + "employees: 1900  # counted\n" + text[text.index("\n", start) + 1 :])
    form = live.form(load_engagement(client.id, client.folder.parent), "client.employees")
    assert field(form, "value").control.value == "1900"
    field(form, "value").control.value = "1950"
    assert changed(form) == ["employees: {value: 1950, date: 2026-10-15, by: konrad-lind}  # counted"]


def test_an_estimate_can_take_another_form(client: Engagement) -> None:
    form = live.form(client, f"assess.use_cases.{CASE}")
    quantity = form.part.parts["effect"]  # type: ignore[attr-defined]
    quantity.choice.value = "<value>"
    assert not quantity.is_touched
    quantity.forms["<value>"].parts["value"].control.value = "0.3"
    [line] = changed(form)
    assert line.startswith("effect: {value: 0.3, unit: share, evidence: estimate, source: ")


def test_a_value_that_is_taken_away_is_not_provided(client: Engagement) -> None:
    form = live.form(client, f"assess.use_cases.{CASE}")
    for key in ("low", "likely", "high"):
        form._desk.fields[("use_cases", 0, "effect", key)].control.value = ""
    assert changed(form) == ["effect: null"]


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("low", "0,15", "&quot;0,15&quot; is not a number"),
        ("low", "0.9", "low &lt;= likely &lt;= high"),
        ("high", "12", "from 0 to 1"),
    ],
)
def test_a_fault_is_shown_beside_its_field(client: Engagement, key: str, typed: str, said: str) -> None:
    form = live.form(client, f"assess.use_cases.{CASE}")
    place = form._desk.fields[("use_cases", 0, "effect", key)]
    place.control.value = typed
    message = look(form)
    assert 'role="alert"' in message and form.saving.save.disabled
    beside = place.error.value + form._desk.errors[("use_cases", 0, "effect")].value
    assert 'role="alert"' in beside
    assert said in beside
    place.control.value = place._first
    look(form)
    assert place.error.value == "" == form._desk.errors[("use_cases", 0, "effect")].value


def test_a_day_after_the_report_is_refused_where_it_would_hide_a_fact(client: Engagement) -> None:
    form = live.form(client, "client.employees")
    field(form, "date").control.value = dt.date(2027, 1, 1)
    assert "comes after 2026-10-15" in look(form)
    assert "comes after 2026-10-15" in field(form, "date").error.value


def test_a_new_entry_is_added_after_the_last(client: Engagement) -> None:
    form = live.form(client, "client.people")
    before = (client.folder / "client.yaml").read_text()
    form.part.new()  # type: ignore[attr-defined]
    index = len(client.client.people)
    for key, value in {"id": "ada", "name": "Ada Ørsted", "role": "Director, Orders: #1"}.items():
        field(form, index, key).control.value = value
    assert changed(form) == ["- id: ada", "name: Ada Ørsted", 'role: "Director, Orders: #1"']
    form.saving.save.click()
    assert "Ada Ørsted" in str(form.part.chooser.label)  # type: ignore[attr-defined]
    after = (client.folder / "client.yaml").read_text()
    assert [line for line in before.split("\n") if line not in after.split("\n")] == []


def test_a_new_entry_that_lacks_something_says_so_beside_the_field(client: Engagement) -> None:
    form = live.form(client, "client.people")
    form.part.new()  # type: ignore[attr-defined]
    index = len(client.client.people)
    field(form, index, "id").control.value = "ada"
    field(form, index, "role").control.value = "Director"
    look(form)
    assert "Found nothing; allowed text that is not empty" in field(form, index, "name").error.value


def test_a_new_entry_that_stays_empty_is_not_saved(client: Engagement) -> None:
    form = live.form(client, "assess.use_cases")
    form.part.new()  # type: ignore[attr-defined]
    assert "Nothing would change" in look(form)


def test_an_entry_is_taken_out_and_another_changed_at_once(client: Engagement) -> None:
    form = live.form(client, "assess.data_requests")
    count = len(client.documents["assess"].data["data_requests"])
    form.part.remove(0)  # type: ignore[attr-defined]
    form.part.open(1)  # type: ignore[attr-defined]
    field(form, 1, "due").control.value = dt.date(2026, 12, 24)
    look(form)
    form.saving.save.click()
    requests = load_engagement(client.id, client.folder.parent).assess.data_requests  # type: ignore[union-attr]
    assert len(requests) == count - 1 and requests[0].due == dt.date(2026, 12, 24)


def test_one_entry_is_taken_out_and_another_added(client: Engagement) -> None:
    form = live.form(client, "assess.data_requests")
    count = len(form.part.data)  # type: ignore[attr-defined]
    form.part.remove(1)  # type: ignore[attr-defined]
    form.part.new()  # type: ignore[attr-defined]
    field(form, count, "source").control.value = client.data_sources[0].id
    field(form, count, "asked").control.value = dt.date(2026, 10, 14)
    look(form)
    assert [line[:1] for line in form.saving._proposal.diff().split("\n")[3:] if line[:1] in "+-"] == ["-", "+", "+"]  # type: ignore[union-attr]
    form.saving.save.click()
    requests = load_engagement(client.id, client.folder.parent).assess.data_requests  # type: ignore[union-attr]
    assert len(requests) == count and requests[-1].asked == dt.date(2026, 10, 14)


def test_who_decided_stays_when_a_note_is_corrected(client: Engagement) -> None:
    file = client.folder / "client.yaml"
    decided = "decision: iterate, by: franziska-brauer, date: 2026-10-01, note: Typo"
    file.write_text(file.read_text().replace("decision: pending, note: Planned for", f"{decided} of"))
    form = live.form(load_engagement(client.id, client.folder.parent), "client.gates.assess")
    field(form, "note").control.value = "Corrected."
    assert changed(form) == [f"assess: {{{decided.replace('Typo', 'Corrected.')}}}"]


def test_a_reference_offers_the_ids_of_the_client(demo: Engagement) -> None:
    form = live.form(demo, f"assess.use_cases.{CASE}")
    owner = form._desk.fields[("use_cases", 0, "owner")].control
    assert ("Karin Stadlmeier (karin-stadlmeier)", "karin-stadlmeier") in owner.options
    assert owner.options[0] == ("not provided", None)


def test_ids_are_added_to_a_list_by_a_drop_down(client: Engagement) -> None:
    form = live.form(client, f"assess.use_cases.{CASE}")
    systems = form._desk.fields[("use_cases", 0, "systems")]
    adder = systems.box.children[1]
    new = next(value for _, value in adder.options if value and value not in systems.control.value)
    adder.value = new
    assert systems.control.value.split("\n")[-1] == new and adder.value is None
    [line] = changed(form)
    assert line.startswith("systems: [") and line.endswith(f"{new}]")


def test_a_section_that_is_not_there_yet_is_written_as_a_whole(client: Engagement) -> None:
    form = live.form(client, "prioritize.choice")
    field(form, "use_case").control.value = CASE
    field(
        form, "reason"
    ).control.value = "It needs no integration, its data are here, and its owner has given it the time of two people."
    assert changed(form) == [
        "choice:",
        f"use_case: {CASE}",
        'reason: "It needs no integration, its data are here, and its owner has given it the time of two people."',
        "by: konrad-lind",
        "date: 2026-10-15",
    ]


def test_a_file_that_does_not_exist_yet_begins_with_the_form(client: Engagement) -> None:
    form = live.form(client, "pilot")
    field(form, "started").control.value = dt.date(2026, 10, 5)
    assert changed(form) == ["started: 2026-10-05"]
    form.saving.save.click()
    assert (client.folder / "pilot.yaml").read_text() == "started: 2026-10-05\n"


@pytest.mark.parametrize("section", ["asses", "assess.use_case", "assess.use_cases.nobody", "client.name.x"])
def test_a_section_that_the_models_do_not_have_is_refused(demo: Engagement, section: str) -> None:
    with pytest.raises(ValueError, match="there is no"):
        live.form(demo, section)


def test_what_a_client_writes_never_becomes_markup(client: Engagement) -> None:
    file = client.folder / "client.yaml"
    file.write_text(file.read_text().replace("name: Franziska Brauer", 'name: "<script>alert(1)</script>"'))
    form = live.form(load_engagement(client.id, client.folder.parent), "client.people")
    field(form, 0, "role").control.value = "<img src=x>"
    look(form)
    assert not [each for each in _htmls(form) if "<script" in each.value or "<img" in each.value]


@pytest.mark.parametrize("typed", ["right\u202eto left", "half \ud800", "bell \x07", "password=hunter2hunter2"])
def test_text_that_no_file_may_hold_is_refused_in_place(client: Engagement, typed: str) -> None:
    form = live.form(client, "client.about")
    form.part.control.value = typed  # type: ignore[attr-defined]
    assert 'role="alert"' in look(form) and form.saving.save.disabled
    assert "hunter2" not in form.saving.message.value


def test_every_line_that_nobody_touched_stays_in_a_file_of_windows(client: Engagement) -> None:
    file = client.folder / "assess.yaml"
    windows = b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes(windows)
    form = live.form(load_engagement(client.id, client.folder.parent), f"assess.use_cases.{CASE}")
    form._desk.fields[("use_cases", 0, "name")].control.value = 'Orders: "e-mail" & Größe'
    look(form)
    form.saving.save.click()
    before, after = windows.split(b"\r\n"), file.read_bytes().split(b"\r\n")
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        (b"    name: Entry of orders from e-mails", '    name: "Orders: \\"e-mail\\" & Größe"'.encode())
    ]


def test_an_entry_that_got_another_id_is_taken_off_the_screen(tmp_path: Path) -> None:
    shutil.copytree(DEMO.parents[1] / "tests" / "tiny", tmp_path / "tiny")
    shown = live.form(load_engagement("tiny", tmp_path), "assess.processes.claims")
    next(each for each in leaves(shown.part) if each.path[-1] == "id").control.value = "damages"
    shown.saving.by.value = "ann"
    shown.saving.look.click()
    shown.saving.save.click()
    assert "by its new id" in shown._heading.value and shown.saving.look.disabled
    assert "id: damages" in (tmp_path / "tiny" / "assess.yaml").read_text()
