import dataclasses

import pytest
from chart_examples import LONG, MONEY, WORDS, said

from workbook.exhibits.charts_tornado import Swing, Swings, chart_swings, draw_swings, table_swings, update_chart_swings
from workbook.exhibits.page import page_of
from workbook.exhibits.svg import svg_of


def swings(*outcomes, base=100.0, **changes):
    rows = tuple(
        Swing(name, low, high, f"1 to {place}", "at no level")
        for place, (name, (low, high)) in enumerate(zip("abcdef", outcomes, strict=False))
    )
    return Swings(
        "Input", rows, base if rows else None, MONEY, "at P10", "at P90", "P10 to P90", "Zero at", "likeliest", "none",
        **changes,
    )  # fmt: skip


def test_the_widest_swing_comes_first_and_equal_ones_keep_their_order():
    data = swings((90.0, 110.0), (150.0, 20.0), (110.0, 90.0))
    assert [swing.label for swing in data.ordered] == ["b", "a", "c"]
    rows = table_swings(data)["rows"]
    assert [entry["text"] for entry in rows[0]] == ["b", "1 to 1", "€150", "€20", "at no level"]


def test_a_bar_reaches_from_the_base_to_the_outcome_of_its_end():
    _, artists = page_of(draw_swings, swings((50.0, 180.0)))
    scale = artists.rows.scale
    for boxes, outcome in ((artists.lows, 50.0), (artists.highs, 180.0)):
        extents = boxes.get_paths()[0].get_extents()
        found = sorted((extents.x0, extents.x1))
        assert found == pytest.approx(sorted((float(scale.at(100.0)), float(scale.at(outcome)))))


def test_a_moved_tornado_equals_one_drawn_afresh():
    before = swings((90.0, 110.0), (150.0, 20.0), ends=(0.0, 300.0))
    after = swings((40.0, 290.0), (160.0, 120.0), base=140.0, ends=(0.0, 300.0))
    assert [swing.label for swing in before.ordered] != [swing.label for swing in after.ordered]
    page, artists = page_of(draw_swings, before)
    update_chart_swings(artists, after)
    assert svg_of(page.figure, "live") == chart_swings(after, id="live", **WORDS).svg


def test_a_long_label_is_cut_in_the_drawing_and_whole_in_the_table():
    long = dataclasses.replace(swings((50.0, 180.0)).swings[0], label=LONG[0])
    data = dataclasses.replace(swings((50.0, 180.0)), swings=(long,))
    page, _ = page_of(draw_swings, data)
    (label,) = (text for text in said(page) if text.startswith(LONG[0][:10]))
    assert label.endswith("… 1 to 0") and len(label) < len(LONG[0])
    assert table_swings(data)["rows"][0][0]["text"] == LONG[0]


def test_without_inputs_the_chart_says_so():
    page, _ = page_of(draw_swings, swings())
    assert "none" in said(page)
    with pytest.raises(ValueError, match="need the outcome they are around"):
        dataclasses.replace(swings((1.0, 2.0)), base=None)
