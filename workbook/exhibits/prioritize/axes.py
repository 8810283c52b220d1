"""The candidates on the three axes: impact against feasibility, with strategic alignment."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.exhibits.charts_bubbles import Bubble, Bubbles, chart_bubbles
from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.layout import Measure
from workbook.exhibits.prioritize.candidates import level_on_axes, names_of, ordered
from workbook.exhibits.prioritize.common import DASH, use_case_name, writer_of
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.result import PrioritizeResult

SCORE_TICKS = (0.0, 25.0, 50.0, 75.0, 100.0)


def chart_axes(result: PrioritizeResult) -> Exhibit:
    """Return impact against feasibility, with alignment as the area of the bubble and beside each name."""
    write, ids = writer_of(result), ordered(result)
    placed = [id for id in ids if result.axes[id].impact.is_known and result.axes[id].feasibility.is_known]
    hidden = [id for id in ids if id not in placed]
    missing = [write.text("axes.missing", names=names_of(result, hidden, write))] if hidden else []
    data = Bubbles(
        heading=write.text("candidates.columns.candidate"),
        bubbles=tuple(
            Bubble(_with_alignment(result, id, write), axes.feasibility.value, axes.impact.value, axes.alignment.value)
            for id in ids
            for axes in (result.axes[id],)
        ),
        x=Measure(write.text("axes.x"), write.formats.number, SCORE_TICKS),
        y=Measure(write.text("axes.y"), write.formats.number, SCORE_TICKS),
        size=Measure(write.text("axes.size"), write.formats.number),
        missing=write.not_provided,
        unplaced=write.text("process_map.unplaced"),
    )
    return chart_bubbles(
        data,
        id="axes",
        title=_axes_title(result, write),
        alt=" ".join([write.text("axes.alt", places=_places(result, placed, write)), *missing]),
        caption=write.text("axes.caption", weights=_weights(result, write)),
        source=write.from_computation,
    )


def _with_alignment(result: PrioritizeResult, id: str, write: Writer) -> str:
    alignment, name = result.axes[id].alignment, use_case_name(result, id)
    if alignment.value is None:
        return name
    return write.text("axes.label", name=name, alignment=write.formats.number(alignment.value, alignment.evidence))


def _places(result: PrioritizeResult, placed: Sequence[str], write: Writer) -> str:
    """Return where each candidate lies, in words for who does not see the map."""
    if not placed:
        return write.text("common.none")
    return "; ".join(
        write.text(
            "axes.place",
            name=use_case_name(result, id),
            feasibility=_points(result.axes[id].feasibility.value, write),
            impact=_points(result.axes[id].impact.value, write),
        )
        for id in placed
    )


def _points(value: float | None, write: Writer) -> str:
    """Return a score from 0 to 100 in whole points."""
    return DASH if value is None else write.formats.fixed(value, 0)


def _weights(result: PrioritizeResult, write: Writer) -> str:
    parts = [
        write.text(
            "axes.weight",
            axis=write.framework.text(f"axes.{axis}.name").lower(),
            weight=write.whole_share(figure.value or 0.0),
        )
        for axis, figure in result.comparison.weights.items()
    ]
    return write.names(parts)


def _axes_title(result: PrioritizeResult, write: Writer) -> str:
    """Return who leads on the three axes and by how much; within a point nobody does."""
    comparison = result.comparison
    order = sorted(comparison.order, key=lambda id: -(comparison.values[id].value or 0.0))
    if not order:
        return write.text("axes.title_none")
    points = {id: comparison.values[id].value or 0.0 for id in order}
    level = level_on_axes(result)
    partial = len(order) < len(result.cases)
    words: dict[str, object] = {
        "name": use_case_name(result, order[0]),
        "names": names_of(result, level, write),
        "points": _points(points[order[0]], write),
        "n": 0,
    }
    if len(order) == 1:
        return write.text("axes.title_alone" if partial else "axes.title_only", **words)
    if len(level) > 1:
        key = "title_level"
    else:
        key = "title_dominant" if _dominates(result, order[0]) else "title"
        words["n"] = round(points[order[0]] - points[order[1]])
    end = write.text("axes.title_partial", n=len(result.cases) - len(order)) if partial else ""
    return write.text(f"axes.{key}", **words) + end


def _dominates(result: PrioritizeResult, id: str) -> bool:
    """Return whether a candidate is at least as good as each other one on every axis, and better on one."""
    comparison = result.comparison
    row = comparison.dominance[comparison.order.index(id)]
    return int(row.sum()) == len(comparison.order) - 1
