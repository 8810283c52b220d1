"""A process that is fenced in cannot open another client's folder, by whatever way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

OUTCOMES = """
import json, os, pathlib, shutil, sqlite3, sys
from workbook.publish.fence import close_folders
root, source = sys.argv[1:]
os.chdir(root)
close_folders([os.path.join(root, place, "other") for place in ("parameters", "outputs")])
try:
    exec(source)
    print(json.dumps("allowed"))
except Exception as error:
    print(json.dumps(type(error).__name__))
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("office")
    for folder in ("parameters/mine", "parameters/other", "parameters/other-too", "outputs/other", "elsewhere"):
        (root / folder).mkdir(parents=True)
        (root / folder / "client.yaml").write_text("name: x")
    (root / "parameters" / "brand.yaml").write_text("colour: blue")
    (root / "parameters" / "mine" / "link.yaml").symlink_to("../other/client.yaml")
    (root / "elsewhere" / "door").symlink_to(root / "parameters" / "other")
    return root


def outcome(office: Path, source: str) -> str:
    """What becomes of some Python in a process that is fenced in."""
    ended = subprocess.run([sys.executable, "-c", OUTCOMES, office, source], capture_output=True, text=True, check=True)
    return str(json.loads(ended.stdout))


REFUSED = """
open('parameters/other/client.yaml')
os.open('parameters/other/client.yaml', os.O_RDONLY)
open(b'parameters/other/client.yaml')
open('parameters/other/new.yaml', 'w')
open('parameters/mine/../other/client.yaml')
open('parameters/./other//client.yaml')
open('parameters/mine/link.yaml')
open('elsewhere/door/client.yaml')
pathlib.Path('parameters/other/client.yaml').read_text()
list(pathlib.Path('parameters/other').iterdir())
list(os.walk("parameters/other", onerror=lambda error: exec("raise error")))
os.listdir('parameters/other')
os.listdir('outputs/other')
os.scandir('parameters/other')
sqlite3.connect('parameters/other/data.db')
shutil.copy('parameters/other/client.yaml', 'elsewhere/copy.yaml')
shutil.copytree('parameters/other', 'elsewhere/copied')
shutil.rmtree('parameters/other')
os.link('parameters/other/client.yaml', 'elsewhere/hard.yaml')
os.rename('parameters/other', 'elsewhere/moved')
os.rename('parameters/mine/client.yaml', 'parameters/other/client.yaml')
os.replace('parameters/other/client.yaml', 'parameters/mine/client.yaml')
os.remove('parameters/other/client.yaml')
os.chdir('parameters/other')
""".strip().splitlines()

ALLOWED = """
open('parameters/mine/client.yaml')
open('parameters/mine/new.yaml', 'w')
os.listdir('parameters/mine')
os.listdir('parameters')
open('parameters/brand.yaml')
open('parameters/other-too/client.yaml')
open('elsewhere/client.yaml')
sqlite3.connect(':memory:')
open(os.open('parameters/brand.yaml', os.O_RDONLY))
import colorsys
""".strip().splitlines()


@pytest.fixture(scope="module")
def outcomes(office: Path) -> dict[str, str]:
    """What becomes of each line, all in one process."""
    program = OUTCOMES.partition("try:")[0] + (
        "outcomes = {}\nfor line in json.loads(source):\n"
        "    try:\n        exec(line)\n        outcomes[line] = 'allowed'\n"
        "    except Exception as error:\n        outcomes[line] = type(error).__name__\n    os.chdir(root)\n"
        "print(json.dumps(outcomes))"
    )
    command = [sys.executable, "-c", program, office, json.dumps([*REFUSED, *ALLOWED])]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, str] = json.loads(ended.stdout)
    return told


@pytest.mark.parametrize("line", REFUSED)
def test_the_folder_of_another_client_is_closed(outcomes: dict[str, str], line: str) -> None:
    assert outcomes[line] == "ClosedFolderError"


@pytest.mark.parametrize("line", ALLOWED)
def test_everything_else_is_open(outcomes: dict[str, str], line: str) -> None:
    assert outcomes[line] == "allowed"


def test_nothing_of_the_other_client_was_changed(office: Path, outcomes: dict[str, str]) -> None:
    assert os.listdir(office / "parameters" / "other") == ["client.yaml"]
    assert sorted(os.listdir(office / "elsewhere")) == ["client.yaml", "door"]


def test_a_client_that_is_a_link_is_closed_where_it_lies(office: Path) -> None:
    (office / "outputs" / "other" / "client.yaml").unlink()
    (office / "outputs" / "other").rmdir()
    (office / "outputs" / "other").symlink_to(office / "elsewhere")
    assert outcome(office, "open('elsewhere/client.yaml')") == "ClosedFolderError"
