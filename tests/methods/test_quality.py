from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.methods.estimates import Estimate
from workbook.methods.quality import DIMENSIONS, Gap, SampleMatch, Weakest, measure_quality
from workbook.methods.quality_rules import (
    AccuracySample,
    ComparisonRule,
    ContainmentRule,
    CoverageRule,
    DependencyRule,
    FieldRule,
    KeyRule,
    TableRules,
    TimelinessRule,
    parse_condition,
)
from workbook.methods.tables import TableError, connect, open_table

DATA = Path(__file__).parents[2] / "parameters" / "norrhaven" / "data"


@pytest.fixture(scope="module")
def con():
    with connect(threads=2) as connection:
        yield connection


def table(con, name, columns, rows):
    """Make a table of text from a line of column names and one line for each row, with | between the cells."""
    names = ", ".join(f'"{column}" VARCHAR' for column in columns.split("|"))
    con.execute(f"CREATE OR REPLACE TABLE {name} ({names})")
    lines = [[cell or None for cell in row.split("|")] for row in rows]
    if lines:
        places = ", ".join(f"({', '.join('?' * len(line))})" for line in lines)
        con.execute(f"INSERT INTO {name} VALUES {places}", [cell for line in lines for cell in line])


def field_of(con, rule, *values, **rules):
    """Measure one column that holds these values."""
    table(con, "t", rule.name, values)
    return measure_quality(con, "t", TableRules((rule,), **rules)).fields[0]


def share_of(con, columns, rows, **rules):
    table(con, "t", columns, rows)
    return measure_quality(con, "t", TableRules((), **rules))


# Completeness


def test_completeness_is_what_is_present_of_what_is_required(con):
    # 2 of 8 cells hold a value; blanks, the markers of the table and those of the field are missing.
    cells = ["a", " b ", "", "  ", "\u00a0", "?", " N/A ", "-1"]
    field = field_of(con, FieldRule("x", missing_markers=("-1",)), *cells, missing_markers=("?", "N/A"))
    assert field.completeness == Estimate(2 / 8, n=8)
    assert field.missing == 6


def test_a_marker_counts_only_as_written(con):
    assert field_of(con, FieldRule("x"), "?", "n/a", missing_markers=("N/A",)).completeness.value == 1.0


def test_completeness_counts_only_rows_in_which_a_value_is_required(con):
    # Required in the three closed rows, given in two of them; the open row without a date is no fault.
    rows = ["Closed|1 May", "Closed|", "Closed|2 May", "Open|", "|"]
    table(con, "t", "status|closed_at", rows)
    rule = FieldRule("closed_at", required_when="status = Closed")
    field = measure_quality(con, "t", TableRules((rule,))).fields[0]
    assert field.completeness == Estimate(2 / 3, n=3)
    assert field.missing == 1


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("s = a", 2),
        ("s != a", 1),
        ("s in a, b", 3),
        ("s not in b, c", 2),
        ("s is present", 3),
        ("s is missing", 1),
    ],
)
def test_each_form_of_a_condition_selects_its_rows(con, condition, rows):
    table(con, "t", "s|x", ["a|1", "a|1", "b|1", "|1"])
    field = measure_quality(con, "t", TableRules((FieldRule("x", required_when=condition),))).fields[0]
    assert field.completeness.n == rows


def test_a_field_that_is_not_required_is_neither_complete_nor_unknown(con):
    table(con, "t", "x", ["1", ""])
    quality = measure_quality(con, "t", TableRules((FieldRule("x", required=False, type="integer"),)))
    assert quality.fields[0].completeness == Estimate.missing("not_required")
    assert "completeness" not in {gap.dimension for gap in quality.unknown}
    assert quality.dimensions[0].mean == Estimate.missing("not_required")


# Validity


