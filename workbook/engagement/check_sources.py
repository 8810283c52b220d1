"""Checking data sources: whether what is declared about each makes sense, and whether its file or query holds it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from workbook.engagement.faults import Fault, listed, shorten, write_nearest
from workbook.engagement.fields import shape_of_model, walk
from workbook.engagement.load import Engagement
from workbook.engagement.measurements import measured_once
from workbook.engagement.schema import Assess
from workbook.engagement.schema_sources import DataSource

_NEEDED_COLUMNS = {"event_log": ("activity", "timestamp"), "case_table": ("opened", "closed"), "table": ()}
_COLUMN_OF_RULE = {"closed_statuses": "status", "error_outcomes": "outcome", "system_resources": "resource"}
_FORMATS = {".xlsx": "excel", ".xlsm": "excel", ".parquet": "parquet", ".pq": "parquet"}
_FORMAT_OF = {"sheet": "excel", "encoding": "csv", "delimiter": "csv"}
"""Format of the files that a declaration is about."""


def source_faults(engagement: Engagement) -> Iterator[Fault]:
    """Each data source must be declared without contradiction, readable, and hold the columns declared for it."""
    yield from _misplaced_source_faults(engagement)
    for source in engagement.data_sources:
        faults = declaration_faults(engagement, source)
        yield from faults
        if source.read_from is not None:
            yield from _faults_of_content(engagement, source, _Declared(is_sound=not faults))


@dataclass(frozen=True)
class _Declared:
    """Whether what is declared of a source is sound, on which depends what of its data is looked at."""

    is_sound: bool


@dataclass(frozen=True)
class _Seen:
    """Whether the data of a source were found in order."""

    are_in_order: bool


def _faults_of_content(engagement: Engagement, source: DataSource, declared: _Declared) -> list[Fault]:
    """Return what is wrong with the data of a source; data found in order are not read again while all is the same."""
    faults: list[Fault] = []

    def look() -> _Seen:
        # Imported here because DuckDB takes longer to load than all parameters take to check.
        from workbook.engagement.check_contents import content_faults

        faults.extend(content_faults(engagement, source, declared.is_sound))
        return _Seen(not faults)

    seen = measured_once(engagement, source, _Seen, look, declared)
    if not seen.are_in_order and not faults:
        # Faults are found anew each time: the lines they are told at may have changed.
        look()
    return faults


def declaration_faults(engagement: Engagement, source: DataSource) -> list[Fault]:
    """Return the contradictions in what is declared of a source; its data can only be read where there are none."""
    return [
        *_column_declaration_faults(engagement, source),
        *_needed_field_faults(engagement, source),
        *_unused_faults(engagement, source),
        *_clock_declaration_faults(engagement, source),
        *_field_declaration_faults(engagement, source),
    ]


def _misplaced_source_faults(engagement: Engagement) -> Iterator[Fault]:
    """Yield what Assess would take from a source of the pilot: the first phase rests on none that comes later."""
    later = [source.id for source in engagement.pilot.data_sources] if engagement.pilot else []
    document = engagement.documents.get("assess")
    for path, value, shape in walk(shape_of_model(Assess), document.data) if document and later else ():
        if shape.refers == "data source" and value in later and document:
            remedy = "move the source to assess.yaml, or name one that is described there"
            found = f"the source {value} of pilot.yaml"
            yield document.fault(path, found, "the id of a source in assess.yaml", remedy)


def _column_declaration_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield logs without their columns, and rules without the column that they are about."""
    from workbook.engagement.data_sources import names_of_kind

    needed = _NEEDED_COLUMNS[source.kind]
    absent = [key for key in needed if source.columns is None or getattr(source.columns, key) is None]
    if absent and source.read_from is not None:
        allowed = f"columns.case, {', '.join(f'columns.{key}' for key in needed)}"
        remedy = "name the columns that hold them"
        yield engagement.fault(engagement.place_of(source), f"no column for {listed(absent)}", allowed, remedy)
    for rule, column in _COLUMN_OF_RULE.items():
        is_declared = getattr(source.rules, rule) and rule in names_of_kind(source.kind)
        if is_declared and source.columns and getattr(source.columns, column) is None:
            found, remedy = f"{rule} without columns.{column}", f"name the column of the {column}, or delete {rule}"
            yield engagement.fault(
                engagement.place_of(source, "rules", rule), found, f"columns.{column} beside it", remedy
            )


