import dataclasses
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from chart_examples import EXAMPLES, HOSTILE, LONG, SCRIPTS, SHORT, WORDS, made, texts_of
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from workbook.exhibits.page import page_of
from workbook.exhibits.theme import theme

DPI = 72


def extents(figure):
    """Return each text with its bounding box in points."""
    with theme():
        figure.dpi = DPI
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        return [(text.get_text(), text.get_window_extent(renderer).frozen()) for text in texts_of(figure)]


def first_overlap(boxes, slack):
    """Return two texts whose boxes overlap by more than the slack both ways, or None."""
    edges = np.array([(box.x0, box.y0, box.x1, box.y1) for _, box in boxes])
    low = np.maximum(edges[:, None, :2], edges[None, :, :2])
    high = np.minimum(edges[:, None, 2:], edges[None, :, 2:])
    overlapping = np.triu((high - low > slack).all(axis=2), k=1)
    return next(((boxes[one][0], boxes[other][0]) for one, other in np.argwhere(overlapping)), None)


@pytest.mark.parametrize("names", [LONG, (*SCRIPTS, *HOSTILE)], ids=["long", "hostile"])
def test_no_two_texts_of_a_chart_overlap_and_none_leaves_the_page(kind, names):
    _, draw, data = EXAMPLES[kind]
    page, _ = page_of(draw, data(names))
    boxes = extents(page.figure)
    # half a point is the slack between letters and their box
    slack = 0.5
    assert first_overlap(boxes, slack) is None
    edges = page.figure.bbox
    outside = [
        text
        for text, box in boxes
        if min(box.x0, box.y0) < -slack or box.x1 > edges.x1 + slack or box.y1 > edges.y1 + slack
    ]
    assert outside == []


def test_overlapping_texts_would_be_found():
    figure = Figure()
    figure.text(0.5, 0.5, "one")
    figure.text(0.5, 0.51, "other")
    assert first_overlap(extents(figure), 1.0) == ("one", "other")


def test_a_name_is_never_read_as_a_formula(kind):
    _, draw, data = EXAMPLES[kind]
    page, _ = page_of(draw, data(HOSTILE))
    assert not any(text.get_parse_math() for text in texts_of(page.figure))


def test_the_drawing_holds_no_text_of_the_client_no_date_and_no_comment(kind):
    svg = made(kind, HOSTILE).svg
    ElementTree.fromstring(svg)
    assert svg.startswith("<svg ")
    for found in ("x_1", "alert", "<b>", "<!--", "<script", "<text", "metadata", "Matplotlib"):
        assert found not in svg
    assert not re.search(r"20\d\d-\d\d", svg)


def test_a_chart_gives_the_same_bytes_twice(kind):
    assert made.__wrapped__(kind, SHORT).svg == made(kind, SHORT).svg


def test_two_charts_on_a_page_share_no_ids(kind):
    ids = [
        {node.get("id") for node in ElementTree.fromstring(made(kind, SHORT, name).svg).iter()} - {None}
        for name in ("map", "other")
    ]
    assert ids[0] and not ids[0] & ids[1]


def test_each_name_of_a_chart_stands_in_its_table(kind):
    assert {row[0]["text"] for row in made(kind, HOSTILE).data["rows"]} == set(HOSTILE)


def test_a_chart_without_rows_can_be_drawn():
    empty = {
        "pareto": {"items": ()},
        "ranked": {"bars": ()},
        "intervals": {"rows": ()},
        "dumbbell": {"rows": ()},
        "ranges": {"rows": ()},
        "heatmap": {"rows": (), "values": (), "outlined": frozenset()},
        "acceptability": {"cases": (), "shares": ()},
        "bubbles": {"bubbles": ()},
        "lines": {"lines": ()},
        "timeline": {"rows": (), "limit": None},
        "swings": {"swings": (), "base": None},
        "grids": {"things": ()},
        "forest": {"rows": ()},
        "course": {"points": (), "looks": ()},
    }
    for name, parts in empty.items():
        chart, _, data = EXAMPLES[name]
        exhibit = chart(dataclasses.replace(data(SHORT), **parts), id=name, **WORDS)
        assert exhibit.data["rows"] == []
