"""From the rows of the pilot's table to the cases that count, with what was lost on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.schema_pilot import Arms, CaseData, CountData
from workbook.methods.baseline import FilterLoss
from workbook.methods.records import is_one_of_sql
from workbook.phases.pilot.comparisons import BASELINE, PILOT, Outcome
from workbook.phases.pilot.observed import AskedCriterion, Flag, Question
from workbook.phases.pilot.tables import PilotTable

ROW_STEPS = ("no_case", "no_arm", "no_date", "before_start", "after_end", "later", "not_production", "no_cluster")
"""Why a row does not count, in the order in which the reasons are tried."""

CASE_STEPS = ("repeated", "in_both_arms")
"""Why a row of a case that has others does not count."""

FLAGS = ("used", "fallback", "production")

_NOTHING = "CAST(NULL AS BIGINT)"


def named_columns(data: CaseData | CountData) -> dict[KeyPath, str | None]:
    """Return the columns that the pilot names, by their place."""
    roles = ("case", "arm", "date", "period", "cases", "cluster", "failure", *FLAGS)
    places: dict[KeyPath, str | None] = {(role,): getattr(data, role, None) for role in roles}
    key = "outcomes" if isinstance(data, CaseData) else "counts"
    return places | {(key, id): name for id, name in outcome_columns(data).items()}


def outcome_columns(data: CaseData | CountData) -> Mapping[str, str]:
    """Return the column of each criterion's outcome."""
    return data.outcomes if isinstance(data, CaseData) else data.counts


