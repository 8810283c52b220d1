"""A notebook is read once, for all exporters."""

import pytest
from nbformat.v4 import new_code_cell, new_output
from publish_notebooks import COVER, SUMMARY, chart_svg, cover, exhibit, notebook, prose, report_notebook, table_data

from workbook.publish.bundle import ExhibitError
from workbook.publish.document import read_document
from workbook.publish.markdown import Paragraph
from workbook.publish.text import plain


def test_sections_appendices_and_exhibits_are_numbered(report):
    assert [(h.number, plain(h.runs)) for h in report.headings] == [
        ("1", "At a glance"), ("2", "What we looked at"), ("", "Where the data come from"),
        ("3", "How ready the data are"),
        ("", "Across the year"), ("4", "How we judge"), ("", "Appendix"), ("A", "All processes"),
        ("B", "Where this report comes from"),
    ]  # fmt: skip
    assert [(e.number, e.id) for e in report.exhibits] == [
        (1, "process-map"),
        (2, "readiness"),
        (3, "heat-map"),
        (4, "all"),
    ]


def test_an_appendix_heading_with_words_is_lettered_itself():
    document = read_document(notebook(cover(), prose("## Data requests\n\n### Part", "appendix"), prose("## Guides")))
    assert [h.number for h in document.headings] == ["A", "", "B"]


def test_equal_headings_get_different_anchors():
    document = read_document(notebook(cover(), prose("## Cost\n\n## Cost\n\n## Kosten für Übersetzung")))
    assert [h.anchor for h in document.headings] == ["s-cost", "s-cost-2", "s-kosten-für-übersetzung"]


def test_the_title_is_the_covers_and_code_and_plain_outputs_stay_behind(report):
    assert report.title == "AI Opportunity Assessment"
    words = repr(report)
    assert "Which processes first?" not in words and "show_chart" not in words and "screen only" not in words


@pytest.mark.parametrize("tag", ["interactive", "parameters", "injected-parameters"])
def test_cells_for_the_analyst_are_left_out(tag):
    hidden = exhibit("summary", "live", SUMMARY)
    hidden.metadata["tags"] = [tag]
    document = read_document(notebook(cover(), hidden, prose("For the analyst.", tag), prose("For all.")))
    assert [plain(block.runs) for block in document.blocks if isinstance(block, Paragraph)] == ["For all."]
    assert len(document.blocks) == 1


def test_a_fault_names_the_cell_and_the_exhibit():
    with pytest.raises(ExhibitError, match=r"cell 2 \(cell-costs\), exhibit 'costs': no alt"):
        read_document(notebook(cover(), exhibit("table", "costs", table_data(1), alt=" ")))


def test_a_failed_cell_is_refused_wherever_it_stands():
    failed = new_code_cell(
        "1/0", outputs=[new_output("error", ename="ZeroDivisionError", evalue="x", traceback=[])], id="bad"
    )
    failed.metadata["tags"] = ["interactive"]
    with pytest.raises(ExhibitError, match=r"cell 2 \(bad\): failed with ZeroDivisionError"):
        read_document(notebook(cover(), failed))


def twice(id):
    """Two cells that show one exhibit."""
    again = exhibit("chart", id, table_data(1), chart_svg())
    again["id"] = "other-cell"
    return [exhibit("chart", id, table_data(1), chart_svg()), again]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([], "no cover"),
        ([cover(), exhibit("cover", "again", COVER)], "second cover"),
        ([cover(language="tlh")], "no labels"),
        ([cover(), prose("# a\n\n# b")], "second title"),
        ([cover(), prose("## a\n\n#### b")], "skips from level 2 to 4"),
        ([cover(), prose("![x](y.png)")], "picture in the prose"),
        ([cover(), *twice("a")], "'a' occurs twice"),
    ],
)
def test_what_cannot_be_published_is_refused(cells, words):
    with pytest.raises(ExhibitError, match=words):
        read_document(notebook(*cells))


def test_only_marks_and_signs_in_use_are_explained(report):
    assert report.marks == ("M", "I")
    assert report.tones == ("good", "warn", "bad", "none")
    bare = read_document(notebook(cover(), prose("Text.")))
    assert bare.marks == bare.tones == ()


def test_reading_leaves_the_notebook_as_it_was():
    made = report_notebook()
    read_document(made)
    assert made == report_notebook()
