import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.methods.eventlog import LogColumns, LogRules, measure_event_log
from workbook.methods.tables import connect, identifier

COLUMNS = LogColumns(case="case", activity="activity", timestamp="done")
RULES = LogRules(timezone="UTC", end_activities=("Close",))
DAY = "2024-05-06"
NAMES = ("case", "activity", "done", "begun", "who", "cost", "result", "step")
LIFECYCLE = LogColumns("case", "activity", "done", lifecycle="begun")
WIDE = LogColumns("case", "activity", "done", start="begun", resource="who", cost="cost", outcome="result")


@pytest.fixture(scope="module")
def con():
    with connect() as connection:
        yield connection


def log(con, rows, names=NAMES, types=()):
    """Make the relation "log" from rows of texts; short rows are filled with NULL."""
    types = dict.fromkeys(names, "VARCHAR") | dict(types)
    con.execute(f"CREATE OR REPLACE TABLE log ({', '.join(f'{identifier(name)} {types[name]}' for name in names)})")
    if rows:
        cells = [cell for row in rows for cell in [*row, *[None] * (len(names) - len(row))]]
        one_row = f"({', '.join('?' * len(names))})"
        con.execute(f"INSERT INTO log VALUES {', '.join([one_row] * len(rows))}", cells)


def measure(con, rows, columns=COLUMNS, rules=RULES, until=None, **kinds):
    log(con, rows, **kinds)
    return measure_event_log(con, "log", columns, rules, until)


def at(time):
    """Turn "9:05" into an ISO text of the day, "+1 9:05" into one of the next day."""
    days, _, clock = time.rpartition(" ")
    hour, minute = clock.split(":")
    moment = datetime(2024, 5, 6, int(hour), int(minute)) + timedelta(days=int(days or 0))
    return moment.isoformat(" ")


def steps(case, *events):
    """Write "A 9:00" as an event of a case."""
    return [(case, event.split(" ", 1)[0], at(event.split(" ", 1)[1])) for event in events]


def many(n, *events):
    return [row for k in range(n) for row in steps(f"case {k}", *events)]


def loss(baseline, id):
    [found] = [each for each in baseline.filters if each.id == id]
    return found.before, found.after


# --- cases, completion and censoring ----------------------------------------------------------------------------------


def test_lead_time_runs_from_the_first_event_to_the_last_one_in_hours(con):
    rows = [row for k in range(1, 101) for row in steps(f"{k}", "Open 0:00", f"Close {k // 60}:{k % 60:02}")]
    lead_time = measure(con, rows).lead_time
    # Cases of 1 to 100 minutes: P50 is the 50th value, its interval the 40th to the 61st.
    p50 = lead_time.p50
    assert (p50.value, p50.low, p50.high, p50.n) == (50 / 60, 40 / 60, 61 / 60, 100)
    assert [e.value for e in (lead_time.p80, lead_time.p90, lead_time.p95)] == [80 / 60, 90 / 60, 95 / 60]


def test_all_cases_completed_means_order_statistics(con):
    baseline = measure(con, many(100, "Open 9:00", "Close 11:00"))
    assert (baseline.method, baseline.cases, baseline.completed, baseline.open) == ("order_statistics", 100, 100, 0)
    assert (baseline.lead_time.p95.value, baseline.events) == (2.0, 200)


def test_open_cases_are_counted_and_censored_at_the_last_event_of_the_log(con):
    rows = many(10, "Open 9:00", "Close 10:00") + [
        row for k in range(9) for row in steps(f"open {k}", "Open 9:30", "Check 12:00")
    ]
    baseline = measure(con, rows)
    assert (baseline.method, baseline.cases, baseline.completed, baseline.open) == ("kaplan_meier", 19, 10, 9)
    assert baseline.observed_until == datetime(2024, 5, 6, 12, tzinfo=UTC)
    # 10 of 19 are done after one hour: S = 9/19 <= 0.5. P80 is not reached: 9 of 19 stay open.
    assert baseline.lead_time.p50.value == 1.0
    assert baseline.lead_time.p80.reason == "not_reached"


