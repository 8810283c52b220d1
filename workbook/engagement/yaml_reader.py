"""Strict reading of YAML 1.2 core into plain data, with the position of each key.

The events of the fast C parser are turned into data in one pass. What makes YAML surprising or dangerous is refused:
duplicate keys, anchors and aliases, tags, merge keys, several documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from workbook.engagement.faults import Fault, FaultsError, Path, dotted, find_secrets, shorten
from workbook.engagement.yaml_text import MAX_FAULTS, MOVE, decode, resolve, unprintable

MAX_DEPTH = 40
# Keys that name an item of a list, the first that it has; all but the id only where no other item has that name.
_NAMED_BY = ("id", "use_case", "system", "line", "kind")
MAX_NODES = 200_000

# What was found, what is allowed, what to do.
_EMPTY = ("nothing", "a mapping of keys to values", "fill the file in, or delete it")
_DIRECTIVE = ("a % directive", "YAML 1.2 without directives", "delete the line that begins with %")
_NO_MAPPING = ("no mapping at the top level", "a mapping of keys to values", "write each line as key: value")
_SECOND = ("a second document (---)", "one document in a file", "delete the line ---, or use two files")
_TOO_MANY = (f"more than {MAX_NODES:,} values", f"at most {MAX_NODES:,}", MOVE)
_TOO_DEEP = (f"more than {MAX_DEPTH} levels", f"at most {MAX_DEPTH} levels", "close the brackets, or nest less")
_ALIAS = ("a reference *{}", "values written out", "write the value out in its place")
_ANCHOR = ("an anchor &{}", "values written out", "delete the anchor")
_TAG = ("a tag {}", "values without tags", "delete the tag; put text in quotes")
_KEY = ("a key that is no plain name", "a name as key", "write the key as a word followed by a colon")
_NAMELESS = ("a key without a printable name", "a name as key", "write a name before the colon")
_MERGE = ("a merge key <<", "values written out", "write the merged keys out")
_TWICE = ("a second {}; the first is on line {}", "each key once", "delete one of the two")
_ESCAPED = ("an escaped character {}", "printable text", "delete it")

# What libyaml says, and what people can do about it.
_REMEDIES = (
    ("mapping values are not allowed", "put text that holds a colon in quotes, and align the keys of one mapping"),
    ("cannot start any token", "indent with spaces, not tabs, and put text that begins with @, ` or % in quotes"),
    ("unexpected end of stream", "close the quotation mark"),
    ("did not find expected ',' or", "close the bracket and separate its items by commas"),
    ("did not find expected '-'", "align the items of the list, each beginning with a hyphen"),
    ("expected key", "align the keys of the mapping, and put text that holds quotation marks in quotes as a whole"),
    ("expected ':'", "write a colon and a space after the key"),
    ("quoted scalar", "write a backslash in double quotes twice, or use single quotes"),
    ("", "compare the indentation with the lines above"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain data, its text, and the line of each key path, counted from 1."""

    data: dict[str, Any]
    lines: Mapping[Path, int]
    file: str
    text: str = field(default="", repr=False)

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line of the key at `path`, or of the nearest key above it that exists."""
        known = tuple(path)
        while known and known not in self.lines:
            known = known[:-1]
        return self.lines[known] if known else 1

    def fault(self, path: Path, found: str, allowed: str, remedy: str) -> Fault:
        """Return the fault of what stands at `path`."""
        return Fault(self.file, self.line_of(path), dotted(path), found, allowed, remedy)

    def locate(self, path: str | Sequence[str | int]) -> Path:
        """Return the key path of `path`, in which an item of a list may be named by its id.

        "processes.invoices.volume" and "processes.0.volume" are the same path where the first process has the
        id `invoices`. An item without an id is named by its use case, system, budget line or kind, if it is the only
        one of that name. Raises KeyError from the first part that does not exist.
        """
        parts = path.split(".") if isinstance(path, str) else path
        found = self.known(parts)
        if len(found) < len(parts):
            raise KeyError(f"{self.file} has no {dotted([*found, parts[len(found)]])}")
        return found

    def known(self, parts: Sequence[str | int]) -> Path:
        """Return the key path of the first parts, as far as they exist."""
        here: Any = self.data
        found: list[str | int] = []
        for part in parts:
            key = _key_in(here, part)
            if key is None:
                break
            found.append(key)
            here = here[key]
        return tuple(found)


def _key_in(here: Any, part: str | int) -> str | int | None:
    if isinstance(here, dict):
        return str(part) if str(part) in here else None
    if not isinstance(here, list):
        return None
    named = [index for index, item in enumerate(here) if isinstance(part, str) and _name_of(item) == part]
    if named and (len(named) == 1 or "id" in here[named[0]]):
        return named[0]
    is_index = isinstance(part, int) or part.isdecimal()
    return int(part) if is_index and 0 <= int(part) < len(here) else None


def _name_of(item: Any) -> Any:
    return next((item[key] for key in _NAMED_BY if key in item), None) if isinstance(item, dict) else None


def at(data: Any, path: Path) -> Any:
    """Return the value in plain data to which a key path leads."""
    for part in path:
        data = data[part]
    return data


def read_yaml(raw: bytes, file: str) -> Document:
    """Read the bytes of a YAML file whose top level is a mapping.

    Raises FaultsError with every fault of the text.
    """
    return _Reader(file, decode(raw, file)).read()


class _Stop(Exception):
    """The text cannot be read any further."""


class _Reader:
    """One pass over the events of one text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []
        self.nodes = 0
        self.events: Iterator[Any] = iter(())

    def read(self) -> Document:
        data: Any = None
        try:
            data = self._document()
        except yaml.YAMLError as error:
            self._refuse_syntax(error)
        except _Stop:
            pass
        if self.faults:
            raise FaultsError(self.faults)
        return Document(data, self.lines, self.file, self.text)

    def _document(self) -> Any:
        self.events = yaml.parse(self.text, Loader=yaml.CSafeLoader)
        next(self.events)
        start: Any = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            if self.text.strip():
                # Nothing but comments, as in a skeleton of which nothing has been filled in yet.
                return {}
            self._stop(1, (), _EMPTY)
        if start.tags or start.version not in (None, (1, 2)):
            self._stop(1, (), _DIRECTIVE)
        data = self._node(next(self.events), (), 1)
        if not isinstance(data, dict):
            self._refuse(1, (), _NO_MAPPING)
        next(self.events)
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            self._refuse(_line(after), (), _SECOND)
        return data

    def _node(self, event: Any, path: Path, depth: int) -> Any:
        """Return the data of the node that begins with `event`."""
        self.nodes += 1
        if len(self.faults) >= MAX_FAULTS:
            raise _Stop
        if self.nodes > MAX_NODES:
            self._stop(_line(event), path, _TOO_MANY)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(_line(event), path, _ALIAS, shorten(str(event.anchor)))
            return None
        self._refuse_extras(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if depth > MAX_DEPTH:
            self._stop(_line(event), path[:3], _TOO_DEEP)
        return self._sequence(path, depth) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path, depth)

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self.lines[here] = _line(event)
            items.append(self._node(event, here, depth + 1))
        return items

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path, items)
            here = (*path, key)
            self.lines.setdefault(here, _line(event))
            items[key] = self._node(next(self.events), here, depth + 1)
        return items

    def _key(self, event: Any, path: Path, items: Mapping[str, Any]) -> str:
        """Return a key as text: keys are names, so 12 and NO are the names "12" and "NO"."""
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(_line(event), path, _KEY)
        self._refuse_extras(event, path)
        key = str(event.value)
        where = (*path, key)
        if key == "<<" and not event.style:
            self._refuse(_line(event), where, _MERGE)
        elif not key.strip() or unprintable(key):
            self._refuse(_line(event), where, _NAMELESS)
        elif key in items:
            self._refuse(_line(event), where, _TWICE, dotted((key,)), self.lines[where])
        return key

    def _scalar(self, event: Any, path: Path) -> Any:
        text = str(event.value)
        if event.style:
            if character := unprintable(text):
                self._refuse(_line(event), path, _ESCAPED, character)
            return text
        try:
            return resolve(text)
        except ValueError as error:
            found = "a secret (not shown)" if find_secrets(text) else shorten(text)
            self._refuse(_line(event), path, ("{}", *error.args), found)
            return None

    def _refuse_extras(self, event: Any, path: Path) -> None:
        if event.anchor:
            self._refuse(_line(event), path, _ANCHOR, shorten(event.anchor))
        if event.tag:
            self._refuse(_line(event), path, _TAG, shorten(event.tag))

    def _refuse_syntax(self, error: yaml.YAMLError) -> None:
        marked = error if isinstance(error, yaml.MarkedYAMLError) else yaml.MarkedYAMLError(problem=str(error))
        problem = " ".join(filter(None, (marked.problem, marked.context)))
        # A quotation mark that is never closed is found at the end of the file; where it was opened helps more.
        opened = marked.context_mark if "end of stream" in problem else None
        mark = opened or marked.problem_mark or marked.context_mark
        remedy = next(words for part, words in _REMEDIES if part in problem)
        self._refuse(mark.line + 1 if mark else None, (), ("YAML that cannot be read ({})", "YAML", remedy), problem)

    def _refuse(self, line: int | None, path: Path, fault: tuple[str, ...], *names: object) -> None:
        found, allowed, remedy = fault
        self.faults.append(Fault(self.file, line, dotted(path), found.format(*names), allowed, remedy))

    def _stop(self, line: int, path: Path, fault: tuple[str, ...]) -> NoReturn:
        self._refuse(line, path, fault)
        raise _Stop


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
