"""P-values for panels with few units: reassigning the start dates, and the wild cluster bootstrap."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np

from workbook.methods.panel_estimates import (
    FloatArray,
    IntArray,
    Panel,
    clear,
    cleared_pair,
    has_started,
    lead_weights,
    small_sample_factor,
)

# Reassignments and bootstrap samples; the largest number of figures held at a time.
_DRAWS = 1999
_CHUNK = 4_000_000
# Sums of the same terms in another order differ by less than this share of them.
_ROUNDING = 1e-9
# Webb's six points, for so few units that two signs would give too few distinct samples.
_WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
_WEBB_BELOW = 12


def permutation_p_value(panel: Panel, value: float, seed: int) -> float | None:
    """Return the share of reassignments of start dates to units, the true one among them, with as large an effect."""
    starts = _reassignments(panel, seed)
    return _share_as_large(
        _group_time_effects(panel, starts) if panel.is_staggered else _two_way_effects(panel, starts), value
    )


def permutation_interval(panel: Panel, value: float, seed: int, level: float) -> tuple[float, float] | None:
    """Return the lowest and the highest effect that reassigning the start dates does not reject; None without ends.

    An effect d is tested as no effect is, on the outcomes less d where they are treated. Effects are linear in the
    outcomes, so that reassignment i then shows a_i - d b_i, with a_i and b_i its effects on the outcomes and on the
    treatment itself. d is not rejected where its p-value is at least 1 - level; the p-value changes only where
    |a_i - d b_i| = |value - d|. There are no ends where even the true assignment is no rarer than 1 - level.
    Source: Rosenbaum, Observational Studies, Springer, 2002, chapter 2.
    """
    starts = _reassignments(panel, seed)
    effects = _group_time_effects if panel.is_staggered else _two_way_effects
    treated = np.where(np.isnan(panel.outcomes), np.nan, has_started(panel, panel.starts).astype(float))
    a, b = effects(panel, starts), effects(replace(panel, outcomes=treated), starts)
    usable = np.isfinite(a) & np.isfinite(b)
    a, b = a[usable], b[usable]
    if not len(a) or (np.abs(b) >= 1 - _ROUNDING).mean() >= 1 - level - _ROUNDING:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = np.concatenate([(a - value) / (b - 1), (a + value) / (b + 1), [value]])
    turns = np.unique(turns[np.isfinite(turns)])
    slack = _ROUNDING * (np.abs(a).max() + np.abs(turns))
    least = np.abs(value - turns) - slack
    parts = np.array_split(np.arange(len(turns)), max(len(turns) * len(a) // _CHUNK, 1))
    shares = [(np.abs(a - turns[part, None] * b) >= least[part, None]).mean(axis=1) for part in parts]
    kept = turns[np.concatenate(shares) >= 1 - level - _ROUNDING]
    return float(kept.min()), float(kept.max())


def slope_permutation_p_value(panel: Panel, slope: float, seed: int) -> float | None:
    """Return the share of reassignments of start dates to units with as large a slope of the leads."""
    return _share_as_large(_lead_slopes(panel, _reassignments(panel, seed)), slope)


def _share_as_large(values: FloatArray, value: float) -> float | None:
    values = values[np.isfinite(values)]
    return float((np.abs(values) >= abs(value) * (1 - 1e-9)).mean()) if len(values) else None


def _reassignments(panel: Panel, seed: int) -> IntArray:
    """Return start dates by reassignment; shape (draws, units). All of them where they are few, else a sample."""
    units, never = len(panel.units), len(panel.periods)
    if not panel.is_staggered and math.comb(units, panel.treated) <= _DRAWS:
        chosen = np.array(list(combinations(range(units), panel.treated)))
        starts = np.full((len(chosen), units), never)
        np.put_along_axis(starts, chosen, panel.groups[0], axis=1)
        return starts
    rng = np.random.default_rng(seed)
    return np.vstack([panel.starts, rng.permuted(np.tile(panel.starts, (_DRAWS, 1)), axis=1)])


def _two_way_effects(panel: Panel, starts: IntArray) -> FloatArray:
    """Return the two-way effect under each row of start dates."""
    seen, (_, outcome) = ~np.isnan(panel.outcomes), cleared_pair(panel)
    effects = []
    for part in np.array_split(starts, max(len(starts) * seen.size // _CHUNK, 1)):
        treatment = clear(has_started(panel, part).astype(float), seen)
        size = (treatment**2).sum(axis=(1, 2))
        effects.append((treatment * outcome).sum(axis=(1, 2)) / np.where(size > 1e-10, size, np.nan))
    return np.concatenate(effects)


def _group_time_effects(panel: Panel, starts: IntArray) -> FloatArray:
    """Return the mean group-time effect under each row of start dates."""
    events = [sums for event, sums in _event_sums(panel, starts).items() if event >= 0]
    if not events:
        return np.full(len(starts), np.nan)
    total, weight = np.sum(events, axis=0)
    return np.asarray(total / np.where(weight > 0, weight, np.nan))


def _lead_slopes(panel: Panel, starts: IntArray) -> FloatArray:
    """Return the slope of the leads under each row of start dates; NaN where a lead has nothing to compare with."""
    leads = {event: sums for event, sums in _event_sums(panel, starts).items() if event < -1}
    values = np.array([total / np.where(weight > 0, weight, np.nan) for total, weight in leads.values()])
    return np.asarray(lead_weights(list(leads)) @ values)


def _event_sums(panel: Panel, starts: IntArray) -> dict[int, FloatArray]:
    """Return for each event, under each row of start dates, the sum of the treated units' gains and their number."""
    sums: dict[int, FloatArray] = {}
    for group in panel.groups:
        for time in range(len(panel.periods)):
            if group == 0 or time == group - 1:
                continue
            change = panel.outcomes[:, time] - panel.outcomes[:, group - 1]
            usable, change = ~np.isnan(change), np.nan_to_num(change)
            members, others = (starts == group) & usable, (starts > max(time, group)) & usable
            compared = others.sum(axis=1)
            count = np.where(compared > 0, members.sum(axis=1), 0)
            gain = np.where(compared > 0, members @ change, 0.0) - count * (others @ change) / np.maximum(compared, 1)
            sums[time - group] = sums.get(time - group, 0.0) + np.stack([gain, count])
    return sums


