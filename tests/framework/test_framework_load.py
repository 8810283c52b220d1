import subprocess
import sys

import pytest
from pydantic import ValidationError

from workbook.framework import FrameworkError, load_framework
from workbook.framework.load import content_hash


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_framework_is_read_once_and_kept():
    assert load_framework("en") is load_framework()


def test_the_framework_is_frozen(framework):
    with pytest.raises(ValidationError):
        framework.data_version = "2027-01"


def test_importing_the_room_loads_no_heavy_library():
    heavy = "{'pydantic', 'yaml', 'pandas', 'numpy', 'matplotlib', 'duckdb'}"
    code = f"import sys, workbook.framework; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


def test_the_version_changes_with_any_word(framework, files):
    assert framework.version == f"{framework.data_version}+{content_hash()[:8]}"
    before = content_hash(files)
    assert before == content_hash()
    change(files / "text/en.yaml", "not provided", "not given")
    assert content_hash(files) != before


def test_the_version_does_not_depend_on_line_ends(files):
    before = content_hash(files)
    path = files / "evidence.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert content_hash(files) == before


def test_named_values_are_filled_in(framework):
    words = framework.text("labels.not_estimable", n=40, needed=72)
    assert words == "not estimable: 40 cases, at least 72 needed"


def test_an_unknown_text_is_refused_with_the_nearest_key(framework):
    with pytest.raises(KeyError, match=r"did you mean 'criteria\.business_impact\.name'"):
        framework.text("criteria.busines_impact.name")


def test_a_missing_value_is_refused_with_the_key_of_its_text(framework):
    with pytest.raises(KeyError, match=r"labels\.not_estimable.*needs a value for 'needed'"):
        framework.text("labels.not_estimable", n=40)


def test_an_unknown_key_is_a_fault_that_names_the_file(files):
    change(files / "criteria.yaml", "    unit: money\n", "    unit: money\n    weight: 3\n")
    with pytest.raises(FrameworkError, match=r"criteria\.yaml: criteria\.business_impact\.weight: Extra inputs"):
        load_framework("en", files)


def test_all_files_that_cannot_be_read_are_reported_together(files):
    change(files / "roles.yaml", "roles:", "roles: [")
    change(files / "evidence.yaml", "  interview:", "  measured:")
    with pytest.raises(FrameworkError) as error:
        load_framework("en", files)
    assert [fault.partition(":")[0] for fault in error.value.faults] == ["evidence.yaml", "roles.yaml"]


def test_a_section_in_two_files_is_a_fault(files):
    (files / "more.yaml").write_text("evidence: {}\n", encoding="utf-8")
    with pytest.raises(FrameworkError, match=r"more\.yaml: evidence stands in evidence\.yaml too"):
        load_framework("en", files)


@pytest.mark.parametrize(
    "words", ['"{0}"', '"{}"', '"{n.real}"', '"{n[0]}"', '"{n!r}"', '"{n:>9}"', '"{n"', "12", '" "']
)
def test_a_text_is_words_with_plain_names_in_braces(files, words):
    change(files / "text/en.yaml", "  tie: tied", f"  tie: {words}")
    with pytest.raises(FrameworkError, match=r"text/en\.yaml: labels\.tie: "):
        load_framework("en", files)


def test_an_unknown_language_is_refused_with_those_there_are(files):
    with pytest.raises(FrameworkError, match=r"text/tlh\.yaml: no such language; there is en"):
        load_framework("tlh", files)


def test_a_source_line_says_who_paid_and_that_the_original_was_not_read(framework):
    assert framework.cite("idc-lenovo-2025") == (
        "IDC for Lenovo, CIO Playbook 2025: It's Time for AI-nomics, 2025; global survey of IT and business "
        "decision-makers, n = 2,920; paid for by a technology vendor; second-hand, original not read"
    )
