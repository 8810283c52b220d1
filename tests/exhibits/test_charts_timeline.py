import dataclasses

import pytest
from chart_examples import EXAMPLES, SHORT, said
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D

from workbook.exhibits.charts_timeline import draw_timeline, table_timeline
from workbook.exhibits.page import page_of

PLAN = EXAMPLES["timeline"][2](SHORT)


def test_bars_are_boxes_and_points_are_markers_of_another_shape_for_decisions():
    _, drawn = page_of(draw_timeline, PLAN)
    bar, reference, milestone, gate = drawn[:4]
    assert isinstance(bar, PolyCollection) and isinstance(reference, PolyCollection)
    assert isinstance(milestone, Line2D) and isinstance(gate, Line2D)
    assert milestone.get_marker() != gate.get_marker() and bar.get_hatch() != reference.get_hatch()


def test_a_bar_ends_where_a_point_of_the_same_week_stands():
    rows = tuple(dataclasses.replace(row, start=0.0, end=10.0) for row in PLAN.rows)
    _, drawn = page_of(draw_timeline, dataclasses.replace(PLAN, rows=rows))
    assert drawn[0].get_paths()[0].vertices[:, 0].max() == pytest.approx(drawn[3].get_xdata()[0])


def test_the_limit_is_a_line_down_the_plot_and_left_out_where_there_is_none():
    _, drawn = page_of(draw_timeline, PLAN)
    assert isinstance(drawn[-1], LineCollection) and len(drawn) == len(PLAN.rows) + 1
    _, drawn = page_of(draw_timeline, dataclasses.replace(PLAN, limit=None))
    assert len(drawn) == len(PLAN.rows)


def test_only_kinds_that_occur_are_explained():
    page, _ = page_of(draw_timeline, dataclasses.replace(PLAN, rows=PLAN.rows[2:4]))
    assert {"A milestone", "A gate"} <= set(said(page)) and "A reference" not in said(page)


def test_a_long_name_of_an_owner_is_cut_in_the_drawing_and_whole_in_the_table():
    name = "Wolfeschlegelsteinhausen " * 9
    rows = (dataclasses.replace(PLAN.rows[0], owner=name), *PLAN.rows[1:])
    page, _ = page_of(draw_timeline, dataclasses.replace(PLAN, rows=rows))
    assert any(text.endswith("\N{HORIZONTAL ELLIPSIS}") for text in said(page))
    assert table_timeline(dataclasses.replace(PLAN, rows=rows))["rows"][0][4] == name


def test_a_missing_day_or_owner_is_said_in_words():
    rows = (dataclasses.replace(PLAN.rows[0], day="", owner=""),)
    (row,) = table_timeline(dataclasses.replace(PLAN, rows=rows))["rows"]
    assert [entry["text"] for entry in row[3:]] == ["not provided", "not provided"]
    assert row[2]["value"] == PLAN.rows[0].end
