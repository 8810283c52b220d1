"""Weights of criteria: from points, from swings, from an order, and from comparisons in pairs.

Weights mean something only together with the ranges of the value scales they multiply: when the worst or the best end
of a scale changes, its weight must be asked again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

CONSISTENCY_LIMIT = 0.10
"""Largest consistency ratio that is accepted (Saaty 1980). One limit for every size is disputed: see `ahp_weights`."""

# n = 3 to 10: Saaty, The Analytic Hierarchy Process, 1980. His own values go on 1.51, 1.48, 1.56: the fall at n = 12
# is noise of a small simulation. n = 11 to 15 therefore: Alonso and Lamata, Consistency in the analytic hierarchy
# process: a new approach, Int. J. of Uncertainty, Fuzziness and Knowledge-Based Systems 14 (2006).
RANDOM_INDEX: dict[int, float] = {
    3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49,
    11: 1.514, 12: 1.5365, 13: 1.5551, 14: 1.5713, 15: 1.5838,
}  # fmt: skip
"""Mean consistency index of random matrices on the scale 1/9 to 9, by number of criteria."""

_SUM_TOLERANCE = 1e-6
# Shares written with one decimal, such as three times 33.3 %, miss the whole by a little.
_ROUNDING = 0.005
# A reciprocal written with two decimals, such as 0.13 for 1/8, is off by up to 4 %; neighbouring judgements on the
# scale of 1 to 9 differ by 12 % or more.
RECIPROCAL_TOLERANCE = 0.05
"""How far a_ij times a_ji may lie from 1."""


@dataclass(frozen=True, slots=True)
class AHP:
    """Weights from a matrix of comparisons in pairs, in the order of the matrix, and how consistent the matrix is.

    `worst_triple` holds the indices (i, j, k), i < j < k, of the three comparisons that contradict each other most;
    None when none do.
    """

    weights: tuple[float, ...]
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    worst_triple: tuple[int, int, int] | None
    is_consistent: bool


def normalise(points: Mapping[str, float]) -> dict[str, float]:
    """Return the points of each criterion as a share of all points, so that the weights sum to one.

    Raises ValueError when there is no criterion, when points are negative or not a finite number, or all are zero.
    """
    if not points:
        raise ValueError("no criteria to weight: give points to at least one criterion")
    for name, value in points.items():
        if not math.isfinite(value):
            raise ValueError(f"the points of {name!r} are {value}: give a number of zero or more")
        if value < 0:
            raise ValueError(f"the points of {name!r} are {value}: points cannot be negative, give zero or more")
    total = math.fsum(points.values())
    if total == 0:
        raise ValueError("all points are zero: give points to at least one criterion")
    return {name: value / total for name, value in points.items()}


def swing_weights(points: Mapping[str, float]) -> dict[str, float]:
    """Return weights from swings: how much it is worth to move each criterion from its worst to its best end.

    The largest swing has 100 points, the others relative to it; w_i = points_i / sum of points.
    Source: Department for Communities and Local Government, Multi-criteria analysis: a manual, 2009, chapter 6.

    Raises ValueError as `normalise` does, and when the largest swing is not 100.
    """
    weights = normalise(points)
    name = max(points, key=lambda key: points[key])
    if not math.isclose(points[name], 100.0):
        raise ValueError(
            f"the largest swing is {points[name]:g} ({name!r}): give 100 to the criterion whose move from worst to "
            "best matters most, and points relative to it to the others"
        )
    return weights


def direct_weights(shares: Mapping[str, float]) -> dict[str, float]:
    """Return weights stated outright, as shares that sum to 1 or percentages that sum to 100.

    A rounding difference of up to half a percent is spread in proportion. Raises ValueError as `normalise` does, and
    for any other sum, since rescaling would hide a forgotten criterion.
    """
    weights = normalise(shares)
    total = math.fsum(shares.values())
    if min(abs(total - 1.0), abs(total / 100.0 - 1.0)) > _ROUNDING:
        raise ValueError(f"the weights sum to {total:g}: make them sum to 1 or to 100 %, or look for a missing one")
    return weights


def rank_order_centroid(n: int) -> FloatArray:
    """Return the rank-order-centroid weights of n criteria, the most important first; shape (n,).

    w_i = (1/n) * sum over k = i..n of 1/k: the mean of all weights that keep the order. For n = 4: 0.5208, 0.2708,
    0.1458, 0.0625. Source: Barron and Barrett, Decision quality using ranked attribute weights, Management Science 42
    (1996). Raises ValueError when n is below one.
    """
    if n < 1:
        raise ValueError(f"{n} criteria cannot be weighted: give at least one")
    reciprocals = 1.0 / np.arange(1, n + 1)
    return np.cumsum(reciprocals[::-1])[::-1] / n


def weight_vector(weights: ArrayLike, n: int) -> FloatArray:
    """Return weights as a vector of shape (n,), having checked that each is zero or more and that they sum to one.

    Raises ValueError otherwise.
    """
    vector = np.asarray(weights, dtype=np.float64)
    if vector.shape != (n,):
        raise ValueError(f"weights of shape {vector.shape} for {n} criteria: give one weight for each criterion")
    if not np.isfinite(vector).all() or (vector < 0).any():
        raise ValueError(f"the weights {vector.tolist()} must be numbers of zero or more")
    if abs(vector.sum() - 1.0) > _SUM_TOLERANCE:
        raise ValueError(f"the weights sum to {vector.sum():g}: normalise them to sum to one")
    return vector


def ahp_weights(matrix: ArrayLike) -> AHP:
    """Return the weights of the analytic hierarchy process: the principal eigenvector of comparisons in pairs.

    `matrix` has shape (n, n); a_ij says how many times as important criterion i is as criterion j. With the largest
    eigenvalue lambda_max, the consistency index is CI = (lambda_max - n) / (n - 1) and the ratio CR = CI / RI, RI the
    mean index of random matrices (`RANDOM_INDEX`); up to 0.10 is accepted. One or two criteria are always consistent.
    A reciprocal written rounded (0.33 for 1/3) is taken as the exact reciprocal of the larger entry.

    One limit for every n is disputed: it is stricter the larger the matrix is, and Alonso and Lamata (2006) set it by
    size and purpose. A ratio over the limit is a reason to look at `worst_triple` again, not a proof of wrong weights.
    Source: Saaty, The Analytic Hierarchy Process, 1980.

    Raises ValueError when the matrix is not square, positive and reciprocal with ones on the diagonal, or n is over 15.
    """
    comparisons = _reciprocal_matrix(matrix)
    n = len(comparisons)
    eigenvalues, eigenvectors = np.linalg.eig(comparisons)
    first = int(np.argmax(eigenvalues.real))
    vector = np.abs(eigenvectors[:, first].real)
    # Rounding can put the eigenvalue of a consistent matrix a hair below n.
    lambda_max = max(float(eigenvalues[first].real), float(n))
    index = (lambda_max - n) / (n - 1) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n] if n > 2 else 0.0
    return AHP(
        weights=tuple((vector / vector.sum()).tolist()),
        lambda_max=lambda_max,
        consistency_index=index,
        consistency_ratio=ratio,
        worst_triple=_worst_triple(comparisons),
        is_consistent=ratio <= CONSISTENCY_LIMIT,
    )


def _reciprocal_matrix(matrix: ArrayLike) -> FloatArray:
    """Return the comparisons with exact reciprocals, refusing what is no such matrix."""
    entries = np.asarray(matrix, dtype=np.float64)
    n = len(entries) if entries.ndim else 0
    if n == 0 or entries.shape != (n, n):
        raise ValueError(f"comparisons of shape {entries.shape}: give one row and one column for each criterion")
    if n > max(RANDOM_INDEX):
        raise ValueError(f"{n} criteria are too many to compare in pairs: group them to at most {max(RANDOM_INDEX)}")
    if not np.isfinite(entries).all() or (entries <= 0).any():
        raise ValueError("every comparison must be a positive number: 3 when i matters three times as much as j")
    off = np.abs(entries * entries.T - 1.0)
    if off.max() > RECIPROCAL_TOLERANCE:
        i, j = (int(at) for at in np.unravel_index(off.argmax(), off.shape))
        raise ValueError(
            f"comparison ({i}, {j}) is {entries[i, j]:g} and ({j}, {i}) is {entries[j, i]:g}: "
            "one must be the reciprocal of the other, and a criterion compared with itself is 1"
        )
    exact: FloatArray = np.where(entries >= entries.T, entries, 1.0 / entries.T)
    np.fill_diagonal(exact, 1.0)
    return exact


def _worst_triple(comparisons: FloatArray) -> tuple[int, int, int] | None:
    """Return the triple where a_ij * a_jk is furthest from a_ik as a ratio, None when all agree."""
    logs = np.log(comparisons)
    gaps = {
        (i, j, k): abs(float(logs[i, j] + logs[j, k] - logs[i, k]))
        for i, j, k in combinations(range(len(comparisons)), 3)
    }
    worst = max(gaps, key=lambda triple: gaps[triple], default=None)
    return worst if worst is not None and gaps[worst] > 1e-9 else None
