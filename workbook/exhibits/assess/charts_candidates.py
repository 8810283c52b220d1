"""The charts of the candidates: yearly impact, value against feasibility, ranking, and how sure it is."""

from __future__ import annotations

from workbook.exhibits.assess.common import criterion_name, use_case_name, writer_of
from workbook.exhibits.charts_bars import RankedBar, RankedBars, chart_ranked_bars
from workbook.exhibits.charts_bubbles import Bubble, Bubbles, chart_bubbles
from workbook.exhibits.charts_maps import Acceptability
from workbook.exhibits.charts_maps import chart_acceptability as chart_shares
from workbook.exhibits.charts_rows import RangeRow, Ranges, chart_ranges
from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.layout import Measure
from workbook.exhibits.writer import Writer
from workbook.phases.assess.ranking import RankedCandidate
from workbook.phases.assess.result import AssessResult
from workbook.phases.figures import Figure

SCORE_TICKS = (0.0, 25.0, 50.0, 75.0, 100.0)


def chart_impact(result: AssessResult) -> Exhibit:
    """Return the estimated yearly impact of each use case as a range, largest first."""
    write = writer_of(result)
    impacts = sorted(result.impacts.values(), key=lambda impact: -(impact.yearly.value or 0.0))
    known = [impact for impact in impacts if impact.yearly.is_known]
    unknown = [impact.use_case.name for impact in impacts if not impact.yearly.is_known]
    data = Ranges(
        heading=write.text("shortlist.columns.use_case"),
        rows=tuple(
            RangeRow(impact.use_case.name, _end(impact.yearly, "low"), impact.yearly.value, _end(impact.yearly, "high"))
            for impact in impacts
        ),
        measure=Measure(write.text("impact.x"), write.formats.money),
        low=write.text("common.low"),
        likely=write.text("common.likely"),
        high=write.text("common.high"),
        missing=write.not_provided,
    )
    title = alt = write.text("impact.title_none")
    if known:
        first = known[0]
        title = write.text("impact.title_partial" if unknown else "impact.title", use_case=first.use_case.name)
        alt = write.text("impact.alt", use_case=first.use_case.name, value=write.value(first.yearly))
    missing = write.text("impact.missing", names=write.names(unknown)) if unknown else ""
    return chart_ranges(
        data,
        id="impact",
        title=title,
        alt=alt,
        caption=write.text("impact.caption", missing=missing).strip(),
        source=write.from_computation,
    )


def _end(figure: Figure, end: str) -> float | None:
    """Return an end of a figure's range, the value itself where it has no range."""
    low_or_high: float | None = getattr(figure, end)
    return figure.value if low_or_high is None else low_or_high


def chart_value_feasibility(result: AssessResult) -> Exhibit:
    """Return value against feasibility, the yearly cost of the process as bubble; the tier is not classified yet."""
    write, rows = writer_of(result), _not_vetoed(result)
    places = {row.candidate.id: (_axis(result, row, False), _axis(result, row, True)) for row in rows}
    placed = [row for row in rows if None not in places[row.candidate.id]]
    # The drawing names what it does not place; who hears it needs the names as well.
    hidden = [use_case_name(result, row.candidate.id) for row in rows if row not in placed]
    missing = [write.text("value_feasibility.missing", names=write.names(hidden))] if hidden else []
    best = max(placed, key=lambda row: sum(value or 0.0 for value in places[row.candidate.id]), default=None)
    data = Bubbles(
        heading=write.text("shortlist.columns.use_case"),
        bubbles=tuple(
            Bubble(use_case_name(result, row.candidate.id), feasibility, value, _process_cost(result, row))
            for row in rows
            for value, feasibility in [places[row.candidate.id]]
        ),
        x=Measure(write.text("value_feasibility.x"), write.formats.number, SCORE_TICKS),
        y=Measure(write.text("value_feasibility.y"), write.formats.number, SCORE_TICKS),
        size=Measure(write.text("value_feasibility.size"), write.formats.money),
        missing=write.not_provided,
        unplaced=write.text("process_map.unplaced"),
    )
    title = write.text("value_feasibility.title_none")
    if best:
        key = "title" if not hidden else "title_partial" if len(placed) > 1 else "title_only"
        title = write.text(f"value_feasibility.{key}", use_case=use_case_name(result, best.candidate.id))
    return chart_bubbles(
        data,
        id="value-feasibility",
        title=title,
        alt=" ".join([write.text("value_feasibility.alt"), *missing]),
        caption=write.text("value_feasibility.caption"),
        source=write.from_computation,
    )


def _axis(result: AssessResult, row: RankedCandidate, is_feasibility: bool) -> float | None:
    """Return the weighted mean of the scores on one side of the map, None while one that counts is missing."""
    weights = {
        id: weight
        for id, weight in result.ranking.weights.values.items()
        if weight > 0 and (result.framework.criteria[id].axis == "feasibility") is is_feasibility
    }
    scores = {id: row.candidate.scores[id].value for id in weights}
    if not weights or any(score is None for score in scores.values()):
        return None
    return sum(weight * (scores[id] or 0.0) for id, weight in weights.items()) / sum(weights.values())


