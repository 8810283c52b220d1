"""The criteria held against what was agreed: the forest of effects, and the table of all levels."""

from __future__ import annotations

from workbook.exhibits import charts_forest as forests
from workbook.exhibits import exhibit as make
from workbook.exhibits.charts_forest import BorderKind, ForestRow
from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.pilot.common import (
    DASH,
    TONES,
    Finding,
    effect_cell,
    effect_of,
    interval_of,
    level_cell,
    level_of,
    table_of,
    writer_of,
)
from workbook.exhibits.pilot.verdict import p_value
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.pilot.criteria import CriterionResult
from workbook.phases.pilot.result import PilotResult

BORDERS: tuple[BorderKind, ...] = ("worthwhile", "margin", "planned")


def finding_primary(result: PilotResult, write: Writer) -> Finding | None:
    """Say the effect on the deciding criterion with its interval, as strongly as the design allows."""
    primary = result.primary
    if primary is None:
        return None
    name = primary.agreed.criterion.name
    if primary.effect.value is None:
        return write.finding("pilot_effect.missing", name=name, reason=write.missing(primary.effect)), "bad"
    if primary.effect.low is None or primary.effect.high is None:
        return write.finding("pilot_effect.no_interval", **_words(primary, write)), "warn"
    tone = TONES[primary.conclusion]
    if primary.effect.low <= 0 <= primary.effect.high:
        return write.finding("pilot_effect.open", **_words(primary, write)), tone
    key = "shown_panel" if primary.origin == "panel" else "shown"
    sentence = write.finding(f"pilot_effect.{key}", **_words(primary, write))
    strength = strength_of(result)
    tone = "bad" if strength == "suspect" else "warn" if strength == "uncontrolled" and tone == "good" else tone
    return f"{sentence} {write.finding(f'pilot_effect.strength_{strength}')}", tone


def strength_of(result: PilotResult) -> str:
    """Return how strongly a finding may be worded: as the design allows, less where looks or arms speak against it."""
    if result.design.is_suspect:
        return "suspect"
    unplanned = result.looks is not None and result.looks.is_planned is False
    return "uncontrolled" if unplanned and result.design.strength == "caused" else result.design.strength


def _words(each: CriterionResult, write: Writer) -> dict[str, str]:
    """Return name, levels, difference and interval of a criterion; the difference says in which direction."""
    value, unit = each.effect.value or 0.0, each.agreed.unit
    raised = (value > 0) == (each.agreed.criterion.better == "higher")
    return {
        "name": each.agreed.criterion.name,
        "pilot": level_of(each.pilot, write) if each.pilot.is_known else write.missing(each.pilot),
        "baseline": level_of(each.baseline, write) if each.baseline.is_known else write.missing(each.baseline),
        "difference": effect_of(value, unit, write, signed=False),
        "way": write.text(f"pilot_words.{'more' if raised else 'less'}"),
        "worth": write.text(f"pilot_words.{'better' if value > 0 else 'worse'}"),
        "interval": interval_of(each.effect.low, each.effect.high, unit, write),
        "level": write.formats.share(each.level, "measured"),
    }


def finding_guardrails(result: PilotResult, write: Writer) -> Finding | None:
    """Say whether the guardrails hold; None without any."""
    guardrails = result.guardrails
    if not guardrails:
        return (write.finding("pilot_effect.guardrails_none"), "warn") if result.charter.charter else None
    found = {key: [each.agreed.criterion.name for each in guardrails if each.conclusion == key] for key in _GUARDRAILS}
    for key, tone in (("inferior", "bad"), ("not_estimable", "warn"), ("undecided", "warn")):
        if found[key]:
            names = write.names(found[key])
            return write.finding(f"pilot_effect.guardrails_{key}", n=len(found[key]), names=names), tone  # type: ignore[return-value]
    names = write.names(found["non_inferior"])
    return write.finding("pilot_effect.guardrails_held", n=len(guardrails), names=names), "good"


_GUARDRAILS = ("inferior", "not_estimable", "undecided", "non_inferior")


