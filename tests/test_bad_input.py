"""What people hand in, and what they are told: the place, what was found, what is allowed and what to do.

Each fault ends `workbook run` with exit code 2, one line per fault and nothing written. What is strange but legitimate
is shown as it is, or as not estimable.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lxml.html
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pypdf
import pytest
import yaml
from command_line import TINY, Command

LOG = "case,activity,time\nC1,Open,2026-03-01 08:00\nC1,Close,2026-03-02 09:00\n"
WEIGHTS = (TINY / "assess.yaml").read_text().partition("weighting:\n")[2]
CRITERIA = re.findall(r"(\w+): \d+\n", WEIGHTS)
COLUMNS = "columns: {case: case, activity: activity, timestamp: time}"
NUMBER = r"{name: number, pattern: 'N\d\d'}"


def matrix(changes: dict[tuple[str, str], str]) -> str:
    """Return judgements by pairs, all of them 1 but for the changes; an empty one is left out."""
    rows = []
    for one in CRITERIA:
        row = {other: changes.get((one, other), "1") for other in CRITERIA}
        rows.append(f"    {one}: {{{', '.join(f'{other}: {value}' for other, value in row.items() if value)}}}\n")
    return f"  method: ahp\n  matrix:\n{''.join(rows)}"


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def files_of(office: Path) -> list[Path]:
    """Return all files and folders but for kept measurements, which say nothing of what was asked for."""
    return sorted(path for path in office.rglob("*") if ".measured" not in path.parts)


def refused(command: Command, office: Path, *arguments: str) -> list[str]:
    """Return the lines with which `run` refuses the client; nothing is run, nothing written, nothing private shown."""
    before = files_of(office)
    ended = command("run", *(arguments or ("tiny",)))
    assert (ended.code, ended.out) == (2, ""), ended
    assert files_of(office) == before
    assert not [word for word in (str(office), "Traceback", "\x1b") if word in ended.err]
    return ended.err.splitlines()


def told_at(lines: list[str], place: str, words: list[str]) -> None:
    """Check that the fault at a place is told in these words."""
    line = next((line for line in lines if line.startswith(f"tiny/{place}")), None)
    assert line is not None, lines
    assert [word for word in words if word not in line] == [], line


# --- parameters ------------------------------------------------------------------------------------------------------

# File, text in it, what stands there instead ({0} is the text itself), place of the fault, words of the message.
EDITS: list[tuple[str, str, str, str, list[str]]] = [
    # client.yaml
    ("client", "employees: 120", "employees: lots", "client.yaml:4 employees:", ['text "lots"', "at least 0"]),
    ("client", "employees: 120", "employees: -3", "client.yaml:4 employees:", ["found -3", "at least 0"]),
    ("client", "employees: 120", "employes: 120", "client.yaml:4 employes:", ["unknown key", "rename it to employees"]),
    ("client", "country: IE", "country: ie", "client.yaml:3 country:", ['text "ie"', "write IE"]),
    ("client", "country: IE", "country: UK", "client.yaml:3 country:", ["unknown country UK", "write GB"]),
    ("client", "currency: EUR", "currency: XXQ", "client.yaml:5 currency:", ["unknown currency XXQ", "write EUR"]),
    ("client", "locale: en_IE", "locale: en_XX", "client.yaml:6 locale:", ["unknown locale en_XX", "write en_IE"]),
    ("client", "locale: en_IE", "locale: en-IE", "client.yaml:6 locale:", ['text "en-IE"', "write en_IE"]),
    ("client", "2026-09-30", "30.9.2026", "client.yaml:7 as_of:", ["a date such as", "write 2026-09-30"]),
    ("client", "2026-09-30", "20260930", "client.yaml:7 as_of:", ["found 20260930", "write 2026-09-30"]),
    ("client", "2026-09-30", "2026-06-31", "client.yaml:7 as_of:", ["write a day that the calendar has"]),
    ("client", "2026-09-30", "2206-09-30", "client.yaml:7 as_of:", ["write a year from 2000 to 2100"]),
    ("client", "120", "{value: 120, date: 2027-01-01}", "client.yaml:4 employees:", ["dated 2027-01-01", "2026-09-30"]),
    ("client", "country: IE", "country: ZZ", "client.yaml:3 country:", ["unknown country ZZ"]),
    ("client", "locale: en_IE", "locale: en_ZZ", "client.yaml:6 locale:", ["unknown locale en_ZZ", "write en_IE"]),
    (
        "client",
        "[post-sorting]",
        "[post-sorting, post-sorting]",
        "client.yaml:11 ",
        ["a second time", "each use case once"],
    ),
    ("client", "2026-09-30", "soon", "client.yaml:7 as_of:", ['text "soon"', "write year-month-day"]),
    ("client", '"1.0"', "1.0", "client.yaml:16 document.version:", ["found 1.0", 'put it in quotes: "1.0"']),
    ("client", "by: ann", "by: anne", "client.yaml:11 gates.assess.by:", ['unknown person "anne"', "write ann"]),
    ("client", "firm: A Firm", "firm: *a", "client.yaml:13", ["reference *a", "write the value out"]),
    ("client", "  firm: A Firm", "\tfirm: A Firm", "client.yaml:13:", ["indent with spaces, not tabs"]),
    ("client", "Tiny Works", "Tiny: Works", "client.yaml:1:", ["put text that holds a colon in quotes"]),
    ("client", "Tiny Works", "Tiny\u202eWorks", "client.yaml:1:", ["invisible character U+202E", "delete it"]),
    ("client", "Tiny Works", "x" * 121, "client.yaml:1 name:", ["at most 120 characters", "shorten it by 1"]),
    ("client", "sector: Furniture", "name: Tiny", "client.yaml:2 name:", ["a second name", "on line 1"]),
    # assess.yaml
    ("assess", "volume: 1000", "volume: -1", "assess.yaml:6 processes[0].volume:", ["found -1", "at least 0"]),
    ("assess", "volume: 1000", 'volume: "1.000"', "assess.yaml:6 processes[0].volume:", ["write 1.000 without quotes"]),
    ("assess", "volume: 1000", "volume: 1.234,50", "assess.yaml:6 processes[0].volume:", ["write 1234.50"]),
    ("assess", "volume: 1000", "volume: EUR 1 000", "assess.yaml:6 processes[0].volume:", ["write 1000"]),
    ("assess", "impact: 20000", "impact: 0", "assess.yaml:1 material_impact:", ["a number above 0"]),
    ("assess", "20000", "{value: 1, date: 2027-01-01}", "assess.yaml:1 material_impact:", ["dated 2027-01-01"]),
    ("assess", "id: post\n", "id: Post\n", "assess.yaml:3 processes[0].id:", ['text "Post"', "write post"]),
    (
        "assess",
        "process: post\n",
        "process: p\u043est\n",
        "assess.yaml:31 ",
        [r'unknown process "p\u043est"', "write post"],
    ),
    ("assess", "processes:", "Processes:", "assess.yaml:2 Processes:", ["rename it to processes"]),
    (
        "assess",
        "{customer_impact: 80",
        "{integration: 9",
        "assess.yaml:35 ",
        ["integration, which is computed", "delete"],
    ),
    ("assess", "kind: predictive", "{0}\n    sponsored: true", "assess.yaml:33 ", ["found true", "write yes"]),
    ("assess", "volume: 1000", "volume: 1e300", "assess.yaml:6 processes[0].volume:", ["up to 1e+15"]),
    ("assess", "volume: 1000", "volume: 1e15", "assess.yaml:6 processes.post.volume:", ["yearly cost of 5e+16"]),
    ("assess", "rate: 0.05", "rate: 45", "assess.yaml:9 processes[0].error_rate:", ["from 0 to 1", "45 % is 0.45"]),
    ("assess", "rate: 0.05", "rate: 45%", "assess.yaml:9 processes[0].error_rate:", ["write 0.45"]),
    ("assess", "{id: claims", "{id: post", "assess.yaml:11 processes[1].id:", ['second process "post"', "yaml:3;"]),
    ("assess", "measured_by: log", "measured_by: lgo", "assess.yaml:10 processes[0].measured_by:", ["write log"]),
    ("assess", "measured_by: log", "measured_by: records", "assess.yaml:10 ", ["whose kind is table", "event_log"]),
    ("assess", "low: 0.1", "low: 0.3", "assess.yaml:33 use_cases[0].effect:", ["low <= likely <= high"]),
    ("assess", "{customer_impact: 80", "{custmer_impact: 80", "assess.yaml:35 ", ["write customer_impact"]),
    ("assess", "fields: [number]", "fields: [numbr]", "assess.yaml:29 use_cases.post-sorting:", ["write number"]),
    ("assess", "file: data/log.csv", "file: data/lgo.csv", "assess.yaml:16 ", ["does not exist", "write data/log.csv"]),
    ("assess", "file: data/log.csv", "file: ../x.csv", "assess.yaml:16 ", ["below the client's folder"]),
    ("assess", "file: data/log.csv", "file: /etc/passwd", "assess.yaml:16 ", ["below the client's folder"]),
    ("assess", "file: data/log.csv", "file: data", "assess.yaml:16 ", ["not a file"]),
    ("assess", "Europe/Dublin", "Europe/Dubln", "assess.yaml:17 data_sources.log.timezone:", ["write Europe/Dublin"]),
    ("assess", "Europe/Dublin", "CEST", "assess.yaml:17 data_sources.log.timezone:", ["the name of a city"]),
    ("assess", "case: case", "case: Case", "assess.yaml:19 data_sources.log.columns.case:", ["write case"]),
    ("assess", "activity: activity", "activity: case", "assess.yaml:19 ", ["the column case as case and as activity"]),
    ("assess", "[Close]", "[Closd]", "assess.yaml:20 ", ["end_activities[0]", "Closd, which no row", "write Close"]),
    (
        "assess",
        "[Close]",
        "[Erledigt]",
        "assess.yaml:20 ",
        ["the column activity: Close, Open;", "name one that occurs"],
    ),
    (
        "assess",
        "[Close]",
        "[Close], closed_statuses: [x]",
        "assess.yaml:20 ",
        ["for the kind event_log", "correct the kind"],
    ),
    ("assess", "[Close]", "[Close], error_outcomes: [x]", "assess.yaml:20 ", ["without columns.outcome"]),
    ("assess", COLUMNS, "{0}\n    delimiter: ;;", "assess.yaml:20 ", ['one character such as ";"']),
    ("assess", COLUMNS, "{0}\n    sheet: Log", "assess.yaml:20 ", ["a sheet for a csv source", "delete it"]),
    ("assess", ", timestamp: time", "", "assess.yaml:13 data_sources.log:", ["no column for timestamp"]),
    ("assess", COLUMNS, COLUMNS + "\n    timestamp_format: YYYY-MM-DD", "assess.yaml:20 ", ["codes such as %d/%m/%Y"]),
    ("assess", COLUMNS, COLUMNS + '\n    timestamp_format: "%K"', "assess.yaml:20 ", ["timestamp format '%K'"]),
    ("assess", COLUMNS, COLUMNS + "\n    thousands: .", "assess.yaml:20 ", ["as the decimal mark"]),
    ("assess", COLUMNS, COLUMNS + "\n    encoding: windoze", "assess.yaml:16 ", ["log.csv the encoding 'windoze'"]),
    ("assess", NUMBER, "{name: number, pattern: 'N['}", "assess.yaml:26 ", ["fields[0].pattern", "regular expression"]),
    ("assess", NUMBER, "{name: number, minimum: 3}", "assess.yaml:26 ", ["a range for type 'text'"]),
    ("assess", NUMBER, "{name: number, required_when: amount}", "assess.yaml:26 ", ["the condition 'amount'"]),
    ("assess", NUMBER, "{name: number, required_when: amunt = 1}", "assess.yaml:26 ", ["write amount"]),
    ("assess", NUMBER, "{name: '\"; drop table source; --'}", "assess.yaml:29 ", ["unknown field number"]),
    ("assess", "{name: amount,", "{name: number,", "assess.yaml:27 ", ["number a second time"]),
    ("assess", "minimum: 0", "minimum: 5, maximum: 3", "assess.yaml:27 ", ["minimum <= maximum"]),
    ("assess", "use_cases:", "    consistency: [{id: a, left: number}]\n{0}", "assess.yaml:28 ", ["with left;"]),
    (
        "assess",
        "use_cases:",
        "    consistency: [{id: a}]\n{0}",
        "assess.yaml:28 ",
        ["nothing but its id", "complete the rule"],
    ),
    (
        "assess",
        "use_cases:",
        "    key: [number, number]\n{0}",
        "assess.yaml:28 ",
        ["number a second time", "each once"],
    ),
    (
        *("assess", "use_cases:", "data_requests: [{source: log, asked: 2026-05-02, due: 2026-05-01}]\n{0}"),
        *("assess.yaml:28 data_requests[0].due:", ["a day from 2026-05-02 on"]),
    ),
    ("assess", "business_impact: 100", "business_impact: 90", "assess.yaml:38 ", ["90 as the most points", "100"]),
    ("assess", "business_impact: 100", "busines_impact: 100", "assess.yaml:39 ", ["write business_impact"]),
    ("assess", "    change_capacity: 20\n", "", "assess.yaml:38 weighting.points:", ["no points for change_capacity"]),
    ("assess", "method: swing", "method: direct", "assess.yaml:38 ", ["a sum of 440", "1 or 100"]),
    ("assess", "  method: swing", "  order: []\n  method: ahp", "assess.yaml:39 ", ["points beside the method ahp"]),
    ("assess", WEIGHTS, re.sub(r"\d+\n", "0\n", WEIGHTS), "assess.yaml:38 weighting.points:", ["only zeros"]),
    (
        *("assess", WEIGHTS, f"  method: rank_order_centroid\n  order: [{', '.join(CRITERIA)}, integration]\n"),
        *("assess.yaml:38 weighting.order[8]:", ['"integration" a second time']),
    ),
    (
        *("assess", WEIGHTS, matrix({(CRITERIA[0], CRITERIA[2]): "4"})),
        "assess.yaml:39 weighting.matrix.business_impact.strategic_alignment:",
        ["4 for business_impact against strategic_alignment, but 1", "write 1 here, or 0.25 there"],
    ),
    (
        *("assess", WEIGHTS, matrix({(CRITERIA[1], CRITERIA[0]): ""})),
        *("assess.yaml:40 weighting.matrix.customer_impact:", ["no judgement against business_impact"]),
    ),
    (
        *("assess", WEIGHTS, matrix({(CRITERIA[0], CRITERIA[0]): "2"})),
        *("assess.yaml:39 weighting.matrix.business_impact.business_impact:", ["against itself", "write 1"]),
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "words"), EDITS, ids=lambda value: str(value)[:40])
def test_a_fault_in_the_parameters_is_told_with_its_line(
    workbook_command: Command, office: Path, file: str, old: str, new: str, place: str, words: list[str]
) -> None:
    edited(office / "parameters" / "tiny" / f"{file}.yaml", old, new.replace("{0}", old))
    told_at(refused(workbook_command, office), place, words)


ANSWER = "  - {use_case: post-sorting, question: prohibited_practices, answer: %s}\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n"

# File, how its bytes are spoilt, place of the fault, words of the message.
SPOILT: list[tuple[str, Callable[[bytes], bytes], str, list[str]]] = [
    ("client.yaml", lambda raw: b"", "client.yaml:1:", ["found nothing", "fill the file in"]),
    ("client.yaml", lambda raw: b"- a\n", "client.yaml:1:", ["no mapping at the top level"]),
    ("client.yaml", lambda raw: raw + BOMB.encode(), "client.yaml:19 a:", ["anchor &a"]),
    ("client.yaml", lambda raw: b"a: " + b"[" * 5000, "client.yaml:1 ", ["more than 40 levels"]),
    ("client.yaml", lambda raw: raw + b"# x\n" * 1_500_000, "client.yaml:", ["at most 5 MB", "data/"]),
    ("client.yaml", lambda raw: raw + b"\0", "client.yaml:19:", ["invisible character U+0000"]),
    ("client.yaml", lambda raw: raw.replace(b"Tiny", b"T\xfcny"), "client.yaml:1:", ["would read it as ü", "UTF-8"]),
    ("client.yaml", lambda raw: raw.decode().encode("utf-16"), "client.yaml:1:", ["UTF-16", "UTF-8"]),
    ("client.yaml", lambda raw: raw + b"password: hunter2\n", "client.yaml:19 password:", ["a secret (not shown)"]),
    (
        "client.yaml",
        lambda raw: raw + b"about: postgresql://x:hunter2@db/y\n",
        "client.yaml:19 about:",
        ["(not shown)"],
    ),
    ("data/../asess.yaml", lambda raw: b"processes: []\n", "asess.yaml:", ["rename it to assess.yaml"]),
    ("commentary/assess.md", lambda raw: b"## sumary\nx\n", "commentary/assess.md:1 ", ["write summary"]),
    (
        "commentary/assess.md",
        lambda raw: b"## summary\nx\n",
        "commentary/assess.md:1 ",
        ["replaces: summary as the first"],
    ),
    (
        "commentary/assess.md",
        lambda raw: b"## at-a-glance\n{figure:process.post.yearly_cst}\n",
        "commentary/assess.md:2 ",
        ["write process.post.yearly_cost"],
    ),
    (
        *("commentary/assess.md", lambda raw: b"## at-a-glance\n{figur:process.post.yearly_cost}\n"),
        *("commentary/assess.md:2:", ["{figur:process.post.yearly_cost without a figure", "write {figure:id}"]),
    ),
    ("commentary/assess.md", lambda raw: b"# At a glance\nx\n", "commentary/assess.md:1:", ["write ## and the id"]),
    ("commentary/assess.txt", lambda raw: b"x", "commentary/assess.txt:", ["rename it to assess.md"]),
    (
        "comentary/assess.md",
        lambda raw: b"x",
        "comentary:",
        ["the unknown folder comentary", "rename it to commentary"],
    ),
    (
        *("compliance.yaml", lambda raw: b"screening:\n" + (ANSWER % "yes" + ANSWER % "no").encode()),
        *(
            "compliance.yaml:3 screening[1]:",
            ["a second answer to prohibited_practices", "first is at compliance.yaml:2"],
        ),
    ),
    ("commentary/asess.md", lambda raw: b"## summary\nx\n", "commentary/asess.md:", ["rename it to assess.md"]),
    ("commentary/assess.md", lambda raw: b"M\xfcller\n", "commentary/assess.md:1:", ["would read it as ü"]),
    ("commentary/assess.md", lambda raw: b"password=hunter2\n", "commentary/assess.md:1:", ["(not shown)"]),
    ("commentary/assess.md", lambda raw: b"## pwd=hunter2\nx\n", "commentary/assess.md:1:", ["(not shown)"]),
]


@pytest.mark.parametrize(("file", "spoil", "place", "words"), SPOILT)
def test_a_file_that_is_no_text_of_its_kind_is_told(
    workbook_command: Command, office: Path, file: str, spoil: Callable[[bytes], bytes], place: str, words: list[str]
) -> None:
    path = office / "parameters" / "tiny" / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(spoil(path.read_bytes() if path.exists() else b""))
    lines = refused(workbook_command, office)
    told_at(lines, place, words)
    assert "hunter2" not in "".join(lines)


def test_a_missing_or_misnamed_file_is_one_fault_and_not_one_for_each_reference(
    workbook_command: Command, office: Path
) -> None:
    client = office / "parameters" / "tiny" / "client.yaml"
    client.rename(client.with_suffix(".yml"))
    (line,) = refused(workbook_command, office)
    assert line.startswith("tiny/client.yml: ") and "rename it to client.yaml" in line
    client.with_suffix(".yml").unlink()
    (line,) = refused(workbook_command, office)
    assert line.startswith("tiny/client.yaml: found no file")


def test_a_link_out_of_the_folder_is_refused(workbook_command: Command, office: Path) -> None:
    log = office / "parameters" / "tiny" / "data" / "log.csv"
    log.rename(office / "elsewhere.csv")
    log.symlink_to(office / "elsewhere.csv")
    told_at(refused(workbook_command, office), "assess.yaml:16 ", ["leads out of the client's folder", "copy the file"])
    log.unlink()
    log.symlink_to("nowhere.csv")
    told_at(refused(workbook_command, office), "assess.yaml:16 ", ["does not exist", "copy the file below data/"])


@pytest.mark.parametrize("client", ["../tiny", "Tiny", "/etc", "", "tiny/", "a b", "\x1b[31mred", "<script>"])
def test_an_id_that_is_no_plain_name_is_refused(workbook_command: Command, office: Path, client: str) -> None:
    (line,) = refused(workbook_command, office, client)
    assert "lower-case letters, digits and single hyphens" in line


def test_two_clients_whose_ids_differ_by_case_are_refused(workbook_command: Command, office: Path) -> None:
    shutil.copytree(office / "parameters" / "tiny", office / "parameters" / "TINY")
    if len(list((office / "parameters").iterdir())) < 2:
        pytest.skip("the file system does not tell names apart by case")
    upper, lower = sorted(refused(workbook_command, office, "--all"))
    assert upper.startswith('TINY: found the client id "TINY"') and "the folders tiny and TINY" in lower


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("path", ["", "assess.yaml", "data", "data/log.csv"])
def test_what_may_not_be_read_is_told(workbook_command: Command, office: Path, path: str) -> None:
    locked = office / "parameters" / "tiny" / path
    mode = locked.stat().st_mode
    locked.chmod(0)
    try:
        ended = workbook_command("run", "--all")
    finally:
        locked.chmod(mode)
    assert ended.code == 2 and "rights" in ended.err + ended.err.replace("permissions", "rights")


def test_one_misspelt_key_is_one_fault_and_not_one_for_each_reference(workbook_command: Command, office: Path) -> None:
    edited(office / "parameters" / "tiny" / "assess.yaml", "processes:", "Processes:")
    (line,) = refused(workbook_command, office)
    assert "rename it to processes" in line


def test_a_folder_in_the_place_of_a_file_is_told(workbook_command: Command, office: Path) -> None:
    assess = office / "parameters" / "tiny" / "assess.yaml"
    assess.unlink()
    assess.mkdir()
    told_at(refused(workbook_command, office), "assess.yaml:", ["a folder or a device", "put a file in its place"])


# --- data files ------------------------------------------------------------------------------------------------------


def workbook_file(*sheets: str) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for line in LOG.splitlines():
            sheet.append(line.split(","))
    book.save(stream)
    return stream.getvalue()


def parquet_file() -> bytes:
    names, *rows = (line.split(",") for line in LOG.splitlines())
    stream = io.BytesIO()
    pq.write_table(pa.table(dict(zip(names, map(list, zip(*rows * 500, strict=True)), strict=True))), stream)
    return stream.getvalue()


def declared_as(office: Path, name: str, content: bytes, more: str = "") -> None:
    """Let the log be a file with this content, and add lines to its declaration."""
    edited(office / "parameters" / "tiny" / "assess.yaml", "file: data/log.csv", f"file: data/{name}{more}")
    (office / "parameters" / "tiny" / "data" / name).write_bytes(content)


AMERICAN = LOG.replace("2026-03-01", "03/01/2026").replace("2026-03-02", "03/14/2026")
EUROPEAN = '\n    timestamp_format: "%d/%m/%Y %H:%M"'
DELIMITER = '\n    delimiter: ","'
WITH_UMLAUTS = LOG.replace("C1", "Stück 1")

# Name and content of the log, lines added to its declaration, words of the message.
FILES: list[tuple[str, bytes, str, list[str]]] = [
    ("log.csv", b"", "", ["log.csv an empty file", "at least a header row"]),
    ("log.csv", b"\n\n\n", "", ["log.csv an empty file"]),
    ("log.csv", (LOG + "C2,Open\n" + LOG[19:]).encode(), "", ["log.csv:4 2 values in a row", "rows of 3 values"]),
    ("log.csv", (LOG + 'C2,"Open,2026-03-01\n').encode(), "", ["log.csv:4 a quotation mark"]),
    ("log.csv", b"case,activity,case\n", "", ["log.csv:1 columns named more than once: 'case'"]),
    ("log.csv", b"time,activity,Time\n", "", ["log.csv:1 columns named more than once: 'Time'"]),
    ("log.csv", b"case,activity," + b"x" * 2_500_000 + b"\n", "", ["log.csv"]),
    ("log.csv", bytes(range(256)) * 9, "", ["log.csv binary data"]),
    ("log.csv", workbook_file("Log"), "", ["log.csv an Excel or zip file"]),
    ("log.csv", WITH_UMLAUTS.encode("cp1252"), "", ["log.csv:2 text that is not utf-8", "encoding: windows-1252"]),
    ("log.csv", LOG.encode("utf-16-le"), "", ["log.csv", "encoding: utf-16-le"]),
    ("log.csv.gz", gzip.compress(LOG.encode() * 99, mtime=0)[:80], "", ["a damaged or cut off gzip file"]),
    ("log.dat", LOG.encode(), "", ["the ending '.dat'", ".parquet"]),
    ("log.parquet", parquet_file()[:400], "", ["log.parquet content that cannot be read", "export it again"]),
    ("log.parquet", LOG.encode(), "", ["log.parquet a file that is not Parquet"]),
    ("log.xlsx", workbook_file("Fälle", "Rest"), "\n    sheet: Faelle", ["no sheet 'Faelle'", "'Fälle', 'Rest'"]),
    ("log.xlsx", workbook_file("Fälle", "Rest"), "", ["2 sheets", "declare sheet"]),
    ("log.xlsx", workbook_file("Fälle")[:900], "", ["log.xlsx a file that is not an Excel workbook"]),
    ("log.csv", LOG.replace(",", ";").encode(), DELIMITER, ["a header of one column", 'write delimiter: ";"']),
    ("log.csv", LOG[19:].encode(), "", ["a header of other columns: C1, Open", "put a header above the rows"]),
    ("log.csv", LOG.replace("activity", "acti\u00a0vity").encode(), "", [r'write "acti\u00a0vity"']),
    ("log.csv", AMERICAN.encode(), EUROPEAN, ["1 of 2 times", 'timestamp_format: "%m/%d/%Y %H:%M"']),
]


@pytest.mark.parametrize(("name", "content", "more", "words"), FILES)
def test_a_fault_in_a_data_file_is_told_with_its_line(
    workbook_command: Command, office: Path, name: str, content: bytes, more: str, words: list[str]
) -> None:
    declared_as(office, name, content, more)
    told_at(refused(workbook_command, office), "assess.yaml:", words)


SQL_NAME = '"""; drop table source; --"'
READABLE: list[tuple[str, bytes, str]] = [
    ("log.csv", b"case,activity,time\n", ""),
    ("log.csv", LOG.replace(",", ";").encode(), ""),
    ("log.csv", LOG.replace("\n", "\r\n").encode("utf-8-sig"), ""),
    ("log.csv", LOG.encode("utf-16"), ""),
    ("log.csv", LOG.replace("activity", " activity ").encode(), ""),
    ("log.csv", WITH_UMLAUTS.encode("cp1252"), "\n    encoding: windows-1252"),
    ("log.csv", LOG.replace("time", f"time,{SQL_NAME}", 1).replace("0\n", "0,1\n").encode(), ""),
    ("Überblick [1]* 🚀.csv", LOG.encode(), ""),
    ("log.csv.gz", gzip.compress(LOG.encode(), mtime=0), ""),
    ("log.parquet", parquet_file(), ""),
    ("log.xlsx", workbook_file("Fälle", "Rest"), "\n    sheet: Fälle"),
]