@pytest.mark.parametrize(
    ("rule", "valid", "invalid"),
    [
        (FieldRule("x", type="integer"), ["7", "-3", "+4", " 5 ", "6.0"], ["1.5", "x", "1_000", "inf", "0x1F"]),
        (FieldRule("x", type="integer", minimum=1, maximum=3), ["1", "3"], ["0", "4", "2.5"]),
        (FieldRule("x", type="number"), ["7", "-3.25", ".5", "1e3"], ["1,5", "nan", "7 km"]),
        (FieldRule("x", type="date"), ["2026-02-28", "2026-02-28 00:00"], ["2026-02-30", "2026-02-28 09:00", "now"]),
        (FieldRule("x", type="date", timestamp_format="%d.%m.%Y"), ["28.02.2026"], ["30.02.2026", "2026-02-28"]),
        (FieldRule("x", type="timestamp", minimum="2026-01-01"), ["2026-01-01T00:00:00Z"], ["2025-12-31 23:59", "x"]),
        (FieldRule("x", type="boolean"), ["true", "No", "Y", "0"], ["maybe", "2"]),
        (FieldRule("x", pattern=r"\d{5}"), ["12345"], ["1234", "123456", "a12345"]),
        (FieldRule("x", allowed=("al", "o'k")), ["al", " o'k "], ["AL", "ak"]),
        (FieldRule("x", allowed=("12", "123"), pattern=r"\d\d"), ["12"], ["123", "13"]),
    ],
)
def test_validity_is_the_share_of_present_values_that_keep_every_rule(con, rule, valid, invalid):
    field = field_of(con, rule, *valid, *invalid, "")
    n = len(valid) + len(invalid)
    assert field.validity == Estimate(len(valid) / n, n=n)
    assert field.invalid == len(invalid)
    assert field_of(con, rule, *valid).validity.value == 1.0
    assert field_of(con, rule, *invalid).validity.value == 0.0


def test_numbers_follow_the_declared_decimal_mark(con):
    field = field_of(
        con, FieldRule("x", type="number", maximum=2000), "1.234,5", "0,5", "x", decimal=",", thousands="."
    )
    assert field.validity.value == pytest.approx(2 / 3)


def test_range_of_timestamps_is_judged_in_utc(con):
    rule = FieldRule("x", type="timestamp", minimum="2026-07-01", maximum=datetime(2026, 7, 2))
    values = ["2026-07-01 00:00", "2026-06-30 23:59", "2026-07-01T23:00:00+02:00", "2026-07-02T00:30:00+00:00"]
    assert field_of(con, rule, *values, timezone="Europe/Berlin").validity.value == 2 / 4


def test_validity_of_free_text_and_of_no_values_is_unknown(con):
    assert field_of(con, FieldRule("x"), "anything").validity == Estimate.missing("no_rule", 1)
    assert field_of(con, FieldRule("x", type="integer"), "", "").validity == Estimate.missing("no_values")


def test_typed_columns_are_measured_by_the_same_rules(con):
    con.execute(
        "CREATE OR REPLACE TABLE t AS SELECT * FROM (VALUES (1.0::DOUBLE, DATE '2026-01-02', true), "
        "('nan'::DOUBLE, DATE '2020-01-02', false), (2.5::DOUBLE, NULL, NULL)) AS v(n, d, b)"
    )
    rules = TableRules(
        (
            FieldRule("n", type="integer"),
            FieldRule("d", type="date", timestamp_format="%d/%m/%Y", minimum="2025-01-01"),
            FieldRule("b", type="boolean"),
        ),
        decimal=",",
    )
    number, day, flag = measure_quality(con, "t", rules).fields
    assert (number.completeness.value, number.validity.value) == (pytest.approx(2 / 3), 1 / 2)
    assert (day.validity.value, flag.validity.value) == (1 / 2, 1.0)


def test_fields_below_their_threshold_are_named(con):
    rule = FieldRule("x", type="integer", threshold=0.75)
    assert field_of(con, rule, "1", "2", "3", "").below_threshold == ()
    assert field_of(con, rule, "1", "b", "", "").below_threshold == ("completeness", "validity")


# Uniqueness


