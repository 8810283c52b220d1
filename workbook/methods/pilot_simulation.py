"""Simulated pilots judged by the rule of `verdict`, to check the chances that `chance_of_go` computes.

Data are drawn case by case or cluster by cluster and the rule is applied at every look, in one vectorised pass over
all simulated pilots. Shares use Newcombe's interval, with counts shrunk by the design effect of the plan; durations
the difference of the sample medians with standard errors from the pooled standard deviation of the logarithms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbook.methods.clause_chances import ROUNDING
from workbook.methods.estimates import Estimate
from workbook.methods.pilot_plan import Clusters, DurationMetric, Look, PilotPlan, ProportionGuardrail
from workbook.methods.proportion_differences import hybrid_ends
from workbook.methods.proportions import wilson

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SimulatedEffect:
    """Effects seen at one look, one entry per simulated pilot, with their intervals; shape (draws,)."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class SimulatedLook:
    """All that the rule judges at one look."""

    primary: SimulatedEffect
    guardrails: tuple[SimulatedEffect, ...]
    adoption: FloatArray | None


def simulate_go(plan: PilotPlan, n: int, effect: float, draws: int, seed: int) -> Estimate:
    """Return the share of simulated pilots that end in a go, with its 95 % interval for the number of draws."""
    undecided, gone = np.ones(draws, dtype=bool), 0
    for at in simulate_looks(plan, n, effect, draws, seed):
        go, stop = decide(plan, at)
        gone += int((go & undecided).sum())
        undecided &= ~(go | stop)
    return wilson(gone, draws)


def decide(plan: PilotPlan, at: SimulatedLook) -> tuple[BoolArray, BoolArray]:
    """Return which pilots go and which stop at a look, by the clauses on effects and adoption of `verdict.judge`."""
    primary, worthwhile = at.primary, plan.primary.worthwhile
    go = (primary.low > ROUNDING) & (primary.value >= worthwhile - ROUNDING)
    stop = primary.high < worthwhile - ROUNDING
    for guardrail, effect in zip(plan.guardrails, at.guardrails, strict=True):
        go &= effect.low > -guardrail.margin + ROUNDING
        stop |= effect.high < -guardrail.margin - ROUNDING
    if plan.adoption is not None and at.adoption is not None:
        go &= at.adoption >= plan.adoption.threshold - ROUNDING
    return go & ~stop, stop


def simulate_looks(plan: PilotPlan, n: int, effect: float, draws: int, seed: int) -> list[SimulatedLook]:
    """Return what `draws` simulated pilots with `n` cases per arm show at each look."""
    rng = np.random.default_rng(seed)
    primary = _primary(plan, n, effect, draws, rng)
    guardrails = [_guardrail(plan, guardrail, n, draws, rng) for guardrail in plan.guardrails]
    adoption = None
    if plan.adoption is not None:
        observed = [math.ceil((plan.adoption.n or n) * look.share) for look in plan.looks]
        adoption = _running_counts(plan.adoption.rate, observed, draws, None, rng) / np.array(observed)[:, None]
    return [
        SimulatedLook(primary[k], tuple(seen[k] for seen in guardrails), None if adoption is None else adoption[k])
        for k in range(len(plan.looks))
    ]


def _primary(plan: PilotPlan, n: int, effect: float, draws: int, rng: np.random.Generator) -> list[SimulatedEffect]:
    metric = plan.primary
    if isinstance(metric, DurationMetric):
        return _durations(plan, metric, n, effect, draws, rng)
    seen = _shares(plan, (metric.baseline, metric.pilot(effect)), metric.better, n, draws, rng)
    return [_newcombe(pair, size, look.boundary) for pair, size, look in seen]


def _guardrail(
    plan: PilotPlan, guardrail: ProportionGuardrail, n: int, draws: int, rng: np.random.Generator
) -> list[SimulatedEffect]:
    shares = (guardrail.baseline, guardrail.pilot)
    seen = _shares(plan, shares, guardrail.better, round(n * guardrail.measured), draws, rng)
    return [_newcombe(pair, size, look.boundary) for pair, size, look in seen]


def _shares(
    plan: PilotPlan, shares: tuple[float, float], better: str, n: int, draws: int, rng: np.random.Generator
) -> list[tuple[tuple[FloatArray, FloatArray], float, Look]]:
    """Return for each look the oriented shares of both arms and the effective size of an arm."""
    sizes = _sizes(plan, n)
    arms = [_running_counts(share, sizes, draws, plan.clusters, rng) / np.array(sizes)[:, None] for share in shares]
    if better == "lower":
        arms = [1 - arm for arm in arms]
    sized = zip(sizes, plan.looks, strict=True)
    return [((arms[0][k], arms[1][k]), size / plan.design_effect, look) for k, (size, look) in enumerate(sized)]


def _sizes(plan: PilotPlan, n: int) -> list[int]:
    """Return the cases per arm at each look, in whole clusters where there are clusters."""
    unit = round(plan.clusters.mean_size) if plan.clusters else 1
    return [max(round(n * look.share / unit), 1) * unit for look in plan.looks]


def _running_counts(
    share: float, sizes: list[int], draws: int, clusters: Clusters | None, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the successes among the first sizes[k] cases; shape (looks, draws). Clusters follow a beta-binomial."""
    new = np.diff([0, *sizes])
    if clusters is None or clusters.icc == 0 or share in (0.0, 1.0):
        return np.cumsum([rng.binomial(size, share, draws) for size in new], axis=0)
    unit, spread = round(clusters.mean_size), 1 / clusters.icc - 1
    counts = []
    for size in new:
        rates = rng.beta(share * spread, (1 - share) * spread, (draws, size // unit))
        counts.append(rng.binomial(unit, rates).sum(axis=1))
    return np.cumsum(counts, axis=0)


def _newcombe(pair: tuple[FloatArray, FloatArray], size: float, z: float) -> SimulatedEffect:
    low, high = hybrid_ends(pair[1], size, pair[0], size, z)
    return SimulatedEffect(pair[1] - pair[0], low, high)


def _durations(
    plan: PilotPlan, metric: DurationMetric, n: int, effect: float, draws: int, rng: np.random.Generator
) -> list[SimulatedEffect]:
    sizes = _sizes(plan, n)
    logs = [
        math.log(median) + metric.log_sd * _correlated(draws, sizes[-1], plan.clusters, rng)
        for median in (metric.median, metric.shorter(effect))
    ]
    return [
        _medians(logs, size, plan.design_effect_of_medians, look) for size, look in zip(sizes, plan.looks, strict=True)
    ]


def _correlated(draws: int, n: int, clusters: Clusters | None, rng: np.random.Generator) -> FloatArray:
    """Return standard normal cases, correlated within clusters; shape (draws, n)."""
    cases = rng.standard_normal((draws, n))
    if clusters is None:
        return cases
    unit = round(clusters.mean_size)
    shared = np.repeat(rng.standard_normal((draws, n // unit)), unit, axis=1)
    mixed: FloatArray = math.sqrt(clusters.icc) * shared + math.sqrt(1 - clusters.icc) * cases
    return mixed


def _medians(logs: list[FloatArray], size: int, design_effect: float, look: Look) -> SimulatedEffect:
    medians = [np.exp(np.median(arm[:, :size], axis=1)) for arm in logs]
    log_sd = np.sqrt(sum(arm[:, :size].var(axis=1, ddof=1) for arm in logs) / 2)
    error = log_sd * np.hypot(*medians) * math.sqrt(math.pi * design_effect / (2 * size))
    value = medians[0] - medians[1]
    return SimulatedEffect(value, value - look.boundary * error, value + look.boundary * error)
