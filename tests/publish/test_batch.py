"""Many clients at once: what is wrong with one stops none of the others."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

import pytest
from offices import FAULT, Here, add_client, deliverables, events, order, outcomes, told, write_notebook

from workbook.publish.batch import run_clients
from workbook.publish.crew import Crew
from workbook.publish.orders import Begin, Died, Faulty, Noted, deliverable_name, find_notebooks


@pytest.fixture()
def office(tmp_path: Path) -> Path:
    """Two clients and two notebooks; the second notebook fails where a file says so."""
    for client in ("acme", "beech"):
        add_client(tmp_path, client)
    write_notebook(tmp_path / "notebooks" / "01_one.ipynb")
    write_notebook(tmp_path / "notebooks" / "02_two.ipynb")
    return tmp_path


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


ALL = ["exhibits/tables.xlsx", "index.html", "manifest.json"] + [
    f"{name}.{format}" for name in ("one", "two") for format in ("html", "ipynb", "json", "pdf")
]


def test_every_notebook_of_every_client_is_made(office: Path) -> None:
    happened = events(order(office, "acme", "beech"))
    assert happened[0] == Begin(4)
    assert {key: outcome.status for key, outcome in outcomes(happened).items()} == {
        (client, name): "done" for client in ("acme", "beech") for name in ("one", "two")
    }
    assert listing(office / "outputs/acme/2026-09-30") == sorted(ALL)
    assert "Beech Works" in (office / "outputs/beech/2026-09-30/index.html").read_text()


def test_the_manifest_tells_what_went_in_but_no_place_of_this_machine(office: Path) -> None:
    events(order(office, "acme"))
    manifest = json.loads((office / "outputs/acme/2026-09-30/manifest.json").read_text())
    assert sorted(manifest["inputs"]) == ["assess.yaml", "client.yaml", "data/log.csv", "data/records.csv"]
    assert manifest["faults"] == [] and sorted(manifest["outputs"]) == sorted(set(ALL) - {"manifest.json"})
    assert str(office) not in json.dumps(manifest)


def test_a_faulty_client_is_told_and_left_out(office: Path) -> None:
    add_client(office, "broken", *FAULT)
    happened = events(order(office, "acme", "broken", "beech"))
    faulty = [event for event in happened if isinstance(event, Faulty)]
    assert [(event.client, event.notebooks) for event in faulty] == [("broken", 2)]
    assert faulty[0].faults[0].startswith("broken/client.yaml:4 employees: found text")
    assert len(outcomes(happened)) == 4 and not (office / "outputs/broken").exists()


def test_faults_of_all_are_told_before_any_cell_runs(office: Path) -> None:
    add_client(office, "broken", *FAULT)
    kinds = [type(event).__name__ for event in events(order(office, "acme", "beech", "broken"))]
    assert kinds.index("Faulty") < kinds.index("Outcome")


def test_what_may_be_right_is_noted(office: Path) -> None:
    notes = [event.note for event in events(order(office, "acme")) if isinstance(event, Noted)]
    assert len(notes) == 1 and "found 1 use case selected; allowed 3 to 5" in notes[0]


def test_an_unknown_client_and_a_name_that_leaves_the_folder_are_faults(office: Path) -> None:
    (office / "elsewhere").mkdir()
    shutil.copytree(office / "parameters/acme", office / "elsewhere/acme")
    happened = events(order(office, "nobody", "../elsewhere/acme", "acme"))
    assert [event.client for event in happened if isinstance(event, Faulty)] == ["nobody", "../elsewhere/acme"]
    assert len(outcomes(happened)) == 2


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        ("raise ValueError('no costs')", "cell", "ValueError: no costs"),
        ("import os; os._exit(3)", "died", "left with status 3"),
        ("bytearray(1 << 60)", "memory", "MemoryError"),
        ("import os; os.write(os.open('/dev/full', os.O_WRONLY), b'x')", "disk", "No space left on device"),
        ("while True: pass", "time", "the time limit of the notebook is over"),
        (
            "from workbook.engagement import load_engagement; load_engagement(client, parameters_dir, 'now')",
            "input", "write year-month-day",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_failure_keeps_the_partial_notebook_and_stops_nothing(
    office: Path, cell: str, kind: str, words: str
) -> None:
    write_notebook(
        office / "notebooks" / "01_one.ipynb",
        "print('so far')",
        f"if client == 'acme':\n    {cell}",
    )
    happened = outcomes(events(order(office, "acme", "beech", time_limit=3)))
    failed = happened["acme", "one"]
    assert (failed.kind, failed.status, failed.heading) == (kind, "failed", "Figures")
    assert failed.error is not None and words in failed.error
    assert failed.partial == str(office / "outputs/acme/2026-09-30/failed/one.ipynb")
    assert "so far" in Path(failed.partial).read_text()
    assert [outcome.status for key, outcome in happened.items() if key != ("acme", "one")] == ["done"] * 3
    assert "one.html" not in listing(office / "outputs/acme/2026-09-30")
    manifest = json.loads((office / "outputs/acme/2026-09-30/manifest.json").read_text())
    assert manifest["faults"] == [f"one: {failed.error}"]


def test_a_failed_notebook_is_made_again_and_its_partial_goes(office: Path) -> None:
    write_notebook(office / "notebooks" / "01_one.ipynb", "raise ValueError")
    events(order(office, "acme"))
    write_notebook(office / "notebooks" / "01_one.ipynb")
    for each in (1, 2):
        happened = told(events(order(office, "acme")))
        assert len(happened) == 2, each
    assert listing(office / "outputs/acme/2026-09-30") == sorted(ALL)
    assert not (office / "outputs/acme/2026-09-30/failed").exists()


def test_a_client_of_which_nothing_could_be_made_has_no_index(office: Path) -> None:
    for name in ("01_one", "02_two"):
        write_notebook(office / "notebooks" / f"{name}.ipynb", "raise ValueError")
    events(order(office, "acme"))
    assert listing(office / "outputs/acme/2026-09-30") == ["failed/one.ipynb", "failed/two.ipynb"]


def test_a_place_that_cannot_be_written_fails_alone(office: Path) -> None:
    folder = office / "outputs/acme/2026-09-30"
    folder.mkdir(parents=True)
    (folder / "exhibits").write_text("in the way")
    happened = outcomes(events(order(office, "acme", "beech")))
    assert happened["acme", "one"].kind == "input"
    assert happened["acme", "one"].error == "exhibits cannot be read or written (File exists)"
    assert happened["beech", "one"].status == "done"


def test_an_index_that_cannot_be_written_is_told(office: Path) -> None:
    (office / "outputs/acme/2026-09-30/index.html").mkdir(parents=True)
    happened = outcomes(events(order(office, "acme")))
    assert happened["acme", "index"].error is not None and happened["acme", "one"].status == "done"
    assert not (office / "outputs/acme/2026-09-30/manifest.json").exists()


def test_what_a_kill_left_behind_is_swept_away(office: Path) -> None:
    folder = office / "outputs/acme/2026-09-30"
    for name in (".staging-one/one.html", "exhibits/.old-one/x.svg", ".index.html.abc.tmp"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("half")
    events(order(office, "acme"))
    assert listing(folder) == sorted(ALL)


# --- nobody else's words ---------------------------------------------------------------------------------------------


def test_two_clients_that_are_mixed_are_caught(office: Path) -> None:
    write_notebook(office / "notebooks" / "01_one.ipynb", "print('as at Beech Works' if client == 'acme' else '')")
    happened = outcomes(events(order(office, "acme", "beech")))
    assert happened["acme", "one"].kind == "leak"
    assert '"Beech Works", which belongs to beech' in str(happened["acme", "one"].error)
    assert happened["beech", "one"].status == happened["acme", "two"].status == "done"
    assert "one.html" not in listing(office / "outputs/acme/2026-09-30")


def test_a_leak_keeps_what_was_made_before(office: Path) -> None:
    events(order(office, "acme"))
    before = deliverables(office / "outputs/acme")
    write_notebook(office / "notebooks" / "01_one.ipynb", "print('as at Beech Works')")
    events(order(office, "acme"))
    assert deliverables(office / "outputs/acme") == before


def test_a_client_named_like_a_vendor_passes(office: Path) -> None:
    add_client(office, "oracle", "name: Oracle Works", "name: Oracle")
    assess = office / "parameters/acme/assess.yaml"
    assess.write_text(assess.read_text().replace("name: Post log", "name: Post log of Oracle, oracle"))
    write_notebook(
        office / "notebooks" / "01_one.ipynb", "name = 'Ora' + 'cle'\nprint(name, 'runs the post', name.lower())"
    )
    happened = outcomes(events(order(office, "acme", "beech", "oracle")))
    assert happened["acme", "one"].status == happened["oracle", "one"].status == "done"
    assert happened["beech", "one"].kind == "leak"


@pytest.mark.parametrize(
    "read",
    [
        "open(f'{parameters_dir}/beech/client.yaml').read()",
        "open(f'{parameters_dir}/acme/../beech/data/log.csv').read()",
        "__import__('os').listdir(f'{parameters_dir}/beech')",
        "__import__('workbook.engagement').engagement.load_engagement('beech', parameters_dir)",
        "__import__('os').listdir(f'{parameters_dir}/../outputs/acme')",
        "__import__('os').listdir(f'{parameters_dir}/../outputs/beech')",
        "__import__('pandas').read_csv(f'{parameters_dir}/beech/data/log.csv')",
    ],
)
def test_a_notebook_cannot_open_the_folder_of_another_client(office: Path, read: str) -> None:
    events(order(office, "beech"))
    write_notebook(office / "notebooks" / "01_one.ipynb", read)
    failed = outcomes(events(order(office, "acme")))["acme", "one"]
    assert failed.status == "failed" and "in a folder closed to this notebook" in str(failed.error)


@pytest.mark.parametrize(
    "place", ["outputs/renamed/2026-09-30", "outputs/renamed/2026-09-30/failed", "parameters/drafts"]
)
def test_a_notebook_cannot_open_what_is_left_of_a_client(office: Path, place: str) -> None:
    (office / place).mkdir(parents=True)
    write_notebook(office / "notebooks" / "01_one.ipynb", f"__import__('os').listdir(f'{{parameters_dir}}/../{place}')")
    failed = outcomes(events(order(office, "acme")))["acme", "one"]
    assert failed.status == "failed" and "in a folder closed to this notebook" in str(failed.error)


READS_ITS_OWN = "open(f'{parameters_dir}/{client}/client.yaml').read()[:0]"


def test_another_name_of_its_own_folder_closes_nothing_to_a_client(office: Path) -> None:
    (office / "parameters" / "alias").symlink_to("acme")
    write_notebook(office / "notebooks" / "01_one.ipynb", READS_ITS_OWN)
    happened = outcomes(events(order(office, "acme")))
    assert [outcome.error for outcome in happened.values()] == [None, None]


def test_what_python_needs_stays_open_wherever_it_lies(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (office / "parameters" / "tmp").mkdir()
    (office / "parameters" / "python").symlink_to(sys.prefix)
    monkeypatch.setattr(tempfile, "tempdir", str(office / "parameters" / "tmp"))
    write_notebook(office / "notebooks" / "01_one.ipynb", "import colorsys; open('x', 'w').close()")
    happened = outcomes(events(order(office, "acme")))
    assert [outcome.error for outcome in happened.values()] == [None, None]


@pytest.mark.parametrize("output", [".", "parameters/..", "outputs/deep/er", "parameters"])
def test_deliverables_may_go_anywhere(office: Path, output: str) -> None:
    (office / "parameters" / "brand.yaml").write_text("colour: blue")
    shared = "open(f'{parameters_dir}/brand.yaml').read()[:0]"
    write_notebook(office / "notebooks" / "01_one.ipynb", shared, READS_ITS_OWN)
    happened = outcomes(events(order(office, "acme", output=office / output)))
    assert [outcome.error for outcome in happened.values()] == [None, None]


def test_secrets_of_a_database_are_kept_out(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assess = office / "parameters/acme/assess.yaml"
    (office / "parameters/acme/log.sql").write_text("select 'N01' as number, 1 as amount")
    with sqlite3.connect(office / "acme.db") as database:
        database.execute("create table records (number text, amount real)")
    monkeypatch.setenv("URL", f"sqlite:///{office / 'acme.db'}")
    assess.write_text(assess.read_text().replace("file: data/records.csv", "database: {url_env: URL, query: log.sql}"))
    write_notebook(office / "notebooks" / "01_one.ipynb", "import os; print(os.environ['URL'])")
    happened = outcomes(events(order(office, "acme")))
    assert "a secret of the environment" in str(happened["acme", "one"].error)


# --- on several workers ----------------------------------------------------------------------------------------------


def test_workers_that_die_are_told_client_by_client(office: Path) -> None:
    class Dying(Here):
        def work(self, tasks):  # type: ignore[no-untyped-def]
            for task, result in super().work(tasks):
                is_job = isinstance(task.about, tuple) and task.about[1].client == "acme"
                yield task, Died("the worker process died, twice") if is_job else result

    happened = outcomes(events(order(office, "acme", "beech"), Dying()))
    assert {key: outcome.kind for key, outcome in happened.items()} == {
        ("acme", "one"): "died", ("acme", "two"): "died", ("beech", "one"): None, ("beech", "two"): None
    }  # fmt: skip


@pytest.mark.slow
def test_any_number_of_workers_gives_the_same_bytes(office: Path) -> None:
    asked = {count: order(office, "acme", "beech", output=office / f"by-{count}") for count in (1, 2)}
    for count, each in asked.items():
        with Crew(count) as crew:
            assert {outcome.status for outcome in outcomes(events(each, crew)).values()} == {"done"}
    one, two = (deliverables(office / f"by-{count}") for count in (1, 2))
    assert len(one) == 2 * (len(ALL) - 1)
    assert one == two == deliverables(_made_here(office))


def _made_here(office: Path) -> Path:
    events(order(office, "acme", "beech", output=office / "here"))
    return office / "here"


@pytest.mark.slow
def test_a_check_that_kills_its_worker_is_a_fault_of_that_client_only(office: Path) -> None:
    with Crew(2) as crew:
        happened = list(run_clients(order(office, "acme", "beech"), _dying_check, crew))
    assert [event.faults for event in happened if isinstance(event, Faulty)] == [
        ("acme: the worker process died, twice",)
    ]
    assert len(outcomes(happened)) == 2


def _dying_check(client: str, *more):  # type: ignore[no-untyped-def]
    from workbook.checking import check_for_run

    if client == "acme":
        os._exit(5)
    return check_for_run(client, *more)


# --- which notebooks -------------------------------------------------------------------------------------------------


def test_a_notebook_is_named_without_its_number() -> None:
    assert deliverable_name(Path("notebooks/01_assess.ipynb")) == "assess"
    assert deliverable_name(Path("10_board.ipynb")) == "board"


def test_notebooks_are_found_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("10_board", "01_assess", "readme", "2_x"):
        (tmp_path / f"{name}.ipynb").write_text("")
    assert [path.stem for path in find_notebooks(folder=tmp_path)] == ["01_assess", "10_board"]
    assert [path.stem for path in find_notebooks(["board"], tmp_path)] == ["10_board"]
    with pytest.raises(ValueError, match="no notebook 'bord', 'x'; choose from assess, board"):
        find_notebooks(["bord", "x"], tmp_path)


def test_a_folder_without_notebooks_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="found no notebook that makes a deliverable"):
        find_notebooks(folder=tmp_path)
