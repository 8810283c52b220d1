"""How sure the ranking is: flip points, favourable weights, and ranks without one criterion."""

from __future__ import annotations

import math
from typing import Literal

from workbook.exhibits.assess.common import (
    DASH,
    criterion_name,
    share_of_draws,
    table_of,
    use_case_name,
    weight_cell,
    writer_of,
)
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.tables import Entry
from workbook.exhibits.writer import Writer
from workbook.methods.scoring import Flip, FlipPoint
from workbook.phases.assess.ranking import RankedCandidate
from workbook.phases.assess.result import AssessResult


def nearest_flip(result: AssessResult) -> tuple[FlipPoint, Flip] | None:
    """Return the flip point whose weight needs the smallest move, None where no single weight changes the leader.

    With candidates that tie for the lead it stands at today's weight: any move parts them.
    """
    flips = [(point, flip) for point in result.ranking.flip_points for flip in (point.down, point.up) if flip]
    return min(flips, key=lambda pair: abs(pair[1].weight - pair[0].weight), default=None)


def table_flip_points(result: AssessResult) -> Exhibit:
    """Return for each criterion how far its weight may move before the leader changes."""
    write = writer_of(result)
    points = result.ranking.flip_points if len(result.ranking.ranked) > 1 else ()
    return table_of(
        write,
        "flip-points",
        _flip_title(result, write),
        write.columns("flip_points", "criterion", "weight", "down", "up", "other",
                      right=("weight", "down", "up"), widths=(2, 0.9, 1, 1, 2.5)),
        [_flip_row(point, result, write) for point in points],
        write.from_computation,
        empty=write.text("common.none"),
    )  # fmt: skip


def _flip_title(result: AssessResult, write: Writer) -> str:
    if len(result.ranking.ranked) < 2:
        return write.text("flip_points.title_unranked")
    nearest = nearest_flip(result)
    if nearest is None:
        return write.text("flip_points.title_none")
    key, words = flip_in_words(nearest, result, write)
    return write.text(f"flip_points.title{key}", **words)


def flip_in_words(
    nearest: tuple[FlipPoint, Flip], result: AssessResult, write: Writer
) -> tuple[Literal["", "_tied"], dict[str, str]]:
    """Return the end of the key for a sentence on a flip point, and the words to fill in."""
    point, flip = nearest
    return "_tied" if len(point.leaders) > 1 else "", {
        "criterion": criterion_name(result, _criterion(result, point)),
        "flip": write.whole_share(flip.weight),
        "weight": write.whole_share(point.weight),
        "other": _leaders(flip, result, write),
    }


def _criterion(result: AssessResult, point: FlipPoint) -> str:
    return list(result.ranking.weights.values)[point.criterion]


def _leaders(flip: Flip, result: AssessResult, write: Writer) -> str:
    return write.names([use_case_name(result, result.ranking.order[i]) for i in flip.leaders])


def _flip_row(point: FlipPoint, result: AssessResult, write: Writer) -> list[str | Cell]:
    never = write.reason(point.reason) if point.reason else write.text("flip_points.never")

    def at(flip: Flip | None) -> str | Cell:
        return cell(write.whole_share(flip.weight), value=flip.weight) if flip else never

    leaders = dict.fromkeys(_leaders(flip, result, write) for flip in (point.down, point.up) if flip)
    return [
        criterion_name(result, _criterion(result, point)),
        weight_cell(result, _criterion(result, point), write),
        at(point.down),
        at(point.up),
        write.names(leaders) if leaders else DASH,
    ]


def table_central_weights(result: AssessResult) -> Exhibit:
    """Return how often each candidate comes first, the weights that favour it, and how surely it then leads."""
    write, ranking = writer_of(result), result.ranking
    criteria = list(ranking.weights.values)
    columns = write.columns(
        "central_weights", "use_case", "first", "confidence", right=("first", "confidence"), widths=(3.4, 0.8, 1.1)
    )
    columns += [Column(id, criterion_name(result, id), "right", 0.9) for id in criteria]
    drawn = [row for row in ranking.candidates if row.first_share is not None]
    return table_of(
        write,
        "central-weights",
        _central_title(drawn, result, write),
        columns,
        [_central_row(row, result, write) for row in drawn],
        write.from_computation,
        empty=write.text("common.none"),
        caption=_central_caption(result, write),
        notes=_dominated(result, write),
        orientation="landscape",
    )