def _process_cost(result: AssessResult, row: RankedCandidate) -> float | None:
    return result.process_map[result.use_case(row.candidate.id).process].yearly_cost.value


def chart_ranking(result: AssessResult) -> Exhibit:
    """Return the weighted scores of the ranked candidates by criterion."""
    write = writer_of(result)
    title, alt = ranking_words(result, write)
    return chart_ranked_bars(
        ranking_bars(result, write),
        id="ranking",
        title=title,
        alt=alt,
        caption=write.text("ranking.caption"),
        source=write.from_computation,
    )


def ranking_bars(result: AssessResult, write: Writer) -> RankedBars:
    """Return what the chart of the ranking shows, on a scale that is the same for all weights."""
    ranking = result.ranking
    criteria = list(ranking.weights.values)
    return RankedBars(
        heading=write.text("shortlist.columns.use_case"),
        bars=tuple(
            RankedBar(
                use_case_name(result, row.candidate.id),
                tuple(ranking.weights.values[id] * (row.candidate.scores[id].value or 0.0) for id in criteria),
                row.value.low,
                row.value.high,
            )
            for row in ranking.ranked
        ),
        criteria=tuple(criterion_name(result, id) for id in criteria),
        measure=Measure(write.text("ranking.x"), write.formats.number, SCORE_TICKS),
        rank=write.text("shortlist.columns.rank"),
        total=write.text("ranking.total"),
        low=write.text("common.low"),
        high=write.text("common.high"),
        top=100.0,
    )


def ranking_words(result: AssessResult, write: Writer) -> tuple[str, str]:
    """Return title and alternative text: who leads and by how much, who leads together, or who is alone."""
    ranked, leaders = result.ranking.ranked, result.ranking.leaders
    if not leaders:
        none = write.text("ranking.title_none")
        return none, none
    first = write.names(use_case_name(result, row.candidate.id) for row in leaders)
    alt = write.text("ranking.alt", n=len(leaders), first=first, value=write.value(leaders[0].value))
    if len(ranked) == 1:
        return write.text("ranking.title_only", first=first), alt
    if len(leaders) > 1:
        return write.text("ranking.title_tied", first=first), alt
    points = round((ranked[0].value.value or 0.0) - (ranked[1].value.value or 0.0))
    return write.text("ranking.title", first=first, n=points), alt


def chart_acceptability(result: AssessResult) -> Exhibit:
    """Return the share of draws in which each candidate takes each rank."""
    write = writer_of(result)
    title, alt = acceptability_words(result, write)
    return chart_shares(
        acceptability_shares(result, write),
        id="acceptability",
        title=title,
        alt=alt,
        caption=_draws_caption(result, write),
        source=write.from_computation,
    )


def acceptability_shares(result: AssessResult, write: Writer) -> Acceptability:
    """Return what the chart of rank acceptabilities shows: the candidates that are not vetoed, in order of rank."""
    rows, sure = _not_vetoed(result), result.ranking.acceptability
    order = [result.ranking.order.index(row.candidate.id) for row in rows]
    shares = tuple(tuple(sure.rank_acceptability[i].tolist()) for i in order) if sure is not None else ()
    return Acceptability(
        heading=write.text("shortlist.columns.use_case"),
        cases=tuple(use_case_name(result, row.candidate.id) for row in rows) if shares else (),
        shares=shares,
        measure=Measure(write.text("acceptability.measure"), write.whole_share),
        missing=write.not_provided,
    )


def acceptability_words(result: AssessResult, write: Writer) -> tuple[str, str]:
    """Return title and alternative text: who comes first most often."""
    first = max(
        _not_vetoed(result), key=lambda row: row.first_share.value or 0.0 if row.first_share else 0.0, default=None
    )
    if first is None or first.first_share is None:
        none = write.text("acceptability.title_none")
        return none, none
    share = write.whole_share(first.first_share.value or 0.0)
    words = {"use_case": use_case_name(result, first.candidate.id), "share": share}
    return write.text("acceptability.title", **words), write.text("acceptability.alt", **words)


def _not_vetoed(result: AssessResult) -> list[RankedCandidate]:
    return [row for row in result.ranking.candidates if not row.candidate.vetoes]


def _draws_caption(result: AssessResult, write: Writer) -> str:
    sure, weights = result.ranking.acceptability, result.ranking.weights
    if sure is None:
        return write.text("acceptability.caption_untested")
    drawn = write.text("acceptability.weights_spread", spread=write.whole_share(weights.spread))
    if weights.method == "rank_order_centroid":
        drawn = write.text("acceptability.weights_order")
    return write.text("acceptability.caption", draws=write.formats.count(sure.draws), weights=drawn)
