"""The appendix: inputs, origins of the data, outside figures and what the words and statistics mean."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.exhibits import deliverable
from workbook.exhibits.benchmarks import benchmark_rows, benchmarks_of, figure_row
from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.pilot.charter import place_of
from workbook.exhibits.pilot.common import DASH, level_of, table_of, writer_of
from workbook.exhibits.pilot.usability import BENCHMARK
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.pilot.comparisons import SEED
from workbook.phases.pilot.result import PilotResult
from workbook.phases.prioritize.criteria import HOURS

DEFINITIONS = (
    "effect", "interval", "look", "boundary", "newcombe", "score", "quantile", "clustered", "faster", "holm",
    "sample_ratio", "non_inferior", "support", "extra", "sus", "wilson",
)  # fmt: skip
"""Statistics of this report; those of a panel are added where there is one."""

PANEL_DEFINITIONS = ("panel", "series")


def table_inputs(result: PilotResult) -> Exhibit:
    """Return what was agreed and what was declared, with evidence and the place it stands at."""
    write = writer_of(result)
    rows: list[list[Entry]] = [[name, _value(figure, write), _place(figure)] for name, figure in _inputs(result, write)]
    missing = sum(not figure.is_known for _, figure in _inputs(result, write))
    key = "title_none" if not rows else "title_missing" if missing else "title"
    columns = write.columns("pilot_inputs", "input", "value", "source", right=("value",), widths=(2.8, 1.1, 3.2))
    title = write.text(f"pilot_inputs.{key}", n=missing, all=len(rows))
    return table_of(write, "pilot-inputs", title, columns, rows, write.from_parameters)


def _inputs(result: PilotResult, write: Writer) -> Iterator[tuple[str, Figure]]:
    charter = result.charter
    for each in charter.criteria:
        levels = {"baseline": each.baseline, "planned": each.planned, "worthwhile": each.worthwhile}
        if each.role == "guardrail":
            levels = {"baseline": each.baseline}
        if each.role == "secondary":
            del levels["worthwhile"]
        if each.margin is not None:
            levels["margin"] = each.margin
        for level, figure in levels.items():
            yield write.text(f"pilot_inputs.{level}", name=each.criterion.name), figure
    if charter.charter is not None:
        yield write.text("pilot_inputs.adoption"), charter.adoption
        yield write.text("pilot_inputs.sample"), charter.sample
    for line in result.budget.lines:
        yield write.text("pilot_inputs.agreed", name=line.line.name), line.agreed
        yield write.text("pilot_inputs.spent", name=line.line.name), line.spent


def _value(figure: Figure, write: Writer) -> Entry:
    if figure.value is None:
        return missing_cell(write.missing(figure))
    shown = level_of(figure, write) if figure.unit in HOURS else write.value(figure)
    return cell(shown, figure.value, write.mark(figure.evidence))


def _place(figure: Figure) -> str:
    return place_of(figure.source) if figure.source else ", ".join(figure.derived_from) or DASH


def table_origins(result: PilotResult) -> Exhibit:
    """Return where each source of the pilot comes from, its licence, and what a reader must know about it."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [source.name, write.person(source.owner), source.attribution or DASH, source.note or DASH]
        for source in result.pilot.data_sources
    ]
    columns = write.columns("origins", "source", "owner", "attribution", "note", widths=(1.6, 1.1, 3, 2.6))
    return table_of(write, "origins", write.text("origins.title"), columns, rows, write.from_parameters)


def table_definitions(result: PilotResult) -> Exhibit:
    """Return what the statistics of this report mean in plain words, each with where its method comes from."""
    write = writer_of(result)
    words = DEFINITIONS + (PANEL_DEFINITIONS if result.panel is not None else ())
    rows = [[write.text(f"pilot_definitions.{part}.{id}") for part in ("names", "meanings", "sources")] for id in words]
    columns = write.columns("pilot_definitions", "word", "meaning", "source", widths=(1.2, 3.4, 2.2))
    title = write.text("pilot_definitions.title")
    return table_of(write, "pilot-definitions", title, columns, rows, write.from_framework)


def table_benchmarks(result: PilotResult) -> Exhibit:
    """Return the figures of the guide that this phase uses, and the published ones beside them."""
    write, framework = writer_of(result), result.framework
    rows = []
    for key, entry, name in (
        ("pitfalls.demo_cliff", framework.pitfalls["demo_cliff"], "failure_rate"),
        ("pitfalls.change_neglected", framework.pitfalls["change_neglected"], "utilisation"),
        ("integration", framework.integration, "effort_share"),
        ("phases.pilot", framework.phases["pilot"], "weeks_minimum"),
    ):
        words = framework.text(f"{key}.parameters.{name}.name")
        rows.append(
            figure_row(write, f"{words[0].upper()}{words[1:]}", entry.parameters[name], entry.source[0], entry.support)
        )
    published = [framework.benchmarks[id] for id in (BENCHMARK, "pilots_not_in_production", "poc_not_scaled")]
    return benchmarks_of(write, rows + benchmark_rows(write, published))


def provenance(result: PilotResult) -> Exhibit:
    """Return what the deliverable was made from, with the seed of the resamples behind intervals of medians."""
    return deliverable.provenance(result, seed=SEED)
