"""Notebooks as files."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode


def read_notebook(path: Path | str) -> NotebookNode:
    """Return the notebook in a file, in the current format."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as the bytes of its file; the same notebook gives the same bytes."""
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return text.encode() + b"\n"
