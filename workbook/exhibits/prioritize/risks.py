"""The risks of the candidates: where they stand before and after mitigation, and who answers for them."""

from __future__ import annotations

from workbook.exhibits.charts_grids import Graded, Grids, chart_grids
from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.prioritize.candidates import focus, names_of, ordered
from workbook.exhibits.prioritize.common import table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.risks import GradedRisk, RiskRegister


def chart_risk_map(result: PrioritizeResult) -> Exhibit:
    """Return the risks of the candidate in focus by probability and impact, before and after mitigation."""
    write, id = writer_of(result), focus(result)
    register = result.risks[id] if id else None
    data = Grids(
        heading=write.text("risks.columns.risk"),
        things=tuple(_graded(row) for row in register.risks) if register else (),
        across=write.text("risk_map.impact"),
        up=write.text("risk_map.probability"),
        before=write.text("risk_map.before"),
        after=write.text("risk_map.after"),
        number=write.text("risk_map.number"),
        missing=write.text("risk_map.ungraded"),
        product=Measure(write.text("risk_map.grade"), lambda grade: write.formats.fixed(grade, 0)),
    )
    title = _map_title(result, id, write)
    told = [_told(row, number, write) for number, row in enumerate(register.risks, start=1)] if register else []
    return chart_grids(
        data,
        id="risk-map",
        title=title,
        alt=" ".join([write.text("risk_map.alt"), *told]) if told else title,
        caption=write.text("risk_map.caption"),
        source=write.from_parameters,
    )


def _graded(row: GradedRisk) -> Graded:
    risk = row.risk
    after = None
    if risk.residual_probability is not None and risk.residual_impact is not None:
        after = (risk.residual_impact, risk.residual_probability)
    return Graded(risk.name, (risk.impact, risk.probability), after)


def _told(row: GradedRisk, number: int, write: Writer) -> str:
    key = "told" if row.after.is_known else "told_ungraded"
    return write.text(
        f"risk_map.{key}", number=number, before=_grade(row.before, write), after=_grade(row.after, write)
    )


def _grade(figure: Figure, write: Writer) -> str:
    return "" if figure.value is None else write.formats.fixed(figure.value, 0)


def _map_title(result: PrioritizeResult, id: str | None, write: Writer) -> str:
    """Return what mitigation does to the worst risk, or why that is not known."""
    if id is None:
        return write.text("risk_map.title_nobody")
    register, name = result.risks[id], use_case_name(result, id)
    if not register.risks:
        return write.text("risk_map.title_none", name=name)
    before = max(row.before.value or 0.0 for row in register.risks)
    words: dict[str, object] = {"name": name, "before": write.formats.fixed(before, 0), "all": len(register.risks)}
    if len(register.ungraded) == len(register.risks):
        return write.text("risk_map.title_ungraded", n=len(register.risks), **words)
    after = max(row.expected for row in register.risks)
    key = "title_same" if after >= before else "title"
    title = write.text(f"risk_map.{key}", after=write.formats.fixed(after, 0), **words)
    n = len(register.ungraded)
    return title + (write.text("risk_map.title_open", n=n) if n else "")


def table_risks(result: PrioritizeResult) -> Exhibit:
    """Return all risks by candidate, the worst after mitigation first."""
    write = writer_of(result)
    rows = [row for id in ordered(result) for row in _rows(result, id, write)]
    without = [id for id in ordered(result) if not result.risks[id].risks]
    return table_of(
        write,
        "risks",
        _table_title(result, write),
        write.columns("risks", "risk", "candidate", "kind", "before", "mitigation", "owner", "after",
                      right=("before", "after"), widths=(3, 1.7, 0.9, 0.8, 3, 1.4, 0.9)),
        rows,
        write.from_parameters,
        notes=[write.text("risks.without", names=names_of(result, without, write))] if without and rows else [],
        orientation="landscape",
    )  # fmt: skip


def _rows(result: PrioritizeResult, id: str, write: Writer) -> list[list[Entry]]:
    name = use_case_name(result, id)
    return [
        [
            write.text("risks.numbered", number=number, name=row.risk.name),
            name,
            write.text(f"risks.kinds.{row.risk.kind}"),
            _cell(row.before, write),
            row.risk.mitigation or cell(write.text("risks.no_mitigation"), tone="bad"),
            write.person(row.risk.owner) if row.risk.owner else cell(write.text("risks.no_owner"), tone="bad"),
            _cell(row.after, write),
        ]
        for number, row in enumerate(result.risks[id].risks, start=1)
    ]


def _cell(figure: Figure, write: Writer) -> Cell:
    if figure.value is None:
        return missing_cell(write.text("risk_map.ungraded"))
    return cell(write.formats.fixed(figure.value, 0), value=figure.value, mark=write.mark(figure.evidence))


def _table_title(result: PrioritizeResult, write: Writer) -> str:
    """Return how many risks have nobody or nothing against them, or that none is left open."""
    registers = list(result.risks.values())
    total = sum(len(register.risks) for register in registers)
    if not total:
        return write.text("risks.title_none")
    unowned, unmitigated = (sum(len(found) for found in each) for each in zip(*map(_open, registers), strict=True))
    if not unowned and not unmitigated:
        return write.text("risks.title_closed", n=total)
    parts = [write.text("risks.part_owner", n=unowned)] if unowned else []
    parts += [write.text("risks.part_mitigation", n=unmitigated)] if unmitigated else []
    return write.text("risks.title_open", all=total, parts=write.names(parts))


def _open(register: RiskRegister) -> tuple[tuple[GradedRisk, ...], tuple[GradedRisk, ...]]:
    return register.unowned, register.unmitigated
