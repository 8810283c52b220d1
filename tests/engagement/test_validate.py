from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

import pytest
from pydantic import Field, model_validator

from workbook.engagement.faults import Fault
from workbook.engagement.validate import validate
from workbook.engagement.values import EnvName, Model, Quantity, Share, Slug, UncertainShare, refusal
from workbook.engagement.yaml_reader import read_yaml


class Task(Model):
    id: Slug
    hours: Quantity | None = None
    risk: Share | None = None
    gain: UncertainShare | None = None
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    url_env: EnvName | None = None
    code: str = Field("DE", pattern="^[A-Z]{2}$", description="two-letter code such as DE")
    name: Annotated[str, Field(max_length=5)] | None = None
    done: bool = False
    kind: Literal["build", "buy"] = "build"
    either: Slug | bool | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    tags: tuple[str, ...] = ()
    weights: dict[Slug, Annotated[float, Field(gt=0)]] = Field({})
    few: Annotated[tuple[str, ...], Field(max_length=1)] = ()

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise refusal("a first day before the last", "exchange the two", path=("first",))
        return self


class File(Model):
    budget: Quantity
    tasks: tuple[Task, ...] = ()


def check(text: str) -> list[Fault]:
    return validate(read_yaml(text.encode(), "acme/a.yaml"), File)[1]


def check_task(lines: str) -> Fault:
    """The one fault of a task whose keys begin on line 4."""
    indented = "".join(f"    {line}\n" for line in lines.splitlines())
    (fault,) = check(f"budget: 1\ntasks:\n  - id: a\n{indented}")
    return fault


def test_a_sound_file_becomes_its_model() -> None:
    part, faults = validate(read_yaml(b"budget: 1\ntasks: [{id: a, hours: {value: 2}}]\n", "f"), File)
    assert faults == []
    assert part and part.tasks[0].hours and part.tasks[0].hours.value == 2


NUMBER = "a number, alone or as {value, unit, evidence, source, date, by}"
SHARE = "a number from 0 to 1"


@pytest.mark.parametrize(
    ("lines", "line", "key", "found", "allowed", "remedy"),
    [
        ('hours: "12"', 4, "hours", 'text "12"', NUMBER, "write 12 without quotes"),
        (
            "hours: 12 h",
            4,
            "hours",
            'text "12 h"',
            NUMBER,
            "write the number alone, without unit or thousands separator",
        ),
        ("hours: 12,5", 4, "hours", 'text "12,5"', NUMBER, "write 12.5"),
        ("hours: true", 4, "hours", "true", NUMBER, "write a number"),
        ("hours: [1]", 4, "hours", "a list of 1", NUMBER, "write a number"),
        ("hours:\n  value: x", 5, "hours.value", 'text "x"', "a number", "write the number alone"),
        ("hours:\n  unit: h", 4, "hours.value", "nothing", "a number", "add value: with its value"),
        (
            "hours:\n  value: 1\n  evidence: guess",
            6,
            "hours.evidence",
            'text "guess"',
            "one of measured, interview",
            "write one",
        ),
        ("hours:\n  value: 1\n  evidence: mesured", 6, "hours.evidence", 'text "mesured"', "one of", "write measured"),
        (
            "hours:\n  value: 1\n  sorce: x",
            6,
            "hours.sorce",
            "the unknown key sorce",
            "the keys value, unit",
            "rename it to source",
        ),
        (
            "hours: {low: 1, likely: 2, high: 3}",
            4,
            "hours",
            "a mapping with low, likely, high",
            "one number",
            "likeliest",
        ),
        ("risk: 12 %", 4, "risk", 'text "12 %"', SHARE, "write 0.12, as a share of 1"),
        ("risk: 12", 4, "risk", "12", SHARE, "write a share of 1: 12 % is 0.12"),
        ("risk:\n  unit: x\n  value: -1", 6, "risk.value", "-1", SHARE, "write a number in this range"),
        (
            "gain:\n  low: 0.5\n  likely: 0.4\n  high: 0.6",
            4,
            "gain",
            "low 0.5, likely 0.4",
            "low <= likely <= high",
            "in order",
        ),
        ("gain:\n  low: 0.5\n  likely: 0.6", 4, "gain.high", "nothing", "a number", "add high:"),
        ("gain:\n  low: 0.5\n  likely: 0.6\n  high: 7", 7, "gain.high", "7", SHARE, "7 % is 0.07"),
        ("level: 6", 4, "level", "6", "a whole number from 1 to 5", "write a number in this range"),
        ("level: 2.5", 4, "level", "2.5", "a whole number from 1 to 5", "write"),
        ("share: -0.1", 4, "share", "-0.1", SHARE, "write a number in this range"),
        ("code: de", 4, "code", 'text "de"', "two-letter code such as DE", "write DE"),
        ("name: Abcdefgh", 4, "name", 'text "Abcdefgh"', "text of at most 5 characters", "shorten it by 3 characters"),
        ("name: 12", 4, "name", "12", "text of at most 5 characters", 'put it in quotes: "12"'),
        ("name: true", 4, "name", "true", "text of at most 5 characters", 'put it in quotes: "true"'),
        ("done: yes", 4, "done", 'text "yes"', "true or false", "write true"),
        ("done: 1", 4, "done", "1", "true or false", "write true or false"),
        ("kind: bild", 4, "kind", 'text "bild"', "one of build, buy", "write build"),
        ("either: 3.5", 4, "either", "3.5", "or true or false", "write"),
        ("first: 31.5.2026", 4, "first", 'text "31.5.2026"', "a date such as 2026-05-31", "write 2026-05-31"),
        ("first: 2026-13-01", 4, "first", 'text "2026-13-01"', "a date such as 2026-05-31", "write a day"),
        ("first: 2026", 4, "first", "2026", "a date such as 2026-05-31", "write year-month-day"),
        (
            "last: 2026-05-01\nfirst: 2026-05-02",
            5,
            "first",
            'text "2026-05-02"',
            "a first day before the last",
            "exchange",
        ),
        ("tags: x", 4, "tags", 'text "x"', "a list, each item text", "begin each item with a hyphen"),
        ("tags:", 4, "tags", "nothing", "a list, each item text", "fill it in"),
        ("tags:\n  - a\n  - 7", 6, "tags[1]", "7", "text", 'put it in quotes: "7"'),
        ("few: [a, b]", 4, "few", "a list of 2", "a list of at most 1 items", "length in this range"),
        ("weights:\n  a: 0", 5, "weights.a", "0", "a number above 0", "write a number in this range"),
        ("weights:\n  A B: 1", 5, "weights.A B", 'text "A B"', "a short id such as", "write a-b"),
        ("url_env: my url", 4, "url_env", 'text "my url"', "the name of an environment variable", "write"),
        ("colour: red", 4, "colour", "the unknown key colour", "the keys id, hours", "delete it"),
        ("ken: {a: 1}", 4, "ken", "the unknown key ken", "the keys id", "delete it"),
        ("levl: 3", 4, "levl", "the unknown key levl", "the keys id", "rename it to level"),
    ],
)
def test_a_fault_says_where_what_is_allowed_and_what_to_do(
    lines: str, line: int, key: str, found: str, allowed: str, remedy: str
) -> None:
    fault = check_task(lines)
    assert (fault.file, fault.line) == ("acme/a.yaml", line)
    assert fault.key == f"tasks[0].{key}".removesuffix(".")
    assert found in fault.found
    assert allowed in fault.allowed
    assert remedy in fault.remedy


