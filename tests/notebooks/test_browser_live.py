"""An analyst beside the client, in JupyterLab: move a weight, see the order change, save, and make the report."""

from __future__ import annotations

import difflib
import html
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browsers import LAB_OPTIONS, folders_of_jupyter, free_port, opened_in_jupyterlab, run_all_cells, wait_for

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
# JupyterLab draws only the cells in view, unless it is told to draw all.
SETTINGS = '{"windowingMode": "none"}'
MOVED = "Customer impact"


@dataclass(frozen=True)
class Office:
    """A client of one's own, and JupyterLab opened for it."""

    folder: Path
    address: str

    @property
    def weights(self) -> str:
        return (self.folder / "parameters" / "norrhaven" / "assess.yaml").read_text(encoding="utf-8")

    def workbook(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "workbook.cli", *arguments, "--parameters", "parameters"]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    client = ROOT / "parameters" / "norrhaven"
    shutil.copytree(client, folder / "parameters" / "norrhaven", ignore=shutil.ignore_patterns("approved", ".measured"))
    own = folders_of_jupyter(folder / ".jupyter")
    settings = Path(own["JUPYTERLAB_SETTINGS_DIR"], "@jupyterlab/notebook-extension/tracker.jupyterlab-settings")
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    options = ["--parameters", "parameters", "--", *LAB_OPTIONS, f"--port={(port := free_port())}"]
    lab = subprocess.Popen(
        [sys.executable, "-m", "workbook.cli", "lab", "norrhaven", *options],
        cwd=folder, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **own},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api")
        yield Office(folder, address)
    finally:
        os.killpg(lab.pid, signal.SIGKILL)
        lab.wait()


@pytest.fixture(scope="module")
def page(office: Office, browser: Any) -> Iterator[Any]:
    with opened_in_jupyterlab(browser, office.address, "01_assess.ipynb") as page:
        run_all_cells(page)
        page.get_by_label(MOVED, exact=True).wait_for()
        yield page


def test_a_weight_moved_on_the_screen_is_that_of_the_next_report(page, office: Office) -> None:
    panel = page.locator(".jp-Cell", has=page.get_by_label(MOVED, exact=True)).last
    ranks = panel.get_by_role("status").filter(has_text="Every rank is as with the weights in the file")
    ranks.wait_for()
    ranked = re.findall(r"\d+\. ([^,.]+)", ranks.inner_text())
    drawn = panel.get_by_role("img").first.get_attribute("aria-label")

    # by keyboard alone: the number beside the slider
    page.get_by_label(MOVED, exact=True).fill("100")
    page.keyboard.press("Tab")
    for other in ("Business impact", "Strategic alignment"):
        page.get_by_label(other, exact=True).fill("5")
        page.keyboard.press("Tab")
    moved = panel.get_by_role("status").filter(has_text="Ranks, and before with the weights in the file")
    moved.wait_for()
    order = re.findall(r"\d+\. (.+?) \((?:as before|before)", moved.inner_text())
    alt = panel.get_by_role("img").first.get_attribute("aria-label")
    assert sorted(order) == sorted(ranked) and order != ranked and alt != drawn

    before = office.weights
    panel.get_by_role("button", name="Show what would change").click()
    panel.get_by_role("alert").filter(has_text="choose who made this judgement").wait_for()
    panel.get_by_label("Judged by").select_option(index=1)
    panel.get_by_role("button", name="Show what would change").click()
    diff = panel.get_by_label("What saving would change").inner_text()
    assert office.weights == before and "+" in diff and "customer_impact: 100" in diff
    panel.get_by_role("button", name="Save", exact=True).click()
    panel.get_by_role("status").filter(has_text="Saved assess.yaml").wait_for()

    changed = [line for line in difflib.ndiff(before.splitlines(), office.weights.splitlines()) if line[0] in "+-"]
    assert changed and all(re.search("points|by|date|_impact|alignment", line) for line in changed)
    office.workbook("run", "norrhaven", "--only", "assess", "--output", "made")
    (file,) = office.folder.glob("made/norrhaven/*/assess.html")
    report = html.unescape(file.read_text(encoding="utf-8"))
    assert alt in report
    places = [report.index(name, report.index('id="exhibit-ranking"')) for name in order]
    assert places == sorted(places)


def test_a_view_written_in_the_notebook_stands_in_the_report_with_its_figure(page, office: Office) -> None:
    panel = page.locator(".jp-Cell", has=page.get_by_role("button", name="Insert")).first
    area = panel.locator("textarea").first
    area.fill("Half of the cost is in few hands: {figure:processes.yearly_cost}.")
    page.keyboard.press("Tab")
    panel.get_by_role("button", name="Show what would change").click()
    panel.get_by_label("What saving would change").wait_for()
    panel.get_by_role("button", name="Save", exact=True).click()
    panel.get_by_role("status").filter(has_text="Saved commentary/assess.md").wait_for()
    office.workbook("run", "norrhaven", "--only", "assess", "--output", "made")
    (file,) = office.folder.glob("made/norrhaven/*/assess.html")
    report = html.unescape(file.read_text(encoding="utf-8"))
    found = re.search(r"Half of the cost is in few hands: (.{3,20}?)\.", report)
    assert found and "73" in found[1]
