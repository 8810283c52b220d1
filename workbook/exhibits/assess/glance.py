"""The first page of the Assess deliverable: cover, findings in sentences, shortlist, the consultant's own view."""

from __future__ import annotations

from workbook.exhibits.assess.common import (
    DASH,
    Finding,
    level,
    reasons_in_words,
    rule,
    share_of_draws,
    source_name,
    table_of,
    use_case_name,
    writer_of,
)
from workbook.exhibits.deliverable import cover_of, summary_of, view_of
from workbook.exhibits.exhibit import Exhibit, Tone, cell
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.assess.ranking import RankedCandidate
from workbook.phases.assess.result import AssessResult

PHASE = "assess"


def cover(result: AssessResult) -> Exhibit:
    """Return the cover with document control; stamped DRAFT while the gate is not approved."""
    return cover_of(result, PHASE, writer_of(result).text("cover.subtitle"))


def summary(result: AssessResult) -> Exhibit:
    """Return the findings; the consultant's text stands instead where the commentary replaces the summary."""
    write = writer_of(result)
    lead = write.finding(
        "assess.lead",
        client=result.engagement.client.name,
        processes=len(result.assess.processes),
        use_cases=len(result.assess.use_cases),
        as_of=write.as_of,
    )
    findings = (finding_shortlist, finding_cost, finding_data, finding_organisation, finding_compliance)
    return summary_of(result, PHASE, write.finding("assess.heading"), [find(result, write) for find in findings], lead)


def finding_shortlist(result: AssessResult, write: Writer) -> Finding:
    """Say what is put forward, who leads and how surely, and whether it is provisional."""
    tone: Tone = "warn" if result.is_provisional else "good"
    key = "shortlist_provisional" if result.is_provisional else "shortlist"
    if not result.put_forward:
        key, tone = "shortlist_none", "bad"
    names = write.names((use_case_name(result, row.candidate.id) for row in result.put_forward), longest=5)
    sentence = write.finding(f"assess.{key}", names=names, reason=reasons_in_words(result, write))
    return f"{sentence} {_lead(result, write)}".strip(), tone


def _lead(result: AssessResult, write: Writer) -> str:
    """Say who leads the ranking and in how many draws, or who is alone on it; nothing while nobody is ranked."""
    leaders, sure = result.ranking.leaders, result.ranking.acceptability
    names = write.names(use_case_name(result, row.candidate.id) for row in leaders)
    if len(result.ranking.ranked) < 2 or sure is None:
        return write.finding("assess.leader_only", use_case=names) if leaders else ""
    shares = write.names(write.whole_share(row.first_share.value or 0.0) for row in leaders if row.first_share)
    draws = write.formats.count(sure.draws)
    return write.finding("assess.leader", n=len(leaders), use_case=names, share=shares, draws=draws)


def finding_cost(result: AssessResult, write: Writer) -> Finding:
    """Say how few processes carry most of the cost."""
    processes = result.process_map
    if processes.concentration is None:
        return write.finding("assess.concentration_none"), "warn"
    missing = len(processes.processes) - len(processes.costed)
    values = {
        "n": processes.concentration,
        "all": len(processes.processes),
        "share": write.formats.share(processes.concentrated_share.value),
        "total": write.value(processes.total_cost),
    }
    if missing:
        return write.finding("assess.concentration_partial", missing=missing, **values), "warn"
    return write.finding("assess.concentration", **values), None


def finding_data(result: AssessResult, write: Writer) -> Finding:
    """Say for how many candidates data readiness is measured, how far it ranges, and what holds the worst back."""
    candidates = list(result.candidate_data.values())
    known = [data for data in candidates if data.bottleneck is not None]
    if not known:
        return write.finding("assess.data_none"), "bad"
    worst = min(known, key=lambda data: data.readiness.value or 0.0)
    best = max(known, key=lambda data: data.readiness.value or 0.0)
    assert worst.bottleneck is not None
    tone: Tone = "good" if all(data.meets_thresholds for data in candidates) else "warn"
    counts = {"n": len(known), "all": len(candidates), "lowest": write.value(worst.readiness)}
    if worst.readiness.value == best.readiness.value and len(known) > 1:
        return write.finding("assess.data_level", **counts), tone
    sentence = write.finding(
        "assess.data_bottleneck",
        **counts,
        highest=write.value(best.readiness),
        use_case=worst.use_case.name,
        dimension=write.framework.text(f"quality.{worst.bottleneck.dimension}.name").lower(),
        source=source_name(result, worst.bottleneck.source),
    )
    return sentence, tone


