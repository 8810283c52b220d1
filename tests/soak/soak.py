"""Kill a large run again and again, and see that nothing is lost and nothing half-made is found.

    python tests/soak/soak.py --clients 300 --kills 20

An office of many clients is made twice. One is run undisturbed. In the other the run is ended by SIGKILL at random
moments and begun anew: most kills hit the first process, every fourth another one, which the run must outlive. After
each kill of the first process all others must leave by themselves, every deliverable must open, and nothing unfinished
may lie among them. In the end both offices must hold the same deliverables, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import lxml.etree
import lxml.html
import nbformat
import openpyxl
import pikepdf
import psutil
from office import Member, make_office

MARK = "WORKBOOK_SOAK"
# Seconds within which every process of a killed run must have left.
PATIENCE = 60.0
# What differs between two equal runs.
TIMED = {"manifest.json", "run.json", "run.html"}
NAMES = {".html", ".pdf", ".ipynb", ".json", ".xlsx", ".svg", ".png"}
OTHER_VICTIM_EVERY = 4


class SoakError(AssertionError):
    """Something was lost, half-made or left behind."""


@dataclass
class Office:
    """A folder with clients and their deliverables, and the runs over it."""

    root: Path
    members: tuple[Member, ...]
    seen: dict[Path, tuple[int, int, int]] = field(default_factory=dict)

    @classmethod
    def make(cls, root: Path, clients: int, seed: int, demos: int | None) -> Office:
        """Make the office in a folder that does not exist yet."""
        members = make_office(root, clients, seed, demos=demos)
        return cls(root, members)

    @property
    def outputs(self) -> Path:
        """Folder of the deliverables."""
        return self.root / "outputs"

    def start(self, *options: str) -> Run:
        """Start `workbook run --all`; its processes are known by a mark in their environment."""
        mark = f"{self.root}-{time.monotonic_ns()}"
        command = [sys.executable, "-m", "workbook.cli", "run", "--all", "--quiet", *options]
        environment = {**os.environ, MARK: mark}
        with (self.root / "run.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.root, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        return Run(process, mark)

    def check_deliverables(self) -> int:
        """Open every deliverable that is new since the last check and return how many there are.

        Raises
        ------
        SoakError
            For one that does not open, or a file that is none.
        """
        number = 0
        for file in _files(self.outputs):
            if file.parent == self.outputs and file.name in self.occupied:
                continue
            number += 1
            stamp = _stamp(file)
            if self.seen.get(file) != stamp:
                check_file(file)
                self.seen[file] = stamp
        return number

    @property
    def occupied(self) -> set[str]:
        """Clients whose folder of deliverables is taken by a file, which is how they are broken."""
        return {member.id for member in self.members if (self.outputs / member.id).is_file()}

    def check_end(self, code: int) -> None:
        """Check that all sound clients are finished and all broken ones explained, and that nothing was left behind.

        Raises
        ------
        SoakError
            With what is not so.
        """
        if not (self.outputs / "run.json").is_file():
            raise SoakError(f"the run ended with {code} and no summary:\n{(self.root / 'run.log').read_text()[-2000:]}")
        record = json.loads((self.outputs / "run.json").read_bytes())
        page = (self.outputs / "run.html").read_text("utf-8")
        told = {each["client"]: " ".join(each["faults"]) for each in record["faulty"]}
        told |= {entry["client"]: entry["error"] for entry in record["notebooks"] if entry["status"] == "failed"}
        finished = {entry["client"] for entry in record["notebooks"]} - told.keys()
        is_broken = any(member.kind for member in self.members)
        wrong = [fault for member in self.members for fault in self._faults_of(member, finished, told, page)]
        wrong += [f"left behind: {path}" for path in self.leftovers()]
        wrong += [f"the exit code is {code}"] if code != int(is_broken) else []
        if wrong:
            raise SoakError("\n".join(wrong))

    def _faults_of(self, member: Member, finished: set[str], told: dict[str, str], page: str) -> Iterator[str]:
        """Yield what is wrong with what became of one client."""
        words = told.get(member.id, "")
        if member.kind is None:
            if member.id not in finished:
                yield f"{member.id} is not finished: {words}"
            for name in ("index.html", "manifest.json"):
                if not list((self.outputs / member.id).glob(f"*/{name}")):
                    yield f"{member.id} has no {name}"
        elif not all(word in words for word in member.kind.words):
            yield f"{member.id} ({member.kind.name}) is not explained: {words}"
        elif member.id not in page:
            yield f"{member.id} is not on the page of the run"

    def leftovers(self) -> list[Path]:
        """Return what no run should leave: hidden entries among deliverables, unfinished files beside measurements."""
        hidden = self.outputs.rglob(".*")
        unfinished = (self.root / "parameters").rglob("*.tmp")
        return sorted(path.relative_to(self.root) for path in (*hidden, *unfinished))

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of every deliverable."""
        return {
            file.relative_to(self.outputs).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in _files(self.outputs)
            if file.name not in TIMED
        }


