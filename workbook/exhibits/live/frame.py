"""A chart that moves in place on the screen, and messages in place: what every control shows its result with.

The drawing stands in the page as SVG rather than as an image. An image is decoded after the page has been painted, so
the place flickers at each move, and the widget for images has no alternative text. Inline, a move is one change of the
page and the browser paints it once. What an image would have kept apart is done here: a name of its own for the inner
ids of each chart, since two charts on one page (of two notebooks, in JupyterLab) share their ids, and no style sheet.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from html import escape
from typing import Any, Generic, ParamSpec, TypeVar

from ipywidgets import HTML, Button, Layout, Widget

from workbook.engagement.faults import FaultsError
from workbook.exhibits.page import Page, page_of
from workbook.exhibits.screen import FONT, card
from workbook.exhibits.svg import svg_of
from workbook.exhibits.theme import palette

_SHEET = '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
# the same said of one drawing only, which would else hold for every drawing on the page
_STYLE = "stroke-linejoin:round;stroke-linecap:butt;max-width:100%;height:auto;display:block"
WIDE = Layout(width="auto", max_width="1000px")

Data = TypeVar("Data")
Artists = TypeVar("Artists")
P = ParamSpec("P")


class Frame(HTML, Generic[Data, Artists]):
    """A chart drawn once whose artists then move.

    Title and alternative text are plain text that may come from a client. `draw` is that of the static exhibit, which
    is thus the first frame; an update of the same chart is handed to `move`.
    """

    def __init__(self, draw: Callable[[Page, Data], Artists], data: Data, *, title: str, alt: str) -> None:
        super().__init__(layout=WIDE)
        self._name = f"live-{uuid.uuid4().hex[:8]}"
        self._draw = draw
        self.redraw(data, title, alt)

    def move(self, update: Callable[[Artists], Any], title: str, alt: str) -> None:
        """Move what is drawn: `update` is given the artists, such as `lambda a: update_chart_lines(a, data)`."""
        update(self._artists)
        self._show(title, alt)

    def redraw(self, data: Data, title: str, alt: str) -> None:
        """Draw the chart anew, for data of another shape than before, such as one more row."""
        self._page, self._artists = page_of(self._draw, data)
        self._show(title, alt)

    def _show(self, title: str, alt: str) -> None:
        drawing = svg_of(self._page.figure, self._name).replace(_SHEET, "")
        drawing = drawing.replace("<svg ", f'<svg aria-hidden="true" focusable="false" style="{_STYLE}" ', 1)
        heading = f'<p style="margin:0 0 8px;font-weight:600;font-size:15px">{escape(title)}</p>'
        self.value = card(f'{heading}<div role="img" aria-label="{escape(alt)}">{drawing}</div>')


class Message(HTML):
    """A line of text that changes in place: what has come about, or what cannot be done and why."""

    def __init__(self) -> None:
        super().__init__(layout=WIDE)

    def say(self, text: str) -> None:
        """Show a text that assistive technology reads when it has time."""
        self.value = f'<div role="status" style="{FONT};padding:2px 0">{escape(text)}</div>'

    def warn(self, text: str) -> None:
        """Show a fault with a sign and a frame, which assistive technology reads at once."""
        bad = palette().bad
        look = f"{FONT};padding:4px 8px;border:2px solid {bad};background:{palette().paper};color:{bad}"
        lines = "<br>".join(escape(line) for line in text.splitlines())
        self.value = f'<div role="alert" style="{look}"><span aria-hidden="true">■ </span>{lines}</div>'

    def clear(self) -> None:
        """Show nothing."""
        self.value = ""


def note(text: str, tag: str = "div") -> str:
    """Return a small text as HTML: help beside a control, or what goes with a result."""
    # the colour of JupyterLab's own texts, which may be light on dark
    look = f"{FONT};font-size:12px;color:var(--jp-ui-font-color1, {palette().ink})"
    return f'<{tag} style="{look}">{escape(text)}</{tag}>'


def guarded(callback: Callable[P, Any], message: Message) -> Callable[P, None]:
    """Return a callback that shows what is wrong with what it was given in `message`, and clears it otherwise.

    What is wrong is a ValueError, the faults of a file, or numbers beyond what can be computed with; anything else is a
    mistake of ours and not kept silent.
    """

    @wraps(callback)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except FaultsError as error:
            message.warn("\n".join(map(str, error.faults)))
        except ValueError as error:
            message.warn(_sentence(str(error)))
        except ArithmeticError:
            message.warn("These numbers are too large or too small to compute with.")
        else:
            message.clear()

    return called


class Quiet:
    """Callbacks for what the user does, which are not called by what a control itself sets.

    What is wrong with what the user does is shown in `message`; without one, whoever is called sees to that.
    """

    def __init__(self, message: Message | None = None) -> None:
        self.message = message
        self._is_setting = False

    def on(self, widget: Widget, step: Callable[[Any], Any]) -> None:
        """Call `step` with each change of a value that the user makes, or at each press of a button."""
        checked = step if self.message is None else guarded(step, self.message)

        def called(change: Any) -> None:
            if not self._is_setting:
                checked(change)

        if isinstance(widget, Button):
            widget.on_click(called)
        else:
            widget.observe(called, "value")

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Call nothing meanwhile."""
        before, self._is_setting = self._is_setting, True
        try:
            yield
        finally:
            self._is_setting = before

    def set(self, widget: Widget, **values: Any) -> None:
        """Set values of a widget, options before the value, without calling anything."""
        with self.silence():
            for name, value in values.items():
                setattr(widget, name, value)


def _sentence(text: str) -> str:
    # the name of a file stays as it is written
    begins = text[:1].upper() if text.partition(" ")[0].isalpha() else text[:1]
    return f"{begins}{text[1:]}{'' if text.endswith('.') else '.'}"
