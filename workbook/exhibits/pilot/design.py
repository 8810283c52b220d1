"""How the pilot was run against how it was agreed: comparison, allocation, clusters, population, rows that count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbook.engagement.schema_charter import Design
from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.pilot.common import DASH, Finding, table_of, writer_of
from workbook.exhibits.pilot.verdict import p_value
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.baseline import FilterLoss
from workbook.phases.figures import Figure
from workbook.phases.pilot.observed import SMALLEST_GROUP, Measured
from workbook.phases.pilot.result import PilotResult


def finding_design(result: PilotResult, write: Writer) -> Finding:
    """Say which comparison the data hold, and what that lets the report say."""
    design = result.design
    if design.found == "none":
        return write.finding("pilot_glance.design_none"), "bad"
    found = write.text(f"pilot_design.found_{design.found}")
    if design.is_suspect:
        return write.finding("pilot_glance.design_suspect", found=found), "bad"
    if design.is_weaker:
        agreed = write.text(f"pilot_design.agreed_{design.agreed}")
        return write.finding("pilot_glance.design_weaker", found=found, agreed=agreed), "bad"
    return write.finding(f"pilot_glance.design_{design.strength}", found=found), (
        "good" if design.strength in ("caused", "probably_caused") else "warn"
    )


def table_design(result: PilotResult) -> Exhibit:
    """Return what the charter asks for beside what the data hold, with whether it was kept."""
    write = writer_of(result)
    rows = [
        [write.text(f"pilot_design.rows.{key}"), agreed, found, _kept(kept, write)]
        for key, agreed, found, kept in _rows(result, write)
    ]
    columns = write.columns("pilot_design", "aspect", "agreed", "found", "kept", widths=(1.1, 2.4, 3, 0.6))
    wording = write.text(f"pilot_design.wording_{result.design.strength}")
    notes = [write.text("pilot_design.note_strength", wording=wording)]
    return table_of(write, "pilot-design", _title(result, write), columns, rows, write.from_computation, notes=notes)


def _title(result: PilotResult, write: Writer) -> str:
    design = result.design
    if design.found == "none":
        return write.text("pilot_design.title_none")
    found = write.text(f"pilot_design.found_{design.found}")
    if design.is_suspect:
        return write.text("pilot_design.title_suspect", found=found)
    if design.is_weaker:
        agreed = write.text(f"pilot_design.agreed_{design.agreed}")
        return write.text("pilot_design.title_weaker", found=found, agreed=agreed)
    if design.population == "fallbacks_lost":
        return write.text("pilot_design.title_fallbacks", found=found)
    if design.lacks_clusters:
        return write.text("pilot_design.title_clusters", found=found)
    return write.text(f"pilot_design.title_{design.strength}", found=found)


def _kept(kept: bool | None, write: Writer) -> Entry:
    if kept is None:
        return DASH
    return cell(write.text(f"pilot_design.kept_{'yes' if kept else 'no'}"), tone="good" if kept else "bad")


Row = tuple[str, Entry, Entry, bool | None]


def _rows(result: PilotResult, write: Writer) -> Iterator[Row]:
    charter = result.charter.charter
    agreed = charter.design if charter else None
    design, measured = result.design, result.observed.measured
    missing = missing_cell(write.not_provided)
    named: Entry = write.text(f"pilot_design.agreed_{design.agreed}") if design.agreed else missing
    found: Entry = missing_cell(write.text("pilot_design.found_none"))
    if design.found != "none":
        found = write.text(f"pilot_design.found_{design.found}")
    yield "comparison", named, found, None if design.is_weaker is None else not design.is_weaker
    if measured is None:
        yield "data", DASH, missing_cell(_why_no_data(result, write)), None
        return
    yield _allocation(result, agreed, write)
    yield _cases(result, write)
    if measured.clusters or (agreed and agreed.clusters):
        yield _clusters(result, measured, agreed, write)
    yield from _population(result, measured, write)
    if measured.concurrent is not None:
        share = write.formats.share(measured.concurrent, "measured")
        yield "same_time", DASH, _text(write.text("pilot_design.concurrent", share=share), write), None
    yield _days(result, measured, write)
    yield "rows", DASH, _text(_lost(measured, write), write), None


def _text(words: str, write: Writer) -> Cell:
    return cell(words, mark=write.mark("measured"))


def _why_no_data(result: PilotResult, write: Writer) -> str:
    panel = result.panel
    if panel is not None and panel.is_measured and panel.measured is not None:
        n = len(panel.measured.periods)
        return write.text("pilot_design.panel", units=write.formats.count(panel.measured.units), n=n)
    return write.reason((panel.reason if panel else None) or result.observed.reason or "not_provided")


def _allocation(result: PilotResult, agreed: Design | None, write: Writer) -> Row:
    design, ratio = result.design, result.design.sample_ratio
    named: Entry = missing_cell(write.not_provided)
    if agreed is not None:
        named = DASH
        if agreed.kind == "randomised":
            named = write.text("pilot_design.allotted", share=write.formats.share(agreed.allocation))
    if ratio.value is None:
        return "allocation", named, missing_cell(write.missing(ratio)), None
    words = {"p": p_value(ratio.value, write)}
    state = "suspect" if design.is_suspect else "sound"
    found = cell(write.text(f"pilot_design.ratio_{state}", **words), ratio.value, write.mark(ratio.evidence))
    return "allocation", named, found, not design.is_suspect


def _cases(result: PilotResult, write: Writer) -> Row:
    sample, design = result.charter.sample, result.design
    named: Entry = missing_cell(write.not_provided)
    kept = None
    counts = [round(figure.value or 0) for figure in (design.pilot_cases, design.baseline_cases)]
    if sample.value is not None:
        named = write.text("pilot_design.per_arm", n=write.formats.count(round(sample.value)))
        kept = min(counts) >= sample.value
    pilot, baseline = (write.formats.count(count) for count in counts)
    return "cases", named, _text(write.text("pilot_design.arms", pilot=pilot, baseline=baseline), write), kept


def _clusters(result: PilotResult, measured: Measured, agreed: Design | None, write: Writer) -> Row:
    """Return the clusters agreed and found, with how much their cases resemble each other."""
    named: Entry = DASH
    design = result.design
    if agreed is not None and agreed.clusters is not None:
        size = write.formats.number(agreed.clusters.size.value, agreed.clusters.size.evidence)
        words = write.text("pilot_design.clusters_agreed", name=agreed.clusters.name, size=size)
        named = _with_icc(words, design.icc_agreed, write)
    if measured.clusters is None:
        return "clusters", named, missing_cell(write.not_provided), False
    pilot, baseline, both = measured.clusters
    words = write.text("pilot_design.clusters_found", pilot=pilot, baseline=baseline, both=both)
    return "clusters", named, _text(_with_icc(words, design.icc, write), write), None


def _with_icc(clusters: str, icc: Figure | None, write: Writer) -> str:
    if icc is None or icc.value is None:
        return clusters
    words = {"clusters": clusters, "icc": write.formats.number(icc.value, icc.evidence)}
    if icc.low is None or icc.high is None:
        return write.text("pilot_design.icc_agreed", **words)
    ends = write.formats.interval(icc.low, icc.high, "number", "measured")
    return write.text("pilot_design.icc", interval=ends, **words)


def _population(result: PilotResult, measured: Measured, write: Writer) -> Iterator[Row]:
    """Yield who is analysed: all cases, those that fell back to people among them, with and without an outcome."""
    charter, primary, population = result.charter.charter, result.primary, result.design.population
    named: Entry = (charter.population if charter else None) or missing_cell(write.not_provided)
    outcome = primary.outcome if primary else None
    if outcome is None or outcome.known_fallback is None or not outcome.known_fallback[1]:
        yield "population", named, missing_cell(write.text("pilot_design.fallbacks_unknown")), None
        return
    known, cases = outcome.known_fallback
    all_known, all_cases = outcome.known["pilot"]
    if cases < SMALLEST_GROUP:
        words = write.text("pilot_design.fallbacks_few", n=SMALLEST_GROUP)
    else:
        words = write.text(
            "pilot_design.fallbacks",
            cases=write.formats.count(cases),
            known=write.formats.share(known / cases, "measured"),
            others=write.formats.share((all_known - known) / max(all_cases - cases, 1), "measured"),
        )
    kept = None if population == "unknown" else population == "held"
    yield "population", named, _text(words, write), kept


def _days(result: PilotResult, measured: Measured, write: Writer) -> Row:
    charter = result.charter.charter
    named: Entry = missing_cell(write.not_provided)
    if charter is not None and charter.start is not None and charter.weeks is not None:
        named = write.text("pilot_design.weeks", start=write.formats.date(charter.start), n=charter.weeks)
    if measured.first_day is None or measured.last_day is None:
        return "days", named, missing_cell(write.reason("no_cases")), None
    first, last = (write.formats.date(day) for day in (measured.first_day, measured.last_day))
    return "days", named, _text(write.text("pilot_design.first_last", first=first, last=last), write), None


def _lost(measured: Measured, write: Writer) -> str:
    """Return how many rows count, and which steps took away how many."""
    kept = measured.losses[-1].after if measured.losses else measured.rows
    words = {"rows": write.formats.count(measured.rows), "kept": write.formats.count(kept)}
    steps = [_step(loss, measured.rows, write) for loss in _taking(measured.losses)]
    if not steps:
        return write.text("pilot_design.rows_all", **words)
    return write.text("pilot_design.rows_lost", steps="; ".join(steps), **words)


def _taking(losses: Iterable[FilterLoss]) -> list[FilterLoss]:
    return [loss for loss in losses if loss.after < loss.before]


def _step(loss: FilterLoss, rows: int, write: Writer) -> str:
    share = write.formats.share((loss.before - loss.after) / rows, "measured")
    return f"{write.text(f'pilot_filters.steps.{loss.id}')} {share}"


def table_filters(result: PilotResult) -> Exhibit:
    """Return each step by which rows were left out, in its order, with the share it took."""
    write, measured = writer_of(result), result.observed.measured
    losses = measured.losses if measured else ()
    rows: list[list[Entry]] = [
        [
            write.text(f"pilot_filters.steps.{loss.id}"),
            _text(write.formats.count(loss.before), write),
            _text(write.formats.count(loss.before - loss.after), write),
            _share_lost(loss, write),
        ]
        for loss in losses
    ]
    lost = sum(loss.before - loss.after for loss in losses)
    columns = write.columns(
        "pilot_filters", "step", "before", "lost", "share", right=("before", "lost", "share"), widths=(3, 1, 1, 1)
    )
    if measured is None:
        title = write.text("pilot_filters.title_none")
    else:
        share = write.formats.share(lost / measured.rows, "measured") if measured.rows else DASH
        all_rows = write.formats.count(measured.rows)
        title = write.text(f"pilot_filters.{'title' if lost else 'title_clean'}", share=share, rows=all_rows)
    return table_of(write, "pilot-filters", title, columns, rows, write.from_computation)


def _share_lost(loss: FilterLoss, write: Writer) -> Entry:
    if not loss.before:
        return DASH
    share = (loss.before - loss.after) / loss.before
    return cell(write.formats.share(share, "measured"), share, write.mark("measured"))
