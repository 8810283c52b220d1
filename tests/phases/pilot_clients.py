"""A tiny client whose pilot has ended: 400 letters with round numbers, and the charter of `prioritize_clients`."""

from __future__ import annotations

import copy
import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import yaml
from assess_clients import Data
from prioritize_clients import PilotingClient, piloting

from workbook.engagement import Engagement
from workbook.engagement.approve import Approved, approve
from workbook.phases.explain import content_to_freeze
from workbook.phases.pilot import PilotResult, pilot

START = dt.date(2026, 11, 2)
AS_OF = "2027-02-28"
PERIODS = [dt.date(2026, 9, 7) + dt.timedelta(weeks=n) for n in range(16)]
WIGGLE = (0.01, -0.02, 0.015, -0.005, 0.02, -0.01)
PRIORITIZED: Data = {"decision": "approved", "by": "ann", "date": "2026-10-20", "selected": ["post-sorting"]}

PILOT: Data = {
    "started": "2026-11-02",
    "ended": "2027-01-25",
    "data_sources": [
        {"id": "letters", "name": "Letters", "kind": "table", "file": "data/letters.csv", "extracted": "2027-01-25"}
    ],
    "cases": {
        "source": "letters",
        "case": "letter",
        "arm": "arm",
        "date": "day",
        "used": "used",
        "fallback": "fallback",
        "failure": "failure",
        "production": "real",
        "outcomes": {"sorted": "sorted", "correct": "correct"},
        "arms": {"pilot": ["new"], "baseline": ["old"]},
    },
    "looks": [{"date": "2026-12-14", "planned": True}, {"date": "2027-01-25", "planned": True}],
    "fallback": {"description": "People sort the letter", "tested": "yes"},
    "blockers": [],
}


def letters(
    arm: str, count: int, sorted_: int, correct: int, used: int = 0, failed: int = 0, back: int = 0
) -> list[Data]:
    """Return letters of an arm over 84 days, the first ones with the outcome, and with the other properties as well.

    Each property is spread over all days by its own step, so that the weeks are alike.
    """
    flags = {"sorted": sorted_, "correct": correct, "used": used, "fallback": back}
    return [
        {
            "letter": f"{arm}{n}",
            "arm": arm,
            "day": str(START + dt.timedelta(days=n * 84 // count)),
            **{name: "yes" if n * yes % count < yes else "no" for name, yes in flags.items()},
            "failure": "torn" if n * failed % count < failed else "",
            "real": "yes",
        }
        for n in range(count)
    ]


def staggered(
    units: int = 24, drift: float = 0.0, without: Callable[[int, int], bool] = lambda unit, n: False
) -> list[str]:
    """Return levels of teams of which every other begins in week 8, and gains 0.2."""
    lines, random = ["team,week,level,begins"], Random(1)
    for unit in range(units):
        begins = PERIODS[8] if unit % 2 else ""
        for n, period in enumerate(PERIODS):
            if without(unit, n):
                continue
            gain = (0.2 if n >= 8 else 0.0) + drift * n if unit % 2 else 0.0
            level = 0.4 + 0.005 * unit + 0.003 * n + gain + random.gauss(0, 0.015)
            lines.append(f"t{unit},{period},{level:.6f},{begins}")
    return lines


def series(begin: int = 8) -> list[str]:
    """Return levels of one series that gains 0.2 when it begins, beside another that does not."""
    lines = ["week,level,other"]
    for n, period in enumerate(PERIODS):
        level = 0.45 + (0.2 if n >= begin else 0.0) + WIGGLE[n * 5 % 6]
        lines.append(f"{period},{level:.6f},{0.4 + WIGGLE[n * 3 % 6] / 2:.6f}")
    return lines


@dataclass
class PilotedClient:
    """A tiny client with its pilot, to be changed before it is written."""

    planned: PilotingClient
    pilot: Any = field(default_factory=lambda: copy.deepcopy(PILOT))
    rows: list[Data] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def charter(self) -> Data:
        return self.planned.charter

    def engagement(self, as_of: str = AS_OF) -> Engagement:
        folder = self.planned.tiny.folder
        if self.rows:
            names = list(self.rows[0])
            lines = [",".join(names), *(",".join(str(row[name]) for name in names) for row in self.rows)]
            self.files["data/letters.csv"] = "\n".join(lines) + "\n"
        self.planned.tiny.files |= self.files
        folder.mkdir(parents=True, exist_ok=True)
        text = yaml.dump(self.pilot, Dumper=yaml.CSafeDumper, sort_keys=False)
        (folder / "pilot.yaml").write_text(text, encoding="utf-8")
        return self.planned.engagement(as_of)

    def approved(self, date: str = "2026-10-20") -> Approved:
        """Freeze the charter as it stands now."""
        self.planned.tiny.client["gates"]["prioritize"] = PRIORITIZED | {"date": date}
        engagement = self.engagement()
        return approve(engagement, "prioritize", content_to_freeze(engagement, "prioritize"))

    def withdraw_approval(self) -> None:
        """Delete what was approved."""
        shutil.rmtree(self.planned.tiny.folder / "approved", ignore_errors=True)

    def approved_again(self) -> Approved:
        """Freeze the charter as it stands now, as if no other had been approved before."""
        self.withdraw_approval()
        return self.approved()

    def with_counts(self, lines: list[str], **columns: str) -> None:
        """Give counts by arm and week in place of cases."""
        del self.pilot["cases"]
        self._replace_letters(lines)
        self.pilot["counts"] = {
            "source": "letters", "arm": "arm", "period": "week", "cases": "cases",
            "counts": {"sorted": "sorted", "correct": "correct"}, "arms": {"pilot": ["new"], "baseline": ["old"]},
        } | columns  # fmt: skip

    def with_panel(self, lines: list[str], kind: str, weeks: int = 12, **columns: str) -> None:
        """Give levels by week in place of cases, under a charter that agreed on this kind of comparison."""
        for key in ("cases", "looks"):
            self.pilot.pop(key, None)
        self._replace_letters(lines)
        self.pilot["panel"] = {"source": "letters", "period": "week", "level": "level"} | columns
        self.charter["design"] |= {"kind": kind, "looks": {"weeks": [weeks]}}
        self.approved_again()

    def with_stages(self, weeks: int = 12, **teams: Any) -> None:
        """Let half of the teams begin in week 8; eight weeks of the pilot are there."""
        self.with_panel(staggered(**teams), "staggered", weeks, unit="team", begins="begins")

    def with_series(self, weeks: int = 12, begin: int = 8, **columns: str) -> None:
        """Give one series of levels, before and after it begins."""
        self.with_panel(series(begin), "interrupted", weeks, begin=str(PERIODS[begin]), **columns)

    def _replace_letters(self, lines: list[str]) -> None:
        self.rows, self.files["data/letters.csv"] = [], "\n".join(lines) + "\n"

    def result(self, as_of: str = AS_OF) -> PilotResult:
        return pilot(self.engagement(as_of))


def piloted(folder: Path) -> PilotedClient:
    """Return the client: 140 of 200 letters sorted with the pilot, 90 of 200 before; 180 of 200 correct in both."""
    rows = letters("new", 200, 140, 180, used=150, failed=20, back=30) + letters("old", 200, 90, 180)
    planned = piloting(folder)
    # One candidate is enough, and quicker.
    del planned.prioritize["cases"][1:]
    return PilotedClient(planned, rows=rows)