def test_a_reopened_case_is_open(con):
    reopened = measure(con, steps("a", "Open 9:00", "Close 10:00", "Check 11:00"))
    closed_twice = measure(con, steps("a", "Open 9:00", "Close 10:00", "Check 11:00", "Close 12:00"))
    assert (reopened.open, closed_twice.open) == (1, 0)


def test_a_case_is_completed_if_an_end_activity_is_among_its_last_events(con):
    assert measure(con, steps("a", "Open 9:00", "Close 10:00", "Zip 10:00")).completed == 1


def test_without_declared_end_nothing_is_said_to_be_completed(con):
    baseline = measure(con, many(9, "Open 9:00", "Close 10:00"), rules=LogRules(timezone="UTC"))
    assert (baseline.cases, baseline.completed, baseline.open) == (9, None, None)
    assert baseline.lead_time.p50.reason == baseline.rework_rate.reason == "end_not_declared"


def test_cases_that_do_not_begin_with_a_start_activity_began_before_the_log(con):
    rules = LogRules(timezone="UTC", start_activities=("Open",), end_activities=("Close",))
    rows = many(8, "Open 9:00", "Close 10:00") + steps("old", "Check 8:00", "Open 9:20", "Close 20:00")
    rows += steps("tied", "Zip 9:00", "Open 9:00", "Close 10:00")
    baseline = measure(con, rows, rules=rules)
    assert loss(baseline, "no_start_activity") == (10, 9)
    assert (baseline.cases, baseline.events, baseline.filters[-1].share) == (9, 19, 0.1)
    assert baseline.lead_time.p50.value == 1.0


# --- rows taken out ---------------------------------------------------------------------------------------------------


def test_each_unusable_row_is_counted_once_at_the_first_test_it_fails(con):
    rows = [
        *steps("a", "Open 9:00", "Close 10:00"),
        (None, "Open", "nonsense"),
        ("  ", "Open", at("9:00")),
        ("b", "?", at("9:00")),
        ("b", "Open", ""),
        ("b", "Open", "6 May 2024"),
        ("b", "Open", at("+1 9:00")),
        steps("a", "Open 9:00")[0],
    ]
    rules = LogRules(timezone="UTC", missing=("?",), end_activities=("Close",))
    baseline = measure(con, rows, rules=rules, until=datetime(2024, 5, 6, 23))
    assert [(f.id, f.lost) for f in baseline.filters] == [
        ("no_case_id", 2),
        ("no_activity", 1),
        ("no_timestamp", 1),
        ("unreadable_timestamp", 1),
        ("after_until", 1),
        ("duplicate", 1),
    ]
    assert (baseline.filters[0].before, baseline.filters[-1].after, baseline.events) == (9, 2, 2)
    assert all(one.after == next_.before for one, next_ in zip(baseline.filters, baseline.filters[1:], strict=False))


def test_events_that_end_before_they_start_are_taken_out(con):
    rows = [("a", "Open", at("9:00"), at("8:00")), ("a", "Close", at("9:30"), at("9:31"))]
    baseline = measure(con, rows, columns=WIDE)
    assert loss(baseline, "ends_before_start") == (2, 1)
    assert baseline.open == 1


def test_an_unreadable_start_is_an_unreadable_timestamp(con):
    rows = [("a", "Open", at("9:00"), "soon"), ("a", "Close", at("9:30"), None)]
    assert loss(measure(con, rows, columns=WIDE), "unreadable_timestamp") == (2, 1)


def test_rows_that_differ_in_any_column_are_no_duplicates(con):
    rows = [("a", "Open", at("9:00"), None, "x"), ("a", "Open", at("9:00"), None, "y")] * 2
    baseline = measure(con, rows)
    assert (baseline.events, loss(baseline, "duplicate")) == (2, (4, 2))


