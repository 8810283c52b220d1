"""Sets of files appear whole or not at all."""

import errno
import os
import stat

import pytest

from workbook.engagement.faults import FaultsError
from workbook.publish.atomic import claimed, staged

fcntl = pytest.importorskip("fcntl")


def write(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def listing(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_set_is_moved_into_place(tmp_path):
    with staged(tmp_path / "out", "a") as stage:
        write(stage, report="1", exhibits__a__chart="2")
        assert listing(tmp_path / "out") == [".staging-a/exhibits/a/chart", ".staging-a/report"]
    assert listing(tmp_path / "out") == ["exhibits/a/chart", "report"]


def test_a_folder_is_swapped_whole_and_its_neighbours_stay(tmp_path):
    write(tmp_path, exhibits__a__old="0", exhibits__b__kept="0", report="0")
    with staged(tmp_path, "a") as stage:
        write(stage, exhibits__a__new="1", report="1")
    assert listing(tmp_path) == ["exhibits/a/new", "exhibits/b/kept", "report"]
    assert (tmp_path / "report").read_text() == "1"


def test_after_an_error_everything_is_as_it_was(tmp_path):
    write(tmp_path, exhibits__a__old="0", report="0")
    with pytest.raises(RuntimeError), staged(tmp_path, "a") as stage:
        write(stage, exhibits__a__new="1", report="1")
        raise RuntimeError
    assert listing(tmp_path) == ["exhibits/a/old", "report"]
    assert (tmp_path / "report").read_text() == "0"


def test_what_a_kill_left_is_cleared_by_the_next_run(tmp_path):
    write(tmp_path / ".staging-a", half="x")
    with staged(tmp_path, "a") as stage:
        write(stage, report="1")
    assert listing(tmp_path) == ["report"]


def test_files_reach_the_disk_on_systems_that_flush_only_what_may_be_written(tmp_path, monkeypatch):
    def flush(descriptor):
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and not fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_RDWR:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr(os, "fsync", flush)
    with staged(tmp_path, "a") as stage:
        write(stage, report="1")
    assert listing(tmp_path) == ["report"]


def test_a_folder_is_claimed_by_one_run_at_a_time(tmp_path):
    with claimed(tmp_path / "out"):
        with pytest.raises(FaultsError, match="another run is writing"), claimed(tmp_path / "out"):
            raise AssertionError
        with claimed(tmp_path / "other"):
            pass
    with claimed(tmp_path / "out"):
        assert listing(tmp_path) == []


def test_a_claim_ends_with_an_error(tmp_path):
    with pytest.raises(RuntimeError), claimed(tmp_path):
        raise RuntimeError
    with claimed(tmp_path):
        pass


def test_where_the_file_system_knows_no_locks_nobody_is_kept_out(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(fcntl, "flock", unknown)
    with claimed(tmp_path), claimed(tmp_path):
        pass
