"""Figures and names in the client's words: the texts of the framework with the number formats of the client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbook.engagement.load import Engagement
from workbook.exhibits.exhibit import Cell, Column, cell
from workbook.exhibits.formats import Formats, Kind
from workbook.framework import Framework
from workbook.phases.figures import Figure

COUNT_WORDS: Mapping[object, str] = {0: "_zero", 1: "_one"}
"""Ends of the keys of words that are for one number only."""

LONGEST_LIST = 4
"""Names listed in a sentence before the rest is counted."""


@dataclass(frozen=True)
class Writer:
    """Writes the exhibits of one phase of one client; `section` is the phase's part of the texts."""

    engagement: Engagement
    framework: Framework

    @cached_property
    def formats(self) -> Formats:
        """Number, money and date formats of the client."""
        client = self.engagement.client
        return Formats(client.locale, client.currency, client.language)

    # --- words -----------------------------------------------------------------------------------------------------

    def text(self, key: str, /, **values: object) -> str:
        """Return the words of an exhibit, such as text("process_map.title", process="Claims")."""
        return self._words(f"exhibits.{key}", values)

    def finding(self, key: str, /, **values: object) -> str:
        """Return the words of a finding."""
        return self._words(f"findings.{key}", values)

    def _words(self, key: str, values: Mapping[str, object]) -> str:
        """Return the words for none or one where `n` is 0 or 1 and such words exist, else the words for many."""
        numbered = f"{key}{COUNT_WORDS.get(values.get('n'), '')}"
        return self.framework.text(numbered if numbered in self.framework.texts else key, **values)

    def columns(
        self,
        exhibit: str,
        *keys: str,
        right: Sequence[str] = (),
        widths: Sequence[float] = (),
        **values: object,
    ) -> list[Column]:
        """Return the columns of a table, labelled by the texts; those in `right` are numbers."""
        spaces: Sequence[float | None] = widths or [None] * len(keys)
        return [
            Column(key, self.text(f"{exhibit}.columns.{key}", **values), "right" if key in right else "left", width)
            for key, width in zip(keys, spaces, strict=True)
        ]

    def names(self, names: Iterable[str], longest: int = LONGEST_LIST) -> str:
        """Return names as a list in a sentence: "A, B and C", or "A, B and 4 more"."""
        listed = list(names)
        if len(listed) > longest:
            return self.text("common.and_more", names=", ".join(listed[: longest - 1]), n=len(listed) - longest + 1)
        if len(listed) < 2:
            return listed[0] if listed else self.text("common.none")
        return f"{', '.join(listed[:-1])} {self.text('common.and')} {listed[-1]}"

    def person(self, person_id: str | None) -> str:
        """Return the name of a person, or that none is provided."""
        people = {person.id: person.name for person in self.engagement.client.people}
        return people[person_id] if person_id else self.not_provided

    @property
    def not_provided(self) -> str:
        """The words for a fact nobody has provided."""
        return self.text("common.not_provided")

    @property
    def as_of(self) -> str:
        """The day of the run in words."""
        return self.formats.date(self.engagement.as_of)

    @property
    def from_parameters(self) -> str:
        """Source line of what is declared."""
        return self.text("common.source_parameters", as_of=self.as_of)

    @property
    def from_computation(self) -> str:
        """Source line of what is computed."""
        return self.text("common.source_computed", as_of=self.as_of)

    @property
    def from_framework(self) -> str:
        """Source line of what the framework says."""
        return self.text("common.source_framework", version=self.framework.data_version)

    # --- figures ---------------------------------------------------------------------------------------------------

    def value(self, figure: Figure) -> str:
        """Return a figure as text, in the format of its unit, or why there is none."""
        if figure.value is None:
            return self.missing(figure)
        return self.amount(figure.value, figure.unit, figure.evidence)

    def amount(self, value: float, unit: str, evidence: str | None) -> str:
        """Return a value in the format of its unit, with the digits its evidence allows."""
        return self.formats.amount(value, self._kind(unit), evidence)

    def whole_share(self, value: float) -> str:
        """Return a share of draws in whole per cent; their number does not carry more."""
        return self.formats.share(value, decimals=0)

    def range(self, figure: Figure) -> str:
        """Return the ends of a figure's interval as text; empty where it has none."""
        if figure.low is None and figure.high is None:
            return ""
        return self.formats.interval(figure.low, figure.high, self._kind(figure.unit), figure.evidence)

    def _kind(self, unit: str) -> Kind:
        if unit.startswith(self.formats.currency):
            return "money"
        kinds: dict[str, Kind] = {"share": "share", "h": "hours"}
        return kinds.get(unit, "number")

    def missing(self, figure: Figure) -> str:
        """Return why a figure has no value."""
        return self.reason(figure.reason or "not_provided", figure.n)

    def reason(self, reason: str, n: int | None = None) -> str:
        """Return the words for a reason code."""
        return self.text(f"common.reasons.{reason}", n=n or 0)

    def cell(self, figure: Figure, *, with_range: bool = False, strong: bool = False, tone: str | None = None) -> Cell:
        """Return a table cell: the value, its range in brackets if asked for, and the mark of its evidence."""
        if figure.value is None:
            return cell(self.missing(figure), tone=tone)
        ends = self.range(figure) if with_range else ""
        text = f"{self.value(figure)} [{ends}]" if ends and ends != self.value(figure) else self.value(figure)
        return cell(text, value=figure.value, mark=self.mark(figure.evidence), strong=strong, tone=tone)

    def mark(self, evidence: str | None) -> str:
        """Return the letter of an evidence."""
        return self.framework.evidence[evidence or "not_stated"].letter