def test_case_ids_that_share_a_hash_stay_two_cases(con):
    # DuckDB hashes these two texts to the same number.
    first, second = "INC0000045-000-4", "INC0000945-000-9"
    [[is_same]] = con.execute("SELECT hash(?::VARCHAR) = hash(?::VARCHAR)", [first, second]).fetchall()
    assert is_same
    baseline = measure(con, steps(first, "Open 9:00") + steps(second, "Open 9:00"))
    assert (baseline.cases, loss(baseline, "duplicate")) == (2, (2, 2))


def test_spaces_around_a_value_are_none_of_it(con):
    rows = [("7", "Open", at("9:00")), ("7 ", " Close ", at("10:00") + " "), ("  ", "Open", at("9:00"))]
    baseline = measure(con, rows)
    assert (baseline.cases, baseline.completed, loss(baseline, "no_case_id")) == (1, 1, (3, 2))


def test_case_ids_stay_text(con):
    baseline = measure(con, [row for id in ("NA", "00123", "123", "null", "1e3") for row in steps(id, "Open 9:00")])
    assert baseline.cases == 5


def test_events_after_the_cut_off_do_not_exist_and_leave_their_case_open(con):
    rows = many(6, "Open 9:00", "Close 15:00") + steps("late", "Open 13:00")
    baseline = measure(con, rows, until=datetime(2024, 5, 6, 12))
    assert (baseline.cases, baseline.open, loss(baseline, "after_until")) == (6, 6, (13, 6))
    assert baseline.observed_until == datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert baseline.lead_time.p50.reason == "no_completed_cases"


def test_observation_ends_with_the_log_if_that_is_before_the_cut_off(con):
    baseline = measure(con, many(2, "Open 9:00"), until=datetime(2030, 1, 1))
    assert baseline.observed_until == datetime(2024, 5, 6, 9, tzinfo=UTC)


# --- rework, touch time -----------------------------------------------------------------------------------------------


def test_an_activity_that_comes_back_is_rework_and_a_repeated_status_is_not(con):
    rows = many(8, "Open 9:00", "Open 9:10", "Open 9:20", "Close 10:00")
    rows += steps("back", "Open 9:00", "Check 9:10", "Open 9:20", "Check 9:30", "Open 9:40", "Close 10:00")
    rows += steps("back 2", "Open 9:00", "Check 9:10", "Open 9:20", "Close 10:00")
    baseline = measure(con, rows)
    assert (baseline.rework_rate.value, baseline.first_pass_yield.value) == (0.2, 0.8)
    # Open comes back twice and Check once in the first case, Open once in the second: 4 repeats in 10 cases.
    assert baseline.repeats_per_case.value == 0.4


def test_events_of_the_same_moment_prove_no_rework(con):
    # Whether Check came before or after the second Open is not known, so nothing is known to have come back.
    rows = many(5, "Open 9:00", "Check 9:10", "Open 9:10", "Close 10:00")
    baseline = measure(con, rows)
    assert baseline.rework_rate.value == 0


def test_a_sequence_column_orders_events_of_the_same_moment(con):
    names, columns = ("case", "activity", "done", "step"), LogColumns("case", "activity", "done", sequence="step")
    events = [("Open", "9:00", "9"), ("Check", "9:10", "10"), ("Open", "9:10", "11"), ("Close", "10:00", "12")]
    rows = [(f"{k}", activity, at(time), step) for k in range(5) for activity, time, step in events]
    baseline = measure(con, rows, columns=columns, names=names)
    assert baseline.rework_rate.value == 1


def test_declared_rework_and_rejection_count_without_coming_back(con):
    rules = LogRules(
        timezone="UTC", end_activities=("Close",), rework_activities=("Correct",), rejected_activities=("Reject",)
    )
    rows = many(7, "Open 9:00", "Close 10:00") + steps("w", "Open 9:00", "Correct 9:30", "Close 10:00")
    rows += steps("r", "Open 9:00", "Reject 9:30", "Close 10:00")
    rows += steps("b", "Open 9:00", "Reject 9:30", "Correct 9:40", "Close 10:00")
    baseline = measure(con, rows, rules=rules)
    assert (baseline.rework_rate.value, baseline.rejected_rate.value) == (0.2, 0.2)
    assert baseline.first_pass_yield.value == 0.7


