"""A client's event log straight from a real PostgreSQL server, started for these tests in a folder of its own."""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from widget_state import widget_state

from workbook.engagement.check import check_client
from workbook.engagement.faults import FaultsError
from workbook.engagement.load import load_engagement
from workbook.exhibits.live.source import SourceControl, source
from workbook.methods.databases import DatabaseAccessError, open_query
from workbook.methods.tables import TableError, connect
from workbook.phases.assess.measured import MeasuredSource, measure_sources

pytestmark = pytest.mark.services

PARAMETERS = Path(__file__).parents[2] / "parameters"
# An "@" and a "/" must be quoted in an address, so both spellings have to stay hidden.
CANARY = "Kanarienvogel@73/91"
VARIABLE = "NORRHAVEN_INVOICES_URL"
AS_WRITTEN = """\
-- The log of one customer, as it was written; the account may only read.
SELECT invoice, activity, started_at, completed_at, resource, cost_eur, outcome
FROM invoices
ORDER BY cost_eur DESC;
"""
WITH_TYPES = """\
SELECT invoice, activity, started_at::timestamp, cost_eur::numeric(10, 2), resource, outcome,
    CASE WHEN completed_at NOT IN ('n/a', '2024-13-45 10:12:00') THEN completed_at::timestamp END AS completed_at
FROM invoices
"""
TABLES = """\
CREATE TABLE invoices (
    invoice text, activity text, started_at text, completed_at text, resource text, cost_eur text, outcome text
);
CREATE TABLE salaries (name text);
INSERT INTO salaries VALUES ('Vertraulich-4711');
CREATE TABLE notes (name text);
INSERT INTO notes SELECT * FROM salaries;
CREATE FUNCTION take_a_note() RETURNS int LANGUAGE sql AS $$ INSERT INTO notes VALUES ('x') RETURNING 1 $$;
CREATE FUNCTION tell() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN RAISE EXCEPTION 'found %', (SELECT name FROM salaries); END $$;
CREATE ROLE reader LOGIN;
GRANT SELECT, INSERT, DELETE ON invoices, notes TO reader;
"""


@dataclass(frozen=True)
class Server:
    """A running server: the folder of its socket, and the accounts that can log in."""

    folder: Path

    def url(self, user: str = "reader", password: str = CANARY, database: str = "postgres") -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={self.folder}"

    def admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.folder), user="admin", password=CANARY, dbname="postgres")


def _program(name: str) -> str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))
    assert found, f"PostgreSQL is missing ({name}): install your system's postgresql package"
    return found


