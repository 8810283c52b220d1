from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from spreadsheets import Office

from workbook.engagement.check import check_client
from workbook.engagement.faults import FaultsError
from workbook.engagement.spreadsheet.intake import import_from
from workbook.engagement.spreadsheet.opening import open_book

ASSESS = """\
# What is to be done.
budget: {value: 100, unit: NOK}
tasks:
  # the first
  - id: sort
    owner: ann
    hours: {value: 12, unit: h, evidence: measured, date: 2026-05-20}
    gain: 0.2
  - {id: ship, owner: ben, after: [sort]}
weights:
  speed: 2  # more or less
"""


@pytest.fixture
def office(tmp_path: Path, write: Callable[..., Path], models: dict[str, Any]) -> Office:
    """A tiny client, and its spreadsheet."""
    write(assess=ASSESS)
    return Office(tmp_path, "acme", models=models)


# --- changes ---------------------------------------------------------------------------------------------------------


def test_what_comes_back_unchanged_changes_nothing(office: Office) -> None:
    imported = office.take_in()
    assert imported.is_empty
    assert imported.summary() == "acme: nothing to change"


def test_one_cell_is_one_line(office: Office) -> None:
    office.put(("Tasks", "hours.value", 1, 13))
    assert [str(change) for change in office.take_in().proposal.changes["assess.yaml"]] == [
        "Change(line=7, before='    hours: {value: 12, unit: h, evidence: measured, date: 2026-05-20}', "
        "after='    hours: {value: 13, unit: h, evidence: measured, date: 2026-05-20}')"
    ]
    assert office.take_in().is_empty


def test_a_file_that_has_changed_since_the_export_is_told_before_what_the_import_takes_back(office: Office) -> None:
    file = office.parameters / "acme" / "assess.yaml"
    file.write_text(ASSESS.replace("owner: ann", "owner: ben"))
    note, _, *lines = office.take_in().summary().splitlines()[0:4]
    assert note.startswith("note: assess.yaml has changed since this spreadsheet was exported; see that no line below")
    assert [line.split()[-1] for line in lines] == ["ben", "ann"]


@pytest.mark.parametrize("change", [lambda text: text, lambda text: text.replace("# the first", "# another")])
def test_a_file_that_says_the_same_as_at_the_export_needs_no_note(office: Office, change: Callable[[str], str]) -> None:
    file = office.parameters / "acme" / "assess.yaml"
    file.write_text(change(ASSESS))
    office.put(("Tasks", "owner", 1, "ben"))
    assert office.take_in().summary().startswith("acme/assess.yaml: 1 line changed")


def test_a_number_can_become_an_estimate(office: Office) -> None:
    new = [("Tasks", f"gain.{part}", 1, value) for part, value in (("low", 0.1), ("likely", 0.2), ("high", 0.4))]
    office.put(*new, ("Tasks", "gain.value", 1, None), ("Tasks", "gain.date", 1, dt.date(2026, 5, 1)))
    office.take_in()
    assert "    gain: {low: 0.1, likely: 0.2, high: 0.4, date: 2026-05-01}" in office.text("assess").splitlines()


def test_an_emptied_cell_removes_the_value(office: Office) -> None:
    parts = ("value", "unit", "evidence", "date")
    office.put(*(("Tasks", f"hours.{part}", 1, None) for part in parts), ("Assess", "budget unit", 1, None))
    office.take_in()
    assert "hours" not in office.text("assess")
    assert "budget: {value: 100}" in office.text("assess")


def test_a_deleted_row_removes_the_entry_and_says_so(office: Office) -> None:
    office.change(lambda book: book["Tasks"].delete_rows(6))
    imported = office.take_in()
    assert (imported.added, imported.removed) == ((), ("Tasks: ship",))
    assert imported.summary().splitlines() == [
        "removed  Tasks: ship",
        "acme/assess.yaml: 1 line changed",
        "      9 -   - {id: ship, owner: ben, after: [sort]}",
        "now: workbook check acme",
    ]


def test_an_added_row_is_an_entry(office: Office) -> None:
    office.put(("Tasks", "id", 3, "sell"), ("Tasks", "done", 3, True), ("Tasks", "after", 3, "ship; sort"))
    imported = office.take_in()
    assert imported.added == ("Tasks: sell",)
    assert "  - id: sell\n    done: true\n    after: [ship, sort]\n" in office.text("assess")


