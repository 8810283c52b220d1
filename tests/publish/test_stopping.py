"""A run that is stopped leaves nothing behind but whole files, and the next one goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
from offices import TINY, deliverables
from processes import eventually, processes_with

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc"),
]

CLIENTS = ("ash", "birch", "cedar", "elder")
PATIENCE = 30


def add_clients(office: Path) -> None:
    for client in CLIENTS:
        shutil.copytree(TINY, office / "parameters" / client)


def start(office: Path, on_ctrl_c: signal.Handlers = signal.SIG_DFL) -> subprocess.Popen[str]:
    """Start a run of all clients; all its processes know the office by a variable of their environment.

    A terminal starts a run with the usual answer to Ctrl-C, a shell one in the background with none,
    whatever these tests themselves were started by.
    """
    command = [sys.executable, "-m", "workbook.cli", "run", "--all", "--only", "assess", "--jobs", "2"]
    environment = {**os.environ, "WORKBOOK_TEST": str(office)}
    return subprocess.Popen(
        command, cwd=office, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, on_ctrl_c),
    )  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    office = tmp_path_factory.mktemp("undisturbed")
    add_clients(office)
    out, error = (run := start(office)).communicate()
    assert run.returncode == 0, out + error
    yield deliverables(office / "outputs")
    shutil.rmtree(office)


@pytest.fixture()
def office(tmp_path: Path) -> Iterator[Path]:
    add_clients(tmp_path)
    yield tmp_path
    for process in processes_with(str(tmp_path)):
        os.kill(process, signal.SIGKILL)


def has_begun(office: Path) -> bool:
    return len(processes_with(str(office))) > 1


def cells_run(office: Path) -> bool:
    return bool(list((office / "outputs").glob("*/*")))


def one_is_made(office: Path) -> bool:
    return bool(list((office / "outputs").glob("*/*/assess.html")))


def press_ctrl_c(run: subprocess.Popen[str]) -> None:
    """A terminal tells the whole group."""
    os.killpg(run.pid, signal.SIGINT)


def terminate(run: subprocess.Popen[str]) -> None:
    run.terminate()


def kill(run: subprocess.Popen[str]) -> None:
    run.kill()


def check_whole(folder: Path) -> None:
    """Every visible deliverable opens."""
    for file in folder.rglob("assess.*"):
        if any(part.startswith(".") for part in file.relative_to(folder).parts):
            continue
        if file.suffix == ".pdf":
            assert len(pypdf.PdfReader(file).pages) > 1
        elif file.suffix == ".html":
            assert file.read_text().rstrip().endswith("</html>")
        else:
            json.loads(file.read_text())


def check_next_run_completes(office: Path, undisturbed: dict[str, bytes]) -> None:
    run = start(office)
    out, error = run.communicate(timeout=120)
    assert run.returncode == 0, out + error
    assert deliverables(office / "outputs") == undisturbed


@pytest.mark.parametrize("moment", [has_begun, cells_run, one_is_made])
@pytest.mark.parametrize("stop", [press_ctrl_c, terminate])
def test_a_run_that_is_cancelled_ends_in_time_and_whole(
    office: Path,
    undisturbed: dict[str, bytes],
    stop: Callable[[subprocess.Popen[str]], None],
    moment: Callable[[Path], bool],
) -> None:
    run = start(office)
    assert eventually(lambda: moment(office), 60)
    stop(run)
    # Takes about a second; far more is allowed for a machine that has much else to do.
    run.wait(PATIENCE)
    out, error = run.communicate(timeout=PATIENCE)
    assert eventually(lambda: not processes_with(str(office)), PATIENCE)
    assert run.returncode == 1, out + error
    assert "Traceback" not in error, error
    record = json.loads((office / "outputs" / "run.json").read_text())
    kinds = {(each["client"], each.get("kind")) for each in record["notebooks"]}
    assert len(kinds) == len(CLIENTS) and {kind for _, kind in kinds} <= {None, "cancelled"}
    assert "cancelled" in {kind for _, kind in kinds}
    assert list((office / "outputs").rglob(".*")) == []
    check_whole(office / "outputs")
    check_next_run_completes(office, undisturbed)


def test_a_run_in_the_background_is_ended_by_its_scheduler(office: Path) -> None:
    run = start(office, signal.SIG_IGN)
    assert eventually(lambda: cells_run(office), 60)
    press_ctrl_c(run)
    assert not eventually(lambda: run.poll() is not None, 1)
    terminate(run)
    out, error = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1, out + error
    assert eventually(lambda: not processes_with(str(office)), PATIENCE)


@pytest.mark.parametrize("moment", [cells_run, one_is_made])
def test_a_run_that_is_killed_leaves_no_process_and_goes_on(
    office: Path, undisturbed: dict[str, bytes], moment: Callable[[Path], bool]
) -> None:
    run = start(office)
    assert eventually(lambda: moment(office), 60)
    kill(run)
    # Ends when the last process that could write to it is gone.
    _, error = run.communicate(timeout=PATIENCE)
    assert "Traceback" not in error, error
    assert eventually(lambda: not processes_with(str(office)), PATIENCE)
    check_whole(office / "outputs")
    check_next_run_completes(office, undisturbed)
    assert [file for file in (office / "outputs").rglob(".*")] == []


def test_what_was_finished_before_a_kill_is_not_made_again(office: Path) -> None:
    run = start(office)
    assert eventually(lambda: bool(list((office / "outputs").glob("*/*/manifest.json"))), 60)
    kill(run)
    run.communicate(timeout=PATIENCE)
    finished = [file.parts[-3] for file in (office / "outputs").glob("*/*/manifest.json")]
    out, _ = start(office).communicate(timeout=120)
    assert finished and all(f"{client} assess: unchanged" in out for client in finished)
