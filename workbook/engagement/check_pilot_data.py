"""Checking the data of the pilot: columns that exist, arms that occur, whole counts, days within the pilot.

Only aggregates are read. What is wrong with a file as such is told where its source is checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Literal

import duckdb

from workbook.engagement.check_contents import (
    misread_column,
    reading_as_declared,
    unknown_column,
    value_meant,
    values_of,
    values_seen,
)
from workbook.engagement.check_pilot import charter_criteria
from workbook.engagement.check_sources import declaration_faults
from workbook.engagement.data_sources import open_source
from workbook.engagement.faults import Fault, Path, listed, shorten
from workbook.engagement.load import Engagement
from workbook.engagement.schema_pilot import Acceptance, Arms, CaseData, CountData, Experiments, PanelData, Pilot
from workbook.methods.databases import DatabaseAccessError
from workbook.methods.records import Reading, is_one_of_sql, microseconds
from workbook.methods.tables import TableError, check_table, connect, identifier, is_timestamp_format

Data = CaseData | CountData | PanelData | Experiments | Acceptance
Kind = Literal["text", "number", "time", "count", "answer", "flag"]
Columns = Mapping[Path, tuple[str, Kind]]
"""Column and what its cells stand for, by the keys under which it is named."""

_NO = ("0", "false", "no", "n", "f")
"""Texts that mean no, whatever means yes."""

_RANGES: Mapping[Kind, tuple[str, str]] = {
    "number": ("{} < 0", "numbers of at least 0"),
    "count": ("{} < 0 OR {} <> round({})", "whole numbers of at least 0"),
    "answer": ("{} NOT IN (1, 2, 3, 4, 5)", "whole numbers from 1 to 5"),
}
"""Condition of a number that its column must not hold, and what it may."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the pilot, open as a relation, and where it is described."""

    engagement: Engagement
    con: duckdb.DuckDBPyConnection
    reading: Reading
    key: str

    def fault(self, place: Path, found: str, allowed: str, remedy: str) -> Fault:
        return self.engagement.fault(("pilot", self.key, *place), found, allowed, remedy)

    def number(self, column: str) -> str:
        """Return the expression of a column's number, in thousandths, NULL where it cannot be read."""
        return f"({self.reading.whole_units(self.reading.value(column), column, 1000)} / 1000.0)"

    def day(self, column: str) -> str:
        """Return the expression of a column's moment, in microseconds since 1970."""
        return self.reading.moment(self.reading.value(column), column)

    def count(self, condition: str) -> int:
        query = f"SELECT count(*) FILTER (WHERE {condition}) FROM {identifier(self.reading.relation)}"
        return int(self.con.execute(query).fetchall()[0][0])


def data_faults(engagement: Engagement, pilot: Pilot) -> Iterator[Fault]:
    """Yield what is wrong with each table that the pilot rests on."""
    for key in ("cases", "counts", "panel", "experiments", "acceptance"):
        data: Data | None = getattr(pilot, key)
        if data is not None:
            # A file that cannot be read, or a database that cannot be reached, is told where the source is checked.
            with suppress(TableError, DatabaseAccessError), closing(connect()) as con:
                yield from _table_faults(engagement, pilot, con, key, data)


def _table_faults(
    engagement: Engagement, pilot: Pilot, con: duckdb.DuckDBPyConnection, key: str, data: Data
) -> Iterator[Fault]:
    source = next(each for each in engagement.data_sources if each.id == data.source)
    if source.read_from is None or declaration_faults(engagement, source):
        return
    info = check_table(con, open_source(con, engagement.folder, source))
    is_unsplit = len(info.columns) == 1 and any(mark in info.columns[0] for mark in ",;\t|")
    # Both are told where the source is checked.
    if is_unsplit or not (source.timestamp_format is None or is_timestamp_format(con, source.timestamp_format)):
        return
    columns = _columns(engagement, data)
    absent = [(place, name) for place, (name, _) in columns.items() if name not in info.columns]
    yield from (unknown_column(engagement, ("pilot", key, *place), name, info.columns) for place, name in absent)
    if absent:
        return
    table = _Table(engagement, con, reading_as_declared(source, info), key)
    unread = [fault for place, (name, kind) in columns.items() for fault in _cell_faults(table, place, name, kind)]
    yield from unread
    if not unread:
        yield from _row_faults(table, pilot, data)


