"""Many small tests beside the pilot: which can be trusted, how many show a difference, and the difference of all."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.exhibits import exhibit as make
from workbook.exhibits.exhibit import Exhibit, cell
from workbook.exhibits.pilot.common import effect_cell, table_of, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.pilot.experiments import ALPHA, ExperimentsResult, MeasuredTests
from workbook.phases.pilot.result import PilotResult

MOST = 0.8
"""Share of the tests with unequal arms that a title places."""

MOST_LISTED = 400
"""Tests listed in the appendix; their number says how many there are beyond."""


def _reason(experiments: ExperimentsResult, write: Writer) -> str:
    return write.reason(experiments.reason or "not_provided")


def table_experiments(result: PilotResult) -> Exhibit | None:
    """Return what the tests show, those with unequal arms left out; None where there are none."""
    write, experiments = writer_of(result), result.experiments
    if experiments is None:
        return None
    found = experiments.measured
    rows = [] if found is None else list(_rows(experiments, found, write))
    columns = write.columns("pilot_experiments", "item", "value", "meaning", right=("value",), widths=(2.2, 1.5, 3))
    return table_of(
        write,
        "pilot-experiments",
        _title(experiments, write),
        columns,
        rows,
        write.text("pilot_words.source", source=experiments.origin, as_of=write.as_of),
        empty=_reason(experiments, write),
        notes=[write.text("pilot_experiments.note_winner")] if found else [],
    )


def _title(experiments: ExperimentsResult, write: Writer) -> str:
    found = experiments.measured
    if found is None:
        return write.text("pilot_experiments.title_unknown", name=experiments.experiments.name)
    words = {"all": write.formats.count(found.tests), "detected": write.formats.count(found.detected),
             "tested": write.formats.count(found.tested)}  # fmt: skip
    key = "unequal" if found.unequal else "sound"
    return write.text(f"pilot_experiments.title_{key}", n=len(found.unequal), **words)


def _rows(experiments: ExperimentsResult, found: MeasuredTests, write: Writer) -> Iterator[list[Entry]]:
    chance = round(ALPHA * found.tested)
    size = {"arms": write.formats.count(found.arms), "shown": write.formats.count(found.shown)}
    yield _row("tests", found.tests, write, **size)
    yield _row("unequal", len(found.unequal), write, threshold=write.formats.number(found.threshold))
    if found.unchecked:
        yield _row("unchecked", found.unchecked, write)
    yield _row("tested", found.tested, write)
    yield _row("nominal", found.nominal, write, chance=write.formats.count(chance))
    yield _row("detected", found.detected, write)
    yield _difference(experiments, found, write)


def _row(key: str, count: int, write: Writer, **words: str) -> list[Entry]:
    return [
        write.text(f"pilot_experiments.rows.{key}"),
        cell(write.formats.count(count), count, write.mark("measured")),
        write.text(f"pilot_experiments.meaning.{key}", **words),
    ]


def _difference(experiments: ExperimentsResult, found: MeasuredTests, write: Writer) -> list[Entry]:
    label, figure = write.text("pilot_experiments.rows.difference"), experiments.difference
    if figure.value is None or found.baseline is None or found.others is None:
        return [label, missing_cell(write.missing(figure)), write.text("pilot_experiments.meaning.no_difference")]
    words = {
        "baseline": write.formats.share(found.baseline, "measured"),
        "others": write.formats.share(found.others, "measured"),
        "compared": write.formats.count(found.compared),
    }
    return [label, effect_cell(figure, "share", write), write.text("pilot_experiments.meaning.difference", **words)]


# --- appendix --------------------------------------------------------------------------------------------------------


def table_test_periods(result: PilotResult) -> Exhibit | None:
    """Return the tests by period with those whose arms are unequal; None without periods."""
    write, experiments = writer_of(result), result.experiments
    found = experiments.measured if experiments else None
    if experiments is None or found is None or not found.periods:
        return None
    mark = write.mark("measured")
    rows: list[list[Entry]] = [
        [
            each.period,
            cell(write.formats.count(each.tests), each.tests, mark),
            cell(write.formats.count(each.unequal), each.unequal, mark, tone="bad" if each.unequal else None),
        ]
        for each in found.periods
    ]
    title = _periods_title(found, write)
    columns = write.columns("test_periods", "period", "tests", "unequal", right=("tests", "unequal"))
    source = write.text("pilot_words.source", source=experiments.origin, as_of=write.as_of)
    return table_of(write, "test-periods", title, columns, rows, source)


def _periods_title(found: MeasuredTests, write: Writer) -> str:
    """Say into which few periods most of the tests with unequal arms fall."""
    total = sum(each.unequal for each in found.periods)
    if not total:
        return write.text("test_periods.title_sound")
    worst, held = [], 0
    for each in sorted(found.periods, key=lambda each: -each.unequal):
        if held >= MOST * total:
            break
        worst.append(each.period)
        held += each.unequal
    words = {"held": write.formats.count(held), "total": write.formats.count(total),
             "all": len(found.periods), "names": write.names(sorted(worst))}  # fmt: skip
    return write.text("test_periods.title", n=len(worst), **words)


def unequal_tests(result: PilotResult) -> Exhibit | None:
    """Return the ids of the tests that were left out; None where there are none."""
    found = result.experiments.measured if result.experiments else None
    if found is None or not found.unequal:
        return None
    write, listed = writer_of(result), found.unequal[:MOST_LISTED]
    words = {"n": len(found.unequal), "names": ", ".join(listed)}
    key = "all" if len(listed) == len(found.unequal) else "first"
    return make.prose("unequal-tests", [write.text(f"unequal_tests.{key}", **words)], "plain")
