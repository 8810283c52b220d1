"""How sure the ranking is: flip points and ranks without one criterion."""

from __future__ import annotations

import math

from workbook.exhibits.assess.common import DASH, criterion_name, use_case_name, writer_of
from workbook.exhibits.exhibit import Cell, Column, Exhibit, cell
from workbook.exhibits.tables import Entry, missing_cell, table
from workbook.exhibits.writer import Writer
from workbook.methods.scoring import Flip, FlipPoint
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
    return table(
        "flip-points",
        _flip_title(result, write),
        write.columns("flip_points", "criterion", "weight", "down", "up", "other",
                      right=("weight", "down", "up"), widths=(2, 0.9, 1, 1, 2.5)),
        [_flip_row(point, result, write) for point in result.ranking.flip_points]
        or [[missing_cell(write.text("common.none")), *[DASH] * 4]],
        write.text("flip_points.caption"),
        write.from_computation,
    )  # fmt: skip


def _flip_title(result: AssessResult, write: Writer) -> str:
    if len(result.ranking.ranked) < 2:
        return write.text("flip_points.title_unranked")
    nearest = nearest_flip(result)
    if nearest is None:
        return write.text("flip_points.title_none")
    point, flip = nearest
    return write.text(
        "flip_points.title_tied" if len(point.leaders) > 1 else "flip_points.title",
        criterion=criterion_name(result, _criterion(result, point)),
        flip=write.formats.share(flip.weight),
        weight=write.formats.share(point.weight),
        other=_leaders(flip, result, write),
    )


def _criterion(result: AssessResult, point: FlipPoint) -> str:
    return list(result.ranking.weights.values)[point.criterion]


def _leaders(flip: Flip, result: AssessResult, write: Writer) -> str:
    return write.names([use_case_name(result, result.ranking.order[i]) for i in flip.leaders])


def _flip_row(point: FlipPoint, result: AssessResult, write: Writer) -> list[str | Cell]:
    is_alone = len(result.ranking.ranked) < 2
    never = write.reason(point.reason) if point.reason else DASH if is_alone else write.text("flip_points.never")

    def at(flip: Flip | None) -> str | Cell:
        return cell(write.formats.share(flip.weight), value=flip.weight) if flip else never

    leaders = dict.fromkeys(_leaders(flip, result, write) for flip in (point.down, point.up) if flip)
    return [
        criterion_name(result, _criterion(result, point)),
        write.cell(result.figures[f"weight.{_criterion(result, point)}"]),
        at(point.down),
        at(point.up),
        write.names(leaders) if leaders else DASH,
    ]


def table_leave_one_out(result: AssessResult) -> Exhibit:
    """Return the rank of each candidate with one criterion left out at a time."""
    write, ranking = writer_of(result), result.ranking
    criteria = list(ranking.weights.values)
    columns = write.columns("leave_one_out", "use_case", "all", right=("all",), widths=(2.6, 0.8))
    columns += [Column(id, criterion_name(result, id), "right", 0.9) for id in criteria]
    rows: list[list[Entry]] = []
    for row in ranking.ranked:
        without = ranking.leave_one_out[ranking.order.index(row.candidate.id)]
        rows.append(
            [
                use_case_name(result, row.candidate.id),
                cell(str(row.rank), value=row.rank, strong=True),
                *(_rank_cell(rank, row.rank) for rank in without),
            ]
        )
    return table(
        "leave-one-out",
        _leave_one_out_title(result, write, criteria),
        columns,
        rows or [[missing_cell(write.text("common.none")), *[DASH] * (len(criteria) + 1)]],
        write.text("leave_one_out.caption"),
        write.from_computation,
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
