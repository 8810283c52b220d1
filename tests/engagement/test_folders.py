from __future__ import annotations

from pathlib import Path

import pytest

import workbook
from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.folders import client_folder, find_parameters, list_clients


@pytest.fixture
def parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("WORKBOOK_PARAMETERS", raising=False)
    for client in ("acme", "birch-and-sons"):
        (tmp_path / "parameters" / client).mkdir(parents=True)
        (tmp_path / "parameters" / client / "client.yaml").touch()
    return tmp_path / "parameters"


def fault(client: str, parameters: Path) -> Fault:
    with pytest.raises(FaultsError) as error:
        client_folder(client, parameters)
    return error.value.faults[0]


def test_the_folder_given_goes_before_all_others(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_PARAMETERS", "/nowhere")
    assert find_parameters(parameters) == parameters.resolve()


def test_the_variable_goes_before_the_working_folder(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = parameters.parent / "other"
    other.mkdir()
    monkeypatch.chdir(parameters.parent)
    monkeypatch.setenv("WORKBOOK_PARAMETERS", str(other))
    assert find_parameters() == other.resolve()


def test_the_nearest_folder_upward_is_found(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = parameters.parent / "notebooks" / "training"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert find_parameters() == parameters


def test_the_folder_beside_the_package_comes_last(parameters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(parameters / "acme" / "..")
    (parameters.parent / "parameters").rename(parameters.parent / "elsewhere")
    monkeypatch.chdir(parameters.parent / "elsewhere")
    beside = Path(workbook.__file__).parents[1] / "parameters"
    assert find_parameters() == beside


@pytest.mark.parametrize("by", ["--parameters", "WORKBOOK_PARAMETERS"])
def test_a_named_folder_that_does_not_exist_is_never_passed_over(
    by: str, parameters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = parameters.parent / "missing"
    monkeypatch.chdir(parameters.parent)
    monkeypatch.setenv("WORKBOOK_PARAMETERS", str(missing))
    with pytest.raises(FaultsError) as error:
        find_parameters(missing if by == "--parameters" else None)
    (told,) = error.value.faults
    assert told.key == by
    assert str(missing) in told.found


def test_an_error_names_what_was_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBOOK_PARAMETERS", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workbook, "__file__", str(tmp_path / "site" / "workbook" / "__init__.py"))
    with pytest.raises(FaultsError, match="no folder of parameters") as error:
        find_parameters()
    assert str(tmp_path / "parameters") in str(error.value)
    assert str(tmp_path / "site" / "parameters") in str(error.value)


def test_clients_are_the_folders_with_yaml_files(parameters: Path) -> None:
    (parameters / ".git").mkdir()
    (parameters / ".git" / "x.yaml").touch()
    (parameters / "empty").mkdir()
    (parameters / "brand.yaml").touch()
    (parameters / "Bad Name").mkdir()
    (parameters / "Bad Name" / "client.yaml").touch()
    assert list_clients(parameters) == ["Bad Name", "acme", "birch-and-sons"]


def test_a_client_has_its_folder(parameters: Path) -> None:
    assert client_folder("acme", parameters) == parameters / "acme"


@pytest.mark.parametrize("client", ["..", "../acme", "acme/", "Acme", "a" * 61, "", "acme\n", ".", "a b", "/etc"])
def test_an_id_is_plain(client: str, parameters: Path) -> None:
    assert "lower-case letters" in fault(client, parameters).allowed


def test_an_unknown_client_is_told_with_the_nearest(parameters: Path) -> None:
    told = fault("acne", parameters)
    assert told.found == "no client acne"
    assert told.allowed == "one of acme, birch-and-sons"
    assert told.remedy == "write acme"


def test_ids_that_differ_only_by_case_are_a_fault(parameters: Path) -> None:
    (parameters / "ACME").mkdir()
    told = fault("acme", parameters)
    assert told.found == "the folders acme and ACME"


def test_a_link_out_of_the_parameters_is_no_client(parameters: Path) -> None:
    (parameters.parent / "hidden").mkdir()
    (parameters / "linked").symlink_to(parameters.parent / "hidden")
    assert "leads out" in fault("linked", parameters).found