def test_uniqueness_takes_off_every_row_that_repeats_a_key(con):
    # 5 rows with a complete key, 3 different keys: two rows repeat one. The row without "b" is no key at all.
    rows = ["1|x", "1|x", " 1|x", "1|y", "2|x", "2|"]
    unique = share_of(con, "a|b", rows, keys=(KeyRule(("a", "b")),)).uniqueness[0]
    assert (unique.id, unique.share) == ("a + b", Estimate(1 - 2 / 5, n=5))


# Consistency


def test_comparison_is_judged_where_both_sides_can_be_read(con):
    rows = ["01.02.2026|02.02.2026", "03.02.2026|02.02.2026", "01.02.2026|", "x|02.02.2026"]
    rule = ComparisonRule("order", "closed", ">=", "opened", "timestamp", "%d.%m.%Y")
    assert share_of(con, "opened|closed", rows, consistency=(rule,)).consistency[0].share == Estimate(1 / 2, n=2)


def test_comparison_reads_values_as_the_fields_say(con):
    table(con, "t", "a|b", ["9|10", "10|9"])
    rule = ComparisonRule("less", "a", "<", "b")
    numbers = TableRules((FieldRule("a", type="integer"), FieldRule("b", type="number")), consistency=(rule,))
    assert measure_quality(con, "t", numbers).consistency[0].share.value == 1 / 2
    table(con, "t", "a|b", ["9|10"])
    # As text, "9" comes after "10".
    assert measure_quality(con, "t", TableRules((), consistency=(rule,))).consistency[0].share.value == 0.0


def test_functional_dependency_counts_the_rows_that_can_stay(con):
    # Of zip 1 both "Lund" can stay, of zip 2 one of two, of zip 3 its only row: 4 of 6. Rows with a gap do not count.
    rows = ["1|Lund", "1|Lund", "1|Lnud", "2|Ystad", "2|Ystda", "3|Lund", "|Lund", "3|"]
    rule = DependencyRule("zip-city", ("zip",), "city")
    assert share_of(con, "zip|city", rows, consistency=(rule,)).consistency[0].share == Estimate(4 / 6, n=6)


def test_containment_looks_values_up_in_another_relation(con):
    table(con, "customers", "id", ["1", " 2", "", "?"])
    rule = ContainmentRule("known-customer", "customer", "customers", "id")
    quality = share_of(con, "customer", ["1", "2", "3", "?", ""], consistency=(rule,), missing_markers=("?",))
    assert quality.consistency[0].share == Estimate(2 / 3, n=3)


# Timeliness


ARRIVALS = ["2026-03-01 08:00|2026-03-01 20:00", "2026-03-01 08:00|2026-03-03 08:00", "2026-03-01 08:00|",
            "2026-03-05 08:00|", "2026-03-05 08:00|2026-03-05 09:00", "2026-03-02 08:00|2026-03-01 08:00"]  # fmt: skip


def test_without_a_day_timeliness_judges_what_has_arrived(con):
    # Arrived after 12, 48 and 1 hours; one arrived before its event and is not judged.
    quality = share_of(con, "event|arrived", ARRIVALS, timeliness=TimelinessRule("event", "arrived", 24))
    assert quality.timeliness == Estimate(2 / 3, n=3)
    assert quality.lag_p95_hours == Estimate.missing("too_few", 3)


def test_with_a_day_timeliness_judges_every_deadline_that_has_passed(con):
    # On 5 March at noon the deadlines of the events of 1 March have passed: in time, late, and never arrived.
    table(con, "t", "event|arrived", ARRIVALS)
    rules = TableRules((), timeliness=TimelinessRule("event", "arrived", 24))
    quality = measure_quality(con, "t", rules, datetime(2026, 3, 5, 12))
    assert quality.timeliness == Estimate(1 / 3, n=3)
    assert measure_quality(con, "t", rules, datetime(2026, 3, 5, 12, tzinfo=UTC)).timeliness == quality.timeliness
    # A day earlier the late one has arrived all the same, on 1 March at 21:00 nothing was due yet.
    assert measure_quality(con, "t", rules, datetime(2026, 3, 1, 21)).timeliness == Estimate.missing("no_values")


