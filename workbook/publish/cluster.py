"""Workers on a Dask cluster, which need not share a disk with the caller: inputs travel there, deliverables back.

Cells run on the cluster as they do here, in children of a warm template, so the bytes are the same. What all
deliverables of a client share is written here, where they come together.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from distributed import Client, KilledWorker

from workbook.engagement.folders import is_inside
from workbook.engagement.measurements import FOLDER as MEASURED
from workbook.publish.atomic import staged, write_atomically
from workbook.publish.changes import installed
from workbook.publish.failures import told
from workbook.publish.jobs import run_job
from workbook.publish.orders import Check, Checked, Died, Job, Outcome, Task
from workbook.publish.package import FAILED, keep_partial, remove_partial

# Formats that are compressed already.
_COMPRESSED = {".png", ".pdf", ".xlsx", ".parquet", ".gz"}
# A scheduler that does not answer by then is not there.
_PATIENCE = 15
_ANOTHER_VERSION = "another version of the package, of Python or of a library"
_SAME_THERE = "install the same there as here"
_GONE = Died("the cluster can no longer be reached")


class ClusterError(RuntimeError):
    """A cluster that cannot be used, and why."""


@dataclass(frozen=True)
class _Parcel:
    """The folder of a client with its data, packed, the notebook to run, and what it is to be made with."""

    files: bytes
    notebook: bytes = b""
    made_with: Mapping[str, str] = field(default_factory=installed)


class ClusterCrew:
    """The workers of a Dask cluster.

    Raises
    ------
    ClusterError
        When there is no scheduler at the address, it has no workers, or one of them has another version of the package.
    """

    def __init__(self, address: str) -> None:
        try:
            self._client = Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"found no scheduler at {address} ({error}); start one, or correct the address"
            ) from None
        self._executor = self._client.get_executor(pure=False)
        self._check_workers(address)

    def _check_workers(self, address: str) -> None:
        found = self._client.run(installed)
        others = [worker for worker, its in found.items() if its != installed()]
        if not found or others:
            self._client.close()
        if not found:
            raise ClusterError(f"the scheduler at {address} has no workers; start some")
        if others:
            raise ClusterError(f"{_ANOTHER_VERSION} on {', '.join(sorted(others))}; {_SAME_THERE}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=kind is None)
        self._client.close()

    def work(self, tasks: deque[Task]) -> Iterator[tuple[Task, Any]]:
        """Yield each task with its result, or with `Died`, as it is done; tasks may be added meanwhile."""
        flying: dict[Future[Any], Task] = {}
        while tasks or flying:
            room = self._room()
            if room is None:
                lost = list(flying.values())
                flying.clear()
                yield from ((task, _GONE) for task in lost)
            while tasks and (room is None or len(flying) < room):
                task = tasks.popleft()
                if not _travels(task):
                    yield task, _tried(task.function, *task.arguments)
                elif room is None:
                    yield task, _GONE
                elif isinstance(parcel := _tried(_parcel, task), Died):
                    yield task, parcel
                else:
                    flying[self._executor.submit(_elsewhere, _repacked(task), parcel)] = task
            done, _ = wait(flying, return_when=FIRST_COMPLETED) if flying else (set(), None)
            for future in done:
                task = flying.pop(future)
                try:
                    result, files = future.result()
                except KilledWorker:
                    yield task, Died("the workers that tried it died")
                except CancelledError:
                    yield task, _GONE
                except Exception as error:
                    yield task, _died_of(error)
                else:
                    yield task, _tried(_received, task, result, files)

    def _room(self) -> int | None:
        """Return how many tasks may be under way, None when the cluster is gone."""
        try:
            threads: Mapping[str, int] = self._client.nthreads()
        except OSError:
            return None
        # Twice the threads, so that none waits while inputs travel; a worker may join or leave at any time.
        return 2 * max(1, sum(threads.values()))


def _tried(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function gives; an error that it lets out must not stop the other tasks."""
    try:
        return function(*arguments)
    except Exception as error:
        return _died_of(error)


def _died_of(error: Exception) -> Died:
    # Of a file only the name: the path is that of another machine, or nobody's business.
    if isinstance(error, OSError) and error.filename:
        return Died(f"{type(error).__name__}: {Path(error.filename).name}: {error.strerror}")
    return Died(f"{type(error).__name__}: {error}")


def _travels(task: Task) -> bool:
    return task.function is run_job or isinstance(task.arguments[0], str)