def wild_bootstrap_p_value(panel: Panel, seed: int) -> float | None:
    """Return the p-value of the wild cluster bootstrap of t, with residuals under no effect.

    Each unit's residuals are multiplied by a random sign, or by Webb's six points where units are fewer than 12.
    Source: Cameron, Gelbach and Miller, Bootstrap-based improvements for inference with clustered errors, Review of
    Economics and Statistics 90, 2008.
    """
    treatment, outcome = cleared_pair(panel)
    seen, units = ~np.isnan(panel.outcomes), len(panel.units)
    if small_sample_factor(panel) is None:
        return None
    rng = np.random.default_rng(seed)
    signs = rng.choice([-1.0, 1.0], (_DRAWS, units))
    if units < _WEBB_BELOW:
        signs *= rng.choice(_WEBB, (_DRAWS, units))
    seen_t = _cluster_t(treatment, outcome[None])[0]
    larger = 0
    for part in np.array_split(signs, max(_DRAWS * seen.size // _CHUNK, 1)):
        drawn = _cluster_t(treatment, clear(part[:, :, None] * outcome, seen))
        larger += int((np.abs(drawn) >= abs(seen_t) * (1 - 1e-9)).sum())
    return (1 + larger) / (1 + _DRAWS)


def _cluster_t(treatment: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Return t but for its constant factor, for each layer of cleared outcomes."""
    beta = (treatment * outcomes).sum(axis=(1, 2)) / (treatment**2).sum()
    scores = (treatment * (outcomes - beta[:, None, None] * treatment)).sum(axis=2)
    t: FloatArray = beta / np.sqrt((scores**2).sum(axis=1))
    return t
