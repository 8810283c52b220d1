"""Print how often simulated pilots go, beside the chance computed for the charter: python verdict_rates.py.

Judge: at zero at most 5 %, with planned looks too; at the planned effect within two points of the computed chance.
"""

from __future__ import annotations

import sys
import time

from workbook.methods.chance_of_go import chances_of_go, required_sample
from workbook.methods.pilot_plan import (
    Adoption,
    Clusters,
    DurationMetric,
    Look,
    PilotPlan,
    ProportionGuardrail,
    ProportionMetric,
)
from workbook.methods.pilot_simulation import simulate_go

DRAWS = 20_000


def looks(boundaries: tuple[float, ...]) -> tuple[Look, ...]:
    return tuple(Look((k + 1) / len(boundaries), b) for k, b in enumerate(boundaries))


OBF2, OBF3 = looks((2.797, 1.977)), looks((3.471, 2.454, 2.004))
OBF5, POCOCK3 = looks((4.562, 3.226, 2.634, 2.281, 2.040)), looks((2.289,) * 3)
QUALITY = ProportionGuardrail("quality", 0.95, 0.03)
CHECKED = ProportionGuardrail("complaints", 0.05, 0.04, better="lower", measured=0.5)
RISES, FALLS = ProportionMetric(0.45, 0.10, 0.05), ProportionMetric(0.05, 0.02, 0.01, "lower")
DAYS = DurationMetric.from_percentiles(10, 36, 3, 1)

PLANS = {
    "share 45 to 75 %": PilotPlan(ProportionMetric(0.45, 0.30, 0.10)),
    "share 45 to 55 %": PilotPlan(RISES),
    "share 5 to 3 %": PilotPlan(FALLS),
    "  with quality and adoption": PilotPlan(RISES, (QUALITY,), Adoption(0.4, 0.3, 150)),
    "  with two guardrails, 3 looks": PilotPlan(RISES, (QUALITY, CHECKED), Adoption(0.4, 0.3), OBF3),
    "  with two guardrails, 5 looks": PilotPlan(RISES, (QUALITY, CHECKED), Adoption(0.4, 0.3), OBF5),
    "  45 to 75 %, 2 looks": PilotPlan(ProportionMetric(0.45, 0.30, 0.10), looks=OBF2),
    "  45 to 65 %, Pocock 3 looks": PilotPlan(ProportionMetric(0.45, 0.20, 0.05), looks=POCOCK3),
    "  45 to 60 %, clusters": PilotPlan(ProportionMetric(0.45, 0.15, 0.05), clusters=Clusters(0.05, 20)),
    "median 10 to 7 days": PilotPlan(DAYS),
    "  10 to 5 days": PilotPlan(DurationMetric.from_percentiles(10, 36, 5, 2)),
    "  3 looks": PilotPlan(DAYS, looks=OBF3),
    "  3 looks, clusters": PilotPlan(DAYS, looks=OBF3, clusters=Clusters(0.05, 10)),
}


def main(draws: int = DRAWS) -> None:
    print(f"{'plan':32} {'n':>5} {'ms':>5}  {'at zero':>15}  {'at worthwhile':>15}  {'at planned':>15}")
    worst_zero = worst_gap = 0.0
    for name, plan in PLANS.items():
        began = time.perf_counter()
        n = required_sample(plan).n or 0
        milliseconds = 1000 * (time.perf_counter() - began)
        chances, cells = chances_of_go(plan, n), []
        drawn = draws if isinstance(plan.primary, ProportionMetric) else draws // 2
        for effect, chance in (
            (0.0, chances.at_zero),
            (plan.primary.worthwhile, chances.at_worthwhile),
            (plan.primary.planned, chances.at_planned),
        ):
            seen = simulate_go(plan, n, effect, drawn, seed=1).value or 0.0
            cells.append(f"{chance:7.4f} {seen:7.4f}")
            worst_zero = max(worst_zero, seen) if effect == 0 else worst_zero
        worst_gap = max(worst_gap, abs(seen - chances.at_planned))
        print(f"{name:32} {n:5} {milliseconds:5.0f}  " + "  ".join(cells))
    print("Pairs: computed and simulated.")
    print(f"Most frequent go without effect {worst_zero:.4f}; largest gap at the planned effect {worst_gap:.4f}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
