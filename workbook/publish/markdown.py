"""Markdown prose as blocks of plain text runs, which every exporter sets in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from workbook.publish.text import Run, Runs, clean

Align = Literal["left", "right", "center"]

# CommonMark with tables. HTML is off: a tag is text and is shown as such.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_LINKS = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6; number and anchor are given by the document it stands in."""

    level: int
    runs: Runs
    number: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Listing:
    """A numbered or unnumbered list whose items hold blocks."""

    start: int | None
    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines set as they were written, such as a formula or a rule."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Blocks quoted from elsewhere."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ProseTable:
    """A small table written in the prose."""

    header: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    align: tuple[Align, ...]


Block = Heading | Paragraph | Listing | Code | Quote | ProseTable


class MarkdownError(ValueError):
    """Prose that cannot be set, such as a picture outside an exhibit."""


def blocks_of(source: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text.

    Raises
    ------
    MarkdownError
        When the text shows a picture: a picture needs the alternative text, caption and source of an exhibit.
    """
    return tuple(_blocks(iter(_PARSER.parse(clean(source)))))


def _blocks(tokens: Iterator[Token], until: str = "") -> Iterator[Block]:
    for token in tokens:
        if token.type == until:
            return
        if token.type == "heading_open":
            yield Heading(int(token.tag[1]), _content(tokens, "heading_close"))
        elif token.type == "paragraph_open":
            yield Paragraph(_content(tokens, "paragraph_close"))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield _listing(token, tokens)
        elif token.type in {"fence", "code_block"}:
            yield Code(token.content.rstrip("\n"))
        elif token.type == "blockquote_open":
            yield Quote(tuple(_blocks(tokens, "blockquote_close")))
        elif token.type == "table_open":
            yield _table(tokens)


def _listing(opening: Token, tokens: Iterator[Token]) -> Listing:
    closing = opening.type.replace("open", "close")
    start = int(opening.attrs.get("start", 1)) if opening.type.startswith("ordered") else None
    items = []
    for token in tokens:
        if token.type == closing:
            break
        items.append(tuple(_blocks(tokens, "list_item_close")))
    return Listing(start, tuple(items))


def _table(tokens: Iterator[Token]) -> ProseTable:
    rows: list[tuple[Runs, ...]] = []
    row: list[Runs] = []
    align: list[Align] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type in {"th_open", "td_open"}:
            if not rows:
                align.append(_align(token))
            row.append(_content(tokens, token.type.replace("open", "close")))
        elif token.type == "tr_close":
            rows.append(tuple(row))
            row = []
    return ProseTable(rows[0], tuple(rows[1:]), tuple(align))


def _align(token: Token) -> Align:
    style = str(token.attrs.get("style", ""))
    return "right" if "right" in style else "center" if "center" in style else "left"


def _content(tokens: Iterator[Token], closing: str) -> Runs:
    runs: Runs = ()
    for token in tokens:
        if token.type == closing:
            break
        runs += _runs(token.children or ())
    return runs


def _runs(children: Sequence[Token]) -> Runs:
    style = Run("")
    runs = []
    for token in children:
        if token.type == "text":
            runs.append(replace(style, text=token.content))
        elif token.type == "code_inline":
            runs.append(replace(style, text=token.content, code=True))
        elif token.type in {"softbreak", "hardbreak"}:
            runs.append(replace(style, text=" " if token.type == "softbreak" else "\n"))
        elif token.type == "image":
            raise MarkdownError("a picture in the prose")
        else:
            style = _restyled(style, token)
    return tuple(run for run in runs if run.text)


def _restyled(style: Run, token: Token) -> Run:
    opens = token.nesting == 1
    if token.type.startswith("strong"):
        return replace(style, strong=opens)
    if token.type.startswith("em"):
        return replace(style, emphasis=opens)
    if token.type == "link_open":
        href = str(token.attrs.get("href", ""))
        return replace(style, href=href if _LINKS.match(href) else None)
    return replace(style, href=None)
