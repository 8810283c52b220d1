"""A staggered roll-out or an interrupted series: the effect on the primary criterion from levels by unit and period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from scipy.special import ndtr

from workbook.engagement.measurements import measured_once
from workbook.engagement.schema_pilot import PanelData
from workbook.engagement.schema_sources import DataSource
from workbook.methods.estimates import Estimate
from workbook.methods.interrupted import InterruptedSeries, interrupted_series
from workbook.methods.panels import (
    EventEffect,
    PanelEffect,
    PreTrend,
    difference_in_differences,
    event_effects,
    make_panel,
    placebo,
    pre_trend,
)
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.comparisons import turned
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.tables import open_pilot_table, why_not_there

EARLIER = 2
"""Periods before the true start at which the placebo starts: the nearest that leaves the first lead out."""

SPACING = 1.2
"""How many times the shortest step from one period to the next the longest may be: months differ by 31 / 28."""

SUSPICIOUS = 0.05
"""p-value of the drift before the start, or of the placebo, below which parallel trends are in doubt."""


@dataclass(frozen=True)
class Row:
    """A level of a unit in a period; `control` is that of the control series."""

    unit: str
    period: dt.date
    level: float
    begins: dt.date | None
    control: float | None


@dataclass(frozen=True)
class PanelQuestion:
    """All that decides what is measured beside the file itself."""

    data: PanelData
    better: Literal["higher", "lower"]
    level: float


@dataclass(frozen=True)
class MeasuredPanel:
    """What the levels say, turned so that a larger effect is better.

    `effect` is the one that is judged, at `level`: the mean effect on the treated, or the mean effect over the points
    after the start. `missing` counts the units and periods without a level, `step` the days from one period to the
    next, None where they are uneven; `first` is the day on which the first unit began. The other parts belong to one
    kind of data each. Units have no names here, since they may be people.
    """

    effect: Estimate
    level: float
    units: int
    periods: tuple[dt.date, ...]
    baseline: float | None
    pilot: float | None
    difference: PanelEffect | None = None
    events: tuple[EventEffect, ...] = ()
    trend: PreTrend | None = None
    placebo: PanelEffect | None = None
    series: InterruptedSeries | None = None
    values: tuple[float, ...] = ()
    begin: int | None = None
    missing: int = 0
    step: int | None = None
    first: dt.date | None = None


@dataclass(frozen=True)
class PanelResult:
    """The panel with what it shows; `reason` says why there is nothing.

    `weeks` is the number of whole weeks since the pilot began that the levels cover, `planned_weeks` that of the last
    planned look.
    """

    source: DataSource
    origin: str
    design: Literal["staggered", "interrupted_with_control", "interrupted"]
    measured: MeasuredPanel | None
    reason: str | None = None
    weeks: int | None = None
    planned_weeks: int | None = None

    @property
    def is_measured(self) -> bool:
        """True when there are levels."""
        return self.measured is not None

    @property
    def has_gaps(self) -> bool:
        """True where a unit lacks a level, or the periods are not evenly spaced: the effect cannot be judged."""
        return self.measured is not None and (self.measured.missing > 0 or self.measured.step is None)

    @property
    def is_complete(self) -> bool:
        """True when every level is there and the planned weeks are over: only then this is the final look."""
        if self.measured is None or self.has_gaps or self.weeks is None or self.planned_weeks is None:
            return False
        return self.weeks >= self.planned_weeks

    @property
    def is_parallel(self) -> bool:
        """True when nothing before the start speaks against parallel trends, and there was something to look at."""
        found = self.measured
        if found is None or found.trend is None or not found.trend.leads:
            return False
        placebo = found.placebo.p_value if found.placebo else None
        return all(p is None or p >= SUSPICIOUS for p in (found.trend.slope_p, found.trend.joint_p, placebo))


def measure_panel(charter: HeldCharter, context: Context) -> PanelResult | None:
    """Return what the panel shows by `as_of`; None where the pilot has no panel."""
    data = context.phase.panel
    if data is None:
        return None
    source = context.source(data.source)
    origin = context.origin(source)
    kind: Literal["staggered", "interrupted_with_control", "interrupted"] = "interrupted"
    kind = "staggered" if data.unit else "interrupted_with_control" if data.control else kind
    if reason := why_not_there(source, context):
        return PanelResult(source, origin, kind, None, reason)
    if charter.primary is None:
        return PanelResult(source, origin, kind, None, "no_primary_criterion")
    question = PanelQuestion(data, charter.primary.criterion.better, _level(charter))

    def measure() -> MeasuredPanel:
        return measured_levels(read_rows(context, source, data), question)

    found = measured_once(context.engagement, source, MeasuredPanel, measure, question)
    planned = charter.plan.weeks[-1] if charter.plan else None
    return PanelResult(source, origin, kind, found, weeks=_weeks(found, data, context), planned_weeks=planned)


def _weeks(found: MeasuredPanel, data: PanelData, context: Context) -> int | None:
    """Return the whole weeks from the pilot's first day to the end of its last period, or to `as_of` within it."""
    start = context.phase.started or data.begin or found.first
    if start is None or found.step is None or not found.periods:
        return None
    end = min(found.periods[-1] + dt.timedelta(days=found.step), context.engagement.as_of + dt.timedelta(days=1))
    return max((end - start).days // 7, 0)


def _level(charter: HeldCharter) -> float:
    """Return the level of the last planned look: a panel is judged once it is complete."""
    if charter.plan is None:
        return 0.95
    return float(1 - 2 * ndtr(-charter.plan.critical_values[-1]))


def read_rows(context: Context, source: DataSource, data: PanelData) -> list[Row]:
    """Return the rows of the panel with a period by `as_of` and a level, in order."""
    roles = ("unit", "period", "level", "begins", "control")
    with open_pilot_table(context, source, "panel", {(role,): getattr(data, role) for role in roles}) as table:
        query = (
            f"SELECT coalesce({table.text(data.unit)}, ''), {table.day(data.period)} AS period, "
            f"{table.number(data.level)} AS level, {table.day(data.begins)}, {table.number(data.control)} "
            f"FROM {table.relation} WHERE period <= DATE '{context.engagement.as_of}' AND level IS NOT NULL "
            "ORDER BY ALL"
        )
        return [Row(*row) for row in table.rows(query)]


def measured_levels(rows: list[Row], question: PanelQuestion) -> MeasuredPanel:
    """Return the effect of a panel or of a series, with what is missing of it."""
    periods = tuple(sorted({row.period for row in rows}))
    if len({(row.unit, row.period) for row in rows}) < len(rows):
        missing = Estimate.missing("several_levels_in_a_period", len(rows))
        return MeasuredPanel(missing, question.level, 0, periods, None, None)
    found = _series(rows, periods, question) if question.data.unit is None else _panel(rows, periods, question)
    lacking = sum(1 for row in rows if question.data.control and row.control is None)
    cells = len({row.unit for row in rows}) * len(periods)
    return replace(
        found,
        missing=cells - len(rows) + lacking,
        step=_step(periods),
        first=min((row.begins for row in rows if row.begins), default=None),
    )


def _step(periods: tuple[dt.date, ...]) -> int | None:
    """Return the days from one period to the next, None where they are uneven."""
    steps = [(later - earlier).days for earlier, later in pairwise(periods)]
    return max(steps) if steps and max(steps) <= SPACING * min(steps) else None


def _panel(rows: list[Row], periods: tuple[dt.date, ...], question: PanelQuestion) -> MeasuredPanel:
    begins = {row.unit: row.begins for row in rows}
    # A unit that begins after the last period, or within one, is treated from the first whole period on.
    starts = {
        unit: next((period for period in periods if period >= day), None) if day else None
        for unit, day in begins.items()
    }
    panel = make_panel([row.unit for row in rows], [row.period for row in rows], [row.level for row in rows], starts)
    better, level = question.better, question.level
    found = difference_in_differences(panel, level=level)
    treated = [row.level for row in rows if (start := starts[row.unit]) is not None and row.period >= start]
    others = [row.level for row in rows if (start := starts[row.unit]) is None or row.period < start]
    return MeasuredPanel(
        effect=_judged(turned(found.quoted, better)),
        level=level,
        units=len(panel.units),
        periods=periods,
        baseline=_mean(others),
        pilot=_mean(treated),
        difference=found,
        events=tuple(EventEffect(each.event, turned(each.effect, better)) for each in event_effects(panel)),
        trend=pre_trend(panel),
        placebo=placebo(panel, EARLIER),
    )


def _series(rows: list[Row], periods: tuple[dt.date, ...], question: PanelQuestion) -> MeasuredPanel:
    values = [row.level for row in rows]
    control = [float("nan") if row.control is None else row.control for row in rows] if question.data.control else None
    begin = question.data.begin
    start = sum(1 for period in periods if begin is None or period < begin)
    found = interrupted_series(values, start, control, level=question.level)
    return MeasuredPanel(
        effect=_judged(turned(found.mean, question.better)),
        level=question.level,
        units=1,
        periods=periods,
        baseline=_mean(values[:start]),
        pilot=_mean(values[start:]),
        series=found,
        values=tuple(values),
        begin=start,
    )


def _judged(effect: Estimate) -> Estimate:
    """Return an effect as the rule may use it: one without an interval is not estimable."""
    return Estimate.missing(effect.reason, effect.n) if effect.reason else effect


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
