"""One declared quantity that can be moved: a slider and number boxes, beside what it is and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from ipywidgets import HTML, Box, Dropdown, FloatSlider, FloatText, HBox, Layout, Text, VBox, Widget

from workbook.engagement.faults import Fault, dotted
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.load import Engagement
from workbook.engagement.save import key_path
from workbook.engagement.yaml_reader import Document
from workbook.exhibits.live.frame import WIDE, Quiet, note
from workbook.exhibits.live.saving import Who

Bounds = tuple[float | None, float | None]
SHARE: Bounds = (0.0, 1.0)

LABELS = {"value": "Value", "low": "Low", "likely": "Likeliest", "high": "High"}
"""What the numbers of a quantity are called, by their key in the file."""

EVIDENCE = (
    ("choose one", None),
    ("interview: somebody has said so", "interview"),
    ("estimate: by somebody who knows the work", "estimate"),
    ("assumed: nobody knows", "assumed"),
)
"""What a number that was moved may rest on; nothing is measured by moving a lever."""

FIELD: dict[str, Any] = {
    "style": {"description_width": "160px"},
    "layout": Layout(width="720px", max_width="98%"),
}
"""How a field beside the levers looks."""

_REACH = 2.0
"""How far a slider without a natural end goes, as a multiple of the largest number stated."""

_STEPS = 100
"""Into how many steps at least a slider divides its way."""


class Lever(VBox):
    """The numbers of one quantity: `{"value": 0.66}`, or `{"low": 0.5, "likely": 0.66, "high": 0.78}`.

    `name` and `about` are plain text that may come from a client; `number` counts the levers of a control, so that each
    box has a name of its own. `on_move` is called once for each move by hand, not for a reset. Numbers outside of the
    bounds or out of order are kept as they were typed: whoever reads them says so.
    """

    def __init__(
        self,
        path: KeyPath,
        name: str,
        numbers: Mapping[str, float],
        bounds: Bounds,
        *,
        number: int,
        about: str,
        on_move: Callable[[], Any],
    ) -> None:
        self.path, self.name, self.start = path, name, dict(numbers)
        self._on_move, self._quiet = on_move, Quiet()
        middle = "likely" if "likely" in numbers else "value"
        low, high = _reach(list(numbers.values()), bounds)
        self._digits = _digits(high - low)
        step = 10.0**-self._digits
        self.boxes = {
            key: FloatText(
                value=value, step=step, continuous_update=False, description=f"{number} {LABELS[key]}",
                tooltip=f"{LABELS[key]}: {name}", style={"description_width": "72px"}, layout=Layout(width="170px"),
            )
            for key, value in numbers.items()
        }  # fmt: skip
        self._middle = self.boxes[middle]
        # its handle has no name of its own in this library; the number beside it has, and does the same
        self.slider = FloatSlider(
            value=numbers[middle], min=low, max=high, step=step, readout=False, continuous_update=False,
            tooltip=f"{LABELS[middle]}: {name}", layout=Layout(width="200px"),
        )  # fmt: skip
        self._quiet.on(self.slider, lambda change: self._from_slider(change["new"]))
        for box in self.boxes.values():
            self._quiet.on(box, lambda _: self._from_box())
        heading = HTML(
            f'<div style="margin-top:6px;line-height:1.35"><b>{number}. {escape(name)}</b></div>{note(about)}'
        )
        row = HBox([self._middle, self.slider, *(box for box in self.boxes.values() if box is not self._middle)])
        row.layout.flex_flow = "row wrap"
        super().__init__([heading, row], layout=Layout(width="auto", flex="0 0 auto"))

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers as they stand."""
        return {key: float(box.value) for key, box in self.boxes.items()}

    @property
    def is_moved(self) -> bool:
        """True when a number differs from what the file says."""
        return self.numbers != self.start

    def reset(self) -> None:
        """Put back what the file says, without a call of `on_move`."""
        with self._quiet.silence():
            for key, number in self.start.items():
                self.boxes[key].value = number
            self._follow()

    def keep(self) -> None:
        """Take the numbers as they stand for what the file says, since they have been saved."""
        self.start = self.numbers

    def _from_slider(self, number: float) -> None:
        self._middle.value = round(number, self._digits)

    def _from_box(self) -> None:
        self._follow()
        self._on_move()

    def _follow(self) -> None:
        """Move the slider to the number in the box, as far as it goes."""
        self._quiet.set(self.slider, value=min(max(float(self._middle.value), self.slider.min), self.slider.max))


def _reach(stated: Sequence[float], bounds: Bounds) -> tuple[float, float]:
    """Return the ends of a slider: those that nature sets, or some way beyond the numbers stated."""
    largest = max(abs(number) for number in stated) or 1.0
    low = bounds[0] if bounds[0] is not None else min(0.0, _REACH * min(stated))
    high = bounds[1] if bounds[1] is not None and bounds[1] <= 1 else _REACH * largest
    return low, high if bounds[1] is None else min(high, bounds[1])


def _digits(way: float) -> int:
    """Return the digits after the point of a step that divides a way into some hundred; negative for tens."""
    return -math.floor(math.log10(way / _STEPS))


def beside(controls: Sequence[Widget], shown: Sequence[Widget]) -> Box:
    """Return controls with what they move beside them, or below where the screen is narrow."""
    left = VBox(list(controls), layout=Layout(flex="1 1 385px", max_width="460px", margin="0 16px 0 0"))
    right = VBox(list(shown), layout=Layout(flex="2 1 420px", max_width="720px"))
    return Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="auto", max_width="1200px"))


class Basis(VBox):
    """What the numbers moved rest on: their evidence and source; `on_change` is called when either changes."""

    def __init__(self, on_change: Callable[[], Any]) -> None:
        self.evidence = Dropdown(
            description="Rests on", options=EVIDENCE, index=0, tooltip="Evidence of what was moved", **FIELD
        )
        self.source = Text(
            description="Source", placeholder="who said so, or where it stands", continuous_update=False,
            tooltip="Who said so, or where it stands; saved with each number moved", **FIELD,
        )  # fmt: skip
        for widget in (self.evidence, self.source):
            widget.observe(lambda _: on_change(), "value")
        super().__init__([self.evidence, self.source], layout=WIDE)

    def stated(self, who: Who) -> dict[str, Any]:
        """Return the keys to save beside a number. Raises ValueError where it is not said what it rests on."""
        source = self.source.value.strip()
        if self.evidence.value is None or not source:
            raise ValueError("say what the numbers rest on, and who said so or where it stands")
        return {"evidence": self.evidence.value, "source": source, "date": who.date, "by": who.by}


def refused(faults: Sequence[Fault], names: Mapping[KeyPath, str], document: Document) -> str:
    """Return faults in words, each by the name of what was moved there, since nothing is in the file yet."""
    keys = {dotted(key_path(document, path)): name for path, name in names.items()}
    lines = [
        f"{next((name for key, name in keys.items() if fault.key.startswith(key)), fault.key)}: {fault.found}; "
        f"allowed {fault.allowed}; {fault.remedy}"
        for fault in faults
    ]
    return "\n".join([*lines, "Below stands what the last numbers gave that can be computed"])


def stale(before: Engagement, now: Engagement, file: str) -> str:
    """Return in words that other files than the one saved have changed since the notebook was run; else nothing."""
    names = before.text_hashes.keys() | now.text_hashes.keys()
    changed = sorted(name for name in names - {file} if before.text_hashes.get(name) != now.text_hashes.get(name))
    return f"{', '.join(changed)} changed as well since this was computed: run the notebook again." if changed else ""
