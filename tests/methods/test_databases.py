import hashlib
import logging
import sqlite3
import sys
import tracemalloc
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.methods.database_rows import load_rows
from workbook.methods.databases import DatabaseAccessError, check_query, open_query
from workbook.methods.tables import TableError, check_table, connect

CANARY = "Kanarienvogel-7391"
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "


@pytest.fixture
def con(tmp_path):
    with connect(temp_directory=tmp_path / "spill") as connection:
        yield connection


@pytest.fixture
def shop(tmp_path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE orders (id INTEGER, ref TEXT, amount REAL, anything)")
        rows = [(1, "007", 1.5, 1), (2, None, None, "x"), (3, " padded\n", 2.0, None), (4, "", 0.1, 2.5)]
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path


def rows_of(con, path, sql):
    info = open_query(con, f"sqlite:///{path}", sql)
    return info, con.execute("SELECT * FROM source").fetchall()


def loaded(*chunks, shown="a"):
    """Load one column in chunks; return its type and values."""
    with connect() as con:
        load_rows(con, "t", ["a"], [[(value,) for value in chunk] for chunk in chunks], "q.sql")
        ((_, type, *_),) = con.execute("DESCRIBE t").fetchall()
        return type, [row[0] for row in con.execute(f"SELECT {shown} FROM t").fetchall()]


def error_of(con, url, sql) -> TableError:
    """Run a query that must fail, and hold the error to what every error promises."""
    with pytest.raises(TableError) as caught:
        open_query(con, url, sql, "t", "data/orders.sql")
    error = caught.value
    assert error.file == "orders.sql"
    assert error.found and error.allowed and error.remedy
    # The driver's error must not travel along: a logger or a debugger would show it.
    assert error.__context__ is None and error.__cause__ is None
    assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
    return error


# What arrives


def test_text_arrives_exactly_numbers_typed_and_null_as_null(con, shop):
    info, rows = rows_of(con, shop, "SELECT id, ref, amount FROM orders ORDER BY id")
    assert rows == [(1, "007", 1.5), (2, None, None), (3, " padded\n", 2.0), (4, "", 0.1)]
    assert (info.columns, info.types) == (("id", "ref", "amount"), ("BIGINT", "VARCHAR", "DOUBLE"))
    assert (info.name, info.rows, info.file) == ("source", 4, "query.sql")
    assert check_table(con, info).rows == 4


def test_a_column_of_mixed_types_becomes_text(con, shop):
    info, rows = rows_of(con, shop, "SELECT anything FROM orders ORDER BY id")
    assert (info.types, rows) == (("VARCHAR",), [("1",), ("x",), (None,), ("2.5",)])


def test_columns_keep_their_names_whatever_these_hold(con, shop):
    info, _ = rows_of(con, shop, 'SELECT id AS "a.b", ref AS "say ""x""", amount AS "größe; " FROM orders')
    assert info.columns == ("a.b", 'say "x"', "größe; ")


def test_no_rows_are_a_table_without_rows(con, shop):
    info, rows = rows_of(con, shop, "SELECT id, ref FROM orders WHERE id < 0")
    assert (info.columns, info.rows, rows) == (("id", "ref"), 0, [])


def test_nothing_in_a_query_is_a_parameter(con, shop):
    _, rows = rows_of(con, shop, "SELECT '%s ? %(a)s :b' AS t FROM orders WHERE ref LIKE '00%' OR ref = ':ref'")
    assert rows == [("%s ? %(a)s :b",)]


def test_all_chunks_arrive_and_a_later_one_may_widen_a_column(con, shop):
    late = "CASE WHEN i > 15000 THEN i / 2.0 END AS late, CASE WHEN i < 24000 THEN i ELSE 'x' END AS mixed"
    info, rows = rows_of(con, shop, f"{NUMBERS.format(25_000)} SELECT i, {late} FROM n")
    assert (info.rows, info.types) == (25_000, ("BIGINT", "DOUBLE", "VARCHAR"))
    assert rows == [
        (i, i / 2 if i > 15_000 else None, str(i) if i < 24_000 else "x") for i in range(1, 25_001)
    ]  # fmt: skip


def test_memory_stays_flat(con, shop):
    def peak(count: int) -> int:
        tracemalloc.start()
        sql = f"{NUMBERS.format(count)} SELECT i, hex(zeroblob(250)) || i AS text FROM n"
        open_query(con, f"sqlite:///{shop}", sql, f"t{count}")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    # Four times the rows; all of them at once would be 50 MB more.
    assert peak(120_000) < 1.2 * peak(30_000)


# Types


def test_timestamps_stay_timestamps_and_those_with_an_offset_become_utc():
    local, offset = datetime(2024, 7, 1, 12, 0, 0, 5), datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert loaded([None, local]) == ("TIMESTAMP", [None, local])
    in_utc = loaded([offset, None], shown="CAST(a AS TIMESTAMP)")
    assert in_utc == ("TIMESTAMP WITH TIME ZONE", [datetime(2024, 7, 1, 10), None])
    assert loaded([local, offset]) == ("VARCHAR", ["2024-07-01 12:00:00.000005", "2024-07-01 12:00:00+02:00"])


def test_decimals_keep_their_digits():
    assert loaded([Decimal("12.50"), None], [Decimal("0.125"), 7]) == (
        "DECIMAL(38,3)",
        [Decimal("12.500"), None, Decimal("0.125"), Decimal("7.000")],
    )
    assert loaded([Decimal("9" * 38)]) == ("DECIMAL(38,0)", [Decimal("9" * 38)])
    assert loaded([Decimal("9" * 30 + ".5")], [Decimal("0." + "1" * 10)]) == (
        "VARCHAR",
        ["9" * 30 + ".5", "0." + "1" * 10],
    )


@pytest.mark.parametrize(
    ("values", "type"),
    [
        ([True, False, None], "BOOLEAN"),
        ([date(2024, 2, 29)], "DATE"),
        ([2**63 - 1, -(2**63)], "BIGINT"),
        ([2**63, 1], "DECIMAL(38,0)"),
        ([1, 2.5], "DOUBLE"),
        ([None], "VARCHAR"),
        (["a\0b", "Ω 😀", ""], "VARCHAR"),
    ],
)
def test_values_come_back_as_they_were_under_their_type(values, type):
    assert loaded(values) == (type, values)


def test_what_has_no_type_of_its_own_becomes_text():
    value = UUID("12345678123456781234567812345678")
    assert loaded([value, b"\x00\xff", {"a": ["ä"]}, True, Decimal("1E+2")]) == (
        "VARCHAR",
        [str(value), "00ff", '{"a": ["ä"]}', "true", "100"],
    )


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(st.none() | st.text(st.characters(codec="utf-8")), min_size=1, max_size=4), min_size=1, max_size=4
    )
)
def test_any_text_arrives_as_it_was(chunks):
    assert loaded(*chunks) == ("VARCHAR", [value for chunk in chunks for value in chunk])


