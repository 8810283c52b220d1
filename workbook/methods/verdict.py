"""The verdict on a pilot, go, iterate or stop, derived by one rule from what was measured and what was agreed.

Every effect is oriented by the caller so that a larger one is better and zero is no effect. Every interval has the
level of the look it was taken at: 95 % for a single analysis, 1 - 2 (1 - Phi(b)) for a look with boundary b, so that
"the interval excludes no effect" is the boundary crossed, and each guardrail keeps its own error under the same looks.

The steps of `PRECEDENCE` are tried in turn and the first that applies decides:

1. an open blocker stops, whatever the data say;
2. a suspect allocation iterates: the effects are then no evidence, neither for a go nor for a stop;
3. a guardrail shown inferior or a primary effect whose best end misses the worthwhile effect stops. A changed charter
   does not lift this: the effects are judged by the approved charter, and a stop must not be avoided by moving the
   goalposts. Nor do unplanned looks, although they raise the risk of a false stop as well as that of a false go: on
   either side from 2.5 to 4.2 % with two equal looks and to 5.4 % with three. That is a choice: whoever looks once more
   must not avert a stop by it;
4. every clause of the go holds: go;
5. everything else iterates, with the reasons. What is missing or not stated never counts as held.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from workbook.methods.estimates import Estimate

Decision = Literal["go", "iterate", "stop"]

PRECEDENCE: tuple[tuple[str, Decision], ...] = (
    ("blocker_open", "stop"),
    ("allocation_suspect", "iterate"),
    ("guardrail_inferior", "stop"),
    ("worthwhile_out_of_reach", "stop"),
    ("all_clauses_hold", "go"),
    ("otherwise", "iterate"),
)
"""The steps of the rule in the order they are tried, each with the decision it leads to."""

# Differences of shares such as 0.7 - 0.4 miss the round number by a few units in the last place.
_RELATIVE, _ABSOLUTE = 1e-9, 1e-12


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A quality that must not get worse by the margin or more; `effect` is pilot minus baseline, larger is better."""

    id: str
    effect: Estimate
    margin: float


