"""The few words the exporters print themselves, one table per language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ENGLISH = {
    "all_phases": "all phases",
    "appendix": "Appendix",
    "as_of": "As of",
    "contents": "Contents",
    "exhibits": "Exhibits",
    "data_table": "Data behind this chart",
    "deliverable": "Deliverable",
    "document_control": "Document control",
    "draft": "Draft",
    "exhibit": "Exhibit",
    "formats": "Formats",
    "format_html": "Web page",
    "format_ipynb": "Notebook",
    "format_json": "Figures",
    "format_pdf": "PDF",
    "formula": "Formula or rule",
    "legend": "How to read the marks",
    "not_provided": "not provided",
    "page_of": "Page {page} of {pages}",
    "phase": "Phase",
    "prepared_for": "Prepared for",
    "reports": "Reports",
    "skip": "Skip to the report",
    "source": "Source",
    "tables": "All tables as a spreadsheet",
    "view": "Our view",
    "mark_M": "measured from data",
    "mark_I": "stated in an interview",
    "mark_E": "estimate",
    "mark_A": "assumed",
    "mark_?": "evidence not stated",
    "tone_good": "favourable",
    "tone_warn": "caution",
    "tone_bad": "unfavourable",
    "tone_none": "not assessed",
}

_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": MappingProxyType(_ENGLISH)})

# The region settles hyphenation and, for assistive technology, the accent.
_REGIONS = {"en": "GB"}


def labels_for(language: str) -> Mapping[str, str]:
    """Return the words of the exporters in `language`, such as "en" or "en-GB".

    Raises
    ------
    LookupError
        When the words have not been written in that language.
    """
    primary = language.split("-")[0].lower()
    if primary not in _LABELS:
        raise LookupError(f"language {language!r} has no labels; known are {', '.join(sorted(_LABELS))}")
    return _LABELS[primary]


def language_and_region(language: str) -> tuple[str, str | None]:
    """Return language and region of a language tag: "en-US" is ("en", "US"), "en" takes the house's region."""
    primary, _, region = language.partition("-")
    return primary.lower(), region.upper() or _REGIONS.get(primary.lower())
