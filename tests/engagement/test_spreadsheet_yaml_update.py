from __future__ import annotations

import copy
import difflib
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from workbook.engagement.spreadsheet.yaml_update import updated_text
from workbook.engagement.yaml_edit import same
from workbook.engagement.yaml_reader import Document, read_yaml

TEXT = """\
# The team.
budget: 100  # in euros
people:
  # the first
  - id: ann
    name: Ann  # always

  # the second
  - id: ben
    name: Ben
    hours: {value: 12, unit: h, evidence: measured}
  - {id: cat, name: Cat}
tags: [red, "blue", green]
note: >-
  Long
  text.
"""


def read(text: str) -> Document:
    return read_yaml(text.encode(), "team.yaml")


def changed(**changes: Any) -> tuple[list[str], list[str]]:
    """Return the lines that are taken out and put in where some sections of the text change."""
    document = read(TEXT)
    data = {**copy.deepcopy(document.data), **changes}
    data = {key: value for key, value in data.items() if value is not None}
    text = updated_text(document, data)
    assert same(read(text).data, data)
    lines = list(difflib.ndiff(TEXT.splitlines(), text.splitlines()))
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


def people(*places: int) -> list[Any]:
    items = read(TEXT).data["people"]
    return [items[place] for place in places]


def test_the_same_data_leave_the_text() -> None:
    assert updated_text(read(TEXT), read(TEXT).data) == TEXT


def test_one_value_is_one_line() -> None:
    assert changed(budget=120) == (["budget: 100  # in euros"], ["budget: 120  # in euros"])


def test_a_key_that_is_gone_takes_its_lines_along() -> None:
    assert changed(budget=None) == (["budget: 100  # in euros"], [])
    assert changed(note=None) == (["note: >-", "  Long", "  text."], [])


def test_a_key_in_brackets_that_is_gone_leaves_the_others_as_they_are() -> None:
    items = people(0, 1, 2)
    items[1] = {**items[1], "hours": {"value": 12, "evidence": "measured"}}
    before = "    hours: {value: 12, unit: h, evidence: measured}"
    assert changed(people=items) == ([before], ["    hours: {value: 12, evidence: measured}"])


def test_a_number_with_its_evidence_becomes_a_number_and_an_estimate() -> None:
    items = people(0, 1, 2)
    estimate = {"low": 1, "likely": 2, "high": 3, "evidence": "estimate"}
    for hours, line in ((7, "    hours: 7"), (estimate, "    hours: {evidence: estimate, low: 1, likely: 2, high: 3}")):
        items[1] = {**items[1], "hours": hours}
        assert changed(people=items)[1] == [line]


def test_an_entry_that_is_gone_leaves_the_comments_above_it() -> None:
    removed, added = changed(people=people(0, 2))
    assert added == []
    assert removed == ["  - id: ben", "    name: Ben", "    hours: {value: 12, unit: h, evidence: measured}"]


def test_an_entry_that_moves_keeps_its_lines() -> None:
    document = read(TEXT)
    text = updated_text(document, {**document.data, "people": people(2, 1, 0)})
    assert "    name: Ann  # always" in text
    assert text.index("id: cat") < text.index("# the second") < text.index("id: ben") < text.index("id: ann")


def test_an_entry_is_put_in_between() -> None:
    dan = {"id": "dan", "name": "Dan"}
    assert changed(people=[*people(0), dan, *people(1, 2)]) == ([], ["  - id: dan", "    name: Dan"])


def test_all_that_is_gone_leaves_a_file_that_says_nothing() -> None:
    assert updated_text(read("# Head.\nitems:\n  - 1\n"), {}) == "# Head.\n{}\n"


def test_a_new_section_stands_below_the_comment_that_explains_it() -> None:
    text = "# Head.\n\n#first:   # explained\n#  - id:  # short id\n\nsecond:   # explained\n\n#third:  # explained\n"
    new = updated_text(read(text), {"first": [{"id": "a"}], "second": 2, "third": True})
    assert new == (
        "# Head.\n\n#first:   # explained\n#  - id:  # short id\nfirst:\n  - id: a\n\n"
        "second: 2   # explained\n\n#third:  # explained\nthird: true\n"
    )


def test_windows_line_ends_stay() -> None:
    text = "a: 1\r\nitems:\r\n  - id: x\r\n    b: 1\r\n    c: 2\r\n  - id: y\r\n"
    new = updated_text(read(text), {"a": 1, "items": [{"id": "x", "c": 2}], "z": 1})
    assert new == "a: 1\r\nitems:\r\n  - id: x\r\n    c: 2\r\nz: 1\r\n"


SCALARS = st.one_of(st.integers(-99, 99), st.booleans(), st.text("ab:#'\"-[]{} ,\n", min_size=1, max_size=6))
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "low", "high"]), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
FILES = st.dictionaries(st.sampled_from(["one", "two", "three", "four"]), VALUES, min_size=1)


@pytest.mark.parametrize("in_brackets", [False, None, True])
@given(before=FILES, after=FILES)
@example(before={"one": [[0, [0]]]}, after={"one": [[0]]})
@example(before={"one": {"id": [0]}, "two": [0, [0]]}, after={"one": 0, "two": [0, [1, 0]]})
def test_any_data_can_become_any_other(in_brackets: bool | None, before: Any, after: Any) -> None:
    text = yaml.safe_dump(before, default_flow_style=in_brackets, sort_keys=False, allow_unicode=True)
    document = read(text)
    assert same(read(updated_text(document, after)).data, after)
