"""Where the data of the fictional clients lie, and how tests read them."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest

PARAMETERS = Path(__file__).parents[2] / "parameters"
NORRHAVEN = PARAMETERS / "norrhaven" / "data"
BRAUER = PARAMETERS / "brauer-logistik" / "data"


def script(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import a script that lies beside the data of one client."""
    # The scripts of one client import what they share from their own folder, and write nothing into it.
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location(
        f"{folder.parent.name}_{name}".replace("-", "_"), folder / f"{name}.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name while they are being made.
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def read_rows(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))
