from hypothesis import given
from hypothesis import strategies as st

from workbook.methods.averages import mean_estimate, share_estimate


def test_a_share_has_the_published_wilson_interval():
    # Newcombe, Statistics in Medicine, 1998, table I, method 3.
    share = share_estimate(15, 148)
    assert (round(share.low, 4), round(share.high, 4)) == (0.0624, 0.1605)


@given(st.integers(5, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_lies_between_0_and_1_around_the_share(case):
    share = share_estimate(*case)
    assert 0 <= share.low <= share.value <= share.high <= 1


def test_share_of_fewer_than_five_cases_is_not_shown():
    assert share_estimate(2, 4).reason == "too_few"
    assert share_estimate(2, 5).reason is None
    assert share_estimate(0, 0).reason == "no_values"


def test_mean_interval_is_students():
    # s = 2, n = 16: 10 -+ 2.1314 x 2 / 4
    mean = mean_estimate(10, 2, 16)
    assert (round(mean.low, 4), round(mean.high, 4)) == (8.9343, 11.0657)


def test_mean_interval_stops_at_the_lowest_possible_value():
    assert mean_estimate(1, 10, 5, lowest=0).low == 0
    assert mean_estimate(1, 10, 5).low < 0
    assert mean_estimate(1, 10, 4).reason == "too_few"