def test_touch_time_is_the_union_of_activities_and_the_rest_is_waiting(con):
    # 9:00-10:00, 9:30-9:45 within it, 9:50-10:30 overlapping it, a gap of two hours, 12:30-13:00.
    spans = [
        ("Open", "9:00", "10:00"),
        ("Check", "9:30", "9:45"),
        ("Ask", "9:50", "10:30"),
        ("Close", "12:30", "13:00"),
    ]
    rows = [(f"{k}", activity, at(end), at(begin)) for k in range(6) for activity, begin, end in spans]
    baseline = measure(con, rows, columns=WIDE)
    assert (baseline.touch_time.p50.value, baseline.waiting_time.p50.value) == (2.0, 2.0)
    assert (baseline.lead_time.p50.value, baseline.mean_touch_time.value) == (4.0, 2.0)


def test_rows_of_start_and_completion_make_one_event(con):
    lines = [("Open", "start", "9:00"), ("Check", "start", "9:30"), ("Open", "COMPLETE", "10:00")]
    lines += [("Check", "complete", "10:30"), ("Close", "start", "12:00"), ("Close", "complete", "12:00")]
    rows = [(f"{k}", activity, at(time), kind) for k in range(6) for activity, kind, time in lines]
    baseline = measure(con, rows, columns=LIFECYCLE)
    # Open and Check overlap and neither comes back; at work from 9:00 to 10:30 of three hours.
    assert (baseline.events, baseline.rework_rate.value, baseline.mean_touch_time.value) == (18, 0, 1.5)
    assert baseline.lead_time.p50.value == 3


def test_a_start_without_completion_is_running_and_other_transitions_are_left_out(con):
    kinds = [("Open", "complete", "9:00"), ("Close", "start", "9:30"), ("Close", "suspend", "9:40")]
    baseline = measure(con, [("a", name, at(time), kind) for name, kind, time in kinds], columns=LIFECYCLE)
    assert (baseline.events, baseline.completed, baseline.open) == (2, 0, 1)
    assert loss(baseline, "other_transition") == (3, 2)


def test_touch_time_is_unknown_where_a_completion_does_not_follow_its_start(con):
    rows = [(f"{k}", "Close", at(time), "complete") for k in range(6) for time in ("9:00", "10:00")]
    assert measure(con, rows, columns=LIFECYCLE).mean_touch_time.reason == "no_values"


def test_touch_time_is_unknown_where_a_start_is_missing_and_never_zero(con):
    rows = [(f"{k}", "Close", at("10:00"), at("9:00") if k else None) for k in range(6)]
    baseline = measure(con, rows, columns=WIDE)
    assert (baseline.mean_touch_time.value, baseline.mean_touch_time.n) == (1.0, 5)
    assert measure(con, rows).touch_time.p50.reason == "not_provided"


# --- people, money, outcomes ------------------------------------------------------------------------------------------


def test_automation_counts_cases_without_a_person_among_those_whose_accounts_are_known(con):
    accounts = [["bot"] * 2] * 4 + [["bot", "Ada Byron"]] * 2 + [["Ada Byron", None]] * 2 + [["bot", None]] * 2
    rows = [
        (f"{k}", activity, at(time), None, who)
        for k, pair in enumerate(accounts)
        for (activity, time), who in zip([("Open", "9:00"), ("Close", "10:00")], pair, strict=True)
    ]
    rules = LogRules(timezone="UTC", end_activities=("Close",), system_resources=("bot",))
    baseline = measure(con, rows, columns=WIDE, rules=rules)
    # 4 without a person, 4 with one, 2 unknown.
    assert (baseline.automation_rate.value, baseline.automation_rate.n) == (0.5, 8)
    assert measure(con, rows, columns=WIDE).automation_rate.reason == "not_provided"
    assert "Ada" not in repr(baseline)


