"""What the generators of invented data share: draws that are the same everywhere, working time, and writing CSV.

Only the standard library is used, and of its random numbers only `Random.random`, whose sequence Python promises to
keep. Durations come from tables of percentiles joined by straight lines, so no logarithm or exponential of the
platform enters: the same seed gives the same bytes everywhere.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

# Public holidays in Poland, where the accounting centre sits, and for the pilot of spring 2025 in Ireland.
HOLIDAYS = frozenset(
    map(
        dt.date.fromisoformat,
        (
            *("2024-08-15", "2024-11-01", "2024-11-11", "2024-12-25", "2024-12-26", "2025-01-01", "2025-01-06"),
            *("2025-04-21", "2025-05-05"),
        ),
    )
)
OFFICE = (8 * 60, 17 * 60)

Percentiles = tuple[tuple[float, float], ...]


def draw(table: Percentiles, random: Random) -> float:
    """Return a value from a table of percentiles, straight between two of them."""
    share = random.random()
    for (low_share, low), (high_share, high) in pairwise(table):
        if share <= high_share:
            return low + (high - low) * (share - low_share) / (high_share - low_share)
    return table[-1][1]


def choose(options: Sequence[str], random: Random) -> str:
    """Return one of the options, each as likely as the others."""
    return options[int(random.random() * len(options))]


def kept(text: str, share: float, random: Random) -> str:
    """Return the text in this share of cases, otherwise nothing."""
    return text if random.random() < share else ""


def is_workday(day: dt.date) -> bool:
    """Return whether people work on this day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def at(day: dt.date, minutes: float) -> dt.datetime:
    """Return the moment so many minutes after the midnight that begins the day."""
    return dt.datetime(day.year, day.month, day.day) + dt.timedelta(seconds=int(minutes * 60))


def next_within(moment: dt.datetime, window: tuple[int, int]) -> dt.datetime:
    """Return the first moment, not before `moment`, inside the window of a working day."""
    day = moment.date()
    while not is_workday(day) or moment >= at(day, window[1]):
        day += dt.timedelta(days=1)
        moment = at(day, window[0])
    return max(moment, at(day, window[0]))


def after_office_hours(moment: dt.datetime, hours: float) -> dt.datetime:
    """Return the moment when `hours` of office time have passed since `moment`."""
    seconds = int(hours * 3600)
    moment = next_within(moment, OFFICE)
    while True:
        left_today = int((at(moment.date(), OFFICE[1]) - moment).total_seconds())
        if seconds < left_today:
            return moment + dt.timedelta(seconds=seconds)
        seconds -= left_today
        moment = next_within(at(moment.date(), OFFICE[1]), OFFICE)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file in UTF-8 with plain line ends."""
    path.write_bytes(csv_text(columns, rows).encode("utf-8"))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a CSV file with plain line ends."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return lines.getvalue()
