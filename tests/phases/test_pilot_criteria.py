"""Each criterion against what was agreed: figures, support, families of claims, and what can be concluded."""

import pytest
from prioritize_clients import known

from workbook.methods.families import holm
from workbook.methods.proportion_differences import newcombe
from workbook.methods.verdict import support


def secondary(id, **more):
    return {
        "id": id,
        "name": id,
        "role": "secondary",
        "kind": "proportion",
        "better": "higher",
        "baseline": known(0.5),
    } | more


def test_the_primary_has_its_levels_effect_and_interval_in_the_register(evaluated):
    figures, level = evaluated.figures, evaluated.looks.level
    effect, expected = figures["pilot.criterion.sorted.effect"], newcombe(140, 200, 90, 200, level)
    assert (effect.value, effect.low, effect.high, effect.n) == (expected.value, expected.low, expected.high, 400)
    assert figures["pilot.criterion.sorted.pilot"].value == 0.7
    assert figures["pilot.criterion.sorted.baseline"].value == 0.45
    assert effect.derived_from == ("pilot.criterion.sorted.pilot", "pilot.criterion.sorted.baseline")
    assert effect.evidence == "measured" and "95.19 %" in effect.formula
    assert figures["pilot.criterion.sorted.pilot"].source.startswith("pilot.yaml:")


def test_support_is_that_of_an_effect_above_the_worthwhile_one(evaluated):
    primary = evaluated.primary
    expected = support(primary.estimate, primary.agreed.worthwhile_effect.value, primary.level)
    assert primary.support.value == expected == pytest.approx(0.979, abs=1e-3)


def test_of_a_guardrail_it_is_that_of_an_effect_above_minus_the_margin(evaluated):
    guardrail = evaluated.guardrails[0]
    assert guardrail.support.value == support(guardrail.estimate, -0.1, guardrail.level) > 0.99
    assert guardrail.conclusion == "non_inferior" and guardrail.guardrail.bound == guardrail.estimate.low


@pytest.mark.parametrize(
    ("sorted_", "conclusion"),
    [
        (140, "worthwhile_shown"),
        (125, "better"),
        (115, "better_below_worthwhile"),
        (106, "undecided"),
        (85, "out_of_reach"),
        (60, "worse"),
    ],
)
def test_the_conclusion_follows_from_the_interval(ended, sorted_, conclusion):
    for n, row in enumerate(row for row in ended.rows if row["arm"] == "new"):
        row["sorted"] = "yes" if n * sorted_ % 200 < sorted_ else "no"
    assert ended.result().primary.conclusion == conclusion


@pytest.mark.parametrize(("correct", "conclusion"), [(170, "undecided"), (130, "inferior")])
def test_a_guardrail_that_may_be_worse_is_undecided_and_one_that_is_inferior(ended, correct, conclusion):
    for n, row in enumerate(row for row in ended.rows if row["arm"] == "new"):
        row["correct"] = "yes" if n < correct else "no"
    result = ended.result()
    assert result.guardrails[0].conclusion == conclusion
    assert result.verdict.decision == {"undecided": "iterate", "inferior": "stop"}[conclusion]


def test_after_several_looks_the_primary_has_no_p_value(evaluated):
    assert evaluated.primary.p_value is None and evaluated.primary.comparison.p_value < 1e-5


def test_secondary_criteria_are_one_family(ended):
    ended.charter["criteria"] += [secondary("a"), secondary("b"), secondary("c")]
    for n, row in enumerate(ended.rows):
        is_new = row["arm"] == "new"
        row["a"] = "yes" if n % 200 < (120 if is_new else 100) else "no"
        row["b"] = "yes" if n % 200 < (125 if is_new else 100) else "no"
    ended.pilot["cases"]["outcomes"] |= {"a": "a", "b": "b"}
    ended.approved_again()
    found = [each for each in ended.result().criteria if each.role == "secondary"]
    assert [each.p_value for each in found[:2]] == pytest.approx([0.0447, 0.0119], abs=2e-3)
    # The third has no data, and makes the others no easier to show.
    assert [each.adjusted_p for each in found] == list(holm([each.p_value for each in found]))
    assert found[1].adjusted_p == pytest.approx(3 * found[1].p_value)
    assert found[2].effect.reason == "no_column" and found[2].conclusion == "not_estimable"


def test_a_duration_is_judged_by_its_median(ended):
    time = {"id": "sorted", "kind": "duration", "better": "lower", "unit": "minutes", "p90": known(30),
            "baseline": known(20), "planned": known(12), "worthwhile": known(16)}  # fmt: skip
    ended.charter["criteria"][0] |= time
    for n, row in enumerate(ended.rows):
        row["sorted"] = f"{(12 if row['arm'] == 'new' else 20) + (n % 200 - 100) / 50:g}"
    ended.approved_again()
    primary = ended.result().primary
    assert (primary.baseline.value, primary.pilot.value) == (19.98, 11.98)
    assert primary.effect.value == pytest.approx(8) and primary.effect.unit == "minutes"
    assert primary.agreed.worthwhile_effect.value == 4 and primary.conclusion == "worthwhile_shown"
    assert primary.comparison.faster.value == 1 and "separated" in primary.notes


def test_what_took_no_time_was_not_measured(ended):
    ended.charter["criteria"].append(secondary("time", kind="duration", better="lower", unit="hours"))
    for n, row in enumerate(ended.rows):
        row["time"] = ("0", "", "1.25", "2.5")[n % 4]
    ended.pilot["cases"]["outcomes"]["time"] = "time"
    ended.approved_again()
    found = ended.result().criteria[-1]
    assert found.outcome.known == {"pilot": (100, 200), "baseline": (100, 200)}
    assert found.pilot.value == 1.25


def test_an_arm_without_variation_is_judged(ended):
    for row in ended.rows:
        row["sorted"] = "yes" if row["arm"] == "new" else "no"
    result = ended.result()
    assert result.primary.effect.value == 1 and result.verdict.decision == "go"


def test_three_letters_in_an_arm_do_not_decide(ended):
    ended.rows = [row for row in ended.rows if row["letter"] in ("new0", "new70", "new140", "old0", "old70", "old140")]
    result = ended.result()
    assert result.primary.effect.n == 6 and result.primary.conclusion == "undecided"
    assert result.verdict.decision == "iterate" and "underpowered" in result.verdict.verdict.reasons


def test_a_primary_without_a_column_is_not_measured(ended):
    del ended.pilot["cases"]["outcomes"]["sorted"]
    result = ended.result()
    assert result.primary.effect.reason == "no_column"
    assert result.verdict.decision == "iterate" and "not_measured" in result.verdict.verdict.reasons
    assert result.verdict.extra_sample.value is None
