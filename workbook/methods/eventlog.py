"""The baseline of a process from its event log: one row per thing that happened to a case.

Read in one pass over the file into a compact table of events, ordered within each case, and folded into one row per
case (`casemeasures` does the rest). Nothing but counts, moments and figures of at least five cases leaves the
database; no name of a person does.

How words are used here:

- The *instants* of a case are its distinct moments (with a `sequence` column: moments and sequence numbers). Events of
  the same instant have no order among themselves, so the order of the rows never matters.
- An activity *runs* over consecutive instants at which it is logged; the same status logged five times in a row is one
  run. It *repeats* when it comes back after an instant without it: the first run of an activity is progress, each
  further one is a repeat.
- A case *begins properly* if a start activity is logged at its first instant; if none is, it began before the log
  (left-truncated) and is not counted. It is *completed* if an end activity is logged at its last instant, so a case
  that was reopened is open; open cases are counted, and censored at the end of observation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from workbook.methods.baseline import Baseline, FilterLoss
from workbook.methods.casemeasures import CaseSet, measure_cases
from workbook.methods.eventrows import EventRows
from workbook.methods.logrules import LogColumns, LogRules
from workbook.methods.records import Reading, is_one_of_sql, microseconds, reading_of, scratch_tables

__all__ = ["LogColumns", "LogRules", "measure_event_log"]

# What a case is told from its events, by the column that `casemeasures` knows it under.
_CASE_COLUMNS = {
    "events": "CAST(count(*) AS INTEGER)",
    "repeats": "CAST(count(*) FILTER (gap > 1) AS INTEGER)",
    "is_reworked": "bool_or(is_rework)",
    "is_rejected": "bool_or(is_rejection)",
    "touch": """CASE WHEN count(started) = count(*)
        THEN sum(greatest(finished - greatest(began, coalesce(covered, began)), 0)) END""",
    "is_automated": "CASE WHEN bool_or(is_person) THEN false WHEN count(is_person) = count(*) THEN true END",
    "cost": "CASE WHEN NOT bool_or(is_cost_unreadable) THEN sum(cost) END",
    "is_cost_unreadable": "bool_or(is_cost_unreadable)",
    "outcome": "(max(row(finished, instant, outcome)) FILTER (outcome IS NOT NULL))[3]",
}


def measure_event_log(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    columns: LogColumns,
    rules: LogRules,
    until: datetime | None = None,
) -> Baseline:
    """Return the baseline measured from an event log.

    Parameters
    ----------
    con, relation : connection of `tables.connect` and the name of a table or view in it. Text columns hold what the
        file holds; typed timestamps are taken as they are
    until : rows with a later timestamp do not exist for this run; without an offset it is local time of the rules

    Observation ends at `until` or at the last timestamp in the log, whichever is earlier.

    Raises
    ------
    ValueError
        If a declared column is missing, the time zone or the format unknown, or the session not in UTC.
    """
    reading = reading_of(con, relation, columns, rules)
    cut_off = None if until is None else microseconds(until, rules.timezone)
    log = _Log(con, columns, rules, reading, cut_off)
    with scratch_tables(con) as make:
        return measure_cases(log.cases(make))


@dataclass(frozen=True, slots=True)
class _Log:
    con: duckdb.DuckDBPyConnection
    columns: LogColumns
    rules: LogRules
    reading: Reading
    cut_off: int | None

    def cases(self, make: Callable[[str, str], str]) -> CaseSet:
        """Return the cases of the log in a temporary table made by `make`."""
        events = EventRows(self.con, self.columns, self.rules, self.reading, self.cut_off).load(make)
        activities = make("activities", self.activities_query(events.table))
        cases = make("cases", self.cases_query(events.table, activities))
        return CaseSet(
            con=self.con,
            table=cases,
            columns=self.known_columns(),
            observed_until=events.observed_until,
            filters=events.filters + self.case_filters(cases),
            is_end_declared=bool(self.rules.end_activities),
            error_outcomes=self.rules.error_outcomes,
            unseen=self.unseen(events.table, activities),
        )

    def activities_query(self, events: str) -> str:
        """Return the query that numbers the activities by name and says what is declared of each."""
        rules = self.rules
        return f"""
            SELECT activity, CAST(row_number() OVER (ORDER BY activity) AS INTEGER) AS number,
                {is_one_of_sql("activity", rules.start_activities)} AS is_start,
                {is_one_of_sql("activity", rules.end_activities)} AS is_end,
                {is_one_of_sql("activity", rules.rework_activities)} AS is_rework,
                {is_one_of_sql("activity", rules.rejected_activities)} AS is_rejection
            FROM (SELECT DISTINCT activity FROM {events} WHERE fault = 0)"""

    def cases_query(self, events: str, activities: str) -> str:
        """Return the query that folds the events into one row per case.

        `gap` is the number of instants since the activity was last logged in the case: NULL the first time, 0 or 1
        while it runs on, more when it comes back. `covered` is how far earlier activities already reach, so that
        overlapping activities count once.
        """
        columns, known = self.columns, self.known_columns()
        began, covered, last = "finished", "", "instant"
        is_over = "is_end" if columns.lifecycle is None else "is_end AND NOT is_running"
        if columns.has_starts:
            began = "began"
            covered = """, max(finished) OVER (PARTITION BY case_key ORDER BY began, finished
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered"""
            last = "row(finished, instant)"
        order = began if columns.sequence is None else f"{began}, sequence"
        is_counted = "coalesce(bool_or(is_start) FILTER (instant = 1), false)"
        optional = "".join(f", {query} AS {name}" for name, query in _CASE_COLUMNS.items() if name in known)
        return f"""
            WITH ordered AS (
                SELECT *, dense_rank() OVER (PARTITION BY case_key ORDER BY {order}) AS instant {covered}
                FROM {events} JOIN {activities} USING (activity) WHERE fault = 0),
            runs AS (SELECT *, instant - lag(instant) OVER (PARTITION BY case_key, number ORDER BY instant) AS gap
                FROM ordered)
            SELECT min({began}) AS opened, max(finished) AS finished,
                coalesce(max({last}) FILTER ({is_over}) = max({last}), false) AS is_completed,
                {is_counted if self.rules.start_activities else "true"} AS is_counted {optional}
            FROM runs GROUP BY case_key"""

    def known_columns(self) -> frozenset[str]:
        """Return the optional columns of the cases that this log can fill."""
        columns, rules = self.columns, self.rules
        optional = {
            "touch": columns.has_starts,
            "is_reworked": rules.rework_activities,
            "is_rejected": rules.rejected_activities,
            "is_automated": columns.resource and rules.system_resources,
            "cost": columns.cost,
            "is_cost_unreadable": columns.cost,
            "outcome": columns.outcome,
            "is_error": columns.outcome and rules.error_outcomes,
        }
        return frozenset({"events", "repeats"} | {name for name, given in optional.items() if given})

    def case_filters(self, cases: str) -> tuple[FilterLoss, ...]:
        """Return what the test of the start activity took out, if one is declared."""
        if not self.rules.start_activities:
            return ()
        row = self.con.execute(f"SELECT count(*), count(*) FILTER (is_counted) FROM {cases}").fetchone()
        return (FilterLoss("no_start_activity", "cases", *row),) if row else ()

    def unseen(self, events: str, activities: str) -> tuple[str, ...]:
        """Return declared activities and outcomes that no event has."""
        rules = self.rules
        seen = {row[0] for row in self.con.execute(f"SELECT activity FROM {activities}").fetchall()}
        declared = {*rules.start_activities, *rules.end_activities}
        declared |= {*rules.rework_activities, *rules.rejected_activities}
        if self.columns.outcome is not None:
            outcomes = self.con.execute(f"SELECT DISTINCT outcome FROM {events} WHERE fault = 0").fetchall()
            declared |= set(rules.error_outcomes) - {row[0] for row in outcomes}
        return tuple(sorted(declared - seen))
