import dataclasses

import pytest
from chart_examples import EXAMPLES, MONEY, SHORT, texts_of

from workbook.exhibits.charts_rows import (
    IntervalRow,
    PairRow,
    RangeRow,
    Ranges,
    draw_dumbbell,
    draw_intervals,
    draw_ranges,
    table_dumbbell,
    table_intervals,
)  # fmt: skip
from workbook.exhibits.drawing import figure_of
from workbook.methods.estimates import Estimate

INTERVALS = EXAMPLES["intervals"][2](SHORT)
PAIRS = EXAMPLES["dumbbell"][2](SHORT)


def said(figure):
    return {text.get_text().replace("\n", " ") for text in texts_of(figure)}


def spanning(low, high):
    """Return intervals between two values."""
    row = IntervalRow(
        "a", (Estimate(low, low, low, 90), Estimate(high, high, high, 90), Estimate(high, high, high, 90))
    )
    return dataclasses.replace(INTERVALS, rows=(row,))


def test_more_than_two_decades_are_drawn_on_a_logarithmic_scale_and_say_so():
    figure, _ = figure_of(draw_intervals, spanning(1.0, 101.0))
    assert figure.axes[0].get_xscale() == "log"
    assert "Lead time (logarithmic)" in said(figure)


def test_two_decades_are_drawn_from_nought():
    figure, _ = figure_of(draw_intervals, spanning(1.0, 100.0))
    assert figure.axes[0].get_xscale() == "linear"
    assert figure.axes[0].get_xlim()[0] == 0
    assert "Lead time" in said(figure)


def test_what_cannot_be_estimated_is_said_in_words():
    figure, _ = figure_of(draw_intervals, INTERVALS)
    assert {"not estimable", "not provided"} <= said(figure)


def test_a_reason_without_words_is_refused():
    with pytest.raises(ValueError, match="no words for the reason 'too_few'"):
        figure_of(draw_intervals, dataclasses.replace(INTERVALS, reasons={"not_provided": "not provided"}))


def test_an_end_the_data_do_not_reach_runs_to_the_edge():
    figure, artists = figure_of(draw_intervals, INTERVALS)
    lines, to_left, to_right, _ = artists[4:8]
    edge = figure.axes[0].get_xlim()[1]
    assert all(segment[1][0] == edge for segment in lines.get_segments())
    assert len(to_left.get_xdata()) == 0 and len(to_right.get_xdata()) == len(SHORT) - 1


def test_the_table_of_intervals_holds_values_ends_and_counts():
    columns = [column["label"] for column in table_intervals(INTERVALS)["columns"]]
    assert columns[:4] == ["Process", "P50", "P50 low", "P50 high"] and columns[-1] == "Cases"
    first, *_, last = table_intervals(INTERVALS)["rows"]
    assert [entry and entry.get("value") for entry in first[1:]] == [
        5.0,
        4.0,
        6.0,
        30.0,
        25.0,
        None,
        None,
        None,
        None,
        400,
    ]
    assert [entry and entry["text"] for entry in last[1:4]] == ["not provided", None, None]


def test_the_weakest_dimension_comes_first_and_the_unknown_last():
    rows = (PairRow("strong", 4, 4), PairRow("unknown", None, None), PairRow("weak", 2, 1), PairRow("half", None, 3))
    data = dataclasses.replace(PAIRS, rows=rows)
    assert [row.label for row in data.ordered] == ["weak", "half", "strong", "unknown"]
    assert [row[1]["text"] for row in table_dumbbell(data)["rows"]] == ["2.0", "not asked", "4.0", "not asked"]


def test_only_rows_with_both_views_are_joined():
    rows = (PairRow("weak", 2, 1), PairRow("half", None, 3))
    _, (line, one, other) = figure_of(draw_dumbbell, dataclasses.replace(PAIRS, rows=rows))
    assert len(line.get_segments()) == 1
    assert len(one.get_xdata()) == 1 and len(other.get_xdata()) == 2


@pytest.mark.parametrize("parts", [(2.0, 1.0, 3.0), (1.0, 4.0, 3.0), (None, 1.0, 3.0)])
def test_a_range_out_of_order_or_in_part_is_refused(parts):
    data = Ranges("Use case", (RangeRow("a", *parts),), MONEY, "Low", "Likely", "High", "no baseline")
    with pytest.raises(ValueError, match="range of 'a'"):
        figure_of(draw_ranges, data)


def test_a_scale_of_ranges_takes_in_losses_and_nought():
    rows = (RangeRow("a", -5e4, 1e5, 2e5), RangeRow("b", None, None, None))
    data = Ranges("Use case", rows, MONEY, "Low", "Likely", "High", "no baseline")
    figure, _ = figure_of(draw_ranges, data)
    low, high = figure.axes[0].get_xlim()
    assert low <= -5e4 < 0 < 2e5 <= high
    assert "no baseline" in said(figure)
