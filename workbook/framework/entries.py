"""What all entries of the framework share: ids, sources, numbers, and the closed lists of words they may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
SourceId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
# A fact keeps the spelling of the rules it feeds, such as product_under_annex_I_law.
FactId = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z0-9_]*$")]

Support = Literal["none", "direction", "unchecked"]
"""What public evidence says of a number: nothing found, right direction only, or not looked up. Left out: sourced."""
Kind = Literal[
    "guide", "judgement", "computation", "survey", "study", "forecast", "model", "standard", "law", "guidance",
]  # fmt: skip
PaidBy = Literal["vendor", "investor", "consultancy", "analyst", "public", "unknown"]
Read = Literal["primary", "second-hand", "own"]
Unit = Literal[
    "share", "ratio", "score", "level", "count", "people", "seconds", "hours", "weeks", "months", "years",
    "money", "EUR/year", "USD", "cases/week",
]  # fmt: skip
Direction = Literal["higher", "lower"]
Group = Literal["owner", "frontline", "manager", "sponsor", "it"]
Answerer = Literal["owner", "it", "legal"]
Decision = Literal["approved", "iterate", "stopped", "pending"]
Cadence = Literal["weekly", "monthly", "quarterly"]
ScoreFrom = Literal["judged", "yearly_impact", "data_readiness", "integration", "organisation"]
Topic = Literal["production", "value", "payback", "cost", "usability", "sourcing", "compliance"]
Law = Literal["ai_act", "gdpr"]

E = TypeVar("E")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the known name most like `name`, or an empty text."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


class Entries(Mapping[str, E], Generic[E]):
    """Entries by id, in the order of their file; read-only."""

    __slots__ = ("_by_id",)

    def __init__(self, by_id: Mapping[str, E]) -> None:
        self._by_id = dict(by_id)

    def __getitem__(self, id: str) -> E:
        try:
            return self._by_id[id]
        except KeyError:
            raise KeyError(f"no entry {id!r}{nearest(id, self._by_id)}") from None

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def __repr__(self) -> str:
        return f"Entries({', '.join(self._by_id)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (item,) = get_args(source)
        entries = core_schema.dict_schema(core_schema.str_schema(), handler.generate_schema(item))
        by_id = core_schema.no_info_before_validator_function(_with_ids, entries)
        return core_schema.no_info_after_validator_function(cls, by_id)


def _with_ids(section: Any) -> Any:
    if not isinstance(section, dict):
        raise ValueError("found no mapping from id to entry")
    return {id: {**entry, "id": id} if isinstance(entry, dict) else entry for id, entry in section.items()}


class Frozen(BaseModel):
    """Base of all models: read-only, without unknown keys and without conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Part(Frozen):
    """A part of the framework that readers see, with its words in the text file."""

    # The words each entry of this kind has in the text file, and its fields that list ids with one word each.
    words: ClassVar[tuple[str, ...]] = ("name",)
    listed: ClassVar[tuple[str, ...]] = ()

    def text_keys(self) -> Iterator[str]:
        """Yield the keys, below this entry's own, under which the text file holds its words."""
        yield from self.words
        for name in self.listed:
            yield from (f"{name}.{id}" for id in getattr(self, name))


class Identified(Part):
    """An entry that a text, a figure or a client's answer refers to by its id. Ids are never reused."""

    id: Id


class Sourced(Part):
    """What an entry rests on.

    `support` marks a number that public evidence does not carry; `neighbours` are the published benchmarks to show
    beside it.
    """

    source: Annotated[tuple[SourceId, ...], Field(min_length=1)]
    support: Support | None = None
    neighbours: tuple[Id, ...] = ()


class Entry(Identified, Sourced):
    """An entry with an id and a source."""


class Parameter(Identified):
    """A number: one value, or a range with a low and a high end."""

    unit: Unit
    value: float | None = None
    low: float | None = None
    high: float | None = None
    support: Support | None = None

    @model_validator(mode="after")
    def _is_value_or_range(self) -> Self:
        is_range = self.low is not None and self.high is not None and self.low < self.high
        if is_range == (self.value is not None) or (not is_range and (self.low, self.high) != (None, None)):
            raise ValueError("give either `value`, or `low` and `high` with low below high")
        return self


VOCABULARIES: dict[str, tuple[str, ...]] = {
    "support": get_args(Support),
    "kind": get_args(Kind),
    "paid_by": get_args(PaidBy),
    "read": get_args(Read),
    "unit": get_args(Unit),
    "direction": get_args(Direction),
    "answered_by": get_args(Answerer),
    "decision": get_args(Decision),
    "cadence": get_args(Cadence),
    "score_from": get_args(ScoreFrom),
    "topic": get_args(Topic),
    "law": get_args(Law),
}
"""The closed lists of words in the structure files; readers see them as `terms.<list>.<word>`."""
