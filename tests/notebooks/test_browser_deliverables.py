"""The real deliverable in a browser, and the notebook run by an analyst in JupyterLab. Needs an installed Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import LAB_OPTIONS, folders_of_jupyter, free_port, opened_in_jupyterlab, run_all_cells, wait_for

from workbook.publish.orders import find_notebooks

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
NOTEBOOKS = find_notebooks()
SCREENS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


@pytest.fixture(scope="module")
def deliverables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    arguments = ["run", "norrhaven", "--output", str(folder)]
    subprocess.run([sys.executable, "-m", "workbook.cli", *arguments], cwd=ROOT, check=True, capture_output=True)
    (day,) = folder.glob("norrhaven/*")
    return day


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_page_has_no_serious_fault_of_accessibility_and_asks_nobody(
    browser, deliverables, notebook, screen
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(**SCREENS[screen], offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((deliverables / f"{notebook.stem.split('_', 1)[1]}.html").as_uri())
    violations = Axe().run(page).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    for notebook in NOTEBOOKS:
        shutil.copy(notebook, folder)
    return folder


@pytest.fixture(scope="module")
def jupyterlab(lab_folder: Path) -> Iterator[str]:
    port = free_port()
    options = [*LAB_OPTIONS, f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={lab_folder}"]
    own = folders_of_jupyter(lab_folder / ".jupyter")
    environment = {**os.environ, **own, "WORKBOOK_PARAMETERS": str(ROOT / "parameters")}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "lab", *options],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _cells_after_a_run(page: object, file: Path, tries: int = 40) -> list[dict[str, object]]:
    """Save now and then until the last cell has an output; JupyterLab draws only the cells in view."""
    for _ in range(tries):
        page.wait_for_timeout(3_000)
        page.keyboard.press("Control+s")
        page.wait_for_timeout(2_000)
        cells = [cell for cell in json.loads(file.read_text())["cells"] if cell["cell_type"] == "code"]
        if cells[-1]["outputs"]:
            return cells
    raise AssertionError("the last cell was not reached")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_in_jupyterlab_from_top_to_bottom(browser, jupyterlab, lab_folder, notebook) -> None:
    with opened_in_jupyterlab(browser, jupyterlab, notebook.name) as page:
        run_all_cells(page)
        cells = _cells_after_a_run(page, lab_folder / notebook.name)
        assert page.locator(".jp-RenderedHTMLCommon table").count() > 0
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] in ("error", "stream")] == []
    charts = sum("show.chart_" in "".join(cell["source"]) for cell in cells)
    assert sum("image/svg+xml" in output["data"] for output in outputs) == charts > 2
    assert cells[-1]["outputs"]
