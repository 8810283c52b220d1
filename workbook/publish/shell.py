"""Cells run in an IPython shell, as a kernel would run them, with what they show handed to a function."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

if TYPE_CHECKING:
    from workbook.publish.template import CellSource

Send = Callable[[tuple[Any, ...]], None]


def run_cells(cells: Iterable[CellSource], send: Send) -> None:
    """Run cells in a new shell until one fails, and send what happens.

    Sent are ("start", position), ("output", position, message type, content) with the content of the Jupyter
    protocol, ("end", position, execution count, whether it failed), and at last ("finished",).
    """
    shell = _shell(send)
    for cell in cells:
        shell.position = cell.position
        send(("start", cell.position))
        result = shell.run_cell(cell.source, store_history=True)  # type: ignore[no-untyped-call]
        send(("end", cell.position, shell.execution_count - 1, not result.success))
        if not (result.success or cell.may_fail):
            break
    send(("finished",))


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
    """A standard stream; what is written goes out at once, so that it is known even if the process dies."""

    encoding = "utf-8"

    def __init__(self, name: str, shell: _Shell) -> None:
        self.name = name
        self._shell = shell

    def write(self, text: str) -> int:
        if text:
            self._shell.send("stream", {"name": self.name, "text": text})
        return len(text)

    def writable(self) -> bool:
        return True


class _Shell(InteractiveShell):
    """A shell without terminal, history or profile."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_ResultHook)
    position = 0

    def connect(self, send: Send) -> None:
        """Send from now on what the cells show, their standard streams included."""
        self._send = send
        sys.stdout, sys.stderr = _Stream("stdout", self), _Stream("stderr", self)

    def send(self, kind: str, content: Any) -> None:
        """Send a message of the cell that runs."""
        self._send(("output", self.position, kind, content))

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: figures are shown in the notebook."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.send("error", {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb})


def _shell(send: Send) -> _Shell:
    config = Config()
    # Histories of many children would wait for one another on one database.
    config.HistoryManager.enabled = False
    shell = _Shell.instance(config=config)
    shell.connect(send)
    return shell
