from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbook.methods.column_words import names_people, role_strength
from workbook.methods.file_guess import content_guesses, open_guessed
from workbook.methods.personal_values import personal_kind
from workbook.methods.table_preview import preview_table
from workbook.methods.tables import TableError, TableFormat, connect


@pytest.fixture
def con(tmp_path):
    with connect(temp_directory=tmp_path / "spill") as connection:
        yield connection


def looked_at(con, folder, content, name="t.csv", format=None):
    """Write a file, open it as one that nobody has declared, and return its preview and what was guessed."""
    path = Path(folder, name)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    opened = open_guessed(con, path, format)
    preview = preview_table(con, opened.info)
    return preview, (*opened.guesses, *content_guesses(preview))


def column(con, folder, values, name="x"):
    quoted = ('"{}"'.format(value.replace('"', '""')) for value in values)
    preview, _ = looked_at(con, folder, "\n".join([name, *quoted]) + "\n", name="one.csv")
    return preview[name]


# What a column holds


def test_rows_kinds_and_extremes_are_told(con, tmp_path):
    rows = ("A-1,2024-01-02 08:00:00,2024-01-02,1.5,7,yes,", "A-2,2024-03-01 09:30:00,2024-01-05,-2,8,no,")
    text = "\n".join(["case,when,day,amount,pieces,paid,none", *rows]) + "\n"
    preview, _ = looked_at(con, tmp_path, text)
    assert preview.rows == 2
    assert [each.kind for each in preview.columns] == [
        "text", "time", "date", "number", "whole number", "yes or no", "empty",
    ]  # fmt: skip
    assert (preview["amount"].low, preview["amount"].high) == (-2.0, 1.5)
    assert (preview["when"].low, preview["when"].high) == (
        datetime(2024, 1, 2, 8, tzinfo=UTC),
        datetime(2024, 3, 1, 9, 30, tzinfo=UTC),
    )
    assert preview["case"].examples == ("A-1", "A-2")


def test_what_is_no_finite_number_and_no_moment_of_a_calendar_is_not_read(con, tmp_path):
    table = pa.table(
        {
            "x": [1.5, float("nan"), float("inf"), -2.5],
            "t": pa.array([0, 86_400_000_000, 2**62, None], pa.timestamp("us")),
            "lost": pa.array([None, None, None, float("nan")]),
        }
    )
    pq.write_table(table, tmp_path / "odd.parquet")
    preview = preview_table(con, open_guessed(con, tmp_path / "odd.parquet").info)
    assert [(each.filled, each.read) for each in preview.columns] == [(4, 2), (3, 2), (1, 0)]
    assert (preview["x"].low, preview["x"].high) == (-2.5, 1.5)
    assert preview["t"].high == datetime(1970, 1, 2, tzinfo=UTC)


def test_one_number_among_many_that_is_too_large_or_broken_is_told_from_whole_ones(con, tmp_path):
    huge = column(con, tmp_path, [*map(str, range(6000)), "9" * 400])
    assert (huge.kind, huge.read, huge.low, huge.high) == ("whole number", 6000, 0, 5999)
    broken = column(con, tmp_path, [*map(str, range(1, 6000)), "0.5"])
    assert (broken.low, broken.high) == (0.5, 5999)


def test_cells_filled_and_different_are_counted_over_all_rows(con, tmp_path):
    rows = [f"{i % 3000}," for i in range(8999)] + ["1,x"]
    preview, _ = looked_at(con, tmp_path, "a,b\n" + "\n".join(rows) + "\n")
    assert (preview.rows, preview["a"].filled, preview["a"].distinct) == (9000, 9000, 3000)
    assert (preview["b"].filled, preview["b"].distinct) == (1, 1)


def test_a_question_mark_counts_as_not_known_and_is_said(con, tmp_path):
    preview, said = looked_at(con, tmp_path, "a,b\n1,x\n?,x\n3,x\n")
    assert (preview["a"].kind, preview["a"].filled, preview["a"].missing) == ("whole number", 2, ("?",))
    assert "Taken for “not known”: '?'." in said


def test_what_cannot_be_read_as_the_others_is_counted(con, tmp_path):
    values = [f"2024-01-{day:02d}" for day in range(1, 29)] + ["2024-13-45"]
    found = column(con, tmp_path, values)
    assert (found.kind, found.filled, found.read) == ("date", 29, 28)


def test_codes_with_leading_zeros_are_no_numbers(con, tmp_path):
    assert column(con, tmp_path, ["007", "123"]).kind == "text"


def test_types_of_a_parquet_file_are_kept(con, tmp_path):
    table = pa.table({"n": [1, 2, None], "t": [datetime(2024, 5, 1), None, None], "b": [True, False, True]})
    pq.write_table(table, tmp_path / "t.parquet")
    opened = open_guessed(con, tmp_path / "t.parquet")
    preview = preview_table(con, opened.info)
    assert [each.kind for each in preview.columns] == ["whole number", "time", "yes or no"]
    assert [each.filled for each in preview.columns] == [2, 1, 3]
    assert (preview["n"].low, preview["n"].high) == (1, 2)


