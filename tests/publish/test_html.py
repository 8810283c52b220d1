"""The HTML as a reader, a parser and a browser's policy see it."""

import base64
import hashlib
import re
from itertools import pairwise

import nbconvert
import pytest
from lxml import html as parser
from publish_notebooks import HOSTILE, LONG_WORD, cover, exhibit, notebook, prose, report_notebook

from workbook.publish.document import read_document
from workbook.publish.html import render_html
from workbook.publish.page import TEMPLATES

SCRIPT = (TEMPLATES / "sort.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(report):
    return parser.document_fromstring(render_html(report))


def text(element):
    return " ".join(element.text_content().split())


def test_there_is_one_title_and_headings_skip_no_level(page):
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_language_landmarks_and_skip_link_are_there(page):
    assert page.get("lang") == "en"
    assert [len(page.findall(f".//{tag}")) for tag in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    assert page.find(".//a[@class='skip']").get("href") == "#report"
    assert page.find(".//main").get("id") == "report"


def test_every_link_of_the_contents_leads_somewhere(page):
    ids = [element.get("id") for element in page.xpath("//*[@id]")]
    targets = [link.get("href")[1:] for link in page.xpath("//nav//a")]
    assert len(targets) == 9 + 4
    assert set(targets) <= set(ids) and len(ids) == len(set(ids))


def test_references_between_elements_hold(page):
    ids = set(page.xpath("//@id"))
    named = {name for value in page.xpath("//@aria-labelledby | //@aria-describedby") for name in value.split()}
    assert named <= ids


def test_a_figure_has_title_picture_caption_source_and_data(page):
    figure = page.get_element_by_id("exhibit-process-map")
    assert text(figure.find("figcaption")) == "Exhibit 1 Seven processes carry 80% of the yearly cost"
    picture = figure.find(".//img")
    assert picture.get("alt") == "What process-map shows in words."
    assert base64.b64decode(picture.get("src").removeprefix("data:image/svg+xml;base64,")).startswith(b"<svg")
    assert "Source: Event logs, 2026." in text(figure)
    assert len(figure.xpath(".//details//tbody/tr")) == 7


def test_header_cells_say_what_they_head(page):
    table = page.get_element_by_id("exhibit-readiness").find(".//table")
    assert {head.get("scope") for head in table.xpath(".//thead//th")} == {"col"}
    assert [text(head) for head in table.xpath(".//tbody/tr[1]/th[@scope='row']")] == ["Claims handling, line 0"]


def test_marks_and_signs_have_words(page):
    row = page.get_element_by_id("exhibit-readiness").xpath(".//tbody/tr[2]")[0]
    assert [text(cell) for cell in row] == [
        "Claims handling, line 1", "€1.3m M (measured from data)", "5.5 I (stated in an interview)",
        "▲caution: partly ready", "0.1",
    ]  # fmt: skip
    assert "measured from data" in text(page.find(".//section[@class='legend']"))


def test_wide_content_scrolls_in_a_named_region_that_takes_the_focus(page):
    regions = page.xpath("//*[contains(@class, 'scroll')]")
    assert len(regions) > 5
    assert all(region.get("role") == "region" and region.get("tabindex") == "0" for region in regions)
    assert all(region.get("aria-labelledby") or region.get("aria-label") for region in regions)


def test_the_page_asks_for_nothing_and_its_policy_allows_its_own_styles_and_script_only(report):
    source = render_html(report)
    page = parser.document_fromstring(source)
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    for tag, count in (("style", 2), ("script", 1)):
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts]
        assert len(texts) == len(page.findall(f".//{tag}")) == count
        assert f"{tag}-src {' '.join(hashes)};" in policy
    assert not page.xpath("//link | //iframe | //object | //*[@style] | //@*[starts-with(name(), 'on')]")
    assert all(source.startswith("data:") for source in page.xpath("//@src"))
    assert not re.search(r"url\((?!data:)|@import", source)


def test_hostile_text_appears_as_it_was_written(hostile):
    page = parser.document_fromstring(render_html(hostile))
    assert not page.xpath("//script[. != $own] | //b[not(parent::p[@class='source'])] | //*[@onclick]", own=SCRIPT)
    assert text(page.find(".//h1")) == HOSTILE
    figure = page.get_element_by_id("exhibit-t")
    assert text(figure.xpath(".//tbody/tr[1]/th")[0]) == HOSTILE
    assert text(figure.xpath(".//tbody/tr[2]/td[1]")[0]) == LONG_WORD
    assert page.get_element_by_id("exhibit-c").find(".//img").get("alt") == HOSTILE
    assert "<div onclick='x'>raw</div>" in text(page.find(".//main"))


def test_what_a_table_sorts_by_stands_beside_texts_that_do_not_sort_themselves(page):
    table = page.get_element_by_id("exhibit-readiness").find(".//table")
    assert [head.get("data-sort") for head in table.xpath(".//thead//th")] == [
        "text", "number", "number", "text", "number",
    ]  # fmt: skip
    assert table.xpath(".//tbody/tr[2]/*/@data-value") == ["1.3e+06"]


def test_a_page_whose_tables_do_not_sort_has_no_script():
    pairs = {"columns": [{"key": "k", "label": "K"}, {"key": "v", "label": "V"}], "rows": [["a", "x"]] * 4}
    source = render_html(read_document(notebook(cover(), exhibit("table", "gate", pairs))))
    assert "<script" not in source and "script-src" not in source and "data-sort" not in source


def test_the_script_makes_the_buttons_so_that_the_page_without_it_is_the_static_one(page):
    assert page.xpath("//th[@data-sort]") and not page.xpath("//button | //*[@aria-sort]")


def test_a_draft_says_so_and_why(page):
    assert text(page.find(".//p[@class='draft-banner']")) == "DRAFT The assessment has not been approved yet."
    final = parser.document_fromstring(render_html(read_document(notebook(cover(), prose("x")))))
    assert final.find(".//p[@class='draft-banner']") is None


def test_no_code_of_the_notebook_is_shown(page):
    assert "show_" not in text(page) and "client = " not in text(page)


def test_a_page_is_the_same_bytes_twice_and_not_heavy(report):
    assert render_html(report) == render_html(read_document(report_notebook()))
    assert len(render_html(report)) < 200_000


def test_nbconvert_knows_the_exporter():
    exporter = nbconvert.get_exporter("workbook-html")()
    body, resources = exporter.from_notebook_node(report_notebook())
    assert resources["output_extension"] == ".html"
    assert body == render_html(read_document(report_notebook()))
