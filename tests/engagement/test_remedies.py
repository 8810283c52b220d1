from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.engagement.fields import shape_of
from workbook.engagement.remedies import remedy_for
from workbook.engagement.values import Day, Quantity, Refers, Share, Slug


@pytest.mark.parametrize(
    ("value", "annotation", "remedy"),
    [
        ("1.234,50", Quantity, "write 1234.50"),
        ("1,234.5", Quantity, "write 1234.5"),
        ("1 234 567", Quantity, "write 1234567"),
        ("1.234.567", Quantity, "write 1234567"),
        ("€ 20000", Quantity, "write 20000"),
        ("12,5", Quantity, "write 12.5"),
        # Either mark could be meant.
        ("12,345", Quantity, "write the number alone, without unit or thousands separator"),
        ("45 %", Share, "write 0.45, as a share of 1"),
        (20260531, Day, "write 2026-05-31"),
        ("31.5.2026", Day, "write 2026-05-31"),
        ("2026-05-31 12:00", Day, "write 2026-05-31"),
        ("2026-06-31", Day, "write a day that the calendar has"),
        ("0226-05-31", Day, "write a year from 2000 to 2100"),
        ("Q2 2026", Day, "write year-month-day"),
        (True, Literal["yes", "no", "unknown"], "write yes"),
        (False, Literal["yes", "no", "unknown"], "write no"),
        ("Prüfung 2", Slug, "write prufung-2"),
        (2024, Slug, "write it in this form"),
        ("p\u043est", Slug, "write it in this form"),
    ],
)
def test_a_remedy_is_as_concrete_as_the_value_allows(value: Any, annotation: Any, remedy: str) -> None:
    assert remedy_for(value, shape_of(annotation)) == remedy


@given(st.integers(1, 10**12), st.sampled_from([" ", "'", "_", "\u00a0"]))
def test_digits_in_groups_are_told_as_the_number_they_are(number: int, mark: str) -> None:
    grouped = f"{number:,}".replace(",", mark)
    assert remedy_for(grouped, shape_of(Quantity)).startswith(f"write {number}")


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_in_another_order_is_told_as_the_day_it_is(day: dt.date) -> None:
    assert remedy_for(f"{day:%d.%m.%Y}", shape_of(Day)) == f"write {day}"


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none(), st.sampled_from([Quantity, Day, Slug, str]))
def test_every_value_has_a_remedy(value: Any, annotation: Any) -> None:
    assert remedy_for(value, shape_of(Annotated[annotation, Refers("process")]))
