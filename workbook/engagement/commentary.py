"""The consultant's own paragraphs: `commentary/<notebook>.md`, by section, quoting figures by their id.

    replaces: summary

    ## summary
    Handling an invoice costs {figure:invoice-cost}, three times what the trade association reports.

A first line `replaces:` names the sections that stand instead of a generated text. What is read here is plain text: it
stays hostile until an exporter escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from workbook.engagement.faults import Fault, FaultsError, find_secrets, listed, shorten, write_nearest
from workbook.engagement.yaml_text import decode

_NAMES = "start assess prioritize pilot scale optimize team technology compliance health board"
NOTEBOOKS = tuple(_NAMES.split())


@dataclass(frozen=True, slots=True)
class Sections:
    """Sections of a notebook: shown beside what it generates, or only instead of a generated text."""

    beside: tuple[str, ...]
    instead: tuple[str, ...] = ()


_USUAL = Sections(("at-a-glance", "recommendations"), ("summary",))
SECTIONS: Mapping[str, Sections] = dict.fromkeys(("assess", "prioritize", "pilot"), _USUAL)
"""Sections of each notebook that shows any."""

_HEADING = "## and the id of a section"
_SECTION = re.compile(r"##[ \t]+(.*)")
_REPLACES = re.compile(r"replaces:(.*)")
_FIGURE = re.compile(r"\{\s*figure\s*:([^{}]*)\}")
_BRACES = re.compile(r"\{\s*(?:figure|\w+\s*:)[^{}]*")
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

    def check_figures(self, figures: Collection[str]) -> list[Fault]:
        """Return the faults for figures that the notebook does not have."""
        paragraphs = (paragraph for section in self.sections.values() for paragraph in section)
        return [fault for paragraph in paragraphs for fault in _figure_faults(paragraph, figures, self.file)]

    @property
    def quotes_figures(self) -> bool:
        """True when a paragraph quotes a figure."""
        return any(_FIGURE.search(paragraph.text) for section in self.sections.values() for paragraph in section)


def _filled(text: str, figures: Mapping[str, str]) -> str:
    return _FIGURE.sub(lambda match: figures[match[1].strip()], text)


def _figure_faults(paragraph: Paragraph, figures: Collection[str], file: str) -> list[Fault]:
    names = [match[1].strip() for match in _FIGURE.finditer(paragraph.text)]
    return [_unknown(file, paragraph.line, "figure", name, list(figures)) for name in names if name not in figures]


def _unknown(file: str, line: int, kind: str, name: str, known: list[str]) -> Fault:
    shown, remedy = _shown(name), write_nearest(name, known, f"name a {kind} of this notebook, or delete it")
    return Fault(file, line, shown, f"the unknown {kind} {shown}", f"one of {listed(known)}", remedy)


def _shown(text: str) -> str:
    return "(a secret)" if find_secrets(text) else shorten(text)


# --- one section of a text -------------------------------------------------------------------------------------------


def section_text(text: str, section: str) -> str:
    """Return the lines of a section as they stand below its heading; nothing for a section that is absent."""
    lines = text.splitlines()
    start, stop = _span(lines, section)
    return "\n".join(lines[start + 1 : stop]).strip()


def with_section(text: str, section: str, paragraphs: str, *, instead: bool = False) -> str:
    """Return the text with other paragraphs in a section, every other line as it stands.

    A section that is absent is added at the end, one without paragraphs taken out; `instead` of a generated text it is
    named in the first line as well. Raises ValueError for paragraphs with a heading of their own.
    """
    body = [line.rstrip() for line in paragraphs.strip().splitlines()]
    if any(_SECTION.fullmatch(line.strip()) for line in body):
        raise ValueError("a line that begins with ## would begin another section; write paragraphs alone")
    if "\n".join(paragraphs.strip().splitlines()) == section_text(text, section):
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    start, stop = _span(text.splitlines(), section)
    if start == len(lines):
        gap = [newline] * (1 if text.endswith("\n") else 2) if text else []
        heading, after = [*gap, f"## {section}{newline}"], []
    else:
        heading = [lines[start].rstrip() + newline]
        last = next((place for place in range(stop, start + 1, -1) if lines[place - 1].strip()), start + 1)
        after = lines[last:stop]
    while not body and stop == len(lines) and start and not lines[start - 1].strip():
        # What parted it from the section above goes with it.
        start -= 1
    lines[start:stop] = [*heading, *(line + newline for line in body), *after] if body else []
    return "".join(_with_front(lines, section, newline, named=bool(body)) if instead else lines)


def _span(lines: list[str], section: str) -> tuple[int, int]:
    """Return the places of a section's heading and of the line after its last; the end twice if it is absent."""
    headings = {
        place: match[1].strip() for place, line in enumerate(lines) if (match := _SECTION.fullmatch(line.strip()))
    }
    start = next((place for place, name in headings.items() if name == section), len(lines))
    return start, next((place for place in headings if place > start), len(lines))


