"""Text from clients made safe to set: no control characters, no characters that reorder their surroundings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# C0 and C1 controls and lone surrogates have no place in HTML, PDF or a spreadsheet. Directional
# overrides let a text show its neighbours in another order than they are read.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udfff]")
_NOT_SLUG = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style. A line break is a run whose text is a newline."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    href: str | None = None


Runs = tuple[Run, ...]


def clean(text: str) -> str:
    """Return `text` composed (NFC) and without control characters and directional overrides."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text.replace("\r\n", "\n")))


def plain(runs: Runs) -> str:
    """Return the words of `runs` without their styles."""
    return " ".join("".join(run.text for run in runs).split())


def slugify(text: str) -> str:
    """Join the words of `text` by hyphens, for an anchor: "At a glance" is "at-a-glance"."""
    return _NOT_SLUG.sub("-", text.casefold()).strip("-")
