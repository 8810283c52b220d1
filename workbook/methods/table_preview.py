"""What a table holds before anybody has declared anything about it: columns, types, how full they are, examples.

Everything is counted in DuckDB; only some thousand cells of a sample ever become Python values. Columns that may name
people show no values: neither examples nor extremes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import duckdb

from workbook.methods.column_words import names_people, role_strength
from workbook.methods.legible import NUMBER_MARKS, TIME_FORMATS, Marks
from workbook.methods.personal_values import personal_kind
from workbook.methods.records import Reading, moment
from workbook.methods.tables import (
    EPOCH_FORMATS,
    TableFormat,
    TableInfo,
    identifier,
    literal,
    number_sql,
    table_errors,
)

Kind = Literal["text", "whole number", "number", "date", "time", "yes or no", "empty"]

_SAMPLE = 1_000
_SCREENED = 50
"""Values on which all ways of writing times are tried, to leave few of them for the others."""
_EXAMPLES = 3
_LONGEST_EXAMPLE = 40
_NEARLY_ALL = 0.9
"""Share of the cells that must read as a number or a time for the column to count as one."""

# Words that stand for "not known" often enough to be asked about.
_MISSING_WORDS = ("?", "-", "--", "n/a", "N/A", "NA", "#N/A", "null", "NULL", "None", "none", "nan", "NaN", "k. A.")
_MAY_BE_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?!\d).*|\d{1,2}[- ][A-Za-z]{3}[- ]\d.*|[A-Za-z]{3} \d{1,2}, \d{4}.*"
    r"|\d{8}|\d{10}|\d{13,14}"
)
_DIGITS_ONLY = ("%Y%m%d", "%Y%m%d%H%M%S", *EPOCH_FORMATS)
"""Formats that numbers of another meaning fit as well; they are tried only where the name speaks of a time."""
_MAY_BE_NUMBER = re.compile(r"[+-]?\d[\d.,' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]*([eE][+-]?\d+)?|[+-]?[.,]\d+")
_LAST_MOMENT = 253_402_300_799_999_999
"""Microseconds from 1970 to the end of the year 9999, the last that Python knows."""
_LEADING_ZERO = re.compile(r"0\d.*")
_CODE = re.compile(r"(?=.*\d)[\w./-]+")


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """What one column holds.

    Attributes
    ----------
    name, type : as in the table; `type` is DuckDB's
    kind : what nearly all of its cells can be read as
    filled : cells that hold something, words for "not known" left out
    distinct : different values among them
    read : cells that can be read as `kind`
    low, high : smallest and largest number or moment; None for texts, and where `hidden`
    examples : some frequent values of a sample; none where `hidden`
    hidden : why no values are shown: "name", "email", "phone", "iban", "free text" or "person"; None if they are
    formats : ways of writing by which all the times can be read that any can; more than one is ambiguous. None stands
        for ISO 8601. Empty for other columns
    marks : decimal mark and mark between thousands of numbers written as text
    missing : words that seem to mean "not known"
    is_code : True where cells look like the numbers of cases, orders or persons
    """

    name: str
    type: str
    kind: Kind
    filled: int
    distinct: int
    read: int
    low: float | datetime | None = None
    high: float | datetime | None = None
    examples: tuple[str, ...] = ()
    hidden: str | None = None
    formats: tuple[str | None, ...] = ()
    marks: Marks | None = None
    missing: tuple[str, ...] = ()
    is_code: bool = False

    @property
    def is_time(self) -> bool:
        """True for dates and times."""
        return self.kind in ("date", "time")

    @property
    def is_number(self) -> bool:
        """True for numbers, whole or not."""
        return self.kind in ("whole number", "number")

    @property
    def is_ambiguous(self) -> bool:
        """True where days and months cannot be told apart."""
        return len(self.formats) > 1

    def without_values(self, reason: str) -> ColumnPreview:
        """Return the same column without examples and extremes."""
        return replace(self, low=None, high=None, examples=(), hidden=self.hidden or reason)


@dataclass(frozen=True, slots=True)
class TablePreview:
    """What a table holds: its rows and columns, and how it is written as far as that could be found out."""

    relation: str
    file: str
    rows: int
    columns: tuple[ColumnPreview, ...]
    format: TableFormat

    def __getitem__(self, name: str) -> ColumnPreview:
        return next(column for column in self.columns if column.name == name)

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def missing(self) -> tuple[str, ...]:
        """Words that seem to mean "not known" in any column."""
        return tuple(dict.fromkeys(word for column in self.columns for word in column.missing))

    def common_formats(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the ways of writing by which the times of these columns, or of all, can be read together.

        Empty where all are ISO 8601. More than one: ambiguous, since no day above 12 tells days from months.
        """
        chosen = [column for column in self.columns if column.formats and (not names or column.name in names)]
        written = [set(column.formats) for column in chosen if None not in column.formats]
        common = set.intersection(*written) if written else set()
        return tuple(format for format in TIME_FORMATS if format in common)

    @property
    def marks(self) -> Marks | None:
        """Marks of the numbers written as text by which most of their columns can be read; None for a plain point."""
        return next((column.marks for column in self.columns if column.marks not in (None, (".", None))), None)

    def hiding(self, names: Sequence[str]) -> TablePreview:
        """Return the same preview without the values of these columns, which hold persons."""
        columns = (each.without_values("person") if each.name in names else each for each in self.columns)
        return replace(self, columns=tuple(columns))


