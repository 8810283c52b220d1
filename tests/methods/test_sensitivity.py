"""Tornado and switching values on models whose answers can be written down."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.methods import sensitivity as s
from workbook.methods.cashflows import present_value
from workbook.methods.weights import FloatArray

BASE = {"volume": 1_000.0, "saving": 5.0, "cost": 4_000.0}
P10 = {"volume": 900.0, "saving": 3.0, "cost": 3_900.0}
P90 = {"volume": 1_200.0, "saving": 6.0, "cost": 4_400.0}


def profit(inputs: Mapping[str, FloatArray]) -> FloatArray:
    return inputs["volume"] * inputs["saving"] - inputs["cost"]


def test_bars_are_sorted_by_swing_and_move_one_input_each() -> None:
    found = s.tornado(BASE, P10, P90, profit)
    assert found.base == 1_000.0
    assert found.bars == (
        s.Bar("saving", 3.0, 6.0, -1_000.0, 2_000.0),
        s.Bar("volume", 900.0, 1_200.0, 500.0, 2_000.0),
        s.Bar("cost", 3_900.0, 4_400.0, 1_100.0, 600.0),
    )
    assert [bar.swing for bar in found.bars] == [3_000.0, 1_500.0, 500.0]


def test_an_input_that_does_not_move_or_does_not_matter_has_no_swing() -> None:
    base = BASE | {"colour": 1.0}
    found = s.tornado(base, P10 | {"colour": 0.0, "cost": 4_000.0}, P90 | {"colour": 9.0, "cost": 4_000.0}, profit)
    # Equal swings keep the order of the inputs.
    assert [(bar.input, bar.swing) for bar in found.bars[2:]] == [("cost", 0.0), ("colour", 0.0)]


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=3))
def test_swings_in_a_sum_are_the_ranges_of_the_inputs_times_their_weights(weights: list[float]) -> None:
    def weighted(inputs: Mapping[str, FloatArray]) -> FloatArray:
        return sum((w * inputs[name] for w, name in zip(weights, BASE, strict=True)), np.zeros(7))

    for bar in s.tornado(BASE, P10, P90, weighted).bars:
        weight = weights[list(BASE).index(bar.input)]
        assert bar.swing == pytest.approx(abs(weight) * (P90[bar.input] - P10[bar.input]), abs=1e-6)


@pytest.mark.parametrize(("name", "low", "high", "level"), [("saving", 0, 10, 4.0), ("cost", 0, 9_000, 5_000.0)])
def test_the_switching_value_brings_the_outcome_to_zero(name: str, low: float, high: float, level: float) -> None:
    found = s.switching_value(BASE, name, low, high, profit)
    assert found.value == pytest.approx(level, rel=1e-14)
    assert found.levels == (found.value,)


def test_an_outcome_that_stays_on_one_side_has_no_switching_value() -> None:
    assert s.switching_value(BASE, "volume", 900, 1_200, profit) == s.SwitchingValue(None, reason="no_sign_change")


def test_of_several_switching_values_the_nearest_to_the_base_is_given() -> None:
    def hill(inputs: Mapping[str, FloatArray]) -> FloatArray:
        return (inputs["price"] - 2.0) * (9.0 - inputs["price"])

    found = s.switching_value({"price": 7.0}, "price", 0, 20, hill)
    assert found.levels == pytest.approx((2.0, 9.0))
    assert found.value == pytest.approx(9.0)
    assert s.switching_value({"price": 3.0}, "price", 0, 20, hill).value == pytest.approx(2.0)


@given(st.integers(1, 1_000_000), st.integers(2, 5), st.floats(0.01, 0.3))
def test_the_switching_value_of_a_yearly_benefit_is_the_annuity_of_the_outlay(
    outlay: int, years: int, rate: float
) -> None:
    def value(inputs: Mapping[str, FloatArray]) -> FloatArray:
        yearly = np.repeat(inputs["benefit"][:, None], years, axis=1)
        return present_value(np.column_stack([-inputs["outlay"], yearly]), rate)

    base = {"outlay": float(outlay), "benefit": float(outlay)}
    found = s.switching_value(base, "benefit", 0, 2 * outlay, value).value
    assert found == pytest.approx(outlay * rate / (1 - (1 + rate) ** -years))


@pytest.mark.parametrize(
    ("p10", "p90", "message"),
    [
        ({"volume": 1.0}, P90, "inputs cost, saving: give base, P10 and P90"),
        (P10 | {"price": 1.0}, P90, "inputs price"),
        (P10 | {"cost": 5_000.0}, P90, "'cost': P10 5000 is not at or below P90 4400"),
        (P10 | {"cost": math.nan}, P90, "'cost'"),
    ],
)
def test_percentiles_that_do_not_match_the_base_are_refused(
    p10: dict[str, float], p90: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        s.tornado(BASE, p10, p90, profit)


def test_no_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="are none"):
        s.tornado({}, {}, {}, profit)


@pytest.mark.parametrize(
    ("name", "low", "high", "message"),
    [("price", 0, 1, "'price' has no base"), ("cost", 5, 5, "low end first"), ("cost", 0, math.inf, "finite")],
)
def test_a_range_that_is_none_is_refused(name: str, low: float, high: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        s.switching_value(BASE, name, low, high, profit)


def test_a_model_that_returns_no_outcome_for_each_level_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(\) for inputs of shape \(7,\)"):
        s.tornado(BASE, P10, P90, lambda inputs: profit(inputs).sum())
    with pytest.raises(ValueError, match="no finite number"):
        s.tornado(BASE, P10, P90, lambda inputs: profit(inputs) * math.nan)
