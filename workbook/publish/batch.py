"""Many clients, many notebooks: jobs that run beside each other, none of which stops another.

`run_clients` checks all clients first, on all workers, then makes the deliverables of those without a fault. As soon as
the last notebook of a client is done its index, tables and manifest are written, so that a run that is killed goes on
where it was. `Crew` (local processes) and `cluster.ClusterCrew` do the work; both are executors of
`concurrent.futures`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from workbook.engagement.faults import FaultsError
from workbook.engagement.folders import list_clients
from workbook.engagement.identity import read_identities
from workbook.publish.atomic import claimed, sweep
from workbook.publish.changes import Memory, Plan, digest, plan, recall, remembered, untouched
from workbook.publish.changes import ingredients as ingredients_of
from workbook.publish.jobs import finish_client, run_job
from workbook.publish.leaks import Stranger, strangers_to
from workbook.publish.orders import (
    Begin,
    Check,
    Checked,
    Died,
    Event,
    Faulty,
    Job,
    Noted,
    Order,
    Outcome,
    Task,
    Workers,
    deliverable_name,
)


def plan_clients(order: Order) -> dict[str, _Client]:
    """Return what is to be done for each client, from what the last run remembers."""
    # Before anything is run: what a notebook or the package becomes meanwhile has not been run.
    for path in order.notebooks:
        ingredients_of(path, order.parameters_dir)
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

    Raises
    ------
    FaultsError
        When another run is writing where the deliverables go. Nothing is written then.
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
    # Not before there is something to write: a run that is refused changes nothing.
    if ready:
        with claimed(order.output):
            yield from _publish(order, ready, crew)


def _publish(order: Order, ready: Sequence[_Client], crew: Workers) -> Iterator[Event]:
    identities = read_identities(order.parameters_dir)
    tasks: deque[Task] = deque()
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


def clear_up(order: Order) -> None:
    """Remove what a run that was stopped has left unfinished, unless another run is writing there by now."""
    if not order.output.is_dir():
        return
    with suppress(FaultsError), claimed(order.output):
        # Only below the outputs: what was named may be no client but a path.
        for client in set(order.clients) & set(list_clients(order.parameters_dir)):
            sweep(order.output / client)


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
            if not (each := self._plan_now(deliverable_name(path))).is_idle:
                job = Job(
                    self.id, path, self.order.parameters_dir, self.checked.as_of, self.folder, each,
                    self.order.time_limit, strangers, self.checked.secrets,
                )  # fmt: skip
                yield Task((self, job), run_job, (job,))

    def _plan_now(self, name: str) -> Plan:
        """Return what is to be done for a notebook, now that the client has been read."""
        assert self.checked is not None
        planned, made = self.plans[name], self.memory.notebook(name) if self.memory else None
        # What was executed before cannot be set again for files that have changed between the plan and the check.
        if planned.work == "render" and (made is None or made["inputs"] != digest(self.checked.inputs)):
            return Plan("execute", "changed while the run began")
        return planned

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
