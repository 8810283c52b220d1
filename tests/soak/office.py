"""An office with many clients: copies of the demo client, alike in form and different in names, volumes and weights.

One in ten is broken, each in a way of its own: a file is missing, a key misspelt, all weights are zero, and so on.
`KINDS` lists the ways, with words that must stand in the explanation. Some of the others bear names that are hostile,
such as formulas and markup, and are not broken at all.

Data files are extracts of the demo's, cut once and shared between clients by hard links. The same seed gives the same
office, byte for byte.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
DEMO, TINY = TESTS.parent / "parameters" / "norrhaven", TESTS / "tiny"
EXTRACTS = ".extracts"
# Rows kept of each data file, and how many different extracts there are.
ROWS, VARIANTS = 900, 4

_NAMES = {
    "first": """
        Aoife Bartosz Carmen Dimitri Elif Fiona Gustav Hanne Imre Jana Kristof Leonie Marek Nadia Oskar Petra Quentin
        Rosa Stellan Tereza Ulrike Viggo Wanda Xenia Yannick Zofia Ásta Björn Chloé Đorđe Émile Łucja Óscar Šimon Ünal
    """,
    "last": """
        Abernathy Bjornstad Castellanos Dombrowski Eskildsen Ferreira Grabowska Hovland Iversen Jankovic Kowalczyk
        Lindqvist Moravec Nakamura Oyelaran Papadakis Quispel Rautio Svendsen Tarkowski Ulvang Vasquez Wierzbicki
        Ybarra Zielinski Ångström Bösch Çelik Fältskog Göransson Håkansson Kjærgaard Løvdal Müllenbach Ørsted Šimková
    """,
    "place": "Alder Birch Cedar Dune Elm Fern Glen Heath Iris Juniper Kelp Linden Moss Nettle Oak Pine Quarry Rowan",
    "trade": "Freight Foods Insurance Logistics Mills Motors Paper Pharma Retail Shipping Steel Textiles Water",
}
FIRST, LAST, PLACES, TRADES = (words.split() for words in _NAMES.values())
HOSTILE = (
    '=HYPERLINK("http://example.org";"win")',
    "<script>alert('{}')</script>",
    "#set page(fill: red) $x^2$ *bold* _it_",
    "@SUM(A1:A9) & Söhne </title><b>",
    "{{ 7 * 7 }} {% raw %} & Sons",
    "شركة النور للخدمات {}",
    "+1+1'; DROP TABLE clients; --",
    "Ⅷ 株式会社 {} 🚢 Ltd",
)


@dataclass(frozen=True)
class Member:
    """A client of the office; `kind` says how it is broken, None if it is not."""

    id: str
    name: str
    kind: Kind | None = None


@dataclass(frozen=True)
class Place:
    """Where a client is broken: its folder, that of its deliverables, and the name of another client."""

    folder: Path
    deliverables: Path
    neighbour: str

    def edit(self, file: str, pattern: str, new: str) -> None:
        """Replace the first match of a pattern in a file of parameters."""
        text, count = re.subn(pattern, new, (self.folder / file).read_text("utf-8"), count=1, flags=re.MULTILINE)
        assert count == 1, f"{file} of {self.folder.name} holds nothing like {pattern}"
        replace(self.folder / file, text.encode())

    def add(self, file: str, text: str) -> None:
        """Add text to the end of a file of parameters."""
        replace(self.folder / file, (self.folder / file).read_bytes() + text.encode())

    @property
    def table(self) -> Path:
        """The first data file that is plain CSV."""
        found = re.search(r"^ *file: (data/\S+\.csv)$", (self.folder / "assess.yaml").read_text("utf-8"), re.MULTILINE)
        assert found, f"{self.folder.name} has no CSV file"
        return self.folder / found[1]


@dataclass(frozen=True)
class Kind:
    """A way of being broken: what is done, and words of the explanation."""

    name: str
    spoil: Callable[[Place], None]
    words: tuple[str, ...]


def make_office(
    root: Path, clients: int, seed: int = 1, *, demos: int | None = None, broken: int | None = None
) -> tuple[Member, ...]:
    """Make `parameters` and `outputs` below a folder and return the clients.

    Parameters
    ----------
    clients, broken
        How many, and how many of them broken; one in ten if left out.
    demos
        How many are made from the demo client; the rest are made from a tiny one. All if left out.
    """
    chance = random.Random(seed)
    broken = max(1, clients // 10) if broken is None else broken
    parameters, outputs = root / "parameters", root / "outputs"
    parameters.mkdir(parents=True)
    outputs.mkdir()
    cut_extracts(parameters / EXTRACTS)
    spoilt = dict(zip(sorted(chance.sample(range(clients), broken)), KINDS, strict=False))
    assert len(spoilt) == broken, f"there are {len(KINDS)} ways of being broken, {broken} were asked for"
    names = _company_names(chance, clients)
    members = []
    for number, name in enumerate(names):
        kind = spoilt.get(number)
        member = Member(f"client-{number + 1:03}", name if kind or number % 9 else _hostile(chance, name), kind)
        folder = parameters / member.id
        if demos is None or number < demos:
            _copy_demo(folder, member.name, chance)
        else:
            _copy_tiny(folder, member.name, chance)
        if kind is not None:
            kind.spoil(Place(folder, outputs / member.id, names[number - 1]))
        members.append(member)
    return tuple(members)


def _company_names(chance: random.Random, number: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < number:
        names[f"{chance.choice(PLACES)}{chance.choice(PLACES).lower()} {chance.choice(TRADES)}"] = None
    return list(names)


def _hostile(chance: random.Random, name: str) -> str:
    return chance.choice(HOSTILE).replace("{}", name)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def cut_extracts(folder: Path) -> None:
    """Cut the demo's data files into extracts of different rows."""
    for variant in range(VARIANTS):
        (folder / str(variant)).mkdir(parents=True)
        for file in sorted((DEMO / "data").glob("*.csv*")):
            packed = file.suffix == ".gz"
            content = gzip.decompress(file.read_bytes()) if packed else file.read_bytes()
            extract = _rows(content, variant)
            (folder / str(variant) / file.name).write_bytes(gzip.compress(extract, mtime=0) if packed else extract)


