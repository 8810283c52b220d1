"""Excel workbooks as tables of text: what the cells hold, with dates in ISO 8601."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import duckdb
import openpyxl
import pyarrow as pa
from openpyxl.utils.cell import range_boundaries

from workbook.methods.tables import TableError, TableFormat, TableInfo, column_names, columns_of, create, identifier

_CHUNK_ROWS = 10_000
# openpyxl keeps the texts of a workbook in memory; beyond this a text file is the better carrier.
_MOST_BYTES = 2_000_000_000
# KeyError: openpyxl about a part that the archive lacks.
_DAMAGED = (zipfile.BadZipFile, zlib.error, ParseError, KeyError, EOFError)
_DAY = r"\d{4}-\d\d-\d\d"
_DAY_AND_TIME = rf"{_DAY}( \d\d:\d\d:\d\d(\.\d+)?)?"
# From the text of a number format: an hour or second is shown.
_TIME_CODES = ("h", "s")
Row = list[str | None]


def open_excel(con: duckdb.DuckDBPyConnection, path: Path, format: TableFormat, name: str) -> TableInfo:
    """Load one sheet of a workbook (.xlsx) into the table `name`, blank rows left out.

    A column of nothing but dates is a DATE, or a TIMESTAMP where a time of day is shown. Every other one is VARCHAR:
    numbers with the declared decimal mark and without needless decimals, dates among other values as 2026-09-30 or
    2026-09-30 14:05:00, times alone as 14:05:00, yes-or-no values as true and false. A formula counts with the result
    saved in the file, and cells that are merged downwards all hold the value shown.

    Raises
    ------
    TableError
        If the file is no workbook, the sheet is unknown or undeclared among several, a row is wider than the header,
        or a column holds formulas without saved results.
    """
    with _workbook(path, True) as workbook:
        sheet = _sheet(workbook, path, format.sheet)
        rows = _rows(sheet, format.decimal or ".")
        header = column_names(path.name, _without_blank_end(next(rows, [])))
        empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {identifier(each)}" for each in header)
        create(con, "TABLE", name, f"SELECT {empty} LIMIT 0", path.name)
        try:
            loaded = _insert(con, name, header, _filled(path.name, rows, len(header)))
            _check_formulas(con, name, path, sheet.title)
            _read_dates(con, name, header)
        except Exception:
            con.execute(f"DROP TABLE {identifier(name)}")
            raise
        settled = replace(format, sheet=sheet.title)
    return TableInfo(name, *columns_of(con, name), loaded, path.name, settled, path)


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of a workbook's sheets in their order; TableError if it is damaged."""
    with _workbook(path, True) as workbook:
        return tuple(sheet.title for sheet in workbook.worksheets)


@contextmanager
def _workbook(path: Path, with_results: bool) -> Iterator[Any]:
    """Open a workbook for reading, with the results of formulas or the formulas; TableError if it is damaged."""
    found = "a file that is not an Excel workbook, or a damaged or protected one"
    try:
        with path.open("rb") as stream:
            with zipfile.ZipFile(stream) as archive:
                if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                    raise TableError(path.name, "a workbook of more than 2 GB", "up to 2 GB", "export the sheet as CSV")
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=with_results)
            yield workbook
            workbook.close()
    except _DAMAGED:
        raise TableError(path.name, found, "an .xlsx file", "save it as .xlsx without a password") from None


def _sheet(workbook: Any, path: Path, wanted: str | None) -> Any:
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    names = ", ".join(repr(name) for name in sheets)
    if wanted is None and len(sheets) != 1:
        remedy = f"declare sheet: one of {names}"
        raise TableError(path.name, f"{len(sheets)} sheets", "one, or the one declared", remedy)
    sheet = next(iter(sheets.values())) if wanted is None else sheets.get(wanted)
    if sheet is None:
        raise TableError(path.name, f"no sheet {wanted!r}", names, "correct the declaration")
    # Some programs write a wrong extent, and openpyxl would stop reading there.
    sheet.reset_dimensions()
    return sheet


