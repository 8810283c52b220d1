"""Systems and integration: the best interface of each system, and what it means for the candidates that need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbook.engagement.schema import System, UseCase
from workbook.phases.figures import Figure, Register

NO_INTERFACE = "no_interface"


@dataclass(frozen=True)
class SystemReview:
    """One system; `best` is its preferred interface, NO_INTERFACE if it has none, None if nobody said."""

    system: System
    best: str | None
    needed_by: tuple[str, ...]


def review_systems(
    systems: Sequence[System], use_cases: Sequence[UseCase], preference: Sequence[str]
) -> tuple[SystemReview, ...]:
    """Return the systems, those that most candidates need first; `preference` lists interfaces from the best."""
    reviews = [
        SystemReview(
            system, _best(system, preference), tuple(case.id for case in use_cases if system.id in case.systems)
        )
        for system in systems
    ]
    return tuple(sorted(reviews, key=lambda review: -len(review.needed_by)))


def _best(system: System, preference: Sequence[str]) -> str | None:
    if system.interfaces is None:
        return None
    return next((pattern for pattern in preference if pattern in system.interfaces), NO_INTERFACE)


def score_integration(
    case: UseCase,
    reviews: Sequence[SystemReview],
    scores: Mapping[str, float],
    criterion: str,
    source: str,
    register: Register,
) -> Figure:
    """Return the score of the hardest system to join: the one without an interface sets the pace.

    `scores` gives the score of each interface and of NO_INTERFACE, `source` says where the systems are described. The
    score is unknown while no system is named, or while the interfaces of one are not provided.
    """
    best = [review.best for review in reviews if review.system.id in case.systems]
    known = [scores[pattern] for pattern in best if pattern is not None]
    is_known = bool(best) and len(known) == len(best)
    return register.add(
        Figure(
            f"use_case.{case.id}.score.{criterion}",
            min(known) if is_known else None,
            "score 0-100",
            evidence="interview" if is_known else None,
            source=source,
            formula="lowest score among the interfaces of the systems it needs",
            n=len(best),
            reason=None if is_known else "not_provided",
        )
    )