@pytest.mark.parametrize(("name", "content", "more"), READABLE)
def test_files_as_programs_write_them_are_read(
    workbook_command: Command, office: Path, name: str, content: bytes, more: str
) -> None:
    declared_as(office, name, content, more)
    ended = workbook_command("check", "tiny")
    assert (ended.code, ended.out) == (0, "1 client without a fault\n"), ended.err


# --- strange, but legitimate -----------------------------------------------------------------------------------------

NAMES = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)",
    '#panic("x") $ @ref *b* `r` \\ <l> // c',
    "**b** [l](http://e.example) # h | c",
    "{name} {figure:x} {0} %s",
    "Ελληνικά και Кириллица",
    "معالجة الفواتير",
    "Very " * 59 + "long",
    "x" * 300,
]
"""Names that some format would take for markup or a formula, and names that are hard to set."""
UNSET = ["发票处理", "Team 🚀"]
"""Names in characters that the fonts of the PDF do not have; it shows their code points."""


def squeezed(text: str) -> str:
    """Return a text without what a line break may add to it."""
    return re.sub(r"[\s\u200b\u00ad-]+", "", text)


def with_hostile_names(client: dict[str, Any], assess: dict[str, Any]) -> None:
    client["name"] = NAMES[0]
    client["document"] |= {"firm": NAMES[3], "confidentiality": NAMES[4]}
    process, case = assess["processes"].pop(), assess["use_cases"][0]
    for number, name in enumerate([*NAMES, *UNSET]):
        assess["processes"].append(process | {"id": f"p{number}", "name": name, "department": name})
        assess["use_cases"].append(case | {"id": f"u{number}", "name": name, "process": f"p{number}"})


