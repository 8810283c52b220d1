"""One client's deliverables on the disk: each notebook's set, the tables, the index and the manifest.

A folder `outputs/<client>/<as_of>/` holds `<name>.html`, `.pdf`, `.ipynb` and `.json` for each notebook, its
charts under `exhibits/<name>/`, and, for all of them together, `exhibits/tables.xlsx`, `index.html` and
`manifest.json`. Every function here may run in a worker process: what it takes and returns can be pickled.
"""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
import json
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

import workbook
from workbook.engagement.faults import Fault
from workbook.publish.atomic import remove, staged, write_atomically
from workbook.publish.bundle import slug
from workbook.publish.changes import MANIFEST, versions
from workbook.publish.document import Document, read_document
from workbook.publish.execute import NotebookFailed, execute_notebook
from workbook.publish.html import render_html
from workbook.publish.labels import labels_for
from workbook.publish.leaks import check_leaks, check_values, own_words, plain_html, prose_of, texts_in
from workbook.publish.notebooks import notebook_bytes, read_notebook
from workbook.publish.page import content_policy, environment, stylesheet
from workbook.publish.pdf import render_pdf, render_png
from workbook.publish.registers import canonical_json, read_register
from workbook.publish.spreadsheet import render_tables
from workbook.publish.typesetting import uncovered

if TYPE_CHECKING:
    from workbook.publish.orders import Job

FORMATS = ("html", "pdf", "ipynb", "json")
_PACKAGES = (
    "workbook",
    "typst",
    "nbconvert",
    "papermill",
    "jinja2",
    "markdown-it-py",
    "openpyxl",
    "pandas",
    "duckdb",
    "matplotlib",
)
FAILED = "failed"
"""Folder of notebooks that failed, as far as they ran."""
_DAYS = "*/" + "-".join(["[0-9]" * 4, "[0-9]" * 2, "[0-9]" * 2])


@dataclass(frozen=True, slots=True)
class Published:
    """What was written for one notebook; `files` are paths below the client's folder."""

    name: str
    title: str
    deliverable: str
    phase: str | None
    files: tuple[str, ...]
    seconds: float
    render_seconds: float
    warnings: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """Return what a manifest keeps."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Published:
        """Return what a manifest has kept."""
        return cls(**{**record, "files": tuple(record["files"]), "warnings": tuple(record["warnings"])})


def notebook_name(path: Path | str) -> str:
    """Return the name of a notebook's deliverables: its file without the number, "01_assess.ipynb" is "assess"."""
    return slug(re.sub(r"^\d+_", "", Path(path).stem), "the notebook's name")


def publish_job(job: Job) -> Published:
    """Make the deliverables of a job: run the notebook, or only set again what was run before.

    Raises
    ------
    NotebookFailed
        When a cell fails. The partial notebook is then in `failed/`; deliverables of an earlier run stay as they are.
    ExhibitError, LeakError
        When something shown cannot be published. Nothing new is written.
    """
    start = time.perf_counter()
    is_made = job.plan.work == "render"
    notebook = read_notebook(job.folder / f"{job.name}.ipynb") if is_made else _executed(job)
    own = f"{own_words(job.parameters_dir / job.client)}\n{prose_of(notebook)}"

    def inspect(texts: Iterable[str]) -> None:
        check_leaks(texts, job.strangers, own, job.secrets)

    return publish_executed(notebook, name=job.name, folder=job.folder, started=start, inspect=inspect)


def _executed(job: Job) -> NotebookNode:
    given = {"client": job.client, "as_of": job.as_of, "parameters_dir": str(job.parameters_dir)}
    try:
        return execute_notebook(job.notebook, given, time_limit=job.time_limit, closed=_closed_to(job))
    except NotebookFailed as failure:
        raise _keep_partial(failure, job.name, job.folder) from None


def _closed_to(job: Job) -> list[str]:
    """Return the folders closed to a job: those of other clients, and what was made, be it the client's own."""
    outputs = str(job.folder.parents[1])
    clients = [entry for entry in os.scandir(job.parameters_dir) if entry.is_dir()]
    # Deliverables stay when a client is renamed.
    made = {os.path.dirname(day) for day in glob.iglob(_DAYS, root_dir=outputs)}
    closed = {entry.path for entry in clients} | {os.path.join(outputs, name) for name in made}
    closed |= {os.path.join(outputs, entry.name) for entry in clients} | {str(job.folder)}
    # What lies in an odd place, or is reached by a link, must not close what the cells need.
    python = (Path(workbook.__file__).parents[1], Path(sys.prefix), Path(sys.base_prefix), Path(tempfile.gettempdir()))
    needed = [place.resolve() for place in (job.parameters_dir / job.client, *python)]
    passed = {str(folder) for place in needed for folder in (place, *place.parents)}
    return sorted({os.path.realpath(folder) for folder in closed} - passed)


