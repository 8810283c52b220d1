"""The needed columns of a relation as SQL: missing values told from present ones, text read as the rules say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Literal

import duckdb

from workbook.methods.quality_rules import (
    ComparisonRule,
    Condition,
    ContainmentRule,
    DependencyRule,
    FieldRule,
    FieldType,
    TableRules,
    TimelinessRule,
    parse_condition,
)
from workbook.methods.tables import (
    EPOCH_FORMATS,
    TableError,
    columns_of,
    identifier,
    is_timestamp_format,
    literal,
    number_sql,
    timestamp_sql,
)

# A tab or a no-break space alone is as blank as nothing.
_BLANKS = ("", "\t", "\N{NO-BREAK SPACE}")
_YES, _NO = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
# In microseconds.
_HOUR = 3_600_000_000
_FORMATS = "strptime codes such as %d/%m/%Y %H:%M, or %s or %Q for seconds or milliseconds since 1970"
_PATTERNS = "a regular expression without look-around and back-references"
_ZONES = "an IANA name such as Europe/Stockholm"


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns of a relation, each as text under a short alias and NULL where the value is missing."""

    relation: str
    rules: TableRules
    # Position and DuckDB type of each column.
    columns: dict[str, tuple[int, str]]

    def text(self, name: str, of: str = "") -> str:
        """Return the alias of a column, of the relation alias `of` ("t.")."""
        return f"{of}c{self.columns[name][0]}"

    def texts(self, names: tuple[str, ...], of: str = "") -> str:
        """Return the aliases of several columns, as in a GROUP BY."""
        return ", ".join(self.text(name, of) for name in names)

    def are_present(self, names: tuple[str, ...]) -> str:
        """Return the condition that none of these columns is missing."""
        return " AND ".join(f"{self.text(name)} IS NOT NULL" for name in names)

    def query(self) -> str:
        """Return the query of all columns under their aliases, and of values of fields with a type.

        The layers make DuckDB trim and read each cell once, however many rules use it.
        """
        trimmed = ", ".join(f"{_trimmed(name, type)} AS {self.text(name)}" for name, (_, type) in self.columns.items())
        present = ", ".join(f"{self._present(name)} AS {self.text(name)}" for name in self.columns)
        typed = [name for name in self.columns if self._kind(name) != "text"]
        values = "".join(f", {self._read(name, self._kind(name))} AS {self._value_alias(name)}" for name in typed)
        # Without any rule there are still rows to count.
        source = f"(SELECT {trimmed or '0 AS none'} FROM {identifier(self.relation)})"
        return f"SELECT *{values} FROM (SELECT {present or 'none'} FROM {source})"

    def _present(self, name: str) -> str:
        text, rule = self.text(name), self.rule(name)
        # A Parquet file of pandas has NaN where a number is missing.
        not_a_number = ("nan",) if self.columns[name][1] in ("FLOAT", "DOUBLE") else ()
        markers = {*_BLANKS, *not_a_number, *self.rules.missing_markers, *(rule.missing_markers if rule else ())}
        # Not IN: from five constants on DuckDB plans it as a join, which reads every column, used or not.
        for marker in sorted(markers):
            text = f"nullif({text}, {literal(marker)})"
        return text

    def _kind(self, name: str) -> FieldType:
        rule = self.rule(name)
        return rule.type if rule else "text"

    def _value_alias(self, name: str, of: str = "") -> str:
        return f"{of}v{self.columns[name][0]}"

    def rule(self, name: str) -> FieldRule | None:
        """Return the rule of a field, None for a column that only other rules use."""
        return next((each for each in self.rules.fields if each.name == name), None)

    def value(self, name: str, type: FieldType | None = None, format: str | None = None, of: str = "") -> str:
        """Return a column's value as its field rule (or `type`, `format`) says, NULL where it cannot be read."""
        if type in (None, self._kind(name)) and format is None:
            return self.text(name, of) if self._kind(name) == "text" else self._value_alias(name, of)
        return self._read(name, type or self._kind(name), format, of)

    def plain_value(self, name: str, of: str = "") -> str:
        """Return a column's value if it is written in the plain form: ISO 8601, or a number with a decimal point."""
        return self._read(name, self._kind(name), of=of, is_declared=False)

    def _read(
        self, name: str, kind: FieldType, format: str | None = None, of: str = "", is_declared: bool = True
    ) -> str:
        rule, text = self.rule(name), self.text(name, of)
        declared = format or (rule.timestamp_format if rule else None) or self.rules.timestamp_format
        # A column with a type of its own turns into text in the plain form.
        is_text, is_time = self.columns[name][1] == "VARCHAR", self.columns[name][1].startswith(("DATE", "TIME"))
        layout = declared if is_declared and (is_text or (declared in EPOCH_FORMATS and not is_time)) else None
        if kind == "timestamp":
            return timestamp_sql(text, layout, self.rules.timezone)
        if kind == "date":
            # A day has no time zone.
            return timestamp_sql(text, layout)
        if kind in ("integer", "number"):
            return number_sql(text, *((self.rules.decimal, self.rules.thousands) if is_declared and is_text else ()))
        if kind == "boolean":
            yes, no = (_is_in(f"lower({text})", words) for words in (_YES, _NO))
            return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
        return text

    def is_valid(self, rule: FieldRule) -> str:
        """Return the condition that a present value keeps every rule of its field."""
        text, value = self.text(rule.name), self.value(rule.name)
        conditions = [f"{value} IS NOT NULL"]
        if rule.type == "integer":
            conditions.append(f"{value} = trunc({value})")
        if rule.type == "date":
            conditions.append(f"{value} = date_trunc('day', {value})")
        ends = ((">=", rule.minimum), ("<=", rule.maximum))
        conditions += [f"{value} {op} {self._end(rule, end)}" for op, end in ends if end is not None]
        if rule.pattern is not None:
            conditions.append(f"regexp_full_match({text}, {literal(rule.pattern)})")
        if rule.allowed is not None:
            conditions.append(_is_in(text, rule.allowed))
        return " AND ".join(conditions)

    def _end(self, rule: FieldRule, end: object) -> str:
        if rule.type in ("integer", "number"):
            return f"CAST({end} AS DOUBLE)"
        timezone = self.rules.timezone if rule.type == "timestamp" else None
        return timestamp_sql(literal(str(end)), None, timezone)

    def condition(self, condition: Condition) -> str:
        """Return a condition on rows; NULL, so not fulfilled, where its field is missing."""
        text = self.text(condition.field)
        if condition.op == "is":
            return f"{text} IS {'NOT NULL' if condition.values == ('present',) else 'NULL'}"
        is_in = _is_in(text, condition.values)
        return f"NOT {is_in}" if condition.op in ("!=", "not in") else is_in

    def lag(self, rule: TimelinessRule, as_of: datetime | None) -> str:
        """Return the hours from event to arrival: infinite if overdue on `as_of`, NULL if not to be judged."""
        event, arrived = self._time(rule.event), self._time(rule.arrived)
        hours = f"date_diff('microsecond', {event}, {arrived}) / {_HOUR}"
        if as_of is None:
            return f"CASE WHEN {hours} >= 0 THEN {hours} END"
        clock = as_of if as_of.tzinfo is None else as_of.astimezone(UTC).replace(tzinfo=None)
        now = f"TIMESTAMP {literal(clock.isoformat(' '))}"
        is_due = f"{event} + to_microseconds({round(rule.within_hours * _HOUR)}) <= {now}"
        is_open = f"{self.text(rule.arrived)} IS NULL OR {arrived} > {now}"
        return f"CASE WHEN {is_due} THEN CASE WHEN {is_open} THEN 'inf'::DOUBLE WHEN {hours} >= 0 THEN {hours} END END"

    def _time(self, name: str) -> str:
        rule = self.rule(name)
        kind: Literal["date", "timestamp"] = "date" if rule and rule.type == "date" else "timestamp"
        return self.value(name, kind)


