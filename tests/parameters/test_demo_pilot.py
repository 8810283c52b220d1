"""The data of the pilot hold what the charter, the parameters and the README page say of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import mean, median

import pytest
from demo_data import NORRHAVEN, PARAMETERS, read_rows, script
from scipy.stats import binomtest, chisquare

from workbook.engagement.load import load_engagement
from workbook.engagement.schema_charter import Charter
from workbook.engagement.schema_pilot import Pilot


def charter() -> Charter:
    prioritize = load_engagement("norrhaven", PARAMETERS).prioritize
    assert prioritize and prioritize.charter
    return prioritize.charter


def pilot() -> Pilot:
    phase = load_engagement("norrhaven", PARAMETERS).pilot
    assert phase
    return phase


def replies() -> list[dict[str, str]]:
    """The replies of the pilot that were allotted to an arm, each case once."""
    rows = {row["case"]: row for row in read_rows(NORRHAVEN / "pilot_replies.csv.gz")}
    return [row for row in rows.values() if row["arm"] in ("draft", "usual")]


def of_arm(arm: str) -> list[dict[str, str]]:
    return [row for row in replies() if row["arm"] == arm]


def share(texts: Iterable[str]) -> float:
    return mean(text == "yes" for text in texts if text)


def test_the_pilot_lies_between_the_worthwhile_and_the_planned_effect() -> None:
    minutes = {
        arm: median(60 * float(row["working_hours"]) for row in of_arm(arm) if row["working_hours"])
        for arm in ("draft", "usual")
    }
    # From 20 minutes, 13 are planned and 16 are worthwhile.
    assert minutes["usual"] == pytest.approx(20, abs=0.5)
    assert minutes["draft"] == pytest.approx(14, abs=0.5)


def test_the_pilot_has_the_cases_that_its_charter_plans_in_equal_arms() -> None:
    design = charter().design
    sizes = [len(of_arm(arm)) for arm in ("draft", "usual")]
    assert sizes == [3935, 3827]
    assert design and design.sample_per_arm == 3600 <= min(sizes)
    assert binomtest(sizes[0], sum(sizes)).pvalue > 0.01


def test_the_guardrails_of_the_pilot_stay_within_their_margins() -> None:
    for column, margin in (("corrected", 0.02), ("wrote_again", 0.03)):
        drafted, usual = (share(row[column] for row in of_arm(arm)) for arm in ("draft", "usual"))
        error = (2 * usual * (1 - usual) / 3800) ** 0.5
        assert drafted - usual + 2 * error < margin


def test_the_drafts_are_used_and_fail_as_planted() -> None:
    drafted = of_arm("draft")
    failed = {version: [row for row in drafted if row["version"] == version] for version in ("1.0", "1.1")}
    assert share(row["used"] for row in drafted) == pytest.approx(0.655, abs=0.005)
    assert mean(row["failure"] != "" for row in drafted) == pytest.approx(0.191, abs=0.005)
    first, second = (mean(row["failure"] != "" for row in rows) for rows in failed.values())
    assert first > second + 0.04
    assert all(row["used"] == "no" for row in drafted if row["fallback"] == "yes")


def test_the_pilot_names_each_failure_and_version_that_its_data_hold() -> None:
    drafted = of_arm("draft")
    assert {row["failure"] for row in drafted} - {""} == {mode.id for mode in pilot().failure_modes}
    first_seen = {
        version: min(row["opened_at"] for row in drafted if row["version"] == version) for version in ("1.0", "1.1")
    }
    for version, (name, moment) in zip(pilot().versions, first_seen.items(), strict=True):
        assert version.name.endswith(name)
        assert version.first.isoformat() <= moment < "2025-05-07"


def test_no_case_of_the_topic_left_out_comes_after_the_day_declared() -> None:
    (deviation,) = pilot().deviations
    days = [row["registered_at"][:10] for row in replies() if row["topic"] == "HOUSING-LIST"]
    assert days and max(days) < deviation.date.isoformat() == "2025-04-28"


def test_the_answers_on_usability_average_about_seventy() -> None:
    rows = [[row[f"q{number}"] for number in range(1, 11)] for row in read_rows(NORRHAVEN / "pilot_usability.csv")]
    complete = [[int(answer) for answer in row] for row in rows if all(row)]
    scores = [2.5 * (sum(row[0::2]) - 5 + 25 - sum(row[1::2])) for row in complete]
    assert (len(rows), len(complete)) == (25, 24)
    assert mean(scores) == pytest.approx(69.375)


def test_a_test_beyond_the_window_of_weeks_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original, target = tmp_path / "published.csv", tmp_path / "cut.csv"
    original.write_text(
        "test_id,test_week,arm,impressions,clicks\na,201315,1,9,1\na,201316,2,9,0\nb,201316,1,8,2\nb,201317,2,7,3\n"
    )
    script(NORRHAVEN, "prepare", monkeypatch).cut_notices(original, target)
    assert target.read_text() == (
        "test_id,week_begins,arm,impressions,clicks\nb,2025-03-17,1,8,2\nb,2025-03-24,2,7,3\n"
    )


def test_the_headline_tests_are_a_window_of_the_published_ones() -> None:
    rows = read_rows(NORRHAVEN / "notice_tests.csv")
    assert (len(rows), len({row["test_id"] for row in rows})) == (1274, 327)
    assert sum(int(row["impressions"]) for row in rows) == 4_077_694
    assert sum(int(row["clicks"]) for row in rows) == 69_683
    weeks = sorted({row["week_begins"] for row in rows})
    assert (weeks[0], weeks[-1], len(weeks)) == ("2025-03-17", "2025-06-02", 12)


def test_most_headline_tests_of_the_last_three_weeks_are_split_unequally() -> None:
    rows = read_rows(NORRHAVEN / "notice_tests.csv")
    weeks = {row["test_id"]: row["week_begins"] for row in reversed(rows)}
    shown: dict[str, list[int]] = {}
    for row in rows:
        shown.setdefault(row["test_id"], []).append(int(row["impressions"]))
    suspect = {test: bool(chisquare(counts).pvalue < 0.001) for test, counts in shown.items()}
    late = [is_suspect for test, is_suspect in suspect.items() if weeks[test] >= "2025-05-19"]
    assert (sum(suspect.values()), len(suspect)) == (75, 327)
    assert (sum(late), len(late)) == (70, 119)


def test_real_data_are_attributed_and_made_data_are_labelled() -> None:
    for client in ("norrhaven", "brauer-logistik"):
        for source in load_engagement(client, PARAMETERS).data_sources:
            if source.read_from:
                assert source.attribution or (source.note or "").startswith("Made data: invented by a seeded generator")


def test_the_pilot_follows_its_charter_and_precedes_its_gate_in_time() -> None:
    gates = load_engagement("norrhaven", PARAMETERS).client.gates
    assert gates.assess and gates.prioritize and gates.pilot
    days = [
        gates.assess.date,
        gates.prioritize.date,
        charter().start,
        pilot().started,
        *(look.date for look in pilot().looks),
        gates.pilot.date,
    ]
    known = [day for day in days if day]
    assert len(known) == len(days) == 7
    assert known == sorted(known)


@pytest.mark.parametrize("as_of", ["2025-02-13", "2025-03-07", "2025-06-27"])
def test_the_complete_client_loads_on_the_day_of_each_gate(as_of: str) -> None:
    assert load_engagement("norrhaven", PARAMETERS, as_of=as_of).client.gates.assess is not None