# --- forest ----------------------------------------------------------------------------------------------------------


def chart_criteria(result: PilotResult) -> Exhibit:
    """Return every criterion's effect with its interval against no effect and against what it is judged by."""
    write = writer_of(result)
    if not result.criteria:
        return make.prose("criteria-forest", [write.text("criteria_forest.none")], "note")
    rows = tuple(_row(each, write) for each in result.criteria)
    data = forests.Forest(
        heading=write.text("criteria_forest.heading"),
        rows=rows,
        axis=write.text("criteria_forest.axis"),
        worse=write.text("pilot_words.worse"),
        better=write.text("pilot_words.better"),
        borders={kind: write.text(f"criteria_forest.border_{kind}") for kind in BORDERS},
        interval=write.text("criteria_forest.interval", level=_level(result, write)),
        effect=write.text("criteria_forest.effect"),
        low=write.text("common.low"),
        high=write.text("common.high"),
        border=write.text("criteria_forest.border"),
        conclusion=write.text("criteria_forest.conclusion"),
    )
    title = _title(result, write)
    told = "; ".join(f"{row.label}: {row.effect or row.missing}, {row.conclusion}" for row in rows)
    return forests.chart_forest(
        data,
        id="criteria-forest",
        title=title,
        alt=write.text("criteria_forest.alt", n=len(rows), title=title, told=told),
        caption=write.text("criteria_forest.caption", level=_level(result, write)),
        source=write.text("pilot_words.source", source=result.observed.origin, as_of=write.as_of),
    )


def _level(result: PilotResult, write: Writer) -> str:
    primary = result.primary or result.criteria[0]
    return write.formats.share(primary.level, "measured")


def _row(each: CriterionResult, write: Writer) -> ForestRow:
    border, kind = _border(each)
    value, unit = each.effect.value, each.agreed.unit
    return ForestRow(
        label=each.agreed.criterion.name,
        value=value,
        low=each.effect.low,
        high=each.effect.high,
        effect="" if value is None else effect_of(value, unit, write),
        conclusion=write.text(f"pilot_words.conclusion_{each.conclusion}"),
        tone=TONES[each.conclusion],
        border=border,
        border_kind=kind,
        border_text=DASH if border is None else effect_of(border, unit, write),
        ends=_ends(each, write),
        mark=write.mark(each.effect.evidence),
        missing="" if value is not None else write.missing(each.effect),
    )


def _ends(each: CriterionResult, write: Writer) -> tuple[str, str] | None:
    low, high, unit = each.effect.low, each.effect.high, each.agreed.unit
    return None if low is None or high is None else (effect_of(low, unit, write), effect_of(high, unit, write))


def _border(each: CriterionResult) -> tuple[float | None, BorderKind | None]:
    """Return what a criterion is judged by: minus its margin, its worthwhile effect, else the planned one."""
    agreed = each.agreed
    if agreed.margin is not None:
        return (None, None) if agreed.margin.value is None else (-agreed.margin.value, "margin")
    if agreed.worthwhile_effect.value is not None:
        return agreed.worthwhile_effect.value, "worthwhile"
    planned = agreed.planned_effect.value
    return (None, None) if planned is None else (planned, "planned")


def _title(result: PilotResult, write: Writer) -> str:
    primary = result.primary
    if primary is None:
        return write.text("criteria_forest.title_none")
    name = primary.agreed.criterion.name
    conclusion: str = primary.conclusion
    if result.design.is_suspect:
        return write.text("criteria_forest.title_suspect", name=name)
    if conclusion == "better" and not primary.agreed.worthwhile_effect.is_known:
        conclusion = "better_only"
    head = write.text(f"criteria_forest.title_{conclusion}", name=name)
    if result.design.strength in ("associated", "coincided") and primary.effect.is_known:
        head += write.text("criteria_forest.cause_open")
    held = sum(each.conclusion == "non_inferior" for each in result.guardrails)
    if not result.guardrails:
        return head
    key = "all" if held == len(result.guardrails) else "some"
    return head + write.text(f"criteria_forest.guardrails_{key}", n=held, all=len(result.guardrails))


