"""Which comparison the data really support, and how strongly a finding may be worded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbook.methods.allocation import THRESHOLD, check_sample_ratio
from workbook.methods.estimates import Estimate
from workbook.phases.figures import Figure
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.observed import NO_COLUMN, Measured, Observed
from workbook.phases.pilot.panel import PanelResult

Found = Literal[
    "randomised_by_case", "randomised_by_cluster", "staggered", "interrupted_with_control", "parallel", "interrupted",
    "before_after", "none",
]  # fmt: skip

Strength = Literal["caused", "probably_caused", "associated", "coincided", "none"]
"""How a finding may be worded: the pilot did it, probably did it, goes along with it, came meanwhile, or nothing."""

AS_GOOD: dict[str, tuple[Found, ...]] = {
    "randomised": ("randomised_by_case", "randomised_by_cluster"),
    "staggered": ("randomised_by_case", "randomised_by_cluster", "staggered"),
    "interrupted": (
        "randomised_by_case", "randomised_by_cluster", "staggered", "interrupted_with_control", "parallel",
        "interrupted",
    ),
}  # fmt: skip
"""Designs that hold what a charter's design promises; anything does for before and after."""

CONCURRENT = 0.9
"""Share of the pilot's cases that need others of the same week in the baseline, to count as arms side by side."""

UNEVEN = 0.10
"""How much rarer an outcome may be known among cases that fell back to people, in points of a share."""


@dataclass(frozen=True)
class DesignFound:
    """The design as agreed and as found.

    Attributes
    ----------
    agreed
        Kind of the charter's design; None without one.
    is_weaker
        True where the data hold less than agreed; None where there are no data to tell.
    sample_ratio
        p-value of the arms' sizes under the agreed allocation, in cases or in clusters as they were allotted; without
        a value where chance did not allot.
    is_suspect
        Whether the sizes are not chance; False where chance did not allot, None where that could not be checked.
    lacks_clusters
        True where the charter counts on clusters and the data do not name them: intervals are then too narrow.
    icc, icc_agreed
        How far cases of one cluster resemble each other on the primary criterion, as observed (with a 95 % interval)
        and as the charter took it for the sample; None where neither names clusters.
    population
        "held"; "fallbacks_lost" where cases that fell back to people have an outcome much more rarely; "unknown" where
        no column tells fallbacks, or none fell back.
    """

    agreed: str | None
    found: Found
    is_weaker: bool | None
    strength: Strength
    sample_ratio: Figure
    is_suspect: bool | None
    pilot_cases: Figure
    baseline_cases: Figure
    lacks_clusters: bool
    population: Literal["held", "fallbacks_lost", "unknown"]
    concurrent: float | None
    icc: Figure | None = None
    icc_agreed: Figure | None = None

    @property
    def is_changed(self) -> bool:
        """True where the data are less than the charter agreed: a weaker design, no clusters, or other cases."""
        return bool(self.is_weaker) or self.lacks_clusters or self.population == "fallbacks_lost"


def recognise(observed: Observed, panel: PanelResult | None, charter: HeldCharter, context: Context) -> DesignFound:
    """Return the design that the data support; chance is taken from the charter, since data cannot show it."""
    measured = observed.measured
    agreed = charter.charter.design.kind if charter.charter and charter.charter.design else None
    found = _found(agreed, measured, panel)
    cases = [
        context.counted(
            f"pilot.cases.{arm}", None if measured is None else float(getattr(measured, arm)), "cases",
            observed.origin, observed.reason,
        )
        for arm in ("pilot", "baseline")
    ]  # fmt: skip
    icc, icc_agreed = _icc(observed, charter, context)
    ratio, is_suspect = _sample_ratio(found, measured, charter, observed.origin, cases, context)
    return DesignFound(
        agreed=agreed,
        found=found,
        is_weaker=None if found == "none" or agreed is None else found not in AS_GOOD.get(agreed, (found,)),
        strength=_strength(found, is_suspect, panel),
        sample_ratio=ratio,
        is_suspect=is_suspect,
        pilot_cases=cases[0],
        baseline_cases=cases[1],
        lacks_clusters=measured is not None and measured.clusters is None and _counts_on_clusters(charter),
        population=_population(measured, charter),
        concurrent=measured.concurrent if measured else None,
        icc=icc,
        icc_agreed=icc_agreed,
    )


