"""How often the interval of a difference of two proportions holds the truth: exact, by enumeration.

    python tests/benchmarks/coverage_table.py
    python tests/benchmarks/coverage_table.py --method score

Each line is one pair of arm sizes over the committed grid of true shares. The coverage of a point is the sum of the
probabilities of all pairs of counts whose interval holds the true difference; nothing is simulated.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from workbook.methods.proportion_differences import hybrid_ends, score_statistic
from workbook.methods.proportions import normal_quantile

FloatArray = NDArray[np.float64]
# Says for all pairs of counts (x1, x2) whether their intervals hold a difference.
Holds = Callable[[int, int, float, float], NDArray[np.bool_]]

SIZES = ((60, 60), (60, 120), (100, 100), (100, 200), (150, 150), (200, 200), (300, 300))
SHARES = tuple(round(0.05 * step, 2) for step in range(1, 20))
SMALLER = ((30, 30), (30, 60))
"""Arms under the sizes the bounds are promised for; shown for comparison."""
EXTREMES = (0.01, 0.02, 0.03, 0.04, 0.96, 0.97, 0.98, 0.99)
"""Shares beyond the grid: the hybrid interval is too short where one arm is near 0 and the other near 1."""


def hybrid_holds(n1: int, n2: int, difference: float, z: float) -> NDArray[np.bool_]:
    """Return whether Newcombe's hybrid score intervals hold the difference."""
    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)
    low, high = hybrid_ends(x1 / n1, n1, x2 / n2, n2, z)
    return (low - 1e-12 <= difference) & (difference <= high + 1e-12)


def score_holds(n1: int, n2: int, difference: float, z: float) -> NDArray[np.bool_]:
    """Return whether Miettinen and Nurminen's score intervals hold the difference."""
    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)
    # Without variation the statistic at difference 0 is 0 / 0, and the interval holds 0.
    return np.abs(np.nan_to_num(score_statistic(x1, n1, x2, n2, difference))) <= z + 1e-12


METHODS: dict[str, Holds] = {"newcombe": hybrid_holds, "score": score_holds}


def coverage(n1: int, n2: int, shares: Sequence[float], holds: Holds = hybrid_holds, level: float = 0.95) -> FloatArray:
    """Return the coverage at each pair of true shares, shape (shares of arm 1, shares of arm 2)."""
    first, second = _probabilities(n1, shares), _probabilities(n2, shares)
    z = normal_quantile(level)
    found = np.empty((len(shares), len(shares)))
    for i, p1 in enumerate(shares):
        for j, p2 in enumerate(shares):
            found[i, j] = first[i] @ holds(n1, n2, p1 - p2, z) @ second[j]
    return found


def _probabilities(n: int, shares: Sequence[float]) -> FloatArray:
    """Return the binomial probabilities of 0 to n successes, shape (shares, n + 1)."""
    at_most = bdtr(np.arange(n + 1.0), n, np.asarray(shares)[:, None])
    return np.diff(at_most, axis=1, prepend=0.0)


def table(sizes: Sequence[tuple[int, int]], shares: Sequence[float], holds: Holds) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'n pilot':>8} {'n base':>7} {'mean':>8} {'lowest':>8} {'highest':>8}"
    means, lowest = [], 1.0
    for n1, n2 in sizes:
        found = coverage(n1, n2, shares, holds)
        means.append(found.mean())
        lowest = min(lowest, float(found.min()))
        yield f"{n1:>8} {n2:>7} {found.mean():>8.2%} {found.min():>8.2%} {found.max():>8.2%}"
    yield f"{'all':>16} {np.mean(means):>8.2%} {lowest:>8.2%}"


def main() -> None:
    """Print the table for the committed grid and for smaller arms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", choices=sorted(METHODS), default="newcombe")
    holds = METHODS[parser.parse_args().method]
    print(f"True shares {SHARES[0]} to {SHARES[-1]} in steps of 0.05, 95 % intervals")
    for sizes in (SIZES, SMALLER):
        print(*table(sizes, SHARES, holds), sep="\n")
    print(f"True shares {', '.join(map(str, EXTREMES))}")
    print(*table(SIZES, EXTREMES, holds), sep="\n")


if __name__ == "__main__":
    main()
