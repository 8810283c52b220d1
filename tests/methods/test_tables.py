import csv
import gzip
import os
import pickle
import zipfile
from datetime import UTC, date, datetime, time
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.methods.tables import (
    TableError,
    TableFormat,
    check_table,
    connect,
    identifier,
    literal,
    number_sql,
    open_table,
    table_errors,
    timestamp_sql,
)


@pytest.fixture
def con(tmp_path):
    with connect(temp_directory=tmp_path / "spill") as connection:
        yield connection


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cells(con, info):
    return con.execute(f"SELECT * FROM {identifier(info.name)}").fetchall()


def error_of(con, path, format=None) -> TableError:
    """Open and read a table that must fail, and hold the error to what every error promises."""
    with pytest.raises(TableError) as caught:
        check_table(con, open_table(con, path, format))
    error = caught.value
    assert error.file == Path(path).name
    assert error.found and error.allowed and error.remedy
    assert str(Path(path).parent) not in str(error)
    assert error.__suppress_context__ or error.__context__ is None
    return error


# CSV as written


def test_csv_cells_arrive_exactly_as_written(con, tmp_path):
    path = written(tmp_path, "t.csv", 'id,note,amount\n007,"two\nlines, one ""cell""",1.50\n8, padded ,\n')
    info = open_table(con, path)
    assert cells(con, info) == [("007", 'two\nlines, one "cell"', "1.50"), ("8", " padded ", None)]
    assert info.columns == ("id", "note", "amount")
    assert info.types == ("VARCHAR",) * 3
    assert info.rows is None
    assert check_table(con, info).rows == 2


