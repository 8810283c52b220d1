"""What a benchmark does in a process of its own; each call prints its figures as JSON.

python tests/benchmarks/inside.py bare '{"notebook": "...", "parameters": {...}, "repeat": 5}'
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.publish.orders import Job

os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

Parameters = Mapping[str, str]


def bare(notebook: str, parameters: Parameters, warm: list[Any], repeat: int) -> dict[str, float]:
    """Run the cells in an IPython shell in which other notebooks have run before, and then the same again.

    The first time nothing is imported any more, but what only this client or notebook has is new, as it is for every
    notebook of a run; the times after it find even the words of the charts laid out.
    """
    for other, given in warm:
        _run_cells(other, given)
    seconds = [sum(_run_cells(notebook, parameters)) for _ in range(repeat + 1)]
    return {"first": seconds[0], "again": min(seconds[1:])}


def fresh(notebook: str, parameters: Parameters) -> dict[str, float]:
    """Run the cells once in a shell that has imported what they import and has run nothing, as each child does."""
    from IPython.core.interactiveshell import InteractiveShell

    from workbook.publish.engine import imported_modules
    from workbook.publish.notebooks import read_notebook
    from workbook.publish.template import preload, prepare

    # What runs the cells is not to be counted among them.
    for name in ("IPython.utils.capture", "papermill.iorw", "papermill.parameterize", "workbook.publish.execute"):
        preload(name)
    InteractiveShell.instance()
    for name in imported_modules(read_notebook(notebook)):
        preload(name)
    prepare()
    return {"alone": sum(_run_cells(notebook, parameters))}


def _run_cells(notebook: str, parameters: Parameters) -> list[float]:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from workbook.publish.execute import prepare

    cells = parameterize_notebook(prepare(load_notebook_node(notebook)), dict(parameters)).cells
    shell = InteractiveShell.instance()
    shell.reset(new_session=True)
    seconds = []
    for cell in cells:
        if cell.cell_type == "code":
            begin = time.perf_counter()
            with capture_output():
                result = shell.run_cell(cell.source, store_history=True)
            seconds.append(time.perf_counter() - begin)
            result.raise_error()
    return seconds


def exports(notebook: str, parameters: Parameters, repeat: int) -> dict[str, float]:
    """Render HTML and PDF of the executed notebook, and all files, in one process; the first time is not counted.

    All files are those of a job, without the search for what must not be published.
    """
    from workbook.publish.document import read_document
    from workbook.publish.execute import execute_notebook
    from workbook.publish.html import render_html
    from workbook.publish.package import publish_executed
    from workbook.publish.pdf import render_pdf

    executed = execute_notebook(notebook, parameters)
    two, every = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeat + 1):
            begin = time.perf_counter()
            document = read_document(executed)
            render_html(document)
            render_pdf(document)
            middle = time.perf_counter()
            publish_executed(executed, name="it", folder=Path(folder))
            two.append(middle - begin)
            every.append(time.perf_counter() - middle)
    return {"two": min(two[1:]), "all": min(every[1:])}


def job(notebook: str, parameters: Parameters, repeat: int) -> dict[str, float]:
    """Make all deliverables of a notebook as a worker of a run does; the first time warms up and is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        make = _maker(notebook, parameters, Path(folder))
        make()
        outcomes = [make() for _ in range(repeat)]
    return {"job": min(each.seconds for each in outcomes)}


def _maker(notebook: str, parameters: Parameters, folder: Path) -> Callable[[], Any]:
    """Return a function that makes the deliverables of a notebook once more."""
    from workbook.publish.jobs import run_job

    job = _job(notebook, parameters, folder)

    def make() -> Any:
        outcome = run_job(job)
        assert outcome.error is None, outcome.error
        return outcome

    return make


def _job(notebook: str, parameters: Parameters, folder: Path) -> Job:
    from workbook.publish.changes import Plan
    from workbook.publish.orders import Job

    client, place = parameters["client"], Path(parameters["parameters_dir"])
    return Job(client, Path(notebook), place, parameters["as_of"], folder / client / "today", Plan("execute", "asked"))


def memory(notebook: str, parameters: Parameters, repeat: int) -> dict[str, Any]:
    """Make the deliverables of a notebook many times; tell the resident megabytes of the worker and its template."""
    import psutil

    from workbook.publish.crew import Crew
    from workbook.publish.jobs import run_job
    from workbook.publish.orders import Task

    figures = {}
    with tempfile.TemporaryDirectory() as folder, Crew(1, [Path(notebook)]) as crew:
        job = _job(notebook, parameters, Path(folder))
        tasks = deque(Task(None, run_job, (job,)) for _ in range(repeat))
        for number, (_, outcome) in enumerate(crew.work(tasks), 1):
            assert outcome.error is None, outcome.error
            if number in {1, 10, 100, 1000, repeat}:
                # The first of them; those forked from it have the same command.
                ours = psutil.Process().children(recursive=True)
                template = next(each for each in ours if "workbook.publish.template" in each.cmdline())
                figures[number] = [each.memory_info().rss / 2**20 for each in (template.parent(), template)]
    return figures


def batch(notebooks: list[str], parameters: str, output: str, jobs: int, cluster: str | None = None) -> dict[str, Any]:
    """Run notebooks for all clients of a folder, as `workbook run --all --force` does."""
    from workbook.checking import check_for_run
    from workbook.engagement.folders import list_clients
    from workbook.publish.batch import run_clients
    from workbook.publish.crew import Crew
    from workbook.publish.orders import Order, Outcome

    clients = tuple(list_clients(Path(parameters)))
    order = Order(clients, tuple(map(Path, notebooks)), Path(parameters), Path(output), force=True)
    if cluster:
        from workbook.publish.cluster import ClusterCrew
    begin, done = time.perf_counter(), []
    with ClusterCrew(cluster) if cluster else Crew(jobs, order.notebooks) as workers:
        for event in run_clients(order, check_for_run, workers):
            if isinstance(event, Outcome):
                assert event.error is None, event.error
                done.append(time.perf_counter() - begin)
    # From the moment at which every worker has finished something, so that its start no longer counts.
    steady = (len(done) - jobs) / (done[-1] - done[jobs - 1]) if len(done) > jobs else None
    return {"seconds": time.perf_counter() - begin, "notebooks": len(done), "a_second": steady}


def profile(notebook: str, parameters: Parameters, repeat: int) -> dict[str, Any]:
    """Tell where the time of the cells and of making the deliverables goes: ten functions each, by their own time."""
    from workbook.publish.execute import execute_notebook
    from workbook.publish.package import publish_executed

    executed = execute_notebook(notebook, parameters)
    with tempfile.TemporaryDirectory() as folder:
        return {
            "cells": _profiled(lambda: _run_cells(notebook, parameters), repeat),
            "deliverables": _profiled(lambda: publish_executed(executed, name="it", folder=Path(folder)), repeat),
        }


def _profiled(work: Callable[[], object], repeat: int) -> list[tuple[str, float, int]]:
    work()
    profiler = cProfile.Profile()
    for _ in range(repeat):
        profiler.runcall(work)
    stats: dict[tuple[str, int, str], Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    top = sorted(stats.items(), key=lambda entry: entry[1][2], reverse=True)[:10]
    return [(_place(*key), own / repeat, calls // repeat) for key, (_, calls, own, *_rest) in top]


def _place(file: str, line: int, function: str) -> str:
    return function if file == "~" else f"{'/'.join(Path(file).parts[-2:])}:{line} {function}"


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
