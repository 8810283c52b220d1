"""What the tests of the Assess exhibits share: the tiny clients of the phase, and the exhibits the notebook shows."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbook.exhibits import assess as show
from workbook.exhibits.exhibit import Exhibit
from workbook.phases.assess import AssessResult

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "phases"))

from assess_clients import (  # noqa: E402
    CASE_TABLE,
    CASES,
    EVENT_LOG,
    LOG,
    TinyClient,
    almost_empty,
    answer,
    complete,
    use_case,
)

__all__ = [
    "CASES", "CASE_TABLE", "EVENT_LOG", "LOG", "ROOT", "TinyClient", "almost_empty", "answer", "calls", "complete",
    "exhibits", "texts", "use_case",
]  # fmt: skip


def calls() -> list[tuple[str, ...]]:
    """Return what the notebook shows: the name of each function and what it is given besides the result."""
    notebook = json.loads((ROOT / "notebooks" / "01_assess.ipynb").read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    found = re.findall(r'show\.(\w+)\(result(?:, "([^"]+)")?\)', code)
    return [(name, *([section] if section else [])) for name, section in found]


def exhibits(result: AssessResult) -> Iterator[Exhibit]:
    """Yield every exhibit of the notebook that there is for a result."""
    for name, *more in calls():
        made = getattr(show, name)(result, *more)
        if isinstance(made, Exhibit):
            yield made


def texts(data: Any) -> Iterator[str]:
    """Yield every text in an exhibit's bundle."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for part in data.values():
            yield from texts(part)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from texts(part)