def _rows(content: bytes, variant: int) -> bytes:
    """Return the header and some rows; a row with a line break in quotes is left out with its neighbours."""
    header, *rows = content.splitlines(keepends=True)
    rows = [row for row in rows if row.count(b'"') % 2 == 0 and row.count(b",") >= header.count(b",")]
    start = min(variant * ROWS, max(0, len(rows) - ROWS))
    return header + b"".join(rows[start : start + ROWS])


def _copy_demo(folder: Path, name: str, chance: random.Random) -> None:
    """Copy the demo client under another name, with other people, volumes and weights."""
    (folder / "data").mkdir(parents=True)
    for file in (folder.parent / EXTRACTS / str(chance.randrange(VARIANTS))).iterdir():
        os.link(file, folder / "data" / file.name)
    people = re.findall(r"name: (\S+) (\S+), role", (DEMO / "client.yaml").read_text("utf-8"))
    words = {old: chance.choice(FIRST) for old, _ in people} | {old: chance.choice(LAST) for _, old in people}
    for source in sorted(DEMO.glob("*.yaml")):
        text = source.read_text("utf-8")
        text = re.sub(r"^(name|legal_name): .*", "", text, flags=re.MULTILINE) if source.name == "client.yaml" else text
        text = re.sub(r"\b(" + "|".join(words) + r")\b", lambda found: words[found[1]], text)
        text = text.replace("Norrhaven", "The company")
        text = _rescaled(text, chance) if source.name == "assess.yaml" else text
        if source.name == "client.yaml":
            text = f"name: {_quoted(name)}\nlegal_name: {_quoted(name + ' Holding SE')}\n{text}"
        (folder / source.name).write_text(text, "utf-8")


