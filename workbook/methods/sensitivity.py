"""Which input moves the outcome: one at a time from its 10th to its 90th percentile, and where the outcome turns.

A swing of one input says nothing of what several do together; that is what `simulation` is for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbook.methods.roots import switch_points
from workbook.methods.weights import FloatArray

Model = Callable[[Mapping[str, FloatArray]], FloatArray]
"""Takes the levels of every input, arrays of one shape, and returns the outcome of each; computed entry by entry."""

# Points between which a switch is sought: two switches closer than a thousandth of the range may go unseen.
_SEARCH_POINTS = 1001


@dataclass(frozen=True, slots=True)
class Bar:
    """The outcome as one input moves from its 10th to its 90th percentile; `swing` is the distance between the two."""

    input: str
    p10: float
    p90: float
    outcome_at_p10: float
    outcome_at_p90: float

    @property
    def swing(self) -> float:
        """Distance between the two outcomes."""
        return abs(self.outcome_at_p90 - self.outcome_at_p10)


@dataclass(frozen=True, slots=True)
class Tornado:
    """The outcome with every input at its base, and a bar for each input, the widest swing first."""

    base: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class SwitchingValue:
    """The level of an input at which the outcome passes zero, the others at base.

    Of several levels `value` is the nearest to the base and `levels` holds all in ascending order. None with the reason
    "no_sign_change" where the outcome stays on one side over the whole range searched.
    """

    value: float | None
    levels: tuple[float, ...] = ()
    reason: str | None = None


def tornado(base: Mapping[str, float], p10: Mapping[str, float], p90: Mapping[str, float], model: Model) -> Tornado:
    """Return how far each input alone moves the outcome, from its 10th to its 90th percentile, the others at base.

    The model is called once. Raises ValueError where the three mappings name different inputs, a 10th percentile is
    above the 90th, or an outcome is no finite number.
    """
    names = list(base)
    stray = sorted((base.keys() | p10.keys() | p90.keys()) - (base.keys() & p10.keys() & p90.keys()))
    if stray or not names:
        raise ValueError(f"inputs {', '.join(stray) or 'are none'}: give base, P10 and P90 for each input")
    for name in names:
        if not p10[name] <= p90[name]:
            raise ValueError(f"input {name!r}: P10 {p10[name]:g} is not at or below P90 {p90[name]:g}")
    # Column 0 is the base, then one with each input at P10 and one with it at P90.
    levels = {name: np.full(1 + 2 * len(names), float(base[name])) for name in names}
    for i, name in enumerate(names):
        levels[name][1 + 2 * i : 3 + 2 * i] = p10[name], p90[name]
    outcomes = _evaluate(model, levels)
    ends = outcomes[1:].reshape(-1, 2).tolist()
    bars = (Bar(name, float(p10[name]), float(p90[name]), *ends[i]) for i, name in enumerate(names))
    return Tornado(float(outcomes[0]), tuple(sorted(bars, key=lambda bar: -bar.swing)))


def switching_value(base: Mapping[str, float], name: str, low: float, high: float, model: Model) -> SwitchingValue:
    """Return the level of one input between `low` and `high` at which the outcome turns from loss to no loss or back.

    Give the widest range the input can take, beyond its percentiles: a level outside it tells nothing. An outcome of
    exactly zero is no loss. Raises ValueError where the input has no base, low is not below high, or an outcome is no
    finite number.
    """
    if name not in base:
        raise ValueError(f"input {name!r} has no base: the inputs are {', '.join(base)}")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"input {name!r}: range {low:g} to {high:g} must be finite, its low end first")

    def no_loss(levels: FloatArray) -> NDArray[np.bool_]:
        inputs = {other: np.full(levels.shape, float(level)) for other, level in base.items()}
        return _evaluate(model, inputs | {name: levels}) >= 0

    grid = np.linspace(low, high, _SEARCH_POINTS)
    holds = no_loss(grid)
    before = np.flatnonzero(holds[:-1] != holds[1:])
    if not len(before):
        return SwitchingValue(None, reason="no_sign_change")
    levels = switch_points(no_loss, grid[before], grid[before + 1])
    nearest = levels[np.abs(levels - base[name]).argmin()]
    return SwitchingValue(float(nearest), tuple(levels.tolist()))


def _evaluate(model: Model, inputs: Mapping[str, FloatArray]) -> FloatArray:
    """Return the outcomes of a model, having checked that there is a finite one for each entry of the inputs."""
    outcomes = np.asarray(model(inputs), dtype=np.float64)
    expected = next(iter(inputs.values())).shape if inputs else ()
    if outcomes.shape != expected:
        raise ValueError(f"the model returned outcomes of shape {outcomes.shape} for inputs of shape {expected}")
    if not np.isfinite(outcomes).all():
        raise ValueError("the model returned an outcome that is no finite number: look for a division by zero")
    return outcomes
