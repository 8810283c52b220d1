"""How today's charter differs from the approved one, key by key."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbook.engagement.values import ThreePoint, Value
from workbook.phases.pilot.agreed import CharterText

BINDING = ("use_case", "metric", "scope_in", "scope_out", "population", "criteria", "design", "adoption", "stop_rules")
"""Parts of a charter by which a pilot is judged: changing one of them moves the goalposts."""

FREE = ("name", "p90", "power", "in_scope", "size", "icc")
"""Keys within them that only name something, or that only planned the sample."""

_QUANTITY = Value.model_fields.keys() | ThreePoint.model_fields.keys()


@dataclass(frozen=True)
class Difference:
    """A key of the charter whose value is another today than approved; None stands for a key that is not there.

    `is_binding` is true for what the pilot is judged by.
    """

    key: str
    approved: str | float | None
    present: str | float | None
    is_binding: bool


def differences(approved: CharterText, present: CharterText | None) -> tuple[Difference, ...]:
    """Return the keys whose values differ, in the order of the approved charter.

    A baseline that Assess measures may be measured again: it is told, and binds nobody, since the approved one counts.
    Where there is no charter any more, that is the one difference.
    """
    if present is None:
        return (Difference("charter", approved.charter.use_case, None, True),)
    before, today = _flat_charter(approved), _flat_charter(present)
    return tuple(
        Difference(key, before.get(key), today.get(key), _is_binding(key, approved))
        for key in dict.fromkeys((*before, *today))
        if not _is_same(before.get(key), today.get(key))
    )


def _is_same(one: str | float | None, other: str | float | None) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other


def _is_binding(key: str, approved: CharterText) -> bool:
    first, *rest = key.split(".")
    if rest and rest[-1] == "baseline":
        measured = [each.id for each in approved.charter.criteria if each.baseline_figure]
        return rest[0] not in measured
    return first in BINDING and not (rest and rest[-1] in FREE)


def _flat_charter(text: CharterText) -> dict[str, str | float]:
    plain = text.charter.model_dump(exclude_none=True)
    flat = dict(_flat("", plain))
    for id, value in text.baselines.items():
        if value is not None:
            flat[f"criteria.{id}.baseline"] = value
    return flat


def _flat(key: str, value: Any) -> Iterator[tuple[str, str | float]]:
    """Yield each value by its dotted key; of a quantity its numbers and its unit, whatever it rests on."""
    if isinstance(value, dict):
        if value.keys() <= _QUANTITY and value.keys() & {"value", "likely"}:
            value = {name: value[name] for name in ("value", "low", "likely", "high", "unit") if name in value}
            if "value" in value:
                yield key, float(value["value"])
                return
        for name, part in value.items():
            yield from _flat(f"{key}.{name}" if key else name, part)
    elif isinstance(value, list | tuple):
        if value and all(isinstance(item, dict) for item in value):
            for place, item in enumerate(value):
                yield from _flat(f"{key}.{item.get('id', place)}", {k: v for k, v in item.items() if k != "id"})
        elif value:
            yield key, "; ".join(map(str, value))
    else:
        yield key, float(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
