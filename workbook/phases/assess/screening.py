"""Compliance screening: what is known of each fact that obligations depend on, and what is open.

Only answers are recorded here. Which tier they lead to is for the rules of the compliance notebook to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbook.engagement.schema import ScreeningAnswer, UseCase
from workbook.engagement.schema_client import Answer

PROHIBITED = "prohibited_practices"
"""The question whose answer no shortlist can do without."""

NOT_CLASSIFIED = "not_classified_yet"
"""The tier of every use case until the rules are evaluated."""


@dataclass(frozen=True)
class OpenQuestion:
    """A fact nobody knows yet, with who will find out; a question nobody answered has no owner either."""

    use_case: str
    question: str
    owner: str | None


@dataclass(frozen=True)
class UseCaseScreening:
    """The answers for one use case, in the order of the questions; a question without an answer is unknown."""

    use_case: str
    answers: tuple[tuple[str, Answer], ...]
    open_questions: tuple[OpenQuestion, ...]
    tier: str = NOT_CLASSIFIED

    def count(self, answer: Answer) -> int:
        """Return how many questions have this answer."""
        return sum(given == answer for _, given in self.answers)

    def is_cleared(self, question: str) -> bool:
        """Return whether a question has been answered with no; unknown clears nothing."""
        return (question, "no") in self.answers


@dataclass(frozen=True)
class Screening:
    """The screening of all use cases."""

    use_cases: tuple[UseCaseScreening, ...]

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """All open questions, by use case."""
        return tuple(question for row in self.use_cases for question in row.open_questions)

    def __getitem__(self, use_case_id: str) -> UseCaseScreening:
        return next(row for row in self.use_cases if row.use_case == use_case_id)


def screen(use_cases: Sequence[UseCase], questions: Sequence[str], answers: Sequence[ScreeningAnswer]) -> Screening:
    """Return what is known of each use case; unknown never turns into yes or no."""
    given = {(answer.use_case, answer.question): answer for answer in answers}
    return Screening(tuple(_screen(case.id, questions, given) for case in use_cases))


def _screen(use_case: str, questions: Sequence[str], given: dict[tuple[str, str], ScreeningAnswer]) -> UseCaseScreening:
    found = [(question, given.get((use_case, question))) for question in questions]
    return UseCaseScreening(
        use_case,
        tuple((question, answer.answer if answer else "unknown") for question, answer in found),
        tuple(
            OpenQuestion(use_case, question, answer.owner if answer else None)
            for question, answer in found
            if answer is None or answer.answer == "unknown"
        ),
    )
