"""Parquet files as DuckDB reads them, in types that it computes with."""

from __future__ import annotations

from pathlib import Path

import duckdb

from workbook.methods.tables import TableError, TableFormat, TableInfo, columns_of, create, file_literal, identifier

_MAGIC = (b"PAR1", b"PARE")
# Old programs keep texts as bytes, pandas keeps nanoseconds.
_PLAINER = {
    "BLOB": "coalesce(try(decode({0})), CAST({0} AS VARCHAR))",
    "TIMESTAMP_S": "TRY_CAST({0} AS TIMESTAMP)",
    "TIMESTAMP_MS": "TRY_CAST({0} AS TIMESTAMP)",
    "TIMESTAMP_NS": "TRY_CAST({0} AS TIMESTAMP)",
    "TIMESTAMPTZ_NS": "TRY_CAST({0} AS TIMESTAMP WITH TIME ZONE)",
}


def open_parquet(con: duckdb.DuckDBPyConnection, path: Path, format: TableFormat, name: str) -> TableInfo:
    """Register a Parquet file as the relation `name`: bytes as text where they are, times to the microsecond."""
    with path.open("rb") as stream:
        if stream.read(4) not in _MAGIC:
            raise TableError(path.name, "a file that is not Parquet", "a Parquet file", "declare its real format")
    source = f"read_parquet({file_literal(path)})"
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE FROM {source}").fetchall()}
    cells = {column: _PLAINER.get(type, "{0}").format(identifier(column)) for column, type in types.items()}
    selected = ", ".join(f"{cell} AS {identifier(column)}" for column, cell in cells.items())
    create(con, "VIEW", name, f"SELECT {selected} FROM {source}", path.name)
    rows = con.execute(f"SELECT count(*) FROM {identifier(name)}").fetchall()[0][0]
    return TableInfo(name, *columns_of(con, name), rows, path.name, format, path)
