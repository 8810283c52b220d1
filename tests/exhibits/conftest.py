import pytest
from chart_examples import EXAMPLES


@pytest.fixture(params=EXAMPLES)
def kind(request: pytest.FixtureRequest) -> str:
    """A kind of chart."""
    return str(request.param)
