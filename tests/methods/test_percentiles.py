import math

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from workbook.methods.percentiles import (
    PERCENTILES,
    estimate_quantile,
    estimate_quantiles,
    quantile_interval_ranks,
    quantile_rank,
    smallest_sample,
)

shares = st.sampled_from([0.05, 0.25, *PERCENTILES])


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        yield connection


def test_interval_of_the_median_of_100_values_is_the_40th_to_the_61st():
    assert quantile_interval_ranks(100, 0.5) == (40, 61)


def test_two_sided_intervals_exist_from_6_17_36_and_72_cases_on():
    assert [smallest_sample(q) for q in PERCENTILES] == [6, 17, 36, 72]
    for q in PERCENTILES:
        assert quantile_interval_ranks(smallest_sample(q) - 1, q) is None
        assert quantile_interval_ranks(smallest_sample(q), q) is not None


def test_smallest_sample_for_the_95th_percentile_follows_from_its_upper_end():
    # The largest of n values lies below P95 with 0.95^n, which must not exceed 2.5 %.
    assert 0.95**71 > 0.025 > 0.95**72


@given(st.integers(1, 3000), shares)
def test_interval_covers_95_percent_with_at_most_half_of_the_error_on_each_side(n, q):
    ranks = quantile_interval_ranks(n, q)
    if ranks is None:
        assert max(q, 1 - q) ** n > 0.025
        return
    low, high = ranks
    assert binom.cdf(low - 1, n, q) <= 0.025 and binom.sf(high - 1, n, q) <= 0.025
    # One rank closer on either side would be too short.
    assert binom.cdf(low, n, q) > 0.025 or low == n
    assert binom.sf(high - 2, n, q) > 0.025
    assert low <= quantile_rank(n, q) <= high


@pytest.mark.parametrize(("n", "q", "rank"), [(20, 0.95, 19), (100, 0.95, 95), (10, 0.9, 9), (3, 0.5, 2), (4, 0.5, 2)])
def test_rank_is_the_smallest_that_a_share_q_does_not_exceed(n, q, rank):
    assert quantile_rank(n, q) == rank


@pytest.mark.parametrize("share", [0, 1, -0.1, 95])
def test_shares_outside_0_and_1_are_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile_rank(10, share)


def test_estimate_with_one_case_too_few_has_no_value():
    assert estimate_quantile(range(1, 72), 0.95).reason == "too_few"
    p95 = estimate_quantile(range(1, 73), 0.95)
    assert (p95.value, p95.low, p95.high, p95.n) == (69, 64, 72, 72)


@settings(max_examples=40)
@given(values=st.lists(st.integers(-50, 50) | st.none(), max_size=160))
def test_database_and_python_give_the_same_estimates(con, values):
    listed = ", ".join(f"({value if value is not None else 'NULL'})" for value in [*values, None])
    found = estimate_quantiles(con, f"SELECT v / 7 FROM (VALUES {listed}) AS t(v)")
    known = sorted(value / 7 for value in values if value is not None)
    assert found == tuple(estimate_quantile(known, q) for q in PERCENTILES)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1e6), min_size=6, max_size=200).map(sorted))
def test_percentiles_are_ordered_and_lie_in_their_intervals(values):
    found = [e for q in PERCENTILES if (e := estimate_quantile(values, q)).is_estimable]
    assert [e.value for e in found] == sorted(e.value for e in found)
    assert all(e.low <= e.value <= e.high for e in found)


def test_most_random_samples_cover_the_true_percentile():
    # Exact: P(X_(l) <= xi <= X_(u)) = P(l <= B <= u - 1) with B binomial(n, q).
    for n, q in [(72, 0.95), (100, 0.95), (36, 0.9), (1000, 0.5)]:
        low, high = quantile_interval_ranks(n, q)
        assert math.fsum(binom.pmf(k, n, q) for k in range(low, high)) >= 0.95
