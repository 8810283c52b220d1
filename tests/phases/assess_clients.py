"""Tiny clients, each a folder of YAML and CSV that `assess` can read, built from one complete client and changes."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from workbook.engagement import Engagement, load_engagement
from workbook.framework import load_framework
from workbook.phases.assess import AssessResult, assess

Data = dict[str, Any]
M = TypeVar("M", bound=BaseModel)

CLIENT: Data = {
    "name": "Tiny Works",
    "sector": "Furniture",
    "country": "IE",
    "employees": 120,
    "currency": "EUR",
    "locale": "en_IE",
    "as_of": "2026-09-30",
    "people": [{"id": "ann", "name": "Ann", "role": "COO"}, {"id": "ben", "name": "Ben", "role": "Head of IT"}],
    "sponsor": {"person": "ann", "function": "business", "owns_outcome": "yes"},
    "gates": {"assess": {"decision": "approved", "by": "ann", "date": "2026-09-20", "selected": ["post-sorting"]}},
    "document": {
        "firm": "A Firm",
        "partner": "P",
        "author": "Q",
        "version": "1.0",
        "status": "final",
        "confidentiality": "Confidential",
    },
}

# Yearly cost 50,000 + 30,000 + 20,000 = 100,000: the two dearest carry exactly 80 %.
PROCESSES = [
    {
        "id": "post",
        "name": "Post",
        "department": "Office",
        "volume": {"value": 1000, "evidence": "measured", "source": "post book", "date": "2026-09-01"},
        "cost_per_transaction": {"value": 50, "evidence": "estimate"},
        "customer_impact": {"value": 4, "evidence": "interview"},
        "lead_time": {"value": 10, "evidence": "interview"},
    },
    {
        "id": "claims",
        "name": "Claims",
        "department": "Sales",
        "volume": {"value": 2000, "evidence": "measured"},
        "cost_per_transaction": {"value": 15, "evidence": "interview"},
        "customer_impact": {"value": 2, "evidence": "interview"},
        "lead_time": {"value": 5, "evidence": "interview"},
    },
    {
        "id": "orders",
        "name": "Orders",
        "department": "Sales",
        "volume": {"value": 400, "evidence": "measured"},
        "cost_per_transaction": {"value": 50, "evidence": "measured"},
        "customer_impact": {"value": 3, "evidence": "interview"},
        "lead_time": {"value": 2, "evidence": "interview"},
    },
]

# Ten rows. number: 10 of 10 filled and valid; amount: 8 of 10 filled, 6 of these 8 valid; no key twice.
RECORDS = """\
number,amount
N01,10
N02,20
N03,30
N04,40
N05,50
N06,60
N07,-1
N08,much
N09,
N10,
"""

RECORDS_SOURCE: Data = {
    "id": "records",
    "name": "Records",
    "kind": "table",
    "file": "data/records.csv",
    "key": ["number"],
    "fields": [{"name": "number", "pattern": r"N\d\d"}, {"name": "amount", "type": "number", "minimum": 0}],
    "lawful_basis": "yes",
    "personal_data": "no",
}


# Six days from 1 September; c6 is never closed. Lead times 24, 48, 72, 24, 48 h.
CASES = """\
case,opened,closed,kind,cost
c1,2026-09-01 08:00,2026-09-02 08:00,ok,10
c2,2026-09-01 08:00,2026-09-03 08:00,ok,20
c3,2026-09-02 08:00,2026-09-05 08:00,wrong,30
c4,2026-09-02 08:00,2026-09-03 08:00,ok,10
c5,2026-09-03 08:00,2026-09-05 08:00,ok,30
c6,2026-09-04 08:00,,,
"""

CASE_TABLE: Data = {
    "id": "cases",
    "name": "List of cases",
    "kind": "case_table",
    "file": "data/cases.csv",
    "timestamp_format": "%Y-%m-%d %H:%M",
    "extracted": "2026-09-10",
    "columns": {"case": "case", "opened": "opened", "closed": "closed", "outcome": "kind", "cost": "cost"},
    "rules": {"error_outcomes": ["wrong"]},
}


def event(case: str, activity: str, start: str, end: str, who: str = "sys") -> str:
    """Return one line of the log; days are of September."""
    return f"{case},{activity},2026-09-{start},2026-09-{end},{who}\n"


# Eight cases of two hours from receipt to payment; in the first two the check came back once.
LOG = "case,activity,start,end,who\n" + "".join(
    event(f"c{n}", "receive", f"0{n} 08:00", f"0{n} 08:30")
    + event(f"c{n}", "check", f"0{n} 08:30", f"0{n} 09:00", "sys" if n > 4 else "ann")
    + (event(f"c{n}", "clarify", f"0{n} 09:00", f"0{n} 09:15") if n <= 2 else "")
    + (event(f"c{n}", "check", f"0{n} 09:15", f"0{n} 09:30") if n <= 2 else "")
    + event(f"c{n}", "pay", f"0{n} 10:00", f"0{n} 10:00")
    for n in range(1, 9)
)

EVENT_LOG: Data = {
    "id": "log",
    "name": "Log of post",
    "kind": "event_log",
    "file": "data/log.csv",
    "timestamp_format": "%Y-%m-%d %H:%M",
    "columns": {"case": "case", "activity": "activity", "timestamp": "end", "start": "start", "resource": "who"},
    "rules": {"end_activities": ["pay"], "system_resources": ["sys"]},
}


def use_case(id: str, process: str, judged: float, **changes: Any) -> Data:
    """Return a use case on which everything is known, with the same judged score on three of its criteria."""
    scores = ("customer_impact", "strategic_alignment", "model_complexity")
    return {
        "id": id,
        "name": id.replace("-", " ").capitalize(),
        "process": process,
        "kind": "predictive",
        "effect": {"low": 0.1, "likely": 0.2, "high": 0.4, "evidence": "estimate"},
        "data": [{"source": "records", "fields": ["number"]}],
        "systems": ["erp"],
        "scores": {name: {"value": judged, "evidence": "interview"} for name in scores}
        | {"sponsorship": {"value": 50, "evidence": "interview"}},
        "data_access": "yes",
        "sponsored": "yes",
    } | changes


def answer(question: str, level: int, group: str = "owner", **more: Any) -> Data:
    """Return one answer on organisational readiness."""
    return {"question": question, "group": group, "level": level, "evidence": "seen"} | more


ASSESS: Data = {
    "material_impact": {"value": 20000, "evidence": "interview"},
    "processes": PROCESSES,
    "data_sources": [RECORDS_SOURCE],
    "interviews": [
        {"id": "post-owner", "process": "post", "group": "owner", "date": "2026-09-02", "themes": ["pain", "data"]},
        {"id": "post-front", "process": "post", "group": "frontline", "date": "2026-09-03", "themes": ["pain"]},
        {"id": "claims-owner", "process": "claims", "group": "owner", "date": "2026-09-04", "themes": ["data"]},
    ],
    # Every dimension at 4 but skills, which owners put at 3 and the frontline at 2.
    "readiness": [
        answer(question, 4)
        for id, dimension in load_framework().readiness.items()
        for question in dimension.questions
        if id != "skills"
    ]
    + [
        answer("product_skills", 3),
        answer("engineering_skills", 3),
        answer("user_skills", 2, "frontline"),
    ],
    "use_cases": [
        use_case("post-sorting", "post", 80),
        use_case("claim-letters", "claims", 60),
        use_case("order-entry", "orders", 40),
    ],
    "weighting": {
        "method": "direct",
        "points": dict.fromkeys(load_framework().criteria, 12.5),
        "by": "ann",
        "date": "2026-09-10",
    },
}

TECHNOLOGY: Data = {"systems": [{"id": "erp", "name": "ERP", "interfaces": ["event", "api"], "evidence": "interview"}]}


def all_answered(use_cases: list[Data]) -> Data:
    """Return compliance facts in which each question of each use case is answered with no."""
    questions = load_framework().screening
    return {"screening": [{"use_case": c["id"], "question": q, "answer": "no"} for c in use_cases for q in questions]}


def parsed(model: type[M], data: Data) -> M:
    """Return a model as the loader reads it from a file."""
    return model.model_validate_json(json.dumps(data))


@dataclass
class TinyClient:
    """A client's files before they are written; change them in place, then ask for the result."""

    folder: Path
    client: Data
    assess: Any
    technology: Data | None
    compliance: Data | None
    files: dict[str, str]

    def process(self, id: str) -> Data:
        return next(process for process in self.assess["processes"] if process["id"] == id)

    def use_case(self, id: str) -> Data:
        return next(case for case in self.assess["use_cases"] if case["id"] == id)

    @property
    def records(self) -> Data:
        return self.assess["data_sources"][0]

    def add_log(self, source: Data, text: str) -> None:
        """Add a log or case table that measures the post."""
        self.assess["data_sources"].append(source)
        self.files[source["file"]] = text
        self.process("post")["measured_by"] = source["id"]

    def engagement(self, as_of: str | None = None) -> Engagement:
        """Write the files and load them."""
        for name, text in self.files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        for name in ("client", "assess", "technology", "compliance"):
            if (data := getattr(self, name)) is not None:
                text = yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
                (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_engagement(self.folder.name, self.folder.parent, as_of)

    def result(self, as_of: str | None = None) -> AssessResult:
        return assess(self.engagement(as_of))


def complete(folder: Path) -> TinyClient:
    """Return the client on which everything is known."""
    folder.mkdir(parents=True, exist_ok=True)
    assess = copy.deepcopy(ASSESS)
    files = {"data/records.csv": RECORDS}
    return TinyClient(
        folder, copy.deepcopy(CLIENT), assess, copy.deepcopy(TECHNOLOGY), all_answered(assess["use_cases"]), files
    )


def almost_empty(folder: Path) -> TinyClient:
    """Return a client that has only just been created: who it is, and what it would call a large amount."""
    tiny = complete(folder)
    tiny.client = {key: value for key, value in tiny.client.items() if key not in ("people", "sponsor", "gates")}
    tiny.assess, tiny.technology, tiny.compliance, tiny.files = {"material_impact": 20000}, None, None, {}
    return tiny
