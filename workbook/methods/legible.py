"""How many values of a column can be read as declared, and what to declare so that all of them can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Generic, TypeVar

import duckdb

from workbook.methods.records import Reading
from workbook.methods.tables import EPOCH_FORMATS, identifier

Marks = tuple[str, str | None]
T = TypeVar("T")

_DAYS: tuple[str, ...] = (
    *("%d.%m.%Y", "%d.%m.%y", "%d.%m.%Y,", "%d/%m/%Y", "%d/%m/%y", "%m/%d/%Y", "%m/%d/%y", "%m/%d/%Y,"),
    *("%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y"),
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
TIME_FORMATS = (*map("".join, product(_DAYS, _TIMES)), "%Y%m%d%H%M%S", "%Y-%m-%d-%H.%M.%S.%f", *EPOCH_FORMATS)
"""Ways in which times are written that are not ISO 8601."""
NUMBER_MARKS: tuple[Marks, ...] = ((".", None), (",", None), (",", "."), (".", ","), (",", " "), (".", " "), (".", "'"))
"""Decimal marks and marks between thousands with which numbers are written."""
# Enough to leave one or two ways of writing, which are then tried on every value.
_SAMPLE = 1_000
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Legible(Generic[T]):
    """Values of a column, how many of them can be read as declared, and what would help with the others.

    `others` are ways of writing by which all could be read. `words` are the values that cannot be if there are no more
    than three, each repeated: they stand for something that is not known.
    """

    given: int
    read: int
    others: tuple[T, ...] = ()
    words: tuple[str, ...] = ()


def legible_times(con: duckdb.DuckDBPyConnection, reading: Reading, column: str) -> Legible[str]:
    """Return how many times of a column can be read, and formats that read all where the declared one does not.

    >>> from workbook.methods.tables import connect
    >>> con = connect()
    >>> _ = con.execute("CREATE TABLE log AS SELECT unnest(['31.12.2019 23:59', '01.01.2020 00:10']) AS t")
    >>> legible_times(con, Reading("log", {"t": "VARCHAR"}, (), None, "UTC"), "t")
    Legible(given=2, read=0, others=('%d.%m.%Y %H:%M',), words=())
    """
    ways = {format: replace(reading, timestamp_format=format) for format in TIME_FORMATS}
    value = reading.value(column)
    tests = {format: way.moment(value, column) for format, way in ways.items()}
    return _legible(con, reading, column, reading.moment(value, column), tests)


def legible_numbers(con: duckdb.DuckDBPyConnection, reading: Reading, column: str) -> Legible[Marks]:
    """Return how many numbers of a column can be read, and other marks (decimal, thousands) that read all of them."""
    ways = {marks: replace(reading, decimal=marks[0], thousands=marks[1]) for marks in NUMBER_MARKS}
    value = reading.value(column)
    tests = {marks: way.whole_units(value, column, 1) for marks, way in ways.items()}
    found = _legible(con, reading, column, reading.whole_units(value, column, 1), tests)
    # A mark that does not occur need not be declared.
    plain = {decimal for decimal, thousands in found.others if thousands is None}
    return replace(found, others=tuple(each for each in found.others if each[1] is None or each[0] not in plain))


def _legible(
    con: duckdb.DuckDBPyConnection, reading: Reading, column: str, declared: str, tests: dict[T, str]
) -> Legible[T]:
    table, value = identifier(reading.relation), reading.value(column)

    def counts(tests: Sequence[str], source: str) -> tuple[int, ...]:
        return con.execute(
            f"SELECT {', '.join(f'count({test})' for test in (value, *tests))} FROM {source}"
        ).fetchall()[0]

    given, read = counts([declared], table)
    if read == given:
        return Legible(given, read)
    for source in (f"(FROM {table} WHERE {value} IS NOT NULL LIMIT {_SAMPLE})", table):
        present, *each = counts(list(tests.values()), source)
        tests = {way: test for (way, test), count in zip(tests.items(), each, strict=True) if count == present}
    unread = (
        f"SELECT CAST({value} AS VARCHAR) AS word, count(*) FROM {table} WHERE {declared} IS NULL AND word IS NOT NULL"
    )
    found = con.execute(f"{unread} GROUP BY word ORDER BY word LIMIT {_MOST_WORDS + 1}").fetchall()
    are_words = len(found) <= _MOST_WORDS and all(count > 1 for _, count in found)
    return Legible(given, read, tuple(tests), tuple(word for word, _ in found) if are_words and not tests else ())
