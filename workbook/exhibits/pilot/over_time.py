"""The effect over time, and the looks at it: planned and taken, each with its boundary and how far it was passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from workbook.exhibits import charts_course as courses
from workbook.exhibits import exhibit as make
from workbook.exhibits.charts_course import CoursePoint
from workbook.exhibits.exhibit import Cell, Exhibit, Tone, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.pilot.common import DASH, effect_in_words, effect_of, level_of, table_of, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.estimates import Estimate
from workbook.phases.pilot.criteria import CriterionResult
from workbook.phases.pilot.looks import Schedule, TakenLook
from workbook.phases.pilot.observed import UpTo
from workbook.phases.pilot.panel import MeasuredPanel
from workbook.phases.pilot.result import PilotResult
from workbook.phases.prioritize.criteria import HOURS

TIME_TICKS = (1 / 3600, 1 / 360, 1 / 60, 1 / 30, 1 / 12, 1 / 6, 0.5, 1.0, 2.0, 4.0, 12.0, 24.0, 48.0, 96.0, 240.0)
"""Steps of an axis of times in hours, from a second to ten days."""

WEEK_STEPS = (1, 2, 4, 8, 13)

MOST_TICKS = 12


def chart_effect_over_time(result: PilotResult) -> Exhibit:
    """Return the effect on the deciding criterion by all cases so far, week by week, with the looks; else its course.

    For a staggered roll-out it is the effect by periods since the start, for one series its levels.
    """
    write, primary = writer_of(result), result.primary
    panel = result.panel.measured if result.panel else None
    if primary is not None and primary.origin == "panel" and panel is not None:
        data, kind = _panel_course(panel, primary, write), "series" if panel.series else "panel"
    elif primary is not None and primary.outcome is not None:
        data, kind = _course(result, primary, write), "cases"
    else:
        return make.prose("effect-over-time", [write.text("effect_over_time.none")], "note")
    known = [point for point in (*data.points, *data.looks) if point.value is not None]
    if primary is None or not known:
        return make.prose("effect-over-time", [write.text("effect_over_time.too_few")], "note")
    title = _title(result, primary, data.points, kind, write)
    last = known[-1]
    return courses.chart_course(
        data,
        id="effect-over-time",
        title=title,
        alt=write.text("effect_over_time.alt", title=title, n=len(known), label=last.label, last=last.text),
        caption=write.text(f"effect_over_time.caption_{kind}", name=primary.agreed.criterion.name),
        source=write.text("pilot_words.source", source=primary.effect.source or result.observed.origin,
                          as_of=write.as_of),
    )  # fmt: skip


def _course(result: PilotResult, primary: CriterionResult, write: Writer) -> courses.Course:
    """Return the effect by all cases up to the end of each week, and by those of each look."""
    assert primary.outcome is not None and result.observed.measured is not None
    start, unit = result.observed.measured.start, primary.agreed.unit
    points = [_up_to(each, start, unit, write, "week") for each in primary.outcome.cumulative]
    looks = [_up_to(each, start, unit, write, "look") for each in primary.outcome.looks]
    x = Measure(write.text("effect_over_time.weeks"), _whole(write), _week_ticks([*points, *looks]))
    return _frame(points, looks, x, primary, write, _effect_levels(primary, write))


def _up_to(each: UpTo, start: dt.date, unit: str, write: Writer, kind: str) -> CoursePoint:
    # the end of a week is the morning after its last day
    week = ((each.date - start).days + 1) / 7
    words = {"week": round(week), "day": write.formats.date(each.date)}
    return _point(write.text(f"effect_over_time.up_to_{kind}", **words), week, each.effect, unit, write)


def _point(label: str, x: float, effect: Estimate, unit: str, write: Writer) -> CoursePoint:
    text = ""
    if effect.value is not None:
        text = effect_in_words(effect.value, effect.low, effect.high, unit, write)
    n = write.formats.count(effect.n) if effect.n else DASH
    return CoursePoint(label, x, effect.value, effect.low, effect.high, text, n)


def _panel_course(panel: MeasuredPanel, primary: CriterionResult, write: Writer) -> courses.Course:
    unit = primary.agreed.unit
    if panel.series is not None:
        level_at = (_level_point(place, value, primary, write) for place, value in enumerate(panel.values))
        x = Measure(write.text("effect_over_time.periods"), _whole(write))
        begin = None if panel.begin is None else panel.begin + 0.5
        return _frame(list(level_at), [], x, primary, write, [], start=begin, is_level=True)
    points = [
        _point(write.text("effect_over_time.period", n=each.event), float(each.event), each.effect, unit, write)
        for each in panel.events
    ]
    x = Measure(write.text("effect_over_time.since_start"), _whole(write))
    return _frame(points, [], x, primary, write, _effect_levels(primary, write), start=-0.5)


def _level_point(place: int, value: float, primary: CriterionResult, write: Writer) -> CoursePoint:
    text = level_of(primary.baseline, write, value)
    return CoursePoint(write.text("effect_over_time.period", n=place + 1), place + 1.0, value, text=text, n=DASH)


def _frame(
    points: Sequence[CoursePoint],
    looks: Sequence[CoursePoint],
    x: Measure,
    primary: CriterionResult,
    write: Writer,
    levels: Sequence[tuple[float, str]],
    *,
    start: float | None = None,
    is_level: bool = False,
) -> courses.Course:
    name = primary.agreed.criterion.name
    y = Measure(
        write.text(f"effect_over_time.{'level' if is_level else 'effect'}", name=name),
        lambda value: _tick(value, primary.agreed.unit, write, signed=not is_level),
        _ticks(primary.agreed.unit),
    )
    return courses.Course(
        heading=write.text("effect_over_time.heading"),
        points=tuple(points),
        looks=tuple(looks),
        x=x,
        y=y,
        levels=tuple(levels),
        point=write.text(f"effect_over_time.{'point_level' if is_level else 'point'}"),
        look=write.text("effect_over_time.look"),
        estimate=write.text("effect_over_time.estimate"),
        count=write.text("common.n"),
        missing=write.text("pilot_words.not_estimable"),
        start=start,
    )


def _whole(write: Writer) -> Callable[[float], str]:
    return lambda value: write.formats.number(round(value, 6))


def _tick(value: float, unit: str, write: Writer, *, signed: bool) -> str:
    if abs(value) < 1e-9:
        return write.formats.count(0)
    return effect_of(round(value, 9), unit, write, signed=signed)


def _ticks(unit: str) -> tuple[float, ...]:
    return tuple(tick / HOURS[unit] for tick in TIME_TICKS) if unit in HOURS else ()


def _week_ticks(points: Iterable[CoursePoint]) -> tuple[float, ...]:
    """Return whole weeks from nought on, so few that they can be read."""
    last = max((point.x for point in points), default=1.0)
    step = next((step for step in WEEK_STEPS if last <= MOST_TICKS * step), 26)
    return tuple(float(week) for week in range(0, int(-(-last // step)) * step + 1, step))


def _effect_levels(primary: CriterionResult, write: Writer) -> list[tuple[float, str]]:
    effects = {"worthwhile": primary.agreed.worthwhile_effect, "planned": primary.agreed.planned_effect}
    return [
        (each.value, write.text(f"effect_over_time.level_{key}", effect=effect_of(each.value, each.unit, write)))
        for key, each in effects.items()
        if each.value is not None
    ]


def _title(
    result: PilotResult, primary: CriterionResult, points: Sequence[CoursePoint], kind: str, write: Writer
) -> str:
    name = primary.agreed.criterion.name
    if kind == "panel":
        is_parallel = bool(result.panel and result.panel.is_parallel)
        return write.text(f"effect_over_time.title_panel_{'parallel' if is_parallel else 'doubt'}", name=name)
    if kind == "series":
        return write.text("effect_over_time.title_series", name=name)
    shown = [point for point in points if point.low is not None and point.high is not None]
    above = [place for place, point in enumerate(shown) if (point.low or 0.0) > 0]
    if shown and len(above) == len(shown):
        return write.text("effect_over_time.title_throughout", name=name)
    below = [point for point in shown if (point.high or 0.0) < 0]
    if shown and shown[-1] in below:
        return write.text("effect_over_time.title_worse", name=name)
    if not shown or len(shown) - 1 not in above:
        return write.text("effect_over_time.title_open", name=name)
    first = next(place for place in above if all(later in above for later in range(place, len(shown))))
    return write.text("effect_over_time.title_since", name=name, label=shown[first].label)


# --- looks -----------------------------------------------------------------------------------------------------------


def table_looks(result: PilotResult) -> Exhibit:
    """Return the looks planned and taken, with their boundary and the statistic that was held against it."""
    write, schedule = writer_of(result), result.looks
    rows = [] if schedule is None else list(_look_rows(schedule, result, write))
    columns = write.columns(
        "pilot_looks", "look", "taken", "cases", "information", "boundary", "statistic", "result",
        right=("cases", "information", "boundary", "statistic"), widths=(1.8, 1.3, 0.8, 1.2, 1.1, 1, 1.3),
    )  # fmt: skip
    notes = [] if schedule is None else list(_look_notes(schedule, write))
    return table_of(
        write, "pilot-looks", _looks_title(schedule, write), columns, rows, write.from_computation, notes=notes,
        empty=write.text("pilot_looks.empty"),
    )  # fmt: skip


def _looks_title(schedule: Schedule | None, write: Writer) -> str:
    if schedule is None:
        return write.text("pilot_looks.title_none")
    n, planned = len(schedule.looks), len(schedule.planned)
    if schedule.is_planned is None:
        return write.text("pilot_looks.title_not_stated")
    if not schedule.is_planned:
        unplanned = sum(not look.is_planned for look in schedule.looks)
        return write.text("pilot_looks.title_unplanned", n=unplanned, all=n)
    alpha = write.formats.share(schedule.alpha)
    key = "title_all" if n == planned else "title_planned"
    return write.text(f"pilot_looks.{key}", n=n, all=planned, alpha=alpha)


def _look_rows(schedule: Schedule, result: PilotResult, write: Writer) -> Iterable[list[Entry]]:
    """Yield a row for each look in the order of time; one that was skipped or is still to come has no figures."""
    days = dict(schedule.planned)
    estimates = result.primary.outcome.looks if result.primary and result.primary.outcome else ()
    taken = {
        look.date: _taken_row(look, estimates[place].effect if place < len(estimates) else None, days, write)
        for place, look in enumerate(schedule.looks)
    }
    weeks = {look.week for look in schedule.looks}
    absent = {day: _absent_row(week, day, schedule, write) for week, day in schedule.planned if week not in weeks}
    for _, row in sorted([*taken.items(), *absent.items()], key=lambda item: item[0]):
        yield row


def _absent_row(week: int, day: dt.date, schedule: Schedule, write: Writer) -> list[Entry]:
    words = write.text("pilot_looks.planned", week=week, day=write.formats.date(day))
    is_over = week in schedule.skipped or schedule.is_final
    state = missing_cell(write.text(f"pilot_looks.{'skipped' if is_over else 'to_come'}"))
    return [words, state, DASH, DASH, DASH, DASH, DASH]


def _taken_row(look: TakenLook, effect: Estimate | None, days: dict[int, dt.date], write: Writer) -> list[Entry]:
    if look.week is None:
        words: Entry = cell(write.text("pilot_looks.unplanned"), tone="bad")
    else:
        words = write.text("pilot_looks.planned", week=look.week, day=write.formats.date(days[look.week]))
    cases, mark = look.pilot + look.baseline, write.mark("measured")
    boundary = (
        missing_cell(write.text("pilot_looks.no_boundary"))
        if look.critical_value is None
        else cell(write.formats.fixed(look.critical_value, 2), look.critical_value, mark)
    )
    return [
        words,
        write.text("pilot_looks.this_report", day=write.formats.date(look.date))
        if look.is_run
        else write.formats.date(look.date),
        cell(write.formats.count(cases), cases, mark),
        cell(write.formats.share(look.fraction, "measured"), look.fraction, mark),
        boundary,
        *_statistic(look, effect, write),
    ]


def _statistic(look: TakenLook, effect: Estimate | None, write: Writer) -> tuple[Entry, Entry]:
    """Return the effect in its standard errors, and whether it lies beyond the boundary, which the interval decides."""
    found = look.statistic(effect)
    if found is None or effect is None:
        return missing_cell(write.text("pilot_words.not_estimable")), DASH
    shown: Cell = cell(write.formats.fixed(found, 2), found, write.mark("measured"))
    if look.critical_value is None:
        return shown, missing_cell(write.text("pilot_looks.no_conclusion"))
    is_better, is_worse = (effect.low or 0.0) > 0, (effect.high or 0.0) < 0
    key, tone = ("better", "good") if is_better else ("worse", "bad") if is_worse else ("inside", "warn")
    tones: dict[str, Tone] = {"good": "good", "bad": "bad", "warn": "warn"}
    return shown, cell(write.text(f"pilot_looks.{key}"), tone=tones[tone])


def _look_notes(schedule: Schedule, write: Writer) -> Iterable[str]:
    for look in schedule.looks:
        if look.note:
            yield write.text("pilot_looks.note", day=write.formats.date(look.date), note=look.note)
    error, n = schedule.error, len(schedule.looks)
    if error.alpha is None and error.naive_error is not None and n > 1:
        naive = write.formats.share(error.naive_error)
        yield write.text("pilot_looks.note_uncontrolled", n=n, naive=naive, alpha=write.formats.share(schedule.alpha))
    elif error.alpha is not None and n > 1 and error.naive_error is not None:
        naive = write.formats.share(error.naive_error)
        yield write.text("pilot_looks.note_controlled", n=n, naive=naive, alpha=write.formats.share(error.alpha))
