"""Checking what a data source holds: whether it can be read, and what was declared of it is there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import duckdb

from workbook.engagement.data_sources import SAMPLE, field_rule, open_source, table_format
from workbook.engagement.faults import Fault, Path, listed, nearest, shorten, write, write_nearest
from workbook.engagement.load import Engagement
from workbook.engagement.schema_sources import DataSource, NeededField
from workbook.methods.databases import DatabaseAccessError
from workbook.methods.legible import Legible, Marks, legible_numbers, legible_times
from workbook.methods.quality_rules import RuleError, TableRules, parse_condition
from workbook.methods.quality_sql import check_expressions
from workbook.methods.records import Reading
from workbook.methods.tables import (
    EPOCH_FORMATS,
    TableError,
    TableInfo,
    check_table,
    connect,
    identifier,
    literal,
    open_table,
)

_CLOCKS = ("timestamp", "start", "opened", "closed")
"""Columns of a log that hold a time."""

_NAMES_IN = {
    "start_activities": "activity",
    "end_activities": "activity",
    "rework_activities": "activity",
    "rejected_activities": "activity",
    "closed_statuses": "status",
    "error_outcomes": "outcome",
}
"""Column that holds what a rule names. Resources are not among them: they may be people."""

_INDISPENSABLE = ("start_activities", "end_activities", "closed_statuses")
"""Rules by which no case at all would be measured if nothing fitted them."""

Kind = Literal["number", "time"]
"""What the cells of a column stand for."""

_NEARLY_ALL = 0.9
"""Share of a column that can be read where its declaration is right."""

_LIKENESS = 0.8
"""How much a name must resemble one in the data to be taken for a slip of the keyboard."""


def content_faults(engagement: Engagement, source: DataSource, is_sound: bool) -> Iterator[Fault]:
    """Yield what is wrong with a table; its values are looked at only where all that is declared `is_sound`."""
    place = engagement.place_of(source, "database", "query") if source.database else engagement.place_of(source, "file")
    con = connect()
    try:
        faults = list(_expression_faults(engagement, source, con))
        yield from faults
        table = check_table(con, open_source(con, engagement.folder, source))
        present = [table.columns]
        if source.accuracy is not None:
            place = engagement.place_of(source, "accuracy", "file")
            file = engagement.path(source.accuracy.file)
            present.append(check_table(con, open_table(con, file, table_format(source), SAMPLE)).columns)
        unknown = list(_column_faults(engagement, source, present))
        yield from unknown
        if is_sound and not faults and not unknown and source.kind != "table":
            reading = reading_as_declared(source, table)
            yield from _misread(engagement, source, con, reading)
            yield from _absent_names(engagement, source, con, reading)
    except DatabaseAccessError as error:
        yield engagement.fault(
            engagement.place_of(source, "database", "url_env"), error.found, error.allowed, error.remedy
        )
    except TableError as error:
        where = f"{error.file}:{error.line}" if error.line else error.file
        yield engagement.fault(place, f"in {where} {error.found}", error.allowed, error.remedy)
    finally:
        con.close()


def reading_as_declared(source: DataSource, table: TableInfo) -> Reading:
    """Return how the cells of a source are read."""
    types = dict(zip(table.columns, table.types, strict=True))
    clock, marks = (source.timestamp_format, source.timezone), (source.decimal, source.thousands)
    return Reading(table.name, types, source.missing, *clock, *marks)


# --- columns ---------------------------------------------------------------------------------------------------------


def _column_faults(engagement: Engagement, source: DataSource, present: list[tuple[str, ...]]) -> Iterator[Fault]:
    """Each column that a declaration names must stand in the table, and its key in the verified sample as well."""
    header = listed(map(shorten, present[0]))
    if len(present[0]) == 1 and (mark := next((each for each in ",;\t|" if each in present[0][0]), None)):
        remedy = f'write delimiter: "{mark.replace(chr(9), chr(92) + "t")}"'
        place = engagement.place_of(source, "delimiter") if source.delimiter else engagement.place_of(source)
        yield engagement.fault(place, f"a header of one column, {header}", "columns split by the delimiter", remedy)
        return
    named = [(keys, name, present[0]) for keys, name in _declared_columns(source)]
    names = list(dict.fromkeys(name for _, name, _ in named))
    if len(names) > 1 and not any(nearest(name, present[0]) for name in names):
        found, remedy = f"a header of other columns: {header}", "put a header above the rows, or name its columns"
        yield engagement.fault(engagement.place_of(source), found, f"the columns {listed(map(shorten, names))}", remedy)
        return
    if source.accuracy is not None:
        named += [(("accuracy", "key"), source.accuracy.key, columns) for columns in present]
    for keys, name, columns in named:
        if name not in columns:
            yield unknown_column(engagement, engagement.place_of(source, *keys), name, columns)


def unknown_column(engagement: Engagement, place: Path, name: str, columns: Sequence[str]) -> Fault:
    """Return the fault of a column that a table does not have."""
    remedy = write_nearest(name, columns, "name a column of the file")
    found, allowed = f"the unknown column {shorten(name)}", listed(map(shorten, columns))
    return engagement.fault(place, found, allowed, remedy)


def _declared_columns(source: DataSource) -> Iterator[tuple[Path, str]]:
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
    try:
        if field.required_when is not None:
            yield parse_condition(field.required_when).field
    except RuleError:
        # Reported where the fields themselves are checked.
        return


# --- values ----------------------------------------------------------------------------------------------------------


def _expression_faults(engagement: Engagement, source: DataSource, con: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    """Yield patterns and formats that cannot be applied, each at its own line."""
    probes = [
        (engagement.place_of(source, "timestamp_format"), TableRules((), timestamp_format=source.timestamp_format))
    ]
    for position, field in enumerate(source.fields):
        try:
            rule = replace(field_rule(field, source), timestamp_format=None)
        except RuleError:
            continue
        probes.append((engagement.place_of(source, "fields", position, "pattern"), TableRules((rule,))))
    for place, rules in probes:
        try:
            check_expressions(con, source.id, rules)
        except TableError as error:
            yield engagement.fault(place, shorten(error.found, 120), error.allowed, error.remedy)


def _misread(
    engagement: Engagement, source: DataSource, con: duckdb.DuckDBPyConnection, reading: Reading
) -> Iterator[Fault]:
    """Yield columns of a log that cannot be read as declared."""
    for role in (*_CLOCKS, "cost"):
        column = getattr(source.columns, role)
        if column is not None:
            kind: Kind = "number" if role == "cost" else "time"
            yield from misread_column(
                engagement, con, reading, engagement.place_of(source, "columns", role), column, kind
            )


def misread_column(
    engagement: Engagement, con: duckdb.DuckDBPyConnection, reading: Reading, place: Path, column: str, kind: Kind
) -> Iterator[Fault]:
    """Yield a column of which nothing can be read, or much cannot and another way of writing reads it all."""
    # Ways of writing are only tried where the declared one fails; that takes a hundred times as long.
    if _reads_nearly_all(con, reading, column, kind):
        return
    legible: Legible[Any] = (legible_numbers if kind == "number" else legible_times)(con, reading, column)
    if legible.given and (not legible.read or legible.others):
        share = f"{legible.given - legible.read:,} of {legible.given:,} {kind}s" if legible.read else f"no {kind}"
        found = f"{share} in the column {shorten(column)} that can{'not' * bool(legible.read)} be read"
        allowed = _number_example(reading) if kind == "number" else _time_example(reading)
        ways = [_declaration(way) for way in legible.others[:3]] or [f"how the {kind}s of the file are written"]
        yield engagement.fault(place, found, allowed, f"declare {' or '.join(ways)}")


def _reads_nearly_all(con: duckdb.DuckDBPyConnection, reading: Reading, column: str, kind: Kind) -> bool:
    value = reading.value(column)
    read = reading.whole_units(value, column, 1) if kind == "number" else reading.moment(value, column)
    counts = con.execute(f"SELECT count({value}), count({read}) FROM {identifier(reading.relation)}").fetchall()[0]
    return bool(counts[1] >= _NEARLY_ALL * counts[0])


def _time_example(reading: Reading) -> str:
    format = reading.timestamp_format or "%Y-%m-%d %H:%M:%S"
    moment = dt.datetime(2026, 5, 31, 14, 5, tzinfo=dt.UTC)
    seconds = EPOCH_FORMATS.get(format)
    return f"times such as {int(moment.timestamp() * seconds) if seconds else moment.strftime(format)}"


def _number_example(reading: Reading) -> str:
    return f"numbers such as 1{reading.thousands or ''}234{reading.decimal or '.'}50"


def _declaration(way: str | Marks) -> str:
    """Return the keys of a source that declare a way of writing."""
    if isinstance(way, str):
        return f"timestamp_format: {json.dumps(way)}"
    return " and ".join(f'{key}: "{mark}"' for key, mark in zip(("decimal", "thousands"), way, strict=True) if mark)


def _absent_names(
    engagement: Engagement, source: DataSource, con: duckdb.DuckDBPyConnection, reading: Reading
) -> Iterator[Fault]:
    """Yield activities, statuses and outcomes that a rule names and no row holds, whatever its date.

    What merely has not happened is only noted. A fault is what resembles a name in the data, and a rule of which
    nothing is there although no case can do without it.
    """
    rules = {rule: getattr(source.rules, rule) for rule in _NAMES_IN}
    sought = [(getattr(source.columns, _NAMES_IN[rule]), name) for rule, names in rules.items() for name in names]
    seen = values_seen(con, reading, sought)
    for rule, names in rules.items():
        column = getattr(source.columns, _NAMES_IN[rule])
        absent = [name for name in names if (column, name) not in seen]
        present = values_of(con, reading, column) if absent else ()
        is_needed = rule in _INDISPENSABLE and len(absent) == len(names)
        for name in absent if present else ():
            meant = value_meant(name, [value for value in present if value not in names])
            remedy = "name one that occurs, or delete it" if is_needed else "see that it has merely not happened yet"
            # Outcomes may be what people wrote.
            allowed = f"a value of the column {shorten(column)}"
            allowed += "" if rule == "error_outcomes" else f": {listed(map(shorten, present))}"
            place, found = (
                engagement.place_of(source, "rules", rule, names.index(name)),
                f"{shorten(name)}, which no row holds",
            )
            fault = engagement.fault(place, found, allowed, write(meant, name) if meant else remedy)
            yield replace(fault, is_note=not meant and not is_needed)


def values_seen(
    con: duckdb.DuckDBPyConnection, reading: Reading, sought: Sequence[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return which values occur in their columns, in one pass over the rows."""
    if not sought:
        return set()
    occurs = ", ".join(f"bool_or({reading.text(column)} = {literal(value)})" for column, value in sought)
    row = con.execute(f"SELECT {occurs} FROM {identifier(reading.relation)}").fetchone() or ()
    return {pair for pair, is_there in zip(sought, row, strict=False) if is_there}


def values_of(con: duckdb.DuckDBPyConnection, reading: Reading, column: str) -> list[str]:
    """Return the values of a column, the most frequent first."""
    query = f"SELECT {reading.text(column)} AS value FROM {identifier(reading.relation)} WHERE value IS NOT NULL"
    return [row[0] for row in con.execute(f"{query} GROUP BY value ORDER BY count(*) DESC, value LIMIT 500").fetchall()]


def value_meant(name: str, values: Sequence[str]) -> str | None:
    """Return the value that a name misspells; codes that differ in a digit are not the same."""
    digits = [each for each in name if each.isdigit()]
    return nearest(name, [value for value in values if [c for c in value if c.isdigit()] == digits], _LIKENESS)
