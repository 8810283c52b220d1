"""What joining the systems of each candidate takes, system by system, and its share of all work."""

from __future__ import annotations

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import entry, names_of, ordered, systems_of
from workbook.exhibits.prioritize.common import DASH, table_of, use_case_name, writer_of
from workbook.exhibits.prioritize.deep_dive import pattern_name
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.feasibility import IntegrationReview, JoinedSystem
from workbook.phases.prioritize.result import PrioritizeResult


def table_integration(result: PrioritizeResult) -> Exhibit:
    """Return the person-days by system with the pattern planned, and the share of integration beside the guide's."""
    write, ids = writer_of(result), ordered(result)
    rows = [row for id in ids for row in _candidate_rows(result, id, write)]
    return table_of(
        write,
        "integration-effort",
        _integration_title(result, write),
        write.columns("integration_effort", "system", "pattern", "preference", "days", "share",
                      right=("days", "share"), widths=(2.6, 1, 1.8, 1.1, 1.1)),
        rows,
        write.from_computation,
        caption=write.text("integration_effort.caption", **_guide(result, write)),
        notes=_notes(result, write),
    )  # fmt: skip


def _guide(result: PrioritizeResult, write: Writer) -> dict[str, str]:
    """Return the guide's range and alarm line for the share of integration, with the support it has."""
    numbers = result.framework.integration.parameters
    expected, flag = numbers["effort_share"], numbers["flag_below"]
    return {
        "expected": write.formats.interval(expected.low, expected.high, "share"),
        "flag": write.formats.share(flag.value),
        "support": write.framework.text(f"terms.support.{expected.support or 'none'}"),
    }


def _candidate_rows(result: PrioritizeResult, id: str, write: Writer) -> list[list[Entry]]:
    """Return a candidate with its total, then each of its systems."""
    review = result.integration[id]
    name = cell(use_case_name(result, id), strong=True)
    head: list[Entry] = [
        name,
        DASH,
        _total(review, write),
        entry(review.days, write, strong=True),
        _share(review, write),
    ]
    systems = systems_of(result)
    unplanned: list[list[Entry]] = [
        [systems[each].name, missing_cell(write.text("integration_effort.unplanned")), DASH,
         missing_cell(write.not_provided), DASH]
        for each in review.unplanned
    ]  # fmt: skip
    return [head, *(_system_row(row, write) for row in review.systems), *unplanned]


def _total(review: IntegrationReview, write: Writer) -> str | Cell:
    days = review.all_days
    if days.value is None:
        return DASH
    text = write.text("integration_effort.total", days=write.value(days))
    return cell(text, value=days.value, mark=write.mark(days.evidence))


def _share(review: IntegrationReview, write: Writer) -> Cell:
    return entry(review.share, write, strong=True, tone={"low": "bad", "within": "good"}.get(_place(review), "warn"))


def _place(review: IntegrationReview) -> str:
    """Return where the share of integration lies: "low" under the alarm line, "under", "within" or "over" the range."""
    if review.share.value is None:
        return "unknown"
    if review.is_low:
        return "low"
    # as shown, so that no share reads 40% and is said to be outside 40% to 60%
    share = round(review.share.value, 2)
    if share < (review.expected.low or 0.0):
        return "under"
    return "within" if share <= (review.expected.high or 1.0) else "over"


def _system_row(row: JoinedSystem, write: Writer) -> list[Entry]:
    best = pattern_name(row.best, write) if row.best else ""
    tones = {"best": "good", "better_offered": "warn", "not_offered": "bad", "unknown": "none"}
    verdict = write.text(f"integration_effort.verdicts.{row.verdict}", best=best or write.not_provided)
    if row.verdict == "not_offered" and not best:
        verdict = write.text("integration_effort.verdicts.no_interface")
    return [
        row.system.name,
        pattern_name(row.work.pattern, write),
        cell(verdict, tone=tones[row.verdict]),
        entry(row.days, write),
        DASH,
    ]


def _integration_title(result: PrioritizeResult, write: Writer) -> str:
    """Return whose integration looks forgotten, or how the shares compare with the guide's."""
    known = [id for id in ordered(result) if result.integration[id].share.is_known]
    if not known:
        return write.text("integration_effort.title_none")
    places = {id: _place(result.integration[id]) for id in known}
    low = [id for id, place in places.items() if place == "low"]
    within = [id for id, place in places.items() if place == "within"]
    words: dict[str, object] = {**_guide(result, write), "all": len(known)}
    if low:
        title = write.text("integration_effort.title_low", n=len(low), names=names_of(result, low, write), **words)
    elif len(known) == 1:
        share = write.value(result.integration[known[0]].share)
        key = "title_alone_within" if within else "title_alone"
        title = write.text(f"integration_effort.{key}", name=use_case_name(result, known[0]), share=share, **words)
    else:
        key = "title_all" if len(within) == len(known) else "title"
        title = write.text(f"integration_effort.{key}", n=len(within), **words)
    missing = len(result.cases) - len(known)
    return title + (write.text("integration_effort.title_partial", n=missing) if missing else "")


def _notes(result: PrioritizeResult, write: Writer) -> list[str]:
    """Return what makes a system hard to join, as the client says."""
    rows = [row for review in result.integration.values() for row in review.systems if row.work.note]
    return [write.text("integration_effort.note", system=row.system.name, note=row.work.note) for row in rows]
