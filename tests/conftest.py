"""An office with one tiny client, which a test may spoil before it uses the command line; a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import chromium
from command_line import TINY, Command, command


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The installed Chromium."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the tiny client in `parameters`."""
    shutil.copytree(TINY, tmp_path / "parameters" / "tiny")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORKBOOK_PARAMETERS", raising=False)
    return tmp_path


@pytest.fixture
def workbook_command(office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `workbook` with some arguments in the office."""
    return command(monkeypatch, capsys)