def test_percentile_of_the_lag_has_an_interval_by_order_statistics(con):
    # Lags of 1 to 100 hours: the 95th value, and the 90th and 100th as the ends of the interval for n = 100.
    con.execute(
        "CREATE OR REPLACE TABLE t AS SELECT TIMESTAMP '2026-01-01' AS event, event + to_hours(i) AS arrived "
        "FROM range(1, 101) AS r(i)"
    )
    rules = TableRules((), timeliness=TimelinessRule("event", "arrived", 24))
    quality = measure_quality(con, "t", rules)
    assert quality.lag_p95_hours == Estimate(95.0, 90.0, 100.0, 100)
    assert quality.timeliness == Estimate(24 / 100, n=100)
    # On the day when 94 of the 100 have arrived, the 95th percentile is still to come.
    early = measure_quality(con, "t", rules, datetime(2026, 1, 4, 22))
    assert early.lag_p95_hours == Estimate(None, 90.0, None, 100, "not_reached")
    assert early.timeliness == Estimate(24 / 100, n=100)


# Coverage


def test_coverage_is_the_share_of_segments_with_enough_rows(con):
    rows = ["north"] * 3 + ["south"] * 2 + ["east", ""]
    assert share_of(con, "region", rows, coverage=CoverageRule(("region",), 2)).coverage == Estimate(2 / 3, n=3)


# Accuracy


def test_accuracy_is_agreement_with_the_verified_rows_and_has_a_wilson_interval(con):
    table(con, "t", "id|city|size", ["1|Lund|1,50", "2|Ystda|2,0", "3|Malmö|3", "4||4", "5|Lund|"])
    table(con, "verified", "id|city|size", ["1|Lund|1.5", "2|Ystad|2", "3|Malmö|9", "4||4"])
    rules = TableRules(
        (FieldRule("city"), FieldRule("size", type="number"), FieldRule("id")),
        accuracy=AccuracySample("verified", ("id",)),
        decimal=",",
    )
    quality = measure_quality(con, "t", rules)
    city, size, _ = quality.fields
    # Both sides agree that there is no city in row 4; 1,50 is 1.5.
    assert (city.accuracy.value, size.accuracy.value) == (3 / 4, 3 / 4)
    assert (round(city.accuracy.low, 4), round(city.accuracy.high, 4), city.accuracy.n) == (0.3006, 0.9544, 4)
    assert quality.sample == SampleMatch(rows=4, matched=4, unmatched=0, ambiguous=0)


def test_sample_rows_that_match_nothing_or_too_much_are_counted_and_left_out(con):
    table(con, "t", "id|x", ["1|a", "2|b", "2|c", "3|d", "5|e"])
    table(con, "verified", "id|x", ["1|a", "2|b", "3|d", "3|e", "4|f", "|g"])
    quality = measure_quality(con, "t", TableRules((FieldRule("x"),), accuracy=AccuracySample("verified", ("id",))))
    assert quality.sample == SampleMatch(rows=6, matched=1, unmatched=1, ambiguous=4)
    assert (quality.fields[0].accuracy.value, quality.fields[0].accuracy.n) == (1.0, 1)


def test_a_sample_without_the_key_is_an_error(con):
    table(con, "t", "id|x", ["1|a"])
    table(con, "verified", "no|x", ["1|a"])
    with pytest.raises(TableError, match=r"verified: found no column 'id'"):
        measure_quality(con, "t", TableRules((FieldRule("x"),), accuracy=AccuracySample("verified", ("id",))))


def test_accuracy_without_a_sample_is_not_measured(con):
    assert field_of(con, FieldRule("x"), "1").accuracy == Estimate.missing("not_measured")
    table(con, "t", "id|x", ["1|a"])
    table(con, "verified", "id", ["1"])
    quality = measure_quality(con, "t", TableRules((FieldRule("x"),), accuracy=AccuracySample("verified", ("id",))))
    assert quality.fields[0].accuracy == Estimate.missing("not_in_sample")


