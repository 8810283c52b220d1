import dataclasses

import pytest
from chart_examples import EXAMPLES, MONEY, SCORE, SHARE, SHORT, WORDS

from workbook.exhibits.charts_bars import (
    Pareto,
    ParetoItem,
    RankedBar,
    RankedBars,
    chart_ranked_bars,
    draw_pareto,
    draw_ranked_bars,
    stack_swatches,
    table_pareto,
    table_ranked_bars,
    update_chart_ranked_bars,
)  # fmt: skip
from workbook.exhibits.page import page_of
from workbook.exhibits.svg import svg_of

WORTH = Pareto(
    "Process",
    tuple(ParetoItem(name, value) for name, value in (("a", 15.0), ("b", None), ("c", 50.0), ("d", 5.0), ("e", 30.0))),
    MONEY, SHARE, "not provided",
)  # fmt: skip


def test_a_pareto_chart_sorts_by_size_and_lists_the_unknown_last():
    assert [item.label for item in WORTH.ordered] == ["c", "e", "a", "d", "b"]
    assert WORTH.cumulative == pytest.approx([0.5, 0.8, 0.95, 1.0])


def test_reaching_the_mark_exactly_is_reaching_it():
    # 50 + 30 of 100 is 80 %
    assert WORTH.vital == 2
    assert dataclasses.replace(WORTH, mark=0.81).vital == 3


def test_the_bars_up_to_the_mark_are_set_apart():
    _, (vital, others, *_) = page_of(draw_pareto, WORTH)
    assert [len(part.get_paths()) for part in (vital, others)] == [2, 2]
    assert tuple(vital.get_facecolor()[0]) != tuple(others.get_facecolor()[0])


def test_the_table_of_a_pareto_chart_holds_its_numbers():
    rows = table_pareto(WORTH)["rows"]
    assert [[entry and entry["text"] for entry in row] for row in rows] == [
        ["c", "€50", "50%"], ["e", "€30", "80%"], ["a", "€15", "95%"], ["d", "€5", "100%"], ["b", "not provided", None],
    ]  # fmt: skip


def test_a_total_has_no_negative_parts():
    with pytest.raises(ValueError, match="cannot be negative"):
        Pareto("Process", (ParetoItem("a", -1.0),), MONEY, SHARE, "not provided")


def ranking(*totals, **changes):
    bars = tuple(RankedBar(name, (total,)) for name, total in zip("abcdef", totals, strict=False))
    return RankedBars("Use case", bars, ("Score",), SCORE, "Rank", "Score", "low", "high", **changes)


def test_equal_totals_share_a_rank_and_keep_their_order():
    data = ranking(40.0, 70.0, 40.0, 10.0)
    assert [bar.label for bar in data.ordered] == ["b", "a", "c", "d"]
    assert data.ranks == ["1", "2", "2", "4"]


def test_the_table_of_a_ranking_holds_its_numbers():
    bars = (RankedBar("a", (20.0, 10.0), 25.0, 40.0), RankedBar("b", (40.0, 5.0)))
    data = table_ranked_bars(dataclasses.replace(ranking(), bars=bars, criteria=("Value", "Effort")))
    assert [column["label"] for column in data["columns"]][1:] == ["Rank", "Score", "low", "high", "Value", "Effort"]
    assert [[entry and entry["text"] for entry in row[2:]] for row in data["rows"]] == [
        ["45", None, None, "40", "5"], ["30", "25", "40", "20", "10"],
    ]  # fmt: skip
    assert [row[1] for row in data["rows"]] == ["1", "2"]


def test_the_parts_of_a_candidate_fit_the_criteria():
    with pytest.raises(ValueError, match="'a' has 2 parts for 1 criteria"):
        dataclasses.replace(ranking(), bars=(RankedBar("a", (1.0, 2.0)),))


def test_a_moved_ranking_equals_one_drawn_afresh():
    _, _, data_of = EXAMPLES["ranked"]
    before = data_of(SHORT)
    turned = tuple(
        dataclasses.replace(bar, parts=(5.0 + 7 * place, *bar.parts[1:]), low=20.0 + place, high=70.0)
        for place, bar in enumerate(reversed(before.bars))
    )
    after = dataclasses.replace(before, bars=turned)
    assert after.ranks != before.ranks
    page, artists = page_of(draw_ranked_bars, before)
    update_chart_ranked_bars(artists, after)
    assert svg_of(page.figure, "live") == chart_ranked_bars(after, id="live", **WORDS).svg


def test_the_scale_of_a_live_ranking_stays_where_it_is():
    data = ranking(40.0, 20.0, top=100.0)
    _, artists = page_of(draw_ranked_bars, data)
    update_chart_ranked_bars(artists, ranking(90.0, 20.0, top=100.0))
    (bar,) = artists.stacks[0].get_paths()[:1]
    plot = artists.rows.right - artists.rows.left
    assert bar.get_extents().width == pytest.approx(0.9 * plot)


def test_parts_of_one_darkness_differ_by_their_hatch():
    looks = [(look.fill, look.hatch) for look in stack_swatches(8)]
    assert len(set(looks)) == 8
    light, dark = ({hatch for _, hatch in looks[start::2]} for start in (1, 0))
    assert len(light) == 4 and len(dark) == 3
