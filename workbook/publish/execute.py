"""Running a notebook by papermill, with nothing of the run left in the result."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import raise_for_execution_errors
from papermill.parameterize import parameterize_notebook

from workbook.publish import engine
from workbook.publish.failures import Kind, kind_of
from workbook.publish.notebooks import read_notebook

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_WIDGET = "application/vnd.jupyter.widget"
# Where a parameter only says where files lie on this machine.
_LOCAL_PARAMETERS = ("parameters_dir",)
# A kernel warns at each start that it talks over TCP; it does so on this machine only.
_QUIET_KERNEL = ["--IPKernelApp.log_level=ERROR"]

# Papermill finds the engine by its entry point only where the package is installed.
papermill_engines.register(engine.NAME, engine.WarmEngine)


class NotebookFailed(Exception):
    """A notebook stopped at a cell.

    Attributes
    ----------
    heading : the heading above the cell
    error_name, message : what the cell raised
    partial : the notebook as far as it ran
    partial_path : where the partial notebook was written, once it was
    """

    def __init__(
        self, heading: str, error_name: str, message: str, partial: NotebookNode | None, partial_path: str | None = None
    ) -> None:
        super().__init__(heading, error_name, message, partial, partial_path)
        self.heading, self.error_name, self.message = heading, error_name, message
        self.partial, self.partial_path = partial, partial_path

    def __str__(self) -> str:
        return f"under {self.heading!r}: {self.error_name}: {self.message}"

    @property
    def kind(self) -> Kind:
        """What sort of failure it is."""
        return kind_of(self.error_name, self.message)


def execute_notebook(
    path: Path | str,
    parameters: Mapping[str, Any],
    *,
    time_limit: float | None = None,
    closed: Sequence[str] = (),
    warm: bool = engine.is_available(),
) -> NotebookNode:
    """Run a notebook in this environment's Python and return it, clean.

    Cells tagged `interactive` are left out before the run: no deliverable shows them.

    Parameters
    ----------
    path
        The notebook as a file.
    parameters
        Names and values for its parameters cell.
    time_limit
        Seconds that the notebook may take.
    closed
        Folders closed to the cells; see `fence.close_folders`. A cold kernel is not fenced in.
    warm
        Run in a child of a warm template; else in a kernel of its own, as papermill does.

    Raises
    ------
    NotebookFailed
        When a cell raises, the process that runs the cells dies or time is over.
    """
    notebook = prepare(read_notebook(path))
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
        if warm:
            executed = _run_warm(notebook, parameters, folder, time_limit=time_limit, closed=closed)
        else:
            executed = _run_cold(notebook, parameters, folder, time_limit)
    return cleaned(executed, parameters)


def _run_warm(notebook: NotebookNode, parameters: Mapping[str, Any], folder: str, **how: Any) -> NotebookNode:
    """Run a notebook in a child of a warm template.

    The steps of `papermill.execute_notebook`, which would also write the notebook to text and read it back, and write
    the executed one to a file: a tenth of a second each time.
    """
    notebook.metadata["papermill"] = {}
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    if parameters:
        notebook = parameterize_notebook(
            notebook, dict(parameters), kernel_name="python3", language="python", engine_name=engine.NAME
        )
    try:
        executed: NotebookNode = papermill_engines.execute_notebook_with_engine(
            engine.NAME, notebook, "python3", progress_bar=False, folder=folder, **how
        )
    except (DeadKernelError, CellTimeoutError) as fault:
        raise _failed(fault.notebook, parameters, type(fault).__name__, str(fault)) from None  # type: ignore[union-attr]
    try:
        raise_for_execution_errors(executed, None)
    except PapermillExecutionError as fault:
        raise _failed(executed, parameters, fault.ename, str(fault.evalue)) from None
    return executed


def _run_cold(
    notebook: NotebookNode, parameters: Mapping[str, Any], folder: str, time_limit: float | None
) -> NotebookNode:
    """Run a notebook in a kernel of its own, as papermill does."""
    file = Path(folder) / "executed.ipynb"
    try:
        executed: NotebookNode = papermill.execute_notebook(
            notebook, file, dict(parameters), kernel_name="python3", language="python", progress_bar=False,
            log_output=False, cwd=folder, extra_arguments=_QUIET_KERNEL, timeout_func=_time_left(time_limit),
        )  # fmt: skip
    except PapermillExecutionError as fault:
        raise _failed(read_notebook(file), parameters, fault.ename, str(fault.evalue)) from None
    except (DeadKernelError, CellTimeoutError) as fault:
        raise _failed(read_notebook(file), parameters, type(fault).__name__, str(fault)) from None
    return executed


def _time_left(time_limit: float | None) -> Callable[[NotebookNode], float | None]:
    """Return how many seconds a cell may take, given those of the whole notebook, which begin now."""
    end = None if time_limit is None else time.monotonic() + time_limit
    # No time left would mean no limit.
    return lambda _: None if end is None else max(1e-3, end - time.monotonic())


def _failed(partial: NotebookNode, parameters: Mapping[str, Any], error_name: str, message: str) -> NotebookFailed:
    heading = heading_above(partial, _failed_at(partial))
    return NotebookFailed(heading, error_name, _ANSI.sub("", message), cleaned(partial, parameters))


def prepare(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook ready to run: without interactive cells and outputs, each cell with a lasting id."""
    kept = [cell for cell in notebook.cells if "interactive" not in cell.metadata.get("tags", ())]
    for number, cell in enumerate(kept, 1):
        cell.setdefault("id", f"cell-{number}")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.cells = kept
    notebook.nbformat, notebook.nbformat_minor = 4, max(notebook.nbformat_minor, 5)
    return notebook


