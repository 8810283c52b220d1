"""Changing one value in the text of a YAML file, and nothing else in it.

The marks of the parser say where each value stands; only that span is rewritten. A round trip through an emitter would
also keep comments, but sets the width of lines, the spaces between keys and values and mixed line ends anew.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import yaml

from workbook.engagement.faults import Path, dotted
from workbook.engagement.yaml_reader import Document, at, read_yaml
from workbook.engagement.yaml_text import resolve

Edit = tuple[int, int, str]
"""Replace the characters from the first offset up to the second by the text."""

_PLAIN = re.compile(r"[\w(](?:[\w ./%()&'+;€$£-]*[\w./%()&'+;€$£-])?")

WIDEST = 120
"""Columns that what is added may take on one line."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A value that takes the place of all that stands there; of another mapping only the keys that differ would be."""

    value: Any


class NotSavable(ValueError):
    """The value cannot be put in this place without rewriting other lines or losing what stands there."""


def changed_text(document: Document, path: Path, value: Any) -> str:
    """Text of the document with `value` at `path`; the text itself where the value is there already.

    Keys at the end of `path` that do not exist are added. Of a mapping only the keys that differ are written, unless it
    is a `Whole`. The result is read again and must hold the new value and otherwise the old data. Raises NotSavable
    where it does not.
    """
    known = document.known(path)
    old = at(document.data, known)
    is_whole = isinstance(value, Whole) and known == path
    new = plain(value.value if isinstance(value, Whole) else value)
    for key in reversed(path[len(known) :]):
        if not isinstance(key, str) or not isinstance(old, dict | None):
            raise NotSavable(f"{dotted(path)}: no key can be added to {dotted(known)}; save that as a whole")
        new = {key: new}
    new = _simplest(new, old)
    expected = new if is_whole else merged(old, new)
    if same(old, expected):
        return document.text
    editor = Editor(document.text)
    if editor.root is None:
        text = editor.begun(new)
    else:
        node = _node_at(editor.root, known)
        edits = [editor.whole(node, new)] if is_whole else editor.edits(node, old, new, dotted(path))
        text = spliced(document.text, edits)
    _verify(text, document, known, expected)
    return text


def _verify(text: str, document: Document, path: Path, expected: Any) -> None:
    data = read_yaml(text.encode(), document.file).data
    if not same(data, _with(document.data, path, expected)):
        raise NotSavable(f"{dotted(path)}: the value cannot be written in this place; edit the file by hand")


