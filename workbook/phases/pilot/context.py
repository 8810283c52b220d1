"""What every step of the phase works with: the client, the framework, Prioritize, and the register of this phase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from workbook.engagement.schema_pilot import Pilot
from workbook.engagement.schema_sources import DataSource
from workbook.phases.context import PhaseContext
from workbook.phases.figures import Figure, Register
from workbook.phases.prioritize import PrioritizeResult

FILE = "pilot"


@dataclass(frozen=True)
class Context(PhaseContext):
    """The material of Pilot."""

    file: ClassVar[str] = FILE

    phase: Pilot
    prioritized: PrioritizeResult

    @property
    def before(self) -> Register:
        """The register of Prioritize."""
        return self.prioritized.figures

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