def publish_executed(
    notebook: NotebookNode,
    *,
    name: str,
    folder: Path,
    started: float | None = None,
    inspect: Callable[[Iterable[str]], None] | None = None,
) -> Published:
    """Write the deliverables of a notebook that has been executed, all of them or none.

    Parameters
    ----------
    notebook
        As executed.
    name, folder
        Name of the deliverable and the client's folder, `outputs/<client>/<as_of>`.
    started
        The `time.perf_counter()` from which `seconds` counts; without it, rendering alone is counted.
    inspect
        Called with all texts that a reader will see; what it raises keeps them from being published.
    """
    begin = time.perf_counter()
    document = read_document(notebook)
    check_values(
        cell.text for exhibit in document.exhibits if exhibit.table for row in exhibit.table.rows for cell in row
    )
    page = render_html(document)
    register = read_register(notebook)
    if inspect is not None:
        # The PDF and the tables show what the notebook holds, nothing else.
        inspect([*texts_in(notebook), *texts_in(register), plain_html(page)])
    with staged(folder, name) as stage:
        _write(stage / f"{name}.html", page.encode())
        _write(stage / f"{name}.pdf", render_pdf(document))
        _write(stage / f"{name}.ipynb", notebook_bytes(notebook))
        _write(stage / f"{name}.json", canonical_json(register))
        _write_charts(stage / "exhibits" / name, document)
        files = tuple(sorted(file.relative_to(stage).as_posix() for file in stage.rglob("*") if file.is_file()))
    remove_partial(folder, name)
    end = time.perf_counter()
    phase = notebook.metadata.get("workbook", {}).get("phase")
    return Published(
        name, document.title, document.deliverable, phase, files, end - (started or begin), end - begin, _warnings(page)
    )  # fmt: skip


def write_tables(folder: Path, names: Iterable[str]) -> Path:
    """Write `exhibits/tables.xlsx` with all tables of the named deliverables, read from their executed notebooks."""
    documents = ((name, read_document(read_notebook(folder / f"{name}.ipynb"))) for name in names)
    file = folder / "exhibits" / "tables.xlsx"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, render_tables(documents))
    return file


def write_index(
    folder: Path, published: Sequence[Published], *, client: str, as_of_text: str, firm: str = "",
    confidentiality: str = "", language: str = "en",
) -> Path:  # fmt: skip
    """Write `index.html`, which lists a client's deliverables in the order given.

    `client` is the client's name as people write it, `as_of_text` the date likewise.
    """
    styles = [stylesheet()]
    page = environment().get_template("index.html.j2").render(
        client=client, as_of_text=as_of_text, firm=firm, confidentiality=confidentiality, language=language,
        words=labels_for(language), published=published, formats=FORMATS, styles=styles,
        policy=content_policy(styles), has_tables=(folder / "exhibits" / "tables.xlsx").is_file(),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "index.html", str(page).encode())
    return folder / "index.html"


def write_manifest(
    folder: Path,
    published: Sequence[Published],
    *,
    client: str,
    as_of: dt.date | str,
    inputs: Mapping[str, str],
    faults: Iterable[Fault | str] = (),
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write `manifest.json`: what went in, what came out, by what, in how many seconds, and what went wrong.

    Parameters
    ----------
    inputs
        SHA-256 of each input file.
    more
        Further entries, such as the seed.
    """
    manifest = {
        "client": client,
        "as_of": str(as_of),
        "inputs": dict(inputs),
        "outputs": {path: _sha256(folder / path) for path in _outputs(folder)},
        "versions": {"python": platform.python_version(), **versions(_PACKAGES)},
        "notebooks": [asdict(entry) for entry in published],
        "seconds": round(sum(entry.seconds for entry in published), 3),
        "faults": [str(fault) for fault in faults],
        **(more or {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / MANIFEST, text.encode() + b"\n")
    return folder / MANIFEST


def keep_partial(folder: Path, name: str, content: bytes) -> Path:
    """Write a notebook as far as it ran beside the client's deliverables, and return where."""
    path = folder / FAILED / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
    return path


def remove_partial(folder: Path, name: str) -> None:
    """Remove what an earlier failure of a notebook has left, now that its deliverables are made."""
    remove(folder / FAILED / f"{name}.ipynb")
    with suppress(OSError):
        # Not empty while other notebooks fail.
        (folder / FAILED).rmdir()


def _keep_partial(failure: NotebookFailed, name: str, folder: Path) -> NotebookFailed:
    if failure.partial is None:
        return failure
    path = keep_partial(folder, name, notebook_bytes(failure.partial))
    # The path is enough for the process that reports; the notebook may be large.
    return NotebookFailed(failure.heading, failure.error_name, failure.message, None, str(path))


def _write_charts(folder: Path, document: Document) -> None:
    # Without charts the folder stays empty, which clears the charts of an earlier run.
    folder.mkdir(parents=True)
    for exhibit in document.exhibits:
        if exhibit.svg is not None:
            _write(folder / f"{exhibit.id}.svg", exhibit.svg.encode())
            _write(folder / f"{exhibit.id}.png", render_png(exhibit.svg))


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _warnings(page: str) -> tuple[str, ...]:
    missing = uncovered(page)
    return (f"the PDF shows these characters by their code points: {missing}",) if missing else ()


def _outputs(folder: Path) -> list[str]:
    paths = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    visible = (path for path in paths if not any(part.startswith(".") for part in path.parts))
    return sorted(path.as_posix() for path in visible if path.as_posix() != MANIFEST)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