def _copy_tiny(folder: Path, name: str, chance: random.Random) -> None:
    """Copy the tiny client under another name, with other volumes and weights."""
    shutil.copytree(TINY, folder)
    client, assess = folder / "client.yaml", folder / "assess.yaml"
    client.write_text(client.read_text("utf-8").replace("name: Tiny Works", f"name: {_quoted(name)}"), "utf-8")
    assess.write_text(_rescaled(assess.read_text("utf-8"), chance), "utf-8")


def _rescaled(text: str, chance: random.Random) -> str:
    """Return the parameters of Assess with other volumes and weights."""
    size = chance.uniform(0.5, 2)

    def volume(found: re.Match[str]) -> str:
        return f"{found[1]}{max(1, round(int(found[2]) * size * chance.uniform(0.8, 1.25)))}"

    def points(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2] if found[2] == '100' else chance.randrange(5, 100, 5)}"

    text = re.sub(r"(\bvolume: (?:\{value: )?)(\d+)", volume, text)
    before, heading, rest = text.partition("  points:\n")
    return before + heading + re.sub(r"(?m)^(    \w+: )(\d+)$", points, rest)


def replace(file: Path, content: bytes) -> None:
    """Write a file anew; the others that share its old content by a hard link keep it."""
    file.unlink(missing_ok=True)
    file.write_bytes(content)


def _removed(path: str) -> Callable[[Place], None]:
    return lambda place: (place.folder / path).unlink()


def _written(path: str, content: bytes) -> Callable[[Place], None]:
    def write(place: Place) -> None:
        (place.folder / path).parent.mkdir(exist_ok=True)
        replace(place.folder / path, content)

    return write


def _edited(file: str, pattern: str, new: str) -> Callable[[Place], None]:
    return lambda place: place.edit(file, pattern, new)


def _added(file: str, text: str) -> Callable[[Place], None]:
    return lambda place: place.add(file, text)


def _table(change: Callable[[bytes], bytes]) -> Callable[[Place], None]:
    return lambda place: replace(place.table, change(place.table.read_bytes()))


def _due_before_asked(place: Place) -> None:
    if "data_requests:" in (place.folder / "assess.yaml").read_text("utf-8"):
        place.edit("assess.yaml", r"(asked: \S+), due: [\d-]+", r"\1, due: 2024-01-01")
    else:
        place.add("assess.yaml", "data_requests: [{source: log, asked: 2026-05-02, due: 2026-05-01}]\n")


def _zero_weights(place: Place) -> None:
    file = place.folder / "assess.yaml"
    before, heading, rest = file.read_text("utf-8").partition("  points:\n")
    replace(file, (before + heading + re.sub(r"(?m)^(    \w+: )\d+$", r"\g<1>0", rest)).encode())


def _folder_for_file(place: Place) -> None:
    (place.folder / "assess.yaml").unlink()
    (place.folder / "assess.yaml").mkdir()


def _link_outside(place: Place) -> None:
    outside = place.folder.parents[1] / f"{place.folder.name}-elsewhere.csv"
    place.table.rename(outside)
    place.table.symlink_to(outside)


def _parquet_in_name_only(place: Place) -> None:
    table = place.table
    place.edit("assess.yaml", rf"file: data/{re.escape(table.name)}$", f"file: data/{table.stem}.parquet")
    table.rename(table.with_suffix(".parquet"))


