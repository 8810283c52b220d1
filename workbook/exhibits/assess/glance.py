"""The first page of the Assess deliverable: cover, findings in sentences, shortlist, the consultant's own view."""

from __future__ import annotations

from workbook.engagement.commentary import Commentary
from workbook.engagement.faults import FaultsError
from workbook.engagement.schema import GateDecision
from workbook.exhibits import exhibit as make
from workbook.exhibits.assess.common import DASH, reasons_in_words, source_name, use_case_name, writer_of
from workbook.exhibits.exhibit import Exhibit, Tone, cell
from workbook.exhibits.tables import Entry, missing_cell, table
from workbook.exhibits.writer import Writer
from workbook.phases.assess.performance import Performance
from workbook.phases.assess.ranking import RankedCandidate
from workbook.phases.assess.result import AssessResult

Finding = tuple[str, Tone | None]

SUMMARY = "summary"
"""Section of the commentary that stands instead of the findings."""


def cover(result: AssessResult) -> Exhibit:
    """Return the cover with document control; stamped DRAFT while the gate is not approved."""
    write, client = writer_of(result), result.engagement.client
    document, sponsor = client.document, client.sponsor
    control = {
        "prepared_for": client.legal_name or client.name,
        "sponsor": write.person(sponsor.person) if sponsor else write.not_provided,
        "firm": document.firm,
        "partner": document.partner,
        "author": document.author,
        "reviewer": document.reviewer or write.not_provided,
        "version": document.version,
        "status": document.status,
        "distribution": "; ".join(document.distribution) or write.not_provided,
    }
    return make.cover(
        title=write.framework.text("phases.assess.deliverable"),
        subtitle=write.text("cover.subtitle"),
        client=client.name,
        firm=document.firm,
        confidentiality=document.confidentiality,
        as_of=result.engagement.as_of,
        as_of_text=write.as_of,
        control=[(write.text(f"cover.{key}"), value) for key, value in control.items()],
        draft=_draft_reason(result, write),
        language=client.language,
    )


def _draft_reason(result: AssessResult, write: Writer) -> str | None:
    client = result.engagement.client
    gate, status = client.gates.assess, client.document.status
    if gate is None:
        return write.text("cover.draft_gate_missing")
    if gate.decision != "approved":
        return write.text("cover.draft_gate", decision=decision_in_words(write, gate))
    return write.text("cover.draft_status", status=status) if status == "draft" else None


def decision_in_words(write: Writer, gate: GateDecision) -> str:
    """Return the decision of a gate, such as "not yet decided"."""
    return write.framework.text(f"terms.decision.{gate.decision}")


def summary(result: AssessResult) -> Exhibit:
    """Return the findings; the consultant's text stands instead where the commentary replaces the summary."""
    write, commentary = writer_of(result), _commentary(result)
    if commentary and SUMMARY in commentary.replaces:
        paragraphs = commentary.section(SUMMARY, figures_in_words(result))
        return make.prose("summary", paragraphs, "view", _view_title(write))
    lead = write.finding(
        "assess.lead",
        client=result.engagement.client.name,
        processes=len(result.assess.processes),
        use_cases=len(result.assess.use_cases),
        as_of=write.as_of,
    )
    findings = [
        finding_cost(result, write),
        finding_lead_time(result, write),
        finding_data(result, write),
        finding_organisation(result, write),
        finding_compliance(result, write),
        finding_leader(result, write),
    ]
    return make.summary("summary", write.finding("assess.heading"), [*findings, finding_shortlist(result, write)], lead)


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


def finding_lead_time(result: AssessResult, write: Writer) -> Finding:
    """Say how long the measured process takes that is slowest for one case in twenty."""
    measured = [row for row in result.performance if row.is_measured]
    if not measured:
        return write.finding("assess.slowest_none"), "warn"
    slowest = slowest_process(result)
    if slowest is None:
        return write.finding("assess.slowest_unknown"), "warn"
    values = {
        "process": slowest.process.name,
        "p50": write.value(slowest.lead_time_p50),
        "n": write.formats.count(slowest.lead_time_p50.n),
    }
    if not slowest.lead_time_p95.is_known:
        reason = write.missing(slowest.lead_time_p95)
        return write.finding("assess.slowest_no_p95", reason=reason, **values), None
    return write.finding("assess.slowest", p95=write.value(slowest.lead_time_p95), **values), None


