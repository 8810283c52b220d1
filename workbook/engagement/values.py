"""The kinds of value a client's files may hold: numbers with evidence, three-point estimates, ids and data files.

Files are validated as JSON in pydantic's strict mode: "12" is no number and true is not 1, while a date is written as
text and a list becomes a tuple. That mode is lost below a validator which runs before the fields, so models use
validators that run after them.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.faults import nearest, shorten, write

Evidence = Literal["measured", "interview", "estimate", "assumed"]
"""Where a value comes from, from strong to weak. None means that the file does not say."""

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
Day = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A date; one of another century is a slip of the keyboard."""


class Model(BaseModel):
    """Base of all models of parameters: frozen, without unknown keys, without conversion, with finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for validator in cls.__pydantic_decorators__.model_validators.values():
            if validator.info.mode != "after":
                name = f"{cls.__name__}.{validator.cls_var_name}"
                raise TypeError(f"{name}: a model validator must run after the fields (mode='after')")

    def before_its_date(self) -> Self | None:
        """Return what was known before the `date` of this entity; None, unless a model says otherwise."""
        return None


def refusal(allowed: str, remedy: str, found: str | None = None, path: KeyPath = ()) -> PydanticCustomError:
    """Return the error that a validator raises to say what is allowed and what to do.

    `found` is what was found, if the value does not say it; `path` the keys that lead to it below the validated value.
    """
    context = {"allowed": allowed, "remedy": remedy, "found": found, "path": path}
    return PydanticCustomError("refused", "allowed {allowed}; {remedy}", context)


# --- what is known about a field beyond its type ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identifies:
    """Marks the id of an entity: `Annotated[Slug, Identifies("person")]`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks the id of an entity that lives elsewhere: `Annotated[Slug, Refers("person")]`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Marks the day on which something happened: `Annotated[Day, Happened()]`. Before that day it is not known."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Says in words what a field takes, where its type says it badly."""

    words: str


PastDay = Annotated[Day, Happened()]
"""A day on which something happened; a run that speaks of an earlier day does not know it."""


# --- quantities ------------------------------------------------------------------------------------------------------


class Value(Model):
    """A number, and what it rests on."""

    value: float = Field(description="the number")
    unit: str | None = Field(default=None, description="unit of the number")
    evidence: Evidence | None = Field(default=None, description="what the number rests on")
    source: str | None = Field(default=None, description="where it was found, or who said it")
    date: Day | None = Field(default=None, description="day from which it is known")
    by: str | None = Field(default=None, description="who entered it")


class ThreePoint(Model):
    """An estimate by its lowest, likeliest and highest value."""

    low: float = Field(description="lowest plausible value")
    likely: float = Field(description="likeliest value")
    high: float = Field(description="highest plausible value")
    unit: str | None = Field(default=None, description="unit of the numbers")
    evidence: Evidence | None = Field(default=None, description="what the numbers rest on")
    source: str | None = Field(default=None, description="where they were found, or who said it")
    date: Day | None = Field(default=None, description="day from which they are known")
    by: str | None = Field(default=None, description="who entered them")

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if not self.low <= self.likely <= self.high:
            found = f"low {self.low:g}, likely {self.likely:g}, high {self.high:g}"
            raise refusal("low <= likely <= high", "put the three numbers in order", found)
        return self

    @property
    def value(self) -> float:
        """The likeliest value, where only one number can be used."""
        return self.likely


# Names of the forms a quantity takes; the brackets keep them apart from the keys of a file.
NUMBER, VALUE, THREE_POINT = "<number>", "<value>", "<three-point>"


def form_of(data: Any) -> str:
    """Tell by its keys which form of a quantity `data` takes."""
    if isinstance(data, Value):
        return VALUE
    if isinstance(data, ThreePoint):
        return THREE_POINT
    if not isinstance(data, Mapping):
        return NUMBER
    return THREE_POINT if data.keys() & {"low", "likely", "high"} else VALUE


@dataclass(frozen=True, slots=True)
class QuantityForm:
    """How a quantity may be written: a plain number, a `Value`, and a `ThreePoint` if `three_point`.

    The form is chosen by the keys before anything is validated, so one fault gives one message.
    """

    noun: str = "number"
    three_point: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        number = core_schema.float_schema(strict=True, allow_inf_nan=False)
        three_point = handler.generate_schema(ThreePoint) if self.three_point else _no_three_point()
        choices = {
            NUMBER: core_schema.no_info_after_validator_function(_plain_value, number),
            VALUE: handler.generate_schema(Value),
            THREE_POINT: three_point,
        }
        return core_schema.tagged_union_schema(choices, discriminator=form_of)


def _plain_value(number: float) -> Value:
    return Value(value=number)


def _no_three_point() -> CoreSchema:
    def refuse(_: Any) -> Any:
        raise refusal("one number, alone or as {value, unit, evidence, ...}", "write the likeliest value alone")

    return core_schema.no_info_plain_validator_function(refuse)


