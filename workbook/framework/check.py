"""Checks across the framework's files that no single model can make."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.framework.entries import VOCABULARIES, Entries, Part
from workbook.framework.load import Framework

FREE_TEXTS = ("labels", "findings", "exhibits")
"""Sections of the text file that belong to no entry of a structure file."""


def check_framework(framework: Framework) -> list[str]:
    """Return what is wrong across files: words without an entry, entries without words, names that lead nowhere."""
    return [*_check_texts(framework), *_check_references(framework)]


def parts(framework: Framework) -> Iterator[tuple[str, Part]]:
    """Yield each part of the framework with its dotted key, down to the smallest."""
    for name in type(framework).model_fields:
        yield from _walk(name, getattr(framework, name))


def _walk(key: str, value: object) -> Iterator[tuple[str, Part]]:
    if isinstance(value, Entries):
        for id, part in value.items():
            yield from _walk(f"{key}.{id}", part)
    elif isinstance(value, Part):
        yield key, value
        for name in type(value).model_fields:
            yield from _walk(f"{key}.{name}", getattr(value, name))


def _expected_texts(framework: Framework) -> set[str]:
    keys = {f"terms.{name}.{word}" for name, words in VOCABULARIES.items() for word in words}
    for key, part in parts(framework):
        keys |= {f"{key}.{word}" for word in part.text_keys()}
    return keys


def _check_texts(framework: Framework) -> list[str]:
    expected = _expected_texts(framework)
    found = {key for key in framework.texts if key.partition(".")[0] not in FREE_TEXTS}
    missing = [f"text/{framework.language}.yaml: {key} has no words" for key in sorted(expected - found)]
    orphans = [f"text/{framework.language}.yaml: {key} belongs to no entry" for key in sorted(found - expected)]
    return missing + orphans


def _check_references(framework: Framework) -> list[str]:
    known = {
        "source": set(framework.sources),
        "neighbours": set(framework.benchmarks),
        "phases": set(framework.phases),
        "phase": set(framework.phases),
        "axis": set(framework.axes),
        "dimensions": set(framework.readiness),
        "theme": set(framework.themes),
        "percentiles": set(framework.percentiles),
        "needs": {id for request in framework.data_requests.values() for id in request.fields},
        "baseline": set(framework.baseline),
    }
    problems = []
    for key, part in parts(framework):
        for name in known.keys() & type(part).model_fields.keys():
            value = getattr(part, name)
            named = value if isinstance(value, tuple) else () if value is None else (value,)
            problems += [f"{key}.{name}: {id!r} does not exist" for id in named if id not in known[name]]
    return sorted(problems)