def _trimmed(name: str, duckdb_type: str) -> str:
    text = identifier(name)
    if duckdb_type != "VARCHAR":
        return f"CAST({text} AS VARCHAR)"
    # Trimming every text takes three times as long as looking at its ends.
    return f"CASE WHEN {text} < '!' OR suffix({text}, ' ') THEN trim({text}) ELSE {text} END"


def _is_in(text: str, values: tuple[str, ...]) -> str:
    return f"({text} IN ({', '.join(literal(value) for value in values) or 'NULL'}))"


def cells_of(
    con: duckdb.DuckDBPyConnection, relation: str, rules: TableRules, demanded: tuple[str, ...] | None = None
) -> Cells:
    """Return the columns of a relation that the rules need; TableError if it lacks one, or one of those `demanded`."""
    try:
        types = dict(zip(*columns_of(con, relation), strict=True))
    except duckdb.CatalogException:
        raise TableError(relation, "no such relation", "an opened table", "open it first") from None
    needed = _needed(rules)
    lacking = [name for name in (needed if demanded is None else demanded) if name not in types]
    if lacking:
        near = {name: get_close_matches(name, types, 1) for name in lacking}
        found = ", ".join(repr(name) + (f" (nearest {near[name][0]!r})" if near[name] else "") for name in lacking)
        allowed = ", ".join(map(repr, types))
        raise TableError(relation, f"no column {found}", allowed, "correct the rule, or add the column")
    return Cells(
        relation, rules, {name: (position, types[name]) for position, name in enumerate(needed) if name in types}
    )


def _needed(rules: TableRules) -> tuple[str, ...]:
    """Return every column that a rule names, once."""
    names = [each.name for each in rules.fields]
    names += [parse_condition(each.required_when).field for each in rules.fields if each.required_when]
    names += [column for key in rules.keys for column in key.columns]
    for rule in rules.consistency:
        match rule:
            case ComparisonRule():
                names += [rule.left, rule.right]
            case DependencyRule():
                names += [*rule.determines, rule.dependent]
            case ContainmentRule():
                names.append(rule.field)
    names += [rules.timeliness.event, rules.timeliness.arrived] if rules.timeliness else []
    names += rules.coverage.columns if rules.coverage else ()
    names += rules.accuracy.key if rules.accuracy else ()
    return tuple(dict.fromkeys(names))


def check_expressions(con: duckdb.DuckDBPyConnection, relation: str, rules: TableRules) -> None:
    """Raise TableError for a pattern, format or time zone that DuckDB cannot use."""
    formats = {"timestamp format": rules.timestamp_format}
    formats |= {f"format of {field.name!r}": field.timestamp_format for field in rules.fields}
    formats |= {f"format of {rule.id!r}": rule.format for rule in rules.consistency if isinstance(rule, ComparisonRule)}
    for what, format in formats.items():
        if format is not None and not is_timestamp_format(con, format):
            raise TableError(relation, f"the {what} {format!r}", _FORMATS, "correct the rule")
    probes = [("time zone", rules.timezone, _ZONES, "timezone($1, TIMESTAMP '2000-01-01')")]
    probes += [
        (f"pattern of {each.name!r}", each.pattern, _PATTERNS, "regexp_matches('', $1)") for each in rules.fields
    ]
    for what, text, allowed, probe in probes:
        try:
            if text is not None:
                con.execute(f"SELECT {probe} IS NULL", [text])
        except duckdb.Error:
            raise TableError(relation, f"the {what} {text!r}", allowed, "correct the rule") from None
