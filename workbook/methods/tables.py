"""A client's tables, read where they lie: CSV, Parquet and Excel files as relations of one DuckDB connection.

Text stays text: a CSV or Excel cell arrives exactly as it was written (an empty one as NULL), because a type guessed
from the first rows hides the very faults that `quality` counts. `timestamp_sql` and `number_sql` turn such text into
values where a calculation needs them.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import duckdb

FileFormat = Literal["csv", "parquet", "excel"]

_SUFFIXES: dict[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
_READABLE = "a CSV (also .gz), Parquet or Excel (.xlsx) file"
# Date, and optionally a time with fractions and an offset from UTC. Words such as "epoch" and "infinity", which
# DuckDB would cast as well, are no timestamps of a client.
_OFFSET = r"(Z|UTC|[+-]\d{2}(:?\d{2})?)"
_ISO_8601 = rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}([ T]\d{{1,2}}:\d{{2}}(:\d{{2}}([.,]\d+)?)?( ?{_OFFSET})?)?"
_HAS_OFFSET = rf":\d{{2}}([.,]\d+)? ?{_OFFSET}$"
# What is written in fewer than four digits is no year, and seconds before 1980 or after 2100 are another unit.
_FIRST_YEAR = "TIMESTAMP '1000-01-01'"
_EPOCH_RANGE = (315_532_800, 4_102_444_800)
EPOCH_FORMATS = {"%s": 1, "%Q": 1000}
"""Formats of times that are numbers: seconds and milliseconds since 1970 UTC, by how many of them make a second."""
# What programs write for a mark between thousands that keyboards have only the like of.
_LIKE_MARKS = {" ": " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "'": "'\N{RIGHT SINGLE QUOTATION MARK}"}


class TableError(ValueError):
    """A table that cannot be read as declared: what was found, what is allowed, and what to do.

    `file` is a name without folders and no message carries a cell's content, so that an error can be shown and
    logged. `line` counts the lines of a text file, or the rows of a sheet, from 1.
    """

    def __init__(self, file: str, found: str, allowed: str, remedy: str, line: int | None = None) -> None:
        super().__init__(file, found, allowed, remedy, line)
        self.file = file
        self.found = found
        self.allowed = allowed
        self.remedy = remedy
        self.line = line

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: found {self.found}; allowed {self.allowed}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class TableFormat:
    """How a file is written, as far as it is declared; None is found out from the file itself.

    Found out are: the format (from the ending of the name), the encoding (UTF-8, or UTF-16 that starts with a byte
    order mark; others have to be declared), the delimiter (comma, semicolon, tab or bar, from the first rows) and the
    sheet (if the workbook has only one). The decimal mark, a point unless declared, is that of numbers kept as text.
    """

    format: FileFormat | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    decimal: str | None = None


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A relation that can be queried by `name`, its columns in the order of the file, and their DuckDB types.

    `rows` is None as long as nobody had to count them (a CSV file is only opened); `check_table` counts. `format`
    holds what was declared or found out.
    """

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: int | None
    file: str
    format: TableFormat
    path: Path = field(repr=False)