def test_cost_of_a_case_is_the_sum_of_its_events_in_any_decimal_mark(con):
    rows = [
        (f"{k}", name, at("9:00"), None, None, cost)
        for k in range(5)
        for name, cost in [("Open", "1,5"), ("Close", "2")]
    ]
    rows += [("partly", "Open", at("9:00"), None, None, "7"), ("partly", "Close", at("9:00"), None, None, "dear")]
    rows += [("unknown", "Close", at("9:00"), None, None, "dear"), ("none", "Close", at("9:00"), None, None, "")]
    rules = LogRules(timezone="UTC", end_activities=("Close",), decimal=",")
    baseline = measure(con, rows, columns=WIDE, rules=rules)
    cost = baseline.cost_per_case
    assert (cost.value, cost.low, cost.high, cost.n) == (3.5, 3.5, 3.5, 5)
    assert loss(baseline, "unreadable_cost") == (8, 6)


def test_costs_with_marks_between_thousands_are_read_if_declared(con):
    rows = [(f"{k}", "Close", at("9:00"), None, None, "1.234,50") for k in range(5)]
    rules = LogRules(timezone="UTC", end_activities=("Close",), decimal=",", thousands=".")
    assert measure(con, rows, columns=WIDE, rules=rules).cost_per_case.value == 1234.5
    undeclared = LogRules(timezone="UTC", end_activities=("Close",))
    assert measure(con, rows, columns=WIDE, rules=undeclared).cost_per_case.reason == "no_values"


def test_the_outcome_of_a_case_is_the_last_one_known(con):
    rows = [
        row
        for k in range(10)
        for row in [
            (f"{k}", "Open", at("9:00"), None, None, None, "wrong"),
            (f"{k}", "Check", at("9:30"), None, None, None, "right" if k < 4 else "wrong"),
            (f"{k}", "Close", at("10:00"), None, None, None, None),
        ]
    ]
    rules = LogRules(timezone="UTC", end_activities=("Close",), error_outcomes=("wrong", "worng"))
    baseline = measure(con, rows, columns=WIDE, rules=rules)
    assert (baseline.error_rate.value, baseline.unseen) == (0.6, ("worng",))


def test_declared_activities_that_never_occur_are_named(con):
    rules = LogRules(timezone="UTC", end_activities=("close",), start_activities=("Open",))
    assert measure(con, many(2, "Open 9:00", "Close 10:00"), rules=rules).unseen == ("close",)


# --- rate and stock ---------------------------------------------------------------------------------------------------


def test_cases_per_week_are_a_mean_over_whole_weeks_back_from_the_end(con):
    # One case a day closes for 35 days at noon; the log ends with the last of them: 5 weeks of 7 cases.
    rows = [row for k in range(36) for row in steps(f"{k}", f"Open +{k} 11:00", f"Close +{k} 12:00")]
    per_week = measure(con, rows).completed_per_week
    assert (per_week.value, per_week.low, per_week.high, per_week.n) == (7, 7, 7, 5)


def test_a_week_without_completions_counts_as_zero(con):
    rows = [row for k in (*range(7), *range(28, 36)) for row in steps(f"{k}", f"Open +{k} 11:00", f"Close +{k} 12:00")]
    # Weeks back from the end: 7, 1 (day 28 to 29 has one left), 0, 0, 6; the first hour is in no whole week.
    per_week = measure(con, rows).completed_per_week
    assert (per_week.value, per_week.n) == (14 / 5, 5)


def test_littles_law_holds_in_a_log_without_open_or_truncated_cases(con):
    rows = [row for k in range(10) for row in steps(f"{k}", f"Open {k}:00", f"Close {k + 2}:00")]
    law = measure(con, rows).littles_law
    # 10 cases of 2 h in 11 h.
    assert law.in_progress == law.expected == 20 / 11 and law.ratio == 1


def test_littles_law_shows_work_that_began_before_the_log(con):
    rules = LogRules(timezone="UTC", start_activities=("Open",), end_activities=("Close",))
    rows = [row for k in range(10) for row in steps(f"{k}", f"Open {k}:00", f"Close {k + 2}:00")]
    rows += [row for k in range(4) for row in steps(f"old {k}", "Check 0:00", "Close 5:00")]
    # 20 case hours counted, 20 more of cases that are not.
    assert measure(con, rows, rules=rules).littles_law.ratio == 2


