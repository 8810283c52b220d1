"""CSV files as DuckDB reads them: encoding, delimiter and header settled first, so that nothing is guessed later."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import mode
from typing import BinaryIO, TextIO, cast

import duckdb

from workbook.methods.tables import (
    TableError,
    TableFormat,
    TableInfo,
    column_names,
    create,
    file_literal,
    identifier,
    literal,
)

_SAMPLE_BYTES = 1 << 20
_CHUNK_CHARACTERS = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_GZIP = b"\x1f\x8b"
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OTHER_FILES = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF file",
}
_NOT_GZIP = (EOFError, gzip.BadGzipFile, zlib.error)
# The first line by which Excel is told the delimiter.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(\r\n|\n|\r)', re.IGNORECASE)
# As in DuckDB's reader.
_MOST_ROW_BYTES = 2_000_000
_LIKE_ROWS = "values with line breaks that look like rows"
_CLOSE_QUOTES = "close the quotation marks, and double those inside a value"


class EncodingError(TableError):
    """Text that is not of its encoding; `proposed` is the likeliest other one."""

    def __init__(self, file: str, encoding: str, proposed: str, line: int | None) -> None:
        remedy = f"declare encoding: {proposed} if it was written so, or save it as UTF-8"
        super().__init__(file, f"text that is not {encoding}", f"text in {encoding}", remedy, line)
        self.proposed = proposed

    def __reduce__(self) -> tuple[type[EncodingError], tuple[str, str, str, int | None]]:
        return EncodingError, (self.file, self.found.removeprefix("text that is not "), self.proposed, self.line)


def open_csv(con: duckdb.DuckDBPyConnection, path: Path, format: TableFormat, name: str) -> TableInfo:
    """Register a CSV file as the relation `name`, every column VARCHAR as written; TableError if it cannot be."""
    sample, is_whole = _sample(path)
    encoding = _encoding(path.name, sample, is_whole, format.encoding)
    text = codecs.getincrementaldecoder(encoding)().decode(sample).removeprefix("\ufeff")
    hint = _SEPARATOR_LINE.match(text)
    text = text[hint.end() :] if hint else text
    delimiter = _delimiter(path.name, text, format.delimiter or (hint and hint[1]))
    columns = _header(path.name, text, delimiter)
    settled = replace(format, encoding=encoding, delimiter=delimiter)
    table = TableInfo(name, columns, ("VARCHAR",) * len(columns), None, path.name, settled, path)
    if hint or encoding not in ("utf-8", "ascii"):
        return replace(table, rows=_load_copy(con, table))
    create(con, "VIEW", name, _reading(path, table, is_parallel=not _has_line_breaks(text)), path.name)
    return table


def check_csv(con: duckdb.DuckDBPyConnection, table: TableInfo) -> int:
    """Read every cell of a CSV file and return its number of rows; TableError at a fault."""
    if table.rows is not None:
        return table.rows
    every_cell = ", ".join(f"max(hash({identifier(each)}))" for each in table.columns)
    one_by_one = _reading(table.path, table, is_parallel=False)
    rows = int(con.execute(f"SELECT count(*), {every_cell} FROM ({one_by_one})").fetchall()[0][0])
    sample, _ = _sample(table.path)
    _count_again(con, table.path, table, rows, is_parallel=not _has_line_breaks(sample.decode("utf-8", "ignore")))
    return rows


def _count_again(con: duckdb.DuckDBPyConnection, path: Path, table: TableInfo, rows: int, is_parallel: bool) -> None:
    """Raise TableError where a reading with several threads finds a fault, or other than so many rows.

    Line breaks that look like rows are one only where `is_parallel`, that is where the table will be read so.

    Without an error, DuckDB 2.0 leaves out the rest of a file from a quotation mark on that is not closed if it reads
    with one thread, and from a faulty row on that is the first in the last eight megabytes if with several.
    """
    query = f"SELECT count(*) FROM ({_reading(path, table, is_parallel=True)})"
    try:
        fault = None if con.execute(query).fetchall() == [(rows,)] else csv_error(table, "")
    except duckdb.Error as error:
        fault = csv_error(table, str(error))
    if fault and (is_parallel or fault.found != _LIKE_ROWS):
        raise fault


def _has_line_breaks(text: str) -> bool:
    """Tell whether a value holds a line break: what a second thread begins with can then look like rows."""
    return any(line.count('"') % 2 for line in text.splitlines())


def csv_error(table: TableInfo, message: str) -> TableError:
    """Return what is wrong with a CSV file that DuckDB refused, with the line where the fault begins."""
    if "gzip" in message.lower():
        return _broken_gzip(table.file)
    if "unicode" in message.lower():
        return _undecodable(table.path, str(table.format.encoding), "windows-1252")
    if "Maximum line size" in message:
        return TableError(table.file, "a row of more than 2 MB", "rows up to 2 MB", _CLOSE_QUOTES, _line_in(message))
    line, found, remedy = _first_fault(table)
    return TableError(table.file, found, f"rows of {len(table.columns)} values", remedy, line or _line_in(message))


def _line_in(message: str) -> int | None:
    match = re.search(r"CSV Error on Line: (\d+)", message)
    return int(match[1]) if match else None


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == _GZIP


def _bytes_of(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if _is_gzip(path) else path.open("rb")


def _broken_gzip(file: str) -> TableError:
    return TableError(file, "a damaged or cut off gzip file", "a whole one", "copy or compress it again")


def _sample(path: Path) -> tuple[bytes, bool]:
    """Return the beginning of a file and whether that is all of it; TableError if it is no text at all."""
    try:
        with _bytes_of(path) as stream:
            sample = stream.read(_SAMPLE_BYTES)
            is_whole = not stream.read(1)
    except _NOT_GZIP:
        raise _broken_gzip(path.name) from None
    for magic, found in _OTHER_FILES.items():
        if sample.startswith(magic):
            raise TableError(path.name, found, "a text file with delimiters", "declare its real format")
    if not sample.strip():
        raise TableError(path.name, "an empty file", "at least a header row", "export it again")
    return sample, is_whole


def _encoding(file: str, sample: bytes, is_whole: bool, declared: str | None) -> str:
    """Return the codec to read a file by: as declared, by its byte order mark, or UTF-8; TableError if it fails."""
    marked = next((name for mark, name in _MARKS.items() if sample.startswith(mark)), None)
    try:
        # Some codecs of Python are none of text, which only using them tells.
        "".encode(declared or "utf-8")
    except LookupError:
        allowed = "utf-8, utf-16, windows-1252, latin-1 and the like"
        raise TableError(file, f"the encoding {declared!r}", allowed, "correct the declaration") from None
    wanted = codecs.lookup(declared or marked or "utf-8").name.removesuffix("-sig")
    if marked and not wanted.startswith(marked):
        raise TableError(file, f"text marked as {marked}", f"{wanted}, as declared", f"declare encoding: {marked}", 1)
    proposed = _proposed_encoding(sample)
    if b"\0" in sample and not any(each.startswith(("utf-16", "utf-32")) for each in (wanted, proposed)):
        raise _binary(file)
    try:
        text = codecs.getincrementaldecoder(wanted)().decode(sample, final=is_whole)
    except UnicodeDecodeError as error:
        raise _wrong_encoding(file, wanted, proposed, sample.count(b"\n", 0, error.start) + 1) from None
    if "\0" in text and proposed.startswith("utf-16"):
        raise _wrong_encoding(file, wanted, proposed, 1)
    if "\0" in text:
        raise _binary(file)
    return wanted


def _binary(file: str) -> TableError:
    return TableError(file, "binary data", "a text file with delimiters", "declare its real format, or export it")


def _proposed_encoding(data: bytes) -> str:
    """Return the likeliest encoding of bytes that are not UTF-8: zero bytes betray UTF-16, the rest is western."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if max(even, odd) > len(data) / 8 and min(even, odd) < max(even, odd) / 8:
        return "utf-16-le" if odd > even else "utf-16-be"
    return "windows-1252"


