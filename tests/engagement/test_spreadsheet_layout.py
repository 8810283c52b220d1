from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from workbook.engagement.fields import Shape, fields_of, shape_of_model
from workbook.engagement.load import MODELS
from workbook.engagement.spreadsheet.layout import LONGEST_TITLE, PARTS, Sheet, is_table, sheets_of
from workbook.engagement.values import Model, Refers, Slug


def sheet(title: str) -> Sheet:
    return next(each for each in sheets_of() if each.title == title)


def test_each_section_of_each_file_has_a_sheet() -> None:
    titles = [each.title for each in sheets_of()]
    assert titles[:5] == ["Client", "People", "Sponsor", "Gates", "Document"]
    assert {"Processes", "Assess data sources", "Use cases scores", "Charter", "Pilot cases", "Screening"} <= set(
        titles
    )
    assert len(set(map(str.casefold, titles))) == len(titles)
    assert max(map(len, titles)) <= LONGEST_TITLE


def test_a_table_inside_entries_names_them_first() -> None:
    assert [column.header for column in sheet("Use cases scores").lead] == ["use_cases.id", "criterion"]
    assert [column.header for column in sheet("Cases benefits").lead] == ["cases.use_case"]
    assert [column.header for column in sheet("Weighting matrix").lead] == ["criterion 1", "criterion 2"]


def test_a_quantity_has_a_column_for_each_of_its_parts() -> None:
    headers = [slot.header for slot in sheet("Use cases").slots if slot.path[0] == "effect"]
    assert headers == [f"effect.{part}" for part in PARTS]
    assert not any("volume.low" in slot.header for slot in sheet("Processes").slots)


def places(shape: Shape, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return each place of a model at which a value or a table stands."""
    if shape.kind == "model" and shape.model:
        return [place for name, field in fields_of(shape.model).items() for place in places(field, (*path, name))]
    if is_table(shape):
        inner = shape.item or shape
        return [path, *(places(inner, (*path, "*")) if inner.kind == "model" else [])]
    return [path]


@pytest.mark.parametrize("file", MODELS)
def test_each_key_of_the_models_has_one_place(file: str) -> None:
    """A key that is added to a model appears by itself: nothing is listed by hand."""
    found: list[tuple[str, ...]] = []
    for each in sheets_of():
        if each.file == file:
            base = tuple(key for number, step in enumerate(each.steps) for key in (*(["*"] * (number > 0)), *step))
            if each.kind != "form":
                found.append(base)
                base = (*base, "*")
            # The marker of a list that is empty on purpose stands beside the list itself.
            own = (slot for slot in each.slots if not slot.is_marker)
            paths = dict.fromkeys(slot.path[:-1] if slot.field.kind == "quantity" else slot.path for slot in own)
            if each.entry.kind == "model":
                found += [(*base, *path) for path in paths]
    assert sorted(found) == sorted(places(shape_of_model(MODELS[file])))


def test_what_may_be_empty_on_purpose_has_a_place_to_say_so() -> None:
    assert [slot.header for each in sheets_of() for slot in each.slots if slot.is_marker] == ["blockers"]


class Part(Model):
    """A part."""

    id: Slug = Field(description="short id")
    owner: Annotated[Slug, Refers("person")] | None = Field(None, description="owner")


class Nameless(Model):
    """An entry that nothing names."""

    parts: tuple[Part, ...] = Field((), description="parts")


class Whole(Model):
    """A file."""

    entries: tuple[Nameless, ...] = Field((), description="entries")


def test_entries_that_nothing_names_cannot_hold_others() -> None:
    with pytest.raises(TypeError, match="entries hold lists, and no key names them"):
        sheets_of({"whole": Whole})
