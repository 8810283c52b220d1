"""Three-point estimates as distributions: triangular and PERT, from bounds or from the percentiles experts mean.

Experts seldom name true bounds: `from_p10_p90` reads what they give as the values that are undershot and exceeded once
in ten times. Its distribution reaches beyond them, so that a share may pass 1 and a cost 0: look at `low` and `high`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv

from workbook.methods.roots import switch_points
from workbook.methods.weights import FloatArray

PERT_MAXIMUM_ERROR = 1e-6
"""Largest error of `Pert.quantile` as a share of the range; 5e-7 measured for shapes 1 to 100 and any mode."""

_OUTER = np.array([0.1, 0.9])


class Distribution(Protocol):
    """What can be drawn from: quantiles, a mean and a variance."""

    def quantile(self, u: ArrayLike) -> FloatArray:
        """Return the values below which the shares `u` of the distribution lie; shape as `u`."""

    @property
    def mean(self) -> float:
        """Mean of the distribution."""

    @property
    def variance(self) -> float:
        """Variance of the distribution."""


@dataclass(frozen=True, slots=True)
class Triangular:
    """A density that rises in a straight line from `low` to `mode` and falls to `high`; fixed where all are equal.

    Raises ValueError unless low <= mode <= high, all finite.
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _check_order(self.low, self.mode, self.high)

    @classmethod
    def from_p10_p90(cls, p10: float, mode: float, p90: float) -> Self:
        """Return the distribution with this mode and these 10th and 90th percentiles.

        There is always one where p10 <= mode <= p90. Raises ValueError where there is none.

        >>> Triangular.from_p10_p90(10, 20, 30).quantile([0.1, 0.5, 0.9]).round(9).tolist()
        [10.0, 20.0, 30.0]
        """
        return cls(*_three_points(lambda share: cls(0.0, share, 1.0).quantile(_OUTER), p10, mode, p90))

    @property
    def mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low + self.mode + self.high) / 3

    @property
    def variance(self) -> float:
        """(a^2 + b^2 + c^2 - ab - ac - bc) / 18 of low, mode and high, in a form that does not cancel."""
        left, right = self.mode - self.low, self.high - self.mode
        return (left * left + left * right + right * right) / 18

    def quantile(self, u: ArrayLike) -> FloatArray:
        """Return low + sqrt(u (high - low)(mode - low)) up to the mode, and its mirror image beyond; shape as `u`.

        Raises ValueError for a share outside 0 to 1.
        """
        shares = _checked_shares(u)
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = shares * span < left
        reach = np.sqrt(np.where(rising, shares * (span * left), (1.0 - shares) * (span * right)))
        return np.asarray(np.where(rising, self.low + reach, self.high - reach))


@dataclass(frozen=True, slots=True)
class Pert:
    """A beta distribution between `low` and `high` with its peak at `mode`; fixed where all are equal.

    With m = (mode - low) / (high - low) its parameters are 1 + shape * m and 1 + shape * (1 - m). The customary shape
    is 4, a larger one trusts the mode more. Sources: Malcolm, Roseboom, Clark and Fazar, Application of a technique for
    research and development program evaluation, Operations Research 7 (1959); Vose, Risk Analysis, 2008, for the shape.

    Raises ValueError unless low <= mode <= high, all finite, and the shape is above zero.
    """

    low: float
    mode: float
    high: float
    shape: float = 4.0

    def __post_init__(self) -> None:
        _check_order(self.low, self.mode, self.high)
        _check_shape(self.shape)

    @classmethod
    def from_p10_p90(cls, p10: float, mode: float, p90: float, shape: float = 4.0) -> Self:
        """Return the distribution with this mode and shape and these 10th and 90th percentiles.

        There is always one where p10 <= mode <= p90 and the shape is the customary one. Raises ValueError where there
        is none.
        """
        _check_shape(shape)

        def outer(share: float) -> FloatArray:
            return np.asarray(betaincinv(1 + shape * share, 1 + shape * (1 - share), _OUTER))

        return cls(*_three_points(outer, p10, mode, p90), shape)

    @property
    def mean(self) -> float:
        """(low + shape * mode + high) / (shape + 2)."""
        return (self.low + self.shape * self.mode + self.high) / (self.shape + 2)

    @property
    def variance(self) -> float:
        """(mean - low)(high - mean) / (shape + 3)."""
        return (self.mean - self.low) * (self.high - self.mean) / (self.shape + 3)

    def quantile(self, u: ArrayLike) -> FloatArray:
        """Return quantiles interpolated in a table, within `PERT_MAXIMUM_ERROR` of the range; shape as `u`.

        Raises ValueError for a share outside 0 to 1.
        """
        shares = _checked_shares(u)
        span = self.high - self.low
        if span == 0:
            return np.full(shares.shape, self.low)
        below, places = _beta_table(self.shape, (self.mode - self.low) / span)
        return np.asarray(self.low + span * np.interp(shares, below, places))