def test_the_same_rows_in_another_order_give_the_same_examples(con, tmp_path):
    rows = [f"v{i % 50},{i}" for i in range(6000)]
    first, _ = looked_at(con, tmp_path, "a,b\n" + "\n".join(rows) + "\n")
    second, _ = looked_at(con, tmp_path, "a,b\n" + "\n".join(reversed(rows)) + "\n")
    assert first == second


# Dates


def test_a_day_above_twelve_settles_the_format(con, tmp_path):
    found = column(con, tmp_path, ["01/02/2024", "03/04/2024", "13/04/2024"])
    assert (found.kind, found.formats, found.is_ambiguous) == ("date", ("%d/%m/%Y",), False)


def test_days_that_may_be_months_are_called_ambiguous_and_show_no_extremes(con, tmp_path):
    preview, said = looked_at(con, tmp_path, "id,x\n1,01/02/2024\n2,03/04/2024\n")
    assert preview["x"].formats == ("%d/%m/%Y", "%m/%d/%Y")
    assert preview["x"].is_ambiguous
    assert preview["x"].low is None
    assert any("ambiguous" in line and "%d/%m/%Y or %m/%d/%Y" in line for line in said)


def test_one_column_settles_the_format_of_the_file(con, tmp_path):
    preview, _ = looked_at(con, tmp_path, "a,b\n01/02/2024,01/02/2024\n03/04/2024,25/04/2024\n")
    assert preview["a"].is_ambiguous
    assert preview.common_formats() == ("%d/%m/%Y",)


def test_a_late_day_above_twelve_settles_it_too(con, tmp_path):
    rows = ["01/02/2024"] * 30_000 + ["13/02/2024"]
    preview, _ = looked_at(con, tmp_path, "x,i\n" + "\n".join(f"{day},{i}" for i, day in enumerate(rows)) + "\n")
    assert preview["x"].formats == ("%d/%m/%Y",)


@pytest.mark.parametrize("name", ["phone_no", "number"])
def test_ten_digits_are_no_seconds_unless_the_name_speaks_of_a_time(con, tmp_path, name):
    assert column(con, tmp_path, ["2053258100", "1577836799"], name).kind == "whole number"
    assert column(con, tmp_path, ["2053258100", "1577836799"], "timestamp").formats == ("%s",)


# Undeclared files


def test_a_german_export_is_read_and_said_how(con, tmp_path):
    text = "Nr;Straße;Betrag\n1;Hügel;1.234,50\n2;Tal;7,25\n"
    preview, said = looked_at(con, tmp_path, text.encode("windows-1252"))
    assert preview.columns[1].name == "Straße"
    assert (preview["Betrag"].low, preview["Betrag"].high) == (7.25, 1234.5)
    assert preview.marks == (",", ".")
    assert said[:2] == (
        "Encoding windows-1252: the text is not UTF-8, as line 1 shows.",
        "Columns are split by semicolon, as the first rows show.",
    )


def test_an_umlaut_far_down_is_found_as_well(con, tmp_path):
    text = "a,b\n" + "x,y\n" * 400_000 + "ü,y\n"
    preview, said = looked_at(con, tmp_path, text.encode("windows-1252"))
    assert preview.rows == 400_001
    assert said[0] == "Encoding windows-1252: the text is not UTF-8, as line 400002 shows."


def test_a_declared_encoding_is_not_replaced(con, tmp_path):
    with pytest.raises(TableError, match="text that is not utf-8"):
        looked_at(con, tmp_path, "a,b\nü,1\n".encode("windows-1252"), format=TableFormat(encoding="utf-8"))


def test_a_wrong_delimiter_is_noticed(con, tmp_path):
    preview, said = looked_at(con, tmp_path, "a;b\n1;2\n", format=TableFormat(delimiter=","))
    assert len(preview.columns) == 1
    assert said == ("Only one column was found when split by comma: if there are more, declare the delimiter.",)


