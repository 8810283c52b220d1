"""A data source that a query on a database returns, from its declaration to its faults."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from later_phases import CLIENT

from workbook.engagement.check import check_client
from workbook.engagement.data_sources import open_source
from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.load import load_engagement
from workbook.engagement.schema_sources import DataSource
from workbook.methods.databases import DatabaseAccessError
from workbook.methods.tables import TableError, connect

CANARY = "Kanarienvogel-7391"
VARIABLE = "ACME_DATABASE_URL"
ASSESS = """\
material_impact: 1000
data_sources:
  - id: tickets
    name: Tickets
    kind: event_log
    database:
      url_env: ACME_DATABASE_URL
      query: data/tickets.sql
    columns: {case: ticket, activity: step, timestamp: done}
    fields:
      - {name: ticket, type: integer}
"""
QUERY = "SELECT ticket, step, done FROM tickets"


@pytest.fixture
def parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Parameters of one client whose tickets lie in a database of SQLite."""
    folder = tmp_path / "parameters" / "acme"
    (folder / "data").mkdir(parents=True)
    (folder / "client.yaml").write_text(CLIENT)
    (folder / "assess.yaml").write_text(ASSESS)
    (folder / "data" / "tickets.sql").write_text(QUERY)
    database = sqlite3.connect(tmp_path / "tickets.db")
    database.execute("CREATE TABLE tickets (ticket INTEGER, step TEXT, done TEXT)")
    database.execute("INSERT INTO tickets VALUES (1, 'open', '2026-05-01 08:00:00'), (1, 'close', NULL)")
    database.commit()
    database.close()
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/tickets.db")
    return folder.parent


def only_fault(parameters: Path) -> Fault:
    with pytest.raises(FaultsError) as error:
        check_client("acme", parameters)
    (fault,) = error.value.faults
    assert fault.file == "acme/assess.yaml"
    return fault


def sources(parameters: Path) -> Iterator[DataSource]:
    engagement = load_engagement("acme", parameters)
    assert engagement.assess
    yield from engagement.assess.data_sources


def test_a_query_is_opened_like_a_file(parameters: Path) -> None:
    (source,) = sources(parameters)
    assert source.read_from == "data/tickets.sql"
    (parameters / "acme" / "data" / "tickets.csv").write_text(
        "ticket,step,done\n1,open,2026-05-01 08:00:00\n1,close,\n"
    )
    file = source.model_copy(update={"database": None, "file": "data/tickets.csv"})
    with connect() as con:
        info = open_source(con, parameters / "acme", source)
        assert (info.columns, info.rows, info.file) == (("ticket", "step", "done"), 2, "tickets.sql")
        open_source(con, parameters / "acme", file, "from_file")
        assert con.execute("SELECT * FROM source EXCEPT SELECT * FROM from_file").fetchall() == []


def test_a_client_with_a_database_has_no_fault_while_it_answers(parameters: Path) -> None:
    assert check_client("acme", parameters).id == "acme"


def test_inputs_hold_the_query_and_not_the_address(parameters: Path) -> None:
    inputs = load_engagement("acme", parameters).inputs
    assert inputs["data/tickets.sql"] == hashlib.sha256(QUERY.encode()).hexdigest()
    assert set(inputs) == {"assess.yaml", "client.yaml", "data/tickets.sql"}


