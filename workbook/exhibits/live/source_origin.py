"""Where a data source comes from: a declared one, a file that nobody has declared, or a query on a database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import duckdb
from ipywidgets import HTML, VBox

from workbook.engagement.data_sources import open_source, table_format
from workbook.engagement.load import Engagement
from workbook.engagement.schema_sources import DataSource
from workbook.engagement.source_draft import Entry, declared_entry, query_files, source_of, undeclared_files
from workbook.engagement.values import slug_of
from workbook.exhibits.live.frame import WIDE, Message, guarded, note
from workbook.exhibits.live.source_fields import BESIDE, Discreet, button, dropdown, text
from workbook.methods.file_guess import OpenedFile, keep_rows, open_guessed
from workbook.methods.tables import TableFormat

_DELIMITERS = (("as declared, or found out", ""), ("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("bar", "|"))
_ENCODINGS = (
    ("as declared, or found out", ""),
    *((each, each) for each in ("utf-8", "windows-1252", "latin-1", "utf-16")),
)
_HINT = "The address of the database stands in the environment only. The query lies in a .sql file of the client."
_ROWS = "rows"
_QUERIED = "rows of the query"


class Origin(VBox):
    """The choice of a source and how its file is read.

    `on_read` is called with each table that was read, and with None while there is none. `declared` is the source if
    it is a declared one, `base` its entry, or what is known of a new one.
    """

    def __init__(
        self,
        engagement: Engagement,
        con: duckdb.DuckDBPyConnection,
        on_read: Callable[[OpenedFile | None], None],
    ) -> None:
        self.engagement, self._con, self._on_read = engagement, con, on_read
        self.declared: DataSource | None = None
        self.base: Entry = {}
        self.message = Message()
        self._quiet = Discreet(self.message)
        self.what = dropdown(
            "What to look at", self._choices(), "A declared source, a file below data/, a database", ""
        )
        self.variable = text("Environment variable", "Its name, such as CLIENT_DATABASE_URL; never the address itself")
        queries = [("choose a file", ""), *((each, each) for each in query_files(engagement))]
        self.query = dropdown("File with the query", queries, "A .sql file below the client's folder")
        self.read = button("Read", "Runs the query and keeps its rows in memory")
        self.database = VBox([HTML(note(_HINT), layout=BESIDE), self.variable, self.query, self.read])
        self.encoding = dropdown("Encoding", _ENCODINGS, "Change it if letters look wrong")
        self.delimiter = dropdown("Mark between columns", _DELIMITERS, "Change it if the columns are not apart")
        self.sheet = dropdown("Sheet", [("the first", "")], "Sheet of the workbook")
        self._file = VBox()
        super().__init__([self.what, self.database, self._file, self.message], layout=WIDE)
        self.database.layout.display = "none"
        self._listen()

    def _choices(self) -> list[tuple[str, str]]:
        declared = [(f"{each.id}: {each.name}", f"id:{each.id}") for each in self.engagement.data_sources]
        files = [(f"not declared: {each}", f"file:{each}") for each in undeclared_files(self.engagement)]
        return [("choose a source", ""), *declared, *files, ("a database", "database")]

    def _listen(self) -> None:
        self._quiet.on(self.what, lambda _: self._choose())
        self._quiet.on(self.variable, lambda _: self._check_variable())
        self._quiet.on(self.read, lambda _: self._read())
        for widget in (self.encoding, self.delimiter, self.sheet):
            self._quiet.on(widget, lambda _: self._read())

    def _check_variable(self) -> None:
        self._quiet.checked_variable(self.variable)

    def begin_with(self, what: str) -> None:
        """Choose a declared source by its id, or a file that is not declared by its path below the client's folder."""
        known = [value for _, value in self.what.options]
        wanted = next((each for each in (f"id:{what}", f"file:{what}") if each in known), None)
        if wanted is None:
            self.message.warn("There is no declared source and no undeclared file of this name: choose one.")
            return
        self._quiet.set(self.what, value=wanted)
        guarded(self._choose, self.message)()

    def _choose(self) -> None:
        """Begin with another source: show what is needed to read it, and read a file at once."""
        chosen = self.what.value
        self.declared, self.base, self._file.children = None, {}, ()
        self._on_read(None)
        self.database.layout.display = "" if chosen == "database" else "none"
        for widget in (self.encoding, self.delimiter, self.sheet):
            self._quiet.set(widget, value="")
        if chosen.startswith("id:"):
            self.declared = next(s for s in self.engagement.data_sources if s.id == chosen.removeprefix("id:"))
            self.base = declared_entry(self.engagement, self.declared)
            if self.declared.read_from is None:
                raise ValueError(f"{self.declared.name} has not been provided: there is no file and no query yet")
        if chosen and chosen != "database":
            self._read()

    def _read(self) -> None:
        """Read the chosen source and hand over its rows."""
        self._on_read(None)
        opened = self._opened()
        self._show_choices_of_format(opened)
        if self.declared is None:
            self.base = self._new_entry()
        self._on_read(opened)

    def _opened(self) -> OpenedFile:
        if self.declared and self.declared.file is None:
            return self._queried(self.declared)
        if self.what.value == "database":
            return self._queried(source_of({"id": "new", "name": "new", "kind": "table", **self._database_entry()}))
        if self.declared:
            file, format = str(self.declared.file), table_format(self.declared)
        else:
            file, format = self.what.value.removeprefix("file:"), TableFormat()
        return open_guessed(self._con, self.engagement.folder / file, replace(format, **self.written), _ROWS)

    def _database_entry(self) -> Entry:
        variable = self._quiet.checked_variable(self.variable)
        if not (variable and self.query.value):
            raise ValueError("give the name of the environment variable and the file with the query")
        return {"database": {"url_env": variable, "query": self.query.value}}

    def _queried(self, source: DataSource) -> OpenedFile:
        self._con.execute(f'DROP TABLE IF EXISTS "{_QUERIED}"')
        info = open_source(self._con, self.engagement.folder, source, _QUERIED)
        kept = keep_rows(self._con, info, _ROWS)
        self._con.execute(f'DROP TABLE "{_QUERIED}"')
        return OpenedFile(kept, TableFormat(), ())

    @property
    def written(self) -> dict[str, Any]:
        """How the file is written, as far as it was chosen here."""
        fields = {"encoding": self.encoding, "delimiter": self.delimiter, "sheet": self.sheet}
        return {key: widget.value for key, widget in fields.items() if widget.value}

    def _show_choices_of_format(self, opened: OpenedFile) -> None:
        """Offer what a file of this kind leaves open."""
        is_csv = opened.info.format.format == "csv"
        if opened.sheets:
            options = [("the first with a table", ""), *((each, each) for each in opened.sheets)]
            self._quiet.set(self.sheet, options=options, value=self.sheet.value)
        self._file.children = (
            (self.encoding, self.delimiter) if is_csv else (self.sheet,) if len(opened.sheets) > 1 else ()
        )

    def _new_entry(self) -> Entry:
        """Return what is known of a new source before its columns are chosen."""
        if self.what.value == "database":
            origin = self._database_entry()
            stem = PurePosixPath(origin["database"]["query"]).stem
        else:
            origin = {"file": self.what.value.removeprefix("file:")}
            stem = PurePosixPath(origin["file"]).name.split(".")[0]
        name = re.sub(r"[_-]+", " ", stem).strip().capitalize() or "New source"
        taken = {each.id for each in self.engagement.data_sources}
        first = slug_of(stem) or "source"
        id = next(each for each in (first, *(f"{first}-{n}" for n in range(2, 1000))) if each not in taken)
        zones = [each.timezone for each in self.engagement.data_sources]
        zone = max(sorted(set(zones)), key=zones.count) if zones else "UTC"
        return {"id": id, "name": name, "kind": "table", **origin, "timezone": zone}

    def saved(self, engagement: Engagement, id: str) -> None:
        """Go on with the client as it is now: the source is a declared one from here on."""
        self.engagement = engagement
        self.declared = next((each for each in engagement.data_sources if each.id == id), None)
        if self.declared is not None:
            self.base = declared_entry(engagement, self.declared)
            self._quiet.set(self.what, options=self._choices(), value=f"id:{id}")


def without_blanks(entry: dict[str, Any]) -> Entry:
    """Return an entry without the keys that say nothing."""
    return {key: value for key, value in entry.items() if value not in (None, "", [], {}, ())}
