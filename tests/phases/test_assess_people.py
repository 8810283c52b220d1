from assess_clients import almost_empty


def test_a_process_is_covered_once_owner_and_frontline_were_heard(result):
    coverage = result.interviews
    assert {row.process.id: (row.owner, row.frontline, row.is_covered) for row in coverage.processes} == {
        "post": (1, 1, True),
        "claims": (1, 0, False),
        "orders": (0, 0, False),
    }
    assert (coverage.covered_share.value, coverage.covered_share.n) == (1 / 3, 3)
    assert [row.process.id for row in coverage.uncovered] == ["claims", "orders"]


def test_other_groups_are_counted_apart_and_cover_nothing(tiny):
    for n, group in enumerate(("manager", "it")):
        tiny.assess["interviews"].append({"id": f"m{n}", "process": "orders", "group": group, "date": "2026-09-05"})
    orders = tiny.result().interviews.processes[2]
    assert (orders.owner, orders.frontline, orders.others, orders.is_covered) == (0, 0, 2, False)


def test_themes_come_by_how_often_they_were_raised_with_the_mentions_of_the_frontline(result):
    # Pain: owner and frontline on post. Data: owners on post and claims.
    assert result.interviews.themes == (("data", 2, 0), ("pain", 2, 1))
    assert result.interviews.interviews == 3


def test_without_processes_no_share_is_covered(tmp_path):
    share = almost_empty(tmp_path / "new").result().interviews.covered_share
    assert (share.value, share.reason) == (None, "not_provided")
