"""Data readiness: the quality of each source by dimension, and each candidate at its weakest measured dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbook.engagement.schema import NeededData, UseCase
from workbook.engagement.schema_client import Answer
from workbook.methods.estimates import Estimate
from workbook.methods.quality import DIMENSIONS, FieldQuality, TableQuality
from workbook.phases.assess.measured import MeasuredSource
from workbook.phases.figures import Figure, Register

BY_FIELD = ("completeness", "validity", "accuracy")
"""Dimensions that are measured field by field; the others belong to the table."""

NO_SAMPLE = ("not_measured", "not_in_sample")
"""Reasons of an accuracy nobody has given verified values for."""

NOT_ASKED = ("no_rule", "not_required")
"""Reasons of a measure that nobody asks for."""


@dataclass(frozen=True)
class DimensionOf:
    """One dimension of one source, on the fields that are asked for."""

    source: str
    dimension: str
    figure: Figure


@dataclass(frozen=True)
class DataGap:
    """A need of a candidate that falls short of its threshold; `field` is None where it is one of the whole table."""

    use_case: str
    source: str
    field: str | None
    dimension: str
    measured: float
    threshold: float


@dataclass(frozen=True)
class CandidateData:
    """The data of one candidate: its dimensions, the bottleneck among those measured, and what is unknown.

    `readiness` is the figure of the bottleneck. `missing_sources` gives the needed sources whose quality is not known,
    with the reason.
    """

    use_case: UseCase
    dimensions: tuple[DimensionOf, ...]
    readiness: Figure
    bottleneck: DimensionOf | None
    missing_sources: Mapping[str, str]
    gaps: tuple[DataGap, ...]
    lawful_basis: Mapping[str, Answer]

    @property
    def unknown(self) -> tuple[DimensionOf, ...]:
        """Dimensions that could not be measured."""
        return tuple(row for row in self.dimensions if not row.figure.is_known)

    @property
    def is_complete(self) -> bool:
        """True when each source has arrived and each dimension was measured that its owner gave the means to measure.

        Accuracy needs a verified sample; without one it is unknown and shown so, but it does not hold up a decision.
        """
        held_up = [row for row in self.unknown if row.figure.reason not in NO_SAMPLE]
        return self.readiness.is_known and not self.missing_sources and not held_up

    @property
    def meets_thresholds(self) -> bool:
        """True when everything is measured that can be, and nothing of it falls short."""
        return self.is_complete and not self.gaps


def source_dimensions(measured: Mapping[str, MeasuredSource], register: Register) -> tuple[DimensionOf, ...]:
    """Return each dimension of each measured source, on all its declared fields."""
    return tuple(
        DimensionOf(id, dimension, register.measured(f"source.{id}.{dimension}", estimate, "share", source.origin))
        for id, source in measured.items()
        if source.quality is not None
        for dimension, estimate in _dimensions(source.quality, source.quality.fields).items()
    )


def candidate_data(
    case: UseCase, measured: Mapping[str, MeasuredSource], thresholds: Mapping[str, float], register: Register
) -> CandidateData:
    """Return the data readiness of one candidate.

    A dimension of a source is the mean over the needed fields, weighted by their criticality; readiness is the lowest
    of the dimensions measured. While the quality of a source is not known there is no readiness, whatever the others
    say.
    """
    needs = _needed_fields_by_source(case.data)
    rows = [
        row for source, names in needs.items() for row in _needed_dimensions(case, measured[source], names, register)
    ]
    missing = {id: reason for id in needs if (reason := measured[id].reason)}
    known = [row for row in rows if row.figure.is_known]
    bottleneck = min(known, key=lambda row: row.figure.value or 0.0) if known and not missing else None
    readiness = register.computed(
        f"use_case.{case.id}.data_readiness",
        bottleneck.figure.value if bottleneck else None,
        "share",
        [row.figure for row in known],
        "lowest dimension measured on the fields it needs",
        low=bottleneck.figure.low if bottleneck else None,
        high=bottleneck.figure.high if bottleneck else None,
        reason=None if bottleneck else next(iter(missing.values()), None),
    )
    return CandidateData(
        case,
        tuple(rows),
        readiness,
        bottleneck,
        missing,
        tuple(gap for source, names in needs.items() for gap in _gaps(case, measured[source], names, thresholds)),
        {id: measured[id].source.lawful_basis for id in needs},
    )


def _needed_fields_by_source(data: Sequence[NeededData]) -> dict[str, frozenset[str] | None]:
    """Return the fields needed of each source, None for all of them; a source named twice is needed once."""
    needs: dict[str, frozenset[str] | None] = {}
    for needed in data:
        known = needs.get(needed.source, frozenset())
        needs[needed.source] = known | frozenset(needed.fields) if known is not None and needed.fields else None
    return needs


def _needed_dimensions(
    case: UseCase, source: MeasuredSource, names: frozenset[str] | None, register: Register
) -> list[DimensionOf]:
    if source.quality is None:
        return []
    id, fields = source.source.id, _needed_fields(names, source.quality)
    return [
        DimensionOf(
            id,
            dimension,
            register.measured(f"use_case.{case.id}.data.{id}.{dimension}", estimate, "share", source.origin),
        )
        for dimension, estimate in _dimensions(source.quality, fields).items()
    ]


def _needed_fields(names: frozenset[str] | None, quality: TableQuality) -> list[FieldQuality]:
    return [field for field in quality.fields if names is None or field.name in names]


def _dimensions(quality: TableQuality, fields: Sequence[FieldQuality]) -> dict[str, Estimate]:
    """Return the dimensions that the rules ask for, in their usual order."""
    found = {dimension: _weighted_mean(dimension, fields) for dimension in BY_FIELD} | {
        summary.dimension: summary.mean for summary in quality.dimensions if summary.dimension not in BY_FIELD
    }
    return {dimension: found[dimension] for dimension in DIMENSIONS if found[dimension].reason not in NOT_ASKED}


def _weighted_mean(dimension: str, fields: Sequence[FieldQuality]) -> Estimate:
    """Return the mean of a dimension over the fields on which it is measured, weighted by their criticality.

    The interval of a mean over fields is not estimable.
    """
    parts: list[tuple[Estimate, float]] = [(getattr(field, dimension), field.weight) for field in fields]
    known = [(part.value, weight, part.n) for part, weight in parts if part.value is not None]
    if not known:
        reasons = [part.reason or NO_SAMPLE[0] for part, _ in parts if part.reason not in NOT_ASKED]
        return Estimate.missing(reasons[0] if reasons else NOT_ASKED[0])
    total = sum(weight for _, weight, _ in known)
    mean = sum(value * weight for value, weight, _ in known) / total
    # Rounding of the sums must not lift the mean of ones above 1.
    return Estimate(min(mean, 1.0), n=max(n for _, _, n in known))


def _gaps(
    case: UseCase, source: MeasuredSource, names: frozenset[str] | None, thresholds: Mapping[str, float]
) -> list[DataGap]:
    """Return what falls short: needed fields of their own threshold or the house's, the whole table of the house's."""
    if source.quality is None:
        return []
    measures: list[tuple[str | None, str, float | None, float | None]] = [
        (field.name, dimension, getattr(field, dimension).value, field.threshold)
        for field in _needed_fields(names, source.quality)
        for dimension in BY_FIELD
    ]
    of_table = [row for row in source.quality.dimensions if row.dimension not in BY_FIELD]
    measures += [(None, row.dimension, row.mean.value, None) for row in of_table]
    return [
        DataGap(case.id, source.source.id, field, dimension, value, threshold)
        for field, dimension, value, own in measures
        if value is not None and value < (threshold := thresholds[dimension] if own is None else own)
    ]
