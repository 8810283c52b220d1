"""What follows from the assessment: recommendations, gate, limits, next steps and provenance."""

from __future__ import annotations

import workbook
from workbook.engagement.schema import GateDecision, Sponsor
from workbook.exhibits import exhibit as make
from workbook.exhibits.assess.common import (
    DASH,
    criterion_name,
    reasons_in_words,
    source_name,
    use_case_name,
    writer_of,
)
from workbook.exhibits.assess.glance import Finding, decision_in_words, lowest_dimensions
from workbook.exhibits.assess.ranking import nearest_flip
from workbook.exhibits.assess.readiness import distinct, place_of, shortlist_gaps
from workbook.exhibits.exhibit import Exhibit, FiguresBundle
from workbook.exhibits.tables import table
from workbook.exhibits.writer import Writer
from workbook.phases.assess.integration import NO_INTERFACE
from workbook.phases.assess.measured import NOT_DECLARED
from workbook.phases.assess.ranking import SEED
from workbook.phases.assess.result import AssessResult, could_enter


def recommendations(result: AssessResult) -> Exhibit:
    """Return what to do next; each sentence rests on a finding of the deliverable."""
    write = writer_of(result)
    steps = [
        _recommend_candidates(result, write),
        _recommend_weights(result, write),
        *_recommend_data(result, write),
        *_recommend_organisation(result, write),
        *_recommend_listening(result, write),
        *_recommend_sponsor(result, write),
        *_recommend_compliance(result, write),
        *_recommend_systems(result, write),
    ]
    return make.summary("recommendations", write.text("recommendations.title"), steps)


def _recommend_candidates(result: AssessResult, write: Writer) -> Finding:
    forward, reason = result.put_forward, reasons_in_words(result, write)
    if not forward:
        return write.finding("recommendations.approve_none", reason=reason), "bad"
    names = write.names((use_case_name(result, row.candidate.id) for row in forward), longest=5)
    if result.is_provisional:
        return write.finding("recommendations.approve_provisional", names=names, reason=reason), "warn"
    shares = [write.formats.share(row.top_share.value) for row in forward if row.top_share]
    sentence = write.finding(
        "recommendations.approve", names=names, k=result.ranking.shortlist_size, shares=write.names(shares, longest=5)
    )
    return sentence, "good"


def _recommend_weights(result: AssessResult, write: Writer) -> Finding:
    if len(result.ranking.ranked) < 2:
        return write.finding("recommendations.weights_untested"), "warn"
    nearest = nearest_flip(result)
    if nearest is None:
        return write.finding("recommendations.weights_stable"), None
    point, flip = nearest
    sentence = write.finding(
        "recommendations.weights_tied" if len(point.leaders) > 1 else "recommendations.weights",
        criterion=criterion_name(result, list(result.ranking.weights.values)[point.criterion]),
        flip=write.formats.share(flip.weight),
        weight=write.formats.share(point.weight),
        other=write.names([use_case_name(result, result.ranking.order[i]) for i in flip.leaders]),
    )
    return sentence, None


def _recommend_data(result: AssessResult, write: Writer) -> list[Finding]:
    needed = [result.candidate_data[row.candidate.id] for row in result.ranking.shortlist]
    # What a candidate off the ranking needs is asked for only while it could still come on.
    needed += [result.candidate_data[row.candidate.id] for row in result.ranking.candidates if could_enter(row)]
    missing = {source: reason for data in needed for source, reason in data.missing_sources.items()}
    found: list[Finding] = []
    for key, ids in (
        ("data_unknown", [id for id, reason in missing.items() if reason != NOT_DECLARED]),
        ("data_undeclared", [id for id, reason in missing.items() if reason == NOT_DECLARED]),
    ):
        if ids:
            names = write.names(sorted(source_name(result, id) for id in ids))
            found.append((write.finding(f"recommendations.{key}", sources=names), "bad"))
    if gaps := shortlist_gaps(result):
        worst = gaps[0]
        sentence = write.finding(
            "recommendations.data",
            n=len(distinct(gaps)),
            dimension=write.framework.text(f"quality.{worst.dimension}.name").lower(),
            place=place_of(worst, result, write),
        )
        found.append((sentence, "warn"))
    if needed and all(data.meets_thresholds for data in needed):
        found.append((write.finding("recommendations.data_ready"), "good"))
    return found


