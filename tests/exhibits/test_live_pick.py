"""The choice of client and date, and what it puts into the notebook's names."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from command_line import TINY

from workbook.exhibits.live import pick

NAMES = {"client": "tiny", "as_of": "", "other": 1}


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    for name in ("tiny", "beech"):
        shutil.copytree(TINY, tmp_path / name)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "client.yaml").write_text("name: <b>Broken</b>\n")
    return tmp_path


@pytest.fixture
def names() -> dict[str, Any]:
    return dict(NAMES)


def test_it_offers_every_client_and_says_where_the_one_of_the_parameters_stands(
    parameters: Path, names: dict[str, Any]
) -> None:
    picker = pick("tiny", "", str(parameters), namespace=names)
    assert [value for _, value in picker.client.options] == ["", "beech", "broken", "tiny"]
    assert "Tiny Works, as of 2026-09-30, phase Prioritize." in picker.message.value
    assert picker.faults.value == "" and names == NAMES


def test_a_choice_holds_for_the_cells_below(parameters: Path, names: dict[str, Any]) -> None:
    picker = pick("tiny", "", str(parameters), namespace=names)
    picker.client.value = "beech"
    assert names == {**NAMES, "client": "beech"} and "now run the cells below" in picker.message.value
    picker.as_of.value = dt.date(2026, 9, 19)
    assert names == {**NAMES, "client": "beech", "as_of": "2026-09-19"}
    assert "as of 2026-09-19, phase Assess" in picker.message.value
    picker.as_of.value = None
    assert names["as_of"] == ""


def test_the_date_of_the_parameters_is_the_one_that_is_shown(parameters: Path, names: dict[str, Any]) -> None:
    picker = pick("tiny", "2026-09-19", str(parameters), namespace=names)
    assert picker.as_of.value == dt.date(2026, 9, 19) and "phase Assess" in picker.message.value
    picker.client.value = "beech"
    assert names["as_of"] == "2026-09-19"


def test_faults_of_the_choice_are_named_in_place_and_go_with_the_next(parameters: Path, names: dict[str, Any]) -> None:
    picker = pick("tiny", "", str(parameters), namespace=names)
    picker.client.value = "broken"
    assert 'role="alert"' in picker.faults.value and "broken/client.yaml" in picker.faults.value
    assert names["client"] == "broken" and "cannot be used" in picker.message.value
    picker.client.value = "tiny"
    assert picker.faults.value == ""


def test_a_client_that_does_not_exist_is_shown_with_its_fault(parameters: Path, names: dict[str, Any]) -> None:
    picker = pick("tinny", "", str(parameters), namespace=names)
    assert picker.client.value == "tinny" and "write tiny" in picker.faults.value


def test_no_folder_of_parameters_and_no_client_are_said_in_place(tmp_path: Path, names: dict[str, Any]) -> None:
    picker = pick("tiny", "", str(tmp_path / "none"), namespace=names)
    assert "not a folder" in picker.faults.value
    picker.client.value = ""
    assert "Choose a client" in picker.message.value and names == NAMES


def test_every_control_has_a_name_and_what_it_is_for(parameters: Path) -> None:
    picker = pick("tiny", "", str(parameters))
    assert [(each.description, bool(each.tooltip)) for each in (picker.client, picker.as_of)] == [
        ("Client", True), ("As of", True),
    ]  # fmt: skip


def test_without_a_kernel_a_choice_changes_nothing_but_what_is_shown(parameters: Path) -> None:
    picker = pick("tiny", "", str(parameters))
    picker.client.value = "beech"
    assert "now run the cells below" in picker.message.value
