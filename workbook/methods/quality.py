"""The quality of one table as one use case needs it: seven dimensions, measured, with the weakest in view.

The dimensions are the six of DAMA UK ("The six primary dimensions for data quality assessment", 2013), of which
ISO/IEC 25012:2008 holds accuracy, completeness and consistency as characteristics, and our own coverage. The measures
are shares of conforming items in the manner of ISO/IEC 25024:2015, between 0 and 1, of the needed fields only. What was
not measured is unknown, never 0 or 1. Counts, and percentiles of a lag, are all that leaves the database: no value of
the client's data does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import duckdb

from workbook.methods.estimates import Estimate
from workbook.methods.percentiles import estimate_quantiles
from workbook.methods.proportions import wilson
from workbook.methods.quality_results import (
    DIMENSIONS,
    NOT_REQUIRED,
    DimensionQuality,
    FieldQuality,
    Gap,
    Part,
    RuleQuality,
    SampleMatch,
    TableQuality,
    Weakest,
    is_unknown,
    rule_parts,
    summarised,
    weakest_of,
)
from workbook.methods.quality_rules import (
    ComparisonRule,
    ConsistencyRule,
    ContainmentRule,
    CoverageRule,
    DependencyRule,
    FieldRule,
    KeyRule,
    TableRules,
    parse_condition,
)
from workbook.methods.quality_sql import Cells, cells_of, check_expressions

__all__ = [
    "DIMENSIONS",
    "DimensionQuality",
    "FieldQuality",
    "Gap",
    "RuleQuality",
    "SampleMatch",
    "TableQuality",
    "Weakest",
    "measure_quality",
]

_ROWS = "quality_rows_"


def measure_quality(
    con: duckdb.DuckDBPyConnection, relation: str, rules: TableRules, as_of: datetime | None = None
) -> TableQuality:
    """Measure a relation by the rules of one use case, in two scans, and one more for a verified sample.

    completeness = values present / rows in which one is required, per field;
    validity = values that keep type, range, pattern and code list / values present, per field;
    accuracy = values equal to the verified ones / rows compared, per field, with its Wilson interval;
    uniqueness = 1 - rows that repeat a key / rows with a complete key, per key;
    consistency = rows that keep a rule / rows on which it can be judged, per rule. Rows that keep a functional
    dependency are the most that can stay if it is to hold (1 - g3 of Kivinen and Mannila, "Approximate inference of
    functional dependencies from relations", Theoretical Computer Science, 1995);
    timeliness = records that arrived within the deadline / records judged: with `as_of` (in the clock of the table, or
    in UTC if the rules name a time zone) the events whose deadline has passed by then, without it those that arrived.
    A record that arrived before its event is in error and not judged;
    coverage = segments with at least n_min rows / segments.

    A relation that lies in a file is best measured inside `tables.table_errors`.

    Raises
    ------
    TableError
        If a rule names a relation or column that is not there, or holds a pattern, format or time zone of no use.
    """
    cells = cells_of(con, relation, rules)
    check_expressions(con, relation, rules)
    accuracy, sample = _accuracy(con, cells)
    with _judged_rows(con, cells, as_of):
        counts = _counts(con, rules)
        uniqueness = tuple(RuleQuality(each.id, _uniqueness(con, cells, each)) for each in rules.keys)
        consistency = tuple(RuleQuality(each.id, _consistency(con, cells, each, counts)) for each in rules.consistency)
        coverage = _coverage(con, cells, rules.coverage)
        lag = _lag_p95(con, rules)
    fields = tuple(_field_quality(each, counts, accuracy[each.name]) for each in rules.fields)
    timeliness = _share(counts["timely"], counts["judged"]) if rules.timeliness else Estimate.missing("no_rule")
    parts = [Part(name, field.name, each, field.weight) for field in fields for name, each in field.measures().items()]
    parts += rule_parts("uniqueness", uniqueness, relation) + rule_parts("consistency", consistency, relation)
    parts += [Part("timeliness", relation, timeliness), Part("coverage", relation, coverage)]
    return TableQuality(
        relation,
        counts["rows"],
        fields,
        uniqueness,
        consistency,
        timeliness,
        lag,
        coverage,
        sample,
        dimensions=tuple(summarised(name, [each for each in parts if each.dimension == name]) for name in DIMENSIONS),
        bottleneck=weakest_of(parts),
        unknown=tuple(Gap(each.dimension, each.name, str(each.estimate.reason)) for each in parts if is_unknown(each)),
    )


@contextmanager
def _judged_rows(con: duckdb.DuckDBPyConnection, cells: Cells, as_of: datetime | None) -> Iterator[None]:
    """Hold what is judged of each row, and the columns that have to be grouped or sorted, as a temporary relation.

    Where nothing is to be grouped it is a view, so that any number of rows is only counted.
    """
    rules = cells.rules
    names = [column for key in rules.keys for column in key.columns]
    for rule in rules.consistency:
        if not isinstance(rule, ComparisonRule):
            names += [rule.field] if isinstance(rule, ContainmentRule) else [*rule.determines, rule.dependent]
    names += rules.coverage.columns if rules.coverage else ()
    judged = {cells.text(name): cells.text(name) for name in names} | _judgements(cells, as_of)
    kind = "TABLE" if names or rules.timeliness else "VIEW"
    selected = ", ".join(f"{expression} AS {alias}" for alias, expression in judged.items())
    con.execute(f"CREATE TEMP {kind} {_ROWS} AS SELECT {selected or 'NULL AS none'} FROM ({cells.query()})")
    try:
        yield
    finally:
        con.execute(f"DROP {kind} {_ROWS}")


def _judgements(cells: Cells, as_of: datetime | None) -> dict[str, str]:
    """Return by alias what is judged of a row: true or false, and NULL where there is nothing to judge."""
    rules, judged = cells.rules, dict[str, str]()
    for number, field in enumerate(rules.fields):
        judged[f"valid_{number}"] = f"CASE WHEN {cells.text(field.name)} IS NOT NULL THEN {cells.is_valid(field)} END"
        if field.required_when is not None:
            judged[f"required_{number}"] = cells.condition(parse_condition(field.required_when))
    for number, rule in enumerate(rules.consistency):
        if isinstance(rule, ComparisonRule):
            left, right = (cells.value(name, rule.type, rule.format) for name in (rule.left, rule.right))
            judged[f"kept_{number}"] = f"{left} {rule.op} {right}"
    if rules.timeliness is not None:
        judged["lag"] = cells.lag(rules.timeliness, as_of)
    return judged


def _counts(con: duckdb.DuckDBPyConnection, rules: TableRules) -> dict[str, int]:
    """Return the counts of judged rows, by a label."""
    wanted = {"rows": "count(*)"}
    for number, field in enumerate(rules.fields):
        where = f" FILTER (required_{number})" if field.required_when is not None else ""
        wanted[f"required {field.name}"] = f"count(*){where}"
        wanted[f"given {field.name}"] = f"count(valid_{number}){where}"
        wanted[f"present {field.name}"] = f"count(valid_{number})"
        wanted[f"valid {field.name}"] = f"count_if(valid_{number})"
    for number, rule in enumerate(rules.consistency):
        if isinstance(rule, ComparisonRule):
            wanted[f"judged {rule.id}"] = f"count(kept_{number})"
            wanted[f"kept {rule.id}"] = f"count_if(kept_{number})"
    if rules.timeliness is not None:
        wanted["judged"] = "count(lag)"
        wanted["timely"] = f"count_if(lag <= {rules.timeliness.within_hours})"
    row = con.execute(f"SELECT {', '.join(wanted.values())} FROM {_ROWS}").fetchall()[0]
    # Over no row, or nothing but NULL, count_if is NULL.
    return {label: int(count or 0) for label, count in zip(wanted, row, strict=True)}


def _share(kept: int, judged: int, reason: str = "no_values") -> Estimate:
    return Estimate(kept / judged, n=judged) if judged else Estimate.missing(reason)


def _field_quality(rule: FieldRule, counts: dict[str, int], accuracy: Estimate) -> FieldQuality:
    required, given, present, valid = (
        counts[f"{label} {rule.name}"] for label in ("required", "given", "present", "valid")
    )
    completeness = _share(given, required, "no_rows") if rule.required else Estimate.missing(NOT_REQUIRED)
    validity = _share(valid, present) if rule.can_be_invalid else Estimate.missing("no_rule", present)
    missing = required - given if rule.required else 0
    return FieldQuality(
        rule.name, rule.weight, rule.threshold, completeness, validity, accuracy, missing, present - valid
    )


def _pair(con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
    kept, judged = con.execute(query).fetchall()[0]
    return int(kept or 0), int(judged or 0)


def _uniqueness(con: duckdb.DuckDBPyConnection, cells: Cells, key: KeyRule) -> Estimate:
    copies = (
        f"SELECT count(*) AS copies FROM {_ROWS} WHERE {cells.are_present(key.columns)} "
        f"GROUP BY {cells.texts(key.columns)}"
    )
    return _share(*_pair(con, f"SELECT count(*), sum(copies) FROM ({copies})"))


def _consistency(
    con: duckdb.DuckDBPyConnection, cells: Cells, rule: ConsistencyRule, counts: dict[str, int]
) -> Estimate:
    match rule:
        case ComparisonRule():
            return _share(counts[f"kept {rule.id}"], counts[f"judged {rule.id}"])
        case DependencyRule():
            return _dependency(con, cells, rule)
        case ContainmentRule():
            return _containment(con, cells, rule)


def _dependency(con: duckdb.DuckDBPyConnection, cells: Cells, rule: DependencyRule) -> Estimate:
    both = (*rule.determines, rule.dependent)
    pairs = (
        f"SELECT {cells.texts(rule.determines)}, count(*) AS copies FROM {_ROWS} "
        f"WHERE {cells.are_present(both)} GROUP BY {cells.texts(both)}"
    )
    groups = (
        f"SELECT max(copies) AS most, sum(copies) AS size FROM ({pairs}) AS pairs "
        f"GROUP BY {cells.texts(rule.determines)}"
    )
    return _share(*_pair(con, f"SELECT sum(most), sum(size) FROM ({groups})"))


def _containment(con: duckdb.DuckDBPyConnection, cells: Cells, rule: ContainmentRule) -> Estimate:
    other_rules = replace(cells.rules, fields=(FieldRule(rule.column),), keys=(), consistency=())
    other = cells_of(con, rule.relation, replace(other_rules, timeliness=None, coverage=None, accuracy=None))
    known, text = other.text(rule.column), cells.text(rule.field)
    members = f"SELECT {known} FROM ({other.query()}) WHERE {known} IS NOT NULL"
    return _share(*_pair(con, f"SELECT count(*) FILTER ({text} IN ({members})), count({text}) FROM {_ROWS}"))


def _coverage(con: duckdb.DuckDBPyConnection, cells: Cells, rule: CoverageRule | None) -> Estimate:
    if rule is None:
        return Estimate.missing("no_rule")
    segments = (
        f"SELECT count(*) AS size FROM {_ROWS} WHERE {cells.are_present(rule.columns)} "
        f"GROUP BY {cells.texts(rule.columns)}"
    )
    counted = _pair(con, f"SELECT count_if(size >= {int(rule.n_min)}), count(*) FROM ({segments})")
    return _share(*counted, "no_segments")


def _lag_p95(con: duckdb.DuckDBPyConnection, rules: TableRules) -> Estimate:
    if rules.timeliness is None:
        return Estimate.missing("no_rule")
    (lag,) = estimate_quantiles(con, f"SELECT lag FROM {_ROWS}", (0.95,))
    # Records that have not arrived stand at infinity.
    low, high, value = (None if each is None or math.isinf(each) else each for each in (lag.low, lag.high, lag.value))
    reason = "not_reached" if value is None and lag.value is not None else lag.reason
    return Estimate(value, low, high, lag.n, reason)


def _accuracy(con: duckdb.DuckDBPyConnection, cells: Cells) -> tuple[dict[str, Estimate], SampleMatch | None]:
    """Return the agreement of each field with the verified sample, and how many of its rows were found."""
    fields = cells.rules.fields
    if cells.rules.accuracy is None:
        return {field.name: Estimate.missing("not_measured") for field in fields}, None
    key = cells.rules.accuracy.key
    sample = cells_of(con, cells.rules.accuracy.relation, cells.rules, demanded=key)
    verified = [field for field in fields if field.name in sample.columns]
    agreements = "".join(f", {_agrees(cells, sample, field)} AS a{n}" for n, field in enumerate(verified))
    agreed = "".join(f", count(*) FILTER (hits = 1 AND a{n})" for n in range(len(verified)))
    same_key = " AND ".join(f"{cells.text(name, 't.')} = {sample.text(name, 'v.')}" for name in key)
    query = f"""
        WITH verified AS (
            SELECT *, row_number() OVER () AS number, count(*) OVER (PARTITION BY {sample.texts(key)}) = 1
                AND {sample.are_present(key)} AS is_usable FROM ({sample.query()})
        ), met AS (
            SELECT v.number, count(*) OVER (PARTITION BY v.number) AS hits{agreements}
            FROM ({cells.query()}) AS t JOIN verified AS v ON v.is_usable AND {same_key}
        )
        SELECT (SELECT count(*) FROM verified), (SELECT count(*) FILTER (is_usable) FROM verified),
            count(DISTINCT number), count(*) FILTER (hits = 1){agreed} FROM met"""
    rows, usable, met, matched, *counts = con.execute(query).fetchall()[0]
    accuracy = {field.name: Estimate.missing("not_in_sample") for field in fields}
    accuracy |= {field.name: wilson(count, matched) for field, count in zip(verified, counts, strict=True)}
    return accuracy, SampleMatch(rows, matched, usable - met, rows - usable + met - matched)


def _agrees(cells: Cells, sample: Cells, field: FieldRule) -> str:
    """Return the condition that table and sample agree: both missing, the same text, or the same value."""
    same = f"{cells.text(field.name, 't.')} IS NOT DISTINCT FROM {sample.text(field.name, 'v.')}"
    if field.type == "text":
        return f"({same})"
    # The sample, often kept in Excel, may write dates and numbers in the plain form.
    verified = f"coalesce({sample.value(field.name, of='v.')}, {sample.plain_value(field.name, of='v.')})"
    return f"({same} OR coalesce({cells.value(field.name, of='t.')} = {verified}, false))"
