"""What a candidate is worth with every input at its likeliest: the base case, and how soon it pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from workbook.engagement.schema_prioritize import Finance
from workbook.framework.entries import Parameter
from workbook.methods.cashflows import InternalRate, Payback, discounted_payback, irr, mirr, payback
from workbook.methods.weights import FloatArray
from workbook.phases.figures import Figure
from workbook.phases.inputs import NOT_PROVIDED
from workbook.phases.prioritize.cases import CaseLines, grid_of
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.model import BENEFIT_KINDS, COST_KINDS, CaseModel, Grid, Line, net_flows

SEVERAL = ("several_roots", "several_sign_changes")
"""Reasons of an internal rate for which the modified rate is shown instead."""

Verdict = Literal["earlier", "within", "later"]


@dataclass(frozen=True)
class TimeToValue:
    """Months from the first case in production until the return is positive, beside the guide's range.

    `months` counts until benefits so far reach all costs so far, the investment included; `operating_months` until
    benefits since the start of production reach the costs since then. `verdict` places `months` in the range
    `benchmark`, later than which is also what never turns positive; it is None without months or range.
    """

    months: Figure
    operating_months: Figure
    kind: str | None
    benchmark: Parameter | None
    verdict: Verdict | None


@dataclass(frozen=True)
class Valuation:
    """The base case of one candidate.

    `flows` gives the flows of each kind by period, costs positive as well, of the lines that are known; `net` and the
    figures on it are there only where every line is. `pv` holds the present value by kind of benefit and cost,
    `line_pv` by line. `model` is None while nobody has said how candidates are valued.
    """

    model: CaseModel | None
    flows: Mapping[str, FloatArray]
    net: FloatArray | None
    line_pv: Mapping[str, Figure]
    pv: Mapping[str, Figure]
    pv_benefits: Figure
    pv_costs: Figure
    npv: Figure
    npv_cashable: Figure
    roi: Figure
    internal_rate: InternalRate | None
    irr: Figure
    mirr: Figure
    payback: Figure
    discounted_payback: Figure
    yearly_benefit: Figure
    yearly_cost: Figure
    one_off: Figure
    time_to_value: TimeToValue
    outside: tuple[str, ...]


def value_case(case: CaseLines, context: Context) -> Valuation:
    """Return the base case of a candidate; what rests on an unknown input is not estimable and says so."""
    return _Valuing(case, context).valuation()


class _Valuing:
    """The steps of a valuation, each entering its figures under `case.<use case>`."""

    def __init__(self, case: CaseLines, context: Context) -> None:
        self.case = case
        self.context = context
        self.finance = context.phase.finance
        self.prefix = f"case.{case.id}"
        self.money = context.currency
        self.has_benefits = bool(case.case.benefits)
        self.has_costs = bool(self._keys(*COST_KINDS))
        self.is_complete = bool(self.finance and self.has_benefits and self.has_costs and not case.missing)
        self.rate = self._rate(self.finance)
        self.model = case.model(grid_of(self.finance), self.finance.discount_rate.value) if self.finance else None

    def _rate(self, finance: Finance | None) -> Figure:
        path = ("finance", "discount_rate") if finance else ("cases",)
        return self.context.declared(
            "finance.discount_rate", finance.discount_rate if finance else None, "share/year", path
        )

    def valuation(self) -> Valuation:
        line_pv = self._line_values()
        pv = {kind: self._by_kind(kind, line_pv) for kind in (*BENEFIT_KINDS, *COST_KINDS) if self._keys(kind)}
        benefits = self._sum("pv_benefits", [line_pv[key] for key in self._keys(*BENEFIT_KINDS)], self.has_benefits)
        costs = self._sum("pv_costs", [line_pv[key] for key in self._keys(*COST_KINDS)], self.has_costs)
        flows = {} if self.model is None else {k: flow[0] for k, flow in self.model.flows(self.case.base).items()}
        net = net_flows(flows) if self.is_complete else None
        npv = self._difference("npv", benefits, costs, "present value of benefits - present value of costs")
        rate = irr(net, self._per_year, self._timing) if net is not None else None
        return Valuation(
            model=self.model,
            flows=flows,
            net=net,
            line_pv=line_pv,
            pv=pv,
            pv_benefits=benefits,
            pv_costs=costs,
            npv=npv,
            npv_cashable=self._cashable(benefits, pv.get("cashable"), costs),
            roi=self._roi(npv, costs),
            internal_rate=rate,
            irr=self._rate_figure("irr", rate, npv, "rate at which the net present value is zero"),
            mirr=self._mirr(net, rate, npv),
            payback=self._payback("payback", net, npv),
            discounted_payback=self._payback("discounted_payback", net, npv, discounted=True),
            yearly_benefit=self._yearly("yearly_benefit", BENEFIT_KINDS, self.has_benefits),
            yearly_cost=self._yearly("yearly_cost", COST_KINDS, self.has_costs),
            one_off=self._one_off(),
            time_to_value=self._time_to_value(npv),
            outside=self.case.outside(self.model.grid) if self.model else (),
        )

    @property
    def _per_year(self) -> int:
        return 12 // self.model.grid.months if self.model else 1

    @property
    def _timing(self) -> Literal["end", "mid"]:
        return self.finance.timing if self.finance else "end"

    def _line_values(self) -> dict[str, Figure]:
        values = self.model.present_values(self.case.base) if self.model else {}
        return {line.key: self._line_value(line, values) for line in self.case.lines}

    def _line_value(self, line: Line, values: Mapping[str, FloatArray]) -> Figure:
        value = float(values[line.key][0]) if line.key in values else None
        inputs = [self.case.amounts[line.key], self.rate]
        if line.profile == "use":
            inputs.append(self.case.inputs[f"{self.case.id}.months-to-plateau"].figure)
        until = f", over {self.finance.years} years" if self.finance else ""
        when = {
            "once": f"in month {line.month}",
            "year": f"each year from month {line.month}{until}",
            "use": f"as use grows{until}",
        }
        return self.context.register.computed(
            f"{self.prefix}.{line.key}.pv", value, self.money, inputs, f"amount {when[line.profile]}, discounted"
        )

    def _keys(self, *kinds: str) -> list[str]:
        return [line.key for line in self.case.lines if line.kind in kinds]

    def _by_kind(self, kind: str, line_pv: Mapping[str, Figure]) -> Figure:
        return self._sum(f"pv.{kind}", [line_pv[key] for key in self._keys(kind)], True)

    def _sum(self, name: str, parts: list[Figure], is_declared: bool, unit: str | None = None) -> Figure:
        """Return the sum of figures; no figures add up to zero only where the case says what they belong to."""
        id, unit = f"{self.prefix}.{name}", unit or self.money
        values = [part.value for part in parts if part.value is not None]
        total = sum(values) if is_declared and len(values) == len(parts) else None
        if parts or total is None:
            formula = "sum of its lines" if parts else "the case declares none"
            return self.context.register.computed(id, total, unit, parts, formula)
        # Nothing was declared, so that the case itself is where the zero stands.
        line = self.context.line_of(("cases", self.case.id))
        return self.context.register.add(Figure(id, 0.0, unit, source=line, formula="the case declares none"))

    def _difference(self, name: str, benefits: Figure, costs: Figure, formula: str) -> Figure:
        known = benefits.value is not None and costs.value is not None
        value = (benefits.value or 0.0) - (costs.value or 0.0) if known else None
        return self.context.register.computed(f"{self.prefix}.{name}", value, self.money, [benefits, costs], formula)

    def _cashable(self, benefits: Figure, cashable: Figure | None, costs: Figure) -> Figure:
        """Return the net present value without capacity, which is not cash."""
        formula = "present value of cashable benefits - present value of costs"
        if cashable is not None or not benefits.is_known:
            return self._difference("npv_cashable", cashable or benefits, costs, formula)
        value = None if costs.value is None else -costs.value
        return self.context.register.computed(f"{self.prefix}.npv_cashable", value, self.money, [costs], formula)

    def _figure(
        self, name: str, value: float | None, unit: str, npv: Figure, formula: str, reason: str | None = None
    ) -> Figure:
        """Enter a figure on the same flows as the net present value."""
        return self.context.register.computed(
            f"{self.prefix}.{name}", value, unit, [npv], formula, reason=reason or npv.reason or NOT_PROVIDED
        )

    def _roi(self, npv: Figure, costs: Figure) -> Figure:
        value = npv.value / costs.value if npv.value is not None and costs.value else None
        reason = "no_cost" if npv.is_known else npv.reason
        return self.context.register.computed(
            f"{self.prefix}.roi",
            value,
            "share",
            [npv, costs],
            "net present value / present value of costs",
            reason=reason,
        )

    def _rate_figure(self, name: str, rate: InternalRate | None, npv: Figure, formula: str) -> Figure:
        value, reason = (rate.value, rate.reason) if rate else (None, None)
        return self._figure(name, value, "share/year", npv, formula, reason)

    def _mirr(self, net: FloatArray | None, rate: InternalRate | None, npv: Figure) -> Figure:
        found: InternalRate | None = None
        if net is not None and self.model is not None:
            found = InternalRate(None, reason="not_needed")
            if rate is not None and rate.reason in SEVERAL:
                found = mirr(net, self.model.rate, self.model.rate, self._per_year, self._timing)
        formula = "rate with costs financed and returns reinvested at the discount rate"
        return self._rate_figure("mirr", found, npv, formula)

    def _payback(self, name: str, net: FloatArray | None, npv: Figure, discounted: bool = False) -> Figure:
        found = Payback(None)
        if net is not None and self.model is not None:
            found = payback(net, self._per_year)
            if discounted:
                found = discounted_payback(net, self.model.rate, self._per_year, self._timing)
        flows = "discounted net flows" if discounted else "net flows"
        formula = f"time from which cumulative {flows} stay at or above zero, interpolated within the period"
        return self._figure(name, found.years, "years", npv, formula, found.reason)

    def _yearly(self, name: str, kinds: tuple[str, ...], is_declared: bool) -> Figure:
        lines = [line for line in self.case.lines if line.kind in kinds and line.profile != "once"]
        amounts = [self.case.amounts[line.key] for line in lines]
        return self._sum(name, amounts, is_declared, f"{self.money}/year")

    def _one_off(self) -> Figure:
        lines = [line for line in self.case.lines if line.profile == "once"]
        return self._sum("one_off", [self.case.amounts[line.key] for line in lines], self.has_costs)

    def _time_to_value(self, npv: Figure) -> TimeToValue:
        full, operating = self._months()
        kind = self.case.case.time_to_value
        benchmark = self.context.framework.time_to_value[kind].parameters["months"] if kind else None
        so_far = "months from the start of production until benefits so far reach all costs so far"
        since = "months from the start of production until benefits since then reach the costs since then"
        months = self._figure("time_to_value", full.years, "months", npv, so_far, full.reason)
        running = self._figure("time_to_value_operating", operating.years, "months", npv, since, operating.reason)
        return TimeToValue(months, running, kind, benchmark, _place(months, benchmark))

    def _months(self) -> tuple[Payback, Payback]:
        """Return the months of both definitions, in place of years, from monthly flows whatever the periods are."""
        if not self.is_complete or self.model is None or self.model.start is None:
            return Payback(None), Payback(None)
        start, years = self.model.start, self.model.grid.years
        net = net_flows(replace(self.model, grid=Grid(years, 1)).flows(self.case.base))[0]
        full = payback(net)
        since = Payback(None, full.reason) if full.years is None else Payback(max(full.years - start, 0.0))
        running = net[start + 1 :]
        return since, payback(np.concatenate([[0.0], running])) if len(running) else Payback(None, "never")


def _place(months: Figure, benchmark: Parameter | None) -> Verdict | None:
    """Return where months lie in the guide's range, its ends included."""
    if benchmark is None or benchmark.low is None or benchmark.high is None:
        return None
    if months.value is None:
        return "later" if months.reason == "never" else None
    if months.value < benchmark.low:
        return "earlier"
    return "within" if months.value <= benchmark.high else "later"
