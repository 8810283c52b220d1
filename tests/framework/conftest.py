"""The framework itself, and a copy of its files that a test may break."""

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from workbook.framework import Framework, load_framework
from workbook.framework.load import FOLDER


@pytest.fixture(scope="session")
def framework() -> Framework:
    return load_framework()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    copy = tmp_path / "framework"
    copytree(FOLDER, copy, ignore=ignore_patterns("*.py", "__pycache__"))
    return copy