def test_of_two_sheets_the_first_with_a_table_is_read_and_the_other_named(con, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "About"
    book.active.append(["Export of the week"])
    sheet = book.create_sheet("Data")
    for row in (["case", "amount"], ["A", 1], ["B", 2]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    opened = open_guessed(con, tmp_path / "t.xlsx")
    assert (opened.declared.sheet, opened.sheets, opened.info.rows) == ("Data", ("About", "Data"), 2)
    assert opened.guesses == ("Sheet 'Data', the first of 2 that holds a table; others: 'About'.",)
    other = open_guessed(con, tmp_path / "t.xlsx", TableFormat(sheet="About"))
    assert (other.info.columns, other.guesses) == (("Export of the week",), ())


# Hostile files


def test_names_of_columns_are_taken_as_they_are(con, tmp_path):
    names = ["<b>x</b>", 'say ""y""', "=cmd|' /C calc'!A0", "a'; DROP TABLE rows;--"]
    header = ",".join(f'"{name}"' for name in names)
    preview, _ = looked_at(con, tmp_path, f"{header}\n1,2,3,4\n")
    assert [each.name for each in preview.columns] == [name.replace('""', '"') for name in names]
    assert all(each.filled == 1 for each in preview.columns)


def test_three_hundred_columns_are_looked_at(con, tmp_path):
    names = [f"c{i}" for i in range(300)]
    rows = "\n".join(",".join(str(i * j) for j in range(300)) for i in range(20))
    preview, _ = looked_at(con, tmp_path, f"{','.join(names)}\n{rows}\n")
    assert len(preview.columns) == 300
    assert preview["c299"].high == 19 * 299


def test_a_header_alone_is_a_table_without_rows(con, tmp_path):
    preview, _ = looked_at(con, tmp_path, "a,b\n")
    assert (preview.rows, [each.kind for each in preview.columns]) == (0, ["empty", "empty"])


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("t.csv", "", "an empty file"),
        ("t.parquet", "", "an empty file"),
        ("t.xlsx", "", "an empty file"),
        ("t.parquet", "PAR1", "content that cannot be read"),
        ("t.csv", "a,A\n1,2\n", "columns named more than once: 'A'"),
        ("t.csv", "PK\x03\x04", "an Excel or zip file"),
    ],
)
def test_what_is_no_table_is_refused(con, tmp_path, name, content, found):
    with pytest.raises(TableError) as error:
        looked_at(con, tmp_path, content, name)
    assert error.value.found == found


def test_a_file_can_be_opened_again_after_a_fault(con, tmp_path):
    with pytest.raises(TableError):
        looked_at(con, tmp_path, 'a,b\n1,2\n"3,4\n')
    preview, _ = looked_at(con, tmp_path, "a,b\n1,2\n3,4\n")
    assert preview.rows == 2


# Privacy


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a", "b", "x@y.org"], "email"),
        (["+49 89 1234567", "12"], "phone"),
        (["(205) 325-8100", "(205) 325-8101"], "phone"),
        (["DE89 3702 0044 0532 0130 00"], "iban"),
        (["Anna Müller", "Peter van Dyck", "Zoë Brecht"], "name"),
        (["MÜLLER, Anna", "BRECHT, Zoë"], "name"),
        (["Okonkwo, C.", "Nwosu, B."], "name"),
        (["anna.mueller", "peter.dyck"], "name"),
        (["the caller was very upset about the noise in her street and wants a call"], "free text"),
        (["Receive invoice", "Capture data", "Close"], None),
        (["BROOKLYN", "NEW YORK", "Staten Island"], None),
        (["INV-00016", "INV-00018"], None),
        (["192.168.0.1", "10.0.0.1"], None),
    ],
)
def test_values_that_may_name_people_are_recognised(values, kind):
    assert personal_kind(values) == kind


@pytest.mark.parametrize(
    "name", ["Sachbearbeiter", "customer_email", "opened_by", "nom", "Geändert von", "IBAN", "USER"]
)
def test_names_of_columns_betray_people(name):
    assert names_people(name)


@pytest.mark.parametrize("name", ["priority", "incident_state", "concept:name", "contact_type", "Betrag"])
def test_other_names_do_not(name):
    assert not names_people(name)


def test_a_hidden_column_shows_no_value_at_all(con, tmp_path):
    preview, _ = looked_at(con, tmp_path, "case,phone,clerk\n1,2053258100,Vertraulich\n2,2053258101,Geheim\n")
    for each in (preview["phone"], preview["clerk"]):
        assert (each.hidden, each.examples, each.low, each.high) == ("name", (), None, None)
    assert "Vertraulich" not in repr(preview) and "2053258100" not in repr(preview)
    assert preview["clerk"].distinct == 2


def test_a_column_found_to_hold_persons_can_be_hidden_later(con, tmp_path):
    preview, _ = looked_at(con, tmp_path, "case,x\n1,k1\n2,k2\n")
    hidden = preview.hiding(["x"])["x"]
    assert (hidden.hidden, hidden.examples) == ("person", ())


def test_words_are_told_in_several_ways_of_writing():
    assert role_strength("Geaendert_am", "timestamp") == role_strength("geändertAm", "timestamp") == 3
    assert role_strength("Vorgangs-Nr.", "case") == 2
    assert role_strength("horodatage", "timestamp") == role_strength("marca_de_tiempo", "timestamp") == 4
    assert role_strength("afgehandeld_op", "closed") == 3
