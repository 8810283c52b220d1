import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.methods.estimates import Estimate
from workbook.methods.proportions import wilson


# Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods", Statistics in
# Medicine, 1998, table I, method 3.
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_reproduces_the_published_intervals(successes, n, low, high):
    share = wilson(successes, n)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)
    assert (share.value, share.n) == (successes / n, n)


def test_wilson_of_no_observations_is_not_estimable():
    assert wilson(0, 0) == Estimate.missing("too_few")


@pytest.mark.parametrize(("successes", "n", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)])
def test_impossible_counts_and_levels_are_refused(successes, n, level):
    with pytest.raises(ValueError, match="must lie between"):
        wilson(successes, n, level)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_mirrors(counts):
    successes, n = counts
    share, mirrored = wilson(successes, n), wilson(n - successes, n)
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert share.low == pytest.approx(1 - mirrored.high)
    assert wilson(successes, n, 0.99).high >= share.high
