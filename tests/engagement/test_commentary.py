from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.engagement.commentary import (
    Commentary,
    Paragraph,
    Sections,
    read_commentary,
    section_text,
    with_section,
)
from workbook.engagement.faults import Fault, FaultsError

TEXT = """\
replaces: summary

## summary
Handling an invoice costs {figure:invoice-cost},
three times the average.

A second paragraph.

## our-view
**Not bold** & <b>not HTML</b>.
"""


def read(text: str) -> Commentary:
    return read_commentary(text.encode(), "acme/commentary/assess.md")


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FaultsError) as error:
        read(text)
    return error.value.faults


def test_paragraphs_are_sorted_into_sections_with_their_lines() -> None:
    sections = read(TEXT).sections
    assert sections["summary"] == (
        Paragraph("Handling an invoice costs {figure:invoice-cost}, three times the average.", 4),
        Paragraph("A second paragraph.", 7),
    )
    assert sections["our-view"][0].text == "**Not bold** & <b>not HTML</b>."


def test_a_first_line_says_what_is_replaced() -> None:
    assert read(TEXT).replaces == {"summary"}
    assert read("## a\nreplaces: a\n").replaces == frozenset()


def test_a_section_is_rendered_with_its_figures() -> None:
    assert read(TEXT).section("summary", {"invoice-cost": "€4.10"})[0].startswith("Handling an invoice costs €4.10,")
    assert read(TEXT).section("absent", {}) == ()


def test_what_a_figure_holds_is_not_read_again() -> None:
    assert read("## a\n{figure: a }\n").section("a", {"a": "{figure:b}"}) == ("{figure:b}",)


def test_an_unknown_figure_is_told_with_its_line_and_the_nearest_id() -> None:
    with pytest.raises(FaultsError) as error:
        read(TEXT).section("summary", {"invoice-costs": "€4.10", "volume": "12"})
    (fault,) = error.value.faults
    assert (fault.file, fault.line) == ("acme/commentary/assess.md", 4)
    assert fault.found == "the unknown figure invoice-cost"
    assert fault.allowed == "one of invoice-costs, volume"
    assert fault.remedy == "write invoice-costs"


def test_a_section_that_the_notebook_does_not_have_is_a_fault() -> None:
    (fault,) = read(TEXT).check_sections(Sections(("our-views",), ("summary",)))
    assert (fault.line, fault.key, fault.remedy) == (9, "our-view", "write our-views")
    assert read(TEXT).check_sections(Sections(("our-view",), ("summary",))) == []


def test_a_section_that_would_not_be_shown_is_a_fault() -> None:
    (fault,) = read(TEXT.removeprefix("replaces: summary")).check_sections(Sections(("our-view",), ("summary",)))
    assert (fault.line, fault.key, fault.found) == (3, "summary", "a section that would not be shown")
    assert "replaces: summary" in fault.remedy


def test_only_what_the_notebook_generates_can_be_replaced() -> None:
    (fault,) = read(TEXT).check_sections(Sections(("summary", "our-view")))
    assert (fault.line, fault.key, fault.found) == (1, "replaces", "the section summary")


def test_a_figure_that_the_notebook_does_not_have_is_a_fault() -> None:
    (fault,) = read(TEXT).check_figures(["volume"])
    assert (fault.line, fault.key) == (4, "invoice-cost")
    assert read(TEXT).check_figures(["invoice-cost"]) == []


def test_a_commentary_knows_whether_it_quotes_figures() -> None:
    assert read(TEXT).quotes_figures
    assert not read("## a\nplain {text}\n").quotes_figures


@pytest.mark.parametrize(
    ("text", "line", "found", "remedy"),
    [
        ("Too early.\nStill.\n\n## a\nx\n", 1, 'text "Too early. Still." before the first section', "put a heading"),
        ("# A\nx\n", 1, 'text "# A x" before the first section', "write ## and the id"),
        ("## a\ncosts {figure:b\n", 2, "{figure:b without a figure", "write {figure:id}"),
        ("## a\ncosts {figur:b}\n", 2, "{figur:b without a figure", "write {figure:id}"),
        ("## Our View\nx\n", 1, "the heading Our View", "write the section's id"),
        ("## a\nx\n## a\ny\n", 3, "a second section a; the first is on line 1", "join the two"),
        ("## a\n\n## b\nx\n", 1, "the section a without text", "write the paragraph"),
        ("replaces: b\n## a\nx\n", 1, "replaces: b", "write the section ## b"),
        ("## a\npassword=hunter2\n", 2, "a secret (not shown)", "delete it"),
        ("## a\nx\x00\n", 2, "an invisible character U+0000", "delete it"),
    ],
)
def test_a_faulty_commentary_is_told_with_its_line(text: str, line: int, found: str, remedy: str) -> None:
    (fault,) = faults(text)
    assert fault.line == line
    assert found in fault.found
    assert remedy in fault.remedy


@given(st.text(st.characters(categories=("L", "N", "P", "Z"), exclude_characters="{\u2028\u2029"), min_size=1))
def test_words_without_figures_are_left_as_they_are(text: str) -> None:
    assert read(f"## a\n.{text}\n").section("a", {}) == (f".{text}".strip(),)


paragraphs = st.lists(
    st.text(st.characters(categories=("L", "N", "Zs"), exclude_characters="{"), min_size=1).map(
        lambda line: f".{line}."
    ),
    min_size=1,
    max_size=4,
).map("\n".join)


@given(st.sampled_from(["summary", "our-view", "recommendations"]), paragraphs, st.sampled_from(["\n", "\r\n"]))
def test_a_section_is_written_and_every_other_line_stays(section: str, text: str, end: str) -> None:
    before = TEXT.replace("\n", end)
    after = with_section(before, section, text)
    assert section_text(after, section) == text
    for other in {"summary", "our-view", "recommendations"} - {section}:
        assert section_text(after, other) == section_text(before, other)
    assert after.count("\n") == after.count(end)
    assert with_section(after, section, text) == after
    if not section_text(before, section):
        assert with_section(after, section, "") == before


def test_a_section_that_replaces_is_named_in_the_first_line() -> None:
    one = with_section("## our-view\nWe.\n", "summary", "In short.", instead=True)
    assert one == "replaces: summary\n\n## our-view\nWe.\n\n## summary\nIn short.\n"
    assert with_section(one, "lead", "First.", instead=True).startswith("replaces: summary, lead\n\n## our-view")
    assert with_section(one, "summary", "", instead=True) == "## our-view\nWe.\n"
    with pytest.raises(ValueError, match="would begin another section"):
        with_section(one, "summary", "We.\n## next\n")
