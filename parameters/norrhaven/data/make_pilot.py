"""Make the records of the drafting pilot of the fictional client Norrhaven Services SE: invented, seeded.

    python make_pilot.py

One row for each letter or e-mail that was allotted to an arm, and the answers of the clerks on usability. What is
planted: an effect between the worthwhile and the planned one, more for the second version of the drafts than for the
first; guardrails that hold; drafts that fail in eight ways; practice letters, replayed letters, repeated rows, timers
that were left running or never started, replies that nobody reviewed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from made_data import Percentiles, after_office_hours, at, choose, csv_text, draw, kept, write_csv
from make_letters import CHANNELS, LANGUAGES, TOPICS

HERE = Path(__file__).resolve().parent
REPLY_FILE = "pilot_replies.csv.gz"
USABILITY_FILE = "pilot_usability.csv"
SEED = 20250414
LETTERS = 8060

FIRST_DAY, LAST_DAY = dt.date(2025, 4, 14), dt.date(2025, 5, 23)
SECOND_VERSION = dt.date(2025, 5, 5)
# From this day on a topic is left out, in both arms.
LEFT_OUT, LEFT_OUT_FROM = "HOUSING-LIST", dt.date(2025, 4, 28)

# Teams of contracts A and B, and of contract C; clerks of each, 27 in all.
TEAMS = {"team-a": 5, "team-b": 4, "team-c": 5, "team-d": 4, "team-e": 5, "team-f": 4}

# Working hours for a reply as before: a median of 20 minutes, nine in ten under 45.
WORKING_HOURS: Percentiles = (
    (0, 0.030),
    (0.01, 0.074),
    (0.025, 0.094),
    (0.05, 0.115),
    (0.1, 0.145),
    (0.15, 0.170),
    (0.2, 0.192),
    (0.3, 0.236),
    (0.4, 0.281),
    (0.5, 0.330),
    (0.6, 0.388),
    (0.7, 0.462),
    (0.8, 0.566),
    (0.85, 0.641),
    (0.9, 0.750),
    (0.95, 0.946),
    (0.975, 1.158),
    (0.99, 1.465),
    (1, 3.600),
)
# Office hours from registration until a clerk opens the case.
WAITED: Percentiles = ((0, 0.1), (0.5, 2.5), (0.8, 6), (0.95, 11), (1, 18))
# How the pace of clerks spreads around that of all.
PACE: Percentiles = ((0, 0.88), (0.5, 1.0), (1, 1.14))
# Part of the working time that is left with a draft, by version, and its spread over clerks.
WITH_DRAFT = {"1.0": 0.63, "1.1": 0.55}
GAIN: Percentiles = ((0, 0.95), (0.5, 1.0), (1, 1.06))

# Ways in which a draft fails: the share of cases they befall by version, and whether people get the case without one.
FAILURES: tuple[tuple[str, float, float, bool], ...] = (
    ("no-rule-found", 0.058, 0.031, True),
    ("late-draft", 0.034, 0.026, True),
    ("wrong-rule", 0.036, 0.022, False),
    ("half-answered", 0.029, 0.024, False),
    ("wrong-tone", 0.018, 0.012, False),
    ("invented-reference", 0.007, 0.003, False),
)
UNREADABLE, WRONG_LANGUAGE = "unreadable-scan", "wrong-language"
UNREADABLE_LETTERS = 0.145
WRONG_LANGUAGE_IRISH = {"1.0": 0.21, "1.1": 0.05}

COLUMNS = (
    "case",
    "contract",
    "team",
    "clerk",
    "channel",
    "language",
    "topic",
    "arm",
    "registered_at",
    "opened_at",
    "working_hours",
    "version",
    "used",
    "fallback",
    "failure",
    "corrected",
    "wrote_again",
    "within_72_hours",
    "production",
)


@dataclass(frozen=True)
class Clerk:
    """Somebody who answers letters: the team, the pace without a draft, what a draft gains, and the liking for it."""

    id: str
    team: str
    pace: float
    gain: float
    liking: float


@dataclass(frozen=True)
class Draft:
    """What became of the draft of a case."""

    version: str = ""
    used: bool = False
    fallback: bool = False
    failure: str = ""


NO_DRAFT = Draft()


def make_pilot(folder: Path, seed: int = SEED, count: int = LETTERS) -> None:
    """Write the replies and the answers on usability to `folder`; the same seed gives the same text."""
    random = Random(seed)
    clerks = [
        Clerk(f"K{number:02}", team, draw(PACE, random), draw(GAIN, random), 0.60 + 0.26 * random.random())
        for number, team in enumerate((team for team, size in TEAMS.items() for _ in range(size)), start=11)
    ]
    text = csv_text(COLUMNS, _replies(clerks, count, random))
    # A zero modification time keeps the compressed file free of the clock.
    (folder / REPLY_FILE).write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))
    write_csv(folder / USABILITY_FILE, USABILITY_COLUMNS, _usability(random))


def _replies(clerks: Sequence[Clerk], count: int, random: Random) -> Iterator[list[str]]:
    days = (LAST_DAY - FIRST_DAY).days + 1
    arrivals = sorted(
        at(FIRST_DAY + dt.timedelta(days=int(random.random() * days)), 360 + random.random() * 960)
        for _ in range(count)
    )
    for number, registered in enumerate(arrivals, start=520_001):
        row = _reply(number, registered, clerks, random)
        if row:
            # Some exports held a page twice.
            yield from [row] * (2 if random.random() < 0.003 else 1)


def _reply(number: int, registered: dt.datetime, clerks: Sequence[Clerk], random: Random) -> list[str] | None:
    clerk = clerks[int(random.random() * len(clerks))]
    channel, language, topic = choose(CHANNELS, random), choose(LANGUAGES, random), _topic(random)
    is_draft = random.random() < 0.5
    opened = after_office_hours(registered, draw(WAITED, random))
    drafted = _draft(clerk, channel, language, opened, random)
    draft = drafted if is_draft else NO_DRAFT
    row = [
        f"C{number}",
        _contract(clerk, random),
        clerk.team,
        clerk.id,
        channel,
        kept(language, 0.985, random),
        topic,
        _arm(is_draft, registered, random),
        str(registered),
        str(opened),
        _timed(draw(WORKING_HOURS, random) * clerk.pace * _left(draft, is_draft, clerk), random),
        draft.version,
        _flag(draft.used) if is_draft else "",
        _flag(draft.fallback) if is_draft else "",
        draft.failure,
        kept(_flag(random.random() < _chance_of_correction(draft, language)), 0.988, random),
        _flag(random.random() < (0.116 if draft.used else 0.12)),
        _flag(random.random() < (0.56 if draft.used else 0.47)),
        # In the first two days letters of 2024 were put in again, to try out what happens when no draft comes.
        _flag(registered.date() > FIRST_DAY + dt.timedelta(days=1) or random.random() > 0.15),
    ]
    return None if topic == LEFT_OUT and registered.date() >= LEFT_OUT_FROM else row


def _contract(clerk: Clerk, random: Random) -> str:
    if clerk.team in ("team-e", "team-f"):
        return "C"
    share = random.random()
    # The four teams of contracts A and B help out with C.
    return "A" if share < 0.23 else "B" if share < 0.36 else "C"


def _topic(random: Random) -> str:
    """Return a topic, now and then none or one that says nothing."""
    # Squaring favours the first topics.
    topic = TOPICS[int(random.random() * random.random() * len(TOPICS))]
    share = random.random()
    if share < 0.041:
        return ""
    return "OTHER" if share < 0.11 else topic


def _arm(is_draft: bool, registered: dt.datetime, random: Random) -> str:
    """Return the arm; practice letters of the first week were allotted to none."""
    if random.random() < 0.03 and registered.date() < FIRST_DAY + dt.timedelta(days=7):
        return "practice"
    return "draft" if is_draft else "usual"


def _draft(clerk: Clerk, channel: str, language: str, opened: dt.datetime, random: Random) -> Draft:
    version = "1.1" if opened.date() >= SECOND_VERSION else "1.0"
    failure, fallback = _failure(version, channel, language, random)
    # A wrong draft is now and then mended; the use of right ones grows with the weeks.
    weeks = (opened.date() - FIRST_DAY).days / 7
    liking = 0.25 if failure else clerk.liking + 0.012 * weeks
    used = random.random() < liking and not fallback
    return Draft(version, used, fallback, failure)


def _failure(version: str, channel: str, language: str, random: Random) -> tuple[str, bool]:
    """Return how the draft fails, if it does, and whether people get the case without one."""
    if channel == "letter" and random.random() < UNREADABLE_LETTERS:
        return UNREADABLE, True
    if language == "ga" and random.random() < WRONG_LANGUAGE_IRISH[version]:
        return WRONG_LANGUAGE, False
    share = random.random()
    for mode, first, second, fallback in FAILURES:
        share -= first if version == "1.0" else second
        if share < 0:
            return mode, fallback
    return "", False


def _left(draft: Draft, is_draft: bool, clerk: Clerk) -> float:
    """Return the part of the working time that is left."""
    if draft.used:
        return (1.15 if draft.failure else 1.0) * WITH_DRAFT[draft.version] * clerk.gain
    # A draft that is read and put aside costs a little.
    return 1.05 if is_draft and not draft.fallback else 1.0


def _timed(hours: float, random: Random) -> str:
    """Return what the timer shows: now and then nothing, no time at all, or a night."""
    share = random.random()
    if share < 0.007:
        return ""
    if share < 0.0076:
        return "0"
    return f"{hours + 15.5:.4f}" if share < 0.009 else f"{hours:.4f}"


def _chance_of_correction(draft: Draft, language: str) -> float:
    if not draft.used:
        return 0.059
    return (0.056 if language == "en" else 0.076) + (0.12 if draft.failure else 0.0)


def _flag(holds: bool) -> str:
    return "yes" if holds else "no"


# --- usability -------------------------------------------------------------------------------------------------------

USABILITY_COLUMNS = ("person", "site", *(f"q{number}" for number in range(1, 11)))
# Answers to the ten statements of the scale, from strong disagreement (1) to strong agreement (5); the odd statements
# praise the system and the even ones blame it. Each row holds the shares up to the answers 1 to 4.
PRAISE = (0.02, 0.08, 0.24, 0.71)
BLAME = (0.29, 0.72, 0.89, 0.97)


def _usability(random: Random) -> Iterator[list[str]]:
    """Yield the answers of 25 of the 27 clerks; one has left a statement out."""
    for number in range(1, 26):
        # Who likes the drafts answers all ten statements a little better.
        mood = 0.36 * (random.random() - 0.5)
        answers = [
            _answer(PRAISE if statement % 2 else BLAME, -mood if statement % 2 else mood, random)
            for statement in range(1, 11)
        ]
        if number == 17:
            answers[4] = ""
        yield [f"P{number:02}", "Limerick" if number <= 14 else "Breda", *answers]


def _answer(shares: Sequence[float], mood: float, random: Random) -> str:
    share = random.random() - mood * 0.5
    return str(1 + sum(share >= border for border in shares))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the random numbers (default %(default)s)")
    parser.add_argument("--count", type=int, default=LETTERS, help="number of letters (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    options = parser.parse_args(arguments)
    make_pilot(options.folder, options.seed, options.count)


if __name__ == "__main__":
    main()
