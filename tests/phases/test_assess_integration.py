import pytest
from assess_clients import parsed

from workbook.engagement.schema import System, UseCase
from workbook.framework import load_framework
from workbook.phases.assess.integration import NO_INTERFACE, review_systems, score_integration
from workbook.phases.figures import Register

RULES = load_framework().integration
SCORES = {id: pattern.score for id, pattern in RULES.patterns.items()} | {NO_INTERFACE: RULES.score_without_interface}


def score_of(systems, named=None):
    described = [
        parsed(System, {"id": id, "name": id} | ({} if interfaces is None else {"interfaces": interfaces}))
        for id, interfaces in systems.items()
    ]
    needed = list(systems) if named is None else named
    case = parsed(UseCase, {"id": "x", "name": "X", "process": "p", "kind": "agent", "systems": needed})
    reviews = review_systems(described, [case], list(RULES.patterns))
    return score_integration(case, reviews, SCORES, "integration", "technology.yaml:1", Register())


@pytest.mark.parametrize(
    "interfaces, score", [(["batch", "api"], 100), (["event", "batch"], 75), (["batch"], 50), ([], 0)]
)
def test_a_system_scores_by_its_best_interface(interfaces, score):
    assert score_of({"erp": interfaces}).value == score


def test_the_hardest_system_sets_the_score():
    assert score_of({"erp": ["api"], "archive": ["batch"], "mail": ["event"]}).value == 50


def test_a_system_nobody_described_leaves_the_score_unknown():
    score = score_of({"erp": ["api"], "archive": None})
    assert (score.value, score.reason) == (None, "not_provided")


def test_a_use_case_that_names_no_system_has_no_score():
    assert score_of({"erp": ["api"]}, named=[]).value is None


def test_systems_that_most_candidates_need_come_first(tiny):
    tiny.technology["systems"].insert(0, {"id": "mail", "name": "Mail"})
    tiny.use_case("order-entry")["systems"] = ["erp", "mail"]
    systems = tiny.result().systems
    assert [(row.system.id, row.best, len(row.needed_by)) for row in systems] == [("erp", "api", 3), ("mail", None, 1)]
