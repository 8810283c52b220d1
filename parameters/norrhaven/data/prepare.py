"""Move the dates of public data by whole weeks, so that they fit the fictional client.

python prepare.py incidents ORIGINAL
python prepare.py notices ORIGINAL
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCIDENT_FILE = "incident_event_log.csv.gz"
INCIDENT_TIMES = ("opened_at", "sys_updated_at", "resolved_at", "closed_at")
# 413 weeks bring the last event, 18 February 2017, to 18 January 2025, and keep each weekday.
INCIDENT_WEEKS = 413

NOTICE_FILE = "notice_tests.csv"
# Twelve weeks, 22 April to 14 July 2013; 621 weeks bring the first day to 17 March 2025.
NOTICE_WINDOW = (201316, 201327)
NOTICE_WEEKS = 621


def shift_incidents(original: Path, target: Path, weeks: int = INCIDENT_WEEKS) -> None:
    """Write a copy of the incident log whose four time columns lie `weeks` weeks later.

    Text, order and the way dates are written (day/month/year hour:minute, day and month without leading zero) stay.
    """
    lines = io.StringIO(newline="")
    with gzip.open(original, "rt", encoding="utf-8", newline="") as source:
        csv.writer(lines, lineterminator="\n").writerows(_shifted_rows(csv.reader(source), dt.timedelta(weeks=weeks)))
    # A zero modification time keeps the compressed file free of the clock.
    target.write_bytes(gzip.compress(lines.getvalue().encode("utf-8"), compresslevel=9, mtime=0))


def _shifted_rows(rows: Iterator[list[str]], by: dt.timedelta) -> Iterator[list[str]]:
    header = next(rows)
    yield header
    positions = [header.index(column) for column in INCIDENT_TIMES]
    known = {"?": "?"}
    for row in rows:
        for position in positions:
            text = row[position]
            if text not in known:
                known[text] = _shifted(text, by)
            row[position] = known[text]
        yield row


def _shifted(text: str, by: dt.timedelta) -> str:
    moment = dt.datetime.strptime(text, "%d/%m/%Y %H:%M") + by
    return f"{moment.day}/{moment.month}/{moment.year} {moment:%H:%M}"


def cut_notices(
    original: Path, target: Path, window: tuple[int, int] = NOTICE_WINDOW, weeks: int = NOTICE_WEEKS
) -> None:
    """Write the tests that lie within a window of weeks, with the first day of the week `weeks` weeks later.

    A test that runs into a week outside the window is left out as a whole. Everything else stays as it is.
    """
    with original.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    weeks_of = defaultdict(set)
    for row in rows:
        weeks_of[row["test_id"]].add(int(row["test_week"]))
    first, last = window
    kept = {test for test, seen in weeks_of.items() if first <= min(seen) and max(seen) <= last}
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("test_id", "week_begins", "arm", "impressions", "clicks"))
    for row in rows:
        if row["test_id"] in kept:
            day = monday_of(int(row["test_week"])) + dt.timedelta(weeks=weeks)
            writer.writerow((row["test_id"], day, row["arm"], row["impressions"], row["clicks"]))
    target.write_bytes(lines.getvalue().encode("utf-8"))


def monday_of(week: int) -> dt.date:
    """Return the first day of a week such as 201316, counted from the first Monday of the year.

    >>> monday_of(201316)
    datetime.date(2013, 4, 22)
    """
    return dt.datetime.strptime(f"{week} 1", "%Y%W %w").date()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the moved data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", choices=("incidents", "notices"), help="which of the two")
    parser.add_argument("original", type=Path, help="the published file: a gzipped CSV of incidents, a CSV of tests")
    parser.add_argument("--folder", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    options = parser.parse_args(arguments)
    if options.data == "incidents":
        shift_incidents(options.original, options.folder / INCIDENT_FILE)
    else:
        cut_notices(options.original, options.folder / NOTICE_FILE)


if __name__ == "__main__":
    main()
