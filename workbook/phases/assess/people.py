"""Interviews: who was heard on which process, and which themes came up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workbook.engagement.schema import Interview, Process
from workbook.phases.figures import Figure, Register


@dataclass(frozen=True)
class ProcessCoverage:
    """How many interviews of each group were held on one process."""

    process: Process
    owner: int
    frontline: int
    others: int

    @property
    def is_covered(self) -> bool:
        """True when both the owner and the frontline were heard."""
        return self.owner > 0 and self.frontline > 0


@dataclass(frozen=True)
class Coverage:
    """Interview coverage of all processes, and how often each theme came up in which group."""

    processes: tuple[ProcessCoverage, ...]
    covered_share: Figure
    interviews: int
    themes: tuple[tuple[str, int, int], ...]

    @property
    def uncovered(self) -> tuple[ProcessCoverage, ...]:
        """Processes that lack one side."""
        return tuple(row for row in self.processes if not row.is_covered)


def cover_interviews(
    processes: Sequence[Process], interviews: Sequence[Interview], source: str, register: Register
) -> Coverage:
    """Return who was heard on which process; themes come with their count and the number of frontline mentions."""
    rows = tuple(_coverage(process, [i for i in interviews if i.process == process.id]) for process in processes)
    covered = sum(row.is_covered for row in rows)
    share = register.add(
        Figure(
            "interviews.covered_share",
            covered / len(rows) if rows else None,
            "share",
            evidence="measured" if rows else None,
            source=source,
            formula="processes heard from owner and frontline / processes",
            n=len(rows),
            reason=None if rows else "not_provided",
        )
    )
    mentions = Counter(theme for interview in interviews for theme in interview.themes)
    frontline = Counter(t for interview in interviews if interview.group == "frontline" for t in interview.themes)
    themes = sorted(mentions.items(), key=lambda item: (-item[1], item[0]))
    return Coverage(rows, share, len(interviews), tuple((theme, n, frontline[theme]) for theme, n in themes))


def _coverage(process: Process, interviews: Sequence[Interview]) -> ProcessCoverage:
    groups = Counter(interview.group for interview in interviews)
    owner, frontline = groups["owner"], groups["frontline"]
    return ProcessCoverage(process, owner, frontline, others=len(interviews) - owner - frontline)
