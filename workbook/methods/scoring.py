"""The additive value model: scores on fixed value scales, weighted sums, ranks, and what would change the leader.

Scores are a table of shape (m options, n criteria) on scales of 0 (worst) to 100 (best) whose ends are fixed
beforehand and not taken from the options, so that adding an option never reverses the rank of two others. A missing
score is NaN, and so is every result that would need it.

Source: Department for Communities and Local Government, Multi-criteria analysis: a manual, 2009, chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbook.methods.weights import FloatArray, weight_vector

TIE_DECIMALS = 9
"""Values that agree to this many decimals are a tie: less is rounding of the machine, not a preference."""

_TIE = 10.0**-TIE_DECIMALS


@dataclass(frozen=True, slots=True)
class Flip:
    """The weight at which the leader changes, and the options (indices) that lead just beyond it."""

    weight: float
    leaders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FlipPoint:
    """How far the weight of one criterion may move, the others rescaled in proportion, before the leader changes.

    `down` and `up` are None where the leader never changes. Where the question cannot be asked, both are None and
    `reason` says why: "no_ranked_option", "no_other_weight" (no proportion of the others to keep) or "not_provided"
    (the criterion counts nothing today and the score of a ranked option on it is missing).
    """

    criterion: int
    weight: float
    leaders: tuple[int, ...]
    down: Flip | None = None
    up: Flip | None = None
    reason: str | None = None


def linear_value(x: ArrayLike, worst: float, best: float) -> FloatArray:
    """Return the value 100 * (x - worst) / (best - worst), clipped to 0..100; same shape as x.

    `worst` may lie above `best`: then less is better. NaN stays NaN.
    Example: days between 30 (worst) and 10 (best): 15 days are worth 75.
    Raises ValueError when an end is not finite, both ends are equal, or x is infinite.
    """
    if not (np.isfinite(worst) and np.isfinite(best)):
        raise ValueError(f"the scale from {worst} to {best} needs two finite ends")
    if worst == best:
        raise ValueError(f"the worst and the best end of the scale are both {worst}: set two different ends")
    amounts = np.asarray(x, dtype=np.float64)
    if np.isinf(amounts).any():
        raise ValueError("an infinite amount has no value on the scale: correct it or leave it missing")
    return np.clip(100.0 * (amounts - worst) / (best - worst), 0.0, 100.0)


def additive_values(scores: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Return v_i = sum over criteria j of w_j * scores_ij; shape (m,).

    NaN where a score with a weight above zero is missing; a missing score without weight does no harm.
    Raises ValueError for scores that are not a table or are infinite, and for weights that do not sum to one.
    """
    table = _score_table(scores)
    vector = weight_vector(weights, table.shape[1])
    counted = vector > 0
    return np.asarray((table[:, counted] * vector[counted]).sum(axis=1))


def dominance(scores: ArrayLike) -> NDArray[np.bool_]:
    """Return the matrix whose entry (i, j) is true when option i dominates option j; shape (m, m).

    i dominates j when it is at least as good on every criterion and better on one. With a score missing on either
    side dominance is not established, so the entry is false.
    """
    table = _score_table(scores)
    one, other = table[:, None, :], table[None, :, :]
    return np.asarray((one >= other).all(axis=2) & (one > other).any(axis=2))


def ranks(values: ArrayLike) -> FloatArray:
    """Return the rank of each value, 1 the highest; shape (m,).

    Ties share the best rank (1, 2, 2, 4), see `TIE_DECIMALS`. NaN has no rank: it stays NaN and takes none away.
    """
    rounded = np.round(np.asarray(values, dtype=np.float64), TIE_DECIMALS)
    known = ~np.isnan(rounded)
    ranks = np.full(rounded.shape, np.nan)
    ranks[known] = 1 + np.searchsorted(np.sort(-rounded[known]), -rounded[known])
    return ranks


