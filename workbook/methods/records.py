"""Declared columns of a client's records as SQL expressions: texts, moments and numbers, or NULL where not known."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import duckdb

from workbook.methods.baseline import FilterLoss
from workbook.methods.tables import columns_of, identifier, literal, number_sql, timestamp_sql

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def declared_types(con: duckdb.DuckDBPyConnection, relation: str, declared: Mapping[str, str | None]) -> dict[str, str]:
    """Return the columns of a relation with their DuckDB types, having checked that all declared ones are there.

    `declared` maps what a column is for ("case") to its name, or to None where it is not declared.

    Raises
    ------
    ValueError
        If a declared column is missing: which, the nearest name and the columns present. All are named at once.
    """
    names, types = columns_of(con, relation)
    absent = {role: name for role, name in declared.items() if name is not None and name not in names}
    if absent:
        found = "; ".join(f"no column {name!r} for {role}{_nearest(name, names)}" for role, name in absent.items())
        raise ValueError(f"{found}; columns present: {', '.join(names)}")
    return dict(zip(names, types, strict=True))


def _nearest(name: str, names: Sequence[str]) -> str:
    by_lower_case = {each.lower(): each for each in names}
    close = difflib.get_close_matches(name.lower(), by_lower_case, n=1)
    return f", nearest is {by_lower_case[close[0]]!r}" if close else ""


def check_reading(con: duckdb.DuckDBPyConnection, timezone: str, timestamp_format: str | None) -> None:
    """Raise ValueError where the time zone or the format is unknown, or the session does not run in UTC."""
    session = con.execute("SELECT current_setting('TimeZone')").fetchone()
    if session is None or session[0] not in ("UTC", "Etc/UTC"):
        raise ValueError(f"the session of the connection must run in UTC, found {session}")
    try:
        con.execute(f"SELECT timezone({literal(timezone)}, TIMESTAMP '2000-01-01') IS NULL").fetchone()
    except duckdb.Error:
        raise ValueError(f"unknown time zone {timezone!r}; give an IANA name such as 'Europe/Berlin'") from None
    if timestamp_format is None:
        return
    try:
        con.execute(f"SELECT try_strptime('', {literal(timestamp_format)}) IS NULL").fetchone()
    except duckdb.Error:
        raise ValueError(f"unreadable timestamp format {timestamp_format!r}; give strptime codes") from None


def text_sql(column: str, type: str, missing: Sequence[str]) -> str:
    """Return the expression of a column's text, NULL where it is blank or one of the `missing` words."""
    text = identifier(column) if type == "VARCHAR" else f"CAST({identifier(column)} AS VARCHAR)"
    # Only a text that starts with a space or a control character can be blank; trimming all of them takes three
    # times as long.
    is_blank = f"{text} < '!' AND trim({text}) = ''"
    return f"CASE WHEN {is_one_of_sql(text, missing)} OR ({is_blank}) THEN NULL ELSE {text} END"


def moment_sql(text: str, type: str, timestamp_format: str | None, timezone: str) -> str:
    """Return the expression of a moment in microseconds since 1970 UTC, NULL where it cannot be read.

    `text` is an expression of the column's text, or of the column itself where its `type` is not VARCHAR. Times
    without an offset are local times of `timezone`. In the hour that a clock shows twice in autumn they are read as
    the second one; a time that a clock skips in spring is read by the offset before the change.
    """
    if type == "VARCHAR" and timestamp_format is not None and "%z" not in timestamp_format.lower():
        # Straight from local time to microseconds: a detour over a TIMESTAMP in UTC doubles the time of a large log.
        return f"epoch_us(timezone({literal(timezone)}, try_strptime(trim({text}), {literal(timestamp_format)})))"
    return f"epoch_us({timestamp_sql(text, timestamp_format, timezone, type)})"


def whole_units_sql(text: str, type: str, decimal: str | None, units: int) -> str:
    """Return the expression of a number in whole units of 1 / `units`, NULL where it cannot be read.

    `text` is as in `moment_sql`. Sums of whole numbers do not depend on the order of the rows, those of floats do.
    """
    number = number_sql(text, decimal) if type == "VARCHAR" else f"CAST({text} AS DOUBLE)"
    return f"TRY_CAST(round({number} * {units}) AS BIGINT)"


def microseconds(moment: datetime, timezone: str) -> int:
    """Return a moment in microseconds since 1970 UTC; one without offset is local time of `timezone`."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(timezone))
    return (aware - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int | None) -> datetime | None:
    """Return the moment so many microseconds after 1970 UTC."""
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def is_one_of_sql(expression: str, words: Sequence[str]) -> str:
    """Return the condition that an expression is one of some words; false where there are none."""
    return f"{expression} IN ({', '.join(literal(word) for word in words)})" if words else "false"


def filter_losses(names: Sequence[str], found: Mapping[int, int], cannot_apply: set[str]) -> tuple[FilterLoss, ...]:
    """Return what each test of single rows took out, from the number of rows by the test that they fail.

    Tests are numbered from 1 in the order of `names`; 0 stands for rows that fail none.
    """
    left, filters = sum(found.values()), []
    for fault, name in enumerate(names, start=1):
        if name not in cannot_apply:
            filters.append(FilterLoss(name, "rows", left, left - found.get(fault, 0)))
            left = filters[-1].after
    return tuple(filters)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of a relation are read: types of its columns, words for "not known", and the clock."""

    relation: str
    types: Mapping[str, str]
    missing: tuple[str, ...]
    timestamp_format: str | None
    timezone: str

    def text(self, column: str | None) -> str:
        """Return the expression of a column's text; NULL for a column that is not declared."""
        return "CAST(NULL AS VARCHAR)" if column is None else text_sql(column, self.types[column], self.missing)

    def value(self, column: str | None) -> str:
        """Return the expression of a column's text, or of its value where the file already holds it typed."""
        is_text = column is None or self.types[column] == "VARCHAR"
        return self.text(column) if is_text else identifier(str(column))

    def moment(self, value: str, column: str | None) -> str:
        """Return the expression of the moment that `value`, an expression of the column's value, stands for."""
        return moment_sql(value, self._type(column), self.timestamp_format, self.timezone)

    def whole_units(self, value: str, column: str | None, decimal: str | None, units: int) -> str:
        """Return the expression of the number that `value` stands for, in whole units of 1 / `units`."""
        return whole_units_sql(value, self._type(column), decimal, units)

    def _type(self, column: str | None) -> str:
        return "VARCHAR" if column is None else self.types[column]


def has_no_moment(con: duckdb.DuckDBPyConnection, reading: Reading, column: str) -> bool:
    """Return True when a column holds values, and none of them can be read as a moment."""
    value = reading.value(column)

    def is_any(expression: str) -> bool:
        query = f"SELECT 1 FROM {identifier(reading.relation)} WHERE {expression} IS NOT NULL LIMIT 1"
        return con.execute(query).fetchone() is not None

    return not is_any(reading.moment(value, column)) and is_any(value)


@contextmanager
def scratch_tables(con: duckdb.DuckDBPyConnection) -> Iterator[Callable[[str, str], str]]:
    """Give a function that makes a temporary table from (label, query) and returns its name; drop all at the end."""
    prefix, made = f"baseline_{uuid4().hex[:12]}", []

    def make(label: str, query: str) -> str:
        name = f"temp.{prefix}_{label}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {prefix}_{label} AS {query}")
        made.append(name)
        return name

    try:
        yield make
    finally:
        for name in made:
            con.execute(f"DROP TABLE IF EXISTS {name}")