def text_of_html(path: Path) -> str:
    page = lxml.html.fromstring(path.read_text(encoding="utf-8"))
    assert not page.xpath("//script[@src] | //a[contains(@href, ':')] | //@*[starts-with(name(), 'on')]")
    return str(page.text_content())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The deliverables of three clients: hostile names, a log with its header only, one of cases opened again."""
    office = tmp_path_factory.mktemp("office")
    for id in ("hostile", "header-only", "incomplete"):
        shutil.copytree(TINY, office / "parameters" / id)
    hostile, log = office / "parameters" / "hostile", "data/log.csv"
    files = {name: yaml.safe_load((hostile / f"{name}.yaml").read_text()) for name in ("client", "assess")}
    with_hostile_names(*files.values())
    for name, data in files.items():
        # Dates are written in quotes, which the reader takes as well.
        (hostile / f"{name}.yaml").write_text(yaml.dump(data, Dumper=_Plain, allow_unicode=True), encoding="utf-8")
    (office / "parameters" / "header-only" / log).write_text("case,activity,time\n")
    lines = (TINY / log).read_text().splitlines(keepends=True)
    # Each case that was closed is opened again, an hour later.
    again = [line.replace("Close", "Open").replace(" 16:", " 17:") for line in lines[1:]]
    (office / "parameters" / "incomplete" / log).write_text("".join([*lines, *again]))
    run = [sys.executable, "-m", "workbook.cli", "run", "--all", "--jobs", "2", "--parameters", "parameters"]
    ended = subprocess.run(run, cwd=office, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "hostile assess: the PDF shows these characters by their code points" in ended.stderr
    yield office / "outputs"
    shutil.rmtree(office)


class _Plain(yaml.CSafeDumper):
    """Writes what is shared twice: aliases are refused."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@pytest.mark.slow