def connect(
    memory_limit: str | None = None,
    threads: int | None = None,
    temp_directory: Path | str | None = None,
    directories: Sequence[Path | str] | None = None,
) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in memory that fetches no extensions and whose settings are locked.

    Sessions run in UTC, and what exceeds `memory_limit` (such as "500MB") is spilled to `temp_directory`. With
    `directories`, files are read from these folders only, and nothing else of the machine can be opened, attached,
    installed or downloaded; without, any local file can be read.
    """
    con = duckdb.connect(":memory:", config={"temp_directory": str(temp_directory or _spill_directory())})
    settings = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_extension_repositories": "'forbidden'",
        "allow_persistent_secrets": "false",
        # A misspelt table must not turn into a variable of the caller.
        "python_enable_replacements": "false",
        "enable_progress_bar": "false",
        # No result depends on it, and keeping it lets temporary tables be written by one thread only.
        "preserve_insertion_order": "false",
        "TimeZone": "'UTC'",
    }
    if memory_limit is not None:
        settings["memory_limit"] = literal(memory_limit)
    if threads := threads or _share_of_cores():
        settings["threads"] = str(int(threads))
    if directories is not None:
        folders = ", ".join(literal(Path(each).resolve().as_posix()) for each in directories)
        settings |= {"allowed_directories": f"[{folders}]", "enable_external_access": "false"}
    for key, value in settings.items():
        con.execute(f"SET {key} = {value}")
    con.execute("SET lock_configuration = true")
    return con


def _share_of_cores() -> int | None:
    """Return the threads this process may use, by the variable that numerical libraries read; None for all cores."""
    share = os.environ.get("OMP_NUM_THREADS", "")
    return int(share) if share.isdecimal() and int(share) else None


def _spill_directory() -> Path:
    """Return a folder of this process for spilled data, inside one that only this user can enter.

    DuckDB creates it when it first spills and removes it when the connection closes.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0
    private = Path(tempfile.gettempdir(), f"workbook-{user}")
    private.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and (private.is_symlink() or private.stat().st_uid != user):
        private = Path(tempfile.mkdtemp(prefix="workbook-"))
    return private / str(os.getpid())


def open_table(
    con: duckdb.DuckDBPyConnection,
    path: Path | str,
    format: TableFormat | None = None,
    name: str = "source",
) -> TableInfo:
    """Make a file queryable as the relation `name` and return what is known about it.

    CSV becomes a view whose columns are all VARCHAR and Parquet a view with its own types, both read from the file at
    each query; Excel, and CSV in an encoding other than UTF-8, are loaded into a table. Spaces around the name of a
    column are none of it. Only the beginning of a CSV file is looked at here: call `check_table` to read all of it, or
    query inside `table_errors`, which turns a fault met on the way into a TableError.

    Raises
    ------
    TableError
        If the file is missing, empty, not of the declared format or not readable in the declared encoding, if two of
        its columns share a name, or if `name` is taken.
    """
    path = Path(path).absolute()
    declared = replace(format or TableFormat(), format=_file_format(path, format))
    _check_folder(con, path)
    with table_errors(TableInfo(name, (), (), None, path.name, declared, path)):
        # Imported here because they build on this module, and openpyxl loads longer than most tables take to read.
        if declared.format == "parquet":
            from workbook.methods.parquet_files import open_parquet

            return open_parquet(con, path, declared, name)
        if declared.format == "csv":
            from workbook.methods.csv_files import open_csv

            return open_csv(con, path, declared, name)
        from workbook.methods.excel_files import open_excel

        return open_excel(con, path, declared, name)


def check_table(con: duckdb.DuckDBPyConnection, info: TableInfo) -> TableInfo:
    """Read every cell of an opened table once and return its info with the rows counted; TableError at a fault."""
    with table_errors(info):
        if info.format.format == "csv":
            from workbook.methods.csv_files import check_csv

            return replace(info, rows=check_csv(con, info))
        # A count or maximum alone would be answered from the statistics of a Parquet file.
        every_cell = "".join(f", max(hash({identifier(each)}))" for each in info.columns)
        counts = con.execute(f"SELECT count(*){every_cell} FROM {identifier(info.name)}").fetchone()
    assert counts is not None
    return replace(info, rows=counts[0])


