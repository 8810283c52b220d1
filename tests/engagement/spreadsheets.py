"""Clients that are exported, changed in the spreadsheet, and imported again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from workbook.engagement.faults import FaultsError
from workbook.engagement.spreadsheet.intake import Imported, export_client, import_from

DEMOS = Path(__file__).parents[2] / "parameters"


class Office:
    """A folder of parameters with one client, and its spreadsheet."""

    def __init__(self, folder: Path, client: str, demo: str | None = None, **options: Any) -> None:
        self.parameters, self.client, self.options = folder / "parameters", client, options
        self.parameters.mkdir(exist_ok=True)
        self.file = folder / "intake.xlsx"
        if demo:
            shutil.copytree(DEMOS / demo, self.parameters / client)
        self.export()

    def export(self) -> None:
        self.file.write_bytes(export_client(self.client, self.parameters, **self.options))

    def change(self, change: Callable[[openpyxl.Workbook], object]) -> None:
        """Change the spreadsheet as people do."""
        book = openpyxl.load_workbook(self.file)
        change(book)
        book.save(self.file)

    def put(self, *cells: tuple[str, str, int, Any]) -> None:
        """Write values into cells: the sheet, the head of the column, the number of the entry from 1, the value."""
        self.change(lambda book: [set_cell(book[title], head, entry, value) for title, head, entry, value in cells])

    def take_in(self) -> Imported:
        return import_from(self.client, self.file, self.parameters, **self.options)

    def faults(self) -> list[str]:
        """Return the faults of the import, without the name of the file."""
        before = self.texts()
        with pytest.raises(FaultsError) as error:
            self.take_in()
        assert self.texts() == before
        return [str(fault).removeprefix("intake.xlsx: ") for fault in error.value.faults]

    def texts(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.parameters / self.client).glob("*.yaml")}

    def text(self, name: str) -> str:
        return (self.parameters / self.client / f"{name}.yaml").read_text(encoding="utf-8")


def column(page: Worksheet, head: str) -> int:
    """Return the number of the column with a head."""
    return next(cell.column for cell in page[2] if cell.value == head)


def set_cell(page: Worksheet, head: str, entry: int, value: Any) -> None:
    """Write a value into the row of an entry of a table, or into a line of a form, whose key is the head."""
    if page["A2"].value == "key":
        key, _, part = head.partition(" ")
        number = next(cell.row for cell in page["A"] if cell.value == key)
        cell = page.cell(number, column(page, part or "value"))
    else:
        cell = page.cell(4 + entry, column(page, head))
    cell.value = value
    if isinstance(value, str) and value.startswith("="):
        cell.data_type = "s"
