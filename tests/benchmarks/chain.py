"""The usual chain for one notebook: the papermill command, then nbconvert to HTML, then to PDF by a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

Seconds = tuple[float, float, float]


def browser_environment(folder: Path) -> dict[str, str]:
    """Return an environment in which Playwright finds the system's Chromium where it expects the one it downloads.

    Raises
    ------
    RuntimeError
        When there is no Chromium, or no Playwright.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise RuntimeError("Chromium is missing: install your system's chromium package")
    environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(folder)}
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as it: it.chromium.launch()"
    said = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True).stderr
    wanted = re.search(r"Executable doesn't exist at (\S+)", said)
    if wanted is None:
        raise RuntimeError(f"Playwright does not say where it looks for a browser: {said[-300:]}")
    place = Path(wanted[1])
    place.parent.mkdir(parents=True)
    place.symlink_to(chromium)
    return environment


def run_chain(notebook: Path, parameters: Mapping[str, str], environment: Mapping[str, str]) -> Seconds:
    """Return the seconds of the three commands."""
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / "executed.ipynb"
        given = [part for name, value in parameters.items() for part in ("-r", name, value)]
        first, second, third = (
            _timed(command, folder, environment)
            for command in (
                ["papermill", str(notebook), str(executed), *given],
                ["jupyter-nbconvert", "--to", "html", str(executed)],
                ["jupyter-nbconvert", "--to", "webpdf", "--WebPDFExporter.disable_sandbox=True", str(executed)],
            )
        )
    return first, second, third


def run_chains(jobs: Iterable[tuple[Path, Mapping[str, str]]], environment: Mapping[str, str], processes: int) -> float:
    """Return the seconds of many chains, some beside each other."""
    begin = time.perf_counter()
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(lambda job: run_chain(*job, environment), jobs))
    return time.perf_counter() - begin


def _timed(command: list[str], folder: str, environment: Mapping[str, str]) -> float:
    program = Path(sys.executable).with_name(command[0])
    begin = time.perf_counter()
    subprocess.run([str(program), *command[1:]], cwd=folder, env=dict(environment), check=True, capture_output=True)
    return time.perf_counter() - begin
