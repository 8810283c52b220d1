"""What a use case asks of one table: rules for fields, keys, consistency, timeliness, accuracy and coverage.

Rules are declared, never written as SQL. Surrounding spaces of a value do not count in any of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

FieldType = Literal["text", "integer", "number", "date", "timestamp", "boolean"]
Comparison = Literal["<", "<=", "=", "!=", ">=", ">"]
_CONDITION = (
    re.compile(r"(?P<field>.+?) (?P<op>=|!=) (?P<values>.+)"),
    re.compile(r"(?P<field>.+?) (?P<op>not in|in) (?P<values>.+)"),
    re.compile(r"(?P<field>.+?) (?P<op>is) (?P<values>present|missing)"),
)


class RuleError(ValueError):
    """A rule that cannot be applied: what was found, what is allowed, what to do, and in which rule (`where`)."""

    def __init__(self, found: str, allowed: str, remedy: str = "correct the rule", where: str = "") -> None:
        super().__init__(found, allowed, remedy, where)
        self.found, self.allowed, self.remedy, self.where = found, allowed, remedy, where

    def __str__(self) -> str:
        return f"{self.where}{': ' * bool(self.where)}found {self.found}; allowed {self.allowed}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows that a rule is about: a field and what it holds."""

    field: str
    op: Literal["=", "!=", "in", "not in", "is"]
    values: tuple[str, ...]


def parse_condition(text: str) -> Condition:
    """Return the condition that a text declares.

    The forms are "status = Closed", "status != Closed", "status in Closed, Resolved", "status not in New, Active",
    "closed_at is present" and "closed_at is missing". A row in which the field is missing fulfils the last form only.

    >>> parse_condition("status in Closed, Resolved")
    Condition(field='status', op='in', values=('Closed', 'Resolved'))

    Raises
    ------
    RuleError
        If the text has none of these forms.
    """
    match = next((found for each in _CONDITION if (found := each.fullmatch(text.strip()))), None)
    if match is None:
        allowed = "'field = value', 'field != value', 'field in a, b', 'field not in a, b', 'field is present|missing'"
        raise RuleError(f"the condition {text!r}", allowed, "rewrite it in one of these forms")
    op: Any = match["op"]
    values = match["values"].split(",") if op.endswith("in") else [match["values"]]
    return Condition(match["field"].strip(), op, tuple(value.strip() for value in values))


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field that the use case needs, and what makes a value of it present and valid.

    Parameters
    ----------
    required : bool
        False where a missing value is no fault.
    required_when : str, optional
        A condition (see `parse_condition`) on the rows in which a value is required, instead of all.
    type : str
        "boolean" takes true, false, yes, no, t, f, y, n, 1 and 0 in any case; "integer" also 5.0.
    pattern : str, optional
        Regular expression that the whole value matches, in the RE2 dialect: no look-around and no back-references,
        and in return no pattern that takes more than linear time.
    minimum, maximum : number, date or ISO 8601 text, optional
        Ends of the valid range, both included: numbers for numbers, dates or texts for dates and timestamps (a date
        then means its first moment).
    allowed : tuple of str, optional
        The code list.
    timestamp_format : str, optional
        Format of a date or timestamp in strptime codes; without, that of the table, and ISO 8601 without that.
    weight : float
        Criticality of the field for the use case.
    threshold : float, optional
        The share that each measure of this field must reach for the use case.
    missing_markers : tuple of str
        Texts that stand for a missing value in this field, besides those of the table.
    """

    name: str
    required: bool = True
    required_when: str | None = None
    type: FieldType = "text"
    pattern: str | None = None
    minimum: float | date | str | None = None
    maximum: float | date | str | None = None
    allowed: tuple[str, ...] | None = None
    timestamp_format: str | None = None
    weight: float = 1.0
    threshold: float | None = None
    missing_markers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.required_when is not None:
            parse_condition(self.required_when)
        for found, allowed in self._problems():
            raise RuleError(found, allowed, where=f"field {self.name!r}")

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Yield what contradicts itself, and what is allowed instead."""
        is_time, is_number = self.type in ("date", "timestamp"), self.type in ("integer", "number")
        ends = [end for end in (self.minimum, self.maximum) if end is not None]
        if self.type not in get_args(FieldType):
            yield f"type {self.type!r}", ", ".join(get_args(FieldType))
        if not self.required and self.required_when:
            yield "required_when for a field that is not required", "required_when without required: false"
        if ends and not (is_time or is_number):
            yield f"a range for type {self.type!r}", "a range for numbers and dates"
        if is_number and not all(map(_is_number, ends)):
            yield "an end of the range that is no number", "a range of numbers"
        if is_time and not all(map(_is_iso, ends)):
            yield "an end of the range that is no date", "a range of dates in ISO 8601"
        if self.timestamp_format and not is_time:
            yield "a timestamp_format", "one for dates and timestamps"
        if not (self.weight > 0 and math.isfinite(self.weight)):
            yield f"weight {self.weight}", "a weight above 0"
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            yield f"threshold {self.threshold}", "a share from 0 to 1"

    @property
    def can_be_invalid(self) -> bool:
        """True when a value could break a rule; of the validity of free text nothing can be said."""
        return self.type != "text" or self.pattern is not None or self.allowed is not None


