"""The first page of the Pilot Charter: cover, findings in sentences, and the consultant's own view."""

from __future__ import annotations

from workbook.exhibits import exhibit as make
from workbook.exhibits.deliverable import cover_of, summary_of, view_of
from workbook.exhibits.exhibit import Exhibit, Tone
from workbook.exhibits.prioritize.candidates import focus, names_of, said
from workbook.exhibits.prioritize.charter import level_of
from workbook.exhibits.prioritize.common import PHASE, Finding, reasons_in_words, use_case_name, writer_of
from workbook.exhibits.prioritize.deep_dive import table_deep_dive
from workbook.exhibits.prioritize.integration import table_integration
from workbook.exhibits.prioritize.sample import chance
from workbook.exhibits.prioritize.sourcing import table_sourcing
from workbook.exhibits.prioritize.staffing import finding_sponsor
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.charter import PilotCharter
from workbook.phases.prioritize.result import PrioritizeResult


def cover(result: PrioritizeResult) -> Exhibit:
    """Return the cover with document control; stamped DRAFT while the gate of Assess is not approved."""
    return cover_of(result, PHASE, writer_of(result).text("prioritize_cover.subtitle"))


def view(result: PrioritizeResult, section: str) -> Exhibit | None:
    """Return the consultant's own paragraphs for a section, None where there are none."""
    return view_of(result, PHASE, section)


def summary(result: PrioritizeResult) -> Exhibit:
    """Return the findings; the consultant's text stands instead where the commentary replaces the summary."""
    write = writer_of(result)
    lead = write.finding(
        "prioritize_glance.lead",
        client=result.engagement.client.name,
        n=len(result.cases),
        as_of=write.as_of,
    )
    findings = [find(result, write) for find in (finding_choice, finding_value, finding_money_alone)]
    findings += _on_charter(result, write)
    heading = write.finding("prioritize_glance.heading")
    return summary_of(result, PHASE, heading, [finding for finding in findings if finding], lead)


def feasibility(result: PrioritizeResult) -> Exhibit:
    """Return what holds the candidates back, what integration takes, and build or buy, each in a sentence."""
    write = writer_of(result)
    tables = (table_deep_dive, table_integration, table_sourcing)
    findings: list[Finding] = [(f"{table(result).title}.", None) for table in tables]
    return make.summary("feasibility", write.finding("prioritize_glance.feasibility"), findings)


def finding_choice(result: PrioritizeResult, write: Writer) -> Finding:
    """Say which candidate is proposed as the pilot and whether something is still open that could change that."""
    if result.chosen is None:
        return write.finding("prioritize_glance.choice_none", reason=reasons_in_words(result, write)), "bad"
    name = use_case_name(result, result.chosen)
    if result.is_provisional:
        reason = reasons_in_words(result, write)
        return write.finding("prioritize_glance.choice_provisional", name=name, reason=reason), "warn"
    return write.finding("prioritize_glance.choice", name=name), "good"


def finding_value(result: PrioritizeResult, write: Writer) -> Finding:
    """Say what the case in focus is worth, how far that ranges, and when it has paid."""
    id = focus(result)
    if id is None:
        return write.finding("prioritize_glance.value_no_case"), "bad"
    value, name = result.values[id], use_case_name(result, id)
    if value.npv.value is None:
        return write.finding("prioritize_glance.value_unknown", name=name), "bad"
    tone: Tone = "good" if value.npv.value > 0 else "bad"
    payback = ""
    if value.payback.value is not None:
        payback = write.finding("prioritize_glance.value_payback", years=said(value.payback, write))
    words = {"name": name, "npv": write.value(value.npv), "payback": payback}
    found = result.uncertainty[id]
    if found.simulated is not None:
        p10, p90 = found.simulated.p10.value, found.simulated.p90.value
        ends = write.formats.interval(p10, p90, "money", value.npv.evidence)
        loss = chance(found.simulated.loss.value or 0.0, write)
        if (found.simulated.p10.value or 0.0) < 0 < value.npv.value:
            tone = "warn"
        return write.finding("prioritize_glance.value_simulated", range=ends, loss=loss, **words), tone
    if found.adjusted is not None:
        adjusted = found.adjusted.npv
        tone = tone if (adjusted.value or 0.0) > 0 else "bad"
        return write.finding("prioritize_glance.value_adjusted", adjusted=write.value(adjusted), **words), tone
    return write.finding("prioritize_glance.value", **words), tone