def _recommend_organisation(result: AssessResult, write: Writer) -> list[Finding]:
    weakest, scale = result.organisation.weakest, result.framework.readiness_scale
    if weakest is None:
        return []
    found: list[Finding] = []
    if (weakest.level.value or 0.0) <= scale.barrier_at_most:
        sentence = write.finding(
            "recommendations.organisation",
            dimension=lowest_dimensions(result, write),
            level=write.value(weakest.level),
            remedy=" ".join(write.framework.text(f"readiness.{row.id}.remedy") for row in result.organisation.lowest),
        )
        found.append((sentence, "warn"))
    widest = max(
        (row for row in result.organisation.dimensions if row.gap is not None),
        key=lambda row: abs(row.gap or 0.0),
        default=None,
    )
    if widest is not None and abs(widest.gap or 0.0) >= scale.gap_worth_naming:
        name = write.framework.text(f"readiness.{widest.id}.name")
        gap = write.formats.number(abs(widest.gap or 0.0))
        found.append((write.finding("recommendations.gap", dimension=name, gap=gap), "warn"))
    return found


def _recommend_listening(result: AssessResult, write: Writer) -> list[Finding]:
    found: list[Finding] = []
    uncovered = result.interviews.uncovered
    if uncovered:
        sentence = write.finding("recommendations.interviews", n=len(uncovered), process=uncovered[0].process.name)
        found.append((sentence, "warn"))
    uncosted = [row for row in result.process_map.processes if not row.yearly_cost.is_known]
    if uncosted:
        found.append((write.finding("recommendations.ask_for_data", n=len(uncosted)), "warn"))
    return found


def _recommend_sponsor(result: AssessResult, write: Writer) -> list[Finding]:
    fault = _sponsor_fault(result.engagement.client.sponsor)
    if fault is None:
        return []
    return [(write.finding("recommendations.sponsor", fact=write.finding(f"recommendations.{fault}")), "bad")]


def _sponsor_fault(sponsor: Sponsor | None) -> str | None:
    if sponsor is None:
        return "sponsor_missing"
    if sponsor.function == "it":
        return "sponsor_it"
    return None if sponsor.owns_outcome == "yes" else "sponsor_outcome"


def _recommend_compliance(result: AssessResult, write: Writer) -> list[Finding]:
    shortlist = {row.candidate.id for row in result.ranking.shortlist}
    questions = [question for question in result.screening.open_questions if question.use_case in shortlist]
    if not questions:
        return []
    unowned = sum(question.owner is None for question in questions)
    owners = write.finding("recommendations.unowned", n=unowned)
    return [(write.finding("recommendations.compliance", n=len(questions), owners=owners), "warn")]


def _recommend_systems(result: AssessResult, write: Writer) -> list[Finding]:
    shortlist = {row.candidate.id for row in result.ranking.shortlist}
    lacking = [
        review.system.name
        for review in result.systems
        if review.best in (None, NO_INTERFACE) and shortlist & set(review.needed_by)
    ]
    return [(write.finding("recommendations.systems", systems=write.names(lacking)), "warn")] if lacking else []


def table_gate(result: AssessResult) -> Exhibit:
    """Return the human decision beside what this deliverable puts forward."""
    write, gate = writer_of(result), result.engagement.client.gates.assess
    forward = [row.candidate.id for row in result.put_forward]
    rows = [[write.text("gate.put_forward"), _use_cases(result, write, forward)]]
    if gate is not None:
        rows = [*_gate_rows(result, write, gate), *rows]
    if gate is not None and gate.selected:
        rows.append([write.text("gate.difference"), _difference(result, write, gate, forward)])
    return table(
        "gate",
        write.text("gate.title", decision=decision_in_words(write, gate)) if gate else write.text("gate.title_missing"),
        write.columns("gate", "item", "value", widths=(1, 3.5)),
        rows,
        write.text("gate.caption"),
        write.from_parameters,
    )


