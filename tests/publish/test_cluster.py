"""A batch on a real Dask scheduler with workers in processes of their own, one of which is killed."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster
from distributed.comm import CommClosedError

from workbook.checking import check_for_run
from workbook.publish import changes
from workbook.publish import cluster as cluster_module
from workbook.publish.batch import run_clients
from workbook.publish.changes import Plan
from workbook.publish.cluster import ClusterCrew, ClusterError
from workbook.publish.crew import Crew
from workbook.publish.jobs import run_job
from workbook.publish.orders import Died, Faulty, Job, Order, Outcome, Task, find_notebooks

pytestmark = pytest.mark.slow

TINY = Path(__file__).parents[1] / "tiny"
CLIENTS = ("ash", "birch", "cedar", "elder")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as started:
        yield started


@pytest.fixture()
def office(tmp_path: Path) -> Path:
    for client in CLIENTS:
        shutil.copytree(TINY, tmp_path / "parameters" / client)
    return tmp_path


def order(office: Path, output: str, clients: tuple[str, ...] = CLIENTS) -> Order:
    return Order(clients, find_notebooks(["assess"]), office / "parameters", office / output)


def deliverables(folder: Path) -> dict[str, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "manifest.json"]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_killed_worker_loses_nothing_and_the_bytes_are_those_of_a_local_run(
    office: Path, cluster: LocalCluster
) -> None:
    done = []
    with ClusterCrew(cluster.scheduler_address) as crew:
        for event in run_clients(order(office, "there"), check_for_run, crew):
            if isinstance(event, Outcome):
                done.append((event.client, event.status))
                if len(done) == 1:
                    _kill_one_worker(cluster)
    assert sorted(done) == [(client, "done") for client in CLIENTS]
    with Crew(2) as crew:
        here = [event for event in run_clients(order(office, "here"), check_for_run, crew)]
    assert not [event for event in here if isinstance(event, Faulty)]
    assert deliverables(office / "there") == deliverables(office / "here")


def _kill_one_worker(cluster: LocalCluster) -> None:
    with Client(cluster, set_as_default=False) as client:
        pids = client.run(os.getpid)
    with suppress(ProcessLookupError):
        os.kill(next(iter(pids.values())), signal.SIGKILL)


def test_faults_and_failures_come_back_in_words_of_this_machine(office: Path, cluster: LocalCluster) -> None:
    (office / "parameters" / "ash" / "client.yaml").write_text("name: [")
    notebook = office / "01_fails.ipynb"
    source = find_notebooks(["assess"])[0].read_text()
    notebook.write_text(source.replace("result = assess(engagement)", "result = assess(engagement, 1 / 0)"))
    ordered = Order(("ash", "birch"), (notebook,), office / "parameters", office / "out")
    with ClusterCrew(cluster.scheduler_address) as crew:
        events = list(run_clients(ordered, check_for_run, crew))
    (faulty,) = [event for event in events if isinstance(event, Faulty)]
    assert faulty.client == "ash" and faulty.faults[0].startswith("ash/client.yaml:")
    (failed,) = [event for event in events if isinstance(event, Outcome)]
    assert (failed.client, failed.kind) == ("birch", "cell") and "ZeroDivisionError" in str(failed.error)
    assert failed.partial is not None and Path(failed.partial).is_relative_to(office / "out" / "birch")
    assert "1 / 0" in Path(failed.partial).read_text()


def test_files_of_one_client_that_cannot_travel_stop_nobody_else(office: Path, cluster: LocalCluster) -> None:
    parameters = office / "parameters"
    # Older than what an archive can say.
    os.utime(parameters / "ash" / "data" / "log.csv", (0, 0))
    (parameters / "birch" / "data" / "log.csv").unlink()
    (parameters / "birch" / "data" / "log.csv").symlink_to(parameters / "ash" / "data" / "log.csv")
    (parameters / "cedar" / "notes.txt").symlink_to(parameters / "cedar" / "nowhere")
    with ClusterCrew(cluster.scheduler_address) as crew:
        events = list(run_clients(order(office, "there"), check_for_run, crew))
    done = sorted(event.client for event in events if isinstance(event, Outcome) and event.status == "done")
    (faulty,) = [event for event in events if isinstance(event, Faulty)]
    assert done == ["ash", "cedar", "elder"]
    assert faulty.client == "birch" and "data/log.csv, which does not exist" in faulty.faults[0]


def received(office: Path, error: str | None = None, **files: str) -> tuple[Path, Any]:
    """What becomes of files that come back of the notebook `one` of ash: the client's folder and the outcome."""
    folder = office / "out" / "ash" / "2026-09-30"
    job = Job("ash", office / "01_one.ipynb", office / "parameters", "2026-09-30", folder, Plan("execute", ""))
    outcome = Outcome("ash", "one", job.plan, error=error, partial="there" if error else None)
    made = office / "made"
    for name, text in files.items():
        path = made / "outputs" / "ash" / "2026-09-30" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    packed = cluster_module._packed([file for file in made.rglob("*") if file.is_file()], made)
    shutil.rmtree(made)
    return folder, cluster_module._received(Task(None, run_job, (job,)), outcome, packed)


