"""Interim looks at accumulating data: two-sided group-sequential boundaries and what they do to error and power.

A look at information fraction t sees a statistic Z with variance 1 and mean drift * sqrt(t), where the drift is the
effect divided by its standard error at the full sample. The pilot is stopped at the first look k with |Z_k| at or over
the critical value c_k. All probabilities come from the recursion of Armitage, McPherson and Rowe, "Repeated
significance tests on accumulating data", Journal of the Royal Statistical Society A, 1969, carried out with
Gauss-Legendre quadrature as described in Jennison and Turnbull, "Group Sequential Methods with Applications to
Clinical Trials", Chapman and Hall, 2000, chapter 19.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

FloatArray = NDArray[np.float64]
Rule = Literal["obrien_fleming", "pocock", "spending_obrien_fleming", "spending_pocock"]
RULES: tuple[Rule, ...] = ("obrien_fleming", "pocock", "spending_obrien_fleming", "spending_pocock")

# Normal mass beyond this many standard deviations is under 1e-18.
_REACH = 9.0
# A critical value that is never reached in floating point; stands where next to nothing of alpha may be spent.
_NEVER = 38.0
_TINY = 1e-300
# Two fractions closer than this are the same look, one as close to 1 is the last.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Looks:
    """A schedule of looks with its boundary.

    Attributes
    ----------
    rule, alpha
        The rule the boundary follows, and the two-sided error it spends over all looks.
    fractions
        Information at each look, as a share of the planned total.
    critical_values
        Stop at |Z| at or over this value.
    spent
        Two-sided error spent up to and with each look.
    """

    rule: Rule
    alpha: float
    fractions: tuple[float, ...]
    critical_values: tuple[float, ...]
    spent: tuple[float, ...]

    @property
    def levels(self) -> tuple[float, ...]:
        """Level of the repeated interval at each look, 2 Phi(c) - 1, for interval methods that take a level."""
        return tuple(float(1 - 2 * ndtr(-c)) for c in self.critical_values)

    @property
    def significance_levels(self) -> tuple[float, ...]:
        """Two-sided p-value at or under which each look stops, 2 Phi(-c)."""
        return tuple(float(2 * ndtr(-c)) for c in self.critical_values)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Probabilities of stopping at each look at the upper and at the lower boundary."""

    upper: tuple[float, ...]
    lower: tuple[float, ...]

    @property
    def total(self) -> float:
        """Probability of stopping at either boundary at any look."""
        return math.fsum(self.upper) + math.fsum(self.lower)


@dataclass(frozen=True, slots=True)
class ErrorControl:
    """Whether the looks that were taken keep the error rate; where they do not, `reason` says why.

    `alpha` is the error rate that may be claimed, None where none may. `naive_error` is what testing at alpha each time
    would cost with as many equally spaced looks: an illustration, not the error of this pilot, which nobody knows.
    """

    alpha: float | None
    naive_error: float | None
    reason: str | None = None


