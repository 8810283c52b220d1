"""The warm engine gives what papermill gives, and says how a notebook ended that did not finish."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from processes import eventually, is_running

from workbook.framework import load
from workbook.publish import engine, template
from workbook.publish.changes import needs_of
from workbook.publish.engine import imported_modules
from workbook.publish.execute import NotebookFailed, cleaned, execute_notebook
from workbook.publish.notebooks import notebook_bytes
from workbook.publish.orders import find_notebooks
from workbook.publish.registers import canonical_json, read_register

REPOSITORY = Path(__file__).parents[2]
NOTEBOOKS = find_notebooks()
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def save(path: Path, *cells: NotebookNode | str) -> Path:
    """Write a notebook; a text is a code cell."""
    made = [new_code_cell(cell, id=f"c{at}") if isinstance(cell, str) else cell for at, cell in enumerate(cells)]
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": KERNEL}), path)
    return path


def texts(notebook: NotebookNode) -> list[str]:
    """Everything that cells wrote to standard output, by cell."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in code]


def run(path: Path, **options: Any) -> list[str]:
    return texts(execute_notebook(path, {}, **options))


# --- the same as papermill's own engine ------------------------------------------------------------------------------

ZOO: dict[str, str] = {
    "pyplot": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2]);",
    "two figures and a value": "plt.figure(); plt.plot([1]); plt.figure(); plt.plot([2])\n'value'",
    "settings of a backend": "import matplotlib\nmatplotlib.get_backend(), matplotlib.rcParams['figure.dpi']",
    "a frame": "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "a display with an id": "shown = display('first', display_id='zoo')\nprint('between')",
    "its update from another cell": "shown.update('second')",
    "clear": "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "clear later": "print('gone')\nclear_output(wait=True)\nprint('stays')\ndisplay(1)",
    "a program": "!echo hello",
    "what a program says": "said = !echo hello\nsaid",
    "a program started by Python": "import subprocess\nsubprocess.run(['echo', 'by its descriptor'])\nNone",
    "a program that asks": "subprocess.run(['cat'], capture_output=True, timeout=20).stdout",
    "wait": "import asyncio\nawait asyncio.sleep(0)\n5",
    "a loop that runs": "asyncio.get_running_loop().is_running()",
    "a figure while waiting": "await asyncio.sleep(0)\nplt.plot([3]);",
    "results by number": "len(In), _",
    "a widget": "import ipywidgets\nipywidgets.IntSlider(value=3)",
    "rich": "from IPython.display import HTML, JSON\ndisplay(HTML('<b>x</b>'), JSON({'a': [1]}))",
    "both streams": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.stdout.write('no end')\nNone",
    "nothing shown": "1 + 1;",
    "a magic": "%config InlineBackend.figure_formats = ['svg']\nplt.plot([1]); plt.close()",
    "captured": "%%capture kept\nprint('kept')",
    "shown later": "kept.show()",
    "threads": "import threading\nt = threading.Thread(target=print, args=('by a thread',))\nt.start(); t.join()",
    "a comment": "# nothing",
    "names": "import pickle\nclass Thing: pass\nThing.__module__, __name__, b'__main__' in pickle.dumps(Thing)",
    "source": "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))",
    "much": "print('x' * 100_000)",
}  # fmt: skip


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with one of each thing that a cell can show."""
    skipped = new_code_cell("raise ValueError('skipped')", metadata={"tags": ["skip-execution"]}, id="skipped")
    cells = [new_code_cell(source, id=name.replace(" ", "-")) for name, source in ZOO.items()]
    empty, prose = new_code_cell("", id="empty"), new_markdown_cell("# Zoo", id="prose")
    return save(tmp_path_factory.mktemp("zoo") / "01_zoo.ipynb", prose, *cells, skipped, empty)


@pytest.mark.slow
def test_cells_of_every_kind_give_what_papermill_gives(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A kernel that sees it does not listen to what programs write.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    warm, cold = (execute_notebook(zoo, {}, warm=warm) for warm in (True, False))
    different = [name for name, one, two in zip(ZOO, warm.cells[1:], cold.cells[1:], strict=False) if one != two]
    assert different == []
    assert notebook_bytes(warm) == notebook_bytes(cold)


@pytest.mark.slow
def test_the_command_of_papermill_finds_the_engine(zoo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    made = []
    for options in ([], ["--engine", "workbook"]):
        target = tmp_path / f"{len(options)}.ipynb"
        command = [sys.executable, "-m", "papermill", *options, str(zoo), str(target)]
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
        made.append(notebook_bytes(cleaned(nbformat.read(target, as_version=4), {})))
    assert made[0] == made[1]


@pytest.mark.slow
@pytest.mark.parametrize("client", ["norrhaven", "brauer-logistik"])
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_gives_what_papermill_gives(notebook: Path, client: str, tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "parameters", tmp_path / "parameters")
    if not all((tmp_path / "parameters" / client / f"{need}.yaml").exists() for need in needs_of(notebook)):
        pytest.skip("the client is not there yet")
    parameters = {"client": client, "parameters_dir": str(tmp_path / "parameters")}
    warm, cold = (execute_notebook(notebook, parameters, warm=warm) for warm in (True, False))
    assert notebook_bytes(warm) == notebook_bytes(cold)
    assert canonical_json(read_register(warm)) == canonical_json(read_register(cold))


@pytest.mark.parametrize("ask", ["input('?')", "import getpass; getpass.getpass()"])
def test_a_cell_that_asks_a_question_fails_at_once(tmp_path: Path, ask: str) -> None:
    with pytest.raises(NotebookFailed) as caught:
        execute_notebook(save(tmp_path / "01_x.ipynb", ask), {}, time_limit=30)
    assert caught.value.error_name == "StdinNotImplementedError"


@pytest.mark.parametrize("warm", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_cell_that_may_fail_lets_the_next_ones_run(tmp_path: Path, warm: bool) -> None:
    tagged = new_code_cell("raise ValueError('expected')", metadata={"tags": ["raises-exception"]}, id="tagged")
    path = save(tmp_path / "01_x.ipynb", new_markdown_cell("## Errors", id="m"), tagged, "print('after')")
    with pytest.raises(NotebookFailed) as caught:
        execute_notebook(path, {}, warm=warm)
    # Papermill fails a notebook that shows an error, but not before its end.
    assert (caught.value.heading, caught.value.message) == ("Errors", "expected")
    assert texts(caught.value.partial)[1] == "after\n"


# --- how it ends -----------------------------------------------------------------------------------------------------

DEATHS = {
    "import os; os._exit(3)": ("died", "left with status 3"),
    "import os; os._exit(0)": ("died", "left with status 0"),
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": ("died", "ended by SIGKILL"),
    "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)": ("died", "ended by SIGSEGV"),
    "raise MemoryError": ("memory", ""),
    "bytearray(1 << 60)": ("memory", ""),
    "with open('/dev/full', 'w') as file: file.write('x')": ("disk", "No space left on device"),
    "raise RuntimeError('IO Error: Could not write file: No space left on device')": ("disk", "Could not write"),
    "1 / 0": ("cell", "division by zero"),
    "def f(:": ("cell", "invalid syntax"),
}


@pytest.mark.parametrize(("last", "kind", "words"), [(last, *told) for last, told in DEATHS.items()])
def test_each_end_has_its_kind_its_heading_and_the_partial_notebook(
    tmp_path: Path, last: str, kind: str, words: str
) -> None:
    first, second = new_markdown_cell("## Before", id="one"), new_markdown_cell("## Here", id="two")
    path = save(tmp_path / "01_x.ipynb", first, "print('shown')", second, last, "print('not run')")
    with pytest.raises(NotebookFailed) as caught:
        execute_notebook(path, {})
    assert (caught.value.kind, caught.value.heading) == (kind, "Here")
    assert words in caught.value.message
    assert texts(caught.value.partial) == ["shown\n", "", ""]


def test_the_time_limit_ends_a_notebook_and_the_next_one_runs(tmp_path: Path) -> None:
    slow = save(tmp_path / "01_x.ipynb", new_markdown_cell("## Waiting", id="m"), "print('here')\nwhile True: pass")
    with pytest.raises(NotebookFailed) as caught:
        execute_notebook(slow, {}, time_limit=0.5)
    assert (caught.value.kind, caught.value.heading) == ("time", "Waiting")
    assert texts(caught.value.partial) == ["here\n"]
    assert run(save(tmp_path / "02_x.ipynb", "print('fine')")) == ["fine\n"]


def test_the_time_limit_is_that_of_the_whole_notebook_in_a_kernel_too(tmp_path: Path) -> None:
    path = save(tmp_path / "01_x.ipynb", "import time\nprint('begun')", *["time.sleep(4)"] * 5)
    with pytest.raises(NotebookFailed) as caught:
        execute_notebook(path, {}, time_limit=10, warm=False)
    assert caught.value.kind == "time" and texts(caught.value.partial)[0] == "begun\n"


def test_a_child_is_waited_for_where_the_system_cannot_tell_of_its_end() -> None:
    code = (
        "import os, socket\nfrom workbook.publish import template\ndel os.pidfd_open\n"
        "here, there = socket.socketpair()\n"
        "def ended(act):\n    child = os.fork()\n    act() if child == 0 else None\n"
        "    return os.waitstatus_to_exitcode(template._status_of(child, here))\n"
        "print(ended(lambda: os._exit(5)), flush=True)\nthere.close()\nprint(ended(signal.pause))"
    )
    ended = subprocess.run([sys.executable, "-c", f"import signal\n{code}"], capture_output=True, text=True, timeout=30)
    assert (ended.stdout, ended.stderr) == ("5\n-9\n", "")


@pytest.mark.parametrize(
    ("file", "text", "killed"),
    [
        ("/sys/fs/cgroup/memory.events", "oom 3\noom_kill 2\n", 2),
        ("/proc/vmstat", "nr_free_pages 7\noom_kill 5\n", 5),
        ("/proc/vmstat", "nr_free_pages 7\n", 0),
    ],
)
def test_deaths_for_lack_of_memory_are_counted_where_the_system_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, killed: int
) -> None:
    (tmp_path / "told").write_text(text)
    places = {file: tmp_path / "told"}
    monkeypatch.setattr(engine, "Path", lambda name: places.get(name, tmp_path / "none"))
    assert engine._killed_for_memory() == killed


def test_a_death_is_noticed_although_a_process_of_the_cells_lives_on(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    # In a group of its own, so that it does not end with the cells; it holds all that they have open.
    forked = "import os, time\nchild = os.fork()\nif child == 0:\n    time.sleep(600)\n    os._exit(0)"
    left = f"os.setpgid(child, child)\nopen({str(note)!r}, 'w').write(str(child))\nos._exit(4)"
    with pytest.raises(NotebookFailed, match="left with status 4"):
        execute_notebook(save(tmp_path / "01_x.ipynb", forked, left), {})
    process = int(note.read_text())
    assert is_running(process)
    os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize(
    ("last", "limit"), [("while True: pass", 1.0), ("raise ValueError", None), ("'the end'", None)]
)
def test_what_cells_have_started_ends_with_the_notebook(tmp_path: Path, last: str, limit: float | None) -> None:
    note = tmp_path / "pid"
    started = "import subprocess\nprogram = subprocess.Popen(['sleep', '600'])"
    path = save(tmp_path / "01_x.ipynb", started, f"open({str(note)!r}, 'w').write(str(program.pid))", last)
    with suppress(NotebookFailed):
        execute_notebook(path, {}, time_limit=limit)
    assert eventually(lambda: not is_running(int(note.read_text())))


def test_a_template_that_is_killed_is_replaced(tmp_path: Path) -> None:
    path = save(tmp_path / "01_x.ipynb", "import os\nprint(os.getppid())")
    first = int(run(path)[0])
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: not is_running(first))
    assert int(run(path)[0]) != first


@pytest.mark.slow
def test_a_module_that_leaves_when_it_is_imported_fails_its_own_notebook_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "leaves.py").write_text("import sys\nsys.exit(3)")
    path = save(tmp_path / "01_x.ipynb", "print('fine')", "import leaves")
    program = (
        "import sys; from workbook.publish.execute import *\n"
        "try: execute_notebook(sys.argv[1], {})\nexcept NotebookFailed as failure: print(failure.error_name)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", program, path], env=environment, capture_output=True, text=True)
    assert ended.stdout == "SystemExit\n", ended.stderr


def test_a_module_is_imported_once_for_all_children_whichever_notebook_came_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    imported = tmp_path / "imported"
    paths = []
    for name in ("early", "late"):
        (tmp_path / f"{name}.py").write_text(f"with open({str(imported)!r}, 'a') as note: note.write('{name} ')")
        paths.append(save(tmp_path / f"{name}.ipynb", f"import {name}", "print('done')"))
    # A template belongs to a thread.
    with ThreadPoolExecutor(1) as thread:
        assert list(thread.map(run, [*paths, *paths, *paths])) == [["", "done\n"]] * 6
    # With the second notebook another template took the place of the first.
    assert imported.read_text().split() == ["early", "early", "late"]


def test_a_program_that_runs_on_does_not_hold_the_notebook(tmp_path: Path) -> None:
    note = tmp_path / "slept"
    defined = f"import asyncio, time\ndef sleep():\n    time.sleep(30)\n    open({str(note)!r}, 'w').close()"
    waiting = "asyncio.get_running_loop().run_in_executor(None, sleep)\nprint('done')"
    assert run(save(tmp_path / "01_x.ipynb", defined, waiting)) == ["", "done\n"]
    assert not note.exists()


def test_a_notebook_leaves_memory_with_its_last_reader(tmp_path: Path) -> None:
    # Waiting for the garbage collector, a worker held the notebooks of the last hundreds of jobs.
    notebook = save(tmp_path / "n.ipynb", "print('a')")
    gc.collect()
    gc.disable()
    try:
        executed = weakref.ref(execute_notebook(notebook, {}))
        assert executed() is None
    finally:
        gc.enable()


# --- a fresh process for each notebook -------------------------------------------------------------------------------


def test_no_state_crosses_from_one_notebook_to_the_next(tmp_path: Path) -> None:
    change = (
        "import os, sys, json, pandas as pd, matplotlib, warnings, locale\n"
        "secret = 1; json.secret = 2; os.environ['SECRET'] = '3'; os.chdir('/'); sys.path.append('/secret')\n"
        "pd.set_option('display.max_rows', 7); matplotlib.rcParams['font.size'] = 77; print('set')"
    )
    look = (
        "import os, sys, json, pandas as pd, matplotlib\n"
        "print('secret' in globals(), hasattr(json, 'secret'), 'SECRET' in os.environ, os.getcwd() == '/',\n"
        "      '/secret' in sys.path, pd.get_option('display.max_rows') == 7, matplotlib.rcParams['font.size'] == 77)"
    )
    assert run(save(tmp_path / "01_x.ipynb", change)) == ["set\n"]
    assert run(save(tmp_path / "02_x.ipynb", look)) == [" ".join(["False"] * 7) + "\n"]


def test_random_numbers_differ_between_children(tmp_path: Path) -> None:
    draw = "import random, numpy as np\nprint(random.random(), np.random.rand(), np.random.default_rng().random())"
    path = save(tmp_path / "01_x.ipynb", draw)
    one, two, three = (run(path)[0].split() for _ in range(3))
    assert [len({*numbers}) for numbers in zip(one, two, three, strict=True)] == [3, 3, 3]


def test_the_environment_is_that_of_now_and_the_folder_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "01_x.ipynb", "import os\nprint(os.environ.get('LATE'), os.listdir(), os.getcwd())")
    first = run(path)[0].split()
    monkeypatch.setenv("LATE", "set")
    second = run(path)[0].split()
    assert (first[:2], second[:2]) == (["None", "[]"], ["set", "[]"])
    assert first[2] != second[2] and not Path(first[2]).exists()


@pytest.mark.slow
def test_cells_do_not_import_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "colorsys.py").write_text("raise RuntimeError('the wrong one')")
    path = save(tmp_path / "01_x.ipynb", "import colorsys, sys\nprint(sys.path[0] == '')")
    program = f"from workbook.publish.execute import *; print(execute_notebook({str(path)!r}, {{}}).cells[0].outputs)"
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert "True" in ended.stdout, ended.stderr


@pytest.mark.slow
def test_settings_of_figures_are_those_of_a_fresh_kernel(tmp_path: Path) -> None:
    look = (
        "import matplotlib.pyplot as plt, matplotlib, os, sys\n"
        "print(sorted((name, str(value)) for name, value in matplotlib.rcParams.items()), matplotlib.get_backend())\n"
        "own = ('JPY', 'PYDEVD', 'OMP_', 'OPENBLAS', 'MKL')\n"
        "print(sorted((name, os.environ[name]) for name in os.environ if not name.startswith(own)))"
    )
    path = save(tmp_path / "01_x.ipynb", look)
    assert run(path) == run(path, warm=False)


def test_what_a_notebook_imports_is_found_in_its_cells() -> None:
    cells = [
        new_markdown_cell("import not_code"),
        new_code_cell("import a.b, c as d\nfrom e import f, g"),
        new_code_cell("%magic\nimport not_plain"),
        new_code_cell("def later():\n    import h\nfrom . import i"),
    ]
    assert imported_modules(new_notebook(cells=cells)) == ["a.b", "c", "e", "e.f", "e.g", "h"]


# --- processes -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_the_template_has_one_thread(tmp_path: Path) -> None:
    heavy = "import os, duckdb, pandas, scipy.stats, matplotlib.pyplot, workbook.phases, workbook.exhibits"
    path = save(tmp_path / "01_x.ipynb", f"{heavy}\nprint(os.listdir(f'/proc/{{os.getppid()}}/task'), os.getppid())")
    code = (
        f"from workbook.publish.execute import *; print(execute_notebook({str(path)!r}, {{}}).cells[0].outputs[0].text)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.match(r"\['(\d+)'\] \1\s", ended.stdout), ended.stdout


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
# A regular expression lets no other thread of its process run until it is through, which takes minutes here.
@pytest.mark.parametrize("busy", ["time.sleep(60)", "re.match('(a+)+$', 'a' * 34 + 'b')"])
def test_nothing_stays_behind_when_the_owner_is_killed(tmp_path: Path, busy: str) -> None:
    note = tmp_path / "processes"
    cell = f"import os, re, time\nopen({str(note)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}} .')\n{busy}"
    path = save(tmp_path / "01_x.ipynb", cell)
    code = f"from workbook.publish.execute import *; execute_notebook({str(path)!r}, {{}})"
    owner = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    assert eventually(lambda: note.exists() and note.read_text().endswith("."))
    child, template, _ = note.read_text().split()
    assert is_running(int(child)) and is_running(int(template))
    owner.kill()
    # Standard error ends when the last of them is gone.
    assert owner.communicate(timeout=10)[1] == ""
    assert eventually(lambda: not (is_running(int(child)) or is_running(int(template))))


def test_what_is_the_same_for_every_client_is_prepared_once_and_a_fault_in_it_left_to_the_notebook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[str] = []
    for name, step in (("workbook.b", lambda: 1 / 0), ("workbook.c", lambda: called.append("c"))):
        module = ModuleType(name)
        module.before_forking = step  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    template.prepare()
    assert called == ["c"]
    assert "before_forking" in vars(load)


def test_a_child_finds_the_framework_read(tmp_path: Path) -> None:
    notebook = save(
        tmp_path / "a.ipynb",
        "from workbook.framework import load",
        "print(load._load.cache_info().currsize)",
    )
    # A thread has a template of its own, which imports what its first notebook does.
    with ThreadPoolExecutor(1) as thread:
        executed = thread.submit(execute_notebook, notebook, {}).result()
    assert executed.cells[-1].outputs[0].text == "1\n"
