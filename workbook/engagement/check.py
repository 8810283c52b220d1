"""Checking a client before anything is run: parameters, what the framework knows, and the data files themselves."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.engagement.faults import Fault, FaultsError, listed, nearest, shorten
from workbook.engagement.load import Engagement, load_engagement
from workbook.engagement.schema import DataSource, Weighting
from workbook.framework import load_framework

if TYPE_CHECKING:
    import duckdb

BIGGEST_SWING = 100
"""Points of the largest swing; the others are relative to it."""


def check_client(client: str, parameters: Path, as_of: dt.date | str | None = None) -> Engagement:
    """Return the engagement of a client without a fault.

    Raises FaultsError with all faults: of the parameters if there are any, else of weights and data files.
    """
    engagement = load_engagement(client, parameters, as_of)
    faults = [*_weighting_faults(engagement), *_source_faults(engagement)]
    if faults:
        raise FaultsError(faults)
    return engagement


def check_clients(clients: Iterable[str], parameters: Path) -> list[Fault]:
    """Return the faults of all clients, by client, file and line."""
    faults: list[Fault] = []
    for client in clients:
        try:
            check_client(client, parameters)
        except FaultsError as error:
            faults += error.faults
    return faults


def _fault(engagement: Engagement, path: tuple[str, ...], found: str, allowed: str, remedy: str) -> Fault:
    name, *keys = path
    line = int(engagement.line_of(path).rsplit(":", 1)[1])
    return Fault(f"{engagement.id}/{name}.yaml", line, ".".join(keys), found, allowed, remedy)


# --- weights ---------------------------------------------------------------------------------------------------------


def _weighting_faults(engagement: Engagement) -> Iterator[Fault]:
    """Weights must cover exactly the criteria of the framework, or the sum would leave something out."""
    weighting = engagement.assess.weighting if engagement.assess else None
    if weighting is None:
        return
    criteria = list(load_framework(engagement.client.language).criteria)
    key, given = _given_weights(weighting)
    path = ("assess", "weighting")
    if not given:
        yield _fault(engagement, path, f"no {key}", f"{key} for {listed(criteria)}", f"add {key}, or change the method")
        return
    missing = [id for id in criteria if id not in given]
    if missing:
        found = f"no {key} for {listed(missing)}"
        yield _fault(engagement, (*path, key), found, f"{key} for {listed(criteria)}", "add what is missing")
    if len(set(given)) < len(given):
        yield _fault(engagement, (*path, key), "a criterion twice", "each criterion once", "delete one of them")
    yield from _points_faults(engagement, weighting, (*path, key))
    yield from _matrix_faults(engagement, weighting, criteria, (*path, key))


def _given_weights(weighting: Weighting) -> tuple[str, list[str]]:
    if weighting.method == "ahp":
        return "matrix", list(weighting.matrix)
    if weighting.method == "rank_order_centroid":
        return "order", list(weighting.order)
    return "points", list(weighting.points)


def _points_faults(engagement: Engagement, weighting: Weighting, path: tuple[str, ...]) -> Iterator[Fault]:
    points = weighting.points.values()
    if weighting.method not in ("swing", "direct") or not points:
        return
    if not any(points):
        yield _fault(engagement, path, "only zeros", "at least one weight above zero", "give points to what matters")
    elif weighting.method == "swing" and max(points) != BIGGEST_SWING:
        remedy = "give the criterion with the largest swing 100 points and the others in proportion"
        yield _fault(engagement, path, f"{max(points):g} as the most points", "100 for the largest swing", remedy)
    elif weighting.method == "direct" and not (_is_near(sum(points), 1) or _is_near(sum(points), 100)):
        yield _fault(engagement, path, f"a sum of {sum(points):g}", "a sum of 1 or 100", "correct the points")


def _is_near(total: float, goal: float) -> bool:
    return abs(total - goal) <= 0.005 * goal


def _matrix_faults(
    engagement: Engagement, weighting: Weighting, criteria: list[str], path: tuple[str, ...]
) -> Iterator[Fault]:
    if weighting.method != "ahp":
        return
    for id, row in weighting.matrix.items():
        absent = [other for other in criteria if other not in row]
        if absent:
            found = f"no judgement against {listed(absent)}"
            yield _fault(engagement, (*path, id), found, "a judgement against each criterion", "add what is missing")
    try:
        from workbook.methods.weights import ahp_weights

        ahp_weights([[weighting.matrix[row][column] for column in criteria] for row in criteria])
    except KeyError:
        return
    except ValueError as error:
        yield _fault(engagement, path, str(error), "a reciprocal matrix of judgements", "correct the judgements")


# --- data files ------------------------------------------------------------------------------------------------------


def _source_faults(engagement: Engagement) -> Iterator[Fault]:
    """Each declared data file must be readable and hold the columns that are declared for it."""
    for source in engagement.assess.data_sources if engagement.assess else ():
        yield from _declaration_faults(engagement, source)
        if source.read_from is not None:
            yield from _file_faults(engagement, source)


def _declaration_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    path = ("assess", "data_sources", source.id)
    needed = {"event_log": ("activity", "timestamp"), "case_table": ("opened", "closed"), "table": ()}[source.kind]
    if needed and source.read_from is not None:
        absent = [key for key in needed if source.columns is None or getattr(source.columns, key) is None]
        if absent:
            allowed = f"columns.case, {', '.join(f'columns.{key}' for key in needed)}"
            remedy = "name the columns that hold them"
            yield _fault(engagement, path, f"no column for {listed(absent)}", allowed, remedy)
    names = [field.name for field in source.fields]
    for case in engagement.assess.use_cases if engagement.assess else ():
        for needs in case.data:
            unknown = [name for name in needs.fields if needs.source == source.id and name not in names]
            if unknown:
                meant = nearest(unknown[0], names)
                remedy = f"write {meant}" if meant else f"describe the field under data_sources {source.id}"
                place = ("assess", "use_cases", case.id)
                yield _fault(engagement, place, f"the unknown field {listed(unknown)}", listed(names), remedy)


def _file_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    # Imported here because DuckDB takes longer to load than all parameters take to check.
    from workbook.engagement.data_sources import SAMPLE, open_source, table_format
    from workbook.methods.databases import DatabaseAccessError
    from workbook.methods.tables import TableError, check_table, connect, open_table

    path = ("assess", "data_sources", source.id)
    origin = ("database", "query") if source.database else ("file",)
    con = connect()
    try:
        table = check_table(con, open_source(con, engagement.folder, source))
        samples = []
        if source.accuracy is not None:
            samples = [open_table(con, engagement.path(source.accuracy.file), table_format(source), SAMPLE)]
        faults = list(_column_faults(engagement, source, table.columns, [sample.columns for sample in samples]))
        yield from faults or _rule_faults(engagement, source, con, table.name)
    except DatabaseAccessError as error:
        yield _fault(engagement, (*path, "database", "url_env"), error.found, error.allowed, error.remedy)
    except TableError as error:
        where = f"{error.file}:{error.line}" if error.line else error.file
        yield _fault(engagement, (*path, *origin), f"in {where} {error.found}", error.allowed, error.remedy)
    finally:
        con.close()


def _column_faults(
    engagement: Engagement, source: DataSource, columns: tuple[str, ...], samples: list[tuple[str, ...]]
) -> Iterator[Fault]:
    """Each column that a declaration names must stand in the file, or in the verified sample."""
    declared = [*_declared_columns(source)]
    key = [source.accuracy.key] if source.accuracy else []
    named = [(path, name, columns) for path, name in declared] + [
        (("accuracy", "key"), name, present) for name in key for present in (columns, *samples)
    ]
    for path, name, present in named:
        if name not in present:
            meant = nearest(name, present)
            remedy = f"write {meant}" if meant else "name a column of the file"
            place = ("assess", "data_sources", source.id, *path)
            yield _fault(engagement, place, f"the unknown column {shorten(name)}", listed(present), remedy)


def _declared_columns(source: DataSource) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each column a declaration names, with the keys under which it stands."""
    if source.columns is not None:
        yield from ((("columns", role), name) for role, name in source.columns if name is not None)
    yield from ((("key",), name) for name in source.key)
    yield from ((("fields",), field.name) for field in source.fields)
    for rule in source.consistency:
        names = (rule.left, rule.right, rule.dependent, *rule.determines)
        yield from ((("consistency", rule.id), name) for name in names if name is not None)
    if source.timeliness is not None:
        yield from ((("timeliness", key), getattr(source.timeliness, key)) for key in ("event", "arrived"))
    if source.coverage is not None:
        yield ("coverage", "segment"), source.coverage.segment


def _rule_faults(
    engagement: Engagement, source: DataSource, con: duckdb.DuckDBPyConnection, relation: str
) -> Iterator[Fault]:
    """Yield what makes a rule itself unusable: its time zone, condition, pattern, format or range."""
    from workbook.engagement.data_sources import table_rules
    from workbook.methods.quality_sql import check_expressions

    path = ("assess", "data_sources", source.id)
    if source.timezone not in zoneinfo.available_timezones():
        meant = nearest(source.timezone, sorted(zoneinfo.available_timezones()))
        remedy = f"write {meant}" if meant else "write an IANA name"
        found = f"the unknown time zone {shorten(source.timezone)}"
        yield _fault(engagement, (*path, "timezone"), found, "a time zone such as Europe/Berlin", remedy)
        return
    try:
        check_expressions(con, relation, table_rules(source))
    except ValueError as error:
        yield _fault(engagement, path, str(error), "rules that can be applied", "correct the rule")
