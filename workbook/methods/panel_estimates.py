"""Estimates of an effect from a panel of units over periods: two-way fixed effects and group-time effects.

The estimates behind `panels`, with their influences by unit and without tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Panel:
    """Outcomes by unit and period, NaN where there is none; shape (units, periods).

    `starts` is the index of the first period with treatment, the number of periods for a unit that never starts.
    """

    units: tuple[str, ...]
    periods: tuple[object, ...]
    outcomes: FloatArray
    starts: IntArray

    @property
    def is_staggered(self) -> bool:
        """True when units start at different dates."""
        return len(self.groups) > 1

    @property
    def groups(self) -> tuple[int, ...]:
        """The distinct start indices of the units that do start, in order."""
        return tuple(int(g) for g in np.unique(self.starts[self.starts < len(self.periods)]))

    @property
    def treated(self) -> int:
        """The number of units that start within the panel."""
        return int((self.starts < len(self.periods)).sum())


def has_started(panel: Panel, starts: IntArray) -> BoolArray:
    """Return where treatment has started; shape (..., units, periods)."""
    started: BoolArray = np.arange(len(panel.periods)) >= starts[..., None]
    return started


@dataclass(frozen=True, slots=True)
class Fit:
    """An effect, its standard error (None: too few units) and the number of outcomes used."""

    value: float
    error: float | None
    n: int


def fit_effect(panel: Panel) -> Fit | None:
    """Return the effect by the method of the panel; None when nothing untreated is left to compare with."""
    if not panel.is_staggered:
        return _two_way(panel)
    cells = [cell for cell in _cells(panel) if cell.time >= cell.group]
    if not cells:
        return None
    value, influence = average_cells(cells)
    return Fit(value, influence_error(influence, cells), int((~np.isnan(panel.outcomes)).sum()))


def _two_way(panel: Panel) -> Fit | None:
    treatment, outcome = cleared_pair(panel)
    n, size = int((~np.isnan(panel.outcomes)).sum()), float((treatment**2).sum())
    if size < 1e-10:
        return None
    beta = float((treatment * outcome).sum()) / size
    factor = small_sample_factor(panel)
    if factor is None:
        return Fit(beta, None, n)
    scores = (treatment * (outcome - beta * treatment)).sum(axis=1)
    return Fit(beta, math.sqrt(factor * float(scores @ scores)) / size, n)


def small_sample_factor(panel: Panel) -> float | None:
    """Return G / (G - 1) x (N - 1) / (N - K), or None with fewer than three units or two on one side."""
    seen = ~np.isnan(panel.outcomes)
    units, n, parameters = int(seen.any(axis=1).sum()), int(seen.sum()), len(panel.periods) + 1
    if units < 3 or min(panel.treated, units - panel.treated) < 2 or n <= parameters:
        return None
    return units / (units - 1) * (n - 1) / (n - parameters)


def cleared_pair(panel: Panel) -> tuple[FloatArray, FloatArray]:
    """Return treatment and outcome cleared of unit and period effects; shape (units, periods), zero where not seen."""
    seen = ~np.isnan(panel.outcomes)
    pair = np.stack([has_started(panel, panel.starts).astype(float), np.nan_to_num(panel.outcomes)])
    treatment, outcome = clear(pair, seen)
    return treatment, outcome


def clear(layers: FloatArray, seen: BoolArray) -> FloatArray:
    """Return layers of shape (..., units, periods) with unit and period means taken out in turn until nothing changes.

    Exact after one turn when every unit is seen in every period.
    """
    cleared = np.where(seen, layers, 0.0)
    by_unit, by_period = np.maximum(seen.sum(axis=1), 1)[:, None], np.maximum(seen.sum(axis=0), 1)
    tolerance = 1e-12 * max(float(np.abs(cleared).max()), 1e-300)
    for _ in range(10_000):
        before = cleared
        cleared = cleared - seen * (cleared.sum(axis=-1, keepdims=True) / by_unit)
        cleared = cleared - seen * (cleared.sum(axis=-2, keepdims=True) / by_period)
        if np.abs(cleared - before).max() < tolerance:
            break
    return cleared


@dataclass(frozen=True, slots=True)
class Cell:
    """The effect on one group in one period: each member's change less the mean change of the others.

    `gain` is that difference by unit, zero outside the group; `pull` is the influence of each of the others on the
    mean change, zero elsewhere.
    """

    group: int
    time: int
    members: BoolArray
    others: BoolArray
    gain: FloatArray
    pull: FloatArray

    @property
    def event(self) -> int:
        """Periods since the start."""
        return self.time - self.group


def _cells(panel: Panel) -> Iterator[Cell]:
    """Yield each group-time effect. Only units seen at both ends count; a lead compares with later starters only."""
    for group in panel.groups:
        for time in range(len(panel.periods)):
            if group == 0 or time == group - 1:
                continue
            change = panel.outcomes[:, time] - panel.outcomes[:, group - 1]
            usable = ~np.isnan(change)
            members = usable & (panel.starts == group)
            others = usable & (panel.starts > max(time, group))
            if members.any() and others.any():
                mean = change[others].mean()
                away = change - mean
                pull = np.where(others, away, 0.0) / others.sum()
                yield Cell(group, time, members, others, np.where(members, away, 0.0), pull)


def average_cells(cells: Sequence[Cell]) -> tuple[float, FloatArray]:
    """Return the mean effect over all treated units and periods of the cells, and the influence of each unit.

    A treated unit's influence is its distance from the overall mean rather than from its group's, so that a group of
    one still shows how much units differ; with groups that differ this makes the error larger, never smaller.
    """
    total = sum(int(cell.members.sum()) for cell in cells)
    value = float(sum(cell.gain.sum() for cell in cells)) / total
    influence = np.zeros(len(cells[0].gain))
    for cell in cells:
        influence += (cell.gain - value * cell.members - cell.members.sum() * cell.pull) / total
    return value, influence


def cells_by_event(panel: Panel) -> dict[int, list[Cell]]:
    """Return the cells of each event, in the order of events."""
    cells = list(_cells(panel))
    return {event: [c for c in cells if c.event == event] for event in sorted({c.event for c in cells})}


def lead_weights(events: Sequence[int]) -> FloatArray:
    """Return the weights that turn leads into their slope per period, a regression through zero at event -1."""
    distance = np.array(events, dtype=float) + 1
    weights: FloatArray = distance / (distance**2).sum()
    return weights


def has_few_units(panel: Panel, few: int) -> bool:
    """Return whether the units, the treated or those compared with are fewer than `few`.

    In stages, those compared with are fewer at each stage, and their mean number over the effects counts.
    """
    compared = float(len(panel.units) - panel.treated)
    if panel.is_staggered:
        sizes = [int(cell.others.sum()) for cell in _cells(panel) if cell.event >= 0]
        compared = sum(sizes) / len(sizes) if sizes else 0.0
    return min(len(panel.units), panel.treated, compared) < few


def influence_error(influence: FloatArray, cells: Sequence[Cell]) -> float | None:
    """Return the standard error, or None with fewer than two treated or two comparison units."""
    members = np.any([cell.members for cell in cells], axis=0)
    others = np.any([cell.others for cell in cells], axis=0)
    if members.sum() < 2 or others.sum() < 2:
        return None
    units = len(influence)
    return math.sqrt(units / (units - 1) * float(influence @ influence))
