"""What was looked at and how it is judged: inputs, gaps, criteria and vetoes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from workbook.exhibits.assess.common import DASH, criterion_name, table_of, use_case_name, weight_cell, writer_of
from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.weights import CONSISTENCY_LIMIT
from workbook.phases.assess.measured import MeasuredSource
from workbook.phases.assess.result import AssessResult


def table_inputs(result: AssessResult) -> Exhibit:
    """Return the data sources that were measured; the others stand among what is missing."""
    write, sources = writer_of(result), list(result.sources.values())
    columns = write.columns(
        "inputs", "source", "kind", "records", "period", right=("records",), widths=(3, 1, 0.9, 2.4),
    )  # fmt: skip
    measured = [source for source in sources if source.is_measured]
    records = write.formats.count(sum(source.rows or 0 for source in measured))
    title = write.text("inputs.title", n=len(measured), all=len(sources), records=records)
    rows = [_source_row(source, write) for source in measured]
    return table_of(write, "inputs", title, columns, rows, write.from_parameters)


def table_origins(result: AssessResult) -> Exhibit:
    """Return where each source comes from, its licence, and what a reader must know about it."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            source.source.name,
            write.person(source.source.owner),
            source.source.attribution or DASH,
            source.source.note or DASH,
        ]
        for source in result.sources.values()
    ]
    columns = write.columns("origins", "source", "owner", "attribution", "note", widths=(1.6, 1.1, 3, 2.6))
    return table_of(write, "origins", write.text("origins.title"), columns, rows, write.from_parameters)


def _source_row(source: MeasuredSource, write: Writer) -> list[str | Cell]:
    return [
        source.source.name,
        write.text(f"inputs.kind_{source.source.kind}"),
        write.formats.count(source.rows) if source.rows is not None else DASH,
        _period(source, write),
    ]


def _period(source: MeasuredSource, write: Writer) -> str:
    baseline = source.baseline
    if baseline is None or baseline.first is None or baseline.last is None:
        return write.formats.date(source.source.extracted) if source.source.extracted else write.not_provided
    days = dict.fromkeys(write.formats.date(moment.date()) for moment in (baseline.first, baseline.last))
    return f" {DASH} ".join(days)


def table_missing(result: AssessResult) -> Exhibit:
    """Return what was not provided, by what it belongs to, and what that leaves open."""
    write, gaps = writer_of(result), list(_gaps(result))
    by_place: dict[str, list[tuple[str, str]]] = {}
    for place, what, effect in gaps:
        by_place.setdefault(place, []).append((what, effect))
    rows: list[list[Entry]] = [
        [place, *("; ".join(dict.fromkeys(column)) for column in zip(*found, strict=True))]
        for place, found in by_place.items()
    ]
    title = write.text("missing.title", n=len(gaps)) if gaps else write.text("missing.title_none")
    columns = write.columns("missing", "where", "what", "effect", widths=(2.2, 2.6, 2.4))
    return table_of(
        write, "missing", title, columns, rows, write.from_parameters, empty=write.text("common.none")
    )  # fmt: skip


def _gaps(result: AssessResult) -> Iterator[tuple[str, str, str]]:
    """Yield each input that is not there: what it belongs to, what it is, and what it leaves open."""
    write, client = writer_of(result), result.engagement.client

    def effect(key: str, **values: object) -> str:
        return write.text(f"missing.effect_{key}", **values)

    if client.sponsor is None:
        yield client.name, write.text("missing.row_sponsor"), effect("sponsor")
    if result.ranking.weights.is_house_default:
        yield client.name, write.text("missing.row_weights"), effect("weights")
    if result.organisation.unanswered:
        words = write.text("missing.row_readiness", n=result.organisation.unanswered)
        yield client.name, words, effect("readiness")
    for id, source in result.sources.items():
        if not source.is_measured:
            users = [data.use_case.name for data in result.candidate_data.values() if id in data.missing_sources]
            key = "row_source" if not source.has_arrived else "row_rules"
            open_for = effect("source", use_cases=write.names(users)) if users else effect("source_unused")
            yield source.source.name, write.text(f"missing.{key}"), open_for
    yield from _process_gaps(result, write)
    yield from _use_case_gaps(result, write)


def _process_gaps(result: AssessResult, write: Writer) -> Iterator[tuple[str, str, str]]:
    for row in result.process_map.processes:
        for quantity, figure in (
            ("volume", row.volume),
            ("cost_per_transaction", row.cost_per_transaction),
            ("customer_impact", row.customer_impact),
            ("lead_time", result.performance_of(row.process.id).lead_time_p50),
        ):
            if not figure.is_known:
                effect = write.text(f"missing.effect_{quantity}")
                yield row.process.name, write.text(f"process_quantities.{quantity}"), effect


def _use_case_gaps(result: AssessResult, write: Writer) -> Iterator[tuple[str, str, str]]:
    """Yield what a candidate itself lacks; what its score lacks for want of another input is listed with that input."""
    for ranked in result.ranking.candidates:
        case, missing = result.use_case(ranked.candidate.id), ranked.candidate.missing
        lacks = [criterion_name(result, id) for id in missing if result.framework.criteria[id].score_from == "judged"]
        if not result.impacts[case.id].effect.is_known:
            lacks.append(write.text("missing.row_effect"))
        if not case.data:
            lacks.append(write.text("missing.row_data"))
        lacks += [
            write.text("missing.row_interfaces", system=review.system.name)
            for review in result.systems
            if review.best is None and case.id in review.needed_by
        ]
        if not case.systems:
            lacks.append(write.text("missing.row_systems"))
        for what in lacks:
            yield case.name, what, write.text("missing.effect_score")


