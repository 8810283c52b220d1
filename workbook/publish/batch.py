"""Many clients, many notebooks: jobs that run beside each other, none of which stops another.

`run_clients` checks all clients first, on all workers, then makes the deliverables of those without a fault. As soon as
the last notebook of a client is done its index, tables and manifest are written, so that a run that is killed goes on
where it was. `Crew` (local processes) and `cluster.ClusterCrew` do the work; both are executors of
`concurrent.futures`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbook.engagement.identity import read_identities
from workbook.publish.changes import (
    FORM,
    Memory,
    Plan,
    digest,
    look_at,
    look_at_outputs,
    plan,
    recall,
    remembered,
    untouched,
)
from workbook.publish.changes import ingredients as ingredients_of
from workbook.publish.failures import Kind
from workbook.publish.leaks import Stranger, strangers_to

if TYPE_CHECKING:
    from workbook.publish.package import Published

NOTEBOOKS_DIR = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Checked:
    """A client whose parameters and data are without a fault, in the words its index and manifest need."""

    client: str
    as_of: str
    name: str
    firm: str
    confidentiality: str
    language: str
    inputs: Mapping[str, str]
    reads_database: bool
    is_own_day: bool
    secrets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Check = Callable[[str, Path, str, Path], Checked | tuple[str, ...]]
"""Checks a client, given its id, the folder of parameters, the day asked for and the folder of outputs.

Returns the client, or its faults as lines of text. It runs in a worker, so it must be importable.
"""


@dataclass(frozen=True)
class Order:
    """What is asked of a run; `asked` is the day asked for, "" for each client's own."""

    clients: tuple[str, ...]
    notebooks: tuple[Path, ...]
    parameters_dir: Path
    output: Path
    asked: str = ""
    force: bool = False
    time_limit: float | None = None


