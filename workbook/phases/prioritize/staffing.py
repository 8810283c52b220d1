"""The pilot as a project: timeline with gates, people and their time, who does what, budget, and the sponsor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbook.engagement.schema_charter import Charter, Milestone, RaciRow, Resource
from workbook.framework.models import Phase
from workbook.phases.figures import Figure
from workbook.phases.prioritize.context import Context
from workbook.phases.prioritize.value import Valuation

SponsorVerdict = Literal["owner", "it_alone", "not_owner", "unknown", "not_provided"]


@dataclass(frozen=True)
class DatedMilestone:
    """A milestone with the last day of its week, None while the start is not fixed."""

    milestone: Milestone
    date: dt.date | None
    is_outside: bool


@dataclass(frozen=True)
class Timeline:
    """The weeks of the pilot beside the guide's least, its gates and its milestones; `end` is its last day."""

    start: dt.date | None
    end: dt.date | None
    weeks: Figure
    least: Figure
    is_short: bool
    shortened: str | None
    milestones: tuple[DatedMilestone, ...]
    phase: Phase

    @property
    def gates(self) -> tuple[DatedMilestone, ...]:
        """The milestones that are decisions."""
        return tuple(row for row in self.milestones if row.milestone.is_gate)


@dataclass(frozen=True)
class Member:
    """A person of the team: person-weeks over all roles, and the weeks in which more than all the time is planned."""

    person: str
    resources: tuple[Resource, ...]
    person_weeks: Figure
    overloaded_weeks: tuple[int, ...]


@dataclass(frozen=True)
class Team:
    """The people of the pilot, and the letters of the RACI by activity and person."""

    members: tuple[Member, ...]
    person_weeks: Figure
    raci: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def overloaded(self) -> tuple[Member, ...]:
        """People planned with more than all their time in some week."""
        return tuple(member for member in self.members if member.overloaded_weeks)


@dataclass(frozen=True)
class Budget:
    """The budget of the pilot by line and kind, and as a share of the one-off costs of the case."""

    lines: Mapping[str, Figure]
    by_kind: Mapping[str, Figure]
    total: Figure
    share_of_one_off: Figure


@dataclass(frozen=True)
class SponsorTest:
    """Whether the sponsor owns the business outcome; `failure_ratio` is what the guide says of IT alone."""

    verdict: SponsorVerdict
    person: str | None
    failure_ratio: Figure


def plan_timeline(charter: Charter, context: Context) -> Timeline:
    """Return the timeline; a pilot under the guide's length is short, whatever it gives up for it."""
    phase = context.framework.phases["pilot"]
    minimum = phase.parameters["weeks_minimum"].value or 0.0
    weeks = context.stated("charter.weeks.planned", charter.weeks, "weeks", ("charter", "weeks"))
    return Timeline(
        start=charter.start,
        end=_last_day(charter.start, charter.weeks),
        weeks=weeks,
        least=context.house("charter.weeks.least", minimum, "weeks", "phases.pilot.weeks_minimum"),
        is_short=weeks.value is not None and weeks.value < minimum,
        shortened=charter.shortened,
        milestones=tuple(
            DatedMilestone(
                each, _last_day(charter.start, each.week), weeks.value is not None and each.week > weeks.value
            )
            for each in sorted(charter.milestones, key=lambda each: (each.week, each.id))
        ),
        phase=phase,
    )


def _last_day(start: dt.date | None, weeks: int | None) -> dt.date | None:
    """Return the last day of a week of the pilot; the start itself for week 0."""
    return None if start is None or weeks is None else start + dt.timedelta(days=max(7 * weeks - 1, 0))


def plan_team(charter: Charter, context: Context) -> Team:
    """Return the people with their time; first and last week both count."""
    ids = dict.fromkeys(resource.person for resource in charter.team)
    members = tuple(_member(id, charter, context) for id in ids)
    total = sum(member.person_weeks.value or 0.0 for member in members)
    return Team(
        members,
        context.register.computed(
            "charter.person_weeks", total if members else None, "person-weeks",
            [member.person_weeks for member in members], "sum over the team",
        ),
        tuple((row.activity, _letters(row)) for row in charter.raci),
    )  # fmt: skip


def _member(person: str, charter: Charter, context: Context) -> Member:
    own = [(place, each) for place, each in enumerate(charter.team) if each.person == person]
    shares = [
        context.declared(
            f"charter.team.{person}.{place}.share", each.share, "share", ("charter", "team", str(place), "share")
        )
        for place, each in own
    ]
    resources = tuple(each for _, each in own)
    weeks = range(min(each.first_week for each in resources), max(each.last_week for each in resources) + 1)
    load = {week: sum(e.share.value for e in resources if e.first_week <= week <= e.last_week) for week in weeks}
    total = sum(each.share.value * (each.last_week - each.first_week + 1) for each in resources)
    return Member(
        person,
        resources,
        context.register.computed(
            f"charter.team.{person}.person_weeks", total, "person-weeks", shares, "share x weeks, over all roles"
        ),
        tuple(week for week, share in load.items() if share > 1 + 1e-9),
    )


def _letters(row: RaciRow) -> Mapping[str, str]:
    letters: dict[str, str] = {}
    parts = {"R": row.responsible, "A": (row.accountable,), "C": row.consulted, "I": row.informed}
    for letter, people in parts.items():
        for person in people:
            letters[person] = f"{letters[person]}/{letter}" if person in letters else letter
    return letters


def plan_budget(charter: Charter, value: Valuation | None, context: Context) -> Budget:
    """Return the budget, beside the one-off costs of the case where there is one."""
    lines = {
        line.id: context.declared(
            f"charter.budget.{line.id}", line.amount, context.currency, ("charter", "budget", line.id, "amount")
        )
        for line in charter.budget
    }
    kinds = dict.fromkeys(line.kind for line in charter.budget)
    by_kind: dict[str, Figure] = {
        kind: _sum(f"charter.budget_by_kind.{kind}", [lines[e.id] for e in charter.budget if e.kind == kind], context)
        for kind in kinds
    }
    total = _sum("charter.budget", list(lines.values()), context)
    inputs = [total, value.one_off] if value else [total]
    once = value.one_off.value if value else None
    share = total.value / once if total.value is not None and once else None
    formula = "budget of the pilot / one-off costs of the case"
    reason = "no_one_off_cost" if once == 0 else None
    return Budget(
        lines, by_kind, total,
        context.register.computed("charter.budget_share", share, "share", inputs, formula, reason=reason),
    )  # fmt: skip


def _sum(id: str, parts: list[Figure], context: Context) -> Figure:
    total = sum(part.value or 0.0 for part in parts) if parts else None
    return context.register.computed(id, total, context.currency, parts, "sum of its lines")


def check_sponsor(context: Context) -> SponsorTest:
    """Return whether the sponsor owns the business outcome."""
    ratio = context.framework.failure_patterns["wrong_sponsor"].parameters["it_only_failure_ratio"]
    figure = context.house(
        "sponsor.it_only_failure_ratio", ratio.value or 0.0, ratio.unit, "failure_patterns.wrong_sponsor"
    )
    sponsor = context.engagement.client.sponsor
    if sponsor is None:
        return SponsorTest("not_provided", None, figure)
    verdict: SponsorVerdict = "owner"
    if sponsor.function == "it":
        verdict = "it_alone"
    elif sponsor.owns_outcome != "yes":
        verdict = "not_owner" if sponsor.owns_outcome == "no" else "unknown"
    return SponsorTest(verdict, sponsor.person, figure)