def looks(fractions: Sequence[float], rule: Rule, alpha: float = 0.05, *, is_final: bool | None = None) -> Looks:
    """Return the boundary for looks at `fractions` of the planned information.

    O'Brien-Fleming has c_k = C / sqrt(t_k), Pocock c_k = C, with C such that the total error is `alpha`; their schedule
    must be complete, ending at 1. The spending rules (Lan and DeMets, "Discrete sequential boundaries for clinical
    trials", Biometrika, 1983) hold for whatever fractions came about, as long as the timing did not depend on the
    results: see `spending`. They spend what is left at the last look if `is_final`, which stands for a last fraction of
    1 or more unless given (under-running a plan: last fraction below 1 and `is_final=True`).

    >>> [round(c, 3) for c in looks([0.2, 0.4, 0.6, 0.8, 1.0], "spending_obrien_fleming").critical_values]
    [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    times = _checked_fractions(fractions)
    _check_alpha(alpha)
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}, found {rule}")
    is_complete = times[-1] >= 1 - _SAME
    if rule.startswith("spending"):
        final = is_complete if is_final is None else is_final
        spent = [spending(time, rule, alpha) for time in times]
        spent[-1] = alpha if final else spent[-1]
        return Looks(rule, alpha, times, _spending_boundary(times, spent), tuple(spent))
    if not is_complete or times[-1] > 1 + _SAME:
        raise ValueError(f"{rule} needs its whole schedule, with a last fraction of 1, found {times[-1]:g}")
    shape = np.ones(len(times)) if rule == "pocock" else 1 / np.sqrt(times)
    # At least the value of a single look, and at most Bonferroni's.
    ends = (ndtri(1 - alpha / 2) - _SAME, ndtri(1 - alpha / 2 / len(times)) + _SAME)
    constant = brentq(lambda c: _total_error(times, c * shape) - alpha, *ends, xtol=1e-10)
    critical_values = constant * shape
    upper, lower = _crossing(times, critical_values, 0.0)
    return Looks(rule, alpha, times, _floats(critical_values), _floats(np.cumsum(upper + lower)))


def spending(fraction: float, rule: Rule, alpha: float = 0.05) -> float:
    """Return the two-sided error spent up to an information fraction; all of it from 1 on.

    O'Brien-Fleming-like: 4 (1 - Phi(z / sqrt(t))) with z the normal quantile of 1 - alpha / 4, which is the one-sided
    function of Lan and DeMets at alpha / 2 on each side. Pocock-like: alpha ln(1 + (e - 1) t).

    >>> round(spending(0.5, "spending_obrien_fleming"), 5), round(spending(0.5, "spending_pocock"), 3)
    (0.00305, 0.031)
    """
    if rule not in ("spending_obrien_fleming", "spending_pocock"):
        raise ValueError(f"{rule} is no spending rule: spending_obrien_fleming and spending_pocock are")
    share = min(fraction, 1.0)
    if rule == "spending_pocock":
        return alpha * math.log1p((math.e - 1) * share)
    return float(4 * ndtr(ndtri(alpha / 4) / math.sqrt(share)))


def crossing_probabilities(plan: Looks, drift: float = 0.0) -> Crossing:
    """Return the probabilities of stopping at each look at either boundary under `drift`."""
    upper, lower = _crossing(plan.fractions, np.array(plan.critical_values), drift)
    return Crossing(_floats(upper), _floats(lower))


def naive_error(count: int, alpha: float = 0.05) -> float:
    """Return the two-sided error of testing at `alpha` at each of `count` equally spaced looks.

    >>> [round(naive_error(count), 3) for count in (1, 2, 5)]
    [0.05, 0.083, 0.142]
    """
    _check_alpha(alpha)
    if count < 1:
        raise ValueError(f"count must be at least 1, found {count}")
    return _total_error([k / count for k in range(1, count + 1)], np.full(count, ndtri(1 - alpha / 2)))


def _spending_boundary(times: Sequence[float], spent: Sequence[float]) -> tuple[float, ...]:
    """Return the critical values that spend the error, one look after the other."""
    path = _Path(drift=0.0)
    critical_values: list[float] = []
    for k, time in enumerate(times):
        step = spent[k] - (spent[k - 1] if k else 0.0)
        path.move_to(time)
        critical_values.append(path.critical_value(step / 2))
        if k + 1 < len(times):
            path.go_on(critical_values[-1], times[k + 1])
    return tuple(critical_values)


def _crossing(times: Sequence[float], critical_values: FloatArray, drift: float) -> tuple[FloatArray, FloatArray]:
    """Return the probabilities of crossing the upper and the lower boundary at each look."""
    path = _Path(drift)
    upper, lower = np.empty(len(times)), np.empty(len(times))
    for k, (time, critical_value) in enumerate(zip(times, critical_values, strict=True)):
        path.move_to(time)
        upper[k], lower[k] = path.beyond(critical_value), path.below(-critical_value)
        if k + 1 < len(times):
            path.go_on(critical_value, times[k + 1])
    return upper, lower


def _total_error(times: Sequence[float], critical_values: FloatArray) -> float:
    upper, lower = _crossing(times, critical_values, 0.0)
    return float((upper + lower).sum())


class _Path:
    """The score process S = Z sqrt(t) of the pilots that go on: masses at quadrature nodes, moved from look to look."""

    def __init__(self, drift: float) -> None:
        self._nodes, self._masses = np.zeros(1), np.ones(1)
        self._time, self._last, self._drift = 0.0, 0.0, drift

    def move_to(self, time: float) -> None:
        """Set the time of the next look; the nodes stay where the last look left them."""
        self._last, self._time = self._time, time

    @property
    def _means(self) -> FloatArray:
        return self._nodes + self._drift * (self._time - self._last)

    @property
    def _spread(self) -> float:
        return math.sqrt(self._time - self._last)

    def beyond(self, z: float) -> float:
        """Return the probability that Z at this look is over `z`."""
        return float(self._masses @ ndtr((self._means - z * math.sqrt(self._time)) / self._spread))

    def below(self, z: float) -> float:
        """Return the probability that Z at this look is under `z`."""
        return float(self._masses @ ndtr((z * math.sqrt(self._time) - self._means) / self._spread))

    def critical_value(self, tail: float) -> float:
        """Return the value that Z exceeds with probability `tail`."""
        if tail <= self.beyond(_NEVER):
            return _NEVER
        # On the scale of logarithms the search is short also for the tiny tails of early looks.
        return float(brentq(lambda z: math.log(max(self.beyond(z), _TINY) / tail), -_REACH, _NEVER, xtol=1e-12))

    def go_on(self, critical_value: float, next_time: float) -> None:
        """Keep the pilots inside the boundary, as masses at new nodes."""
        root = math.sqrt(self._time)
        centre = self._drift * self._time
        low = max(-critical_value * root, centre - _REACH * root)
        high = min(critical_value * root, centre + _REACH * root)
        if low >= high:
            # Everything has crossed by now.
            self._nodes, self._masses = np.zeros(1), np.zeros(1)
            return
        # The density bends on the scale of the shorter of the steps before and after this look.
        detail = min(self._spread, math.sqrt(next_time - self._time))
        points, weights = _quadrature(32 * math.ceil(1 + (high - low) / detail / 8))
        nodes = (low + high) / 2 + points * (high - low) / 2
        distances = (nodes[:, None] - self._means) / self._spread
        density = np.exp(-0.5 * distances * distances) @ self._masses / (self._spread * math.sqrt(2 * math.pi))
        self._nodes, self._masses = nodes, density * weights * (high - low) / 2


@lru_cache(maxsize=32)
def _quadrature(nodes: int) -> tuple[FloatArray, FloatArray]:
    points, weights = np.polynomial.legendre.leggauss(nodes)
    return np.asarray(points), np.asarray(weights)


def _floats(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _checked_fractions(fractions: Sequence[float]) -> tuple[float, ...]:
    times = tuple(float(fraction) for fraction in fractions)
    # Written so that NaN fails as well.
    rises = all(later - earlier > _SAME for earlier, later in zip((0.0, *times), times, strict=False))
    if not times or not rises or times[-1] > 2:
        raise ValueError(f"fractions must rise from over 0 to about 1, found {list(times)}")
    return times


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, found {alpha}")
