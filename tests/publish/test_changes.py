"""Only what changed is made again, and each plan says why."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from offices import Here, add_client, deliverables, events, order, outcomes, told, write_notebook

from workbook.checking import check_for_run
from workbook.publish.batch import plan_clients, run_clients
from workbook.publish.changes import MANIFEST, Plan, ingredients
from workbook.publish.orders import Faulty

LOG = "parameters/acme/data/log.csv"
DAY = "outputs/acme/2026-09-30"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in which everything has been made."""
    office = tmp_path_factory.mktemp("made")
    add_client(office, "acme")
    for name in ("01_one", "02_two"):
        write_notebook(office / "notebooks" / f"{name}.ipynb")
    assert told(events(order(office, "acme"))) == [
        "acme one: done, not made yet",
        "acme two: done, not made yet",
    ]
    return office


@pytest.fixture()
def office(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed; its files look as old as they are."""
    shutil.copytree(made, tmp_path / "office")
    return tmp_path / "office"


def plans(office: Path, **more: Any) -> dict[str, Plan]:
    """What would be done now."""
    ingredients.cache_clear()
    return plan_clients(order(office, "acme", **more))["acme"].plans


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def edit_manifest(office: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    file = office / DAY / MANIFEST
    manifest = json.loads(file.read_text())
    change(manifest)
    file.write_text(json.dumps(manifest))


def test_what_a_notebook_becomes_during_a_run_has_not_been_run(office: Path) -> None:
    plans(office, force=True)
    ordered = order(office, "acme")
    with ordered.notebooks[0].open("a") as file:
        file.write("\n")
    assert ingredients(ordered.notebooks[0], ordered.parameters_dir)["notebook"] == _hash_before(office)


def _hash_before(office: Path) -> str:
    made = json.loads((office / DAY / MANIFEST).read_text())["run"]["notebooks"]["one"]
    return str(made["ingredients"]["notebook"])


def test_what_has_not_changed_is_skipped(office: Path) -> None:
    assert plans(office) == dict.fromkeys(("one", "two"), Plan("skip", "nothing has changed"))
    assert told(events(order(office, "acme"))) == [
        "acme one: skipped, nothing has changed",
        "acme two: skipped, nothing has changed",
    ]


def test_a_run_that_makes_nothing_writes_nothing(office: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in office.rglob("*")}
    events(order(office, "acme"))
    assert {file: file.stat().st_mtime_ns for file in office.rglob("*")} == before


def write_same_size(office: Path) -> None:
    """Other bytes in a file whose size and times are set back."""
    file = office / LOG
    stamp = file.stat()
    edit(file, "C01,Open", "C09,Open")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (stamp.st_size, stamp.st_mtime_ns)


def add_commentary(office: Path) -> None:
    (office / "parameters/acme/commentary").mkdir()
    (office / "parameters/acme/commentary/assess.md").write_text("## glance\n\nOur view.\n")


def add_shared(office: Path) -> None:
    (office / "parameters/brand.yaml").write_text("colour: blue\n")


CHANGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "edited parameters": (
        lambda office: edit(office / "parameters/acme/assess.yaml", "volume: 1000", "volume: 1001"),
        "changed: assess.yaml",
    ),
    "another size": (lambda office: edit(office / LOG, "C01", "C0001"), "changed: data/log.csv"),
    "the same size and time": (write_same_size, "changed: data/log.csv"),
    "new commentary": (add_commentary, "changed: commentary/assess.md"),
    "new parameters": (
        lambda office: (office / "parameters/acme/compliance.yaml").write_text("x: 1"), "changed: compliance.yaml",
    ),
    "removed data": (lambda office: (office / LOG).unlink(), "changed: data/log.csv"),
    "removed parameters": (
        lambda office: (office / "parameters/acme/assess.yaml").unlink(), "changed: assess.yaml",
    ),
    "shared parameters": (add_shared, "changed: shared parameters"),
    "package": (
        lambda office: edit_manifest(office, lambda m: m["run"]["notebooks"]["one"]["ingredients"].update(package="x")),
        "changed: package",
    ),
    "versions": (
        lambda office: edit_manifest(office, lambda m: m["run"]["notebooks"]["one"]["ingredients"].pop("versions")),
        "changed: versions",
    ),
    "deleted deliverable": (
        lambda office: (office / DAY / "one.pdf").unlink(), "a deliverable is missing or was changed",
    ),
    "edited deliverable": (
        lambda office: edit(office / DAY / "one.html", "acme", "ACME"), "a deliverable is missing or was changed",
    ),
    "notebook": (
        lambda office: write_notebook(office / "notebooks/01_one.ipynb", "1 + 1"), "changed: notebook",
    ),
    "database": (
        lambda office: edit_manifest(office, lambda m: m["run"].update(reads_database=True)),
        "reads a database, which may have changed",
    ),
    "deleted manifest": (lambda office: (office / DAY / MANIFEST).unlink(), "not made yet"),
    "broken manifest": (lambda office: (office / DAY / MANIFEST).write_text("{"), "not made yet"),
    "manifest of another version": (
        lambda office: edit_manifest(office, lambda m: m.update(run={"notebooks": {}})), "not made yet",
    ),
    "manifest of another client": (
        lambda office: edit_manifest(office, lambda m: m.update(client="other")), "not made yet",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_executes_and_says_why(office: Path, change: str) -> None:
    act, why = CHANGES[change]
    act(office)
    assert plans(office)["one"] == Plan("execute", why)


@pytest.mark.parametrize("change", ["package", "versions", "deleted deliverable", "edited deliverable", "notebook"])
def test_what_concerns_one_notebook_leaves_the_other(office: Path, change: str) -> None:
    CHANGES[change][0](office)
    assert plans(office)["two"].work == "skip"


def test_many_changes_are_named_in_short(office: Path) -> None:
    for name in ("client.yaml", "assess.yaml"):
        edit(office / "parameters/acme" / name, "\n", " \n")
    add_commentary(office)
    (office / LOG).unlink()
    assert plans(office)["one"].why == "changed: assess.yaml, client.yaml, commentary/assess.md, ..."


def test_files_that_were_only_touched_or_copied_are_the_same(office: Path) -> None:
    for file in (office / "parameters/acme").rglob("*"):
        os.utime(file)
    copied = office / "copied"
    shutil.copyfile(office / LOG, copied)
    os.replace(copied, office / LOG)
    assert plans(office)["one"].work == "skip"


def test_a_page_that_would_look_different_is_only_set_again(office: Path) -> None:
    before = deliverables(office / "outputs")
    edit_manifest(office, lambda m: m["run"]["notebooks"]["one"]["ingredients"].update(page="another"))
    assert plans(office) == {"one": Plan("render", "changed: page"), "two": Plan("skip", "nothing has changed")}
    assert told(events(order(office, "acme"))) == [
        "acme two: skipped, nothing has changed",
        "acme one: done, changed: page",
    ]
    assert deliverables(office / "outputs") == before
    assert plans(office)["one"].work == "skip"


def test_what_has_changed_since_it_was_planned_is_not_only_set_again(office: Path) -> None:
    edit_manifest(office, lambda m: m["run"]["notebooks"]["one"]["ingredients"].update(page="another"))

    def check(*arguments: Any) -> Any:
        edit(office / "parameters/acme/client.yaml", "employees: 120", "employees: 777")
        return check_for_run(*arguments)

    happened = list(run_clients(order(office, "acme"), check, Here()))
    assert told(happened) == ["acme two: skipped, nothing has changed", "acme one: done, changed while the run began"]
    assert plans(office) == {
        "one": Plan("skip", "nothing has changed"),
        "two": Plan("execute", "not made since the client's files have changed"),
    }


@pytest.mark.parametrize("name", ["index.html", "exhibits/tables.xlsx"])
def test_a_missing_index_is_made_again_without_running_a_cell(office: Path, name: str) -> None:
    before = deliverables(office / "outputs")
    (office / DAY / name).unlink()
    assert plans(office)["two"] == Plan("render", "the index or the tables are missing")
    events(order(office, "acme"))
    assert deliverables(office / "outputs") == before


def test_force_executes_what_has_not_changed(office: Path) -> None:
    assert plans(office, force=True)["one"] == Plan("execute", "forced")


def test_a_stray_file_does_not_keep_a_client_from_being_unchanged(office: Path) -> None:
    folder = office / "parameters/acme"
    for name in ("notes.txt", ".hidden", "data/unused.csv"):
        (folder / name).write_text("x")
    for name in ("commentary", "notes"):
        (folder / name).mkdir()
    for name in ("assess.md~", ".assess.md.swp", "x"):
        (folder / "commentary" / name).write_text("x")
    (folder / "approved").mkdir()
    assert not any(isinstance(event, Faulty) for event in events(order(office, "acme", force=True)))
    assert plans(office)["one"].work == "skip"


@pytest.mark.parametrize("name", ["comentary/assess.md", "commentary/notes.txt", "commentary/asess.md"])
def test_what_a_check_would_refuse_is_not_passed_over(office: Path, name: str) -> None:
    file = office / "parameters/acme" / name
    file.parent.mkdir()
    file.write_text("# Assess")
    happened = events(order(office, "acme"))
    assert told(happened) == ["acme: faulty"]
    file.unlink()
    file.parent.rmdir()
    assert plans(office)["one"].work == "skip"


def test_a_database_source_is_asked_on_every_run(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = office / "parameters/acme"
    (folder / "log.sql").write_text("select * from records")
    text = (folder / "assess.yaml").read_text()
    (folder / "assess.yaml").write_text(
        text.replace("file: data/records.csv", "database: {url_env: ACME_URL, query: log.sql}")
    )
    with sqlite3.connect(office / "acme.db") as database:
        database.execute("create table records (number text, amount real)")
        database.execute("insert into records values ('N01', 10)")
    monkeypatch.setenv("ACME_URL", f"sqlite:///{office / 'acme.db'}")
    happened = events(order(office, "acme"))
    assert [outcome.error for outcome in outcomes(happened).values()] == [None, None], told(happened)
    assert plans(office)["one"] == Plan("execute", "reads a database, which may have changed")


# --- what a later run may trust --------------------------------------------------------------------------------------


def test_a_notebook_left_out_of_a_run_is_made_when_its_turn_comes(office: Path) -> None:
    edit(office / "parameters/acme/assess.yaml", "volume: 1000", "volume: 1001")
    asked = order(office, "acme")
    events(order(office, "acme", notebooks=asked.notebooks[1:]))
    assert plans(office) == {
        "one": Plan("execute", "not made since the client's files have changed"),
        "two": Plan("skip", "nothing has changed"),
    }


def test_a_notebook_that_failed_is_tried_again_and_its_old_deliverables_stay(office: Path) -> None:
    read = "open(f'{parameters_dir}/{client}/assess.yaml').read()"
    write_notebook(office / "notebooks/01_one.ipynb", f"assert 'volume: 1001' not in {read}")
    events(order(office, "acme"))
    assert plans(office)["one"].work == "skip"
    old = (office / DAY / "one.html").read_bytes()
    edit(office / "parameters/acme/assess.yaml", "volume: 1000", "volume: 1001")
    assert outcomes(events(order(office, "acme")))["acme", "one"].kind == "cell"
    assert (office / DAY / "one.html").read_bytes() == old
    assert "one.html" in (office / DAY / "index.html").read_text()
    assert plans(office)["one"].work == "execute" and plans(office)["two"].work == "skip"


def test_a_file_edited_while_the_run_goes_on_counts_as_changed(office: Path) -> None:
    path = office / "parameters/acme/assess.yaml"
    write_notebook(
        office / "notebooks/01_one.ipynb",
        "import pathlib, time\nfile = pathlib.Path(parameters_dir, client, 'assess.yaml')\n"
        "file.write_text(file.read_text().replace('volume: 1000', 'volume: 1001'))",
        "time.sleep(2.5)",
    )
    events(order(office, "acme"))
    assert "volume: 1001" in path.read_text()
    assert plans(office)["two"] == Plan("execute", "changed: assess.yaml")


def test_one_day_is_remembered_however_it_was_asked_for(office: Path) -> None:
    assert plans(office, asked="2026-09-30")["one"].work == "skip"
    events(order(office, "acme", asked="2026-09-30", force=True, notebooks=order(office).notebooks[:1]))
    assert plans(office) == dict.fromkeys(("one", "two"), Plan("skip", "nothing has changed"))
    assert "two.html" in (office / DAY / "index.html").read_text()


def test_another_day_is_another_deliverable_and_does_not_hide_the_own_one(office: Path) -> None:
    assert plans(office, asked="2026-09-25")["one"] == Plan("execute", "not made yet")
    events(order(office, "acme", asked="2026-09-25"))
    assert plans(office, asked="2026-09-25")["one"].work == "skip"
    assert plans(office)["one"].work == "skip"
    edit(office / "parameters/acme/client.yaml", "as_of: 2026-09-30", "as_of: 2026-09-25")
    assert plans(office)["one"] == Plan("execute", "changed: client.yaml")


def test_a_notebook_that_is_gone_is_dropped_from_the_index(office: Path) -> None:
    (office / "notebooks/02_two.ipynb").unlink()
    events(order(office, "acme", force=True))
    assert "two.html" not in (office / DAY / "index.html").read_text()


def test_a_deliverable_that_is_gone_is_dropped_from_the_index_of_the_others(office: Path) -> None:
    (office / DAY / "two.ipynb").unlink()
    happened = events(order(office, "acme", force=True, notebooks=order(office).notebooks[:1]))
    assert told(happened) == ["acme one: done, forced"]
    assert "two.html" not in (office / DAY / "index.html").read_text()


def test_what_a_gate_has_frozen_counts_once(office: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "workbook.cli", "approve", "acme", "assess", "--parameters", "parameters"],
        cwd=office, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert plans(office)["one"].why == "changed: approved/assess_2026-09-20.json"
    events(order(office, "acme"))
    assert plans(office)["one"].work == "skip"
