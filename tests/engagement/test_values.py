from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError, model_validator

from workbook.engagement.values import (
    DataPath,
    EnvName,
    Model,
    Rating,
    Score,
    Share,
    Slug,
    ThreePoint,
    UncertainQuantity,
    UncertainShare,
    Value,
)


class Thing(Model):
    slug: Slug | None = None
    env: EnvName | None = None
    share: Share | None = None
    score: Score | None = None
    rating: Rating | None = None
    guess: UncertainQuantity | None = None
    gain: UncertainShare | None = None
    count: int | None = None
    flag: bool | None = None
    text: str | None = None
    day: dt.date | None = None
    names: tuple[str, ...] = ()
    file: DataPath | None = None


def thing(folder: Path | None = None, **data: object) -> Thing:
    return Thing.model_validate_json(json.dumps(data), context={"folder": folder} if folder else {})


def errors(folder: Path | None = None, **data: object) -> list[dict[str, object]]:
    with pytest.raises(ValidationError) as error:
        thing(folder, **data)
    return [dict(item) for item in error.value.errors()]


def test_a_plain_number_is_a_value_without_evidence() -> None:
    assert thing(share=0.25).share == Value(value=0.25)


def test_a_value_carries_its_evidence() -> None:
    value = thing(share={"value": 0.25, "evidence": "interview", "date": "2026-05-31"}).share
    assert value == Value(value=0.25, evidence="interview", date=dt.date(2026, 5, 31))


def test_low_likely_and_high_make_a_three_point_estimate() -> None:
    assert thing(guess={"low": 1, "likely": 2, "high": 4}).guess == ThreePoint(low=1, likely=2, high=4)
    assert ThreePoint(low=1, likely=2, high=4).value == 2


def test_a_three_point_estimate_is_in_order() -> None:
    (error,) = errors(guess={"low": 3, "likely": 2, "high": 4})
    assert error["ctx"]["allowed"] == "low <= likely <= high"


def test_a_three_point_estimate_is_refused_as_a_whole_where_one_number_is_needed() -> None:
    assert len(errors(share={"low": 0.1, "likely": 0.2, "high": 0.3})) == 1


@pytest.mark.parametrize(
    "data",
    [
        {"count": "12"},
        {"count": 12.0},
        {"count": True},
        {"flag": 1},
        {"flag": "yes"},
        {"text": 12},
        {"share": True},
        {"share": "0.1"},
        {"guess": [1, 2, 3]},
        {"day": 20260531},
        {"day": "31.05.2026"},
        {"day": "2026-05-31T10:00:00"},
        {"names": "x"},
        {"colour": "red"},
    ],
)
def test_nothing_is_converted_and_one_fault_is_one_error(data: dict[str, object]) -> None:
    assert len(errors(**data)) == 1


@pytest.mark.parametrize(
    ("data", "allowed"),
    [
        ({"share": 1.01}, "a number from 0 to 1"),
        ({"share": {"value": -0.1}}, "a number from 0 to 1"),
        ({"score": 101}, "a number from 0 to 100"),
        ({"rating": 0}, "a number from 1 to 5"),
        ({"gain": {"low": 0, "likely": 0.5, "high": 1.5}}, "a number from 0 to 1"),
    ],
)
def test_each_number_of_a_quantity_lies_in_its_range(data: dict[str, object], allowed: str) -> None:
    (error,) = errors(**data)
    assert error["ctx"]["allowed"] == allowed


@given(st.floats(0, 1))
def test_every_share_from_0_to_1_is_taken(share: float) -> None:
    assert thing(share=share, gain=share).gain == Value(value=share)


def test_numbers_are_finite() -> None:
    with pytest.raises(ValidationError):
        Value(value=float("nan"))
    with pytest.raises(ValidationError):
        ThreePoint(low=0, likely=1, high=float("inf"))


def test_a_percentage_is_told_as_a_share() -> None:
    assert errors(share=12)[0]["ctx"]["remedy"] == "write a share of 1: 12 % is 0.12"


@pytest.mark.parametrize("slug", ["a", "invoice-handling", "a1-b2"])
def test_plain_ids_are_slugs(slug: str) -> None:
    assert thing(slug=slug).slug == slug


@pytest.mark.parametrize("slug", ["", "A", "1a", "a--b", "a-", "-a", "a b", "a_b", "ä", "a/b", "..", "a\n", "a" * 61])
def test_other_ids_are_not(slug: str) -> None:
    assert errors(slug=slug)


@pytest.mark.parametrize("name", ["DATABASE_URL", "A1"])
def test_names_of_environment_variables_are_upper_case(name: str) -> None:
    assert thing(env=name).env == name
    assert errors(env=name.lower())
    assert errors(env=f"${name}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "acme" / "data").mkdir(parents=True)
    (tmp_path / "acme" / "data" / "log.csv").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.csv").touch()
    return tmp_path / "acme"


def test_a_data_file_is_named_from_the_clients_folder(folder: Path) -> None:
    assert thing(folder, file="data/log.csv").file == "data/log.csv"
    assert thing(folder, file="./data//log.csv").file == "data/log.csv"


@pytest.mark.parametrize(
    "path",
    [
        "../other/secret.csv",
        "data/../../other/secret.csv",
        "/etc/passwd",
        "C:/x.csv",
        "data\\log.csv",
        "https://example.org/x.csv",
        "data",
        "",
    ],
)
def test_a_data_file_never_leads_elsewhere(folder: Path, path: str) -> None:
    assert len(errors(folder, file=path)) == 1


@pytest.mark.parametrize("path", ["../secret.csv", "data/../../x.csv", "/etc/passwd"])
def test_a_path_upward_is_refused_before_any_folder_is_known(path: str) -> None:
    assert "such as data/cases.csv" in errors(file=path)[0]["ctx"]["allowed"]


def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "data" / "link.csv").symlink_to(folder.parent / "other" / "secret.csv")
    (folder / "linked").symlink_to(folder.parent / "other")
    for path in ("data/link.csv", "linked/secret.csv"):
        assert "leads out" in errors(folder, file=path)[0]["ctx"]["found"]


def test_a_missing_data_file_is_told_with_the_nearest_name(folder: Path) -> None:
    context = errors(folder, file="data/lgo.csv")[0]["ctx"]
    assert context["found"] == "data/lgo.csv, which does not exist"
    assert context["remedy"] == "write data/log.csv"


def test_a_model_whose_validator_would_undo_strictness_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="must run after the fields"):

        class Early(Model):
            @model_validator(mode="before")
            @classmethod
            def _first(cls, data: object) -> object:
                return data
