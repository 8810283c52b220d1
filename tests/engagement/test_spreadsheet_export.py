from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from spreadsheets import DEMOS, column

from workbook.engagement.faults import FaultsError
from workbook.engagement.skeleton import new_client
from workbook.engagement.spreadsheet.help import example_of, help_for
from workbook.engagement.spreadsheet.intake import export_client, export_to
from workbook.engagement.spreadsheet.layout import LISTS, README, sheets_of


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(export_client("norrhaven", DEMOS)))


def cell(page: Worksheet, head: str, row: int) -> Any:
    return page.cell(row, column(page, head))


def test_a_sheet_for_each_section_and_how_to_fill_it_in(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [README, *(sheet.title for sheet in sheets_of()), LISTS]
    text = "\n".join(str(row[0]) for row in book[README].iter_rows(values_only=True))
    for word in ("measured", "interview", "estimate", "assumed", "2026-05-31", "example", "semicolon"):
        assert word in text
    assert book[README]["B2"].value == "norrhaven"


def test_numbers_dates_and_lists_stand_as_what_they_are(book: openpyxl.Workbook) -> None:
    page = book["Processes"]
    row = [cell(page, head, 5) for head in ("id", "volume.value", "volume.date", "systems")]
    assert [each.value for each in row[:2]] == ["it-incident-resolution", 286000]
    assert row[2].is_date
    assert row[2].value.date().isoformat() == "2025-01-20"
    assert row[3].value == "service-management; telephony; identity"


def test_heads_are_locked_and_cells_are_not(book: openpyxl.Workbook) -> None:
    for sheet in sheets_of():
        page = book[sheet.title]
        assert page.protection.sheet
        assert not page.protection.password
        assert all(each.protection.locked for each in page[2] if each.value)
    page = book["Processes"]
    assert cell(page, "note", 4).protection.locked
    assert not cell(page, "name", 5).protection.locked
    assert not page.column_dimensions["C"].protection.locked
    assert book["Client"]["A3"].protection.locked
    assert not book["Client"]["D3"].protection.locked
    # A name has no unit: the cell beside it is grey.
    assert (book["Client"]["E3"].protection.locked, book["Client"]["E3"].fill.fgColor.rgb) == (True, "00DCE6EE")


def test_heads_stay_in_view_and_carry_a_note(book: openpyxl.Workbook) -> None:
    page = book["Processes"]
    assert page.freeze_panes == "C4"
    assert cell(page, "error_rate.value", 2).comment.text == (
        "error_rate.value\nshare of transactions with an error, 0 to 1\nTakes a number from 0 to 1."
    )
    assert "Left empty: UTC." in cell(book["Assess data sources"], "timezone", 2).comment.text


def validation(page: Worksheet, head: str) -> Any:
    at = cell(page, head, 9).coordinate if page["A2"].value == "row" else head
    return next(each for each in page.data_validations.dataValidation if at in each.sqref)


def test_choices_flags_and_ids_have_drop_downs(book: openpyxl.Workbook) -> None:
    assert validation(book["Processes"], "volume.evidence").formula1 == '"measured,interview,estimate,assumed"'
    assert validation(book["Assess data sources fields"], "required").formula1 == '"TRUE,FALSE"'
    owner = validation(book["Processes"], "owner")
    assert owner.formula1.startswith("'People'!$B$5:$B$")
    # More people may be entered below those that are there.
    assert int(owner.formula1.rpartition("$")[2]) > book["People"].max_row + 100
    # The ids of a file come from its own sheet.
    assert validation(book["Acceptance"], "D3").formula1.startswith("'Pilot data sources'!")


@pytest.mark.parametrize(
    ("title", "head", "words"),
    [
        ("Assess data sources", "decimal", [".", ","]),
        ("Assess data sources", "thousands", [".", ",", " ", "'"]),
        ("Screening", "question", None),
        ("Use cases scores", "criterion", None),
    ],
)
def test_words_that_no_drop_down_can_hold_stand_on_a_sheet(
    book: openpyxl.Workbook, title: str, head: str, words: list[str] | None
) -> None:
    formula = validation(book[title], head).formula1
    assert formula.startswith("'Lists'!$")
    found = [row[0].value for row in book[LISTS][formula.partition("!")[2].replace("$", "")]]
    assert found == words if words else len(found) > 5


def test_a_range_is_a_limit_of_its_cell(book: openpyxl.Workbook) -> None:
    share = validation(book["Processes"], "error_rate.value")
    assert (share.type, share.operator, share.formula1, share.formula2) == ("decimal", "between", "0", "1")
    positive = validation(book["Weighting matrix"], "value")
    assert (positive.operator, positive.formula1) == ("greaterThan", "0")
    assert "0 to 1" in share.prompt


def test_what_is_required_is_marked_while_it_is_empty(book: openpyxl.Workbook) -> None:
    rules = {str(ranges.sqref): rules for ranges, rules in book["People"].conditional_formatting._cf_rules.items()}
    marks = [rule for at, rules in rules.items() if at.startswith("C5:") for rule in rules]
    assert [rule.formula[0] for rule in marks] == ["AND(COUNTA($B5:$D5)>0,LEN(C5)=0)"]
    # Not by colour alone: a pattern and a dashed border.
    assert marks[0].dxf.fill.patternType == "lightUp"
    assert marks[0].dxf.border.left.style == "dashed"


def rules_of(page: Worksheet, head: str) -> list[str]:
    place = cell(page, head, 5).coordinate
    found = page.conditional_formatting._cf_rules.items()
    return [rule.formula[0] for cells, rules in found if place in cells for rule in rules]


def test_an_id_is_marked_where_it_stands_twice_but_not_where_it_names_what_a_row_lies_in(
    book: openpyxl.Workbook,
) -> None:
    assert any("COUNTIF" in formula for formula in rules_of(book["Use cases"], "id"))
    assert not any("COUNTIF" in formula for formula in rules_of(book["Use cases scores"], "use_cases.id"))


def test_a_range_of_three_numbers_stands_in_for_a_required_number(book: openpyxl.Workbook) -> None:
    page = book["Use cases scores"]
    (formula,) = (each for each in rules_of(page, "value") if each.endswith("=0)"))
    for head in ("value", "low", "likely", "high"):
        assert f"LEN({cell(page, head, 5).coordinate})" in formula


def test_a_new_client_has_all_sheets_with_examples_and_no_entry(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_client("acme", tmp_path)))
    assert not (tmp_path / "acme").exists()
    for sheet in sheets_of():
        page = book[sheet.title]
        if sheet.kind != "form":
            assert [page["A3"].value, page["A4"].value, page.max_row] == ["help", "example", 4], sheet.title
            assert any(each.value for each in page[4][1:])


