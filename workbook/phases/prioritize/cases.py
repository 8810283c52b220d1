"""The deep dive into each candidate: its uncertain inputs by name, and the lines of benefit and cost they make up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from workbook.engagement.schema import UseCase
from workbook.engagement.schema_prioritize import Benefit, Case, Cost, Finance
from workbook.engagement.values import ThreePoint, Value
from workbook.methods.weights import FloatArray
from workbook.phases.figures import Figure
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.model import CaseModel, Grid, Line

MONTHS = {"yearly": 12, "monthly": 1}
"""Months of a period by the client's choice of flows."""

KIND_OF_WORK = {"change": "change", "compliance": "compliance"}
"""Kind of cost of a kind of work; all other work is investment."""

DAY_RATE = "finance.day_rate"
NON_NEGATIVE = (0.0, None)
SHARE = (0.0, 1.0)


@dataclass(frozen=True)
class Input:
    """A named input of a case, with its figure and the ends that nature sets it; None is no end.

    `path` is where it stands in prioritize.yaml; it is empty for one that Assess has found.
    """

    name: str
    figure: Figure
    bounds: tuple[float | None, float | None]
    path: tuple[str, ...] = ()

    @property
    def has_range(self) -> bool:
        """True when the client gives a range."""
        return self.figure.is_known and None not in (self.figure.low, self.figure.high)


@dataclass(frozen=True)
class Effect:
    """What one benefit amounts to in a year at the plateau of use.

    `quantity` is in the benefit's own unit, None where that is the money of `line`. What has no price has no line and
    stands beside the money: what is not financial, and hours that nobody has put a value on. `reached` counts the cases
    of what is not financial, since effects such as a shorter wait do not add up.
    """

    benefit: Benefit
    process: str
    quantity: Figure | None
    line: Line | None
    reached: Figure | None = None


@dataclass(frozen=True)
class CaseLines:
    """A candidate with its inputs and lines.

    `amounts` gives the figure of each line by its key; a line with an unknown input is in `missing` with the inputs it
    lacks, and outside of the model.
    """

    case: Case
    use_case: UseCase
    inputs: Mapping[str, Input]
    effects: tuple[Effect, ...]
    lines: tuple[Line, ...]
    amounts: Mapping[str, Figure]
    missing: Mapping[str, tuple[Figure, ...]]
    names: Mapping[str, str]

    @property
    def id(self) -> str:
        """Id of the use case."""
        return self.use_case.id

    @property
    def known_lines(self) -> tuple[Line, ...]:
        """The lines whose inputs are all known."""
        return tuple(line for line in self.lines if line.key not in self.missing)

    @property
    def base(self) -> dict[str, FloatArray]:
        """The likeliest level of each known input; arrays with one entry."""
        return {
            name: np.array([each.figure.value]) for name, each in self.inputs.items() if each.figure.value is not None
        }

    def model(self, grid: Grid, rate: float) -> CaseModel:
        """Return the model of the known lines on a grid."""
        adoption = self.case.adoption
        if adoption is None:
            return CaseModel(self.known_lines, grid, rate, None, None)
        return CaseModel(self.known_lines, grid, rate, adoption.start_month, f"{self.id}.months-to-plateau")

    def outside(self, grid: Grid) -> tuple[str, ...]:
        """Return the keys of lines that fall due after the last period, and so do not count."""
        last = grid.years * 12
        return tuple(line.key for line in self.lines if line.profile != "use" and line.month > last)


def read_cases(context: Context) -> tuple[CaseLines, ...]:
    """Return the candidates in the order of the file."""
    day_rate = _day_rate(context, context.phase.finance)
    return tuple(_Reading(context, case, day_rate).lines() for case in context.phase.cases)


def grid_of(finance: Finance) -> Grid:
    """Return the periods that the client has chosen."""
    return Grid(finance.years, MONTHS[finance.flows], finance.timing)


def _day_rate(context: Context, finance: Finance | None) -> Input:
    path = ("finance", "day_rate") if finance else ("cases",)
    rate = context.declared(DAY_RATE, finance.day_rate if finance else None, f"{context.currency}/day", path)
    return Input(DAY_RATE, rate, NON_NEGATIVE, path)


def _unit(benefit: Benefit, currency: str) -> str:
    """Return the unit of the effect, without the "per transaction" that some write and others do not."""
    unit = (benefit.effect.unit if benefit.effect else None) or "units"
    return currency if re.match(rf"{currency}(?![A-Za-z])", unit) else unit.split("/")[0].strip()


