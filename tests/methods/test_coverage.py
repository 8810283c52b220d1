"""The committed grid of tests/benchmarks/coverage_table.py, thinned out."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from workbook.methods.proportion_differences import newcombe, score_interval

TABLE = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "coverage_table.py"))
SHARES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95)


@pytest.mark.parametrize("method", ["newcombe", "score"])
@pytest.mark.parametrize("sizes", [(60, 60), (60, 120), (100, 100)])
def test_intervals_average_94_to_96_percent_and_never_fall_under_92(sizes, method):
    found = TABLE["coverage"](*sizes, SHARES, TABLE["METHODS"][method])
    assert 0.94 <= found.mean() <= 0.96
    assert found.min() >= 0.92


@pytest.mark.parametrize(("method", "interval"), [("newcombe", newcombe), ("score", score_interval)])
def test_the_enumeration_agrees_with_interval_by_interval(method, interval):
    covered = 0.0
    for x1 in range(9):
        for x2 in range(7):
            found = interval(x1, 8, x2, 6)
            chance = binom.pmf(x1, 8, 0.7) * binom.pmf(x2, 6, 0.4)
            covered += chance * (found.low <= 0.7 - 0.4 <= found.high)
    grid = TABLE["coverage"](8, 6, (0.7, 0.4), TABLE["METHODS"][method])
    assert grid[0, 1] == pytest.approx(covered)


def test_thirty_cases_per_arm_run_from_92_percent_to_almost_all():
    found = TABLE["coverage"](30, 30, (0.05, 0.1, 0.5, 0.9, 0.95))
    assert found.min() == pytest.approx(0.922, abs=0.001)
    assert found.max() > 0.98
    assert np.allclose(found, found.T)


def test_an_interval_of_a_narrower_level_covers_less():
    at_80 = TABLE["coverage"](60, 60, (0.3, 0.5), level=0.8)
    assert at_80.mean() == pytest.approx(0.8, abs=0.02)
