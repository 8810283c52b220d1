"""How the system ran: checks of the pipeline, the fallback, versions, failures against the cliff, and its use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbook.engagement.schema_pilot import FailureMode, Fallback, PipelineCheck, Version
from workbook.methods.estimates import Estimate
from workbook.methods.proportions import wilson
from workbook.phases.figures import Figure
from workbook.phases.inputs import NOT_PROVIDED
from workbook.phases.pilot.charter import HeldCharter
from workbook.phases.pilot.context import Context
from workbook.phases.pilot.observed import NO_COLUMN, SMALLEST_GROUP, Flag, MeasuredOutcome, Observed

Against = Literal["above", "below", "undecided", "unknown"]
"""Where a share with its interval lies: all of it above a line, all of it below, both, or not known."""


@dataclass(frozen=True)
class Checks:
    """The checks of pipeline and integration by how they ended; `on_production` are those run on production data."""

    all: tuple[PipelineCheck, ...]
    passed: tuple[PipelineCheck, ...]
    failed: tuple[PipelineCheck, ...]
    not_run: tuple[PipelineCheck, ...]
    on_production: tuple[PipelineCheck, ...]


@dataclass(frozen=True)
class RunVersion:
    """A version and what happened while it handled the cases.

    `effect` is that of the primary criterion on its days, at 95 %. Versions follow each other in time, so that a
    difference between them is described and put down to nothing.
    """

    version: Version
    cases: int | None
    used: Estimate
    failed: Estimate
    effect: Estimate


@dataclass(frozen=True)
class CountedFailure:
    """A failure mode with its cases, its share of all failures, and the share of it and all more frequent ones.

    `mode` is None for a failure that stands in the data and is not described; `name` is then its own.
    """

    name: str
    mode: FailureMode | None
    cases: Figure
    share: float | None
    cumulative: float | None


@dataclass(frozen=True)
class Failures:
    """How often the system fails, against the guide's cliff between demo and production; modes by frequency.

    `rate` is of the pilot's cases. `edge_cases` are modes that nobody knew before the pilot, `unhandled` those that
    nothing catches.
    """

    rate: Figure
    cliff: Figure
    against_cliff: Against
    modes: tuple[CountedFailure, ...]

    @property
    def edge_cases(self) -> tuple[CountedFailure, ...]:
        """Modes that were unknown before the pilot."""
        return tuple(each for each in self.modes if each.mode is not None and each.mode.is_edge_case)

    @property
    def unhandled(self) -> tuple[CountedFailure, ...]:
        """Modes of which nobody says what catches them."""
        return tuple(each for each in self.modes if each.mode is None or not each.mode.handling)


@dataclass(frozen=True)
class Adoption:
    """The share of the pilot's cases handled with the system, against the agreed least use and the guide's alarm line.

    `unknown` counts cases of which nobody knows whether it was used; they are left out. `origin` says whether cases or
    counts were read, or the share was stated in the client's file. `estimate` is what the rule judges: of a stated
    share its value where it is called measured, and nothing otherwise.
    """

    rate: Figure
    estimate: Estimate
    threshold: Figure
    alarm: Figure
    against_threshold: Against
    against_alarm: Against
    unknown: int | None
    origin: Literal["cases", "counts", "stated"] | None = None


@dataclass(frozen=True)
class Operations:
    """How the system ran."""

    checks: Checks
    fallback: Fallback | None
    fallback_rate: Figure
    versions: tuple[RunVersion, ...]
    failures: Failures
    adoption: Adoption
    production_share: Figure


def review_operations(charter: HeldCharter, observed: Observed, context: Context) -> Operations:
    """Return how the system ran."""
    measured = observed.measured
    primary = measured.outcomes.get(charter.primary.id) if measured and charter.primary else None
    fallback = _of_flag(measured.fallback if measured else None, observed)
    return Operations(
        checks=_checks(context.phase.checks),
        fallback=context.phase.fallback,
        fallback_rate=context.register.measured("pilot.fallback_rate", fallback, "share", observed.origin),
        versions=_versions(observed, primary, context),
        failures=_failures(observed, context),
        adoption=_adoption(charter, observed, context),
        production_share=_production(observed, context),
    )


def _checks(checks: tuple[PipelineCheck, ...]) -> Checks:
    def ended(result: str) -> tuple[PipelineCheck, ...]:
        return tuple(each for each in checks if each.result == result)

    on_production = tuple(each for each in checks if each.result != "not_run" and each.on_production_data == "yes")
    return Checks(checks, ended("passed"), ended("failed"), ended("not_run"), on_production)


def _of_flag(flag: Flag | None, observed: Observed) -> Estimate:
    """Return the share with its Wilson interval."""
    if flag is None:
        return Estimate.missing(observed.reason or NO_COLUMN)
    return wilson(flag.yes, flag.known)


def _shown(flag: Flag | None) -> Estimate:
    if flag is None or flag.known < SMALLEST_GROUP:
        return Estimate.missing(NO_COLUMN if flag is None else "too_few", flag.known if flag else 0)
    return wilson(flag.yes, flag.known)


def _versions(observed: Observed, primary: MeasuredOutcome | None, context: Context) -> tuple[RunVersion, ...]:
    measured, versions = observed.measured, context.phase.versions
    if measured is None:
        missing = Estimate.missing(observed.reason or NO_COLUMN)
        return tuple(RunVersion(version, None, missing, missing, missing) for version in versions)
    effects = primary.versions if primary and primary.versions else (Estimate.missing(NO_COLUMN),) * len(versions)
    return tuple(
        RunVersion(version, found.pilot, _shown(found.used), _shown(found.failed), effect)
        for version, found, effect in zip(versions, measured.versions, effects, strict=True)
    )


def against(share: Figure, line: Figure) -> Against:
    """Return where a share lies against a line; on the line is above it."""
    if share.low is None or share.high is None or line.value is None:
        return "unknown"
    if share.low >= line.value:
        return "above"
    return "below" if share.high < line.value else "undecided"


def _failures(observed: Observed, context: Context) -> Failures:
    pitfall = context.framework.pitfalls["demo_cliff"].parameters["failure_rate"]
    cliff = context.house("pilot.failure_rate.cliff", pitfall.value or 0.0, "share", "pitfalls.demo_cliff")
    measured = observed.measured
    estimate = _of_flag(measured.failed if measured else None, observed)
    counts: Mapping[str, int] | None = measured.failures if measured and measured.failed else None
    declared = sum(mode.cases or 0 for mode in context.phase.failure_modes)
    if counts is None and measured and measured.pilot and any(m.cases is not None for m in context.phase.failure_modes):
        estimate = wilson(min(declared, measured.pilot), measured.pilot)
    rate = context.register.measured("pilot.failure_rate", estimate, "share", observed.origin)
    return Failures(rate, cliff, against(rate, cliff), _modes(counts, observed, context))


def _modes(counts: Mapping[str, int] | None, observed: Observed, context: Context) -> tuple[CountedFailure, ...]:
    """Return the modes by frequency; those without a number stand last, in the order of the file."""
    found: list[tuple[str, FailureMode | None, Figure]] = []
    for mode in context.phase.failure_modes:
        id = f"pilot.failure.{mode.id}.cases"
        if counts is not None:
            cases = context.counted(id, float(counts.get(mode.id, 0)), "cases", observed.origin)
        else:
            value = None if mode.cases is None else float(mode.cases)
            line = context.line_of(("failure_modes", mode.id))
            reason = None if value is not None else NOT_PROVIDED
            cases = context.register.add(Figure(id, value, "cases", source=line, reason=reason))
        found.append((mode.name, mode, cases))
    described = [mode.id for mode in context.phase.failure_modes]
    # What people wrote into the data has no name of ours: it is counted together.
    others = sum(n for name, n in (counts or {}).items() if name not in described)
    if others:
        figure = context.counted("pilot.failure_undescribed.cases", float(others), "cases", observed.origin)
        found.append(("", None, figure))
    found.sort(key=lambda each: -1.0 if each[2].value is None else each[2].value, reverse=True)
    total = sum(cases.value or 0.0 for _, _, cases in found)
    modes, running = [], 0.0
    for name, known, cases in found:
        running += cases.value or 0.0
        is_known = cases.value is not None and total > 0
        share = (cases.value or 0.0) / total if is_known else None
        modes.append(CountedFailure(name, known, cases, share, running / total if is_known else None))
    return tuple(modes)


def _adoption(charter: HeldCharter, observed: Observed, context: Context) -> Adoption:
    measured = observed.measured
    flag, stated = measured.used if measured else None, context.phase.utilisation
    origin: Literal["cases", "counts", "stated"] | None
    if flag is None and stated is not None:
        rate = context.declared("pilot.adoption", stated, "share", ("utilisation",))
        is_measured = stated.evidence == "measured"
        estimate = Estimate(stated.value) if is_measured else Estimate.missing("not_measured")
        origin = "stated"
    else:
        estimate, origin = _of_flag(flag, observed), observed.kind if flag else None
        rate = context.register.measured("pilot.adoption", estimate, "share", observed.origin)
    line = context.framework.pitfalls["change_neglected"].parameters["utilisation"]
    alarm = context.house("pilot.adoption.alarm", line.value or 0.0, "share", "pitfalls.change_neglected")
    return Adoption(
        rate, estimate, charter.adoption, alarm, against(rate, charter.adoption), against(rate, alarm),
        measured.pilot - flag.known if measured and flag else None, origin,
    )  # fmt: skip


def _production(observed: Observed, context: Context) -> Figure:
    """Return the share of real cases: by the data, else as declared."""
    measured, id = observed.measured, "pilot.production_share"
    if measured is not None and measured.production is not None:
        return context.register.measured(id, _of_flag(measured.production, observed), "share", observed.origin)
    return context.declared(id, context.phase.production_share, "share", ("production_share",))
