"""The pilot as a project: timeline with gates, named people, who does what, budget, and the sponsor."""

from __future__ import annotations

import math

from workbook.exhibits import charts_timeline as timelines
from workbook.exhibits.charts_timeline import RowKind, TimelineRow
from workbook.exhibits.exhibit import Exhibit, Tone, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.prioritize.charter import note_without
from workbook.exhibits.prioritize.common import DASH, Finding, table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.charter import PilotCharter
from workbook.phases.prioritize.model import COST_KINDS
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.staffing import DatedMilestone, Timeline

KINDS: tuple[RowKind, ...] = ("bar", "reference", "milestone", "gate")


def chart_timeline(result: PrioritizeResult) -> Exhibit:
    """Return the milestones and gates of the pilot over its weeks, beside the guide's least length."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return note_without(result, "timeline")
    plan = charter.timeline
    least = plan.least.value or 0.0
    rows = [
        *([_pilot_row(plan, write)] if plan.weeks.is_known else []),
        TimelineRow(write.text("charter_timeline.guide"), "reference", least, day=DASH, owner=DASH),
        # what is decided in a week is decided on what it has brought
        *(_milestone_row(each, write) for each in sorted(plan.milestones, key=_week_and_gate)),
    ]
    data = timelines.Timeline(
        heading=write.text("charter_timeline.heading"),
        rows=tuple(rows),
        measure=Measure(
            write.text("charter_timeline.weeks"), lambda week: write.formats.fixed(week, 0), _week_ticks(rows)
        ),
        kind=write.text("charter_timeline.kind"),
        names={kind: write.text(f"charter_timeline.kind_{kind}") for kind in KINDS},
        day=write.text("charter_timeline.day"),
        owner=write.text("charter_timeline.owner"),
        missing=write.not_provided,
        limit=plan.weeks.value,
    )
    title = _timeline_title(plan, write)
    outside = [each.milestone.name for each in plan.milestones if each.is_outside]
    late = f" {write.text('charter_timeline.outside', names=write.names(outside))}" if outside else ""
    return timelines.chart_timeline(
        data,
        id="charter-timeline",
        title=title,
        alt=write.text("charter_timeline.alt", n=len(plan.milestones), title=title) + late,
        caption=write.text("charter_timeline.caption", least=write.formats.count(round(least))) + late,
        source=write.from_parameters,
    )


def _week_and_gate(each: DatedMilestone) -> tuple[int, bool]:
    return each.milestone.week, each.milestone.is_gate


def _week_ticks(rows: list[TimelineRow]) -> tuple[float, ...]:
    """Return ticks every week, or every two, four, eight or thirteen, so that there are six of them at most."""
    last = max(row.end for row in rows)
    step = next((step for step in (1, 2, 4, 8, 13) if last <= 5 * step), 26)
    return tuple(float(week) for week in range(0, math.ceil(last / step) * step + 1, step))


def _pilot_row(plan: Timeline, write: Writer) -> TimelineRow:
    day = _short_day(plan, write)
    return TimelineRow(write.text("charter_timeline.pilot"), "bar", plan.weeks.value or 0.0, day=day, owner=DASH)


def _short_day(plan: Timeline, write: Writer) -> str:
    return write.formats.date(plan.end) if plan.end else write.not_provided


def _milestone_row(each: DatedMilestone, write: Writer) -> TimelineRow:
    milestone = each.milestone
    return TimelineRow(
        milestone.name,
        "gate" if milestone.is_gate else "milestone",
        float(milestone.week),
        day=write.formats.date(each.date) if each.date else write.not_provided,
        owner=write.person(milestone.owner),
    )


def _timeline_title(plan: Timeline, write: Writer) -> str:
    """Say how long the pilot is and how many gates it has, or by how much it is too short and what that cuts."""
    if plan.weeks.value is None:
        return write.text("charter_timeline.title_unknown")
    weeks = {"n": round(plan.weeks.value), "weeks": write.formats.count(round(plan.weeks.value))}
    if plan.is_short:
        least = write.formats.count(round(plan.least.value or 0.0))
        if plan.shortened is None:
            return write.text("charter_timeline.title_short", least=least, **weeks)
        return write.text("charter_timeline.title_cut", least=least, cut=plan.shortened.rstrip("."), **weeks)
    gates = write.text("charter_timeline.gates", n=len(plan.gates))
    if plan.start is None or plan.end is None:
        return write.text("charter_timeline.title_undated", gates=gates, **weeks)
    days = {"start": write.formats.date(plan.start), "end": write.formats.date(plan.end)}
    return write.text("charter_timeline.title", gates=gates, **weeks, **days)


# --- people ----------------------------------------------------------------------------------------------------------


def table_team(result: PrioritizeResult) -> Exhibit | None:
    """Return the people of the pilot by name with their time; None without a charter."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return None
    team = charter.team
    rows: list[list[Entry]] = [
        [
            write.person(each.person),
            each.role,
            cell(
                write.formats.share(each.share.value, each.share.evidence),
                value=each.share.value,
                mark=write.mark(each.share.evidence),
            ),
            write.text("charter_team.from_to", first=each.first_week, last=each.last_week),
            cell(_weeks(each.share.value * (each.last_week - each.first_week + 1), write)),
        ]
        for each in charter.charter.team
    ]
    total = team.person_weeks
    if total.value is not None:
        sum_cell = cell(_weeks(total.value, write), value=total.value, mark=write.mark(total.evidence), strong=True)
        rows.append([cell(write.text("charter_team.total"), strong=True, header=True), DASH, DASH, DASH, sum_cell])
    notes = [
        write.text(
            "charter_team.note_overloaded",
            name=write.person(member.person),
            weeks=write.names((str(week) for week in member.overloaded_weeks), longest=8),
        )
        for member in team.overloaded
    ]
    return table_of(
        write,
        "charter-team",
        _team_title(charter, write),
        write.columns("charter_team", "person", "role", "share", "weeks", "person_weeks",
                      right=("share", "person_weeks"), widths=(1.5, 2.4, 0.8, 0.9, 0.9)),
        rows,
        write.from_parameters,
        notes=notes,
    )  # fmt: skip


