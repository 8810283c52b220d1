"""What the pilot has cost: budget by line against the time that has passed, and the days of joining the systems."""

from __future__ import annotations

from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.pilot.common import DASH, Finding, table_of, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure
from workbook.phases.pilot.resources import Effort, JoinedEffort, SpentLine
from workbook.phases.pilot.result import PilotResult


def finding_budget(result: PilotResult, write: Writer) -> Finding | None:
    """Say what was spent of the budget by how much of the time; None without a budget."""
    budget = result.budget
    if budget.agreed.value is None:
        return None
    if budget.spent.value is None:
        return write.finding("pilot_budget.unknown", agreed=write.value(budget.agreed)), "warn"
    is_over = budget.spent.value > budget.agreed.value
    return write.finding(f"pilot_budget.{_key(result)}", **_words(result, write)), "warn" if is_over else None


def _key(result: PilotResult) -> str:
    """Return which sentence fits: over or within the budget, or not all known, and whether the time is."""
    budget = result.budget
    if budget.unstated:
        return "partial"
    is_over = (budget.spent.value or 0.0) > (budget.agreed.value or 0.0)
    return ("over" if is_over else "within") + ("" if budget.elapsed.is_known else "_untimed")


def _words(result: PilotResult, write: Writer) -> dict[str, object]:
    budget = result.budget
    return {
        "n": len(budget.unstated),
        "agreed": write.value(budget.agreed),
        "spent": write.value(budget.spent),
        "share": "" if budget.share.value is None else write.formats.share(budget.share.value, "measured"),
        "elapsed": "" if budget.elapsed.value is None else write.formats.share(budget.elapsed.value, "measured"),
    }


def table_budget(result: PilotResult) -> Exhibit:
    """Return what was spent of each line of the budget, and in all against the time that has passed."""
    write, budget = writer_of(result), result.budget
    rows = [_line_row(each, write) for each in budget.lines]
    if budget.lines:
        strong = cell(write.text("pilot_budget.total"), strong=True, header=True)
        agreed, spent = (write.cell(each, strong=True) for each in (budget.agreed, budget.spent))
        rows.append([strong, agreed, spent, _share(budget.share, write)])
        rows.append([cell(write.text("pilot_budget.elapsed"), header=True), DASH, DASH, _share(budget.elapsed, write)])
    columns = write.columns(
        "pilot_budget", "line", "agreed", "spent", "share", right=("agreed", "spent", "share"), widths=(3.4, 1, 1, 0.9)
    )
    title = _budget_title(result, write)
    return table_of(write, "pilot-budget", title, columns, rows, write.from_parameters)


def _budget_title(result: PilotResult, write: Writer) -> str:
    budget = result.budget
    if budget.agreed.value is None:
        return write.text("pilot_budget.title_none")
    if budget.spent.value is None:
        return write.text("pilot_budget.title_unknown", agreed=write.value(budget.agreed))
    return write.text(f"pilot_budget.title_{_key(result)}", **_words(result, write))


def _line_row(each: SpentLine, write: Writer) -> list[Entry]:
    return [each.line.name, write.cell(each.agreed), write.cell(each.spent), _share(each.share, write)]


def _share(figure: Figure, write: Writer) -> Entry:
    """Return a share of what was agreed; more than all of it is marked."""
    if figure.value is None:
        return missing_cell(write.missing(figure))
    text = write.formats.share(figure.value, "measured", decimals=0)
    return cell(text, figure.value, write.mark(figure.evidence), tone="warn" if figure.value > 1 else None)


# --- effort ----------------------------------------------------------------------------------------------------------


def table_effort(result: PilotResult) -> Exhibit:
    """Return the person-days of joining each system against those of the business case."""
    write, effort = writer_of(result), result.effort
    rows = [_system_row(each, result, write) for each in effort.systems]
    rows += [_unstated_row(system, result, write) for system in effort.unstated]
    if effort.systems:
        strong = cell(write.text("pilot_effort.total"), strong=True, header=True)
        planned, days = (_days_cell(each, write) for each in (effort.planned, effort.days))
        rows.append([strong, planned, days, _share(effort.ratio, write)])
    columns = write.columns(
        "pilot_effort", "system", "planned", "days", "ratio", right=("planned", "days", "ratio"), widths=(3, 1, 1, 1)
    )
    notes = [_range_note(result, write)] if result.budget.integration_share.is_known else []
    return table_of(
        write, "pilot-effort", _effort_title(effort, write), columns, rows, write.from_computation, notes=notes
    )


def _effort_title(effort: Effort, write: Writer) -> str:
    if effort.days.value is None:
        return write.text("pilot_effort.title_none")
    if effort.ratio.value is None:
        return write.text("pilot_effort.title_unplanned", days=_days(effort.days, write))
    words = {"days": _days(effort.days, write), "planned": _days(effort.planned, write)}
    key = "over" if effort.ratio.value > 1 else "within"
    change = write.formats.share(abs(effort.ratio.value - 1), "measured", decimals=0)
    return write.text(f"pilot_effort.title_{key}", change=change, **words)


def _system_name(id: str, result: PilotResult) -> str:
    """Return the name of a system, or its id where the client does not describe it."""
    technology = result.engagement.technology
    return {system.id: system.name for system in technology.systems}.get(id, id) if technology else id


def _system_row(each: JoinedEffort, result: PilotResult, write: Writer) -> list[Entry]:
    unplanned = missing_cell(write.text("pilot_effort.not_planned"))
    planned: Entry = unplanned if each.planned is None else _days_cell(each.planned, write)
    return [
        _system_name(each.system, result),
        planned,
        _days_cell(each.days, write),
        DASH if each.ratio is None else _share(each.ratio, write),
    ]


def _unstated_row(system: str, result: PilotResult, write: Writer) -> list[Entry]:
    case = result.prioritized.cases[result.charter.charter.use_case] if result.charter.charter else None
    figure = case.inputs[f"{case.id}.integration.{system}"].figure if case else None
    planned: Entry = DASH if figure is None else _days_cell(figure, write)
    return [_system_name(system, result), planned, missing_cell(write.not_provided), DASH]


def _days(figure: Figure, write: Writer) -> str:
    return write.not_provided if figure.value is None else write.formats.number(figure.value, figure.evidence)


def _days_cell(figure: Figure, write: Writer) -> Entry:
    if figure.value is None:
        return missing_cell(write.missing(figure))
    return cell(_days(figure, write), figure.value, write.mark(figure.evidence))


def _range_note(result: PilotResult, write: Writer) -> str:
    expected = result.effort.expected
    return write.text(
        "pilot_effort.note_share",
        share=write.formats.share(result.budget.integration_share.value, "measured", decimals=0),
        low=write.formats.share(expected.low),
        high=write.formats.share(expected.high),
        support=write.framework.text("terms.support.none"),
    )