def _needed_field_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield the fields that a use case needs and nobody has described."""
    names = [field.name for field in source.fields]
    for case in engagement.assess.use_cases if engagement.assess else ():
        for needs in case.data:
            unknown = [name for name in needs.fields if needs.source == source.id and name not in names]
            if unknown:
                remedy = write_nearest(unknown[0], names, f"describe the field under data_sources {source.id}")
                found = f"the unknown field {listed(map(shorten, unknown))}"
                yield engagement.fault(("assess", "use_cases", case.id), found, listed(names), remedy)


def _unused_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield what is declared for another kind of source, or of file: it would be passed over."""
    from workbook.engagement.data_sources import names_of_kind

    for key, declared in (("columns", source.columns), ("rules", source.rules)):
        used = [name for name in type(declared).model_fields if name in names_of_kind(source.kind)] if declared else []
        for name, value in declared or ():
            if value and name not in used:
                found, remedy = f"{name} for the kind {source.kind}", "delete it, or correct the kind"
                yield engagement.fault(engagement.place_of(source, key, name), found, listed(used), remedy)
    for key, format in _FORMAT_OF.items():
        suffix = source.file and source.file[source.file.rfind(".") :].lower()
        actual = "query" if source.database else source.format or _FORMATS.get(suffix or "", "csv")
        if getattr(source, key) is not None and source.read_from is not None and actual != format:
            found, allowed = f"a {key} for a {actual} source", f"a {key} for {format} files"
            yield engagement.fault(engagement.place_of(source, key), found, allowed, "delete it, or correct the format")


def _clock_declaration_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield what is wrong with the time zone and the way times are written."""
    zones = _time_zones()
    if source.timezone not in zones:
        found = f"the unknown time zone {shorten(source.timezone)}"
        # Abbreviations such as CEST resemble each other too much to guess.
        alike = sorted(zones) if "/" in source.timezone else ()
        remedy = write_nearest(source.timezone, alike, "write the name of a city in that zone")
        yield engagement.fault(
            engagement.place_of(source, "timezone"), found, "a time zone such as Europe/Berlin", remedy
        )
    if source.timestamp_format is not None and "%" not in source.timestamp_format:
        found = f'text "{shorten(source.timestamp_format)}"'
        allowed = "codes such as %d/%m/%Y %H:%M (day, month, year, hour, minute)"
        yield engagement.fault(
            engagement.place_of(source, "timestamp_format"), found, allowed, "write it with these codes"
        )


@cache
def _time_zones() -> frozenset[str]:
    """Return the time zones of this machine, for which many files are looked at."""
    return frozenset(zoneinfo.available_timezones())


def _field_declaration_faults(engagement: Engagement, source: DataSource) -> Iterator[Fault]:
    """Yield fields and rules that contradict themselves, and those declared twice."""
    from workbook.engagement.data_sources import field_rule
    from workbook.methods.quality_rules import RuleError

    for position, field in enumerate(source.fields):
        try:
            field_rule(field, source)
        except RuleError as error:
            yield engagement.fault(
                engagement.place_of(source, "fields", position), error.found, error.allowed, error.remedy
            )
    yield from _twice(engagement, source, "key", source.key)
    yield from _twice(engagement, source, "fields", [field.name for field in source.fields])
    yield from _twice(engagement, source, "consistency", [rule.id for rule in source.consistency])


def _twice(engagement: Engagement, source: DataSource, key: str, names: Sequence[str]) -> Iterator[Fault]:
    for position, name in enumerate(names):
        if name in names[:position]:
            found = f"{shorten(name)} a second time"
            yield engagement.fault(
                engagement.place_of(source, key, position), found, "each once", "delete one of the two"
            )