@dataclass(frozen=True)
class Job:
    """One notebook for one client."""

    client: str
    notebook: Path
    parameters_dir: Path
    as_of: str
    folder: Path
    plan: Plan
    time_limit: float | None = None
    strangers: tuple[Stranger, ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the deliverable: the notebook without its number."""
        return deliverable_name(self.notebook)


@dataclass(frozen=True)
class Outcome:
    """What became of a notebook of a client.

    `published` says what was made; else `kind` and `error` say what went wrong, `heading` under which heading, and
    `partial` where the notebook is kept as far as it ran.
    """

    client: str
    name: str
    plan: Plan
    seconds: float = 0.0
    published: Published | None = None
    kind: Kind | None = None
    error: str | None = None
    heading: str | None = None
    partial: str | None = None

    @property
    def status(self) -> str:
        """One word: done, skipped or failed."""
        if self.error is not None:
            return "failed"
        return "skipped" if self.plan.is_idle else "done"


@dataclass(frozen=True)
class Faulty:
    """A client that is left out because of its faults."""

    client: str
    faults: tuple[str, ...]
    notebooks: int


@dataclass(frozen=True)
class Noted:
    """What a person should know of a client that is no fault."""

    note: str


@dataclass(frozen=True)
class Begin:
    """The number of notebooks that a run has to look after."""

    notebooks: int


Event = Begin | Outcome | Faulty | Noted


@dataclass(frozen=True)
class Task:
    """A function for a worker with its arguments; what comes back is told apart by `about`."""

    about: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Died:
    """In place of a result: the worker died."""

    message: str


class Workers(Protocol):
    """Does tasks beside each other."""

    def work(self, tasks: deque[Task]) -> Iterator[tuple[Task, Any]]:
        """Yield each task with its result, or with `Died`, as it is done; tasks may be added meanwhile."""


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


def plan_clients(order: Order) -> dict[str, _Client]:
    """Return what is to be done for each client, from what the last run remembers."""
    return {client: _Client(client, order) for client in order.clients}


def run_clients(order: Order, check: Check, workers: Workers) -> Iterator[Event]:
    """Make the deliverables of clients and yield what becomes of each.

    Parameters
    ----------
    order
        Which, and how.
    check
        Checks a client before any of its cells run.
    workers
        Who does the work.
    """
    clients = plan_clients(order)
    idle = [client for client in clients.values() if not client.has_work]
    busy = [client for client in clients.values() if client.has_work]
    yield Begin(len(order.notebooks) * len(clients))
    for client in idle:
        yield from client.outcomes.values()
    if busy:
        yield from _make(order, busy, check, workers)


def _make(order: Order, busy: Sequence[_Client], check: Check, crew: Workers) -> Iterator[Event]:
    identities = read_identities(order.parameters_dir)
    tasks = deque(client.checking(check) for client in busy)
    ready: list[_Client] = []
    for task, result in crew.work(tasks):
        client: _Client = task.about
        if isinstance(result, Checked):
            client.checked = result
            ready.append(client)
            yield from map(Noted, result.notes)
        else:
            faults = (f"{client.id}: {result.message}",) if isinstance(result, Died) else tuple(result)
            yield Faulty(client.id, faults, len(client.plans))
    tasks = deque()
    for client in sorted(ready, key=lambda each: order.clients.index(each.id)):
        yield from client.skipped()
        tasks += client.jobs(strangers_to(client.id, identities))
    for task, result in crew.work(tasks):
        if isinstance(task.about, _Client):
            if isinstance(result, Died):
                yield Outcome(task.about.id, "index", Plan("execute", ""), kind="died", error=result.message)
            elif result is not None:
                yield result
            continue
        client, job = task.about
        outcome = _died(job, result) if isinstance(result, Died) else result
        client.outcomes[job.name] = outcome
        yield outcome
        if client.is_finished:
            tasks.appendleft(client.finishing())


def _died(job: Job, death: Died) -> Outcome:
    return Outcome(job.client, job.name, job.plan, kind="died", error=death.message)


@dataclass
class _Client:
    """One client on its way through a run."""

    id: str
    order: Order
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    checked: Checked | None = None

    def __post_init__(self) -> None:
        # Before anything is read: what changes from here on is not what the deliverables are made of.
        self.begun = time.time_ns()
        self.memory: Memory | None = recall(self.id, self.order.output, self.order.asked)
        names = {deliverable_name(path): path for path in self.order.notebooks}
        home = self.order.parameters_dir / self.id
        self.plans = {name: plan(self.memory, home, path, name, self.order.force) for name, path in names.items()}
        if not self.has_work:
            self.outcomes = {name: Outcome(self.id, name, each) for name, each in self.plans.items()}

    @property
    def has_work(self) -> bool:
        """True when anything is to be made."""
        return not all(each.is_idle for each in self.plans.values())

    @property
    def is_finished(self) -> bool:
        """True when every notebook has an outcome."""
        return len(self.outcomes) == len(self.plans)

    @property
    def folder(self) -> Path:
        """Where the deliverables of this run go."""
        assert self.checked is not None
        return self.order.output / self.id / self.checked.as_of

    def checking(self, check: Check) -> Task:
        arguments = (self.id, self.order.parameters_dir, self.order.asked, self.order.output)
        return Task(self, check, arguments)

    def skipped(self) -> Iterator[Outcome]:
        """Yield what need not be made although other notebooks of the client are."""
        for name, each in self.plans.items():
            if each.is_idle:
                self.outcomes[name] = Outcome(self.id, name, each)
                yield self.outcomes[name]

    def jobs(self, strangers: tuple[Stranger, ...]) -> Iterator[Task]:
        """Yield the notebooks to be made."""
        assert self.checked is not None
        for path in self.order.notebooks:
            if not (each := self.plans[deliverable_name(path)]).is_idle:
                job = Job(
                    self.id, path, self.order.parameters_dir, self.checked.as_of, self.folder, each,
                    self.order.time_limit, strangers, self.checked.secrets,
                )  # fmt: skip
                yield Task((self, job), run_job, (job,))

    def finishing(self) -> Task:
        """Return the task that writes what all deliverables of the client share."""
        assert self.checked is not None
        made = {name: outcome for name, outcome in self.outcomes.items() if outcome.published}
        memory = remembered(self.folder)
        kept = untouched(memory) if memory else {}
        parts = {
            deliverable_name(path): ingredients_of(path, self.order.parameters_dir) for path in self.order.notebooks
        }
        faults = [f"{outcome.name}: {outcome.error}" for outcome in self.outcomes.values() if outcome.error]
        return Task(
            self, finish_client,
            (self.folder, self.checked, self.order, {name: outcome.published for name, outcome in made.items()}, kept,
             parts, faults, self.begun),
        )  # fmt: skip


# --- in a worker -----------------------------------------------------------------------------------------------------


def run_job(job: Job) -> Outcome:
    """Make one notebook's deliverables; an error becomes an outcome."""
    from workbook.publish.execute import NotebookFailed
    from workbook.publish.failures import kind_of
    from workbook.publish.package import publish_job

    started = time.monotonic()

    def outcome(kind: Kind | None = None, error: str | None = None, **more: Any) -> Outcome:
        return Outcome(job.client, job.name, job.plan, time.monotonic() - started, kind=kind, error=error, **more)

    try:
        return outcome(published=publish_job(job))
    except NotebookFailed as error:
        message = f"{error.error_name}: {error.message}"
        return outcome(error.kind, message, heading=error.heading, partial=error.partial_path)
    except OSError as error:
        place = Path(error.filename).name if error.filename else "a file"
        return outcome(kind_of("OSError", str(error)), f"{place} cannot be read or written ({error.strerror})")
    except Exception as error:
        return outcome(kind_of(type(error).__name__, str(error)), f"{type(error).__name__}: {error}")


def finish_client(
    folder: Path,
    checked: Checked,
    order: Order,
    made: Mapping[str, Published],
    kept: Mapping[str, Any],
    ingredients: Mapping[str, Mapping[str, str]],
    faults: Sequence[str],
    begun: int,
) -> Outcome | None:
    """Write the index, the tables and the manifest of a client, as far as its deliverables are complete.

    Returns an outcome only where that fails.
    """
    from workbook.publish.atomic import sweep
    from workbook.publish.package import Published, write_index, write_manifest, write_tables

    sweep(folder)
    notebooks: dict[str, Any] = {name: each for name, each in kept.items() if name not in made}
    for name, published in made.items():
        outputs = look_at_outputs(folder, published.files)
        notebooks[name] = {
            "inputs": digest(checked.inputs),
            "ingredients": ingredients[name],
            "outputs": outputs,
            "published": published.as_record(),
        }
    if not notebooks:
        return None
    in_order = [deliverable_name(path) for path in find_notebooks(folder=order.notebooks[0].parent)]
    names = [name for name in in_order if name in notebooks]
    run = {
        "form": FORM,
        "is_own_day": checked.is_own_day,
        "recorded": begun,
        "reads_database": checked.reads_database,
        "files": look_at(order.parameters_dir / checked.client, checked.inputs),
        "notebooks": {name: notebooks[name] for name in names},
    }
    all_published = [Published.from_record(notebooks[name]["published"]) for name in names]
    try:
        write_tables(folder, names)
        write_index(
            folder, all_published, client=checked.name, as_of_text=checked.as_of, firm=checked.firm,
            confidentiality=checked.confidentiality, language=checked.language,
        )  # fmt: skip
        write_manifest(
            folder, all_published, client=checked.client, as_of=checked.as_of, inputs=checked.inputs, faults=faults,
            more={"run": run},
        )  # fmt: skip
    except OSError as error:
        from workbook.publish.failures import kind_of

        plan = Plan("execute", "index")
        return Outcome(checked.client, "index", plan, kind=kind_of("OSError", str(error)), error=str(error))
    return None
