"""Checking the Pilot Charter: about the use case that was chosen, complete enough to be held to, within its weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from workbook.engagement.faults import Fault, Path, listed
from workbook.engagement.load import Engagement
from workbook.engagement.schema_charter import Charter, SuccessCriterion
from workbook.engagement.schema_prioritize import Prioritize
from workbook.framework import load_framework

_CHARTER = ("prioritize", "charter")

# A point ends a sentence where a word of some length stands before it and a capital after it; "1. March" is a day.
_SENTENCE_END = re.compile(r"""(?P<word>[\w.,%)\]"']+)[.!?]["')]*\s+(?=["'(]?[^\W\d_a-z])""")
_NO_END = re.compile(r"\d{1,2}|approx|incl|excl|resp|[\w.]{0,2}[^\W\d]")


def charter_faults(engagement: Engagement, phase: Prioritize) -> Iterator[Fault]:
    """Yield what keeps a charter from being held to: it is about the choice, its metric is one sentence, and so on."""
    charter, is_approved = phase.charter, _is_approved(engagement)
    if charter is None:
        if is_approved:
            found, remedy = "an approval without a charter", "write what was approved under charter in prioritize.yaml"
            fault = engagement.fault(("client", "gates", "prioritize"), found, "a charter in prioritize.yaml", remedy)
            yield replace(fault, is_note=True)
        return
    if phase.choice is not None and charter.use_case != phase.choice.use_case:
        found, remedy = f"a charter for {charter.use_case}", "correct the choice or the charter"
        allowed = f"a charter for the choice, {phase.choice.use_case}"
        yield engagement.fault((*_CHARTER, "use_case"), found, allowed, remedy)
    yield from _metric_faults(engagement, charter)
    yield from _criteria_faults(engagement, charter, is_approved)
    yield from _week_faults(engagement, charter)
    yield from _length_notes(engagement, charter)


def _is_approved(engagement: Engagement) -> bool:
    gate = engagement.client.gates.prioritize
    return gate is not None and gate.decision == "approved"


def _metric_faults(engagement: Engagement, charter: Charter) -> Iterator[Fault]:
    allowed = "one sentence, from today's level to the goal"
    if charter.metric is None or not charter.metric.strip():
        remedy = "add metric: the one business metric that the pilot is to move"
        yield engagement.fault(_CHARTER, "no metric", allowed, remedy)
    elif (number := _sentences(charter.metric)) > 1:
        yield engagement.fault((*_CHARTER, "metric"), f"{number} sentences", allowed, "keep the one that decides")


def _sentences(text: str) -> int:
    words = [match["word"].lower() for match in _SENTENCE_END.finditer(text)]
    return 1 + sum(not _NO_END.fullmatch(word) for word in words)


# --- criteria --------------------------------------------------------------------------------------------------------


def _criteria_faults(engagement: Engagement, charter: Charter, is_approved: bool) -> Iterator[Fault]:
    for criterion in charter.criteria:
        place = (*_CHARTER, "criteria", criterion.id)
        if criterion.worthwhile is not None and criterion.planned is None:
            found, remedy = "worthwhile without planned", "add planned: the level that the plan expects"
            yield engagement.fault((*place, "worthwhile"), found, "planned beside it", remedy)
        if criterion.role == "primary":
            yield from _improvement_faults(engagement, place, criterion)
            yield from _primary_faults(engagement, place, criterion, is_approved)
    if is_approved and not charter.criteria:
        found, remedy = "an approved charter without criteria", "add the criteria that were approved"
        yield engagement.fault(_CHARTER, found, "one primary criterion at least", remedy)


def _improvement_faults(engagement: Engagement, place: Path, criterion: SuccessCriterion) -> Iterator[Fault]:
    """Yield levels that would be no improvement on today's."""
    if criterion.baseline is None:
        return
    today, sign = criterion.baseline.value, 1 if criterion.better == "higher" else -1
    for key in ("planned", "worthwhile"):
        level = getattr(criterion, key)
        if level is not None and sign * (level.value - today) <= 0:
            found = f"{level.value:g}, no improvement on {today:g} today where {criterion.better} is better"
            allowed = f"a level {'above' if sign > 0 else 'below'} {today:g}"
            yield engagement.fault((*place, key), found, allowed, "correct the level, the baseline or better")


def _primary_faults(
    engagement: Engagement, place: Path, criterion: SuccessCriterion, is_approved: bool
) -> Iterator[Fault]:
    """Yield what the criterion that decides lacks: a fault once it is approved, to be noted before."""
    levels = {
        "baseline": criterion.baseline_figure or criterion.baseline,
        "planned": criterion.planned,
        "worthwhile": criterion.worthwhile,
    }
    # Without planned, worthwhile is refused already.
    absent = [key for key, level in levels.items() if level is None]
    if absent:
        found, allowed = f"no {listed(absent)}", "baseline (or baseline_figure), planned and worthwhile"
        remedy = f"add {listed(absent)}: without them no result can be told from none"
        yield replace(engagement.fault(place, found, allowed, remedy), is_note=not is_approved)


# --- weeks -----------------------------------------------------------------------------------------------------------


def _week_faults(engagement: Engagement, charter: Charter) -> Iterator[Fault]:
    """Yield milestones, people and looks beyond the last week of the pilot, and a last gate before the last look."""
    if charter.weeks is None:
        return
    for place, week in _weeks(charter):
        if week > charter.weeks:
            remedy = "correct the week, or weeks of the charter"
            found, allowed = f"week {week} of a pilot of {charter.weeks} weeks", f"weeks up to {charter.weeks}"
            yield engagement.fault((*_CHARTER, *place), found, allowed, remedy)
    gates = [milestone for milestone in charter.milestones if milestone.is_gate]
    last_gate = max(gates, key=lambda gate: gate.week, default=None)
    if last_gate is not None and charter.design is not None and last_gate.week < charter.design.looks.weeks[-1]:
        look = charter.design.looks.weeks[-1]
        found, remedy = f"the last gate in week {last_gate.week}", "move the gate, or add the one that decides"
        allowed = f"a gate in week {look} or later, after the last look"
        fault = engagement.fault((*_CHARTER, "milestones", last_gate.id, "week"), found, allowed, remedy)
        yield replace(fault, is_note=True)


def _weeks(charter: Charter) -> Iterator[tuple[Path, int]]:
    """Yield each week that the charter plans, with its place below the charter."""
    yield from ((("milestones", milestone.id, "week"), milestone.week) for milestone in charter.milestones)
    yield from ((("team", position, "last_week"), each.last_week) for position, each in enumerate(charter.team))
    if charter.design is not None:
        weeks = enumerate(charter.design.looks.weeks)
        yield from ((("design", "looks", "weeks", position), week) for position, week in weeks)


def _length_notes(engagement: Engagement, charter: Charter) -> Iterator[Fault]:
    """Yield a pilot that is shorter than the framework has it, and does not say what is cut."""
    least = load_framework(engagement.client.language).phases["pilot"].parameters["weeks_minimum"].value
    if charter.weeks is not None and least is not None and charter.weeks < least and charter.shortened is None:
        found, allowed = f"{charter.weeks} weeks", f"{least:g} weeks, or shortened: what is cut"
        fault = engagement.fault((*_CHARTER, "weeks"), found, allowed, "add shortened, in a sentence")
        yield replace(fault, is_note=True)