def _account() -> dict[str, Any]:
    """The account to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    initdb, postgres, account = _program("initdb"), _program("postgres"), _account()
    # Below pytest's own folder only the user who runs the tests may go; and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        folder = Path(name)
        (folder / "password").write_text(CANARY)
        if account:
            for path in (folder, folder / "password"):
                os.chown(path, account["user"], account["group"])
        options = ["--auth=scram-sha-256", "--username=admin", f"--pwfile={folder}/password", "--no-sync"]
        run: dict[str, Any] = {"cwd": folder, "env": {**os.environ, "LC_ALL": "C.UTF-8"}, **account}
        subprocess.run(
            [initdb, "-D", folder / "data", "--encoding=UTF8", *options], check=True, capture_output=True, **run
        )
        settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off"]
        command = [postgres, "-D", folder / "data", *(part for each in settings for part in ("-c", each))]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, **run)
        try:
            server = Server(folder)
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), server.admin() as connection:
            _fill(connection)
            return
        time.sleep(0.1)
    raise AssertionError(f"PostgreSQL did not start: {(server.folder / 'log').read_text()}")


def _fill(connection: psycopg.Connection[Any]) -> None:
    connection.execute(TABLES)
    connection.execute(psycopg.sql.SQL("ALTER ROLE reader PASSWORD {}").format(CANARY))
    with (
        (PARAMETERS / "norrhaven" / "data" / "supplier_invoices.csv").open(newline="", encoding="utf-8") as file,
        connection.cursor().copy("COPY invoices FROM STDIN") as copy,
    ):
        for row in list(csv.reader(file))[1:]:
            copy.write_row([value or None for value in row])


@pytest.fixture
def parameters(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo client whose log of invoices comes from the database."""
    folder = tmp_path / "parameters" / "norrhaven"
    shutil.copytree(PARAMETERS / "norrhaven", folder)
    (folder / "data" / "invoices.sql").write_text(AS_WRITTEN)
    text = (folder / "assess.yaml").read_text(encoding="utf-8")
    file = "    file: data/supplier_invoices.csv\n"
    assert text.count(file) == 1
    text = text.replace(file, f"    database: {{url_env: {VARIABLE}, query: data/invoices.sql}}\n")
    (folder / "assess.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, server.url())
    return folder.parent


def invoices(parameters: Path) -> MeasuredSource:
    engagement = load_engagement("norrhaven", parameters)
    assert engagement.assess
    sources = tuple(source for source in engagement.assess.data_sources if source.id == "invoice-log")
    return measure_sources(engagement, sources)["invoice-log"]


def error_of(server: Server, sql: str, **account: str) -> TableError:
    with connect() as con, pytest.raises(TableError) as caught:
        open_query(con, server.url(**account), sql)
    assert caught.value.__context__ is None
    assert not leaks(server, str(caught.value))
    return caught.value


def leaks(server: Server, text: str) -> list[str]:
    parts = (CANARY, quote(CANARY, safe=""), str(server.folder), "reader", "Vertraulich-4711")
    return [part for part in parts if part.lower() in text.lower()]


def test_the_baseline_is_the_same_as_from_the_file(parameters: Path) -> None:
    from_file, from_database = invoices(PARAMETERS), invoices(parameters)
    assert from_database.baseline and from_database.baseline == from_file.baseline
    assert from_database.rows == from_file.rows
    assert "data/invoices.sql" in from_database.origin


def test_typed_columns_give_the_same_baseline(parameters: Path) -> None:
    (parameters / "norrhaven" / "data" / "invoices.sql").write_text(WITH_TYPES)
    from_file, from_database = invoices(PARAMETERS).baseline, invoices(parameters).baseline
    assert from_file and from_database
    # Eight times that cannot be read are NULL in the database: another reason, but the same events are lost.
    assert replace(from_database, filters=()) == replace(from_file, filters=())
    assert from_database.filters[-1].after == from_file.filters[-1].after


def test_a_client_with_a_database_has_no_fault(parameters: Path) -> None:
    assert check_client("norrhaven", parameters).id == "norrhaven"


def test_types_of_the_database_are_kept(server: Server) -> None:
    sql = """SELECT 1::smallint AS i, 1.50::numeric AS d, 'ä; 100%'::text AS t, NULL::date AS n, true AS b,
        '2024-07-01 12:00+02'::timestamptz AS z, '2024-07-01 12:00:00.5'::timestamp AS s, '2024-02-29'::date AS day,
        2.5::float8 AS f, '{"a": [1]}'::jsonb AS j, '\\x00ff'::bytea AS x, 'x'::char(3) AS c, '' AS e"""
    with connect() as con:
        info = open_query(con, server.url(), sql)
        texts = con.execute("SELECT * FROM (SELECT CAST(COLUMNS(*) AS VARCHAR) FROM source)").fetchall()
    assert list(zip(info.types, texts[0], strict=True)) == [
        ("BIGINT", "1"),
        ("DECIMAL(38,2)", "1.50"),
        ("VARCHAR", "ä; 100%"),
        ("VARCHAR", None),
        ("BOOLEAN", "true"),
        ("TIMESTAMP WITH TIME ZONE", "2024-07-01 10:00:00+00"),
        ("TIMESTAMP", "2024-07-01 12:00:00.5"),
        ("DATE", "2024-02-29"),
        ("DOUBLE", "2.5"),
        ("VARCHAR", '{"a": [1]}'),
        ("VARCHAR", "00ff"),
        ("VARCHAR", "x  "),
        ("VARCHAR", ""),
    ]


def test_rows_are_fetched_by_a_cursor_on_the_server_in_a_transaction_that_only_reads(server: Server) -> None:
    sql = "SELECT statement, current_setting('transaction_read_only') AS reads FROM pg_cursors"
    with connect() as con:
        open_query(con, server.url(), sql)
        ((statement, reads),) = con.execute("SELECT * FROM source").fetchall()
    assert sql in statement
    assert reads == "on"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT take_a_note()",
        "SELECT set_config('transaction_read_only', 'off', false), take_a_note()",
        "WITH gone AS (DELETE FROM notes RETURNING *) SELECT * FROM gone",
        "SELECT * INTO copied FROM notes",
        "SELECT 1; DELETE FROM notes",
        "SELECT E'\\' '; COMMIT; DELETE FROM notes; --'",
        "DELETE FROM notes",
    ],
)
def test_nothing_can_be_written(server: Server, sql: str) -> None:
    error_of(server, sql)
    with server.admin() as connection:
        assert connection.execute("SELECT name FROM notes").fetchall() == [("Vertraulich-4711",)]
        assert connection.execute("SELECT to_regclass('copied')").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("account", "found"),
    [
        ({"password": "wrong" + CANARY}, "an account or a password that the database refuses"),
        ({"user": CANARY}, "an account or a password that the database refuses"),
        ({"database": "not_there"}, "no such database at this address"),
    ],
)
def test_a_refused_account_is_explained_without_the_address(
    server: Server, account: dict[str, str], found: str
) -> None:
    account = {name: quote(value, safe="") if name == "user" else value for name, value in account.items()}
    error = error_of(server, "SELECT 1 AS a", **account)
    assert isinstance(error, DatabaseAccessError)
    assert error.found == found


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT * FROM invoice", 'a query that the database refuses: relation "invoice" does not exist'),
        ("SELECT colour FROM invoices", 'a query that the database refuses: column "colour" does not exist'),
        ("SELECT * FORM invoices", 'a query that the database refuses: syntax error at or near "FORM"'),
        ("SELECT * FROM salaries", "a query that the database refuses: permission denied for table salaries"),
        ("SELECT * FROM reader", "a query that the database refuses (SQLSTATE 42P01)"),
        ("SELECT name::int FROM notes", "a value that cannot be read or calculated with (SQLSTATE 22P02)"),
        ("SELECT 'infinity'::timestamp AS t", "a value that cannot be read or calculated with"),
        ("SELECT tell()", "a query that the database refuses (SQLSTATE P0001)"),
        ("SELECT take_a_note()", "a query that writes"),
        ("SELECT 1 AS a, 2 AS a", "columns named more than once: 'a'"),
        ("SELECT FROM invoices", "a query without columns"),
    ],
)
def test_a_query_that_fails_is_explained_without_address_or_values(server: Server, sql: str, found: str) -> None:
    assert error_of(server, sql).found == found


