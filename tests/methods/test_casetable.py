from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.methods.casetable import CaseColumns, CaseRules, measure_case_table
from workbook.methods.tables import connect

NAMES = ("id", "opened", "closed", "status", "result", "cost", "who")
COLUMNS = CaseColumns("id", "opened", "closed")
FULL = CaseColumns("id", "opened", "closed", status="status", outcome="result", cost="cost", resource="who")
RULES = CaseRules(timezone="UTC")
STATED = CaseRules(timezone="UTC", closed_statuses=("Closed",))


@pytest.fixture(scope="module")
def con():
    with connect() as connection:
        yield connection


def measure(con, rows, columns=COLUMNS, rules=RULES, until=None):
    con.execute(f"CREATE OR REPLACE TABLE cases ({', '.join(f'{name} VARCHAR' for name in NAMES)})")
    if rows:
        cells = [cell for row in rows for cell in [*row, *[None] * (len(NAMES) - len(row))]]
        one_row = f"({', '.join('?' * len(NAMES))})"
        con.execute(f"INSERT INTO cases VALUES {', '.join([one_row] * len(rows))}", cells)
    return measure_case_table(con, "cases", columns, rules, until)


def at(hour, minute=0):
    return f"2024-05-06 {hour:02}:{minute:02}:00"


def losses(baseline):
    return {each.id: each.lost for each in baseline.filters if each.lost}


def test_lead_time_is_closed_minus_opened(con):
    baseline = measure(con, [(f"{k}", at(9), at(9, k)) for k in range(1, 31)])
    p50, p80 = baseline.lead_time.p50, baseline.lead_time.p80
    # Of 30 cases of 1 to 30 minutes: ranks 15 (10 to 21) and 24 (19 to 29).
    assert (p50.value, p50.low, p50.high) == (15 / 60, 10 / 60, 21 / 60)
    assert (p80.value, p80.low, p80.high) == (24 / 60, 19 / 60, 29 / 60)
    assert baseline.lead_time.p95.reason == "too_few"
    assert baseline.method == "order_statistics"


def test_open_cases_are_censored_at_the_last_moment_in_the_table(con):
    rows = [(f"{k}", at(9), at(10)) for k in range(8)] + [(f"open {k}", at(11), None) for k in range(7)]
    rows += [("last", at(9), at(13))]
    baseline = measure(con, rows)
    assert (baseline.completed, baseline.open, baseline.method) == (9, 7, "kaplan_meier")
    assert baseline.observed_until == datetime(2024, 5, 6, 13, tzinfo=UTC)
    # 16 cases at risk, 8 done after 1 h: S = 0.5. Over the 9 closed ones alone the median is 1 h as well, but P80 of
    # the 9 would be 1 h, while 7 open cases say that it is not.
    assert baseline.lead_time.p50.value == 1.0


def test_cases_closed_after_the_cut_off_are_open_and_later_ones_do_not_exist(con):
    rows = [("done", at(8), at(9)), ("running", at(8), at(12)), ("later", at(11), at(12))]
    baseline = measure(con, rows, until=datetime(2024, 5, 6, 10))
    assert (baseline.cases, baseline.completed, baseline.open) == (2, 1, 1)
    assert losses(baseline) == {"after_until": 1}
    assert baseline.observed_until == datetime(2024, 5, 6, 10, tzinfo=UTC)


def test_observation_ends_with_the_table_if_that_is_before_the_cut_off(con):
    baseline = measure(con, [("a", at(8), None), ("b", at(9), None)], until=datetime(2030, 1, 1))
    assert baseline.observed_until == datetime(2024, 5, 6, 9, tzinfo=UTC)


def test_each_unusable_row_is_counted_at_the_first_test_it_fails(con):
    rows = [
        ("ok", at(9), at(10), "Closed"),
        (None, at(9), at(10), "Closed"),
        ("a", " ", at(10), "Closed"),
        ("b", "yesterday", at(10), "Closed"),
        ("c", at(9), "soon", "Closed"),
        ("d", at(9), at(8), "Closed"),
        ("e", at(9), None, "Closed"),
        ("f", at(9), at(10), "Open"),
        ("ok", at(9), None, "Open"),
    ]
    baseline = measure(con, rows, columns=FULL, rules=STATED)
    assert losses(baseline) == {
        "no_case_id": 1,
        "no_opened": 1,
        "unreadable_timestamp": 2,
        "ends_before_start": 1,
        "closed_without_date": 1,
        "date_without_closed": 1,
        "repeated_case": 1,
    }
    assert (baseline.cases, baseline.completed) == (1, 1)
    assert all(one.after == next_.before for one, next_ in zip(baseline.filters, baseline.filters[1:], strict=False))


