"""The rows of an event log as typed events, with what is unusable in them counted and duplicates taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from workbook.methods.baseline import FilterLoss
from workbook.methods.casemeasures import COST_UNIT
from workbook.methods.logrules import LogColumns, LogRules
from workbook.methods.records import Reading, filter_losses, is_one_of_sql
from workbook.methods.tables import identifier

# In the order in which rows are tested; a row is counted at the first test that it fails.
_ROW_FILTERS = (
    "no_case_id",
    "no_activity",
    "no_timestamp",
    "unreadable_timestamp",
    "after_until",
    "ends_before_start",
    "other_transition",
)
_AFTER_UNTIL, _ENDS_BEFORE_START = 5, 6


@dataclass(frozen=True, slots=True)
class Events:
    """A temporary table of events (those with `fault` 0 are usable), what was taken out, and the end of observation."""

    table: str
    filters: tuple[FilterLoss, ...]
    observed_until: int | None


@dataclass(frozen=True, slots=True)
class EventRows:
    """An event log in a relation, how its columns are declared and read, and the cut-off (microseconds since 1970)."""

    con: duckdb.DuckDBPyConnection
    columns: LogColumns
    rules: LogRules
    reading: Reading
    cut_off: int | None

    def load(self, make: Callable[[str, str], str]) -> Events:
        """Read the log once into a temporary table of events made by `make`."""
        table = make("events", self._query(identifier(self.reading.relation)))
        found = dict(self.con.execute(f"SELECT fault, count(*) FROM {table} GROUP BY fault").fetchall())
        filters = self._row_filters(found)
        usable = found.get(0, 0)
        filters += (FilterLoss("duplicate", "rows", usable, usable - self._drop_duplicates(table, make)),)
        until = self._observed_until(table, found)
        return Events(table if self.columns.lifecycle is None else make("paired", _paired(table)), filters, until)

    def _observed_until(self, table: str, found: dict[int, int]) -> int | None:
        """Return the cut-off, or the last timestamp if the log ends before it."""
        if found.get(_AFTER_UNTIL):
            return self.cut_off
        return self._number(f"SELECT max(finished) FROM {table} WHERE fault IN (0, {_ENDS_BEFORE_START})")

    def _number(self, statement: str) -> int | None:
        row = self.con.execute(statement).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def _query(self, source: str) -> str:
        """Return the query that turns rows of text into typed events, each with the number of the test it fails."""
        texts, values, kept = self._declared_parts()
        has_start = "started" in values
        late = "false" if self.cut_off is None else f"finished > {self.cut_off}"
        is_unreadable = "finished IS NULL" + (" OR (started_text IS NOT NULL AND started IS NULL)" if has_start else "")
        return f"""
            WITH texts AS (SELECT {_aliased(texts)} FROM {source}), read AS (SELECT *, {_aliased(values)} FROM texts)
            SELECT {_aliased(kept)}, CAST(CASE WHEN case_id IS NULL THEN 1 WHEN activity IS NULL THEN 2
                WHEN finished_text IS NULL THEN 3 WHEN {is_unreadable} THEN 4 WHEN {late} THEN 5
                WHEN {"started > finished" if has_start else "false"} THEN 6
                WHEN {"transition NOT IN ('start', 'complete')" if "transition" in texts else "false"} THEN 7
                ELSE 0 END AS TINYINT) AS fault
            FROM read"""

    def _declared_parts(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Return by name the expressions of the cells' texts, of the values read from them, and of what is kept.

        What is not declared is left out: of ten million events every column costs memory.
        """
        columns, cells, rules = self.columns, self.reading, self.rules
        texts = {"case_id": cells.text(columns.case), "activity": cells.text(columns.activity)}
        texts["finished_text"] = cells.value(columns.timestamp)
        values = {"finished": cells.moment("finished_text", columns.timestamp)}
        kept = {"case_key": "md5_number(case_id)", "activity": "activity", "finished": "finished"}
        if columns.start is not None:
            texts["started_text"] = cells.value(columns.start)
            values["started"] = cells.moment("started_text", columns.start)
            kept |= {"started": "started", "began": "coalesce(started, finished)"}
        if columns.lifecycle is not None:
            texts["transition"] = f"lower({cells.text(columns.lifecycle)})"
            kept["is_running"] = "coalesce(transition = 'start', false)"
        if columns.sequence is not None:
            texts["sequence_text"] = cells.text(columns.sequence)
            kept["sequence"] = "TRY_CAST(sequence_text AS BIGINT)"
        if columns.resource is not None:
            texts["resource"] = cells.text(columns.resource)
            is_person = f"NOT {is_one_of_sql('resource', rules.system_resources)}"
            kept["is_person"] = f"CASE WHEN resource IS NOT NULL THEN {is_person} END"
        if columns.cost is not None:
            texts["cost_text"] = cells.value(columns.cost)
            values["cost"] = cells.whole_units("cost_text", columns.cost, COST_UNIT)
            kept |= {"cost": "cost", "is_cost_unreadable": "cost_text IS NOT NULL AND cost IS NULL"}
        if columns.outcome is not None:
            texts["outcome"] = cells.text(columns.outcome)
            kept["outcome"] = "outcome"
        texts["row_hash"] = f"hash({', '.join(self._declared())})"
        kept["row_hash"] = "row_hash"
        return texts, values, kept

    def _row_filters(self, found: dict[int, int]) -> tuple[FilterLoss, ...]:
        """Return what each test of single rows took out; tests that cannot apply are left out."""
        cannot_apply = {"after_until"} if self.cut_off is None else set[str]()
        if self.columns.start is None:
            cannot_apply.add("ends_before_start")
        if self.columns.lifecycle is None:
            cannot_apply.add("other_transition")
        return filter_losses(_ROW_FILTERS, found, cannot_apply)

    def _drop_duplicates(self, events: str, make: Callable[[str, str], str]) -> int:
        """Delete all but one of the events whose rows are equal in every column, and return how many were deleted.

        Rows whose declared columns have equal hashes are candidates only: they are read again and compared in full.
        DuckDB's hash of long texts repeats itself systematically (over 200,000 times among 2.8 million numbered ids).
        """
        candidates = make(
            "candidates", f"SELECT row_hash FROM {events} WHERE fault = 0 GROUP BY row_hash HAVING count(*) > 1"
        )
        is_candidate = f"IN (SELECT row_hash FROM {candidates})"
        taken = self._number(f"DELETE FROM {events} WHERE fault = 0 AND row_hash {is_candidate}")
        if not taken:
            return 0
        rows = f"{identifier(self.reading.relation)} WHERE hash({', '.join(self._declared())}) {is_candidate}"
        distinct = self._query(f"(SELECT DISTINCT * FROM {rows})")
        kept = self._number(f"INSERT INTO {events} SELECT * FROM ({distinct}) WHERE fault = 0")
        return taken - (kept or 0)

    def _declared(self) -> list[str]:
        names = {getattr(self.columns, name) for name in LogColumns.__slots__}
        return [identifier(name) for name in self.reading.types if name in names]


def _paired(events: str) -> str:
    """Return the query that gives completions the start that directly precedes them in the same case and activity.

    The others have none that is known. A start without anything after it is still running and stays as an event;
    one that another start follows was abandoned.
    """
    return f"""
        SELECT *, CASE WHEN NOT is_running AND is_started THEN previous END AS started,
            coalesce(started, finished) AS began
        FROM (SELECT *, lag(is_running) OVER steps AS is_started, lag(finished) OVER steps AS previous,
            lead(fault) OVER steps IS NULL AS is_last FROM {events} WHERE fault = 0
            WINDOW steps AS (PARTITION BY case_key, activity ORDER BY finished, NOT is_running))
        WHERE is_last OR NOT is_running"""


def _aliased(expressions: dict[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
