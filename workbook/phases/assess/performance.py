"""How processes perform today: measured from a log where there is one, else as declared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbook.engagement.schema import Process
from workbook.methods.baseline import Baseline
from workbook.methods.estimates import Estimate
from workbook.phases.assess.measured import MeasuredSource
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import Inputs


@dataclass(frozen=True)
class Performance:
    """The baseline of one process; quantities that neither a log nor a declaration gives say so."""

    process: Process
    baseline: Baseline | None
    lead_time_p50: Figure
    lead_time_p80: Figure
    lead_time_p95: Figure
    touch_time: Figure
    first_pass_yield: Figure
    rework_rate: Figure
    error_rate: Figure
    automation_rate: Figure
    measured_cost: Figure | None

    @property
    def is_measured(self) -> bool:
        """True when the process has a log with at least one case."""
        return self.baseline is not None and self.baseline.cases > 0


@dataclass(frozen=True)
class Comparison:
    """A quantity that is both declared and measured."""

    process: Process
    quantity: str
    declared: Figure
    measured: Figure

    @property
    def ratio(self) -> float | None:
        """Measured over declared, None where either is unknown or nothing was declared."""
        if self.measured.value is None or not self.declared.value:
            return None
        return self.measured.value / self.declared.value


def measure_performance(
    process: Process,
    measured: Mapping[str, MeasuredSource],
    currency: str,
    inputs: Inputs,
    register: Register,
) -> tuple[Performance, tuple[Comparison, ...]]:
    """Return the baseline of a process, and what is both declared and measured."""
    source = measured.get(process.measured_by) if process.measured_by else None
    baseline = source.baseline if source else None
    chooser = _Chooser(process, source.origin if source else None, inputs, register)
    lead = baseline.lead_time if baseline else None
    performance = Performance(
        process=process,
        baseline=baseline,
        lead_time_p50=chooser.choose("lead_time", "h", lead.p50 if lead else None, figure="lead_time.p50"),
        lead_time_p80=chooser.only_measured("lead_time.p80", "h", lead.p80 if lead else None),
        lead_time_p95=chooser.only_measured("lead_time.p95", "h", lead.p95 if lead else None),
        touch_time=chooser.choose("touch_time", "h", baseline.mean_touch_time if baseline else None),
        first_pass_yield=chooser.only_measured(
            "first_pass_yield", "share", baseline.first_pass_yield if baseline else None
        ),
        rework_rate=chooser.choose("rework_rate", "share", baseline.rework_rate if baseline else None),
        error_rate=chooser.choose("error_rate", "share", baseline.error_rate if baseline else None),
        automation_rate=chooser.choose("automation_rate", "share", baseline.automation_rate if baseline else None),
        measured_cost=chooser.measured_cost(currency, baseline.cost_per_case if baseline else None),
    )
    return performance, tuple(chooser.comparisons)


class _Chooser:
    """Enters what is measured and what is declared, and takes the measured value where there is one."""

    def __init__(self, process: Process, origin: str | None, inputs: Inputs, register: Register) -> None:
        self._process = process
        self._origin = origin
        self._inputs = inputs
        self._register = register
        self.comparisons: list[Comparison] = []

    def choose(self, quantity: str, unit: str, estimate: Estimate | None, figure: str | None = None) -> Figure:
        """Return the measured quantity if it is estimable, else the declared one."""
        id = f"process.{self._process.id}.{figure or quantity}"
        declared = declared_quantity(self._process, quantity, unit, self._inputs)
        if estimate is None or not estimate.is_estimable:
            return self._stand_in(id, unit, declared, estimate)
        return self._compared(quantity, declared, self._register.measured(id, estimate, unit, self._origin))

    def _compared(self, quantity: str, declared: Figure, measured: Figure) -> Figure:
        if declared.is_known:
            self.comparisons.append(Comparison(self._process, quantity, declared, measured))
        return measured

    def _stand_in(self, id: str, unit: str, declared: Figure, estimate: Estimate | None) -> Figure:
        """Return the declared value under the quantity's own id, or the reason why the log gives none."""
        reason = estimate.reason if estimate is not None and not declared.is_known else declared.reason
        return self._register.computed(
            id, declared.value, unit, [declared], "as declared", low=declared.low, high=declared.high, reason=reason
        )

    def only_measured(self, quantity: str, unit: str, estimate: Estimate | None) -> Figure:
        """Return a quantity that nobody declares."""
        return self._register.measured(
            f"process.{self._process.id}.{quantity}", estimate or Estimate.missing("not_measured"), unit, self._origin
        )

    def measured_cost(self, currency: str, estimate: Estimate | None) -> Figure | None:
        """Return the cost of a transaction from the log, None where the log holds no cost."""
        if estimate is None or not estimate.is_estimable:
            return None
        unit, quantity = f"{currency}/transaction", "cost_per_transaction"
        declared = declared_quantity(self._process, quantity, unit, self._inputs)
        id = f"process.{self._process.id}.measured_{quantity}"
        return self._compared(quantity, declared, self._register.measured(id, estimate, unit, self._origin))


def declared_quantity(process: Process, quantity: str, unit: str, inputs: Inputs) -> Figure:
    """Return what is declared for a quantity of a process, under an id of its own beside the measured one."""
    path = ("assess", "processes", process.id, quantity)
    return inputs.declared(f"process.{process.id}.declared_{quantity}", getattr(process, quantity), unit, path)


def rank_by_difference(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Return the comparisons with the largest factor between declared and measured first.

    Where one of the two is zero and the other is not, no factor is larger.
    """

    def factor(comparison: Comparison) -> float:
        ends = sorted((comparison.declared.value or 0.0, comparison.measured.value or 0.0))
        return ends[1] / ends[0] if ends[0] else math.inf if ends[1] else 1.0

    return tuple(sorted(comparisons, key=factor, reverse=True))
