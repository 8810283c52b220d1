import dataclasses

import pytest
from chart_examples import EXAMPLES, SHORT, WORDS, said, texts_of
from matplotlib.colors import to_hex

from workbook.exhibits.charts_maps import (
    chart_acceptability,
    draw_acceptability,
    draw_heatmap,
    table_heatmap,
    update_chart_acceptability,
)  # fmt: skip
from workbook.exhibits.page import page_of
from workbook.exhibits.svg import svg_of
from workbook.exhibits.theme import contrast

HEAT = EXAMPLES["heatmap"][2](SHORT)


def test_each_cell_prints_its_number_and_a_missing_one_a_dash():
    _, artists = page_of(draw_heatmap, HEAT)
    shown = [text.get_text() for text in artists.texts]
    flat = [value for row in HEAT.values for value in row]
    assert shown == ["\N{EN DASH}" if value is None else HEAT.measure.show(value) for value in flat]
    assert len(artists.missing.get_paths()) == flat.count(None)


def test_the_hatch_and_the_outline_are_explained_where_they_occur():
    page, _ = page_of(draw_heatmap, HEAT)
    assert {"not measured", "bottleneck"} <= set(said(page))
    full = dataclasses.replace(HEAT, values=((0.5,) * 5,) * 5, outlined=frozenset())
    page, _ = page_of(draw_heatmap, full)
    assert not {"not measured", "bottleneck"} & set(said(page))


def test_an_outline_without_a_word_is_refused():
    with pytest.raises(ValueError, match="needs a word"):
        dataclasses.replace(HEAT, outlined_word="")


def test_a_matrix_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="needs as many values"):
        dataclasses.replace(HEAT, values=((0.5,),))


def test_numbers_stay_readable_on_every_shade():
    steps = tuple((step / 20,) * 5 for step in range(21))
    data = dataclasses.replace(HEAT, rows=tuple("abcdefghijklmnopqrstu"), values=steps, outlined=frozenset())
    _, artists = page_of(draw_heatmap, data)
    fills = [to_hex(colour) for colour in artists.cells.get_facecolor()]
    assert all(contrast(fill, to_hex(text.get_color())) >= 4.5 for fill, text in zip(fills, artists.texts, strict=True))


def test_a_word_wider_than_its_column_turns_the_headings_upright():
    narrow = dataclasses.replace(
        HEAT, columns=("Nachvollziehbarkeit",) * 12, values=((0.5,) * 12,) * 5, outlined=frozenset()
    )
    page, _ = page_of(draw_heatmap, narrow)
    heads = [text for text in texts_of(page.figure) if "Nachvoll" in text.get_text()]
    assert len(heads) == 12 and all(text.get_rotation() == 90 for text in heads)


def test_the_table_of_a_heat_map_is_shaded_like_it():
    first = table_heatmap(dataclasses.replace(HEAT, values=((1.0, 0.5, 0.0, None, 0.25),) * 5))["rows"][0]
    assert [entry.get("shade") for entry in first[1:]] == [1.0, 0.5, 0.0, None, 0.25]
    assert first[2]["strong"] is True and first[4]["text"] == "not measured"


def test_moved_acceptabilities_equal_those_drawn_afresh():
    before = EXAMPLES["acceptability"][2](SHORT)
    after = dataclasses.replace(before, cases=SHORT[::-1], shares=before.shares[::-1])
    page, artists = page_of(draw_acceptability, before)
    update_chart_acceptability(artists, after)
    assert svg_of(page.figure, "live") == chart_acceptability(after, id="live", **WORDS).svg


def test_acceptabilities_have_a_column_for_each_rank():
    data = EXAMPLES["acceptability"][2](SHORT).heat_map
    assert data.columns == ("1", "2", "3", "4", "5")
