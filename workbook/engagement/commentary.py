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


@dataclass(frozen=True, slots=True)
class Sections:
    """Sections of a notebook: shown beside what it generates, or only instead of a generated text."""

    beside: tuple[str, ...]
    instead: tuple[str, ...] = ()


SECTIONS: Mapping[str, Sections] = {"assess": Sections(("at-a-glance", "recommendations"), ("summary",))}
"""Sections of each notebook that shows any."""

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

    def check_sections(self, sections: Sections) -> list[Fault]:
        """Return the faults for sections that the notebook does not have or would not show."""
        faults = []
        for name, line in self.lines.items():
            if name not in (*sections.beside, *sections.instead):
                faults.append(_unknown(self.file, line, "section", name, [*sections.beside, *sections.instead]))
            elif name in self.replaces and name not in sections.instead:
                allowed = f"sections that the notebook generates: {listed(sections.instead)}"
                remedy = f"take {name} out of the first line: its paragraphs are shown beside what is generated"
                faults.append(Fault(self.file, 1, "replaces", f"the section {name}", allowed, remedy))
            elif name in sections.instead and name not in self.replaces:
                allowed = f"{name} under replaces:, or one of {listed(sections.beside)}"
                remedy = f"write replaces: {name} as the first line, or use another section"
                faults.append(Fault(self.file, line, name, "a section that would not be shown", allowed, remedy))
        return faults

    def check_figures(self, figures: Iterable[str]) -> list[Fault]:
        """Return the faults for figures that the notebook does not have."""
        known = list(figures)
        paragraphs = (paragraph for section in self.sections.values() for paragraph in section)
        return [fault for paragraph in paragraphs for fault in _figure_faults(paragraph, known, self.file)]

    @property
    def quotes_figures(self) -> bool:
        """True when a paragraph quotes a figure."""
        return any(_FIGURE.search(paragraph.text) for section in self.sections.values() for paragraph in section)


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
    meant, shown = nearest(name, known), _shown(name)
    remedy = f"write {meant}" if meant else f"name a {kind} of this notebook, or delete it"
    return Fault(file, line, shown, f"the unknown {kind} {shown}", f"one of {listed(known)}", remedy)


def _shown(text: str) -> str:
    return "(a secret)" if find_secrets(text) else shorten(text)


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
            self.fault(number, f"the heading {_shown(name)}", _HEADING, "write the section's id after ##")
        elif name in self.sections:
            found = f"a second section {name}; the first is on line {self.lines[name]}"
            self.fault(number, found, "each section once", "join the two")
        self.lines.setdefault(name, number)
        self.sections.setdefault(name, [])
        self.section, self.is_open = name, False

    def _outside(self, number: int, text: str) -> None:
        # One fault says it for all lines before the first heading.
        if not self.is_open:
            self.fault(number, f'text "{_shown(text)}" before the first section', _HEADING, "put a heading above it")
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
                remedy = f"write the section ## {_shown(name)}, or delete the line"
                self.fault(number, f"replaces: {_shown(name)}", allowed, remedy)
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
