"""Checking the Pilot phase: days in order, nothing said twice, and what the data are declared to hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from workbook.engagement.faults import Fault, Path, listed
from workbook.engagement.load import Engagement
from workbook.engagement.schema_charter import SuccessCriterion
from workbook.engagement.schema_pilot import Pilot


def pilot_faults(engagement: Engagement) -> Iterator[Fault]:
    """Yield what the pilot reports in contradiction, and what its data do not hold although it is declared."""
    pilot = engagement.pilot
    if pilot is None:
        return
    yield from _day_faults(engagement, pilot)
    yield from _repeated_faults(engagement)
    yield from _contradiction_faults(engagement, pilot)
    yield from _panel_faults(engagement, pilot)
    yield from _criterion_faults(engagement, pilot)
    if any(source.read_from for source in engagement.data_sources):
        # Imported here because DuckDB takes longer to load than all parameters take to check.
        from workbook.engagement.check_pilot_data import data_faults

        yield from data_faults(engagement, pilot)


def _note(fault: Fault) -> Fault:
    return replace(fault, is_note=True)


# --- days ------------------------------------------------------------------------------------------------------------


def _day_faults(engagement: Engagement, pilot: Pilot) -> Iterator[Fault]:
    are_crossed = pilot.started is not None and pilot.ended is not None and pilot.ended < pilot.started
    if are_crossed:
        found, allowed = f"{pilot.ended}, before the first day", f"a day from {pilot.started} on"
        yield engagement.fault(("pilot", "ended"), found, allowed, "correct one of the two days")
    for key, date in (("looks", "date"), ("versions", "first")):
        # The positions are those in the file, where nothing has been left out that is dated later.
        entries = engagement.documents["pilot"].data.get(key) or ()
        days = [dt.date.fromisoformat(entry[date]) for entry in entries]
        for position, day in enumerate(days):
            place: Path = ("pilot", key, position, date)
            if position and day <= days[position - 1]:
                allowed, remedy = f"a day after {days[position - 1]}", f"put the {key} in the order of their days"
                yield engagement.fault(place, f"{day}", allowed, remedy)
            if key == "looks" and pilot.started and not are_crossed and day < pilot.started:
                found, remedy = f"a look on {day}, before the first day", "correct the day, or started"
                yield engagement.fault(place, found, f"a day from {pilot.started} on", remedy)
            if key == "versions" and pilot.ended and not are_crossed and day > pilot.ended:
                found, remedy = f"{day}, after the last day", "delete the version, or correct the day or ended"
                yield engagement.fault(place, found, f"a day up to {pilot.ended}", remedy)


# --- said twice ------------------------------------------------------------------------------------------------------


def _repeated_faults(engagement: Engagement) -> Iterator[Fault]:
    """Yield a second amount for one budget line, and second person-days for one system: both count up to today."""
    for key, name in (("spent", "line"), ("effort", "system")):
        entries = [entry[name] for entry in engagement.documents["pilot"].data.get(key) or ()]
        for position, entry in enumerate(entries):
            if entry in entries[:position]:
                line = engagement.line_of(("pilot", key, entries.index(entry)))
                found, allowed = f"a second entry for {entry}; the first is at {line}", f"one for each {name}"
                yield engagement.fault(("pilot", key, position), found, allowed, "write the sum of the two")


def _contradiction_faults(engagement: Engagement, pilot: Pilot) -> Iterator[Fault]:
    """Yield what is declared although the data say it."""
    cases = pilot.cases
    for key, data in (("cases", cases), ("counts", pilot.counts)):
        if pilot.utilisation is not None and data is not None and data.used is not None:
            found, remedy = f"utilisation beside {key}.used", "delete one of the two"
            yield engagement.fault(("pilot", "utilisation"), found, "one of the two", remedy)
    if pilot.production_share is not None and cases is not None and cases.production is not None:
        found, remedy = "production_share beside cases.production", "delete one of the two"
        yield engagement.fault(("pilot", "production_share"), found, "one of the two", remedy)
    for mode in pilot.failure_modes:
        if mode.cases is not None and cases is not None and cases.failure is not None:
            found, remedy = "a number beside cases.failure, which counts them", "delete it, or delete cases.failure"
            yield engagement.fault(("pilot", "failure_modes", mode.id, "cases"), found, "one of the two", remedy)
    if pilot.acceptance is not None:
        for position, column in enumerate(pilot.acceptance.answers):
            if column in pilot.acceptance.answers[:position]:
                place = ("pilot", "acceptance", "answers", position)
                yield engagement.fault(place, f"{column} a second time", "ten columns", "name the column it should be")


def _panel_faults(engagement: Engagement, pilot: Pilot) -> Iterator[Fault]:
    """Yield a panel that does not say when which unit began: by a column with units, by one day without."""
    panel = pilot.panel
    if panel is None:
        return
    needed, refused = ("begins", ("begin", "control")) if panel.unit else ("begin", ("begins",))
    kind = "several units" if panel.unit else "one series"
    if getattr(panel, needed) is None:
        remedy = f"add {needed}, or {'delete' if panel.unit else 'add'} unit"
        yield engagement.fault(("pilot", "panel"), f"{kind} without {needed}", f"{needed} beside it", remedy)
        return
    for key in refused:
        if getattr(panel, key) is not None:
            remedy = f"delete {key}, or {'delete' if panel.unit else 'add'} unit"
            yield engagement.fault(("pilot", "panel", key), f"{key} for {kind}", needed, remedy)


# --- the charter -----------------------------------------------------------------------------------------------------


def _criterion_faults(engagement: Engagement, pilot: Pilot) -> Iterator[Fault]:
    """Yield counts of what is no share, and a deciding criterion of which no data are named."""
    criteria = charter_criteria(engagement)
    if not criteria:
        found, allowed = "a pilot without a charter", "criteria of a charter in prioritize.yaml"
        yield _note(engagement.fault(("pilot",), found, allowed, "add the charter, or nothing can be judged"))
        return
    counts = pilot.counts.counts if pilot.counts else {}
    shares = [id for id, criterion in criteria.items() if criterion.kind == "proportion"]
    for id in counts:
        if id in criteria and id not in shares:
            place, found = ("pilot", "counts", "counts", id), f"counts of {id}, which is a {criteria[id].kind}"
            remedy = "give its data for each case, or as a panel"
            yield engagement.fault(place, found, f"criteria that are a proportion: {listed(shares)}", remedy)
    primary = next((id for id, criterion in criteria.items() if criterion.role == "primary"), None)
    key = "cases" if pilot.cases else "counts"
    columns = pilot.cases.outcomes if pilot.cases else pilot.counts.counts if pilot.counts else None
    if columns is not None and primary not in columns and pilot.panel is None:
        found, remedy = f"no column for {primary}, which decides", "name the column that holds it"
        yield _note(engagement.fault(("pilot", key), found, f"a column for {primary}", remedy))


def charter_criteria(engagement: Engagement) -> dict[str, SuccessCriterion]:
    """Return the criteria of the charter by their id; none without a charter."""
    charter = engagement.prioritize.charter if engagement.prioritize else None
    return {criterion.id: criterion for criterion in charter.criteria} if charter else {}
