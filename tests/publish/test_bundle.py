"""Exhibit bundles are checked before anything is set."""

import math

import pytest
from publish_notebooks import COVER, chart_svg, table_data

from workbook.publish.bundle import BundleError, read_cover, read_exhibit, read_table

MISSING = "not provided"


def bundle(kind="table", **changes):
    texts = {"title": "T", "alt": "A", "caption": "C", "source": "S"}
    return {"kind": kind, "id": "x", "data": table_data(2), **texts, **changes}


@pytest.mark.parametrize("key", ["title", "alt", "caption", "source"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_table_without_one_of_its_texts_is_refused(key, value):
    with pytest.raises(BundleError, match=f"no {key}"):
        read_exhibit(bundle(**{key: value}), None, MISSING)


@pytest.mark.parametrize("id", ["../up", "", None, "With Space", "a/b", "x" * 81])
def test_an_id_that_cannot_name_a_file_is_refused(id):
    with pytest.raises(BundleError, match="id is"):
        read_exhibit(bundle(id=id), None, MISSING)


def test_a_chart_needs_its_picture_and_no_script_in_it():
    with pytest.raises(BundleError, match="without its picture"):
        read_exhibit(bundle("chart"), None, MISSING)
    with pytest.raises(BundleError, match="active content"):
        read_exhibit(bundle("chart"), "<svg><script>x</script></svg>", MISSING)
    assert read_exhibit(bundle("chart"), chart_svg(), MISSING).svg == chart_svg()


def test_a_row_must_fit_its_columns():
    data = table_data(2)
    data["rows"][1].pop()
    with pytest.raises(BundleError, match="row 2 has 4 cells for 5 columns"):
        read_table(data, MISSING)


def test_nothing_is_shown_as_not_provided_unless_the_column_may_be_empty():
    columns = [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}, {"key": "c", "label": "C", "empty": True}]
    table = read_table({"columns": columns, "rows": [["x", None, None]]}, MISSING)
    assert [cell.text for cell in table.rows[0]] == ["x", MISSING, ""]


@pytest.mark.parametrize(
    "cell", [{"text": "x", "value": math.nan}, {"text": "x", "value": "1"}, {"text": "x", "shade": True},
             {"text": "x", "mark": "Z"}, {"text": "x", "tone": "red"}, 3, ["x"]],
)  # fmt: skip
def test_a_cell_that_is_not_of_the_contract_is_refused(cell):
    with pytest.raises(BundleError):
        read_table({"columns": [{"key": "a", "label": "A"}], "rows": [[cell]]}, MISSING)


@pytest.mark.parametrize("key", ["title", "client", "as_of", "as_of_text", "language"])
def test_a_cover_without_what_every_page_says_is_refused(key):
    with pytest.raises(BundleError, match=f"no {key}"):
        read_cover({"data": {**COVER, key: None}})


def test_a_cover_states_its_date_as_a_date():
    with pytest.raises(BundleError, match="as_of"):
        read_cover({"data": {**COVER, "as_of": "30 September 2026"}})
