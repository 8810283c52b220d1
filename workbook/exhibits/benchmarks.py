"""Outside figures: what they count, who published them when, on what sample, who paid, and how they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.parts import DASH, PhaseResult, table_of, writer_of
from workbook.exhibits.writer import Writer
from workbook.framework.entries import Parameter, Support
from workbook.framework.programme import Benchmark


def table_benchmarks(result: PhaseResult) -> Exhibit:
    """Return the outside figures with what they count, publisher, year, sample, who paid and how they stand."""
    write = writer_of(result)
    return benchmarks_of(write, benchmark_rows(write, write.framework.benchmarks.values()))


def benchmarks_of(write: Writer, rows: list[list[str]]) -> Exhibit:
    """Return a table of outside figures, a row each as `benchmark_rows` and `figure_row` make them."""
    columns = write.columns(
        "benchmarks", "measures", "figures", "source", "sample", "paid", "support",
        widths=(2.6, 2.6, 2.2, 1.8, 1.3, 1.3),
    )  # fmt: skip
    title = write.text("benchmarks.title")
    return table_of(write, "benchmarks", title, columns, rows, write.from_framework, orientation="landscape")


def benchmark_rows(write: Writer, benchmarks: Iterable[Benchmark]) -> list[list[str]]:
    """Return the rows of published figures."""
    return [
        [
            write.framework.text(f"benchmarks.{each.id}.measures"),
            "; ".join(_published(write, each.id, each.figures.values())),
            *_source_cells(write, each.source[0]),
            _standing(write, each.support, each.source[0]),
        ]
        for each in benchmarks
    ]


def figure_row(write: Writer, measures: str, figure: Parameter, source: str, support: Support | None) -> list[str]:
    """Return the row of a single figure of the framework; `source` is the id of its source."""
    return [
        measures,
        range_in_words(write, figure),
        *_source_cells(write, source),
        _standing(write, figure.support or support, source),
    ]


def range_in_words(write: Writer, figure: Parameter) -> str:
    """Return a figure as printed there, with its unit; one in a foreign currency stays in it."""
    if figure.value is not None:
        return _printed(write, figure.value, figure.unit)
    assert figure.low is not None and figure.high is not None
    # the unit is written once, except the sign of a share
    low = _printed(write, figure.low, "share" if figure.unit == "share" else "count")
    return f"{low} {DASH} {_printed(write, figure.high, figure.unit)}"


def _published(write: Writer, id: str, figures: Collection[Parameter]) -> list[str]:
    """Return each figure with its name."""
    names = (write.framework.text(f"benchmarks.{id}.figures.{each.id}.name") for each in figures)
    return [f"{name}: {range_in_words(write, each)}" for name, each in zip(names, figures, strict=True)]


def _printed(write: Writer, value: float, unit: str) -> str:
    if unit == "share":
        return write.formats.share(value, "measured")
    words = "" if unit in ("count", "ratio") else f" {write.framework.text(f'terms.unit.{unit}')}"
    return f"{write.formats.number(value, 'measured')}{words}"


def _source_cells(write: Writer, id: str) -> list[str]:
    source = write.framework.sources[id]
    year = f", {source.year}" if source.year and str(source.year) not in source.title else ""
    return [
        f"{source.publisher}: {source.title}{year}",
        write.framework.text(f"sources.{id}.sample"),
        write.framework.text(f"terms.paid_by.{source.paid_by}"),
    ]


def _standing(write: Writer, support: Support | None, source: str) -> str:
    """Return what public evidence says of a figure, or else whether its source was read in the original."""
    if support:
        return write.framework.text(f"terms.support.{support}")
    return write.framework.text(f"terms.read.{write.framework.sources[source].read}")
