"""Prose cells become blocks of plain runs."""

import pytest

from workbook.publish.markdown import Code, Heading, Listing, MarkdownError, Paragraph, ProseTable, Quote, blocks_of
from workbook.publish.text import Run


def test_styles_of_a_sentence_become_runs():
    (paragraph,) = blocks_of("We *saw* **two** `x` [here](https://example.org).")
    assert paragraph == Paragraph((
        Run("We "), Run("saw", emphasis=True), Run(" "), Run("two", strong=True), Run(" "), Run("x", code=True),
        Run(" "), Run("here", href="https://example.org"), Run("."),
    ))  # fmt: skip


def test_every_kind_of_block_is_read():
    source = "## H\n\n1. one\n   - inner\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n> q\n\n```\nf = x\n```"
    heading, listing, table, quote, code = blocks_of(source)
    assert (type(heading), heading.level) == (Heading, 2)
    assert isinstance(listing, Listing) and listing.start == 1
    assert isinstance(listing.items[0][1], Listing) and listing.items[0][1].start is None
    assert isinstance(table, ProseTable) and table.align == ("left", "right") and len(table.rows) == 1
    assert isinstance(quote, Quote)
    assert code == Code("f = x")


@pytest.mark.parametrize("source", ["<script>x</script>", "a <b onclick='x'>b</b>", "$x^2$", "#eval(1)"])
def test_markup_of_other_languages_stays_text(source):
    (paragraph,) = blocks_of(source)
    assert "".join(run.text for run in paragraph.runs) == source


@pytest.mark.parametrize("target", ["javascript:alert(1)", "#section", "file:///etc/passwd", "data:text/html,x"])
def test_only_addresses_of_the_web_and_of_mail_become_links(target):
    (paragraph,) = blocks_of(f"[text]({target})")
    assert all(run.href is None for run in paragraph.runs)
    assert "text" in "".join(run.text for run in paragraph.runs)


def test_a_picture_outside_an_exhibit_is_refused():
    with pytest.raises(MarkdownError, match="picture"):
        blocks_of("![alt](chart.png)")


def test_control_characters_and_overrides_are_dropped():
    (paragraph,) = blocks_of("a\x07b\u202ec\ud800d")
    assert paragraph.runs == (Run("abcd"),)
