"""The sample of the pilot: how many cases it needs and gets, the chance of GO, and the looks on the way."""

from __future__ import annotations

import numpy as np

from workbook.exhibits.charts_lines import Line, Lines, LinesArtists, chart_lines, update_chart_lines
from workbook.exhibits.exhibit import Cell, Exhibit, Tone, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.prioritize.charter import level_of, note_without
from workbook.exhibits.prioritize.common import DASH, table_of, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.chance_of_go import chance_of_go
from workbook.methods.pilot_plan import DurationMetric, PilotPlan
from workbook.phases.figures import Figure
from workbook.phases.prioritize.charter import PilotCharter
from workbook.phases.prioritize.criteria import HOURS, CharterCriterion
from workbook.phases.prioritize.result import PrioritizeResult

POINTS = 65
"""Points of the curve; its marked points are computed besides."""

BEYOND = 1.4
"""How far the curve goes beyond the planned effect, as a multiple of it."""

EFFECTS = ("zero", "worthwhile", "planned")
"""The true effects for which the chance of GO is stated."""

SHARE_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

SURE, SLIGHT = 0.995, 0.005
"""From here on a chance reads >99%, and under it <1%: it is computed, not certain."""

TIME_TICKS = (
    1 / 3600, 1 / 360, 1 / 120, 1 / 60, 1 / 30, 1 / 12, 1 / 6, 0.5, 1.0, 2.0, 4.0, 12.0, 24.0, 48.0, 96.0, 240.0,
)  # fmt: skip
"""Steps of an axis of times in hours, from a second to ten days."""


