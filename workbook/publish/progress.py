"""How a run shows on screen: one moving line on a terminal, a line for each notebook elsewhere."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from workbook.publish.failures import WORDS
from workbook.publish.orders import Begin, Event, Faulty, Noted, Outcome
from workbook.publish.summary import duration

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Shows the events of a run. With `quiet`, only what went wrong."""

    def __init__(self, quiet: bool = False, error: TextIO | None = None) -> None:
        self._quiet = quiet
        self._error = error or sys.stderr
        self._bar: Bar | None = None
        self._counts = {"done": 0, "failed": 0, "skipped": 0}
        self._total = 0
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Begin):
            self._total = event.notebooks
            self._begin()
        elif isinstance(event, Faulty):
            self._advance("failed", event.notebooks)
            for line in event.faults:
                self._say(line, wrong=True)
        elif isinstance(event, Noted):
            self._say(f"note: {event.note}", wrong=True)
        else:
            self._advance(event.status)
            self._show_outcome(event)

    def _show_outcome(self, outcome: Outcome) -> None:
        wrong = outcome.status == "failed"
        if wrong or not (self._quiet or self._bar is not None):
            self._say(line_of(outcome), wrong)
        for warning in outcome.published.warnings if outcome.published else ():
            self._say(f"{outcome.client} {outcome.name}: {warning}", wrong=True)

    def _say(self, line: str, wrong: bool) -> None:
        if self._bar is not None:
            # Not wrapped: a long path must stay one word.
            self._bar.console.print(line, soft_wrap=True)
        else:
            print(line, file=self._error if wrong else sys.stdout, flush=True)

    def _begin(self) -> None:
        if self._quiet or self._total < 2 or not self._error.isatty():
            return
        # Imported here because a piped run, or one of a single notebook, has no use for it.
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(file=self._error, highlight=False, markup=False, emoji=False)
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task(self._words(), total=self._total)
        self._bar.start()

    def _advance(self, status: str, number: int = 1) -> None:
        self._counts[status] += number
        if self._bar is not None:
            self._bar.update(self._task, advance=number, description=self._words())

    def _words(self) -> str:
        counts = ", ".join(f"{number} {status}" for status, number in self._counts.items())
        worked = self._counts["done"] + self._counts["failed"]
        if not worked:
            return counts
        pace = worked / (time.monotonic() - self._started)
        left = max(0, self._total - sum(self._counts.values())) / pace
        return f"{counts}, {60 * pace:.0f} a minute, {duration(left)} left"


def line_of(outcome: Outcome) -> str:
    """Return what became of a notebook, in one line."""
    who = f"{outcome.client} {outcome.name}"
    if outcome.error is not None:
        where = f' in "{outcome.heading}"' if outcome.heading else ""
        partial = f"; the partial notebook is {shown(Path(outcome.partial))}" if outcome.partial else ""
        return f"{who}: FAILED, {WORDS[outcome.kind or 'cell']}{where}: {outcome.error}{partial}"
    if outcome.status == "skipped":
        return f"{who}: unchanged" if outcome.plan.work == "skip" else f"{who}: skipped, {outcome.plan.why}"
    done = "rendered" if outcome.plan.work == "render" else "made"
    return f"{who}: {done} in {outcome.seconds:.1f} s ({outcome.plan.why})"


def shown(path: Path) -> str:
    """Return a path as it is named in messages: below the working folder, or by its last parts."""
    path = path.absolute()
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else "/".join(path.parts[-3:])
