"""Systems and integration: the best interface of each system, and what it means for the candidates that need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbook.engagement.schema import System, UseCase
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import NOT_PROVIDED

NO_INTERFACE = "no_interface"


@dataclass(frozen=True)
class SystemReview:
    """One system; `best` is its preferred interface, NO_INTERFACE if it has none, None if nobody said.

    `score` is that of the best interface, with the evidence that the client states for its interfaces.
    """

    system: System
    best: str | None
    score: Figure
    needed_by: tuple[str, ...]


def review_systems(
    systems: Sequence[System],
    use_cases: Sequence[UseCase],
    scores: Mapping[str, float],
    line_of: Callable[[tuple[str, ...]], str],
    register: Register,
) -> tuple[SystemReview, ...]:
    """Return the systems, those that most candidates need first.

    `scores` gives the score of each interface, from the best, and of NO_INTERFACE; `line_of` where an input stands.
    """
    reviews = []
    for system in systems:
        best = _best(system, scores)
        line = line_of(("technology", "systems", system.id, *(["interfaces"] if best is not None else [])))
        score = Figure(
            f"system.{system.id}.integration",
            None if best is None else scores[best],
            "score 0-100",
            evidence=None if best is None else system.evidence,
            source=f"{line} ({system.source})" if system.source else line,
            formula="score of the best interface",
            reason=NOT_PROVIDED if best is None else None,
        )
        needed_by = tuple(case.id for case in use_cases if system.id in case.systems)
        reviews.append(SystemReview(system, best, register.add(score), needed_by))
    return tuple(sorted(reviews, key=lambda review: -len(review.needed_by)))


def _best(system: System, preference: Mapping[str, float]) -> str | None:
    if system.interfaces is None:
        return None
    return next((pattern for pattern in preference if pattern in system.interfaces), NO_INTERFACE)


def score_integration(case: UseCase, reviews: Sequence[SystemReview], criterion: str, register: Register) -> Figure:
    """Return the score of the hardest system to join: the one without an interface sets the pace.

    It is unknown while no system is named, or while the interfaces of one are not provided.
    """
    needed = [review.score for review in reviews if review.system.id in case.systems]
    known = [score.value for score in needed if score.value is not None]
    return register.computed(
        f"use_case.{case.id}.score.{criterion}",
        min(known) if known and len(known) == len(needed) else None,
        "score 0-100",
        needed,
        "lowest score among the interfaces of the systems it needs",
        n=len(needed),
    )