def test_rows_may_be_sorted(office: Office) -> None:
    def swap(book: openpyxl.Workbook) -> None:
        page = book["Tasks"]
        for first, second in zip(page[5], page[6], strict=True):
            first.value, second.value = second.value, first.value

    office.change(swap)
    imported = office.take_in()
    assert (imported.added, imported.removed) == ((), ())
    assert office.text("assess").index("id: ship") < office.text("assess").index("id: sort")


def test_an_entry_of_a_mapping_is_a_row(office: Office) -> None:
    office.put(("Weights", "key", 2, "price"), ("Weights", "value", 2, 1.5))
    office.take_in()
    assert office.text("assess").endswith("  speed: 2  # more or less\n  price: 1.5\n")


def test_examples_and_empty_rows_are_no_entries(office: Office) -> None:
    def change(book: openpyxl.Workbook) -> None:
        page = book["People"]
        page.insert_rows(6, 3)
        page["A7"], page["B7"] = "example", "another-example"

    office.change(change)
    assert office.take_in().is_empty


def test_columns_and_lines_are_known_by_their_heads(office: Office) -> None:
    def turn(book: openpyxl.Workbook) -> None:
        for title, first in (("Tasks", 2), ("Client", 3)):
            page = book[title]
            rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=first)]
            # The columns of the table, and the lines of the form, the other way round.
            turned = [row[:1] + row[:0:-1] for row in rows] if first == 2 else rows[::-1]
            for number, row in enumerate(turned, first):
                for place, value in enumerate(row, 1):
                    page.cell(number, place).value = value

    office.change(turn)
    assert office.take_in().is_empty


def test_text_that_looks_like_a_formula_is_text(office: Office) -> None:
    office.put(("Tasks", "hours.source", 1, "=1+1"), ("Tasks", "hours.by", 1, "@SUM(A1)"))
    office.put(("People", "name", 1, "=TRUE()"))
    office.take_in()
    assert '"=TRUE()"' in office.text("client")
    assert 'source: "=1+1", by: "@SUM(A1)"' in office.text("assess")
    office.export()
    assert office.take_in().is_empty


