"""The weights of Assess on sliders: ranking, acceptability and flip points move with them, and can be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from ipywidgets import HTML, BoundedFloatText, Button, Checkbox, FloatSlider, HBox, Layout, VBox

from workbook.engagement.load import Engagement
from workbook.engagement.proposal import Edit
from workbook.engagement.schema import Weighting
from workbook.exhibits import screen
from workbook.exhibits.assess.charts_candidates import (
    acceptability_shares,
    acceptability_words,
    ranking_bars,
    ranking_words,
)
from workbook.exhibits.assess.common import criterion_name, use_case_name, writer_of
from workbook.exhibits.assess.inputs import scale_in_words
from workbook.exhibits.assess.ranking import table_flip_points
from workbook.exhibits.charts_bars import RankedBars, draw_ranked_bars, update_chart_ranked_bars
from workbook.exhibits.charts_maps import draw_acceptability, update_chart_acceptability
from workbook.exhibits.live.frame import WIDE, Frame, Message, Quiet, guarded, note
from workbook.exhibits.live.saving import Saving, Who
from workbook.phases.assess.ranking import Ranking
from workbook.phases.assess.result import AssessResult
from workbook.phases.assess.what_if import OtherWeights, share_out, swing_points

SNAP = 0.5
"""How far at most a slider in whole points lies from the number it stands for."""

_EXPLAINED = (
    "Points say what a criterion's whole swing is worth, the largest swing having 100. A lock keeps a criterion's "
    "share of the total weight; the unlocked criteria share the rest in proportion to their points."
)


def weights(result: AssessResult) -> WeightsControl:
    """Return sliders for the weights of the criteria, with the ranking and how sure it is, and the panel to save."""
    return WeightsControl(result)


class CriterionRow(VBox):
    """One criterion: its points as a number and on a slider, its share of the weight, its lock, and what it swings.

    The number is what assistive technology names: the handle of the slider has no name of its own in this library.
    """

    def __init__(self, name: str, swing: str, scale: str) -> None:
        self.number = BoundedFloatText(
            min=0, max=100, step=1, description=name, tooltip=f"Points for {name}, 0 to 100",
            style={"description_width": "200px"}, layout=Layout(width="290px"),
        )  # fmt: skip
        self.slider = FloatSlider(
            min=0, max=100, step=1, readout=False, tooltip=f"Points for {name}, 0 to 100", layout=Layout(width="230px")
        )
        self.share = HTML(layout=Layout(width="84px"))
        self.lock = Checkbox(
            description=f"Lock {name}", indent=False, tooltip=f"Keep the share of {name}",
            layout=Layout(width="230px", margin="2px 2px 2px 20px"),
        )  # fmt: skip
        help_text = HTML(_help(swing, scale), layout=Layout(margin="0 0 2px 206px", max_width="700px"))
        super().__init__([HBox([self.number, self.slider, self.share, self.lock]), help_text], layout=WIDE)

    def place(self, points: float) -> None:
        """Put number and slider where the points are."""
        self.number.value = self.slider.value = round(min(points, 100.0), 1)

    def show(self, share: str) -> None:
        """Say which share of the weight the criterion has."""
        self.share.value = f'<div style="text-align:right;font-variant-numeric:tabular-nums">{escape(share)}</div>'


class WeightsControl(VBox):
    """The sliders, what they move, and the panel to save; `shown` is the result under the weights on the screen."""

    def __init__(self, result: AssessResult) -> None:
        self._begin(result)
        self._write = writer_of(result)
        self._others = OtherWeights(result)
        self.rows = {id: self._row(result, id) for id in result.ranking.weights.values}
        self.reset = Button(
            description="Reset to the weights in the file", tooltip="Also takes all locks off",
            layout=Layout(width="260px"),
        )  # fmt: skip
        self.message, self.changes, self.unranked = Message(), Message(), HTML(layout=WIDE)
        self._quiet = Quiet()
        self.shown = self._shown_at_first()
        self._bars, shares = ranking_bars(self.shown, self._write), acceptability_shares(self.shown, self._write)
        title, alt = ranking_words(self.shown, self._write)
        self.ranking = Frame(draw_ranked_bars, self._bars, title=title, alt=alt)
        title, alt = acceptability_words(self.shown, self._write)
        self.acceptability = Frame(draw_acceptability, shares, title=title, alt=alt)
        self.flip_points = HTML(layout=WIDE)
        self.saving = Saving(result.engagement, self._edits, on_saved=self._saved)
        self._show_rows()
        self._show_texts()
        self._listen()
        self.intro = HTML(self._intro(), layout=WIDE)
        super().__init__(
            [
                self.intro, *self.rows.values(), self.reset, self.message, self.ranking, self.changes, self.unranked,
                self.acceptability, self.flip_points, HTML(note("Save these weights", "strong")), self.saving,
            ],
            layout=WIDE,
        )  # fmt: skip

    # --- the weights -------------------------------------------------------------------------------------------------

    def _begin(self, result: AssessResult) -> None:
        """Start from a result: its weights are those of the file, and what has changed is told against it."""
        self._file = result
        self._locked: dict[str, float] = {}
        weighting, weights = result.assess.weighting, result.ranking.weights.values
        points = weighting.points if weighting and weighting.method == "swing" else swing_points(weights)
        self._start = {id: float(points[id]) for id in weights}
        self._raw = dict(self._start)
        self.points: Mapping[str, float] | None = dict(self._start)

    def _row(self, result: AssessResult, id: str) -> CriterionRow:
        swing, scale = result.framework.text(f"criteria.{id}.swing"), scale_in_words(result, self._write, id)
        return CriterionRow(criterion_name(result, id), swing, scale)

    def _shown_at_first(self) -> AssessResult:
        """Return the result of the file, or that of the points it would have: swing weights are drawn differently."""
        weighting = self._file.assess.weighting
        return self._file if weighting is None or weighting.method == "swing" else self._under(self._start)

    def _under(self, points: Mapping[str, float]) -> AssessResult:
        weighting = self._file.assess.weighting
        return self._others.under(Weighting(points=dict(points), spread=weighting.spread if weighting else None))

    def _intro(self) -> str:
        """Return what points and locks mean, and what saving does to weights that were asked in another way."""
        weighting = self._file.assess.weighting
        if weighting is None:
            return note(
                f"{_EXPLAINED} The file has no weights: these are the house's, and saving makes them the client's."
            )
        if weighting.method == "swing":
            return note(_EXPLAINED)
        asked = self._write.text(f"criteria.method_{weighting.method}")
        return note(
            f"{_EXPLAINED} The weights in the file come from {asked}; the points here are in proportion to them. "
            "Saving changes the method to swing, and the draws then go by the spread of each weight."
        )

    def _listen(self) -> None:
        for id, row in self.rows.items():
            self._quiet.on(row.number, self._changed(id, self._move))
            self._quiet.on(row.slider, self._slid(id))
            self._quiet.on(row.lock, self._changed(id, self._lock))
        self._quiet.on(self.reset, self._silent(lambda _: self._reset()))

    def _changed(self, id: str, step: Callable[[str, Any], Any]) -> Callable[[Any], None]:
        return self._silent(lambda change: step(id, change.new))

    def _slid(self, id: str) -> Callable[[Any], None]:
        """Return the callback of a slider: shown with a broken number it goes to the nearest whole one, no move."""
        moved = self._changed(id, self._move)

        def called(change: Any) -> None:
            if abs(change.new - self._raw[id]) > SNAP:
                moved(change)

        return called

    def _silent(self, step: Callable[[Any], Any]) -> Callable[[Any], None]:
        """Return a callback for what the user does; what the step itself moves calls nothing."""
        shown = guarded(step, self.message)

        def called(change: Any) -> None:
            with self._quiet.silence():
                shown(change)

        return called

    def _move(self, id: str, points: float) -> None:
        if id not in self._locked:
            self._raw[id] = points
        self._show()

    def _lock(self, id: str, is_locked: bool) -> None:
        """Lock a criterion at its present share, or take the lock off, which leaves all shares as they are."""
        shares = self.shown.ranking.weights.values
        if is_locked:
            self._locked[id] = shares[id]
        else:
            self._locked.pop(id, None)
            self._raw = swing_points(shares)
        self.rows[id].number.disabled = self.rows[id].slider.disabled = is_locked
        self._show()

    def _reset(self) -> None:
        self._raw, self._locked = dict(self._start), {}
        for row in self.rows.values():
            row.lock.value = row.number.disabled = row.slider.disabled = False
        self._show()

    # --- what moves --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show the result of the weights as they stand now; ValueError where they are none, all else staying."""
        self.saving.reset()
        self.points = None
        try:
            shares = share_out(self._raw, self._locked)
        except ValueError as error:
            self._place_rows()
            raise ValueError(f"{error}. Below stands the result of the last weights that can be computed") from None
        is_file = not self._locked and self._raw == self._start
        points = dict(self._start) if is_file else swing_points(shares)
        self.shown = self._shown_at_first() if is_file else self._under(points)
        self.points = points
        self._show_rows()
        self._show_ranking()
        self._show_texts()
        self._show_acceptability()
        if len(self._locked) >= len(self.rows) - 1 and len(self.rows) > 1:
            raise ValueError(self._stuck())

    def _stuck(self) -> str:
        free = [criterion_name(self._file, id) for id in self.rows if id not in self._locked]
        if not free:
            return "All criteria are locked: unlock two to move a weight"
        return f"All others are locked, so {free[0]} has what is left over: unlock another one to move it"

    def _place_rows(self) -> None:
        for id, row in self.rows.items():
            row.place(self._raw[id])

    def _show_rows(self) -> None:
        weights = self.shown.ranking.weights.values
        per_share = _points_per_share(self._raw, self._locked, weights)
        self._raw |= {id: weights[id] * per_share for id in self._locked}
        self._place_rows()
        for id, row in self.rows.items():
            # three digits, as for what is measured, show that a lock keeps a share
            row.show(self._write.formats.share(weights[id], "measured", decimals=1))

    def _show_ranking(self) -> None:
        before, self._bars = self._bars, ranking_bars(self.shown, self._write)
        title, alt = ranking_words(self.shown, self._write)
        if _labels(before) == _labels(self._bars):
            self.ranking.move(lambda artists: update_chart_ranked_bars(artists, self._bars), title, alt)
        else:
            # a score that is missing no longer counts, or counts again: another number of candidates is ranked
            self.ranking.redraw(self._bars, title, alt)

    def _show_acceptability(self) -> None:
        shares = acceptability_shares(self.shown, self._write)
        title, alt = acceptability_words(self.shown, self._write)
        self.acceptability.move(lambda artists: update_chart_acceptability(artists, shares), title, alt)

    def _show_texts(self) -> None:
        self.changes.say(changes_in_words(self._file, self.shown))
        self.unranked.value = note(unranked_in_words(self.shown))
        self.flip_points.value = screen.html(table_flip_points(self.shown).bundle())

    # --- saving ------------------------------------------------------------------------------------------------------

    def _edits(self, who: Who) -> Iterable[Edit]:
        """Return what saving writes: the points as computed with, and who set them."""
        if self.points is None:
            raise ValueError("these points are no weights yet: see the message above the ranking")
        there = self.saving.engagement.assess
        before = there.weighting if there else None
        if before is not None and before.matrix:
            raise ValueError("first delete weighting.matrix in assess.yaml, which would contradict the points")
        value = {"method": "swing", "points": dict(self.points), "by": who.by, "date": who.date}
        # an order that is left beside the points would contradict them
        return [Edit("assess.yaml", ("weighting",), value | ({"order": []} if before and before.order else {}))]

    def _saved(self, engagement: Engagement) -> None:
        """Take the weights on the screen for those of the file from here on."""
        assert engagement.assess is not None and engagement.assess.weighting is not None
        self._begin(self._others.under(engagement.assess.weighting))
        self.intro.value = self._intro()
        self._silent(lambda _: self._reset())(None)


