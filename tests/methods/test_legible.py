import pytest

from workbook.methods.legible import Legible, legible_numbers, legible_times
from workbook.methods.records import Reading
from workbook.methods.tables import connect


@pytest.fixture(scope="module")
def con():
    with connect() as connection:
        yield connection


def reading(con, values, type="VARCHAR", missing=(), **declared):
    con.execute(f"CREATE OR REPLACE TABLE log (x {type})")
    con.executemany("INSERT INTO log VALUES (?)", [(value,) for value in values])
    return Reading("log", {"x": type}, missing, declared.pop("timestamp_format", None), "Europe/Berlin", **declared)


def times(con, values, type="VARCHAR", **declared):
    return legible_times(con, reading(con, values, type, **declared), "x")


def numbers(con, values, type="VARCHAR", **declared):
    return legible_numbers(con, reading(con, values, type, **declared), "x")


@pytest.mark.parametrize(
    ("value", "format"),
    [
        ("31.12.2019 23:59", "%d.%m.%Y %H:%M"),
        ("31.12.19 23:59:05", "%d.%m.%y %H:%M:%S"),
        ("31/12/2019 23:59", "%d/%m/%Y %H:%M"),
        ("12/31/2019 11:59 PM", "%m/%d/%Y %I:%M %p"),
        ("2019/12/31", "%Y/%m/%d"),
        ("31-DEC-2019 23:59:05.123", "%d-%b-%Y %H:%M:%S.%f"),
        ("20191231235905", "%Y%m%d%H%M%S"),
        ("1577836799", "%s"),
        ("1577836799123", "%Q"),
    ],
)
def test_the_format_of_unreadable_times_is_found_out(con, value, format):
    assert times(con, [value, value]) == Legible(2, 0, (format,))


def test_numbers_since_1970_are_found_out_in_a_column_of_numbers(con):
    assert times(con, [1577836799], "BIGINT").others == ("%s",)
    assert times(con, [1577836799000], "BIGINT", timestamp_format="%s") == Legible(1, 0, ("%Q",))


def test_one_day_above_twelve_tells_days_from_months(con):
    declared = {"timestamp_format": "%m/%d/%Y"}
    assert times(con, ["01/02/2019", "03/04/2019", "13/04/2019"], **declared) == Legible(3, 2, ("%d/%m/%Y",))
    assert times(con, ["01/02/2019", "03/04/2019"]).others == ("%d/%m/%Y", "%m/%d/%Y")


def test_what_can_be_read_needs_no_other_format(con):
    assert times(con, ["2019-12-31 23:59", "2019-12-31T23:59:59.5+01:00", "?", None], missing=("?",)) == Legible(2, 2)
    # Dates as such among texts of the declared format, as Excel mixes them.
    assert times(con, ["2019-12-31", "31.12.2019"], timestamp_format="%d.%m.%Y") == Legible(2, 2)


def test_repeated_words_among_times_and_numbers_are_named_and_single_slips_are_not(con):
    assert times(con, ["2019-12-31", "NULL", "NULL", "-", "-"]) == Legible(5, 1, words=("-", "NULL"))
    assert times(con, ["2019-12-31", "NULL", "NULL", "31.2.20"]) == Legible(4, 1)
    assert numbers(con, ["1.5", "n/a", "n/a"]) == Legible(3, 1, words=("n/a",))


@pytest.mark.parametrize(
    ("values", "others"),
    [
        (["1,5", "2"], ((",", None),)),
        (["1.234,56", "7,00"], ((",", "."),)),
        (["1,234.56", "1,234,567.00"], ((".", ","),)),
        (["1 234,56"], ((",", " "),)),
        (["1'234.56"], ((".", "'"),)),
        (["€ 5"], ()),
    ],
)
def test_the_marks_of_unreadable_numbers_are_found_out(con, values, others):
    assert numbers(con, values).others == others


def test_a_typed_column_of_numbers_needs_no_marks(con):
    assert numbers(con, [1.5], "DOUBLE", decimal=",") == Legible(1, 1)
