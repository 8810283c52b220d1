"""The tiny client: as it is, for tests that only look, and as a copy that a test may change first."""

from __future__ import annotations

from pathlib import Path

import pytest
from assess_clients import TinyClient, complete

from workbook.phases.assess import AssessResult


@pytest.fixture
def tiny(tmp_path: Path) -> TinyClient:
    return complete(tmp_path / "tiny")


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> AssessResult:
    """The result of the unchanged client."""
    return complete(tmp_path_factory.mktemp("parameters") / "tiny").result()