@lru_cache(maxsize=64)
def _beta_table(shape: float, mode: float) -> tuple[FloatArray, FloatArray]:
    """Return shares and the quantiles they belong to, for a beta distribution on 0 to 1.

    The places x = sin^2 crowd towards both ends so that linear interpolation errs alike everywhere: with N cells by
    about pi^2 / 8 * shape * |mode - x| / N^2, at most 5e-7 here.
    """
    cells = math.ceil(math.sqrt(math.pi**2 / 8 * max(shape, 1.0) / 5e-7))
    places = np.sin(np.linspace(0.0, math.pi / 2, cells + 1)) ** 2
    return betainc(1 + shape * mode, 1 + shape * (1 - mode), places), places


def _three_points(
    outer: Callable[[float], FloatArray], p10: float, mode: float, p90: float
) -> tuple[float, float, float]:
    """Return low, mode and high of the distribution with these percentiles.

    `outer` gives both percentiles of the distribution between 0 and 1 with its mode at a share of the range. Where the
    mode lies between them depends on this share only and rises with it.
    """
    if not (math.isfinite(p10) and math.isfinite(mode) and math.isfinite(p90) and p10 <= p90):
        raise ValueError(f"P10 {p10:g}, mode {mode:g}, P90 {p90:g}: give finite numbers, P10 not above P90")
    if p10 == mode == p90:
        return p10, mode, p90

    def place(share: float) -> float:
        inner = outer(share)
        return float((share - inner[0]) / (inner[1] - inner[0]))

    lowest, highest = (p10 + place(end) * (p90 - p10) for end in (0.0, 1.0))
    if not lowest <= mode <= highest:
        raise ValueError(
            f"no distribution has its mode at {mode:g} and P10 {p10:g}, P90 {p90:g}: "
            f"the mode must lie between {lowest:g} and {highest:g}"
        )
    target = (mode - p10) / (p90 - p10)
    share = float(switch_points(lambda tried: np.array([place(float(s)) >= target for s in tried]), [0.0], [1.0])[0])
    inner = outer(share)
    span = (p90 - p10) / float(inner[1] - inner[0])
    return mode - share * span, mode, mode + (1 - share) * span


def _check_order(low: float, mode: float, high: float) -> None:
    # Written so that NaN fails as well.
    if not (math.isfinite(low) and math.isfinite(high) and low <= mode <= high):
        raise ValueError(f"low {low:g}, mode {mode:g}, high {high:g}: give finite numbers in this order")


def _check_shape(shape: float) -> None:
    if not (math.isfinite(shape) and shape > 0):
        raise ValueError(f"shape {shape:g} must be a number above zero; 4 is customary")


def _checked_shares(u: ArrayLike) -> FloatArray:
    shares = np.asarray(u, dtype=np.float64)
    if shares.size and not (shares.min() >= 0 and shares.max() <= 1):
        raise ValueError("shares must lie between 0 and 1")
    return shares