def _cut_off_gzip(place: Place) -> None:
    table = place.table
    place.edit("assess.yaml", rf"file: data/{re.escape(table.name)}$", f"file: data/{table.name}.gz")
    packed = gzip.compress(table.read_bytes(), mtime=0)
    replace(table.with_name(f"{table.name}.gz"), packed[: len(packed) // 2])


def _no_place_for_output(place: Place) -> None:
    place.deliverables.write_text("not a folder")


def _names_another_client(place: Place) -> None:
    place.edit("assess.yaml", r"^    name: .*", f"    name: As at {place.neighbour}")


def _in_windows_1252(content: bytes) -> bytes:
    header, _, rest = content.partition(b"\n")
    return header + b"\n" + re.sub(rb"[A-Za-z]", b"\xfc", rest, count=1)


KINDS = (
    Kind("no client.yaml", _removed("client.yaml"), ("client.yaml", "no file")),
    Kind("a misspelt key", _edited("client.yaml", "^employees:", "employes:"), ("client.yaml", "employees")),
    Kind("all weights zero", _zero_weights, ("assess.yaml", "weighting.points")),
    Kind("an empty log", _table(lambda _: b""), ("empty file",)),
    Kind("due before asked", _due_before_asked, ("data_requests", "due")),
    Kind("binary data as CSV", _table(lambda _: bytes(range(256)) * 20), ("binary",)),
    Kind("another client named", _names_another_client, ("not fit to publish",)),
    Kind("a data file gone", lambda place: place.table.unlink(), ("does not exist",)),
    Kind("no place for deliverables", _no_place_for_output, ("--output",)),
    Kind("a folder in place of a file", _folder_for_file, ("assess.yaml", "folder")),
    Kind("a link that leads outside", _link_outside, ("leads out",)),
    Kind("a German date", _edited("client.yaml", r"^as_of: .*", "as_of: 30.9.2026"), ("as_of", "date")),
    Kind("an unknown currency", _edited("client.yaml", r"^currency: .*", "currency: XXQ"), ("currency", "XXQ")),
    Kind("an unknown country", _edited("client.yaml", r"^country: .*", "country: UK"), ("country", "UK")),
    Kind("an empty client.yaml", _written("client.yaml", b""), ("client.yaml", "nothing")),
    Kind("UTF-16", _written("client.yaml", "name: Ünal".encode("utf-16")), ("client.yaml", "UTF-16")),
    Kind("a tab", _edited("client.yaml", "^  (firm:)", r"\t\1"), ("client.yaml", "tab")),
    Kind("a password", _added("client.yaml", "password: hunter2\n"), ("client.yaml", "not shown")),
    Kind("a key twice", _added("client.yaml", "name: Again\n"), ("client.yaml", "second name")),
    Kind("an unknown person", _edited("client.yaml", r"\bby: [\w-]+", "by: nobody-here"), ("gates.assess.by",)),
    Kind(
        "an unknown use case", _edited("client.yaml", r"selected: \[", "selected: [no-such-case, "), ("no-such-case",)
    ),
    Kind("the future", _edited("client.yaml", r"^employees: .*", "employees: {value: 9, date: 2031-01-01}"), ("2031",)),
    Kind("a criterion left out", _edited("assess.yaml", r"^    change_capacity: \d+\n", ""), ("change_capacity",)),
    Kind(
        "an activity that never occurs",
        _edited("assess.yaml", r"end_activities: \[.*?\]", "end_activities: [Never]"),
        ("end_activities", "Never"),
    ),
    Kind(
        "an unknown time zone",
        _edited("assess.yaml", r"timezone: \S+", "timezone: Europe/Dubln"),
        ("timezone", "Dubln"),
    ),
    Kind(
        "a column that is not there",
        _edited("assess.yaml", r"columns: \{case: \w+", "columns: {case: nowhere"),
        ("columns.case", "nowhere"),
    ),
    Kind("text in Windows-1252", _table(_in_windows_1252), ("windows-1252",)),
    Kind(
        "a row cut short",
        _table(lambda content: content + b"X1,Open\n" + content.partition(b"\n")[2][-400:]),
        ("in a row",),
    ),
    Kind("Parquet in name only", _parquet_in_name_only, ("Parquet",)),
    Kind("a gzip file cut off", _cut_off_gzip, ("gzip",)),
    Kind(
        "an unknown figure",
        _written("commentary/assess.md", b"## at-a-glance\n{figure:process.none.cost}\n"),
        ("commentary/assess.md", "process.none.cost"),
    ),
    Kind(
        "a file outside the folder",
        _edited("assess.yaml", r"file: data/\S+", "file: ../x.csv"),
        ("below the client's folder",),
    ),
)
"""Ways of being broken, the commonest first; each is explained by `workbook check` or by the run."""
