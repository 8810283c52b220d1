"""From a figure back to what it is computed from, down to file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import workbook
from workbook.engagement.load import Engagement
from workbook.phases.assess import AssessResult, assess
from workbook.phases.figures import Figure, Register
from workbook.phases.pilot import PilotResult, pilot, verdict_content
from workbook.phases.prioritize import PrioritizeResult, charter_content, prioritize

Result = AssessResult | PrioritizeResult | PilotResult

PHASES: Mapping[str, Callable[[Engagement], Result]] = {"assess": assess, "prioritize": prioritize, "pilot": pilot}
"""The phases that can be computed, by the name of their gate, which is that of their file as well."""


def result_of(engagement: Engagement, phase: str) -> Result:
    """Return the result of a phase. Raises KeyError naming the phases there are."""
    if phase not in PHASES:
        raise KeyError(f"there is no phase {phase!r} to compute; choose from {', '.join(PHASES)}")
    return PHASES[phase](engagement)


def content_to_freeze(engagement: Engagement, gate: str) -> dict[str, Any]:
    """Return what a gate freezes: the figures of its phase, and by which rules and package they were computed.

    The gate of Prioritize freezes the charter as well, that of Pilot the verdict with its clauses. Raises KeyError
    naming the phases there are, and FaultsError for a charter that nobody could be held to, or a verdict without one.
    """
    result = result_of(engagement, gate)
    decided: dict[str, Any] = {}
    if isinstance(result, PrioritizeResult):
        decided = {"charter": charter_content(result)}
    if isinstance(result, PilotResult):
        decided = {"verdict": verdict_content(result)}
    return {
        "as_of": engagement.as_of.isoformat(),
        "framework": result.framework.version,
        "package": workbook.__version__,
        **decided,
        **result.figures.frozen(),
    }


def explain_figure(engagement: Engagement, figure_id: str) -> str:
    """Return a figure with everything it rests on, one line each, indented by how far down it stands.

    A figure that several others rest on is explained where it first appears.
    Raises KeyError with the nearest ids where no phase has the figure.
    """
    known: list[str] = []
    # A phase that has not begun has no figures; that Assess has not is worth a fault.
    begun = [phase for phase in PHASES if phase == "assess" or phase in engagement.parts]
    for phase in begun:
        register = PHASES[phase](engagement).figures
        if figure_id in register:
            return "\n".join(_lines(register, register[figure_id], 0, set()))
        known += register.figures
    near = get_close_matches(figure_id, known, n=3, cutoff=0.5)
    lists = " and ".join(f"{phase}.json" for phase in begun)
    hint = f"the nearest are {', '.join(near)}" if near else f"{lists} beside the report lists all"
    raise KeyError(f"there is no figure {figure_id}; {hint}")


def _lines(register: Register, figure: Figure, depth: int, shown: set[str]) -> list[str]:
    is_repeat = figure.id in shown
    shown.add(figure.id)
    lines = [f"{'  ' * depth}{_line(figure)}{' (see above)' if is_repeat else ''}"]
    if not is_repeat:
        for id in figure.derived_from:
            lines += _lines(register, register[id], depth + 1, shown)
    return lines


def _line(figure: Figure) -> str:
    value = figure.reason if figure.value is None else f"{figure.value:.12g} {figure.unit}"
    ends = f" [{_end(figure.low)}, {_end(figure.high)}]" if (figure.low, figure.high) != (None, None) else ""
    n = f", n = {figure.n}" if figure.n is not None else ""
    origin = f" = {figure.formula}" if figure.formula else ""
    source = f" <- {figure.source}" if figure.source else ""
    return f"{figure.id}: {value}{ends} ({figure.evidence or 'evidence not stated'}{n}){origin}{source}"


def _end(value: float | None) -> str:
    return "?" if value is None else f"{value:.12g}"
