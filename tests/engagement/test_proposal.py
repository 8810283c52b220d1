from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.engagement import save
from workbook.engagement.faults import FaultsError
from workbook.engagement.load import Engagement, load_engagement
from workbook.engagement.proposal import Edit, propose
from workbook.engagement.yaml_edit import NotSavable, Whole
from workbook.engagement.yaml_reader import at

DEMO = Path(__file__).parents[2] / "parameters" / "brauer-logistik"
EFFECT = ("use_cases", "order-entry-from-mail", "effect")


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    shutil.copytree(DEMO, tmp_path / "parameters" / DEMO.name)
    return tmp_path / "parameters"


@pytest.fixture
def load(parameters: Path) -> Callable[[], Engagement]:
    return lambda: load_engagement(DEMO.name, parameters)


def lines_of(raw: bytes) -> list[bytes]:
    return raw.splitlines(keepends=True)


def test_nothing_is_written_before_it_is_saved(load: Callable[[], Engagement]) -> None:
    client = load()
    proposal = propose(client, [Edit("assess.yaml", ("shortlist_size",), 4)])
    assert load().fingerprint == client.fingerprint
    [path] = proposal.save()
    assert path == client.folder / "assess.yaml"
    saved = load().assess
    assert saved is not None and saved.shortlist_size == 4


def test_the_diff_names_the_file_and_the_lines(load: Callable[[], Engagement]) -> None:
    client = load()
    diff = propose(client, [Edit("client.yaml", ("gates", "assess", "note"), 'He said: "no", Zoë & <b>')]).diff()
    line = client.documents["client"].lines[("gates", "assess")]
    assert diff.startswith("--- brauer-logistik/client.yaml\n+++ brauer-logistik/client.yaml (as it would be)\n@@ -")
    assert f"@@ -{line - 3},7 +{line - 3},7 @@" in diff
    assert '\n+  assess: {decision: pending, note: "He said: \\"no\\", Zoë & <b>"}\n' in diff


def test_what_is_there_already_changes_nothing(load: Callable[[], Engagement]) -> None:
    client = load()
    proposal = propose(client, [Edit("client.yaml", ("gates", "assess", "decision"), "pending")])
    assert (proposal.is_empty, proposal.diff(), dict(proposal.changes), proposal.save()) == (True, "", {}, ())


def test_edits_of_one_file_follow_one_another(load: Callable[[], Engagement]) -> None:
    proposal = propose(
        load(),
        [
            Edit("assess.yaml", (*EFFECT, "likely"), 0.33),
            Edit("assess.yaml", (*EFFECT, "by"), "konrad-lind"),
            Edit("assess.yaml", ("shortlist_size",), 4),
        ],
    )
    [changes] = proposal.changes.values()
    assert len(changes) == 2
    assert "likely: 0.33" in str(changes[0].after) and "by: konrad-lind}" in str(changes[0].after)
    assert (changes[1].before, changes[1].after) == ("shortlist_size: 3", "shortlist_size: 4")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("use_cases", "order-entry-from-mail", "owner"), "nobody", "the unknown person"),
        ((*EFFECT, "low"), 0.9, "low <= likely <= high"),
        ((*EFFECT, "high"), 12, "from 0 to 1"),
        (("weighting", "points"), {"business_impact": 50}, "points beside the method"),
    ],
)
def test_the_client_is_checked_as_it_would_be(
    load: Callable[[], Engagement], path: tuple[str, ...], value: Any, said: str
) -> None:
    client = load()
    with pytest.raises(FaultsError, match=said):
        propose(client, [Edit("assess.yaml", path, value)])
    assert load().fingerprint == client.fingerprint


def test_a_reference_is_checked_across_files(load: Callable[[], Engagement]) -> None:
    client = load()
    people = [person for person in client.documents["client"].data["people"] if person["id"] != "karin-stadlmeier"]
    with pytest.raises(FaultsError) as refused:
        propose(client, [Edit("client.yaml", ("people",), people)])
    assert {fault.file for fault in refused.value.faults} <= {
        f"brauer-logistik/{name}.yaml" for name in ("assess", "prioritize", "compliance", "technology")
    }


def test_two_edits_that_are_only_right_together_are_saved_together(load: Callable[[], Engagement]) -> None:
    client = load()
    people = [*client.documents["client"].data["people"], {"id": "ada", "name": "Ada", "role": "Head of Orders"}]
    new = Edit("client.yaml", ("people",), people)
    owner = Edit("assess.yaml", ("use_cases", "order-entry-from-mail", "owner"), "ada")
    propose(client, [new, owner]).save()
    assert next(case.owner for case in load().assess.use_cases if case.id == "order-entry-from-mail") == "ada"  # type: ignore[union-attr]


