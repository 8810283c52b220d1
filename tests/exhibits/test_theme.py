from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pytest

from workbook.exhibits import theme as house
from workbook.exhibits.theme import (
    Palette,
    check_palette,
    contrast,
    font,
    font_files,
    luminance,
    palette,
    theme,
    use_palette,
)  # fmt: skip


def test_black_on_white_has_the_contrast_of_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert luminance("#FF0000") == pytest.approx(0.2126)


def test_the_house_palette_can_be_read_in_greyscale():
    assert check_palette(Palette()) == []


def test_a_pale_mark_is_reported():
    (problem,) = check_palette(Palette(accent="#DDDDDD"))
    assert problem == "accent #DDDDDD has a contrast of 1.4 with the paper; 3.0 is needed"


def test_two_classes_that_print_alike_are_reported():
    (problem,) = check_palette(Palette(classes=("#2F73B0", "#2F76B0")))
    assert problem.startswith("classes: #2F73B0 and #2F76B0 have a contrast of 1.0 in greyscale")


def test_a_heat_map_gets_darker_step_by_step_and_its_numbers_stay_readable():
    colours = Palette()
    fills = [colours.shade(step / 100) for step in range(101)]
    assert all(luminance(one) >= luminance(other) for one, other in pairwise(fills))
    assert all(contrast(fill, colours.readable_on(fill)) >= 4.5 for fill in fills)


def test_shades_beyond_the_scale_take_its_ends():
    colours = Palette()
    assert colours.shade(-1) == colours.heat[0] and colours.shade(2) == colours.heat[2]


def test_the_theme_leaves_the_settings_of_the_session_alone():
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["text.parse_math"] is False
    assert dict(mpl.rcParams) == before


def test_a_brand_holds_once_it_is_set_and_has_to_be_readable():
    house_palette, brand = palette(), Palette(primary="#004000")
    use_palette(brand)
    try:
        assert palette() is brand
        with pytest.raises(ValueError, match="accent #DDDDDD has a contrast of"):
            use_palette(Palette(accent="#DDDDDD"))
        assert palette() is brand
    finally:
        use_palette(house_palette)


def test_fonts_come_from_the_project_and_from_matplotlib_only():
    allowed = (house.FONT_FOLDER, Path(mpl.get_data_path()))
    files = {Path(file) for files in font_files().values() for file in files}
    assert len(files) == 4 and all(any(file.is_relative_to(folder) for folder in allowed) for file in files)


def test_the_text_face_has_a_semibold_of_its_own():
    assert font("regular").get_file() != font("semibold").get_file()


def test_without_shipped_fonts_the_one_of_matplotlib_stands_in(monkeypatch, tmp_path):
    monkeypatch.setattr(house, "FONT_FOLDER", tmp_path)
    files = font_files.__wrapped__()
    assert [Path(file).name for file in (*files["regular"], *files["semibold"])] == [
        "DejaVuSans.ttf", "DejaVuSans-Bold.ttf",
    ]  # fmt: skip
