"""A tiny client with models of its own: the machinery is tested apart from the real schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, Self

import pytest
from pydantic import Field, model_validator

from workbook.engagement.schema_client import Gates
from workbook.engagement.values import (
    DataPath,
    EnvName,
    Identifies,
    Model,
    Quantity,
    Refers,
    Share,
    Slug,
    UncertainShare,
    refusal,
)


class Person(Model):
    """A person."""

    id: Annotated[Slug, Identifies("person")] = Field(description="short id")
    name: str = Field(min_length=1, max_length=20, description="name")


class Task(Model):
    """Something to do."""

    id: Annotated[Slug, Identifies("task")] = Field(description="short id")
    owner: Annotated[Slug, Refers("person")] | None = Field(None, description="id of the person")
    hours: Quantity | None = Field(None, description="hours it takes")
    risk: Share | None = Field(None, description="share of tries that fail, 0 to 1")
    gain: UncertainShare | None = Field(None, description="share of hours saved")
    level: Annotated[int, Field(ge=1, le=5)] | None = Field(None, description="level 1 to 5")
    file: DataPath | None = Field(None, description="data file")
    url_env: EnvName | None = Field(None, description="environment variable")
    done: bool = Field(False, description="is it done?")
    date: dt.date | None = Field(None, description="day it became known")
    first: dt.date | None = Field(None, description="first day")
    last: dt.date | None = Field(None, description="last day")
    after: tuple[Annotated[Slug, Refers("task")], ...] = Field((), description="ids of earlier tasks")

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise refusal("a first day before the last", "exchange the two", path=("first",))
        return self


class Client(Model):
    """Who the client is."""

    name: str = Field(min_length=1, max_length=20, description="name")
    country: str = Field(pattern="^[A-Z]{2}$", description="two-letter country code such as DE")
    as_of: dt.date = Field(description="day of the figures")
    status: Literal["draft", "final"] = Field("draft", description="status")
    people: tuple[Person, ...] = Field((), description="people")
    gates: Gates = Field(Gates(), description="decisions")


class Assess(Model):
    """What is to be done."""

    budget: Quantity = Field(description="money there is")
    tasks: tuple[Task, ...] = Field((), description="tasks")
    weights: dict[str, Annotated[float, Field(gt=0)]] = Field({}, description="weights by name")


MODELS = {"client": Client, "assess": Assess}

CLIENT = """\
name: Acme
country: NO
as_of: 2026-05-31
people:
  - {id: ann, name: Ann}
  - {id: ben, name: Ben}
"""

ASSESS = """\
budget: 100
tasks:
  - id: sort
    owner: ann
    hours: {value: 12, unit: h, evidence: measured, date: 2026-05-20}
  - id: ship
    owner: ben
    after: [sort]
"""


@pytest.fixture
def models() -> dict[str, type[Model]]:
    return dict(MODELS)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a client's files and return the folder of parameters."""

    def write(client: str = CLIENT, assess: str | None = ASSESS, id: str = "acme", **others: str) -> Path:
        folder = tmp_path / "parameters" / id
        folder.mkdir(parents=True, exist_ok=True)
        texts = {"client": client, "assess": assess, **others}
        for name, text in texts.items():
            if text is not None:
                (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder.parent

    return write
