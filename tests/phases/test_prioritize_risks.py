def test_a_grade_is_probability_times_impact(prioritized):
    first = prioritized.risks["post-sorting"].risks[1]
    assert (first.risk.id, first.before.value, first.after.value) == ("wrong-tray", 12, 6)


def test_the_worst_after_mitigation_stands_first_and_what_is_not_graded_counts_in_full(prioritized):
    # 2 x 5 = 10 without a grade after mitigation, against 2 x 3 = 6
    assert [row.risk.id for row in prioritized.risks["post-sorting"].risks] == ["no-data", "wrong-tray"]


def test_the_heat_map_counts_by_probability_and_impact(prioritized):
    register = prioritized.risks["post-sorting"]
    assert (register.heat_before[3, 2], register.heat_before[1, 4], register.heat_before.sum()) == (1, 1, 2)
    assert (register.heat_after[1, 2], register.heat_after.sum()) == (1, 1)


def test_what_nobody_answers_for_is_named(prioritized):
    register = prioritized.risks["post-sorting"]
    for rows in (register.unowned, register.unmitigated, register.ungraded):
        assert [row.risk.id for row in rows] == ["no-data"]


def test_a_grade_says_where_it_stands(prioritized):
    assert prioritized.figures["risk.no-data.before"].source.startswith("prioritize.yaml:")
    assert prioritized.figures["risk.no-data.after"].reason == "not_provided"


def test_a_case_without_risks_has_an_empty_register(prioritized):
    register = prioritized.risks["claim-letters"]
    assert register.risks == () and not register.heat_before.any()
