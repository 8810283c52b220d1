"""What became of a run, for people as `run.html` and for programs as `run.json`, beside the clients' folders."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook.engagement.save import write_atomically
from workbook.publish.changes import Plan
from workbook.publish.failures import REMEDIES, WORDS
from workbook.publish.orders import Event, Faulty, Order, Outcome, deliverable_name


@dataclass
class Summary:
    """The outcomes of a run, as they come in."""

    outcomes: list[Outcome] = field(default_factory=list)
    faulty: list[Faulty] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Take note of an event."""
        if isinstance(event, Outcome):
            self.outcomes.append(event)
        elif isinstance(event, Faulty):
            self.faulty.append(event)

    def cancel(self, order: Order) -> list[Outcome]:
        """Take note of all that was ordered and is not made, and return it."""
        known = {(outcome.client, outcome.name) for outcome in self.outcomes}
        known |= {(each.client, deliverable_name(path)) for each in self.faulty for path in order.notebooks}
        missing = [
            Outcome(client, name, Plan("execute", "ordered"), kind="cancelled", error="cancelled before it was made")
            for client in order.clients
            for name in map(deliverable_name, order.notebooks)
            if (client, name) not in known
        ]
        self.outcomes += missing
        return missing

    def count(self, status: str) -> int:
        """Return how many notebooks are done, skipped or failed."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def failures(self) -> list[Outcome]:
        """What was not made."""
        return [outcome for outcome in self.outcomes if outcome.error is not None]

    @property
    def is_clean(self) -> bool:
        """True when nothing went wrong."""
        return not (self.failures or self.faulty)

    @property
    def headline(self) -> str:
        """The result in one line."""
        waiting = sum(outcome.plan.work == "wait" for outcome in self.outcomes)
        unchanged = self.count("skipped") - waiting
        parts = [f"{self.count('done')} done", f"{unchanged} unchanged", f"{self.count('failed')} failed"]
        if waiting:
            parts.insert(2, f"{waiting} not begun")
        if self.faulty:
            parts.append(
                f"{_clients(len(self.faulty))} left out for {'its' if len(self.faulty) == 1 else 'their'} faults"
            )
        return ", ".join(parts)


def write_summary(summary: Summary, output: Path, seconds: float) -> None:
    """Write `run.json` and `run.html` into the folder of all deliverables."""
    finished = dt.datetime.now().astimezone().replace(microsecond=0)
    record = {
        "finished": finished.isoformat(),
        "seconds": round(seconds, 3),
        "done": summary.count("done"),
        "skipped": summary.count("skipped"),
        "failed": summary.count("failed"),
        "notebooks": [_notebook(outcome, output) for outcome in summary.outcomes],
        "faulty": [{"client": each.client, "kind": "input", "faults": list(each.faults)} for each in summary.faulty],
    }
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(output / "run.json", text.encode() + b"\n")
    write_atomically(output / "run.html", _page(summary, output, finished, seconds).encode())


def _notebook(outcome: Outcome, output: Path) -> dict[str, Any]:
    record: dict[str, Any] = {
        "client": outcome.client,
        "notebook": outcome.name,
        "status": outcome.status,
        "why": outcome.plan.why,
        "seconds": round(outcome.seconds, 3),
    }
    if outcome.error is not None:
        record |= {"kind": outcome.kind, "heading": outcome.heading, "error": outcome.error}
        record |= {"partial": _below(outcome.partial, output)}
    return record


def _page(summary: Summary, output: Path, finished: dt.datetime, seconds: float) -> str:
    from workbook.publish.page import content_policy, environment, stylesheet

    styles = [stylesheet()]
    run = {
        "headline": summary.headline[0].upper() + summary.headline[1:],
        "finished": f"{finished:%Y-%m-%d %H:%M}",
        "duration": duration(seconds),
        "failures": [*map(_faulty_row, summary.faulty), *(_failure_row(each, output) for each in summary.failures)],
        "clients": _client_rows(summary.outcomes, output),
    }
    page = environment().get_template("run.html.j2").render(run=run, styles=styles, policy=content_policy(styles))
    return str(page)


def _faulty_row(faulty: Faulty) -> dict[str, Any]:
    row = {"client": faulty.client, "name": "all", "kind": WORDS["input"], "remedy": REMEDIES["input"]}
    return {**row, "heading": None, "partial": None, "lines": faulty.faults}


def _failure_row(outcome: Outcome, output: Path) -> dict[str, Any]:
    kind = outcome.kind or "cell"
    row = {"client": outcome.client, "name": outcome.name, "kind": WORDS[kind], "remedy": REMEDIES[kind]}
    partial = _below(outcome.partial, output)
    return {**row, "heading": outcome.heading, "partial": partial, "lines": (outcome.error or "").splitlines()[:5]}


def _client_rows(outcomes: Sequence[Outcome], output: Path) -> list[dict[str, Any]]:
    clients = dict.fromkeys(outcome.client for outcome in outcomes)
    return [_client_row(client, [each for each in outcomes if each.client == client], output) for client in clients]


def _client_row(client: str, outcomes: Sequence[Outcome], output: Path) -> dict[str, Any]:
    counts = {status: sum(each.status == status for each in outcomes) for status in ("done", "skipped", "failed")}
    indexes = sorted((output / client).glob("*/index.html"))
    index = indexes[-1].relative_to(output).as_posix() if indexes else None
    return {"client": client, "index": index, "seconds": f"{sum(each.seconds for each in outcomes):.1f}", **counts}


def _below(path: str | None, output: Path) -> str | None:
    return None if path is None else Path(path).absolute().relative_to(output.absolute()).as_posix()


def duration(seconds: float) -> str:
    """Return a time span as people read it: "41 s", "3 min 20 s", "2 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def _clients(number: int) -> str:
    return f"{number} client{'' if number == 1 else 's'}"
