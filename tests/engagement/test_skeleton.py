from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from one_value import save_value

from workbook.engagement.faults import FaultsError
from workbook.engagement.fields import fields_of
from workbook.engagement.load import MODELS, load_engagement
from workbook.engagement.skeleton import new_client, skeleton_text
from workbook.engagement.validate import validate
from workbook.engagement.values import Model
from workbook.engagement.yaml_reader import read_yaml


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    (tmp_path / "parameters").mkdir()
    return tmp_path / "parameters"


def test_a_new_client_only_lacks_what_a_human_must_fill_in(parameters: Path) -> None:
    folder = new_client("acme", parameters)
    assert sorted(path.name for path in folder.iterdir()) == [
        "assess.yaml",
        "client.yaml",
        "compliance.yaml",
        "data",
        "pilot.yaml",
        "prioritize.yaml",
        "technology.yaml",
    ]
    with pytest.raises(FaultsError) as error:
        load_engagement("acme", parameters)
    assert {fault.found for fault in error.value.faults} == {"nothing"}
    assert {"name", "as_of", "document.firm", "material_impact"} <= {fault.key for fault in error.value.faults}


def test_a_filled_in_skeleton_loads(parameters: Path, models: dict[str, type[Model]]) -> None:
    folder = new_client("acme", parameters, models)
    save_value(folder / "assess.yaml", "budget", 100)
    for key, value in {"name": "Acme", "country": "NO", "as_of": dt.date(2026, 5, 31)}.items():
        save_value(folder / "client.yaml", key, value)
    assert load_engagement("acme", parameters, models=models).client.name == "Acme"
    assert "name: Acme " in (folder / "client.yaml").read_text()


@pytest.mark.parametrize("name", MODELS)
def test_with_every_key_in_use_the_skeleton_has_no_unknown_key(name: str) -> None:
    text = re.sub(r"^#(?! )|^#(?=  +\S)", "", skeleton_text(MODELS[name]), flags=re.MULTILINE)
    document = read_yaml(text.encode(), f"{name}.yaml")
    _, faults = validate(document, MODELS[name])
    assert list(document.data) == list(fields_of(MODELS[name]))
    assert {fault.found for fault in faults} <= {"nothing"}


def test_nothing_of_a_pattern_shows_and_marks_stand_in_quotes() -> None:
    text = " ".join(skeleton_text(MODELS["client"]).split()) + skeleton_text(MODELS["assess"])
    assert "[A-Z]" not in text and 'one of ".", ",", " ", "\'"' in text


def test_ids_of_the_framework_are_listed_where_they_are_asked_for() -> None:
    assert "prohibited_practices" in skeleton_text(MODELS["compliance"])


def test_every_description_is_in_the_skeleton() -> None:
    text = " ".join(re.sub(r"[#\s]+", " ", skeleton_text(MODELS["client"])).split())
    for field in fields_of(MODELS["client"]).values():
        assert field.about in text


def test_an_existing_client_is_never_overwritten(parameters: Path) -> None:
    (parameters / "Acme").mkdir()
    with pytest.raises(FaultsError, match="which exists"):
        new_client("acme", parameters)
    assert [path.name for path in parameters.iterdir()] == ["Acme"]


@pytest.mark.parametrize("client", ["../acme", "Acme", ""])
def test_an_id_that_is_not_plain_is_refused(parameters: Path, client: str) -> None:
    with pytest.raises(FaultsError, match="lower-case letters"):
        new_client(client, parameters)
    assert list(parameters.iterdir()) == []
