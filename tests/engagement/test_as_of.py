from __future__ import annotations

import datetime as dt
from typing import Annotated

from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from workbook.engagement.as_of import all_known_on, as_known_on
from workbook.engagement.values import Identifies, Model, Quantity, Refers, Slug, Value

MAY, JUNE, JULY = (dt.date(2026, month, 1) for month in (5, 6, 7))


class Process(Model):
    id: Annotated[Slug, Identifies("process")]
    volume: Quantity | None = None
    date: dt.date | None = None


class Idea(Model):
    id: Annotated[Slug, Identifies("idea")]
    process: Annotated[Slug, Refers("process")]
    after: Annotated[Slug, Refers("idea")] | None = None


class Plan(Model):
    processes: tuple[Process, ...] = ()
    ideas: tuple[Idea, ...] = ()
    chosen: tuple[Annotated[Slug, Refers("idea")], ...] = ()
    scores: dict[str, Quantity] = Field({})
    planned: dt.date | None = None


class Firm(Model):
    staff: Quantity


def dated(day: dt.date) -> Value:
    return Value(value=1, date=day)


def test_a_value_dated_later_is_not_known() -> None:
    process = Process(id="a", volume=dated(JUNE))
    known = as_known_on(process, MAY)
    assert known and known.volume is None
    assert as_known_on(process, JUNE) == process


def test_an_entity_dated_later_is_taken_out_of_its_list() -> None:
    plan = Plan(processes=(Process(id="a"), Process(id="b", date=JULY)), scores={"x": dated(MAY), "y": dated(JULY)})
    known = as_known_on(plan, JUNE)
    assert known and [process.id for process in known.processes] == ["a"]
    assert list(known.scores) == ["x"]


def test_what_cannot_be_without_a_later_value_is_not_known_either() -> None:
    assert as_known_on(Firm(staff=dated(JULY)), JUNE) is None


def test_only_the_key_date_says_when_something_became_known() -> None:
    plan = Plan(planned=JULY)
    assert as_known_on(plan, MAY) is plan


def test_references_to_what_is_not_known_yet_go_with_it() -> None:
    plan = Plan(
        processes=(Process(id="a"), Process(id="b", date=JULY)),
        ideas=(Idea(id="i", process="a", after="j"), Idea(id="j", process="b")),
        chosen=("i", "j"),
    )
    known = all_known_on({"plan": plan}, JUNE)["plan"]
    assert isinstance(known, Plan)
    assert [(idea.id, idea.after) for idea in known.ideas] == [("i", None)]
    assert known.chosen == ("i",)


def test_a_file_of_which_nothing_was_known_is_left_out() -> None:
    assert all_known_on({"firm": Firm(staff=dated(JULY)), "plan": Plan()}, JUNE) == {"plan": Plan()}


days = st.none() | st.sampled_from([MAY, JUNE, JULY])


@given(st.lists(st.tuples(days, days), max_size=6), st.sampled_from([MAY, JUNE, JULY]))
def test_later_days_know_at_least_as_much_and_filtering_twice_changes_nothing(
    dates: list[tuple[dt.date | None, dt.date | None]], day: dt.date
) -> None:
    plan = Plan(
        processes=tuple(
            Process(id=f"p{n}", date=own, volume=Value(value=n, date=of_value))
            for n, (own, of_value) in enumerate(dates)
        )
    )
    known, later = as_known_on(plan, day), as_known_on(plan, JULY)
    assert known and later == plan
    assert {process.id for process in known.processes} <= {process.id for process in plan.processes}
    assert as_known_on(known, day) is known
