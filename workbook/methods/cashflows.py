"""Cash flows over time: present value, internal rate of return, payback and return on investment.

Convention of all functions: the first flow falls at time 0 and is not discounted; flow t of the later ones falls at the
end of period t, or half a period earlier with the timing "mid". Rates are per year, `periods_per_year` says how many
flows make a year. Flows and rates are both real or both nominal. Costs are negative in net flows.

Source of the convention and of the return on investment: Forrester, Total Economic Impact studies, e.g. The Total
Economic Impact of SalesLoft, 2020.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from workbook.methods.roots import switch_points
from workbook.methods.weights import FloatArray

Timing = Literal["end", "mid"]

SMALL_OUTLAY_YEARS = 1.0
"""An internal rate is marked "small_outlay" where the payback takes less than this many years.

Money that is back within the year could be invested again and again at such a rate only on paper: the rate then tells
how little had to be laid out, not how much the case is worth. Show net present value and payback instead.
"""

# Sums of flows closer to zero than this share of their absolute sum are zero but for rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class InternalRate:
    """A rate of return per year that brings the present value of flows to zero.

    Attributes
    ----------
    value
        The rate, where the flows change sign once and it is the only one; otherwise None.
    rates
        All real rates above -1 in ascending order.
    reason
        Why there is no value: "no_sign_change", "no_real_root" (none above -1 that a number can hold),
        "several_roots", or "several_sign_changes" where there is one root but no rule to read it by.
    note
        How not to read the value: "small_outlay" (see `SMALL_OUTLAY_YEARS`), or "receipts_first" where money comes in
        before it goes out, so that the rate is the price of a loan and lower is better.
    """

    value: float | None
    rates: tuple[float, ...] = ()
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Payback:
    """Time until the outlay is back, in years from time 0; None with the reason "never" within the flows given."""

    years: float | None
    reason: str | None = None


def discount_factors(rate: ArrayLike, periods: int, periods_per_year: int = 1, timing: Timing = "end") -> FloatArray:
    """Return what one unit of money at each time is worth at time 0: 1 / (1 + rate)^(years until then).

    `periods` counts the periods after time 0. One rate gives the shape (periods + 1,), an array of rates
    (..., periods + 1). Raises ValueError for a rate of -1 or below.

    >>> discount_factors(0.08, 3).round(4).tolist()
    [1.0, 0.9259, 0.8573, 0.7938]
    """
    rates = np.asarray(rate, dtype=np.float64)
    if not (np.isfinite(rates) & (rates > -1)).all():
        raise ValueError(f"the rate {rates} must be a number above -1 (0.10 for 10 % a year)")
    years = _times(periods, timing) / _whole_periods(periods_per_year)
    with np.errstate(over="ignore"):
        factors = (1.0 + rates)[..., None] ** -years
    if not np.isfinite(factors).all():
        raise ValueError(f"the rate {rates} is too close to -1 for {periods} periods")
    return np.asarray(factors)


def present_value(flows: ArrayLike, rate: ArrayLike, periods_per_year: int = 1, timing: Timing = "end") -> FloatArray:
    """Return the value of flows at time 0, the sum of flow times discount factor; shape (..., periods + 1) to (...).

    The net present value is the present value of benefits minus costs. One rate for all flows, or one for each series.
    Raises ValueError for a flow that is no finite number and for a rate of -1 or below.

    >>> float(present_value([-100, 60, 60], 0.10).round(2))
    4.13
    """
    series = _series(flows)
    factors = discount_factors(rate, series.shape[-1] - 1, periods_per_year, timing)
    return np.asarray(np.einsum("...t,...t->...", series, factors))


def irr(flows: ArrayLike, periods_per_year: int = 1, timing: Timing = "end") -> InternalRate:
    """Return the internal rate of return of one series of net flows, per year.

    Never a number where flows change sign more than once: several rates may then bring the value to zero, and none
    tells whether the case is worth while; see `mirr`. Cases are not to be ranked by it. Raises ValueError for a flow
    that is no finite number.

    >>> [round(rate, 9) for rate in irr([-1600, 10_000, -10_000]).rates]
    [0.25, 4.0]
    """
    series = _without_rounding(_one_series(flows))
    periods = _whole_periods(periods_per_year)
    times = _times(len(series) - 1, timing)
    changes = _sign_changes(series)
    if not len(changes):
        return InternalRate(None, reason="no_sign_change")
    log_rates = _log_rates(series, times)
    with np.errstate(over="ignore"):
        found = np.expm1(periods * log_rates)
    rates = tuple(float(rate) for rate in found if -1 < rate < math.inf)
    if not rates:
        return InternalRate(None, reason="no_real_root")
    if len(changes) > 1:
        return InternalRate(None, rates, "several_roots" if len(rates) > 1 else "several_sign_changes")
    return InternalRate(rates[0], rates, note=_rate_note(series, periods))


def mirr(
    flows: ArrayLike,
    finance_rate: float,
    reinvestment_rate: float,
    periods_per_year: int = 1,
    timing: Timing = "end",
) -> InternalRate:
    """Return the modified internal rate of return, per year: one number however often flows change sign.

    With P the present value of the negative flows at the finance rate and F the value of the positive flows at the end
    of the last period at the reinvestment rate, both rates per year: (F / P)^(1 / years) - 1. "no_sign_change" where
    all money flows one way.

    >>> round(mirr([-120_000, 39_000, 30_000, 21_000, 37_000, 46_000], 0.10, 0.12).value, 4)
    0.1261
    """
    series = _without_rounding(_one_series(flows))
    if not len(_sign_changes(series)):
        return InternalRate(None, reason="no_sign_change")
    years = (len(series) - 1) / _whole_periods(periods_per_year)
    paid = -float(present_value(np.minimum(series, 0), finance_rate, periods_per_year, timing))
    received = float(present_value(np.maximum(series, 0), reinvestment_rate, periods_per_year, timing))
    value = (received / paid) ** (1 / years) * (1 + reinvestment_rate) - 1
    return InternalRate(value, (value,))


def payback(flows: ArrayLike, periods_per_year: int = 1) -> Payback:
    """Return the time from which the cumulative sum of net flows stays at or above zero.

    Interpolated within the period as if its flow came in evenly. A sum that turns negative again, at a renewal say, has
    not yet paid back; one that is never negative has at once. Raises ValueError for a flow that is no finite number.

    >>> payback([-100, 60, 80]).years
    1.5
    """
    series = _one_series(flows)
    cumulative = np.cumsum(series)
    owed = np.flatnonzero(cumulative < -_ROUNDING * np.abs(series).sum())
    if not len(owed):
        return Payback(0.0)
    last = int(owed[-1])
    if last == len(series) - 1:
        return Payback(None, "never")
    periods = last + float(-cumulative[last] / series[last + 1])
    return Payback(periods / _whole_periods(periods_per_year))


def discounted_payback(flows: ArrayLike, rate: float, periods_per_year: int = 1, timing: Timing = "end") -> Payback:
    """Return the payback of the discounted flows, from when on the net present value so far is never below zero."""
    series = _one_series(flows)
    return payback(series * discount_factors(rate, len(series) - 1, periods_per_year, timing), periods_per_year)


def roi(pv_benefits: ArrayLike, pv_costs: ArrayLike) -> FloatArray:
    """Return the return on investment, (benefits - costs) / costs, both present values and costs positive.

    Raises ValueError where costs are not above zero, since nothing was then invested.

    >>> round(float(roi(7_168_371.46, 1_672_201.35)), 3)
    3.287
    """
    benefits, costs = np.asarray(pv_benefits, dtype=np.float64), np.asarray(pv_costs, dtype=np.float64)
    if not np.isfinite(benefits).all() or not (np.isfinite(costs) & (costs > 0)).all():
        raise ValueError(f"benefits {benefits} and costs {costs}: give finite numbers, and costs above zero")
    return np.asarray((benefits - costs) / costs)


def _log_rates(flows: FloatArray, times: FloatArray) -> FloatArray:
    """Return all s in ascending order with sum of flow * exp(-s * time) = 0, where s = ln(1 + rate of a period).

    By Rolle's theorem roots are separated by the stationary points of the sum. Multiplied by exp(s * pivot), its
    derivative has the terms flow * (pivot - time): with the pivot at a change of sign there is one change fewer, so
    that the stationary points are found the same way, down to flows without a change, which have no root (Descartes).
    """
    # A flow of zero, far out in time, must not set the scale of the others.
    flows, times = flows[flows != 0], times[flows != 0]
    changes = _sign_changes(flows)
    if not len(changes):
        return np.empty(0)
    # Midway between the flows of different sign, past which every term of the derivative turns over.
    pivot = 0.5 * (times[changes[0, 0]] + times[changes[0, 1]])
    slopes = flows * (pivot - times)
    turns = _log_rates(slopes / np.abs(slopes).max(), times)
    bounds = np.concatenate([[_beyond(flows, times, turns, -1)], turns, [_beyond(flows, times, turns, 1)]])
    sums = _scaled_sums(flows, times, bounds)
    # At a stationary point that is a root itself, a double one, rounding leaves a little.
    signs = np.where(np.abs(sums) <= _ROUNDING, 0.0, np.sign(sums))
    between = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    crossed = switch_points(lambda s: _scaled_sums(flows, times, s) > 0, bounds[between], bounds[between + 1])
    return np.sort(np.concatenate([crossed, bounds[signs == 0]]))


def _beyond(flows: FloatArray, times: FloatArray, turns: FloatArray, side: int) -> float:
    """Return a point on one side of all roots: there the first or the last flow outweighs all others."""
    outermost = float(turns[-1] if side > 0 else turns[0]) if len(turns) else 0.0
    sign = np.sign(flows[0] if side > 0 else flows[-1])
    step = 1.0
    while _scaled_sums(flows, times, np.array([outermost + side * step]))[0] * sign <= _ROUNDING:
        step *= 2.0
    return outermost + side * step


def _scaled_sums(flows: FloatArray, times: FloatArray, points: FloatArray) -> FloatArray:
    """Return the sum at each point as a share, -1 to 1, of the sum of its terms without their signs."""
    exponents = -points[:, None] * times
    # A factor common to all terms cancels, and keeps the largest in range.
    terms = flows * np.exp(exponents - exponents.max(axis=1, keepdims=True))
    return np.asarray(terms.sum(axis=1) / np.abs(terms).sum(axis=1))


def _sign_changes(flows: FloatArray) -> FloatArray:
    """Return the places of neighbouring flows of different sign, zeros left out; shape (changes, 2)."""
    used = np.flatnonzero(flows)
    turning = np.flatnonzero(np.diff(np.sign(flows[used])))
    return np.column_stack([used[turning], used[turning + 1]])


def _without_rounding(flows: FloatArray) -> FloatArray:
    """Return flows with zero for what rounding leaves of benefits minus equal costs, whose sign means nothing."""
    return np.where(np.abs(flows) > _ROUNDING * np.abs(flows).sum(), flows, 0.0)


def _rate_note(flows: FloatArray, periods_per_year: int) -> str | None:
    """Return how not to read the internal rate of flows that change sign once."""
    if flows[flows != 0][0] > 0:
        return "receipts_first"
    years = payback(flows, periods_per_year).years
    return "small_outlay" if years is not None and years < SMALL_OUTLAY_YEARS else None


def _times(periods: int, timing: Timing) -> FloatArray:
    """Return when each flow falls, in periods from time 0."""
    if timing not in ("end", "mid"):
        raise ValueError(f"timing {timing!r}: flows fall at the 'end' of a period or in its 'mid'")
    if periods < 0:
        raise ValueError(f"{periods} periods: give none or more after time 0")
    times = np.arange(periods + 1.0)
    if timing == "mid":
        times[1:] -= 0.5
    return times


def _whole_periods(periods_per_year: int) -> int:
    if periods_per_year < 1 or periods_per_year != int(periods_per_year):
        raise ValueError(f"{periods_per_year} periods per year: give a whole number, 1 for years or 12 for months")
    return int(periods_per_year)


def _series(flows: ArrayLike) -> FloatArray:
    series = np.asarray(flows, dtype=np.float64)
    if not series.ndim or not series.shape[-1]:
        raise ValueError(f"flows of shape {series.shape}: give at least the flow at time 0")
    if not np.isfinite(series).all():
        at = np.argwhere(~np.isfinite(series))[0]
        raise ValueError(f"the flow of period {at[-1]} is {series[tuple(at)]}: give a finite amount, 0 for none")
    return series


def _one_series(flows: ArrayLike) -> FloatArray:
    series = _series(flows)
    if series.ndim != 1:
        raise ValueError(f"flows of shape {series.shape}: give one series at a time")
    return series