def test_a_file_that_does_not_exist_yet_is_added(load: Callable[[], Engagement]) -> None:
    client = load()
    proposal = propose(
        client,
        [
            Edit("commentary/assess.md", (), "## at-a-glance\nOrders come first.\n"),
            Edit("pilot.yaml", ("started",), "2026-10-01"),
        ],
    )
    assert "brauer-logistik/pilot.yaml (no file yet)" in proposal.diff()
    proposal.save()
    now = load()
    assert now.pilot is not None and str(now.pilot.started) == "2026-10-01"
    assert now.commentary["assess"].section("at-a-glance", {}) == ("Orders come first.",)


@pytest.mark.parametrize("text", ["# nothing filled in yet\n", "# nothing filled in yet\r\n# started: 2026-01-01"])
def test_a_file_that_says_nothing_yet_gets_its_first_value(load: Callable[[], Engagement], text: str) -> None:
    file = load().folder / "pilot.yaml"
    file.write_bytes(text.encode())
    propose(load(), [Edit("pilot.yaml", ("started",), "2026-10-01")]).save()
    end = "\r\n" if "\r\n" in text else "\n"
    assert file.read_bytes().decode() == text + end * (not text.endswith("\n")) + f"started: 2026-10-01{end}"


def test_a_gate_that_has_not_been_held_is_added(load: Callable[[], Engagement]) -> None:
    file = load().folder / "client.yaml"
    text = file.read_text().replace("gates:\n  assess:", "#gates:\n#  assess:")
    file.write_text(text)
    decision = {"decision": "iterate", "by": "franziska-brauer", "date": "2026-10-14", "note": "word " * 30}
    propose(load(), [Edit("client.yaml", ("gates", "assess"), decision)]).save()
    assert load().client.gates.assess.decision == "iterate"  # type: ignore[union-attr]
    # What is too long for one line stands on several.
    assert file.read_text().startswith(text)
    assert "gates:\n  assess:\n    decision: iterate\n    by: franziska-brauer\n" in file.read_text()


def test_a_whole_value_takes_the_place_of_another_form(load: Callable[[], Engagement]) -> None:
    propose(load(), [Edit("assess.yaml", EFFECT, Whole({"value": 0.1, "evidence": "assumed"}))]).save()
    [case] = [case for case in load().assess.use_cases if case.id == "order-entry-from-mail"]  # type: ignore[union-attr]
    assert case.effect is not None and case.effect.model_dump(exclude_none=True) == {
        "value": 0.1,
        "evidence": "assumed",
    }


@pytest.mark.parametrize("how", ["edited", "deleted", "appeared", "between"])
def test_a_file_that_changed_underneath_is_refused(load: Callable[[], Engagement], how: str) -> None:
    client = load()
    file = client.folder / ("pilot.yaml" if how == "appeared" else "client.yaml")
    edits = [Edit(file.name, ("started",) if how == "appeared" else ("about",), "2026-10-01")]
    change = {"deleted": file.unlink}.get(
        how, lambda: file.write_bytes(b"# of another person\n" + DEMO.joinpath("client.yaml").read_bytes())
    )
    if how == "between":
        proposal = propose(client, edits)
        change()
        meanwhile = file.read_bytes()
        with pytest.raises(FaultsError, match="load it again"):
            proposal.save()
        assert file.read_bytes() == meanwhile
        return
    change()
    with pytest.raises(FaultsError, match=r"has changed since it was read.*load it again"):
        propose(client, edits)


