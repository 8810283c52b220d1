import dataclasses

from chart_examples import EXAMPLES, SHORT, said

from workbook.exhibits.charts_course import CoursePoint, draw_course, table_course
from workbook.exhibits.page import page_of

COURSE = EXAMPLES["course"][2](SHORT)


def test_a_point_that_is_not_known_is_left_out_of_the_line_and_said_in_the_table():
    _, (line, *_) = page_of(draw_course, COURSE)
    assert len(line.get_segments()[0]) == len(COURSE.points) - 1
    assert table_course(COURSE)["rows"][1][1] == {"text": "not estimable", "tone": "none"}


def test_an_interval_has_two_caps_and_a_point_without_ends_none():
    point = CoursePoint("one", 1.0, 0.2, 0.1, 0.3, "0.2")
    _, drawn = page_of(draw_course, dataclasses.replace(COURSE, points=(point,), looks=()))
    assert len(drawn[1].get_segments()) == 3
    bare = dataclasses.replace(point, low=None, high=None)
    _, drawn = page_of(draw_course, dataclasses.replace(COURSE, points=(bare,), looks=()))
    assert len(drawn[1].get_segments()) == 0


def test_looks_have_a_marker_of_their_own_and_are_explained_only_where_there_are_any():
    page, drawn = page_of(draw_course, COURSE)
    assert drawn[2].get_marker() != drawn[4].get_marker() and "look" in said(page)
    page, _ = page_of(draw_course, dataclasses.replace(COURSE, looks=()))
    assert "look" not in said(page)


def test_a_better_effect_lies_higher():
    low, high = (CoursePoint(str(value), value, value) for value in (1.0, 2.0))
    _, drawn = page_of(draw_course, dataclasses.replace(COURSE, points=(low, high), looks=()))
    first, second = drawn[2].get_ydata()
    assert second < first


def test_names_of_close_levels_do_not_meet():
    page, _ = page_of(draw_course, COURSE)
    places = [text.get_position()[1] for text in page.figure.texts or page.figure.findobj() if _is_level(text)]
    assert len(places) == 2 and abs(places[0] - places[1]) > 8


def _is_level(artist):
    words = getattr(artist, "get_text", lambda: "")()
    return words.startswith(("worthwhile", "planned"))
