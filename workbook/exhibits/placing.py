"""Where labels go among bubbles so that none covers another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

_RINGS = (0.0, 7.0, 14.0, 22.0, 32.0, 44.0, 58.0, 75.0, 95.0, 120.0, 150.0, 190.0)
# right and left first: a label beside its bubble is read fastest
_ANGLES = (0, 180, 90, 270, 30, 150, 330, 210, 60, 120, 300, 240)
_GAP = 2.5

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A bubble with its centre and radius, and the width and height of its label, all in points.

    `inner` is the radius of the circle inside its shape in which a number may stand.
    """

    x: float
    y: float
    radius: float
    width: float
    height: float
    inner: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """The centre of a label, and whether it stands so far off that a line should lead to it."""

    x: float
    y: float
    far: bool = False
    inside: bool = False


def place_labels(anchors: Sequence[Anchor], area: _Box, *, numbers: bool = False) -> list[Place | None]:
    """Return a place for each label within `area` (left, top, right, bottom), None for one that finds no room.

    Each label in turn takes the first free place: beside its bubble, else on ever wider rings around it. Free means
    clear of the labels and leading lines placed before and of every bubble. The order of `anchors` is that of
    importance, largest first; the result depends on nothing else. `numbers` are short: they may stand inside their
    bubbles, and in a crowd a line may lead past another number.
    """
    circles = np.array([(anchor.x, anchor.y, anchor.radius) for anchor in anchors]).reshape(-1, 3)
    taken: list[_Box] = []
    places: list[Place | None] = []
    for number, anchor in enumerate(anchors):
        found, crossed = None, None
        for place in _candidates(anchor, numbers):
            if not _is_free(place, anchor, number, area, circles, taken):
                continue
            if not _is_crossed(place, anchor, taken):
                found = place
                break
            crossed = crossed or place
        found = found or (crossed if numbers else None)
        places.append(found)
        if found is not None:
            taken.append(_box(found, anchor))
            taken.extend((x, y, x, y) for x, y in _leader(found, anchor))
    return places


def leader_ends(place: Place, anchor: Anchor) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the line from just inside the edge of a bubble to the nearest point of its label."""
    left, top, right, bottom = _box(place, anchor)
    x, y = min(max(anchor.x, left), right), min(max(anchor.y, top), bottom)
    distance = math.hypot(x - anchor.x, y - anchor.y) or 1.0
    share = min(anchor.radius * 0.7 / distance, 1.0)
    return (anchor.x + (x - anchor.x) * share, anchor.y + (y - anchor.y) * share), (x, y)


def _leader(place: Place, anchor: Anchor) -> list[tuple[float, float]]:
    """Return points along the leading line, close enough that no label fits between two."""
    if not place.far:
        return []
    (x0, y0), (x1, y1) = leader_ends(place, anchor)
    steps = max(2, int(math.hypot(x1 - x0, y1 - y0) / 4))
    return [(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps) for step in range(1, steps)]


def _candidates(anchor: Anchor, inside: bool) -> Iterator[Place]:
    if inside and math.hypot(anchor.width, anchor.height) / 2 <= anchor.inner:
        yield Place(anchor.x, anchor.y, inside=True)
    for ring in _RINGS:
        reach = anchor.radius + _GAP + ring
        for angle in _ANGLES:
            across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            # half the label's size on top, so that its near edge stands at the reach
            x = anchor.x + across * (reach + anchor.width / 2)
            y = anchor.y + down * (reach + anchor.height / 2)
            yield Place(x, y, far=ring > 0)


def _box(place: Place, anchor: Anchor) -> _Box:
    across, down = anchor.width / 2 + 1, anchor.height / 2 + 0.5
    return place.x - across, place.y - down, place.x + across, place.y + down


def _is_crossed(place: Place, anchor: Anchor, taken: Sequence[_Box]) -> bool:
    leader = _leader(place, anchor)
    return any(begin < x < end and over < y < under for x, y in leader for begin, over, end, under in taken)


def _is_free(
    place: Place,
    anchor: Anchor,
    number: int,
    area: _Box,
    circles: np.ndarray,
    taken: Sequence[_Box],
) -> bool:
    left, top, right, bottom = _box(place, anchor)
    if left < area[0] or top < area[1] or right > area[2] or bottom > area[3]:
        return False
    if any(left < end and right > begin and top < under and bottom > over for begin, over, end, under in taken):
        return False
    dx = circles[:, 0] - np.clip(circles[:, 0], left, right)
    dy = circles[:, 1] - np.clip(circles[:, 1], top, bottom)
    covered = np.hypot(dx, dy) < circles[:, 2]
    if place.inside:
        # larger bubbles are drawn before and lie under it
        covered &= circles[:, 2] <= anchor.radius
        covered[number] = False
    return not covered.any()
