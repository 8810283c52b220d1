"""Where a client stands: the phase it is in and what was decided at the last gate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from workbook.engagement.load import Engagement
from workbook.engagement.schema import GateDecision

PHASES = ("assess", "prioritize", "pilot", "scale", "optimize")


@dataclass(frozen=True)
class Status:
    """The phase a client is in, and its last gate in words."""

    client: str
    as_of: dt.date
    phase: str
    last_gate: str


def status_of(engagement: Engagement) -> Status:
    """Return the status: the first phase whose gate is not approved, the last phase if all are."""
    decisions = {phase: getattr(engagement.client.gates, phase) for phase in PHASES}
    phase = next((name for name, gate in decisions.items() if not _is_approved(gate)), PHASES[-1])
    held = [(name, gate) for name, gate in decisions.items() if gate is not None]
    return Status(engagement.id, engagement.as_of, phase, _words(*held[-1]) if held else "no gate held")


def _is_approved(gate: GateDecision | None) -> bool:
    return gate is not None and gate.decision == "approved"


def _words(phase: str, gate: GateDecision) -> str:
    day = f" on {gate.date}" if gate.date else ""
    selected = f": {', '.join(gate.selected)}" if gate.selected else ""
    return f"{phase} {gate.decision}{day}{selected}"
