from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.engagement.approve import approve, approved_dates, canonical, read_approved
from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.load import Engagement, load_engagement
from workbook.engagement.values import Model

CLIENT = """\
name: Acme
country: NO
as_of: 2026-05-31
people: [{id: ann, name: Ann}]
gates:
  assess: {decision: approved, by: ann, role: CFO, date: 2026-05-20}
  prioritize: {decision: iterate, by: ann, date: 2026-05-21}
  pilot: {decision: approved, by: ann}
"""
CHARTER = {"metric": "cost per invoice", "baseline": 4.1, "until": dt.date(2026, 9, 1)}

Open = Callable[..., Engagement]


@pytest.fixture
def open_client(write: Callable[..., Path], models: dict[str, type[Model]]) -> Open:
    def open_client(client: str = CLIENT, as_of: str | None = None) -> Engagement:
        return load_engagement("acme", write(client=client, assess="budget: 1\n"), as_of, models)

    return open_client


def faults(engagement: Engagement, gate: str, content: dict[str, object] | None = None) -> Fault:
    with pytest.raises(FaultsError) as error:
        approve(engagement, gate, content or CHARTER)
    return error.value.faults[0]


def test_what_a_gate_approved_is_frozen_under_its_date(open_client: Open) -> None:
    approved = approve(open_client(), "assess", CHARTER)
    assert approved.path.name == "assess_2026-05-20.json"
    assert (approved.by, approved.role, approved.date) == ("ann", "CFO", dt.date(2026, 5, 20))
    assert approved.content == {"metric": "cost per invoice", "baseline": 4.1, "until": "2026-09-01"}
    assert read_approved(open_client(), "assess") == approved


def test_the_same_content_again_changes_nothing(open_client: Open) -> None:
    path = approve(open_client(), "assess", CHARTER).path
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    approve(open_client(), "assess", dict(reversed(CHARTER.items())))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_goalposts_cannot_move(open_client: Open) -> None:
    path = approve(open_client(), "assess", CHARTER).path
    before = path.read_bytes()
    fault = faults(open_client(), "assess", {**CHARTER, "baseline": 4.2})
    assert fault.file == "acme/approved/assess_2026-05-20.json"
    assert fault.remedy == "record a new decision with its own date under gates.assess in client.yaml"
    assert path.read_bytes() == before


def test_a_new_decision_is_frozen_beside_the_old_one(open_client: Open) -> None:
    approve(open_client(), "assess", CHARTER)
    later = open_client(CLIENT.replace("2026-05-20", "2026-05-30"))
    approve(later, "assess", {"baseline": 4.2})
    assert approved_dates(later, "assess") == [dt.date(2026, 5, 20), dt.date(2026, 5, 30)]
    assert read_approved(later, "assess").content == {"baseline": 4.2}
    assert read_approved(later, "assess", dt.date(2026, 5, 20)).content["baseline"] == 4.1


def test_what_is_approved_later_does_not_exist_yet(open_client: Open) -> None:
    approve(open_client(), "assess", CHARTER)
    early = open_client(as_of="2026-05-19")
    assert read_approved(early, "assess") is None
    assert faults(early, "assess").found == "no decision by 2026-05-19"


@pytest.mark.parametrize(
    ("gate", "line", "key", "found", "remedy"),
    [
        ("prioritize", 7, "gates.prioritize", "the decision iterate", "record the decision"),
        ("pilot", 8, "gates.pilot.date", "nothing", "add the day"),
        ("scale", 5, "gates.scale", "no decision by 2026-05-31", "record the decision"),
        ("asess", 5, "gates.asess", "the unknown gate asess", "write assess"),
    ],
)
def test_only_an_approved_and_dated_gate_freezes(
    open_client: Open, gate: str, line: int, key: str, found: str, remedy: str
) -> None:
    fault = faults(open_client(), gate)
    assert (fault.file, fault.line, fault.key) == ("acme/client.yaml", line, key)
    assert fault.found == found
    assert remedy in fault.remedy


@pytest.mark.parametrize("key", ["content", "by", "date", "sha256", "client"])
def test_an_edited_file_no_longer_fits_its_hash(open_client: Open, key: str) -> None:
    path = approve(open_client(), "assess", CHARTER).path
    path.write_text(json.dumps({**json.loads(path.read_text()), key: "2026-05-21"}))
    with pytest.raises(FaultsError, match="does not fit its SHA-256"):
        read_approved(open_client(), "assess")


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"sha256": 1}'])
def test_a_file_that_is_no_approval_is_a_fault(open_client: Open, text: str) -> None:
    path = approve(open_client(), "assess", CHARTER).path
    path.write_text(text)
    with pytest.raises(FaultsError):
        read_approved(open_client(), "assess")


def test_an_approval_copied_from_another_gate_is_refused(open_client: Open) -> None:
    path = approve(open_client(), "assess", CHARTER).path
    path.rename(path.with_name("scale_2026-05-20.json"))
    with pytest.raises(FaultsError, match="its name"):
        read_approved(open_client(), "scale")


def test_a_file_without_a_day_in_its_name_is_not_passed_over(open_client: Open) -> None:
    path = approve(open_client(), "assess", CHARTER).path
    path.rename(path.with_name("assess_2026-5-20.json"))
    with pytest.raises(FaultsError, match="a name such as"):
        read_approved(open_client(), "assess")


def test_canonical_json_has_one_spelling() -> None:
    assert canonical({"b": 1, "a": ["ä", None]}) == '{"a":["ä",null],"b":1}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"a": float("nan")})
    with pytest.raises(TypeError, match="cannot be frozen"):
        canonical({"a": object()})
