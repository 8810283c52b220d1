"""Notebooks as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode


def read_notebook(path: Path | str) -> NotebookNode:
    """Return the notebook in a file, in the current format."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as the bytes of its file, each cell on a line; the same notebook gives the same bytes."""
    # nbformat indents what it writes, for which JSON has only an encoder in Python: five times slower.
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    cells = ",\n".join(map(_json, notebook.cells))
    return f'{{"cells":[\n{cells}\n],\n{_json(rest)[1:]}\n'.encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
