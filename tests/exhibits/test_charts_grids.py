import pytest
from chart_examples import FORMATS, said

from workbook.exhibits.charts_grids import Graded, Grids, draw_grids, table_grids
from workbook.exhibits.layout import Measure
from workbook.exhibits.page import page_of
from workbook.exhibits.theme import luminance, palette


def grids(*things):
    grade = Measure("grade", FORMATS.number)
    return Grids("Risk", things, "Impact", "Probability", "Before", "After", "Number", "not graded", grade)


def test_the_table_holds_both_grades_and_their_product():
    rows = table_grids(grids(Graded("late", (5, 2), (4, 1)), Graded("wrong", (3, 3), None)))["rows"]
    assert [[entry if isinstance(entry, str) else entry["text"] for entry in row] for row in rows] == [
        ["late", "1", "2 x 5", "10", "1 x 4", "4"],
        ["wrong", "2", "3 x 3", "9", "not graded", "not graded"],
    ]


def test_things_that_share_a_cell_are_listed_in_it_and_too_many_are_counted():
    page, _ = page_of(draw_grids, grids(Graded("a", (1, 1), None), Graded("b", (1, 1), None)))
    assert "1, 2" in said(page)
    page, _ = page_of(draw_grids, grids(*(Graded(f"thing {n}", (2, 2), (1, 1)) for n in range(40))))
    assert said(page).count("(40)") == 2


def test_a_grade_is_one_to_five():
    with pytest.raises(ValueError, match="'a' has the grades"):
        Graded("a", (0, 3), None)
    with pytest.raises(ValueError, match="they run from 1 to 5"):
        Graded("a", (1, 3), (6, 1))


def test_a_graver_cell_is_darker_also_in_grey():
    page, _ = page_of(draw_grids, grids())
    fills = [luminance(palette().shade(0.8 * (product - 1) / 24)) for product in (1, 4, 9, 16, 25)]
    assert fills == sorted(fills, reverse=True) and page.figure.get_size_inches()[1] > 2
