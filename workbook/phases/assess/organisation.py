"""Organisational readiness: levels by dimension and group, weakest first, with the gap between owners and frontline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbook.engagement.schema import ReadinessAnswer, UseCase
from workbook.framework.models import ReadinessScale
from workbook.phases.figures import Figure, Register


@dataclass(frozen=True)
class Dimension:
    """One dimension of readiness: its mean level by group, 1 to 5, and the answers behind it."""

    id: str
    level: Figure
    owner: Figure
    frontline: Figure
    questions: int
    answered: int
    answers: tuple[ReadinessAnswer, ...]

    @property
    def gap(self) -> float | None:
        """Owner level minus frontline level, None unless both groups answered."""
        if self.owner.value is None or self.frontline.value is None:
            return None
        return self.owner.value - self.frontline.value


@dataclass(frozen=True)
class Organisation:
    """The dimensions, weakest first, then those nobody answered for."""

    dimensions: tuple[Dimension, ...]

    @property
    def weakest(self) -> Dimension | None:
        """The dimension with the lowest level, None while nothing was answered."""
        return self.dimensions[0] if self.dimensions and self.dimensions[0].level.is_known else None

    @property
    def lowest(self) -> tuple[Dimension, ...]:
        """All dimensions at the level of the weakest."""
        return tuple(row for row in self.dimensions if self.weakest and row.level.value == self.weakest.level.value)

    @property
    def questions(self) -> int:
        """Number of questions there are."""
        return sum(dimension.questions for dimension in self.dimensions)

    @property
    def unanswered(self) -> int:
        """Number of questions without any answer."""
        return self.questions - sum(dimension.answered for dimension in self.dimensions)


def assess_organisation(
    questions_by_dimension: Mapping[str, tuple[str, ...]],
    answers: tuple[ReadinessAnswer, ...],
    source: str,
    register: Register,
) -> Organisation:
    """Return readiness by dimension; the level of a dimension is the mean over its answers, written in `source`."""
    dimensions = [
        _dimension(id, questions, tuple(answer for answer in answers if answer.question in questions), source, register)
        for id, questions in questions_by_dimension.items()
    ]
    known = sorted((d for d in dimensions if d.level.value is not None), key=lambda d: d.level.value or 0.0)
    return Organisation((*known, *(d for d in dimensions if d.level.value is None)))


def _dimension(
    id: str, questions: tuple[str, ...], answers: tuple[ReadinessAnswer, ...], source: str, register: Register
) -> Dimension:
    def mean_level(name: str, given: Iterable[ReadinessAnswer]) -> Figure:
        return _mean_level(f"organisation.{id}.{name}", given, source, register)

    return Dimension(
        id=id,
        level=mean_level("level", answers),
        owner=mean_level("owner_level", (answer for answer in answers if answer.group == "owner")),
        frontline=mean_level("frontline_level", (answer for answer in answers if answer.group == "frontline")),
        questions=len(questions),
        answered=len({answer.question for answer in answers}),
        answers=answers,
    )


def _mean_level(id: str, answers: Iterable[ReadinessAnswer], source: str, register: Register) -> Figure:
    levels = [answer.level for answer in answers]
    return register.add(
        Figure(
            id,
            sum(levels) / len(levels) if levels else None,
            "level 1-5",
            low=min(levels, default=None),
            high=max(levels, default=None),
            evidence="interview" if levels else None,
            source=source,
            formula="mean of the answers",
            n=len(levels),
            reason=None if levels else "not_provided",
        )
    )


def score_organisation(
    case: UseCase,
    dimensions: Sequence[Dimension],
    processes_by_interview: Mapping[str, str | None],
    scale: ReadinessScale,
    margin: float,
    criterion: str,
    source: str,
    register: Register,
) -> Figure:
    """Return the score of the people around a use case: that of the lowest of the given dimensions.

    Answers from interviews on the use case's own process are taken where there are any, else those of the whole
    organisation. Low and high are the extreme answers of that dimension, and with n answers never nearer to their mean
    than `margin` / sqrt(n) levels: one answer, or a few that agree, are not certain. Without an answer on one of the
    dimensions there is no score.

    Example: one answer at level 3 with a margin of 1 scores 50, from 25 to 75; four such answers from 37.5 to 62.5.
    """
    levels = [_levels_around(case.process, dimension, processes_by_interview) for dimension in dimensions]
    lowest = min(levels, key=lambda each: sum(each) / len(each)) if levels and all(levels) else []
    low, high = _range(lowest, margin, scale)
    return register.add(
        Figure(
            f"use_case.{case.id}.score.{criterion}",
            scale.score(sum(lowest) / len(lowest)) if lowest else None,
            "score 0-100",
            low=scale.score(low) if lowest else None,
            high=scale.score(high) if lowest else None,
            evidence="interview" if lowest else None,
            source=source,
            formula="lowest mean level among the dimensions, as a score; ends: extreme answers or reading margin",
            n=sum(map(len, levels)),
            reason=None if lowest else "not_provided",
        )
    )


def _range(levels: Sequence[int], margin: float, scale: ReadinessScale) -> tuple[float, float]:
    """Return between which levels the mean may lie, within the scale."""
    if not levels:
        return scale.lowest, scale.highest
    mean, reach = sum(levels) / len(levels), margin / math.sqrt(len(levels))
    return max(min(*levels, mean - reach), scale.lowest), min(max(*levels, mean + reach), scale.highest)


def _levels_around(process: str, dimension: Dimension, processes_by_interview: Mapping[str, str | None]) -> list[int]:
    """Return the levels from interviews on the process itself where there are any, else those of the organisation."""
    answers = dimension.answers
    own = [a for a in answers if a.interview and processes_by_interview.get(a.interview) == process]
    return [answer.level for answer in own or answers]