def test_none_of_two_files_is_changed_when_the_second_cannot_be_written(
    load: Callable[[], Engagement], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = load()
    before = {path: path.read_bytes() for path in client.folder.rglob("*") if path.is_file()}
    replace = os.replace

    def fail(source: str, target: Any) -> None:
        if Path(target).name == "assess.yaml":
            raise OSError(28, "No space left on device")
        replace(source, target)

    edits = [Edit("commentary/assess.md", (), "## at-a-glance\nx\n"), Edit("client.yaml", ("about",), "x")]
    proposal = propose(client, [*edits, Edit("assess.yaml", ("shortlist_size",), 4)])
    monkeypatch.setattr(save.os, "replace", fail)
    with pytest.raises(FaultsError, match="No space left"):
        proposal.save()
    assert {path: path.read_bytes() for path in client.folder.rglob("*") if path.is_file()} == before


def test_a_read_only_file_is_left_alone(load: Callable[[], Engagement]) -> None:
    client = load()
    file = client.folder / "client.yaml"
    file.chmod(0o444)
    before = file.read_bytes()
    with pytest.raises(FaultsError, match="change its rights"):
        propose(client, [Edit("client.yaml", ("about",), "x")]).save()
    assert file.read_bytes() == before


@pytest.mark.parametrize("file", ["../norrhaven/client.yaml", "data/prepare.py", "approved/x.json", "commentary/x.md"])
def test_only_files_of_the_client_can_be_saved(load: Callable[[], Engagement], file: str) -> None:
    with pytest.raises(NotSavable, match="no file of parameters or commentary"):
        propose(load(), [Edit(file, ("about",), "x")])


def test_a_link_out_of_the_folder_that_was_put_in_a_files_place_is_refused(
    load: Callable[[], Engagement], tmp_path: Path
) -> None:
    client = load()
    file = client.folder / "client.yaml"
    (tmp_path / "elsewhere.yaml").write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(FaultsError, match="has changed since"):
        propose(client, [Edit("client.yaml", ("about",), "x")])


def test_a_new_file_is_not_written_through_a_link_out_of_the_folder(
    load: Callable[[], Engagement], tmp_path: Path
) -> None:
    client = load()
    (tmp_path / "elsewhere").mkdir()
    shutil.rmtree(client.folder / "commentary", ignore_errors=True)
    (client.folder / "commentary").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FaultsError, match="a link that leads out of the client's folder"):
        propose(load(), [Edit("commentary/assess.md", (), "## at-a-glance\n\nLook.\n")])


def test_line_ends_and_byte_order_mark_stay(load: Callable[[], Engagement]) -> None:
    file = load().folder / "client.yaml"
    windows = b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes(windows)
    proposal = propose(load(), [Edit("client.yaml", ("employees", "value"), 1901)])
    assert "\r" not in proposal.diff()
    proposal.save()
    assert file.read_bytes() == windows.replace(b"value: 1900,", b"value: 1901,")


def test_a_fault_that_is_there_already_does_not_stop_another_edit(load: Callable[[], Engagement]) -> None:
    file = load().folder / "client.yaml"
    file.write_text(file.read_text().replace("country: DE", "country: UK"))
    assert not propose(load(), [Edit("client.yaml", ("about",), "x")]).is_empty
    with pytest.raises(FaultsError, match="unknown country"):
        propose(load(), [Edit("client.yaml", ("country",), "EU")])


def test_an_approval_without_a_selection_is_noted(load: Callable[[], Engagement]) -> None:
    proposal = propose(load(), [Edit("client.yaml", ("gates", "assess", "decision"), "approved")])
    assert "0 use cases selected" in [note.found for note in proposal.notes]


@cache
def demo_numbers() -> tuple[tuple[str, tuple[str | int, ...]], ...]:
    """Where the demo holds numbers that may move a little without a contradiction."""
    documents = load_engagement(DEMO.name, DEMO.parent).documents
    return tuple(
        (f"{name}.yaml", path)
        for name, document in documents.items()
        for path in document.lines
        if path[-1] in ("value", "likely", "volume", "cost_per_transaction")
        and isinstance(at(document.data, path), int | float)
    )


@settings(max_examples=25)
@given(st.data(), st.floats(0, 1, allow_nan=False))
def test_any_number_is_saved_exactly_and_every_other_line_stays(
    load: Callable[[], Engagement], data: st.DataObject, share: float
) -> None:
    file, path = data.draw(st.sampled_from(demo_numbers()))
    client = load()
    before, document = (client.folder / file).read_bytes(), client.documents[file.removesuffix(".yaml")]
    inside = at(document.data, path[:-1])
    # Between its neighbours where there are any, else a little less than it is.
    low, high = (inside["low"], inside["high"]) if path[-1] == "likely" else (0.9, 1.0)
    number = low + share * (high - low) if path[-1] == "likely" else (low + share * (high - low)) * inside[path[-1]]
    number = min(max(number, min(low, high)), high) if path[-1] == "likely" else number
    propose(client, [Edit(file, path, number)]).save()
    after = (client.folder / file).read_bytes()
    assert at(load().documents[file.removesuffix(".yaml")].data, path) == number
    differing = [
        i for i, pair in enumerate(zip(lines_of(before), lines_of(after), strict=True), 1) if pair[0] != pair[1]
    ]
    assert differing in ([], [document.lines[path]])
    (client.folder / file).write_bytes(before)