def test_csv_is_read_where_it_lies(con, tmp_path):
    path = written(tmp_path, "t.csv", "id\n1\n")
    info = open_table(con, path)
    path.write_text("id\n1\n2\n")
    assert check_table(con, info).rows == 2
    assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_out_from_the_first_rows(con, tmp_path, delimiter):
    rows = [["name", "price, net", "x"], ["a;b", "1,5", "y"], ["c|d", "2\t5", "z"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    info = open_table(con, written(tmp_path, "t.csv", text))
    assert info.format.delimiter == delimiter
    assert cells(con, info) == [tuple(row) for row in rows[1:]]


def test_declared_delimiter_wins(con, tmp_path):
    info = open_table(con, written(tmp_path, "t.csv", "a,b:c\n1,2:3\n"), TableFormat(delimiter=":"))
    assert cells(con, info) == [("1,2", "3")]
    assert error_of(con, tmp_path / "t.csv", TableFormat(delimiter="::")).found == "the delimiter '::'"


@pytest.mark.parametrize("name", ["t.csv.gz", "gzip_by_content.csv"])
def test_gzip_is_recognised_by_content(con, tmp_path, name):
    info = open_table(con, written(tmp_path, name, gzip.compress(b"a,b\n1,2\n")))
    assert cells(con, info) == [("1", "2")]


def test_line_ends_of_windows_and_old_macs_are_read(con, tmp_path):
    windows = open_table(con, written(tmp_path, "w.csv", 'a,b\r\n1,"x\ny"\r\n2,z'), name="w")
    mac = open_table(con, written(tmp_path, "m.csv", "a,b\r1,2\r3,4\r"), name="m")
    assert cells(con, windows) == [("1", "x\ny"), ("2", "z")]
    assert cells(con, mac) == [("1", "2"), ("3", "4")]


def test_odd_names_are_kept_but_for_spaces_and_a_missing_one_is_called_by_position(con, tmp_path):
    header = ' padded ,"a ""quoted"" name",it\'s,select * from x; --,,"two\nlines",größe'
    info = open_table(con, written(tmp_path, "t.csv", header + "\n1,2,3,4,5,6,7\n"))
    expected = ("padded", 'a "quoted" name', "it's", "select * from x; --", "column_5", "two\nlines", "größe")
    assert info.columns == expected
    assert cells(con, info) == [tuple("1234567")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_a_line_that_tells_excel_the_delimiter_is_no_header(con, tmp_path, line, encoding):
    text = line + "a;b\n1,2;3,4\n"
    assert cells(con, open_table(con, written(tmp_path, "t.csv", text.encode(encoding)))) == [("1,2", "3,4")]
    faulty = written(tmp_path, "u.csv", (text + "1;2;3\n").encode(encoding))
    con.execute("DROP TABLE source")
    assert error_of(con, faulty).line == 4


@pytest.mark.parametrize("above", ["Export of May", "Export;May", "Export of May, all\n\nby;system"])
def test_rows_above_the_header_are_an_error_that_says_so(con, tmp_path, above):
    error = error_of(con, written(tmp_path, "t.csv", above + "\na;b;c\n1;2;3\n4;5;6\n7;8;9\n"))
    assert (error.line, error.remedy) == (1, "delete the rows above the header, or name every column")


def test_a_delimiter_at_the_end_of_each_row_is_no_column(con, tmp_path):
    assert cells(con, open_table(con, written(tmp_path, "t.csv", "a;b\n1;2;\n3;4;\n"))) == [("1", "2"), ("3", "4")]


def test_path_with_wildcards_means_one_file(con, tmp_path):
    path = written(tmp_path, "t[1]*?.csv", "a\nright\n")
    written(tmp_path, "t1xx.csv", "a\nwrong\n")
    assert cells(con, open_table(con, path)) == [("right",)]


def test_header_only_is_an_empty_table(con, tmp_path):
    info = check_table(con, open_table(con, written(tmp_path, "t.csv", "a,b")))
    assert (info.rows, info.columns) == (0, ("a", "b"))


some_text = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"))


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(some_text, some_text)))
def test_any_text_survives_the_way_through_csv(con, tmp_path, rows):
    con.execute("DROP VIEW IF EXISTS source")
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = written(tmp_path, "t.csv", "\n".join(["a,b", *quoted]) + "\n")
    assert cells(con, open_table(con, path)) == [tuple(cell or None for cell in row) for row in rows]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_mark_themselves_need_no_declaration(con, tmp_path, encoding):
    info = open_table(con, written(tmp_path, "t.csv", "id,ort\n1,Malmö 😀\n".encode(encoding)))
    assert (info.columns, cells(con, info)) == (("id", "ort"), [("1", "Malmö 😀")])


@pytest.mark.parametrize("encoding", ["windows-1252", "latin-1", "iso-8859-15", "utf-16-be", "cp850"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_declared_encodings_are_transcoded_and_leave_nothing_behind(con, tmp_path, encoding, pack):
    path = written(tmp_path, "t.csv", pack("id,ort\n1,Malmö\n2,Århus\n".encode(encoding)))
    info = open_table(con, path, TableFormat(encoding=encoding))
    path.unlink()
    assert cells(con, info) == [("1", "Malmö"), ("2", "Århus")]
    assert info.rows == 2
    assert not (tmp_path / "spill").exists()


def test_undeclared_encoding_is_an_error_that_proposes_one(con, tmp_path):
    error = error_of(con, written(tmp_path, "t.csv", "id,ort\n1,Lund\n2,Malmö\n".encode("cp1252")))
    assert (error.line, error.found) == (3, "text that is not utf-8")
    assert "declare encoding: windows-1252" in error.remedy
    error = error_of(con, written(tmp_path, "u.csv", "id,ort\n1,Lund\n".encode("utf-16-le")))
    assert "declare encoding: utf-16-le" in error.remedy


def test_wrong_encoding_far_down_the_file_is_found_with_its_line(con, tmp_path):
    lines = ["id,ort", *(f"{i},Lund" for i in range(200_000)), "x,Malmö"]
    error = error_of(con, written(tmp_path, "t.csv", "\n".join(lines).encode("latin-1")))
    assert (error.line, error.found) == (200_002, "text that is not utf-8")
    undefined_byte = "\n".join(lines).encode("utf-8") + b"\x81"
    error = error_of(con, written(tmp_path, "u.csv", undefined_byte), TableFormat(encoding="cp1252"))
    assert (error.line, error.found) == (200_002, "text that is not cp1252")


def test_a_letter_may_lie_across_the_end_of_what_is_looked_at_first(con, tmp_path):
    # The first megabyte ends between the two bytes of a letter: (2^20 - 3) mod 3 = 1.
    path = written(tmp_path, "t.csv", "ab\n" + "é\n" * 400_000)
    assert check_table(con, open_table(con, path)).rows == 400_000


def test_declaration_that_contradicts_the_byte_order_mark_is_an_error(con, tmp_path):
    path = written(tmp_path, "t.csv", "id\n1\n".encode("utf-8-sig"))
    assert error_of(con, path, TableFormat(encoding="latin-1")).found == "text marked as utf-8"


@pytest.mark.parametrize("encoding", ["klingon", "base64"])
def test_unknown_encoding_is_an_error(con, tmp_path, encoding):
    error = error_of(con, written(tmp_path, "t.csv", "id\n1\n"), TableFormat(encoding=encoding))
    assert error.found == f"the encoding {encoding!r}"


# Faulty files


def test_ragged_row_is_named_by_its_line_although_a_cell_holds_line_breaks(con, tmp_path):
    path = written(tmp_path, "t.csv", 'a,b\n1,"x\ny\nz"\n2,3\nsecret\n4,5\n')
    error = error_of(con, path)
    assert (error.line, error.found, error.allowed) == (6, "1 value in a row", "rows of 2 values")
    assert str(error).startswith("t.csv:6: found 1 value in a row; allowed rows of 2 values; ")
    assert "secret" not in str(error)


def test_ragged_row_in_another_encoding_and_in_gzip(con, tmp_path):
    text = "id,ort\n1,Malmö\n2,Lund,Skåne\n"
    error = error_of(con, written(tmp_path, "t.csv", text.encode("cp1252")), TableFormat(encoding="cp1252"))
    assert (error.line, error.found) == (3, "3 values in a row")
    error = error_of(con, written(tmp_path, "t.csv.gz", gzip.compress(text.encode())))
    assert error.line == 3
    assert not (tmp_path / "spill").exists()


@pytest.mark.parametrize("row", ['1,"open', '1,"x"y'])
def test_quotes_out_of_place_are_an_error_with_the_line(con, tmp_path, row):
    error = error_of(con, written(tmp_path, "t.csv", f"a,b\n0,0\n{row}\n2,3\n"))
    assert error.line == 3
    assert "quotation mark" in error.found


def test_quote_left_open_in_the_header_is_no_empty_table(con, tmp_path):
    assert error_of(con, written(tmp_path, "t.csv", 'a,"b\n1,2\n')).line == 1


# 800 bytes of 30 rows: 10,000 times over, the next row begins behind the eight megabytes that one thread reads.
ROWS = "".join(f"{n},A,2020-01-01 00:00:0{n % 10},n\n" for n in range(30))


@pytest.mark.parametrize(
    "fault", [b"31,A\n", b'31,A,2020,"x"y\n', b"31,A,2020,x,y\n", b"31,A,2020,\xfc\n", b'31,A,2020,"x\n']
)
def test_a_fault_where_another_thread_begins_to_read_is_found(con, tmp_path, fault):
    path = written(tmp_path, "t.csv", b"a,b,c,d\n" + (ROWS * 10_000).encode() + fault + ROWS.encode())
    assert error_of(con, path).line == 300_002


def test_a_quotation_mark_left_open_behind_values_with_line_breaks_is_found(con, tmp_path):
    text = 'a,b\n1,"two\nlines"\n2,"never closed\n3,x\n4,y\n'
    assert error_of(con, written(tmp_path, "u.csv", text.encode("utf-16"))).line == 4
    assert error_of(con, written(tmp_path, "t.csv", text)).line == 4


def test_line_breaks_that_look_like_rows_are_read_as_they_are(con, tmp_path):
    note = "1,2,3\n" * 40_000
    rows = [(str(n), note if n % 4 == 0 else "x", "y") for n in range(400)]
    path = tmp_path / "t.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("a", "b", "c"), *rows])
    assert path.stat().st_size > 20_000_000
    info = open_table(con, path)
    assert check_table(con, info).rows == 400
    query = "SELECT count(*), sum(length(b)), sum(CAST(a AS INTEGER)) FROM source"
    assert con.execute(query).fetchone() == (400, 100 * len(note) + 300, 79_800)


def test_mixed_line_ends_are_an_error(con, tmp_path):
    assert "line ends" in error_of(con, written(tmp_path, "t.csv", "a,b\n1,2\r\n3,4\n")).found


def test_a_query_meets_the_fault_that_opening_did_not(con, tmp_path):
    # The name of the faulty file holds that of the other.
    other = open_table(con, written(tmp_path, "t.csv", "a,b\n1,2\n"), name="other")
    info = open_table(con, written(tmp_path, "t.csv.csv", "a,b\n1,2\n3\n"))
    with pytest.raises(TableError, match=r"t\.csv\.csv:3"), table_errors(other, info):
        con.execute("SELECT count(*) FROM source JOIN other USING (a)").fetchone()


def test_an_error_of_the_query_itself_stays_what_it_is(con, tmp_path):
    info = open_table(con, written(tmp_path, "t.csv", "a\n1\n"))
    with pytest.raises(duckdb.BinderException), table_errors(info):
        con.execute("SELECT nothing FROM source")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("empty.csv", b"", "an empty file"),
        ("empty.parquet", b"", "an empty file"),
        ("blanks.csv", b" \n\n", "an empty file"),
        ("empty.csv.gz", gzip.compress(b"", mtime=0), "an empty file"),
        ("headless.csv", b"\na,b\n1,2\n", "a blank first row"),
        ("binary.csv", bytes(range(256)) * 9, "binary data"),
        ("zeros.csv", b"a,b\n\0\0\0\0,1\n", "binary data"),
        ("image.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe", "binary data"),
        ("book.csv", b"PK\x03\x04 and so on", "an Excel or zip file"),
        ("cut.csv.gz", gzip.compress(os.urandom(999))[:500], "a damaged or cut off gzip file"),
        ("dup.csv", b"ID,name,Id,name\n1,2,3,4\n", "columns named more than once: 'Id', 'name'"),
        ("text.parquet", b"a,b\n1,2\n", "a file that is not Parquet"),
        ("cut.parquet", b"PAR1 and then nothing", "content that cannot be read"),
        ("text.xlsx", b"a,b\n1,2\n", "a file that is not an Excel workbook, or a damaged or protected one"),
        ("table.xls", b"\xd0\xcf\x11\xe0", "the ending '.xls'"),
        ("table", b"a,b\n1,2\n", "the ending ''"),
    ],
)
def test_files_that_are_no_table_are_told_apart(con, tmp_path, name, content, found):
    assert error_of(con, written(tmp_path, name, content)).found == found


def test_gzip_cut_off_far_down_the_file_is_an_error(con, tmp_path):
    text = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(300_000))
    error = error_of(con, written(tmp_path, "t.csv.gz", gzip.compress(text)[:-2000]))
    assert error.found == "a damaged or cut off gzip file"


