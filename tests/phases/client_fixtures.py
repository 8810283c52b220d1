"""The tiny clients as fixtures: as they are, for tests that only look, and as copies that a test may change first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from assess_clients import TinyClient, complete
from pilot_clients import PRIORITIZED, PilotedClient, piloted
from prioritize_clients import PilotingClient, piloting

from workbook.phases.assess import AssessResult
from workbook.phases.pilot import PilotResult
from workbook.phases.prioritize import PrioritizeResult


@pytest.fixture
def tiny(tmp_path: Path) -> TinyClient:
    return complete(tmp_path / "tiny")


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> AssessResult:
    """The result of the unchanged client."""
    return complete(tmp_path_factory.mktemp("parameters") / "tiny").result()


@pytest.fixture(scope="session")
def prioritized(tmp_path_factory: pytest.TempPathFactory) -> PrioritizeResult:
    """The result of the unchanged client with two candidates."""
    return piloting(tmp_path_factory.mktemp("parameters") / "tiny").result()


@pytest.fixture
def client(tmp_path: Path, prioritized: PrioritizeResult) -> PilotingClient:
    """A client with two candidates and a charter, whose data are measured already."""
    folder = tmp_path / "tiny"
    shutil.copytree(prioritized.engagement.folder / ".measured", folder / ".measured")
    return piloting(folder)


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> PilotResult:
    """The result of the unchanged client whose pilot has ended."""
    ended = piloted(tmp_path_factory.mktemp("parameters") / "tiny")
    ended.approved()
    return ended.result()


@pytest.fixture
def ended(tmp_path: Path, evaluated: PilotResult) -> PilotedClient:
    """A client whose charter is frozen and whose pilot has ended; its data are measured already."""
    folder = tmp_path / "tiny"
    for name in (".measured", "approved"):
        shutil.copytree(evaluated.engagement.folder / name, folder / name)
    client = piloted(folder)
    client.planned.tiny.client["gates"]["prioritize"] = PRIORITIZED
    return client
