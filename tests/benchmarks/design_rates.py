"""Print how often panel and interrupted-series results hold the truth in simulated data: python design_rates.py."""

from __future__ import annotations

import math

import numpy as np

from workbook.methods.interrupted import interrupted_series
from workbook.methods.panel_estimates import Panel
from workbook.methods.panels import difference_in_differences, pre_trend

PERIODS = 12
DRAWS = 1000


def correlated(rng: np.random.Generator, shape: tuple[int, ...], correlation: float) -> np.ndarray:
    noise = rng.standard_normal(shape)
    noise[..., 1:] *= math.sqrt(1 - correlation**2)
    for k in range(1, shape[-1]):
        noise[..., k] += correlation * noise[..., k - 1]
    return noise


def panels(starts: list[int], draws: int) -> None:
    rng, held, judged, small, leads, slopes, wild = np.random.default_rng(1), [], [], [], [], [], []
    for _ in range(draws):
        outcomes = correlated(rng, (len(starts), PERIODS), 0.5) + rng.standard_normal((len(starts), 1))
        units = tuple(str(k) for k in range(len(starts)))
        of = Panel(units, tuple(range(PERIODS)), outcomes, np.array(starts))
        result, trend = difference_in_differences(of), pre_trend(of)
        if result.effect.low is not None and result.effect.high is not None:
            held.append(result.effect.low <= 0 <= result.effect.high)
        if result.quoted.low is not None and result.quoted.high is not None:
            judged.append(result.quoted.low <= 0 <= result.quoted.high)
        small += [] if result.p_value is None else [result.p_value <= 0.05]
        wild += [] if result.bootstrap_p is None else [result.bootstrap_p <= 0.05]
        leads += [] if trend.joint_p is None else [trend.joint_p <= 0.05]
        slopes += [] if trend.slope_p is None else [trend.slope_p <= 0.05]
    shown = (f"{np.mean(rates):7.3f}" if rates else "      -" for rates in (held, judged, small, wild, slopes, leads))
    print(f"{len(starts) - starts.count(PERIODS):3} of {len(starts):3} in {len({*starts} - {PERIODS})} stages", *shown)


def main() -> None:
    print("Panels without effect: intervals hold zero (by unit, judged); p up to 0.05 (quoted, wild, slope, leads)")
    never = PERIODS
    panels([6] * 25 + [never] * 25, DRAWS)
    panels([6] * 12 + [never] * 12, DRAWS)
    panels([6] * 6 + [never] * 6, 300)
    panels([6] * 3 + [never] * 7, 300)
    panels([4] * 10 + [7] * 10 + [never] * 10, DRAWS)
    panels([4, 5, 6, 7, never, never, never, never], 300)
    panels([2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 300)
    print("\nInterrupted series without effect: interval holds zero, for the level and for the slope")
    for points in (16, 24, 52):
        for correlation in (0.0, 0.2, 0.4, 0.6):
            series = correlated(np.random.default_rng(2), (DRAWS, points), correlation).tolist()
            row = []
            for errors in ("ar1", "newey_west", "ols"):
                fits = [interrupted_series(one, points // 2, errors=errors) for one in series]  # type: ignore[arg-type]
                for effects in ([fit.level for fit in fits], [fit.slope for fit in fits]):
                    row.append(np.mean([e.low <= 0 <= e.high for e in effects]))  # type: ignore[operator]
            print(f"{points:4} {correlation:.1f}", *(f"{share:6.3f}" for share in row))


if __name__ == "__main__":
    main()
