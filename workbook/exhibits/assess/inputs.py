"""What was looked at and how it is judged: inputs, gaps, criteria and vetoes."""

from __future__ import annotations

import math

from workbook.exhibits.assess.common import DASH, criterion_name, use_case_name, writer_of
from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.tables import Entry, missing_cell, table
from workbook.exhibits.writer import Writer
from workbook.framework.models import Criterion
from workbook.phases.assess.measured import MeasuredSource
from workbook.phases.assess.result import AssessResult

MISSING_ROWS = 40
"""Gaps listed one by one; a client with more has a longer conversation ahead than a table can hold."""


def table_inputs(result: AssessResult) -> Exhibit:
    """Return the data sources that were measured; the others stand among what is missing."""
    write, sources = writer_of(result), list(result.sources.values())
    columns = write.columns(
        "inputs", "source", "kind", "records", "period", right=("records",), widths=(3, 1, 0.9, 2.4),
    )  # fmt: skip
    measured = [source for source in sources if source.is_measured]
    return table(
        "inputs",
        write.text(
            "inputs.title",
            n=len(measured),
            all=len(sources),
            records=write.formats.count(sum(source.rows or 0 for source in measured)),
        ),
        columns,
        [_source_row(source, write) for source in measured] or [[missing_cell(write.not_provided), *[DASH] * 3]],
        write.text("inputs.caption"),
        write.from_parameters,
    )


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
    return table(
        "origins",
        write.text("origins.title"),
        write.columns("origins", "source", "owner", "attribution", "note", widths=(1.6, 1.1, 3, 2.6)),
        rows or [[missing_cell(write.not_provided), *[DASH] * 3]],
        write.text("origins.caption"),
        write.from_parameters,
    )


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
    return f"{write.formats.date(baseline.first.date())} {DASH} {write.formats.date(baseline.last.date())}"


def table_missing(result: AssessResult) -> Exhibit:
    """Return what was not provided, and what that leaves open."""
    write, gaps = writer_of(result), _gaps(result)
    title = write.text("missing.title", n=len(gaps)) if gaps else write.text("missing.title_none")
    shown = gaps[:MISSING_ROWS]
    notes = [write.text("missing.all", n=len(gaps), shown=len(shown))] if len(gaps) > len(shown) else []
    return table(
        "missing",
        title,
        write.columns("missing", "what", "where", "effect", widths=(2, 2.4, 2)),
        shown or [[write.text("common.none"), DASH, DASH]],
        write.text("missing.caption"),
        write.from_parameters,
        notes=notes,
    )


def _gaps(result: AssessResult) -> list[list[str | Cell]]:
    write = writer_of(result)
    client = result.engagement.client

    def gap(what: str, where: str, effect: str) -> list[str | Cell]:
        return [what, where, write.text(f"missing.effect_{effect}")]

    rows = [gap(write.text("missing.row_sponsor"), client.name, "sponsor")] if client.sponsor is None else []
    if result.ranking.weights.is_house_default:
        rows.append(gap(write.text("missing.row_weights"), client.name, "weights"))
    if result.organisation.unanswered:
        words = write.text("missing.row_readiness", n=result.organisation.unanswered)
        rows.append(gap(words, client.name, "readiness"))
    for source in result.sources.values():
        if not source.is_measured:
            key = "row_source" if not source.has_arrived else "row_rules"
            rows.append(gap(write.text(f"missing.{key}"), source.source.name, "source"))
    for row in result.process_map.processes:
        for quantity, figure in (
            ("volume", row.volume),
            ("cost_per_transaction", row.cost_per_transaction),
            ("customer_impact", row.customer_impact),
            ("lead_time", result.performance_of(row.process.id).lead_time_p50),
        ):
            if not figure.is_known:
                label = write.text(f"process_quantities.{quantity}")
                rows.append(gap(label, row.process.name, quantity))
    for ranked in result.ranking.candidates:
        name = use_case_name(result, ranked.candidate.id)
        rows += [gap(criterion_name(result, criterion), name, "score") for criterion in ranked.candidate.missing]
    return rows


def table_criteria(result: AssessResult) -> Exhibit:
    """Return the criteria with their weights and fixed scales, the heaviest first."""
    write, weights = writer_of(result), result.ranking.weights
    order = sorted(weights.values, key=lambda id: -weights.values[id])
    rows: list[list[Entry]] = [
        [
            criterion_name(result, id),
            write.framework.text(f"axes.{write.framework.criteria[id].axis}.name"),
            write.cell(result.figures[f"weight.{id}"]),
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
    return table(
        "criteria",
        write.text(f"criteria.{key}", n=len(heaviest), first=write.names(heaviest), all=len(order)),
        write.columns("criteria", "criterion", "axis", "weight", "definition", right=("weight",),
                      widths=(1.4, 1.1, 0.7, 4.2)),
        rows,
        write.text("criteria.caption", method=write.text(f"criteria.method_{weights.method}"), by=by),
        write.from_framework,
        notes=_consistency_note(result, write),
    )  # fmt: skip


def table_scales(result: AssessResult) -> Exhibit:
    """Return what 0, 50 and 100 mean on each criterion, and where its score comes from."""
    write = writer_of(result)
    rows: list[list[Entry]] = [
        [
            criterion_name(result, id),
            _scale(result, write, criterion),
            write.framework.text(f"terms.score_from.{criterion.score_from}"),
        ]
        for id, criterion in write.framework.criteria.items()
    ]
    return table(
        "scales",
        write.text("scales.title"),
        write.columns("scales", "criterion", "scale", "from", widths=(1.2, 4.2, 1.6)),
        rows,
        write.text("scales.caption"),
        write.from_framework,
    )


def _scale(result: AssessResult, write: Writer, criterion: Criterion) -> str:
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
    return [write.text("criteria.ahp_note", ratio=write.formats.number(ahp.consistency_ratio), worst=worst)]


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
    vetoed = sum(bool(candidate.vetoes) for candidate in candidates)
    return table(
        "vetoes",
        write.text("vetoes.title", n=vetoed),
        write.columns("vetoes", "veto", "rule", "holds", "open", widths=(1.3, 2.6, 1.7, 2.2)),
        rows,
        write.text("vetoes.caption"),
        write.from_framework,
    )
