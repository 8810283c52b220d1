"""Checking data sources: what is declared about each, and whether its file or query holds what was declared."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from workbook.engagement.faults import Fault, listed, nearest, shorten
from workbook.engagement.load import Engagement
from workbook.engagement.schema import DataSource, NeededField

if TYPE_CHECKING:
    import duckdb

    from workbook.methods.tables import TableInfo

Place = tuple[str | int, ...]
_CLOCKS = ("timestamp", "start", "opened", "closed")
"""Columns of a log that hold a time."""


def source_faults(engagement: Engagement) -> Iterator[Fault]:
    """Each data source must be declared without contradiction, readable, and hold the columns declared for it."""
    for source in engagement.assess.data_sources if engagement.assess else ():
        faults = [
            *_column_declaration_faults(engagement, source),
            *_clock_declaration_faults(engagement, source),
            *_field_declaration_faults(engagement, source),
        ]
        yield from faults
        if source.read_from is not None:
            yield from _content_faults(engagement, source, is_sound=not faults)


def _place(source: DataSource, *keys: str | int) -> Place:
    return ("assess", "data_sources", source.id, *keys)


# --- what is declared ------------------------------------------------------------------------------------------------


def _column_declaration_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield logs without their columns, and needed fields that nobody has described."""
    needed = {"event_log": ("activity", "timestamp"), "case_table": ("opened", "closed"), "table": ()}[source.kind]
    absent = [key for key in needed if source.columns is None or getattr(source.columns, key) is None]
    if absent and source.read_from is not None:
        allowed = f"columns.case, {', '.join(f'columns.{key}' for key in needed)}"
        remedy = "name the columns that hold them"
        yield engagement.fault(_place(source), f"no column for {listed(absent)}", allowed, remedy)
    names = [field.name for field in source.fields]
    for case in engagement.assess.use_cases if engagement.assess else ():
        for needs in case.data:
            unknown = [name for name in needs.fields if needs.source == source.id and name not in names]
            if unknown:
                meant = nearest(unknown[0], names)
                remedy = f"write {meant}" if meant else f"describe the field under data_sources {source.id}"
                found = f"the unknown field {listed(map(shorten, unknown))}"
                yield engagement.fault(("assess", "use_cases", case.id), found, listed(names), remedy)


def _clock_declaration_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield what is wrong with the time zone and the way times are written."""
    zones = zoneinfo.available_timezones()
    if source.timezone not in zones:
        # Abbreviations such as CEST resemble each other too much to guess.
        meant = nearest(source.timezone, sorted(zones)) if "/" in source.timezone else None
        found = f"the unknown time zone {shorten(source.timezone)}"
        remedy = f"write {meant}" if meant else "write the name of a city in that zone"
        yield engagement.fault(_place(source, "timezone"), found, "a time zone such as Europe/Berlin", remedy)
    if source.timestamp_format is not None and "%" not in source.timestamp_format:
        found = f'text "{shorten(source.timestamp_format)}"'
        allowed = "codes such as %d/%m/%Y %H:%M (day, month, year, hour, minute)"
        yield engagement.fault(_place(source, "timestamp_format"), found, allowed, "write it with these codes")


def _field_declaration_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield fields and rules that contradict themselves, and those declared twice."""
    from workbook.engagement.data_sources import field_rule
    from workbook.methods.quality_rules import RuleError

    for position, field in enumerate(source.fields):
        try:
            field_rule(field, source)
        except RuleError as error:
            yield engagement.fault(_place(source, "fields", position), error.found, error.allowed, error.remedy)
    yield from _twice(engagement, source, "fields", [field.name for field in source.fields])
    yield from _twice(engagement, source, "consistency", [rule.id for rule in source.consistency])


def _twice(engagement: Engagement, source: DataSource, key: str, names: Sequence[str]) -> Iterator[Fault]:
    for position, name in enumerate(names):
        if name in names[:position]:
            found = f"{shorten(name)} a second time"
            yield engagement.fault(_place(source, key, position), found, "each once", "delete one of the two")


# --- what the file holds ---------------------------------------------------------------------------------------------


def _content_faults(engagement: Engagement, source: DataSource, is_sound: bool) -> Iterator[Fault]:
    """Yield what is wrong with the table; its times are read only where all that is declared `is_sound`."""
    # Imported here because DuckDB takes longer to load than all parameters take to check.
    from workbook.engagement.data_sources import SAMPLE, open_source, table_format
    from workbook.methods.databases import DatabaseAccessError
    from workbook.methods.tables import TableError, check_table, connect, open_table

    place = _place(source, "database", "query") if source.database else _place(source, "file")
    con = connect()
    try:
        faults = list(_expression_faults(engagement, source, con))
        yield from faults
        table = check_table(con, open_source(con, engagement.folder, source))
        present = [table.columns]
        if source.accuracy is not None:
            place = _place(source, "accuracy", "file")
            file = engagement.path(source.accuracy.file)
            present.append(check_table(con, open_table(con, file, table_format(source), SAMPLE)).columns)
        unknown = list(_column_faults(engagement, source, present))
        yield from unknown
        if is_sound and not faults and not unknown:
            yield from _unreadable_times(engagement, source, con, table)
    except DatabaseAccessError as error:
        yield engagement.fault(_place(source, "database", "url_env"), error.found, error.allowed, error.remedy)
    except TableError as error:
        where = f"{error.file}:{error.line}" if error.line else error.file
        yield engagement.fault(place, f"in {where} {error.found}", error.allowed, error.remedy)
    finally:
        con.close()