def _rows(sheet: Any, decimal: str) -> Iterator[Row]:
    """Yield the rows of a sheet as text."""
    continued = _merged_downwards(sheet)
    above: Row = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        row = [_text(cell, decimal) for cell in cells]
        for position in continued.get(number, ()):
            row += [None] * (position + 1 - len(row))
            row[position] = above[position] if position < len(above) else None
        yield row
        above = row


def _merged_downwards(sheet: Any) -> dict[int, list[int]]:
    """Return by row the positions of the cells that continue the one above; only the first column of a range counts."""
    with sheet._get_source() as source:
        ranges = re.findall(rb'mergeCell [^>]*?ref="([^"]+)"', source.read())
    continued: dict[int, list[int]] = {}
    for text in ranges:
        column, first, _, last = range_boundaries(text.decode())
        for number in range(first + 1, last + 1):
            continued.setdefault(number, []).append(column - 1)
    return continued


def _text(cell: Any, decimal: str) -> str | None:
    """Return what a cell holds as text, None for an empty one."""
    value = cell.value
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float():
            return str(value).replace(".", decimal)
        case datetime():
            has_time = value.time() != time() or any(code in cell.number_format.lower() for code in _TIME_CODES)
            return value.isoformat(" ", "auto") if has_time else value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)


def _without_blank_end(row: Row) -> Row:
    filled = [position for position, value in enumerate(row, 1) if value is not None]
    return row[: filled[-1]] if filled else []


def _filled(file: str, rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Yield the rows that hold anything, each as wide as the header; TableError at one that is wider."""
    for number, row in enumerate(map(_without_blank_end, rows), 2):
        if len(row) > width:
            remedy = "delete the rows above the header, name every column, or empty the cells beside the table"
            raise TableError(file, f"{len(row)} values in a row", f"{width}, as in the first row", remedy, number)
        if row:
            yield row + [None] * (width - len(row))


def _insert(con: duckdb.DuckDBPyConnection, name: str, header: tuple[str, ...], rows: Iterator[Row]) -> int:
    loaded = 0
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        columns = [pa.array(values, pa.string()) for values in zip(*chunk, strict=True)]
        con.register("rows_of_excel", pa.table(dict(zip(header, columns, strict=True))))
        con.execute(f"INSERT INTO {identifier(name)} SELECT * FROM rows_of_excel")
        con.unregister("rows_of_excel")
        loaded += len(chunk)
    return loaded


def _read_dates(con: duckdb.DuckDBPyConnection, name: str, header: tuple[str, ...]) -> None:
    """Give the columns that hold nothing but dates their type, so that no declared way of writing them applies."""
    types = {_DAY: "DATE", _DAY_AND_TIME: "TIMESTAMP"}
    for column in map(identifier, header):
        for pattern, type in types.items():
            dates = f"regexp_full_match({column}, '{pattern}') AND TRY_CAST({column} AS {type}) IS NOT NULL"
            counts = f"SELECT count({column}), count_if({dates}) FROM {identifier(name)}"
            given, read = con.execute(counts).fetchall()[0]
            if given and given == read:
                con.execute(f"ALTER TABLE {identifier(name)} ALTER {column} TYPE {type}")
                break


def _check_formulas(con: duckdb.DuckDBPyConnection, name: str, path: Path, sheet: str) -> None:
    """Raise TableError if a column is empty only because a program saved its formulas without results."""
    columns, _ = columns_of(con, name)
    counts = ", ".join(f"count({identifier(each)})" for each in columns)
    filled = con.execute(f"SELECT {counts} FROM {identifier(name)}").fetchall()[0]
    if all(filled):
        return
    with _workbook(path, False) as workbook:
        for row in islice(_sheet(workbook, path, sheet).iter_rows(min_row=2), 1000):
            for column, count, cell in zip(columns, filled, row, strict=False):
                if not count and cell.data_type == "f":
                    found = f"formulas without results in the column {column!r}"
                    raise TableError(path.name, found, "saved results", "open it in Excel and save it", cell.row)