def cleaned(notebook: NotebookNode, parameters: Mapping[str, Any]) -> NotebookNode:
    """Return the notebook without what differs between two equal runs: times, paths, ids and addresses in memory.

    Any engine's result passes through here, so that two engines can be compared byte for byte.
    """
    notebook.cells = [cell for cell in notebook.cells if not _is_banner(cell)]
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = _without_defaults(cell.source, parameters)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = "injected-parameters"
            cell.source = _without_local(cell.source, parameters)
        if cell.cell_type == "code":
            cell.outputs = _merged([_clean_output(output) for output in cell.outputs])
    return notebook


def heading_above(notebook: NotebookNode, position: int) -> str:
    """Return the last Markdown heading at or above the cell at `position`, or "the beginning"."""
    for cell in reversed(notebook.cells[: position + 1]):
        if cell.cell_type == "markdown":
            headings: list[str] = [
                line.lstrip("#").strip() for line in cell.source.splitlines() if re.match(r"#{1,6}\s", line)
            ]
            if headings:
                return headings[-1]
    return "the beginning"


def _is_banner(cell: NotebookNode) -> bool:
    return any(tag.startswith("papermill-error") for tag in cell.metadata.get("tags", ()))


def _without_local(source: str, parameters: Mapping[str, Any]) -> str:
    local = tuple(f"{name} = " for name in _LOCAL_PARAMETERS if name in parameters)
    return "\n".join(line for line in source.splitlines() if not (local and line.startswith(local)))


def _without_defaults(source: str, parameters: Mapping[str, Any]) -> str:
    """Return the parameters cell without the defaults that were replaced: they name another client."""
    replaced = [name for name in parameters if name not in _LOCAL_PARAMETERS]
    lines = source.splitlines()
    return "\n".join(line for line in lines if not any(re.match(rf"{re.escape(name)}\b", line) for name in replaced))


def _clean_output(output: NotebookNode) -> NotebookNode:
    data = output.get("data")
    if data is None:
        return output
    for mime in [mime for mime in data if mime.startswith(_WIDGET)]:
        del data[mime]
    if isinstance(data.get("text/plain"), str):
        data["text/plain"] = _ADDRESS.sub("", data["text/plain"])
    return output


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the pieces of each stream between other outputs; where streams are cut and alternate depends on timing."""
    merged: list[NotebookNode] = []
    for is_stream, run in groupby(outputs, key=lambda output: bool(output.output_type == "stream")):
        pieces = list(run)
        if is_stream:
            by_name = {name: [piece for piece in pieces if piece.name == name] for name in ("stdout", "stderr")}
            joined = {name: "".join(piece.text for piece in same) for name, same in by_name.items() if same}
            pieces = [new_output("stream", name=name, text=text) for name, text in joined.items()]  # type: ignore[no-untyped-call]
        merged += pieces
    return merged


def _failed_at(notebook: NotebookNode) -> int:
    """Return the position of the cell that failed, or that ran when its process died, by papermill's notes."""
    stopped = [
        position
        for position, cell in enumerate(notebook.cells)
        if cell.metadata.get("papermill", {}).get("status") in ("failed", "running")
    ]
    errors = [
        position
        for position, cell in enumerate(notebook.cells)
        if any(output.output_type == "error" for output in cell.get("outputs", ()))
    ]
    return (stopped or errors or [len(notebook.cells) - 1])[-1]
