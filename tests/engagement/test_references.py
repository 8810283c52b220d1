from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbook.engagement.faults import Fault
from workbook.engagement.references import check_references
from workbook.engagement.values import Identifies, Model, Refers, Slug
from workbook.engagement.yaml_reader import read_yaml


class Person(Model):
    id: Annotated[Slug, Identifies("person")]
    boss: Annotated[Slug, Refers("person")] | None = None


class People(Model):
    people: tuple[Person, ...] = ()


class Plan(Model):
    team: tuple[Annotated[Slug, Refers("person")], ...] = ()
    hours: dict[Annotated[Slug, Refers("person")], float] = Field({})
    rooms: dict[Annotated[Slug, Identifies("room")], float] = Field({})


MODELS = {"people": People, "plan": Plan}
PEOPLE = "people:\n  - id: ann\n  - id: ben\n    boss: ann\n"


def check(people: str | None, plan: str = "team: []\n", unread: frozenset[str] = frozenset()) -> list[Fault]:
    texts = {"people": people, "plan": plan}
    documents = {name: read_yaml(text.encode(), f"{name}.yaml") for name, text in texts.items() if text}
    return check_references(documents, MODELS, unread)


def test_references_that_lead_somewhere_are_no_faults() -> None:
    assert check(PEOPLE, "team: [ann]\nhours: {ben: 3}\n") == []


def test_an_unknown_id_is_told_at_its_line_with_the_nearest_one() -> None:
    (fault,) = check(PEOPLE, "team:\n  - ann\n  - bem\n")
    assert (fault.file, fault.line, fault.key) == ("plan.yaml", 3, "team[1]")
    assert fault.found == 'the unknown person "bem"'
    assert fault.allowed == "the id of a described person: ann, ben"
    assert fault.remedy == "write ben"


def test_an_id_unlike_any_other_is_sent_to_the_file_that_describes_its_kind() -> None:
    (fault,) = check(PEOPLE, "team: [zoe]\n")
    assert fault.remedy == "describe the person in people.yaml, or name one that is described"


def test_an_id_used_twice_is_told_with_its_first_place() -> None:
    (fault,) = check("people:\n  - id: ann\n  - id: ann\n")
    assert (fault.line, fault.key) == (3, "people[1].id")
    assert fault.found == 'a second person "ann"; the first is at people.yaml:2'


def test_keys_of_mappings_refer_and_identify_too() -> None:
    (fault,) = check(PEOPLE, "hours: {cleo: 3}\nrooms: {hall: 1}\n")
    assert (fault.line, fault.key) == (1, "hours.cleo")


def test_a_file_with_other_faults_is_still_checked() -> None:
    assert [fault.key for fault in check("people:\n  - id: ann\n    boss: cleo\n    colour: red\n")] == [
        "people[0].boss"
    ]


def test_a_list_refers_to_nothing_twice() -> None:
    (fault,) = check(PEOPLE, "team: [ann, ben, ann]\n")
    assert (fault.key, fault.found) == ("team[2]", '"ann" a second time')


def test_an_ill_formed_id_is_found_under_the_id_that_it_should_be() -> None:
    assert check("people:\n  - id: Ann\n", "team: [ann]\n") == []
    (fault,) = check("people:\n  - id: Ann\n", "team: [Ann]\n")
    assert fault.remedy == "write ann"


def test_letters_that_only_look_alike_are_shown_by_their_codes() -> None:
    (fault,) = check(PEOPLE, "team: [\u0430nn]\n")
    assert (fault.found, fault.remedy) == (r'the unknown person "\u0430nn"', "write ann")


def test_what_a_misspelt_key_may_hide_is_not_told_again() -> None:
    documents = {"people": read_yaml(b"People: []\n", "people.yaml"), "plan": read_yaml(b"team: [ann]\n", "plan.yaml")}
    assert check_references(documents, MODELS, faulty={"people"}) == []
    assert len(check_references(documents, MODELS)) == 1


def test_references_into_a_file_that_cannot_be_read_are_left_alone() -> None:
    assert check(None, "team: [ann]\n", frozenset({"people"})) == []
    assert len(check(None, "team: [ann]\n")) == 1
