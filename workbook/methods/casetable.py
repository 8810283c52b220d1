"""The baseline of a process from its case table: one row per case with the moments it was opened and closed.

A case without a closing date, or closed after the cut-off, is open and censored at the end of observation. What
happens between opening and closing is not in such a table: touch and waiting time, rework, first-pass yield and
variants are "not_provided".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from workbook.methods.baseline import Baseline, FilterLoss
from workbook.methods.casemeasures import COST_UNIT, CaseSet, measure_cases
from workbook.methods.logrules import CaseColumns, CaseRules
from workbook.methods.records import Reading, filter_losses, is_one_of_sql, microseconds, reading_of, scratch_tables
from workbook.methods.tables import identifier

__all__ = ["CaseColumns", "CaseRules", "measure_case_table"]

# In the order in which rows are tested; a row is counted at the first test that it fails.
_ROW_FILTERS = (
    "no_case_id",
    "no_opened",
    "unreadable_timestamp",
    "after_until",
    "ends_before_start",
    "closed_without_date",
    "date_without_closed",
    "repeated_case",
)


def measure_case_table(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    columns: CaseColumns,
    rules: CaseRules,
    until: datetime | None = None,
) -> Baseline:
    """Return the baseline measured from a case table.

    Parameters
    ----------
    con, relation : connection of `tables.connect` and the name of a table or view in it
    until : cases opened later do not exist for this run, and those closed later are open; without an offset it is
        local time of the rules

    Observation ends at `until` or at the last moment in the two columns, whichever is earlier. Of rows with the same
    case id one is kept, the one that was closed last.

    Raises
    ------
    ValueError
        If a declared column is missing, the time zone or the format unknown, or the session not in UTC.
    """
    reading = reading_of(con, relation, columns, rules)
    cut_off = None if until is None else microseconds(until, rules.timezone)
    with scratch_tables(con) as make:
        return measure_cases(_Table(con, columns, rules, reading, cut_off).cases(make))


@dataclass(frozen=True, slots=True)
class _Table:
    con: duckdb.DuckDBPyConnection
    columns: CaseColumns
    rules: CaseRules
    reading: Reading
    cut_off: int | None

    def cases(self, make: Callable[[str, str], str]) -> CaseSet:
        """Return the cases of the table in a temporary table made by `make`."""
        rows = make("rows", self.rows_query())
        found = dict(self.con.execute(f"SELECT fault, count(*) FROM {rows} GROUP BY fault").fetchall())
        return CaseSet(
            con=self.con,
            table=make("cases", f"SELECT *, true AS is_counted FROM {rows} WHERE fault = 0"),
            columns=self.known_columns(),
            observed_until=self.observed_until(rows),
            filters=self.row_filters(found),
            error_outcomes=self.rules.error_outcomes,
            unseen=self.unseen(rows),
        )

    def rows_query(self) -> str:
        """Return the query that turns rows of text into cases, each with the number of the test it fails."""
        columns, rules, reading = self.columns, self.rules, self.reading
        cost = reading.whole_units("cost_text", columns.cost, COST_UNIT)
        cut_off = "NULL" if self.cut_off is None else str(self.cut_off)
        is_closed = is_one_of_sql("status", rules.closed_statuses) if rules.closed_statuses else "NULL"
        is_system = is_one_of_sql("resource", rules.system_resources)
        return f"""
            WITH texts AS (SELECT {reading.text(columns.case)} AS case_id,
                {reading.value(columns.opened)} AS opened_text, {reading.value(columns.closed)} AS closed_text,
                {reading.text(columns.status)} AS status, {reading.value(columns.cost)} AS cost_text,
                {reading.text(columns.outcome)} AS outcome, {reading.text(columns.resource)} AS resource
                FROM {identifier(reading.relation)}),
            read AS (SELECT *, {reading.moment("opened_text", columns.opened)} AS opened,
                {reading.moment("closed_text", columns.closed)} AS closed, {cost} AS cost FROM texts),
            judged AS (SELECT md5_number(case_id) AS case_key, opened, closed,
                CASE WHEN closed > {cut_off} THEN NULL ELSE closed END AS finished, cost, outcome, status,
                cost_text IS NOT NULL AND cost IS NULL AS is_cost_unreadable,
                CASE WHEN resource IS NOT NULL THEN {is_system} END AS is_automated,
                CASE WHEN case_id IS NULL THEN 1 WHEN opened_text IS NULL THEN 2
                    WHEN opened IS NULL OR (closed_text IS NOT NULL AND closed IS NULL) THEN 3
                    WHEN opened > {cut_off} THEN 4 WHEN closed < opened THEN 5
                    WHEN closed IS NULL AND {is_closed} THEN 6
                    WHEN finished IS NOT NULL AND NOT {is_closed} THEN 7 ELSE 0 END AS fault FROM read)
            SELECT * REPLACE (CASE WHEN fault = 0 AND row_number() OVER (PARTITION BY case_key, fault ORDER BY
                    finished DESC NULLS LAST, opened, closed, outcome, cost, is_automated, status) > 1
                THEN 8 ELSE fault END AS fault), finished IS NOT NULL AS is_completed FROM judged"""

    def row_filters(self, found: dict[int, int]) -> tuple[FilterLoss, ...]:
        """Return what each test of single rows took out; tests that cannot apply are left out."""
        has_status = self.columns.status is not None and bool(self.rules.closed_statuses)
        cannot_apply = set() if has_status else {"closed_without_date", "date_without_closed"}
        if self.cut_off is None:
            cannot_apply.add("after_until")
        return filter_losses(_ROW_FILTERS, found, cannot_apply)

    def observed_until(self, rows: str) -> int | None:
        """Return the end of observation: the cut-off, or the last moment if the table ends before it."""
        # A row that ends before it starts has a wrong date; the others of these have none.
        row = self.con.execute(
            f"SELECT max(greatest(opened, coalesce(closed, opened))) FROM {rows} WHERE fault NOT IN (1, 2, 3, 5)"
        ).fetchone()
        last: int | None = row[0] if row else None
        return last if last is None or self.cut_off is None else min(last, self.cut_off)

    def known_columns(self) -> frozenset[str]:
        """Return the optional columns of the cases that this table can fill."""
        columns, rules = self.columns, self.rules
        optional = {
            "is_automated": columns.resource and rules.system_resources,
            "cost": columns.cost,
            "is_cost_unreadable": columns.cost,
            "outcome": columns.outcome,
            "is_error": columns.outcome and rules.error_outcomes,
        }
        return frozenset(name for name, given in optional.items() if given)

    def unseen(self, rows: str) -> tuple[str, ...]:
        """Return declared statuses and outcomes that no case has."""
        declared = {"status": self.rules.closed_statuses, "outcome": self.rules.error_outcomes}
        unseen: set[str] = set()
        for name, words in declared.items():
            if getattr(self.columns, name) is not None:
                seen = self.con.execute(f"SELECT DISTINCT {name} FROM {rows}").fetchall()
                unseen |= set(words) - {row[0] for row in seen}
        return tuple(sorted(unseen))