def _icc(observed: Observed, charter: HeldCharter, context: Context) -> tuple[Figure | None, Figure | None]:
    """Return how far cases of one cluster resemble each other, as observed and as agreed."""
    measured = observed.measured
    outcome = measured.outcomes.get(charter.primary.id) if measured and charter.primary else None
    found = outcome.icc if outcome else None
    if found is None and not _counts_on_clusters(charter):
        return None, None
    estimate = found or Estimate.missing(observed.reason or NO_COLUMN)
    return context.register.measured("pilot.icc", estimate, "ratio", observed.origin), charter.icc


def _counts_on_clusters(charter: HeldCharter) -> bool:
    design = charter.charter.design if charter.charter else None
    return design is not None and design.clusters is not None and design.kind != "staggered"


def _found(agreed: str | None, measured: Measured | None, panel: PanelResult | None) -> Found:
    if panel is not None and panel.is_measured and (agreed in ("staggered", "interrupted") or measured is None):
        return panel.design
    if measured is None or not measured.pilot or not measured.baseline:
        return "none"
    if (measured.concurrent or 0.0) < CONCURRENT:
        return "before_after"
    if agreed != "randomised":
        return "parallel"
    # Where no cluster is in both arms, whole clusters were allotted.
    return "randomised_by_cluster" if measured.clusters and not measured.clusters[2] else "randomised_by_case"


def _strength(found: Found, is_suspect: bool | None, panel: PanelResult | None) -> Strength:
    if found.startswith("randomised"):
        return "caused" if is_suspect is False else "associated"
    if found == "staggered":
        return "probably_caused" if panel is not None and panel.is_parallel else "associated"
    if found in ("interrupted_with_control", "parallel"):
        return "associated"
    return "none" if found == "none" else "coincided"


def _sample_ratio(
    found: Found, measured: Measured | None, charter: HeldCharter, origin: str, cases: list[Figure], context: Context
) -> tuple[Figure, bool | None]:
    """Return the p-value of the sizes of the arms, and whether they are suspect."""
    id, formula = "pilot.sample_ratio.p", "test of the sizes of both arms against the agreed allocation"
    if not found.startswith("randomised") or measured is None or charter.plan is None:
        is_random = charter.charter is not None and charter.charter.design is not None
        reason = "not_randomised" if is_random and found != "none" else "not_provided"
        return context.register.computed(id, None, "probability", cases, formula, reason=reason), (
            False if reason == "not_randomised" else None
        )
    counts = (measured.pilot, measured.baseline)
    if found == "randomised_by_cluster" and measured.clusters:
        counts, formula = measured.clusters[:2], "test of the numbers of clusters against the agreed allocation"
    share = charter.plan.allocation
    check = check_sample_ratio(counts, [share, 1 - share], THRESHOLD)
    if bool(check.is_too_few):
        return context.register.computed(id, None, "probability", cases, formula, reason="too_few"), None
    figure = context.register.computed(id, float(check.p_values), "probability", cases, formula, n=sum(counts))
    return figure, bool(check.is_mismatch)


def _population(measured: Measured | None, charter: HeldCharter) -> Literal["held", "fallbacks_lost", "unknown"]:
    """Return whether cases that fell back to people are among those analysed."""
    outcome = measured.outcomes.get(charter.primary.id) if measured and charter.primary else None
    if outcome is None or outcome.known_fallback is None or not outcome.known_fallback[1]:
        return "unknown"
    known, cases = outcome.known_fallback
    others = outcome.known["pilot"][0] - known, outcome.known["pilot"][1] - cases
    if not others[1]:
        return "held"
    return "fallbacks_lost" if others[0] / others[1] - known / cases > UNEVEN else "held"
