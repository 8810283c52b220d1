"""Checking the weights of the criteria: complete, in the scale of their method, and without contradictions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

from workbook.engagement.faults import Fault, listed
from workbook.engagement.load import Engagement
from workbook.engagement.schema import Weighting
from workbook.framework import load_framework

BIGGEST_SWING = 100
"""Points of the largest swing; the others are relative to it."""

_PATH = ("assess", "weighting")
_KEYS = {"swing": "points", "direct": "points", "rank_order_centroid": "order", "ahp": "matrix"}
"""Key that holds the weights, by method."""


def weighting_faults(engagement: Engagement) -> Iterator[Fault]:
    """Weights must cover exactly the criteria of the framework, or the sum would leave something out."""
    weighting = engagement.assess.weighting if engagement.assess else None
    if weighting is None:
        return
    criteria = list(load_framework(engagement.client.language).criteria)
    key = _KEYS[weighting.method]
    given: list[str] = list(getattr(weighting, key))
    for other in sorted({*_KEYS.values()} - {key}):
        if getattr(weighting, other):
            found, remedy = f"{other} beside the method {weighting.method}", "delete it, or change the method"
            yield engagement.fault((*_PATH, other), found, key, remedy)
    if not given:
        remedy = f"add {key}, or change the method"
        yield engagement.fault(_PATH, f"no {key}", f"{key} for {listed(criteria)}", remedy)
        return
    missing = [id for id in criteria if id not in given]
    if missing:
        found, allowed = f"no {key} for {listed(missing)}", f"{key} for {listed(criteria)}"
        yield engagement.fault((*_PATH, key), found, allowed, "add what is missing")
    yield from _points_faults(engagement, weighting)
    if weighting.method == "ahp" and not missing:
        yield from _matrix_faults(engagement, weighting, criteria)


def _points_faults(engagement: Engagement, weighting: Weighting) -> Iterator[Fault]:
    points, path = weighting.points.values(), (*_PATH, "points")
    if weighting.method not in ("swing", "direct"):
        return
    if not any(points):
        yield engagement.fault(path, "only zeros", "at least one weight above zero", "give points to what matters")
    elif weighting.method == "swing" and max(points) != BIGGEST_SWING:
        remedy = "give the criterion with the largest swing 100 points and the others in proportion"
        yield engagement.fault(path, f"{max(points):g} as the most points", "100 for the largest swing", remedy)
    elif weighting.method == "direct" and not (_is_near(sum(points), 1) or _is_near(sum(points), 100)):
        yield engagement.fault(path, f"a sum of {sum(points):g}", "a sum of 1 or 100", "correct the points")


def _is_near(total: float, goal: float) -> bool:
    return abs(total - goal) <= 0.005 * goal


def _matrix_faults(engagement: Engagement, weighting: Weighting, criteria: list[str]) -> Iterator[Fault]:
    # Imported here because NumPy takes longer to load than all parameters take to check.
    from workbook.methods.weights import RECIPROCAL_TOLERANCE

    matrix, path = weighting.matrix, (*_PATH, "matrix")
    for id in criteria:
        absent = [other for other in criteria if other not in matrix[id]]
        if absent:
            found = f"no judgement against {listed(absent)}"
            yield engagement.fault((*path, id), found, "a judgement against each criterion", "add what is missing")
    for one, other in combinations_with_replacement(criteria, 2):
        there, back = matrix[one].get(other), matrix[other].get(one)
        if there is None or back is None or abs(there * back - 1) <= RECIPROCAL_TOLERANCE:
            continue
        place = (*path, one, other)
        if one == other:
            yield engagement.fault(place, f"{there:g} for {one} against itself", "1", "write 1")
        else:
            found = f"{there:g} for {one} against {other}, but {back:g} for {other} against {one}"
            remedy = f"write {1 / back:.3g} here, or {1 / there:.3g} there"
            yield engagement.fault(place, found, "two judgements whose product is 1, such as 3 and 0.333", remedy)
