"""The figures of a candidate that its levers move, in the file and now, as a table and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbook.exhibits.exhibit import Cell, Column, Exhibit
from workbook.exhibits.prioritize.candidates import entry, in_unit
from workbook.exhibits.prioritize.common import DASH, table_of, writer_of
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.prioritize.result import PrioritizeResult

LIKELIEST, LOSS, PAYBACK = "Net present value with likeliest inputs", "Chance of a loss", "Payback"
AFTER_HAIRCUT = "Net present value after the haircut"
TOLD = (LIKELIEST, "Net present value, P50", LOSS, AFTER_HAIRCUT, PAYBACK)
"""Figures that are also told in the line above the charts."""


def before_and_now(before: PrioritizeResult, now: PrioritizeResult, id: str) -> list[list[Any]]:
    """Return a row for each figure: its name, what it was and is, and by how much it has changed."""
    write, figures = writer_of(before), figures_of(now, id)
    return [
        [name, _cell(old, write), _cell(figures[name], write), _change(old, figures[name], write)]
        for name, old in figures_of(before, id).items()
    ]


def table_before_and_now(write: Writer, title: str, rows: Sequence[Sequence[Any]]) -> Exhibit:
    """Return the rows as a table."""
    columns = [Column("figure", "Figure", width=2), Column("before", "In the file", "right"),
               Column("now", "Now", "right"), Column("change", "Change", "right")]  # fmt: skip
    caption = "P10, P50 and P90: values that one draw in ten, every second and nine in ten fall below."
    return table_of(write, "levers", title, columns, rows, write.from_computation, caption=caption)


def figures_of(result: PrioritizeResult, id: str) -> dict[str, Figure]:
    """Return the figures of a candidate that the levers move, by their names."""
    value, uncertainty = result.values[id], result.uncertainty[id]
    figures = {LIKELIEST: value.npv}
    if found := uncertainty.simulated:
        for name, figure in (("P10", found.p10), ("P50", found.p50), ("P90", found.p90)):
            figures[f"Net present value, {name}"] = figure
        figures[LOSS] = found.loss
        if found.below_hurdle is not None:
            figures["Chance to stay below the hurdle"] = found.below_hurdle
    if uncertainty.adjusted:
        figures[AFTER_HAIRCUT] = uncertainty.adjusted.npv
    figures["Net present value on cashable benefits alone"] = value.npv_cashable
    figures[PAYBACK] = value.payback
    return figures


def _cell(figure: Figure, write: Writer) -> Cell:
    cell = entry(figure, write)
    if figure.value is None or figure.unit != "share":
        return cell
    # more than whole per cent the number of draws does not carry
    return cell | {"text": write.whole_share(figure.value)}


def _change(before: Figure, now: Figure, write: Writer) -> str:
    """Return by how much a figure has changed; the same draws carry a change more finely than the figure itself."""
    if before.value is None or now.value is None:
        return DASH if before.reason == now.reason else "changed"
    change = now.value - before.value
    if not change:
        return "none"
    sign = "+" if change > 0 else ""
    if before.unit == "share":
        return f"{sign}{write.formats.number(100 * change, before.evidence)} points"
    return f"{sign}{in_unit(change, before, write)}"


def told(rows: Sequence[Sequence[Any]]) -> str:
    """Return in words what has changed of the rows that are told; the table has them all."""
    said = [f"{name}: {before['text']}, now {now['text']} ({change})" for name, before, now, change in rows
            if name in TOLD and change not in ("none", DASH)]  # fmt: skip
    return f"{'; '.join(said)}." if said else "Value, risk and payback stay as they are."