def _is_number(end: float | date | str) -> bool:
    return isinstance(end, int | float) and math.isfinite(end)


def _is_iso(end: float | date | str) -> bool:
    if not isinstance(end, str):
        return isinstance(end, date)
    try:
        datetime.fromisoformat(end)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class KeyRule:
    """Columns that together identify a row."""

    columns: tuple[str, ...]

    @property
    def id(self) -> str:
        """The columns in words, as the rule is called in results."""
        return " + ".join(self.columns)


@dataclass(frozen=True, slots=True)
class ComparisonRule:
    """Two fields of a row compared, such as closed_at >= opened_at, where both hold a readable value.

    Without `type` each side is read as its FieldRule says, and as text without one.
    """

    id: str
    left: str
    op: Comparison
    right: str
    type: FieldType | None = None
    format: str | None = None

    def __post_init__(self) -> None:
        if self.op not in get_args(Comparison):
            raise ValueError(f"rule {self.id!r}: found {self.op!r}; allowed {', '.join(get_args(Comparison))}")


@dataclass(frozen=True, slots=True)
class DependencyRule:
    """A functional dependency: rows alike in `determines` are alike in `dependent`, as zip code and city."""

    id: str
    determines: tuple[str, ...]
    dependent: str


@dataclass(frozen=True, slots=True)
class ContainmentRule:
    """Values of a field that must occur in a column of another relation, as an order's customer among customers."""

    id: str
    field: str
    relation: str
    column: str


ConsistencyRule = ComparisonRule | DependencyRule | ContainmentRule


@dataclass(frozen=True, slots=True)
class TimelinessRule:
    """The deadline of the use case: a record has to arrive within so many hours of its event."""

    event: str
    arrived: str
    within_hours: float


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """Columns whose values are the segments that the use case must cover with at least `n_min` rows each."""

    columns: tuple[str, ...]
    n_min: int


@dataclass(frozen=True, slots=True)
class AccuracySample:
    """A relation with verified values of some rows: columns named as in the table, rows joined by `key`."""

    relation: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableRules:
    """All that one use case asks of one table, and how the table writes missing values, numbers and times.

    `timestamp_format` is that of all dates and timestamps whose field declares no own; `timezone` that of timestamps
    without an offset, which then become UTC.
    """

    fields: tuple[FieldRule, ...]
    keys: tuple[KeyRule, ...] = ()
    consistency: tuple[ConsistencyRule, ...] = ()
    timeliness: TimelinessRule | None = None
    coverage: CoverageRule | None = None
    accuracy: AccuracySample | None = None
    missing_markers: tuple[str, ...] = ()
    timestamp_format: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    timezone: str | None = None

    def __post_init__(self) -> None:
        for what, names in (("field", [each.name for each in self.fields]), ("rule", self._rule_ids())):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"found the {what} {', '.join(sorted(twice))} twice; allowed once")

    def _rule_ids(self) -> list[str]:
        return [each.id for each in self.keys] + [each.id for each in self.consistency]