def _client_folder(task: Task) -> Path:
    first = task.arguments[0]
    folder: Path = first.parameters_dir / first.client if isinstance(first, Job) else task.arguments[1] / first
    return folder


def _parcel(task: Task) -> _Parcel:
    folder, first = _client_folder(task), task.arguments[0]
    shared = [file for file in folder.parent.iterdir() if file.is_file()]
    files = [file for file in folder.rglob("*") if file.is_file() and _belongs(file, folder)]
    packed = _packed([*files, *shared], folder.parent)
    if not isinstance(first, Job):
        return _Parcel(packed)
    # Where it is only set again, what was executed travels in the notebook's place.
    notebook = first.folder / f"{first.name}.ipynb" if first.plan.work == "render" else first.notebook
    return _Parcel(packed, notebook.read_bytes())


def _belongs(file: Path, folder: Path) -> bool:
    """Tell whether a file is one of the client's: hidden ones are not, nor is what a link leads to elsewhere."""
    parts = file.relative_to(folder).parts
    is_hidden = parts[0] != MEASURED and any(part.startswith(".") for part in parts)
    return not is_hidden and is_inside(file, folder)


def _packed(files: Iterable[Path], root: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False) as archive:
        for file in files:
            archive.write(file, file.relative_to(root), zipfile.ZIP_STORED if file.suffix in _COMPRESSED else None)
    return content.getvalue()


def _repacked(task: Task) -> Task:
    """Return a task without what only its caller can use."""
    return replace(task, about=None)


def _elsewhere(task: Task, parcel: _Parcel) -> tuple[Any, bytes]:
    """Do a task in a folder of its own; return its result and the files it made. Runs on the cluster."""
    if parcel.made_with != installed():
        # A worker that has joined since.
        raise ClusterError(f"{_ANOTHER_VERSION}; {_SAME_THERE}")
    with tempfile.TemporaryDirectory(prefix="workbook-") as place:
        root, first = Path(place), task.arguments[0]
        parameters, output = root / "parameters", root / "outputs"
        _unpack(parcel.files, parameters)
        output.mkdir()
        if not isinstance(first, Job):
            check: Check = task.function
            return check(first, parameters, task.arguments[2], output), b""
        notebook = root / first.notebook.name
        notebook.write_bytes(parcel.notebook)
        folder = output / first.client / first.as_of
        folder.mkdir(parents=True)
        if first.plan.work == "render":
            (folder / f"{first.name}.ipynb").write_bytes(parcel.notebook)
        outcome = run_job(replace(first, parameters_dir=parameters, folder=folder, notebook=notebook))
        measured = list((parameters / first.client / MEASURED).glob("*.json"))
        made = [file for file in folder.rglob("*") if file.is_file()]
        return outcome, _packed([*made, *measured], root)


def _unpack(files: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(files)) as archive:
        archive.extractall(folder)


def _received(task: Task, result: Outcome | Checked | tuple[str, ...], files: bytes) -> Any:
    """Put what came back in its place and return the result in words of this machine."""
    job = task.arguments[0]
    if not isinstance(job, Job) or not isinstance(result, Outcome):
        return result
    try:
        with tempfile.TemporaryDirectory(prefix="workbook-") as place:
            _unpack(files, Path(place))
            _keep_measured(Path(place) / "parameters" / job.client / MEASURED, job)
            return _put(Path(place) / "outputs" / job.client / job.as_of, job, result)
    except OSError as error:
        kind, words = told(error)
        return replace(result, published=None, kind=kind, error=words)


def _put(made: Path, job: Job, outcome: Outcome) -> Outcome:
    """Put the files of a job into the client's folder, as `publish_executed` does where they are made."""
    if outcome.error is None:
        with staged(job.folder, job.name) as stage:
            # Without charts the folder stays empty, which clears the charts of an earlier run.
            (stage / "exhibits" / job.name).mkdir(parents=True)
            for file in [file for file in made.rglob("*") if file.is_file()]:
                (stage / file.relative_to(made)).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, stage / file.relative_to(made))
        remove_partial(job.folder, job.name)
        return outcome
    if outcome.partial is None:
        return outcome
    content = (made / FAILED / f"{job.name}.ipynb").read_bytes()
    return replace(outcome, partial=str(keep_partial(job.folder, job.name, content)))


def _keep_measured(folder: Path, job: Job) -> None:
    place = job.parameters_dir / job.client / MEASURED
    # What cannot be kept is measured again.
    with suppress(OSError):
        for file in folder.glob("*.json"):
            place.mkdir(exist_ok=True)
            write_atomically(place / file.name, file.read_bytes())
