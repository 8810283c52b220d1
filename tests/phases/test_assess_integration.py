import pytest
from assess_clients import parsed

from workbook.engagement.schema import System, UseCase
from workbook.framework import load_framework
from workbook.phases.assess.integration import NO_INTERFACE, review_systems, score_integration
from workbook.phases.figures import Register

RULES = load_framework().integration
SCORES = {id: pattern.score for id, pattern in RULES.patterns.items()} | {NO_INTERFACE: RULES.score_without_interface}


def line_of(path):
    return f"technology.yaml:{len(path)}"


def described(id, interfaces, **more):
    return parsed(System, {"id": id, "name": id} | ({} if interfaces is None else {"interfaces": interfaces}) | more)


def score_of(systems, named=None):
    needed = [system.id for system in systems] if named is None else named
    case = parsed(UseCase, {"id": "x", "name": "X", "process": "p", "kind": "agent", "systems": needed})
    register = Register()
    return score_integration(case, review_systems(systems, [case], SCORES, line_of, register), "integration", register)


@pytest.mark.parametrize(
    "interfaces, score", [(["batch", "api"], 100), (["event", "batch"], 75), (["batch"], 50), ([], 0)]
)
def test_a_system_scores_by_its_best_interface(interfaces, score):
    assert score_of([described("erp", interfaces)]).value == score


def test_the_hardest_system_sets_the_score():
    assert (
        score_of([described("erp", ["api"]), described("archive", ["batch"]), described("mail", ["event"])]).value == 50
    )


def test_a_system_nobody_described_leaves_the_score_unknown():
    score = score_of([described("erp", ["api"]), described("archive", None)])
    assert (score.value, score.reason) == (None, "not_provided")


def test_a_use_case_that_names_no_system_has_no_score():
    assert score_of([described("erp", ["api"])], named=[]).value is None


def test_a_score_has_the_weakest_evidence_of_the_systems_it_rests_on():
    known = described("erp", ["api"], evidence="measured", source="Test call")
    said = described("mail", ["api"], evidence="interview")
    assert score_of([known, said]).evidence == "interview"
    # A list of interfaces that says nothing of its evidence is not taken for an interview.
    plain = score_of([known, described("archive", ["api"])])
    assert (plain.evidence, plain.derived_from) == (None, ("system.erp.integration", "system.archive.integration"))


def test_an_interface_is_traced_to_its_line_and_source():
    register = Register()
    review_systems([described("erp", ["api"], source="Test call")], [], SCORES, line_of, register)
    review_systems([described("mail", None)], [], SCORES, line_of, register)
    assert register["system.erp.integration"].source == "technology.yaml:4 (Test call)"
    assert (register["system.mail.integration"].source, register["system.mail.integration"].reason) == (
        "technology.yaml:3",
        "not_provided",
    )


def test_systems_that_most_candidates_need_come_first(tiny):
    tiny.technology["systems"].insert(0, {"id": "mail", "name": "Mail"})
    tiny.use_case("order-entry")["systems"] = ["erp", "mail"]
    systems = tiny.result().systems
    assert [(row.system.id, row.best, len(row.needed_by)) for row in systems] == [("erp", "api", 3), ("mail", None, 1)]