def table_sample(result: PrioritizeResult) -> Exhibit:
    """Return the sample needed and planned, the weeks it takes, and the chance of GO for three true effects."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return note_without(result, "sample")
    sample = charter.sample
    rows = [
        _row("required", _count(sample.required, write), write, power=_power(charter, write)),
        *_usual_rows(charter, write),
        _row("planned", _count(sample.planned, write, _tone(sample.is_enough), decided=True), write),
        _row("weekly", _count(sample.weekly_volume, write), write),
        _row("weeks_required", _count(sample.weeks_required, write, _tone(sample.has_time)), write),
        _row("weeks_planned", _count(sample.weeks_for_sample, write, _tone(sample.sample_arrives)), write),
        _row("weeks_observed", _count(sample.weeks_observed, write, decided=True), write),
        *(_row(f"chance_{name}", _chance_cell(getattr(sample, f"at_{name}"), write), write) for name in EFFECTS),
    ]
    if limit := limit_words(charter, write):
        rows.append([write.text("charter_sample.rows.limit"), DASH, limit])
    columns = write.columns("charter_sample", "item", "value", "meaning", right=("value",), widths=(1.7, 0.8, 2.6))
    source = write.from_computation
    notes = _notes(charter, write)
    return table_of(write, "charter-sample", _sample_title(charter, write), columns, rows, source, notes=notes)


def _row(key: str, value: Entry, write: Writer, **words: str) -> list[Entry]:
    return [
        write.text(f"charter_sample.rows.{key}"),
        value,
        write.text(f"charter_sample.meaning.{key}", **words),
    ]


def _usual_rows(charter: PilotCharter, write: Writer) -> list[list[Entry]]:
    """Return what the usual formula asks for the deciding criterion and for the guardrail that asks most."""
    sample = charter.sample
    guardrails = [each for each in sample.usual_guardrails.items() if each[1].value is not None]
    rows = [_row("usual", _count(sample.usual, write), write)] if sample.usual.value is not None else []
    if guardrails:
        id, most = max(guardrails, key=lambda pair: pair[1].value or 0.0)
        name = next(each.criterion.name for each in charter.criteria if each.id == id)
        rows.append(_row("usual_guardrail", _count(most, write), write, name=name))
    return rows


def _tone(holds: bool | None) -> Tone | None:
    return None if holds is None else "good" if holds else "bad"


def _count(figure: Figure, write: Writer, tone: Tone | None = None, *, decided: bool = False) -> Cell:
    """Return a cell with a whole number; one that was decided is no evidence and has no mark."""
    if figure.value is None:
        return missing_cell(write.missing(figure))
    mark = None if decided else write.mark(figure.evidence)
    return cell(write.formats.count(round(figure.value)), value=figure.value, mark=mark, tone=tone)


def _power(charter: PilotCharter, write: Writer) -> str:
    design = charter.charter.design
    return write.formats.share(design.power) if design else write.not_provided


def chance(value: float, write: Writer) -> str:
    """Return a chance in whole per cent; none is certain."""
    return write.whole_share(0.001 if value < SLIGHT else 0.999 if value > SURE else value)


def _chance_cell(figure: Figure, write: Writer) -> Cell:
    if figure.value is None:
        return missing_cell(write.missing(figure))
    return cell(chance(figure.value, write), value=figure.value, mark=write.mark(figure.evidence))


def _sample_title(charter: PilotCharter, write: Writer) -> str:
    sample = charter.sample
    if sample.required.value is None:
        return write.text("charter_sample.title_unknown", reason=write.missing(sample.required))
    words = {"required": write.formats.count(round(sample.required.value))}
    if sample.planned.value is None:
        return write.text("charter_sample.title_unplanned", **words)
    words["planned"] = write.formats.count(round(sample.planned.value))
    if not sample.is_enough:
        return write.text("charter_sample.title_few", **words)
    if sample.weeks_required.value is None or sample.weeks_observed.value is None:
        return write.text("charter_sample.title_no_time", **words)
    words["observed"] = write.formats.count(round(sample.weeks_observed.value))
    weeks = round(sample.weeks_required.value)
    if sample.has_time and sample.sample_arrives is False:
        planned = write.formats.count(round(sample.weeks_for_sample.value or 0.0))
        return write.text("charter_sample.title_planned_late", weeks=planned, **words)
    key = "title" if sample.has_time else "title_late"
    return write.text(f"charter_sample.{key}", n=weeks, weeks=write.formats.count(weeks), **words)


def _notes(charter: PilotCharter, write: Writer) -> list[str]:
    sample = charter.sample
    notes = []
    if sample.is_borrowed:
        notes.append(write.text("charter_sample.note_borrowed"))
    if sample.outside:
        names = {each.id: each.criterion.name for each in charter.criteria}
        notes.append(write.text("charter_sample.note_outside", names=write.names(names[id] for id in sample.outside)))
    return notes


def limit_words(charter: PilotCharter, write: Writer) -> str | None:
    """Return in words which clause holds the chance of GO back most, None where none does."""
    limit = charter.sample.limit
    if limit is None:
        return None
    names = {each.id: each.criterion.name for each in charter.criteria}
    return write.text(f"charter_sample.limit_{limit.kind}", name=names.get(limit.guardrail or "", ""))


# --- chance of GO ----------------------------------------------------------------------------------------------------


def chart_chance_of_go(result: PrioritizeResult) -> Exhibit | None:
    """Return the chance of GO against the true effect, for the planned sample; None where it cannot be computed."""
    write, lines = writer_of(result), chances(result)
    if lines is None or result.charter is None or result.charter.primary is None:
        return None
    title, alt = chance_words(result, lines)
    words = {"name": result.charter.primary.criterion.name, "power": _power(result.charter, write)}
    return chart_lines(
        lines,
        id="chance-of-go",
        title=title,
        alt=alt,
        caption=write.text("chance_of_go.caption", **words),
        source=write.from_computation,
    )


def chance_words(result: PrioritizeResult, lines: Lines) -> tuple[str, str]:
    """Return title and alternative text of the chance of GO for the planned sample."""
    write, charter = writer_of(result), result.charter
    assert charter is not None and charter.primary is not None
    sample, design = charter.sample, charter.charter.design
    shares = {name: chance(getattr(sample, f"at_{name}").value or 0.0, write) for name in EFFECTS}
    is_enough = design is not None and (sample.at_planned.value or 0.0) >= design.power
    told = (f"{name}: {figure['text']}" for name, figure in zip(lines.columns, lines.lines[0].figures, strict=True))
    words = {"name": charter.primary.criterion.name, "power": _power(charter, write)}
    title = write.text(f"chance_of_go.{'title' if is_enough else 'title_low'}", **words, **shares)
    return title, write.text("chance_of_go.alt", told="; ".join(told), **words)


def update_chart_chance_of_go(artists: LinesArtists, result: PrioritizeResult, per_arm: int) -> None:
    """Move a drawn chart to another sample per arm, as a control does."""
    lines = chances(result, per_arm)
    if lines is not None:
        update_chart_lines(artists, lines)


def chances(result: PrioritizeResult, per_arm: int | None = None) -> Lines | None:
    """Return the chance of GO by true effect for the planned sample per arm, or for another; None without a plan."""
    charter = result.charter
    if charter is None or charter.primary is None or charter.charter.design is None or charter.sample.plan is None:
        return None
    sample, primary, write = charter.sample, charter.primary, writer_of(result)
    n = per_arm if per_arm is not None else sample.chances.n if sample.chances else None
    if n is None:
        return None
    plan, most, power = charter.sample.plan, _furthest(charter.sample.plan), charter.charter.design.power
    marks = [(effect, chance_of_go(plan, n, effect)) for effect in (0.0, plan.primary.worthwhile, plan.primary.planned)]
    shown = per_arm if per_arm is not None else round(sample.planned.value or n)
    line = Line(
        write.text("chance_of_go.row"),
        tuple((float(effect), chance_of_go(plan, n, float(effect))) for effect in np.linspace(0.0, most, POINTS)),
        tuple(marks),
        (
            cell(write.formats.count(shown), value=shown),
            *(cell(chance(share, write), value=share) for _, share in marks),
        ),
    )
    levels = {"zero": primary.baseline, "worthwhile": primary.worthwhile, "planned": primary.planned}
    marked = [write.text(f"chance_of_go.mark_{name}", level=level_of(levels[name], write)) for name in EFFECTS]
    return Lines(
        heading=write.text("chance_of_go.heading"),
        lines=(line,),
        x=_effects(primary, write),
        y=Measure(write.text("chance_of_go.y"), write.whole_share, SHARE_TICKS),
        columns=(write.text("chance_of_go.cases"), *marked),
        listed=1 + len(marked),
        levels=((power, write.formats.share(power)),),
        x_ends=(0.0, most),
        y_ends=(0.0, 1.0),
    )


def _furthest(plan: PilotPlan) -> float:
    """Return the largest effect of the chart: somewhat beyond the plan, as far as it can occur."""
    metric = plan.primary
    if isinstance(metric, DurationMetric):
        most = 0.95 * metric.median
    else:
        most = 1 - metric.baseline if metric.better == "higher" else metric.baseline
    return min(BEYOND * metric.planned, most)


def _effects(primary: CharterCriterion, write: Writer) -> Measure:
    """Return the axis of effects: points of a share, or the unit of the criterion."""
    name, unit = primary.criterion.name, primary.baseline.unit
    if unit == "share":
        return Measure(
            write.text("chance_of_go.x_points", name=name), lambda value: write.formats.number(round(100 * value, 6))
        )
    ticks = tuple(tick / HOURS[unit] for tick in TIME_TICKS) if unit in HOURS else ()

    def show(value: float) -> str:
        return level_of(primary.baseline, write, value) if value else write.formats.count(0)

    return Measure(write.text("chance_of_go.x", name=name), show, ticks)


# --- looks -----------------------------------------------------------------------------------------------------------


def table_looks(result: PrioritizeResult) -> Exhibit | None:
    """Return when the data are looked at, and how clear the result must be each time; None without a charter."""
    write, charter = writer_of(result), result.charter
    if charter is None:
        return None
    looks, design, planned = charter.sample.looks, charter.charter.design, charter.sample.planned.value
    if looks is None or design is None:
        rows: list[list[Entry]] = []
        title = write.text("charter_looks.title_none")
    else:
        columns = (design.looks.weeks, looks.fractions, looks.critical_values, looks.significance_levels, looks.spent)
        rows = [
            [
                write.text("charter_looks.week", week=week),
                cell(write.formats.share(fraction), value=fraction),
                _planned_by(planned, fraction, write),
                cell(write.formats.fixed(boundary, 2), value=boundary),
                cell(write.formats.share(level), value=level),
                cell(write.formats.share(spent), value=spent),
            ]
            for week, fraction, boundary, level, spent in zip(*columns, strict=True)
        ]
        title = write.text(
            "charter_looks.title",
            n=len(rows),
            alpha=write.formats.share(looks.alpha),
            week=design.looks.weeks[-1],
            first=write.formats.fixed(looks.critical_values[0], 2),
        )
    return table_of(
        write,
        "charter-looks",
        title,
        write.columns("charter_looks", "look", "information", "cases", "boundary", "level", "spent",
                      right=("information", "cases", "boundary", "level", "spent")),
        rows,
        write.from_computation,
    )  # fmt: skip


def _planned_by(planned: float | None, fraction: float, write: Writer) -> Cell:
    """Return the cases per arm at a look, if they come evenly."""
    if planned is None:
        return missing_cell(write.not_provided)
    cases = int(planned * fraction + 1e-9)
    return cell(write.formats.count(cases), value=cases)
