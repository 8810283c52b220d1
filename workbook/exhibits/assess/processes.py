"""Processes: the map, where the cost lies, and how they perform today."""

from __future__ import annotations

from workbook.exhibits.assess.common import DASH, measured_by, rule, table_of, writer_of
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.baseline import FilterLoss
from workbook.phases.assess.performance import Performance
from workbook.phases.assess.processes import MappedProcess
from workbook.phases.assess.result import AssessResult
from workbook.phases.figures import Figure

DECLARABLE = ("p50", "touch", "rework", "error", "automation")
"""Quantities of the baseline that a company can declare, by the names of their columns."""

MEASURABLE = ("p50", "p80", "p95", "touch", "first_pass", "rework", "error", "automation", "cost")
"""All quantities of the baseline of a measured process."""


def table_processes(result: AssessResult) -> Exhibit:
    """Return all processes with volume, cost and customer impact, dearest first."""
    write, processes = writer_of(result), result.process_map
    n, values = len(processes.costed), {"all": len(processes.processes), "total": write.value(processes.total_cost)}
    key = "title" if n in (0, len(processes.processes)) else "title_partial"
    columns = write.columns(
        "processes", "process", "department", "volume", "cost", "impact", "yearly", "share",
        right=("volume", "cost", "impact", "yearly", "share"), widths=(2.6, 1.8, 1.1, 1.1, 0.9, 1.1, 0.8),
    )  # fmt: skip
    rows = [_process_row(row, processes.total_cost.value, write) for row in processes.processes]
    title = write.text(f"processes.{key}", n=n, **values)
    return table_of(write, "processes", title, columns, rows, write.from_parameters)


def _process_row(row: MappedProcess, total: float | None, write: Writer) -> list[str | Cell]:
    yearly = row.yearly_cost.value
    # A yearly cost is a product of two figures: two digits, as in the charts, however well each is known.
    cost, mark = write.formats.money(yearly, missing=write.missing(row.yearly_cost)), None
    if yearly is not None:
        mark = write.mark(row.yearly_cost.evidence)
    return [
        row.process.name,
        row.process.department,
        write.cell(row.volume),
        write.cell(row.cost_per_transaction),
        write.cell(row.customer_impact),
        cell(cost, value=yearly, mark=mark, strong=True),
        write.formats.share(yearly / total) if yearly is not None and total else DASH,
    ]


def table_baseline(result: AssessResult) -> Exhibit:
    """Return the baseline of the measured processes, one row for each quantity."""
    write, measured = writer_of(result), [row for row in result.performance if row.is_measured]
    columns = write.columns("baseline", "quantity", widths=(1.5,))
    columns += [Column(row.process.id, row.process.name, "right", 2) for row in measured]
    rows: list[list[Entry]] = [
        [
            write.text(f"baseline.columns.{quantity}"),
            *(write.cell(_quantity(row, quantity, result), with_range=True) for row in measured),
        ]
        for quantity in MEASURABLE
    ]
    return table_of(
        write,
        "baseline",
        write.text("baseline.title", n=len(measured), all=len(result.performance)),
        columns if measured else [*columns, Column("none", write.text("common.none"))],
        rows if measured else [[row[0], missing_cell(write.reason("not_measured"))] for row in rows],
        measured_by(result, write, "baseline"),
        notes=[note for row in measured for note in (_stand_in_note(row, write), _little_note(row, write)) if note],
    )


def _quantity(row: Performance, quantity: str, result: AssessResult) -> Figure:
    """Return a quantity of the baseline by the name of its column."""
    quantities = {
        "p50": row.lead_time_p50,
        "p80": row.lead_time_p80,
        "p95": row.lead_time_p95,
        "cost": result.process_map[row.process.id].cost_per_transaction,
        "touch": row.touch_time,
        "first_pass": row.first_pass_yield,
        "rework": row.rework_rate,
        "error": row.error_rate,
        "automation": row.automation_rate,
    }
    return quantities[quantity]


