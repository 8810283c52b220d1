import dataclasses
import datetime as dt
import json
import re
from html.parser import HTMLParser

import pytest
from IPython.core.formatters import DisplayFormatter

from workbook.exhibits.exhibit import (
    EXHIBIT_MIME,
    FIGURES_MIME,
    Column,
    Exhibit,
    cell,
    cover,
    figures_bundle,
    prose,
    provenance,
    summary,
)  # fmt: skip
from workbook.exhibits.tables import table_data

WORDS = {"title": "A finding", "alt": "What it shows", "caption": "How to read it", "source": "Client parameters"}
HOSTILE = '<script>alert("x")</script> & "quoted"'
NUMBERS = table_data([Column("name", "Name"), Column("value", "Value", "right")], [["Claims", cell("€1.2m", 1.2e6)]])


def chart(**changes):
    return Exhibit(**{"kind": "chart", "id": "process-map", **WORDS, "data": NUMBERS, "svg": "<svg/>", **changes})


def opening():
    return cover(
        title=HOSTILE, subtitle="Assess", client="A client", firm="A firm", confidentiality="Confidential",
        as_of=dt.date(2026, 9, 30), as_of_text="30 September 2026", control=[("Author", HOSTILE)], draft="gate pending",
    )  # fmt: skip


def test_a_chart_displays_its_drawing_and_the_whole_bundle():
    shown = chart()._repr_mimebundle_()
    assert set(shown) == {"text/html", "image/svg+xml", EXHIBIT_MIME}
    assert shown[EXHIBIT_MIME] == {
        "kind": "chart", "id": "process-map", **WORDS, "orientation": "portrait", "data": NUMBERS,
    }  # fmt: skip


def test_everything_else_displays_html():
    for exhibit in (opening(), summary("glance", "At a glance", []), prose("view", ["One."]), table_exhibit()):
        assert set(exhibit._repr_mimebundle_()) == {"text/html", EXHIBIT_MIME}


def test_ipython_shows_the_bundle_once_with_a_short_text():
    shown, _ = DisplayFormatter().format(chart())
    assert set(shown) == {"text/html", "image/svg+xml", EXHIBIT_MIME, "text/plain"}
    assert shown["text/plain"] == "<chart process-map: A finding>"


def test_a_bundle_survives_json():
    bundle = opening().bundle()
    assert json.loads(json.dumps(bundle)) == bundle


@pytest.mark.parametrize("word", ["title", "alt", "caption", "source"])
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_chart_without_one_of_its_words_is_refused_by_name(word, blank):
    with pytest.raises(ValueError, match=f"exhibit 'process-map': {word} is missing"):
        chart(**{word: blank})


def test_all_faults_of_an_exhibit_are_named_at_once():
    with pytest.raises(ValueError, match="alt is missing; caption is missing"):
        chart(alt="", caption="")


def test_an_id_is_a_slug_and_a_chart_has_a_drawing():
    with pytest.raises(ValueError, match="is not a slug"):
        chart(id="Process map")
    with pytest.raises(ValueError, match="needs a drawing"):
        chart(svg=None)


def test_a_row_that_does_not_fit_its_columns_is_refused():
    with pytest.raises(ValueError, match="row 1 has 1 cells for 2 columns"):
        chart(data=NUMBERS | {"rows": [["Claims"]]})


def test_an_empty_cell_needs_a_column_that_allows_it():
    rows = [["Claims", None]]
    with pytest.raises(ValueError, match="row 1, column 'value' is empty"):
        chart(data=NUMBERS | {"rows": rows})
    allowed = [Column("name", "Name"), Column("value", "Value", empty=True)]
    assert chart(data=table_data(allowed, rows)).data["rows"] == rows


