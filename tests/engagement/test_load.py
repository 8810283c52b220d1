from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.load import Engagement, load_engagement
from workbook.engagement.values import Model, Value

Write = Callable[..., Path]
Models = dict[str, type[Model]]


def faults(parameters: Path, models: Models, client: str = "acme", as_of: str | None = None) -> tuple[Fault, ...]:
    with pytest.raises(FaultsError) as error:
        load_engagement(client, parameters, as_of, models)
    return error.value.faults


@pytest.fixture
def engagement(write: Write, models: Models) -> Engagement:
    return load_engagement("acme", write(), models=models)


def test_an_engagement_holds_the_models_of_its_files(engagement: Engagement) -> None:
    assert engagement.id == "acme"
    assert engagement.as_of == dt.date(2026, 5, 31)
    assert engagement.client.country == "NO"
    assert engagement.assess and engagement.assess.tasks[0].hours.value == 12
    assert engagement.technology is None


def test_each_value_has_its_file_and_line(engagement: Engagement) -> None:
    assert engagement.line_of("assess.tasks.sort.hours") == "assess.yaml:5"
    assert engagement.line_of(("client", "people", 1, "name")) == "client.yaml:6"
    assert engagement.line_of("assess") == "assess.yaml:1"
    assert engagement.sources[("assess", "tasks", 1, "after", 0)] == "assess.yaml:8"


@pytest.mark.parametrize("path", ["assess.tasks.sorted", "pilot.x", "assess.tasks.sort.hours.colour"])
def test_a_path_that_does_not_exist_has_no_line(engagement: Engagement, path: str) -> None:
    with pytest.raises(KeyError):
        engagement.line_of(path)


def test_a_later_day_is_filtered_and_lines_stay_those_of_the_file(write: Write, models: Models) -> None:
    early = load_engagement("acme", write(), "2026-05-19", models)
    assert early.as_of == dt.date(2026, 5, 19)
    assert early.assess and early.assess.tasks[0].hours is None
    assert early.line_of("assess.tasks.ship") == "assess.yaml:6"
    assert load_engagement("acme", write(), dt.date(2026, 5, 20), models).assess.tasks[0].hours == Value(
        value=12, unit="h", evidence="measured", date=dt.date(2026, 5, 20)
    )


def test_every_file_read_has_its_hash(write: Write, models: Models) -> None:
    parameters = write(assess="budget: 1\ntasks:\n  - {id: a, file: data/log.csv}\n  - {id: b, file: ./data/log.csv}\n")
    (parameters / "acme" / "data").mkdir()
    (parameters / "acme" / "data" / "log.csv").write_bytes(b"x" * 100_000)
    (parameters / "acme" / "data" / "unused.csv").touch()
    (parameters / "acme" / "commentary").mkdir()
    (parameters / "acme" / "commentary" / "assess.md").write_text("## at-a-glance\nWell done.\n")
    engagement = load_engagement("acme", parameters, models=models)
    assert list(engagement.inputs) == ["assess.yaml", "client.yaml", "commentary/assess.md", "data/log.csv"]
    assert engagement.inputs["data/log.csv"] == hashlib.sha256(b"x" * 100_000).hexdigest()
    assert engagement.commentary["assess"].sections["at-a-glance"][0].text == "Well done."


def test_the_fingerprint_changes_with_any_input(write: Write, models: Models) -> None:
    first = load_engagement("acme", write(), models=models)
    again = load_engagement("acme", write(), models=models)
    other = load_engagement("acme", write(assess="budget: 101\n"), models=models)
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_faults_of_all_files_are_told_at_once(write: Write, models: Models) -> None:
    parameters = write(
        client="name: Acme\ncountry: no\nas_of: 2026-05-31\npeople: [{id: ann, name: Ann}]\n",
        assess="budget: x\ntasks:\n  - {id: a, owner: anne}\n  - {id: a}\n",
    )
    assert [(fault.file, fault.line, fault.key) for fault in faults(parameters, models)] == [
        ("acme/assess.yaml", 1, "budget"),
        ("acme/assess.yaml", 3, "tasks[0].owner"),
        ("acme/assess.yaml", 4, "tasks[1].id"),
        ("acme/client.yaml", 2, "country"),
    ]


def test_an_id_of_a_faulty_file_is_still_known_to_the_others(write: Write, models: Models) -> None:
    parameters = write(client="colour: red\nname: Acme\ncountry: NO\nas_of: 2026-05-31\npeople: [{id: ann, name: A}]\n")
    assert [fault.key for fault in faults(parameters, models)] == ["tasks[1].owner", "colour"]


def test_a_file_that_cannot_be_read_does_not_accuse_the_others(write: Write, models: Models) -> None:
    (fault,) = faults(write(client="name: 'Acme\n"), models)
    assert fault.file == "acme/client.yaml"


def test_only_the_client_file_must_exist(write: Write, models: Models) -> None:
    assert load_engagement("acme", write(assess=None), models=models).assess is None
    parameters = write(id="birch")
    (parameters / "birch" / "client.yaml").unlink()
    (parameters / "birch" / "assess.yaml").write_text("budget: 1\n")
    (fault,) = faults(parameters, models, "birch")
    assert (fault.file, fault.found) == ("birch/client.yaml", "no file")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("asess.yaml", "rename it to assess.yaml"), ("assess.yml", "rename it to assess.yaml"), ("zzz.yaml", "delete it")],
)
def test_an_unknown_yaml_file_is_a_fault(write: Write, models: Models, name: str, remedy: str) -> None:
    parameters = write(assess=None)
    (parameters / "acme" / name).write_text("budget: 1\n")
    (fault,) = faults(parameters, models)
    assert (fault.file, fault.allowed) == (f"acme/{name}", "one of client.yaml, assess.yaml")
    assert remedy in fault.remedy


def test_commentary_is_named_after_a_notebook(write: Write, models: Models) -> None:
    parameters = write()
    (parameters / "acme" / "commentary").mkdir()
    (parameters / "acme" / "commentary" / "asses.md").write_text("## view\nx\n")
    (fault,) = faults(parameters, models)
    assert (fault.file, fault.remedy) == ("acme/commentary/asses.md", "rename it to assess.md")


def test_a_file_linked_from_outside_is_refused(write: Write, models: Models) -> None:
    parameters = write(assess=None)
    (parameters.parent / "assess.yaml").write_text("budget: 1\n")
    (parameters / "acme" / "assess.yaml").symlink_to(parameters.parent / "assess.yaml")
    (fault,) = faults(parameters, models)
    assert "leads out" in fault.found


def test_a_required_value_dated_later_leaves_no_engagement(write: Write, models: Models) -> None:
    parameters = write(assess="budget: {value: 1, date: 2026-05-20}\n")
    assert load_engagement("acme", parameters, "2026-05-19", models).assess is None


def test_an_as_of_that_is_no_day_is_a_fault(write: Write, models: Models) -> None:
    (fault,) = faults(write(), models, as_of="31.5.2026")
    assert (fault.key, fault.found) == ("as_of", 'text "31.5.2026"')


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys, workbook.engagement, workbook.engagement.load, workbook.engagement.skeleton\n"
        "heavy = {'pandas', 'numpy', 'duckdb', 'papermill', 'nbformat', 'matplotlib', 'ruamel', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