class Rows:
    """The rows of a table in a database, sorted into those that count (the table `kept`) and those that do not.

    A row has `arm` (1 for the pilot, 0 for the baseline), `day` since `start`, `cluster`, `cases` (1, or the number it
    stands for), `failure`, `n_used`, `n_fallback`, `n_production` (how many of its cases were) and the outcomes `o0`,
    `o1`, ...
    """

    def __init__(self, table: PilotTable, question: Question, as_of: dt.date) -> None:
        self._table, self._question, self._as_of = table, question, as_of
        self._data = question.cases or question.counts
        assert self._data is not None
        self._places = {id: f"o{place}" for place, id in enumerate(outcome_columns(self._data))}
        columns = self._of_cases(question.cases) if question.cases else self._of_counts(question.counts)
        listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        table.con.execute(f"CREATE TEMP TABLE read AS SELECT {listed} FROM {table.relation}")
        self.start = question.started or self._first_day()
        self._sort(", ".join(columns))

    def query(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._table.rows(query)

    def column_of(self, criterion: str) -> str | None:
        """Return the column of a criterion's outcome, if the pilot names one."""
        return self._places.get(criterion)

    def has(self, flag: str) -> bool:
        """Return whether a column says "used", "fallback", "failed" or "production"."""
        return getattr(self._data, "failure" if flag == "failed" else flag, None) is not None

    @property
    def has_clusters(self) -> bool:
        """Whether a column says to which cluster a case belongs."""
        return self._question.cases is not None and self._question.cases.cluster is not None

    # --- reading ---------------------------------------------------------------------------------------------------

    def _of_cases(self, data: CaseData) -> dict[str, str]:
        kinds = {each.id: each.kind for each in self._question.criteria}
        flags = {f"n_{name}": self._yes(getattr(data, name), data.true_values) for name in FLAGS}
        outcomes = {
            self._places[id]: f"CAST({self._yes(column, data.true_values)} AS DOUBLE)"
            if kinds.get(id) == "proportion"
            else self._positive(column)
            for id, column in data.outcomes.items()
        }
        text = self._table.text
        return {
            "case_id": text(data.case),
            "arm": self._arm(data.arm, data.arms),
            "local_day": self._table.day(data.date),
            "cluster": text(data.cluster),
            "cases": "1",
            "failure": text(data.failure),
            **flags,
            **outcomes,
        }

    def _of_counts(self, data: CountData | None) -> dict[str, str]:
        """Return a row of counts as one that stands for many cases."""
        assert data is not None
        counts = {self._places[id]: f"CAST({self._table.count(name)} AS DOUBLE)" for id, name in data.counts.items()}
        return {
            "case_id": "CAST(row_number() OVER () AS VARCHAR)",
            "arm": self._arm(data.arm, data.arms),
            "local_day": self._table.day(data.period),
            "cluster": "CAST(NULL AS VARCHAR)",
            "cases": self._table.count(data.cases),
            "failure": "CAST(NULL AS VARCHAR)",
            **{f"n_{name}": _NOTHING for name in FLAGS},
            **({"n_used": self._table.count(data.used)} if data.used else {}),
            **counts,
        }

    def _arm(self, column: str, arms: Arms) -> str:
        text = self._table.text(column)
        is_pilot, is_baseline = (is_one_of_sql(text, part) for part in (arms.pilot, arms.baseline))
        return f"CASE WHEN {is_pilot} THEN {PILOT} WHEN {is_baseline} THEN {BASELINE} END"

    def _yes(self, column: str | None, words: tuple[str, ...]) -> str:
        if column is None:
            return _NOTHING
        return f"CAST({is_one_of_sql(f'lower({self._table.text(column)})', words)} AS BIGINT)"

    def _positive(self, column: str) -> str:
        """Return a duration; what took no time was not measured."""
        number = self._table.number(column)
        return f"CASE WHEN {number} > 0 THEN {number} END"

    def _first_day(self) -> dt.date:
        found = self.query(f"SELECT coalesce(min(local_day) FILTER (WHERE arm = {PILOT}), min(local_day)) FROM read")
        return found[0][0] or self._as_of

    # --- sorting ---------------------------------------------------------------------------------------------------

    def _sort(self, columns: str) -> None:
        """Give each row its day since the start, and keep those that count.

        Of the rows of a case the first by its day counts; a case in both arms was in neither.
        """
        ended, is_parallel = self._question.ended, self._question.is_parallel
        tests = {
            "no_case": "case_id IS NULL",
            "no_arm": "arm IS NULL",
            "no_date": "local_day IS NULL",
            # What was handled as before may lie before the pilot where the past is the comparison.
            "before_start": f"local_day < {_date(self.start)} AND (arm = {PILOT} OR {is_parallel})",
            "after_end": f"local_day > {_date(ended)}" if ended else "false",
            "later": f"local_day > {_date(self._as_of)}",
            # One of which nobody knows counts.
            "not_production": "n_production = 0",
            # A case of an unknown cluster resembles nobody knows which others.
            "no_cluster": "cluster IS NULL" if self.has_clusters else "false",
        }
        steps = " ".join(f"WHEN {tests[name]} THEN {place}" for place, name in enumerate(ROW_STEPS, 1))
        day = f"CAST(date_diff('day', {_date(self.start)}, local_day) AS INTEGER) AS day"
        con = self._table.con
        con.execute(f"CREATE TEMP TABLE sorted AS SELECT *, CASE {steps} ELSE 0 END AS step, {day} FROM read")
        con.execute(
            "CREATE TEMP TABLE kept AS SELECT * FROM ("
            f"SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY day, {columns}) AS copy, "
            "min(arm) OVER (PARTITION BY case_id) <> max(arm) OVER (PARTITION BY case_id) AS is_mixed "
            "FROM sorted WHERE step = 0) WHERE copy = 1 AND NOT is_mixed"
        )

    def losses(self) -> tuple[FilterLoss, ...]:
        """Return what each step took out, in its order."""
        found = dict(self.query("SELECT step, count(*) FROM sorted GROUP BY step"))
        again, mixed = self.query(
            "SELECT count(*) - count(DISTINCT case_id), count(DISTINCT case_id) - (SELECT count(*) FROM kept) "
            "FROM sorted WHERE step = 0"
        )[0]
        left = sum(found.values())
        lost = [found.get(place, 0) for place in range(1, len(ROW_STEPS) + 1)]
        losses = []
        for name, count in zip((*ROW_STEPS, *CASE_STEPS), (*lost, again, mixed), strict=True):
            losses.append(FilterLoss(name, "rows", left, left - count))
            left -= count
        return tuple(losses)

    # --- what is asked of the rows that count ------------------------------------------------------------------------

    def flag(self, name: str, where: str = "true") -> Flag | None:
        """Return a flag of the pilot's cases; None without a column."""
        if not self.has(name):
            return None
        return Flag(*self.query(f"SELECT {flag_counts(name)} FROM kept WHERE arm = {PILOT} AND {where}")[0])

    def production(self) -> Flag | None:
        """Return the flag of both arms, those included that are no production."""
        if not self.has("production"):
            return None
        counts, last = flag_counts("production"), ROW_STEPS.index("not_production") + 1
        return Flag(*self.query(f"SELECT {counts} FROM sorted WHERE step = 0 OR step >= {last}")[0])

    def outcome(self, criterion: AskedCriterion) -> Outcome:
        """Return the outcome of a criterion, of the cases that have one; the order of the rows is always the same."""
        code = "dense_rank() OVER (ORDER BY cluster) AS code"
        coded = f"SELECT arm, day, {code}, cases, {self._places[criterion.id]} AS v FROM kept"
        if criterion.kind == "proportion":
            what, by = "CAST(sum(cases) AS BIGINT) AS n, CAST(sum(v) AS BIGINT) AS x, 0.0 AS v", "GROUP BY ALL "
        else:
            what, by = "CAST(1 AS BIGINT) AS n, CAST(0 AS BIGINT) AS x, CAST(v AS DOUBLE) AS v", ""
        query = f"SELECT arm, day, code, {what} FROM ({coded}) WHERE v IS NOT NULL {by}ORDER BY ALL"
        found = {name: np.asarray(values) for name, values in self._table.con.execute(query).fetchnumpy().items()}
        whole = {name: found[name].astype(np.int64) for name in ("arm", "day", "code", "n", "x")}
        return Outcome(
            kind=criterion.kind,
            better=criterion.better,
            is_guardrail=criterion.role == "guardrail",
            has_clusters=self.has_clusters,
            arm=whole["arm"],
            day=whole["day"],
            cluster=whole["code"],
            cases=whole["n"],
            successes=whole["x"],
            values=found["v"].astype(np.float64),
        )


def flag_counts(name: str, where: str = "true") -> str:
    """Return the number of cases in which a flag is known, and of those in which it says yes, as SQL."""
    if name == "failed":
        return f"count(*) FILTER (WHERE {where}), count(failure) FILTER (WHERE {where})"
    known = f"sum(cases) FILTER (WHERE n_{name} IS NOT NULL AND {where})"
    return ", ".join(
        f"CAST(coalesce({part}, 0) AS BIGINT)" for part in (known, f"sum(n_{name}) FILTER (WHERE {where})")
    )


def _date(day: dt.date) -> str:
    return f"DATE '{day}'"
