from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from one_value import save_value

from workbook.engagement.faults import FaultsError
from workbook.engagement.save import Change, write_atomically
from workbook.engagement.values import ThreePoint, Value
from workbook.engagement.yaml_edit import NotSavable, same
from workbook.engagement.yaml_reader import read_yaml

NASTY = """\
# The head of the file
name:   "Acme: \\"A & B\\""    # kept as it stands
long: this text goes on and on and on and on and on and on and on and on and on and on and on beyond any width of a line
processes:
- id: inv   # first
  volume:   12   # twelve
  owner: 'it''s'
  cost: {value: 3,evidence: measured,  source: "log"}
  text: |
    one

    two

  # between
- id: b
  folded: >-   # folded
    some
    words
  volume: {value: 1}
  hours:
    value: 7   # seven
    evidence: interview
  empty:
  tags: [a,   b]
selected:
    - u1  # one
    - u2
    # after the last
flag: no"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(NASTY.encode())
    return tmp_path / "a.yaml"


def changed(changes: tuple[Change, ...]) -> list[tuple[int, str | None, str | None]]:
    return [(change.line, change.before, change.after) for change in changes]


@pytest.mark.parametrize(
    ("path", "value", "line", "before", "after"),
    [
        ("processes.inv.volume", 13, 6, "  volume:   12   # twelve", "  volume:   13   # twelve"),
        ("processes.inv.volume", 0.25, 6, "  volume:   12   # twelve", "  volume:   0.25   # twelve"),
        ("processes.inv.owner", "don't", 7, "  owner: 'it''s'", "  owner: 'don''t'"),
        (
            "name",
            'Béb "q"',
            2,
            'name:   "Acme: \\"A & B\\""    # kept as it stands',
            'name:   "Béb \\"q\\""    # kept as it stands',
        ),
        ("processes.b.hours.value", 8.0, 21, "    value: 7   # seven", "    value: 8   # seven"),
        ("processes.b.empty", "filled", 23, "  empty:", "  empty: filled"),
        ("processes.b.tags", ["a", "b", "c d"], 24, "  tags: [a,   b]", "  tags: [a,   b, c d]"),
        ("processes.b.tags.1", "x: y", 24, "  tags: [a,   b]", '  tags: [a,   "x: y"]'),
        ("processes.b.volume.unit", "h", 19, "  volume: {value: 1}", "  volume: {value: 1, unit: h}"),
        ("selected.1", "u3", 27, "    - u2", "    - u3"),
        ("flag", True, 29, "flag: no", "flag: true"),
        ("flag", "true", 29, "flag: no", 'flag: "true"'),
        ("flag", "007", 29, "flag: no", 'flag: "007"'),
        ("flag", None, 29, "flag: no", "flag: null"),
        ("flag", dt.date(2026, 5, 31), 29, "flag: no", "flag: 2026-05-31"),
        ("flag", np.float64(0.5), 29, "flag: no", "flag: 0.5"),
        ("flag", "a # b", 29, "flag: no", 'flag: "a # b"'),
        ("flag", "two\nlines", 29, "flag: no", 'flag: "two\\nlines"'),
    ],
)
def test_saving_one_value_changes_exactly_its_line(
    file: Path, path: str, value: Any, line: int, before: str, after: str
) -> None:
    assert changed(save_value(file, path, value)) == [(line, before, after)]
    old, new = NASTY.split("\n"), file.read_text().split("\n")
    assert [i + 1 for i, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]] == [line]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("processes.inv.volume", 12.0),
        ("processes.inv.volume", Value(value=12)),
        ("processes.inv.cost", Value(value=3, evidence="measured", source="log")),
        ("processes.b.empty", None),
        ("processes.b.tags", ("a", "b")),
        ("processes.inv.text", "one\n\ntwo\n"),
        ("flag", "no"),
        ("processes.b.absent", None),
    ],
)
def test_saving_an_equal_value_writes_nothing(file: Path, path: str, value: Any) -> None:
    before = file.stat()
    assert not save_value(file, path, value)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_number_and_a_flag_are_never_equal(file: Path) -> None:
    save_value(file, "flag", 1)
    assert changed(save_value(file, "flag", True)) == [(29, "flag: 1", "flag: true")]


def test_of_a_value_only_the_keys_that_differ_are_written(file: Path) -> None:
    changes = save_value(file, "processes.b.hours", Value(value=8, evidence="assumed", source="partner: see note"))
    assert changed(changes) == [
        (21, "    value: 7   # seven", "    value: 8   # seven"),
        (22, "    evidence: interview", "    evidence: assumed"),
        (23, None, '    source: "partner: see note"'),
    ]


def test_evidence_that_a_new_value_does_not_have_is_not_left_behind(file: Path) -> None:
    changes = save_value(file, "processes.inv.cost", Value(value=4, evidence="assumed"))
    assert changes[0].after == "  cost: {value: 4,evidence: assumed,  source: null}"


def test_a_plain_number_can_become_a_value_and_an_estimate(file: Path) -> None:
    changes = save_value(file, "processes.inv.volume", Value(value=13, evidence="assumed", date=dt.date(2026, 1, 2)))
    assert changes[0].after == "  volume:   {value: 13, evidence: assumed, date: 2026-01-02}   # twelve"
    changes = save_value(file, "processes.b.empty", ThreePoint(low=1, likely=2, high=3))
    assert changes[0].after == "  empty: {low: 1, likely: 2, high: 3}"


def test_a_plain_number_never_passes_for_a_measured_one(file: Path) -> None:
    with pytest.raises(NotSavable, match="holds a value with evidence"):
        save_value(file, "processes.inv.cost", 4)
    assert file.read_text() == NASTY


def test_keys_are_added_after_the_last_of_their_mapping(file: Path) -> None:
    assert changed(save_value(file, "processes.inv.note", "new")) == [(13, None, "  note: new")]
    assert changed(save_value(file, "processes.b.empty.by", "ann")) == [(24, "  empty:", "  empty: {by: ann}")]
    assert changed(save_value(file, "gates.assess", {"decision": "approved"})) == [
        (31, None, "gates: {assess: {decision: approved}}")
    ]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (["u2"], ["    - u2"]),
        (["u1"], ["    - u1  # one"]),
        (["u1", "u3", "u2"], ["    - u1  # one", "    - u3", "    - u2"]),
        (["u2", "u1", "x"], ["    - u2", "    - u1  # one", "    - x"]),
    ],
)
def test_items_that_stay_in_a_list_keep_their_lines(file: Path, value: list[str], lines: list[str]) -> None:
    save_value(file, "selected", value)
    text = file.read_text()
    assert text == NASTY.replace("    - u1  # one\n    - u2", "\n".join(lines))


def test_a_list_can_be_emptied_and_an_entity_appended(file: Path) -> None:
    save_value(file, "selected", [])
    assert "selected: []\n    # after the last\nflag: no" in file.read_text()
    processes = read_yaml(file.read_bytes(), file.name).data["processes"]
    save_value(file, "processes", [*processes, {"id": "c", "volume": Value(value=1, unit="h"), "note": None}])
    assert "  tags: [a,   b]\n- id: c\n  volume: {value: 1, unit: h}\nselected" in file.read_text()


@pytest.mark.parametrize(
    ("value", "block"),
    [
        ("x\n\ny\n", "  text: |\n    x\n\n    y\n\n  # between\n"),
        ("x", "  text: |-\n    x\n\n  # between\n"),
        (" x", '  text: " x"\n\n  # between\n'),
    ],
)
def test_a_block_of_text_stays_a_block(file: Path, value: str, block: str) -> None:
    save_value(file, "processes.inv.text", value)
    assert block in file.read_text()
    assert read_yaml(file.read_bytes(), file.name).data["processes"][0]["text"] == value


def test_a_folded_text_keeps_its_comment(file: Path) -> None:
    save_value(file, "processes.b.folded", "other words")
    assert "  folded: >-   # folded\n    other words\n  volume" in file.read_text()


def test_line_ends_and_byte_order_mark_are_kept(file: Path) -> None:
    windows = b"\xef\xbb\xbf" + NASTY.replace("\n", "\r\n").encode()
    file.write_bytes(windows)
    save_value(file, "processes.inv.volume", 13)
    assert file.read_bytes() == windows.replace(b"volume:   12 ", b"volume:   13 ")
    save_value(file, "processes.inv.note", "x")
    save_value(file, "selected", ["u2", "u3"])
    save_value(file, "processes.inv.text", "x\ny\n")
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert not raw.endswith(b"\n")


def test_a_file_that_changes_while_it_is_saved_is_refused(file: Path) -> None:
    with pytest.raises(FaultsError, match="has changed since it was read"):
        write_atomically(file, b"flag: yes\n", replacing=b"flag: another\n")
    assert file.read_text() == NASTY


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("flag", float("nan")),
        ("flag", object()),
        ("flag.x", 1),
        ("processes.7.volume", 1),
        ("processes.inv", 1),
        ("selected", "u1"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_file_left_alone(file: Path, path: str, value: Any) -> None:
    with pytest.raises(NotSavable):
        save_value(file, path, value)
    assert file.read_text() == NASTY
    assert [entry.name for entry in file.parent.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("value", ["x\x1b[31m", "x\x00"])
def test_unprintable_text_is_refused(file: Path, value: str) -> None:
    with pytest.raises(FaultsError):
        save_value(file, "flag", value)
    assert file.read_text() == NASTY


def test_the_rights_of_the_file_are_kept_and_a_link_followed(file: Path) -> None:
    file.chmod(0o640)
    link = file.parent / "link.yaml"
    link.symlink_to(file)
    save_value(link, "flag", "yes")
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_failed_write_leaves_the_old_file_and_no_other(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save_value(file, "flag", "yes")
    assert file.read_text() == NASTY
    assert [entry.name for entry in file.parent.iterdir()] == ["a.yaml"]


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    return [path] if items is None else [leaf for key, inner in items for leaf in leaves(inner, (*path, key))]


visible = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Zl", "Zp"),
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\ufeff\ufffe\uffff",
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(visible | st.just("\n"), max_size=20)
    | st.sampled_from(
        ["yes", "NO", "null", "0x1F", "1e3", "- a", "a: b", "a #b", "#", "{", "'", "", " x ", "12:30", "007"]
    )
)
names = st.text("abcxyz", min_size=2, max_size=5)
plain_data = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12
)


@given(st.data(), scalars)
def test_any_scalar_of_the_nasty_file_can_be_saved_and_nothing_else_changes(
    file: Path, data: st.DataObject, value: Any
) -> None:
    file.write_bytes(NASTY.encode())
    before = read_yaml(NASTY.encode(), "f")
    path = data.draw(st.sampled_from(leaves(before.data)))
    save_value(file, path, value)
    after = read_yaml(file.read_bytes(), file.name)
    for other in leaves(before.data):
        expected = value if other == path else at(before.data, other)
        assert same(at(after.data, other), expected)
    assert after.text.count("#") >= NASTY.count("#")
    assert not save_value(file, path, value)


@given(
    st.dictionaries(names, plain_data, min_size=1, max_size=4), st.data(), scalars, st.sampled_from([True, False, None])
)
def test_any_scalar_of_any_dumped_file_can_be_saved(
    file: Path, start: dict[str, Any], data: st.DataObject, value: Any, flow: bool | None
) -> None:
    text = yaml.dump(start, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow)
    file.write_bytes(text.encode())
    try:
        before = read_yaml(text.encode(), "f").data
    except FaultsError:
        # PyYAML writes YAML 1.1, of which some is refused: this test is about saving.
        return
    paths = [path for path in leaves(before) if not isinstance(at(before, path), dict | list)]
    if paths:
        path = data.draw(st.sampled_from(paths))
        save_value(file, path, value)
        assert same(at(read_yaml(file.read_bytes(), file.name).data, path), value)


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data
