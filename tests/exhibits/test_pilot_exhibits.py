"""Every exhibit of Pilot, for clients whose pilot went well, badly, half or not at all, or who have harmful names."""

import re
from xml.etree import ElementTree

import pytest
from pilot_results import CLIENTS, exhibits, made, rows_of, text_of

from workbook.exhibits import pilot as show
from workbook.exhibits.exhibit import EXHIBIT_MIME

# Computed values that no reader should meet; "none" in a sentence is a word.
NO_WORD = re.compile(r"\b(nan|NaN|None|inf|Infinity|null|NaT)\b")

# The level of a bar is a number of its own accord; a border that was agreed is marked where it is agreed.
UNMARKED = ("criteria-forest", "effect-over-time", "failure-modes")


@pytest.fixture(scope="module", params=CLIENTS)
def shown(request, tmp_path_factory):
    """All exhibits of one tiny client."""
    return list(exhibits(made(tmp_path_factory.mktemp("parameters"), request.param)))


def texts(data):
    """Yield every text in an exhibit's bundle."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for part in data.values():
            yield from texts(part)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from texts(part)


def test_every_exhibit_can_be_made_and_shows_no_computed_nothing(shown):
    assert len({exhibit.id for exhibit in shown}) == len(shown) >= 30
    for exhibit in shown:
        for text in texts(exhibit.bundle()):
            assert not NO_WORD.search(text), (exhibit.id, text)
            assert text == text.strip(), (exhibit.id, text)
        view = exhibit._repr_mimebundle_()
        assert view[EXHIBIT_MIME]["id"] == exhibit.id
        if exhibit.svg:
            ElementTree.fromstring(view["image/svg+xml"])
            assert "<script" not in exhibit.svg
        else:
            assert "<script>" not in view["text/html"]


def test_every_cell_of_a_table_says_something(shown):
    for exhibit in shown:
        for row in exhibit.data["rows"] if exhibit.kind == "table" else []:
            assert all(text_of(entry).strip() for entry in row), exhibit.id


def test_a_number_in_a_table_carries_the_mark_of_its_evidence(shown):
    for exhibit in shown:
        for row in exhibit.data["rows"] if exhibit.kind == "table" else []:
            assert all(cell.get("mark") for cell in row if isinstance(cell, dict) and "value" in cell), exhibit.id


def test_a_sentence_of_a_title_is_complete(shown):
    for exhibit in shown:
        if exhibit.kind in ("chart", "table"):
            assert exhibit.title and not exhibit.title.endswith((".", ":", ";", ",")), exhibit.id
            assert "  " not in exhibit.title and not re.search(r"\{\w+\}", exhibit.title.replace("{name}", "")), (
                exhibit.id
            )


def test_a_client_without_a_charter_is_a_draft_without_a_verdict(tmp_path):
    for name in ("unapproved", "no_charter"):
        result = made(tmp_path / name, name)
        assert show.cover(result).data["draft"]
        assert show.charter_state(result).data["style"] == "draft"
        assert show.table_verdict(result).title.startswith("No verdict")
        assert show.summary(result).data["items"][0]["text"].startswith("No verdict")


def test_an_approved_charter_makes_no_draft(tmp_path):
    result = made(tmp_path, "complete")
    assert show.cover(result).data["draft"] is None
    assert "SHA-256" in show.charter_state(result).data["paragraphs"][0]
    assert result.charter.sha256 in show.table_charter_changes(result).data["notes"][0]


def test_names_are_kept_as_they_are_for_whoever_sets_the_page(tmp_path):
    result = made(tmp_path, "hostile")
    assert rows_of(show.table_pipeline(result)).keys() == {each["name"] for each in _plain(result.pilot.checks)}
    assert {row[0] for row in show.table_versions(result).data["rows"]} == {v.name for v in result.pilot.versions}


def _plain(parts):
    return [part.model_dump() for part in parts]


def test_the_same_result_gives_the_same_bytes(tmp_path):
    result = made(tmp_path, "full")
    one, other = ([exhibit._repr_mimebundle_() for exhibit in exhibits(result)] for _ in range(2))
    assert one == other


def test_every_part_of_a_charter_has_words():
    from workbook.engagement.schema_charter import Charter
    from workbook.framework import load_framework

    texts_ = load_framework().texts
    assert all(f"exhibits.pilot_changes.parts.{name}" in texts_ for name in Charter.model_fields)