def test_missing_file_and_folder_are_errors(con, tmp_path):
    assert error_of(con, tmp_path / "nowhere.csv").found == "no such file"
    (tmp_path / "folder.csv").mkdir()
    assert error_of(con, tmp_path / "folder.csv").found == "a folder"


def test_a_name_can_be_taken_only_once(con, tmp_path):
    path = written(tmp_path, "t.csv", "a\n1\n")
    open_table(con, path)
    assert error_of(con, path).found == "the name 'source' twice"


def test_table_error_crosses_processes():
    error = TableError("t.csv", "x", "y", "do z", 3)
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == "t.csv:3: found x; allowed y; do z"


# Parquet


def test_parquet_keeps_its_types(con, tmp_path):
    path = tmp_path / "t.parquet"
    con.execute(f"COPY (SELECT 1 AS n, TIMESTAMP '2026-01-02 03:04:05' AS t) TO {literal(str(path))}")
    info = open_table(con, path)
    assert (info.types, info.rows) == (("INTEGER", "TIMESTAMP"), 1)


def test_parquet_times_of_any_unit_and_texts_kept_as_bytes_are_read(con, tmp_path):
    moment = datetime(2024, 7, 1, 8, tzinfo=UTC)
    kinds = [pa.timestamp(unit, zone) for unit in ("ns", "us", "ms", "s") for zone in ("UTC", None)]
    columns = {str(kind): pa.array([moment], kind) for kind in kinds}
    columns |= {"bytes": pa.array(["größe".encode()], pa.binary()), "picture": pa.array([b"\xff\xd8"], pa.binary())}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    info = open_table(con, tmp_path / "t.parquet")
    assert set(info.types) == {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "VARCHAR"}
    read = ", ".join(
        timestamp_sql(identifier(n), None, "UTC", type) for n, type in zip(info.columns[:8], info.types, strict=False)
    )
    assert set(con.execute(f"SELECT {read} FROM source").fetchall()[0]) == {moment.replace(tzinfo=None)}
    assert con.execute("SELECT bytes, picture FROM source").fetchall() == [("größe", "\\xFF\\xD8")]