def test_nan_reaches_neither_a_cell_nor_the_data_nor_the_register():
    with pytest.raises(ValueError, match="is not a number to show"):
        cell("nan", float("nan"))
    with pytest.raises(ValueError, match="cannot be written as JSON"):
        chart(data=NUMBERS | {"notes": [float("nan")]})
    with pytest.raises(ValueError, match=r"figure 'cost\.total' cannot be written"):
        figures_bundle({"cost.total": {"value": float("inf")}})


def test_a_cell_holds_only_what_is_said_of_it():
    assert cell("Claims") == {"text": "Claims"}
    assert cell("€1.2m", 1.2e6, "M", "good", 0.5, True, True) == {
        "text": "€1.2m", "value": 1.2e6, "mark": "M", "tone": "good", "shade": 0.5, "strong": True, "header": True,
    }  # fmt: skip


@pytest.mark.parametrize("part", [{"mark": "X"}, {"tone": "red"}, {"shade": 1.5}])
def test_a_cell_refuses_what_exporters_do_not_know(part):
    with pytest.raises(ValueError, match="cell 'a'"):
        cell("a", **part)


def test_the_figure_register_is_displayed_under_its_own_type():
    figures = {"cost.total": {"value": 12.5, "unit": "EUR"}}
    assert figures_bundle(figures)._repr_mimebundle_() == {FIGURES_MIME: {"figures": figures}}


def test_the_cover_carries_what_exporters_need():
    data = opening().data
    assert data["as_of"] == "2026-09-30" and data["draft"] == "gate pending" and data["language"] == "en"


def test_a_finding_without_a_tone_says_so():
    items = summary("glance", "At a glance", [("One.", None), ("Two.", "bad")]).data["items"]
    assert items == [{"tone": None, "text": "One."}, {"tone": "bad", "text": "Two."}]


def table_exhibit():
    columns = [Column("name", HOSTILE), Column("value", "Value", "right")]
    rows = [[HOSTILE, cell(HOSTILE, 1.0, "M", shade=0.9)], ["Claims", cell("late", tone="bad")]]
    data = table_data(columns, rows, [HOSTILE])
    return Exhibit("table", "costs", HOSTILE, "alt", HOSTILE, HOSTILE, data)


class Page(HTMLParser):
    """Collects the tags of a page with their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    "exhibit",
    [
        opening(),
        summary("glance", HOSTILE, [(HOSTILE, "good")], HOSTILE),
        prose("view", [HOSTILE], "view", HOSTILE),
        prose("stamp", [HOSTILE], "draft"),
        provenance("made-from", HOSTILE, [(HOSTILE, HOSTILE)]),
        table_exhibit(),
    ],
    ids=lambda exhibit: exhibit.id,
)
def test_the_screen_shows_client_text_and_never_runs_it(exhibit):
    html = exhibit._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert HOSTILE in Page(html).text


def test_a_table_on_the_screen_heads_its_columns_and_rows():
    page = Page(table_exhibit()._repr_mimebundle_()["text/html"])
    scopes = [attrs.get("scope") for tag, attrs in page.tags if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]
    assert ("abbr", {"title": "measured"}) in page.tags
    assert [tag for tag, _ in page.tags].count("caption") == 1


def test_a_tone_on_the_screen_has_a_shape_and_a_name():
    shown = summary("glance", "At a glance", [("Late.", "bad"), ("On time.", "good")])._repr_mimebundle_()["text/html"]
    page = Page(table_exhibit()._repr_mimebundle_()["text/html"] + shown)
    names = [attrs["aria-label"] for _, attrs in page.tags if attrs.get("role") == "img"]
    assert names == ["unfavourable", "unfavourable", "favourable"]
    assert "■ late" in page.text and "■ Late." in page.text and "● On time." in page.text


def test_a_shaded_cell_states_both_its_colours():
    html = table_exhibit()._repr_mimebundle_()["text/html"]
    assert re.search(r"background:#[0-9A-F]{6};color:#(FFFFFF|000000)", html)


def test_an_exhibit_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        chart().title = "Another"
