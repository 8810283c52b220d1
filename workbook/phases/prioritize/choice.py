"""Which candidate is ahead, how surely, and what would change the choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbook.methods import scoring
from workbook.methods.proportions import wilson
from workbook.methods.scoring import FlipPoint
from workbook.phases.figures import Figure
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.feasibility import Axes
from workbook.phases.prioritize.uncertainty import DRAWS, Uncertainty
from workbook.phases.prioritize.value import Valuation

AXES = ("impact", "feasibility", "alignment")


@dataclass(frozen=True)
class Capacity:
    """How many pilots can be staffed at once, and how many the framework commits to."""

    pilots_at_once: Figure
    committed: Figure
    verdict: Literal["enough", "too_few", "unknown"]


@dataclass(frozen=True)
class Comparison:
    """The candidates against each other.

    `order` holds the ids of the candidates with a score on every axis, in the order of the rows of `dominance` (entry
    i, j: i is at least as good on every axis and better on one) and of the options of `flip_points`, whose criteria are
    the axes in the order of `weights`. `leader` has the highest weighted value; `by_npv` the ids with a net present
    value, the highest first; `highest_share` is how often each is highest over the draws with common drivers, and
    `overlapping` are the candidates whose range from P10 to P90 meets that of the first of them.
    """

    weights: Mapping[str, Figure]
    values: Mapping[str, Figure]
    order: tuple[str, ...]
    dominance: NDArray[np.bool_]
    flip_points: tuple[FlipPoint, ...]
    leaders: tuple[str, ...]
    by_npv: tuple[str, ...]
    highest_share: Mapping[str, Figure]
    overlapping: tuple[str, ...]
    capacity: Capacity

    @property
    def agrees(self) -> bool | None:
        """Whether the highest net present value also leads on the axes; None where either is unknown."""
        return self.by_npv[0] in self.leaders if self.by_npv and self.leaders else None


def compare(
    axes: Mapping[str, Axes],
    values: Mapping[str, Valuation],
    uncertainty: Mapping[str, Uncertainty],
    context: Context,
) -> Comparison:
    """Return the comparison of the candidates; the weights of the axes are those of their criteria in Assess."""
    weights = _weights(context)
    vector = np.array([figure.value or 0.0 for figure in weights.values()])
    weighted = {id: _weighted(id, row, weights, context) for id, row in axes.items()}
    order = tuple(id for id, figure in weighted.items() if figure.is_known)
    table = np.array([[axes[id].scores[axis].value for axis in weights] for id in order], dtype=np.float64)
    ranks = scoring.ranks([weighted[id].value or 0.0 for id in order]) if order else np.empty(0)
    known = [id for id, value in values.items() if value.npv.is_known]
    by_npv = tuple(sorted(known, key=lambda id: (-(values[id].npv.value or 0.0), id)))
    return Comparison(
        weights=weights,
        values=weighted,
        order=order,
        dominance=scoring.dominance(table) if order else np.empty((0, 0), dtype=bool),
        flip_points=scoring.flip_points(table, vector) if order else (),
        leaders=tuple(id for id, rank in zip(order, ranks, strict=True) if rank == 1),
        by_npv=by_npv,
        highest_share=_highest_shares(by_npv, uncertainty, values, context),
        overlapping=_overlapping(by_npv, uncertainty),
        capacity=_capacity(context),
    )


def _weights(context: Context) -> dict[str, Figure]:
    """Return the weight of each axis: the sum of the weights of its criteria in Assess."""
    criteria = context.framework.criteria
    weights = {}
    for axis in AXES:
        parts = [context.take(f"weight.{id}") for id in criteria if criteria[id].axis == axis]
        total = sum(part.value or 0.0 for part in parts)
        weights[axis] = context.register.computed(f"axis.{axis}.weight", total, "share", parts, "sum over its criteria")
    return weights


def _weighted(id: str, axes: Axes, weights: Mapping[str, Figure], context: Context) -> Figure:
    scores = [axes.scores[axis] for axis in weights]
    known = [score.value for score in scores if score.value is not None]
    pairs = zip(weights.values(), known, strict=False)
    total = sum((weight.value or 0.0) * score for weight, score in pairs) if len(known) == len(scores) else None
    inputs = [*scores, *weights.values()]
    formula = "sum of weight x score over the three axes"
    return context.register.computed(f"case.{id}.value", total, "score 0-100", inputs, formula)


def _highest_shares(
    ids: Sequence[str], uncertainty: Mapping[str, Uncertainty], values: Mapping[str, Valuation], context: Context
) -> dict[str, Figure]:
    drawn = {id: found.draws for id in ids if (found := uncertainty[id].simulated)}
    if len(drawn) < 2:
        return {}
    first = np.stack(list(drawn.values())).argmax(axis=0)
    inputs = [values[id].npv for id in drawn]
    shares = {}
    for row, id in enumerate(drawn):
        share = wilson(int(np.count_nonzero(first == row)), DRAWS)
        shares[id] = context.register.computed(
            f"case.{id}.npv_highest", share.value, "share", inputs,
            "share of draws in which its net present value is the highest, common drivers drawn once",
            low=share.low, high=share.high, n=DRAWS,
        )  # fmt: skip
    return shares


def _overlapping(by_npv: Sequence[str], uncertainty: Mapping[str, Uncertainty]) -> tuple[str, ...]:
    ranges = {
        id: (found.p10.value or 0.0, found.p90.value or 0.0) for id in by_npv if (found := uncertainty[id].simulated)
    }
    if len(ranges) < 2:
        return ()
    first, *others = ranges
    return tuple(id for id in others if ranges[id][1] >= ranges[first][0])


def _capacity(context: Context) -> Capacity:
    most = context.framework.phases["prioritize"].gate.select_max or 1
    committed = context.house("capacity.committed", float(most), "pilots", "phases.prioritize.gate")
    value = context.phase.pilots_at_once
    path = ("pilots_at_once",)
    staffed = context.declared("capacity.pilots_at_once", value, "pilots", path)
    if staffed.value is None:
        return Capacity(staffed, committed, "unknown")
    return Capacity(staffed, committed, "enough" if staffed.value >= most else "too_few")
