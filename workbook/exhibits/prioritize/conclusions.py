"""What follows from the phase: recommendations, gate, limits and next steps."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.exhibits import exhibit as make
from workbook.exhibits.deliverable import gate_of, next_phase
from workbook.exhibits.exhibit import Exhibit, Tone
from workbook.exhibits.prioritize.candidates import focus, names_of, shortened
from workbook.exhibits.prioritize.common import Finding, reasons_in_words, use_case_name, writer_of
from workbook.exhibits.prioritize.staffing import finding_sponsor
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.result import PrioritizeResult

LONGEST = 90
"""Letters of a risk or an input named in a sentence."""


def recommendations(result: PrioritizeResult) -> Exhibit:
    """Return what to do next; each sentence rests on a finding of the deliverable."""
    write = writer_of(result)
    topics = (_pilot, _inputs, _sample, _risks, _integration, _sourcing, _capacity, _others)
    steps = [step for topic in topics for step in topic(result, write)]
    return make.summary("recommendations", write.text("recommendations.title"), steps)


def _pilot(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    """Yield whether to sign the charter, what to close first, and whether the sponsor is the right one."""
    charter, reason = result.charter, reasons_in_words(result, write)
    if result.chosen is None:
        yield write.finding("prioritize_recommendations.choose", reason=reason), "bad"
        return
    name = use_case_name(result, result.chosen)
    if charter is None:
        yield write.finding("prioritize_recommendations.write", name=name), "bad"
        return
    if charter.missing:
        yield write.finding("prioritize_recommendations.complete", name=name, n=len(charter.missing)), "bad"
    elif result.is_provisional:
        yield write.finding("prioritize_recommendations.sign_provisional", name=name, reason=reason), "warn"
    else:
        yield write.finding("prioritize_recommendations.sign", name=name), "good"
    sentence, tone = finding_sponsor(charter, write)
    if tone == "bad":
        yield write.finding("prioritize_recommendations.sponsor", fact=sentence), "bad"


def _inputs(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    """Yield for which candidates inputs are missing, and which have not been looked into."""
    lacking = [id for id, case in result.cases.items() if case.missing or not case.lines]
    if lacking:
        yield (
            write.finding("prioritize_recommendations.inputs", n=len(lacking), names=names_of(result, lacking, write)),
            "bad",
        )
    if result.not_covered:
        names = names_of(result, result.not_covered, write)
        yield write.finding("prioritize_recommendations.not_covered", names=names), "warn"


def _sample(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    sample = result.charter.sample if result.charter else None
    if sample is None or sample.required.value is None:
        return
    required = write.formats.count(round(sample.required.value))
    if sample.is_enough is False:
        yield write.finding("prioritize_recommendations.sample", required=required), "bad"
    if sample.has_time is False:
        weeks = write.value(sample.weeks_required)
        yield write.finding("prioritize_recommendations.weeks", required=required, weeks=weeks), "bad"


def _risks(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    register = result.risks.get(focus(result) or "")
    if register is None:
        return
    unowned, unmitigated = register.unowned, register.unmitigated
    if unowned:
        first = shortened(unowned[0].risk.name, LONGEST)
        yield write.finding("prioritize_recommendations.risks_unowned", n=len(unowned), first=first), "warn"
    if unmitigated:
        first = shortened(unmitigated[0].risk.name, LONGEST)
        yield write.finding("prioritize_recommendations.risks_unmitigated", n=len(unmitigated), first=first), "warn"
    if register.risks and not unowned and not unmitigated:
        worst = register.risks[0]
        words = {"risk": shortened(worst.risk.name, LONGEST), "owner": write.person(worst.risk.owner)}
        yield write.finding("prioritize_recommendations.risk_first", **words), None


def _integration(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    review = result.integration.get(focus(result) or "")
    if review is None:
        return
    if review.unplanned:
        names = write.names(_system(result, id) for id in review.unplanned)
        yield write.finding("prioritize_recommendations.unplanned", systems=names), "warn"
    if review.is_low:
        words = {
            "share": write.value(review.share),
            "limit": write.formats.share(review.flag_below.value),
            "support": write.framework.text("terms.support.none"),
        }
        yield write.finding("prioritize_recommendations.integration_low", **words), "warn"
    not_offered = [row.system.name for row in review.systems if row.verdict == "not_offered"]
    if not_offered:
        yield write.finding("prioritize_recommendations.not_offered", systems=write.names(not_offered)), "warn"


def _system(result: PrioritizeResult, id: str) -> str:
    """Return the name of a system, or its id where the client does not describe it."""
    technology = result.engagement.technology
    names = {system.id: system.name for system in technology.systems} if technology else {}
    return names.get(id, id)


def _sourcing(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    reviews = {review.use_case: review for review in result.sourcing.reviews}
    review = reviews.get(focus(result) or "")
    if review is None:
        return
    if review.choice == "build" and review.lacks_team:
        yield write.finding("prioritize_recommendations.lacks_team"), "bad"
    elif review.choice is None:
        yield write.finding("prioritize_recommendations.sourcing_open"), "warn"
    elif not review.is_settled:
        open_answers = sum(answer == "unknown" for side in review.answers.values() for answer in side.values())
        yield write.finding("prioritize_recommendations.sourcing_unsettled", n=open_answers), "warn"
    elif review.follows is False:
        yield write.finding("prioritize_recommendations.sourcing_against"), "warn"


def _capacity(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    capacity = result.comparison.capacity
    tones: dict[str, Tone] = {"too_few": "bad", "unknown": "warn"}
    if capacity.verdict in tones:
        yield write.finding(f"prioritize_recommendations.capacity_{capacity.verdict}"), tones[capacity.verdict]


def _others(result: PrioritizeResult, write: Writer) -> Iterator[Finding]:
    """Yield what becomes of the candidates that are not piloted now."""
    if result.chosen is None:
        return
    waiting = [id for id in result.comparison.by_npv if id != result.chosen]
    lost = [id for id in waiting if (result.values[id].npv.value or 0.0) <= 0]
    kept = [id for id in waiting if id not in lost]
    if kept:
        yield write.finding("prioritize_recommendations.keep", n=len(kept), names=names_of(result, kept, write)), None
    if lost:
        yield write.finding("prioritize_recommendations.drop", n=len(lost), names=names_of(result, lost, write)), None


def table_gate(result: PrioritizeResult) -> Exhibit:
    """Return the human decision beside the candidate that this deliverable proposes."""
    forward = [result.chosen] if result.chosen else []
    return gate_of(result, result.engagement.client.gates.prioritize, forward, lambda id: use_case_name(result, id))


def limits(result: PrioritizeResult) -> Exhibit:
    """Return what the business cases and the charter must not be used for, and what would change them."""
    write, finance = writer_of(result), result.finance
    keys = ["purpose"]
    keys += [f"risk_{finance.risk}"] if finance else ["no_finance"]
    keys += (
        ["capacity"] if any(line.kind == "capacity" for case in result.cases.values() for line in case.lines) else []
    )
    sample = result.charter.sample if result.charter else None
    if sample is not None and sample.plan is not None:
        keys += ["chance", "half"]
        keys += ["borrowed"] if sample.is_borrowed else []
    keys += ["overruns", "people"]
    sentences = [write.finding(f"prioritize_limits.{key}") for key in keys]
    inputs = [each.figure for case in result.cases.values() for each in case.inputs.values() if each.figure.is_known]
    figures = {figure.id: figure for figure in inputs}.values()
    weak = sum(figure.evidence in ("assumed", None) for figure in figures)
    if weak:
        sentences.insert(1, write.finding("prioritize_limits.assumed", n=weak, all=len(figures)))
    return make.summary("limits", write.text("limits.title"), [(sentence, None) for sentence in sentences])


def next_steps(result: PrioritizeResult) -> Exhibit:
    """Return what the next phase is for, its activities and what it hands over."""
    return next_phase(result, "pilot")