def listing(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_what_comes_back_takes_the_place_of_what_an_earlier_run_has_left(office: Path) -> None:
    folder, failed = received(office, error="ZeroDivisionError", failed__one_ipynb="{}")
    assert Path(failed.partial) == folder / "failed" / "one.ipynb" and listing(folder) == ["failed/one.ipynb"]
    received(office, one_html="first", exhibits__one__chart_svg="<svg/>")
    assert listing(folder) == ["exhibits/one/chart.svg", "one.html"]
    received(office, one_html="second")
    assert listing(folder) == ["one.html"] and (folder / "one.html").read_text() == "second"


def test_deliverables_may_come_from_another_disk(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def across(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "rename", across)
    folder, outcome = received(office, one_html="made")
    assert outcome.error is None and listing(folder) == ["one.html"]


def test_a_disk_that_is_full_here_is_told_as_such(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/one.html")

    monkeypatch.setattr(shutil, "move", full)
    folder, outcome = received(office, one_html="made")
    assert (outcome.kind, outcome.error) == ("disk", "one.html cannot be read or written (No space left on device)")
    assert listing(folder) == []


def test_workers_that_would_make_other_pages_are_refused(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {**changes.versions(changes.PAGE_PACKAGES), "typst": "0.0"}
    monkeypatch.setattr(changes, "versions", lambda _: here)
    changes.installed.cache_clear()
    with pytest.raises(ClusterError, match="another version of the package, of Python or of a library on tcp"):
        ClusterCrew(cluster.scheduler_address)
    changes.installed.cache_clear()


def test_a_worker_that_joins_later_with_another_version_does_nothing() -> None:
    parcel = cluster_module._Parcel(b"", made_with={"package": "another"})
    with pytest.raises(ClusterError, match="another version"):
        cluster_module._elsewhere(Task(None, check_for_run, ()), parcel)


def test_when_the_cluster_is_lost_the_rest_is_told_as_not_made(
    office: Path, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise CommClosedError("ConnectionPool closing.")

    events = []
    with ClusterCrew(cluster.scheduler_address) as crew:
        for event in run_clients(order(office, "there"), check_for_run, crew):
            events.append(event)
            if isinstance(event, Outcome):
                monkeypatch.setattr(crew._client, "nthreads", gone)
    outcomes = {event.client: event for event in events if isinstance(event, Outcome)}
    assert sorted(outcomes) == sorted(CLIENTS)
    made = [client for client, outcome in outcomes.items() if outcome.status == "done"]
    assert made and all((office / "there" / client / "2026-09-30" / "manifest.json").exists() for client in made)
    lost = [outcome for outcome in outcomes.values() if outcome.status != "done"]
    assert lost and {(each.kind, each.error) for each in lost} == {("died", "the cluster can no longer be reached")}


def test_a_task_that_is_lost_with_the_scheduler_is_told_in_the_same_words(
    office: Path, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(*_: object) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future

    with ClusterCrew(cluster.scheduler_address) as crew:
        monkeypatch.setattr(crew._executor, "submit", cancelled)
        (faulty,) = [event for event in run_clients(order(office, "out", ("ash",)), check_for_run, crew)][1:]
    assert faulty == Faulty("ash", ("ash: the cluster can no longer be reached",), 1)


def test_an_error_here_ends_one_task_and_tells_no_path(office: Path) -> None:
    died = cluster_module._tried((office / "parameters" / "oak.yaml").read_bytes)
    assert died == Died("FileNotFoundError: oak.yaml: No such file or directory")


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbook.publish.cluster._PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"no scheduler at tcp://127\.0\.0\.1:9"):
        ClusterCrew("tcp://127.0.0.1:9")


def test_a_scheduler_without_workers_is_told() -> None:
    with LocalCluster(n_workers=0, dashboard_address=None) as empty, pytest.raises(ClusterError, match="no workers"):
        ClusterCrew(empty.scheduler_address)
