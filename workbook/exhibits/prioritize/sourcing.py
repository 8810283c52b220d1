"""Whether each candidate is to be built or bought: conditions, where the answers point, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import ordered, row_of, side_by_side
from workbook.exhibits.prioritize.common import table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.sourcing import SourcingReview

SIDES = ("build", "buy")


def table_sourcing(result: PrioritizeResult) -> Exhibit:
    """Return the conditions of building and buying, where the answers point, and what was chosen."""
    write, ids = writer_of(result), ordered(result)
    columns, orientation = side_by_side(result, "sourcing", write, align="left")
    return table_of(
        write,
        "sourcing",
        _sourcing_title(result, write),
        columns,
        _sourcing_rows(result, ids, write) if ids else [],
        write.from_parameters,
        notes=_bought_note(result, write),
        orientation=orientation,
    )


def _sourcing_rows(result: PrioritizeResult, ids: Sequence[str], write: Writer) -> list[list[Entry]]:
    reviews = {id: result.sourcing[id] for id in ids}
    rows: list[list[Entry]] = [
        [
            write.text(
                "sourcing.condition",
                side=write.framework.text(f"technology.sourcing.{side}.name"),
                condition=write.framework.text(f"technology.sourcing.{side}.conditions.{condition}"),
            ),
            *(_answer(reviews[id].answers[side][condition], write) for id in ids),
        ]
        for side in SIDES
        for condition in result.framework.technology.sourcing[side].conditions
    ]
    rows.append(row_of(write.text("sourcing.rows.direction"), ids, lambda id: _direction(reviews[id], write)))
    rows.append(row_of(write.text("sourcing.rows.choice"), ids, lambda id: _choice(reviews[id], write)))
    rows.append(row_of(write.text("sourcing.rows.reason"), ids, lambda id: _reason(reviews[id], write)))
    return rows


def _answer(answer: str, write: Writer) -> Cell:
    return cell(write.text(f"common.{answer}"), tone="none" if answer == "unknown" else None)


def _direction(review: SourcingReview, write: Writer) -> Cell:
    """Return where the answers point, and where the unknown ones could still turn it."""
    named = write.text(f"sourcing.directions.{review.direction}")
    if review.is_settled:
        return cell(named, strong=True)
    others = [write.text(f"sourcing.directions.{each}") for each in review.possible if each != review.direction]
    return cell(write.text("sourcing.unsettled", direction=named, others=write.names(others)), strong=True)


def _choice(review: SourcingReview, write: Writer) -> Cell:
    if review.choice is None:
        return missing_cell(write.not_provided)
    named = write.text(f"sourcing.directions.{review.choice}")
    if review.choice == "build" and review.lacks_team:
        return cell(write.text("sourcing.no_team", choice=named), strong=True, tone="bad")
    return cell(named, strong=True, tone="warn" if _is_against(review) else "good" if review.follows else None)


def _is_against(review: SourcingReview) -> bool:
    """Return whether no answer to what is unknown could make the choice follow."""
    return review.follows is False and review.choice not in review.possible


def _reason(review: SourcingReview, write: Writer) -> Entry:
    return review.reason or missing_cell(write.not_provided)


def _sourcing_title(result: PrioritizeResult, write: Writer) -> str:
    """Return whose choice goes against the answers, or that each follows them."""
    reviews = [result.sourcing[id] for id in ordered(result)]
    chosen = [review for review in reviews if review.choice is not None]
    if not chosen:
        return write.text("sourcing.title_none")
    against = [review for review in chosen if _is_against(review)]
    if not against:
        n = sum(review.follows is True for review in chosen)
        return write.text(f"sourcing.{'title_follows' if n else 'title_open'}", n=n, all=len(reviews))
    parts = [
        write.text(
            "sourcing.against",
            name=use_case_name(result, review.use_case),
            choice=write.text(f"sourcing.directions.{review.choice}"),
            direction=write.text(f"sourcing.directions.{review.direction}"),
        )
        for review in against
    ]
    return write.text("sourcing.title_against", n=len(against), all=len(chosen), parts="; ".join(parts))


def _bought_note(result: PrioritizeResult, write: Writer) -> list[str]:
    bought, guide = result.sourcing.bought, result.sourcing.guide
    if bought.value is None:
        return []
    share = result.framework.technology.sourcing["buy"].parameters["share"]
    support = write.framework.text(f"terms.support.{share.support or 'none'}")
    n = bought.n or 0
    counted = round(bought.value * n)
    return [
        write.text("sourcing.bought", bought=counted, all=n, guide=write.formats.share(guide.value), support=support)
    ]
