"""Where a client stands: the phase it is in and what was decided at the last gate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from workbook.engagement.load import MODELS, Engagement
from workbook.engagement.schema_client import GateDecision

PHASES = ("assess", "prioritize", "pilot", "scale", "optimize")


@dataclass(frozen=True)
class Status:
    """The phase a client is in, whether that phase has begun, and the last gate in words.

    A phase has begun when its file of parameters holds something; None where there is no such file yet.
    """

    client: str
    as_of: dt.date
    phase: str
    has_begun: bool | None
    last_gate: str


def status_of(engagement: Engagement) -> Status:
    """Return the status: the first phase whose gate is not approved, the last phase if all are."""
    decisions = {phase: getattr(engagement.client.gates, phase) for phase in PHASES}
    phase = next((name for name, gate in decisions.items() if not _is_approved(gate)), PHASES[-1])
    held = [(name, gate) for name, gate in decisions.items() if gate is not None]
    has_begun = phase in engagement.parts if phase in MODELS else None
    return Status(engagement.id, engagement.as_of, phase, has_begun, _words(*held[-1]) if held else "no gate held")


def _is_approved(gate: GateDecision | None) -> bool:
    return gate is not None and gate.decision == "approved"


def _words(phase: str, gate: GateDecision) -> str:
    day = f" on {gate.date}" if gate.date else ""
    selected = f": {', '.join(gate.selected)}" if gate.selected else ""
    return f"{phase} {gate.decision}{day}{selected}"
