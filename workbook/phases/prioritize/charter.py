"""The Pilot Charter with all its checks, what it lacks to be signed, and the content that its gate freezes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbook.engagement.schema_charter import Charter
from workbook.phases.prioritize.cases import CaseLines
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.criteria import CharterCriterion, read_criteria
from workbook.phases.prioritize.sample import Sample, plan_sample
from workbook.phases.prioritize.staffing import (
    Budget,
    SponsorTest,
    Team,
    Timeline,
    check_sponsor,
    plan_budget,
    plan_team,
    plan_timeline,
)
from workbook.phases.prioritize.value import Valuation


@dataclass(frozen=True)
class PilotCharter:
    """The charter of the pilot: what was declared, and what follows from it.

    `missing` holds short codes of what it lacks to be signed, in the order of the charter.
    """

    charter: Charter
    criteria: tuple[CharterCriterion, ...]
    sample: Sample
    timeline: Timeline
    team: Team
    budget: Budget
    sponsor: SponsorTest
    missing: tuple[str, ...]

    @property
    def primary(self) -> CharterCriterion | None:
        """The criterion that decides."""
        return next((each for each in self.criteria if each.criterion.role == "primary"), None)

    @property
    def guardrails(self) -> tuple[CharterCriterion, ...]:
        """The criteria that must not become worse."""
        return tuple(each for each in self.criteria if each.criterion.role == "guardrail")

    @property
    def is_complete(self) -> bool:
        """True when nothing is missing for signing."""
        return not self.missing


def draw_up(charter: Charter, case: CaseLines | None, value: Valuation | None, context: Context) -> PilotCharter:
    """Return the charter with its checks; `case` is that of its use case, None where there is no deep dive into it.

    Raises FaultsError for a baseline_figure that Assess does not have or that is in another unit.
    """
    criteria = read_criteria(charter, context)
    use_case = context.assessment.use_case(charter.use_case)
    adoption = case.inputs[f"{case.id}.adoption"].figure if case else context.stated(
        f"case.{use_case.id}.input.adoption", None, "share", ("charter", "use_case")
    )  # fmt: skip
    volume = context.take(f"process.{use_case.process}.volume")
    sample = plan_sample(charter, criteria, adoption, volume, context)
    timeline = plan_timeline(charter, context)
    sponsor = check_sponsor(context)
    return PilotCharter(
        charter=charter,
        criteria=criteria,
        sample=sample,
        timeline=timeline,
        team=plan_team(charter, context),
        budget=plan_budget(charter, value, context),
        sponsor=sponsor,
        missing=_missing(charter, criteria, timeline, sponsor),
    )


def _missing(
    charter: Charter, criteria: Sequence[CharterCriterion], timeline: Timeline, sponsor: SponsorTest
) -> tuple[str, ...]:
    """Return what the charter lacks to be signed."""
    design = charter.design
    primary = next((each for each in criteria if each.criterion.role == "primary"), None)
    lacks = {
        "metric": not charter.metric,
        "scope_in": not charter.scope_in,
        "scope_out": not charter.scope_out,
        "population": not charter.population,
        "primary_criterion": primary is None,
        "primary_baseline": primary is not None and not primary.baseline.is_known,
        "primary_planned": primary is not None and not primary.planned.is_known,
        "primary_worthwhile": primary is not None and not primary.worthwhile.is_known,
        "guardrail": not any(each.criterion.role == "guardrail" for each in criteria),
        "guardrail_baseline": any(
            each.criterion.role == "guardrail" and not each.baseline.is_known for each in criteria
        ),
        "methods": any(not each.criterion.method for each in criteria),
        "design": design is None,
        "in_scope": design is not None and design.in_scope is None,
        "sample": design is not None and design.sample_per_arm is None,
        "adoption": charter.adoption is None,
        "start": charter.start is None,
        "weeks": charter.weeks is None,
        "shortened": timeline.is_short and not charter.shortened,
        "gate": not timeline.gates,
        "team": not charter.team,
        "raci": not charter.raci,
        "budget": not charter.budget,
        "stop_rules": not charter.stop_rules,
        "sponsor": sponsor.verdict == "not_provided",
        "signatories": not charter.signatories,
    }
    return tuple(code for code, holds in lacks.items() if holds)


def content_of(charter: PilotCharter) -> dict[str, Any]:
    """Return the charter as its gate freezes it: what was declared, baselines in numbers, and looks with boundaries.

    Plain values only, so that the same charter always has the same bytes.
    """
    looks = charter.sample.looks
    return {
        "charter": charter.charter.model_dump(mode="json"),
        "baselines": {each.id: _digits(each.baseline.value) for each in charter.criteria},
        "looks": None
        if looks is None
        else {
            "rule": looks.rule,
            "alpha": looks.alpha,
            "fractions": [_digits(value) for value in looks.fractions],
            "critical_values": [_digits(value, 6) for value in looks.critical_values],
        },
    }


def _digits(value: float | None, digits: int = 12) -> float | None:
    """Return a number as it is frozen; a boundary is found by a search and agrees to six digits everywhere."""
    return None if value is None else float(f"{value:.{digits}g}")
