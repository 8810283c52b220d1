"""A client's data from the file to its declaration: preview, parts of the columns, what would be lost, and saving."""

from __future__ import annotations

from collections.abc import Sequence

from ipywidgets import HTML, VBox

from workbook.engagement.load import Engagement
from workbook.engagement.proposal import Edit
from workbook.engagement.source_draft import Entry, edits_of, read_losses, source_of
from workbook.exhibits.live.frame import WIDE, Message, guarded, note
from workbook.exhibits.live.saving import Saving, Who
from workbook.exhibits.live.source_columns import ColumnChoice
from workbook.exhibits.live.source_fields import Discreet, button, heading, text
from workbook.exhibits.live.source_origin import Origin, without_blanks
from workbook.exhibits.live.source_reading import HowRead
from workbook.exhibits.live.source_tables import losses_html, preview_html
from workbook.methods.file_guess import OpenedFile, content_guesses
from workbook.methods.table_preview import TablePreview, preview_table
from workbook.methods.tables import connect
from workbook.phases.assess.measured import MEMORY_LIMIT, observed_until

_ORDER = (
    "id", "name", "kind", "file", "database", "encoding", "delimiter", "decimal", "thousands", "sheet", "missing",
    "timestamp_format", "timezone", "extracted", "columns", "rules",
)  # fmt: skip
_RULES_OF_KIND = {"event_log": {"closed_statuses"}, "case_table": {"start_activities", "end_activities"}}
"""Rules that a kind of table has no use for."""


def source(engagement: Engagement, what: str | None = None) -> SourceControl:
    """Return a control that shows a data source, proposes what its columns are, and declares it.

    `what` is the id of a declared source or a file below the client's folder such as "data/cases.csv"; without it the
    choice is made on the screen. A database is given by the name of an environment variable and a file with a query.
    """
    return SourceControl(engagement, what)


class SourceControl(VBox):
    """The steps from a source to its declaration; `entry` is the declaration as it stands on the screen."""

    rows_at_once = 300_000
    """Rows up to which the losses are worked out at each choice; beyond that at the press of a button."""

    def __init__(self, engagement: Engagement, what: str | None = None) -> None:
        self.preview: TablePreview | None = None
        self._opened: OpenedFile | None = None
        self._guesses: Sequence[str] = ()
        self._con = connect(MEMORY_LIMIT, directories=[engagement.folder])
        self.message, self.fault = Message(), Message()
        self._quiet = Discreet(self.message)
        self.seen, self.lost = HTML(layout=WIDE), HTML(layout=WIDE)
        self.columns = ColumnChoice(self._con, self._columns_changed)
        self.reading = HowRead(self._con, self._show_losses)
        self.work = button("Work out what is lost", "Reads all rows by the chosen columns")
        self.id = text("Id", "Short id, used wherever this source is meant")
        self.name = text("Name", "Name of the source in the deliverables")
        self.saving = Saving(engagement, self._edits, ask_who=False, on_saved=self._saved)
        self._steps = VBox(layout=WIDE)
        self._quiet.on(self.work, lambda _: self._work_out())
        for widget in (self.id, self.name):
            self._quiet.on_text(widget, lambda _: self.saving.reset())
        self.origin = Origin(engagement, self._con, self._read)
        super().__init__([self.origin, self._steps], layout=WIDE)
        if what is not None:
            self.origin.begin_with(what)

    def _read(self, opened: OpenedFile | None) -> None:
        """Look at a table that was read, and propose what its columns are; None takes everything off the screen."""
        self._opened, self.preview, self._steps.children = opened, None, ()
        self.saving.reset()
        if opened is None:
            return
        declared = self.origin.declared
        self.preview = preview_table(self._con, opened.info, declared.missing if declared else ())
        self._guesses = (*opened.guesses, *content_guesses(self.preview))
        base = self.origin.base
        self._quiet.set(self.id, value=base["id"], disabled=declared is not None)
        self._quiet.set(self.name, value=base["name"])
        self.reading.begin(self.preview, base, is_new=declared is None)
        self.columns.begin(self.preview, base if declared else None)
        self._steps.children = (
            self.seen,
            heading("What the columns are"), self.columns,
            heading("How it is to be read"), self.reading,
            heading("What would be lost"), self.work, self.fault, self.lost,
            heading("Declare it"), self.id, self.name, self.message, self.saving,
        )  # fmt: skip

    def _columns_changed(self) -> None:
        """Show the source without the values of people, what fits its columns, and what would be lost."""
        assert self.preview
        shown = self.preview.hiding(self.columns.people)
        self.seen.value = preview_html(shown, self._guesses)
        self.reading.offer(self.columns, shown)
        self._show_losses()

    def _show_losses(self) -> None:
        """Work out what is lost, of a large table only when asked."""
        assert self.preview
        self.saving.reset()
        is_large = self.preview.rows > self.rows_at_once
        self.work.layout.display = "" if is_large else "none"
        if is_large:
            self.lost.value = note("A large table: press the button to work out what would be lost.")
        else:
            self._work_out()

    def _work_out(self) -> None:
        self.lost.value = ""
        guarded(self._read_losses, self.fault)()

    def _read_losses(self) -> None:
        assert self.preview
        self.columns.check()
        if self.columns.kind.value == "table":
            self.lost.value = note("No row of a plain table is lost: it is read as it stands.")
        elif self.columns.lacking:
            self.lost.value = note(f"Choose a column for: {', '.join(self.columns.lacking)}.")
        else:
            # What it is called has no part in what is lost.
            source = source_of({**self.entry, "id": "draft", "name": "draft"})
            until = observed_until(source, self.saving.engagement.as_of)
            losses = read_losses(self._con, self.preview.relation, self.preview.rows, source, until)
            self.lost.value = losses_html(losses) if losses else ""

    @property
    def entry(self) -> Entry:
        """The declaration as it stands on the screen, in the order of the file."""
        base, kind = self.origin.base, self.columns.kind.value
        values = {**base, **self._written(), **self.reading.entry, "columns": dict(self.columns.chosen), "kind": kind}
        values |= {"id": self.id.value.strip(), "name": self.name.value.strip()}
        unused = _RULES_OF_KIND.get(kind, set())
        values["rules"] = {rule: value for rule, value in values["rules"].items() if rule not in unused}
        ordered = dict.fromkeys([*base, *_ORDER])
        return without_blanks({key: values.get(key) for key in ordered})

    def _written(self) -> Entry:
        """Return how the file is written, of a new one as far as that has to be declared."""
        if self.origin.declared is not None or self.preview is None or self._opened is None:
            return dict(self.origin.written)
        format = self._opened.declared
        decimal, thousands = self.preview.marks or (None, None)
        written = {"encoding": format.encoding, "delimiter": format.delimiter, "sheet": format.sheet}
        return {**written, "decimal": decimal if decimal != "." else None, "thousands": thousands}

    def _edits(self, _: Who) -> list[Edit]:
        if self.preview is None:
            raise ValueError("choose a source first")
        self.columns.check()
        if self.columns.lacking:
            raise ValueError(f"choose a column for: {', '.join(self.columns.lacking)}")
        return edits_of(self.saving.engagement, self.entry, self.origin.declared)

    def _saved(self, engagement: Engagement) -> None:
        self.origin.saved(engagement, self.id.value.strip())
        self._quiet.set(self.id, disabled=True)
