"""Declared columns of a client's records as SQL expressions: texts, moments and numbers, or NULL where not known."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import duckdb

from workbook.methods.baseline import FilterLoss
from workbook.methods.logrules import RecordRules
from workbook.methods.tables import (
    EPOCH_FORMATS,
    columns_of,
    identifier,
    is_timestamp_format,
    literal,
    number_sql,
    timestamp_sql,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = (datetime(1000, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
# The usual ones, which DuckDB reads several times faster than by a test for all that ISO 8601 allows.
_ISO_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")


def reading_of(con: duckdb.DuckDBPyConnection, relation: str, columns: Any, rules: RecordRules) -> Reading:
    """Return how to read a relation with these declared columns (a dataclass) by these rules.

    Raises
    ------
    ValueError
        If a declared column is missing: which, the nearest name and the columns present. All are named at once. Also
        if the time zone or the format is unknown, or the session does not run in UTC.
    """
    names, types = columns_of(con, relation)
    absent = {role: name for role, name in asdict(columns).items() if name is not None and name not in names}
    if absent:
        found = "; ".join(f"no column {name!r} for {role}{_nearest(name, names)}" for role, name in absent.items())
        raise ValueError(f"{found}; columns present: {', '.join(names)}")
    _check_clock(con, rules)
    clock = rules.timestamp_format, rules.timezone
    return Reading(
        relation, dict(zip(names, types, strict=True)), rules.missing, *clock, rules.decimal, rules.thousands
    )


def _nearest(name: str, names: Sequence[str]) -> str:
    by_lower_case = {each.lower(): each for each in names}
    close = difflib.get_close_matches(name.lower(), by_lower_case, n=1)
    return f", nearest is {by_lower_case[close[0]]!r}" if close else ""


def _check_clock(con: duckdb.DuckDBPyConnection, rules: RecordRules) -> None:
    session = con.execute("SELECT current_setting('TimeZone')").fetchone()
    if session is None or session[0] not in ("UTC", "Etc/UTC"):
        raise ValueError(f"the session of the connection must run in UTC, found {session}")
    try:
        con.execute(f"SELECT timezone({literal(rules.timezone)}, TIMESTAMP '2000-01-01') IS NULL").fetchone()
    except duckdb.Error:
        raise ValueError(f"unknown time zone {rules.timezone!r}; give an IANA name such as 'Europe/Berlin'") from None
    if rules.timestamp_format is not None and not is_timestamp_format(con, rules.timestamp_format):
        raise ValueError(f"unreadable timestamp format {rules.timestamp_format!r}; give strptime codes")


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
    """How the cells of a relation are read: types of its columns, words for "not known", the clock, and numbers.

    Its methods return SQL expressions, NULL where a cell holds nothing or cannot be read. What they call `value` is
    an expression of a column's text, or of the column itself where its type is not VARCHAR.
    """

    relation: str
    types: Mapping[str, str]
    missing: tuple[str, ...]
    timestamp_format: str | None
    timezone: str
    decimal: str | None = None
    thousands: str | None = None

    def text(self, column: str | None) -> str:
        """Return a column's text without spaces around it, NULL where blank, a word for missing, or not declared."""
        if column is None:
            return "CAST(NULL AS VARCHAR)"
        text = identifier(column) if self._is_text(column) else f"CAST({identifier(column)} AS VARCHAR)"
        # Trimming every text takes three times as long as looking at its ends.
        is_padded = f"{text} < '!' OR suffix({text}, ' ')"
        trimmed = f"CASE WHEN {is_padded} THEN nullif(trim({text}), '') ELSE {text} END"
        missing = is_one_of_sql(trimmed, self.missing)
        return f"CASE WHEN {missing} THEN NULL ELSE {trimmed} END" if self.missing else trimmed

    def value(self, column: str | None) -> str:
        """Return a column's text, or its value where the file already holds it typed."""
        return self.text(column) if column is None or self._is_text(column) else identifier(column)

    def moment(self, value: str, column: str | None) -> str:
        """Return the microseconds from 1970 UTC to the moment that a value stands for.

        Times without an offset are local times of `timezone`. In the hour that a clock shows twice in autumn they are
        read as the second one; a time that a clock skips in spring is read by the offset before the change. A time
        that is not written in the declared format counts as ISO 8601, in which no day can be taken for a month.
        """
        format, type = self.timestamp_format, "VARCHAR" if column is None else self.types[column]
        if type != "VARCHAR" or format in EPOCH_FORMATS or "%z" in (format or "").lower():
            return _plausible(f"epoch_us({timestamp_sql(value, format, self.timezone, type)})")
        formats = ", ".join(map(literal, _ISO_FORMATS if format is None else (format,)))
        # Straight from local time to microseconds: a detour over a TIMESTAMP in UTC doubles the time of a large log.
        local = _plausible(f"epoch_us(timezone({literal(self.timezone)}, try_strptime({value}, [{formats}])))")
        if format is not None and format.startswith("%Y"):
            return local
        return f"coalesce({local}, {_plausible(f'epoch_us({timestamp_sql(value, None, self.timezone)})')})"

    def whole_units(self, value: str, column: str | None, units: int) -> str:
        """Return the number that a value stands for, in whole units of 1 / `units`.

        Sums of whole numbers do not depend on the order of the rows, those of floats do.
        """
        is_text = column is None or self._is_text(column)
        number = number_sql(value, self.decimal, self.thousands) if is_text else f"TRY_CAST({value} AS DOUBLE)"
        return f"TRY_CAST(round({number} * {units}) AS BIGINT)"

    def _is_text(self, column: str) -> bool:
        return self.types[column] == "VARCHAR"


def _plausible(microseconds: str) -> str:
    """Return NULL instead of a moment in a year of fewer than four digits."""
    return f"nullif(greatest({microseconds}, {_FIRST_YEAR}), {_FIRST_YEAR})"


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