# --- table -----------------------------------------------------------------------------------------------------------


def table_criteria(result: PilotResult) -> Exhibit:
    """Return the criteria with both levels, the effect with its interval, what was asked, cases and result."""
    write = writer_of(result)
    columns = write.columns(
        "pilot_criteria", "criterion", "baseline", "pilot", "effect", "asked", "cases", "result",
        right=("baseline", "pilot", "effect", "asked", "cases"), widths=(1.8, 1, 1, 1.8, 1.2, 1.2, 1.4),
    )  # fmt: skip
    title = _table_title(result, write)
    rows = [_criterion_row(each, write) for each in result.criteria]
    return table_of(
        write, "pilot-criteria", title, columns, rows, write.from_computation,
        notes=[note for each in result.criteria for note in _notes(each, write)],
    )  # fmt: skip


def _table_title(result: PilotResult, write: Writer) -> str:
    primary = result.primary
    if primary is None or not primary.pilot.is_known or not primary.baseline.is_known:
        return write.text("pilot_criteria.title_unknown")
    return write.text("pilot_criteria.title", **_words(primary, write))


def _criterion_row(each: CriterionResult, write: Writer) -> list[Entry]:
    role = write.text(f"pilot_words.role_{each.role}")
    return [
        write.text("pilot_criteria.named", name=each.agreed.criterion.name, role=role),
        level_cell(each.baseline, write),
        level_cell(each.pilot, write),
        effect_cell(each.effect, each.agreed.unit, write),
        _asked(each, write),
        _cases(each, write),
        cell(write.text(f"pilot_words.conclusion_{each.conclusion}"), tone=TONES[each.conclusion]),
    ]


def _asked(each: CriterionResult, write: Writer) -> Entry:
    border, kind = _border(each)
    if border is None or kind is None:
        return DASH if each.agreed.margin is None else missing_cell(write.not_provided)
    words = {"margin": each.agreed.margin, "worthwhile": each.agreed.worthwhile, "planned": each.agreed.planned}
    text = write.text(f"pilot_criteria.asked_{kind}", border=effect_of(border, each.agreed.unit, write))
    source = words[kind]
    return cell(text, border, write.mark(source.evidence if source else None))


def _cases(each: CriterionResult, write: Writer) -> Entry:
    if each.comparison is None:
        n = each.estimate.n
        return cell(write.formats.count(n), n, write.mark("measured")) if n else DASH
    pilot, baseline = each.comparison.pilot.n, each.comparison.baseline.n
    text = f"{write.formats.count(pilot)} / {write.formats.count(baseline)}"
    return cell(text, pilot + baseline, write.mark("measured"))


def _notes(each: CriterionResult, write: Writer) -> list[str]:
    """Return what else is known of a criterion: the late cases, how often it is better, p, and what is approximate."""
    name, notes, comparison = each.agreed.criterion.name, [], each.comparison
    late = comparison.late if comparison else None
    if late is not None and late.value is not None:
        words = {
            "effect": effect_of(late.value, each.agreed.unit, write),
            "interval": interval_of(late.low, late.high, each.agreed.unit, write),
        }
        notes.append(write.text("pilot_criteria.note_late", name=name, **words))
    faster = comparison.faster if comparison else None
    if faster is not None and faster.value is not None and faster.low is not None and faster.high is not None:
        words = {
            "share": write.formats.share(faster.value, "measured"),
            "interval": write.formats.interval(faster.low, faster.high, "share", "measured"),
        }
        notes.append(write.text("pilot_criteria.note_faster", name=name, **words))
    if each.adjusted_p is not None:
        notes.append(write.text("pilot_criteria.note_secondary", name=name, p=p_value(each.adjusted_p, write)))
    notes += [write.text(f"pilot_criteria.note_{note}", name=name) for note in each.notes]
    if each.agreed.is_added:
        notes.append(write.text("pilot_criteria.note_added", name=name))
    return notes