def changes_in_words(before: AssessResult, now: AssessResult) -> str:
    """Return the order of the candidates, and the rank that each had with the weights in the file."""
    ranked = now.ranking.ranked
    if not ranked:
        return "No candidate is ranked."
    old = {row.candidate.id: before.ranking[row.candidate.id].rank for row in ranked}
    if all(row.rank == old[row.candidate.id] for row in ranked):
        places = ", ".join(f"{row.rank}. {use_case_name(now, row.candidate.id)}" for row in ranked)
        return f"Every rank is as with the weights in the file: {places}."
    said = []
    for row in ranked:
        rank = old[row.candidate.id]
        was = "as before" if rank == row.rank else f"before {'not ranked' if rank is None else rank}"
        said.append(f"{row.rank}. {use_case_name(now, row.candidate.id)} ({was})")
    return f"Ranks, and before with the weights in the file: {', '.join(said)}."


def unranked_in_words(result: AssessResult) -> str:
    """Return which candidates have no rank under these weights, and why."""
    ranking = result.ranking
    missing = [_with_missing(result, ranking, row.candidate.id) for row in ranking.candidates
               if row.rank is None and not row.candidate.vetoes]  # fmt: skip
    vetoed = [use_case_name(result, row.candidate.id) for row in ranking.candidates if row.candidate.vetoes]
    said = [f"Not ranked, since a score that counts is not known: {'; '.join(missing)}."] if missing else []
    said += [f"Vetoed, whatever the weights: {'; '.join(vetoed)}."] if vetoed else []
    return " ".join(said)


def _with_missing(result: AssessResult, ranking: Ranking, id: str) -> str:
    candidate, weights = ranking[id].candidate, ranking.weights.values
    names = [criterion_name(result, criterion) for criterion in candidate.missing if weights[criterion] > 0]
    return f"{use_case_name(result, id)} ({', '.join(names)})"


def _help(swing: str, scale: str) -> str:
    """Return what a criterion swings between, with what its scale means to be opened below it."""
    summary = f"<summary>{note(f'Swing {swing}', 'span')}</summary>"
    return f'<details style="line-height:1.3">{summary}{note(scale)}</details>'


def _labels(bars: RankedBars) -> list[str]:
    return sorted(bar.label for bar in bars.bars)


def _points_per_share(points: Mapping[str, float], locked: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return how many points one share of the weight has on the sliders, 100 for the largest where all are locked."""
    free = sum(value for id, value in points.items() if id not in locked)
    rest = sum(weight for id, weight in weights.items() if id not in locked)
    return free / rest if free and rest else 100.0 / max(weights.values())
