"""Loading the parameters of a client: all files, all faults at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import cast

from workbook.engagement.as_of import all_known_on
from workbook.engagement.commentary import NOTEBOOKS, SECTIONS, Commentary, read_commentary
from workbook.engagement.faults import Fault, FaultsError, dotted, listed, nearest, shorten
from workbook.engagement.fields import shape_of_model, walk
from workbook.engagement.folders import client_folder, find_parameters, is_inside, yaml_files
from workbook.engagement.references import Models, check_references
from workbook.engagement.schema import Assess, Client, Compliance, Technology
from workbook.engagement.validate import validate
from workbook.engagement.values import Model
from workbook.engagement.yaml_reader import Document, read_yaml
from workbook.engagement.yaml_text import MAX_BYTES
from workbook.framework import load_framework

MODELS: Models = {"client": Client, "assess": Assess, "technology": Technology, "compliance": Compliance}
"""Model of each parameter file by its name; only client.yaml must exist."""


@dataclass(frozen=True)
class Engagement:
    """What is true of one client on one day.

    Attributes
    ----------
    parts
        The model of each file by its name, without what is dated after `as_of`.
    documents
        Each file as read, with the position of its keys and with what is dated later.
    commentary
        The consultant's paragraphs by notebook.
    """

    id: str
    folder: Path
    as_of: dt.date
    parts: Mapping[str, Model]
    documents: Mapping[str, Document]
    commentary: Mapping[str, Commentary]
    text_hashes: Mapping[str, str]
    data_files: tuple[str, ...]

    @property
    def client(self) -> Client:
        """Who the client is: client.yaml."""
        return cast(Client, self.parts["client"])

    @property
    def assess(self) -> Assess | None:
        """The Assess phase, if there is an assess.yaml."""
        return cast(Assess | None, self.parts.get("assess"))

    @property
    def technology(self) -> Technology | None:
        """Systems and vendors, if there is a technology.yaml."""
        return cast(Technology | None, self.parts.get("technology"))

    @property
    def compliance(self) -> Compliance | None:
        """Compliance answers, if there is a compliance.yaml."""
        return cast(Compliance | None, self.parts.get("compliance"))

    @cached_property
    def sources(self) -> Mapping[tuple[str | int, ...], str]:
        """Place of each key: ("assess", "processes", 0, "volume") is at "assess.yaml:42"."""
        return {
            (name, *path): f"{name}.yaml:{line}"
            for name, document in self.documents.items()
            for path, (line, _) in document.lines.items()
        }

    def line_of(self, path: str | Sequence[str | int]) -> str:
        """Return the place of a value by the file's name and its keys; an item of a list may be named by its id.

        "assess.processes.invoices.volume" is at "assess.yaml:42". Raises KeyError for a path that does not exist.
        """
        name, *keys = path.split(".") if isinstance(path, str) else path
        if name not in self.documents:
            raise KeyError(f"{self.id} has no {name}.yaml")
        document = self.documents[str(name)]
        return f"{name}.yaml:{document.line_of(document.locate(keys))}"

    def fault(self, path: Sequence[str | int], found: str, allowed: str, remedy: str) -> Fault:
        """Return a fault of the value at a path such as ("assess", "processes", "invoices", "volume")."""
        name, *keys = path
        line = int(self.line_of(path).rsplit(":", 1)[1])
        return Fault(f"{self.id}/{name}.yaml", line, dotted(keys), found, allowed, remedy)

    def path(self, data_path: str) -> Path:
        """Return the absolute path of a data file of the client."""
        return self.folder / data_path

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """SHA-256 of every file the engagement rests on, data files included, by its path below the client's folder.

        Parameters and commentary are hashed as they were read; data files, which may be large, on first use.
        """
        hashes = {**self.text_hashes, **{name: _file_hash(self.folder / name) for name in self.data_files}}
        return dict(sorted(hashes.items()))

    @cached_property
    def fingerprint(self) -> str:
        """One SHA-256 over the names and hashes of all inputs."""
        return hashlib.sha256(json.dumps(self.inputs, sort_keys=True).encode()).hexdigest()


def load_engagement(
    client: str,
    parameters_dir: Path | str | None = None,
    as_of: dt.date | str | None = None,
    models: Models = MODELS,
) -> Engagement:
    """Load everything that is known of a client on a day.

    Parameters
    ----------
    client
        Id of the client, the name of its folder.
    parameters_dir
        Folder of parameters; see `find_parameters` for what None means.
    as_of
        Facts dated later do not exist. None takes the day that client.yaml gives.
    models
        Model of each file.

    Raises FaultsError with the faults of all its files.
    """
    parameters = find_parameters(parameters_dir)
    reading = _Reading(client, client_folder(client, parameters), models)
    try:
        reading.read()
    except OSError as error:
        raise FaultsError([_unreadable(error, parameters)]) from None
    if reading.faults:
        raise FaultsError(reading.faults)
    day = _day(as_of, client) or getattr(reading.parts["client"], "as_of", None)
    if day is None:
        raise FaultsError([Fault(client, None, "as_of", "nothing", "a date such as 2026-05-31", "give as_of")])
    return reading.engagement(day)


def _unreadable(error: OSError, parameters: Path) -> Fault:
    path = Path(str(error.filename)).resolve()
    file = path.relative_to(parameters.resolve()).as_posix() if is_inside(path, parameters) else path.name
    found = f"a file or folder that cannot be opened ({error.strerror})"
    return Fault(file, None, "", found, "files and folders this account may read", "change its rights")


def _day(as_of: dt.date | str | None, client: str) -> dt.date | None:
    if not isinstance(as_of, str) or not as_of:
        return as_of or None
    try:
        return dt.date.fromisoformat(as_of)
    except ValueError:
        found = f'text "{shorten(as_of)}"'
        fault = Fault(client, None, "as_of", found, "a date such as 2026-05-31", "write year-month-day")
        raise FaultsError([fault]) from None


class _Reading:
    """The files of one client on their way in."""

    def __init__(self, client: str, folder: Path, models: Models) -> None:
        self.client = client
        self.folder = folder
        self.models = models
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}
        self.parts: dict[str, Model] = {}
        self.unread: set[str] = set()
        self.commentary: dict[str, Commentary] = {}
        self.hashes: dict[str, str] = {}

    def read(self) -> None:
        for path in yaml_files(self.folder):
            self._read_parameters(path)
        if "client" not in self.documents and "client" not in self.unread:
            allowed = "client.yaml in each client's folder"
            self._fault(f"{self.client}/client.yaml", "no file", allowed, "create client.yaml")
            self.unread.add("client")
        self.faults += check_references(self.documents, self.models, frozenset(self.unread), _framework_ids())
        for path in sorted((self.folder / "commentary").glob("*.md")):
            self._read_commentary(path)

    def _read_parameters(self, path: Path) -> None:
        name, file = path.stem, f"{self.client}/{path.name}"
        if path.suffix != ".yaml" or name not in self.models:
            meant = nearest(name, self.models)
            if meant and not (self.folder / f"{meant}.yaml").exists():
                self.unread.add(meant)
            remedy = f"rename it to {meant}.yaml" if meant else "delete it, or move it to another folder"
            names = listed(f"{known}.yaml" for known in self.models)
            self._fault(file, f"the unknown file {shorten(path.name)}", names, remedy)
            return
        try:
            document = read_yaml(self._bytes(path, file), file)
        except FaultsError as error:
            self.unread.add(name)
            self.faults += error.faults
            return
        self.documents[name] = document
        part, faults = validate(document, self.models[name], self.folder)
        self.faults += faults
        if part is not None:
            self.parts[name] = part

    def _read_commentary(self, path: Path) -> None:
        file = f"{self.client}/commentary/{path.name}"
        if path.stem not in NOTEBOOKS:
            meant = nearest(path.stem, NOTEBOOKS)
            remedy = f"rename it to {meant}.md" if meant else "name it after a notebook"
            self._fault(file, f"commentary for {shorten(path.stem)}", f"one of {listed(NOTEBOOKS)}", remedy)
            return
        try:
            commentary = read_commentary(self._bytes(path, file), file)
        except FaultsError as error:
            self.faults += error.faults
            return
        self.commentary[path.stem] = commentary
        if path.stem in SECTIONS:
            self.faults += commentary.check_sections(SECTIONS[path.stem])

    def _bytes(self, path: Path, file: str) -> bytes:
        """Return the bytes of a text file, one more than allowed at most, and their hash."""
        if not is_inside(path, self.folder) or not path.is_file():
            found = "a link that leads out of the client's folder, or no file"
            raise FaultsError([Fault(file, None, "", found, "a file in the client's folder", "copy the file here")])
        try:
            with path.open("rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
        except OSError as error:
            found = f"a file that cannot be opened ({error.strerror})"
            raise FaultsError(
                [Fault(file, None, "", found, "a file this account may read", "change its rights")]
            ) from None
        self.hashes[path.relative_to(self.folder).as_posix()] = hashlib.sha256(raw).hexdigest()
        return raw

    def engagement(self, day: dt.date) -> Engagement:
        parts = all_known_on(self.parts, day)
        if "client" not in parts:
            found, remedy = "a required value dated later", "choose a later as_of, or give the earlier value"
            self._fault(f"{self.client}/client.yaml", found, f"values known on {day}", remedy)
            raise FaultsError(self.faults)
        return Engagement(
            self.client, self.folder, day, parts, self.documents, self.commentary, self.hashes, self._data_files()
        )

    def _data_files(self) -> tuple[str, ...]:
        """Return the data files that the parameters name, sorted, and what the gates have approved."""
        named = {
            Path(value).as_posix()
            for name, document in self.documents.items()
            for _, value, shape in walk(shape_of_model(self.models[name]), document.data)
            if shape.kind == "data file" and isinstance(value, str)
        }
        approved = {path.relative_to(self.folder).as_posix() for path in (self.folder / "approved").glob("*.json")}
        return tuple(sorted(named | approved))

    def _fault(self, file: str, found: str, allowed: str, remedy: str) -> None:
        self.faults.append(Fault(file, None, "", found, allowed, remedy))


@cache
def _framework_ids() -> Mapping[str, tuple[str, ...]]:
    """Ids that a client's files refer to and the framework describes, by kind."""
    framework = load_framework()
    return {
        "criterion": tuple(framework.criteria),
        "readiness question": tuple(id for dimension in framework.readiness.values() for id in dimension.questions),
        "screening question": tuple(framework.screening),
        "theme": tuple(framework.themes),
    }


def _file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
