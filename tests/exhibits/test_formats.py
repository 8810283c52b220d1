import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.exhibits.formats import Formats, rounded

NB, NNB = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
LOCALES = ("en_IE", "de_DE", "fr_FR", "el_GR")


def formats(locale, language=None):
    return Formats(locale, "EUR", language)


def test_an_amount_is_short_and_shows_two_digits_unless_it_is_measured():
    assert [formats(locale).money(1_234_567) for locale in LOCALES] == [
        "€1.2m", f"1,2{NB}Mio.{NB}€", f"1,2{NB}M{NB}€", f"1,2{NB}εκ.{NB}€",
    ]  # fmt: skip
    assert [formats(locale).money(1_234_567, "measured") for locale in LOCALES] == [
        "€1.23m", f"1,23{NB}Mio.{NB}€", f"1,23{NB}M{NB}€", f"1,23{NB}εκ.{NB}€",
    ]  # fmt: skip


def test_a_thousand_is_written_as_the_locale_does():
    assert [formats(locale).money(341_000) for locale in LOCALES] == [
        "€340k", f"340.000{NB}€", f"340{NB}k{NB}€", f"340{NB}χιλ.{NB}€",
    ]  # fmt: skip


def test_an_amount_under_ten_thousand_is_written_in_full():
    assert [formats(locale).money(9_876) for locale in LOCALES] == [
        "€9,900", f"9.900{NB}€", f"9{NNB}900{NB}€", f"9.900{NB}€",
    ]  # fmt: skip
    assert formats("en_IE").money(4.37) == "€4.4"
    assert formats("en_IE").money(4.37, "measured") == "€4.37"


def test_an_amount_just_under_the_next_unit_is_written_in_that():
    assert formats("en_IE").money(999_999) == "€1m"
    assert formats("en_IE").money(999_999_999, "measured") == "€1bn"


def test_a_range_is_written_in_one_unit():
    assert [formats(locale).interval(300_000, 900_000) for locale in LOCALES] == [
        "€0.3m to €0.9m",
        f"0,3{NB}Mio.{NB}€ bis 0,9{NB}Mio.{NB}€",
        f"0,3{NB}M{NB}€ à 0,9{NB}M{NB}€",
        f"0,3{NB}εκ.{NB}€ έως 0,9{NB}εκ.{NB}€",
    ]


def test_an_end_under_a_tenth_of_the_unit_is_written_in_its_own():
    assert formats("en_IE").interval(40_000, 1_250_000) == "€40k to €1.3m"
    assert formats("en_IE").interval(120_000, 1_250_000) == "€0.12m to €1.3m"


def test_a_range_with_an_end_missing_says_which_side_is_known():
    english = formats("en_IE")
    assert english.interval(None, 900_000) == f"≤{NB}€900k"
    assert english.interval(0.2, None, "share") == f"≥{NB}20%"
    with pytest.raises(ValueError, match="no value to write"):
        english.interval(None, None)


def test_ends_that_read_alike_are_written_once():
    assert formats("en_IE").interval(1_210_000, 1_220_000) == "€1.2m"


def test_ranges_of_shares_hours_and_numbers():
    english = formats("en_IE")
    assert english.interval(0.123, 0.187, "share") == "12% to 19%"
    assert english.interval(50, 90, "hours") == f"2.1 to 3.8{NB}days"
    assert english.interval(1234, 5678, "number", "measured") == "1,230 to 5,680"


def test_a_share_never_rounds_to_nought_or_the_whole():
    english = formats("en_IE")
    assert [english.share(value) for value in (0, 0.00001, 0.0042, 0.123, 0.996, 1)] == [
        "0%", "<0.01%", "0.42%", "12%", ">99%", "100%",
    ]  # fmt: skip
    assert english.share(0.99999, "measured") == ">99.9%"
    assert english.share(0.0042, decimals=0) == "<1%"


