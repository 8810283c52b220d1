"""The choice of the pilot: why this candidate, what speaks for the others, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import (
    LONGEST_NAME,
    in_unit,
    input_name,
    level_on_axes,
    names_of,
    ordered,
    said,
)
from workbook.exhibits.prioritize.common import table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.scoring import Flip, FlipPoint
from workbook.phases.figures import Figure
from workbook.phases.prioritize.result import PrioritizeResult

MOST_SWITCHES = 3
"""Inputs named as what would change the choice."""


def table_choice(result: PrioritizeResult) -> Exhibit:
    """Return the choice in questions and answers."""
    write, id = writer_of(result), _chosen(result)
    rows: list[list[Entry]] = [[write.text("choice.rows.proposed"), _proposed(result, write)]]
    if id is not None:
        rows += [
            [write.text("choice.rows.why"), _why(result, write)],
            [write.text("choice.rows.speaks", name=use_case_name(result, id)), _speaks(result, id, write)],
        ]
        rows += [
            [write.text("choice.rows.speaks", name=use_case_name(result, other)), _against(result, id, other, write)]
            for other in ordered(result)
            if other != id
        ]
    rows.append([write.text("choice.rows.dominance"), _dominance(result, write)])
    rows.append([write.text("choice.rows.change"), _change(result, id, write)])
    rows.append([write.text("choice.rows.capacity"), _capacity(result, write)])
    return table_of(
        write, "choice", _title(result, id, write),
        write.columns("choice", "question", "answer", widths=(1, 3)), rows, write.from_computation,
    )  # fmt: skip


def _chosen(result: PrioritizeResult) -> str | None:
    """Return the candidate proposed, None while there is none or nobody has looked into it."""
    return result.chosen if result.chosen in result.cases else None


def _title(result: PrioritizeResult, id: str | None, write: Writer) -> str:
    """Return who is proposed, and whether value and axes say the same."""
    if id is None:
        if result.chosen is not None:
            return write.text("choice.title_without_case", name=use_case_name(result, result.chosen))
        return write.text("choice.title_none")
    comparison, name = result.comparison, use_case_name(result, id)
    if len(result.cases) == 1:
        return write.text("choice.title_only", name=name)
    if not comparison.by_npv or not comparison.order:
        return write.text("choice.title_unknown", name=name)
    level = level_on_axes(result)
    is_worth_most, is_ahead = comparison.by_npv[0] == id, id in level
    axes = "leads" if level == [id] else "shares" if is_ahead else "follows"
    title = write.text(
        "choice.title" if is_worth_most == is_ahead else "choice.title_but",
        name=name,
        value=write.text(f"choice.value.{'most' if is_worth_most else 'less'}"),
        axes=write.text(f"choice.axes.{axes}"),
    )
    return title + (write.text("choice.title_overlap") if comparison.overlapping else "")


def _proposed(result: PrioritizeResult, write: Writer) -> Entry:
    choice = result.prioritize.choice
    if choice is None:
        return missing_cell(write.not_provided)
    name = use_case_name(result, choice.use_case)
    who = write.person(choice.by) if choice.by else write.text("choice.nobody")
    if choice.date is None:
        return cell(write.text("choice.proposed", name=name, by=who), strong=True)
    return cell(write.text("choice.proposed_on", name=name, by=who, date=write.formats.date(choice.date)), strong=True)


def _why(result: PrioritizeResult, write: Writer) -> Entry:
    choice = result.prioritize.choice
    return choice.reason if choice else missing_cell(write.not_provided)


# --- what speaks for whom --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Measure:
    """Something the candidates are compared by; `sign` is -1 where less is better."""

    key: str
    figure_of: Callable[[PrioritizeResult, str], Figure | None]
    sign: float = 1.0


def _simulated(name: str) -> Callable[[PrioritizeResult, str], Figure | None]:
    def figure_of(result: PrioritizeResult, id: str) -> Figure | None:
        found = result.uncertainty[id].simulated
        figure: Figure | None = getattr(found, name) if found else None
        return figure

    return figure_of


_MEASURES = (
    _Measure("npv", lambda result, id: result.values[id].npv),
    _Measure("npv_cashable", lambda result, id: result.values[id].npv_cashable),
    _Measure("p10", _simulated("p10")),
    _Measure("loss", _simulated("loss"), -1.0),
    _Measure("one_off", lambda result, id: result.values[id].one_off, -1.0),
    _Measure("payback", lambda result, id: result.values[id].payback, -1.0),
    _Measure("time_to_value", lambda result, id: result.values[id].time_to_value.months, -1.0),
    _Measure("impact", lambda result, id: result.axes[id].impact),
    _Measure("feasibility", lambda result, id: result.axes[id].feasibility),
    _Measure("alignment", lambda result, id: result.axes[id].alignment),
)


def _shown(measure: _Measure, figure: Figure, write: Writer) -> str:
    """Return a figure as the tables show it, so that no difference is claimed that nobody can see."""
    if figure.unit.startswith("score"):
        return write.formats.number(figure.value, figure.evidence)
    return write.whole_share(figure.value or 0.0) if measure.key == "loss" else said(figure, write)


def _better(result: PrioritizeResult, id: str, other: str, write: Writer) -> Iterator[tuple[_Measure, str, str]]:
    """Yield by what a candidate is better than another one, with both figures as shown."""
    for measure in _MEASURES:
        one, two = measure.figure_of(result, id), measure.figure_of(result, other)
        if one is None or two is None or one.value is None or two.value is None:
            continue
        shown = _shown(measure, one, write), _shown(measure, two, write)
        if measure.sign * one.value > measure.sign * two.value and shown[0] != shown[1]:
            yield measure, *shown


def _speaks(result: PrioritizeResult, id: str, write: Writer) -> Entry:
    """Return by what the candidate proposed is better than each other one."""
    others = [other for other in ordered(result) if other != id]
    if not others:
        return write.text("choice.no_other")
    best = [{measure.key for measure, _, _ in _better(result, id, other, write)} for other in others]
    keys = [measure.key for measure in _MEASURES if all(measure.key in found for found in best)]
    if not keys:
        return write.text("choice.best_in_nothing")
    return write.text("choice.best_in", measures=write.names([_named(key, write) for key in keys], longest=len(keys)))


def _named(key: str, write: Writer) -> str:
    return write.text(f"choice.measures.{key}")


def _against(result: PrioritizeResult, id: str, other: str, write: Writer) -> Entry:
    """Return by what another candidate is better than the one proposed."""
    parts = [
        write.text("choice.better", measure=_named(measure.key, write), own=own, chosen=chosen)
        for measure, own, chosen in _better(result, other, id, write)
    ]
    if parts:
        return write.text("choice.ahead", parts="; ".join(parts))
    known = result.values[other].npv.is_known and result.values[id].npv.is_known
    return write.text("choice.nothing" if known else "choice.nothing_known")


def _dominance(result: PrioritizeResult, write: Writer) -> Entry:
    """Return who is beaten by whom on every axis."""
    order, found = result.comparison.order, result.comparison.dominance
    if len(order) < 2:
        return missing_cell(write.text("choice.not_compared"))
    parts = [
        write.text(
            "choice.dominated",
            name=use_case_name(result, id),
            others=names_of(result, [order[row] for row in range(len(order)) if found[row, column]], write),
        )
        for column, id in enumerate(order)
        if found[:, column].any()
    ]
    return "; ".join(parts) or write.text("choice.none_dominated")


# --- what would change it --------------------------------------------------------------------------------------------


def _change(result: PrioritizeResult, id: str | None, write: Writer) -> Entry:
    parts = [*_weight_changes(result, write), *(_input_changes(result, id, write) if id else [])]
    if result.comparison.overlapping:
        names = names_of(result, result.comparison.overlapping, write)
        best = use_case_name(result, result.comparison.by_npv[0])
        parts.append(write.text("choice.overlap", best=best, names=names))
    return " ".join(parts) or missing_cell(write.text("choice.change_unknown"))


def _weight_changes(result: PrioritizeResult, write: Writer) -> Iterator[str]:
    """Yield the smallest move of the weight of one axis that would put another candidate first."""
    comparison = result.comparison
    if len(comparison.order) < 2:
        return
    flips = [(point, flip) for point in comparison.flip_points for flip in (point.down, point.up) if flip]
    nearest: tuple[FlipPoint, Flip] | None = min(
        flips, key=lambda pair: abs(pair[1].weight - pair[0].weight), default=None
    )
    if nearest is None:
        yield write.text("choice.no_weight")
        return
    point, flip = nearest
    axis = write.framework.text(f"axes.{list(comparison.weights)[point.criterion]}.name").lower()
    yield write.text(
        "choice.weight",
        axis=axis,
        flip=write.formats.share(flip.weight, decimals=1, evidence="measured"),
        weight=write.formats.share(point.weight, decimals=1, evidence="measured"),
        names=names_of(result, [comparison.order[row] for row in flip.leaders], write),
    )


def _input_changes(result: PrioritizeResult, id: str, write: Writer) -> Iterator[str]:
    """Yield the level of the inputs that move the value most at which nothing of it is left."""
    found, case = result.uncertainty[id].sensitivity, result.cases[id]
    for bar in found.tornado.bars[:MOST_SWITCHES] if found else ():
        switch = found.switching[bar.input] if found else None
        if switch is None or switch.value is None:
            continue
        figure = case.inputs[bar.input].figure
        yield write.text(
            "choice.input",
            input=input_name(bar.input, case, result, write, LONGEST_NAME),
            level=in_unit(switch.value, figure, write),
            likely=said(figure, write),
        )


def _capacity(result: PrioritizeResult, write: Writer) -> Cell:
    """Return whether the organisation can staff the pilots that the gate commits to."""
    capacity = result.comparison.capacity
    tones = {"enough": "good", "too_few": "bad", "unknown": "none"}
    words = {
        "staffed": write.value(capacity.pilots_at_once),
        "committed": write.value(capacity.committed),
    }
    text = write.text(f"choice.capacity.{capacity.verdict}", **words)
    figure = capacity.pilots_at_once
    mark = write.mark(figure.evidence) if figure.is_known else None
    return cell(text, value=figure.value, mark=mark, tone=tones[capacity.verdict])
