"""What the people who work with the system think of it: the System Usability Scale from raw answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.measurements import measured_once
from workbook.engagement.schema_pilot import Acceptance
from workbook.engagement.schema_sources import DataSource
from workbook.methods.estimates import Estimate
from workbook.phases.figures import Figure
from workbook.phases.inputs import NOT_PROVIDED
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.observed import SMALLEST_GROUP
from workbook.phases.pilot.tables import open_pilot_table, why_not_there

MOST_MISSING = 2
"""Statements a person may leave out and still count, our own limit; each of them counts as the centre of the scale."""

CENTRE = 3


@dataclass(frozen=True)
class MeasuredUsability:
    """The scores of the people who answered, 0 to 100.

    `answered` counts the rows with any answer, `filled` those in which statements left out count as the centre,
    `unusable` those with more than two left out, or an answer outside 1 to 5, which do not count. `groups` gives mean
    scores of groups of five and more; `small_groups` is the number of people in others.
    """

    score: Estimate
    answered: int
    filled: int
    unusable: int
    groups: Mapping[str, Estimate]
    small_groups: int


@dataclass(frozen=True)
class Usability:
    """The scale with its figures; `measured` is None where nobody was asked, or the answers are not there."""

    acceptance: Acceptance | None
    origin: str | None
    measured: MeasuredUsability | None
    score: Figure
    response_rate: Figure
    benchmark: Figure

    @property
    def is_above_average(self) -> bool | None:
        """Whether the interval lies above the published average, False where below; None where it holds it."""
        low, high, average = self.score.low, self.score.high, self.benchmark.value
        if low is None or high is None or average is None or low <= average <= high:
            return None
        return low > average


def review_usability(context: Context) -> Usability:
    """Return the mean score with its interval beside the published average."""
    data, register = context.phase.acceptance, context.register
    average = context.framework.benchmarks["usability_average"].figures["score"]
    benchmark = context.house("pilot.sus.average", average.value or 0.0, "score", "benchmarks.usability_average")
    found, origin, reason = None, None, NOT_PROVIDED
    if data is not None:
        source = context.source(data.source)
        origin, found, reason = context.origin(source), *_measured(data, source, context)
    score = register.measured("pilot.sus", found.score if found else Estimate.missing(reason), "score", origin)
    asked = data.asked if data else None
    rate = Estimate.missing(reason if found is None else NOT_PROVIDED)
    if found and asked:
        rate = Estimate(found.answered / asked, n=asked)
    return Usability(
        data, origin, found, score, register.measured("pilot.sus.response_rate", rate, "share", origin), benchmark
    )


def _measured(data: Acceptance, source: DataSource, context: Context) -> tuple[MeasuredUsability | None, str]:
    if reason := why_not_there(source, context):
        return None, reason

    def read() -> MeasuredUsability:
        return measured_usability(read_answers(data, source, context))

    return measured_once(context.engagement, source, MeasuredUsability, read, data), ""


def read_answers(data: Acceptance, source: DataSource, context: Context) -> list[tuple[str | None, list[float | None]]]:
    """Return for each person the group and the ten answers; None for what cannot be read."""
    columns: dict[KeyPath, str | None] = {("answers", place): name for place, name in enumerate(data.answers)}
    with open_pilot_table(context, source, "acceptance", {**columns, ("group",): data.group}) as table:
        answers = ", ".join(table.number(column) for column in data.answers)
        rows = table.rows(f"SELECT {table.text(data.group)}, {answers} FROM {table.relation} ORDER BY ALL")
    return [(group, list(rest)) for group, *rest in rows]


def measured_usability(answers: Sequence[tuple[str | None, Sequence[float | None]]]) -> MeasuredUsability:
    """Return the scores of people by group and in all."""
    answered = [(group, row) for group, row in answers if any(answer is not None for answer in row)]
    scored = [(group, score) for group, row in answered if (score := sus(row)) is not None]
    by_group: dict[str, list[float]] = {}
    for group, score in scored:
        by_group.setdefault(group or "", []).append(score)
    shown = {name: scores for name, scores in sorted(by_group.items()) if name and len(scores) >= SMALLEST_GROUP}
    return MeasuredUsability(
        score=mean_score([score for _, score in scored]),
        answered=len(answered),
        filled=sum(1 for _, row in answered if None in row and sus(row) is not None),
        unusable=len(answered) - len(scored),
        groups={name: mean_score(scores) for name, scores in shown.items()},
        small_groups=len(scored) - sum(map(len, shown.values())),
    )


def sus(answers: Sequence[float | None]) -> float | None:
    """Return the score of one person, 0 to 100; None with an answer outside 1 to 5 or too many left out.

    2.5 x (sum of the odd statements' answers less 1 + sum of 5 less the even statements' answers). A statement left out
    counts as the centre, as the scale's instruction has it. Source: Brooke, "SUS: a quick and dirty usability scale",
    in Usability Evaluation in Industry, Taylor and Francis, 1996.

    >>> sus([5, 1] * 5), sus([3] * 10), sus([1, 5] * 5)
    (100.0, 50.0, 0.0)
    """
    if sum(answer is None for answer in answers) > MOST_MISSING:
        return None
    given = [CENTRE if answer is None else answer for answer in answers]
    if any(answer not in (1, 2, 3, 4, 5) for answer in given):
        return None
    return 2.5 * float(sum(given[0::2]) - 5 + 25 - sum(given[1::2]))


def mean_score(scores: Sequence[float]) -> Estimate:
    """Return the mean of scores with its interval by t, within 0 to 100; "too_few" under five people."""
    n = len(scores)
    if n < SMALLEST_GROUP:
        return Estimate.missing("too_few", n)
    mean = math.fsum(scores) / n
    error = math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / (n - 1) / n)
    if error == 0:
        return Estimate(mean, None, None, n)
    half = float(stdtrit(n - 1, 0.975)) * error
    return Estimate(mean, max(mean - half, 0.0), min(mean + half, 100.0), n)