def _column_faults(engagement: Engagement, source: DataSource, present: list[tuple[str, ...]]) -> Iterator[Fault]:
    """Each column that a declaration names must stand in the table, and its key in the verified sample as well."""
    if len(present[0]) == 1 and (mark := next((each for each in ",;\t|" if each in present[0][0]), None)):
        found, remedy = f"a header of one column, {shorten(present[0][0])}", f'write delimiter: "{_shown_mark(mark)}"'
        place = _place(source, "delimiter") if source.delimiter else _place(source)
        yield engagement.fault(place, found, "columns split by the delimiter", remedy)
        return
    named = [(keys, name, present[0]) for keys, name in _declared_columns(source)]
    if source.accuracy is not None:
        named += [(("accuracy", "key"), source.accuracy.key, columns) for columns in present]
    for keys, name, columns in named:
        if name not in columns:
            meant = nearest(name, columns)
            remedy = f"write {meant}" if meant else "name a column of the file"
            found = f"the unknown column {shorten(name)}"
            yield engagement.fault(_place(source, *keys), found, listed(map(shorten, columns)), remedy)


def _shown_mark(mark: str) -> str:
    return mark.replace("\t", "\\t")


def _declared_columns(source: DataSource) -> Iterator[tuple[Place, str]]:
    """Yield each column a declaration names, with the keys under which it stands."""
    if source.columns is not None:
        yield from ((("columns", role), name) for role, name in source.columns if name is not None)
    yield from ((("key", position), name) for position, name in enumerate(source.key))
    for position, field in enumerate(source.fields):
        yield ("fields", position), field.name
        yield from ((("fields", position, "required_when"), name) for name in _condition_column(field))
    for rule in source.consistency:
        names = (rule.left, rule.right, rule.dependent, *rule.determines)
        yield from ((("consistency", rule.id), name) for name in names if name is not None)
    if source.timeliness is not None:
        yield from ((("timeliness", key), getattr(source.timeliness, key)) for key in ("event", "arrived"))
    if source.coverage is not None:
        yield ("coverage", "segment"), source.coverage.segment


def _condition_column(field: NeededField) -> Iterator[str]:
    from workbook.methods.quality_rules import RuleError, parse_condition

    try:
        if field.required_when is not None:
            yield parse_condition(field.required_when).field
    except RuleError:
        # Reported where the fields themselves are checked.
        return


def _expression_faults(engagement: Engagement, source: DataSource, con: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    """Yield patterns and formats that cannot be applied, each at its own line."""
    from workbook.engagement.data_sources import field_rule
    from workbook.methods.quality_rules import RuleError, TableRules
    from workbook.methods.quality_sql import check_expressions
    from workbook.methods.tables import TableError

    probes = [(_place(source, "timestamp_format"), TableRules((), timestamp_format=source.timestamp_format))]
    for position, field in enumerate(source.fields):
        try:
            rule = replace(field_rule(field, source), timestamp_format=None)
        except RuleError:
            continue
        probes.append((_place(source, "fields", position, "pattern"), TableRules((rule,))))
    for place, rules in probes:
        try:
            check_expressions(con, source.id, rules)
        except TableError as error:
            yield engagement.fault(place, shorten(error.found, 120), error.allowed, error.remedy)


def _unreadable_times(
    engagement: Engagement, source: DataSource, con: duckdb.DuckDBPyConnection, table: TableInfo
) -> Iterator[Fault]:
    """Yield the columns of a log in which not one time can be read: the format is then wrong, not the data."""
    from workbook.methods.records import Reading, has_no_moment

    types = dict(zip(table.columns, table.types, strict=True))
    reading = Reading(table.name, types, source.missing, source.timestamp_format, source.timezone)
    for role in _CLOCKS if source.columns is not None and source.kind != "table" else ():
        column = getattr(source.columns, role)
        if column is None or not has_no_moment(con, reading, column):
            continue
        format = source.timestamp_format or "%Y-%m-%d %H:%M:%S"
        found = f"no time in the column {shorten(column)} that can be read"
        allowed = f"times such as {dt.datetime(2026, 5, 31, 14, 5).strftime(format)}"
        remedy = "write timestamp_format as the times of the file are written"
        yield engagement.fault(_place(source, "columns", role), found, allowed, remedy)
