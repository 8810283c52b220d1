"""What the tests of every phase's exhibits share: harmful names, what an exhibit says, and what each has to be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

from workbook.exhibits.exhibit import EXHIBIT_MIME, Exhibit

ROOT = Path(__file__).parents[2]

# Computed values that no reader should meet; "none" in a sentence is a word.
NO_WORD = re.compile(r"\b(nan|NaN|None|inf|Infinity|null|NaT)\b")
HOSTILE = (
    "<script>alert(1)</script>", "#let x = 1", "$x$", "=1+1", "*bold* _it_ `code`", "{name}", "Rechnungs" * 40,
    "\\frac{1}{2}",
)  # fmt: skip


# --- what there is ---------------------------------------------------------------------------------------------------


def shown_in(notebook: str) -> list[tuple[str, ...]]:
    """Return what a notebook shows: the name of each function and what it is given besides the result."""
    content = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code")
    found = re.findall(r'show\.(\w+)\(result(?:, "([^"]+)")?\)', code)
    return [(name, *filter(None, [section])) for name, section in found]


def exhibits_of(show: ModuleType, notebook: str, result: object) -> Iterator[Exhibit]:
    """Yield every exhibit of a notebook that there is for a result."""
    for name, *more in shown_in(notebook):
        made = getattr(show, name)(result, *more)
        if isinstance(made, Exhibit):
            yield made


# --- what it says ----------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return a text with spaces at which a line may break."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def text_of(cell: Any) -> str:
    """Return what a cell says."""
    return cell if isinstance(cell, str) else cell["text"] if isinstance(cell, dict) else ""


def lines_of(exhibit: Exhibit) -> list[list[str]]:
    """Return what the cells of a table say, line by line."""
    return [[text_of(cell) for cell in row] for row in exhibit.data["rows"]]


def rows_of(exhibit: Exhibit) -> dict[str, list[str]]:
    """Return what the cells of a table say, by the head of each row."""
    return {line[0]: line[1:] for line in lines_of(exhibit)}


def texts_in(data: Any) -> Iterator[str]:
    """Yield every text in an exhibit's bundle."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for part in data.values():
            yield from texts_in(part)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from texts_in(part)


# --- what it has to be -----------------------------------------------------------------------------------------------


def check_exhibits(exhibits: Iterable[Exhibit], room: Mapping[str, str] = {}) -> None:
    """Check that each has an id of its own, shows no computed nothing, and is whole and without markup on the screen.

    No text begins or ends in white space, but for the room to write in that the exhibits with these ids leave.
    """
    made = list(exhibits)
    ids = [exhibit.id for exhibit in made]
    assert len(ids) == len(set(ids)), ids
    for exhibit in made:
        for text in texts_in(exhibit.bundle()):
            assert not NO_WORD.search(text), (exhibit.id, text)
            said = text.removesuffix(room.get(exhibit.id, ""))
            assert said == said.strip(), (exhibit.id, text)
        _check_view(exhibit)


def _check_view(exhibit: Exhibit) -> None:
    view = exhibit._repr_mimebundle_()
    assert view[EXHIBIT_MIME]["id"] == exhibit.id
    if exhibit.svg:
        ElementTree.fromstring(view["image/svg+xml"])
        assert "<script" not in exhibit.svg, exhibit.id
    assert "<script>" not in view["text/html"], exhibit.id


def check_cells(exhibits: Iterable[Exhibit]) -> None:
    """Check that every cell of a table says something."""
    for exhibit in exhibits:
        for line in lines_of(exhibit) if exhibit.kind == "table" else []:
            assert all(text.strip() for text in line), (exhibit.id, line)


def check_marks(exhibits: Iterable[Exhibit]) -> None:
    """Check that every number in a table carries the mark of its evidence."""
    for exhibit in exhibits:
        for row in exhibit.data["rows"] if exhibit.kind == "table" else []:
            numbers = [cell for cell in row if isinstance(cell, dict) and "value" in cell]
            assert all(cell.get("mark") for cell in numbers), (exhibit.id, row)
