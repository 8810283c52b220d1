"""Both measurements on real public records, against plain pandas and Python."""

import math
from itertools import groupby
from pathlib import Path

import pandas as pd
import pytest

from workbook.methods.casetable import CaseColumns, CaseRules, measure_case_table
from workbook.methods.eventlog import LogColumns, LogRules, measure_event_log
from workbook.methods.tables import connect, open_table

DATA = Path(__file__).parents[2] / "parameters" / "norrhaven" / "data"
INCIDENTS, REQUESTS = DATA / "incident_event_log.csv.gz", DATA / "nyc311_sample.csv.gz"
COLUMNS = LogColumns("number", "incident_state", "sys_updated_at", resource="sys_updated_by", sequence="sys_mod_count")
RULES = LogRules(
    timezone="Europe/Berlin",
    timestamp_format="%d/%m/%Y %H:%M",
    missing=("?",),
    start_activities=("New", "Active"),
    end_activities=("Closed",),
    system_resources=("908",),
)


@pytest.fixture(scope="module")
def con():
    with connect() as connection:
        open_table(connection, INCIDENTS, name="incidents")
        open_table(connection, REQUESTS, name="requests")
        yield connection


@pytest.fixture(scope="module")
def incidents():
    """The log by plain pandas, in the order of its events, with `time` in hours since 1970 UTC."""
    log = pd.read_csv(INCIDENTS, dtype=str, keep_default_na=False)
    local = pd.to_datetime(log["sys_updated_at"], format="%d/%m/%Y %H:%M")
    utc = local.dt.tz_localize("Europe/Berlin", ambiguous=False, nonexistent=pd.Timedelta("1h")).dt.tz_convert("UTC")
    log["moment"] = utc
    log["time"] = (utc - pd.Timestamp(0, tz="UTC")) / pd.Timedelta("1h")
    log["step"] = log["sys_mod_count"].astype(int)
    return log.sort_values(["number", "time", "step"], kind="stable")


@pytest.fixture(scope="module")
def whole(con):
    return measure_event_log(con, "incidents", COLUMNS, RULES)


@pytest.fixture(scope="module")
def cut_off(incidents):
    """A moment by which a part of the incidents is closed."""
    return incidents["moment"].min().to_pydatetime().replace(hour=12) + pd.Timedelta("60D")


@pytest.fixture(scope="module")
def early(con, cut_off):
    return measure_event_log(con, "incidents", COLUMNS, RULES, cut_off)


def runs(states):
    """Return the states of a case without immediate repetitions."""
    return tuple(state for state, _ in groupby(states))


def test_the_incident_log_has_141712_events_of_24918_incidents(whole):
    assert whole.filters[0].before == whole.filters[4].after == 141_712
    [truncated] = [each for each in whole.filters if each.id == "no_start_activity"]
    assert truncated.before == 24_918 and whole.cases == truncated.after
    assert [each.lost for each in whole.filters[:-1]] == [0, 0, 0, 0, 0]


def test_lead_times_of_incidents_equal_plain_pandas(whole, incidents):
    by_case = incidents.groupby("number")
    kept = by_case["incident_state"].first().isin(["New", "Active"])
    lead = (by_case["time"].last() - by_case["time"].first())[kept].sort_values().to_numpy()
    assert (whole.completed, whole.open, whole.method) == (len(lead), 0, "order_statistics")
    for q, found in [(0.5, whole.lead_time.p50), (0.8, whole.lead_time.p80), (0.95, whole.lead_time.p95)]:
        assert found.value == pytest.approx(lead[math.ceil(len(lead) * q) - 1])
        # Normal approximation of the ranks, good to a rank or two at this size.
        spread = 1.959964 * math.sqrt(len(lead) * q * (1 - q))
        near = lead[int(len(lead) * q - spread) - 2 : int(len(lead) * q - spread) + 3]
        assert near[0] - 1e-9 <= found.low <= near[-1] + 1e-9


def test_rework_of_incidents_equals_a_plain_walk(whole, incidents):
    walks = incidents.groupby("number")["incident_state"].agg(runs)
    walks = walks[walks.str[0].isin(["New", "Active"])]
    repeats = walks.map(lambda states: len(states) - len(set(states)))
    assert whole.rework_rate.value == (repeats > 0).mean()
    assert whole.repeats_per_case.value == pytest.approx(repeats.mean())
    assert whole.first_pass_yield.value == (repeats == 0).mean()


