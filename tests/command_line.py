"""The command line as people use it: `workbook` with some arguments, and how it ended."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from workbook.cli import main

TINY = Path(__file__).parent / "tiny"
"""A client on which little is known, but nothing is wrong."""


def rewrite(parameters: Path, old: str, new: str) -> None:
    """Replace a text that stands in the client.yaml of the tiny client, once."""
    path = parameters / TINY.name / "client.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it wrote to both streams."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs `workbook` with some arguments in this process."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["workbook", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(int(end.value.code or 0), *capsys.readouterr())

    return run