def _gate_rows(result: AssessResult, write: Writer, gate: GateDecision) -> list[list[str]]:
    by = write.person(gate.by) + (f", {gate.role}" if gate.role else "")
    day = write.formats.date(gate.date) if gate.date else write.not_provided
    return [
        [write.text("gate.decision"), decision_in_words(write, gate)],
        [write.text("gate.by"), f"{by}; {day}"],
        [write.text("gate.selected"), _use_cases(result, write, gate.selected)],
        [write.text("gate.note"), gate.note or DASH],
    ]


def _use_cases(result: AssessResult, write: Writer, ids: tuple[str, ...] | list[str]) -> str:
    return "; ".join(use_case_name(result, id) for id in ids) or write.text("common.none")


def _difference(result: AssessResult, write: Writer, gate: GateDecision, forward: list[str]) -> str:
    only_selected = [id for id in gate.selected if id not in forward]
    only_forward = [id for id in forward if id not in gate.selected]
    parts = []
    if only_selected:
        parts.append(write.text("gate.only_selected", names=_use_cases(result, write, only_selected)))
    if only_forward:
        parts.append(write.text("gate.only_forward", names=_use_cases(result, write, only_forward)))
    return "; ".join(parts) or write.text("gate.same")


def limits(result: AssessResult) -> Exhibit:
    """Return what the assessment must not be used for, and what would change it."""
    write = writer_of(result)
    inputs = [figure for figure in result.figures if not figure.derived_from and figure.is_known]
    weak = [figure for figure in inputs if figure.evidence in ("assumed", None)]
    declared = [row for row in result.performance if not row.is_measured]
    sentences = [write.finding(f"limits.{key}") for key in ("purpose", "impact", "one_time", "tier")]
    if weak:
        sentences.append(write.finding("limits.assumed", n=len(weak), all=len(inputs)))
    if declared:
        sentences.append(write.finding("limits.unmeasured", n=len(declared), all=len(result.performance)))
    for row in result.performance:
        if row.baseline and row.baseline.open:
            sentences.append(
                write.finding(
                    "limits.open_cases",
                    process=row.process.name,
                    n=row.baseline.open,
                    open=write.formats.count(row.baseline.open),
                    cases=write.formats.count(row.baseline.cases),
                )
            )
    sentences += [write.finding(f"limits.{key}") for key in ("ranges", "people", "small_groups")]
    return make.summary("limits", write.text("limits.title"), [(sentence, None) for sentence in sentences])


def table_next_steps(result: AssessResult) -> Exhibit:
    """Return the gate at hand and the activities of the next phase."""
    write = writer_of(result)
    phase = write.framework.phases["prioritize"]

    def words(key: str) -> str:
        return write.framework.text(f"phases.prioritize.{key}")

    weeks = write.text("next_steps.weeks_range", first=phase.week_from, last=phase.week_to)
    rows = [
        [write.text("next_steps.phase"), f"{words('name')} ({weeks}): {words('objective')}"],
        *([f"{n}", words(f"activities.{id}")] for n, id in enumerate(phase.activities, 1)),
        [write.text("next_steps.deliverable"), words("deliverable")],
    ]
    return table(
        "next-steps",
        write.text("next_steps.title"),
        write.columns("next_steps", "step", "content", widths=(1, 4.5)),
        rows,
        write.text("next_steps.caption"),
        write.from_framework,
    )


def provenance(result: AssessResult) -> Exhibit:
    """Return what the deliverable was made from."""
    write, engagement = writer_of(result), result.engagement
    letters = ", ".join(
        f"{entry.letter} {write.framework.text(f'evidence.{id}.name')}"
        for id, entry in write.framework.evidence.items()
    )
    rows = {
        "client": f"{engagement.id}, sha256 {engagement.fingerprint}",
        "as_of": engagement.as_of.isoformat(),
        "rules": write.framework.version,
        "package": f"workbook {workbook.__version__}",
        "seed": str(SEED),
        "evidence": letters,
    }
    files = [(write.text("provenance.inputs"), f"{file}, sha256 {hash}") for file, hash in engagement.inputs.items()]
    title = write.text("provenance.title")
    return make.provenance(
        "provenance", title, [*((write.text(f"provenance.{key}"), value) for key, value in rows.items()), *files]
    )


def register(result: AssessResult) -> FiguresBundle:
    """Return the figure register, from which the deliverable's JSON is written."""
    return make.figures_bundle(result.figures.as_dict()["figures"])
