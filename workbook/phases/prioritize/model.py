"""The model of a business case: lines of benefits and costs over periods, for one level of each input or for draws.

Each line is an amount times a profile over the periods. The amount is a product of inputs; the profile says when it
falls: once in a month, every year from a month on, or with use as it grows. So flows and present values come from the
same two factors.

Time is counted in months from the start. Period 0 is the start itself and undiscounted; period k ends k periods later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from workbook.engagement.schema_charter import CostKind
from workbook.methods.cashflows import Timing, discount_factors
from workbook.methods.weights import FloatArray

BENEFIT_KINDS = ("cashable", "capacity")
COST_KINDS: tuple[str, ...] = get_args(CostKind)

Levels = Mapping[str, FloatArray]
"""Level of each input by its name: arrays of one shape, an entry for each draw."""

Profile = Literal["once", "year", "use"]


@dataclass(frozen=True)
class Grid:
    """The periods of a case: `years` of them with `months` each, and when the flow of a period falls."""

    years: int
    months: int
    timing: Timing = "end"

    @property
    def periods(self) -> int:
        """Number of periods after the start."""
        return self.years * 12 // self.months

    @property
    def ends(self) -> FloatArray:
        """Month in which each period ends, from 0 for the start; shape (periods + 1,)."""
        return np.arange(self.periods + 1.0) * self.months

    def factors(self, rate: float) -> FloatArray:
        """Return the discount factor of each period at a yearly rate."""
        return discount_factors(rate, self.periods, 12 // self.months, self.timing)

    def once(self, month: int) -> FloatArray:
        """Return 1 in the period in which a month lies, 0 elsewhere; nothing for a month beyond the last period."""
        return np.asarray(np.arange(self.periods + 1) == -(-month // self.months), dtype=np.float64)

    def yearly(self, month: int) -> FloatArray:
        """Return the years after a month that fall into each period."""
        return np.diff(np.maximum(self.ends - month, 0.0), prepend=0.0) / 12

    def profile(self, profile: Profile, month: int) -> FloatArray:
        """Return how an amount that does not follow use falls into the periods."""
        return self.once(month) if profile == "once" else self.yearly(month)

    def use(self, start: float, months_to_plateau: ArrayLike) -> FloatArray:
        """Return the years at full use that fall into each period, use growing in a straight line.

        With x months since the start and a ramp of m months, use integrates to x^2 / (2 m) on the ramp and to x - m / 2
        on the plateau. Shape of `months_to_plateau` with the periods appended.

        >>> Grid(2, 12).use(0, 12).tolist()
        [0.0, 0.5, 1.0]
        """
        ramp = np.asarray(months_to_plateau, dtype=np.float64)[..., None]
        since = np.maximum(self.ends - start, 0.0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            reached = np.where(since >= ramp, since - ramp / 2, since * since / (2 * ramp))
        return np.diff(reached, axis=-1, prepend=0.0) / 12


@dataclass(frozen=True)
class Line:
    """One benefit or cost: the product of the inputs in `factors`, times the largest of those in `widest`.

    The amount is one of money: in all with the profile "once", in a year with "year", and in a year at the plateau of
    use with "use". `month` is when it falls, or from when on.
    """

    key: str
    kind: str
    factors: tuple[str, ...]
    profile: Profile
    month: int = 0
    widest: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of all inputs of the line."""
        return (*self.factors, *self.widest)

    @property
    def is_benefit(self) -> bool:
        """True for money that comes in."""
        return self.kind in BENEFIT_KINDS

    def amount(self, levels: Levels) -> FloatArray:
        """Return the amount at these levels; shape of a level."""
        amount: FloatArray = levels[self.factors[0]]
        for name in self.factors[1:]:
            amount = amount * levels[name]
        return amount * np.max([levels[name] for name in self.widest], axis=0) if self.widest else amount


@dataclass(frozen=True)
class CaseModel:
    """The lines of a case that are known, on a grid of periods.

    `start` is the month in which use begins, and `ramp` the input with the months until it is steady; both are None
    for a case without use.
    """

    lines: tuple[Line, ...]
    grid: Grid
    rate: float
    start: int | None
    ramp: str | None

    @property
    def inputs(self) -> frozenset[str]:
        """Names of all inputs that count."""
        grows = any(line.profile == "use" for line in self.lines)
        ramp = {self.ramp} if grows and self.ramp else set()
        return frozenset(ramp.union(*(line.inputs for line in self.lines)))

    def split(self, name: str) -> tuple[CaseModel, CaseModel]:
        """Return the model of the lines that an input moves, and that of the rest."""
        moves = [name in line.inputs or (name == self.ramp and line.profile == "use") for line in self.lines]
        moving = tuple(line for line, moved in zip(self.lines, moves, strict=True) if moved)
        rest = tuple(line for line, moved in zip(self.lines, moves, strict=True) if not moved)
        return replace(self, lines=moving), replace(self, lines=rest)

    def present_values(self, levels: Levels) -> dict[str, FloatArray]:
        """Return the present value of each line by its key, costs positive as well; shape of a level."""
        use = self._use(levels) @ _factors(self.grid, self.rate)

        def worth(line: Line) -> FloatArray | float:
            return use if line.profile == "use" else _worth(self.grid, self.rate, line.profile, line.month)

        return {line.key: line.amount(levels) * worth(line) for line in self.lines}

    def flows(self, levels: Levels) -> dict[str, FloatArray]:
        """Return the flows by kind, costs positive as well; shape of a level with the periods appended."""
        use = self._use(levels)
        flows: dict[str, FloatArray] = {}
        for line in self.lines:
            flow = line.amount(levels)[..., None] * self._profile(line, use)
            flows[line.kind] = flows[line.kind] + flow if line.kind in flows else flow
        return flows

    def net_present_value(self, levels: Levels) -> FloatArray:
        """Return the present value of benefits minus that of costs; shape of a level."""
        values = self.present_values(levels)
        total: FloatArray = np.zeros_like(next(iter(levels.values())))
        for line in self.lines:
            total = total + values[line.key] if line.is_benefit else total - values[line.key]
        return total

    def _use(self, levels: Levels) -> FloatArray:
        if self.start is None or self.ramp is None or all(line.profile != "use" for line in self.lines):
            return np.zeros(self.grid.periods + 1)
        ramp = levels[self.ramp]
        # A ramp that is the same in all draws, as in a sensitivity of another input, is integrated once.
        is_one = ramp.size and (ramp == ramp[0]).all()
        return _use(self.grid, self.start, float(ramp[0])) if is_one else self.grid.use(self.start, ramp)

    def _profile(self, line: Line, use: FloatArray) -> FloatArray:
        return use if line.profile == "use" else self.grid.profile(line.profile, line.month)


# The search for a switching value asks a model for its value some hundred times.
@lru_cache(maxsize=64)
def _factors(grid: Grid, rate: float) -> FloatArray:
    return grid.factors(rate)


@lru_cache(maxsize=64)
def _use(grid: Grid, start: int, months_to_plateau: float) -> FloatArray:
    return grid.use(start, months_to_plateau)


@lru_cache(maxsize=512)
def _worth(grid: Grid, rate: float, profile: Profile, month: int) -> float:
    """Return the present value of one unit of money that falls once in a month, or every year from it on."""
    return float(grid.profile(profile, month) @ _factors(grid, rate))


def net_flows(flows: Mapping[str, FloatArray]) -> FloatArray:
    """Return benefits minus costs of each period."""
    return np.asarray(sum(flow if kind in BENEFIT_KINDS else -flow for kind, flow in flows.items()))