def _columns(engagement: Engagement, data: Data) -> Columns:
    """Return the columns that a part of the pilot names."""
    if isinstance(data, CaseData):
        criteria = charter_criteria(engagement)
        kinds: dict[str, Kind] = {
            id: "flag" if each.kind == "proportion" else "number" for id, each in criteria.items()
        }
        outcomes: Columns = {("outcomes", id): (name, kinds.get(id, "text")) for id, name in data.outcomes.items()}
        roles: dict[str, Kind] = {"case": "text", "arm": "text", "date": "time", "cluster": "text", "failure": "text"}
        return _named(data, roles | dict.fromkeys(("used", "fallback", "production"), "flag")) | {**outcomes}
    if isinstance(data, CountData):
        counts: Columns = {("counts", id): (name, "count") for id, name in data.counts.items()}
        return _named(data, {"arm": "text", "period": "time", "cases": "count", "used": "count"}) | {**counts}
    if isinstance(data, PanelData):
        return _named(
            data, {"unit": "text", "period": "time", "level": "number", "begins": "time", "control": "number"}
        )
    if isinstance(data, Experiments):
        return _named(data, {"test": "text", "arm": "text", "shown": "count", "successes": "count", "period": "text"})
    answers: Columns = {("answers", position): (name, "answer") for position, name in enumerate(data.answers)}
    return _named(data, {"group": "text"}) | {**answers}


def _named(data: Data, roles: Mapping[str, Kind]) -> dict[Path, tuple[str, Kind]]:
    given = ((role, getattr(data, role), kind) for role, kind in roles.items())
    return {(role,): (name, kind) for role, name, kind in given if name is not None}


# --- cells -----------------------------------------------------------------------------------------------------------


def _cell_faults(table: _Table, place: Path, column: str, kind: Kind) -> Iterator[Fault]:
    """Yield a column whose cells cannot be what they stand for."""
    if kind == "flag":
        yield from _flag_faults(table, place, column)
    elif kind != "text":
        way: Literal["number", "time"] = "time" if kind == "time" else "number"
        path = ("pilot", table.key, *place)
        yield from misread_column(table.engagement, table.con, table.reading, path, column, way)
    if kind in _RANGES:
        condition, allowed = _RANGES[kind]
        wrong = table.count(condition.replace("{}", table.number(column)))
        if wrong:
            found = f"{wrong:,} cell{'s' * (wrong > 1)} of the column {shorten(column)} with another number"
            yield table.fault(place, found, allowed, "correct the data, or name another column")


def _flag_faults(table: _Table, place: Path, column: str) -> Iterator[Fault]:
    """Yield a column of yes and no in which nothing means yes, and something is neither: all would count as no."""
    data = table.engagement.pilot.cases if table.engagement.pilot else None
    yes = data.true_values if data else ()
    words = [value.lower() for value in values_of(table.con, table.reading, column)]
    if words and not set(words) & set(yes) and not set(words) <= set(_NO):
        found = f"no cell of the column {shorten(column)} that means yes"
        remedy = "add the text that means yes to true_values"
        yield table.fault(place, found, f"one of true_values: {listed(yes)}", remedy)


# --- rows ------------------------------------------------------------------------------------------------------------


def _row_faults(table: _Table, pilot: Pilot, data: Data) -> Iterator[Fault]:
    if isinstance(data, CaseData | CountData):
        yield from _arm_faults(table, data.arm, data.arms)
        yield from _day_notes(table, pilot, data)
    if isinstance(data, CaseData):
        yield from _case_notes(table, pilot, data)
    if isinstance(data, CountData):
        for id, column in data.counts.items():
            yield from _share_faults(table, ("counts", id), column, data.cases)
        if data.used is not None:
            yield from _share_faults(table, ("used",), data.used, data.cases)
    if isinstance(data, Experiments):
        yield from _share_faults(table, ("successes",), data.successes, data.shown)
        yield from _name_faults(table, data.arm, {("baseline_arm",): data.baseline_arm} if data.baseline_arm else {})
    if isinstance(data, Acceptance) and data.asked is not None and (rows := table.count("true")) > data.asked:
        found, remedy = f"{rows} answers of {data.asked} people asked", "correct asked, or the data"
        yield table.fault(("asked",), found, f"at least {rows}", remedy)


