"""The batch against what one would use instead, and against the bare cost; prints Markdown tables with ratios.

    python tests/benchmarks/bench_batch.py
    python tests/benchmarks/bench_batch.py notebooks unchanged --repeat 3
    python tests/benchmarks/bench_batch.py memory --times 200

Parts: `notebooks` (each notebook for each demo client, and a reference notebook of 20 cells with five charts, against
the papermill command and nbconvert to HTML and by a browser to PDF), `batch` (many of them at once), `unchanged` (a run
of 100 clients with nothing to do), `memory` (over 1,000 notebooks), `workers` (one and two, here and on a Dask
cluster), `profile` (where the time of the heaviest notebook goes). All are run if none is named.

Every figure is the least of some repetitions, in seconds; `load` is how many processes wanted the processors
meanwhile, which on a machine used by nobody else is about as many as the benchmark itself runs.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain import browser_environment, run_chain, run_chains

from workbook.publish.changes import needs_of
from workbook.publish.orders import find_notebooks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REFERENCE = HERE / "reference.ipynb"
DEMOS = ("norrhaven", "brauer-logistik")
AS_OF = "2026-09-30"


@dataclass(frozen=True)
class Subject:
    """A notebook with its parameters."""

    notebook: Path
    parameters: Mapping[str, str]

    @property
    def name(self) -> str:
        """How a table names it."""
        return (
            self.notebook.stem if self.notebook == REFERENCE else f"{self.notebook.stem}, {self.parameters['client']}"
        )


@dataclass(frozen=True)
class Bench:
    """Where a benchmark works, and how often it repeats."""

    folder: Path
    repeat: int
    times: int
    size: int

    def subjects(self) -> list[Subject]:
        """Return every notebook for every demo client, and the reference notebook."""
        parameters = copies(self.folder / "demos", {name: ROOT / "parameters" / name for name in DEMOS})
        notebooks = find_notebooks()
        real = [
            Subject(path, given(parameters, client))
            for client in DEMOS
            for path in notebooks
            if all((parameters / client / f"{need}.yaml").exists() for need in needs_of(path))
        ]
        return [Subject(REFERENCE, given(self.tiny(1), "tiny-000")), *real]

    def tiny(self, number: int) -> Path:
        """Return a folder with copies of a client on which little is known."""
        place = self.folder / f"tiny-{number}"
        return copies(place, {f"tiny-{at:03}": ROOT / "tests" / "tiny" for at in range(number)})

    def office(self, number: int) -> Path:
        """Return a folder with copies of the complete demo client."""
        place = self.folder / f"office-{number}"
        return copies(place, {f"client-{at:03}": ROOT / "parameters" / DEMOS[0] for at in range(number)})


def copies(folder: Path, clients: Mapping[str, Path]) -> Path:
    """Copy clients into a folder under the names given, without what was measured before, unless they are there.

    What a gate has approved belongs to the client of that name and no other.
    """
    for name, client in clients.items():
        if not (folder / name).exists():
            left_out = [".measured", *(["approved"] if name != client.name else [])]
            shutil.copytree(client, folder / name, ignore=shutil.ignore_patterns(*left_out))
    return folder


def given(parameters: Path, client: str) -> dict[str, str]:
    """Return the parameters of a notebook for a client."""
    return {"client": client, "as_of": AS_OF, "parameters_dir": str(parameters)}


def inside(what: str, **arguments: Any) -> Any:
    """Do something in a process of its own and return what it tells."""
    command = [sys.executable, str(HERE / "inside.py"), what, json.dumps(arguments, default=str)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def load() -> str:
    """Return the load of the machine over the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def show(title: str, heads: list[str], rows: Iterator[list[str]]) -> None:
    """Print a table, each row as soon as it is known."""
    print(f"\n**{title}**\n", flush=True)
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def notebooks(bench: Bench) -> None:
    """Print what each notebook takes against the usual chain and against the bare cost."""
    environment = browser_environment(bench.folder / "browsers")
    subjects = bench.subjects()

    def rows() -> Iterator[list[str]]:
        for subject in subjects:
            once = {"notebook": subject.notebook, "parameters": subject.parameters}
            arguments = {**once, "repeat": 2}
            warm = [(each.notebook, each.parameters) for each in subjects if each != subject]
            # By turns, so that a slow minute of the machine is nobody's.
            rounds = [
                {
                    **inside("job", **arguments), **inside("bare", **arguments, warm=warm),
                    **inside("fresh", **once), **inside("exports", **arguments),
                }
                for _ in range(bench.repeat)
            ]  # fmt: skip
            names = ("again", "first", "alone", "two", "all", "job")
            again, first, alone, two, all_files, ours = (min(each[name] for each in rounds) for name in names)
            chains = [run_chain(subject.notebook, subject.parameters, environment) for _ in range(min(2, bench.repeat))]
            chain, bare = sum(map(min, zip(*chains, strict=True))), first + two
            yield [
                subject.name,
                *(f"{seconds:.2f}" for seconds in (again, first, alone, two, all_files, ours, chain)),
                f"{chain / ours:.1f}", f"1/{(chain - bare) / max(ours - bare, 1e-3):.0f}",
                f"{ours / bare:.2f}", f"{ours / (first + all_files):.2f}", f"{ours / (alone + all_files):.2f}", load(),
            ]  # fmt: skip

    heads = [
        "notebook",
        "cells again",
        "cells",
        "cells in a new shell",
        "two exports",
        "all files",
        "workbook",
        "chain",
    ]
    ratios = [
        "chain / workbook",
        "overhead / chain's",
        "workbook / (cells + two exports)",
        "workbook / (cells + all files)",
        "workbook / (cells in a new shell + all files)",
    ]
    show("Each notebook, in a warm worker", [*heads, *ratios, "load"], rows())


