import pytest

from workbook.exhibits.exhibit import Column
from workbook.exhibits.tables import heat_cell, missing_cell, rag_cell, table

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


def test_a_table_may_have_no_row_header_and_lie_on_its_side():
    exhibit = table("costs", "Costs", COLUMNS, [], "Caption", "Source", orientation="landscape", row_header=False)
    assert exhibit.data["row_header"] is False and exhibit.orientation == "landscape"


def test_a_table_without_source_is_refused():
    with pytest.raises(ValueError, match="exhibit 'costs': source is missing"):
        table("costs", "Costs", COLUMNS, [], "Caption", "")


def test_a_missing_value_is_said_in_words():
    assert missing_cell("not provided") == {"text": "not provided", "tone": "none"}
    with pytest.raises(ValueError, match="said in words"):
        missing_cell(" ")


def test_a_traffic_light_needs_a_word():
    assert rag_cell("at risk", "warn") == {"text": "at risk", "tone": "warn", "strong": True}
    with pytest.raises(ValueError, match="needs a word"):
        rag_cell("", "bad")


def test_a_heat_cell_is_shaded_by_its_place_on_the_scale():
    assert heat_cell("2.5", 2.5, 1, 5)["shade"] == 0.375
    assert heat_cell("7", 7, 1, 5)["shade"] == 1.0
