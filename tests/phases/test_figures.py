import math

import pytest

from workbook.methods.estimates import Estimate
from workbook.phases.figures import Figure, Register, product, weakest_evidence

VOLUME = Figure("volume", 1000.0, "cases/year", evidence="measured", source="assess.yaml:4")
COST = Figure("cost", 50.0, "EUR", evidence="estimate", source="assess.yaml:5")
UNKNOWN = Figure("unknown", None, "EUR", reason="too_few")


def register_of(*figures):
    register = Register()
    for figure in figures:
        register.add(figure)
    return register


def test_the_same_figure_may_be_entered_twice():
    register = register_of(VOLUME, VOLUME)
    assert len(register) == 1 and register["volume"] is VOLUME and "volume" in register


def test_one_id_cannot_have_two_values():
    with pytest.raises(ValueError, match=r"volume has two values: 1000\.0 and 1001\.0"):
        register_of(VOLUME, Figure("volume", 1001.0, "cases/year"))


def test_one_id_cannot_have_two_sources():
    with pytest.raises(ValueError, match="volume has two values"):
        register_of(VOLUME, Figure("volume", 1000.0, "cases/year", evidence="measured", source="elsewhere"))


def test_a_figure_cannot_rest_on_one_that_is_not_entered():
    with pytest.raises(ValueError, match=r"not in the register: \['cost'\]"):
        register_of(VOLUME).computed("yearly", 50_000.0, "EUR", [VOLUME, COST], "volume x cost")


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("part", ["value", "low", "high"])
def test_no_number_of_a_figure_is_infinite_or_undefined(part, number):
    parts = {"value": 1.0} | {part: number}
    with pytest.raises(ValueError, match="has the number"):
        register_of(Figure("bad", unit="EUR", **parts))


@pytest.mark.parametrize(
    "evidence, weakest",
    [
        (["measured", "interview"], "interview"),
        (["assumed", "estimate", "measured"], "assumed"),
        (["measured", None], None),
        (["measured"], "measured"),
        ([], None),
    ],
)
def test_a_computed_figure_has_the_evidence_of_its_weakest_input(evidence, weakest):
    figures = [Figure(str(n), 1.0, "EUR", evidence=each) for n, each in enumerate(evidence)]
    assert weakest_evidence(figures) == weakest


def test_where_an_input_is_unknown_and_there_is_a_figure_nevertheless_something_was_assumed():
    assert weakest_evidence([VOLUME, UNKNOWN]) == "assumed"


def test_a_computed_figure_names_its_inputs_once_and_has_their_evidence():
    yearly = register_of(VOLUME, COST).computed("yearly", 50_000.0, "EUR", [VOLUME, COST, COST], "volume x cost")
    assert yearly.derived_from == ("volume", "cost")
    assert yearly.evidence == "estimate" and yearly.reason is None


def test_a_figure_that_cannot_be_computed_gives_the_reason_of_its_first_unknown_input():
    missing = register_of(VOLUME, UNKNOWN).computed("yearly", None, "EUR", [VOLUME, UNKNOWN], "volume x cost")
    assert (missing.reason, missing.evidence, missing.is_known) == ("too_few", None, False)


def test_a_reason_given_stands_before_those_of_the_inputs():
    missing = register_of(UNKNOWN).computed("x", None, "EUR", [UNKNOWN], "x", reason="no_scale")
    assert missing.reason == "no_scale"


def test_a_known_figure_has_no_reason():
    assert register_of(VOLUME).computed("x", 1.0, "EUR", [VOLUME], "x", reason="no_scale").reason is None


def test_an_estimate_from_data_is_measured_and_one_that_failed_is_not():
    register = Register()
    known = register.measured("p50", Estimate(10.0, 8.0, 12.0, 40), "h", "log")
    failed = register.measured("p95", Estimate.missing("too_few", 40), "h", "log")
    assert (known.evidence, known.low, known.high, known.n) == ("measured", 8.0, 12.0, 40)
    assert (failed.evidence, failed.reason, failed.n) == (None, "too_few", 40)


def test_the_register_is_written_without_empty_parts_but_always_with_a_value():
    assert register_of(VOLUME, UNKNOWN).as_dict() == {
        "figures": {
            "volume": {"value": 1000.0, "unit": "cases/year", "evidence": "measured", "source": "assess.yaml:4"},
            "unknown": {"value": None, "unit": "EUR", "reason": "too_few"},
        }
    }


def test_a_product_is_unknown_while_a_factor_is():
    assert product([VOLUME, COST]) == 50_000
    assert product([VOLUME, UNKNOWN]) is None


def test_a_frozen_register_forgets_lines_and_the_last_digits() -> None:
    register = Register()
    register.add(Figure("cost", 0.1 + 0.2, "EUR", evidence="interview", source="assess.yaml:42 (ledger)"))
    frozen = register.frozen()["figures"]["cost"]
    assert frozen["value"] == 0.3
    assert frozen["source"] == "assess.yaml (ledger)"
