"""Kinds of failure, told apart so that a summary can say what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Literal

Kind = Literal["input", "cell", "died", "memory", "time", "disk", "leak", "cancelled"]

WORDS: dict[Kind, str] = {
    "input": "wrong input",
    "cell": "error in a cell",
    "died": "process died",
    "memory": "out of memory",
    "time": "time limit",
    "disk": "disk full",
    "leak": "not fit to publish",
    "cancelled": "cancelled",
}
"""What people call each kind."""

REMEDIES: dict[Kind, str] = {
    "input": "correct the input named",
    "cell": "open the partial notebook at the heading named",
    "died": "run this client again alone; if it dies again, report it with the partial notebook",
    "memory": "run fewer jobs beside each other (--jobs), or on a machine with more memory",
    "time": "allow more time (--time-limit)",
    "disk": "free space and run again; what is finished is not run again",
    "leak": "find how the words named came in; what may be named stands under may_mention in client.yaml",
    "cancelled": "run again; what is finished is not run again",
}
"""What to do about each kind."""

_NAMES: dict[str, Kind] = {
    "OSError": "input",
    "MemoryError": "memory",
    "OutOfMemoryError": "memory",
    "OutOfMemoryException": "memory",
    "ArrowMemoryError": "memory",
    "DeadKernelError": "died",
    "CellTimeoutError": "time",
    "FaultsError": "input",
    "TableError": "input",
    "DatabaseAccessError": "input",
    "ExhibitError": "leak",
    "LeakError": "leak",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)


def told(error: OSError) -> tuple[Kind, str]:
    """Return the kind of failure behind an error of the system, and what to tell of it: of a path only the name."""
    place = Path(error.filename).name if error.filename else "a file"
    return kind_of("OSError", str(error)), f"{place} cannot be read or written ({error.strerror})"


def kind_of(error_name: str, message: str) -> Kind:
    """Return the kind of failure behind an exception, by its name and message as a notebook records them."""
    # A library that does not raise OSError says it in the system's words.
    if any(f"[Errno {number}]" in message or os.strerror(number) in message for number in _FULL):
        return "disk"
    return _NAMES.get(error_name, "cell")
