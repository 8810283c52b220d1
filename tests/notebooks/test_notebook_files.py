"""Each notebook as a file: what holds before anything is run."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from workbook.engagement.folders import list_clients

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> NotebookNode:
    return nbformat.read(request.param, as_version=4)


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _prose(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def _is_interactive(cell: NotebookNode) -> bool:
    return "interactive" in cell.metadata.get("tags", [])


def _makes_report(notebook: NotebookNode) -> bool:
    return "deliverable" in notebook.metadata.get("workbook", {})


def test_a_notebook_is_valid_and_holds_no_outputs(notebook: NotebookNode) -> None:
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in _code(notebook))


def test_a_notebook_has_one_title_and_headings_in_order(notebook: NotebookNode) -> None:
    levels = [len(mark) for cell in _prose(notebook) for mark in re.findall(r"^(#+) ", cell.source, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_notebook_has_one_parameters_cell_with_types_and_comments(notebook: NotebookNode) -> None:
    (cell,) = (cell for cell in _code(notebook) if "parameters" in cell.metadata.get("tags", []))
    assert [line.split(":")[0] for line in cell.source.splitlines()][:3] == ["client", "as_of", "parameters_dir"]
    assert all(re.match(r"\w+: \w+ = .+  # \w", line) for line in cell.source.splitlines())


def test_a_notebook_defines_nothing_and_its_cells_are_short(notebook: NotebookNode) -> None:
    for cell in _code(notebook):
        nodes = list(ast.walk(ast.parse(cell.source)))
        assert not [n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.Try)]
        assert "import *" not in cell.source
        assert len(cell.source.splitlines()) <= 8


def test_a_notebook_imports_only_the_package_in_its_setup_and_controls_in_interactive_cells(
    notebook: NotebookNode,
) -> None:
    importing = [cell for cell in _code(notebook) if "import " in cell.source]
    lines = [line for cell in importing for line in cell.source.splitlines() if "import " in line]
    assert all(line.startswith("from workbook.") for line in lines)
    # a report is made without interactive cells, so nothing that it needs may come from them
    reported = [cell for cell in importing if not _is_interactive(cell)]
    assert [cell.id for cell in reported] == (["setup"] if _makes_report(notebook) else [])
    assert lines.count("from workbook.exhibits import live") <= 1
    assert all("live" not in cell.source for cell in reported)


def test_controls_stand_in_interactive_cells_after_a_static_exhibit(notebook: NotebookNode) -> None:
    cells = _code(notebook)
    is_shown = [bool(re.search(r"\bshow\.\w+\(", cell.source)) for cell in cells]
    for place, cell in enumerate(cells):
        if "live." in cell.source:
            assert _is_interactive(cell)
            # the client and the day are chosen before anything can be shown
            is_after = any(is_shown[:place]) or "live.pick(" in cell.source
            assert is_after or not _makes_report(notebook)


def test_prose_names_no_client_and_each_cell_has_a_readable_id(notebook: NotebookNode) -> None:
    names = [name.split("-")[0] for name in list_clients(ROOT / "parameters")]
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", cell.id)
    for cell in _prose(notebook):
        assert not [name for name in names if name in cell.source.lower()]


def test_about_half_of_a_notebook_is_prose(notebook: NotebookNode) -> None:
    assert len(_prose(notebook)) >= 0.4 * len(notebook.cells)
