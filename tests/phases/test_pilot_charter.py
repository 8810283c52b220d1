"""The charter that counts is the approved one; what differs today is told, and binds where it moves goalposts."""

import json

import pytest
from prioritize_clients import known

from workbook.engagement.faults import FaultsError


def differences(result):
    return {each.key: (each.approved, each.present, each.is_binding) for each in result.charter.differences}


def test_an_unchanged_charter_has_no_differences(evaluated):
    charter = evaluated.charter
    assert charter.differences == () and charter.is_changed is False
    assert (str(charter.date), charter.by, len(charter.sha256)) == ("2026-10-20", "ann", 64)


def test_a_margin_widened_afterwards_is_told_and_not_used(ended):
    ended.charter["criteria"][1]["margin"] = known(0.2)
    result = ended.result()
    assert differences(result) == {"criteria.correct.margin": (0.1, 0.2, True)}
    assert result.guardrails[0].agreed.margin.value == 0.1
    assert result.verdict.decision == "iterate" and result.verdict.verdict.reasons == ("charter_changed",)


@pytest.mark.parametrize(
    ("change", "key", "values"),
    [
        (lambda c: c["criteria"][0].update(worthwhile=known(0.5)), "criteria.sorted.worthwhile", (0.6, 0.5)),
        (lambda c: c["criteria"][0].update(baseline=known(0.4)), "criteria.sorted.baseline", (0.45, 0.4)),
        (lambda c: c["design"].update(sample_per_arm=100), "design.sample_per_arm", (200.0, 100.0)),
        (lambda c: c["design"]["looks"].update(weeks=[4, 12]), "design.looks.weeks", ("6; 12", "4; 12")),
        (lambda c: c["adoption"].update(threshold=known(0.1)), "adoption.threshold", (0.3, 0.1)),
        (
            lambda c: c.update(population="Letters the system sorted"),
            "population",
            ("All letters in scope, those given back to people included", "Letters the system sorted"),
        ),
        (lambda c: c.update(scope_out=["Parcels", "Forms"]), "scope_out", ("Parcels", "Parcels; Forms")),
    ],
)
def test_what_the_pilot_is_judged_by_binds(ended, change, key, values):
    change(ended.charter)
    assert differences(ended.result())[key] == (*values, True)


def test_a_new_budget_and_a_new_name_are_told_and_bind_nobody(ended):
    ended.charter["budget"][0]["amount"] = known(3500)
    ended.charter["criteria"][0]["name"] = "Sorted alone"
    result = ended.result()
    assert differences(result) == {
        "criteria.sorted.name": ("Sorted without help", "Sorted alone", False),
        "budget.supplier.amount": (3000.0, 3500.0, False),
    }
    assert result.verdict.decision == "go" and result.budget.lines[0].agreed.value == 3000


def test_a_number_with_another_source_is_the_same_number(ended):
    ended.charter["criteria"][1]["margin"] = known(0.1, source="written down later", date="2026-11-30")
    assert ended.result().charter.differences == ()


def test_a_criterion_that_the_approved_charter_does_not_have_decides_nothing(ended):
    new = {"id": "quick", "name": "Same day", "role": "guardrail", "kind": "proportion", "better": "higher"}
    ended.charter["criteria"].append(new | {"baseline": known(0.5), "margin": known(0.01)})
    ended.pilot["cases"]["outcomes"]["quick"] = "used"
    result = ended.result()
    assert result.criteria[-1].role == "added" and result.criteria[-1].effect.is_known
    assert [each.id for each in result.guardrails] == ["correct"]
    assert result.verdict.verdict.reasons == ("charter_changed",)


def test_without_an_approved_charter_there_is_no_verdict(ended):
    ended.withdraw_approval()
    result = ended.result()
    assert result.verdict.decision is None and result.open_reasons == ("charter_not_approved",)
    assert result.verdict.verdict.reasons == ("charter_not_checked",)
    assert result.primary.agreed.worthwhile.derived_from == ("charter.criterion.sorted.worthwhile",)


def test_what_was_agreed_leads_to_the_approved_file(evaluated):
    figure = evaluated.primary.agreed.worthwhile
    assert figure.source.startswith("approved/prioritize_2026-10-20.json (SHA-256 ")
    assert evaluated.primary.agreed.worthwhile_effect.value == pytest.approx(0.15)
    assert evaluated.primary.agreed.planned_effect.value == pytest.approx(0.30)


def test_the_charter_approved_last_before_the_first_case_counts(ended):
    ended.charter["criteria"][1]["margin"] = known(0.2)
    ended.approved("2026-12-01")
    charter = ended.result().charter
    assert str(charter.date) == "2026-10-20" and [str(day) for day in charter.amended] == ["2026-12-01"]
    assert charter.is_changed


def test_a_charter_approved_after_the_first_case_was_not_agreed_beforehand(ended):
    ended.withdraw_approval()
    ended.approved("2026-12-01")
    result = ended.result()
    assert result.charter.is_after_start and "charter_approved_after_start" in result.open_reasons
    assert result.verdict.decision == "iterate"


def test_a_charter_that_was_deleted_today_is_one_difference(ended):
    del ended.planned.prioritize["charter"]
    del ended.pilot["cases"]["outcomes"]
    assert differences(ended.result()) == {"charter": ("post-sorting", None, True)}


def test_an_approved_file_without_a_charter_is_refused(ended):
    from workbook.engagement.approve import approve

    ended.withdraw_approval()
    approve(ended.engagement(), "prioritize", {"figures": {}})
    with pytest.raises(FaultsError, match="no charter that can be read"):
        ended.result()


def test_an_approved_file_that_was_edited_is_refused(ended):
    (file,) = (ended.planned.tiny.folder / "approved").iterdir()
    sealed = json.loads(file.read_text())
    sealed["content"]["charter"]["charter"]["criteria"][1]["margin"]["value"] = 0.2
    file.write_text(json.dumps(sealed))
    with pytest.raises(FaultsError, match="SHA-256"):
        ended.result()


def test_deviations_are_kept_as_declared(ended):
    ended.pilot["deviations"] = [{"what": "No forms", "date": "2026-12-01", "reason": "Printer broke", "by": "ann"}]
    result = ended.result()
    assert result.charter.deviations[0].what == "No forms" and result.verdict.decision == "go"