def preview_table(con: duckdb.DuckDBPyConnection, info: TableInfo, missing: Sequence[str] = ()) -> TablePreview:
    """Return what an opened table holds; `missing` are words declared to mean "not known".

    A sample of a thousand rows, the same at each run, tells what each column may be; one pass over all rows counts.
    Of a file that is to be looked at more than once the rows are better kept first (`file_guess.keep_rows`).

    Raises TableError where the file holds a fault.
    """
    with table_errors(info):
        rows = _number(con, f"SELECT count(*) FROM {identifier(info.name)}")
        sample = _sample(con, info, rows, missing)
        guesses = _guesses(con, info, sample, missing)
        columns = tuple(_counted(con, info, guesses))
    return TablePreview(info.name, info.file, rows, columns, info.format)


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])


# --- a sample tells what a column may be -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Guess:
    """What a column may be by its sample: the readings to count over all rows."""

    column: str
    reading: Reading
    values: Counter[str]
    missing: tuple[str, ...]
    formats: tuple[str | None, ...] = ()
    marks: Marks | None = None
    hidden: str | None = None

    @property
    def type(self) -> str:
        return self.reading.types[self.column]


def _sample(
    con: duckdb.DuckDBPyConnection, info: TableInfo, rows: int, missing: Sequence[str]
) -> dict[str, Counter[str]]:
    """Return by column the texts of some thousand rows and how often each occurs.

    The rows are chosen by a hash of their cells: the first ones are seldom like the others, and which rows DuckDB
    returns first depends on its threads.
    """
    every = -(-rows // _SAMPLE)
    cells = ", ".join(map(identifier, info.columns))
    where = f"WHERE hash({cells}) % {every} = 0" if every > 1 else ""
    reading = Reading(info.name, dict(zip(info.columns, info.types, strict=True)), tuple(missing), None, "UTC")
    texts = ", ".join(map(reading.text, info.columns))
    found = con.execute(f"SELECT {texts} FROM {identifier(info.name)} {where} LIMIT {4 * _SAMPLE}").fetchall()
    by_column = zip(*found, strict=True) if found else ([] for _ in info.columns)
    counted = (Counter(value for value in values if value is not None) for values in by_column)
    return dict(zip(info.columns, counted, strict=True))


def _guesses(
    con: duckdb.DuckDBPyConnection, info: TableInfo, sample: Mapping[str, Counter[str]], missing: Sequence[str]
) -> list[_Guess]:
    """Return what each column may be; the marks of numbers are settled for the table as a whole."""
    guesses, marks_of = [], {}
    for column, type in zip(info.columns, info.types, strict=True):
        words = tuple(word for word in _MISSING_WORDS if word in sample[column]) if type == "VARCHAR" else ()
        values = Counter({value: count for value, count in sample[column].items() if value not in words})
        reading = Reading(info.name, {column: type}, (*missing, *words), None, "UTC")
        guess = _Guess(column, reading, values, words)
        if type == "VARCHAR" and values:
            formats = _formats(con, column, list(values))
            marks_of[column] = _marks(con, list(values)) if not formats else ()
            guess = replace(guess, formats=formats)
        elif type.startswith(("DATE", "TIMESTAMP")):
            guess = replace(guess, formats=(None,))
        guesses.append(replace(guess, hidden=_hidden(guess, marks_of.get(column, ()))))
    by_use = Counter(marks for found in marks_of.values() for marks in found)
    for position, guess in enumerate(guesses):
        if found := marks_of.get(guess.column):
            order = sorted(found, key=lambda marks: (-by_use[marks], NUMBER_MARKS.index(marks)))
            guesses[position] = replace(guess, marks=order[0])
    return guesses


def _hidden(guess: _Guess, marks: Sequence[Marks]) -> str | None:
    """Return why the values of a column are not shown."""
    if names_people(guess.column):
        return "name"
    is_plain = guess.formats or guess.type != "VARCHAR" or (".", None) in marks
    return None if is_plain else personal_kind(list(guess.values))


def _formats(con: duckdb.DuckDBPyConnection, column: str, values: list[str]) -> tuple[str | None, ...]:
    """Return the ways of writing times by which nearly all values can be read; None stands for ISO 8601."""
    alike = [value for value in values if _MAY_BE_TIME.fullmatch(value)]
    if len(alike) < _NEARLY_ALL * len(values):
        return ()
    may_be_digits = role_strength(column, "timestamp") or role_strength(column, "opened")
    iso = Reading("", {"value": "VARCHAR"}, (), None, "UTC")
    if all(value.isdecimal() for value in alike):
        formats = _DIGITS_ONLY if may_be_digits else ()
    elif _read_counts(con, [iso.moment("value", "value")], values)[0] >= _NEARLY_ALL * len(values):
        return (None,)
    else:
        plain = [format for format in TIME_FORMATS if format not in _DIGITS_ONLY]
        tests = [f"try_strptime(value, {literal(format)})" for format in plain]
        few = _read_counts(con, tests, alike[:_SCREENED])
        formats = tuple(format for format, count in zip(plain, few, strict=True) if count)
    tests = [replace(iso, timestamp_format=format).moment("value", "value") for format in formats]
    return _best(formats, _read_counts(con, tests, values), len(values))


def _marks(con: duckdb.DuckDBPyConnection, values: list[str]) -> tuple[Marks, ...]:
    """Return the marks by which nearly all values are numbers; codes with leading zeros are none."""
    alike = [value for value in values if _MAY_BE_NUMBER.fullmatch(value)]
    if len(alike) < _NEARLY_ALL * len(values) or any(_LEADING_ZERO.fullmatch(value) for value in values):
        return ()
    reading = Reading("", {"value": "VARCHAR"}, (), None, "UTC")
    ways = [replace(reading, decimal=decimal, thousands=thousands) for decimal, thousands in NUMBER_MARKS]
    tests = [way.whole_units("value", "value", 1) for way in ways]
    return _best(NUMBER_MARKS, _read_counts(con, tests, values), len(values))


def _best(ways: Sequence[Any], read: Sequence[int], given: int) -> tuple[Any, ...]:
    """Return the ways that read as much as any, if that is nearly all."""
    most = max(read, default=0)
    if most < _NEARLY_ALL * given:
        return ()
    return tuple(way for way, count in zip(ways, read, strict=True) if count == most)


def _read_counts(con: duckdb.DuckDBPyConnection, tests: Sequence[str], values: list[str]) -> tuple[int, ...]:
    if not tests:
        return ()
    counts = ", ".join(f"count({test})" for test in tests)
    return tuple(con.execute(f"SELECT {counts} FROM (SELECT unnest(?::VARCHAR[]) AS value)", [values]).fetchall()[0])


# --- all rows are counted --------------------------------------------------------------------------------------------


def _counted(con: duckdb.DuckDBPyConnection, info: TableInfo, guesses: Sequence[_Guess]) -> Iterator[ColumnPreview]:
    """Yield what all rows hold, one column after the other: each different value is read only once."""
    for guess in guesses:
        readings = [_reading(guess, each) for each in _values(guess)]
        counts = ", ".join(("sum(n)", "count(*)", *readings))
        text, value = guess.reading.text(guess.column), guess.reading.value(guess.column)
        values = (
            f"SELECT {value} AS value, count(*) AS n FROM {identifier(info.name)} WHERE {text} IS NOT NULL GROUP BY ALL"
        )
        row = con.execute(f"SELECT {counts} FROM ({values})").fetchall()[0]
        yield _column(guess, [0 if position < 2 and each is None else each for position, each in enumerate(row)])


def _reading(guess: _Guess, value: str) -> str:
    """Return the SQL of how many cells stand for a value, of the smallest and of the largest.

    What is infinite or no number, such as NaN, is none, nor is a moment after the year 9999.
    """
    stands = f"FILTER ({f'{value} <= {_LAST_MOMENT}' if guess.formats else f'isfinite({value})'})"
    return f"sum(n) {stands}, min({value}) {stands}, max({value}) {stands}"


def _values(guess: _Guess) -> list[str]:
    """Return the SQL expressions of what the cells of a column may stand for, from their `value`."""
    if guess.formats:
        read = replace(guess.reading, types={"value": guess.type})
        return [replace(read, timestamp_format=each).moment("value", "value") for each in guess.formats]
    if guess.marks:
        return [number_sql("value", *guess.marks)]
    return ["CAST(value AS DOUBLE)"] if _is_number_type(guess.type) else []


def _is_number_type(type: str) -> bool:
    return (
        type.startswith(("DECIMAL", "DOUBLE", "FLOAT", "REAL")) or type.rstrip("H").endswith("INT") or "INTEGER" in type
    )


def _column(guess: _Guess, row: Sequence[Any]) -> ColumnPreview:
    filled, distinct, *values = row
    readings = [(values[start] or 0, *values[start + 1 : start + 3]) for start in range(0, len(values), 3)]
    most = max((count for count, _, _ in readings), default=filled)
    formats = _best(guess.formats, [count for count, *_ in readings], 0) if guess.formats else ()
    kind = _kind(guess, filled)
    low, high = (None, None) if len(formats) > 1 else _extremes(kind, readings, most)
    frequent = sorted(guess.values.items(), key=lambda each: (-each[1], each[0]))
    column = ColumnPreview(
        name=guess.column,
        type=guess.type,
        kind=kind,
        filled=filled,
        distinct=distinct,
        read=most,
        low=low,
        high=high,
        examples=tuple(_shown(value) for value, _ in frequent[:_EXAMPLES]),
        formats=formats,
        marks=guess.marks,
        missing=guess.missing,
        is_code=bool(guess.values) and all(_CODE.fullmatch(value) for value in guess.values),
    )
    return column.without_values(guess.hidden) if guess.hidden else column


def _kind(guess: _Guess, filled: int) -> Kind:
    if not filled:
        return "empty"
    if guess.formats:
        are_days = guess.type == "DATE" or all(len(value) <= 11 and ":" not in value for value in guess.values)
        return "date" if are_days and not set(guess.formats) & set(EPOCH_FORMATS) else "time"
    if guess.marks or _is_number_type(guess.type):
        are_whole = all(re.fullmatch(r"[+-]?\d+", value) for value in guess.values)
        return "whole number" if are_whole else "number"
    words = {value.casefold() for value in guess.values}
    is_flag = guess.type == "BOOLEAN" or words in ({"true", "false"}, {"yes", "no"}, {"ja", "nein"}, {"oui", "non"})
    return "yes or no" if is_flag else "text"


def _extremes(kind: Kind, readings: Sequence[tuple[Any, ...]], most: int) -> tuple[Any, Any]:
    """Return the smallest and the largest value by the reading that reads most; None for texts."""
    low, high = next((each[1:] for each in readings if each[0] == most), (None, None))
    if low is None:
        return None, None
    if kind in ("date", "time"):
        return moment(low), moment(high)
    # the sample tells the kind: among all rows there may be a broken number
    are_whole = kind == "whole number" and float(low).is_integer() and float(high).is_integer()
    return (int(low), int(high)) if are_whole else (low, high)


def _shown(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 1]}…"