# Summary


def test_a_dimension_is_the_mean_by_weight_and_the_bottleneck_the_lowest_measure(con):
    table(con, "t", "a|b|c", ["1|x|", "2||", "3||", "4|y|z"])
    fields = (FieldRule("a", type="integer", weight=3), FieldRule("b", weight=1), FieldRule("c", required=False))
    quality = measure_quality(con, "t", TableRules(fields, keys=(KeyRule(("a",)),)))
    by_name = {each.dimension: each for each in quality.dimensions}
    # (3 x 1.0 + 1 x 0.5) / 4
    assert by_name["completeness"].mean == Estimate(0.875, n=8)
    assert by_name["completeness"].weakest == Weakest("completeness", "b", 0.5)
    assert quality.bottleneck == Weakest("completeness", "b", 0.5)
    assert (by_name["validity"].measured, by_name["validity"].parts) == (1, 3)
    assert by_name["uniqueness"].mean.value == 1.0
    assert tuple(by_name) == DIMENSIONS


def test_what_is_not_measured_is_unknown_and_never_a_number(con):
    table(con, "t", "a", ["1"])
    quality = measure_quality(con, "t", TableRules((FieldRule("a"),)))
    assert set(quality.unknown) == {
        Gap("validity", "a", "no_rule"),
        Gap("accuracy", "a", "not_measured"),
        Gap("uniqueness", "t", "no_rule"),
        Gap("consistency", "t", "no_rule"),
        Gap("timeliness", "t", "no_rule"),
        Gap("coverage", "t", "no_rule"),
    }
    assert [each.mean.value for each in quality.dimensions] == [1.0, *[None] * 6]


def test_without_any_rule_the_rows_are_counted(con):
    table(con, "t", "a", ["1", "2"])
    quality = measure_quality(con, "t", TableRules(()))
    assert (quality.rows, quality.fields, quality.bottleneck) == (2, (), None)


def every_rule():
    """Return rules that ask for every dimension of the table id, zip, city, start, end."""
    fields = (
        FieldRule("id", type="integer", minimum=1),
        FieldRule("zip", pattern=r"\d{2}", weight=2),
        FieldRule("city", allowed=("Lund", "Ystad")),
        FieldRule("start", type="date"),
        FieldRule("end", type="date", required_when="city = Lund"),
    )
    return TableRules(
        fields,
        keys=(KeyRule(("id",)),),
        consistency=(ComparisonRule("order", "start", "<=", "end"), DependencyRule("town", ("zip",), "city")),
        timeliness=TimelinessRule("start", "end", 48),
        coverage=CoverageRule(("city",), 2),
        accuracy=AccuracySample("truth", ("id",)),
        missing_markers=("?",),
    )


def test_an_empty_table_measures_nothing(con):
    table(con, "t", "id|zip|city|start|end", [])
    table(con, "truth", "id|zip|city|start|end", [])
    quality = measure_quality(con, "t", every_rule())
    assert (quality.rows, quality.bottleneck) == (0, None)
    assert all(each.mean.value is None and each.mean.reason for each in quality.dimensions)


TRUTH = [f"{n}|{10 + n % 2}|{('Lund', 'Ystad')[n % 2]}|2026-01-0{n}|2026-01-0{n + 1}" for n in range(1, 8)]
rows_with_errors = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from(["", "?", "0", "Lund", "99", "2026-01-04", "x"])),
    max_size=12,
)


def spoilt(errors):
    rows = [row.split("|") for row in TRUTH]
    for row, column, value in errors:
        rows[row][column] = value
    return ["|".join(row) for row in rows]


def measures_of(quality):
    values = [each.mean.value for each in quality.dimensions]
    values += [each.value for field in quality.fields for each in field.measures().values()]
    return values + [each.share.value for each in (*quality.uniqueness, *quality.consistency)]


