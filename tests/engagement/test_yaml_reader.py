from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.yaml_reader import MAX_NODES, read_yaml
from workbook.engagement.yaml_text import MAX_BYTES, resolve


def faults(text: str | bytes) -> tuple[Fault, ...]:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(FaultsError) as error:
        read_yaml(raw, "acme/a.yaml")
    return error.value.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30", "12:30"),
        ("2026-05-31", "2026-05-31"),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("-12", -12),
        ("0x1F", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("+1.", 1.0),
        ("1.2.3", "1.2.3"),
        ("0.10", 0.1),
        ("-", "-"),
    ],
)
def test_words_are_resolved_by_yaml_1_2_core(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_quoted_words_stay_text() -> None:
    assert read_yaml(b"a: '12'\nb: \"true\"\nc: |\n  12\n", "f").data == {"a": "12", "b": "true", "c": "12\n"}


def test_keys_are_names() -> None:
    assert list(read_yaml(b"NO: 1\n12: 2\ntrue: 3\n", "f").data) == ["NO", "12", "true"]


def test_each_key_has_its_line() -> None:
    document = read_yaml("ä: 1\nb:\n  - id: x\n    v: [1, 2]\n".encode(), "f")
    assert document.lines[("b", 0, "v", 1)] == 4
    assert document.lines[("b", 0)] == 3
    assert document.line_of(("b", 0, "missing")) == 3


def test_an_item_of_a_list_can_be_named_by_its_id() -> None:
    document = read_yaml(b"b:\n  - {id: x, v: 1}\n  - {id: y, v: 2}\n", "f")
    assert document.locate("b.y.v") == document.locate("b.1.v") == ("b", 1, "v")
    with pytest.raises(KeyError, match=r"b\.z"):
        document.locate("b.z.v")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "f").data == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "line", "found", "remedy"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a second a; the first is on line 1", "delete one"),
        ("a: &x 1\n", 1, "an anchor &x", "delete the anchor"),
        ("b: 1\na: *x\n", 2, "a reference *x", "write the value out"),
        ("a: !!str 1\n", 1, "a tag tag:yaml.org,2002:str", "delete the tag"),
        ("a: !!python/object:os.system x\n", 1, "a tag", "delete the tag"),
        ("a:\n  <<: {b: 1}\n", 2, "a merge key <<", "write the merged keys out"),
        ("a: 1\n---\nb: 2\n", 2, "a second document", "delete the line ---"),
        ("%YAML 1.1\n---\na: NO\n", 1, "a % directive", "delete the line"),
        ("", 1, "nothing", "fill the file in"),
        ("\n  \n", 1, "nothing", "fill the file in"),
        ("- a\n- b\n", 1, "no mapping", "key: value"),
        ("a: .inf\n", 1, ".inf", "write the number"),
        ("a: .nan\n", 1, ".nan", "write the number"),
        ("a: 1e999\n", 1, "1e999", "smaller"),
        ("a: 007\n", 1, "007", 'write 7, or "007"'),
        ("? [1, 2]\n: 3\n", 1, "a key that is no plain name", "write the key as a word"),
        (": 1\n", 1, "YAML that cannot be read", "align"),
        ('"": 1\n', 1, "a key without a printable name", "write a name"),
        ("a: 1\nb:\n\tc: 1\n", 3, "YAML that cannot be read", "spaces, not tabs"),
        ("a: b: c\n", 1, "YAML that cannot be read", "holds a colon in quotes"),
        ("a: 1\nb: 'x\nc: 1\n", 2, "YAML that cannot be read", "close the quotation mark"),
        ("a: [1, 2\nb: 1\n", 2, "YAML that cannot be read", "close the bracket"),
        ("a: @x\n", 1, "YAML that cannot be read", "@"),
        ("a: 'x' y\n", 1, "YAML that cannot be read", "quotes as a whole"),
        ('a: "C:\\Users"\n', 1, "YAML that cannot be read", "backslash"),
        ("a: 1\nb: x\x00y\n", 2, "an invisible character U+0000", "delete it"),
        ("a: x\u2028y\n", 1, "an invisible character U+2028", "delete it"),
        ("a: x\u202ey\n", 1, "an invisible character U+202E", "delete it"),
        ('a: "\\e[31m"\n', 1, "an escaped character U+001B", "delete it"),
        ("a: " + "[" * 100_000, 1, "more than 40 levels", "close the brackets"),
        ("a:\n" + "- " * 100_000, 2, "more than 40 levels", "nest less"),
        ("a: [" + "1," * (MAX_NODES + 1) + "]", 1, "more than 200,000 values", "below data/"),
    ],
)
def test_surprising_yaml_is_a_fault_with_its_line(text: str, line: int, found: str, remedy: str) -> None:
    fault = faults(text)[0]
    assert (fault.file, fault.line) == ("acme/a.yaml", line)
    assert found in fault.found
    assert remedy in fault.remedy
    assert fault.allowed


