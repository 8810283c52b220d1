"""All tables in one spreadsheet."""

import io
import time

import pytest
from openpyxl import load_workbook
from publish_notebooks import cover, exhibit, notebook, table_data

from workbook.publish.document import read_document
from workbook.publish.spreadsheet import render_tables


def book(documents):
    return load_workbook(io.BytesIO(render_tables(documents)))


def test_each_table_has_a_sheet_and_the_first_lists_them(report):
    made = book([("assess", report)])
    assert made.sheetnames == ["Contents", "assess process-map", "assess readiness", "assess heat-map", "assess all"]
    assert [cell.value for cell in made["Contents"][2]][:4] == [
        "assess process-map", "AI Opportunity Assessment", 1, "Seven processes carry 80% of the yearly cost"
    ]  # fmt: skip


def test_numbers_are_numbers_and_marks_stand_beside_them(report):
    sheet = book([("assess", report)])["assess readiness"]
    assert [cell.value for cell in sheet[3]] == [
        "Process", "Yearly cost", "Yearly cost: evidence", "Lead time P50, days", "Lead time P50, days: evidence",
        "Readiness", "Fit, 0 to 1",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[5]] == [
        "Claims handling, line 1",
        1_300_000,
        "M",
        5.5,
        "I",
        "partly ready",
        0.1,
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://example.org")'])
def test_text_never_becomes_a_formula(text):
    data = table_data(1)
    data["rows"][0][0] = text
    document = read_document(notebook(cover(), exhibit("table", "t", data)))
    cell = book([("x", document)])["x t"]["A4"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_long_names_are_cut_without_clashing():
    tables = [exhibit("table", f"{'very-long-name' * 3}-{n}", table_data(1)) for n in range(3)]
    names = book([("prioritize", read_document(notebook(cover(), *tables)))]).sheetnames
    assert len(set(names)) == 4 and max(map(len, names)) <= 31


def test_the_same_tables_give_the_same_bytes(report):
    first = render_tables([("assess", report)])
    # zip archives hold even seconds and openpyxl stamps the clock
    time.sleep(2.1)
    assert render_tables([("assess", report)]) == first
