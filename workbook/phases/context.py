"""What every step of a phase after Assess works with: the client, the framework, and the register of the phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from workbook.engagement.faults import Fault
from workbook.engagement.load import Engagement
from workbook.engagement.values import ThreePoint, Value
from workbook.framework import Framework
from workbook.phases.figures import Figure, Register
from workbook.phases.inputs import Inputs


@dataclass(frozen=True)
class PhaseContext:
    """The material of a phase, and the register into which each step enters its figures; `file` is its YAML file."""

    file: ClassVar[str]

    engagement: Engagement
    framework: Framework
    register: Register = field(default_factory=Register, kw_only=True)

    @property
    def before(self) -> Register:
        """The register of the phase before."""
        raise NotImplementedError

    @property
    def currency(self) -> str:
        """The client's currency."""
        return self.engagement.client.currency

    def take(self, id: str) -> Figure:
        """Enter a figure of a phase before, and all that it is computed from, under their own ids.

        Raises KeyError where there is no such figure.
        """
        figure = self.before[id]
        for above in figure.derived_from:
            self.take(above)
        return self.register.add(figure)

    def declared(self, id: str, value: Value | ThreePoint | None, unit: str, path: Sequence[str]) -> Figure:
        """Enter a value of the phase's file with the line it stands on."""
        return Inputs(self.engagement, self.register).declared(id, value, unit, (self.file, *path))

    def house(self, id: str, value: float, unit: str, key: str) -> Figure:
        """Enter a number of the framework."""
        source = f"framework {self.framework.version}, {key}"
        return self.register.add(Figure(id, value, unit, evidence="assumed", source=source))

    def line_of(self, path: Sequence[str]) -> str:
        """Return the file and line of a place in the phase's file."""
        return self.engagement.line_of((self.file, *path))

    def fault(self, path: Sequence[str | int], found: str, allowed: str, remedy: str) -> Fault:
        """Return a fault of a place in the phase's file."""
        return self.engagement.fault((self.file, *path), found, allowed, remedy)
