"""A run that is killed again and again loses nothing; every way of being broken is explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Command
from office import KINDS, make_office
from soak import SoakError, check_file, soak

# Only a run can find these; everything else is found by `workbook check` as well.
FOUND_BY_RUNS = {"another client named", "no place for deliverables"}


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    soak(tmp_path, clients=12, kills=3, seed=3, demos=1, tell=told.append)
    assert "11 clients finished, 1 explained; the same bytes" in told[-1]


def test_each_way_of_being_broken_is_explained_by_a_check(tmp_path: Path, workbook_command: Command) -> None:
    members = make_office(tmp_path / "many", len(KINDS) + 3, demos=0, broken=len(KINDS))
    ended = workbook_command("check", "--parameters", tmp_path / "many" / "parameters")
    assert ended.code == 2
    for member in members:
        told = [line for line in ended.err.splitlines() if line.startswith(member.id) and "note:" not in line]
        if member.kind is None or member.kind.name in FOUND_BY_RUNS:
            assert told == []
        else:
            assert any(all(word in line for word in member.kind.words) for line in told), (member.kind.name, told)


def test_the_same_seed_makes_the_same_office(tmp_path: Path) -> None:
    one, other = (make_office(tmp_path / name, 24, seed=5, broken=2) for name in ("one", "other"))
    assert [(each.id, each.name, each.kind) for each in one] == [(each.id, each.name, each.kind) for each in other]
    contents = [
        {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "one", tmp_path / "other")
    ]
    assert contents[0] == contents[1]
    assert len({each.name for each in one}) > 20


@pytest.mark.parametrize("name", ["assess.html", "assess.pdf", "assess.json", "assess.ipynb", "tables.xlsx", "map.png"])
def test_a_file_that_was_cut_off_is_noticed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"%PDF-1.7\n{<html><h1>x</h1>")
    with pytest.raises(SoakError, match="does not open"):
        check_file(tmp_path / name)


def test_a_file_that_is_no_deliverable_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "assess.html.tmp").write_bytes(b"")
    with pytest.raises(SoakError, match="no deliverable"):
        check_file(tmp_path / "assess.html.tmp")
