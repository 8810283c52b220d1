"""What every step of the phase works with: the client, the framework, Assess, and the register of this phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from workbook.engagement.schema_prioritize import Prioritize
from workbook.engagement.values import Value
from workbook.phases.assess import AssessResult
from workbook.phases.context import PhaseContext
from workbook.phases.figures import Figure, Register

FILE = "prioritize"


@dataclass(frozen=True)
class Context(PhaseContext):
    """The material of Prioritize."""

    file: ClassVar[str] = FILE

    phase: Prioritize
    assessment: AssessResult

    @property
    def before(self) -> Register:
        """The register of Assess."""
        return self.assessment.figures

    def stated(self, id: str, value: float | None, unit: str, path: Sequence[str]) -> Figure:
        """Enter a plain number of prioritize.yaml, one that carries no evidence of its own."""
        return self.declared(id, None if value is None else Value(value=float(value)), unit, path)
