"""The inputs of a business case on levers: value, S-curve and tornado move with them, and can be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ipywidgets import HTML, Button, Dropdown, Layout, VBox, Widget

from workbook.engagement.faults import FaultsError
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.load import Engagement
from workbook.engagement.proposal import Edit
from workbook.exhibits import screen
from workbook.exhibits.charts_lines import Lines, draw_lines, update_chart_lines
from workbook.exhibits.charts_tornado import Swings, draw_swings, update_chart_swings
from workbook.exhibits.live.case_figures import before_and_now, table_before_and_now, told
from workbook.exhibits.live.frame import WIDE, Frame, Message, guarded, note
from workbook.exhibits.live.lever import FIELD, SHARE, Basis, Lever, beside, refused, stale
from workbook.exhibits.live.saving import Saving, Who
from workbook.exhibits.prioritize.candidates import (
    LONGEST_NAME,
    focus,
    input_name,
    missing_notes,
    ordered,
)
from workbook.exhibits.prioritize.common import PHASE, use_case_name, writer_of
from workbook.exhibits.prioritize.sensitivity import tornado_of, tornado_words
from workbook.exhibits.prioritize.uncertainty import s_curve_words, s_curves
from workbook.phases.figures import Figure
from workbook.phases.prioritize.cases import Input
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.what_if import CaseWhatIf, document_of

FILE = f"{PHASE}.yaml"

FIRST = 5
"""Levers shown at first: the inputs that move the value most."""

RATE = ("finance", "discount_rate")

Scale = tuple[float, float]


def levers(result: PrioritizeResult) -> Widget:
    """Return levers for the inputs of a candidate, what they move, and the panel to save; or what is missing."""
    return LeversControl(result)


class LeversControl(VBox):
    """A choice of candidate, and the levers of the one chosen; those without a value are told with what they lack."""

    def __init__(self, result: PrioritizeResult) -> None:
        self._result = result
        valued = [id for id in ordered(result) if result.values[id].npv.is_known]
        self._panels: dict[str, CaseLevers] = {}
        self.body = VBox(layout=WIDE)
        self.candidate = Dropdown(
            description="Candidate", options=[(use_case_name(result, id), id) for id in valued],
            tooltip="Whose inputs are moved", **FIELD,
        )  # fmt: skip
        if not valued:
            super().__init__([HTML(note(_nothing_to_move(result)), layout=WIDE)], layout=WIDE)
            return
        first = focus(result)
        self.candidate.value = first if first in valued else valued[0]
        self.candidate.observe(lambda _: self._show(), "value")
        lacking = missing_notes(result, writer_of(result))
        super().__init__([self.candidate, *(HTML(note(each), layout=WIDE) for each in lacking), self.body], layout=WIDE)
        self._show()

    @property
    def panel(self) -> CaseLevers:
        """The levers of the candidate chosen."""
        id = self.candidate.value
        if id not in self._panels:
            self._panels[id] = CaseLevers(self._result, id, self._saved)
        return self._panels[id]

    def _show(self) -> None:
        self.body.children = (self.panel,)

    def _saved(self, result: PrioritizeResult) -> None:
        """Let the other candidates begin anew from the file as it is now."""
        self._result = result
        self._panels = {self.candidate.value: self.panel}


class CaseLevers(VBox):
    """The levers of one candidate; `shown` is the result with the inputs on the screen."""

    def __init__(self, result: PrioritizeResult, id: str, on_saved: Callable[[PrioritizeResult], Any]) -> None:
        self.id, self._file, self.shown, self._on_saved = id, result, result, on_saved
        self._write = writer_of(result)
        self._what_if = CaseWhatIf(result, id)
        self.message, self.status = Message(), Message()
        self._guarded_move = guarded(self._move, self.message)
        movable, kept = _inputs(result, id)
        self._paths = {each.name: each.path for each in movable}
        by_swing = [each for each in movable if each.name in _swings(result, id)]
        self._movable = {each.name: each for each in movable}
        self.levers: dict[str, Lever] = {}
        self._rows = VBox(layout=Layout(width="auto"))
        self.another = Dropdown(
            description="Another input",
            tooltip="Adds a lever for it",
            style={"description_width": "110px"},
            layout=Layout(width="auto"),
        )
        for each in by_swing[:FIRST]:
            self._add(each.name)
        self._offer()
        self.another.observe(self._from_another, "value")
        self.reset = Button(
            description="Reset to the file", tooltip="Puts every lever back", layout=Layout(width="220px")
        )
        self.reset.on_click(lambda _: self._reset())
        self.table = HTML(layout=WIDE)
        self.s_curve, self.tornado = self._frames()
        self.basis = Basis(lambda: self.saving.reset())
        self.saving = Saving(result.engagement, self._edits, on_saved=self._saved)
        self._tell()
        charts = [frame for frame in (self.s_curve, self.tornado) if frame is not None]
        super().__init__(
            [
                *self._intro(by_swing, kept),
                beside([self._rows, self.another, self.reset], [self.message, self.status, *charts]),
                self.table, self.basis, self.saving,
            ],
            layout=WIDE,
        )  # fmt: skip

    # --- the levers --------------------------------------------------------------------------------------------------

    def _intro(self, by_swing: Sequence[Input], kept: Sequence[str]) -> list[HTML]:
        """Return what the levers are, and which inputs have none."""
        said = ["Each move is computed as the report is, with the same draws; nothing is written before you save."]
        if not by_swing:
            said.append("No input that can be moved here has a range, so none is ranked: choose one below.")
        if self._file.finance is not None and self._file.finance.risk == "haircut":
            said.append("Risk is shown by a haircut, so there are no draws and no S-curve.")
        if kept:
            said.append(f"Measured, and therefore not moved: {'; '.join(kept)}.")
        return [HTML(note(" ".join(said)), layout=WIDE)]

    def _add(self, name: str) -> None:
        each = self._movable[name]
        self.levers[name] = Lever(
            each.path, self._name(each, LONGEST_NAME), _numbers(each.figure), each.bounds, number=len(self.levers) + 1,
            about=self._about(each), on_move=lambda: self._guarded_move(),
        )  # fmt: skip
        self._rows.children = tuple(self.levers.values())

    def _offer(self) -> None:
        """Offer the inputs that have no lever yet."""
        left = [(self._name(each), name) for name, each in self._movable.items() if name not in self.levers]
        self.another.options = [("choose an input to add", None), *left]
        self.another.index = 0

    def _from_another(self, change: Any) -> None:
        if change["new"] is not None:
            self._add(change["new"])
            self._offer()

    def _name(self, each: Input, longest: int | None = None) -> str:
        if each.path == RATE:
            return "Discount rate of all candidates, a year"
        name = input_name(each.name, self._file.cases[self.id], self._file, self._write, longest)
        return f"{name} (of all candidates)" if each.path[0] == "finance" else name

    def _about(self, each: Input) -> str:
        """Return unit, evidence and source of an input, and with which inputs the draws tie it."""
        figure = each.figure
        unit = "share from 0 to 1" if figure.unit == "share" else figure.unit.replace("/", " per ")
        evidence = self._file.framework.text(f"evidence.{figure.evidence or 'not_stated'}.name")
        about = f"{unit}; {evidence} ({self._write.mark(figure.evidence)}); {figure.source}"
        tied = [name for pair in self._ties() if each.name in pair for name in pair if name != each.name]
        if not tied:
            return about
        case = self._file.cases[self.id]
        names = [input_name(name, case, self._file, self._write, LONGEST_NAME) for name in tied if name in case.inputs]
        return f"{about}. Drawn together with: {'; '.join(names)}, whose own estimate stays." if names else about

    def _ties(self) -> list[tuple[str, str]]:
        finance = self._file.finance
        return [each.between for each in finance.correlations] if finance else []

    def _changes(self) -> dict[KeyPath, dict[str, float]]:
        return {lever.path: lever.numbers for lever in self.levers.values() if lever.is_moved}

    # --- what moves --------------------------------------------------------------------------------------------------

    def _move(self) -> None:
        """Show the case with the levers as they stand; ValueError where they contradict, all else staying."""
        self.saving.reset()
        try:
            self.shown = self._what_if.under(self._changes())
        except FaultsError as error:
            names = {lever.path: lever.name for lever in self.levers.values()}
            raise ValueError(refused(error.faults, names, document_of(self._file.engagement))) from None
        self._show()
        self._tell()

    def _reset(self) -> None:
        for lever in self.levers.values():
            lever.reset()
        self._scales = self._scales_of(self._file)
        self._guarded_move()

    def _frames(self) -> tuple[Frame[Lines, Any] | None, Frame[Swings, Any] | None]:
        """Return the charts as they begin; None for one that there is nothing to show in."""
        self._scales = self._drawn = self._scales_of(self.shown)
        curve = tornado = None
        if "s_curve" in self._scales:
            title, alt = s_curve_words(self.shown)
            curve = Frame(draw_lines, self._lines(), title=title, alt=alt)
        if "tornado" in self._scales:
            title, alt = tornado_words(self.shown, self.id)
            tornado = Frame(draw_swings, self._swings(), title=title, alt=alt)
        return curve, tornado

    def _lines(self) -> Lines:
        return replace(s_curves(self.shown), x_ends=self._scales["s_curve"])

    def _swings(self) -> Swings:
        return replace(tornado_of(self.shown, id=self.id), ends=self._scales["tornado"])

    def _scales_of(self, result: PrioritizeResult, margin: float = 0.1) -> dict[str, Scale]:
        """Return what the scales take in: what the charts show of a result, and room for moves on both sides."""
        shown = {"s_curve": _xs(s_curves(result)), "tornado": _outcomes(tornado_of(result, id=self.id))}
        return {name: _ends(values, margin) for name, values in shown.items() if values}

    def _show(self) -> None:
        """Move both charts; one whose scale does not take in what it shows is drawn anew with a wider one."""
        for name, (low, high) in self._scales_of(self.shown, 0.0).items():
            ends = self._scales[name]
            if low < ends[0] or high > ends[1]:
                self._scales = self._scales | {name: _ends([low, high, *ends], 0.1)}
        is_as_drawn = {name: ends == self._drawn[name] for name, ends in self._scales.items()}
        self._drawn = self._scales
        if self.s_curve is not None:
            lines, (title, alt) = self._lines(), s_curve_words(self.shown)
            if is_as_drawn["s_curve"]:
                self.s_curve.move(lambda artists: update_chart_lines(artists, lines), title, alt)
            else:
                self.s_curve.redraw(lines, title, alt)
        if self.tornado is not None:
            swings, (title, alt) = self._swings(), tornado_words(self.shown, self.id)
            if is_as_drawn["tornado"]:
                self.tornado.move(lambda artists: update_chart_swings(artists, swings), title, alt)
            else:
                self.tornado.redraw(swings, title, alt)

    def _tell(self) -> None:
        """Write the table of before and now, and what has come about in a sentence."""
        rows = before_and_now(self._file, self.shown, self.id)
        title = f"{use_case_name(self._file, self.id)}, with the levers as they stand"
        self.table.value = screen.html(table_before_and_now(self._write, title, rows).bundle())
        moved = [lever.name for lever in self.levers.values() if lever.is_moved]
        self.status.say(f"Moved: {'; '.join(moved)}. {told(rows)}" if moved else "Every lever stands as in the file.")

    # --- saving ------------------------------------------------------------------------------------------------------

    def _edits(self, who: Who) -> Iterable[Edit]:
        """Return what saving writes: the numbers moved, with what they now rest on."""
        changes = self._changes()
        if not changes:
            raise ValueError("no lever was moved: there is nothing to save")
        basis = self.basis.stated(who)
        return [Edit(FILE, path, numbers | basis) for path, numbers in changes.items()]

    def _saved(self, engagement: Engagement) -> None:
        """Take what is on the screen for what the file says from here on."""
        if others := stale(self._file.engagement, engagement, FILE):
            self.message.warn(others)
        self._file = replace(self._file, engagement=engagement)
        self._file = self.shown = CaseWhatIf(self._file, self.id).under({})
        self._what_if = CaseWhatIf(self._file, self.id)
        for lever in self.levers.values():
            lever.keep()
        self._tell()
        self._on_saved(self._file)


def _nothing_to_move(result: PrioritizeResult) -> str:
    """Return why no candidate has levers."""
    write = writer_of(result)
    missing = missing_notes(result, write)
    if result.finance is None:
        missing.insert(0, write.text("candidates.no_finance"))
    reason = " ".join(missing) or "There is no candidate in prioritize.yaml yet."
    return f"No candidate has a value that could be moved. {reason} Add what is missing, then run the notebook again."


def _inputs(result: PrioritizeResult, id: str) -> tuple[list[Input], list[str]]:
    """Return the inputs of a candidate that can be moved, and the names of those that were measured.

    What Assess has found is not in prioritize.yaml, and what was measured is not a matter of choice.
    """
    case, write, order = result.cases[id], writer_of(result), _swings(result, id)
    known = [each for each in case.inputs.values() if each.figure.is_known]
    if result.finance is not None:
        rate = result.finance.discount_rate
        figure = Figure(
            "finance.discount_rate", rate.value, "share/year", evidence=rate.evidence,
            source=result.engagement.line_of((PHASE, *RATE)),
        )  # fmt: skip
        known.append(Input("finance.discount_rate", figure, SHARE, RATE))
    movable = [each for each in known if each.path and each.figure.evidence != "measured"]
    kept = [input_name(each.name, case, result, write, LONGEST_NAME) for each in known if each not in movable]
    return sorted(movable, key=lambda each: order.get(each.name, len(order))), kept


def _swings(result: PrioritizeResult, id: str) -> dict[str, int]:
    """Return the place of each input in the tornado."""
    found = result.uncertainty[id].sensitivity
    return {bar.input: place for place, bar in enumerate(found.tornado.bars)} if found else {}


def _numbers(figure: Figure) -> dict[str, float]:
    value = figure.value or 0.0
    if figure.low is None or figure.high is None:
        return {"value": value}
    return {"low": figure.low, "likely": value, "high": figure.high}


def _xs(lines: Lines) -> list[float]:
    return [x for line in lines.lines for x, _ in (*line.points, *line.marks)]


def _outcomes(swings: Swings) -> list[float]:
    ends = [end for swing in swings.swings for end in (swing.at_low, swing.at_high)]
    return [*ends, swings.base or 0.0] if ends else []


def _ends(values: Sequence[float], margin: float) -> Scale:
    room = margin * (max(values) - min(values))
    return min(values) - room, max(values) + room
