"""The figure register of an executed notebook, as canonical JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from workbook.publish.bundle import ExhibitError

FIGURES_MIME = "application/vnd.workbook.figures+json"

# The last digits of a double depend on the order in which a processor adds; the register does not.
_SIGNIFICANT_DIGITS = 12


def read_register(notebook: NotebookNode) -> dict[str, Any]:
    """Return the register that the notebook displayed: `{"figures": {id: {...}}}`.

    Raises
    ------
    ExhibitError
        When there is none or more than one.
    """
    found = [
        output.data[FIGURES_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if FIGURES_MIME in output.get("data", {})
    ]
    if len(found) != 1:
        raise ExhibitError(f"the notebook shows {len(found) or 'no'} figure register{'s' * (len(found) > 1)}, not one")
    return dict(found[0])


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """Return JSON that is the same bytes for the same content: keys sorted, numbers to 12 significant digits.

    Raises
    ------
    ExhibitError
        When a number is not finite.
    """
    try:
        text = json.dumps(_stable(content), sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    except ValueError as fault:
        raise ExhibitError(f"the figure register: {fault}") from None
    return text.encode() + b"\n"


def _stable(value: Any) -> Any:
    if isinstance(value, float):
        # A whole number reads the same whether a producer counted or added it.
        return _rounded(value) if math.isfinite(value) else value
    if isinstance(value, Mapping):
        return {str(key): _stable(part) for key, part in value.items()}
    return [_stable(part) for part in value] if isinstance(value, list | tuple) else value


def _rounded(value: float) -> float | int:
    rounded = float(f"{value:.{_SIGNIFICANT_DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded
