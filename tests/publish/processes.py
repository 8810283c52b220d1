"""Looking at other processes, without a library."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Tell whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not (now := holds()) and time.monotonic() < end:
        time.sleep(0.02)
    return now


def is_running(process: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    return _state(process) not in {"", "Z"}


def processes_with(word: str) -> list[int]:
    """Return the processes whose environment holds a word, and so all descendants of one that was given it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if word.encode() in environment and is_running(int(folder.name)):
            found.append(int(folder.name))
    return found


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
