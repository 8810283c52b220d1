"""What people who worked with the system think of it: the System Usability Scale beside its published average."""

from __future__ import annotations

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.pilot.common import DASH, table_of, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.estimates import Estimate
from workbook.phases.pilot.observed import SMALLEST_GROUP
from workbook.phases.pilot.result import PilotResult
from workbook.phases.pilot.usability import Usability

BENCHMARK = "usability_average"


def _words(usability: Usability, write: Writer) -> dict[str, object]:
    return {
        "n": usability.score.n or 0,
        "score": score_of(usability.score.value, write),
        "interval": _ends(usability.score.low, usability.score.high, write),
        "average": score_of(usability.benchmark.value, write),
    }


def _why_not(usability: Usability, write: Writer) -> str:
    """Return why there is no score; too few answers are not counted out."""
    if usability.score.reason == "too_few":
        return write.text("pilot_usability.too_few", n=SMALLEST_GROUP)
    return write.missing(usability.score)


def score_of(value: float | None, write: Writer) -> str:
    """Return a score with one decimal."""
    return write.formats.fixed(value, 1, write.not_provided)


def _ends(low: float | None, high: float | None, write: Writer) -> str:
    if low is None or high is None:
        return write.text("pilot_words.not_estimable")
    return f"{score_of(low, write)} {DASH} {score_of(high, write)}"


def table_usability(result: PilotResult) -> Exhibit:
    """Return the mean score with its interval, by groups of five people and more, beside the published average."""
    write, usability = writer_of(result), result.usability
    rows = _rows(usability, write)
    columns = write.columns(
        "pilot_usability", "who", "people", "score", "interval", right=("people", "score", "interval"),
        widths=(3, 1, 1, 1.4),
    )  # fmt: skip
    return table_of(
        write, "pilot-usability", _title(usability, write), columns, rows, _source(usability, write),
        notes=_notes(usability, write), empty=write.text("pilot_usability.nobody"),
    )  # fmt: skip


def _title(usability: Usability, write: Writer) -> str:
    if usability.acceptance is None:
        return write.text("pilot_usability.title_none")
    if usability.score.value is None:
        return write.text("pilot_usability.title_unknown", reason=_why_not(usability, write))
    key = {True: "above", False: "below", None: "near"}[usability.is_above_average]
    return write.text(f"pilot_usability.title_{key}", **_words(usability, write))


def _source(usability: Usability, write: Writer) -> str:
    origin = usability.origin or write.from_parameters
    return write.text("pilot_words.source", source=origin, as_of=write.as_of)


def _rows(usability: Usability, write: Writer) -> list[list[Entry]]:
    if usability.acceptance is None:
        return []
    rows: list[list[Entry]] = [_everybody(usability, write)]
    found = usability.measured
    if found is not None and _groups_can_be_shown(usability):
        rows += [[name, *_cells(group, write)] for name, group in found.groups.items()]
    benchmark = usability.benchmark
    average = cell(score_of(benchmark.value, write), benchmark.value, write.mark(benchmark.evidence))
    sample = write.framework.text("sources.sauro-2011.sample")
    return [*rows, [write.text("pilot_usability.average", sample=sample), DASH, average, DASH]]


def _groups_can_be_shown(usability: Usability) -> bool:
    """Return whether groups may be shown: not where they leave over a few people whose mean then follows from the rest.

    A single group is the whole.
    """
    found = usability.measured
    return found is not None and len(found.groups) > 1 and not 0 < found.small_groups < SMALLEST_GROUP


def _everybody(usability: Usability, write: Writer) -> list[Entry]:
    words = cell(write.text("pilot_usability.everybody"), strong=True, header=True)
    if usability.measured is None or usability.score.value is None:
        return [words, DASH, missing_cell(_why_not(usability, write)), DASH]
    return [words, *_cells(usability.measured.score, write)]


def _cells(estimate: Estimate, write: Writer) -> list[Cell | str]:
    mark = write.mark("measured")
    return [
        cell(write.formats.count(estimate.n), estimate.n, mark),
        cell(score_of(estimate.value, write), estimate.value, mark),
        cell(_ends(estimate.low, estimate.high, write)),
    ]


def _notes(usability: Usability, write: Writer) -> list[str]:
    notes, found = [], usability.measured
    rate = usability.response_rate
    if usability.acceptance is not None and rate.value is not None:
        asked = write.formats.count(usability.acceptance.asked or 0)
        notes.append(write.text("pilot_usability.note_answered", share=write.value(rate), asked=asked))
    if found is not None and found.answered >= SMALLEST_GROUP:
        if found.filled:
            notes.append(write.text("pilot_usability.note_filled", n=found.filled))
        if found.unusable:
            notes.append(write.text("pilot_usability.note_unusable", n=found.unusable))
        if found.small_groups and found.groups:
            notes.append(write.text("pilot_usability.note_groups", n=SMALLEST_GROUP))
    source = write.framework.benchmarks[BENCHMARK].source[0]
    notes.append(write.text("pilot_usability.note_source", source=write.framework.cite(source)))
    return notes