@dataclass(frozen=True)
class Run:
    """A run under way, with all its processes."""

    process: subprocess.Popen[bytes]
    mark: str

    def processes(self) -> list[psutil.Process]:
        """Return the processes of the run that are alive, the first one excepted."""
        found = []
        for process in psutil.process_iter():
            try:
                is_mine = process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE
            except psutil.Error:
                continue
            if is_mine and process.pid != self.process.pid:
                found.append(process)
        return found

    def kill(self) -> float:
        """Kill the first process; return the seconds after which the others had left.

        Raises
        ------
        SoakError
            When one stays.
        """
        self.process.kill()
        self.process.wait()
        killed = time.monotonic()
        while left := self.processes():
            if time.monotonic() - killed > PATIENCE:
                raise SoakError(f"{PATIENCE:.0f} s after the kill there are still {[_words(each) for each in left]}")
            time.sleep(0.05)
        return time.monotonic() - killed

    def kill_other(self, chance: random.Random) -> str:
        """Kill one of the other processes and return what it was."""
        others = self.processes()
        if not others:
            return "none"
        victim = chance.choice(others)
        words = _words(victim)
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            return "none"
        return words


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[-90:]
    except psutil.Error:
        return str(process.pid)


def _files(folder: Path) -> Iterator[Path]:
    """Yield all files that are not hidden."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place) / name for name in sorted(names) if not name.startswith("."))


def _stamp(file: Path) -> tuple[int, int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def check_file(file: Path) -> None:
    """Open a deliverable. Raises SoakError when that fails, or when it is no deliverable."""
    if file.suffix not in NAMES:
        raise SoakError(f"{file} is no deliverable")
    try:
        OPENERS[file.suffix](file)
    except Exception as error:
        raise SoakError(f"{file} does not open: {type(error).__name__}: {error}") from error


def _open_html(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.rstrip().endswith("</html>"), "the end is missing"
    assert lxml.html.document_fromstring(text.encode()).findtext(".//h1"), "there is no heading"


def _open_pdf(file: Path) -> None:
    with pikepdf.open(file) as document:
        assert len(document.pages) > 0 and not document.check_pdf_syntax(), "it is damaged"


def _open_notebook(file: Path) -> None:
    nbformat.validate(nbformat.read(file, as_version=4))


def _open_xlsx(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None, "a part is damaged"
    openpyxl.load_workbook(file, read_only=True).close()


def _open_png(file: Path) -> None:
    content = file.read_bytes()
    assert content.startswith(b"\x89PNG") and b"IEND" in content[-12:], "it is cut off"


OPENERS: dict[str, Callable[[Path], object]] = {
    ".html": _open_html,
    ".pdf": _open_pdf,
    ".ipynb": _open_notebook,
    ".json": lambda file: json.loads(file.read_bytes()),
    ".xlsx": _open_xlsx,
    ".svg": lambda file: lxml.etree.parse(file),
    ".png": _open_png,
}


def say(line: str) -> None:
    """Print a line at once, also where it goes to a file."""
    print(line, flush=True)


def soak(
    folder: Path,
    clients: int,
    kills: int,
    seed: int,
    demos: int | None = None,
    tell: Callable[[str], None] = say,
) -> None:
    """Run an office undisturbed and another with kills, and compare them. Raises SoakError."""
    calm, wild = (Office.make(folder / name, clients, seed, demos) for name in ("calm", "wild"))
    started = time.monotonic()
    calm.check_end(calm.start().process.wait())
    undisturbed = time.monotonic() - started
    tell(f"undisturbed: {undisturbed:.1f} s for {clients} clients, {calm.check_deliverables()} files open")
    disturb(wild, kills, undisturbed, random.Random(seed), tell)
    started = time.monotonic()
    code = wild.start().process.wait()
    tell(f"the last run: {time.monotonic() - started:.1f} s, {wild.check_deliverables()} files open")
    wild.check_end(code)
    compare(calm, wild)
    started = time.monotonic()
    wild.check_end(wild.start().process.wait())
    compare(calm, wild)
    tell(f"an unchanged run: {time.monotonic() - started:.1f} s")
    sound = sum(member.kind is None for member in calm.members)
    tell(f"{sound} clients finished, {clients - sound} explained; the same bytes in {len(calm.digests())} files")


def disturb(office: Office, kills: int, undisturbed: float, chance: random.Random, tell: Callable[[str], None]) -> None:
    """Begin runs and kill them at random moments that spread over the time of an undisturbed run."""
    run, options = office.start(), ("--force",)
    for number in range(1, kills + 1):
        # Some fall into the start or the checks, some into the work; what is finished is not done again.
        moment = chance.uniform(0.1, max(15.0, undisturbed / 5))
        try:
            code = run.process.wait(moment)
        except subprocess.TimeoutExpired:
            pass
        else:
            # All is made before the kills are used up: from here on finished deliverables are made again.
            assert code == 1, f"the run ended with {code}"
            run = office.start(*options)
            time.sleep(min(moment, undisturbed / 2))
        if number % OTHER_VICTIM_EVERY == 0:
            tell(f"kill {number} after {moment:.1f} s: {run.kill_other(chance)}")
            continue
        left = run.kill()
        files = office.check_deliverables()
        tell(f"kill {number} after {moment:.1f} s: all processes gone after {left:.1f} s, {files} files open")
        run = office.start()
    run.kill()
    office.check_deliverables()


def compare(calm: Office, wild: Office) -> None:
    """Check that two offices hold the same deliverables. Raises SoakError."""
    one, other = calm.digests(), wild.digests()
    differing = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    if differing:
        raise SoakError(f"{len(differing)} of {len(one)} files differ, such as {differing[:5]}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Soak in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--demos", type=int, help="clients made from the demo, the rest from a tiny one; all if left out"
    )
    parser.add_argument("--keep", type=Path, help="a new folder to work in, which is kept")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="workbook-soak-") as folder:
        soak(options.keep or Path(folder), options.clients, options.kills, options.seed, options.demos)
    print(f"soaked in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
