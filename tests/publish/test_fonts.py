"""Fonts are shipped with their licence."""

from fontTools.ttLib import TTFont

from workbook.publish.typesetting import FONTS


def test_the_licence_stands_beside_the_fonts():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text().upper()


def test_every_style_covers_latin_greek_and_cyrillic():
    for style in ("Regular", "Italic", "SemiBold", "SemiBoldItalic", "Bold"):
        covered = TTFont(FONTS / f"IBMPlexSans-{style}.ttf").getBestCmap()
        assert all(ord(letter) in covered for letter in "aäßčłőżșģλωΏжяїђ€„“")


def test_the_fonts_of_a_page_stay_small():
    assert sum(file.stat().st_size for file in FONTS.glob("*.woff2")) < 110_000
