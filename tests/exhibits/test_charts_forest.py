import dataclasses

import pytest
from chart_examples import EXAMPLES, SHORT, said

from workbook.exhibits.charts_forest import ForestRow, draw_forest, table_forest
from workbook.exhibits.page import page_of

FOREST = EXAMPLES["forest"][2](SHORT)


def drawn(rows):
    page, artists = page_of(draw_forest, dataclasses.replace(FOREST, rows=tuple(rows)))
    return page, artists


def test_rows_share_the_line_of_no_effect_and_each_has_its_own_scale():
    small = dataclasses.replace(FOREST.rows[0], value=0.002, low=0.001, high=0.003, border=0.0015)
    _, artists = drawn([FOREST.rows[0], small])
    zero = artists[0].get_segments()[0][0][0]
    effects = [artist.get_xdata()[0] for artist in artists[1:] if hasattr(artist, "get_xdata")]
    # effect and border of a row a hundred times smaller lie at the same places
    assert effects[0] == pytest.approx(effects[2]) and effects[1] == pytest.approx(effects[3])
    assert all(x > zero for x in effects)


def test_a_worse_effect_lies_left_of_no_effect_and_a_better_one_right():
    _, artists = drawn([FOREST.rows[2]])
    zero = artists[0].get_segments()[0][0][0]
    border, effect = (artist.get_xdata()[0] for artist in artists[1:] if hasattr(artist, "get_xdata"))
    assert effect < zero < border


def test_an_effect_without_an_interval_is_a_marker_alone():
    _, artists = drawn([FOREST.rows[3]])
    assert len(artists) == 2


def test_tones_differ_in_shape_or_filling():
    looks = set()
    for row in FOREST.rows[:3]:
        marker = drawn([row])[1][-1]
        looks.add((marker.get_marker(), marker.get_markerfacecolor() == "#FFFFFF"))
    assert len(looks) == 3


def test_a_row_without_an_effect_says_why():
    page, _ = drawn([FOREST.rows[4]])
    assert "not estimable (too few cases)" in said(page)
    with pytest.raises(ValueError, match="no word for that"):
        ForestRow("Claims", None, None, None, "", "not estimable", "none")


def test_only_borders_that_occur_are_explained():
    page, _ = drawn([FOREST.rows[1]])
    assert "Margin" in said(page) and "Worthwhile" not in said(page)


def test_the_table_holds_effect_ends_border_and_result():
    first, *_, last = table_forest(FOREST)["rows"]
    assert [entry["value"] for entry in first[1:5]] == [0.2, 0.1, 0.3, 0.15] and first[5]["tone"] == "good"
    assert last[1] == {"text": "not estimable (too few cases)", "tone": "none"} and last[2] is None
