"""Data found in order are not read again while they and what is declared of them are the same."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbook.engagement import check_contents, load
from workbook.engagement.check import check_client
from workbook.engagement.faults import FaultsError

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the data of each source were read."""
    times: Counter[str] = Counter()
    original = check_contents.content_faults

    def counted(engagement: Any, source: Any, is_sound: bool) -> Iterator[Any]:
        times[source.id] += 1
        return original(engagement, source, is_sound)

    monkeypatch.setattr(check_contents, "content_faults", counted)
    return times


@pytest.fixture
def client(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def check(client: Path) -> list[str]:
    try:
        check_client(client.name, client.parent)
    except FaultsError as error:
        return [str(fault) for fault in error.faults]
    return []


def test_data_found_in_order_are_read_once(client: Path, read: Counter[str]) -> None:
    assert check(client) == check(client) == []
    assert read == {"log": 1, "records": 1}


def test_data_that_have_changed_are_read_again(client: Path, read: Counter[str]) -> None:
    check(client)
    log = client / "data" / "log.csv"
    log.write_text(log.read_text().replace("time", "moment", 1))
    (fault,) = check(client)
    assert "unknown column time" in fault
    assert read == {"log": 2, "records": 1}


def test_a_declaration_that_has_changed_is_held_against_the_data_again(client: Path, read: Counter[str]) -> None:
    check(client)
    assess = client / "assess.yaml"
    assess.write_text(assess.read_text().replace("start_activities: [Open]", "start_activities: [Opem]"))
    (fault,) = check(client)
    assert "Opem, which no row holds" in fault
    assert read == {"log": 2, "records": 1}


def test_a_fault_is_told_each_time_at_the_line_where_it_stands(client: Path) -> None:
    assess = client / "assess.yaml"
    assess.write_text(assess.read_text().replace("timestamp: time}", "timestamp: moment}"))
    (before,) = check(client)
    assess.write_text("# a note\n" + assess.read_text())
    (after,) = check(client)
    line = int(before.split(":")[1].split()[0])
    assert after == before.replace(f":{line} ", f":{line + 1} ", 1)


def test_a_note_is_given_each_time(client: Path, read: Counter[str]) -> None:
    assess = client / "assess.yaml"
    assess.write_text(assess.read_text().replace("end_activities: [Close]", "end_activities: [Close, Withdrawn]"))
    first, again = (check_client(client.name, client.parent).notes for _ in range(2))
    assert first == again and "Withdrawn" in str(first)
    assert read["log"] == 2


def test_a_file_that_cannot_be_read_is_a_fault_like_any_other(client: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = client / "data" / "records.csv"
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != records and may(path, mode))

    def refused(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(load, "file_hash", refused)
    (fault,) = check(client)
    assert "data_sources.records.file: found in records.csv a file that may not be read" in fault
    assert str(client.parent) not in fault
