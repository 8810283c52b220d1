import dataclasses

import pytest
from chart_examples import EXAMPLES, LONG, MONEY, SHORT, said
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle

from workbook.exhibits.charts_bubbles import _SIDES, LARGEST, SHAPES, Bubble, Bubbles, draw_bubbles, table_bubbles
from workbook.exhibits.layout import Measure
from workbook.exhibits.page import page_of
from workbook.exhibits.placing import Anchor, place_labels

EXAMPLE = EXAMPLES["bubbles"][2]


def at_one_spot(count):
    bubbles = tuple(Bubble(f"Process number {number}", 51.0, 51.0, 1e5 + number) for number in range(count))
    score = Measure("Score", "{:g} points".format)
    return Bubbles("Process", bubbles, score, score, MONEY, "not provided", "Not on the map:")


def test_few_bubbles_carry_their_names():
    data = at_one_spot(12)
    spread = [
        dataclasses.replace(bubble, x=8.0 * number, y=number * 37.0 % 100) for number, bubble in enumerate(data.bubbles)
    ]
    page, _ = page_of(draw_bubbles, dataclasses.replace(data, bubbles=tuple(spread)))
    assert sum(text.startswith("Process number") for text in said(page)) == 12
    assert "11" not in said(page)


def test_many_bubbles_are_numbered_by_size_with_a_key():
    page, _ = page_of(draw_bubbles, at_one_spot(20))
    texts = said(page)
    # each number stands on the map and in the key
    assert all(texts.count(str(number)) == 2 for number in range(1, 20))
    assert texts.index("Process number 19") < texts.index("Process number 0")


def test_names_that_find_no_room_give_way_to_numbers():
    page, _ = page_of(draw_bubbles, EXAMPLE(tuple(name * 6 for name in LONG[:12])))
    assert "1" in said(page)


@pytest.mark.parametrize(("largest", "label"), [(20.0, "Volume"), (21.0, "Volume (logarithmic)")])
def test_a_map_is_logarithmic_beyond_twenty_times_and_says_so(largest, label):
    volume = Measure("Volume", "{:g}".format, log="logarithmic")
    bubbles = (Bubble("a", 1.0, 1.0, 1.0), Bubble("b", largest, 2.0, 1.0))
    page, _ = page_of(draw_bubbles, dataclasses.replace(at_one_spot(0), bubbles=bubbles, x=volume))
    assert label in said(page)


def test_what_has_no_place_is_named_below_the_map():
    page, _ = page_of(draw_bubbles, EXAMPLE(SHORT))
    assert f"Not on the map: {SHORT[-1]}" in said(page)


def test_a_size_that_is_missing_is_said_in_the_table_and_drawn_hollow():
    data = EXAMPLE(SHORT)
    assert "not provided" in [row[3]["text"] for row in table_bubbles(data)["rows"]]
    page, spots = page_of(draw_bubbles, data)
    markers = [line for line in page.figure.findobj(Line2D) if line.get_zorder() == 2]
    assert len(markers) == len(spots) == 4
    # the bubble without a size is the smallest, hence the last
    assert markers[-1].get_markerfacecolor() == "#FFFFFF"


def test_the_largest_bubble_on_the_map_sets_the_size_of_all():
    bubbles = (Bubble("a", 1.0, 1.0, 4.0), Bubble("b", 2.0, 2.0, 1.0), Bubble("not on the map", None, 2.0, 100.0))
    _, spots = page_of(draw_bubbles, dataclasses.replace(at_one_spot(0), bubbles=bubbles))
    assert [spot.radius for spot in spots] == [LARGEST, LARGEST / 2]


def test_groups_are_known_and_told_apart():
    data = EXAMPLE(SHORT)
    with pytest.raises(ValueError, match="in group 'Forbidden'"):
        dataclasses.replace(data, bubbles=(Bubble("a", 1.0, 1.0, 1.0, "Forbidden"),))
    with pytest.raises(ValueError, match="can tell 5 groups apart, not 6"):
        dataclasses.replace(data, groups=tuple("abcdef"))
    with pytest.raises(ValueError, match="needs a word"):
        dataclasses.replace(data, unknown="")


def test_all_shapes_of_one_size_have_the_same_area():
    for shape in SHAPES:
        marker = MarkerStyle(shape)
        (outline,) = marker.get_path().transformed(marker.get_transform()).to_polygons()
        x, y = outline[:, 0], outline[:, 1]
        area = abs((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2
        assert area * _SIDES[shape] ** 2 == pytest.approx(1.0, rel=0.02)


spots = st.tuples(st.floats(20, 280), st.floats(20, 230), st.floats(3, 17), st.floats(5, 60), st.floats(8, 30))


@settings(max_examples=40)
@given(st.lists(spots, max_size=20))
def test_labels_cover_neither_each_other_nor_a_bubble_nor_leave_the_plot(found):
    anchors = [Anchor(*spot) for spot in sorted(found, key=lambda spot: -spot[2])]
    area = (0.0, 0.0, 300.0, 250.0)
    placed = [(place, anchor) for place, anchor in zip(place_labels(anchors, area), anchors, strict=True) if place]
    boxes = [(p.x - a.width / 2, p.y - a.height / 2, p.x + a.width / 2, p.y + a.height / 2) for p, a in placed]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0 and top >= 0 and right <= 300 and bottom <= 250
        for begin, over, end, under in boxes[:number]:
            assert left >= end or right <= begin or top >= under or bottom <= over
        for anchor in anchors:
            across = max(left - anchor.x, 0, anchor.x - right)
            down = max(top - anchor.y, 0, anchor.y - bottom)
            assert across**2 + down**2 >= anchor.radius**2 - 1e-6
