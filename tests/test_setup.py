"""What pyproject, constraints and environment.yml promise must be the same thing."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"python-duckdb": "duckdb"}
"""Packages that conda-forge carries under another name."""


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def _declared() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    requirements = [*project["dependencies"], *extras["test"], *extras["database"], *extras["cluster"]]
    # conda-forge has no extras: its psycopg brings the client library that [binary] stands for.
    return {_name(requirement): re.sub(r"\[.*?\]", "", requirement) for requirement in requirements}


def _in_environment() -> dict[str, str]:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (from_pypi,) = (entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    requirements = [entry for entry in [*conda, *from_pypi] if not entry.startswith("--") and entry != "pip"]
    named = {_name(entry): entry for entry in requirements}
    return {
        CONDA_NAMES.get(name, name): entry.replace(name, CONDA_NAMES.get(name, name)) for name, entry in named.items()
    }


def test_environment_yml_asks_for_what_pyproject_asks_for() -> None:
    environment = _in_environment()
    python = environment.pop("python")
    assert environment == _declared()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert python == f"python{project['requires-python']}"


def test_constraints_hold_one_version_of_each_declared_package() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    pinned = {_name(line): line.split("==")[1] for line in lines}
    for name, requirement in _declared().items():
        minimum = requirement.split(">=")[1]
        assert name in pinned, f"{name} is not in constraints.txt"
        assert _version(pinned[name]) >= _version(minimum), f"{name} {pinned[name]} is older than {minimum}"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def test_no_registry_and_no_machine_is_named_in_the_set_up() -> None:
    for name in ("pyproject.toml", "constraints.txt", "environment.yml", "Makefile"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "index-url" not in text


def test_help_and_status_load_no_heavy_library() -> None:
    heavy = "pandas", "papermill", "nbformat", "matplotlib", "duckdb", "scipy", "typst"
    for arguments in (["--help"], ["status"]):
        code = (
            "import sys; from workbook.cli import app\n"
            f"try: app({arguments!r})\n"
            "except SystemExit: pass\n"
            f"print([name for name in {heavy!r} if name in sys.modules])"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
        assert run.stdout.splitlines()[-1] == "[]"


def test_publishing_builds_no_grammar_of_internet_addresses() -> None:
    # jsonschema would import it where JupyterLab has installed it; that takes a second, in every process.
    code = "import sys, workbook.publish.package, papermill, jsonschema; print('lark' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout == "False\n"
