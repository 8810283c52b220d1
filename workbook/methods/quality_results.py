"""What was measured of a table's quality: per field, per rule and per dimension, with the weakest and the unknown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from workbook.methods.estimates import Estimate

Dimension = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy", "coverage"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
# The reason of a measure that does not apply, so that nothing is unknown.
NOT_REQUIRED = "not_required"


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """The measures of one needed field.

    `missing` counts empty cells where a value is required, `invalid` the values that break a rule of the field.
    """

    name: str
    weight: float
    threshold: float | None
    completeness: Estimate
    validity: Estimate
    accuracy: Estimate
    missing: int
    invalid: int

    def measures(self) -> dict[Dimension, Estimate]:
        """Return the three measures by dimension."""
        return {"completeness": self.completeness, "validity": self.validity, "accuracy": self.accuracy}

    @property
    def below_threshold(self) -> tuple[Dimension, ...]:
        """The dimensions that are measured and miss the threshold of the use case."""
        least = self.threshold or 0.0
        return tuple(name for name, each in self.measures().items() if each.value is not None and each.value < least)


@dataclass(frozen=True, slots=True)
class RuleQuality:
    """The share of rows that keep one rule of the table, of the n rows on which it can be judged."""

    id: str
    share: Estimate


@dataclass(frozen=True, slots=True)
class SampleMatch:
    """How the rows of a verified sample met the table; the key of an `ambiguous` one is incomplete or not unique."""

    rows: int
    matched: int
    unmatched: int
    ambiguous: int


@dataclass(frozen=True, slots=True)
class Weakest:
    """The lowest of the measures, and of what: a field, a rule, or the table as a whole."""

    dimension: Dimension
    part: str
    value: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A measure that is unknown, and why, as a short code."""

    dimension: Dimension
    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class DimensionQuality:
    """One dimension over its parts: the mean of those measured, weighted by criticality, and the weakest of them.

    `measured` of `parts` stand behind the mean; the others are unknown and count neither as 0 nor as 1.
    """

    dimension: Dimension
    mean: Estimate
    weakest: Weakest | None
    measured: int
    parts: int


@dataclass(frozen=True, slots=True)
class TableQuality:
    """All that was measured of one table for one use case.

    `lag_p95_hours` is the 95th percentile of arrival minus event, with its interval. `bottleneck` is the weakest
    measure of all, None if nothing could be measured.
    """

    relation: str
    rows: int
    fields: tuple[FieldQuality, ...]
    uniqueness: tuple[RuleQuality, ...]
    consistency: tuple[RuleQuality, ...]
    timeliness: Estimate
    lag_p95_hours: Estimate
    coverage: Estimate
    sample: SampleMatch | None
    dimensions: tuple[DimensionQuality, ...]
    bottleneck: Weakest | None
    unknown: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One measure, before it is summed up: of a field, a rule, or the table as a whole."""

    dimension: Dimension
    name: str
    estimate: Estimate
    weight: float = 1.0


def rule_parts(dimension: Dimension, rules: tuple[RuleQuality, ...], relation: str) -> list[Part]:
    """Return the measures of a dimension by its rules; without any rule it is unknown for the relation as a whole."""
    none = [Part(dimension, relation, Estimate.missing("no_rule"))]
    return [Part(dimension, each.id, each.share) for each in rules] or none


def is_unknown(part: Part) -> bool:
    """Tell whether a measure applies but could not be taken."""
    return part.estimate.value is None and part.estimate.reason != NOT_REQUIRED


def weakest_of(parts: Iterable[Part]) -> Weakest | None:
    """Return the lowest measure, the first one of equals, None if nothing was measured."""
    measured = [
        Weakest(part.dimension, part.name, value) for part in parts if (value := part.estimate.value) is not None
    ]
    return min(measured, key=lambda each: each.value, default=None)


def summarised(dimension: Dimension, parts: list[Part]) -> DimensionQuality:
    """Return the weighted mean, sum(weight x value) / sum(weight), of the measures taken, and the weakest of them."""
    measured = [(part.weight, value) for part in parts if (value := part.estimate.value) is not None]
    unknown = [part for part in parts if is_unknown(part)]
    if measured:
        weights = math.fsum(weight for weight, _ in measured)
        value = math.fsum(weight * value for weight, value in measured) / weights
        # Rounding of the sums must not lift the mean of ones above 1.
        mean = Estimate(min(value, 1.0), n=sum(part.estimate.n for part in parts if part.estimate.is_estimable))
    else:
        mean = Estimate.missing(str(unknown[0].estimate.reason) if unknown else NOT_REQUIRED)
    return DimensionQuality(dimension, mean, weakest_of(parts), len(measured), len(measured) + len(unknown))
