"""Checking the Prioritize phase: cases, the choice, what the finances rest on, and the charter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from workbook.engagement.check_charter import charter_faults
from workbook.engagement.faults import Fault, Path, listed, shorten, write_nearest
from workbook.engagement.load import Engagement
from workbook.engagement.schema_prioritize import Benefit, Case, Prioritize
from workbook.engagement.values import ThreePoint, Value

_SHARES_AND_VALUES = ("effect", "unit_value", "eligible", "realisation")
"""Uncertain parts of a benefit."""


def prioritize_faults(engagement: Engagement) -> Iterator[Fault]:
    """Cases, choice and charter must be about the same use cases, and each benefit must have one price."""
    phase = engagement.prioritize
    if phase is None:
        return
    twice = list(_repeated_faults(engagement))
    yield from twice
    if twice:
        # Where two cases have one name, what else is wrong could not be placed.
        return
    for case in phase.cases:
        yield from _selection_notes(engagement, case)
        for benefit in case.benefits:
            yield from _price_faults(engagement, case, benefit)
    yield from _choice_faults(engagement, phase)
    yield from _correlation_faults(engagement, phase)
    yield from charter_faults(engagement, phase)


def named_inputs(engagement: Engagement) -> Iterator[tuple[str, bool]]:
    """Yield the name of each input of a business case that has a value, and whether a range may stand behind it.

    `<use case>.adoption`, `.months-to-plateau`, `.benefit.<id>.effect` (and `unit-value`, `eligible`, `realisation`),
    `.cost.<id>`, `.integration.<system>`, `.work.<kind>`, and `process.<id>.volume` for all cases of a process.
    """
    for process in engagement.assess.processes if engagement.assess else ():
        if process.volume is not None:
            # A volume may be measured, and has a range then that no file states.
            yield f"process.{process.id}.volume", True
    for case in engagement.prioritize.cases if engagement.prioritize else ():
        for name, quantity in _quantities(case):
            if quantity is not None:
                yield f"{case.use_case}.{name}", isinstance(quantity, ThreePoint) and quantity.low < quantity.high


def _quantities(case: Case) -> Iterator[tuple[str, Value | ThreePoint | None]]:
    if case.adoption is not None:
        yield "adoption", case.adoption.plateau
        yield "months-to-plateau", case.adoption.months_to_plateau
    for benefit in case.benefits:
        for part in _SHARES_AND_VALUES:
            yield f"benefit.{benefit.id}.{part.replace('_', '-')}", getattr(benefit, part)
    yield from ((f"cost.{cost.id}", cost.amount) for cost in case.costs)
    yield from ((f"integration.{joined.system}", joined.days) for joined in case.integration)
    yield from ((f"work.{work.kind}", work.days) for work in case.work)


def _note(fault: Fault) -> Fault:
    return replace(fault, is_note=True)


# --- cases -----------------------------------------------------------------------------------------------------------


def _repeated_faults(engagement: Engagement) -> Iterator[Fault]:
    """Yield a second case of one use case, and in a case a second entry for one system or kind of work."""
    # The positions are those in the file, where nothing has been left out that is dated later.
    cases = engagement.documents["prioritize"].data.get("cases") or []
    yield from _second(engagement, ("cases",), [case["use_case"] for case in cases], "case")
    for position, case in enumerate(cases):
        for key, name in (("integration", "system"), ("work", "kind")):
            entries = [entry[name] for entry in case.get(key) or ()]
            yield from _second(engagement, ("cases", position, key), entries, "entry")


def _second(engagement: Engagement, place: Path, names: list[str], noun: str) -> Iterator[Fault]:
    for position, name in enumerate(names):
        if name in names[:position]:
            line = engagement.line_of(("prioritize", *place, names.index(name)))
            found, allowed = f"a second {noun} for {name}; the first is at {line}", f"one {noun} for each"
            yield engagement.fault(("prioritize", *place, position), found, allowed, "join the two")


def _selection_notes(engagement: Engagement, case: Case) -> Iterator[Fault]:
    gate = engagement.client.gates.assess
    if gate is not None and gate.selected and case.use_case not in gate.selected:
        remedy = "see that the gate of Assess is recorded as it was decided"
        place = ("prioritize", "cases", case.use_case, "use_case")
        yield _note(engagement.fault(place, f"a case for {case.use_case}", listed(gate.selected), remedy))


def _price_faults(engagement: Engagement, case: Case, benefit: Benefit) -> Iterator[Fault]:
    """Yield benefits in money that have no price, or two: an effect in the currency is one already."""
    if benefit.effect is None or benefit.kind == "non_financial":
        return
    currency, unit = engagement.client.currency, benefit.effect.unit
    is_money = re.match(rf"{currency}(?![A-Za-z])", unit or "") is not None
    place = ("prioritize", "cases", case.use_case, "benefits", benefit.id)
    if is_money and benefit.unit_value is not None:
        found, remedy = f"a value of one unit beside an effect in {shorten(unit or '')}", "delete one of the two"
        yield engagement.fault((*place, "unit_value"), found, "one price", remedy)
    if not is_money and benefit.unit_value is None:
        found = (
            f"an effect in {shorten(unit)} without its value" if unit else "an effect without unit and without value"
        )
        remedy = f"add unit_value: what one unit is worth in {currency}"
        fault = engagement.fault(
            (*place, "effect"), found, f"an effect in {currency}, or a unit_value beside it", remedy
        )
        # Hours for other work may have no price; they then stand beside the money.
        yield _note(fault) if benefit.kind == "capacity" and unit else fault


def _choice_faults(engagement: Engagement, phase: Prioritize) -> Iterator[Fault]:
    """Yield a choice of which no case tells, and one that the gate has not followed."""
    choice, gate = phase.choice, engagement.client.gates.prioritize
    if choice is None:
        return
    cases, place = [case.use_case for case in phase.cases], ("prioritize", "choice", "use_case")
    if choice.use_case not in cases:
        found, remedy = f"the choice {choice.use_case}, which has no case", "add its case, or choose one that has"
        yield engagement.fault(place, found, listed(cases), remedy)
    if gate is not None and gate.decision == "approved" and gate.selected and choice.use_case not in gate.selected:
        found, remedy = f"the choice {choice.use_case}", "see that the gate is recorded as it was decided"
        yield _note(engagement.fault(place, found, f"what the gate approved, {listed(gate.selected)}", remedy))


# --- correlations ----------------------------------------------------------------------------------------------------


def _correlation_faults(engagement: Engagement, phase: Prioritize) -> Iterator[Fault]:
    """Yield correlations of inputs that do not exist, stated twice, without effect, or that contradict each other."""
    finance, place = phase.finance, ("prioritize", "finance", "correlations")
    if finance is None or not finance.correlations:
        return
    if finance.risk != "simulation":
        found, remedy = f"correlations with risk: {finance.risk}", "delete them, or write risk: simulation"
        yield engagement.fault(place, found, "correlations with risk: simulation", remedy)
    inputs, pairs = dict(named_inputs(engagement)), [frozenset(each.between) for each in finance.correlations]
    faults = []
    for position, correlation in enumerate(finance.correlations):
        for end, name in enumerate(correlation.between):
            if name not in inputs:
                remedy = write_nearest(name, inputs, "name an input that has a value")
                found, allowed = f"the unknown input {name}", f"one of {listed(inputs)}"
                faults.append(engagement.fault((*place, position, "between", end), found, allowed, remedy))
            elif not inputs[name]:
                remedy = "write the input as {low, likely, high}, or delete the correlation"
                found = f"{name}, which has no range: the correlation has no effect"
                yield _note(engagement.fault((*place, position, "between", end), found, "an uncertain input", remedy))
        if pairs.index(pairs[position]) < position:
            found = f"a second correlation of {' and '.join(correlation.between)}"
            faults.append(engagement.fault((*place, position), found, "each pair once", "delete one of the two"))
    yield from faults or _contradictions(engagement, place, phase)


def _contradictions(engagement: Engagement, place: Path, phase: Prioritize) -> Iterator[Fault]:
    """Yield what no inputs could have: two that each follow a third closely cannot move against each other."""
    ranks = {each.between: each.rank for each in phase.finance.correlations} if phase.finance else {}
    if len(ranks) < 2:
        return
    # Imported here because SciPy takes longer to load than all parameters take to check.
    import numpy as np

    from workbook.methods.simulation import correlated_uniforms

    names = list(dict.fromkeys(chain.from_iterable(ranks)))
    matrix = np.eye(len(names))
    for (one, other), rank in ranks.items():
        matrix[names.index(one), names.index(other)] = matrix[names.index(other), names.index(one)] = rank
    try:
        correlated_uniforms(matrix, draws=1, seed=0, ids=names)
    except ValueError as error:
        found, _, remedy = str(error).partition("; ")
        yield engagement.fault(place, found, "correlations that can hold together", remedy or "weaken one of them")
