"""How sure a ranking is: stochastic multicriteria acceptability analysis (SMAA-2).

Drawing and evaluating are apart: `score_draws` and the weight samplers are called once, `smaa` as often as something
moves. Each option has its own random stream, keyed by its id, so that the order of the options does not matter, a
further option leaves the draws of the others as they are, and a better score never lowers a draw.

Sources: Lahdelma and Salminen, SMAA-2: stochastic multicriteria acceptability analysis for group decision making,
Operations Research 49 (2001); Tervonen and Lahdelma, Implementing stochastic multicriteria acceptability analysis,
European Journal of Operational Research 178 (2007).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbook.methods.estimates import Estimate
from workbook.methods.scoring import TIE_DECIMALS
from workbook.methods.weights import FloatArray, weight_vector

DRAWS = 10_000
"""Draws that place a share within 0.01 of the truth at 95 % confidence: 1.96 * sqrt(0.25 / 10,000) = 0.0098."""

_Z95 = 1.959963984540054
# An interval narrower than this is a fixed weight.
_FIXED = 1e-9
_SUM_TOLERANCE = 1e-6
# Numbers held at once while central weights are evaluated (8 bytes each): fits the cache of one core.
_BLOCK = 250_000


@dataclass(frozen=True, eq=False, slots=True)
class Acceptability:
    """What m options reach over all draws of weights and scores.

    The intervals of `first_share` say how far the number of draws leaves the share open; they say nothing of how well
    the ranges of weights and scores were judged.

    Attributes
    ----------
    rank_acceptability
        Entry (i, r) is the share of draws in which option i takes rank r + 1; shape (m, m), rows and columns sum to
        one. Options that tie share their ranks equally.
    central_weights
        Mean of the weights that put option i first; shape (m, n), NaN where it is never first.
    confidence_factor
        Share of the drawn scores with which option i is first at its central weights; shape (m,), NaN as above.
    pairwise
        Entry (i, j) is the share of draws in which i is ahead of j, a tie counting half; shape (m, m), 0.5 on the
        diagonal.
    mean_rank
        Mean rank of each option, a tie taking the mean of its ranks; shape (m,).
    first_share
        First column of `rank_acceptability`, with the 95 % interval (Wilson) of the simulation.
    draws, seed
        Number of draws, and the seed they were drawn with.
    """

    rank_acceptability: FloatArray
    central_weights: FloatArray
    confidence_factor: FloatArray
    pairwise: FloatArray
    mean_rank: FloatArray
    first_share: tuple[Estimate, ...]
    draws: int
    seed: int


def uniform_weights(n: int, draws: int = DRAWS, *, seed: int) -> FloatArray:
    """Draw weights of n criteria when nothing is known of them: uniform on the simplex; shape (draws, n)."""
    if n < 1 or draws < 1:
        raise ValueError(f"{draws} draws of {n} weights: give at least one criterion and one draw")
    return _simplex(np.random.default_rng(seed), draws, n)


def ordered_weights(order: Sequence[int], draws: int = DRAWS, *, seed: int) -> FloatArray:
    """Draw weights when only the order of importance is known: drawn on the simplex and sorted; shape (draws, n).

    `order` lists the indices of the criteria, the most important first. The mean of the draws tends to the
    rank-order-centroid weights. Raises ValueError when `order` is not each index once.
    """
    if sorted(order) != list(range(len(order))):
        raise ValueError(f"the order {list(order)} must name each of the criteria 0 to {len(order) - 1} once")
    descending = np.sort(uniform_weights(len(order), draws, seed=seed), axis=1)[:, ::-1]
    weights = np.empty_like(descending)
    weights[:, list(order)] = descending
    return weights


def interval_weights(low: ArrayLike, high: ArrayLike, draws: int = DRAWS, *, seed: int) -> FloatArray:
    """Draw weights uniform on the part of the simplex where low_j <= w_j <= high_j; shape (draws, n).

    Independent draws from exactly this distribution, by rejection from the smallest of a family of enclosing bodies;
    of the intervals tried, the least favourable accepted one proposal in four for 8 criteria and one in twenty for 15.

    Raises ValueError when an interval is not within 0..1 with low <= high, or when no weights fit: the low ends sum to
    more than one or the high ends to less.
    """
    lowest, highest = _tightened(low, high)
    if draws < 1:
        raise ValueError(f"{draws} draws: give at least one")
    width = highest - lowest
    free = np.flatnonzero(width > _FIXED)
    weights = np.tile(lowest, (draws, 1))
    if len(free):
        rng = np.random.default_rng(seed)
        # What the low ends leave over, less what the criteria without room take up.
        rest, room = 1.0 - float(lowest.sum()), float(width[free].sum())
        if min(rest, room - rest) > _FIXED:
            weights[:, free] += _filled(width[free], rest, draws, rng)
        else:
            # Nothing or everything is left over but for rounding: only one point is within.
            weights[:, free] += width[free] * min(max(rest / room, 0.0), 1.0)
    return weights


def score_draws(
    low: ArrayLike,
    likely: ArrayLike,
    high: ArrayLike,
    draws: int = DRAWS,
    *,
    seed: int,
    ids: Sequence[str] | None = None,
) -> FloatArray:
    """Draw uncertain scores from triangular distributions; (m, n) each to (m, n, draws).

    Where `likely` is NaN the score is missing and drawn uniformly between `low` and `high`, for a score not known at
    all the ends of the scale. A certain score has three equal numbers. Scores are independent of each other.
    `ids` names the options; without it their position does, and a changed order then changes the draws.

    Raises ValueError when a bound is missing, low <= likely <= high does not hold, or ids are not one for each option.
    """
    lowest, middle, highest = _three_points(low, likely, high)
    names = [str(i) for i in range(len(lowest))] if ids is None else list(ids)
    if len(names) != len(lowest) or len(set(names)) != len(names):
        raise ValueError(f"{len(set(names))} different ids for {len(lowest)} options: give each option its own id")
    if draws < 1:
        raise ValueError(f"{draws} draws: give at least one")
    scores = np.empty((*lowest.shape, draws))
    for i, name in enumerate(names):
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
        chances = np.random.default_rng([seed, key]).random((lowest.shape[1], draws))
        scores[i] = _triangular(chances, lowest[i, :, None], middle[i, :, None], highest[i, :, None])
    return scores


def smaa(scores: ArrayLike, weights: ArrayLike, *, seed: int) -> Acceptability:
    """Return how often each option takes each rank over drawn weights, drawn scores or both.

    Parameters
    ----------
    scores
        Fixed scores (m, n) or draws (m, n, draws).
    weights
        Fixed weights (n,) or draws (draws, n).
    seed
        The seed the draws were made with; kept with the result, no number is drawn here.

    Raises ValueError when a score is missing (draw it over the range it may have), nothing is drawn, the numbers of
    draws differ, or weights do not sum to one.
    """
    options = _option_scores(scores)
    columns = _weight_columns(weights, options.shape[1])
    drawn = (options.shape[2], columns.shape[1])
    draws = max(drawn)
    if draws == 1 or min(drawn) not in (1, draws):
        raise ValueError(f"{drawn[0]} draws of scores and {drawn[1]} of weights: draw both equally often, or fix one")
    shares, first, pairwise = _ranking(_values(options, columns))
    central = _central_weights(first, columns)
    return Acceptability(
        rank_acceptability=shares,
        central_weights=central,
        confidence_factor=_confidence_factor(options, central),
        pairwise=pairwise,
        mean_rank=shares @ np.arange(1.0, len(shares) + 1.0),
        first_share=tuple(_simulated_share(float(share), draws) for share in shares[:, 0]),
        draws=draws,
        seed=seed,
    )


def _values(options: FloatArray, columns: FloatArray) -> FloatArray:
    """Return the value of each option in each draw, rounded so that equal values tie; shape (m, draws)."""
    # Criterion by criterion rather than as one matrix product, whose rounding may depend on the position of the row.
    values = options[:, 0] * columns[0]
    for j in range(1, len(columns)):
        values += options[:, j] * columns[j]
    np.round(values, TIE_DECIMALS, out=values)
    return np.asarray(values)


def _ranking(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rank acceptability (m, m), each option's share of the first rank (m, draws) and pairwise wins (m, m)."""
    m, draws = values.shape
    ahead, level = np.empty((m, draws), dtype=np.int16), np.ones((m, draws), dtype=np.int16)
    wins = np.empty((m, m))
    for i, own in enumerate(values):
        higher = values > own
        ahead[i] = higher.sum(axis=0, dtype=np.int16)
        wins[:, i] = np.count_nonzero(higher, axis=1)
    # Without ties somebody wins every comparison of two options, and the slower count of equals is not needed.
    if wins.sum() < draws * m * (m - 1) / 2:
        for i, own in enumerate(values):
            level[i] = (values == own).sum(axis=0, dtype=np.int16)
    # Comparisons neither wins are ties and count half for each.
    pairwise = 0.5 + (wins - wins.T) / (2 * draws)
    return _rank_shares(ahead, level) / draws, np.where(ahead == 0, 1.0 / level, 0.0), pairwise