def _weeks(value: float, write: Writer) -> str:
    return write.formats.fixed(value)


def _team_title(charter: PilotCharter, write: Writer) -> str:
    team = charter.team
    if team.person_weeks.value is None:
        return write.text("charter_team.title_none")
    words = {"n": len(team.members), "weeks": _weeks(team.person_weeks.value, write)}
    title = write.text("charter_team.title", **words)
    return title + write.text("charter_team.title_overloaded", n=len(team.overloaded)) if team.overloaded else title


def table_raci(result: PrioritizeResult) -> Exhibit | None:
    """Return who does what by activity, with the one person who answers for it; None without a charter."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return None

    def names(ids: tuple[str, ...]) -> str:
        return ", ".join(map(write.person, ids)) or DASH

    rows: list[list[Entry]] = [
        [
            row.activity,
            names(row.responsible),
            cell(write.person(row.accountable), strong=True),
            names(row.consulted),
            names(row.informed),
        ]
        for row in charter.charter.raci
    ]
    key = "title" if rows else "title_none"
    accountable = {row.accountable for row in charter.charter.raci}
    title = write.text(f"charter_raci.{key}", n=len(rows), people=len(accountable))
    columns = write.columns(
        "charter_raci",
        "activity",
        "responsible",
        "accountable",
        "consulted",
        "informed",
        widths=(1.7, 1.4, 1.1, 1.5, 1.5),
    )
    return table_of(write, "charter-raci", title, columns, rows, write.from_parameters)


# --- money -----------------------------------------------------------------------------------------------------------


def table_budget(result: PrioritizeResult) -> Exhibit | None:
    """Return the budget of the pilot by line, and its total beside the one-off costs of the case; None without one."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return None
    budget = charter.budget
    rows: list[list[Entry]] = [
        [line.name, write.text(f"charter_budget.kind_{line.kind}"), write.cell(budget.lines[line.id])]
        for line in charter.charter.budget
    ]
    if budget.total.is_known:
        total = cell(write.text("charter_budget.total"), strong=True, header=True)
        rows.append([total, DASH, write.cell(budget.total, strong=True)])
    absent = [kind for kind in COST_KINDS if kind not in budget.by_kind]
    names = write.names((write.text(f"charter_budget.kind_{kind}") for kind in absent), longest=len(COST_KINDS))
    return table_of(
        write,
        "charter-budget",
        _budget_title(result, charter, write),
        write.columns("charter_budget", "line", "kind", "amount", right=("amount",), widths=(3.2, 1.3, 0.9)),
        rows,
        write.from_parameters,
        notes=[write.text("charter_budget.note_absent", kinds=names)] if rows and absent else [],
    )


def _budget_title(result: PrioritizeResult, charter: PilotCharter, write: Writer) -> str:
    budget = charter.budget
    if budget.total.value is None:
        return write.text("charter_budget.title_none")
    total, share = write.value(budget.total), budget.share_of_one_off
    if share.value is None:
        return write.text("charter_budget.title_alone", total=total)
    use_case = use_case_name(result, charter.charter.use_case)
    return write.text("charter_budget.title", total=total, share=write.value(share), use_case=use_case)


# --- sponsor ---------------------------------------------------------------------------------------------------------


def finding_sponsor(charter: PilotCharter, write: Writer) -> Finding:
    """Say whether the sponsor owns the business outcome, and what the guide says of a pilot under IT alone."""
    test = charter.sponsor
    tones: dict[str, Tone] = {"owner": "good", "unknown": "warn"}
    sentence = write.finding(
        f"prioritize_charter.sponsor_{test.verdict}",
        name=write.person(test.person) if test.person else "",
        ratio=write.formats.number(test.failure_ratio.value),
        support=write.framework.text("terms.support.none"),
    )
    return sentence, tones.get(test.verdict, "bad")
