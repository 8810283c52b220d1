"""Simulated outcomes: correlated draws of uncertain inputs, and the spread of what follows from them.

Model a common driver (volume, adoption, wage) once as an input of its own, and state correlations only for what then
still moves together. Do not scale inputs for risk that are drawn here: the risk would count twice.

Each input has its own random stream, keyed by its id, so that a further input leaves the draws of the others as they
are, and so does the order of inputs that are not correlated. A correlated input takes its part from those listed before
it: list a new one last.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from workbook.methods.averages import mean_estimate
from workbook.methods.distributions import Distribution
from workbook.methods.estimates import Estimate
from workbook.methods.percentiles import estimate_quantile, quantile_rank
from workbook.methods.proportions import wilson
from workbook.methods.weights import FloatArray

DRAWS = 100_000
"""Draws that place a share within 0.003 of the truth at 95 % confidence: 1.96 * sqrt(0.25 / 100,000) = 0.0031."""

_CURVE_SHARES = tuple(percent / 100 for percent in range(1, 100))
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Spread:
    """What simulated outcomes range over, with how far the number of draws leaves each figure open.

    Attributes
    ----------
    p10, p50, p90
        Percentiles, "too_few" where the draws are too few for an interval.
    mean, sd
        Mean, "too_few" under five draws, and standard deviation, None for a single draw.
    loss
        Probability of an outcome below zero.
    curve
        Points (outcome, share of draws not above it) of the S-curve, at 1 % to 99 %.
    """

    p10: Estimate
    p50: Estimate
    p90: Estimate
    mean: Estimate
    sd: float | None
    loss: Estimate
    curve: tuple[tuple[float, float], ...]


def correlated_uniforms(
    correlation: ArrayLike, draws: int = DRAWS, *, seed: int, ids: Sequence[str] | None = None
) -> FloatArray:
    """Draw numbers uniform on 0 to 1 with these rank correlations, through a Gaussian copula; shape (n, draws).

    `correlation` holds Spearman rank correlations rho, shape (n, n); the normal variables behind the draws correlate
    with r = 2 sin(pi rho / 6). `ids` names the inputs; without it their positions do. Source: Kruskal, Ordinal measures
    of association, Journal of the American Statistical Association 53 (1958), for the relation.

    Raises ValueError where the matrix is not symmetric with ones on the diagonal and entries within -1 to 1, or where
    no variables correlate like this (it is not positive semi-definite), naming what contradicts most.
    """
    ranks = np.asarray(correlation, dtype=np.float64)
    names = [str(i) for i in range(len(np.atleast_1d(ranks)))] if ids is None else list(ids)
    _check_correlation(ranks, names)
    if draws < 1:
        raise ValueError(f"{draws} draws: give at least one")
    normal = 2.0 * np.sin(np.pi / 6.0 * ranks)
    np.fill_diagonal(normal, 1.0)
    _check_semidefinite(normal, ranks, names)
    numbers = np.empty((len(names), draws))
    for row, name in zip(numbers, names, strict=True):
        _stream(seed, name).standard_normal(out=row)
    _mix(numbers, _triangular_root(normal))
    return np.asarray(ndtr(numbers, out=numbers))


def draw_inputs(
    distributions: Mapping[str, Distribution],
    correlations: Mapping[tuple[str, str], float],
    draws: int = DRAWS,
    *,
    seed: int,
) -> dict[str, FloatArray]:
    """Draw each input from its distribution, with the stated rank correlations of pairs; arrays of shape (draws,).

    Pairs that are not stated are independent. Raises ValueError for a pair that names no input, one input twice or is
    stated twice, and as `correlated_uniforms` does.
    """
    uniforms = draw_uniforms(list(distributions), correlations, draws, seed=seed)
    return {name: distributions[name].quantile(row) for name, row in uniforms.items()}


def draw_uniforms(
    names: Sequence[str], correlations: Mapping[tuple[str, str], float], draws: int = DRAWS, *, seed: int
) -> dict[str, FloatArray]:
    """Return what `draw_inputs` puts into the quantiles of each input; arrays of shape (draws,).

    They do not depend on the distributions, so that whoever changes one of these need not draw the others again.
    """
    if not names:
        raise ValueError("no inputs to draw: give at least one distribution")
    uniforms = correlated_uniforms(_correlation_matrix(names, correlations), draws, seed=seed, ids=names)
    return dict(zip(names, uniforms, strict=True))


def spread(outcomes: ArrayLike) -> Spread:
    """Return percentiles, mean, probability of loss and S-curve of simulated outcomes; shape (draws,).

    The intervals tell the error of the simulation, not how well the inputs were judged. They take the draws as
    independent, as those of `draw_inputs` are. Raises ValueError where an outcome is no finite number.
    """
    values = np.sort(_outcomes(outcomes))
    n, ascending = len(values), values.tolist()
    sd = float(values.std(ddof=1)) if n > 1 else None
    p10, p50, p90 = (estimate_quantile(ascending, q) for q in (0.1, 0.5, 0.9))
    return Spread(
        p10=p10,
        p50=p50,
        p90=p90,
        mean=mean_estimate(float(values.mean()), sd, n),
        sd=sd,
        loss=share_below(values, 0.0),
        curve=tuple((ascending[quantile_rank(n, share) - 1], share) for share in _CURVE_SHARES),
    )


def share_below(outcomes: ArrayLike, level: float) -> Estimate:
    """Return the share of simulated outcomes below a level, with its Wilson interval.

    At the outcome of the base inputs it tells how cautious that is: most likely values seldom add up to a median.
    """
    values = _outcomes(outcomes)
    return wilson(int(np.count_nonzero(values < level)), len(values))


def _stream(seed: int, name: str) -> np.random.Generator:
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    return np.random.default_rng([seed, key])


def _mix(numbers: FloatArray, root: FloatArray) -> None:
    """Replace independent rows by their combinations root @ numbers, in place."""
    # Term by term rather than as one matrix product, so that an input without correlation changes no bit elsewhere;
    # from the last row up, since each takes from those above it.
    for i in reversed(range(len(numbers))):
        numbers[i] *= root[i, i]
        for j in np.flatnonzero(root[i, :i]):
            numbers[i] += root[i, j] * numbers[j]


def _triangular_root(matrix: FloatArray) -> FloatArray:
    """Return the lower triangular L with L L' = matrix (Cholesky), also where the matrix is singular."""
    # numpy's refuses singular matrices, such as two inputs that move as one.
    n = len(matrix)
    root = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            rest = float(matrix[i, j]) - math.fsum(root[i, k] * root[j, k] for k in range(j))
            if i == j:
                root[i, i] = math.sqrt(rest) if rest > _ROUNDING else 0.0
            elif root[j, j] > 0:
                root[i, j] = rest / root[j, j]
    return root


