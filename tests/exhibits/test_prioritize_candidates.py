"""Every exhibit about the candidates, for clients that know everything, little or nothing, or have harmful names."""

import copy
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from prioritize_results import EXHIBITS, exhibits, piloting

from workbook.engagement import load_engagement
from workbook.exhibits.exhibit import EXHIBIT_MIME
from workbook.phases.prioritize import prioritize

ROOT = Path(__file__).parents[2]

# Computed values that no reader should meet; "none" in a sentence is a word.
NO_WORD = re.compile(r"\b(nan|NaN|None|inf|Infinity|null|NaT)\b")
HOSTILE = (
    "<script>alert(1)</script>", "#let x = 1", "$x$", "=1+1", "*bold* _it_ `code`", "{name}", "Rechnungs" * 40,
    "\\frac{1}{2}",
)  # fmt: skip


def hostile(client):
    """Give everything that has a name one that would do harm if it were not escaped."""
    names = iter(HOSTILE * 20)
    for person in client.tiny.client["people"]:
        person.update(name=next(names), role=next(names))
    for entity in (*client.tiny.assess["processes"], *client.tiny.assess["use_cases"]):
        entity["name"] = next(names)
    for system in client.tiny.technology["systems"]:
        system["name"] = next(names)
    for case in client.prioritize["cases"]:
        case["note"] = next(names)
        for each in (*case["benefits"], *case["costs"], *case.get("risks", [])):
            each["name"] = next(names)
    client.claims["benefits"][1]["effect"]["unit"] = "<i>"
    client.post["risks"][0]["mitigation"] = client.post["sourcing"]["reason"] = next(names)
    client.post["integration"][0]["note"] = client.prioritize["choice"]["reason"] = next(names)


def gappy(client):
    """Leave out a little of everything."""
    del client.tiny.process("post")["volume"], client.tiny.use_case("claim-letters")["scores"]["strategic_alignment"]
    del client.claims["benefits"][0]["eligible"], client.claims["costs"][1]["amount"]
    del client.post["integration"][0]["days"], client.post["adoption"]
    del client.post["risks"][1], client.post["sourcing"]["choice"], client.post["time_to_value"]
    del client.prioritize["pilots_at_once"], client.prioritize["choice"], client.prioritize["charter"]
    client.tiny.technology["systems"][0]["interfaces"] = []


def unvalued(client):
    """Say nothing of how candidates are valued."""
    del client.prioritize["finance"]


def bare(client):
    """Keep nothing of a case but its use case."""
    client.prioritize = {"cases": [{"use_case": "post-sorting"}]}


def nobody(client):
    """Look into no candidate, and propose one nevertheless."""
    client.prioritize = {"finance": client.prioritize["finance"], "choice": client.prioritize["choice"]}


def haircut(client):
    """Cut the cases instead of simulating them."""
    client.prioritize["finance"] |= {
        "risk": "haircut", "haircut": {"benefits_down": {"value": 0.2}, "costs_up": {"value": 0.15}}
    }  # fmt: skip
    client.claims["benefits"][0].pop("unit_value")


def five(client):
    """Look into five candidates, all at the same place."""
    client.prioritize["cases"] = [copy.deepcopy(client.claims) for _ in range(5)]
    case = client.tiny.use_case("claim-letters")
    client.tiny.assess["use_cases"] = [
        copy.deepcopy(case) | {"id": f"letters-{number}", "name": f"Letters of kind {number}"} for number in range(5)
    ]
    client.tiny.compliance["screening"] = []
    client.tiny.client["gates"]["assess"]["selected"] = ["letters-0"]
    for number, each in enumerate(client.prioritize["cases"]):
        each["use_case"] = f"letters-{number}"
        for part in (*each["benefits"], *each["costs"]):
            part["id"] = f"{part['id']}-{number}"
    del client.prioritize["choice"], client.prioritize["charter"]


CHANGES = {
    "complete": lambda client: None,
    "gappy": gappy,
    "hostile": hostile,
    "unvalued": unvalued,
    "bare": bare,
    "nobody": nobody,
    "haircut": haircut,
    "five": five,
}


