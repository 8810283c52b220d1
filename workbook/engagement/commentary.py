"""The consultant's own paragraphs: `commentary/<notebook>.md`, by section, quoting figures by their id.

    replaces: summary

    ## summary
    Handling an invoice costs {figure:invoice-cost}, three times what the trade association reports.

A first line `replaces:` names the sections that stand instead of a generated text. What is read here is plain text: it
stays hostile until an exporter escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbook.engagement.faults import Fault, FaultsError, find_secrets, listed, nearest, shorten
from workbook.engagement.yaml_text import decode

NOTEBOOKS = (
    "start",
    "assess",
    "prioritize",
    "pilot",
    "scale",
    "optimize",
    "team",
    "technology",
    "compliance",
    "health",
    "board",
)

_HEADING = "## and the id of a section"
_SECTION = re.compile(r"##[ \t]+(.*)")
_REPLACES = re.compile(r"replaces:(.*)")
_FIGURE = re.compile(r"\{\s*figure\s*:([^{}]*)\}")
_ID = re.compile(r"[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as plain text, and the line on which it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Commentary:
    """What the consultant says in one notebook: paragraphs by section id, and which sections replace generated text."""

    file: str
    sections: Mapping[str, tuple[Paragraph, ...]]
    lines: Mapping[str, int]
    replaces: frozenset[str] = frozenset()

    def section(self, section: str, figures: Mapping[str, str]) -> tuple[str, ...]:
        """Return the paragraphs of a section, figures put in; none for a section that is absent.

        Raises FaultsError for figures that do not exist.
        """
        paragraphs = self.sections.get(section, ())
        faults = [fault for paragraph in paragraphs for fault in _figure_faults(paragraph, figures, self.file)]
        if faults:
            raise FaultsError(faults)
        return tuple(_filled(paragraph.text, figures) for paragraph in paragraphs)

    def check(self, sections: Iterable[str], figures: Iterable[str]) -> list[Fault]:
        """Return the faults for sections and figures that the notebook does not have."""
        valid, known = list(sections), list(figures)
        faults = [
            _unknown(self.file, self.lines[name], "section", name, valid) for name in self.sections if name not in valid
        ]
        paragraphs = [paragraph for section in self.sections.values() for paragraph in section]
        return faults + [fault for paragraph in paragraphs for fault in _figure_faults(paragraph, known, self.file)]


def render(text: str, figures: Mapping[str, str], file: str = "commentary", line: int | None = None) -> str:
    """Return `text` with each `{figure:id}` replaced by the figure as shown; what a figure holds is not read again.

    Raises FaultsError for figures that do not exist, with the nearest id that does.
    """
    faults = _figure_faults(Paragraph(text, line or 1), figures, file)
    if faults:
        raise FaultsError(faults)
    return _filled(text, figures)


def _filled(text: str, figures: Mapping[str, str]) -> str:
    return _FIGURE.sub(lambda match: figures[match[1].strip()], text)


def _figure_faults(paragraph: Paragraph, figures: Iterable[str], file: str) -> list[Fault]:
    known = list(figures)
    names = [match[1].strip() for match in _FIGURE.finditer(paragraph.text)]
    faults = [_unknown(file, paragraph.line, "figure", name, known) for name in names if name not in known]
    if "{figure" in _FIGURE.sub("", paragraph.text):
        found, remedy = "a {figure without its closing bracket", "write {figure:id}"
        faults.append(Fault(file, paragraph.line, "", found, "{figure:id}", remedy))
    return faults


def _unknown(file: str, line: int, kind: str, name: str, known: list[str]) -> Fault:
    meant = nearest(name, known)
    remedy = f"write {meant}" if meant else f"name a {kind} of this notebook, or delete it"
    return Fault(
        file, line, shorten(name), f"the unknown {kind} {shorten(name)}", f"one of {listed(known, 40)}", remedy
    )


def read_commentary(raw: bytes, file: str) -> Commentary:
    """Read the bytes of a commentary file; `file` is how faults name it.

    Raises FaultsError with every fault of the text.
    """
    text = decode(raw, file)
    reader = _Reader(file)
    for offset in find_secrets(text):
        line = text.count("\n", 0, offset) + 1
        reader.fault(line, "a secret (not shown)", "no secrets", "delete it and replace the secret")
    for number, words in enumerate(text.splitlines(), 1):
        reader.take(number, words)
    return reader.finished()


class _Reader:
    """Sorts lines into sections and paragraphs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.sections: dict[str, list[Paragraph]] = {}
        self.lines: dict[str, int] = {}
        self.replaces: dict[str, int] = {}
        self.section: str | None = None
        self.is_open = False
        self.has_begun = False

    def take(self, number: int, line: str) -> None:
        text = line.strip()
        front = _REPLACES.fullmatch(text) if not self.has_begun else None
        self.has_begun = self.has_begun or bool(text)
        if not text:
            self.is_open = False
        elif front:
            self.replaces = dict.fromkeys((name.strip() for name in front[1].split(",")), number)
        elif heading := _SECTION.fullmatch(text):
            self._begin(number, heading[1].strip())
        elif self.section is None:
            self._outside(number, text)
        else:
            self._add(number, text)

    def _begin(self, number: int, name: str) -> None:
        if not _ID.fullmatch(name):
            self.fault(number, f"the heading {shorten(name)}", _HEADING, "write the section's id after ##")
        elif name in self.sections:
            found = f"a second section {name}; the first is on line {self.lines[name]}"
            self.fault(number, found, "each section once", "join the two")
        self.lines.setdefault(name, number)
        self.sections.setdefault(name, [])
        self.section, self.is_open = name, False

    def _outside(self, number: int, text: str) -> None:
        # One fault says it for all lines before the first heading.
        if not self.is_open:
            self.fault(number, f'text "{shorten(text)}" before the first section', _HEADING, "put a heading above it")
        self.is_open = True

    def _add(self, number: int, text: str) -> None:
        paragraphs = self.sections[str(self.section)]
        if self.is_open:
            paragraphs[-1] = Paragraph(f"{paragraphs[-1].text} {text}", paragraphs[-1].line)
        else:
            paragraphs.append(Paragraph(text, number))
        self.is_open = True

    def finished(self) -> Commentary:
        for name, number in self.replaces.items():
            if not self.sections.get(name):
                allowed = f"sections of this file that hold text: {listed(self.sections)}"
                remedy = f"write the section ## {shorten(name)}, or delete the line"
                self.fault(number, f"replaces: {shorten(name)}", allowed, remedy)
        for name, paragraphs in self.sections.items():
            if not paragraphs:
                found, remedy = f"the section {name} without text", "write the paragraph, or delete the heading"
                self.fault(self.lines[name], found, "text", remedy)
        if self.faults:
            raise FaultsError(self.faults)
        sections = {name: tuple(paragraphs) for name, paragraphs in self.sections.items()}
        return Commentary(self.file, sections, self.lines, frozenset(self.replaces))

    def fault(self, line: int, found: str, allowed: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, line, "", found, allowed, remedy))
