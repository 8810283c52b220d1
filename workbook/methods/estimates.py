"""An estimate from data: the value, its interval and the number of observations behind it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A quantity estimated from `n` observations, with the ends of its 95 % interval.

    `value` is None where the data cannot support it, and `reason` then says why with a short code
    ("too_few", "not_provided", "not_reached"). An end of the interval that the data do not reach is None.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: str | None = None

    @property
    def is_estimable(self) -> bool:
        """True when the data support a value."""
        return self.value is not None

    @classmethod
    def missing(cls, reason: str, n: int = 0) -> Estimate:
        """Return an estimate without a value, saying why."""
        return cls(None, n=n, reason=reason)
