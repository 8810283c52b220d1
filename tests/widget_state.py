"""What a control hands to the browser and to the file of a notebook."""

from __future__ import annotations

from ipywidgets import Widget


def widget_state(control: Widget) -> str:
    """Return the state of a control and of all that it holds."""
    seen, todo = [], [control]
    while todo:
        widget = todo.pop()
        seen.append(repr(widget.get_state()))
        todo += getattr(widget, "children", ())
    return "\n".join(seen)
