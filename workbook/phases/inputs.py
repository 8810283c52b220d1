"""From what the client declared to figures: each number keeps its evidence, its source and its line."""

from __future__ import annotations

from workbook.engagement.faults import FaultsError, refused
from workbook.engagement.load import Engagement
from workbook.engagement.values import ThreePoint, Value
from workbook.phases.figures import Figure, Register

NOT_PROVIDED = "not_provided"


def not_begun(engagement: Engagement, phase: str) -> FaultsError:
    """Return the error of a phase that is asked for and has no parameter file."""
    file = f"{phase}.yaml"
    return refused(f"{engagement.id}/{file}", "no file", f"{file} for this notebook", f"create {file}")


class Inputs:
    """Enters the client's declared values into a register, with the file and line each stands on."""

    def __init__(self, engagement: Engagement, register: Register) -> None:
        self._engagement = engagement
        self._register = register

    def declared(self, id: str, value: Value | ThreePoint | None, unit: str, path: tuple[str, ...]) -> Figure:
        """Enter a declared value; one that is absent is entered as not provided, at the line of what it belongs to."""
        if value is None:
            missing_from = self._engagement.line_of(path[:-1])
            return self._register.add(Figure(id, None, unit, source=missing_from, reason=NOT_PROVIDED))
        source = self._engagement.line_of(path)
        stated = " ".join(part for part in (value.source, value.date and value.date.isoformat()) if part)
        return self._register.add(
            Figure(
                id,
                value.likely if isinstance(value, ThreePoint) else value.value,
                unit,
                low=value.low if isinstance(value, ThreePoint) else None,
                high=value.high if isinstance(value, ThreePoint) else None,
                evidence=value.evidence,
                source=f"{source} ({stated})" if stated else source,
            )
        )