def test_a_share_is_written_as_the_locale_does():
    assert [formats(locale).share(0.1234, "measured") for locale in LOCALES] == [
        "12.3%", f"12,3{NB}%", f"12,3{NB}%", "12,3%",
    ]  # fmt: skip


def test_a_duration_takes_the_unit_that_reads_best():
    english = formats("en_IE")
    shown = [english.hours(hours) for hours in (0.004, 0.5, 4.37, 47, 48, 60)]
    assert shown == [f"14{NB}s", f"30{NB}min", f"4.4{NB}h", f"47{NB}h", f"2{NB}days", f"2.5{NB}days"]


def test_a_duration_in_other_languages():
    assert [formats(locale).hours(60) for locale in LOCALES[1:]] == [
        f"2,5{NB}Tg.", f"2,5{NNB}j", f"2,5{NB}ημέρες",
    ]  # fmt: skip


def test_words_follow_the_language_and_numbers_the_locale():
    german_client = formats("de_DE", "en")
    assert german_client.hours(60) == f"2,5{NB}days"
    assert german_client.interval(1.2e6, 3.4e6) == f"1,2{NB}Mio.{NB}€ to 3,4{NB}Mio.{NB}€"
    assert german_client.date(dt.date(2026, 9, 30)) == "30 September 2026"


def test_a_date_is_written_in_full():
    assert [formats(locale).date(dt.date(2026, 9, 30)) for locale in LOCALES] == [
        "30 September 2026", "30. September 2026", "30 septembre 2026", "30 Σεπτεμβρίου 2026",
    ]  # fmt: skip


def test_a_difference_shows_its_sign_and_nought_none():
    english = formats("en_IE")
    assert [english.signed(value) for value in (1_234_567, -300_000, 0)] == ["+€1.2m", "-€300k", "€0"]
    assert english.signed(999_999) == "+€1m"
    assert english.signed(-0.034, "share", "measured") == "-3.4%"


def test_counts_and_levels_keep_their_digits():
    assert [formats(locale).count(251_734) for locale in LOCALES] == [
        "251,734", "251.734", f"251{NNB}734", "251.734",
    ]  # fmt: skip
    assert formats("en_IE").fixed(2) == "2.0"
    assert formats("de_DE").number(12_345) == "12.000"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_missing_value_is_never_written(value):
    english = formats("en_IE")
    assert english.money(None, missing="not provided") == "not provided" == english.fixed(None, missing="not provided")
    for write in (
        english.money,
        english.number,
        english.count,
        english.share,
        english.hours,
        english.signed,
        english.fixed,
    ):
        with pytest.raises(ValueError, match="no value to write"):
            write(value)


def test_an_unknown_locale_or_currency_names_the_nearest():
    with pytest.raises(ValueError, match="locale 'deDE' is not known; the nearest is 'de_DE'"):
        Formats("deDE", "EUR")
    with pytest.raises(ValueError, match="currency 'EURO' is not known; the nearest is 'EUR'"):
        Formats("de_DE", "EURO")


def test_halves_round_away_from_nought():
    assert [float(rounded(value, 2)) for value in (1.25, -1.25, 124.9, 0)] == [1.3, -1.3, 120, 0]


@given(st.floats(min_value=0.01, max_value=9e13), st.sampled_from([None, "estimate", "assumed", "interview"]))
def test_an_estimate_never_shows_more_than_two_significant_digits(value, evidence):
    english = formats("en_IE")
    for text in (english.money(value, evidence), english.number(value, evidence)):
        digits = re.sub(r"\D", "", text).strip("0")
        assert len(digits) <= 2, text


@given(st.floats(min_value=0, max_value=1))
def test_a_share_is_within_its_precision(value):
    text = formats("en_IE").share(value, "measured")
    if text[0] not in "<>":
        assert float(text[:-1]) / 100 == pytest.approx(value, rel=0.006, abs=6e-5)