def test_hostile_names_appear_literally_in_the_page_and_never_as_markup(made: Path) -> None:
    text = squeezed(text_of_html(made / "hostile" / "2026-09-30" / "assess.html"))
    assert [name for name in [*NAMES, *UNSET] if squeezed(name) not in text] == []
    assert NAMES[0] in text_of_html(made / "hostile" / "2026-09-30" / "index.html")


@pytest.mark.slow
def test_hostile_names_appear_literally_in_the_pdf(made: Path) -> None:
    pages = pypdf.PdfReader(made / "hostile" / "2026-09-30" / "assess.pdf").pages
    text = squeezed("".join(page.extract_text() for page in pages))
    assert [name for name in NAMES if squeezed(name) not in text] == []
    assert "[U+53D1]" in text and "[U+1F680]" in text


@pytest.mark.slow
def test_hostile_names_are_text_in_the_spreadsheet(made: Path) -> None:
    book = openpyxl.load_workbook(made / "hostile" / "2026-09-30" / "exhibits" / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert {*NAMES, *UNSET} <= {cell.value for cell in cells}
    assert [cell for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


@pytest.mark.slow
def test_hostile_names_are_no_markup_in_the_charts(made: Path) -> None:
    charts = list((made / "hostile" / "2026-09-30" / "exhibits" / "assess").glob("*.svg"))
    assert len(charts) >= 5
    assert [chart.name for chart in charts if "<script" in chart.read_text() or "<a " in chart.read_text()] == []


@pytest.mark.slow
@pytest.mark.parametrize(("client", "reason"), [("header-only", "no case"), ("incomplete", "no case completed")])
def test_a_log_without_a_complete_case_is_not_estimable(made: Path, client: str, reason: str) -> None:
    text = text_of_html(made / client / "2026-09-30" / "assess.html")
    assert f"not estimable ({reason})" in text
    assert not re.search(r"\b(nan|inf|None|Traceback)\b", text)
