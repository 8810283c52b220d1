"""Colours keep their contrast."""

import pytest

from workbook.publish.palette import (
    ACCENT,
    INK,
    MUTED,
    PANEL,
    SHADE_STEPS,
    TEXT,
    TONES,
    contrast,
    shade_colours,
    shade_step,
)


def parse(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def test_black_on_white_has_the_contrast_of_the_standard():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


@pytest.mark.parametrize("step", range(SHADE_STEPS + 1))
def test_text_is_readable_on_every_step_of_the_heat_map(step):
    fill, text = shade_colours(step)
    assert contrast(parse(fill), parse(text)) >= 4.5


def test_steps_grow_darker_so_that_a_grey_print_keeps_the_order():
    light = [contrast(parse(shade_colours(step)[0]), (255, 255, 255)) for step in range(SHADE_STEPS + 1)]
    assert light == sorted(light) and len(set(light)) == SHADE_STEPS + 1


@pytest.mark.parametrize("colour", [ACCENT, INK, MUTED, TEXT, *TONES.values()])
@pytest.mark.parametrize("ground", ["#ffffff", PANEL])
def test_words_are_readable_on_the_page_and_on_a_panel(colour, ground):
    assert contrast(parse(colour), parse(ground)) >= 4.5


@pytest.mark.parametrize(("shade", "step"), [(0, 0), (0.04, 0), (0.5, 5), (1, 10), (1.7, 10), (-1, 0)])
def test_a_shade_has_a_step(shade, step):
    assert shade_step(shade) == step
