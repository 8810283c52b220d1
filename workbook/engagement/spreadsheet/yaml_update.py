"""Bringing the text of a YAML file to other data: what stays the same keeps its lines, comments and marks."""

from __future__ import annotations

import re
from typing import Any

import yaml

from workbook.engagement.spreadsheet.differences import aligned
from workbook.engagement.yaml_edit import Edit, Editor, NotSavable, flow, same, spliced, word
from workbook.engagement.yaml_reader import Document, read_yaml


def updated_text(document: Document, data: dict[str, Any]) -> str:
    """Return the text of a document with other data.

    Keys that the data do not have are taken out; entries of a list keep their lines wherever they move, with the
    comments above them, and comments above an entry that is taken out stay. The result is read again and must hold the
    data: raises NotSavable where it does not.
    """
    if same(document.data, data):
        return document.text
    updater = _Updater(document.text)
    text = updater.begun(data) if updater.root is None else updater.updated(document.data, data)
    if not same(read_yaml(text.encode(), document.file).data, data):
        raise NotSavable(f"{document.file}: the values cannot be written in their places; edit the file by hand")
    return text


class _Updater(Editor):
    """Finds the edits that turn the data of one text into other data, keys that are no longer there included."""

    def begun(self, new: dict[str, Any]) -> str:
        return self._with_sections(self.text, new)

    def updated(self, old: dict[str, Any], new: dict[str, Any]) -> str:
        kept = {key: value for key, value in new.items() if key in old}
        in_brackets = getattr(self.root, "flow_style", False)
        if in_brackets or all(value is None for value in kept.values()):
            return spliced(self.text, self._update(None, self.root, old, new))
        text = spliced(self.text, self._update(None, self.root, old, kept))
        return self._with_sections(text, {key: value for key, value in new.items() if key not in old})

    def _with_sections(self, text: str, added: dict[str, Any]) -> str:
        """Return a text with sections added: below the comment that explains a key, or at the end."""
        for key, value in added.items():
            if value is None:
                continue
            lines = self._section(key, value) + self.newline
            explained = re.search(rf"^#{re.escape(key)}:.*(?:\n#(?! ?---).*)*(?:\n|\Z)", text, re.MULTILINE)
            at = explained.end() if explained else len(text)
            if at and not text[:at].endswith("\n"):
                lines = self.newline + lines
            text = text[:at] + lines + text[at:]
        return text

    def _section(self, key: str, value: Any) -> str:
        """Return a section as it stands in a file; a list of entries has a hyphen for each, also where it is short."""
        if not isinstance(value, list) or not value or not isinstance(value[0], dict):
            return self._pair(key, value, 0)
        return self.newline.join([f"{word(key)}:", *(self._item(item, 2) for item in value)])

    def _update(self, key: Any, node: Any, old: Any, new: Any) -> list[Edit]:
        """Return the edits for one node; `key` is its key in a mapping that is not in brackets."""
        if same(old, new):
            return []
        if isinstance(old, dict) and isinstance(new, dict) and any(new.get(key) is not None for key in old):
            return self._update_mapping(node, old, new)
        if isinstance(old, list) and isinstance(new, list) and old and new:
            return self._update_list(node, old, new)
        if isinstance(node, yaml.ScalarNode) and not isinstance(new, dict | list):
            return [self._scalar(node, new)]
        return [self._instead(key, node, new)]

    def _instead(self, key: Any, node: Any, new: Any) -> Edit:
        """Return the edit that puts a value in place of one of another form."""
        if key is None:
            return node.start_mark.index, self._end(node), flow(new)
        pair = self._pair(key.value, new, key.start_mark.column)
        return key.start_mark.index, max(self._end(node), key.end_mark.index + 1), pair

    def _update_mapping(self, node: Any, old: dict[str, Any], new: dict[str, Any]) -> list[Edit]:
        gone = {key for key in old if old[key] is not None and new.get(key) is None}
        if node.flow_style and gone:
            return [self._rewritten_mapping(node, old, new)]
        edits: list[Edit] = []
        for place, (key, value) in enumerate(node.value):
            if key.value in gone:
                edits.append(self._deletion(node, place))
            elif key.value in new:
                edits += self._update(None if node.flow_style else key, value, old[key.value], new[key.value])
        added = {key: value for key, value in new.items() if key not in old and value is not None}
        if added:
            # Not behind a key that is taken out.
            last = max(place for place, (key, _) in enumerate(node.value) if key.value not in gone)
            edits.append(self._addition(node, added, last))
        return edits

    def _rewritten_mapping(self, node: Any, old: dict[str, Any], new: dict[str, Any]) -> Edit:
        pieces = []
        for key, value in node.value:
            if new.get(key.value) is not None or old[key.value] is None:
                start, end = key.start_mark.index, self._end(value)
                edits = self._update(None, value, old[key.value], new.get(key.value))
                pieces.append(self._edited(start, max(end, key.end_mark.index + 1), edits))
        pieces += [f"{word(key)}: {flow(value)}" for key, value in new.items() if key not in old and value is not None]
        return node.start_mark.index, node.end_mark.index, "{" + ", ".join(pieces) + "}"

    def _deletion(self, node: Any, place: int) -> Edit:
        """Return the edit that takes a key out of a mapping that is not in brackets."""
        key, value = node.value[place]
        start = self._line_start(key.start_mark.index)
        if self.text[start : key.start_mark.index].strip():
            # The key stands behind the hyphen of an item; the next one takes its place.
            return key.start_mark.index, node.value[place + 1][0].start_mark.index, ""
        end = self._line_end(max(self._end(value), key.end_mark.index))
        return (start, end + len(self._newline_at(end)), "") if end < len(self.text) else (max(start - 1, 0), end, "")

    def _newline_at(self, offset: int) -> str:
        return "\r\n" if self.text[offset : offset + 2] == "\r\n" else self.text[offset : offset + 1]

    def _edited(self, start: int, end: int, edits: list[Edit]) -> str:
        """Return a part of the text with the edits that lie in it."""
        return spliced(self.text[start:end], [(first - start, last - start, text) for first, last, text in edits])

    def _update_list(self, node: Any, old: list[Any], new: list[Any]) -> list[Edit]:
        partners = aligned(old, new)
        if partners == list(range(len(old))):
            items = zip(node.value, old, new, strict=True)
            return [edit for item in items for edit in self._update(None, *item)]
        if not node.flow_style:
            return [self._rewritten_items(node, old, new, partners)]
        if partners[: len(old)] == list(range(len(old))) and same(new[: len(old)], old):
            end = self._end(node.value[-1])
            return [(end, end, ", " + flow(new[len(old) :])[1:-1])]
        pieces = [self._piece(node, old, at, item) for at, item in zip(partners, new, strict=True)]
        return [(node.start_mark.index, node.end_mark.index, "[" + ", ".join(pieces) + "]")]

    def _piece(self, node: Any, old: list[Any], at: int | None, item: Any) -> str:
        if at is None:
            return flow(item)
        inner = node.value[at]
        return self._edited(inner.start_mark.index, self._end(inner), self._update(None, inner, old[at], item))

    def _rewritten_items(self, node: Any, old: list[Any], new: list[Any], partners: list[int | None]) -> Edit:
        """Return the edit of a list with a hyphen for each item; what stays keeps its lines."""
        column = node.start_mark.column
        try:
            starts = [self._dash(node, item) for item in node.value]
        except NotSavable:
            # A list in a list may share a line with it: there are no lines of its own to keep.
            return node.start_mark.index, self._end(node), flow(new)
        ends = [self._line_end(self._end(item)) for item in node.value]
        above, left = self._comments_above(starts, ends, partners)
        lines = []
        for at, item in zip(partners, new, strict=True):
            if at is None:
                in_brackets = getattr(node.value[0], "flow_style", False)
                lines.append(f"{' ' * column}- {flow(item)}" if in_brackets else self._item(item, column))
            else:
                edits = self._update(None, node.value[at], old[at], item)
                lines.append(above[at] + self._edited(starts[at], ends[at], edits))
        return starts[0], ends[-1], self.newline.join(lines) + (self.newline + left.rstrip("\r\n") if left else "")

    def _comments_above(self, starts: list[int], ends: list[int], partners: list[int | None]) -> tuple[list[str], str]:
        """Return the lines above each item, with those above items before it that are taken out, and what is left."""
        above, carried = [], ""
        for at, start in enumerate(starts):
            carried += self.text[ends[at - 1] + len(self._newline_at(ends[at - 1])) : start] if at else ""
            above.append(carried if at in partners else "")
            carried = "" if at in partners else carried
        return above, carried
