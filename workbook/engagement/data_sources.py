"""A data source in the words of the methods: what its declaration means for reading and measuring it."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb

from workbook.engagement.schema_sources import ConsistencyRule, DatabaseSource, DataSource, NeededField
from workbook.engagement.values import Model
from workbook.methods.casetable import CaseColumns, CaseRules
from workbook.methods.databases import DatabaseAccessError, open_query
from workbook.methods.eventlog import LogColumns, LogRules
from workbook.methods.quality_rules import (
    AccuracySample,
    ComparisonRule,
    CoverageRule,
    DependencyRule,
    FieldRule,
    KeyRule,
    TableRules,
    TimelinessRule,
)
from workbook.methods.tables import TableError, TableFormat, TableInfo, open_table

T = TypeVar("T")

SAMPLE = "sample"
"""Name under which a verified sample is opened beside its table."""


def open_source(con: duckdb.DuckDBPyConnection, folder: Path, source: DataSource, name: str = "source") -> TableInfo:
    """Make a source queryable as the relation `name`, whether a file of the client's `folder` or a database holds it.

    Raises TableError, and DatabaseAccessError where a database cannot be reached or its address is not in the
    environment.
    """
    if source.database is not None:
        query = folder / source.database.query
        return open_query(con, _address(source.database), _text(query), name, query)
    assert source.file is not None
    return open_table(con, folder / source.file, table_format(source), name)


def names_of_kind(kind: str) -> set[str]:
    """Return the columns and rules that a kind of source uses; a plain table has none."""
    kinds = {"event_log": (LogColumns, LogRules), "case_table": (CaseColumns, CaseRules)}.get(kind, ())
    return {each.name for part in kinds for each in fields(part)}


def _address(database: DatabaseSource) -> str:
    address = os.environ.get(database.url_env, "").strip()
    if not address:
        variable = database.url_env
        found, allowed = f"the environment variable {variable}, which is not set", "the address of a database"
        remedy = f"set the environment variable {variable} to the address, such as postgresql://user@host/database"
        raise DatabaseAccessError(Path(database.query).name, found, allowed, remedy)
    return address


def _text(query: Path) -> str:
    try:
        return query.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TableError(query.name, "text that is not utf-8", "a query in UTF-8", "save it as UTF-8") from None


def table_format(source: DataSource) -> TableFormat:
    """Return how a source's file is written, as declared."""
    return _filled(TableFormat, source)


def log_columns(source: DataSource) -> LogColumns:
    """Return which column of an event log is what."""
    return _filled(LogColumns, source.columns)


def log_rules(source: DataSource) -> LogRules:
    """Return how an event log is to be read."""
    return _filled(LogRules, source, source.rules)


def case_columns(source: DataSource) -> CaseColumns:
    """Return which column of a case table is what."""
    return _filled(CaseColumns, source.columns)


def case_rules(source: DataSource) -> CaseRules:
    """Return how a case table is to be read."""
    return _filled(CaseRules, source, source.rules)


def table_rules(source: DataSource) -> TableRules:
    """Return the declared quality rules of a source."""
    return TableRules(
        fields=tuple(field_rule(field, source) for field in source.fields),
        keys=(KeyRule(source.key),) if source.key else (),
        consistency=tuple(_consistency_rule(rule, source) for rule in source.consistency),
        timeliness=_filled(TimelinessRule, source.timeliness) if source.timeliness else None,
        coverage=CoverageRule((source.coverage.segment,), source.coverage.minimum_rows) if source.coverage else None,
        accuracy=AccuracySample(SAMPLE, (source.accuracy.key,)) if source.accuracy else None,
        missing_markers=source.missing,
        decimal=source.decimal,
        thousands=source.thousands,
        timezone=source.timezone,
    )


def field_rule(field: NeededField, source: DataSource) -> FieldRule:
    """Return the declared rule of a field; RuleError if it contradicts itself."""
    format = source.timestamp_format if field.type in ("date", "timestamp") else None
    return replace(_filled(FieldRule, field), allowed=field.allowed or None, timestamp_format=format)


def _consistency_rule(rule: ConsistencyRule, source: DataSource) -> ComparisonRule | DependencyRule:
    if rule.dependent is not None:
        return _filled(DependencyRule, rule)
    format = source.timestamp_format if rule.type in ("date", "timestamp") else None
    return replace(_filled(ComparisonRule, rule), format=format)


def _filled(kind: type[T], *declared: Model | None) -> T:
    """Return an instance of a dataclass with what is declared under the names of its fields."""
    names = [each.name for each in fields(cast(Any, kind))]
    return kind(**{name: getattr(part, name) for part in declared for name in names if hasattr(part, name)})
