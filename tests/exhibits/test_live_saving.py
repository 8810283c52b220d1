from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from workbook.engagement.load import Engagement, load_engagement
from workbook.engagement.proposal import Edit
from workbook.exhibits.live.saving import Saving, Who, checked_day

DEMO = Path(__file__).parents[2] / "parameters" / "brauer-logistik"


@pytest.fixture
def client(tmp_path: Path) -> Engagement:
    shutil.copytree(DEMO, tmp_path / "parameters" / DEMO.name)
    return load_engagement(DEMO.name, tmp_path / "parameters")


def about(text: str, asked: list[Who] | None = None, *, file: str = "client.yaml") -> object:
    def edits(who: Who) -> list[Edit]:
        if asked is not None:
            asked.append(who)
        return [Edit(file, ("about",), text)]

    return edits


def test_a_choice_is_seen_as_a_diff_then_saved(client: Engagement) -> None:
    asked: list[Who] = []
    panel = Saving(client, about("New words.", asked))  # type: ignore[arg-type]
    assert panel.save.disabled and panel.date.value == client.as_of
    panel.by.value = "konrad-lind"
    panel.look.click()
    assert asked == [Who("konrad-lind", client.as_of)]
    assert "+  New words." in panel.diff.value and "brauer-logistik/client.yaml" in panel.diff.value
    assert 'role="status"' in panel.message.value and not panel.save.disabled
    assert (client.folder / "client.yaml").read_bytes() == (DEMO / "client.yaml").read_bytes()
    panel.save.click()
    assert load_engagement(client.id, client.folder.parent).client.about == "New words."
    assert "Saved client.yaml" in panel.message.value and "workbook run brauer-logistik" in panel.message.value


def test_a_second_save_begins_with_the_file_as_it_is_now(client: Engagement) -> None:
    texts = ["one", "two"]
    saved: list[Engagement] = []
    panel = Saving(client, lambda _: [Edit("client.yaml", ("about",), texts[0])], ask_who=False, on_saved=saved.append)
    for _ in range(2):
        panel.look.click()
        panel.save.click()
        assert panel.save.disabled
        texts.pop(0)
    assert [engagement.client.about for engagement in saved] == ["one", "two"]
    assert panel.engagement is saved[-1]


def test_what_was_seen_is_what_is_saved(client: Engagement) -> None:
    panel = Saving(client, about("x"), ask_who=True)  # type: ignore[arg-type]
    panel.by.value = "konrad-lind"
    panel.look.click()
    panel.by.value = "joachim-seidl"
    assert panel.save.disabled and panel.diff.value == ""
    panel.save.click()
    assert (client.folder / "client.yaml").read_bytes() == (DEMO / "client.yaml").read_bytes()


def test_a_judgement_needs_a_person(client: Engagement) -> None:
    panel = Saving(client, about("x"))  # type: ignore[arg-type]
    panel.look.click()
    assert 'role="alert"' in panel.message.value and "choose who made this judgement" in panel.message.value
    assert panel.save.disabled


def test_a_day_after_the_report_is_refused_with_the_reason(client: Engagement) -> None:
    panel = Saving(client, about("x"))  # type: ignore[arg-type]
    panel.by.value, panel.date.value = "konrad-lind", client.as_of + dt.timedelta(1)
    panel.look.click()
    assert "2026-10-16 comes after 2026-10-15, the day of which this report speaks" in panel.message.value
    with pytest.raises(ValueError, match="give the day"):
        checked_day(None, client)


def test_faults_are_shown_in_place_and_handed_on(client: Engagement) -> None:
    handed: list[int] = []
    panel = Saving(client, about("x", file="assess.yaml"), ask_who=False, on_faults=lambda f: handed.append(len(f)))  # type: ignore[arg-type]
    panel.look.click()
    assert "the unknown key about" in panel.message.value and handed == [1]


def test_a_file_edited_meanwhile_is_refused_in_place(client: Engagement) -> None:
    panel = Saving(client, about("x"), ask_who=False)  # type: ignore[arg-type]
    panel.look.click()
    (client.folder / "client.yaml").unlink()
    panel.save.click()
    assert 'role="alert"' in panel.message.value and "load it again, then save" in panel.message.value


def test_texts_of_a_client_never_become_markup(client: Engagement) -> None:
    panel = Saving(client, about("<img src=x onerror=alert(1)> & <b>"), ask_who=False)  # type: ignore[arg-type]
    panel.look.click()
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;" in panel.diff.value
    assert "<img" not in panel.diff.value + panel.message.value


def test_a_choice_that_is_saved_already_says_so(client: Engagement) -> None:
    panel = Saving(client, about(client.client.about or ""), ask_who=False)  # type: ignore[arg-type]
    panel.look.click()
    assert "Nothing would change" in panel.message.value and panel.save.disabled


def test_every_control_has_a_name(client: Engagement) -> None:
    panel = Saving(client, about("x"))  # type: ignore[arg-type]
    assert all(widget.description and widget.tooltip for widget in (panel.by, panel.date, panel.look, panel.save))