@settings(max_examples=15)
@given(rows_with_errors, st.randoms(use_true_random=False))
def test_measures_lie_between_0_and_1_whatever_the_order_of_rows(con, errors, shuffle):
    rows = spoilt(errors)
    table(con, "truth", "id|zip|city|start|end", TRUTH)
    table(con, "t", "id|zip|city|start|end", rows)
    quality = measure_quality(con, "t", every_rule())
    assert all(value is None or 0 <= value <= 1 for value in measures_of(quality))
    shuffle.shuffle(rows)
    table(con, "t", "id|zip|city|start|end", rows)
    assert measure_quality(con, "t", every_rule()) == quality


@settings(max_examples=15)
@given(rows_with_errors.filter(bool))
def test_putting_a_cell_right_never_lowers_what_is_measured_cell_by_cell(con, errors):
    # Keys stay, so that the same rows are compared. A dependency may fall while errors outvote the truth.
    errors = [(row, column, value) for row, column, value in errors if column != 0] or [(0, 1, "")]
    rules = TableRules(tuple(each for each in every_rule().fields if each.required_when is None))
    rules = TableRules(rules.fields, accuracy=AccuracySample("truth", ("id",)), missing_markers=("?",))
    table(con, "truth", "id|zip|city|start|end", TRUTH)
    before, after = (
        (table(con, "t", "id|zip|city|start|end", spoilt(kept)), measure_quality(con, "t", rules))[1]
        for kept in (errors, [each for each in errors if each[:2] != errors[0][:2]])
    )
    for old, new in zip(measures_of(before), measures_of(after), strict=True):
        assert old is None or new >= old


def test_a_table_without_errors_is_perfect_in_every_dimension(con):
    table(con, "truth", "id|zip|city|start|end", TRUTH)
    table(con, "t", "id|zip|city|start|end", TRUTH)
    quality = measure_quality(con, "t", every_rule())
    assert [each.mean.value for each in quality.dimensions] == [1.0] * 7
    assert quality.unknown == ()


# Rules


def test_a_misspelt_column_is_an_error_that_names_the_nearest(con):
    table(con, "t", "zip|city", ["1|Lund"])
    with pytest.raises(TableError, match=r"'zipp' \(nearest 'zip'\); allowed 'zip', 'city'"):
        measure_quality(con, "t", TableRules((FieldRule("zipp"),)))
    with pytest.raises(TableError, match="no such relation"):
        measure_quality(con, "nowhere", TableRules(()))


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (TableRules((FieldRule("x", pattern="(?=a)a"),)), "the pattern of 'x' '(?=a)a'"),
        (TableRules((FieldRule("x", type="date", timestamp_format="%N"),)), "the format of 'x' '%N'"),
        (TableRules((FieldRule("x"),), timezone="Lund"), "the time zone 'Lund'"),
        (TableRules((FieldRule("x"),), timestamp_format="%N"), "the timestamp format '%N'"),
    ],
)
def test_expressions_of_no_use_are_errors(con, rules, found):
    table(con, "t", "x", ["1"])
    with pytest.raises(TableError) as caught:
        measure_quality(con, "t", rules)
    assert caught.value.found == found


@pytest.mark.parametrize(
    "declared",
    [
        {"type": "words"},
        {"minimum": 1},
        {"type": "integer", "minimum": "1"},
        {"type": "date", "maximum": "31.12.2026"},
        {"timestamp_format": "%d"},
        {"weight": 0},
        {"threshold": 95},
        {"required": False, "required_when": "s = a"},
        {"required_when": "s == 1; DROP TABLE t"},
    ],
)
def test_contradictory_field_rules_are_refused(declared):
    with pytest.raises(ValueError, match=r"allowed|found"):
        FieldRule("x", **declared)


def test_ids_are_unique_within_a_table():
    with pytest.raises(ValueError, match="field x twice"):
        TableRules((FieldRule("x"), FieldRule("x")))


