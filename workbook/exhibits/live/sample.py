"""The sample of the pilot on levers: cases needed, weeks and the chance of GO move with them, and can be saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ipywidgets import HTML, Button, Dropdown, Layout, Text, VBox, Widget

from workbook.engagement.faults import FaultsError
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.load import Engagement
from workbook.engagement.proposal import Edit
from workbook.engagement.schema_charter import Design
from workbook.exhibits import screen
from workbook.exhibits.charts_lines import Lines, draw_lines, update_chart_lines
from workbook.exhibits.exhibit import Column
from workbook.exhibits.live.frame import WIDE, Frame, Message, Quiet, guarded, note
from workbook.exhibits.live.lever import SHARE, Basis, Bounds, Lever, beside, refused, stale
from workbook.exhibits.live.levers import FILE
from workbook.exhibits.live.saving import Saving, Who
from workbook.exhibits.prioritize.charter import level_of
from workbook.exhibits.prioritize.common import DASH, table_of, writer_of
from workbook.exhibits.prioritize.sample import chance_words, chances, limit_words, table_looks, table_sample
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.prioritize.charter import PilotCharter
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.what_if import document_of, sample_under

CHARTER = ("charter",)
DESIGN = ("charter", "design")
WEEKS = (*DESIGN, "looks", "weeks")
BOUNDARY = (*DESIGN, "looks", "boundary")
IN_SCOPE = (*DESIGN, "in_scope")

PLAIN: dict[str, tuple[str, Bounds, str]] = {
    "power": ("Chance of GO if the plan comes true (power)", (0.5, 0.99), "share; the sample needed reaches it"),
    "alpha": (
        "Chance to see an effect where there is none (alpha)",
        (0.0, 0.2),
        "share; two-sided, all looks together",
    ),
    "allocation": ("Share of the cases in the pilot arm", SHARE, "share; half is most efficient"),
    "sample_per_arm": ("Cases planned per arm", (2.0, None), "cases, the mean of both arms"),
}
"""Numbers of the design that were decided: name, what the slider reaches, and what they mean."""

MOST_CASES = 1_000_000_000
"""Cases per arm beyond which the chances of every count no longer fit in memory."""

_FIELD: dict[str, Any] = {"style": {"description_width": "130px"}, "layout": Layout(width="auto")}

BOUNDARIES = (
    ("one look, no boundary", None),
    ("Lan-DeMets spending", "lan_demets"),
    ("O'Brien-Fleming", "obrien_fleming"),
    ("Pocock", "pocock"),
)


def sample(result: PrioritizeResult) -> Widget:
    """Return levers for the sample of the pilot, what they move, and the panel to save; or what is missing."""
    charter = result.charter
    if charter is None or charter.charter.design is None:
        return VBox([HTML(note(_nothing_to_move(charter)), layout=WIDE)], layout=WIDE)
    return SampleControl(result, charter, charter.charter.design)


def _nothing_to_move(charter: PilotCharter | None) -> str:
    lacking = "a charter" if charter is None else "charter.design, how the comparison is made"
    return f"No sample can be planned yet: {FILE} has no {lacking.removeprefix('a ')}. Add it, then run this again."


class SampleControl(VBox):
    """The levers of the sample; `shown` is the result with the charter on the screen."""

    def __init__(self, result: PrioritizeResult, charter: PilotCharter, design: Design) -> None:
        self._file = self.shown = result
        self._write = writer_of(result)
        self.message, self.status = Message(), Message()
        self.levers: dict[str, Lever] = {}
        self._fill(charter, design)
        self.weeks = Text(
            value=_listed(design.looks.weeks), description="Weeks of the looks", continuous_update=False,
            tooltip="Weeks after the first case, the last one included, such as 4, 8", **_FIELD,
        )  # fmt: skip
        self.boundary = Dropdown(
            index=_place(design.looks.boundary), options=BOUNDARIES, description="Boundary",
            tooltip="By which the error is shared among the looks", **_FIELD,
        )  # fmt: skip
        self._quiet, self._guarded_move = Quiet(), guarded(self._move, self.message)
        for widget in (self.weeks, self.boundary):
            self._quiet.on(widget, lambda _: self._guarded_move())
        self.reset = Button(
            description="Reset to the file", tooltip="Puts everything back", layout=Layout(width="220px")
        )
        self.reset.on_click(lambda _: self._reset())
        self.table, self.looks = HTML(layout=WIDE), HTML(layout=WIDE)
        self.curve: Frame[Lines, Any] | None = None
        self._drawn: tuple[Any, ...] = ()
        self._charts = VBox(layout=WIDE)
        self.basis = Basis(lambda: self.saving.reset())
        self.saving = Saving(result.engagement, self._edits, on_saved=self._saved)
        self._show()
        super().__init__(
            [
                HTML(note(" ".join(self._intro())), layout=WIDE),
                beside(
                    [*self.levers.values(), self.weeks, self.boundary, self.reset],
                    [self.message, self.status, self._charts],
                ),
                self.table, self.looks, HTML(note(_BASIS), layout=WIDE), self.basis, self.saving,
            ],
            layout=WIDE,
        )  # fmt: skip

    # --- the levers --------------------------------------------------------------------------------------------------

    def _fill(self, charter: PilotCharter, design: Design) -> None:
        """Make a lever for each number of the sample that the charter states."""
        primary = charter.primary
        for key in ("planned", "worthwhile"):
            figure = getattr(primary, key) if primary else None
            if primary is not None and figure is not None and figure.is_known:
                path = (*CHARTER, "criteria", primary.id, key)
                bounds = SHARE if figure.unit == "share" else (0.0, None)
                about = self._level_in_words(figure, primary.baseline)
                word = {"planned": "planned", "worthwhile": "just worthwhile"}[key]
                self._add(key, path, f"Level {word}: {primary.criterion.name}", figure.value, bounds, about)
        for key, (name, bounds, about) in PLAIN.items():
            self._add(key, (*DESIGN, key), name, getattr(design, key), bounds, about)
        if design.in_scope is not None:
            scope = design.in_scope
            about = f"share; {_stated(scope.evidence, scope.source)}"
            if scope.evidence == "measured":
                about += ". It was measured: moved here it shows what another scope would bring, and is not saved."
            self._add("in_scope", IN_SCOPE, "Share of the process in scope", scope.value, SHARE, about)

    def _add(
        self,
        key: str,
        path: KeyPath,
        name: str,
        value: float | None,
        bounds: Bounds,
        about: str,
    ) -> None:
        if value is not None:
            self.levers[key] = Lever(
                path, name, {"value": float(value)}, bounds, number=len(self.levers) + 1, about=about,
                on_move=lambda: self._guarded_move(),
            )  # fmt: skip

    def _level_in_words(self, level: Figure, baseline: Figure) -> str:
        unit = "share from 0 to 1" if level.unit == "share" else level.unit
        today = f"; today {level_of(baseline, self._write)}" if baseline.is_known else "; today's level is not provided"
        return f"{unit}; {level_of(level, self._write)} in the file{today}; {_stated(level.evidence, level.source)}"

    def _intro(self) -> list[str]:
        said = ["Each move is computed as the charter is; nothing is written before you save."]
        charter, gate = self._file.charter, self._file.engagement.client.gates.prioritize
        lacking = [name for key, name in _WANTED.items() if key not in self.levers]
        if lacking:
            said.append(f"Not stated, and so not moved: {', '.join(lacking)}.")
        if charter is not None and charter.sample.reason is not None:
            said.append(f"The sample needed cannot be computed: {self._write.reason(charter.sample.reason)}.")
        if gate is not None and gate.decision == "approved":
            said.append("The gate has approved this charter: what is saved here counts as a changed goalpost.")
        return said

    def _changes(self) -> dict[KeyPath, Any]:
        """Return what was moved. Raises ValueError for weeks that are none, and for more cases than can be counted."""
        changes: dict[KeyPath, Any] = {}
        for lever in self.levers.values():
            if lever.is_moved:
                value = lever.numbers["value"]
                if lever.path[-1] == "sample_per_arm" and value > MOST_CASES:
                    raise ValueError(f"a sample has at most {MOST_CASES:,} cases per arm here")
                plain = int(value) if value.is_integer() and lever.path[-1] == "sample_per_arm" else value
                changes[lever.path] = plain if lever.path[-1] in PLAIN else {"value": value}
        design = self._design
        weeks, boundary = _weeks(self.weeks.value), self.boundary.value
        if weeks != list(design.looks.weeks):
            changes[WEEKS] = weeks
        if boundary != design.looks.boundary:
            changes[BOUNDARY] = boundary
        return changes

    @property
    def _design(self) -> Design:
        charter = self._file.prioritize.charter
        assert charter is not None and charter.design is not None
        return charter.design

    # --- what moves --------------------------------------------------------------------------------------------------

    def _move(self) -> None:
        """Show the sample with the levers as they stand; ValueError where they contradict, all else staying."""
        self.saving.reset()
        try:
            self.shown = sample_under(self._file, self._changes())
        except FaultsError as error:
            names = {lever.path: lever.name for lever in self.levers.values()}
            names |= {WEEKS: "Weeks of the looks", (*DESIGN, "looks"): "Looks"}
            raise ValueError(refused(error.faults, names, document_of(self._file.engagement))) from None
        self._show()

    def _reset(self) -> None:
        for lever in self.levers.values():
            lever.reset()
        self._quiet.set(self.weeks, value=_listed(self._design.looks.weeks))
        self._quiet.set(self.boundary, index=_place(self._design.looks.boundary))
        self._guarded_move()

    def _show(self) -> None:
        table = table_sample(self.shown)
        before = {row[0]: row[1] for row in table_sample(self._file).data["rows"]}
        columns = [Column("item", "Quantity", width=1.7), Column("before", "In the file", "right"),
                   Column("now", "Now", "right"), Column("meaning", "What it says", width=2.6)]  # fmt: skip
        rows = [[item, before.get(item, DASH), now, meaning] for item, now, meaning in table.data["rows"]]
        notes = table.data.get("notes") or ()
        shown = table_of(self._write, "sample", table.title, columns, rows, table.source, caption=table.caption,
                         notes=notes)  # fmt: skip
        self.table.value = screen.html(shown.bundle())
        looks = table_looks(self.shown)
        self.looks.value = screen.html(looks.bundle()) if looks else ""
        self._show_curve()
        self.status.say(" ".join(_in_words(self.shown, table.title, self._write)))

    def _show_curve(self) -> None:
        """Move the curve; with other levels, and so another axis, it is drawn anew in the same place."""
        lines = chances(self.shown)
        if lines is None:
            self.curve, self._charts.children = None, ()
            return
        title, alt = chance_words(self.shown, lines)
        frame = (lines.x_ends, lines.levels, lines.columns)
        if self.curve is None:
            self.curve = Frame(draw_lines, lines, title=title, alt=alt)
            self._charts.children = (self.curve,)
        elif frame == self._drawn:
            self.curve.move(lambda artists: update_chart_lines(artists, lines), title, alt)
        else:
            self.curve.redraw(lines, title, alt)
        self._drawn = frame

    # --- saving ------------------------------------------------------------------------------------------------------

    def _edits(self, who: Who) -> Iterable[Edit]:
        """Return what saving writes: the numbers moved, with what a level now rests on."""
        changes = self._changes()
        if not changes:
            raise ValueError("nothing was moved: there is nothing to save")
        scope = self._design.in_scope
        if IN_SCOPE in changes and scope is not None and scope.evidence == "measured":
            raise ValueError(
                "the share in scope was measured, and is not saved from here: put it back, or measure another scope "
                f"and enter it in {FILE}"
            )
        basis = self.basis.stated(who) if any(isinstance(value, dict) for value in changes.values()) else {}
        return [
            Edit(FILE, path, value | basis if isinstance(value, dict) else value) for path, value in changes.items()
        ]

    def _saved(self, engagement: Engagement) -> None:
        """Take what is on the screen for what the file says from here on."""
        if told := stale(self._file.engagement, engagement, FILE):
            self.message.warn(told)
        self._file = self.shown = sample_under(replace(self._file, engagement=engagement), {})
        for lever in self.levers.values():
            lever.keep()
        self._show()


_WANTED = {"planned": "the level planned", "worthwhile": "the level just worthwhile",
           "sample_per_arm": "cases planned per arm", "in_scope": "the share in scope"}  # fmt: skip

_BASIS = (
    "A level is saved with what it rests on. Power, error, looks, allocation and the size of the sample are decisions: "
    "the file records them without a source, and the gate who has approved them."
)


def _in_words(result: PrioritizeResult, title: str, write: Writer) -> list[str]:
    """Return whether the sample is enough and arrives in time, what holds it back, and whether the looks fit."""
    charter = result.charter
    said = [f"{title}."]
    if charter is None:
        return said
    if limit := limit_words(charter, write):
        said.append(f"What drives it most: {limit}.")
    last, weeks = charter.sample.weeks_observed.value, charter.timeline.weeks.value
    if last is not None and weeks is not None:
        fits = "within" if last <= weeks else "after the end of"
        said.append(f"The last look, week {last:g} after the first case, lies {fits} the {weeks:g} weeks of the pilot.")
    return said


def _stated(evidence: str | None, source: str | None) -> str:
    return f"{evidence or 'evidence not stated'}{f', {source}' if source else ''}"


def _place(boundary: str | None) -> int:
    """Return the place of a boundary in the list; by its value alone the library would show a blank for none."""
    return [value for _, value in BOUNDARIES].index(boundary)


def _listed(weeks: Iterable[int]) -> str:
    return ", ".join(str(week) for week in weeks)


def _weeks(text: str) -> list[int]:
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise ValueError("give the weeks of the looks as whole numbers, such as 4, 8")
    return [int(part) for part in parts]
