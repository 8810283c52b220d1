import re

import pytest
from ipywidgets import IntSlider

from workbook.engagement.faults import Fault, FaultsError
from workbook.exhibits.charts_bars import (
    RankedBar,
    RankedBars,
    chart_ranked_bars,
    draw_ranked_bars,
    update_chart_ranked_bars,
)
from workbook.exhibits.layout import Measure
from workbook.exhibits.live.frame import Frame, Message, guarded, note
from workbook.exhibits.page import Page
from workbook.exhibits.svg import svg_of

HOSTILE = '<script>alert("x")</script>'


def bars(*totals, criteria=("Value", "Ease")):
    """Return a ranking of candidates A, B, ... with these totals, half of it from each of two criteria."""
    return RankedBars(
        heading="Candidate",
        bars=tuple(RankedBar(chr(65 + at), (total / 2, total / 2)) for at, total in enumerate(totals)),
        criteria=criteria,
        measure=Measure("Score", lambda value: f"{value:.0f}", (0.0, 25.0, 50.0, 75.0, 100.0)),
        rank="Rank",
        total="Total",
        low="Low",
        high="High",
        top=100.0,
    )


def frame(data, title="A leads", alt="Bars"):
    return Frame(draw_ranked_bars, data, title=title, alt=alt)


def drawing(shown):
    """Return the paths and letters of a drawing, whatever its inner ids are called."""
    body = re.search(r"<svg.*</svg>", shown, re.DOTALL)[0]
    body = re.sub(r"<svg [^>]*>", "<svg>", body)
    body = re.sub(r'<style type="text/css">.*?</style>', "", body)
    names = {}
    return re.sub(r'(id="|#)([\w-]+)', lambda m: m[1] + names.setdefault(m[2], f"n{len(names)}"), body)


def test_the_first_frame_is_the_static_exhibit():
    exhibit = chart_ranked_bars(bars(60, 40), id="ranking", title="A leads", alt="Bars", caption="c", source="s")
    assert drawing(frame(bars(60, 40)).value) == drawing(exhibit.svg)


def test_a_moved_chart_is_drawn_as_one_made_anew():
    moved = frame(bars(60, 40))
    moved.move(lambda artists: update_chart_ranked_bars(artists, bars(30, 80)), "B leads", "Other bars")
    assert drawing(moved.value) == drawing(frame(bars(30, 80)).value)
    assert "B leads" in moved.value and 'aria-label="Other bars"' in moved.value


def test_moving_back_gives_the_same_bytes_as_before():
    moved = frame(bars(60, 40))
    first = moved.value
    for data in (bars(10, 90), bars(60, 40)):
        moved.move(lambda artists, data=data: update_chart_ranked_bars(artists, data), "A leads", "Bars")
    assert moved.value == first


def test_a_chart_of_another_shape_is_drawn_anew():
    shown = frame(bars(60, 40))
    shown.redraw(bars(60, 40, 20), "Three", "Three bars")
    assert drawing(shown.value) == drawing(frame(bars(60, 40, 20)).value)


def test_two_charts_of_the_same_data_share_no_inner_id():
    one, other = (set(re.findall(r'id="([^"]+)"', frame(bars(60, 40)).value)) for _ in range(2))
    assert one and not one & other


def test_every_reference_of_a_drawing_is_within_it():
    shown = frame(bars(60, 40)).value
    named = set(re.findall(r'id="([^"]+)"', shown))
    assert named >= set(re.findall(r'(?:href="|url\()#([\w-]+)', shown))


def test_a_drawing_says_nothing_about_the_style_of_other_drawings():
    assert "<style" not in frame(bars(60, 40)).value


def test_a_text_keeps_its_own_place_beside_one_of_the_same_length():
    def place(text):
        page = Page()
        page.size(20, 20)
        page.write(100, 0, text, ha="right")
        return float(re.search(r"translate\(([\d.]+)", svg_of(page.figure, "page"))[1])

    assert place("WWW") < place("iii") - 10


def test_title_and_alternative_text_are_escaped():
    shown = frame(bars(60, 40), title=HOSTILE, alt=f'" onload="x {HOSTILE}').value
    assert "<script" not in shown
    assert '" onload' not in shown and "&quot; onload" in shown


def test_a_fault_is_shown_in_place_and_gone_once_all_is_well():
    slider, message = IntSlider(value=1, min=-5, max=5), Message()

    def half(change):
        if change.new < 0:
            raise ValueError("no root of <b>less than nothing</b>")

    slider.observe(guarded(half, message), "value")
    slider.value = -1
    assert 'role="alert"' in message.value
    assert "No root of &lt;b&gt;less than nothing&lt;/b&gt;." in message.value
    slider.value = 4
    assert message.value == ""


def test_every_fault_of_a_file_has_its_line():
    message = Message()
    faults = [Fault("assess.yaml", line, "weighting", "x", "y", "do z") for line in (3, 9)]

    def refused():
        raise FaultsError(faults)

    guarded(refused, message)()
    assert "assess.yaml:3" in message.value and "<br>assess.yaml:9" in message.value


def test_a_mistake_of_ours_is_not_kept_silent():
    def wrong():
        raise KeyError("x")

    with pytest.raises(KeyError):
        guarded(wrong, Message())()


def test_what_has_come_about_is_read_when_there_is_time():
    message = Message()
    message.say("1. A & B")
    assert 'role="status"' in message.value and "1. A &amp; B" in message.value
    assert "<i>" not in note("<i>x</i>")


def test_numbers_beyond_computing_are_said_in_place():
    message = Message()
    guarded(lambda: 1e300**2, message)()
    assert "too large or too small" in message.value
