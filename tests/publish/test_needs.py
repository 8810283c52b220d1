"""A notebook about a phase that a client has not begun waits, and says for what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Command
from offices import add_client, deliverables, events, order, told, write_notebook

from workbook.engagement.load import MODELS
from workbook.engagement.skeleton import skeleton_text
from workbook.publish import orders
from workbook.publish.batch import plan_clients
from workbook.publish.changes import Plan, needs_of
from workbook.publish.orders import Outcome
from workbook.publish.progress import line_of
from workbook.publish.summary import Summary

WAIT = Plan("wait", "prioritize.yaml is not there yet")
SKELETON = skeleton_text(MODELS["prioritize"])
BEGUN = "started: 2026-09-21\n"


def write_needing(path: Path, *needs: str) -> Path:
    """Write a notebook whose metadata say which files it needs."""
    notebook = json.loads(write_notebook(path).read_text())
    notebook["metadata"]["workbook"]["needs"] = list(needs)
    path.write_text(json.dumps(notebook))
    return path


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office with a notebook that needs nothing and one that needs prioritize.yaml."""
    add_client(tmp_path, "acme")
    write_notebook(tmp_path / "notebooks" / "01_assess.ipynb")
    write_needing(tmp_path / "notebooks" / "02_prioritize.ipynb", "prioritize")
    return tmp_path


def plans(office: Path, client: str = "acme", **more: Any) -> dict[str, Plan]:
    return plan_clients(order(office, client, **more))[client].plans


def file_of(office: Path) -> Path:
    return office / "parameters/acme/prioritize.yaml"


@pytest.mark.parametrize("force", [False, True])
def test_a_notebook_waits_for_its_file(office: Path, force: bool) -> None:
    assert plans(office, force=force)["prioritize"] == WAIT
    assert plans(office, force=force)["assess"].work == "execute"


@pytest.mark.parametrize("text", [SKELETON, "# nothing yet", "\ufeff# from Windows\r\n\r\n  # indented"])
def test_a_file_of_comments_alone_is_not_there_yet(office: Path, text: str) -> None:
    file_of(office).write_text(text, encoding="utf-8", newline="")
    assert plans(office)["prioritize"] == WAIT


@pytest.mark.parametrize("text", [BEGUN, f"# begun\n{BEGUN}", "", "{", "\0"])
def test_what_holds_anything_else_is_run_or_told_to_be_faulty(office: Path, text: str) -> None:
    file_of(office).write_text(text)
    assert plans(office)["prioritize"] == Plan("execute", "not made yet")


def test_a_folder_in_the_place_of_the_file_is_told_and_not_waited_for(office: Path) -> None:
    file_of(office).mkdir()
    assert told(events(order(office, "acme"))) == ["acme: faulty"]


def test_a_client_that_does_not_exist_is_a_fault(office: Path) -> None:
    assert plans(office, "nobody")["prioritize"].work == "execute"


def test_several_files_are_waited_for(office: Path) -> None:
    write_needing(office / "notebooks" / "03_pilot.ipynb", "prioritize", "pilot")
    assert plans(office)["pilot"].why == "prioritize.yaml and pilot.yaml are not there yet"
    file_of(office).write_text(BEGUN)
    assert plans(office)["pilot"].why == "pilot.yaml is not there yet"


@pytest.mark.parametrize("text", ["{", "[]", '{"metadata": {"workbook": {"needs": 3}}}', '{"metadata": {}}'])
def test_a_notebook_that_does_not_say_what_it_needs_needs_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "01_x.ipynb").write_text(text)
    assert needs_of(tmp_path / "01_x.ipynb") == ()
    assert needs_of(tmp_path / "none.ipynb") == ()


def test_the_others_are_made_and_an_unchanged_run_stays_one(office: Path) -> None:
    waiting = f"acme prioritize: skipped, {WAIT.why}"
    assert told(events(order(office, "acme"))) == [waiting, "acme assess: done, not made yet"]
    assert told(events(order(office, "acme"))) == ["acme assess: skipped, nothing has changed", waiting]


def test_a_file_that_appears_is_taken_up(office: Path) -> None:
    events(order(office, "acme"))
    file_of(office).write_text(BEGUN)
    assert told(events(order(office, "acme"))) == [
        "acme assess: done, changed: prioritize.yaml",
        "acme prioritize: done, not made yet",
    ]


def test_deliverables_stay_when_their_file_is_gone(office: Path) -> None:
    file_of(office).write_text(BEGUN)
    events(order(office, "acme"))
    before = deliverables(office / "outputs")
    file_of(office).unlink()
    assert told(events(order(office, "acme")))[0] == f"acme prioritize: skipped, {WAIT.why}"
    after = deliverables(office / "outputs")
    assert [name for name in before if "prioritize" in name and after.get(name) != before[name]] == []
    assert any("prioritize.html" in name for name in after)


def test_a_client_of_whom_everything_waits_is_neither_checked_nor_faulty(office: Path) -> None:
    asked = order(office, "acme")
    happened = events(order(office, "acme", notebooks=asked.notebooks[1:]))
    assert told(happened) == [f"acme prioritize: skipped, {WAIT.why}"]
    assert not (office / "outputs").exists()


def test_waiting_is_told_apart_from_unchanged() -> None:
    summary, waiting = Summary(), Outcome("acme", "prioritize", WAIT)
    for outcome in (waiting, Outcome("acme", "assess", Plan("skip", "nothing has changed"))):
        summary.add(outcome)
    assert line_of(waiting) == "acme prioritize: skipped, prioritize.yaml is not there yet"
    assert summary.headline == "0 done, 1 unchanged, 1 not begun, 0 failed"
    assert summary.is_clean and summary.count("skipped") == 2


def test_the_command_line_says_what_is_waited_for(
    workbook_command: Command, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks = tuple(sorted((office / "notebooks").glob("*.ipynb")))
    monkeypatch.setattr(orders, "NOTEBOOKS_DIR", office / "notebooks")
    monkeypatch.setattr(orders.find_notebooks, "__defaults__", (None, notebooks[0].parent))
    monkeypatch.chdir(office)
    ended = workbook_command("run", "acme", "--only", "prioritize")
    assert (ended.code, ended.err) == (0, "")
    said, result = ended.out.splitlines()
    assert said == f"acme prioritize: skipped, {WAIT.why}"
    assert result.startswith("0 done, 0 unchanged, 1 not begun, 0 failed, in ")
    run = json.loads((office / "outputs/run.json").read_text())
    assert (run["skipped"], run["notebooks"][0]["why"]) == (1, WAIT.why)
