"""What the tests of the exhibits of Prioritize share: tiny clients that know much or little, and all exhibits."""

from __future__ import annotations

import copy
from collections.abc import Callable

from exhibit_checks import HOSTILE, exhibits_of
from prioritize_clients import PilotingClient, known

from workbook.exhibits import prioritize as show
from workbook.exhibits.exhibit import Exhibit
from workbook.phases.prioritize import PrioritizeResult

NOTEBOOK = "02_prioritize"


def exhibits(result: PrioritizeResult) -> dict[str, Exhibit]:
    """Return every exhibit of the notebook that there is for a result, by its id."""
    found = list(exhibits_of(show, NOTEBOOK, result))
    assert len({each.id for each in found}) == len(found)
    return {each.id: each for each in found}


def unchanged(client: PilotingClient) -> None:
    """Keep all as it is."""


# --- candidates ------------------------------------------------------------------------------------------------------


def hostile_cases(client: PilotingClient) -> None:
    """Give everything about the candidates that has a name one that would do harm if it were not escaped."""
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


def gappy_cases(client: PilotingClient) -> None:
    """Leave out a little of every case."""
    del client.tiny.process("post")["volume"], client.tiny.use_case("claim-letters")["scores"]["strategic_alignment"]
    del client.claims["benefits"][0]["eligible"], client.claims["costs"][1]["amount"]
    del client.post["integration"][0]["days"], client.post["adoption"]
    del client.post["risks"][1], client.post["sourcing"]["choice"], client.post["time_to_value"]
    del client.prioritize["pilots_at_once"], client.prioritize["choice"], client.prioritize["charter"]
    client.tiny.technology["systems"][0]["interfaces"] = []


def unvalued(client: PilotingClient) -> None:
    """Say nothing of how candidates are valued."""
    del client.prioritize["finance"]


def bare(client: PilotingClient) -> None:
    """Keep nothing of a case but its use case."""
    client.prioritize = {"cases": [{"use_case": "post-sorting"}]}


def nobody(client: PilotingClient) -> None:
    """Look into no candidate, and propose one nevertheless."""
    client.prioritize = {"finance": client.prioritize["finance"], "choice": client.prioritize["choice"]}


def haircut(client: PilotingClient) -> None:
    """Cut the cases instead of simulating them."""
    client.prioritize["finance"] |= {
        "risk": "haircut", "haircut": {"benefits_down": {"value": 0.2}, "costs_up": {"value": 0.15}}
    }  # fmt: skip
    client.claims["benefits"][0].pop("unit_value")


def five(client: PilotingClient) -> None:
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


# --- charter ---------------------------------------------------------------------------------------------------------


def hostile_charter(client: PilotingClient) -> None:
    """Give everything in the charter that has a name one that would do harm if it were not escaped."""
    names = iter(HOSTILE * 20)
    client.tiny.client["name"] = "<b>&\"' {name}"
    for person in client.tiny.client["people"]:
        person.update(name=next(names), role=next(names))
    for entity in (*client.tiny.assess["processes"], *client.tiny.assess["use_cases"]):
        entity["name"] = next(names)
    charter = client.charter
    charter.update(metric=next(names), population=next(names), scope_in=[next(names)], scope_out=[next(names)])
    charter.update(stop_rules=[next(names), next(names)], weeks=8, shortened=next(names))
    for each in (*charter["criteria"], *charter["milestones"], *charter["budget"]):
        each["name"] = next(names)
    for each in charter["criteria"]:
        each["method"] = next(names)
    for each in charter["team"]:
        each["role"] = next(names)
    charter["raci"][0]["activity"] = charter["adoption"]["definition"] = next(names)
    charter["design"]["clusters"] = {"name": next(names), "size": known(20), "icc": known(0.01)}


def gappy_charter(client: PilotingClient) -> None:
    """Leave out a little of every part of the charter."""
    charter = client.charter
    for key in ("metric", "population", "start", "weeks", "milestones", "raci", "signatories"):
        del charter[key]
    del charter["criteria"][0]["worthwhile"], charter["criteria"][1]["method"]
    del charter["design"]["sample_per_arm"], charter["design"]["in_scope"]
    del client.tiny.client["sponsor"]


def bare_charter(client: PilotingClient) -> None:
    """Keep nothing of the charter but what it is for."""
    client.prioritize["charter"] = {"use_case": "post-sorting"}


def no_charter(client: PilotingClient) -> None:
    """Write no charter."""
    del client.prioritize["charter"]


def times(client: PilotingClient) -> None:
    """Judge by a time, lower being better, on clustered cases before and after."""
    client.primary.update(
        kind="duration", better="lower", unit="minutes", baseline=known(20), planned=known(12), worthwhile=known(16),
        p90=known(45),
    )  # fmt: skip
    client.charter["design"].update(
        kind="before_after", clusters={"name": "team", "size": known(5), "icc": known(0.02)}
    )
    client.charter["criteria"].append(
        {"id": "wait", "name": "Waiting", "role": "guardrail", "kind": "duration", "better": "lower", "unit": "pages"}
        | {"baseline": known(3), "margin": known(1), "p90": known(9), "method": "Count"}
    )


def overloaded(client: PilotingClient) -> None:
    """Ask too much of people, and put a milestone after the end."""
    client.charter["team"][1]["share"] = known(0.9)
    client.charter["milestones"].append({"id": "late", "name": "Party", "week": 20})


CHANGES: dict[str, Callable[[PilotingClient], None]] = {
    "complete": unchanged, "gappy cases": gappy_cases, "hostile cases": hostile_cases, "unvalued": unvalued,
    "bare": bare, "nobody": nobody, "haircut": haircut, "five": five, "gappy charter": gappy_charter,
    "hostile charter": hostile_charter, "bare charter": bare_charter, "no charter": no_charter, "times": times,
    "overloaded": overloaded,
}  # fmt: skip
