"""Working live: copies of the notebooks set to one client, and JupyterLab opened at the one of its phase.

The notebooks of the house stay as they are. A copy remembers what it was when it was made, so that it is made anew when
the house's notebook has changed, and kept once its cells have been changed by hand. Outputs are no change.
"""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbformat import NotebookNode

from workbook.engagement.check import agreement_faults
from workbook.engagement.faults import FaultsError
from workbook.engagement.folders import client_folder
from workbook.engagement.load import load_engagement
from workbook.engagement.status import status_of
from workbook.publish.atomic import write_atomically
from workbook.publish.notebooks import notebook_bytes, read_notebook
from workbook.publish.orders import NOTEBOOKS_DIR

START = "00_start.ipynb"
MADE_FROM = "made_from"
"""Key in the metadata of a copy: the SHA-256 of its cells as they were made."""

State = Literal["made", "made anew", "as it was", "kept with your changes"]


@dataclass(frozen=True)
class Bench:
    """The folder with the working copies of a client, what became of each, and the one to open.

    `why` says in words why that is the start page, where it is.
    """

    folder: Path
    copies: Mapping[str, State]
    opens: str
    why: str = ""

    @property
    def kept(self) -> tuple[str, ...]:
        """Copies that were changed by hand."""
        return tuple(name for name, state in self.copies.items() if state == "kept with your changes")

    def command(self, arguments: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the command that opens JupyterLab here, with further `arguments` for it."""
        # One Ctrl-C is to be enough, so nobody is asked whether it was meant. Open tabs are remembered for each client:
        # JupyterLab would show those of the client before.
        return (
            sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={self.folder}", "--ServerApp.answer_yes=True",
            f"--LabApp.default_url=/lab/tree/{self.opens}", f"--LabApp.workspaces_dir={self.folder / '.workspaces'}",
            *arguments,
        )  # fmt: skip


def prepare(client: str, parameters_dir: Path, folder: Path, notebooks: Path = NOTEBOOKS_DIR) -> Bench:
    """Make the working copies of a client's notebooks in `folder` and return what there is.

    The notebook of the client's phase is to be opened, or else the start page: where the files have faults, which it
    names, and where the phase has no notebook. Raises FaultsError for a client that does not exist, before anything is
    made.
    """
    client_folder(client, parameters_dir)
    phase = _phase_of(client, parameters_dir)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    parameters = {"client": client, "as_of": "", "parameters_dir": str(parameters_dir.absolute())}
    copies: dict[str, State] = {}
    opens = None
    for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        notebook = _set_parameters(read_notebook(path), parameters)
        copies[path.name] = _write_copy(notebook, folder / path.name)
        if phase is not None and notebook.metadata.get("workbook", {}).get("phase") == phase:
            opens = path.name
    why = "" if opens else "its files have faults" if phase is None else f"there is no notebook for {phase} yet"
    return Bench(folder, copies, opens or START, why)


def _phase_of(client: str, parameters_dir: Path) -> str | None:
    """Return the phase a client is in, None where its files have faults. Data files are not opened."""
    try:
        engagement = load_engagement(client, parameters_dir)
    except FaultsError:
        return None
    faults = [fault for fault in agreement_faults(engagement, engagement) if not fault.is_note]
    return None if faults else status_of(engagement).phase


def run_until_it_ends(command: Sequence[str], folder: Path) -> int:
    """Run a command in a folder until it ends, and return its exit code.

    Ctrl-C reaches it from the terminal, and SIGTERM is handed on; either way this waits until it has ended.
    """
    with subprocess.Popen(command, cwd=folder) as child:
        before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            while True:
                try:
                    return child.wait()
                except KeyboardInterrupt:
                    # It has come to the child as well, which closes its kernels and then ends.
                    continue
        finally:
            signal.signal(signal.SIGTERM, before)


def _set_parameters(notebook: NotebookNode, parameters: Mapping[str, str]) -> NotebookNode:
    """Write values into the parameters cell, each on the line of its name, with its type and its comment."""
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = "\n".join(_set_line(line, parameters) for line in cell.source.splitlines())
    return notebook


def _set_line(line: str, parameters: Mapping[str, str]) -> str:
    name = line.split(":")[0].strip()
    if name not in parameters:
        return line
    declared, _, rest = line.partition(" = ")
    _, sign, comment = rest.partition("  # ")
    return f"{declared} = {json.dumps(parameters[name], ensure_ascii=False)}{sign}{comment}"


def _write_copy(notebook: NotebookNode, path: Path) -> State:
    """Write a copy, unless the one that is there was changed by hand or is the same already."""
    digest = _digest(notebook)
    state: State = "made"
    if path.exists():
        there = _digest_of_file(path)
        if there is None or there[0] != there[1]:
            return "kept with your changes"
        if there[0] == digest:
            return "as it was"
        state = "made anew"
    notebook.metadata.setdefault("workbook", {})[MADE_FROM] = digest
    write_atomically(path, notebook_bytes(notebook))
    return state


def _digest_of_file(path: Path) -> tuple[str, str] | None:
    """Return the digest of a copy's cells and the one it was made with; None for a file that is no notebook."""
    try:
        notebook = read_notebook(path)
    except Exception:
        # Whatever it is, it is not ours to overwrite.
        return None
    return _digest(notebook), str(notebook.metadata.get("workbook", {}).get(MADE_FROM, ""))


def _digest(notebook: NotebookNode) -> str:
    """Return the SHA-256 of what a person writes: kinds, texts and tags of the cells."""
    cells = [[cell.cell_type, cell.source, cell.metadata.get("tags", [])] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
