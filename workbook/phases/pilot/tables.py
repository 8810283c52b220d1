"""Opening the tables of the pilot: which columns must be there, and how their cells are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from workbook.engagement.check_contents import reading_as_declared, unknown_column
from workbook.engagement.data_sources import open_source
from workbook.engagement.faults import FaultsError
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.schema_sources import DataSource
from workbook.methods.records import Reading
from workbook.methods.tables import connect, identifier, literal, table_errors
from workbook.phases.assess.measured import EXTRACTED_LATER, MEMORY_LIMIT
from workbook.phases.inputs import NOT_PROVIDED
from workbook.phases.pilot.context import Context

_MILLIONTHS = 1_000_000


@dataclass(frozen=True, slots=True)
class PilotTable:
    """An open table; its methods return SQL expressions of a column, NULL where it is not declared or not legible."""

    con: duckdb.DuckDBPyConnection
    reading: Reading

    @property
    def relation(self) -> str:
        """Name of the table in a query."""
        return identifier(self.reading.relation)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.con.execute(query).fetchall()

    def text(self, column: str | None) -> str:
        """Return a column's text."""
        return self.reading.text(column)

    def day(self, column: str | None) -> str:
        """Return a column's day in the time zone of the source."""
        if column is None:
            return "CAST(NULL AS DATE)"
        moment = self.reading.moment(self.reading.value(column), column)
        return f"CAST(timezone({literal(self.reading.timezone)}, make_timestamptz({moment})) AS DATE)"

    def number(self, column: str | None) -> str:
        """Return a column's number, to the millionth."""
        if column is None:
            return "CAST(NULL AS DOUBLE)"
        return f"{self.reading.whole_units(self.reading.value(column), column, _MILLIONTHS)} / {_MILLIONTHS}.0"

    def count(self, column: str) -> str:
        """Return a column's whole number."""
        return self.reading.whole_units(self.reading.value(column), column, 1)


def why_not_there(source: DataSource, context: Context) -> str | None:
    """Return why a source cannot be read on the day of the run, or None where it can."""
    if source.read_from is None:
        return NOT_PROVIDED
    # The rows of a later extract cannot be told from those that existed on the day.
    is_later = source.extracted is not None and source.extracted > context.engagement.as_of
    return EXTRACTED_LATER if is_later else None


@contextmanager
def open_pilot_table(
    context: Context, source: DataSource, key: str, columns: Mapping[KeyPath, str | None]
) -> Iterator[PilotTable]:
    """Open a source, of which pilot.yaml names `columns` by their place below `key`.

    Raises FaultsError for columns that are not there, and TableError for a file that cannot be read.
    """
    con = connect(MEMORY_LIMIT, directories=[context.engagement.folder])
    try:
        table = open_source(con, context.engagement.folder, source)
        faults = [
            unknown_column(context.engagement, ("pilot", key, *place), name, table.columns)
            for place, name in columns.items()
            if name is not None and name not in table.columns
        ]
        if faults:
            raise FaultsError(faults)
        with table_errors(table):
            yield PilotTable(con, reading_as_declared(source, table))
    finally:
        con.close()
