"""How uncertain a case is: simulated or cut by a haircut, never both; which input moves it; what an overrun does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbook.engagement.schema_prioritize import Finance
from workbook.methods.distributions import Distribution, Pert, Triangular
from workbook.methods.estimates import Estimate
from workbook.methods.sensitivity import SwitchingValue, Tornado, switching_value, tornado
from workbook.methods.simulation import Spread, draw_uniforms, share_below, spread
from workbook.methods.weights import FloatArray
from workbook.phases.assess.ranking import SEED
from workbook.phases.figures import Figure
from workbook.phases.prioritize.cases import CaseLines, Input
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.model import CaseModel
from workbook.phases.prioritize.value import Valuation

DRAWS = 10_000
"""Draws that place a share within 0.01 of the truth at 95 % confidence: 1.96 * sqrt(0.25 / 10,000) = 0.0098."""

SEARCHED = 10.0
"""How many times the largest of its stated levels an input without a natural end is followed in search of a switch."""


@dataclass(frozen=True)
class Simulated:
    """The net present value over the draws; `likeliest_percentile` is the share of draws below the base case.

    `uncertain` names the inputs with a range: where there are none, the draws are all alike and say nothing of risk.
    """

    uncertain: tuple[str, ...]
    draws: FloatArray
    spread: Spread
    p10: Figure
    p50: Figure
    p90: Figure
    mean: Figure
    loss: Figure
    below_hurdle: Figure | None
    likeliest_percentile: Figure


@dataclass(frozen=True)
class Adjusted:
    """The case with benefits cut and costs raised by the client's haircut."""

    benefits_down: Figure
    costs_up: Figure
    npv: Figure
    roi: Figure


@dataclass(frozen=True)
class Sensitivity:
    """The tornado of a case by input, and the level of each input at which the net present value is zero."""

    tornado: Tornado
    switching: Mapping[str, SwitchingValue]


@dataclass(frozen=True)
class Overrun:
    """What overruns of the reference class would do to the one-off costs, and the overrun that leaves nothing.

    `npv_at_threshold` is the net present value at the overrun that a `share` of IT projects exceeded, `npv_in_tail` at
    the mean overrun of these; `break_even` is the overrun, as a share of one-off costs, at which it is zero.
    """

    share: Figure
    threshold: Figure
    mean_in_tail: Figure
    npv_at_threshold: Figure
    npv_in_tail: Figure
    break_even: Figure


@dataclass(frozen=True)
class Uncertainty:
    """What is known of the uncertainty of one case; parts are None where its net present value is not estimable."""

    simulated: Simulated | None
    adjusted: Adjusted | None
    sensitivity: Sensitivity | None
    overrun: Overrun | None


Draws = Mapping[str, FloatArray]


class Drawing:
    """Draws of the inputs of all candidates, kept from one time to the next: what has not changed is not drawn again.

    Whether kept or new, the draws are the same: each input has its random numbers by its name.
    """

    def __init__(self) -> None:
        self._asked: object = None
        self._uniforms: Mapping[str, FloatArray] = {}
        self._kept: dict[str, tuple[object, FloatArray]] = {}

    def draw(self, cases: Sequence[CaseLines], context: Context) -> Draws:
        """Return draws of every known input, common drivers once; nothing unless risk is simulated."""
        finance = context.phase.finance
        if finance is None or finance.risk != "simulation":
            return {}
        inputs = {name: each for case in cases for name, each in case.inputs.items() if each.figure.is_known}
        correlations = _correlations(finance, inputs)
        tied = {name for pair in correlations for name in pair}
        uncertain = [name for name, each in inputs.items() if each.has_range or name in tied]
        if self._asked != (uncertain, correlations):
            self._asked, self._kept = (uncertain, correlations), {}
            self._uniforms = draw_uniforms(uncertain, correlations, DRAWS, seed=SEED) if uncertain else {}
        return {name: self._of_input(each, finance) for name, each in inputs.items()}

    def _of_input(self, each: Input, finance: Finance) -> FloatArray:
        uniforms = self._uniforms.get(each.name)
        asked = each.figure.value if uniforms is None else distribution_of(each, finance)
        kept = self._kept.get(each.name)
        if kept is None or kept[0] != asked:
            drawn = np.full(DRAWS, each.figure.value)
            if uniforms is not None:
                drawn = np.clip(distribution_of(each, finance).quantile(uniforms), *each.bounds)
            kept = self._kept[each.name] = (asked, drawn)
        return kept[1]