def test_a_connection_that_breaks_off_is_a_fault(server: Server) -> None:
    error = error_of(server, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert isinstance(error, DatabaseAccessError)
    # Whether the server still gets to say why is a matter of luck.
    assert error.found.startswith("a connection that was lost")


def test_text_of_a_database_without_an_encoding_is_read_as_utf_8(server: Server) -> None:
    with server.admin() as connection:
        connection.autocommit = True
        connection.execute("CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    with connect() as con:
        open_query(con, server.url(database="old"), "SELECT 'größe' AS t")
        assert con.execute("SELECT * FROM source").fetchall() == [("größe",)]
    assert "cannot be read" in error_of(server, "SELECT E'\\xff' AS t", database="old").found


def test_faults_of_a_client_show_no_part_of_the_address(
    parameters: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, server.url(password="wrong" + CANARY))
    with pytest.raises(FaultsError) as error:
        check_client("norrhaven", parameters)
    (fault,) = error.value.faults
    assert fault.key == "data_sources.invoice-log.database.url_env"
    assert not leaks(server, str(fault))


def asked(parameters: Path, variable: str) -> SourceControl:
    """The control of a data source, with this variable and the query on invoices."""
    control = source(load_engagement("norrhaven", parameters))
    control.origin.what.value = "database"
    control.origin.variable.value = variable
    control.origin.query.value = "data/invoices.sql"
    control.origin.read.click()
    return control


def test_a_table_of_the_database_is_looked_at_and_its_columns_are_proposed(parameters: Path, server: Server) -> None:
    control = asked(parameters, VARIABLE)
    assert control.preview and control.preview.rows == 30_345
    assert control.columns.chosen == {
        "case": "invoice", "activity": "activity", "timestamp": "completed_at", "start": "started_at",
        "resource": "resource", "cost": "cost_eur", "outcome": "outcome",
    }  # fmt: skip
    assert "30,153 of 30,345 rows and 6,000 cases would be used" in control.lost.value
    assert [
        part for part in (CANARY, quote(CANARY, safe=""), str(server.folder)) if part in widget_state(control)
    ] == []


@pytest.mark.parametrize(
    ("account", "found"),
    [
        ({"password": "wrong" + CANARY}, "an account or a password that the database refuses"),
        ({"database": "not_there"}, "no such database at this address"),
    ],
)
def test_a_database_that_refuses_is_explained_on_the_screen_without_its_address(
    parameters: Path, server: Server, monkeypatch: pytest.MonkeyPatch, account: dict[str, str], found: str
) -> None:
    monkeypatch.setenv(VARIABLE, server.url(**account))
    control = asked(parameters, VARIABLE)
    assert found in control.origin.message.value
    assert [
        part for part in (CANARY, quote(CANARY, safe=""), str(server.folder)) if part in widget_state(control)
    ] == []
