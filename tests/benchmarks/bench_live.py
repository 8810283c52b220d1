"""How fast the controls follow: from a value being set until every output is set; prints a Markdown table.

    python tests/benchmarks/bench_live.py
    python tests/benchmarks/bench_live.py weights --client norrhaven --changes 200

Each control is changed at random, always the same way. `first` is the time until its main chart is set, which is then
sent to the browser, `all` until the last output is; `compute` is the part of `all` that goes to the figures, `draw` the
rest. `instead` is what one would do without the control: run the phase again with other parameters already loaded, and
make the same exhibits. Times are in milliseconds on the wall, and where it says so of the processor, which others on
the machine do not lengthen; `load` is how many processes wanted the processors.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ipywidgets import Widget

from workbook.engagement import load_engagement
from workbook.exhibits import assess as show
from workbook.exhibits import live
from workbook.exhibits import prioritize as show_prioritize
from workbook.phases.assess import assess
from workbook.phases.prioritize import prioritize

PARAMETERS = Path(__file__).parents[2] / "parameters"
HEADS = ["control", "changes", "first p50", "first p95", "all p50", "all p95", "compute p50", "draw p50",
         "first p95, processor", "all p95, processor", "instead", "instead / all", "load"]  # fmt: skip


@dataclass
class Subject:
    """A control to be changed: `computing` names the methods that make the figures, `main` the chart that comes first.

    `change` makes one change at random, `instead` does once what one would do without the control.
    """

    name: str
    change: Callable[[random.Random], Any]
    main: Widget
    computing: tuple[tuple[Any, str], ...]
    instead: Callable[[], Any]


@dataclass
class Clock:
    """What each change took, in seconds: on the wall, and of the processor."""

    first: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)
    compute: list[float] = field(default_factory=list)
    first_processor: list[float] = field(default_factory=list)
    all_processor: list[float] = field(default_factory=list)
    computed: float = 0.0
    reached: tuple[float, float] | None = None

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function whose time counts as computing."""

        def called(*args: Any, **kwargs: Any) -> Any:
            begun = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.computed += time.perf_counter() - begun

        return called

    def shown(self, _: Any) -> None:
        """Note when the main chart was set for the first time."""
        self.reached = self.reached or _now()

    def measure(self, change: Callable[[], Any]) -> None:
        """Time one change; one that moved nothing is left out."""
        self.computed, self.reached = 0.0, None
        begun = _now()
        change()
        ended = _now()
        if self.reached is not None:
            self.first.append(self.reached[0] - begun[0])
            self.first_processor.append(self.reached[1] - begun[1])
            self.all.append(ended[0] - begun[0])
            self.all_processor.append(ended[1] - begun[1])
            self.compute.append(self.computed)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def weights(client: str) -> Subject:
    """Return the weights of Assess."""
    engagement = load_engagement(client, PARAMETERS)
    result = assess(engagement)
    control = live.weights(result)
    rows = list(control.rows.values())

    def instead() -> None:
        again = assess(engagement)
        for exhibit in (show.chart_ranking, show.chart_acceptability, show.table_flip_points):
            exhibit(again)

    def change(chance: random.Random) -> None:
        chance.choice(rows).slider.value = chance.randint(0, 100)

    return Subject("weights", change, control.ranking, ((control._others, "under"),), instead)


def levers(client: str) -> Subject:
    """Return the levers of the candidate proposed, discount rate included."""
    engagement = load_engagement(client, PARAMETERS)
    result = prioritize(engagement)
    panel = live.levers(result).panel
    panel.another.value = "finance.discount_rate"
    rows = list(panel.levers.values())

    def instead() -> None:
        again = prioritize(engagement)
        for exhibit in (show_prioritize.chart_s_curve, show_prioritize.chart_tornado, show_prioritize.table_candidates):
            exhibit(again)

    def change(chance: random.Random) -> None:
        lever = chance.choice(rows)
        value = lever.start.get("value", 0.0)
        lever.slider.value = chance.uniform(lever.start.get("low", value / 2), lever.start.get("high", value * 2))

    return Subject("levers", change, panel.s_curve, ((panel._what_if, "under"),), instead)


def sample(client: str) -> Subject:
    """Return the levers of the sample, the weeks of the looks included."""
    engagement = load_engagement(client, PARAMETERS)
    result = prioritize(engagement)
    control = live.sample(result)
    rows = [(lever, lever.start["value"]) for lever in control.levers.values()]

    def instead() -> None:
        again = prioritize(engagement)
        for exhibit in (show_prioritize.table_sample, show_prioritize.chart_chance_of_go, show_prioritize.table_looks):
            exhibit(again)

    def change(chance: random.Random) -> None:
        if chance.random() < 1 / len(rows):
            last = chance.randint(6, 12)
            control.weeks.value = f"{chance.randint(2, last - 1)}, {last}"
            return
        lever, start = chance.choice(rows)
        lever.slider.value = start * chance.uniform(0.9, 1.1)

    return Subject("sample", change, control.curve, (), instead)


SUBJECTS: dict[str, Callable[[str], Subject]] = {"weights": weights, "levers": levers, "sample": sample}
"""What makes each control from the name of a client; a control is added here."""


def row(subject: Subject, changes: int) -> list[str]:
    """Return the line of a table for one control."""
    clock, chance = Clock(), random.Random(20250101)
    for owner, name in subject.computing:
        setattr(owner, name, clock.timed(getattr(owner, name)))
    subject.main.observe(clock.shown, "value")
    while len(clock.all) < changes:
        clock.measure(lambda: subject.change(chance))
    draws = [whole - part for whole, part in zip(clock.all, clock.compute, strict=True)]
    instead = min(_seconds(subject.instead) for _ in range(5))
    times = [
        statistics.median(clock.first), _p95(clock.first), statistics.median(clock.all), _p95(clock.all),
        statistics.median(clock.compute), statistics.median(draws), _p95(clock.first_processor),
        _p95(clock.all_processor), instead,
    ]  # fmt: skip
    ratio = instead / statistics.median(clock.all)
    load = f"{os.getloadavg()[0]:.1f}"
    return [subject.name, str(changes), *(f"{1000 * each:.0f}" for each in times), f"{ratio:.0f}", load]


def _seconds(step: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def main() -> None:
    """Print the table of the controls named, of all if none is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("controls", nargs="*", choices=[[], *SUBJECTS], help="controls to measure; all if left out")
    parser.add_argument("--client", default="norrhaven")
    parser.add_argument("--changes", type=int, default=200)
    given = parser.parse_args()

    def lines() -> Iterator[list[str]]:
        yield HEADS
        yield ["---"] * len(HEADS)
        for name in given.controls or SUBJECTS:
            yield row(SUBJECTS[name](given.client), given.changes)

    print(f"{given.client}, Python {platform.python_version()}, {os.cpu_count()} processors\n")
    for line in lines():
        print(f"| {' | '.join(line)} |", flush=True)


if __name__ == "__main__":
    main()