def leave_one_out_ranks(scores: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Return the ranks with one criterion left out and the others rescaled; entry (i, j): option i without j.

    Shape (m, n). A column is NaN where the criterion left out has all the weight.
    """
    table = _score_table(scores)
    vector = weight_vector(weights, table.shape[1])
    columns = [
        ranks(additive_values(table, remaining)) if remaining is not None else np.full(len(table), np.nan)
        for remaining in (_without(vector, j) for j in range(len(vector)))
    ]
    return np.stack(columns, axis=1)


def flip_points(scores: ArrayLike, weights: ArrayLike) -> tuple[FlipPoint, ...]:
    """Return for each criterion the nearest weight below and above today's at which another option leads.

    With weight t on criterion k and the others in today's proportion, v_i(t) = t * scores_ik + (1 - t) * rest_i is a
    straight line, so each flip is a crossing of two lines and exact. Reaching a tie only at t = 0 or t = 1 is no flip.
    When several options lead today, the flip stands at today's weight as soon as one of them falls behind.
    Options without a value today stay out.
    """
    table = _score_table(scores)
    vector = weight_vector(weights, table.shape[1])
    values = additive_values(table, vector)
    return tuple(_flip_point(table, values, vector, k) for k in range(len(vector)))


def _flip_point(table: FloatArray, values: FloatArray, weights: FloatArray, criterion: int) -> FlipPoint:
    """Return the flip point of one criterion."""
    weight = float(weights[criterion])
    ranked = np.flatnonzero(~np.isnan(values))
    if not len(ranked):
        return FlipPoint(criterion, weight, (), reason="no_ranked_option")
    today = values[ranked]
    leaders = _options(ranked, today >= today.max() - _TIE)
    remaining = _without(weights, criterion)
    if remaining is None:
        return FlipPoint(criterion, weight, leaders, reason="no_other_weight")
    alone = table[ranked, criterion]
    if np.isnan(alone).any():
        return FlipPoint(criterion, weight, leaders, reason="not_provided")
    slopes = alone - additive_values(table[ranked], remaining)
    down = _next_flip(today, -slopes, weight)
    up = _next_flip(today, slopes, 1.0 - weight)
    return FlipPoint(
        criterion,
        weight,
        leaders,
        down=None if down is None else Flip(weight - down[0], _options(ranked, down[1])),
        up=None if up is None else Flip(weight + up[0], _options(ranked, up[1])),
    )


def _next_flip(values: FloatArray, slopes: FloatArray, room: float) -> tuple[float, NDArray[np.bool_]] | None:
    """Return how far the weight moves until the upper line of `values + u * slopes` changes, and who leads then.

    None when it does not change for any u below `room`.
    """
    if room <= _TIE:
        return None
    leading = values >= values.max() - _TIE
    slope = slopes[leading].max()
    steepest = leading & (slopes >= slope - _TIE)
    if (steepest != leading).any():
        return 0.0, steepest
    gains = slopes - slope
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = np.where(gains > _TIE, (values.max() - values) / gains, np.inf)
    nearest = float(crossings.min())
    if nearest >= room - _TIE:
        return None
    meeting = crossings <= nearest + _TIE
    return nearest, meeting & (slopes >= slopes[meeting].max() - _TIE)


def _without(weights: FloatArray, criterion: int) -> FloatArray | None:
    """Return the weights without one criterion, rescaled to sum to one; None when nothing is left."""
    others = weights.copy()
    others[criterion] = 0.0
    return others / others.sum() if others.sum() > _TIE else None


def _options(ranked: NDArray[np.intp], chosen: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the indices of the chosen among the ranked options."""
    return tuple(int(option) for option in ranked[chosen])


def _score_table(scores: ArrayLike) -> FloatArray:
    """Return scores as a table of options and criteria, refusing other shapes and infinite scores."""
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or 0 in table.shape:
        raise ValueError(f"scores of shape {table.shape}: give a row for each option and a column for each criterion")
    if np.isinf(table).any():
        raise ValueError("a score is infinite: correct it or leave it missing")
    return table
