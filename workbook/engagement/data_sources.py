"""A data source in the words of the methods: what its declaration means for reading and measuring it."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from workbook.engagement.schema import DatabaseSource, DataSource, NeededField
from workbook.methods.casetable import CaseColumns, CaseRules
from workbook.methods.databases import DatabaseAccessError, open_query
from workbook.methods.eventlog import LogColumns, LogRules
from workbook.methods.quality_rules import (
    AccuracySample,
    ComparisonRule,
    ConsistencyRule,
    CoverageRule,
    DependencyRule,
    FieldRule,
    KeyRule,
    TableRules,
    TimelinessRule,
)
from workbook.methods.tables import TableError, TableFormat, TableInfo, open_table

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
    return TableFormat(source.format, source.encoding, source.delimiter, source.sheet, source.decimal, source.thousands)


def log_columns(source: DataSource) -> LogColumns:
    """Return which column of an event log is what."""
    columns = source.columns
    assert columns is not None and columns.activity is not None and columns.timestamp is not None
    return LogColumns(
        case=columns.case,
        activity=columns.activity,
        timestamp=columns.timestamp,
        start=columns.start,
        sequence=columns.sequence,
        resource=columns.resource,
        cost=columns.cost,
        outcome=columns.outcome,
    )


def log_rules(source: DataSource) -> LogRules:
    """Return how an event log is to be read."""
    rules = source.rules
    return LogRules(
        timestamp_format=source.timestamp_format,
        timezone=source.timezone,
        missing=source.missing,
        start_activities=rules.start_activities,
        end_activities=rules.end_activities,
        rework_activities=rules.rework_activities,
        rejected_activities=rules.rejected_activities,
        system_resources=rules.system_resources,
        error_outcomes=rules.error_outcomes,
        decimal=source.decimal,
    )


def case_columns(source: DataSource) -> CaseColumns:
    """Return which column of a case table is what."""
    columns = source.columns
    assert columns is not None and columns.opened is not None and columns.closed is not None
    return CaseColumns(
        case=columns.case,
        opened=columns.opened,
        closed=columns.closed,
        status=columns.status,
        outcome=columns.outcome,
        cost=columns.cost,
        resource=columns.resource,
    )


def case_rules(source: DataSource) -> CaseRules:
    """Return how a case table is to be read."""
    return CaseRules(
        timestamp_format=source.timestamp_format,
        timezone=source.timezone,
        missing=source.missing,
        closed_statuses=source.rules.closed_statuses,
        system_resources=source.rules.system_resources,
        error_outcomes=source.rules.error_outcomes,
        decimal=source.decimal,
    )


def table_rules(source: DataSource) -> TableRules:
    """Return the declared quality rules of a source."""
    return TableRules(
        fields=tuple(field_rule(field, source) for field in source.fields),
        keys=(KeyRule(source.key),) if source.key else (),
        consistency=tuple(_consistency_rules(source)),
        timeliness=_timeliness(source),
        coverage=CoverageRule((source.coverage.segment,), source.coverage.minimum_rows) if source.coverage else None,
        accuracy=AccuracySample(SAMPLE, (source.accuracy.key,)) if source.accuracy else None,
        missing_markers=source.missing,
        decimal=source.decimal,
        thousands=source.thousands,
        timezone=source.timezone,
    )


def field_rule(field: NeededField, source: DataSource) -> FieldRule:
    """Return the declared rule of a field; RuleError if it contradicts itself."""
    return FieldRule(
        name=field.name,
        required=field.required,
        required_when=field.required_when,
        type=field.type,
        pattern=field.pattern,
        minimum=field.minimum,
        maximum=field.maximum,
        allowed=field.allowed or None,
        timestamp_format=source.timestamp_format if field.type in ("date", "timestamp") else None,
        weight=field.weight,
        threshold=field.threshold,
    )


def _consistency_rules(source: DataSource) -> list[ConsistencyRule]:
    rules: list[ConsistencyRule] = []
    for rule in source.consistency:
        if rule.dependent is not None:
            rules.append(DependencyRule(rule.id, rule.determines, rule.dependent))
        elif rule.left is not None and rule.right is not None and rule.op is not None:
            is_time = rule.type in ("date", "timestamp")
            rules.append(
                ComparisonRule(
                    rule.id, rule.left, rule.op, rule.right, rule.type, source.timestamp_format if is_time else None
                )
            )
    return rules


def _timeliness(source: DataSource) -> TimelinessRule | None:
    declared = source.timeliness
    return TimelinessRule(declared.event, declared.arrived, declared.within_hours) if declared else None
