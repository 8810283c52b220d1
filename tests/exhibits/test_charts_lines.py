import dataclasses

import pytest
from chart_examples import EXAMPLES, MONEY, SHORT, WORDS, said

from workbook.exhibits.charts_lines import (
    Line,
    Lines,
    chart_lines,
    draw_lines,
    line_look,
    table_lines,
    update_chart_lines,
)
from workbook.exhibits.exhibit import cell
from workbook.exhibits.layout import Measure
from workbook.exhibits.page import page_of
from workbook.exhibits.svg import svg_of
from workbook.exhibits.theme import contrast, palette

YEARS = Measure("Years", lambda value: f"{value:g}")


def rising(end, **changes):
    line = Line("a", ((0.0, -100.0), (2.0, end)), ((1.0, 0.0),), (cell(f"€{end:g}"), cell("hidden")))
    lines = (line, Line("b", (), missing="not estimable"))
    return Lines("Case", lines, YEARS, MONEY, ("End", "More"), 1, **changes)


def test_the_list_holds_the_listed_figures_and_the_table_all():
    page, _ = page_of(draw_lines, rising(100.0))
    assert "€100" in said(page) and "hidden" not in said(page)
    rows = table_lines(rising(100.0))["rows"]
    assert [[entry["text"] for entry in row] for row in rows] == [
        ["a", "€100", "hidden"], ["b", "not estimable", "not estimable"],
    ]  # fmt: skip


def test_a_chart_without_any_line_shows_no_scale():
    data = dataclasses.replace(rising(0.0), lines=(Line("b", (), missing="not estimable"),))
    page, _ = page_of(draw_lines, data)
    assert said(page) == ["Case", "End", "b", "not estimable"]


def test_a_line_without_points_says_why_and_one_with_points_has_its_figures():
    with pytest.raises(ValueError, match="'b' has no points and no word"):
        dataclasses.replace(rising(0.0), lines=(Line("b", ()),))
    with pytest.raises(ValueError, match="'a' has 0 figures for 2 columns"):
        dataclasses.replace(rising(0.0), lines=(Line("a", ((0.0, 0.0),)),))


def test_moved_lines_equal_lines_drawn_afresh():
    ends = {"x_ends": (0.0, 2.0), "y_ends": (-200.0, 400.0)}
    page, artists = page_of(draw_lines, rising(100.0, **ends))
    update_chart_lines(artists, rising(300.0, **ends))
    assert svg_of(page.figure, "live") == chart_lines(rising(300.0, **ends), id="live", **WORDS).svg


def test_five_lines_differ_by_dash_and_marker_and_stand_out_from_the_paper():
    looks = [line_look(number) for number in range(5)]
    assert len({str(dash) for _, dash, _ in looks}) == len({marker for _, _, marker in looks}) == 5
    assert all(contrast(colour, palette().paper) >= 3 for colour, _, _ in looks)


def test_each_line_ends_where_its_last_point_lies():
    _, artists = page_of(draw_lines, rising(100.0))
    (course,) = artists.courses[0].get_segments()
    assert course[-1] == pytest.approx([float(artists.across.at(2.0)), float(artists.down.at(100.0))])
    _, draw, data = EXAMPLES["lines"]
    _, drawn = page_of(draw, data(SHORT))
    assert [len(each.get_segments()) for each in drawn.courses] == [1] * (len(SHORT) - 1) + [0]
