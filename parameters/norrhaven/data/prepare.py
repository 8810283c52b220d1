"""Move the dates of the public incident log by whole weeks, so that it fits the fictional client.

python prepare.py ORIGINAL
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCIDENT_FILE = "incident_event_log.csv.gz"
INCIDENT_TIMES = ("opened_at", "sys_updated_at", "resolved_at", "closed_at")
# 413 weeks bring the last event, 18 February 2017, to 18 January 2025, and keep each weekday.
INCIDENT_WEEKS = 413


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the moved log."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("original", type=Path, help="the published log, a gzipped CSV")
    parser.add_argument("--weeks", type=int, default=INCIDENT_WEEKS, help="weeks to add (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    options = parser.parse_args(arguments)
    shift_incidents(options.original, options.folder / INCIDENT_FILE, options.weeks)


if __name__ == "__main__":
    main()
