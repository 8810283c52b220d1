"""The candidates: yearly impact, scores on each criterion, and what may veto them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.engagement.schema import UseCase
from workbook.engagement.schema_client import Answer
from workbook.engagement.values import ThreePoint
from workbook.methods.scoring import linear_value
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import Inputs

SCORE = "score 0-100"

PROHIBITED_TIER = "prohibited_ai_act_tier"
"""The veto that stays open for every candidate until the compliance rules have classified it."""


@dataclass(frozen=True)
class Impact:
    """What a use case would be worth in a year: the process's yearly cost times the share it would save."""

    use_case: UseCase
    effect: Figure
    yearly: Figure


def estimate_impact(case: UseCase, yearly_cost: Figure, currency: str, inputs: Inputs, register: Register) -> Impact:
    """Return the yearly impact, as a range where the effect is one.

    The range is the effect's: low x cost to high x cost. How well the yearly cost is known is told by its evidence.
    """
    prefix = f"use_case.{case.id}"
    effect = inputs.declared(f"{prefix}.effect", case.effect, "share", ("assess", "use_cases", case.id, "effect"))
    cost = yearly_cost.value
    known = cost is not None and effect.value is not None
    has_range = isinstance(case.effect, ThreePoint)
    yearly = register.computed(
        f"{prefix}.yearly_impact",
        cost * effect.value if cost is not None and effect.value is not None else None,
        f"{currency}/year",
        [yearly_cost, effect],
        "yearly cost of the process x share saved",
        low=(cost or 0.0) * (effect.low or 0.0) if known and has_range else None,
        high=(cost or 0.0) * (effect.high or 0.0) if known and has_range else None,
    )
    return Impact(case, effect, yearly)


def score_impact(impact: Impact, material_impact: Figure, criterion: str, register: Register) -> Figure:
    """Return the score of a yearly impact on the fixed scale from 0 to the client's material impact."""
    yearly, best = impact.yearly, material_impact.value or 0.0

    def on_scale(amount: float | None) -> float | None:
        return None if amount is None else float(linear_value(amount, 0.0, best))

    return register.computed(
        f"use_case.{impact.use_case.id}.score.{criterion}",
        on_scale(yearly.value),
        SCORE,
        [yearly, material_impact],
        "100 x yearly impact / material impact, at most 100",
        low=on_scale(yearly.low),
        high=on_scale(yearly.high),
    )


def uncut_impact_score(impact: Impact, material_impact: Figure) -> tuple[float, float, float] | None:
    """Return low, likely and high score of a yearly impact before they are cut to the scale; None without a range.

    What is drawn is the impact, and its score is cut afterwards: a range cut first would crowd below the top.
    """
    yearly, best = impact.yearly, material_impact.value
    if yearly.low is None or yearly.value is None or yearly.high is None or best is None:
        return None
    return 100.0 * yearly.low / best, 100.0 * yearly.value / best, 100.0 * yearly.high / best


def score_readiness(case: UseCase, readiness: Figure, criterion: str, register: Register) -> Figure:
    """Return the score of measured data readiness: 100 times the share at the bottleneck."""
    return register.computed(
        f"use_case.{case.id}.score.{criterion}",
        None if readiness.value is None else 100.0 * readiness.value,
        SCORE,
        [readiness],
        "100 x data readiness at the bottleneck",
        low=None if readiness.low is None else 100.0 * readiness.low,
        high=None if readiness.high is None else 100.0 * readiness.high,
    )


def score_judged(case: UseCase, criterion: str, inputs: Inputs) -> Figure:
    """Return a score that somebody judged by the written anchors."""
    return inputs.declared(
        f"use_case.{case.id}.score.{criterion}",
        case.scores.get(criterion),
        SCORE,
        ("assess", "use_cases", case.id, "scores", criterion)
        if criterion in case.scores
        else ("assess", "use_cases", case.id, "scores"),
    )


def check_vetoes(
    case: UseCase, lawful_bases: Mapping[str, Answer], prohibited_practice: Answer
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the vetoes that hold and of those that are still open.

    A veto holds when the answer is no; it is open when the answer is unknown. A use case that the screening finds
    near a prohibited practice is held back until the compliance rules have cleared it; for all others the prohibited
    tier stays open until they have classified it, since a "no" in the screening is not a classification.
    """
    lawful: Answer = _weakest([lawful_bases[needed.source] for needed in case.data])
    answers: dict[str, Answer] = {
        "no_lawful_basis": lawful,
        "no_data_access": case.data_access,
        "no_sponsor": case.sponsored,
    }
    holding = tuple(veto for veto, answer in answers.items() if answer == "no")
    unsettled = tuple(veto for veto, answer in answers.items() if answer == "unknown")
    if prohibited_practice == "yes":
        return (PROHIBITED_TIER, *holding), unsettled
    return holding, (PROHIBITED_TIER, *unsettled)


def _weakest(answers: list[Answer]) -> Answer:
    if "no" in answers:
        return "no"
    return "yes" if answers and all(answer == "yes" for answer in answers) else "unknown"
