"""The Pilot phase and its data: each fault with its place, what is allowed and what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from later_phases import LETTERS, PILOT, found_in, only_one, write_client

COLUMNS = PILOT[PILOT.index("cases:") : PILOT.index("looks:")]
SOURCE = "pilot.yaml:3 data_sources.letters"


# Text of pilot.yaml, what stands there instead, place of the one fault, words of the message.
FAULTS: dict[str, tuple[str, str, str, list[str]]] = {
    "end before the beginning": (
        "ended: 2026-05-24", "ended: 2026-03-01", "pilot.yaml:2 ended", ["before the first day", "from 2026-03-02 on"],
    ),
    "looks out of order": (
        "2026-05-25", "2026-04-12", "pilot.yaml:14 looks[1].date", ["a day after 2026-04-13", "order of their days"],
    ),
    "look before the beginning": (
        "2026-04-13", "2026-02-13", "pilot.yaml:13 looks[0].date", ["before the first day"],
    ),
    "two looks on one day": ("2026-05-25", "2026-04-13", "pilot.yaml:14 looks[1].date", ["a day after 2026-04-13"]),
    "versions out of order": (
        "first: 2026-04-20", "first: 2026-03-01", "pilot.yaml:17 versions[1].first", ["a day after 2026-03-02"],
    ),
    "version after the end": (
        "first: 2026-04-20", "first: 2026-05-28", "pilot.yaml:17 versions[1].first", ["after the last day"],
    ),
    "outcome of an unknown criterion": (
        "{on-time:", "{in-time:", "pilot.yaml:10 cases.outcomes.in-time", ["success criterion", "write on-time"],
    ),
    "unknown budget line": (
        "line: licences", "line: licenses", "pilot.yaml:19 spent[0].line", ["budget line", "write licences"],
    ),
    "unknown source": (
        "source: letters", "source: letter", "pilot.yaml:5 cases.source", ["data source", "write letters"],
    ),
    "budget line twice": (
        "amount: 60}]", "amount: 60}, {line: licences, amount: 7}]", "pilot.yaml:19 spent[1]",
        ["a second entry for licences", "write the sum"],
    ),
    "system twice": (
        "days: 4}]", "days: 4}, {system: erp, days: 1}]", "pilot.yaml:20 effort[1]", ["a second entry for erp"],
    ),
    "share that the data say": (
        "versions:", "production_share: 0.9\nversions:", "pilot.yaml:15 production_share", ["beside cases.production"],
    ),
    "use that the data say": (
        "versions:", "utilisation: 0.9\nversions:", "pilot.yaml:15 utilisation", ["beside cases.used"],
    ),
    "failures that the data count": (
        "  used: used\n", "  used: used\n  failure: used\n", "pilot.yaml:19 failure_modes.torn.cases",
        ["beside cases.failure"],
    ),
    "unknown column": (
        "  used: used\n", "  used: usd\n", "pilot.yaml:9 cases.used", ["the unknown column usd", "write used"],
    ),
    "unknown outcome column": (
        "minutes: minutes", "minutes: mins", "pilot.yaml:10 cases.outcomes.minutes", ["unknown column mins"],
    ),
    "misspelt arm": (
        "pilot: [new]", "pilot: [News]", "pilot.yaml:11 cases.arms.pilot[0]", ["News, which no row holds", "write new"],
    ),
    "no row of an arm": (
        "pilot: [new]", "pilot: [treatment]", "pilot.yaml:11 cases.arms.pilot[0]",
        ["treatment, which no row holds", "new"],
    ),
    "days that are none": (
        "date: begun", "date: used", "pilot.yaml:8 cases.date", ["no time in the column used", "times such as"],
    ),
    "duration that is no number": (
        "minutes: minutes", "minutes: arm", "pilot.yaml:10 cases.outcomes.minutes", ["no number in the column arm"],
    ),
    "nothing that means yes": (
        "  used: used\n", '  used: used\n  true_values: ["ja"]\n  fallback: arm\n', "pilot.yaml:11 cases.fallback",
        ["no cell of the column arm that means yes", "true_values: ja"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_a_remedy(tmp_path: Path, name: str) -> None:
    old, new, place, words = FAULTS[name]
    edits = [("pilot.yaml", old, new)]
    if name == "share that the data say":
        edits.append(("pilot.yaml", "  used: used\n", "  used: used\n  production: used\n"))
        place = place.replace(":15", ":16")
    if name == "nothing that means yes":
        edits += [("data/letters.csv", "yes,yes,12", "ja,ja,12"), ("data/letters.csv", ",no,20", ",nein,20")]
    only_one(write_client(tmp_path, *edits), place, words)


# Text of the data, what stands there instead, place of the one note or fault, words of the message.
ROWS: dict[str, tuple[str, str, str, list[str], bool]] = {
    "negative duration": (
        "no,20", "no,-20", "pilot.yaml:10 cases.outcomes.minutes", ["1 cell", "numbers of at least 0"], False,
    ),
    "case before the beginning": (
        "1,new,2026-03-03", "1,new,2026-03-01", "pilot.yaml:8 cases.date", ["1 row of the pilot arm before"], True,
    ),
    "case after the end": (
        "1,new,2026-03-03", "1,new,2026-05-25", "pilot.yaml:8 cases.date", ["1 row of the pilot arm after"], True,
    ),
    "case with two rows": (
        "3,new", "1,new", "pilot.yaml:6 cases.case", ["1 row of cases that have one already"], True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_contradict_the_declaration_are_told(tmp_path: Path, name: str) -> None:
    old, new, place, words, is_note = ROWS[name]
    only_one(write_client(tmp_path, ("data/letters.csv", old, new)), place, words, is_note)


def test_a_case_on_the_last_day_or_handled_as_before_is_in_order(tmp_path: Path) -> None:
    edits = ("1,new,2026-03-03", "1,new,2026-05-24 23:59"), ("2,old,2026-03-03", "2,old,2025-12-01")
    assert list(found_in(write_client(tmp_path, *(("data/letters.csv", *edit) for edit in edits)))) == []


def test_what_people_wrote_of_a_failure_is_counted_and_not_shown(tmp_path: Path) -> None:
    edits = ("cases: 3, ", ""), ("  used: used\n", "  used: used\n  failure: why\n")
    data = (
        LETTERS.replace("minutes\n", "minutes,why\n")
        .replace("12\n", "12,Ann was ill\n")
        .replace("14.5\n", "14.5,torn\n")
    )
    parameters = write_client(tmp_path, *(("pilot.yaml", *edit) for edit in edits))
    (parameters / "acme/data/letters.csv").write_text(data.replace("20\n", "20,\n").replace("19\n", "19,\n"))
    note = only_one(parameters, "pilot.yaml:10 cases.failure", ["1 row with a failure"], is_note=True)
    assert "Ann" not in str(note)


def test_a_source_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    parameters = write_client(tmp_path)
    (parameters / "acme/data/letters.csv").write_bytes(b"\xff\xfe\x00")
    told = found_in(parameters)
    assert len(told) == 1 and str(told[0]).startswith(f"acme/{SOURCE}.file")


def test_a_table_split_by_another_mark_is_told_once(tmp_path: Path) -> None:
    parameters = write_client(tmp_path)
    (parameters / "acme/data/letters.csv").write_text(LETTERS.replace(",", ";"))
    told = found_in(parameters)
    assert [fault.remedy for fault in told if "delimiter" in fault.remedy] == [each.remedy for each in told]


@pytest.mark.parametrize(("key", "value"), [("timezone", "CEST"), ("timestamp_format", "%Y-%m-%d %")])
def test_a_source_of_the_pilot_is_checked_like_one_of_assess(tmp_path: Path, key: str, value: str) -> None:
    edit = ("pilot.yaml", "file: data/letters.csv", f'file: data/letters.csv, {key}: "{value}"')
    assert any(str(each).startswith(f"acme/{SOURCE}.{key}: found") for each in found_in(write_client(tmp_path, edit)))


def test_an_id_of_a_source_is_used_once_in_both_files(tmp_path: Path) -> None:
    edit = ("assess.yaml", "use_cases:", "data_sources: [{id: letters, name: L, kind: table}]\nuse_cases:")
    told = found_in(write_client(tmp_path, edit))
    assert [each.found for each in told] == ['a second data source "letters"; the first is at acme/assess.yaml:3']


def test_assess_rests_on_no_source_of_the_pilot(tmp_path: Path) -> None:
    edit = ("assess.yaml", "kind: predictive}", "kind: predictive, data: [{source: letters}]}")
    parameters = write_client(tmp_path, edit)
    only_one(parameters, "assess.yaml:4 use_cases[0].data[0].source", ["the source letters of pilot.yaml", "move"])


def test_a_database_of_the_pilot_must_be_reachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = ("pilot.yaml", "file: data/letters.csv", "database: {url_env: ACME_URL, query: data/letters.sql}")
    parameters = write_client(tmp_path, edit)
    (parameters / "acme/data/letters.sql").write_text("select * from letters")
    monkeypatch.delenv("ACME_URL", raising=False)
    only_one(parameters, f"{SOURCE}.database.url_env", ["which is not set"])
    with sqlite3.connect(tmp_path / "letters.db") as database:
        database.execute("create table letters (letter, arm, begun, used, on_time, minutes)")
        rows = [line.split(",") for line in LETTERS.splitlines()[1:]]
        database.executemany("insert into letters values (?, ?, ?, ?, ?, ?)", rows)
    monkeypatch.setenv("ACME_URL", f"sqlite:///{tmp_path / 'letters.db'}")
    assert list(found_in(parameters)) == []


def test_data_that_are_not_there_yet_are_no_fault(tmp_path: Path) -> None:
    assert list(found_in(write_client(tmp_path, ("pilot.yaml", ", file: data/letters.csv", "")))) == []


def test_a_criterion_that_decides_without_data_is_noted(tmp_path: Path) -> None:
    edit = ("pilot.yaml", "on-time: on_time, ", "")
    only_one(write_client(tmp_path, edit), "pilot.yaml:4 cases", ["no column for on-time, which decides"], is_note=True)


# --- other kinds of data ---------------------------------------------------------------------------------------------

COUNTS = """\
counts:
  source: letters
  arm: arm
  period: week
  cases: cases
  used: used
  counts: {on-time: good}
  arms: {pilot: [new], baseline: [old]}
