"""The flows of the candidates over time: cumulative for all of them, and by year and kind for one."""

from __future__ import annotations

import numpy as np

from workbook.exhibits.charts_lines import Line, Lines, chart_lines
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.prioritize.candidates import (
    conventions,
    entry,
    focus,
    missing_notes,
    names_of,
    ordered,
    said,
    why_not,
)
from workbook.exhibits.prioritize.common import table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.weights import FloatArray
from workbook.phases.prioritize.model import BENEFIT_KINDS
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.value import Valuation

YEAR_TICKS = (1.0, 2.0, 5.0)
"""Years that read well between two ticks."""


def chart_cash_flows(result: PrioritizeResult) -> Exhibit:
    """Return the cumulative net flow of each candidate over time, with a marker where it is back."""
    write, ids = writer_of(result), ordered(result)
    years = result.finance.years if result.finance else 0
    marks = [write.text("cash_flows.year", year=year) for year in range(years + 1)]
    data = Lines(
        heading=write.text("candidates.columns.candidate"),
        lines=tuple(_line(result, id, write) for id in ids),
        x=Measure(write.text("cash_flows.x"), write.formats.number, YEAR_TICKS),
        y=Measure(write.text("cash_flows.y"), write.formats.money),
        columns=(write.text("cash_flows.deepest"), write.text("business_case.rows.payback"), *marks),
        listed=2,
        x_ends=(0.0, float(years or 1)),
    )
    title = _flows_title(result, write)
    return chart_lines(
        data,
        id="cash-flows",
        title=title,
        alt=write.text("cash_flows.alt", finding=title),
        caption=write.text("cash_flows.caption", conventions=conventions(result, write)),
        source=write.from_computation,
    )


def _line(result: PrioritizeResult, id: str, write: Writer) -> Line:
    """Return the cumulative flow of one candidate; one with an unknown input has none."""
    name, value = use_case_name(result, id), result.values[id]
    if value.net is None or value.model is None:
        return Line(name, (), missing=why_not(value.npv, write))
    total, months = np.cumsum(value.net), value.model.grid.ends
    points = tuple(zip((months / 12).tolist(), total.tolist(), strict=True))
    figures = [_money(float(total.min()), value, write), entry(value.payback, write)]
    figures += [
        _money(float(total[months == 12 * year][0]), value, write) for year in range(value.model.grid.years + 1)
    ]
    back = value.payback.value
    return Line(name, points, () if back is None else ((back, 0.0),), tuple(figures))


def _money(amount: float, value: Valuation, write: Writer) -> Cell:
    evidence = value.npv.evidence
    return cell(write.formats.money(amount, evidence), value=amount, mark=write.mark(evidence))


def _flows_title(result: PrioritizeResult, write: Writer) -> str:
    """Return who is back first, or that nobody is within the years counted."""
    drawn = [id for id in ordered(result) if result.values[id].net is not None]
    if not drawn:
        return write.text("cash_flows.title_none")
    back = sorted((id for id in drawn if result.values[id].payback.is_known), key=lambda id: _back(result, id))
    years = result.finance.years if result.finance else 0
    if not back:
        return write.text("cash_flows.title_never", n=len(drawn), name=use_case_name(result, drawn[0]), years=years)
    when = said(result.values[back[0]].payback, write)
    first = [id for id in back if said(result.values[id].payback, write) == when]
    key = "title_only" if len(drawn) == 1 else "title_all" if first == back and len(back) == len(drawn) else "title"
    words = write.text(f"cash_flows.{key}", n=len(first), names=names_of(result, first, write), when=when)
    never = [id for id in drawn if id not in back]
    end = {"names": names_of(result, never, write), "years": years}
    return words + (write.text("cash_flows.title_not_back", n=len(never), **end) if never else "")


def _back(result: PrioritizeResult, id: str) -> float:
    return result.values[id].payback.value or 0.0


def table_cash_flows(result: PrioritizeResult) -> Exhibit:
    """Return the flows of the candidate in focus by year and kind, and what they add up to."""
    write, id = writer_of(result), focus(result)
    years = result.finance.years if result.finance else 0
    columns = [Column("kind", write.text("yearly_flows.columns.kind"), width=1.8)]
    columns += [
        Column(f"year-{year}", write.text("cash_flows.year", year=year), "right", 1) for year in range(years + 1)
    ]
    name = use_case_name(result, id) if id else ""
    known = id is not None and result.values[id].net is not None
    key = "title_none" if id is None else "title" if known else "title_unknown"
    total = result.values[id].npv if id and known else None
    return table_of(
        write,
        "yearly-flows",
        write.text(f"yearly_flows.{key}", name=name, npv=said(total, write) if total else ""),
        columns if years else [*columns, Column("none", write.text("candidates.columns.none"))],
        _flow_rows(result, id, write) if id and years else [],
        write.from_computation,
        caption=write.text("yearly_flows.caption", conventions=conventions(result, write)),
        notes=missing_notes(result, write)[:1] if id and not known else [],
        orientation="landscape" if years > 6 else "portrait",
    )


def _flow_rows(result: PrioritizeResult, id: str, write: Writer) -> list[list[Entry]]:
    """Return a row for each kind of flow, then net and cumulative flow; unknown where a line of the kind is."""
    value = result.values[id]
    assert value.model is not None
    months, years = value.model.grid.ends, value.model.grid.years
    year_of = np.ceil(months / 12).astype(int)

    def by_year(flows: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(year_of, weights=flows, minlength=years + 1), dtype=np.float64)

    def cells(amounts: FloatArray, evidence: str | None, strong: bool = False) -> list[Entry]:
        mark, money = write.mark(evidence), write.formats.money
        return [cell(money(each, evidence), value=each, mark=mark, strong=strong) for each in amounts.tolist()]

    unknown: list[Entry] = [missing_cell(write.text("candidates.not_estimable"))] * (years + 1)
    rows: list[list[Entry]] = []
    for kind, pv in value.pv.items():
        sign = 1.0 if kind in BENEFIT_KINDS else -1.0
        flows = value.flows.get(kind)
        known = pv.is_known and flows is not None
        shown = cells(sign * by_year(flows) + 0.0, pv.evidence) if known and flows is not None else unknown
        rows.append([write.text(f"quantities.kinds.{kind}"), *shown])
    net = None if value.net is None else by_year(value.net)
    for key in ("net", "cumulative"):
        amounts = net if net is None or key == "net" else np.cumsum(net)
        shown = unknown if amounts is None else cells(amounts, value.npv.evidence, strong=True)
        rows.append([write.text(f"yearly_flows.rows.{key}"), *shown])
    return rows