def test_damaged_page_in_a_parquet_file_is_an_error(con, tmp_path):
    path = tmp_path / "t.parquet"
    con.execute(f"COPY (SELECT i, md5(i::VARCHAR) AS m FROM range(50000) t(i)) TO {literal(str(path))}")
    content = bytearray(path.read_bytes())
    content[1000:9000] = b"\xff" * 8000
    path.write_bytes(content)
    assert error_of(con, path).found == "content that cannot be read"


# Excel


def saved(path: Path, rows, sheet="Data", more=()) -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    for name in more:
        book.create_sheet(name)
    book.save(path)
    return path


def test_excel_cells_arrive_as_text(con, tmp_path):
    moment, day = datetime(2026, 9, 30, 14, 5), date(2026, 9, 30)
    rows = [["n", "x", "t", "d", "u", "b", "s"], [7, 1.5, moment, day, time(8, 30), True, "007"], [], [8.0]]
    info = open_table(con, saved(tmp_path / "t.xlsx", rows))
    first = ("7", "1.5", moment, day, "08:30:00", "true", "007")
    assert cells(con, info) == [first, ("8", *[None] * 6)]
    assert info.types == ("VARCHAR", "VARCHAR", "TIMESTAMP", "DATE", "VARCHAR", "VARCHAR", "VARCHAR")
    assert (info.rows, info.format.sheet) == (2, "Data")


