"""Families of claims: p-values adjusted so that the chance of any false claim stays at the level of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return the Holm-adjusted p-values, in the order given.

    With the m p-values sorted in ascending order, the k-th is adjusted to the largest of min(1, (m - j + 1) p_(j)) over
    j <= k. A claim without a p-value (None) stays without, and still counts in m: that it could not be tested must not
    make the others easier to show. Source: Holm, "A simple sequentially rejective multiple test procedure",
    Scandinavian Journal of Statistics, 1979.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    for p in p_values:
        # Written so that NaN fails as well.
        if p is not None and not 0 <= p <= 1:
            raise ValueError(f"p-values must lie between 0 and 1, found {p}")
    known = np.array([p for p in p_values if p is not None], dtype=np.float64)
    order = np.argsort(known, kind="stable")
    stepped = np.minimum(1.0, known[order] * (len(p_values) - np.arange(len(known))))
    adjusted = np.empty(len(known))
    adjusted[order] = np.maximum.accumulate(stepped)
    remaining = iter(adjusted.tolist())
    return tuple(None if p is None else next(remaining) for p in p_values)