def _rank_shares(ahead: NDArray[np.int16], level: NDArray[np.int16]) -> FloatArray:
    """Count how often each option takes each rank, `level` options that tie sharing their ranks equally."""
    m = len(ahead)
    shares = np.zeros((m, m))
    # Places in a flattened (option, rank) table, so that one count serves all options.
    cells = ahead + m * np.arange(m)[:, None]
    for size in range(1, int(level.max()) + 1):
        counts = np.bincount(cells[level == size], minlength=m * m).reshape(m, m)
        for offset in range(size):
            shares[:, offset:] += counts[:, : m - offset] / size
    return shares


def _central_weights(first: FloatArray, columns: FloatArray) -> FloatArray:
    """Return the mean weights of the draws in which each option is first, counted by its share of that rank."""
    central = np.full((len(first), len(columns)), np.nan)
    for i, share in enumerate(first):
        wins = np.flatnonzero(share)
        if len(wins):
            favourable = columns[:, wins] if columns.shape[1] > 1 else columns
            central[i] = (favourable * share[wins]).sum(axis=1) / share[wins].sum()
    return central


def _confidence_factor(options: FloatArray, central: FloatArray) -> FloatArray:
    """Return the share of score draws in which each option is first at its own central weights."""
    m, _, draws = options.shape
    factor = np.full(m, np.nan)
    ever = np.flatnonzero(~np.isnan(central[:, 0]))
    factor[ever] = 0.0
    step = max(1, _BLOCK // (m * len(ever)))
    for start in range(0, draws, step):
        # Shape (m, ever first, block): the value of each option at the central weights of each other.
        values = np.round(central[ever] @ options[:, :, start : start + step], TIE_DECIMALS)
        best = values.max(axis=0)
        for position, option in enumerate(ever):
            wins = values[option, position] == best[position]
            level = np.count_nonzero(values[:, position, wins] == best[position, wins], axis=0)
            factor[option] += (1.0 / level).sum() / draws
    return factor


def _simulated_share(share: float, draws: int) -> Estimate:
    """Return a share with its Wilson interval, which stays honest at 0 and 1."""
    spread = _Z95**2 / draws
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
    return Estimate(share, low=max(0.0, centre - half), high=min(1.0, centre + half), n=draws)


def _simplex(rng: np.random.Generator, draws: int, n: int) -> FloatArray:
    """Draw points uniform on the simplex of n shares: exponential numbers divided by their sum."""
    spacings = rng.standard_exponential((draws, n))
    return np.asarray(spacings / spacings.sum(axis=1, keepdims=True))


def _tightened(low: ArrayLike, high: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the intervals cut to what the others leave possible, refusing intervals that admit no weights."""
    lowest, highest = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if lowest.ndim != 1 or lowest.shape != highest.shape or not len(lowest):
        raise ValueError(f"intervals of shapes {lowest.shape} and {highest.shape}: give a low and a high end each")
    # Written so that NaN fails as well.
    if not ((lowest >= 0) & (lowest <= highest) & (highest <= 1)).all():
        raise ValueError("every interval of weights must lie within 0 to 1 with its low end first")
    least, most = float(lowest.sum()), float(highest.sum())
    if least > 1 + _SUM_TOLERANCE:
        raise ValueError(f"no weights fit: the low ends already sum to {least:g}, over 1; lower some of them")
    if most < 1 - _SUM_TOLERANCE:
        raise ValueError(f"no weights fit: the high ends sum to {most:g} only, under 1; raise some of them")
    if least >= 1 or most <= 1:
        fixed = lowest / least if least >= 1 else highest / most
        return fixed, fixed
    # Also keeps rounding away from the edges: a criterion with next to no room is fixed.
    return np.maximum(lowest, 1 - (most - highest)), np.minimum(highest, 1 - (least - lowest))


def _filled(width: FloatArray, total: float, draws: int, rng: np.random.Generator) -> FloatArray:
    """Draw points uniform on {0 <= x <= width, sum x = total}, or from the mirror image where that is easier."""
    order = np.argsort(-width, kind="stable")
    widest, mirrored = width[order], float(width.sum()) - total
    points = np.empty((draws, len(width)))
    if _enclosure(widest, mirrored)[0] < _enclosure(widest, total)[0]:
        points[:, order] = widest - _accepted(widest, mirrored, draws, rng)
    else:
        points[:, order] = _accepted(widest, total, draws, rng)
    return points


def _enclosure(width: FloatArray, total: float) -> tuple[float, int, float]:
    """Return the smallest enclosing body for widths in descending order: log volume, k, and the room of the k.

    The n - k narrow coordinates fill their box, and the k widest share what is left as on a simplex:
    volume = product of the narrow widths * room^(k - 1) / (k - 1)!, room = min(total, sum of the k widths).
    """
    best = (math.inf, 0, 0.0)
    for k in range(1, len(width) + 1):
        room = min(total, float(width[:k].sum()))
        volume = float(np.log(width[k:]).sum()) + (k - 1) * math.log(room) - math.lgamma(k)
        best = min(best, (volume, k, room))
    return best


def _accepted(width: FloatArray, total: float, draws: int, rng: np.random.Generator) -> FloatArray:
    """Draw from the smallest enclosing body until enough points lie within all widths."""
    _, k, room = _enclosure(width, total)
    found: list[FloatArray] = []
    missing = draws
    while missing > 0:
        size = 2 * missing + 64
        narrow = rng.random((size, len(width) - k)) * width[k:]
        left = total - narrow.sum(axis=1)
        wide = _simplex(rng, size, k) * left[:, None]
        # A slice with less left over is smaller by the power k - 1, and must be drawn as much less often.
        thinned = rng.random(size) * room ** (k - 1) <= np.maximum(left, 0.0) ** (k - 1)
        kept = thinned & (left >= 0) & (wide <= width[:k]).all(axis=1)
        found.append(np.hstack([wide, narrow])[kept][:missing])
        missing -= len(found[-1])
    return np.vstack(found)


def _triangular(chances: FloatArray, low: FloatArray, likely: FloatArray, high: FloatArray) -> FloatArray:
    """Return the quantiles of the triangular distribution, of the uniform one where `likely` is NaN."""
    span = high - low
    unknown = np.isnan(likely)
    peak = np.where(unknown, low, likely)
    rising = chances * span < peak - low
    root = np.sqrt(span * np.where(rising, chances * (peak - low), (1 - chances) * (high - peak)))
    return np.where(unknown, low + chances * span, np.where(rising, low + root, high - root))


def _three_points(low: ArrayLike, likely: ArrayLike, high: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the three tables of scores, refusing missing bounds and a wrong order."""
    tables = tuple(np.asarray(table, dtype=np.float64) for table in (low, likely, high))
    lowest, middle, highest = tables
    if lowest.ndim != 2 or any(table.shape != lowest.shape for table in tables):
        raise ValueError(f"scores of shapes {[table.shape for table in tables]}: give three tables (options, criteria)")
    if not (np.isfinite(lowest) & np.isfinite(highest)).all():
        raise ValueError("a low or high score is missing: for an unknown score give the ends of its scale")
    wrong = np.argwhere((lowest > highest) | (middle < lowest) | (middle > highest))
    if len(wrong):
        i, j = wrong[0]
        given = f"low {lowest[i, j]:g}, likely {middle[i, j]:g}, high {highest[i, j]:g}"
        raise ValueError(f"option {i}, criterion {j}: {given} are not in this order")
    return lowest, middle, highest


def _option_scores(scores: ArrayLike) -> FloatArray:
    """Return scores as (m, n, draws), with one draw where they are fixed."""
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim not in (2, 3) or 0 in table.shape:
        raise ValueError(f"scores of shape {table.shape}: give (options, criteria) or (options, criteria, draws)")
    if not np.isfinite(table).all():
        raise ValueError("a score is missing: draw it with score_draws over the range it may have")
    return table if table.ndim == 3 else table[:, :, None]


def _weight_columns(weights: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return weights as one row for each criterion (n, draws), with one draw where they are fixed."""
    table = np.asarray(weights, dtype=np.float64)
    if table.ndim == 1:
        return weight_vector(table, n)[:, None]
    if table.ndim != 2 or table.shape[1] != n:
        raise ValueError(f"weights of shape {table.shape} for {n} criteria: give (draws, criteria)")
    # Written so that NaN fails as well.
    if not ((table >= 0).all() and (np.abs(table.sum(axis=1) - 1.0) <= _SUM_TOLERANCE).all()):
        raise ValueError("the weights of every draw must be zero or more and sum to one")
    return np.ascontiguousarray(table.T)
