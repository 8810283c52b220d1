"""What was agreed, as figures: the levels of each criterion, the least use and the sample, with where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.engagement.schema_charter import Charter, SuccessCriterion
from workbook.engagement.values import Value
from workbook.phases.figures import Figure
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.looks import LookPlan

TODAY = ("prioritize", "charter")
"""Where today's charter stands."""


@dataclass(frozen=True)
class CharterText:
    """A charter with the baselines in numbers, what they rest on, and the looks with their boundary."""

    charter: Charter
    baselines: Mapping[str, float | None]
    evidence: Mapping[str, str | None]
    plan: LookPlan | None


@dataclass(frozen=True)
class AgreedCriterion:
    """A success criterion with the levels that were agreed, and the effects that follow, larger being better.

    `margin` is None but for a guardrail. `is_added` is true for a criterion that the approved charter does not have:
    it is reported, and decides nothing.
    """

    criterion: SuccessCriterion
    baseline: Figure
    planned: Figure
    worthwhile: Figure
    margin: Figure | None
    planned_effect: Figure
    worthwhile_effect: Figure
    is_added: bool = False

    @property
    def id(self) -> str:
        """Id of the criterion."""
        return self.criterion.id

    @property
    def role(self) -> str:
        """Role that was agreed; "added" for a criterion that the approved charter does not have."""
        return "added" if self.is_added else self.criterion.role

    @property
    def unit(self) -> str:
        """Unit of its levels and effects."""
        return unit_of(self.criterion)


class AgreedLevels:
    """Enters what was agreed into the register: from the approved file, or from today's charter where there is none."""

    def __init__(self, context: Context, text: CharterText | None, origin: str | None) -> None:
        self._context, self._register = context, context.register
        self._text, self._origin = text, origin

    def criteria(self) -> tuple[AgreedCriterion, ...]:
        """Return the criteria with their levels."""
        return tuple(self._criterion(each) for each in self._text.charter.criteria) if self._text else ()

    def added(self, present: CharterText) -> tuple[AgreedCriterion, ...]:
        """Return what today's charter has beyond the approved one."""
        known = [each.id for each in self._text.charter.criteria] if self._text else []
        rest = AgreedLevels(self._context, present, None)
        return tuple(rest._criterion(each, True) for each in present.charter.criteria if each.id not in known)

    def adoption(self) -> Figure:
        """Return the least use."""
        target = self._text.charter.adoption if self._text else None
        return self._stated("pilot.adoption.agreed", target.threshold if target else None, "share", "adoption")

    def sample(self) -> Figure:
        """Return the cases per arm."""
        design = self._text.charter.design if self._text else None
        size = Value(value=float(design.sample_per_arm)) if design and design.sample_per_arm else None
        return self._stated("pilot.sample_per_arm.agreed", size, "cases", "design")

    def icc(self) -> Figure | None:
        """Return the intraclass correlation with which the sample was planned; None without clusters."""
        design = self._text.charter.design if self._text else None
        if design is None or design.clusters is None:
            return None
        return self._stated("pilot.icc.agreed", design.clusters.icc, "ratio", "design")

    def _criterion(self, criterion: SuccessCriterion, is_added: bool = False) -> AgreedCriterion:
        baseline, planned, worthwhile = (self._level(criterion, key) for key in ("baseline", "planned", "worthwhile"))
        return AgreedCriterion(
            criterion,
            baseline,
            planned,
            worthwhile,
            margin=self._level(criterion, "margin") if criterion.role == "guardrail" else None,
            planned_effect=self._effect(criterion, "planned", planned, baseline),
            worthwhile_effect=self._effect(criterion, "worthwhile", worthwhile, baseline),
            is_added=is_added,
        )

    def _level(self, criterion: SuccessCriterion, key: str) -> Figure:
        id, unit = f"pilot.criterion.{criterion.id}.agreed.{key}", unit_of(criterion)
        if self._origin is None or self._text is None:
            today = self._context.take(f"charter.criterion.{criterion.id}.{key}")
            return self._register.computed(
                id, today.value, unit, [today], "as in today's charter", low=today.low, high=today.high, n=today.n
            )
        if key == "baseline":
            value, evidence = self._text.baselines.get(criterion.id), self._text.evidence.get(criterion.id)
            return self._enter(id, value, unit, evidence, self._origin)
        return self._stated(id, getattr(criterion, key), unit, "criteria")

    def _stated(self, id: str, value: Value | None, unit: str, part: str) -> Figure:
        """Enter a value of the charter; without an approved file from the part of today's in which it stands."""
        source = self._origin
        if source is None:
            engagement = self._context.engagement
            place = (*TODAY, part) if self._text and getattr(self._text.charter, part) is not None else TODAY[:1]
            source = engagement.line_of(place)
        return self._enter(id, value.value if value else None, unit, value.evidence if value else None, source)

    def _enter(self, id: str, value: float | None, unit: str, evidence: str | None, source: str) -> Figure:
        reason, evidence = ("not_provided", None) if value is None else (None, evidence)
        return self._register.add(Figure(id, value, unit, evidence=evidence, source=source, reason=reason))

    def _effect(self, criterion: SuccessCriterion, key: str, level: Figure, baseline: Figure) -> Figure:
        change = None if level.value is None or baseline.value is None else level.value - baseline.value
        is_higher = criterion.better == "higher"
        return self._register.computed(
            f"pilot.criterion.{criterion.id}.{key}_effect",
            change if change is None or is_higher else -change,
            level.unit,
            [level, baseline],
            f"{key} level less baseline" if is_higher else f"baseline less {key} level",
        )


def unit_of(criterion: SuccessCriterion) -> str:
    """Return the unit of a criterion's levels and effects."""
    return "share" if criterion.kind == "proportion" else criterion.unit or "units"