def test_dates_among_other_values_stay_text(con, tmp_path):
    rows = [["d", "t"], [date(2026, 9, 30), datetime(2026, 9, 30, 14, 5)], ["30.9.2026", "2026-02-31 00:00:00"]]
    info = open_table(con, saved(tmp_path / "t.xlsx", rows))
    assert cells(con, info)[0] == ("2026-09-30", "2026-09-30 14:05:00")
    assert info.types == ("VARCHAR", "VARCHAR")


def test_numbers_of_excel_are_written_with_the_declared_mark(con, tmp_path):
    path = saved(tmp_path / "t.xlsx", [["x"], [1234.5], ["1.234,50"], [7]])
    info = open_table(con, path, TableFormat(decimal=","))
    assert cells(con, info) == [("1234,5",), ("1.234,50",), ("7",)]
    assert con.execute(f"SELECT list({number_sql('x', ',', '.')}) FROM source").fetchone() == ([1234.5, 1234.5, 7],)


def test_cells_merged_downwards_hold_the_value_shown(con, tmp_path):
    book = openpyxl.Workbook()
    for row in [["case", "step", "note"], ["c1", "a", "x"], [None, "b"], [None, "c"], ["c2", "d", "y"]]:
        book.active.append(row)
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("B5:C5")
    book.save(tmp_path / "t.xlsx")
    table = cells(con, open_table(con, tmp_path / "t.xlsx"))
    assert table == [("c1", "a", "x"), ("c1", "b", None), ("c1", "c", None), ("c2", "d", None)]


def test_rows_above_the_header_of_a_sheet_are_an_error_that_says_so(con, tmp_path):
    path = saved(tmp_path / "t.xlsx", [["Export of May"], [], ["a", "b"], [1, 2]])
    error = error_of(con, path)
    assert error.line == 3
    assert "delete the rows above the header" in error.remedy


def test_midnight_keeps_its_time_where_the_cell_shows_one(con, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["t"])
    book.active.append([datetime(2026, 9, 30)])
    book.active["A2"].number_format = "yyyy-mm-dd hh:mm"
    book.save(tmp_path / "t.xlsx")
    assert cells(con, open_table(con, tmp_path / "t.xlsx")) == [(datetime(2026, 9, 30),)]


def test_sheet_must_be_declared_among_several(con, tmp_path):
    path = saved(tmp_path / "t.xlsx", [["a"], [1]], more=["Other"])
    assert "'Data', 'Other'" in error_of(con, path).remedy
    assert error_of(con, path, TableFormat(sheet="data")).found == "no sheet 'data'"
    assert cells(con, open_table(con, path, TableFormat(sheet="Data"))) == [("1",)]