def _wrong_encoding(file: str, encoding: str, proposed: str, line: int | None) -> TableError:
    if proposed == encoding:
        return TableError(file, f"text that is not {encoding}", f"text in {encoding}", "save it as UTF-8", line)
    return EncodingError(file, encoding, proposed, line)


def _undecodable(path: Path, encoding: str, proposed: str) -> TableError:
    """Return the fault of the first line that is not written in `encoding`."""
    if encoding.startswith(("utf-16", "utf-32")):
        # Their lines cannot be told apart before they are decoded.
        return _wrong_encoding(path.name, encoding, proposed, None)
    with _bytes_of(path) as raw:
        for number, line in enumerate(raw, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return _wrong_encoding(path.name, encoding, proposed, number)
    return _wrong_encoding(path.name, encoding, proposed, None)


def _records(text: str, delimiter: str, most: int, strict: bool = True) -> list[list[str]]:
    """Return the first records of a text, as many as are whole; the last one of a sample may be cut."""
    records: list[list[str]] = []
    with suppress(csv.Error):
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict):
            records.append(record)
            if len(records) > most:
                break
    return records[:-1] if len(records) > 1 else records


def _delimiter(file: str, text: str, declared: str | None) -> str:
    """Return the delimiter declared, or the one that splits the first rows into equally many, and most, values."""
    if declared is not None and (len(declared) != 1 or declared in '"\r\n'):
        raise TableError(file, f"the delimiter {declared!r}", "one character", "correct the declaration")
    if declared is not None:
        return declared
    if file.lower().removesuffix(".gz").endswith((".tsv", ".tab")):
        return "\t"

    def fit(delimiter: str) -> tuple[bool, bool, int, int]:
        header = len(next(iter(_records(text, delimiter, 1, strict=False)), []))
        widths = [len(record) for record in _records(text, delimiter, 50) if record] or [header]
        usual = mode(widths)
        return len(set(widths)) == 1 and usual > 1, header == usual > 1, usual, header

    return max(_DELIMITERS, key=fit)


