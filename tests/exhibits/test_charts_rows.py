import dataclasses

import pytest
from chart_examples import EXAMPLES, MONEY, SHORT, said

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
from workbook.exhibits.page import page_of
from workbook.methods.estimates import Estimate

INTERVALS = EXAMPLES["intervals"][2](SHORT)
PAIRS = EXAMPLES["dumbbell"][2](SHORT)


def spanning(low, high):
    """Return intervals between two values."""
    row = IntervalRow(
        "a", (Estimate(low, low, low, 90), Estimate(high, high, high, 90), Estimate(high, high, high, 90))
    )
    return dataclasses.replace(INTERVALS, rows=(row,))


def test_more_than_two_decades_are_drawn_on_a_logarithmic_scale_and_say_so():
    page, _ = page_of(draw_intervals, spanning(1.0, 101.0))
    assert "Lead time (logarithmic)" in said(page)
    assert "0\N{NO-BREAK SPACE}h" not in said(page)


def test_two_decades_are_drawn_from_nought():
    page, _ = page_of(draw_intervals, spanning(1.0, 100.0))
    assert {"Lead time", "0\N{NO-BREAK SPACE}h"} <= set(said(page))


def test_what_cannot_be_estimated_is_said_in_words():
    page, _ = page_of(draw_intervals, INTERVALS)
    assert {"not estimable", "not provided"} <= set(said(page))


def test_a_reason_without_words_is_refused():
    with pytest.raises(ValueError, match="no words for the reason 'too_few'"):
        page_of(draw_intervals, dataclasses.replace(INTERVALS, reasons={"not_provided": "not provided"}))


def test_an_end_the_data_do_not_reach_runs_to_the_edge():
    _, artists = page_of(draw_intervals, INTERVALS)
    lines, to_left, to_right, _ = artists[4:8]
    ends = [segment[1][0] for segment in lines.get_segments()]
    assert list(to_right.get_xdata()) == ends and len(set(ends)) == 1 and len(ends) == len(SHORT) - 1
    assert len(to_left.get_xdata()) == 0


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


def test_rows_stand_in_the_order_given():
    rows = (PairRow("strong", 4, 4), PairRow("unknown", None, None), PairRow("weak", 2, 1), PairRow("half", None, 3))
    data = dataclasses.replace(PAIRS, rows=rows)
    assert [row[0]["text"] for row in table_dumbbell(data)["rows"]] == ["strong", "unknown", "weak", "half"]
    assert [row[1]["text"] for row in table_dumbbell(data)["rows"]] == ["4", "not asked", "2", "not asked"]


def test_only_rows_with_both_views_are_joined():
    rows = (PairRow("weak", 2, 1), PairRow("half", None, 3))
    _, (line, one, other) = page_of(draw_dumbbell, dataclasses.replace(PAIRS, rows=rows))
    assert len(line.get_segments()) == 1
    assert len(one.get_xdata()) == 1 and len(other.get_xdata()) == 2


@pytest.mark.parametrize("parts", [(2.0, 1.0, 3.0), (1.0, 4.0, 3.0), (None, 1.0, 3.0)])
def test_a_range_out_of_order_or_in_part_is_refused(parts):
    with pytest.raises(ValueError, match="range of 'a'"):
        RangeRow("a", *parts)


def test_a_scale_of_ranges_takes_in_losses_and_nought():
    rows = (RangeRow("a", -5e4, 1e5, 2e5), RangeRow("b", None, None, None))
    page, (bars, zero, _) = page_of(
        draw_ranges, Ranges("Use case", rows, MONEY, "Low", "Likely", "High", "no baseline")
    )
    assert {"-€50k", "€0", "€200k", "no baseline"} <= set(said(page))
    box, nought = bars.get_paths()[0].get_extents(), zero.get_segments()[0][0][0]
    assert (nought - box.x0) / box.width == pytest.approx(5 / 25)


def test_the_scale_of_levels_takes_in_no_nought():
    page, _ = page_of(draw_dumbbell, PAIRS)
    assert {"1", "5"} <= set(said(page)) and "0" not in said(page)
