"""Saving one value in a file, of the pieces that a proposal is made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbook.engagement.save import BOM, Change, changes_between, key_path, write_atomically
from workbook.engagement.yaml_edit import changed_text
from workbook.engagement.yaml_reader import read_yaml


def save_value(file: Path, path: str | Sequence[str | int], value: Any) -> tuple[Change, ...]:
    """Put a value in its place and return the lines that changed; nothing is written where none did."""
    target = file.resolve()
    raw = target.read_bytes()
    document = read_yaml(raw, target.name)
    text = changed_text(document, key_path(document, path), value)
    if changes := changes_between(document.text, text):
        new = (BOM if raw.startswith(BOM) else b"") + text.encode()
        read_yaml(new, target.name)
        write_atomically(target, new, replacing=raw)
    return changes