def _header(file: str, text: str, delimiter: str) -> tuple[str, ...]:
    """Return the columns that the first row names; TableError if it cannot be the header of the rows below."""
    records = _records(text, delimiter, 50)
    if not records:
        raise TableError(file, "a header whose quotation marks do not match", "a header row", _CLOSE_QUOTES, 1)
    columns = column_names(file, records[0])
    usual = mode(_filled_width(record) for record in records[1:] or records)
    if usual > len(columns):
        found = f"a first row of {len(columns)} above rows of {usual} values"
        remedy = "delete the rows above the header, or name every column"
        raise TableError(file, found, "a header that names each column", remedy, 1)
    return columns


def _filled_width(record: list[str]) -> int:
    return max((position for position, value in enumerate(record, 1) if value), default=0)


def _reading(path: Path, table: TableInfo, is_parallel: bool) -> str:
    """Return the query that reads a UTF-8 file, that of the table or a copy of it, with nothing left to detect."""
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in table.columns)
    return (
        f"SELECT * FROM read_csv({file_literal(path)}, auto_detect = false, header = true, columns = {{{types}}}, "
        f"delim = {literal(str(table.format.delimiter))}, quote = '\"', escape = '\"', "
        f"compression = '{'gzip' if _is_gzip(path) else 'none'}', max_line_size = {_MOST_ROW_BYTES}, "
        f"parallel = {str(is_parallel).lower()}, "
        "strict_mode = true, null_padding = false, ignore_errors = false)"
    )


def _load_copy(con: duckdb.DuckDBPyConnection, table: TableInfo) -> int:
    """Load a file through a copy in UTF-8 that begins with the header, removed at once; return its rows."""
    with _folder_for_copy(con) as folder:
        copy = Path(folder, "copy.csv")
        _transcode(table, copy)
        try:
            create(con, "TABLE", table.name, _reading(copy, table, is_parallel=False), table.file)
            rows = int(con.execute(f"SELECT count(*) FROM {identifier(table.name)}").fetchall()[0][0])
            _count_again(con, copy, table, rows, is_parallel=False)
        except duckdb.InvalidInputException as error:
            raise csv_error(table, str(error)) from None
        except TableError:
            con.execute(f"DROP TABLE {identifier(table.name)}")
            raise
    return rows


@contextmanager
def _folder_for_copy(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Lend a folder beside what DuckDB spills: private, and readable also by a connection for few folders."""
    spill = Path(con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0])
    spill.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="utf8-", dir=spill) as folder:
            yield folder
    finally:
        with suppress(OSError):
            # It stays only while DuckDB has spilled something into it.
            spill.rmdir()


@contextmanager
def _text_of(table: TableInfo, errors: str = "strict") -> Iterator[tuple[TextIO, int]]:
    """Open the text of a file at its header, and tell how many lines stand above that: one names the delimiter."""
    with (
        _bytes_of(table.path) as raw,
        io.TextIOWrapper(raw, encoding=table.format.encoding, errors=errors, newline="") as text,
    ):
        has_hint = _SEPARATOR_LINE.fullmatch(text.readline(20).removeprefix("\ufeff")) is not None
        if not has_hint:
            text.seek(0)
        yield text, int(has_hint)


def _transcode(table: TableInfo, copy: Path) -> None:
    try:
        with _text_of(table) as (source, _), copy.open("w", encoding="utf-8", newline="") as target:
            shutil.copyfileobj(source, target, _CHUNK_CHARACTERS)
    except UnicodeDecodeError:
        raise _undecodable(table.path, str(table.format.encoding), str(table.format.encoding)) from None
    except _NOT_GZIP:
        raise _broken_gzip(table.file) from None


def _first_fault(table: TableInfo) -> tuple[int | None, str, str]:
    """Return line, finding and remedy of the first row that breaks the rules.

    DuckDB counts records, a reader of the file counts lines: they differ as soon as a value holds a line break.
    """
    begins, limit = 1, csv.field_size_limit(_MOST_ROW_BYTES)
    # The line that was read last, and the ways in which rows end.
    line, ends = [""], set[str]()

    def lines(text: Iterable[str]) -> Iterator[str]:
        for line[0] in text:
            yield line[0]

    try:
        with _text_of(table, errors="replace") as (text, above):
            begins = 1 + above
            reader = csv.reader(lines(text), delimiter=str(table.format.delimiter), strict=True)
            for record in reader:
                has_end_mark = len(record) == len(table.columns) + 1 and not record[-1]
                if record and len(record) != len(table.columns) and not has_end_mark:
                    found = f"{len(record)} value{'s' * (len(record) != 1)} in a row"
                    return begins, found, "quote values that hold the delimiter, and fill the row"
                begins = 1 + above + reader.line_num
                ends.add(line[0][len(line[0].rstrip("\r\n")) :])
    except csv.Error:
        return begins, "a quotation mark that is not closed, or text behind a closing one", _CLOSE_QUOTES
    finally:
        csv.field_size_limit(limit)
    if len(ends - {""}) > 1:
        return None, "line ends of more than one kind", "save it again with one kind of line end"
    return None, _LIKE_ROWS, "save it as Parquet, or take out the line breaks"