def finding_money_alone(result: PrioritizeResult, write: Writer) -> Finding | None:
    """Say whether money decides among the candidates; None where fewer than two have a value."""
    order = result.comparison.by_npv
    if len(order) < 2:
        return None
    first, others = order[0], result.comparison.overlapping
    if others:
        names = names_of(result, others, write)
        return write.finding(
            "prioritize_glance.money_open", n=len(others), first=use_case_name(result, first), names=names
        ), None
    if result.uncertainty[first].simulated is None:
        return write.finding("prioritize_glance.money_untested", first=use_case_name(result, first)), None
    return write.finding("prioritize_glance.money", first=use_case_name(result, first)), None


def _on_charter(result: PrioritizeResult, write: Writer) -> list[Finding | None]:
    if result.charter is None:
        return [(write.finding("prioritize_charter.none"), "bad")]
    return [
        finding_metric(result.charter, write),
        finding_sample(result.charter, write),
        finding_readiness(result.charter, write),
    ]


def finding_metric(charter: PilotCharter, write: Writer) -> Finding:
    """Say by how much the metric that decides has to move, or what is missing of it."""
    primary = charter.primary
    if primary is None:
        return write.finding("prioritize_charter.metric_none"), "bad"
    if not primary.is_complete:
        return write.finding("prioritize_charter.metric_incomplete", name=primary.criterion.name), "bad"
    levels = {name: level_of(getattr(primary, name), write) for name in ("baseline", "planned", "worthwhile")}
    return write.finding("prioritize_charter.metric", name=primary.criterion.name, **levels), None


def finding_sample(charter: PilotCharter, write: Writer) -> Finding:
    """Say whether the planned sample is enough for the rule, and whether it arrives in time."""
    sample = charter.sample
    if sample.required.value is None:
        return write.finding("prioritize_charter.sample_unknown", reason=write.missing(sample.required)), "bad"
    words = {"required": write.formats.count(round(sample.required.value))}
    if sample.planned.value is None or sample.at_planned.value is None:
        return write.finding("prioritize_charter.sample_unplanned", **words), "bad"
    words |= {
        "planned": write.formats.count(round(sample.planned.value)),
        "zero": chance(sample.at_zero.value or 0.0, write),
        "chance": chance(sample.at_planned.value, write),
    }
    if not sample.is_enough:
        return write.finding("prioritize_charter.sample_few", **words), "bad"
    if sample.has_time is None:
        return write.finding("prioritize_charter.sample_no_time", **words), "warn"
    words |= {"weeks": write.value(sample.weeks_required), "observed": write.value(sample.weeks_observed)}
    if not sample.has_time:
        return write.finding("prioritize_charter.sample_late", **words), "bad"
    if sample.sample_arrives is False:
        words["weeks"] = write.value(sample.weeks_for_sample)
        return write.finding("prioritize_charter.sample_planned_late", **words), "warn"
    return write.finding("prioritize_charter.sample", **words), "good"


def finding_readiness(charter: PilotCharter, write: Writer) -> Finding:
    """Say whether the charter can be signed, or else whether the sponsor stands in the way."""
    if charter.missing:
        return write.finding("prioritize_charter.missing", n=len(charter.missing)), "bad"
    sentence, tone = finding_sponsor(charter, write)
    if tone != "good":
        return sentence, tone
    weeks, total = charter.timeline.weeks, charter.budget.total
    words = {"weeks": write.value(weeks), "total": write.value(total), "people": len(charter.team.members)}
    return write.finding("prioritize_charter.ready", **words), "good"