def test_an_id_is_offered_in_the_form_of_ids() -> None:
    (fault,) = check("budget: 1\ntasks:\n  - id: Invoice Handling (AP)\n")
    assert (fault.line, fault.key, fault.remedy) == (3, "tasks[0].id", "write invoice-handling-ap")


def test_a_missing_key_is_told_at_the_mapping_that_needs_it() -> None:
    (fault,) = check("budget: 1\ntasks:\n  - hours: 1\n")
    assert (fault.line, fault.key, fault.found) == (3, "tasks[0].id", "nothing")
    assert fault.remedy == "add id: with its value"


def test_a_misspelt_required_key_is_one_fault() -> None:
    (fault,) = check("budgt: 1\n")
    assert (fault.found, fault.remedy) == ("the unknown key budgt", "rename it to budget")


def test_a_name_that_is_taken_is_not_offered() -> None:
    (fault,) = check("budget: 1\nbudgets: 2\n")
    assert fault.remedy == "delete it"


def test_an_empty_required_value_is_told_as_missing() -> None:
    (fault,) = check("budget:\n")
    assert (fault.line, fault.found, fault.remedy) == (1, "nothing", "fill it in")


def test_all_faults_are_told_at_once() -> None:
    faults = check("budget: x\ntasks:\n  - id: A\n    level: 9\n  - colour: red\n    id: b\n")
    assert [(fault.line, fault.key) for fault in faults] == [
        (1, "budget"),
        (3, "tasks[0].id"),
        (4, "tasks[0].level"),
        (5, "tasks[1].colour"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("budget: 1\npassword: hunter2\n", 2, "password"),
        ("budget: 1\ntasks:\n  - id: a\n    url_env: postgresql://u:hunter2@db/x\n", 4, "tasks[0].url_env"),
        ("budget: 1\n# once: https://u:hunter2@example.org\n", 2, ""),
        ("budget: 1\nsource: Server=x;Password=hunter2\n", 2, "source"),
        ("budget: 1\nkeys:\n  one: AKIAIOSFODNN7EXAMPLE\n", 3, "keys.one"),
        ('budget: 1\nx: "-----BEGIN PRIVATE KEY----- hunter2"\n', 2, "x"),
        ("budget: 1\ntasks: [{id: sk-abcdefghij0123456789}]\n", 2, "tasks"),
        ("budget: 1\nghp_abcdefghij0123456789: 1\n", 2, "(a secret)"),
    ],
)
def test_a_secret_is_a_fault_that_does_not_show_it(text: str, line: int, key: str) -> None:
    faults = check(text)
    secret = next(fault for fault in faults if fault.found == "a secret (not shown)")
    assert (secret.line, secret.key) == (line, key)
    assert "url_env" in secret.remedy
    shown = "\n".join(map(str, faults))
    assert not any(hidden in shown for hidden in ("hunter2", "AKIAIOSFODNN7EXAMPLE", "abcdefghij"))