def test_the_address_changes_nothing_of_an_engagement(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_engagement("acme", parameters)
    monkeypatch.setenv(VARIABLE, f"postgresql://{CANARY}:{CANARY}@{CANARY}/{CANARY}")
    after = load_engagement("acme", parameters)
    assert after.fingerprint == before.fingerprint
    assert CANARY not in repr(after)


@pytest.mark.parametrize("address", [None, "", "  "])
def test_a_missing_variable_is_a_fault_at_its_line(
    parameters: Path, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    monkeypatch.delenv(VARIABLE) if address is None else monkeypatch.setenv(VARIABLE, address)
    fault = only_fault(parameters)
    assert (fault.line, fault.key) == (7, "data_sources.tickets.database.url_env")
    assert fault.found == f"the environment variable {VARIABLE}, which is not set"
    assert fault.remedy == (
        f"set the environment variable {VARIABLE} to the address, such as postgresql://user@host/database"
    )


def test_a_run_without_the_variable_says_the_same(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    (source,) = sources(parameters)
    with connect() as con, pytest.raises(DatabaseAccessError, match=f"set the environment variable {VARIABLE}"):
        open_source(con, parameters / "acme", source)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://{CANARY}:{CANARY}@{CANARY}.invalid/{CANARY}",
        f"postgresql://{CANARY}:{CANARY}@127.0.0.1:1/{CANARY}",
        f"sqlite:////{CANARY}/{CANARY}.db",
        f"{CANARY}:{CANARY}",
    ],
)
def test_a_database_out_of_reach_is_a_fault_of_the_variable(
    parameters: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    fault = only_fault(parameters)
    assert (fault.line, fault.key) == (7, "data_sources.tickets.database.url_env")
    assert CANARY not in str(fault)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT * FROM ticket", "in tickets.sql a query that the database refuses: no such table: ticket"),
        (f"{QUERY}; DELETE FROM tickets", "in tickets.sql more than one statement"),
        ("DELETE FROM tickets", "in tickets.sql a statement of another kind"),
        ("", "in tickets.sql no query"),
    ],
)
def test_a_wrong_query_is_a_fault_at_its_line(parameters: Path, query: str, found: str) -> None:
    (parameters / "acme" / "data" / "tickets.sql").write_text(query)
    fault = only_fault(parameters)
    assert (fault.line, fault.key, fault.found) == (8, "data_sources.tickets.database.query", found)


def test_a_column_that_the_query_does_not_return_is_a_fault(parameters: Path) -> None:
    (parameters / "acme" / "data" / "tickets.sql").write_text("SELECT ticket, step, done AS finished FROM tickets")
    fault = only_fault(parameters)
    assert (fault.line, fault.key) == (9, "data_sources.tickets.columns.timestamp")
    assert fault.found == "the unknown column done"


def test_a_query_in_another_encoding_is_a_fault(parameters: Path) -> None:
    (parameters / "acme" / "data" / "tickets.sql").write_bytes("SELECT 1 AS größe".encode("latin-1"))
    assert only_fault(parameters).found == "in tickets.sql text that is not utf-8"


def test_a_mark_at_the_beginning_of_a_query_does_no_harm(parameters: Path) -> None:
    (parameters / "acme" / "data" / "tickets.sql").write_text("\ufeff" + QUERY, encoding="utf-8")
    check_client("acme", parameters)


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "found"),
    [
        ("    database:\n", "    file: data/tickets.sql\n    database:\n", 7, "database", "both a file and a database"),
        ("ACME_DATABASE_URL", "acme url", 7, "database.url_env", 'text "acme url"'),
        ("ACME_DATABASE_URL", f"postgresql://a:{CANARY}@b/c", 7, "database.url_env", "a secret (not shown)"),
        ("      url_env: ACME_DATABASE_URL\n", "", 6, "database.url_env", "nothing"),
        ("      url_env", f"      password: {CANARY}\n      url_env", 7, "database.password", "a secret (not shown)"),
        ("data/tickets.sql", "../tickets.sql", 8, "database.query", 'text "../tickets.sql"'),
        ("data/tickets.sql", "data/ticket.sql", 8, "database.query", "data/ticket.sql, which does not exist"),
    ],
)
def test_a_wrong_declaration_is_a_fault_at_its_line(
    parameters: Path, old: str, new: str, line: int, key: str, found: str
) -> None:
    assert ASSESS.count(old) == 1
    (parameters / "acme" / "assess.yaml").write_text(ASSESS.replace(old, new))
    fault = only_fault(parameters)
    assert (fault.line, fault.key, fault.found) == (line, f"data_sources[0].{key}", found)
    assert CANARY not in str(fault)


def test_a_source_without_file_and_database_is_not_provided(parameters: Path) -> None:
    text = ASSESS.replace("    database:\n      url_env: ACME_DATABASE_URL\n      query: data/tickets.sql\n", "")
    (parameters / "acme" / "assess.yaml").write_text(text)
    (source,) = sources(parameters)
    assert source.read_from is None
    check_client("acme", parameters)


def test_an_error_of_the_query_does_not_name_its_folder(parameters: Path) -> None:
    (source,) = sources(parameters)
    (parameters / "acme" / "data" / "tickets.sql").write_text("SELECT * FROM ticket")
    with connect() as con, pytest.raises(TableError) as caught:
        open_source(con, parameters / "acme", source)
    assert str(parameters) not in str(caught.value)
