"""The chance that a planned pilot ends in a go by the whole rule of `verdict`, and the sample that makes it likely.

At each look a pilot goes when the primary effect excludes none and reaches the worthwhile effect, every guardrail is
non-inferior and adoption reaches its threshold; it stops when a guardrail is shown inferior or the worthwhile effect is
out of reach; otherwise it goes on. All intervals of a look have the level of its boundary.
Blockers and checks are taken as passed. The primary metric, guardrails and adoption are independent of each other.

Each metric at each look has its own chances: for shares exact, summed over the binomial counts with Newcombe's
interval; for durations those of the difference of two sample medians, whose logarithms are taken as normal. Over the
looks a metric follows a Gaussian path with correlation sqrt(t_j / t_k) between looks at shares t_j < t_k of the
sample, so that a plan with one look on shares is exact. Clusters shrink the sample by the design effect.
Sources: Jennison and Turnbull, Group Sequential Methods with Applications to Clinical Trials, 2000, chapter 19 (the
recursion); Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine,
1998, method 10.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import ndtri

from workbook.methods.clause_chances import (
    ROUNDING,
    Borders,
    at_least,
    exact_chances,
    median_chances,
    normal_chances,
    normal_chances_at,
)
from workbook.methods.look_paths import LookPath, chance_all_support
from workbook.methods.pilot_plan import Adoption, DurationMetric, Look, PilotPlan, ProportionGuardrail

LEAST_GAIN = 0.005
"""A clause limits P(GO) when P(GO) would be higher by more than this without it."""

LARGEST_SAMPLE = 1_000_000
"""Largest sample per arm that `required_sample` considers."""


@dataclass(frozen=True, slots=True)
class ChancesOfGo:
    """P(GO) with `n` per arm when the true effect is none, just worthwhile, and as planned."""

    n: int
    at_zero: float
    at_worthwhile: float
    at_planned: float


@dataclass(frozen=True, slots=True)
class Limit:
    """A clause that holds P(GO) back, by its kind, and the id of the guardrail if it is one."""

    kind: Literal["guardrail", "adoption", "worthwhile"]
    guardrail: str | None = None


@dataclass(frozen=True, slots=True)
class RequiredSample:
    """The sample per arm and its P(GO) at the planned effect; without `n`, `reason` says why none is enough.

    "planned_not_above_worthwhile": the planned effect must exceed the minimum worthwhile effect, or P(GO) stays near
    one half whatever the sample. "guardrail_not_above_margin", "adoption_not_above_threshold": the same for them.
    "adoption_observed_on_too_few": the fixed number on which adoption is observed keeps P(GO) under the power.
    "beyond_largest_sample": no sample up to the largest reaches the power.
    """

    n: int | None
    chance: float | None
    reason: str | None = None


# A curve over effects is asked for again whenever something else of a plan has changed.
@lru_cache(maxsize=1024)
def chance_of_go(plan: PilotPlan, n: int, effect: float | None = None) -> float:
    """Return P(GO) with `n` cases per arm at a true primary effect, the planned one unless stated.

    Raises ValueError when n is below 2 or the effect cannot occur.

    >>> from workbook.methods.pilot_plan import ProportionMetric
    >>> round(chance_of_go(PilotPlan(ProportionMetric(0.45, 0.30, 0.30)), 41), 3)
    0.485
    """
    if n < 2:
        raise ValueError(f"n must be at least 2 per arm, found {n}")
    return _chance(plan, n, plan.primary.planned if effect is None else effect, exact_chances)


def chances_of_go(plan: PilotPlan, n: int) -> ChancesOfGo:
    """Return P(GO) at no effect, at the worthwhile and at the planned effect."""
    at = (0.0, plan.primary.worthwhile, plan.primary.planned)
    return ChancesOfGo(n, *(chance_of_go(plan, n, effect) for effect in at))


def limit_of_go(plan: PilotPlan, n: int) -> Limit | None:
    """Return the clause without which P(GO) at the planned effect would rise most, None where none matters."""
    without = {
        Limit("guardrail", each.id): replace(plan, guardrails=tuple(g for g in plan.guardrails if g is not each))
        for each in plan.guardrails
    }
    without[Limit("adoption")] = replace(plan, adoption=None)
    without[Limit("worthwhile")] = replace(plan, primary=replace(plan.primary, worthwhile=0.0))
    chances = {limit: chance_of_go(other, n) for limit, other in without.items()}
    most = max(chances, key=lambda limit: chances[limit])
    return most if chances[most] - chance_of_go(plan, n) > LEAST_GAIN else None


def required_sample(plan: PilotPlan, power: float = 0.8) -> RequiredSample:
    """Return the sample per arm at which P(GO) at the planned effect reaches the power.

    Counts make the exact chance a saw-tooth in n. The search bisects the smooth normal approximation, which rises with
    n, and from there takes the first n whose exact chance reaches the power: a higher power never needs fewer cases.
    From 500 on only even numbers are tried, from 1,000 on multiples of 4, and so on: within 0.4 % of n.
    Raises ValueError when the power does not lie between 0 and 1.
    """
    if not 0 < power < 1:
        raise ValueError(f"the power must lie between 0 and 1, found {power}")
    reason = _unreachable(plan, power)
    if reason:
        return RequiredSample(None, None, reason)
    n = _smooth_sample(plan, power)
    while n <= LARGEST_SAMPLE:
        # Multiples of a step, not steps from the start, so that every power meets the same candidates.
        step = 2 ** max((n // 250).bit_length() - 1, 0)
        n = math.ceil(n / step) * step
        chance = chance_of_go(plan, n)
        if chance >= power:
            return RequiredSample(n, chance)
        n += 1
    return RequiredSample(None, None, "beyond_largest_sample")


def weeks_needed(n: int, weekly_volume: float, share_allocated: float = 1.0, arms: int = 2) -> int:
    """Return the full weeks until `arms` arms of `n` cases are complete, ceil(arms n / (volume x share)).

    Raises ValueError unless n, volume and arms are positive and the share lies above 0 and at most at 1.

    >>> weeks_needed(392, weekly_volume=180, share_allocated=0.5)
    9
    """
    if n < 1 or arms < 1 or not (math.isfinite(weekly_volume) and weekly_volume > 0):
        raise ValueError(f"n, arms and weekly volume must be positive, found {n}, {arms} and {weekly_volume}")
    if not 0 < share_allocated <= 1:
        raise ValueError(f"the share allocated must be above 0 and at most 1, found {share_allocated}")
    return math.ceil(arms * n / (weekly_volume * share_allocated) - 1e-9)


def _unreachable(plan: PilotPlan, power: float) -> str | None:
    """Return why P(GO) cannot approach one however large the sample, or None."""
    if plan.primary.planned <= plan.primary.worthwhile + ROUNDING:
        return "planned_not_above_worthwhile"
    if any(guardrail.difference <= -guardrail.margin + ROUNDING for guardrail in plan.guardrails):
        return "guardrail_not_above_margin"
    if plan.adoption is None or plan.adoption.rate == 1:
        return None
    if plan.adoption.rate <= plan.adoption.threshold:
        return "adoption_not_above_threshold"
    if plan.adoption.n is not None and _adoption(plan.adoption, plan.adoption.n, 1.0) < power:
        return "adoption_observed_on_too_few"
    return None


def _smooth_sample(plan: PilotPlan, power: float) -> int:
    """Return the smallest n at which the normal approximation reaches the power, or one beyond the largest.

    A single look at the last boundary is quick to compute and shows where to look.
    """
    last = replace(plan, looks=plan.looks[-1:])
    near = _first(lambda n: _smooth_chance(last, n) >= power, 2, LARGEST_SAMPLE + 1)
    if len(plan.looks) == 1:
        return near
    low = high = near
    while low > 2 and _smooth_chance(plan, low) >= power:
        low, high = max(2, low * 9 // 10), low
    while high <= LARGEST_SAMPLE and _smooth_chance(plan, high) < power:
        low, high = high, high * 10 // 9 + 1
    return _first(lambda n: _smooth_chance(plan, n) >= power, low, min(high, LARGEST_SAMPLE + 1))


def _smooth_chance(plan: PilotPlan, n: int) -> float:
    return _chance(plan, n, plan.primary.planned, normal_chances)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the smallest n from `low` on at which a condition that stays true holds, or `high`."""
    while low < high:
        middle = math.isqrt(low * high) if high > 2 * low else (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


_Chances = Callable[[float, float, float, Borders], tuple[float, float]]


def _chance(plan: PilotPlan, n: int, effect: float, of_shares: _Chances) -> float:
    """Return P(GO), with the chances of a difference of two shares given by `of_shares`, exact or approximate."""
    paths = [_path([_primary(plan, n, effect, look, of_shares) for look in plan.looks])]
    for guardrail in plan.guardrails:
        paths.append(_path([_guardrail(plan, guardrail, n, look, of_shares) for look in plan.looks]))
    if plan.adoption is not None:
        exact = of_shares is exact_chances
        paths.append(_path([(_adoption(plan.adoption, n, look.share, exact), 0.0) for look in plan.looks]))
    return chance_all_support(paths, tuple(look.share for look in plan.looks))


def _primary(plan: PilotPlan, n: int, effect: float, look: Look, of_shares: _Chances) -> tuple[float, float]:
    metric = plan.primary
    borders = _borders(0.0, metric.worthwhile, metric.worthwhile, look)
    if isinstance(metric, DurationMetric):
        size = n * look.share / plan.design_effect_of_medians
        return median_chances(metric.median, metric.shorter(effect), metric.log_sd, size, borders)
    size = n * look.share / plan.design_effect
    return of_shares(*_oriented(metric.baseline, metric.pilot(effect), metric.better), size, borders)


def _guardrail(
    plan: PilotPlan, guardrail: ProportionGuardrail, n: int, look: Look, of_shares: _Chances
) -> tuple[float, float]:
    shares = _oriented(guardrail.baseline, guardrail.pilot, guardrail.better)
    border, size = -guardrail.margin, n * look.share * guardrail.measured / plan.design_effect
    return of_shares(*shares, size, _borders(border, border, border, look))


def _borders(beyond: float, value: float, miss: float, look: Look) -> Borders:
    # At the last look a pilot that does not go is over, so that its stop need not be computed.
    return Borders(beyond, value, -math.inf if look.share == 1 else miss, look.boundary)


def _path(chances: list[tuple[float, float]]) -> LookPath:
    """Return the normal quantiles that give the chances of a go and of a stop at each look."""
    return LookPath(tuple(float(-ndtri(go)) for go, _ in chances), tuple(float(ndtri(stop)) for _, stop in chances))


def _oriented(baseline: float, pilot: float, better: str) -> tuple[float, float]:
    return (baseline, pilot) if better == "higher" else (1 - baseline, 1 - pilot)


def _adoption(adoption: Adoption, n: int, share: float, exact: bool = True) -> float:
    """Return P(the observed adoption reaches its threshold) at a look; a fixed number observed is always exact."""
    observed = math.ceil((adoption.n or n) * share)
    if exact or adoption.n:
        count = math.ceil(adoption.threshold * observed - 1e-9)
        return float(at_least(np.array([float(count)]), observed, adoption.rate)[0])
    error = math.sqrt(adoption.rate * (1 - adoption.rate) / observed)
    return normal_chances_at(adoption.rate, error, Borders(-math.inf, adoption.threshold, -math.inf, 0.0))[0]
