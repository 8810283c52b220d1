"""The risk register of each candidate: grades before and after mitigation, and which risks nobody answers for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbook.engagement.schema_prioritize import Risk
from workbook.phases.figures import Figure
from workbook.phases.inputs import NOT_PROVIDED
from workbook.phases.prioritize.cases import CaseLines
from workbook.phases.prioritize.context import Context

GRADES = 5
GRADE = "grade 1-25"


@dataclass(frozen=True)
class GradedRisk:
    """A risk with its grade, probability times impact, before and after mitigation."""

    risk: Risk
    before: Figure
    after: Figure

    @property
    def expected(self) -> float:
        """The grade to reckon with: that after mitigation, or before while nobody has graded the rest."""
        return (self.before.value or 0.0) if self.after.value is None else self.after.value

    @property
    def is_mitigated(self) -> bool:
        """True when something is done about it."""
        return self.risk.mitigation is not None


@dataclass(frozen=True)
class RiskRegister:
    """The risks of a candidate, the worst after mitigation first.

    `heat_before` and `heat_after` count risks by probability (row 0 is grade 1) and impact (column 0 is grade 1); a
    risk without grades after mitigation is in the first only.
    """

    risks: tuple[GradedRisk, ...]
    heat_before: NDArray[np.int64]
    heat_after: NDArray[np.int64]

    @property
    def unowned(self) -> tuple[GradedRisk, ...]:
        """Risks whose mitigation nobody answers for."""
        return tuple(row for row in self.risks if row.risk.owner is None)

    @property
    def unmitigated(self) -> tuple[GradedRisk, ...]:
        """Risks about which nothing is done."""
        return tuple(row for row in self.risks if not row.is_mitigated)

    @property
    def ungraded(self) -> tuple[GradedRisk, ...]:
        """Risks without a grade after mitigation."""
        return tuple(row for row in self.risks if not row.after.is_known)


def register_risks(case: CaseLines, context: Context) -> RiskRegister:
    """Return the risk register of a candidate.

    Grades are ordinal: their product orders risks, and says nothing of how many times worse one is than another.
    """
    rows = sorted((_grade(risk, case, context) for risk in case.case.risks), key=_order)
    risks = [row.risk for row in rows]
    return RiskRegister(
        tuple(rows),
        _heat((risk.probability, risk.impact) for risk in risks),
        _heat(
            (risk.residual_probability, risk.residual_impact)
            for risk in risks
            if risk.residual_probability is not None and risk.residual_impact is not None
        ),
    )


def _order(row: GradedRisk) -> tuple[float, float, str]:
    return -row.expected, -(row.before.value or 0.0), row.risk.id


def _grade(risk: Risk, case: CaseLines, context: Context) -> GradedRisk:
    def enter(name: str, probability: int | None, impact: int | None) -> Figure:
        grade = None if probability is None or impact is None else float(probability * impact)
        source = context.line_of(("cases", case.id, "risks", risk.id))
        return context.register.add(
            Figure(
                f"risk.{risk.id}.{name}", grade, GRADE, source=source, formula="probability x impact",
                reason=NOT_PROVIDED if grade is None else None,
            )
        )  # fmt: skip

    return GradedRisk(
        risk,
        enter("before", risk.probability, risk.impact),
        enter("after", risk.residual_probability, risk.residual_impact),
    )


def _heat(graded: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    counts = np.zeros((GRADES, GRADES), dtype=np.int64)
    for probability, impact in graded:
        counts[probability - 1, impact - 1] += 1
    return counts