"""
WEEKS = "arm,week,cases,good,used\nnew,2026-03-02,40,30,20\nold,2026-03-02,38,17,\n"
PANEL = "panel: {source: letters, unit: team, period: week, level: share, begins: begun}\n"
TEAMS = "team,week,share,begun\na,2026-03-02,0.5,2026-03-02\nb,2026-03-02,0.4,\n"
TESTS = """\
experiments:
  {name: Wording, source: letters, test: test, arm: arm, shown: shown, successes: good, baseline_arm: a}
"""
ARMS = "test,arm,shown,good\n1,a,100,10\n1,b,99,12\n"
SUS = (
    "acceptance: {source: letters, answers: [q1, q2, q3, q4, q5, q6, q7, q8, q9, q10], asked: 3}\n",
    f"{','.join(f'q{n}' for n in range(1, 11))}\n4,2,4,1,5,2,4,2,5,1\n3,3,3,3,3,3,3,3,3,3\n",
)
KINDS = {"counts": (COUNTS, WEEKS), "panel": (PANEL, TEAMS), "experiments": (TESTS, ARMS), "acceptance": SUS}


def with_data(tmp_path: Path, kind: str, old: str = "", new: str = "") -> Path:
    """Write the client with data of another kind, and one text of declaration or data replaced."""
    declared, data = KINDS[kind]
    assert not old or (declared + data).count(old) == 1, old
    parameters = write_client(tmp_path, ("pilot.yaml", COLUMNS, declared.replace(old, new) if old else declared))
    (parameters / "acme/data/letters.csv").write_text(data.replace(old, new) if old else data)
    return parameters


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_data_may_be_in_order(tmp_path: Path, kind: str) -> None:
    assert list(found_in(with_data(tmp_path, kind))) == []


OTHERS = [
    ("counts", "new,2026-03-02,40", "new,2026-03-02,-40", "pilot.yaml:8 counts.cases", ["whole numbers of at least 0"]),
    ("counts", "40,30", "40,30.5", "pilot.yaml:10 counts.counts.on-time", ["1 cell", "whole numbers"]),
    ("counts", "40,30", "40,many", "pilot.yaml:10 counts.counts.on-time", []),
    ("counts", "40,30", "40,41", "pilot.yaml:10 counts.counts.on-time", ["more in good than in cases"]),
    ("counts", "30,20", "30,41", "pilot.yaml:9 counts.used", ["more in used than in cases"]),
    ("counts", "used: used", "used: use", "pilot.yaml:9 counts.used", ["unknown column use"]),
    ("counts", "{on-time: good}", "{on-time: bad}", "pilot.yaml:10 counts.counts.on-time", ["unknown column bad"]),
    ("counts", "on-time: good", "minutes: good", "pilot.yaml:10 counts.counts.minutes", ["which is a duration"]),
    ("panel", ", begins: begun", "", "pilot.yaml:4 panel", ["several units without begins"]),
    ("panel", "unit: team, ", "", "pilot.yaml:4 panel", ["one series without begin"]),
    ("panel", "begins: begun", "begins: begun, begin: 2026-03-02", "pilot.yaml:4 panel.begin", ["for several units"]),
    ("panel", "begins: begun", "begins: beg", "pilot.yaml:4 panel.begins", ["unknown column beg"]),
    ("panel", "level: share", "level: team", "pilot.yaml:4 panel.level", ["no number in the column team"]),
    ("experiments", "100,10", "100,101", "pilot.yaml:5 experiments.successes", ["more in good than in shown"]),
    ("experiments", "baseline_arm: a", "baseline_arm: c", "pilot.yaml:5 experiments.baseline_arm", ["no row holds"]),
    ("acceptance", "3,3,3,3,3,3,3,3,3,3", "3,3,3,3,3,3,3,3,3,6", "pilot.yaml:4 acceptance.answers[9]", ["from 1 to 5"]),
    ("acceptance", "4,2,4,1,5", "4,2,2.5,1,5", "pilot.yaml:4 acceptance.answers[2]", ["whole numbers from 1 to 5"]),
    ("acceptance", "q9, q10", "q9, q9", "pilot.yaml:4 acceptance.answers[9]", ["q9 a second time"]),
    ("acceptance", "asked: 3", "asked: 1", "pilot.yaml:4 acceptance.asked", ["2 answers of 1 people asked"]),
]


@pytest.mark.parametrize(("kind", "old", "new", "place", "words"), OTHERS)
def test_what_is_wrong_with_other_data_is_told(
    tmp_path: Path, kind: str, old: str, new: str, place: str, words: list[str]
) -> None:
    told = [str(each) for each in found_in(with_data(tmp_path, kind, old, new)) if not each.is_note]
    if words:
        assert [line for line in told if line.startswith(f"acme/{place}: found ")] == told and told, told
        assert all(word in told[0] for word in words), told
    else:
        # One word among numbers is a row lost, and no fault.
        assert told == []