def table_all_baselines(result: AssessResult) -> Exhibit:
    """Return what can be declared of each process, measured ones first."""
    write = writer_of(result)
    rows = sorted(result.performance, key=lambda row: not row.is_measured)
    shown: list[list[Entry]] = [
        [
            cell(row.process.name, strong=row.is_measured),
            *(write.cell(_quantity(row, each, result)) for each in DECLARABLE),
        ]
        for row in rows
    ]
    title = write.text("all_baselines.title", n=sum(row.is_measured for row in rows), all=len(rows))
    columns = write.columns("baseline", "process", *DECLARABLE, right=DECLARABLE, widths=(3, 1.1, 1, 1, 1, 1))
    return table_of(write, "all-baselines", title, columns, shown, write.from_parameters)


def _stand_in_note(row: Performance, write: Writer) -> str | None:
    """Say that the declared median stands where the log of a measured process gives none, and why."""
    if row.baseline is None or row.baseline.lead_time.p50.is_estimable or not row.lead_time_p50.is_known:
        return None
    p50 = row.baseline.lead_time.p50
    return write.text(
        "baseline.note_declared", process=row.process.name, reason=write.reason(p50.reason or "not_measured", p50.n)
    )


def _little_note(row: Performance, write: Writer) -> str | None:
    """Say whether the work in progress that a log shows is what Little's law expects."""
    law = row.baseline.littles_law if row.baseline else None
    if law is None:
        return None
    limit = rule(write, "log_cut_off")
    key = "little_off" if law.ratio > limit else "little_ok"
    words = {"ratio": write.formats.fixed(law.ratio), "limit": write.formats.fixed(limit)}
    return write.text(f"baseline.{key}", process=row.process.name, **words)


def table_filters(result: AssessResult) -> Exhibit:
    """Return the records each filter took from each log."""
    write = writer_of(result)
    losses = [(row, loss) for row in result.performance if row.baseline for loss in row.baseline.filters if loss.lost]
    rows: list[list[Entry]] = [
        [
            row.process.name,
            write.text(f"filter_names.{loss.id}"),
            cell(f"{write.formats.count(loss.before)} {write.text(f'filter_units.{loss.unit}')}", value=loss.before),
            cell(write.formats.count(loss.lost), value=loss.lost),
            cell(write.formats.share(loss.share, "measured"), value=loss.share),
        ]
        for row, loss in losses
    ]
    columns = write.columns(
        "filters", "process", "filter", "before", "lost", "share", right=("before", "lost", "share")
    )
    title, none = _filters_title(result, losses, write), write.text("common.none")
    source = measured_by(result, write, "baseline")
    return table_of(write, "filters", title, columns, rows, source, empty=none, notes=_unseen_notes(result, write))


def _filters_title(result: AssessResult, losses: list[tuple[Performance, FilterLoss]], write: Writer) -> str:
    if not losses:
        is_measured = any(row.baseline for row in result.performance)
        return write.text("filters.title_clean" if is_measured else "filters.title_none")
    row, worst = max(losses, key=lambda item: item[1].share)
    return write.text(
        "filters.title",
        filter=write.text(f"filter_names.{worst.id}"),
        process=row.process.name,
        share=write.formats.share(worst.share, "measured"),
        unit=write.text(f"filter_units.{worst.unit}"),
    )


def _unseen_notes(result: AssessResult, write: Writer) -> list[str]:
    """Name declared activities and accounts that occur nowhere in the log: probably misspelt."""
    return [
        write.text("filters.note_unseen", process=row.process.name, names=write.names(row.baseline.unseen))
        for row in result.performance
        if row.baseline and row.baseline.unseen
    ]


def table_declared_against_measured(result: AssessResult) -> Exhibit:
    """Return what is both declared and measured, the largest difference first."""
    write, comparisons = writer_of(result), result.comparisons
    rows: list[list[Entry]] = [
        [
            row.process.name,
            write.text(f"process_quantities.{row.quantity}"),
            write.cell(row.declared),
            write.cell(row.measured, with_range=True),
            DASH if row.ratio is None else write.formats.fixed(row.ratio),
        ]
        for row in comparisons
    ]
    title = write.text("declared_against_measured.title_none")
    if comparisons:
        title = write.text("declared_against_measured.title", process=comparisons[0].process.name)
    columns = write.columns(
        "declared_against_measured", "process", "quantity", "declared", "measured", "difference",
        right=("declared", "measured", "difference"), widths=(2.2, 1.3, 1.2, 2, 1.2),
    )  # fmt: skip
    none, source = write.text("common.none"), measured_by(result, write, "baseline")
    return table_of(write, "declared-against-measured", title, columns, rows, source, empty=none)