# --- little or nothing to measure -------------------------------------------------------------------------------------


def test_an_empty_log_has_no_number_but_reasons(con):
    baseline = measure(con, [])
    assert (baseline.cases, baseline.events, baseline.first, baseline.observed_until) == (0, 0, None, None)
    assert baseline.lead_time.p50.reason == baseline.rework_rate.reason == "no_cases"
    assert baseline.littles_law is None and baseline.completed_per_week.reason == "no_cases"


def test_a_log_without_completed_case_has_no_number_but_reasons(con):
    baseline = measure(con, many(9, "Open 9:00", "Check 10:00"))
    assert (baseline.open, baseline.method) == (9, None)
    assert baseline.lead_time.p50.reason == baseline.first_pass_yield.reason == "no_completed_cases"


def test_one_case_has_no_number_but_reasons(con):
    baseline = measure(con, steps("a", "Open 9:00", "Close 10:00"), columns=WIDE)
    found = [baseline.lead_time.p50, baseline.rework_rate, baseline.completed_per_week]
    assert {estimate.reason for estimate in found} == {"too_few"}
    assert baseline.littles_law is None


def test_missing_columns_are_named_all_at_once_with_the_nearest_ones(con):
    with pytest.raises(ValueError) as fault:
        measure(con, [], columns=LogColumns("Case", "activty", "done", cost="price"))
    assert "no column 'Case' for case, nearest is 'case'" in str(fault.value)
    assert "no column 'activty' for activity, nearest is 'activity'" in str(fault.value)
    assert "no column 'price' for cost; columns present: case, activity, done" in str(fault.value)


def test_dates_as_such_are_read_beside_the_declared_format(con):
    rules = LogRules(timezone="Europe/Berlin", end_activities=("Close",), timestamp_format="%d.%m.%Y %H:%M")
    rows = [("a", "Open", "31.12.2019 23:00"), ("a", "Close", "2020-01-01 01:00:00"), ("a", "Close", "01.01.20 09:00")]
    baseline = measure(con, rows, rules=rules)
    assert (baseline.first, baseline.last) == (datetime(2019, 12, 31, 22, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))
    assert loss(baseline, "unreadable_timestamp") == (3, 2)


def test_unknown_time_zones_and_formats_are_refused(con):
    with pytest.raises(ValueError, match="unknown time zone 'Europe/Berln'"):
        measure(con, [], rules=LogRules(timezone="Europe/Berln"))
    with pytest.raises(ValueError, match="unreadable timestamp format '%N'"):
        measure(con, [], rules=LogRules(timezone="UTC", timestamp_format="%N"))


def test_hostile_names_and_words_are_only_text(con):
    names = ('ca"se', "act';--", "done")
    rows = [(f"{k}", "Clo'se", at(f"{k}:00")) for k in range(6)]
    rules = LogRules(timezone="UTC", end_activities=("Clo'se",), missing=("'); DROP TABLE log;--",))
    assert measure(con, rows, columns=LogColumns(*names), rules=rules, names=names).completed == 6


def test_no_temporary_table_is_left_behind(con):
    measure(con, many(2, "Open 9:00"))
    assert con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall() == []


# --- clocks -----------------------------------------------------------------------------------------------------------

BERLIN = LogRules(timezone="Europe/Berlin", end_activities=("Close",), timestamp_format="%d.%m.%Y %H:%M")


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        # Spring: the clock skips an hour; autumn: it shows one twice; a plain night between.
        ("31.03.2024 00:00", "31.03.2024 06:00", 5),
        ("27.10.2024 00:00", "27.10.2024 06:00", 7),
        ("28.10.2024 00:00", "28.10.2024 06:00", 6),
        # The hour that occurs twice is read as the second one.
        ("27.10.2024 01:30", "27.10.2024 02:30", 2),
    ],
)
def test_local_times_are_turned_into_utc_before_durations_are_taken(con, begin, end, hours):
    rows = [row for k in range(6) for row in [(f"{k}", "Open", begin), (f"{k}", "Close", end)]]
    assert measure(con, rows, rules=BERLIN).lead_time.p50.value == hours


