"""What the pilot has cost: budget by line against the time that has passed, and the effort of joining systems."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from workbook.engagement.schema_charter import BudgetLine, Charter
from workbook.framework.entries import Parameter
from workbook.phases.figures import Figure
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.context import Context


@dataclass(frozen=True)
class SpentLine:
    """A line of the budget: what was agreed and what was spent; `share` is spent / agreed."""

    line: BudgetLine
    agreed: Figure
    spent: Figure
    share: Figure


@dataclass(frozen=True)
class Budget:
    """The budget against the time.

    `spent` adds up what is stated; `unstated` are lines without an amount, and `share` is then not known. `elapsed` is
    the share of the pilot's weeks that has passed, `integration_share` that of integration in all that was spent.
    """

    lines: tuple[SpentLine, ...]
    agreed: Figure
    spent: Figure
    share: Figure
    elapsed: Figure
    integration_share: Figure
    unstated: tuple[str, ...]

    @property
    def overspent(self) -> tuple[str, ...]:
        """Ids of the lines on which more was spent than agreed."""
        return tuple(each.line.id for each in self.lines if _over(each.spent, each.agreed))


@dataclass(frozen=True)
class JoinedEffort:
    """A system: the person-days used, those planned by the business case, and used / planned."""

    system: str
    days: Figure
    planned: Figure | None
    ratio: Figure | None


@dataclass(frozen=True)
class Effort:
    """Joining the systems: days used against the plan, and the guide's range for its share of all effort.

    `ratio` compares systems that have both. `unstated` are systems planned without days used, `unplanned` the reverse.
    """

    systems: tuple[JoinedEffort, ...]
    days: Figure
    planned: Figure
    ratio: Figure
    unstated: tuple[str, ...]
    unplanned: tuple[str, ...]
    expected: Parameter
    flag_below: Parameter


def review_budget(charter: HeldCharter, context: Context) -> Budget:
    """Return what was spent, line by line, against the budget that was agreed.

    Money spent on a line that was never agreed counts among what was spent.
    """
    lines = tuple(_line(line, charter, context) for line in _lines(charter, context))
    agreed = context.sum_of("pilot.budget.agreed", [each.agreed for each in lines], context.currency)
    spent = context.sum_of("pilot.budget.spent", [each.spent for each in lines], context.currency)
    joining = [each.spent for each in lines if each.line.kind == "integration" and each.spent.is_known]
    part = sum(each.value or 0.0 for each in joining) if joining else None
    unstated = tuple(each.line.id for each in lines if not each.spent.is_known)
    return Budget(
        lines=lines,
        agreed=agreed,
        spent=spent,
        share=_ratio("pilot.budget.share", spent, agreed, context, "lines_not_stated" if unstated else None),
        elapsed=_elapsed(charter.charter, context),
        integration_share=context.register.computed(
            "pilot.effort.share",
            part / spent.value if part is not None and spent.value else None,
            "share",
            [*joining, spent],
            "spent on joining systems / all that was spent",
        ),
        unstated=unstated,
    )


def _lines(charter: HeldCharter, context: Context) -> list[BudgetLine]:
    """Return the lines of the agreed budget, and today's others on which money was spent."""
    agreed = charter.charter.budget if charter.charter else ()
    today = context.prioritized.charter
    known, spent = {line.id for line in agreed}, {each.line for each in context.phase.spent}
    others = today.charter.budget if today else ()
    return [*agreed, *(line for line in others if line.id in spent - known)]


def _line(line: BudgetLine, charter: HeldCharter, context: Context) -> SpentLine:
    agreed, spent = _agreed(line, charter, context), _spent(line.id, context)
    return SpentLine(line, agreed, spent, _ratio(f"pilot.budget.{line.id}.share", spent, agreed, context))


def _spent(line: str, context: Context) -> Figure:
    id = f"pilot.budget.{line}.spent"
    amount = next((each.amount for each in context.phase.spent if each.line == line), None)
    if amount is None:
        return context.counted(id, None, context.currency, "pilot.yaml", "not_provided")
    return context.declared(id, amount, context.currency, (*_item(context, "spent", "line", line), "amount"))