def test_a_formula_counts_by_its_result(office: Office) -> None:
    office.change(lambda book: setattr(book["Tasks"]["D5"], "value", "=1000*4"))
    assert office.faults() == [
        "Tasks!D5: found a formula without a result; allowed a value; "
        "open the file in a spreadsheet program and save it, or write the value"
    ]
    with zipfile.ZipFile(office.file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(office.file, "w") as package:
        for name, raw in parts.items():
            # As a spreadsheet program saves it: with the result beside the formula.
            package.writestr(name, re.sub(rb"(<f>1000\*4</f>)<v ?(/>|></v>)", rb"\1<v>4000</v>", raw))
    office.take_in()
    assert "hours: {value: 4000, unit: h" in office.text("assess")


# --- faults ----------------------------------------------------------------------------------------------------------

FAULTS = (
    ("Client", "country", 1, "Norway", 'Client!D4: found text "Norway"; allowed two-letter country code such as DE'),
    ("People", "name", 1, None, "People!C5: found nothing; allowed text of at most 20 characters"),
    ("People", "id", 2, " ben ", 'People!B6: found text " ben "; allowed a short id.*; write ben'),
    ("People", "row", 2, "mine", 'People!A6: found "mine"; allowed nothing, or help or example'),
    ("Assess", "budget date", 1, "20.01.2025", 'Assess!H3: found text "20.01.2025"; .*; write 2025-01-20'),
    ("Tasks", "owner", 1, "nobody", 'Tasks!C5: found the unknown person "nobody"; .*describe the person on its sheet'),
    ("Tasks", "hours.value", 1, "1,200", 'Tasks!D5: found text "1,200"; allowed a number; write the number alone'),
    ("Tasks", "hours.evidence", 1, "guess", 'Tasks!F5: found text "guess"; allowed one of measured, interview'),
    ("Tasks", "risk.value", 1, 25, "Tasks!J5: found 25; .*; write a share of 1: 25 % is 0.25"),
    ("Tasks", "gain.low", 1, 0.1, "Tasks!R5: found nothing; allowed a number"),
    ("Tasks", "level", 1, "#N/A", "Tasks!Y5: found the error #N/A; allowed a value"),
    ("Tasks", "done", 2, "yes", 'Tasks!AB6: found text "yes"; allowed TRUE or FALSE'),
    ("Tasks", "after", 2, "a;;b", "Tasks!AF6: found a semicolon with nothing beside it"),
    ("Tasks", "file", 2, "data/none.csv", "Tasks!Z6: found data/none.csv, which does not exist"),
    ("Weights", "value", 1, -1, "Weights!C5: found -1; allowed a number above 0"),
)


def test_all_faults_are_told_at_once_with_sheet_and_cell(office: Office) -> None:
    office.put(*(fault[:4] for fault in FAULTS))
    told = office.faults()
    assert [words for *_, words in FAULTS if not any(re.match(words, each) for each in told)] == [], told
    titles = [each.partition("!")[0] for each in told]
    assert list(dict.fromkeys(titles)) == ["Client", "People", "Assess", "Tasks", "Weights"]


def test_rows_are_told_from_top_to_bottom(office: Office) -> None:
    office.put(*(("Tasks", "id", number, f"No{number}") for number in (12, 7, 3)))
    assert [told.partition(":")[0] for told in office.faults()] == ["Tasks!B7", "Tasks!B11", "Tasks!B16"]


def test_an_id_that_is_there_twice_names_both_cells(office: Office) -> None:
    office.put(("People", "id", 2, "ann"))
    assert office.faults()[0].startswith('People!B6: found a second person "ann"; the first is at People!B5; allowed')


def test_a_key_that_is_there_twice_or_lacks_its_value_is_told(office: Office) -> None:
    office.put(("Weights", "key", 2, "speed"), ("Weights", "value", 2, 1), ("Weights", "key", 3, "price"))
    assert office.faults() == [
        "Weights!B6: found speed a second time; allowed each once; delete one of the two rows",
        "Weights!C7: found nothing; allowed a number above 0; fill in the cell",
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda book: setattr(book["People"], "title", "Staff"), "Staff: found an unknown sheet.*rename it to People"),
        (lambda book: book.remove(book["Gates"]), "Gates: found no such sheet; .*export the client again"),
        (lambda book: book.create_sheet("Mine"), "Mine: found an unknown sheet.*delete it"),
        (lambda book: book["People"].delete_cols(3), "People!A2: found no column name; allowed all columns"),
        (lambda book: book["People"].delete_rows(2), "People!A2: found no heads; allowed the heads row, id, name"),
        (lambda book: book["People"].cell(2, 5, "phone"), "People!E2: found the unknown column phone; .*delete it"),
        (lambda book: book["People"].cell(2, 5, "name"), "People!E2: found a second column name"),
        (lambda book: book["People"].cell(2, 3, "nmae"), "People!C2: found the unknown column nmae; .*to name"),
        (lambda book: book["People"].cell(6, 7, "x"), "People!G6: found a value in a column without a head"),
        (lambda book: book["People"].merge_cells("B5:C6"), "People!B5:C6: found merged cells; .*separate them"),
        (lambda book: book["Client"].delete_rows(4), "Client!A2: found no line country"),
        (lambda book: book["Client"].cell(20, 1, "phone"), "Client!A20: found the unknown key phone"),
        (lambda book: book["Client"].cell(20, 4, 0), "Client!A20: found the unknown key;"),
        (lambda book: book["Client"].cell(20, 1, "name"), "Client!A20: found a second key name"),
    ],
)
def test_sheets_that_are_not_as_exported_are_told(office: Office, change: Callable[..., object], fault: str) -> None:
    office.change(change)
    told = office.faults()
    assert any(re.match(fault, each) for each in told), told


def test_the_spreadsheet_of_another_client_is_refused(office: Office, write: Callable[..., Path]) -> None:
    write(id="other")
    with pytest.raises(FaultsError, match=r"intake.xlsx: found a spreadsheet of acme; allowed one of other"):
        import_from("other", office.file, office.parameters, **office.options)


def xls(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def locked(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))


