"""Which tables sort, by which columns and keys, and which rows stay at the end."""

import pytest

from workbook.publish.bundle import BundleError, read_table
from workbook.publish.sorting import sorting_of

MISSING = "not provided"


def table(*rows, **more):
    columns = [{"key": f"c{at}", "label": f"C{at}", "empty": True} for at in range(len(rows[0]))]
    return read_table({"columns": columns, "rows": list(rows), **more}, MISSING)


def number(text, value, **more):
    return {"text": text, "value": value, **more}


def keys(*texts_and_values):
    sorting = sorting_of(table(*([f"row {at}", each] for at, each in enumerate(texts_and_values))), MISSING)
    return [row[1] for row in sorting.keys]


def test_numbers_whose_texts_sort_themselves_need_no_key():
    assert keys(number("2,700", 2700.0), number("64", 64.0), number("3.5", 3.5)) == [None] * 3
    assert keys(number("96.1%", 0.961), number("7%", 0.07), number("100%", 1.0)) == [None] * 3


def test_rounded_and_scaled_numbers_carry_as_many_digits_as_tell_them_apart():
    assert keys(number("€1.3m", 1_258_480), number("€1.3m", 1_258_490), number("€900k", 903_760)) == [
        "1.25848e+06", "1.25849e+06", "903760",
    ]  # fmt: skip
    assert keys(number("1", 1.2), number("1", 0.8), number("5", 5)) == ["1.2", "0.8", "5"]


def test_a_value_that_is_not_there_has_no_key_to_sort_by():
    assert keys(number("37 min", 0.62), number("9.6 days", 230), MISSING, number("2 h", 2)) == ["0.62", "230", "", "2"]


def test_days_sort_as_days():
    first, second, third = keys("8 June 2025", "15 April 2025", "2025-05-01")
    assert float(second) < float(third) < float(first)


def test_texts_sort_themselves_and_missing_ones_have_nothing_to_sort_by():
    sorting = sorting_of(table(["a", "x", "1"], ["b", MISSING, "2"], ["c", "y", "3"], ["d", "", "4"]), MISSING)
    assert sorting.kinds == ("text", "text", "number")
    assert [row[1] for row in sorting.keys] == [None, "", None, ""]


def test_different_quantities_in_one_column_do_not_sort():
    rows = ["Benefit", number("€1.4m", 1.4e6)], ["Return", number("47%", 0.47)], ["Payback", number("1.4 years", 1.4)]
    assert sorting_of(table(*rows), MISSING) is None
    dated = [["Tested on", "15 April 2025"], ["Used", "65.4%"], ["Real", "99.3%"]]
    assert sorting_of(table(*dated), MISSING) is None
    beside = [[*row, str(at)] for at, row in enumerate(rows)]
    assert sorting_of(table(*beside), MISSING).kinds == ("text", None, "number")


def test_lists_of_texts_and_short_tables_do_not_sort_unless_their_maker_says_so():
    texts = [["Decision", "approved"], ["By", "M. Kinsella"], ["Note", "none"]]
    assert sorting_of(table(*texts), MISSING) is None
    assert sorting_of(table(*texts, sortable=True), MISSING).kinds == ("text", "text")
    numbers = [["a", "1"], ["b", "2"], ["c", "3"]]
    assert sorting_of(table(*numbers), MISSING)
    assert sorting_of(table(*numbers[:2]), MISSING) is None
    assert sorting_of(table(*numbers, sortable=False), MISSING) is None


def test_totals_at_the_end_stay_there():
    lines = [["a", number("€3", 3)], ["b", number("€1", 1)], ["c", number("€2", 2)]]
    total = [{"text": "All", "strong": True, "header": True}, number("€6", 6, strong=True)]
    gone = [{"text": "Time gone", "header": True}, number("€9", 9)]
    sorting = sorting_of(table(*lines, total, gone), MISSING)
    assert sorting.staying == 2 and len(sorting.keys) == 3


def test_subtotals_among_the_rows_keep_a_table_in_its_order():
    group = [{"text": "Candidate", "strong": True}, number("78 days", 78, strong=True)]
    parts = [["System", number("46 days", 46)], ["Archive", number("32 days", 32)]]
    assert sorting_of(table(group, *parts, group, *parts), MISSING) is None


def test_bold_names_and_bold_numbers_alone_are_no_totals():
    rows = [[{"text": name, "strong": True}, number(f"{at}", at)] for at, name in enumerate("abc")]
    assert sorting_of(table(*rows), MISSING).staying == 0
    rows = [[name, number(f"{at}", at, strong=True), number(f"{at}", at)] for at, name in enumerate("abc")]
    assert sorting_of(table(*rows), MISSING).staying == 0


def test_a_maker_who_says_something_else_is_told():
    with pytest.raises(BundleError, match="neither true nor false"):
        table(["a"], sortable="yes")
