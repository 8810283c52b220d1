"""Make the data files of the fictional client Brauer Logistik GmbH: a seeded, invented extract of orders and claims.

    python prepare.py

`auftraege.csv` is written the way a German Excel saves it: windows-1252, semicolons, decimal commas, umlauts in names
and headings. `schadenfaelle.csv` holds 40 claims, too few for a 95th percentile. Only `Random.random` and straight
lines between percentiles are used, so the same seed gives the same bytes everywhere.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")

HERE = Path(__file__).resolve().parent
SEED = 20260928

ORDER_FILE, ORDERS = "auftraege.csv", 1200
CLAIM_FILE, CLAIMS = "schadenfaelle.csv", 40
FIRST_DAY, LAST_DAY = dt.date(2026, 6, 1), dt.date(2026, 9, 25)
FIRST_CLAIM = dt.date(2026, 3, 2)
EXTRACTED = dt.datetime(2026, 9, 28, 6)

PLACES = (
    ("Regensburg", "93055"),
    ("Nürnberg", "90451"),
    ("München", "80995"),
    ("Köln", "50735"),
    ("Würzburg", "97080"),
    ("Düsseldorf", "40549"),
    ("Lübeck", "23560"),
    ("Thüngersheim", "97291"),
    ("Linz", "4030"),
    ("Graz", "8055"),
    ("Sankt Pölten", "3100"),
    ("Wörgl", "6300"),
)
CHANNELS = ("E-Mail", "E-Mail", "E-Mail", "Telefon", "EDI", "EDI", "Portal")
WINDOWS = ("06:00", "08:00", "10:00", "12:00", "14:00")
CLAIM_KINDS = ("Transportschaden", "Fehlmenge", "Verspätung", "Falschlieferung")
SITES = ("Regensburg", "Nürnberg", "Linz", "Köln")

Percentiles = tuple[tuple[float, float], ...]
# Minutes from the arrival of an order to its entry: orders by EDI enter themselves.
ENTRY_DELAY: Percentiles = ((0, 4), (0.5, 95), (0.8, 260), (0.95, 840), (1, 2900))
WEIGHT_KG: Percentiles = ((0, 80), (0.5, 3400), (0.9, 14800), (1, 24000))
# Days from the report of a claim to its settlement.
CLAIM_DAYS: Percentiles = ((0, 2), (0.25, 9), (0.5, 19), (0.8, 41), (0.95, 88), (1, 140))

ORDER_COLUMNS = (
    "Auftragsnummer",
    "Kundennummer",
    "Kanal",
    "Eingang",
    "Erfasst",
    "Ladestelle",
    "Entladestelle",
    "PLZ Entladestelle",
    "Ladetermin",
    "Liefertermin",
    "Stellplätze",
    "Gewicht kg",
    "Frachtpreis EUR",
    "Status",
)
CLAIM_COLUMNS = ("vorgang", "gemeldet", "abgeschlossen", "status", "schadensart", "standort", "forderung_eur")


def make_files(folder: Path, seed: int = SEED) -> None:
    """Write both files to `folder`; the same seed gives the same bytes."""
    random = Random(seed)
    _write(folder / ORDER_FILE, ORDER_COLUMNS, _orders(random), "windows-1252", ";")
    _write(folder / CLAIM_FILE, CLAIM_COLUMNS, _claims(random), "utf-8", ",")


def _draw(table: Percentiles, random: Random) -> float:
    share = random.random()
    for (low_share, low), (high_share, high) in pairwise(table):
        if share <= high_share:
            return low + (high - low) * (share - low_share) / (high_share - low_share)
    return table[-1][1]


def _choose(options: Sequence[T], random: Random) -> T:
    return options[int(random.random() * len(options))]


def _moment(day: dt.date, minutes: float) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day) + dt.timedelta(minutes=int(minutes))


def _workday(day: dt.date) -> dt.date:
    """Return `day`, or the Monday after it where it falls on a weekend."""
    return day + dt.timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)


def _orders(random: Random) -> list[list[str]]:
    days = [FIRST_DAY + dt.timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    workdays = [day for day in days if day.weekday() < 5]
    arrivals = sorted(_moment(_choose(workdays, random), 360 + random.random() * 660) for _ in range(ORDERS))
    rows = []
    for number, arrived in enumerate(arrivals, start=260_001):
        row = _order(number, arrived, random)
        # The portal and the mailbox at times bring the same order twice.
        rows += [row] * (2 if random.random() < 0.011 else 1)
    return rows


def _order(number: int, arrived: dt.datetime, random: Random) -> list[str]:
    channel = _choose(CHANNELS, random)
    entered = arrived + dt.timedelta(minutes=1 if channel == "EDI" else int(_draw(ENTRY_DELAY, random)))
    loading = arrived.date() + dt.timedelta(days=1 + int(random.random() * 4))
    # In about one order of eighty the delivery date lies before the loading date.
    delivery = loading + dt.timedelta(days=-2 if random.random() < 0.013 else 1 + int(random.random() * 2))
    place, postcode = _choose(PLACES, random)
    weight = _draw(WEIGHT_KG, random)
    price = 85 + weight * 0.041 + random.random() * 160
    return [
        f"A{number}",
        f"K-{1000 + int(random.random() * random.random() * 420)}",
        channel,
        f"{arrived:%d.%m.%Y %H:%M}",
        f"{entered:%d.%m.%Y %H:%M}",
        _choose(PLACES, random)[0],
        place,
        _mostly(postcode, 0.92, "", random) if random.random() > 0.045 else f"D-{postcode}",
        f"{loading:%d.%m.%Y} {_choose(WINDOWS, random)}",
        f"{delivery:%d.%m.%Y} {_choose(WINDOWS, random)}",
        _mostly(str(1 + int(weight / 730)), 0.79, "k. A.", random),
        _mostly(_german(weight, 1), 0.86, "k. A.", random),
        _mostly(_german(price, 2), 0.97, "", random),
        _choose(("abgerechnet", "abgerechnet", "abgerechnet", "geliefert", "storniert"), random),
    ]


def _german(number: float, digits: int) -> str:
    """Write a number with a decimal comma and dots between thousands."""
    return f"{number:,.{digits}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _mostly(text: str, share: float, otherwise: str, random: Random) -> str:
    return text if random.random() < share else otherwise


def _claims(random: Random) -> list[list[str]]:
    span = (LAST_DAY - FIRST_CLAIM).days
    reported = sorted(
        _moment(FIRST_CLAIM + dt.timedelta(days=int(random.random() * span)), 420 + random.random() * 600)
        for _ in range(CLAIMS)
    )
    return [_claim(number, moment, random) for number, moment in enumerate(reported, start=1)]


def _claim(number: int, reported: dt.datetime, random: Random) -> list[str]:
    settled = _workday(reported.date() + dt.timedelta(days=int(_draw(CLAIM_DAYS, random))))
    closed = _moment(settled, 510 + random.random() * 510)
    is_closed = closed < EXTRACTED
    return [
        f"SF-2026-{number:03}",
        f"{reported:%Y-%m-%d %H:%M}",
        f"{closed:%Y-%m-%d %H:%M}" if is_closed else "",
        "abgeschlossen" if is_closed else _choose(("offen", "wartet auf Versicherer"), random),
        _choose(CLAIM_KINDS, random),
        _choose(SITES, random),
        f"{40 + random.random() * random.random() * 5200:.2f}",
    ]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], encoding: str, delimiter: str) -> None:
    with path.open("w", encoding=encoding, newline="") as target:
        writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n" if delimiter == ";" else "\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the random numbers (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    options = parser.parse_args(arguments)
    make_files(options.folder, options.seed)


if __name__ == "__main__":
    main()
