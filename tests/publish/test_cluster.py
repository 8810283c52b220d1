"""A batch on a real Dask scheduler with workers in processes of their own, one of which is killed."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from workbook.checking import check_for_run
from workbook.publish.batch import run_clients
from workbook.publish.cluster import ClusterCrew, ClusterError
from workbook.publish.crew import Crew
from workbook.publish.orders import Faulty, Order, Outcome, find_notebooks

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


def test_an_error_here_ends_one_task_and_tells_no_path(office: Path) -> None:
    from workbook.publish.cluster import _tried
    from workbook.publish.orders import Died

    died = _tried((office / "parameters" / "oak.yaml").read_bytes)
    assert died == Died("FileNotFoundError: oak.yaml: No such file or directory")


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbook.publish.cluster._PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"no scheduler at tcp://127\.0\.0\.1:9"):
        ClusterCrew("tcp://127.0.0.1:9")


def test_a_scheduler_without_workers_is_told() -> None:
    with LocalCluster(n_workers=0, dashboard_address=None) as empty, pytest.raises(ClusterError, match="no workers"):
        ClusterCrew(empty.scheduler_address)
