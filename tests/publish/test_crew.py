"""Workers that die, that fail and that are sent away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from processes import eventually, is_running

from workbook.publish import engine
from workbook.publish.crew import Crew
from workbook.publish.orders import Died, Task


def double(number: int) -> int:
    return 2 * number


def die(*_: Any) -> None:
    os._exit(7)


def die_once(note: str) -> str:
    if not Path(note).exists():
        Path(note).write_text("died")
        os._exit(7)
    return "alive"


def fail() -> None:
    raise KeyError("no such thing")


def give_what_cannot_travel() -> Any:
    return lambda: None


def process() -> int:
    time.sleep(0.2)
    return os.getpid()


def shares() -> list[str | None]:
    return [os.environ.get(name) for name in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS")]


def warmed_up_for() -> list[str]:
    return list(engine._of_this_thread.template.modules)


def note_and_sleep(note: str) -> None:
    Path(note).write_text(f"{os.getpid()}.")
    time.sleep(60)
    Path(note).write_text("slept")


def results(*tasks: Task, workers: int = 2) -> dict[Any, Any]:
    with Crew(workers) as crew:
        return {task.about: result for task, result in crew.work(deque(tasks))}


def test_each_task_gives_its_result_in_processes_beside_this_one() -> None:
    tasks = [Task(number, double, (number,)) for number in range(20)]
    assert results(*tasks) == {number: 2 * number for number in range(20)}
    processes = set(results(*(Task(number, process, ()) for number in range(4))).values())
    assert len(processes) == 2 and os.getpid() not in processes


def test_a_task_that_kills_its_worker_is_given_up_and_all_others_are_done() -> None:
    tasks = [Task(number, die if number == 3 else double, (number,)) for number in range(8)]
    assert results(*tasks) == {number: 2 * number for number in range(8)} | {3: Died("the worker process died, twice")}


def test_two_deaths_beside_each_other_lose_only_themselves() -> None:
    tasks = [Task(number, die if number in {0, 1, 5} else double, (number,)) for number in range(8)]
    done = results(*tasks)
    assert {number for number, result in done.items() if isinstance(result, Died)} == {0, 1, 5}
    assert len(done) == 8


def test_a_worker_that_dies_once_is_forgiven(tmp_path: Path) -> None:
    assert results(Task("x", die_once, (str(tmp_path / "note"),)), Task(1, double, (1,))) == {"x": "alive", 1: 2}


def test_a_worker_that_dies_while_a_result_is_looked_at_loses_nothing() -> None:
    tasks = deque([Task(0, double, (0,)), Task("dies", die, ()), *(Task(n, double, (n,)) for n in range(1, 4))])
    done = {}
    with Crew(2) as crew:
        for task, result in crew.work(tasks):
            done[task.about] = result
            time.sleep(0.5)
    assert done.pop("dies") == Died("the worker process died, twice")
    assert done == {0: 0, 1: 2, 2: 4, 3: 6}


def test_an_error_that_a_task_lets_out_stops_no_other() -> None:
    done = results(Task("fails", fail, ()), Task("odd", give_what_cannot_travel, ()), Task(1, double, (1,)))
    assert done["fails"] == Died("KeyError: 'no such thing'") and done[1] == 2
    assert isinstance(done["odd"], Died)


def test_tasks_may_be_added_while_others_are_done() -> None:
    tasks, done = deque([Task(1, double, (1,))]), []
    with Crew(2) as crew:
        for task, result in crew.work(tasks):
            done.append(result)
            if result < 16:
                tasks.append(Task(task.about + 1, double, (result,)))
    assert done == [2, 4, 8, 16]


def test_no_tasks_start_no_process() -> None:
    with Crew(2) as crew:
        assert list(crew.work(deque())) == []
        assert crew._pool is None


def test_a_notebook_that_cannot_be_warmed_up_for_stops_no_worker(tmp_path: Path) -> None:
    (tmp_path / "01_x.ipynb").write_text("{")
    with Crew(2, [tmp_path / "01_x.ipynb"]) as crew:
        assert [result for _, result in crew.work(deque([Task(1, double, (1,))]))] == [2]


def test_workers_warm_up_for_all_notebooks_without_what_is_only_shown_live(tmp_path: Path) -> None:
    cells = {"01_x": [new_code_cell("import wave")], "02_y": [new_code_cell("import cmd")]}
    cells["02_y"].append(new_code_cell("import this", metadata={"tags": ["interactive"]}))
    for name, those in cells.items():
        nbformat.write(new_notebook(cells=those), tmp_path / f"{name}.ipynb")
    with Crew(1, [tmp_path / f"{name}.ipynb" for name in cells]) as crew:
        assert [result for _, result in crew.work(deque([Task(1, warmed_up_for, ())]))] == [["wave", "cmd"]]


def test_there_are_no_more_workers_than_tasks() -> None:
    with Crew(4, most=1) as crew:
        done = [result for _, result in crew.work(deque(Task(number, process, ()) for number in range(3)))]
    assert len(set(done)) == 1


def test_workers_share_the_cores() -> None:
    cores = len(os.sched_getaffinity(0))
    assert results(Task("all", shares, ()), workers=cores) == {"all": ["1", "1"]}
    assert results(Task("one", shares, ()), workers=1) == {"one": [str(cores)] * 2}


def test_leaving_by_an_error_sends_busy_workers_away_at_once(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(KeyboardInterrupt), Crew(2) as crew:
        for _ in crew.work(deque([Task(1, double, (1,)), Task(2, note_and_sleep, (str(note),))])):
            assert eventually(note.exists)
            raise KeyboardInterrupt
    # Not the word it would have written after its sleep.
    assert note.read_text().endswith(".") and not is_running(int(note.read_text().rstrip(".")))


@pytest.mark.slow
def test_workers_leave_when_the_process_that_sent_them_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    code = (
        "import sys; from collections import deque; from workbook.publish.crew import *; from test_crew import *\n"
        "if __name__ == '__main__':\n"
        "    with Crew(2) as crew: list(crew.work(deque([Task(1, note_and_sleep, (sys.argv[1],))])))"
    )
    (tmp_path / "main.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    owner = subprocess.Popen([sys.executable, tmp_path / "main.py", note], env=environment, stderr=subprocess.PIPE)
    assert eventually(lambda: note.exists() and note.read_text().endswith("."), 30)
    owner.kill()
    # Standard error ends when the last process that holds it is gone.
    assert b"Traceback" not in owner.communicate(timeout=10)[1]
    assert eventually(lambda: not is_running(int(note.read_text().rstrip("."))))
