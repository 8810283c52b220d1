from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from workbook.engagement.fields import fields_of, shape_at, shape_of, shape_of_model, walk, words
from workbook.engagement.schema import Assess
from workbook.engagement.schema_client import Client
from workbook.engagement.values import (
    Identifies,
    Model,
    Money,
    NonNegative,
    Quantity,
    Refers,
    Share,
    Slug,
    UncertainShare,
)

EVIDENCE = ", alone or as {value, unit, evidence, source, date, by}"


class Part(Model):
    id: Annotated[Slug, Identifies("part")]
    weight: Quantity | None = None


class Whole(Model):
    parts: tuple[Part, ...] = Field((), description="the parts")
    main: Annotated[Slug, Refers("part")] | None = None
    scores: dict[Annotated[Slug, Refers("part")], Share] = Field({})
    code: str = Field("DE", pattern="^[A-Z]{2}$", description="two-letter code")


@pytest.mark.parametrize(
    ("annotation", "phrase"),
    [
        (str, "text"),
        (Annotated[str, Field(min_length=1, max_length=9)], "text of at most 9 characters that is not empty"),
        (Annotated[str, Field(pattern="^a$")], "text of the form ^a$"),
        (bool, "true or false"),
        (dt.date, "a date such as 2026-05-31"),
        (Literal["a", "b"], "one of a, b"),
        (Annotated[int, Field(ge=1, le=5)], "a whole number from 1 to 5"),
        (Annotated[float, Field(gt=0)], "a number above 0"),
        (Annotated[float, Field(gt=0, le=2)], "a number above 0 and of at most 2"),
        (Annotated[float, Field(gt=0, lt=1)], "a number above 0 and below 1"),
        (Annotated[float, Field(ge=0.5, lt=1)], "a number of at least 0.5 and below 1"),
        (Share | None, "a number from 0 to 1" + EVIDENCE),
        (Annotated[Money, NonNegative], "an amount of at least 0" + EVIDENCE),
        (UncertainShare, "a number from 0 to 1" + EVIDENCE + ", or as {low, likely, high, ...}"),
        (Annotated[Slug, Refers("use case")], "the id of a use case"),
        (tuple[int, ...], "a list, each item a whole number"),
        (dict[str, int], "a mapping from text to a whole number"),
        (Part, "a mapping with the keys id, weight"),
        (int | bool, "a whole number, or true or false"),
    ],
)
def test_what_a_type_takes_is_said_in_words(annotation: Any, phrase: str) -> None:
    assert words(shape_of(annotation)) == phrase


def test_a_description_speaks_for_a_pattern() -> None:
    assert words(fields_of(Whole)["code"]) == "two-letter code"


def test_a_field_knows_whether_it_must_be_given() -> None:
    assert fields_of(Part)["id"].required
    assert not fields_of(Part)["weight"].required
    assert fields_of(Part)["weight"].optional
    assert fields_of(Whole)["parts"].about == "the parts"


def test_walking_meets_each_place_of_the_data_with_its_shape() -> None:
    data = {"parts": [{"id": "a", "weight": {"value": 1}}], "scores": {"a": 0.5}, "unknown": 1}
    places = {path: shape for path, _, shape in walk(shape_of_model(Whole), data)}
    assert places[("parts", 0, "id")].identifies == "part"
    assert places[("parts", 0, "weight", "value")].kind == "number"
    assert ("unknown",) not in places
    assert [shape.refers for path, _, shape in walk(shape_of_model(Whole), data) if path == ("scores", "a")] == [
        "part",
        None,
    ]


def test_the_shape_of_an_absent_key_is_known() -> None:
    assert shape_at(shape_of_model(Whole), {"parts": [{}]}, ("parts", 0, "id")) is not None
    assert shape_at(shape_of_model(Whole), {}, ("colour",)) is None


@pytest.mark.parametrize("model", [Client, Assess])
def test_every_field_of_the_schema_has_a_description_and_words(model: type[Model]) -> None:
    seen: set[Any] = set()
    waiting: list[Any] = [model]
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for field in fields_of(current).values():
            assert field.about, f"{current.__name__}.{field.name}"
            assert words(field)
            inner = {field.model, field.item and field.item.model} - {None} - seen
            waiting += inner
    assert len(seen) > 3
