import datetime as dt

import pytest
from assess_clients import CASE_TABLE, CASES, EVENT_LOG, LOG, RECORDS_SOURCE, parsed


def test_an_event_log_is_measured(tiny):
    tiny.add_log(EVENT_LOG, LOG)
    result = tiny.result()
    post = result.performance_of("post")
    assert result.sources["log"].rows == LOG.count("\n") - 1
    assert (post.lead_time_p50.value, post.lead_time_p50.evidence, post.lead_time_p50.n) == (2.0, "measured", 8)
    assert (post.rework_rate.value, post.first_pass_yield.value) == (2 / 8, 6 / 8)
    assert post.error_rate.reason == "not_provided"
    assert post.automation_rate.value == 4 / 8
    # Receipt and check take an hour, in two cases a quarter each for clarifying and the second check.
    assert post.touch_time.value == pytest.approx((6 * 1.0 + 2 * 1.5) / 8)
    assert post.lead_time_p95.reason == "too_few"


def test_a_case_table_is_measured_with_open_cases_counted(tiny):
    tiny.add_log(CASE_TABLE, CASES)
    post = tiny.result().performance_of("post")
    assert (post.baseline.cases, post.baseline.open) == (6, 1)
    assert post.baseline.first.date() == dt.date(2026, 9, 1)
    # One wrong outcome of five closed; a mean cost of 100 / 5.
    assert (post.error_rate.value, post.measured_cost.value) == (1 / 5, 20.0)
    assert post.rework_rate.reason == "not_provided"


def test_a_source_without_a_file_gives_a_reason(tiny):
    del tiny.records["file"]
    found = tiny.result().sources["records"]
    assert (found.reason, found.is_measured, found.has_arrived) == ("not_provided", False, False)


def test_a_source_nobody_described_has_arrived_but_is_not_measured(tiny):
    tiny.records.update(fields=[], key=[])
    for case in tiny.assess["use_cases"]:
        case["data"] = [{"source": "records"}]
    result = tiny.result()
    found = result.sources["records"]
    assert (found.reason, found.is_measured, found.has_arrived) == ("not_declared", False, True)
    assert result.candidate_data["post-sorting"].readiness.reason == "not_declared"


def test_a_table_extracted_later_does_not_exist_yet(tiny):
    tiny.records["extracted"] = "2026-09-15"
    sources = [tiny.result(day).sources["records"] for day in ("2026-09-14", "2026-09-15")]
    assert [source.reason for source in sources] == ["extracted_later", None]
    assert [source.rows for source in sources] == [None, 10]


def test_a_log_extracted_later_is_read_up_to_the_day(tiny):
    tiny.add_log(EVENT_LOG | {"extracted": "2026-09-30"}, LOG)
    cases = [tiny.result(day).performance_of("post").baseline.cases for day in ("2026-09-05", "2026-09-30")]
    assert cases == [5, 8]


def test_the_quality_of_a_log_extracted_later_is_not_known_yet(tiny):
    rules = {"key": ["case", "activity", "end"], "fields": [{"name": "case"}], "extracted": "2026-09-20"}
    tiny.add_log(EVENT_LOG | rules, LOG)
    early, late = (tiny.result(day).sources["log"] for day in ("2026-09-19", "2026-09-20"))
    assert (early.baseline is None, early.quality, early.reason, early.has_arrived) == (
        False,
        None,
        "extracted_later",
        True,
    )
    assert (late.quality is None, late.reason) == (False, None)


def test_a_case_closed_later_is_open_on_the_day(tiny):
    tiny.add_log(CASE_TABLE, CASES)
    open_cases = [tiny.result(day).performance_of("post").baseline.open for day in ("2026-09-04", "2026-09-10")]
    assert open_cases == [3, 1]


def test_a_record_that_never_arrived_came_too_late(tiny):
    # Within an hour: two of three that arrived. The fourth has not, and its hour is over: two of four.
    tiny.files["data/records.csv"] = (
        "number,event,arrived\nN01,2026-09-01 08:00,2026-09-01 08:30\nN02,2026-09-01 08:00,2026-09-01 09:00\n"
        "N03,2026-09-01 08:00,2026-09-01 10:00\nN04,2026-09-01 08:00,\n"
    )
    times = [{"name": "event", "type": "timestamp"}, {"name": "arrived", "type": "timestamp", "required": False}]
    tiny.records.update(
        fields=[RECORDS_SOURCE["fields"][0], *times],
        timestamp_format="%Y-%m-%d %H:%M",
        timeliness={"event": "event", "arrived": "arrived", "within_hours": 1},
    )
    assert tiny.result().sources["records"].quality.timeliness.value == 2 / 3
    tiny.records["extracted"] = "2026-09-10"
    assert tiny.result().sources["records"].quality.timeliness.value == 2 / 4


@pytest.mark.parametrize("extracted, ends", [(None, "2026-09-30"), ("2026-09-10", "2026-09-10")])
def test_observation_ends_with_the_extract_or_the_day_of_the_run(tiny, extracted, ends):
    from workbook.engagement.schema_sources import DataSource
    from workbook.phases.assess.measured import observed_until

    source = parsed(DataSource, {"id": "x", "name": "X", "kind": "table"})
    source = source.model_copy(update={"extracted": dt.date.fromisoformat(extracted) if extracted else None})
    until = observed_until(source, dt.date(2026, 9, 30))
    assert until.date().isoformat() == ends and until.time() == dt.time.max
