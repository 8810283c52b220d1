"""Small offices: tiny clients, notebooks of two cells, and workers that are this process itself."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from publish_notebooks import COVER

from workbook.checking import check_for_run
from workbook.publish.batch import run_clients
from workbook.publish.orders import Event, Faulty, Order, Outcome, Task

TINY = Path(__file__).parents[1] / "tiny"
SHOW = f"""
cover = {{"kind": "cover", "id": "cover", "title": "t", "data": {COVER!r} | {{"client": client}}}}
display({{"text/html": client, "application/vnd.workbook.exhibit+json": cover}}, raw=True)
display({{"application/vnd.workbook.figures+json": {{"figures": {{}}}}}}, raw=True)
"""


class Here:
    """Workers that are this process: one task after the other."""

    def work(self, tasks: deque[Task]) -> Iterator[tuple[Task, Any]]:
        while tasks:
            task = tasks.popleft()
            yield task, task.function(*task.arguments)


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook that runs some cells, then shows a cover and an empty register."""
    made = new_notebook(cells=[
        new_markdown_cell("# A question", id="title"),
        new_code_cell("client = ''\nas_of = ''\nparameters_dir = ''", metadata={"tags": ["parameters"]}, id="p"),
        new_markdown_cell("## Figures", id="figures"),
        *[new_code_cell(cell, id=f"c{at}") for at, cell in enumerate(cells)],
        new_code_cell(SHOW, id="show"),
    ])  # fmt: skip
    made.metadata.workbook = {"deliverable": path.stem}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)
    return path


def add_client(office: Path, id: str, old: str = "", new: str = "") -> Path:
    """Add a tiny client, with a change in client.yaml."""
    folder = office / "parameters" / id
    shutil.copytree(TINY, folder)
    text = (folder / "client.yaml").read_text().replace("Tiny Works", f"{id.title()} Works")
    assert old in text
    (folder / "client.yaml").write_text(text.replace(old, new) if old else text)
    return folder


FAULT = ("employees: 120", "employees: lots")


def order(office: Path, *clients: str, **more: Any) -> Order:
    """Order the notebooks of an office for clients."""
    notebooks = tuple(sorted((office / "notebooks").glob("*.ipynb")))
    asked = {"clients": clients, "notebooks": notebooks, "parameters_dir": office / "parameters"}
    return Order(**{**asked, "output": office / "outputs", **more})


def events(asked: Order, workers: Any = None) -> list[Event]:
    """Run an order, in this process unless told otherwise."""
    return list(run_clients(asked, check_for_run, workers or Here()))


def outcomes(happened: list[Event]) -> dict[tuple[str, str], Outcome]:
    return {(event.client, event.name): event for event in happened if isinstance(event, Outcome)}


def told(happened: list[Event]) -> list[str]:
    """What became of each, in short: "acme one: done, not made yet"."""
    return [
        f"{event.client}: faulty" if isinstance(event, Faulty)
        else f"{event.client} {event.name}: {event.kind or event.status}, {event.plan.why}"
        for event in happened
        if isinstance(event, Faulty | Outcome)
    ]  # fmt: skip


def deliverables(folder: Path) -> dict[str, bytes]:
    """All files with their content, but those that name times."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    exempt = {"manifest.json", "run.json", "run.html"}
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files if file.name not in exempt}
