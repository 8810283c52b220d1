import pytest
from assess_clients import almost_empty

from workbook.phases.figures import Register
from workbook.phases.inputs import Inputs

PATH = ("assess", "processes", "post")


@pytest.fixture
def declared(tmp_path):
    """Return a quantity of a process as the client wrote it, as a figure."""

    def declared(written):
        tiny = almost_empty(tmp_path / "tiny")
        post = {"id": "post", "name": "Post", "department": "Office"} | ({"volume": written} if written else {})
        tiny.assess["processes"] = [post]
        engagement = tiny.engagement()
        value = engagement.assess.processes[0].volume
        return Inputs(engagement, Register()).declared("volume", value, "cases/year", (*PATH, "volume"))

    return declared


def test_a_plain_number_has_no_evidence_and_none_is_made_up(declared):
    figure = declared(1000)
    assert (figure.value, figure.evidence, figure.reason) == (1000, None, None)
    assert figure.source == "assess.yaml:6"


def test_a_number_keeps_its_evidence_source_date_and_line(declared):
    written = {"value": 1000, "evidence": "interview", "source": "Ann", "date": "2026-09-01"}
    figure = declared(written)
    assert (figure.value, figure.evidence) == (1000, "interview")
    assert figure.source == "assess.yaml:6 (Ann 2026-09-01)"


def test_what_is_absent_is_not_provided_at_the_line_of_what_it_belongs_to(declared):
    figure = declared(None)
    assert (figure.value, figure.reason, figure.evidence) == (None, "not_provided", None)
    assert figure.source == "assess.yaml:3"


def test_a_three_point_estimate_is_its_likely_value_with_the_ends(tiny):
    engagement = tiny.engagement()
    effect = engagement.assess.use_cases[0].effect
    path = ("assess", "use_cases", "post-sorting", "effect")
    figure = Inputs(engagement, Register()).declared("effect", effect, "share", path)
    assert (figure.low, figure.value, figure.high, figure.evidence) == (0.1, 0.2, 0.4, "estimate")
