"""Preparing text and tables for the PDF: only glyphs that the shipped fonts hold, columns that fit their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbook.publish.bundle import Table

FONTS = Path(__file__).parents[1] / "fonts"

_ZERO_WIDTH_SPACE = "\u200b"
_SOFT_HYPHEN = "\u00ad"
# A line of body text holds about 95 characters; nothing longer than this may stand without a break.
LONGEST_TOKEN = 60
_WORD_JOINER = "\u2060"
# A line may break between the sign of an amount and its currency, unless something invisible joins them.
_SIGN = re.compile(r"(?<![\w-])(-)(?=[$£¥€]\d)")
_AFTER = re.compile(r"(?<=[/.,;:?&=@#_+\-])(?=[^\s])")

# Signs that the fonts lack, by the nearest that they have.
_STAND_INS = str.maketrans({
    "●": "•", "⚫": "•", "■": "•", "▪": "•", "◼": "•", "◆": "◊", "○": "◊", "☐": "[ ]", "□": "[ ]", "☑": "[✓]",
    "✔": "✓", "✅": "✓", "✗": "❌", "✘": "❌", "✕": "x", "✖": "x", "▲": "↑", "△": "↑", "▼": "↓", "▽": "↓", "▶": "→",
    "►": "→", "▸": "→", "◀": "←", "◄": "←", "➔": "→", "➜": "→", "⇒": "→", "⟶": "→", "★": "*", "☆": "*",
    "\t": "    ", "\u2007": "\u00a0", "\u200d": "", "\ufe0e": "", "\ufe0f": "",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """How a table is set: shares of its columns, characters a column's line holds, size of the text in points."""

    shares: tuple[float, ...]
    characters: tuple[int, ...]
    size: float
    turned: bool


def printable(text: str) -> str:
    """Return `text` with every character that the shipped fonts lack replaced.

    A sign takes its nearest stand-in, anything else its code point as "[U+1F389]". PDF/A allows no missing
    glyph, and leaving characters out in silence would change what a client wrote. The sign of an amount is joined
    to it.
    """
    if not (text.isascii() and text.isprintable()):
        text = _uncovered().sub(lambda found: f"[U+{ord(found[0]):04X}]", text.translate(_STAND_INS))
    return _SIGN.sub(rf"\1{_WORD_JOINER}", text)


def uncovered(text: str) -> str:
    """Return the characters of `text` that are shown by their code point, each once, in order."""
    # Looked for before translating: a page is a million characters long, of which hardly any is a candidate.
    candidates = "".join(dict.fromkeys(_uncovered().findall(text)))
    return "".join(_uncovered().findall(candidates.translate(_STAND_INS)))


def breakable(text: str, longest: int = LONGEST_TOKEN) -> str:
    """Return `text` with places to break in words and addresses of more than `longest` characters."""
    if len(text) <= longest:
        return text
    return re.sub(rf"\S{{{longest + 1},}}", lambda found: _with_breaks(found[0], longest), text)


def measure_table(table: Table, turned: bool) -> Measure:
    """Find the columns and the text size with which a table fits the upright page, or else the turned one.

    A column needs its longest word and wants its longest text, within limits; what is left over the
    needs is shared by the wants, or by the widths the exhibit gives. A producer's wish to turn is kept too.
    """
    needs, wants = _needs_and_wants(table)
    for sideways, line, size in _PAGES:
        if turned and not sideways:
            continue
        if sum(needs) <= line:
            return _measured(table, needs, wants, line, size, sideways)
    return _measured(table, needs, wants, _PAGES[-1][1], _PAGES[-1][2], turned=True)


# Characters that a line of the page holds at a text size in points: upright first, then turned.
_PAGES = ((False, 106, 8.6), (False, 114, 8.0), (True, 156, 8.6), (True, 174, 7.6), (True, 196, 6.8))
# What the space between two columns takes, in characters.
_GUTTER = 2.0


def _needs_and_wants(table: Table) -> tuple[list[float], list[float]]:
    needs, wants = [], []
    for at, column in enumerate(table.columns):
        texts = [row[at].text for row in table.rows]
        signs = 1.5 * any(row[at].tone or row[at].mark for row in table.rows)
        longest = max((len(word) for text in (column.label, *texts) for word in text.split()), default=1)
        # Short texts and numbers should keep to one line; a label may take two.
        whole = max((len(text) for text in texts if len(text) <= 14), default=3)
        needs.append(min(max(longest, whole), 18) + signs + _GUTTER)
        wants.append(min(max((*map(len, texts), len(column.label) / 2)), 60) + signs + _GUTTER)
    return needs, wants


def _measured(
    table: Table, needs: Sequence[float], wants: Sequence[float], line: float, size: float, turned: bool
) -> Measure:
    widths = [column.width or 0 for column in table.columns]
    spare = max(line - sum(needs), 0)
    extra = [max(want - need, 0) + 0.01 for want, need in zip(wants, needs, strict=True)]
    if all(widths):
        extra = [max(width * line / sum(widths) - need, 0) + 0.01 for width, need in zip(widths, needs, strict=True)]
    shares = [need + spare * more / sum(extra) for need, more in zip(needs, extra, strict=True)]
    total = sum(shares)
    characters = tuple(max(int(line * share / total - _GUTTER), 4) for share in shares)
    return Measure(tuple(round(share / total, 4) for share in shares), characters, size, turned)


def pages_of_table(table: Table, measure: Measure) -> str:
    """Say whether a table takes "one" page, "many", or, between the two, "unsure".

    A row is as high as its fullest cell; the estimate allows a fifth either way, and some space for the texts around.
    """
    lines = sum(_lines(row, measure.characters) for row in ([column.label for column in table.columns], *_texts(table)))
    points = lines * measure.size * 1.22 + (len(table.rows) + 1) * 6.6 + 110
    return _pages_of(points, 415 if measure.turned else 705)


def pages_of_text(texts: Iterable[str]) -> str:
    """Say whether paragraphs in a box take "one" page, "many", or, between the two, "unsure"."""
    lines = sum(-(-len(text) // 80) + 1 for text in texts)
    return _pages_of(lines * 16.5 + 40, 705)


def _pages_of(points: float, page: float) -> str:
    return "one" if points < 0.8 * page else "many" if points > 1.3 * page else "unsure"


def _texts(table: Table) -> Iterable[list[str]]:
    return ([cell.text for cell in row] for row in table.rows)


def _lines(texts: list[str], characters: tuple[int, ...]) -> int:
    return max(-(-len(text) // limit) for text, limit in zip(texts, characters, strict=True)) or 1


def _with_breaks(token: str, longest: int) -> str:
    return _ZERO_WIDTH_SPACE.join(_chunked(part, longest) for part in _AFTER.split(token))


def _chunked(text: str, size: int) -> str:
    # A word breaks with a hyphen, a number or an address without.
    hyphen = _SOFT_HYPHEN if text.isalpha() else _ZERO_WIDTH_SPACE
    return hyphen.join(text[start : start + size] for start in range(0, len(text), size))


@cache
def _uncovered() -> re.Pattern[str]:
    return re.compile(f"[^{''.join(_ranges())}\n]")


def _ranges() -> Iterable[str]:
    for span in (FONTS / "coverage.txt").read_text(encoding="ascii").split():
        first, _, last = span.partition("-")
        yield f"{re.escape(chr(int(first, 16)))}-{re.escape(chr(int(last or first, 16)))}"
