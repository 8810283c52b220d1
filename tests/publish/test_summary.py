"""What a run leaves for people and programs, and what it shows on the way."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
from lxml import html as parser
from publish_notebooks import HOSTILE

from workbook.publish.changes import Plan
from workbook.publish.failures import REMEDIES, WORDS, kind_of
from workbook.publish.orders import Begin, Event, Faulty, Noted, Order, Outcome
from workbook.publish.package import Published
from workbook.publish.progress import Progress, line_of, shown
from workbook.publish.summary import Summary, duration, write_summary

EXECUTE, RENDER, SKIP = Plan("execute", "not made yet"), Plan("render", "changed: page"), Plan("skip", "nothing new")
MADE = Published("one", "t", "d", None, (), 1, 1)


def failed(output: Path, error: str = "ValueError: no costs", **more: object) -> Outcome:
    partial = str(output / "acme" / "2026-09-30" / "failed" / "two.ipynb")
    told = {"kind": "cell", "error": error, "heading": "Costs", "partial": partial} | more
    return Outcome("acme", "two", EXECUTE, 2.0, **told)  # type: ignore[arg-type]


def happened(output: Path) -> list[Event]:
    return [
        Begin(6),
        Faulty("broken", ("broken/client.yaml:4 employees: found text", "broken: another"), 2),
        Noted("acme/client.yaml: strange"),
        Outcome("acme", "one", EXECUTE, 1.25, published=MADE),
        failed(output),
        Outcome("beech", "one", SKIP),
        Outcome("beech", "two", RENDER, 0.5, published=MADE),
    ]


def summary_of(*events: Event) -> Summary:
    summary = Summary()
    for event in events:
        summary.add(event)
    return summary


# --- run.json and run.html -------------------------------------------------------------------------------------------


def test_a_run_is_counted_and_told_in_one_line(tmp_path: Path) -> None:
    summary = summary_of(*happened(tmp_path))
    assert summary.headline == "2 done, 1 unchanged, 1 failed, 1 client left out for its faults"
    assert not summary.is_clean and [each.name for each in summary.failures] == ["two"]
    assert summary_of(Begin(1), Outcome("acme", "one", SKIP)).headline == "0 done, 1 unchanged, 0 failed"
    assert summary_of(Outcome("acme", "one", SKIP)).is_clean
    assert "2 clients left out for their faults" in summary_of(Faulty("a", (), 1), Faulty("b", (), 1)).headline


def test_run_json_tells_programs_everything(tmp_path: Path) -> None:
    write_summary(summary_of(*happened(tmp_path)), tmp_path, 12.3456)
    record = json.loads((tmp_path / "run.json").read_text())
    assert {key: record[key] for key in ("seconds", "done", "skipped", "failed")} == {
        "seconds": 12.346, "done": 2, "skipped": 1, "failed": 1,
    }  # fmt: skip
    assert record["faulty"][0]["client"] == "broken" and len(record["faulty"][0]["faults"]) == 2
    assert record["notebooks"][0] == {
        "client": "acme", "notebook": "one", "status": "done", "why": "not made yet", "seconds": 1.25,
    }  # fmt: skip
    assert record["notebooks"][1] == {
        "client": "acme", "notebook": "two", "status": "failed", "why": "not made yet", "seconds": 2.0, "kind": "cell",
        "heading": "Costs", "error": "ValueError: no costs", "partial": "acme/2026-09-30/failed/two.ipynb",
    }  # fmt: skip


def test_run_html_says_what_went_wrong_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "beech" / "2026-09-30").mkdir(parents=True)
    (tmp_path / "beech" / "2026-09-30" / "index.html").write_text("x")
    write_summary(summary_of(*happened(tmp_path)), tmp_path, 61)
    page = parser.fromstring((tmp_path / "run.html").read_bytes().decode())
    assert page.xpath("string(//h1)") == "2 done, 1 unchanged, 1 failed, 1 client left out for its faults"
    assert "after 1 min 01 s" in page.xpath("string(//header)")
    faulty, wrong = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("(//tbody)[1]/tr")]
    assert faulty[:3] == ["broken", "all", "wrong input"] and "employees: found text" in faulty[3]
    assert wrong == [
        "acme",
        "two",
        "error in a cell",
        "Under “Costs”: ValueError: no costsPartial notebook",
        REMEDIES["cell"],
    ]
    assert page.xpath("//a[text()='Partial notebook']/@href") == ["acme/2026-09-30/failed/two.ipynb"]
    assert page.xpath("//a[text()='beech']/@href") == ["beech/2026-09-30/index.html"]
    counts = [[cell.text for cell in row.xpath("td")] for row in page.xpath("(//tbody)[2]/tr")]
    assert counts == [["1", "0", "1", "3.2"], ["1", "1", "0", "0.5"]]


def test_a_clean_run_has_no_table_of_failures(tmp_path: Path) -> None:
    write_summary(summary_of(Outcome("acme", "one", SKIP)), tmp_path / "new", 0)
    page = parser.fromstring((tmp_path / "new" / "run.html").read_bytes().decode())
    assert page.xpath("//h2/text()") == ["All clients"]


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    events = [Faulty(HOSTILE, (HOSTILE,), 1), failed(tmp_path, HOSTILE, heading=HOSTILE)]
    write_summary(summary_of(*events), tmp_path, 1)
    text = (tmp_path / "run.html").read_text()
    page = parser.fromstring(text)
    assert not page.xpath("//script | //b | //@onclick") and "<script" not in text
    assert page.xpath("string((//tbody)[1]/tr[1]/th)") == HOSTILE and HOSTILE in page.xpath(
        "string((//tbody)[1]/tr[2])"
    )
    assert json.loads((tmp_path / "run.json").read_text())["faulty"][0]["faults"] == [HOSTILE]


def test_what_was_not_made_when_a_run_is_cancelled_is_told(tmp_path: Path) -> None:
    order = Order(("acme", "beech", "broken"), (Path("01_one.ipynb"), Path("02_two.ipynb")), tmp_path, tmp_path)
    summary = summary_of(Faulty("broken", ("x",), 2), Outcome("acme", "one", EXECUTE, published=MADE))
    missing = summary.cancel(order)
    assert [(each.client, each.name, each.kind) for each in missing] == [
        ("acme", "two", "cancelled"), ("beech", "one", "cancelled"), ("beech", "two", "cancelled"),
    ]  # fmt: skip
    assert summary.cancel(order) == [] and summary.count("failed") == 3


def test_every_kind_of_failure_has_words_and_a_remedy() -> None:
    assert set(WORDS) == set(REMEDIES) and all(WORDS.values()) and all(REMEDIES.values())


@pytest.mark.parametrize(
    ("name", "message", "kind"),
    [
        ("ValueError", "x", "cell"), ("MemoryError", "", "memory"), ("OutOfMemoryException", "duckdb", "memory"),
        ("OSError", "[Errno 28] No space left on device: '/x'", "disk"),
        ("OSError", "[Errno 122] Disk quota", "disk"),
        ("IOException", 'Could not write file "x": No space left on device', "disk"),
        ("OSError", "[Errno 13]", "input"),
        ("DeadKernelError", "x", "died"), ("CellTimeoutError", "x", "time"), ("FaultsError", "x", "input"),
        ("TableError", "x", "input"), ("LeakError", "x", "leak"), ("ExhibitError", "x", "leak"),
    ],
)  # fmt: skip
def test_a_failure_is_recognised_by_its_name_and_message(name: str, message: str, kind: str) -> None:
    assert kind_of(name, message) == kind


# --- on screen -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.6, "1 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (3599.7, "1 h 00 min"),
     (7500, "2 h 05 min"), (100_000, "27 h 46 min")],
)  # fmt: skip
def test_time_spans_read_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_each_outcome_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [line_of(event) for event in happened(tmp_path) if isinstance(event, Outcome)]
    assert lines == [
        "acme one: made in 1.2 s (not made yet)",
        'acme two: FAILED, error in a cell in "Costs": ValueError: no costs; '
        "the partial notebook is acme/2026-09-30/failed/two.ipynb",
        "beech one: unchanged",
        "beech two: rendered in 0.5 s (changed: page)",
    ]


def test_a_place_elsewhere_is_named_by_its_last_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert shown(Path("out/a")) == "out/a" and shown(tmp_path / "a" / "b" / "c" / "d") == "b/c/d"


def screen(events: list[Event], capsys: pytest.CaptureFixture[str], quiet: bool = False) -> tuple[list[str], list[str]]:
    error = io.StringIO()
    with Progress(quiet, error) as progress:
        for event in events:
            progress.show(event)
    return capsys.readouterr().out.splitlines(), error.getvalue().splitlines()


def test_a_piped_run_is_plain_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, error = screen(happened(tmp_path), capsys)
    assert [line.split(":")[0] for line in out] == ["acme one", "beech one", "beech two"]
    assert [line.split(":")[0] for line in error] == ["broken/client.yaml", "broken", "note", "acme two"]
    assert "\x1b" not in "".join(out + error)


def test_a_quiet_run_says_only_what_went_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warned = Published("one", "t", "d", None, (), 1, 1, ("the PDF shows code points",))
    out, error = screen([*happened(tmp_path), Outcome("z", "one", EXECUTE, published=warned)], capsys, quiet=True)
    assert out == []
    assert error[-1] == "z one: the PDF shows code points"
    assert [line.split(":")[0] for line in error[:-1]] == ["broken/client.yaml", "broken", "note", "acme two"]


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_has_one_moving_line_and_lines_for_what_went_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with Progress(error=terminal) as progress:
        for event in happened(tmp_path):
            progress.show(event)
        words = progress._words()
    assert capsys.readouterr().out == ""
    assert "2 done, 3 failed, 1 skipped, " in words and " a minute, 0 s left" in words
    text = terminal.getvalue()
    assert "acme two: FAILED, error in a cell" in text and "acme one: made" not in text
    assert text.count("\n") < 20


def test_words_of_a_fault_are_no_markup_for_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal, fault = Terminal(), "[red]x[/red] :warning: " + "long " * 60 + "end"
    with Progress(error=terminal) as progress:
        progress.show(Begin(2))
        progress.show(Faulty("acme", (fault,), 2))
    assert fault in terminal.getvalue()


def test_the_time_left_follows_from_the_pace() -> None:
    progress = Progress(error=io.StringIO())
    progress.show(Begin(100))
    assert progress._words() == "0 done, 0 failed, 0 skipped"
    progress._started = time.monotonic() - 30
    progress._advance("done", 10)
    assert progress._words() == "10 done, 0 failed, 0 skipped, 20 a minute, 4 min 30 s left"