def distribution_of(each: Input, finance: Finance) -> Distribution:
    """Return the distribution of an input by the client's conventions; a value without a range is fixed."""
    value = each.figure.value or 0.0
    low = value if each.figure.low is None else each.figure.low
    high = value if each.figure.high is None else each.figure.high
    return _distribution(finance.shape, finance.ranges, low, value, high)


# Ends that stand for percentiles are found by a search, and the tornado asks for what the draws have asked before.
@lru_cache(maxsize=1024)
def _distribution(shape: str, ranges: str, low: float, value: float, high: float) -> Distribution:
    kind = Pert if shape == "pert" else Triangular
    return kind(low, value, high) if ranges == "ends" else kind.from_p10_p90(low, value, high)


def _correlations(finance: Finance, inputs: Mapping[str, Input]) -> dict[tuple[str, str], float]:
    """Return the stated correlations of inputs that are known on the day."""
    known = {name for name, each in inputs.items() if each.figure.is_known}
    return {each.between: each.rank for each in finance.correlations if known.issuperset(each.between)}


def assess_uncertainty(case: CaseLines, value: Valuation, draws: Draws, context: Context) -> Uncertainty:
    """Return how uncertain a case is; nothing where its net present value is not estimable."""
    finance = context.phase.finance
    if finance is None or value.model is None or not value.npv.is_known:
        return Uncertainty(None, None, None, None)
    return Uncertainty(
        simulated=simulate(case, value, draws, context),
        adjusted=_adjust(case, value, finance, context),
        sensitivity=_sensitivity(case, value, value.model, finance, context),
        overrun=_overrun(case, value, context),
    )


def simulate(case: CaseLines, value: Valuation, draws: Draws, context: Context) -> Simulated | None:
    """Return the net present value over the draws; None where there are none, or where it is not estimable."""
    if value.model is None or not value.npv.is_known or not draws:
        return None
    outcomes = value.model.net_present_value(draws)
    found = spread(outcomes)
    uncertain = [each.figure for each in case.inputs.values() if each.has_range]
    money = context.currency

    def enter(name: str, estimate: Estimate, unit: str, formula: str, *further: Figure) -> Figure:
        return context.register.computed(
            f"case.{case.id}.{name}", estimate.value, unit, [value.npv, *uncertain, *further], formula,
            low=estimate.low, high=estimate.high, n=DRAWS, reason=estimate.reason,
        )  # fmt: skip

    hurdle = _hurdle(context)
    ends = "; the ends say what more draws could change"
    at_base = share_below(outcomes, value.npv.value or 0.0)
    below = None
    if hurdle is not None:
        found_below = share_below(outcomes, hurdle.value or 0.0)
        below = enter("below_hurdle", found_below, "share", "share of draws below the hurdle", hurdle)
    return Simulated(
        uncertain=tuple(name for name, each in case.inputs.items() if each.has_range),
        draws=outcomes,
        spread=found,
        p10=enter("npv_p10", found.p10, money, f"value that one draw in ten falls below{ends}"),
        p50=enter("npv_p50", found.p50, money, f"value that every second draw falls below{ends}"),
        p90=enter("npv_p90", found.p90, money, f"value that nine draws in ten fall below{ends}"),
        mean=enter("npv_mean", found.mean, money, f"mean of the draws{ends}"),
        loss=enter("loss", found.loss, "share", f"share of draws with a net present value below zero{ends}"),
        below_hurdle=below,
        likeliest_percentile=enter(
            "likeliest_percentile", at_base, "share", "share of draws below the net present value of likeliest inputs"
        ),
    )


def _hurdle(context: Context) -> Figure | None:
    finance = context.phase.finance
    if finance is None or finance.hurdle is None:
        return None
    return context.declared("finance.hurdle", finance.hurdle, context.currency, ("finance", "hurdle"))


def _adjust(case: CaseLines, value: Valuation, finance: Finance, context: Context) -> Adjusted | None:
    haircut = finance.haircut
    if haircut is None:
        return None
    path = ("finance", "haircut")
    down = context.declared("finance.benefits_down", haircut.benefits_down, "share", (*path, "benefits_down"))
    up = context.declared("finance.costs_up", haircut.costs_up, "share", (*path, "costs_up"))
    benefits = (value.pv_benefits.value or 0.0) * (1 - haircut.benefits_down.value)
    costs = (value.pv_costs.value or 0.0) * (1 + haircut.costs_up.value)
    inputs = [value.pv_benefits, value.pv_costs, down, up]
    npv = context.register.computed(
        f"case.{case.id}.npv_adjusted", benefits - costs, context.currency, inputs,
        "present value of benefits x (1 - cut) - present value of costs x (1 + rise)",
    )  # fmt: skip
    roi = context.register.computed(
        f"case.{case.id}.roi_adjusted", (benefits - costs) / costs if costs else None, "share", inputs,
        "adjusted net present value / adjusted present value of costs", reason="no_cost",
    )  # fmt: skip
    return Adjusted(down, up, npv, roi)


