"""The template: a process that has imported what notebooks need and forks a child for each.

`python -m workbook.publish.template` reads requests from the socket on standard input. Each brings the writing end of a
pipe; the child forked for it runs the cells and writes what they show to that pipe, and its exit status comes back on
the socket. The template itself runs no cell and opens no file of a client, so no state crosses from one to the next.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

# Seconds between two looks at a child where the system cannot tell of its end.
_STEP = 0.02


@dataclass(frozen=True)
class CellSource:
    """A code cell to run, by its position in the notebook; with `may_fail` the notebook goes on after an error."""

    position: int
    source: str
    may_fail: bool = False


@dataclass(frozen=True)
class Request:
    """What a child needs to run a notebook.

    Attributes
    ----------
    folder
        Working folder.
    environment
        Environment variables, all of them.
    closed
        Folders in which nothing may be opened; see `fence.close_folders`.
    """

    cells: tuple[CellSource, ...]
    folder: str
    environment: dict[str, str]
    closed: tuple[str, ...] = ()


def main(modules: Sequence[str]) -> None:
    """Import the modules, then fork a child for each request until the other end closes."""
    control = socket.socket(fileno=os.dup(0))
    # Cells and the programs they start find nothing on standard input, rather than the requests.
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    for name in modules:
        preload(name)
    prepare()
    # What is here stays; children need not look through it again when they collect their garbage.
    gc.collect()
    gc.freeze()
    # An end that was killed may close with an error.
    with contextlib.suppress(ConnectionError):
        while descriptors := socket.recv_fds(control, 16, 1)[1]:
            child = os.fork()
            if child == 0:
                _serve(control, descriptors[0])
            os.close(descriptors[0])
            status = _status_of(child, control)
            _end_group(child)
            control.sendall(json.dumps(os.waitstatus_to_exitcode(status)).encode() + b"\n")


def preload(name: str) -> None:
    """Import a module, or what of its name can be imported; a notebook that needs the rest will say so itself."""
    # A broken module must fail in the notebook that imports it, not here for all of them.
    with contextlib.suppress(Exception, SystemExit):
        importlib.import_module(name)


def prepare() -> None:
    """Call `before_forking` of the package's modules that have it: what is the same for every client is done once."""
    for name, module in list(sys.modules.items()):
        if name.startswith("workbook.") and "before_forking" in vars(module):
            # As above: what cannot be prepared will be said by the notebook that needs it.
            with contextlib.suppress(Exception):
                module.before_forking()


def _serve(control: socket.socket, descriptor: int) -> None:
    """Run the cells of one request and leave; never returns."""
    status = 1
    try:
        os.setpgid(0, 0)
        control.close()
        with Connection(descriptor, readable=True) as pipe:
            pipe.send(os.getpid())
            status = _run(pipe)
    finally:
        os._exit(status)


def _status_of(child: int, control: socket.socket) -> int:
    """Return the status of a child once it has ended; it is ended when the process that asked is gone.

    Nobody reads its result then, and nothing may stay behind, whatever the cells are doing.
    """
    watched: list[socket.socket | int] = [control]
    # Only some systems let one wait for a process and a socket at once.
    with contextlib.suppress(AttributeError, OSError):
        watched.append(os.pidfd_open(child))
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        # The next request comes after this status: what can be read before is the end of all requests.
        if control in select.select(watched, [], [], None if watched[1:] else _STEP)[0]:
            os.kill(child, signal.SIGKILL)
            ended = os.waitpid(child, 0)
            break
    for death in watched[1:]:
        os.close(death)  # type: ignore[arg-type]
    return ended[1]


def _end_group(child: int) -> None:
    """End what the cells of a child have started and left running."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _run(pipe: Connection) -> int:
    from workbook.publish.fence import close_folders
    from workbook.publish.shell import run_cells

    request: Request = pipe.recv()
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    sys.path.insert(0, "")
    _reseed()
    close_folders(request.closed)
    run_cells(request.cells, pipe.send)
    return 0


def _reseed() -> None:
    """Seed what a fresh interpreter seeds from the system; all children would draw the same numbers otherwise."""
    random.seed()
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


if __name__ == "__main__":
    main(sys.argv[1:])
    # Frozen objects are not taken apart; some libraries would complain of it.
    os._exit(0)
