"""Build or buy: which direction the answers to the framework's conditions point to, and whether the choice follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from workbook.engagement.schema_client import Answer
from workbook.phases.figures import Figure
from workbook.phases.prioritize.cases import CaseLines
from workbook.phases.prioritize.context import Context

Direction = Literal["build", "buy", "buy_and_extend", "open"]

MAINTAINED_BY = "team_to_maintain"
"""The condition without which nothing should be built."""


@dataclass(frozen=True)
class SourcingReview:
    """The conditions of one candidate, where they point, and what was chosen.

    `possible` are the directions that the unknown answers still allow; the direction is settled when there is one.
    """

    use_case: str
    answers: Mapping[str, Mapping[str, Answer]]
    direction: Direction
    possible: tuple[Direction, ...]
    choice: str | None
    reason: str | None
    lacks_team: bool

    @property
    def is_settled(self) -> bool:
        """True when no unknown answer could change the direction."""
        return len(self.possible) == 1

    @property
    def follows(self) -> bool | None:
        """Whether the choice follows the direction; None without a choice or a direction."""
        return None if self.choice is None or self.direction == "open" else self.choice == self.direction


@dataclass(frozen=True)
class Sourcing:
    """Build or buy for all candidates, with the share bought beside the guide's."""

    reviews: tuple[SourcingReview, ...]
    bought: Figure
    guide: Figure

    def __getitem__(self, use_case: str) -> SourcingReview:
        return next(review for review in self.reviews if review.use_case == use_case)


def review_sourcing(cases: Sequence[CaseLines], context: Context) -> Sourcing:
    """Return build or buy for each candidate.

    Rule: a side holds when more than half of its conditions are answered with yes. One side holds: that direction;
    both: buy, and extend what sets the client apart; none: open. An unknown answer counts as neither, and the
    direction is settled only where no answer to it would change it.
    """
    reviews = tuple(_review(case, context) for case in cases)
    chosen = [review.choice for review in reviews if review.choice is not None]
    bought = sum(choice != "build" for choice in chosen)
    source = context.line_of(("cases",)) if cases else None
    share = Figure(
        "sourcing.bought_share",
        bought / len(chosen) if chosen else None,
        "share",
        source=source,
        formula="candidates bought, or bought and extended / candidates with a choice",
        n=len(chosen),
        reason=None if chosen else "not_provided",
    )
    guide = context.framework.technology.sourcing["buy"].parameters["share"]
    return Sourcing(
        reviews,
        context.register.add(share),
        context.house("sourcing.guide_share", guide.value or 0.0, "share", "technology.sourcing.buy"),
    )


def _review(case: CaseLines, context: Context) -> SourcingReview:
    given = case.case.sourcing.conditions if case.case.sourcing else {}
    sides = context.framework.technology.sourcing
    answers: dict[str, dict[str, Answer]] = {
        side: {id: given.get(id, "unknown") for id in sides[side].conditions} for side in ("build", "buy")
    }
    return SourcingReview(
        use_case=case.id,
        answers=answers,
        direction=_direction(answers),
        possible=_possible(answers),
        choice=case.case.sourcing.choice if case.case.sourcing else None,
        reason=case.case.sourcing.reason if case.case.sourcing else None,
        lacks_team=answers["build"].get(MAINTAINED_BY) == "no",
    )


def _direction(answers: Mapping[str, Mapping[str, Answer]]) -> Direction:
    build, buy = (2 * list(answers[side].values()).count("yes") > len(answers[side]) for side in ("build", "buy"))
    if build and buy:
        return "buy_and_extend"
    return "build" if build else "buy" if buy else "open"


def _possible(answers: Mapping[str, Mapping[str, Answer]]) -> tuple[Direction, ...]:
    """Return the directions that remain when each unknown answer becomes yes or no."""
    open_ids = [(side, id) for side in answers for id, answer in answers[side].items() if answer == "unknown"]
    found: dict[Direction, None] = {}
    choices: tuple[Answer, ...] = ("yes", "no")
    for settled in product(choices, repeat=len(open_ids)):
        completed = {side: dict(given) for side, given in answers.items()}
        for (side, id), answer in zip(open_ids, settled, strict=True):
            completed[side][id] = answer
        found[_direction(completed)] = None
    return tuple(found)
