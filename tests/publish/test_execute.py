"""Notebooks run by plain papermill leave nothing of the run behind."""

import pickle

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbook.publish.execute import NotebookFailed, cleaned, execute_notebook, heading_above, prepare

WIDGET = "application/vnd.jupyter.widget"
KERNEL = {"name": "python3", "display_name": "Python 3"}
PARAMETERS = {"client": "acme", "as_of": "2026-09-30", "parameters_dir": "/somewhere/private/parameters"}


def save(path, *cells):
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    path = save(
        tmp_path_factory.mktemp("run") / "01_x.ipynb",
        new_markdown_cell("# Title", id="title"),
        new_code_cell(
            "client = 'demo'\nas_of = None\nparameters_dir = None", metadata={"tags": ["parameters"]}, id="parameters"
        ),
        new_code_cell("import sys\nfor i in range(3):\n    print(client, i, flush=True)", id="loop"),
        new_code_cell("object()", id="object"),
        new_code_cell("undefined_name", metadata={"tags": ["interactive"]}, id="live"),
    )
    return execute_notebook(path, PARAMETERS), execute_notebook(path, PARAMETERS)


def test_two_runs_give_the_same_bytes_without_paths_times_and_addresses(executed):
    one, two = map(nbformat.writes, executed)
    assert one == two
    assert not [word for word in ("private", "/tmp", "0x", "start_time", "papermill") if word in one]


def test_parameters_reach_the_cells_and_interactive_cells_are_not_run(executed):
    cells = {cell.id: cell for cell in executed[0].cells}
    assert "live" not in cells
    assert [output.text for output in cells["loop"].outputs] == ["acme 0\nacme 1\nacme 2\n"]
    assert 'client = "acme"' in cells["injected-parameters"].source


def test_a_failing_cell_says_where_and_what_and_keeps_what_ran(tmp_path):
    path = save(
        tmp_path / "01_x.ipynb",
        new_markdown_cell("# Title\n\n## Costs", id="a"),
        new_code_cell("print('before')", id="b"),
        new_code_cell("raise ValueError('no costs')", id="c"),
        new_markdown_cell("## After", id="d"),
    )
    with pytest.raises(NotebookFailed) as caught:
        execute_notebook(path, {})
    failure = pickle.loads(pickle.dumps(caught.value))
    assert (failure.heading, failure.error_name, failure.message) == ("Costs", "ValueError", "no costs")
    assert str(failure) == "under 'Costs': ValueError: no costs"
    assert [cell.id for cell in failure.partial.cells] == ["a", "b", "c", "d"]
    assert failure.partial.cells[1].outputs[0].text == "before\n"


def test_a_dying_kernel_is_a_failure_too(tmp_path):
    path = save(
        tmp_path / "01_x.ipynb", new_markdown_cell("## Limits", id="a"), new_code_cell("import os; os._exit(3)", id="b")
    )
    with pytest.raises(NotebookFailed, match="DeadKernel"):
        execute_notebook(path, {})


def test_cells_without_ids_get_lasting_ones():
    old = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": "x"},
        {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": 3}]})  # fmt: skip
    made = prepare(old)
    assert [cell.id for cell in made.cells] == ["cell-1", "cell-2"]
    assert made.nbformat_minor == 5 and made.cells[1].execution_count is None


def test_cleaning_drops_what_differs_between_equal_runs():
    cell = new_code_cell("x", id="x", outputs=[
        new_output("stream", name="stdout", text="a"), new_output("stream", name="stdout", text="b"),
        new_output("stream", name="stderr", text="c"),
        new_output("display_data", data={"text/plain": "<T at 0x7f01>", f"{WIDGET}-view+json": {}}),
    ])  # fmt: skip
    cell.metadata.update(papermill={"duration": 1}, execution={"iopub.status.busy": "2026-01-01"}, tags=["keep"])
    made = cleaned(new_notebook(cells=[cell], metadata={"papermill": {}, "widgets": {}, "kernelspec": KERNEL}), {})
    assert made.metadata == {"kernelspec": KERNEL}
    assert made.cells[0].metadata == {"tags": ["keep"]}
    assert [output.get("text") for output in made.cells[0].outputs] == ["ab", "c", None]
    assert made.cells[0].outputs[2].data == {"text/plain": "<T>"}


def test_a_cell_before_any_heading_is_at_the_beginning():
    assert heading_above(new_notebook(cells=[new_code_cell("x"), new_markdown_cell("# Later")]), 0) == "the beginning"