def test_an_example_lies_in_its_range_and_each_value_has_help() -> None:
    slots = {(sheet.title, slot.header): slot for sheet in sheets_of() for slot in sheet.slots}
    assert 0 < example_of(slots["Charter", "design.allocation"]) < 1
    assert help_for(slots["Weighting points", "value"]) == "the number (required)"
    assert not [place for place, slot in slots.items() if not help_for(slot).removesuffix("(required)").strip()]


def test_the_skeleton_of_a_new_client_is_as_empty_as_none(tmp_path: Path) -> None:
    before = export_client("acme", tmp_path)
    new_client("acme", tmp_path)
    assert export_client("acme", tmp_path) == before


def test_text_is_never_a_formula(write: Callable[..., Path]) -> None:
    hostile = ["=1+1", "+1", "-1", "@a", "\tx", '=HYPERLINK("http://x")']
    folder = write(client=f"canaries: {json.dumps(hostile)}\nlegal_name: '=1+1'\n", assess=None)
    raw = export_client("acme", folder)
    page = openpyxl.load_workbook(io.BytesIO(raw))["Client"]
    cells = [each for row in page.iter_rows() for each in row if str(each.value).startswith(("=", "+"))]
    assert [each.value for each in cells] == ["=1+1", '=1+1; +1; -1; @a; "\tx"; "=HYPERLINK(""http://x"")"']
    assert {(each.data_type, each.quotePrefix) for each in cells} == {("s", True)}
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in package.read(name) or b"<f " in package.read(name) for name in sheets)


@pytest.mark.slow
def test_the_same_client_gives_the_same_bytes() -> None:
    code = (
        "import hashlib, sys; from workbook.engagement.spreadsheet.intake import export_client\n"
        "print(hashlib.sha256(export_client('brauer-logistik', sys.argv[1])).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code, str(DEMOS)], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(hashes) == 1


def test_a_key_that_no_sheet_has_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(FaultsError, match=r"acme/client.yaml:1 nam: found the unknown key nam; .*rename it to name"):
        export_client("acme", write(client="nam: Acme\n", assess=None))


def test_a_text_longer_than_a_cell_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(FaultsError, match="found a text of 40,000 characters; allowed texts that fit in a cell"):
        export_client("acme", write(client=f"about: {'a' * 40_000}\n", assess=None))


@pytest.mark.parametrize(("name", "words"), [("there.xlsx", "a file that exists"), ("a.ods", 'the ending ".ods"')])
def test_no_file_is_overwritten_or_misnamed(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "there.xlsx").write_bytes(b"not imported yet")
    with pytest.raises(FaultsError, match=words):
        export_to("acme", tmp_path / name, tmp_path)
    assert (tmp_path / "there.xlsx").read_bytes() == b"not imported yet"
