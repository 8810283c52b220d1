"""Workers on this machine: processes that are replaced when one dies and leave at once when the run is cancelled."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import Pipe, get_all_start_methods, get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from workbook.publish.orders import Died, Task

# Imported once by the process from which workers are forked.
_PRELOADED = ["workbook.publish.package", "papermill"]


class Crew:
    """A pool of processes, one for each core unless told otherwise.

    Given `notebooks`, workers warm up for them while they check clients. With `most` tasks at once there are no more
    processes than that, and each has more of the cores.

    A worker that dies breaks the whole pool, so what was under way is then done again one by one, in a worker of its
    own: only the task that kills its worker a second time is given up.
    """

    def __init__(self, workers: int | None = None, notebooks: Sequence[Path] = (), most: int | None = None) -> None:
        self._size = min(size for size in (workers or _cores(), most) if size)
        self._notebooks = tuple(notebooks)
        self._pool: Executor | None = None
        self._alarm: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close(at_once=kind is not None)

    def work(self, tasks: deque[Task]) -> Iterator[tuple[Task, Any]]:
        """Yield each task with its result, or with `Died`, as it is done; tasks may be added meanwhile."""
        flying: dict[Future[Any], Task] = {}
        while tasks or flying:
            broken: list[Task] = []
            while tasks and len(flying) < self._size and not broken:
                task = tasks.popleft()
                try:
                    flying[self._submit(task)] = task
                except BrokenProcessPool:
                    # A worker has died since the last result was taken.
                    broken.append(task)
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                task = flying.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    broken.append(task)
                else:
                    yield task, _result(future)
            if broken:
                suspects = [*broken, *flying.values()]
                flying.clear()
                yield from self._one_by_one(suspects)

    def _one_by_one(self, suspects: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        for task in suspects:
            self._close(at_once=True)
            future = self._submit(task, 1)
            if isinstance(future.exception(), BrokenProcessPool):
                yield task, Died("the worker process died, twice")
            else:
                yield task, _result(future)
        self._close(at_once=True)

    def _submit(self, task: Task, size: int | None = None) -> Future[Any]:
        with _undisturbed():
            return self._running(size).submit(task.function, *task.arguments)

    def _running(self, size: int | None = None) -> Executor:
        if self._pool is None:
            context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
            if context.get_start_method() == "forkserver":
                context.set_forkserver_preload(_PRELOADED)
            alarm, self._alarm = Pipe(duplex=False)
            size = size or self._size
            self._pool = ProcessPoolExecutor(size, context, _begin, (alarm, max(1, _cores() // size), self._notebooks))
        return self._pool

    def _close(self, at_once: bool) -> None:
        if self._pool is None:
            return
        if at_once and self._alarm is not None:
            self._alarm.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._alarm is not None:
            self._alarm.close()
        self._pool = self._alarm = None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off the signals to stop until a worker has been started as a whole: nobody would know of half a worker.

    Ctrl-C is blocked, also for what is started, because a terminal sends it to every process; SIGTERM is only kept for
    later, because workers that block it could not be ended by it.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: list[int] = []
    # Started on the way otherwise, and its start ends with Ctrl-C no longer blocked.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = signal.signal(signal.SIGTERM, lambda number, _: kept.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in kept:
            signal.raise_signal(number)


def _result(future: Future[Any]) -> Any:
    """Return what a task gives; an error that it lets out must not stop the others."""
    error = future.exception()
    return Died(f"{type(error).__name__}: {error}") if error is not None else future.result()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(alarm: Connection, threads: int, notebooks: Sequence[Path]) -> None:
    """Prepare a worker: it leaves on alarm, or when nobody is left to raise it, and keeps to its share of the cores."""
    # Ctrl-C reaches every process of the terminal; only the first decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = str(threads)
    if notebooks:
        from workbook.publish.engine import warm_up
        from workbook.publish.execute import prepare
        from workbook.publish.notebooks import read_notebook

        # A notebook that cannot be read fails its own jobs, not every worker.
        with suppress(Exception):
            warm_up(prepare(read_notebook(notebook)) for notebook in notebooks)
    # What has been imported is there to stay. Only what a job leaves is then looked through, and soon; else it would be
    # once in hundreds of jobs.
    gc.freeze()
    threading.Thread(target=_leave_on, args=(alarm,), daemon=True).start()


def _leave_on(alarm: Connection) -> None:
    # Nothing is ever sent: the pipe becomes readable when its other end is closed.
    alarm.poll(None)
    os._exit(1)
