import hashlib
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
from chart_examples import SHORT, made
from matplotlib.figure import Figure

from workbook.exhibits.svg import svg_of, text_width
from workbook.exhibits.theme import font, theme

SCRIPT = """
import hashlib, sys
sys.path.insert(0, {folder!r})
from chart_examples import SHORT, made
for kind in {kinds!r}:
    print(hashlib.sha256(made(kind, SHORT).svg.encode()).hexdigest())
"""


def test_another_process_draws_the_same_bytes():
    # between them: bars, hatches, markers, clipped lines and placed labels
    kinds = ["ranked", "heatmap", "bubbles", "intervals"]
    here = [hashlib.sha256(made(kind, SHORT).svg.encode()).hexdigest() for kind in kinds]
    script = SCRIPT.format(folder=str(Path(__file__).parent), kinds=kinds)
    environment = {"PYTHONHASHSEED": "123", "PATH": "", "MPLCONFIGDIR": mpl.get_configdir()}
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert there.stdout.split() == here


def test_the_settings_of_the_session_do_not_reach_a_drawing():
    plain = made("ranges", SHORT).svg
    with mpl.rc_context({"figure.facecolor": "black", "grid.linestyle": "--", "text.color": "red", "figure.dpi": 300}):
        assert made.__wrapped__("ranges", SHORT).svg == plain


def _figure_with(text):
    figure = Figure(figsize=(3, 1))
    figure.text(0.1, 0.5, text, fontproperties=font(), parse_math=False)
    return figure


def test_a_letter_is_outlined_once_and_used_as_often_as_it_occurs():
    svg = svg_of(_figure_with("aabb a"), "page")
    assert svg.count('<path id="page-g') == 2
    assert svg.count('<use xlink:href="#page-g0"') == 3
    assert svg.count('<use xlink:href="#page-g1"') == 2


def test_a_letter_the_text_face_lacks_comes_from_the_fallback():
    assert svg_of(_figure_with("\N{GEORGIAN LETTER AN}"), "page").count("<use") == 1


def test_the_width_of_a_text_grows_with_its_letters_and_its_size():
    with theme():
        assert text_width("", font()) == 0
        assert text_width("mm", font()) == 2 * text_width("m", font())
        assert text_width("m", font(size=17.0)) == 2 * text_width("m", font(size=8.5))
        assert text_width("Weight", font("semibold")) > text_width("Weight", font())
