"""What every step of the phase works with: the client, the framework, Prioritize, and the register of this phase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workbook.engagement.faults import Fault
from workbook.engagement.load import Engagement
from workbook.engagement.schema import DataSource
from workbook.engagement.schema_pilot import Pilot
from workbook.engagement.values import ThreePoint, Value
from workbook.framework import Framework
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import Inputs
from workbook.phases.prioritize import PrioritizeResult

FILE = "pilot"


@dataclass(frozen=True)
class Context:
    """The material of the phase, and the register into which each step enters its figures."""

    engagement: Engagement
    framework: Framework
    phase: Pilot
    prioritized: PrioritizeResult
    register: Register = field(default_factory=Register)

    @property
    def currency(self) -> str:
        """The client's currency."""
        return self.engagement.client.currency

    def take(self, id: str) -> Figure:
        """Enter a figure of Prioritize or Assess, and all that it is computed from, under their own ids.

        Raises KeyError where neither has such a figure.
        """
        figure = self.prioritized.figures[id]
        for above in figure.derived_from:
            self.take(above)
        return self.register.add(figure)

    def declared(self, id: str, value: Value | ThreePoint | None, unit: str, path: Sequence[str]) -> Figure:
        """Enter a value of pilot.yaml with the line it stands on."""
        return Inputs(self.engagement, self.register).declared(id, value, unit, (FILE, *path))

    def house(self, id: str, value: float, unit: str, key: str) -> Figure:
        """Enter a number of the framework."""
        source = f"framework {self.framework.version}, {key}"
        return self.register.add(Figure(id, value, unit, evidence="assumed", source=source))

    def counted(self, id: str, value: float | None, unit: str, source: str, reason: str | None = None) -> Figure:
        """Enter a count of the client's data."""
        evidence = None if value is None else "measured"
        return self.register.add(Figure(id, value, unit, evidence=evidence, source=source, reason=reason))

    def sum_of(self, id: str, parts: Iterable[Figure], unit: str) -> Figure:
        """Enter the sum of the figures that are known; there is none where none is."""
        known = [part for part in parts if part.value is not None]
        total = sum(part.value or 0.0 for part in known) if known else None
        return self.register.computed(id, total, unit, known, "sum of what is stated")

    def source(self, id: str) -> DataSource:
        """Return a data source of the client by its id."""
        return next(source for source in self.engagement.data_sources if source.id == id)

    def origin(self, source: DataSource) -> str:
        """Return the line on which a source is declared, with its file and name."""
        line = self.engagement.line_of(self.engagement.place_of(source))
        named = ", ".join(part for part in (source.read_from, source.name) if part)
        return f"{line} ({named})"

    def line_of(self, *path: str) -> str:
        """Return the file and line of a place in pilot.yaml."""
        return self.engagement.line_of((FILE, *path))

    def fault(self, path: Sequence[str | int], found: str, allowed: str, remedy: str) -> Fault:
        """Return a fault of a place in pilot.yaml."""
        return self.engagement.fault((FILE, *path), found, allowed, remedy)
