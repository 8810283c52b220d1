import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from workbook.methods.families import holm

p_values = st.floats(0, 1)


def test_each_p_value_is_multiplied_by_the_claims_that_are_left():
    # 0.005 x 4, 0.011 x 3, 0.02 x 2, 0.04 x 1, where the last may not undercut the one before.
    assert holm([0.02, 0.005, 0.04, 0.011]) == pytest.approx((0.04, 0.02, 0.04, 0.033))


def test_one_claim_stays_as_it_is_and_none_are_none():
    assert holm([0.03]) == (0.03,)
    assert holm([]) == ()


def test_a_claim_that_could_not_be_tested_still_counts():
    assert holm([0.01, None, 0.03]) == (0.03, None, 0.06)


@pytest.mark.parametrize("count", [2, 5, 20])
def test_adjusted_values_agree_with_statsmodels(count):
    values = np.random.default_rng(count).beta(0.5, 4, count).tolist()
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1])


@given(st.lists(st.none() | p_values, max_size=12))
def test_an_adjusted_value_is_never_smaller_and_keeps_the_order(values):
    pairs = sorted((p, q) for p, q in zip(values, holm(values), strict=True) if p is not None)
    assert all(p <= q <= 1 for p, q in pairs)
    assert [q for _, q in pairs] == sorted(q for _, q in pairs)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_impossible_p_values_are_refused(wrong):
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        holm([0.5, wrong])
