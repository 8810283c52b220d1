"""The papermill engine of the workbook: cells run in a child forked from a warm template, without a kernel.

Registered as the engine "workbook", so that `papermill --engine workbook` uses it too. What it returns equals what
papermill's own engine returns, once both are cleaned of times.
"""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.log import logger

from workbook.publish.template import CellSource, Request

NAME = "workbook"

# A library that starts threads of its own when it is imported makes forking unsafe.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# The allocator of Arrow, which pandas imports.
_ONE_THREAD["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
# What a kernel sets for figures drawn with pyplot; Matplotlib reads it when it is imported.
_BACKEND = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
_SKIPPED = "skip-execution"
_MAY_FAIL = "raises-exception"


def is_available() -> bool:
    """Tell whether this platform can fork."""
    return hasattr(os, "fork")


class OutOfMemoryError(DeadKernelError):
    """The system ended a child because no memory was left."""


class WarmEngine(Engine):  # type: ignore[misc]
    """Runs the cells of a notebook in a child of a process that has imported already what the notebook imports."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        folder: str | None = None,
        time_limit: float | None = None,
        closed: Sequence[str] = (),
        **_: Any,
    ) -> None:
        """Run all cells.

        Parameters
        ----------
        folder
            Working folder of the cells; None for that of this process.
        time_limit
            Seconds that the whole notebook may take.
        closed
            Folders closed to the notebook.

        Raises
        ------
        DeadKernelError
            When the child dies; OutOfMemoryError where the system ended it for its memory.
        CellTimeoutError
            When the time is over. Both carry the notebook as far as it ran as `notebook`.
        """
        client = PapermillNotebookClient(
            nb_man, log=logger, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file
        )
        client.reset_execution_trackers()
        nb_man.nb.metadata["language_info"] = _language()
        request = Request(_cells(nb_man.nb), folder or os.getcwd(), {**_BACKEND, **os.environ}, tuple(closed))
        deadline = None if time_limit is None else time.monotonic() + time_limit
        try:
            with _template(imported_modules(nb_man.nb)).child(request) as child:
                for message in child.messages(deadline):
                    _record(client, nb_man, *message)
        except (DeadKernelError, CellTimeoutError) as stopped:
            stopped.notebook = nb_man.nb  # type: ignore[union-attr]
            raise
        finally:
            # The client holds a method of its own: only the garbage collector would free it, with the notebook, and
            # hundreds of notebooks late.
            client.comm_open_handlers.clear()


def _record(
    client: PapermillNotebookClient, nb_man: NotebookExecutionManager, kind: str, position: int, *more: Any
) -> None:
    """Enter one message of the child into the notebook."""
    cell = nb_man.nb.cells[position]
    if kind == "start":
        client.clear_before_next_output = False
        nb_man.cell_start(cell, position)
    elif kind == "output":
        client.process_message(
            {"msg_type": more[0], "content": more[1], "header": {"msg_type": more[0]}, "parent_header": {}},
            cell,
            position,
        )
    else:
        cell.execution_count, failed = more
        if failed and _MAY_FAIL not in cell.metadata.get("tags", ()):
            nb_man.cell_exception(cell, position)
        nb_man.cell_complete(cell, position)


def _cells(notebook: NotebookNode) -> tuple[CellSource, ...]:
    """Return the cells to run: code that is not empty and not tagged to be skipped."""
    return tuple(
        CellSource(position, cell.source, _MAY_FAIL in cell.metadata.get("tags", ()))
        for position, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.source.strip() and _SKIPPED not in cell.metadata.get("tags", ())
    )


def _language() -> dict[str, Any]:
    return json.loads(json.dumps(IPythonKernel.language_info))  # type: ignore[no-any-return]


def imported_modules(notebook: NotebookNode) -> list[str]:
    """Return the modules that the cells of a notebook import, in their order.

    Of `from a import b` both a and a.b are given, since b may be a module. Cells that are not plain Python are left
    out.
    """
    names: dict[str, None] = {}
    for cell in notebook.cells:
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
                if isinstance(node, ast.Import):
                    names |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names |= dict.fromkeys([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return list(names)


class _Child:
    """A child that runs a notebook, as the process sees it that asked for it."""

    def __init__(self, pipe: Connection, control: socket.socket) -> None:
        self._pipe = pipe
        self._control = control
        self._pid: int = pipe.recv()
        self._status: int | None = None
        self._killed_before = _killed_for_memory()

    def messages(self, deadline: float | None) -> Iterator[tuple[Any, ...]]:
        """Yield what the child sends until it has finished."""
        while True:
            # A process that the cells have started may keep the pipe open after the child's death.
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not (ready := wait([self._pipe, self._control], left)):
                raise CellTimeoutError("the time limit of the notebook is over")
            if self._pipe not in ready and not self._pipe.poll():
                raise self._death()
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                raise self._death() from None
            if message == ("finished",):
                return
            yield message

    def _death(self) -> DeadKernelError:
        status = self.end()
        if status >= 0:
            return DeadKernelError(f"the process that ran the cells left with status {status}")
        if status == -signal.SIGKILL and _killed_for_memory() > self._killed_before:
            return OutOfMemoryError("the system ended the process that ran the cells: no memory was left")
        return DeadKernelError(f"the process that ran the cells was ended by {signal.Signals(-status).name}")

    def end(self) -> int:
        """End the child if it still runs, and return its exit status: negative for the signal that ended it."""
        if self._status is None:
            self._pipe.close()
            self._status = _read_status(self._control)
        return self._status

    def kill(self) -> None:
        """End the child at once."""
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            self.end()


def _read_status(control: socket.socket) -> int:
    """Return the exit status of the child that has just ended."""
    line = b""
    while not line.endswith(b"\n"):
        part = control.recv(64)
        if not part:
            return -signal.SIGKILL
        line += part
    return int(line)


def _killed_for_memory() -> int:
    """Return how many processes the system has ended for their memory, 0 where it does not say."""
    found = 0
    # Those of this container, and all.
    for file in ("/sys/fs/cgroup/memory.events", "/proc/vmstat"):
        with suppress(OSError):
            counts = dict(line.split() for line in Path(file).read_text().splitlines())
            found += int(counts.get("oom_kill", 0))
    return found


class Template:
    """The template process of this thread; it ends with its owner.

    Attributes
    ----------
    modules
        What it has been told to import.
    """

    def __init__(self, modules: Iterable[str]) -> None:
        self.modules = tuple(dict.fromkeys(modules))
        self._control, other = socket.socketpair()
        command = [
            sys.executable,
            # Not the working folder of this process: a kernel does not import from it either.
            "-P",
            "-m",
            "workbook.publish.template",
            "workbook.publish.shell",
            "workbook.publish.fence",
        ]
        with other:
            self._process = subprocess.Popen(
                [*command, *self.modules],
                stdin=other.fileno(),
                env={**_BACKEND, **os.environ, **_ONE_THREAD},
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        """True until the template has ended."""
        return self._process.poll() is None

    @contextmanager
    def child(self, request: Request) -> Iterator[_Child]:
        """Fork a child for a request; it has ended when the context ends."""
        mine, theirs = socket.socketpair()
        with Connection(mine.detach()) as pipe, theirs:
            try:
                socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
                theirs.close()
                child = _Child(pipe, self._control)
                pipe.send(request)
            except (EOFError, ConnectionError):
                self.close()
                raise DeadKernelError("the process that prepares those that run cells died") from None
            try:
                yield child
            except BaseException:
                child.kill()
                raise
            child.end()

    def close(self) -> None:
        """End the template."""
        self._control.close()
        self._process.wait()


_of_this_thread = threading.local()


def warm_up(notebooks: Iterable[NotebookNode]) -> None:
    """Start the template of this thread for the modules of some notebooks, so that it is warm when one of them runs."""
    if is_available():
        _template([module for notebook in notebooks for module in imported_modules(notebook)])


def _template(modules: Sequence[str]) -> Template:
    """Return the template of this thread, which has imported some modules and those of all notebooks run before.

    Where it lacks one, another takes its place, once: else every child would import that module anew.
    """
    template: Template | None = getattr(_of_this_thread, "template", None)
    if template is not None and template.is_alive:
        if set(modules) <= set(template.modules):
            return template
        modules = [*template.modules, *modules]
        template.close()
    # After a death nothing is carried over: one of its modules may have been the cause.
    template = _of_this_thread.template = Template(modules)
    return template