def ods(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.xml", "<office/>")


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", bytes(301_000_000))


def entities(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><workbook/>')


def damaged(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook")


def long(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A30000"] = 1
    book.save(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "found no file"),
        (lambda path: path.mkdir(), "found a folder"),
        (lambda path: path.write_text("a,b\n1,2\n"), "found a file that is no spreadsheet; .*save it as .xlsx"),
        (lambda path: path.write_bytes(bytes(20_000_001)), "found more than 20 MB"),
        (xls, "found a spreadsheet of the old format .xls; .*save it as .xlsx"),
        (locked, "found a spreadsheet locked by a password; .*save it without a password"),
        (ods, "found a spreadsheet of another format; .*save it as .xlsx"),
        (bomb, "found more than 300 MB when unpacked"),
        (entities, "found a declaration of document types"),
        (damaged, "found a spreadsheet that cannot be read"),
        (long, "found 30,000 rows on the sheet Sheet"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, make: Callable[[Path], Any], words: str) -> None:
    make(tmp_path / "bad.xlsx")
    with pytest.raises(FaultsError, match=f"^bad.xlsx: {words}"):
        open_book(tmp_path / "bad.xlsx")


# --- from nothing ----------------------------------------------------------------------------------------------------

NEW = (
    ("Client", "name", 1, "Acme"),
    ("Client", "sector", 1, "retail"),
    ("Client", "country", 1, "NO"),
    ("Client", "employees", 1, 12),
    ("Client", "employees evidence", 1, "interview"),
    ("Client", "currency", 1, "NOK"),
    ("Client", "locale", 1, "nb_NO"),
    ("Client", "as_of", 1, dt.date(2026, 5, 31)),
    ("Document", "firm", 1, "Firm"),
    ("Document", "partner", 1, "A"),
    ("Document", "author", 1, "B"),
    ("Document", "version", 1, "1.0"),
    ("Document", "status", 1, "draft"),
    ("Document", "confidentiality", 1, "Confidential"),
    ("Assess", "material_impact", 1, 1000),
    ("People", "id", 1, "ann"),
    ("People", "name", 1, "Ann"),
    ("People", "role", 1, "COO"),
    ("Processes", "id", 1, "post"),
    ("Processes", "name", 1, "Post; in and out"),
    ("Processes", "department", 1, "Office"),
    ("Processes", "volume.value", 1, 1000),
    ("Use cases", "id", 1, "sorting"),
    ("Use cases", "name", 1, "Sorting"),
    ("Use cases", "process", 1, "post"),
    ("Use cases", "kind", 1, "predictive"),
    ("Use cases scores", "use_cases.id", 1, "sorting"),
    ("Use cases scores", "criterion", 1, "customer_impact"),
    ("Use cases scores", "value", 1, 60),
)


@pytest.mark.slow
def test_a_client_can_be_set_up_from_a_spreadsheet_alone(tmp_path: Path) -> None:
    office = Office(tmp_path, "acme")
    office.put(*NEW)
    imported = office.take_in()
    assert imported.is_new
    assert "acme: created" in imported.summary()
    engagement = check_client("acme", office.parameters)
    assert engagement.assess is not None
    assert engagement.assess.use_cases[0].scores["customer_impact"].value == 60
    assert "# id, name" not in office.text("assess")
    assert "employees: {value: 12, evidence: interview}" in office.text("client")
    assert office.take_in().is_empty
    office.export()
    assert office.take_in().is_empty


def test_a_new_client_with_a_fault_leaves_nothing_behind(tmp_path: Path) -> None:
    office = Office(tmp_path, "acme")
    told = office.faults()
    assert (
        "Client!D3: found nothing; allowed text of at most 120 characters that is not empty; fill in the cell" in told
    )
    assert "Assess!D4: found nothing; allowed an amount above 0; fill in the cell" in told
    assert list(office.parameters.iterdir()) == []


def test_a_phase_that_had_no_file_is_begun(office: Office) -> None:
    (office.parameters / "acme" / "assess.yaml").unlink()
    office.take_in()
    assert office.text("assess").splitlines()[:3] == ["budget: {value: 100, unit: NOK}", "tasks:", "  - id: sort"]
    assert office.take_in().is_empty


def test_a_file_that_cannot_be_written_stops_the_others_too(office: Office) -> None:
    before = office.texts()
    office.put(("Client", "name", 1, "New"), ("Tasks", "id", 1, "new"), ("Tasks", "after", 2, None))
    (office.parameters / "acme" / "client.yaml").chmod(0o444)
    with pytest.raises(FaultsError, match=r"client.yaml: found a file that cannot be read and written"):
        office.take_in()
    assert office.texts() == before


def test_what_stands_under_an_unknown_key_is_a_fault_and_stays(office: Office) -> None:
    path = office.parameters / "acme" / "assess.yaml"
    path.write_text(path.read_text() + "taks: []\n")
    office.put(("Tasks", "id", 1, "new"), ("Tasks", "after", 2, None))
    assert any("found the unknown key taks" in told for told in office.faults())
