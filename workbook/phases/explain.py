"""From a figure back to what it is computed from, down to file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import workbook
from workbook.engagement.load import Engagement
from workbook.phases.assess import AssessResult, assess
from workbook.phases.figures import Figure, Register

PHASES: Mapping[str, Callable[[Engagement], AssessResult]] = {"assess": assess}
"""The phases that can be computed, by the name of their gate."""


def result_of(engagement: Engagement, phase: str) -> AssessResult:
    """Return the result of a phase. Raises KeyError naming the phases there are."""
    if phase not in PHASES:
        raise KeyError(f"there is no phase {phase!r} to compute; choose from {', '.join(PHASES)}")
    return PHASES[phase](engagement)


def content_to_freeze(engagement: Engagement, gate: str) -> dict[str, Any]:
    """Return what a gate freezes: the figures of its phase, and by which rules and package they were computed.

    Raises KeyError naming the phases there are.
    """
    result = result_of(engagement, gate)
    return {
        "as_of": engagement.as_of.isoformat(),
        "framework": result.framework.version,
        "package": workbook.__version__,
        **result.figures.frozen(),
    }


def explain_figure(engagement: Engagement, figure_id: str) -> str:
    """Return a figure with everything it rests on, one line each, indented by how far down it stands.

    A figure that several others rest on is explained where it first appears.
    Raises KeyError with the nearest ids where no phase has the figure.
    """
    registers = [compute(engagement).figures for compute in PHASES.values()]
    for register in registers:
        if figure_id in register:
            return "\n".join(_lines(register, register[figure_id], 0, set()))
    known = [figure.id for register in registers for figure in register]
    near = get_close_matches(figure_id, known, n=3, cutoff=0.5)
    hint = f"the nearest are {', '.join(near)}" if near else f"{' and '.join(PHASES)}.json beside the report lists all"
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
