"""Measurements are kept under all they depend on, and never change a result."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from workbook.engagement import load_engagement
from workbook.engagement.load import Engagement
from workbook.engagement.measurements import FOLDER, measured_once

TINY = Path(__file__).parents[1] / "tiny"


@dataclass(frozen=True)
class Found:
    share: float
    names: tuple[str, ...]
    missing: float | None = None


RESULT = Found(0.1 + 0.2, ("ä", "b"))


class Counter:
    """Counts how often something is measured."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Found:
        self.times += 1
        return RESULT


@pytest.fixture()
def office(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "parameters" / "log")
    return tmp_path / "parameters"


def measure(office: Path, how: Callable[[], Found], as_of: str | None = None) -> tuple[Engagement, Found]:
    engagement = load_engagement("log", office, as_of)
    assert engagement.assess is not None
    return engagement, measured_once(engagement, engagement.assess.data_sources[0], Found, how)


def test_what_has_been_measured_is_not_measured_again_and_comes_back_exactly(office: Path) -> None:
    count = Counter()
    assert measure(office, count)[1] == measure(office, count)[1] == RESULT
    assert count.times == 1


def test_without_the_folder_everything_is_measured_again(office: Path) -> None:
    count = Counter()
    measure(office, count)
    shutil.rmtree(office / "log" / FOLDER)
    measure(office, count)
    assert count.times == 2


def test_new_data_another_day_and_another_declaration_are_measured_anew(office: Path) -> None:
    count = Counter()
    engagement, _ = measure(office, count)
    assert engagement.assess is not None
    source = engagement.assess.data_sources[0]
    assert source.file is not None
    with (office / "log" / source.file).open("a") as file:
        file.write("\n")
    measure(office, count)
    measure(office, count, "2026-08-31")
    assert count.times == 3
    measured_once(load_engagement("log", office), replace_timezone(source), Found, count)
    assert count.times == 4


def test_what_was_measured_while_a_file_was_being_replaced_is_not_kept(office: Path) -> None:
    log = office / "log" / "data" / "log.csv"
    good, count = log.read_bytes(), Counter()

    def while_copied() -> Found:
        log.write_bytes(good + b"\n")
        return count()

    measure(office, while_copied)
    log.write_bytes(good)
    measure(office, count)
    assert count.times == 2


def replace_timezone(source):  # type: ignore[no-untyped-def]
    return source.model_copy(update={"timezone": "Europe/Paris"})


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"key": "other", "found": {}}', b"\xff"])
def test_a_broken_file_is_measured_again(office: Path, content: bytes) -> None:
    count = Counter()
    measure(office, count)
    (kept,) = (office / "log" / FOLDER).iterdir()
    kept.write_bytes(content)
    assert measure(office, count)[1] == RESULT and count.times == 2
    assert measure(office, count)[1] == RESULT and count.times == 2


def test_a_file_with_the_right_key_and_a_wrong_result_is_measured_again(office: Path) -> None:
    count = Counter()
    measure(office, count)
    (kept,) = (office / "log" / FOLDER).iterdir()
    kept.write_text(kept.read_text().replace('"share": 0.30000000000000004', '"share": "much"'))
    assert measure(office, count)[1] == RESULT and count.times == 2


def test_a_folder_that_cannot_be_made_only_costs_time(office: Path) -> None:
    (office / "log" / FOLDER).write_text("in the way")
    count = Counter()
    measure(office, count)
    assert measure(office, count)[1] == RESULT and count.times == 2


def _measure_slowly(office: Path, log: Path) -> None:
    def slowly() -> Found:
        with log.open("a") as file:
            file.write(f"{os.getpid()}\n")
        import time

        time.sleep(0.3)
        return replace(RESULT)

    measure(office, slowly)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs locks between processes")
def test_two_processes_that_ask_at_once_measure_once(office: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_measure_slowly, args=(office, tmp_path / "log")) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len((tmp_path / "log").read_text().splitlines()) == 1
