from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from spreadsheets import Office

from workbook.engagement.fields import Shape, fields_of, shape_of_model
from workbook.engagement.load import MODELS
from workbook.engagement.spreadsheet.differences import reconciled, settled
from workbook.engagement.spreadsheet.layout import is_table, name_key, sheets_of
from workbook.engagement.spreadsheet.opening import open_book
from workbook.engagement.spreadsheet.reading import read_book
from workbook.engagement.spreadsheet.writing import spreadsheet_bytes
from workbook.engagement.spreadsheet.yaml_update import updated_text
from workbook.engagement.yaml_edit import flow, same
from workbook.engagement.yaml_reader import Document, read_yaml

pytestmark = pytest.mark.slow

# Examples are large: making a failing one smaller takes minutes.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@a",
    "a; b",
    'a "b"',
    "[]",
    " a ",
    "a\nb",
    "a\tb",
    "_x0041_",
    "007",
    "1/2",
    "TRUE",
    "#N/A",
]
TEXTS = st.sampled_from([*NASTY, "Prüfung ✓ 😀 עברית", "\u00a0a", "''", "null", "é"]) | st.text(
    st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8
)
NUMBERS = (
    st.just(-262676937835631.12)
    | st.floats(-1e15, 1e15)
    | st.integers(-(10**15), 10**15)
    | st.sampled_from([0, 1e-300, 0.1, 1 / 3, -0.0])
)
DATES = st.dates().filter(lambda day: 2000 <= day.year <= 2100).map(str)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Return a strategy for the data of a place; ranges and ids do not count here, as nothing is validated."""
    if shape.kind == "model" and shape.model:
        fields = fields_of(shape.model)
        needed = name_key(shape)
        own = {name: values(field) for name, field in fields.items()}
        return st.fixed_dictionaries({needed: own.pop(needed)} if needed else {}, optional=dict(list(own.items())))
    if shape.kind == "list" and shape.item:
        name = name_key(shape.item)
        unique = (lambda item: item[name]) if is_table(shape) and name else None
        return st.lists(values(shape.item), min_size=0 if shape.optional else 1, max_size=2, unique_by=unique)
    if shape.kind == "mapping" and shape.item:
        return st.dictionaries(TEXTS, values(shape.item), min_size=1, max_size=2)
    if shape.kind == "quantity":
        rest = {"unit": TEXTS, "evidence": TEXTS, "source": TEXTS, "date": DATES, "by": TEXTS}
        one = st.fixed_dictionaries({"value": NUMBERS}, optional=rest)
        three = st.fixed_dictionaries({"low": NUMBERS, "likely": NUMBERS, "high": NUMBERS}, optional=rest)
        return NUMBERS | one | three if shape.three_point else NUMBERS | one
    if shape.kind == "choice":
        return st.sampled_from(shape.choices)
    return {"number": NUMBERS, "whole number": st.integers(), "flag": st.booleans(), "date": DATES}.get(
        shape.kind, TEXTS
    )


@pytest.mark.parametrize("file", ["client", "assess", "technology"])
@settings(max_examples=5, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_data_come_back_from_a_spreadsheet(tmp_path: Path, file: str, data: st.DataObject) -> None:
    models = {file: MODELS[file]}
    shape = shape_of_model(MODELS[file])
    written = data.draw(values(shape))
    sheets = sheets_of(models)
    (tmp_path / "a.xlsx").write_bytes(spreadsheet_bytes("acme", sheets, {file: written}, {}))
    reading = read_book(open_book(tmp_path / "a.xlsx"), sheets)
    assert reading.faults == []
    assert same(settled(shape, reading.data[file]), settled(shape, written))
    assert reconciled(shape, written, reading.data[file]) is written


@pytest.mark.parametrize("file", ["prioritize", "pilot"])
@settings(max_examples=10, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_data_can_be_written_in_a_file(file: str, data: st.DataObject) -> None:
    shape = shape_of_model(MODELS[file])
    before, after = data.draw(values(shape)), data.draw(values(shape))
    text = "".join(f"{key}: {flow(value)}\n" for key, value in before.items())
    document: Document = read_yaml(text.encode() or b"# nothing\n", file)
    new = reconciled(shape, document.data, after) or {}
    assert same(settled(shape, new), settled(shape, after))
    assert same(read_yaml(updated_text(document, new).encode(), file).data, new)


@pytest.mark.parametrize("client", ["norrhaven", "brauer-logistik"])
def test_a_demo_client_comes_back_as_it_is(tmp_path: Path, client: str) -> None:
    office = Office(tmp_path, client, client)
    assert office.take_in().is_empty


def test_one_changed_cell_of_a_demo_client_is_one_line(tmp_path: Path) -> None:
    office = Office(tmp_path, "brauer-logistik", "brauer-logistik")
    before = office.text("assess").splitlines()
    office.put(("Processes", "volume.value", 1, 4711))
    (changes,) = office.take_in().proposal.changes.values()
    assert len(changes) == 1
    after = office.text("assess").splitlines()
    assert [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [
        changes[0].line - 1
    ]
