"""The charter that the pilot is held to, as its gate froze it, and how today's charter differs from it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from workbook.engagement.approve import FOLDER, Approved, approved_dates, read_approved
from workbook.engagement.faults import refused
from workbook.engagement.schema_charter import Charter
from workbook.engagement.schema_pilot import Deviation
from workbook.phases.figures import Figure
from workbook.phases.pilot.agreed import AgreedCriterion, AgreedLevels, CharterText
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.differences import Difference, differences
from workbook.phases.pilot.looks import LookPlan

GATE = "prioritize"
"""Gate that freezes the charter."""


@dataclass(frozen=True)
class HeldCharter:
    """The charter that the pilot is held to.

    `charter` is the approved one; today's where nothing was approved, and `is_approved` is then false. `amended` are
    later days on which another charter was approved, which does not count. `is_after_start` is true where the first
    approval came after the first case. `adoption` is the least use, `sample` the cases per arm, `icc` how far cases of
    one cluster were taken to resemble each other; None without clusters.
    """

    charter: Charter | None
    is_approved: bool
    date: dt.date | None
    by: str | None
    role: str | None
    sha256: str | None
    origin: str | None
    is_after_start: bool
    amended: tuple[dt.date, ...]
    criteria: tuple[AgreedCriterion, ...]
    adoption: Figure
    sample: Figure
    plan: LookPlan | None
    differences: tuple[Difference, ...]
    deviations: tuple[Deviation, ...]
    icc: Figure | None = None

    @property
    def primary(self) -> AgreedCriterion | None:
        """The criterion that decides."""
        return next((each for each in self.criteria if each.role == "primary"), None)

    @property
    def guardrails(self) -> tuple[AgreedCriterion, ...]:
        """The criteria that must not become worse."""
        return tuple(each for each in self.criteria if each.role == "guardrail")

    @property
    def binding(self) -> tuple[Difference, ...]:
        """The differences in what the pilot is judged by."""
        return tuple(each for each in self.differences if each.is_binding)

    @property
    def is_changed(self) -> bool | None:
        """Whether the pilot was run, or would be judged, by something else than approved; None without approval."""
        return bool(self.binding) or self.is_after_start if self.is_approved else None


def hold_to_charter(context: Context) -> HeldCharter:
    """Return the charter that was approved last before the pilot began, and how today's differs from it.

    A charter approved after the first case was not agreed beforehand, which counts as changed. Raises FaultsError for
    an approved file that no longer fits its SHA-256, or that holds no charter.
    """
    approved, days = _approval(context)
    present = _present(context)
    text = _frozen(approved, context) if approved else present
    started = context.phase.started
    origin = f"{FOLDER}/{approved.path.name} (SHA-256 {approved.sha256[:12]})" if approved else None
    levels = AgreedLevels(context, text, origin)
    return HeldCharter(
        charter=text.charter if text else None,
        is_approved=approved is not None,
        date=approved.date if approved else None,
        by=approved.by if approved else None,
        role=approved.role if approved else None,
        sha256=approved.sha256 if approved else None,
        origin=origin,
        is_after_start=approved is not None and started is not None and approved.date > started,
        amended=tuple(day for day in days if approved and day > approved.date),
        criteria=(*levels.criteria(), *(levels.added(present) if approved and present else ())),
        adoption=levels.adoption(),
        sample=levels.sample(),
        plan=text.plan if text else None,
        differences=differences(text, present) if approved and text else (),
        deviations=context.phase.deviations,
        icc=levels.icc(),
    )


def _approval(context: Context) -> tuple[Approved | None, list[dt.date]]:
    """Return the last approval up to the first case, else the first one after it, and the days of all."""
    days = approved_dates(context.engagement, GATE)
    started = context.phase.started
    before = [day for day in days if started is None or day <= started]
    day = before[-1] if before else days[0] if days else None
    return (read_approved(context.engagement, GATE, day) if day else None), days


def _frozen(approved: Approved, context: Context) -> CharterText:
    try:
        part = approved.content["charter"]
        charter = Charter.model_validate_json(json.dumps(part["charter"]))
        looks = part["looks"]
        baselines = dict(part["baselines"])
        figures = approved.content["figures"]
        plan = _plan(charter, looks["rule"], looks["fractions"], looks["critical_values"]) if looks else None
    except (KeyError, TypeError, AttributeError, ValidationError):
        file = f"{context.engagement.id}/{FOLDER}/{approved.path.name}"
        remedy = "restore the file, or record a new decision with its own date and freeze it"
        raise refused(file, "no charter that can be read", "the charter as it was frozen", remedy) from None
    ids = {each.id: f"charter.criterion.{each.id}.baseline" for each in charter.criteria}
    evidence = {id: figures.get(name, {}).get("evidence") for id, name in ids.items()}
    return CharterText(charter, baselines, evidence, plan)


def _present(context: Context) -> CharterText | None:
    drawn_up = context.prioritized.charter
    if drawn_up is None:
        return None
    charter, looks = drawn_up.charter, drawn_up.sample.looks
    return CharterText(
        charter,
        {each.id: each.baseline.value for each in drawn_up.criteria},
        {each.id: each.baseline.evidence for each in drawn_up.criteria},
        _plan(charter, looks.rule, looks.fractions, looks.critical_values) if looks else None,
    )


def _plan(charter: Charter, rule: Any, fractions: Any, critical_values: Any) -> LookPlan | None:
    design = charter.design
    if design is None:
        return None
    return LookPlan(
        weeks=design.looks.weeks,
        rule=rule,
        alpha=design.alpha,
        fractions=tuple(fractions),
        critical_values=tuple(critical_values),
        sample_per_arm=design.sample_per_arm,
        allocation=design.allocation,
    )
