"""What every HTML page is made with: templates that escape, one stylesheet with its fonts, a policy for the browser."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from workbook.publish import palette
from workbook.publish.bundle import Cell, Exhibit
from workbook.publish.markdown import Block
from workbook.publish.text import Run, Runs, plain

TEMPLATES = Path(__file__).parent / "templates"
_FONTS = Path(__file__).parents[1] / "fonts"
_SIGNS = {"good": "●", "warn": "▲", "bad": "■", "none": "○"}

# The parts of the shipped family a Western page needs, with the ranges its maker gives; Greek and
# Cyrillic fall back to the reader's own fonts rather than doubling the size of every file.
_FACES = {
    "Latin1": "U+0000-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2013-2014,U+2018-201A,U+201C-201E,"
    "U+2020-2022,U+2026,U+2030,U+2039-203A,U+2044,U+2074,U+20AC,U+2122,U+2212,U+FB01-FB02",
    "Latin2": "U+0100-0130,U+0132-0151,U+0154-024F,U+0259,U+1E00-1EFF,U+20A0-20AB,U+20AD-20CF",
}


@cache
def environment() -> Environment:
    """Return the templates, with everything escaped unless made by the filters below."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, auto_reload=False,
    )  # fmt: skip
    templates.filters |= {"runs": _runs, "plain": plain, "cell": _cell, "base64": _base64}
    templates.tests["exhibit"] = lambda block: isinstance(block, Exhibit)
    templates.globals |= {
        "kind_of": _kind_of,
        "signs": _SIGNS,
        "shade_step": palette.shade_step,
    }
    return templates


@cache
def stylesheet() -> str:
    """Return the style of every page, fonts included."""
    faces = [
        "@font-face{font-family:'Plex';font-display:swap;"
        f"font-weight:{weight};unicode-range:{reach};"
        f"src:url(data:font/woff2;base64,{_base64((_FONTS / f'IBMPlexSans-{style}-{part}.woff2').read_bytes())})}}"
        for style, weight in (("Regular", 400), ("SemiBold", 600))
        for part, reach in _FACES.items()
    ]
    colours = {
        name.lower(): value for name, value in vars(palette).items() if name.isupper() and isinstance(value, str)
    }
    colours |= palette.TONES
    variables = ";".join(f"--{name}:{value}" for name, value in colours.items())
    shades = [
        f".s{step}{{background:{fill};color:{text}}}"
        for step in range(palette.SHADE_STEPS + 1)
        for fill, text in [palette.shade_colours(step)]
    ]
    rules = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return "\n".join([*faces, f":root{{{variables}}}", rules, *shades])


@cache
def sorting_script() -> str:
    """Return the one script a page may have: it sorts tables and does nothing else."""
    return (TEMPLATES / "sort.js").read_text(encoding="utf-8")


def content_policy(styles: Sequence[str], scripts: Sequence[str] = ()) -> str:
    """Return a content security policy that allows these styles, scripts and what is embedded, nothing else."""
    may_run = f" script-src {_hashes(scripts)};" if scripts else ""
    return (
        f"default-src 'none';{may_run} style-src {_hashes(styles)}; img-src data:; font-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _hashes(texts: Sequence[str]) -> str:
    return " ".join(f"'sha256-{_base64(hashlib.sha256(text.encode()).digest())}'" for text in texts)


def _runs(runs: Runs) -> Markup:
    return Markup("").join(map(_run, runs))


def _run(run: Run) -> Markup:
    markup = escape(run.text) if run.text != "\n" else Markup("<br>")
    for wanted, tag in ((run.code, "code"), (run.emphasis, "em"), (run.strong, "strong")):
        if wanted:
            markup = Markup(f"<{tag}>") + markup + Markup(f"</{tag}>")
    return Markup('<a href="{}">{}</a>').format(run.href, markup) if run.href else markup


def _cell(cell: Cell, words: Mapping[str, str]) -> Markup:
    parts = [escape(cell.text)]
    if cell.strong:
        parts = [Markup("<strong>"), *parts, Markup("</strong>")]
    if cell.tone:
        sign = Markup('<span class="sign {}" aria-hidden="true">{}</span><span class="vh">{}: </span>')
        parts.insert(0, sign.format(cell.tone, _SIGNS[cell.tone], words[f"tone_{cell.tone}"]))
    if cell.mark:
        mark = Markup(
            '&#8202;<sup class="mark" title="{0}"><span aria-hidden="true">{1}</span>'
            '<span class="vh"> ({0})</span></sup>'
        )
        parts.append(mark.format(words[f"mark_{cell.mark}"], cell.mark))
    return Markup("").join(parts)


def _kind_of(block: Block | Exhibit) -> str:
    return block.kind if isinstance(block, Exhibit) else type(block).__name__.lower()


def _base64(data: str | bytes) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode("ascii")