def table_criteria(result: AssessResult) -> Exhibit:
    """Return the criteria with their weights and fixed scales, the heaviest first."""
    write, weights = writer_of(result), result.ranking.weights
    order = sorted(weights.values, key=lambda id: -weights.values[id])
    rows: list[list[Entry]] = [
        [
            criterion_name(result, id),
            weight_cell(result, id, write),
            write.framework.text(f"criteria.{id}.definition"),
        ]
        for id in order
    ]
    heaviest = [
        criterion_name(result, id) for id in order if math.isclose(weights.values[id], weights.values[order[0]])
    ]
    chosen_by = result.assess.weighting.by if result.assess.weighting else None
    by = write.text("criteria.by_house") if weights.is_house_default else write.person(chosen_by)
    key = "title_equal" if len(heaviest) == len(order) else "title"
    return table_of(
        write,
        "criteria",
        write.text(f"criteria.{key}", n=len(heaviest), first=write.names(heaviest), all=len(order)),
        write.columns("criteria", "criterion", "weight", "definition", right=("weight",), widths=(1.4, 0.7, 5.3)),
        rows,
        write.from_framework if weights.is_house_default else write.from_parameters,
        caption=write.text("criteria.caption", method=write.text(f"criteria.method_{weights.method}"), by=by),
        notes=_consistency_note(result, write),
    )  # fmt: skip


def table_scales(result: AssessResult) -> Exhibit:
    """Return what 0, 50 and 100 mean on each criterion, and where its score comes from."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            criterion_name(result, id),
            write.framework.text(f"axes.{criterion.axis}.name"),
            scale_in_words(result, write, id),
            write.framework.text(f"terms.score_from.{criterion.score_from}"),
        ]
        for id, criterion in write.framework.criteria.items()
    ]
    columns = write.columns("scales", "criterion", "axis", "scale", "from", widths=(1.2, 1.1, 4, 1.6))
    return table_of(write, "scales", write.text("scales.title"), columns, rows, write.from_framework)


def scale_in_words(result: AssessResult, write: Writer, id: str) -> str:
    """Return what the ends of a criterion's scale mean, or how its score is found."""
    criterion = write.framework.criteria[id]
    if criterion.score_from == "judged":
        anchors = (write.framework.text(f"criteria.{criterion.id}.anchor_{end}") for end in (0, 50, 100))
        worst, middle, best = anchors
        return write.text("criteria.scale_anchors", worst=worst, middle=middle, best=best)
    if criterion.best_from is not None:
        top = write.formats.money(result.assess.material_impact.value, result.assess.material_impact.evidence)
        return write.text("criteria.scale", worst=write.formats.money(criterion.worst), best=top)
    return write.framework.text(f"criteria.{criterion.id}.derivation")


def _consistency_note(result: AssessResult, write: Writer) -> list[str]:
    ahp = result.ranking.weights.ahp
    if ahp is None:
        return []
    ids = list(result.ranking.weights.values)
    worst = ""
    if ahp.worst_triple is not None:
        names = write.names([criterion_name(result, ids[i]) for i in ahp.worst_triple])
        worst = write.text("criteria.ahp_worst", names=names)
    ratio, limit = write.formats.fixed(ahp.consistency_ratio, 3), write.formats.fixed(CONSISTENCY_LIMIT, 2)
    return [write.text("criteria.ahp_note", ratio=ratio, limit=limit, worst=worst)]


def table_vetoes(result: AssessResult) -> Exhibit:
    """Return each veto with the candidates for which it holds, and those for which it is open."""
    write, candidates = writer_of(result), [row.candidate for row in result.ranking.candidates]

    def names(ids: list[str], others: list[str]) -> str:
        """Name the candidates; where the veto holds for the rest, or for nobody, all that are left need no list."""
        if not ids:
            return DASH
        if len(ids) > 1 and len(ids) + len(others) == len(candidates):
            return write.text("vetoes.all_others" if others else "vetoes.everyone")
        return write.names([use_case_name(result, id) for id in ids], longest=6)

    rows: list[list[str | Cell]] = []
    for veto in write.framework.vetoes:
        holding = [c.id for c in candidates if veto in c.vetoes]
        unsettled = [c.id for c in candidates if veto in c.open_vetoes]
        rows.append(
            [
                cell(write.framework.text(f"vetoes.{veto}.name"), header=True),
                write.framework.text(f"vetoes.{veto}.rule"),
                cell(names(holding, []), tone="bad") if holding else DASH,
                missing_cell(names(unsettled, holding)) if unsettled else DASH,
            ]
        )
    title = write.text("vetoes.title", n=sum(bool(candidate.vetoes) for candidate in candidates))
    columns = write.columns("vetoes", "veto", "rule", "holds", "open", widths=(1.1, 2.1, 1.8, 3.2))
    return table_of(write, "vetoes", title, columns, rows, write.from_parameters)
