"""Cases needed in each arm of a comparison, rounded up once at the end.

The formulas assume a single look at independent cases. A design effect is a factor for what clusters add, given as
`inflation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri

# A product of floats may land just above a whole number.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ArmSizes:
    """Cases needed in each arm."""

    pilot: int
    baseline: int

    @property
    def total(self) -> int:
        """Cases needed in both arms."""
        return self.pilot + self.baseline


def two_proportions(
    baseline: float,
    pilot: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    ratio: float = 1.0,
    inflation: float = 1.0,
) -> ArmSizes:
    """Return the cases that show a difference of two proportions in a two-sided test at `alpha`.

    With r = pilot cases per baseline case and P the mean of the shares weighted by the arms, the baseline needs
    (z sqrt((1 + 1/r) P (1 - P)) + z_power sqrt(p_b (1 - p_b) + p_p (1 - p_p) / r))^2 / (p_p - p_b)^2 cases and the
    pilot r times as many, times `inflation`. Source: Fleiss, Levin and Paik, "Statistical Methods for Rates and
    Proportions", 3rd edition, Wiley, 2003, chapter 4, without continuity correction.

    >>> two_proportions(0.45, 0.75)
    ArmSizes(pilot=41, baseline=41)
    """
    _check_shares(baseline=baseline, pilot=pilot)
    z, z_power = _quantiles(power, alpha)
    _check_factors(ratio, inflation)
    if baseline == pilot:
        raise ValueError(f"baseline and pilot are both {pilot:g}: a difference of zero cannot be shown")
    mean = (baseline + ratio * pilot) / (1 + ratio)
    null = z * math.sqrt((1 + 1 / ratio) * mean * (1 - mean))
    planned = z_power * math.sqrt(baseline * (1 - baseline) + pilot * (1 - pilot) / ratio)
    return _arms(((null + planned) / (pilot - baseline)) ** 2, ratio, inflation)


def non_inferiority(
    baseline: float,
    margin: float,
    *,
    pilot: float | None = None,
    higher_is_better: bool = True,
    power: float = 0.8,
    alpha: float = 0.025,
    ratio: float = 1.0,
    inflation: float = 1.0,
) -> ArmSizes:
    """Return the cases that show a proportion not to be worse by `margin` (> 0, in shares), one-sided at `alpha`.

    The baseline needs (z + z_power)^2 (p_b (1 - p_b) + p_p (1 - p_p) / r) / (d + margin)^2 cases, where d is the true
    gain of the pilot, 0 unless `pilot` is given. Source: Blackwelder, "Proving the null hypothesis in clinical trials",
    Controlled Clinical Trials, 1982.

    >>> non_inferiority(0.95, 0.02)
    ArmSizes(pilot=1865, baseline=1865)
    """
    expected = baseline if pilot is None else pilot
    _check_shares(baseline=baseline, pilot=expected)
    # One-sided, so that the two-sided quantile belongs to twice the error.
    z, z_power = _quantiles(power, 2 * alpha)
    _check_factors(ratio, inflation)
    if not margin > 0:
        raise ValueError(f"margin must be over 0, found {margin}")
    distance = margin + (expected - baseline if higher_is_better else baseline - expected)
    if distance <= 0:
        raise ValueError(f"a pilot at {expected:g} is worse than {baseline:g} by the margin {margin:g} or more")
    variance = baseline * (1 - baseline) + expected * (1 - expected) / ratio
    return _arms(((z + z_power) / distance) ** 2 * variance, ratio, inflation)


def rank_comparison(
    effect: float, *, power: float = 0.8, alpha: float = 0.05, ratio: float = 1.0, inflation: float = 1.0
) -> ArmSizes:
    """Return the cases that show P(pilot < baseline) = `effect` in a two-sided Mann-Whitney test at `alpha`.

    The total is N = (z + z_power)^2 / (12 c (1 - c) (effect - 1/2)^2) with c the share of the pilot, and each arm its
    part of it. Source: Noether, "Sample size determination for some common nonparametric tests", Journal of the
    American Statistical Association, 1987.

    >>> rank_comparison(0.6)
    ArmSizes(pilot=131, baseline=131)
    """
    _check_shares(effect=effect)
    z, z_power = _quantiles(power, alpha)
    _check_factors(ratio, inflation)
    if effect == 0.5:
        raise ValueError("effect is 0.5, which is no effect: it cannot be shown")
    share = ratio / (1 + ratio)
    total = ((z + z_power) / (effect - 0.5)) ** 2 / (12 * share * (1 - share))
    return _arms(total * (1 - share), ratio, inflation)


def _arms(baseline: float, ratio: float, inflation: float) -> ArmSizes:
    cases = (math.ceil(size * inflation - _ROUNDING) for size in (ratio * baseline, baseline))
    return ArmSizes(*cases)


def _quantiles(power: float, alpha: float) -> tuple[float, float]:
    """Return the normal quantiles of 1 - alpha / 2 and of the power."""
    if not 0 < alpha < 1:
        raise ValueError(f"the two-sided error must lie between 0 and 1, found {alpha}")
    if not alpha < power < 1:
        raise ValueError(f"power must lie between the error {alpha:g} and 1, found {power}")
    return float(ndtri(1 - alpha / 2)), float(ndtri(power))


def _check_shares(**shares: float) -> None:
    for name, share in shares.items():
        if not 0 < share < 1:
            raise ValueError(f"{name} must lie between 0 and 1, found {share}")


def _check_factors(ratio: float, inflation: float) -> None:
    if not 0 < ratio < math.inf:
        raise ValueError(f"ratio must be a number over 0 of pilot cases per baseline case, found {ratio}")
    if not 1 <= inflation < math.inf:
        raise ValueError(f"inflation must be a factor of at least 1, found {inflation}")
