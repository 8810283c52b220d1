import random
from pathlib import Path

import pytest

from workbook.methods.casetable import CaseColumns, CaseRules, measure_case_table
from workbook.methods.column_roles import propose_roles
from workbook.methods.eventlog import LogColumns, LogRules, measure_event_log
from workbook.methods.file_guess import open_guessed
from workbook.methods.table_preview import preview_table
from workbook.methods.tables import connect

PARAMETERS = Path(__file__).parents[2] / "parameters"


@pytest.fixture
def con(tmp_path):
    with connect(temp_directory=tmp_path / "spill") as connection:
        yield connection


def proposed(con, path, **chosen):
    return propose_roles(con, preview_table(con, open_guessed(con, path).info), **chosen)


def log(folder, names="case,activity,time", cases=40, shuffled=False):
    """Write a log of three events a case under the given names of columns."""
    rows = [
        f"C-{case:04d},{step},2024-0{1 + case % 9}-{10 + place:02d} 08:00:00"
        for case in range(cases)
        for place, step in enumerate(("Receive", "Check", "Pay"))
    ]
    if shuffled:
        random.Random(1).shuffle(rows)
    path = Path(folder, "log.csv")
    path.write_text("\n".join([names, *rows]) + "\n")
    return path


# The demo clients, as they are declared


@pytest.mark.parametrize(
    ("file", "kind", "declared"),
    [
        (
            "norrhaven/data/incident_event_log.csv.gz",
            "event_log",
            {
                "case": "number", "activity": "incident_state", "timestamp": "sys_updated_at",
                "resource": "sys_updated_by", "outcome": "closed_code", "sequence": "sys_mod_count",
            },
        ),
        (
            "norrhaven/data/supplier_invoices.csv",
            "event_log",
            {
                "case": "invoice", "activity": "activity", "timestamp": "completed_at", "start": "started_at",
                "resource": "resource", "cost": "cost_eur", "outcome": "outcome",
            },
        ),
        (
            "norrhaven/data/nyc311_sample.csv.gz",
            "case_table",
            {
                "case": "unique_key", "opened": "created_date", "closed": "closed_date", "status": "status",
                "outcome": "resolution_description",
            },
        ),
        (
            "brauer-logistik/data/schadenfaelle.csv",
            "case_table",
            {"case": "vorgang", "opened": "gemeldet", "closed": "abgeschlossen", "status": "status"},
        ),
    ],
)  # fmt: skip
def test_the_columns_of_the_demo_clients_come_first_and_no_others(con, file, kind, declared):
    found = proposed(con, PARAMETERS / file)
    assert (found.kind, found.columns) == (kind, declared)


@pytest.mark.parametrize(
    "file",
    [
        "norrhaven/data/hospital_dirty.csv",
        "norrhaven/data/notice_tests.csv",
        "norrhaven/data/pilot_usability.csv",
        "brauer-logistik/data/auftraege.csv",
    ],
)
def test_where_nothing_fits_nothing_is_proposed(con, file):
    found = proposed(con, PARAMETERS / file)
    assert (found.kind, found.columns) == ("table", {})
    assert "no closing time" in found.why


# Names


@pytest.mark.parametrize(
    "names",
    [
        "case,activity,timestamp",
        "Vorgangsnummer,Tätigkeit,Zeitstempel",
        "Vorgangsnr,Taetigkeit,Endzeit",
        "numéro de dossier,activité,horodatage",
        "expediente,actividad,marca de tiempo",
        "zaaknummer,activiteit,tijdstip",
        "case:concept:name,concept:name,time:timestamp",
    ],
)
def test_columns_are_known_by_their_names_in_several_languages(con, tmp_path, names):
    found = proposed(con, log(tmp_path, names))
    assert found.kind == "event_log"
    assert list(found.columns.values()) == names.split(",")
    assert all(found.by_role[role][0].grade in ("sure", "likely") for role in found.columns)


def test_content_alone_is_a_guess_and_no_kind_rests_on_it(con, tmp_path):
    path = log(tmp_path, "x,y,z", shuffled=True)
    assert proposed(con, path).kind == "table"
    found = proposed(con, path, kind="event_log")
    assert [found.by_role[role][0].column for role in ("case", "activity", "timestamp")] == ["x", "y", "z"]
    assert {found.by_role[role][0].grade for role in ("case", "activity", "timestamp")} == {"guess"}
    assert "its name says nothing" in found.by_role["case"][0].reason


