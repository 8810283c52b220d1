import pytest
import yaml

from workbook.framework.load import FOLDER
from workbook.framework.yaml_files import read_yaml


def read(tmp_path, text):
    path = tmp_path / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path)


def test_only_the_core_types_of_yaml_1_2_are_recognised(tmp_path):
    text = "a: no\nb: on\nc: 2026-10-01\nd: 12:30\ne: 1_000\nf: 010\ng: 1e3\nh: true\ni: ~\nj: .5\nk: 0x10\n"
    assert read(tmp_path, text) == {
        "a": "no", "b": "on", "c": "2026-10-01", "d": "12:30", "e": "1_000",
        "f": 10, "g": 1000.0, "h": True, "i": None, "j": 0.5, "k": "0x10",
    }  # fmt: skip


def test_lists_come_as_tuples(tmp_path):
    assert read(tmp_path, "a: [x, [1, 2]]") == {"a": ("x", (1, 2))}


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path):
    with pytest.raises(ValueError, match=r"some\.yaml: the key 'a' stands twice[\s\S]*line 3"):
        read(tmp_path, "a: 1\nb: 2\na: 3\n")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "words"])
def test_a_file_without_sections_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match="found no mapping"):
        read(tmp_path, text)


def test_other_readers_of_yaml_keep_their_own_rules():
    assert yaml.safe_load("a: no") == {"a": False}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.name)
def test_the_files_hold_no_anchors_tags_or_tabs(path):
    text = path.read_text(encoding="utf-8")
    events = list(yaml.parse(text, Loader=yaml.CSafeLoader))
    assert not [event for event in events if getattr(event, "anchor", None) or getattr(event, "tag", None)]
    assert "\t" not in text
