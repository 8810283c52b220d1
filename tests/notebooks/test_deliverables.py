"""The deliverables of the demo clients, made as the office makes them and read as a client reads them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pdfua
import pypdf
import pytest
from openpyxl import load_workbook

ROOT = Path(__file__).parents[2]
CLIENTS = {"norrhaven": "2026-09-30", "brauer-logistik": "2026-10-15"}
CHARTS = {
    "assess": {"process-map", "ranking", "acceptability"},
    "prioritize": {"axes", "risk-map"},
    "pilot": {"criteria-forest", "effect-over-time", "failure-modes"},
}
"""Charts of each notebook that every client of it has."""

PLACES = [(client, stem) for client in CLIENTS for stem in CHARTS if stem != "pilot" or client == "norrhaven"]
"""The deliverables of each client; only one has a pilot behind it."""

APPENDIX = {
    "assess": "What is missing, and where the data",
    "prioritize": "Each candidate in depth",
    "pilot": "The rule of the verdict",
}
"""First heading of the appendix of each notebook."""

MOST_PAGES = {"assess": 12, "prioritize": 13, "pilot": 12}
"""Pages of the body of each notebook."""

pytestmark = pytest.mark.slow


def run_workbook(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workbook.cli", *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("outputs")
    run = run_workbook("run", *CLIENTS, "--output", str(folder))
    assert run.returncode == 0, run.stderr + run.stdout
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=CLIENTS)
def folder(request: pytest.FixtureRequest, outputs: Path) -> Path:
    return outputs / request.param / CLIENTS[request.param]


@pytest.fixture(params=PLACES, ids="-".join)
def deliverable(request: pytest.FixtureRequest, outputs: Path) -> tuple[Path, str]:
    """Folder and name of a deliverable."""
    client, stem = request.param
    return outputs / client / CLIENTS[client], stem


class _Reader(HTMLParser):
    """What a reader of the page meets: text, headings, images and table headers."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.headings: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.header_cells: list[dict[str, str | None]] = []
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self._skip += 1
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))
        if tag == "th":
            self.header_cells.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._skip -= 1

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.text.append(data)


def _read(folder: Path, stem: str = "assess") -> _Reader:
    reader = _Reader()
    reader.feed((folder / f"{stem}.html").read_text(encoding="utf-8"))
    return reader


def test_each_deliverable_is_there_in_every_format(deliverable: tuple[Path, str]) -> None:
    folder, stem = deliverable
    names = {path.name for path in folder.iterdir()}
    made = {f"{stem}.{ending}" for ending in ("html", "pdf", "ipynb", "json")}
    assert made | {"index.html", "manifest.json"} <= names
    svg = {path.stem for path in (folder / "exhibits" / stem).glob("*.svg")}
    png = {path.stem for path in (folder / "exhibits" / stem).glob("*.png")}
    assert svg == png and CHARTS[stem] <= svg


def test_the_page_reads_well(deliverable: tuple[Path, str]) -> None:
    folder, stem = deliverable
    page = _read(folder, stem)
    assert page.headings.count("h1") == 1
    assert len(page.images) >= (3 if stem == "pilot" else 5)
    assert all((image["alt"] or "").strip() for image in page.images)
    assert page.header_cells and all(cell.get("scope") in ("row", "col") for cell in page.header_cells)


def test_the_page_shows_no_code_no_traceback_and_no_nan(deliverable: tuple[Path, str]) -> None:
    folder, stem = deliverable
    text = " ".join(_read(folder, stem).text)
    for word in ("Traceback", "import ", "show.", "None", "{", "}"):
        assert word not in text, word
    assert not re.search(r"\b(nan|inf)\b", text)
    assert "/home/" not in text and str(ROOT) not in text


def test_the_page_stands_alone(deliverable: tuple[Path, str]) -> None:
    folder, stem = deliverable
    page = (folder / f"{stem}.html").read_text(encoding="utf-8")
    # the one that sorts tables, which the policy of the page names by its hash
    assert page.count("<script") <= 1 and "<script src" not in page
    assert not re.search(r"""(src|href)=["']?https?:""", page)


def test_one_client_is_not_named_in_the_deliverables_of_the_other(outputs: Path) -> None:
    for client, day in CLIENTS.items():
        others = [name.split("-")[0] for name in CLIENTS if name != client]
        for path in (path for stem in CHARTS for path in (outputs / client / day).glob(f"{stem}.*")):
            content = path.read_bytes().lower()
            assert not [name for name in others if name.encode() in content], path


def test_the_pdf_passes_the_accessibility_check(deliverable: tuple[Path, str]) -> None:
    folder, stem = deliverable
    findings = pdfua.validate(str(folder / f"{stem}.pdf")).findings
    assert [finding.message for finding in findings] == []


def test_the_body_of_the_pdf_is_short_and_says_where_it_ends(deliverable: tuple[Path, str]) -> None:
    folder, stem = deliverable
    pages = [page.extract_text() for page in pypdf.PdfReader(folder / f"{stem}.pdf").pages]
    assert all(f"Page {number} of {len(pages)}" in text for number, text in enumerate(pages, 1) if number > 1)
    appendix = next(number for number, text in enumerate(pages, 1) if APPENDIX[stem] in text and number > 3)
    cover_and_contents = 2
    assert appendix - 1 - cover_and_contents <= MOST_PAGES[stem]


