"""Where labels go among bubbles so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_RINGS = np.array([0, 7, 14, 22, 32, 44, 58, 75], dtype=float)
# right and left first: a label beside its bubble is read fastest
_ANGLES = np.radians([0, 180, 90, 270, 30, 150, 330, 210, 60, 120, 300, 240])
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], -1).round(12)
_GAP = 2.5
_MARGIN = np.array([1.0, 0.5])


@dataclass(frozen=True, slots=True)
class Anchor:
    """A bubble with its centre and radius, and the width and height of its label, all in points.

    `inner` is the radius of the circle inside its shape in which the label may stand; nought where it may not.
    """

    x: float
    y: float
    radius: float
    width: float
    height: float
    inner: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """The centre of a label, whether it stands in its bubble, and the line to it where it stands far off."""

    x: float
    y: float
    inside: bool
    leader: tuple[tuple[float, float], ...]


def place_labels(anchors: Sequence[Anchor], area: tuple[float, float, float, float]) -> list[Place | None]:
    """Return a place for each label within `area` (left, top, right, bottom), None for one that finds no room.

    Each label in turn takes the first free place: in its bubble, beside it, else on ever wider rings around it. Free
    means clear of the labels placed before and of every bubble. The order of `anchors` is that of importance, largest
    first; the result depends on nothing else.
    """
    circles = np.array([(anchor.x, anchor.y, anchor.radius) for anchor in anchors]).reshape(-1, 3)
    taken = np.empty((0, 4))
    places: list[Place | None] = []
    for number, anchor in enumerate(anchors):
        centre, half = np.array([anchor.x, anchor.y]), np.array([anchor.width, anchor.height]) / 2
        # half the label's size on top, so that its near edge stands at the reach
        reach = anchor.radius + _GAP + _RINGS[:, None, None]
        centres = np.vstack([centre, (centre + (reach + half) * _DIRECTIONS).reshape(-1, 2)])
        low, high = centres - half - _MARGIN, centres + half + _MARGIN
        free = (low >= area[:2]).all(axis=1) & (high <= area[2:]).all(axis=1)
        free &= ~((low[:, None] < taken[:, 2:]) & (high[:, None] > taken[:, :2])).all(axis=2).any(axis=1)
        nearest = np.clip(circles[:, :2], low[:, None], high[:, None])
        covers = ((circles[:, :2] - nearest) ** 2).sum(axis=2) < circles[:, 2] ** 2
        # a label in its bubble is covered by the smaller bubbles only, which are drawn after it
        covers[0] &= np.arange(len(circles)) > number
        free &= ~covers.any(axis=1)
        free[0] &= float(np.hypot(*half)) <= anchor.inner
        if not free.any():
            places.append(None)
            continue
        place = int(free.argmax())
        x, y = centres[place].tolist()
        is_far = place > len(_ANGLES)
        places.append(Place(x, y, place == 0, _leader(anchor, low[place], high[place]) if is_far else ()))
        taken = np.vstack([taken, [*low[place], *high[place]]])
    return places


def _leader(anchor: Anchor, low: np.ndarray, high: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Return the line from just inside the edge of a bubble to the nearest point of its label."""
    centre = np.array([anchor.x, anchor.y])
    end = np.clip(centre, low, high)
    start = centre + (end - centre) * min(anchor.radius * 0.7 / float(np.hypot(*(end - centre))), 1.0)
    return tuple(start.tolist()), tuple(end.tolist())
