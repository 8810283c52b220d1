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
from workbook.publish.changes import Plan
from workbook.publish.execute import NotebookFailed
from workbook.publish.leaks import LeakError
from workbook.publish.orders import Job
from workbook.publish.package import (
    Published,
    notebook_name,
    publish_executed,
    publish_job,
    write_index,
    write_manifest,
    write_tables,
)


def listing(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def contents(folder):
    return {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in listing(folder)}


SHOWN = {
    "text/html": "x",
    "application/vnd.workbook.exhibit+json": {"kind": "cover", "id": "cover", "title": "t", "data": COVER},
}
REGISTER = {"application/vnd.workbook.figures+json": {"figures": {}}}


def notebook_file(path, last=f"display({SHOWN!r}, raw=True)\ndisplay({REGISTER!r}, raw=True)"):
    """A notebook to be run."""
    cells = [
        new_code_cell("client = ''", metadata={"tags": ["parameters"]}, id="p"),
        new_markdown_cell("## Costs", id="m"),
        new_code_cell(last, id="c"),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def job(notebook, office, work="execute"):
    """A job for the client acme, in an office of its own."""
    (office / "parameters" / "acme").mkdir(parents=True, exist_ok=True)
    folder = office / "outputs" / "acme" / "2026-09-30"
    return Job("acme", notebook, office / "parameters", "2026-09-30", folder, Plan(work, "a test"))


@pytest.mark.parametrize(
    ("file", "name"), [("01_assess.ipynb", "assess"), ("10_board.ipynb", "board"), ("x/start.ipynb", "start")]
)
def test_a_deliverable_is_named_like_its_notebook_without_the_number(file, name):
    assert notebook_name(file) == name


def test_a_notebook_whose_name_leaves_the_folder_is_refused():
    with pytest.raises(BundleError):
        notebook_name("01_..")


def test_all_formats_and_charts_are_written(tmp_path):
    published = publish_executed(report_notebook(), name="assess", folder=tmp_path / "out")
    assert listing(tmp_path / "out") == [
        "assess.html", "assess.ipynb", "assess.json", "assess.pdf",
        "exhibits/assess/process-map.png", "exhibits/assess/process-map.svg",
    ]  # fmt: skip
    assert list(published.files) == listing(tmp_path / "out")
    assert pickle.loads(pickle.dumps(published)) == published


def test_two_runs_give_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        publish_executed(report_notebook(), name="assess", folder=tmp_path / folder)
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


def test_what_an_inspection_refuses_is_not_published(tmp_path):
    def refuse(texts):
        assert any("Claims handling, line 3" in text for text in texts)
        raise LeakError("not fit to publish")

    with pytest.raises(LeakError):
        publish_executed(report_notebook(), name="assess", folder=tmp_path, inspect=refuse)
    assert listing(tmp_path) == []


def test_a_table_that_shows_nan_is_not_published(tmp_path):
    table = table_data(2)
    table["rows"][1][1] = {"text": "€nan"}
    made = notebook(cover(), exhibit("table", "t", table), figures())
    with pytest.raises(LeakError, match="a table shows €nan"):
        publish_executed(made, name="assess", folder=tmp_path)
    assert listing(tmp_path) == []


def test_a_failed_notebook_goes_to_failed_and_what_was_made_before_stays(tmp_path):
    path = notebook_file(tmp_path / "01_assess.ipynb")
    asked = job(path, tmp_path)
    publish_job(asked)
    before = contents(asked.folder)
    notebook_file(path, "raise ValueError('no costs')")
    with pytest.raises(NotebookFailed, match="under 'Costs': ValueError: no costs") as caught:
        publish_job(asked)
    partial = asked.folder / "failed" / "assess.ipynb"
    assert (caught.value.partial, caught.value.partial_path) == (None, str(partial))
    assert "no costs" in partial.read_text() and str(tmp_path) not in partial.read_text()
    assert contents(asked.folder) == before | {"failed/assess.ipynb": hashlib.sha256(partial.read_bytes()).hexdigest()}
    publish_job(job(notebook_file(path), tmp_path))
    assert contents(asked.folder) == before and not (asked.folder / "failed").exists()


def test_setting_again_gives_the_same_bytes_and_runs_no_cell(tmp_path):
    path = notebook_file(tmp_path / "07_technology.ipynb")
    asked = job(path, tmp_path)
    publish_job(asked)
    before = contents(asked.folder)
    (asked.folder / "technology.html").unlink()
    notebook_file(path, "raise ValueError('not to be run')")
    publish_job(job(path, tmp_path, work="render"))
    assert contents(asked.folder) == before


def test_a_character_without_a_glyph_is_reported(tmp_path):
    made = notebook(cover(), prose("Done 🎉"), figures())
    assert "🎉" in publish_executed(made, name="x", folder=tmp_path).warnings[0]
    assert publish_executed(report_notebook(), name="y", folder=tmp_path).warnings == ()


@pytest.mark.slow
def test_a_job_is_published_from_a_process_pool(tmp_path):
    asked = job(notebook_file(tmp_path / "07_technology.ipynb"), tmp_path)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        published = pool.submit(publish_job, asked).result()
    assert published.name == "technology" and (asked.folder / "technology.pdf").is_file()
    assert Published.from_record(json.loads(json.dumps(published.as_record()))) == published


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
