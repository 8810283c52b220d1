"""What follows from the assessment: recommendations, gate, limits and next steps."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.exhibits import exhibit as make
from workbook.exhibits.assess.common import (
    Finding,
    level,
    reasons_in_words,
    rule,
    source_name,
    use_case_name,
    writer_of,
)
from workbook.exhibits.assess.glance import lowest_dimensions
from workbook.exhibits.assess.ranking import flip_in_words, nearest_flip
from workbook.exhibits.assess.readiness import distinct, place_of, shortlist_gaps
from workbook.exhibits.deliverable import gate_of, next_phase
from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.writer import Writer
from workbook.phases.assess.integration import NO_INTERFACE
from workbook.phases.assess.measured import NOT_DECLARED
from workbook.phases.assess.performance import Performance
from workbook.phases.assess.result import AssessResult


def recommendations(result: AssessResult) -> Exhibit:
    """Return what to do next; each sentence rests on a finding of the deliverable."""
    write = writer_of(result)
    topics = (_candidates, _weights, _data, _organisation, _listening, _sponsor, _compliance, _systems)
    steps = [step for topic in topics for step in topic(result, write)]
    return make.summary("recommendations", write.text("recommendations.title"), steps)


def _candidates(result: AssessResult, write: Writer) -> Iterator[Finding]:
    forward, reason = result.put_forward, reasons_in_words(result, write)
    names = write.names((use_case_name(result, row.candidate.id) for row in forward), longest=5)
    if not forward:
        yield write.finding("recommendations.approve_none", reason=reason), "bad"
    elif result.is_provisional:
        yield write.finding("recommendations.approve_provisional", names=names, reason=reason), "warn"
    else:
        k = result.ranking.shortlist_size
        shares = [write.whole_share(row.top_share.value or 0.0) for row in forward if row.top_share]
        words = write.finding("recommendations.approve", names=names, k=k, shares=write.names(shares, longest=5))
        yield words, "good"


def _weights(result: AssessResult, write: Writer) -> Iterator[Finding]:
    nearest = nearest_flip(result)
    if len(result.ranking.ranked) < 2:
        yield write.finding("recommendations.weights_untested"), "warn"
    elif nearest is None:
        yield write.finding("recommendations.weights_stable"), None
    else:
        key, words = flip_in_words(nearest, result, write)
        yield write.finding(f"recommendations.weights{key}", **words), None


def _data(result: AssessResult, write: Writer) -> Iterator[Finding]:
    # What a candidate off the ranking needs is asked for only while it could still come on.
    rows = (*result.ranking.shortlist, *result.challengers)
    needed = [result.candidate_data[row.candidate.id] for row in rows]
    missing = {source: reason for data in needed for source, reason in data.missing_sources.items()}
    for key, is_undeclared in (("data_unknown", False), ("data_undeclared", True)):
        names = sorted(source_name(result, id) for id in missing if (missing[id] == NOT_DECLARED) is is_undeclared)
        if names:
            yield write.finding(f"recommendations.{key}", sources=write.names(names)), "bad"
    if gaps := shortlist_gaps(result):
        dimension = write.framework.text(f"quality.{gaps[0].dimension}.name").lower()
        words = {"dimension": dimension, "place": place_of(gaps[0], result, write)}
        yield write.finding("recommendations.data", n=len(distinct(gaps)), **words), "warn"
    if needed and all(data.meets_thresholds for data in needed):
        yield write.finding("recommendations.data_ready"), "good"


def _organisation(result: AssessResult, write: Writer) -> Iterator[Finding]:
    organisation = result.organisation
    weakest = organisation.weakest
    if weakest is not None and (weakest.level.value or 0.0) <= rule(write, "readiness_barrier"):
        remedy = " ".join(write.framework.text(f"readiness.{row.id}.remedy") for row in organisation.lowest)
        words = {"dimension": lowest_dimensions(result, write), "level": level(weakest.level, write)}
        yield write.finding("recommendations.organisation", remedy=remedy, **words), "warn"
    gaps = {row.id: abs(row.gap) for row in organisation.dimensions if row.gap is not None}
    widest = max(gaps, key=lambda id: gaps[id], default="")
    if gaps and gaps[widest] >= rule(write, "readiness_gap"):
        name, gap = write.framework.text(f"readiness.{widest}.name"), write.formats.fixed(gaps[widest])
        yield write.finding("recommendations.gap", dimension=name, gap=gap), "warn"


def _listening(result: AssessResult, write: Writer) -> Iterator[Finding]:
    if uncovered := result.interviews.uncovered:
        first = uncovered[0].process.name
        yield write.finding("recommendations.interviews", n=len(uncovered), process=first), "warn"
    if uncosted := [row for row in result.process_map.processes if not row.yearly_cost.is_known]:
        yield write.finding("recommendations.ask_for_data", n=len(uncosted)), "warn"


def _sponsor(result: AssessResult, write: Writer) -> Iterator[Finding]:
    sponsor = result.engagement.client.sponsor
    fault = "missing" if sponsor is None else "it" if sponsor.function == "it" else "outcome"
    if sponsor is None or fault == "it" or sponsor.owns_outcome != "yes":
        fact = write.finding(f"recommendations.sponsor_{fault}")
        yield write.finding("recommendations.sponsor", fact=fact), "bad"


def _compliance(result: AssessResult, write: Writer) -> Iterator[Finding]:
    shortlist = {row.candidate.id for row in result.ranking.shortlist}
    questions = [question for question in result.screening.open_questions if question.use_case in shortlist]
    unowned = sum(question.owner is None for question in questions)
    owners = write.finding("recommendations.unowned", n=unowned) if unowned else ""
    if questions:
        yield f"{write.finding('recommendations.compliance', n=len(questions))} {owners}".strip(), "warn"


def _systems(result: AssessResult, write: Writer) -> Iterator[Finding]:
    shortlist = {row.candidate.id for row in result.ranking.shortlist}
    lacking = [
        review.system.name
        for review in result.systems
        if review.best in (None, NO_INTERFACE) and shortlist & set(review.needed_by)
    ]
    if lacking:
        yield write.finding("recommendations.systems", systems=write.names(lacking)), "warn"


def table_gate(result: AssessResult) -> Exhibit:
    """Return the human decision beside what this deliverable puts forward."""
    forward = [row.candidate.id for row in result.put_forward]
    return gate_of(result, result.engagement.client.gates.assess, forward, lambda id: use_case_name(result, id))


def limits(result: AssessResult) -> Exhibit:
    """Return what the assessment must not be used for, and what would change it."""
    write = writer_of(result)
    inputs = [figure for figure in result.figures if not figure.derived_from and figure.is_known]
    weak = [figure for figure in inputs if figure.evidence in ("assumed", None)]
    declared = [row for row in result.performance if not row.is_measured]
    sentences = [write.finding(f"limits.{key}") for key in ("purpose", "impact", "tier")]
    if weak:
        sentences.append(write.finding("limits.assumed", n=len(weak), all=len(inputs)))
    if declared:
        sentences.append(write.finding("limits.unmeasured", n=len(declared), all=len(result.performance)))
    if with_open := [_open_cases(row, write) for row in result.performance if row.baseline and row.baseline.open]:
        sentences.append(write.finding("limits.open_cases", processes="; ".join(with_open)))
    sentences += [write.finding(f"limits.{key}") for key in ("ranges", "people")]
    return make.summary("limits", write.text("limits.title"), [(sentence, None) for sentence in sentences])


def _open_cases(row: Performance, write: Writer) -> str:
    assert row.baseline is not None
    still_open, cases = write.formats.count(row.baseline.open), write.formats.count(row.baseline.cases)
    return write.finding("limits.open_cases_of", process=row.process.name, open=still_open, cases=cases)


def next_steps(result: AssessResult) -> Exhibit:
    """Return what the next phase is for, its activities and what it hands over."""
    return next_phase(result, "prioritize")
