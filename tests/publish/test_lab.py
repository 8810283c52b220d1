"""Working copies for one client, and JupyterLab opened at the notebook of its phase."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browsers import LAB_OPTIONS, folders_of_jupyter, free_port, run_all_cells, wait_for
from command_line import TINY, Command, rewrite
from nbformat import NotebookNode

from workbook.engagement.faults import FaultsError
from workbook.publish.lab import Bench, prepare, run_until_it_ends
from workbook.publish.notebooks import notebook_bytes, read_notebook
from workbook.publish.orders import NOTEBOOKS_DIR, find_notebooks

HOUSE = [path.name for path in sorted(NOTEBOOKS_DIR.glob("[0-9][0-9]_*.ipynb"))]


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "clients" / "tiny")
    return tmp_path / "clients"


@pytest.fixture
def bench(parameters: Path, tmp_path: Path) -> Bench:
    return prepare("tiny", parameters, tmp_path / "lab" / "tiny")


def cell(notebook: NotebookNode, id: str) -> NotebookNode:
    (found,) = (each for each in notebook.cells if each.id == id)
    return found


def change(path: Path, id: str, source: str) -> None:
    notebook = read_notebook(path)
    cell(notebook, id).source = source
    path.write_bytes(notebook_bytes(notebook))


def test_the_start_page_makes_no_deliverable_because_it_names_none(tmp_path: Path) -> None:
    assert "00_start.ipynb" in HOUSE
    assert [path.name for path in find_notebooks()] == [name for name in HOUSE if name != "00_start.ipynb"]
    for name in ("01_assess", "00_start"):
        shutil.copy(NOTEBOOKS_DIR / f"{name}.ipynb", tmp_path / f"0{len(name)}_x.ipynb")
    assert [path.name for path in find_notebooks(folder=tmp_path)] == ["09_x.ipynb"]


def test_every_notebook_is_copied_and_set_to_the_client(bench: Bench, parameters: Path) -> None:
    assert dict(bench.copies) == dict.fromkeys(HOUSE, "made")
    for name in HOUSE:
        copy, house = read_notebook(bench.folder / name), read_notebook(NOTEBOOKS_DIR / name)
        names: dict[str, object] = {}
        exec(cell(copy, "parameters").source, names)
        assert (names["client"], names["as_of"], names["parameters_dir"]) == ("tiny", "", str(parameters))
        comments = [re.findall("# .*", cell(each, "parameters").source) for each in (copy, house)]
        assert comments[0] == comments[1]
        others = [[c.source for c in each.cells if c.id != "parameters"] for each in (copy, house)]
        assert others[0] == others[1]


def test_a_folder_name_in_any_script_and_with_quotes_is_written_so_that_it_is_read_again(tmp_path: Path) -> None:
    odd = tmp_path / 'a "b" # c = d \\ Kunde Ä'
    shutil.copytree(TINY, odd / "tiny")
    bench = prepare("tiny", odd, tmp_path / "lab")
    names: dict[str, object] = {}
    exec(cell(read_notebook(bench.folder / HOUSE[0]), "parameters").source, names)
    assert names["parameters_dir"] == str(odd)


def test_the_notebook_of_the_phase_is_opened(bench: Bench, parameters: Path, tmp_path: Path) -> None:
    assert (bench.opens, bench.why) == ("02_prioritize.ipynb", "")
    rewrite(parameters, "decision: approved", "decision: iterate")
    assert prepare("tiny", parameters, tmp_path / "lab").opens == "01_assess.ipynb"


def test_a_phase_without_a_notebook_opens_the_start_page(parameters: Path, tmp_path: Path) -> None:
    more = "".join(
        f"\n  {phase}: {{decision: approved, date: 2026-01-31, by: ann}}" for phase in ("prioritize", "pilot")
    )
    rewrite(parameters, "gates:", f"gates:{more}")
    bench = prepare("tiny", parameters, tmp_path / "lab")
    assert (bench.opens, bench.why) == ("00_start.ipynb", "there is no notebook for scale yet")


def test_a_client_with_faults_is_opened_at_the_start_page(parameters: Path, tmp_path: Path) -> None:
    rewrite(parameters, "gates:", "nonsense: 1\ngates:")
    bench = prepare("tiny", parameters, tmp_path / "lab")
    assert (bench.opens, bench.why) == ("00_start.ipynb", "its files have faults")


def test_a_client_that_does_not_exist_leaves_nothing_behind(parameters: Path, tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="write tiny"):
        prepare("tinny", parameters, tmp_path / "lab" / "tinny")
    assert not (tmp_path / "lab").exists()


def test_a_copy_that_was_changed_is_kept_and_others_stay_as_they_were(bench: Bench, parameters: Path) -> None:
    change(bench.folder / "01_assess.ipynb", "at-a-glance", "## My own words")
    before = {path.name: path.read_bytes() for path in bench.folder.iterdir()}
    again = prepare("tiny", parameters, bench.folder)
    assert dict(again.copies) == dict.fromkeys(HOUSE, "as it was") | {"01_assess.ipynb": "kept with your changes"}
    assert again.kept == ("01_assess.ipynb",)
    assert {path.name: path.read_bytes() for path in bench.folder.iterdir()} == before


def test_outputs_of_a_run_are_no_change(bench: Bench, parameters: Path) -> None:
    path = bench.folder / "01_assess.ipynb"
    notebook = read_notebook(path)
    cell(notebook, "setup").execution_count = 7
    path.write_bytes(notebook_bytes(notebook))
    assert prepare("tiny", parameters, bench.folder).copies["01_assess.ipynb"] == "as it was"
    assert cell(read_notebook(path), "setup").execution_count == 7


def test_a_copy_is_made_anew_when_the_house_has_changed_unless_it_was_changed_by_hand(
    parameters: Path, tmp_path: Path
) -> None:
    house, lab = tmp_path / "house", tmp_path / "lab"
    shutil.copytree(NOTEBOOKS_DIR, house)
    prepare("tiny", parameters, lab, house)
    change(lab / "02_prioritize.ipynb", "title", "# Mine")
    for name in ("01_assess.ipynb", "02_prioritize.ipynb"):
        change(house / name, "title", "# A new title")
    copies = prepare("tiny", parameters, lab, house).copies
    assert [copies[name] for name in HOUSE[:3]] == ["as it was", "made anew", "kept with your changes"]
    assert cell(read_notebook(lab / "01_assess.ipynb"), "title").source == "# A new title"


def test_a_file_that_is_no_copy_is_never_overwritten(bench: Bench, parameters: Path) -> None:
    (bench.folder / "01_assess.ipynb").write_text("my notes")
    shutil.copy(NOTEBOOKS_DIR / "02_prioritize.ipynb", bench.folder)
    assert set(prepare("tiny", parameters, bench.folder).kept) == {"01_assess.ipynb", "02_prioritize.ipynb"}
    assert (bench.folder / "01_assess.ipynb").read_text() == "my notes"


def test_the_command_opens_jupyterlab_of_this_python_in_the_folder(bench: Bench) -> None:
    command = bench.command(["--no-browser"])
    assert command[:3] == (sys.executable, "-m", "jupyterlab") and command[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={bench.folder}" in command
    assert "--LabApp.default_url=/lab/tree/02_prioritize.ipynb" in command


def test_a_command_runs_in_the_folder_and_its_exit_code_comes_back(tmp_path: Path) -> None:
    write = "import os, pathlib, sys; pathlib.Path('here').touch(); sys.exit(3)"
    assert run_until_it_ends([sys.executable, "-c", write], tmp_path) == 3
    assert (tmp_path / "here").exists()


def test_an_unknown_client_ends_with_2_and_the_nearest_name(workbook_command: Command) -> None:
    ended = workbook_command("lab", "tinny")
    assert ended.code == 2 and "write tiny" in ended.err


# --- for real --------------------------------------------------------------------------------------------------------


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `workbook lab` in a process group of its own, as a terminal does, and see to it that it ends."""
    command = [sys.executable, "-m", "workbook.cli", "lab", *arguments]
    environment = {**os.environ, **folders_of_jupyter(folder / ".jupyter")}
    child = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@pytest.mark.browser
def test_jupyterlab_opens_the_notebook_runs_it_and_ends_by_one_interrupt(office: Path, browser: Any) -> None:
    address = f"http://127.0.0.1:{(port := free_port())}"
    with running(office, "tiny", "--", *LAB_OPTIONS, f"--port={port}") as lab:
        wait_for(f"{address}/api")
        page = browser.new_page()
        page.goto(f"{address}/")
        page.wait_for_url("**/lab/tree/02_prioritize.ipynb*", timeout=60_000)
        page.get_by_role("heading", name="Pilot Charter").first.wait_for(timeout=60_000)
        page.goto(f"{address}/lab/tree/00_start.ipynb")
        page.get_by_role("heading", name="Start here").first.wait_for(timeout=60_000)
        run_all_cells(page)
        page.get_by_role("heading", name="The next decision").wait_for(timeout=60_000)
        assert page.get_by_label("Client", exact=True).input_value() == "tiny"
        page.close()
        os.killpg(lab.pid, signal.SIGINT)
        assert lab.wait(timeout=30) == 0