def test_field_names_in_conditions_may_hold_spaces():
    condition = parse_condition("check in date = 1 May, noon")
    assert (condition.field, condition.values) == ("check in date", ("1 May, noon",))


def test_names_and_values_cannot_break_out_of_the_query(con):
    name = 'x"; DROP TABLE t; --'
    con.execute(
        f"CREATE OR REPLACE TABLE t AS SELECT 'it''s' AS {chr(34)}{name.replace(chr(34), chr(34) * 2)}{chr(34)}"
    )
    rule = FieldRule(name, allowed=("it's", "') OR true --"), required_when=f"{name} != '; DROP TABLE t")
    quality = measure_quality(con, "t", TableRules((rule,), keys=(KeyRule((name,)),), missing_markers=("'",)))
    assert (quality.rows, quality.fields[0].validity.value) == (1, 1.0)


# Real tables, against pandas


def pandas_table(name):
    return pd.read_csv(DATA / name, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def hospital(con):
    for name in ("hospital_dirty", "hospital_clean"):
        open_table(con, DATA / f"{name}.csv", name=name)
    columns = pandas_table("hospital_dirty.csv").columns
    fields = tuple(FieldRule(name, allowed=("al", "ak") if name == "state" else None) for name in columns)
    dependencies = [("zip", "city"), ("zip", "state"), ("measure_code", "measure_name"), ("provider_number", "name"),
                    ("provider_number", "phone")]  # fmt: skip
    rules = TableRules(
        fields,
        keys=(KeyRule(("index",)), KeyRule(("provider_number", "measure_code")), KeyRule(("provider_number",))),
        consistency=tuple(DependencyRule(f"{a}-{b}", (a,), b) for a, b in dependencies),
        accuracy=AccuracySample("hospital_clean", ("index",)),
        missing_markers=("empty",),
    )
    return measure_quality(con, "hospital_dirty", rules)


def test_hospital_accuracy_is_that_of_509_differing_cells_in_20_000(hospital):
    accuracy = next(each for each in hospital.dimensions if each.dimension == "accuracy")
    assert accuracy.mean.value == pytest.approx(0.97455, abs=1e-12)
    assert accuracy.mean.n == 20_000
    dirty, clean = pandas_table("hospital_dirty.csv"), pandas_table("hospital_clean.csv")
    right = (dirty == clean).sum()
    assert {field.name: round(field.accuracy.value * 1000) for field in hospital.fields} == right.to_dict()
    county = next(field for field in hospital.fields if field.name == "county").accuracy
    # 39 of 1,000 wrong; Wilson by hand: (0.961 + 0.001921 -+ 1.96 sqrt(0.00003748 + 0.00000096)) / 1.003841
    assert (county.value, round(county.low, 4), round(county.high, 4)) == (0.961, 0.9471, 0.9713)
    assert hospital.sample == SampleMatch(1000, 1000, 0, 0)


def test_hospital_completeness_counts_the_word_empty_as_missing(hospital):
    missing = (pandas_table("hospital_dirty.csv") == "empty").sum()
    assert missing.sum() == 2227
    assert {field.name: field.missing for field in hospital.fields} == missing.to_dict()
    assert hospital.dimensions[0].mean.value == pytest.approx(1 - 2227 / 20_000)
    assert hospital.bottleneck == Weakest("completeness", "address_2", 0.0)


def test_hospital_dependencies_agree_with_pandas(hospital):
    dirty = pandas_table("hospital_dirty.csv")
    for rule in hospital.consistency:
        left, right = rule.id.split("-")
        stay = dirty.groupby(left)[right].agg(lambda values: values.value_counts().iloc[0]).sum()
        assert rule.share == Estimate(stay / 1000, n=1000)
    assert {rule.id: rule.share.value for rule in hospital.consistency} == {
        "zip-city": 0.967,
        "zip-state": 0.974,
        "measure_code-measure_name": 0.964,
        "provider_number-name": 0.976,
        "provider_number-phone": 0.966,
    }


def test_hospital_keys_agree_with_pandas(hospital):
    providers = pandas_table("hospital_dirty.csv")["provider_number"].nunique()
    assert [key.share.value for key in hospital.uniqueness] == [1.0, 1.0, providers / 1000]


def test_clean_hospital_table_keeps_every_dependency(con, hospital):
    rules = TableRules(
        (), consistency=tuple(DependencyRule(each.id, (each.id.split("-")[0],), each.id.split("-")[1])
                              for each in hospital.consistency),
    )  # fmt: skip
    assert {each.share.value for each in measure_quality(con, "hospital_clean", rules).consistency} == {1.0}


def test_incident_log_agrees_with_pandas(con):
    info = open_table(con, DATA / "incident_event_log.csv.gz", name="incidents")
    log, layout = pandas_table("incident_event_log.csv.gz"), "%d/%m/%Y %H:%M"
    times = {name: FieldRule(name, type="timestamp") for name in ("opened_at", "sys_updated_at", "resolved_at")}
    rules = TableRules(
        tuple(times.get(name, FieldRule(name)) for name in info.columns),
        keys=(KeyRule(("number", "sys_mod_count")),),
        consistency=(ComparisonRule("order", "opened_at", "<=", "resolved_at"),),
        timeliness=TimelinessRule("opened_at", "resolved_at", 24),
        coverage=CoverageRule(("assignment_group",), 100),
        missing_markers=("?",),
        timestamp_format=layout,
    )
    quality = measure_quality(con, "incidents", rules)
    assert quality.rows == 141_712
    assert {field.name: field.missing for field in quality.fields} == (log == "?").sum().to_dict()
    assert {field.invalid for field in quality.fields if field.name in times} == {0}
    assert quality.uniqueness[0].share.value == len(log[["number", "sys_mod_count"]].drop_duplicates()) / len(log)
    opened, resolved = (
        pd.to_datetime(log[name], format=layout, errors="coerce") for name in ("opened_at", "resolved_at")
    )
    hours = (resolved - opened).dt.total_seconds() / 3600
    judged = hours[hours >= 0]
    assert quality.timeliness == Estimate((judged <= 24).mean(), n=len(judged))
    assert quality.lag_p95_hours.value == pytest.approx(judged.quantile(0.95, interpolation="inverted_cdf"))
    assert quality.consistency[0].share == Estimate(len(judged) / hours.notna().sum(), n=hours.notna().sum())
    groups = log.loc[log["assignment_group"] != "?", "assignment_group"].value_counts()
    assert quality.coverage == Estimate((groups >= 100).mean(), n=len(groups))


def test_service_requests_are_unique_and_30_percent_empty(con):
    info = open_table(con, DATA / "nyc311_sample.csv.gz", name="requests")
    rules = TableRules(tuple(map(FieldRule, info.columns)), keys=(KeyRule(("unique_key",)),))
    quality = measure_quality(con, "requests", rules)
    assert (quality.rows, len(quality.fields), quality.uniqueness[0].share.value) == (1000, 41, 1.0)
    assert round(1 - quality.dimensions[0].mean.value, 3) == 0.304
    closed = FieldRule("closed_date", type="timestamp", required_when="status = Closed")
    assert measure_quality(con, "requests", TableRules((closed,))).fields[0].missing == 1


def test_no_value_of_the_data_is_in_the_result(con, hospital):
    def texts(thing):
        if is_dataclass(thing):
            return {text for each in fields_of(thing) for text in texts(getattr(thing, each.name))}
        return {text for each in thing for text in texts(each)} if isinstance(thing, tuple) else {thing}

    dirty = pandas_table("hospital_dirty.csv")
    strings = {each for each in texts(hospital) if isinstance(each, str)}
    assert not strings & set(dirty.to_numpy().ravel())


def test_measuring_leaves_nothing_behind_in_the_connection(con, hospital):
    names = con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    assert names == []
