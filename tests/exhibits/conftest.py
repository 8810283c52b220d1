import sys
from pathlib import Path

import pytest
from chart_examples import EXAMPLES

sys.path.append(str(Path(__file__).parents[1] / "phases"))

from assess_clients import almost_empty
from client_fixtures import client, evaluated, prioritized, result, tiny

from workbook.phases.assess import AssessResult

pytest.register_assert_rewrite("exhibit_checks")

__all__ = ["client", "evaluated", "prioritized", "result", "tiny"]


@pytest.fixture(params=EXAMPLES)
def kind(request: pytest.FixtureRequest) -> str:
    """A kind of chart."""
    return str(request.param)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> AssessResult:
    """The result of Assess for a client of whom nearly nothing is known."""
    return almost_empty(tmp_path_factory.mktemp("parameters") / "new").result()
