"""The control that shows a data source, proposes its columns, says what is lost and declares it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from ipywidgets import HTML
from widget_state import widget_state

from workbook.engagement.load import load_engagement
from workbook.exhibits.live.source import SourceControl, source
from workbook.phases.assess.measured import measure_sources

ROOT = Path(__file__).parents[2]
SECRET = "Kanarienvogel-7391"
VARIABLE = "TINY_DATABASE_URL"
EVENTS = """\
ticket,step,done at,clerk
{rows}
"""


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    """The tiny client, to be changed."""
    shutil.copytree(ROOT / "tests" / "tiny", tmp_path / "tiny")
    return tmp_path


def client(parameters: Path, name: str = "tiny"):
    return load_engagement(name, parameters)


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def log(parameters: Path, name: str = "tickets.csv", day: str = "2026-0{m}-{d:02d} 08:00:00") -> str:
    rows = [
        f"T-{case:03d},{step},{day.format(m=1 + case % 8, d=day_of)},Zoë Vertraulich {case % 7}"
        for case in range(40)
        for day_of, step in ((3, "open"), (5, "check"), (11, "close"))
        if not (step == "close" and case % 10 == 0)
    ]
    (parameters / "tiny" / "data" / name).write_text(EVENTS.format(rows="\n".join(rows)), encoding="utf-8")
    return f"data/{name}"


def database(parameters: Path, monkeypatch: pytest.MonkeyPatch, query: str = "SELECT * FROM tickets") -> str:
    """Put a database of SQLite beside the client, its address with a password into the environment."""
    path = parameters / f"{SECRET}.db"
    with sqlite3.connect(path) as shop:
        shop.execute("CREATE TABLE tickets (ticket TEXT, step TEXT, done TEXT)")
        steps = [
            (f"T-{i}", step, f"2026-03-{d:02d} 09:00:00") for i in range(30) for d, step in ((2, "open"), (9, "end"))
        ]
        shop.executemany("INSERT INTO tickets VALUES (?, ?, ?)", steps)
    shop.close()
    (parameters / "tiny" / "data" / "tickets.sql").write_text(query)
    monkeypatch.setenv(VARIABLE, f"sqlite:///{path}")
    return "data/tickets.sql"


def asked(parameters: Path, variable: str, query: str) -> SourceControl:
    control = source(client(parameters))
    control.origin.what.value = "database"
    control.origin.variable.value = variable
    control.origin.query.value = query
    control.origin.read.click()
    return control


# What is shown


def test_a_declared_source_shows_its_own_declaration_and_would_change_nothing() -> None:
    control = source(load_engagement("norrhaven", ROOT / "parameters"), "invoice-log")
    assert control.columns.chosen == {
        "case": "invoice", "activity": "activity", "timestamp": "completed_at", "start": "started_at",
        "resource": "resource", "cost": "cost_eur", "outcome": "outcome",
    }  # fmt: skip
    control.saving.look.click()
    assert "Nothing would change" in control.saving.message.value


def test_the_losses_are_those_that_the_phase_counts() -> None:
    engagement = load_engagement("norrhaven", ROOT / "parameters")
    control = source(engagement, "invoice-log")
    assert engagement.assess
    (declared,) = (each for each in engagement.assess.data_sources if each.id == "invoice-log")
    baseline = measure_sources(engagement, (declared,))["invoice-log"].baseline
    assert baseline and baseline.open is not None
    shown = words(control.lost.value)
    lost = {each.id: each.lost for each in baseline.filters}
    assert f"time not readable 30,339 rows {lost['unreadable_timestamp']} under 0.1%" in shown
    assert f"repeated row 30,331 rows {lost['duplicate']} 0.6%" in shown
    assert f"open at the end of observation (kept) {baseline.cases:,} cases {baseline.open:,} 2.5%" in shown
    assert "30,153 of 30,345 rows and 5,998 cases would be used; 192 rows (0.6%) would be lost" in shown


def test_another_choice_is_counted_anew(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    assert "116 of 116 rows and 40 cases" in words(control.lost.value)
    control.columns.roles["timestamp"].value = "clerk"
    assert "time not readable 116 rows 116 100%" in words(control.lost.value)
    control.columns.roles["timestamp"].value = "done at"
    assert "116 of 116 rows and 40 cases" in words(control.lost.value)
    assert "not known: no end is chosen" in words(control.lost.value)
    control.reading.ends.value = ("close",)
    assert "open at the end of observation (kept) 40 cases 4 10.0%" in words(control.lost.value)


def test_the_reason_of_each_proposal_is_shown_and_follows_the_choice(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    text = widget_state(control)
    assert "Sure: its name says so (the very word); filled in 100% of the rows" in text
    control.columns.roles["case"].value = "step"
    assert "Neither its name nor its content suggests it." in widget_state(control)
    control.columns.roles["resource"].value = ""
    assert "Not chosen; clerk may be one (likely: " in widget_state(control)


def test_another_kind_has_other_parts(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    control.columns.kind.value = "case_table"
    assert set(control.columns.roles) == {"case", "opened", "closed", "status", "resource", "cost", "outcome"}
    assert "Choose a column for: " in words(control.lost.value)
    control.columns.kind.value = "table"
    assert "No row of a plain table is lost" in words(control.lost.value)


def test_no_name_of_a_person_reaches_the_screen(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    assert control.columns.chosen["resource"] == "clerk"
    assert "hidden: may name people" in control.seen.value
    control.columns.roles["activity"].value = "clerk"
    assert "Vertraulich" not in widget_state(control)


def test_a_column_chosen_as_the_resource_shows_no_values(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    assert "open, check, close" in words(control.seen.value) or "check, open, close" in words(control.seen.value)
    control.columns.roles["resource"].value = "step"
    assert "check, open" not in words(control.seen.value)


def test_an_address_outside_of_the_sample_reaches_no_list_of_values(parameters: Path) -> None:
    file = parameters / "tiny" / log(parameters)
    head, *rows = file.read_text().splitlines()
    rows = [*rows * 300, rows[0].replace("open", "anna.secret@example.com")]
    file.write_text("\n".join([head, *rows]) + "\n")
    control = source(client(parameters), "data/tickets.csv")
    assert control.columns.chosen["activity"] == "step"
    assert "anna.secret" not in widget_state(control)


def test_ambiguous_dates_are_left_to_a_person(parameters: Path) -> None:
    control = source(client(parameters), log(parameters, day="{d:02d}/0{m}/2026"))
    assert control.reading.format.value == ""
    assert "Ambiguous: %d/%m/%Y or %m/%d/%Y fit alike" in widget_state(control)
    assert "time not readable 116 rows 116 100%" in words(control.lost.value)
    control.reading.format.value = "%d/%m/%Y"
    assert "116 of 116 rows" in words(control.lost.value)
    assert control.entry["timestamp_format"] == "%d/%m/%Y"


def test_of_a_workbook_another_sheet_can_be_chosen(parameters: Path) -> None:
    book = openpyxl.Workbook()
    for title in ("One", "Two"):
        sheet = book.create_sheet(title)
        sheet.append(["case", f"amount of {title}"])
        sheet.append(["A", 1])
    del book["Sheet"]
    book.save(parameters / "tiny" / "data" / "t.xlsx")
    control = source(client(parameters), "data/t.xlsx")
    assert "amount of One" in control.seen.value
    assert "others: 'Two'" in words(control.seen.value)
    control.origin.sheet.value = "Two"
    assert "amount of Two" in control.seen.value
    assert control.entry["sheet"] == "Two"


def test_a_wrong_delimiter_can_be_put_right(parameters: Path) -> None:
    (parameters / "tiny" / "data" / "t.csv").write_text("a^b;c\n1^2;3\n")
    control = source(client(parameters), "data/t.csv")
    control.origin.delimiter.value = ","
    assert "Only one column was found" in words(control.seen.value)
    control.origin.delimiter.value = ";"
    assert [each.name for each in control.preview.columns] == ["a^b", "c"]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("empty.csv", b"", "an empty file"),
        ("empty.parquet", b"", "an empty file"),
        ("twice.csv", b"a,A\n1,2\n", "columns named more than once"),
        ("open.csv", b'a,b\n"1,2\n', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained_in_place(
    parameters: Path, name: str, content: bytes, found: str
) -> None:
    (parameters / "tiny" / "data" / name).write_bytes(content)
    control = source(client(parameters), f"data/{name}")
    assert 'role="alert"' in control.origin.message.value
    assert found in words(control.origin.message.value)
    assert control.preview is None
    control.saving.look.click()
    assert str(parameters) not in widget_state(control)


def test_a_header_alone_and_hostile_names_are_shown_escaped(parameters: Path) -> None:
    header = '"<img src=x onerror=alert(1)>","=cmd|\' /C calc\'!A0","say ""x""",time'
    (parameters / "tiny" / "data" / "t.csv").write_text(f"{header}\n<script>1</script>,2,3,2026-01-01\n")
    control = source(client(parameters), "data/t.csv")
    assert "<img" not in control.seen.value and "<script>" not in control.seen.value
    assert "&lt;img src=x onerror=alert(1)&gt;" in control.seen.value
    (parameters / "tiny" / "data" / "u.csv").write_text(f"{header}\n")
    assert source(client(parameters), "data/u.csv").preview.rows == 0