def test_contradictions_of_status_and_date_are_tested_only_with_declared_statuses(con):
    baseline = measure(con, [("e", at(9), None, "Closed")], columns=FULL)
    assert {"closed_without_date", "date_without_closed"}.isdisjoint(each.id for each in baseline.filters)
    assert baseline.open == 1


def test_a_case_closed_after_the_cut_off_does_not_contradict_its_status(con):
    rows = [("a", at(9), at(12), "Closed"), ("b", at(9), at(12), "Open")]
    baseline = measure(con, rows, columns=FULL, rules=STATED, until=datetime(2024, 5, 6, 10))
    assert (baseline.open, losses(baseline)) == (2, {})


def test_of_a_repeated_case_the_row_closed_last_is_kept(con):
    rows = [("a", at(9), None), ("a", at(9), at(11)), ("a", at(9), at(10))]
    for order in (rows, rows[::-1]):
        baseline = measure(con, order)
        assert (baseline.completed, baseline.last) == (1, datetime(2024, 5, 6, 11, tzinfo=UTC))


def test_what_a_case_table_cannot_know_is_not_provided(con):
    baseline = measure(con, [(f"{k}", at(9), at(10)) for k in range(40)])
    unknown = (baseline.rework_rate, baseline.first_pass_yield, baseline.repeats_per_case, baseline.mean_touch_time)
    assert {each.reason for each in unknown} == {"not_provided"}
    assert baseline.touch_time.p50.reason == baseline.waiting_time.p95.reason == "not_provided"
    assert baseline.events is None


def test_outcome_cost_and_accounts_are_those_of_completed_cases(con):
    rows = [(f"{k}", at(9), at(10), "Closed", "good" if k < 7 else "bad", "3.50", "bot") for k in range(10)]
    rows += [("open", at(9), None, "Open", "bad", "900", "Ada Byron"), ("late", at(11), None, "Open")]
    rules = CaseRules(
        timezone="UTC", closed_statuses=("Closed", "Done"), system_resources=("bot",), error_outcomes=("bad",)
    )
    baseline = measure(con, rows, columns=FULL, rules=rules)
    assert (baseline.error_rate.value, baseline.cost_per_case.value, baseline.automation_rate.value) == (0.3, 3.5, 1.0)
    assert baseline.unseen == ("Done",)
    assert "Ada" not in repr(baseline)


def test_days_on_which_the_clock_changes_have_23_and_25_hours(con):
    rules = CaseRules(timezone="Europe/Berlin", timestamp_format="%d.%m.%Y")
    spring = [(f"{k}", "31.03.2024", "01.04.2024") for k in range(6)]
    autumn = [(f"{k}", "27.10.2024", "28.10.2024") for k in range(6)]
    assert [measure(con, rows, rules=rules).lead_time.p50.value for rows in (spring, autumn)] == [23, 25]


def test_an_empty_table_and_one_of_open_cases_have_no_number_but_reasons(con):
    assert measure(con, []).lead_time.p50.reason == "no_cases"
    assert measure(con, [("a", at(9), None)] * 1).lead_time.p50.reason == "no_completed_cases"
    assert measure(con, [("a", at(9), at(10))]).lead_time.p50.reason == "too_few"


def test_a_missing_column_is_named_with_the_nearest_one(con):
    with pytest.raises(
        ValueError, match="no column 'close' for closed, nearest is 'closed'; columns present: id, open"
    ):
        measure(con, [], columns=CaseColumns("id", "opened", "close"))


cases = st.lists(
    st.tuples(st.sampled_from("abcdefghijkl"), st.integers(0, 20), st.none() | st.integers(0, 59)),
    min_size=1,
    max_size=30,
)
few = settings(max_examples=8)


def written(rows):
    return [(case, at(9, begin), None if end is None else at(10, end)) for case, begin, end in rows]


@few
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(con, rows, order):
    shuffled = rows[:]
    order.shuffle(shuffled)
    assert measure(con, written(rows)) == measure(con, written(shuffled))


@few
@given(
    st.dictionaries(st.integers(0, 99), st.tuples(st.integers(0, 20), st.integers(0, 59)), min_size=1),
    st.integers(0, 59),
)
def test_a_later_cut_off_never_shows_less(con, table, minute):
    rows = written([(str(case), begin, end) for case, (begin, end) in table.items()])
    earlier, later = (measure(con, rows, until=datetime(2024, 5, 6, hour, minute)) for hour in (9, 10))
    assert earlier.cases <= later.cases and earlier.completed <= later.completed
