"""What moves the value of a candidate: its inputs one at a time, and overruns of cost."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.exhibits.charts_tornado import Swing, Swings, SwingsArtists, chart_swings, update_chart_swings
from workbook.exhibits.exhibit import Cell, Exhibit
from workbook.exhibits.layout import Measure
from workbook.exhibits.prioritize.candidates import (
    LONGEST_NAME,
    entry,
    focus,
    in_unit,
    input_name,
    missing_notes,
    names_of,
    ordered,
    why_not,
)
from workbook.exhibits.prioritize.common import table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.sensitivity import Bar
from workbook.phases.figures import Figure
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.uncertainty import Overrun, Sensitivity

MOST_SWINGS = 8
"""Inputs in the tornado; the others move the value less."""


def chart_tornado(result: PrioritizeResult) -> Exhibit:
    """Return what moves the value of the candidate in focus most, with the level at which it turns beside each."""
    write, id = writer_of(result), focus(result)
    found = result.uncertainty[id].sensitivity if id else None
    bars = found.tornado.bars if found else ()
    rest = max(len(bars) - MOST_SWINGS, 0)
    title, alt = tornado_words(result, id)
    return chart_swings(
        tornado_of(result),
        id="tornado",
        title=title,
        alt=alt,
        caption=" ".join([write.text("tornado.caption"), *([write.text("tornado.rest", n=rest)] if rest else [])]),
        source=write.from_computation,
    )


def update_chart_tornado(artists: SwingsArtists, result: PrioritizeResult, found: Sensitivity) -> None:
    """Move a drawn tornado to another sensitivity of the same candidate and inputs, as a control does."""
    update_chart_swings(artists, tornado_of(result, found))


def tornado_of(result: PrioritizeResult, other: Sensitivity | None = None, id: str | None = None) -> Swings:
    """Return the tornado of a candidate as data, of the one in focus unless named; live, `other` is its sensitivity."""
    write, id = writer_of(result), id or focus(result)
    found = other or (result.uncertainty[id].sensitivity if id else None)
    swings = [_swing(result, id, found, bar, write) for bar in found.tornado.bars[:MOST_SWINGS]] if id and found else []
    return Swings(
        heading=write.text("tornado.heading"),
        swings=tuple(swings),
        base=found.tornado.base if found else None,
        measure=Measure(write.text("tornado.x"), write.formats.money),
        low=write.text("tornado.low"),
        high=write.text("tornado.high"),
        reach=write.text("tornado.reach"),
        turning=write.text("tornado.turning"),
        base_word=write.text("tornado.base"),
        missing=write.text("common.none" if id and result.values[id].npv.is_known else "candidates.not_estimable"),
    )


def _swing(result: PrioritizeResult, id: str, found: Sensitivity, bar: Bar, write: Writer) -> Swing:
    case = result.cases[id]
    figure = case.inputs[bar.input].figure
    switch = found.switching[bar.input].value
    return Swing(
        input_name(bar.input, case, result, write),
        bar.outcome_at_p10,
        bar.outcome_at_p90,
        write.text("tornado.from_to", low=_number(bar.p10, figure, write), high=in_unit(bar.p90, figure, write)),
        write.text("tornado.never") if switch is None else in_unit(switch, figure, write),
    )


def _number(value: float, figure: Figure, write: Writer) -> str:
    """Return a number without the unit that stands behind the other end of the range."""
    unit = figure.unit.partition("/")[0]
    if unit == "share" or unit == write.formats.currency:
        return write.amount(value, unit, figure.evidence)
    return write.formats.number(value, figure.evidence)


def tornado_words(result: PrioritizeResult, id: str | None) -> tuple[str, str]:
    """Return title and alternative text: which input moves the value most, and whether one alone turns it."""
    write, found = writer_of(result), result.uncertainty[id].sensitivity if id else None
    if id is None or found is None:
        known = id is not None and result.values[id].npv.is_known
        key = "title_nobody" if id is None else "title_certain" if known else "title_none"
        none = write.text(f"tornado.{key}", name=use_case_name(result, id) if id else "")
        return none, none
    bars, case = found.tornado.bars, result.cases[id]
    base = found.tornado.base
    turning = [bar for bar in bars if min(bar.outcome_at_p10, bar.outcome_at_p90) < 0 <= max(
        bar.outcome_at_p10, bar.outcome_at_p90)]  # fmt: skip
    ends = sorted((bars[0].outcome_at_p10, bars[0].outcome_at_p90))
    evidence = result.values[id].npv.evidence
    top = [bar for bar in bars if abs(bar.swing - bars[0].swing) <= 1e-9 * max(bars[0].swing, 1.0)]
    words: dict[str, object] = {
        "name": use_case_name(result, id),
        "inputs": write.names([input_name(bar.input, case, result, write, LONGEST_NAME) for bar in top]),
        "low": write.formats.money(ends[0], evidence),
        "high": write.formats.money(ends[1], evidence),
    }
    title = write.text("tornado.title", n=len(top), **words)
    title += write.text(f"tornado.{'turns' if base >= 0 else 'saves'}", n=len(turning))
    return title, write.text("tornado.alt", n=len(bars), base=write.formats.money(base, evidence), finding=title)


# --- overruns --------------------------------------------------------------------------------------------------------


def table_overrun(result: PrioritizeResult) -> Exhibit:
    """Return what overruns of the reference class would do to each case, and the overrun that leaves nothing."""
    write, ids = writer_of(result), ordered(result)
    found = {id: each for id in ids if (each := result.uncertainty[id].overrun)}
    reference = next(iter(found.values()), None)
    words = _reference(reference, write) if reference else {"share": "", "threshold": "", "tail": ""}
    key = "" if reference else "_none"
    return table_of(
        write,
        "overrun",
        _overrun_title(result, found, write),
        write.columns("overrun", "candidate", "one_off", "npv", f"at_threshold{key}", f"in_tail{key}", "break_even",
                      right=("one_off", "npv", f"at_threshold{key}", f"in_tail{key}", "break_even"),
                      widths=(2, 1, 1, 1.2, 1.2, 1.2), **words),
        [_overrun_row(result, id, found.get(id), write) for id in ids],
        write.framework.cite("flyvbjerg-2023"),
        caption=write.text(f"overrun.caption{key}", **words),
        notes=missing_notes(result, write),
    )  # fmt: skip


def _reference(found: Overrun, write: Writer) -> dict[str, str]:
    return {
        "share": write.formats.share(found.share.value),
        "threshold": write.formats.share(found.threshold.value),
        "tail": write.formats.share(found.mean_in_tail.value, "measured"),
    }


def _overrun_row(result: PrioritizeResult, id: str, found: Overrun | None, write: Writer) -> list[Entry]:
    value = result.values[id]
    start: list[Entry] = [use_case_name(result, id), entry(value.one_off, write), entry(value.npv, write)]
    if found is None:
        return [*start, *[missing_cell(why_not(value.npv, write))] * 3]
    return [
        *start,
        *(_toned(npv, write) for npv in (found.npv_at_threshold, found.npv_in_tail)),
        entry(found.break_even, write, strong=True),
    ]


def _toned(npv: Figure, write: Writer) -> Cell:
    return entry(npv, write, tone="bad" if (npv.value or 0.0) < 0 else None)


def _overrun_title(result: PrioritizeResult, found: dict[str, Overrun], write: Writer) -> str:
    """Return who would still pay after the mean overrun of the tail, or after the overrun that opens it."""
    if not found:
        return write.text("overrun.title_none")
    words: dict[str, object] = dict(_reference(next(iter(found.values())), write))

    def paying(name: str) -> Sequence[str]:
        return [id for id, each in found.items() if (getattr(each, name).value or 0.0) >= 0]

    in_tail, at_threshold = paying("npv_in_tail"), paying("npv_at_threshold")
    n = len(in_tail or at_threshold)
    words["names"] = names_of(result, in_tail or at_threshold, write)
    if 1 < n == len(found):
        words["names"] = write.text("overrun.each")
    if not at_threshold:
        return write.text("overrun.title_lost", n=len(found), **words)
    if len(in_tail) == len(found):
        return write.text("overrun.title_safe", **words)
    return write.text("overrun.title_tail" if in_tail else "overrun.title_threshold", **words)