@pytest.fixture(scope="module", params=CHANGES)
def made(request, tmp_path_factory):
    """All exhibits of one tiny client."""
    client = piloting(tmp_path_factory.mktemp("parameters") / "tiny")
    CHANGES[request.param](client)
    return list(exhibits(client.result()))


def texts(data):
    """Yield every text in an exhibit's bundle."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for part in data.values():
            yield from texts(part)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from texts(part)


def test_every_exhibit_can_be_made_and_shows_no_computed_nothing(made):
    assert len({exhibit.id for exhibit in made}) == len(EXHIBITS)
    for exhibit in made:
        for text in texts(exhibit.bundle()):
            assert not NO_WORD.search(text), (exhibit.id, text)
            assert text == text.strip(), (exhibit.id, text)
        view = exhibit._repr_mimebundle_()
        assert view[EXHIBIT_MIME]["id"] == exhibit.id
        if exhibit.svg:
            ElementTree.fromstring(view["image/svg+xml"])
            assert "<script" not in exhibit.svg
        else:
            assert "<script>" not in view["text/html"]


def test_every_cell_of_a_table_says_something(made):
    for exhibit in made:
        for row in exhibit.data["rows"] if exhibit.kind == "table" else []:
            assert all((cell if isinstance(cell, str) else cell["text"]).strip() for cell in row), exhibit.id


def test_a_number_in_a_table_carries_the_mark_of_its_evidence(made):
    for exhibit in made:
        for row in exhibit.data["rows"] if exhibit.kind == "table" else []:
            assert all(cell.get("mark") for cell in row if isinstance(cell, dict) and "value" in cell), exhibit.id


def test_no_number_stands_for_a_case_that_cannot_be_valued(tmp_path):
    client = piloting(tmp_path / "tiny")
    del client.claims["benefits"][0]["eligible"]
    made = {exhibit.id: exhibit for exhibit in exhibits(client.result())}
    for id, rows in (("candidates", ("Net present value, likeliest", "Payback")), ("business-case", ("All costs",))):
        table = {row[0]: row[2] for row in made[id].data["rows"]}
        for name in rows:
            assert "value" not in table[name] and "not estimable" in table[name]["text"], name
    for id in ("cash-flows", "s-curve"):
        assert {cell["text"] for cell in made[id].data["rows"][1][1:]} == {"not estimable"}


def test_a_case_that_cannot_be_valued_says_what_it_lacks(tmp_path):
    client = piloting(tmp_path / "tiny")
    del client.claims["benefits"][0]["eligible"], client.claims["costs"][1]["amount"]
    (table,) = (exhibit for exhibit in exhibits(client.result()) if exhibit.id == "business-case")
    assert (
        "Claim letters cannot be valued; not provided: Cases concerned by “Drafting time” and Cost of “Set-up”."
        in table.data["notes"]
    )


def test_names_are_kept_as_they_are_for_whoever_sets_the_page(tmp_path):
    client = piloting(tmp_path / "tiny")
    hostile(client)
    names = {case["name"] for case in client.tiny.assess["use_cases"][:2]}
    made = {exhibit.id: exhibit for exhibit in exhibits(client.result())}
    assert {row[0]["text"] for row in made["cash-flows"].data["rows"]} == names
    assert {row[0] for row in made["overrun"].data["rows"]} == names


def test_the_same_result_gives_the_same_bytes(tmp_path):
    result = piloting(tmp_path / "tiny").result()
    one, other = ([exhibit._repr_mimebundle_() for exhibit in exhibits(result)] for _ in range(2))
    assert one == other


@pytest.mark.slow
def test_every_exhibit_of_the_committed_client_can_be_made_and_shows_no_computed_nothing():
    result = prioritize(load_engagement("norrhaven", ROOT / "parameters"))
    test_every_exhibit_can_be_made_and_shows_no_computed_nothing(list(exhibits(result)))
