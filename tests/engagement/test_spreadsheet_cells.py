from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.engagement.fields import Shape
from workbook.engagement.spreadsheet.cells import Unreadable, content_of, joined, split, value_of

TEXT, NUMBER, WHOLE, DATE, FLAG = (Shape(kind) for kind in ("text", "number", "whole number", "date", "flag"))
WORDS = Shape("list", item=TEXT)


@pytest.mark.parametrize(
    ("items", "text"),
    [
        (["first", "second"], "first; second"),
        (["so; called", 'the "old" list'], '"so; called"; "the ""old"" list"'),
        ([""], '""'),
        (["", " a "], '""; " a "'),
        ([], "[]"),
        (["[]"], '"[]"'),
        (["a, b"], "a, b"),
        (["a\nb"], '"a\nb"'),
    ],
)
def test_a_list_in_one_cell_can_be_told_apart_again(items: list[str], text: str) -> None:
    assert joined(items) == text
    assert split(text) == items


@given(st.lists(st.text()))
def test_any_list_of_texts_comes_back(items: list[str]) -> None:
    assert split(joined(items)) == items


@pytest.mark.parametrize("text", ['a; "b', 'a"b', '"a" b', "a;;b", "a;", ";a", " "])
def test_a_list_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        value_of(text, WORDS)


@pytest.mark.parametrize(
    ("content", "shape", "value"),
    [
        (None, NUMBER, None),
        ("", TEXT, None),
        (4.0, WHOLE, 4),
        (0.25, NUMBER, 0.25),
        ("12", NUMBER, 12),
        ("1000000000000000001", WHOLE, 10**18 + 1),
        (dt.datetime(2026, 5, 31), DATE, "2026-05-31"),
        ("2026-05-31", DATE, "2026-05-31"),
        (True, FLAG, True),
        ("False", FLAG, False),
        ("=1+1", TEXT, "=1+1"),
        (" a ", TEXT, " a "),
        ("one", WORDS, ["one"]),
        (6, Shape("list", item=WHOLE), [6]),
        ("6; 12", Shape("list", item=WHOLE), [6, 12]),
    ],
)
def test_what_stands_in_a_cell_is_taken_as_it_is(content: Any, shape: Shape, value: Any) -> None:
    found = value_of(content, shape)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("content", "shape", "found", "remedy"),
    [
        ("1,200", NUMBER, 'text "1,200"', "write the number alone, without unit or thousands separator"),
        ("1.200,50", NUMBER, 'text "1.200,50"', "write 1200.50"),
        ("12.5", NUMBER, 'text "12.5"', "write 12.5; enter it as a number, not as text"),
        ("007", NUMBER, 'text "007"', "enter it as a number"),
        ("25 %", NUMBER, 'text "25 %"', "write 0.25, as a share of 1"),
        (True, NUMBER, "true", "enter a number"),
        (dt.datetime(2026, 1, 2), NUMBER, "the date 2026-01-02", "not shown as a date"),
        (dt.datetime(2026, 1, 2, 12), DATE, "2026-01-02 12:00, a day with a time", "enter the day alone"),
        ("31.05.2026", DATE, 'text "31.05.2026"', "write 2026-05-31"),
        (46173, DATE, "the number 46173", "show the cell as a date"),
        ("yes", FLAG, 'text "yes"', "choose one from the list"),
        (1.1, TEXT, "the number 1.1", "a number loses its zeros"),
        (dt.datetime(2026, 1, 2), TEXT, "the date 2026-01-02", "a date was made of it"),
        ("a\x07", TEXT, "an invisible character U+0007", "delete it"),
        ("a\u2028b", TEXT, "an invisible character U+2028", "delete it"),
    ],
)
def test_nothing_is_guessed_from_what_does_not_fit(content: Any, shape: Shape, found: str, remedy: str) -> None:
    with pytest.raises(Unreadable) as error:
        value_of(content, shape)
    assert error.value.found == found
    assert remedy in error.value.remedy


def test_a_percentage_is_a_share_but_no_score() -> None:
    assert value_of(0.25, Shape("number", low=0, high=1), is_percent=True) == 0.25
    with pytest.raises(Unreadable, match="a percentage, 25%"):
        value_of(0.25, Shape("number", low=0, high=100), is_percent=True)


def test_a_text_longer_than_a_cell_is_no_cell() -> None:
    assert content_of("a" * 32_767, TEXT) == "a" * 32_767
    with pytest.raises(ValueError, match="32,768 characters"):
        content_of("a" * 32_768, TEXT)


@given(st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False)))
def test_any_number_comes_back(number: float) -> None:
    assert value_of(content_of(number, NUMBER), NUMBER) == number


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff")))
def test_any_text_comes_back(text: str) -> None:
    if not set(text) & set("\u202a\u202b\u202c\u202d\u202e"):
        assert value_of(content_of(text, TEXT), TEXT) == (text or None)


@pytest.mark.parametrize("text", ["_x0041_", "a\rb", "_x005F_", "_x", "\r\n", "_x00e4_x0041_"])
def test_text_that_looks_like_an_escape_comes_back(text: str) -> None:
    assert value_of(content_of(text, TEXT), TEXT) == text
