"""Rows of a database as a DuckDB table: each column of the narrowest type that holds all its values.

The values decide, not the database's catalogue: it is asked differently in each database, and SQLite lets a column
hold values of any type. A column that mixes types no number can hold becomes text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from types import NoneType
from typing import Any

import duckdb
import pyarrow as pa

from workbook.methods.tables import create, identifier

_LEAST_BIGINT, _MOST_BIGINT = -(2**63), 2**63 - 1
_MOST_DIGITS = 38
_NUMBERS = ("BIGINT", "DECIMAL", "DOUBLE")


@dataclass(frozen=True, slots=True)
class _Type:
    """A DuckDB type; of whole numbers and decimals, the most digits before the point, and of decimals behind it."""

    name: str
    whole: int = 0
    scale: int = 0

    @property
    def sql(self) -> str:
        if self.name == "DECIMAL":
            return f"DECIMAL({_MOST_DIGITS}, {self.scale})"
        return "VARCHAR" if self.name == "NULL" else self.name


_TEXT = _Type("VARCHAR")
_NULL = _Type("NULL")
"""The type of a column that has held nothing yet; its table has it as text."""

_CLASSES = {
    NoneType: _NULL,
    bool: _Type("BOOLEAN"),
    float: _Type("DOUBLE"),
    date: _Type("DATE"),
    str: _TEXT,
}
_ARROW = {
    "BOOLEAN": pa.bool_(),
    "BIGINT": pa.int64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
}


def load_rows(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[str],
    chunks: Iterable[Sequence[Sequence[Any]]],
    file: str,
) -> int:
    """Load rows chunk by chunk into the new table `name` and return how many there are.

    Text arrives exactly as it is, NULL as NULL, and times, days, yes-or-no values and numbers with their type: whole
    numbers as BIGINT, decimals with their digits as DECIMAL, floating-point numbers as DOUBLE. Structured values
    become JSON, bytes hexadecimal digits, and whatever else there is the text that Python prints.

    Raises
    ------
    TableError
        If the name is taken; `file` is what the error names.
    """
    empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {identifier(each)}" for each in columns)
    create(con, "TABLE", name, f"SELECT {empty} LIMIT 0", file)
    types = [_NULL] * len(columns)
    loaded = 0
    try:
        for rows in chunks:
            loaded += _insert(con, name, columns, types, rows)
    except Exception:
        con.execute(f"DROP TABLE {identifier(name)}")
        raise
    return loaded


def _insert(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[str],
    types: list[_Type],
    rows: Sequence[Sequence[Any]],
) -> int:
    """Append rows, having widened the columns in `types` that do not hold all of them; return their number."""
    arrays = []
    for position, values in enumerate(zip(*rows, strict=True)):
        before, after = types[position], _wider(types[position], _type_of(values))
        if after.sql != before.sql:
            con.execute(f"ALTER TABLE {identifier(name)} ALTER {identifier(columns[position])} TYPE {after.sql}")
        types[position] = after
        arrays.append(_array(values, after))
    con.register("rows_of_query", pa.table(arrays, names=list(columns)))
    con.execute(f"INSERT INTO {identifier(name)} SELECT * FROM rows_of_query")
    con.unregister("rows_of_query")
    return len(rows)


def _type_of(values: Sequence[Any]) -> _Type:
    """Return the narrowest type that holds all values."""
    return reduce(_wider, (_type_of_class(each, values) for each in set(map(type, values))), _NULL)


def _type_of_class(kind: type, values: Sequence[Any]) -> _Type:
    """Return the narrowest type that holds those of the values that are of one Python class."""
    if kind is int:
        return _whole_type([value for value in values if type(value) is int])
    if kind is Decimal:
        return _decimal_type([value for value in values if type(value) is Decimal])
    if kind is datetime:
        has_offset = {value.tzinfo is not None for value in values if type(value) is datetime}
        names = {True: "TIMESTAMP WITH TIME ZONE", False: "TIMESTAMP"}
        return _TEXT if len(has_offset) > 1 else _Type(names[has_offset.pop()])
    return _CLASSES.get(kind, _TEXT)


def _whole_type(values: Sequence[int]) -> _Type:
    if min(values) >= _LEAST_BIGINT and max(values) <= _MOST_BIGINT:
        return _Type("BIGINT", len(str(_MOST_BIGINT)))
    return _fitting(len(str(max(map(abs, values)))), 0)


def _decimal_type(values: Sequence[Decimal]) -> _Type:
    if not all(value.is_finite() for value in values):
        # Only a floating-point number can be infinite, or not a number.
        return _Type("DOUBLE")
    whole = max(value.adjusted() + 1 for value in values)
    return _fitting(max(whole, 0), max(-min(int(value.as_tuple().exponent) for value in values), 0))


def _fitting(whole: int, scale: int) -> _Type:
    return _Type("DECIMAL", whole, scale) if whole + scale <= _MOST_DIGITS else _TEXT


def _wider(first: _Type, second: _Type) -> _Type:
    """Return the narrowest type that holds the values of both."""
    if _NULL in (first, second) or first == second:
        return second if first == _NULL else first
    names = {first.name, second.name}
    if not names <= set(_NUMBERS):
        return _Type(first.name) if len(names) == 1 else _TEXT
    if "DOUBLE" in names:
        return _Type("DOUBLE")
    return _fitting(max(first.whole, second.whole), max(first.scale, second.scale))


def _array(values: Sequence[Any], column: _Type) -> pa.Array:
    if column.sql == "VARCHAR":
        is_text = set(map(type, values)) <= {str, NoneType}
        return pa.array(values if is_text else [_text(value) for value in values], pa.string())
    if column.name == "DECIMAL":
        decimals = [None if value is None else Decimal(value) for value in values]
        return pa.array(decimals, pa.decimal128(_MOST_DIGITS, column.scale))
    if column.name == "DOUBLE":
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array(values, _ARROW[column.name])


def _text(value: Any) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(" ")
        case Decimal():
            return format(value, "f")
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
    return str(value)
