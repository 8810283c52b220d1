"""Chromium and JupyterLab for tests that look at pages as a reader does."""

from __future__ import annotations

import shutil
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# JupyterLab asks nobody, neither for a password nor for its news.
LAB_OPTIONS = [
    "--no-browser", "--allow-root", "--ip=127.0.0.1", "--IdentityProvider.token=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=",
]  # fmt: skip

# The kernel of the notebook in front has started and has nothing to do.
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"


def folders_of_jupyter(folder: Path) -> dict[str, str]:
    """Return the environment in which JupyterLab has settings and open tabs of its own, none of this machine's user."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    return {name: str(folder / name.lower()) for name in names}


@contextmanager
def chromium() -> Iterator[Any]:
    """Open the installed Chromium."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def wait_for(address: str, seconds: float = 60) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nothing answers at {address}")


@contextmanager
def opened_in_jupyterlab(browser: Any, address: str, notebook: str) -> Iterator[Any]:
    """Open a notebook in a page and a workspace of its own: in a shared one, tabs of other tests come back in front."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto(f"{address}/lab/workspaces/{Path(notebook).stem}/tree/{notebook}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(3_000)
    yield page
    context.close()


def run_all_cells(page: Any) -> None:
    """Choose "Run All Cells" in the menu of JupyterLab."""
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
