"""What every step of the phase works with: the client, the framework, Assess, and the register of this phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workbook.engagement.faults import Fault
from workbook.engagement.load import Engagement
from workbook.engagement.schema_prioritize import Prioritize
from workbook.engagement.values import ThreePoint, Value
from workbook.framework import Framework
from workbook.phases.assess import AssessResult
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import Inputs

FILE = "prioritize"


@dataclass(frozen=True)
class Context:
    """The material of the phase, and the register into which each step enters its figures."""

    engagement: Engagement
    framework: Framework
    phase: Prioritize
    assessment: AssessResult
    register: Register = field(default_factory=Register)

    @property
    def currency(self) -> str:
        """The client's currency."""
        return self.engagement.client.currency

    def take(self, id: str) -> Figure:
        """Enter a figure of Assess, and all that it is computed from, under their own ids.

        Raises KeyError where Assess has no such figure.
        """
        figure = self.assessment.figures[id]
        for above in figure.derived_from:
            self.take(above)
        return self.register.add(figure)

    def declared(self, id: str, value: Value | ThreePoint | None, unit: str, path: Sequence[str]) -> Figure:
        """Enter a value of prioritize.yaml with the line it stands on."""
        return Inputs(self.engagement, self.register).declared(id, value, unit, (FILE, *path))

    def stated(self, id: str, value: float | None, unit: str, path: Sequence[str]) -> Figure:
        """Enter a plain number of prioritize.yaml, one that carries no evidence of its own."""
        return self.declared(id, None if value is None else Value(value=float(value)), unit, path)

    def house(self, id: str, value: float, unit: str, key: str) -> Figure:
        """Enter a number of the framework."""
        source = f"framework {self.framework.version}, {key}"
        return self.register.add(Figure(id, value, unit, evidence="assumed", source=source))

    def case_path(self, use_case: str) -> tuple[str, ...]:
        """Return the keys that lead to a case in prioritize.yaml."""
        return self.item_path(("cases",), "use_case", use_case)

    def item_path(self, path: Sequence[str], key: str, value: str) -> tuple[str, ...]:
        """Return the keys that lead to the item of a list whose `key` has this value.

        The place is the one in the file, where nothing has been left out that is dated later.
        """
        here: Any = self.engagement.documents[FILE].data
        for part in path:
            here = here[int(part)] if isinstance(here, list) else here[part]
        place = next(index for index, item in enumerate(here) if item.get(key) == value)
        return (*path, str(place))

    def line_of(self, path: Sequence[str]) -> str:
        """Return the file and line of a place in prioritize.yaml."""
        return self.engagement.line_of((FILE, *path))

    def fault(self, path: Sequence[str], found: str, allowed: str, remedy: str) -> Fault:
        """Return a fault of a place in prioritize.yaml."""
        return self.engagement.fault((FILE, *path), found, allowed, remedy)
