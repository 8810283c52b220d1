"""Many small randomised tests: which of them can be trusted, how many show a difference, and the difference of all.

No winner is named: the best of many arms looks better than it is. What is read are tests of equal success rates, with
their number taken into account, and the mean difference of all new arms from today's, over the tests.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, stdtrit

from workbook.engagement.measurements import measured_once
from workbook.engagement.schema_pilot import Experiments
from workbook.engagement.schema_sources import DataSource
from workbook.methods.allocation import THRESHOLD, check_sample_ratio
from workbook.methods.estimates import Estimate
from workbook.methods.families import holm
from workbook.methods.proportions import wilson
from workbook.phases.figures import Figure
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.tables import open_pilot_table, why_not_there

FloatArray = NDArray[np.float64]

ALPHA = 0.05
SMALLEST_EXPECTED = 5.0
"""Fewest successes and failures expected in an arm for a chi-square test (Cochran's rule)."""


@dataclass(frozen=True)
class Test:
    """One test: the arms by name, with those shown and the successes among them."""

    id: str
    period: str | None
    arms: tuple[str, ...]
    shown: tuple[int, ...]
    successes: tuple[int, ...]


@dataclass(frozen=True)
class PeriodTests:
    """The tests of a period, and those of them whose arms are unequal."""

    period: str
    tests: int
    unequal: int


@dataclass(frozen=True)
class MeasuredTests:
    """What the tests show.

    Attributes
    ----------
    tests, arms, shown, successes
        Totals over all tests with two arms or more.
    single
        Tests with one arm, which compare nothing and are left out.
    unequal, unchecked
        Ids of tests whose arms differ in size more than chance allows, which are left out of all that follows; number
        of tests too small to be checked, which stay in.
    tested
        Tests large enough for a chi-square test of equal success rates.
    nominal, detected
        Those among them with p under 5 %, of which 5 % are expected without any difference, and those that remain so
        after Holm's adjustment for their number.
    difference
        Mean difference of all other arms from the baseline arm, over `compared` tests; None without a baseline arm.
    baseline, others
        Success rates in these tests, weighted like the difference.
    """

    tests: int
    arms: int
    shown: int
    successes: int
    single: int
    unequal: tuple[str, ...]
    unchecked: int
    tested: int
    nominal: int
    detected: int
    difference: Estimate | None
    baseline: float | None
    others: float | None
    compared: int
    periods: tuple[PeriodTests, ...]
    threshold: float = THRESHOLD


@dataclass(frozen=True)
class ExperimentsResult:
    """The tests with what they show; `reason` says why there is nothing."""

    experiments: Experiments
    source: DataSource
    origin: str
    measured: MeasuredTests | None
    unequal_share: Figure
    detected_share: Figure
    difference: Figure
    reason: str | None = None


def review_experiments(context: Context) -> ExperimentsResult | None:
    """Return what the tests show by `as_of`; None where there are none."""
    data = context.phase.experiments
    if data is None:
        return None
    source = context.source(data.source)
    reason = why_not_there(source, context)

    def read() -> MeasuredTests:
        return measured_tests(read_tests(context, source, data), data.baseline_arm)

    found = None if reason else measured_once(context.engagement, source, MeasuredTests, read, data)
    return _entered(data, source, found, reason, context)


def _entered(
    data: Experiments, source: DataSource, found: MeasuredTests | None, reason: str | None, context: Context
) -> ExperimentsResult:
    origin, register = context.origin(source), context.register
    missing = Estimate.missing(reason or "no_baseline_arm")
    unequal = Estimate(len(found.unequal) / found.tests, n=found.tests) if found and found.tests else missing
    detected = wilson(found.detected, found.tested) if found else missing
    return ExperimentsResult(
        data, source, origin, found,
        register.measured("pilot.experiments.unequal_share", unequal, "share", origin),
        register.measured("pilot.experiments.detected_share", detected, "share", origin),
        register.measured("pilot.experiments.difference", (found and found.difference) or missing, "share", origin),
        reason,
    )  # fmt: skip


def read_tests(context: Context, source: DataSource, data: Experiments) -> list[Test]:
    """Return the tests with their arms added up, in order."""
    roles = ("test", "arm", "shown", "successes", "period")
    with open_pilot_table(context, source, "experiments", {(role,): getattr(data, role) for role in roles}) as table:

        def total(column: str) -> str:
            return f"CAST(coalesce(sum({table.count(column)}), 0) AS BIGINT)"

        query = (
            f"SELECT {table.text(data.test)} AS test, {table.text(data.arm)} AS arm, min({table.text(data.period)}), "
            f"{total(data.shown)}, {total(data.successes)} FROM {table.relation} GROUP BY test, arm "
            "HAVING test IS NOT NULL AND arm IS NOT NULL ORDER BY test, arm"
        )
        rows = table.rows(query)
    by_test: dict[str, list[tuple[str, str | None, int, int]]] = defaultdict(list)
    for test, arm, period, shown, successes in rows:
        by_test[test].append((arm, period, shown, successes))
    return [_test(id, arms) for id, arms in by_test.items()]


def _test(id: str, arms: list[tuple[str, str | None, int, int]]) -> Test:
    periods = sorted(period for _, period, _, _ in arms if period is not None)
    names, shown, successes = zip(*[(arm, n, x) for arm, _, n, x in arms], strict=True)
    return Test(id, periods[0] if periods else None, names, shown, successes)


def measured_tests(tests: list[Test], baseline_arm: str | None) -> MeasuredTests:
    """Return what tests with planned equal shares show.

    A test whose arms are unequal beyond chance is left out, since something else than chance put cases into its arms.
    """
    several = [test for test in tests if len(test.arms) > 1 and sum(test.shown) > 0]
    ratios = {test.id: check_sample_ratio(test.shown, [1] * len(test.arms)) for test in several}
    unequal = {id for id, ratio in ratios.items() if bool(ratio.is_mismatch)}
    sound = [test for test in several if test.id not in unequal]
    p_values = [p for test in sound if (p := equal_rates_p(test)) is not None]
    adjusted = [p for p in holm(p_values) if p is not None]
    difference, baseline, others, compared = _difference(sound, baseline_arm)
    return MeasuredTests(
        tests=len(several),
        arms=sum(len(test.arms) for test in several),
        shown=sum(n for test in several for n in test.shown),
        successes=sum(x for test in several for x in test.successes),
        single=len(tests) - len(several),
        unequal=tuple(sorted(unequal)),
        unchecked=sum(int(ratio.is_too_few) for ratio in ratios.values()),
        tested=len(p_values),
        nominal=sum(p < ALPHA for p in p_values),
        detected=sum(p < ALPHA for p in adjusted),
        difference=difference,
        baseline=baseline,
        others=others,
        compared=compared,
        periods=tuple(_periods(several, unequal)),
    )


def equal_rates_p(test: Test) -> float | None:
    """Return the p-value of Pearson's chi-square test that all arms have one success rate; None where it is too small.

    sum (x - e)^2 / e over successes and failures, with k - 1 degrees of freedom for k arms.
    """
    n, x = np.array(test.shown, dtype=np.float64), np.array(test.successes, dtype=np.float64)
    rate = float(x.sum() / n.sum())
    expected = np.stack([n * rate, n * (1 - rate)])
    if float(expected.min()) < SMALLEST_EXPECTED:
        return None
    statistic = float(((np.stack([x, n - x]) - expected) ** 2 / expected).sum())
    return float(chdtrc(len(n) - 1, statistic))


def _difference(tests: list[Test], baseline_arm: str | None) -> tuple[Estimate | None, float | None, float | None, int]:
    """Return the mean over the tests of (other arms less baseline arm), with both rates and the number of tests.

    sum w d / sum w with the Mantel-Haenszel weights w = n m / (n + m), n shown the other arms and m the baseline. The
    tests are unlike each other, so the interval takes the spread of d over the tests: the variance is
    k / (k - 1) sum (w (d - mean))^2 / (sum w)^2 for k tests, with the quantile of t.
    """
    if baseline_arm is None:
        return None, None, None, 0
    table = np.array(
        [row for test in tests if baseline_arm in test.arms and all(test.shown) for row in [_pair(test, baseline_arm)]],
        dtype=np.float64,
    ).reshape(-1, 4)
    x, n, y, m = table.T
    k = len(table)
    if k < 2:
        return Estimate.missing("too_few", k), None, None, k
    weights = n * m / (n + m)
    differences = x / n - y / m
    mean = float(weights @ differences / weights.sum())
    error = math.sqrt(k / (k - 1) * float(((weights * (differences - mean)) ** 2).sum())) / float(weights.sum())
    half = float(stdtrit(k - 1, 0.975)) * error
    baseline = float(weights @ (y / m) / weights.sum())
    return Estimate(mean, mean - half, mean + half, k), baseline, baseline + mean, k


def _pair(test: Test, baseline_arm: str) -> tuple[int, int, int, int]:
    place = test.arms.index(baseline_arm)
    y, m = test.successes[place], test.shown[place]
    return sum(test.successes) - y, sum(test.shown) - m, y, m


def _periods(tests: list[Test], unequal: set[str]) -> list[PeriodTests]:
    by_period: dict[str, list[Test]] = defaultdict(list)
    for test in tests:
        if test.period is not None:
            by_period[test.period].append(test)
    return [
        PeriodTests(period, len(found), sum(test.id in unequal for test in found))
        for period, found in sorted(by_period.items())
    ]
