"""A client with a complete Prioritize and Pilot phase, in which a test spoils one thing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbook.engagement.check import check_client
from workbook.engagement.faults import Fault, FaultsError

CLIENT = """\
name: Acme
sector: retail
country: NO
employees: 12
currency: NOK
locale: nb_NO
as_of: 2026-05-31
people: [{id: ann, name: Ann, role: COO}]
gates:
  prioritize: {decision: pending}
document: {firm: Firm, partner: A, author: B, version: "1.0", status: draft, confidentiality: Confidential}
"""
ASSESS = """\
material_impact: 1000
processes: [{id: post, name: Post, department: Office, volume: 1000}]
use_cases:
  - {id: sorting, name: Sorting, process: post, kind: predictive}
  - {id: replies, name: Replies, process: post, kind: generative}
"""
TECHNOLOGY = "systems: [{id: erp, name: ERP}, {id: crm, name: CRM}]\n"
PRIORITIZE = """\
started: 2026-01-05
finance:
  discount_rate: 0.08
  price_base: real
  years: 3
  risk: simulation
  correlations:
    - {between: [sorting.adoption, sorting.benefit.hours.effect], rank: 0.5}
    - {between: [sorting.adoption, sorting.cost.licence], rank: 0.3}
    - {between: [process.post.volume, sorting.cost.licence], rank: 0.2}
cases:
  - use_case: sorting
    time_to_value: document_processing
    integration: [{system: erp, pattern: api, days: {low: 5, likely: 8, high: 15}}]
    work: [{kind: data, days: 10}]
    benefits:
      - id: hours
        name: Fewer hours
        kind: cashable
        effect: {low: 0.1, likely: 0.2, high: 0.3, unit: hours}
        unit_value: 500
        eligible: 0.8
        realisation: 0.5
    adoption: {start_month: 3, months_to_plateau: 6, plateau: {low: 0.5, likely: 0.7, high: 0.9}}
    costs: [{id: licence, name: Licence, kind: run, amount: {low: 1, likely: 2, high: 4}, per: year}]
    sourcing: {choice: buy, conditions: {established_use: yes}, reason: Proven.}
  - {use_case: replies, note: Too early.}
choice: {use_case: sorting, reason: Best value., date: 2026-02-01}
charter:
  use_case: sorting
  metric: Letters sorted within a day rise from 45 % to 75 %.
  criteria:
    - {id: on-time, name: Sorted within a day, role: primary, kind: proportion, better: higher, baseline: 0.45,
       planned: 0.75, worthwhile: 0.6}
    - {id: minutes, name: Minutes of work, role: guardrail, kind: duration, better: lower, unit: minutes, margin: 2}
  design:
    kind: randomised
    alpha: 0.05
    power: 0.8
    looks: {weeks: [6, 12], boundary: obrien_fleming}
  weeks: 12
  milestones:
    - {id: half, name: Half-way, week: 6}
    - {id: decision, name: Decision, week: 12, is_gate: true}
  team: [{person: ann, role: Owner, share: 0.2, first_week: 0, last_week: 12}]
  budget: [{id: licences, name: Licences, kind: run, amount: 100}]
"""
PILOT = """\
started: 2026-03-02
ended: 2026-05-24
data_sources: [{id: letters, name: Letters, kind: table, file: data/letters.csv}]
cases:
  source: letters
  case: letter
  arm: arm
  date: begun
  used: used
  outcomes: {on-time: on_time, minutes: minutes}
  arms: {pilot: [new], baseline: [old]}
looks:
  - {date: 2026-04-13, planned: true}
  - {date: 2026-05-25, planned: true}
versions:
  - {name: model 1, first: 2026-03-02}
  - {name: model 2, first: 2026-04-20}
failure_modes: [{id: torn, name: Torn letters, cases: 3, severity: low}]
spent: [{line: licences, amount: 60}]
effort: [{system: erp, days: 4}]
"""
LETTERS = """\
letter,arm,begun,used,on_time,minutes
1,new,2026-03-03,yes,yes,12
2,old,2026-03-03,,no,20
3,new,2026-03-04,no,yes,14.5
4,old,2026-03-04,,yes,19
"""

FILES = {
    "client.yaml": CLIENT,
    "assess.yaml": ASSESS,
    "technology.yaml": TECHNOLOGY,
    "prioritize.yaml": PRIORITIZE,
    "pilot.yaml": PILOT,
    "data/letters.csv": LETTERS,
}


def write_client(folder: Path, *edits: tuple[str, str, str], **files: str | None) -> Path:
    """Write the client, with some texts of its files replaced, and return the folder of parameters.

    `prioritize=None` leaves that file out.
    """
    texts = {**FILES, **{f"{name}.yaml": text for name, text in files.items()}}
    for name, old, new in edits:
        text = texts[name] or ""
        assert text.count(old) == 1, (name, old)
        texts[name] = text.replace(old, new)
    for name, text in texts.items():
        if text is not None:
            (folder / "acme" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "acme" / name).write_text(text, encoding="utf-8")
    return folder


def found_in(parameters: Path, as_of: str | None = None) -> Sequence[Fault]:
    """Return the faults of the client, or if it has none, what is noted."""
    try:
        return check_client("acme", parameters, as_of).notes
    except FaultsError as error:
        return error.faults


def only_one(parameters: Path, place: str, words: Sequence[str], is_note: bool = False) -> Fault:
    """Return the one fault that is told, and check that it stands at a place and says some words."""
    told = found_in(parameters)
    assert len(told) == 1, [str(each) for each in told]
    assert told[0].is_note == is_note
    assert str(told[0]).startswith(f"acme/{place}: found "), str(told[0])
    assert [word for word in words if word not in str(told[0])] == [], str(told[0])
    return told[0]