def finding_organisation(result: AssessResult, write: Writer) -> Finding:
    """Say which dimension of the organisation is weakest, and whether owners and frontline see it differently."""
    organisation = result.organisation
    weakest = organisation.weakest
    if weakest is None:
        return write.finding("assess.organisation_none"), "warn"
    gap = ""
    is_wide = weakest.gap is not None and abs(weakest.gap) >= rule(write, "readiness_gap")
    if weakest.gap is not None and is_wide and len(organisation.lowest) == 1:
        side = "owners" if weakest.gap > 0 else "frontline"
        gap = write.finding(f"assess.organisation_gap_{side}", gap=write.formats.fixed(abs(weakest.gap)))
    still_open = ""
    if organisation.unanswered:
        values = {"n": organisation.unanswered, "all": organisation.questions}
        still_open = write.finding("assess.organisation_open", **values)
    sentence = write.finding(
        "assess.organisation_weakest",
        n=len(organisation.lowest),
        dimension=lowest_dimensions(result, write),
        level=level(weakest.level, write),
        gap=gap,
        open=still_open,
    )
    if (weakest.level.value or 0.0) <= rule(write, "readiness_barrier"):
        return sentence, "bad"
    return sentence, "warn" if organisation.unanswered else "good"


def lowest_dimensions(result: AssessResult, write: Writer) -> str:
    """Return the names of the weakest dimensions, several where they are level."""
    return write.names(write.framework.text(f"readiness.{row.id}.name") for row in result.organisation.lowest)


def finding_compliance(result: AssessResult, write: Writer) -> Finding:
    """Say how much of the compliance screening is open."""
    asked = sum(len(row.answers) for row in result.screening.use_cases)
    still_open = len(result.screening.open_questions)
    if not asked:
        return write.finding("assess.compliance_none"), "warn"
    if not still_open:
        return write.finding("assess.compliance_closed", asked=asked), None
    return write.finding("assess.compliance_open", n=still_open, asked=asked), "warn"


def table_shortlist(result: AssessResult) -> Exhibit:
    """Return all candidates with their verdict, those to put forward first."""
    write, ranking = writer_of(result), result.ranking
    columns = write.columns(
        "shortlist", "rank", "use_case", "impact", "readiness", "value", "top", "verdict",
        right=("rank", "impact", "readiness", "value", "top"), widths=(0.5, 3.2, 1.1, 1.1, 1.1, 1.1, 1.3),
        k=ranking.shortlist_size,
    )  # fmt: skip
    rows = [_shortlist_row(result, write, row) for row in ranking.candidates]
    draws = write.formats.count(ranking.acceptability.draws) if ranking.acceptability else ""
    caption = "caption" if draws else "caption_untested"
    reason = reasons_in_words(result, write)
    return table_of(
        write,
        "shortlist",
        write.text("shortlist.title", n=len(result.put_forward)),
        columns,
        rows or [[DASH, missing_cell(write.not_provided), *[DASH] * 5]],
        write.from_computation,
        caption=write.text(f"shortlist.{caption}", k=ranking.shortlist_size, draws=draws),
        notes=[write.text("shortlist.note_open", reason=reason)] if result.is_provisional else [],
    )


def _shortlist_row(result: AssessResult, write: Writer, row: RankedCandidate) -> list[Entry]:
    case = result.use_case(row.candidate.id)
    verdict, tone = verdict_of(result, row)
    return [
        str(row.rank) if row.rank is not None else DASH,
        cell(case.name, strong=row in result.ranking.shortlist, header=True),
        write.cell(result.impacts[case.id].yearly),
        write.cell(result.candidate_data[case.id].readiness),
        write.cell(row.value),
        share_of_draws(row.top_share, write),
        cell(write.text(f"shortlist.verdict_{verdict}"), tone=tone),
    ]


def verdict_of(result: AssessResult, row: RankedCandidate) -> tuple[str, Tone]:
    """Return the verdict on a candidate; one that rests on unknown facts is provisional at best."""
    if row.candidate.vetoes:
        return "vetoed", "bad"
    if row.rank is None:
        return "unranked", "none"
    if row not in result.ranking.shortlist:
        return "ranked", "none"
    return ("provisional", "warn") if result.is_provisional else ("recommended", "good")


def view(result: AssessResult, section: str) -> Exhibit | None:
    """Return the consultant's own paragraphs for a section, None where there are none."""
    return view_of(result, PHASE, section)
