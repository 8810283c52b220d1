"""The ranking of Assess under other weights, by the code of the phase, so that what is saved gives the same figures."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from workbook.engagement.schema import Weighting
from workbook.methods.weights import normalise
from workbook.phases.assess.ranking import Ranking, draw_scores, rank
from workbook.phases.assess.result import AssessResult, challengers_of, open_reasons_of, weights_of
from workbook.phases.figures import Register

DECIMALS = 3
"""Decimals of a swing point that is not a whole number: they move no weight by a tenth of a per mille."""

_SHARE = 1e-9


class OtherWeights:
    """The candidates of a result, to be ranked under other weights; what weights do not move is kept between moves."""

    def __init__(self, result: AssessResult) -> None:
        self.result = result
        # the order of the client's file, as in the phase
        self._candidates = [result.ranking[case.id].candidate for case in result.assess.use_cases]
        self._drawn = draw_scores(self._candidates)
        moving = _moving_figures(result.ranking)
        self._kept = [figure for figure in result.figures if figure.id not in moving]

    def under(self, weighting: Weighting) -> AssessResult:
        """Return the result as the phase would give it with this weighting in the client's file.

        Raises ValueError as `weigh` does, for points that are no weights.
        """
        result, figures = self.result, Register()
        for figure in self._kept:
            figures.add(figure)
        line = result.engagement.sources.get(("assess", "weighting"), "assess.yaml")
        chosen = weights_of(result.framework, weighting, line)
        ranking = rank(self._candidates, chosen, result.assess.shortlist_size, figures, self._drawn)
        challengers = challengers_of(ranking, result.framework.rules["challenger_share"].value)
        return dataclasses.replace(
            result,
            assess=result.assess.model_copy(update={"weighting": weighting}),
            ranking=ranking,
            challengers=challengers,
            open_reasons=open_reasons_of(ranking, challengers, result.candidate_data, result.screening),
            figures=figures,
        )


def _moving_figures(ranking: Ranking) -> set[str]:
    """Return the ids of the figures that `rank` enters."""
    weights = {f"weight.{id}" for id in ranking.weights.values}
    found = [(row.value, row.first_share, row.top_share, row.confidence) for row in ranking.candidates]
    return weights | {figure.id for row in found for figure in row if figure is not None}


def share_out(points: Mapping[str, float], locked: Mapping[str, float]) -> dict[str, float]:
    """Return weights that sum to one: a locked criterion keeps its share, the others share the rest by their points.

    w_i = locked_i for a locked criterion, (1 - sum of locked) * points_i / sum of unlocked points for any other.
    Example: points a 60, b 20, c 20 with a locked at 0.2: a 0.2, b 0.4, c 0.4.

    Raises ValueError when points are negative or not numbers, and when the rest cannot be shared out: nothing is left
    for points that are given, or no unlocked criterion has any.
    """
    if not locked:
        return normalise(points)
    rest = 1.0 - math.fsum(locked.values())
    free = {id: value for id, value in points.items() if id not in locked}
    if not free:
        if abs(rest) > _SHARE:
            raise ValueError(f"all criteria are locked, and together they hold {1 - rest:.1%}")
        return {id: locked[id] for id in points}
    if rest <= _SHARE:
        if any(free.values()):
            raise ValueError("the locked criteria hold all the weight, so nothing is left for the others: unlock one")
        return {id: locked.get(id, 0.0) for id in points}
    if not any(free.values()):
        raise ValueError(f"the unlocked criteria have {rest:.1%} to share, and no points: give points to one of them")
    shares = normalise(free)
    return {id: locked[id] if id in locked else rest * shares[id] for id in points}


def swing_points(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the points that give these weights, 100 for the largest, as a file holds them: to 3 decimals."""
    largest = max(weights.values())
    return {id: round(100.0 * weight / largest, DECIMALS) for id, weight in weights.items()}
