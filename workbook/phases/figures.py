"""The figure register: every figure shown, with its evidence, its source and the figures it is computed from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbook.methods.estimates import Estimate

_LINE = re.compile(r"\.yaml:\d+")

EVIDENCE_BY_STRENGTH = ("measured", "interview", "estimate", "assumed", None)
"""From strongest to weakest; None is a number whose evidence is not stated."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity with everything a reader may ask about it.

    `value` is None where there is none, and `reason` then says why ("not_provided", "too_few", ...). `low` and `high`
    are the ends of a 95 % interval for a measured figure, of the stated range for a three-point estimate, and the
    extreme answers for a mean of answers; those of a computed figure follow from its inputs as `formula` says.
    `derived_from` names the figures it is computed from, `source` says where an input comes from.
    """

    id: str
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    evidence: str | None = None
    source: str | None = None
    formula: str | None = None
    derived_from: tuple[str, ...] = ()
    n: int | None = None
    reason: str | None = None

    @property
    def is_known(self) -> bool:
        """True when the figure has a value."""
        return self.value is not None

    def as_dict(self) -> dict[str, Any]:
        """Return the register entry; empty parts are left out, except the value."""
        entry = {
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "evidence": self.evidence,
            "source": self.source,
            "formula": self.formula,
            "from": list(self.derived_from) or None,
            "n": self.n,
            "reason": self.reason,
        }
        return {"value": self.value} | {key: part for key, part in entry.items() if part is not None}


def weakest_evidence(figures: Iterable[Figure]) -> str | None:
    """Return the evidence of a figure computed from `figures`: that of its weakest input.

    Where an input is unknown and there is a figure nevertheless, something was assumed in its place.
    """
    found = [figure.evidence if figure.is_known else "assumed" for figure in figures]
    ranks = [EVIDENCE_BY_STRENGTH.index(evidence) for evidence in found]
    return EVIDENCE_BY_STRENGTH[max(ranks)] if ranks else None


class Register:
    """Figures by id, in the order in which they were entered.

    The same id may be entered again with the same content only: one figure has one value everywhere.
    """

    def __init__(self) -> None:
        self._figures: dict[str, Figure] = {}

    def add(self, figure: Figure) -> Figure:
        """Enter a figure and return it.

        Raises
        ------
        ValueError
            If the id stands for another figure already, if a figure it is computed from is not in the register, or if
            its value or an end of its range is not finite.
        """
        known = self._figures.get(figure.id)
        if known is not None and known != figure:
            raise ValueError(f"figure {figure.id} has two values: {known.value} and {figure.value}")
        unknown = [name for name in figure.derived_from if name not in self._figures]
        if unknown:
            raise ValueError(f"figure {figure.id} is computed from figures that are not in the register: {unknown}")
        for number in (figure.value, figure.low, figure.high):
            if number is not None and not math.isfinite(number):
                raise ValueError(f"figure {figure.id} has the number {number}; a figure without a value gives a reason")
        self._figures[figure.id] = figure
        return figure

    def measured(self, id: str, estimate: Estimate, unit: str, source: str | None) -> Figure:
        """Enter an estimate from client data."""
        return self.add(
            Figure(
                id,
                estimate.value,
                unit,
                estimate.low,
                estimate.high,
                evidence="measured" if estimate.is_estimable else None,
                source=source,
                n=estimate.n,
                reason=estimate.reason,
            )
        )

    def computed(
        self,
        id: str,
        value: float | None,
        unit: str,
        inputs: Iterable[Figure],
        formula: str,
        *,
        low: float | None = None,
        high: float | None = None,
        n: int | None = None,
        reason: str | None = None,
    ) -> Figure:
        """Enter a figure computed from others; without a value it gives the reason of its first unknown input."""
        inputs = tuple(inputs)
        if value is None and reason is None:
            reason = next((figure.reason for figure in inputs if not figure.is_known), "not_provided")
        return self.add(
            Figure(
                id,
                value,
                unit,
                low,
                high,
                evidence=weakest_evidence(inputs) if value is not None else None,
                formula=formula,
                derived_from=tuple(dict.fromkeys(figure.id for figure in inputs)),
                n=n,
                reason=reason if value is None else None,
            )
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the register as the deliverable's JSON holds it."""
        return {"figures": {id: figure.as_dict() for id, figure in self._figures.items()}}

    def frozen(self) -> dict[str, Any]:
        """Return the register as a gate freezes it: without line numbers, and to 12 digits.

        A comment added to a client's file moves lines, and another machine may round the last digit otherwise;
        neither changes what was approved.
        """
        return {"figures": {id: _frozen(figure.as_dict()) for id, figure in self._figures.items()}}

    @property
    def figures(self) -> Mapping[str, Figure]:
        """The figures by id."""
        return self._figures

    def __getitem__(self, id: str) -> Figure:
        return self._figures[id]

    def __contains__(self, id: object) -> bool:
        return id in self._figures

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures.values())

    def __len__(self) -> int:
        return len(self._figures)


def _frozen(entry: dict[str, Any]) -> dict[str, Any]:
    def part(value: Any) -> Any:
        if isinstance(value, float):
            return float(f"{value:.12g}")
        return _LINE.sub(".yaml", value) if isinstance(value, str) else value

    return {key: part(value) for key, value in entry.items()}


def product(figures: Iterable[Figure]) -> float | None:
    """Return the product of the figures' values, or None when one is unknown."""
    values = [figure.value for figure in figures]
    return None if any(value is None for value in values) else math.prod(v for v in values if v is not None)
