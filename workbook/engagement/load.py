"""Loading the parameters of a client: all files, all faults at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import cast

from workbook.engagement.as_of import all_known_on
from workbook.engagement.commentary import NOTEBOOKS, SECTIONS, Commentary, read_commentary
from workbook.engagement.faults import Fault, FaultsError, dotted, listed, nearest, refused, shorten
from workbook.engagement.fields import fields_of, shape_of_model, walk
from workbook.engagement.folders import (
    COMMENTARY_FILES,
    SUBFOLDERS,
    client_folder,
    find_parameters,
    is_inside,
    misspelt_folders,
    yaml_files,
)
from workbook.engagement.references import Models, check_references
from workbook.engagement.schema import Assess, Compliance, Technology
from workbook.engagement.schema_client import Client
from workbook.engagement.schema_pilot import Pilot
from workbook.engagement.schema_prioritize import Prioritize
from workbook.engagement.schema_sources import DataSource
from workbook.engagement.validate import validate
from workbook.engagement.values import Model
from workbook.engagement.yaml_reader import Document, read_yaml
from workbook.engagement.yaml_text import MAX_BYTES
from workbook.framework import load_framework

MODELS: Models = {
    "client": Client,
    "assess": Assess,
    "prioritize": Prioritize,
    "pilot": Pilot,
    "technology": Technology,
    "compliance": Compliance,
}
"""Model of each parameter file by its name; only client.yaml must exist."""


@dataclass(frozen=True)
class Engagement:
    """What is true of one client on one day.

    `parts` holds the model of each file by its name, without what is dated after `as_of`; `documents` each file as
    read, with the lines of its keys and with what is dated later; `notes` what a check has found and let pass. A file
    in which every key stands behind a # says nothing, and has no part.
    """

    id: str
    folder: Path
    as_of: dt.date
    parts: Mapping[str, Model]
    documents: Mapping[str, Document]
    commentary: Mapping[str, Commentary]
    text_hashes: Mapping[str, str]
    data_files: tuple[str, ...]
    notes: tuple[Fault, ...] = ()

    @property
    def client(self) -> Client:
        """Who the client is: client.yaml."""
        return cast(Client, self.parts["client"])

    @property
    def assess(self) -> Assess | None:
        """The Assess phase, if there is an assess.yaml."""
        return cast(Assess | None, self.parts.get("assess"))

    @property
    def prioritize(self) -> Prioritize | None:
        """The Prioritize phase, if it has begun: prioritize.yaml holds something."""
        return cast(Prioritize | None, self.parts.get("prioritize"))

    @property
    def pilot(self) -> Pilot | None:
        """The Pilot phase, if it has begun: pilot.yaml holds something."""
        return cast(Pilot | None, self.parts.get("pilot"))

    @property
    def technology(self) -> Technology | None:
        """Systems and vendors, if there is a technology.yaml."""
        return cast(Technology | None, self.parts.get("technology"))

    @property
    def compliance(self) -> Compliance | None:
        """Compliance answers, if there is a compliance.yaml."""
        return cast(Compliance | None, self.parts.get("compliance"))

    @property
    def data_sources(self) -> tuple[DataSource, ...]:
        """The data sources of all phases."""
        return tuple(source for phase in (self.assess, self.pilot) if phase for source in phase.data_sources)

    def place_of(self, source: DataSource, *keys: str | int) -> tuple[str | int, ...]:
        """Return the path of a data source, ("assess", "data_sources", "tickets"), and of what stands below it."""
        phase = "pilot" if self.pilot and source in self.pilot.data_sources else "assess"
        return (phase, "data_sources", source.id, *keys)

    @cached_property
    def sources(self) -> Mapping[tuple[str | int, ...], str]:
        """Place of each key: ("assess", "processes", 0, "volume") is at "assess.yaml:42"."""
        return {
            (name, *path): f"{name}.yaml:{line}"
            for name, document in self.documents.items()
            for path, line in document.lines.items()
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
        document = self.documents[str(name)]
        fault = document.fault(document.locate(keys), found, allowed, remedy)
        return replace(fault, key=dotted(keys))

    def path(self, data_path: str) -> Path:
        """Return the absolute path of a data file of the client."""
        return self.folder / data_path

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """SHA-256 of every file the engagement rests on, data files included, by its path below the client's folder.

        Parameters and commentary are hashed as they were read; data files, which may be large, on first use.
        """
        hashes = {**self.text_hashes, **{name: file_hash(self.folder / name) for name in self.data_files}}
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
    replaced: Mapping[str, bytes] = MappingProxyType({}),
) -> Engagement:
    """Load everything that is known of a client on a day.

    Facts dated after `as_of` do not exist; None takes the day that client.yaml gives. Without `parameters_dir` the
    folder is the one of `find_parameters`. `replaced` holds text files as they would be, by their path below the
    client's folder: they are read instead of those on disk. Raises FaultsError with the faults of all files.
    """
    parameters = find_parameters(parameters_dir)
    reading = _Reading(client, client_folder(client, parameters), models, replaced)
    try:
        reading.read()
    except OSError as error:
        path = Path(str(error.filename)).resolve()
        file = path.relative_to(parameters.resolve()).as_posix() if is_inside(path, parameters) else path.name
        raise _unreadable(file, error) from None
    if reading.faults:
        raise FaultsError(reading.faults)
    day = _day(as_of, client) or getattr(reading.parts["client"], "as_of", None)
    if day is None:
        raise refused(client, "nothing", "a date such as 2026-05-31", "give as_of", "as_of")
    return reading.engagement(day)


def _unreadable(file: str, error: OSError) -> FaultsError:
    found = f"a file or folder that cannot be opened ({error.strerror})"
    return refused(file, found, "files and folders this account may read", "change its rights")


def _day(as_of: dt.date | str | None, client: str) -> dt.date | None:
    if not isinstance(as_of, str) or not as_of:
        return as_of or None
    try:
        return dt.date.fromisoformat(as_of)
    except ValueError:
        found = f'text "{shorten(as_of)}"'
        raise refused(client, found, "a date such as 2026-05-31", "write year-month-day", "as_of") from None


class _Reading:
    """The files of one client on their way in."""

    def __init__(self, client: str, folder: Path, models: Models, replaced: Mapping[str, bytes]) -> None:
        self.client = client
        self.folder = folder
        self.models = models
        self.replaced = {folder / name: raw for name, raw in replaced.items()}
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}
        self.parts: dict[str, Model] = {}
        self.unread: set[str] = set()
        self.commentary: dict[str, Commentary] = {}
        self.hashes: dict[str, str] = {}

    def read(self) -> None:
        for path in self._with_replaced(yaml_files(self.folder), self.folder):
            self._read_parameters(path)
        if "client" not in self.documents and "client" not in self.unread:
            allowed = "client.yaml in each client's folder"
            self._fault(f"{self.client}/client.yaml", "no file", allowed, "create client.yaml")
            self.unread.add("client")
        faulty = self.documents.keys() - self.parts.keys()
        self.faults += check_references(self.documents, self.models, self.unread, faulty, framework_ids())
        self._check_folders()
        texts = self.folder / "commentary"
        for path in self._with_replaced(texts.glob(COMMENTARY_FILES), texts):
            self._read_commentary(path)

    def _with_replaced(self, paths: Iterable[Path], folder: Path) -> list[Path]:
        return sorted({*paths, *(path for path in self.replaced if path.parent == folder)})

    def _read_parameters(self, path: Path) -> None:
        name, file = path.stem, f"{self.client}/{path.name}"
        if path.suffix != ".yaml" or name not in self.models:
            meant = nearest(name, self.models)
            if meant and not (self.folder / f"{meant}.yaml").exists():
                self.unread.add(meant)
            self._unknown(file, "file", [f"{known}.yaml" for known in self.models])
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

    def _check_folders(self) -> None:
        for name in misspelt_folders(self.folder):
            self._unknown(f"{self.client}/{name}", "folder", SUBFOLDERS)

    def _unknown(self, file: str, kind: str, names: Sequence[str]) -> None:
        """Add the fault of a name that means nothing here, with the nearest one that does."""
        name = file.rsplit("/", 1)[1]
        meant = nearest(name, names)
        remedy = f"rename it to {meant}" if meant else "delete it, or move it to another folder"
        self._fault(file, f"the unknown {kind} {shorten(name)}", f"one of {listed(names)}", remedy)

    def _read_commentary(self, path: Path) -> None:
        file = f"{self.client}/commentary/{path.name}"
        if path.suffix != ".md" or path.stem not in NOTEBOOKS:
            self._unknown(file, "commentary", [f"{name}.md" for name in NOTEBOOKS])
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
        """Return the bytes of a text file, one more than allowed at most, and note their hash."""
        raw = self.replaced[path] if path in self.replaced else self._bytes_on_disk(path, file)
        self.hashes[path.relative_to(self.folder).as_posix()] = hashlib.sha256(raw).hexdigest()
        return raw

    def _bytes_on_disk(self, path: Path, file: str) -> bytes:
        if not is_inside(path, self.folder) or not path.is_file():
            is_link = path.is_symlink()
            found = "a link that leads out of the client's folder, or nowhere" if is_link else "a folder or a device"
            remedy = "copy the file here" if is_link else "put a file in its place"
            raise refused(file, found, "a file in the client's folder", remedy)
        try:
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise _unreadable(file, error) from None

    def engagement(self, day: dt.date) -> Engagement:
        parts = all_known_on({name: part for name, part in self.parts.items() if self.documents[name].data}, day)
        if "client" not in parts:
            raise FaultsError(later_values(self.documents["client"], self.models["client"], day))
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


def later_values(document: Document, model: type[Model], day: dt.date) -> Iterator[Fault]:
    """Yield the required values of a file that are dated after `day`: without them, nothing of the file is known."""
    for name, field in fields_of(model).items():
        value = document.data.get(name)
        date = str(value.get("date") or "") if isinstance(value, Mapping) else ""
        if field.required and date > day.isoformat():
            found, remedy = f"a required value dated {date}", "correct its date, or choose a later as_of"
            yield document.fault((name,), found, f"values known on {day}", remedy)


@cache
def framework_ids() -> Mapping[str, tuple[str, ...]]:
    """Ids that a client's files refer to and the framework describes, by kind."""
    framework = load_framework()
    sourcing = framework.technology.sourcing
    return {
        "criterion": tuple(framework.criteria),
        "readiness question": tuple(id for dimension in framework.readiness.values() for id in dimension.questions),
        "screening question": tuple(framework.screening),
        "theme": tuple(framework.themes),
        "time to value": tuple(framework.time_to_value),
        "sourcing condition": tuple(id for way in sourcing.values() for id in way.conditions),
    }


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
