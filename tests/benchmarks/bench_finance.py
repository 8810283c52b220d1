"""Simulated business cases: seconds for 100,000 draws of 15 inputs, and the ratio to plain ways to do the same.

    python tests/benchmarks/bench_finance.py
    python tests/benchmarks/bench_finance.py --draws 1000000 --repeat 3

The case has four years of costs and benefits; five pairs of its 15 triangular inputs are correlated. The plain ways are
a loop over draws with numpy's own triangular generator (without correlations, timed on a sample and scaled up) and
`scipy.stats` for the copula and the quantiles. One more line each times PERT inputs and the tornado.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from workbook.methods.cashflows import present_value
from workbook.methods.distributions import Distribution, Pert, Triangular
from workbook.methods.sensitivity import switching_value, tornado
from workbook.methods.simulation import Spread, draw_inputs, spread
from workbook.methods.weights import FloatArray

SEED = 20260930
RATE = 0.10
YEARS = 4
SAMPLE = 5_000
INPUTS = {
    "cases": Triangular(250_000, 320_000, 420_000),
    "growth": Triangular(-0.02, 0.03, 0.10),
    "minutes_saved": Triangular(4, 7, 12),
    "eligible_share": Triangular(0.4, 0.6, 0.7),
    "adoption_first": Triangular(0.1, 0.3, 0.5),
    "adoption_second": Triangular(0.3, 0.6, 0.8),
    "adoption_later": Triangular(0.5, 0.8, 0.9),
    "realisation": Triangular(0.3, 0.5, 0.8),
    "wage": Triangular(32, 38, 48),
    "error_saving": Triangular(0.0, 0.4, 1.2),
    "build": Triangular(250_000, 300_000, 600_000),
    "training": Triangular(40_000, 60_000, 120_000),
    "licence": Triangular(50_000, 60_000, 90_000),
    "tokens": Triangular(0.05, 0.10, 0.30),
    "support": Triangular(40_000, 60_000, 100_000),
}
CORRELATIONS = {
    ("adoption_first", "adoption_second"): 0.6,
    ("adoption_second", "adoption_later"): 0.6,
    ("adoption_first", "training"): 0.3,
    ("licence", "support"): 0.4,
    ("build", "support"): 0.5,
}
PERTS = {name: Pert(each.low, each.mode, each.high) for name, each in INPUTS.items()}


def net_present_value(inputs: Mapping[str, FloatArray]) -> FloatArray:
    """Return the net present value of the case, for one level of each input or for arrays of them."""
    flows = [-inputs["build"] - inputs["training"]]
    adoptions = [inputs["adoption_first"], inputs["adoption_second"], *[inputs["adoption_later"]] * (YEARS - 2)]
    cases = inputs["cases"] * inputs["eligible_share"]
    worth = inputs["minutes_saved"] / 60 * inputs["wage"] * inputs["realisation"]
    for adoption in adoptions:
        handled = cases * adoption
        flows.append(handled * (worth + inputs["error_saving"] - inputs["tokens"]) - inputs["licence"])
        flows[-1] -= inputs["support"]
        cases = cases * (1 + inputs["growth"])
    return present_value(np.stack(flows, axis=-1), RATE)


def by_workbook(inputs: Mapping[str, Distribution], draws: int) -> Spread:
    """Simulate as the workbook does."""
    return spread(net_present_value(draw_inputs(inputs, CORRELATIONS, draws, seed=SEED)))


def by_loop(draws: int) -> FloatArray:
    """Simulate draw by draw, the inputs independent."""
    rng = np.random.default_rng(SEED)
    points = {name: (each.low, each.mode, each.high) for name, each in INPUTS.items()}
    outcomes = np.empty(draws)
    for i in range(draws):
        outcomes[i] = net_present_value({name: rng.triangular(*each) for name, each in points.items()})
    return outcomes


def by_scipy(draws: int) -> FloatArray:
    """Simulate with the distributions of scipy.stats."""
    names = list(INPUTS)
    matrix = np.eye(len(names))
    for (one, other), rho in CORRELATIONS.items():
        i, j = names.index(one), names.index(other)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rho / 6)
    normals = stats.multivariate_normal(cov=matrix, seed=SEED).rvs(draws)
    inputs = {}
    for column, (name, each) in zip(stats.norm.cdf(normals).T, INPUTS.items(), strict=True):
        span = each.high - each.low
        inputs[name] = stats.triang.ppf(column, (each.mode - each.low) / span, each.low, span)
    return net_present_value(inputs)


def best_of(repeat: int, measured: Callable[[], object]) -> float:
    """Return the best seconds of some runs."""
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        measured()
        best = min(best, time.perf_counter() - start)
    return float(best)


def one_at_a_time() -> None:
    """Make the tornado and all switching values."""
    base = {name: each.mode for name, each in INPUTS.items()}
    p10, p90 = ({name: float(each.quantile(u)) for name, each in INPUTS.items()} for u in (0.1, 0.9))
    tornado(base, p10, p90, net_present_value)
    for name, each in INPUTS.items():
        span = each.high - each.low
        switching_value(base, name, each.low - span, each.high + span, net_present_value)


def figures(found: Spread) -> str:
    """Write the percentiles and the probability of loss."""
    p10, p50, p90, loss = (each.value or 0.0 for each in (found.p10, found.p50, found.p90, found.loss))
    return f"P10 {p10:,.0f}  P50 {p50:,.0f}  P90 {p90:,.0f}  loss {loss:.3f}"


def main() -> None:
    """Measure, and print seconds, ratios and the figures that must agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    draws, repeat = options.draws, options.repeat
    start = time.perf_counter()
    found = by_workbook(INPUTS, draws)
    first = time.perf_counter() - start
    own = best_of(repeat, lambda: by_workbook(INPUTS, draws))
    print(f"{draws:,} draws of {len(INPUTS)} inputs, {len(CORRELATIONS)} correlations, {YEARS} years")
    print(f"workbook, triangular   {own:8.3f} s best of {repeat}, {first:.3f} s the first time   {figures(found)}")
    pert = best_of(repeat, lambda: by_workbook(PERTS, draws))
    print(f"workbook, PERT         {pert:8.3f} s   {figures(by_workbook(PERTS, draws))}")
    library = best_of(repeat, lambda: by_scipy(draws))
    print(f"scipy.stats            {library:8.3f} s   {library / own:.1f} times   {figures(spread(by_scipy(draws)))}")
    loop = best_of(1, lambda: by_loop(SAMPLE)) * draws / SAMPLE
    print(f"loop over draws        {loop:8.3f} s   {loop / own:.0f} times (scaled up from {SAMPLE:,})")
    print(f"tornado and switching values of all inputs {best_of(repeat, one_at_a_time):.3f} s")


if __name__ == "__main__":
    main()
