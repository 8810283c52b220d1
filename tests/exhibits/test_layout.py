import pytest
from chart_examples import MONEY, said
from matplotlib.text import Text

from workbook.exhibits.formats import HOUR_TICKS
from workbook.exhibits.layout import Measure, Scale, draw_ticks, linear_ticks, log_ticks, scale_of
from workbook.exhibits.page import WIDTH, Page, Swatch, wrap
from workbook.exhibits.svg import text_width
from workbook.exhibits.theme import font

NUMBER = Measure("Number", "{:g}".format)


def test_a_text_breaks_between_words_where_it_can():
    lines = wrap("Supplier invoice matching and exceptions", 100)
    assert " ".join(lines) == "Supplier invoice matching and exceptions"
    assert all(text_width(line, font()) <= 100 for line in lines)


def test_a_word_too_wide_for_a_line_is_cut_with_hyphens():
    lines = wrap("Rechnungsprüfungsfreigabeverfahren", 60)
    assert "".join(line.removesuffix("-") for line in lines) == "Rechnungsprüfungsfreigabeverfahren"
    assert all(line.endswith("-") for line in lines[:-1])
    assert all(text_width(line, font()) <= 60 for line in lines)


def test_an_empty_name_is_one_empty_line():
    assert wrap("  \n ", 100) == ("",)


def test_a_key_wraps_into_lines_within_the_page():
    page = Page()
    height = page.key([(f"Criterion number {number}", Swatch("#000000")) for number in range(12)], -10.0)
    labels = page.figure.findobj(Text)
    assert len({label.get_position()[1] for label in labels}) > 1 and height > 20
    for label in labels:
        x, y = label.get_position()
        assert x + text_width(label.get_text(), font(size=7.5)) <= WIDTH
        assert -10.0 - height < y < -10.0


def test_a_page_counts_in_points_down_from_the_top_of_the_plot():
    page = Page()
    line = page.lines([[(36.0, 0.0), (36.0, 72.0)]], "#000000")
    page.size(18.0, 90.0)
    page.figure.dpi = 72
    assert page.figure.get_size_inches()[1] == pytest.approx(1.5)
    # the plot begins 18 points below the upper edge of a page 108 points high
    assert line.get_transform().transform([(36.0, 0.0), (36.0, 72.0)]).ravel() == pytest.approx([36, 90, 36, 18])


def test_linear_ticks_are_round_and_enclose_the_values():
    assert linear_ticks(NUMBER, 0.0, 1.21e6, 240.0) == (0.0, 500_000.0, 1_000_000.0, 1_500_000.0)


def test_a_fixed_scale_keeps_its_ticks_whatever_the_values():
    levels = Measure("Level", str, (1.0, 2.0, 3.0, 4.0, 5.0))
    assert levels.is_even
    for values in ([2.0, 3.0], [4.0], []):
        scale = scale_of(levels, values, 0.0, 100.0, log_span=1.1)
        assert scale.ticks == levels.ticks and (scale.low, scale.high, scale.log) == (1.0, 5.0, False)


def test_hours_step_by_what_reads_well():
    hours = Measure("Hours", str, HOUR_TICKS)
    assert not hours.is_even
    # eight days in steps of four, fifteen hours in steps of four hours
    assert linear_ticks(hours, 0.0, 190.0, 240.0) == (0.0, 96.0, 192.0)
    assert linear_ticks(hours, 0.0, 15.0, 240.0) == (0.0, 4.0, 8.0, 12.0, 16.0)


def test_logarithmic_ticks_prefer_those_of_the_measure():
    hours = Measure("Hours", str, (1.0, 4.0, 24.0, 96.0, 720.0))
    assert log_ticks(hours, 3.0, 200.0) == (4.0, 24.0, 96.0)
    assert log_ticks(NUMBER, 1.0, 1000.0) == (1.0, 10.0, 100.0, 1000.0)
    assert log_ticks(NUMBER, 30.0, 900.0) == (50.0, 100.0, 200.0, 500.0, 1000.0)


def test_a_scale_takes_in_nought_unless_told_not_to():
    assert scale_of(NUMBER, [40.0, 90.0], 0.0, 240.0).low == 0.0
    assert scale_of(NUMBER, [40.0, 90.0], 0.0, 240.0, from_zero=False).low == 40.0
    # one value alone still has a scale
    assert scale_of(NUMBER, [40.0], 0.0, 240.0, from_zero=False).at(40.0) == pytest.approx(120.0)


@pytest.mark.parametrize(("largest", "log"), [(20.0, False), (21.0, True)])
def test_a_scale_is_logarithmic_beyond_its_span_and_says_so(largest, log):
    scale = scale_of(Measure("Volume", str, log="logarithmic scale"), [1.0, largest], 0.0, 240.0, log_span=20.0)
    assert scale.log is log
    assert scale.label == ("Volume (logarithmic scale)" if log else "Volume")
    assert 0.0 <= scale.at(1.0) < scale.at(largest) <= 240.0


def test_a_logarithmic_scale_halves_at_the_geometric_mean():
    assert Scale(NUMBER, 10.0, 1000.0, 0.0, 200.0, log=True).at(100.0) == pytest.approx(100.0)
    # upwards on a page that counts downwards
    assert list(Scale(NUMBER, 0.0, 10.0, 200.0, 0.0).at([0.0, 2.5, 10.0])) == [200.0, 150.0, 0.0]


def test_tick_labels_that_would_touch_are_left_out():
    page = Page()
    draw_ticks(page, Scale(MONEY, 0.0, 3e5, 0.0, 60.0, (0.0, 6e4, 1.2e5, 3e5)), 50.0)
    assert said(page) == ["€0", "€120k", "€300k"]


@pytest.mark.parametrize("width", [30.0, 60.0, 200.0])
def test_no_line_is_wider_than_asked_for(width):
    for text in ("a", "Ωμέγα και Άλφα", "x" * 80, "one two three four five six seven"):
        assert all(text_width(line, font()) <= width for line in wrap(text, width))