def test_excel_row_wider_than_the_header_leaves_no_table_behind(con, tmp_path):
    error = error_of(con, saved(tmp_path / "t.xlsx", [["a"], [1], [1, 2]]))
    assert (error.line, error.found) == (3, "2 values in a row")
    assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


def edited(path: Path, *replacements: tuple[bytes, bytes]) -> Path:
    """Return a copy of a workbook with these bytes replaced in its parts."""
    copy = path.with_stem("edited")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            for before, after in replacements:
                content = content.replace(before, after)
            new.writestr(part, content)
    return copy


def test_a_whole_number_saved_with_decimals_has_none(con, tmp_path):
    path = edited(saved(tmp_path / "t.xlsx", [["a"], [7]]), (b"<v>7</v>", b"<v>7.0</v>"))
    assert cells(con, open_table(con, path)) == [("7",)]


def test_saved_results_of_formulas_count_and_missing_ones_are_an_error(con, tmp_path):
    path = saved(tmp_path / "t.xlsx", [["a", "b"], [1, "=A2+1"], [2, "=A3+1"]])
    assert error_of(con, path).found == "formulas without results in the column 'b'"
    with_results = edited(path, (b"<v></v>", b"<v>2</v>"), (b"<v />", b"<v>2</v>"), (b"<v/>", b"<v>2</v>"))
    assert cells(con, open_table(con, with_results)) == [("1", "2"), ("2", "2")]


# Connection


def test_settings_are_locked_and_nothing_is_loaded_or_downloaded(con):
    for statement in ("SET threads = 1", "LOAD httpfs", "FROM 'https://example.org/t.parquet'"):
        with pytest.raises(duckdb.Error):
            con.execute(statement)
    assert con.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)


def test_limits_are_those_asked_for():
    with connect(memory_limit="100MB", threads=1) as con:
        assert con.execute("SELECT current_setting('threads')").fetchone() == (1,)
        assert con.execute("SELECT current_setting('memory_limit')").fetchone() == ("95.3 MiB",)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.xlsx"])
def test_a_connection_for_one_folder_opens_nothing_elsewhere(tmp_path, name):
    inside, outside = tmp_path / "client", tmp_path / "client_of_others"
    inside.mkdir(), outside.mkdir()
    written(outside, name, "a\n1\n")
    (inside / name).symlink_to(outside / name)
    with connect(directories=[inside], temp_directory=tmp_path / "spill") as con:
        assert cells(con, open_table(con, written(inside, "mine.csv", "a\n1\n"))) == [("1",)]
        for path in (outside / name, inside / name, inside / ".." / outside.name / name):
            assert error_of(con, path).found == "a file elsewhere"
        for statement in (f"FROM read_csv({literal(str(outside / name))})", "INSTALL httpfs"):
            with pytest.raises(duckdb.PermissionException):
                con.execute(statement)


# Values of text


def values(con, expression, texts, type="VARCHAR"):
    rows = [(text,) for text in texts]
    con.execute("CREATE OR REPLACE TABLE texts (position INTEGER, x VARCHAR)")
    con.executemany("INSERT INTO texts VALUES (?, ?)", [(n, *row) for n, row in enumerate(rows)])
    return [row[0] for row in con.execute(f"SELECT {expression} FROM texts ORDER BY position").fetchall()]


def test_iso_timestamps_with_an_offset_become_utc(con):
    texts = ["2024-07-01T10:00:00+02:00", "2024-07-01 10:00", "2024-07-01", "2024-07-01 10:00:00 +0200"]
    expected = [datetime(2024, 7, 1, 8), datetime(2024, 7, 1, 10), datetime(2024, 7, 1), datetime(2024, 7, 1, 8)]
    assert values(con, timestamp_sql("x"), texts) == expected
    with_fractions = ["2024-07-01T10:00:00.5Z", "2024-07-01 10:00:00,5 UTC", "2024-07-01 08:00:00.500000000-02"]
    assert values(con, timestamp_sql("x"), with_fractions) == [datetime(2024, 7, 1, 10, 0, 0, 500_000)] * 3


def test_what_is_no_timestamp_is_null(con):
    texts = ["epoch", "infinity", "2024-02-30", "01/02/2024", "20240102", "10:00", "?", "", None]
    assert values(con, timestamp_sql("x"), texts) == [None] * 9
    assert values(con, timestamp_sql("x", timezone="Europe/Berlin"), texts) == [None] * 9