@dataclass
class _Reading:
    """One case on its way from the file to lines."""

    context: Context
    case: Case
    day_rate: Input
    inputs: dict[str, Input] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.use_case = self.context.assessment.use_case(self.case.use_case)
        self.prefix = self.case.use_case

    def lines(self) -> CaseLines:
        self._read_adoption()
        effects = tuple(self._effect(benefit) for benefit in self.case.benefits)
        lines = [effect.line for effect in effects if effect.line]
        lines += [self._cost(cost) for cost in self.case.costs]
        lines += self._work()
        missing = {line.key: unknown for line in lines if (unknown := self._unknown(line))}
        names = {f"benefit.{each.id}": each.name for each in self.case.benefits}
        names |= {f"cost.{each.id}": each.name for each in self.case.costs}
        amounts = {line.key: self._amount(line) for line in lines}
        return CaseLines(self.case, self.use_case, self.inputs, effects, tuple(lines), amounts, missing, names)

    def _input(
        self,
        name: str,
        value: Value | ThreePoint | None,
        unit: str,
        path: tuple[str, ...],
        bounds: tuple[float | None, float | None],
    ) -> str:
        """Enter an input of the case and return its full name."""
        full, place = f"{self.prefix}.{name}", ("cases", self.prefix, *path)
        figure = self.context.declared(f"case.{self.prefix}.input.{name}", value, unit, place)
        self.inputs[full] = Input(full, figure, bounds, place)
        return full

    def _read_adoption(self) -> None:
        adoption = self.case.adoption
        within = ("adoption",) if adoption else ()
        plateau, months = (adoption.plateau, adoption.months_to_plateau) if adoption else (None, None)
        self._input("adoption", plateau, "share", (*within, "plateau"), SHARE)
        self._input("months-to-plateau", months, "months", (*within, "months_to_plateau"), (0.0, 60.0))

    def _volume(self, process: str) -> str:
        """Enter the volume of a process once for all candidates that change it."""
        name = f"process.{process}.volume"
        self.inputs[name] = Input(name, self.context.take(name), NON_NEGATIVE)
        return name

    def _effect(self, benefit: Benefit) -> Effect:
        key, path = f"benefit.{benefit.id}", ("benefits", benefit.id)
        process = benefit.process or self.use_case.process
        unit = _unit(benefit, self.context.currency)
        of_one = self._input(f"{key}.effect", benefit.effect, f"{unit}/transaction", (*path, "effect"), (None, None))
        reach = (
            self._volume(process),
            of_one,
            self._input(f"{key}.eligible", benefit.eligible, "share", (*path, "eligible"), SHARE),
            f"{self.prefix}.adoption",
            self._input(f"{key}.realisation", benefit.realisation, "share", (*path, "realisation"), SHARE),
        )
        is_money = unit == self.context.currency
        if benefit.kind == "non_financial":
            cases = Line(key, "", tuple(name for name in reach if name != of_one), "use")
            reached = self._enter(f"{key}.cases", cases, "transactions/year")
            return Effect(benefit, process, self._quantity(key, reach, unit), None, reached)
        if benefit.kind == "capacity" and not is_money and not benefit.unit_value:
            return Effect(benefit, process, self._quantity(key, reach, unit), None)
        if is_money:
            return Effect(benefit, process, None, Line(key, benefit.kind, reach, "use"))
        worth, value = f"{self.context.currency}/{unit}", (*path, "unit_value")
        priced = (*reach, self._input(f"{key}.unit-value", benefit.unit_value, worth, value, NON_NEGATIVE))
        return Effect(benefit, process, self._quantity(key, reach, unit), Line(key, benefit.kind, priced, "use"))

    def _cost(self, cost: Cost) -> Line:
        key, path = f"cost.{cost.id}", ("costs", cost.id, "amount")
        unit = self.context.currency + {"once": "", "year": "/year", "transaction": "/transaction"}[cost.per]
        amount = self._input(key, cost.amount, unit, path, NON_NEGATIVE)
        if cost.per == "once":
            return Line(key, cost.kind, (amount,), "once", cost.month)
        if cost.per == "year":
            return Line(key, cost.kind, (amount,), "year", cost.month)
        own = [b for b in self.case.benefits if (b.process or self.use_case.process) == self.use_case.process]
        eligible = tuple(f"{self.prefix}.benefit.{benefit.id}.eligible" for benefit in own)
        handled = (amount, self._volume(self.use_case.process), f"{self.prefix}.adoption")
        return Line(key, cost.kind, handled, "use", 0, eligible or (self._no_eligible_share(),))

    def _no_eligible_share(self) -> str:
        """Enter that no benefit says which cases it concerns, so that nobody knows how many are handled."""
        return self._input("eligible", None, "share", ("benefits",), SHARE)

    def _work(self) -> Iterator[Line]:
        """Yield the person-days, paid at the start."""
        for join in self.case.integration:
            yield self._person_days(("integration", join.system), "integration", join.days)
        for work in self.case.work:
            yield self._person_days(("work", work.kind), KIND_OF_WORK.get(work.kind, "investment"), work.days)

    def _person_days(self, path: tuple[str, str], kind: str, days: Value | ThreePoint | None) -> Line:
        key = ".".join(path)
        name = self._input(key, days, "days", (*path, "days"), NON_NEGATIVE)
        self.inputs[DAY_RATE] = self.day_rate
        return Line(key, kind, (name, DAY_RATE), "once")

    def _unknown(self, line: Line) -> tuple[Figure, ...]:
        """Return the unknown inputs of a line, those that say when it falls included."""
        names = line.inputs if line.profile != "use" else (*line.inputs, f"{self.prefix}.months-to-plateau")
        return tuple(self.inputs[name].figure for name in names if not self.inputs[name].figure.is_known)

    def _quantity(self, key: str, factors: tuple[str, ...], unit: str) -> Figure:
        return self._enter(f"{key}.quantity", Line(key, "", factors, "use"), f"{unit}/year")

    def _amount(self, line: Line) -> Figure:
        unit = self.context.currency if line.profile == "once" else f"{self.context.currency}/year"
        return self._enter(f"{line.key}.amount", line, unit)

    def _enter(self, name: str, line: Line, unit: str) -> Figure:
        """Enter the product of a line's inputs; without a value where one of them is unknown."""
        figures = [self.inputs[each].figure for each in line.inputs]
        is_known = all(figure.is_known for figure in figures)
        levels = {each: np.array([self.inputs[each].figure.value]) for each in line.inputs}
        words = [each.removeprefix(f"{self.prefix}.") for each in line.factors]
        formula = " x ".join([*words, "largest eligible share"] if line.widest else words)
        return self.context.register.computed(
            f"case.{self.prefix}.{name}",
            float(line.amount(levels)[0]) if is_known else None,
            unit,
            figures,
            f"{formula}, at the plateau of use" if line.profile == "use" else formula,
        )
