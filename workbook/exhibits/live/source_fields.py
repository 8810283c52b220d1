"""The fields by which a data source is chosen and declared, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ipywidgets import HTML, Button, Combobox, DatePicker, Dropdown, Layout, SelectMultiple, Text, Widget

from workbook.engagement.faults import find_secrets
from workbook.exhibits.live.frame import Quiet
from workbook.methods.column_words import Role

BESIDE = Layout(margin="0 0 4px 206px", max_width="760px")
"""Layout of a note below a field, under the field itself rather than its label."""

ROLE_NAMES: dict[Role, str] = {
    "case": "Case id",
    "activity": "Activity",
    "timestamp": "Time of completion",
    "start": "Time of start",
    "resource": "Resource",
    "sequence": "Order of events",
    "cost": "Cost",
    "outcome": "Outcome",
    "opened": "Time of opening",
    "closed": "Time of closing",
    "status": "Status",
}
KIND_NAMES = {
    "event_log": "Event log: one row for each event of a case",
    "case_table": "Case table: one row for each case",
    "table": "Table: neither",
}

_WIDTH = Layout(width="620px", max_width="100%")
_STYLE = {"description_width": "200px"}
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_NO_ADDRESS = (
    "This box takes the name of an environment variable, such as CLIENT_DATABASE_URL, never an address or a password. "
    "What was typed has been taken out; set the variable before JupyterLab is started."
)
_NO_SECRET = "What was typed looks like a password or the address of a database, and has been taken out."


class Discreet(Quiet):
    """Callbacks of fields in which nothing stays that looks like a password or the address of a database."""

    def on_text(self, widget: Widget, step: Callable[[Any], None]) -> None:
        """Call `step` as `on` does, after what looks like a secret was taken out of the field: it is never kept."""

        def checked(change: Any) -> None:
            if find_secrets(str(change.new)) or "://" in str(change.new):
                self.set(widget, value="")
                raise ValueError(_NO_SECRET)
            step(change)

        self.on(widget, checked)

    def checked_variable(self, widget: Text) -> str:
        """Return the name of an environment variable. What is none is taken out, and ValueError says so."""
        text = str(widget.value).strip()
        if text and not _ENV_NAME.fullmatch(text):
            self.set(widget, value="")
            raise ValueError(_NO_ADDRESS)
        return text


def text(label: str, tooltip: str) -> Text:
    """Return a field for a line of text."""
    # Sent when the field is left, not at each key: an address would otherwise arrive in part.
    return Text(description=label, tooltip=tooltip, continuous_update=False, style=_STYLE, layout=_WIDTH)


def combobox(label: str, tooltip: str, **options: Any) -> Combobox:
    """Return a field for a line of text with suggestions."""
    return Combobox(
        description=label, tooltip=tooltip, continuous_update=False, style=_STYLE, layout=_WIDTH, **options
    )  # fmt: skip


def dropdown(label: str, options: Any, tooltip: str, value: str = "") -> Dropdown:
    """Return a field with a choice; "" is the value of choosing nothing, for which None would show a blank."""
    return Dropdown(description=label, options=options, value=value, tooltip=tooltip, style=_STYLE, layout=_WIDTH)


def several(label: str, tooltip: str) -> SelectMultiple:
    """Return a field with a choice of several."""
    layout = Layout(width="620px", max_width="100%")
    return SelectMultiple(description=label, options=(), tooltip=tooltip, rows=5, style=_STYLE, layout=layout)


def day(label: str, tooltip: str) -> DatePicker:
    """Return a field for a date."""
    return DatePicker(description=label, tooltip=tooltip, style=_STYLE, layout=_WIDTH)


def button(label: str, tooltip: str) -> Button:
    """Return a button."""
    return Button(description=label, tooltip=tooltip, layout=Layout(width="220px"))


def heading(words: str) -> HTML:
    """Return a heading within a control."""
    return HTML(f'<div role="heading" aria-level="4" style="font-weight:600;margin-top:10px">{words}</div>')
