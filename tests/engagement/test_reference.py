from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from workbook.engagement.fields import fields_of
from workbook.engagement.load import MODELS
from workbook.engagement.reference import reference_page

PAGE = Path(__file__).parents[2] / "docs" / "parameters.md"


def anchors(page: str) -> list[str]:
    """Return the anchors that the headings of a page have where it is shown."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_the_committed_page_is_the_generated_one() -> None:
    """Run `python -m workbook.engagement.reference > docs/parameters.md` after a change of the models."""
    assert PAGE.read_text(encoding="utf-8") == reference_page()


def test_each_link_leads_to_one_heading() -> None:
    page = reference_page()
    found = anchors(page)
    links = re.findall(r"\]\(#([^)]+)\)", page)
    assert len(links) > 80
    assert {link: found.count(link) for link in links if found.count(link) != 1} == {}


def test_each_key_stands_in_the_table_of_its_section() -> None:
    page = reference_page()
    for model in MODELS.values():
        for name, field in fields_of(model).items():
            assert f"| `{name}` | {field.about} |" in page


def test_rows_have_as_many_cells_as_their_table() -> None:
    for line in reference_page().splitlines():
        if line.startswith("| `"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line


def test_ranges_units_and_defaults_are_told(models: dict[str, Any]) -> None:
    page = reference_page(models)
    assert "| `risk` | share of tries that fail, 0 to 1 | a number from 0 to 1 | no |" in page
    assert "| `gain` | share of hours saved | a number from 0 to 1, or an estimate | no |" in page
    assert "| `done` | is it done? | true or false | no; `false` if left out |" in page
    assert "| `budget` | money there is | a number | yes |" in page
    assert "| `owner` | id of the person | the id of a person | no |" in page
