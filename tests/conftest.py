"""An office with one tiny client, which a test may spoil before it uses the command line; a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import chromium
from command_line import TINY, Command, command
from hypothesis import HealthCheck, settings

# How long an example takes tells of the machine and what else it does, not of the code. Examples of a test may share
# the folder or the database that a fixture has made: each of them makes what it reads.
IDLE_CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("untimed", deadline=None, suppress_health_check=IDLE_CHECKS)
settings.load_profile("untimed")


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
