"""Where a condition switches along a number line, found by halving."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbook.methods.weights import FloatArray

Condition = Callable[[FloatArray], NDArray[np.bool_]]

# Each halving gains one binary digit; 64 leave less than a double can hold of the width of the bracket.
_HALVINGS = 64


def switch_points(condition: Condition, low: ArrayLike, high: ArrayLike) -> FloatArray:
    """Return for each bracket [low, high] the point from which `condition` holds as it does at `high`; shape as given.

    The condition takes an array of points and is asked for all brackets at once. Where it switches more than once in a
    bracket one of the switches is found; where it holds everywhere as at `high`, the point is `low`.
    """
    below, above = np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
    at_high = condition(above)
    for _ in range(_HALVINGS):
        middle = 0.5 * (below + above)
        as_at_high = condition(middle) == at_high
        before = below, above
        above = np.where(as_at_high, middle, above)
        below = np.where(as_at_high, below, middle)
        # From here on each further halving would do the same again.
        if np.array_equal(below, before[0]) and np.array_equal(above, before[1]):
            break
    return np.asarray(above)
