"""The charts of processes and readiness: what the result shows, handed to the charts of the house."""

from __future__ import annotations

from workbook.exhibits.assess.common import level, measured_by, rule, source_name, writer_of
from workbook.exhibits.assess.glance import lowest_dimensions
from workbook.exhibits.charts_bars import Pareto, ParetoItem, chart_pareto
from workbook.exhibits.charts_bubbles import Bubble, Bubbles, chart_bubbles
from workbook.exhibits.charts_maps import HeatMap, chart_heatmap
from workbook.exhibits.charts_rows import (
    IntervalRow,
    Intervals,
    PairRow,
    Pairs,
    chart_dumbbell,
    chart_intervals,
)
from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.formats import HOUR_TICKS
from workbook.exhibits.layout import Measure
from workbook.exhibits.writer import Writer
from workbook.methods.quality import DIMENSIONS
from workbook.phases.assess.organisation import Dimension
from workbook.phases.assess.performance import Performance
from workbook.phases.assess.processes import MappedProcess
from workbook.phases.assess.result import AssessResult

LEVEL_TICKS = (1.0, 2.0, 3.0, 4.0, 5.0)


# --- processes -------------------------------------------------------------------------------------------------------


def chart_process_map(result: AssessResult) -> Exhibit:
    """Return the process map: volume against customer impact, the yearly cost as bubble."""
    write, rows = writer_of(result), result.process_map.processes
    placed = [row for row in rows if row.volume.is_known and row.customer_impact.is_known]
    # The drawing names what it does not place; who hears it needs the names as well.
    hidden = [row.process.name for row in rows if row not in placed]
    title, alt = _map_words(placed, hidden, write)
    data = Bubbles(
        heading=write.text("processes.columns.process"),
        bubbles=tuple(
            Bubble(row.process.name, row.volume.value, row.customer_impact.value, row.yearly_cost.value) for row in rows
        ),
        x=Measure(write.text("process_map.x"), write.formats.number),
        y=Measure(write.text("process_map.y"), write.formats.number, LEVEL_TICKS),
        size=Measure(write.text("process_map.size"), write.formats.money),
        missing=write.not_provided,
        unplaced=write.text("process_map.unplaced"),
    )
    unsized = [row.process.name for row in placed if not row.yearly_cost.is_known]
    hollow = [write.text("process_map.unsized", names=write.names(unsized))] if unsized else []
    strong = write.formats.number(rule(write, "felt_by_customers"))
    return chart_bubbles(
        data,
        id="process-map",
        title=title,
        alt=alt,
        caption=" ".join([write.text("process_map.caption", level=strong), *hollow]),
        source=write.from_parameters,
    )


def _map_words(placed: list[MappedProcess], hidden: list[str], write: Writer) -> tuple[str, str]:
    """Return title and alternative text: the costliest process among those that customers feel strongly."""
    sized = [row for row in placed if row.yearly_cost.is_known]
    if not sized:
        none = write.text("process_map.title_none")
        return none, none
    felt = [row for row in sized if (row.customer_impact.value or 0.0) >= rule(write, "felt_by_customers")]
    largest = max(felt or sized, key=lambda row: row.yearly_cost.value or 0.0)
    key = "title_unfelt" if not felt else "title_partial" if hidden else "title"
    values = {"process": largest.process.name, "cost": write.formats.money(largest.yearly_cost.value)}
    alt = [write.text("process_map.alt", n=len(placed), **values)]
    alt += [write.text("process_map.missing", names=write.names(hidden))] if hidden else []
    return write.text(f"process_map.{key}", process=largest.process.name), " ".join(alt)


def chart_process_cost(result: AssessResult) -> Exhibit:
    """Return the yearly cost of the processes, largest first, with the cumulative share."""
    write, processes = writer_of(result), result.process_map
    n = processes.concentration
    share = write.formats.share(processes.concentrated_share.value) if n else ""
    values = {"n": n, "all": len(processes.processes), "share": share}
    key = "title" if len(processes.costed) == len(processes.processes) else "title_partial"
    data = Pareto(
        heading=write.text("processes.columns.process"),
        items=tuple(ParetoItem(row.process.name, row.yearly_cost.value) for row in processes.processes),
        measure=Measure(write.text("process_cost.y"), write.formats.money),
        share=Measure(write.text("process_cost.cumulative"), write.formats.share),
        missing=write.not_provided,
    )
    return chart_pareto(
        data,
        id="process-cost",
        title=write.text(f"process_cost.{key}", **values) if n else write.text("process_cost.title_none"),
        alt=write.text("process_cost.alt", **values) if n else write.text("process_cost.title_none"),
        caption=write.text("process_cost.caption"),
        source=write.from_parameters,
    )


def chart_lead_times(result: AssessResult) -> Exhibit:
    """Return the lead times of the measured processes with their intervals."""
    write = writer_of(result)
    baselines = [(row.process.name, row.baseline) for row in result.performance if row.baseline and row.is_measured]
    rows = [
        IntervalRow(name, (baseline.lead_time.p50, baseline.lead_time.p80, baseline.lead_time.p95))
        for name, baseline in baselines
    ]
    has_open = any(baseline.method == "kaplan_meier" for _, baseline in baselines)
    data = Intervals(
        heading=write.text("processes.columns.process"),
        rows=tuple(rows),
        levels=tuple(write.text(f"lead_times.{level}") for level in ("p50", "p80", "p95")),
        measure=Measure(write.text("lead_times.x"), lambda hours: write.amount(hours, "h", "measured"), HOUR_TICKS),
        reasons={reason: _reason(write, reason) for reason in _reasons(rows)},
        low=write.text("common.low"),
        high=write.text("common.high"),
        count=write.text("common.n"),
    )  # fmt: skip
    return chart_intervals(
        data,
        id="lead-times",
        title=_lead_time_title(result, write),
        alt=write.text("lead_times.alt", n=len(rows)),
        caption=write.text(
            "lead_times.caption", method=write.text("lead_times.method_kaplan_meier") if has_open else ""
        ).strip(),
        source=measured_by(result, write, "baseline"),
    )