def test_a_file_of_comments_holds_nothing_yet() -> None:
    assert read_yaml(b"# systems:\n", "acme/a.yaml").data == {}


def test_windows_text_is_refused_with_the_way_to_save_it() -> None:
    (fault,) = faults("a: 1\nname: Müller\n".encode("cp1252"))
    assert fault.line == 2
    assert "0xfc" in fault.found and "ü" in fault.found
    assert fault.allowed == "UTF-8"
    assert 'save it with the encoding "UTF-8"' in fault.remedy


def test_utf_16_is_refused_by_name() -> None:
    assert "UTF-16" in faults("a: 1".encode("utf-16"))[0].found


def test_a_file_of_over_5_mb_is_refused_before_it_is_parsed() -> None:
    (fault,) = faults(b"a: " + b"x" * MAX_BYTES)
    assert "5,000,000" in fault.found


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    assert [fault.line for fault in faults("a: &x 1\na: 2\nb: !t 1\nc: .nan\n")] == [1, 2, 3, 4]


def test_an_alias_bomb_costs_nothing() -> None:
    # Followed one by one, these aliases would not end.
    lines = ["l0: &l0 [x, x]"] + [f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}]" for n in range(1, 200)]
    assert len(faults("\n".join(lines))) <= 110


def is_text(text: str) -> bool:
    """PyYAML writes YAML 1.1, in which words such as 0E0 and 08 are text that needs no quotes."""
    try:
        return isinstance(resolve(text), str)
    except ValueError:
        return False


visible = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Zl", "Zp"),
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\ufeff",
)
texts = st.text(visible, max_size=30).filter(is_text)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
names = st.text("abcxyz-_", min_size=1, max_size=5).filter(is_text)
plain_data = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=20
)


class NoAliases(yaml.CSafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


@given(st.dictionaries(names, plain_data, min_size=1, max_size=5), st.sampled_from([True, False, None]))
def test_what_pyyaml_dumps_is_read_back(data: dict[str, object], flow: bool | None) -> None:
    text = yaml.dump(data, Dumper=NoAliases, allow_unicode=True, default_flow_style=flow)
    assert read_yaml(text.encode(), "f").data == yaml.safe_load(text) == data


@given(st.dictionaries(names, plain_data, min_size=1, max_size=5))
def test_every_line_given_is_the_line_of_its_key(data: dict[str, object]) -> None:
    text = yaml.dump(data, Dumper=NoAliases, allow_unicode=True, default_flow_style=False)
    document = read_yaml(text.encode(), "f")
    for path, line in document.lines.items():
        if isinstance(path[-1], str):
            assert text.split("\n")[line - 1].lstrip("'\"? -").startswith(path[-1].lstrip("'\"? -"))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_data_or_faults(raw: bytes) -> None:
    try:
        assert isinstance(read_yaml(raw, "f").data, dict)
    except FaultsError as error:
        assert all(fault.found and fault.allowed and fault.remedy for fault in error.faults)
