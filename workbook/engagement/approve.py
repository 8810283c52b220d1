"""Freezing what a gate approved, so that goalposts cannot move: `approved/<gate>_<date>.json` with its SHA-256."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.engagement.faults import FaultsError, listed, refused, shorten, write_nearest
from workbook.engagement.folders import is_inside
from workbook.engagement.load import Engagement
from workbook.engagement.save import write_atomically
from workbook.engagement.schema_client import GateDecision, Gates

FOLDER = "approved"
MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Approved:
    """What a gate approved on a day: a charter or a figure register, and who decided."""

    gate: str
    date: dt.date
    by: str | None
    role: str | None
    content: Mapping[str, Any]
    sha256: str
    path: Path


def approve(engagement: Engagement, gate: str, content: Mapping[str, Any]) -> Approved:
    """Freeze `content` as what the gate approved on the day of its decision.

    The same content again changes nothing. The SHA-256 covers client, gate, date, who decided and the content, as
    canonical JSON (sorted keys, no spaces, UTF-8).

    Raises FaultsError for a gate that does not exist or is not decided `approved` with a date by `as_of`, and for
    content that differs from what was approved on that day.
    """
    decision = decision_of(engagement, gate)
    sealed = json.loads(canonical(_sealed(engagement, gate, decision, content)))
    sha256 = _sha256(sealed)
    file = engagement.folder / FOLDER / f"{gate}_{decision.date}.json"
    if file.exists():
        earlier = _read(file, engagement)
        if earlier.sha256 != sha256:
            found = f"content that differs from what was approved on {earlier.date}"
            remedy = f"record a new decision with its own date under gates.{gate} in client.yaml"
            raise _file_fault(file, engagement, found, "the approved content, unchanged", remedy)
        return earlier
    file.parent.mkdir(exist_ok=True)
    _check_inside(file.parent, engagement)
    text = json.dumps({**sealed, "sha256": sha256}, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(file, (text + "\n").encode())
    return _read(file, engagement)


def read_approved(engagement: Engagement, gate: str, on: dt.date | None = None) -> Approved | None:
    """Return what the gate had last approved by `as_of`, or exactly on the day `on`; None if there is nothing.

    Raises FaultsError for a file that no longer fits its SHA-256, and for one whose name is none.
    """
    days = [day for day in approved_dates(engagement, gate) if on is None or day == on]
    return _read(engagement.folder / FOLDER / f"{gate}_{days[-1]}.json", engagement) if days else None


def approved_dates(engagement: Engagement, gate: str) -> list[dt.date]:
    """Return the days up to `as_of` on which the gate approved something, earliest first.

    Raises FaultsError for a file whose name gives no day.
    """
    named = [_gate_and_date(path, engagement) for path in (engagement.folder / FOLDER).glob("*.json")]
    return sorted(day for name, day in named if name == gate and day <= engagement.as_of)


def _gate_and_date(file: Path, engagement: Engagement) -> tuple[str, dt.date]:
    gate, _, day = file.stem.rpartition("_")
    try:
        return gate, dt.date.fromisoformat(day)
    except ValueError:
        allowed, remedy = "a name such as assess_2026-05-31.json", "restore its name, or move it elsewhere"
        raise _file_fault(file, engagement, "a file that is no approval", allowed, remedy) from None


def canonical(content: Any) -> str:
    """Return JSON in its one spelling: sorted keys, no spaces, dates as text, finite numbers only."""
    options: Any = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False, "allow_nan": False}
    return json.dumps(content, default=_date_text, **options)


def _date_text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be frozen")


def _sha256(sealed: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(sealed).encode()).hexdigest()


def _sealed(engagement: Engagement, gate: str, decision: GateDecision, content: Mapping[str, Any]) -> dict[str, Any]:
    decided = decision.model_dump(include={"date", "by", "role", "selected", "note"})
    return {"client": engagement.id, "gate": gate, **decided, "content": content}


def decision_of(engagement: Engagement, gate: str) -> GateDecision:
    """Return the decision of a gate that has approved something.

    Raises FaultsError for a gate that does not exist or is not decided `approved` with a date by `as_of`.
    """
    gates = list(Gates.model_fields)
    if gate not in gates:
        remedy = write_nearest(gate, gates, "write one of them")
        raise _refused(engagement, gate, f"the unknown gate {shorten(gate)}", f"one of {listed(gates)}", remedy)
    decision: GateDecision | None = getattr(engagement.client.gates, gate)
    if decision is None or decision.decision != "approved":
        found = f"the decision {decision.decision}" if decision else f"no decision by {engagement.as_of}"
        raise _refused(engagement, gate, found, "the decision approved", "record the decision before freezing it")
    if decision.date is None:
        remedy = "add the day of the decision"
        raise _refused(engagement, f"{gate}.date", "nothing", "a date such as 2026-05-31", remedy)
    return decision


def _refused(engagement: Engagement, key: str, found: str, allowed: str, remedy: str) -> FaultsError:
    return FaultsError([engagement.documents["client"].fault(("gates", *key.split(".")), found, allowed, remedy)])


def _file_fault(file: Path, engagement: Engagement, found: str, allowed: str, remedy: str) -> FaultsError:
    return refused(f"{engagement.id}/{FOLDER}/{file.name}", found, allowed, remedy)


def _check_inside(path: Path, engagement: Engagement) -> None:
    if not is_inside(path, engagement.folder):
        found = "a link that leads out of the client's folder"
        raise _file_fault(path, engagement, found, "a file in the client's folder", "copy it here")


def _read(file: Path, engagement: Engagement) -> Approved:
    """Read an approved file; its name, its client and its SHA-256 must hold."""
    _check_inside(file, engagement)
    with file.open("rb") as stream:
        raw = stream.read(MAX_BYTES)
    try:
        sealed = json.loads(raw)
        sha256 = sealed.pop("sha256")
        named = (sealed["client"], f"{sealed['gate']}_{sealed['date']}")
        holds = sha256 == _sha256(sealed) and named == (engagement.id, file.stem)
        day = dt.date.fromisoformat(sealed["date"])
        found = "content that does not fit its SHA-256, its name or its client"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        holds, found = False, "a file that is no approval"
    if not holds:
        remedy = "restore the file from version control; what was approved is not edited"
        raise _file_fault(file, engagement, found, "the file as it was frozen", remedy)
    return Approved(sealed["gate"], day, sealed["by"], sealed["role"], sealed["content"], sha256, file)
