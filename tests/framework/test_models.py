import math

import pytest

from workbook.framework.models import Source


@pytest.mark.parametrize(("level", "score"), [(1, 0), (2, 25), (3, 50), (4, 75), (5, 100), (2.5, 37.5)])
def test_a_level_of_readiness_becomes_a_score(framework, level, score):
    assert framework.readiness_scale.score(level) == score


@pytest.mark.parametrize(
    ("level", "band"),
    [(1, "blocking"), (2, "blocking"), (2.01, "barrier"), (3, "barrier"), (3.01, "sound"), (4, "sound"),
     (4.01, "strong"), (5, "strong")],
)  # fmt: skip
def test_a_limit_belongs_to_the_band_below_it(framework, level, band):
    assert framework.readiness_scale.band(level) == band


@pytest.mark.parametrize(
    ("paid_by", "vendor_paid"),
    [("vendor", True), ("investor", True), ("analyst", False), ("consultancy", False), ("unknown", None)],
)
def test_a_payer_nobody_names_is_neither_vendor_nor_not(paid_by, vendor_paid):
    source = Source(id="x", kind="survey", publisher="X", title="X", year=2025, paid_by=paid_by, read="primary")
    assert source.vendor_paid is vendor_paid


def test_a_percentile_needs_the_cases_a_two_sided_interval_needs(framework):
    # The highest of n cases lies below the percentile with probability level^n; half of 5 % may be on that side.
    for percentile in framework.percentiles.values():
        assert percentile.minimum_n == math.ceil(math.log(0.025) / math.log(percentile.level))


def test_the_percentiles_need_as_many_cases_as_published(framework):
    needed = {id: percentile.minimum_n for id, percentile in framework.percentiles.items()}
    assert needed == {"p50": 6, "p80": 17, "p90": 36, "p95": 72}
