"""How a data source is to be read: times, words for "not known", and which activities or statuses end a case."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any

import duckdb
from ipywidgets import HTML, VBox

from workbook.engagement.check_contents import values_of
from workbook.engagement.source_draft import Entry
from workbook.exhibits.live.frame import WIDE, Message, note
from workbook.exhibits.live.source_columns import ColumnChoice
from workbook.exhibits.live.source_fields import BESIDE, Discreet, combobox, day, several, text
from workbook.methods.column_words import Role
from workbook.methods.personal_values import personal_kind
from workbook.methods.records import Reading
from workbook.methods.table_preview import TablePreview

_MOST_VALUES = 100
_MOST_DISTINCT = 1_000


class HowRead(VBox):
    """The part of a declaration that says how cells are read; `on_change` is called after each change."""

    def __init__(self, con: duckdb.DuckDBPyConnection, on_change: Callable[[], None]) -> None:
        self._con = con
        self._base: Entry = {}
        self.message = Message()
        self._quiet = Discreet(self.message)
        self.format = combobox(
            "Times are written as", "Codes such as %d.%m.%Y %H:%M; empty for ISO 8601",
            placeholder="empty: 2026-05-31 14:05 (ISO 8601)",
        )  # fmt: skip
        self._format_note = HTML(layout=BESIDE)
        zones = tuple(sorted(zoneinfo.available_timezones()))
        self.zone = combobox("Time zone", "Of times without an offset, such as Europe/Berlin", options=zones)
        self.extracted = day("Day of the extract", "Open cases are counted up to it")
        self.missing = text("Words for “not known”", "Separated by commas, such as ?, n/a")
        self.starts = several("Activities that begin a case", "None: every case is taken to begin in the log")
        self.ends = several("Activities that end a case", "Without them nobody knows which cases are open")
        self.closed = several("Statuses of closed cases", "None: a case with a closing time is closed")
        self._offers: tuple[tuple[Any, Role, str], ...] = (
            (self.starts, "activity", "start_activities"),
            (self.ends, "activity", "end_activities"),
            (self.closed, "status", "closed_statuses"),
        )
        fields = (self.format, self.zone, self.extracted, self.missing, self.starts, self.ends, self.closed)
        super().__init__([self.format, self._format_note, *fields[1:], self.message], layout=WIDE)
        texts = (self.format, self.zone, self.missing)
        for widget in fields:
            listen = self._quiet.on_text if widget in texts else self._quiet.on
            listen(widget, lambda _: on_change())

    def begin(self, preview: TablePreview, base: Entry, is_new: bool) -> None:
        """Show what an entry says; of a new one, what the content suggests."""
        self._base, self._is_new, self._preview = base, is_new, preview
        words = preview.missing if is_new else base.get("missing") or ()
        self._missing_before = ", ".join(word for word in words if word)
        extracted = base.get("extracted")
        self._quiet.set(self.missing, value=self._missing_before)
        self._quiet.set(self.zone, value=base.get("timezone", ""))
        self._quiet.set(self.extracted, value=dt.date.fromisoformat(str(extracted)) if extracted else None)
        self._quiet.set(self.format, value=base.get("timestamp_format", ""))
        for widget, _, _ in self._offers:
            self._quiet.set(widget, value=(), options=())

    def offer(self, columns: ColumnChoice, shown: TablePreview) -> None:
        """Offer what fits the chosen columns; `shown` is the preview, in which people are hidden."""
        self._offer_formats(columns.times)
        for widget, role, rule in self._offers:
            name = columns.chosen.get(role)
            values = self._values(name, shown) if name else []
            chosen = widget.value or (self._base.get("rules") or {}).get(rule, ())
            self._quiet.set(widget, options=values, value=tuple(each for each in chosen if each in values))
            widget.layout.display = "" if values else "none"

    def _offer_formats(self, times: list[str]) -> None:
        """Offer the ways of writing that fit the times; only one that is certain is filled in."""
        formats = self._preview.common_formats(times)
        decided = self._preview.common_formats()
        # A day above 12 in any column of the file tells days from months in all of them.
        fitting = decided if len(decided) == 1 and decided[0] in formats else formats
        self._quiet.set(self.format, options=fitting)
        if self._is_new and (not self.format.value or self.format.value not in fitting):
            self._quiet.set(self.format, value=fitting[0] if len(fitting) == 1 else "")
        ways = " or ".join(fitting)
        self._format_note.value = note(
            f"Ambiguous: {ways} fit alike, since no day above 12 tells days from months. Ask, then choose."
            if len(fitting) > 1
            else f"All times fit {ways}." if fitting else ""
        )  # fmt: skip

    def _values(self, column: str, shown: TablePreview) -> list[str]:
        """Return the values of a column, the most frequent first; none where they may name people."""
        if shown[column].hidden or shown[column].distinct > _MOST_DISTINCT:
            return []
        types = {each.name: each.type for each in shown.columns}
        reading = Reading(shown.relation, types, tuple(self._words), None, "UTC")
        values = values_of(self._con, reading, column)
        # the preview has judged by a sample of the rows
        is_personal = shown[column].kind == "text" and personal_kind(values)
        return [] if is_personal else values[:_MOST_VALUES]

    @property
    def _words(self) -> list[str]:
        if self.missing.value == self._missing_before and not self._is_new:
            return list(self._base.get("missing") or ())
        return [word.strip() for word in self.missing.value.split(",") if word.strip()]

    @property
    def entry(self) -> Entry:
        """The keys of the declaration that say how the source is read."""
        rules = dict(self._base.get("rules") or {})
        for widget, _, rule in self._offers:
            if widget.options:
                rules[rule] = list(widget.value)
        return {
            "missing": self._words,
            "timestamp_format": self.format.value.strip(),
            "timezone": self.zone.value.strip(),
            "extracted": self.extracted.value.isoformat() if self.extracted.value else None,
            "rules": {rule: value for rule, value in rules.items() if value},
        }