def test_automation_of_incidents_equals_plain_pandas(whole, incidents):
    by_case = incidents.groupby("number")
    kept = by_case["incident_state"].first().isin(["New", "Active"])
    is_system = by_case["sys_updated_by"].agg(lambda people: set(people) == {"908"})
    assert whole.automation_rate.value == is_system[kept].mean()


def test_lead_times_with_open_incidents_equal_a_plain_kaplan_meier_loop(early, incidents, cut_off):
    seen = incidents[incidents["moment"] <= cut_off]
    by_case = seen.groupby("number")
    cases = by_case.agg(first=("time", "first"), last=("time", "last"), begin=("incident_state", "first"))
    cases["done"] = by_case["incident_state"].last() == "Closed"
    cases = cases[cases["begin"].isin(["New", "Active"])]
    end = pd.Timestamp(cut_off).timestamp() / 3600
    watched = cases["last"].where(cases["done"], end) - cases["first"]
    assert (early.cases, early.open, early.method) == (len(cases), (~cases["done"]).sum(), "kaplan_meier")
    for q, found in [(0.5, early.lead_time.p50), (0.8, early.lead_time.p80)]:
        value, low, high = plain_kaplan_meier(watched.tolist(), cases["done"].tolist(), q)
        assert (found.value, found.low, found.high) == pytest.approx((value, low, high))


def plain_kaplan_meier(watched, done, q):
    """Return the percentile and its log-log Brookmeyer-Crowley interval by a loop over the cases in order."""
    at_risk, survival, variance, found = len(watched), 1.0, 0.0, [None, None, None]
    for time, group in groupby(sorted(zip(watched, done, strict=True)), key=lambda case: case[0]):
        states = [is_done for _, is_done in group]
        events = sum(states)
        if events:
            survival *= 1 - events / at_risk
            variance += events / (at_risk * (at_risk - events))
            width = 1.959963984540054 * math.sqrt(variance) / math.log(survival)
            for k, line in enumerate((survival, survival ** math.exp(-width), survival ** math.exp(width))):
                if found[k] is None and line <= 1 - q + 1e-12:
                    found[k] = time
        at_risk -= len(states)
    return tuple(found)


def test_dropping_open_incidents_would_understate_the_lead_time(early, incidents, cut_off):
    seen = incidents[incidents["moment"] <= cut_off].groupby("number")
    lead = (seen["time"].last() - seen["time"].first())[seen["incident_state"].last() == "Closed"]
    assert lead.median() < early.lead_time.p50.low


def test_littles_law_is_exact_over_the_whole_log_and_not_after_a_cut(con, whole, early):
    rules = LogRules(timezone="UTC", timestamp_format="%d/%m/%Y %H:%M", end_activities=("Closed",))
    assert measure_event_log(con, "incidents", COLUMNS, rules).littles_law.ratio == 1
    assert early.littles_law.ratio > 1.1 * whole.littles_law.ratio
    # Incidents that do not begin with New or Active count as work in progress, not as cases.
    assert whole.littles_law.ratio > 1


def test_nobody_who_worked_on_an_incident_is_named(whole, incidents):
    shown = repr(whole)
    people = set(incidents["sys_updated_by"]) | set(incidents["assigned_to"])
    assert not any(f"'{person}'" in shown for person in people)


def test_the_requests_sample_has_708_without_closed_date_and_one_closed_without(con):
    rules = CaseRules(timezone="America/New_York", closed_statuses=("Closed",))
    columns = CaseColumns("unique_key", "created_date", "closed_date", status="status")
    baseline = measure_case_table(con, "requests", columns, rules)
    assert (baseline.completed, baseline.open) == (292, 707)
    assert {each.id: each.lost for each in baseline.filters if each.lost} == {"closed_without_date": 1}


def test_most_requests_are_open_so_no_median_is_claimed(con):
    table = pd.read_csv(REQUESTS, dtype=str)
    closed = pd.to_datetime(table["closed_date"]) - pd.to_datetime(table["created_date"])
    hours = closed.dropna() / pd.Timedelta("1h")
    # The known figures over closed requests alone, which understate.
    assert (round(hours.median(), 3), round(hours.mean(), 3)) == (0.564, 0.677)
    rules = CaseRules(timezone="America/New_York")
    baseline = measure_case_table(con, "requests", CaseColumns("unique_key", "created_date", "closed_date"), rules)
    assert (baseline.lead_time.p50.value, baseline.lead_time.p50.reason) == (None, "not_reached")
