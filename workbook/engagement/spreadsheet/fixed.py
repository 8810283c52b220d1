"""Spreadsheet files that are the same whenever and wherever they are written, and in which text is never a formula."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.writer.excel import ExcelWriter

# The first moment a zip archive can hold.
EPOCH = dt.datetime(1980, 1, 1)

_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def put(cell: Cell, content: Any) -> None:
    """Write into a cell what is a number, a date or a text; what begins like a formula is a text like any other."""
    cell.value = content
    if isinstance(content, str):
        cell.data_type = "s"
        # The prefix keeps it text when somebody edits the cell.
        cell.quotePrefix = content.startswith(_SIGNS)
    elif isinstance(content, float) and float(f"{content:.16g}") != content:
        # openpyxl writes 16 digits, which is one too few for some numbers.
        cell.value = repr(content)
        cell.data_type = "n"


def fixed_bytes(book: Workbook, moment: dt.datetime = EPOCH) -> bytes:
    """Return the file of a workbook with every time in it set to `moment` or to the epoch of zip archives."""
    book.properties.creator = "AI Production Workbook"
    book.properties.created = book.properties.modified = moment
    written, fixed = io.BytesIO(), io.BytesIO()
    # Not `book.save`, which stamps the clock.
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), source.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
