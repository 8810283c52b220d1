"""Opening the client's data sources and measuring them: the edge at which data are read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import duckdb

from workbook.engagement.data_sources import (
    SAMPLE,
    case_columns,
    case_rules,
    log_columns,
    log_rules,
    open_source,
    table_format,
    table_rules,
)
from workbook.engagement.load import Engagement
from workbook.engagement.measurements import measured_once
from workbook.engagement.schema_sources import DataSource
from workbook.methods.baseline import Baseline
from workbook.methods.casetable import measure_case_table
from workbook.methods.eventlog import measure_event_log
from workbook.methods.quality import TableQuality, measure_quality
from workbook.methods.tables import connect, open_table, table_errors
from workbook.phases.inputs import NOT_PROVIDED

MEMORY_LIMIT = "2GB"
"""What DuckDB may hold in memory before it spills to disk."""

EXTRACTED_LATER = "extracted_later"
"""Reason of a source whose extract did not exist yet on the day of the run."""

NOT_DECLARED = "not_declared"
"""Reason of a source that has arrived, while nobody has said what its columns mean or what they must satisfy."""


@dataclass(frozen=True)
class MeasuredSource:
    """A data source with what was measured on it; `reason` says why its quality is not known.

    `origin` is the line on which the source is declared, with its file and name.
    """

    source: DataSource
    origin: str
    rows: int | None = None
    baseline: Baseline | None = None
    quality: TableQuality | None = None
    reason: str | None = None

    @property
    def is_measured(self) -> bool:
        """True when anything was measured."""
        return self.baseline is not None or self.quality is not None

    @property
    def has_arrived(self) -> bool:
        """True when the file is there, whether or not anything can be measured on it."""
        return self.is_measured or self.reason == NOT_DECLARED


def measure_sources(engagement: Engagement, sources: tuple[DataSource, ...]) -> dict[str, MeasuredSource]:
    """Return what each source shows, by its id; a source whose file has not arrived gives a reason instead."""
    return {source.id: _measure(engagement, source) for source in sources}


def _measure(engagement: Engagement, source: DataSource) -> MeasuredSource:
    line = engagement.line_of(("assess", "data_sources", source.id))
    if source.read_from is None:
        return MeasuredSource(source, f"{line} ({source.name})", reason=NOT_PROVIDED)
    origin = f"{line} ({source.read_from}, {source.name})"
    if source.kind == "table" and _is_later(source, engagement.as_of):
        return MeasuredSource(source, origin, reason=EXTRACTED_LATER)
    found = measured_once(engagement, source, _Found, lambda: _measure_source(engagement, source))
    reason = None if found.quality else EXTRACTED_LATER if _is_later(source, engagement.as_of) else NOT_DECLARED
    return MeasuredSource(source, origin, found.rows, found.baseline, found.quality, reason)


@dataclass(frozen=True)
class _Found:
    """What a source shows, whatever line it is declared on."""

    rows: int | None
    baseline: Baseline | None
    quality: TableQuality | None


def _measure_source(engagement: Engagement, source: DataSource) -> _Found:
    con = connect(MEMORY_LIMIT, directories=[engagement.folder])
    try:
        return _measure_table(con, engagement, source)
    finally:
        con.close()


def _is_later(source: DataSource, as_of: dt.date) -> bool:
    return source.extracted is not None and source.extracted > as_of


def _measure_table(con: duckdb.DuckDBPyConnection, engagement: Engagement, source: DataSource) -> _Found:
    table = open_source(con, engagement.folder, source)
    opened = [table]
    if source.accuracy is not None:
        opened.append(open_table(con, engagement.path(source.accuracy.file), table_format(source), SAMPLE))
    with table_errors(*opened):
        baseline = _baseline(con, table.name, source, engagement.as_of)
        quality = _quality(con, table.name, source, engagement.as_of)
    rows = quality.rows if quality else baseline.events or baseline.cases if baseline else table.rows
    return _Found(rows, baseline, quality)


def observed_until(source: DataSource, as_of: dt.date) -> dt.datetime:
    """Return the end of the last day observed, local time of the source: the extract's, or `as_of` if earlier."""
    return dt.datetime.combine(min(source.extracted or as_of, as_of), dt.time.max)


def _baseline(con: duckdb.DuckDBPyConnection, relation: str, source: DataSource, as_of: dt.date) -> Baseline | None:
    if source.columns is None or source.kind == "table":
        return None
    until = observed_until(source, as_of)
    if source.kind == "event_log":
        return measure_event_log(con, relation, log_columns(source), log_rules(source), until)
    return measure_case_table(con, relation, case_columns(source), case_rules(source), until)


def _quality(con: duckdb.DuckDBPyConnection, relation: str, source: DataSource, as_of: dt.date) -> TableQuality | None:
    # The rows of a later extract cannot be told from those that existed on the day.
    if not (source.fields or source.key) or _is_later(source, as_of):
        return None
    return measure_quality(con, relation, table_rules(source), _due_by(source))


def _due_by(source: DataSource) -> dt.datetime | None:
    """Return when a record must have arrived to be in the extract; one that is overdue by then came too late.

    The hour of the extract is not known, so its day does not count. Without the day only records that arrived count.
    """
    if source.extracted is None:
        return None
    return dt.datetime.combine(source.extracted, dt.time.min, ZoneInfo(source.timezone))