def _sensitivity(
    case: CaseLines, value: Valuation, model: CaseModel, finance: Finance, context: Context
) -> Sensitivity | None:
    """Return the tornado over the inputs that have a range and count in the model."""
    uncertain = {name: each for name, each in case.inputs.items() if each.has_range and name in model.inputs}
    if not uncertain:
        return None
    base = {name: float(level[0]) for name, level in case.base.items()}
    distributions = {name: distribution_of(each, finance) for name, each in uncertain.items()}
    outer = {
        name: np.clip(found.quantile([0.1, 0.9]), *uncertain[name].bounds).tolist()
        for name, found in distributions.items()
    }
    p10, p90 = ({name: outer[name][end] if name in outer else level for name, level in base.items()} for end in (0, 1))
    found = tornado(base, p10, p90, model.net_present_value)
    bars = tuple(bar for bar in found.bars if bar.input in uncertain)
    switching = {bar.input: _switching(bar.input, uncertain[bar.input], base, model) for bar in bars}
    sensitivity = Sensitivity(Tornado(found.base, bars), switching)
    _enter_sensitivity(case, sensitivity, value, uncertain, context)
    return sensitivity


def _switching(name: str, each: Input, base: Mapping[str, float], model: CaseModel) -> SwitchingValue:
    """Return the switching value of an input between its natural ends, or up to ten times its largest level stated."""
    largest = max(abs(end or 0.0) for end in (each.figure.low, each.figure.value, each.figure.high)) * SEARCHED
    low = -largest if each.bounds[0] is None else each.bounds[0]
    high = largest if each.bounds[1] is None else each.bounds[1]
    if low >= high:
        return SwitchingValue(None, reason="no_sign_change")
    moving, rest = model.split(name)
    fixed = float(rest.net_present_value({key: np.array([level]) for key, level in base.items()})[0])
    needed = {key: level for key, level in base.items() if key in moving.inputs}
    return switching_value(needed, name, low, high, lambda levels: moving.net_present_value(levels) + fixed)


def _enter_sensitivity(
    case: CaseLines, found: Sensitivity, value: Valuation, inputs: Mapping[str, Input], context: Context
) -> None:
    for bar in found.tornado.bars:
        figure = inputs[bar.input].figure
        id = f"case.{case.id}.sensitivity.{bar.input.removeprefix(f'{case.id}.')}"
        of = [value.npv, figure]
        for end, outcome in (("p10", bar.outcome_at_p10), ("p90", bar.outcome_at_p90)):
            formula = f"net present value with this input at its {end.upper()}, the others at their likeliest"
            context.register.computed(f"{id}.npv_at_{end}", outcome, context.currency, of, formula)
        switch = found.switching[bar.input]
        formula = "level at which the net present value is zero, the others at their likeliest"
        context.register.computed(f"{id}.switching", switch.value, figure.unit, of, formula, reason=switch.reason)


def _overrun(case: CaseLines, value: Valuation, context: Context) -> Overrun:
    """Return the case under the overruns of IT projects; costs that fall due once are what overruns."""
    share, threshold, tail = (_of_reference_class(id, context) for id in ("projects", "overrun", "mean_overrun"))
    once = [value.line_pv[line.key] for line in case.lines if line.profile == "once"]
    at_stake = sum(figure.value or 0.0 for figure in once)
    npv = value.npv.value or 0.0

    def at(name: str, overrun: Figure) -> Figure:
        return context.register.computed(
            f"case.{case.id}.{name}", npv - (overrun.value or 0.0) * at_stake, context.currency,
            [value.npv, *once, overrun], "net present value - overrun x present value of one-off costs",
        )  # fmt: skip

    is_there = npv >= 0 and at_stake > 0
    reason = "no_one_off_cost" if at_stake == 0 else "loss_without_overrun"
    break_even = context.register.computed(
        f"case.{case.id}.break_even_overrun", npv / at_stake if is_there else None, "share", [value.npv, *once],
        "net present value / present value of one-off costs", reason=reason,
    )  # fmt: skip
    return Overrun(share, threshold, tail, at("npv_overrun", threshold), at("npv_overrun_tail", tail), break_even)


def _of_reference_class(id: str, context: Context) -> Figure:
    figure = context.framework.benchmarks["it_cost_overruns"].figures[id]
    key = f"it_cost_overruns.{id}"
    return context.house(f"benchmark.{key}", figure.value or 0.0, figure.unit, f"benchmarks.{key}")
