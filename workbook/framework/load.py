"""Loading the framework: all structure files and the words of one language, checked by their models, read-only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import Field, ValidationError

from workbook.framework import models as m
from workbook.framework import programme as p
from workbook.framework.entries import Entries, Frozen
from workbook.framework.yaml_files import read_yaml

FOLDER = Path(__file__).parent


class FrameworkError(ValueError):
    """A fault in the framework's own files; `faults` names file, key and what is wrong with each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class Framework(Frozen):
    """All that the workbook judges by. A section of a YAML file is the attribute of the same name."""

    data_version: str
    sources: Entries[m.Source]
    phases: Entries[m.Phase]
    readiness_scale: m.ReadinessScale
    readiness: Entries[m.ReadinessDimension]
    axes: Entries[m.Axis]
    criteria: Entries[m.Criterion]
    excluded_criteria: Entries[m.ExcludedCriterion]
    vetoes: Entries[m.Veto]
    failure_patterns: Entries[p.FailurePattern]
    pitfalls: Entries[p.FailurePattern]
    roles: Entries[p.Role]
    team_models: Entries[p.TeamModel]
    metrics: Entries[p.MetricTier]
    board: p.Board
    benchmarks: Entries[p.Benchmark]
    time_to_value: Entries[p.TimeToValue]
    technology: p.Technology
    integration: p.Integration
    screening: Entries[m.ScreeningQuestion]
    themes: Entries[m.Theme]
    interviews: Entries[m.InterviewGuide]
    data_requests: Entries[m.DataRequest]
    baseline: Entries[m.BaselineMeasure]
    percentiles: Entries[m.Percentile]
    quality: Entries[m.QualityDimension]
    quality_checks: Entries[m.QualityCheck]
    quality_rules: m.QualityRules
    rules: Entries[m.Rule]
    evidence: Entries[m.Evidence]

    language: str
    version: str
    texts: Entries[str] = Field(repr=False)

    def text(self, key: str, /, **values: object) -> str:
        """Return the words under a dotted key, with named values filled in.

        Raises KeyError for a key or a value that is missing; for a key it names the nearest one.

        Example: `text("labels.not_estimable", n=40, needed=72)` is "not estimable: 40 cases, at least 72 needed".
        """
        words = self.texts[key]
        try:
            return words.format_map(values)
        except KeyError as error:
            raise KeyError(f"text {key!r} needs a value for {error}") from None

    def cite(self, source: str) -> str:
        """Return a source line: publisher, title, year, sample, who paid, and whether the original was read."""
        entry = self.sources[source]
        parts = [
            ", ".join(str(part) for part in (entry.publisher, entry.title, entry.year) if part is not None),
            self.text(f"sources.{source}.sample"),
            self.text(f"terms.paid_by.{entry.paid_by}") if entry.kind in ("survey", "study", "forecast") else "",
            self.text(f"terms.read.{entry.read}") if entry.read == "second-hand" else "",
        ]
        return "; ".join(part for part in parts if part)


def load_framework(language: str = "en", folder: Path = FOLDER) -> Framework:
    """Return the framework with the words of `language`; it is read once and kept.

    Raises
    ------
    FrameworkError
        With the faults of all files, or, where each can be read, with all that do not fit the models.
    """
    return _load(language, folder)


def before_forking() -> None:
    """Read the framework in a process that forks many, so that none of these has to."""
    load_framework()


@lru_cache(maxsize=8)
def _load(language: str, folder: Path) -> Framework:
    sections, files, faults = _sections(folder)
    texts, text_faults = _texts(folder / "text", language)
    if faults or text_faults:
        raise FrameworkError(faults + text_faults)
    version = f"{sections.get('data_version')}+{content_hash(folder)[:8]}"
    try:
        return Framework.model_validate(sections | {"language": language, "texts": texts, "version": version})
    except ValidationError as error:
        raise FrameworkError([_fault(item, files) for item in error.errors(include_url=False)]) from None


def content_hash(folder: Path = FOLDER) -> str:
    """Return the SHA-256 of all YAML files below `folder`, names included; line ends do not matter."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _sections(folder: Path) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    sections: dict[str, Any] = {}
    files: dict[str, str] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = read_yaml(path)
        except ValueError as error:
            faults.append(str(error))
            continue
        faults += [f"{path.name}: {name} stands in {files[name]} too" for name in content if name in files]
        files |= dict.fromkeys(content, path.name)
        sections |= content
    return sections, files, faults


def _texts(folder: Path, language: str) -> tuple[dict[str, str], list[str]]:
    path = folder / f"{language}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        return {}, [f"text/{language}.yaml: no such language; there is {known}"]
    try:
        texts = dict(_flat(read_yaml(path)))
    except ValueError as error:
        return {}, [f"text/{error}"]
    problems = ((key, _text_problem(words)) for key, words in texts.items())
    return texts, [f"text/{path.name}: {key}: {problem}" for key, problem in problems if problem]


def _flat(section: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in section.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _text_problem(words: Any) -> str | None:
    if not isinstance(words, str) or not words.strip():
        return f"found {words!r}; write a text"
    if "{" not in words and "}" not in words:
        return None
    try:
        fields = list(Formatter().parse(words))
    except ValueError as error:
        return f"{error}; write a brace that is no field twice"
    for _, name, spec, conversion in fields:
        # Attribute and index access would let a text reach into objects; a value is filled in by its plain name.
        if name is not None and (not name.isidentifier() or spec or conversion):
            return f"found {name!r} in braces; write the plain name of a value"
    return None


def _fault(item: Any, files: Mapping[str, str]) -> str:
    section, *below = (str(part) for part in item["loc"])
    return f"{files.get(section, '*.yaml')}: {'.'.join((section, *below))}: {item['msg']}"
