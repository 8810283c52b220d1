"""How an exhibit looks in JupyterLab: plain HTML with inline styles and every string escaped."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from workbook.exhibits.theme import palette

_EVIDENCE = {"M": "measured", "I": "interview", "E": "estimate", "A": "assumed", "?": "evidence not stated"}
# a shape of its own for each tone, since colour alone tells some readers nothing
_TONES = {"good": ("●", "favourable"), "warn": ("▲", "caution"), "bad": ("■", "unfavourable"), "none": ("○", "none")}

FONT = "font-family:'IBM Plex Sans','Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:1.45"


def html(bundle: Mapping[str, Any], svg: str | None = None) -> str:
    """Return the view of an exhibit's bundle on a white card; `svg` is the drawing of a chart."""
    body = _chart(bundle, svg) if svg is not None else _BODIES[bundle["kind"]](bundle)
    return card(body)


def card(body: str, font: str = FONT) -> str:
    """Return HTML on a white card."""
    colours = palette()
    look = f"background:{colours.paper};color:{colours.ink};padding:12px 16px;max-width:1000px;{font}"
    return f'<div style="{look}">{body}</div>'


def _chart(bundle: Mapping[str, Any], svg: str) -> str:
    """Return a drawing under its title; as an image, so that nothing in it can reach the page."""
    picture = base64.b64encode(svg.encode()).decode()
    image = f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(bundle["alt"])}" style="max-width:100%">'
    return _figure(bundle, f'<p style="{_title_style()}">{escape(bundle["title"])}</p>{image}')


def _table(bundle: Mapping[str, Any]) -> str:
    data, colours = bundle["data"], palette()
    columns = data["columns"]
    heads = "".join(
        f'<th scope="col" style="text-align:{escape(column["align"])};vertical-align:bottom;padding:4px 8px;'
        f'border-bottom:1.5px solid {colours.ink}">{escape(column["label"])}</th>'
        for column in columns
    )
    rows = "".join(
        f'<tr style="background:{colours.paper};border-bottom:1px solid {colours.line}">'
        + "".join(
            _cell(entry, column["align"], index == 0)
            for index, (entry, column) in enumerate(zip(row, columns, strict=True))
        )
        + "</tr>"
        for row in data["rows"]
    )
    table = (
        f'<table style="border-collapse:collapse;width:100%;color:{colours.ink}">'
        f'<caption style="caption-side:top;{_title_style()}">{escape(bundle["title"])}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
    return _figure(bundle, table, data.get("notes") or ())


def _figure(bundle: Mapping[str, Any], body: str, notes: Sequence[str] = ()) -> str:
    """Return a body with its notes, caption and source below."""
    lines = "".join(
        f'<p style="margin:2px 0">{escape(line)}</p>' for line in (*notes, bundle["caption"], bundle["source"])
    )
    return (
        f'<figure style="margin:0">{body}<figcaption style="font-size:12px;color:{palette().muted};text-align:left;'
        f'margin-top:6px">{lines}</figcaption></figure>'
    )


def _title_style() -> str:
    return f"margin:0 0 6px;padding-bottom:6px;text-align:left;font-weight:600;font-size:15px;color:{palette().ink}"


def _cell(entry: str | Mapping[str, Any] | None, align: str, is_header: bool) -> str:
    parts: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"text": entry or ""}
    colours = palette()
    style = f"text-align:{escape(align)};vertical-align:top;padding:4px 8px"
    is_header = is_header or bool(parts.get("header"))
    style += f";font-weight:{600 if parts.get('strong') else 400}"
    shade, tone = parts.get("shade"), parts.get("tone")
    if shade is not None:
        fill = colours.shade(shade)
        style += f";background:{fill};color:{colours.readable_on(fill)}"
    elif tone == "none":
        style += f";color:{colours.muted}"
    mark = parts.get("mark")
    sign = f'<sup style="line-height:0"><abbr title="{_EVIDENCE[mark]}">{mark}</abbr></sup>' if mark else ""
    tag, scope = ("th", ' scope="row"') if is_header else ("td", "")
    return f'<{tag}{scope} style="{style}">{_tone(tone)}{escape(parts["text"])}{sign}</{tag}>'


def _tone(tone: str | None) -> str:
    """Return the sign of a tone with its name, nothing for none."""
    if tone is None:
        return ""
    sign, name = _TONES[tone]
    return f'<span role="img" aria-label="{name}" style="color:{palette().tone(tone)}">{sign}</span> '


def _cover(bundle: Mapping[str, Any]) -> str:
    data, colours = bundle["data"], palette()
    draft = _draft(data["draft"]) if data.get("draft") else ""
    return (
        f'{draft}<p style="margin:0;color:{colours.muted}">{escape(data["firm"])} · {escape(data["confidentiality"])}'
        f'</p><p style="margin:4px 0 0;font-size:22px;font-weight:600">{escape(data["title"])}</p>'
        f'<p style="margin:2px 0">{escape(data["subtitle"])}</p><p style="margin:2px 0;font-weight:600">'
        f"{escape(data['client'])} · {escape(data['as_of_text'])}</p>{_pairs(data['control'])}"
    )


def _summary(bundle: Mapping[str, Any]) -> str:
    data = bundle["data"]
    lead = f'<p style="margin:4px 0">{escape(data["lead"])}</p>' if data.get("lead") else ""
    items = "".join(
        f'<li style="margin:6px 0">{_tone(item["tone"])}{escape(item["text"])}</li>' for item in data["items"]
    )
    return f'{_heading(bundle["title"])}{lead}<ul style="list-style:none;margin:0;padding:0">{items}</ul>'


def _prose(bundle: Mapping[str, Any]) -> str:
    data, colours = bundle["data"], palette()
    if data["style"] == "draft":
        return "".join(_draft(paragraph) for paragraph in data["paragraphs"])
    edge = f"border-left:4px solid {colours.accent};padding-left:12px" if data["style"] == "view" else ""
    tint = f"color:{colours.muted}" if data["style"] == "note" else ""
    body = "".join(f'<p style="margin:6px 0">{escape(paragraph)}</p>' for paragraph in data["paragraphs"])
    return f'<div style="{edge}{tint}">{_heading(bundle["title"])}{body}</div>'


def _provenance(bundle: Mapping[str, Any]) -> str:
    return f"{_heading(bundle['title'])}{_pairs(bundle['data']['rows'])}"


def _heading(title: str) -> str:
    return f'<p style="margin:0 0 4px;font-size:15px;font-weight:600">{escape(title)}</p>' if title else ""


def _draft(reason: str) -> str:
    bad = palette().bad
    return f'<p style="margin:0 0 8px;padding:4px 8px;border:2px solid {bad};color:{bad}">{escape(reason)}</p>'


def _pairs(rows: list[list[str]]) -> str:
    colours = palette()
    body = "".join(
        f'<tr style="background:{colours.paper}">'
        f'<th scope="row" style="text-align:left;font-weight:400;color:{colours.muted};padding:1px 12px 1px 0">'
        f'{escape(name)}</th><td style="text-align:left;padding:1px 0">{escape(text)}</td></tr>'
        for name, text in rows
    )
    return f'<table style="border-collapse:collapse;margin-top:6px;font-size:12px;color:{colours.ink}">{body}</table>'


_BODIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "table": _table,
    "cover": _cover,
    "summary": _summary,
    "prose": _prose,
    "provenance": _provenance,
}