def slowest_process(result: AssessResult) -> Performance | None:
    """Return the process with the longest 95th percentile, or median where no log reaches that; None without either."""
    known = [row for row in result.performance if row.baseline and row.baseline.lead_time.p50.is_estimable]
    return max(known, key=lambda row: (row.lead_time_p95.value or 0.0, row.lead_time_p50.value or 0.0), default=None)


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
    organisation, scale = result.organisation, result.framework.readiness_scale
    weakest = organisation.weakest
    if weakest is None:
        return write.finding("assess.organisation_none"), "warn"
    gap = ""
    if weakest.gap is not None and abs(weakest.gap) >= scale.gap_worth_naming and len(organisation.lowest) == 1:
        side = "owners" if weakest.gap > 0 else "frontline"
        gap = write.finding(f"assess.organisation_gap_{side}", gap=write.formats.number(abs(weakest.gap)))
    still_open = ""
    if organisation.unanswered:
        values = {"n": organisation.unanswered, "all": organisation.questions}
        still_open = write.finding("assess.organisation_open", **values)
    sentence = write.finding(
        "assess.organisation_weakest",
        n=len(organisation.lowest),
        dimension=lowest_dimensions(result, write),
        level=write.value(weakest.level),
        gap=gap,
        open=still_open,
    )
    if (weakest.level.value or 0.0) <= scale.barrier_at_most:
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


def finding_leader(result: AssessResult, write: Writer) -> Finding:
    """Say who leads the ranking and how often over the draws."""
    leaders, sure = result.ranking.leaders, result.ranking.acceptability
    if not leaders:
        return write.finding("assess.leader_none" if result.ranking.candidates else "assess.leader_empty"), "bad"
    share = ""
    if sure is not None:
        shares = [write.formats.share(row.first_share.value) for row in leaders if row.first_share]
        draws = write.formats.count(sure.draws)
        share = write.finding("assess.leader_share", n=len(leaders), share=write.names(shares), draws=draws)
    key = "leader" if len(result.ranking.ranked) > 1 else "leader_only"
    names = write.names(use_case_name(result, row.candidate.id) for row in leaders)
    sentence = write.finding(f"assess.{key}", n=len(leaders), use_case=names, share=share)
    return sentence, None if key == "leader" else "warn"


def finding_shortlist(result: AssessResult, write: Writer) -> Finding:
    """Say what is put forward, and whether it is provisional."""
    reason = reasons_in_words(result, write)
    if not result.put_forward:
        return write.finding("assess.shortlist_none", reason=reason), "bad"
    names = write.names((use_case_name(result, row.candidate.id) for row in result.put_forward), longest=5)
    if result.is_provisional:
        return write.finding("assess.shortlist_provisional", names=names, reason=reason), "warn"
    return write.finding("assess.shortlist", names=names), "good"


def table_shortlist(result: AssessResult) -> Exhibit:
    """Return all candidates with their verdict, those to put forward first."""
    write, ranking = writer_of(result), result.ranking
    columns = write.columns(
        "shortlist", "rank", "use_case", "impact", "readiness", "value", "top", "verdict",
        right=("rank", "impact", "readiness", "value", "top"), widths=(0.5, 3.2, 1.1, 1.1, 0.9, 1.1, 1.3),
        k=ranking.shortlist_size,
    )  # fmt: skip
    rows = [_shortlist_row(result, write, row) for row in ranking.candidates]
    title = write.text("shortlist.title", n=len(result.put_forward))
    draws = write.formats.count(ranking.acceptability.draws) if ranking.acceptability else ""
    return table(
        "shortlist",
        title,
        columns,
        rows or [[DASH, missing_cell(write.not_provided), *[DASH] * 5]],
        write.text(
            "shortlist.caption" if draws else "shortlist.caption_untested", k=ranking.shortlist_size, draws=draws
        ),
        write.from_computation,
        notes=[write.text("shortlist.note_open", reason=reasons_in_words(result, write))]
        if result.is_provisional
        else [],
    )


def _shortlist_row(result: AssessResult, write: Writer, row: RankedCandidate) -> list[Entry]:
    case = result.use_case(row.candidate.id)
    is_short = row in result.ranking.shortlist
    verdict, tone = verdict_of(result, row)
    return [
        str(row.rank) if row.rank is not None else DASH,
        cell(case.name, strong=is_short, header=True),
        write.cell(result.impacts[case.id].yearly),
        write.cell(result.candidate_data[case.id].readiness),
        write.cell(row.value),
        write.cell(row.top_share) if row.top_share else DASH,
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
    commentary = _commentary(result)
    paragraphs = commentary.section(section, figures_in_words(result)) if commentary else ()
    return make.prose(f"view-{section}", paragraphs, "view", _view_title(writer_of(result))) if paragraphs else None


def _commentary(result: AssessResult) -> Commentary | None:
    """Return the consultant's paragraphs; FaultsError for a figure that this notebook does not have."""
    commentary = result.engagement.commentary.get("assess")
    faults = commentary.check_figures(result.figures.figures) if commentary else ()
    if faults:
        raise FaultsError(faults)
    return commentary


def figures_in_words(result: AssessResult) -> dict[str, str]:
    """Return every figure as the deliverable writes it, for paragraphs that quote figures by id."""
    write = writer_of(result)
    return {figure.id: write.value(figure) for figure in result.figures}


def _view_title(write: Writer) -> str:
    return write.text("view.title")
