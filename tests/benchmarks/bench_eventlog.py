"""Baseline of a large event log: seconds, peak memory and the ratio to the same figures in plain pandas.

    python tests/benchmarks/bench_eventlog.py
    python tests/benchmarks/bench_eventlog.py --events 16000000 --memory-limit 1GB --no-pandas

The log is made from the public incident log by copying its cases under new ids, as CSV and as Parquet with all 29
columns, in a temporary folder. Each measurement runs in a process of its own, so that its peak memory is its own; the
file is read within the measurement.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from workbook.methods.eventlog import LogColumns, LogRules, measure_event_log
from workbook.methods.tables import connect, open_table

INCIDENTS = Path(__file__).parents[2] / "parameters" / "norrhaven" / "data" / "incident_event_log.csv.gz"
COLUMNS = LogColumns("number", "incident_state", "sys_updated_at", resource="sys_updated_by", sequence="sys_mod_count")
RULES = LogRules(
    timezone="Europe/Berlin",
    timestamp_format="%d/%m/%Y %H:%M",
    missing=("?",),
    end_activities=("Closed",),
    system_resources=("908",),
)
Figures = dict[str, float]


def write_logs(folder: Path, events: int) -> tuple[Path, Path]:
    """Write the incident log so many times over that it has about `events` rows, as CSV and as Parquet."""
    csv, parquet = folder / "log.csv", folder / "log.parquet"
    # Keeping the order of the rows would keep all copies in memory.
    config = {"memory_limit": "2GB", "threads": 2, "temp_directory": str(folder), "preserve_insertion_order": False}
    with duckdb.connect(config=config) as con:
        con.execute(f"CREATE TABLE incidents AS FROM read_csv('{INCIDENTS.as_posix()}', all_varchar = true)")
        copies = math.ceil(events / 141_712)
        con.execute(
            f"COPY (SELECT log.* REPLACE (number || '-' || lpad(CAST(copy AS VARCHAR), 4, '0') AS number) "
            f"FROM incidents AS log, range({copies}) AS copies(copy)) TO '{parquet.as_posix()}'"
        )
        con.execute(f"COPY (FROM read_parquet('{parquet.as_posix()}')) TO '{csv.as_posix()}'")
    return csv, parquet


def by_workbook(file: Path, memory_limit: str | None) -> Figures:
    """Measure the baseline as the workbook does."""
    with tempfile.TemporaryDirectory() as spill, connect(memory_limit, threads=2, temp_directory=spill) as con:
        open_table(con, file, name="log")
        found = measure_event_log(con, "log", COLUMNS, RULES)
    duplicates = next(each for each in found.filters if each.id == "duplicate")
    return {
        "events": float(found.events or 0),
        "cases": found.cases,
        "duplicates": duplicates.lost,
        "P50": found.lead_time.p50.value or math.nan,
        "P95": found.lead_time.p95.value or math.nan,
        "rework": found.rework_rate.value or math.nan,
        "automation": found.automation_rate.value or math.nan,
        "repeats": found.repeats_per_case.value or math.nan,
    }


def by_pandas(file: Path, memory_limit: str | None) -> Figures:
    """Measure the same figures with plain pandas, reading only the columns it needs."""
    names = ["number", "incident_state", "sys_updated_at", "sys_updated_by", "sys_mod_count"]
    log = pd.read_parquet(file, columns=names) if file.suffix == ".parquet" else read_text(file, names)
    rows = len(log)
    log = log.drop_duplicates()
    local = pd.to_datetime(log["sys_updated_at"], format="%d/%m/%Y %H:%M")
    log["time"] = local.dt.tz_localize("Europe/Berlin", ambiguous=False, nonexistent=pd.Timedelta("1h"))
    log["step"] = log["sys_mod_count"].astype(int)
    log = log.sort_values(["number", "time", "step"])
    by_case = log.groupby("number", sort=False)
    is_done = by_case["incident_state"].last() == "Closed"
    hours = ((by_case["time"].last() - by_case["time"].first()) / pd.Timedelta("1h"))[is_done].sort_values()
    begins_run = (log["incident_state"] != log["incident_state"].shift()) | (log["number"] != log["number"].shift())
    runs = log[begins_run].groupby("number", sort=False)["incident_state"].agg(["size", "nunique"])[is_done]
    repeats = runs["size"] - runs["nunique"]
    is_system = (log["sys_updated_by"] == "908").groupby(log["number"], sort=False).all()
    return {
        "events": len(log),
        "cases": len(is_done),
        "duplicates": rows - len(log),
        "P50": hours.iloc[math.ceil(len(hours) * 0.5) - 1],
        "P95": hours.iloc[math.ceil(len(hours) * 0.95) - 1],
        "rework": (repeats > 0).mean(),
        "automation": is_system[is_done].mean(),
        "repeats": repeats.mean(),
    }


def read_text(file: Path, names: list[str]) -> pd.DataFrame:
    """Read columns of a CSV file as text."""
    return pd.read_csv(file, usecols=names, dtype=str, keep_default_na=False)


def peak_megabytes() -> float:
    """Return the peak memory of this process from the Linux kernel; NaN on other platforms.

    `resource.getrusage` would start from the peak of the parent process.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return math.nan
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def timed(measure: Callable[[Path, str | None], Figures], file: Path, limit: str | None) -> tuple[Figures, float, ...]:
    """Return figures, wall and processor seconds, and megabytes before and at the peak."""
    before, wall, processor = peak_megabytes(), time.perf_counter(), time.process_time()
    figures = measure(file, limit)
    return figures, time.perf_counter() - wall, time.process_time() - processor, before, peak_megabytes()


def best_of(repeat: int, *arguments: object) -> tuple[Figures, float]:
    """Run a measurement in fresh processes, print each run, and return its figures and its best wall seconds."""
    best = math.inf
    for _ in range(repeat):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            figures, wall, processor, before, peak = pool.apply(timed, arguments)
        print(f"    {wall:6.2f} s wall, {processor:6.2f} s processor, {before:5.0f} -> {peak:5.0f} MB at the peak")
        best = min(best, wall)
    return figures, best


def main() -> None:
    """Make the logs, measure, and print seconds, megabytes and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_600_000)
    parser.add_argument("--memory-limit")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-pandas", action="store_true")
    options = parser.parse_args()
    print(f"DuckDB {duckdb.__version__} on 2 threads, pandas {pd.__version__}, limit {options.memory_limit or 'none'}")
    with tempfile.TemporaryDirectory() as folder:
        for file in write_logs(Path(folder), options.events):
            print(f"{file.name} ({file.stat().st_size / 1e6:.0f} MB)\n  workbook")
            figures, seconds = best_of(options.repeat, by_workbook, file, options.memory_limit)
            print(f"    {figures}")
            if options.no_pandas:
                continue
            print("  pandas")
            others, other_seconds = best_of(options.repeat, by_pandas, file, None)
            differing = {name for name in figures if not math.isclose(figures[name], others[name])}
            print(f"  pandas / workbook: {other_seconds / seconds:.1f} times the seconds")
            print(f"  figures {f'DIFFER: {sorted(differing)} {others}' if differing else 'equal'}")


if __name__ == "__main__":
    main()