def test_timestamps_with_an_offset_need_no_time_zone(con):
    rows = [
        row
        for k in range(6)
        for row in [(f"{k}", "Open", "2024-10-27T02:30:00+02:00"), (f"{k}", "Close", "2024-10-27T02:30:00+01:00")]
    ]
    rules = LogRules(timezone="Asia/Tokyo", end_activities=("Close",))
    assert measure(con, rows, rules=rules).lead_time.p50.value == 1


def test_typed_timestamps_and_numbers_of_a_parquet_file_are_taken_as_they_are(con):
    types = {"case": "BIGINT", "done": "TIMESTAMP", "begun": "TIMESTAMPTZ", "cost": "DOUBLE"}
    local = datetime(2024, 7, 1, 12)
    rows = [(k, "Close", local, datetime(2024, 7, 1, 9, tzinfo=UTC), None, 2.5) for k in range(6)]
    rules = LogRules(timezone="Europe/Berlin", end_activities=("Close",))
    baseline = measure(con, rows, columns=WIDE, rules=rules, types=types)
    # 12:00 in Berlin is 10:00 UTC.
    assert (baseline.touch_time.p50.value, baseline.cost_per_case.value) == (1, 2.5)


def test_a_cut_off_without_offset_is_local_time(con):
    rows = [("a", "Open", "01.07.2024 12:00"), ("a", "Close", "01.07.2024 12:01")]
    assert measure(con, rows, rules=BERLIN, until=datetime(2024, 7, 1, 12)).events == 1
    assert measure(con, rows, rules=BERLIN, until=datetime(2024, 7, 1, 10, 1, tzinfo=UTC)).events == 2


def test_a_date_that_stands_for_missing_is_no_timestamp(con):
    rules = LogRules(timezone="UTC", missing=("1900-01-01",), end_activities=("Close",))
    baseline = measure(con, [("a", "Open", "1900-01-01"), ("a", "Close", at("9:00"))], rules=rules)
    assert loss(baseline, "no_timestamp") == (2, 1)


# --- properties -------------------------------------------------------------------------------------------------------

events = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["Open", "Check", "Close"]), st.integers(0, 30))
few = settings(max_examples=8)


def written(rows):
    return [(case, activity, at(f"{minute // 60}:{minute % 60}"), None, "x") for case, activity, minute in rows]


@few
@given(st.lists(events, min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(con, rows, order: random.Random):
    shuffled = rows[:]
    order.shuffle(shuffled)
    assert measure(con, written(rows)) == measure(con, written(shuffled))


@few
@given(st.lists(events, min_size=1, max_size=40), st.integers(0, 30), st.integers(0, 30))
def test_a_later_cut_off_never_shows_less(con, rows, one, other):
    cut_offs = [datetime.fromisoformat(at(f"0:{minute}")) for minute in sorted((one, other))]
    earlier, later = (measure(con, written(rows), until=until) for until in cut_offs)
    assert earlier.events <= later.events and earlier.cases <= later.cases


@few
@given(st.lists(events, min_size=1, max_size=40))
def test_rework_equals_a_plain_walk_through_each_case(con, rows):
    baseline = measure(con, written(rows))
    walks = [walk({(a, t) for c, a, t in rows if c == case}) for case in {c for c, _, _ in rows}]
    done = [repeats for repeats, is_completed in walks if is_completed]
    assert (baseline.cases, baseline.completed) == (len(walks), len(done))
    if len(done) >= 5:
        assert baseline.rework_rate.value == sum(r > 0 for r in done) / len(done)
        assert baseline.repeats_per_case.value == pytest.approx(sum(done) / len(done))


def walk(events):
    """Return the number of repeats of a case and whether it is completed, from its (activity, time) pairs."""
    instants = sorted({time for _, time in events})
    seen, previous, repeats = set(), set(), 0
    for instant in instants:
        now = {activity for activity, time in events if time == instant}
        repeats += len((now & seen) - previous)
        seen |= now
        previous = now
    return repeats, "Close" in previous
