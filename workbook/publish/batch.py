"""Many clients, many notebooks: jobs that run beside each other, none of which stops another."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbook.publish.package import Published

NOTEBOOKS_DIR = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Job:
    """One notebook for one client."""

    client: str
    notebook: Path
    parameters_dir: Path
    as_of: str
    folder: Path

    @property
    def name(self) -> str:
        """Name of the deliverable: the notebook without its number."""
        return deliverable_name(self.notebook)


@dataclass(frozen=True)
class Outcome:
    """What became of a job: what was published, or the error and the heading above the cell it came from."""

    job: Job
    seconds: float
    published: Published | None = None
    error: str | None = None
    heading: str | None = None
    partial: str | None = None


def deliverable_name(notebook: Path) -> str:
    """Return a notebook's name without its number: 01_assess.ipynb gives assess."""
    return notebook.stem.split("_", 1)[-1]


def find_notebooks(only: Sequence[str] | None = None, folder: Path = NOTEBOOKS_DIR) -> tuple[Path, ...]:
    """Return the notebooks to run, in the order of their numbers.

    Raises
    ------
    ValueError
        If a name in `only` is none of theirs.
    """
    found = {deliverable_name(path): path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    unknown = [name for name in only or () if name not in found]
    if unknown:
        raise ValueError(f"there is no notebook {', '.join(map(repr, unknown))}; choose from {', '.join(found)}")
    return tuple(path for name, path in found.items() if not only or name in only)


def run_jobs(jobs: Sequence[Job], workers: int | None = None) -> Iterator[Outcome]:
    """Run the jobs on `workers` processes, one for each core if None, and yield each outcome as it is known."""
    count = min(len(jobs), workers or os.cpu_count() or 1)
    if count <= 1:
        yield from map(run_job, jobs)
        return
    # Notebooks run in kernels of their own, so a worker needs nothing of this process.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        yield from _collect(pool, jobs)


def _collect(pool: Executor, jobs: Sequence[Job]) -> Iterator[Outcome]:
    started = time.monotonic()
    futures: dict[Future[Outcome], Job] = {pool.submit(run_job, job): job for job in jobs}
    for future in as_completed(futures):
        try:
            yield future.result()
        except Exception as error:
            # The worker itself died; the other jobs of this pool are told the same.
            yield Outcome(futures[future], time.monotonic() - started, error=f"the worker died: {error}")


def run_job(job: Job) -> Outcome:
    """Execute one notebook and write its deliverables; an error becomes an outcome."""
    from workbook.publish.execute import NotebookFailed
    from workbook.publish.package import publish_notebook

    started = time.monotonic()
    try:
        published = publish_notebook(
            job.notebook,
            client=job.client,
            as_of=job.as_of,
            parameters_dir=job.parameters_dir,
            folder=job.folder,
        )
    except NotebookFailed as error:
        message = f"{error.error_name}: {error.message}"
        return Outcome(job, time.monotonic() - started, None, message, error.heading, error.partial_path)
    except OSError as error:
        message = f"{Path(error.filename).name if error.filename else 'a file'} cannot be written ({error.strerror})"
        return Outcome(job, time.monotonic() - started, error=message)
    except Exception as error:
        return Outcome(job, time.monotonic() - started, error=f"{type(error).__name__}: {error}")
    return Outcome(job, time.monotonic() - started, published)