def test_a_source_without_a_file_says_so() -> None:
    control = source(load_engagement("brauer-logistik", ROOT / "parameters"), "telematics-positions")
    assert "has not been provided" in control.origin.message.value


def test_an_unknown_source_is_refused_and_nothing_is_read(parameters: Path) -> None:
    for what in ("nothing", "../../etc/passwd", "/etc/passwd"):
        control = source(client(parameters), what)
        assert "There is no declared source" in control.origin.message.value
        assert control.preview is None


# Saving


def test_a_new_source_is_declared_at_the_end_and_the_rest_stays(parameters: Path) -> None:
    file = parameters / "tiny" / "assess.yaml"
    before = file.read_text()
    control = source(client(parameters), log(parameters))
    control.reading.ends.value = ("close",)
    control.saving.look.click()
    assert "+  - id: tickets" in words(control.saving.diff.value).replace("+ - id", "+  - id")
    control.saving.save.click()
    after = file.read_text()
    assert after.startswith(before[: before.index("use_cases:")])
    assert after.endswith(before[before.index("use_cases:") :])
    (declared,) = (each for each in client(parameters).data_sources if each.id == "tickets")
    assert (declared.kind, declared.file, declared.name) == ("event_log", "data/tickets.csv", "Tickets")
    assert declared.columns and declared.columns.model_dump(exclude_none=True) == {
        "case": "ticket", "activity": "step", "timestamp": "done at", "resource": "clerk",
    }  # fmt: skip
    assert declared.rules.end_activities == ("close",)


