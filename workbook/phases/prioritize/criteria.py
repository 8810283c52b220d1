"""The success criteria of the charter: their levels, and the baseline that Assess has measured."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from workbook.engagement.faults import FaultsError
from workbook.engagement.schema_charter import Charter, SuccessCriterion
from workbook.phases.figures import Figure
from workbook.phases.prioritize.context import Context

HOURS = {
    "h": 1.0, "hour": 1.0, "hours": 1.0, "min": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60,
    "second": 1 / 3600, "seconds": 1 / 3600, "day": 24.0, "days": 24.0, "week": 168.0, "weeks": 168.0,
}  # fmt: skip
"""Hours of a unit of time, so that a figure of Assess in hours serves a criterion in minutes. A day has 24 of them."""


@dataclass(frozen=True)
class CharterCriterion:
    """A success criterion with its levels; `margin` and `p90` are None where its role or kind has none."""

    criterion: SuccessCriterion
    baseline: Figure
    planned: Figure
    worthwhile: Figure
    margin: Figure | None
    p90: Figure | None

    @property
    def id(self) -> str:
        """Id of the criterion."""
        return self.criterion.id

    def effect(self, level: Figure) -> float | None:
        """Return by how much a level is better than the baseline; None where either is unknown."""
        if level.value is None or self.baseline.value is None:
            return None
        change = level.value - self.baseline.value
        return change if self.criterion.better == "higher" else -change

    @property
    def is_complete(self) -> bool:
        """True when baseline, planned and worthwhile level are known."""
        return self.baseline.is_known and self.planned.is_known and self.worthwhile.is_known


def read_criteria(charter: Charter, context: Context) -> tuple[CharterCriterion, ...]:
    """Return the criteria with their levels.

    Raises FaultsError for a baseline_figure that Assess does not have or that is in another unit.
    """
    return tuple(_read(criterion, context) for criterion in charter.criteria)


def _read(criterion: SuccessCriterion, context: Context) -> CharterCriterion:
    path = ("charter", "criteria", criterion.id)
    unit = "share" if criterion.kind == "proportion" else criterion.unit or "units"

    def level(name: str) -> Figure:
        value = getattr(criterion, name)
        return context.declared(f"charter.criterion.{criterion.id}.{name}", value, unit, (*path, name))

    is_duration = criterion.kind == "duration"
    return CharterCriterion(
        criterion,
        baseline=_measured(criterion, unit, context) if criterion.baseline_figure else level("baseline"),
        planned=level("planned"),
        worthwhile=level("worthwhile"),
        margin=level("margin") if criterion.role == "guardrail" else None,
        p90=level("p90") if is_duration else None,
    )


def _measured(criterion: SuccessCriterion, unit: str, context: Context) -> Figure:
    """Return the baseline from the figure of Assess that the criterion names."""
    id = str(criterion.baseline_figure)
    path = ("charter", "criteria", criterion.id, "baseline_figure")
    figures = context.assessment.figures
    if id not in figures:
        near = get_close_matches(id, list(figures.figures), n=1, cutoff=0.5)
        remedy = f"write {near[0]}" if near else "name a figure that assess.json lists"
        fault = context.fault(path, f"the unknown figure {id}", "the id of a figure of Assess", remedy)
        raise FaultsError([fault])
    figure = context.take(id)
    factor = _factor(figure.unit, unit)
    if factor is None:
        remedy = "name another figure, or correct kind and unit of the criterion"
        fault = context.fault(path, f"a figure in {figure.unit}", f"a figure in {unit}", remedy)
        raise FaultsError([fault])

    def scaled(value: float | None) -> float | None:
        return None if value is None else value * factor

    return context.register.computed(
        f"charter.criterion.{criterion.id}.baseline",
        scaled(figure.value),
        unit,
        [figure],
        "as in Assess" if factor == 1 else f"as in Assess, in {unit}",
        low=scaled(figure.low),
        high=scaled(figure.high),
        n=figure.n,
    )


def _factor(found: str, wanted: str) -> float | None:
    """Return by what a figure is multiplied to be in the unit wanted; None where units do not convert."""
    if found == wanted:
        return 1.0
    return HOURS[found] / HOURS[wanted] if found in HOURS and wanted in HOURS else None
