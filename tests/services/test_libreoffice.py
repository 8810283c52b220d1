"""The spreadsheets that are made here, as a real spreadsheet program reads them and saves them."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from workbook.engagement.spreadsheet.intake import export_client, import_from
from workbook.publish.bundle import Cell, Column, Cover, Exhibit, Table
from workbook.publish.document import Document
from workbook.publish.spreadsheet import render_tables

pytestmark = pytest.mark.services

HOSTILE = [
    "=1+1",
    "+A1",
    "@x",
    "-2",
    '=HYPERLINK("https://example.org","x")',
    "=1+1|'x'!A0",
    "'=1+1",
    "007",
    "1/2",
    "a,b",
]
SHEETS = ["Contents", "assess first", "assess second"]
# Comma, quotation mark, UTF-8, cells as shown, and -1 for a file per sheet.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def _document() -> Document:
    cover = Cover("Title", "Subtitle", "Acme", "en", "2026-09-30", "30 September 2026", None, (), "Internal", "Firm")
    columns = (Column("text", "=1+1", "left"), Column("number", "Number", "right"))
    rows = tuple((Cell(text), Cell(f"€{at}", value=at + 0.5)) for at, text in enumerate(HOSTILE))
    tables = [
        Exhibit("table", id, "=1+1", alt="Alt", caption="+A1", source="@x", number=number, table=Table(columns, rows))
        for number, id in enumerate(("first", "second"), 1)
    ]
    return Document("=Deliverable", "report", cover, tuple(tables), ())


def _converted(path: Path, kind: str, folder: Path) -> None:
    program = shutil.which("soffice")
    assert program, "LibreOffice is missing: install your system's libreoffice-calc package"
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    command = [program, "--headless", "--norestore", f"-env:UserInstallation={home.as_uri()}"]
    # Without the variables of a desktop it has no reason to talk to one.
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [*command, "--convert-to", kind, "--outdir", folder, path],
        check=True, capture_output=True, env=environment, timeout=180,
    )  # fmt: skip


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tables read and written by LibreOffice: one workbook, and a text file for each sheet."""
    folder = tmp_path_factory.mktemp("libreoffice")
    (folder / "tables.xlsx").write_bytes(render_tables([("assess", _document())]))
    _converted(folder / "tables.xlsx", "xlsx", folder / "out")
    _converted(folder / "tables.xlsx", EVERY_SHEET, folder / "out")
    return folder / "out"


def test_all_sheets_are_there(converted: Path) -> None:
    assert openpyxl.load_workbook(converted / "tables.xlsx").sheetnames == SHEETS
    assert sorted(path.name for path in converted.glob("*.csv")) == [f"tables-{sheet}.csv" for sheet in SHEETS]


def test_no_cell_is_a_formula(converted: Path) -> None:
    book = openpyxl.load_workbook(converted / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 2 * 2 * len(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s", "n"}


def test_texts_are_kept_and_numbers_are_numbers(converted: Path) -> None:
    book = openpyxl.load_workbook(converted / "tables.xlsx", data_only=True)
    for name in SHEETS[1:]:
        rows = list(book[name].iter_rows(min_row=4, max_row=3 + len(HOSTILE), values_only=True))
        assert rows == [(text, at + 0.5) for at, text in enumerate(HOSTILE)]


def test_what_is_shown_is_the_text_and_no_result(converted: Path) -> None:
    for name in SHEETS[1:]:
        with (converted / f"tables-{name}.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert [row[0] for row in rows[3 : 3 + len(HOSTILE)]] == HOSTILE
        assert (rows[0][0], rows[2][0], rows[-2][0], rows[-1][0]) == ("=1+1", "=1+1", "+A1", "Source: @x")


def test_a_real_formula_would_have_been_calculated(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "formula.xlsx")
    _converted(tmp_path / "formula.xlsx", "csv", tmp_path / "out")
    assert (tmp_path / "out" / "formula.csv").read_text().strip() == "2"


# --- a client's data in a spreadsheet --------------------------------------------------------------------------------

PARAMETERS = Path(__file__).parents[2] / "parameters"


def _replace(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / "parameters" / "norrhaven" / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of parameters with a client, beside its spreadsheet as opened and saved by LibreOffice."""
    folder = tmp_path_factory.mktemp("intake")
    shutil.copytree(PARAMETERS / "norrhaven", folder / "parameters" / "norrhaven")
    texts = [*HOSTILE, "_x0041_", "line\nbreak", "tab\t", "😀", " spaces ", "a; b"]
    _replace(folder, "technology", "vendor: ServiceNow", f"vendor: {json.dumps('; '.join(texts), ensure_ascii=False)}")
    _replace(folder, "client", "\npeople:", f"\nmay_mention: {json.dumps(texts, ensure_ascii=False)}\npeople:")
    # As many digits as a number can have.
    _replace(folder, "assess", "volume: {value: 540000,", "volume: {value: 262676.93783563112,")
    (folder / "norrhaven.xlsx").write_bytes(export_client("norrhaven", folder / "parameters"))
    _converted(folder / "norrhaven.xlsx", "xlsx", folder / "out")
    return folder


def test_what_libreoffice_has_saved_still_says_the_same(saved: Path) -> None:
    imported = import_from("norrhaven", saved / "out" / "norrhaven.xlsx", saved / "parameters")
    assert imported.proposal.diff() == ""


def test_a_change_made_after_libreoffice_is_one_line(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved / "parameters", tmp_path / "parameters")
    book = openpyxl.load_workbook(saved / "out" / "norrhaven.xlsx")
    book["Processes"]["C5"] = "Another name"
    book.save(tmp_path / "changed.xlsx")
    imported = import_from("norrhaven", tmp_path / "changed.xlsx", tmp_path / "parameters")
    assert [change.after for change in imported.proposal.changes["assess.yaml"]] == ["    name: Another name"]


def test_heads_stay_locked_and_drop_downs_stay(saved: Path) -> None:
    page = openpyxl.load_workbook(saved / "out" / "norrhaven.xlsx")["Processes"]
    assert page.protection.sheet
    assert (page["B2"].protection.locked, page["B5"].protection.locked) == (True, False)
    owners = [each for each in page.data_validations.dataValidation if "E5" in each.sqref]
    assert owners[0].formula1.replace("$", "").startswith("People!B5:B")
