"""The business case of each candidate: present values by kind of benefit and cost, and what they add up to."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import (
    conventions,
    entry,
    missing_notes,
    names_of,
    ordered,
    row_of,
    side_by_side,
)
from workbook.exhibits.prioritize.common import table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.model import BENEFIT_KINDS, COST_KINDS
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.value import Valuation

TOTALS = ("npv", "npv_cashable", "roi", "irr", "mirr", "payback", "discounted_payback")


def table_business_case(result: PrioritizeResult) -> Exhibit:
    """Return the present values by kind of benefit and cost, and the figures that sum a case up."""
    write, ids = writer_of(result), ordered(result)
    columns, orientation = side_by_side(result, "business_case", write)
    return table_of(
        write,
        "business-case",
        _title(result, write),
        columns,
        _rows(result, ids, write) if ids else [],
        write.from_computation,
        caption=write.text("business_case.caption", conventions=conventions(result, write)),
        notes=[*missing_notes(result, write), *_rate_notes(result, write), *_outside_notes(result, write)],
        orientation=orientation,
    )


def _rows(result: PrioritizeResult, ids: Sequence[str], write: Writer) -> list[list[Entry]]:
    values = result.values
    kinds = [kind for kind in (*BENEFIT_KINDS, *COST_KINDS) if any(kind in values[id].pv for id in ids)]

    def by_kind(kind: str) -> list[Entry]:
        label = write.text(f"quantities.kinds.{kind}")
        return row_of(label, ids, lambda id: _present_value(result, id, kind, write))

    def by_name(name: str, strong: bool = False) -> list[Entry]:
        label = write.text(f"business_case.rows.{name}")
        return row_of(label, ids, lambda id: entry(getattr(values[id], name), write, strong=strong))

    benefits = [by_kind(kind) for kind in kinds if kind in BENEFIT_KINDS]
    costs = [by_kind(kind) for kind in kinds if kind in COST_KINDS]
    unpriced = row_of(write.text("quantities.kinds.non_financial"), ids, lambda id: _unpriced(result, id, write))
    shown = [name for name in TOTALS if name != "mirr" or any(value.mirr.is_known for value in values.values())]
    totals = [by_name(name, strong=name == "npv") for name in shown]
    return [*benefits, unpriced, by_name("pv_benefits"), *costs, by_name("pv_costs"), *totals]


def _present_value(result: PrioritizeResult, id: str, kind: str, write: Writer) -> Cell:
    pv = result.values[id].pv
    return entry(pv[kind], write) if kind in pv else missing_cell(write.text("common.none"))


def _unpriced(result: PrioritizeResult, id: str, write: Writer) -> Cell:
    """Return how many benefits have no price; they stand in a table of their own."""
    n = sum(effect.line is None for effect in result.cases[id].effects)
    return cell(write.text("business_case.unpriced", n=n), tone="none")


def _title(result: PrioritizeResult, write: Writer) -> str:
    """Return who pays on money alone, who needs the hours set free, and who does not pay."""
    valued = [id for id in result.comparison.by_npv if result.values[id].npv_cashable.is_known]
    if not valued:
        return write.text("business_case.title_none", n=len(result.cases))
    groups: dict[str, list[str]] = {"on_cash": [], "on_capacity": [], "not_paying": []}
    for id in valued:
        groups[_paying(result.values[id])].append(id)
    if len(valued) > 1 and len(valued) == len(result.cases):
        for key, ids in groups.items():
            if len(ids) == len(valued):
                return write.text(f"business_case.all_{key}", n=len(ids))
    clauses = [
        write.text(f"business_case.{key}", n=len(ids), names=names_of(result, ids, write))
        for key, ids in groups.items()
        if ids
    ]
    missing = len(result.cases) - len(valued)
    clauses += [write.text("business_case.unvalued", n=missing)] if missing else []
    return "; ".join(clauses)


def _paying(value: Valuation) -> str:
    if (value.npv.value or 0.0) < 0:
        return "not_paying"
    return "on_cash" if (value.npv_cashable.value or 0.0) >= 0 else "on_capacity"


def _rate_notes(result: PrioritizeResult, write: Writer) -> list[str]:
    """Return how not to read an internal rate of return."""
    found = {id: value.internal_rate for id, value in result.values.items() if value.internal_rate}
    notes: dict[str, list[str]] = {}
    for id, rate in found.items():
        for key in (rate.note, rate.reason):
            if key:
                notes.setdefault(key, []).append(id)
    general = [write.text("business_case.rate")] if found else []
    return general + [
        write.text(f"business_case.rate_{key}", names=names_of(result, ids, write)) for key, ids in notes.items()
    ]


def _outside_notes(result: PrioritizeResult, write: Writer) -> list[str]:
    """Name what falls due after the years counted."""
    return [
        write.text(
            "business_case.outside",
            name=use_case_name(result, id),
            lines=write.names([result.cases[id].names.get(key, key) for key in value.outside]),
        )
        for id, value in result.values.items()
        if value.outside
    ]
