"""What is wrong with a client's files: where, what was found, what is allowed and what to do about it."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]

LONGEST_SHOWN = 60

# Words of a key that announce a secret. "price_per_token" counts tokens and is none.
_SECRET_KEY = re.compile(
    r"(?:^|[_\-.])(?:password|passwd|passphrase|pwd|secret|(?:api|access|private|secret|account)[_-]?key|"
    r"(?<!per_)token|credentials?|connection[_-]string|dsn)$",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"://[^\s/:@\"']*:[^\s/@\"']+@"
    r"|\b(?:password|passwd|pwd|secret|api_?key|access_?token|accountkey)\s*=\s*[^\s;&\"']+"
    r"|\b(?:postgres(?:ql)?|mysql|mariadb|mssql|oracle|snowflake|redshift|mongodb)(?:\+\w+)?://"
    r"|-----BEGIN\b"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bsk-(?:(?:proj|ant|live|test)-[\w-]{12,}|[A-Za-z0-9]{16,})"
    r"|\b[sr]k_(?:live|test)_\w{12,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}"
    r"|\bxox[abprs]-[\w-]{10,}"
    r"|\bAIza[\w-]{30,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.",
    re.IGNORECASE,
)

# Each secret holds one of these; looking for them first makes reading a file five times as fast.
_SECRET_SIGNS = (
    *("://", "=", "-----begin", "akia", "asia", "sk-", "k_live_", "k_test_", "github_pat_", "xox", "aiza", "eyj"),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right in one place.

    `file` is given relative to the folder of parameters ("acme/assess.yaml"), `line` counts from 1,
    `found` and `allowed` are noun phrases, `remedy` is an instruction in the imperative. A note stops nothing: it says
    what may be right, but should not pass unseen.
    """

    file: str
    line: int | None
    key: str
    found: str
    allowed: str
    remedy: str
    is_note: bool = False

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f" {self.key}" if self.key else ""
        return f"{place}{key}: found {self.found}; allowed {self.allowed}; {self.remedy}"


class FaultsError(Exception):
    """All faults that keep a client's files from being used, by file and line, each once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        by_place = sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line or 0, fault.key))
        self.faults: tuple[Fault, ...] = tuple(by_place)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def refused(file: str, found: str, allowed: str, remedy: str, key: str = "", line: int | None = None) -> FaultsError:
    """Return the error of one fault."""
    return FaultsError([Fault(file, line, key, found, allowed, remedy)])


def dotted(path: Sequence[str | int]) -> str:
    """Write a key path as people do: ("processes", 3, "volume") is "processes[3].volume"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{_shown_key(part)}"
    return text.removeprefix(".")


def nearest(name: object, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the valid name that `name` was probably meant to be, or None when none is close."""
    by_folded = {valid.casefold(): valid for valid in names}
    close = difflib.get_close_matches(str(name)[:200].casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else None


def write_nearest(name: str, names: Iterable[str], otherwise: str) -> str:
    """Return the instruction to write the valid name that was meant, or `otherwise` when none is close."""
    meant = nearest(name, names)
    return write(meant, name) if meant else otherwise


def write(meant: str, name: str) -> str:
    """Return the instruction to write `meant` instead of `name`, in escapes where the two look alike."""
    meant_looks, name_looks = (" ".join(unicodedata.normalize("NFKC", text).split()) for text in (meant, name))
    is_hard_to_see = not meant.isprintable() or (meant != name and meant_looks == name_looks)
    # What JSON writes in quotes, YAML reads in quotes.
    return f"write {json.dumps(meant) if is_hard_to_see else shorten(meant)}"


def listed(names: Iterable[str], at_most: int = 12) -> str:
    """Return names as one phrase, the first of them if they are many."""
    every = list(names)
    more = f" and {len(every) - at_most} more" if len(every) > at_most else ""
    return ", ".join(every[:at_most]) + more if every else "none"


def is_secret_key(key: object) -> bool:
    """Tell whether a key's name says that its value is a secret."""
    return isinstance(key, str) and _SECRET_KEY.search(key) is not None


def find_secrets(text: str) -> list[int]:
    """Return the offsets in `text` of what looks like a password, a key, a token or a database address."""
    offsets: list[int] = []
    start = 0
    for line in text.split("\n"):
        folded = line.lower()
        if any(sign in folded for sign in _SECRET_SIGNS):
            offsets += [start + match.start() for match in _SECRET_TEXT.finditer(line)]
        start += len(line) + 1
    return offsets


def show(value: object, path: Sequence[str | int] = ()) -> str:
    """Return a found value as a phrase that is safe to print: short, on one line, without secrets.

    A value is not shown either where one of the keys in `path`, which lead to it, is such as `password`.
    """
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if any(is_secret_key(key) for key in path) or (isinstance(value, str) and find_secrets(value)):
        return "a secret (not shown)"
    if isinstance(value, Mapping):
        return f"a mapping with {listed(map(_shown_key, value), 5)}" if value else "an empty mapping"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, str):
        return f'text "{shorten(value)}"'
    return shorten(str(value))


def shorten(text: str, limit: int = LONGEST_SHOWN) -> str:
    """Return `text` on one line of at most `limit` characters, whatever a terminal would act on escaped."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in short)


def _shown_key(key: object) -> str:
    text = str(key)
    return "(a secret)" if find_secrets(text) else shorten(text, 40)
