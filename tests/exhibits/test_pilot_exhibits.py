"""Every exhibit of Pilot, for clients whose pilot went well, badly, half or not at all, or who have harmful names."""

import re

import pytest
from exhibit_checks import check_cells, check_exhibits, check_marks, rows_of, shown_in
from pilot_results import CLIENTS, exhibits, made

from workbook.exhibits import pilot as show


@pytest.fixture(scope="module", params=CLIENTS)
def shown(request, tmp_path_factory):
    """All exhibits of one tiny client."""
    return exhibits(made(tmp_path_factory.mktemp("parameters"), request.param))


def test_every_exhibit_can_be_made_and_shows_no_computed_nothing(shown):
    assert len(shown) >= 30
    check_exhibits(shown)


def test_every_cell_of_a_table_says_something(shown):
    check_cells(shown)


def test_a_number_in_a_table_carries_the_mark_of_its_evidence(shown):
    check_marks(shown)


def test_a_sentence_of_a_title_is_complete(shown):
    for exhibit in shown:
        if exhibit.kind in ("chart", "table"):
            assert exhibit.title and not exhibit.title.endswith((".", ":", ";", ",")), exhibit.id
            assert "  " not in exhibit.title and not re.search(r"\{\w+\}", exhibit.title.replace("{name}", "")), (
                exhibit.id
            )


def test_the_notebook_shows_every_exhibit_there_is():
    assert {name for name, *_ in shown_in("03_pilot")} == set(show.__all__)


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