def _correlation_matrix(names: Sequence[str], correlations: Mapping[tuple[str, str], float]) -> FloatArray:
    """Return the stated correlations of pairs as a matrix in the order of the names."""
    place = {name: i for i, name in enumerate(names)}
    matrix, stated = np.eye(len(names)), set[frozenset[str]]()
    for (one, other), value in correlations.items():
        if unknown := sorted({one, other} - set(place)):
            raise ValueError(f"correlation of {one!r} and {other!r}: {', '.join(unknown)} is not among the inputs")
        if one == other or frozenset((one, other)) in stated:
            raise ValueError(f"correlation of {one!r} and {other!r}: state each pair of two inputs once")
        stated.add(frozenset((one, other)))
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
    return matrix


def _check_correlation(matrix: FloatArray, names: Sequence[str]) -> None:
    """Refuse what is no matrix of correlations, naming the entry."""
    n = len(names)
    if matrix.shape != (n, n) or not n or len(set(names)) != n:
        raise ValueError(f"correlations of shape {matrix.shape} for {len(set(names))} different ids: give one row each")
    # Written so that NaN fails as well.
    wrong = ~((np.abs(matrix) <= 1) & (np.abs(matrix - matrix.T) <= _ROUNDING))
    wrong |= np.eye(n, dtype=bool) & ~(np.abs(matrix - 1) <= _ROUNDING)
    for i, j in np.argwhere(wrong):
        found = f"{matrix[i, j]:g} one way and {matrix[j, i]:g} the other"
        raise ValueError(
            f"correlation of {names[i]} and {names[j]} is {found}: give -1 to 1, the same both ways, 1 with itself"
        )


def _check_semidefinite(matrix: FloatArray, ranks: FloatArray, names: Sequence[str]) -> None:
    """Refuse correlations that no variables have, naming the three inputs that contradict each other most."""
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    if smallest >= -_ROUNDING:
        return
    worst, lowest = min(_triples(matrix), key=lambda triple: triple[1])
    if lowest < -_ROUNDING:
        pairs = ", ".join(f"{names[i]} with {names[j]} {ranks[i, j]:g}" for i, j in combinations(worst, 2))
        where = f"{pairs} cannot hold together"
    else:
        share = np.abs(np.linalg.eigh(matrix)[1][:, 0])
        involved = sorted(np.argsort(-share, kind="stable")[: np.count_nonzero(share > 0.5 * share.max())])
        where = f"no three inputs contradict each other, but {', '.join(names[i] for i in involved)} together do"
    raise ValueError(
        f"no inputs correlate like this (smallest eigenvalue {smallest:.3g}, allowed 0 or more): {where}; "
        "weaken a correlation, or model what they have in common as an input"
    )


def _triples(matrix: FloatArray) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield each triple of inputs with the smallest eigenvalue of its correlations."""
    triples = list(combinations(range(len(matrix)), min(3, len(matrix))))
    parts = np.array([matrix[np.ix_(triple, triple)] for triple in triples])
    yield from zip(triples, np.linalg.eigvalsh(parts)[:, 0].tolist(), strict=True)


def _outcomes(outcomes: ArrayLike) -> FloatArray:
    values = np.asarray(outcomes, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"outcomes of shape {values.shape}: give one for each draw, and at least one")
    if not np.isfinite(values).all():
        raise ValueError("an outcome is no finite number: look at the model for a division by zero")
    return values
