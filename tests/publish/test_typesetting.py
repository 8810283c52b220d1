"""Text and tables are prepared for a page of fixed fonts and width."""

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from publish_notebooks import URL, table_data, wide_data

from workbook.publish.bundle import read_table
from workbook.publish.typesetting import FONTS, breakable, measure_table, pages_of_table, printable, uncovered


def test_the_list_of_covered_characters_matches_the_fonts():
    faces = {file.stem: set(TTFont(file).getBestCmap()) for file in FONTS.glob("*.ttf")}
    latin = set.intersection(*(cover for name, cover in faces.items() if name.startswith("IBMPlexSans-")))
    held = latin | faces["IBMPlexSansHebrew-Regular"] | faces["IBMPlexSansArabic-Regular"]
    characters = {chr(code) for code in held if code >= 32 and not 0xE000 <= code <= 0xF8FF}
    assert uncovered("".join(sorted(characters))) == ""
    absent = "".join(chr(code) for code in range(0x2500, 0x2B00) if code not in held)
    assert all(printable(sign) != sign for sign in absent)


@pytest.mark.parametrize("text", ["plain", "Übersetzung €5 ≥ 3", "Ωμέγα", "Київ", "שלום", "مرحبا", "ąćę"])
def test_scripts_of_the_fonts_stay_as_they_are(text):
    assert printable(text) == text


def test_signs_have_stand_ins_and_the_rest_its_code_point():
    assert printable("● ▲ ☑ 🎉") == "• ↑ [✓] [U+1F389]"
    assert uncovered("● 🎉🎉 漢") == "🎉漢"


@given(st.text())
def test_every_text_becomes_printable(text):
    assert uncovered(printable(text)) == ""


@given(st.text(alphabet="abc/.-? ", max_size=300))
def test_places_to_break_change_nothing_else(text):
    broken = breakable(text, 20)
    assert broken.replace("\u200b", "").replace("\u00ad", "") == text
    assert all(len(piece) <= 20 for piece in broken.replace("\u200b", " ").replace("\u00ad", " ").split(" "))


def test_an_address_breaks_after_its_signs_and_a_word_with_a_hyphen():
    assert breakable(URL, 30).startswith("https:\u200b/\u200b/\u200bexample.\u200borg/\u200b")
    assert breakable("a" * 50, 40) == "a" * 40 + "\u00ad" + "a" * 10


def test_a_narrow_table_stays_upright_and_one_too_wide_turns():
    assert not measure_table(read_table(table_data(3), ""), turned=False).turned
    assert measure_table(read_table(wide_data(24), ""), turned=False).turned
    assert measure_table(read_table(table_data(3), ""), turned=True).turned


def test_widths_asked_for_are_kept_and_shares_add_up():
    shares = measure_table(read_table(table_data(3), ""), turned=False).shares
    assert shares == pytest.approx([4 / 11.5, 2 / 11.5, 2 / 11.5, 2 / 11.5, 1.5 / 11.5], abs=1e-3)
    assert sum(measure_table(read_table(wide_data(), ""), turned=False).shares) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize(("rows", "pages"), [(5, "one"), (38, "unsure"), (120, "many")])
def test_only_tables_of_about_a_page_need_measuring(rows, pages):
    table = read_table(table_data(rows), "")
    assert pages_of_table(table, measure_table(table, turned=False)) == pages


def test_the_sign_of_a_negative_amount_cannot_part_from_it() -> None:
    joined = "-\u2060"
    assert printable("brings -€33k or more, (-$5m)") == f"brings {joined}€33k or more, ({joined}$5m)"
    assert printable("a 2026-05-31, x-€5 and --$1 stay") == "a 2026-05-31, x-€5 and --$1 stay"