def _central_title(drawn: list[RankedCandidate], result: AssessResult, write: Writer) -> str:
    if not drawn:
        return write.text("central_weights.title_none")
    best = max(drawn, key=lambda row: (row.confidence.value or 0.0) if row.confidence else 0.0)
    assert best.confidence is not None
    share = write.whole_share(best.confidence.value or 0.0)
    return write.text("central_weights.title", use_case=use_case_name(result, best.candidate.id), share=share)


def _central_row(row: RankedCandidate, result: AssessResult, write: Writer) -> list[Entry]:
    sure, id = result.ranking.acceptability, row.candidate.id
    assert sure is not None
    central = sure.central_weights[result.ranking.order.index(id)]
    weights = (DASH if math.isnan(weight) else cell(write.whole_share(weight), value=weight) for weight in central)
    shares = (share_of_draws(figure, write) for figure in (row.first_share, row.confidence))
    return [use_case_name(result, id), *shares, *weights]


def _central_caption(result: AssessResult, write: Writer) -> str:
    """Explain the columns, with how far the number of draws leaves a share open."""
    sure = result.ranking.acceptability
    reach = max(((e.high or 0.0) - (e.low or 0.0)) / 2 for e in sure.first_share) if sure else 0.0
    return write.text("central_weights.caption", reach=write.formats.share(reach, decimals=1))


def _dominated(result: AssessResult, write: Writer) -> list[str]:
    """Name the candidates that another one equals or beats on every criterion."""
    order, found = result.ranking.order, result.ranking.dominance
    return [
        write.text(
            "central_weights.dominated",
            use_case=use_case_name(result, id),
            others=write.names(use_case_name(result, order[i]) for i in range(len(order)) if found[i, column]),
        )
        for column, id in enumerate(order)
        if found[:, column].any()
    ]


def table_leave_one_out(result: AssessResult) -> Exhibit:
    """Return the rank of each candidate with one criterion left out at a time."""
    write, ranking = writer_of(result), result.ranking
    criteria = list(ranking.weights.values)
    columns = write.columns("leave_one_out", "use_case", "all", right=("all",), widths=(2.6, 0.8))
    columns += [Column(id, criterion_name(result, id), "right", 0.9) for id in criteria]
    rows: list[list[Entry]] = []
    for row in ranking.ranked if len(ranking.ranked) > 1 else ():
        without = ranking.leave_one_out[ranking.order.index(row.candidate.id)]
        rows.append(
            [
                use_case_name(result, row.candidate.id),
                cell(str(row.rank), value=row.rank, strong=True),
                *(_rank_cell(rank, row.rank) for rank in without),
            ]
        )
    return table_of(
        write,
        "leave-one-out",
        _leave_one_out_title(result, write, criteria),
        columns,
        rows,
        write.from_computation,
        empty=write.text("common.none"),
        orientation="landscape",
    )


def _rank_cell(rank: float, today: int | None) -> str | Cell:
    if math.isnan(rank):
        return DASH
    return cell(f"{rank:.0f}", value=rank, tone=None if rank == today else "warn")


def _leave_one_out_title(result: AssessResult, write: Writer, criteria: list[str]) -> str:
    ranking = result.ranking
    if len(ranking.ranked) < 2:
        return write.text("leave_one_out.title_unranked")
    leader = ranking.order.index(ranking.ranked[0].candidate.id)
    for column, criterion in enumerate(criteria):
        ranks = ranking.leave_one_out[:, column]
        if ranks[leader] > 1:
            other = next(id for id, rank in zip(ranking.order, ranks, strict=True) if rank == 1)
            name = use_case_name(result, other)
            return write.text("leave_one_out.title_changes", criterion=criterion_name(result, criterion), other=name)
    return write.text("leave_one_out.title")