def test_local_time_becomes_utc_and_an_offset_beats_the_time_zone(con):
    texts = ["2024-07-01 10:00:00", "2024-01-01 10:00:00", "2024-07-01T10:00:00+00:00", "2024-07-01"]
    expected = [datetime(2024, 7, 1, 8), datetime(2024, 1, 1, 9), datetime(2024, 7, 1, 10), datetime(2024, 6, 30, 22)]
    assert values(con, timestamp_sql("x", timezone="Europe/Berlin"), texts) == expected


def test_timestamps_in_a_declared_format(con):
    texts = ["29/2/2016 01:16", "30/2/2016 01:16", "2016-02-29"]
    assert values(con, timestamp_sql("x", "%d/%m/%Y %H:%M"), texts) == [datetime(2016, 2, 29, 1, 16), None, None]
    in_berlin = timestamp_sql("x", "%d/%m/%Y %H:%M", "Europe/Berlin")
    assert values(con, in_berlin, texts)[0] == datetime(2016, 2, 29, 0, 16)
    with_offset = timestamp_sql("x", "%d/%m/%Y %H:%M %z", "Europe/Berlin")
    assert values(con, with_offset, ["29/2/2016 01:16 +0200"]) == [datetime(2016, 2, 28, 23, 16)]


def test_a_year_of_two_digits_is_none_of_four(con):
    assert values(con, timestamp_sql("x", "%d.%m.%Y"), ["31.12.19", "31.12.2019"]) == [None, datetime(2019, 12, 31)]


def test_seconds_and_milliseconds_since_1970_are_told_apart(con):
    texts = ["1719820800", "1719820800.5", "1719820800000", "0", "soon"]
    seconds, half = datetime(2024, 7, 1, 8), datetime(2024, 7, 1, 8, 0, 0, 500_000)
    assert values(con, timestamp_sql("x", "%s", "Europe/Berlin"), texts) == [seconds, half, None, None, None]
    assert values(con, timestamp_sql("x", "%Q"), texts) == [None, None, seconds, None, None]
    number = timestamp_sql("CAST(x AS BIGINT)", "%Q", type="BIGINT")
    assert values(con, number, ["1719820800000"]) == [seconds]


def test_typed_timestamps_are_taken_as_they_are(con):
    con.execute("CREATE TABLE t AS SELECT TIMESTAMPTZ '2024-07-01 10:00:00+02' AS z, DATE '2024-07-01' AS d")
    aware = timestamp_sql("z", "%d", "Europe/Berlin", type="TIMESTAMP WITH TIME ZONE")
    dated = timestamp_sql("d", "%d", "Europe/Berlin", type="DATE")
    row = con.execute(f"SELECT {aware}, {dated} FROM t").fetchone()
    assert row == (datetime(2024, 7, 1, 8), datetime(2024, 6, 30, 22))


def test_numbers_are_plain_decimals_only(con):
    texts = ["12", "-1.5", ".5", "1e3", " 7 ", "1_000", "inf", "nan", "0x1F", "1,5", "", None]
    assert values(con, number_sql("x"), texts) == [12, -1.5, 0.5, 1000, 7, *[None] * 7]


def test_decimal_comma_and_grouping_are_read_only_if_declared(con):
    texts = ["1.234,50", "0,5", "1.5", "12"]
    assert values(con, number_sql("x", ","), texts) == [None, 0.5, None, 12]
    assert values(con, number_sql("x", ",", "."), texts) == [1234.5, 0.5, None, 12]


@pytest.mark.parametrize(
    ("mark", "texts"),
    [
        (",", ["1,234,567.5", "12,34,567.5", "1234.5", ",5", "1,23"]),
        (" ", ["1 234 567.5", "1\N{NO-BREAK SPACE}234.5", "1\N{NARROW NO-BREAK SPACE}234.5", "1 2", "x"]),
        ("'", ["1'234'567.5", "1\N{RIGHT SINGLE QUOTATION MARK}234.5", "1234.5", "1'23", "x"]),
    ],
)
def test_groups_of_digits_are_read_as_people_write_them(con, mark, texts):
    first, second, third, *others = values(con, number_sql("x", None, mark), texts)
    assert first == 1_234_567.5
    assert {second, third} <= {1_234_567.5, 1_234.5}
    assert others == [None, None]
