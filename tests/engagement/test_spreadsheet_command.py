"""`workbook intake export` and `workbook intake import`: what they print, and how they end."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from command_line import Command
from spreadsheets import set_cell

pytestmark = pytest.mark.slow


def test_a_new_client_goes_out_empty_and_comes_in_with_all_faults(office: Path, workbook_command: Command) -> None:
    exported = workbook_command("intake", "export", "acme", "acme.xlsx")
    assert (exported.code, exported.err) == (0, "")
    assert "workbook intake import acme acme.xlsx" in exported.out
    imported = workbook_command("intake", "import", "acme", "acme.xlsx")
    assert (imported.code, imported.out) == (2, "")
    assert imported.err.startswith("acme.xlsx: Client!D3: found nothing; allowed text")
    assert not (office / "parameters" / "acme").exists()


def test_nothing_to_change_and_what_changed(office: Path, workbook_command: Command) -> None:
    assert workbook_command("intake", "export", "tiny", "tiny.xlsx").code == 0
    assert workbook_command("intake", "import", "tiny", "tiny.xlsx").out == "tiny: nothing to change\n"
    book = openpyxl.load_workbook("tiny.xlsx")
    set_cell(book["Client"], "sector", 1, "Freight")
    book.save("tiny.xlsx")
    imported = workbook_command("intake", "import", "tiny", "tiny.xlsx")
    first, before, after, last = imported.out.splitlines()
    assert first == "tiny/client.yaml: 1 line changed"
    assert "- sector: " in before
    assert after.endswith("+ sector: Freight")
    assert last == "now: workbook check tiny"
    assert workbook_command("check", "tiny").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "No Id", "a.xlsx"], "call it no-id"),
        (["export", "tiny", "a.csv"], "a file that ends in .xlsx"),
        (["import", "tiny", "none.xlsx"], "none.xlsx: found no file"),
    ],
)
def test_wrong_use_ends_with_2(workbook_command: Command, arguments: list[str], words: str) -> None:
    ended = workbook_command("intake", *arguments)
    assert ended.code == 2
    assert words in ended.err