def test_after_saving_the_same_control_goes_on(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    control.saving.look.click()
    control.saving.save.click()
    assert control.origin.what.value == "id:tickets"
    assert control.id.disabled
    control.reading.ends.value = ("close",)
    control.saving.look.click()
    control.saving.save.click()
    (declared,) = (each for each in client(parameters).data_sources if each.id == "tickets")
    assert declared.rules.end_activities == ("close",)


def test_of_a_declared_source_only_what_differs_is_written(parameters: Path) -> None:
    file = parameters / "tiny" / "assess.yaml"
    before = file.read_text()
    control = source(client(parameters), "log")
    control.reading.zone.value = "Europe/Berlin"
    control.saving.look.click()
    control.saving.save.click()
    assert file.read_text() == before.replace("timezone: Europe/Dublin", "timezone: Europe/Berlin")


def test_how_an_odd_file_is_written_is_declared(parameters: Path) -> None:
    rows = "\n".join(f"{i};Müller & Söhne;{i}.000,50;1{i % 9}.05.2026" for i in range(1, 30))
    content = f"Nr;Firma;Kosten;Eingang\n{rows}\n"
    (parameters / "tiny" / "data" / "Auftrags liste.csv").write_bytes(content.encode("windows-1252"))
    control = source(client(parameters), "data/Auftrags liste.csv")
    entry = control.entry
    assert (entry["id"], entry["encoding"], entry["decimal"], entry["thousands"]) == (
        "auftrags-liste", "windows-1252", ",", ".",
    )  # fmt: skip
    control.saving.look.click()
    control.saving.save.click()
    assert 'role="alert"' not in control.saving.message.value
    assert any(each.encoding == "windows-1252" for each in client(parameters).data_sources)


def test_a_column_for_two_parts_is_refused_in_place(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    control.columns.roles["activity"].value = "ticket"
    assert "One column stands for Case id and Activity" in control.fault.value
    control.saving.look.click()
    assert "ne column stands for Case id and Activity" in control.saving.message.value
    assert control.saving.save.disabled


def test_a_new_source_never_takes_the_place_of_another(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    control.id.value = "log"
    control.saving.look.click()
    assert "nother source has the id log" in control.saving.message.value
    control.id.value = "Tickets of May"
    control.saving.look.click()
    assert "write tickets-of-may" in words(control.saving.message.value)
    assert control.saving.save.disabled


def test_a_part_taken_away_is_no_longer_declared(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    control.saving.look.click()
    control.saving.save.click()
    control.columns.roles["resource"].value = ""
    control.saving.look.click()
    control.saving.save.click()
    (declared,) = (each for each in client(parameters).data_sources if each.id == "tickets")
    assert declared.columns and declared.columns.resource is None


def test_what_is_cleared_in_a_declaration_is_cleared_in_the_file(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    control.reading.ends.value, control.reading.extracted.value = ("close",), date(2026, 6, 1)
    control.saving.look.click()
    control.saving.save.click()
    control.reading.ends.value, control.reading.extracted.value = (), None
    control.saving.look.click()
    control.saving.save.click()
    (declared,) = (each for each in client(parameters).data_sources if each.id == "tickets")
    assert (declared.rules.end_activities, declared.extracted) == ((), None)


def test_a_new_source_without_an_id_is_refused_in_place(parameters: Path) -> None:
    control = source(client(parameters), log(parameters))
    control.id.value = ""
    control.saving.look.click()
    assert "give the source an id" in control.saving.message.value
    assert control.saving.save.disabled


def test_the_name_of_a_file_is_said_as_it_is_written(parameters: Path) -> None:
    (parameters / "tiny" / "data" / "empty.csv").write_bytes(b"")
    control = source(client(parameters), "data/empty.csv")
    assert "empty.csv: found an empty file" in words(control.origin.message.value)


def test_of_a_large_table_the_losses_are_worked_out_only_when_asked(
    parameters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SourceControl, "rows_at_once", 100)
    control = source(client(parameters), log(parameters))
    assert "press the button" in control.lost.value
    control.work.click()
    assert "116 of 116 rows" in words(control.lost.value)


# Databases and secrets


def test_a_table_of_a_database_is_declared_by_names_alone(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    control = asked(parameters, VARIABLE, database(parameters, monkeypatch))
    assert control.columns.chosen == {"case": "ticket", "activity": "step", "timestamp": "done"}
    assert "60 of 60 rows and 30 cases" in words(control.lost.value)
    control.saving.look.click()
    control.saving.save.click()
    text = (parameters / "tiny" / "assess.yaml").read_text()
    assert f"database: {{url_env: {VARIABLE}, query: data/tickets.sql}}" in text
    assert SECRET not in text + widget_state(control)


@pytest.mark.parametrize(
    "typed", [f"postgresql://admin:{SECRET}@db.example.org/shop", SECRET, f"X={SECRET}", f"  {SECRET.lower()}  "]
)
def test_an_address_in_the_box_is_refused_in_place_and_not_echoed(parameters: Path, typed: str) -> None:
    (parameters / "tiny" / "data" / "q.sql").write_text("SELECT 1 AS a")
    control = asked(parameters, typed, "data/q.sql")
    shown = widget_state(control)
    assert control.origin.variable.value == ""
    assert SECRET.lower() not in shown.lower() and "db.example.org" not in shown
    control.origin.variable.value = typed
    assert "takes the name of an environment variable" in words(control.origin.message.value)
    assert SECRET.lower() not in widget_state(control).lower()


@pytest.mark.parametrize("field", ["name", "id"])
def test_an_address_in_another_box_is_taken_out_as_well(parameters: Path, field: str) -> None:
    control = source(client(parameters), log(parameters))
    getattr(control, field).value = f"postgresql://admin:{SECRET}@db.example.org/shop"
    assert "has been taken out" in control.message.value
    assert SECRET not in widget_state(control)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (None, "the environment variable TINY_DATABASE_URL, which is not set"),
        (f"sqlite:////nowhere/{SECRET}/shop.db", "no such database at this address"),
        (f"nonsense {SECRET}", "an address that cannot be read"),
        (f"postgresql://admin:{SECRET}@{SECRET}.invalid/shop", "a name of a server that is not known"),
        (f"postgresql://admin:{SECRET}@127.0.0.1:1/shop", "no database that listens at this address"),
    ],
)
def test_a_database_that_cannot_be_reached_is_explained_without_its_address(
    parameters: Path, monkeypatch: pytest.MonkeyPatch, address: str | None, found: str
) -> None:
    query = database(parameters, monkeypatch)
    if address is None:
        monkeypatch.delenv(VARIABLE)
    else:
        monkeypatch.setenv(VARIABLE, address)
    control = asked(parameters, VARIABLE, query)
    assert found in words(control.origin.message.value)
    shown = widget_state(control)
    assert SECRET not in shown and "admin" not in shown and "127.0.0.1" not in shown


def test_a_query_that_writes_is_refused_in_place(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    control = asked(parameters, VARIABLE, database(parameters, monkeypatch, "DELETE FROM tickets"))
    assert "a statement of another kind" in words(control.origin.message.value)
    assert control.preview is None


# For everybody


def test_every_field_has_a_name_and_a_help(parameters: Path) -> None:
    control, todo = source(client(parameters), log(parameters)), []
    todo = [control]
    while todo:
        widget = todo.pop()
        todo += getattr(widget, "children", ())
        if hasattr(widget, "description") and not isinstance(widget, HTML):
            assert widget.description and widget.tooltip, type(widget).__name__


def test_the_control_can_be_made_for_a_client_with_gaps_and_without_a_choice() -> None:
    control = source(load_engagement("brauer-logistik", ROOT / "parameters"))
    assert control.preview is None
    assert control.origin.message.value == ""
