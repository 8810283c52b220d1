import pytest
from chart_examples import MONEY

from workbook.exhibits.formats import HOUR_TICKS
from workbook.exhibits.layout import Measure, linear_ticks, log_ticks, thinned
from workbook.exhibits.marks import WIDTH, Swatch, key_places, wrap
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
    key = [(f"Criterion number {number}", Swatch("#000000")) for number in range(12)]
    places, height = key_places(key, WIDTH)
    assert len({y for _, y in places}) > 1 and height > 20
    assert all(
        x + 12 + text_width(label, font(size=7.5)) <= WIDTH for (x, _), (label, _) in zip(places, key, strict=True)
    )


def test_linear_ticks_are_round_and_enclose_the_values():
    assert linear_ticks(NUMBER, 0.0, 1.21e6, 240.0) == [0.0, 500_000.0, 1_000_000.0, 1_500_000.0]


def test_a_fixed_scale_keeps_its_ticks():
    levels = Measure("Level", str, (1.0, 2.0, 3.0, 4.0, 5.0))
    assert levels.is_even and linear_ticks(levels, 1.0, 5.0, 240.0) == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_hours_step_by_what_reads_well():
    hours = Measure("Hours", str, HOUR_TICKS)
    assert not hours.is_even
    # eight days in steps of four, fifteen hours in steps of four hours
    assert linear_ticks(hours, 0.0, 190.0, 240.0) == [0.0, 96.0, 192.0]
    assert linear_ticks(hours, 0.0, 15.0, 240.0) == [0.0, 4.0, 8.0, 12.0, 16.0]


def test_logarithmic_ticks_prefer_those_of_the_measure():
    hours = Measure("Hours", str, (1.0, 4.0, 24.0, 96.0, 720.0))
    assert log_ticks(hours, 3.0, 200.0) == [4.0, 24.0, 96.0]
    assert log_ticks(NUMBER, 1.0, 1000.0) == [1.0, 10.0, 100.0, 1000.0]
    assert log_ticks(NUMBER, 30.0, 900.0) == [50.0, 100.0, 200.0, 500.0, 1000.0]


def test_tick_labels_that_would_touch_are_left_out():
    assert thinned([0.0, 1e5, 2e5, 3e5], [0.0, 12.0, 24.0, 60.0], MONEY) == [0.0, 2e5, 3e5]


def test_a_logarithmic_measure_says_so_in_its_heading():
    assert Measure("Volume", str, log="logarithmic scale").heading(log=True) == "Volume (logarithmic scale)"
    assert Measure("Volume", str, log="logarithmic scale").heading(log=False) == "Volume"


@pytest.mark.parametrize("width", [30.0, 60.0, 200.0])
def test_no_line_is_wider_than_asked_for(width):
    for text in ("a", "Ωμέγα και Άλφα", "x" * 80, "one two three four five six seven"):
        assert all(text_width(line, font()) <= width for line in wrap(text, width))