@contextmanager
def table_errors(*tables: TableInfo) -> Iterator[None]:
    """Turn DuckDB's errors about the content of these tables' files into TableError.

    DuckDB's own text is never passed on: it holds the absolute path and the row.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        files = ", ".join(each.file for each in tables)
        found, allowed = "more data than fits in memory", "what the memory limit allows"
        raise TableError(files, found, allowed, "raise the limit") from None
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.NotImplementedException) as error:
        table = _table_in(str(error), tables)
        if table is None:
            raise
        raise _explained(table, str(error)) from None


def _table_in(message: str, tables: Sequence[TableInfo]) -> TableInfo | None:
    """Return the table whose file a message of DuckDB is about."""
    named = [each for each in tables if _path_as_read(each.path) in message]
    if named:
        return max(named, key=lambda each: len(each.path.as_posix()))
    # A damaged page or stream is reported without the file.
    is_damage = re.search("parquet|thrift|snappy|zstd|gzip|page|corrupt", message, re.IGNORECASE)
    return tables[0] if len(tables) == 1 and is_damage else None


def _explained(table: TableInfo, message: str) -> TableError:
    if table.format.format == "csv":
        from workbook.methods.csv_files import csv_error

        return csv_error(table, message)
    return TableError(table.file, "content that cannot be read", f"a {table.format.format} file", "export it again")


def _file_format(path: Path, declared: TableFormat | None) -> FileFormat:
    """Return the format of a file as declared, or by the ending of its name; TableError if there is no such file."""
    if not path.exists():
        raise TableError(path.name, "no such file", _READABLE, "check the name, or put the file there")
    if not path.is_file():
        raise TableError(path.name, "a folder", _READABLE, "name one file in it")
    if not os.access(path, os.R_OK):
        raise TableError(path.name, "a file that may not be read", _READABLE, "correct its permissions")
    if path.stat().st_size == 0:
        raise TableError(path.name, "an empty file", "at least a header row", "export it again")
    if declared is not None and declared.format is not None:
        return declared.format
    ending = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    kind = _SUFFIXES.get(ending.lower())
    if kind is None:
        remedy = "declare the format, or save the table as one of these"
        raise TableError(path.name, f"the ending {path.suffix!r}", ", ".join(_SUFFIXES) + " (text also .gz)", remedy)
    return kind


def _check_folder(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Hold Python's own reading to the folders that the connection is limited to."""
    settings = "SELECT current_setting('enable_external_access'), current_setting('allowed_directories')"
    is_open, folders = con.execute(settings).fetchall()[0]
    if not is_open and not any(path.resolve().is_relative_to(folder) for folder in folders):
        raise TableError(path.name, "a file elsewhere", "the client's own folders", "move or copy it there")


def create(con: duckdb.DuckDBPyConnection, kind: str, name: str, query: str, file: str) -> None:
    """Create the VIEW or TABLE `name` from a query; TableError if the name is taken."""
    taken = con.execute("SELECT 1 FROM duckdb_columns() WHERE lower(table_name) = lower(?)", [name]).fetchone()
    if taken:
        raise TableError(file, f"the name {name!r} twice", "one name for each open table", "choose another name")
    con.execute(f"CREATE {kind} {identifier(name)} AS {query}")


def column_names(file: str, header: Sequence[str | None]) -> tuple[str, ...]:
    """Return the names in a header row; a cell without one is called by its position, as in column_1.

    Raises
    ------
    TableError
        If the row is blank, or names two columns alike: SQL does not tell names apart by case.
    """
    if not any(name and name.strip() for name in header):
        raise TableError(file, "a blank first row", "a header row", "delete the rows above the header", 1)
    names = tuple((name or "").strip() or f"column_{position}" for position, name in enumerate(header, 1))
    lowered = [name.lower() for name in names]
    twice = [name for position, name in enumerate(names) if name.lower() in lowered[:position]]
    if twice:
        found = "columns named more than once: " + ", ".join(repr(name) for name in twice)
        raise TableError(file, found, "names that differ in more than case", "rename them in the header", 1)
    return names


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of a relation's columns and their DuckDB types."""
    described = con.execute(f"DESCRIBE SELECT * FROM {identifier(relation)}").fetchall()
    return tuple(row[0] for row in described), tuple(row[1] for row in described)


