"""Make the register of letters and e-mails of the fictional client Norrhaven Services SE: invented, seeded.

    python make_letters.py

One row for each letter or e-mail of two contracts, with the lengths of the texts but not the texts themselves.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from random import Random

from made_data import OFFICE, Percentiles, after_office_hours, at, choose, draw, kept, next_within, write_csv

HERE = Path(__file__).resolve().parent
LETTER_FILE = "correspondence_records.csv"
SEED = 20250128
LETTERS = 4000

FIRST_DAY, LAST_DAY = dt.date(2024, 10, 1), dt.date(2024, 12, 31)
EXTRACTED = dt.datetime(2025, 1, 28)

CHANNELS = ("e-mail", "e-mail", "e-mail", "form", "form", "letter", "letter")
LANGUAGES = ("en", "en", "en", "en", "en", "en", "nl", "nl", "fr", "ga")
# The first topics are the most frequent.
TOPICS = (
    "WASTE-COLLECTION",
    "RESIDENT-PARKING",
    "PROPERTY-TAX",
    "FEE-REMINDER",
    "ADDRESS-CHANGE",
    "CERTIFICATE-COPY",
    "HOUSING-LIST",
    "SCHOOL-TRANSPORT",
    "ROAD-REPAIR",
    "PLANNING-OBJECTION",
    "STREET-LIGHTING",
    "DOG-LICENCE",
    "BURIAL-GROUND",
    "MARKET-STALL",
    "NOISE",
    "LIBRARY",
)
TEAMS = ("team-a", "team-b", "team-c", "team-d")

# Hours until a letter is registered, and office hours from there to the reply.
REGISTERED: Percentiles = ((0, 0.02), (0.6, 1.5), (0.85, 9), (0.95, 30), (1, 130))
REPLIED: Percentiles = ((0, 0.5), (0.5, 15), (0.8, 38), (0.95, 85), (1, 240))
LETTER_LENGTH: Percentiles = ((0, 90), (0.5, 780), (0.9, 2600), (1, 9000))
REPLY_LENGTH: Percentiles = ((0, 240), (0.5, 1150), (0.9, 2500), (1, 6000))

COLUMNS = (
    "case",
    "contract",
    "channel",
    "language",
    "topic",
    "received_at",
    "registered_at",
    "replied_at",
    "team",
    "letter_characters",
    "reply_characters",
    "text_block",
    "review",
)


def make_letters(folder: Path, seed: int = SEED, count: int = LETTERS) -> None:
    """Write the register to `folder`; the same seed gives the same bytes."""
    random = Random(seed)
    days = (LAST_DAY - FIRST_DAY).days + 1
    arrivals = sorted(
        at(FIRST_DAY + dt.timedelta(days=int(random.random() * days)), 360 + random.random() * 960)
        for _ in range(count)
    )
    rows = []
    for number, received in enumerate(arrivals, start=410_001):
        row = _letter(number, received, random)
        # Who does not hear soon writes again, and some of these are entered under the same case.
        rows += [row] * (2 if random.random() < 0.007 else 1)
    write_csv(folder / LETTER_FILE, COLUMNS, rows)


def _letter(number: int, received: dt.datetime, random: Random) -> list[str]:
    channel = choose(CHANNELS, random)
    registered = received + dt.timedelta(seconds=int(draw(REGISTERED, random) * 3600))
    if channel == "letter":
        registered = next_within(registered, OFFICE)
    replied = after_office_hours(registered, draw(REPLIED, random))
    is_answered = replied < EXTRACTED
    # A scan that could not be read has no text; letters suffer from it most.
    readable = 0.81 if channel == "letter" else 0.985
    return [
        f"C{number}",
        "A" if random.random() < 0.64 else "B",
        channel,
        kept(choose(LANGUAGES, random), 0.972, random),
        _topic(random),
        str(received),
        str(registered),
        str(replied) if is_answered else "",
        choose(TEAMS, random),
        kept(str(int(draw(LETTER_LENGTH, random))), readable, random),
        kept(str(int(draw(REPLY_LENGTH, random))), 0.965, random) if is_answered else "",
        f"TB-{int(random.random() * 90) + 10}" if is_answered and random.random() < 0.33 else "",
        _review(random) if is_answered else "",
    ]


def _topic(random: Random) -> str:
    """Return a topic, now and then none or one that says nothing."""
    # Squaring favours the first topics.
    topic = TOPICS[int(random.random() * random.random() * len(TOPICS))]
    share = random.random()
    if share < 0.062:
        return ""
    return "OTHER" if share < 0.15 else topic


def _review(random: Random) -> str:
    share = random.random()
    return "corrected" if share < 0.06 else "passed" if share < 0.31 else "not reviewed"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the random numbers (default %(default)s)")
    parser.add_argument("--count", type=int, default=LETTERS, help="number of letters (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    options = parser.parse_args(arguments)
    make_letters(options.folder, options.seed, options.count)


if __name__ == "__main__":
    main()
