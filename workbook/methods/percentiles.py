"""Percentiles of measured values with distribution-free intervals from order statistics.

A percentile here is the inverse of the empirical distribution: of n sorted values x_(1) <= ... <= x_(n),
the q-quantile is x_(ceil(n q)), the smallest value that at least a share q of the cases does not exceed
(definition 1 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician,
1996). It is always a value that occurred and agrees with the Kaplan-Meier percentile when nothing is censored.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import duckdb
from scipy.special import bdtr, bdtrik

from workbook.methods.estimates import Estimate

PERCENTILES = (0.5, 0.8, 0.9, 0.95)

# n q is an integer for many pairs, such as 20 x 0.95, where the product of floats may land just above it.
_ROUNDING = 1e-9


def quantile_rank(n: int, q: float) -> int:
    """Return the 1-based rank of the q-quantile among `n` sorted values, ceil(n q).

    >>> quantile_rank(100, 0.95)
    95
    """
    _check_share("q", q)
    return min(max(math.ceil(n * q - _ROUNDING), 1), n)


def quantile_interval_ranks(n: int, q: float, level: float = 0.95) -> tuple[int, int] | None:
    """Return the ranks of the order statistics that enclose the q-quantile, or None where no such pair exists.

    The number of observations below the true quantile is binomial(n, q). The lower rank l is the largest with
    P(B < l) <= (1 - level) / 2, the upper rank u the smallest with P(B >= u) <= (1 - level) / 2, so that the
    interval [x_(l), x_(u)] covers with at least `level`, each side with at most half of the error. None where
    l would be 0 or u would exceed n. Source: Hahn and Meeker, "Statistical Intervals", Wiley, 1991, section 5.2.

    >>> quantile_interval_ranks(72, 0.95)
    (64, 72)
    >>> quantile_interval_ranks(71, 0.95) is None
    True
    """
    _check_share("q", q)
    _check_share("level", level)
    if n < 1:
        return None
    tail = (1 - level) / 2
    low = _binomial_quantile(tail, n, q)
    high = _binomial_quantile(1 - tail, n, q) + 1
    return (low, high) if low >= 1 and high <= n else None


def _binomial_quantile(p: float, n: int, share: float) -> int:
    """Return the smallest k with P(B <= k) >= p for B binomial(n, share)."""
    k: int = math.ceil(bdtrik(p, n, share))
    # The inverse is solved in floating point and may miss a whole number by a hair.
    while k > 0 and bdtr(k - 1, n, share) >= p:
        k -= 1
    while bdtr(k, n, share) < p:
        k += 1
    return k


def smallest_sample(q: float, level: float = 0.95) -> int:
    """Return the smallest n for which `quantile_interval_ranks` finds a two-sided interval.

    An interval exists once max(q, 1 - q)^n <= (1 - level) / 2.

    >>> [smallest_sample(q) for q in (0.5, 0.8, 0.9, 0.95)]
    [6, 17, 36, 72]
    """
    _check_share("q", q)
    _check_share("level", level)
    n = math.ceil(math.log((1 - level) / 2) / math.log(max(q, 1 - q)) - _ROUNDING)
    while quantile_interval_ranks(n, q, level) is None:
        n += 1
    return n


def estimate_quantile(sorted_values: Sequence[float], q: float, level: float = 0.95) -> Estimate:
    """Return the q-quantile of values sorted in ascending order, with its interval.

    "too_few" where no two-sided interval exists for this n (see `smallest_sample`).
    """
    return _estimate(len(sorted_values), q, level, lambda rank: float(sorted_values[rank - 1]))


def estimate_quantiles(
    con: duckdb.DuckDBPyConnection, query: str, qs: Sequence[float] = PERCENTILES, level: float = 0.95
) -> tuple[Estimate, ...]:
    """Return the quantiles of the one column that `query` selects; missing values are left out.

    The ranks are computed here and only the order statistics at those ranks leave the database.
    """
    counted = con.execute(f"SELECT count(v) FROM ({query}) AS values_(v)").fetchone()
    n = int(counted[0]) if counted else 0
    ranks = sorted({rank for q in qs for rank in _ranks(n, q, level)})
    if not ranks:
        return tuple(Estimate.missing("too_few", n) for _ in qs)
    # quantile_disc(f) is the order statistic of rank ceil(n f); the half keeps f away from the steps.
    shares = ", ".join(repr((rank - 0.5) / n) for rank in ranks)
    fetched = con.execute(f"SELECT quantile_disc(v, [{shares}]) FROM ({query}) AS values_(v)").fetchone()
    at_rank = dict(zip(ranks, fetched[0] if fetched else (), strict=True))
    return tuple(_estimate(n, q, level, lambda rank: float(at_rank[rank])) for q in qs)


def _ranks(n: int, q: float, level: float) -> tuple[int, ...]:
    interval = quantile_interval_ranks(n, q, level)
    return () if interval is None else (*interval, quantile_rank(n, q))


def _estimate(n: int, q: float, level: float, order_statistic: Callable[[int], float]) -> Estimate:
    ranks = _ranks(n, q, level)
    if not ranks:
        return Estimate.missing("too_few", n)
    low, high, value = (order_statistic(rank) for rank in ranks)
    return Estimate(value, low, high, n)


def _check_share(name: str, share: float) -> None:
    if not 0 < share < 1:
        raise ValueError(f"{name} must lie between 0 and 1, found {share}")
