from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from assess_clients import TinyClient

from workbook.exhibits import assess as show
from workbook.exhibits import live
from workbook.exhibits.deliverable import figures_in_words
from workbook.phases.assess import AssessResult

FIGURE = "total-cost"


def commentary(tiny: TinyClient, text: str) -> Path:
    tiny.engagement()
    file = tiny.folder / "commentary" / "assess.md"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())
    return file


def figure_of(result: AssessResult) -> tuple[str, str]:
    return next((id, value) for id, value in figures_in_words(result).items() if result.figures[id].value is not None)


def test_a_view_is_previewed_as_the_deliverable_shows_it_and_saved(tiny: TinyClient) -> None:
    result = tiny.result()
    id, value = figure_of(result)
    editor = live.view(result, "at-a-glance")
    assert editor.text.value == "" and "the section is left out" in editor.message.value
    editor.text.value = "We begin with <post>.\n\nIt takes"
    editor.figure.value = f"{id} = {value}"
    editor.insert.click()
    assert editor.text.value.endswith(f"It takes {{figure:{id}}}") and editor.figure.value == ""
    assert f'<p style="margin:6px 0">It takes {escape(value)}</p>' in editor.preview.value
    assert "&lt;post&gt;" in editor.preview.value and "<post>" not in editor.preview.value
    editor.saving.look.click()
    editor.saving.save.click()
    shown = show.view(tiny.result(), "at-a-glance")
    assert shown is not None and shown.data["paragraphs"] == ["We begin with <post>.", f"It takes {value}"]
    assert shown._repr_mimebundle_()["text/html"] == editor.preview.value


def test_a_figure_that_does_not_exist_is_refused_in_place(result: AssessResult) -> None:
    editor = live.view(result, "at-a-glance")
    editor.text.value = "It takes {figure:no-such-figure}."
    assert 'role="alert"' in editor.message.value and "the unknown figure no-such-figure" in editor.message.value
    editor.saving.look.click()
    assert "the unknown figure" in editor.saving.message.value and editor.saving.save.disabled
    editor.figure.value = "no-such-figure"
    editor.insert.click()
    assert "Choose a figure of this notebook" in editor.said.value


@pytest.mark.parametrize("text", ["## other\nx", "{figure:", "password=hunter2hunter2"])
def test_text_that_the_deliverable_would_refuse_is_refused_in_place(result: AssessResult, text: str) -> None:
    editor = live.view(result, "at-a-glance")
    editor.text.value = text
    assert 'role="alert"' in editor.message.value
    editor.saving.look.click()
    assert 'role="alert"' in editor.saving.message.value and editor.saving.save.disabled


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_other_sections_stay_as_they_are(tiny: TinyClient, end: str) -> None:
    text = end.join(["", "##  at-a-glance  ", "Old words", "go on.", "", "", "## recommendations", "Do  it.   ", ""])
    file = commentary(tiny, text)
    editor = live.view(tiny.result(), "at-a-glance")
    assert editor.text.value == "Old words\ngo on."
    editor.saving.look.click()
    assert "Nothing would change" in editor.saving.message.value
    editor.text.value = "New words."
    editor.saving.look.click()
    editor.saving.save.click()
    new = end.join(["", "##  at-a-glance", "New words.", "", "", "## recommendations", "Do  it.   ", ""])
    assert file.read_bytes().decode() == new


def test_a_section_without_paragraphs_is_taken_out(tiny: TinyClient) -> None:
    file = commentary(tiny, "## at-a-glance\nOld.\n\n## recommendations\nDo it.\n")
    editor = live.view(tiny.result(), "at-a-glance")
    editor.text.value = "  "
    editor.saving.look.click()
    editor.saving.save.click()
    assert file.read_text() == "## recommendations\nDo it.\n"
    assert show.view(tiny.result(), "at-a-glance") is None


def test_a_text_instead_of_the_summary_is_named_in_the_first_line(tiny: TinyClient) -> None:
    file = commentary(tiny, "## at-a-glance\nOld.\n")
    for text, expected in (
        ("In short.", "replaces: summary\n\n## at-a-glance\nOld.\n\n## summary\nIn short.\n"),
        ("", "## at-a-glance\nOld.\n"),
    ):
        editor = live.view(tiny.result(), "summary")
        editor.text.value = text
        editor.saving.look.click()
        editor.saving.save.click()
        assert file.read_text() == expected
        assert (show.summary(tiny.result()).kind == "prose") == bool(text)


def test_a_commentary_edited_meanwhile_is_refused(tiny: TinyClient) -> None:
    file = commentary(tiny, "## at-a-glance\nOld.\n")
    editor = live.view(tiny.result(), "at-a-glance")
    file.write_text("## at-a-glance\nOlder.\n")
    editor.text.value = "New."
    editor.saving.look.click()
    assert "load it again" in editor.saving.message.value
    assert file.read_text() == "## at-a-glance\nOlder.\n"


def test_a_section_that_the_notebook_does_not_show_is_refused(result: AssessResult) -> None:
    with pytest.raises(ValueError, match="allowed are at-a-glance, recommendations, summary"):
        live.view(result, "at-glance")


def test_every_control_has_a_name(result: AssessResult) -> None:
    editor = live.view(result, "recommendations")
    assert all(control.description and control.tooltip for control in (editor.text, editor.figure, editor.insert))


def test_a_file_that_cannot_be_read_any_more_is_said_in_place(tiny: TinyClient) -> None:
    file = commentary(tiny, "## at-a-glance\n\nWe begin.\n")
    editor = live.view(tiny.result(), "at-a-glance")
    file.unlink()
    file.mkdir()
    editor.text.value = "We wait."
    assert "commentary/assess.md cannot be read" in editor.message.value