FINITE = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6)


@settings(max_examples=25)
@given(st.lists(st.lists(st.none() | st.integers() | FINITE, min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_whole_number_or_decimal_arrives_exactly(chunks):
    _, values = loaded(*chunks)
    expected = [value for chunk in chunks for value in chunk]
    assert [None if value is None else Decimal(value) for value in values] == expected


# One statement that only reads


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  select 1 ;\n",
        "-- all; of them\nSELECT ';' AS \"a;b\" /* x; y */ FROM t; -- end; now",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "(SELECT 1) UNION (SELECT 2)",
        "VALUES (1)",
        "SELECT a[1], E'it\\'s' FROM t;",
        "SELECT '[;,] \\s*;\\s* `;` # ; $a$;$a$' FROM t -- ; [\n",
        "SELECT 'it''s; fine'",
    ],
)
def test_one_query_is_accepted(sql):
    check_query("q.sql", sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; DROP TABLE t",
        "SELECT 1;;SELECT 2",
        # Each of these hides a second statement from a reader who knows only plain quotation marks.
        "SELECT E'a\\' '; DROP TABLE t; -- '",
        "SELECT $$'$$; DROP TABLE t; --'",
        "SELECT $a$'$a$; DROP TABLE t; --'",
        "SELECT 1 /* /* */ ' */; DROP TABLE t --'",
        "SELECT `'`; DROP TABLE t --'",
        "SELECT [']; DROP TABLE t --']",
        "SELECT 1 # '\n; DROP TABLE t --'",
        "SELECT 1 /*! ; DROP TABLE t */",
        "SELECT q'[']'; DROP TABLE t --'",
        "SELECT 1 -- \r '\n; DROP TABLE t -- '",
        "SELECT 1--'\n; DROP TABLE t --'",
        "SELECT 2--1; DROP TABLE t",
        "SELECT 'open; DROP TABLE t",
        "",
        " ; ",
        "-- nothing",
        "DELETE FROM t",
        "/* SELECT */ DROP TABLE t",
        "ATTACH DATABASE '/tmp/x.db' AS x",
        "SELECTED",
        "PRAGMA journal_mode = wal",
    ],
)
def test_anything_else_is_refused(sql):
    with pytest.raises(TableError) as caught:
        check_query("q.sql", sql)
    assert "SELECT" in caught.value.allowed


