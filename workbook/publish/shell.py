"""Cells run in an IPython shell, as a kernel would run them, with what they show handed to a function."""

from __future__ import annotations

import asyncio
import builtins
import getpass
import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

if TYPE_CHECKING:
    from workbook.publish.template import CellSource

Send = Callable[[tuple[Any, ...]], None]

# What a kernel tells the programs that cells start.
_ENVIRONMENT = {
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "CLICOLOR_FORCE": "1",
    "FORCE_COLOR": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}


def before_forking() -> None:
    """Make the shell, which every child then has for its own, without the time it takes to make one."""
    _shell()


def run_cells(cells: Iterable[CellSource], send: Send) -> None:
    """Run cells in a new shell until one fails, and send what happens.

    Sent are ("start", position), ("output", position, message type, content) with the content of the Jupyter
    protocol, ("end", position, execution count, whether it failed), and at last ("finished",).
    """
    os.environ.update(_ENVIRONMENT)
    shell = _shell()
    shell.connect(send)
    # As in a kernel, cells find an event loop that runs. Nothing waits for what they leave in it.
    asyncio.new_event_loop().run_until_complete(_run_cells(shell, cells))
    shell.tell("finished")


async def _run_cells(shell: _Shell, cells: Iterable[CellSource]) -> None:
    for cell in cells:
        shell.position = cell.position
        shell.tell("start", cell.position)
        succeeded = await _run_cell(shell, cell.source)
        for stream in shell.streams:
            stream.send_written()
        shell.tell("end", cell.position, shell.execution_count - 1, not succeeded)
        if not (succeeded or cell.may_fail):
            break


async def _run_cell(shell: _Shell, source: str) -> bool:
    """Run a cell and tell whether it succeeded."""
    try:
        transformed, error = shell.transform_cell(source), None  # type: ignore[no-untyped-call]
    except Exception:
        transformed, error = source, sys.exc_info()
    if not shell.should_run_async(source, transformed_cell=transformed, preprocessing_exc_tuple=error):
        return bool(shell.run_cell(source, store_history=True).success)  # type: ignore[no-untyped-call]
    result = await shell.run_cell_async(
        source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=error
    )
    # A shell does this itself only for cells that do not wait; figures are shown by it.
    shell.events.trigger("post_execute")
    shell.events.trigger("post_run_cell", result)
    return bool(result.success)


def _plain(content: dict[str, Any]) -> Any:
    """Return content as it would travel: pictures as base64, everything else as JSON knows it."""
    return json_clean({**content, "data": encode_images(content["data"])})  # type: ignore[no-untyped-call]


class _Publisher(DisplayPublisher):
    """Sends what `display` shows."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        content = {"data": data, "metadata": metadata or {}, "transient": transient or {}}
        self.shell.send("update_display_data" if update else "display_data", _plain(content))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.send("clear_output", {"wait": wait})


class _ResultHook(DisplayHook):
    """Sends the value of a cell's last line."""

    def start_displayhook(self) -> None:
        """Write no prompt."""

    def write_output_prompt(self) -> None:
        """Write no prompt."""

    def write_format_data(self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None) -> None:
        content = {"data": format_dict, "metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.shell.send("execute_result", _plain(content))  # type: ignore[union-attr]

    def finish_displayhook(self) -> None:
        """Write no end of line."""


class _Stream(io.TextIOBase):
    """A standard stream; what is written goes out at once, so that it is known even if the process dies.

    What others write to its descriptor, such as programs that a cell starts, goes out at the end of the cell.
    """

    encoding = "UTF-8"

    def __init__(self, name: str, descriptor: int, shell: _Shell) -> None:
        self.name = name
        self._descriptor = descriptor
        self._shell = shell
        self._sent = 0
        # A file without a name, not a pipe: a full pipe would stop who writes to it.
        written, path = tempfile.mkstemp()
        os.unlink(path)
        os.dup2(written, descriptor)
        os.close(written)

    def write(self, text: str) -> int:
        if text:
            self._shell.send("stream", {"name": self.name, "text": text})
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def send_written(self) -> None:
        """Send what was written to the descriptor since the last time."""
        new = os.pread(self._descriptor, os.fstat(self._descriptor).st_size - self._sent, self._sent)
        self._sent += len(new)
        self.write(new.decode(errors="replace"))


class _Shell(InteractiveShell):
    """A shell without terminal, history or profile."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_ResultHook)
    position = 0

    streams: tuple[_Stream, ...] = ()

    def connect(self, send: Send) -> None:
        """Send from now on what the cells show, their standard streams included."""
        self._send = send
        # Threads of a cell may write at the same time.
        self._lock = threading.Lock()
        self.streams = _Stream("stdout", 1, self), _Stream("stderr", 2, self)
        sys.stdout, sys.stderr = self.streams
        builtins.input, getpass.getpass = _nobody_answers, _nobody_answers

    def tell(self, *message: Any) -> None:
        """Send a message."""
        with self._lock:
            self._send(message)

    def send(self, kind: str, content: Any) -> None:
        """Send a message of the cell that runs."""
        self.tell("output", self.position, kind, content)

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: figures are shown in the notebook."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.send("error", {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb})


def _nobody_answers(*_: Any, **__: Any) -> NoReturn:
    raise StdinNotImplementedError("nobody is there to answer while a notebook is run")


def _shell() -> _Shell:
    """Return the shell of this process."""
    config = Config()
    # Histories of many children would wait for one another on one database.
    config.HistoryManager.enabled = False
    return _Shell.instance(config=config)