@dataclass(frozen=True, slots=True)
class PilotResults:
    """What the rule judges. None always means not known, and what is not known never lets a pilot go.

    `worthwhile` is the minimum worthwhile effect of the approved charter. `guardrails` and `blockers` are empty when
    there are none. `adoption` is judged by its value. `looks_planned` says whether this look, and the level of its
    intervals, belong to the schedule of the charter. `allocation_suspect` and `charter_changed` are checks, False when
    passed or not applicable.
    """

    primary: Estimate
    worthwhile: float
    guardrails: tuple[Guardrail, ...] | None = None
    adoption: Estimate | None = None
    adoption_threshold: float | None = None
    blockers: tuple[str, ...] | None = None
    looks_planned: bool | None = None
    allocation_suspect: bool | None = None
    charter_changed: bool | None = None
    is_final_look: bool = True

    def __post_init__(self) -> None:
        _check_number("worthwhile", self.worthwhile, at_least=0.0)
        _check_effect("primary", self.primary)
        for guardrail in self.guardrails or ():
            _check_number(f"the margin of {guardrail.id!r}", guardrail.margin, at_least=0.0)
            _check_effect(guardrail.id, guardrail.effect)
        if self.adoption is not None:
            _check_effect("adoption", self.adoption)
        if self.adoption_threshold is not None:
            _check_number("adoption_threshold", self.adoption_threshold)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of the rule: whether it holds (None: not known), and the figure compared with the threshold.

    `toward` says which decision the clause supports: all of "go" are needed, one of "stop" is enough. `subject` is
    the id of the guardrail. A count or a check has no interval and is compared with zero.
    """

    id: str
    toward: Literal["go", "stop"]
    holds: bool | None
    figure: float | None
    threshold: float | None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, the clauses behind it in the order of the rule, and why it is not a go (empty for a go)."""

    decision: Decision
    clauses: tuple[Clause, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExtraSample:
    """How many more observations per arm would decide at the observed effects, and `toward` which decision.

    `n` is None where that cannot be said, and `reason` says why: "not_measured" or "not_estimable".
    """

    n: int | None
    toward: Literal["go", "stop"] | None
    reason: str | None = None


def judge(results: PilotResults) -> Verdict:
    """Return the verdict by the steps of `PRECEDENCE`.

    Go needs all of: the primary interval lies above no effect; its value reaches the worthwhile effect; each guardrail
    lies above minus its margin (non-inferior); adoption reaches its threshold; no blocker is open; the looks were
    planned; the allocation is sound; the charter is unchanged. Stop needs one of: a blocker is open; a guardrail lies
    below minus its margin; the primary interval lies below the worthwhile effect. "Reaches" admits equality, "above"
    and "below" do not.

    >>> results = PilotResults(Estimate(0.2, 0.1, 0.3), 0.1, (), Estimate(0.5), 0.3, (), True, False, False)
    >>> judge(results).decision
    'go'
    """
    go, stop = tuple(_go_clauses(results)), tuple(_stop_clauses(results))
    shown = {clause.id for clause in stop if clause.holds}
    suspect = bool(results.allocation_suspect)
    if "blocker_open" in shown or (shown and not suspect):
        step = tuple(name for name, decision in PRECEDENCE if decision == "stop" and name in shown)
        return Verdict("stop", go + stop, ("blocker_open",) if suspect else step)
    if all(clause.holds for clause in go):
        return Verdict("go", go + stop, ())
    # With a suspect allocation the effects say nothing, so neither do the reasons that come from them.
    silent = {"excludes_no_effect", "reaches_worthwhile", "guardrail_not_inferior"} if suspect else set()
    reasons = (_reason(clause, results) for clause in go if not clause.holds and clause.id not in silent)
    return Verdict("iterate", go + stop, tuple(dict.fromkeys(reasons)))


def support(effect: Estimate, border: float, level: float = 0.95) -> float | None:
    """Return how strongly the data support an effect above the border, between 0 and 1; a supplement to the verdict.

    Phi((value - border) / s), with s from the end of the interval that faces the border: the posterior probability
    under a flat prior, by the normal approximation. None without a value or without that end.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    if effect.value is None:
        return None
    end = effect.low if effect.value >= border else effect.high
    if end is None or not math.isfinite(end):
        return None
    error = abs(effect.value - end) / z
    return NormalDist().cdf((effect.value - border) / error) if error > 0 else float(effect.value >= border)


def extra_sample(results: PilotResults, n: int) -> ExtraSample:
    """Return the additional observations per arm, after `n`, at which the intervals decide if the effects stay as seen.

    An end at distance w from the value comes within the distance v to its border after n (w / v)^2, since the width
    of an interval falls with the square root of the sample. Towards a go the slowest of the clauses counts, towards a
    stop the quickest. Zero when the intervals decide already: then what is missing is not a matter of sample.

    "not_estimable" where an effect lies on its border, the worthwhile effect or minus a margin: the rule then
    turns on chance whatever the sample. "not_measured" where an effect or an end of its interval is missing.
    Raises ValueError when `n` is below one.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, found {n}")
    ratios: dict[str, list[float]] = {"go": [], "stop": []}
    for effect, border, reached in _distances(results):
        if effect.value is None or effect.low is None or effect.high is None:
            return ExtraSample(None, None, "not_measured")
        if _equal(effect.value, border):
            return ExtraSample(None, None, "not_estimable")
        if effect.value > border:
            ratios["go"].append((effect.value - effect.low) / (effect.value - reached))
        else:
            ratios["stop"].append((effect.high - effect.value) / (border - effect.value))
    ratio = min(ratios["stop"]) if ratios["stop"] else max(ratios["go"])
    needed = 0.0 if ratio < 1 else n * ratio**2
    if not math.isfinite(needed):
        return ExtraSample(None, None, "not_estimable")
    # The end must lie beyond the border, not on it.
    more = 0 if ratio < 1 else max(math.floor(needed) + 1 - n, 1)
    return ExtraSample(more, "stop" if ratios["stop"] else "go")


def _distances(results: PilotResults) -> Iterator[tuple[Estimate, float, float]]:
    """Yield each effect with the border between go and stop, and the border its interval must clear for a go."""
    yield results.primary, results.worthwhile, 0.0
    for guardrail in results.guardrails or ():
        yield guardrail.effect, -guardrail.margin, -guardrail.margin


def _go_clauses(results: PilotResults) -> Iterator[Clause]:
    primary, adoption = results.primary, results.adoption or Estimate.missing("not_provided")
    yield _above("excludes_no_effect", _end(primary, primary.low), 0.0)
    yield _reaches("reaches_worthwhile", primary.value, results.worthwhile)
    if results.guardrails is None:
        yield Clause("guardrail_not_inferior", "go", None, None, None)
    for guardrail in results.guardrails or ():
        low = _end(guardrail.effect, guardrail.effect.low)
        yield _above("guardrail_not_inferior", low, -guardrail.margin, guardrail.id)
    yield _reaches("adoption_reaches_threshold", adoption.value, results.adoption_threshold)
    yield _none_of("no_blocker_open", None if results.blockers is None else len(results.blockers))
    yield _none_of("looks_planned", None if results.looks_planned is None else not results.looks_planned)
    yield _none_of("allocation_sound", results.allocation_suspect)
    yield _none_of("charter_unchanged", results.charter_changed)


def _stop_clauses(results: PilotResults) -> Iterator[Clause]:
    blockers = None if results.blockers is None else len(results.blockers)
    yield Clause("blocker_open", "stop", None if blockers is None else blockers > 0, blockers, 0.0)
    for guardrail in results.guardrails or ():
        high = _end(guardrail.effect, guardrail.effect.high)
        yield _below("guardrail_inferior", high, -guardrail.margin, guardrail.id)
    yield _below("worthwhile_out_of_reach", _end(results.primary, results.primary.high), results.worthwhile)


_IF_FALSE = {
    "excludes_no_effect": "underpowered",
    "reaches_worthwhile": "effect_below_worthwhile",
    "guardrail_not_inferior": "guardrail_undecided",
    "adoption_reaches_threshold": "adoption_below_threshold",
    "no_blocker_open": "blocker_open",
    "looks_planned": "looks_unplanned",
    "allocation_sound": "allocation_suspect",
    "charter_unchanged": "charter_changed",
}
_IF_UNKNOWN = {
    "no_blocker_open": "blockers_not_stated",
    "looks_planned": "looks_not_stated",
    "allocation_sound": "allocation_not_checked",
    "charter_unchanged": "charter_not_checked",
}


def _reason(clause: Clause, results: PilotResults) -> str:
    if clause.holds is None:
        return _IF_UNKNOWN.get(clause.id, "not_measured")
    if clause.id == "excludes_no_effect" and not results.is_final_look:
        return "continue_to_next_look"
    return _IF_FALSE[clause.id]


def _end(effect: Estimate, end: float | None) -> float | None:
    return end if effect.is_estimable else None


def _equal(figure: float, border: float) -> bool:
    return math.isclose(figure, border, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)


def _above(id: str, figure: float | None, border: float, subject: str | None = None) -> Clause:
    holds = None if figure is None else figure > border and not _equal(figure, border)
    return Clause(id, "go", holds, figure, border, subject)


def _below(id: str, figure: float | None, border: float, subject: str | None = None) -> Clause:
    holds = None if figure is None else figure < border and not _equal(figure, border)
    return Clause(id, "stop", holds, figure, border, subject)


def _reaches(id: str, figure: float | None, border: float | None) -> Clause:
    holds = None if figure is None or border is None else figure > border or _equal(figure, border)
    return Clause(id, "go", holds, figure, border)


def _none_of(id: str, count: float | None) -> Clause:
    return Clause(id, "go", None if count is None else count == 0, None if count is None else float(count), 0.0)


def _check_number(name: str, value: float, at_least: float = -math.inf) -> None:
    if not math.isfinite(value) or value < at_least:
        allowed = "a finite number" if at_least == -math.inf else f"a finite number of {at_least:g} or more"
        raise ValueError(f"{name} must be {allowed}, found {value}")


def _check_effect(name: str, effect: Estimate) -> None:
    ends = (effect.low, effect.value, effect.high)
    known = [end for end in ends if end is not None]
    if any(math.isnan(end) for end in known) or (effect.value is not None and not math.isfinite(effect.value)):
        raise ValueError(f"the effect of {name!r} is {ends}: give finite numbers, or None where it is not known")
    if effect.is_estimable and known != sorted(known):
        raise ValueError(f"the effect of {name!r} is {ends}: low, value and high must be in this order")