def test_a_name_does_not_make_a_column_fit(con, tmp_path):
    # "activity" holds a different text in every row, "timestamp" is no time, "case" is always the same.
    rows = "\n".join(f"one,text {i},soon" for i in range(50))
    path = tmp_path / "t.csv"
    path.write_text(f"case,activity,timestamp\n{rows}\n")
    found = proposed(con, path, kind="event_log")
    assert found.columns == {}


def test_reasons_say_what_was_found(con, tmp_path):
    found = proposed(con, log(tmp_path, shuffled=True))
    assert found.by_role["case"][0].reason == (
        "its name says so (the very word); filled in 100% of the rows; looks like numbers or codes; "
        "40 different ones, 3.0 rows each"
    )
    assert "changes within 100% of the cases with several rows" in found.by_role["activity"][0].reason


def test_what_describes_the_case_is_no_activity_and_no_time_of_an_event(con, tmp_path):
    rows = [
        f"C{case},{state},{case % 3},2024-01-{case % 28 + 1:02d} 07:00:00,2024-02-{day:02d} 08:00:00"
        for case in range(60)
        for day, state in ((1, "new"), (2, "done"))
    ]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["case,state,priority state,created at,changed at", *rows]) + "\n")
    found = proposed(con, path)
    assert found.columns == {"case": "case", "activity": "state", "timestamp": "changed at"}
    assert [each.column for each in found.by_role["timestamp"]] == ["changed at"]
    assert [each.column for each in found.by_role["activity"]] == ["state"]


def test_a_table_with_one_row_for_each_id_is_no_event_log(con, tmp_path):
    rows = [f"{i},step {i % 4},2024-01-{i % 28 + 1:02d} 08:00:00" for i in range(100)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["case,activity,time", *rows]) + "\n")
    found = proposed(con, path)
    assert found.kind == "table"
    assert found.why == (
        "neither an event log nor a case table (for an event log: no case id and no time of completion; "
        "for a case table: no opening time and no closing time)"
    )


def test_a_closing_time_before_the_opening_is_none(con, tmp_path):
    rows = [f"K{i},2024-05-{i % 28 + 1:02d},2024-04-{i % 28 + 1:02d}" for i in range(60)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["case,opened,closed", *rows]) + "\n")
    assert proposed(con, path, kind="case_table").by_role["closed"] == ()


def test_ambiguous_dates_are_said_in_the_reason(con, tmp_path):
    rows = [f"K{i},0{i % 9 + 1}/0{i % 9 + 1}/2024,0{i % 9 + 1}/10/2024" for i in range(60)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["case,opened,closed", *rows]) + "\n")
    found = proposed(con, path, kind="case_table")
    assert "days and months cannot be told apart" in found.by_role["opened"][0].reason


@pytest.mark.parametrize("content", ["a,b\n", "a\n1\n", "case,activity,time\nC1,x,2024-01-01\n"])
def test_tables_with_hardly_any_rows_are_no_fault(con, tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_text(content)
    for kind in (None, "event_log", "case_table", "table"):
        proposed(con, path, kind=kind)


def test_hostile_names_are_proposed_as_they_are(con, tmp_path):
    names = ['"<b>case</b>"', '"=activity""; DROP TABLE rows; --"', '"time"']
    found = proposed(con, log(tmp_path, ",".join(names)))
    assert found.columns == {
        "case": "<b>case</b>", "activity": '=activity"; DROP TABLE rows; --', "timestamp": "time",
    }  # fmt: skip


def test_the_proposal_is_what_the_measuring_code_takes(con):
    opened = open_guessed(con, PARAMETERS / "norrhaven/data/supplier_invoices.csv")
    found = propose_roles(con, preview_table(con, opened.info))
    columns = LogColumns(**found.columns)
    baseline = measure_event_log(con, "rows", columns, LogRules(timezone="UTC", end_activities=("Post for payment",)))
    lost = {each.id: each.lost for each in baseline.filters}
    assert (lost["no_case_id"], lost["no_timestamp"], lost["unreadable_timestamp"], lost["duplicate"]) == (4, 2, 8, 178)
    assert baseline.open == 149


def test_the_proposal_of_a_case_table_is_measured_too(con):
    opened = open_guessed(con, PARAMETERS / "brauer-logistik/data/schadenfaelle.csv")
    found = propose_roles(con, preview_table(con, opened.info))
    rules = CaseRules(timezone="Europe/Berlin", closed_statuses=("abgeschlossen",))
    assert measure_case_table(con, "rows", CaseColumns(**found.columns), rules).open == 3
