"""The PDF as a checker, a screen reader and an archive see it."""

import io
import re

import nbconvert
import pdfua
import pikepdf
import pytest
from publish_notebooks import (
    COVER,
    HOSTILE,
    LONG_WORD,
    SUMMARY,
    chart_svg,
    cover,
    exhibit,
    notebook,
    prose,
    report_notebook,
    table_data,
)
from pypdf import PdfReader

from workbook.publish.bundle import ExhibitError
from workbook.publish.document import read_document
from workbook.publish.pdf import render_pdf, render_png


@pytest.fixture(scope="module")
def pdf(report):
    return render_pdf(report)


def words(pdf, page=None):
    """The text without spaces, line ends and the invisible places to break."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    text = "".join(each.extract_text() for each in (pages if page is None else [pages[page]]))
    return re.sub(r"[\s\u200b\u00ad\u200e\u200f\u202a-\u202e]+", "", text)


def squeezed(text):
    return re.sub(r"\s+", "", text)


def structure(pdf):
    """The roles of the tagged structure, in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        roles = []

        def walk(node):
            if isinstance(node, pikepdf.Array):
                for child in node:
                    walk(child)
            elif isinstance(node, pikepdf.Dictionary):
                if "/S" in node:
                    roles.append(str(node.S))
                if "/K" in node:
                    walk(node.K)

        walk(file.Root.StructTreeRoot.K)
        return roles


def test_the_accessibility_checker_finds_nothing(pdf, hostile, tmp_path):
    for number, content in enumerate((pdf, render_pdf(hostile))):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(content)
        assert [finding.message for finding in pdfua.validate(str(file)).findings] == []


def test_it_claims_both_standards_and_is_tagged(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang) == "en-GB"
        assert file.Root.ViewerPreferences.DisplayDocTitle
        meta = file.Root.Metadata.read_bytes().decode()
    assert (
        re.search(r"pdfuaid:part\W+1", meta)
        and re.search(r"pdfaid:part\W+2", meta)
        and re.search(r"pdfaid:conformance\W+A", meta)
    )


def test_headings_tables_lists_and_pictures_are_tagged(pdf):
    roles = structure(pdf)
    assert roles.count("/H1") == 1
    assert {"/H2", "/H3", "/Table", "/TH", "/THead", "/L", "/Figure", "/Caption", "/TOC"} <= set(roles)
    assert roles.count("/Table") == 4


def test_fonts_are_the_shipped_ones_and_embedded(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as file:
        fonts = {
            str(o.BaseFont).split("+")[-1]
            for o in file.objects
            if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o
        }
    assert fonts and all(font.startswith("IBMPlexSans") for font in fonts)


def test_cover_contents_body_and_appendix_follow_each_other(pdf):
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 8
    assert "Documentcontrol" in words(pdf, 0) and squeezed("A. Rivera, Principal") in words(pdf, 0)
    assert words(pdf, 1).find("Contents") < words(pdf, 1).find("1Ataglance") < words(pdf, 1).find("Appendix")
    assert squeezed("Page 3 of 8") in words(pdf, 2) and squeezed("As of 30 September 2026") in words(pdf, 2)
    assert "DRAFT" in words(pdf, 2) and squeezed(COVER["confidentiality"]) in words(pdf, 2)
    assert squeezed("A All processes") in words(pdf, 6)


def test_a_wide_table_turns_its_page_with_the_words_that_announce_it(pdf):
    pages = PdfReader(io.BytesIO(pdf)).pages
    turned = [at for at, page in enumerate(pages) if page.mediabox.width > page.mediabox.height]
    assert turned == [4]
    assert squeezed("Across the year") in words(pdf, 4) and squeezed("Load peaks in spring") in words(pdf, 4)


def test_a_long_table_repeats_its_header_on_each_page(pdf):
    assert squeezed("Claims handling, line 0") in words(pdf, 6)
    assert squeezed("Claims handling, line 59") in words(pdf, 7)
    assert [words(pdf, page).count(squeezed("Lead time P50,")) for page in (6, 7)] == [1, 1]


def test_a_short_table_does_not_split():
    filler = prose("\n\n".join(["A line of text."] * 24))
    made = notebook(cover(), prose("## S"), filler, exhibit("table", "t", table_data(9), title="Kept together"))
    pdf = render_pdf(read_document(made))
    with_title = [
        page for page in range(len(PdfReader(io.BytesIO(pdf)).pages)) if squeezed("line 0") in words(pdf, page)
    ]
    assert with_title and all(squeezed("line 8") in words(pdf, page) for page in with_title)


def test_hostile_text_appears_as_it_was_written(hostile):
    found = words(render_pdf(hostile))
    latin, greek = HOSTILE.split("שלום")[0], "ΩμέγαКиївąćę"
    assert squeezed(latin) in found and greek in found and LONG_WORD in found
    assert "םולש" in found or "שלום" in found
    assert squeezed("<div onclick='x'>raw</div>") in found


def test_a_character_without_a_glyph_is_shown_by_its_code_point():
    made = notebook(cover(), prose("Done 🎉 by 漢 ●"))
    assert squeezed("Done [U+1F389] by [U+6F22] •") in words(render_pdf(read_document(made)))


def test_the_same_notebook_gives_the_same_bytes(report, pdf):
    assert render_pdf(report) == pdf
    assert render_pdf(read_document(report_notebook())) == pdf


def test_the_time_stamp_is_the_documents_date(pdf):
    assert PdfReader(io.BytesIO(pdf)).metadata["/CreationDate"].startswith("D:20260930000000")


def board(repeats):
    texts = [
        prose(f"## Question {n}\n\nAn answer in a sentence that runs on for about a line of the page.")
        for n in range(repeats)
    ]
    return read_document(notebook(
        cover(title="Board"), exhibit("summary", "s", SUMMARY), *texts,
        exhibit("chart", "c", table_data(3), chart_svg(), title="Return"), layout="page",
    ))  # fmt: skip


@pytest.mark.parametrize("repeats", [1, 9])
def test_a_one_page_report_has_one_page(repeats):
    assert len(PdfReader(io.BytesIO(render_pdf(board(repeats)))).pages) == 1


def test_a_one_page_report_that_cannot_fit_is_refused():
    with pytest.raises(ExhibitError, match="does not fit on one page"):
        render_pdf(board(40))


def test_a_picture_becomes_png_at_the_resolution_asked_for():
    png = render_png(chart_svg(), pixels_per_inch=144)
    assert png.startswith(b"\x89PNG")
    # 600 pixels of the drawing are 450 points, and twice as many dots
    assert int.from_bytes(png[16:20], "big") == 900
    assert png == render_png(chart_svg(), pixels_per_inch=144)


def test_nbconvert_knows_the_exporter(pdf):
    exporter = nbconvert.get_exporter("workbook-pdf")()
    body, resources = exporter.from_notebook_node(report_notebook())
    assert resources["output_extension"] == ".pdf" and body == pdf
