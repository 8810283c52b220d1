"""A spreadsheet file that somebody sends: opened only if it is one, and none that would harm this machine."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from workbook.engagement.faults import FaultsError, refused
from workbook.engagement.spreadsheet.cells import Content, Unreadable

MOST_BYTES, MOST_UNPACKED, MOST_ROWS = 20_000_000, 300_000_000, 20_000

_ALLOWED = "a spreadsheet (.xlsx)"
_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# As which LibreOffice saves what is true or false.
_FLAGS = {"=TRUE()": True, "=FALSE()": False}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Book:
    """A spreadsheet as it was saved: what stands in its cells, and what its formulas came to."""

    name: str
    cells: Workbook
    results: Workbook | None

    def content(self, cell: Any) -> tuple[Content, bool]:
        """Return what stands in a cell, and whether it is shown as a percentage.

        Raises Unreadable for an error, and for a formula whose result was not saved.
        """
        value = cell.value
        if cell.data_type == "f" and value in _FLAGS:
            return _FLAGS[value], False
        if is_formula(cell):
            value = self.results[cell.parent.title][cell.coordinate].value if self.results else None
            if value is None:
                remedy = "open the file in a spreadsheet program and save it, or write the value"
                raise Unreadable("a formula without a result", "a value", remedy)
        if cell.data_type == "e" or (is_formula(cell) and isinstance(value, str) and value.startswith("#")):
            raise Unreadable(f"the error {value}", "a value", "correct it, or empty the cell")
        if value is not None and not isinstance(value, Content):
            raise Unreadable("a time of day, or a duration", "a value", "show the cell as a number or a date")
        return value, "%" in (cell.number_format or "")


def is_formula(cell: Cell) -> bool:
    """Tell whether a cell is calculated."""
    is_text = cell.data_type == "f" and cell.value not in _FLAGS
    return is_text or isinstance(cell.value, ArrayFormula | DataTableFormula)


def open_book(file: Path) -> Book:
    """Return the spreadsheet in a file.

    Raises FaultsError for what is no spreadsheet, one that is locked by a password or of an old format, and for one
    that is too large to be a client's data.
    """
    raw = _bytes(file)
    if raw.startswith(_OLD_FORMAT):
        is_locked = _ENCRYPTED in raw
        found = "a spreadsheet locked by a password" if is_locked else "a spreadsheet of the old format .xls"
        raise refused(file.name, found, _ALLOWED, f"save it {'without a password' if is_locked else 'as .xlsx'}")
    _check_package(file)
    try:
        cells = load_workbook(file)
        has_formulas = any(is_formula(cell) for page in cells.worksheets for row in _rows(page, file) for cell in row)
        return Book(file.name, cells, load_workbook(file, data_only=True) if has_formulas else None)
    except FaultsError:
        raise
    except Exception as error:
        # The library fails in many ways on files that are damaged.
        found = f"a spreadsheet that cannot be read ({type(error).__name__})"
        remedy = "open it in a spreadsheet program and save it anew"
        raise refused(file.name, found, _ALLOWED, remedy) from error


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        found = "a folder" if file.is_dir() else "no file"
        raise refused(file.name, found, _ALLOWED, "name the spreadsheet")
    if file.stat().st_size > MOST_BYTES:
        raise _too_large(file, f"more than {MOST_BYTES / 1e6:g} MB")
    return file.read_bytes()


def _check_package(file: Path) -> None:
    """Raise FaultsError for a file that is no package of sheets, or unpacks to more than a spreadsheet should."""
    if not zipfile.is_zipfile(file):
        raise refused(file.name, "a file that is no spreadsheet", _ALLOWED, "save it as .xlsx")
    with zipfile.ZipFile(file) as package:
        names = package.namelist()
        if "xl/workbook.xml" not in names:
            is_open = "content.xml" in names
            found = "a spreadsheet of another format" if is_open else "a file that is no spreadsheet"
            raise refused(file.name, found, _ALLOWED, "save it as .xlsx")
        if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
            raise _too_large(file, f"more than {MOST_UNPACKED / 1e6:g} MB when unpacked")
        for name in names:
            with package.open(name) as part:
                # Declarations of entities can make a small file expand without end; no spreadsheet has any.
                if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in part.read(2000):
                    raise refused(file.name, "a declaration of document types", _ALLOWED, "save it anew")


def _rows(page: Any, file: Path) -> Any:
    if page.max_row > MOST_ROWS:
        raise _too_large(file, f"{page.max_row:,} rows on the sheet {page.title}")
    return page.iter_rows()


def _too_large(file: Path, found: str) -> FaultsError:
    remedy = "delete the rows below the last entry, and what is no part of the client's data"
    allowed = f"at most {MOST_BYTES / 1e6:g} MB and {MOST_ROWS:,} rows on a sheet"
    return refused(file.name, found, allowed, remedy)