def test_html_pdf_and_register_show_the_same_figure(outputs: Path) -> None:
    folder = outputs / "norrhaven" / CLIENTS["norrhaven"]
    figures = json.loads((folder / "assess.json").read_text())["figures"]
    assert round(figures["processes.yearly_cost"]["value"] / 1e6) == 73
    assert "€73m" in " ".join(_read(folder).text)
    assert "€73m" in " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "assess.pdf").pages)


def test_every_figure_of_the_register_rests_on_figures_of_the_register(deliverable: tuple[Path, str]) -> None:
    folder, stem = deliverable
    figures = json.loads((folder / f"{stem}.json").read_text())["figures"]
    for id, figure in figures.items():
        assert set(figure.get("from", [])) <= set(figures), id
        assert figure["value"] is not None or figure["reason"], id
        assert figure.get("from") or figure.get("source") or figure["value"] is None, id


def test_the_spreadsheet_holds_all_tables_and_no_formula(folder: Path) -> None:
    book = load_workbook(folder / "exhibits" / "tables.xlsx")
    assert len(book.sheetnames) >= 25
    assert not [cell.coordinate for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_the_gappy_client_is_stamped_draft_and_nothing_is_put_forward(outputs: Path) -> None:
    text = " ".join(_read(outputs / "brauer-logistik" / CLIENTS["brauer-logistik"]).text)
    assert "DRAFT" in text
    assert "No candidate can be put forward yet" in text
    assert "not provided" in text


def test_the_charter_of_the_gappy_client_says_what_is_missing(outputs: Path) -> None:
    text = " ".join(_read(outputs / "brauer-logistik" / CLIENTS["brauer-logistik"], "prioritize").text)
    assert "DRAFT" in text and "the gate of Assess is not yet decided" in text
    assert "No charter has been written." in text and "The charter itself is missing" in text
    assert "Not one of the candidates can be valued yet" in text


@pytest.mark.parametrize("stem", ["prioritize", "pilot"])
def test_the_register_of_a_later_phase_holds_the_figures_of_earlier_ones_under_their_ids(
    outputs: Path, stem: str
) -> None:
    folder = outputs / "norrhaven" / CLIENTS["norrhaven"]
    later = json.loads((folder / f"{stem}.json").read_text())["figures"]
    earlier = json.loads((folder / f"{'assess' if stem == 'prioritize' else 'prioritize'}.json").read_text())["figures"]
    shared = earlier.keys() & later.keys()
    linked = {"prioritize": "process.citizen-correspondence.touch_time",
              "pilot": "case.correspondence-drafting.input.integration.citizen-cases"}  # fmt: skip
    assert linked[stem] in shared
    assert [id for id in shared if earlier[id] != later[id]] == []


def test_page_and_register_of_the_pilot_show_the_same_effect(outputs: Path) -> None:
    folder = outputs / "norrhaven" / CLIENTS["norrhaven"]
    effect = json.loads((folder / "pilot.json").read_text())["figures"]["pilot.criterion.working-time.effect"]
    assert round(60 * effect["value"], 2) == 5.69
    assert "5.69\N{NO-BREAK SPACE}min less with the pilot than without" in " ".join(_read(folder, "pilot").text)


def test_the_same_inputs_give_the_same_bytes(outputs: Path, tmp_path: Path) -> None:
    run = run_workbook("run", "brauer-logistik", "--output", str(tmp_path), "--jobs", "1")
    assert run.returncode == 0, run.stderr
    first = outputs / "brauer-logistik" / CLIENTS["brauer-logistik"]
    second = tmp_path / "brauer-logistik" / CLIENTS["brauer-logistik"]
    files = [path.relative_to(first) for path in first.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert len(files) > 20
    assert [path for path in files if (first / path).read_bytes() != (second / path).read_bytes()] == []


@pytest.mark.parametrize(
    ("client", "stem"), [("brauer-logistik", "assess"), ("brauer-logistik", "prioritize"), ("norrhaven", "pilot")]
)
def test_plain_papermill_from_another_folder_gives_the_same_register(
    outputs: Path, tmp_path: Path, client: str, stem: str
) -> None:
    (source,) = (ROOT / "notebooks").glob(f"[0-9][0-9]_{stem}.ipynb")
    run = subprocess.run(
        [sys.executable, "-m", "papermill", "--no-progress-bar", str(source), "out.ipynb", "-p", "client",
         client],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    notebook = json.loads((tmp_path / "out.ipynb").read_text())
    mime = "application/vnd.workbook.figures+json"
    (figures,) = (
        output["data"][mime]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if mime in output.get("data", {})
    )
    published = json.loads((outputs / client / CLIENTS[client] / f"{stem}.json").read_text())
    assert figures["figures"].keys() == published["figures"].keys()
    for id, figure in figures["figures"].items():
        expected = published["figures"][id]["value"]
        assert figure["value"] == (None if expected is None else pytest.approx(expected, rel=1e-9)), id
    for exporter, suffix in (("workbook-html", "html"), ("workbook-pdf", "pdf")):
        export = subprocess.run(
            [sys.executable, "-m", "nbconvert", "--to", exporter, "out.ipynb"],
            capture_output=True, text=True, cwd=tmp_path, check=False,
        )  # fmt: skip
        assert export.returncode == 0, export.stderr
        assert (tmp_path / f"out.{suffix}").stat().st_size > 100_000
