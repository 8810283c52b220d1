"""Each command of `workbook`: its exit code, what it prints, and what it leaves on the disk."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from command_line import TINY, Command

from workbook.publish import batch
from workbook.publish.atomic import claimed

FAULT = ("employees: 120", "employees: lots")


def add_client(office: Path, id: str, old: str = "", new: str = "") -> Path:
    """Copy the tiny client under another id, with a change in client.yaml."""
    folder = office / "parameters" / id
    shutil.copytree(TINY, folder)
    text = (folder / "client.yaml").read_text()
    (folder / "client.yaml").write_text(text.replace(old, new) if old else text)
    return folder


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


# --- wrong usage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], "name the clients, or give --all"),
        (["run", "tiny", "--all"], "name the clients, or give --all"),
        (["run", "tiny", "--only", "bord"], "there is no notebook 'bord'; choose from assess"),
        (["run", "tiny", "--only", ""], "there is no notebook ''; choose from assess"),
        (["run", "tiny", "--as-of", "yesterday"], "found 'yesterday'; allowed a date such as 2026-05-31"),
        (["run", "tiny", "--jobs", "0"], "greater than or equal to 1"),
        (["run", "tny"], "found no client tny; allowed one of tiny; write tiny"),
        (["run", "tiny", "--parameters", "nowhere"], "--parameters: found nowhere, which is not a folder"),
        (["check", "tny"], "write tiny"),
        (["status", "tny"], "write tiny"),
        (["explain", "tny", "processes.yearly_cost"], "write tiny"),
        (["approve", "tny", "assess"], "write tiny"),
        (["approve", "tiny", "asses"], "found the unknown gate asses; allowed one of assess, prioritize"),
        (["approve", "tiny", "pilot"], "found no decision by 2026-09-30; allowed the decision approved"),
        (["new", "Alder Foods"], "lower-case letters, digits and single hyphens"),
        (["new", "tiny"], "found the folder tiny, which exists"),
        (["chek"], "Did you mean 'check'?"),
    ],
)
def test_wrong_usage_is_told_and_changes_nothing(
    workbook_command: Command, office: Path, arguments: list[str], words: str
) -> None:
    before = sorted(office.rglob("*"))
    ended = workbook_command(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "Traceback" not in ended.err and "\x1b" not in ended.err
    assert sorted(office.rglob("*")) == before


@pytest.mark.parametrize("arguments", [["run", "--all"], ["check"], ["status"]])
def test_a_folder_without_clients_is_told(workbook_command: Command, office: Path, arguments: list[str]) -> None:
    shutil.rmtree(office / "parameters" / "tiny")
    ended = workbook_command(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("parameters: found no client; allowed a folder for each client; create one with:")


def test_names_of_notebooks_may_stand_apart(workbook_command: Command) -> None:
    assert "notebook" not in workbook_command("run", "tny", "--only", " assess , assess").err


@pytest.mark.parametrize("place", ["out", "out/tiny", "out/tiny/2026-09-30"])
def test_a_file_in_the_place_of_the_output_is_told_before_anything_is_run(
    workbook_command: Command, office: Path, place: str
) -> None:
    (office / place).parent.mkdir(parents=True, exist_ok=True)
    (office / place).write_text("mine")
    ended = workbook_command("run", "tiny", "--output", "out")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("out/tiny/2026-09-30 --output: found a place that cannot be written")
    assert (office / place).read_text() == "mine"


def test_help_and_errors_are_plain_lines(workbook_command: Command) -> None:
    helped, refused = workbook_command("--help"), workbook_command("run", "--no-such-option")
    assert helped.code == 0 and refused.code == 2
    assert (helped.out + refused.err).isascii()
    assert [name for name in ("run", "check", "new", "status", "approve", "explain") if name not in helped.out] == []


@pytest.mark.parametrize("arguments", ["'--help'", "'status'"])
def test_help_and_status_load_nothing_heavy(office: Path, arguments: str) -> None:
    heavy = {"pandas", "numpy", "duckdb", "scipy", "matplotlib", "papermill", "nbformat", "nbconvert", "typst"}
    code = (
        f"import sys; from workbook.cli import main; sys.argv = ['workbook', {arguments}]\n"
        f"try: main()\nexcept SystemExit: print(sorted({heavy} & set(sys.modules)))"
    )
    assert python("-c", code, cwd=office).stdout.splitlines()[-1] == "[]"


# --- check, new, status ----------------------------------------------------------------------------------------------


def test_check_takes_all_clients_unless_some_are_named(workbook_command: Command, office: Path) -> None:
    add_client(office, "other")
    ended = workbook_command("check")
    assert (ended.code, ended.out) == (0, "2 clients without a fault\n")
    assert workbook_command("check", "other", "other").out == "1 client without a fault\n"


def test_check_reports_the_faults_of_all_clients_at_once(workbook_command: Command, office: Path) -> None:
    add_client(office, "first", *FAULT)
    add_client(office, "second", "country: IE", "country: ie").joinpath("data", "log.csv").write_text("")
    ended = workbook_command("check")
    assert (ended.code, ended.out) == (2, "")
    files = [line.split(":")[0] for line in ended.err.splitlines() if not line.startswith("note: tiny/")]
    assert files == ["first/client.yaml", "second/client.yaml"]


def test_what_may_be_right_is_noted_and_stops_nothing(workbook_command: Command, office: Path) -> None:
    assess = office / "parameters" / "tiny" / "assess.yaml"
    assess.write_text(assess.read_text().replace("[Close]", "[Close, Erledigt]"))
    ended = workbook_command("check")
    gate, name = ended.err.splitlines()
    assert ended.code == 0
    assert gate.startswith("note: tiny/client.yaml:11 gates.assess.selected: found 1 use case selected; allowed 3 to 5")
    assert name.startswith("note: tiny/assess.yaml:20") and "Erledigt, which no row holds" in name
    assert gate in workbook_command("approve", "tiny", "assess").err


def test_a_new_client_is_a_skeleton_that_says_what_to_fill_in(workbook_command: Command, office: Path) -> None:
    ended = workbook_command("new", "alder-foods")
    assert ended.code == 0 and "workbook check alder-foods" in ended.out
    assert sorted(path.name for path in (office / "parameters" / "alder-foods").iterdir()) == [
        *("assess.yaml", "client.yaml", "compliance.yaml", "data", "pilot.yaml", "prioritize.yaml", "technology.yaml"),
    ]
    checked = workbook_command("check", "alder-foods")
    assert checked.code == 2
    assert all("found nothing" in line and "; fill it in" in line for line in checked.err.splitlines())
    assert "fill it in (marking in the running header)" in checked.err


def test_status_shows_the_phase_and_the_last_gate(workbook_command: Command) -> None:
    ended = workbook_command("status")
    assert (ended.code, ended.err) == (0, "")
    assert " ".join(ended.out.split()) == "tiny 2026-09-30 prioritize assess approved on 2026-09-20: post-sorting"


def test_status_knows_no_decision_dated_later(workbook_command: Command) -> None:
    assert workbook_command("status", "tiny", "--as-of", "2026-09-19").out.split()[2:] == [
        "assess",
        "no",
        "gate",
        "held",
    ]


def test_status_of_a_faulty_client_does_not_hide_the_others(workbook_command: Command, office: Path) -> None:
    add_client(office, "broken", *FAULT)
    ended = workbook_command("status")
    assert ended.code == 2 and ended.out.startswith("tiny") and ended.err.startswith("broken/client.yaml:4 employees:")


# --- approve, explain ------------------------------------------------------------------------------------------------


def test_approving_twice_freezes_once(workbook_command: Command, office: Path) -> None:
    first = workbook_command("approve", "tiny", "assess")
    (frozen,) = (office / "parameters" / "tiny" / "approved").iterdir()
    content = frozen.read_bytes()
    again = workbook_command("approve", "tiny", "assess")
    assert (first.code, again.code, again.out) == (0, 0, first.out)
    assert re.search(r"\bsha256 [0-9a-f]{64}\b", first.out) and frozen.name == "assess_2026-09-20.json"
    assert frozen.read_bytes() == content
    assert json.loads(content)["sha256"] in first.out


def test_other_content_for_the_same_day_is_refused(workbook_command: Command, office: Path) -> None:
    workbook_command("approve", "tiny", "assess")
    (frozen,) = (office / "parameters" / "tiny" / "approved").iterdir()
    content = frozen.read_bytes()
    assess = office / "parameters" / "tiny" / "assess.yaml"
    assess.write_text(assess.read_text().replace("volume: 1000", "volume: 1001"))
    ended = workbook_command("approve", "tiny", "assess")
    assert ended.code == 2 and "content that differs from what was approved on 2026-09-20" in ended.err
    assert frozen.read_bytes() == content


def test_a_frozen_file_that_was_edited_is_refused(workbook_command: Command, office: Path) -> None:
    workbook_command("approve", "tiny", "assess")
    (frozen,) = (office / "parameters" / "tiny" / "approved").iterdir()
    frozen.write_text(frozen.read_text().replace("50000", "60000"))
    ended = workbook_command("approve", "tiny", "assess")
    assert ended.code == 2 and "content that does not fit its SHA-256" in ended.err


def test_a_disk_that_refuses_is_told(workbook_command: Command, office: Path) -> None:
    (office / "parameters" / "tiny" / "approved").write_text("in the way")
    ended = workbook_command("approve", "tiny", "assess")
    assert ended.code == 2
    assert ended.err.startswith("parameters/tiny/approved: found a place that cannot be read or written (File exists)")


def test_a_figure_is_explained_down_to_file_and_line(workbook_command: Command) -> None:
    ended = workbook_command("explain", "tiny", "process.post.yearly_cost")
    assert (ended.code, ended.err) == (0, "")
    first, *inputs = ended.out.splitlines()
    assert first.startswith("process.post.yearly_cost: 50000 EUR")
    assert any("assess.yaml:6" in line for line in inputs) and any("assess.yaml:7" in line for line in inputs)


@pytest.mark.parametrize(
    ("figure", "hint"),
    [
        ("processes.yearly_cst", "the nearest are processes.yearly_cost"),
        ("?", "assess.json beside the report lists all"),
    ],
)
def test_an_unknown_figure_is_told_with_the_nearest(workbook_command: Command, figure: str, hint: str) -> None:
    ended = workbook_command("explain", "tiny", figure)
    assert (ended.code, ended.out) == (2, "")
    assert f"there is no figure {figure}; {hint}" in ended.err


@pytest.mark.parametrize("arguments", [["explain", "tiny", "processes.yearly_cost"], ["approve", "tiny", "assess"]])
def test_data_that_cannot_be_read_are_a_fault_of_every_command(
    workbook_command: Command, office: Path, arguments: list[str]
) -> None:
    (office / "parameters" / "tiny" / "data" / "log.csv").write_text("case,activity,time\nC1,Open\n")
    ended = workbook_command(*arguments)
    assert ended.code == 2 and ended.err.startswith("tiny/assess.yaml:16 data_sources.log.file: found in log.csv:2")


# --- run -------------------------------------------------------------------------------------------------------------


def test_when_all_clients_are_faulty_nothing_is_written(workbook_command: Command, office: Path) -> None:
    add_client(office, "broken", *FAULT)
    shutil.rmtree(office / "parameters" / "tiny" / "data")
    ended = workbook_command("run", "--all")
    assert (ended.code, ended.out) == (2, "")
    assert {line.split("/")[0] for line in ended.err.splitlines()} == {"broken", "tiny"}
    assert not (office / "outputs").exists()


@pytest.mark.slow
def test_what_was_made_is_told_although_the_summary_cannot_be_written(workbook_command: Command, office: Path) -> None:
    (office / "outputs" / "run.json").mkdir(parents=True)
    ended = workbook_command("run", "tiny", "--only", "assess", "--quiet")
    assert ended.code == 1
    assert re.fullmatch(
        r"1 done, 0 unchanged, 0 failed, in \d+ s; outputs/run.html cannot be written \(Is a directory\)\n", ended.out
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """A run of three clients: one faulty, one whose charts cannot be written, one without a fault."""
    office = tmp_path_factory.mktemp("office")
    for id in ("blocked", "broken", "tiny"):
        add_client(office, id, *(FAULT if id == "broken" else ("", "")))
    (office / "outputs" / "blocked" / "2026-09-30").mkdir(parents=True)
    (office / "outputs" / "blocked" / "2026-09-30" / "exhibits").write_text("in the way")
    yield office, python("-m", "workbook.cli", "run", "--all", "--only", "assess", "--jobs", "2", cwd=office)
    shutil.rmtree(office)


def lines(text: str) -> list[str]:
    """The lines of a run without its notes."""
    return [line for line in text.splitlines() if not line.startswith("note: ")]


@pytest.mark.slow
def test_one_client_that_fails_stops_none_of_the_others(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    office, ended = ran
    assert ended.returncode == 1, ended.stdout + ended.stderr
    broken, blocked = lines(ended.stderr)
    assert broken.startswith("broken/client.yaml:4 employees: found text")
    assert blocked.startswith("blocked assess: FAILED, wrong input: exhibits cannot be read or written (File exists)")
    assert not (office / "outputs" / "broken").exists()
    made = {path.name for path in (office / "outputs" / "tiny" / "2026-09-30").iterdir()}
    assert {"assess.html", "assess.pdf", "assess.ipynb", "assess.json", "index.html", "manifest.json"} <= made


@pytest.mark.slow
def test_each_deliverable_is_one_plain_line(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    tiny, result = ran[1].stdout.splitlines()
    assert re.fullmatch(r"tiny assess: made in \d+\.\d s \(not made yet\)", tiny)
    counts = "1 done, 0 unchanged, 1 failed, 1 client left out for its faults"
    assert re.fullmatch(rf"{counts}, in \d+ s; outputs/run\.html", result)
    assert "\x1b" not in ran[1].stdout + ran[1].stderr and "Traceback" not in ran[1].stderr


@pytest.mark.slow
def test_the_run_is_summed_up_for_programs_and_people(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    record = json.loads((ran[0] / "outputs" / "run.json").read_text())
    assert [(each["client"], each["status"]) for each in record["notebooks"]] in (
        [("blocked", "failed"), ("tiny", "done")],
        [("tiny", "done"), ("blocked", "failed")],
    )
    assert [each["client"] for each in record["faulty"]] == ["broken"]
    page = (ran[0] / "outputs" / "run.html").read_text()
    assert "What went wrong" in page and "tiny/2026-09-30/index.html" in page


UNCHANGED = """
import json, sys
from workbook.cli import main
sys.argv = ["workbook", "run", "tiny", "--only", "assess", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    heavy = "pandas numpy duckdb scipy matplotlib papermill nbformat nbconvert typst IPython".split()
    print(json.dumps([end.code, sorted(set(heavy) & set(sys.modules))]))
"""


@pytest.mark.slow
def test_an_unchanged_run_loads_nothing_heavy_and_touches_no_deliverable(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    office = ran[0]
    before = {file: file.stat().st_mtime_ns for file in (office / "outputs" / "tiny").rglob("*")}
    ended = python("-c", UNCHANGED, cwd=office)
    unchanged, result, told = ended.stdout.splitlines()
    assert (unchanged, ended.stderr, json.loads(told)) == ("tiny assess: unchanged", "", [0, []])
    assert re.match(r"0 done, 1 unchanged, 0 failed, in \d+ s", result)
    assert {file: file.stat().st_mtime_ns for file in (office / "outputs" / "tiny").rglob("*")} == before


@pytest.mark.slow
def test_a_quiet_run_says_only_the_result(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    ended = python("-c", UNCHANGED, "--quiet", cwd=ran[0])
    assert len(ended.stdout.splitlines()) == 2 and ended.stdout.startswith("0 done, 1 unchanged, 0 failed")


def test_a_second_run_over_the_same_outputs_is_refused_and_changes_nothing(
    workbook_command: Command, office: Path
) -> None:
    under_way = office / "outputs" / "tiny" / "2026-09-30" / ".staging-assess"
    under_way.mkdir(parents=True)
    with claimed(office / "outputs"):
        ended = workbook_command("run", "tiny")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1] == (
        "outputs --output: found a folder in which another run is writing; allowed one run at a time; "
        "wait until it has ended, or name another folder"
    )
    assert [path for path in (office / "outputs").rglob("*") if not path.is_dir()] == [] and under_way.exists()


def interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def test_an_interrupt_leaves_alone_what_another_run_is_writing(
    workbook_command: Command, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "run_clients", interrupted)
    under_way = office / "outputs" / "tiny" / "2026-09-30" / ".staging-assess"
    under_way.mkdir(parents=True)
    with claimed(office / "outputs"):
        workbook_command("run", "tiny")
    assert under_way.exists()


def test_what_is_cleared_after_an_interrupt_lies_below_the_outputs(
    workbook_command: Command, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "run_clients", interrupted)
    mine, left = office / "mine" / ".old-archive", office / "outputs" / "tiny" / "2026-09-30" / ".staging-assess"
    mine.mkdir(parents=True)
    left.mkdir(parents=True)
    workbook_command("run", "tiny", str(office / "mine"), "../mine")
    assert mine.exists() and not left.exists()
