"""A data source before it is declared: its entry as it is being made, what it would lose, and how it is saved."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from pydantic import ValidationError

from workbook.engagement.data_sources import case_columns, case_rules, log_columns, log_rules
from workbook.engagement.faults import find_secrets
from workbook.engagement.load import Engagement
from workbook.engagement.proposal import Edit
from workbook.engagement.schema_sources import DataSource
from workbook.methods.baseline import Baseline, FilterLoss
from workbook.methods.casetable import measure_case_table
from workbook.methods.eventlog import measure_event_log

Entry = dict[str, Any]
"""A data source as a file of parameters holds it; keys that are not declared are absent."""

_TABLES = (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet", ".pq", ".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Losses:
    """What reading a source as declared takes out, in order, and what is left.

    `rows` are those of the table; `baseline` is the phase's own measurement, from which everything else is read.
    """

    rows: int
    baseline: Baseline

    @property
    def filters(self) -> tuple[FilterLoss, ...]:
        """What each filter took out, in order."""
        return self.baseline.filters

    @property
    def rows_kept(self) -> int:
        """Rows left after the last filter of rows."""
        rows = [each.after for each in self.filters if each.unit == "rows"]
        return rows[-1] if rows else self.rows


def source_of(entry: Mapping[str, Any]) -> DataSource:
    """Return an entry as a data source. Raises ValueError that says what is wrong, without the values given."""
    if find_secrets(repr(entry)):
        raise ValueError("a password or an address stands among the choices: take it out")
    try:
        # As the loader reads it: from JSON, dates are text and lists are lists.
        return DataSource.model_validate_json(json.dumps({k: v for k, v in entry.items() if v is not None}))
    except ValidationError as error:
        raise ValueError(
            "; ".join(_said(item) for item in error.errors(include_url=False, include_input=False))
        ) from None


def _said(item: Any) -> str:
    place = ".".join(str(part) for part in item["loc"] if not isinstance(part, int))
    context = item.get("ctx", {})
    if item["type"] == "refused":
        return f"{place}: {context.get('found') or 'what is written'} is not allowed; {context.get('remedy')}"
    return f"{place}: {item['msg']}".strip(": ")


def read_losses(
    con: duckdb.DuckDBPyConnection, relation: str, rows: int, source: DataSource, until: dt.datetime | None = None
) -> Losses | None:
    """Return what is lost of a table when it is read as declared, by the code that measures it in a phase.

    None for a plain table, and where a needed column is not chosen. Raises ValueError for a declaration that cannot
    be followed.
    """
    columns = source.columns
    if columns is None or source.kind == "table":
        return None
    if source.kind == "event_log":
        if not (columns.activity and columns.timestamp):
            return None
        return Losses(rows, measure_event_log(con, relation, log_columns(source), log_rules(source), until))
    if not (columns.opened and columns.closed):
        return None
    return Losses(rows, measure_case_table(con, relation, case_columns(source), case_rules(source), until))


def undeclared_files(engagement: Engagement) -> tuple[str, ...]:
    """Return the tables below the client's data folder that no data source names, by their path in the folder."""
    folder = engagement.folder / "data"
    names = (path.relative_to(engagement.folder).as_posix() for path in _files(folder, _TABLES))
    return tuple(name for name in names if name not in engagement.data_files)


def query_files(engagement: Engagement) -> tuple[str, ...]:
    """Return the files with queries below the client's folder."""
    return tuple(path.relative_to(engagement.folder).as_posix() for path in _files(engagement.folder, (".sql",)))


def _files(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    if not folder.is_dir():
        return []
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name.lower().endswith(endings))
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def declared_entry(engagement: Engagement, source: DataSource) -> Entry:
    """Return the entry of a declared source as its file holds it."""
    phase, section, *_ = engagement.place_of(source)
    entries = engagement.documents[str(phase)].data[str(section)]
    return dict(next(each for each in entries if each["id"] == source.id))


def edits_of(engagement: Engagement, entry: Entry, declared: DataSource | None) -> list[Edit]:
    """Return the edits that declare a source: of a `declared` one only what differs, else a new entry at the end.

    What the entry no longer has is emptied. Raises ValueError for a new entry without an id or under that of another.
    """
    if declared is None:
        if "id" not in entry:
            raise ValueError("give the source an id")
        if any(each.id == entry["id"] for each in engagement.data_sources):
            raise ValueError(f"another source has the id {entry['id']}: choose another")
        document = engagement.documents.get("assess")
        present = list(document.data.get("data_sources") or []) if document else []
        return [Edit("assess.yaml", ("data_sources",), [*present, entry])]
    phase, *place = engagement.place_of(declared)
    before = declared_entry(engagement, declared)
    keys = [*entry, *(key for key, value in before.items() if value and key not in entry)]
    changed = [key for key in keys if entry.get(key) != before.get(key)]
    values = {key: _emptied(entry.get(key), before.get(key)) for key in changed}
    return [Edit(f"{phase}.yaml", (*place, key), value) for key, value in values.items()]


def _emptied(value: Any, before: Any) -> Any:
    """Return a value in which what it no longer has is empty as its kind is: saving keeps the keys it does not name."""
    if isinstance(before, dict) and isinstance(value, dict | None):
        now = value or {}
        return {**{key: _emptied(None, old) for key, old in before.items() if key not in now}, **now}
    return [] if value is None and isinstance(before, list) else value
