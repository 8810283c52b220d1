"""Impact, feasibility and strategic alignment of each candidate, and what joining its systems takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbook.engagement.schema import System, Technology
from workbook.engagement.schema_prioritize import IntegrationWork
from workbook.framework.entries import Parameter
from workbook.methods.scoring import linear_value
from workbook.phases.figures import Figure
from workbook.phases.prioritize.cases import CaseLines
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.uncertainty import Draws
from workbook.phases.prioritize.value import Valuation

FEASIBILITY = ("data_readiness", "integration", "model_complexity")
"""Criteria of Assess that the axis of feasibility is made of."""

SCORE = "score 0-100"

PatternVerdict = Literal["best", "better_offered", "not_offered", "unknown"]


@dataclass(frozen=True)
class JoinedSystem:
    """A system to be joined: its days, and whether the pattern planned is the best it offers."""

    work: IntegrationWork
    system: System
    days: Figure
    verdict: PatternVerdict
    best: str | None


@dataclass(frozen=True)
class IntegrationReview:
    """The effort of integration beside all other work, and the guide's range for its share.

    `unplanned` are systems that the use case needs by Assess and for which no work is planned.
    """

    systems: tuple[JoinedSystem, ...]
    unplanned: tuple[str, ...]
    days: Figure
    all_days: Figure
    share: Figure
    expected: Parameter
    flag_below: Parameter

    @property
    def is_low(self) -> bool:
        """True when the share is under the guide's alarm line: something may have been left out."""
        return self.share.value is not None and self.share.value < (self.flag_below.value or 0.0)


@dataclass(frozen=True)
class Axes:
    """The three axes of one candidate, 0 to 100.

    `feasibility` is the lowest of its `parts` (the bottleneck, named in `bottleneck`), `feasibility_mean` their mean.
    `impact` values `yearly_benefit` of the case on the scale by which Assess values its yearly impact.
    """

    impact: Figure
    feasibility: Figure
    feasibility_mean: Figure
    alignment: Figure
    parts: Mapping[str, Figure]
    bottleneck: str | None

    @property
    def scores(self) -> Mapping[str, Figure]:
        """The scores by the framework's id of the axis."""
        return {"impact": self.impact, "feasibility": self.feasibility, "alignment": self.alignment}


def place_on_axes(case: CaseLines, value: Valuation, draws: Draws, context: Context) -> Axes:
    """Return the scores of a candidate on the three axes; the figures of Assess keep their ids."""
    parts = {id: context.take(f"use_case.{case.id}.score.{id}") for id in FEASIBILITY}
    known = {id: figure.value for id, figure in parts.items() if figure.value is not None}
    is_complete = len(known) == len(parts)
    bottleneck = min(known, key=lambda id: known[id]) if is_complete else None

    def enter(name: str, level: float | None, formula: str) -> Figure:
        return context.register.computed(f"case.{case.id}.{name}", level, SCORE, parts.values(), formula)

    return Axes(
        impact=_impact(case, value, draws, context),
        feasibility=enter("feasibility", min(known.values()) if is_complete else None, "lowest of its parts"),
        feasibility_mean=enter(
            "feasibility_mean", sum(known.values()) / len(known) if is_complete else None, "mean of its parts"
        ),
        alignment=context.take(f"use_case.{case.id}.score.strategic_alignment"),
        parts=parts,
        bottleneck=bottleneck,
    )


def _impact(case: CaseLines, value: Valuation, draws: Draws, context: Context) -> Figure:
    """Return the yearly benefit on the scale from nothing to the client's material impact, as Assess does."""
    material = context.take("assess.material_impact")
    yearly, best = value.yearly_benefit, material.value or 0.0
    ends: tuple[float | None, float | None] = (None, None)
    if yearly.is_known and draws and case.known_lines:
        drawn = sum(line.amount(draws) for line in case.known_lines if line.is_benefit)
        if np.ndim(drawn):
            low, high = np.quantile(drawn, [0.1, 0.9])
            ends = (float(linear_value(low, 0.0, best)), float(linear_value(high, 0.0, best)))
    return context.register.computed(
        f"case.{case.id}.impact",
        None if yearly.value is None or not best else float(linear_value(yearly.value, 0.0, best)),
        SCORE,
        [yearly, material],
        "100 x yearly benefit at the plateau / material impact, at most 100; the ends at P10 and P90 of the draws",
        low=ends[0],
        high=ends[1],
    )


def review_integration(case: CaseLines, context: Context) -> IntegrationReview:
    """Return the days of integration, their share of all days, and each pattern against what the system offers."""
    systems = {each.id: each for each in (context.engagement.technology or Technology.model_validate({})).systems}
    joined = tuple(_join(work, systems[work.system], case, context) for work in case.case.integration)
    other = [case.inputs[f"{case.id}.work.{work.kind}"].figure for work in case.case.work]
    days = _days("integration_days", [each.days for each in joined], case, context)
    everything = _days("all_days", [*(each.days for each in joined), *other], case, context)
    share = days.value / everything.value if days.value is not None and everything.value else None
    expected = context.framework.integration.parameters
    return IntegrationReview(
        systems=joined,
        unplanned=tuple(
            id for id in case.use_case.systems if id not in {work.system for work in case.case.integration}
        ),
        days=days,
        all_days=everything,
        share=context.register.computed(
            f"case.{case.id}.integration_share", share, "share", [days, everything], "days of integration / all days"
        ),
        expected=expected["effort_share"],
        flag_below=expected["flag_below"],
    )


def _days(name: str, parts: list[Figure], case: CaseLines, context: Context) -> Figure:
    values = [part.value for part in parts if part.value is not None]
    total = sum(values) if parts and len(values) == len(parts) else None
    return context.register.computed(f"case.{case.id}.{name}", total, "days", parts, "sum of the person-days")


def _join(work: IntegrationWork, system: System, case: CaseLines, context: Context) -> JoinedSystem:
    patterns = context.framework.integration.patterns
    days = case.inputs[f"{case.id}.integration.{work.system}"].figure
    if system.interfaces is None:
        return JoinedSystem(work, system, days, "unknown", None)
    best = next((pattern for pattern in patterns if pattern in system.interfaces), None)
    verdict: PatternVerdict = "best" if work.pattern == best else "better_offered"
    return JoinedSystem(work, system, days, verdict if work.pattern in system.interfaces else "not_offered", best)
