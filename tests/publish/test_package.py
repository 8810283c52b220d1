"""A client's folder of deliverables."""

import hashlib
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import nbformat
import pytest
from lxml import html as parser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from publish_notebooks import COVER, cover, exhibit, figures, notebook, prose, report_notebook, table_data

from workbook.publish.bundle import BundleError, ExhibitError
from workbook.publish.execute import NotebookFailed, cleaned
from workbook.publish.package import (
    Published,
    notebook_name,
    publish_executed,
    publish_notebook,
    write_index,
    write_manifest,
    write_tables,
)


def listing(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def contents(folder):
    return {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in listing(folder)}


def engine(path, parameters):
    """An engine that takes the notebook as executed already."""
    return cleaned(nbformat.read(path, as_version=4), parameters)


def failing(path, parameters):
    raise NotebookFailed("Costs", "ValueError", "no costs", nbformat.read(path, as_version=4))


def publish(path, folder, execute=engine):
    return publish_notebook(
        path, client="acme", as_of="2026-09-30", parameters_dir=folder, folder=folder, execute=execute
    )


@pytest.fixture()
def source(tmp_path):
    path = tmp_path / "01_assess.ipynb"
    nbformat.write(report_notebook(), path)
    return path


@pytest.mark.parametrize(
    ("file", "name"), [("01_assess.ipynb", "assess"), ("10_board.ipynb", "board"), ("x/start.ipynb", "start")]
)
def test_a_deliverable_is_named_like_its_notebook_without_the_number(file, name):
    assert notebook_name(file) == name


def test_a_notebook_whose_name_leaves_the_folder_is_refused():
    with pytest.raises(BundleError):
        notebook_name("01_..")


def test_all_formats_and_charts_are_written(tmp_path, source):
    published = publish(source, tmp_path / "out")
    assert listing(tmp_path / "out") == [
        "assess.html", "assess.ipynb", "assess.json", "assess.pdf",
        "exhibits/assess/process-map.png", "exhibits/assess/process-map.svg",
    ]  # fmt: skip
    assert list(published.files) == listing(tmp_path / "out")
    assert pickle.loads(pickle.dumps(published)) == published


def test_two_runs_give_the_same_bytes(tmp_path, source):
    for folder in ("one", "two"):
        publish(source, tmp_path / folder)
        write_tables(tmp_path / folder, ["assess"])
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_chart_that_is_gone_leaves_no_file(tmp_path):
    publish_executed(report_notebook(), name="assess", folder=tmp_path)
    publish_executed(notebook(cover(), prose("x"), figures()), name="assess", folder=tmp_path)
    assert listing(tmp_path) == ["assess.html", "assess.ipynb", "assess.json", "assess.pdf"]
    assert not (tmp_path / "exhibits" / "assess").exists()


def test_what_cannot_be_published_leaves_the_earlier_set(tmp_path):
    publish_executed(report_notebook(), name="assess", folder=tmp_path)
    before = contents(tmp_path)
    with pytest.raises(ExhibitError):
        publish_executed(
            notebook(cover(), exhibit("table", "t", table_data(1), alt=" "), figures()), name="assess", folder=tmp_path
        )
    with pytest.raises(ExhibitError, match="register"):
        publish_executed(notebook(cover(), prose("no register")), name="assess", folder=tmp_path)
    assert contents(tmp_path) == before


def test_a_failed_notebook_keeps_the_partial_and_removes_what_is_out_of_date(tmp_path, source):
    folder = tmp_path / "out"
    publish(source, folder)
    with pytest.raises(NotebookFailed, match="under 'Costs': ValueError: no costs") as caught:
        publish(source, folder, failing)
    assert listing(folder) == ["partial/assess.ipynb"]
    assert caught.value.partial is None and caught.value.partial_path == str(folder / "partial" / "assess.ipynb")
    publish(source, folder)
    assert "partial/assess.ipynb" not in listing(folder)


def test_a_character_without_a_glyph_is_reported(tmp_path):
    made = notebook(cover(), prose("Done 🎉"), figures())
    assert "🎉" in publish_executed(made, name="x", folder=tmp_path).warnings[0]
    assert publish_executed(report_notebook(), name="y", folder=tmp_path).warnings == ()


@pytest.mark.slow
def test_plain_papermill_in_a_process_pool_publishes(tmp_path):
    shown = {
        "text/html": "x",
        "application/vnd.workbook.exhibit+json": {"kind": "cover", "id": "cover", "title": "t", "data": COVER},
    }
    register = {"application/vnd.workbook.figures+json": {"figures": {}}}
    path = tmp_path / "07_technology.ipynb"
    nbformat.write(new_notebook(cells=[
        new_code_cell("client = ''", metadata={"tags": ["parameters"]}, id="p"),
        new_markdown_cell("## Section", id="m"),
        new_code_cell(f"display({shown!r}, raw=True)\ndisplay({register!r}, raw=True)", id="c"),
    ]), path)  # fmt: skip
    arguments = {"client": "acme", "as_of": "2026-09-30", "parameters_dir": tmp_path, "folder": tmp_path / "out"}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        published = pool.submit(publish_notebook, path, **arguments).result()
    assert published.name == "technology" and (tmp_path / "out" / "technology.pdf").is_file()


def test_the_index_lists_deliverables_with_phase_and_formats(tmp_path):
    entries = [
        Published("assess", "AI Opportunity Assessment", "AI Opportunity Assessment", "Assess", (), 1, 1),
        Published("board", "What did we <b>get</b>?", "Board Report", None, (), 1, 1),
    ]
    file = write_index(tmp_path, entries, client="Nord & Süd <AG>", as_of_text="30 September 2026")
    page = parser.fromstring(file.read_bytes().decode())
    rows = [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr")]
    assert rows == [
        "AI Opportunity Assessment Assess Web pagePDFNotebookFigures",
        "Board ReportWhat did we <b>get</b>? all phases Web pagePDFNotebookFigures",
    ]
    assert page.xpath("//tbody/tr[2]//td/a/@href") == ["board.html", "board.pdf", "board.ipynb", "board.json"]
    assert len(page.xpath("//h1")) == 1 and "Nord & Süd <AG>" in page.xpath("//header")[0].text_content()


def test_the_manifest_holds_what_went_in_and_what_came_out(tmp_path):
    published = publish_executed(report_notebook(), name="assess", folder=tmp_path)
    file = write_manifest(
        tmp_path, [published], client="acme", as_of="2026-09-30", inputs={"client.yaml": "ab" * 32},
        faults=["acme: broken"], more={"seed": 7},
    )  # fmt: skip
    manifest = json.loads(file.read_text())
    assert (
        manifest["inputs"] == {"client.yaml": "ab" * 32}
        and manifest["seed"] == 7
        and manifest["faults"] == ["acme: broken"]
    )
    assert manifest["outputs"] == {
        path: digest for path, digest in contents(tmp_path).items() if path != "manifest.json"
    }
    assert manifest["versions"]["typst"] and manifest["notebooks"][0]["name"] == "assess"
    assert str(tmp_path) not in file.read_text()
