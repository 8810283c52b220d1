import json

import pytest

from workbook.engagement import load_engagement
from workbook.engagement.approve import approve
from workbook.engagement.faults import FaultsError
from workbook.phases.explain import content_to_freeze, explain_figure
from workbook.phases.prioritize import charter_content, prioritize
from workbook.phases.quoted import quoted_figure_faults


def decide(client, **decision):
    client.tiny.client["gates"]["prioritize"] = {"decision": "approved", "by": "ann", "date": "2026-09-25"} | decision


def test_figures_of_assess_keep_their_ids_and_values(prioritized):
    shared = [figure for figure in prioritized.figures if figure.id in prioritized.assessment.figures]
    assert len(shared) > 10
    assert all(figure == prioritized.assessment.figures[figure.id] for figure in shared)


def test_every_figure_without_a_value_gives_a_reason(client):
    client.prioritize = {"cases": [{"use_case": "post-sorting"}], "charter": {"use_case": "post-sorting"}}
    result = client.result()
    assert all(figure.reason for figure in result.figures if not figure.is_known)
    assert result.is_provisional


def test_the_same_files_give_the_same_figures(client):
    engagement = client.engagement()
    assert prioritize(engagement).figures.as_dict() == prioritize(engagement).figures.as_dict()


def test_a_client_that_has_not_begun_is_a_fault(tiny):
    with pytest.raises(FaultsError, match=r"tiny/prioritize.yaml.*no file"):
        prioritize(tiny.engagement())


def test_the_selection_of_the_gate_is_held_against_the_cases(client):
    client.tiny.client["gates"]["assess"]["selected"] = ["post-sorting", "order-entry"]
    result = client.result()
    assert (result.not_covered, result.not_selected) == (("order-entry",), ("claim-letters",))
    assert {"not_covered", "not_selected"} <= set(result.open_reasons)


def test_without_a_gate_or_its_approval_the_choice_is_provisional(client):
    client.tiny.client["gates"]["assess"]["decision"] = "iterate"
    assert "gate_not_approved" in client.result().open_reasons
    del client.tiny.client["gates"]["assess"]
    assert "gate_not_approved" in client.result().open_reasons


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda client: client.prioritize.pop("choice"), "no_choice"),
        (lambda client: client.prioritize.pop("charter"), "no_charter"),
        (lambda client: client.prioritize["choice"].update(use_case="claim-letters"), "charter_for_another"),
        (lambda client: client.prioritize["choice"].update(use_case="order-entry"), "choice_without_case"),
        (lambda client: client.tiny.use_case("post-sorting").update(data_access="no"), "choice_vetoed"),
        (lambda client: client.prioritize.pop("finance"), "no_finance"),
    ],
)
def test_what_is_open_is_named(client, change, reason):
    change(client)
    assert reason in client.result().open_reasons


# --- freezing --------------------------------------------------------------------------------------------------------


def test_the_gate_freezes_charter_and_figures(client):
    decide(client, selected=["post-sorting"])
    engagement = client.engagement("2026-09-25")
    frozen = approve(engagement, "prioritize", content_to_freeze(engagement, "prioritize"))
    content = json.loads(frozen.path.read_text())["content"]
    assert content["charter"]["charter"]["metric"].startswith("Raise the share")
    assert content["charter"]["baselines"] == {"sorted": 0.45, "correct": 0.9}
    assert content["charter"]["looks"]["critical_values"] == [2.79651, 1.97743]
    assert content["figures"]["case.post-sorting.npv"]["value"] == pytest.approx(5771.60, abs=0.005)


def test_a_comment_in_the_file_changes_nothing_that_is_frozen(client):
    before = content_to_freeze(client.engagement(), "prioritize")
    file = client.tiny.folder / "prioritize.yaml"
    text = "# A remark\n" + file.read_text()
    engagement = client.engagement()
    file.write_text(text)
    again = load_engagement(engagement.id, engagement.folder.parent)
    assert content_to_freeze(again, "prioritize") == before


def test_moved_goalposts_change_what_is_frozen(client):
    before = charter_content(client.result())
    client.primary["worthwhile"]["value"] = 0.55
    assert charter_content(client.result()) != before


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda client: client.prioritize.pop("charter"), "found no charter"),
        (lambda client: client.charter.pop("metric"), "found no metric; allowed the one business metric"),
        (lambda client: client.charter.update(criteria=[]), "found no criterion"),
        (lambda client: client.primary.pop("baseline"), "criteria.sorted: found no baseline"),
        (lambda client: client.primary.pop("planned"), "found no planned"),
        (lambda client: client.primary.pop("worthwhile"), "found no worthwhile"),
        (
            lambda client: decide(client, selected=["claim-letters"]),
            "a charter for post-sorting; allowed one for claim",
        ),
    ],
)
def test_a_charter_nobody_could_be_held_to_is_not_frozen(client, change, fault):
    change(client)
    with pytest.raises(FaultsError, match=fault):
        content_to_freeze(client.engagement(), "prioritize")


# --- explaining and quoting ------------------------------------------------------------------------------------------


def test_a_figure_of_the_case_is_explained_down_to_assess(client):
    text = explain_figure(client.engagement(), "case.post-sorting.npv")
    assert text.startswith("case.post-sorting.npv: 5771.60030053 EUR (estimate) = present value of benefits")
    assert "process.post.volume: 1000 transactions/year (measured) <- assess.yaml:" in text
    assert "case.post-sorting.input.benefit.postage.eligible: 0.5 share (estimate) <- prioritize.yaml:" in text


def test_an_unknown_figure_names_the_nearest_of_the_phase(client):
    with pytest.raises(KeyError, match=r"nearest are .*case\.post-sorting\.npv"):
        explain_figure(client.engagement(), "case.post-sorting.npw")


def test_commentary_may_quote_the_figures_of_the_phase(client):
    folder = client.tiny.folder / "commentary"
    folder.mkdir()
    (folder / "prioritize.md").write_text("## at-a-glance\n\nWorth {figure:case.post-sorting.npv}.\n")
    assert quoted_figure_faults(client.engagement()) == []
    (folder / "prioritize.md").write_text("## at-a-glance\n\nWorth {figure:case.post-sorting.npw}.\n")
    assert "case.post-sorting.npw" in str(quoted_figure_faults(client.engagement())[0])
