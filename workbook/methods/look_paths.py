"""Probabilities over the looks of a plan in which several independent metrics must all support the same decision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

FloatArray = NDArray[np.float64]

# Standard deviations beyond which a path is left out: under 1e-9 of them.
_TAIL = 6.0
# Sets of looks less likely than this are not followed further: at most 32 sets for five looks.
_NEGLIGIBLE = 1e-8


@dataclass(frozen=True, slots=True)
class LookPath:
    """One metric over the looks: at look k it supports a go above go[k] and stops the pilot below stop[k].

    The bounds are quantiles of the standard normal that the metric follows at each look.
    """

    go: tuple[float, ...]
    stop: tuple[float, ...]


def chance_all_support(paths: list[LookPath], shares: tuple[float, ...]) -> float:
    """Return the probability that at some look all metrics support a go, and none stopped the pilot before.

    By inclusion and exclusion over the sets of looks at which all support a go: within such a set the metrics are
    independent, and each one's probability follows by recursion over the looks.
    """
    if len(shares) == 1:
        return math.prod(float(ndtr(-path.go[0])) for path in paths)
    return min(max(_branch(paths, shares, 0, [()] * len(paths), 1.0), 0.0), 1.0)


# Nodes and the probability each carries; None while nothing was asked of the path yet.
_State = tuple[FloatArray, FloatArray] | None


def _branch(
    paths: list[LookPath], shares: tuple[float, ...], k: int, asked: list[tuple[float, ...]], sign: float
) -> float:
    """Add up the signed probabilities of all sets of looks that continue the one chosen before look `k`.

    `asked` holds what was asked of each path at the looks before: to lie above one bound each.
    """
    total = 0.0
    for chosen in (True, False) if k + 1 < len(shares) else (True,):
        bounds = [path.go[k] if chosen else path.stop[k] for path in paths]
        now = [(*before, bound) for before, bound in zip(asked, bounds, strict=True)]
        moved = [_state(shares[: k + 1], each) for each in now]
        mass = math.prod(1.0 if state is None else float(state[1].sum()) for state in moved)
        total += sign * mass if chosen else 0.0
        if k + 1 < len(shares) and mass > _NEGLIGIBLE:
            total += _branch(paths, shares, k + 1, now, -sign if chosen else sign)
    return total


# Over the effects of a curve only the primary metric differs: the other paths are followed once.
@lru_cache(maxsize=2048)
def _state(shares: tuple[float, ...], bounds: tuple[float, ...]) -> _State:
    """Return a path that lies above a bound at each look."""
    before = _state(shares[:-1], bounds[:-1]) if len(bounds) > 1 else None
    return _move(before, shares, len(bounds) - 1, bounds[-1])


def _move(state: _State, shares: tuple[float, ...], k: int, bound: float) -> _State:
    """Return nodes above the bound at look `k` and the probability each carries, from those at the look before."""
    low = min(max(bound, -_TAIL), _TAIL)
    if state is None:
        if low == -_TAIL:
            return None
        nodes, widths = _nodes(low, 1.0)
        return nodes, widths * np.exp(-nodes * nodes / 2) / math.sqrt(2 * math.pi)
    correlation = math.sqrt(shares[k - 1] / shares[k])
    spread = math.sqrt(1 - correlation**2)
    nodes, widths = _nodes(low, spread)
    before, carried = state
    steps = (nodes[:, None] - correlation * before[None, :]) / spread
    kernel = np.exp(-steps * steps / 2) / (spread * math.sqrt(2 * math.pi))
    return nodes, widths * (kernel @ carried)


def _nodes(low: float, spread: float) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights from `low` to the far tail, dense enough for a kernel of this spread."""
    length = _TAIL - low
    points, weights = _legendre(min(12 + math.ceil(2.5 * length / spread), 300))
    return low + (points + 1) * length / 2, weights * length / 2


@lru_cache(maxsize=64)
def _legendre(count: int) -> tuple[FloatArray, FloatArray]:
    points, weights = np.polynomial.legendre.leggauss(count)
    return points, weights
