"""Drop-downs, limits and marks of a spreadsheet: what is allowed, and what is still to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from workbook.engagement.fields import Shape
from workbook.engagement.load import framework_ids
from workbook.engagement.spreadsheet import styles
from workbook.engagement.spreadsheet.cells import takes
from workbook.engagement.spreadsheet.fixed import put
from workbook.engagement.spreadsheet.help import help_for
from workbook.engagement.spreadsheet.layout import LISTS, Column, Sheet, Slot
from workbook.engagement.values import FIRST_DAY, LARGEST, LAST_DAY

# Characters that a list inside a drop-down, and the message beside a cell, may have.
_LONGEST_LIST, _LONGEST_TITLE, _LONGEST_PROMPT = 255, 32, 255


@dataclass(frozen=True, slots=True)
class Range:
    """Rows in which the entries of a sheet stand, and the column of their ids."""

    first: int
    last: int
    ids: str

    def of(self, letter: str) -> str:
        """Return the cells of a column."""
        return f"{letter}{self.first}:{letter}{self.last}"


class Hints:
    """Adds drop-downs, limits and marks to sheets, and collects the lists that the drop-downs need."""

    def __init__(self, sheets: Sequence[Sheet], ranges: Mapping[str, Range]) -> None:
        self.sheets = sheets
        self.ranges = ranges
        self.lists: dict[str, tuple[str, ...]] = {}

    def add_to_table(self, page: Worksheet, sheet: Sheet, columns: Sequence[Slot | Column]) -> None:
        """Add drop-downs and limits to the columns of a table, and marks to its cells."""
        rows = self.ranges[sheet.title]
        last = get_column_letter(len(columns) + 1)
        for place, column in enumerate(columns, 2):
            letter = get_column_letter(place)
            self._add(page, rows.of(letter), column, sheet.file)
            numbers = _numbers_beside(column, columns, rows.first)
            if isinstance(column, Column) or column.required:
                is_row = f"COUNTA($B{rows.first}:${last}{rows.first})>0"
                # a range of three numbers stands in for the number
                is_empty = "+".join(f"LEN({cell})" for cell in numbers or [f"{letter}{rows.first}"])
                _mark(page, rows.of(letter), f"AND({is_row},{is_empty}=0)", styles.LACKING)
            # the id of what a row lies in stands in each of its rows
            if isinstance(column, Slot) and column.shape.identifies:
                cells = f"${letter}${rows.first}:${letter}${rows.last}"
                _mark(page, rows.of(letter), f"COUNTIF({cells},{letter}{rows.first})>1", styles.TWICE)
            if isinstance(column, Slot) and _is_evidence(column):
                self._mark_unfounded(page, rows.of(letter), f"{letter}{rows.first}", numbers)

    def add_to_form(
        self,
        page: Worksheet,
        sheet: Sheet,
        lines: Mapping[str, Mapping[str, Slot]],
        parts: Sequence[str],
        first: tuple[int, int],
    ) -> None:
        """Add drop-downs, limits and marks to the values of a form; `first` is the row and column of the first one."""
        letters = {part: get_column_letter(place) for place, part in enumerate(parts, first[1])}
        for number, slots in enumerate(lines.values(), first[0]):
            for part, slot in slots.items():
                cell = f"{letters[part]}{number}"
                self._add(page, cell, slot, sheet.file)
                if slot.required:
                    others = [f"{letters[each]}{number}" for each in ("low", "likely", "high") if each in slots]
                    is_empty = "+".join(f"LEN({each})" for each in (cell, *others))
                    _mark(page, cell, f"{is_empty}=0", styles.LACKING)
                if _is_evidence(slot):
                    numbers = [f"{letters[each]}{number}" for each, other in slots.items() if _is_number(other)]
                    self._mark_unfounded(page, cell, cell, numbers)

    def _mark_unfounded(self, page: Worksheet, cells: str, first: str, numbers: Sequence[str]) -> None:
        _mark(page, cells, f"AND(COUNT({','.join(numbers)})>0,LEN({first})=0)", styles.UNFOUNDED)

    # --- drop-downs and limits ---------------------------------------------------------------------------------------

    def _add(self, page: Worksheet, cells: str, column: Slot | Column, file: str) -> None:
        options = self._offered(column, file) or _limits(column.shape) or {}
        validation = DataValidation(allow_blank=True, showInputMessage=True, **options)
        validation.promptTitle = styles.limited(column.header, _LONGEST_TITLE)
        validation.prompt = styles.limited(f"{help_for(column)}: {takes(column.shape)}", _LONGEST_PROMPT)
        if options:
            validation.showErrorMessage = True
            validation.errorTitle = validation.promptTitle
            validation.error = styles.limited(f"Takes {takes(column.shape)}", _LONGEST_PROMPT)
        validation.add(cells)
        page.add_data_validation(validation)

    def _offered(self, column: Slot | Column, file: str) -> dict[str, Any] | None:
        shape = column.shape
        if isinstance(column, Slot) and column.is_marker:
            return {"type": "list", "formula1": '"[]"'}
        if shape.kind == "flag":
            return {"type": "list", "formula1": '"TRUE,FALSE"'}
        if shape.kind == "choice":
            return {"type": "list", "formula1": self._words(column.header, tuple(map(str, shape.choices)))}
        kind = shape.refers or (shape.identifies if isinstance(column, Column) else None)
        source = self._ids(kind, file) if kind and shape.kind != "list" else None
        # An id may be written before its entry is: the import says whether it is there then.
        return {"type": "list", "formula1": source, "errorStyle": "warning"} if source else None

    def _words(self, name: str, words: tuple[str, ...]) -> str:
        text = ",".join(words)
        if len(text) <= _LONGEST_LIST and not any(set(word) & set(',"') or not word.strip() for word in words):
            return f'"{text}"'
        return self._list(name, words)

    def _ids(self, kind: str, file: str) -> str | None:
        """Return the cells in which the ids of a kind stand; those of the same file come first."""
        if known := framework_ids().get(kind):
            return self._list(kind, tuple(known))
        homes = [sheet for sheet in self.sheets if any(slot.shape.identifies == kind for slot in sheet.slots)]
        home = next((sheet for sheet in homes if sheet.file == file), homes[0] if homes else None)
        if home is None:
            return None
        rows = self.ranges[home.title]
        return f"'{home.title}'!${rows.ids}${rows.first}:${rows.ids}${rows.last}"

    def _list(self, name: str, words: tuple[str, ...]) -> str:
        """Return the cells on the sheet of lists in which some words stand."""
        while self.lists.setdefault(name, words) != words:
            name += " "
        letter = get_column_letter(list(self.lists).index(name) + 1)
        return f"'{LISTS}'!${letter}$2:${letter}${len(words) + 1}"

    def write_lists(self, page: Worksheet) -> None:
        """Write the words and ids that the drop-downs of other sheets offer."""
        for place, (name, words) in enumerate(self.lists.items(), 1):
            put(page.cell(1, place), name.strip())
            styles.HEAD(page.cell(1, place), None)
            page.column_dimensions[get_column_letter(place)].width = 32
            for number, word in enumerate(words, 2):
                put(page.cell(number, place), word)
        page.freeze_panes = "A2"


def _limits(shape: Shape) -> dict[str, Any] | None:
    """Return the range of a number or a date as the limits of a cell."""
    if shape.kind == "date":
        return {"type": "date", "operator": "between", "formula1": _serial(FIRST_DAY), "formula2": _serial(LAST_DAY)}
    if shape.kind not in ("number", "whole number"):
        return None
    kind = "whole" if shape.kind == "whole number" else "decimal"
    # Limits that go from one number to another include both; the import refuses an end that is open.
    if shape.open_low and shape.low is not None and shape.high is None:
        return {"type": kind, "operator": "greaterThan", "formula1": f"{shape.low:g}"}
    low = -LARGEST if shape.low is None else shape.low
    high = LARGEST if shape.high is None else shape.high
    return {"type": kind, "operator": "between", "formula1": f"{low:g}", "formula2": f"{high:g}"}


def _serial(day: Any) -> str:
    return f"DATE({day.year},{day.month},{day.day})"


def _numbers_beside(column: Slot | Column, columns: Sequence[Slot | Column], row: int) -> list[str]:
    """Return the cells of a row in which the numbers of the column's quantity stand; none where it is no quantity."""
    if isinstance(column, Column) or column.field.kind != "quantity":
        return []
    return [
        f"{get_column_letter(at)}{row}"
        for at, other in enumerate(columns, 2)
        if isinstance(other, Slot) and other.path[:-1] == column.path[:-1] and _is_number(other)
    ]


def _is_evidence(slot: Slot) -> bool:
    return slot.field.kind == "quantity" and slot.path[-1] == "evidence"


def _is_number(slot: Slot) -> bool:
    return slot.field.kind == "quantity" and slot.path[-1] in ("value", "low", "likely", "high")


def _mark(page: Worksheet, cells: str, formula: str, style: DifferentialStyle) -> None:
    page.conditional_formatting.add(cells, Rule(type="expression", dxf=style, formula=[formula]))