def _item(context: Context, key: str, name: str, value: str) -> tuple[str, str]:
    """Return the path of an entry; its place is the one in the file, where later entries stand as well."""
    entries = context.engagement.documents["pilot"].data[key]
    return key, str(next(place for place, entry in enumerate(entries) if entry[name] == value))


def _agreed(line: BudgetLine, charter: HeldCharter, context: Context) -> Figure:
    id = f"pilot.budget.{line.id}.agreed"
    if charter.origin is None:
        today = context.take(f"charter.budget.{line.id}")
        return context.register.computed(id, today.value, context.currency, [today], "as in today's charter")
    if charter.charter is None or line not in charter.charter.budget:
        return context.counted(id, None, context.currency, charter.origin, "not_agreed")
    amount = line.amount
    return context.register.add(
        Figure(id, amount.value, context.currency, evidence=amount.evidence, source=charter.origin)
    )


def _ratio(id: str, part: Figure, whole: Figure, context: Context, reason: str | None = None) -> Figure:
    value = part.value / whole.value if part.value is not None and whole.value and not reason else None
    reason = "nothing_agreed" if whole.value == 0 else reason
    return context.register.computed(id, value, "share", [part, whole], "spent / agreed", reason=reason)


def _elapsed(charter: Charter | None, context: Context) -> Figure:
    """Return the share of the agreed weeks that has passed by `as_of`, or by the pilot's end; over 1 beyond them."""
    id, start = "pilot.time.elapsed", charter.start if charter else None
    if charter is None or start is None or not charter.weeks:
        return context.counted(id, None, "share", "prioritize.yaml", "not_provided")
    end = min(context.phase.ended or context.engagement.as_of, context.engagement.as_of)
    days = max((end - start + dt.timedelta(days=1)).days, 0)
    return context.counted(id, days / (7 * charter.weeks), "share", f"{start} to {end}, of {charter.weeks} weeks")


def _over(one: Figure, other: Figure) -> bool:
    return one.value is not None and other.value is not None and one.value > other.value


def review_effort(charter: HeldCharter, context: Context) -> Effort:
    """Return the person-days of joining each system against those of the business case."""
    case = context.prioritized.cases.get(charter.charter.use_case) if charter.charter else None
    work = [each.system for each in case.case.integration] if case else []
    planned = {each: case.inputs[f"{case.id}.integration.{each}"].figure.id for each in work} if case else {}
    used = [each.system for each in context.phase.effort]
    systems = tuple(_joined(each, planned.get(each), context) for each in used)
    both = [each for each in systems if each.planned is not None and each.planned.is_known and each.days.is_known]
    days = context.sum_of("pilot.effort.days", [each.days for each in systems], "days")
    plan = context.sum_of("pilot.effort.planned", [each.planned for each in both if each.planned], "days")
    compared = sum(each.days.value or 0.0 for each in both)
    parameters = context.framework.integration.parameters
    return Effort(
        systems=systems,
        days=days,
        planned=plan,
        ratio=context.register.computed(
            "pilot.effort.ratio", compared / plan.value if plan.value else None, "ratio",
            [*(each.days for each in both), plan], "days used / days planned, of systems with both",
        ),
        unstated=tuple(each for each in planned if each not in used),
        unplanned=tuple(each for each in used if each not in planned),
        expected=parameters["effort_share"],
        flag_below=parameters["flag_below"],
    )  # fmt: skip


def _joined(system: str, planned: str | None, context: Context) -> JoinedEffort:
    effort = next(each for each in context.phase.effort if each.system == system)
    path = (*_item(context, "effort", "system", system), "days")
    days = context.declared(f"pilot.effort.{system}.days", effort.days, "days", path)
    plan = context.take(planned) if planned else None
    if plan is None:
        return JoinedEffort(system, days, None, None)
    value = days.value / plan.value if days.value is not None and plan.value else None
    ratio = context.register.computed(
        f"pilot.effort.{system}.ratio", value, "ratio", [days, plan], "days used / days planned"
    )
    return JoinedEffort(system, days, plan, ratio)
