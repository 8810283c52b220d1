"""The files of later phases: what is known on which day, what a skeleton says, and where a client stands."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest
from later_phases import PILOT, PRIORITIZE, found_in, write_client

from workbook.checking import check_for_run
from workbook.engagement.faults import FaultsError
from workbook.engagement.load import MODELS, Engagement, framework_ids, load_engagement
from workbook.engagement.measurements import measured_once
from workbook.engagement.skeleton import skeleton_text
from workbook.engagement.status import status_of


def known_on(parameters: Path, day: str) -> Engagement:
    return load_engagement("acme", parameters, day)


@pytest.fixture
def engagement(tmp_path: Path) -> Engagement:
    return load_engagement("acme", write_client(tmp_path))


# --- what is there ---------------------------------------------------------------------------------------------------


def test_an_engagement_holds_the_later_phases(engagement: Engagement) -> None:
    assert engagement.prioritize and engagement.prioritize.cases[0].use_case == "sorting"
    assert engagement.pilot and engagement.pilot.versions[1].name == "model 2"


def test_without_their_files_the_later_phases_have_not_begun(tmp_path: Path) -> None:
    engagement = load_engagement("acme", write_client(tmp_path, prioritize=None, pilot=None))
    assert (engagement.prioritize, engagement.pilot) == (None, None)


@pytest.mark.parametrize("name", ["prioritize", "pilot"])
def test_a_skeleton_says_nothing_and_tells_so(tmp_path: Path, name: str) -> None:
    text = skeleton_text(MODELS[name])
    engagement = load_engagement("acme", write_client(tmp_path, **{"pilot": None, name: text}))
    assert getattr(engagement, name) is None
    assert "as if this file did not exist: the phase has not begun." in text


def test_the_first_key_begins_a_phase(tmp_path: Path) -> None:
    text = skeleton_text(MODELS["pilot"]).replace("#started:", "started: 2026-03-02", 1)
    engagement = load_engagement("acme", write_client(tmp_path, pilot=text))
    assert engagement.pilot and engagement.pilot.started == dt.date(2026, 3, 2)


def test_an_empty_file_is_still_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="fill the file in, or delete it"):
        load_engagement("acme", write_client(tmp_path, pilot=""))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("prioritize.cases.sorting.benefits.hours.effect", "prioritize.yaml:20"),
        ("prioritize.cases.sorting.integration.erp.days", "prioritize.yaml:14"),
        ("prioritize.cases.sorting.work.data", "prioritize.yaml:15"),
        ("prioritize.charter.criteria.on-time.planned", "prioritize.yaml:34"),
        ("pilot.spent.licences.amount", "pilot.yaml:19"),
        ("pilot.effort.erp", "pilot.yaml:20"),
    ],
)
def test_what_has_no_id_is_named_by_what_it_is_about(engagement: Engagement, path: str, place: str) -> None:
    assert engagement.line_of(path) == place


def test_a_name_that_several_items_have_leads_nowhere(tmp_path: Path) -> None:
    asked = framework_ids()["screening question"][:2]
    answers = [f"  - {{use_case: sorting, question: {question}, answer: unknown}}\n" for question in asked]
    engagement = load_engagement("acme", write_client(tmp_path, compliance="screening:\n" + "".join(answers)))
    with pytest.raises(KeyError):
        engagement.line_of("compliance.screening.sorting")


def test_the_framework_names_benchmarks_and_conditions() -> None:
    assert "document_processing" in framework_ids()["time to value"]
    assert {"no_product_fits", "established_use"} <= set(framework_ids()["sourcing condition"])


# --- sources ---------------------------------------------------------------------------------------------------------


def test_sources_of_all_phases_are_found_with_their_places(tmp_path: Path) -> None:
    edit = ("assess.yaml", "use_cases:", "data_sources: [{id: log, name: L, kind: table}]\nuse_cases:")
    engagement = load_engagement("acme", write_client(tmp_path, edit))
    assert [source.id for source in engagement.data_sources] == ["log", "letters"]
    places = [engagement.line_of(engagement.place_of(source)) for source in engagement.data_sources]
    assert places == ["assess.yaml:3", "pilot.yaml:3"]
    assert engagement.place_of(engagement.data_sources[1], "file") == ("pilot", "data_sources", "letters", "file")


def test_data_of_the_pilot_are_inputs_and_measured_once(engagement: Engagement) -> None:
    assert "data/letters.csv" in engagement.inputs and "pilot.yaml" in engagement.inputs
    asked: list[int] = []
    for _ in range(2):
        assert measured_once(engagement, engagement.data_sources[0], int, lambda: asked.append(1) or 4) == 4
    assert asked == [1]


def test_a_database_of_the_pilot_is_asked_on_every_run_and_its_address_kept_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "[{id: letters, name: Letters, kind: table, database: {url_env: ACME_URL, query: data/letters.csv}}]"
    text = f"data_sources: {source}\n"
    parameters = write_client(tmp_path / "parameters", pilot=text)
    (parameters / "acme/data/letters.csv").write_text("select 1 as letter")
    sqlite3.connect(tmp_path / "letters.db").close()
    monkeypatch.setenv("ACME_URL", f"sqlite:///{tmp_path / 'letters.db'}")
    checked = check_for_run("acme", parameters, "", tmp_path / "outputs")
    assert not isinstance(checked, tuple), checked
    assert checked.reads_database and checked.secrets == (f"sqlite:///{tmp_path / 'letters.db'}",)


# --- days ------------------------------------------------------------------------------------------------------------


def test_before_its_days_a_pilot_has_neither_begun_nor_ended(tmp_path: Path) -> None:
    parameters = write_client(tmp_path)
    running, before = known_on(parameters, "2026-05-01").pilot, known_on(parameters, "2026-03-01").pilot
    assert running and (running.started, running.ended) == (dt.date(2026, 3, 2), None)
    assert before and (before.started, before.ended) == (None, None)


@pytest.mark.parametrize(
    ("day", "looks", "versions"), [("2026-04-12", 0, 1), ("2026-04-20", 1, 2), ("2026-05-31", 2, 2)]
)
def test_looks_and_versions_exist_from_their_day_on(tmp_path: Path, day: str, looks: int, versions: int) -> None:
    pilot = known_on(write_client(tmp_path), day).pilot
    assert pilot and (len(pilot.looks), len(pilot.versions)) == (looks, versions)


def test_learnings_and_deviations_dated_later_do_not_exist_and_undated_ones_stay(tmp_path: Path) -> None:
    text = PILOT + (
        "learnings: [{text: A, kind: data}, {text: B, kind: model, date: 2026-05-02}]\n"
        "deviations: [{what: Arms, date: 2026-05-02, reason: Strike}]\n"
    )
    parameters = write_client(tmp_path, pilot=text)
    early, late = known_on(parameters, "2026-05-01").pilot, known_on(parameters, "2026-05-02").pilot
    assert early and late
    assert [each.text for each in early.learnings] == ["A"] and early.deviations == ()
    assert len(late.learnings) == 2 and len(late.deviations) == 1


def test_a_question_answered_later_is_open_before(tmp_path: Path) -> None:
    text = PILOT + 'blockers: [{name: "Works council?", is_open: no, owner: ann, date: 2026-05-02}]\n'
    parameters = write_client(tmp_path, pilot=text)
    early, late = known_on(parameters, "2026-05-01").pilot, known_on(parameters, "2026-05-02").pilot
    assert early and early.blockers and (early.blockers[0].is_open, early.blockers[0].owner) == ("unknown", "ann")
    assert late and late.blockers and late.blockers[0].is_open == "no"


def test_what_is_tested_later_is_untested_before(tmp_path: Path) -> None:
    text = PILOT + (
        "fallback: {description: To people, tested: yes, date: 2026-05-02, evidence: minutes}\n"
        "checks: [{id: load, name: Load, result: passed, on_production_data: yes, date: 2026-05-02}]\n"
    )
    early = known_on(write_client(tmp_path, pilot=text), "2026-05-01").pilot
    assert early and early.fallback and (early.fallback.tested, early.fallback.evidence) == ("unknown", None)
    assert [(check.result, check.on_production_data) for check in early.checks] == [("not_run", "unknown")]


def test_a_choice_of_a_later_day_is_not_made_yet_and_plans_stay(tmp_path: Path) -> None:
    prioritize = known_on(write_client(tmp_path), "2026-01-31").prioritize
    assert prioritize and prioritize.choice is None
    assert prioritize.charter and prioritize.charter.weeks == 12


def test_a_later_amount_has_not_been_spent(tmp_path: Path) -> None:
    edit = ("pilot.yaml", "amount: 60", "amount: {value: 60, date: 2026-05-02}")
    pilot = known_on(write_client(tmp_path, edit), "2026-05-01").pilot
    assert pilot and pilot.spent == ()


# --- status and commentary -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gates", "prioritize", "pilot", "phase", "has_begun"),
    [
        ("", None, None, "assess", True),
        ("assess: {decision: approved}", None, None, "prioritize", False),
        ("assess: {decision: approved}", skeleton_text(MODELS["prioritize"]), None, "prioritize", False),
        ("assess: {decision: approved}", PRIORITIZE, None, "prioritize", True),
        ("assess: {decision: approved}, prioritize: {decision: approved}", PRIORITIZE, None, "pilot", False),
        ("assess: {decision: approved}, prioritize: {decision: approved}", PRIORITIZE, PILOT, "pilot", True),
    ],
)
def test_a_status_tells_whether_the_phase_has_begun(
    tmp_path: Path, gates: str, prioritize: str | None, pilot: str | None, phase: str, has_begun: bool
) -> None:
    edit = ("client.yaml", "gates:\n  prioritize: {decision: pending}", f"gates: {{{gates}}}")
    now = status_of(load_engagement("acme", write_client(tmp_path, edit, prioritize=prioritize, pilot=pilot)))
    assert (now.phase, now.has_begun) == (phase, has_begun)


def test_a_phase_without_a_file_of_its_own_is_not_said_to_have_begun(tmp_path: Path) -> None:
    decided = ", ".join(f"{phase}: {{decision: approved}}" for phase in ("assess", "prioritize", "pilot"))
    edit = ("client.yaml", "gates:\n  prioritize: {decision: pending}", f"gates: {{{decided}}}")
    now = status_of(load_engagement("acme", write_client(tmp_path, edit)))
    assert (now.phase, now.has_begun, now.last_gate) == ("scale", None, "pilot approved")


@pytest.mark.parametrize("name", ["prioritize", "pilot"])
def test_the_later_phases_have_sections_for_commentary(tmp_path: Path, name: str) -> None:
    parameters = write_client(tmp_path)
    (parameters / "acme/commentary").mkdir()
    file = parameters / f"acme/commentary/{name}.md"
    file.write_text("replaces: summary\n\n## summary\nA.\n\n## at-a-glance\nB.\n\n## recommendations\nC.\n")
    assert list(found_in(parameters)) == []
    file.write_text("## recommendation\nC.\n")
    assert [fault.remedy for fault in found_in(parameters)] == ["write recommendations"]