def test_a_query_that_writes_after_all_is_refused_and_changes_nothing(con, shop):
    before = hashlib.sha256(shop.read_bytes()).hexdigest()
    error = error_of(con, f"sqlite:///{shop}", "WITH a AS (SELECT 1) INSERT INTO orders (id) SELECT * FROM a")
    assert error.found == "a query that writes"
    assert hashlib.sha256(shop.read_bytes()).hexdigest() == before


# Errors


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT * FROM order_lines", "a query that the database refuses: no such table: order_lines"),
        ("SELECT colour FROM orders", "a query that the database refuses: no such column: colour"),
        ("SELECT * FORM orders", 'a query that the database refuses: near "FORM": syntax error'),
        ("SELECT id, ID FROM orders", "columns named more than once: 'id'"),
        ("SELECT id AS \"\" FROM orders", "a column without a name"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_used_is_explained(con, shop, sql, found):
    assert error_of(con, f"sqlite:///{shop}", sql).found == found


def test_a_value_that_cannot_be_read_is_never_shown(con, shop):
    raw = CANARY.encode().hex()
    error = error_of(con, f"sqlite:///{shop}", f"SELECT CAST(x'{raw}ff' AS TEXT) AS t")
    assert error.found.startswith("a value that cannot be read")
    assert CANARY not in str(error)


def test_a_query_that_fails_on_its_way_leaves_no_table(con, shop):
    late = "CASE WHEN i = 29999 THEN abs(-9223372036854775807 - 1) ELSE i END AS late"
    error = error_of(con, f"sqlite:///{shop}", f"{NUMBERS.format(30_000)} SELECT {late} FROM n")
    assert error.found == "a query that the database refuses"


def test_a_name_that_is_taken_is_refused_and_its_table_stays(con, shop):
    open_query(con, f"sqlite:///{shop}", "SELECT 1 AS a")
    with pytest.raises(TableError, match="the name 'source' twice"):
        open_query(con, f"sqlite:///{shop}", "SELECT 2 AS a")
    assert con.execute("SELECT a FROM source").fetchall() == [(1,)]


def test_a_missing_file_of_sqlite_is_a_fault_and_is_not_created(con, tmp_path):
    error = error_of(con, f"sqlite:///{tmp_path}/{CANARY}.db", "SELECT 1 AS a")
    assert isinstance(error, DatabaseAccessError)
    assert error.found == "no such database at this address"
    assert CANARY not in str(error)
    assert not (tmp_path / f"{CANARY}.db").exists()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"postgresql://{CANARY}:{CANARY}@{CANARY}.invalid/{CANARY}", "a name of a server that is not known"),
        (f"postgres://{CANARY}:{CANARY}@127.0.0.1:1/{CANARY}", "no database that listens at this address"),
        (f"postgresql://{CANARY}@/{CANARY}?host=/{CANARY}", "no database that listens at this address"),
        (f"postgresql://a@127.0.0.1:1/b?password={CANARY}", "no database that listens at this address"),
        (f"postgresql://a@127.0.0.1:1/b?{CANARY}=1", "a database that cannot be reached"),
        (f"postgresql://a:{CANARY}@b:{CANARY}/c", "an address that cannot be read"),
        (CANARY, "an address that cannot be read"),
        (f"{CANARY}://a", "an address that cannot be read"),
        (f"oracle+oracledb://a:{CANARY}@b/c", "a kind of database that no driver is installed for"),
    ],
)
def test_no_part_of_an_address_is_ever_shown(con, url, found, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    error = error_of(con, url, "SELECT 1 AS a")
    assert isinstance(error, DatabaseAccessError)
    assert error.found == found
    assert CANARY.lower() not in (repr(error) + str(error) + caplog.text + "".join(capfd.readouterr())).lower()


def test_the_words_of_a_database_are_kept_back_if_they_hold_a_part_of_the_address(con, shop):
    error = error_of(con, f"sqlite:///{shop}?password={CANARY}", f'SELECT * FROM "{CANARY}"')
    assert error.found == "a query that the database refuses"


@pytest.mark.parametrize("package", ["sqlalchemy", "psycopg"])
def test_a_missing_package_names_the_extra(con, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    error = error_of(con, f"postgresql://a:{CANARY}@{CANARY}.invalid/b", "SELECT 1 AS a")
    assert error.allowed == "the extra database"
    assert ".[database]" in error.remedy