def _with(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    copy: Any = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = _with(data[path[0]], path[1:], value)
    return copy


# --- what is saved, as plain data ------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """Return `value`, models and dates included, as the data a file holds.

    Raises NotSavable for what a file cannot hold.
    """
    if hasattr(value, "model_dump"):
        return {key: plain(getattr(value, key)) for key in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real) and math.isfinite(value):
        number = float(value)
        # A slider returns 4.0 where the file says 4, and a whole number must stay one.
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    raise NotSavable(f"{type(value).__name__} {value!r:.60} cannot be saved")


def _simplest(new: Any, old: Any) -> Any:
    """Return a value without evidence as a plain number, unless a mapping stands there already."""
    is_bare = isinstance(new, dict) and "value" in new and all(v is None for k, v in new.items() if k != "value")
    return new["value"] if is_bare and not isinstance(old, dict) else new


def merged(old: Any, new: Any) -> Any:
    """Return the data after saving: keys of `new` replace those of `old`, and None is written only over a value."""
    if not isinstance(new, dict):
        return new
    before = old if isinstance(old, dict) else {}
    after = {key: merged(before.get(key), value) for key, value in new.items() if value is not None or key in before}
    return {**before, **after}


def same(one: Any, other: Any) -> bool:
    """Compare plain data in a way in which true is not 1, 12 is 12.0, and an absent key is None."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(key), other.get(key)) for key in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


# --- where it stands -------------------------------------------------------------------------------------------------


def _node_at(node: Any, path: Path) -> Any:
    for part in path:
        node = node.value[part] if isinstance(part, int) else next(v for k, v in node.value if k.value == part)
    return node


def spliced(text: str, edits: list[Edit]) -> str:
    """Return a text with edits, whose offsets are those of the text as it is given."""
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


class Editor:
    """Finds the edits that turn the data of one text into other data."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = yaml.compose(text, Loader=yaml.CSafeLoader)
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def edits(self, node: Any, old: Any, new: Any, where: str) -> list[Edit]:
        """Return the edits of one node, at the key path `where`. Raises NotSavable for one of another form."""
        if same(old, merged(old, new)):
            return []
        if isinstance(old, dict) and isinstance(new, dict):
            return self._mapping(node, old, new, where)
        if isinstance(old, list) and isinstance(new, list) and old:
            return self._list(node, old, new, where)
        if isinstance(old, dict | list) and old:
            kind = "a value with evidence" if isinstance(old, dict) and "value" in old else "several values"
            raise NotSavable(f"{where} holds {kind}; save a whole Value, or one of its keys")
        if not isinstance(node, yaml.ScalarNode):
            return [(node.start_mark.index, node.end_mark.index, flow(new))]
        return [self._scalar(node, new)]

    def begun(self, new: dict[str, Any]) -> str:
        """Return a text that said nothing, or held comments alone, with its first keys below them."""
        text = self.text + self.newline * (bool(self.text) and not self.text.endswith("\n"))
        return text + "".join(f"{self._pair(key, value, 0)}{self.newline}" for key, value in new.items())

    def whole(self, node: Any, new: Any) -> Edit:
        """Return the edit that puts a value in place of a node."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, new)
        return node.start_mark.index, self._end(node), flow(new)

    def _pair(self, key: str, value: Any, column: int) -> str:
        """Return a key with its value: on one line, or on a line for each part where that would be too long."""
        line = f"{word(key)}: {flow(value)}"
        is_quantity = isinstance(value, dict) and not value.keys().isdisjoint({"value", "likely"})
        if column + len(line) <= WIDEST or is_quantity or not value or not isinstance(value, dict | list):
            return line
        indent = f"{self.newline}{' ' * (column + 2)}"
        if isinstance(value, list):
            return f"{word(key)}:{self.newline}" + self.newline.join(self._item(item, column + 2) for item in value)
        pairs = [self._pair(name, inner, column + 2) for name, inner in value.items() if inner is not None]
        return f"{word(key)}:{indent}" + indent.join(pairs)

    def _scalar(self, node: Any, new: Any) -> Edit:
        start, end = node.start_mark.index, self._end(node)
        if node.style in ("|", ">"):
            return start, end, self._block_text(node, new)
        if start == end:
            return start, end, " " + flow(new)
        return start, end, flow(new, node.style)

    def _block_text(self, node: Any, new: Any) -> str:
        """Return what stands in place of a block scalar: a block where it can be one; its comment is kept."""
        header, _, body = self.text[node.start_mark.index : node.end_mark.index].partition("\n")
        rest = re.sub(r"^[|>][-+0-9]*", "", header.rstrip("\r"))
        if not isinstance(new, str) or not body.strip() or not _can_be_block(new):
            return flow(new) + rest
        lines = new.removesuffix("\n").split("\n")
        style = ">" if node.style == ">" and len(lines) == 1 else "|"
        chomp = "" if new.endswith("\n") else "-"
        first = next(line for line in body.split("\n") if line.strip())
        indent = first[: len(first) - len(first.lstrip())]
        return self.newline.join([style + chomp + rest, *(indent + line if line else "" for line in lines)])

    def _end(self, node: Any) -> int:
        """Return the offset at which the characters of a node end, the blank lines and comments after it left out."""
        if isinstance(node, yaml.ScalarNode):
            text = self.text[node.start_mark.index : node.end_mark.index]
            return int(node.start_mark.index) + len(text.rstrip() if node.style in ("|", ">") else text)
        if node.flow_style or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self._end(last[1] if isinstance(last, tuple) else last)

    def _line_end(self, offset: int) -> int:
        """Return the offset of the line end at or after `offset`, the carriage return left out."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - (self.text[end - 1 : end] == "\r")

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _mapping(self, node: Any, old: dict[str, Any], new: dict[str, Any], where: str) -> list[Edit]:
        values = {key.value: value for key, value in node.value}
        edits = []
        for key in filter(old.__contains__, new):
            edits += self.edits(values[key], old[key], new[key], f"{where}.{key}")
        added = {key: value for key, value in new.items() if key not in old and value is not None}
        return [*edits, self._addition(node, added)] if added else edits

    def _addition(self, node: Any, added: dict[str, Any], behind: int = -1) -> Edit:
        """Return the edit that adds keys to a mapping, `behind` the pair in this place."""
        if not node.value:
            return int(node.start_mark.index), int(node.end_mark.index), flow(added)
        end = self._end(node.value[behind][1])
        if node.flow_style:
            return end, end, ", " + flow(added)[1:-1]
        indent = " " * node.value[0][0].start_mark.column
        at = self._line_end(end)
        pairs = (self._pair(key, value, len(indent)) for key, value in added.items())
        return at, at, "".join(f"{self.newline}{indent}{pair}" for pair in pairs)

    def _list(self, node: Any, old: list[Any], new: list[Any], where: str) -> list[Edit]:
        if len(old) == len(new):
            items = zip(node.value, old, new, strict=True)
            return [edit for index, item in enumerate(items) for edit in self.edits(*item, f"{where}[{index}]")]
        if not node.flow_style:
            return [self._block_list(node, old, new)]
        if same(new[: len(old)], old):
            end = self._end(node.value[-1])
            return [(end, end, ", " + flow(new[len(old) :])[1:-1])]
        return [(node.start_mark.index, node.end_mark.index, flow(new))]

    def _block_list(self, node: Any, old: list[Any], new: list[Any]) -> Edit:
        """Rewrite a block list with another length; the lines of each item that stays are kept as they are."""
        column = node.start_mark.column
        starts = [self._dash(node, item) for item in node.value]
        end = self._line_end(self._end(node))
        if not new:
            start = len(self.text[: starts[0]].rstrip())
            return start, end, " []"
        stops = [*(self._line_end(start - 1 - (self.text[start - 2] == "\r")) for start in starts[1:]), end]
        left = [(item, self.text[start:stop]) for item, start, stop in zip(old, starts, stops, strict=True)]
        lines = []
        for item in new:
            index = next((i for i, (kept, _) in enumerate(left) if same(kept, item)), None)
            lines.append(self._item(item, column) if index is None else left.pop(index)[1])
        return starts[0], end, self.newline.join(lines)

    def _dash(self, node: Any, item: Any) -> int:
        """Return the offset of the line on which the hyphen of a list's item stands."""
        start, column = self._line_start(item.start_mark.index), node.start_mark.column
        while self.text[start + column] != "-" or self.text[start : start + column].strip():
            # Hyphens above the first of the list are those of another.
            if start <= node.start_mark.index:
                raise NotSavable("items of this list share a line; edit the file by hand")
            start = self._line_start(start - 1)
        return start

    def _item(self, item: Any, column: int) -> str:
        indent = " " * column
        if not isinstance(item, dict) or not item:
            return f"{indent}- {flow(item)}"
        pairs = [self._pair(key, value, column + 2) for key, value in item.items() if value is not None]
        return f"{indent}- " + f"{self.newline}{indent}  ".join(pairs)


# --- how it is written -----------------------------------------------------------------------------------------------


def flow(value: Any, style: str | None = None) -> str:
    """Return plain data as YAML on one line, text quoted by `style` or only if need be, without keys that are None."""
    if isinstance(value, dict):
        items = (f"{word(key)}: {flow(inner)}" for key, inner in value.items() if inner is not None)
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return word(value, style) if isinstance(value, str) else repr(value)


def word(text: str, style: str | None = None) -> str:
    """Return a text as YAML on one line, quoted by `style` or only if need be."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if not style and _PLAIN.fullmatch(text) and text.isprintable() and _stays_text(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _can_be_block(text: str) -> bool:
    """Tell whether text needs no escapes and no marks for its indentation and its last lines."""
    return bool(text) and not text[0].isspace() and not text.removesuffix("\n")[-1].isspace() and "\r" not in text


def _stays_text(text: str) -> bool:
    try:
        return isinstance(resolve(text), str)
    except ValueError:
        return False