LARGEST = 1e15
"""Largest number that a quantity may hold; beyond it a slip of the keyboard is likelier than a fact."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The range of a quantity, its ends included but for an open low one. Each number of a quantity lies in it.

    Whatever the range, no number is larger than `LARGEST`.
    """

    low: float | None = None
    high: float | None = None
    open_low: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, quantity: Value | ThreePoint) -> Value | ThreePoint:
        for key in ("value",) if isinstance(quantity, Value) else ("low", "likely", "high"):
            number = getattr(quantity, key)
            is_low = self.low is not None and (number < self.low or (self.open_low and number == self.low))
            if is_low or (self.high is not None and number > self.high):
                raise refusal(self.words, self._remedy(number), path=(key,))
            if abs(number) > LARGEST:
                raise refusal(f"numbers up to {LARGEST:g}", "correct the number and its unit", path=(key,))
        return quantity

    @property
    def words(self) -> str:
        """The range as a phrase: "a number from 0 to 1"."""
        return f"a number {in_range(self.low, self.high, self.open_low)}".strip()

    def _remedy(self, number: float) -> str:
        if self.high == 1 and 1 < number <= 100:
            return f"write a share of 1: {number:g} % is {number / 100:g}"
        return "write a number in this range"


def in_range(low: float | None, high: float | None, open_low: bool = False, open_high: bool = False) -> str:
    """Return a range in words: "from 0 to 1", "of at least 0", "above 0 and below 1", or nothing."""
    if low is not None and high is not None and not (open_low or open_high):
        return f"from {low:g} to {high:g}"
    least = [] if low is None else [f"{'above' if open_low else 'of at least'} {low:g}"]
    most = [] if high is None else [f"{'below' if open_high else 'of at most'} {high:g}"]
    return " and ".join(least + most)


NonNegative = Bounds(low=0)
Positive = Bounds(low=0, open_low=True)

Quantity = Annotated[Value, QuantityForm()]
UncertainQuantity = Annotated[Value | ThreePoint, QuantityForm(three_point=True)]
Money = Annotated[Value, QuantityForm("amount")]
UncertainMoney = Annotated[Value | ThreePoint, QuantityForm("amount", three_point=True)]
Share = Annotated[Quantity, Bounds(0, 1)]
UncertainShare = Annotated[UncertainQuantity, Bounds(0, 1)]
Score = Annotated[Quantity, Bounds(0, 100)]
UncertainScore = Annotated[UncertainQuantity, Bounds(0, 100)]
Rating = Annotated[Quantity, Bounds(1, 5)]


# --- names -----------------------------------------------------------------------------------------------------------

SLUG_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
SLUG_LONGEST = 60

Slug = Annotated[
    str,
    StringConstraints(pattern=SLUG_PATTERN, max_length=SLUG_LONGEST),
    Allowed("a short id such as invoice-handling: lower-case letters, digits and single hyphens, at most 60"),
]


def slug_of(text: str) -> str:
    """Return the id that a text was meant to be: "Prüfung 2" is prufung-2; nothing where it has letters no id has."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    if not plain.isascii() and any(c.isalnum() and not c.isascii() for c in plain):
        return ""
    return "-".join(re.findall("[a-z0-9]+", plain)).lstrip("0123456789-")[:SLUG_LONGEST].rstrip("-")


EnvName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=100),
    Allowed("the name of an environment variable such as CLIENT_DATABASE_URL"),
]


@dataclass(frozen=True, slots=True)
class DataFile:
    """Marks the path of a data file and keeps it inside the client's folder.

    The folder comes from the validation context (`{"folder": Path}`); the file must then exist in it.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(_checked_path, handler(source))


_INSIDE = "a file below the client's folder, such as data/cases.csv"
DataPath = Annotated[str, StringConstraints(min_length=1, max_length=400), DataFile(), Allowed(_INSIDE)]

_COPY = "copy the file below data/ and name it from there"


def _checked_path(text: str, info: core_schema.ValidationInfo) -> str:
    if "\\" in text or ":" in text:
        raise refusal(_INSIDE, "write it with forward slashes, without a drive or an address")
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts:
        raise refusal(_INSIDE, _COPY)
    if info.context and "folder" in info.context:
        _check_exists(info.context["folder"], path)
    return str(path)


def _check_exists(folder: Path, path: PurePosixPath) -> None:
    file = folder / path
    shown = shorten(str(path))
    # Not Path.exists, which fails for a name that no file could have.
    if not os.path.exists(file):
        beside = file.parent.iterdir() if os.path.isdir(file.parent) else ()
        by_stem = {each.stem: str(path.with_name(each.name)) for each in beside if each.is_file()}
        meant = by_stem.get(nearest(path.stem, by_stem) or "")
        raise refusal(_INSIDE, write(meant, str(path)) if meant else _COPY, f"{shown}, which does not exist")
    if not file.resolve().is_relative_to(folder.resolve()):
        raise refusal(_INSIDE, _COPY, f"{shown}, which leads out of the client's folder")
    if not file.is_file():
        raise refusal(_INSIDE, "name a file", f"{shown}, which is not a file")