def _lead_time_title(result: AssessResult, write: Writer) -> str:
    slowest = slowest_process(result)
    if slowest is None:
        is_measured = any(row.is_measured for row in result.performance)
        return write.text("lead_times.title_unknown" if is_measured else "lead_times.title_declared")
    values = {"process": slowest.process.name, "p50": write.value(slowest.lead_time_p50)}
    if not slowest.lead_time_p95.is_known:
        return write.text("lead_times.title_p50", **values)
    return write.text("lead_times.title", p95=write.value(slowest.lead_time_p95), **values)


def slowest_process(result: AssessResult) -> Performance | None:
    """Return the process with the longest 95th percentile, or median where no log reaches that; None without either."""
    known = [row for row in result.performance if row.baseline and row.baseline.lead_time.p50.is_estimable]
    return max(known, key=lambda row: (row.lead_time_p95.value or 0.0, row.lead_time_p50.value or 0.0), default=None)


def _reason(write: Writer, reason: str) -> str:
    """Return the words for a reason in a chart, where one entry stands for processes of any number of cases."""
    return write.text("lead_times.too_few") if reason == "too_few" else write.reason(reason)


def _reasons(rows: list[IntervalRow]) -> set[str]:
    return {estimate.reason for row in rows for estimate in row.estimates if estimate.reason}


# --- readiness -------------------------------------------------------------------------------------------------------


def chart_data_readiness(result: AssessResult) -> Exhibit:
    """Return the quality of each source by dimension, the weakest of each source outlined."""
    write = writer_of(result)
    sources = list(dict.fromkeys(row.source for row in result.source_dimensions))
    figures = {(row.source, row.dimension): row.figure for row in result.source_dimensions}
    columns = [dimension for dimension in DIMENSIONS if any((source, dimension) in figures for source in sources)]
    values = tuple(
        tuple(figure.value if (figure := figures.get((source, dimension))) else None for dimension in columns)
        for source in sources
    )
    weakest = min(
        (row for row in result.source_dimensions if row.figure.is_known),
        key=lambda row: row.figure.value or 0.0,
        default=None,
    )
    words = {}
    if weakest is not None:
        words = {
            "dimension": write.framework.text(f"quality.{weakest.dimension}.name"),
            "source": source_name(result, weakest.source),
            "share": write.value(weakest.figure),
        }
    data = HeatMap(
        heading=write.text("fields.columns.source"),
        rows=tuple(source_name(result, source) for source in sources),
        columns=tuple(write.framework.text(f"quality.{dimension}.name") for dimension in columns),
        values=values,
        measure=Measure(write.text("data_quality.measure"), lambda share: write.formats.share(share, "measured")),
        missing=write.text("common.unknown"),
        outlined=frozenset(_lowest_cells(values)),
        outlined_word=write.text("data_quality.outlined"),
    )
    return chart_heatmap(
        data,
        id="data-quality",
        title=write.text("data_quality.title", **words) if words else write.text("data_quality.title_none"),
        alt=write.text("data_quality.alt", **words) if words else write.text("data_quality.title_none"),
        caption=write.text("data_quality.caption"),
        source=measured_by(result, write, "quality"),
    )


def _lowest_cells(values: tuple[tuple[float | None, ...], ...]) -> list[tuple[int, int]]:
    """Return the place of the lowest known value of each row."""
    known = [[(value, column) for column, value in enumerate(row) if value is not None] for row in values]
    return [(number, min(row)[1]) for number, row in enumerate(known) if row]


def chart_organisation(result: AssessResult) -> Exhibit:
    """Return organisational readiness as owners and frontline see it, weakest first."""
    write, weakest = writer_of(result), result.organisation.weakest
    title = alt = write.text("organisation.title_none")
    if weakest is not None:
        words = {"dimension": lowest_dimensions(result, write), "level": level(weakest.level, write)}
        title = write.text("organisation.title", n=len(result.organisation.lowest), **words)
        alt = write.text("organisation.alt", **words)
    data = Pairs(
        heading=write.text("organisation.heading"),
        rows=tuple(
            PairRow(_with_level(row, write), row.owner.value, row.frontline.value)
            for row in result.organisation.dimensions
        ),
        first=write.text("organisation.owner"),
        second=write.text("organisation.frontline"),
        measure=Measure(write.text("organisation.x"), write.formats.fixed, LEVEL_TICKS),
        missing=write.not_provided,
    )
    return chart_dumbbell(
        data,
        id="organisation",
        title=title,
        alt=alt,
        caption=write.text("organisation.caption"),
        source=write.from_parameters,
    )


def _with_level(row: Dimension, write: Writer) -> str:
    """Return the name of a dimension with its level over all groups, which also managers, sponsor and IT make up."""
    name = write.framework.text(f"readiness.{row.id}.name")
    return f"{name} ({level(row.level, write)})" if row.level.is_known else name
