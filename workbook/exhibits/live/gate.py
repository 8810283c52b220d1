"""The decision at the gate of a phase: who decided what on which day, and which use cases were selected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, get_args

from ipywidgets import HTML, Checkbox, DatePicker, Dropdown, Layout, Text, Textarea, VBox

from workbook.engagement.faults import shorten
from workbook.engagement.fields import fields_of, label
from workbook.engagement.load import Engagement
from workbook.engagement.proposal import Edit
from workbook.engagement.schema_client import GateDecision
from workbook.exhibits.live.frame import WIDE
from workbook.exhibits.live.saving import Saving, Who, checked_day
from workbook.phases.assess import AssessResult
from workbook.phases.explain import Result
from workbook.phases.pilot import PilotResult
from workbook.phases.prioritize import PrioritizeResult

_PHASES: Mapping[type, str] = {AssessResult: "assess", PrioritizeResult: "prioritize", PilotResult: "pilot"}
_WORDS = {"approved": "approved", "iterate": "iterate: look again", "stopped": "stopped", "pending": "not yet decided"}
_FIELDS = fields_of(GateDecision)


def phase_of(result: Result) -> str:
    """Return the name of the phase of a result, which is that of its gate and of its commentary as well."""
    return _PHASES[type(result)]


def candidates_of(result: Result) -> dict[str, bool]:
    """Return the use cases among which a gate selects, by id, and whether the phase puts them forward."""
    if isinstance(result, AssessResult):
        forward = [row.candidate.id for row in result.put_forward]
        every: Iterable[str] = (case.id for case in result.assess.use_cases)
    elif isinstance(result, PrioritizeResult):
        forward, every = [result.chosen] if result.chosen else [], result.cases
    else:
        forward = [result.charter.charter.use_case] if result.charter.charter else []
        every = forward
    return {id: id in forward for id in (*forward, *(id for id in every if id not in forward))}


class Gate(VBox):
    """The form of one decision. Nothing is selected beforehand: what a phase puts forward, people decide on."""

    def __init__(self, result: Result) -> None:
        self.phase = phase_of(result)
        self._people = {person.id: person for person in result.engagement.client.people}
        held = getattr(result.engagement.client.gates, self.phase)
        now: GateDecision = held or GateDecision(decision="pending")
        self._name = {case.id: case.name for case in _use_cases(result)}
        self._build(result, now)
        self.saving = Saving(result.engagement, self._edits, ask_who=False, next_step=self._next_step)
        for control in (self.decision, self.by, self.role, self.date, *self.selected.values(), self.note):
            control.observe(lambda _: self.saving.reset(), "value")
        self.by.observe(self._take_role, "value")
        heading = HTML(_heading(result.engagement, self.phase, known=held is not None))
        chosen = VBox(
            [HTML("<b>Selected use cases</b>"), *self.selected.values()], layout=Layout(margin="4px 0 4px 168px")
        )
        super().__init__(
            [heading, self.decision, self.by, self.role, self.date, chosen, self.note, self.saving], layout=WIDE
        )

    def _build(self, result: Result, now: GateDecision) -> None:
        choices = get_args(GateDecision.model_fields["decision"].annotation)
        people = [(f"{person.name}, {person.role}", person.id) for person in self._people.values()]
        candidates = candidates_of(result)
        for id in now.selected:
            candidates.setdefault(id, False)
        self.decision = _labelled(
            Dropdown(options=[(_WORDS[each], each) for each in choices]), "decision", now.decision
        )
        self.by = _labelled(Dropdown(options=[("choose a person", None), *people]), "by", now.by)
        self.role = _labelled(Text(), "role", now.role or "")
        self.date = _labelled(DatePicker(), "date", now.date or result.engagement.as_of)
        self.note = _labelled(Textarea(rows=3), "note", now.note or "")
        self.selected = {
            id: Checkbox(
                value=id in now.selected,
                description=f"{self._name.get(id, id)}{', put forward by this phase' if is_forward else ''}",
                tooltip=f"{id}: {_FIELDS['selected'].about}",
                indent=False,
                layout=Layout(width="auto", max_width="100%"),
            )
            for id, is_forward in candidates.items()
        }

    def _take_role(self, change: Any) -> None:
        """Offer the role of the person, unless another one was typed."""
        before, after = self._people.get(change["old"]), self._people.get(change["new"])
        if after and self.role.value in ("", before.role if before else ""):
            self.role.value = after.role

    def _edits(self, _: Who) -> list[Edit]:
        engagement = self.saving.engagement
        is_open = self.decision.value == "pending"
        if not is_open and self.by.value is None:
            raise ValueError("Say who decided: choose a person. The people are listed in client.yaml.")
        selected = [id for id, box in self.selected.items() if box.value]
        held = (engagement.documents["client"].data.get("gates") or {}).get(self.phase) or {}
        value = {
            "decision": self.decision.value,
            "by": None if is_open else self.by.value,
            "role": None if is_open else self.role.value.strip() or None,
            "date": None if is_open else checked_day(self.date.value, engagement),
            # The order in which they stand is kept: the first may be meant to be first.
            "selected": _in_order(selected, held.get("selected") or ()) if selected or "selected" in held else None,
            "note": self.note.value.strip() or None,
        }
        if (held.get("note") or "").strip() == (value["note"] or ""):
            value["note"] = held.get("note")
        return [Edit("client.yaml", ("gates", self.phase), value)]

    def _next_step(self) -> str:
        client = self.saving.engagement.id
        if self.decision.value == "approved":
            return f"freeze what was approved: workbook approve {client} {self.phase}"
        return f"run again: workbook run {client}"


def gate(result: Result) -> Gate:
    """Return the form of the decision at the gate that ends the phase of a result; it saves to client.yaml."""
    return Gate(result)


def _use_cases(result: Result) -> Iterable[Any]:
    assess = result.engagement.assess
    return assess.use_cases if assess else ()


def _in_order(ids: list[str], before: Iterable[str]) -> list[str]:
    kept = [id for id in before if id in ids]
    return [*kept, *(id for id in ids if id not in kept)]


def _labelled(control: Any, name: str, value: Any) -> Any:
    """Return a control with the label and the help of its field."""
    control.description = {"by": "Decided by", "date": "Decided on", "role": "In the role"}.get(
        name, label(_FIELDS[name])
    )
    control.tooltip = _FIELDS[name].about
    control.style.description_width = "160px"
    control.layout = Layout(width="98%", max_width="760px")
    if isinstance(control, Dropdown):
        # By its place: a value None would leave the drop-down blank.
        control.index = [each for _, each in control.options].index(value)
    else:
        control.value = value
    return control


def _heading(engagement: Engagement, phase: str, *, known: bool) -> str:
    written = (engagement.documents["client"].data.get("gates") or {}).get(phase)
    later = ""
    if written and not known:
        later = (
            f"client.yaml holds a decision dated {written.get('date')}, after {engagement.as_of}, which this report "
            "does not know; saving here would replace it."
        )
    note = "The phase puts use cases forward; people decide. Saved in client.yaml."
    return (
        f'<p style="margin:0;font-weight:600;font-size:15px">Gate of {escape(phase)}: '
        f"{escape(shorten(engagement.client.name, 120))}</p>"
        f'<p style="margin:0 0 6px">{note} {escape(later)}</p>'
    )