def _with_front(lines: list[str], section: str, newline: str, *, named: bool) -> list[str]:
    """Return the lines with a section named, or no longer named, in the line replaces:."""
    place = next((place for place, line in enumerate(lines) if line.strip()), len(lines))
    front = _REPLACES.fullmatch(lines[place].strip()) if place < len(lines) else None
    names = [name.strip() for name in front[1].split(",")] if front else []
    if (section in names) == named:
        return lines
    names = [*names, section] if named else [name for name in names if name != section]
    first = [f"replaces: {', '.join(names)}{newline}"] if names else []
    if first:
        return [*lines[:place], *first, *lines[place + 1 :]] if front else [*first, newline, *lines]
    rest = lines[place + 1 :]
    return rest[1:] if rest and not rest[0].strip() else rest


# --- reading ---------------------------------------------------------------------------------------------------------


def read_commentary(raw: bytes, file: str) -> Commentary:
    """Read the bytes of a commentary file; `file` is how faults name it.

    Raises FaultsError with every fault of the text.
    """
    text = decode(raw, file)
    reader = _Reader(file)
    for offset in find_secrets(text):
        line = text.count("\n", 0, offset) + 1
        reader.fault(line, "a secret (not shown)", "no secrets", "delete it and replace the secret")
    for number, block in enumerate(_blocks(text)):
        reader.take(block, is_first=number == 0)
    return reader.finished()


def _blocks(text: str) -> Iterator[Paragraph]:
    """Yield the first line, each heading and each paragraph, its lines joined, with the line on which it begins."""
    lines: list[str] = []
    begin = 0
    for number, line in enumerate([*map(str.strip, text.splitlines()), ""], 1):
        stands_alone = _SECTION.fullmatch(line) or (not begin and _REPLACES.fullmatch(line))
        if lines and (stands_alone or not line):
            yield Paragraph(" ".join(lines), begin)
            lines = []
        begin = begin if lines or not line else number
        if stands_alone:
            yield Paragraph(line, number)
        elif line:
            lines.append(line)


class _Reader:
    """Sorts headings and paragraphs into sections."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.sections: dict[str, list[Paragraph]] = {}
        self.lines: dict[str, int] = {}
        self.replaces: dict[str, int] = {}

    def take(self, block: Paragraph, is_first: bool) -> None:
        if is_first and (front := _REPLACES.fullmatch(block.text)):
            self.replaces = dict.fromkeys((name.strip() for name in front[1].split(",")), block.line)
        elif heading := _SECTION.fullmatch(block.text):
            self._begin(block.line, heading[1].strip())
        elif not self.sections:
            remedy = f"write {_HEADING}" if block.text.startswith("#") else "put a heading above it"
            self.fault(block.line, f'text "{_shown(block.text)}" before the first section', _HEADING, remedy)
        else:
            [*_, paragraphs] = self.sections.values()
            paragraphs.append(block)
            if braces := _BRACES.search(_FIGURE.sub("", block.text)):
                self.fault(block.line, f"{_shown(braces[0])} without a figure", "{figure:id}", "write {figure:id}")

    def _begin(self, line: int, name: str) -> None:
        if not _ID.fullmatch(name):
            self.fault(line, f"the heading {_shown(name)}", _HEADING, "write the section's id after ##")
        elif name in self.sections:
            found = f"a second section {name}; the first is on line {self.lines[name]}"
            self.fault(line, found, "each section once", "join the two")
        self.lines.setdefault(name, line)
        # The section at hand is the last one.
        self.sections[name] = self.sections.pop(name, [])

    def finished(self) -> Commentary:
        for name, line in self.replaces.items():
            if not self.sections.get(name):
                allowed = f"sections of this file that hold text: {listed(self.sections)}"
                remedy = f"write the section ## {_shown(name)}, or delete the line"
                self.fault(line, f"replaces: {_shown(name)}", allowed, remedy)
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