def identifier(name: str) -> str:
    """Return a name quoted for SQL, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text quoted for SQL, whatever it contains."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """Return a path quoted for SQL that means this one file even if its name holds wildcards."""
    return literal(_path_as_read(path))


def _path_as_read(path: Path) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path.as_posix())


def timestamp_sql(column: str, format: str | None = None, timezone: str | None = None, type: str = "VARCHAR") -> str:
    """Return the SQL expression of a column's TIMESTAMP, NULL where it cannot be read.

    `column` is an SQL expression (see `identifier`) of the DuckDB type `type`. Text without spaces around it is read
    by `format` (strptime codes), or as ISO 8601 without one, text and numbers alike by one of EPOCH_FORMATS. A time
    with an offset becomes UTC; a time without one is taken as it stands, or as local time of `timezone` (an IANA name)
    and becomes UTC. The connection must come from `connect`: its session runs in UTC.
    """
    if type.endswith("WITH TIME ZONE"):
        return _instant(column)
    if format in EPOCH_FORMATS and not type.startswith(("DATE", "TIMESTAMP")):
        number = number_sql(column) if type == "VARCHAR" else f"TRY_CAST({column} AS DOUBLE)"
        seconds = f"{number} / {EPOCH_FORMATS[format]}"
        is_plausible = f"{seconds} BETWEEN {_EPOCH_RANGE[0]} AND {_EPOCH_RANGE[1]}"
        return f"CASE WHEN {is_plausible} THEN make_timestamp(CAST(round({seconds} * 1e6) AS BIGINT)) END"
    if type != "VARCHAR":
        return _to_utc(f"TRY_CAST({column} AS TIMESTAMP)", timezone)
    if format is not None:
        read = f"try_strptime({column}, {literal(format)})"
        if "%z" in format or "%Z" in format:
            return _instant(f"CAST({read} AS TIMESTAMP WITH TIME ZONE)")
        return _to_utc(f"nullif(greatest({read}, {_FIRST_YEAR}), {_FIRST_YEAR})", timezone)
    is_iso = f"regexp_full_match({column}, {literal(_ISO_8601)})"
    text = f"regexp_replace(replace({column}, ',', '.'), ' ([Z+-])', '\\1')"
    in_utc = _instant(f"TRY_CAST({text} AS TIMESTAMP WITH TIME ZONE)")
    if timezone is None:
        return f"CASE WHEN {is_iso} THEN {in_utc} END"
    has_offset = f"regexp_matches({column}, {literal(_HAS_OFFSET)})"
    local = _to_utc(f"TRY_CAST({text} AS TIMESTAMP)", timezone)
    return f"CASE WHEN {is_iso} THEN CASE WHEN {has_offset} THEN {in_utc} ELSE {local} END END"


def is_timestamp_format(con: duckdb.DuckDBPyConnection, format: str) -> bool:
    """Return True for a format that `timestamp_sql` can read by."""
    try:
        return format in EPOCH_FORMATS or con.execute("SELECT try_strptime('', ?)", [format]).fetchone() is not None
    except duckdb.Error:
        return False


def _to_utc(timestamp: str, timezone: str | None) -> str:
    return timestamp if timezone in (None, "UTC") else _instant(f"timezone({literal(timezone)}, {timestamp})")


def _instant(with_time_zone: str) -> str:
    """Return a TIMESTAMP WITH TIME ZONE as TIMESTAMP in UTC; a cast would do the same much more slowly."""
    return f"make_timestamp(epoch_us({with_time_zone}))"


def number_sql(column: str, decimal: str | None = None, thousands: str | None = None) -> str:
    """Return the SQL expression of a text column's DOUBLE, NULL where it is no plain decimal number.

    `decimal` is the decimal mark (a point if None), `thousands` the mark between groups of digits, which may be left
    out; the last group has three digits.
    """
    point, whole, text = re.escape(decimal or "."), r"\d+", column
    if thousands is not None:
        marks = _LIKE_MARKS.get(thousands, thousands)
        whole = rf"(\d+|\d{{1,3}}([{marks}]\d{{2,3}})*[{marks}]\d{{3}})"
        text = f"translate({text}, {literal(marks)}, '')"
    if decimal not in (None, "."):
        text = f"replace({text}, {literal(str(decimal))}, '.')"
    pattern = rf" *[+-]?({whole}({point}\d*)?|{point}\d+)([eE][+-]?\d+)? *"
    return f"CASE WHEN regexp_full_match({column}, {literal(pattern)}) THEN TRY_CAST({text} AS DOUBLE) END"
