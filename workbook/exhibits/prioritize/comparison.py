"""The candidates on one page: what each is worth, how surely and how soon, and how it scores."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import (
    bare,
    conventions,
    entry,
    missing_notes,
    names_of,
    not_simulated,
    ordered,
    row_of,
    said,
    side_by_side,
    why_not,
    yearly_of,
)
from workbook.exhibits.prioritize.common import share_of_draws, table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.choice import AXES
from workbook.phases.prioritize.result import PrioritizeResult


def table_candidates(result: PrioritizeResult) -> Exhibit:
    """Return the candidates side by side: value, risk, time, axes and risks that nobody answers for."""
    write, ids = writer_of(result), ordered(result)
    columns, orientation = side_by_side(result, "candidates", write)
    rows = [*_money(result, ids, write), *_time(result, ids, write), *_scores(result, ids, write)]
    return table_of(
        write,
        "candidates",
        _title(result, write),
        columns,
        rows if ids else [],
        write.from_computation,
        caption=write.text("candidates.caption", conventions=conventions(result, write)),
        notes=[*missing_notes(result, write), *_guide_note(result, write)],
        orientation=orientation,
    )


def _title(result: PrioritizeResult, write: Writer) -> str:
    """Return who is worth most, how surely, or why nobody knows."""
    ids, valued = ordered(result), result.comparison.by_npv
    if not valued:
        return write.text("candidates.title_unvalued", n=len(ids))
    best, npv = valued[0], result.values[valued[0]].npv
    tied = [id for id in valued if said(result.values[id].npv, write) == said(npv, write)]
    others = result.comparison.overlapping
    words: dict[str, object] = {
        "name": use_case_name(result, best),
        "value": said(npv, write),
        "years": result.finance.years if result.finance else 0,
    }
    if (npv.value or 0.0) < 0:
        key = "title_loss"
    elif len(valued) == 1:
        key = "title_only" if len(ids) == 1 else "title_alone"
    elif len(tied) > 1:
        key, words["names"] = "title_tied", names_of(result, tied, write)
    elif others:
        key, words["others"] = "title_overlap", names_of(result, others, write)
    else:
        key = "title_clear" if result.uncertainty[best].simulated else "title"
    missing = len(ids) - len(valued)
    end = write.text("candidates.title_partial", n=missing) if missing and len(valued) > 1 else ""
    return write.text(f"candidates.{key}", **words) + end


def _money(result: PrioritizeResult, ids: Sequence[str], write: Writer) -> list[list[Entry]]:
    values, found = result.values, result.uncertainty

    def label(key: str) -> str:
        return write.text(f"candidates.rows.{key}")

    rows = [
        row_of(label("cashable"), ids, lambda id: yearly_of(result, id, "cashable", write)),
        row_of(label("capacity"), ids, lambda id: yearly_of(result, id, "capacity", write)),
        row_of(label("one_off"), ids, lambda id: entry(values[id].one_off, write)),
        row_of(label("npv"), ids, lambda id: entry(values[id].npv, write, strong=True)),
    ]
    if result.finance is not None and result.finance.risk == "haircut":
        rows.append(row_of(label("adjusted"), ids, lambda id: _adjusted(result, id, write)))
        return rows
    rows.append(row_of(label("range"), ids, lambda id: _range(result, id, write)))
    rows.append(row_of(label("loss"), ids, lambda id: _share(result, id, "loss", write)))
    if any(each.simulated and each.simulated.below_hurdle for each in found.values()):
        rows.append(row_of(label("below_hurdle"), ids, lambda id: _share(result, id, "below_hurdle", write)))
    if result.comparison.highest_share:
        shares = result.comparison.highest_share
        rows.append(row_of(label("highest"), ids, lambda id: share_of_draws(shares.get(id), write)))
    return rows


def _adjusted(result: PrioritizeResult, id: str, write: Writer) -> Cell:
    adjusted = result.uncertainty[id].adjusted
    return entry(adjusted.npv if adjusted else result.values[id].npv, write)


def _range(result: PrioritizeResult, id: str, write: Writer) -> Cell:
    """Return the range from P10 to P90, or why there is none."""
    simulated = result.uncertainty[id].simulated
    if simulated is None or simulated.p10.value is None or simulated.p90.value is None:
        return missing_cell(not_simulated(result, id, write))
    evidence = simulated.p10.evidence
    text = write.formats.interval(simulated.p10.value, simulated.p90.value, "money", evidence)
    return cell(text, mark=write.mark(evidence))


def _share(result: PrioritizeResult, id: str, name: str, write: Writer) -> str | Cell:
    """Return a share of the draws of a candidate by its name."""
    simulated = result.uncertainty[id].simulated
    if simulated is None:
        return missing_cell(not_simulated(result, id, write))
    return share_of_draws(getattr(simulated, name), write)


def _time(result: PrioritizeResult, ids: Sequence[str], write: Writer) -> list[list[Entry]]:
    values, tones = result.values, {"later": "warn", "within": "good", "earlier": "good"}

    def months(id: str) -> Cell:
        found = values[id].time_to_value
        if found.months.value is None:
            return missing_cell(why_not(found.months, write))
        return entry(found.months, write, tone=tones.get(found.verdict or ""))

    return [
        row_of(write.text("candidates.rows.payback"), ids, lambda id: entry(values[id].payback, write)),
        row_of(write.text("candidates.rows.time_to_value"), ids, months),
        row_of(write.text("candidates.rows.guide"), ids, lambda id: _guide(result, id, write)),
    ]


def _guide(result: PrioritizeResult, id: str, write: Writer) -> str | Cell:
    """Return the guide's months for the kind of use case a candidate compares with."""
    found = result.values[id].time_to_value
    if found.kind is None or found.benchmark is None or found.benchmark.low is None:
        return missing_cell(write.not_provided)
    ends = write.formats.interval(found.benchmark.low, found.benchmark.high, "number")
    kind = write.framework.text(f"time_to_value.{found.kind}.name")
    return cell(write.text("candidates.guide", months=ends, kind=kind), mark=write.mark("assumed"))


