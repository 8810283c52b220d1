"""The last look at a deliverable: nobody else's name, no path of this machine, no secret, no broken value.

What keeps clients apart is that each notebook runs in a process that cannot open another client's folder. This check
is there for the day on which that fails.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import workbook
from workbook.engagement.identity import Identity

_WORD = re.compile(r"\w+")
_OURS = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_EMBEDDED = re.compile(r"data:[\w/+.-]+(;[\w=-]+)*;base64,[A-Za-z0-9+/=]+")
_PICTURES = {"image/png", "image/jpeg", "application/pdf"}
_TAG = re.compile(r"<[^>]*>")
# Each begins with letters that are rare, which the search looks for before anything else.
_PATH = re.compile(r"/(?:home|root|tmp|Users|private|var|mnt|opt|srv|work)/[\w.@+-]+")
_DRIVE = re.compile(r":\\(?!\s)[\w.]+")
_SECRET = re.compile(r"://[^\s/:@]*:[^\s/@]+@")
_TRACEBACK = "Traceback (most recent call last)"
# With what may stand around a number: a sign, a currency, a unit.
_BROKEN = re.compile(r"^\W*(?:[A-Z]{3}\s)?(nan|NaN|NaT|inf|<NA>)(?!\w)\W*(?:\w{1,4}\W*)?$")


class LeakError(ValueError):
    """A deliverable that must not leave the house, and why."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Words that point to another client.

    `is_certain` holds for words that can mean nobody else; other words, such as an id or the name of a person, may
    stand in this client's own files for good reason.
    """

    words: tuple[str, ...]
    client: str
    is_certain: bool


def strangers_to(client: str, identities: Iterable[Identity]) -> tuple[Stranger, ...]:
    """Return the words that must not appear in a client's deliverables: those of all others, as far as not allowed."""
    everyone = list(identities)
    me = next((each for each in everyone if each.id == client), Identity(client))
    mine = [_words(text) for text in (me.id, *me.names, *me.people, *me.may_mention)]
    return tuple(
        stranger
        for other in everyone
        if other.id != client
        for stranger in _strangers(other)
        # Who is called Alder Foods UK cannot but mention Alder Foods.
        if stranger.words and not any(_holds(words, stranger.words) for words in mine)
    )


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    size = len(part)
    return any(tuple(words[at : at + size]) == tuple(part) for at in range(len(words) - size + 1))


def _strangers(other: Identity) -> Iterator[Stranger]:
    yield Stranger(_words(other.id), other.id, False)
    for name in other.names:
        # A name of one word may be that of a product or a vendor as well.
        yield Stranger(_words(name), other.id, len(_words(name)) > 1)
    for person in other.people:
        yield Stranger(_words(person), other.id, False)
    for canary in other.canaries:
        yield Stranger(_words(canary), other.id, True)


def check_leaks(texts: Iterable[str], strangers: Sequence[Stranger], own: str, secrets: Iterable[str] = ()) -> None:
    """Look through the texts of a deliverable.

    Parameters
    ----------
    texts
        All that a reader could see, as plain text.
    strangers
        Words of other clients.
    own
        What the client's own files and the notebook say; uncertain words that stand there are allowed, and so are
        paths. So is a single word that stands in the package itself, and thus may stand in every deliverable.
    secrets
        Values that must appear nowhere.

    Raises
    ------
    LeakError
        With everything that was found.
    """
    # Much is said in several forms of a cell's output, and once more in the page.
    shown = "\n".join(dict.fromkeys(texts))
    found = [
        *_strangers_in(shown, strangers, own),
        *(f"a path of this machine ({path})" for path in _paths(shown) if path not in own),
        *(["an address with a password"] if _SECRET.search(shown) else []),
        *(["a secret of the environment"] if any(secret in shown for secret in secrets if len(secret) > 5) else []),
        *(["the traceback of an error"] if _TRACEBACK in shown else []),
    ]
    if found:
        raise LeakError(f"not fit to publish: {'; '.join(found)}")


def check_values(cells: Iterable[str]) -> None:
    """Look through the cells of tables. Raises LeakError for one that shows a number that is none."""
    broken = sorted({cell for cell in cells if _BROKEN.match(cell)})
    if broken:
        raise LeakError(f"not fit to publish: a table shows {', '.join(broken)}")


def _paths(text: str) -> list[str]:
    found = [(match.start(), match[0]) for match in _PATH.finditer(text)]
    found += [(match.start() - 1, f"{text[match.start() - 1]}{match[0]}") for match in _DRIVE.finditer(text, 1)]
    return list(dict.fromkeys(path for start, path in sorted(found) if _begins(text, start)))


def _begins(text: str, start: int) -> bool:
    """Tell whether a path begins at `start`, rather than goes on from what stands before."""
    if text[start] != "/" and not ("A" <= text[start] <= "Z"):
        return False
    return text[max(start - 7, 0) : start] == "file://" or not re.match(r"[\w/.:]", text[start - 1 : start])


def _strangers_in(shown: str, strangers: Sequence[Stranger], own: str) -> list[str]:
    found = _occurring(_words(shown), strangers)
    honest = _occurring(_words(own), found) if found else set()
    leaks = [each for each in found if each.is_certain or not (each in honest or _is_common(each.words))]
    return sorted({f'"{" ".join(each.words)}", which belongs to {each.client}' for each in leaks})


def _is_common(words: tuple[str, ...]) -> bool:
    return len(words) == 1 and words[0] in _common_words()


@cache
def _common_words() -> frozenset[str]:
    files = (file for file in Path(workbook.__file__).parent.rglob("*") if file.suffix in {".py", ".yaml", ".j2"})
    return frozenset(word for file in files for word in _words(file.read_text(encoding="utf-8")))


def _occurring(words: Sequence[str], strangers: Iterable[Stranger]) -> set[Stranger]:
    """Return the strangers whose words stand one after the other in a text."""
    there = set(words)
    by_first_word: dict[str, list[Stranger]] = {}
    for stranger in strangers:
        if there.issuperset(stranger.words):
            by_first_word.setdefault(stranger.words[0], []).append(stranger)
    if not by_first_word:
        return set()
    return {
        stranger
        for position, word in enumerate(words)
        for stranger in by_first_word.get(word, ())
        if tuple(words[position : position + len(stranger.words)]) == stranger.words
    }


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


def plain_html(page: str) -> str:
    """Return what an HTML page says, its attributes included, without its styles, its script and embedded files."""
    text = _EMBEDDED.sub("", _OURS.sub("", page))
    attributes = " ".join(re.findall(r'(?:alt|title|aria-label|content)="([^"]*)"', text))
    return html.unescape(f"{_TAG.sub(' ', text)} {attributes}")


def texts_in(node: Any) -> Iterator[str]:
    """Yield every text in a tree of mappings and lists, keys included; pictures in base64 are none."""
    if isinstance(node, str):
        yield _EMBEDDED.sub("", node)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            if key not in _PICTURES:
                yield from texts_in(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from texts_in(value)


def prose_of(notebook: Mapping[str, Any]) -> str:
    """Return what the cells of a notebook say before they are run: the same for every client."""
    cells = (cell for cell in notebook["cells"] if "injected-parameters" not in cell["metadata"].get("tags", ()))
    return "\n".join(cell["source"] for cell in cells)


def own_words(folder: Path) -> str:
    """Return what the parameters and commentary of a client say."""
    files = sorted([*folder.glob("*.yaml"), *folder.glob("commentary/*.md")])
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
