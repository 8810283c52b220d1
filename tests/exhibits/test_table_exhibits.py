import pytest

from workbook.exhibits.exhibit import Column
from workbook.exhibits.tables import chart_data, missing_cell, table

COLUMNS = [Column("name", "Process"), Column("cost", "Yearly cost", "right", 2)]


def test_a_table_becomes_an_exhibit():
    exhibit = table("costs", "Costs", COLUMNS, [["Claims", "€1.2m"]], "Caption", "Source", notes=["A note"])
    assert exhibit.kind == "table" and exhibit.orientation == "portrait"
    assert exhibit.alt == "Costs: Process, Yearly cost"
    assert exhibit.data == {
        "columns": [
            {"key": "name", "label": "Process", "align": "left"},
            {"key": "cost", "label": "Yearly cost", "align": "right", "width": 2},
        ],
        "rows": [["Claims", "€1.2m"]],
        "notes": ["A note"],
    }


def test_a_table_may_lie_on_its_side():
    exhibit = table("costs", "Costs", COLUMNS, [], "Caption", "Source", orientation="landscape")
    assert exhibit.orientation == "landscape"


def test_a_column_of_a_chart_may_be_empty_only_where_it_has_a_gap():
    data = chart_data("Process", ["Claims", "Post"], [("cost", "Cost", ["€1", None]), ("n", "Cases", ["3", "4"])])
    assert [column.get("empty", False) for column in data["columns"]] == [False, True, False]
    assert data["rows"] == [[{"text": "Claims"}, "€1", "3"], [{"text": "Post"}, None, "4"]]


def test_a_table_without_source_is_refused():
    with pytest.raises(ValueError, match="exhibit 'costs': source is missing"):
        table("costs", "Costs", COLUMNS, [], "Caption", "")


def test_a_missing_value_is_said_in_words():
    assert missing_cell("not provided") == {"text": "not provided", "tone": "none"}
    with pytest.raises(ValueError, match="said in words"):
        missing_cell(" ")
