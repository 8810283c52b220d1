"""Every exhibit of the notebook for clients that know everything, little, nothing, or have names made to do harm."""

import pytest
from assess_clients import CASE_TABLE, CASES, EVENT_LOG, LOG, almost_empty, complete
from exhibit_checks import HOSTILE, ROOT, check_cells, check_exhibits, exhibits_of, shown_in

from workbook.engagement import load_engagement
from workbook.exhibits import assess as show
from workbook.phases.assess import assess


def exhibits(result):
    """Return every exhibit of the notebook that there is for a result."""
    return list(exhibits_of(show, "01_assess", result))


def hostile(tiny):
    """Give everything that has a name one that would do harm if it were not escaped."""
    names = iter(HOSTILE * 20)
    tiny.client["name"] = "<b>&\"' {name}"
    for person in tiny.client["people"]:
        person.update(name=next(names), role=next(names))
    tiny.client["document"].update(firm=next(names), partner=next(names), confidentiality=next(names))
    tiny.add_log(EVENT_LOG, LOG)
    for entity in (*tiny.assess["processes"], *tiny.assess["data_sources"], *tiny.assess["use_cases"]):
        entity["name"] = next(names)
    for entity in (*tiny.technology["systems"],):
        entity["name"] = next(names)
    for process in tiny.assess["processes"]:
        process["department"] = next(names)
    for each in tiny.assess["readiness"]:
        each["evidence"] = next(names)
    tiny.records.update(owner="ann", attribution=next(names), note=next(names))
    tiny.assess["data_requests"] = [{"source": "records", "asked": "2026-09-01", "of": "ben"}]
    tiny.client["gates"]["assess"]["note"] = next(names)


def gappy(tiny):
    """Leave out a little of everything."""
    del tiny.process("post")["volume"], tiny.process("claims")["cost_per_transaction"]
    del tiny.process("orders")["customer_impact"], tiny.process("orders")["lead_time"]
    del tiny.use_case("post-sorting")["effect"], tiny.use_case("claim-letters")["scores"]["sponsorship"]
    tiny.use_case("order-entry").update(data_access="no", systems=[])
    tiny.add_log(CASE_TABLE, CASES)
    tiny.assess["data_sources"].append({"id": "letters", "name": "Letters", "kind": "table"})
    tiny.use_case("claim-letters")["data"] = [{"source": "letters"}]
    tiny.assess["readiness"] = tiny.assess["readiness"][:3]
    del tiny.assess["weighting"], tiny.client["sponsor"], tiny.client["gates"]
    tiny.compliance["screening"] = tiny.compliance["screening"][:5]
    tiny.technology["systems"][0]["interfaces"] = []


def processes_only(tiny):
    """Keep nothing but the processes."""
    tiny.assess = {key: tiny.assess[key] for key in ("material_impact", "processes")}
    tiny.technology = tiny.compliance = None
    tiny.client["gates"] = {}


def one_of_each(tiny):
    """Keep one process with one use case, on which everything is known."""
    tiny.assess["processes"], tiny.assess["use_cases"] = tiny.assess["processes"][:1], tiny.assess["use_cases"][:1]
    tiny.assess["interviews"] = tiny.assess["interviews"][:1]
    tiny.compliance["screening"] = [a for a in tiny.compliance["screening"] if a["use_case"] == "post-sorting"]


def nothing_changed(tiny):
    """Keep all as it is."""


CHANGES = {
    "complete": nothing_changed,
    "gappy": gappy,
    "hostile": hostile,
    "processes": processes_only,
    "one": one_of_each,
}


@pytest.fixture(scope="module", params=[*CHANGES, "empty"])
def made(request, tmp_path_factory):
    """All exhibits of one tiny client."""
    folder = tmp_path_factory.mktemp("parameters") / "tiny"
    if request.param == "empty":
        return exhibits(almost_empty(folder).result())
    tiny = complete(folder)
    CHANGES[request.param](tiny)
    return exhibits(tiny.result())


@pytest.fixture(scope="module", params=["norrhaven", "brauer-logistik"])
def demo(request):
    """All exhibits of one committed client."""
    return exhibits(assess(load_engagement(request.param, ROOT / "parameters")))


def test_every_exhibit_of_the_notebook_can_be_made_and_shows_no_computed_nothing(made):
    assert len(made) > 35
    check_exhibits(made)


@pytest.mark.slow
def test_every_exhibit_of_the_committed_clients_can_be_made_and_shows_no_computed_nothing(demo):
    assert len(demo) > 35
    check_exhibits(demo)


def test_every_table_row_says_something_in_each_cell(made):
    check_cells(made)


def test_a_value_that_is_shown_carries_the_mark_of_its_evidence(result):
    made = {exhibit.id: exhibit for exhibit in exhibits(result)}
    for id, columns in (("scores", slice(1, None)), ("processes", slice(2, 6)), ("shortlist", slice(2, 6))):
        for row in made[id].data["rows"]:
            assert all(cell["mark"] in "MIEA?" for cell in row[columns] if "value" in cell), id
            assert any("value" in cell for cell in row[columns])


def test_the_notebook_shows_every_exhibit_there_is():
    assert {name for name, *_ in shown_in("01_assess")} == set(show.__all__)


def test_names_are_kept_as_they_are_for_whoever_sets_the_page(tiny):
    hostile(tiny)
    names = [process["name"] for process in tiny.assess["processes"]]
    made = {exhibit.id: exhibit for exhibit in exhibits(tiny.result())}
    assert {row[0] for row in made["processes"].data["rows"]} == set(names)
    assert made["cover"].data["client"] == "<b>&\"' {name}"


def test_the_same_result_gives_the_same_bytes(result):
    one, other = ([exhibit._repr_mimebundle_() for exhibit in exhibits(result)] for _ in range(2))
    assert one == other
