"""What a pilot is planned to measure: its primary metric, guardrails, adoption, looks and clusters.

Effects are differences of the pilot against the baseline, oriented so that a larger one is better: points of a share
(0.1 is ten points), or the unit of the duration by which the median falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Literal

Better = Literal["higher", "lower"]

SINGLE_LOOK = NormalDist().inv_cdf(0.975)
"""Boundary of one analysis at two-sided 5 %."""


@dataclass(frozen=True, slots=True)
class ProportionMetric:
    """A share of cases, with its baseline, planned effect and minimum worthwhile effect."""

    baseline: float
    planned: float
    worthwhile: float
    better: Better = "higher"

    def __post_init__(self) -> None:
        _check_share("baseline", self.baseline)
        _check_effects(self.planned, self.worthwhile)
        _check_better(self.better)
        for name, effect in (("planned", self.planned), ("worthwhile", self.worthwhile)):
            _check_share(f"the share reached with the {name} effect", self.pilot(effect))

    def pilot(self, effect: float) -> float:
        """Return the share in the pilot at a true effect."""
        return _snap(self.baseline + effect if self.better == "higher" else self.baseline - effect)


@dataclass(frozen=True, slots=True)
class DurationMetric:
    """A log-normal duration, shorter is better; effects are reductions of the median, in the unit of the median.

    `log_sd` is the standard deviation of the logarithm, the same in both arms.
    """

    median: float
    log_sd: float
    planned: float
    worthwhile: float

    def __post_init__(self) -> None:
        for name, value in (("median", self.median), ("log_sd", self.log_sd)):
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be above zero, found {value}")
        _check_effects(self.planned, self.worthwhile)
        self.shorter(max(self.planned, self.worthwhile))

    def shorter(self, effect: float) -> float:
        """Return the median in the pilot at a true effect. Raises ValueError when nothing is left of it."""
        if not effect < self.median:
            raise ValueError(f"an effect of {effect} leaves nothing of the median {self.median}: give a smaller one")
        return self.median - effect

    @classmethod
    def from_percentiles(cls, p50: float, p90: float, planned: float, worthwhile: float) -> DurationMetric:
        """Return the metric with log_sd = ln(P90 / P50) / 1.2816. Raises ValueError unless P90 exceeds P50 > 0.

        >>> round(DurationMetric.from_percentiles(10.0, 36.0, 3.0, 1.0).log_sd, 3)
        1.0
        """
        if not 0 < p50 < p90:
            raise ValueError(f"P90 must exceed P50 and both zero, found P50 = {p50} and P90 = {p90}")
        return cls(p50, math.log(p90 / p50) / NormalDist().inv_cdf(0.9), planned, worthwhile)

    @classmethod
    def from_variation(cls, median: float, variation: float, planned: float, worthwhile: float) -> DurationMetric:
        """Return the metric with log_sd = sqrt(ln(1 + v^2)), v the coefficient of variation, above zero."""
        if not variation > 0:
            raise ValueError(f"the coefficient of variation must be above zero, found {variation}")
        return cls(median, math.sqrt(math.log1p(variation**2)), planned, worthwhile)


@dataclass(frozen=True, slots=True)
class ProportionGuardrail:
    """A share that must not get worse by the margin; `difference` is its true oriented difference, none unless stated.

    `measured` is the part of the cases on which it is measured, such as a checked sample.
    """

    id: str
    baseline: float
    margin: float
    difference: float = 0.0
    better: Better = "higher"
    measured: float = 1.0

    def __post_init__(self) -> None:
        _check_share(f"the baseline of {self.id!r}", self.baseline)
        _check_better(self.better)
        _check_share(f"the share of {self.id!r} in the pilot", self.pilot)
        if not (math.isfinite(self.margin) and self.margin > 0):
            raise ValueError(f"the margin of {self.id!r} must be above zero, found {self.margin}")
        if not 0 < self.measured <= 1:
            raise ValueError(f"the measured part of {self.id!r} must be above 0 and at most 1, found {self.measured}")

    @property
    def pilot(self) -> float:
        """The true share in the pilot."""
        return _snap(self.baseline + self.difference if self.better == "higher" else self.baseline - self.difference)


@dataclass(frozen=True, slots=True)
class Adoption:
    """The true rate of adoption, the threshold it has to reach, and the number observed (None: one arm's sample)."""

    rate: float
    threshold: float
    n: int | None = None

    def __post_init__(self) -> None:
        _check_share("the rate of adoption", self.rate)
        _check_share("the threshold of adoption", self.threshold)
        if self.n is not None and self.n < 1:
            raise ValueError(f"the number on which adoption is observed must be at least 1, found {self.n}")


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a share of the planned sample; all its intervals have the level of its two-sided boundary."""

    share: float
    boundary: float

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"the share of a look must be above 0 and at most 1, found {self.share}")
        if not (math.isfinite(self.boundary) and self.boundary > 0):
            raise ValueError(f"the boundary of a look must be above zero, found {self.boundary}")


@dataclass(frozen=True, slots=True)
class Clusters:
    """Cases nested in agents or teams: the intraclass correlation and the mean number of cases in a cluster."""

    icc: float
    mean_size: float

    def __post_init__(self) -> None:
        if not 0 <= self.icc < 1:
            raise ValueError(f"the intraclass correlation must be 0 or more and below 1, found {self.icc}")
        if not (math.isfinite(self.mean_size) and self.mean_size >= 1):
            raise ValueError(f"the mean size of a cluster must be at least 1, found {self.mean_size}")

    @property
    def design_effect(self) -> float:
        """1 + (m - 1) ICC: by how much the sample must grow to be worth one of independent cases."""
        return 1 + (self.mean_size - 1) * self.icc

    @property
    def design_effect_of_medians(self) -> float:
        """1 + (m - 1) (2 / pi) asin ICC, with the ICC of the logarithms.

        A median counts the cases below it, and two normal cases with correlation r lie on the same side of their
        median with correlation (2 / pi) asin r.
        """
        return 1 + (self.mean_size - 1) * 2 / math.pi * math.asin(self.icc)


@dataclass(frozen=True, slots=True)
class PilotPlan:
    """What the rule will judge. The last look is at the full sample; a single look at two-sided 5 % unless stated.

    Guardrails and adoption vary independently of the primary metric and of each other.
    """

    primary: ProportionMetric | DurationMetric
    guardrails: tuple[ProportionGuardrail, ...] = ()
    adoption: Adoption | None = None
    looks: tuple[Look, ...] = (Look(1.0, SINGLE_LOOK),)
    clusters: Clusters | None = None

    def __post_init__(self) -> None:
        shares = [look.share for look in self.looks]
        if not shares or shares[-1] != 1 or any(a >= b for a, b in pairwise(shares)):
            raise ValueError(f"the shares of the looks must rise and end at 1, found {shares}")

    @property
    def design_effect(self) -> float:
        """By how much clusters inflate the sample; 1 without clusters."""
        return self.clusters.design_effect if self.clusters else 1.0

    @property
    def design_effect_of_medians(self) -> float:
        """By how much clusters inflate the sample of a median; 1 without clusters."""
        return self.clusters.design_effect_of_medians if self.clusters else 1.0


def _snap(share: float) -> float:
    # 0.9 + 0.1 may land just beyond 1.
    return round(share, 12)


def _check_share(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, found {share}")


def _check_effects(planned: float, worthwhile: float) -> None:
    if not (math.isfinite(planned) and planned > 0):
        raise ValueError(f"the planned effect must be above zero, found {planned}")
    if not (math.isfinite(worthwhile) and worthwhile >= 0):
        raise ValueError(f"the worthwhile effect must be zero or more, found {worthwhile}")


def _check_better(better: str) -> None:
    if better not in ("higher", "lower"):
        raise ValueError(f"better must be 'higher' or 'lower', found {better!r}")
