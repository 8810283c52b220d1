"""A tiny client with a prioritize.yaml: two candidates with round numbers, and a charter for the first."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from assess_clients import Data, TinyClient, complete

from workbook.engagement import Engagement
from workbook.phases.prioritize import PrioritizeResult, prioritize

FINANCE: Data = {
    "discount_rate": {"value": 0.10, "evidence": "interview"},
    "price_base": "real",
    "years": 3,
    "risk": "simulation",
    "day_rate": {"value": 500, "evidence": "interview"},
}


def estimate(low: float, likely: float, high: float, **more: Any) -> Data:
    return {"low": low, "likely": likely, "high": high, "evidence": "estimate"} | more


def known(value: float, **more: Any) -> Data:
    return {"value": value, "evidence": "estimate"} | more


# 1,000 letters x EUR 20 x 0.5 eligible x 0.8 use x 1 realised = EUR 8,000 in a year at the plateau, half of it in the
# first year. Costs: EUR 4,000 once, 2 days of integration and 6 of other work at EUR 500, EUR 1,000 a year.
POST: Data = {
    "use_case": "post-sorting",
    "time_to_value": "document_processing",
    "integration": [{"system": "erp", "pattern": "api", "days": known(2)}],
    "work": [{"kind": "data", "days": known(4)}, {"kind": "change", "days": known(2)}],
    "benefits": [
        {
            "id": "postage",
            "name": "Less postage",
            "kind": "cashable",
            "effect": known(20, unit="EUR"),
            "eligible": known(0.5),
            "realisation": known(1),
        }
    ],
    "adoption": {"start_month": 0, "months_to_plateau": known(12), "plateau": known(0.8)},
    "costs": [
        {"id": "build", "name": "Build", "kind": "investment", "amount": known(4000), "per": "once"},
        {"id": "licence", "name": "Licence", "kind": "run", "amount": known(1000), "per": "year"},
    ],
    "risks": [
        {
            "id": "wrong-tray",
            "name": "Letters go to the wrong tray",
            "kind": "model",
            "probability": 4,
            "impact": 3,
            "mitigation": "A person checks one in ten",
            "owner": "ann",
            "residual_probability": 2,
            "residual_impact": 3,
        },
        {"id": "no-data", "name": "The archive is late", "kind": "data", "probability": 2, "impact": 5},
    ],
    "sourcing": {
        "choice": "buy",
        "conditions": {
            "no_product_fits": "no",
            "advantage_depends_on_it": "no",
            "team_to_maintain": "no",
            "established_use": "yes",
            "several_proven_vendors": "yes",
            "speed_over_depth": "unknown",
        },
        "reason": "Bought everywhere",
    },
}

# 2,000 claims x 0.25 h x 0.5 x 0.5 x 1 = 125 h a year at EUR 40: EUR 5,000 of capacity.
CLAIMS: Data = {
    "use_case": "claim-letters",
    "benefits": [
        {
            "id": "drafting",
            "name": "Drafting time",
            "kind": "capacity",
            "effect": estimate(0.2, 0.25, 0.3, unit="hours"),
            "unit_value": known(40),
            "eligible": known(0.5),
            "realisation": known(1),
        },
        {
            "id": "complaints",
            "name": "Fewer complaints",
            "kind": "non_financial",
            "effect": known(0.01, unit="complaints"),
            "eligible": known(0.5),
            "realisation": known(1),
        },
    ],
    "adoption": {"start_month": 6, "months_to_plateau": known(0), "plateau": known(0.5)},
    "costs": [
        {"id": "tokens", "name": "Tokens", "kind": "run", "amount": estimate(0.5, 1, 3), "per": "transaction"},
        {"id": "pilot", "name": "Set-up", "kind": "investment", "amount": estimate(4000, 5000, 9000), "per": "once"},
    ],
}

CHARTER: Data = {
    "use_case": "post-sorting",
    "metric": "Raise the share of letters sorted without help from 45 % to 75 % by the end of the pilot.",
    "scope_in": ["Letters of the head office"],
    "scope_out": ["Parcels"],
    "population": "All letters in scope, those given back to people included",
    "criteria": [
        {
            "id": "sorted",
            "name": "Sorted without help",
            "role": "primary",
            "kind": "proportion",
            "better": "higher",
            "baseline": known(0.45),
            "planned": known(0.75),
            "worthwhile": known(0.60),
            "method": "Count of all letters",
        },
        {
            "id": "correct",
            "name": "In the right tray",
            "role": "guardrail",
            "kind": "proportion",
            "better": "higher",
            "baseline": known(0.9),
            "margin": known(0.1),
            "method": "Check of all letters",
        },
    ],
    "design": {
        "kind": "randomised",
        "alpha": 0.05,
        "power": 0.8,
        "looks": {"weeks": [6, 12], "boundary": "obrien_fleming"},
        "in_scope": known(1),
        "sample_per_arm": 200,
    },
    "adoption": {"threshold": known(0.3), "definition": "Handled by the system"},
    "start": "2026-11-02",
    "weeks": 16,
    "milestones": [
        {"id": "live", "name": "First letter", "week": 4, "owner": "ann"},
        {"id": "verdict", "name": "Go or no go", "week": 16, "is_gate": True, "owner": "ann"},
    ],
    "team": [
        {"person": "ann", "role": "Product owner", "share": known(0.5), "first_week": 1, "last_week": 16},
        {"person": "ben", "role": "Engineer", "share": known(0.8), "first_week": 1, "last_week": 4},
        {"person": "ben", "role": "Operator", "share": known(0.3), "first_week": 4, "last_week": 13},
    ],
    "raci": [{"activity": "Verdict", "responsible": ["ann"], "accountable": "ann", "consulted": ["ben"]}],
    "budget": [
        {"id": "supplier", "name": "Supplier", "kind": "investment", "amount": known(3000)},
        {"id": "time", "name": "Time of people", "kind": "review", "amount": known(1000)},
    ],
    "stop_rules": ["More than one letter in ten goes astray"],
    "signatories": ["ann"],
}

PRIORITIZE: Data = {
    "finance": FINANCE,
    "cases": [POST, CLAIMS],
    "pilots_at_once": known(1),
    "choice": {"use_case": "post-sorting", "reason": "It pays, and its data are ready", "by": "ann"},
    "charter": CHARTER,
}


@dataclass
class PilotingClient:
    """A tiny client and its prioritize.yaml, to be changed before it is written."""

    tiny: TinyClient
    prioritize: Any = field(default_factory=lambda: copy.deepcopy(PRIORITIZE))

    @property
    def post(self) -> Data:
        return self.prioritize["cases"][0]

    @property
    def claims(self) -> Data:
        return self.prioritize["cases"][1]

    @property
    def charter(self) -> Data:
        return self.prioritize["charter"]

    @property
    def primary(self) -> Data:
        return self.charter["criteria"][0]

    def engagement(self, as_of: str | None = None) -> Engagement:
        # What stands twice is written out twice: a client's file has no anchors.
        written_out = json.loads(json.dumps(self.prioritize))
        text = yaml.dump(written_out, Dumper=yaml.CSafeDumper, sort_keys=False)
        (self.tiny.folder / "prioritize.yaml").write_text(text, encoding="utf-8")
        return self.tiny.engagement(as_of)

    def result(self, as_of: str | None = None) -> PrioritizeResult:
        return prioritize(self.engagement(as_of))


def piloting(folder: Path) -> PilotingClient:
    """Return the client whose two candidates are both selected by the gate of Assess."""
    tiny = complete(folder)
    tiny.client["gates"]["assess"]["selected"] = ["post-sorting", "claim-letters"]
    return PilotingClient(tiny)
