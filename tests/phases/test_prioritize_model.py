import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.phases.prioritize.model import CaseModel, Grid, Line, net_flows

YEARS, MONTHS = Grid(3, 12), Grid(3, 1)
VALUE = Line("benefit.value", "cashable", ("case.worth", "case.adoption"), "use")
BUILD = Line("cost.build", "investment", ("case.build",), "once")
RUN = Line("cost.run", "run", ("case.run",), "year", 6)
NAMES = ("case.worth", "case.adoption", "case.build", "case.run", "case.months")

amounts = st.floats(0, 1e6)
shares = st.floats(0, 1)
months = st.floats(0, 60)


def model(grid=YEARS, start=0):
    return CaseModel((VALUE, BUILD, RUN), grid, 0.10, start, "case.months")


def levels(worth=1000.0, adoption=0.5, build=400.0, run=120.0, ramp=12.0):
    return {
        name: np.array([float(value)]) for name, value in zip(NAMES, (worth, adoption, build, run, ramp), strict=True)
    }


# --- profiles --------------------------------------------------------------------------------------------------------


def test_use_grows_in_a_straight_line_from_its_first_month():
    # From month 6 over 12 months: a quarter of a year's use in months 6 to 12 averages 0.25 for half a year.
    assert YEARS.use(6, 12)[0:4].tolist() == pytest.approx([0, 0.125, 0.875, 1])


def test_a_ramp_of_no_months_is_a_step():
    assert MONTHS.use(2, 0)[:5].tolist() == pytest.approx([0, 0, 0, 1 / 12, 1 / 12])


def test_years_hold_what_their_months_hold():
    by_month = MONTHS.use(5, 20)[1:].reshape(3, 12).sum(axis=1)
    assert YEARS.use(5, 20)[1:].tolist() == pytest.approx(by_month.tolist())


def test_ramps_of_several_draws_are_integrated_at_once():
    ramps = np.array([0.0, 12.0, 24.0])
    assert YEARS.use(0, ramps).tolist() == [YEARS.use(0, ramp).tolist() for ramp in ramps]


@pytest.mark.parametrize(("month", "period"), [(0, 0), (1, 1), (12, 1), (13, 2), (36, 3)])
def test_a_single_cost_falls_into_the_year_of_its_month(month, period):
    assert YEARS.once(month).tolist() == [float(each == period) for each in range(4)]


def test_a_cost_beyond_the_last_year_does_not_count():
    assert YEARS.once(37).sum() == 0


def test_a_yearly_cost_runs_from_its_month_on():
    assert YEARS.yearly(6).tolist() == [0, 0.5, 1, 1]


# --- flows and values ------------------------------------------------------------------------------------------------


def test_flows_are_amounts_over_their_profiles():
    flows = model().flows(levels())
    assert flows["cashable"][0].tolist() == [0, 250, 500, 500]
    assert flows["investment"][0].tolist() == [400, 0, 0, 0]
    assert flows["run"][0].tolist() == [0, 60, 120, 120]


def test_the_start_is_not_discounted_and_later_years_at_their_end():
    # -400 + (250 - 60) / 1.1 + (500 - 120) / 1.21 + (500 - 120) / 1.331 = 372.28
    assert model().net_present_value(levels())[0] == pytest.approx(372.28, abs=0.005)


@given(amounts, shares, amounts, amounts, months)
def test_present_values_are_those_of_the_flows(worth, adoption, build, run, ramp):
    at = levels(worth, adoption, build, run, ramp)
    for grid in (YEARS, MONTHS, Grid(2, 1, "mid")):
        net = net_flows(model(grid).flows(at))[0] @ grid.factors(0.10)
        assert model(grid).net_present_value(at)[0] == pytest.approx(net, rel=1e-9, abs=1e-6)


@given(amounts, amounts, amounts, months)
def test_without_adoption_there_is_no_benefit(worth, build, run, ramp):
    flows = model().flows(levels(worth, 0.0, build, run, ramp))
    assert not flows["cashable"].any()


@given(amounts, shares, amounts, amounts, months, amounts)
def test_raising_a_cost_never_raises_the_value(worth, adoption, build, run, ramp, more):
    before = model().net_present_value(levels(worth, adoption, build, run, ramp))
    assert model().net_present_value(levels(worth, adoption, build + more, run, ramp)) <= before
    assert model().net_present_value(levels(worth, adoption, build, run + more, ramp)) <= before


def test_the_largest_share_of_several_benefits_counts_as_handled():
    line = Line("cost.tokens", "run", ("a", "b"), "use", widest=("x", "y"))
    at = {"a": np.array([2.0]), "b": np.array([10.0]), "x": np.array([0.2]), "y": np.array([0.5])}
    assert line.amount(at).tolist() == [10]


def test_a_model_splits_into_what_an_input_moves_and_the_rest():
    moving, rest = model().split("case.months")
    assert [line.key for line in moving.lines] == ["benefit.value"]
    assert [line.key for line in rest.lines] == ["cost.build", "cost.run"]
    total = moving.net_present_value(levels()) + rest.net_present_value(levels())
    assert total == pytest.approx(model().net_present_value(levels()))
