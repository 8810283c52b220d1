"""A new client set up from the spreadsheet alone, up to every deliverable there is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from command_line import Command
from spreadsheets import DEMOS, set_cell

pytestmark = pytest.mark.slow

TYPED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("typed_client.yaml").read_text(encoding="utf-8"))
FILES = {
    "supplier_invoices.csv": "invoice_log.csv",
    "supplier_invoice_records.csv": "invoice_records.csv",
    "pilot_replies.csv.gz": "pilot_replies.csv.gz",
}


def type_into(file: Path) -> None:
    """Fill the lines of each form and the rows of each table, as somebody does by hand."""
    book = openpyxl.load_workbook(file)
    for sheet, typed in TYPED.items():
        for entry, row in enumerate(typed if isinstance(typed, list) else [typed], 1):
            for head, value in row.items():
                set_cell(book[sheet], head, entry, value)
    book.save(file)


def figures(folder: Path, name: str) -> dict[str, Any]:
    register: dict[str, Any] = json.loads((folder / f"{name}.json").read_bytes())["figures"]
    return register


def test_what_is_typed_becomes_every_report(office: Path, workbook_command: Command) -> None:
    data = office / "parameters" / "alder-foods" / "data"
    data.mkdir(parents=True)
    for demo, own in FILES.items():
        shutil.copy(DEMOS / "norrhaven" / "data" / demo, data / own)
    assert workbook_command("intake", "export", "alder-foods", "alder.xlsx").code == 0
    type_into(office / "alder.xlsx")
    assert workbook_command("intake", "import", "alder-foods", "alder.xlsx").code == 0
    assert workbook_command("intake", "import", "alder-foods", "alder.xlsx").out == "alder-foods: nothing to change\n"
    for gate in ("assess", "prioritize"):
        assert workbook_command("approve", "alder-foods", gate).code == 0
    ended = workbook_command("run", "alder-foods")
    assert ended.code == 0 and ended.out.splitlines()[-1].startswith("3 done, 0 unchanged, 0 failed")

    made = office / "outputs" / "alder-foods" / "2025-06-30"
    assert figures(made, "assess")["process.customer-letters.volume"]["value"] == 60_000
    assert figures(made, "prioritize")["charter.sample_per_arm.planned"]["value"] == 3500
    # the same data judged by the same baseline as the demo's pilot: minutes saved of nearly twenty
    effect = figures(made, "pilot")["pilot.criterion.working-time.effect"]
    assert effect["value"] == pytest.approx(5.69 / 60, abs=0.0005)
    assert "GO: Draft replies to customers can go into production" in (made / "pilot.html").read_text(encoding="utf-8")
    for name in ("assess", "prioritize", "pilot"):
        assert "DRAFT" not in (made / f"{name}.html").read_text(encoding="utf-8")
        assert (made / f"{name}.pdf").read_bytes().startswith(b"%PDF")
