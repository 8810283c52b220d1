"""The choice of client and date for the cells of a notebook that follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import MutableMapping
from typing import Any

from IPython.core.getipython import get_ipython
from ipywidgets import DatePicker, Dropdown, Layout, VBox

from workbook.engagement.faults import FaultsError
from workbook.engagement.folders import find_parameters, list_clients
from workbook.exhibits.live.frame import Message
from workbook.exhibits.live.start import Stand, stand_of

_LAYOUT = Layout(width="420px", max_width="100%")
_STYLE = {"description_width": "90px"}
_NOBODY = "choose a client"


class Pick(VBox):
    """Puts `client` and `as_of` into the notebook's names when one of them is chosen, and says where the client stands.

    `namespace` holds those names; it is that of the running kernel unless given.
    """

    def __init__(
        self, client: str, as_of: str = "", parameters_dir: str = "", namespace: MutableMapping[str, Any] | None = None
    ) -> None:
        self._parameters_dir, self._namespace = parameters_dir, namespace
        self.message, self.faults = Message(), Message()
        clients, faults = _clients(parameters_dir)
        # A name that no folder has is shown as chosen, with its fault, rather than replaced.
        known = clients if not client or client in clients else [client, *clients]
        self.client = Dropdown(
            description="Client", options=[(_NOBODY, ""), *((id, id) for id in known)], value=client,
            tooltip="Folders in parameters/", layout=_LAYOUT, style=_STYLE,
        )  # fmt: skip
        self.as_of = DatePicker(
            description="As of", value=_day(as_of),
            tooltip="Facts dated later do not exist; empty: the client's own date", layout=_LAYOUT, style=_STYLE,
        )  # fmt: skip
        super().__init__([self.client, self.as_of, self.message, self.faults])
        for widget in (self.client, self.as_of):
            widget.observe(lambda _: self._choose(), "value")
        if faults:
            self.faults.warn(faults)
        elif client:
            stand = self._show()
            self.message.say(f"{_said(stand)} Choose another client or date, or run the cells below.")

    @property
    def day(self) -> str:
        """The date chosen as the notebook knows it; "" stands for the client's own."""
        return self.as_of.value.isoformat() if self.as_of.value else ""

    def _choose(self) -> None:
        if not self.client.value:
            self.faults.clear()
            self.message.say("Choose a client.")
            return
        names = self._names()
        names["client"], names["as_of"] = self.client.value, self.day
        stand = self._show()
        self.message.say(f"{_said(stand)} It is chosen: now run the cells below.")

    def _show(self) -> Stand:
        stand = stand_of(self.client.value, self.day, self._parameters_dir, with_data=False)
        if stand.faults:
            self.faults.warn("\n".join(map(str, stand.faults)))
        else:
            self.faults.clear()
        return stand

    def _names(self) -> MutableMapping[str, Any]:
        if self._namespace is not None:
            return self._namespace
        shell = get_ipython()
        return shell.user_ns if shell else {}


def pick(
    client: str, as_of: str = "", parameters_dir: str = "", *, namespace: MutableMapping[str, Any] | None = None
) -> Pick:
    """Return a picker of client and date. What is chosen holds for the cells that are run afterwards.

    `client`, `as_of` and `parameters_dir` are those of the notebook's parameters.
    """
    return Pick(client, as_of, parameters_dir, namespace)


def _clients(parameters_dir: str) -> tuple[list[str], str]:
    """Return the clients there are, and what is wrong with the folder they should lie in."""
    try:
        return list_clients(find_parameters(parameters_dir or None)), ""
    except FaultsError as error:
        return [], str(error)


def _day(text: str) -> dt.date | None:
    """Return the date in the parameters; one that cannot be read is that of nobody, and the cells below will say so."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _said(stand: Stand) -> str:
    if stand.engagement is None:
        return f"{stand.client}: its files cannot be used before the faults below are put right."
    return f"{stand.engagement.client.name}, as of {stand.engagement.as_of}, phase {stand.phase_name}."
