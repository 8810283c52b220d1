"""What the rows of a table tell about its columns together: which change within a case, which time comes first."""

from __future__ import annotations

from itertools import permutations

import duckdb

from workbook.methods.records import Reading
from workbook.methods.table_preview import ColumnPreview, TablePreview
from workbook.methods.tables import identifier

_MOST_COMPARED = 8
"""Columns of times that are compared with each other."""
_ROWS_LOOKED_AT = 200_000
"""Rows, whole cases of them, in which it is looked at what changes within a case."""
_ROWS_COMPARED = 20_000
"""Rows in which times are compared with each other."""


def changes_within_cases(con: duckdb.DuckDBPyConnection, preview: TablePreview, case: str) -> dict[str, float]:
    """Return by column the share of cases with several rows in which it takes more than one value.

    Of a large log only every so many cases are looked at, all rows of each.
    """
    every = -(-preview.rows // _ROWS_LOOKED_AT)
    key, table = identifier(case), identifier(preview.relation)
    others = [column.name for column in preview.columns if column.name != case and column.filled]
    if not others:
        return {}
    where = f"AND hash({key}) % {every} = 0" if every > 1 else ""
    differ = ", ".join(
        f"min({identifier(name)}) IS DISTINCT FROM max({identifier(name)}) AS {identifier(f'c{position}')}"
        for position, name in enumerate(others)
    )
    shares = ", ".join(f"avg(CAST({identifier(f'c{position}')} AS INTEGER))" for position, _ in enumerate(others))
    cases = f"SELECT {differ} FROM {table} WHERE {key} IS NOT NULL {where} GROUP BY {key} HAVING count(*) > 1"
    row = con.execute(f"SELECT {shares} FROM ({cases})").fetchall()[0]
    return {name: share for name, share in zip(others, row, strict=True) if share is not None}


def order_of_times(con: duckdb.DuckDBPyConnection, preview: TablePreview) -> dict[tuple[str, str], float]:
    """Return of pairs of times in how many of the rows that have both the first is not after the second."""
    times = [column for column in preview.columns if column.is_time][:_MOST_COMPARED]
    pairs = list(permutations(range(len(times)), 2))
    if not pairs:
        return {}
    every = -(-preview.rows // _ROWS_COMPARED)
    cells = ", ".join(identifier(column.name) for column in times)
    where = f"WHERE hash({cells}) % {every} = 0" if every > 1 else ""
    moments = ", ".join(f"{_moment(column)} AS {identifier(f'm{place}')}" for place, column in enumerate(times))
    tests = ", ".join(f"count_if(m{a} <= m{b}), count(m{a} + m{b})" for a, b in pairs)
    compared = f"SELECT {moments} FROM {identifier(preview.relation)} {where}"
    row = con.execute(f"SELECT {tests} FROM ({compared})").fetchall()[0]
    counts = zip(row[0::2], row[1::2], strict=True)
    return {(times[a].name, times[b].name): n / both for (a, b), (n, both) in zip(pairs, counts, strict=True) if both}


def _moment(column: ColumnPreview) -> str:
    format = column.formats[0] if column.formats else None
    reading = Reading("", {column.name: column.type}, column.missing, format, "UTC")
    return reading.moment(reading.value(column.name), column.name)