def batch(bench: Bench) -> None:
    """Print what a whole run takes, from its start to its end, against the chain on as many processes as cores."""
    environment = browser_environment(bench.folder / "batch-browsers")
    cores = len(os.sched_getaffinity(0))
    first = list(find_notebooks())

    def rows() -> Iterator[list[str]]:
        for name, paths, parameters in (
            ("reference", [numbered(REFERENCE, bench.folder)], bench.tiny(4 * bench.size)),
            ("real, complete demo client", first, bench.office(max(2, bench.size // 3))),
        ):
            jobs = [(path, given(parameters, each.name)) for each in sorted(parameters.iterdir()) for path in paths]
            times = [run_batch(bench, paths, parameters, cores)["seconds"] for _ in range(min(2, bench.repeat))]
            chain = run_chains(jobs, environment, cores)
            ours = min(times)
            what = f"{name}, {len(jobs)} notebooks"
            yield [what, str(cores), f"{ours:.1f}", f"{chain:.1f}", f"{chain / ours:.1f}", load()]

    show("Whole runs", ["run", "processes", "workbook", "chain", "chain / workbook", "load"], rows())


def numbered(notebook: Path, folder: Path) -> Path:
    """Return a copy of a notebook under a name that a run takes."""
    (folder / "numbered").mkdir(exist_ok=True)
    return Path(shutil.copy(notebook, folder / "numbered" / f"00_{notebook.name}"))


def run_batch(bench: Bench, paths: list[Path], parameters: Path, jobs: int, cluster: str | None = None) -> Any:
    """Run notebooks for all clients of a folder into a new folder."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as output:
        return inside(
            "batch", notebooks=paths, parameters=parameters, output=output, jobs=jobs, cluster=cluster
        )  # fmt: skip


def unchanged(bench: Bench) -> None:
    """Print what a run of 100 clients takes when nothing has changed."""
    parameters, output = bench.tiny(100), bench.folder / "unchanged"
    command = [sys.executable, "-m", "workbook.cli", "run", "--all", "--quiet", "--parameters", str(parameters)]

    def run() -> float:
        begin = time.perf_counter()
        subprocess.run([*command, "--output", str(output)], cwd=bench.folder, check=True, capture_output=True)
        return time.perf_counter() - begin

    def rows() -> Iterator[list[str]]:
        first = run()
        again = min(run() for _ in range(max(3, bench.repeat)))
        yield ["100", f"{first:.1f}", f"{again:.2f}", f"{first / again:.0f}", load()]

    show("A run with nothing to do", ["clients", "first run", "unchanged", "first / unchanged", "load"], rows())


def memory(bench: Bench) -> None:
    """Print the resident memory of a worker and its template over many notebooks."""

    def rows() -> Iterator[list[str]]:
        parameters = given(bench.tiny(1), "tiny-000")
        found = inside("memory", notebook=REFERENCE, parameters=parameters, repeat=bench.times)
        start = found.get("10") or found["1"]
        for number, (worker, template) in found.items():
            yield [number, f"{worker:.0f}", f"{worker / start[0]:.2f}", f"{template:.0f}", f"{template / start[1]:.2f}"]

    heads = ["notebooks", "worker, MB", "against the 10th", "template, MB", "against the 10th"]
    show("Resident memory", heads, rows())


def workers(bench: Bench) -> None:
    """Print what two workers do against one, here and on a cluster of this machine."""
    paths, parameters = [numbered(REFERENCE, bench.folder)], bench.tiny(4 * bench.size)

    def rows() -> Iterator[list[str]]:
        for name, cluster in (("here", here), ("Dask cluster", dask)):
            found = []
            for number in (1, 2):
                with cluster(number) as address:
                    tries = [run_batch(bench, paths, parameters, number, address) for _ in range(min(2, bench.repeat))]
                found.append((min(each["seconds"] for each in tries), max(each["a_second"] for each in tries)))
            (one, slow), (two, fast) = found
            rates = [f"{slow:.2f}", f"{fast:.2f}", f"{fast / slow:.2f}"]
            yield [name, str(4 * bench.size), f"{one:.1f}", f"{two:.1f}", f"{one / two:.2f}", *rates, load()]

    heads = ["workers", "notebooks", "one, s", "two, s", "one / two", "one, a second", "two, a second", "two / one"]
    show("One worker and two, with their start and without it", [*heads, "load"], rows())


@contextlib.contextmanager
def here(number: int) -> Iterator[None]:
    """Yield no address: the run starts its workers itself."""
    yield None


@contextlib.contextmanager
def dask(number: int) -> Iterator[str]:
    """Run a scheduler with some workers on this machine and yield its address."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        file = Path(folder) / "scheduler.json"

        def start(program: str, *options: str) -> None:
            command = [sys.executable, "-m", "distributed.cli." + program, "--scheduler-file", str(file), *options]
            process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)

        start("dask_scheduler", "--port", "0", "--no-dashboard")
        while not file.exists():
            time.sleep(0.1)
        for _ in range(number):
            start("dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder)
        address = json.loads(file.read_text())["address"]
        from distributed import Client

        with Client(address) as client:
            client.wait_for_workers(number, timeout=60)
        yield address


def profile(bench: Bench) -> None:
    """Print where the time of the heaviest notebook goes."""
    subject = next(each for each in bench.subjects()[1:] if each.parameters["client"] == DEMOS[0])
    arguments = {"notebook": subject.notebook, "parameters": subject.parameters, "repeat": bench.repeat}
    for part, top in inside("profile", **arguments).items():
        rows = ([place, f"{1000 * seconds:.0f}", str(calls)] for place, seconds, calls in top)
        show(f"{subject.name}: {part}, by own time", ["function", "ms", "calls"], rows)


PARTS: dict[str, Callable[[Bench], None]] = {
    each.__name__: each for each in (notebooks, batch, unchanged, memory, workers, profile)
}


def machine() -> str:
    """Return what the figures were measured on."""
    cpu = Path("/proc/cpuinfo")
    names = (
        [line.split(":")[1].strip() for line in cpu.read_text().splitlines() if line.startswith("model name")]
        if cpu.exists()
        else []
    )
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, {dt.date.today()}"


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--times", type=int, default=1000, help="notebooks of the part memory")
    parser.add_argument(
        "--size", type=int, default=12, help="real notebooks of the part batch; four times as many of the reference"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="workbook-bench-") as folder:
        bench = Bench(Path(folder), options.repeat, options.times, options.size)
        for name in options.parts or PARTS:
            PARTS[name](bench)


if __name__ == "__main__":
    main()