def _guide_note(result: PrioritizeResult, write: Writer) -> list[str]:
    if not any(value.time_to_value.benchmark for value in result.values.values()):
        return []
    return [write.text("candidates.note_guide", support=write.framework.text("terms.support.none"))]


def _scores(result: PrioritizeResult, ids: Sequence[str], write: Writer) -> list[list[Entry]]:
    axes, weighted = result.axes, result.comparison.values
    rows: list[list[Entry]] = [
        [
            write.text("candidates.rows.axis", axis=write.framework.text(f"axes.{axis}.name")),
            *(bare(axes[id].scores[axis], write) for id in ids),
        ]
        for axis in AXES
    ]
    rows.append(row_of(write.text("candidates.rows.weighted"), ids, lambda id: bare(weighted[id], write)))
    rows.append(row_of(write.text("candidates.rows.worst_risk"), ids, lambda id: _worst(result, id, write)))
    rows.append(row_of(write.text("candidates.rows.open_risks"), ids, lambda id: _open_risks(result, id, write)))
    return rows


def _worst(result: PrioritizeResult, id: str, write: Writer) -> Cell:
    risks = result.risks[id].risks
    if not risks:
        return missing_cell(write.not_provided)
    worst = max(risks, key=lambda row: row.expected)
    return bare(worst.after if worst.after.is_known else worst.before, write)


def _open_risks(result: PrioritizeResult, id: str, write: Writer) -> Cell:
    """Return how many risks nobody answers for or nothing is done about."""
    risks = result.risks[id].risks
    if not risks:
        return missing_cell(write.not_provided)
    n = sum(row.risk.owner is None or not row.is_mitigated for row in risks)
    return cell(write.text("candidates.open_risks", n=n, all=len(risks)), tone="warn" if n else "good")
