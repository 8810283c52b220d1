"""Opening a table about which little is declared: what could be found out is tried, and said in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from workbook.methods.csv_files import EncodingError
from workbook.methods.table_preview import TablePreview
from workbook.methods.tables import (
    TableError,
    TableFormat,
    TableInfo,
    check_table,
    connect,
    identifier,
    open_table,
    table_errors,
)

_MARK_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose rows are kept in the connection, how it was read, and what of that had to be guessed.

    `declared` is what a declaration needs to say for the file to be read this way again; `sheets` are those of a
    workbook.
    """

    info: TableInfo
    declared: TableFormat
    guesses: tuple[str, ...]
    sheets: tuple[str, ...] = ()


def keep_rows(con: duckdb.DuckDBPyConnection, info: TableInfo, name: str) -> TableInfo:
    """Copy an opened table into the table `name` of the connection, so that its file is read no more.

    What exceeds the memory limit is spilled to disk. TableError where the file holds a fault.
    """
    rows = check_table(con, info).rows
    with table_errors(info):
        con.execute(f"CREATE OR REPLACE TABLE {identifier(name)} AS SELECT * FROM {identifier(info.name)}")
    return replace(info, name=name, rows=rows)


def open_guessed(
    con: duckdb.DuckDBPyConnection, path: Path, format: TableFormat | None = None, name: str = "rows"
) -> OpenedFile:
    """Read a file as declared, what is not declared as it is likeliest written, and keep its rows under `name`.

    Found out are the encoding, the delimiter and, among several, the first sheet that holds a table.

    Raises
    ------
    TableError
        If the file cannot be read, by the declared format or any that is likely.
    """
    declared, guesses = format or TableFormat(), list[str]()
    for _ in range(_MOST_TRIES):
        try:
            return _opened(con, path, declared, guesses, name)
        except EncodingError as error:
            if declared.encoding is not None:
                raise
            declared = replace(declared, encoding=error.proposed)
            line = f", as line {error.line} shows" if error.line else ""
            guesses.append(f"Encoding {error.proposed}: the text is not UTF-8{line}.")
    return _opened(con, path, declared, guesses, name)


def _opened(
    con: duckdb.DuckDBPyConnection, path: Path, declared: TableFormat, guesses: list[str], name: str
) -> OpenedFile:
    sheets = _sheets(path, declared)
    if len(sheets) > 1 and declared.sheet is None:
        declared = replace(declared, sheet=_first_table(path, declared, sheets))
        others = ", ".join(repr(each) for each in sheets if each != declared.sheet)
        guesses = [
            *guesses,
            f"Sheet {declared.sheet!r}, the first of {len(sheets)} that holds a table; others: {others}.",
        ]
    opened = open_table(con, path, declared, f"{name} as opened")
    try:
        kept = keep_rows(con, opened, name)
    finally:
        _drop(con, opened.name)
    said = [*guesses, *_delimiter_words(kept, declared)]
    return OpenedFile(kept, declared, tuple(said), sheets)


def _sheets(path: Path, declared: TableFormat) -> tuple[str, ...]:
    is_excel = declared.format == "excel" or (declared.format is None and path.suffix.lower() in (".xlsx", ".xlsm"))
    if not is_excel or not path.is_file() or path.stat().st_size == 0:
        return ()
    # Imported here because openpyxl loads longer than most tables take to read.
    from workbook.methods.excel_files import sheet_names

    return sheet_names(path)


def _first_table(path: Path, declared: TableFormat, sheets: tuple[str, ...]) -> str:
    """Return the first sheet with a header of several columns and rows below, else the first of all."""
    with connect() as con:
        for position, sheet in enumerate(sheets):
            try:
                info = open_table(con, path, replace(declared, sheet=sheet), f"sheet {position}")
            except TableError:
                continue
            if info.rows and len(info.columns) > 1:
                return sheet
    return sheets[0]


def _delimiter_words(info: TableInfo, declared: TableFormat) -> list[str]:
    """Say by which mark the columns were split, and that one column alone is probably split by another."""
    if info.format.format != "csv":
        return []
    mark = _MARK_NAMES.get(info.format.delimiter or "", repr(info.format.delimiter))
    if len(info.columns) == 1:
        return [f"Only one column was found when split by {mark}: if there are more, declare the delimiter."]
    return [] if declared.delimiter else [f"Columns are split by {mark}, as the first rows show."]


def _drop(con: duckdb.DuckDBPyConnection, name: str) -> None:
    kinds = con.execute(
        "SELECT 'VIEW' FROM duckdb_views() WHERE view_name = ? UNION ALL "
        "SELECT 'TABLE' FROM duckdb_tables() WHERE table_name = ?",
        [name, name],
    ).fetchall()
    for (kind,) in kinds:
        con.execute(f"DROP {kind} {identifier(name)}")


def content_guesses(preview: TablePreview) -> tuple[str, ...]:
    """Return what the content of a table tells about how it is written, and what it leaves open."""
    said = []
    formats = preview.common_formats()
    if len(formats) > 1:
        ways = " or ".join(formats)
        said.append(f"Times are written as {ways}: ambiguous, since no day above 12 tells days from months.")
    elif formats:
        said.append(f"Times are written as {formats[0]}.")
    elif any(column.formats and None not in column.formats for column in preview.columns):
        said.append("Times are written in several ways: declare the one of the columns that matter.")
    if preview.marks:
        decimal, thousands = preview.marks
        between = f" and {thousands!r} between thousands" if thousands else ""
        said.append(f"Numbers have the decimal mark {decimal!r}{between}.")
    if preview.missing:
        words = ", ".join(repr(word) for word in preview.missing)
        said.append(f"Taken for “not known”: {words}.")
    return tuple(said)