def _arm_faults(table: _Table, column: str, arms: Arms) -> Iterator[Fault]:
    """Yield values of an arm that no row holds: a fault where they resemble one that does, or nothing else is there."""
    for arm in ("pilot", "baseline"):
        names: tuple[str, ...] = getattr(arms, arm)
        yield from _name_faults(table, column, {("arms", arm, position): name for position, name in enumerate(names)})


def _name_faults(table: _Table, column: str, names: Mapping[Path, str]) -> Iterator[Fault]:
    seen = {name for _, name in values_seen(table.con, table.reading, [(column, name) for name in names.values()])}
    absent = {place: name for place, name in names.items() if name not in seen}
    present = values_of(table.con, table.reading, column) if absent else []
    for place, name in absent.items():
        meant = value_meant(name, [value for value in present if value not in names.values()])
        remedy = f"write {shorten(meant)}" if meant else "name one that occurs, or see that it has not happened yet"
        allowed = f"a value of the column {shorten(column)}: {listed(map(shorten, present))}"
        fault = table.fault(place, f"{shorten(name)}, which no row holds", allowed, remedy)
        yield replace(fault, is_note=not meant and bool(seen))


def _share_faults(table: _Table, place: Path, part: str, whole: str) -> Iterator[Fault]:
    """Yield counts that are larger than that of which they are a part."""
    rows = table.count(f"{table.number(part)} > {table.number(whole)}")
    if rows:
        found = f"{rows:,} row{'s' * (rows > 1)} with more in {shorten(part)} than in {shorten(whole)}"
        yield table.fault(place, found, "a part of the whole", "exchange the columns, or correct the data")


def _day_notes(table: _Table, pilot: Pilot, data: CaseData | CountData) -> Iterator[Fault]:
    """Yield cases of the pilot arm outside its days; those handled as before may lie earlier."""
    key = "date" if isinstance(data, CaseData) else "period"
    day, zone = table.day(getattr(data, key)), table.reading.timezone
    ends: list[tuple[str, dt.date | None, str]] = [
        (f"{day} < ", pilot.started, "before"),
        (f"{day} >= ", pilot.ended and pilot.ended + dt.timedelta(days=1), "after"),
    ]
    is_pilot = _is_one_of(table, data.arm, data.arms.pilot)
    for test, end, word in ends:
        if end is None:
            continue
        moment = microseconds(dt.datetime.combine(end, dt.time()), zone)
        rows = table.count(f"{is_pilot} AND {test}{moment}")
        if rows:
            found = f"{rows:,} row{'s' * (rows > 1)} of the pilot arm {word} the {_END[word]} day"
            allowed = f"days from {pilot.started or 'the first'} to {pilot.ended or 'today'}"
            yield replace(table.fault((key,), found, allowed, "see that started and ended are right"), is_note=True)


_END = {"before": "first", "after": "last"}


def _case_notes(table: _Table, pilot: Pilot, data: CaseData) -> Iterator[Fault]:
    """Yield cases with several rows, and failures that no failure mode describes."""
    case = table.reading.text(data.case)
    query = f"SELECT count({case}) - count(DISTINCT {case}) FROM {identifier(table.reading.relation)}"
    again = int(table.con.execute(query).fetchall()[0][0])
    if again:
        found = f"{again:,} row{'s' * (again > 1)} of cases that have one already"
        yield replace(table.fault(("case",), found, "one row for each case", "see that each row counts"), is_note=True)
    if data.failure is not None:
        described = _is_one_of(table, data.failure, tuple(mode.id for mode in pilot.failure_modes))
        rows = table.count(f"{table.reading.text(data.failure)} IS NOT NULL AND NOT {described}")
        if rows:
            # What people wrote is not shown.
            found = f"{rows:,} row{'s' * (rows > 1)} with a failure that failure_modes does not describe"
            fault = table.fault(("failure",), found, "the ids under failure_modes", "describe them")
            yield replace(fault, is_note=True)


def _is_one_of(table: _Table, column: str, values: tuple[str, ...]) -> str:
    return f"coalesce({is_one_of_sql(table.reading.text(column), values)}, false)"
